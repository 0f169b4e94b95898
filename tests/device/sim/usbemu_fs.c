/* SPDX-License-Identifier: Apache-2.0 */
/* The ioctls of usbfs that libusb uses, on top of the endpoints. Runs under the lock, any thread.
 * Source: Linux Documentation/driver-api/usb/usb.rst and include/uapi/linux/usbdevice_fs.h. */
#include "usbemu_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

size_t usbfs_arg_bytes(unsigned long request)
{
    switch (request) {
    case USBDEVFS_GETDRIVER:
        return sizeof(struct usbdevfs_getdriver);
    case USBDEVFS_IOCTL:
        return sizeof(struct usbdevfs_ioctl);
    case USBDEVFS_DISCONNECT_CLAIM:
        return sizeof(struct usbdevfs_disconnect_claim);
    case USBDEVFS_SUBMITURB:
        return sizeof(struct usbdevfs_urb);
    case USBDEVFS_SETINTERFACE:
        return sizeof(struct usbdevfs_setinterface);
    case USBDEVFS_GET_CAPABILITIES:
    case USBDEVFS_CLAIMINTERFACE:
    case USBDEVFS_RELEASEINTERFACE:
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESETEP:
    case USBDEVFS_SETCONFIGURATION:
        return sizeof(unsigned);
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY:
        return sizeof(void *);
    default: /* RESET and GET_SPEED take nothing, DISCARDURB an address that is not followed */
        return 0;
    }
}

void opener_init(struct opener *op, struct usbemu_dev *dev)
{
    op->dev = dev;
    op->plugging = dev->plugging;
    TAILQ_INIT(&op->done);
    TAILQ_INSERT_TAIL(&dev->openers, op, link);
}

static void iface_set_owner(struct usbemu_dev *dev, int ifno, struct opener *op)
{
    bool had = dev->iface[ifno].owner != NULL, has = op != NULL;

    dev->iface[ifno].owner = op;
    if (has && !had)
        dev->n_claims++;
    if (has != had && dev->ops->claimed)
        dev->ops->claimed(dev->model, ifno, has);
}

/* Take the opener's pending transfers off an interface's endpoints (-1: all). */
static void opener_cancel(struct opener *op, int ifno, bool is_closing)
{
    struct usbemu_dev *dev = op->dev;

    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        struct urb *urb = TAILQ_FIRST(&dev->ep[i].urbs), *next;
        if (ifno >= 0 && (i == 0 || dev->ep[i].ifno != ifno))
            continue;
        for (; urb != NULL; urb = next) {
            next = TAILQ_NEXT(urb, link);
            if (urb->owner != op)
                continue;
            TAILQ_REMOVE(&dev->ep[i].urbs, urb, link);
            if (is_closing)
                urb_free(urb);
            else
                urb_complete(dev, urb, -ENOENT);
        }
    }
}

void opener_fini(struct opener *op)
{
    struct usbemu_dev *dev = op->dev;
    struct urb *urb;

    if (dev != NULL) {
        opener_cancel(op, -1, true);
        for (int i = 0; i < USBEMU_INTERFACES; i++)
            if (dev->iface[i].owner == op)
                iface_set_owner(dev, i, NULL);
    }
    while ((urb = TAILQ_FIRST(&op->done)) != NULL) {
        TAILQ_REMOVE(&op->done, urb, link);
        urb_free(urb);
    }
    if (dev != NULL) {
        TAILQ_REMOVE(&dev->openers, op, link);
        op->dev = NULL;
        dev->bus->carrier->update(dev);
    }
}

static long fs_getdriver(struct usbemu_dev *dev, struct usbdevfs_getdriver *g)
{
    const char *name;

    if (g->interface >= (unsigned)dev->n_interfaces)
        return -EINVAL;
    name = dev->iface[g->interface].owner ? "usbfs" : dev->iface[g->interface].driver;
    if (name == NULL)
        return -ENODATA;
    memset(g->driver, 0, sizeof g->driver);
    memcpy(g->driver, name, strlen(name));
    return 0;
}

/* Detach or attach the kernel driver. */
static long fs_driver(struct usbemu_dev *dev, const struct usbdevfs_ioctl *io)
{
    if (io->ifno < 0 || io->ifno >= dev->n_interfaces)
        return -EINVAL;
    struct iface *iface = &dev->iface[io->ifno];
    if ((unsigned)io->ioctl_code == USBDEVFS_DISCONNECT) {
        if (iface->driver == NULL)
            return -ENODATA;
        iface->driver = NULL;
        return 0;
    }
    if ((unsigned)io->ioctl_code == USBDEVFS_CONNECT) {
        if (iface->owner != NULL)
            return -EBUSY;
        iface->driver = dev->desc->kernel_driver[io->ifno];
        return iface->driver != NULL;
    }
    return -ENOTTY;
}

static long fs_claim(struct opener *op, unsigned ifno, bool detach)
{
    struct usbemu_dev *dev = op->dev;

    if (ifno >= (unsigned)dev->n_interfaces)
        return -ENOENT;
    if (dev->iface[ifno].owner == op)
        return 0;
    if (dev->iface[ifno].owner != NULL || (dev->iface[ifno].driver != NULL && !detach))
        return -EBUSY;
    dev->iface[ifno].driver = NULL;
    iface_set_owner(dev, (int)ifno, op);
    return 0;
}

