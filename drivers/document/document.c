/* SPDX-License-Identifier: Apache-2.0 */
/* A4 document printer: orders go down to the worker, news come up. Thread: the device's. */
#include "drivers/document/document.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "drivers/document/document_worker.h"

enum {
    STEP_MS = 500,
    NEWS_CAP = DOCUMENT_MAX_JOBS + 4,
    LAST_TALK_MS = 500, /* at the end, for the exchange under way */
    END_TICK_MS = 100,
};

struct driver {
    struct driver_sink sink;
    struct worker_cfg worker;
    pthread_t thread;
    unsigned n_open; /* jobs that are not answered */
    bool has_held;   /* news that ended wait */
    struct worker_news held;
};

static void done_emit(struct driver *d, int64_t job, enum print_result result,
                      enum print_evidence evidence, int code)
{
    struct device_event e = {
        .kind = DEVICE_EVENT_PRINT_DONE, .from = DEVICE_DOCUMENT_PRINTER, .code = code};
    e.print.job = job;
    e.print.result = result;
    e.print.evidence = evidence;
    d->sink.emit(d->sink.arg, &e);
}

static void status_emit(struct driver *d, const struct device_status *s)
{
    struct device_event e = {
        .kind = DEVICE_EVENT_STATUS, .from = DEVICE_DOCUMENT_PRINTER, .code = s->cause};
    e.status = *s;
    d->sink.emit(d->sink.arg, &e);
}

static void news_emit(struct driver *d, const struct worker_news *news)
{
    if (news->kind == NEWS_STATUS) {
        status_emit(d, &news->status);
    } else if (news->kind == NEWS_DONE) {
        d->n_open--;
        done_emit(d, news->job, news->result, news->evidence, news->code);
    }
}

static void order_push(struct driver *d, const struct worker_order *o)
{
    int rc = mq_push(d->worker.orders, o);
    if (rc != 0 && o->document) { /* cannot be: n_open is counted */
        document_free(o->document);
        d->n_open--;
        done_emit(d, o->job, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_BUSY);
    }
}

static int document_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                         struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    int rc = document_settings_parse(cfg->settings, &d->worker.settings, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    d->sink = *sink;
    d->worker.orders = mq_new(sizeof(struct worker_order), DOCUMENT_MAX_JOBS + 1, NULL, NULL);
    d->worker.news = mq_new(sizeof(struct worker_news), NEWS_CAP, NULL, NULL);
    atomic_init(&d->worker.is_stopping, false);
    link_guard_init(&d->worker.guard);
    sigset_t all, old; /* signals belong to the main thread */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&d->thread, NULL, document_worker_run, &d->worker);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed) {
        mq_free(d->worker.orders);
        mq_free(d->worker.news);
        free(d);
        return ERR(err, ERR_SYSTEM, "no thread: %s", strerror(failed));
    }
    struct device_status s = {.kind = DEVICE_DOCUMENT_PRINTER, .state = DEVICE_STARTING};
    status_emit(d, &s);
    *ret = d;
    return 0;
}

static void document_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    (void)now_ms;
    if (command->kind != DEVICE_COMMAND_PRINT)
        return;
    struct worker_order o = {command->job, command->document};
    if (!o.document || d->n_open >= DOCUMENT_MAX_JOBS) {
        int code = o.document ? ERR_BUSY : ERR_INVALID;
        document_free(o.document);
        done_emit(d, o.job, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
        return;
    }
    d->n_open++;
    order_push(d, &o);
}

static int document_step(struct driver *d, int64_t now_ms)
{
    struct worker_news news;
    link_guard_check(&d->worker.guard, now_ms);
    if (d->has_held) {
        d->has_held = false;
        news_emit(d, &d->held);
    }
    while (mq_pop(d->worker.news, &news))
        news_emit(d, &news);
    return STEP_MS;
}

static void document_wait(struct driver *d, int timeout_ms)
{
    if (!d->has_held)
        d->has_held = mq_pop_wait(d->worker.news, &d->held, timeout_ms);
}

static void document_wake(struct driver *d)
{
    const struct worker_news news = {.kind = NEWS_WAKE};
    int rc = mq_push_latest(d->worker.news, &news, worker_news_is_same);
    (void)rc; /* full: then there is something to wake up for already */
}

static void document_close(struct driver *d)
{
    static const struct worker_order nothing;
    if (!d)
        return;
    /* before the flag: the farewell sets times of its own */
    atomic_store(&d->worker.guard.until_ms, clock_mono_ms() + LAST_TALK_MS);
    atomic_store(&d->worker.is_stopping, true);
    order_push(d, &nothing);
    struct worker_news news = d->has_held ? d->held : (struct worker_news){.kind = NEWS_WAKE};
    while (news.kind != NEWS_END) {
        news_emit(d, &news);
        news.kind = NEWS_WAKE;
        (void)mq_pop_wait(d->worker.news, &news, END_TICK_MS);
        link_guard_check(&d->worker.guard, clock_mono_ms());
    }
    pthread_join(d->thread, NULL);
    mq_free(d->worker.orders);
    mq_free(d->worker.news);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops document_ops = {
    .name = "document",
    .open = document_open,
    .command = document_command,
    .step = document_step,
    .wait = document_wait,
    .wake = document_wake,
    .close = document_close,
};
