/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables as data. Thread: any; only the loading blocks, on disk. */
#define _DEFAULT_SOURCE /* opendir */
#include "core/code_table.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "core/code_table_priv.h"

enum {
    MAX_TABLES = 32,
    MAX_FILE_BYTES = 1 << 20,
    MAX_ROWS = 8192,
    MAX_CODE_BYTES = 32,
    MAX_NAME_CHARS = 40,     /* of what is shown */
    MAX_ENDINGS_CHARS = 299, /* a hundred of two digits, historic.tsv */
};

/* One file that is being read, and the place in it. */
struct table_reader {
    const char *file;
    unsigned line;
    size_t max_chars; /* of a name */
    struct err *err;
};

static int fail(const struct table_reader *r, const char *reason)
{
    return ERR(r->err, ERR_INVALID, "%s, line %u: %s", r->file, r->line, reason);
}

static int check_code(const struct table_reader *r, const char *code)
{
    size_t n = strlen(code);
    if (!n || n > MAX_CODE_BYTES)
        return fail(r, "the code is empty or too long");
    for (size_t i = 0; i < n; i++) {
        char c = code[i];
        bool is_good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '_' || c == '-';
        if (!is_good)
            return fail(r, "a code has letters, digits, _ and - only");
    }
    return 0;
}

static int check_name(const struct table_reader *r, const char *name)
{
    size_t n = strlen(name);
    if (!n || !text_is_plain(name, n))
        return fail(r, "the name is empty, no UTF-8, or has hidden characters");
    if (bytes_utf8_count(name) > r->max_chars)
        return fail(r, "the name is too long");
    if (name[0] == ' ' || name[n - 1] == ' ')
        return fail(r, "the name has a blank at its end");
    return 0;
}

/* One line "code TAB name". The tab becomes the NUL of the code. */
static int read_row(const struct table_reader *r, char *line, const char *before,
                    struct codes_entry *ret)
{
    char *tab = strchr(line, '\t');
    if (!tab)
        return fail(r, "a tab is missing between code and name");
    *tab = '\0';
    int e = check_code(r, line);
    if (!e)
        e = check_name(r, tab + 1);
    if (e)
        return e;
    if (before && strcmp(before, line) >= 0)
        return fail(r, "the codes do not ascend");
    *ret = (struct codes_entry){.code = line, .name = tab + 1};
    return 0;
}

/* Rows of a text, which is cut into pieces; ret has room for MAX_ROWS. Lines that start with #
 * stand before the first row only. */
static int read_rows(struct table_reader *r, char *text, size_t bytes, struct codes_entry *ret,
                     size_t *ret_n)
{
    size_t n = 0;
    r->line = 1;
    if (strlen(text) != bytes)
        return fail(r, "the file holds a NUL");
    for (char *line = text; *line; r->line++) {
        char *end = strchr(line, '\n');
        if (!end)
            return fail(r, "the last line has no end");
        *end = '\0';
        if (n == MAX_ROWS)
            return fail(r, "too many rows");
        if (*line != '#' || n) {
            int e = read_row(r, line, n ? ret[n - 1].code : NULL, &ret[n]);
            if (e)
                return e;
            n++;
        }
        line = end + 1;
    }
    *ret_n = n;
    return n ? 0 : fail(r, "there are no rows");
}

static int read_table(const char *dir, const char *file, struct code_rows *ret, struct err *err)
{
    char path[512];
    size_t bytes = 0;
    bool is_historic = !strcmp(file, "historic.tsv");
    struct table_reader r = {
        .file = file, .max_chars = is_historic ? MAX_ENDINGS_CHARS : MAX_NAME_CHARS, .err = err};
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, file) >= sizeof path)
        return ERR(err, ERR_INVALID, "%s: the path is too long", file);
    struct code_rows rows = {0};
    int e = mem_read_file(path, MAX_FILE_BYTES, &rows.text, &bytes, err);
    if (e)
        return e;
    rows.entry = mem_zalloc(MAX_ROWS, sizeof *rows.entry);
    e = read_rows(&r, rows.text, bytes, rows.entry, &rows.n);
    if (e) {
        code_rows_free(&rows);
        return e;
    }
    struct codes_entry *entry = mem_dup(rows.entry, rows.n * sizeof *entry);
    free(rows.entry);
    rows.entry = entry;
    *ret = rows;
    return 0;
}

