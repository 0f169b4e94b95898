/* SPDX-License-Identifier: Apache-2.0 */
/* What the numbers on a card say about its other fields, and the number of an earlier card.
 * Source: GB 11643 (ISO 7064 MOD 11-2), ICAO 9303 weights for the 15-character permit number.
 * Pure; runs wherever it is called. */
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "drivers/reader/reader_codec.h"

enum { NUMBER_CHARS = 18, OLD_NUMBER_CHARS = 15 };

static bool digits_only(const char *s, size_t n)
{
    return strspn(s, "0123456789") >= n;
}

/* Check digit over 14 characters of upper-case letters, digits and '<'. */
static char check_731(const char *s)
{
    static const int weights[] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i + 1 < OLD_NUMBER_CHARS; i++) {
        int value = 0;
        if (s[i] >= '0' && s[i] <= '9')
            value = s[i] - '0';
        else if (s[i] >= 'A' && s[i] <= 'Z')
            value = s[i] - 'A' + 10;
        sum += weights[i % 3] * value;
    }
    return (char)('0' + sum % 10);
}

static unsigned doubts_of_18(const struct card *c)
{
    const char *n = c->number;
    unsigned doubts = 0;
    if (strlen(n) != NUMBER_CHARS || !digits_only(n, NUMBER_CHARS - 1))
        return CARD_DOUBT_CHECK_DIGIT;
    if (text_check_11643(n) != n[NUMBER_CHARS - 1])
        doubts |= CARD_DOUBT_CHECK_DIGIT;
    if (strncmp(n + 6, c->birth, 8) != 0)
        doubts |= CARD_DOUBT_BIRTH;
    bool is_male = (n[16] - '0') % 2 == 1;
    if ((c->sex[0] == '1' && !is_male) || (c->sex[0] == '2' && is_male))
        doubts |= CARD_DOUBT_SEX;
    bool is_region_right = c->kind == CARD_CITIZEN ? n[0] >= '1' && n[0] <= '8'
                           : c->kind == CARD_HMT   ? n[0] == '8' && n[1] >= '1' && n[1] <= '3'
                                                   : n[0] == '9';
    return is_region_right ? doubts : doubts | CARD_DOUBT_REGION;
}

static unsigned doubts_of_15(const struct card *c)
{
    unsigned doubts = 0;
    if (check_731(c->number) != c->number[OLD_NUMBER_CHARS - 1])
        doubts |= CARD_DOUBT_CHECK_DIGIT;
    if (strncmp(c->number + 7, c->birth + 2, 6) != 0)
        doubts |= CARD_DOUBT_BIRTH;
    if (strncmp(c->number, c->nationality, 3) != 0)
        doubts |= CARD_DOUBT_REGION;
    return doubts;
}

static bool date_exists(const char *d)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + d[3] - '0';
    int month = (d[4] - '0') * 10 + d[5] - '0', day = (d[6] - '0') * 10 + d[7] - '0';
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && is_leap);
}

static unsigned doubts_of_dates(const struct card *c)
{
    bool is_fine =
        date_exists(c->birth) && date_exists(c->valid_from) && strcmp(c->birth, c->valid_from) <= 0;
    if (c->valid_to[0] != '\0')
        is_fine = is_fine && date_exists(c->valid_to) && strcmp(c->valid_from, c->valid_to) <= 0;
    return is_fine ? 0 : CARD_DOUBT_DATES;
}

unsigned card_doubts_of(const struct card *c)
{
    unsigned doubts = c->kind == CARD_FOREIGNER_2017 ? doubts_of_15(c) : doubts_of_18(c);
    return doubts | doubts_of_dates(c);
}

void card_old_number(const struct card *c, const char *link, char ret[16])
{
    ret[0] = '\0';
    if (strlen(link) != 3 || !digits_only(link, 3) || strlen(c->number) != NUMBER_CHARS ||
        !digits_only(c->number, NUMBER_CHARS - 1) || strlen(c->nationality) != 3)
        return;
    memcpy(ret, c->nationality, 3);
    memcpy(ret + 3, c->number + 1, 2); /* province */
    memcpy(ret + 5, link, 2);          /* city */
    memcpy(ret + 7, c->number + 8, 6); /* YYMMDD */
    ret[13] = link[2];
    ret[14] = check_731(ret);
    ret[15] = '\0';
}

/* ---- mark ---------------------------------------------------------------------------------- */

uint64_t card_mark(const uint8_t key[16], const uint8_t text[SAM_TEXT_BYTES])
{
    return hash_keyed(key, text, SAM_TEXT_BYTES);
}
