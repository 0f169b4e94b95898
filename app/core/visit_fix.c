/* SPDX-License-Identifier: Apache-2.0 */
/* Corrections: what a department sent back is put right, and nothing else is asked. The matter is
 * taken as the correction needs it: what was named stands without conditions, the rest of the form
 * is not there. Pure. Thread: the one that owns the visit.
 *
 *   PROGRESS (a report, the applicant's card) ──► NOTICE ──► QUESTIONS, FORM, MATERIALS (named
 *   items only) ──► REVIEW ──► SIGN ──► SUBMITTING: a record that says which number it corrects */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/expr_priv.h"

const struct matter *visit_fix_matter_of(const struct visit *v, const char *code)
{
    const struct matter_set *set = v->cfg.catalogue->matters;
    for (size_t i = 0; i < matter_set_count(set); i++)
        if (!strcmp(matter_set_at(set, i)->code, code))
            return matter_set_at(set, i);
    return NULL;
}

/* ---- what a report names ---- */

static int material_find(const struct matter *m, const char *id)
{
    for (size_t i = 0; i < m->n_materials; i++)
        if (!strcmp(m->material[i].id, id))
            return (int)i;
    return -1;
}

/* @return the variable that can be typed anew, or -1 */
static int var_of(const struct matter *m, const struct case_fix *fix)
{
    int var = fix->kind == FIX_FIELD ? matter_var_find(m, fix->id) : -1;
    return var >= 0 && !m->var[var].is_readonly ? var : -1;
}

/* @return the material that can be handed in anew, or -1: certificates and what the system makes
 * are put right at the window */
static int material_of(const struct matter *m, const struct case_fix *fix)
{
    int material = fix->kind == FIX_MATERIAL ? material_find(m, fix->id) : -1;
    return material >= 0 && m->material[material].mode == MODE_E6 ? material : -1;
}

static bool is_mapped(const struct matter *m, const struct case_fix *fix)
{
    return var_of(m, fix) >= 0 || material_of(m, fix) >= 0;
}

const char *visit_fix_label(const struct matter *m, const struct case_fix *fix)
{
    int var = m && fix->kind == FIX_FIELD ? matter_var_find(m, fix->id) : -1;
    int material = m && fix->kind == FIX_MATERIAL ? material_find(m, fix->id) : -1;
    return var >= 0 ? m->var[var].label : material >= 0 ? m->material[material].name : NULL;
}

size_t visit_fix_count(const struct visit *v, const struct case_report *report)
{
    const struct matter *m = visit_fix_matter_of(v, report->matter);
    size_t n = 0;
    for (size_t i = 0; m && m->status == MATTER_OPEN && i < report->n_fixes; i++)
        n += is_mapped(m, &report->fix[i]);
    return n;
}

bool visit_fix_possible(const struct visit *v, const struct case_report *report)
{
    return v->s.has_card && report->may_fix && visit_fix_count(v, report) > 0;
}

/* ---- the matter as the correction asks it ---- */

struct look {
    const struct visit *v;
    bool is_outside;
};

static void look_outside(void *arg, const struct expr_use *use)
{
    struct look *look = arg;
    bool is_var = use->kind != USE_SEL && use->kind != USE_COUNT && use->kind != USE_SUM;
    look->is_outside |= !is_var || !look->v->s.is_fix_var[use->index];
}

/* A rule that leans on what is not asked could only be wrong. */
static bool leans_outside(const struct visit *v, const struct expr *rule)
{
    struct look look = {.v = v};
    expr_walk(rule, look_outside, &look);
    return look.is_outside;
}

static bool is_over(enum case_state state)
{
    return state == CASE_DONE || state == CASE_REFUSED || state == CASE_WITHDRAWN;
}

/* The tasks a correction is for: those that wait for it; where none says so, all that are not over;
 * else all that the report knows; else what everybody applies for. A record has at least one. */
static uint32_t tasks_of(const struct matter *m, const struct case_report *r)
{
    uint32_t waiting = 0, open = 0, known = 0, base = 0;
    for (size_t t = 0; t < m->n_tasks; t++) {
        uint32_t bit = UINT32_C(1) << t;
        base |= m->task[t].need == NEED_BASE ? bit : 0;
        for (size_t i = 0; i < r->n_tasks; i++) {
            if (strcmp(r->task[i].id, m->task[t].id) != 0)
                continue;
            known |= bit;
            open |= is_over(r->task[i].state) ? 0 : bit;
            waiting |= r->task[i].state == CASE_FIX ? bit : 0;
        }
    }
    return waiting ? waiting : open ? open : known ? known : base ? base : 1;
}

static void mark(struct visit *v, const struct matter *m, const struct case_report *report)
{
    bytes_wipe(v->s.is_fix_var, sizeof v->s.is_fix_var);
    bytes_wipe(v->s.is_fix_material, sizeof v->s.is_fix_material);
    for (size_t i = 0; i < report->n_fixes; i++) {
        int var = var_of(m, &report->fix[i]), material = material_of(m, &report->fix[i]);
        if (var >= 0)
            v->s.is_fix_var[var] = true;
        if (material >= 0)
            v->s.is_fix_material[material] = true;
    }
    v->s.fix_tasks = tasks_of(m, report);
}

