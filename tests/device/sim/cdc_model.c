/* SPDX-License-Identifier: Apache-2.0 */
/* CDC-ACM scanner model. Runs under the bus lock, any thread. */
#include "cdc_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { CONTROL = 0, DATA = 1, EP_IN = 0x81, EP_NOTIFY = 0x82, EP_OUT = 0x01, PACKET = 64 };
enum { SLOW_MS = 700, LINE_MAX = CDC_CODE_MAX + 16 };

static const uint8_t descriptors[] = {
    18, 1,    0x00,      0x02,    2,      0,  0,  64,   0xab, 0x1e,   0x06, 0x1d,   0x00, 0x01,
    1,  2,    3,         1,                                  /* device */
    9,  2,    67,        0,       2,      1,  0,  0xa0, 100, /* conf. */
    9,  4,    CONTROL,   0,       1,      2,  2,  1,    0,   /* communication, abstract control */
    5,  0x24, 0x00,      0x10,    0x01,                      /* header */
    5,  0x24, 0x01,      0x00,    DATA,                      /* call management */
    4,  0x24, 0x02,      0x02,                               /* abstract control management */
    5,  0x24, 0x06,      CONTROL, DATA,                      /* union */
    7,  5,    EP_NOTIFY, 3,       8,      0,  16,            /* */
    9,  4,    DATA,      0,       2,      10, 0,  0,    0,   /* data */
    7,  5,    EP_IN,     2,       PACKET, 0,  0,  7,    5,    EP_OUT, 2,    PACKET, 0,    0,
};

struct cdc_model {
    struct cdc_cfg cfg;
    char suffix[4], aim[4];
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    bool is_open; /* DTR */
    unsigned rate, random, fault_p, fault_random;
    bool is_losing; /* the second packet of the code being sent gets lost */
    enum cdc_fault fault;
    int fault_n;
    uint8_t line[LINE_MAX]; /* what is to be sent, and how far it is */
    size_t n, at, slow_at;
    struct cdc_counters counters;
};

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u; /* Numerical Recipes' generator */
    return *state >> 8;
}

static enum cdc_fault fault_next(struct cdc_model *m)
{
    if (m->fault_p > 0)
        return next_random(&m->fault_random) % 1000 < m->fault_p ? m->fault : CDC_FAULT_NONE;
    if (m->fault_n == 0)
        return CDC_FAULT_NONE;
    m->fault_n -= m->fault_n > 0;
    return m->fault;
}

/* Send packets until a pause is due or all is out. */
static void line_send(void *model, uintptr_t unused)
{
    struct cdc_model *m = model;

    (void)unused;
    while (m->at < m->n) {
        size_t piece = m->cfg.piece ? m->cfg.piece : PACKET;
        if (m->cfg.seed)
            piece = 1 + next_random(&m->random) % piece;
        bool is_slow = m->at < m->slow_at && m->at + piece >= m->slow_at;
        if (is_slow)
            piece = m->slow_at - m->at;
        if (piece > m->n - m->at)
            piece = m->n - m->at;
        if (m->at > 0 && m->is_losing)
            usbemu_fail_transfer(m->dev, EP_IN, EPROTO);
        else
            usbemu_in_push(m->dev, EP_IN, m->line + m->at, piece, false);
        m->is_losing = m->is_losing && m->at == 0;
        m->counters.n_packets++;
        m->at += piece;
        if (m->at < m->n && (is_slow || m->cfg.gap_ms > 0)) {
            usbemu_after(m->dev, is_slow ? SLOW_MS : m->cfg.gap_ms, line_send, 0);
            return;
        }
    }
}

static void line_add(struct cdc_model *m, const void *p, size_t n)
{
    memcpy(m->line + m->n, p, n);
    m->n += n;
}

/* What is still to go out, and room behind it. */
static void line_compact(struct cdc_model *m)
{
    memmove(m->line, m->line + m->at, m->n - m->at);
    m->n -= m->at;
    m->at = m->slow_at = 0;
}

static void code_send(struct cdc_model *m, const void *code, size_t n, enum cdc_fault fault)
{
    bool is_idle = m->at == m->n, is_half = fault >= CDC_FAULT_TRUNCATED;

    line_compact(m);
    line_add(m, m->aim, strlen(m->aim));
    line_add(m, code, is_half && fault != CDC_FAULT_SLOW ? n / 2 : n);
    if (fault == CDC_FAULT_SLOW)
        m->slow_at = m->n - n / 2;
    m->is_losing = fault == CDC_FAULT_LOST;
    if (!is_half || fault == CDC_FAULT_SLOW)
        line_add(m, m->suffix, strlen(m->suffix));
    if (is_idle)
        line_send(m, 0);
    if (fault == CDC_FAULT_UNPLUG)
        usbemu_unplug(m->dev);
}

