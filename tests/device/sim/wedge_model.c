/* SPDX-License-Identifier: Apache-2.0 */
/* Keyboard wedge model. Runs under the bus lock, any thread. */
#include "wedge_model.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { EP_IN = 0x81, KEYS_BYTES = 8, SHIFT_LEFT = 2, CONTROL_LEFT = 1, CAPS = 0x39, ENTER = 0x28 };
/* Caps Lock on and off, a key down and up each, Enter, and rollover behind all */
enum { REPORTS_MAX = 4 * WEDGE_CODE_MAX + 16 };

/* HID 1.11 appendix B.1: modifiers, reserved, six keys */
static const uint8_t report_descriptor[] = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25,
    0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06,
    0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0};

static const uint8_t descriptors[] = {
    18,   1,    0x00, 0x02,  0,    0,          0,    64,
    0xab, 0x1e, 0x03, 0x1d,  0x00, 0x01,       1,    2,
    3,    1, /* device */
    9,    2,    34,   0,     1,    1,          0,    0xa0,
    100, /* conf. */
    9,    4,    0,    0,     1,    3,          1,    1,
    0, /* HID, boot, keyboard */
    9,    0x21, 0x11, 0x01,  0,    1,          0x22, sizeof report_descriptor,
    0,    7,    5,    EP_IN, 3,    KEYS_BYTES, 0,    8,
};

struct wedge_model {
    struct wedge_cfg cfg;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    bool is_boot; /* SET_PROTOCOL boot came */
    bool is_losing;
    enum wedge_fault fault;
    int fault_n;
    unsigned fault_p, random;
    uint8_t out[REPORTS_MAX][KEYS_BYTES]; /* what is to be typed, and how far it is */
    size_t n, at;
    struct wedge_counters counters;
};

/* Where a character is on a US keyboard. @return key, 0: nowhere */
static uint8_t key_of(char c, bool *ret_shift)
{
    static const char row[] = "-=[]\\ ;'`,./", row_shifted[] = "_+{}| :\"~<>?";
    static const char digits[] = "1234567890", digits_shifted[] = "!@#$%^&*()";
    const char *p;

    *ret_shift = isupper((unsigned char)c) != 0;
    if (isalpha((unsigned char)c))
        return (uint8_t)(0x04 + tolower((unsigned char)c) - 'a');
    if (c == ' ')
        return 0x2c;
    if (c != '\0' && (p = strchr(digits, c)) != NULL)
        return (uint8_t)(0x1e + (p - digits));
    if (c != '\0' && (p = strchr(row, c)) != NULL)
        return (uint8_t)(0x2d + (p - row));
    *ret_shift = true;
    if (c != '\0' && (p = strchr(digits_shifted, c)) != NULL)
        return (uint8_t)(0x1e + (p - digits_shifted));
    if (c != '\0' && (p = strchr(row_shifted, c)) != NULL)
        return (uint8_t)(0x2d + (p - row_shifted));
    return 0;
}

static void report_add(struct wedge_model *m, uint8_t modifiers, uint8_t key, uint8_t second)
{
    uint8_t r[KEYS_BYTES] = {modifiers, 0, key, second};

    if (m->n < REPORTS_MAX)
        memcpy(m->out[m->n++], r, sizeof r);
}

static void rollover_add(struct wedge_model *m)
{
    static const uint8_t r[KEYS_BYTES] = {0, 0, 1, 1, 1, 1, 1, 1};

    if (m->n < REPORTS_MAX)
        memcpy(m->out[m->n++], r, sizeof r);
}

static void tap_add(struct wedge_model *m, uint8_t key)
{
    report_add(m, 0, key, 0);
    report_add(m, 0, 0, 0);
}

/* @return 0, or -1 when a character is on no key */
static int code_add(struct wedge_model *m, const char *code, size_t n, enum wedge_fault fault)
{
    uint8_t last = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_shift;
        uint8_t key = key_of(code[i], &is_shift);
        if (key == 0)
            return -1;
        if (m->cfg.has_caps && isalpha((unsigned char)code[i]))
            is_shift = !is_shift;
        uint8_t modifiers = is_shift ? SHIFT_LEFT : 0;
        if (fault == WEDGE_FAULT_CONTROL && i == n / 2)
            modifiers |= CONTROL_LEFT;
        if (m->cfg.is_overlapped && last != 0 && last != key)
            report_add(m, modifiers, last, key);
        else if (last != 0)
            report_add(m, 0, 0, 0);
        report_add(m, modifiers, key, 0);
        if (fault == WEDGE_FAULT_ROLLOVER)
            rollover_add(m);
        last = key;
    }
    report_add(m, 0, 0, 0);
    return 0;
}

