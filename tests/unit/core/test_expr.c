/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: grammar, three values, errors with columns, and properties over random ones. */
#include "core/expr.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/expr_priv.h"
#include "cunit_main.h"

/* a, b, n, d, baby.birth, w; then the shares of three heirs, every second one */
enum { TODAY = 20261123, N_NAMES = 6, SHARE = 6, SHARE_STEP = 2, N_VARS = 11 };

static const char *const var_names[N_NAMES] = {"a", "b", "n", "d", "baby.birth", "w"};

static int find_var(const void *ctx, const char *name)
{
    (void)ctx;
    for (int i = 0; i < N_NAMES; i++)
        if (!strcmp(var_names[i], name))
            return i;
    return -1;
}

static int find_task(const void *ctx, const char *name)
{
    (void)ctx;
    return !strcmp(name, "t0") ? 0 : !strcmp(name, "t5") ? 5 : -1;
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
    *ret_step = SHARE_STEP;
    return !strcmp(name, "heirs.share") ? SHARE : -1;
}

/* n holds numbers, d what looks like one */
static bool is_number(const void *ctx, int var)
{
    (void)ctx;
    return var == 2;
}

static const struct expr_names names = {.var = find_var,
                                        .task = find_task,
                                        .group = find_group,
                                        .column = find_column,
                                        .is_number = is_number};

/* Verdict of text over N_VARS values (NULL: not answered) and so many heirs. */
static enum tri eval_heirs(const char *text, const char *const *value, unsigned n_heirs)
{
    struct expr *e = NULL;
    struct err err = {0};
    if (expr_parse(text, &names, &e, &err)) {
        fprintf(stderr, "\n%s: %s\n", text, err.msg);
        CU_FAIL("a good condition is refused");
        return TRI_UNKNOWN;
    }
    const uint8_t count[2] = {9, (uint8_t)n_heirs};
    struct answers a = {
        .value = value, .n_values = N_VARS, .selected = 1u << 5, .today = TODAY, .count = count};
    enum tri verdict = expr_eval(e, &a);
    expr_free(e);
    return verdict;
}

static enum tri eval(const char *text, const char *const *value)
{
    return eval_heirs(text, value, 0);
}

static void truth_tables(void)
{
    static const char *const word[] = {"false", "true", ""};
    static const enum tri both[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}};
    static const enum tri either[3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}};
    static const enum tri not [3] = {1, 0, 2};
    for (int x = 0; x < 3; x++) {
        const char *value[N_VARS] = {word[x]};
        CU_ASSERT_EQUAL(eval("a", value), (enum tri)x);
        CU_ASSERT_EQUAL(eval("!a", value), not [x]);
        CU_ASSERT_EQUAL(eval("!!a", value), (enum tri)x);
        CU_ASSERT_EQUAL(eval("a == true", value), (enum tri)x);
        CU_ASSERT_EQUAL(eval("a != true", value), not [x]);
        for (int y = 0; y < 3; y++) {
            value[1] = word[y];
            CU_ASSERT_EQUAL(eval("a && b", value), both[x][y]);
            CU_ASSERT_EQUAL(eval("a || b", value), either[x][y]);
        }
    }
}

static void precedence(void)
{
    for (int i = 0; i < 8; i++) {
        bool a = i & 1, b = i & 2, w = i & 4;
        const char *value[N_VARS] = {a ? "true" : "false", b ? "true" : "false", NULL, NULL, NULL,
                                     w ? "true" : "false"};
        CU_ASSERT_EQUAL(eval("a || b && w", value), (enum tri)(a || (b && w)));
        CU_ASSERT_EQUAL(eval("(a || b) && w", value), (enum tri)((a || b) && w));
        CU_ASSERT_EQUAL(eval("!a && b", value), (enum tri)(!a && b));
        CU_ASSERT_EQUAL(eval("!(a && b)", value), (enum tri)(!(a && b)));
        CU_ASSERT_EQUAL(eval("a&&b||w", value), (enum tri)((a && b) || w));
        CU_ASSERT_EQUAL(eval("!a == true || w", value), (enum tri)(!a || w));
    }
}

