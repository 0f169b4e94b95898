/* SPDX-License-Identifier: Apache-2.0 */
/* What a voice would read wrongly is rewritten before. Pure; any thread. */
#include "ui/speech/spell.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum {
    SPELL_MAX = 64,    /* characters of one number with its gaps */
    LEAST_SPELLED = 5, /* digits: shorter numbers are read as numbers */
    ID_DIGITS = 18,
    TAIL_DIGITS = 4,
    DATE_CHARS = 10,
};

struct out {
    char *at;
    size_t n, cap;
    const struct spell_words *words;
};

static void put(struct out *o, const char *s, size_t n)
{
    if (o->n + n >= o->cap)
        return; /* whole characters only: callers put one at a time */
    memcpy(o->at + o->n, s, n);
    o->n += n;
    o->at[o->n] = '\0';
}

static bool ends_in_pause(const struct out *o)
{
    size_t m = strlen(o->words->comma);
    return !o->n || o->at[o->n - 1] == '\n' ||
           (o->n >= m && memcmp(o->at + o->n - m, o->words->comma, m) == 0);
}

static void put_pause(struct out *o)
{
    while (o->n && o->at[o->n - 1] == ' ')
        o->at[--o->n] = '\0';
    if (!ends_in_pause(o))
        put(o, o->words->comma, strlen(o->words->comma));
}

/* A pattern with {1} {2} {3} replaced. */
static void put_pattern(struct out *o, const char *pattern, const char *const arg[3])
{
    for (const char *p = pattern; *p; p++) {
        bool is_arg = p[0] == '{' && p[1] >= '1' && p[1] <= '3' && p[2] == '}';
        if (!is_arg) {
            put(o, p, 1);
            continue;
        }
        put(o, arg[p[1] - '1'], strlen(arg[p[1] - '1']));
        p += 2;
    }
}

static bool is_number_char(char c)
{
    return isdigit((unsigned char)c) || c == '*';
}

/* @return bytes of the number that begins here: digits, hidden ones, X at its end, single blanks
 * between its groups */
static size_t number_bytes(const char *s)
{
    size_t n = 0;
    while (n < SPELL_MAX &&
           (is_number_char(s[n]) || (s[n] == ' ' && n > 0 && isdigit((unsigned char)s[n - 1]) &&
                                     is_number_char(s[n + 1]) && is_number_char(s[n + 2]))))
        n++;
    if (n >= TAIL_DIGITS - 1 && (s[n] == 'X' || s[n] == 'x') && !isalnum((unsigned char)s[n + 1]))
        n++;
    return n;
}

static size_t count_digits(const char *s, size_t n)
{
    size_t digits = 0;
    for (size_t i = 0; i < n; i++)
        digits += isalnum((unsigned char)s[i]) != 0;
    return digits;
}

static bool is_date(const char *s)
{
    static const char shape[] = "dddd-dd-dd";
    for (int i = 0; i < DATE_CHARS; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != '-')
            return false;
    return !is_number_char(s[DATE_CHARS]);
}

static void month_name(const char *months, int month, char *out, size_t cap)
{
    for (int i = 1; i < month && *months; i++) {
        months += strcspn(months, " ");
        months += *months == ' ';
    }
    snprintf(out, cap, "%.*s", (int)strcspn(months, " "), months);
}

static void put_date(struct out *o, const char *s)
{
    char year[8], month[24], day[12];
    int m = (s[5] - '0') * 10 + s[6] - '0', d = (s[8] - '0') * 10 + s[9] - '0';
    /* Chinese reads a year digit by digit */
    bool is_spelled = strstr(o->words->date, "年") != NULL;
    snprintf(year, sizeof year, is_spelled ? "%c %c %c %c" : "%c%c%c%c", s[0], s[1], s[2], s[3]);
    snprintf(day, sizeof day, "%d", d);
    if (o->words->months[0] && m >= 1 && m <= 12)
        month_name(o->words->months, m, month, sizeof month);
    else
        snprintf(month, sizeof month, "%d", m);
    put_pattern(o, o->words->date, (const char *const[]){year, month, day});
}

