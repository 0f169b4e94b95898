/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a page: one function for each kind of slot. Pure. Thread: the one that owns the
 * visit. */
#include "core/visit_priv.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "core/codes.h"

static struct view_item *item_add(struct view *ret, enum view_item_kind kind, const char *id)
{
    assert(ret->n_items < VIEW_MAX_ITEMS);
    struct view_item *item = &ret->item[ret->n_items++];
    *item = (struct view_item){.kind = kind, .id = id};
    return item;
}

static struct view_text text_arg(const char *id, const char *arg)
{
    return (struct view_text){.id = id, .arg = {arg, NULL}};
}

static struct view_text text_lit_or_none(const char *lit)
{
    return (struct view_text){.lit = lit && lit[0] ? lit : NULL};
}

static void option_add(struct view *ret, struct view_item *item, struct view_text label,
                       bool is_selected)
{
    struct view_option *option = visit_view_option(ret, item);
    option->label = label;
    option->is_selected = is_selected;
}

/* ---- plain lines ---- */

static void show_text(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    struct view_item *item = item_add(ret, slot->item, slot->text_id);
    item->label = text_id(slot->text_id);
    item->tone = slot->tone;
    if (!strcmp(slot->text_id, "matter.promise")) {
        item->label.arg[0] = visit_view_printf(ret, "%d", v->s.matter->promise_days);
        item->label.arg[1] = visit_view_printf(ret, "%d", v->s.plan.longest_days);
    } else if (!strcmp(slot->text_id, "home.some_missing")) {
        item->label.arg[0] = visit_view_printf(ret, "%d", v->cfg.catalogue_errors);
    } else if (!strcmp(slot->text_id, "receipt.next_online") ||
               !strcmp(slot->text_id, "receipt.next_offline") ||
               !strcmp(slot->text_id, "out.where")) {
        item->label.arg[0] = v->cfg.hall_phone ? v->cfg.hall_phone : "12345";
    }
}

static void show_device(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    enum device_kind kind = (enum device_kind)slot->ref;
    struct view_item *item = item_add(ret, VIEW_NOTE, device_kind_text(kind));
    item->label = text_device(slot->text_id, kind, device_cause_of(&v->device[kind]));
    item->tone = slot->tone;
}

static void show_matter(const struct visit *v, int index, struct view *ret)
{
    const struct matter *m = matter_set_at(v->cfg.matters, (size_t)index);
    struct view_item *item =
        item_add(ret, VIEW_MATTER, visit_view_printf(ret, "matter.%.80s", m->code));
    item->label = text_lit(m->name);
    item->note = text_lit_or_none(m->summary);
    item->icon = m->icon;
    item->is_enabled = true;
}

static void show_metric(const struct visit *v, int index, struct view *ret)
{
    const struct matter_metric *metric = &v->s.matter->metric[index];
    struct view_item *item = item_add(ret, VIEW_METRIC, visit_view_printf(ret, "metric.%d", index));
    item->label = text_lit(metric->label);
    item->value = text_lit_or_none(metric->before);
    item->value2 = text_lit_or_none(metric->after);
}

static void show_task(const struct visit *v, int index, struct view *ret)
{
    const struct matter *m = v->s.matter;
    const struct matter_task *task = &m->task[index];
    struct view_item *item =
        item_add(ret, VIEW_TASK, visit_view_printf(ret, "task.%.80s", task->id));
    const char *days = visit_view_printf(ret, "%d", task->days);
    item->label = text_lit(task->name);
    item->value = text_lit_or_none(task->dept);
    item->note = text_arg("task.days", days);
    for (size_t i = 0; i < m->n_tasks; i++)
        if (task->deps >> i & 1) {
            item->note = text_arg("task.after", m->task[i].name);
            item->note.arg[1] = days;
            break;
        }
    if (v->state != STATE_MATTER)
        return;
    if (task->need == NEED_OPTIONAL) {
        item->note = text_arg("task.optional", days);
        item->tone = TONE_NEUTRAL;
    } else if (v->s.plan.task[index] == TRI_UNKNOWN) {
        item->note = text_arg("task.maybe", days);
        item->tone = TONE_WAIT;
    } else {
        item->tone = TONE_OK;
    }
}

