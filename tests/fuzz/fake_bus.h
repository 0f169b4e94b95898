/* SPDX-License-Identifier: Apache-2.0 */
/* The transport of drivers/transport/usb.h without USB: a bus with room for one device, played by
 * a test. Linked in front of yj_transport it takes its place. Every misuse of the contract by a
 * driver aborts with a sentence. One bus in a process; thread: one. */
#ifndef YJ_TESTS_FUZZ_FAKE_BUS_H
#define YJ_TESTS_FUZZ_FAKE_BUS_H

#include "drivers/transport/usb.h"

/* Setup packet; words stay as the standard writes them. Source: USB 2.0, 9.3. */
struct fake_setup {
    uint8_t bmRequestType, bRequest;
    uint16_t wValue, wIndex, wLength;
};

/* What the device on the bus does; all slots are mandatory. */
struct fake_ops {
    /** Answer a control request well. @return bytes (IN: filled into data), or -1 to stall */
    int (*control)(void *arg, const struct fake_setup *setup, uint8_t *data);
    /** The device has taken these bytes. */
    void (*out)(void *arg, uint8_t endpoint, const uint8_t *data, size_t n);
    /** These bytes are being handed to the driver. */
    void (*in)(void *arg, uint8_t endpoint, const uint8_t *data, size_t n);
    void *arg;
};

/* What becomes of OUT transfers. */
enum fake_out {
    FAKE_OUT_TAKE, /* taken at once */
    FAKE_OUT_HOLD, /* not taken: time-outs; started ones stay in flight until TAKE */
    FAKE_OUT_FAIL, /* ends with an error */
};

/** A bus without a device. @param ops copied */
void fake_bus_start(const struct fake_ops *ops);
/** The driver must have let go of its transport. */
void fake_bus_stop(void);

void fake_bus_plug(const struct usb_candidate *candidate);
void fake_bus_unplug(void);
/** @return the address of the k-th IN endpoint that is not control (k wraps around), or 0 */
uint8_t fake_bus_in_endpoint(unsigned k);

/** Queue one IN transfer's worth of data: handed over in usb_wait, usb_in, and, when inside is
 * on, within any transfer. Without a taker it stays. */
void fake_bus_push(uint8_t endpoint, const uint8_t *data, size_t n);
void fake_bus_deliver_inside(bool is_on);
/** The standing transfer of an endpoint (0: of any) ends with an error. */
void fake_bus_trouble(uint8_t endpoint, int code);
/** The next count control requests: code < 0 is their error; else they are answered with raw. */
void fake_bus_control_next(unsigned count, int code, const uint8_t *raw, size_t n);
/** @param bytes  taken of each transfer that is held (told when it is taken back) or fails */
void fake_bus_out_mode(enum fake_out mode, size_t bytes, int code);
/** The next count usb_open return this error though the device fits. */
void fake_bus_open_next(unsigned count, int code);

/** @return a number that changes with everything that happens on the bus. */
uint64_t fake_bus_activity(void);
void fake_bus_fail(const char *sentence) __attribute__((noreturn));

#endif
