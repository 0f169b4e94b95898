/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of parsed conditions, and the walk over their uses of names. Pure; any thread. */
#include <string.h>

#include "core/codes.h"
#include "core/expr_priv.h"

enum value_kind { VALUE_NONE, VALUE_TEXT, VALUE_NUMBER, VALUE_DATE, VALUE_BOOL };

struct value {
    enum value_kind kind;
    const char *text;
    int64_t number; /* number, date or flag */
};

bool expr_number_parse(const char *text, size_t n, int64_t *ret)
{
    size_t i = 0, whole = 0, decimals = 0;
    bool is_negative = n > 0 && text[0] == '-';
    int64_t value = 0;
    for (i = is_negative; i < n && text[i] >= '0' && text[i] <= '9'; i++) {
        if (++whole > 12)
            return false;
        value = value * 10 + (text[i] - '0');
    }
    if (!whole)
        return false;
    bool has_point = i < n && text[i] == '.';
    if (has_point)
        for (i++; i < n && text[i] >= '0' && text[i] <= '9'; i++) {
            if (++decimals > 4)
                return false;
            value = value * 10 + (text[i] - '0');
        }
    if (i != n || (has_point && !decimals))
        return false;
    for (; decimals < 4; decimals++)
        value *= 10;
    *ret = is_negative ? -value : value;
    return true;
}

const char *expr_answer(const struct answers *a, int var)
{
    if (var < 0 || (size_t)var >= a->n_values)
        return NULL;
    const char *value = a->value[var];
    return value && value[0] ? value : NULL;
}

unsigned expr_count(const struct answers *a, int group)
{
    return a->count && group >= 0 ? a->count[group] : 0;
}

bool expr_sum(const struct answers *a, int group, int first, int step, int64_t *ret)
{
    int64_t total = 0; /* 255 members of 12 digits fit */
    unsigned n = expr_count(a, group);
    for (unsigned i = 0; i < n; i++) {
        const char *text = expr_answer(a, first + (int)i * step);
        int64_t number = 0;
        if (!text || !expr_number_parse(text, strlen(text), &number))
            return false;
        total += number;
    }
    *ret = total;
    return true;
}

int expr_age(int birth, int today)
{
    int months = codes_months_between(birth, today);
    /* rounded down, for days to come too */
    return months >= 0 ? months / 12 : -((11 - months) / 12);
}

static struct value value_of(const struct operand *o, const struct answers *a)
{
    const struct value none = {.kind = VALUE_NONE};
    const char *text;
    int birth;
    int64_t number;
    switch (o->kind) {
    case OPERAND_VAR:
        text = expr_answer(a, o->var);
        if (text && o->is_number)
            return expr_number_parse(text, strlen(text), &number)
                       ? (struct value){.kind = VALUE_NUMBER, .number = number}
                       : none;
        return text ? (struct value){.kind = VALUE_TEXT, .text = text} : none;
    case OPERAND_TEXT:
        return (struct value){.kind = VALUE_TEXT, .text = o->text};
    case OPERAND_NUMBER:
        return (struct value){.kind = VALUE_NUMBER, .number = o->number};
    case OPERAND_BOOL:
        return (struct value){.kind = VALUE_BOOL, .number = o->flag};
    case OPERAND_TODAY:
        if (!codes_date_exists(a->today))
            return none;
        return (struct value){.kind = VALUE_DATE, .number = a->today};
    case OPERAND_AGE:
    case OPERAND_MONTHS:
        text = expr_answer(a, o->var);
        birth = text ? codes_date_parse(text) : 0;
        if (!birth || !codes_date_exists(a->today))
            return none;
        number = o->kind == OPERAND_AGE ? expr_age(birth, a->today)
                                        : codes_months_between(birth, a->today);
        return (struct value){.kind = VALUE_NUMBER, .number = number * EXPR_SCALE};
    case OPERAND_COUNT:
        number = (int64_t)expr_count(a, o->group) * EXPR_SCALE;
        return (struct value){.kind = VALUE_NUMBER, .number = number};
    case OPERAND_SUM:
        if (!expr_sum(a, o->group, o->var, o->step, &number))
            return none;
        return (struct value){.kind = VALUE_NUMBER, .number = number};
    case OPERAND_LIST:
        break;
    }
    return none;
}

