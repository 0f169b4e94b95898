/* SPDX-License-Identifier: Apache-2.0 */
/* After an outage everybody has records to hand over: how many each may send in a minute, so that
 * all of them together stay below what the centre is set to. One leaf lock. */
#ifndef YJ_CENTRAL_DRAIN_H
#define YJ_CENTRAL_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

struct drain;

/** @param total_per_min  over all terminals, 0: no bound. @return owned by the caller */
struct drain *drain_new(int total_per_min);
void drain_free(struct drain *d); /* accepts NULL */

/**
 * A terminal has told how many records wait there; what is its share?
 * @param now_ms       monotonic
 * @return records and attachments a minute, 1..60000; 0: no bound. Thread: any.
 */
int drain_share(struct drain *d, const char *terminal, int64_t waiting, int64_t now_ms);

/** Terminals that wait, as told in the last two minutes. */
int drain_count(struct drain *d, int64_t now_ms);

#endif
