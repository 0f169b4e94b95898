/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the device tables of assets/devices: which USB ids belong to a class.
 * Pure apart from jansson's memory. Thread: any. */
#ifndef YJ_DRIVERS_ID_TABLE_H
#define YJ_DRIVERS_ID_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { ID_ANY = -1, ID_TABLE_MAX = 64 };

/**
 * Parse a table and find its "devices" array.
 * @param cls   value the key "class" must have
 * @param ret   root object, released by the caller with json_decref
 * @return 0 or ERR_SYNTAX
 */
int id_table_load(const char *text, const char *cls, json_t **ret, struct err *err) YJ_CHECK;

/**
 * USB ids of one entry: four hexadecimal digits, or "*" or no key for any.
 * @return 0 or ERR_SYNTAX
 */
int id_table_ids(const json_t *entry, int *ret_vid, int *ret_pid, struct err *err) YJ_CHECK;

/** @return an integer of the entry, or fallback when the key is missing or out of range. */
int id_table_int(const json_t *entry, const char *key, int min, int max, int fallback);

#endif