static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct cdc_model *m = model;

    if (s->bmRequestType != 0x21 && s->bmRequestType != 0xa1)
        return -EPIPE;
    /* A kernel gives no request for an interface through that another driver has. */
    if (s->wIndex != CONTROL || !usbemu_is_claimed(m->dev, CONTROL)) {
        m->counters.n_unclaimed++;
        return -EPIPE;
    }
    if (s->bmRequestType == 0x21 && s->bRequest == 0x20 && s->wLength == 7) {
        m->rate = bytes_le32(data);
        return 0;
    }
    if (s->bmRequestType == 0x21 && s->bRequest == 0x22) {
        m->is_open = s->wValue & 1;
        return 0;
    }
    *ret_bytes = 0;
    return -EPIPE;
}

static int on_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    struct cdc_model *m = model;

    (void)ep;
    m->counters.n_starts += n == 3 && memcmp(packet, "\x16T\r", 3) == 0;
    m->counters.n_stops += n == 3 && memcmp(packet, "\x16U\r", 3) == 0;
    m->counters.n_beeps += n == 3 && memcmp(packet, "\x16\x07\r", 3) == 0;
    return 0;
}

static void on_claimed(void *model, int ifno, bool on)
{
    struct cdc_model *m = model;

    if (on)
        return;
    m->is_open = false;
    if (ifno == DATA)
        usbemu_in_flush(m->dev, EP_IN);
}

static void on_plugged(void *model)
{
    struct cdc_model *m = model;

    m->is_open = false;
    m->n = m->at = m->slow_at = 0;
}

static const struct usbemu_ops ops = {
    .control = on_control, .out = on_out, .claimed = on_claimed, .plugged = on_plugged};

struct cdc_model *cdc_model_new(struct usbemu_bus *bus, const struct cdc_cfg *cfg)
{
    struct cdc_model *m = mem_zalloc(1, sizeof *m);

    m->cfg = *cfg;
    m->random = cfg->seed;
    snprintf(m->suffix, sizeof m->suffix, "%s", cfg->suffix ? cfg->suffix : "\r");
    cdc_model_aim(m, cfg->aim);
    m->desc = (struct usbemu_desc){
        .descriptors = descriptors,
        .descriptors_bytes = sizeof descriptors,
        .strings = {NULL, "Yijian-Sim", "Serial Scanner", "SIM0002"},
        .kernel_driver = {"cdc_acm", "cdc_acm"},
        .speed_mbit = 12,
        .port = cfg->port ? cfg->port : "1-2",
    };
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void cdc_model_free(struct cdc_model *m)
{
    free(m);
}

struct usbemu_dev *cdc_model_dev(struct cdc_model *m)
{
    return m->dev;
}

int cdc_model_scan(struct cdc_model *m, const void *code, size_t n)
{
    usbemu_lock();
    if (!usbemu_is_claimed(m->dev, DATA) || !m->is_open || n + 8 > LINE_MAX - (m->n - m->at)) {
        m->counters.n_lost++;
        usbemu_unlock();
        return -1;
    }
    m->counters.n_scans++;
    enum cdc_fault fault = fault_next(m);
    if (fault == CDC_FAULT_STALL)
        usbemu_halt(m->dev, EP_IN);
    else if (fault != CDC_FAULT_SILENT)
        code_send(m, code, n, fault);
    usbemu_unlock();
    return 0;
}

void cdc_model_aim(struct cdc_model *m, const char *aim)
{
    usbemu_lock();
    snprintf(m->aim, sizeof m->aim, "%s", aim ? aim : "");
    usbemu_unlock();
}

void cdc_model_fault(struct cdc_model *m, enum cdc_fault fault, int n)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = fault == CDC_FAULT_NONE ? 0 : n;
    m->fault_p = 0;
    usbemu_unlock();
}

void cdc_model_fault_random(struct cdc_model *m, enum cdc_fault fault, unsigned p, unsigned seed)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = 0;
    m->fault_p = fault == CDC_FAULT_NONE ? 0 : p;
    m->fault_random = seed;
    usbemu_unlock();
}

unsigned cdc_model_rate(struct cdc_model *m)
{
    usbemu_lock();
    unsigned rate = m->rate;
    usbemu_unlock();
    return rate;
}

struct cdc_counters cdc_model_counters(struct cdc_model *m)
{
    usbemu_lock();
    struct cdc_counters c = m->counters;
    usbemu_unlock();
    return c;
}
