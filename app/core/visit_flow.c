/* SPDX-License-Identifier: Apache-2.0 */
/* What a tap, a card or a code does in each page of a visit: one function a state, named in the
 * table at the top of visit.c. Pure. Thread: the one that owns the visit. */
#include "core/visit_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

/* ---- pages inside a state ---- */

static void set_page(struct visit *v, int page)
{
    struct visit_layout layout;
    visit_layout(v, v->state, page, &layout);
    if (page >= layout.n_pages) {
        page = layout.n_pages > 0 ? layout.n_pages - 1 : 0;
        visit_layout(v, v->state, page, &layout);
    }
    v->s.page = page;
    v->s.anchor = layout.first_var;
    v->entered_ms = v->now_ms;
    v->is_dirty = true;
}

void visit_flow_relocate(struct visit *v)
{
    int page = v->s.page;
    if (v->s.anchor) {
        int found = visit_layout_page_of(v, v->state, v->s.anchor - 1);
        if (found >= 0)
            page = found;
    }
    struct visit_layout layout;
    visit_layout(v, v->state, page, &layout);
    if (page >= layout.n_pages)
        page = layout.n_pages > 0 ? layout.n_pages - 1 : 0;
    v->s.page = page;
}

static int n_pages(const struct visit *v, enum visit_state state)
{
    struct visit_layout layout;
    visit_layout(v, state, 0, &layout);
    return layout.n_pages;
}

static bool turn_page(struct visit *v, int by)
{
    int page = v->s.page + by;
    if (page < 0 || page >= n_pages(v, v->state))
        return false;
    v->s.alert.id = NULL;
    set_page(v, page);
    return true;
}

static void enter_at(struct visit *v, enum visit_state state, bool at_end)
{
    visit_enter(v, state);
    set_page(v, at_end ? n_pages(v, state) - 1 : 0);
}

/* The states that a matter may leave empty, in their order. */
static const enum visit_state body[] = {STATE_QUESTIONS, STATE_FORM, STATE_MATERIALS, STATE_REVIEW};

static void enter_after(struct visit *v, enum visit_state from)
{
    size_t at = 0;
    for (size_t i = 0; i < YJ_COUNT(body); i++)
        if (body[i] == from)
            at = i + 1;
    while (body[at] != STATE_REVIEW && n_pages(v, body[at]) == 0)
        at++;
    enter_at(v, body[at], false);
}

static void enter_before(struct visit *v, enum visit_state from)
{
    size_t at = 0;
    while (body[at] != from)
        at++;
    while (at > 0 && n_pages(v, body[at - 1]) == 0)
        at--;
    if (at == 0)
        visit_enter(v, STATE_IDENTIFY);
    else
        enter_at(v, body[at - 1], true);
}

/* ---- shared steps ---- */

static bool stop_at_gate(struct visit *v)
{
    if (v->s.plan.gate < 0)
        return false;
    enum visit_state from = v->state;
    int page = v->s.page;
    visit_enter(v, STATE_STOPPED);
    v->s.stopped_from = from;
    v->s.stopped_page = page;
    return true;
}

static void show_var(struct visit *v, int var)
{
    enum visit_state state = v->s.matter->var[var].is_question ? STATE_QUESTIONS : STATE_FORM;
    int page = visit_layout_page_of(v, state, var);
    visit_enter(v, state);
    set_page(v, page < 0 ? 0 : page);
}

/* Everything that must be answered is; otherwise lead to the first thing that is not. */
static bool complete(struct visit *v)
{
    int bad = visit_answers_check_all(v);
    if (bad >= 0) {
        show_var(v, bad);
        visit_alert_set(v, "form.fix", TONE_WARN, NULL);
        return false;
    }
    if (stop_at_gate(v))
        return false;
    if (visit_supply_missing(v) >= 0) {
        if (v->state != STATE_MATERIALS)
            enter_at(v, STATE_MATERIALS, false);
        visit_alert_set(v, "materials.fix", TONE_WARN, NULL);
        return false;
    }
    return true;
}

static void back_to_review(struct visit *v)
{
    enter_at(v, STATE_REVIEW, false);
}

