/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of the condition language. Pure; any thread. */
#include "core/expr.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "core/codes.h"
#include "core/expr_priv.h"

/* Working state of one parse. The first mistake wins and stops it. */
struct parser {
    const char *text;
    size_t at;
    int depth;
    const struct expr_names *names;
    struct expr *e; /* arrays of full size while parsing */
    struct err *err;
};

static int fail(struct parser *p, size_t at, const char *reason)
{
    /* people count characters, not bytes */
    size_t column = 1;
    for (size_t i = 0; i < at; i++)
        if (((unsigned char)p->text[i] & 0xc0) != 0x80)
            column++;
    return ERR(p->err, ERR_MATTER_EXPR, "column %zu: %s", column, reason);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c) || c == '.';
}

static void skip_blanks(struct parser *p)
{
    while (p->text[p->at] == ' ' || p->text[p->at] == '\t' || p->text[p->at] == '\n')
        p->at++;
}

/* Take a piece of punctuation when it comes next. */
static bool take(struct parser *p, const char *piece)
{
    skip_blanks(p);
    size_t n = strlen(piece);
    if (strncmp(p->text + p->at, piece, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* Length of the name that comes next, 0 when none does. */
static size_t peek_name(struct parser *p)
{
    skip_blanks(p);
    size_t n = 0;
    if (is_name_start(p->text[p->at]))
        while (is_name(p->text[p->at + n]))
            n++;
    return n;
}

static bool take_word(struct parser *p, const char *word)
{
    size_t n = peek_name(p);
    if (n != strlen(word) || strncmp(p->text + p->at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

static bool is_keyword(const char *name)
{
    static const char *const words[] = {"true", "false", "today", "in",
                                        "has",  "sel",   "age",   "months"};
    for (size_t i = 0; i < YJ_COUNT(words); i++)
        if (!strcmp(words[i], name))
            return true;
    return false;
}

/* A name, looked up as variable or task. */
static int parse_name(struct parser *p, bool is_task, int *ret)
{
    size_t n = peek_name(p), at = p->at;
    char name[64];
    if (!n)
        return fail(p, at, is_task ? "a task is expected here" : "a field is expected here");
    if (n >= sizeof name)
        return fail(p, at, "the name is too long");
    memcpy(name, p->text + at, n);
    name[n] = '\0';
    int index = -1;
    if (!is_keyword(name))
        index = is_task ? p->names->task(p->names->ctx, name) : p->names->var(p->names->ctx, name);
    if (index < 0) {
        char reason[128];
        snprintf(reason, sizeof reason, "there is no %s \"%s\"", is_task ? "task" : "field", name);
        return fail(p, at, reason);
    }
    p->at += n;
    *ret = index;
    return 0;
}

/* "(" name ")" after has, sel, age, months. */
static int parse_argument(struct parser *p, bool is_task, int *ret)
{
    if (!take(p, "("))
        return fail(p, p->at, "\"(\" is expected here");
    int r = parse_name(p, is_task, ret);
    if (r)
        return r;
    if (!take(p, ")"))
        return fail(p, p->at, "\")\" is expected here");
    return 0;
}

static int parse_text(struct parser *p, struct operand *ret)
{
    size_t start = p->at + 1, end = start;
    while (p->text[end] && p->text[end] != '\'')
        end++;
    if (!p->text[end])
        return fail(p, p->at, "the text has no closing quote");
    /* the copy's closing quote becomes the literal's NUL */
    p->e->text[end] = '\0';
    *ret = (struct operand){.kind = OPERAND_TEXT, .text = p->e->text + start};
    p->at = end + 1;
    return 0;
}

static int parse_number(struct parser *p, struct operand *ret)
{
    size_t n = p->text[p->at] == '-';
    while (is_digit(p->text[p->at + n]) || p->text[p->at + n] == '.')
        n++;
    *ret = (struct operand){.kind = OPERAND_NUMBER};
    if (is_name_start(p->text[p->at + n]) || !expr_number_parse(p->text + p->at, n, &ret->number))
        return fail(p, p->at, "this is no number (12 digits, 4 decimals at most)");
    p->at += n;
    return 0;
}

static int parse_list(struct parser *p, struct operand *ret)
{
    struct operand list = {.kind = OPERAND_LIST, .first = (unsigned)p->e->n_items};
    p->at++;
    do {
        skip_blanks(p);
        struct operand *item = &p->e->item[p->e->n_items];
        if (p->e->n_items >= EXPR_MAX_ITEMS)
            return fail(p, p->at, "too many list elements");
        char c = p->text[p->at];
        int r = c == '\''                 ? parse_text(p, item)
                : c == '-' || is_digit(c) ? parse_number(p, item)
                                          : fail(p, p->at, "a text or number is expected here");
        if (r)
            return r;
        p->e->n_items++;
        list.n_items++;
    } while (take(p, ","));
    if (!take(p, "]"))
        return fail(p, p->at, "\"]\" is expected here");
    *ret = list;
    return 0;
}

static int parse_operand(struct parser *p, struct operand *ret)
{
    skip_blanks(p);
    char c = p->text[p->at];
    if (c == '\'')
        return parse_text(p, ret);
    if (c == '[')
        return parse_list(p, ret);
    if (c == '-' || is_digit(c))
        return parse_number(p, ret);
    if (take_word(p, "true") || take_word(p, "false")) {
        *ret = (struct operand){.kind = OPERAND_BOOL, .flag = p->text[p->at - 2] == 'u'};
        return 0;
    }
    if (take_word(p, "today")) {
        *ret = (struct operand){.kind = OPERAND_TODAY};
        return 0;
    }
    *ret = (struct operand){.kind = OPERAND_VAR};
    if (take_word(p, "age"))
        ret->kind = OPERAND_AGE;
    else if (take_word(p, "months"))
        ret->kind = OPERAND_MONTHS;
    if (ret->kind != OPERAND_VAR)
        return parse_argument(p, false, &ret->var);
    if (!is_name_start(c))
        return fail(p, p->at, c ? "a condition is expected here" : "the condition ends too early");
    return parse_name(p, false, &ret->var);
}

static bool take_op(struct parser *p, enum compare_op *ret)
{
    static const struct {
        const char *text;
        enum compare_op op;
    } ops[] = {{"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE},
               {">=", OP_GE}, {"<", OP_LT},  {">", OP_GT}};
    for (size_t i = 0; i < YJ_COUNT(ops); i++)
        if (take(p, ops[i].text)) {
            *ret = ops[i].op;
            return true;
        }
    if (!take_word(p, "in"))
        return false;
    *ret = OP_IN;
    return true;
}

static bool is_numeric(const struct operand *o)
{
    return o->kind == OPERAND_NUMBER || o->kind == OPERAND_AGE || o->kind == OPERAND_MONTHS;
}

/* Mistakes that no answer could make sense of. @return NULL when the pair is fine. */
static const char *pair_mistake(const struct operand *a, enum compare_op op,
                                const struct operand *b)
{
    if (a->kind == OPERAND_LIST)
        return "a list belongs on the right side of \"in\"";
    if ((op == OP_IN) != (b->kind == OPERAND_LIST))
        return op == OP_IN ? "a list is expected after \"in\"" : "a list needs \"in\"";
    if (op == OP_IN)
        return NULL;
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
        return fail(p, p->at, "the condition is too large");
    p->e->node[p->e->n_nodes] = *node; /* before *ret: it may lie inside node */
    *ret = (unsigned)p->e->n_nodes++;
    return 0;
}

/* operand [op operand] */
static int parse_comparison(struct parser *p, unsigned *ret)
{
    skip_blanks(p);
    size_t start = p->at;
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
            return fail(p, start, mistake);
    } else if (node.a.kind == OPERAND_VAR) {
        node = (struct expr_node){.kind = NODE_VAR, .index = node.a.var};
    } else if (node.a.kind == OPERAND_BOOL) {
        node = (struct expr_node){.kind = NODE_CONST, .flag = node.a.flag};
    } else {
        return fail(p, p->at, "a comparison is expected here");
    }
    return add_node(p, &node, ret);
}

static int parse_or(struct parser *p, unsigned *ret);

static int parse_primary(struct parser *p, unsigned *ret)
{
    if (take(p, "(")) {
        int r = parse_or(p, ret);
        if (r)
            return r;
        return take(p, ")") ? 0 : fail(p, p->at, "\")\" is expected here");
    }
    struct expr_node node = {.kind = NODE_HAS};
    if (take_word(p, "sel"))
        node.kind = NODE_SEL;
    else if (!take_word(p, "has"))
        return parse_comparison(p, ret);
    int r = parse_argument(p, node.kind == NODE_SEL, &node.index);
    return r ? r : add_node(p, &node, ret);
}

static int parse_not(struct parser *p, unsigned *ret)
{
    if (p->depth >= EXPR_MAX_DEPTH)
        return fail(p, p->at, "nested too deeply");
    skip_blanks(p);
    p->depth++;
    int r;
    if (p->text[p->at] == '!' && p->text[p->at + 1] != '=') {
        p->at++;
        struct expr_node node = {.kind = NODE_NOT};
        r = parse_not(p, &node.left);
        if (!r)
            r = add_node(p, &node, ret);
    } else {
        r = parse_primary(p, ret);
    }
    p->depth--;
    return r;
}

/* One level of "a op b op c", left to right. */
static int parse_chain(struct parser *p, const char *op, enum node_kind kind,
                       int (*next)(struct parser *, unsigned *), unsigned *ret)
{
    struct expr_node node = {.kind = kind};
    int r = next(p, &node.left);
    while (!r && take(p, op)) {
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

static int parse_all(struct parser *p)
{
    unsigned root = 0;
    int r = parse_or(p, &root);
    if (r)
        return r;
    skip_blanks(p);
    if (p->text[p->at])
        return fail(p, p->at, "the condition should end here");
    return 0;
}

/* Give back what the arrays have too much. */
static void shrink(struct expr *e)
{
    struct expr_node *node = mem_dup(e->node, e->n_nodes * sizeof *node);
    free(e->node);
    e->node = node;
    struct operand *item = mem_dup(e->item, e->n_items * sizeof *item);
    free(e->item);
    e->item = item;
}

int expr_parse(const char *text, const struct expr_names *names, struct expr **ret, struct err *err)
{
    size_t n = strlen(text);
    if (n > EXPR_MAX_BYTES)
        return ERR(err, ERR_MATTER_EXPR, "column 1: longer than %d bytes", EXPR_MAX_BYTES);
    if (!bytes_utf8_valid(text, n))
        return ERR(err, ERR_MATTER_EXPR, "column 1: not UTF-8");
    struct expr *e = mem_zalloc(1, sizeof *e);
    e->node = mem_zalloc(EXPR_MAX_NODES, sizeof *e->node);
    e->item = mem_zalloc(EXPR_MAX_ITEMS, sizeof *e->item);
    e->text = mem_dup(text, n);
    struct parser p = {.text = text, .names = names, .e = e, .err = err};
    int r = parse_all(&p);
    if (r) {
        expr_free(e);
        return r;
    }
    shrink(e);
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
