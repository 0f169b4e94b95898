/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to the print service. Thread: the worker's own.
 *
 *         reached, leftovers cancelled            PRINT: drawn, Create-Job, Send-Document
 *   AWAY ------------------------------> READY ------------------------------------> FOLLOWING
 *   ^ ^ |                                 | ^                                          | |
 *   | | '--- 1, 2, 5, 10 s                | '--- final state: PRINT_DONE --------------' |
 *   | '---------- three missed polls -----'      (too long: Cancel-Job, then its state)  |
 *   '---------------------- three missed polls, or not settled: in doubt ----------------'
 *
 * True in READY: no job of ours is at the print service. Whatever leaves FOLLOWING unsettled goes
 * through AWAY, where leftovers are cancelled before anything new is printed. */
#include "drivers/document/document_worker.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "drivers/document/document_ipp.h"
#include "drivers/status.h"
#include "drivers/timing.h"

enum {
    POLL_MS = 3000,
    FOLLOW_MS = 1000,
    MISSED_MS = 1000,
    MAX_MISSED = 3,
    CONNECTING_MS = 15000, /* CUPS may need that long to wake a sleeping printer */
    SETTLE_MS = 8000,      /* from Cancel-Job to a final state */
    FAREWELL_MS = 2000,
    FAREWELL_TICK_MS = 200,
};

enum worker_state { WORKER_AWAY, WORKER_READY, WORKER_FOLLOWING };

struct worker {
    struct worker_cfg *cfg;
    struct document_link link;
    enum worker_state state;
    int64_t due_ms;
    unsigned n_tries, n_missed;
    bool was_tried; /* the first look at the printer is over */
    struct ipp_printer printer;
    int64_t connecting_since_ms; /* 0 not */
    struct device_status status;

    struct worker_order waiting[DOCUMENT_MAX_JOBS];
    size_t n_waiting;

    /* the job at hand, id 0 none */
    int64_t job;
    int id;
    bool has_sent;   /* bytes of the document have left */
    bool is_unknown; /* Create-Job was asked and not answered: a job may exist */
    int64_t end_ms;
    int give_up_code; /* cancelled because of this, 0 not */
    struct ipp_job seen;
};

bool worker_news_is_same(const void *queued, const void *pushed)
{
    const struct worker_news *a = queued, *b = pushed;
    return a->kind == b->kind && a->kind != NEWS_DONE;
}

static bool is_stopping(const struct worker *w)
{
    return atomic_load(&w->cfg->is_stopping);
}

/* ---- telling the driver -------------------------------------------------------------------- */

static void status_tell(struct worker *w, const struct device_status *s)
{
    struct worker_news news = {.kind = NEWS_STATUS, .status = *s};
    if (device_status_is_same(s, &w->status))
        return;
    w->status = *s;
    int rc = mq_push_latest(w->cfg->news, &news, worker_news_is_same);
    assert(rc == 0); /* the queue has room for one of each kind and every job */
    (void)rc;
}

static void done_tell(struct worker *w, int64_t job, enum print_result result,
                      enum print_evidence evidence, int code)
{
    struct worker_news news = {
        .kind = NEWS_DONE, .job = job, .result = result, .evidence = evidence, .code = code};
    int rc = mq_push(w->cfg->news, &news);
    assert(rc == 0); /* the driver takes no more than DOCUMENT_MAX_JOBS */
    (void)rc;
}

static void printer_tell(struct worker *w, int64_t now_ms)
{
    const struct ipp_printer *p = &w->printer;
    struct device_status s = {.kind = DEVICE_DOCUMENT_PRINTER, .state = DEVICE_ONLINE};
    memcpy(s.model, p->model, sizeof s.model);
    s.paper = p->paper;
    s.media = p->is_jammed ? MEDIA_JAMMED : MEDIA_UNKNOWN;
    s.cause = p->cause;
    if (!p->is_connecting)
        w->connecting_since_ms = 0;
    else if (w->connecting_since_ms == 0)
        w->connecting_since_ms = now_ms;
    else if (s.cause == 0 && now_ms - w->connecting_since_ms >= CONNECTING_MS)
        s.cause = ERR_DOCUMENT_QUEUE;
    if (s.cause == ERR_DOCUMENT_QUEUE || s.cause == ERR_DOCUMENT_FAILED ||
        s.cause == ERR_PRINTER_FAULT)
        s.state = DEVICE_HARDWARE_ERROR;
    else if (s.cause != 0)
        s.state = DEVICE_OFFLINE;
    status_tell(w, &s);
}

