/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on the pages that are filled in and on their review: questions, form, materials.
 * Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"

static bool has_optional(const struct matter *m)
{
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].need == NEED_OPTIONAL)
            return true;
    return false;
}

void visit_lay_questions(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!m->var[i].is_question || !visit_answers_shown(b->v, (int)i))
            continue;
        if (b->v->prefs.is_elder)
            visit_page_break(b);
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_QUESTION, .ref = (int)i},
                       visit_choice_count(b->v, (int)i));
    }
    for (size_t g = 0; g < m->n_task_groups; g++) {
        if (b->v->prefs.is_elder)
            visit_page_break(b);
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_TASK_GROUP, .ref = (int)g}, m->n_tasks);
    }
    if (has_optional(m)) {
        if (b->v->prefs.is_elder)
            visit_page_break(b);
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_OPTIONAL}, m->n_tasks);
    }
}

static bool is_here(const struct visit *v, size_t var, size_t group, int member)
{
    const struct matter_var *mv = &v->s.matter->var[var];
    return !mv->is_question && mv->group == (int)group && mv->member == member &&
           visit_answers_shown(v, (int)var);
}

/* @return true when a field of the group and member takes from another person's card */
static bool takes_card(const struct visit *v, size_t group, int member)
{
    for (size_t i = 0; i < v->s.matter->n_vars; i++)
        if (visit_other_takes(&v->s.matter->var[i], "other_card.") && is_here(v, i, group, member))
            return true;
    return false;
}

static void put_card_note(struct visit_builder *b)
{
    enum device_state reader = b->v->device[DEVICE_READER].state;
    if (reader == DEVICE_ONLINE)
        visit_put_text(b, VIEW_NOTE, "form.other_card", TONE_NEUTRAL);
    else
        visit_put_device(b, "form.no_reader", DEVICE_READER, TONE_WARN);
}

/* One page for each member: a repeated group's pages look alike. */
static void lay_member(struct visit_builder *b, size_t group, int member)
{
    const struct matter *m = b->v->s.matter;
    bool is_elder = b->v->prefs.is_elder, repeats = visit_repeats(m, (int)group), is_first = true;
    visit_page_break(b);
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!is_here(b->v, i, group, member))
            continue;
        if (is_elder)
            visit_page_break(b);
        if (repeats && (is_first || is_elder))
            visit_put_slot(
                b, (struct visit_slot){.kind = SLOT_MEMBER, .ref = (int)group, .member = member},
                0);
        bool is_card_var = visit_other_takes(&m->var[i], "other_card.");
        if (is_elder ? is_card_var : is_first && takes_card(b->v, group, member))
            put_card_note(b);
        is_first = false;
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_FIELD, .ref = (int)i},
                       visit_choice_count(b->v, (int)i));
    }
}

static void put_more(struct visit_builder *b, size_t group, int member)
{
    bool can_add = false, can_remove = false;
    int n = visit_repeat_actions(b->v, (int)group, member, &can_add, &can_remove);
    if (n)
        visit_put_slot(b,
                       (struct visit_slot){.kind = SLOT_MORE, .ref = (int)group, .member = member},
                       (size_t)n);
}

static void lay_repeat(struct visit_builder *b, size_t group)
{
    int count = visit_repeat_count(b->v, (int)group);
    if (!visit_repeat_is_asked(b->v, (int)group))
        return;
    for (int member = 0; member < count; member++) {
        lay_member(b, group, member);
        put_more(b, group, member);
    }
    if (count > 0)
        return;
    visit_page_break(b);
    put_more(b, group, 0);
}

void visit_lay_form(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    for (size_t g = 0; g < m->n_groups; g++) {
        if (visit_repeats(m, (int)g))
            lay_repeat(b, g);
        else
            lay_member(b, g, 0);
    }
}

static bool is_supplied(const struct visit *v, size_t material)
{
    return visit_is_to_supply(v, (int)material) && v->s.plan.material[material] != TRI_FALSE;
}

void visit_lay_materials(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    bool has_heading = false;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (!is_supplied(b->v, i))
            continue;
        if (!has_heading)
            visit_put_text(b, VIEW_HEADING, "materials.to_supply", TONE_NEUTRAL);
        has_heading = true;
        enum material_action actions[3];
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_SUPPLY, .ref = (int)i},
                       (size_t)visit_supply_actions(b->v, (int)i, actions));
    }
    if (!has_heading && !b->v->s.fixing) /* a correction without materials has no such page */
        visit_put_text(b, VIEW_NOTE, "materials.nothing", TONE_OK);
    has_heading = false;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (visit_is_to_supply(b->v, (int)i) || b->v->s.plan.material[i] == TRI_FALSE)
            continue;
        if (!has_heading)
            visit_put_text(b, VIEW_HEADING, "materials.exempt", TONE_NEUTRAL);
        has_heading = true;
        visit_put(b, SLOT_MATERIAL, (int)i);
    }
}

static void lay_review_group(struct visit_builder *b, size_t group)
{
    const struct matter *m = b->v->s.matter;
    bool repeats = visit_repeats(m, (int)group), has_heading = false;
    int count = visit_repeat_count(b->v, (int)group);
    for (int member = 0; member < count; member++) {
        bool has_item = !repeats;
        for (size_t i = 0; i < m->n_vars; i++) {
            if (!is_here(b->v, i, group, member))
                continue;
            if (!has_heading)
                visit_put(b, SLOT_GROUP, (int)group);
            if (!has_item)
                visit_put_slot(
                    b,
                    (struct visit_slot){.kind = SLOT_MEMBER, .ref = (int)group, .member = member},
                    0);
            has_heading = has_item = true;
            visit_put(b, SLOT_PAIR, (int)i);
        }
    }
    if (count == 0 && !b->v->s.fixing && visit_repeat_is_asked(b->v, (int)group))
        visit_put(b, SLOT_PAIR_MORE, (int)group);
}

static void lay_review_answers(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    bool has_heading = false;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!m->var[i].is_question || !visit_answers_shown(b->v, (int)i))
            continue;
        if (!has_heading)
            visit_put_text(b, VIEW_HEADING, "review.questions", TONE_NEUTRAL);
        has_heading = true;
        visit_put(b, SLOT_PAIR, (int)i);
    }
    for (size_t g = 0; g < m->n_task_groups; g++)
        visit_put(b, SLOT_PAIR_TASK_GROUP, (int)g);
    if (has_optional(m))
        visit_put(b, SLOT_PAIR_OPTIONAL, 0);
    for (size_t g = 0; g < m->n_groups; g++)
        lay_review_group(b, g);
}

void visit_lay_review(struct visit_builder *b)
{
    const struct matter *m = b->v->s.matter;
    visit_put_text(b, VIEW_HEADING, "review.tasks", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_tasks; i++)
        if (b->v->s.plan.task[i] == TRI_TRUE)
            visit_put(b, SLOT_TASK, (int)i);
    visit_put_text(b, VIEW_HEADING, "review.person", TONE_NEUTRAL);
    visit_put(b, SLOT_CARD_NAME, 0);
    visit_put(b, SLOT_CARD_NUMBER, 0);
    lay_review_answers(b);
    bool has_heading = false;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (!is_supplied(b->v, i))
            continue;
        if (!has_heading)
            visit_put_text(b, VIEW_HEADING, "review.materials", TONE_NEUTRAL);
        has_heading = true;
        visit_put(b, SLOT_PAIR_SUPPLY, (int)i);
    }
}
