/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on which page. The screen and the taps that come back from it ask the same
 * function, so an item's number always means the same thing. Long lists break into pages before
 * they could outgrow the view. Pure. Thread: the one that owns the visit. */
#include "core/visit_priv.h"

#include <assert.h>
#include <string.h>

/* A page never comes near the view's storage: at most PAGE_ITEMS items of at most ITEM_BYTES each,
 * and FRAME_BYTES for what stands around them. */
enum {
    PAGE_ITEMS = 60,
    PAGE_OPTIONS = VIEW_MAX_OPTIONS,
    ITEM_BYTES = MATTER_VALUE_BYTES + 64 /* mask */ + 96 /* id */,
    FRAME_BYTES = 2048,
    HOME_MATTERS = 8, /* a page */
};
static_assert((int)PAGE_ITEMS <= (int)VIEW_MAX_ITEMS, "a page fits the view");
static_assert((int)PAGE_ITEMS * (int)ITEM_BYTES + (int)FRAME_BYTES <= (int)VIEW_ARENA_BYTES,
              "its texts fit too");
static_assert((int)MATTER_MAX_OPTIONS <= (int)PAGE_OPTIONS &&
                  (int)MATTER_MAX_TASKS <= (int)PAGE_OPTIONS,
              "one item's options fit");

struct builder {
    const struct visit *v;
    struct visit_layout *out;
    int page, n_items;
    size_t n_options;
};

static void page_break(struct builder *b)
{
    if (b->n_items > 0) {
        b->page++;
        b->n_items = 0;
        b->n_options = 0;
    }
}

static void put_slot(struct builder *b, struct visit_slot slot, size_t n_options)
{
    if (b->n_items + 1 > PAGE_ITEMS || b->n_options + n_options > PAGE_OPTIONS)
        page_break(b);
    b->n_items++;
    b->n_options += n_options;
    if (b->page != b->out->page)
        return;
    if (slot.kind == SLOT_QUESTION || slot.kind == SLOT_FIELD) {
        if (!b->out->first_var)
            b->out->first_var = slot.ref + 1;
        if (b->out->group < 0)
            b->out->group = b->v->s.matter->var[slot.ref].group;
    }
    b->out->at[b->out->n++] = slot;
}

static void put(struct builder *b, enum visit_slot_kind kind, int ref)
{
    put_slot(b, (struct visit_slot){.kind = kind, .ref = ref}, 0);
}

static void put_text(struct builder *b, enum view_item_kind item, const char *text_id,
                     enum view_tone tone)
{
    put_slot(b,
             (struct visit_slot){.kind = SLOT_TEXT, .text_id = text_id, .item = item, .tone = tone},
             0);
}

/* What is the matter with a device, in a sentence that takes device, cause and action. */
static void put_device(struct builder *b, const char *text_id, enum device_kind kind,
                       enum view_tone tone)
{
    put_slot(b,
             (struct visit_slot){
                 .kind = SLOT_DEVICE, .ref = (int)kind, .text_id = text_id, .tone = tone},
             0);
}

static size_t options_of(const struct matter_var *var)
{
    return var->type == TYPE_BOOL ? 2 : var->type == TYPE_ENUM ? var->n_options : 0;
}

static bool has_optional(const struct matter *m)
{
    for (size_t i = 0; i < m->n_tasks; i++)
        if (m->task[i].need == NEED_OPTIONAL)
            return true;
    return false;
}

/* ---- one function a state ---- */

/* For the staff who come: every device that wants a hand, with what to do. */
static void put_troubles(struct builder *b)
{
    for (int kind = 0; kind < DEVICE_N_KINDS; kind++)
        if (visit_device_troubled(b->v, (enum device_kind)kind))
            put_device(b, "device.full", (enum device_kind)kind, TONE_WARN);
}

static void lay_home(struct builder *b)
{
    size_t n = matter_set_count(b->v->cfg.matters);
    if (b->v->is_staff_called)
        put_troubles(b);
    for (size_t i = 0; i < n; i++) {
        if (i && i % HOME_MATTERS == 0)
            page_break(b);
        put(b, SLOT_MATTER, (int)i);
    }
    if (b->v->cfg.catalogue_errors > 0)
        put_text(b, VIEW_NOTE, "home.some_missing", TONE_WARN);
}

