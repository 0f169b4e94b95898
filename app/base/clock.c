/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks. Any thread. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC
#endif

static int64_t read_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

int64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

static struct clock_civil civil_from_tm(const struct tm *tm)
{
    return (struct clock_civil){tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday,
                                tm->tm_hour,        tm->tm_min,     tm->tm_sec};
}

struct clock_civil clock_civil_of(int64_t wall_ms)
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm;
    localtime_r(&t, &tm);
    return civil_from_tm(&tm);
}

void clock_rfc3339(int64_t wall_ms, char *buf, unsigned buf_bytes)
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&t, &tm);
    struct clock_civil c = civil_from_tm(&tm);
    snprintf(buf, buf_bytes, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
             c.minute, c.second);
}
