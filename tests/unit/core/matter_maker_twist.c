/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes between two places of a matter: circles, the order of fields, doubles, limits. One
 * thread. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "matter_maker_break.h"

static bool point(struct breaker *b, const char *fmt, ...) YJ_PRINTF(2, 3);

static bool point(struct breaker *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(b->ret->pointer, sizeof b->ret->pointer, fmt, args);
    va_end(args);
    return true;
}

static const char *id_of(const json_t *part)
{
    return json_string_value(json_object_get(part, "id"));
}

static void set_text(json_t *part, const char *key, const char *fmt, ...) YJ_PRINTF(3, 4);

static void set_text(json_t *part, const char *key, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    json_object_set_new(part, key, json_string(text));
}

static json_t *make(const char *text)
{
    return json_loads(text, JSON_DECODE_ANY, NULL);
}

/* ---- tasks ---- */

static void add_dep(json_t *task, const char *id)
{
    json_t *deps = json_object_get(task, "deps");
    if (!deps)
        json_object_set_new(task, "deps", deps = json_array());
    json_array_append_new(deps, json_string(id));
}

static bool circle(struct breaker *b)
{
    size_t i = 0, n = json_array_size(json_object_get(b->root, "tasks"));
    json_t *task = breaker_pick(b, "tasks", "", &i);
    if (n < 2)
        return false;
    json_t *next = json_array_get(json_object_get(b->root, "tasks"), (i + 1) % n);
    add_dep(task, id_of(next));
    add_dep(next, id_of(task));
    return point(b, "/tasks/%zu/deps", i);
}

static bool waits_for_itself(struct breaker *b)
{
    size_t i = 0;
    json_t *task = breaker_pick(b, "tasks", "", &i);
    if (!task)
        return false;
    add_dep(task, id_of(task));
    return point(b, "/tasks/%zu/deps/%zu", i, json_array_size(json_object_get(task, "deps")) - 1);
}

/* What a task group waits for waits for the group. */
static bool circle_by_group(struct breaker *b)
{
    size_t i = 0, j = 0;
    json_t *member = breaker_pick(b, "tasks", "need=choice", &i);
    json_t *other = breaker_pick(b, "tasks", "need!=choice", &j);
    if (!member || !other)
        return false;
    add_dep(member, id_of(other));
    add_dep(other, json_string_value(json_object_get(member, "group")));
    return point(b, "/tasks/%zu/deps", j);
}

static bool base_waits_for_choice(struct breaker *b)
{
    size_t i = 0, j = 0;
    json_t *base = breaker_pick(b, "tasks", "need=base", &i);
    json_t *free_one = breaker_pick(b, "tasks", "need=optional", &j);
    if (!base || !free_one)
        return false;
    add_dep(base, id_of(free_one));
    return point(b, "/tasks/%zu/deps", i);
}

static bool sel_of_base(struct breaker *b)
{
    size_t i = 0, j = 0;
    json_t *base = breaker_pick(b, "tasks", "need=base", &i);
    json_t *material = breaker_pick(b, "materials", "", &j);
    if (!base || !material)
        return false;
    set_text(material, "if", "sel(%s)", id_of(base));
    return point(b, "/materials/%zu/if", j);
}

static bool empty_task_group(struct breaker *b)
{
    json_t *groups = json_object_get(b->root, "task_groups");
    if (!groups)
        return false;
    json_array_append_new(groups, make("{\"id\":\"empty\",\"label\":\"x\",\"min\":0,\"max\":1}"));
    return point(b, "/task_groups/%zu", json_array_size(groups) - 1);
}

static bool task_called_like_group(struct breaker *b)
{
    size_t i = 0, j = 0;
    json_t *group = breaker_pick(b, "task_groups", "", &i);
    json_t *task = breaker_pick(b, "tasks", "", &j);
    if (!group || !task)
        return false;
    set_text(task, "id", "%s", id_of(group));
    return point(b, "/tasks/%zu/id", j);
}

/* ---- doubles and limits ---- */

