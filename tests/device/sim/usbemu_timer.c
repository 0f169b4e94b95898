/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of the device models: a thread of its own, which calls back under the lock. */
#include "usbemu_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

struct timer {
    TAILQ_ENTRY(timer) link;
    struct timespec due;
    struct usbemu_dev *dev;
    unsigned plugging;
    bool keep;
    usbemu_timer_fn fn;
    uintptr_t arg;
};
TAILQ_HEAD(timer_list, timer);

/* The queue's own lock is a leaf; it is never held while a timer runs. */
struct timer_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct timer_list list; /* earliest first */
    bool is_stopping;
};

static bool is_before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static void timer_fire(struct timer *t)
{
    usbemu_lock();
    if (t->keep || (t->dev->is_plugged && t->dev->plugging == t->plugging))
        t->fn(t->dev->model, t->arg);
    usbemu_unlock();
    free(t);
}

static void *timer_main(void *arg)
{
    struct timer_queue *q = arg;

    pthread_mutex_lock(&q->lock);
    while (!q->is_stopping) {
        struct timer *t = TAILQ_FIRST(&q->list);
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (t == NULL) {
            pthread_cond_wait(&q->changed, &q->lock);
        } else if (is_before(&now, &t->due)) {
            struct timespec due = t->due;
            pthread_cond_timedwait(&q->changed, &q->lock, &due);
        } else {
            TAILQ_REMOVE(&q->list, t, link);
            pthread_mutex_unlock(&q->lock);
            timer_fire(t);
            pthread_mutex_lock(&q->lock);
        }
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

struct timer_queue *timer_queue_new(void)
{
    struct timer_queue *q = mem_zalloc(1, sizeof *q);
    pthread_condattr_t attr;

    TAILQ_INIT(&q->list);
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&q->thread, NULL, timer_main, q) != 0)
        usbemu_die("no timer thread");
    return q;
}

void timer_queue_free(struct timer_queue *q)
{
    struct timer *t;

    pthread_mutex_lock(&q->lock);
    q->is_stopping = true;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    while ((t = TAILQ_FIRST(&q->list)) != NULL) {
        TAILQ_REMOVE(&q->list, t, link);
        free(t);
    }
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

void timer_add(struct timer_queue *q, struct usbemu_dev *dev, double ms, usbemu_timer_fn fn,
               uintptr_t arg, bool keep)
{
    struct timer *t = mem_zalloc(1, sizeof *t), *other;
    int64_t ns = (int64_t)(ms * 1e6);

    clock_gettime(CLOCK_MONOTONIC, &t->due);
    ns += t->due.tv_nsec;
    t->due.tv_sec += ns / 1000000000;
    t->due.tv_nsec = ns % 1000000000;
    t->dev = dev;
    t->plugging = dev->plugging;
    t->fn = fn;
    t->arg = arg;
    t->keep = keep;
    pthread_mutex_lock(&q->lock);
    TAILQ_FOREACH(other, &q->list, link)
    if (is_before(&t->due, &other->due))
        break;
    if (other != NULL)
        TAILQ_INSERT_BEFORE(other, t, link);
    else
        TAILQ_INSERT_TAIL(&q->list, t, link);
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}
