/* SPDX-License-Identifier: Apache-2.0 */
/* The bus: libusb's context, hot-plug, finding, opening and closing a device.
 * Thread: the driver's.
 *
 * libusb learns of devices from the kernel's messages. A message can be lost (the socket's buffer
 * is full), and libusb would not know of the device until the next message about it. Therefore an
 * attempt to open that finds nothing compares libusb's list with sysfs; when sysfs has more, a
 * context of its own reads the bus anew, and takes the place of the first when it sees a device of
 * ours. A lost message of leaving needs nothing: the kernel ends the file of a device that has
 * gone. */
#include "drivers/transport/usb_priv.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* How often in a row a device may not be configured yet; each try is a driver's turn (≤ 500 ms). */
enum { MAX_UNREADY = 10 };

/* ---- context and hot-plug ------------------------------------------------------------------- */

/* libusb forbids I/O in here, so it only takes notes. */
static int LIBUSB_CALL on_hotplug(libusb_context *ctx, libusb_device *device,
                                  libusb_hotplug_event event, void *arg)
{
    struct usb *u = arg;
    (void)ctx;
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED)
        u->has_arrived = true;
    else if (u->handle && libusb_get_device(u->handle) == device)
        u->is_gone = true;
    return 0;
}

/* Put a context, or none, in the place of the one before. */
static void context_replace(struct usb *u, libusb_context *next)
{
    libusb_context *old = atomic_exchange(&u->ctx, next);
    if (!old)
        return;
    while (atomic_load(&u->n_wakers) > 0)
        (void)sched_yield(); /* who still has the old one only writes to an eventfd */
    if (u->has_hotplug)
        libusb_hotplug_deregister_callback(old, u->hotplug);
    u->has_hotplug = false;
    libusb_exit(old);
}

void usb_context_leave(struct usb *u)
{
    context_replace(u, NULL);
}

static void context_take(struct usb *u, libusb_context *fresh)
{
    context_replace(u, fresh);
    u->has_hotplug =
        libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) &&
        libusb_hotplug_register_callback(
            fresh, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
            LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            on_hotplug, u, &u->hotplug) == LIBUSB_SUCCESS;
    u->is_ctx_fresh = true;
    u->is_deaf = false;
    u->n_bad_turns = 0;
}

int usb_context_renew(struct usb *u)
{
    libusb_context *fresh = NULL;
    int r = libusb_init(&fresh);
    if (r == 0)
        context_take(u, fresh);
    return r;
}

bool usb_has_arrival(struct usb *u)
{
    return u->has_arrived;
}

/* ---- opening -------------------------------------------------------------------------------- */

static void interface_fill(struct usb_interface *out, const struct libusb_interface_descriptor *in)
{
    memset(out, 0, sizeof *out);
    out->number = in->bInterfaceNumber;
    out->alt = in->bAlternateSetting;
    out->cls = in->bInterfaceClass;
    out->subclass = in->bInterfaceSubClass;
    out->protocol = in->bInterfaceProtocol;
    for (int i = 0; i < in->bNumEndpoints && out->n_endpoints < USB_MAX_ENDPOINTS; i++) {
        const struct libusb_endpoint_descriptor *e = &in->endpoint[i];
        out->endpoint[out->n_endpoints++] = (struct usb_endpoint){
            .address = e->bEndpointAddress,
            .type = e->bmAttributes & 3,
            .max_bytes = e->wMaxPacketSize & 0x7FF,
        };
    }
}

static void candidate_path(libusb_device *device, char *path, size_t cap)
{
    uint8_t port[8];
    int n = libusb_get_port_numbers(device, port, sizeof port);
    int len = snprintf(path, cap, "%u", libusb_get_bus_number(device));
    for (int i = 0; i < n && len > 0 && (size_t)len < cap; i++)
        len += snprintf(path + len, cap - (size_t)len, "%c%u", i == 0 ? '-' : '.', port[i]);
}

/* @return 0 and the configuration's value, or a negative libusb error. */
static int candidate_fill(libusb_device *device, struct usb_candidate *c, int *ret_configuration)
{
    struct libusb_device_descriptor dd;
    struct libusb_config_descriptor *config = NULL;
    memset(c, 0, sizeof *c);
    int r = libusb_get_device_descriptor(device, &dd);
    if (r == 0)
        r = libusb_get_active_config_descriptor(device, &config);
    if (r == LIBUSB_ERROR_NOT_FOUND)
        r = libusb_get_config_descriptor(device, 0, &config);
    if (r != 0)
        return r;
    c->idVendor = dd.idVendor;
    c->idProduct = dd.idProduct;
    c->bus = libusb_get_bus_number(device);
    c->address = libusb_get_device_address(device);
    candidate_path(device, c->path, sizeof c->path);
    for (int i = 0; i < config->bNumInterfaces; i++)
        for (int a = 0; a < config->interface[i].num_altsetting; a++)
            if (c->n_interfaces < YJ_COUNT(c->interface))
                interface_fill(&c->interface[c->n_interfaces++],
                               &config->interface[i].altsetting[a]);
    *ret_configuration = config->bConfigurationValue;
    libusb_free_config_descriptor(config);
    return 0;
}

