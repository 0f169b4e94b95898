/* SPDX-License-Identifier: Apache-2.0 */
/* HID POS scanners: reports in, trigger and beeper out. Thread: the scanner's. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "drivers/scanner/scanner_priv.h"

/* HID 1.11 clauses 7.1.1, 7.2.1, 7.2.2 and 7.2.4 */
enum {
    GET_DESCRIPTOR = 6,
    SET_REPORT = 9,
    SET_IDLE = 10,
    REPORT_DESCRIPTOR = 0x2200,
    REPORT_OUTPUT = 0x0200,
    REPORT_FEATURE = 0x0300,
};

/* Makers' reports that carry a serial command: id, length, bytes, zeros. PROTOCOL.md, commands. */
enum {
    COMMAND_REPORT_BYTES = 64,
    HONEYWELL_COMMAND_ID = 0xFD,
    HONEYWELL_MODE_ID = 0xFE,
    NEWLAND_COMMAND_ID = 4,
};

/* ---- opening -------------------------------------------------------------------------------- */

static int descriptor_read(struct driver *d, struct err *err)
{
    uint8_t *descriptor = mem_zalloc(HID_DESCRIPTOR_MAX, 1);
    int n = usb_control(d->usb, 0x81, GET_DESCRIPTOR, REPORT_DESCRIPTOR, d->interface.number,
                        descriptor, HID_DESCRIPTOR_MAX, SCANNER_CONTROL_MS, err);
    int rc = n < 0 ? n : hid_layout_find(descriptor, (size_t)n, &d->hid.layout, err);
    if (rc == 0)
        d->hid.has_trigger = hid_trigger_find(descriptor, (size_t)n, &d->hid.trigger) == 0;
    if (rc == ERR_SCANNER_DESCRIPTOR && hid_is_keyboard(descriptor, (size_t)n))
        rc = ERR(err, ERR_SCANNER_KEYBOARD, "a keyboard's descriptor");
    bool is_opaque = rc == ERR_SCANNER_DESCRIPTOR || rc == ERR_USB_STALL;
    if (is_opaque && d->may_use_known && d->entry->layout)
        rc = hid_layout_known(d->entry->layout, &d->hid.layout);
    else if (is_opaque)
        rc = ERR_SCANNER_DESCRIPTOR;
    free(descriptor);
    return rc;
}

static int start(struct driver *d, struct err *err)
{
    memset(&d->hid, 0, sizeof d->hid);
    int rc = descriptor_read(d, err);
    if (rc < 0)
        return rc;
    /* Report only when something is scanned; devices may refuse, which changes nothing. */
    (void)usb_control(d->usb, 0x21, SET_IDLE, 0, d->interface.number, NULL, 0, SCANNER_CONTROL_MS,
                      NULL);
    if (d->entry->dialect == SCANNER_HONEYWELL) {
        /* codes to HID; models that always do that may refuse */
        uint8_t mode[] = {HONEYWELL_MODE_ID, 1};
        (void)usb_control(d->usb, 0x21, SET_REPORT, REPORT_FEATURE | HONEYWELL_MODE_ID,
                          d->interface.number, mode, sizeof mode, SCANNER_CONTROL_MS, NULL);
    }
    return scanner_listen(d, d->hid.layout.report_bytes, err);
}

/* ---- scans ---------------------------------------------------------------------------------- */

/* A Newland reply comes in the report of a scan: 02 00, length, status, check. */
static bool is_reply(const struct driver *d, const struct hid_scan *scan)
{
    return d->now_ms < d->hid.reply_until_ms && scan->n >= 2 && scan->data[0] == 0x02 &&
           scan->data[1] == 0x00;
}

