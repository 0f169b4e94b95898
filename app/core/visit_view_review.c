/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of the review: answers, choices and the card, each as a pair. Pure. Thread: the one
 * that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

static void show_pair(const struct visit *v, int index, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct view_item *item =
        visit_item_add(ret, VIEW_PAIR,
                       visit_view_printf(ret, "review.%s.%.72s",
                                         var->is_question ? "question" : "field", var->id));
    char shown[MATTER_VALUE_BYTES];
    visit_answers_say(v, index, shown, sizeof shown);
    item->label = text_lit(var->label);
    item->is_enabled = !var->is_readonly;
    if (!shown[0])
        item->value = text_id("review.empty");
    else if (var->type == TYPE_BOOL)
        item->value = text_id(!strcmp(shown, "true") ? "option.yes" : "option.no");
    else if (var->type == TYPE_CONSENT)
        item->value = text_id("consent.agreed");
    else
        item->value = text_lit(visit_view_copy(ret, shown));
    if (shown[0] && var->unit) {
        item->value = text_arg("field.with_unit", item->value.lit);
        item->value.arg[1] = var->unit;
    }
    bytes_wipe(shown, sizeof shown);
    item->has_error = v->s.error_id[index] || v->s.error_text[index];
    item->tone = item->has_error ? TONE_ERROR : TONE_NEUTRAL;
}

static void show_pair_optional(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    struct view_item *item = visit_item_add(ret, VIEW_PAIR, "review.question.optional");
    size_t n = 0;
    for (size_t i = 0; i < m->n_tasks; i++)
        n += m->task[i].need == NEED_OPTIONAL && (v->s.selected >> i & 1);
    item->label = text_id("optional.short");
    item->value = text_id(n ? "optional.chosen" : "optional.none");
    if (n)
        item->value.arg[0] = visit_view_printf(ret, "%zu", n);
    item->is_enabled = true;
}

/* A list that comes so near to the end of its room was perhaps cut. */
enum { LONGEST_CHAR = 4 };

/* Names where they fit, else how many. */
static void show_pair_task_group(const struct visit *v, int group, struct view *ret)
{
    const struct matter *m = v->s.matter;
    const struct matter_task_group *g = &m->task_group[group];
    struct view_item *item = visit_item_add(
        ret, VIEW_PAIR, visit_view_printf(ret, "review.question.group.%.48s", g->id));
    char names[240] = "";
    size_t n = 0, used = 0;
    for (size_t i = 0; i < m->n_tasks; i++)
        if (g->tasks >> i & v->s.selected >> i & 1) {
            used = visit_say_add(v, m->task[i].name, names, sizeof names);
            n++;
        }
    item->label = text_lit(g->label);
    item->is_enabled = true;
    if (!n)
        item->value = text_id("optional.none");
    else if (used < sizeof names - LONGEST_CHAR)
        item->value = text_lit(visit_view_copy(ret, names));
    else
        item->value = text_arg("optional.chosen", visit_view_printf(ret, "%zu", n));
}

static void show_pair_more(const struct visit *v, int group, struct view *ret)
{
    const struct matter_group *g = &v->s.matter->group[group];
    struct view_item *item =
        visit_item_add(ret, VIEW_PAIR, visit_view_printf(ret, "review.field.%.60s.more", g->id));
    item->label = text_lit(g->title);
    item->value = text_id("review.empty");
    item->is_enabled = true;
}

static void show_card(const struct visit *v, bool is_number, struct view *ret)
{
    char shown[192];
    struct view_item *item =
        visit_item_add(ret, VIEW_PAIR, is_number ? "card.number" : "card.name");
    if (is_number)
        codes_mask_idno(v->s.card.number, shown, sizeof shown);
    else
        codes_mask_name(v->s.card.name[0] ? v->s.card.name : v->s.card.english_name, shown,
                        sizeof shown);
    item->label = text_id(is_number ? "card.number" : "card.name");
    item->value = text_lit(visit_view_copy(ret, shown));
    bytes_wipe(shown, sizeof shown);
}

void visit_view_review(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    switch ((int)slot->kind) {
    case SLOT_PAIR:
        show_pair(v, slot->ref, ret);
        break;
    case SLOT_PAIR_OPTIONAL:
        show_pair_optional(v, ret);
        break;
    case SLOT_PAIR_MORE:
        show_pair_more(v, slot->ref, ret);
        break;
    case SLOT_PAIR_TASK_GROUP:
        show_pair_task_group(v, slot->ref, ret);
        break;
    default:
        show_card(v, slot->kind == SLOT_CARD_NUMBER, ret);
        break;
    }
}
