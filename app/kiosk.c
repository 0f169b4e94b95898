/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread: the loop and its end; kiosk_start.c begins it. The loop feeds the visit machine
 * with what devices, outbox, clock and screen report, and draws when the machine's view has
 * changed:
 *
 *     inboxes ─┐                        ┌─ effects → devices, outbox, timers, wipe
 *     timers  ─┼→ visit_step ───────────┤
 *     intents ─┘                        └─ SHOW → visit_view → ui_show
 *
 * It sleeps in ui_wait until the next timer; queues wake it through ui_wake. */
#include "kiosk_priv.h"

#include <limits.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "types/device_words.h"

enum {
    /* The wall clock may be set by the network at any time; an hour's error in an age shown
     * until then is harmless, and an idle terminal wakes rarely. */
    DATE_EVERY_MS = 3600 * 1000,
};

int64_t kiosk_now_ms(const struct kiosk *k)
{
    return clock_mono_ms() + ui_clock_offset_ms(k->ui);
}

void kiosk_step(struct kiosk *k, const struct visit_event *event)
{
    struct visit_effects effects;
    visit_step(k->visit, event, kiosk_now_ms(k), &effects);
    kiosk_do_effects(k, &effects);
}

static void take_intents(struct kiosk *k)
{
    struct visit_event event = {.kind = VISIT_EVENT_INTENT};
    while (ui_next_intent(k->ui, &event.intent))
        kiosk_step(k, &event);
    bytes_wipe(&event, sizeof event);
}

static void show(struct kiosk *k)
{
    if (!k->is_view_stale)
        return;
    k->is_view_stale = false;
    visit_view(k->visit, k->view);
    ui_show(k->ui, k->view);
}

/* What a key means depends on the page, so the page must be there before the next key is looked
 * at: several may have come in one turn. */
static void on_key(struct kiosk *k, enum nav_key key)
{
    show(k);
    ui_key(k->ui, key);
    take_intents(k);
}

void kiosk_device_event(struct kiosk *k, struct device_event *e)
{
    struct visit_event event = {.kind = VISIT_EVENT_DEVICE, .device = e};
    if (e->kind == DEVICE_EVENT_KEY) {
        on_key(k, e->key);
        return;
    }
    if (e->kind == DEVICE_EVENT_HEADSET) {
        event = (struct visit_event){.kind = VISIT_EVENT_HEADSET, .is_plugged = e->is_headset_in};
        kiosk_step(k, &event);
        return;
    }
    if (e->kind == DEVICE_EVENT_STATUS) {
        const struct device_status *s = &e->status;
        k->status[s->kind] = *s;
        const struct device_cause *cause = device_cause_of(s);
        log_line(cause->actor > ACTOR_VISITOR ? LOG_WARN : LOG_INFO, "main",
                 "%s %s, media %s, paper %s, %s (%s), %s: %s, %s", device_kind_word(s->kind),
                 device_xfs_word(s), device_media_word(s->media), device_paper_word(s->paper),
                 cause->reason, err_name(s->cause), device_actor_word(cause->actor), cause->action,
                 s->model[0] ? s->model : "no model");
        if (k->outbox)
            outbox_note_devices(k->outbox, k->status);
    }
    if (e->kind == DEVICE_EVENT_PRINT_DONE)
        log_line(e->print.result == PRINT_PRINTED ? LOG_INFO : LOG_WARN, "printer",
                 "%s job %lld: %s, evidence %s, cause %s", device_kind_word(e->from),
                 (long long)e->print.job, device_result_word(e->print.result),
                 device_evidence_word(e->print.evidence), err_name(e->code));
    kiosk_step(k, &event);
    host_event_drop(e);
}

static void on_outbox_event(struct kiosk *k, const struct outbox_event *e)
{
    struct visit_event event = {.kind = VISIT_EVENT_STORE_STATE, .code = e->code};
    switch (e->kind) {
    case OUTBOX_EVENT_STORED:
    case OUTBOX_EVENT_STORE_FAILED:
        if (e->tag != k->submit_tag) { /* a rating: nobody waits for it */
            if (e->code)
                log_line(LOG_ERROR, "main", "rating not stored: %s", err_name(e->code));
            return;
        }
        k->submit_tag = 0;
        if (e->kind == OUTBOX_EVENT_STORED) {
            event.kind = VISIT_EVENT_STORED;
            event.record = e->record;
        } else {
            event.kind = VISIT_EVENT_STORE_FAILED;
        }
        break;
    case OUTBOX_EVENT_JOURNALED:
        kiosk_print_journaled(k, e->tag, e->code);
        return;
    case OUTBOX_EVENT_STORE_STATE:
        log_line(e->code ? LOG_ERROR : LOG_INFO, "store", "%s: %s", err_name(e->code),
                 err_text(e->code));
        break;
    case OUTBOX_EVENT_LINK:
        event.kind = VISIT_EVENT_LINK;
        event.link = e->link;
        break;
    case OUTBOX_EVENT_UNFINISHED:
        event.kind = VISIT_EVENT_UNFINISHED;
        event.journal = e->journal;
        break;
    case OUTBOX_EVENT_CATALOGUE:
        kiosk_incoming_begin(k);
        return;
    case OUTBOX_EVENT_COUNTERS:
        event.kind = VISIT_EVENT_COUNTERS;
        event.counters = e->counters;
        break;
    case OUTBOX_EVENT_ANSWERED:
        kiosk_enquiry_answered(k, e->tag, e->code, e->answer);
        return;
    }
    kiosk_step(k, &event);
}

