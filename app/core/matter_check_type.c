/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of one answer by its type. Every complaint is a string id of assets/strings. Pure; any
 * thread. */
#include <string.h>

#include "base/bytes.h"
#include "core/code_table.h"
#include "core/codes.h"
#include "core/expr_priv.h"
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

static const char *check_uscc(const char *value)
{
    switch (codes_uscc_check(value)) {
    case USCC_OK:
        break;
    case USCC_LENGTH:
        return "field.bad.uscc.length";
    case USCC_CHARS:
        return "field.bad.uscc.chars";
    case USCC_AUTHORITY:
    case USCC_REGION:
    case USCC_ORGANISATION:
    case USCC_CHECK:
        return "field.bad.uscc.check";
    }
    return NULL;
}

static const char *check_number(const struct matter_var *var, const char *value)
{
    bool is_whole = var->type == TYPE_INTEGER;
    const char *point = strchr(value, '.');
    int64_t number = 0;
    if (!expr_number_parse(value, strlen(value), &number) || (is_whole && point)) {
        size_t n = strspn(value, "-0123456789.");
        if (is_whole)
            return point && !value[n] ? "field.bad.integer.whole" : "field.bad.integer";
        return "field.bad.decimal";
    }
    if (point && strlen(point + 1) > (size_t)var->decimals)
        return "field.bad.decimal.digits";
    if (var->has_min && number < var->min)
        return "field.bad.number.small";
    return var->has_max && number > var->max ? "field.bad.number.large" : NULL;
}

static const char *check_region(const struct code_tables *codes, const char *value)
{
    bool is_six = strlen(value) == 6 && strspn(value, "0123456789") == 6;
    /* without the tables (tools) only the shape is known */
    return is_six && (!codes || region_is_whole(codes, value)) ? NULL : "field.bad.region";
}

/* Values joined by commas, each an option, in the order of the options, none twice. */
static const char *check_set(const struct matter_var *var, const char *value)
{
    for (size_t i = 0; i < var->n_options; i++) {
        size_t n = strlen(var->option[i].value);
        if (strncmp(value, var->option[i].value, n) != 0 || (value[n] && value[n] != ','))
            continue;
        if (!value[n])
            return NULL;
        value += n + 1;
    }
    return "field.bad.choice";
}

static const char *check_option(const struct matter_var *var, const char *value)
{
    for (size_t i = 0; i < var->n_options; i++)
        if (!strcmp(var->option[i].value, value))
            return NULL;
    return "field.bad.choice";
}

static const char *check_bool(const char *value)
{
    return !strcmp(value, "true") || !strcmp(value, "false") ? NULL : "field.bad.choice";
}

static const char *check_chars(const char *value, const char *chars, const char *mistake)
{
    return value[strspn(value, chars)] ? mistake : NULL;
}

const char *matter_check_type(const struct matter *m, const struct matter_var *var,
                              const char *value, int today)
{
    switch (var->type) {
    case TYPE_TEXT:
        return NULL;
    case TYPE_BOOL:
        return check_bool(value);
    case TYPE_CONSENT:
        return !strcmp(value, "true") ? NULL : "field.required.consent";
    case TYPE_ENUM:
        return check_option(var, value);
    case TYPE_SET:
        return check_set(var, value);
    case TYPE_NAME:
        return check_name(value);
    case TYPE_ADDRESS:
        return bytes_utf8_count(value) < 5 ? "field.bad.address" : NULL;
    case TYPE_IDNO:
        return check_idno(value, today);
    case TYPE_USCC:
        return check_uscc(value);
    case TYPE_MOBILE:
        return codes_mobile_check(value) ? NULL : "field.bad.mobile";
    case TYPE_TEL:
        /* many have no line at home any more: a mobile number will do */
        return codes_tel_check(value) || codes_mobile_check(value) ? NULL : "field.bad.tel";
    case TYPE_EMAIL:
        return codes_email_check(value) ? NULL : "field.bad.email";
    case TYPE_DATE:
        return check_date(value);
    case TYPE_DIGITS:
        return check_chars(value, "0123456789", "field.bad.digits");
    case TYPE_CODE:
        return check_chars(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "field.bad.code");
    case TYPE_BANKCARD:
        return check_bankcard(value);
    case TYPE_INTEGER:
    case TYPE_DECIMAL:
        return check_number(var, value);
    case TYPE_REGION:
        return check_region(m->codes, value);
    }
    return NULL;
}
