/* SPDX-License-Identifier: Apache-2.0 */
/* Unified social credit codes, GB 32100, with the organisation codes in them, GB 11714. Pure; any
 * thread. */
#include "core/codes.h"

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

enum { USCC_CHARS_ALL = 18, MODULUS = 31 };

/* The place in it is the value: I O S V Z are left out, so letters do not follow one another. */
static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* @return value of a character, -1 when it is none of the alphabet */
static int value_of(char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char to_capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Check character over 8 characters; here letters do follow one another. */
static char organisation_check(const char *code)
{
    static const int weight[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += weight[i] * (is_digit(code[i]) ? code[i] - '0' : code[i] - 'A' + 10);
    return "0X987654321"[sum % 11];
}

/* Check character over 17 characters of the alphabet. */
static char uscc_check(const char *code)
{
    int sum = 0, weight = 1;
    for (int i = 0; i < USCC_CHARS_ALL - 1; i++) {
        sum += weight * value_of(code[i]);
        weight = weight * 3 % MODULUS;
    }
    return alphabet[(MODULUS - sum % MODULUS) % MODULUS];
}

enum codes_uscc codes_uscc_check(const char *code)
{
    if (strlen(code) != USCC_CHARS_ALL)
        return USCC_LENGTH;
    for (int i = 0; i < USCC_CHARS_ALL; i++)
        if (value_of(code[i]) < 0)
            return USCC_CHARS;
    if (!strchr("123456789ANY", code[0]) || code[1] < '1' || code[1] > '9')
        return USCC_AUTHORITY;
    for (int i = 2; i < 8; i++)
        if (!is_digit(code[i]))
            return USCC_REGION;
    if (organisation_check(code + 8) != code[16])
        return USCC_ORGANISATION;
    return uscc_check(code) == code[17] ? USCC_OK : USCC_CHECK;
}

bool codes_uscc_normalise(const char *text, char *ret)
{
    size_t used = 0, left = strlen(text);
    ret[0] = '\0';
    for (const char *p = text; left;) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(p, left, &cp);
        if (!n)
            return false;
        p += n;
        left -= n;
        if (cp == ' ' || cp == 0x3000 || cp == 0xa0 || cp == '-')
            continue;
        if (cp >= 0xff01 && cp <= 0xff5e) /* full width */
            cp = cp - 0xff01 + '!';
        if (cp > 0x7e || used + 1 >= CODES_USCC_BYTES) {
            ret[0] = '\0';
            return false;
        }
        ret[used++] = to_capital((char)cp);
        ret[used] = '\0';
    }
    return true;
}

static int hex_value(char c)
{
    char capital = to_capital(c);
    return is_digit(c) ? c - '0' : capital >= 'A' && capital <= 'F' ? capital - 'A' + 10 : -1;
}

/* Next character of an address, %XX decoded. @return bytes used, at least 1 */
static size_t next_char(const char *text, char *ret)
{
    int high = text[0] == '%' ? hex_value(text[1]) : -1;
    int low = high >= 0 ? hex_value(text[2]) : -1;
    *ret = low >= 0 ? (char)(high * 16 + low) : text[0];
    return low >= 0 ? 3 : 1;
}

bool codes_uscc_find(const char *text, char *ret)
{
    char word[CODES_USCC_BYTES] = "";
    size_t n = 0; /* letters and digits in a row, may be more than word holds */
    ret[0] = '\0';
    for (bool is_end = false; !is_end;) {
        char c = '\0';
        is_end = *text == '\0';
        if (!is_end)
            text += next_char(text, &c);
        c = to_capital(c);
        if (is_digit(c) || (c >= 'A' && c <= 'Z')) {
            if (n < USCC_CHARS_ALL)
                word[n] = c;
            n++;
            continue;
        }
        if (n == USCC_CHARS_ALL && codes_uscc_check(word) == USCC_OK) {
            if (ret[0] && strcmp(ret, word) != 0) {
                ret[0] = '\0'; /* two of them: nobody knows which is meant */
                return false;
            }
            memcpy(ret, word, sizeof word);
        }
        n = 0;
    }
    return ret[0] != '\0';
}
