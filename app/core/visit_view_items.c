/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a page: plain ones and those of the end here, the others in visit_view_form.c,
 * visit_view_materials.c, visit_view_review.c, visit_view_find.c, visit_matter.c, visit_hall.c and
 * visit_rating.c. Pure. Thread:
 * the one that owns the visit. */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <assert.h>
#include <string.h>

struct view_item *visit_item_add(struct view *ret, enum view_item_kind kind, const char *id)
{
    assert(ret->n_items < VIEW_MAX_ITEMS);
    struct view_item *item = &ret->item[ret->n_items++];
    *item = (struct view_item){.kind = kind, .id = id};
    return item;
}

void visit_option_add(struct view *ret, struct view_item *item, struct view_text label,
                      bool is_selected)
{
    struct view_option *option = visit_view_option(ret, item);
    option->label = label;
    option->is_selected = is_selected;
}

/* ---- plain lines ---- */

static void show_text(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    struct view_item *item = visit_item_add(ret, slot->item, slot->text_id);
    item->label = text_id(slot->text_id);
    item->tone = slot->tone;
    if (!strcmp(slot->text_id, "matter.promise")) {
        item->label.arg[0] = visit_view_printf(ret, "%d", v->s.matter->promise_days);
        if (v->s.plan.longest_days > v->s.matter->promise_days) {
            item->label.id = "matter.promise_longer";
            item->label.arg[1] = visit_view_printf(ret, "%d", v->s.plan.longest_days);
        }
    } else if (!strcmp(slot->text_id, "receipt.next_online") ||
               !strcmp(slot->text_id, "receipt.next_offline") ||
               !strcmp(slot->text_id, "out.where") || !strcmp(slot->text_id, "out.where_hours")) {
        item->label.arg[0] = v->cfg.hall_phone ? v->cfg.hall_phone : "12345";
        item->label.arg[1] = v->cfg.hall_hours;
    }
}

static void show_device(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    enum device_kind kind = (enum device_kind)slot->ref;
    struct view_item *item = visit_item_add(ret, VIEW_NOTE, device_kind_text(kind));
    item->label = text_device(slot->text_id, kind, device_cause_of(&v->device[kind]));
    item->tone = slot->tone;
}

static void show_metric(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    const struct matter_metric *metric = &v->s.matter->metric[slot->ref];
    struct view_item *item =
        visit_item_add(ret, VIEW_METRIC, visit_view_printf(ret, "metric.%d", slot->ref));
    item->label = text_lit(metric->label);
    item->value = text_lit_or_none(metric->before);
    item->value2 = text_lit_or_none(metric->after);
}

/* ---- the end ---- */

static void show_number(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    (void)slot;
    struct view_item *item = visit_item_add(ret, VIEW_NUMBER, "receipt.number");
    item->label = text_id("receipt.number");
    item->value = text_lit(visit_view_copy(ret, v->s.record.number));
}

static void show_qr(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    (void)slot;
    struct view_item *item = visit_item_add(ret, VIEW_QR, "receipt.qr");
    item->label = text_id("receipt.qr");
    item->value = text_lit(visit_view_copy(ret, v->s.record.token));
}

static void show_offers(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    (void)slot;
    static const char *const label[] = {
        [OFFER_COPY] = "receipt.again", [OFFER_DOCUMENTS] = "pages.print_application"};
    struct view_item *item = visit_item_add(ret, VIEW_ACTIONS, "receipt.more");
    enum visit_offer offers[VISIT_N_OFFERS];
    int n = visit_print_offers(v, offers);
    item->label = text_id("receipt.more");
    item->is_enabled = true;
    for (int i = 0; i < n; i++)
        visit_option_add(ret, item, text_id(label[offers[i]]), false);
}

