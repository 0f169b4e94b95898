/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets in a table of fixed size: a full row forgets the bucket that was used longest ago, which
 * gives that one new permits and never takes any away. */
#include "limit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"
#include "base/mem.h"

enum { ROWS = 8192, COLUMNS = 4, MIN_PACE = 20, MAX_SPREAD_S = 600 };

struct bucket {
    uint64_t key; /* keyed hash; 0: free */
    int64_t at_ms;
    int64_t permits_ms; /* permits, in thousandths times 60 */
};

struct limiter {
    pthread_mutex_t lock;
    uint8_t hash_key[HASH_KEY_BYTES];
    struct bucket bucket[ROWS][COLUMNS];
};

struct limiter *limiter_new(void)
{
    struct limiter *l = mem_zalloc(1, sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    /* Without randomness the rows could be aimed at; that costs permits, not safety. */
    (void)!getrandom(l->hash_key, sizeof l->hash_key, 0);
    return l;
}

void limiter_free(struct limiter *l)
{
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static struct bucket *find(struct limiter *l, uint64_t key, int64_t full, int64_t now_ms)
{
    struct bucket *row = l->bucket[key % ROWS], *oldest = row;
    for (int i = 0; i < COLUMNS; i++) {
        if (row[i].key == key)
            return &row[i];
        if (row[i].at_ms < oldest->at_ms)
            oldest = &row[i];
    }
    *oldest = (struct bucket){.key = key, .at_ms = now_ms, .permits_ms = full};
    return oldest;
}

int limiter_take(struct limiter *l, const char *key, int per_min, int64_t now_ms)
{
    if (per_min <= 0)
        return 0;
    const int64_t full = (int64_t)per_min * 60000, one = 60000;
    int wait_s = 0;
    pthread_mutex_lock(&l->lock);
    struct bucket *b = find(l, hash_keyed(l->hash_key, key, strlen(key)) | 1, full, now_ms);
    /* per_min permits a minute are per_min units of 1/60000 a millisecond. */
    b->permits_ms += (now_ms - b->at_ms) * per_min;
    if (b->permits_ms > full)
        b->permits_ms = full;
    b->at_ms = now_ms;
    if (b->permits_ms >= one)
        b->permits_ms -= one;
    else
        wait_s = (int)((one - b->permits_ms) / per_min / 1000) + 1;
    pthread_mutex_unlock(&l->lock);
    return wait_s;
}

int limiter_spread_s(uint64_t n_waiting, uint64_t n_per_second)
{
    uint64_t spread = 2 + n_waiting / (n_per_second > MIN_PACE ? n_per_second : MIN_PACE);
    uint32_t draw = 0;
    (void)!getrandom(&draw, sizeof draw, 0);
    return 1 + (int)(draw % (spread < MAX_SPREAD_S ? spread : MAX_SPREAD_S));
}
