/* SPDX-License-Identifier: Apache-2.0 */
/* Line breaking: Chinese between characters, Latin and Arabic script at blanks, all of them mixed.
 * Main thread. Pure but for the widths. */
#include <string.h>

#include "base/bytes.h"
#include "ui/draw/font_priv.h"

/* Characters that must not begin a line, and those that must not end one (as JLREQ and the
 * Chinese layout requirements list them, as far as forms use them). */
static const char no_start[] = "、。，．：；？！）》」』】〕〉”’…—·％‰℃,.:;?!)]}%،؛؟»";
static const char no_end[] = "（《「『【〔〈“‘([{￥¥«";

static bool is_in(const char *list, uint32_t cp)
{
    uint32_t c = 0;
    for (size_t i = 0, n = strlen(list); i < n;) {
        size_t used = bytes_utf8_next(list + i, n - i, &c);
        if (!used)
            return false;
        if (c == cp)
            return true;
        i += used;
    }
    return false;
}

static bool is_ideograph(uint32_t cp)
{
    return (cp >= 0x2E80 || cp == 0x00B7 || (cp >= 0x2010 && cp <= 0x2027)) && !font_script_of(cp);
}

/* May a line end between these two characters? Endings are joined to Chinese names in Uyghur, so
 * there is no break between an ideograph and a letter of a shaped script. */
static bool may_break(uint32_t before, uint32_t after)
{
    if (after == ' ' || is_in(no_start, after) || is_in(no_end, before))
        return false;
    if (before == ' ')
        return true;
    if (font_script_of(before) || font_script_of(after))
        return false;
    return is_ideograph(before) || is_ideograph(after);
}

/* Most characters of one word that fit; at least one. */
static size_t cut_word(struct font *font, const char *s, size_t n, int max_width)
{
    size_t good = 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < n;) {
        i += font_next_char(s + i, n - i, &cp);
        if (good && font_width(font, s, i) > max_width)
            break;
        good = i;
    }
    return good;
}

/* A word that is shaped has a width only as a whole. */
static bool is_inside_word(const char *s, size_t n, size_t end, uint32_t last)
{
    uint32_t next = 0;
    if (end >= n || !font_script_of(last))
        return false;
    (void)font_next_char(s + end, n - end, &next);
    return next != '\n' && next != ' ' && !may_break(last, next);
}

/* Bytes of s that make the next line; *ret_skip is what lies between it and the following one. */
static size_t line_length(struct font *font, const char *s, size_t n, int max_width,
                          size_t *ret_skip)
{
    size_t good = 0, i = 0;
    uint32_t cp = 0, before = 0;
    *ret_skip = 0;
    while (i < n) {
        size_t used = font_next_char(s + i, n - i, &cp);
        if (cp == '\n') {
            *ret_skip = used;
            return i;
        }
        if (i > 0 && may_break(before, cp))
            good = i;
        size_t end = i + used;
        if (cp != ' ' && !is_inside_word(s, n, end, cp) && i > 0 &&
            font_width(font, s, end) > max_width) {
            if (good)
                return good;
            return font_script_of(cp) ? cut_word(font, s, end, max_width) : i;
        }
        before = cp;
        i = end;
    }
    return n;
}

int font_wrap(struct font *font, const char *text, int max_width, struct font_line *ret,
              int max_lines)
{
    size_t n = strlen(text);
    int lines = 0;
    for (size_t at = 0; lines < max_lines && (at < n || lines == 0);) {
        size_t skip = 0, len = line_length(font, text + at, n - at, max_width, &skip);
        if (lines == max_lines - 1) {
            len = n - at;
            skip = 0;
        }
        size_t shown = len;
        while (shown && text[at + shown - 1] == ' ')
            shown--;
        ret[lines].start = text + at;
        ret[lines].n = shown;
        ret[lines].width = font_width(font, text + at, shown);
        lines++;
        at += len + skip;
        while (at < n && text[at] == ' ')
            at++;
    }
    return lines;
}