static const struct visit_slot *slot_of(const struct visit *v, int item,
                                        struct visit_layout *layout)
{
    visit_layout(v, v->state, v->s.page, layout);
    return item >= 0 && item < layout->n ? &layout->at[item] : NULL;
}

static void choose_option(struct visit *v, int var, int option)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    const char *value = NULL;
    if (mv->type == TYPE_BOOL && (option == 0 || option == 1))
        value = option == 0 ? "true" : "false";
    else if (mv->type == TYPE_ENUM && option >= 0 && (size_t)option < mv->n_options)
        value = mv->option[option].value;
    if (!value)
        return;
    visit_answers_set(v, var, value);
    v->s.alert.id = NULL;
    visit_flow_relocate(v);
    v->is_dirty = true;
}

static void toggle_optional(struct visit *v, int option)
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

/* CHOOSE and SET_TEXT mean the same on questions and fields. @return true when it was one. */
static bool answer(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = slot_of(v, in->item, &layout);
    if (in->kind != INTENT_CHOOSE && in->kind != INTENT_SET_TEXT)
        return false;
    if (!slot)
        return true;
    bool is_var = slot->kind == SLOT_QUESTION || slot->kind == SLOT_FIELD;
    if (in->kind == INTENT_CHOOSE && is_var) {
        choose_option(v, slot->ref, in->option);
    } else if (in->kind == INTENT_CHOOSE && slot->kind == SLOT_OPTIONAL) {
        toggle_optional(v, in->option);
    } else if (in->kind == INTENT_SET_TEXT && is_var) {
        enum matter_type type = v->s.matter->var[slot->ref].type;
        if (type == TYPE_BOOL || type == TYPE_ENUM)
            return true;
        visit_answers_set(v, slot->ref, in->text);
        v->s.alert.id = NULL;
        visit_flow_relocate(v);
        v->is_dirty = true;
    }
    return true;
}

/* NEXT on questions and form pages. */
static void page_done(struct visit *v)
{
    struct visit_layout layout;
    visit_layout(v, v->state, v->s.page, &layout);
    bool is_good = true;
    for (int i = 0; i < layout.n; i++)
        if (layout.at[i].kind == SLOT_QUESTION || layout.at[i].kind == SLOT_FIELD)
            is_good &= visit_answers_check(v, layout.at[i].ref);
    if (!is_good) {
        visit_alert_set(v, "form.fix", TONE_WARN, NULL);
        return;
    }
    if (stop_at_gate(v))
        return;
    if (v->s.is_correcting) {
        if (complete(v))
            back_to_review(v);
        return;
    }
    if (turn_page(v, 1))
        return;
    if (v->state == STATE_FORM) {
        int bad = visit_answers_check_all(v);
        if (bad >= 0) {
            show_var(v, bad);
            visit_alert_set(v, "form.fix", TONE_WARN, NULL);
            return;
        }
    }
    enter_after(v, v->state);
}

static void page_back(struct visit *v)
{
    if (v->s.is_correcting)
        back_to_review(v);
    else if (!turn_page(v, -1))
        enter_before(v, v->state);
}

/* ---- one function a state ---- */

void visit_flow_home(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    if (in->kind == INTENT_NEXT) {
        if (!turn_page(v, 1))
            set_page(v, 0);
        return;
    }
    const struct visit_slot *slot = slot_of(v, in->item, &layout);
    if (in->kind != INTENT_OPEN_MATTER || !slot || slot->kind != SLOT_MATTER)
        return;
    v->s.matter = matter_set_at(v->cfg.matters, (size_t)slot->ref);
    v->s.started_wall_ms = visit_wall_now(v);
    visit_answers_update(v);
    visit_enter(v, STATE_MATTER);
}

void visit_flow_matter(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_PRINT_LIST)
        visit_pages_order(v, 1U << DOCUMENT_MATERIALS);
    else if (in->kind == INTENT_BACK && !turn_page(v, -1))
        visit_end(v);
    else if (in->kind == INTENT_NEXT && !turn_page(v, 1))
        visit_enter(v, STATE_NOTICE);
}

