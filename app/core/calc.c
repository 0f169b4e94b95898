/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of computed values. Pure; any thread. */
#include "core/calc.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/calc_priv.h"
#include "core/codes.h"
#include "core/expr_lex.h"
#include "core/expr_priv.h"

/* Working state of one parse. */
struct parser {
    struct lexer lex;
    struct calc *c; /* arrays of full size while parsing */
};

static int fail(struct parser *p, size_t at, const char *reason)
{
    return lex_fail(&p->lex, at, reason);
}

static int add_node(struct parser *p, const struct calc_node *node, unsigned *ret)
{
    if (p->c->n_nodes >= CALC_MAX_NODES)
        return fail(p, p->lex.at, "the calculation is too large");
    p->c->node[p->c->n_nodes] = *node; /* before *ret: it may lie inside node */
    *ret = (unsigned)p->c->n_nodes++;
    return 0;
}

/* From now on the node is of this type; what is still open below it, too. */
static void settle_type(struct calc *c, unsigned at, enum calc_kind type)
{
    struct calc_node *node = &c->node[at];
    if (node->type != CALC_ANY)
        return;
    node->type = type;
    if (node->kind == CALC_IF || node->kind == CALC_MIN || node->kind == CALC_MAX)
        for (int i = 0; i < CALC_MAX_PARTS; i++)
            settle_type(c, node->part[i], type);
}

/* A node must give this type. at: where it was written. */
static int demand(struct parser *p, unsigned node, enum calc_kind type, size_t at)
{
    static const char *const reason[] = {
        [CALC_ANY] = "",
        [CALC_NUMBER] = "a number is expected here",
        [CALC_DATE] = "a date is expected here",
        [CALC_TEXT] = "a text is expected here",
    };
    settle_type(p->c, node, type);
    return p->c->node[node].type == type ? 0 : fail(p, at, reason[type]);
}

/* Both nodes must be of one type; one that is open takes the other's. */
static int demand_same(struct parser *p, struct calc_node *made, size_t at)
{
    const struct calc_node *a = &p->c->node[made->part[0]], *b = &p->c->node[made->part[1]];
    made->type = a->type != CALC_ANY ? a->type : b->type;
    if (made->type == CALC_ANY)
        return 0;
    settle_type(p->c, made->part[0], made->type);
    settle_type(p->c, made->part[1], made->type);
    return a->type == b->type ? 0 : fail(p, at, "both values must be of one kind");
}

static int parse_sum(struct parser *p, unsigned *ret);

/* One value of a function, and where it began. */
static int parse_part(struct parser *p, unsigned *ret, size_t *ret_at)
{
    lex_skip_blanks(&p->lex);
    *ret_at = p->lex.at;
    return parse_sum(p, ret);
}

/* "(" name ")" of count, sum, age, birth, sex */
static int parse_name_function(struct parser *p, struct calc_node *node)
{
    enum lex_name_kind kind = node->kind == CALC_COUNT ? NAME_GROUP
                              : node->kind == CALC_SUM ? NAME_COLUMN
                                                       : NAME_FIELD;
    struct lex_name name = {0};
    int r = lex_argument(&p->lex, kind, &name);
    node->var = name.index;
    node->step = name.step;
    node->group = kind == NAME_GROUP ? name.index : name.group;
    return r;
}

/* "('YYYY-MM-DD')" */
static int parse_date(struct parser *p, struct calc_node *node)
{
    const char *text = "";
    int r = lex_expect(&p->lex, "(");
    if (r)
        return r;
    lex_skip_blanks(&p->lex);
    size_t at = p->lex.at;
    if (p->lex.text[at] != '\'')
        return fail(p, at, "a date in quotes is expected here");
    r = lex_text(&p->lex, &text);
    if (r)
        return r;
    node->number = codes_date_parse(text);
    if (!node->number)
        return fail(p, at, "this is no day (YYYY-MM-DD)");
    return lex_expect(&p->lex, ")");
}

/* "(" condition "," calc "," calc ")" */
static int parse_if(struct parser *p, struct calc_node *node)
{
    int r = lex_expect(&p->lex, "(");
    if (r)
        return r;
    if (p->c->n_conds >= CALC_MAX_CONDS)
        return fail(p, p->lex.at, "too many if()");
    node->cond = (unsigned)p->c->n_conds;
    r = expr_parse_part(&p->lex, &p->c->cond[node->cond]);
    if (r)
        return r;
    p->c->n_conds++;
    size_t at = 0;
    for (int i = 0; i < 2 && !r; i++) {
        r = lex_expect(&p->lex, ",");
        if (!r)
            r = parse_part(p, &node->part[i], &at);
    }
    if (!r)
        r = demand_same(p, node, at);
    return r ? r : lex_expect(&p->lex, ")");
}

