/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of the drain. A table of terminals by their number, grown by doubling; entries of long ago
 * are taken over by others, so that it stays as large as the fleet. */
#include "drain.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

enum { FIRST_SLOTS = 1024, MAX_PER_MIN = 60000, WINDOW_MS = 120000 };

struct slot {
    uint64_t terminal; /* its ten digits, never 0; 0: free */
    int64_t told_ms;   /* when it waited; 0: it does not */
};

struct drain {
    pthread_mutex_t lock;
    int total_per_min;
    struct slot *slot;
    size_t n_slots, n_used;
    int n_waiting; /* at counted_ms */
    int64_t counted_ms;
};

struct drain *drain_new(int total_per_min)
{
    struct drain *d = mem_zalloc(1, sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    d->total_per_min = total_per_min;
    d->n_slots = FIRST_SLOTS;
    d->slot = mem_zalloc(d->n_slots, sizeof *d->slot);
    return d;
}

void drain_free(struct drain *d)
{
    if (!d)
        return;
    pthread_mutex_destroy(&d->lock);
    free(d->slot);
    free(d);
}

static struct slot *find(struct slot *slot, size_t n, uint64_t terminal)
{
    size_t i = (terminal * UINT64_C(0x9E3779B97F4A7C15)) % n;
    while (slot[i].terminal && slot[i].terminal != terminal)
        i = (i + 1) % n;
    return &slot[i];
}

static void grow(struct drain *d)
{
    size_t n = d->n_slots * 2;
    struct slot *slot = mem_zalloc(n, sizeof *slot);
    for (size_t i = 0; i < d->n_slots; i++)
        if (d->slot[i].terminal)
            *find(slot, n, d->slot[i].terminal) = d->slot[i];
    free(d->slot);
    d->slot = slot;
    d->n_slots = n;
}

static int count(const struct drain *d, int64_t now_ms)
{
    int n = 0;
    for (size_t i = 0; i < d->n_slots; i++)
        n += d->slot[i].told_ms && now_ms - d->slot[i].told_ms < WINDOW_MS;
    return n;
}

int drain_share(struct drain *d, const char *terminal, int64_t waiting, int64_t now_ms)
{
    int share = 0;
    pthread_mutex_lock(&d->lock);
    if (d->n_used * 2 > d->n_slots)
        grow(d);
    struct slot *s = find(d->slot, d->n_slots, strtoull(terminal, NULL, 10) | UINT64_C(1) << 40);
    d->n_used += !s->terminal;
    bool is_new = waiting > 0 && !s->told_ms;
    *s = (struct slot){.terminal = strtoull(terminal, NULL, 10) | UINT64_C(1) << 40,
                       .told_ms = waiting > 0 ? now_ms : 0};
    /* Counting all of them once a second is enough; new ones are added in between. */
    if (now_ms - d->counted_ms >= 1000 || !d->counted_ms) {
        d->n_waiting = count(d, now_ms);
        d->counted_ms = now_ms;
    } else if (is_new) {
        d->n_waiting++;
    }
    if (d->total_per_min > 0) {
        share = d->total_per_min / (d->n_waiting > 0 ? d->n_waiting : 1);
        share = share < 1 ? 1 : share > MAX_PER_MIN ? MAX_PER_MIN : share;
    }
    pthread_mutex_unlock(&d->lock);
    return share;
}

int drain_count(struct drain *d, int64_t now_ms)
{
    pthread_mutex_lock(&d->lock);
    int n = count(d, now_ms);
    pthread_mutex_unlock(&d->lock);
    return n;
}