/* Read a text as what it is compared with; VALUE_NONE when it cannot be read so. */
static struct value value_as(const struct value *v, enum value_kind kind)
{
    struct value ret = {.kind = VALUE_NONE};
    if (v->kind == kind)
        return *v;
    if (v->kind != VALUE_TEXT)
        return ret;
    if (kind == VALUE_NUMBER && expr_number_parse(v->text, strlen(v->text), &ret.number))
        ret.kind = VALUE_NUMBER;
    if (kind == VALUE_DATE && (ret.number = codes_date_parse(v->text)) != 0)
        ret.kind = VALUE_DATE;
    if (kind == VALUE_BOOL && (!strcmp(v->text, "true") || !strcmp(v->text, "false"))) {
        ret.kind = VALUE_BOOL;
        ret.number = v->text[0] == 't';
    }
    return ret;
}

static enum tri order_verdict(enum compare_op op, int64_t a, int64_t b)
{
    switch (op) {
    case OP_EQ:
        return a == b ? TRI_TRUE : TRI_FALSE;
    case OP_NE:
        return a != b ? TRI_TRUE : TRI_FALSE;
    case OP_LT:
        return a < b ? TRI_TRUE : TRI_FALSE;
    case OP_LE:
        return a <= b ? TRI_TRUE : TRI_FALSE;
    case OP_GT:
        return a > b ? TRI_TRUE : TRI_FALSE;
    case OP_GE:
        return a >= b ? TRI_TRUE : TRI_FALSE;
    case OP_IN:
        break;
    }
    return TRI_UNKNOWN;
}

static enum tri compare_as(const struct value *a, enum compare_op op, const struct value *b,
                           enum value_kind kind)
{
    struct value left = value_as(a, kind), right = value_as(b, kind);
    if (left.kind == VALUE_NONE || right.kind == VALUE_NONE)
        return TRI_UNKNOWN;
    return order_verdict(op, left.number, right.number);
}

static enum tri compare(const struct value *a, enum compare_op op, const struct value *b)
{
    static const enum value_kind strict[] = {VALUE_NUMBER, VALUE_DATE, VALUE_BOOL};
    if (a->kind == VALUE_NONE || b->kind == VALUE_NONE)
        return TRI_UNKNOWN;
    for (size_t i = 0; i < YJ_COUNT(strict); i++)
        if (a->kind == strict[i] || b->kind == strict[i])
            return compare_as(a, op, b, strict[i]);
    if (op == OP_EQ || op == OP_NE)
        return !strcmp(a->text, b->text) == (op == OP_EQ) ? TRI_TRUE : TRI_FALSE;
    enum tri verdict = compare_as(a, op, b, VALUE_DATE);
    return verdict == TRI_UNKNOWN ? compare_as(a, op, b, VALUE_NUMBER) : verdict;
}

static enum tri tri_not(enum tri a)
{
    return a == TRI_UNKNOWN ? a : a == TRI_TRUE ? TRI_FALSE : TRI_TRUE;
}

static enum tri tri_and(enum tri a, enum tri b)
{
    if (a == TRI_FALSE || b == TRI_FALSE)
        return TRI_FALSE;
    return a == TRI_TRUE && b == TRI_TRUE ? TRI_TRUE : TRI_UNKNOWN;
}

static enum tri tri_or(enum tri a, enum tri b)
{
    return tri_not(tri_and(tri_not(a), tri_not(b)));
}

/* 'text' in set: the set's values are joined by commas. */
static enum tri eval_member(const char *text, const char *set)
{
    if (!set)
        return TRI_UNKNOWN;
    size_t n = strlen(text);
    for (const char *at = set;; at++) {
        size_t length = strcspn(at, ",");
        if (length == n && !memcmp(at, text, n))
            return TRI_TRUE;
        at += length;
        if (!*at)
            return TRI_FALSE;
    }
}

static enum tri eval_comparison(const struct expr *e, const struct expr_node *node,
                                const struct answers *a)
{
    struct value left = value_of(&node->a, a);
    if (node->op != OP_IN) {
        struct value right = value_of(&node->b, a);
        return compare(&left, node->op, &right);
    }
    if (node->b.kind == OPERAND_VAR)
        return eval_member(node->a.text, expr_answer(a, node->b.var));
    enum tri verdict = TRI_FALSE;
    for (unsigned i = 0; i < node->b.n_items; i++) {
        struct value item = value_of(&e->item[node->b.first + i], a);
        verdict = tri_or(verdict, compare(&left, OP_EQ, &item));
    }
    return verdict;
}

