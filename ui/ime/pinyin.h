/* SPDX-License-Identifier: Apache-2.0 */
/* Pinyin input: letters in, Chinese text out, with libpinyin's dictionaries behind it. Nothing is
 * learned and nothing is written: there is no user dictionary, neither on disk nor from one
 * visitor to the next. Full pinyin, initials only ("zxb"), "v" for ü, ' between syllables.
 *
 * Chosen text leaves at once: the caller appends it to its own text, the letters that are not
 * spoken for stay. Thread: main. */
#ifndef YJ_UI_IME_PINYIN_H
#define YJ_UI_IME_PINYIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    PINYIN_MAX_LETTERS = 48, /* waiting letters */
    PINYIN_TEXT_BYTES = 96,  /* one candidate, NUL included */
    PINYIN_MAX_CANDIDATES = 2048,
};

struct pinyin;

/**
 * @param data_dir  libpinyin's system data; NULL: where the build found it. The dictionaries are
 *                  opened by the first letter, not here.
 * @return owned by the caller; never NULL
 */
struct pinyin *pinyin_new(const char *data_dir) YJ_CHECK;
void pinyin_free(struct pinyin *py);

/**
 * Add a letter a..z (or ', not at the start and not twice).
 * @return 0, ERR_INVALID, ERR_FULL, ERR_UI_ASSET (the dictionaries cannot be opened)
 * Blocks: a few milliseconds; the first letter some tens (dictionaries).
 */
int pinyin_push(struct pinyin *py, char letter, struct err *err) YJ_CHECK;

/** Take the last letter back. @return false when there was none */
bool pinyin_backspace(struct pinyin *py);

/** @return the waiting letters, "" when none; valid until the next call that changes them */
const char *pinyin_letters(const struct pinyin *py);

/** The letters with a blank between the syllables as libpinyin reads them: "zhang xiao b". */
const char *pinyin_reading(const struct pinyin *py);

/** @return number of candidates for the waiting letters */
size_t pinyin_count(const struct pinyin *py);

/** @return candidate at index, UTF-8, borrowed until the letters change; NULL past the end */
const char *pinyin_candidate(struct pinyin *py, size_t index);

/**
 * Take a candidate: its text goes to ret_text, the letters it stands for leave.
 * @param ret_text  at least PINYIN_TEXT_BYTES
 * @return 0, ERR_NOT_FOUND (no such candidate)
 */
int pinyin_choose(struct pinyin *py, size_t index, char *ret_text, struct err *err) YJ_CHECK;

/**
 * Take the best candidate for everything that waits; letters no syllable can be made of are
 * taken as they are.
 * @param cap  bytes of ret_text, at least PINYIN_TEXT_BYTES * 2
 * @return number of bytes written, 0 when nothing waited
 */
size_t pinyin_commit(struct pinyin *py, char *ret_text, size_t cap);

/** Drop the waiting letters; wiped. */
void pinyin_clear(struct pinyin *py);

/**
 * How often a character or word is used, by libpinyin's count.
 * @return 0 when it is unknown or the dictionaries are missing
 * Blocks: microseconds; the first call of all some tens of milliseconds (dictionaries).
 */
uint32_t pinyin_use(struct pinyin *py, const char *utf8);

/** Forget everything of this visitor, inside libpinyin too; the dictionaries stay open. */
void pinyin_wipe(struct pinyin *py);

#endif
