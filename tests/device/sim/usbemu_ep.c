/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints of an emulated device: packets against transfers. Runs under the lock, any thread. */
#include "usbemu_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

struct endpoint *ep_of(struct usbemu_dev *dev, uint8_t address)
{
    return &dev->ep[(address & 15) | (address & 0x80 ? 16 : 0)];
}

void urb_free(struct urb *urb)
{
    g_clear_object(&urb->keep_buf);
    g_clear_object(&urb->keep_urb);
    free(urb);
}

void urb_complete(struct usbemu_dev *dev, struct urb *urb, int status)
{
    urb->u->status = status;
    urb->u->actual_length = (int)urb->done;
    TAILQ_INSERT_TAIL(&urb->owner->done, urb, link);
    dev->bus->carrier->update(dev);
}

void ep_drop_packets(struct endpoint *ep)
{
    struct packet *p;

    while ((p = STAILQ_FIRST(&ep->packets)) != NULL) {
        STAILQ_REMOVE_HEAD(&ep->packets, link);
        free(p);
    }
}

/* @return false when the device refused the next packet, else true and the status */
static bool urb_run_out(struct usbemu_dev *dev, uint8_t address, struct urb *urb, int *ret_status)
{
    size_t mps = ep_of(dev, address)->wMaxPacketSize, len = (size_t)urb->u->buffer_length;

    *ret_status = 0;
    do {
        size_t n = len - urb->done < mps ? len - urb->done : mps;
        int status =
            dev->ops->out ? dev->ops->out(dev->model, address, urb->buf + urb->done, n) : 0;
        if (status == -EAGAIN)
            return false;
        if (status < 0) {
            *ret_status = status;
            return true;
        }
        urb->done += n;
    } while (urb->done < len);
    return true;
}

/* Feed packets until the transfer is full or a short packet ends it. @return as above */
static bool urb_run_in(struct endpoint *ep, struct urb *urb, int *ret_status)
{
    size_t len = (size_t)urb->u->buffer_length;
    struct packet *p;

    *ret_status = 0;
    while ((p = STAILQ_FIRST(&ep->packets)) != NULL) {
        size_t n = p->n < len - urb->done ? p->n : len - urb->done;
        bool is_short = p->n<ep->wMaxPacketSize, is_babble = p->n> n;
        if (n > 0)
            memcpy(urb->buf + urb->done, p->bytes, n);
        urb->done += n;
        STAILQ_REMOVE_HEAD(&ep->packets, link);
        free(p);
        if (is_babble)
            *ret_status = -EOVERFLOW;
        else if (is_short && urb->done < len && (urb->u->flags & USBDEVFS_URB_SHORT_NOT_OK))
            *ret_status = -EREMOTEIO;
        if (is_short || is_babble || urb->done == len)
            return true;
    }
    return false;
}

static bool urb_run(struct usbemu_dev *dev, uint8_t address, struct urb *urb, int *ret_status)
{
    struct endpoint *ep = ep_of(dev, address);

    if (ep->fail_transfer != 0) {
        *ret_status = -ep->fail_transfer;
        ep->fail_transfer = 0;
        return true;
    }
    if (ep->is_halted) {
        *ret_status = -EPIPE;
        return true;
    }
    if (ep->is_held)
        return false;
    if (address & 0x80)
        return urb_run_in(ep, urb, ret_status);
    return urb_run_out(dev, address, urb, ret_status);
}

void ep_run(struct usbemu_dev *dev, uint8_t address)
{
    struct endpoint *ep = ep_of(dev, address);
    struct urb *urb;
    bool had_packets = !STAILQ_EMPTY(&ep->packets);

    if (ep->is_running) /* a callback came back to us: the loop below goes on anyway */
        return;
    ep->is_running = true;
    while (dev->is_plugged && (urb = TAILQ_FIRST(&ep->urbs)) != NULL) {
        int status = 0;
        if (!urb_run(dev, address, urb, &status))
            break;
        if (!dev->is_plugged)
            break; /* the model unplugged itself; all transfers are already ended */
        TAILQ_REMOVE(&ep->urbs, urb, link);
        if (status == -EPIPE)
            ep->is_halted = true;
        urb_complete(dev, urb, status);
    }
    ep->is_running = false;
    if (had_packets && STAILQ_EMPTY(&ep->packets) && dev->is_plugged && dev->ops->in_empty)
        dev->ops->in_empty(dev->model, address);
}