struct verdict_case {
    const char *text;
    enum tri verdict;
};

static void check_all(const struct verdict_case *c, size_t n, const char *const *value)
{
    for (size_t i = 0; i < n; i++) {
        enum tri got = eval(c[i].text, value);
        if (got != c[i].verdict)
            fprintf(stderr, "\n%s gives %d\n", c[i].text, got);
        CU_ASSERT_EQUAL(got, c[i].verdict);
    }
}

/* The answers of a number field are one number however they are written; those of a field of
 * digits are not. */
static void numbers_are_numbers(void)
{
    const char *value[N_VARS] = {"5.0", "005", "5.00", "5", NULL, NULL};
    static const struct verdict_case list[] = {
        {"n == 5", TRI_TRUE},          {"n == '5'", TRI_TRUE},     {"n != '5.0'", TRI_FALSE},
        {"n == a", TRI_TRUE},          {"b == n", TRI_TRUE},       {"n == d && n <= d", TRI_TRUE},
        {"a == b", TRI_FALSE},         {"a == d", TRI_FALSE},      {"b == d", TRI_FALSE},
        {"n in ['4', '5']", TRI_TRUE}, {"n in [4, 6]", TRI_FALSE}, {"n == w", TRI_UNKNOWN}};
    check_all(list, YJ_COUNT(list), value);
    value[2] = "viel";
    CU_ASSERT_EQUAL(eval("n == a", value), TRI_UNKNOWN);
    CU_ASSERT_EQUAL(eval("n != 'viel'", value), TRI_UNKNOWN);
}

static void comparisons(void)
{
    const char *value[N_VARS] = {"mother", "true", "12.50", "2026-05-23", "2026-05-24", ""};
    static const struct verdict_case list[] = {
        {"a == 'mother'", TRI_TRUE},
        {"'mother' == a", TRI_TRUE},
        {"a != 'mother'", TRI_FALSE},
        {"a == '母亲'", TRI_FALSE},
        {"a in ['father', 'mother']", TRI_TRUE},
        {"a in ['father']", TRI_FALSE},
        {"w in ['father']", TRI_UNKNOWN},
        {"w == 'x'", TRI_UNKNOWN},
        {"w != 'x'", TRI_UNKNOWN},
        {"n == 12.5", TRI_TRUE},
        {"n > 12", TRI_TRUE},
        {"n < 100", TRI_TRUE}, /* as numbers, not as texts */
        {"n >= 12.5001", TRI_FALSE},
        {"n in [1, 12.5]", TRI_TRUE},
        {"n > -1", TRI_TRUE},
        {"a > 3", TRI_UNKNOWN}, /* no number */
        {"a < b", TRI_UNKNOWN}, /* no order */
        {"a == true", TRI_UNKNOWN},
        {"a", TRI_UNKNOWN},
        {"d < today", TRI_TRUE},
        {"today < d", TRI_FALSE},
        {"d == '2026-05-23'", TRI_TRUE},
        {"d < baby.birth", TRI_TRUE},
        {"d <= '2026-05-22'", TRI_FALSE},
        {"today == '2026-11-23'", TRI_TRUE},
        {"a <= today", TRI_UNKNOWN},
        {"has(a)", TRI_TRUE},
        {"has(w)", TRI_FALSE},
        {"sel(t5)", TRI_TRUE},
        {"sel(t0)", TRI_FALSE},
        {"true", TRI_TRUE},
        {"false || b", TRI_TRUE},
        {"months(d) == 6", TRI_TRUE},
        {"months(baby.birth) == 5", TRI_TRUE},
        {"months(w) <= 6", TRI_UNKNOWN},
        {"months(a) <= 6", TRI_UNKNOWN},
        {"age(d) == 0", TRI_TRUE},
        {"  a\t==\n'mother'  ", TRI_TRUE},
    };
    check_all(list, YJ_COUNT(list), value);
}