static enum tri eval_var(int index, const struct answers *a)
{
    const char *text = expr_answer(a, index);
    if (!text)
        return TRI_UNKNOWN;
    struct value value = {.kind = VALUE_TEXT, .text = text};
    struct value flag = value_as(&value, VALUE_BOOL);
    return flag.kind == VALUE_NONE ? TRI_UNKNOWN : flag.number ? TRI_TRUE : TRI_FALSE;
}

enum tri expr_eval(const struct expr *e, const struct answers *a)
{
    enum tri verdict[EXPR_MAX_NODES];
    if (!e || !e->n_nodes)
        return TRI_TRUE;
    for (size_t i = 0; i < e->n_nodes; i++) {
        const struct expr_node *node = &e->node[i];
        switch (node->kind) {
        case NODE_CONST:
            verdict[i] = node->flag ? TRI_TRUE : TRI_FALSE;
            break;
        case NODE_VAR:
            verdict[i] = eval_var(node->index, a);
            break;
        case NODE_HAS:
            verdict[i] = expr_answer(a, node->index) ? TRI_TRUE : TRI_FALSE;
            break;
        case NODE_SEL:
            verdict[i] = node->index >= 0 && node->index < 32 && a->selected >> node->index & 1
                             ? TRI_TRUE
                             : TRI_FALSE;
            break;
        case NODE_COMPARE:
            verdict[i] = eval_comparison(e, node, a);
            break;
        case NODE_NOT:
            verdict[i] = tri_not(verdict[node->left]);
            break;
        case NODE_AND:
            verdict[i] = tri_and(verdict[node->left], verdict[node->right]);
            break;
        case NODE_OR:
            verdict[i] = tri_or(verdict[node->left], verdict[node->right]);
            break;
        }
    }
    return verdict[e->n_nodes - 1];
}

/* What variable or group x is used for when it stands beside y. */
static void walk_pair(const struct operand *x, const struct operand *y,
                      void (*fn)(void *arg, const struct expr_use *use), void *arg)
{
    struct expr_use use = {.kind = USE_OTHER, .index = x->var};
    if (x->kind == OPERAND_AGE || x->kind == OPERAND_MONTHS)
        use.kind = USE_DATE;
    else if (x->kind == OPERAND_COUNT)
        use = (struct expr_use){.kind = USE_COUNT, .index = x->group};
    else if (x->kind == OPERAND_SUM)
        use =
            (struct expr_use){.kind = USE_SUM, .index = x->var, .group = x->group, .step = x->step};
    else if (x->kind != OPERAND_VAR)
        return;
    else if (y->kind == OPERAND_TEXT)
        use = (struct expr_use){.kind = USE_TEXT, .index = x->var, .text = y->text};
    else if (y->kind == OPERAND_BOOL)
        use.kind = USE_BOOL;
    else if (y->kind == OPERAND_TODAY)
        use.kind = USE_DATE;
    else if (y->kind != OPERAND_VAR)
        use.kind = USE_FIGURE;
    fn(arg, &use);
}

/* x in list, 'text' in set */
static void walk_in(const struct expr *e, const struct expr_node *node,
                    void (*fn)(void *arg, const struct expr_use *use), void *arg)
{
    if (node->b.kind == OPERAND_VAR) {
        struct expr_use use = {.kind = USE_MEMBER, .index = node->b.var, .text = node->a.text};
        fn(arg, &use);
        return;
    }
    for (unsigned j = 0; j < node->b.n_items; j++)
        walk_pair(&node->a, &e->item[node->b.first + j], fn, arg);
}

void expr_walk(const struct expr *e, void (*fn)(void *arg, const struct expr_use *use), void *arg)
{
    for (size_t i = 0; e && i < e->n_nodes; i++) {
        const struct expr_node *node = &e->node[i];
        struct expr_use use = {.index = node->index};
        if (node->kind == NODE_VAR || node->kind == NODE_HAS || node->kind == NODE_SEL) {
            use.kind = node->kind == NODE_VAR   ? USE_BOOL
                       : node->kind == NODE_HAS ? USE_HAS
                                                : USE_SEL;
            fn(arg, &use);
        }
        if (node->kind != NODE_COMPARE)
            continue;
        if (node->op == OP_IN) {
            walk_in(e, node, fn, arg);
            continue;
        }
        walk_pair(&node->a, &node->b, fn, arg);
        walk_pair(&node->b, &node->a, fn, arg);
    }
}
