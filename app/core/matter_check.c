/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of one answer: presence, type, pattern, the matter's own rule. Every complaint is a
 * string id of assets/strings. Pure; any thread. */
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "core/codes.h"
#include "core/matter_priv.h"

static bool is_between(uint32_t cp, uint32_t first, uint32_t last)
{
    return cp >= first && cp <= last;
}

/* Letters of any script by exclusion: rare characters, also of the private use area that cards
 * use for them, must pass; digits, punctuation and pictures must not. */
static bool is_name_letter(uint32_t cp)
{
    if (cp < 0x80)
        return is_between(cp | 0x20, 'a', 'z') || cp == ' ' || cp == '-' || cp == '\'' || cp == '.';
    if (cp == 0xb7 || cp == 0x3005 || cp == 0x3007)
        return true;
    return !(is_between(cp, 0x80, 0xbf) || cp == 0xd7 || cp == 0xf7 ||
             is_between(cp, 0x2000, 0x2e7f) || is_between(cp, 0x2ff0, 0x303f) ||
             is_between(cp, 0x3200, 0x33ff) || is_between(cp, 0xfe10, 0xfe6f) ||
             is_between(cp, 0xff00, 0xff20) || is_between(cp, 0xff3b, 0xff40) ||
             is_between(cp, 0xff5b, 0xff65) || is_between(cp, 0xffe0, 0xffff) ||
             is_between(cp, 0x1d7ce, 0x1d7ff) || is_between(cp, 0x1f000, 0x1faff));
}

static const char *check_name(const char *value)
{
    size_t total = strlen(value), letters = 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < total;) {
        i += bytes_utf8_next(value + i, total - i, &cp);
        if (!is_name_letter(cp))
            return "field.bad.name";
        letters += cp != ' ' && cp != 0xb7 && cp != '-' && cp != '.' && cp != '\'';
    }
    return letters < 2 ? "field.bad.name.short" : NULL;
}

static const char *check_idno(const char *value, int today)
{
    /* the foreigner's card of 2017 is an identity document with a number of its own */
    if (codes_foreigner_check(value))
        return NULL;
    switch (codes_idno_check(value, today)) {
    case IDNO_OK:
        break;
    case IDNO_FIFTEEN:
        return "field.bad.idno.fifteen";
    case IDNO_LENGTH:
        return "field.bad.idno.length";
    case IDNO_CHARS:
        return "field.bad.idno.chars";
    case IDNO_DATE:
        return "field.bad.idno.date";
    case IDNO_FUTURE:
        return "field.bad.idno.future";
    case IDNO_AGE:
        return "field.bad.idno.age";
    case IDNO_CHECK:
        return "field.bad.idno.check";
    }
    return NULL;
}

static const char *check_date(const char *value)
{
    if (codes_date_parse(value))
        return NULL;
    bool has_form = strlen(value) == 10;
    for (size_t i = 0; has_form && i < 10; i++)
        has_form = i == 4 || i == 7 ? value[i] == '-' : value[i] >= '0' && value[i] <= '9';
    return has_form ? "field.bad.date.exist" : "field.bad.date";
}

static const char *check_bankcard(const char *value)
{
    size_t n = strspn(value, "0123456789");
    if (value[n] || n < 16 || n > 19)
        return "field.bad.bankcard.length";
    return codes_bankcard_check(value) ? NULL : "field.bad.bankcard.check";
}

static const char *check_option(const struct matter_var *var, const char *value)
{
    if (var->type == TYPE_BOOL)
        return !strcmp(value, "true") || !strcmp(value, "false") ? NULL : "field.bad.choice";
    for (size_t i = 0; i < var->n_options; i++)
        if (!strcmp(var->option[i].value, value))
            return NULL;
    return "field.bad.choice";
}

static const char *check_type(const struct matter_var *var, const char *value, int today)
{
    switch (var->type) {
    case TYPE_BOOL:
    case TYPE_ENUM:
        return check_option(var, value);
    case TYPE_TEXT:
        return NULL;
    case TYPE_NAME:
        return check_name(value);
    case TYPE_ADDRESS:
        return bytes_utf8_count(value) < 5 ? "field.bad.address" : NULL;
    case TYPE_IDNO:
        return check_idno(value, today);
    case TYPE_MOBILE:
        return codes_mobile_check(value) ? NULL : "field.bad.mobile";
    case TYPE_DATE:
        return check_date(value);
    case TYPE_DIGITS:
        return value[strspn(value, "0123456789")] ? "field.bad.digits" : NULL;
    case TYPE_CODE:
        return value[strspn(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")] ? "field.bad.code"
                                                                            : NULL;
    case TYPE_BANKCARD:
        return check_bankcard(value);
    }
    return NULL;
}

/* Length and characters, before anything looks inside. */
static const char *check_text(const struct matter_var *var, const char *value)
{
    size_t total = strlen(value);
    if (!text_is_plain(value, total))
        return "field.bad.text";
    bool has_own_length = var->type == TYPE_IDNO || var->type == TYPE_MOBILE ||
                          var->type == TYPE_DATE || var->type == TYPE_BANKCARD;
    if (total >= MATTER_VALUE_BYTES)
        return "field.bad.long";
    return !has_own_length && bytes_utf8_count(value) > var->max_chars ? "field.bad.long" : NULL;
}

static int refuse(const char *text_id, const char **ret_text_id)
{
    *ret_text_id = text_id;
    return ERR_FIELD_VALUE;
}

int matter_check(const struct matter *m, size_t index, const struct answers *a,
                 const char **ret_text_id, const char **ret_text)
{
    const char *in_force_value[MATTER_MAX_VARS];
    enum tri shown[MATTER_MAX_VARS];
    *ret_text_id = *ret_text = NULL;
    if (index >= m->n_vars)
        return 0;
    struct answers in_force = matter_answers_in_force(m, a, in_force_value, shown);
    const struct matter_var *var = &m->var[index];
    const char *value = in_force_value[index] ? in_force_value[index] : "";
    if (shown[index] != TRI_TRUE)
        return 0;
    bool is_choice = var->type == TYPE_BOOL || var->type == TYPE_ENUM;
    if (!value[0] && var->is_required)
        return refuse(is_choice ? "field.required.choose" : "field.required", ret_text_id);
    if (value[0]) {
        const char *mistake = check_text(var, value);
        if (!mistake)
            mistake = check_type(var, value, a->today);
        if (!mistake && var->pattern && !matter_pattern_met(var->compiled, value))
            mistake = "field.bad.pattern";
        if (mistake)
            return refuse(mistake, ret_text_id);
    }
    /* also for an empty answer: has() lets a rule demand one */
    if (expr_eval(var->rule, &in_force) == TRI_FALSE) {
        *ret_text = var->rule_text;
        return ERR_FIELD_VALUE;
    }
    return 0;
}