static void ages(void)
{
    static const struct {
        const char *birth;
        int age;
    } list[] = {{"1949-12-31", 76}, {"2008-11-23", 18}, {"2008-11-24", 17},
                {"2026-11-23", 0},  {"2026-11-24", -1}, {"2024-02-29", 2}};
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        char text[64];
        const char *value[N_VARS] = {NULL, NULL, NULL, list[i].birth};
        snprintf(text, sizeof text, "age(d) == %d", list[i].age);
        CU_ASSERT_EQUAL(eval(text, value), TRI_TRUE);
    }
}

static void set_members(void)
{
    const char *value[N_VARS] = {"land,house,car", "", NULL, "land", "", "landhouse"};
    static const struct verdict_case list[] = {
        {"'land' in a", TRI_TRUE},        {"'house' in a", TRI_TRUE},
        {"'car' in a", TRI_TRUE},         {"'ca' in a", TRI_FALSE},
        {"'land,house' in a", TRI_FALSE}, /* one value at a time */
        {"'' in a", TRI_FALSE},           {"'land' in b", TRI_UNKNOWN},
        {"'land' in n", TRI_UNKNOWN},     {"'land' in d", TRI_TRUE},
        {"'land' in w", TRI_FALSE},       {"!('car' in d) && 'car' in a", TRI_TRUE},
        {"'x' in ['x', 'y']", TRI_TRUE},
    };
    check_all(list, YJ_COUNT(list), value);
}

static void repeated_groups(void)
{
    const char *value[N_VARS] = {NULL};
    CU_ASSERT_EQUAL(eval_heirs("count(heirs) == 0", value, 0), TRI_TRUE);
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) == 0", value, 0), TRI_TRUE);
    CU_ASSERT_EQUAL(eval_heirs("count(heirs) in [1, 2]", value, 2), TRI_TRUE);
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) == 100", value, 2), TRI_UNKNOWN);
    value[SHARE] = "33.3";
    value[SHARE + 1] = "1000"; /* another field of the first heir */
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) == 33.3", value, 1), TRI_TRUE);
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) <= 100", value, 2), TRI_UNKNOWN);
    value[SHARE + 2] = "66.7";
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) == 100", value, 2), TRI_TRUE);
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) > 100", value, 2), TRI_FALSE);
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) > 100", value, 3), TRI_UNKNOWN);
    value[SHARE + 4] = "half";
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) > 100", value, 3), TRI_UNKNOWN);
    /* more members than there are answers: nothing beyond is read */
    CU_ASSERT_EQUAL(eval_heirs("sum(heirs.share) > 100", value, 255), TRI_UNKNOWN);
    struct expr *e = NULL;
    struct answers none = {.value = value, .n_values = N_VARS, .today = TODAY};
    CU_ASSERT_EQUAL(expr_parse("count(heirs) > 0 || sum(heirs.share) > 0", &names, &e, NULL), 0);
    CU_ASSERT_EQUAL(expr_eval(e, &none), TRI_FALSE); /* no counts: no members */
    expr_free(e);
}

struct seen {
    unsigned members, counts, sums, others;
};

static void see(void *arg, const struct expr_use *use)
{
    struct seen *seen = arg;
    if (use->kind == USE_MEMBER && use->index == 0 && !strcmp(use->text, "land"))
        seen->members++;
    else if (use->kind == USE_COUNT && use->index == 1)
        seen->counts++;
    else if (use->kind == USE_SUM && use->index == SHARE && use->group == 1 &&
             use->step == SHARE_STEP)
        seen->sums++;
    else
        seen->others++;
}

static void uses_are_reported(void)
{
    struct expr *e = NULL;
    struct seen seen = {0};
    CU_ASSERT_EQUAL(expr_parse("'land' in a && count(heirs) > 1 && (3 < sum(heirs.share) || b)",
                               &names, &e, NULL),
                    0);
    expr_walk(e, see, &seen);
    CU_ASSERT(seen.members == 1 && seen.counts == 1 && seen.sums == 1 && seen.others == 1);
    expr_free(e);
}