static void take(struct driver *d, const uint8_t *data, size_t n)
{
    struct hid_scan scan;
    int rc = hid_scan_parse(&d->hid.layout, data, n, &scan, NULL);
    if (rc == ERR_NOT_FOUND || is_reply(d, &scan))
        return;
    if (d->now_ms < d->quiet_ms) {
        scanner_quiet_go_on(d, rc == 0 && !scan.is_continued);
        return;
    }
    if (d->code.is_begun && rc == 0 && memcmp(d->hid.aim, scan.aim, AIM_BYTES) != 0)
        scanner_code_spoil(&d->code, ERR_SCANNER_REPORT); /* two codes in one: neither is whole */
    memcpy(d->hid.aim, scan.aim, AIM_BYTES);
    if (rc < 0)
        scanner_code_spoil(&d->code, rc);
    else
        scanner_code_add(&d->code, scan.data, scan.n);
    if (!scan.is_continued)
        scanner_complete(d, d->hid.aim);
}

static int pause_ms(const struct driver *d)
{
    (void)d;
    return SCANNER_PART_GAP_MS;
}

/* ---- trigger and beeper --------------------------------------------------------------------- */

static int output(struct driver *d, uint8_t id, uint8_t *report, size_t n, struct err *err)
{
    size_t done = 0;
    if (d->out)
        return usb_out(d->usb, d->out, report, n, SCANNER_CONTROL_MS, &done, err);
    int rc = usb_control(d->usb, 0x21, SET_REPORT, (uint16_t)(REPORT_OUTPUT | id),
                         d->interface.number, report, (uint16_t)n, SCANNER_CONTROL_MS, err);
    return rc < 0 ? rc : 0;
}

static int act_by_command(struct driver *d, enum scanner_act a, struct err *err)
{
    const uint8_t *bytes = NULL;
    uint8_t report[COMMAND_REPORT_BYTES] = {0};
    bool is_newland = d->entry->dialect == SCANNER_NEWLAND;
    size_t n = scanner_command(d->entry->dialect, a, &bytes);
    if (n == 0)
        return ERR_NOT_FOUND;
    report[0] = is_newland ? NEWLAND_COMMAND_ID : HONEYWELL_COMMAND_ID;
    report[1] = (uint8_t)n;
    memcpy(report + 2, bytes, n);
    if (is_newland)
        d->hid.reply_until_ms = d->now_ms + SCANNER_REPLY_MS;
    return output(d, report[0], report, sizeof report, err);
}

static int act(struct driver *d, enum scanner_act a, struct err *err)
{
    static const unsigned bits[] = {[SCANNER_ACT_START] = 1u << HID_TRIGGER_INITIATE,
                                    [SCANNER_ACT_STOP] = 1u << HID_TRIGGER_PREVENT,
                                    [SCANNER_ACT_GOOD] = 1u << HID_TRIGGER_BEEP_GOOD,
                                    [SCANNER_ACT_BAD] = 1u << HID_TRIGGER_BEEP_ERROR};
    uint8_t report[HID_TRIGGER_MAX];
    const struct hid_trigger *t = &d->hid.trigger;
    if (d->entry->dialect != SCANNER_STANDARD)
        return act_by_command(d, a, err);
    if (!d->hid.has_trigger)
        return ERR_NOT_FOUND;
    unsigned wanted = bits[a];
    if (a == SCANNER_ACT_STOP && t->bit[HID_TRIGGER_PREVENT].mask == 0)
        wanted = t->bit[HID_TRIGGER_INITIATE].mask ? 0 : wanted; /* not initiating is all it has */
    if (hid_trigger_write(t, wanted, report) == 0)
        return ERR_NOT_FOUND;
    if (d->trigger == TRIGGER_STOPPED && a != SCANNER_ACT_START)
        wanted |= bits[SCANNER_ACT_STOP]; /* a beep must not let it scan again */
    size_t n = hid_trigger_write(t, wanted, report);
    return output(d, t->report_id, report, n, err);
}

const struct scanner_dialect_ops hid_pos_ops = {
    .start = start, .take = take, .pause_ms = pause_ms, .pause = scanner_break_off, .act = act};