void kiosk_tell_date(struct kiosk *k)
{
    struct visit_event event = {.kind = VISIT_EVENT_DATE, .wall_ms = clock_wall_ms()};
    struct clock_civil now = clock_civil_of(event.wall_ms);
    int64_t to_midnight_ms =
        86400000 - ((int64_t)now.hour * 3600 + now.minute * 60 + now.second) * 1000;
    k->date_due_ms =
        kiosk_now_ms(k) + (to_midnight_ms < DATE_EVERY_MS ? to_midnight_ms : DATE_EVERY_MS);
    kiosk_step(k, &event);
}

static void fire_timers(struct kiosk *k)
{
    int64_t now_ms = kiosk_now_ms(k);
    if (now_ms >= k->date_due_ms) {
        kiosk_tell_date(k);
        kiosk_content_look(k);
    }
    for (int t = 0; t < VISIT_N_TIMERS; t++) {
        if (!k->timer_due_ms[t] || now_ms < k->timer_due_ms[t])
            continue;
        k->timer_due_ms[t] = 0;
        struct visit_event event = {.kind = VISIT_EVENT_TIMER, .timer = (enum visit_timer)t};
        kiosk_step(k, &event);
    }
}

static int next_wait_ms(const struct kiosk *k)
{
    int64_t due = kiosk_catalogue_due_ms(k);
    int64_t staff_due = kiosk_staff_due_ms(k);
    if (k->date_due_ms < due)
        due = k->date_due_ms;
    if (staff_due < due)
        due = staff_due;
    for (int t = 0; t < VISIT_N_TIMERS; t++)
        if (k->timer_due_ms[t] && k->timer_due_ms[t] < due)
            due = k->timer_due_ms[t];
    int64_t wait = due - kiosk_now_ms(k);
    return wait < 0 ? 0 : wait > INT_MAX ? INT_MAX : (int)wait;
}

static void take_all(struct kiosk *k)
{
    struct device_event device;
    struct outbox_event record;
    while (mq_pop(k->device_inbox, &device))
        kiosk_device_event(k, &device);
    while (mq_pop(k->outbox_inbox, &record))
        on_outbox_event(k, &record);
    take_intents(k);
    fire_timers(k);
    kiosk_catalogue_look(k);
    kiosk_staff_look(k);
}

bool kiosk_show_and_wait(struct kiosk *k, int timeout_ms)
{
    show(k);
    return ui_wait(k->ui, timeout_ms);
}

void kiosk_run(struct kiosk *k)
{
    while (!atomic_load(&k->is_stopping)) {
        take_all(k);
        if (!kiosk_show_and_wait(k, next_wait_ms(k)))
            break;
    }
}

void kiosk_stop(struct kiosk *k)
{
    atomic_store(&k->is_stopping, true);
    ui_wake(k->ui);
}

/* A receipt cut off by our own end: nobody will be asked whether it came out. The journal keeps
 * saying SENDING, as after a power cut, and the next start prints a marked copy. */
static bool is_unanswerable(const struct device_event *e)
{
    return e->kind == DEVICE_EVENT_PRINT_DONE && e->from == DEVICE_PRINTER &&
           e->print.result == PRINT_IN_DOUBT;
}

void kiosk_free(struct kiosk *k)
{
    if (!k)
        return;
    for (int i = 0; i < DEVICE_N_KINDS; i++) {
        host_stop(k->host[i]);
        k->host[i] = NULL;
    }
    struct device_event e;
    while (k->device_inbox && mq_pop(k->device_inbox, &e))
        if (!is_unanswerable(&e))
            kiosk_device_event(k, &e); /* the journal learns how the last receipt ended */
    if (k->outbox)
        outbox_stop(k->outbox);
    struct outbox_event last;
    while (k->outbox_inbox && mq_pop(k->outbox_inbox, &last))
        if (last.kind == OUTBOX_EVENT_ANSWERED)
            enquiry_answer_free(last.answer);
    kiosk_print_forget(k);
    visit_free(k->visit);
    mq_free(k->device_inbox);
    mq_free(k->outbox_inbox);
    kiosk_incoming_free(k); /* it wakes the screen at its end */
    ui_free(k->ui);
    kiosk_catalogue_free(k);
    kiosk_content_free(k);
    kiosk_staff_free(k);
    bytes_wipe(k->view, sizeof *k->view);
    free(k->view);
    free(k);
}
