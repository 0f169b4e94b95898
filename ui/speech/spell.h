/* SPDX-License-Identifier: Apache-2.0 */
/* Written words as they are read out: long numbers digit by digit in groups, numbers of persons by
 * their end alone, dates as dates, signs as pauses. Pure; any thread. */
#ifndef YJ_UI_SPEECH_SPELL_H
#define YJ_UI_SPEECH_SPELL_H

#include <stddef.h>

/* Words of the language. Borrowed. */
struct spell_words {
    const char *tail;   /* "尾号 {1}": what is said of a number that is partly hidden */
    const char *date;   /* "{1}年{2}月{3}日": year, month, day */
    const char *months; /* names of the months for date, with blanks between; "": figures */
    const char *comma;  /* a short pause: "，" */
};

/**
 * @param text  UTF-8
 * @param out   cut at a character when it does not fit
 * @param cap   bytes of out, at least 1
 * @return bytes written without the NUL
 */
size_t spell_text(const struct spell_words *words, const char *text, char *out, size_t cap);

#endif
