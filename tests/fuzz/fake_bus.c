/* SPDX-License-Identifier: Apache-2.0 */
/* Transport for fuzzed drivers. Thread: one. */
#include "fake_bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    PIECES_MAX = 512,
    RAW_MAX = 4096,
    TIMEOUT_MAX_MS = 60000,
    WAIT_MAX_MS = 500,
    LISTEN_MAX_ERRORS = 5, /* then the device counts as gone, as in the real transport */
};

struct piece {
    uint8_t endpoint;
    size_t n;
    uint8_t *data;
};

struct listener {
    uint8_t endpoint;
    size_t bytes;
    usb_data_fn fn;
    void *arg;
    unsigned n_errors;
};

struct usb {
    usb_match_fn match;
    void *match_arg;
    bool is_open, is_gone, has_arrived, is_cancelled, has_second;
    struct usb_interface interface;
    struct listener listener[USB_MAX_LISTENERS];
    size_t n_listeners;
    int listen_error;
    bool is_in_listener; /* a driver's data function is running */

    bool is_out_in_flight, is_out_done;
    uint8_t out_endpoint;
    uint8_t out[USB_MAX_TRANSFER];
    size_t out_bytes, out_moved;
    int out_code;
};

/* The one bus and the one transport on it: usb_new has no other way to find the world. */
static struct {
    struct fake_ops ops;
    struct usb *usb;
    bool is_plugged, is_inside;
    struct usb_candidate candidate;
    struct piece piece[PIECES_MAX];
    size_t n_pieces;
    unsigned n_control, n_open_errors;
    int control_code, open_code;
    uint8_t raw[RAW_MAX];
    size_t raw_bytes;
    enum fake_out out_mode;
    size_t out_bytes;
    int out_code;
    uint64_t activity;
} bus;

void fake_bus_fail(const char *sentence)
{
    fprintf(stderr, "driver from the wire: %s\n", sentence);
    abort();
}

static void expect(bool is_so, const char *sentence)
{
    if (!is_so)
        fake_bus_fail(sentence);
}

/* ---- the test's side ----------------------------------------------------------------------- */

void fake_bus_start(const struct fake_ops *ops)
{
    memset(&bus, 0, sizeof bus);
    bus.ops = *ops;
}

static void pieces_drop(void)
{
    for (size_t i = 0; i < bus.n_pieces; i++)
        free(bus.piece[i].data);
    bus.n_pieces = 0;
}

void fake_bus_stop(void)
{
    expect(bus.usb == NULL, "the driver was closed and its transport was not freed");
    pieces_drop();
}

void fake_bus_plug(const struct usb_candidate *candidate)
{
    if (bus.is_plugged)
        fake_bus_unplug();
    bus.candidate = *candidate;
    bus.is_plugged = true;
    bus.activity++;
    if (bus.usb)
        bus.usb->has_arrived = true;
}

void fake_bus_unplug(void)
{
    bus.is_plugged = false;
    bus.activity++;
    pieces_drop();
    if (bus.usb && bus.usb->is_open)
        bus.usb->is_gone = true;
}

uint8_t fake_bus_in_endpoint(unsigned k)
{
    uint8_t found[USB_MAX_ENDPOINTS];
    unsigned n = 0;
    for (size_t i = 0; i < bus.candidate.n_interfaces; i++)
        for (size_t e = 0; e < bus.candidate.interface[i].n_endpoints; e++) {
            uint8_t address = bus.candidate.interface[i].endpoint[e].address;
            if (address & 0x80 && n < YJ_COUNT(found))
                found[n++] = address;
        }
    return n ? found[k % n] : 0;
}

void fake_bus_push(uint8_t endpoint, const uint8_t *data, size_t n)
{
    if (!bus.is_plugged || n > USB_MAX_TRANSFER || bus.n_pieces == PIECES_MAX)
        return;
    bus.piece[bus.n_pieces++] = (struct piece){endpoint, n, mem_dup(data, n)};
    bus.activity++;
}

void fake_bus_deliver_inside(bool is_on)
{
    bus.is_inside = is_on;
}

void fake_bus_trouble(uint8_t endpoint, int code)
{
    struct usb *u = bus.usb;
    for (size_t i = 0; u && u->is_open && i < u->n_listeners; i++) {
        struct listener *l = &u->listener[i];
        if (endpoint != 0 && l->endpoint != endpoint)
            continue;
        u->listen_error = code;
        bus.activity++;
        if (++l->n_errors > LISTEN_MAX_ERRORS)
            u->is_gone = true;
    }
}

