/* SPDX-License-Identifier: Apache-2.0 */
/* The visit machine: states and events. Taps common to all pages are in visit_taps.c, what each
 * page does with a tap in visit_flow*.c, finding a matter in visit_find.c and visit_guide.c, how
 * applications stand and what must be put right in visit_progress.c and visit_fix.c, the receipt in
 * visit_print.c, timers and devices in visit_settle.c. Pure. Thread: the one that owns the visit
 * (main).
 *
 *        ┌────────────────────────── wipe ◄──────────────────────────────────┐
 *        ▼                                                                   │
 *   ┌─ HOME ──stage, search──► FIND ◄──matters── GUIDE ◄── HOME, FIND        │
 *   │   ▲ ▲ │                   │                                            │
 *   │   │ │ ├──popular──────────┴─► MATTER ──► NOTICE ──agree──► IDENTIFY    │
 *   │   │ │ │                                    ▲  │ correction     │ card  │
 *   │   │ │ └──────► PROGRESS ──put it right─────┘  ▼                │       │
 *   │   │ │          ┌─────────── QUESTIONS ◄───────┴────────────────┘       │
 *   │   │ │   gate   │               │                                       │
 *   │   │ │  STOPPED ◄───────────── FORM (one page a group)                  │
 *   │   │ │  (back)  │               │                                       │
 *   │   │ │          │           MATERIALS                                   │
 *   │   │ │          └─────────── REVIEW ◄──not stored──┐                    │
 *   │   │ │                          │ ▲ edit           │                    │
 *   │   │ │                        SIGN ──► SUBMITTING ─┤                    │
 *   │   │ │                                             │ stored             │
 *   │   │ │                                             ▼                    │
 *   │   │ │                       GOODBYE ◄── RATING ◄── RECEIPT             │
 *   │   │ │                          └───────────────────────────────────────┤
 *   │   │ └─ taken ─ LEFT_BEHIND ◄── a card or a receipt is still there ──────┘
 *   │   │ └─ done ── RECOVER ◄── unfinished receipt and a printer that works ── HOME
 *   │   └─ usable ─ OUT_OF_SERVICE ◄── store fault or no matter ── HOME
 *   └─ no timer runs here unless somebody has turned a page; then it turns back by itself
 *
 * From → to                              by
 *   HOME → FIND, GUIDE, PROGRESS, MATTER visit_flow_home
 *   HOME ↔ OUT_OF_SERVICE, → RECOVER     settle_home in visit_settle.c
 *   OUT_OF_SERVICE → HOME                visit_flow_out_of_service (to look things up only)
 *   RECOVER → HOME                       visit_print_recover, visit_print_done, visit_print_timer
 *   FIND → MATTER, GUIDE, HOME           visit_flow_find
 *   GUIDE → GUIDE, FIND, HOME            visit_flow_guide
 *   PROGRESS → NOTICE, HOME              visit_flow_progress, visit_fix_begin
 *   MATTER → NOTICE, HOME, FIND          visit_flow_matter, visit_find_return
 *   NOTICE → IDENTIFY, MATTER            visit_flow_notice
 *   NOTICE → QUESTIONS …, PROGRESS       visit_flow_notice (a correction), visit_fix_leave
 *   IDENTIFY → QUESTIONS (FORM …)        visit_flow_card, visit_flow_identify
 *   QUESTIONS → FORM → MATERIALS → REVIEW and back   visit_flow_questions, _form, _materials
 *   REVIEW → SIGN; → any page to correct visit_flow_review
 *   QUESTIONS, FORM, MATERIALS, REVIEW → STOPPED → back   stop_at_gate, visit_flow_stopped
 *   SIGN → SUBMITTING (SUBMIT)           visit_flow_sign
 *   SIGN → REVIEW                        visit_flow_sign (back, or another day has begun)
 *   SUBMITTING → RECEIPT (PRINT)         visit_print_stored
 *   SUBMITTING → REVIEW                  take_store_failed
 *   RECEIPT → RATING                     visit_print_receipt, visit_print_timer
 *   RATING → RATING, GOODBYE (RATE)      visit_flow_rating, visit_rating_timer
 *   GOODBYE → HOME (WIPE)                visit_flow_goodbye, visit_timer_take, card_went
 *   any end → LEFT_BEHIND instead of HOME   visit_end, when something still lies there
 *   LEFT_BEHIND → HOME                   visit_devices.c
 *   FIND … SIGN, STOPPED → HOME (WIPE)   take_home in visit_taps.c (asks first when something was
 * filled in), visit_timer_take (silence, then the idle question)
 *
 * What is true in each state
 *   HOME                 the session is all zero but for the chosen tree and the page; a page timer
 *                        only while they are not the first or the settings were changed; a
 *                        notices timer only while more notices hold than fit
 *   OUT_OF_SERVICE, RECOVER, LEFT_BEHIND   the session is all zero; page timer as at home (RECOVER,
 *                        LEFT_BEHIND: their own)
 *   FIND, GUIDE          no matter is chosen; what was typed is known, nothing else of the visitor
 *   PROGRESS             no matter is chosen; reader and scanner are on until something was shown;
 *                        at most one ENQUIRE of it is waited for
 *   MATTER, NOTICE       a matter is chosen; nothing personal is known unless the visitor came back
 *                        from a later page (a correction: the card is)
 *   IDENTIFY             reader and slot look for a card unless one has been read; without a reader
 *                        the page says so and comes alive when one returns
 *   QUESTIONS … SIGN, STOPPED   card and answers are in the session only; silence is watched; a
 *                        correction asks what was named and nothing else
 *   MATERIALS            the scanner looks for codes
 *   SUBMITTING           exactly one SUBMIT is under way and is always answered; nothing may be
 *                        left or wiped before that
 *   RECEIPT … GOODBYE    the record is durable; each page ends by itself
 */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

