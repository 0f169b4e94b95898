/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the carrier for QEMU guests share. Everything needs the lock of usbemu.h: the
 * parser, too, which other threads write to when a transfer ends. */
#ifndef YJ_SIM_CARRIER_REDIR_PRIV_H
#define YJ_SIM_CARRIER_REDIR_PRIV_H

#include <pthread.h>
#include <usbredirparser.h>

#include "carrier_redir.h"
#include "usbemu_priv.h"

enum { REDIR_PEERS_MAX = 8, REDIR_SETUP_BYTES = 8 };

/* One device's socket, and the guest on it. */
struct peer {
    struct usbemu_dev *dev;
    int listener, fd; /* fd -1: no guest */
    struct usbredirparser *parser;
    bool is_greeted, is_connected, is_updating;
    struct opener opener;
    bool has_opener;
    unsigned n_errors_left[USBEMU_ENDPOINTS];
    int error[USBEMU_ENDPOINTS];
};

/* carrier_redir.c */
/** Write what the parser holds, or let the thread do it. */
void guest_flush(struct peer *p);
/** Tell the guest of the device when both are there. */
void guest_connect(struct peer *p);
void guest_send_settings(struct peer *p);

/* carrier_redir_urb.c */
/** Start a transfer. @return 0, or a negative errno: then nothing was started */
long redir_urb_start(struct peer *p, unsigned char type, uint8_t address, uint64_t id,
                     const uint8_t *data, size_t n_data, size_t n, bool is_stream);
void redir_stream_start(struct peer *p, uint8_t address);
/** Transfers have ended: tell the guest. */
void redir_update(struct usbemu_dev *dev);

/* carrier_redir_guest.c */
/** A parser for a new guest, who is greeted. */
void guest_parser_make(struct peer *p);

#endif
