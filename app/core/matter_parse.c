/* SPDX-License-Identifier: Apache-2.0 */
/* One matter file's text to a struct matter. All mistakes are found in one pass; a file with a
 * mistake gives no matter. No I/O; any thread. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"

/* What matter_parse hands out; the public part comes first so that matter_free finds the rest. */
struct matter_owned {
    struct matter m;
    struct arena arena;
};

static void read_applicant(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"name", "id_no"};
    static const enum matter_type types[] = {TYPE_NAME, TYPE_IDNO};
    struct spot at = {
        .up = root, .key = "applicant", .json = json_object_get(root->json, "applicant")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    const char *id[2];
    for (size_t i = 0; i < 2; i++) {
        id[i] = read_text(r, &at, known[i], NEEDED, MATTER_MAX_ID);
        r->is_peeking = false;
        int index = id[i] ? reader_find_var(r, id[i]) : -1;
        if (id[i] && index < 0)
            reader_complain(r, &at, known[i], "there is no field \"%s\"%s", id[i],
                            r->is_peeking ? " outside its repeated group" : "");
        else if (id[i] && r->place[index].is_read && r->m->var[index].type != types[i])
            reader_complain(r, &at, known[i], "the field is of another type");
    }
    r->m->applicant_name_var = id[0];
    r->m->applicant_idno_var = id[1];
}

/* Only its head is read: what is listed cannot be handed in here. */
static void refuse_body(struct reader *r, const struct spot *root)
{
    static const char *const keys[] = {"questions", "groups",      "fields",    "tasks",
                                       "materials", "task_groups", "applicant", "gates"};
    for (size_t i = 0; i < YJ_COUNT(keys); i++)
        if (json_object_get(root->json, keys[i]))
            reader_complain(r, root, keys[i], "a matter that is only listed has none");
}

/* The ids come first: conditions may name any variable and any task. */
static void read_body(struct reader *r, const struct spot *root)
{
    enum presence needed = r->m->status == MATTER_OPEN ? NEEDED : OPTIONAL;
    size_t n_fields = 0;
    struct spot tasks;
    struct spot questions =
        read_array(r, root, "questions", OPTIONAL, 0, MATTER_MAX_VARS, &r->n_questions);
    struct spot fields = read_array(r, root, "fields", needed, 1, MATTER_MAX_VARS, &n_fields);
    matter_read_groups(r, root);
    matter_lay_out_vars(r, &questions, &fields);
    matter_read_task_groups(r, root);
    matter_read_task_ids(r, root, &tasks);
    matter_read_vars(r, &questions, &fields);
    matter_read_tasks(r, &tasks);
    matter_read_materials(r, root);
    matter_read_gates(r, root);
    read_applicant(r, root);
}

static void read_root(struct reader *r, const json_t *json)
{
    static const char *const known[] = {
        "$schema",     "schema",       "code",   "name",       "summary",
        "icon",        "version",      "status", "stage",      "basis",
        "lead_dept",   "co_depts",     "fields", "questions",  "groups",
        "tasks",       "materials",    "gates",  "applicant",  "task_groups",
        "more_stages", "aliases",      "list",   "scope",      "fee",
        "metrics",     "promise_days", "notes",  "windows",    "valid_from",
        "valid_to",    "places",       "tone",   "legal_days", "accepts_expired_card"};
    struct spot root = {.json = json};
    if (!read_object(r, &root, known, YJ_COUNT(known)))
        return;
    matter_read_head(r, &root);
    if (r->m->status == MATTER_LISTED) {
        refuse_body(r, &root);
        return;
    }
    read_body(r, &root);
    matter_lint(r);
}

/* json NULL: it could not be read, and that was complained about */
static int finish(struct reader *r, const json_t *json, struct matter_owned *owned,
                  size_t *ret_n_complaints, struct matter **ret)
{
    r->written = json;
    json_t *full = json ? matter_inherit(r, json) : NULL;
    if (full)
        read_root(r, full);
    json_decref(full);
    *ret_n_complaints = r->n_complaints;
    if (r->n_complaints) {
        matter_free(&owned->m);
        return ERR_MATTER_FILE;
    }
    *ret = &owned->m;
    return 0;
}

static struct reader reader_of(const struct matter_context *context, const char *file,
                               struct matter_complaint *complaints, size_t cap,
                               struct matter_owned *owned)
{
    owned->m.codes = context ? context->codes : NULL;
    return (struct reader){.context = context,
                           .file = file,
                           .complaint = complaints,
                           .cap = cap,
                           .m = &owned->m,
                           .arena = &owned->arena,
                           .scope_group = -1};
}

int matter_from_json(const struct matter_context *context, const json_t *json, const char *file,
                     struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                     struct matter **ret)
{
    struct matter_owned *owned = mem_zalloc(1, sizeof *owned);
    struct reader r = reader_of(context, file, complaints, cap, owned);
    return finish(&r, json, owned, ret_n_complaints, ret);
}

int matter_parse(const struct matter_context *context, const char *text, size_t len,
                 const char *file, struct matter_complaint *complaints, size_t cap,
                 size_t *ret_n_complaints, struct matter **ret)
{
    struct matter_owned *owned = mem_zalloc(1, sizeof *owned);
    struct reader r = reader_of(context, file, complaints, cap, owned);
    json_t *json = reader_json(&r, text, len);
    int rc = finish(&r, json, owned, ret_n_complaints, ret);
    json_decref(json);
    return rc;
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
        calc_free(m->var[i].prefill_calc);
        if (!m->var[i].member) /* the other members borrow it */
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
