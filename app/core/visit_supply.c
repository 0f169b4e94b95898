/* SPDX-License-Identifier: Apache-2.0 */
/* Materials that the visitor hands in: what can be done about each and what is still missing. Pure.
 * Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

/* What can be done instead of a certificate that was not found stands in the file; else it may be
 * brought later. */
static unsigned actions_of(const struct matter_material *m)
{
    if (m->mode == MODE_E6)
        return m->actions;
    return (m->actions ? m->actions : ACTION_LATER) | (m->promise ? ACTION_PROMISE : 0U);
}

int visit_supply_actions(const struct visit *v, int material, enum material_action ret[3])
{
    unsigned actions = actions_of(&v->s.matter->material[material]);
    int n = 0;
    if ((actions & ACTION_SCAN) && visit_device_usable(v, DEVICE_SCANNER))
        ret[n++] = ACTION_SCAN;
    /* What can only be scanned must not be a dead end while nothing scans. */
    bool is_stuck = actions == ACTION_SCAN && n == 0;
    if ((actions & ACTION_LATER) || is_stuck)
        ret[n++] = ACTION_LATER;
    if (actions & ACTION_PROMISE)
        ret[n++] = ACTION_PROMISE;
    return n;
}

int visit_supply_missing(const struct visit *v)
{
    for (size_t i = 0; i < v->s.matter->n_materials; i++)
        if (visit_is_to_supply(v, (int)i) && v->s.plan.material[i] == TRI_TRUE &&
            v->s.supply[i].kind == SUPPLY_NONE)
            return (int)i;
    return -1;
}

int visit_later_days(const struct visit *v, int material)
{
    int days = v->s.matter->material[material].later_days;
    return days > 0 ? days : VISIT_LATER_DAYS;
}

size_t visit_tasks_count(const struct visit *v)
{
    size_t n = 0;
    for (size_t i = 0; v->s.matter && i < v->s.matter->n_tasks; i++)
        n += v->s.plan.task[i] == TRI_TRUE;
    return n;
}
