/* SPDX-License-Identifier: Apache-2.0 */
/* app/host: any driver on a thread; commands arrive, events come up in order, stop is prompt. */
#include "cunit_main.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/mq.h"
#include "host.h"

/* A driver without a device: answers each PRINT with PRINT_DONE, each ENABLE with a burst of
 * codes, and sleeps on a condition variable. */
struct driver {
    struct driver_sink sink;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool is_woken;
    int n_steps;
};

static atomic_int n_open, n_documents; /* the latter: given to a driver */

static int echo_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                     struct driver **ret, struct err *err)
{
    if (!strcmp(cfg->table, "broken"))
        return ERR(err, ERR_SYNTAX, "device table");
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->woken, NULL);
    atomic_fetch_add(&n_open, 1);
    *ret = d;
    return 0;
}

static void echo_command(struct driver *d, const struct device_command *c, int64_t now_ms)
{
    (void)now_ms;
    if (c->kind == DEVICE_COMMAND_PRINT) {
        free(c->bitmap);
        atomic_fetch_add(&n_documents, c->document != NULL);
        document_free(c->document);
        struct device_event done = {.kind = DEVICE_EVENT_PRINT_DONE, .from = DEVICE_PRINTER};
        done.print.job = c->job;
        d->sink.emit(d->sink.arg, &done);
    }
    for (int i = 0; c->kind == DEVICE_COMMAND_ENABLE && i < 12; i++) {
        char text[12];
        snprintf(text, sizeof text, "%d", i);
        struct device_event code = {
            .kind = DEVICE_EVENT_CODE, .from = DEVICE_SCANNER, .code_text = mem_strdup(text)};
        d->sink.emit(d->sink.arg, &code);
    }
}

static int echo_step(struct driver *d, int64_t now_ms)
{
    (void)now_ms;
    struct device_event status = {.kind = DEVICE_EVENT_STATUS, .from = DEVICE_PRINTER};
    status.code = ++d->n_steps;
    d->sink.emit(d->sink.arg, &status);
    return 500;
}

static void echo_wait(struct driver *d, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)timeout_ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&d->lock);
    if (!d->is_woken)
        pthread_cond_timedwait(&d->woken, &d->lock, &until);
    d->is_woken = false;
    pthread_mutex_unlock(&d->lock);
}

static void echo_wake(struct driver *d)
{
    pthread_mutex_lock(&d->lock);
    d->is_woken = true;
    pthread_cond_signal(&d->woken);
    pthread_mutex_unlock(&d->lock);
}

static void echo_close(struct driver *d)
{
    atomic_fetch_sub(&n_open, 1);
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->woken);
    free(d);
}

static const struct driver_ops echo_ops = {"echo",    echo_open, echo_command, echo_step,
                                           echo_wait, echo_wake, echo_close};

static void data_events_survive_a_full_queue(void)
{
    struct mq *up = mq_new(sizeof(struct device_event), 4, NULL, NULL);
    struct host *h = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(host_start(&echo_ops, &(struct driver_cfg){.table = "{}"}, up, &h, &err),
                          0);
    struct device_command enable = {.kind = DEVICE_COMMAND_ENABLE};
    CU_ASSERT_EQUAL(host_command(h, &enable), 0);
    int next = 0;
    int64_t until = clock_mono_ms() + 5000;
    while (next < 12 && clock_mono_ms() < until) {
        struct device_event e;
        if (!mq_pop_wait(up, &e, 200) || e.kind != DEVICE_EVENT_CODE)
            continue;
        CU_ASSERT_EQUAL((int)strtol(e.code_text, NULL, 10), next);
        next++;
        free(e.code_text);
    }
    CU_ASSERT_EQUAL(next, 12);
    host_stop(h);
    mq_free(up);
    CU_ASSERT_EQUAL(atomic_load(&n_open), 0);
}

static void each_print_is_answered_once_also_at_stop(void)
{
    struct mq *up = mq_new(sizeof(struct device_event), 64, NULL, NULL);
    struct host *h = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(host_start(&echo_ops, &(struct driver_cfg){.table = "{}"}, up, &h, &err),
                          0);
    for (int64_t job = 1; job <= 10; job++) {
        struct device_command print = {.kind = DEVICE_COMMAND_PRINT, .job = job};
        CU_ASSERT_EQUAL(host_command(h, &print), 0);
    }
    int64_t begin = clock_mono_ms();
    host_stop(h);
    CU_ASSERT_TRUE(clock_mono_ms() - begin < 400); /* woken, not slept out */
    struct device_event e;
    int64_t expected = 1;
    while (mq_pop(up, &e))
        if (e.kind == DEVICE_EVENT_PRINT_DONE)
            CU_ASSERT_EQUAL(e.print.job, expected++);
    CU_ASSERT_EQUAL(expected, 11);
    mq_free(up);
}

/* A document belongs to the driver when the push succeeds, also when nobody takes it out any more;
 * else it stays ours. The sanitizer counts what is freed twice or never. */
static void each_document_has_one_owner(void)
{
    struct mq *up = mq_new(sizeof(struct device_event), 256, NULL, NULL);
    struct host *h = NULL;
    struct err err = {0};
    int n_taken = 0, n_refused = 0;
    atomic_store(&n_documents, 0);
    CU_ASSERT_EQUAL_FATAL(host_start(&echo_ops, &(struct driver_cfg){.table = "{}"}, up, &h, &err),
                          0);
    for (int64_t job = 1; job <= 100000 && n_refused == 0; job++) {
        struct device_command print = {.kind = DEVICE_COMMAND_PRINT,
                                       .job = job,
                                       .document = mem_zalloc(1, sizeof *print.document)};
        int rc = host_command(h, &print);
        n_taken += rc == 0;
        n_refused += rc == ERR_BUSY;
        if (rc < 0)
            document_free(print.document);
    }
    CU_ASSERT_EQUAL(n_refused, 1); /* the inbox was full: what stands in it is left to the stop */
    host_stop(h);
    CU_ASSERT_EQUAL(atomic_load(&n_documents), n_taken);
    mq_free(up);
}

static void a_broken_table_is_an_error_with_the_class_named(void)
{
    struct mq *up = mq_new(sizeof(struct device_event), 4, NULL, NULL);
    struct host *h = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(host_start(&echo_ops, &(struct driver_cfg){.table = "broken"}, up, &h, &err),
                    ERR_SYNTAX);
    CU_ASSERT_STRING_EQUAL(err.msg, "echo: device table");
    CU_ASSERT_PTR_NULL(h);
    host_stop(NULL);
    mq_free(up);
}

static CU_TestInfo cases[] = {
    {"full queue", data_events_survive_a_full_queue},
    {"prints are answered", each_print_is_answered_once_also_at_stop},
    {"documents", each_document_has_one_owner},
    {"broken table", a_broken_table_is_an_error_with_the_class_named},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("app.host", cases)
