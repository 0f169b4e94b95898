/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, groups and fields of made matters. One thread. */
#include <stdio.h>
#include <string.h>

#include "matter_maker_priv.h"

enum { ROOM_VARS = 150 }; /* members counted; the rest of the limit is for mistakes */

void maker_plan_groups(struct maker *k)
{
    int n = k->size == MAKER_USUAL ? maker_number(k, 4, 7) : maker_number(k, 1, 6);
    k->n_groups = (size_t)n;
    for (int g = 0; g < n; g++) {
        struct made_group *group = &k->group[g];
        snprintf(group->id, sizeof group->id, "g%d", g);
        if (!maker_is(k, k->size == MAKER_USUAL ? 15 : 35))
            continue;
        group->max = maker_number(k, 1, maker_is(k, 10) ? 12 : 4);
        group->min = maker_number(k, 0, group->max);
    }
}

static void put_groups(struct maker *k)
{
    json_t *groups = json_array();
    for (size_t g = 0; g < k->n_groups; g++) {
        json_t *group = json_object();
        maker_put(group, "id", k->group[g].id);
        maker_put_words(k, group, "title", 40);
        if (maker_is(k, 40))
            maker_put_words(k, group, "hint", 200);
        if (k->group[g].max) {
            json_t *repeat = json_object();
            maker_put_number(repeat, "min", k->group[g].min);
            maker_put_number(repeat, "max", k->group[g].max);
            maker_put(repeat, "item", "第{n}位");
            maker_put_words(k, repeat, "add", 40);
            json_object_set_new(group, "repeat", repeat);
        }
        json_array_append_new(groups, group);
    }
    json_object_set_new(k->root, "groups", groups);
}

/* ---- options ---- */

static const struct {
    const char *name, *code[4];
    bool is_small; /* may be taken whole */
} tables[] = {
    {"sex", {"1", "2", "9", "0"}, true},
    {"marital", {"10", "20", "21", "30"}, true},
    {"nation", {"01", "02", "03", "04"}, true},
    {"relation", {"10", "20", "51", "52"}, false},
    {"industry", {"A", "B", "C", "D"}, true},
    {"bank", {"102", "103", "104", "105"}, true},
    {"id_type", {"111", "112", "113", "114"}, true},
};

static void take_table(struct maker *k, json_t *field, struct made_var *var, bool *is_full)
{
    size_t t = dice_below(&k->dice, sizeof tables / sizeof *tables);
    var->n_values = 3;
    for (size_t i = 0; i < var->n_values; i++)
        var->value[i] = tables[t].code[i];
    if (tables[t].is_small && !*is_full && maker_is(k, 50)) { /* one such a page */
        *is_full = true;
        maker_put(field, "options", tables[t].name);
        return;
    }
    json_t *only = json_array(), *options = json_object();
    for (size_t i = 0; i < 4; i++)
        json_array_append_new(only, json_string(tables[t].code[i]));
    maker_put(options, "table", tables[t].name);
    json_object_set_new(options, "only", only);
    json_object_set_new(field, "options", options);
}

static void make_options(struct maker *k, json_t *field, struct made_var *var, bool *is_full)
{
    static const char *const values[] = {"a", "b", "long-value_3", "D4", "5", "f", "g", "h"};
    if (maker_is(k, 35)) {
        take_table(k, field, var, is_full);
        return;
    }
    json_t *list = json_array();
    int n = maker_number(k, 2, 6);
    for (int i = 0; i < n; i++) {
        json_t *option = json_object();
        maker_put(option, "value", values[i]);
        maker_put_words(k, option, "label", 40);
        json_array_append_new(list, option);
        if (i < n - 1 && i < 3)
            var->value[var->n_values++] = values[i];
    }
    json_object_set_new(field, "options", list);
}

/* ---- what hangs on the type ---- */

static void make_limits(struct maker *k, json_t *field, bool is_decimal)
{
    if (maker_is(k, 50))
        json_object_set_new(field, "min",
                            is_decimal && maker_is(k, 50)
                                ? json_real(maker_number(k, -80, 0) / 16.0)
                                : json_integer(maker_number(k, -100, 0)));
    if (maker_is(k, 50))
        json_object_set_new(field, "max",
                            is_decimal && maker_is(k, 50)
                                ? json_real(maker_number(k, 0, 160) / 16.0)
                                : json_integer(maker_number(k, 0, 100000)));
    if (maker_is(k, 50))
        maker_put_words(k, field, "unit", 8);
    if (is_decimal && maker_is(k, 50))
        maker_put_number(field, "decimals", maker_number(k, 0, 4));
}