static bool twice(struct breaker *b, const char *list)
{
    json_t *all = json_object_get(b->root, list);
    size_t n = json_array_size(all);
    if (n < 2)
        return false;
    size_t i = 1 + dice_below(&b->dice, (unsigned)n - 1);
    set_text(json_array_get(all, i), "id", "%s",
             id_of(json_array_get(all, dice_below(&b->dice, (unsigned)i))));
    return point(b, "/%s/%zu/id", list, i);
}

static bool field_twice(struct breaker *b)
{
    return twice(b, "fields");
}

static bool question_twice(struct breaker *b)
{
    return twice(b, "questions");
}

static bool task_twice(struct breaker *b)
{
    return twice(b, "tasks");
}

static bool material_twice(struct breaker *b)
{
    return twice(b, "materials");
}

static bool group_twice(struct breaker *b)
{
    return twice(b, "groups");
}

static bool gate_twice(struct breaker *b)
{
    return twice(b, "gates");
}

static bool field_called_like_question(struct breaker *b)
{
    size_t i = 0, j = 0;
    json_t *question = breaker_pick(b, "questions", "", &i),
           *field = breaker_pick(b, "fields", "", &j);
    if (!question || !field)
        return false;
    set_text(field, "id", "%s", id_of(question));
    return point(b, "/fields/%zu/id", j);
}

/* Copies of one part until there are n of its list, each with an id of its own. */
static void multiply(json_t *all, const json_t *part, const char *form, size_t n)
{
    for (size_t i = 0; json_array_size(all) < n; i++) {
        json_t *copy = json_deep_copy(part);
        set_text(copy, "id", "%s%zu", form, i);
        json_array_append_new(all, copy);
    }
}

static bool too_many_materials(struct breaker *b)
{
    size_t i = 0;
    json_t *one = breaker_pick(b, "materials", "", &i);
    if (!one)
        return false;
    multiply(json_object_get(b->root, "materials"), one, "more_", MATTER_MAX_MATERIALS + 1);
    b->ret->is_blind = false;
    return point(b, "/materials");
}

static bool too_many_tasks(struct breaker *b)
{
    size_t i = 0;
    json_t *one = breaker_pick(b, "tasks", "need=base", &i);
    if (!one)
        return false;
    multiply(json_object_get(b->root, "tasks"), one, "more_", MATTER_MAX_TASKS + 1);
    b->ret->is_blind = false;
    return point(b, "/tasks");
}

static json_t *add_group(struct breaker *b, const char *text, size_t *ret_i)
{
    json_t *groups = json_object_get(b->root, "groups");
    *ret_i = json_array_size(groups);
    if (groups)
        json_array_append_new(groups, make(text));
    return groups;
}

/* n text fields on the page "new" */
static void add_fields(struct breaker *b, size_t n, const char *rest)
{
    json_t *fields = json_object_get(b->root, "fields");
    for (size_t i = 0; i < n; i++) {
        json_t *field = make(rest);
        set_text(field, "id", "new.f%zu", i);
        set_text(field, "group", "new");
        set_text(field, "label", "x");
        json_array_append_new(fields, field);
    }
}

static bool full_page(struct breaker *b)
{
    size_t i = 0;
    if (!add_group(b, "{\"id\":\"new\",\"title\":\"x\"}", &i))
        return false;
    add_fields(b, 11, "{\"type\":\"text\"}");
    return point(b, "/groups/%zu", i);
}

static bool page_of_options(struct breaker *b)
{
    size_t i = 0;
    if (!add_group(b, "{\"id\":\"new\",\"title\":\"x\"}", &i))
        return false;
    add_fields(b, 3, "{\"type\":\"enum\",\"options\":\"nation\"}");
    return point(b, "/groups/%zu", i);
}

static bool empty_page(struct breaker *b)
{
    size_t i = 0;
    return add_group(b, "{\"id\":\"new\",\"title\":\"x\"}", &i) && point(b, "/groups/%zu", i);
}