static long fs_release(struct opener *op, unsigned ifno)
{
    struct usbemu_dev *dev = op->dev;

    if (ifno >= (unsigned)dev->n_interfaces || dev->iface[ifno].owner != op)
        return -EINVAL;
    opener_cancel(op, (int)ifno, false);
    iface_set_owner(dev, (int)ifno, NULL);
    return 0;
}

static long fs_submit(struct opener *op, struct urb *urb)
{
    struct usbemu_dev *dev = op->dev;
    uint8_t address = urb->u->endpoint;
    struct endpoint *ep = ep_of(dev, address);
    bool is_control = urb->u->type == USBDEVFS_URB_TYPE_CONTROL;

    if (urb->u->type == USBDEVFS_URB_TYPE_ISO || urb->u->buffer_length < 0)
        return -EINVAL;
    if (ep->fail_submit != 0) {
        long err = -ep->fail_submit;
        ep->fail_submit = 0;
        return err;
    }
    urb->owner = op;
    if (is_control) {
        if (urb->u->buffer_length < 8 ||
            urb->u->buffer_length < 8 + (urb->buf[6] | urb->buf[7] << 8))
            return -EINVAL;
        if (ep->is_held)
            TAILQ_INSERT_TAIL(&ep->urbs, urb, link);
        else
            ep_control(dev, urb);
        return 0;
    }
    if (ep->wMaxPacketSize == 0)
        return -ENOENT;
    /* as the kernel: using an interface claims it */
    long r = fs_claim(op, (unsigned)ep->ifno, false);
    if (r < 0)
        return r;
    TAILQ_INSERT_TAIL(&ep->urbs, urb, link);
    ep_run(dev, address);
    return 0;
}

static long fs_reap(struct opener *op, bool is_gone, struct urb **ret_urb)
{
    struct urb *urb = TAILQ_FIRST(&op->done);

    if (urb == NULL)
        return is_gone ? -ENODEV : -EAGAIN;
    TAILQ_REMOVE(&op->done, urb, link);
    op->dev->bus->carrier->update(op->dev);
    *ret_urb = urb;
    return 0;
}

static long fs_discard(struct opener *op, uintptr_t client_addr)
{
    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        struct urb *urb;
        TAILQ_FOREACH(urb, &op->dev->ep[i].urbs, link)
        {
            if (urb->owner != op || urb->client_addr != client_addr)
                continue;
            TAILQ_REMOVE(&op->dev->ep[i].urbs, urb, link);
            urb_complete(op->dev, urb, -ENOENT);
            return 0;
        }
    }
    return -EINVAL;
}

static long fs_reset(struct usbemu_dev *dev)
{
    for (int i = 0; i < USBEMU_ENDPOINTS; i++)
        dev->ep[i].is_halted = false;
    return 0;
}

static long fs_setinterface(struct opener *op, const struct usbdevfs_setinterface *s)
{
    if (s->interface >= (unsigned)op->dev->n_interfaces)
        return -EINVAL;
    if (op->dev->iface[s->interface].owner != op) {
        long r = fs_claim(op, s->interface, false);
        if (r < 0)
            return r;
    }
    return dev_alternate(op->dev, (int)s->interface, (int)s->altsetting);
}

long usbfs_ioctl(struct opener *op, struct usbfs_call *call)
{
    struct usbemu_dev *dev = op->dev;
    unsigned *number = call->arg;

    if (dev == NULL)
        return -ENODEV;
    bool is_gone = !dev->is_plugged || dev->plugging != op->plugging;
    switch (call->request) {
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY:
        return fs_reap(op, is_gone, &call->reaped);
    case USBDEVFS_DISCARDURB:
        return fs_discard(op, (uintptr_t)call->arg);
    default:
        if (is_gone)
            return -ENODEV;
    }
    switch (call->request) {
    case USBDEVFS_GET_CAPABILITIES:
        *number = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                  USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER |
                  USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
        return 0;
    case USBDEVFS_GET_SPEED:
        return dev->desc->speed_mbit >= 480 ? 3 : 2;
    case USBDEVFS_GETDRIVER:
        return fs_getdriver(dev, call->arg);
    case USBDEVFS_IOCTL:
        return fs_driver(dev, call->arg);
    case USBDEVFS_DISCONNECT_CLAIM:
        return fs_claim(op, ((struct usbdevfs_disconnect_claim *)call->arg)->interface, true);
    case USBDEVFS_CLAIMINTERFACE:
        return fs_claim(op, *number, false);
    case USBDEVFS_RELEASEINTERFACE:
        return fs_release(op, *number);
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESETEP:
        ep_of(dev, (uint8_t)*number)->is_halted = false;
        return 0;
    case USBDEVFS_SETCONFIGURATION:
        return dev_configure(dev, (int)*number);
    case USBDEVFS_SETINTERFACE:
        return fs_setinterface(op, call->arg);
    case USBDEVFS_RESET:
        return fs_reset(dev);
    case USBDEVFS_SUBMITURB:
        return fs_submit(op, call->submitted);
    default:
        return -ENOTTY;
    }
}
