/* SPDX-License-Identifier: Apache-2.0 */
/* Opening of records. Its own thread; woken by the ledger after each batch, else it looks now and
 * then for what other centres left. */
#define _GNU_SOURCE /* gettid */
#include "opener.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "application.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "correction.h"

/* While records come in, opening takes at most a part of the time: it can be done later, and does
 * not fall behind for ever. */
enum { BUSY_MS = 50, REST_FACTOR = 4, REST_MAX_MS = 400 };
enum { LOOK_MS = 1000, MAX_TASKS = 64, MAX_TASK_BYTES = 64, NICE = 10 };

struct opener {
    const struct keyring *keys;
    struct ledger *ledger;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool is_woken, is_ending;
    int64_t woken_ms; /* when something was stored last */
};

static void decref_json(json_t **p)
{
    json_decref(*p);
}

json_t *opener_tasks(const json_t *content)
{
    json_t *tasks = json_array();
    YJ_CLEANUP(decref_json) json_t *seen = json_object();
    json_t *list = json_object_get(content, "tasks");
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        json_t *id = json_is_object(entry) ? json_object_get(entry, "id") : entry;
        const char *s = json_string_value(id);
        if (!s || !*s || strlen(s) > MAX_TASK_BYTES || json_object_get(seen, s) ||
            json_array_size(tasks) == MAX_TASKS)
            continue;
        json_object_set_new(seen, s, json_true());
        json_array_append(tasks, id);
    }
    return tasks;
}

static int open_application(struct opener *o, const struct ledger_record *record,
                            const json_t *content, struct err *err)
{
    char person[KEYRING_SHA256_HEX_BYTES] = "";
    const char *uuid = record->envelope.uuid, *id_no = application_id_no(content);
    YJ_CLEANUP(decref_json) json_t *tasks = opener_tasks(content);
    int r = id_no[0] ? keyring_person(o->keys, id_no, person, err) : 0;
    if (r == 0)
        r = ledger_set_applicant(o->ledger, uuid, person, err);
    if (r < 0)
        return r;
    return application_corrects(content)[0]
               ? correction_take(o->ledger, record, content, person, err)
               : ledger_add_cases(o->ledger, record, tasks, err);
}

static int open_record(void *arg, const struct ledger_record *record, struct err *err)
{
    struct opener *o = arg;
    struct err why = {0};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob plain = {0};
    /* A record nobody here can open is still somebody's application: kept and reported. */
    bool is_open = keyring_unseal(o->keys, record->sealed, record->sealed_bytes, &plain, &why) == 0;
    if (!is_open)
        log_line(LOG_WARN, "operators", "record %s cannot be opened: %s", record->envelope.uuid,
                 why.msg);
    YJ_CLEANUP(decref_json) json_t *content = application_load(plain.data, plain.bytes);
    int r = strcmp(record->envelope.kind, "application") == 0
                ? open_application(o, record, content, err)
                : 0;
    return r < 0 ? r
                 : ledger_set_opened(o->ledger, record,
                                     is_open ? LEDGER_OPENED : LEDGER_CANNOT_OPEN, err);
}

/* @return how many records, or a negative code */
static int open_some(struct opener *o, struct err *err)
{
    size_t n = 0;
    int r = ledger_begin(o->ledger, err);
    if (r < 0)
        return r;
    r = ledger_take_unopened(o->ledger, open_record, o, &n, err);
    if (r < 0 || n == 0) {
        ledger_rollback(o->ledger);
        return r;
    }
    r = ledger_commit(o->ledger, err);
    return r < 0 ? r : (int)n;
}

/* @return false when it is to end */
static bool wait_for_work(struct opener *o)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_MS / 1000;
    pthread_mutex_lock(&o->lock);
    while (!o->is_woken && !o->is_ending &&
           pthread_cond_timedwait(&o->change, &o->lock, &until) != ETIMEDOUT)
        continue;
    o->is_woken = false;
    bool goes_on = !o->is_ending;
    pthread_mutex_unlock(&o->lock);
    return goes_on;
}

/* After work that took so long. @return false when it is to end */
static bool rest(struct opener *o, int64_t took_ms)
{
    int64_t ms = took_ms * REST_FACTOR < REST_MAX_MS ? took_ms * REST_FACTOR : REST_MAX_MS;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&o->lock);
    bool is_busy = clock_mono_ms() - o->woken_ms < BUSY_MS;
    while (is_busy && !o->is_ending &&
           pthread_cond_timedwait(&o->change, &o->lock, &until) != ETIMEDOUT)
        continue;
    bool goes_on = !o->is_ending;
    pthread_mutex_unlock(&o->lock);
    return goes_on;
}

static void *opener_main(void *arg)
{
    struct opener *o = arg;
    /* Terminals wait for answers; nobody waits for this. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    while (wait_for_work(o)) {
        struct err err = {0};
        int n;
        int64_t began_ms;
        do {
            began_ms = clock_mono_ms();
            n = open_some(o, &err);
        } while (n > 0 && rest(o, clock_mono_ms() - began_ms));
        if (n < 0)
            log_err(LOG_ERROR, "opener", &err);
    }
    return NULL;
}

static void wake(void *arg)
{
    struct opener *o = arg;
    pthread_mutex_lock(&o->lock);
    o->is_woken = true;
    o->woken_ms = clock_mono_ms();
    pthread_cond_signal(&o->change);
    pthread_mutex_unlock(&o->lock);
}

int opener_start(const struct keyring *keys, struct ledger *l, struct opener **ret, struct err *err)
{
    struct opener *o = mem_zalloc(1, sizeof *o);
    pthread_condattr_t attr;
    *o = (struct opener){.keys = keys, .ledger = l, .is_woken = true};
    pthread_mutex_init(&o->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&o->change, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&o->thread, NULL, opener_main, o) != 0) {
        pthread_cond_destroy(&o->change);
        pthread_mutex_destroy(&o->lock);
        free(o);
        return ERR(err, ERR_SYSTEM, "no thread for the opener");
    }
    ledger_on_stored(l, wake, o);
    *ret = o;
    return 0;
}

void opener_stop(struct opener *o)
{
    if (!o)
        return;
    ledger_on_stored(o->ledger, NULL, NULL);
    pthread_mutex_lock(&o->lock);
    o->is_ending = true;
    pthread_cond_signal(&o->change);
    pthread_mutex_unlock(&o->lock);
    pthread_join(o->thread, NULL);
    pthread_cond_destroy(&o->change);
    pthread_mutex_destroy(&o->lock);
    free(o);
}
