/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks. Loops read one now_ms a turn and pass it down; nobody below reads a clock. */
#ifndef YJ_BASE_CLOCK_H
#define YJ_BASE_CLOCK_H

#include <stdint.h>

/** @return milliseconds since boot, counting suspend (CLOCK_BOOTTIME). Thread: any. */
int64_t clock_mono_ms(void);

/** @return milliseconds since 1970 UTC. Only for what is stored or shown. Thread: any. */
int64_t clock_wall_ms(void);

/**
 * Local civil time of a wall clock value, "2026-11-23 09:41" style pieces.
 * @param wall_ms milliseconds since 1970 UTC
 */
struct clock_civil {
    int year, month, day, hour, minute, second; /* month and day count from 1 */
};
struct clock_civil clock_civil_of(int64_t wall_ms);

/** Write RFC 3339 UTC ("2026-11-23T01:41:07Z") into buf (at least 21 bytes). */
void clock_rfc3339(int64_t wall_ms, char *buf, unsigned buf_bytes);

#endif