void fake_bus_control_next(unsigned count, int code, const uint8_t *raw, size_t n)
{
    bus.n_control = count;
    bus.control_code = code;
    bus.raw_bytes = n < RAW_MAX ? n : RAW_MAX;
    if (n > 0)
        memcpy(bus.raw, raw, bus.raw_bytes);
}

static void out_end(struct usb *u, size_t n, int code)
{
    u->is_out_done = true;
    u->out_moved = n;
    u->out_code = code;
    bus.activity++;
    if (n > 0)
        bus.ops.out(bus.ops.arg, u->out_endpoint, u->out, n);
}

void fake_bus_out_mode(enum fake_out mode, size_t bytes, int code)
{
    struct usb *u = bus.usb;
    bus.out_mode = mode;
    bus.out_bytes = bytes;
    bus.out_code = code;
    if (!u || !u->is_out_in_flight || u->is_out_done)
        return;
    if (mode == FAKE_OUT_TAKE)
        out_end(u, u->out_bytes, 0);
    else if (mode == FAKE_OUT_FAIL)
        out_end(u, bytes < u->out_bytes ? bytes : u->out_bytes, code);
}

void fake_bus_open_next(unsigned count, int code)
{
    bus.n_open_errors = count;
    bus.open_code = code;
}

uint64_t fake_bus_activity(void)
{
    return bus.activity;
}

/* ---- handing data over --------------------------------------------------------------------- */

static struct listener *listener_of(struct usb *u, uint8_t endpoint)
{
    for (size_t i = 0; i < u->n_listeners; i++)
        if (u->listener[i].endpoint == endpoint)
            return &u->listener[i];
    return NULL;
}

static void piece_take(size_t i)
{
    memmove(bus.piece + i, bus.piece + i + 1, (bus.n_pieces - i - 1) * sizeof bus.piece[0]);
    bus.n_pieces--;
    bus.activity++;
}

/* What was queued when we came; a piece larger than the listener's buffer comes in parts. */
static void deliver(struct usb *u)
{
    for (size_t i = 0; u->is_open && !u->is_gone && i < bus.n_pieces;) {
        struct piece p = bus.piece[i];
        struct listener *l = listener_of(u, p.endpoint);
        if (!l) {
            i++;
            continue;
        }
        piece_take(i);
        l->n_errors = 0;
        for (size_t at = 0; at < p.n; at += l->bytes) {
            size_t n = p.n - at < l->bytes ? p.n - at : l->bytes;
            uint8_t *copy = mem_dup(p.data + at, n); /* of its own size, and gone afterwards */
            copy = realloc(copy, n);
            if (!copy)
                abort();
            bus.ops.in(bus.ops.arg, p.endpoint, copy, n);
            u->is_in_listener = true;
            l->fn(l->arg, copy, n);
            u->is_in_listener = false;
            free(copy);
        }
        free(p.data);
    }
}

/* What every transfer begins with. @return 0 or why it cannot be */
static int transfer_begin(struct usb *u, unsigned timeout_ms)
{
    expect(u == bus.usb, "a transport that is not ours was used");
    expect(!u->is_in_listener, "a data function started a transfer");
    expect(timeout_ms >= 1 && timeout_ms <= TIMEOUT_MAX_MS, "a time limit is out of range");
    bus.activity++;
    if (!u->is_open)
        return ERR_USB_NO_DEVICE;
    if (u->is_cancelled)
        return ERR_CANCELLED;
    if (!bus.is_plugged) {
        u->is_gone = true;
        return ERR_USB_NO_DEVICE;
    }
    if (bus.is_inside)
        deliver(u);
    return 0;
}

static bool endpoint_is_there(const struct usb *u, uint8_t endpoint)
{
    for (size_t i = 0; i < u->interface.n_endpoints; i++)
        if (u->interface.endpoint[i].address == endpoint)
            return true;
    return false;
}

/* ---- the contract -------------------------------------------------------------------------- */

int usb_new(usb_match_fn match, void *arg, struct usb **ret, struct err *err)
{
    (void)err;
    expect(bus.usb == NULL, "a second transport in one driver");
    struct usb *u = mem_zalloc(1, sizeof *u);
    u->match = match;
    u->match_arg = arg;
    u->has_arrived = true;
    bus.usb = u;
    *ret = u;
    return 0;
}

void usb_free(struct usb *u)
{
    if (!u)
        return;
    usb_close(u);
    bus.usb = NULL;
    free(u);
}

bool usb_has_arrival(struct usb *u)
{
    return u->has_arrived;
}