static void type_next(void *model, uintptr_t unused)
{
    struct wedge_model *m = model;

    (void)unused;
    while (m->at < m->n) {
        if (m->is_losing && m->at == (m->n / 2 & ~(size_t)1)) /* a key going down */
            usbemu_fail_transfer(m->dev, EP_IN, EPROTO);
        else
            usbemu_in_push(m->dev, EP_IN, m->out[m->at], KEYS_BYTES, false);
        m->at++;
        m->counters.n_reports++;
        if (m->cfg.key_ms > 0) {
            usbemu_after(m->dev, m->cfg.key_ms, type_next, 0);
            return;
        }
    }
}

static enum wedge_fault fault_next(struct wedge_model *m)
{
    if (m->fault_p > 0) {
        m->random = m->random * 1664525u + 1013904223u; /* Numerical Recipes' generator */
        return (m->random >> 8) % 1000 < m->fault_p ? m->fault : WEDGE_FAULT_NONE;
    }
    if (m->fault_n == 0)
        return WEDGE_FAULT_NONE;
    m->fault_n -= m->fault_n > 0;
    return m->fault;
}

static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct wedge_model *m = model;

    if (s->bmRequestType == 0x81 && s->bRequest == 6 && s->wValue >> 8 == 0x22) {
        *ret_bytes = sizeof report_descriptor < s->wLength ? sizeof report_descriptor : s->wLength;
        memcpy(data, report_descriptor, *ret_bytes);
        return 0;
    }
    if (s->bmRequestType == 0x21 && s->bRequest == 0x0b) {
        m->is_boot = s->wValue == 0;
        return 0;
    }
    return s->bmRequestType == 0x21 && s->bRequest == 0x0a ? 0 : -EPIPE;
}

static void on_claimed(void *model, int ifno, bool on)
{
    struct wedge_model *m = model;

    (void)ifno;
    if (!on)
        usbemu_in_flush(m->dev, EP_IN);
}

static void on_plugged(void *model)
{
    struct wedge_model *m = model;

    m->is_boot = false;
    m->n = m->at = 0;
}

static const struct usbemu_ops ops = {
    .control = on_control, .claimed = on_claimed, .plugged = on_plugged};

struct wedge_model *wedge_model_new(struct usbemu_bus *bus, const struct wedge_cfg *cfg)
{
    struct wedge_model *m = mem_zalloc(1, sizeof *m);

    m->cfg = *cfg;
    m->desc = (struct usbemu_desc){
        .descriptors = descriptors,
        .descriptors_bytes = sizeof descriptors,
        .strings = {NULL, "Yijian-Sim", "Keyboard Scanner", "SIM0003"},
        .kernel_driver = {"usbhid"},
        .speed_mbit = 12,
        .port = cfg->port ? cfg->port : "1-2",
    };
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void wedge_model_free(struct wedge_model *m)
{
    free(m);
}

struct usbemu_dev *wedge_model_dev(struct wedge_model *m)
{
    return m->dev;
}

int wedge_model_scan(struct wedge_model *m, const void *code, size_t n)
{
    int r = -1;

    usbemu_lock();
    if (!usbemu_is_claimed(m->dev, 0) || !m->is_boot) {
        m->counters.n_console++;
    } else if (m->at == m->n && n > 0 && n <= WEDGE_CODE_MAX) {
        enum wedge_fault fault = fault_next(m);
        m->n = m->at = 0;
        m->is_losing = fault == WEDGE_FAULT_LOST;
        m->counters.n_scans++;
        if (m->cfg.has_caps)
            tap_add(m, CAPS);
        r = code_add(m, code, fault == WEDGE_FAULT_UNPLUG ? n / 2 : n, fault);
        if (m->cfg.has_caps)
            tap_add(m, CAPS);
        if (!m->cfg.has_no_enter && fault != WEDGE_FAULT_UNPLUG)
            tap_add(m, ENTER);
        if (r < 0 || fault == WEDGE_FAULT_SILENT)
            m->n = 0;
        type_next(m, 0);
        if (fault == WEDGE_FAULT_UNPLUG)
            usbemu_unplug(m->dev);
    }
    usbemu_unlock();
    return r;
}

void wedge_model_fault(struct wedge_model *m, enum wedge_fault fault, int n)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = fault == WEDGE_FAULT_NONE ? 0 : n;
    m->fault_p = 0;
    usbemu_unlock();
}

void wedge_model_fault_random(struct wedge_model *m, enum wedge_fault fault, unsigned p,
                              unsigned seed)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = 0;
    m->fault_p = fault == WEDGE_FAULT_NONE ? 0 : p;
    m->random = seed;
    usbemu_unlock();
}

struct wedge_counters wedge_model_counters(struct wedge_model *m)
{
    usbemu_lock();
    struct wedge_counters c = m->counters;
    usbemu_unlock();
    return c;
}
