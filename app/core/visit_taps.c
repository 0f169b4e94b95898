/* SPDX-License-Identifier: Apache-2.0 */
/* Taps that mean the same on every page: staff, large text, leaving, the question over the page;
 * and taps that are no taps. Pure. Thread: the one that owns the visit. */
#include "core/visit_priv.h"

int visit_taps_countdown(const struct visit *v)
{
    return v->cfg.idle_wipe_ms / 1000 * (v->s.is_elder ? 2 : 1);
}

void visit_close_modal(struct visit *v)
{
    v->is_dirty |= v->modal != MODAL_NONE;
    v->modal = MODAL_NONE;
}

static void toggle_staff(struct visit *v)
{
    v->is_staff_called = !v->is_staff_called;
    visit_effect_add(v, VISIT_EFFECT_CALL_STAFF)->flag = v->is_staff_called;
    v->is_dirty = true;
}

static void toggle_elder(struct visit *v)
{
    v->s.is_elder = !v->s.is_elder;
    visit_flow_relocate(v);
    v->is_dirty = true;
}

/* A card can be laid again; what was typed and chosen would be lost. */
static bool has_answered(const struct visit *v)
{
    if (v->s.selected)
        return true;
    for (size_t i = 0; v->s.matter && i < v->s.matter->n_vars; i++)
        if (v->s.source[i] == SOURCE_TYPED)
            return true;
    return false;
}

static void ask_leave(struct visit *v)
{
    v->modal = MODAL_LEAVE;
    v->entered_ms = v->now_ms;
    v->is_dirty = true;
}

bool visit_taps_ask_leave(struct visit *v)
{
    if (!has_answered(v))
        return false;
    ask_leave(v);
    return true;
}

static void take_home(struct visit *v)
{
    if (v->s.has_card || has_answered(v))
        ask_leave(v);
    else
        visit_end(v);
}

/* A page that has only just appeared cannot have been read: the tap was the second half of a
 * double tap meant for the page before. */
static bool is_double_tap(const struct visit *v, enum intent_kind kind)
{
    switch (kind) {
    case INTENT_OPEN:
    case INTENT_NEXT:
    case INTENT_BACK:
    case INTENT_HOME:
    case INTENT_EDIT:
    case INTENT_SIGN:
    case INTENT_RATE:
    case INTENT_SKIP:
    case INTENT_REPRINT:
    case INTENT_PRINT_LIST:
        return v->now_ms - v->entered_ms < VISIT_DOUBLE_TAP_MS;
    case INTENT_NONE:
    case INTENT_ACTIVITY:
    case INTENT_CHOOSE:
    case INTENT_SET_TEXT:
    case INTENT_STAY:
    case INTENT_CALL_STAFF:
    case INTENT_TOGGLE_ELDER:
        break;
    }
    return false;
}

/* @return true when the question on the screen took the tap. */
static bool take_modal_intent(struct visit *v, const struct intent *in)
{
    if (v->modal == MODAL_NONE)
        return false;
    if (in->kind == INTENT_HOME) {
        visit_end(v);
    } else if (in->kind == INTENT_ACTIVITY) {
        /* The finger may be on its way to either button: the question stays, the time begins
         * anew. */
        if (v->modal == MODAL_IDLE && v->countdown_s != visit_taps_countdown(v)) {
            v->countdown_s = visit_taps_countdown(v);
            v->is_dirty = true;
        }
    } else if (in->kind == INTENT_STAY || in->kind == INTENT_BACK || v->modal == MODAL_IDLE) {
        visit_close_modal(v);
    }
    return true;
}

void visit_taps_take(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_NONE)
        return;
    v->is_active = true;
    if (in->kind == INTENT_CALL_STAFF) {
        toggle_staff(v);
    } else if (in->kind == INTENT_TOGGLE_ELDER) {
        toggle_elder(v);
    } else if (is_double_tap(v, in->kind) || take_modal_intent(v, in) ||
               in->kind == INTENT_ACTIVITY) {
        return;
    } else if (in->kind == INTENT_HOME && visit_state_can_leave(v)) {
        take_home(v);
    } else {
        visit_state_intent(v, in);
    }
}
