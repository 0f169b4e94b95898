/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals of one process: each is the product's own outbox, thread, database and connection. The
 * main thread hands in; the outbox threads answer into counters. */
#include "fleet.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sync/outbox.h"

enum { IN_FLIGHT = 8, LOOK_MS = 20, TEXT_BYTES = 6000 };

struct terminal {
    struct outbox *box;
    struct fleet *fleet;
    atomic_int n_in_flight;
    int64_t to_hand_in; /* main thread */
    atomic_llong n_stored, n_waiting, n_quarantined;
    atomic_llong asked_us[IN_FLIGHT]; /* by tag modulo IN_FLIGHT */
    uint64_t tag;                     /* main thread */
};

struct fleet {
    const struct fleet_options *o;
    struct terminal *terminal;
    int n;
    atomic_llong n_stored, n_failed;
    atomic_llong store_us[FLEET_BUCKETS];
    char text[TEXT_BYTES];
    uint64_t chance;
    int64_t kicked_ms;
};

bool fleet_is_told_to_stop(const struct fleet_options *o)
{
    return o->stop_file && access(o->stop_file, F_OK) == 0;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t chance(struct fleet *f) /* xorshift64* */
{
    f->chance ^= f->chance >> 12;
    f->chance ^= f->chance << 25;
    f->chance ^= f->chance >> 27;
    return (f->chance * 0x2545f4914f6cdd1dULL) >> 1;
}

void fleet_terminal_id(const struct fleet_options *o, int i, char *id)
{
    unsigned region = ((unsigned)o->region + (unsigned)i / 10000) % 1000000;
    snprintf(id, 11, "%06u%04u", region, (unsigned)i % 10000);
}

static void note_latency(struct fleet *f, int64_t us)
{
    int bucket = 0;
    while (bucket < FLEET_BUCKETS - 1 && us >= (1LL << (bucket + 1)))
        bucket++;
    f->store_us[bucket]++;
}

static void on_event(void *arg, const struct outbox_event *e)
{
    struct terminal *t = arg;
    switch (e->kind) {
    case OUTBOX_EVENT_STORED:
        note_latency(t->fleet, now_us() - t->asked_us[e->tag % IN_FLIGHT]);
        t->fleet->n_stored++;
        t->n_stored++;
        t->n_waiting++; /* until the next word about the link */
        t->n_in_flight--;
        break;
    case OUTBOX_EVENT_STORE_FAILED:
        t->fleet->n_failed++;
        t->n_in_flight--;
        break;
    case OUTBOX_EVENT_LINK:
        t->n_waiting = e->link.n_waiting;
        t->n_quarantined = e->link.n_quarantined;
        break;
    case OUTBOX_EVENT_ANSWERED:
        enquiry_answer_free(e->answer);
        break;
    case OUTBOX_EVENT_JOURNALED:
    case OUTBOX_EVENT_STORE_STATE:
    case OUTBOX_EVENT_UNFINISHED:
    case OUTBOX_EVENT_COUNTERS:
    case OUTBOX_EVENT_CATALOGUE:
        break;
    }
}

static int terminal_start(struct fleet *f, int i, int number, const char *url, struct err *err)
{
    struct terminal *t = &f->terminal[i];
    const struct fleet_options *o = f->o;
    char id[11], data[900], key[1024], cert[1024], seal[1024], sign[1024], ca[1024];
    fleet_terminal_id(o, number, id);
    snprintf(data, sizeof data, "%s/%s/data", o->dir, id);
    snprintf(key, sizeof key, "%s/%s/device.key", o->dir, id);
    snprintf(cert, sizeof cert, "%s/%s/device.pem", o->dir, id);
    snprintf(seal, sizeof seal, "%s/centre-seal.pem", o->keys);
    snprintf(sign, sizeof sign, "%s/centre-sign.pem", o->keys);
    snprintf(ca, sizeof ca, "%s/ca.pem", o->keys);
    struct outbox_cfg cfg = {.data_dir = data,
                             .terminal_id = id,
                             .keys = {.device_key = key,
                                      .device_cert = cert,
                                      .centre_seal_cert = seal,
                                      .centre_sign_cert = sign},
                             .centre_ca = ca,
                             .centre_url = url,
                             .version = "fleet"};
    t->fleet = f;
    return outbox_start(&cfg, on_event, t, &t->box, err);
}

/* About what a real application weighs: 4 to 6 KB of the invented test people. */
static char *content_make(struct fleet *f, bool is_rating)
{
    static const char head[] =
        "{\"schema\":\"application/1\",\"matter\":\"person.birth\",\"matter_version\":\"1\","
        "\"applicant\":{\"name\":\"张三\",\"id_no\":\"11010519491231002X\"},\"tasks\":[],"
        "\"answers\":{},\"remark\":\"";
    if (is_rating)
        return mem_strdup("{\"schema\":\"rating/2\",\"score\":5,\"reasons\":[]}");
    size_t n = 4000 + chance(f) % 2000, head_bytes = sizeof head - 1;
    char *json = mem_zalloc(n + 3, 1);
    memcpy(json, head, head_bytes);
    memcpy(json + head_bytes, f->text, n - head_bytes);
    memcpy(json + n, "\"}", 2);
    return json;
}

static void hand_in(struct fleet *f, struct terminal *t)
{
    bool is_rating = (int)(chance(f) % 100) < f->o->rating_percent;
    char *json = content_make(f, is_rating);
    t->tag++;
    t->asked_us[t->tag % IN_FLIGHT] = now_us();
    t->n_in_flight++;
    struct outbox_item item = {.kind = is_rating ? RECORD_RATING : RECORD_APPLICATION,
                               .json = json,
                               .matter_code = is_rating ? "" : "person.birth",
                               .matter_name = is_rating ? "" : "新生儿出生"};
    if (outbox_put(t->box, t->tag, &item) == 0) {
        t->to_hand_in--;
        return;
    }
    free(json);
    t->n_in_flight--;
}

/* @return how many are still to be handed in */
static int64_t hand_in_round(struct fleet *f, int64_t allowance)
{
    int64_t left = 0;
    for (int i = 0; i < f->n; i++) {
        struct terminal *t = &f->terminal[i];
        while (t->to_hand_in > 0 && t->n_in_flight < IN_FLIGHT && allowance > 0) {
            hand_in(f, t);
            allowance--;
        }
        left += t->to_hand_in;
    }
    return left;
}

static int64_t waiting_all(const struct fleet *f)
{
    int64_t n = 0;
    for (int i = 0; i < f->n; i++)
        n += f->terminal[i].n_waiting + f->terminal[i].n_in_flight;
    return n;
}

static void sleep_ms(int ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

static void kick_when_due(struct fleet *f)
{
    int64_t now_ms = clock_mono_ms();
    if (f->o->kick_ms == 0 || now_ms - f->kicked_ms < f->o->kick_ms)
        return;
    f->kicked_ms = now_ms;
    for (int i = 0; i < f->n; i++)
        outbox_kick(f->terminal[i].box);
}

static void hand_in_all(struct fleet *f, int64_t until_ms, struct fleet_result *ret)
{
    int64_t begin = clock_mono_ms(), given = 0, total = 0;
    for (int i = 0; i < f->n; i++)
        total += f->terminal[i].to_hand_in;
    double rate = f->o->rate / f->o->n_processes;
    int64_t left = total;
    while (left > 0 && clock_mono_ms() < until_ms && !fleet_is_told_to_stop(f->o)) {
        int64_t allowance = rate > 0
                                ? (int64_t)(rate * (double)(clock_mono_ms() - begin) / 1000) - given
                                : INT64_MAX;
        left = hand_in_round(f, allowance);
        given = total - left;
        int64_t waiting = waiting_all(f);
        if (waiting > ret->queue_max)
            ret->queue_max = waiting;
        kick_when_due(f);
        sleep_ms(LOOK_MS);
    }
    /* What is asked is answered. */
    for (int i = 0; i < f->n; i++)
        while (f->terminal[i].n_in_flight > 0 && clock_mono_ms() < until_ms)
            sleep_ms(1);
    ret->store_ms = clock_mono_ms() - begin;
}

static void drain(struct fleet *f, int64_t begin, int64_t until_ms, struct fleet_result *ret)
{
    int64_t told_ms = begin;
    int64_t left;
    while ((left = waiting_all(f)) > 0 && clock_mono_ms() < until_ms) {
        if (left > ret->queue_max)
            ret->queue_max = left;
        if (clock_mono_ms() - told_ms > 10000) {
            told_ms = clock_mono_ms();
            fprintf(stderr, "%" PRId64 " wait\n", left);
        }
        kick_when_due(f);
        sleep_ms(LOOK_MS);
    }
    ret->drain_ms = clock_mono_ms() - begin;
}

static void stop_all(struct fleet *f)
{
    for (int i = 0; i < f->n; i++) {
        outbox_stop(f->terminal[i].box);
        f->terminal[i].box = NULL;
    }
}

static int start_all(struct fleet *f, int first, bool is_reachable, struct err *err)
{
    int rc = 0;
    for (int i = 0; rc == 0 && i < f->n; i++) {
        const char *url = f->o->centre[(first + i) % f->o->n_centres];
        /* Port 9 is "discard": nobody listens there, and it is told at once. */
        rc = terminal_start(f, i, first + i, is_reachable ? url : "https://127.0.0.1:9", err);
    }
    return rc;
}

static int64_t pss_kib(void)
{
    char line[128];
    long kib = 0;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Pss: %ld", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return kib;
}

static void result_take(struct fleet *f, struct fleet_result *ret)
{
    ret->n_stored = f->n_stored;
    ret->n_failed = f->n_failed;
    for (int i = 0; i < FLEET_BUCKETS; i++)
        ret->store_us[i] = f->store_us[i];
    for (int i = 0; i < f->n; i++) {
        struct terminal *t = &f->terminal[i];
        ret->n_quarantined += t->n_quarantined;
        ret->n_terminals_done += t->n_waiting == 0 && t->n_in_flight == 0 &&
                                 (t->to_hand_in == 0 || fleet_is_told_to_stop(f->o));
        ret->n_confirmed += t->n_stored - t->n_waiting - t->n_quarantined;
    }
    ret->max_pss_kib = pss_kib();
}

int fleet_run(const struct fleet_options *o, int first, int last, struct fleet_result *ret,
              struct err *err)
{
    struct fleet *f = mem_zalloc(1, sizeof *f);
    int64_t until_ms = clock_mono_ms() + (int64_t)o->limit_s * 1000;
    memset(ret, 0, sizeof *ret);
    f->o = o;
    f->n = last - first;
    f->terminal = mem_zalloc((size_t)f->n, sizeof *f->terminal);
    f->chance = (o->seed ^ ((uint64_t)first << 32)) | 1;
    for (int i = 0; i < TEXT_BYTES; i++)
        f->text[i] = (char)('a' + chance(f) % 26);
    for (int i = 0; i < f->n; i++) {
        int64_t share = o->n_submissions / o->n_terminals;
        f->terminal[i].to_hand_in = share + (first + i < o->n_submissions % o->n_terminals);
    }
    int rc = start_all(f, first, !o->is_offline_first, err);
    if (rc == 0)
        hand_in_all(f, until_ms, ret);
    int64_t drain_ms = clock_mono_ms();
    if (rc == 0 && o->is_offline_first) {
        stop_all(f);
        rc = start_all(f, first, true, err);
    }
    if (rc == 0)
        drain(f, drain_ms, until_ms, ret);
    result_take(f, ret);
    stop_all(f);
    free(f->terminal);
    free(f);
    return rc;
}