static void lay_out_of_service(struct builder *b)
{
    bool is_empty = matter_set_count(b->v->cfg.matters) == 0;
    put_text(b, VIEW_PARAGRAPH, is_empty ? "out.no_matter" : "out.store", TONE_ERROR);
    put_text(b, VIEW_PARAGRAPH, "out.where", TONE_NEUTRAL);
    put_troubles(b);
}

static void lay_matter(struct builder *b)
{
    const struct matter *m = b->v->s.matter;
    for (size_t i = 0; i < m->n_metrics; i++)
        put(b, SLOT_METRIC, (int)i);
    put_text(b, VIEW_NOTE, "matter.promise", TONE_OK);
    put_text(b, VIEW_HEADING, "matter.tasks", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_tasks; i++)
        put(b, SLOT_TASK, (int)i);
    put_text(b, VIEW_HEADING, "matter.materials", TONE_NEUTRAL);
    put_text(b, VIEW_PARAGRAPH, "matter.tell_once", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_materials; i++)
        put(b, SLOT_MATERIAL, (int)i);
    put(b, SLOT_FACTS, 0);
}

static void lay_notice(struct builder *b)
{
    static const char *const text[] = {"notice.who", "notice.what", "notice.how_long",
                                       "notice.rights"};
    for (size_t i = 0; i < YJ_COUNT(text); i++)
        put_text(b, VIEW_PARAGRAPH, text[i], TONE_NEUTRAL);
}

static void lay_identify(struct builder *b)
{
    const struct visit *v = b->v;
    enum device_state reader = v->device[DEVICE_READER].state;
    bool has_slot = v->cfg.accepts_social_security_card && visit_device_usable(v, DEVICE_CARD_SLOT);
    if (v->s.is_identified) {
        put_text(b, VIEW_NOTE, "identify.done", TONE_OK);
        put(b, SLOT_CARD_NAME, 0);
        put(b, SLOT_CARD_NUMBER, 0);
        return;
    }
    if (reader == DEVICE_ONLINE) {
        put_text(b, VIEW_PROGRESS, "identify.waiting", TONE_WAIT);
        put_text(b, VIEW_PARAGRAPH, "identify.kinds", TONE_NEUTRAL);
    } else {
        put_device(b, "device.short", DEVICE_READER,
                   reader == DEVICE_STARTING ? TONE_WAIT : TONE_ERROR);
        put_text(b, VIEW_PARAGRAPH, "identify.meanwhile", TONE_NEUTRAL);
        if (v->is_staff_called) /* they come and read this */
            put_device(b, "device.staff", DEVICE_READER, TONE_NEUTRAL);
    }
    if (has_slot)
        put_text(b, VIEW_PARAGRAPH, "identify.slot", TONE_NEUTRAL);
}

static void lay_questions(struct builder *b)
{
    const struct matter *m = b->v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!m->var[i].is_question || !visit_answers_shown(b->v, (int)i))
            continue;
        if (b->v->s.is_elder)
            page_break(b);
        put_slot(b, (struct visit_slot){.kind = SLOT_QUESTION, .ref = (int)i},
                 options_of(&m->var[i]));
    }
    if (has_optional(m)) {
        if (b->v->s.is_elder)
            page_break(b);
        put_slot(b, (struct visit_slot){.kind = SLOT_OPTIONAL}, m->n_tasks);
    }
}

static void lay_form(struct builder *b)
{
    const struct matter *m = b->v->s.matter;
    for (size_t g = 0; g < m->n_groups; g++) {
        page_break(b);
        for (size_t i = 0; i < m->n_vars; i++) {
            if (m->var[i].is_question || m->var[i].group != (int)g ||
                !visit_answers_shown(b->v, (int)i))
                continue;
            if (b->v->s.is_elder)
                page_break(b);
            put_slot(b, (struct visit_slot){.kind = SLOT_FIELD, .ref = (int)i},
                     options_of(&m->var[i]));
        }
    }
}

static bool is_to_supply(const struct visit *v, size_t material)
{
    return v->s.matter->material[material].mode == MODE_E6 &&
           v->s.plan.material[material] != TRI_FALSE;
}

