/* SPDX-License-Identifier: Apache-2.0 */
/* What a text of a data file may look like: characters, forms of names, and no personal data. Pure;
 * any thread. */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "core/codes.h"
#include "core/matter_priv.h"

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == 0xa0 || cp == 0x3000;
}

const char *matter_text_mistake(const char *text, size_t *ret_chars)
{
    size_t total = strlen(text), chars = 0;
    uint32_t cp = 0, first = ' ';
    for (size_t i = 0; i < total; chars++) {
        i += bytes_utf8_next(text + i, total - i, &cp);
        if (text_is_hidden(cp))
            return "hidden characters are not allowed";
        if (!chars)
            first = cp;
    }
    *ret_chars = chars;
    if (!chars)
        return "the text is empty";
    return is_blank(first) || is_blank(cp) ? "the text begins or ends with a blank" : NULL;
}

/* ---- forms ---- */

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_small(c) || is_digit(c) || c == '_';
}

static bool is_id(const char *text)
{
    if (!is_small(*text))
        return false;
    while (is_word(*text))
        text++;
    return !*text;
}

static bool is_var_id(const char *text)
{
    do {
        if (!is_small(*text))
            return false;
        while (is_word(*text))
            text++;
    } while (*text++ == '.');
    return !text[-1];
}

static bool is_value(const char *text)
{
    const char *first = text;
    while (is_word(*text) || is_small((char)(*text | 0x20)) || *text == '-')
        text++;
    return text > first && !*text;
}

/* Capital letters and digits in parts joined by dots, the first a letter. */
static bool is_code(const char *text)
{
    if (*text < 'A' || *text > 'Z')
        return false;
    for (; *text; text++)
        if (!(*text >= 'A' && *text <= 'Z') && !is_digit(*text) &&
            !(*text == '.' && text[1] && text[1] != '.'))
            return false;
    return true;
}

static bool is_picture(const char *text)
{
    if (!is_small(*text))
        return false;
    while (is_small(*text) || is_digit(*text) || *text == '-')
        text++;
    return !*text;
}

bool matter_form_met(const char *form, const char *text)
{
    /* The forms that every file has, some a hundred times, are looked at by hand. */
    static const struct {
        const char *form;
        bool (*is_met)(const char *text);
    } quick[] = {{FORM_ID, is_id},
                 {FORM_VAR_ID, is_var_id},
                 {FORM_VALUE, is_value},
                 {FORM_CODE, is_code},
                 {FORM_PICTURE, is_picture}};
    for (size_t i = 0; i < YJ_COUNT(quick); i++)
        if (!strcmp(form, quick[i].form))
            return quick[i].is_met(text);
    char whole[160];
    snprintf(whole, sizeof whole, "^(%s)$", form);
    regex_t regex;
    if (regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB))
        return false;
    bool is_match = !regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);
    return is_match;
}

/* ---- personal data ---- */

enum { MAX_RUN = 24 };

/* Digits that follow each other, single blanks and dashes between them left out; an X behind them
 * belongs to them. @return bytes of text that were looked at, at least 1 */
static size_t take_run(const char *text, char *run, size_t *ret_n)
{
    size_t at = 0, n = 0;
    while (is_digit(text[at])) {
        if (n < MAX_RUN)
            run[n++] = text[at];
        at++;
        if ((text[at] == ' ' || text[at] == '-') && is_digit(text[at + 1]))
            at++;
    }
    if (n == 17 && (text[at] == 'X' || text[at] == 'x')) {
        run[n++] = 'X';
        at++;
    }
    run[n] = '\0';
    *ret_n = n;
    return at ? at : 1;
}

const char *matter_text_secret(const char *text)
{
    char run[MAX_RUN + 1];
    size_t n = 0;
    while (*text) {
        text += take_run(text, run, &n);
        if (n < 11)
            continue;
        if (n == 18 && codes_idno_birth(run) && text_check_11643(run) == run[17])
            return "an identity number";
        if (n == 11 && codes_mobile_check(run) && strcmp(run, "13800138000") != 0)
            return "a mobile number"; /* but for the network's own service number */
        if (codes_bankcard_check(run))
            return "the number of a bank card";
    }
    return NULL;
}