void visit_flow_notice(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_BACK) {
        visit_enter(v, STATE_MATTER);
    } else if (in->kind == INTENT_NEXT) {
        v->s.consent_wall_ms = visit_wall_now(v);
        visit_enter(v, STATE_IDENTIFY);
    }
}

void visit_flow_identify(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_BACK) {
        visit_enter(v, STATE_NOTICE);
    } else if (in->kind == INTENT_NEXT && v->s.is_identified) {
        enter_after(v, STATE_IDENTIFY);
    } else if (in->kind == INTENT_EDIT && v->s.is_identified) {
        v->s.is_identified = false;
        v->s.alert.id = NULL;
        v->is_dirty = true;
    }
}

static void welcome_card(struct visit *v)
{
    char masked[96];
    if (v->s.warnings & WARNING_CARD_EXPIRED) {
        visit_alert_set(v, "identify.expired", TONE_WARN, NULL);
    } else if (v->s.warnings || v->s.card.doubts) {
        visit_alert_set(v, "identify.mismatch", TONE_WARN, NULL);
    } else {
        codes_mask_name(v->s.card.name[0] ? v->s.card.name : v->s.card.english_name, masked,
                        sizeof masked);
        visit_alert_set(v, "identify.read", TONE_OK, masked);
        bytes_wipe(masked, sizeof masked);
    }
}

/* A card that was read well and still cannot be used here. @return true when it was refused */
static bool refuse_card(struct visit *v, const struct card *card, unsigned warnings)
{
    char day[16];
    if (card->kind == CARD_SOCIAL_SECURITY && !v->cfg.accepts_social_security_card) {
        visit_alert_set(v, "identify.social_security", TONE_WARN, NULL);
        return true;
    }
    if ((warnings & WARNING_CARD_EXPIRED) && !v->s.matter->accepts_expired_card) {
        snprintf(day, sizeof day, "%.4s-%.2s-%.2s", card->valid_to, card->valid_to + 4,
                 card->valid_to + 6);
        visit_alert_set(v, "identify.expired_refused", TONE_WARN, day);
        return true;
    }
    return false;
}

void visit_flow_card(struct visit *v, const struct card *card)
{
    if (v->state != STATE_IDENTIFY || v->s.is_identified)
        return;
    unsigned warnings = visit_card_warnings(card, v->today);
    if (refuse_card(v, card, warnings))
        return;
    /* Another person: nothing of the one before may stay. */
    if (v->s.has_card && strcmp(v->s.card.number, card->number) != 0)
        visit_answers_reset(v);
    v->s.card = *card;
    bytes_wipe(v->s.card.photo, sizeof v->s.card.photo); /* no page and no paper shows it */
    v->s.card.has_photo = false;
    v->s.has_card = v->s.is_identified = true;
    v->s.warnings = warnings;
    visit_answers_update(v);
    enter_after(v, STATE_IDENTIFY);
    welcome_card(v);
}

void visit_flow_card_failed(struct visit *v, int code)
{
    if (v->state != STATE_IDENTIFY || v->s.is_identified)
        return;
    const char *id = "identify.failed.retry";
    if (err_class_of(code) != ERR_CLASS_RETRY)
        id = "identify.failed.staff";
    else if (code == ERR_READER_CARD_MOVED || code == ERR_READER_NO_CARD)
        id = "identify.failed.moved";
    else if (code == ERR_READER_CARD_REFUSED || code == ERR_READER_CARD_DATA ||
             code == ERR_READER_CARD_TEXT || code == ERR_READER_CARD_DOUBT)
        id = "identify.failed.card";
    else if (code == ERR_SLOT_CARD)
        id = "identify.failed.slot";
    else if (code == ERR_SLOT_KIND)
        id = "identify.failed.other_card";
    visit_alert_set(v, id, TONE_WARN, NULL);
}

void visit_flow_questions(struct visit *v, const struct intent *in)
{
    if (answer(v, in))
        return;
    if (in->kind == INTENT_NEXT)
        page_done(v);
    else if (in->kind == INTENT_BACK)
        page_back(v);
}

void visit_flow_form(struct visit *v, const struct intent *in)
{
    visit_flow_questions(v, in);
}

