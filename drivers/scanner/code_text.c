/* SPDX-License-Identifier: Apache-2.0 */
/* Raw bytes of a code to text. Pure. */
#include "drivers/scanner/code_text.h"

#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"

/* Characters that hide or reorder others, and controls: none has business in a code. */
static bool is_refused(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } refused[] = {
        {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD},   {0x061C, 0x061C},
        {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
        {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    for (size_t i = 0; i < YJ_COUNT(refused); i++)
        if (cp >= refused[i].first && cp <= refused[i].last)
            return true;
    return false;
}

static int from_gb18030(const uint8_t *raw, size_t n, char *out, size_t *ret_n)
{
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1)
        return -1;
    char *in = (char *)(uintptr_t)raw, *to = out; /* iconv does not write through in */
    size_t left = n, room = CODE_TEXT_MAX_BYTES;
    size_t rc = iconv(cd, &in, &left, &to, &room);
    iconv_close(cd);
    if (rc == (size_t)-1 || left > 0)
        return -1;
    *ret_n = (size_t)(to - out);
    return 0;
}

static int check_characters(const char *text, size_t n, struct err *err)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t k = bytes_utf8_next(text + i, n - i, &cp);
        if (k == 0 || is_refused(cp))
            return ERR(err, ERR_SCANNER_TEXT, "a character that is not allowed");
        i += k;
    }
    return 0;
}

int code_text_decode(const uint8_t *raw, size_t n, char *out, struct err *err)
{
    size_t len = n;
    int rc = 0;
    out[0] = 0;
    if (n >= 3 && memcmp(raw, "\xEF\xBB\xBF", 3) == 0) {
        raw += 3;
        len = n -= 3;
    }
    if (n > 0 && raw[n - 1] == '\n')
        len = --n;
    if (n > 0 && raw[n - 1] == '\r')
        len = --n;
    if (n == 0)
        return ERR(err, ERR_SCANNER_TEXT, "an empty code");
    if (n > CODE_TEXT_MAX_BYTES)
        return ERR(err, ERR_SCANNER_TOO_LONG, "%zu bytes, at most %d", n, CODE_TEXT_MAX_BYTES);
    if (bytes_utf8_valid((const char *)raw, n))
        memcpy(out, raw, n);
    else if (from_gb18030(raw, n, out, &len) < 0)
        rc = ERR(err, ERR_SCANNER_TEXT, "neither UTF-8 nor GB 18030, or too long");
    if (rc == 0)
        rc = check_characters(out, len, err);
    if (rc < 0)
        bytes_wipe(out, CODE_TEXT_MAX_BYTES + 1);
    else
        out[len] = 0;
    return rc;
}