static void names_without_groups(void)
{
    static const struct expr_names plain = {.var = find_var, .task = find_task};
    struct expr *e = NULL;
    CU_ASSERT_EQUAL(expr_parse("count(heirs) > 1", &plain, &e, NULL), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(expr_parse("sum(heirs.share) > 1", &plain, &e, NULL), ERR_MATTER_EXPR);
    CU_ASSERT_PTR_NULL(e);
}

static void no_answers_are_safe(void)
{
    struct expr *e = NULL;
    struct answers none = {.value = NULL, .n_values = 0, .today = 0};
    CU_ASSERT_EQUAL(expr_eval(NULL, &none), TRI_TRUE);
    CU_ASSERT_EQUAL(expr_parse("a == 'x' || d < today || months(d) > 1", &names, &e, NULL), 0);
    CU_ASSERT_EQUAL(expr_eval(e, &none), TRI_UNKNOWN);
    expr_free(e);
    expr_free(NULL);
}

static void errors_have_columns(void)
{
    static const struct {
        const char *text, *msg;
    } list[] = {
        {"", "column 1: the condition ends too early"},
        {"a &&", "column 5: the condition ends too early"},
        {"a b", "column 3: the condition should end here"},
        {"a = b", "column 3: the condition should end here"},
        {"(a", "column 3: \")\" is expected here"},
        {"a)", "column 2: the condition should end here"},
        {"nobody", "column 1: there is no field \"nobody\""},
        {"a && in", "column 6: there is no field \"in\""},
        {"a == 'x", "column 6: the text has no closing quote"},
        {"a == '张' && c", "column 13: there is no field \"c\""},
        {"has a", "column 5: \"(\" is expected here"},
        {"has(a", "column 6: \")\" is expected here"},
        {"has()", "column 5: a field is expected here"},
        {"sel(t9)", "column 5: there is no task \"t9\""},
        {"age(d)", "column 7: a comparison is expected here"},
        {"'x'", "column 4: a comparison is expected here"},
        {"12 == ", "column 7: the condition ends too early"},
        {"n == 12x", "column 6: this is no number (12 digits, 4 decimals at most)"},
        {"n == 1.2.3", "column 6: this is no number (12 digits, 4 decimals at most)"},
        {"n == 1234567890123", "column 6: this is no number (12 digits, 4 decimals at most)"},
        {"a in 'x'", "column 1: a list or a set field is expected after \"in\""},
        {"'x' in 'y'", "column 1: a list or a set field is expected after \"in\""},
        {"a in b", "column 1: only a text can be in a set field"},
        {"3 in a", "column 1: only a text can be in a set field"},
        {"'x' in age(d)", "column 1: a list or a set field is expected after \"in\""},
        {"count(a) > 1", "column 7: there is no repeated group \"a\""},
        {"count(heirs)", "column 13: a comparison is expected here"},
        {"count(heirs) > 'x'", "column 1: a number compares with numbers only"},
        {"sum(heirs) > 1", "column 5: there is no field of a repeated group \"heirs\""},
        {"sum(heirs.share) == true", "column 1: true and false compare with a field only"},
        {"count == 1", "column 7: \"(\" is expected here"},
        {"a == ['x']", "column 1: a list needs \"in\""},
        {"['x'] in a", "column 1: a list belongs on the right side of \"in\""},
        {"a in []", "column 7: a text or number is expected here"},
        {"a in ['x' 'y']", "column 11: \"]\" is expected here"},
        {"a < true", "column 1: true and false have no order"},
        {"true == 'x'", "column 1: true and false compare with a field only"},
        {"age(d) == 'x'", "column 1: a number compares with numbers only"},
        {"today == 3", "column 1: a number compares with numbers only"},
        {"b || today < 'May'", "column 6: today compares with dates only (YYYY-MM-DD)"},
        {"a < 'x'", "column 1: only dates and numbers have an order"},
        {"a @ b", "column 3: the condition should end here"},
        {"\xff", "column 1: not UTF-8"},
    };
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        struct expr *e = NULL;
        struct err err = {0};
        CU_ASSERT_EQUAL(expr_parse(list[i].text, &names, &e, &err), ERR_MATTER_EXPR);
        CU_ASSERT_PTR_NULL(e);
        if (strcmp(err.msg, list[i].msg) != 0)
            fprintf(stderr, "\n%s: %s\n", list[i].text, err.msg);
        CU_ASSERT_STRING_EQUAL(err.msg, list[i].msg);
    }
}