void usbemu_in_push(struct usbemu_dev *dev, uint8_t address, const void *data, size_t n, bool zlp)
{
    usbemu_lock();
    struct endpoint *ep = ep_of(dev, address);
    const uint8_t *bytes = data;
    bool more = dev->is_plugged;

    while (more) {
        size_t len = n < ep->wMaxPacketSize ? n : ep->wMaxPacketSize;
        struct packet *p = mem_zalloc(1, sizeof *p + len);
        p->n = len;
        if (len > 0)
            memcpy(p->bytes, bytes, len);
        STAILQ_INSERT_TAIL(&ep->packets, p, link);
        bytes += len;
        n -= len;
        more = n > 0 || (zlp && len == ep->wMaxPacketSize);
    }
    ep_run(dev, address);
    usbemu_unlock();
}

void usbemu_in_flush(struct usbemu_dev *dev, uint8_t address)
{
    usbemu_lock();
    ep_drop_packets(ep_of(dev, address));
    usbemu_unlock();
}

size_t usbemu_in_pending(const struct usbemu_dev *dev, uint8_t address)
{
    const struct endpoint *ep = &dev->ep[(address & 15) | (address & 0x80 ? 16 : 0)];
    const struct packet *p;
    size_t n = 0;

    usbemu_lock();
    STAILQ_FOREACH(p, &ep->packets, link)
    n++;
    usbemu_unlock();
    return n;
}

void usbemu_kick(struct usbemu_dev *dev, uint8_t address)
{
    usbemu_lock();
    ep_run(dev, address);
    usbemu_unlock();
}

void usbemu_hold(struct usbemu_dev *dev, uint8_t address, bool on)
{
    usbemu_lock();
    ep_of(dev, address)->is_held = on;
    if ((address & 15) == 0 && !on) {
        struct urb *urb;
        while ((urb = TAILQ_FIRST(&dev->ep[0].urbs)) != NULL) {
            TAILQ_REMOVE(&dev->ep[0].urbs, urb, link);
            ep_control(dev, urb);
        }
    } else {
        ep_run(dev, address);
    }
    usbemu_unlock();
}

void usbemu_halt(struct usbemu_dev *dev, uint8_t address)
{
    usbemu_lock();
    ep_of(dev, address)->is_halted = true;
    ep_run(dev, address);
    usbemu_unlock();
}

void usbemu_fail_transfer(struct usbemu_dev *dev, uint8_t address, int err)
{
    usbemu_lock();
    ep_of(dev, address)->fail_transfer = err;
    if ((address & 15) != 0)
        ep_run(dev, address);
    usbemu_unlock();
}

void usbemu_fail_submit(struct usbemu_dev *dev, uint8_t address, int err)
{
    usbemu_lock();
    ep_of(dev, address)->fail_submit = err;
    usbemu_unlock();
}

static int control(struct usbemu_dev *dev, const struct usbemu_setup *s, uint8_t *data, size_t *n)
{
    if (s->bmRequestType == 0x80 && s->bRequest == 6) {
        int len = desc_get(dev->desc, s->wValue, data, s->wLength);
        *n = len < 0 ? 0 : (size_t)len;
        return len < 0 ? len : 0;
    }
    if (s->bmRequestType == 0x80 && s->bRequest == 0 && s->wLength >= 2) { /* GET_STATUS */
        data[0] = data[1] = 0;
        *n = 2;
        return 0;
    }
    if (s->bmRequestType == 0x02 && s->bRequest == 1 && s->wValue == 0) { /* CLEAR_FEATURE halt */
        ep_of(dev, (uint8_t)s->wIndex)->is_halted = false;
        return 0;
    }
    return dev->ops->control ? dev->ops->control(dev->model, s, data, n) : -EPIPE;
}

void ep_control(struct usbemu_dev *dev, struct urb *urb)
{
    const uint8_t *b = urb->buf;
    struct usbemu_setup s = {b[0], b[1], bytes_le16(b + 2), bytes_le16(b + 4), bytes_le16(b + 6)};
    size_t n = s.bmRequestType & 0x80 ? 0 : s.wLength;
    int status = -dev->ep[0].fail_transfer;

    dev->ep[0].fail_transfer = 0;
    if (status == 0)
        status = control(dev, &s, urb->buf + 8, &n);
    urb->done = status == 0 ? n : 0;
    if (!dev->is_plugged)
        status = -ESHUTDOWN;
    urb_complete(dev, urb, status);
}
