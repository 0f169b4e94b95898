/* SPDX-License-Identifier: Apache-2.0 */
/* Prints every complaint about the matter files (or folders) named on the command line as
 * "file: pointer: reason". --codes FOLDER and --fields FILE, before them, give code tables and
 * dictionary; --fields is looked at itself, too. Exit code: 0 none, 1 complaints, 2 usage or
 * unreadable. One thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "core/code_table.h"
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

static int lint_folder(const struct matter_context *context, const char *path,
                       struct matter_complaint *c, size_t *ret_n)
{
    struct matter_set *set = NULL;
    struct err err = {0};
    size_t n = 0;
    int r = matter_set_load(context, path, c, CAP, &n, &set, &err);
    if (r) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return r;
    }
    *ret_n += print_all(c, n);
    matter_set_free(set);
    return 0;
}

static int lint_file(const struct matter_context *context, const char *path,
                     struct matter_complaint *c, size_t *ret_n)
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
    if (!matter_parse(context, text, bytes, slash ? slash + 1 : path, c, CAP, &n, &m))
        matter_free(m);
    *ret_n += print_all(c, n);
    return 0;
}

/* @return 0 or the exit code */
static int read_fields(struct matter_context *context, const char *path, struct matter_complaint *c,
                       struct matter_dictionary **ret)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t bytes = 0, n = 0;
    struct err err = {0};
    if (mem_read_file(path, 1u << 20, &text, &bytes, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return 2;
    }
    if (matter_dictionary_parse(context, text, bytes, "fields.json", c, CAP, &n, ret)) {
        print_all(c, n);
        return 1;
    }
    context->dictionary = *ret;
    return 0;
}

static int lint_all(const struct matter_context *context, char **path, struct matter_complaint *c)
{
    size_t n = 0;
    int failed = 0;
    for (; *path; path++) {
        struct stat st;
        bool is_folder = !stat(*path, &st) && S_ISDIR(st.st_mode);
        failed |= is_folder ? lint_folder(context, *path, c, &n) : lint_file(context, *path, c, &n);
    }
    return failed ? 2 : n > 0;
}

int main(int argc, char **argv)
{
    struct matter_complaint *c = mem_zalloc(CAP, sizeof *c);
    struct matter_context context = {0};
    struct matter_dictionary *dictionary = NULL;
    struct code_tables *codes = NULL;
    struct err err = {0};
    int r = argc < 2 ? 2 : 0;
    char **next = argv + 1;
    for (; !r && next[0] && next[1]; next += 2) {
        if (!strcmp(next[0], "--codes")) {
            r = code_tables_load(next[1], &codes, &err) ? 2 : 0;
            context.codes = codes;
        } else if (!strcmp(next[0], "--fields")) {
            r = read_fields(&context, next[1], c, &dictionary);
        } else {
            break;
        }
    }
    if (r == 2)
        fprintf(stderr, "usage: %s [--codes FOLDER] [--fields FILE] FILE|FOLDER...\n%s\n", argv[0],
                err.msg);
    if (!r)
        r = lint_all(&context, next, c);
    matter_dictionary_free(dictionary);
    code_tables_free(codes);
    free(c);
    return r;
}
