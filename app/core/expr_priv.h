/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parser, the evaluator and the lint of conditions; private to app/core. */
#ifndef YJ_CORE_EXPR_PRIV_H
#define YJ_CORE_EXPR_PRIV_H

#include <stdbool.h>

#include "core/expr.h"

enum {
    EXPR_MAX_BYTES = 1024,
    EXPR_MAX_DEPTH = 32,
    EXPR_MAX_NODES = 256,
    EXPR_MAX_ITEMS = 256, /* list elements of one condition */
    EXPR_SCALE = 10000,   /* numbers keep four decimals */
};

enum operand_kind {
    OPERAND_VAR,
    OPERAND_TEXT,   /* text */
    OPERAND_NUMBER, /* number, times EXPR_SCALE */
    OPERAND_BOOL,   /* flag */
    OPERAND_TODAY,
    OPERAND_AGE,    /* var: full years until today */
    OPERAND_MONTHS, /* var: full months until today */
    OPERAND_LIST,   /* item[first] .. item[first + n_items - 1] */
};

struct operand {
    enum operand_kind kind;
    bool flag;
    int var;
    unsigned first, n_items;
    int64_t number;
    const char *text; /* into expr.text */
};

enum node_kind {
    NODE_CONST,
    NODE_VAR,
    NODE_HAS,
    NODE_SEL,
    NODE_COMPARE,
    NODE_NOT,
    NODE_AND,
    NODE_OR
};

enum compare_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN };

struct expr_node {
    enum node_kind kind;
    bool flag;            /* NODE_CONST */
    int index;            /* NODE_VAR, NODE_HAS: variable; NODE_SEL: task */
    unsigned left, right; /* NODE_NOT (left), NODE_AND, NODE_OR: nodes before this one */
    enum compare_op op;
    struct operand a, b; /* NODE_COMPARE */
};

/* Children stand before their parents, so one pass over the nodes evaluates the tree; the last
 * node is the root. */
struct expr {
    size_t n_nodes, n_items;
    struct expr_node *node; /* owned */
    struct operand *item;   /* owned, list elements */
    char *text;             /* owned, holds the string literals */
};

/**
 * Text as a decimal number times EXPR_SCALE.
 * @param n  bytes to look at; all of them must belong to the number
 * @return true for -?[0-9]{1,12}(\.[0-9]{1,4})?
 */
bool expr_number_parse(const char *text, size_t n, int64_t *ret);

/* How a condition uses a variable or task, for the lint. */
enum expr_use_kind {
    USE_BOOL,  /* stands alone or is compared with true or false */
    USE_HAS,   /* has() */
    USE_DATE,  /* age(), months(), compared with today */
    USE_TEXT,  /* compared with the literal in text */
    USE_OTHER, /* compared with a number or another variable */
    USE_SEL,   /* sel(): index is a task */
};

struct expr_use {
    enum expr_use_kind kind;
    int index;
    const char *text; /* USE_TEXT */
};

/** Call fn for every use in the condition, in no particular order. e may be NULL. */
void expr_walk(const struct expr *e, void (*fn)(void *arg, const struct expr_use *use), void *arg);

#endif
