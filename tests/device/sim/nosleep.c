/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into clients: umockdev ends each emulated ioctl with usleep(0), which costs the timer's
 * slack; yielding is all it wants. Thread: any. */
#define _GNU_SOURCE
#include <sched.h>
#include <time.h>
#include <unistd.h>

int usleep(useconds_t us)
{
    if (us == 0)
        return sched_yield();
    struct timespec t = {us / 1000000, (long)(us % 1000000) * 1000};
    return nanosleep(&t, NULL);
}
