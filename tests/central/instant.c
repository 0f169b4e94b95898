/* SPDX-License-Identifier: Apache-2.0 */
/* Instants. Any thread. */
#define _DEFAULT_SOURCE /* timegm */
#include "instant.h"

#include <stdio.h>
#include <time.h>

int64_t instant_seconds(const char *text)
{
    struct tm tm = {0};
    if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                        &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return timegm(&tm);
}
