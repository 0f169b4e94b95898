/* SPDX-License-Identifier: Apache-2.0 */
/* Computing parsed values, and the walk over their uses of names. Pure; any thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/calc_priv.h"
#include "core/codes.h"
#include "core/expr_priv.h"

/* Magnitudes, times EXPR_SCALE: inside and of a result. Ten times the first fits into 64 bits
 * without a sign, twice of it with one. */
static const int64_t INNER_LIMIT = INT64_C(1000000000000000000);
static const int64_t RESULT_LIMIT = INT64_C(10000000000000000);

/* type CALC_ANY: empty */
struct value {
    enum calc_kind type;
    int64_t number; /* times EXPR_SCALE, or YYYYMMDD */
    const char *text;
};

static const struct value nothing = {.type = CALC_ANY};

static struct value number_of(int64_t number)
{
    if (number <= -INNER_LIMIT || number >= INNER_LIMIT)
        return nothing;
    return (struct value){.type = CALC_NUMBER, .number = number};
}

static struct value date_of(int date)
{
    return codes_date_exists(date) ? (struct value){.type = CALC_DATE, .number = date} : nothing;
}

static struct value text_of(const char *text)
{
    return text && text[0] ? (struct value){.type = CALC_TEXT, .text = text} : nothing;
}

/* A text (an answer) read as what it is used for. */
static struct value value_as(const struct value *v, enum calc_kind type)
{
    int64_t number = 0;
    if (v->type == type || v->type != CALC_TEXT)
        return v->type == type || type == CALC_ANY ? *v : nothing;
    if (type == CALC_ANY)
        return *v;
    if (type == CALC_DATE)
        return date_of(codes_date_parse(v->text));
    return expr_number_parse(v->text, strlen(v->text), &number) ? number_of(number) : nothing;
}

/* Magnitudes below INNER_LIMIT. The exact product, digits behind the fourth decimal dropped. */
static struct value multiply(int64_t a, int64_t b)
{
    bool is_negative = (a < 0) != (b < 0);
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    int64_t a_whole = a / EXPR_SCALE, a_rest = a % EXPR_SCALE;
    if (b && a_whole > INNER_LIMIT / b)
        return nothing;
    /* a * b / scale = whole of a * b + rest of a * b / scale, the latter in two steps */
    int64_t product =
        a_whole * b + a_rest * (b / EXPR_SCALE) + a_rest * (b % EXPR_SCALE) / EXPR_SCALE;
    return number_of(is_negative ? -product : product);
}

/* As multiply: long division, digit by digit. */
static struct value divide(int64_t a, int64_t b)
{
    if (!b)
        return nothing;
    bool is_negative = (a < 0) != (b < 0);
    uint64_t rest = (uint64_t)(a < 0 ? -a : a), by = (uint64_t)(b < 0 ? -b : b);
    uint64_t quotient = rest / by;
    rest %= by;
    for (int i = 0; i < 4; i++) {
        if (quotient >= (uint64_t)INNER_LIMIT / 10)
            return nothing;
        rest *= 10;
        quotient = quotient * 10 + rest / by;
        rest %= by;
    }
    return number_of(is_negative ? -(int64_t)quotient : (int64_t)quotient);
}

static struct value floor_of(int64_t a)
{
    int64_t rest = a % EXPR_SCALE;
    return number_of(a - rest - (rest < 0 ? EXPR_SCALE : 0));
}

/* decimals: times EXPR_SCALE */
static struct value round_to(int64_t a, int64_t decimals)
{
    int64_t unit = EXPR_SCALE;
    if (decimals % EXPR_SCALE || decimals < 0 || decimals > 4 * (int64_t)EXPR_SCALE)
        return nothing;
    for (int64_t i = 0; i < decimals / EXPR_SCALE; i++)
        unit /= 10;
    int64_t half = a < 0 ? -(unit / 2) : unit / 2;
    return number_of((a + half) / unit * unit);
}

/* n: times EXPR_SCALE; parts of a day or month do not exist. */
static struct value move_date(int date, int64_t n, int (*move)(int date, int n))
{
    enum { FARTHEST = 400 * 366 };
    if (n % EXPR_SCALE || n / EXPR_SCALE > FARTHEST || n / EXPR_SCALE < -FARTHEST)
        return nothing;
    return date_of(move(date, (int)(n / EXPR_SCALE)));
}

static struct value smaller_or_larger(const struct value *a, const struct value *b, bool is_larger)
{
    return (a->number < b->number) == is_larger ? *b : *a;
}