enum { IDLE_ASK_MS = 60000, IDLE_WIPE_MS = 20000 };

typedef void (*intent_fn)(struct visit *v, const struct intent *in);

static void no_intent(struct visit *v, const struct intent *in)
{
    (void)v;
    (void)in;
}

static const struct {
    const char *name;
    intent_fn intent;
    bool is_open;  /* a visitor is here */
    bool has_idle; /* silence is watched */
    bool can_leave;
} states[VISIT_N_STATES] = {
    [STATE_HOME] = {"HOME", visit_flow_home, false, false, false},
    [STATE_OUT_OF_SERVICE] = {"OUT_OF_SERVICE", visit_flow_out_of_service, false, false, false},
    [STATE_RECOVER] = {"RECOVER", visit_print_recover, false, false, false},
    [STATE_FIND] = {"FIND", visit_flow_find, true, true, true},
    [STATE_GUIDE] = {"GUIDE", visit_flow_guide, true, true, true},
    [STATE_PROGRESS] = {"PROGRESS", visit_flow_progress, true, true, true},
    [STATE_MATTER] = {"MATTER", visit_flow_matter, true, true, true},
    [STATE_NOTICE] = {"NOTICE", visit_flow_notice, true, true, true},
    [STATE_IDENTIFY] = {"IDENTIFY", visit_flow_identify, true, true, true},
    [STATE_QUESTIONS] = {"QUESTIONS", visit_flow_questions, true, true, true},
    [STATE_FORM] = {"FORM", visit_flow_form, true, true, true},
    [STATE_MATERIALS] = {"MATERIALS", visit_flow_materials, true, true, true},
    [STATE_REVIEW] = {"REVIEW", visit_flow_review, true, true, true},
    [STATE_SIGN] = {"SIGN", visit_flow_sign, true, true, true},
    [STATE_STOPPED] = {"STOPPED", visit_flow_stopped, true, true, true},
    [STATE_SUBMITTING] = {"SUBMITTING", no_intent, true, false, false},
    [STATE_RECEIPT] = {"RECEIPT", visit_print_receipt, true, false, false},
    [STATE_RATING] = {"RATING", visit_flow_rating, true, false, false},
    [STATE_GOODBYE] = {"GOODBYE", visit_flow_goodbye, true, false, false},
    [STATE_LEFT_BEHIND] = {"LEFT_BEHIND", visit_devices_left_behind, false, false, false},
};

/* ---- tools for the other files ---- */

