/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a matter file that look at several parts at once. No I/O; any thread. */
#include <stdio.h>
#include <string.h>

#include "core/expr_priv.h"
#include "core/matter_priv.h"

/* One condition under inspection. */
struct inspection {
    struct reader *r;
    const char *pointer;
    int before; /* variables from here on must not be used; -1: all may */
};

/* "/questions/3" or "/fields/0", with a tail. */
static void var_pointer(const struct reader *r, size_t var, const char *tail, char *out, size_t cap)
{
    bool is_question = var < r->n_questions;
    snprintf(out, cap, "/%s/%zu%s", is_question ? "questions" : "fields",
             is_question ? var : var - r->n_questions, tail);
}

static bool has_option(const struct matter_var *var, const char *value)
{
    for (size_t i = 0; i < var->n_options; i++)
        if (var->option[i].value && !strcmp(var->option[i].value, value))
            return true;
    return false;
}

static void inspect_use(void *arg, const struct expr_use *use)
{
    struct inspection *look = arg;
    struct reader *r = look->r;
    if (use->kind == USE_SEL) {
        if (r->m->task[use->index].need != NEED_OPTIONAL)
            reader_complain_at(r, look->pointer, "sel(%s): the task is not optional",
                               r->m->task[use->index].id);
        return;
    }
    const struct matter_var *var = &r->m->var[use->index];
    if (look->before >= 0 && use->index >= look->before)
        reader_complain_at(r, look->pointer, "%s must stand before the field it decides about",
                           var->id);
    if (!r->has_var[use->index])
        return; /* it has its own complaint */
    if (use->kind == USE_BOOL && var->type != TYPE_BOOL)
        reader_complain_at(r, look->pointer, "%s is not of type bool", var->id);
    if (use->kind == USE_DATE && var->type != TYPE_DATE)
        reader_complain_at(r, look->pointer, "%s is not of type date", var->id);
    if (use->kind == USE_TEXT && var->type == TYPE_ENUM && !has_option(var, use->text))
        reader_complain_at(r, look->pointer, "%s has no option '%s'", var->id, use->text);
    if (use->kind == USE_TEXT && var->type == TYPE_BOOL)
        reader_complain_at(r, look->pointer, "%s is of type bool, not a text", var->id);
}

static void inspect(struct reader *r, const struct expr *e, const char *pointer, int before)
{
    struct inspection look = {.r = r, .pointer = pointer, .before = before};
    expr_walk(e, inspect_use, &look);
}

static void lint_conditions(struct reader *r)
{
    const struct matter *m = r->m;
    char pointer[64];
    for (size_t i = 0; i < m->n_vars; i++) {
        var_pointer(r, i, "/show_if", pointer, sizeof pointer);
        /* one pass in order decides what is shown, so it may look back only */
        inspect(r, m->var[i].show_if, pointer, (int)i);
        var_pointer(r, i, "/rule/if", pointer, sizeof pointer);
        inspect(r, m->var[i].rule, pointer, -1);
        var_pointer(r, i, "/prefill/if", pointer, sizeof pointer);
        inspect(r, m->var[i].prefill_if, pointer, (int)i);
    }
    for (size_t i = 0; i < m->n_tasks; i++) {
        snprintf(pointer, sizeof pointer, "/tasks/%zu/if", i);
        inspect(r, m->task[i].cond, pointer, -1);
    }
    for (size_t i = 0; i < m->n_materials; i++) {
        snprintf(pointer, sizeof pointer, "/materials/%zu/if", i);
        inspect(r, m->material[i].cond, pointer, -1);
    }
    for (size_t i = 0; i < m->n_gates; i++) {
        snprintf(pointer, sizeof pointer, "/gates/%zu/if", i);
        inspect(r, m->gate[i].stop_if, pointer, -1);
    }
}

static void lint_ids(struct reader *r)
{
    static const char *const words[] = {"true", "false", "today", "in",
                                        "has",  "sel",   "age",   "months"};
    const struct matter *m = r->m;
    char pointer[64];
    for (size_t i = 0; i < m->n_vars; i++) {
        var_pointer(r, i, "/id", pointer, sizeof pointer);
        if (m->var[i].id[0] && matter_var_find(m, m->var[i].id) != (int)i)
            reader_complain_at(r, pointer, "the id is there twice");
        for (size_t w = 0; w < YJ_COUNT(words); w++)
            if (!strcmp(words[w], m->var[i].id))
                reader_complain_at(r, pointer, "\"%s\" is a word of the conditions", words[w]);
    }
}

/* Tasks that can be finished: again and again those whose dependencies can. What stays is a
 * circle or waits for one. */
static void lint_cycles(struct reader *r)
{
    const struct matter *m = r->m;
    uint32_t done = 0;
    for (size_t round = 0; round < m->n_tasks; round++)
        for (size_t i = 0; i < m->n_tasks; i++)
            if ((m->task[i].deps & ~done) == 0)
                done |= UINT32_C(1) << i;
    char pointer[64];
    for (size_t i = 0; i < m->n_tasks; i++) {
        snprintf(pointer, sizeof pointer, "/tasks/%zu/deps", i);
        if (!(done >> i & 1))
            reader_complain_at(r, pointer, "the tasks wait for each other in a circle");
        for (size_t d = 0; d < m->n_tasks; d++)
            if (m->task[i].deps >> d & 1 && m->task[i].need == NEED_BASE &&
                m->task[d].need != NEED_BASE)
                reader_complain_at(r, pointer, "waits for %s, which may be left out",
                                   m->task[d].id);
    }
}

/* A page has room for so many fields and options. group -1: the questions. */
static void lint_page(struct reader *r, int group, const char *pointer)
{
    size_t n_fields = 0, n_options = 0;
    for (size_t i = 0; i < r->m->n_vars; i++) {
        const struct matter_var *var = &r->m->var[i];
        if (!r->has_var[i] || var->group != group)
            continue;
        n_fields++;
        n_options += var->type == TYPE_BOOL ? 2 : var->n_options;
    }
    if (group >= 0 && !n_fields)
        reader_complain_at(r, pointer, "the group has no fields");
    if (group >= 0 && n_fields > MATTER_PAGE_FIELDS)
        reader_complain_at(r, pointer, "%zu fields on one page, at most %d", n_fields,
                           MATTER_PAGE_FIELDS);
    if (n_options > MATTER_PAGE_OPTIONS)
        reader_complain_at(r, pointer, "%zu options on one page, at most %d", n_options,
                           MATTER_PAGE_OPTIONS);
}

void matter_lint(struct reader *r)
{
    char pointer[64];
    lint_ids(r);
    lint_conditions(r);
    lint_cycles(r);
    lint_page(r, -1, "/questions");
    for (size_t i = 0; i < r->m->n_groups; i++) {
        snprintf(pointer, sizeof pointer, "/groups/%zu", i);
        lint_page(r, (int)i, pointer);
    }
}
