/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers of a QEMU guest. A pushed stream of interrupt data is one standing transfer that is
 * started again after each packet. The guest's host controller tries a failed transfer again by
 * itself, so an injected error is repeated until it is believed. Runs under the lock, any thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "carrier_redir_priv.h"

enum { ERROR_REPEATS = 4 }; /* after the first one: xHCI drivers give up at the fifth */

/* A transfer with its own memory; urb first: urb_free frees all of it. */
struct redir_urb {
    struct urb urb;
    struct usbdevfs_urb u;
    uint8_t buf[];
};

static uint8_t status_of(int status)
{
    switch (status) {
    case 0:
    case -EREMOTEIO:
        return usb_redir_success;
    case -EPIPE:
        return usb_redir_stall;
    case -EOVERFLOW:
        return usb_redir_babble;
    case -ENOENT:
        return usb_redir_cancelled;
    default:
        return usb_redir_ioerror;
    }
}

static void stream_send(struct peer *p, struct urb *urb, uint8_t status)
{
    uint8_t address = urb->u->endpoint;

    if (status == usb_redir_success) {
        struct usb_redir_interrupt_packet_header h = {
            .endpoint = address, .status = status, .length = (uint16_t)urb->done};
        usbredirparser_send_interrupt_packet(p->parser, 0, &h, urb->buf, (int)urb->done);
    } else if (status != usb_redir_cancelled) {
        struct usb_redir_interrupt_receiving_status_header h = {.status = status,
                                                                .endpoint = address};
        usbredirparser_send_interrupt_receiving_status(p->parser, 0, &h);
    }
}

static void urb_send(struct peer *p, struct urb *urb)
{
    const struct usbdevfs_urb *u = urb->u;
    uint64_t id = urb->client_addr;
    uint8_t status = status_of(u->status);
    bool is_in = u->endpoint & 0x80;

    if (u->type == USBDEVFS_URB_TYPE_CONTROL) {
        const uint8_t *b = urb->buf;
        struct usb_redir_control_packet_header h = {
            .endpoint = b[0] & 0x80,
            .request = b[1],
            .requesttype = b[0],
            .status = status,
            .value = bytes_le16(b + 2),
            .index = bytes_le16(b + 4),
            .length = (uint16_t)urb->done,
        };
        bool has_data = b[0] & 0x80 && urb->done > 0;
        usbredirparser_send_control_packet(p->parser, id, &h,
                                           has_data ? urb->buf + REDIR_SETUP_BYTES : NULL,
                                           has_data ? (int)urb->done : 0);
    } else if (urb->is_stream) {
        stream_send(p, urb, status);
    } else if (u->type == USBDEVFS_URB_TYPE_INTERRUPT) {
        struct usb_redir_interrupt_packet_header h = {
            .endpoint = u->endpoint, .status = status, .length = (uint16_t)urb->done};
        usbredirparser_send_interrupt_packet(p->parser, id, &h, is_in ? urb->buf : NULL,
                                             is_in ? (int)urb->done : 0);
    } else {
        struct usb_redir_bulk_packet_header h = {.endpoint = u->endpoint,
                                                 .status = status,
                                                 .length = (uint16_t)urb->done,
                                                 .length_high = (uint16_t)(urb->done >> 16)};
        usbredirparser_send_bulk_packet(p->parser, id, &h, is_in ? urb->buf : NULL,
                                        is_in ? (int)urb->done : 0);
    }
}

long redir_urb_start(struct peer *p, unsigned char type, uint8_t address, uint64_t id,
                     const uint8_t *data, size_t n_data, size_t n, bool is_stream)
{
    struct redir_urb *r = mem_zalloc(1, sizeof *r + n + 1);
    struct usbfs_call call = {.request = USBDEVFS_SUBMITURB, .arg = &r->u, .submitted = &r->urb};

    r->u = (struct usbdevfs_urb){
        .type = type, .endpoint = address, .buffer = r->buf, .buffer_length = (int)n};
    r->urb.u = &r->u;
    r->urb.buf = r->buf;
    r->urb.client_addr = id;
    r->urb.is_stream = is_stream;
    if (n_data > 0)
        memcpy(r->buf, data, n_data < n ? n_data : n);
    long status = p->has_opener ? usbfs_ioctl(&p->opener, &call) : -ENODEV;
    if (status < 0)
        urb_free(&r->urb);
    return status;
}

void redir_stream_start(struct peer *p, uint8_t address)
{
    size_t n = ep_of(p->dev, address)->wMaxPacketSize;
    (void)redir_urb_start(p, USBDEVFS_URB_TYPE_INTERRUPT, address, address, NULL, 0, n, true);
}

static size_t index_of(uint8_t address)
{
    return (address & 15) | (address & 0x80 ? 16U : 0U);
}

/* An error that the guest's controller will try to get over is made to last. */
static void error_keep(struct peer *p, const struct urb *urb)
{
    size_t i = index_of(urb->u->endpoint);

    if (urb->u->type == USBDEVFS_URB_TYPE_CONTROL || urb->u->status == 0 ||
        status_of(urb->u->status) != usb_redir_ioerror)
        return;
    if (p->n_errors_left[i] == 0 || p->error[i] != urb->u->status)
        p->n_errors_left[i] = ERROR_REPEATS + 1;
    p->error[i] = urb->u->status;
    if (--p->n_errors_left[i] > 0)
        p->dev->ep[i].fail_transfer = -urb->u->status;
}

void redir_update(struct usbemu_dev *dev)
{
    struct peer *p = dev->carrier_data;
    struct urb *urb;

    if (p == NULL || p->is_updating || !p->has_opener)
        return;
    p->is_updating = true;
    while ((urb = TAILQ_FIRST(&p->opener.done)) != NULL) {
        TAILQ_REMOVE(&p->opener.done, urb, link);
        bool is_again = urb->is_stream && urb->u->status == 0 && dev->is_plugged;
        uint8_t address = urb->u->endpoint;
        if (dev->is_plugged) {
            error_keep(p, urb);
            urb_send(p, urb);
        }
        urb_free(urb);
        if (is_again)
            redir_stream_start(p, address);
    }
    p->is_updating = false;
    guest_flush(p);
}
