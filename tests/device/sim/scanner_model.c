/* SPDX-License-Identifier: Apache-2.0 */
/* HID POS scanner model. Runs under the bus lock, any thread. */
#include "scanner_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { REPORT_BYTES = 64, REPORT_ID = 2, DATA_BYTES = 56, EP_IN = 0x81, SLOW_MS = 700 };

/* ---- descriptors ---- */

/* Report items that all three layouts begin and end with. Source: HID 1.11, 6.2.2. */
#define ITEMS_HEAD                                                                                 \
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01,             /* POS page, Bar Code Scanner, application */  \
        0x09, 0x12, 0xa1, 0x02,                     /* Scanned Data Report, logical */             \
        0x85, REPORT_ID, 0x15, 0x00, 0x26, 0xff, 0, /* report 2, 0..255 */                         \
        0x75, 0x08, 0x95, 0x01,                     /* 8 bits, one */                              \
        0x05, 0x01, 0x09, 0x3b, 0x81, 0x02          /* Generic Desktop, Byte Count */
#define ITEMS_AIM                                                                                  \
    0x05, 0x8c, 0x95, 0x01, 0x09, 0xfb, 0x81, 0x02, /* Symbology Identifier 1 */                   \
        0x09, 0xfc, 0x81, 0x02, 0x09, 0xfd, 0x81, 0x02
#define ITEMS_DATA   0x05, 0x8c, 0x09, 0xfe, 0x95, DATA_BYTES, 0x82, 0x02, 0x01 /* Decoded Data */
#define ITEMS_PAD(n) 0x95, (n), 0x81, 0x03
#define ITEMS_VENDOR                                                                               \
    0x06, 0x66, 0xff, 0x09, 0x04, 0x95, 0x01, 0x81, 0x02 /* symbology or code ID                   \
                                                          */
#define ITEMS_TAIL                                                                                 \
    0x05, 0x8c, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0xff, 0x81, 0x02, /* continued */        \
        0x95, 0x07, 0x81, 0x03, 0xc0, 0x85, 0x04, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x3f, 0x06,  \
        0x66, 0xff, 0x09, 0x05, 0x91, 0x02, 0xc0 /* output report 4: length and command */

static const uint8_t report_c[] = {ITEMS_HEAD, ITEMS_DATA, ITEMS_PAD(4), ITEMS_VENDOR, ITEMS_TAIL};
static const uint8_t report_a[] = {ITEMS_HEAD,   ITEMS_AIM,    ITEMS_DATA,
                                   ITEMS_VENDOR, ITEMS_PAD(1), ITEMS_TAIL};
static const uint8_t report_b[] = {ITEMS_HEAD, ITEMS_PAD(1), ITEMS_AIM,
                                   ITEMS_DATA, ITEMS_PAD(1), ITEMS_TAIL};

#define DESCRIPTORS(vid, pid, report)                                                              \
    {                                                                                              \
        18, 1, 0x00, 0x02, 0, 0, 0, 64, (vid)&0xff, (vid) >> 8, (pid)&0xff, (pid) >> 8, 0x00,      \
            0x01, 1, 2, 3, 1,                                   /* device */                       \
            9, 2, 34, 0, 1, 1, 0, 0xa0, 100,                    /* configuration */                \
            9, 4, 0, 0, 1, 3, 0, 0, 0,                          /* interface: HID */               \
            9, 0x21, 0x11, 0x01, 0, 1, 0x22, sizeof(report), 0, /* HID descriptor */               \
            7, 5, EP_IN, 3, REPORT_BYTES, 0, 4                  /* interrupt IN */                 \
    }
static const uint8_t descriptors_c[] = DESCRIPTORS(0x1eab, 0x0d10, report_c);
static const uint8_t descriptors_a[] = DESCRIPTORS(0x0c2e, 0x0907, report_a);
static const uint8_t descriptors_b[] = DESCRIPTORS(0x05e0, 0x1300, report_b);

static const struct layout {
    const uint8_t *descriptors, *report;
    size_t descriptors_bytes, report_bytes;
    int aim_at, data_at;
} layouts[] = {
    [SCANNER_LAYOUT_C] = {descriptors_c, report_c, sizeof descriptors_c, sizeof report_c, 0, 2},
    [SCANNER_LAYOUT_A] = {descriptors_a, report_a, sizeof descriptors_a, sizeof report_a, 2, 5},
    [SCANNER_LAYOUT_B] = {descriptors_b, report_b, sizeof descriptors_b, sizeof report_b, 3, 6},
};

struct scanner_model {
    const struct layout *layout;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    enum scanner_fault fault;
    int fault_n;
    uint8_t slow[SCANNER_CODE_MAX]; /* the code being sent part by part */
    size_t slow_bytes;
    struct scanner_counters counters;
};

/* One report with the part of the code that starts at byte `at`. @return bytes it took */
static size_t report_push(struct scanner_model *m, const uint8_t *code, size_t n, size_t at,
                          enum scanner_fault fault)
{
    uint8_t r[REPORT_BYTES] = {REPORT_ID};
    size_t len = n - at < DATA_BYTES ? n - at : DATA_BYTES;

