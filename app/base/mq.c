/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded message queue; its lock is a leaf and never held while calling out. Any thread. */
#include "base/mq.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/err.h"

struct mq {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    size_t msg_bytes, cap, head, n; /* guarded by lock */
    mq_wake_fn wake;
    void *arg;
    uint8_t *slots; /* guarded by lock */
};

static uint8_t *slot(struct mq *q, size_t i)
{
    return q->slots + (q->head + i) % q->cap * q->msg_bytes;
}

struct mq *mq_new(size_t msg_bytes, size_t cap, mq_wake_fn wake, void *arg)
{
    assert(msg_bytes >= 1 && msg_bytes <= 4096 && cap >= 1 && cap <= 1024);
    struct mq *q = calloc(1, sizeof *q);
    uint8_t *slots = calloc(cap, msg_bytes);
    if (!q || !slots) {
        fprintf(stderr, "out of memory\n");
        abort();
    }
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, &attr);
    pthread_condattr_destroy(&attr);
    q->msg_bytes = msg_bytes;
    q->cap = cap;
    q->wake = wake;
    q->arg = arg;
    q->slots = slots;
    return q;
}

void mq_free(struct mq *q)
{
    if (!q)
        return;
    bytes_wipe(q->slots, q->cap * q->msg_bytes);
    free(q->slots);
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

static int push(struct mq *q, const void *msg, mq_same_fn same)
{
    int rc = 0;
    pthread_mutex_lock(&q->lock);
    uint8_t *to = NULL;
    for (size_t i = 0; same && i < q->n && !to; i++)
        if (same(slot(q, i), msg))
            to = slot(q, i);
    if (!to && q->n < q->cap)
        to = slot(q, q->n++);
    if (to) {
        memcpy(to, msg, q->msg_bytes);
        pthread_cond_signal(&q->filled);
    } else {
        rc = ERR_FULL;
    }
    pthread_mutex_unlock(&q->lock);
    if (rc == 0 && q->wake)
        q->wake(q->arg);
    return rc;
}

int mq_push(struct mq *q, const void *msg)
{
    return push(q, msg, NULL);
}

int mq_push_latest(struct mq *q, const void *msg, mq_same_fn same)
{
    return push(q, msg, same);
}

static bool take(struct mq *q, void *ret_msg)
{
    if (q->n == 0)
        return false;
    memcpy(ret_msg, slot(q, 0), q->msg_bytes);
    bytes_wipe(slot(q, 0), q->msg_bytes);
    q->head = (q->head + 1) % q->cap;
    q->n--;
    return true;
}

bool mq_pop(struct mq *q, void *ret_msg)
{
    pthread_mutex_lock(&q->lock);
    bool got = take(q, ret_msg);
    pthread_mutex_unlock(&q->lock);
    return got;
}

bool mq_pop_wait(struct mq *q, void *ret_msg, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&q->lock);
    int rc = 0;
    while (q->n == 0 && timeout_ms != 0 && rc != ETIMEDOUT)
        rc = timeout_ms < 0 ? pthread_cond_wait(&q->filled, &q->lock)
                            : pthread_cond_timedwait(&q->filled, &q->lock, &until);
    bool got = take(q, ret_msg);
    pthread_mutex_unlock(&q->lock);
    return got;
}
