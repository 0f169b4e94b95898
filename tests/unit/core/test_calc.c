/* SPDX-License-Identifier: Apache-2.0 */
/* Computed values: grammar, kinds, exact arithmetic, dates, the retirement rule as data, noise. */
#include "core/calc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/calc_priv.h"
#include "core/codes.h"
#include "core/expr_priv.h"
#include "cunit_main.h"

enum { TODAY = 20261123, N_PLAIN = 8, N_VARS = N_PLAIN + 6 };

/* Plain fields, then three heirs with name and share. */
static const char *const var_names[N_PLAIN] = {"a", "b", "n", "d", "e", "id", "date", "kind"};

static int find_var(const void *ctx, const char *name)
{
    (void)ctx;
    for (int i = 0; i < N_PLAIN; i++)
        if (!strcmp(var_names[i], name))
            return i;
    return -1;
}

static int find_task(const void *ctx, const char *name)
{
    (void)ctx;
    return !strcmp(name, "t0") ? 0 : -1;
}

static int find_group(const void *ctx, const char *name)
{
    (void)ctx;
    return !strcmp(name, "heirs") ? 1 : -1;
}

static int find_column(const void *ctx, const char *name, int *ret_group, int *ret_step)
{
    (void)ctx;
    *ret_group = 1;
    *ret_step = 2;
    return !strcmp(name, "heirs.name") ? N_PLAIN : !strcmp(name, "heirs.share") ? N_PLAIN + 1 : -1;
}

static const struct expr_names names = {
    .var = find_var, .task = find_task, .group = find_group, .column = find_column};

static struct calc *parse(const char *text)
{
    struct calc *c = NULL;
    struct err err = {0};
    if (calc_parse(text, &names, &c, &err)) {
        fprintf(stderr, "\n%s: %s\n", text, err.msg);
        CU_FAIL_FATAL("a good calculation is refused");
    }
    return c;
}

static void compute(const char *text, const char *const *value, unsigned n_heirs, char *ret,
                    size_t cap)
{
    struct calc *c = parse(text);
    const uint8_t count[2] = {9, (uint8_t)n_heirs};
    struct answers a = {.value = value, .n_values = N_VARS, .today = TODAY, .count = count};
    calc_eval(c, &a, ret, cap);
    calc_free(c);
}

struct sum_case {
    const char *text, *result;
};

static void check_all(const struct sum_case *list, size_t n, const char *const *value,
                      unsigned n_heirs)
{
    for (size_t i = 0; i < n; i++) {
        char got[320];
        compute(list[i].text, value, n_heirs, got, sizeof got);
        if (strcmp(got, list[i].result) != 0)
            fprintf(stderr, "\n%s gives %s\n", list[i].text, got);
        CU_ASSERT_STRING_EQUAL(got, list[i].result);
    }
}

static void numbers(void)
{
    const char *value[N_VARS] = {"12.5", "-3", "", "abc", "999999999999", NULL, "7"};
    static const struct sum_case list[] = {
        {"1", "1"},
        {"1.50", "1.5"},
        {"0.0001", "0.0001"},
        {"-0.05", "-0.05"},
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 4 - 3", "3"},
        {"100 / 10 / 5", "2"},
        {"2 - -3", "5"},
        {"--2", "2"},
        {"a", "12.5"},
        {"a + b", "9.5"},
        {"a * b", "-37.5"},
        {"-a", "-12.5"},
        {"date + 1", "8"}, /* a field called so */
        {"n", ""},
        {"n + 1", ""},
        {"d + 1", ""}, /* no number */
        {"1 / 0", ""},
        {"0 / 5", "0"},
        {"1 / 3", "0.3333"},
        {"2 / 3", "0.6666"},
        {"-2 / 3", "-0.6666"},
        {"0.0001 * 0.0001", "0"},
        {"0.3333 * 0.3333", "0.111"},
        {"floor(2.9)", "2"},
        {"floor(-2.1)", "-3"},
        {"floor(-2)", "-2"},
        {"round(2.5, 0)", "3"},
        {"round(-2.5, 0)", "-3"},
        {"round(2.4999, 0)", "2"},
        {"round(1.005, 2)", "1.01"},
        {"round(1234.5678, 3)", "1234.568"},
        {"round(1.5, 0.5)", ""},
        {"round(1.5, 5)", ""},
        {"round(1.5, -1)", ""},
        {"min(3, 2)", "2"},
        {"max(3, a)", "12.5"},
        {"min(a, b)", "-3"},
        {"max(a, n)", ""},
        {"e", "999999999999"},
        {"e + 0.9999", "999999999999.9999"},
        {"e + 1", ""}, /* thirteen digits */
        {"e + 1 - 1", "999999999999"},
        {"e * 100 / 100", "999999999999"},
        {"e * 1000", ""},
        {"e * e", ""},
        {"e / 0.0001", ""},
        {"e * e / e", ""},
        {"e * 0.0001", "99999999.9999"},
    };
    check_all(list, YJ_COUNT(list), value, 0);
}

