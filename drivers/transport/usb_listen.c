/* SPDX-License-Identifier: Apache-2.0 */
/* Standing IN transfers: submitted again after every answer, mended after an error.
 * Thread: the driver's. */
#include "drivers/transport/usb_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

/* After so many errors in a row a standing transfer is given up and the device counts as gone. */
enum { LISTEN_MAX_ERRORS = 5, STOP_TURN_MS = 100 };

static void listener_submit(struct usb_listener *l)
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
    l->u->listen_error = usb_error_of_libusb(r);
}

static void LIBUSB_CALL on_listen(struct libusb_transfer *t)
{
    struct usb_listener *l = t->user_data;
    struct usb *u = l->u;
    l->is_pending = false;
    /* a transfer taken back may still have brought data; nobody wants it while closing */
    if (t->actual_length > 0 && !u->is_closing)
        l->fn(l->arg, l->data, (size_t)t->actual_length);
    bytes_wipe(l->data, l->bytes);
    int code = usb_error_of_status(t->status);
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

void usb_listeners_mend(struct usb *u)
{
    for (size_t i = 0; i < u->n_listeners; i++) {
        struct usb_listener *l = &u->listener[i];
        if (u->is_gone || !l->must_submit)
            continue;
        if (l->must_clear_halt)
            (void)libusb_clear_halt(u->handle, l->t->endpoint); /* the next transfer tells */
        l->must_clear_halt = false;
        listener_submit(l);
    }
}

int usb_listen(struct usb *u, uint8_t endpoint, size_t bytes, usb_data_fn fn, void *arg,
               struct err *err)
{
    if (!u->handle)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (u->n_listeners == USB_MAX_LISTENERS || bytes == 0 || bytes > USB_MAX_TRANSFER)
        return ERR(err, ERR_INVALID, "too many or too large standing transfers");
    struct usb_listener *l = &u->listener[u->n_listeners];
    memset(l, 0, sizeof *l);
    l->u = u;
    l->fn = fn;
    l->arg = arg;
    l->bytes = usb_round_up(bytes, usb_packet_bytes(u, endpoint));
    l->data = mem_zalloc(1, l->bytes);
    l->t = libusb_alloc_transfer(0);
    if (!l->t)
        abort(); /* out of memory, as everywhere */
    if (usb_endpoint_is_interrupt(u, endpoint))
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
        return ERR(err, usb_error_of_libusb(r), "listening on endpoint %02x: %s", endpoint,
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

void usb_listeners_stop(struct usb *u)
{
    for (size_t i = 0; i < u->n_listeners; i++)
        if (u->listener[i].is_pending)
            (void)libusb_cancel_transfer(u->listener[i].t); /* fails when it has just ended */
    for (size_t i = 0; i < u->n_listeners; i++) {
        int done = 0;
        while (u->listener[i].is_pending && usb_turn(u, STOP_TURN_MS, &done))
            continue;
    }
}

void usb_listeners_free(struct usb *u)
{
    for (size_t i = 0; i < u->n_listeners; i++) {
        struct usb_listener *l = &u->listener[i];
        libusb_free_transfer(l->t);
        bytes_wipe(l->data, l->bytes);
        free(l->data);
        memset(l, 0, sizeof *l);
    }
    u->n_listeners = 0;
}
