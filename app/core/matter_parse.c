/* SPDX-License-Identifier: Apache-2.0 */
/* One matter file's text to a struct matter. All mistakes are found in one pass; a file with a
 * mistake gives no matter. No I/O; any thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "core/matter_priv.h"

/* What matter_parse hands out; the public part comes first so that matter_free finds the rest. */
struct matter_owned {
    struct matter m;
    struct arena arena;
};

static const char *element_id(const struct spot *array, size_t i)
{
    struct spot at = read_element(array, i);
    return json_string_value(json_object_get(at.json, "id"));
}

/* An id into the arena even when its form is wrong, so that references to it can be followed. */
static const char *early_id(struct reader *r, const struct spot *array, size_t i)
{
    const char *id = element_id(array, i);
    if (!id)
        return "";
    size_t n = strlen(id);
    char *copy = matter_arena_alloc(r->arena, n + 1, 1);
    memcpy(copy, id, n + 1);
    return copy;
}

/* An id must be new among its kind: compare with the elements before it. */
static void complain_if_twice(struct reader *r, const struct spot *array, size_t i)
{
    const char *id = element_id(array, i);
    for (size_t j = 0; id && j < i; j++) {
        const char *other = element_id(array, j);
        if (other && !strcmp(id, other)) {
            struct spot at = read_element(array, i);
            reader_complain(r, &at, "id", "the id is there twice");
            return;
        }
    }
}

static const char *read_id(struct reader *r, const struct spot *array, size_t i)
{
    struct spot at = read_element(array, i);
    const char *id = read_formed(r, &at, "id", NEEDED, MATTER_MAX_ID, FORM_ID, "id");
    complain_if_twice(r, array, i);
    return id ? id : "";
}

static void read_metrics(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"label", "before", "after"};
    size_t n = 0;
    struct spot array = read_array(r, root, "metrics", OPTIONAL, 0, MATTER_MAX_METRICS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        struct matter_metric *metric = &r->m->metric[i];
        metric->label = read_text(r, &at, "label", NEEDED, 12);
        metric->before = read_text(r, &at, "before", NEEDED, 12);
        metric->after = read_text(r, &at, "after", NEEDED, 12);
    }
    r->m->n_metrics = n;
}

static void read_groups(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"id", "title", "hint"};
    size_t n = 0;
    struct spot array = read_array(r, root, "groups", NEEDED, 1, MATTER_MAX_GROUPS, &n);
    r->m->group = matter_arena_alloc(r->arena, n, sizeof *r->m->group);
    r->m->n_groups = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        struct matter_group *group = &r->m->group[i];
        group->id = read_id(r, &array, i);
        group->title = read_text(r, &at, "title", NEEDED, MATTER_MAX_NAME);
        group->hint = read_text(r, &at, "hint", OPTIONAL, MATTER_MAX_HINT);
    }
}

static void read_deps(struct reader *r, const struct spot *spot, size_t index)
{
    struct matter_task *task = &r->m->task[index];
    size_t n = 0;
    struct spot array = read_array(r, spot, "deps", OPTIONAL, 0, MATTER_MAX_TASKS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        const char *id = json_string_value(at.json);
        size_t found = 0;
        while (id && found < r->m->n_tasks && strcmp(r->m->task[found].id, id) != 0)
            found++;
        if (!id)
            reader_complain(r, &at, NULL, "the id of a task is expected here");
        else if (found == r->m->n_tasks)
            reader_complain(r, &at, NULL, "there is no task \"%.40s\"", id);
        else if (found == index)
            reader_complain(r, &at, NULL, "a task cannot wait for itself");
        else
            task->deps |= UINT32_C(1) << found;
    }
}