    r[1] = fault == SCANNER_FAULT_LENGTH ? 200 : (uint8_t)len;
    if (m->layout->aim_at > 0)
        memcpy(r + m->layout->aim_at, "]Q1", 3);
    if (len > 0)
        memcpy(r + m->layout->data_at, code + at, len);
    r[63] = at + len < n;
    m->counters.n_reports++;
    usbemu_in_push(m->dev, EP_IN, r, sizeof r, false);
    return len;
}

static void reply_push(struct scanner_model *m)
{
    static const uint8_t reply[REPORT_BYTES] = {REPORT_ID, 6, 2, 0, 0, 1, 0, 0x33, 0x31};

    usbemu_in_push(m->dev, EP_IN, reply, sizeof reply, false);
}

static void slow_next(void *model, uintptr_t at)
{
    struct scanner_model *m = model;

    at += report_push(m, m->slow, m->slow_bytes, at, SCANNER_FAULT_NONE);
    if (at < m->slow_bytes)
        usbemu_after(m->dev, SLOW_MS, slow_next, at);
}

static void code_push(struct scanner_model *m, const uint8_t *code, size_t n,
                      enum scanner_fault fault)
{
    size_t at = 0;

    if (fault == SCANNER_FAULT_SLOW) {
        memcpy(m->slow, code, n);
        m->slow_bytes = n;
        slow_next(m, 0);
        return;
    }
    if (fault == SCANNER_FAULT_REPLY)
        reply_push(m);
    do {
        if (fault == SCANNER_FAULT_TRUNCATED && n - at <= DATA_BYTES && at > 0)
            return;
        at += report_push(m, code, n, at, fault);
        if (fault == SCANNER_FAULT_UNPLUG) {
            usbemu_unplug(m->dev);
            return;
        }
    } while (at < n);
}

/* Class requests. Source: HID 1.11, 7. */
static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct scanner_model *m = model;
    const uint8_t *hid = m->layout->descriptors + 18 + 9 + 9;

    if (s->bmRequestType == 0x81 && s->bRequest == 6 && s->wValue >> 8 == 0x22) {
        *ret_bytes = m->layout->report_bytes < s->wLength ? m->layout->report_bytes : s->wLength;
        memcpy(data, m->layout->report, *ret_bytes);
        return 0;
    }
    if (s->bmRequestType == 0x81 && s->bRequest == 6 && s->wValue >> 8 == 0x21) {
        *ret_bytes = s->wLength < 9 ? s->wLength : 9;
        memcpy(data, hid, *ret_bytes);
        return 0;
    }
    if (s->bmRequestType != 0x21)
        return -EPIPE;
    if (s->bRequest == 0x0a || s->bRequest == 0x0b) /* SET_IDLE, SET_PROTOCOL */
        return 0;
    if (s->bRequest == 9 && (s->wValue & 0xff) == 4) { /* a command; the reply looks like a scan */
        m->counters.n_commands++;
        reply_push(m);
        return 0;
    }
    return -EPIPE;
}

/* The kernel's driver takes over and reads what is left. */
static void on_claimed(void *model, int ifno, bool on)
{
    struct scanner_model *m = model;

    (void)ifno;
    if (!on)
        usbemu_in_flush(m->dev, EP_IN);
}

static const struct usbemu_ops ops = {.control = on_control, .claimed = on_claimed};

struct scanner_model *scanner_model_new(struct usbemu_bus *bus, const struct scanner_cfg *cfg)
{
    struct scanner_model *m = mem_zalloc(1, sizeof *m);

    m->layout = &layouts[cfg->layout];
    m->desc = (struct usbemu_desc){
        .descriptors = m->layout->descriptors,
        .descriptors_bytes = m->layout->descriptors_bytes,
        .strings = {NULL, "Yijian-Sim", "Scanner", "SIM0001"},
        .kernel_driver = {"usbhid"},
        .speed_mbit = 12,
        .port = cfg->port ? cfg->port : "1-2",
    };
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void scanner_model_free(struct scanner_model *m)
{
    free(m);
}

struct usbemu_dev *scanner_model_dev(struct scanner_model *m)
{
    return m->dev;
}

int scanner_model_scan(struct scanner_model *m, const void *code, size_t n)
{
    enum scanner_fault fault = SCANNER_FAULT_NONE;

    usbemu_lock();
    if (n > SCANNER_CODE_MAX || !usbemu_is_claimed(m->dev, 0)) {
        m->counters.n_lost++;
        usbemu_unlock();
        return -1;
    }
    m->counters.n_scans++;
    if (m->fault_n != 0) {
        fault = m->fault;
        m->fault_n -= m->fault_n > 0;
    }
    if (fault == SCANNER_FAULT_STALL)
        usbemu_halt(m->dev, EP_IN);
    else if (fault != SCANNER_FAULT_SILENT)
        code_push(m, code, n, fault);
    usbemu_unlock();
    return 0;
}

void scanner_model_fault(struct scanner_model *m, enum scanner_fault fault, int n)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = fault == SCANNER_FAULT_NONE ? 0 : n;
    usbemu_unlock();
}

struct scanner_counters scanner_model_counters(struct scanner_model *m)
{
    return m->counters;
}
