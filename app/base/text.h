/* SPDX-License-Identifier: Apache-2.0 */
/* What several rooms must know of characters and numbers. Thread: any. Blocks: no. */
#ifndef YJ_BASE_TEXT_H
#define YJ_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/**
 * Controls, characters that are invisible, that turn the direction of reading, or that are none:
 * no name, answer or code may hold them, as what is seen must be what is there.
 * Source: Unicode, general categories Cc and Cf; UAX 9; 23.7 (noncharacters).
 */
static inline bool text_is_hidden(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0xAD || cp == 0x061C ||
           (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF || (cp >= 0xFFF0 && cp <= 0xFFFF) ||
           (cp & 0xFFFE) == 0xFFFE;
}

/** @return true when n bytes are whole UTF-8 characters and none of them hidden. */
static inline bool text_is_plain(const char *s, size_t n)
{
    while (n > 0) {
        uint32_t cp = 0;
        size_t used = bytes_utf8_next(s, n, &cp);
        if (used == 0 || text_is_hidden(cp))
            return false;
        s += used;
        n -= used;
    }
    return true;
}

/**
 * Check character of a number of 18 over its first 17 digits.
 * @param digits  17 characters '0'..'9'
 * @return '0'..'9' or 'X'
 * Source: GB 11643-1999, ISO 7064 MOD 11-2.
 */
static inline char text_check_11643(const char *digits)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (digits[i] - '0');
    return "10X98765432"[sum % 11];
}

#endif
