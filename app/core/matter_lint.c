/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a matter file that look at several parts at once; conditions are looked at in
 * matter_lint_expr.c. No I/O; any thread. */
#include <stdio.h>
#include <string.h>

#include "core/expr_priv.h"
#include "core/matter_priv.h"

void reader_var_pointer(const struct reader *r, size_t var, const char *tail, char *out, size_t cap)
{
    snprintf(out, cap, "/%s/%zu%s", r->m->var[var].is_question ? "questions" : "fields",
             r->place[var].element, tail);
}

/* As the file writes it: in a repeated group and outside of it. */
static bool is_field_before(const struct matter *m, size_t i)
{
    size_t j = 0;
    while (j < i && strcmp(m->var[j].field, m->var[i].field) != 0)
        j++;
    return j < i;
}

static void lint_ids(struct reader *r)
{
    const struct matter *m = r->m;
    char pointer[64];
    for (size_t i = 0; i < m->n_vars; i++) {
        if (m->var[i].member)
            continue;
        bool is_twice = m->var[i].field[0] && is_field_before(m, i);
        bool is_word = expr_is_word(m->var[i].field);
        if (is_twice || is_word)
            reader_var_pointer(r, i, "/id", pointer, sizeof pointer);
        if (is_twice)
            reader_complain_at(r, pointer, "the id is there twice");
        if (is_word)
            reader_complain_at(r, pointer, "\"%s\" is a word of the conditions", m->var[i].field);
    }
}

/* ---- tasks ---- */

/* Tasks that can be finished: again and again those whose dependencies can. What stays is a
 * circle or waits for one. */
static uint32_t tasks_that_finish(const struct matter *m)
{
    uint32_t done = 0, before;
    do {
        before = done;
        for (size_t i = 0; i < m->n_tasks; i++)
            if ((m->task[i].deps & ~done) == 0)
                done |= UINT32_C(1) << i;
    } while (done != before);
    return done;
}

static void lint_deps(struct reader *r)
{
    const struct matter *m = r->m;
    uint32_t done = tasks_that_finish(m);
    char pointer[64];
    for (size_t i = 0; i < m->n_tasks; i++) {
        snprintf(pointer, sizeof pointer, "/tasks/%zu/deps", i);
        if (!(done >> i & 1))
            reader_complain_at(r, pointer, "the tasks wait for each other in a circle");
        /* what the visitor is free to leave out cannot hold up what everybody gets; a whole task
         * group can be waited for, and so can what the answers bring along */
        for (size_t d = 0; d < m->n_tasks; d++)
            if (r->direct_deps[i] >> d & 1 && m->task[i].need == NEED_BASE &&
                (m->task[d].need == NEED_OPTIONAL || m->task[d].need == NEED_CHOICE))
                reader_complain_at(r, pointer, "waits for %s, which may be left out",
                                   m->task[d].id);
    }
}

static int count_bits(uint32_t bits)
{
    int n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

static void lint_task_groups(struct reader *r)
{
    char pointer[64];
    for (size_t g = 0; g < r->m->n_task_groups; g++) {
        const struct matter_task_group *group = &r->m->task_group[g];
        int n = count_bits(group->tasks);
        snprintf(pointer, sizeof pointer, "/task_groups/%zu", g);
        if (!n)
            reader_complain_at(r, pointer, "the task group has no tasks");
        else if (group->min > n)
            reader_complain_at(r, pointer, "%d tasks to choose, but there are only %d", group->min,
                               n);
        if (group->min > group->max)
            reader_complain_at(r, pointer, "min is more than max");
    }
}

/* ---- pages ---- */

/* A page has room for so many fields and options; of a repeated group it shows one member. group
 * -1: the questions. */
static void lint_page(struct reader *r, int group, const char *pointer)
{
    size_t n_fields = 0, n_options = 0;
    for (size_t i = 0; i < r->m->n_vars; i++) {
        const struct matter_var *var = &r->m->var[i];
        if (var->group != group || var->is_question != (group < 0) || var->member)
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
    matter_lint_conditions(r);
    lint_deps(r);
    lint_task_groups(r);
    lint_page(r, -1, "/questions");
    for (size_t i = 0; i < r->m->n_groups; i++) {
        snprintf(pointer, sizeof pointer, "/groups/%zu", i);
        lint_page(r, (int)i, pointer);
    }
}