int usb_open(struct usb *u, struct usb_candidate *ret_candidate,
             struct usb_interface *ret_interface, struct err *err)
{
    expect(!u->is_in_listener, "a data function opens a device");
    usb_close(u);
    u->has_arrived = false;
    bus.activity++;
    if (!bus.is_plugged)
        return ERR(err, ERR_USB_NO_DEVICE, "no device of this class is plugged in");
    struct usb_candidate *c = mem_dup(&bus.candidate, sizeof bus.candidate);
    int index = u->match(u->match_arg, c);
    free(c);
    if (index < 0)
        return ERR(err, ERR_USB_NO_DEVICE, "no device of this class is plugged in");
    expect((size_t)index < bus.candidate.n_interfaces, "matched an interface that is not there");
    if (bus.n_open_errors > 0) {
        bus.n_open_errors--;
        return ERR(err, bus.open_code, "the device cannot be opened");
    }
    u->interface = bus.candidate.interface[index];
    u->is_open = true;
    u->is_gone = false;
    u->listen_error = 0;
    *ret_candidate = bus.candidate;
    *ret_interface = u->interface;
    return 0;
}

void usb_close(struct usb *u)
{
    if (!u->is_open)
        return;
    expect(!u->is_in_listener, "a data function closes the device");
    (void)usb_out_abort(u);
    memset(u->listener, 0, sizeof u->listener);
    u->n_listeners = 0;
    u->is_open = u->is_gone = u->has_second = false;
    bus.activity++;
}

int usb_claim_also(struct usb *u, uint8_t number, struct err *err)
{
    bool is_there = false;
    expect(!u->is_in_listener, "a data function claims an interface");
    if (!u->is_open || !bus.is_plugged)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (u->has_second)
        return ERR(err, ERR_INVALID, "one is claimed already");
    for (size_t i = 0; i < bus.candidate.n_interfaces; i++)
        is_there |= bus.candidate.interface[i].number == number;
    if (!is_there || bus.n_open_errors > 0)
        return ERR(err, is_there ? bus.open_code : ERR_USB_IO, "it cannot be claimed");
    u->has_second = true;
    return 0;
}

bool usb_is_open(const struct usb *u)
{
    return u->is_open;
}

void usb_names(struct usb *u, char *manufacturer, size_t man_cap, char *product, size_t prod_cap)
{
    (void)u;
    snprintf(manufacturer, man_cap, "%s", "Maker");
    snprintf(product, prod_cap, "%s", "Model of the wire, with a name that is rather long");
}

int usb_in(struct usb *u, uint8_t endpoint, void *data, size_t cap, unsigned timeout_ms,
           size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    expect(cap >= 1 && cap <= USB_MAX_TRANSFER, "an IN transfer of no allowed size");
    int r = transfer_begin(u, timeout_ms);
    if (r != 0)
        return ERR(err, r, "IN transfer");
    for (size_t i = 0; i < bus.n_pieces; i++) {
        struct piece p = bus.piece[i];
        if (p.endpoint != endpoint)
            continue;
        piece_take(i);
        *ret_n = p.n < cap ? p.n : cap;
        memcpy(data, p.data, *ret_n);
        bus.ops.in(bus.ops.arg, endpoint, p.data, *ret_n);
        free(p.data);
        return p.n > cap ? ERR(err, ERR_USB_OVERFLOW, "more than fits") : 0;
    }
    return ERR(err, ERR_TIMEOUT, "nothing came");
}

int usb_out(struct usb *u, uint8_t endpoint, const void *data, size_t n, unsigned timeout_ms,
            size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    expect(n >= 1 && n <= USB_MAX_TRANSFER, "an OUT transfer of no allowed size");
    int r = transfer_begin(u, timeout_ms);
    if (r == 0 && !endpoint_is_there(u, endpoint))
        r = ERR_USB_IO;
    if (r != 0)
        return ERR(err, r, "OUT transfer");
    *ret_n = bus.out_mode == FAKE_OUT_TAKE || bus.out_bytes > n ? n : bus.out_bytes;
    if (*ret_n > 0)
        bus.ops.out(bus.ops.arg, endpoint, data, *ret_n);
    if (bus.out_mode == FAKE_OUT_FAIL)
        return ERR(err, bus.out_code, "OUT transfer");
    return *ret_n < n ? ERR(err, ERR_TIMEOUT, "OUT transfer") : 0;
}

