/* SPDX-License-Identifier: Apache-2.0 */
/* Echo device. Runs under the bus lock. */
#include "echo_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const uint8_t descriptors[] = {
    18, 1, 0x00, 0x02, 0,    0,    0, 64,   0x09, 0x12, 0x01, 0x00, 0x34, 0x12,
    1,  2, 3,    1,                                                          /* device */
    9,  2, 39,   0,    1,    1,    0, 0x80, 50,                              /* config */
    9,  4, 0,    0,    3,    0xff, 0, 0,    0,                               /* interface */
    7,  5, 0x01, 2,    0x00, 0x02, 0, 7,    5,    0x81, 2,    0x00, 0x02, 0, /* bulk */
    7,  5, 0x82, 3,    0x08, 0x00, 4,                                        /* interrupt */
};

struct echo_model {
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    unsigned replug_ms, n_accept;
    uint8_t store[4096];
    size_t n_store;
};

static void do_plug(void *model, uintptr_t arg)
{
    (void)arg;
    usbemu_plug(((struct echo_model *)model)->dev);
}

static void do_unplug(void *model, uintptr_t arg)
{
    struct echo_model *m = model;

    (void)arg;
    usbemu_unplug(m->dev);
    if (m->replug_ms > 0)
        usbemu_after_keep(m->dev, m->replug_ms, do_plug, 0);
}

static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct echo_model *m = model;
    uint8_t ep = (uint8_t)s->wIndex;

    if ((s->bmRequestType & 0x60) != 0x40)
        return -EPIPE;
    switch (s->bRequest) {
    case ECHO_UNPLUG:
        m->replug_ms = s->wIndex;
        usbemu_after(m->dev, s->wValue, do_unplug, 0);
        return 0;
    case ECHO_HALT:
        usbemu_halt(m->dev, ep);
        return 0;
    case ECHO_FAIL:
        usbemu_fail_transfer(m->dev, ep, s->wValue);
        return 0;
    case ECHO_HOLD:
        usbemu_hold(m->dev, ep, s->wValue != 0);
        return 0;
    case ECHO_ACCEPT:
        m->n_accept = s->wValue;
        usbemu_kick(m->dev, 0x01);
        return 0;
    case ECHO_PATTERN:
        for (unsigned i = 0; i < s->wLength; i++)
            data[i] = (uint8_t)i;
        *ret_bytes = s->wLength;
        return 0;
    case ECHO_STORE:
        m->n_store = s->wLength < sizeof m->store ? s->wLength : sizeof m->store;
        memcpy(m->store, data, m->n_store);
        return 0;
    case ECHO_LOAD:
        *ret_bytes = s->wLength < m->n_store ? s->wLength : m->n_store;
        memcpy(data, m->store, *ret_bytes);
        return 0;
    default:
        return -EPIPE;
    }
}

static int on_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    struct echo_model *m = model;

    (void)ep;
    if (m->n_accept == 0)
        return -EAGAIN;
    if (m->n_accept != 0xffff)
        m->n_accept--;
    usbemu_in_push(m->dev, 0x81, packet, n, false);
    return 0;
}

static void on_plugged(void *model)
{
    ((struct echo_model *)model)->n_accept = 0xffff;
}

static const struct usbemu_ops ops = {.control = on_control, .out = on_out, .plugged = on_plugged};

struct echo_model *echo_model_new(struct usbemu_bus *bus, const char *port, const char *serial)
{
    struct echo_model *m = mem_zalloc(1, sizeof *m);

    m->desc = (struct usbemu_desc){.descriptors = descriptors,
                                   .descriptors_bytes = sizeof descriptors,
                                   .strings = {NULL, "Yijian-Sim", "Echo", serial},
                                   .kernel_driver = {"usbtest"},
                                   .speed_mbit = 480,
                                   .port = port};
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void echo_model_free(struct echo_model *m)
{
    free(m);
}

struct usbemu_dev *echo_model_dev(struct echo_model *m)
{
    return m->dev;
}
