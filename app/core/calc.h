/* SPDX-License-Identifier: Apache-2.0 */
/* Computed values of matter files ("prefill": {"calc": …}, docs/matters.md): numbers with four
 * decimals, dates and texts over the answers.
 *   calc := term (('+'|'-') term)* ; term := factor (('*'|'/') factor)*
 *   factor := number | 'text' | field | today | '(' calc ')' | '-' factor | function
 * An empty operand gives an empty result; if() looks only at the value it takes, and is empty
 * while its condition is unknown. '' is the empty value and stands for any kind. Of a product and
 * a quotient the digits behind the fourth decimal are dropped, so that floor() and round() of
 * them are exact; round() takes the half away from zero. Numbers inside have at most 14 digits
 * before the point, results 12, as answers do. Pure; any thread; never blocks. */
#ifndef YJ_CORE_CALC_H
#define YJ_CORE_CALC_H

#include "core/expr.h"

struct calc;

/* What a computed value is. A field is read as what it is used for. */
enum calc_kind {
    CALC_ANY, /* a field as it stands, '' */
    CALC_NUMBER,
    CALC_DATE,
    CALC_TEXT,
};

/**
 * @param text  UTF-8, at most 1024 bytes, nesting at most 32
 * @return 0 or ERR_MATTER_EXPR with column and reason (unknown name, wrong kind of operand)
 */
int calc_parse(const char *text, const struct expr_names *names, struct calc **ret,
               struct err *err) YJ_CHECK;
void calc_free(struct calc *c);

/** @return what the value will be, as far as the text tells. */
enum calc_kind calc_kind(const struct calc *c);

/** Call fn for every variable the value is made from (also those inside if() and sum(): there the
 *  first member's). */
void calc_walk(const struct calc *c, void (*fn)(void *arg, int var), void *arg);

/**
 * Compute. Numbers are written without superfluous zeros, dates as YYYY-MM-DD.
 * @param ret  cap bytes; empty when an operand is empty, a division is by zero, a day does not
 *             exist, or the result does not fit
 */
void calc_eval(const struct calc *c, const struct answers *a, char *ret, size_t cap);

#endif
