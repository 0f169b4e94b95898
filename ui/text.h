/* SPDX-License-Identifier: Apache-2.0 */
/* Words by id: assets/strings/<language>.json, one flat object. Thread: main. */
#ifndef YJ_UI_TEXT_H
#define YJ_UI_TEXT_H

#include <stddef.h>

#include "base/err.h"
#include "types/view.h"

struct text_set;

/**
 * Load a language; ids it lacks fall back to zh-Hans.
 * @param ret  owned by the caller
 * @return 0 or ERR_UI_ASSET (file, line and reason)
 * Blocks: disk.
 */
int text_set_new(const char *assets_dir, const char *language, struct text_set **ret,
                 struct err *err) YJ_CHECK;
void text_set_free(struct text_set *set);

/** @return the words of an id, valid as long as the set; an unknown id is its own words and is
 * logged once. */
const char *text_get(struct text_set *set, const char *id);

/**
 * Resolve a view's text: literal, or id with {1}, {2} and {3} replaced.
 * @param out  receives the words, cut at a character when they do not fit
 * @param cap  bytes of out, at least 1
 * @return bytes written without the NUL
 */
size_t text_resolve(struct text_set *set, const struct view_text *text, char *out, size_t cap);

#endif