static void read_task(struct reader *r, const struct spot *array, size_t index)
{
    static const char *const known[] = {"id",   "name", "dept", "result", "item_code",
                                        "days", "need", "if",   "deps",   "independent"};
    static const char *const needs[] = {"base", "optional", "cond"};
    struct spot at = read_element(array, index);
    struct matter_task *task = &r->m->task[index];
    if (!read_object(r, &at, known, YJ_COUNT(known)))
        return;
    (void)read_id(r, array, index); /* taken before, only judged here */
    task->name = read_text(r, &at, "name", NEEDED, MATTER_MAX_NAME);
    task->dept = read_text(r, &at, "dept", NEEDED, MATTER_MAX_NAME);
    task->result = read_text(r, &at, "result", OPTIONAL, MATTER_MAX_NAME);
    task->item_code = read_formed(r, &at, "item_code", OPTIONAL, 64, "[A-Za-z0-9_-]+",
                                  "item code (letters, digits, _ and -)");
    task->days = read_int(r, &at, "days", NEEDED, 1, MATTER_MAX_DAYS, 1);
    task->is_independent = read_bool(r, &at, "independent", false);
    read_deps(r, &at, index);
    int need = read_word(r, &at, "need", needs, YJ_COUNT(needs));
    task->need = need < 0 ? NEED_BASE : (enum matter_need)need;
    if (need == NEED_COND)
        task->cond = read_expr(r, &at, "if", NEEDED);
    else if (need >= 0 && json_object_get(at.json, "if"))
        reader_complain(r, &at, "if", "only need cond has a condition");
}

static unsigned read_actions(struct reader *r, const struct spot *spot)
{
    static const char *const words[] = {"scan", "later", "promise"};
    unsigned actions = 0;
    size_t n = 0;
    struct spot array = read_array(r, spot, "actions", NEEDED, 1, YJ_COUNT(words), &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        const char *word = json_string_value(at.json);
        size_t found = 0;
        while (word && found < YJ_COUNT(words) && strcmp(words[found], word) != 0)
            found++;
        if (!word || found == YJ_COUNT(words))
            reader_complain(r, &at, NULL, "one of scan, later, promise is expected here");
        else if (actions & 1u << found)
            reader_complain(r, &at, NULL, "this action is there twice");
        else
            actions |= 1u << found;
    }
    return actions;
}

static void read_material(struct reader *r, const struct spot *array, size_t index)
{
    static const char *const known[] = {"id", "name",    "hint",       "mode",
                                        "if", "actions", "later_days", "certificate"};
    static const char *const modes[] = {"E1", "E2", "E3", "E4", "E5", "E6", "E7"};
    struct spot at = read_element(array, index);
    struct matter_material *material = &r->m->material[index];
    if (!read_object(r, &at, known, YJ_COUNT(known)))
        return;
    material->id = read_id(r, array, index);
    material->name = read_text(r, &at, "name", NEEDED, MATTER_MAX_NAME);
    material->hint = read_text(r, &at, "hint", NEEDED, MATTER_MAX_HINT);
    material->cond = read_expr(r, &at, "if", OPTIONAL);
    int mode = read_word(r, &at, "mode", modes, YJ_COUNT(modes));
    if (mode < 0)
        return; /* the rest depends on it */
    material->mode = (enum matter_mode)mode;
    if (mode == MODE_E6)
        material->actions = read_actions(r, &at);
    else if (json_object_get(at.json, "actions"))
        reader_complain(r, &at, "actions", "only mode E6 has actions");
    if (mode == MODE_E7 || material->actions & ACTION_LATER)
        material->later_days = read_int(r, &at, "later_days", NEEDED, 1, MATTER_MAX_DAYS, 1);
    else if (json_object_get(at.json, "later_days"))
        reader_complain(r, &at, "later_days", "only mode E7 and action later have days");
    if (mode == MODE_E2 || mode == MODE_E3)
        material->certificate = read_text(r, &at, "certificate", NEEDED, MATTER_MAX_NAME);
    else if (json_object_get(at.json, "certificate"))
        reader_complain(r, &at, "certificate", "only modes E2 and E3 have a certificate");
}

static void read_materials(struct reader *r, const struct spot *root)
{
    size_t n = 0;
    struct spot array = read_array(r, root, "materials", NEEDED, 1, MATTER_MAX_MATERIALS, &n);
    r->m->material = matter_arena_alloc(r->arena, n, sizeof *r->m->material);
    r->m->n_materials = n;
    for (size_t i = 0; i < n; i++)
        read_material(r, &array, i);
}