static void dates(void)
{
    const char *value[N_VARS] = {"2024-01-31", "2023-02-29", "", "2026-11-24", "1949-12-31"};
    static const struct sum_case list[] = {
        {"today", "2026-11-23"},
        {"a", "2024-01-31"},
        {"date('2024-02-29')", "2024-02-29"},
        {"add_days(a, 1)", "2024-02-01"},
        {"add_days(a, 30)", "2024-03-01"},
        {"add_days(a, -31)", "2023-12-31"},
        {"add_days(a, 0.5)", ""},
        {"add_days(a, n)", ""},
        {"add_days(b, 1)", ""}, /* no day */
        {"add_months(a, 1)", "2024-02-29"},
        {"add_months(a, 13)", "2025-02-28"},
        {"add_months(a, -1)", "2023-12-31"},
        {"add_months(a, 2112)", ""}, /* past 2199 */
        {"add_months(a, 2111)", "2199-12-31"},
        {"add_days(date('2199-12-31'), 1)", ""},
        {"add_days(date('1800-01-01'), -1)", ""},
        {"add_days(date('1800-01-01'), 146096)", "2199-12-31"},
        {"add_days(today, 999999999999)", ""},
        {"add_months(today, -999999999999)", ""},
        {"days_between(a, today)", "1027"},
        {"days_between(today, a)", "-1027"},
        {"months_between(a, today)", "33"},
        {"months_between(a, date('2024-02-29'))", "1"},
        {"age(e)", "76"},
        {"age(d)", "-1"},
        {"min(a, today)", "2024-01-31"},
        {"max(a, e)", "2024-01-31"},
        {"min(a, b)", ""},
        {"n", ""},
    };
    check_all(list, YJ_COUNT(list), value, 0);
}

static void choices_and_texts(void)
{
    const char *value[N_VARS] = {"true", "false", "", "5", "女", "11010519491231002X"};
    static const struct sum_case list[] = {
        {"'张三'", "张三"},
        {"''", ""},
        {"e", "女"},
        {"if(a, 1, 2)", "1"},
        {"if(b, 1, 2)", "2"},
        {"if(n, 1, 2)", ""}, /* unknown */
        {"if(a, 1, n)", "1"},
        {"if(b, 1, n)", ""},
        {"if(has(n), n, 'x')", "x"},
        {"if(a && !b, if(d > 4, 'high', 'low'), '')", "high"},
        {"if(e in ['男', '女'], d, 0) + 1", "6"},
        {"if(a, today, '')", "2026-11-23"},
        {"if(b, today, '')", ""},
        {"birth(id)", "1949-12-31"},
        {"sex(id)", "2"},
        {"birth(e)", ""},
        {"sex(n)", ""},
        {"months_between(birth(id), today)", "922"},
        {"if(sel(t0), 1, 2)", "2"},
    };
    check_all(list, YJ_COUNT(list), value, 0);
    static const char *const numbers[][3] = {
        {"440524188001010014", "1880-01-01", "1"}, /* the number counts, not who is alive */
        {"110105194912310021", "", ""},            /* wrong check character */
        {"KAZ110090123105", "", ""},
        {"911398199012310021", "1990-12-31", "2"},
    };
    for (size_t i = 0; i < YJ_COUNT(numbers); i++) {
        char got[32];
        value[5] = numbers[i][0];
        compute("birth(id)", value, 0, got, sizeof got);
        CU_ASSERT_STRING_EQUAL(got, numbers[i][1]);
        compute("sex(id)", value, 0, got, sizeof got);
        CU_ASSERT_STRING_EQUAL(got, numbers[i][2]);
    }
}

