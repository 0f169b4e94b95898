/* SPDX-License-Identifier: Apache-2.0 */
/* USB for one driver, on libusb: hot-plug, opening, and transfers that can be woken or taken back.
 * Thread: the driver's; usb_wake, usb_cancel and usb_resume from any. */
#include "drivers/transport/usb.h"

#include <libusb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

/* After so many errors in a row a standing transfer is given up and the device counts as gone. */
enum { LISTEN_MAX_ERRORS = 5, CONTROL_SETUP_BYTES = 8, STRING_TIMEOUT_MS = 300 };

/* One transfer and its buffer, used again and again. */
struct slot {
    struct libusb_transfer *t;
    int is_done;       /* set by the callback, read by the event loop */
    bool is_in_flight; /* submitted and not yet looked at */
    uint8_t data[USB_MAX_TRANSFER + CONTROL_SETUP_BYTES];
};

struct listener {
    struct usb *u;
    struct libusb_transfer *t;
    usb_data_fn fn;
    void *arg;
    uint8_t *data;
    size_t bytes;
    unsigned n_errors;
    bool is_pending, must_clear_halt, must_submit;
};

struct usb {
    libusb_context *ctx;
    libusb_hotplug_callback_handle hotplug;
    bool has_hotplug;
    usb_match_fn match;
    void *match_arg;

    libusb_device_handle *handle;
    struct usb_interface interface;
    struct libusb_device_descriptor device;
    bool has_arrived, is_gone, is_closing;

    struct slot sync, out;
    struct listener listener[USB_MAX_LISTENERS];
    size_t n_listeners;
    int listen_error;

    atomic_bool is_woken, is_cancelled;
};

static int error_of_libusb(int r)
{
    switch (r) {
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND:
        return ERR_USB_NO_DEVICE;
    case LIBUSB_ERROR_ACCESS:
        return ERR_USB_ACCESS;
    case LIBUSB_ERROR_BUSY:
        return ERR_USB_CLAIMED;
    case LIBUSB_ERROR_TIMEOUT:
        return ERR_TIMEOUT;
    case LIBUSB_ERROR_PIPE:
        return ERR_USB_STALL;
    case LIBUSB_ERROR_OVERFLOW:
        return ERR_USB_OVERFLOW;
    default:
        return ERR_USB_IO;
    }
}

static int error_of_status(enum libusb_transfer_status status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
        return 0;
    case LIBUSB_TRANSFER_TIMED_OUT:
        return ERR_TIMEOUT;
    case LIBUSB_TRANSFER_CANCELLED:
        return ERR_CANCELLED;
    case LIBUSB_TRANSFER_STALL:
        return ERR_USB_STALL;
    case LIBUSB_TRANSFER_NO_DEVICE:
        return ERR_USB_NO_DEVICE;
    case LIBUSB_TRANSFER_OVERFLOW:
        return ERR_USB_OVERFLOW;
    case LIBUSB_TRANSFER_ERROR:
        break;
    }
    return ERR_USB_IO;
}

/* ---- hot-plug ------------------------------------------------------------------------------ */

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

int usb_new(usb_match_fn match, void *arg, struct usb **ret, struct err *err)
{
    struct usb *u = mem_zalloc(1, sizeof *u);
    u->match = match;
    u->match_arg = arg;
    u->has_arrived = true; /* whatever is plugged in already counts as arriving */
    int r = libusb_init(&u->ctx);
    if (r != 0) {
        free(u);
        return ERR(err, ERR_SYSTEM, "libusb does not start: %s", libusb_error_name(r));
    }
    u->sync.t = libusb_alloc_transfer(0);
    u->out.t = libusb_alloc_transfer(0);
    if (!u->sync.t || !u->out.t)
        abort(); /* out of memory, as everywhere */
    if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) &&
        libusb_hotplug_register_callback(
            u->ctx, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
            LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
            on_hotplug, u, &u->hotplug) == LIBUSB_SUCCESS)
        u->has_hotplug = true;
    *ret = u;
    return 0;
}

void usb_free(struct usb *u)
{
    if (!u)
        return;
    usb_close(u);
    if (u->has_hotplug)
        libusb_hotplug_deregister_callback(u->ctx, u->hotplug);
    libusb_free_transfer(u->sync.t);
    libusb_free_transfer(u->out.t);
    libusb_exit(u->ctx);
    bytes_wipe(u, sizeof *u);
    free(u);
}

