/* SPDX-License-Identifier: Apache-2.0 */
/* Taps that mean the same on every page: staff, settings, leaving, the question over the page;
 * and taps that are no taps. Pure. Thread: the one that owns the visit. */
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

void visit_close_modal(struct visit *v)
{
    v->is_dirty |= v->modal != MODAL_NONE;
    v->modal = MODAL_NONE;
}

void visit_staff_call(struct visit *v, enum staff_call why)
{
    bool is_called = why != STAFF_NOT_CALLED;
    if (v->is_staff_called == is_called)
        return;
    v->is_staff_called = is_called;
    struct visit_effect *e = visit_effect_add(v, VISIT_EFFECT_CALL_STAFF);
    e->flag = is_called;
    e->staff = why;
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

void visit_open_modal(struct visit *v, enum visit_modal modal)
{
    v->modal = modal;
    v->entered_ms = v->now_ms;
    v->is_dirty = true;
}

bool visit_taps_ask_leave(struct visit *v)
{
    if (!has_answered(v))
        return false;
    visit_open_modal(v, MODAL_LEAVE);
    return true;
}

static void take_home(struct visit *v)
{
    if (v->s.has_card || has_answered(v))
        visit_open_modal(v, MODAL_LEAVE);
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
    case INTENT_SIGN_BY_KEY:
        return v->now_ms - v->entered_ms < VISIT_DOUBLE_TAP_MS;
    case INTENT_NONE:
    case INTENT_ACTIVITY:
    case INTENT_CHOOSE:
    case INTENT_SET_TEXT:
    case INTENT_STAY:
    case INTENT_CALL_STAFF:
    case INTENT_TOGGLE_ELDER:
    case INTENT_SET_PREF:
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
        if (v->modal == MODAL_IDLE && v->countdown_s != visit_prefs_countdown(v)) {
            v->countdown_s = visit_prefs_countdown(v);
            v->is_dirty = true;
        }
    } else if (in->kind == INTENT_SIGN_BY_KEY && v->modal == MODAL_SIGN_BY_KEY) {
        visit_close_modal(v);
        visit_flow_signed_by_key(v);
    } else if (in->kind == INTENT_STAY || in->kind == INTENT_BACK || v->modal == MODAL_IDLE) {
        visit_close_modal(v);
    }
    return true;
}

void visit_taps_take(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_NONE)
        return;
    v->is_active = v->is_seen = true;
    if (in->kind == INTENT_CALL_STAFF) {
        visit_staff_call(v, v->is_staff_called ? STAFF_NOT_CALLED : STAFF_CALLED_BY_VISITOR);
    } else if (in->kind == INTENT_TOGGLE_ELDER) {
        visit_prefs_set(v, PREF_ELDER, !v->prefs.is_elder);
    } else if (in->kind == INTENT_SET_PREF) {
        visit_prefs_set(v, in->item, in->option);
    } else if (is_double_tap(v, in->kind) || take_modal_intent(v, in) ||
               in->kind == INTENT_ACTIVITY) {
        return;
    } else if (in->kind == INTENT_HOME && visit_state_can_leave(v)) {
        take_home(v);
    } else {
        visit_state_intent(v, in);
    }
}
