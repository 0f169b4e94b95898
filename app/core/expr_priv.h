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
    OPERAND_COUNT,  /* group: number of its members */
    OPERAND_SUM,    /* var, step, group: over the members there are */
    OPERAND_LIST,   /* item[first] .. item[first + n_items - 1] */
};

struct operand {
    enum operand_kind kind;
    bool flag;      /* OPERAND_BOOL */
    bool is_number; /* OPERAND_VAR: its answers are numbers, "5" and "5.0" are the same */
    int var;
    int group, step; /* OPERAND_COUNT, OPERAND_SUM */
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

/* OP_IN: b is a list, or the variable of a set field and a is a text */
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

/** @return true for words of the conditions: no variable, task or group may be called so. */
bool expr_is_word(const char *name);

struct lexer;

/**
 * Read a condition that is a part of a longer text.
 * @param lex  at its first character; moved behind it on success
 * @return 0 or ERR_MATTER_EXPR
 */
int expr_parse_part(struct lexer *lex, struct expr **ret) YJ_CHECK;

/** @return the answer, NULL when there is none. */
const char *expr_answer(const struct answers *a, int var);

/** @return members of a group. */
unsigned expr_count(const struct answers *a, int group);

/**
 * Sum of a field over the members of its group, times EXPR_SCALE.
 * @return false when a member's answer is missing or no number
 */
bool expr_sum(const struct answers *a, int group, int first, int step, int64_t *ret);

/** @return full years from a birth date until today, rounded down. Both days exist. */
int expr_age(int birth, int today);

/* How a condition or a computed value uses a variable, task or group, for the lint. */
enum expr_use_kind {
    USE_BOOL,   /* stands alone or is compared with true or false */
    USE_HAS,    /* has() */
    USE_DATE,   /* age(), months(), compared with today; date of a computed value */
    USE_TEXT,   /* compared with the literal in text */
    USE_FIGURE, /* compared with a number */
    USE_OTHER,  /* compared with another variable */
    USE_SEL,    /* sel(): index is a task */
    USE_COUNT,  /* count(): index is a group */
    USE_SUM,    /* sum(): index is the variable of the first member, group its group */
    USE_MEMBER, /* 'text' in index: a set is expected */
    USE_NUMBER, /* number of a computed value */
    USE_IDNO,   /* birth(), sex(): an identity number */
};

struct expr_use {
    enum expr_use_kind kind;
    int index;
    int group, step;  /* USE_SUM: group, and distance of the variable to the next member's */
    const char *text; /* USE_TEXT, USE_MEMBER */
};

/** Call fn for every use in the condition, in no particular order. e may be NULL. */
void expr_walk(const struct expr *e, void (*fn)(void *arg, const struct expr_use *use), void *arg);

struct calc;

/** Call fn for every text that a computed value can be by itself: its literals, what sex() gives. c
 *  may be NULL. */
void calc_walk_texts(const struct calc *c, void (*fn)(void *arg, const char *text), void *arg);

/** As expr_walk for a computed value, its conditions included. c may be NULL. */
void calc_walk_uses(const struct calc *c, void (*fn)(void *arg, const struct expr_use *use),
                    void *arg);

#endif
