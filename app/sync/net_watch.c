/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's messages about links, addresses and routes. Thread: outbox. */
#define _DEFAULT_SOURCE /* net/if.h: IFF_LOWER_UP */

#include "sync/net_watch.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

struct net_watch {
    int fd;
    int64_t due_ms; /* INT64_MAX: nothing to tell */
};

int net_watch_open(struct net_watch **ret, struct err *err)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK,
                                  .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
                                               RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
                                               RTMGRP_IPV6_ROUTE};
    YJ_CLEANUP(cleanup_close)
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return ERR(err, ERR_SYSTEM, "no news about the network: errno %d", errno);
    struct net_watch *w = mem_zalloc(1, sizeof *w);
    w->fd = fd;
    w->due_ms = INT64_MAX;
    fd = -1; /* owned by w now */
    *ret = w;
    return 0;
}

void net_watch_close(struct net_watch *w)
{
    if (!w)
        return;
    close(w->fd);
    free(w);
}

int net_watch_fd(const struct net_watch *w)
{
    return w ? w->fd : -1;
}

/* Something that may have opened a way to the centre. */
static bool is_better(const struct nlmsghdr *h)
{
    if (h->nlmsg_type == RTM_NEWADDR || h->nlmsg_type == RTM_NEWROUTE)
        return true;
    if (h->nlmsg_type != RTM_NEWLINK || h->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifinfomsg)))
        return false;
    const struct ifinfomsg *link = (const void *)((const char *)h + NLMSG_HDRLEN);
    return (link->ifi_flags & IFF_UP) && (link->ifi_flags & IFF_RUNNING);
}

bool net_watch_take(struct net_watch *w, int64_t now_ms)
{
    _Alignas(struct nlmsghdr) char buffer[8192];
    struct sockaddr_nl from;
    if (!w)
        return false;
    for (;;) {
        socklen_t from_bytes = sizeof from;
        ssize_t n =
            recvfrom(w->fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &from_bytes);
        if (n < 0 && errno == ENOBUFS) { /* more was said than fits: that is a change */
            w->due_ms = now_ms + NET_WATCH_QUIET_MS;
            continue;
        }
        if (n <= 0)
            break;
        if (from.nl_pid != 0)
            continue; /* not the kernel */
        int left = (int)n;
        for (struct nlmsghdr *h = (void *)buffer; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
            if (is_better(h))
                w->due_ms = now_ms + NET_WATCH_QUIET_MS;
    }
    if (now_ms < w->due_ms)
        return false;
    w->due_ms = INT64_MAX;
    return true;
}

int64_t net_watch_due_ms(const struct net_watch *w)
{
    return w ? w->due_ms : INT64_MAX;
}
