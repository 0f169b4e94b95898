/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into pcscd: it looks for cards every 400 ms by sleeping in between; a tenth of that
 * does for tests. Thread: any. */
#define _GNU_SOURCE
#include <time.h>

enum { HURRY = 10 };

int nanosleep(const struct timespec *request, struct timespec *remain)
{
    long long ns = (request->tv_sec * 1000000000LL + request->tv_nsec) / HURRY;
    struct timespec t = {ns / 1000000000LL, (long)(ns % 1000000000LL)};

    return clock_nanosleep(CLOCK_MONOTONIC, 0, &t, remain) == 0 ? 0 : -1;
}
