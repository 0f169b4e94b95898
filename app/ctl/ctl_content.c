/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl content …: files of notices by the terminal's own reader. Thread: main. */
#include "ctl_content.h"

#include <stdio.h>

#include "core/content.h"

enum { MAX_MISTAKES = 64 };

static bool lint_file(struct content *content, const char *file)
{
    static const char *const whole_file = "the file";
    struct matter_complaint list[MAX_MISTAKES];
    size_t before = content_count(content);
    size_t n = content_add_file(content, file, list, MAX_MISTAKES);
    for (size_t i = 0; i < n && i < MAX_MISTAKES; i++)
        printf("%s: %s: %s\n", file, list[i].pointer[0] ? list[i].pointer : whole_file,
               list[i].reason);
    if (n > MAX_MISTAKES)
        printf("%s: %s: %zu more\n", file, whole_file, n - MAX_MISTAKES);
    if (n == 0)
        printf("%s: good, %zu notices\n", file, content_count(content) - before);
    return n == 0;
}

int ctl_content_lint(int n_files, char *const files[])
{
    struct content *content = content_new();
    int n_bad = 0;
    for (int i = 0; i < n_files; i++)
        n_bad += !lint_file(content, files[i]);
    if (n_files > CONTENT_MAX_FILES) {
        printf("there are more than %d files\n", (int)CONTENT_MAX_FILES);
        n_bad++;
    }
    content_free(content);
    return n_bad ? 1 : 0;
}
