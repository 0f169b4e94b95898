/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the loading of code tables and the divisions; private to app/core. */
#ifndef YJ_CORE_CODE_TABLE_PRIV_H
#define YJ_CORE_CODE_TABLE_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/codes.h"

/* Rows of one file, ascending by code (as text). */
struct code_rows {
    struct codes_entry *entry; /* owned; point into text */
    size_t n;
    char *text; /* owned */
};

void code_rows_free(struct code_rows *rows);

/* Divisions in force, as a tree. */
struct region_tree;

/**
 * @param rows  transferred, also on failure
 * @param file  name for complaints
 * @return 0 or ERR_INVALID: no six digits, a division whose upper one is not there
 */
int region_tree_new(struct code_rows *rows, const char *file, struct region_tree **ret,
                    struct err *err) YJ_CHECK;
void region_tree_free(struct region_tree *tree);
const struct codes_entry *region_tree_children(const struct region_tree *tree, const char *parent,
                                               size_t *ret_n);
void region_tree_path(const struct region_tree *tree, const char *code, char *ret, size_t cap);
bool region_tree_is_leaf(const struct region_tree *tree, const char *code);

/* All codes there ever were. */
struct region_history;

/** As region_tree_new; a row is four digits and the endings behind them. */
int region_history_new(struct code_rows *rows, const char *file, struct region_history **ret,
                       struct err *err) YJ_CHECK;
void region_history_free(struct region_history *history);

/** @return 0, or ERR_INVALID when a division in force is not in the history. */
int region_history_holds(const struct region_history *history, const struct region_tree *tree,
                         struct err *err) YJ_CHECK;
bool region_history_has(const struct region_history *history, const char *code);

#endif
