/* SPDX-License-Identifier: Apache-2.0 */
/* Divisions of GB/T 2260: those in force as a tree, and all there ever were. Pure after loading;
 * any thread. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/code_table_priv.h"

enum { REGION_DIGITS = 6, NOWHERE = -1 };

static bool is_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

static unsigned digits_value(const char *s, size_t n)
{
    unsigned value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (unsigned)(s[i] - '0');
    return value;
}

static bool is_region_code(const char *code)
{
    return strlen(code) == REGION_DIGITS && is_digits(code, REGION_DIGITS);
}

/* A division and its place among the children of its upper one. */
struct region {
    int upper; /* place of it, NOWHERE for a province */
    size_t first, n;
};

/* Rows ascend by code; children has the same rows ordered by their upper division, so that the
 * children of one stand in a row. The provinces come first. */
struct region_tree {
    struct code_rows rows; /* owned */
    struct region *region; /* owned, one for each row */
    struct codes_entry *children;
    size_t n_provinces;
};

static int compare_codes(const void *a, const void *b)
{
    const struct codes_entry *x = a, *y = b;
    return strcmp(x->code, y->code);
}

/* @return place of a code, NOWHERE when it is not in force */
static int find(const struct region_tree *tree, const char *code)
{
    const struct codes_entry key = {.code = code};
    const struct codes_entry *found =
        bsearch(&key, tree->rows.entry, tree->rows.n, sizeof key, compare_codes);
    return found ? (int)(found - tree->rows.entry) : NOWHERE;
}

/* As find, for the first n digits filled up with zeros. */
static int find_upper(const struct region_tree *tree, const char *code, size_t n)
{
    char upper[REGION_DIGITS + 1] = "000000";
    memcpy(upper, code, n);
    return find(tree, upper);
}

/* Which division is above this one? A county may stand below its province at once where the
 * province has no cities, or as one of the counties it leads itself (xx90xx). */
static int link_region(struct region_tree *tree, size_t at, bool has_cities, const char *file,
                       struct err *err)
{
    const char *code = tree->rows.entry[at].code;
    tree->region[at].upper = NOWHERE;
    if (!is_region_code(code))
        return ERR(err, ERR_INVALID, "%s: %.16s is not six digits", file, code);
    if (!strcmp(code + 2, "0000"))
        return 0;
    bool is_county = strcmp(code + 4, "00") != 0;
    int city = is_county ? find_upper(tree, code, 4) : NOWHERE;
    bool is_led_by_province = !has_cities || !strncmp(code + 2, "90", 2);
    if (is_county && city == NOWHERE && !is_led_by_province)
        return ERR(err, ERR_INVALID, "%s: the city of %s is missing", file, code);
    tree->region[at].upper = city != NOWHERE ? city : find_upper(tree, code, 2);
    if (tree->region[at].upper == NOWHERE)
        return ERR(err, ERR_INVALID, "%s: the province of %s is missing", file, code);
    return 0;
}

/* @return whether a city stands among the rows of the province at this place */
static bool province_has_cities(const struct region_tree *tree, size_t at)
{
    const struct codes_entry *entry = tree->rows.entry;
    for (size_t i = at + 1; i < tree->rows.n && !strncmp(entry[i].code, entry[at].code, 2); i++)
        if (is_region_code(entry[i].code) && !strcmp(entry[i].code + 4, "00"))
            return true;
    return false;
}

static int link_all(struct region_tree *tree, const char *file, struct err *err)
{
    bool has_cities = false;
    for (size_t i = 0; i < tree->rows.n; i++) {
        const char *code = tree->rows.entry[i].code;
        if (i == 0 || strncmp(code, tree->rows.entry[i - 1].code, 2) != 0)
            has_cities = province_has_cities(tree, i);
        int r = link_region(tree, i, has_cities, file, err);
        if (r)
            return r;
    }
    return 0;
}

/* Order the rows by their upper division: count, place, fill. */
static void order_children(struct region_tree *tree)
{
    size_t n = tree->rows.n, used = 0;
    for (size_t i = 0; i < n; i++)
        if (tree->region[i].upper == NOWHERE)
            tree->n_provinces++;
        else
            tree->region[tree->region[i].upper].n++;
    used = tree->n_provinces;
    for (size_t i = 0; i < n; i++) {
        tree->region[i].first = used;
        used += tree->region[i].n;
        tree->region[i].n = 0;
    }
    size_t provinces = 0;
    for (size_t i = 0; i < n; i++) {
        struct region *upper =
            tree->region[i].upper == NOWHERE ? NULL : &tree->region[tree->region[i].upper];
        size_t place = upper ? upper->first + upper->n++ : provinces++;
        tree->children[place] = tree->rows.entry[i];
    }
}