static bool is_among(const char *type, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(*list, type))
            return true;
    return false;
}

static void make_typed(struct maker *k, json_t *field, struct made_var *var, bool *is_full)
{
    static const char *const free_length[] = {"text", "name", "address", "digits", "code", NULL};
    static const char *const patterns[] = {"[A-Z]{2}[0-9]{3,6}", "(a|b)+", "[^x]*", ".{1,9}",
                                           "[[:alpha:]]+|\\."};
    const char *type = var->type;
    bool is_decimal = !strcmp(type, "decimal");
    if (!strcmp(type, "enum") || !strcmp(type, "set"))
        make_options(k, field, var, is_full);
    else if (is_decimal || !strcmp(type, "integer"))
        make_limits(k, field, is_decimal);
    else if (!strcmp(type, "consent")) {
        maker_put_words(k, field, "text", 600);
        maker_put_words(k, field, "text_version", 16);
    }
    if (!strcmp(type, "idno") || !strcmp(type, "bankcard"))
        maker_put_number(field, "sensitivity", 2);
    else if (maker_is(k, 20))
        maker_put_number(field, "sensitivity", maker_number(k, 0, 2));
    if (is_among(type, free_length) && maker_is(k, 30))
        maker_put_number(field, "max_chars", maker_number(k, 1, 100));
    if (maker_is(k, 8))
        maker_put(field, "pattern", patterns[dice_below(&k->dice, 5)]);
}

/* An earlier field of the same type whose name means one thing here, NULL: none. */
static const struct made_var *source_of(const struct maker *k, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const struct made_var *var = &k->var[i];
        bool is_repeated = var->group >= 0 && k->group[var->group].max;
        if (!strcmp(var->type, k->var[index].type) && (!is_repeated || var->group == k->scope))
            return var;
    }
    return NULL;
}

static bool make_from(struct maker *k, json_t *prefill, size_t index)
{
    static const char *const items[][3] = {
        {"name", "card.name", "other_card.name"},
        {"idno", "card.number", "other_card.number"},
        {"enum", "card.sex", "other_card.nation"},
        {"date", "card.birth", "other_card.valid_to"},
        {"address", "card.address", "other_card.address"},
        {"uscc", "code.uscc", "code.uscc"},
        {"text", "card.name", "card.address"},
    };
    const struct made_var *source = source_of(k, index);
    char from[MAKER_ID + 8];
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (!strcmp(items[i][0], k->var[index].type) && maker_is(k, 60)) {
            maker_put(prefill, "from", items[i][1 + dice_below(&k->dice, 2)]);
            return true;
        }
    snprintf(from, sizeof from, "=%s", source ? source->id : "");
    maker_put(prefill, "from", source && maker_is(k, 60) ? from : "share.some_key_1");
    return true;
}

static void make_prefill(struct maker *k, json_t *field, size_t index)
{
    static const char *const numbers[] = {"integer", "decimal", "text", "digits", NULL};
    static const char *const dates[] = {"date", NULL};
    static const char *const texts[] = {"enum", "name", "address", NULL};
    const char *type = k->var[index].type;
    json_t *prefill = json_object();
    char text[MAKER_TEXT];
    char kind = is_among(type, numbers) ? 'n'
                : is_among(type, dates) ? 'd'
                : is_among(type, texts) ? 't'
                                        : '\0';
    if (kind && maker_is(k, 50)) {
        maker_calc(k, kind, index, text, sizeof text);
        maker_put(prefill, "calc", text);
    } else {
        make_from(k, prefill, index);
    }
    if (maker_is(k, 30)) {
        maker_condition(k, index, text, sizeof text);
        maker_put(prefill, "if", text);
    }
    json_object_set_new(field, "prefill", prefill);
    if (maker_is(k, 30))
        json_object_set_new(field, "readonly", json_boolean(maker_is(k, 70)));
}

/* ---- a question or a field ---- */

