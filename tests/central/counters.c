/* SPDX-License-Identifier: Apache-2.0 */
/* A short list: there are some dozen pairs of address and status. Workers. */
#include "counters.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_PAIRS = 256 };

struct counters {
    pthread_mutex_t lock;
    struct pair {
        const char *route;
        int status;
        int64_t n, sum_ms;
    } pair[MAX_PAIRS];
    size_t n_pairs;
};

struct counters *counters_new(void)
{
    struct counters *c = mem_zalloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void counters_free(struct counters *c)
{
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void counters_add(struct counters *c, const char *route, int status, int64_t took_ms)
{
    pthread_mutex_lock(&c->lock);
    size_t i = 0;
    while (i < c->n_pairs && (c->pair[i].status != status || strcmp(c->pair[i].route, route) != 0))
        i++;
    if (i < MAX_PAIRS) {
        if (i == c->n_pairs)
            c->pair[c->n_pairs++] = (struct pair){.route = route, .status = status};
        c->pair[i].n++;
        c->pair[i].sum_ms += took_ms;
    }
    pthread_mutex_unlock(&c->lock);
}

void counters_walk(struct counters *c, counters_fn fn, void *arg)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_pairs; i++)
        fn(arg, c->pair[i].route, c->pair[i].status, c->pair[i].n, c->pair[i].sum_ms);
    pthread_mutex_unlock(&c->lock);
}
