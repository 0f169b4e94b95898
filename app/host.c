/* SPDX-License-Identifier: Apache-2.0 */
/* One thread per device. The loop: take commands, step the driver, sleep in its transport.
 * host_start, host_command and host_stop run on the main thread; the rest on the device's. */
#include "host.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { INBOX_CAP = 16, HELD_CAP = 32, HELD_RETRY_MS = 20 };

struct host {
    const struct driver_ops *ops;
    struct driver *driver;
    struct mq *inbox; /* struct device_command */
    struct mq *up;    /* struct device_event, shared */
    pthread_t thread;
    atomic_bool is_stopping;
    /* Data events that found the queue to main full: kept in order, never dropped. */
    struct device_event held[HELD_CAP];
    size_t n_held;
};

static bool same_status(const void *queued, const void *pushed)
{
    const struct device_event *a = queued, *b = pushed;
    return a->kind == DEVICE_EVENT_STATUS && b->kind == DEVICE_EVENT_STATUS && a->from == b->from;
}

static int push_up(struct host *h, const struct device_event *event)
{
    return event->kind == DEVICE_EVENT_STATUS ? mq_push_latest(h->up, event, same_status)
                                              : mq_push(h->up, event);
}

void host_event_drop(struct device_event *event)
{
    if (event->kind == DEVICE_EVENT_CARD) {
        bytes_wipe(event->card, sizeof *event->card);
        free(event->card);
    } else if (event->kind == DEVICE_EVENT_CODE) {
        bytes_wipe(event->code_text, strlen(event->code_text));
        free(event->code_text);
    } else if (event->kind == DEVICE_EVENT_PORTRAIT) {
        bytes_wipe(event->portrait, sizeof *event->portrait);
        free(event->portrait);
    }
}

static void emit(void *arg, const struct device_event *event)
{
    struct host *h = arg;
    if (h->n_held == 0 && push_up(h, event) == 0)
        return;
    /* A visitor cannot make 32 events while main is stuck for seconds; a broken device could. */
    if (h->n_held == HELD_CAP) {
        struct device_event lost = *event;
        log_line(LOG_ERROR, h->ops->name, "event of kind %d lost, the main thread is stuck",
                 (int)event->kind);
        host_event_drop(&lost);
        return;
    }
    h->held[h->n_held++] = *event;
}

static void flush_held(struct host *h)
{
    size_t done = 0;
    while (done < h->n_held && push_up(h, &h->held[done]) == 0)
        done++;
    memmove(h->held, h->held + done, (h->n_held - done) * sizeof h->held[0]);
    h->n_held -= done;
}

static void *device_run(void *arg)
{
    struct host *h = arg;
    while (!atomic_load(&h->is_stopping)) {
        struct device_command command;
        int64_t now_ms = clock_mono_ms();
        flush_held(h);
        while (mq_pop(h->inbox, &command))
            h->ops->command(h->driver, &command, now_ms);
        int wait_ms = h->ops->step(h->driver, now_ms);
        if (h->n_held > 0 && wait_ms > HELD_RETRY_MS)
            wait_ms = HELD_RETRY_MS;
        if (wait_ms > 0 && !atomic_load(&h->is_stopping))
            h->ops->wait(h->driver, wait_ms);
    }
    return NULL;
}

static void wake(void *arg)
{
    struct host *h = arg;
    h->ops->wake(h->driver);
}

int host_start(const struct driver_ops *ops, const struct driver_cfg *cfg, struct mq *up,
               struct host **ret, struct err *err)
{
    struct host *h = mem_zalloc(1, sizeof *h);
    struct driver_sink sink = {emit, h};
    h->ops = ops;
    h->up = up;
    int rc = ops->open(cfg, &sink, &h->driver, err);
    if (rc < 0) {
        err_prefix(err, "%s", ops->name);
        free(h);
        return rc;
    }
    h->inbox = mq_new(sizeof(struct device_command), INBOX_CAP, wake, h);
    /* Signals belong to the main thread. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&h->thread, NULL, device_run, h);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed) {
        ops->close(h->driver);
        mq_free(h->inbox);
        free(h);
        return ERR(err, ERR_SYSTEM, "%s: no thread: %s", ops->name, strerror(failed));
    }
    *ret = h;
    return 0;
}

int host_command(struct host *h, const struct device_command *command)
{
    return mq_push(h->inbox, command) == 0 ? 0 : ERR_BUSY;
}

void host_stop(struct host *h)
{
    if (!h)
        return;
    atomic_store(&h->is_stopping, true);
    h->ops->wake(h->driver);
    pthread_join(h->thread, NULL);
    struct device_command command;
    while (mq_pop(h->inbox, &command)) /* closing answers an open print as not started */
        h->ops->command(h->driver, &command, clock_mono_ms());
    h->ops->close(h->driver);
    flush_held(h);
    for (size_t i = 0; i < h->n_held; i++)
        host_event_drop(&h->held[i]);
    mq_free(h->inbox);
    bytes_wipe(h, sizeof *h);
    free(h);
}