void code_rows_free(struct code_rows *rows)
{
    free(rows->entry);
    free(rows->text);
    *rows = (struct code_rows){0};
}

/* ---- the folder ---- */

static const char ending[] = ".tsv";

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the tables' files, in order. @return 0 or ERR_NOT_FOUND, ERR_INVALID */
static int list_files(const char *dir, char **ret, size_t *ret_n, struct err *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return ERR(err, ERR_NOT_FOUND, "code tables: the folder cannot be read (%s)",
                   strerror(errno));
    const struct dirent *entry;
    size_t n = 0;
    while (n <= MAX_TABLES && (entry = readdir(d)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && length >= sizeof ending &&
            !strcmp(entry->d_name + length - (sizeof ending - 1), ending))
            ret[n++] = mem_strdup(entry->d_name);
    }
    closedir(d);
    qsort(ret, n, sizeof *ret, compare_names);
    *ret_n = n;
    if (n > MAX_TABLES)
        return ERR(err, ERR_INVALID, "code tables: more than %d files", MAX_TABLES);
    return 0;
}

struct named_table {
    char *name; /* owned: the file's name without its ending */
    struct code_rows rows;
};

struct code_tables {
    struct named_table table[MAX_TABLES];
    size_t n_tables;
    struct region_tree *regions;     /* owned */
    struct region_history *historic; /* owned */
};

static int take_table(struct code_tables *t, const char *dir, const char *file, struct err *err)
{
    struct code_rows rows = {0};
    int e = read_table(dir, file, &rows, err);
    if (e)
        return e;
    if (!strcmp(file, "regions.tsv"))
        return region_tree_new(&rows, file, &t->regions, err);
    if (!strcmp(file, "historic.tsv"))
        return region_history_new(&rows, file, &t->historic, err);
    char *name = mem_strdup(file);
    name[strlen(name) - (sizeof ending - 1)] = '\0';
    t->table[t->n_tables++] = (struct named_table){.name = name, .rows = rows};
    return 0;
}

int code_tables_load(const char *dir, struct code_tables **ret, struct err *err)
{
    char *file[MAX_TABLES + 1];
    size_t n = 0;
    struct code_tables *t = mem_zalloc(1, sizeof *t);
    int e = list_files(dir, file, &n, err);
    for (size_t i = 0; i < n; i++) {
        if (!e)
            e = take_table(t, dir, file[i], err);
        free(file[i]);
    }
    if (!e && (!t->regions || !t->historic))
        e = ERR(err, ERR_NOT_FOUND, "code tables: %s.tsv is missing",
                t->regions ? "historic" : "regions");
    if (!e)
        e = region_history_holds(t->historic, t->regions, err);
    if (e) {
        code_tables_free(t);
        return e;
    }
    *ret = t;
    return 0;
}

void code_tables_free(struct code_tables *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_tables; i++) {
        free(t->table[i].name);
        code_rows_free(&t->table[i].rows);
    }
    region_tree_free(t->regions);
    region_history_free(t->historic);
    free(t);
}

const struct codes_entry *code_table(const struct code_tables *t, const char *name, size_t *ret_n)
{
    for (size_t i = 0; i < t->n_tables; i++)
        if (!strcmp(t->table[i].name, name)) {
            *ret_n = t->table[i].rows.n;
            return t->table[i].rows.entry;
        }
    *ret_n = 0;
    return NULL;
}

const struct codes_entry *region_children(const struct code_tables *t, const char *parent,
                                          size_t *ret_n)
{
    return region_tree_children(t->regions, parent, ret_n);
}

void region_path(const struct code_tables *t, const char *code, char *ret, size_t cap)
{
    region_tree_path(t->regions, code, ret, cap);
}

bool region_is_whole(const struct code_tables *t, const char *code)
{
    return region_tree_is_leaf(t->regions, code);
}

bool region_was_ever(const struct code_tables *t, const char *code)
{
    return region_history_has(t->historic, code);
}