/* n times open, one "a", n times close. */
static int parse_nested(const char *open, const char *close, int n)
{
    char text[1100] = "";
    for (int i = 0; i < n; i++)
        strcat(text, open);
    strcat(text, "a");
    for (int i = 0; i < n; i++)
        strcat(text, close);
    struct expr *e = NULL;
    int r = expr_parse(text, &names, &e, NULL);
    expr_free(e);
    return r;
}

static void limits(void)
{
    CU_ASSERT_EQUAL(parse_nested("(", ")", 31), 0);
    CU_ASSERT_EQUAL(parse_nested("(", ")", 32), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(parse_nested("(", ")", 500), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(parse_nested("!", "", 31), 0);
    CU_ASSERT_EQUAL(parse_nested("!", "", 32), ERR_MATTER_EXPR);
    CU_ASSERT_EQUAL(parse_nested("!", "", 1000), ERR_MATTER_EXPR);
    char text[1100] = "a";
    for (int i = 0; i < 127; i++) /* 128 fields and 127 operators fit */
        strcat(text, "||a");
    struct expr *e = NULL;
    const char *value[N_VARS] = {"true"};
    struct answers a = {.value = value, .n_values = N_VARS, .today = TODAY};
    CU_ASSERT_EQUAL(expr_parse(text, &names, &e, NULL), 0);
    CU_ASSERT_EQUAL(expr_eval(e, &a), TRI_TRUE);
    expr_free(e);
    e = NULL;
    strcat(text, "||a");
    CU_ASSERT_EQUAL(expr_parse(text, &names, &e, NULL), ERR_MATTER_EXPR);
    memset(text, ' ', sizeof text);
    text[0] = 'a';
    text[1024] = '\0';
    CU_ASSERT_EQUAL(expr_parse(text, &names, &e, NULL), 0);
    expr_free(e);
    e = NULL;
    text[1024] = ' ';
    text[1025] = '\0';
    CU_ASSERT_EQUAL(expr_parse(text, &names, &e, NULL), ERR_MATTER_EXPR);
    strcpy(text, "n in [1");
    while (strlen(text) < 1000)
        strcat(text, ",1");
    strcat(text, "]");
    CU_ASSERT_EQUAL(expr_parse(text, &names, &e, NULL), ERR_MATTER_EXPR);
}

/* ---- random conditions ---- */

static uint32_t seed = 20261123;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* A random condition without has(): that one asks for emptiness itself. */
static void random_expr(char *out, size_t cap, int depth)
{
    static const char *const leaf[] = {"a",
                                       "b",
                                       "a == true",
                                       "n > 3",
                                       "n <= 12.5",
                                       "d < today",
                                       "baby.birth >= d",
                                       "w == 'x'",
                                       "w in ['x', 'y', '3']",
                                       "months(d) <= 6",
                                       "age(baby.birth) < 18",
                                       "n == w",
                                       "w != n",
                                       "sel(t5)",
                                       "false",
                                       "w == 3",
                                       "'x' in w",
                                       "'y' in a",
                                       "sum(heirs.share) > 10",
                                       "sum(heirs.share) == 12.5",
                                       "count(heirs) == 2",
                                       "d == '2026-01-01'"};
    size_t used = strlen(out);
    if (depth <= 0 || used > 600) {
        snprintf(out + used, cap - used, "%s", leaf[random_below(YJ_COUNT(leaf))]);
        return;
    }
    uint32_t kind = random_below(4);
    snprintf(out + used, cap - used, "%s", kind == 0 ? "!(" : "(");
    random_expr(out, cap, depth - 1);
    if (kind > 1) {
        used = strlen(out);
        snprintf(out + used, cap - used, "%s", kind == 2 ? " && " : " || ");
        random_expr(out, cap, depth - 1);
    }
    used = strlen(out);
    snprintf(out + used, cap - used, ")");
}

/* Answering an open question never turns a verdict that was certain. */
static void unknown_is_monotone(void)
{
    static const char *const pool[] = {"true",       "false",      "x",          "y",
                                       "3",          "12.5",       "-4",         "2026-01-01",
                                       "2027-01-01", "1990-02-28", "2023-02-29", "张小宝"};
    int n_known = 0, n_turned = 0, n_parsed = 0;
    for (int round = 0; round < 20000; round++) {
        char text[1400] = "";
        struct expr *e = NULL;
        random_expr(text, sizeof text, (int)random_below(6));
        if (strlen(text) > 1024 || expr_parse(text, &names, &e, NULL))
            continue;
        n_parsed++;
        const char *value[N_VARS];
        for (int i = 0; i < N_VARS; i++)
            value[i] = random_below(2) ? pool[random_below(YJ_COUNT(pool))] : NULL;
        const uint8_t count[2] = {0, (uint8_t)random_below(4)};
        struct answers a = {.value = value,
                            .n_values = N_VARS,
                            .selected = random_below(64),
                            .today = TODAY,
                            .count = count};
        enum tri before = expr_eval(e, &a);
        for (int i = 0; i < N_VARS; i++) {
            if (value[i])
                continue;
            value[i] = pool[random_below(YJ_COUNT(pool))];
            enum tri after = expr_eval(e, &a);
            n_known += before != TRI_UNKNOWN;
            n_turned += before != TRI_UNKNOWN && after != before;
            before = after;
        }
        expr_free(e);
    }
    CU_ASSERT(n_parsed > 15000);
    CU_ASSERT(n_known > 1000);
    CU_ASSERT_EQUAL(n_turned, 0);
}

/* Any text is either refused with a column or can be evaluated. */
static void noise_is_survived(void)
{
    static const char *const piece[] = {"count(heirs)",
                                        "sum(heirs.share)",
                                        "sum(",
                                        "a",
                                        "(",
                                        ")",
                                        "!",
                                        "&&",
                                        "||",
                                        "==",
                                        "<",
                                        "in",
                                        "[",
                                        "]",
                                        ",",
                                        "'",
                                        "12",
                                        "-",
                                        ".",
                                        "has(",
                                        "sel(",
                                        "age(",
                                        "today",
                                        "true",
                                        "t5",
                                        " ",
                                        "baby.birth",
                                        "\xe5\xbc\xa0",
                                        "@"};
    int n_good = 0;
    for (int round = 0; round < 30000; round++) {
        char text[256] = "";
        uint32_t n = random_below(10);
        for (uint32_t i = 0; i < n; i++)
            strcat(text, piece[random_below(YJ_COUNT(piece))]);
        struct expr *e = NULL;
        struct err err = {0};
        const char *value[N_VARS] = {"true", "x", "3", "2026-01-01", NULL, ""};
        struct answers a = {.value = value, .n_values = N_VARS, .today = TODAY};
        if (expr_parse(text, &names, &e, &err)) {
            CU_ASSERT_EQUAL(strncmp(err.msg, "column ", 7), 0);
            continue;
        }
        enum tri verdict = expr_eval(e, &a);
        CU_ASSERT(verdict == TRI_TRUE || verdict == TRI_FALSE || verdict == TRI_UNKNOWN);
        expr_free(e);
        n_good++;
    }
    CU_ASSERT(n_good > 300);
}

static CU_TestInfo cases[] = {
    {"truth tables of three values", truth_tables},
    {"precedence", precedence},
    {"numbers are numbers however they are written", numbers_are_numbers},
    {"comparisons by type", comparisons},
    {"ages", ages},
    {"members of sets", set_members},
    {"repeated groups", repeated_groups},
    {"uses are reported", uses_are_reported},
    {"names without groups", names_without_groups},
    {"no answers are safe", no_answers_are_safe},
    {"errors have columns", errors_have_columns},
    {"limits of length, depth and size", limits},
    {"an answer never turns a known verdict", unknown_is_monotone},
    {"noise is survived", noise_is_survived},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.expr", cases)
