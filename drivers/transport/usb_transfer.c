/* SPDX-License-Identifier: Apache-2.0 */
/* Single transfers: in and out, control, and the one OUT transfer that runs beside everything.
 * Thread: the driver's; usb_cancel may come from any. */
#include "drivers/transport/usb_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { TURN_MS = 1000 };

void usb_slot_init(struct usb_slot *s)
{
    s->t = libusb_alloc_transfer(0);
    if (!s->t)
        abort(); /* out of memory, as everywhere */
    s->is_done = 1;
    s->is_in_flight = false;
}

void usb_slot_renew(struct usb_slot *s)
{
    libusb_free_transfer(s->t); /* it refers to its last device, and that to its context */
    bytes_wipe(s->data, sizeof s->data);
    usb_slot_init(s);
}

/* @return the endpoint of one of the claimed interfaces, NULL when neither has it */
static const struct usb_endpoint *endpoint_find(const struct usb *u, uint8_t address)
{
    for (size_t i = 0; i < u->interface.n_endpoints; i++)
        if (u->interface.endpoint[i].address == address)
            return &u->interface.endpoint[i];
    for (size_t i = 0; u->also != NO_INTERFACE && i < u->second.n_endpoints; i++)
        if (u->second.endpoint[i].address == address)
            return &u->second.endpoint[i];
    return NULL;
}

size_t usb_packet_bytes(const struct usb *u, uint8_t endpoint)
{
    const struct usb_endpoint *e = endpoint_find(u, endpoint);
    return e && e->max_bytes ? e->max_bytes : 64;
}

bool usb_endpoint_is_interrupt(const struct usb *u, uint8_t endpoint)
{
    const struct usb_endpoint *e = endpoint_find(u, endpoint);
    return e && e->type == LIBUSB_TRANSFER_TYPE_INTERRUPT;
}

static void LIBUSB_CALL on_slot(struct libusb_transfer *t)
{
    struct usb_slot *s = t->user_data;
    s->is_done = 1;
}

static int slot_submit(struct usb *u, struct usb_slot *s, struct err *err)
{
    s->is_done = 0;
    int r = libusb_submit_transfer(s->t);
    if (r == LIBUSB_ERROR_NO_DEVICE)
        u->is_gone = true;
    if (r != 0)
        return ERR(err, usb_error_of_libusb(r), "a transfer was not accepted: %s",
                   libusb_error_name(r));
    s->is_in_flight = true;
    return 0;
}

/* What became of an ended transfer; a halt is cleared so that the next one has a chance. */
static int slot_result(struct usb *u, struct usb_slot *s, size_t *ret_n, struct err *err)
{
    s->is_in_flight = false;
    int code = usb_error_of_status(s->t->status);
    *ret_n = (size_t)s->t->actual_length;
    if (code == ERR_USB_NO_DEVICE)
        u->is_gone = true;
    if (code == ERR_USB_STALL && s->t->type != LIBUSB_TRANSFER_TYPE_CONTROL)
        (void)libusb_clear_halt(u->handle, s->t->endpoint); /* the next transfer tells */
    if (code == 0)
        return 0;
    return ERR(err, code, "transfer on endpoint %02x", s->t->endpoint);
}

static int slot_run(struct usb *u, struct usb_slot *s, size_t *ret_n, struct err *err)
{
    if (atomic_load(&u->is_cancelled))
        return ERR(err, ERR_CANCELLED, "transfers are cancelled");
    if (u->is_deaf)
        return ERR(err, ERR_USB_IO, "the event loop is broken");
    int r = slot_submit(u, s, err);
    if (r != 0)
        return r;
    bool is_taken_back = false;
    while (!s->is_done) {
        if (!is_taken_back && atomic_load(&u->is_cancelled)) {
            (void)libusb_cancel_transfer(s->t); /* fails when it has just ended */
            is_taken_back = true;
        }
        if (!usb_turn(u, TURN_MS, &s->is_done))
            return ERR(err, ERR_USB_IO, "the event loop is broken"); /* usb_close lets go of s */
    }
    r = slot_result(u, s, ret_n, err);
    usb_listeners_mend(u);
    return r;
}

static void slot_fill(struct usb *u, struct usb_slot *s, uint8_t endpoint, size_t n,
                      unsigned timeout_ms)
{
    if (usb_endpoint_is_interrupt(u, endpoint))
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
    size_t bytes = usb_round_up(cap, usb_packet_bytes(u, endpoint));
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
    while (!u->out.is_done && usb_turn(u, TURN_MS, &u->out.is_done))
        continue;
    if (!u->out.is_done)
        return 0;                            /* usb_close lets go of it */
    (void)slot_result(u, &u->out, &n, NULL); /* only the count matters */
    bytes_wipe(u->out.data, sizeof u->out.data);
    return n;
}
