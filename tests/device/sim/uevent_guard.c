/* SPDX-License-Identifier: Apache-2.0 */
/* umockdev aborts the emulator when a client's hot-plug socket is full, or vanishes while an event
 * is sent. A kernel drops the event and goes on: so do we, by standing in for the two calls it
 * makes. Source: umockdev 0.17.16 src/uevent_sender.c. Thread: any. */
#define _GNU_SOURCE
#include "usbemu_priv.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* long enough for a busy client, short enough not to hold up the other devices */
enum { FULL_WAIT_MS = 200 };

static atomic_bool is_losing;

void usbemu_lose_events(bool on)
{
    is_losing = on;
}

static bool is_event_socket(const struct sockaddr *addr, size_t n)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)(const void *)addr;

    if (addr == NULL || n < sizeof *un || addr->sa_family != AF_UNIX)
        return false;
    const char *slash = memrchr(un->sun_path, '/', strnlen(un->sun_path, sizeof un->sun_path));
    return slash != NULL && strncmp(slash, "/event", 6) == 0;
}

int connect(int fd, const struct sockaddr *addr, socklen_t n)
{
    static int (*next)(int, const struct sockaddr *, socklen_t);

    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "connect");
    int r = next(fd, addr, n);
    if (r < 0 && errno == ENOENT && is_event_socket(addr, n))
        errno = ECONNREFUSED; /* the one case umockdev passes over */
    return r;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
    static ssize_t (*next)(int, const struct msghdr *, int);

    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "sendmsg");
    if (is_losing && is_event_socket(msg->msg_name, sizeof(struct sockaddr_un)))
        return 0;
    ssize_t r = next(fd, msg, flags);
    if (r >= 0)
        return r;
    /* umockdev names the peer but leaves the length of the name at 0 */
    if (msg->msg_name == NULL || !is_event_socket(msg->msg_name, sizeof(struct sockaddr_un)))
        return r;
    if (errno == EAGAIN) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        (void)poll(&p, 1, FULL_WAIT_MS); /* the second try tells */
        r = next(fd, msg, flags);
        if (r >= 0)
            return r;
    }
    fprintf(stderr, "usbemu: hot-plug event lost: %s\n", strerror(errno));
    return 0;
}

void uevent_guard_link(void)
{
}
