/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks and materials of made matters. One thread. */
#include <stdio.h>
#include <string.h>

#include "matter_maker_priv.h"

void maker_plan_tasks(struct maker *k)
{
    static const char *const needs[] = {"base", "optional", "cond", "choice"};
    k->n_tasks = (size_t)(k->size == MAKER_USUAL ? maker_number(k, 4, 9)
                                                 : maker_number(k, 1, maker_is(k, 10) ? 24 : 9));
    k->n_task_groups = k->n_tasks > 2 ? (size_t)maker_number(k, 0, 2) : 0;
    for (size_t i = 0; i < k->n_tasks; i++) {
        struct made_task *task = &k->task[i];
        snprintf(task->id, sizeof task->id, "t%zu", i);
        task->rank = dice_below(&k->dice, 1000);
        task->task_group = -1;
        task->need = needs[dice_below(&k->dice, k->n_task_groups ? 4 : 3)];
        if (i < k->n_task_groups) /* no group without a task */
            task->need = "choice";
        if (!strcmp(task->need, "choice"))
            task->task_group = i < k->n_task_groups
                                   ? (int)i
                                   : (int)dice_below(&k->dice, (unsigned)k->n_task_groups);
    }
}

static void put_task_groups(struct maker *k)
{
    json_t *groups = json_array();
    for (size_t g = 0; g < k->n_task_groups; g++) {
        char id[24];
        int n = 0;
        for (size_t i = 0; i < k->n_tasks; i++)
            n += k->task[i].task_group == (int)g;
        int min = maker_number(k, 0, n);
        json_t *group = json_object();
        snprintf(id, sizeof id, "tg%zu", g);
        maker_put(group, "id", id);
        maker_put_words(k, group, "label", 40);
        maker_put_number(group, "min", min);
        maker_put_number(group, "max", maker_number(k, min ? min : 1, MATTER_MAX_TASKS));
        json_array_append_new(groups, group);
    }
    json_object_set_new(k->root, "task_groups", groups);
}

/* A task waits for lower ranks only, for a group when all of it is lower: there is no circle. */
static bool is_group_lower(const struct maker *k, size_t g, unsigned rank)
{
    for (size_t i = 0; i < k->n_tasks; i++)
        if (k->task[i].task_group == (int)g && k->task[i].rank >= rank)
            return false;
    return true;
}

static void make_deps(struct maker *k, json_t *task, const struct made_task *own)
{
    json_t *deps = json_array();
    for (size_t i = 0; i < k->n_tasks; i++) {
        const struct made_task *other = &k->task[i];
        bool may_be_left_out = !strcmp(other->need, "optional") || !strcmp(other->need, "choice");
        if (other->rank < own->rank && maker_is(k, 25) &&
            (strcmp(own->need, "base") != 0 || !may_be_left_out))
            json_array_append_new(deps, json_string(other->id));
    }
    for (size_t g = 0; g < k->n_task_groups; g++) {
        char id[24];
        snprintf(id, sizeof id, "tg%zu", g);
        if (own->task_group != (int)g && is_group_lower(k, g, own->rank) && maker_is(k, 60))
            json_array_append_new(deps, json_string(id));
    }
    if (json_array_size(deps) > 0 || maker_is(k, 30))
        json_object_set(task, "deps", deps);
    json_decref(deps);
}

static void make_whereabouts(struct maker *k, json_t *task)
{
    const json_t *places = json_object_get(k->root, "places");
    if (json_array_size(places) > 0 && maker_is(k, 30)) {
        size_t i = dice_below(&k->dice, (unsigned)json_array_size(places));
        json_object_set(task, "place", json_object_get(json_array_get(places, i), "name"));
    }
    for (size_t i = 0; i < k->n_vars; i++) {
        const struct made_var *var = &k->var[i];
        bool is_repeated = var->group >= 0 && k->group[var->group].max;
        if (!strcmp(var->type, "enum") && !is_repeated && maker_is(k, 15)) {
            maker_put(task, "deliver", var->id);
            break;
        }
    }
}

