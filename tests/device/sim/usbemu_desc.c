/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of an emulated device: which endpoints there are in the chosen configuration and
 * alternate settings. Runs under the lock, any thread. Source: USB 2.0, chapter 9. */
#include "usbemu_priv.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"

enum {
    DEVICE_BYTES = 18,
    TYPE_DEVICE = 1,
    TYPE_CONFIGURATION = 2,
    TYPE_STRING = 3,
    TYPE_INTERFACE = 4,
    TYPE_ENDPOINT = 5,
};

const uint8_t *desc_configuration(const struct usbemu_desc *desc, unsigned index, size_t *ret_n)
{
    size_t at = DEVICE_BYTES;

    for (; at + 9 <= desc->descriptors_bytes; index--) {
        const uint8_t *c = desc->descriptors + at;
        size_t n = bytes_le16(c + 2), left = desc->descriptors_bytes - at;
        n = n >= 9 && n <= left ? n : left; /* a wrong total is the device's own affair */
        if (index == 0) {
            *ret_n = n;
            return c;
        }
        at += n;
    }
    return NULL;
}

static const uint8_t *configuration_of_value(const struct usbemu_desc *desc, int value,
                                             size_t *ret_n)
{
    const uint8_t *c;

    for (unsigned i = 0; (c = desc_configuration(desc, i, ret_n)) != NULL; i++)
        if (c[5] == value)
            return c;
    return NULL;
}

/* Endpoints as the chosen settings have them; what is not in them has no packet size. */
static void endpoints_read(struct usbemu_dev *dev)
{
    size_t n = 0;
    const uint8_t *c = configuration_of_value(dev->desc, dev->configuration, &n);
    int ifno = 0;
    bool is_chosen = false;

    for (int i = 0; i < USBEMU_ENDPOINTS; i++)
        dev->ep[i].wMaxPacketSize = 0;
    dev->n_interfaces = 0;
    for (size_t i = 0; c != NULL && i + 1 < n && c[i] > 0; i += c[i]) {
        if (c[i + 1] == TYPE_INTERFACE && c[i + 2] < USBEMU_INTERFACES) {
            ifno = c[i + 2];
            is_chosen = dev->iface[ifno].alt == c[i + 3];
            dev->n_interfaces = ifno + 1 > dev->n_interfaces ? ifno + 1 : dev->n_interfaces;
        } else if (c[i + 1] == TYPE_ENDPOINT && is_chosen) {
            struct endpoint *ep = ep_of(dev, c[i + 2]);
            ep->wMaxPacketSize = bytes_le16(c + i + 4) & 0x7ff;
            ep->type = c[i + 3] & 3;
            ep->interval = c[i + 6];
            ep->ifno = ifno;
        }
    }
}

static bool has_alternate(struct usbemu_dev *dev, int ifno, int alt)
{
    size_t n = 0;
    const uint8_t *c = configuration_of_value(dev->desc, dev->configuration, &n);

    for (size_t i = 0; c != NULL && i + 1 < n && c[i] > 0; i += c[i])
        if (c[i + 1] == TYPE_INTERFACE && c[i + 2] == ifno && c[i + 3] == alt)
            return true;
    return false;
}

void dev_settings_reset(struct usbemu_dev *dev)
{
    size_t n = 0;
    const uint8_t *c = desc_configuration(dev->desc, 0, &n);

    dev->configuration = c ? c[5] : 0;
    for (int i = 0; i < USBEMU_INTERFACES; i++)
        dev->iface[i] = (struct iface){.driver = dev->desc->kernel_driver[i]};
    endpoints_read(dev);
}

/* Transfers and data of an interface's endpoints (-1: of all) do not outlive its setting. */
static void endpoints_clear(struct usbemu_dev *dev, int ifno)
{
    for (int i = 0; i < USBEMU_ENDPOINTS; i++) {
        struct endpoint *ep = &dev->ep[i];
        struct urb *urb;
        if (i % 16 == 0 || (ifno >= 0 && ep->ifno != ifno))
            continue;
        while ((urb = TAILQ_FIRST(&ep->urbs)) != NULL) {
            TAILQ_REMOVE(&ep->urbs, urb, link);
            urb_complete(dev, urb, -ENOENT);
        }
        ep_drop_packets(ep);
        ep->is_halted = false;
    }
}

long dev_alternate(struct usbemu_dev *dev, int ifno, int alt)
{
    if (ifno < 0 || ifno >= dev->n_interfaces || !has_alternate(dev, ifno, alt))
        return -EINVAL;
    endpoints_clear(dev, ifno);
    dev->iface[ifno].alt = alt;
    endpoints_read(dev);
    if (dev->ops->alternate)
        dev->ops->alternate(dev->model, ifno, alt);
    return 0;
}

long dev_configure(struct usbemu_dev *dev, int value)
{
    size_t n = 0;

    if (configuration_of_value(dev->desc, value, &n) == NULL)
        return -EINVAL;
    for (int i = 0; i < USBEMU_INTERFACES; i++)
        if (dev->iface[i].owner != NULL)
            return -EBUSY;
    endpoints_clear(dev, -1);
    dev->configuration = value;
    for (int i = 0; i < USBEMU_INTERFACES; i++)
        dev->iface[i].alt = 0;
    endpoints_read(dev);
    sysfs_configuration(dev);
    if (dev->ops->configured)
        dev->ops->configured(dev->model, value);
    return 0;
}

int desc_get(const struct usbemu_desc *desc, uint16_t wValue, uint8_t *out, size_t cap)
{
    unsigned type = wValue >> 8, index = wValue & 0xff;
    const uint8_t *from = NULL;
    uint8_t text[256] = {4, TYPE_STRING, 0x09, 0x04}; /* string 0: English */
    size_t n = 0;

    if (type == TYPE_DEVICE) {
        from = desc->descriptors;
        n = DEVICE_BYTES;
    } else if (type == TYPE_CONFIGURATION) {
        from = desc_configuration(desc, index, &n);
    } else if (type == TYPE_STRING && index == 0) {
        from = text;
        n = 4;
    } else if (type == TYPE_STRING && index < YJ_COUNT(desc->strings) && desc->strings[index]) {
        size_t len = strlen(desc->strings[index]);
        len = len < 126 ? len : 126;
        text[0] = (uint8_t)(2 + 2 * len);
        for (size_t i = 0; i < len; i++) {
            text[2 + 2 * i] = (uint8_t)desc->strings[index][i];
            text[3 + 2 * i] = 0;
        }
        from = text;
        n = text[0];
    }
    if (from == NULL)
        return -EPIPE;
    n = n < cap ? n : cap;
    memcpy(out, from, n);
    return (int)n;
}