/* The smaller or larger of two fields: as numbers when both are, else as dates. */
static struct value pick_of_open(const struct value *a, const struct value *b, bool is_larger)
{
    static const enum calc_kind types[] = {CALC_NUMBER, CALC_DATE};
    for (size_t i = 0; i < YJ_COUNT(types); i++) {
        struct value left = value_as(a, types[i]), right = value_as(b, types[i]);
        if (left.type != CALC_ANY && right.type != CALC_ANY)
            return smaller_or_larger(&left, &right, is_larger);
    }
    return nothing;
}

static struct value from_idno(const struct calc_node *node, const char *idno)
{
    int birth = idno ? codes_idno_birth(idno) : 0;
    /* judged on its first day: the number must be right, its holder need not be alive */
    if (!birth || codes_idno_check(idno, birth) != IDNO_OK)
        return nothing;
    if (node->kind == CALC_BIRTH)
        return date_of(birth);
    return text_of(codes_idno_sex(idno) == '1' ? "1" : "2");
}

/* Nodes that look at the answers or hold their value. */
static struct value leaf_of(const struct calc_node *node, const struct answers *a)
{
    const char *answer = expr_answer(a, node->var);
    struct value text = text_of(answer);
    int64_t number = 0;
    int birth;
    switch (node->kind) {
    case CALC_LITERAL_NUMBER:
        return number_of(node->number);
    case CALC_LITERAL_DATE:
        return date_of((int)node->number);
    case CALC_LITERAL_TEXT:
        return text_of(node->text);
    case CALC_TODAY:
        return date_of(a->today);
    case CALC_FIELD:
        return value_as(&text, node->type);
    case CALC_COUNT:
        return number_of((int64_t)expr_count(a, node->group) * EXPR_SCALE);
    case CALC_SUM:
        return expr_sum(a, node->group, node->var, node->step, &number) ? number_of(number)
                                                                        : nothing;
    case CALC_AGE:
        birth = answer ? codes_date_parse(answer) : 0;
        if (!birth || !codes_date_exists(a->today))
            return nothing;
        return number_of((int64_t)expr_age(birth, a->today) * EXPR_SCALE);
    case CALC_BIRTH:
    case CALC_SEX:
        return from_idno(node, answer);
    case CALC_NEGATE:
    case CALC_ADD:
    case CALC_SUBTRACT:
    case CALC_MULTIPLY:
    case CALC_DIVIDE:
    case CALC_MIN:
    case CALC_MAX:
    case CALC_FLOOR:
    case CALC_ROUND:
    case CALC_IF:
    case CALC_ADD_DAYS:
    case CALC_ADD_MONTHS:
    case CALC_MONTHS_BETWEEN:
    case CALC_DAYS_BETWEEN:
        break; /* made from other nodes */
    }
    return nothing;
}

/* Nodes over two values that are not empty; x->type is known but for open min and max. */
static struct value combine(const struct calc_node *node, const struct value *x,
                            const struct value *y)
{
    switch (node->kind) {
    case CALC_ADD:
        return number_of(x->number + y->number);
    case CALC_SUBTRACT:
        return number_of(x->number - y->number);
    case CALC_MULTIPLY:
        return multiply(x->number, y->number);
    case CALC_DIVIDE:
        return divide(x->number, y->number);
    case CALC_ROUND:
        return round_to(x->number, y->number);
    case CALC_ADD_DAYS:
        return move_date((int)x->number, y->number, codes_date_add_days);
    case CALC_ADD_MONTHS:
        return move_date((int)x->number, y->number, codes_date_add_months);
    case CALC_MONTHS_BETWEEN:
        return number_of((int64_t)codes_months_between((int)x->number, (int)y->number) *
                         EXPR_SCALE);
    case CALC_DAYS_BETWEEN:
        return number_of((int64_t)codes_days_between((int)x->number, (int)y->number) * EXPR_SCALE);
    case CALC_MIN:
    case CALC_MAX:
        if (node->type == CALC_ANY)
            return pick_of_open(x, y, node->kind == CALC_MAX);
        return smaller_or_larger(x, y, node->kind == CALC_MAX);
    case CALC_LITERAL_NUMBER:
    case CALC_LITERAL_TEXT:
    case CALC_LITERAL_DATE:
    case CALC_FIELD:
    case CALC_TODAY:
    case CALC_COUNT:
    case CALC_SUM:
    case CALC_AGE:
    case CALC_NEGATE:
    case CALC_FLOOR:
    case CALC_IF:
    case CALC_BIRTH:
    case CALC_SEX:
        break; /* made from no or one value */
    }
    return nothing;
}

