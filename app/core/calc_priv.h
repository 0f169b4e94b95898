/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parser and the evaluator of computed values; private to app/core. */
#ifndef YJ_CORE_CALC_PRIV_H
#define YJ_CORE_CALC_PRIV_H

#include "core/calc.h"

enum {
    CALC_MAX_NODES = 256,
    CALC_MAX_CONDS = 32, /* if() of one value */
    CALC_MAX_PARTS = 2,  /* values that a node is made from */
};

enum calc_node_kind {
    CALC_LITERAL_NUMBER,
    CALC_LITERAL_TEXT, /* also '' */
    CALC_LITERAL_DATE,
    CALC_FIELD,
    CALC_TODAY,
    CALC_COUNT,
    CALC_SUM,
    CALC_AGE, /* of a field */
    CALC_NEGATE,
    CALC_ADD,
    CALC_SUBTRACT,
    CALC_MULTIPLY,
    CALC_DIVIDE,
    CALC_MIN,
    CALC_MAX,
    CALC_FLOOR,
    CALC_ROUND,
    CALC_IF,
    CALC_ADD_DAYS,
    CALC_ADD_MONTHS,
    CALC_MONTHS_BETWEEN,
    CALC_DAYS_BETWEEN,
    CALC_BIRTH,
    CALC_SEX,
};

struct calc_node {
    enum calc_node_kind kind;
    enum calc_kind type;           /* what it gives; a field: what it is read as */
    unsigned part[CALC_MAX_PARTS]; /* nodes before this one */
    int64_t number;                /* literal: times EXPR_SCALE, or YYYYMMDD */
    const char *text;              /* literal, into calc.text */
    int var, group, step;
    unsigned cond; /* CALC_IF */
};

/* Parts stand before what is made from them, so one pass over the nodes computes the value; the
 * last node is the root. */
struct calc {
    size_t n_nodes, n_conds;
    struct calc_node *node; /* owned */
    struct expr **cond;     /* owned */
    char *text;             /* owned, holds the text literals */
};

#endif