/* Everything but the type may come from the dictionary. @return false: written out instead */
static bool make_like(struct maker *k, json_t *field, struct made_var *var)
{
    static const struct {
        const char *entry, *type;
    } likes[] = {{"person.name", "name"},     {"person.id_no", "idno"},
                 {"person.relation", "enum"}, {"consent.share", "consent"},
                 {"money", "decimal"},        {"q.agent", "bool"}};
    size_t i = dice_below(&k->dice, 6);
    if (var->group < 0 && strcmp(likes[i].type, "bool") != 0 && strcmp(likes[i].type, "enum") != 0)
        return false;
    var->type = likes[i].type;
    maker_put(field, "like", likes[i].entry);
    if (i == 2) {
        var->value[0] = "10";
        var->value[1] = "20";
        var->n_values = 2;
    }
    if ((i == 0 || i == 2 || i == 5) && maker_is(k, 30))
        json_object_set_new(field, "help", json_null());
    if (maker_is(k, 30))
        maker_put_words(k, field, "label", 40);
    return true;
}

static void make_conditions(struct maker *k, json_t *field, size_t index)
{
    char cond[MAKER_TEXT];
    if (maker_is(k, 30)) {
        maker_condition(k, index, cond, sizeof cond);
        maker_put(field, "show_if", cond);
    }
    if (maker_is(k, 12)) {
        json_t *rule = json_object();
        maker_condition(k, index + 1, cond, sizeof cond);
        maker_put(rule, "if", cond);
        maker_put_words(k, rule, "text", 200);
        json_object_set_new(field, "rule", rule);
    }
}

static json_t *make_var(struct maker *k, const char *id, int group, bool *is_full)
{
    static const char *const types[] = {"bool",    "enum",     "set",    "text",   "name",
                                        "address", "idno",     "mobile", "date",   "digits",
                                        "code",    "bankcard", "uscc",   "tel",    "email",
                                        "integer", "decimal",  "region", "consent"};
    size_t index = k->n_vars;
    struct made_var *var = &k->var[index];
    json_t *field = json_object();
    snprintf(var->id, sizeof var->id, "%s", id);
    var->group = group;
    var->n_values = 0;
    maker_put(field, "id", id);
    if (!maker_is(k, k->size == MAKER_USUAL ? 60 : 15) || !make_like(k, field, var)) {
        var->type = types[dice_below(&k->dice, group < 0 ? 3 : sizeof types / sizeof *types)];
        maker_put(field, "type", var->type);
        maker_put_words(k, field, "label", 40);
        if (maker_is(k, 30))
            maker_put_words(k, field, "help", 200);
        make_typed(k, field, var, is_full);
        if (strcmp(var->type, "consent") != 0 && maker_is(k, 25))
            make_prefill(k, field, index);
    }
    if (maker_is(k, 40))
        json_object_set_new(field, "required", json_boolean(maker_is(k, 50)));
    make_conditions(k, field, index);
    k->n_vars++;
    return field;
}

void maker_questions(struct maker *k)
{
    bool is_full = false;
    json_t *questions = json_array();
    for (int i = 0, n = maker_number(k, 0, 6); i < n; i++) {
        char id[24];
        snprintf(id, sizeof id, maker_is(k, 50) ? "q_%d" : "q.x%d", i);
        json_array_append_new(questions, make_var(k, id, -1, &is_full));
    }
    json_object_set_new(k->root, "questions", questions);
}

void maker_fields(struct maker *k)
{
    size_t room = ROOM_VARS;
    json_t *fields = json_array();
    put_groups(k);
    for (size_t g = 0; g < k->n_groups; g++) {
        struct made_group *group = &k->group[g];
        size_t times = group->max ? (size_t)group->max : 1;
        size_t most = room / times / (k->n_groups - g); /* something is left for each */
        bool is_full = false;
        int n = maker_number(k, k->size == MAKER_USUAL ? 4 : 1, maker_is(k, 20) ? 10 : 6);
        group->first = k->n_vars;
        k->scope = group->max ? (int)g : -1;
        for (int i = 0; i < n && (size_t)i < (most ? most : 1); i++) {
            char id[MAKER_ID + 16];
            snprintf(id, sizeof id, "%s.f%d", group->id, i);
            json_t *field = make_var(k, id, (int)g, &is_full);
            maker_put(field, "group", group->id);
            json_array_append_new(fields, field);
        }
        group->n = k->n_vars - group->first;
        room -= group->n * times;
        k->scope = -1;
    }
    json_object_set_new(k->root, "fields", fields);
}
