/* SPDX-License-Identifier: Apache-2.0 */
/* Working days, and the reader of calendar.json. No I/O; any thread. */
#include "core/calendar.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"
#include "core/codes.h"

enum {
    FIRST_YEAR = 2000,
    LAST_YEAR = 2199,
    MAX_YEARS = 50,
    MAX_DAYS = 64, /* of one list */
    MAX_WORKING_DAYS = 3650,
    DAYS_OF_YEAR = 12 * 31,
};

/* Days that are not what their place in the week says. */
struct year {
    int year;
    uint8_t odd[DAYS_OF_YEAR / 8 + 1]; /* bit (month - 1) * 31 + day - 1 */
};

struct calendar {
    struct year *year; /* owned, ascending */
    size_t n;
};

static unsigned bit_of(int day)
{
    return (unsigned)((day / 100 % 100 - 1) * 31 + day % 100 - 1);
}

static bool is_odd(const struct year *y, int day)
{
    return y->odd[bit_of(day) / 8] >> bit_of(day) % 8 & 1;
}

static bool is_weekend(int day)
{
    return codes_weekday(day) > 5;
}

/* ---- the file ---- */

/* One list of a year: "off" holds days of the week that are free, "on" weekend days that are
 * worked. */
static void read_days(struct reader *r, const struct spot *at, const char *key, struct year *ret)
{
    size_t n = 0;
    bool is_on = key[1] == 'n';
    struct spot days = read_array(r, at, key, NEEDED, 0, MAX_DAYS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot element = read_element(&days, i);
        int day = read_date(r, &element, NULL, NEEDED, false);
        if (!day)
            continue;
        if (ret->year && day / 10000 != ret->year)
            reader_complain(r, &element, NULL, "the day is of another year");
        else if (is_weekend(day) != is_on)
            reader_complain(r, &element, NULL,
                            is_on ? "the day is worked anyway: only a Saturday or Sunday is named"
                                  : "the day is free anyway: only Monday to Friday is named");
        else if (is_odd(ret, day))
            reader_complain(r, &element, NULL, "the day is there twice");
        ret->odd[bit_of(day) / 8] |= (uint8_t)(1u << bit_of(day) % 8);
    }
}

static void read_year(struct reader *r, const struct spot *at, struct calendar *c, size_t i)
{
    static const char *const known[] = {"year", "off", "on"};
    if (!read_object(r, at, known, YJ_COUNT(known)))
        return;
    c->year[i].year = read_int(r, at, "year", NEEDED, FIRST_YEAR, LAST_YEAR, 0);
    if (i > 0 && c->year[i].year && c->year[i].year <= c->year[i - 1].year)
        reader_complain(r, at, "year", "the years do not ascend");
    read_days(r, at, "off", &c->year[i]);
    read_days(r, at, "on", &c->year[i]);
}

static void read_root(struct reader *r, const json_t *json, struct calendar *c)
{
    static const char *const known[] = {"$schema", "schema", "years"};
    static const char *const schema[] = {"calendar/1"};
    struct spot root = {.json = json};
    if (!read_object(r, &root, known, YJ_COUNT(known)))
        return;
    (void)read_word(r, &root, "schema", schema, YJ_COUNT(schema)); /* complained about */
    struct spot years = read_array(r, &root, "years", NEEDED, 1, MAX_YEARS, &c->n);
    c->year = mem_zalloc(c->n + 1, sizeof *c->year);
    for (size_t i = 0; i < c->n; i++) {
        struct spot at = read_element(&years, i);
        read_year(r, &at, c, i);
    }
}

int calendar_parse(const char *text, size_t len, const char *file,
                   struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                   struct calendar **ret)
{
    struct arena arena = {0};
    struct reader r = {.file = file, .complaint = complaints, .cap = cap, .arena = &arena};
    struct calendar *c = mem_zalloc(1, sizeof *c);
    json_t *json = reader_json(&r, text, len);
    if (json)
        read_root(&r, json, c);
    json_decref(json);
    matter_arena_free(&arena);
    *ret_n_complaints = r.n_complaints;
    if (r.n_complaints) {
        calendar_free(c);
        return ERR_MATTER_FILE;
    }
    *ret = c;
    return 0;
}

void calendar_free(struct calendar *c)
{
    if (!c)
        return;
    free(c->year);
    free(c);
}

/* ---- questions ---- */

static const struct year *find_year(const struct calendar *c, int day)
{
    for (size_t i = 0; c && i < c->n; i++)
        if (c->year[i].year == day / 10000)
            return &c->year[i];
    return NULL;
}

bool calendar_knows(const struct calendar *c, int day)
{
    return codes_date_exists(day) && find_year(c, day) != NULL;
}

bool calendar_is_working_day(const struct calendar *c, int day)
{
    if (!codes_date_exists(day))
        return false;
    const struct year *y = find_year(c, day);
    return is_weekend(day) == (y && is_odd(y, day));
}

int calendar_add_working_days(const struct calendar *c, int day, int n, bool *ret_is_certain)
{
    bool is_certain = true;
    if (!codes_date_exists(day) || n < 0 || n > MAX_WORKING_DAYS)
        day = 0;
    while (day && n > 0) {
        day = codes_date_add_days(day, 1);
        if (!day)
            break; /* past the last day there is */
        n -= calendar_is_working_day(c, day);
        is_certain = is_certain && calendar_knows(c, day);
    }
    if (ret_is_certain)
        *ret_is_certain = day && is_certain;
    return day;
}
