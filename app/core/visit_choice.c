/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are tapped: one of several options, several of them, a consent, tasks to choose
 * from. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <stdio.h>
#include <string.h>

bool visit_choice_is_tapped(const struct visit *v, int var)
{
    enum matter_type type = v->s.matter->var[var].type;
    return type == TYPE_BOOL || type == TYPE_ENUM || type == TYPE_SET || type == TYPE_CONSENT ||
           (type == TYPE_REGION && visit_region_has_table(v));
}

size_t visit_choice_count(const struct visit *v, int var)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    size_t n = 0;
    if (mv->is_readonly)
        return 0;
    if (mv->type == TYPE_BOOL)
        return 2;
    if (mv->type == TYPE_ENUM || mv->type == TYPE_SET)
        return mv->n_options;
    if (mv->type == TYPE_CONSENT)
        return mv->is_required ? 1 : 2;
    if (mv->type != TYPE_REGION || !visit_region_has_table(v))
        return 0;
    (void)visit_region_next(v, var, &n);
    n += v->s.value[var][0] != '\0';
    return n < VIEW_MAX_OPTIONS ? n : VIEW_MAX_OPTIONS;
}

bool visit_choice_has(const char *set, const char *value)
{
    size_t n = strlen(value);
    for (const char *at = set; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == n && !strncmp(at, value, n))
            return true;
    return false;
}

/* Written anew in the order of the options, so that the same choice is the same text. */
static bool toggle_in_set(struct visit *v, int var, size_t option)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    char set[MATTER_VALUE_BYTES] = "";
    size_t used = 0;
    for (size_t i = 0; i < mv->n_options; i++) {
        bool is_in = visit_choice_has(v->s.value[var], mv->option[i].value);
        if (is_in == (i == option))
            continue;
        int n =
            snprintf(set + used, sizeof set - used, "%s%s", used ? "," : "", mv->option[i].value);
        if (n < 0 || (size_t)n >= sizeof set - used) {
            visit_alert_set(v, "field.bad.long", TONE_WARN, NULL);
            return false;
        }
        used += (size_t)n;
    }
    visit_answers_set(v, var, set);
    return true;
}

/* A consent can be taken back as easily as it was given. */
static void tap_consent(struct visit *v, int var, int option)
{
    bool is_agreed = option == 0 && !v->s.value[var][0];
    visit_answers_set(v, var, is_agreed ? "true" : "");
    v->s.consent_at_ms[var] = is_agreed ? visit_wall_now(v) : 0;
}

bool visit_choice_tap(struct visit *v, int var, int option)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    if (option < 0 || (size_t)option >= visit_choice_count(v, var))
        return false;
    switch ((int)mv->type) {
    case TYPE_BOOL:
        visit_answers_set(v, var, option == 0 ? "true" : "false");
        return true;
    case TYPE_ENUM:
        visit_answers_set(v, var, mv->option[option].value);
        return true;
    case TYPE_SET:
        return toggle_in_set(v, var, (size_t)option);
    case TYPE_CONSENT:
        tap_consent(v, var, option);
        return true;
    case TYPE_REGION:
        visit_region_tap(v, var, option);
        return true;
    default:
        return false;
    }
}

/* ---- tasks to choose from ---- */

void visit_choice_toggle_task(struct visit *v, int option)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_tasks; i++) {
        if (m->task[i].need != NEED_OPTIONAL)
            continue;
        if (option-- == 0) {
            v->s.selected ^= UINT32_C(1) << i;
            visit_answers_update(v);
            v->is_dirty = true;
            return;
        }
    }
}

static int count_bits(uint32_t bits)
{
    int n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

int visit_choice_group_missing(const struct visit *v, int group)
{
    const struct matter_task_group *g = &v->s.matter->task_group[group];
    int n = count_bits(v->s.selected & g->tasks);
    return n < g->min ? g->min - n : 0;
}

int visit_choice_short_group(const struct visit *v)
{
    for (size_t g = 0; g < v->s.matter->n_task_groups; g++)
        if (visit_choice_group_missing(v, (int)g))
            return (int)g;
    return -1;
}

/* @return bit of the option-th task of a group, 0: there is none */
static uint32_t task_bit(const struct matter *m, uint32_t tasks, int option)
{
    for (size_t i = 0; i < m->n_tasks; i++)
        if ((tasks >> i & 1) && option-- == 0)
            return UINT32_C(1) << i;
    return 0;
}

void visit_choice_tap_group(struct visit *v, int group, int option)
{
    const struct matter_task_group *g = &v->s.matter->task_group[group];
    uint32_t bit = option < 0 ? 0 : task_bit(v->s.matter, g->tasks, option);
    char max[16];
    if (!bit)
        return;
    bool is_on = v->s.selected & bit;
    if (!is_on && g->max > 1 && count_bits(v->s.selected & g->tasks) >= g->max) {
        snprintf(max, sizeof max, "%d", g->max);
        visit_alert_set(v, "group.too_many", TONE_WARN, max);
        return;
    }
    if (g->max == 1)
        v->s.selected &= ~g->tasks | bit;
    if (!is_on)
        v->s.selected |= bit;
    else if (g->max > 1 || g->min == 0) /* one of several must be chosen: a second tap keeps it */
        v->s.selected &= ~bit;
    v->s.alert.id = NULL;
    visit_answers_update(v);
    visit_flow_changed(v);
}