/* Functions over one or two values. */
static const struct function {
    const char *name;
    enum calc_node_kind kind;
    enum calc_kind type;
    unsigned n_parts; /* 0: read by its own rule */
    enum calc_kind part[CALC_MAX_PARTS];
} functions[] = {
    {"min", CALC_MIN, CALC_ANY, 2, {CALC_ANY, CALC_ANY}},
    {"max", CALC_MAX, CALC_ANY, 2, {CALC_ANY, CALC_ANY}},
    {"floor", CALC_FLOOR, CALC_NUMBER, 1, {CALC_NUMBER}},
    {"round", CALC_ROUND, CALC_NUMBER, 2, {CALC_NUMBER, CALC_NUMBER}},
    {"add_days", CALC_ADD_DAYS, CALC_DATE, 2, {CALC_DATE, CALC_NUMBER}},
    {"add_months", CALC_ADD_MONTHS, CALC_DATE, 2, {CALC_DATE, CALC_NUMBER}},
    {"months_between", CALC_MONTHS_BETWEEN, CALC_NUMBER, 2, {CALC_DATE, CALC_DATE}},
    {"days_between", CALC_DAYS_BETWEEN, CALC_NUMBER, 2, {CALC_DATE, CALC_DATE}},
    {"if", CALC_IF, CALC_ANY, 0, {0}},
    {"date", CALC_LITERAL_DATE, CALC_DATE, 0, {0}},
    {"count", CALC_COUNT, CALC_NUMBER, 0, {0}},
    {"sum", CALC_SUM, CALC_NUMBER, 0, {0}},
    {"age", CALC_AGE, CALC_NUMBER, 0, {0}},
    {"birth", CALC_BIRTH, CALC_DATE, 0, {0}},
    {"sex", CALC_SEX, CALC_TEXT, 0, {0}},
};

/* "(" calc ["," calc] ")" */
static int parse_values(struct parser *p, const struct function *f, struct calc_node *node)
{
    size_t at = 0;
    for (unsigned i = 0; i < f->n_parts; i++) {
        int r = lex_expect(&p->lex, i ? "," : "(");
        if (!r)
            r = parse_part(p, &node->part[i], &at);
        if (!r && f->part[i] != CALC_ANY)
            r = demand(p, node->part[i], f->part[i], at);
        if (r)
            return r;
    }
    if (f->type == CALC_ANY) { /* min, max */
        int r = demand_same(p, node, at);
        if (r)
            return r;
        if (node->type == CALC_TEXT)
            return fail(p, at, "texts have no order");
    }
    return lex_expect(&p->lex, ")");
}

static int parse_function(struct parser *p, const struct function *f, unsigned *ret)
{
    struct calc_node node = {.kind = f->kind, .type = f->type, .var = -1};
    int r = f->n_parts                     ? parse_values(p, f, &node)
            : f->kind == CALC_IF           ? parse_if(p, &node)
            : f->kind == CALC_LITERAL_DATE ? parse_date(p, &node)
                                           : parse_name_function(p, &node);
    return r ? r : add_node(p, &node, ret);
}

/* A function when its name comes next with a bracket behind it, else NULL: a field may be called
 * "date". */
static const struct function *take_function(struct parser *p)
{
    size_t n = lex_peek_name(&p->lex), at = p->lex.at;
    for (size_t i = 0; n && i < YJ_COUNT(functions); i++) {
        if (strlen(functions[i].name) != n || strncmp(functions[i].name, p->lex.text + at, n) != 0)
            continue;
        p->lex.at += n;
        lex_skip_blanks(&p->lex);
        if (p->lex.text[p->lex.at] == '(')
            return &functions[i];
        p->lex.at = at;
    }
    return NULL;
}

/* number | 'text' | field | today */
static int parse_plain(struct parser *p, unsigned *ret)
{
    struct calc_node node = {.kind = CALC_FIELD, .var = -1};
    char c = p->lex.text[p->lex.at];
    struct lex_name name = {0};
    int r;
    if (c == '\'') {
        node.kind = CALC_LITERAL_TEXT;
        r = lex_text(&p->lex, &node.text);
        if (!r && node.text[0])
            node.type = CALC_TEXT;
    } else if (lex_is_digit(c)) {
        node.kind = CALC_LITERAL_NUMBER;
        node.type = CALC_NUMBER;
        r = lex_number(&p->lex, &node.number);
    } else if (lex_take_word(&p->lex, "today")) {
        node.kind = CALC_TODAY;
        node.type = CALC_DATE;
        r = 0;
    } else if (lex_is_name_start(c)) {
        r = lex_name(&p->lex, NAME_FIELD, &name);
        node.var = name.index;
    } else {
        r = fail(p, p->lex.at, c ? "a value is expected here" : "the calculation ends too early");
    }
    return r ? r : add_node(p, &node, ret);
}

