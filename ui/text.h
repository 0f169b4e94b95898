/* SPDX-License-Identifier: Apache-2.0 */
/* Words by id: assets/strings/<language>.json, one flat object each. All languages a terminal
 * offers are loaded at the start; one of them is spoken at a time. Thread: main.
 *
 * Every file says three things about itself, as texts that are never taken from another language:
 *   language.name       its own name in its own script: "English"
 *   language.direction  "ltr" or "rtl"
 *   language.voice      name of the voice that reads it aloud (espeak-ng: "cmn"), "none": nobody
 */
#ifndef YJ_UI_TEXT_H
#define YJ_UI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "types/view.h"

struct text_set;

/**
 * Load languages; the first is selected. Ids a language lacks fall back to zh-Hans. A file beside
 * the first that is missing or broken is logged and its language left out: its place stays, so
 * that prefs.language means the same language everywhere.
 * @param languages  ids, borrowed for the call; n 0: only zh-Hans
 * @param n    at most PREFS_MAX_LANGUAGES, more are ignored
 * @param ret  owned by the caller
 * @return 0 or ERR_UI_ASSET (the first language or zh-Hans: file, line and reason)
 * Blocks: disk.
 */
int text_set_new(const char *assets_dir, const char *const *languages, size_t n,
                 struct text_set **ret, struct err *err) YJ_CHECK;
void text_set_free(struct text_set *set);

/** @return places of languages, the left out ones counted. */
size_t text_set_count(const struct text_set *set);

/** @return how many of them can be chosen, at least 1. */
size_t text_set_n_usable(const struct text_set *set);

/** @param at  place of a language. @return its own name, valid as long as the set; NULL: left out,
 * or no such place. */
const char *text_set_name(const struct text_set *set, size_t at);

/** @return id of the language in use: "ug" */
const char *text_set_language(const struct text_set *set);

/** @return place of the language in use */
size_t text_set_selected(const struct text_set *set);

/** Is the language in use written from the right? */
bool text_set_is_rtl(const struct text_set *set);

/** Use another language from now on; words already fetched stay valid. @return false when it is
 * left out or unknown: the first is used then */
bool text_set_select(struct text_set *set, size_t at);

typedef void (*text_visit_fn)(void *arg, const char *words);

/** Call fn with every text of one language. Does nothing for one that is left out. */
void text_set_visit(const struct text_set *set, size_t at, text_visit_fn fn, void *arg);

/** A language turns out to be unusable (no face has its letters): logged, no longer offered. The
 * first language is never left out. @param why  a sentence for the log */
void text_set_leave_out(struct text_set *set, size_t at, const char *why);

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
