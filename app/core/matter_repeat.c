/* SPDX-License-Identifier: Apache-2.0 */
/* Repeated groups: every field of such a group becomes one variable for each member that there can
 * be, member after member; a name inside the group means the same member. No I/O; any thread. */
#include <stdio.h>
#include <string.h>

#include "core/matter_priv.h"

static bool is_repeated(const struct reader *r, int group)
{
    return group >= 0 && r->m->group[group].repeat_max > 0;
}

/* Group that a field names, -1: unknown or absent. */
static int group_of(const struct reader *r, const struct spot *fields, size_t i)
{
    const char *id = json_string_value(json_object_get(json_array_get(fields->json, i), "group"));
    for (size_t g = 0; id && g < r->m->n_groups; g++)
        if (!strcmp(r->m->group[g].id, id))
            return (int)g;
    return -1;
}

static const char *member_id(struct reader *r, const struct matter_var *var)
{
    const char *group = r->m->group[var->group].id;
    size_t n = strlen(group);
    if (strncmp(var->field, group, n) != 0 || var->field[n] != '.')
        return var->field; /* complained about when it is read */
    char id[MATTER_MAX_ID + 8];
    snprintf(id, sizeof id, "%s.%d%s", group, var->member + 1, var->field + n);
    return reader_keep(r, id);
}

/* The fields of the file in the order of their variables, each run of a repeated group as often as
 * it can occur. out NULL: only count. */
static size_t lay_out(struct reader *r, const struct spot *fields, size_t n_fields,
                      struct matter_var *out, struct var_place *place)
{
    bool is_done[MATTER_MAX_GROUPS] = {false};
    size_t n = 0;
    for (size_t i = 0, run; i < n_fields; i += run) {
        int group = group_of(r, fields, i), members = 1;
        run = 1;
        if (is_repeated(r, group)) {
            members = r->m->group[group].repeat_max;
            while (i + run < n_fields && group_of(r, fields, i + run) == group)
                run++;
            struct spot at = read_element(fields, i);
            if (is_done[group] && out)
                reader_complain(r, &at, "group", "the fields of a repeated group stand together");
            else if (out)
                r->first_var[group] = r->n_questions + n, r->step[group] = run;
            is_done[group] = true;
        }
        for (int member = 0; member < members; member++)
            for (size_t k = 0; k < run; k++, n++) {
                if (!out)
                    continue;
                place[n].element = i + k;
                out[n].group = group;
                out[n].member = member;
                out[n].type = matter_early_type(fields, i + k);
                out[n].field = member ? out[n - run].field : matter_early_id(r, fields, i + k);
                out[n].id = is_repeated(r, group) ? member_id(r, &out[n]) : out[n].field;
            }
    }
    return n;
}

void matter_lay_out_vars(struct reader *r, const struct spot *questions, const struct spot *fields)
{
    struct matter *m = r->m;
    size_t n_fields = json_array_size(fields->json);
    if (n_fields > MATTER_MAX_VARS)
        n_fields = MATTER_MAX_VARS; /* complained about */
    m->n_vars = r->n_questions + lay_out(r, fields, n_fields, NULL, NULL);
    if (m->n_vars > MATTER_MAX_VARS)
        reader_complain(r, fields, NULL, "%zu questions and fields, at most %d with all repeats",
                        m->n_vars, MATTER_MAX_VARS);
    m->var = matter_arena_alloc(r->arena, m->n_vars, sizeof *m->var);
    r->place = matter_arena_alloc(r->arena, m->n_vars, sizeof *r->place);
    for (size_t i = 0; i < r->n_questions; i++) {
        m->var[i].id = m->var[i].field = matter_early_id(r, questions, i);
        m->var[i].type = matter_early_type(questions, i);
        m->var[i].group = -1;
        m->var[i].is_question = true;
        r->place[i].element = i;
    }
    (void)lay_out(r, fields, n_fields, m->var + r->n_questions, r->place + r->n_questions);
}

/* ---- names ---- */

