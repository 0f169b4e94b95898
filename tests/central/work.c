/* SPDX-License-Identifier: Apache-2.0 */
/* Workers. One leaf lock around the queue. */
#include "work.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_THREADS = 256 };

struct work {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    work_fn fn;
    struct work_item *first, **end;
    size_t n, cap;
    bool is_ending;
    pthread_t thread[MAX_THREADS];
    int n_threads;
};

static void *run(void *arg)
{
    struct work *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->is_ending)
            pthread_cond_wait(&w->changed, &w->lock);
        struct work_item *item = w->first;
        if (!item)
            break;
        w->first = item->next;
        if (!w->first)
            w->end = &w->first;
        w->n--;
        pthread_mutex_unlock(&w->lock);
        w->fn(item);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

int work_new(int n_threads, size_t cap, work_fn fn, struct work **ret, struct err *err)
{
    struct work *w = mem_zalloc(1, sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    w->fn = fn;
    w->cap = cap;
    w->end = &w->first;
    for (; w->n_threads < n_threads && w->n_threads < MAX_THREADS; w->n_threads++) {
        int why = pthread_create(&w->thread[w->n_threads], NULL, run, w);
        if (why) {
            work_free(w);
            return ERR(err, ERR_SYSTEM, "no thread: %s", strerror(why));
        }
    }
    *ret = w;
    return 0;
}

bool work_push(struct work *w, struct work_item *item)
{
    pthread_mutex_lock(&w->lock);
    bool is_taken = !w->is_ending && w->n < w->cap;
    if (is_taken) {
        item->next = NULL;
        *w->end = item;
        w->end = &item->next;
        w->n++;
        pthread_cond_signal(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
    return is_taken;
}

void work_stop(struct work *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    for (; w->n_threads > 0; w->n_threads--)
        pthread_join(w->thread[w->n_threads - 1], NULL);
}

void work_free(struct work *w)
{
    if (!w)
        return;
    work_stop(w);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
