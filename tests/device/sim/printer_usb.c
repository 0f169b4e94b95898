/* SPDX-License-Identifier: Apache-2.0 */
/* The printer model on the USB side: descriptors, class requests, packets. Runs under the bus lock
 * on the client's or the timer's thread. Source: USB Printing Devices 1.1, 4.2 and 5. */
#include <errno.h>
#include <string.h>

#include "printer_priv.h"

enum { GET_DEVICE_ID = 0, GET_PORT_STATUS = 1, SOFT_RESET = 2 };

static uint8_t ep_out(const struct printer_model *m)
{
    static const uint8_t eps[] = {0x02, 0x01, 0x03};
    return eps[m->cfg.endpoints];
}

static uint8_t ep_in(const struct printer_model *m)
{
    static const uint8_t eps[] = {0x81, 0x82, 0x84};
    return eps[m->cfg.endpoints];
}

/* ---- descriptors ---- */

static size_t interface_put(const struct printer_model *m, uint8_t *p, uint8_t alt, bool is_two_way)
{
    uint8_t low = m->cfg.is_high_speed ? 0 : 64, high = m->cfg.is_high_speed ? 2 : 0;
    uint8_t cls = m->cfg.is_vendor_class ? 0xff : 7, sub = m->cfg.is_vendor_class ? 0 : 1;
    uint8_t protocol = m->cfg.is_vendor_class ? 0 : is_two_way ? 2 : 1;
    const uint8_t head[] = {9, 4, 0, alt, is_two_way ? 2 : 1, cls, sub, protocol, 0};
    const uint8_t out[] = {7, 5, ep_out(m), 2, low, high, 0};
    const uint8_t in[] = {7, 5, ep_in(m), 2, low, high, 0};
    size_t n = 0;

    memcpy(p, head, sizeof head);
    n += sizeof head;
    memcpy(p + n, out, sizeof out);
    n += sizeof out;
    if (is_two_way) {
        memcpy(p + n, in, sizeof in);
        n += sizeof in;
    }
    return n;
}

static size_t descriptors_put(struct printer_model *m)
{
    uint16_t vid = m->cfg.vid ? m->cfg.vid : 0x0416, pid = m->cfg.vid ? m->cfg.pid : 0x5011;
    const uint8_t device[] = {18,
                              1,
                              0x00,
                              0x02,
                              0,
                              0,
                              0,
                              64,
                              (uint8_t)vid,
                              (uint8_t)(vid >> 8),
                              (uint8_t)pid,
                              (uint8_t)(pid >> 8),
                              0x00,
                              0x02,
                              1,
                              2,
                              3,
                              1};
    uint8_t *p = m->descriptors, *config = p + sizeof device;
    size_t n = 9;

    memcpy(p, device, sizeof device);
    if (m->cfg.has_alternates)
        n += interface_put(m, config + n, 0, false);
    n += interface_put(m, config + n, m->cfg.has_alternates, !m->cfg.is_one_way);
    memcpy(config, (const uint8_t[]){9, 2, (uint8_t)n, 0, 1, 1, 0, 0xc0, 1}, 9);
    return sizeof device + n;
}

/* ---- link ---- */

static bool is_up(struct printer_model *m)
{
    return usbemu_is_plugged(m->dev);
}

static void push(struct printer_model *m, const void *data, size_t n)
{
    usbemu_in_push(m->dev, ep_in(m), data, n, false);
}

static size_t pending(struct printer_model *m)
{
    return usbemu_in_pending(m->dev, ep_in(m));
}

static void flush(struct printer_model *m)
{
    usbemu_in_flush(m->dev, ep_in(m));
}

static void room(struct printer_model *m)
{
    usbemu_kick(m->dev, ep_out(m));
}

static void on_timer(void *model, uintptr_t timer)
{
    engine_timer(model, (unsigned)timer);
}

/* Heads cool and tickets are pulled back without a host; the motor needs power. */
static void after(struct printer_model *m, double ms, unsigned timer)
{
    if (timer == TIMER_TICK)
        usbemu_after(m->dev, ms, on_timer, timer);
    else
        usbemu_after_keep(m->dev, ms, on_timer, timer);
}

static void drop(struct printer_model *m)
{
    usbemu_unplug(m->dev);
}

static const struct printer_link link_usb = {is_up, push, pending, flush, room, after, drop};

/* ---- device ---- */

static int on_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    struct printer_model *m = model;

    (void)ep;
    if (m->fault[PRINTER_FAULT_NAK].n != 0)
        return -EAGAIN;
    if (fault_strikes(m, PRINTER_FAULT_STALL))
        return -EPIPE;
    if (fault_strikes(m, PRINTER_FAULT_IOERROR))
        return -EPROTO;
    return engine_receive(m, packet, n) ? 0 : -EAGAIN;
}

static int device_id(struct printer_model *m, uint16_t wLength, uint8_t *data, size_t *ret_bytes)
{
    uint8_t id[256];
    int n = 2;

    if (m->cfg.id_form == PRINTER_ID_STALL)
        return -EPIPE;
    if (m->cfg.id_form != PRINTER_ID_EMPTY)
        n += snprintf((char *)id + 2, sizeof id - 2,
                      "MFG:%s;MDL:%s;CMD:ESC/POS;CLS:PRINTER;DES:%s %s;SN:SIM0001;", m->strings[0],
                      m->strings[1], m->strings[0], m->strings[1]);
    bool is_little = m->cfg.id_form == PRINTER_ID_LITTLE_ENDIAN;
    id[is_little ? 1 : 0] = (uint8_t)(n >> 8);
    id[is_little ? 0 : 1] = (uint8_t)n;
    *ret_bytes = (size_t)n < wLength ? (size_t)n : wLength;
    memcpy(data, id, *ret_bytes);
    return 0;
}

static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct printer_model *m = model;

    if (fault_strikes(m, PRINTER_FAULT_CONTROL))
        return -EPIPE;
    if (s->bmRequestType == 0xa1 && s->bRequest == GET_DEVICE_ID)
        return device_id(m, s->wLength, data, ret_bytes);
    if (s->bmRequestType == 0xa1 && s->bRequest == GET_PORT_STATUS && s->wLength >= 1) {
        data[0] = printer_port_byte(m);
        if (fault_strikes(m, PRINTER_FAULT_PORT))
            data[0] ^= 0x38;
        *ret_bytes = 1;
        return 0;
    }
    bool is_reset = s->bmRequestType == 0x23 || (s->bmRequestType == 0x21 && !m->cfg.has_old_reset);
    if (is_reset && s->bRequest == SOFT_RESET) {
        m->count.n_resets++;
        flush(m);
        engine_clear(m);
        room(m);
        return 0;
    }
    return -EPIPE;
}

static void on_in_empty(void *model, uint8_t ep)
{
    (void)ep;
    printer_in_empty(model);
}

static void on_plugged(void *model)
{
    engine_power_up(model);
}

static const struct usbemu_ops ops = {
    .control = on_control, .out = on_out, .in_empty = on_in_empty, .plugged = on_plugged};

void printer_usb_attach(struct printer_model *m, struct usbemu_bus *bus)
{
    m->desc = (struct usbemu_desc){
        .descriptors = m->descriptors,
        .descriptors_bytes = descriptors_put(m),
        .strings = {NULL, m->strings[0], m->strings[1], "SIM0001"},
        .kernel_driver = {m->cfg.is_vendor_class ? NULL : "usblp"},
        .speed_mbit = m->cfg.is_high_speed ? 480 : 12,
        .port = m->cfg.port ? m->cfg.port : "1-3",
    };
    m->link = &link_usb;
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
}
