/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl theme …: theme files by the terminal's own reader. Thread: main. */
#include "ctl_theme.h"

#include <stdio.h>

#include "ui/theme/theme.h"

static void print_mistake(void *arg, const char *file, const char *place, const char *reason)
{
    (void)arg; /* standard output is all there is */
    printf("%s: %s: %s\n", file, place, reason);
}

int ctl_theme_lint(const char *assets_dir, int n_files, char *const files[])
{
    int n_bad = 0;
    for (int i = 0; i < n_files; i++) {
        if (theme_lint(assets_dir, files[i], print_mistake, NULL) > 0)
            n_bad++;
        else
            printf("%s: good\n", files[i]);
    }
    return n_bad ? 1 : 0;
}