static void lay_materials(struct builder *b)
{
    const struct matter *m = b->v->s.matter;
    bool has_heading = false;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (!is_to_supply(b->v, i))
            continue;
        if (!has_heading)
            put_text(b, VIEW_HEADING, "materials.to_supply", TONE_NEUTRAL);
        has_heading = true;
        enum material_action actions[3];
        put_slot(b, (struct visit_slot){.kind = SLOT_SUPPLY, .ref = (int)i},
                 (size_t)visit_supply_actions(b->v, (int)i, actions));
    }
    if (!has_heading)
        put_text(b, VIEW_NOTE, "materials.nothing", TONE_OK);
    has_heading = false;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (m->material[i].mode == MODE_E6 || b->v->s.plan.material[i] == TRI_FALSE)
            continue;
        if (!has_heading)
            put_text(b, VIEW_HEADING, "materials.exempt", TONE_NEUTRAL);
        has_heading = true;
        put(b, SLOT_MATERIAL, (int)i);
    }
}

static void lay_review_answers(struct builder *b)
{
    const struct matter *m = b->v->s.matter;
    bool has_heading = false;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!m->var[i].is_question || !visit_answers_shown(b->v, (int)i))
            continue;
        if (!has_heading)
            put_text(b, VIEW_HEADING, "review.questions", TONE_NEUTRAL);
        has_heading = true;
        put(b, SLOT_PAIR, (int)i);
    }
    if (has_optional(m))
        put(b, SLOT_PAIR_OPTIONAL, 0);
    for (size_t g = 0; g < m->n_groups; g++) {
        has_heading = false;
        for (size_t i = 0; i < m->n_vars; i++) {
            if (m->var[i].is_question || m->var[i].group != (int)g ||
                !visit_answers_shown(b->v, (int)i))
                continue;
            if (!has_heading)
                put(b, SLOT_GROUP, (int)g);
            has_heading = true;
            put(b, SLOT_PAIR, (int)i);
        }
    }
}

static void lay_review(struct builder *b)
{
    const struct matter *m = b->v->s.matter;
    put_text(b, VIEW_HEADING, "review.tasks", TONE_NEUTRAL);
    for (size_t i = 0; i < m->n_tasks; i++)
        if (b->v->s.plan.task[i] == TRI_TRUE)
            put(b, SLOT_TASK, (int)i);
    put_text(b, VIEW_HEADING, "review.person", TONE_NEUTRAL);
    put(b, SLOT_CARD_NAME, 0);
    put(b, SLOT_CARD_NUMBER, 0);
    lay_review_answers(b);
    bool has_heading = false;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (!is_to_supply(b->v, i))
            continue;
        if (!has_heading)
            put_text(b, VIEW_HEADING, "review.materials", TONE_NEUTRAL);
        has_heading = true;
        put(b, SLOT_PAIR_SUPPLY, (int)i);
    }
}

static void lay_receipt(struct builder *b)
{
    static const struct {
        const char *id;
        enum view_item_kind item;
        enum view_tone tone;
    } line[] = {
        [PHASE_NONE] = {"receipt.printing", VIEW_PROGRESS, TONE_WAIT},
        [PHASE_PRINTING] = {"receipt.printing", VIEW_PROGRESS, TONE_WAIT},
        [PHASE_OVERDUE] = {"receipt.overdue", VIEW_PROGRESS, TONE_WARN},
        [PHASE_PRINTED] = {"receipt.printed", VIEW_PROGRESS, TONE_OK},
        [PHASE_IN_DOUBT] = {"receipt.in_doubt", VIEW_PROGRESS, TONE_WARN},
        [PHASE_ON_SCREEN] = {"receipt.not_printed", VIEW_PROGRESS, TONE_WARN},
    };
    enum visit_phase phase = b->v->s.phase;
    put(b, SLOT_NUMBER, 0);
    put_text(b, line[phase].item, line[phase].id, line[phase].tone);
    if (phase != PHASE_PRINTED && visit_device_dead(b->v, DEVICE_PRINTER))
        put_device(b, "device.full", DEVICE_PRINTER, TONE_WARN); /* so that somebody can help */
    if (phase == PHASE_OVERDUE || phase == PHASE_IN_DOUBT || phase == PHASE_ON_SCREEN)
        put(b, SLOT_QR, 0);
    put_text(b, VIEW_PARAGRAPH,
             b->v->link.is_online ? "receipt.next_online" : "receipt.next_offline", TONE_NEUTRAL);
    enum visit_offer offers[VISIT_N_OFFERS];
    int n_offers = visit_print_offers(b->v, offers);
    if (n_offers)
        put_slot(b, (struct visit_slot){.kind = SLOT_OFFERS}, (size_t)n_offers);
}

