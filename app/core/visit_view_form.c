/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of questions and form pages: variables, members of repeats, tasks to choose. Pure.
 * Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

static void show_region(const struct visit *v, int index, struct view *ret, struct view_item *item)
{
    size_t n = 0;
    const struct codes_entry *next = visit_region_next(v, index, &n);
    bool has_chosen = v->s.value[index][0];
    if (has_chosen)
        visit_option_add(ret, item, text_id("region.again"), false);
    for (size_t i = 0; i < n && item->n_options < visit_choice_count(v, index); i++)
        visit_option_add(ret, item, text_lit(next[i].name), false);
    item->is_whole = has_chosen && !visit_region_is_partial(v, index);
}

static void show_options(const struct visit *v, int index, struct view *ret, struct view_item *item)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *value = v->s.value[index];
    if (var->is_readonly)
        return;
    switch ((int)var->type) {
    case TYPE_BOOL:
        visit_option_add(ret, item, text_id("option.yes"), !strcmp(value, "true"));
        visit_option_add(ret, item, text_id("option.no"), !strcmp(value, "false"));
        break;
    case TYPE_CONSENT:
        visit_option_add(ret, item, text_id("consent.yes"), value[0]);
        if (!var->is_required)
            visit_option_add(ret, item, text_id("consent.no"),
                             !value[0] && v->s.source[index] == SOURCE_TYPED);
        break;
    case TYPE_ENUM:
    case TYPE_SET:
        for (size_t i = 0; i < var->n_options; i++)
            visit_option_add(ret, item, text_lit(var->option[i].label),
                             var->type == TYPE_SET ? visit_choice_has(value, var->option[i].value)
                                                   : !strcmp(value, var->option[i].value));
        break;
    case TYPE_REGION:
        if (visit_region_has_table(v))
            show_region(v, index, ret, item);
        break;
    default:
        break;
    }
}

static enum view_input input_of(const struct visit *v, enum matter_type type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_CONSENT:
        return INPUT_ENUM;
    case TYPE_SET:
        return INPUT_SET;
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
    case TYPE_INTEGER:
    case TYPE_DECIMAL:
    case TYPE_TEL: /* digits and dashes */
        return INPUT_NUMBER;
    case TYPE_EMAIL:
        return INPUT_EMAIL;
    case TYPE_REGION:
        return visit_region_has_table(v) ? INPUT_STEPS : INPUT_DIGITS;
    case TYPE_CODE:
    case TYPE_USCC:
        break;
    }
    return INPUT_LATIN;
}

static const char *source_text(enum visit_source source)
{
    switch (source) {
    case SOURCE_CARD:
        return "field.from_card";
    case SOURCE_SOCIAL_CARD:
        return "field.from_social_card";
    case SOURCE_COPY:
        return "field.from_above";
    case SOURCE_OTHER_CARD:
        return "field.from_other_card";
    case SOURCE_SHARED:
        return "field.from_shared";
    case SOURCE_CODE:
        return "field.from_code";
    case SOURCE_COMPUTED:
        return "field.computed";
    case SOURCE_EARLIER:
        return "field.from_earlier";
    case SOURCE_NONE:
    case SOURCE_TYPED:
        break;
    }
    return NULL;
}

static struct view_text note_of(const struct visit *v, int index)
{
    const struct matter_var *var = &v->s.matter->var[index];
    const char *source = source_text(v->s.source[index]);
    if (v->s.error_id[index])
        return text_id(v->s.error_id[index]);
    if (v->s.error_text[index])
        return text_lit(v->s.error_text[index]);
    if (source)
        return text_id(source);
    if (var->is_readonly && var->prefill_calc)
        return text_id("field.computed");
    if (var->unit && !v->s.value[index][0]) {
        struct view_text text = text_arg(var->help ? "field.unit_help" : "field.unit", var->unit);
        text.arg[1] = var->help;
        return text;
    }
    return text_lit_or_none(var->help);
}