struct visit_effect *visit_effect_add(struct visit *v, enum visit_effect_kind kind)
{
    struct visit_effects *e = v->effects;
    assert(e->n < VISIT_MAX_EFFECTS);
    struct visit_effect *effect = &e->at[e->n++];
    *effect = (struct visit_effect){.kind = kind};
    return effect;
}

void visit_alert_set(struct visit *v, const char *id, enum view_tone tone, const char *arg)
{
    v->s.alert.id = id;
    v->s.alert.tone = tone;
    v->s.alert.arg_id[0] = v->s.alert.arg_id[1] = NULL;
    visit_copy(v->s.alert.arg, sizeof v->s.alert.arg, arg ? arg : "");
    v->is_dirty = true;
}

void visit_enter(struct visit *v, enum visit_state state)
{
    v->state = state;
    v->modal = MODAL_NONE;
    v->entered_ms = v->now_ms;
    v->s.page = 0;
    v->s.anchor = 0;
    bytes_wipe(&v->s.alert, sizeof v->s.alert);
    if (state == STATE_REVIEW)
        v->s.is_correcting = false;
    v->is_dirty = v->is_restarted = true;
}

void visit_end(struct visit *v)
{
    visit_staff_call(v, STAFF_NOT_CALLED);
    bool is_left = visit_devices_note_left(v);
    bytes_wipe(&v->s, sizeof v->s);
    visit_effect_add(v, VISIT_EFFECT_WIPE);
    visit_prefs_reset(v);
    v->is_recover_held = false;
    v->is_looking = v->is_seen = false;
    visit_enter(v, is_left ? STATE_LEFT_BEHIND : STATE_HOME);
}

int64_t visit_wall_now(const struct visit *v)
{
    return v->wall_ms ? v->wall_ms + (v->now_ms - v->wall_at_ms) : 0;
}

bool visit_device_usable(const struct visit *v, enum device_kind kind)
{
    return v->device[kind].state == DEVICE_ONLINE;
}

bool visit_device_dead(const struct visit *v, enum device_kind kind)
{
    const struct device_status *s = &v->device[kind];
    bool is_optional =
        kind == DEVICE_CARD_SLOT || kind == DEVICE_DOCUMENT_PRINTER || kind == DEVICE_KEYPAD;
    return s->state != DEVICE_ONLINE && s->state != DEVICE_STARTING &&
           (device_is_fitted(s) || !is_optional);
}

bool visit_device_troubled(const struct visit *v, enum device_kind kind)
{
    return visit_device_dead(v, kind) || (v->device[kind].state == DEVICE_ONLINE &&
                                          device_cause_of(&v->device[kind])->actor > ACTOR_VISITOR);
}

bool visit_is_watched(const struct visit *v)
{
    return states[v->state].has_idle;
}

void visit_state_intent(struct visit *v, const struct intent *in)
{
    states[v->state].intent(v, in);
}

bool visit_state_can_leave(const struct visit *v)
{
    return states[v->state].can_leave;
}

/* ---- the rest ---- */

static void take_store_failed(struct visit *v)
{
    if (v->state != STATE_SUBMITTING)
        return; /* a rating: it is not worth troubling anybody */
    bytes_wipe(&v->s.strokes, sizeof v->s.strokes); /* what is sent later is signed later */
    visit_enter(v, STATE_REVIEW);
    visit_alert_set(v, "submit.failed", TONE_ERROR, NULL);
}

static void take_link(struct visit *v, const struct link_status *link)
{
    v->is_dirty |= v->link.is_online != link->is_online;
    v->link = *link;
}

static void take_date(struct visit *v, int64_t wall_ms)
{
    v->wall_ms = wall_ms;
    v->wall_at_ms = v->now_ms;
    struct clock_civil c = clock_civil_of(wall_ms);
    int today = c.year * 10000 + c.month * 100 + c.day;
    if (today == v->today)
        return;
    v->today = today;
    visit_answers_update(v);
    visit_find_search(v);
    visit_flow_relocate(v);
    v->is_dirty = true;
}

