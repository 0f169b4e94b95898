/* SPDX-License-Identifier: Apache-2.0 */
/* The product's outbox without a screen, to be killed:
 *
 *     outbox_host load|drain DATA KEYS TERMINAL URL
 *
 * load: hands in applications and ratings as fast as they are answered and writes one line on
 * stdout for each one reported stored: "stored <sequence> <uuid> <number or ->". drain: hands
 * nothing in, ends when nothing waits any more. Threads: main and the outbox's. */
#define _DEFAULT_SOURCE

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "sync/outbox.h"

enum { IN_FLIGHT = 4 };

struct host {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n_in_flight;
    bool is_drained;
    struct outbox *box;
};

/* One write for one line: a kill leaves it whole or away. */
static void line_out(const struct record_ref *r)
{
    char line[128];
    int n = snprintf(line, sizeof line, "stored %" PRId64 " %s %s\n", r->sequence, r->uuid,
                     r->number[0] ? r->number : "-");
    if (write(STDOUT_FILENO, line, (size_t)n) != n)
        _exit(3);
}

static void on_event(void *arg, const struct outbox_event *e)
{
    struct host *h = arg;
    bool is_answer = e->kind == OUTBOX_EVENT_STORED || e->kind == OUTBOX_EVENT_STORE_FAILED;
    if (e->kind == OUTBOX_EVENT_STORED)
        line_out(&e->record);
    pthread_mutex_lock(&h->lock);
    h->n_in_flight -= is_answer;
    if (e->kind == OUTBOX_EVENT_LINK && e->link.is_online && e->link.n_waiting == 0)
        h->is_drained = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

static void hand_in(struct host *h, int n)
{
    static const char application[] =
        "{\"schema\":\"application/1\",\"matter\":\"person.birth\",\"applicant\":{\"name\":"
        "\"张三\",\"number\":\"11010519491231002X\",\"phone\":\"13800000000\"},\"answers\":{"
        "\"baby.name\":\"张小宝\"},\"tasks\":[{\"id\":\"birth_certificate\"},{\"id\":\"hukou\"}]}";
    static const char rating[] = "{\"schema\":\"rating/1\",\"level\":5}";
    bool is_rating = n % 5 == 4;
    struct outbox_item item = {.kind = is_rating ? RECORD_RATING : RECORD_APPLICATION,
                               .json = mem_strdup(is_rating ? rating : application),
                               .matter_code = is_rating ? "" : "person.birth",
                               .matter_name = is_rating ? "" : "新生儿出生",
                               .about = ""};
    if (outbox_put(h->box, (uint64_t)n, &item) != 0)
        free(item.json);
    else {
        pthread_mutex_lock(&h->lock);
        h->n_in_flight++;
        pthread_mutex_unlock(&h->lock);
    }
}

static void load_run(struct host *h)
{
    for (int n = 0;; n++) {
        struct timespec gap = {0, 4000000};
        nanosleep(&gap, NULL); /* visitors, if quick ones: the line has a part of the time */
        pthread_mutex_lock(&h->lock);
        while (h->n_in_flight >= IN_FLIGHT)
            pthread_cond_wait(&h->changed, &h->lock);
        pthread_mutex_unlock(&h->lock);
        hand_in(h, n);
    }
}

/* @return 0 when nothing waits; a centre that was away is asked again at once */
static int drain_run(struct host *h)
{
    bool is_drained = false;
    for (int i = 0; i < 1200 && !is_drained; i++) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&h->lock);
        if (!h->is_drained)
            (void)pthread_cond_timedwait(&h->changed, &h->lock, &until);
        is_drained = h->is_drained;
        pthread_mutex_unlock(&h->lock);
        if (i % 10 == 9)
            outbox_kick(h->box);
    }
    outbox_stop(h->box);
    return is_drained ? EXIT_SUCCESS : EXIT_FAILURE;
}

static char *in_keys(const char *keys, const char *name)
{
    size_t n = strlen(keys) + strlen(name) + 2;
    char *path = mem_zalloc(1, n);
    snprintf(path, n, "%s/%s", keys, name);
    return path;
}

int main(int argc, char **argv)
{
    struct host h = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct err err = {0};
    if (argc != 6) {
        fprintf(stderr, "usage: outbox_host load|drain DATA KEYS TERMINAL URL\n");
        return 2;
    }
    YJ_CLEANUP(cleanup_free) char *device_key = in_keys(argv[3], "device.key");
    YJ_CLEANUP(cleanup_free) char *device_cert = in_keys(argv[3], "device.pem");
    YJ_CLEANUP(cleanup_free) char *seal_cert = in_keys(argv[3], "centre-seal.pem");
    YJ_CLEANUP(cleanup_free) char *sign_cert = in_keys(argv[3], "centre-sign.pem");
    YJ_CLEANUP(cleanup_free) char *ca = in_keys(argv[3], "ca.pem");
    struct outbox_cfg cfg = {.data_dir = argv[2],
                             .terminal_id = argv[4],
                             .keys = {.device_key = device_key,
                                      .device_cert = device_cert,
                                      .centre_seal_cert = seal_cert,
                                      .centre_sign_cert = sign_cert},
                             .centre_ca = ca,
                             .centre_url = argv[5],
                             .version = "0.1.0"};
    if (outbox_start(&cfg, on_event, &h, &h.box, &err) != 0) {
        fprintf(stderr, "outbox_start: %s\n", err.msg);
        return 2;
    }
    if (strcmp(argv[1], "drain") == 0)
        return drain_run(&h);
    load_run(&h);
    return EXIT_SUCCESS;
}
