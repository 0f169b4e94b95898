/* SPDX-License-Identifier: Apache-2.0 */
/* How often somebody may ask: a bucket of permits for each key, filled evenly. One leaf lock. */
#ifndef YJ_CENTRAL_LIMIT_H
#define YJ_CENTRAL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;

/** @return owned by the caller */
struct limiter *limiter_new(void);
void limiter_free(struct limiter *l); /* accepts NULL */

/**
 * Take a permit. A minute's worth may be used at once.
 * @param key      who and what, at most 95 bytes ("enquiry 1101050001")
 * @param per_min  0: no limit
 * @param now_ms   monotonic
 * @return 0: go on; otherwise after how many seconds the next permit is there. Thread: any.
 */
int limiter_take(struct limiter *l, const char *key, int per_min, int64_t now_ms);

/**
 * After how long somebody who is turned away by an overloaded centre comes back: between 1 and
 * about the seconds it takes to serve everybody who is connected at the present pace, at random.
 * @param n_waiting     connections that are open
 * @param n_per_second  requests answered in the last second
 */
int limiter_spread_s(uint64_t n_waiting, uint64_t n_per_second);

#endif
