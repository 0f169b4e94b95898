/* SPDX-License-Identifier: Apache-2.0 */
/* Carrier for a QEMU guest: each device is offered on a UNIX socket of its own, to which QEMU's
 * usb-redir device connects; the guest's kernel is then the host of the device.
 * Source: USB redirection protocol 0.7. Thread: one of its own, and the models'. */
#ifndef YJ_SIM_CARRIER_REDIR_H
#define YJ_SIM_CARRIER_REDIR_H

#include "usbemu.h"

/** An empty bus without a testbed; else as usbemu_bus_new. */
struct usbemu_bus *usbemu_bus_new_redir(void);

/**
 * Listen for a guest. One guest at a time; after it has gone the next one may come.
 * @param path  replaced when it exists; at most 107 characters
 * @return 0, or -1 with errno
 */
int usbemu_redir_serve(struct usbemu_dev *dev, const char *path);

#endif
