/* SPDX-License-Identifier: Apache-2.0 */
/* A CUnit program whose cases run in processes of their own, some at a time: for cases that spend
 * their time waiting for a driver's limits. SIDE_BY_SIDE_MAIN takes the place of CUNIT_MAIN. */
#ifndef YJ_TESTS_SIDE_BY_SIDE_H
#define YJ_TESTS_SIDE_BY_SIDE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cunit_main.h"

enum { SIDE_BY_SIDE_CASES_MAX = 40 };

struct side_case {
    pid_t pid;
    FILE *output;
};

static inline struct side_case side_case_start(const char *suite, CU_TestInfo *one)
{
    struct side_case s = {.output = tmpfile()};
    if (!s.output)
        abort();
    fflush(NULL);
    s.pid = fork();
    if (s.pid != 0)
        return s;
    CU_TestInfo only[] = {*one, CU_TEST_INFO_NULL};
    if (dup2(fileno(s.output), STDOUT_FILENO) < 0 || dup2(fileno(s.output), STDERR_FILENO) < 0)
        abort();
    exit(cunit_run(suite, only));
}

/* @return whether the case passed; its output is shown when it has not */
static inline bool side_case_end(const struct side_case *s, const char *name)
{
    int status = -1; /* stays so when waiting fails, and is then no success */
    (void)waitpid(s->pid, &status, 0);
    bool has_passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    printf("%s: %s\n", name, has_passed ? "passed" : "FAILED");
    rewind(s->output);
    for (int c = getc(s->output); c != EOF && !has_passed; c = getc(s->output))
        putchar(c);
    fclose(s->output);
    return has_passed;
}

/* @return exit status */
static inline int side_by_side_run(const char *suite, CU_TestInfo *cases, size_t at_once)
{
    struct side_case running[SIDE_BY_SIDE_CASES_MAX];
    size_t n = 0, n_ended = 0, n_failed = 0;
    for (; cases[n].pName; n++) {
        if (n == SIDE_BY_SIDE_CASES_MAX)
            abort();
        if (n - n_ended == at_once) {
            n_failed += !side_case_end(&running[n_ended], cases[n_ended].pName);
            n_ended++;
        }
        running[n] = side_case_start(suite, &cases[n]);
    }
    for (; n_ended < n; n_ended++)
        n_failed += !side_case_end(&running[n_ended], cases[n_ended].pName);
    printf("%s: %zu cases, %zu failed\n", suite, n, n_failed);
    return n_failed || n == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define SIDE_BY_SIDE_MAIN(suite, cases, at_once)                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        return side_by_side_run(suite, cases, at_once);                                            \
    }

#endif
