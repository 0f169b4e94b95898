/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on which page. The screen and the taps that come back from it ask the same
 * function, so an item's number always means the same thing. Long lists break into pages before
 * they could outgrow the view. Pure. Thread: the one that owns the visit. */
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
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
};
static_assert((int)PAGE_ITEMS <= (int)VIEW_MAX_ITEMS, "a page fits the view");
static_assert((int)PAGE_ITEMS * (int)ITEM_BYTES + (int)FRAME_BYTES <= (int)VIEW_ARENA_BYTES,
              "its texts fit too");
static_assert((int)MATTER_MAX_OPTIONS <= (int)PAGE_OPTIONS &&
                  (int)MATTER_MAX_TASKS <= (int)PAGE_OPTIONS,
              "one item's options fit");

void visit_page_break(struct visit_builder *b)
{
    if (b->n_items > 0) {
        b->page++;
        b->n_items = 0;
        b->n_options = 0;
    }
}

/* What the page is about is what its first field says. */
static void note_place(struct visit_builder *b, const struct visit_slot *slot)
{
    struct visit_layout *out = b->out;
    if (slot->kind == SLOT_QUESTION || slot->kind == SLOT_FIELD) {
        const struct matter_var *var = &b->v->s.matter->var[slot->ref];
        if (!out->first_var)
            out->first_var = slot->ref + 1;
        if (out->group < 0) {
            out->group = var->group;
            out->member = var->member;
        }
    } else if (slot->kind == SLOT_MORE && !out->first_var) {
        out->first_var = VISIT_ANCHOR_GROUP + slot->ref + 1;
        out->group = slot->ref;
    }
}

void visit_put_slot(struct visit_builder *b, struct visit_slot slot, size_t n_options)
{
    if (b->n_items + 1 > PAGE_ITEMS || b->n_options + n_options > PAGE_OPTIONS)
        visit_page_break(b);
    b->n_items++;
    b->n_options += n_options;
    if (b->wanted && *b->ret_page < 0 && b->wanted->kind == slot.kind && b->wanted->ref == slot.ref)
        *b->ret_page = b->page;
    if (b->page != b->out->page)
        return;
    note_place(b, &slot);
    b->out->at[b->out->n++] = slot;
}

void visit_put(struct visit_builder *b, enum visit_slot_kind kind, int ref)
{
    visit_put_slot(b, (struct visit_slot){.kind = kind, .ref = ref}, 0);
}

void visit_put_text(struct visit_builder *b, enum view_item_kind item, const char *text_id,
                    enum view_tone tone)
{
    visit_put_slot(
        b, (struct visit_slot){.kind = SLOT_TEXT, .text_id = text_id, .item = item, .tone = tone},
        0);
}

void visit_put_device(struct visit_builder *b, const char *text_id, enum device_kind kind,
                      enum view_tone tone)
{
    visit_put_slot(b,
                   (struct visit_slot){
                       .kind = SLOT_DEVICE, .ref = (int)kind, .text_id = text_id, .tone = tone},
                   0);
}

/* ---- one function a state ---- */

void visit_put_troubles(struct visit_builder *b)
{
    for (int kind = 0; kind < DEVICE_N_KINDS; kind++)
        if (visit_device_troubled(b->v, (enum device_kind)kind))
            visit_put_device(b, "device.full", (enum device_kind)kind, TONE_WARN);
}

static void lay_out_of_service(struct visit_builder *b)
{
    bool is_empty = matter_set_count(b->v->cfg.catalogue->matters) == 0;
    visit_put_text(b, VIEW_NOTE, is_empty ? "out.no_matter" : "out.store", TONE_ERROR);
    visit_put_text(b, VIEW_PARAGRAPH, b->v->cfg.hall_hours ? "out.where_hours" : "out.where",
                   TONE_NEUTRAL);
    visit_hall_lay_functions(b);
    visit_put_troubles(b);
}

static void lay_notice(struct visit_builder *b)
{
    static const char *const text[] = {"notice.who", "notice.what", "notice.how_long",
                                       "notice.rights"};
    for (size_t i = 0; i < YJ_COUNT(text); i++)
        visit_put_text(b, VIEW_PARAGRAPH, text[i], TONE_NEUTRAL);
}

static void lay_identify(struct visit_builder *b)
{
    const struct visit *v = b->v;
    enum device_state reader = v->device[DEVICE_READER].state;
    bool has_slot = v->cfg.accepts_social_security_card && visit_device_usable(v, DEVICE_CARD_SLOT);
    if (v->s.is_identified) {
        visit_put_text(b, VIEW_NOTE, "identify.done", TONE_OK);
        visit_put(b, SLOT_CARD_NAME, 0);
        visit_put(b, SLOT_CARD_NUMBER, 0);
        return;
    }
    if (reader == DEVICE_ONLINE) {
        visit_put_text(b, VIEW_PROGRESS, "identify.waiting", TONE_WAIT);
        visit_put_text(b, VIEW_PARAGRAPH, "identify.kinds", TONE_NEUTRAL);
    } else {
        visit_put_device(b, "device.short", DEVICE_READER,
                         reader == DEVICE_STARTING ? TONE_WAIT : TONE_ERROR);
        visit_put_text(b, VIEW_PARAGRAPH, "identify.meanwhile", TONE_NEUTRAL);
        if (v->is_staff_called) /* they come and read this */
            visit_put_device(b, "device.staff", DEVICE_READER, TONE_NEUTRAL);
    }
    if (has_slot)
        visit_put_text(b, VIEW_PARAGRAPH, "identify.slot", TONE_NEUTRAL);
}

