/* SPDX-License-Identifier: Apache-2.0 */
/* The guide: one question after another until some matters are left. Nothing personal is asked.
 * Pure. Thread: the one that owns the visit.
 *
 *   HOME, search ──► first question ──choice──► next question ──choice──► FIND (its matters)
 *         ▲                │ back       ▲            │ back                 │ back
 *         └────────────────┘            └────────────┴──────────────────────┘ one step up */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

const struct guide_step *visit_guide_step(const struct visit *v)
{
    const struct visit_finding *f = &v->s.finding;
    return &v->cfg.catalogue->guide->step[f->guide_path[f->n_guide - 1]];
}

void visit_guide_begin(struct visit *v)
{
    struct visit_finding *f = &v->s.finding;
    if (!v->cfg.catalogue->guide)
        return;
    f->is_guide_of_search = v->state == STATE_FIND && f->by == FIND_SEARCH;
    f->guide_path[0] = v->cfg.catalogue->guide->start;
    f->n_guide = 1;
    visit_enter(v, STATE_GUIDE);
}

static void choose(struct visit *v, int at)
{
    struct visit_finding *f = &v->s.finding;
    const struct guide_choice *choice = &visit_guide_step(v)->choice[at];
    if (choice->step >= 0 && f->n_guide < (int)YJ_COUNT(f->guide_path)) {
        f->guide_path[f->n_guide++] = choice->step;
        visit_enter(v, STATE_GUIDE);
    } else if (choice->step < 0) {
        f->guide_choice = at;
        f->by = FIND_GUIDE;
        visit_enter(v, STATE_FIND);
    }
}

static void back(struct visit *v)
{
    struct visit_finding *f = &v->s.finding;
    if (--f->n_guide > 0) {
        visit_enter(v, STATE_GUIDE);
    } else if (f->is_guide_of_search) {
        f->by = FIND_SEARCH;
        visit_enter(v, STATE_FIND);
    } else {
        visit_find_leave(v);
    }
}

void visit_flow_guide(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    visit_layout(v, v->state, v->s.page, &layout);
    if (in->kind == INTENT_BACK)
        back(v);
    else if (in->kind == INTENT_OPEN && in->item >= 0 && in->item < layout.n &&
             layout.at[in->item].kind == SLOT_GUIDE_CHOICE)
        choose(v, layout.at[in->item].ref);
}
