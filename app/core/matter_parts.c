/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a matter file with an id: groups, task groups, tasks, gates. No I/O; any thread. */
#include <string.h>

#include "core/matter_priv.h"

const char *matter_early_id(struct reader *r, const struct spot *array, size_t i)
{
    const char *id = json_string_value(json_object_get(json_array_get(array->json, i), "id"));
    return id ? reader_keep(r, id) : "";
}

void matter_check_id(struct reader *r, const struct spot *array, size_t i)
{
    struct spot at = read_element(array, i);
    (void)read_formed(r, &at, "id", NEEDED, MATTER_MAX_ID, FORM_ID, "id");
}

static void complain_twice(struct reader *r, const struct spot *at)
{
    reader_complain(r, at, "id", "the id is there twice");
}

static void read_repeat(struct reader *r, const struct spot *spot, struct matter_group *group)
{
    static const char *const known[] = {"min", "max", "item", "add"};
    struct spot at = {.up = spot, .key = "repeat", .json = json_object_get(spot->json, "repeat")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    group->repeat_max = read_int(r, &at, "max", NEEDED, 1, MATTER_MAX_REPEAT, 1);
    group->repeat_min = read_int(r, &at, "min", NEEDED, 0, MATTER_MAX_REPEAT, 0);
    group->repeat_item = read_text(r, &at, "item", NEEDED, MATTER_MAX_NAME);
    group->repeat_add = read_text(r, &at, "add", NEEDED, MATTER_MAX_NAME);
    if (group->repeat_min > group->repeat_max)
        reader_complain(r, &at, "min", "more than max");
    if (group->repeat_item && !strstr(group->repeat_item, "{n}"))
        reader_complain(r, &at, "item", "the text needs {n}, the number of the member");
}

void matter_read_groups(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"id", "title", "hint", "repeat"};
    enum presence needed = r->m->status == MATTER_OPEN ? NEEDED : OPTIONAL;
    size_t n = 0;
    struct spot array = read_array(r, root, "groups", needed, 1, MATTER_MAX_GROUPS, &n);
    r->m->group = matter_arena_alloc(r->arena, n, sizeof *r->m->group);
    r->m->n_groups = n;
    for (size_t i = 0; i < n; i++)
        r->m->group[i].id = matter_early_id(r, &array, i);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        struct matter_group *group = &r->m->group[i];
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        matter_check_id(r, &array, i);
        for (size_t j = 0; group->id[0] && j < i; j++)
            if (!strcmp(group->id, r->m->group[j].id))
                complain_twice(r, &at);
        group->title = read_text(r, &at, "title", NEEDED, MATTER_MAX_NAME);
        group->hint = read_text(r, &at, "hint", OPTIONAL, MATTER_MAX_HINT);
        read_repeat(r, &at, group);
    }
}

/* ---- tasks ---- */

void matter_read_task_groups(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"id", "label", "min", "max"};
    size_t n = 0;
    struct spot array = read_array(r, root, "task_groups", OPTIONAL, 0, MATTER_MAX_TASK_GROUPS, &n);
    r->m->task_group = matter_arena_alloc(r->arena, n, sizeof *r->m->task_group);
    r->m->n_task_groups = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        struct matter_task_group *group = &r->m->task_group[i];
        group->id = matter_early_id(r, &array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        matter_check_id(r, &array, i);
        for (size_t j = 0; group->id[0] && j < i; j++)
            if (!strcmp(group->id, r->m->task_group[j].id))
                complain_twice(r, &at);
        group->label = read_text(r, &at, "label", NEEDED, MATTER_MAX_NAME);
        group->min = read_int(r, &at, "min", NEEDED, 0, MATTER_MAX_TASKS, 0);
        group->max = read_int(r, &at, "max", NEEDED, 1, MATTER_MAX_TASKS, MATTER_MAX_TASKS);
    }
}

