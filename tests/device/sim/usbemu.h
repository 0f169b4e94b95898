/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated USB: the usbfs side that the real libusb talks to, for device models in user space.
 *
 * Two carriers: SOCKET serves unmodified client processes through umockdev, DIRECT serves the
 * calling process itself, whose ioctl() and close() are then ours (fast, sees buffer overruns).
 * Everything here runs under one recursive lock; model callbacks are called with it held, on the
 * client's, the carrier's or the timer's thread. Program errors abort with a message. */
#ifndef YJ_SIM_USBEMU_H
#define YJ_SIM_USBEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct usbemu_bus;
struct usbemu_dev;

enum usbemu_carrier { USBEMU_SOCKET, USBEMU_DIRECT };

/* Setup packet; words stay as the standard writes them. Source: USB 2.0, 9.3. */
struct usbemu_setup {
    uint8_t bmRequestType, bRequest;
    uint16_t wValue, wIndex, wLength;
};

/* What a device is. All pointers are borrowed until the bus is freed. */
struct usbemu_desc {
    const uint8_t *descriptors; /* device descriptor, then its configurations, each
                                 * with all it holds; the first one is chosen at plug */
    size_t descriptors_bytes;
    const char *strings[8];       /* [1].. string descriptors, ASCII */
    const char *kernel_driver[4]; /* driver bound to interface n at plug, or NULL */
    int speed_mbit;               /* 12 or 480 */
    const char *port;             /* sysfs name, "1-1" */
};

/* What a device does. Every slot may be NULL. A status is 0 or a negative errno; -EPIPE stalls. */
struct usbemu_ops {
    /** Class or vendor request. IN: fill data (wLength bytes of room) and set ret_bytes. */
    int (*control)(void *model, const struct usbemu_setup *setup, uint8_t *data, size_t *ret_bytes);
    /** One packet (0 bytes: a zero-length one). -EAGAIN: not taken, see usbemu_kick(). */
    int (*out)(void *model, uint8_t ep, const uint8_t *packet, size_t n);
    /** The host has taken the last packet queued on an IN endpoint. */
    void (*in_empty)(void *model, uint8_t ep);
    /** A client took (on) or lost an interface: release, close or death. */
    void (*claimed)(void *model, int ifno, bool on);
    void (*plugged)(void *model);
    void (*unplugged)(void *model);
    /** The host chose an alternate setting, or a configuration. */
    void (*alternate)(void *model, int ifno, int alt);
    void (*configured)(void *model, int value);
};

typedef void (*usbemu_timer_fn)(void *model, uintptr_t arg);

/**
 * Create the testbed: an empty bus with a root hub. One at a time in a process.
 * Sets UMOCKDEV_DIR; the program must be linked with libumockdev-preload in front of libc.
 * @return the bus, owned by the caller, never NULL
 */
struct usbemu_bus *usbemu_bus_new(enum usbemu_carrier carrier);

/** Unplug and free all devices, remove the testbed. Close libusb contexts first. NULL is fine. */
void usbemu_bus_free(struct usbemu_bus *bus);

/** The one lock, recursive: hold it to make several steps one. Thread: any. */
void usbemu_lock(void);
void usbemu_unlock(void);

/** New device, unplugged; owned by the bus. model is handed to every callback, not freed. */
struct usbemu_dev *usbemu_dev_new(struct usbemu_bus *bus, const struct usbemu_desc *desc,
                                  const struct usbemu_ops *ops, void *model);

/** Plug or unplug; a repeated call does nothing. Pending transfers end with "no device". */
void usbemu_plug(struct usbemu_dev *dev);
void usbemu_unplug(struct usbemu_dev *dev);
bool usbemu_is_plugged(const struct usbemu_dev *dev);

/** @return whether a client holds the interface. */
bool usbemu_is_claimed(const struct usbemu_dev *dev, int ifno);

/** @return times a client took an interface of this device since the bus was made. */
unsigned usbemu_n_claims(const struct usbemu_dev *dev);

/** Device to host: n bytes as packets of the endpoint's size; zlp ends a full last packet. */
void usbemu_in_push(struct usbemu_dev *dev, uint8_t ep, const void *data, size_t n, bool zlp);
/** Drop, or count, what the host has not taken yet. */
void usbemu_in_flush(struct usbemu_dev *dev, uint8_t ep);
size_t usbemu_in_pending(const struct usbemu_dev *dev, uint8_t ep);

/** Hot-plug messages are lost from here on, as a kernel does when a client's buffer is full. */
void usbemu_lose_events(bool on);

/** The model has room again: offer refused OUT packets once more. */
void usbemu_kick(struct usbemu_dev *dev, uint8_t ep);

/** Faults. hold: NAK until off. halt: stall until cleared. fail: errno of the next transfer,
 * or of the next submission. */
void usbemu_hold(struct usbemu_dev *dev, uint8_t ep, bool on);
void usbemu_halt(struct usbemu_dev *dev, uint8_t ep);
void usbemu_fail_transfer(struct usbemu_dev *dev, uint8_t ep, int err);
void usbemu_fail_submit(struct usbemu_dev *dev, uint8_t ep, int err);

/** Call fn once, after ms; forgotten at unplug unless keep. Thread: fn runs on the timer's. */
void usbemu_after(struct usbemu_dev *dev, double ms, usbemu_timer_fn fn, uintptr_t arg);
void usbemu_after_keep(struct usbemu_dev *dev, double ms, usbemu_timer_fn fn, uintptr_t arg);

#endif
