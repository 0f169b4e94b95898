/* SPDX-License-Identifier: Apache-2.0 */
/* Prints every complaint about the matter files (or folders) named on the command line as
 * "file: pointer: reason". Exit code: 0 none, 1 complaints, 2 usage or unreadable. One thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "core/matter.h"

enum { CAP = 256 };

static size_t print_all(const struct matter_complaint *c, size_t n)
{
    for (size_t i = 0; i < n && i < CAP; i++)
        printf("%s: %s: %s\n", c[i].file, c[i].pointer, c[i].reason);
    if (n > CAP)
        printf("and %zu more\n", n - CAP);
    return n;
}

static int lint_folder(const char *path, struct matter_complaint *c, size_t *ret_n)
{
    struct matter_set *set = NULL;
    struct err err = {0};
    size_t n = 0;
    int r = matter_set_load(path, c, CAP, &n, &set, &err);
    if (r) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return r;
    }
    *ret_n += print_all(c, n);
    matter_set_free(set);
    return 0;
}

static int lint_file(const char *path, struct matter_complaint *c, size_t *ret_n)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t bytes = 0, n = 0;
    struct err err = {0};
    /* four times the limit, so that the parser itself can say "too large" */
    int r = mem_read_file(path, 4u << 20, &text, &bytes, &err);
    if (r) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return r;
    }
    const char *slash = strrchr(path, '/');
    struct matter *m = NULL;
    if (!matter_parse(text, bytes, slash ? slash + 1 : path, c, CAP, &n, &m))
        matter_free(m);
    *ret_n += print_all(c, n);
    return 0;
}

int main(int argc, char **argv)
{
    size_t n = 0;
    int failed = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE|FOLDER...\n", argv[0]);
        return 2;
    }
    struct matter_complaint *c = mem_zalloc(CAP, sizeof *c);
    for (int i = 1; i < argc; i++) {
        struct stat st;
        bool is_folder = !stat(argv[i], &st) && S_ISDIR(st.st_mode);
        failed |= is_folder ? lint_folder(argv[i], c, &n) : lint_file(argv[i], c, &n);
    }
    free(c);
    return failed ? 2 : n > 0;
}