/* ---- materials ---- */

void visit_flow_supply(struct visit *v, int material, enum visit_supply_kind kind)
{
    struct visit_supply *s = &v->s.supply[material];
    bytes_wipe(s, sizeof *s);
    s->kind = kind;
    if (v->s.awaiting == material + 1)
        v->s.awaiting = 0;
    v->s.alert.id = NULL;
    v->is_dirty = true;
}

static void choose_supply(struct visit *v, int material, int option)
{
    enum material_action actions[3];
    int n = visit_supply_actions(v, material, actions);
    if (option < 0 || option >= n)
        return;
    switch (actions[option]) {
    case ACTION_SCAN:
        v->s.awaiting = material + 1;
        visit_alert_set(v, "materials.scan_now", TONE_WAIT, v->s.matter->material[material].name);
        break;
    case ACTION_LATER:
        visit_flow_supply(v, material, SUPPLY_LATER);
        break;
    case ACTION_PROMISE:
        visit_flow_supply(v, material, SUPPLY_PROMISED);
        break;
    }
}

void visit_flow_materials(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = slot_of(v, in->item, &layout);
    if (in->kind == INTENT_CHOOSE && slot && slot->kind == SLOT_SUPPLY) {
        choose_supply(v, slot->ref, in->option);
    } else if (in->kind == INTENT_PRINT_LIST) {
        visit_pages_order(v, 1U << DOCUMENT_MATERIALS);
    } else if (in->kind == INTENT_BACK) {
        v->s.awaiting = 0;
        page_back(v);
    } else if (in->kind == INTENT_NEXT && !turn_page(v, 1) && complete(v)) {
        v->s.awaiting = 0;
        back_to_review(v);
    }
}

/* ---- review, signature, end ---- */

static void edit(struct visit *v, const struct visit_slot *slot)
{
    switch ((int)slot->kind) {
    case SLOT_PAIR:
        v->s.is_correcting = true;
        show_var(v, slot->ref);
        break;
    case SLOT_PAIR_OPTIONAL:
        v->s.is_correcting = true;
        enter_at(v, STATE_QUESTIONS, true);
        break;
    case SLOT_PAIR_SUPPLY:
        enter_at(v, STATE_MATERIALS, false);
        break;
    default:
        break;
    }
}

void visit_flow_review(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = slot_of(v, in->item, &layout);
    if (in->kind == INTENT_EDIT && slot) {
        edit(v, slot);
    } else if (in->kind == INTENT_BACK && !turn_page(v, -1)) {
        enter_before(v, STATE_REVIEW);
    } else if (in->kind == INTENT_NEXT && !turn_page(v, 1)) {
        if (v->store_fault) {
            visit_alert_set(v, "submit.not_now", TONE_ERROR, NULL);
            return;
        }
        /* Answers may have become wrong by themselves: the day changed, a code list moved. */
        v->s.is_correcting = true;
        if (complete(v))
            visit_enter(v, STATE_SIGN);
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

void visit_flow_sign(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_BACK) {
        enter_at(v, STATE_REVIEW, true);
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
    v->s.strokes = *s;
    v->s.finished_wall_ms = visit_wall_now(v);
    visit_enter(v, STATE_SUBMITTING);
    visit_effect_add(v, VISIT_EFFECT_SUBMIT);
}

void visit_flow_stopped(struct visit *v, const struct intent *in)
{
    if (in->kind != INTENT_BACK && in->kind != INTENT_NEXT)
        return;
    int page = v->s.stopped_page;
    visit_enter(v, v->s.stopped_from);
    set_page(v, page);
}

void visit_flow_rating(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_RATE && in->option >= 0 && in->option <= 4) {
        v->s.rating = 5 - in->option;
        visit_effect_add(v, VISIT_EFFECT_RATE);
        visit_enter(v, STATE_GOODBYE);
    } else if (in->kind == INTENT_SKIP || in->kind == INTENT_NEXT || in->kind == INTENT_HOME) {
        visit_enter(v, STATE_GOODBYE);
    }
}

void visit_flow_goodbye(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_NEXT || in->kind == INTENT_HOME)
        visit_end(v);
}