static void put_tail(struct out *o, const char *s, size_t n)
{
    char tail[TAIL_DIGITS * 2 + 1] = "";
    size_t from = n, digits = 0, used = 0;
    while (from > 0 && digits < TAIL_DIGITS && s[from - 1] != '*') {
        from--;
        digits += s[from] != ' ';
    }
    for (size_t i = from; i < n; i++)
        if (s[i] != ' ') {
            if (used)
                tail[used++] = ' ';
            tail[used++] = (char)toupper((unsigned char)s[i]);
        }
    tail[used] = '\0';
    if (used)
        put_pattern(o, o->words->tail, (const char *const[]){tail, "", ""});
}

/* Does a group end behind this digit? 138 0000 0000, and fours otherwise. */
static bool ends_group(size_t done, size_t digits)
{
    return digits == 11 ? done == 3 || done == 7 : digits > 6 && done % 4 == 0 && done < digits;
}

static void put_digits(struct out *o, const char *s, size_t n)
{
    bool is_grouped = memchr(s, ' ', n) != NULL;
    size_t digits = count_digits(s, n), done = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == ' ') {
            put_pause(o);
            continue;
        }
        if (done && !ends_in_pause(o))
            put(o, " ", 1);
        put(o, &s[i], 1);
        if (!is_grouped && ends_group(++done, digits))
            put_pause(o);
        done += is_grouped;
    }
}

/* @return bytes taken, 0: no number that must be rewritten */
static size_t put_number(struct out *o, const char *s, bool is_inside)
{
    size_t n = number_bytes(s), digits = count_digits(s, n);
    static const char year[] = "年";
    if (is_inside || !n)
        return 0;
    if (is_date(s)) {
        put_date(o, s);
        return DATE_CHARS;
    }
    if (memchr(s, '*', n) || digits == ID_DIGITS) {
        put_tail(o, s, n);
        return n;
    }
    bool is_year = digits == 4 && n == 4 && strncmp(s + n, year, sizeof year - 1) == 0;
    if (digits < LEAST_SPELLED && !is_year)
        return 0;
    put_digits(o, s, n);
    return n;
}

/* Signs that are read as a pause, and those that are not read. @return bytes taken */
static size_t put_sign(struct out *o, const char *s)
{
    static const char *const pauses[] = {"·", "（",  "）", "(",  ")", "→",
                                         "|", " / ", "——", "：", "›"};
    static const char *const silent[] = {"“",  "”",  "‘", "’", "「", "」",
                                         "《", "》", "*", "_", "\""};
    static const char *const circled[] = {"①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"};
    for (size_t i = 0; i < YJ_COUNT(pauses); i++)
        if (strncmp(s, pauses[i], strlen(pauses[i])) == 0) {
            put_pause(o);
            return strlen(pauses[i]);
        }
    for (size_t i = 0; i < YJ_COUNT(silent); i++)
        if (strncmp(s, silent[i], strlen(silent[i])) == 0)
            return strlen(silent[i]);
    for (size_t i = 0; i < YJ_COUNT(circled); i++)
        if (strncmp(s, circled[i], strlen(circled[i])) == 0) {
            char digit = (char)('1' + i);
            put(o, &digit, 1);
            put_pause(o);
            return strlen(circled[i]);
        }
    return 0;
}

size_t spell_text(const struct spell_words *words, const char *text, char *out, size_t cap)
{
    struct out o = {out, 0, cap, words};
    out[0] = '\0';
    for (const char *p = text; *p;) {
        bool is_inside = p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '.');
        size_t used = put_number(&o, p, is_inside);
        if (!used)
            used = put_sign(&o, p);
        if (!used) {
            uint32_t cp;
            used = bytes_utf8_next(p, strlen(p), &cp);
            used = used ? used : 1;
            if (*p != ' ' || !ends_in_pause(&o))
                put(&o, p, used);
        }
        p += used;
    }
    size_t comma = strlen(words->comma); /* nothing follows a last pause */
    while (o.n >= comma && comma && memcmp(out + o.n - comma, words->comma, comma) == 0)
        out[o.n -= comma] = '\0';
    return o.n;
}