static void narrow(struct visit *v, const struct matter *m, const struct case_report *report)
{
    struct visit_session *s = &v->s;
    s->fix_matter = *m;
    s->fix_matter.var = s->fix_var;
    s->fix_matter.task = s->fix_task;
    s->fix_matter.material = s->fix_material;
    s->fix_matter.n_gates = s->fix_matter.n_task_groups = 0;
    for (size_t i = 0; i < m->n_vars; i++) {
        s->fix_var[i] = m->var[i];
        s->fix_var[i].show_if = NULL;
        if (leans_outside(v, m->var[i].rule))
            s->fix_var[i].rule = NULL;
    }
    for (size_t i = 0; i < report->n_fixes; i++) {
        int var = var_of(m, &report->fix[i]);
        if (var >= 0 && !strcmp(report->fix[i].reason, "missing"))
            s->fix_var[var].is_required = true;
    }
    for (size_t i = 0; i < m->n_tasks; i++) {
        s->fix_task[i] = m->task[i];
        s->fix_task[i].need = NEED_BASE; /* nothing is chosen anew; visit_fix_plan says which */
        s->fix_task[i].task_group = -1;
    }
    for (size_t i = 0; i < m->n_materials; i++) {
        s->fix_material[i] = m->material[i];
        s->fix_material[i].cond = NULL;
    }
}

/* Members up to those that are named exist; what was handed in stands there. */
static void fill(struct visit *v, const struct case_report *report)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++) {
        int group = m->var[i].group;
        if (v->s.is_fix_var[i] && group >= 0 && m->group[group].repeat_max > 0 &&
            v->s.count[group] < m->var[i].member + 1)
            v->s.count[group] = (uint8_t)(m->var[i].member + 1);
    }
    visit_answers_update(v);
    for (size_t i = 0; i < report->n_fixes; i++) {
        int var = var_of(m, &report->fix[i]);
        /* an agreement is given anew */
        if (var >= 0 && report->fix[i].value[0] && m->var[var].type != TYPE_CONSENT)
            visit_answers_put(v, var, report->fix[i].value, SOURCE_EARLIER);
    }
    visit_answers_update(v);
}

void visit_fix_begin(struct visit *v)
{
    const struct case_report *report = visit_progress_report(v);
    char day[16];
    if (!report || report->n_fixes == 0)
        return;
    if (!visit_fix_possible(v, report)) {
        if (v->s.has_card)
            visit_alert_set(v, "fix.window", TONE_WARN,
                            v->cfg.hall_phone ? v->cfg.hall_phone : "12345");
        else
            visit_alert_set(v, "fix.lay_card", TONE_WARN, NULL);
        return;
    }
    const struct matter *m = visit_fix_matter_of(v, report->matter);
    if ((v->s.warnings & WARNING_CARD_EXPIRED) && !m->accepts_expired_card) {
        snprintf(day, sizeof day, "%.4s-%.2s-%.2s", v->s.card.valid_to, v->s.card.valid_to + 4,
                 v->s.card.valid_to + 6);
        visit_alert_set(v, "identify.expired_refused", TONE_WARN, day);
        return;
    }
    unsigned warnings = v->s.warnings;
    visit_answers_reset(v);
    v->s.warnings = warnings;
    mark(v, m, report);
    narrow(v, m, report);
    v->s.matter = &v->s.fix_matter;
    v->s.fixing = v->s.progress_open;
    v->s.is_identified = true;
    v->s.started_wall_ms = visit_wall_now(v);
    fill(v, report);
    visit_enter(v, STATE_NOTICE);
}

void visit_fix_leave(struct visit *v)
{
    visit_answers_reset(v);
    v->s.warnings = visit_card_warnings(&v->s.card, v->today);
    bytes_wipe(&v->s.plan, sizeof v->s.plan);
    bytes_wipe(v->s.seen, sizeof v->s.seen);
    v->s.matter = NULL;
    v->s.fixing = 0;
    v->s.is_identified = false;
    visit_enter(v, STATE_PROGRESS);
}

/* ---- what the other files ask ---- */

static const struct case_report *report_of(const struct visit *v)
{
    return &v->s.progress.report[v->s.fixing - 1];
}

void visit_fix_plan(struct visit *v)
{
    if (!v->s.fixing)
        return;
    const struct matter *m = v->s.matter;
    struct matter_plan *plan = &v->s.plan;
    for (size_t i = 0; i < m->n_vars; i++)
        plan->var_shown[i] = v->s.is_fix_var[i] ? TRI_TRUE : TRI_FALSE;
    for (size_t i = 0; i < m->n_tasks; i++)
        plan->task[i] = v->s.fix_tasks >> i & 1 ? TRI_TRUE : TRI_FALSE;
    for (size_t i = 0; i < m->n_materials; i++)
        plan->material[i] = v->s.is_fix_material[i] ? TRI_TRUE : TRI_FALSE;
    plan->gate = -1;
    plan->short_groups = 0;
}

const char *visit_fix_number(const struct visit *v)
{
    return v->s.fixing ? report_of(v)->number : "";
}
