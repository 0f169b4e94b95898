/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: queue, batches, answers. Threads of its own; a lock around the queue. */
#include "writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ledger_priv.h"

/* Lives on the stack of the worker that waits for it. */
struct job {
    struct ledger_item item;
    struct job *next;
    pthread_cond_t done;
    bool is_done;
    int result;
    struct err err;
};

enum { MAX_THREADS = 4 };

struct writer {
    struct ledger *ledger;
    pthread_t thread[MAX_THREADS];
    int n_threads;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job *first, **last;
    bool is_ending;
};

/* Up to a batch from the queue; waits. @return 0 when there is nothing more and never will be */
static size_t take_jobs(struct writer *w, struct job *job[LEDGER_MAX_BATCH])
{
    size_t n = 0;
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->is_ending)
        pthread_cond_wait(&w->work, &w->lock);
    while (w->first && n < LEDGER_MAX_BATCH) {
        job[n++] = w->first;
        w->first = w->first->next;
    }
    if (!w->first)
        w->last = &w->first;
    pthread_mutex_unlock(&w->lock);
    return n;
}

static int store(struct writer *w, struct seen *seen, struct job *job[], size_t n, struct err *err)
{
    struct ledger_item *item[LEDGER_MAX_BATCH];
    for (size_t i = 0; i < n; i++)
        item[i] = &job[i]->item;
    return ledger_store_batch(w->ledger, seen, item, n, err);
}

static void run_jobs(struct writer *w, struct seen *seen, struct job *job[], size_t n)
{
    struct err err = {0};
    int r = store(w, seen, job, n, &err);
    bool is_poisoned = r == ERR_BUSY || (r < 0 && n > 1 && r != ERR_TIMEOUT &&
                                         r != ERR_STORE_OPEN && r != ERR_STORE_FULL);
    for (size_t i = 0; i < n; i++) {
        job[i]->result = is_poisoned ? store(w, seen, &job[i], 1, &job[i]->err) : r;
        if (!is_poisoned)
            job[i]->err = err;
    }
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    struct seen *seen = ledger_seen_new();
    struct job *job[LEDGER_MAX_BATCH];
    size_t n;
    while ((n = take_jobs(w, job)) > 0) {
        run_jobs(w, seen, job, n);
        pthread_mutex_lock(&w->lock);
        for (size_t i = 0; i < n; i++) {
            job[i]->is_done = true;
            pthread_cond_signal(&job[i]->done);
        }
        pthread_mutex_unlock(&w->lock);
    }
    ledger_seen_free(seen);
    return NULL;
}

int writer_start(struct ledger *l, int n_threads, struct writer **ret, struct err *err)
{
    struct writer *w = mem_zalloc(1, sizeof *w);
    w->ledger = l;
    w->last = &w->first;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    /* Signals are for the main thread, which may not have said so yet. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (w->n_threads < n_threads && w->n_threads < MAX_THREADS &&
           pthread_create(&w->thread[w->n_threads], NULL, writer_main, w) == 0)
        w->n_threads++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (w->n_threads == 0) {
        writer_stop(w);
        return ERR(err, ERR_SYSTEM, "no thread for the writer");
    }
    *ret = w;
    return 0;
}

void writer_stop(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->n_threads; i++)
        pthread_join(w->thread[i], NULL);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

int writer_store(struct writer *w, const struct ledger_record *record, enum ledger_found *ret,
                 char **ret_answer, struct err *err)
{
    struct job job = {.item = {.record = record}};
    pthread_cond_init(&job.done, NULL);
    pthread_mutex_lock(&w->lock);
    *w->last = &job;
    w->last = &job.next;
    pthread_cond_signal(&w->work);
    while (!job.is_done)
        pthread_cond_wait(&job.done, &w->lock);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&job.done);
    if (job.result < 0) {
        if (err)
            *err = job.err;
        return job.result;
    }
    *ret = job.item.found;
    *ret_answer = job.item.answer;
    return 0;
}