/* With all members. */
static bool too_many_vars(struct breaker *b)
{
    static const char *const pages[] = {"new", "newer"};
    size_t i = 0;
    for (size_t g = 0; g < 2; g++) {
        char text[160];
        snprintf(text, sizeof text,
                 "{\"id\":\"%s\",\"title\":\"x\",\"repeat\":{\"min\":0,\"max\":12,\"item\":\"{n}\","
                 "\"add\":\"x\"}}",
                 pages[g]);
        if (!add_group(b, text, &i))
            return false;
        json_t *fields = json_object_get(b->root, "fields");
        for (size_t f = 0; f < 9; f++) {
            json_t *field = make("{\"type\":\"text\",\"label\":\"x\"}");
            set_text(field, "id", "%s.f%zu", pages[g], f);
            set_text(field, "group", "%s", pages[g]);
            json_array_append_new(fields, field);
        }
    }
    return point(b, "/fields");
}

static bool set_too_long(struct breaker *b)
{
    size_t i = 0;
    json_t *field = breaker_pick(b, "fields", "type=set", &i);
    if (!field)
        return false;
    json_t *options = json_array();
    for (int n = 0; n < 11; n++) {
        json_t *option = make("{\"label\":\"x\"}");
        set_text(option, "value", "a-value-of-thirty-characters-%03d", n);
        json_array_append_new(options, option);
    }
    json_object_set_new(field, "options", options);
    return point(b, "/fields/%zu/options", i);
}

/* ---- order of fields ---- */

static bool forward_show_if(struct breaker *b)
{
    json_t *fields = json_object_get(b->root, "fields");
    size_t n = json_array_size(fields);
    if (n < 2)
        return false;
    size_t i = dice_below(&b->dice, (unsigned)n - 1);
    json_t *field = json_array_get(fields, i), *next = json_array_get(fields, i + 1);
    set_text(field, "show_if", "has(%s)", id_of(next)); /* of another repeat: not in sight */
    return point(b, "/fields/%zu/show_if", i);
}

static bool shown_by_itself(struct breaker *b)
{
    size_t i = 0;
    json_t *field = breaker_pick(b, "fields", "", &i);
    if (!field)
        return false;
    set_text(field, "show_if", "has(%s)", id_of(field));
    return point(b, "/fields/%zu/show_if", i);
}

static bool filled_from_behind(struct breaker *b)
{
    size_t i = 0;
    json_t *field = breaker_pick(b, "fields", "type=date", &i);
    if (!field)
        return false;
    json_t *prefill = json_object();
    set_text(prefill, "from", "=%s", id_of(field));
    json_object_set_new(field, "prefill", prefill);
    return point(b, "/fields/%zu/prefill/from", i);
}

/* ---- repeated groups ---- */

/* A field of a repeated group; *ret_group: the group. */
static json_t *repeated_field(struct breaker *b, size_t *ret_i, const json_t **ret_group)
{
    size_t g = 0;
    char where[64];
    *ret_group = breaker_pick(b, "groups", "repeat", &g);
    if (!*ret_group)
        return NULL;
    snprintf(where, sizeof where, "group=%s", id_of(*ret_group));
    return breaker_pick(b, "fields", where, ret_i);
}

static bool peeks_inside(struct breaker *b)
{
    size_t i = 0, j = 0;
    const json_t *group = NULL, *field = repeated_field(b, &i, &group);
    json_t *material = breaker_pick(b, "materials", "", &j);
    if (!field || !material)
        return false;
    set_text(material, "if", "has(%s)", id_of(field));
    return point(b, "/materials/%zu/if", j);
}

static bool without_prefix(struct breaker *b)
{
    size_t i = 0;
    const json_t *group = NULL;
    json_t *field = repeated_field(b, &i, &group);
    if (!field)
        return false;
    set_text(field, "id", "lonely");
    return point(b, "/fields/%zu/id", i);
}

static bool apart(struct breaker *b)
{
    size_t i = 0;
    const json_t *group = NULL, *field = repeated_field(b, &i, &group);
    json_t *fields = json_object_get(b->root, "fields");
    const json_t *last = json_array_get(fields, json_array_size(fields) - 1);
    if (!field || json_equal(json_object_get(last, "group"), json_object_get(group, "id")))
        return false;
    json_t *copy = make("{\"type\":\"text\",\"label\":\"x\"}");
    set_text(copy, "id", "%s.apart", id_of(group));
    set_text(copy, "group", "%s", id_of(group));
    json_array_append_new(fields, copy);
    return point(b, "/fields/%zu/group", json_array_size(fields) - 1);
}

