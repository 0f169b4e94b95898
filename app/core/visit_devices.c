/* SPDX-License-Identifier: Apache-2.0 */
/* What devices report during a visit, and what a visitor may leave behind in them. Pure. Thread:
 * the one that owns the visit.
 *
 * A card on the reader or in the slot, or a receipt at the outlet, when the visit ends:
 *
 *   GOODBYE, silence, leaving ──► LEFT_BEHIND ──30 s──► alarm: staff are called
 *                                     │ └── taken ──────────┬──► HOME
 *                                     └── device gone ──────┤
 *                             alarm: "I want to begin" ─────┘ (a banner at home stays) */
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <string.h>

static unsigned bit_of(enum device_kind kind)
{
    return 1U << kind;
}

bool visit_devices_hold_card(const struct visit *v)
{
    return v->card_at != 0;
}

void visit_alert_device(struct visit *v, const char *id, enum view_tone tone, enum device_kind kind,
                        int code)
{
    const struct device_cause *cause = code ? device_cause_find(code) : NULL;
    visit_alert_set(v, id, tone, NULL);
    v->s.alert.arg_id[0] = device_kind_text(kind);
    v->s.alert.arg_id[1] = (cause ? cause : device_cause_of(&v->device[kind]))->text;
}

/* ---- left behind ---- */

bool visit_devices_note_left(struct visit *v)
{
    v->is_card_left = v->card_at && (v->s.has_laid_card || v->is_card_left);
    v->is_ticket_left = v->s.n_sheets > 0 && v->device[DEVICE_PRINTER].media == MEDIA_PRESENT;
    return (v->s.has_laid_card && v->card_at) || v->is_ticket_left;
}

static void leave_left_behind(struct visit *v)
{
    if (v->is_alarm_on)
        visit_staff_call(v, STAFF_NOT_CALLED);
    v->is_alarm_on = false;
    visit_enter(v, STATE_HOME);
}

void visit_devices_alarm(struct visit *v)
{
    v->is_alarm_on = true;
    visit_staff_call(v, v->is_card_left ? STAFF_CARD_LEFT : STAFF_RECEIPT_LEFT);
}

void visit_devices_left_behind(struct visit *v, const struct intent *in)
{
    if (v->is_alarm_on && (in->kind == INTENT_NEXT || in->kind == INTENT_HOME))
        leave_left_behind(v);
}

static void look_behind(struct visit *v)
{
    if (v->state == STATE_LEFT_BEHIND && !v->is_card_left && !v->is_ticket_left)
        leave_left_behind(v);
}

/* ---- cards ---- */

static void card_came(struct visit *v, enum device_kind from)
{
    bool is_new = !(v->card_at & bit_of(from));
    v->card_at |= bit_of(from);
    if (visit_is_open(v))
        v->s.has_laid_card = true;
    v->is_dirty |= is_new;
}

static void card_went(struct visit *v, enum device_kind from)
{
    bool was_there = v->card_at & bit_of(from);
    v->card_at &= ~bit_of(from);
    v->is_dirty |= was_there;
    if (v->card_at)
        return;
    v->is_dirty |= v->is_card_left;
    v->is_card_left = false;
    look_behind(v);
    if (was_there && v->state == STATE_GOODBYE)
        visit_end(v);
}

static void take_card(struct visit *v, const struct device_event *e)
{
    v->is_active = true;
    card_came(v, e->from);
    if (v->modal == MODAL_IDLE)
        visit_close_modal(v);
    visit_flow_card(v, e->card);
}

static void take_code(struct visit *v, const char *text)
{
    v->is_active = true;
    if (v->modal == MODAL_IDLE)
        visit_close_modal(v);
    visit_codes_take(v, text);
}

/* ---- states ---- */

/* What a device that has come back must be told or can do again. */
static void take_device_back(struct visit *v, enum device_kind kind)
{
    switch (kind) {
    case DEVICE_READER:
        v->is_reader_on = false; /* settle orders it anew when it is wanted */
        break;
    case DEVICE_CARD_SLOT:
        v->is_slot_on = false;
        break;
    case DEVICE_SCANNER:
        v->is_scanner_on = false;
        break;
    case DEVICE_PRINTER:
        v->is_recover_held = false;
        break;
    case DEVICE_DOCUMENT_PRINTER:
    case DEVICE_KEYPAD:
    case DEVICE_N_KINDS:
        break;
    }
}

static void take_media(struct visit *v, const struct device_status *now)
{
    bool is_gone = now->media == MEDIA_NOT_PRESENT || now->state == DEVICE_NO_DEVICE;
    if (now->kind == DEVICE_READER || now->kind == DEVICE_CARD_SLOT) {
        if (is_gone)
            card_went(v, now->kind);
        else if (now->media == MEDIA_PRESENT || now->media == MEDIA_JAMMED)
            card_came(v, now->kind);
    } else if (now->kind == DEVICE_PRINTER && v->is_ticket_left && now->media != MEDIA_PRESENT) {
        v->is_ticket_left = false;
        v->is_dirty = true;
        look_behind(v);
    }
}

static void take_status(struct visit *v, const struct device_status *now)
{
    if ((unsigned)now->kind >= DEVICE_N_KINDS)
        return;
    struct device_status *old = &v->device[now->kind];
    bool was_usable = old->state == DEVICE_ONLINE;
    v->is_dirty |= old->state != now->state || old->media != now->media ||
                   old->paper != now->paper || old->cause != now->cause;
    *old = *now;
    if (!was_usable && old->state == DEVICE_ONLINE)
        take_device_back(v, now->kind);
    if (now->kind == DEVICE_SCANNER && was_usable && old->state != DEVICE_ONLINE && v->s.awaiting) {
        v->s.awaiting = 0;
        visit_alert_set(v, "materials.scanner_gone", TONE_WARN, NULL);
    }
    take_media(v, now);
}

void visit_devices_take(struct visit *v, const struct device_event *e)
{
    switch (e->kind) {
    case DEVICE_EVENT_STATUS:
        take_status(v, &e->status);
        break;
    case DEVICE_EVENT_CARD:
        take_card(v, e);
        break;
    case DEVICE_EVENT_CARD_FAILED:
        v->is_active = true;
        visit_flow_card_failed(v, e->code);
        break;
    case DEVICE_EVENT_CARD_REMOVED:
        card_went(v, e->from);
        break;
    case DEVICE_EVENT_CODE:
        take_code(v, e->code_text);
        break;
    case DEVICE_EVENT_CODE_FAILED:
        v->is_active = true;
        visit_codes_failed(v, e->code);
        break;
    case DEVICE_EVENT_PORTRAIT:
        /* Dropped on purpose: no page compares faces, and a portrait on a public screen helps
         * nobody but a bystander. The holder of the event wipes it. */
        break;
    case DEVICE_EVENT_PRINT_DONE:
        if (e->from == DEVICE_DOCUMENT_PRINTER)
            visit_pages_done(v, e->print.job, e->print.result, e->code);
        else
            visit_print_done(v, e->print.job, e->print.result);
        break;
    case DEVICE_EVENT_KEY:
    case DEVICE_EVENT_HEADSET:
        break; /* the screens' business: a key reaches the visit as what it means there */
    }
}