static void repeated_groups(void)
{
    const char *value[N_VARS] = {NULL};
    value[N_PLAIN] = "张三";
    value[N_PLAIN + 1] = "33.3";
    value[N_PLAIN + 3] = "66.7";
    static const struct sum_case none[] = {{"count(heirs)", "0"}, {"sum(heirs.share)", "0"}};
    static const struct sum_case two[] = {
        {"count(heirs)", "2"},
        {"sum(heirs.share)", "100"},
        {"sum(heirs.share) / count(heirs)", "50"},
        {"if(sum(heirs.share) == 100, 'whole', 'part')", "whole"},
        {"sum(heirs.name)", ""},
    };
    static const struct sum_case three[] = {
        {"count(heirs)", "3"}, {"sum(heirs.share)", ""}, {"if(count(heirs) > 2, 1, 0)", "1"}};
    check_all(none, YJ_COUNT(none), value, 0);
    check_all(two, YJ_COUNT(two), value, 2);
    check_all(three, YJ_COUNT(three), value, 3);
}

static void results_that_do_not_fit_are_empty(void)
{
    const char *value[N_VARS] = {NULL};
    char got[10];
    memset(got, 'x', sizeof got);
    compute("today", value, 0, got, sizeof got);
    CU_ASSERT_STRING_EQUAL(got, "");
    compute("123456789", value, 0, got, sizeof got);
    CU_ASSERT_STRING_EQUAL(got, "123456789");
    compute("-123456789", value, 0, got, sizeof got);
    CU_ASSERT_STRING_EQUAL(got, "");
}

static void errors_have_columns(void)
{
    static const struct {
        const char *text, *msg;
    } list[] = {
        {"", "column 1: the calculation ends too early"},
        {"1 +", "column 4: the calculation ends too early"},
        {"1 2", "column 3: the calculation should end here"},
        {"(1", "column 3: \")\" is expected here"},
        {"nobody", "column 1: there is no field \"nobody\""},
        {"nobody(1)", "column 1: there is no field \"nobody\""},
        {"a(1)", "column 2: the calculation should end here"},
        {"'张' + 1", "column 1: a number is expected here"},
        {"1 + today", "column 5: a number is expected here"},
        {"today - today", "column 1: a number is expected here"},
        {"-'x'", "column 2: a number is expected here"},
        {"floor(today)", "column 7: a number is expected here"},
        {"add_days(1, 1)", "column 10: a date is expected here"},
        {"add_days('2026-01-01', 1)", "column 10: a date is expected here"},
        {"add_days(today)", "column 15: \",\" is expected here"},
        {"min(1, today)", "column 8: both values must be of one kind"},
        {"min('x', a)", "column 10: texts have no order"},
        {"if(a, 1, 'x')", "column 10: both values must be of one kind"},
        {"if(a, 1)", "column 8: \",\" is expected here"},
        {"if(, 1, 2)", "column 4: a condition is expected here"},
        {"if(a ==, 1, 2)", "column 8: a condition is expected here"},
        {"if(a < 'x', 1, 2)", "column 4: only dates and numbers have an order"},
        {"if(a, b, 1) + if(a, today, b)", "column 15: a number is expected here"},
        {"date(today)", "column 6: a date in quotes is expected here"},
        {"date('2023-02-29')", "column 6: this is no day (YYYY-MM-DD)"},
        {"date '2023-02-28'", "column 6: the calculation should end here"},
        {"count(a)", "column 7: there is no repeated group \"a\""},
        {"sum(a)", "column 5: there is no field of a repeated group \"a\""},
        {"sum(1)", "column 5: a field of a repeated group is expected here"},
        {"birth('x')", "column 7: a field is expected here"},
        {"true", "column 1: there is no field \"true\""},
        {"1.2.3", "column 1: this is no number (12 digits, 4 decimals at most)"},
        {"'x", "column 1: the text has no closing quote"},
        {"1 % 2", "column 3: the calculation should end here"},
        {"\xff", "column 1: not UTF-8"},
    };
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        struct calc *c = NULL;
        struct err err = {0};
        CU_ASSERT_EQUAL(calc_parse(list[i].text, &names, &c, &err), ERR_MATTER_EXPR);
        CU_ASSERT_PTR_NULL(c);
        if (strcmp(err.msg, list[i].msg) != 0)
            fprintf(stderr, "\n%s: %s\n", list[i].text, err.msg);
        CU_ASSERT_STRING_EQUAL(err.msg, list[i].msg);
    }
}

