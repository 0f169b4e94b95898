/* SPDX-License-Identifier: Apache-2.0 */
/* AIM symbology identifiers and the ECI protocol. Pure. */
#include "drivers/scanner/scanner_aim.h"

#include <string.h>

#include "base/cleanup.h"

enum { ECI_DIGITS = 6, ECI_NONE = -1 };

/* Modifiers of ]Q: 0 model 1 (and what many engines send for every QR code), 1 model 2, 2 model 2
 * with ECI protocol; 3..6 carry FNC1, which no document of ours has. */
static const char qr_modifiers[] = "012";

static const struct {
    const char *name;
    char letter;
} symbologies[] = {
    {"qr", 'Q'},     {"datamatrix", 'd'}, {"pdf417", 'L'}, {"aztec", 'z'},
    {"hanxin", 'h'}, {"gridmatrix", 'g'}, {"ean", 'E'},    {"code128", 'C'},
    {"code39", 'A'}, {"code93", 'G'},     {"itf", 'I'},    {"codabar", 'F'},
};

char aim_letter_of(const char *name)
{
    for (size_t i = 0; i < YJ_COUNT(symbologies); i++)
        if (strcmp(symbologies[i].name, name) == 0)
            return symbologies[i].letter;
    return 0;
}

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool aim_is_prefix(const uint8_t *text, size_t n)
{
    return n >= AIM_BYTES && text[0] == ']' && is_letter(text[1]) &&
           (is_digit(text[2]) || is_letter(text[2]));
}

int aim_check(const uint8_t aim[AIM_BYTES], const char *letters, bool *ret_has_eci)
{
    *ret_has_eci = false;
    if (!aim_is_prefix(aim, AIM_BYTES))
        return 0;
    if (memcmp(aim, "]Z6", AIM_BYTES) == 0 || memcmp(aim, "]X0", AIM_BYTES) == 0)
        return ERR_NOT_FOUND;
    if (!strchr(letters, aim[1]))
        return ERR_SCANNER_KIND;
    if (aim[1] == 'Q') {
        if (!strchr(qr_modifiers, aim[2]))
            return ERR_SCANNER_KIND;
        *ret_has_eci = aim[2] == '2';
    }
    return 0;
}

/* Character sets that code_text tells apart by itself: ISO 8859-1 and code page 437 (as "unknown"
 * encoders write them), UTF-8, ASCII, GB 18030, binary. The others would come out as other
 * characters that look right. Source: AIM ECI part 3, register. */
static bool eci_is_readable(long eci)
{
    static const long readable[] = {0, 1, 2, 3, 26, 27, 29, 32, 170, 899};
    for (size_t i = 0; i < YJ_COUNT(readable); i++)
        if (readable[i] == eci)
            return true;
    return false;
}

/* @return the designator's number, or ECI_NONE when these are not six digits */
static long eci_of(const uint8_t *digits, size_t n)
{
    long eci = 0;
    if (n < ECI_DIGITS)
        return ECI_NONE;
    for (size_t i = 0; i < ECI_DIGITS; i++) {
        if (!is_digit(digits[i]))
            return ECI_NONE;
        eci = eci * 10 + (digits[i] - '0');
    }
    return eci;
}

int aim_eci_undo(uint8_t *data, size_t n, size_t *ret_n)
{
    size_t to = 0;
    long current = ECI_NONE;
    for (size_t i = 0; i < n;) {
        if (data[i] != '\\') {
            data[to++] = data[i++];
            continue;
        }
        size_t left = n - ++i;
        if (left == 0)
            return ERR_SCANNER_REPORT;
        if (data[i] == '\\') {
            data[to++] = data[i++];
            continue;
        }
        if (is_digit(data[i]) && left < ECI_DIGITS)
            return ERR_SCANNER_REPORT;
        long eci = eci_of(data + i, left);
        if (eci == ECI_NONE || (current != ECI_NONE && eci != current))
            return ERR_SCANNER_KIND;
        if (!eci_is_readable(eci))
            return ERR_SCANNER_TEXT;
        current = eci;
        i += ECI_DIGITS;
    }
    *ret_n = to;
    return 0;
}
