/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread: start, the loop, stop. The loop feeds the visit machine with what devices,
 * outbox, clock and screen report, and draws when the machine's view has changed:
 *
 *     inboxes ─┐                        ┌─ effects → devices, outbox, timers, wipe
 *     timers  ─┼→ visit_step ───────────┤
 *     intents ─┘                        └─ SHOW → visit_view → ui_show
 *
 * It sleeps in ui_wait until the next timer; queues wake it through ui_wake. */
#define _DEFAULT_SOURCE /* getentropy */
#include "kiosk_priv.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "types/device_words.h"

enum {
    DEVICE_INBOX_CAP = 64,
    OUTBOX_INBOX_CAP = 256,
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

static void wake_ui(void *arg)
{
    ui_wake(arg);
}

static bool same_outbox_state(const void *queued, const void *pushed)
{
    const struct outbox_event *a = queued, *b = pushed;
    return a->kind == b->kind &&
           (a->kind == OUTBOX_EVENT_LINK || a->kind == OUTBOX_EVENT_STORE_STATE);
}

/* A visitor waits for these answers, so a full queue is waited out: main drains it each turn. The
 * limit only matters when main is stuck, or at the end, when it waits for this very thread. */
static void take_outbox_event(void *arg, const struct outbox_event *event) /* outbox thread */
{
    static const struct timespec pause = {.tv_nsec = 10 * 1000000};
    for (int tries = 0; tries < 100; tries++) {
        if (mq_push_latest(arg, event, same_outbox_state) == 0)
            return;
        nanosleep(&pause, NULL);
    }
    if (event->kind == OUTBOX_EVENT_ANSWERED)
        enquiry_answer_free(event->answer);
    log_line(LOG_ERROR, "sync", "event of kind %d lost, the main thread is stuck",
             (int)event->kind);
}

static void on_device_event(struct kiosk *k, struct device_event *e)
{
    struct visit_event event = {.kind = VISIT_EVENT_DEVICE, .device = e};
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
    case OUTBOX_EVENT_ANSWERED:
        kiosk_enquiry_answered(k, e->tag, e->code, e->answer);
        return;
    }
    kiosk_step(k, &event);
}

static void tell_date(struct kiosk *k)
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
    if (now_ms >= k->date_due_ms)
        tell_date(k);
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
    if (k->date_due_ms < due)
        due = k->date_due_ms;
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
    struct visit_event event = {.kind = VISIT_EVENT_INTENT};
    while (mq_pop(k->device_inbox, &device))
        on_device_event(k, &device);
    while (mq_pop(k->outbox_inbox, &record))
        on_outbox_event(k, &record);
    while (ui_next_intent(k->ui, &event.intent))
        kiosk_step(k, &event);
    bytes_wipe(&event, sizeof event);
    fire_timers(k);
    kiosk_catalogue_look(k);
}

/* Show what has changed, then sleep. @return false: the window was closed */
static bool show_and_wait(struct kiosk *k, int timeout_ms)
{
    if (k->is_view_stale) {
        k->is_view_stale = false;
        visit_view(k->visit, k->view);
        ui_show(k->ui, k->view);
    }
    return ui_wait(k->ui, timeout_ms);
}

void kiosk_run(struct kiosk *k)
{
    while (!atomic_load(&k->is_stopping)) {
        take_all(k);
        if (!show_and_wait(k, next_wait_ms(k)))
            break;
    }
}

void kiosk_stop(struct kiosk *k)
{
    atomic_store(&k->is_stopping, true);
    ui_wake(k->ui);
}

/* The driver of a class; NULL: not fitted. A slot or a document printer exists only where the
 * settings name it. */
static const struct driver_ops *driver_of(const struct settings *s, enum device_kind kind)
{
    switch (kind) {
    case DEVICE_READER:
        return &reader_ops;
    case DEVICE_SCANNER:
        return s->is_scanner_camera ? &camera_ops : &scanner_ops;
    case DEVICE_PRINTER:
        return &printer_ops;
    case DEVICE_CARD_SLOT:
        return s->device[kind] ? &card_slot_ops : NULL;
    case DEVICE_DOCUMENT_PRINTER:
        return s->device[kind] ? &document_ops : NULL;
    case DEVICE_N_KINDS:
        break;
    }
    return NULL;
}

/* Cameras are found by what they can do and print queues by name: these have no table of models. */
static bool has_table(const struct driver_ops *ops)
{
    return ops != &camera_ops && ops != &document_ops;
}

static int start_device(struct kiosk *k, enum device_kind kind, const struct driver_ops *ops,
                        struct err *err)
{
    char path[512];
    YJ_CLEANUP(cleanup_free) char *table = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/devices/%s.json", k->settings->assets_dir, ops->name);
    int rc = has_table(ops) ? mem_read_file(path, 1024 * 1024, &table, &n, err) : 0;
    if (rc == 0)
        rc = host_start(ops,
                        &(struct driver_cfg){.table = table, .settings = k->settings->device[kind]},
                        k->device_inbox, &k->host[kind], err);
    return rc;
}

static void tell_status(struct kiosk *k, enum device_kind kind, enum device_state state, int cause)
{
    struct device_event e = {.kind = DEVICE_EVENT_STATUS,
                             .from = kind,
                             .status = {.kind = kind, .state = state, .cause = cause}};
    on_device_event(k, &e);
}