static struct view_item *show_var(const struct visit *v, int index, enum view_item_kind kind,
                                  const char *prefix, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    struct view_item *item =
        visit_item_add(ret, kind, visit_view_printf(ret, "%s.%.80s", prefix, var->id));
    item->label = text_lit(var->label);
    item->note = note_of(v, index);
    item->has_error = v->s.error_id[index] || v->s.error_text[index];
    item->tone = item->has_error ? TONE_ERROR : TONE_NEUTRAL;
    item->is_required = var->is_required;
    item->is_enabled = !var->is_readonly;
    item->input = input_of(v, var->type);
    show_options(v, index, ret, item);
    return item;
}

/* What is agreed to stands where other fields have a hint; an agreement is never a list to open. */
static void show_consent(const struct visit *v, int index, const char *prefix, struct view *ret)
{
    struct view_item *item = show_var(v, index, VIEW_CHOICE, prefix, ret);
    item->note = text_lit(v->s.matter->var[index].text);
    if (v->s.error_id[index])
        item->value = text_id(v->s.error_id[index]);
}

static void show_value(const struct visit *v, int index, struct view *ret, struct view_item *item)
{
    const struct matter_var *var = &v->s.matter->var[index];
    char shown[MATTER_VALUE_BYTES];
    if (var->type == TYPE_BOOL && v->s.value[index][0]) {
        item->value = text_id(!strcmp(v->s.value[index], "true") ? "option.yes" : "option.no");
        return;
    }
    /* a mask is short; the storage counts on it */
    visit_answers_say(v, index, shown, visit_answers_is_masked(var) ? 64 : sizeof shown);
    item->value = text_lit_or_none(visit_view_copy(ret, shown));
    if (shown[0] && var->unit) {
        item->value = text_arg("field.with_unit", item->value.lit);
        item->value.arg[1] = var->unit;
    }
    bytes_wipe(shown, sizeof shown);
}

static void show_field(const struct visit *v, int index, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    if (var->type == TYPE_CONSENT) {
        show_consent(v, index, "field", ret);
        return;
    }
    struct view_item *item = show_var(v, index, VIEW_FIELD, "field", ret);
    bool is_typed = item->is_enabled && !visit_choice_is_tapped(v, index);
    if (is_typed) {
        item->max_chars = var->max_chars;
        item->edit = visit_view_copy(ret, v->s.value[index]);
    }
    if (is_typed && !visit_answers_is_masked(var) && !var->unit)
        item->value = text_lit_or_none(item->edit);
    else if (item->input == INPUT_STEPS || is_typed || !item->is_enabled)
        show_value(v, index, ret, item);
}

/* A question may be of any type: one with no options is typed like a field. */
static void show_question(const struct visit *v, int index, struct view *ret)
{
    const struct matter_var *var = &v->s.matter->var[index];
    bool is_choice = (var->type == TYPE_BOOL || var->type == TYPE_ENUM || var->type == TYPE_SET) &&
                     !var->is_readonly;
    if (is_choice) {
        (void)show_var(v, index, VIEW_CHOICE, "question", ret);
    } else if (var->type == TYPE_CONSENT) {
        show_consent(v, index, "question", ret);
    } else {
        size_t at = ret->n_items;
        show_field(v, index, ret);
        ret->item[at].id = visit_view_printf(ret, "question.%.80s", var->id);
    }
}