int region_tree_new(struct code_rows *rows, const char *file, struct region_tree **ret,
                    struct err *err)
{
    struct region_tree *tree = mem_zalloc(1, sizeof *tree);
    tree->rows = *rows;
    *rows = (struct code_rows){0};
    tree->region = mem_zalloc(tree->rows.n, sizeof *tree->region);
    tree->children = mem_zalloc(tree->rows.n, sizeof *tree->children);
    int r = link_all(tree, file, err);
    if (r) {
        region_tree_free(tree);
        return r;
    }
    order_children(tree);
    *ret = tree;
    return 0;
}

void region_tree_free(struct region_tree *tree)
{
    if (!tree)
        return;
    code_rows_free(&tree->rows);
    free(tree->region);
    free(tree->children);
    free(tree);
}

const struct codes_entry *region_tree_children(const struct region_tree *tree, const char *parent,
                                               size_t *ret_n)
{
    *ret_n = 0;
    if (!parent[0]) {
        *ret_n = tree->n_provinces;
        return tree->children;
    }
    int at = find(tree, parent);
    if (at == NOWHERE || !tree->region[at].n)
        return NULL;
    *ret_n = tree->region[at].n;
    return tree->children + tree->region[at].first;
}

void region_tree_path(const struct region_tree *tree, const char *code, char *ret, size_t cap)
{
    const char *name[3] = {0}; /* province, city, county from the back */
    size_t n = 0, used = 0;
    ret[0] = '\0';
    for (int at = find(tree, code); at != NOWHERE && n < 3; at = tree->region[at].upper)
        name[n++] = tree->rows.entry[at].name;
    while (n > 0) {
        n--;
        int wrote = snprintf(ret + used, cap - used, "%s%s", used ? " " : "", name[n]);
        if (wrote < 0 || (size_t)wrote >= cap - used) { /* half a name would be another place */
            ret[used] = '\0';
            return;
        }
        used += (size_t)wrote;
    }
}

bool region_tree_is_leaf(const struct region_tree *tree, const char *code)
{
    int at = find(tree, code);
    return at != NOWHERE && !tree->region[at].n;
}

/* ---- all codes there ever were ---- */

/* A bit for each number of six digits. */
struct region_history {
    uint8_t bits[1000000 / 8];
};

/* "00 01 02" behind the four digits of a row. */
static bool take_endings(struct region_history *history, const char *head, const char *endings)
{
    char before[3] = "";
    for (const char *at = endings;; at += 3) {
        if (!is_digits(at, 2) || (at[2] != ' ' && at[2] != '\0') || strncmp(before, at, 2) >= 0)
            return false;
        memcpy(before, at, 2);
        unsigned code = digits_value(head, 4) * 100 + digits_value(before, 2);
        history->bits[code / 8] |= (uint8_t)(1u << code % 8);
        if (at[2] == '\0')
            return true;
    }
}

int region_history_new(struct code_rows *rows, const char *file, struct region_history **ret,
                       struct err *err)
{
    struct region_history *history = mem_zalloc(1, sizeof *history);
    int r = 0;
    for (size_t i = 0; i < rows->n && !r; i++) {
        const struct codes_entry *row = &rows->entry[i];
        bool is_good = strlen(row->code) == 4 && is_digits(row->code, 4) &&
                       take_endings(history, row->code, row->name);
        if (!is_good)
            r = ERR(err, ERR_INVALID, "%s: %.16s is no row of four digits and ascending endings",
                    file, row->code);
    }
    code_rows_free(rows);
    if (r) {
        region_history_free(history);
        return r;
    }
    *ret = history;
    return 0;
}

void region_history_free(struct region_history *history)
{
    free(history);
}

bool region_history_has(const struct region_history *history, const char *code)
{
    if (!is_region_code(code))
        return false;
    unsigned number = digits_value(code, REGION_DIGITS);
    return history->bits[number / 8] >> number % 8 & 1;
}

int region_history_holds(const struct region_history *history, const struct region_tree *tree,
                         struct err *err)
{
    for (size_t i = 0; i < tree->rows.n; i++)
        if (!region_history_has(history, tree->rows.entry[i].code))
            return ERR(err, ERR_INVALID, "historic.tsv: %s is missing", tree->rows.entry[i].code);
    return 0;
}
