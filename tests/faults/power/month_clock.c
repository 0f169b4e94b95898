/* SPDX-License-Identifier: Apache-2.0 */
/* clock_wall_ms is replaced by the linker; everything else is the product. Threads: main, outbox.
 */
#include "month_clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "disk_model.h"
#include "fixture.h"
#include "store/kiosk_number.h"
#include "sync/outbox.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static _Atomic int64_t wall_now_ms = FIXTURE_WALL_MS;

int64_t __wrap_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void)
{
    return wall_now_ms;
}

int64_t clock_jump(uint64_t *random, int64_t wall_ms)
{
    switch (disk_random(random) % 7) {
    case 0:
        return 1000; /* 1970: the battery is dead */
    case 1:
        return 2145916800000LL + (int64_t)(disk_random(random) % 100) * day_ms; /* 2038 */
    case 2:
        return 4102444800000LL; /* 2100 */
    case 3:
        return wall_ms > day_ms ? wall_ms - day_ms : 0; /* Linux keeps no earlier time */
    case 4:
        return wall_ms + 60 * day_ms;
    case 5: /* a second before midnight in Beijing */
        return wall_ms - wall_ms % day_ms + 16 * 60 * 60 * 1000 - 1000;
    default:
        return FIXTURE_WALL_MS;
    }
}

struct told {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n_stored, n_failed, n_wrong;
    char (*number)[RECORD_NUMBER_BYTES];
};

static void on_event(void *arg, const struct outbox_event *e)
{
    struct told *t = arg;
    if (e->kind != OUTBOX_EVENT_STORED && e->kind != OUTBOX_EVENT_STORE_FAILED)
        return;
    pthread_mutex_lock(&t->lock);
    if (e->kind == OUTBOX_EVENT_STORED) {
        for (int i = 0; i < t->n_stored; i++)
            t->n_wrong += strcmp(t->number[i], e->record.number) == 0;
        memcpy(t->number[t->n_stored], e->record.number, RECORD_NUMBER_BYTES);
        t->n_wrong += e->record.sequence != ++t->n_stored || !kiosk_number_valid(e->record.number);
    } else {
        t->n_failed++;
    }
    pthread_cond_signal(&t->changed);
    pthread_mutex_unlock(&t->lock);
}

static void one_put(struct outbox *box, struct told *t, int i)
{
    struct outbox_item item = {.kind = RECORD_APPLICATION,
                               .json = mem_strdup("{\"x\":1}"),
                               .matter_code = "newborn",
                               .matter_name = "新生儿出生"};
    if (outbox_put(box, (uint64_t)i, &item) != 0)
        abort();
    pthread_mutex_lock(&t->lock);
    while (t->n_stored + t->n_failed <= i)
        pthread_cond_wait(&t->changed, &t->lock); /* the test's own timeout ends a silence */
    pthread_mutex_unlock(&t->lock);
}

bool clock_outbox_prove(const struct fault_options *o, const char *base, int n)
{
    struct told t = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct outbox *box = NULL;
    struct err err = {0};
    uint64_t random = o->seed;
    int64_t wall_ms = FIXTURE_WALL_MS, began = clock_mono_ms();
    char data[200], outcome[200], seed[32];
    snprintf(data, sizeof data, "%s/outbox", base);
    t.number = mem_zalloc((size_t)n, RECORD_NUMBER_BYTES);
    struct outbox_cfg cfg = {.data_dir = data,
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = "https://localhost:1",
                             .version = "0.1.0"};
    for (int i = 0; i < n; i++) {
        if (i % 25 == 0) { /* a restart under every kind of clock, too */
            outbox_stop(box);
            if (outbox_start(&cfg, on_event, &t, &box, &err) != 0) {
                fprintf(stderr, "outbox_start: %s\n", err.msg);
                return false;
            }
        }
        wall_now_ms = wall_ms = clock_jump(&random, wall_ms);
        one_put(box, &t, i);
    }
    outbox_stop(box);
    struct store *s = fixture_open(data);
    struct fixture_audit a = fixture_check(s);
    store_free(s);
    snprintf(outcome, sizeof outcome,
             "\"stored\":%d,\"refused\":%d,\"number used twice, or a gap\":%d", t.n_stored,
             t.n_failed, t.n_wrong);
    snprintf(seed, sizeof seed, "%" PRIu64, o->seed);
    fault_line_write(o, &(struct fault_line){"wall clock jumps under a running outbox", "outbox", n,
                                             outcome, seed, "month", began});
    free(t.number);
    return t.n_wrong == 0 && t.n_failed == 0 && a.n == n && a.is_gap_free && a.is_chained;
}
