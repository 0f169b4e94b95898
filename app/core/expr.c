/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of the condition language. Pure; any thread. */
#include "core/expr.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/codes.h"
#include "core/expr_lex.h"
#include "core/expr_priv.h"

/* Working state of one parse. */
struct parser {
    struct lexer lex;
    struct expr *e; /* arrays of full size while parsing */
};

static int parse_text(struct parser *p, struct operand *ret)
{
    *ret = (struct operand){.kind = OPERAND_TEXT};
    return lex_text(&p->lex, &ret->text);
}

static int parse_number(struct parser *p, struct operand *ret)
{
    *ret = (struct operand){.kind = OPERAND_NUMBER};
    return lex_number(&p->lex, &ret->number);
}

static int parse_list(struct parser *p, struct operand *ret)
{
    struct operand list = {.kind = OPERAND_LIST, .first = (unsigned)p->e->n_items};
    p->lex.at++;
    do {
        lex_skip_blanks(&p->lex);
        struct operand *item = &p->e->item[p->e->n_items];
        if (p->e->n_items >= EXPR_MAX_ITEMS)
            return lex_fail(&p->lex, p->lex.at, "too many list elements");
        char c = p->lex.text[p->lex.at];
        int r = c == '\'' ? parse_text(p, item)
                : c == '-' || lex_is_digit(c)
                    ? parse_number(p, item)
                    : lex_fail(&p->lex, p->lex.at, "a text or number is expected here");
        if (r)
            return r;
        p->e->n_items++;
        list.n_items++;
    } while (lex_take(&p->lex, ","));
    *ret = list;
    return lex_expect(&p->lex, "]");
}

/* age(f), months(f), count(g), sum(f). @return false when none of them comes next */
static bool parse_call(struct parser *p, struct operand *ret, int *ret_r)
{
    static const struct {
        const char *word;
        enum operand_kind kind;
        enum lex_name_kind name;
    } calls[] = {{"age", OPERAND_AGE, NAME_FIELD},
                 {"months", OPERAND_MONTHS, NAME_FIELD},
                 {"count", OPERAND_COUNT, NAME_GROUP},
                 {"sum", OPERAND_SUM, NAME_COLUMN}};
    for (size_t i = 0; i < YJ_COUNT(calls); i++)
        if (lex_take_word(&p->lex, calls[i].word)) {
            struct lex_name name = {0};
            *ret_r = lex_argument(&p->lex, calls[i].name, &name);
            bool is_count = calls[i].kind == OPERAND_COUNT;
            *ret = (struct operand){.kind = calls[i].kind,
                                    .var = is_count ? -1 : name.index,
                                    .group = is_count ? name.index : name.group,
                                    .step = name.step};
            return true;
        }
    return false;
}

static int parse_operand(struct parser *p, struct operand *ret)
{
    lex_skip_blanks(&p->lex);
    char c = p->lex.text[p->lex.at];
    if (c == '\'')
        return parse_text(p, ret);
    if (c == '[')
        return parse_list(p, ret);
    if (c == '-' || lex_is_digit(c))
        return parse_number(p, ret);
    if (lex_take_word(&p->lex, "true") || lex_take_word(&p->lex, "false")) {
        *ret = (struct operand){.kind = OPERAND_BOOL, .flag = p->lex.text[p->lex.at - 2] == 'u'};
        return 0;
    }
    if (lex_take_word(&p->lex, "today")) {
        *ret = (struct operand){.kind = OPERAND_TODAY};
        return 0;
    }
    int r = 0;
    bool is_call = parse_call(p, ret, &r);
    if (is_call)
        return r;
    if (!lex_is_name_start(c))
        return lex_fail(&p->lex, p->lex.at,
                        c ? "a condition is expected here" : "the condition ends too early");
    struct lex_name name = {0};
    r = lex_name(&p->lex, NAME_FIELD, &name);
    *ret = (struct operand){.kind = OPERAND_VAR, .var = name.index};
    const struct expr_names *names = p->lex.names;
    ret->is_number = !r && names->is_number && names->is_number(names->ctx, name.index);
    return r;
}