static void read_gates(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"if", "reason", "advice"};
    size_t n = 0;
    struct spot array = read_array(r, root, "gates", OPTIONAL, 0, MATTER_MAX_GATES, &n);
    r->m->gate = matter_arena_alloc(r->arena, n, sizeof *r->m->gate);
    r->m->n_gates = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        r->m->gate[i].stop_if = read_expr(r, &at, "if", NEEDED);
        r->m->gate[i].reason = read_text(r, &at, "reason", NEEDED, MATTER_MAX_HINT);
        r->m->gate[i].advice = read_text(r, &at, "advice", NEEDED, MATTER_MAX_HINT);
    }
}

/* ["公安", "人社"] becomes "公安、人社". */
static const char *read_co_depts(struct reader *r, const struct spot *root)
{
    size_t n = 0, used = 0;
    struct spot array = read_array(r, root, "co_depts", NEEDED, 1, 12, &n);
    const size_t cap = (n + 1) * (MATTER_MAX_NAME + 1) * 4; /* 4 bytes a character at most */
    char *text = matter_arena_alloc(r->arena, cap, 1);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        const char *dept = read_text(r, &at, NULL, NEEDED, MATTER_MAX_NAME);
        if (dept)
            used += (size_t)snprintf(text + used, cap - used, "%s%s", used ? "、" : "", dept);
    }
    return text;
}

static void read_applicant(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"name", "idno"};
    static const enum matter_type types[] = {TYPE_NAME, TYPE_IDNO};
    struct spot at = {
        .up = root, .key = "applicant", .json = json_object_get(root->json, "applicant")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    const char *id[2];
    for (size_t i = 0; i < 2; i++) {
        id[i] = read_text(r, &at, known[i], NEEDED, MATTER_MAX_ID);
        int index = id[i] ? matter_var_find(r->m, id[i]) : -1;
        if (id[i] && index < 0)
            reader_complain(r, &at, known[i], "there is no field \"%s\"", id[i]);
        else if (id[i] && r->has_var[index] && r->m->var[index].type != types[i])
            reader_complain(r, &at, known[i], "the field is of another type");
    }
    r->m->applicant_name_var = id[0];
    r->m->applicant_idno_var = id[1];
}

static void read_head(struct reader *r, const struct spot *root)
{
    struct matter *m = r->m;
    static const char *const schemas[] = {"matter/1"};
    (void)read_word(r, root, "schema", schemas, 1);
    m->code = read_formed(r, root, "code", NEEDED, 32, "[A-Z][A-Z0-9]*([.][A-Z0-9]+)*",
                          "matter code (capital letters, digits and dots)");
    m->name = read_text(r, root, "name", NEEDED, MATTER_MAX_NAME);
    m->summary = read_text(r, root, "summary", NEEDED, 60);
    m->icon = read_formed(r, root, "icon", NEEDED, 40, "[a-z][a-z0-9-]*",
                          "picture name (small letters, digits and -)");
    m->version = read_text(r, root, "version", NEEDED, 16);
    m->stage = read_formed(r, root, "stage", NEEDED, 40, "(person|business)[.][a-z_]+",
                           "stage (person.… or business.…)");
    m->lead_dept = read_text(r, root, "lead_dept", NEEDED, MATTER_MAX_NAME);
    m->co_depts = read_co_depts(r, root);
    m->basis = read_text(r, root, "basis", NEEDED, MATTER_MAX_HINT);
    m->fee = read_text(r, root, "fee", NEEDED, MATTER_MAX_HINT);
    m->promise_days = read_int(r, root, "promise_days", NEEDED, 1, MATTER_MAX_DAYS, 1);
    m->accepts_expired_card = read_bool(r, root, "accepts_expired_card", false);
    read_metrics(r, root);
}