static void take_event(struct visit *v, const struct visit_event *event)
{
    switch (event->kind) {
    case VISIT_EVENT_INTENT:
        visit_taps_take(v, &event->intent);
        break;
    case VISIT_EVENT_TIMER:
        visit_timer_take(v, event->timer);
        break;
    case VISIT_EVENT_DEVICE:
        visit_devices_take(v, event->device);
        break;
    case VISIT_EVENT_STORED:
        visit_print_stored(v, &event->record);
        break;
    case VISIT_EVENT_STORE_FAILED:
        take_store_failed(v);
        break;
    case VISIT_EVENT_STORE_STATE:
        v->is_dirty |= v->store_fault != event->code;
        v->store_fault = event->code;
        break;
    case VISIT_EVENT_LINK:
        take_link(v, &event->link);
        break;
    case VISIT_EVENT_UNFINISHED:
        visit_print_unfinished(v, &event->journal);
        break;
    case VISIT_EVENT_DATE:
        take_date(v, event->wall_ms);
        break;
    case VISIT_EVENT_ANSWER:
        visit_shared_answer(v, event->enquiry.job, event->enquiry.code, event->enquiry.answer);
        visit_progress_answer(v, event->enquiry.job, event->enquiry.code, event->enquiry.answer);
        break;
    case VISIT_EVENT_HEADSET:
        visit_prefs_headset(v, event->is_plugged);
        break;
    case VISIT_EVENT_COUNTERS:
        visit_hall_counters(v, &event->counters);
        break;
    }
}

/* ---- public ---- */

static void step(struct visit *v, const struct visit_event *event, int64_t now_ms,
                 struct visit_effects *ret)
{
    ret->n = 0;
    v->effects = ret;
    v->now_ms = now_ms;
    v->is_dirty = v->is_active = v->is_restarted = !event;
    if (event)
        take_event(v, event);
    visit_settle(v);
    v->effects = NULL;
}

struct visit *visit_new(const struct visit_cfg *cfg)
{
    struct visit *v = mem_zalloc(1, sizeof *v);
    v->cfg = *cfg;
    if (v->cfg.idle_ask_ms <= 0)
        v->cfg.idle_ask_ms = IDLE_ASK_MS;
    if (v->cfg.idle_wipe_ms <= 0)
        v->cfg.idle_wipe_ms = IDLE_WIPE_MS;
    v->store_fault = cfg->store_fault;
    visit_prefs_reset(v);
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        v->device[i] =
            (struct device_status){.kind = (enum device_kind)i, .state = DEVICE_STARTING};
    return v;
}

void visit_free(struct visit *v)
{
    if (!v)
        return;
    bytes_wipe(v, sizeof *v);
    free(v);
}

void visit_start(struct visit *v, int64_t now_ms, struct visit_effects *ret)
{
    v->entered_ms = now_ms - VISIT_DOUBLE_TAP_MS;
    step(v, NULL, now_ms, ret);
}

void visit_step(struct visit *v, const struct visit_event *event, int64_t now_ms,
                struct visit_effects *ret)
{
    step(v, event, now_ms, ret);
}

int visit_set_catalogue(struct visit *v, const struct catalogue *catalogue, int n_errors,
                        int64_t now_ms, struct visit_effects *ret)
{
    ret->n = 0;
    if (visit_is_open(v))
        return ERR_WRONG_STATE;
    /* places in the set before mean nothing in this one */
    bytes_wipe(&v->s.finding, sizeof v->s.finding);
    v->s.page = 0;
    v->cfg.catalogue = catalogue;
    v->cfg.catalogue_errors = n_errors;
    step(v, NULL, now_ms, ret);
    return 0;
}

int visit_set_content(struct visit *v, const struct content *content, int64_t now_ms,
                      struct visit_effects *ret)
{
    ret->n = 0;
    if (visit_is_open(v))
        return ERR_WRONG_STATE;
    v->cfg.content = content;
    v->notices_shift = 0;
    step(v, NULL, now_ms, ret);
    return 0;
}

const char *visit_matter_code(const struct visit *v)
{
    return v->s.matter ? v->s.matter->code : "";
}

const char *visit_matter_name(const struct visit *v)
{
    return v->s.matter ? v->s.matter->name : "";
}

const char *visit_record_number(const struct visit *v)
{
    return v->s.has_record ? v->s.record.number : "";
}

const char *visit_state_name(const struct visit *v)
{
    return states[v->state].name;
}

bool visit_is_open(const struct visit *v)
{
    return states[v->state].is_open;
}