static void show_task_group(const struct visit *v, int group, struct view *ret)
{
    const struct matter *m = v->s.matter;
    const struct matter_task_group *g = &m->task_group[group];
    struct view_item *item =
        visit_item_add(ret, VIEW_CHOICE, visit_view_printf(ret, "question.group.%.60s", g->id));
    bool is_short = visit_choice_group_missing(v, group) > 0;
    item->label = text_lit(g->label);
    item->is_enabled = true;
    item->is_required = g->min > 0;
    item->input = g->max > 1 ? INPUT_SET : INPUT_ENUM;
    item->has_error = is_short && (v->s.told_groups >> group & 1);
    item->tone = item->has_error ? TONE_ERROR : TONE_NEUTRAL;
    if (g->max == 1) {
        item->note = text_id(g->min ? "group.one" : "group.one_or_none");
    } else {
        item->note = text_arg("group.some", visit_view_printf(ret, "%d", g->min));
        item->note.arg[1] = visit_view_printf(ret, "%d", g->max);
    }
    for (size_t i = 0; i < m->n_tasks; i++)
        if (g->tasks >> i & 1)
            visit_option_add(ret, item, text_lit(m->task[i].name), v->s.selected >> i & 1);
}

/* "{n}" of the item's heading. */
static struct view_text member_text(const struct visit *v, const struct matter_group *g, int member,
                                    struct view *ret)
{
    char text[160];
    const char *form = g->repeat_item ? visit_say(v, g->repeat_item) : "{n}";
    const char *at = strstr(form, "{n}");
    if (!at)
        snprintf(text, sizeof text, "%.120s", form);
    else
        snprintf(text, sizeof text, "%.*s%d%.60s", (int)(at - form < 60 ? at - form : 60), form,
                 member + 1, at + strlen("{n}"));
    if (!bytes_utf8_valid(text, strlen(text))) /* cut inside a character */
        return text_lit(g->title);
    return text_lit(visit_view_copy(ret, text));
}

static void show_group(const struct visit *v, int group, struct view *ret)
{
    const struct matter_group *g = &v->s.matter->group[group];
    struct view_item *item =
        visit_item_add(ret, VIEW_HEADING, visit_view_printf(ret, "group.%.80s", g->id));
    item->label = text_lit(g->title);
}

static void show_member(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    const struct matter_group *g = &v->s.matter->group[slot->ref];
    struct view_item *item = visit_item_add(
        ret, VIEW_HEADING, visit_view_printf(ret, "group.%.60s.%d", g->id, slot->member + 1));
    item->label = member_text(v, g, slot->member, ret);
}

static void show_more(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    const struct matter_group *g = &v->s.matter->group[slot->ref];
    bool can_add = false, can_remove = false;
    struct view_item *item =
        visit_item_add(ret, VIEW_ACTIONS, visit_view_printf(ret, "field.%.60s.more", g->id));
    (void)visit_repeat_actions(v, slot->ref, slot->member, &can_add, &can_remove);
    item->label = text_id("repeat.more");
    item->is_enabled = true;
    if (can_add)
        visit_option_add(ret, item, g->repeat_add ? text_lit(g->repeat_add) : text_id("repeat.add"),
                         false);
    if (can_remove)
        visit_option_add(ret, item, text_id("repeat.remove"), false);
}

static void show_optional(const struct visit *v, struct view *ret)
{
    const struct matter *m = v->s.matter;
    struct view_item *item = visit_item_add(ret, VIEW_CHOICE, "question.optional");
    item->label = text_id("optional.label");
    item->note = text_id("optional.note");
    item->is_enabled = true;
    item->input = INPUT_SET;
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].need == NEED_OPTIONAL)
            visit_option_add(ret, item, text_lit(m->task[i].name), v->s.selected >> i & 1);
}

void visit_view_form(const struct visit *v, const struct visit_slot *slot, struct view *ret)
{
    switch ((int)slot->kind) {
    case SLOT_QUESTION:
        show_question(v, slot->ref, ret);
        break;
    case SLOT_OPTIONAL:
        show_optional(v, ret);
        break;
    case SLOT_TASK_GROUP:
        show_task_group(v, slot->ref, ret);
        break;
    case SLOT_GROUP:
        show_group(v, slot->ref, ret);
        break;
    case SLOT_MEMBER:
        show_member(v, slot, ret);
        break;
    case SLOT_MORE:
        show_more(v, slot, ret);
        break;
    default:
        show_field(v, slot->ref, ret);
        break;
    }
}