bool usb_has_arrival(struct usb *u)
{
    return u->has_arrived;
}

/* ---- opening ------------------------------------------------------------------------------- */

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
        return ERR(err, error_of_libusb(r), "opening %04x:%04x: %s", c->idVendor, c->idProduct,
                   libusb_error_name(r));
    }
    (void)libusb_set_auto_detach_kernel_driver(u->handle, 1); /* not everywhere, then none binds */
    int current = 0;
    r = libusb_get_configuration(u->handle, &current);
    if (r == 0 && current != configuration)
        r = libusb_set_configuration(u->handle, configuration);
    if (r == 0)
        r = libusb_claim_interface(u->handle, interface->number);
    if (r == 0 && interface_has_alternates(c, interface->number))
        r = libusb_set_interface_alt_setting(u->handle, interface->number, interface->alt);
    if (r == 0)
        r = libusb_get_device_descriptor(device, &u->device);
    if (r != 0) {
        libusb_close(u->handle);
        u->handle = NULL;
        return ERR(err, error_of_libusb(r), "claiming interface %u of %04x:%04x: %s",
                   interface->number, c->idVendor, c->idProduct, libusb_error_name(r));
    }
    u->interface = *interface;
    return 0;
}

int usb_open(struct usb *u, struct usb_candidate *ret_candidate,
             struct usb_interface *ret_interface, struct err *err)
{
    usb_close(u);
    u->has_arrived = false;
    libusb_device **list = NULL;
    ssize_t n = libusb_get_device_list(u->ctx, &list);
    if (n < 0)
        return ERR(err, ERR_USB_IO, "listing the bus: %s", libusb_error_name((int)n));
    struct err first = {0};
    int result = ERR_USB_NO_DEVICE;
    for (ssize_t i = 0; i < n && result != 0; i++) {
        struct usb_candidate c;
        int configuration = 0;
        if (candidate_fill(list[i], &c, &configuration) != 0)
            continue;
        int index = u->match(u->match_arg, &c);
        if (index < 0 || (size_t)index >= c.n_interfaces)
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
    if (result == 0) {
        u->is_gone = false;
        u->listen_error = 0;
        return 0;
    }
    if (first.code == 0)
        return ERR(err, ERR_USB_NO_DEVICE, "no device of this class is plugged in");
    if (err)
        *err = first;
    return first.code;
}

/* Let libusb work until *done; only a broken libusb ends it early. */
static bool events_until(struct usb *u, int *done)
{
    while (!*done) {
        struct timeval tv = {.tv_sec = 1};
        int r = libusb_handle_events_timeout_completed(u->ctx, &tv, done);
        if (r != 0 && r != LIBUSB_ERROR_INTERRUPTED)
            return false;
    }
    return true;
}

static void listeners_stop(struct usb *u)
{
    for (size_t i = 0; i < u->n_listeners; i++)
        if (u->listener[i].is_pending)
            (void)libusb_cancel_transfer(u->listener[i].t); /* fails when it has just ended */
    for (size_t i = 0; i < u->n_listeners; i++) {
        struct listener *l = &u->listener[i];
        while (l->is_pending) {
            int done = 0;
            struct timeval tv = {.tv_usec = 100000};
            (void)libusb_handle_events_timeout_completed(u->ctx, &tv, &done);
        }
        libusb_free_transfer(l->t);
        bytes_wipe(l->data, l->bytes);
        free(l->data);
        memset(l, 0, sizeof *l);
    }
    u->n_listeners = 0;
}

void usb_close(struct usb *u)
{
    if (!u->handle)
        return;
    u->is_closing = true;
    (void)usb_out_abort(u);
    listeners_stop(u);
    (void)libusb_release_interface(u->handle, u->interface.number); /* may be gone already */
    libusb_close(u->handle);
    u->handle = NULL;
    u->is_closing = false;
    u->is_gone = false;
}

bool usb_is_open(const struct usb *u)
{
    return u->handle != NULL;
}

/* ---- standing transfers -------------------------------------------------------------------- */

static void listener_submit(struct listener *l)
{
    l->must_submit = false;
    int r = libusb_submit_transfer(l->t);
    l->is_pending = r == 0;
    if (r == 0)
        return;
    if (r == LIBUSB_ERROR_NO_DEVICE || ++l->n_errors > LISTEN_MAX_ERRORS)
        l->u->is_gone = true;
    else
        l->must_submit = true;
    l->u->listen_error = error_of_libusb(r);
}

static void LIBUSB_CALL on_listen(struct libusb_transfer *t)
{
    struct listener *l = t->user_data;
    struct usb *u = l->u;
    l->is_pending = false;
    /* a transfer taken back may still have brought data; nobody wants it while closing */
    if (t->actual_length > 0 && !u->is_closing)
        l->fn(l->arg, l->data, (size_t)t->actual_length);
    bytes_wipe(l->data, l->bytes);
    int code = error_of_status(t->status);
    if (u->is_closing)
        return;
    if (code == 0) {
        l->n_errors = 0;
        listener_submit(l);
        return;
    }
    if (code == ERR_USB_NO_DEVICE || ++l->n_errors > LISTEN_MAX_ERRORS) {
        u->is_gone = true;
        return;
    }
    /* clearing a halt is I/O and must wait until the event loop has returned */
    u->listen_error = code;
    l->must_clear_halt = code == ERR_USB_STALL;
    l->must_submit = true;
}

static void listeners_mend(struct usb *u)
{
    for (size_t i = 0; i < u->n_listeners; i++) {
        struct listener *l = &u->listener[i];
        if (u->is_gone || !l->must_submit)
            continue;
        if (l->must_clear_halt)
            (void)libusb_clear_halt(u->handle, l->t->endpoint); /* the next transfer tells */
        l->must_clear_halt = false;
        listener_submit(l);
    }
}

static size_t packet_bytes(const struct usb *u, uint8_t endpoint)
{
    for (size_t i = 0; i < u->interface.n_endpoints; i++)
        if (u->interface.endpoint[i].address == endpoint && u->interface.endpoint[i].max_bytes)
            return u->interface.endpoint[i].max_bytes;
    return 64;
}

static bool endpoint_is_interrupt(const struct usb *u, uint8_t endpoint)
{
    for (size_t i = 0; i < u->interface.n_endpoints; i++)
        if (u->interface.endpoint[i].address == endpoint)
            return u->interface.endpoint[i].type == LIBUSB_TRANSFER_TYPE_INTERRUPT;
    return false;
}

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

int usb_listen(struct usb *u, uint8_t endpoint, size_t bytes, usb_data_fn fn, void *arg,
               struct err *err)
{
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (u->n_listeners == USB_MAX_LISTENERS || bytes == 0 || bytes > USB_MAX_TRANSFER)
        return ERR(err, ERR_INVALID, "too many or too large standing transfers");
    struct listener *l = &u->listener[u->n_listeners];
    memset(l, 0, sizeof *l);
    l->u = u;
    l->fn = fn;
    l->arg = arg;
    l->bytes = round_up(bytes, packet_bytes(u, endpoint));
    l->data = mem_zalloc(1, l->bytes);
    l->t = libusb_alloc_transfer(0);
    if (!l->t)
        abort(); /* out of memory, as everywhere */
    if (endpoint_is_interrupt(u, endpoint))
        libusb_fill_interrupt_transfer(l->t, u->handle, endpoint, l->data, (int)l->bytes, on_listen,
                                       l, 0);
    else
        libusb_fill_bulk_transfer(l->t, u->handle, endpoint, l->data, (int)l->bytes, on_listen, l,
                                  0);
    int r = libusb_submit_transfer(l->t);
    if (r != 0) {
        libusb_free_transfer(l->t);
        free(l->data);
        memset(l, 0, sizeof *l);
        return ERR(err, error_of_libusb(r), "listening on endpoint %02x: %s", endpoint,
                   libusb_error_name(r));
    }
    l->is_pending = true;
    u->n_listeners++;
    return 0;
}

int usb_listen_error(struct usb *u)
{
    int code = u->listen_error;
    u->listen_error = 0;
    return code;
}

/* ---- single transfers ---------------------------------------------------------------------- */

static void LIBUSB_CALL on_slot(struct libusb_transfer *t)
{
    struct slot *s = t->user_data;
    s->is_done = 1;
}

static int slot_submit(struct usb *u, struct slot *s, struct err *err)
{
    s->is_done = 0;
    int r = libusb_submit_transfer(s->t);
    if (r == LIBUSB_ERROR_NO_DEVICE)
        u->is_gone = true;
    if (r != 0)
        return ERR(err, error_of_libusb(r), "a transfer was not accepted: %s",
                   libusb_error_name(r));
    s->is_in_flight = true;
    return 0;
}

/* What became of an ended transfer; a halt is cleared so that the next one has a chance. */
static int slot_result(struct usb *u, struct slot *s, size_t *ret_n, struct err *err)
{
    s->is_in_flight = false;
    int code = error_of_status(s->t->status);
    *ret_n = (size_t)s->t->actual_length;
    if (code == ERR_USB_NO_DEVICE)
        u->is_gone = true;
    if (code == ERR_USB_STALL && s->t->type != LIBUSB_TRANSFER_TYPE_CONTROL)
        (void)libusb_clear_halt(u->handle, s->t->endpoint); /* the next transfer tells */
    if (code == 0)
        return 0;
    return ERR(err, code, "transfer on endpoint %02x", s->t->endpoint);
}

static int slot_run(struct usb *u, struct slot *s, size_t *ret_n, struct err *err)
{
    if (atomic_load(&u->is_cancelled))
        return ERR(err, ERR_CANCELLED, "transfers are cancelled");
    int r = slot_submit(u, s, err);
    if (r != 0)
        return r;
    bool is_taken_back = false;
    while (!s->is_done) {
        if (!is_taken_back && atomic_load(&u->is_cancelled)) {
            (void)libusb_cancel_transfer(s->t); /* fails when it has just ended */
            is_taken_back = true;
        }
        struct timeval tv = {.tv_sec = 1};
        (void)libusb_handle_events_timeout_completed(u->ctx, &tv, &s->is_done);
    }
    r = slot_result(u, s, ret_n, err);
    listeners_mend(u);
    return r;
}

static void slot_fill(struct usb *u, struct slot *s, uint8_t endpoint, size_t n,
                      unsigned timeout_ms)
{
    if (endpoint_is_interrupt(u, endpoint))
        libusb_fill_interrupt_transfer(s->t, u->handle, endpoint, s->data, (int)n, on_slot, s,
                                       timeout_ms);
    else
        libusb_fill_bulk_transfer(s->t, u->handle, endpoint, s->data, (int)n, on_slot, s,
                                  timeout_ms);
}

int usb_in(struct usb *u, uint8_t endpoint, void *data, size_t cap, unsigned timeout_ms,
           size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    size_t bytes = round_up(cap, packet_bytes(u, endpoint));
    if (cap == 0 || bytes > USB_MAX_TRANSFER)
        return ERR(err, ERR_TOO_BIG, "IN transfer of %zu bytes", cap);
    size_t n = 0;
    slot_fill(u, &u->sync, endpoint, bytes, timeout_ms);
    int r = slot_run(u, &u->sync, &n, err);
    if (n > cap)
        r = ERR(err, ERR_USB_OVERFLOW, "%zu bytes where at most %zu fit", n, cap);
    *ret_n = n < cap ? n : cap;
    memcpy(data, u->sync.data, *ret_n);
    bytes_wipe(u->sync.data, bytes);
    return r;
}

int usb_out(struct usb *u, uint8_t endpoint, const void *data, size_t n, unsigned timeout_ms,
            size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (n == 0 || n > USB_MAX_TRANSFER)
        return ERR(err, ERR_TOO_BIG, "OUT transfer of %zu bytes", n);
    memcpy(u->sync.data, data, n);
    slot_fill(u, &u->sync, endpoint, n, timeout_ms);
    int r = slot_run(u, &u->sync, ret_n, err);
    bytes_wipe(u->sync.data, n);
    return r;
}

int usb_control(struct usb *u, uint8_t bmRequestType, uint8_t bRequest, uint16_t wValue,
                uint16_t wIndex, void *data, uint16_t wLength, unsigned timeout_ms, struct err *err)
{
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (wLength > USB_MAX_TRANSFER)
        return ERR(err, ERR_TOO_BIG, "control transfer of %u bytes", wLength);
    bool is_in = bmRequestType & LIBUSB_ENDPOINT_IN;
    libusb_fill_control_setup(u->sync.data, bmRequestType, bRequest, wValue, wIndex, wLength);
    if (!is_in && wLength > 0)
        memcpy(u->sync.data + CONTROL_SETUP_BYTES, data, wLength);
    libusb_fill_control_transfer(u->sync.t, u->handle, u->sync.data, on_slot, &u->sync, timeout_ms);
    size_t n = 0;
    int r = slot_run(u, &u->sync, &n, err);
    if (n > wLength)
        n = wLength;
    if (r == 0 && is_in && n > 0)
        memcpy(data, u->sync.data + CONTROL_SETUP_BYTES, n);
    bytes_wipe(u->sync.data, CONTROL_SETUP_BYTES + (size_t)wLength);
    return r == 0 ? (int)n : r;
}

int usb_out_start(struct usb *u, uint8_t endpoint, const void *data, size_t n, struct err *err)
{
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (u->out.is_in_flight)
        return ERR(err, ERR_BUSY, "an OUT transfer is in flight");
    if (n == 0 || n > USB_MAX_TRANSFER)
        return ERR(err, ERR_TOO_BIG, "OUT transfer of %zu bytes", n);
    memcpy(u->out.data, data, n);
    slot_fill(u, &u->out, endpoint, n, 0);
    return slot_submit(u, &u->out, err);
}

int usb_out_poll(struct usb *u, size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    if (!u->out.is_in_flight)
        return ERR(err, ERR_WRONG_STATE, "no OUT transfer was started");
    if (!u->out.is_done)
        return ERR_BUSY; /* the usual answer, no sentence needed */
    int r = slot_result(u, &u->out, ret_n, err);
    bytes_wipe(u->out.data, sizeof u->out.data);
    return r;
}

size_t usb_out_abort(struct usb *u)
{
    size_t n = 0;
    if (!u->out.is_in_flight)
        return 0;
    if (!u->out.is_done)
        (void)libusb_cancel_transfer(u->out.t); /* fails when it has just ended */
    if (events_until(u, &u->out.is_done))
        (void)slot_result(u, &u->out, &n, NULL); /* only the count matters */
    bytes_wipe(u->out.data, sizeof u->out.data);
    return n;
}

/* ---- names --------------------------------------------------------------------------------- */

static void string_read(struct usb *u, uint8_t index, uint16_t language, char *out, size_t cap)
{
    uint8_t raw[255];
    out[0] = '\0';
    if (index == 0 || cap == 0)
        return;
    int n = usb_control(u, LIBUSB_ENDPOINT_IN, LIBUSB_REQUEST_GET_DESCRIPTOR,
                        (uint16_t)(LIBUSB_DT_STRING << 8 | index), language, raw, sizeof raw,
                        STRING_TIMEOUT_MS, NULL);
    if (n < 2 || raw[1] != LIBUSB_DT_STRING)
        return;
    if (raw[0] < n)
        n = raw[0];
    size_t len = 0;
    for (int i = 2; i + 1 < n && len + 1 < cap; i += 2) {
        uint16_t unit = bytes_le16(raw + i);
        if (unit >= 0x20 && unit < 0x7F)
            out[len++] = (char)unit;
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
}

void usb_names(struct usb *u, char *manufacturer, size_t man_cap, char *product, size_t prod_cap)
{
    uint8_t raw[255];
    uint16_t language = 0x0409;
    manufacturer[0] = product[0] = '\0';
    if (!u->handle || (!u->device.iManufacturer && !u->device.iProduct))
        return;
    int n = usb_control(u, LIBUSB_ENDPOINT_IN, LIBUSB_REQUEST_GET_DESCRIPTOR, LIBUSB_DT_STRING << 8,
                        0, raw, sizeof raw, STRING_TIMEOUT_MS, NULL);
    if (n >= 4)
        language = bytes_le16(raw + 2);
    string_read(u, u->device.iManufacturer, language, manufacturer, man_cap);
    string_read(u, u->device.iProduct, language, product, prod_cap);
}

/* ---- waiting and waking -------------------------------------------------------------------- */

void usb_wait(struct usb *u, int timeout_ms)
{
    if (u->handle)
        listeners_mend(u);
    if (timeout_ms < 0 || atomic_exchange(&u->is_woken, false))
        timeout_ms = 0;
    struct timeval tv = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000L};
    (void)libusb_handle_events_timeout_completed(u->ctx, &tv, NULL); /* errors show in transfers */
    atomic_store(&u->is_woken, false);
    if (u->handle)
        listeners_mend(u);
}

bool usb_is_gone(struct usb *u)
{
    bool is_gone = u->is_gone;
    u->is_gone = false;
    return is_gone;
}

void usb_wake(struct usb *u)
{
    atomic_store(&u->is_woken, true);
    libusb_interrupt_event_handler(u->ctx);
}

void usb_cancel(struct usb *u)
{
    atomic_store(&u->is_cancelled, true);
    libusb_interrupt_event_handler(u->ctx);
}

void usb_resume(struct usb *u)
{
    atomic_store(&u->is_cancelled, false);
}