void matter_read_task_ids(struct reader *r, const struct spot *root, struct spot *ret_tasks)
{
    struct matter *m = r->m;
    enum presence needed = m->status == MATTER_OPEN ? NEEDED : OPTIONAL;
    *ret_tasks = read_array(r, root, "tasks", needed, 1, MATTER_MAX_TASKS, &m->n_tasks);
    m->task = matter_arena_alloc(r->arena, m->n_tasks, sizeof *m->task);
    for (size_t i = 0; i < m->n_tasks; i++) {
        m->task[i].id = matter_early_id(r, ret_tasks, i);
        m->task[i].task_group = m->task[i].deliver_var = m->task[i].place = -1;
    }
}

static int find_task_group(const struct matter *m, const char *id)
{
    for (size_t i = 0; i < m->n_task_groups; i++)
        if (!strcmp(m->task_group[i].id, id))
            return (int)i;
    return -1;
}

/* One dependency: a task, or all tasks of a task group. Groups are resolved when all tasks are
 * read: their bits are put into deps then. */
static void read_dep(struct reader *r, const struct spot *at, size_t index, unsigned *ret_groups)
{
    const struct matter *m = r->m;
    const char *id = json_string_value(at->json);
    size_t found = 0;
    while (id && found < m->n_tasks && strcmp(m->task[found].id, id) != 0)
        found++;
    int group = id && found == m->n_tasks ? find_task_group(m, id) : -1;
    if (!id)
        reader_complain(r, at, NULL, "the id of a task is expected here");
    else if (group >= 0)
        *ret_groups |= 1u << group;
    else if (found == m->n_tasks)
        reader_complain(r, at, NULL, "there is no task \"%.40s\"", id);
    else if (found == index)
        reader_complain(r, at, NULL, "a task cannot wait for itself");
    else
        r->direct_deps[index] |= UINT32_C(1) << found;
}

/* @return bits of the task groups that are waited for */
static unsigned read_deps(struct reader *r, const struct spot *spot, size_t index)
{
    unsigned groups = 0;
    size_t n = 0;
    struct spot array = read_array(r, spot, "deps", OPTIONAL, 0, MATTER_MAX_TASKS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        read_dep(r, &at, index, &groups);
    }
    r->m->task[index].deps = r->direct_deps[index];
    return groups;
}

static void read_need(struct reader *r, const struct spot *at, size_t index)
{
    static const char *const needs[] = {"base", "optional", "cond", "choice"};
    struct matter_task *task = &r->m->task[index];
    int need = read_word(r, at, "need", needs, YJ_COUNT(needs));
    if (need < 0)
        return;
    task->need = (enum matter_need)need;
    if (need == NEED_COND)
        task->cond = read_expr(r, at, "if", NEEDED);
    else if (json_object_get(at->json, "if"))
        reader_complain(r, at, "if", "only need cond has a condition");
    if (need != NEED_CHOICE) {
        if (json_object_get(at->json, "group"))
            reader_complain(r, at, "group", "only need choice has a task group");
        return;
    }
    const char *id = read_text(r, at, "group", NEEDED, MATTER_MAX_ID);
    task->task_group = id ? find_task_group(r->m, id) : -1;
    if (task->task_group >= 0)
        r->m->task_group[task->task_group].tasks |= UINT32_C(1) << index;
    else if (id)
        reader_complain(r, at, "group", "there is no task group \"%s\"", id);
}

/* Things that are said elsewhere in the file: how the result is handed over, where to go. */
static void read_whereabouts(struct reader *r, const struct spot *at, struct matter_task *task)
{
    const struct matter *m = r->m;
    const char *field = read_text(r, at, "deliver", OPTIONAL, MATTER_MAX_ID);
    r->is_peeking = false;
    int var = field ? reader_find_var(r, field) : -1;
    if (field && var < 0)
        reader_complain(r, at, "deliver", "there is no field \"%s\"%s", field,
                        r->is_peeking ? " outside its repeated group" : "");
    else if (field && r->place[var].is_read && m->var[var].type != TYPE_ENUM)
        reader_complain(r, at, "deliver", "the field is not of type enum");
    task->deliver_var = var;
    const char *place = read_text(r, at, "place", OPTIONAL, MATTER_MAX_NAME);
    for (size_t i = 0; place && task->place < 0 && i < m->n_places; i++)
        if (m->place[i].name && !strcmp(m->place[i].name, place))
            task->place = (int)i;
    if (place && task->place < 0)
        reader_complain(r, at, "place", "there is no place \"%s\"", place);
}