/* ---- materials ---- */

/* Why nothing is asked for, or what must be brought. */
static const char *mode_text(const struct visit *v, enum matter_mode mode)
{
    bool is_online = v->link.is_online;
    switch (mode) {
    case MODE_E1:
        return "material.generated";
    case MODE_E2:
        return is_online ? "material.certificate" : "material.certificate_offline";
    case MODE_E3:
        return is_online ? "material.checked" : "material.checked_offline";
    case MODE_E4:
        return is_online ? "material.space" : "material.space_offline";
    case MODE_E5:
        return "material.promise";
    case MODE_E6:
        return "material.needed";
    case MODE_E7:
        break;
    }
    return "material.later";
}

static void show_material(const struct visit *v, int index, struct view *ret)
{
    const struct matter_material *m = &v->s.matter->material[index];
    struct view_item *item =
        item_add(ret, VIEW_MATERIAL, visit_view_printf(ret, "material.%.80s", m->id));
    bool is_maybe = v->s.plan.material[index] == TRI_UNKNOWN;
    item->label = text_lit(m->name);
    item->note = text_id(mode_text(v, m->mode));
    item->note.arg[0] = m->certificate;
    item->value = is_maybe ? text_id("material.maybe") : text_lit_or_none(m->hint);
    item->tone = m->mode == MODE_E6 || m->mode == MODE_E7 ? TONE_WAIT : TONE_OK;
    if (v->state == STATE_MATTER)
        return;
    if ((m->mode == MODE_E2 || m->mode == MODE_E3) && !v->link.is_online)
        item->tone = TONE_WAIT;
}

static const char *supply_text(enum visit_supply_kind kind)
{
    switch (kind) {
    case SUPPLY_SCANNED:
        return "supply.scanned";
    case SUPPLY_LATER:
        return "supply.later";
    case SUPPLY_PROMISED:
        return "supply.promised";
    case SUPPLY_NONE:
        break;
    }
    return "supply.none";
}

static struct view_text supply_state(const struct visit *v, int index, struct view *ret)
{
    struct view_text text = text_id(supply_text(v->s.supply[index].kind));
    if (v->s.supply[index].kind == SUPPLY_LATER)
        text.arg[0] = visit_view_printf(ret, "%d", visit_later_days(v, index));
    return text;
}

static void show_supply(const struct visit *v, int index, struct view *ret)
{
    static const char *const label[] = {
        [ACTION_SCAN] = "supply.do_scan",
        [ACTION_LATER] = "supply.do_later",
        [ACTION_PROMISE] = "supply.do_promise",
    };
    const struct matter_material *m = &v->s.matter->material[index];
    const struct visit_supply *s = &v->s.supply[index];
    struct view_item *item =
        item_add(ret, VIEW_MATERIAL, visit_view_printf(ret, "material.%.80s", m->id));
    bool is_awaited = v->s.awaiting == index + 1;
    enum material_action actions[3];
    int n = visit_supply_actions(v, index, actions);
    item->label = text_lit(m->name);
    item->value = text_lit_or_none(m->hint);
    item->is_enabled = true;
    item->is_required = v->s.plan.material[index] == TRI_TRUE;
    item->tone = s->kind == SUPPLY_NONE ? TONE_WAIT : TONE_OK;
    if (is_awaited)
        item->note = text_id("supply.awaiting");
    else if (s->kind != SUPPLY_NONE)
        item->note = supply_state(v, index, ret);
    else if ((m->actions & ACTION_SCAN) && !visit_device_usable(v, DEVICE_SCANNER))
        item->note = text_device("supply.no_scanner", DEVICE_SCANNER,
                                 device_cause_of(&v->device[DEVICE_SCANNER]));
    else
        item->note = text_id(item->is_required ? "supply.none" : "material.maybe");
    for (int i = 0; i < n; i++) {
        bool is_on = (actions[i] == ACTION_SCAN && (is_awaited || s->kind == SUPPLY_SCANNED)) ||
                     (actions[i] == ACTION_LATER && s->kind == SUPPLY_LATER) ||
                     (actions[i] == ACTION_PROMISE && s->kind == SUPPLY_PROMISED);
        option_add(ret, item, text_id(label[actions[i]]), is_on);
    }
}

