/* SPDX-License-Identifier: Apache-2.0 */
/* Times that every driver keeps alike: how long it may sleep, how long it leaves a broken device
 * alone. Thread: any. Blocks: no. */
#ifndef YJ_DRIVERS_TIMING_H
#define YJ_DRIVERS_TIMING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { DRIVER_STEP_MAX_MS = 500 }; /* the most that step may return (driver.h) */

/** @return milliseconds until due_ms, 0..DRIVER_STEP_MAX_MS: what step returns. */
static inline int driver_sleep_ms(int64_t due_ms, int64_t now_ms)
{
    int64_t left_ms = due_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms > DRIVER_STEP_MAX_MS ? DRIVER_STEP_MAX_MS : (int)left_ms;
}

/**
 * The reopen ladder: 1, 2, 5, then 10 s each time.
 * @param n_failed  attempts that have failed in a row before this one
 */
static inline int driver_ladder_ms(size_t n_failed)
{
    static const int rungs_ms[] = {1000, 2000, 5000, 10000};
    return rungs_ms[n_failed < YJ_COUNT(rungs_ms) ? n_failed : YJ_COUNT(rungs_ms) - 1];
}

#endif
