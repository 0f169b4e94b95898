/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and fields of a matter file. No I/O; any thread. */
#include "core/matter_priv.h"

#include <string.h>

#include "core/codes.h"

static const char *const type_words[] = {"bool",   "enum", "text",   "name", "address", "idno",
                                         "mobile", "date", "digits", "code", "bankcard"};

/* Characters an answer may have when the file does not say. */
static size_t type_max_chars(enum matter_type type)
{
    switch (type) {
    case TYPE_BOOL:
        return 5;
    case TYPE_ENUM:
        return MATTER_MAX_VALUE;
    case TYPE_NAME:
        return 30;
    case TYPE_TEXT:
        return 60;
    case TYPE_ADDRESS:
        return 100;
    case TYPE_IDNO:
        return 18;
    case TYPE_MOBILE:
        return 11;
    case TYPE_DATE:
        return 10;
    case TYPE_BANKCARD:
        return 19;
    case TYPE_DIGITS:
    case TYPE_CODE:
        break;
    }
    return 20;
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

/* "options": "nation" takes a table of core/codes. */
static void take_table(struct reader *r, const struct spot *spot, const char *name,
                       struct matter_var *var)
{
    if (strcmp(name, "nation") != 0) {
        reader_complain(r, spot, "options", "there is no table \"%.40s\"", name);
        return;
    }
    const struct codes_entry *entry = codes_nation(&var->n_options);
    struct matter_option *option = matter_arena_alloc(r->arena, var->n_options, sizeof *option);
    for (size_t i = 0; i < var->n_options; i++)
        option[i] = (struct matter_option){.value = entry[i].code, .label = entry[i].name};
    var->option = option;
}

static void read_options(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    static const char *const known[] = {"value", "label"};
    const json_t *json = json_object_get(spot->json, "options");
    if (var->type != TYPE_ENUM) {
        if (json)
            reader_complain(r, spot, "options", "only type enum has options");
        return;
    }
    if (json_is_string(json)) {
        take_table(r, spot, json_string_value(json), var);
        return;
    }
    size_t n = 0;
    struct spot array = read_array(r, spot, "options", NEEDED, 2, MATTER_MAX_OPTIONS, &n);
    struct matter_option *option = matter_arena_alloc(r->arena, n, sizeof *option);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        option[i].value = read_formed(r, &at, "value", NEEDED, MATTER_MAX_VALUE, "[A-Za-z0-9_-]+",
                                      "option value (letters, digits, _ and -)");
        option[i].label = read_text(r, &at, "label", NEEDED, MATTER_MAX_NAME);
        for (size_t j = 0; option[i].value && j < i; j++)
            if (option[j].value && !strcmp(option[j].value, option[i].value))
                reader_complain(r, &at, "value", "this value is there twice");
    }
    var->option = option;
    var->n_options = n;
}

static bool is_card_fit(const char *item, enum matter_type type)
{
    static const struct {
        const char *item;
        enum matter_type type, other;
    } fits[] = {
        {"card.name", TYPE_NAME, TYPE_TEXT},     {"card.number", TYPE_IDNO, TYPE_CODE},
        {"card.sex", TYPE_ENUM, TYPE_ENUM},      {"card.birth", TYPE_DATE, TYPE_DATE},
        {"card.nation", TYPE_ENUM, TYPE_ENUM},   {"card.address", TYPE_ADDRESS, TYPE_TEXT},
        {"card.valid_to", TYPE_DATE, TYPE_DATE},
    };
    for (size_t i = 0; i < YJ_COUNT(fits); i++)
        if (!strcmp(fits[i].item, item))
            return fits[i].type == type || fits[i].other == type;
    return false;
}

static void read_prefill(struct reader *r, const struct spot *spot, size_t index)
{
    static const char *const known[] = {"from", "if"};
    struct matter_var *var = &r->m->var[index];
    struct spot at = {.up = spot, .key = "prefill", .json = json_object_get(spot->json, "prefill")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    var->prefill_if = read_expr(r, &at, "if", OPTIONAL);
    const char *from = read_text(r, &at, "from", NEEDED, MATTER_MAX_ID + 1);
    if (!from)
        return;
    if (from[0] != '=') {
        if (!is_card_fit(from, var->type))
            reader_complain(r, &at, "from", "no card item \"%s\" for this type", from);
    } else {
        int source = matter_var_find(r->m, from + 1);
        if (source < 0)
            reader_complain(r, &at, "from", "there is no field \"%s\"", from + 1);
        else if ((size_t)source >= index)
            reader_complain(r, &at, "from", "the source must stand before this field");
        else if (r->has_var[source] && r->m->var[source].type != var->type)
            reader_complain(r, &at, "from", "the source is of another type");
    }
    var->prefill_from = from;
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

static void read_group(struct reader *r, const struct spot *spot, struct matter_var *var)
{
    const char *id = read_text(r, spot, "group", NEEDED, MATTER_MAX_ID);
    for (size_t i = 0; id && i < r->m->n_groups; i++)
        if (r->m->group[i].id && !strcmp(r->m->group[i].id, id)) {
            var->group = (int)i;
            return;
        }
    if (id)
        reader_complain(r, spot, "group", "there is no group \"%s\"", id);
}

static void read_var(struct reader *r, const struct spot *spot, size_t index)
{
    static const char *const known[] = {"id",      "label",     "help",    "type",    "required",
                                        "show_if", "rule",      "options", "prefill", "sensitivity",
                                        "pattern", "max_chars", "group"};
    struct matter_var *var = &r->m->var[index];
    var->is_question = index < r->n_questions;
    var->group = -1;
    /* the last key belongs to fields only */
    if (!read_object(r, spot, known, YJ_COUNT(known) - var->is_question))
        return;
    (void)read_formed(r, spot, "id", NEEDED, MATTER_MAX_ID, FORM_VAR_ID, "id");
    var->label = read_text(r, spot, "label", NEEDED, MATTER_MAX_NAME);
    var->help = read_text(r, spot, "help", OPTIONAL, MATTER_MAX_HINT);
    int type = read_word(r, spot, "type", type_words, YJ_COUNT(type_words));
    var->is_required = read_bool(r, spot, "required", true);
    var->sensitivity = read_int(r, spot, "sensitivity", OPTIONAL, 0, 2, 0);
    var->show_if = read_expr(r, spot, "show_if", OPTIONAL);
    read_rule(r, spot, var);
    if (!var->is_question)
        read_group(r, spot, var);
    if (type < 0)
        return; /* the rest depends on it */
    var->type = (enum matter_type)type;
    r->has_var[index] = true;
    if ((var->type == TYPE_IDNO || var->type == TYPE_BANKCARD) && var->sensitivity != 2)
        reader_complain(r, spot, "sensitivity", "this type is sensitive: 2 is expected here");
    if (var->is_question && var->type != TYPE_BOOL && var->type != TYPE_ENUM)
        reader_complain(r, spot, "type", "a question is of type bool or enum");
    read_pattern(r, spot, var);
    read_max_chars(r, spot, var);
    read_options(r, spot, var);
    read_prefill(r, spot, index);
}

void matter_read_vars(struct reader *r, const struct spot *questions, const struct spot *fields)
{
    for (size_t i = 0; i < r->m->n_vars; i++) {
        struct spot at = i < r->n_questions ? read_element(questions, i)
                                            : read_element(fields, i - r->n_questions);
        read_var(r, &at, i);
    }
}