/* ---- reaching it --------------------------------------------------------------------------- */

static void away_enter(struct worker *w, int code, int64_t now_ms)
{
    int rest_ms = driver_ladder_ms(w->n_tries);
    struct device_status s = {.kind = DEVICE_DOCUMENT_PRINTER, .cause = ERR_DOCUMENT_QUEUE};
    s.state = code == ERR_IO ? DEVICE_NO_DEVICE : DEVICE_HARDWARE_ERROR;
    memcpy(s.model, w->printer.model, sizeof s.model);
    w->state = WORKER_AWAY;
    w->n_tries++;
    w->n_missed = 0;
    w->connecting_since_ms = 0;
    w->due_ms = now_ms + rest_ms;
    w->was_tried = true;
    if (code != ERR_CANCELLED)
        status_tell(w, &s);
}

/* Look at the printer. @return 0 or the error; the third in a row leads to AWAY */
static int printer_look(struct worker *w, int64_t now_ms)
{
    int rc = ipp_printer_get(&w->link, &w->printer, NULL);
    if (rc == 0) {
        w->n_missed = 0;
        printer_tell(w, now_ms);
    } else if (++w->n_missed >= MAX_MISSED) {
        away_enter(w, rc, now_ms);
    }
    return rc;
}

static void away_serve(struct worker *w, int64_t now_ms)
{
    int n_leftovers = 0;
    int rc = ipp_printer_get(&w->link, &w->printer, NULL);
    if (rc == 0)
        rc = ipp_leftovers_cancel(&w->link, w->printer.is_cups, &n_leftovers, NULL);
    if (rc < 0) {
        away_enter(w, rc, now_ms);
        return;
    }
    w->n_tries = w->n_missed = 0;
    w->was_tried = true;
    w->is_unknown = false;
    w->state = WORKER_READY;
    w->due_ms = now_ms + POLL_MS;
    printer_tell(w, now_ms);
}

static void ready_serve(struct worker *w, int64_t now_ms)
{
    int rc = printer_look(w, now_ms);
    if (w->state == WORKER_READY)
        w->due_ms = now_ms + (rc == 0 ? POLL_MS : MISSED_MS);
}

/* ---- a job --------------------------------------------------------------------------------- */

static int bytes_make(struct worker *w, const struct document *d, struct document_bytes *ret)
{
    struct layout *layout = NULL;
    int rc = layout_new(d, &layout, NULL);
    if (rc == 0)
        rc = w->printer.format == FORMAT_PDF
                 ? document_pdf_of(layout, clock_wall_ms(), ret, NULL)
                 : document_raster_of(layout, &w->printer.raster, ret, NULL);
    layout_free(layout);
    return rc;
}

/* Ask for the end of the job. What fails here is cancelled as a leftover before the next job. */
static void job_cancel(struct worker *w, bool is_purge)
{
    int rc = ipp_job_cancel(&w->link, w->id, is_purge, NULL);
    (void)rc;
}

static void job_end(struct worker *w, enum print_result result, enum print_evidence evidence,
                    int code)
{
    if (w->printer.is_cups) /* forget the document as well */
        job_cancel(w, true);
    done_tell(w, w->job, result, evidence, code);
    w->id = 0;
}

/* Its state tells later what came of it. */
static void job_give_up(struct worker *w, int code, int64_t now_ms)
{
    w->give_up_code = code;
    w->end_ms = now_ms + SETTLE_MS;
    w->due_ms = now_ms;
    job_cancel(w, false);
}