static struct value node_value(const struct calc *c, const struct calc_node *node,
                               const struct value *value, const struct answers *a)
{
    if (node->kind < CALC_NEGATE || node->kind == CALC_BIRTH || node->kind == CALC_SEX)
        return leaf_of(node, a);
    const struct value *x = &value[node->part[0]], *y = &value[node->part[1]];
    if (node->kind == CALC_IF) {
        enum tri verdict = expr_eval(c->cond[node->cond], a);
        return verdict == TRI_UNKNOWN ? nothing : verdict == TRI_TRUE ? *x : *y;
    }
    if (x->type == CALC_ANY)
        return nothing;
    if (node->kind == CALC_NEGATE)
        return number_of(-x->number);
    if (node->kind == CALC_FLOOR)
        return floor_of(x->number);
    return y->type == CALC_ANY ? nothing : combine(node, x, y);
}

/* A number without superfluous zeros. */
static int format_number(int64_t number, char *ret, size_t cap)
{
    uint64_t size = (uint64_t)(number < 0 ? -number : number);
    unsigned decimals = (unsigned)(size % EXPR_SCALE), width = 4;
    if (!decimals)
        return snprintf(ret, cap, "%s%llu", number < 0 ? "-" : "",
                        (unsigned long long)(size / EXPR_SCALE));
    for (; decimals % 10 == 0; width--)
        decimals /= 10;
    return snprintf(ret, cap, "%s%llu.%0*u", number < 0 ? "-" : "",
                    (unsigned long long)(size / EXPR_SCALE), (int)width, decimals);
}

void calc_eval(const struct calc *c, const struct answers *a, char *ret, size_t cap)
{
    struct value value[CALC_MAX_NODES] = {{.type = CALC_ANY}};
    for (size_t i = 0; i < c->n_nodes; i++)
        value[i] = node_value(c, &c->node[i], value, a);
    const struct value *v = &value[c->n_nodes - 1];
    int n = 0;
    ret[0] = '\0';
    if (v->type == CALC_NUMBER && v->number > -RESULT_LIMIT && v->number < RESULT_LIMIT)
        n = format_number(v->number, ret, cap);
    else if (v->type == CALC_DATE)
        n = snprintf(ret, cap, "%04d-%02d-%02d", (int)v->number / 10000, (int)v->number / 100 % 100,
                     (int)v->number % 100);
    else if (v->type == CALC_TEXT)
        n = snprintf(ret, cap, "%s", v->text);
    if (n < 0 || (size_t)n >= cap)
        ret[0] = '\0';
}

void calc_walk_uses(const struct calc *c, void (*fn)(void *arg, const struct expr_use *use),
                    void *arg)
{
    static const enum expr_use_kind kinds[] = {
        [CALC_ANY] = USE_OTHER,
        [CALC_NUMBER] = USE_NUMBER,
        [CALC_DATE] = USE_DATE,
        [CALC_TEXT] = USE_OTHER,
    };
    for (size_t i = 0; c && i < c->n_nodes; i++) {
        const struct calc_node *node = &c->node[i];
        struct expr_use use = {.index = node->var};
        if (node->kind == CALC_FIELD)
            use.kind = kinds[node->type];
        else if (node->kind == CALC_AGE)
            use.kind = USE_DATE;
        else if (node->kind == CALC_BIRTH || node->kind == CALC_SEX)
            use.kind = USE_IDNO;
        else if (node->kind == CALC_COUNT)
            use = (struct expr_use){.kind = USE_COUNT, .index = node->group};
        else if (node->kind == CALC_SUM)
            use = (struct expr_use){
                .kind = USE_SUM, .index = node->var, .group = node->group, .step = node->step};
        else
            continue;
        fn(arg, &use);
    }
    for (size_t i = 0; c && i < c->n_conds; i++)
        expr_walk(c->cond[i], fn, arg);
}

void calc_walk_texts(const struct calc *c, void (*fn)(void *arg, const char *text), void *arg)
{
    /* nothing is made of texts: each that stands there comes out unchanged or not at all */
    for (size_t i = 0; c && i < c->n_nodes; i++)
        if (c->node[i].kind == CALC_LITERAL_TEXT && c->node[i].text[0]) {
            fn(arg, c->node[i].text);
        } else if (c->node[i].kind == CALC_SEX) {
            fn(arg, "1");
            fn(arg, "2");
        }
}

struct var_walk {
    void (*fn)(void *arg, int var);
    void *arg;
};

static void pass_var(void *arg, const struct expr_use *use)
{
    const struct var_walk *walk = arg;
    if (use->kind != USE_SEL && use->kind != USE_COUNT)
        walk->fn(walk->arg, use->index);
}

void calc_walk(const struct calc *c, void (*fn)(void *arg, int var), void *arg)
{
    struct var_walk walk = {.fn = fn, .arg = arg};
    calc_walk_uses(c, pass_var, &walk);
}