static int parse_negative(struct parser *p, unsigned *ret);

static int parse_factor(struct parser *p, unsigned *ret)
{
    if (p->lex.depth >= EXPR_MAX_DEPTH)
        return fail(p, p->lex.at, "nested too deeply");
    p->lex.depth++;
    const struct function *f = take_function(p);
    int r;
    if (f) {
        r = parse_function(p, f, ret);
    } else if (lex_take(&p->lex, "(")) {
        r = parse_sum(p, ret);
        if (!r)
            r = lex_expect(&p->lex, ")");
    } else if (lex_take(&p->lex, "-")) {
        r = parse_negative(p, ret);
    } else {
        r = parse_plain(p, ret);
    }
    p->lex.depth--;
    return r;
}

static int parse_negative(struct parser *p, unsigned *ret)
{
    struct calc_node node = {.kind = CALC_NEGATE, .type = CALC_NUMBER, .var = -1};
    lex_skip_blanks(&p->lex);
    size_t at = p->lex.at;
    int r = parse_factor(p, &node.part[0]);
    if (!r)
        r = demand(p, node.part[0], CALC_NUMBER, at);
    return r ? r : add_node(p, &node, ret);
}

/* One level of "a op b op c", left to right; both operators of it take numbers. */
static int parse_chain(struct parser *p, const char *const op[2], const enum calc_node_kind kind[2],
                       int (*next)(struct parser *, unsigned *), unsigned *ret)
{
    lex_skip_blanks(&p->lex);
    size_t left_at = p->lex.at;
    unsigned left = 0;
    int r = next(p, &left);
    while (!r) {
        struct calc_node node = {.type = CALC_NUMBER, .var = -1, .part = {left}};
        if (lex_take(&p->lex, op[0]))
            node.kind = kind[0];
        else if (lex_take(&p->lex, op[1]))
            node.kind = kind[1];
        else
            break;
        lex_skip_blanks(&p->lex);
        size_t right_at = p->lex.at;
        r = demand(p, left, CALC_NUMBER, left_at);
        if (!r)
            r = next(p, &node.part[1]);
        if (!r)
            r = demand(p, node.part[1], CALC_NUMBER, right_at);
        if (!r)
            r = add_node(p, &node, &left);
    }
    *ret = left;
    return r;
}

static int parse_product(struct parser *p, unsigned *ret)
{
    static const char *const op[2] = {"*", "/"};
    static const enum calc_node_kind kind[2] = {CALC_MULTIPLY, CALC_DIVIDE};
    return parse_chain(p, op, kind, parse_factor, ret);
}

static int parse_sum(struct parser *p, unsigned *ret)
{
    static const char *const op[2] = {"+", "-"};
    static const enum calc_node_kind kind[2] = {CALC_ADD, CALC_SUBTRACT};
    return parse_chain(p, op, kind, parse_product, ret);
}

static int parse_all(struct parser *p)
{
    unsigned root = 0;
    int r = parse_sum(p, &root);
    if (r)
        return r;
    lex_skip_blanks(&p->lex);
    if (p->lex.text[p->lex.at])
        return fail(p, p->lex.at, "the calculation should end here");
    return 0;
}

int calc_parse(const char *text, const struct expr_names *names, struct calc **ret, struct err *err)
{
    int r = lex_check_text(text, err);
    if (r)
        return r;
    struct calc *c = mem_zalloc(1, sizeof *c);
    c->node = mem_zalloc(CALC_MAX_NODES, sizeof *c->node);
    c->cond = mem_zalloc(CALC_MAX_CONDS, sizeof(struct expr *));
    c->text = mem_strdup(text);
    struct parser p = {.lex = {.text = text, .copy = c->text, .names = names, .err = err}, .c = c};
    r = parse_all(&p);
    if (r) {
        calc_free(c);
        return r;
    }
    struct calc_node *node = mem_dup(c->node, c->n_nodes * sizeof *node);
    free(c->node);
    c->node = node;
    *ret = c;
    return 0;
}

void calc_free(struct calc *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_conds; i++)
        expr_free(c->cond[i]);
    free(c->cond);
    free(c->node);
    free(c->text);
    free(c);
}

enum calc_kind calc_kind(const struct calc *c)
{
    return c->node[c->n_nodes - 1].type;
}