/* A job in a final state. */
static void job_settle(struct worker *w, const struct ipp_job *j)
{
    bool has_begun = j->has_begun || w->seen.state == IPP_JSTATE_PROCESSING ||
                     w->seen.state == IPP_JSTATE_STOPPED;
    int code = w->give_up_code != 0    ? w->give_up_code
               : w->printer.cause != 0 ? w->printer.cause
                                       : ERR_DOCUMENT_FAILED;
    if (j->state == IPP_JSTATE_COMPLETED && j->has_errors)
        job_end(w, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_DOCUMENT_FAILED);
    else if (j->state == IPP_JSTATE_COMPLETED && w->printer.does_report)
        job_end(w, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    else if (j->state == IPP_JSTATE_COMPLETED)
        job_end(w, PRINT_IN_DOUBT, EVIDENCE_SENT, 0);
    else if (!w->has_sent || !has_begun || (!w->printer.is_cups && j->n_impressions == 0))
        job_end(w, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
    else
        job_end(w, PRINT_IN_DOUBT, EVIDENCE_SENT, code);
}

/* @return true when the job is settled */
static bool job_look(struct worker *w, int64_t now_ms)
{
    struct ipp_job j;
    int rc = ipp_job_get(&w->link, w->id, &j, NULL);
    if (rc == 0) {
        w->n_missed = 0;
        w->seen = j;
        if (ipp_job_is_final(&j))
            job_settle(w, &j);
        return ipp_job_is_final(&j);
    }
    if (rc == ERR_NOT_FOUND) { /* forgotten: it ended, nobody says how */
        job_end(w, w->has_sent ? PRINT_IN_DOUBT : PRINT_NOT_STARTED, EVIDENCE_SENT,
                ERR_DOCUMENT_FAILED);
        return true;
    }
    if (++w->n_missed >= MAX_MISSED && !is_stopping(w)) {
        job_end(w, w->has_sent ? PRINT_IN_DOUBT : PRINT_NOT_STARTED, EVIDENCE_SENT,
                w->give_up_code != 0 ? w->give_up_code : ERR_DOCUMENT_QUEUE);
        away_enter(w, rc, now_ms);
    }
    return false;
}

static void following_serve(struct worker *w, int64_t now_ms)
{
    w->due_ms = now_ms + FOLLOW_MS;
    if (job_look(w, now_ms)) {
        w->state = WORKER_READY;
        w->due_ms = now_ms;
        return;
    }
    if (w->state != WORKER_FOLLOWING)
        return;
    if (w->give_up_code == 0 && now_ms >= w->end_ms) {
        job_give_up(w, w->printer.cause != 0 ? w->printer.cause : ERR_TIMEOUT, now_ms);
    } else if (w->give_up_code != 0 && now_ms >= w->end_ms) {
        job_end(w, PRINT_IN_DOUBT, EVIDENCE_SENT, w->give_up_code);
        away_enter(w, ERR_DOCUMENT_QUEUE, now_ms);
    } else if (w->n_missed == 0 && ipp_printer_get(&w->link, &w->printer, NULL) == 0) {
        printer_tell(w, now_ms);
    }
}

/* @return 0 when the job is at the print service, or the code why nothing left */
static int job_submit(struct worker *w, struct document_bytes *bytes, int64_t now_ms)
{
    w->id = 0;
    w->has_sent = false;
    w->give_up_code = 0;
    w->seen = (struct ipp_job){0};
    int rc = ipp_job_create(&w->link, &w->printer, &w->id, NULL);
    if (rc < 0) {
        w->is_unknown = rc != ERR_DOCUMENT_FAILED && rc != ERR_DOCUMENT_STOPPED && rc != ERR_BUSY;
        return rc;
    }
    w->state = WORKER_FOLLOWING;
    w->end_ms = now_ms + (int64_t)w->cfg->settings.job_timeout_s * 1000;
    w->due_ms = now_ms + FOLLOW_MS / 4;
    rc = ipp_job_send(&w->link, w->id, w->printer.format, bytes->data, bytes->n, NULL);
    w->has_sent = w->link.sent_bytes > 0;
    if (rc < 0 && !is_stopping(w))
        job_give_up(w, rc == ERR_DOCUMENT_FAILED ? rc : ERR_DOCUMENT_QUEUE, clock_mono_ms());
    return 0;
}

static struct worker_order waiting_take(struct worker *w)
{
    struct worker_order o = w->waiting[0];
    w->n_waiting--;
    memmove(w->waiting, w->waiting + 1, w->n_waiting * sizeof w->waiting[0]);
    return o;
}

static void job_start(struct worker *w, int64_t now_ms)
{
    struct document_bytes bytes = {0};
    int rc = printer_look(w, now_ms);
    if (w->state != WORKER_READY)
        return; /* away_serve answers what waits */
    struct worker_order o = waiting_take(w);
    w->job = o.job;
    if (rc == 0)
        rc = w->status.cause;
    else
        rc = ERR_DOCUMENT_QUEUE;
    if (rc == 0)
        rc = bytes_make(w, o.document, &bytes);
    document_free(o.document);
    if (rc == 0)
        rc = job_submit(w, &bytes, now_ms);
    document_bytes_free(&bytes);
    if (rc == 0)
        return;
    if (rc == ERR_IO || rc == ERR_TIMEOUT || rc == ERR_DENIED)
        rc = ERR_DOCUMENT_QUEUE;
    done_tell(w, o.job, PRINT_NOT_STARTED, EVIDENCE_SENT, rc);
    w->due_ms = now_ms;
    if (w->is_unknown)
        away_enter(w, ERR_DOCUMENT_QUEUE, now_ms);
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void order_take(struct worker *w, const struct worker_order *o)
{
    if (!o->document)
        return;
    assert(w->n_waiting < DOCUMENT_MAX_JOBS); /* the driver counts */
    w->waiting[w->n_waiting++] = *o;
}

static void waiting_refuse(struct worker *w, int code)
{
    while (w->n_waiting > 0) {
        struct worker_order o = waiting_take(w);
        document_free(o.document);
        done_tell(w, o.job, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
    }
}

static void serve(struct worker *w, int64_t now_ms)
{
    if (w->state == WORKER_READY && w->n_waiting > 0)
        job_start(w, now_ms);
    else if (now_ms < w->due_ms)
        return;
    else if (w->state == WORKER_AWAY)
        away_serve(w, now_ms);
    else if (w->state == WORKER_READY)
        ready_serve(w, now_ms);
    else
        following_serve(w, now_ms);
    if (w->state == WORKER_AWAY && w->was_tried && !is_stopping(w))
        waiting_refuse(w, ERR_DOCUMENT_QUEUE);
}

/* Nobody's papers may come out after the visit. */
static void farewell(struct worker *w)
{
    struct worker_order o;
    w->link.is_farewell = true;
    if (w->id > 0) {
        int64_t until_ms = clock_mono_ms() + FAREWELL_MS;
        bool is_settled = false;
        job_give_up(w, ERR_CANCELLED, clock_mono_ms());
        while (!(is_settled = job_look(w, clock_mono_ms())) && clock_mono_ms() < until_ms)
            if (mq_pop_wait(w->cfg->orders, &o, FAREWELL_TICK_MS))
                order_take(w, &o);
        if (!is_settled)
            job_end(w, w->has_sent ? PRINT_IN_DOUBT : PRINT_NOT_STARTED, EVIDENCE_SENT,
                    ERR_CANCELLED);
    } else if (w->is_unknown) {
        int n = 0;
        int rc = ipp_leftovers_cancel(&w->link, w->printer.is_cups, &n, NULL);
        (void)rc; /* what cannot be taken back now is taken back at the next start */
    }
    while (mq_pop(w->cfg->orders, &o))
        order_take(w, &o);
    waiting_refuse(w, ERR_CANCELLED);
}

void *document_worker_run(void *arg)
{
    struct worker w = {.cfg = arg};
    w.link.settings = &w.cfg->settings;
    w.link.is_stopping = &w.cfg->is_stopping;
    w.link.guard = &w.cfg->guard;
    w.status.kind = DEVICE_DOCUMENT_PRINTER; /* STARTING, which the driver has told */
    while (!is_stopping(&w)) {
        struct worker_order o;
        while (mq_pop(w.cfg->orders, &o))
            order_take(&w, &o);
        serve(&w, clock_mono_ms());
        bool is_urgent = w.state == WORKER_READY && w.n_waiting > 0;
        int64_t wait_ms = is_urgent ? 0 : w.due_ms - clock_mono_ms();
        if (wait_ms > 0 && mq_pop_wait(w.cfg->orders, &o, (int)wait_ms))
            order_take(&w, &o);
    }
    farewell(&w);
    const struct worker_news end = {.kind = NEWS_END};
    int rc = mq_push(w.cfg->news, &end);
    assert(rc == 0);
    (void)rc;
    return NULL;
}
