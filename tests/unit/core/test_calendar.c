/* SPDX-License-Identifier: Apache-2.0 */
/* Working days: spans counted by hand over holidays and shifted days, years that nobody has
 * announced yet, and files that are refused. */
#include "core/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/codes.h"
#include "cunit_main.h"

enum { MAX_COMPLAINTS = 8 };

static struct calendar *shipped(void)
{
    struct matter_complaint complaint[MAX_COMPLAINTS];
    struct calendar *c = NULL;
    char *text = NULL;
    size_t bytes = 0, n = 0;
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/matters/calendar.json", 1 << 20, &text, &bytes, NULL),
        0);
    int r = calendar_parse(text, bytes, "calendar.json", complaint, MAX_COMPLAINTS, &n, &c);
    free(text);
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++)
        fprintf(stderr, "\n%s: %s\n", complaint[i].pointer, complaint[i].reason);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    return c;
}

static void announced_days(void)
{
    static const int off[] = {20250101, 20250128, 20250204, 20250404, 20250505, 20250602, 20251008,
                              20260101, 20260102, 20260103, 20260215, 20260216, 20260223, 20260301,
                              20260406, 20260505, 20260619, 20260925, 20261001, 20261007, 20261011};
    static const int on[] = {20250126, 20250127, 20250208, 20250427, 20250928, 20251009, 20251011,
                             20260104, 20260105, 20260214, 20260224, 20260228, 20260506, 20260509,
                             20260622, 20260920, 20260928, 20260930, 20261008, 20261010, 20261123};
    struct calendar *c = shipped();
    for (size_t i = 0; i < YJ_COUNT(off); i++)
        CU_ASSERT_FALSE(calendar_is_working_day(c, off[i]));
    for (size_t i = 0; i < YJ_COUNT(on); i++)
        CU_ASSERT_TRUE(calendar_is_working_day(c, on[i]));
    for (int year = 2025; year <= 2026; year++) {
        int n = 0;
        for (int day = year * 10000 + 101; day / 10000 == year; day = codes_date_add_days(day, 1))
            n += calendar_is_working_day(c, day);
        CU_ASSERT_EQUAL(n,
                        248); /* 365 - 104 free weekends - 13 holidays, as both notices make it */
    }
    calendar_free(c);
    calendar_free(NULL);
}

static void spans_counted_by_hand(void)
{
    static const struct {
        int from, n, to;
    } list[] = {
        /* Spring Festival 2026: Saturday 14 worked, 15 to 23 free, Saturday 28 worked */
        {20260213, 0, 20260213},
        {20260213, 1, 20260214},
        {20260213, 2, 20260224},
        {20260213, 5, 20260227},
        {20260213, 6, 20260228},
        {20260213, 7, 20260302},
        {20260217, 1, 20260224},
        {20260215, 0, 20260215}, /* the day itself, whatever it is */
        /* Spring Festival 2025: Sunday 26 worked, 28 to 4 free, Saturday 8 worked */
        {20250124, 1, 20250126},
        {20250124, 2, 20250127},
        {20250124, 3, 20250205},
        {20250124, 6, 20250208},
        {20250124, 7, 20250210},
        /* over the turn of the year, Sunday 4 worked */
        {20251231, 1, 20260104},
        {20251231, 2, 20260105},
        {20251230, 5, 20260107},
        /* Mid-Autumn and National Day 2026 */
        {20260918, 1, 20260920},
        {20260918, 5, 20260924},
        {20260918, 6, 20260928},
        {20260918, 8, 20260930},
        {20260918, 9, 20261008},
        {20260918, 11, 20261010},
        {20260918, 12, 20261012},
        /* nothing special: three weeks */
        {20261123, 5, 20261130},
        {20261123, 15, 20261214},
    };
    struct calendar *c = shipped();
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        bool is_certain = false;
        CU_ASSERT_EQUAL(calendar_add_working_days(c, list[i].from, list[i].n, &is_certain),
                        list[i].to);
        CU_ASSERT_TRUE(is_certain);
    }
    calendar_free(c);
}

