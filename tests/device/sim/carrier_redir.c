/* SPDX-License-Identifier: Apache-2.0 */
/* Devices for QEMU guests over the USB redirection protocol: sockets, and guests that come and go.
 * A thread of its own, which holds the lock of usbemu.h but in poll(). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "carrier_redir_priv.h"

struct redir {
    struct peer peer[REDIR_PEERS_MAX];
    size_t n_peers;
    pthread_t thread;
    int wake[2];
    bool is_stopping;
};

static struct peer *peer_of(struct usbemu_dev *dev)
{
    return dev->carrier_data;
}

static void thread_wake(struct redir *r)
{
    ssize_t n = write(r->wake[1], "", 1);
    (void)n; /* a full pipe wakes as well */
}

/* ---- telling the guest what there is ------------------------------------------------------- */

static void send_interfaces(struct peer *p)
{
    struct usb_redir_interface_info_header h = {0};
    struct usbemu_dev *dev = p->dev;
    size_t n = 0;
    const uint8_t *c = desc_configuration(dev->desc, 0, &n);

    for (unsigned i = 1; c != NULL && c[5] != dev->configuration; i++)
        c = desc_configuration(dev->desc, i, &n);
    for (size_t i = 0; c != NULL && i + 1 < n && c[i] > 0; i += c[i]) {
        if (c[i + 1] != 4 || c[i + 2] >= USBEMU_INTERFACES ||
            dev->iface[c[i + 2]].alt != c[i + 3] || h.interface_count == USBEMU_INTERFACES)
            continue;
        h.interface[h.interface_count] = c[i + 2];
        h.interface_class[h.interface_count] = c[i + 5];
        h.interface_subclass[h.interface_count] = c[i + 6];
        h.interface_protocol[h.interface_count++] = c[i + 7];
    }
    usbredirparser_send_interface_info(p->parser, &h);
}

static void send_endpoints(struct peer *p)
{
    struct usb_redir_ep_info_header h = {0};

    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        const struct endpoint *ep = &p->dev->ep[i];
        bool is_there = ep->wMaxPacketSize > 0;
        h.type[i] = i % 16 == 0 ? usb_redir_type_control
                    : is_there  ? ep->type
                                : usb_redir_type_invalid;
        h.interval[i] = ep->interval;
        h.interface[i] = (uint8_t)(is_there ? ep->ifno : 0);
        h.max_packet_size[i] = i % 16 == 0 ? 64 : ep->wMaxPacketSize;
    }
    usbredirparser_send_ep_info(p->parser, &h);
}

void guest_send_settings(struct peer *p)
{
    send_interfaces(p);
    send_endpoints(p);
}

void guest_flush(struct peer *p)
{
    if (p->parser && usbredirparser_has_data_to_write(p->parser) &&
        (usbredirparser_do_write(p->parser) < 0 || usbredirparser_has_data_to_write(p->parser)))
        thread_wake(p->dev->bus->carrier_data); /* the thread waits for room, or sees the end */
}

void guest_connect(struct peer *p)
{
    const uint8_t *d = p->dev->desc->descriptors;
    struct usb_redir_device_connect_header h = {
        .speed = p->dev->desc->speed_mbit >= 480 ? usb_redir_speed_high : usb_redir_speed_full,
        .device_class = d[4],
        .device_subclass = d[5],
        .device_protocol = d[6],
        .vendor_id = bytes_le16(d + 8),
        .product_id = bytes_le16(d + 10),
        .device_version_bcd = bytes_le16(d + 12),
    };

    if (!p->is_greeted || p->is_connected || !p->dev->is_plugged)
        return;
    for (int i = 0; i < USBEMU_INTERFACES; i++)
        p->dev->iface[i].driver = NULL; /* drivers are the guest's affair */
    memset(p->n_errors_left, 0, sizeof p->n_errors_left);
    opener_init(&p->opener, p->dev);
    p->has_opener = p->is_connected = true;
    guest_send_settings(p);
    usbredirparser_send_device_connect(p->parser, &h);
    guest_flush(p);
}

static void opener_drop(struct peer *p)
{
    if (p->has_opener)
        opener_fini(&p->opener);
    p->has_opener = false;
}

/* ---- guests come and go -------------------------------------------------------------------- */

static void guest_accept(struct peer *p)
{
    int fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0 || p->fd >= 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    p->fd = fd;
    guest_parser_make(p);
    guest_flush(p);
}

