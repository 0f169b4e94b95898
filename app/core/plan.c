/* SPDX-License-Identifier: Apache-2.0 */
/* What a set of answers brings into force: shown variables, tasks, materials, gates, days. Pure;
 * any thread. */
#include <string.h>

#include "core/matter_priv.h"

/* A member that is not there has no fields. */
static bool is_absent(const struct matter *m, const struct matter_var *var, const struct answers *a)
{
    if (var->group < 0 || !m->group[var->group].repeat_max)
        return false;
    return var->member >= (a->count ? a->count[var->group] : 0);
}

struct answers matter_answers_in_force(const struct matter *m, const struct answers *a,
                                       const char **value, enum tri *ret_shown)
{
    struct answers in_force = {.value = value,
                               .n_values = m->n_vars,
                               .selected = a->selected,
                               .today = a->today,
                               .count = a->count};
    for (size_t i = 0; i < m->n_vars; i++)
        value[i] = i < a->n_values ? a->value[i] : NULL;
    /* show_if looks back only (matter_lint_expr.c), so one pass in order is exact: an answer to a
     * question that has gone again no longer counts */
    for (size_t i = 0; i < m->n_vars; i++) {
        const struct matter_var *var = &m->var[i];
        ret_shown[i] = is_absent(m, var, a) ? TRI_FALSE : expr_eval(var->show_if, &in_force);
        if (ret_shown[i] == TRI_FALSE)
            value[i] = NULL;
    }
    return in_force;
}

static int task_start(const struct matter *m, size_t i, const struct matter_plan *plan)
{
    int start = 0;
    for (size_t d = 0; d < m->n_tasks; d++)
        if (m->task[i].deps >> d & 1 && plan->finish_days[d] > start)
            start = plan->finish_days[d];
    return start;
}

/* When each task that may be needed is done, and the last of them. A task that is left out takes
 * no time and nobody waits for it. Dependencies have no circle: as many rounds as tasks settle. */
static void plan_days(const struct matter *m, struct matter_plan *ret)
{
    for (size_t round = 0; round < m->n_tasks; round++)
        for (size_t i = 0; i < m->n_tasks; i++) {
            int days = m->task[i].days > 0 ? m->task[i].days : 0; /* a guide may not say them */
            if (ret->task[i] != TRI_FALSE)
                ret->finish_days[i] = task_start(m, i, ret) + days;
        }
    for (size_t i = 0; i < m->n_tasks; i++)
        if (ret->finish_days[i] > ret->longest_days)
            ret->longest_days = ret->finish_days[i];
}

static void plan_tasks(const struct matter *m, const struct answers *in_force,
                       struct matter_plan *ret)
{
    int chosen[MATTER_MAX_TASK_GROUPS] = {0};
    for (size_t i = 0; i < m->n_tasks; i++) {
        const struct matter_task *task = &m->task[i];
        bool is_in = task->need == NEED_BASE || in_force->selected >> i & 1;
        if (task->need == NEED_COND)
            ret->task[i] = expr_eval(task->cond, in_force);
        else
            ret->task[i] = is_in ? TRI_TRUE : TRI_FALSE;
        if (task->need == NEED_CHOICE && is_in && task->task_group >= 0)
            chosen[task->task_group]++;
    }
    for (size_t g = 0; g < m->n_task_groups; g++)
        if (chosen[g] < m->task_group[g].min)
            ret->short_groups |= 1u << g;
}

void matter_plan(const struct matter *m, const struct answers *a, struct matter_plan *ret)
{
    const char *value[MATTER_MAX_VARS];
    memset(ret, 0, sizeof *ret);
    struct answers in_force = matter_answers_in_force(m, a, value, ret->var_shown);
    plan_tasks(m, &in_force, ret);
    plan_days(m, ret);
    for (size_t i = 0; i < m->n_materials; i++)
        ret->material[i] = expr_eval(m->material[i].cond, &in_force);
    ret->gate = -1;
    for (size_t i = 0; i < m->n_gates && ret->gate < 0; i++)
        if (m->gate[i].stop_if && expr_eval(m->gate[i].stop_if, &in_force) == TRI_TRUE)
            ret->gate = (int)i;
}
