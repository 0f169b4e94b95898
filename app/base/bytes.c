/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes: wiping, hex, base64url, UTF-8, UTF-16LE. Pure, any thread. */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/bytes.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void bytes_wipe(void *p, size_t n)
{
    if (n)
        explicit_bzero(p, n);
}

void bytes_free_wiped(void *p)
{
    if (p)
        bytes_wipe(p, malloc_usable_size(p));
    free(p);
}

void *bytes_realloc_wiped(void *p, size_t n)
{
    void *fresh = malloc(n);
    if (!fresh)
        return NULL;
    size_t had = p ? malloc_usable_size(p) : 0;
    if (had)
        memcpy(fresh, p, had < n ? had : n);
    bytes_free_wiped(p);
    return fresh;
}

void bytes_hex(const void *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *b = p;
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[b[i] >> 4];
        *out++ = digits[b[i] & 15];
    }
    *out = 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int bytes_unhex(const char *hex, uint8_t *out, size_t cap)
{
    size_t n = strlen(hex);
    if (n % 2 || n / 2 > cap)
        return -1;
    for (size_t i = 0; i < n / 2; i++) {
        int hi = hex_digit(hex[2 * i]), lo = hex_digit(hex[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return -1;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return (int)(n / 2);
}

static const char b64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int bytes_b64url(const void *p, size_t n, char *out, size_t cap)
{
    const uint8_t *b = p;
    size_t need = (n * 8 + 5) / 6, o = 0;
    if (need + 1 > cap)
        return -1;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)b[i] << 16;
        if (i + 1 < n)
            v |= (uint32_t)b[i + 1] << 8;
        if (i + 2 < n)
            v |= b[i + 2];
        for (int k = 0; k < 4 && o < need; k++)
            out[o++] = b64[v >> (18 - 6 * k) & 63];
    }
    out[o] = 0;
    return (int)o;
}

int bytes_unb64url(const char *text, size_t len, uint8_t *out, size_t cap)
{
    if (len % 4 == 1)
        return -1;
    size_t need = len * 6 / 8, o = 0;
    if (need > cap)
        return -1;
    uint32_t v = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len; i++) {
        const char *at = text[i] ? strchr(b64, text[i]) : NULL;
        if (!at)
            return -1;
        v = v << 6 | (uint32_t)(at - b64);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[o++] = (uint8_t)(v >> bits);
            v &= (1u << bits) - 1;
        }
    }
    return v ? -1 : (int)o; /* left-over bits must be zero: one text, one meaning */
}

size_t bytes_utf8_next(const char *s, size_t n, uint32_t *ret_cp)
{
    const uint8_t *b = (const uint8_t *)s;
    if (n == 0)
        return 0;
    if (b[0] < 0x80) {
        *ret_cp = b[0];
        return 1;
    }
    size_t len = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
    if (b[0] < 0xC2 || b[0] > 0xF4 || len > n)
        return 0;
    uint32_t cp = b[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 0;
        cp = cp << 6 | (b[i] & 0x3F);
    }
    if ((len == 3 && cp < 0x800) || (len == 4 && cp < 0x10000) || cp > 0x10FFFF ||
        (cp >= 0xD800 && cp <= 0xDFFF))
        return 0;
    *ret_cp = cp;
    return len;
}

size_t bytes_utf8_put(uint32_t cp, char *out)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return 0;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[len] | cp);
    return len;
}

bool bytes_utf8_valid(const char *s, size_t n)
{
    uint32_t cp;
    while (n) {
        size_t k = bytes_utf8_next(s, n, &cp);
        if (!k)
            return false;
        s += k;
        n -= k;
    }
    return true;
}

size_t bytes_utf8_count(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((uint8_t)*s & 0xC0) != 0x80;
    return n;
}

int bytes_utf16le_to_utf8(const uint8_t *p, size_t n, char *out, size_t cap)
{
    size_t units = n / 2, o = 0;
    while (units > 0) {
        uint16_t u = bytes_le16(p + 2 * (units - 1));
        if (u != 0x0020 && u != 0x0000 && u != 0x3000)
            break;
        units--;
    }
    for (size_t i = 0; i < units; i++) {
        uint32_t cp = bytes_le16(p + 2 * i);
        if (cp >= 0xD800 && cp <= 0xDFFF) {
            uint32_t lo = cp < 0xDC00 && i + 1 < units ? bytes_le16(p + 2 * (i + 1)) : 0;
            if (lo >= 0xDC00 && lo <= 0xDFFF) {
                cp = 0x10000 + ((cp - 0xD800) << 10) + (lo - 0xDC00);
                i++;
            } else {
                cp = 0xFFFD;
            }
        }
        char tmp[4];
        size_t k = bytes_utf8_put(cp, tmp);
        if (o + k + 1 > cap) {
            out[0] = 0;
            return -1;
        }
        memcpy(out + o, tmp, k);
        o += k;
    }
    out[o] = 0;
    return 0;
}