/* ---- questions and fields ---- */

static void show_options(const struct visit *v, int index, struct view *ret, struct view_item *item)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *value = v->s.value[index];
    if (var->type == TYPE_BOOL) {
        option_add(ret, item, text_id("option.yes"), !strcmp(value, "true"));
        option_add(ret, item, text_id("option.no"), !strcmp(value, "false"));
    } else if (var->type == TYPE_ENUM) {
        for (size_t i = 0; i < var->n_options; i++)
            option_add(ret, item, text_lit(var->option[i].label),
                       !strcmp(value, var->option[i].value));
    }
}

static enum view_input input_of(enum matter_type type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_ENUM:
        return INPUT_ENUM;
    case TYPE_TEXT:
        return INPUT_TEXT;
    case TYPE_NAME:
        return INPUT_NAME;
    case TYPE_ADDRESS:
        return INPUT_ADDRESS;
    case TYPE_IDNO:
        return INPUT_IDNO;
    case TYPE_MOBILE:
        return INPUT_MOBILE;
    case TYPE_DATE:
        return INPUT_DATE;
    case TYPE_DIGITS:
    case TYPE_BANKCARD:
        return INPUT_DIGITS;
    case TYPE_CODE:
        break;
    }
    return INPUT_LATIN;
}

static size_t max_chars_of(const struct matter_var *var)
{
    switch (var->type) {
    case TYPE_IDNO:
        return 18;
    case TYPE_MOBILE:
        return 11;
    case TYPE_DATE:
        return 10;
    case TYPE_BANKCARD:
        return 19;
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_TEXT:
    case TYPE_NAME:
    case TYPE_ADDRESS:
    case TYPE_DIGITS:
    case TYPE_CODE:
        break;
    }
    return var->max_chars ? var->max_chars : 100;
}

static struct view_text note_of(const struct visit *v, int index)
{
    const struct matter_var *var = &v->s.matter->var[index];
    if (v->s.error_id[index])
        return text_id(v->s.error_id[index]);
    if (v->s.error_text[index])
        return text_lit(v->s.error_text[index]);
    if (v->s.source[index] == SOURCE_CARD)
        return text_id("field.from_card");
    if (v->s.source[index] == SOURCE_SOCIAL_CARD)
        return text_id("field.from_social_card");
    if (v->s.source[index] == SOURCE_COPY)
        return text_id("field.from_above");
    return text_lit_or_none(var->help);
}

static struct view_item *show_var(const struct visit *v, int index, enum view_item_kind kind,
                                  const char *prefix, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct view_item *item =
        item_add(ret, kind, visit_view_printf(ret, "%s.%.80s", prefix, var->id));
    item->label = text_lit(var->label);
    item->note = note_of(v, index);
    item->has_error = v->s.error_id[index] || v->s.error_text[index];
    item->tone = item->has_error ? TONE_ERROR : TONE_NEUTRAL;
    item->is_required = var->is_required;
    item->is_enabled = true;
    item->input = input_of(var->type);
    show_options(v, index, ret, item);
    return item;
}

static void show_field(const struct visit *v, int index, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct view_item *item = show_var(v, index, VIEW_FIELD, "field", ret);
    char shown[MATTER_VALUE_BYTES];
    if (item->n_options)
        return;
    item->max_chars = max_chars_of(var);
    item->edit = visit_view_copy(ret, v->s.value[index]);
    if (visit_answers_is_masked(var)) {
        /* a mask is short; the storage counts on it */
        visit_answers_show(v, index, shown, 64);
        item->value = text_lit_or_none(visit_view_copy(ret, shown));
        bytes_wipe(shown, sizeof shown);
    } else {
        item->value = text_lit_or_none(item->edit);
    }
}

