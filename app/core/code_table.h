/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables as data (assets/codes): options of enum fields and the divisions of GB/T 2260. Loaded
 * once at the start, const afterwards; any thread. */
#ifndef YJ_CORE_CODE_TABLE_H
#define YJ_CORE_CODE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/codes.h"

struct code_tables;

/**
 * Read every table of the folder (assets/codes).
 * @return 0, ERR_NOT_FOUND, ERR_INVALID (file, line and reason in err)
 * Blocks: disk.
 */
int code_tables_load(const char *dir, struct code_tables **ret, struct err *err) YJ_CHECK;
void code_tables_free(struct code_tables *t);

/** @return entries of a table ("nation", "relation", …), *ret_n of them; NULL when unknown. */
const struct codes_entry *code_table(const struct code_tables *t, const char *name, size_t *ret_n);

/**
 * Divisions below a place, in the order of their codes. parent "" gives provinces, "430000" cities,
 * "430100" counties; municipalities, which have no cities, give their counties at once, and
 * counties that a province leads itself (429004) stand behind its cities.
 * @return entries (six-digit code, name), *ret_n of them; NULL and 0 for a division without parts
 *         or a code that is not in force
 */
const struct codes_entry *region_children(const struct code_tables *t, const char *parent,
                                          size_t *ret_n);

/** "湖南省 长沙市 芙蓉区"; "" for a code that is not in force. @param cap  at least 96; in less
 *  room names at the end are left out whole */
void region_path(const struct code_tables *t, const char *code, char *ret, size_t cap);

/** @return true for a code of the present list at its lowest level (nothing below it). */
bool region_is_whole(const struct code_tables *t, const char *code);

/** @return true for a six-digit code that is or once was in force (numbers keep old ones). */
bool region_was_ever(const struct code_tables *t, const char *code);

#endif