static bool interface_has_alternates(const struct usb_candidate *c, uint8_t number)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_interfaces; i++)
        n += c->interface[i].number == number;
    return n > 1;
}

static int device_claim(struct usb *u, libusb_device *device, const struct usb_candidate *c,
                        const struct usb_interface *interface, int configuration, struct err *err)
{
    int r = libusb_open(device, &u->handle);
    if (r != 0) {
        u->handle = NULL;
        return ERR(err, usb_error_of_libusb(r), "opening %04x:%04x: %s", c->idVendor, c->idProduct,
                   libusb_error_name(r));
    }
    (void)libusb_set_auto_detach_kernel_driver(u->handle, 1); /* not everywhere, then none binds */
    int current = 0;
    r = libusb_get_configuration(u->handle, &current);
    /* the message of arrival may come before the kernel has chosen a configuration */
    bool is_unready = r == 0 && current == 0 && u->n_unready < MAX_UNREADY;
    if (r == 0 && current != configuration && !is_unready)
        r = libusb_set_configuration(u->handle, configuration);
    if (r == 0 && !is_unready)
        r = libusb_claim_interface(u->handle, interface->number);
    is_unready |= r == LIBUSB_ERROR_INVALID_PARAM && u->n_unready < MAX_UNREADY;
    if (is_unready) {
        libusb_close(u->handle);
        u->handle = NULL;
        u->n_unready++;
        u->has_arrived = true; /* try again at the next turn */
        return ERR(err, ERR_USB_NO_DEVICE, "%04x:%04x is not configured yet", c->idVendor,
                   c->idProduct);
    }
    u->n_unready = 0;
    if (r == 0 && interface_has_alternates(c, interface->number))
        r = libusb_set_interface_alt_setting(u->handle, interface->number, interface->alt);
    if (r == 0)
        r = libusb_get_device_descriptor(device, &u->device);
    if (r != 0) {
        libusb_close(u->handle);
        u->handle = NULL;
        return ERR(err, usb_error_of_libusb(r), "claiming interface %u of %04x:%04x: %s",
                   interface->number, c->idVendor, c->idProduct, libusb_error_name(r));
    }
    u->interface = *interface;
    return 0;
}

/* @return index of the interface to claim when the device is ours, else -1 */
static int candidate_match(struct usb *u, libusb_device *device, struct usb_candidate *c,
                           int *ret_configuration)
{
    if (candidate_fill(device, c, ret_configuration) != 0)
        return -1;
    int index = u->match(u->match_arg, c);
    return (size_t)index < c->n_interfaces ? index : -1;
}

/* Go through the bus as libusb knows it. @return 0, ERR_USB_NO_DEVICE when nothing matched, else
 * the first error */
static int bus_open(struct usb *u, struct usb_candidate *ret_candidate,
                    struct usb_interface *ret_interface, struct err *err)
{
    libusb_device **list = NULL;
    ssize_t n = libusb_get_device_list(u->ctx, &list);
    if (n < 0)
        return ERR(err, ERR_USB_IO, "listing the bus: %s", libusb_error_name((int)n));
    struct err first = {0};
    int result = ERR_USB_NO_DEVICE;
    for (ssize_t i = 0; i < n && result != 0; i++) {
        struct usb_candidate c;
        int configuration = 0;
        int index = candidate_match(u, list[i], &c, &configuration);
        if (index < 0)
            continue;
        struct err e = {0};
        result = device_claim(u, list[i], &c, &c.interface[index], configuration, &e);
        if (result == 0) {
            *ret_candidate = c;
            *ret_interface = c.interface[index];
        } else if (first.code == 0) {
            first = e;
        }
    }
    libusb_free_device_list(list, 1);
    if (result == 0)
        return 0;
    if (first.code == 0)
        return ERR(err, ERR_USB_NO_DEVICE, "no device of this class is plugged in");
    if (err)
        *err = first;
    return first.code;
}