/* A question may be of any type: one with no options is typed like a field. */
static void show_question(const struct visit *v, int index, struct view *ret)
{
    enum matter_type type = v->s.matter->var[index].type;
    if (type != TYPE_BOOL && type != TYPE_ENUM) {
        size_t at = ret->n_items;
        show_field(v, index, ret);
        ret->item[at].id = visit_view_printf(ret, "question.%.80s", v->s.matter->var[index].id);
    } else {
        (void)show_var(v, index, VIEW_CHOICE, "question", ret);
    }
}

static void show_optional(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    struct view_item *item = item_add(ret, VIEW_CHOICE, "question.optional");
    item->label = text_id("optional.label");
    item->note = text_id("optional.note");
    item->is_enabled = true;
    item->input = INPUT_ENUM;
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].need == NEED_OPTIONAL)
            option_add(ret, item, text_lit(m->task[i].name), v->s.selected >> i & 1);
}

/* ---- review ---- */

static void show_pair(const struct visit *v, int index, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct view_item *item =
        item_add(ret, VIEW_PAIR,
                 visit_view_printf(ret, "review.%s.%.72s", var->is_question ? "question" : "field",
                                   var->id));
    char shown[MATTER_VALUE_BYTES];
    visit_answers_show(v, index, shown, sizeof shown);
    item->label = text_lit(var->label);
    item->is_enabled = true;
    if (!shown[0])
        item->value = text_id("review.empty");
    else if (var->type == TYPE_BOOL)
        item->value = text_id(!strcmp(shown, "true") ? "option.yes" : "option.no");
    else
        item->value = text_lit(visit_view_copy(ret, shown));
    bytes_wipe(shown, sizeof shown);
    item->has_error = v->s.error_id[index] || v->s.error_text[index];
    item->tone = item->has_error ? TONE_ERROR : TONE_NEUTRAL;
}

static void show_pair_optional(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    struct view_item *item = item_add(ret, VIEW_PAIR, "review.question.optional");
    size_t n = 0;
    for (size_t i = 0; i < m->n_tasks; i++)
        n += m->task[i].need == NEED_OPTIONAL && (v->s.selected >> i & 1);
    item->label = text_id("optional.short");
    item->value = text_id(n ? "optional.chosen" : "optional.none");
    if (n)
        item->value.arg[0] = visit_view_printf(ret, "%zu", n);
    item->is_enabled = true;
}

static void show_pair_supply(const struct visit *v, int index, struct view *ret)
{
    const struct matter_material *m = &v->s.matter->material[index];
    struct view_item *item =
        item_add(ret, VIEW_PAIR, visit_view_printf(ret, "review.material.%.72s", m->id));
    item->label = text_lit(m->name);
    item->value = supply_state(v, index, ret);
    item->is_enabled = true;
}

static void show_card(const struct visit *v, bool is_number, struct view *ret)
{
    char shown[192];
    struct view_item *item = item_add(ret, VIEW_PAIR, is_number ? "card.number" : "card.name");
    if (is_number)
        codes_mask_idno(v->s.card.number, shown, sizeof shown);
    else
        codes_mask_name(v->s.card.name[0] ? v->s.card.name : v->s.card.english_name, shown,
                        sizeof shown);
    item->label = text_id(is_number ? "card.number" : "card.name");
    item->value = text_lit(visit_view_copy(ret, shown));
    bytes_wipe(shown, sizeof shown);
}

/* ---- the end ---- */

static void show_number(const struct visit *v, struct view *ret)
{
    struct view_item *item = item_add(ret, VIEW_NUMBER, "receipt.number");
    item->label = text_id("receipt.number");
    item->value = text_lit(visit_view_copy(ret, v->s.record.number));
}

static void show_qr(const struct visit *v, struct view *ret)
{
    struct view_item *item = item_add(ret, VIEW_QR, "receipt.qr");
    item->label = text_id("receipt.qr");
    item->value = text_lit(visit_view_copy(ret, v->s.record.token));
}

