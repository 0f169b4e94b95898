/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of this instance, counted by address and status. One leaf lock. */
#ifndef YJ_CENTRAL_COUNTERS_H
#define YJ_CENTRAL_COUNTERS_H

#include <stdint.h>

struct counters;

struct counters *counters_new(void); /* owned by the caller */
void counters_free(struct counters *c);

/** @param route  a static string. Thread: any. */
void counters_add(struct counters *c, const char *route, int status, int64_t took_ms);

typedef void (*counters_fn)(void *arg, const char *route, int status, int64_t n, int64_t sum_ms);
/** Called for each pair that was ever seen. */
void counters_walk(struct counters *c, counters_fn fn, void *arg);

#endif
