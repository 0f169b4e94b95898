/* SPDX-License-Identifier: Apache-2.0 */
/* Going from page to page, and what a tap does from the page of a matter to its materials: one
 * function a state, named in the table at the top of visit.c. The card is in visit_flow_card.c, the
 * review and what follows in visit_flow_end.c. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

#include <stdio.h>

#include "base/bytes.h"

/* ---- pages inside a state ---- */

void visit_flow_set_page(struct visit *v, int page)
{
    struct visit_layout layout;
    if (page < 0)
        page = 0;
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

void visit_flow_changed(struct visit *v)
{
    visit_flow_relocate(v);
    v->is_dirty = true;
}

static int n_pages(const struct visit *v, enum visit_state state)
{
    struct visit_layout layout;
    visit_layout(v, state, 0, &layout);
    return layout.n_pages;
}

bool visit_flow_turn(struct visit *v, int by)
{
    int page = v->s.page + by;
    if (page < 0 || page >= n_pages(v, v->state))
        return false;
    v->s.alert.id = NULL;
    visit_flow_set_page(v, page);
    return true;
}

void visit_flow_enter_at(struct visit *v, enum visit_state state, bool at_end)
{
    visit_enter(v, state);
    visit_flow_set_page(v, at_end ? n_pages(v, state) - 1 : 0);
}

/* The states that a matter may leave empty, in their order. */
static const enum visit_state body[] = {STATE_QUESTIONS, STATE_FORM, STATE_MATERIALS, STATE_REVIEW};

void visit_flow_enter_after(struct visit *v, enum visit_state from)
{
    size_t at = 0;
    for (size_t i = 0; i < YJ_COUNT(body); i++)
        if (body[i] == from)
            at = i + 1;
    while (body[at] != STATE_REVIEW && n_pages(v, body[at]) == 0)
        at++;
    visit_flow_enter_at(v, body[at], false);
}

void visit_flow_enter_before(struct visit *v, enum visit_state from)
{
    size_t at = 0;
    while (body[at] != from)
        at++;
    while (at > 0 && n_pages(v, body[at - 1]) == 0)
        at--;
    if (at == 0) /* a correction has its card from the start */
        visit_enter(v, v->s.fixing ? STATE_NOTICE : STATE_IDENTIFY);
    else
        visit_flow_enter_at(v, body[at - 1], true);
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

void visit_flow_show_var(struct visit *v, int var)
{
    enum visit_state state = v->s.matter->var[var].is_question ? STATE_QUESTIONS : STATE_FORM;
    int page = visit_layout_page_of(v, state, var);
    visit_enter(v, state);
    visit_flow_set_page(v, page < 0 ? 0 : page);
}

/* Say of a group of tasks how many must be chosen at least. */
static void tell_group(struct visit *v, int group)
{
    char min[16];
    snprintf(min, sizeof min, "%d", v->s.matter->task_group[group].min);
    v->s.told_groups |= 1U << group;
    visit_alert_set(v, "group.too_few", TONE_WARN, min);
}

/* Everything that must be answered is; otherwise lead to the first thing that is not. */
bool visit_flow_complete(struct visit *v)
{
    int group = visit_choice_short_group(v);
    if (group >= 0) {
        visit_enter(v, STATE_QUESTIONS);
        visit_flow_set_page(v, visit_layout_page_with(v, v->state, SLOT_TASK_GROUP, group));
        tell_group(v, group);
        return false;
    }
    int bad = visit_answers_check_all(v);
    if (bad >= 0) {
        visit_flow_show_var(v, bad);
        visit_alert_set(v, "form.fix", TONE_WARN, NULL);
        return false;
    }
    if (stop_at_gate(v))
        return false;
    if (visit_supply_missing(v) >= 0) {
        if (v->state != STATE_MATERIALS)
            visit_flow_enter_at(v, STATE_MATERIALS, false);
        visit_alert_set(v, "materials.fix", TONE_WARN, NULL);
        return false;
    }
    return true;
}

static void back_to_review(struct visit *v)
{
    visit_flow_enter_at(v, STATE_REVIEW, false);
}

const struct visit_slot *visit_flow_slot(const struct visit *v, int item,
                                         struct visit_layout *layout)
{
    visit_layout(v, v->state, v->s.page, layout);
    return item >= 0 && item < layout->n ? &layout->at[item] : NULL;
}

static void choose_option(struct visit *v, int var, int option)
{
    if (!visit_choice_tap(v, var, option))
        return;
    v->s.alert.id = NULL;
    visit_flow_changed(v);
}

/* CHOOSE and SET_TEXT mean the same on questions and fields. @return true when it was one. */
static bool answer(struct visit *v, const struct intent *in)
{
    struct visit_layout layout;
    const struct visit_slot *slot = visit_flow_slot(v, in->item, &layout);
    if (in->kind != INTENT_CHOOSE && in->kind != INTENT_SET_TEXT)
        return false;
    if (!slot)
        return true;
    bool is_var = slot->kind == SLOT_QUESTION || slot->kind == SLOT_FIELD;
    if (in->kind == INTENT_CHOOSE && is_var) {
        choose_option(v, slot->ref, in->option);
    } else if (in->kind == INTENT_CHOOSE && slot->kind == SLOT_OPTIONAL) {
        visit_choice_toggle_task(v, in->option);
    } else if (in->kind == INTENT_CHOOSE && slot->kind == SLOT_TASK_GROUP) {
        visit_choice_tap_group(v, slot->ref, in->option);
    } else if (in->kind == INTENT_CHOOSE && slot->kind == SLOT_MORE) {
        visit_repeat_choose(v, slot->ref, slot->member, in->option);
    } else if (in->kind == INTENT_SET_TEXT && is_var) {
        if (visit_choice_is_tapped(v, slot->ref) || v->s.matter->var[slot->ref].is_readonly)
            return true;
        visit_answers_set(v, slot->ref, in->text);
        v->s.alert.id = NULL;
        visit_flow_changed(v);
    }
    return true;
}

/* NEXT on questions and form pages. */
static void page_done(struct visit *v)
{
    struct visit_layout layout;
    visit_layout(v, v->state, v->s.page, &layout);
    bool is_good = true;
    int short_group = -1;
    for (int i = 0; i < layout.n; i++) {
        const struct visit_slot *slot = &layout.at[i];
        if (slot->kind == SLOT_QUESTION || slot->kind == SLOT_FIELD)
            is_good &= visit_answers_check(v, slot->ref);
        else if (slot->kind == SLOT_TASK_GROUP && visit_choice_group_missing(v, slot->ref))
            short_group = slot->ref;
    }
    if (short_group >= 0) {
        tell_group(v, short_group);
        return;
    }
    if (!is_good) {
        visit_alert_set(v, "form.fix", TONE_WARN, NULL);
        return;
    }
    if (stop_at_gate(v))
        return;
    if (v->s.is_correcting) {
        if (visit_flow_complete(v))
            back_to_review(v);
        return;
    }
    if (visit_flow_turn(v, 1))
        return;
    if (v->state == STATE_FORM) {
        int bad = visit_answers_check_all(v);
        if (bad >= 0) {
            visit_flow_show_var(v, bad);
            visit_alert_set(v, "form.fix", TONE_WARN, NULL);
            return;
        }
    }
    visit_flow_enter_after(v, v->state);
}

void visit_flow_page_back(struct visit *v)
{
    if (v->s.is_correcting)
        back_to_review(v);
    else if (!visit_flow_turn(v, -1))
        visit_flow_enter_before(v, v->state);
}

/* ---- one function a state ---- */

void visit_flow_matter(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_PRINT_LIST)
        visit_pages_order_list(v);
    else if (in->kind == INTENT_BACK && !visit_flow_turn(v, -1) && !visit_taps_ask_leave(v))
        visit_find_return(v);
    else if (in->kind == INTENT_NEXT && !visit_flow_turn(v, 1) && visit_matter_can_begin(v))
        visit_enter(v, STATE_NOTICE);
}

void visit_flow_notice(struct visit *v, const struct intent *in)
{
    if (in->kind == INTENT_BACK && v->s.fixing) {
        if (!visit_taps_ask_leave(v))
            visit_fix_leave(v);
    } else if (in->kind == INTENT_BACK) {
        visit_enter(v, STATE_MATTER);
    } else if (in->kind == INTENT_NEXT) {
        v->s.consent_wall_ms = visit_wall_now(v);
        if (v->s.fixing)
            visit_flow_enter_after(v, STATE_IDENTIFY);
        else
            visit_enter(v, STATE_IDENTIFY);
    }
}

void visit_flow_questions(struct visit *v, const struct intent *in)
{
    if (answer(v, in))
        return;
    if (in->kind == INTENT_NEXT)
        page_done(v);
    else if (in->kind == INTENT_BACK)
        visit_flow_page_back(v);
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
    const struct visit_slot *slot = visit_flow_slot(v, in->item, &layout);
    if (in->kind == INTENT_CHOOSE && slot && slot->kind == SLOT_SUPPLY) {
        choose_supply(v, slot->ref, in->option);
    } else if (in->kind == INTENT_PRINT_LIST) {
        visit_pages_order_list(v);
    } else if (in->kind == INTENT_BACK) {
        v->s.awaiting = 0;
        visit_flow_page_back(v);
    } else if (in->kind == INTENT_NEXT && !visit_flow_turn(v, 1) && visit_flow_complete(v)) {
        v->s.awaiting = 0;
        back_to_review(v);
    }
}
