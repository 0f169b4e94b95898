/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels only: sleeps in poll() on an eventfd, touches come from display_inject. Main thread,
 * except wake. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "ui/sdl/display_priv.h"

struct memory {
    int wake_fd;
};

static int memory_open(struct display *d, const struct display_cfg *cfg, struct err *err)
{
    (void)cfg; /* needs nothing but the surface */
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return ERR(err, ERR_UI_DISPLAY, "eventfd: %s", strerror(errno));
    struct memory *m = mem_zalloc(1, sizeof *m);
    m->wake_fd = fd;
    d->backend = m;
    return 0;
}

static void memory_close(struct display *d)
{
    struct memory *m = d->backend;
    if (m)
        close(m->wake_fd);
    free(m);
}

static void memory_present(struct display *d, const struct surface *px, const struct rect *rects,
                           int n_rects)
{
    (void)d;
    (void)px; /* the surface is the picture */
    (void)rects;
    (void)n_rects;
}

static bool memory_wait(struct display *d, int timeout_ms, struct display_event *ret)
{
    struct memory *m = d->backend;
    struct pollfd p = {.fd = m->wake_fd, .events = POLLIN};
    if (poll(&p, 1, timeout_ms) <= 0)
        return false;
    uint64_t count = 0;
    if (read(m->wake_fd, &count, sizeof count) != (ssize_t)sizeof count)
        return false;
    ret->kind = DISPLAY_WAKE;
    return true;
}

static void memory_wake(struct display *d)
{
    struct memory *m = d->backend;
    uint64_t one = 1;
    /* a full counter means that a wake is pending already */
    if (write(m->wake_fd, &one, sizeof one) < 0)
        return;
}

const struct display_ops display_memory_ops = {
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .present = memory_present,
    .wait = memory_wait,
    .wake = memory_wake,
};
