/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and fields of a matter file, and the entries of fields.json for them. No I/O; any
 * thread. */
#include "core/matter_priv.h"

#include <string.h>

#include "core/expr_priv.h"

/* in the order of enum matter_type */
static const char *const type_words[] = {
    "bool",     "enum", "text", "name", "address", "idno",    "mobile",  "date",   "digits", "code",
    "bankcard", "set",  "uscc", "tel",  "email",   "integer", "decimal", "region", "consent"};

/* Characters an answer may have when the file does not say. */
static size_t type_max_chars(enum matter_type type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_CONSENT:
        return 5;
    case TYPE_ENUM:
        return MATTER_MAX_VALUE;
    case TYPE_SET:
        return MATTER_VALUE_BYTES - 1;
    case TYPE_NAME:
        return 30;
    case TYPE_TEXT:
        return 60;
    case TYPE_EMAIL:
        return 64;
    case TYPE_ADDRESS:
        return 100;
    case TYPE_IDNO:
    case TYPE_USCC:
        return 18;
    case TYPE_MOBILE:
        return 11;
    case TYPE_DATE:
        return 10;
    case TYPE_BANKCARD:
        return 19;
    case TYPE_REGION:
        return 6;
    case TYPE_DIGITS:
    case TYPE_CODE:
    case TYPE_TEL:
    case TYPE_INTEGER:
    case TYPE_DECIMAL:
        break;
    }
    return 20;
}

enum matter_type matter_early_type(const struct spot *array, size_t i)
{
    const char *word = json_string_value(json_object_get(json_array_get(array->json, i), "type"));
    for (size_t type = 0; word && type < YJ_COUNT(type_words); type++)
        if (!strcmp(type_words[type], word))
            return (enum matter_type)type;
    return TYPE_BOOL;
}

static void read_pattern(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    var->pattern = read_text(r, spot, "pattern", OPTIONAL, MATTER_MAX_PATTERN_BYTES);
    const char *mistake = var->pattern ? matter_pattern_mistake(var->pattern) : NULL;
    if (mistake)
        reader_complain(r, spot, "pattern", "%s", mistake);
    else if (var->pattern)
        var->compiled = matter_pattern_new(var->pattern);
}