static void unknown_years_are_about(void)
{
    struct calendar *c = shipped();
    bool is_certain = true;
    CU_ASSERT_TRUE(calendar_knows(c, 20260101));
    CU_ASSERT_FALSE(calendar_knows(c, 20270101));
    CU_ASSERT_FALSE(calendar_knows(c, 20241231));
    CU_ASSERT_FALSE(calendar_knows(c, 20260230));
    CU_ASSERT_FALSE(calendar_knows(NULL, 20260101));
    /* Friday 1 January 2027: nobody has announced it */
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 20261231, 1, &is_certain), 20270101);
    CU_ASSERT_FALSE(is_certain);
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 20261230, 1, &is_certain), 20261231);
    CU_ASSERT_TRUE(is_certain);
    /* a known year on both sides of the way does not make the middle known */
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 20241230, 2, &is_certain), 20250102);
    CU_ASSERT_FALSE(is_certain);
    /* without a calendar Monday to Friday */
    CU_ASSERT_EQUAL(calendar_add_working_days(NULL, 20260213, 1, &is_certain), 20260216);
    CU_ASSERT_FALSE(is_certain);
    CU_ASSERT_FALSE(calendar_is_working_day(NULL, 20260214));
    CU_ASSERT_TRUE(calendar_is_working_day(NULL, 20260217));
    calendar_free(c);
}

static void limits(void)
{
    struct calendar *c = shipped();
    bool is_certain = true;
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 20260230, 1, &is_certain), 0);
    CU_ASSERT_FALSE(is_certain);
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 20260101, -1, NULL), 0);
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 20260101, 3651, NULL), 0);
    CU_ASSERT_NOT_EQUAL(calendar_add_working_days(c, 20260101, 3650, NULL), 0);
    CU_ASSERT_EQUAL(calendar_add_working_days(c, 21991231, 1, &is_certain), 0);
    CU_ASSERT_FALSE(is_certain);
    CU_ASSERT_FALSE(calendar_is_working_day(c, 0));
    CU_ASSERT_FALSE(calendar_is_working_day(c, 20260631));
    calendar_free(c);
}

/* Each step of one day is the next day that is worked, and the days between are not. */
static void steps_skip_free_days_only(void)
{
    struct calendar *c = shipped();
    int n_steps = 0, n_wrong = 0, at = 20241220, total = 0;
    while (at < 20270201) {
        int next = calendar_add_working_days(c, at, 1, NULL);
        n_wrong += !calendar_is_working_day(c, next) || codes_days_between(at, next) > 11;
        for (int day = codes_date_add_days(at, 1); day != next; day = codes_date_add_days(day, 1))
            n_wrong += calendar_is_working_day(c, day);
        at = next;
        n_steps++;
    }
    total = calendar_add_working_days(c, 20241220, n_steps, NULL);
    CU_ASSERT_EQUAL(n_wrong, 0);
    CU_ASSERT_EQUAL(total, at);
    calendar_free(c);
}

