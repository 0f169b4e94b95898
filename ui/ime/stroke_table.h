/* SPDX-License-Identifier: Apache-2.0 */
/* Characters by the order of their strokes: 横 竖 撇 点 折, keys 1 to 5, 0 for a stroke one is not
 * sure of. The same table finds characters by their parts (吉吉: 喆, 金金金: 鑫): the strokes of a
 * character are the strokes of its parts, one part after the other or one inside the other.
 *
 * The table is Debian's rime-data-stroke (LGPL-3; strokes of CNS 11643 and of the mainland's
 * forms), more than 80 000 characters up to extension D, read where the package puts it. What lies
 * beyond (extensions E to H) is found by its code: char_code.h. Thread: main. */
#ifndef YJ_UI_IME_STROKE_TABLE_H
#define YJ_UI_IME_STROKE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    STROKE_MAX_KEYS = 64,
    STROKE_MAX_PARTS = 4,
    STROKE_MAX_FOUND = 512,
};

/* How often a character is used, 0: not known. Asked once for each common one, at opening. */
typedef uint32_t (*stroke_use_fn)(void *arg, const char *utf8);

struct stroke_table;

/**
 * @param path  the dictionary; NULL: where the build found it. Read by the first search, not here.
 * @param use   may be NULL: common characters are then told by GB 2312 alone
 * @return owned by the caller; never NULL
 */
struct stroke_table *stroke_table_new(const char *path, stroke_use_fn use, void *arg) YJ_CHECK;
void stroke_table_free(struct stroke_table *t);

/** @return true when the dictionary can be read: without it the methods are not offered */
bool stroke_table_is_there(const struct stroke_table *t);

/**
 * Characters that begin with these strokes: those that end there first, then common ones, then few
 * strokes before many.
 * @param keys  '1'..'5' and '0', at most STROKE_MAX_KEYS; "" finds nothing
 * @param ret   STROKE_MAX_FOUND
 * @return 0, ERR_INVALID (other keys), ERR_UI_ASSET (the table cannot be read)
 * Blocks: about a millisecond; the first call some tens (the table).
 */
int stroke_table_find(struct stroke_table *t, const char *keys, uint32_t *ret, size_t *ret_n,
                      struct err *err) YJ_CHECK;

/**
 * Characters composed of these parts. Common parts stand for their squeezed forms, too: 水 for 氵,
 * 人 for 亻, 金 for 钅.
 * @param part  2..STROKE_MAX_PARTS characters of the table
 * @return 0 (nothing found counts as 0), ERR_INVALID (number of parts), ERR_UI_ASSET
 * Blocks: some milliseconds.
 */
int stroke_table_compose(struct stroke_table *t, const uint32_t *part, size_t n_parts,
                         uint32_t *ret, size_t *ret_n, struct err *err) YJ_CHECK;

/** @return number of characters with strokes; 0 before the first search */
size_t stroke_table_size(const struct stroke_table *t);

#endif