int reader_find_var(struct reader *r, const char *name)
{
    for (size_t i = 0; i < r->m->n_vars; i++) {
        const struct matter_var *var = &r->m->var[i];
        if (var->field[0] != name[0] || strcmp(var->field, name) != 0)
            continue;
        if (!is_repeated(r, var->group))
            return (int)i;
        if (var->group == r->scope_group) {
            size_t mine = i + (size_t)r->scope_member * r->step[var->group];
            /* not in a group whose fields stand apart: that has its complaint */
            bool is_there = mine < r->m->n_vars && !strcmp(r->m->var[mine].field, name);
            return (int)(is_there ? mine : i);
        }
        r->is_peeking = true;
        return -1;
    }
    return -1;
}

static int find_var(const void *ctx, const char *name)
{
    return reader_find_var((struct reader *)(uintptr_t)ctx, name); /* notes who peeks */
}

static int find_task(const void *ctx, const char *name)
{
    const struct matter *m = ((const struct reader *)ctx)->m;
    for (size_t i = 0; i < m->n_tasks; i++)
        if (!strcmp(m->task[i].id, name))
            return (int)i;
    return -1;
}

static int find_group(const void *ctx, const char *name)
{
    const struct reader *r = ctx;
    for (size_t g = 0; g < r->m->n_groups; g++)
        if (is_repeated(r, (int)g) && !strcmp(r->m->group[g].id, name))
            return (int)g;
    return -1;
}

static int find_column(const void *ctx, const char *name, int *ret_group, int *ret_step)
{
    const struct reader *r = ctx;
    for (size_t i = 0; i < r->m->n_vars; i++) {
        const struct matter_var *var = &r->m->var[i];
        if (!is_repeated(r, var->group) || strcmp(var->field, name) != 0)
            continue;
        *ret_group = var->group;
        *ret_step = (int)r->step[var->group];
        return (int)i;
    }
    return -1;
}

static bool is_number_var(const void *ctx, int var)
{
    enum matter_type type = ((const struct reader *)ctx)->m->var[var].type;
    return type == TYPE_INTEGER || type == TYPE_DECIMAL;
}

static const char *language_text(struct reader *r, const struct spot *spot, const char *key,
                                 enum presence presence, const char *what)
{
    const json_t *value = json_object_get(spot->json, key);
    const char *text = json_string_value(value);
    if (!value && presence == NEEDED)
        reader_complain(r, spot, key, "missing");
    else if (value && !text)
        reader_complain(r, spot, key, "a %s (text) is expected here", what);
    const char *secret = text ? matter_text_secret(text) : NULL;
    if (secret)
        reader_complain(r, spot, key, "the text holds %s: no personal data in files", secret);
    return text;
}

static struct expr_names names_of(struct reader *r)
{
    r->is_peeking = false;
    return (struct expr_names){.var = find_var,
                               .task = find_task,
                               .group = find_group,
                               .column = find_column,
                               .is_number = is_number_var,
                               .ctx = r};
}

static void complain_about(struct reader *r, const struct spot *spot, const char *key,
                           const struct err *err)
{
    reader_complain(r, spot, key, "%s%s", err->msg,
                    r->is_peeking ? ": outside its group only count() and sum() may look at it"
                                  : "");
}

struct expr *read_expr(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence)
{
    const char *text = language_text(r, spot, key, presence, "condition");
    if (!text)
        return NULL;
    const struct expr_names names = names_of(r);
    struct expr *e = NULL;
    struct err err = {0};
    if (!expr_parse(text, &names, &e, &err))
        return e;
    complain_about(r, spot, key, &err);
    return NULL;
}

struct calc *read_calc(struct reader *r, const struct spot *spot, const char *key)
{
    const char *text = language_text(r, spot, key, NEEDED, "calculation");
    if (!text)
        return NULL;
    const struct expr_names names = names_of(r);
    struct calc *c = NULL;
    struct err err = {0};
    if (!calc_parse(text, &names, &c, &err))
        return c;
    complain_about(r, spot, key, &err);
    return NULL;
}