/* The ids come first: conditions may name any variable and any task. */
static void read_body(struct reader *r, const struct spot *root)
{
    struct matter *m = r->m;
    size_t n_fields = 0;
    struct spot questions =
        read_array(r, root, "questions", OPTIONAL, 0, MATTER_MAX_VARS, &r->n_questions);
    struct spot fields = read_array(r, root, "fields", NEEDED, 1, MATTER_MAX_VARS, &n_fields);
    if (r->n_questions + n_fields > MATTER_MAX_VARS) {
        reader_complain(r, &fields, NULL, "more than %d questions and fields", MATTER_MAX_VARS);
        n_fields = MATTER_MAX_VARS - r->n_questions;
    }
    m->n_vars = r->n_questions + n_fields;
    m->var = matter_arena_alloc(r->arena, m->n_vars, sizeof *m->var);
    r->has_var = matter_arena_alloc(r->arena, m->n_vars, sizeof *r->has_var);
    for (size_t i = 0; i < m->n_vars; i++)
        m->var[i].id = i < r->n_questions ? early_id(r, &questions, i)
                                          : early_id(r, &fields, i - r->n_questions);
    struct spot tasks = read_array(r, root, "tasks", NEEDED, 1, MATTER_MAX_TASKS, &m->n_tasks);
    m->task = matter_arena_alloc(r->arena, m->n_tasks, sizeof *m->task);
    for (size_t i = 0; i < m->n_tasks; i++)
        m->task[i].id = early_id(r, &tasks, i);
    read_groups(r, root);
    matter_read_vars(r, &questions, &fields);
    for (size_t i = 0; i < m->n_tasks; i++)
        read_task(r, &tasks, i);
    read_materials(r, root);
    read_gates(r, root);
    read_applicant(r, root);
}

static void read_root(struct reader *r, const json_t *json)
{
    static const char *const known[] = {"$schema",   "schema",
                                        "code",      "name",
                                        "summary",   "icon",
                                        "version",   "stage",
                                        "lead_dept", "co_depts",
                                        "basis",     "fee",
                                        "metrics",   "promise_days",
                                        "questions", "groups",
                                        "fields",    "tasks",
                                        "materials", "gates",
                                        "applicant", "accepts_expired_card"};
    struct spot root = {.json = json};
    if (!read_object(r, &root, known, YJ_COUNT(known)))
        return;
    read_head(r, &root);
    read_body(r, &root);
    matter_lint(r);
}

/* Text to JSON, or a complaint. */
static json_t *load_json(struct reader *r, const char *text, size_t len)
{
    if (len > MATTER_MAX_FILE_BYTES) {
        reader_complain_at(r, "", "the file is larger than %d bytes", MATTER_MAX_FILE_BYTES);
        return NULL;
    }
    if (!bytes_utf8_valid(text, len)) {
        reader_complain_at(r, "", "the file is not UTF-8");
        return NULL;
    }
    json_error_t error = {0};
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        reader_complain_at(r, "", "line %d, column %d: %s", error.line, error.column, error.text);
    return json;
}

int matter_parse(const char *text, size_t len, const char *file,
                 struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                 struct matter **ret)
{
    struct matter_owned *owned = mem_zalloc(1, sizeof *owned);
    struct reader r = {
        .file = file, .complaint = complaints, .cap = cap, .m = &owned->m, .arena = &owned->arena};
    json_t *json = load_json(&r, text, len);
    if (json)
        read_root(&r, json);
    json_decref(json);
    *ret_n_complaints = r.n_complaints;
    if (r.n_complaints) {
        matter_free(&owned->m);
        return ERR_MATTER_FILE;
    }
    *ret = &owned->m;
    return 0;
}

void matter_free(struct matter *m)
{
    if (!m)
        return;
    struct matter_owned *owned = (struct matter_owned *)m;
    for (size_t i = 0; i < m->n_vars; i++) {
        expr_free(m->var[i].show_if);
        expr_free(m->var[i].rule);
        expr_free(m->var[i].prefill_if);
        matter_pattern_free(m->var[i].compiled);
    }
    for (size_t i = 0; i < m->n_tasks; i++)
        expr_free(m->task[i].cond);
    for (size_t i = 0; i < m->n_materials; i++)
        expr_free(m->material[i].cond);
    for (size_t i = 0; i < m->n_gates; i++)
        expr_free(m->gate[i].stop_if);
    matter_arena_free(&owned->arena);
    free(owned);
}

int matter_var_find(const struct matter *m, const char *id)
{
    for (size_t i = 0; i < m->n_vars; i++)
        if (!strcmp(m->var[i].id, id))
            return (int)i;
    return -1;
}