static void bad_files_say_where(void)
{
    static const struct {
        const char *text, *pointer, *reason;
    } list[] = {
        {"", "", NULL},
        {"[]", "", "an object is expected here"},
        {"{\"schema\":\"calendar/1\"}", "/years", "missing"},
        {"{\"schema\":\"calendar/2\",\"years\":[{\"year\":2026,\"off\":[],\"on\":[]}]}", "/schema",
         "one of calendar/1 is expected here"},
        {"{\"schema\":\"calendar/1\",\"years\":[]}", "/years", "0 elements, 1 to 50 are allowed"},
        {"{\"schema\":\"calendar/1\",\"years\":[],\"x\":1}", "/x", "unknown key"},
        {"{\"schema\":\"calendar/1\",\"years\":[7]}", "/years/0", "an object is expected here"},
        {"{\"schema\":\"calendar/1\",\"years\":[{\"off\":[],\"on\":[]}]}", "/years/0/year",
         "missing"},
        {"{\"schema\":\"calendar/1\",\"years\":[{\"year\":1999,\"off\":[],\"on\":[]}]}",
         "/years/0/year", "a whole number from 2000 to 2199 is expected here"},
        {"{\"schema\":\"calendar/1\",\"years\":[{\"year\":2026,\"on\":[]}]}", "/years/0/off",
         "missing"},
        {"{\"schema\":\"calendar/1\",\"years\":[{\"year\":2026,\"off\":[]}]}", "/years/0/on",
         "missing"},
        {"{\"schema\":\"calendar/1\",\"years\":[{\"year\":2026,\"off\":[1],\"on\":[]}]}",
         "/years/0/off/0", "a text is expected here"},
        {"{\"schema\":\"calendar/"
         "1\",\"years\":[{\"year\":2026,\"off\":[\"2026-02-30\"],\"on\":[]}]}",
         "/years/0/off/0", NULL},
        {"{\"schema\":\"calendar/"
         "1\",\"years\":[{\"year\":2026,\"off\":[\"2025-01-01\"],\"on\":[]}]}",
         "/years/0/off/0", "the day is of another year"},
        {"{\"schema\":\"calendar/"
         "1\",\"years\":[{\"year\":2026,\"off\":[\"2026-01-03\"],\"on\":[]}]}",
         "/years/0/off/0", "the day is free anyway: only Monday to Friday is named"},
        {"{\"schema\":\"calendar/"
         "1\",\"years\":[{\"year\":2026,\"off\":[],\"on\":[\"2026-01-05\"]}]}",
         "/years/0/on/0", "the day is worked anyway: only a Saturday or Sunday is named"},
        {"{\"schema\":\"calendar/"
         "1\",\"years\":[{\"year\":2026,\"off\":[\"2026-01-01\",\"2026-01-01\"],"
         "\"on\":[]}]}",
         "/years/0/off/1", "the day is there twice"},
        {"{\"schema\":\"calendar/1\",\"years\":[{\"year\":2026,\"off\":[],\"on\":[]},"
         "{\"year\":2026,\"off\":[],\"on\":[]}]}",
         "/years/1/year", "the years do not ascend"},
    };
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        struct matter_complaint complaint[MAX_COMPLAINTS];
        struct calendar *c = NULL;
        size_t n = 0;
        int r = calendar_parse(list[i].text, strlen(list[i].text), "c.json", complaint,
                               MAX_COMPLAINTS, &n, &c);
        CU_ASSERT_EQUAL(r, ERR_MATTER_FILE);
        CU_ASSERT_PTR_NULL(c);
        CU_ASSERT_FATAL(n >= 1);
        CU_ASSERT_STRING_EQUAL(complaint[0].file, "c.json");
        CU_ASSERT_STRING_EQUAL(complaint[0].pointer, list[i].pointer);
        if (list[i].reason)
            CU_ASSERT_STRING_EQUAL(complaint[0].reason, list[i].reason);
    }
}

static void every_mistake_in_one_pass(void)
{
    static const char text[] =
        "{\"schema\":\"x\",\"years\":[{\"year\":2026,\"off\":[\"2026-01-03\",\"2027-01-01\"],"
        "\"on\":[\"2026-13-01\"],\"in\":0}]}";
    struct matter_complaint complaint[2];
    struct calendar *c = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(calendar_parse(text, strlen(text), "c.json", complaint, 2, &n, &c),
                    ERR_MATTER_FILE);
    CU_ASSERT_EQUAL(n, 5); /* more than there is room for */
    CU_ASSERT_EQUAL(calendar_parse(text, strlen(text), "c.json", NULL, 0, &n, &c), ERR_MATTER_FILE);
    CU_ASSERT_EQUAL(n, 5);
}

static CU_TestInfo cases[] = {
    {"announced days", announced_days},
    {"spans counted by hand", spans_counted_by_hand},
    {"unknown years are about", unknown_years_are_about},
    {"limits", limits},
    {"steps skip free days only", steps_skip_free_days_only},
    {"bad files say where", bad_files_say_where},
    {"every mistake in one pass", every_mistake_in_one_pass},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.calendar", cases)
