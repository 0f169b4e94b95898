/* SPDX-License-Identifier: Apache-2.0 */
/* Carrier for the calling process: the program's own ioctl() and close() win over every library's,
 * so libusb's calls arrive here as plain calls. Runs on libusb's caller's thread. */
#define _GNU_SOURCE
#include "usbemu_priv.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { FD_MAX = 1024 };

/* Found by C's own rules: these two are called by libusb, which knows nothing of us. */
int ioctl(int fd, unsigned long request, ...);
int close(int fd);

static _Atomic(struct usbemu_bus *) the_bus;
static _Atomic(struct opener *) openers[FD_MAX];

/* @return the opener of a file that is one of our nodes, else NULL */
static struct opener *opener_of(struct usbemu_bus *bus, int fd)
{
    char link[64], target[sizeof((struct usbemu_dev *)0)->backing];
    struct usbemu_dev *dev;
    struct opener *op = openers[fd];

    if (op != NULL)
        return op;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n <= 0)
        return NULL;
    target[n] = '\0';
    TAILQ_FOREACH(dev, &bus->devices, link)
    {
        if (!dev->is_plugged || strcmp(dev->backing, target) != 0)
            continue;
        op = mem_zalloc(1, sizeof *op);
        opener_init(op, dev);
        openers[fd] = op;
        return op;
    }
    return NULL;
}

static long direct_call(struct opener *op, unsigned long request, void *arg)
{
    struct usbfs_call call = {.request = request, .arg = arg};

    if (request == USBDEVFS_SUBMITURB) {
        call.submitted = mem_zalloc(1, sizeof *call.submitted);
        call.submitted->u = arg;
        call.submitted->buf = call.submitted->u->buffer;
        call.submitted->client_addr = (uintptr_t)arg;
    }
    long r = usbfs_ioctl(op, &call);
    if (call.submitted != NULL && r < 0)
        urb_free(call.submitted);
    if (call.reaped != NULL) {
        *(void **)arg = call.reaped->u;
        urb_free(call.reaped);
    }
    return r;
}

int ioctl(int fd, unsigned long request, ...)
{
    static int (*next)(int, unsigned long, ...);
    struct usbemu_bus *bus = the_bus;
    va_list ap;

    va_start(ap, request);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    if (bus != NULL && (request >> 8 & 0xff) == 'U' && fd >= 0 && fd < FD_MAX) {
        usbemu_lock();
        struct opener *op = opener_of(bus, fd);
        long r = op ? direct_call(op, request & 0xffffffff, arg) : 0;
        usbemu_unlock();
        if (op != NULL) {
            if (r < 0)
                errno = (int)-r;
            return r < 0 ? -1 : (int)r;
        }
    }
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "ioctl");
    return next(fd, request, arg);
}

int close(int fd)
{
    static int (*next)(int);

    if (the_bus != NULL && fd >= 0 && fd < FD_MAX && openers[fd] != NULL) {
        usbemu_lock();
        struct opener *op = openers[fd];
        openers[fd] = NULL;
        if (op != NULL) {
            opener_fini(op);
            free(op);
        }
        usbemu_unlock();
    }
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "close");
    return next(fd);
}

static void direct_start(struct usbemu_bus *bus)
{
    the_bus = bus;
}

static void direct_stop(struct usbemu_bus *bus)
{
    (void)bus;
    the_bus = NULL;
    for (int i = 0; i < FD_MAX; i++) {
        struct opener *op = openers[i];
        openers[i] = NULL;
        if (op != NULL) {
            opener_fini(op);
            free(op);
        }
    }
}

static void direct_detach(struct usbemu_dev *dev)
{
    node_remove(dev);
    sysfs_unpublish(dev);
}

const struct carrier_ops carrier_direct = {
    .has_testbed = true,
    .start = direct_start,
    .stop = direct_stop,
    .attach = node_make,
    .announce = sysfs_publish,
    .detach = direct_detach,
    .update = node_update,
};