static unsigned number_read(const char *device, const char *name)
{
    char path[320];
    unsigned value = 0;
    snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/%s", device, name);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0; /* gone meanwhile */
    if (fscanf(f, "%u", &value) != 1)
        value = 0;
    (void)fclose(f);
    return value;
}

/* Does sysfs know a device that libusb does not? */
static bool list_is_short(struct usb *u)
{
    libusb_device **list = NULL;
    ssize_t n = libusb_get_device_list(u->ctx, &list);
    DIR *dir = opendir("/sys/bus/usb/devices");
    bool is_short = false;
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && !is_short; e = readdir(dir)) {
        unsigned bus = e->d_name[0] == '.' || strchr(e->d_name, ':')
                           ? 0 /* an interface */
                           : number_read(e->d_name, "busnum");
        unsigned address = bus ? number_read(e->d_name, "devnum") : 0;
        bool is_known = address == 0;
        for (ssize_t i = 0; i < n && !is_known; i++)
            is_known = libusb_get_bus_number(list[i]) == bus &&
                       libusb_get_device_address(list[i]) == address;
        is_short = !is_known;
    }
    if (dir)
        (void)closedir(dir);
    if (n >= 0)
        libusb_free_device_list(list, 1);
    return is_short;
}

/* Does a look at the bus from the beginning show a device of ours? Then it is kept. */
static bool context_is_better(struct usb *u)
{
    libusb_context *fresh = NULL;
    libusb_device **list = NULL;
    bool is_better = false;
    if (libusb_init(&fresh) != 0)
        return false;
    ssize_t n = libusb_get_device_list(fresh, &list);
    for (ssize_t i = 0; i < n && !is_better; i++) {
        struct usb_candidate c;
        int configuration = 0;
        is_better = candidate_match(u, list[i], &c, &configuration) >= 0;
    }
    if (n >= 0)
        libusb_free_device_list(list, 1);
    if (is_better)
        context_take(u, fresh);
    else
        libusb_exit(fresh);
    return is_better;
}

int usb_open(struct usb *u, struct usb_candidate *ret_candidate,
             struct usb_interface *ret_interface, struct err *err)
{
    usb_close(u);
    u->has_arrived = false;
    if (u->is_deaf) {
        int r = usb_context_renew(u);
        if (r != 0)
            return ERR(err, ERR_USB_IO, "libusb does not start again: %s", libusb_error_name(r));
    }
    struct err e = {0};
    int rc = bus_open(u, ret_candidate, ret_interface, &e);
    if (rc == ERR_USB_NO_DEVICE && !u->is_ctx_fresh && list_is_short(u) && context_is_better(u)) {
        e = (struct err){0};
        rc = bus_open(u, ret_candidate, ret_interface, &e);
    }
    u->is_ctx_fresh = false;
    u->is_gone = false;
    u->listen_error = 0;
    if (rc != 0 && err)
        *err = e;
    return rc;
}

/* Its endpoints may be listened to: how they transfer must be known. */
static void second_fill(struct usb *u, uint8_t number)
{
    struct usb_candidate c;
    int configuration;
    memset(&u->second, 0, sizeof u->second);
    if (candidate_fill(libusb_get_device(u->handle), &c, &configuration) != 0)
        return;
    for (size_t i = 0; i < c.n_interfaces; i++)
        if (c.interface[i].number == number && c.interface[i].alt == 0)
            u->second = c.interface[i];
}

int usb_claim_also(struct usb *u, uint8_t number, struct err *err)
{
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (u->also != NO_INTERFACE || number == u->interface.number)
        return ERR(err, ERR_INVALID, "interface %u beside %u and %d", number, u->interface.number,
                   u->also);
    int r = libusb_claim_interface(u->handle, number);
    if (r != 0)
        return ERR(err, usb_error_of_libusb(r), "claiming interface %u as well: %s", number,
                   libusb_error_name(r));
    u->also = number;
    second_fill(u, number);
    return 0;
}

void usb_close(struct usb *u)
{
    if (!u->handle)
        return;
    u->is_closing = true;
    if (!u->is_deaf)
        (void)usb_out_abort(u);
    usb_listeners_stop(u);
    if (u->also != NO_INTERFACE)
        (void)libusb_release_interface(u->handle, u->also); /* may be gone already */
    (void)libusb_release_interface(u->handle, u->interface.number);
    libusb_close(u->handle);
    u->handle = NULL;
    u->also = NO_INTERFACE;
    usb_listeners_free(u);
    usb_slot_renew(&u->sync);
    usb_slot_renew(&u->out);
    u->is_closing = false;
    u->is_gone = false;
}

bool usb_is_open(const struct usb *u)
{
    return u->handle != NULL;
}