static int parse_nested(const char *open, const char *close, int n)
{
    char text[1100] = "";
    for (int i = 0; i < n; i++)
        strcat(text, open);
    strcat(text, "1");
    for (int i = 0; i < n; i++)
        strcat(text, close);
    struct calc *c = NULL;
    int r = calc_parse(text, &names, &c, NULL);
    calc_free(c);
    return r;
}

static void limits(void)
{
    CU_ASSERT_EQUAL(parse_nested("(", ")", 31), 0);
    CU_ASSERT_EQUAL(parse_nested("(", ")", 32), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(parse_nested("-", "", 31), 0);
    CU_ASSERT_EQUAL(parse_nested("-", "", 1000), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(parse_nested("floor(", ")", 31), 0);
    CU_ASSERT_EQUAL(parse_nested("floor(", ")", 32), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(parse_nested("if(((a)),1,", ")", 28), 0);
    CU_ASSERT_EQUAL(parse_nested("if(((a)),1,", ")", 31), ERR_MATTER_EXPR);
    char text[1100] = "1";
    struct calc *c = NULL;
    while (strlen(text) < 255) /* 128 numbers and 127 signs fit into 256 nodes */
        strcat(text, "+1");
    CU_ASSERT_EQUAL(calc_parse(text, &names, &c, NULL), 0);
    calc_free(c);
    c = NULL;
    strcat(text, "+1");
    CU_ASSERT_EQUAL(calc_parse(text, &names, &c, NULL), ERR_MATTER_EXPR);
    strcpy(text, "0");
    for (int i = 0; i < 33; i++)
        strcat(text, "+if(a,1,2)");
    CU_ASSERT_EQUAL(calc_parse(text, &names, &c, NULL), ERR_MATTER_EXPR);
    text[strlen(text) - strlen("+if(a,1,2)")] = '\0';
    CU_ASSERT_EQUAL(calc_parse(text, &names, &c, NULL), 0);
    calc_free(c);
    c = NULL;
    memset(text, ' ', sizeof text);
    text[0] = '1';
    text[1025] = '\0';
    CU_ASSERT_EQUAL(calc_parse(text, &names, &c, NULL), ERR_MATTER_EXPR);
    calc_free(NULL);
}

static void kinds(void)
{
    static const struct {
        const char *text;
        enum calc_kind kind;
    } list[] = {
        {"a", CALC_ANY},          {"''", CALC_ANY},          {"'x'", CALC_TEXT},
        {"1", CALC_NUMBER},       {"today", CALC_DATE},      {"sex(id)", CALC_TEXT},
        {"birth(id)", CALC_DATE}, {"if(a, b, n)", CALC_ANY}, {"if(a, b, today)", CALC_DATE},
        {"-a", CALC_NUMBER},      {"min(a, b)", CALC_ANY},   {"max(a, 3)", CALC_NUMBER},
    };
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        struct calc *c = parse(list[i].text);
        CU_ASSERT_EQUAL(calc_kind(c), list[i].kind);
        calc_free(c);
    }
}

struct seen {
    unsigned vars; /* bit i: variable i */
    unsigned number, date, idno, boolean, sums, counts;
};

static void see_var(void *arg, int var)
{
    struct seen *seen = arg;
    seen->vars |= 1u << var;
}

static void see_use(void *arg, const struct expr_use *use)
{
    struct seen *seen = arg;
    unsigned bit = 1u << use->index;
    if (use->kind == USE_NUMBER)
        seen->number |= bit;
    else if (use->kind == USE_DATE)
        seen->date |= bit;
    else if (use->kind == USE_IDNO)
        seen->idno |= bit;
    else if (use->kind == USE_BOOL)
        seen->boolean |= bit;
    else if (use->kind == USE_SUM)
        seen->sums += use->group == 1 && use->step == 2 && use->index == N_PLAIN + 1;
    else if (use->kind == USE_COUNT)
        seen->counts += use->index == 1;
}

static void uses_are_reported(void)
{
    struct calc *c = parse("if(a && age(e) > 3, months_between(birth(id), d) + if(b, n, 2),"
                           " sum(heirs.share) / count(heirs))");
    struct seen seen = {0};
    calc_walk(c, see_var, &seen);
    CU_ASSERT_EQUAL(seen.vars, 0x3fu | 1u << (N_PLAIN + 1));
    calc_walk_uses(c, see_use, &seen);
    CU_ASSERT_EQUAL(seen.boolean, 0x03u);
    CU_ASSERT_EQUAL(seen.number, 0x04u);
    CU_ASSERT_EQUAL(seen.date, 0x18u);
    CU_ASSERT_EQUAL(seen.idno, 0x20u);
    CU_ASSERT_EQUAL(seen.sums, 1);
    CU_ASSERT_EQUAL(seen.counts, 1);
    calc_free(c);
}

/* ---- the retirement age of 2025 as data ---- */

/* NPC decision of 2024-09-13: from January 1965 (men), 1970 (women of 55), 1975 (women of 50) on,
 * one month later for every four (two) months of birth, up to three (five) years. */
static const char retire_date[] =
    "add_months(d, if(kind == 'm', 720 + if(d < '1965-01-01', 0,"
    " min(36, floor(months_between(date('1965-01-01'), d) / 4) + 1)),"
    " if(kind == 'f55', 660 + if(d < '1970-01-01', 0,"
    " min(36, floor(months_between(date('1970-01-01'), d) / 4) + 1)),"
    " 600 + if(d < '1975-01-01', 0,"
    " min(60, floor(months_between(date('1975-01-01'), d) / 2) + 1)))))";

/* 15 years of contributions until 2029, from 2030 on half a year more each year, up to 20. */
static const char min_years[] =
    "15 + max(0, min(10, floor(months_between(date('2029-01-01'), d) / 12))) / 2";

/* The same with nothing but counting. @return YYYYMM */
static int counted_retirement(const char *kind, int year, int month)
{
    int first_year = kind[0] == 'm' ? 1965 : !strcmp(kind, "f55") ? 1970 : 1975;
    int age_years = kind[0] == 'm' ? 60 : !strcmp(kind, "f55") ? 55 : 50;
    int step = !strcmp(kind, "f50") ? 2 : 4, cap = !strcmp(kind, "f50") ? 60 : 36;
    int later = 0, since_step = step;
    for (int y = first_year; y < year || (y == year && y >= first_year); y++)
        for (int m = 1; m <= (y == year ? month : 12); m++) {
            if (since_step == step) {
                later = later < cap ? later + 1 : cap;
                since_step = 0;
            }
            since_step++;
        }
    int result_year = year + age_years, result_month = month;
    for (; later > 0; later--)
        if (++result_month > 12) {
            result_month = 1;
            result_year++;
        }
    return result_year * 100 + result_month;
}

static void retirement_rule(void)
{
    static const struct {
        const char *kind, *birth, *retires;
    } known[] = {
        /* rows of the tables published with the decision, and what stands before them */
        {"m", "1964-12-31", "2024-12-31"},   {"m", "1965-01-01", "2025-02-01"},
        {"m", "1965-04-30", "2025-05-30"},   {"m", "1965-05-15", "2025-07-15"},
        {"m", "1976-08-20", "2039-07-20"},   {"m", "1976-09-20", "2039-09-20"},
        {"m", "1976-12-31", "2039-12-31"},   {"m", "1990-06-01", "2053-06-01"},
        {"f55", "1969-12-31", "2024-12-31"}, {"f55", "1970-01-31", "2025-02-28"},
        {"f55", "1970-05-01", "2025-07-01"}, {"f55", "1981-09-01", "2039-09-01"},
        {"f55", "1988-02-29", "2046-02-28"}, {"f50", "1974-12-01", "2024-12-01"},
        {"f50", "1975-01-01", "2025-02-01"}, {"f50", "1975-03-31", "2025-05-31"},
        {"f50", "1984-10-10", "2039-09-10"}, {"f50", "1984-11-10", "2039-11-10"},
        {"f50", "1999-01-01", "2054-01-01"},
    };
    struct calc *c = parse(retire_date);
    char got[16];
    const char *value[N_VARS] = {NULL};
    struct answers a = {.value = value, .n_values = N_VARS, .today = TODAY};
    CU_ASSERT_EQUAL(calc_kind(c), CALC_DATE);
    for (size_t i = 0; i < YJ_COUNT(known); i++) {
        value[3] = known[i].birth;
        value[7] = known[i].kind;
        calc_eval(c, &a, got, sizeof got);
        CU_ASSERT_STRING_EQUAL(got, known[i].retires);
    }
    static const char *const kinds_of_people[] = {"m", "f55", "f50"};
    int n_wrong = 0;
    for (int month = 0; month < 40 * 12; month++)
        for (size_t k = 0; k < 3; k++)
            for (int day = 1; day <= 28; day += 9) {
                char birth[32];
                snprintf(birth, sizeof birth, "%04d-%02d-%02d", 1955 + month / 12, month % 12 + 1,
                         day);
                value[3] = birth;
                value[7] = kinds_of_people[k];
                calc_eval(c, &a, got, sizeof got);
                int wanted =
                    counted_retirement(kinds_of_people[k], 1955 + month / 12, month % 12 + 1);
                n_wrong += codes_date_parse(got) != wanted * 100 + day;
            }
    CU_ASSERT_EQUAL(n_wrong, 0);
    value[3] = NULL;
    calc_eval(c, &a, got, sizeof got);
    CU_ASSERT_STRING_EQUAL(got, "");
    calc_free(c);
}

static void least_years_of_contributions(void)
{
    static const struct {
        const char *day, *years;
    } known[] = {{"2024-12-31", "15"},   {"2029-12-31", "15"}, {"2030-01-01", "15.5"},
                 {"2030-12-31", "15.5"}, {"2031-01-01", "16"}, {"2034-07-01", "17.5"},
                 {"2038-12-31", "19.5"}, {"2039-01-01", "20"}, {"2060-01-01", "20"}};
    for (size_t i = 0; i < YJ_COUNT(known); i++) {
        const char *value[N_VARS] = {NULL, NULL, NULL, known[i].day};
        char got[16];
        compute(min_years, value, 0, got, sizeof got);
        CU_ASSERT_STRING_EQUAL(got, known[i].years);
    }
}

/* ---- properties ---- */

static uint32_t seed = 20261123;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* Against plain integers, in a range where those do not overflow. */
static void products_and_quotients_are_exact(void)
{
    int n_compared = 0, n_wrong = 0;
    for (int round = 0; round < 20000; round++) {
        int64_t a = (int64_t)random_below(1u << 24) << random_below(10),
                b = (int64_t)random_below(1u << 24) + 1;
        char text[96], got[64], wanted[64];
        const char *value[N_VARS] = {NULL};
        snprintf(text, sizeof text, "%lld.%04d / %lld.%04d", (long long)(a / 10000),
                 (int)(a % 10000), (long long)(b / 10000), (int)(b % 10000));
        compute(text, value, 0, got, sizeof got);
        int64_t quotient = a * 10000 / b; /* a < 2^34: fits */
        if (quotient % 10000) {
            snprintf(wanted, sizeof wanted, "%lld.%04d", (long long)(quotient / 10000),
                     (int)(quotient % 10000));
            while (wanted[strlen(wanted) - 1] == '0')
                wanted[strlen(wanted) - 1] = '\0';
        } else {
            snprintf(wanted, sizeof wanted, "%lld", (long long)(quotient / 10000));
        }
        n_compared++;
        n_wrong += strcmp(got, wanted) != 0;
        int64_t product = a * b / 10000; /* below 2^58: fits */
        text[strcspn(text, "/")] = '*';
        compute(text, value, 0, got, sizeof got);
        int64_t parsed = -1;
        bool is_number = expr_number_parse(got, strlen(got), &parsed);
        n_wrong +=
            product < INT64_C(10000000000000000) ? !is_number || parsed != product : got[0] != '\0';
    }
    CU_ASSERT_EQUAL(n_compared, 20000);
    CU_ASSERT_EQUAL(n_wrong, 0);
}

/* A result is nothing, a number that an answer may hold, a day that exists, or a given text. */
static bool is_sound(const char *text)
{
    int64_t number;
    return !text[0] || expr_number_parse(text, strlen(text), &number) || codes_date_parse(text) ||
           !strcmp(text, "true") || !strcmp(text, "x") || !strcmp(text, "张");
}

static void random_calc(char *out, size_t cap, int depth)
{
    static const char *const leaf[] = {"a",
                                       "b",
                                       "n",
                                       "d",
                                       "e",
                                       "1",
                                       "0",
                                       "0.0001",
                                       "'x'",
                                       "999999999999",
                                       "3",
                                       "today",
                                       "count(heirs)",
                                       "''",
                                       "sum(heirs.share)"};
    static const char *const shape[][3] = {
        {"(", " + ", ")"},
        {"(", " - ", ")"},
        {"(", " * ", ")"},
        {"(", " / ", ")"},
        {"min(", ", ", ")"},
        {"max(", ", ", ")"},
        {"add_days(", ", ", ")"},
        {"add_months(", ", ", ")"},
        {"days_between(", ", ", ")"},
        {"if(a > 3, ", ", ", ")"},
        {"round(", ", ", ")"},
        {"if(has(n), ", ", ", ")"},
        {"floor(", NULL, ")"},
        {"-", NULL, ""},
        {"months_between(", ", ", ")"},
    };
    size_t used = strlen(out);
    if (depth <= 0 || used > 600) {
        snprintf(out + used, cap - used, "%s", leaf[random_below(YJ_COUNT(leaf))]);
        return;
    }
    const char *const *s = shape[random_below(YJ_COUNT(shape))];
    snprintf(out + used, cap - used, "%s", s[0]);
    random_calc(out, cap, depth - 1);
    if (s[1]) {
        used = strlen(out);
        snprintf(out + used, cap - used, "%s", s[1]);
        random_calc(out, cap, depth - 1);
    }
    used = strlen(out);
    snprintf(out + used, cap - used, "%s", s[2]);
}

static void any_calculation_is_sound(void)
{
    static const char *const pool[] = {"true",   "-3",         "999999999999.9999", "-999999999999",
                                       "0.0001", "2026-01-01", "1800-01-01",        "2199-12-31",
                                       "x",      "张"};
    int n_parsed = 0, n_results = 0, n_unsound = 0;
    for (int round = 0; round < 40000; round++) {
        char text[1400] = "", got[64];
        random_calc(text, sizeof text, 1 + (int)random_below(4));
        struct calc *c = NULL;
        if (strlen(text) > 1024 || calc_parse(text, &names, &c, NULL))
            continue;
        const char *value[N_VARS];
        for (int i = 0; i < N_VARS; i++)
            value[i] = random_below(4) ? pool[random_below(YJ_COUNT(pool))] : NULL;
        const uint8_t count[2] = {0, (uint8_t)random_below(4)};
        struct answers a = {.value = value, .n_values = N_VARS, .today = TODAY, .count = count};
        calc_eval(c, &a, got, sizeof got);
        n_parsed++;
        n_results += got[0] != '\0';
        n_unsound += !is_sound(got);
        calc_free(c);
    }
    CU_ASSERT(n_parsed > 5000);
    CU_ASSERT(n_results > 1000);
    CU_ASSERT_EQUAL(n_unsound, 0);
}

static void noise_is_survived(void)
{
    static const char *const piece[] = {"a",
                                        "(",
                                        ")",
                                        "+",
                                        "-",
                                        "*",
                                        "/",
                                        ",",
                                        "'",
                                        "12",
                                        ".",
                                        "min(",
                                        "round(",
                                        "if(",
                                        "floor(",
                                        "today",
                                        "date(",
                                        "'2026-01-01'",
                                        "age(",
                                        " ",
                                        "count(heirs)",
                                        "==",
                                        "\xe5\xbc\xa0",
                                        "@"};
    int n_good = 0;
    for (int round = 0; round < 30000; round++) {
        char text[256] = "", got[64];
        uint32_t n = random_below(10);
        for (uint32_t i = 0; i < n; i++)
            strcat(text, piece[random_below(YJ_COUNT(piece))]);
        struct calc *c = NULL;
        struct err err = {0};
        const char *value[N_VARS] = {"12", "x", "3", "2026-01-01", NULL, ""};
        struct answers a = {.value = value, .n_values = N_VARS, .today = TODAY};
        if (calc_parse(text, &names, &c, &err)) {
            CU_ASSERT_EQUAL(strncmp(err.msg, "column ", 7), 0);
            continue;
        }
        calc_eval(c, &a, got, sizeof got);
        CU_ASSERT(strlen(got) < sizeof got);
        calc_free(c);
        n_good++;
    }
    CU_ASSERT(n_good > 300);
}

static CU_TestInfo cases[] = {
    {"numbers", numbers},
    {"dates", dates},
    {"choices and texts", choices_and_texts},
    {"repeated groups", repeated_groups},
    {"results that do not fit are empty", results_that_do_not_fit_are_empty},
    {"errors have columns", errors_have_columns},
    {"limits of length, depth and size", limits},
    {"kinds", kinds},
    {"uses are reported", uses_are_reported},
    {"the retirement rule", retirement_rule},
    {"least years of contributions", least_years_of_contributions},
    {"products and quotients are exact", products_and_quotients_are_exact},
    {"any calculation is sound", any_calculation_is_sound},
    {"noise is survived", noise_is_survived},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.calc", cases)