/* ---- conditions ---- */

/* A condition of the first material over a field that is no member of a group. */
static bool condition(struct breaker *b, const char *type, const char *before, const char *behind)
{
    char where[32], text[256];
    size_t i = 0, j = 0;
    json_t *material = breaker_pick(b, "materials", "", &j);
    snprintf(where, sizeof where, "type=%s", type);
    const json_t *var = breaker_pick(b, "questions", where, &i);
    if (!var || !material)
        return false;
    snprintf(text, sizeof text, "%s%s%s", before, id_of(var), behind);
    json_object_set_new(material, "if", json_string(text));
    return point(b, "/materials/%zu/if", j);
}

static bool contradiction(struct breaker *b)
{
    size_t i = 0;
    char text[64];
    const json_t *question = breaker_pick(b, "questions", "type=bool", &i);
    snprintf(text, sizeof text, " && !(%s)", question ? id_of(question) : "");
    return question && condition(b, "bool", "false && ", text);
}

static bool unknown_option(struct breaker *b)
{
    return condition(b, "enum", "", " == 'nothing'");
}

static bool text_of_a_flag(struct breaker *b)
{
    return condition(b, "bool", "", " == 'yes'");
}

static bool set_as_text(struct breaker *b)
{
    return condition(b, "set", "", " == 'a'");
}

static bool unknown_member(struct breaker *b)
{
    return condition(b, "set", "'nothing' in ", "");
}

static bool age_of_a_flag(struct breaker *b)
{
    return condition(b, "bool", "age(", ") > 3");
}

static bool option_as_flag(struct breaker *b)
{
    return condition(b, "enum", "!", "");
}

static bool sum_of_one(struct breaker *b)
{
    return condition(b, "bool", "sum(", ") > 3");
}

static bool endless_condition(struct breaker *b)
{
    size_t i = 0;
    char text[1100];
    json_t *gate = breaker_pick(b, "gates", "", &i);
    if (!gate)
        return false;
    memset(text, ' ', sizeof text - 1);
    memcpy(text, "true", 4);
    memcpy(text + sizeof text - 8, "|| true", 8);
    json_object_set_new(gate, "if", json_string(text));
    b->ret->is_blind = false;
    return point(b, "/gates/%zu/if", i);
}

static const struct {
    const char *name;
    bool (*make)(struct breaker *b);
} twists[] = {
    {"circle of tasks", circle},
    {"circle through a task group", circle_by_group},
    {"waits for itself", waits_for_itself},
    {"base waits for what may be left out", base_waits_for_choice},
    {"sel of a base task", sel_of_base},
    {"empty task group", empty_task_group},
    {"task called like a group", task_called_like_group},
    {"field twice", field_twice},
    {"question twice", question_twice},
    {"task twice", task_twice},
    {"material twice", material_twice},
    {"group twice", group_twice},
    {"gate twice", gate_twice},
    {"field called like a question", field_called_like_question},
    {"too many materials", too_many_materials},
    {"too many tasks", too_many_tasks},
    {"eleven fields on a page", full_page},
    {"too many options on a page", page_of_options},
    {"page without fields", empty_page},
    {"too many variables", too_many_vars},
    {"set too long", set_too_long},
    {"shown by a later field", forward_show_if},
    {"shown by itself", shown_by_itself},
    {"filled from itself", filled_from_behind},
    {"looks into a repeated group", peeks_inside},
    {"member without its group's name", without_prefix},
    {"members apart", apart},
    {"contradiction", contradiction},
    {"unknown option", unknown_option},
    {"text of a flag", text_of_a_flag},
    {"set as a text", set_as_text},
    {"unknown member of a set", unknown_member},
    {"age of a flag", age_of_a_flag},
    {"option as a flag", option_as_flag},
    {"sum of one", sum_of_one},
    {"endless condition", endless_condition},
};

size_t breaker_twist_count(void)
{
    return sizeof twists / sizeof *twists;
}

bool breaker_twist(struct breaker *b, size_t i)
{
    *b->ret = (struct maker_mistake){.name = twists[i].name, .is_blind = true};
    return twists[i].make(b);
}
