/* SPDX-License-Identifier: Apache-2.0 */
/* What a tap does on the review and after it: signature, goodbye, and the page of a gate.
 * Pure. Thread: the one that owns the visit. */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include "base/bytes.h"

static void edit(struct visit *v, const struct visit_slot *slot)
{
    switch ((int)slot->kind) {
    case SLOT_PAIR:
        v->s.is_correcting = true;
        visit_flow_show_var(v, slot->ref);
        break;
    case SLOT_PAIR_OPTIONAL:
        v->s.is_correcting = true;
        visit_flow_enter_at(v, STATE_QUESTIONS, true);
        break;
    case SLOT_PAIR_TASK_GROUP:
        v->s.is_correcting = true;
        visit_enter(v, STATE_QUESTIONS);
        visit_flow_set_page(v, visit_layout_page_with(v, v->state, SLOT_TASK_GROUP, slot->ref));
        break;
    case SLOT_PAIR_MORE:
        v->s.is_correcting = true;
        visit_enter(v, STATE_FORM);
        visit_flow_set_page(v, visit_layout_page_with(v, v->state, SLOT_MORE, slot->ref));
        break;
    case SLOT_PAIR_SUPPLY:
        visit_enter(v, STATE_MATERIALS);
        visit_flow_set_page(v, visit_layout_page_with(v, v->state, SLOT_SUPPLY, slot->ref));
        break;
    default:
        break;
    }
}

void visit_flow_review(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = visit_flow_slot(v, in->item, &layout);
    if (in->kind == INTENT_EDIT && slot) {
        edit(v, slot);
    } else if (in->kind == INTENT_BACK && !visit_flow_turn(v, -1)) {
        visit_flow_enter_before(v, STATE_REVIEW);
    } else if (in->kind == INTENT_NEXT && !visit_flow_turn(v, 1)) {
        if (v->store_fault) {
            visit_alert_set(v, "submit.not_now", TONE_ERROR, NULL);
            return;
        }
        /* Answers may have become wrong by themselves: the day changed, a code list moved. */
        v->s.is_correcting = true;
        if (visit_flow_complete(v)) {
            v->s.reviewed_on = v->today;
            visit_enter(v, STATE_SIGN);
        }
    }
}

/* @return length of the longest stroke in 0.1 mm, walked along its points */
static int64_t longest_stroke(const struct strokes *s)
{
    int64_t longest = 0, length = 0;
    for (size_t i = 1; i < s->n_points; i++) {
        const struct stroke_point *a = &s->point[i - 1], *b = &s->point[i];
        if (a->stroke != b->stroke) {
            length = 0;
            continue;
        }
        int64_t dx = b->x - a->x, dy = b->y - a->y;
        int64_t square = dx * dx + dy * dy, root = 0;
        while ((root + 1) * (root + 1) <= square)
            root++;
        length += root;
        if (length > longest)
            longest = length;
    }
    return longest;
}

/* The day may have changed since the review; then what has become wrong is shown. */
static bool is_still_whole(struct visit *v)
{
    if (v->today == v->s.reviewed_on)
        return true;
    visit_enter(v, STATE_REVIEW);
    visit_flow_set_page(v, 0);
    visit_alert_set(v, "review.new_day", TONE_WARN, NULL);
    return false;
}

static void submit(struct visit *v)
{
    v->s.finished_wall_ms = visit_wall_now(v);
    visit_enter(v, STATE_SUBMITTING);
    visit_effect_add(v, VISIT_EFFECT_SUBMIT);
}

void visit_flow_signed_by_key(struct visit *v)
{
    if (v->state != STATE_SIGN || !is_still_whole(v))
        return;
    bytes_wipe(&v->s.strokes, sizeof v->s.strokes);
    v->s.is_signed_by_key = true;
    submit(v);
}

void visit_flow_sign(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_SIGN_BY_KEY) {
        visit_open_modal(v, MODAL_SIGN_BY_KEY); /* nobody signs with one touch */
        return;
    }
    if (in->kind == INTENT_BACK) {
        visit_flow_enter_at(v, STATE_REVIEW, true);
        return;
    }
    if (in->kind != INTENT_SIGN && in->kind != INTENT_NEXT)
        return;
    const struct strokes *s = in->kind == INTENT_SIGN ? in->strokes : NULL;
    if (!s || s->n_points < VISIT_SIGN_MIN_POINTS || s->n_points > STROKES_MAX_POINTS ||
        longest_stroke(s) <= VISIT_SIGN_MIN_LENGTH) {
        visit_alert_set(v, "sign.too_short", TONE_WARN, NULL);
        return;
    }
    if (!is_still_whole(v))
        return;
    v->s.strokes = *s;
    v->s.is_signed_by_key = false;
    submit(v);
}

void visit_flow_stopped(struct visit *v, const struct intent *in)
{
    if (in->kind != INTENT_BACK && in->kind != INTENT_NEXT)
        return;
    int page = v->s.stopped_page;
    visit_enter(v, v->s.stopped_from);
    visit_flow_set_page(v, page);
}

void visit_flow_goodbye(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_NEXT || in->kind == INTENT_HOME)
        visit_end(v);
}