static void guest_drop(struct peer *p)
{
    opener_drop(p);
    if (p->parser)
        usbredirparser_destroy(p->parser);
    p->parser = NULL;
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    p->is_greeted = p->is_connected = false;
}

static void peer_serve(struct peer *p, short listener_events, short events)
{
    if (listener_events & POLLIN)
        guest_accept(p);
    if (p->fd < 0 || events == 0)
        return;
    if (events & (POLLIN | POLLHUP | POLLERR) && usbredirparser_do_read(p->parser) != 0) {
        guest_drop(p);
        return;
    }
    if (usbredirparser_has_data_to_write(p->parser) && usbredirparser_do_write(p->parser) < 0)
        guest_drop(p);
}

static void *redir_main(void *arg)
{
    struct redir *r = arg;
    struct pollfd f[2 * REDIR_PEERS_MAX + 1];

    usbemu_lock();
    while (!r->is_stopping) {
        size_t n = r->n_peers;
        char bytes[64];
        for (size_t i = 0; i < n; i++) {
            struct peer *p = &r->peer[i];
            bool wants_out = p->parser && usbredirparser_has_data_to_write(p->parser);
            f[2 * i] = (struct pollfd){.fd = p->listener, .events = POLLIN};
            f[2 * i + 1] =
                (struct pollfd){.fd = p->fd, .events = (short)(POLLIN | (wants_out ? POLLOUT : 0))};
        }
        f[2 * n] = (struct pollfd){.fd = r->wake[0], .events = POLLIN};
        usbemu_unlock();
        int ready = poll(f, 2 * n + 1, -1);
        usbemu_lock();
        if (ready <= 0)
            continue;
        if (f[2 * n].revents)
            while (read(r->wake[0], bytes, sizeof bytes) > 0)
                ;
        for (size_t i = 0; i < n; i++)
            peer_serve(&r->peer[i], f[2 * i].revents, f[2 * i + 1].revents);
    }
    usbemu_unlock();
    return NULL;
}

/* ---- carrier ------------------------------------------------------------------------------- */

static void redir_start(struct usbemu_bus *bus)
{
    struct redir *r = mem_zalloc(1, sizeof *r);

    bus->carrier_data = r;
    if (pipe2(r->wake, O_CLOEXEC | O_NONBLOCK) < 0 ||
        pthread_create(&r->thread, NULL, redir_main, r) != 0)
        usbemu_die("no thread for the guests");
}

/* Called with the lock held once; the thread must be able to take it. */
static void redir_stop(struct usbemu_bus *bus)
{
    struct redir *r = bus->carrier_data;

    r->is_stopping = true;
    thread_wake(r);
    usbemu_unlock();
    pthread_join(r->thread, NULL);
    usbemu_lock();
    for (size_t i = 0; i < r->n_peers; i++) {
        guest_drop(&r->peer[i]);
        close(r->peer[i].listener);
    }
    close(r->wake[0]);
    close(r->wake[1]);
    free(r);
}

static void redir_attach(struct usbemu_dev *dev)
{
    (void)dev;
}

static void redir_announce(struct usbemu_dev *dev)
{
    if (peer_of(dev))
        guest_connect(peer_of(dev));
}

static void redir_detach(struct usbemu_dev *dev)
{
    struct peer *p = peer_of(dev);

    if (p == NULL)
        return;
    opener_drop(p);
    if (p->is_connected)
        usbredirparser_send_device_disconnect(p->parser);
    p->is_connected = false;
    guest_flush(p);
}

static const struct carrier_ops carrier_redir = {
    .start = redir_start,
    .stop = redir_stop,
    .attach = redir_attach,
    .announce = redir_announce,
    .detach = redir_detach,
    .update = redir_update,
};

struct usbemu_bus *usbemu_bus_new_redir(void)
{
    return bus_new(&carrier_redir);
}

int usbemu_redir_serve(struct usbemu_dev *dev, const char *path)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    struct redir *r = dev->bus->carrier_data;
    size_t n = strlen(path);

    if (n >= sizeof addr.sun_path || r->n_peers == REDIR_PEERS_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(addr.sun_path, path, n + 1);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(fd, 1) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    usbemu_lock();
    struct peer *p = &r->peer[r->n_peers++];
    *p = (struct peer){.dev = dev, .listener = fd, .fd = -1};
    dev->carrier_data = p;
    usbemu_unlock();
    thread_wake(r);
    return 0;
}