static void show_gate(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    bool is_advice = slot->ref;
    /* The gate may have opened again by itself (the day changed): then there is no sentence. */
    const struct matter_gate *gate =
        v->s.plan.gate >= 0 ? &v->s.matter->gate[v->s.plan.gate] : NULL;
    const char *text = !gate ? NULL : is_advice ? gate->advice : gate->reason;
    struct view_item *item = visit_item_add(ret, is_advice ? VIEW_PARAGRAPH : VIEW_NOTE,
                                            is_advice ? "gate.advice" : "gate");
    item->label = text ? text_lit(text) : text_id(is_advice ? "stopped.advice" : "stopped.open");
    item->tone = is_advice ? TONE_NEUTRAL : TONE_WARN;
}

static void show_facts(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    (void)slot;
    const struct matter *m = v->s.matter;
    struct view_item *item = visit_item_add(ret, VIEW_PAIR, "matter.fee");
    item->label = text_id("matter.fee");
    item->value = m->fee && m->fee[0] ? text_lit(m->fee) : text_id("matter.free");
}

void visit_view_item(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    static void (*const show[VISIT_N_SLOTS])(const struct visit *v, const struct visit_slot *slot,
                                             struct view *ret) = {
        [SLOT_TEXT] = show_text,
        [SLOT_MATTER] = visit_view_find,
        [SLOT_METRIC] = show_metric,
        [SLOT_TASK] = visit_matter_task,
        [SLOT_MATERIAL] = visit_view_material,
        [SLOT_SUPPLY] = visit_view_material,
        [SLOT_QUESTION] = visit_view_form,
        [SLOT_OPTIONAL] = visit_view_form,
        [SLOT_GROUP] = visit_view_form,
        [SLOT_FIELD] = visit_view_form,
        [SLOT_PAIR] = visit_view_review,
        [SLOT_PAIR_OPTIONAL] = visit_view_review,
        [SLOT_PAIR_SUPPLY] = visit_view_material,
        [SLOT_CARD_NAME] = visit_view_review,
        [SLOT_CARD_NUMBER] = visit_view_review,
        [SLOT_FACTS] = show_facts,
        [SLOT_NUMBER] = show_number,
        [SLOT_QR] = show_qr,
        [SLOT_RATING] = visit_rating_view,
        [SLOT_GATE] = show_gate,
        [SLOT_DEVICE] = show_device,
        [SLOT_SEARCH] = visit_view_find,
        [SLOT_TREE] = visit_view_find,
        [SLOT_STAGE] = visit_view_find,
        [SLOT_TILE_GUIDE] = visit_view_find,
        [SLOT_TILE_PROGRESS] = visit_view_find,
        [SLOT_GUIDE_CHOICE] = visit_view_find,
        [SLOT_PHONE] = visit_view_find,
        [SLOT_CASE] = visit_view_find,
        [SLOT_CASE_NUMBER] = visit_view_find,
        [SLOT_CASE_RECEIVED] = visit_view_find,
        [SLOT_CASE_AS_OF] = visit_view_find,
        [SLOT_CASE_FIXES] = visit_view_find,
        [SLOT_CASE_FIX] = visit_view_find,
        [SLOT_CASE_TASK] = visit_view_find,
        [SLOT_OFFERS] = show_offers,
        [SLOT_MEMBER] = visit_view_form,
        [SLOT_MORE] = visit_view_form,
        [SLOT_PAIR_MORE] = visit_view_review,
        [SLOT_TASK_GROUP] = visit_view_form,
        [SLOT_PAIR_TASK_GROUP] = visit_view_review,
        [SLOT_MATTER_LINE] = visit_matter_line,
        [SLOT_FUNCTION] = visit_hall_view,
        [SLOT_PLACE] = visit_hall_view,
        [SLOT_HALL_NOTICE] = visit_hall_view,
        [SLOT_COUNTERS] = visit_hall_view,
        [SLOT_OWNER] = visit_hall_view,
        [SLOT_RATING_REASONS] = visit_rating_view,
    };
    show[slot->kind](v, slot, ret);
}