static void lay_receipt(struct visit_builder *b)
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
    visit_put(b, SLOT_NUMBER, 0);
    visit_put_text(b, line[phase].item, line[phase].id, line[phase].tone);
    if (phase != PHASE_PRINTED && visit_device_dead(b->v, DEVICE_PRINTER))
        visit_put_device(b, "device.full", DEVICE_PRINTER,
                         TONE_WARN); /* so that somebody can help */
    if (phase == PHASE_OVERDUE || phase == PHASE_IN_DOUBT || phase == PHASE_ON_SCREEN)
        visit_put(b, SLOT_QR, 0);
    bool is_online = b->v->link.is_online;
    if (b->v->s.fixing)
        visit_put_text(b, VIEW_PARAGRAPH, is_online ? "fix.receipt_next" : "fix.receipt_offline",
                       TONE_NEUTRAL);
    else
        visit_put_text(b, VIEW_PARAGRAPH,
                       is_online ? "receipt.next_online" : "receipt.next_offline", TONE_NEUTRAL);
    enum visit_offer offers[VISIT_N_OFFERS];
    int n_offers = visit_print_offers(b->v, offers);
    if (n_offers)
        visit_put_slot(b, (struct visit_slot){.kind = SLOT_OFFERS}, (size_t)n_offers);
}

static void lay_recover(struct visit_builder *b)
{
    visit_put_text(b, VIEW_PARAGRAPH, "recover.saved", TONE_OK);
    bool is_done = b->v->recover_phase == PHASE_PRINTED;
    visit_put_text(b, VIEW_PROGRESS, is_done ? "recover.printed" : "recover.printing",
                   is_done ? TONE_OK : TONE_WAIT);
}

static void lay_goodbye(struct visit_builder *b)
{
    if (visit_devices_hold_card(b->v))
        visit_put_text(b, VIEW_NOTE, "goodbye.card", TONE_WARN);
    visit_put_text(b, VIEW_PARAGRAPH,
                   b->v->s.is_receipt_out ? "goodbye.receipt" : "goodbye.no_receipt", TONE_NEUTRAL);
}

static void lay_left_behind(struct visit_builder *b)
{
    if (b->v->is_card_left)
        visit_put_text(b, VIEW_NOTE, "left.card", TONE_WARN);
    if (b->v->is_ticket_left)
        visit_put_text(b, VIEW_NOTE, "left.ticket", TONE_WARN);
    if (b->v->is_alarm_on)
        visit_put_text(b, VIEW_PARAGRAPH, "left.staff", TONE_NEUTRAL);
}

static void lay_stopped(struct visit_builder *b)
{
    visit_put(b, SLOT_GATE, 0);
    visit_put(b, SLOT_GATE, 1);
    visit_put_text(b, VIEW_PARAGRAPH, "stopped.change", TONE_NEUTRAL);
}

static void lay_state(struct visit_builder *b, enum visit_state state)
{
    switch (state) {
    case STATE_HOME:
        visit_lay_home(b);
        break;
    case STATE_OUT_OF_SERVICE:
        lay_out_of_service(b);
        break;
    case STATE_RECOVER:
        lay_recover(b);
        break;
    case STATE_MATTER:
        visit_matter_lay(b);
        break;
    case STATE_NOTICE:
        lay_notice(b);
        break;
    case STATE_IDENTIFY:
        lay_identify(b);
        break;
    case STATE_QUESTIONS:
        visit_lay_questions(b);
        break;
    case STATE_FORM:
        visit_lay_form(b);
        break;
    case STATE_MATERIALS:
        visit_lay_materials(b);
        break;
    case STATE_REVIEW:
        visit_lay_review(b);
        break;
    case STATE_SIGN:
        visit_put_text(b, VIEW_PARAGRAPH, "sign.promise", TONE_NEUTRAL);
        break;
    case STATE_STOPPED:
        lay_stopped(b);
        break;
    case STATE_SUBMITTING:
        visit_put_text(b, VIEW_PROGRESS, "submit.saving", TONE_WAIT);
        break;
    case STATE_RECEIPT:
        lay_receipt(b);
        break;
    case STATE_RATING:
        visit_lay_rating(b);
        break;
    case STATE_GOODBYE:
        lay_goodbye(b);
        break;
    case STATE_LEFT_BEHIND:
        lay_left_behind(b);
        break;
    case STATE_FIND:
        visit_lay_find(b);
        break;
    case STATE_GUIDE:
        visit_lay_guide(b);
        break;
    case STATE_PROGRESS:
        visit_lay_progress(b);
        break;
    case VISIT_N_STATES:
        break;
    }
}

void visit_layout(const struct visit *v, enum visit_state state, int page, struct visit_layout *ret)
{
    struct visit_builder b = {.v = v, .out = ret};
    *ret = (struct visit_layout){.page = page, .group = -1};
    lay_state(&b, state);
    ret->n_pages = b.n_items > 0 ? b.page + 1 : b.page;
    assert(ret->n <= PAGE_ITEMS);
}

int visit_layout_page_with(const struct visit *v, enum visit_state state, enum visit_slot_kind kind,
                           int ref)
{
    struct visit_layout layout = {.page = -1};
    struct visit_slot wanted = {.kind = kind, .ref = ref};
    int page = -1;
    struct visit_builder b = {.v = v, .out = &layout, .wanted = &wanted, .ret_page = &page};
    lay_state(&b, state);
    return page;
}

int visit_layout_page_of(const struct visit *v, enum visit_state state, int var)
{
    if (var >= VISIT_ANCHOR_GROUP)
        return visit_layout_page_with(v, state, SLOT_MORE, var - VISIT_ANCHOR_GROUP);
    return visit_layout_page_with(
        v, state, v->s.matter->var[var].is_question ? SLOT_QUESTION : SLOT_FIELD, var);
}
