/* SPDX-License-Identifier: Apache-2.0 */
/* Words, names, texts and numbers of conditions and computed values. Pure; any thread. */
#include "core/expr_lex.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/expr_priv.h"

int lex_fail(struct lexer *l, size_t at, const char *reason)
{
    /* people count characters, not bytes */
    size_t column = 1;
    for (size_t i = 0; i < at; i++)
        if (((unsigned char)l->text[i] & 0xc0) != 0x80)
            column++;
    return ERR(l->err, ERR_MATTER_EXPR, "column %zu: %s", column, reason);
}

int lex_check_text(const char *text, struct err *err)
{
    size_t n = strlen(text);
    if (n > EXPR_MAX_BYTES)
        return ERR(err, ERR_MATTER_EXPR, "column 1: longer than %d bytes", EXPR_MAX_BYTES);
    if (!bytes_utf8_valid(text, n))
        return ERR(err, ERR_MATTER_EXPR, "column 1: not UTF-8");
    return 0;
}

bool lex_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lex_is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return lex_is_name_start(c) || lex_is_digit(c) || c == '.';
}

void lex_skip_blanks(struct lexer *l)
{
    while (l->text[l->at] == ' ' || l->text[l->at] == '\t' || l->text[l->at] == '\n')
        l->at++;
}

bool lex_take(struct lexer *l, const char *piece)
{
    lex_skip_blanks(l);
    size_t n = strlen(piece);
    if (strncmp(l->text + l->at, piece, n) != 0)
        return false;
    l->at += n;
    return true;
}

int lex_expect(struct lexer *l, const char *piece)
{
    if (lex_take(l, piece))
        return 0;
    char reason[48];
    snprintf(reason, sizeof reason, "\"%s\" is expected here", piece);
    return lex_fail(l, l->at, reason);
}

size_t lex_peek_name(struct lexer *l)
{
    lex_skip_blanks(l);
    size_t n = 0;
    if (lex_is_name_start(l->text[l->at]))
        while (is_name(l->text[l->at + n]))
            n++;
    return n;
}

bool lex_take_word(struct lexer *l, const char *word)
{
    size_t n = lex_peek_name(l);
    if (n != strlen(word) || strncmp(l->text + l->at, word, n) != 0)
        return false;
    l->at += n;
    return true;
}

bool expr_is_word(const char *name)
{
    static const char *const words[] = {"true", "false", "today",  "in",    "has",
                                        "sel",  "age",   "months", "count", "sum"};
    for (size_t i = 0; i < YJ_COUNT(words); i++)
        if (!strcmp(words[i], name))
            return true;
    return false;
}

static int look_up(const struct expr_names *names, enum lex_name_kind kind, const char *name,
                   struct lex_name *ret)
{
    ret->group = 0;
    ret->step = 0;
    switch (kind) {
    case NAME_FIELD:
        return names->var(names->ctx, name);
    case NAME_TASK:
        return names->task ? names->task(names->ctx, name) : -1;
    case NAME_GROUP:
        return names->group ? names->group(names->ctx, name) : -1;
    case NAME_COLUMN:
        return names->column ? names->column(names->ctx, name, &ret->group, &ret->step) : -1;
    }
    return -1;
}

int lex_name(struct lexer *l, enum lex_name_kind kind, struct lex_name *ret)
{
    static const char *const thing[] = {"field", "task", "repeated group",
                                        "field of a repeated group"};
    size_t n = lex_peek_name(l), at = l->at;
    char name[64], reason[128];
    if (!n) {
        snprintf(reason, sizeof reason, "a %s is expected here", thing[kind]);
        return lex_fail(l, at, reason);
    }
    if (n >= sizeof name)
        return lex_fail(l, at, "the name is too long");
    memcpy(name, l->text + at, n);
    name[n] = '\0';
    struct lex_name found = {.index = -1};
    if (!expr_is_word(name))
        found.index = look_up(l->names, kind, name, &found);
    if (found.index < 0) {
        snprintf(reason, sizeof reason, "there is no %s \"%s\"", thing[kind], name);
        return lex_fail(l, at, reason);
    }
    l->at += n;
    *ret = found;
    return 0;
}

int lex_argument(struct lexer *l, enum lex_name_kind kind, struct lex_name *ret)
{
    int r = lex_expect(l, "(");
    if (!r)
        r = lex_name(l, kind, ret);
    return r ? r : lex_expect(l, ")");
}

int lex_text(struct lexer *l, const char **ret)
{
    size_t start = l->at + 1, end = start;
    while (l->text[end] && l->text[end] != '\'')
        end++;
    if (!l->text[end])
        return lex_fail(l, l->at, "the text has no closing quote");
    l->copy[end] = '\0';
    *ret = l->copy + start;
    l->at = end + 1;
    return 0;
}

int lex_number(struct lexer *l, int64_t *ret)
{
    size_t n = l->text[l->at] == '-';
    while (lex_is_digit(l->text[l->at + n]) || l->text[l->at + n] == '.')
        n++;
    if (lex_is_name_start(l->text[l->at + n]) || !expr_number_parse(l->text + l->at, n, ret))
        return lex_fail(l, l->at, "this is no number (12 digits, 4 decimals at most)");
    l->at += n;
    return 0;
}
