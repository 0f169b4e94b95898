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

#define SYS_BUS "/sys/devices/pci0000:00/0000:00:14.0/usb1"

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

/* Put a device into sysfs; umockdev then sends the "add" event. Without an "N:" line, which would
 * make umockdev put a plain file where our node is. */
static void publish(struct usbemu_bus *bus, const char *syspath, int devnum,
                    const struct usbemu_desc *desc)
{
    const uint8_t *d = desc->descriptors;
    unsigned vid = bytes_le16(d + 8), pid = bytes_le16(d + 10), release = bytes_le16(d + 12);
    char *hex = mem_zalloc(2, desc->descriptors_bytes + 1);
    GError *error = NULL;

    bytes_hex(d, desc->descriptors_bytes, hex);
    char *upper = g_ascii_strup(hex, -1);
    char *text = g_strdup_printf(
        "P: %s\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DRIVER=usb\n"
        "E: BUSNUM=001\nE: DEVNUM=%03d\nE: DEVNAME=/dev/bus/usb/001/%03d\nE: MAJOR=189\n"
        "E: MINOR=%d\nE: PRODUCT=%x/%x/%x\nE: ID_VENDOR_ID=%04x\nE: ID_MODEL_ID=%04x\n"
        "A: dev=189:%d\\n\nA: busnum=1\\n\nA: devnum=%d\\n\nA: speed=%d\\n\n"
        "A: bConfigurationValue=1\\n\nA: idVendor=%04x\\n\nA: idProduct=%04x\\n\n"
        "A: bNumConfigurations=1\\n\nH: descriptors=%s\n",
        syspath + strlen("/sys"), devnum, devnum, devnum - 1, vid, pid, release, vid, pid,
        devnum - 1, devnum, desc->speed_mbit, vid, pid, upper);
    if (!umockdev_testbed_add_from_string(bus->testbed, text, &error))
        usbemu_die("%s: %s", syspath, error->message);
    g_free(text);
    g_free(upper);
    free(hex);
}

static const uint8_t hub_descriptors[] = {
    18, 1, 0x00, 2, 9, 0, 1,  64,   0x6b, 0x1d, 2, 0, 1, 6, 3, 2, 1, 1, /* device */
    9,  2, 25,   0, 1, 1, 0,  0xe0, 0,                                  /* configuration */
    9,  4, 0,    0, 1, 9, 0,  0,    0,                                  /* interface */
    7,  5, 0x81, 3, 4, 0, 12,                                           /* endpoint */
};
static const struct usbemu_desc hub = {
    .descriptors = hub_descriptors, .descriptors_bytes = sizeof hub_descriptors, .speed_mbit = 480};

struct usbemu_bus *usbemu_bus_new(enum usbemu_carrier carrier)
{
    struct usbemu_bus *bus = mem_zalloc(1, sizeof *bus);
    const char *tmp = getenv("TMPDIR");
    sigset_t all, old;

    uevent_guard_link();
    bus->carrier = carrier;
    bus->last_devnum = 1;
    TAILQ_INIT(&bus->devices);
    if (tmp != NULL &&
        strlen(tmp) > 60) /* the sockets in it have paths of at most 107 characters */
        setenv("TMPDIR", "/tmp", 1);
    /* our threads must not take the program's signals */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bus->testbed = umockdev_testbed_new();
    if (!umockdev_in_mock_environment())
        usbemu_die("libumockdev-preload is not in front of libc");
    bus->root = umockdev_testbed_get_root_dir(bus->testbed);
    bus->timers = timer_queue_new();
    if (carrier == USBEMU_SOCKET)
        carrier_socket_start(bus);
    else
        carrier_direct_start(bus);
    publish(bus, SYS_BUS, 1, &hub);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return bus;
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
    if (bus->carrier == USBEMU_SOCKET)
        carrier_socket_stop(bus);
    else
        carrier_direct_stop(bus);
    while ((dev = TAILQ_FIRST(&bus->devices)) != NULL) {
        while ((op = TAILQ_FIRST(&dev->openers)) != NULL)
            opener_fini(op);
        for (int i = 0; i < USBEMU_ENDPOINTS; i++)
            ep_drop_packets(&dev->ep[i]);
        TAILQ_REMOVE(&bus->devices, dev, link);
        free(dev);
    }
    usbemu_unlock();
    g_object_unref(bus->testbed);
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
    snprintf(dev->syspath, sizeof dev->syspath, SYS_BUS "/%s", desc->port);
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

/* Read endpoints and interfaces from the descriptors, everything else as after power-on. */
static void dev_power_on(struct usbemu_dev *dev)
{
    const uint8_t *d = dev->desc->descriptors;
    int ifno = 0;

    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        struct endpoint *ep = &dev->ep[i];
        ep_drop_packets(ep);
        ep->is_halted = ep->is_held = false;
        ep->fail_transfer = ep->fail_submit = 0;
    }
    dev->n_interfaces = 0;
    for (size_t i = 18; i + 1 < dev->desc->descriptors_bytes && d[i] > 0; i += d[i]) {
        if (d[i + 1] == 4 && d[i + 2] < USBEMU_INTERFACES) {
            ifno = d[i + 2];
            dev->n_interfaces = ifno + 1 > dev->n_interfaces ? ifno + 1 : dev->n_interfaces;
        } else if (d[i + 1] == 5) {
            ep_of(dev, d[i + 2])->wMaxPacketSize = bytes_le16(d + i + 4) & 0x7ff;
            ep_of(dev, d[i + 2])->ifno = ifno;
        }
    }
    for (int i = 0; i < USBEMU_INTERFACES; i++)
        dev->iface[i] = (struct iface){.driver = dev->desc->kernel_driver[i]};
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
    if (bus->carrier == USBEMU_SOCKET)
        carrier_socket_attach(dev);
    node_make(dev);
    if (dev->ops->plugged)
        dev->ops->plugged(dev->model);
    publish(bus, dev->syspath, dev->devnum, dev->desc);
    usbemu_unlock();
}

/* umockdev 0.17.16 looks for this link under a name with a newline and so leaves it; the number's
 * next device would then find it in its way. */
static void unpublish(struct usbemu_dev *dev)
{
    char *link = g_strdup_printf("%s/sys/dev/char/189:%d", dev->bus->root, dev->devnum - 1);

    umockdev_testbed_uevent(dev->bus->testbed, dev->syspath, "remove");
    umockdev_testbed_remove_device(dev->bus->testbed, dev->syspath);
    unlink(link);
    g_free(link);
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
    if (dev->bus->carrier == USBEMU_SOCKET)
        carrier_socket_detach(dev);
    node_remove(dev);
    unpublish(dev);
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