static void make_extras(struct maker *k, json_t *task)
{
    static const char *const flags[] = {"independent", "in_person"};
    int days = maker_number(k, 0, maker_is(k, 10) ? 365 : 20);
    maker_put_number(task, "days", days);
    if (maker_is(k, 30))
        maker_put_number(task, "legal_days", maker_number(k, days ? days : 1, 365));
    for (size_t i = 0; i < 2; i++)
        if (maker_is(k, 25))
            json_object_set_new(task, flags[i], json_boolean(maker_is(k, 80)));
    if (maker_is(k, 20))
        maker_put(task, "kind", maker_is(k, 50) ? "query" : "apply");
    if (maker_is(k, 30))
        maker_put(task, "item_code", "11430100MB1X-00_1");
    if (maker_is(k, 50))
        maker_put_words(k, task, "result", 40);
    if (maker_is(k, 20))
        maker_put_words(k, task, "note", 100);
}

void maker_tasks(struct maker *k)
{
    json_t *tasks = json_array();
    put_task_groups(k);
    for (size_t i = 0; i < k->n_tasks; i++) {
        const struct made_task *own = &k->task[i];
        json_t *task = json_object();
        char text[MAKER_TEXT];
        maker_put(task, "id", own->id);
        maker_put_words(k, task, "name", 40);
        maker_put_words(k, task, "dept", 40);
        maker_put(task, "need", own->need);
        if (!strcmp(own->need, "cond")) {
            maker_condition(k, k->n_vars, text, sizeof text);
            maker_put(task, "if", text);
        }
        if (own->task_group >= 0) {
            snprintf(text, sizeof text, "tg%d", own->task_group);
            maker_put(task, "group", text);
        }
        make_extras(k, task);
        make_whereabouts(k, task);
        make_deps(k, task, own);
        json_array_append_new(tasks, task);
    }
    json_object_set_new(k->root, "tasks", tasks);
}

/* ---- materials ---- */

static void make_actions(struct maker *k, json_t *material)
{
    static const char *const words[] = {"scan", "later", "promise"};
    json_t *actions = json_array();
    unsigned bits = 1 + dice_below(&k->dice, 7);
    for (unsigned i = 0; i < 3; i++)
        if (bits >> i & 1)
            json_array_insert_new(actions, maker_is(k, 50) ? 0 : json_array_size(actions),
                                  json_string(words[i]));
    json_object_set_new(material, "actions", actions);
    if (bits & 2)
        maker_put_number(material, "later_days", maker_number(k, 1, 365));
    if (bits & 4 && maker_is(k, 70))
        maker_put_words(k, material, "promise", 300);
}

static void make_mode(struct maker *k, json_t *material)
{
    char mode[] = "E1";
    int number = maker_number(k, 1, 7);
    mode[1] = (char)('0' + number);
    maker_put(material, "mode", mode);
    maker_put_words(k, material, "name", 40);
    if (number == 2 || number == 3) {
        maker_put_words(k, material, "certificate", 40);
        if (maker_is(k, 50))
            maker_put(material, "share", "some_key_1");
    } else if (number == 5 && maker_is(k, 70)) {
        maker_put_words(k, material, "promise", 300);
    } else if (number == 6) {
        make_actions(k, material);
    } else if (number == 7) {
        maker_put_number(material, "later_days", maker_number(k, 1, 365));
    }
}

void maker_materials(struct maker *k)
{
    json_t *materials = json_array();
    int n = k->size == MAKER_USUAL ? maker_number(k, 6, 14)
                                   : maker_number(k, 1, maker_is(k, 10) ? 40 : 10);
    for (int i = 0; i < n; i++) {
        json_t *material = json_object();
        char id[24], cond[MAKER_TEXT];
        snprintf(id, sizeof id, "m%d", i);
        maker_put(material, "id", id);
        if (maker_is(k, 20))
            maker_put(material, "like", maker_is(k, 50) ? "id_card" : "photo");
        else
            make_mode(k, material);
        if (maker_is(k, 50)) {
            maker_condition(k, k->n_vars, cond, sizeof cond);
            maker_put(material, "if", cond);
        }
        if (maker_is(k, 40))
            maker_put_words(k, material, "hint", 200);
        if (maker_is(k, 30))
            maker_put_number(material, "copies", maker_number(k, 1, 9));
        json_array_append_new(materials, material);
    }
    json_object_set_new(k->root, "materials", materials);
}
