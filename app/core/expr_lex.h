/* SPDX-License-Identifier: Apache-2.0 */
/* Words, names, texts and numbers: what conditions and computed values are written with. Private
 * to app/core; any thread. */
#ifndef YJ_CORE_EXPR_LEX_H
#define YJ_CORE_EXPR_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/expr.h"

/* Place in a text that is being read. The first mistake wins and stops the reading. */
struct lexer {
    const char *text;
    char *copy; /* same bytes, writable: closing quotes become the NUL of their text */
    size_t at;
    int depth; /* of brackets, ! and functions around this place */
    const struct expr_names *names;
    struct err *err;
};

enum lex_name_kind {
    NAME_FIELD,
    NAME_TASK,
    NAME_GROUP,  /* a repeated group */
    NAME_COLUMN, /* a field of a repeated group, looked at from outside */
};

struct lex_name {
    int index;       /* variable (of the first member), task or group */
    int group, step; /* NAME_COLUMN */
};

/** Write "column N: reason" into the lexer's err. @return ERR_MATTER_EXPR */
int lex_fail(struct lexer *l, size_t at, const char *reason);

/** @return 0 or ERR_MATTER_EXPR when the text is too long or no UTF-8. */
int lex_check_text(const char *text, struct err *err);

void lex_skip_blanks(struct lexer *l);

/** Take a piece of punctuation when it comes next. */
bool lex_take(struct lexer *l, const char *piece);

/** As lex_take; complains when it does not come. */
int lex_expect(struct lexer *l, const char *piece);

bool lex_is_digit(char c);
bool lex_is_name_start(char c);

/** @return length of the name that comes next, 0 when none does. */
size_t lex_peek_name(struct lexer *l);

/** Take a word when exactly this one comes next. */
bool lex_take_word(struct lexer *l, const char *word);

/** A name, looked up. */
int lex_name(struct lexer *l, enum lex_name_kind kind, struct lex_name *ret);

/** "(" name ")" */
int lex_argument(struct lexer *l, enum lex_name_kind kind, struct lex_name *ret);

/** A text in single quotes, whose opening quote comes next. @param ret  into l->copy */
int lex_text(struct lexer *l, const char **ret);

/** A number times EXPR_SCALE; a sign before it belongs to it. */
int lex_number(struct lexer *l, int64_t *ret);

#endif
