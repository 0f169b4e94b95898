/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules for programs in other languages: a dump of the inspector a line in, a line out:
 * the number of findings and the first of them; "-1" for what is no dump. One thread. */
#include <stdio.h>
#include <stdlib.h>

#include "access.h"

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        struct access_report report;
        if (access_check_dump(line, &report) < 0)
            puts("-1");
        else
            printf("%d %s\n", access_total(&report), report.first);
        fflush(stdout);
    }
    free(line);
    return 0;
}
