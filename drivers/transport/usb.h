/* SPDX-License-Identifier: Apache-2.0 */
/* USB for one driver: its own libusb context, hot-plug, claim, transfers that can be woken.
 * libusb.h is included in this folder only. Thread: the driver's, except usb_wake, usb_cancel and
 * usb_resume. */
#ifndef YJ_TRANSPORT_USB_H
#define YJ_TRANSPORT_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct usb;

/* What an interface offers, from its descriptors. */
enum { USB_MAX_ENDPOINTS = 8, USB_MAX_LISTENERS = 4, USB_MAX_TRANSFER = 16384 };
struct usb_endpoint {
    uint8_t address;    /* bEndpointAddress: bit 7 = IN */
    uint8_t type;       /* bmAttributes & 3: 2 bulk, 3 interrupt */
    uint16_t max_bytes; /* wMaxPacketSize */
};
struct usb_interface {
    uint8_t number, alt, cls, subclass, protocol;
    size_t n_endpoints;
    struct usb_endpoint endpoint[USB_MAX_ENDPOINTS];
};

/* A candidate found on the bus. */
struct usb_candidate {
    uint16_t idVendor, idProduct;
    uint8_t bus, address;
    char path[24]; /* "1-2.3": port path */
    size_t n_interfaces;
    struct usb_interface interface[8]; /* active configuration, alternate settings listed apart */
};

/* Does this device belong to the driver? @return index of the interface to claim, or -1. */
typedef int (*usb_match_fn)(void *arg, const struct usb_candidate *candidate);

/** Start libusb and watch for hot-plug. @return 0 or ERR_SYSTEM */
int usb_new(usb_match_fn match, void *arg, struct usb **ret, struct err *err) YJ_CHECK;
void usb_free(struct usb *u);

/** @return true when a device arrived since the last usb_open attempt or start. The kernel may lose
 * the message of an arrival: call usb_open every few seconds all the same, it looks for itself. */
bool usb_has_arrival(struct usb *u);

/**
 * Open and claim the first match (kernel driver detached, alternate setting chosen when there is
 * more than one; the configuration is set only when it differs). When nothing matches, the bus is
 * read afresh, past what libusb has heard of (about a millisecond).
 * @param ret_candidate  descriptors of the opened device
 * @return 0, ERR_USB_NO_DEVICE, ERR_USB_ACCESS, ERR_USB_CLAIMED, ERR_USB_IO
 */
int usb_open(struct usb *u, struct usb_candidate *ret_candidate,
             struct usb_interface *ret_interface, struct err *err) YJ_CHECK;

/**
 * Claim a second interface of the open device, for control requests to it (the kernel refuses them
 * while a driver of its own has it) and to listen to its endpoints. usb_close releases it.
 * @param number  bInterfaceNumber
 * @return 0, ERR_INVALID (one is claimed already), ERR_USB_CLAIMED, ERR_USB_NO_DEVICE, ERR_USB_IO
 */
int usb_claim_also(struct usb *u, uint8_t number, struct err *err) YJ_CHECK;

/** Release and close; harmless when nothing is open. */
void usb_close(struct usb *u);
bool usb_is_open(const struct usb *u);

/** Short names from the string descriptors, ASCII, "" when there are none. */
void usb_names(struct usb *u, char *manufacturer, size_t man_cap, char *product, size_t prod_cap);

/**
 * Bulk or interrupt transfer.
 * @param n, cap      1..USB_MAX_TRANSFER; IN lengths are rounded up to whole packets inside
 * @param timeout_ms  1..60000
 * @param ret_n       bytes moved, also after ERR_TIMEOUT and ERR_CANCELLED
 * @return 0, ERR_TIMEOUT, ERR_CANCELLED (usb_cancel), ERR_USB_STALL (halt is cleared),
 *         ERR_USB_NO_DEVICE, ERR_USB_IO, ERR_USB_OVERFLOW
 */
int usb_in(struct usb *u, uint8_t endpoint, void *data, size_t cap, unsigned timeout_ms,
           size_t *ret_n, struct err *err);
int usb_out(struct usb *u, uint8_t endpoint, const void *data, size_t n, unsigned timeout_ms,
            size_t *ret_n, struct err *err);

/** Control transfer on endpoint 0. @return bytes moved, or a negative error as above. */
int usb_control(struct usb *u, uint8_t bmRequestType, uint8_t bRequest, uint16_t wValue,
                uint16_t wIndex, void *data, uint16_t wLength, unsigned timeout_ms,
                struct err *err);

/**
 * Start an OUT transfer and return at once; the data is copied. It has no time limit of its own:
 * a printer that is out of paper may hold it for minutes, and cutting it short would leave half a
 * command in the printer. One at a time. usb_wait returns when it has ended.
 * @param n  1..USB_MAX_TRANSFER
 * @return 0, ERR_BUSY, ERR_TOO_BIG, ERR_USB_NO_DEVICE, ERR_USB_IO
 */
int usb_out_start(struct usb *u, uint8_t endpoint, const void *data, size_t n,
                  struct err *err) YJ_CHECK;

/** @return ERR_BUSY in flight, ERR_WRONG_STATE none; once, when it has ended, as usb_out. */
int usb_out_poll(struct usb *u, size_t *ret_n, struct err *err);

/** Take the transfer of usb_out_start back. @return bytes that had left us. */
size_t usb_out_abort(struct usb *u);

/* A standing IN transfer (interrupt reports, pushed printer status): data is given to fn on the
 * driver's thread from usb_wait or from inside another transfer. fn must not start transfers.
 * The buffer is wiped after fn. usb_close ends it. At most USB_MAX_LISTENERS per device. */
typedef void (*usb_data_fn)(void *arg, const uint8_t *data, size_t n);
int usb_listen(struct usb *u, uint8_t endpoint, size_t bytes, usb_data_fn fn, void *arg,
               struct err *err) YJ_CHECK;

/** @return the last trouble of a standing transfer (ERR_USB_STALL: the halt was cleared,
 * ERR_USB_IO, ERR_USB_OVERFLOW) and forget it; 0 when there was none. */
int usb_listen_error(struct usb *u);

/** Sleep until something happens on the bus, usb_wake, or timeout_ms. When libusb's event loop
 * keeps failing this becomes slow instead of busy, and after a second the device counts as gone. */
void usb_wait(struct usb *u, int timeout_ms);

/** @return true once after the open device has gone (or its standing transfer has died). */
bool usb_is_gone(struct usb *u);

/** End usb_wait. Thread: any. */
void usb_wake(struct usb *u);
/** Make the transfer in flight and the next ones return ERR_CANCELLED until usb_resume. */
void usb_cancel(struct usb *u); /* Thread: any */
void usb_resume(struct usb *u);

#endif
