/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes: wiping, byte order, hex, base64url, UTF-8 and UTF-16LE. All pure. */
#ifndef YJ_BASE_BYTES_H
#define YJ_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/** Overwrite memory with zeros; the compiler cannot leave it out. */
void bytes_wipe(void *p, size_t n);

/** free() that wipes first; for libraries that hold personal data (jansson). Accepts NULL. */
void bytes_free_wiped(void *p);

/** As realloc, and what is given back is wiped. For libraries that take such functions. */
void *bytes_realloc_wiped(void *p, size_t n);

static inline uint16_t bytes_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint16_t bytes_le16(const uint8_t *p)
{
    return (uint16_t)(p[1] << 8 | p[0]);
}
static inline uint32_t bytes_le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/** Lower-case hex of n bytes into out (2n+1 chars). */
void bytes_hex(const void *p, size_t n, char *out);

/** @return bytes written, or -1 when the text is no hex or does not fit. */
int bytes_unhex(const char *hex, uint8_t *out, size_t cap);

/** base64url without padding (RFC 4648 clause 5). @return chars written, or -1 if it does not fit.
 */
int bytes_b64url(const void *p, size_t n, char *out, size_t cap);
/** @return bytes written, or -1 when the text is not base64url or does not fit. */
int bytes_unb64url(const char *text, size_t len, uint8_t *out, size_t cap);

/**
 * Decode one UTF-8 character (RFC 3629: no surrogates, shortest form, up to U+10FFFF).
 * @param n  bytes available, at least 1
 * @return bytes used (1..4), or 0 when invalid; ret_cp untouched then
 */
size_t bytes_utf8_next(const char *s, size_t n, uint32_t *ret_cp);

/** Encode one code point; out needs 4 bytes. @return bytes written, 0 when not a scalar value. */
size_t bytes_utf8_put(uint32_t cp, char *out);

/** @return true when the whole of s is valid UTF-8. */
bool bytes_utf8_valid(const char *s, size_t n);

/** @return number of characters in valid UTF-8 text. */
size_t bytes_utf8_count(const char *s);

/**
 * UTF-16LE field to NUL-terminated UTF-8, trailing blanks (U+0020, U+0000, U+3000) trimmed.
 * Surrogate pairs are joined, private-use characters kept; a lone surrogate becomes U+FFFD.
 * @param n    bytes of the field, even
 * @param cap  bytes of out, at least 1; n * 3 / 2 + 1 always suffices
 * @return 0, or -1 when it does not fit (out is then empty)
 */
int bytes_utf16le_to_utf8(const uint8_t *p, size_t n, char *out, size_t cap);

#endif