static void lay_recover(struct builder *b)
{
    put_text(b, VIEW_PARAGRAPH, "recover.saved", TONE_OK);
    bool is_done = b->v->recover_phase == PHASE_PRINTED;
    put_text(b, VIEW_PROGRESS, is_done ? "recover.printed" : "recover.printing",
             is_done ? TONE_OK : TONE_WAIT);
}

static void lay_goodbye(struct builder *b)
{
    if (visit_devices_hold_card(b->v))
        put_text(b, VIEW_NOTE, "goodbye.card", TONE_WARN);
    put_text(b, VIEW_PARAGRAPH, b->v->s.is_receipt_out ? "goodbye.receipt" : "goodbye.no_receipt",
             TONE_NEUTRAL);
}

static void lay_left_behind(struct builder *b)
{
    if (b->v->is_card_left)
        put_text(b, VIEW_NOTE, "left.card", TONE_WARN);
    if (b->v->is_ticket_left)
        put_text(b, VIEW_NOTE, "left.ticket", TONE_WARN);
    if (b->v->is_alarm_on)
        put_text(b, VIEW_PARAGRAPH, "left.staff", TONE_NEUTRAL);
}

static void lay_stopped(struct builder *b)
{
    put(b, SLOT_GATE, 0);
    put(b, SLOT_GATE, 1);
    put_text(b, VIEW_PARAGRAPH, "stopped.change", TONE_NEUTRAL);
}

static void lay_state(struct builder *b, enum visit_state state)
{
    switch (state) {
    case STATE_HOME:
        lay_home(b);
        break;
    case STATE_OUT_OF_SERVICE:
        lay_out_of_service(b);
        break;
    case STATE_RECOVER:
        lay_recover(b);
        break;
    case STATE_MATTER:
        lay_matter(b);
        break;
    case STATE_NOTICE:
        lay_notice(b);
        break;
    case STATE_IDENTIFY:
        lay_identify(b);
        break;
    case STATE_QUESTIONS:
        lay_questions(b);
        break;
    case STATE_FORM:
        lay_form(b);
        break;
    case STATE_MATERIALS:
        lay_materials(b);
        break;
    case STATE_REVIEW:
        lay_review(b);
        break;
    case STATE_SIGN:
        put_text(b, VIEW_PARAGRAPH, "sign.promise", TONE_NEUTRAL);
        break;
    case STATE_STOPPED:
        lay_stopped(b);
        break;
    case STATE_SUBMITTING:
        put_text(b, VIEW_PROGRESS, "submit.saving", TONE_WAIT);
        break;
    case STATE_RECEIPT:
        lay_receipt(b);
        break;
    case STATE_RATING:
        put_slot(b, (struct visit_slot){.kind = SLOT_RATING}, 5);
        break;
    case STATE_GOODBYE:
        lay_goodbye(b);
        break;
    case STATE_LEFT_BEHIND:
        lay_left_behind(b);
        break;
    case VISIT_N_STATES:
        break;
    }
}

void visit_layout(const struct visit *v, enum visit_state state, int page, struct visit_layout *ret)
{
    struct builder b = {.v = v, .out = ret};
    *ret = (struct visit_layout){.page = page, .group = -1};
    lay_state(&b, state);
    ret->n_pages = b.n_items > 0 ? b.page + 1 : b.page;
    assert(ret->n <= PAGE_ITEMS);
}

int visit_layout_page_of(const struct visit *v, enum visit_state state, int var)
{
    struct visit_layout layout;
    int n_pages = 1;
    for (int page = 0; page < n_pages; page++) {
        visit_layout(v, state, page, &layout);
        n_pages = layout.n_pages;
        for (int i = 0; i < layout.n; i++)
            if ((layout.at[i].kind == SLOT_QUESTION || layout.at[i].kind == SLOT_FIELD) &&
                layout.at[i].ref == var)
                return page;
    }
    return -1;
}
