/* SPDX-License-Identifier: Apache-2.0 */
/* HID POS scanner model. Runs under the bus lock, any thread. */
#include "scanner_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner_reports.h"

enum { SLOW_MS = 700, HELD_MAX = 512 };

struct scanner_model {
    enum scanner_layout layout;
    const struct scanner_reports *reports;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    bool is_command, needs_mode;
    bool is_mode_set, is_triggered, is_prevented;
    enum scanner_fault fault;
    int fault_n;
    unsigned fault_p, random; /* thousandths, and the state of the generator; p 0: fault_n counts */
    char aim[3];
    uint8_t slow[SCANNER_CODE_MAX]; /* the code being sent part by part */
    size_t slow_bytes;
    uint8_t held[HELD_MAX]; /* the code that lies there */
    size_t held_bytes;
    unsigned held_every_ms;
    uintptr_t held_no;
    struct scanner_counters counters;
};

/* Does the fault hit this time? */
static enum scanner_fault fault_next(struct scanner_model *m)
{
    if (m->fault_p > 0) {
        m->random = m->random * 1664525u + 1013904223u; /* Numerical Recipes' generator */
        return (m->random >> 8) % 1000 < m->fault_p ? m->fault : SCANNER_FAULT_NONE;
    }
    if (m->fault_n == 0)
        return SCANNER_FAULT_NONE;
    m->fault_n -= m->fault_n > 0;
    return m->fault;
}

/* ---- codes ---- */

/* One report with the part of the code that starts at byte `at`. @return bytes it took */
static size_t report_push(struct scanner_model *m, const uint8_t *code, size_t n, size_t at,
                          enum scanner_fault fault)
{
    uint8_t r[REPORT_BYTES] = {REPORT_ID};
    size_t len = n - at < DATA_BYTES ? n - at : DATA_BYTES;

    r[1] = fault == SCANNER_FAULT_LENGTH ? 200 : (uint8_t)len;
    if (m->reports->aim_at > 0)
        memcpy(r + m->reports->aim_at, m->aim, sizeof m->aim);
    if (m->reports->aim_at > 0 && fault == SCANNER_FAULT_MIXED && at > 0)
        r[m->reports->aim_at + 1] = 'C';
    if (len > 0)
        memcpy(r + m->reports->data_at, code + at, len);
    r[63] = (uint8_t)((at + len < n) | (fault == SCANNER_FAULT_NOISE ? 0xa4 : 0));
    m->counters.n_reports++;
    usbemu_in_push(m->dev, EP_IN, r, sizeof r, false);
    return len;
}

static void reply_push(struct scanner_model *m)
{
    static const uint8_t reply[REPORT_BYTES] = {REPORT_ID, 7, 2, 0, 0, 1, 0, 0x33, 0x31};

    usbemu_in_push(m->dev, EP_IN, reply, sizeof reply, false);
}

static void noise_push(struct scanner_model *m)
{
    uint8_t r[REPORT_BYTES] = {REPORT_ID + 7, 5, 'n', 'o', 'i', 's', 'e', 0xff};

    usbemu_in_push(m->dev, EP_IN, r, sizeof r, false);
    usbemu_in_push(m->dev, EP_IN, r, 3, false);
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
        if (fault == SCANNER_FAULT_NOISE)
            noise_push(m);
        at += report_push(m, code, n, at, fault);
        if (fault == SCANNER_FAULT_UNPLUG) {
            usbemu_unplug(m->dev);
            return;
        }
        if (fault == SCANNER_FAULT_LOST && at == DATA_BYTES) {
            usbemu_fail_transfer(m->dev, EP_IN, EPROTO);
            at += DATA_BYTES;
        }
    } while (at < n);
}

bool scanner_model_is_looking(struct scanner_model *m)
{
    usbemu_lock();
    bool is_looking = !m->is_prevented && (!m->is_command || m->is_triggered) &&
                      (!m->needs_mode || m->is_mode_set);
    usbemu_unlock();
    return is_looking;
}

/* Read what lies under the window. @return 0 or -1 */
static int code_read(struct scanner_model *m, const void *code, size_t n)
{
    if (n > SCANNER_CODE_MAX || !usbemu_is_claimed(m->dev, 0)) {
        m->counters.n_lost++;
        return -1;
    }
    if (!scanner_model_is_looking(m)) {
        m->counters.n_dark++;
        return -1;
    }
    m->counters.n_scans++;
    m->is_triggered = false; /* a read ends what was started */
    enum scanner_fault fault = m->fault == SCANNER_FAULT_DEAF ? SCANNER_FAULT_NONE : fault_next(m);
    if (fault == SCANNER_FAULT_STALL)
        usbemu_halt(m->dev, EP_IN);
    else if (fault != SCANNER_FAULT_SILENT)
        code_push(m, code, n, fault);
    return 0;
}

static void held_next(void *model, uintptr_t no)
{
    struct scanner_model *m = model;

    if (no != m->held_no || m->held_bytes == 0)
        return;                                 /* taken away, or another one since */
    (void)code_read(m, m->held, m->held_bytes); /* nobody may be there to read it */
    usbemu_after_keep(m->dev, m->held_every_ms, held_next, no);
}

/* ---- commands ---- */

static void trigger_start(struct scanner_model *m)
{
    m->counters.n_starts++;
    m->is_triggered = true;
}

static void trigger_stop(struct scanner_model *m)
{
    m->counters.n_stops++;
    m->is_triggered = false;
}

