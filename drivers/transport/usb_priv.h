/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the USB transport share. Thread: the driver's, except what is atomic. */
#ifndef YJ_TRANSPORT_USB_PRIV_H
#define YJ_TRANSPORT_USB_PRIV_H

#include <libusb.h>
#include <stdatomic.h>

#include "drivers/transport/usb.h"

enum {
    CONTROL_SETUP_BYTES = 8,
    NO_INTERFACE = -1,
};

/* One transfer and its buffer, used again and again. */
struct usb_slot {
    struct libusb_transfer *t;
    int is_done;       /* set by the callback, read by the event loop */
    bool is_in_flight; /* submitted and not yet looked at */
    uint8_t data[USB_MAX_TRANSFER + CONTROL_SETUP_BYTES];
};

struct usb_listener {
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
    /* changed by the driver's thread only, while nothing is open; read by usb_wake */
    _Atomic(libusb_context *) ctx;
    atomic_int n_wakers; /* threads between reading ctx and being done with it */
    libusb_hotplug_callback_handle hotplug;
    bool has_hotplug;
    bool is_ctx_fresh; /* its list of devices is as new as can be */
    usb_match_fn match;
    void *match_arg;

    libusb_device_handle *handle;
    struct usb_interface interface;
    int also;                    /* a second claimed interface, or NO_INTERFACE */
    struct usb_interface second; /* what it offers; only while there is one */
    struct libusb_device_descriptor device;
    bool has_arrived, is_gone, is_closing;
    bool is_deaf; /* the event loop of ctx keeps failing: no transfer will ever end */
    unsigned n_bad_turns;
    unsigned n_unready; /* attempts in a row at a device without a configuration */

    struct usb_slot sync, out;
    struct usb_listener listener[USB_MAX_LISTENERS];
    size_t n_listeners;
    int listen_error;

    atomic_bool is_woken, is_cancelled;
};

/* usb.c */
int usb_error_of_libusb(int r);
int usb_error_of_status(enum libusb_transfer_status status);
/** One turn of the event loop, at most timeout_ms, or until *done. Slows down when libusb fails.
 * @return false when the loop is broken for good (u->is_deaf) */
bool usb_turn(struct usb *u, int timeout_ms, int *done);

/* usb_bus.c */
/** Make u->ctx; the old one, if any, is left. Only while nothing is open. @return libusb's code */
int usb_context_renew(struct usb *u);
void usb_context_leave(struct usb *u);

/* usb_transfer.c */
void usb_slot_init(struct usb_slot *s);
/** After a device was closed: what transfers are still in flight are nobody's any more, and no
 * transfer may outlive the context of its last device. */
void usb_slot_renew(struct usb_slot *s);
size_t usb_packet_bytes(const struct usb *u, uint8_t endpoint);
bool usb_endpoint_is_interrupt(const struct usb *u, uint8_t endpoint);
static inline size_t usb_round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* usb_listen.c */
/** Take the standing transfers back and wait for their ends; nothing when the loop is broken. */
void usb_listeners_stop(struct usb *u);
/** Free them; the device must be closed if they could not be stopped. */
void usb_listeners_free(struct usb *u);
/** Submit again what ended with an error. */
void usb_listeners_mend(struct usb *u);

#endif