/* @return bits of the task groups that are waited for */
static unsigned read_task(struct reader *r, const struct spot *array, size_t index)
{
    static const char *const known[] = {"id",        "name",   "dept",  "result",     "item_code",
                                        "days",      "need",   "if",    "deps",       "independent",
                                        "in_person", "kind",   "place", "legal_days", "note",
                                        "group",     "deliver"};
    static const char *const kinds[] = {"apply", "query"};
    struct spot at = read_element(array, index);
    struct matter_task *task = &r->m->task[index];
    if (!read_object(r, &at, known, YJ_COUNT(known)))
        return 0;
    matter_check_id(r, array, index);
    for (size_t j = 0; task->id[0] && j < index; j++)
        if (!strcmp(task->id, r->m->task[j].id))
            complain_twice(r, &at);
    if (find_task_group(r->m, task->id) >= 0)
        reader_complain(r, &at, "id", "a task group is called so");
    task->name = read_text(r, &at, "name", NEEDED, MATTER_MAX_NAME);
    task->dept = read_text(r, &at, "dept", NEEDED, MATTER_MAX_NAME);
    task->result = read_text(r, &at, "result", OPTIONAL, MATTER_MAX_NAME);
    task->item_code = read_formed(r, &at, "item_code", OPTIONAL, 64, FORM_VALUE,
                                  "item code (letters, digits, _ and -)");
    task->days = read_int(r, &at, "days", r->m->status == MATTER_OPEN ? NEEDED : OPTIONAL, 0,
                          MATTER_MAX_DAYS, -1);
    task->legal_days = read_int(r, &at, "legal_days", OPTIONAL, 1, MATTER_MAX_DAYS, 0);
    if (task->legal_days && task->days > task->legal_days)
        reader_complain(r, &at, "legal_days", "less than the promised days");
    task->is_independent = read_bool(r, &at, "independent", false);
    task->is_in_person = read_bool(r, &at, "in_person", false);
    task->is_query = read_optional_word(r, &at, "kind", kinds, YJ_COUNT(kinds)) == 1;
    task->note = read_text(r, &at, "note", OPTIONAL, 100);
    read_need(r, &at, index);
    read_whereabouts(r, &at, task);
    return read_deps(r, &at, index);
}

void matter_read_tasks(struct reader *r, const struct spot *tasks)
{
    struct matter *m = r->m;
    unsigned groups[MATTER_MAX_TASKS] = {0};
    for (size_t i = 0; i < m->n_tasks; i++)
        groups[i] = read_task(r, tasks, i);
    for (size_t i = 0; i < m->n_tasks; i++)
        for (size_t g = 0; g < m->n_task_groups; g++)
            if (groups[i] >> g & 1)
                m->task[i].deps |= m->task_group[g].tasks & ~(UINT32_C(1) << i);
}

void matter_read_gates(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"id", "if", "reason", "advice"};
    size_t n = 0;
    struct spot array = read_array(r, root, "gates", OPTIONAL, 0, MATTER_MAX_GATES, &n);
    r->m->gate = matter_arena_alloc(r->arena, n, sizeof *r->m->gate);
    r->m->n_gates = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        struct matter_gate *gate = &r->m->gate[i];
        gate->id = matter_early_id(r, &array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        matter_check_id(r, &array, i);
        for (size_t j = 0; gate->id[0] && j < i; j++)
            if (!strcmp(gate->id, r->m->gate[j].id))
                complain_twice(r, &at);
        gate->stop_if = read_expr(r, &at, "if", NEEDED);
        gate->reason = read_text(r, &at, "reason", NEEDED, MATTER_MAX_HINT);
        gate->advice = read_text(r, &at, "advice", NEEDED, MATTER_MAX_HINT);
    }
}