static void show_offers(const struct visit *v, struct view *ret)
{
    static const char *const label[] = {
        [OFFER_COPY] = "receipt.again", [OFFER_DOCUMENTS] = "pages.print_application"};
    struct view_item *item = item_add(ret, VIEW_ACTIONS, "receipt.more");
    enum visit_offer offers[VISIT_N_OFFERS];
    int n = visit_print_offers(v, offers);
    item->label = text_id("receipt.more");
    item->is_enabled = true;
    for (int i = 0; i < n; i++)
        option_add(ret, item, text_id(label[offers[i]]), false);
}

static void show_rating(struct view *ret)
{
    static const char *const level[] = {"rating.5", "rating.4", "rating.3", "rating.2", "rating.1"};
    struct view_item *item = item_add(ret, VIEW_RATING, "rating");
    item->label = text_id("rating.label");
    item->is_enabled = true;
    for (size_t i = 0; i < YJ_COUNT(level); i++)
        option_add(ret, item, text_id(level[i]), false);
}

static void show_gate(const struct visit *v, int is_advice, struct view *ret)
{
    /* The gate may have opened again by itself (the day changed): then there is no sentence. */
    const struct matter_gate *gate =
        v->s.plan.gate >= 0 ? &v->s.matter->gate[v->s.plan.gate] : NULL;
    const char *text = !gate ? NULL : is_advice ? gate->advice : gate->reason;
    struct view_item *item =
        item_add(ret, is_advice ? VIEW_PARAGRAPH : VIEW_NOTE, is_advice ? "gate.advice" : "gate");
    item->label = text ? text_lit(text) : text_id(is_advice ? "stopped.advice" : "stopped.open");
    item->tone = is_advice ? TONE_NEUTRAL : TONE_WARN;
}

static void show_facts(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    struct view_item *item = item_add(ret, VIEW_PAIR, "matter.fee");
    item->label = text_id("matter.fee");
    item->value = m->fee && m->fee[0] ? text_lit(m->fee) : text_id("matter.free");
}

void visit_view_item(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    switch (slot->kind) {
    case SLOT_TEXT:
        show_text(v, slot, ret);
        break;
    case SLOT_MATTER:
        show_matter(v, slot->ref, ret);
        break;
    case SLOT_METRIC:
        show_metric(v, slot->ref, ret);
        break;
    case SLOT_TASK:
        show_task(v, slot->ref, ret);
        break;
    case SLOT_MATERIAL:
        show_material(v, slot->ref, ret);
        break;
    case SLOT_SUPPLY:
        show_supply(v, slot->ref, ret);
        break;
    case SLOT_QUESTION:
        show_question(v, slot->ref, ret);
        break;
    case SLOT_OPTIONAL:
        show_optional(v, ret);
        break;
    case SLOT_GROUP:
        item_add(ret, VIEW_HEADING,
                 visit_view_printf(ret, "group.%.80s", v->s.matter->group[slot->ref].id))
            ->label = text_lit(v->s.matter->group[slot->ref].title);
        break;
    case SLOT_FIELD:
        show_field(v, slot->ref, ret);
        break;
    case SLOT_PAIR:
        show_pair(v, slot->ref, ret);
        break;
    case SLOT_PAIR_OPTIONAL:
        show_pair_optional(v, ret);
        break;
    case SLOT_PAIR_SUPPLY:
        show_pair_supply(v, slot->ref, ret);
        break;
    case SLOT_CARD_NAME:
    case SLOT_CARD_NUMBER:
        show_card(v, slot->kind == SLOT_CARD_NUMBER, ret);
        break;
    case SLOT_FACTS:
        show_facts(v, ret);
        break;
    case SLOT_NUMBER:
        show_number(v, ret);
        break;
    case SLOT_QR:
        show_qr(v, ret);
        break;
    case SLOT_RATING:
        show_rating(ret);
        break;
    case SLOT_DEVICE:
        show_device(v, slot, ret);
        break;
    case SLOT_OFFERS:
        show_offers(v, ret);
        break;
    case SLOT_GATE:
        show_gate(v, slot->ref, ret);
        break;
    }
}
