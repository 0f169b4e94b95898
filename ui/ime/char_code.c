/* SPDX-License-Identifier: Apache-2.0 */
/* Characters by code. Pure. Thread: any. */
#include "ui/ime/char_code.h"

#include <iconv.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"

bool char_code_is_han(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } blocks[] = {
        {0x3007, 0x3007}, /* 〇 */
        {0x3400, 0x4DBF},   {0x4E00, 0x9FFF}, {0xF900, 0xFAFF},
        {0x20000, 0x2FA1F}, /* extensions B to F and I, compatibility supplement */
        {0x30000, 0x323AF}, /* extensions G and H */
    };
    for (size_t i = 0; i < YJ_COUNT(blocks); i++)
        if (cp >= blocks[i].first && cp <= blocks[i].last)
            return true;
    return false;
}

static bool from_gb18030(const uint8_t *raw, size_t n, uint32_t *ret)
{
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1)
        return false;
    char *in = (char *)(uintptr_t)raw; /* iconv does not write through in */
    char text[8], *to = text;
    size_t left = n, room = sizeof text;
    size_t rc = iconv(cd, &in, &left, &to, &room);
    iconv_close(cd);
    size_t len = sizeof text - room;
    return rc == 0 && left == 0 && len > 0 && bytes_utf8_next(text, len, ret) == len;
}

size_t char_code_find(const char *hex, uint32_t *ret)
{
    uint8_t raw[4] = {0};
    size_t n_digits = strlen(hex), n = 0;
    uint32_t cp = 0, gb = 0;
    for (const char *c = hex; *c; c++) {
        bool is_digit = *c >= '0' && *c <= '9';
        int low = *c | 0x20;
        if (n_digits > CHAR_CODE_MAX_DIGITS || (!is_digit && (low < 'a' || low > 'f')))
            return 0;
        cp = cp << 4 | (uint32_t)(is_digit ? *c - '0' : low - 'a' + 10);
    }
    if (n_digits >= 4 && n_digits <= 6 && char_code_is_han(cp))
        ret[n++] = cp;
    for (int i = 0; i < 4; i++)
        raw[i] = (uint8_t)(cp >> (24 - 8 * i));
    bool is_gb = (n_digits == 4 && from_gb18030(raw + 2, 2, &gb)) ||
                 (n_digits == 8 && from_gb18030(raw, 4, &gb));
    if (is_gb && char_code_is_han(gb) && (n == 0 || ret[0] != gb))
        ret[n++] = gb;
    return n;
}
