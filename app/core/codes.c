/* SPDX-License-Identifier: Apache-2.0 */
/* Identity, bank and kiosk numbers, dates. Pure; any thread. */
#include "core/codes.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

enum { OLDEST_PERSON_YEARS = 130 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length when every character is a digit, else 0. */
static size_t digits_count(const char *s)
{
    size_t n = 0;
    while (is_digit(s[n]))
        n++;
    return s[n] == '\0' ? n : 0;
}

static int digits_value(const char *s, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (s[i] - '0');
    return value;
}

static int month_days(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

bool codes_date_exists(int date)
{
    int year = date / 10000, month = date / 100 % 100, day = date % 100;
    return year >= 1800 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days(year, month);
}

int codes_date_parse(const char *text)
{
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return 0;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !is_digit(text[i]))
            return 0;
    int date =
        digits_value(text, 4) * 10000 + digits_value(text + 5, 2) * 100 + digits_value(text + 8, 2);
    return codes_date_exists(date) ? date : 0;
}

int codes_months_between(int from, int to)
{
    int months = (to / 10000 - from / 10000) * 12 + (to / 100 % 100 - from / 100 % 100);
    int last_day = month_days(to / 10000, to / 100 % 100);
    /* the 31st has no twin in a month of 30 days: its last day completes the month */
    int due_day = from % 100 < last_day ? from % 100 : last_day;
    return to % 100 < due_day ? months - 1 : months;
}

/* Days since 1800-01-01. The year begins in March here, so that the leap day is its last. */
static int day_number(int date)
{
    int year = date / 10000, month = date / 100 % 100, day = date % 100;
    if (month < 3) {
        month += 12;
        year--;
    }
    int days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day;
    return days - 657378; /* what the line above gives for 1800-01-01 */
}

int codes_days_between(int from, int to)
{
    return day_number(to) - day_number(from);
}

int codes_date_add_days(int date, int n)
{
    enum { DAYS_OF_RANGE = 146097 }; /* 400 years */
    int first = day_number(date);
    if (n < -first || n >= DAYS_OF_RANGE - first)
        return 0;
    int wanted = first + n;
    /* a year too early at most: 366 days are the longest year */
    int year = 1800 + wanted / 366, month = 1;
    while (year < 2199 && day_number((year + 1) * 10000 + 101) <= wanted)
        year++;
    while (month < 12 && day_number(year * 10000 + (month + 1) * 100 + 1) <= wanted)
        month++;
    int start = year * 10000 + month * 100 + 1;
    return start + wanted - day_number(start);
}

int codes_date_add_months(int date, int n)
{
    enum { MONTHS_OF_RANGE = 4800 };
    int first = (date / 10000 - 1800) * 12 + date / 100 % 100 - 1;
    if (n < -first || n >= MONTHS_OF_RANGE - first)
        return 0;
    int year = 1800 + (first + n) / 12, month = (first + n) % 12 + 1;
    int last_day = month_days(year, month), day = date % 100;
    return year * 10000 + month * 100 + (day < last_day ? day : last_day);
}

int codes_weekday(int date)
{
    return (day_number(date) + 2) % 7 + 1; /* 1800-01-01 was a Wednesday */
}

enum codes_idno codes_idno_check(const char *idno, int today)
{
    size_t n = strlen(idno);
    if (n == 15 && digits_count(idno) == 15)
        return IDNO_FIFTEEN;
    if (n != 18)
        return IDNO_LENGTH;
    for (int i = 0; i < 17; i++)
        if (!is_digit(idno[i]))
            return IDNO_CHARS;
    char last = idno[17] == 'x' ? 'X' : idno[17];
    if (!is_digit(last) && last != 'X')
        return IDNO_CHARS;
    int birth = digits_value(idno + 6, 8);
    if (!codes_date_exists(birth))
        return IDNO_DATE;
    if (birth > today)
        return IDNO_FUTURE;
    if (codes_date_exists(today) &&
        codes_months_between(birth, today) >= (OLDEST_PERSON_YEARS + 1) * 12)
        return IDNO_AGE;
    return text_check_11643(idno) == last ? IDNO_OK : IDNO_CHECK;
}

bool codes_idno_normalise(const char *text, char *ret)
{
    size_t used = 0, left = strlen(text);
    for (const char *p = text; left;) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(p, left, &cp);
        if (!n)
            break;
        p += n;
        left -= n;
        if (cp == ' ' || cp == 0x3000 || cp == 0xa0)
            continue;
        if (cp >= 0xff10 && cp <= 0xff19)
            cp = cp - 0xff10 + '0';
        if (cp >= 0xff21 && cp <= 0xff3a)
            cp = cp - 0xff21 + 'A';
        if (cp == 'x' || cp == 0xff58)
            cp = 'X';
        if (cp > 0x7e || used + 1 >= CODES_IDNO_BYTES) {
            left = 1; /* does not fit */
            break;
        }
        ret[used++] = (char)cp;
    }
    ret[left ? 0 : used] = '\0';
    return !left;
}

int codes_idno_birth(const char *idno)
{
    if (strlen(idno) != 18)
        return 0;
    for (int i = 6; i < 14; i++)
        if (!is_digit(idno[i]))
            return 0;
    int birth = digits_value(idno + 6, 8);
    return codes_date_exists(birth) ? birth : 0;
}

char codes_idno_sex(const char *idno)
{
    if (strlen(idno) != 18 || !is_digit(idno[16]))
        return 0;
    return (idno[16] - '0') % 2 ? '1' : '2';
}

bool codes_foreigner_check(const char *number)
{
    static const int weight[3] = {7, 3, 1};
    if (strlen(number) != 15)
        return false;
    int sum = 0;
    for (int i = 0; i < 15; i++) {
        char c = number[i];
        bool is_letter = c >= 'A' && c <= 'Z';
        if (i < 3 ? !is_letter : !is_digit(c))
            return false;
        int value = is_letter ? c - 'A' + 10 : c - '0';
        if (i < 14)
            sum += value * weight[i % 3];
    }
    return number[14] - '0' == sum % 10;
}

bool codes_mobile_check(const char *number)
{
    return digits_count(number) == 11 && number[0] == '1' && number[1] >= '3';
}

bool codes_bankcard_check(const char *number)
{
    size_t n = digits_count(number);
    if (n < 16 || n > 19)
        return false;
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = number[n - 1 - i] - '0';
        if (i % 2) {
            digit *= 2;
            if (digit > 9)
                digit -= 9;
        }
        sum += digit;
    }
    return sum % 10 == 0;
}

/* Check digit over n digits, ISO/IEC 7064 MOD 11,10. */
static char number_check_digit(const char *digits, size_t n)
{
    int product = 10;
    for (size_t i = 0; i < n; i++) {
        int sum = (digits[i] - '0' + product) % 10;
        product = (sum ? sum : 10) * 2 % 11;
    }
    return (char)('0' + (11 - product) % 10);
}

bool codes_number_build(const char *terminal_id, int date, unsigned serial, char *ret)
{
    ret[0] = '\0';
    if (digits_count(terminal_id) != 10 || !codes_date_exists(date) || serial > 99999)
        return false;
    char body[CODES_NUMBER_BYTES + 8];
    snprintf(body, sizeof body, "%.10s%08d%05u", terminal_id, date, serial);
    body[23] = number_check_digit(body, 23);
    memcpy(ret, body, 24);
    ret[24] = '\0';
    return true;
}

bool codes_number_check(const char *number)
{
    return digits_count(number) == 24 && number_check_digit(number, 23) == number[23];
}
