/* SPDX-License-Identifier: Apache-2.0 */
/* The bus: testbed, plugging, unplugging. Thread: plug and unplug from any, also from a timer. */
#define _GNU_SOURCE
#include "usbemu_priv.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"

static pthread_mutex_t the_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

void usbemu_lock(void)
{
    pthread_mutex_lock(&the_lock);
}

void usbemu_unlock(void)
{
    pthread_mutex_unlock(&the_lock);
}

void usbemu_die(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fputs("usbemu: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    abort();
}

static void testbed_make(struct usbemu_bus *bus)
{
    const char *tmp = getenv("TMPDIR");

    uevent_guard_link();
    if (tmp != NULL &&
        strlen(tmp) > 60) /* the sockets in it have paths of at most 107 characters */
        setenv("TMPDIR", "/tmp", 1);
    bus->testbed = umockdev_testbed_new();
    if (!umockdev_in_mock_environment())
        usbemu_die("libumockdev-preload is not in front of libc");
    bus->root = umockdev_testbed_get_root_dir(bus->testbed);
}

struct usbemu_bus *bus_new(const struct carrier_ops *carrier)
{
    struct usbemu_bus *bus = mem_zalloc(1, sizeof *bus);
    sigset_t all, old;

    bus->carrier = carrier;
    bus->last_devnum = 1;
    TAILQ_INIT(&bus->devices);
    /* our threads must not take the program's signals */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (carrier->has_testbed)
        testbed_make(bus);
    bus->timers = timer_queue_new();
    carrier->start(bus);
    if (carrier->has_testbed)
        sysfs_hub(bus);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return bus;
}

struct usbemu_bus *usbemu_bus_new(enum usbemu_carrier carrier)
{
    return bus_new(carrier == USBEMU_SOCKET ? &carrier_socket : &carrier_direct);
}

void usbemu_bus_free(struct usbemu_bus *bus)
{
    struct usbemu_dev *dev;
    struct opener *op;

    if (bus == NULL)
        return;
    TAILQ_FOREACH(dev, &bus->devices, link)
    usbemu_unplug(dev);
    timer_queue_free(bus->timers); /* a running timer may hold the lock */
    usbemu_lock();
    bus->carrier->stop(bus);
    while ((dev = TAILQ_FIRST(&bus->devices)) != NULL) {
        while ((op = TAILQ_FIRST(&dev->openers)) != NULL)
            opener_fini(op);
        for (int i = 0; i < USBEMU_ENDPOINTS; i++)
            ep_drop_packets(&dev->ep[i]);
        TAILQ_REMOVE(&bus->devices, dev, link);
        free(dev);
    }
    usbemu_unlock();
    g_clear_object(&bus->testbed);
    g_clear_object(&bus->handler);
    g_free(bus->root);
    free(bus);
}

struct usbemu_dev *usbemu_dev_new(struct usbemu_bus *bus, const struct usbemu_desc *desc,
                                  const struct usbemu_ops *ops, void *model)
{
    struct usbemu_dev *dev = mem_zalloc(1, sizeof *dev);

    dev->bus = bus;
    dev->desc = desc;
    dev->ops = ops;
    dev->model = model;
    dev->ptm = dev->pts = -1;
    TAILQ_INIT(&dev->openers);
    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        TAILQ_INIT(&dev->ep[i].urbs);
        STAILQ_INIT(&dev->ep[i].packets);
    }
    snprintf(dev->syspath, sizeof dev->syspath, USBEMU_SYS_BUS "/%s", desc->port);
    usbemu_lock();
    TAILQ_INSERT_TAIL(&bus->devices, dev, link);
    usbemu_unlock();
    return dev;
}

struct usbemu_dev *bus_find_dev(struct usbemu_bus *bus, int devnum)
{
    struct usbemu_dev *dev;

    TAILQ_FOREACH(dev, &bus->devices, link)
    if (dev->is_plugged && dev->devnum == devnum)
        return dev;
    return NULL;
}

static void dev_power_on(struct usbemu_dev *dev)
{
    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        struct endpoint *ep = &dev->ep[i];
        ep_drop_packets(ep);
        ep->is_halted = ep->is_held = false;
        ep->fail_transfer = ep->fail_submit = 0;
    }
    dev_settings_reset(dev);
}

void usbemu_plug(struct usbemu_dev *dev)
{
    struct usbemu_bus *bus = dev->bus;

    usbemu_lock();
    if (dev->is_plugged) {
        usbemu_unlock();
        return;
    }
    do
        bus->last_devnum = bus->last_devnum < USBEMU_DEVNUM_MAX ? bus->last_devnum + 1 : 2;
    while (bus_find_dev(bus, bus->last_devnum) != NULL);
    dev->devnum = bus->last_devnum;
    dev->plugging++;
    snprintf(dev->node, sizeof dev->node, "/dev/bus/usb/001/%03d", dev->devnum);
    dev_power_on(dev);
    dev->is_plugged = true;
    bus->carrier->attach(dev);
    if (dev->ops->plugged)
        dev->ops->plugged(dev->model);
    bus->carrier->announce(dev);
    usbemu_unlock();
}

void usbemu_unplug(struct usbemu_dev *dev)
{
    usbemu_lock();
    if (!dev->is_plugged) {
        usbemu_unlock();
        return;
    }
    dev->is_plugged = false;
    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        struct urb *urb;
        while ((urb = TAILQ_FIRST(&dev->ep[i].urbs)) != NULL) {
            TAILQ_REMOVE(&dev->ep[i].urbs, urb, link);
            urb_complete(dev, urb, -ESHUTDOWN);
        }
        ep_drop_packets(&dev->ep[i]);
    }
    dev->bus->carrier->detach(dev);
    for (int i = 0; i < USBEMU_INTERFACES; i++)
        if (dev->iface[i].owner != NULL) {
            dev->iface[i].owner = NULL;
            if (dev->ops->claimed)
                dev->ops->claimed(dev->model, i, false);
        }
    if (dev->ops->unplugged)
        dev->ops->unplugged(dev->model);
    usbemu_unlock();
}

bool usbemu_is_plugged(const struct usbemu_dev *dev)
{
    usbemu_lock();
    bool is_plugged = dev->is_plugged;
    usbemu_unlock();
    return is_plugged;
}

bool usbemu_is_claimed(const struct usbemu_dev *dev, int ifno)
{
    usbemu_lock();
    bool is_claimed = dev->is_plugged && dev->iface[ifno].owner != NULL;
    usbemu_unlock();
    return is_claimed;
}

unsigned usbemu_n_claims(const struct usbemu_dev *dev)
{
    usbemu_lock();
    unsigned n = dev->n_claims;
    usbemu_unlock();
    return n;
}

void usbemu_after(struct usbemu_dev *dev, double ms, usbemu_timer_fn fn, uintptr_t arg)
{
    timer_add(dev->bus->timers, dev, ms, fn, arg, false);
}

void usbemu_after_keep(struct usbemu_dev *dev, double ms, usbemu_timer_fn fn, uintptr_t arg)
{
    timer_add(dev->bus->timers, dev, ms, fn, arg, true);
}