/* Serial commands as the guides of both makers print them; the stop and beep are matched whole. */
static void serial_command(struct scanner_model *m, const uint8_t *c, size_t n)
{
    if (n == 3 && memcmp(c, "\x16T\r", 3) == 0)
        trigger_start(m);
    else if (n == 3 && memcmp(c, "\x16U\r", 3) == 0)
        trigger_stop(m);
    else if (n == 3 && memcmp(c, "\x16\x07\r", 3) == 0)
        m->counters.n_good_beeps++;
    else if (n == 9 && memcmp(c, "\x7e\x00\x08\x01\x00\x02\x01\x02\xda", 9) == 0)
        trigger_start(m);
    else if (n == 9 && memcmp(c, "\x7e\x00\x08\x01\x00\x02\x02\x32\xb9", 9) == 0)
        trigger_stop(m);
}

/* Bits of the Trigger Report: 0 prevent, 1 initiate, 4 error beep, 5 good read beep. */
static void trigger_report(struct scanner_model *m, uint8_t bits)
{
    bool is_prevented = bits & 1;

    if (is_prevented && !m->is_prevented)
        trigger_stop(m);
    m->is_prevented = is_prevented;
    if (bits & 2 && !is_prevented)
        trigger_start(m);
    m->counters.n_bad_beeps += (bits & 16) != 0;
    m->counters.n_good_beeps += (bits & 32) != 0;
}

/* SET_REPORT. Source: HID 1.11, 7.2.2. */
static int report_set(struct scanner_model *m, unsigned type, const uint8_t *r, size_t n)
{
    bool is_a = m->layout == SCANNER_LAYOUT_A, is_b = m->layout == SCANNER_LAYOUT_B;

    if (m->fault == SCANNER_FAULT_DEAF && fault_next(m) == SCANNER_FAULT_DEAF)
        return -EPIPE;
    if (is_a && type == 3 && n == 2 && r[0] == 0xfe) {
        m->is_mode_set = r[1] == 1;
        return 0;
    }
    if (type != 2 || n < 2)
        return -EPIPE;
    if (is_b && r[0] == 4 && n == 2) {
        m->counters.n_commands++;
        trigger_report(m, r[1]);
        return 0;
    }
    if (is_b || r[0] != (is_a ? 0xfd : 4) || r[1] > n - 2)
        return -EPIPE;
    m->counters.n_commands++;
    serial_command(m, r + 2, r[1]);
    if (!is_a)
        reply_push(m); /* in the report of a scan */
    return 0;
}

/* Class requests. Source: HID 1.11, 7. */
static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct scanner_model *m = model;
    const uint8_t *hid = m->reports->descriptors + 18 + 9 + 9;

    if (s->bmRequestType == 0x81 && s->bRequest == 6 && s->wValue >> 8 == 0x22) {
        *ret_bytes = m->reports->report_bytes < s->wLength ? m->reports->report_bytes : s->wLength;
        memcpy(data, m->reports->report, *ret_bytes);
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
    if (s->bRequest == 9 && s->wLength > 0 && (s->wValue & 0xff) == data[0])
        return report_set(m, s->wValue >> 8, data, s->wLength);
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

/* Power came back: what was only told, not stored, is forgotten. */
static void on_plugged(void *model)
{
    struct scanner_model *m = model;

    m->is_mode_set = m->is_triggered = m->is_prevented = false;
}

static const struct usbemu_ops ops = {
    .control = on_control, .claimed = on_claimed, .plugged = on_plugged};

struct scanner_model *scanner_model_new(struct usbemu_bus *bus, const struct scanner_cfg *cfg)
{
    struct scanner_model *m = mem_zalloc(1, sizeof *m);

    m->layout = cfg->layout;
    m->reports = scanner_reports_of(cfg->layout);
    m->is_command = cfg->is_command;
    m->needs_mode = cfg->needs_mode;
    memcpy(m->aim, "]Q1", sizeof m->aim);
    m->desc = (struct usbemu_desc){
        .descriptors = m->reports->descriptors,
        .descriptors_bytes = m->reports->descriptors_bytes,
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
    usbemu_lock();
    int r = code_read(m, code, n);
    usbemu_unlock();
    return r;
}

void scanner_model_aim(struct scanner_model *m, const char *aim)
{
    usbemu_lock();
    memcpy(m->aim, aim ? aim : "]Q1", sizeof m->aim);
    usbemu_unlock();
}

void scanner_model_hold(struct scanner_model *m, const void *code, size_t n, unsigned every_ms)
{
    usbemu_lock();
    m->held_bytes = n < sizeof m->held ? n : sizeof m->held;
    if (n > 0)
        memcpy(m->held, code, m->held_bytes);
    m->held_every_ms = every_ms;
    held_next(m, ++m->held_no);
    usbemu_unlock();
}

void scanner_model_fault(struct scanner_model *m, enum scanner_fault fault, int n)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = fault == SCANNER_FAULT_NONE ? 0 : n;
    m->fault_p = 0;
    usbemu_unlock();
}

void scanner_model_fault_random(struct scanner_model *m, enum scanner_fault fault, unsigned p,
                                unsigned seed)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = 0;
    m->fault_p = fault == SCANNER_FAULT_NONE ? 0 : p;
    m->random = seed;
    usbemu_unlock();
}

struct scanner_counters scanner_model_counters(struct scanner_model *m)
{
    usbemu_lock();
    struct scanner_counters c = m->counters;
    usbemu_unlock();
    return c;
}