static void start_devices(struct kiosk *k)
{
    const struct driver_ops *ops[DEVICE_N_KINDS];
    for (int i = 0; i < DEVICE_N_KINDS; i++) {
        ops[i] = driver_of(k->settings, (enum device_kind)i);
        k->status[i] = (struct device_status){.kind = (enum device_kind)i,
                                              .state = ops[i] ? DEVICE_STARTING : DEVICE_NO_DEVICE};
    }
    for (int i = 0; i < DEVICE_N_KINDS; i++) {
        enum device_kind kind = (enum device_kind)i;
        struct err err = {0};
        int rc = ops[i] ? start_device(k, kind, ops[i], &err) : 0;
        if (!ops[i]) {
            tell_status(k, kind, DEVICE_NO_DEVICE, 0); /* not fitted */
        } else if (rc < 0) {
            /* A class that cannot start is a fault of the terminal, shown as such. */
            log_err(LOG_ERROR, ops[i]->name, &err);
            tell_status(k, kind, DEVICE_HARDWARE_ERROR, rc);
        }
    }
}

static int start_outbox(struct kiosk *k, struct err *err)
{
    const struct settings *s = k->settings;
    struct outbox_cfg cfg = {
        .data_dir = s->data_dir,
        .terminal_id = s->terminal_id,
        .device_key = s->device_key,
        .device_cert = s->device_cert,
        .centre_seal_cert = s->centre_seal_cert,
        .centre_sign_cert = s->centre_sign_cert,
        .centre_ca = s->centre_ca,
        .centre_url = s->centre_url,
        .version = YIJIAN_VERSION,
    };
    int rc = outbox_start(&cfg, take_outbox_event, k->outbox_inbox, &k->outbox, err);
    if (rc == 0 || rc == ERR_STORE_LOCKED)
        return rc;
    /* Keys that cannot be used leave a terminal that can explain itself. */
    log_err(LOG_ERROR, "store", err);
    struct visit_event event = {.kind = VISIT_EVENT_STORE_STATE, .code = rc};
    kiosk_step(k, &event);
    return 0;
}

static int start_ui(struct kiosk *k, const char *inspect_socket, struct err *err)
{
    const struct settings *s = k->settings;
    struct ui_cfg cfg = {
        .assets_dir = s->assets_dir,
        .display = s->display,
        .theme = s->theme,
        .language = s->language,
        .width_px = s->width_px,
        .height_px = s->height_px,
        .width_mm = s->width_mm,
        .window_scale = s->window_scale,
        .is_fullscreen = s->is_fullscreen,
        .inspect_socket = inspect_socket,
        .hall_name = s->terminal_name,
    };
    return ui_new(&cfg, &k->ui, err);
}

int kiosk_start(const struct settings *settings, const char *inspect_socket, struct kiosk **ret,
                struct err *err)
{
    struct kiosk *k = mem_zalloc(1, sizeof *k);
    struct visit_effects effects;
    int n_catalogue_errors = 0;
    k->settings = settings;
    k->view = mem_zalloc(1, sizeof *k->view);
    atomic_init(&k->is_stopping, false);
    int rc = kiosk_catalogue_start(k, &n_catalogue_errors, err);
    if (rc == 0)
        rc = start_ui(k, inspect_socket, err);
    if (rc < 0)
        goto fail;
    k->device_inbox = mq_new(sizeof(struct device_event), DEVICE_INBOX_CAP, wake_ui, k->ui);
    k->outbox_inbox = mq_new(sizeof(struct outbox_event), OUTBOX_INBOX_CAP, wake_ui, k->ui);
    struct visit_cfg cfg = {
        .catalogue = k->catalogue,
        .terminal_name = settings->terminal_name,
        .terminal_id = settings->terminal_id,
        .hall_phone = settings->hall_phone,
        .idle_ask_ms = settings->idle_ask_ms,
        .idle_wipe_ms = settings->idle_wipe_ms,
        .catalogue_errors = n_catalogue_errors,
        .accepts_social_security_card = settings->accepts_social_security_card,
        .scan_hosts = {(const char *const *)settings->scan_hosts, settings->n_scan_hosts},
        .scan_kinds = settings->scan_kinds,
    };
    if (getentropy(cfg.scan_key, sizeof cfg.scan_key) != 0) {
        rc = ERR(err, ERR_SYSTEM, "no random numbers: %s", strerror(errno));
        goto fail;
    }
    k->visit = visit_new(&cfg);
    bytes_wipe(&cfg, sizeof cfg);
    visit_start(k->visit, kiosk_now_ms(k), &effects);
    kiosk_do_effects(k, &effects);
    tell_date(k);
    /* The first picture before anything that may be slow: keys, TLS, the bus. */
    if (!show_and_wait(k, 0))
        atomic_store(&k->is_stopping, true);
    rc = start_outbox(k, err);
    if (rc < 0)
        goto fail;
    start_devices(k);
    *ret = k;
    return 0;
fail:
    kiosk_free(k);
    return rc;
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
            on_device_event(k, &e); /* the journal learns how the last receipt ended */
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
    ui_free(k->ui);
    kiosk_catalogue_free(k);
    bytes_wipe(k->view, sizeof *k->view);
    free(k->view);
    free(k);
}
