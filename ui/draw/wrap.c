/* SPDX-License-Identifier: Apache-2.0 */
/* Line breaking for Chinese with Latin words in it. Main thread. Pure but for the widths. */
#include <string.h>

#include "base/bytes.h"
#include "ui/draw/font.h"

/* Characters that must not begin a line, and those that must not end one (as JLREQ and the
 * Chinese layout requirements list them, as far as forms use them). */
static const char no_start[] = "、。，．：；？！）》」』】〕〉”’…—·％‰℃,.:;?!)]}%";
static const char no_end[] = "（《「『【〔〈“‘([{￥¥";

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
    return cp >= 0x2E80 || cp == 0x00B7 || (cp >= 0x2010 && cp <= 0x2027);
}

/* May a line end between these two characters? */
static bool may_break(uint32_t before, uint32_t after)
{
    if (after == ' ' || is_in(no_start, after) || is_in(no_end, before))
        return false;
    return before == ' ' || is_ideograph(before) || is_ideograph(after);
}

static size_t step(const char *s, size_t n, uint32_t *ret_cp)
{
    size_t used = bytes_utf8_next(s, n, ret_cp);
    if (!used) {
        *ret_cp = 0xFFFD;
        return 1;
    }
    return used;
}

/* Bytes of s that make the next line; *ret_skip is what lies between it and the following one. */
static size_t line_length(struct font *font, const char *s, size_t n, int max_width,
                          size_t *ret_skip)
{
    size_t good = 0, i = 0;
    uint32_t cp = 0, before = 0;
    *ret_skip = 0;
    while (i < n) {
        size_t used = step(s + i, n - i, &cp);
        if (cp == '\n') {
            *ret_skip = used;
            return i;
        }
        if (i > 0 && may_break(before, cp))
            good = i;
        size_t end = i + used;
        if (cp != ' ' && font_width(font, s, end) > max_width && i > 0)
            return good ? good : i;
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
