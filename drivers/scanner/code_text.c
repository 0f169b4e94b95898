/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bytes of a code to text. Pure. */
#include "drivers/scanner/code_text.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* UTF-8 of a code on its way; GB 18030 grows by half at most (two bytes to three). */
struct work {
    char text[CODE_TEXT_MAX_RAW_BYTES * 3 / 2];
    size_t n;
};

/* Controls, and characters that hide or reorder others: none has business in a code.
 * Source: Unicode DerivedCoreProperties, Default_Ignorable_Code_Point; UAX 9 (bidirectional
 * formatting); line and paragraph separator; Unicode 23.7 (noncharacters). */
static bool is_refused(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } refused[] = {
        {0x0000, 0x001F}, {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
        {0x061C, 0x061C}, {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    for (size_t i = 0; i < YJ_COUNT(refused); i++)
        if (cp >= refused[i].first && cp <= refused[i].last)
            return true;
    return (cp & 0xFFFE) == 0xFFFE;
}

static bool has_byte_order_mark(const void *p, size_t n)
{
    return n >= 3 && memcmp(p, byte_order_mark, 3) == 0;
}

static int from_gb18030(const uint8_t *raw, size_t n, struct work *w, struct err *err)
{
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1)
        return ERR(err, ERR_SYSTEM, "this system has no GB 18030");
    char *in = (char *)(uintptr_t)raw, *to = w->text; /* iconv does not write through in */
    size_t left = n, room = sizeof w->text;
    size_t rc = iconv(cd, &in, &left, &to, &room);
    int why = errno;
    iconv_close(cd);
    w->n = sizeof w->text - room;
    if (rc == (size_t)-1 && why == E2BIG)
        return ERR(err, ERR_SCANNER_TOO_LONG, "longer than %d bytes", CODE_TEXT_MAX_BYTES);
    /* rc counts characters that were replaced by something similar: not strict either */
    if (rc != 0 || left > 0)
        return ERR(err, ERR_SCANNER_TEXT, "neither UTF-8 nor GB 18030");
    return 0;
}

/* Text that was UTF-8, was taken for Latin-1 by whoever made or read the code, and was then
 * encoded again. Nothing happens to any other text. */
static void undo_double_encoding(struct work *w)
{
    size_t n = 0;
    bool is_beyond_ascii = false;
    char narrow[sizeof w->text];
    for (size_t i = 0; i < w->n;) {
        uint32_t cp = 0;
        size_t k = bytes_utf8_next(w->text + i, w->n - i, &cp);
        if (k == 0 || cp > 0xFF) {
            is_beyond_ascii = false; /* it is what it is */
            break;
        }
        is_beyond_ascii |= cp > 0x7F;
        narrow[n++] = (char)cp;
        i += k;
    }
    const char *from = narrow;
    if (is_beyond_ascii && bytes_utf8_valid(narrow, n)) {
        if (has_byte_order_mark(narrow, n)) {
            from += 3;
            n -= 3;
        }
        memcpy(w->text, from, n);
        w->n = n;
    }
    bytes_wipe(narrow, sizeof narrow);
}

static int check(const struct work *w, struct err *err)
{
    if (w->n == 0)
        return ERR(err, ERR_SCANNER_TEXT, "an empty code");
    if (w->n > CODE_TEXT_MAX_BYTES)
        return ERR(err, ERR_SCANNER_TOO_LONG, "%zu bytes, at most %d", w->n, CODE_TEXT_MAX_BYTES);
    for (size_t i = 0; i < w->n;) {
        uint32_t cp = 0;
        size_t k = bytes_utf8_next(w->text + i, w->n - i, &cp);
        if (k == 0 || is_refused(cp))
            return ERR(err, ERR_SCANNER_TEXT, "a character that is not allowed");
        i += k;
    }
    return 0;
}

int code_text_decode(const uint8_t *raw, size_t n, char *out, struct err *err)
{
    struct work w;
    int rc = 0;
    out[0] = 0;
    if (has_byte_order_mark(raw, n)) {
        raw += 3;
        n -= 3;
    }
    if (n > 0 && raw[n - 1] == '\n')
        n--;
    if (n > 0 && raw[n - 1] == '\r')
        n--;
    if (n > CODE_TEXT_MAX_RAW_BYTES)
        return ERR(err, ERR_SCANNER_TOO_LONG, "%zu bytes, at most %d", n, CODE_TEXT_MAX_BYTES);
    w.n = n;
    if (bytes_utf8_valid((const char *)raw, n))
        memcpy(w.text, raw, n);
    else
        rc = from_gb18030(raw, n, &w, err);
    if (rc == 0) {
        undo_double_encoding(&w);
        rc = check(&w, err);
    }
    if (rc == 0) {
        memcpy(out, w.text, w.n);
        out[w.n] = 0;
    }
    bytes_wipe(w.text, sizeof w.text);
    return rc;
}