static bool take_op(struct parser *p, enum compare_op *ret)
{
    static const struct {
        const char *text;
        enum compare_op op;
    } ops[] = {{"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE},
               {">=", OP_GE}, {"<", OP_LT},  {">", OP_GT}};
    for (size_t i = 0; i < YJ_COUNT(ops); i++)
        if (lex_take(&p->lex, ops[i].text)) {
            *ret = ops[i].op;
            return true;
        }
    if (!lex_take_word(&p->lex, "in"))
        return false;
    *ret = OP_IN;
    return true;
}

static bool is_numeric(const struct operand *o)
{
    return o->kind == OPERAND_NUMBER || o->kind == OPERAND_AGE || o->kind == OPERAND_MONTHS ||
           o->kind == OPERAND_COUNT || o->kind == OPERAND_SUM;
}

/* Mistakes that no answer could make sense of. @return NULL when the pair is fine. */
static const char *pair_mistake(const struct operand *a, enum compare_op op,
                                const struct operand *b)
{
    if (a->kind == OPERAND_LIST)
        return "a list belongs on the right side of \"in\"";
    if (op != OP_IN && b->kind == OPERAND_LIST)
        return "a list needs \"in\"";
    if (op == OP_IN && b->kind == OPERAND_VAR)
        return a->kind == OPERAND_TEXT ? NULL : "only a text can be in a set field";
    if (op == OP_IN)
        return b->kind == OPERAND_LIST ? NULL : "a list or a set field is expected after \"in\"";
    bool is_order = op != OP_EQ && op != OP_NE;
    for (int i = 0; i < 2; i++) {
        const struct operand *x = i ? b : a, *y = i ? a : b;
        if (x->kind == OPERAND_BOOL && is_order)
            return "true and false have no order";
        if (x->kind == OPERAND_BOOL && y->kind != OPERAND_BOOL && y->kind != OPERAND_VAR)
            return "true and false compare with a field only";
        int64_t number;
        if (is_numeric(x) &&
            (y->kind == OPERAND_TODAY ||
             (y->kind == OPERAND_TEXT && !expr_number_parse(y->text, strlen(y->text), &number))))
            return "a number compares with numbers only";
        if (x->kind == OPERAND_TODAY && y->kind == OPERAND_TEXT && !codes_date_parse(y->text))
            return "today compares with dates only (YYYY-MM-DD)";
        if (is_order && x->kind == OPERAND_TEXT && !codes_date_parse(x->text) &&
            !expr_number_parse(x->text, strlen(x->text), &number))
            return "only dates and numbers have an order";
    }
    return NULL;
}

static int add_node(struct parser *p, const struct expr_node *node, unsigned *ret)
{
    if (p->e->n_nodes >= EXPR_MAX_NODES)
        return lex_fail(&p->lex, p->lex.at, "the condition is too large");
    p->e->node[p->e->n_nodes] = *node; /* before *ret: it may lie inside node */
    *ret = (unsigned)p->e->n_nodes++;
    return 0;
}

/* operand [op operand] */
static int parse_comparison(struct parser *p, unsigned *ret)
{
    lex_skip_blanks(&p->lex);
    size_t start = p->lex.at;
    struct expr_node node = {.kind = NODE_COMPARE};
    int r = parse_operand(p, &node.a);
    if (r)
        return r;
    if (take_op(p, &node.op)) {
        r = parse_operand(p, &node.b);
        if (r)
            return r;
        const char *mistake = pair_mistake(&node.a, node.op, &node.b);
        if (mistake)
            return lex_fail(&p->lex, start, mistake);
    } else if (node.a.kind == OPERAND_VAR) {
        node = (struct expr_node){.kind = NODE_VAR, .index = node.a.var};
    } else if (node.a.kind == OPERAND_BOOL) {
        node = (struct expr_node){.kind = NODE_CONST, .flag = node.a.flag};
    } else {
        return lex_fail(&p->lex, p->lex.at, "a comparison is expected here");
    }
    return add_node(p, &node, ret);
}

static int parse_or(struct parser *p, unsigned *ret);

static int parse_primary(struct parser *p, unsigned *ret)
{
    if (lex_take(&p->lex, "(")) {
        int r = parse_or(p, ret);
        if (r)
            return r;
        return lex_expect(&p->lex, ")");
    }
    struct expr_node node = {.kind = NODE_HAS};
    if (lex_take_word(&p->lex, "sel"))
        node.kind = NODE_SEL;
    else if (!lex_take_word(&p->lex, "has"))
        return parse_comparison(p, ret);
    struct lex_name name = {0};
    int r = lex_argument(&p->lex, node.kind == NODE_SEL ? NAME_TASK : NAME_FIELD, &name);
    node.index = name.index;
    return r ? r : add_node(p, &node, ret);
}

static int parse_not(struct parser *p, unsigned *ret)
{
    if (p->lex.depth >= EXPR_MAX_DEPTH)
        return lex_fail(&p->lex, p->lex.at, "nested too deeply");
    lex_skip_blanks(&p->lex);
    p->lex.depth++;
    int r;
    if (p->lex.text[p->lex.at] == '!' && p->lex.text[p->lex.at + 1] != '=') {
        p->lex.at++;
        struct expr_node node = {.kind = NODE_NOT};
        r = parse_not(p, &node.left);
        if (!r)
            r = add_node(p, &node, ret);
    } else {
        r = parse_primary(p, ret);
    }
    p->lex.depth--;
    return r;
}

/* One level of "a op b op c", left to right. */
static int parse_chain(struct parser *p, const char *op, enum node_kind kind,
                       int (*next)(struct parser *, unsigned *), unsigned *ret)
{
    struct expr_node node = {.kind = kind};
    int r = next(p, &node.left);
    while (!r && lex_take(&p->lex, op)) {
        r = next(p, &node.right);
        if (!r)
            r = add_node(p, &node, &node.left);
    }
    if (!r)
        *ret = node.left;
    return r;
}

static int parse_and(struct parser *p, unsigned *ret)
{
    return parse_chain(p, "&&", NODE_AND, parse_not, ret);
}

static int parse_or(struct parser *p, unsigned *ret)
{
    return parse_chain(p, "||", NODE_OR, parse_and, ret);
}

/* Most conditions are short: room for these lies on the stack while they are parsed. */
enum { SMALL_BYTES = 64 };

/* Where nodes and elements lie while parsing. */
struct scratch {
    struct expr_node node[SMALL_BYTES];
    struct operand item[SMALL_BYTES];
};

/* Arrays of the size that is needed, the scratch left behind or given back. */
static void settle(struct expr *e, const struct scratch *small)
{
    struct expr_node *node = e->node;
    struct operand *item = e->item;
    e->node = mem_dup(node, e->n_nodes * sizeof *node);
    e->item = e->n_items ? mem_dup(item, e->n_items * sizeof *item) : NULL;
    if (node != small->node) {
        free(node);
        free(item);
    }
}

int expr_parse_part(struct lexer *lex, struct expr **ret)
{
    struct scratch small;
    struct expr *e = mem_zalloc(1, sizeof *e);
    /* every node and every element takes a character at least: a short text needs little room */
    size_t n = strlen(lex->text + lex->at) + 1;
    bool is_small = n <= SMALL_BYTES;
    e->node = is_small ? small.node
                       : mem_zalloc(n < EXPR_MAX_NODES ? n : EXPR_MAX_NODES, sizeof *e->node);
    e->item = is_small ? small.item
                       : mem_zalloc(n < EXPR_MAX_ITEMS ? n : EXPR_MAX_ITEMS, sizeof *e->item);
    e->text = mem_strdup(lex->text);
    struct parser p = {.lex = *lex, .e = e};
    p.lex.copy = e->text;
    unsigned root = 0;
    int r = parse_or(&p, &root);
    if (r) {
        if (is_small) {
            e->node = NULL;
            e->item = NULL;
        }
        expr_free(e);
        return r;
    }
    lex->at = p.lex.at;
    settle(e, &small);
    *ret = e;
    return 0;
}

int expr_parse(const char *text, const struct expr_names *names, struct expr **ret, struct err *err)
{
    int r = lex_check_text(text, err);
    if (r)
        return r;
    struct lexer lex = {.text = text, .names = names, .err = err};
    struct expr *e = NULL;
    r = expr_parse_part(&lex, &e);
    if (r)
        return r;
    lex_skip_blanks(&lex);
    if (text[lex.at]) {
        expr_free(e);
        return lex_fail(&lex, lex.at, "the condition should end here");
    }
    *ret = e;
    return 0;
}

void expr_free(struct expr *e)
{
    if (!e)
        return;
    free(e->node);
    free(e->item);
    free(e->text);
    free(e);
}
