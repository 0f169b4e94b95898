/* SPDX-License-Identifier: Apache-2.0 */
/* The condition language of matter files (domain.md 2.0.4), three-valued.
 *   expr := or ; or := and ('||' and)* ; and := not ('&&' not)* ; not := '!' not | prim
 *   prim := '(' expr ')' | operand op operand | 'has(' field ')' | 'sel(' task ')' | field
 *   op := == != < <= > >= in ; operand := field | number | 'string' | [list] | age(field)
 *         | months(field) | count(group) | sum(field) | true | false | today
 * A condition over an empty field is unknown; false && unknown = false, true || unknown = true.
 * has() and sel() are always known. Answers are texts and are read as what they are compared
 * with: a number (12 digits, 4 decimals), a date (YYYY-MM-DD, today), true or false; one that
 * cannot be read so gives unknown; answers to a number field are numbers beside anything. Text
 * with text: == and != compare bytes, an order exists for two dates or two numbers only, else
 * unknown. x in [list] is x == one of the elements (texts in
 * single quotes, numbers). age() and months() are full years and months from a date until today;
 * days to come are negative, a shorter month is full on its last day. A field alone is x == true.
 * count() is the number of members of a repeated group, sum() adds the field over its members and
 * is unknown while one is empty; 'x' in f asks whether the set f (values joined by ',') holds x.
 * Filling in an unknown answer never turns a known verdict, unless has() looks at that answer. */
#ifndef YJ_CORE_EXPR_H
#define YJ_CORE_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum tri { TRI_FALSE, TRI_TRUE, TRI_UNKNOWN };

/* Answers of one visit, in the order of the matter's variables. Borrowed. */
struct answers {
    const char *const *value; /* n_values pointers; NULL or "" = not answered */
    size_t n_values;
    uint32_t selected;    /* bit i: optional or choice task i is chosen */
    int today;            /* YYYYMMDD */
    const uint8_t *count; /* members of each group; NULL: all zero */
};

struct expr;

/* Names while parsing: index of a variable or task, or -1. */
struct expr_names {
    int (*var)(const void *ctx, const char *name);
    int (*task)(const void *ctx, const char *name);
    /* repeated groups: index of the group for count(); for sum() the variables of all members,
     * the first of them and the distance from one to the next. NULL: there are none */
    int (*group)(const void *ctx, const char *name);
    int (*column)(const void *ctx, const char *name, int *ret_group, int *ret_step);
    /* does the variable hold numbers, so that "5" == "5.0"? NULL: none does */
    bool (*is_number)(const void *ctx, int var);
    const void *ctx;
};

/**
 * @param text  UTF-8, at most 1024 bytes, nesting at most 32
 * @return 0 or ERR_MATTER_EXPR with column and reason
 */
int expr_parse(const char *text, const struct expr_names *names, struct expr **ret,
               struct err *err) YJ_CHECK;
void expr_free(struct expr *e);

/** Pure; NULL is TRUE. */
enum tri expr_eval(const struct expr *e, const struct answers *a);

#endif
