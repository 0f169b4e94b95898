/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a visit file as words; days and numbers that depend on today. */
#include <stdlib.h>
#include <string.h>

#include "core/codes.h"
#include "player.h"

/* "-3d", "+2m", "-30y" behind a day; *at is moved behind it. @return the day, 0: not so written */
static int move_day(int day, const char **at)
{
    char *end = NULL;
    if (**at != '-' && **at != '+')
        return day;
    long n = strtol(*at, &end, 10);
    if (end == *at || n < -2000 * 12 || n > 2000 * 12)
        return 0;
    *at = end + 1;
    switch (*end) {
    case 'd':
        return codes_date_add_days(day, (int)n);
    case 'm':
        return codes_date_add_months(day, (int)n);
    case 'y':
        return codes_date_add_months(day, (int)n * 12);
    default:
        return 0;
    }
}

/* An invented number: no division has the code 000000. */
static void write_idno(int birth, bool is_female, char *ret, size_t cap)
{
    static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    snprintf(ret, cap, "000000%08d00%d", birth, is_female ? 2 : 1);
    for (size_t i = 0; i < YJ_COUNT(weight); i++)
        sum += (ret[i] - '0') * weight[i];
    snprintf(ret + 17, cap - 17, "%c", "10X98765432"[sum % 11]);
}

/* {today…} or {idno…}; *at stands behind the brace. @return false: nothing of the kind */
static bool expand(const char **at, int today, char *ret, size_t cap)
{
    bool is_idno = !strncmp(*at, "idno", 4);
    if (!is_idno && strncmp(*at, "today", 5) != 0)
        return false;
    *at += is_idno ? 4 : 5;
    int day = move_day(today, at);
    bool is_female = is_idno && !strncmp(*at, "/f", 2);
    *at += is_female ? 2 : 0;
    if (!day || *(*at)++ != '}')
        return false;
    if (is_idno)
        write_idno(day, is_female, ret, cap);
    else
        snprintf(ret, cap, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
    return true;
}

const char *script_split(const char *line, int today, char store[LINE_BYTES * 2], struct step *ret)
{
    char quote = '\0', *to = store, *end = store + LINE_BYTES * 2 - 64;
    bool is_word = false;
    ret->n = 0;
    for (const char *at = line; to < end; at++) {
        char c = *at;
        if (!quote && (!c || c == '#' || strchr(" \t\r\n", c))) {
            if (is_word)
                *to++ = '\0';
            is_word = false;
            if (!c || c == '#')
                return NULL;
            continue;
        }
        if (!c)
            return "a quote is not closed";
        if (!is_word && ret->n == STEP_MAX_WORDS)
            return "too many words";
        if (!is_word)
            ret->word[ret->n++] = to;
        is_word = true;
        if (c == quote || (!quote && (c == '"' || c == '\''))) {
            quote = quote ? '\0' : c;
        } else if (c == '{') {
            at++;
            if (!expand(&at, today, to, 32))
                return "what stands in braces is unknown";
            to += strlen(to);
            at--;
        } else {
            *to++ = c;
        }
    }
    return "the line is too long";
}
