/* SPDX-License-Identifier: Apache-2.0 */
/* Carrier for client processes: umockdev's preloaded library sends their ioctls over a socket.
 * Runs on the testbed's worker thread. Client memory is fetched before the lock is taken, so a
 * stopped client holds up its own ioctls only. */
#include "usbemu_priv.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define OPENER_KEY "usbemu-opener"

/* The client's end: closed, exited or killed inside an ioctl. */
static void opener_drop(UMockdevIoctlClient *client)
{
    struct opener *op;

    usbemu_lock();
    op = g_object_steal_data(G_OBJECT(client), OPENER_KEY);
    if (op != NULL) {
        opener_fini(op);
        free(op);
    }
    usbemu_unlock();
}

static void on_connected(GObject *client, GParamSpec *spec, gpointer arg)
{
    (void)spec;
    (void)arg;
    if (!umockdev_ioctl_client_get_connected(UMOCKDEV_IOCTL_CLIENT((gpointer)client)))
        opener_drop(UMOCKDEV_IOCTL_CLIENT((gpointer)client));
}

/* Runs when the client object dies without having been told (killed within an ioctl). */
static void on_opener_forgotten(gpointer arg)
{
    struct opener *op = arg;

    usbemu_lock();
    opener_fini(op);
    free(op);
    usbemu_unlock();
}

/* The opener is bound to its device by the first ioctl, which libusb issues right after open. */
static struct opener *opener_of(struct usbemu_bus *bus, UMockdevIoctlClient *client)
{
    struct opener *op = g_object_get_data(G_OBJECT(client), OPENER_KEY);
    const char *slash = strrchr(umockdev_ioctl_client_get_devnode(client), '/');
    struct usbemu_dev *dev;

    if (op != NULL)
        return op;
    dev = slash ? bus_find_dev(bus, (int)strtol(slash + 1, NULL, 10)) : NULL;
    if (dev == NULL)
        return NULL;
    op = mem_zalloc(1, sizeof *op);
    opener_init(op, dev);
    g_object_set_data_full(G_OBJECT(client), OPENER_KEY, op, on_opener_forgotten);
    g_signal_connect(client, "notify::connected", G_CALLBACK(on_connected), NULL);
    return op;
}

/* Fetch the transfer and its buffer. @return NULL when the client is no more */
static struct urb *urb_fetch(UMockdevIoctlData *arg, uintptr_t client_addr)
{
    struct usbdevfs_urb *u = (struct usbdevfs_urb *)(void *)arg->data;
    struct urb *urb = mem_zalloc(1, sizeof *urb);

    urb->client_addr = client_addr;
    urb->keep_urb = g_object_ref(arg);
    urb->u = u;
    if (u->buffer_length > 0) {
        UMockdevIoctlData *buf = umockdev_ioctl_data_resolve(
            arg, offsetof(struct usbdevfs_urb, buffer), (size_t)u->buffer_length, NULL);
        if (buf == NULL) {
            urb_free(urb);
            return NULL;
        }
        urb->keep_buf = buf;
        urb->buf = buf->data;
    }
    return urb;
}

static gboolean on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer arg)
{
    struct usbemu_bus *bus = arg;
    UMockdevIoctlData *root = umockdev_ioctl_client_get_arg(client), *data = NULL;
    uintptr_t client_addr = *(uintptr_t *)(void *)root->data;
    struct usbfs_call call = {.request = umockdev_ioctl_client_get_request(client)};
    size_t n = usbfs_arg_bytes(call.request);
    long result = -EFAULT;

    (void)handler;
    if (n > 0) {
        data = umockdev_ioctl_data_resolve(root, 0, n, NULL);
        if (data == NULL)
            goto done;
        call.arg = data->data;
    } else {
        memcpy(&call.arg, &client_addr, sizeof call.arg);
    }
    if (call.request == USBDEVFS_SUBMITURB) {
        call.submitted = urb_fetch(data, client_addr);
        if (call.submitted == NULL)
            goto done;
    }
    usbemu_lock();
    struct opener *op = opener_of(bus, client);
    result = op ? usbfs_ioctl(op, &call) : -ENODEV;
    if (call.submitted != NULL && result < 0)
        urb_free(call.submitted);
    usbemu_unlock();
    if (call.reaped != NULL) { /* what the device wrote goes back with the answer */
        umockdev_ioctl_data_set_ptr(data, 0, call.reaped->keep_urb);
        urb_free(call.reaped);
    }
done:
    umockdev_ioctl_client_complete(client, result < 0 ? -1 : result, result < 0 ? (int)-result : 0);
    g_clear_object(&data);
    return TRUE;
}

/* umockdev complains of every client that died within an ioctl; here that is daily business. */
static void on_log(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer arg)
{
    if (strstr(text, "Destroying IoctlClient with open stream") == NULL)
        g_log_default_handler(domain, level, text, arg);
}

static void socket_start(struct usbemu_bus *bus)
{
    g_log_set_handler(NULL, G_LOG_LEVEL_CRITICAL, on_log, NULL);
    bus->handler = umockdev_ioctl_base_new();
    g_signal_connect(bus->handler, "handle-ioctl", G_CALLBACK(on_ioctl), bus);
}

static void socket_stop(struct usbemu_bus *bus)
{
    g_signal_handlers_disconnect_by_data(bus->handler, bus);
}

static void socket_attach(struct usbemu_dev *dev)
{
    GError *error = NULL;

    if (!umockdev_testbed_attach_ioctl(dev->bus->testbed, dev->node, dev->bus->handler, &error))
        usbemu_die("%s: %s", dev->node, error ? error->message : "attach");
    node_make(dev);
}

static void socket_detach(struct usbemu_dev *dev)
{
    umockdev_testbed_detach_ioctl(dev->bus->testbed, dev->node, NULL);
    node_remove(dev);
    sysfs_unpublish(dev);
}

const struct carrier_ops carrier_socket = {
    .has_testbed = true,
    .has_session = true,
    .start = socket_start,
    .stop = socket_stop,
    .attach = socket_attach,
    .announce = sysfs_publish,
    .detach = socket_detach,
    .update = node_update,
};
