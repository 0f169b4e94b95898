/* SPDX-License-Identifier: Apache-2.0 */
/* The rating: five levels, one tap; the last two ask why, which can be skipped. One rating for each
 * application. Reasons follow the practice of GB/T 39735 (good and bad reviews of government
 * services). Pure. Thread: the one that owns the visit.
 *
 *   levels ──very satisfied … acceptable──► RATE, GOODBYE
 *     │ ▲ └──skip, silence────────────────► GOODBYE
 *     ▼ └──back
 *   reasons ──send, skip, silence─────────► RATE, GOODBYE: the level that was tapped counts */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

enum { BEST = 5, LOW = 2 };

static const struct {
    const char *word, *text;
} reasons[VISIT_N_REASONS] = {
    [REASON_ATTITUDE] = {"attitude", "rating.reason.attitude"},
    [REASON_WAITING] = {"waiting", "rating.reason.waiting"},
    [REASON_HARD_TO_USE] = {"hard_to_use", "rating.reason.hard_to_use"},
    [REASON_MATERIALS] = {"materials", "rating.reason.materials"},
    [REASON_MACHINE] = {"machine", "rating.reason.machine"},
    [REASON_NOT_DONE] = {"not_done", "rating.reason.not_done"},
    [REASON_OTHER] = {"other", "rating.reason.other"},
};

const char *visit_rating_word(enum visit_rating_reason reason)
{
    return reasons[reason].word;
}

bool visit_rating_asks_reasons(const struct visit *v)
{
    return v->state == STATE_RATING && v->s.rating > 0;
}

/* ---- taps ---- */

static void rate(struct visit *v)
{
    visit_effect_add(v, VISIT_EFFECT_RATE);
    visit_enter(v, STATE_GOODBYE);
}

void visit_rating_timer(struct visit *v)
{
    if (v->s.rating)
        rate(v);
    else
        visit_enter(v, STATE_GOODBYE);
}

static void take_level(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_RATE && in->option >= 0 && in->option < BEST) {
        v->s.rating = BEST - in->option;
        if (v->s.rating > LOW)
            rate(v);
        else
            visit_enter(v, STATE_RATING); /* the same, one question on */
    } else if (in->kind == INTENT_SKIP || in->kind == INTENT_NEXT || in->kind == INTENT_HOME) {
        visit_enter(v, STATE_GOODBYE);
    }
}

static void take_reason(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = visit_flow_slot(v, in->item, &layout);
    if (in->kind == INTENT_CHOOSE && slot && slot->kind == SLOT_RATING_REASONS && in->option >= 0 &&
        in->option < VISIT_N_REASONS) {
        v->s.rating_reasons ^= 1U << in->option;
        v->is_dirty = true;
    } else if (in->kind == INTENT_BACK) {
        v->s.rating = 0;
        v->s.rating_reasons = 0;
        visit_enter(v, STATE_RATING);
    } else if (in->kind == INTENT_SKIP) {
        v->s.rating_reasons = 0;
        rate(v);
    } else if (in->kind == INTENT_NEXT || in->kind == INTENT_HOME) {
        rate(v);
    }
}

void visit_flow_rating(struct visit *v, const struct intent *in)
{
    if (v->s.rating)
        take_reason(v, in);
    else
        take_level(v, in);
}

/* ---- the page ---- */

void visit_lay_rating(struct visit_builder *b)
{
    if (visit_rating_asks_reasons(b->v))
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_RATING_REASONS}, VISIT_N_REASONS);
    else
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_RATING}, BEST);
}

static void show_levels(struct view *ret)
{
    static const char *const level[BEST] = {"rating.5", "rating.4", "rating.3", "rating.2",
                                            "rating.1"};
    struct view_item *item = visit_item_add(ret, VIEW_RATING, "rating");
    item->label = text_id("rating.label");
    item->is_enabled = true;
    for (size_t i = 0; i < YJ_COUNT(level); i++)
        visit_option_add(ret, item, text_id(level[i]), false);
}

void visit_rating_view(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    if (slot->kind == SLOT_RATING) {
        show_levels(ret);
        return;
    }
    struct view_item *item = visit_item_add(ret, VIEW_CHOICE, "rating.reasons");
    item->label = text_id("rating.reasons");
    item->input = INPUT_SET;
    item->is_enabled = true;
    for (int i = 0; i < VISIT_N_REASONS; i++)
        visit_option_add(ret, item, text_id(reasons[i].text), v->s.rating_reasons >> i & 1);
}