static void read_rule(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    static const char *const known[] = {"if", "text"};
    struct spot at = {.up = spot, .key = "rule", .json = json_object_get(spot->json, "rule")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    var->rule = read_expr(r, &at, "if", NEEDED);
    var->rule_text = read_text(r, &at, "text", NEEDED, MATTER_MAX_HINT);
}

static void read_max_chars(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    size_t usual = type_max_chars(var->type);
    bool is_free = var->type == TYPE_TEXT || var->type == TYPE_NAME || var->type == TYPE_ADDRESS ||
                   var->type == TYPE_DIGITS || var->type == TYPE_CODE;
    var->max_chars = usual;
    if (is_free)
        var->max_chars =
            (size_t)read_int(r, spot, "max_chars", OPTIONAL, 1, MATTER_MAX_CHARS, (int)usual);
    else if (json_object_get(spot->json, "max_chars"))
        reader_complain(r, spot, "max_chars", "this type has its own length");
}

/* ---- numbers ---- */

/* A limit, times EXPR_SCALE. @return false when absent or wrong */
static bool read_limit(struct reader *r, const struct spot *spot, const char *key,
                       const struct matter_var *var, int64_t *ret)
{
    const json_t *json = json_object_get(spot->json, key);
    if (!json)
        return false;
    double number = json_number_value(json);
    if (!json_is_number(json) || number > 1e11 || number < -1e11) {
        reader_complain(r, spot, key, "a number of at most 11 digits is expected here");
        return false;
    }
    double scaled = number * EXPR_SCALE;
    int64_t whole = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    double rest = scaled - (double)whole;
    /* what a double cannot hold of a large number is no mistake of the file */
    double slack = 1e-6 + 4e-16 * (scaled < 0 ? -scaled : scaled);
    if (rest > slack || rest < -slack || (var->type == TYPE_INTEGER && whole % EXPR_SCALE)) {
        reader_complain(r, spot, key,
                        var->type == TYPE_INTEGER ? "a whole number is expected here"
                                                  : "at most four decimals are allowed");
        return false;
    }
    *ret = whole;
    return true;
}

static void read_number(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    static const char *const keys[] = {"min", "max", "decimals", "unit"};
    if (var->type != TYPE_INTEGER && var->type != TYPE_DECIMAL) {
        for (size_t i = 0; i < YJ_COUNT(keys); i++)
            if (json_object_get(spot->json, keys[i]))
                reader_complain(r, spot, keys[i], "only integer and decimal have this");
        return;
    }
    var->has_min = read_limit(r, spot, "min", var, &var->min);
    var->has_max = read_limit(r, spot, "max", var, &var->max);
    if (var->has_min && var->has_max && var->min > var->max)
        reader_complain(r, spot, "min", "more than max");
    var->unit = read_text(r, spot, "unit", OPTIONAL, 8);
    if (var->type == TYPE_DECIMAL)
        var->decimals = read_int(r, spot, "decimals", OPTIONAL, 0, 4, 2);
    else if (json_object_get(spot->json, "decimals"))
        reader_complain(r, spot, "decimals", "only decimal has this");
}

static void read_consent(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    static const char *const keys[] = {"text", "text_version"};
    if (var->type == TYPE_CONSENT) {
        var->text = read_text(r, spot, "text", NEEDED, MATTER_MAX_CONSENT);
        var->text_version = read_text(r, spot, "text_version", NEEDED, 16);
        return;
    }
    for (size_t i = 0; i < YJ_COUNT(keys); i++)
        if (json_object_get(spot->json, keys[i]))
            reader_complain(r, spot, keys[i], "only consent has this");
}

/* What hangs on the type. */
static void read_typed(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    if ((var->type == TYPE_IDNO || var->type == TYPE_BANKCARD) && var->sensitivity != 2)
        reader_complain(r, spot, "sensitivity", "this type is sensitive: 2 is expected here");
    if (var->is_question && var->type != TYPE_BOOL && var->type != TYPE_ENUM &&
        var->type != TYPE_SET)
        reader_complain(r, spot, "type", "a question is of type bool, enum or set");
    read_pattern(r, spot, var);
    read_max_chars(r, spot, var);
    read_number(r, spot, var);
    read_consent(r, spot, var);
    matter_read_options(r, spot, var);
}

static void read_readonly(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    var->is_readonly = read_bool(r, spot, "readonly", false);
    if (var->is_readonly && !json_object_get(spot->json, "prefill"))
        reader_complain(r, spot, "readonly", "what is not typed needs a prefill");
}

/* ---- one variable ---- */

/* A dictionary's entry has the first ENTRY_KEYS, a question all but the last. */
static const char *const known[] = {
    "label",   "help",         "type",      "required", "options", "sensitivity", "pattern",
    "prefill", "readonly",     "max_chars", "min",      "max",     "decimals",    "unit",
    "text",    "text_version", "id",        "like",     "show_if", "rule",        "group"};
enum { ENTRY_KEYS = YJ_COUNT(known) - 5 };

static bool read_common(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    var->label = read_text(r, spot, "label", NEEDED, MATTER_MAX_NAME);
    var->help = read_text(r, spot, "help", OPTIONAL, MATTER_MAX_HINT);
    int type = read_word(r, spot, "type", type_words, YJ_COUNT(type_words));
    var->is_required = read_bool(r, spot, "required", true);
    var->sensitivity = read_int(r, spot, "sensitivity", OPTIONAL, 0, 2, 0);
    if (type < 0)
        return false; /* the rest depends on it */
    var->type = (enum matter_type)type;
    return true;
}

static void read_group(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    const char *id = read_text(r, spot, "group", NEEDED, MATTER_MAX_ID);
    if (var->group < 0) {
        if (id)
            reader_complain(r, spot, "group", "there is no group \"%s\"", id);
        return;
    }
    size_t n = id ? strlen(id) : 0;
    if (id && r->m->group[var->group].repeat_max &&
        (strncmp(var->field, id, n) != 0 || var->field[n] != '.'))
        reader_complain(r, spot, "id", "in this repeated group ids begin with \"%s.\"", id);
}

static void read_var(struct reader *r, const struct spot *spot, size_t index)
{
    struct matter_var *var = &r->m->var[index];
    if (!read_object(r, spot, known, YJ_COUNT(known) - var->is_question))
        return;
    (void)read_formed(r, spot, "id", NEEDED, MATTER_MAX_ID, FORM_VAR_ID, "id");
    bool is_readable = read_common(r, spot, var);
    var->show_if = read_expr(r, spot, "show_if", OPTIONAL);
    read_rule(r, spot, var);
    if (!var->is_question)
        read_group(r, spot, var);
    if (!is_readable)
        return;
    r->place[index].is_read = true;
    read_typed(r, spot, var);
    read_readonly(r, spot, var);
    matter_read_prefill(r, spot, index, false);
}

/* The same field of another member: all as it is for the first, only the names mean this one. */
static void repeat_var(struct reader *r, const struct spot *spot, size_t index)
{
    struct matter_var *var = &r->m->var[index];
    const struct matter_var *first = var - (size_t)var->member * r->step[var->group];
    struct matter_var copy = *first;
    copy.id = var->id;
    copy.member = var->member;
    copy.show_if = copy.rule = copy.prefill_if = NULL;
    copy.prefill_calc = NULL;
    copy.prefill_from = NULL;
    *var = copy;
    r->is_muted = true;
    var->show_if = read_expr(r, spot, "show_if", OPTIONAL);
    if (first->rule)
        read_rule(r, spot, var);
    if (first->prefill_from || first->prefill_calc)
        matter_read_prefill(r, spot, index, false);
    r->is_muted = false;
    r->place[index].is_read = r->place[first - r->m->var].is_read;
}

static bool is_in_repeat(const struct reader *r, const struct matter_var *var)
{
    return var->group >= 0 && r->m->group[var->group].repeat_max > 0;
}

void matter_read_vars(struct reader *r, const struct spot *questions, const struct spot *fields)
{
    for (size_t i = 0; i < r->m->n_vars; i++) {
        const struct matter_var *var = &r->m->var[i];
        struct spot at = read_element(var->is_question ? questions : fields, r->place[i].element);
        r->scope_group = is_in_repeat(r, var) ? var->group : -1;
        r->scope_member = var->member;
        if (var->member)
            repeat_var(r, &at, i);
        else
            read_var(r, &at, i);
    }
    r->scope_group = -1;
}

void matter_read_var_entry(struct reader *r, const struct spot *at)
{
    struct matter_var *var = &r->m->var[0];
    *var = (struct matter_var){.id = "", .field = "", .group = -1};
    if (!read_object(r, at, known, ENTRY_KEYS) || !read_common(r, at, var))
        return;
    read_typed(r, at, var);
    read_readonly(r, at, var);
    matter_read_prefill(r, at, 0, true);
    matter_pattern_free(var->compiled);
    var->compiled = NULL;
}
