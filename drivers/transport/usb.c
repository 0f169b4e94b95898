/* SPDX-License-Identifier: Apache-2.0 */
/* USB for one driver, on libusb: its life, waiting and waking, names.
 * Thread: the driver's; usb_wake, usb_cancel and usb_resume from any. */
#define _DEFAULT_SOURCE
#include "drivers/transport/usb_priv.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    STRING_TIMEOUT_MS = 300,
    BACK_OFF_MS = 20,  /* after a turn of the event loop that failed */
    MAX_BAD_TURNS = 50 /* in a row: nothing will come of it */
};

int usb_error_of_libusb(int r)
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

int usb_error_of_status(enum libusb_transfer_status status)
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

/* ---- life ----------------------------------------------------------------------------------- */

int usb_new(usb_match_fn match, void *arg, struct usb **ret, struct err *err)
{
    struct usb *u = mem_zalloc(1, sizeof *u);
    u->match = match;
    u->match_arg = arg;
    u->also = NO_INTERFACE;
    u->has_arrived = true; /* whatever is plugged in already counts as arriving */
    int r = usb_context_renew(u);
    if (r != 0) {
        free(u);
        return ERR(err, ERR_SYSTEM, "libusb does not start: %s", libusb_error_name(r));
    }
    usb_slot_init(&u->sync);
    usb_slot_init(&u->out);
    *ret = u;
    return 0;
}

void usb_free(struct usb *u)
{
    if (!u)
        return;
    usb_close(u);
    libusb_free_transfer(u->sync.t);
    libusb_free_transfer(u->out.t);
    usb_context_leave(u);
    bytes_wipe(u, sizeof *u);
    free(u);
}

/* ---- names ---------------------------------------------------------------------------------- */

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

/* ---- waiting and waking --------------------------------------------------------------------- */

bool usb_turn(struct usb *u, int timeout_ms, int *done)
{
    if (u->is_deaf)
        return false;
    struct timeval tv = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000L};
    int r = libusb_handle_events_timeout_completed(u->ctx, &tv, done);
    if (r == 0 || r == LIBUSB_ERROR_INTERRUPTED) {
        u->n_bad_turns = 0;
        return true;
    }
    struct timespec pause = {.tv_nsec = BACK_OFF_MS * 1000000L};
    (void)nanosleep(&pause, NULL); /* a signal may cut it short */
    if (++u->n_bad_turns < MAX_BAD_TURNS)
        return true;
    u->is_deaf = true;
    u->is_gone = u->handle != NULL;
    return false;
}

void usb_wait(struct usb *u, int timeout_ms)
{
    if (u->handle)
        usb_listeners_mend(u);
    if (timeout_ms < 0 || atomic_exchange(&u->is_woken, false))
        timeout_ms = 0;
    if (!usb_turn(u, timeout_ms, NULL)) {
        /* until usb_close and usb_open have made a new start */
        struct timespec pause = {.tv_nsec = BACK_OFF_MS * 1000000L};
        (void)nanosleep(&pause, NULL);
    }
    atomic_store(&u->is_woken, false);
    if (u->handle)
        usb_listeners_mend(u);
}

bool usb_is_gone(struct usb *u)
{
    bool is_gone = u->is_gone;
    u->is_gone = false;
    return is_gone;
}

static void interrupt(struct usb *u)
{
    (void)atomic_fetch_add(&u->n_wakers, 1);
    libusb_interrupt_event_handler(u->ctx);
    (void)atomic_fetch_sub(&u->n_wakers, 1);
}

void usb_wake(struct usb *u)
{
    atomic_store(&u->is_woken, true);
    interrupt(u);
}

void usb_cancel(struct usb *u)
{
    atomic_store(&u->is_cancelled, true);
    interrupt(u);
}

void usb_resume(struct usb *u)
{
    atomic_store(&u->is_cancelled, false);
}
