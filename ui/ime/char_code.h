/* SPDX-License-Identifier: Apache-2.0 */
/* Characters by their code, as population registers and banks write it on a note for people with
 * rare characters in their name: Unicode ("20BB7", "U+20BB7") or GB 18030 ("9534B235", "B9F3").
 * Pure. Thread: any. */
#ifndef YJ_UI_IME_CHAR_CODE_H
#define YJ_UI_IME_CHAR_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHAR_CODE_MAX_DIGITS = 8, CHAR_CODE_MAX_FOUND = 2 };

/** @return true for the blocks of Chinese characters of Unicode 15, compatibility ones included */
bool char_code_is_han(uint32_t cp);

/**
 * Characters that a code may stand for: four digits are read as Unicode and as GB 18030, five and
 * six as Unicode, eight as GB 18030. Only Chinese characters are found.
 * @param hex  0..CHAR_CODE_MAX_DIGITS of 0-9 A-F a-f
 * @param ret  CHAR_CODE_MAX_FOUND; Unicode first
 * @return how many were found, 0 for an unfinished or unknown code
 * Source: GB 18030-2022 clause 5 (code structure), by iconv
 */
size_t char_code_find(const char *hex, uint32_t *ret);

#endif
