/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's news in a network namespace of its own: a link that comes up is told once it has
 * been quiet for a second, one that goes down is not. */
#define _GNU_SOURCE /* unshare */

#include "sync/net_watch.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "cunit_main.h"

static bool is_heard(const struct net_watch *w)
{
    struct pollfd p = {.fd = net_watch_fd(w), .events = POLLIN};
    return poll(&p, 1, 10000) == 1;
}

static void a_link_that_comes_up_is_told(void)
{
    struct err err = {0};
    struct net_watch *w = NULL;
    CU_ASSERT_EQUAL_FATAL(net_watch_open(&w, &err), 0);
    int64_t now_ms = clock_mono_ms();
    CU_ASSERT_FALSE(net_watch_take(w, now_ms));
    CU_ASSERT_EQUAL(net_watch_due_ms(w), INT64_MAX);
    CU_ASSERT_EQUAL(system("ip link set lo up"), 0);
    CU_ASSERT_TRUE(is_heard(w));
    CU_ASSERT_FALSE(net_watch_take(w, now_ms)); /* not quiet yet */
    CU_ASSERT_EQUAL(net_watch_due_ms(w), now_ms + NET_WATCH_QUIET_MS);
    CU_ASSERT_FALSE(net_watch_take(w, now_ms + NET_WATCH_QUIET_MS - 1));
    CU_ASSERT_TRUE(net_watch_take(w, now_ms + NET_WATCH_QUIET_MS));
    CU_ASSERT_FALSE(net_watch_take(w, now_ms + 2 * NET_WATCH_QUIET_MS)); /* once */
    CU_ASSERT_EQUAL(system("ip link set lo down"), 0);
    CU_ASSERT_TRUE(is_heard(w));
    CU_ASSERT_FALSE(net_watch_take(w, now_ms));
    CU_ASSERT_FALSE(net_watch_take(w, now_ms + 10 * NET_WATCH_QUIET_MS));
    net_watch_close(w);
}

static CU_TestInfo cases[] = {{"a link that comes up is told", a_link_that_comes_up_is_told},
                              CU_TEST_INFO_NULL};

static bool text_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    bool ok = f && fputs(text, f) >= 0;
    return f && fclose(f) == 0 && ok;
}

int main(void)
{
    char map[64];
    snprintf(map, sizeof map, "0 %u 1", (unsigned)geteuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 || !text_write("/proc/self/uid_map", map) ||
        system("ip link set lo up && ip link set lo down") != 0)
        return 77; /* not allowed here */
    return cunit_run("sync.net_watch", cases);
}