int usb_control(struct usb *u, uint8_t bmRequestType, uint8_t bRequest, uint16_t wValue,
                uint16_t wIndex, void *data, uint16_t wLength, unsigned timeout_ms, struct err *err)
{
    struct fake_setup setup = {bmRequestType, bRequest, wValue, wIndex, wLength};
    bool is_in = bmRequestType & 0x80;
    uint8_t *answer;
    int n;
    expect(wLength <= USB_MAX_TRANSFER, "a control transfer of no allowed size");
    int r = transfer_begin(u, timeout_ms);
    if (r == 0 && bus.n_control > 0 && bus.control_code < 0)
        r = bus.control_code;
    if (r != 0) {
        bus.n_control -= bus.n_control > 0;
        return ERR(err, r, "control transfer");
    }
    answer = mem_zalloc(1, (size_t)wLength + RAW_MAX);
    if (!is_in && wLength > 0)
        memcpy(answer, data, wLength);
    if (bus.n_control > 0) {
        bus.n_control--;
        n = (int)bus.raw_bytes;
        memcpy(answer, bus.raw, bus.raw_bytes);
    } else {
        n = bus.ops.control(bus.ops.arg, &setup, answer);
    }
    if (n > wLength)
        n = wLength;
    if (n > 0 && is_in)
        memcpy(data, answer, (size_t)n);
    free(answer);
    return n < 0 ? ERR(err, ERR_USB_STALL, "control transfer") : n;
}

int usb_out_start(struct usb *u, uint8_t endpoint, const void *data, size_t n, struct err *err)
{
    expect(n >= 1 && n <= USB_MAX_TRANSFER, "an OUT transfer of no allowed size");
    expect(!u->is_in_listener, "a data function started a transfer");
    bus.activity++;
    if (!u->is_open || !bus.is_plugged) {
        u->is_gone = u->is_open;
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    }
    if (u->is_out_in_flight)
        return ERR(err, ERR_BUSY, "an OUT transfer is in flight");
    if (!endpoint_is_there(u, endpoint))
        return ERR(err, ERR_USB_IO, "no such endpoint");
    u->is_out_in_flight = true;
    u->is_out_done = false;
    u->out_endpoint = endpoint;
    u->out_bytes = n;
    memcpy(u->out, data, n);
    if (bus.out_mode == FAKE_OUT_TAKE)
        out_end(u, n, 0);
    else if (bus.out_mode == FAKE_OUT_FAIL)
        out_end(u, bus.out_bytes < n ? bus.out_bytes : n, bus.out_code);
    return 0;
}

int usb_out_poll(struct usb *u, size_t *ret_n, struct err *err)
{
    *ret_n = 0;
    if (!u->is_out_in_flight)
        return ERR(err, ERR_WRONG_STATE, "no OUT transfer was started");
    if (!u->is_out_done && (!bus.is_plugged || u->is_gone))
        out_end(u, 0, ERR_USB_NO_DEVICE);
    if (!u->is_out_done)
        return ERR_BUSY;
    u->is_out_in_flight = false;
    *ret_n = u->out_moved;
    return u->out_code ? ERR(err, u->out_code, "OUT transfer") : 0;
}

size_t usb_out_abort(struct usb *u)
{
    if (!u->is_out_in_flight)
        return 0;
    if (!u->is_out_done) /* what the device had taken of it by now */
        out_end(u, bus.out_bytes < u->out_bytes ? bus.out_bytes : u->out_bytes, ERR_CANCELLED);
    u->is_out_in_flight = false;
    return u->out_moved;
}

int usb_listen(struct usb *u, uint8_t endpoint, size_t bytes, usb_data_fn fn, void *arg,
               struct err *err)
{
    expect(!u->is_in_listener, "a data function started a transfer");
    bus.activity++;
    if (!u->is_open || !bus.is_plugged)
        return ERR(err, ERR_USB_NO_DEVICE, "no device is open");
    if (u->n_listeners == USB_MAX_LISTENERS || bytes == 0 || bytes > USB_MAX_TRANSFER)
        return ERR(err, ERR_INVALID, "too many or too large standing transfers");
    if (!endpoint_is_there(u, endpoint))
        return ERR(err, ERR_USB_IO, "no such endpoint");
    u->listener[u->n_listeners++] = (struct listener){endpoint, bytes, fn, arg, 0};
    return 0;
}

int usb_listen_error(struct usb *u)
{
    int code = u->listen_error;
    u->listen_error = 0;
    return code;
}

void usb_wait(struct usb *u, int timeout_ms)
{
    expect(timeout_ms >= 0 && timeout_ms <= WAIT_MAX_MS, "a sleep is out of range");
    expect(!u->is_in_listener, "a data function sleeps");
    deliver(u);
}

bool usb_is_gone(struct usb *u)
{
    bool is_gone = u->is_gone;
    u->is_gone = false;
    return is_gone;
}

void usb_wake(struct usb *u)
{
    (void)u;
}

void usb_cancel(struct usb *u)
{
    u->is_cancelled = true;
}

void usb_resume(struct usb *u)
{
    u->is_cancelled = false;
}
