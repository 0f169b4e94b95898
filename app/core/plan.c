/* SPDX-License-Identifier: Apache-2.0 */
/* What a set of answers brings into force: shown variables, tasks, materials, gates, days. Pure;
 * any thread. */
#include <string.h>

#include "core/matter_priv.h"

struct answers matter_answers_in_force(const struct matter *m, const struct answers *a,
                                       const char **value, enum tri *ret_shown)
{
    struct answers in_force = {
        .value = value, .n_values = m->n_vars, .selected = a->selected, .today = a->today};
    for (size_t i = 0; i < m->n_vars; i++)
        value[i] = i < a->n_values ? a->value[i] : NULL;
    /* show_if looks back only (matter_lint.c), so one pass in order is exact: an answer to a
     * question that has gone again no longer counts */
    for (size_t i = 0; i < m->n_vars; i++) {
        ret_shown[i] = expr_eval(m->var[i].show_if, &in_force);
        if (ret_shown[i] == TRI_FALSE)
            value[i] = NULL;
    }
    return in_force;
}

/* Longest way through the tasks that may be needed. Dependencies have no circle. */
static int longest_days(const struct matter *m, const enum tri *task)
{
    int finish[MATTER_MAX_TASKS] = {0}, longest = 0;
    for (size_t round = 0; round < m->n_tasks; round++)
        for (size_t i = 0; i < m->n_tasks; i++) {
            int start = 0;
            for (size_t d = 0; d < m->n_tasks; d++)
                if (m->task[i].deps >> d & 1 && finish[d] > start)
                    start = finish[d];
            /* a task that is left out takes no time and does not break the chain */
            finish[i] = start + (task[i] == TRI_FALSE ? 0 : m->task[i].days);
        }
    for (size_t i = 0; i < m->n_tasks; i++)
        if (task[i] != TRI_FALSE && finish[i] > longest)
            longest = finish[i];
    return longest;
}

void matter_plan(const struct matter *m, const struct answers *a, struct matter_plan *ret)
{
    const char *value[MATTER_MAX_VARS];
    memset(ret, 0, sizeof *ret);
    struct answers in_force = matter_answers_in_force(m, a, value, ret->var_shown);
    for (size_t i = 0; i < m->n_tasks; i++) {
        const struct matter_task *task = &m->task[i];
        bool is_in = task->need == NEED_BASE || a->selected >> i & 1;
        if (task->need == NEED_COND)
            ret->task[i] = expr_eval(task->cond, &in_force);
        else
            ret->task[i] = is_in ? TRI_TRUE : TRI_FALSE;
    }
    for (size_t i = 0; i < m->n_materials; i++)
        ret->material[i] = expr_eval(m->material[i].cond, &in_force);
    ret->gate = -1;
    for (size_t i = 0; i < m->n_gates && ret->gate < 0; i++)
        if (m->gate[i].stop_if && expr_eval(m->gate[i].stop_if, &in_force) == TRI_TRUE)
            ret->gate = (int)i;
    ret->longest_days = longest_days(m, ret->task);
}
