/* SPDX-License-Identifier: Apache-2.0 */
/* USB HID POS scanner: the state machine between USB and the application.
 * Thread: the scanner's, except wake. Reports arrive on a standing interrupt transfer.
 *
 *              arrival or 2 s                  descriptor read
 *   NO_DEVICE ----------------> (opening) ---------------------> ONLINE --.
 *      ^  ^                         | refused, unreadable         ^       | report
 *      |  | 2 s                     v                             '-------'
 *      |  '---------------------- BROKEN <------------------------ 3 transfer errors
 *      '------------------------------------ unplug, any state
 *
 * True in ONLINE: layout is valid and one interrupt IN transfer stands. part[] holds the reports of
 * a code that is not complete; it is wiped when the code ends, fails, pauses or the device goes. */
#include "drivers/scanner/scanner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/id_table.h"
#include "drivers/scanner/code_text.h"
#include "drivers/scanner/hid_report.h"
#include "drivers/status.h"
#include "drivers/transport/usb.h"

/* PROTOCOL.md, timing. */
enum {
    RESCAN_MS = 2000,
    CONTROL_MS = 500,
    PART_GAP_MS = 500, /* between the reports of one code */
    SAME_MS = 3000,    /* one presentation */
    QUIET_MS = 1000,   /* after a code broke off: its late parts must not pass for a code */
    STEP_MAX_MS = 500,
    MAX_FAULTS = 3,
    PART_MAX = 2 * CODE_TEXT_MAX_BYTES, /* raw bytes of one code we are willing to collect */
};

/* HID 1.11 clause 6.2.1, 7.1.1 and 7.2.4 */
enum { GET_DESCRIPTOR = 6, SET_IDLE = 10, REPORT_DESCRIPTOR = 0x2200, CLASS_HID = 3 };

enum scanner_state { SCANNER_NO_DEVICE, SCANNER_BROKEN, SCANNER_ONLINE };

struct driver {
    struct driver_sink sink;
    struct id_list ids;
    struct usb *usb;
    enum scanner_state state;
    int64_t due_ms, now_ms;
    struct hid_layout layout;
    bool is_enabled;
    unsigned n_faults;

    uint8_t part[PART_MAX];
    size_t n_part;
    bool is_collecting;
    int part_fault;   /* why the code being collected cannot be used; it is read to its end */
    bool is_part_new; /* came since the last step; reports carry no time of their own */
    uint8_t aim[3];
    int64_t part_ms;  /* when the last report of the unfinished code came */
    int64_t quiet_ms; /* until then reports are dropped */

    uint64_t last_hash; /* of the last payload delivered; no payload is kept */
    int64_t last_ms;

    struct device_status status;
    bool has_status;
};

static void status_set(struct driver *d, enum device_state state, int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_SCANNER;
    s.state = state;
    s.cause = cause;
    if (d->has_status && device_status_is_same(&s, &d->status))
        return;
    d->status = s;
    d->has_status = true;
    struct device_event e = {.kind = DEVICE_EVENT_STATUS, .from = DEVICE_SCANNER, .code = cause};
    e.status = s;
    d->sink.emit(d->sink.arg, &e);
}

static void part_drop(struct driver *d)
{
    bytes_wipe(d->part, sizeof d->part);
    d->n_part = 0;
    d->is_collecting = false;
    d->part_fault = 0;
}

static void emit_failed(struct driver *d, int code)
{
    struct device_event e = {
        .kind = DEVICE_EVENT_CODE_FAILED, .from = DEVICE_SCANNER, .code = code};
    if (d->is_enabled)
        d->sink.emit(d->sink.arg, &e);
}

/* FNV-1a: tells two presentations of one code from two codes; not a secret. */
static uint64_t hash_of(const char *text)
{
    uint64_t h = 14695981039346656037u;
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 1099511628211u;
    return h;
}

static void code_complete(struct driver *d)
{
    char text[CODE_TEXT_MAX_BYTES + 1] = "";
    int rc = d->part_fault;
    if (rc == 0)
        rc = code_text_decode(d->part, d->n_part, text, NULL);
    part_drop(d);
    if (rc < 0) {
        emit_failed(d, rc);
        return;
    }
    uint64_t hash = hash_of(text);
    bool is_same = hash == d->last_hash && d->now_ms - d->last_ms < SAME_MS;
    if (d->is_enabled && !is_same) {
        struct device_event e = {.kind = DEVICE_EVENT_CODE, .from = DEVICE_SCANNER};
        e.code_text = mem_strdup(text);
        d->sink.emit(d->sink.arg, &e);
    }
    if (d->is_enabled) {
        d->last_hash = hash;
        d->last_ms = d->now_ms;
    }
    bytes_wipe(text, sizeof text);
}

static void on_report(void *arg, const uint8_t *data, size_t n)
{
    struct driver *d = arg;
    struct hid_scan scan;
    int rc = hid_scan_parse(&d->layout, data, n, &scan, NULL);
    if (rc == ERR_NOT_FOUND)
        return;
    if (d->now_ms < d->quiet_ms) {
        d->quiet_ms = d->now_ms + QUIET_MS;
        return;
    }
    if (d->is_collecting && rc == 0 && memcmp(d->aim, scan.aim, sizeof d->aim) != 0) {
        part_drop(d); /* another code; what came before never ended */
        emit_failed(d, ERR_SCANNER_REPORT);
    }
    memcpy(d->aim, scan.aim, sizeof d->aim);
    d->is_collecting = d->is_part_new = true;
    if (rc < 0) {
        d->part_fault = rc;
    } else if (d->n_part + scan.n <= sizeof d->part) {
        memcpy(d->part + d->n_part, scan.data, scan.n);
        d->n_part += scan.n;
    } else {
        d->part_fault = ERR_SCANNER_TOO_LONG;
    }
    if (!scan.is_continued)
        code_complete(d);
}

/* ---- opening ---- */

static int on_match(void *arg, const struct usb_candidate *c)
{
    const struct driver *d = arg;
    bool is_ours = id_list_has(&d->ids, c->idVendor, c->idProduct);
    for (size_t i = 0; is_ours && i < c->n_interfaces; i++) {
        const struct usb_interface *f = &c->interface[i];
        /* A boot keyboard (subclass 1) is a wedge: never taken unasked. */
        if (f->cls != CLASS_HID || f->subclass != 0)
            continue;
        for (size_t k = 0; k < f->n_endpoints; k++)
            if (f->endpoint[k].type == 3 && f->endpoint[k].address & 0x80)
                return (int)i;
    }
    return -1;
}

static void device_release(struct driver *d)
{
    usb_close(d->usb);
    part_drop(d);
}

static void device_lost(struct driver *d)
{
    device_release(d);
    d->state = SCANNER_NO_DEVICE;
    d->due_ms = d->now_ms + RESCAN_MS;
    status_set(d, DEVICE_NO_DEVICE, ERR_USB_NO_DEVICE);
}

static void device_broken(struct driver *d, int cause)
{
    device_release(d);
    d->state = SCANNER_BROKEN;
    d->due_ms = d->now_ms + RESCAN_MS;
    status_set(d, DEVICE_HARDWARE_ERROR, cause);
}

static int layout_read(struct driver *d, const struct usb_interface *f, struct err *err)
{
    uint8_t *descriptor = mem_zalloc(HID_DESCRIPTOR_MAX, 1);
    int n = usb_control(d->usb, 0x81, GET_DESCRIPTOR, REPORT_DESCRIPTOR, f->number, descriptor,
                        HID_DESCRIPTOR_MAX, CONTROL_MS, err);
    int rc = n < 0 ? n : hid_layout_find(descriptor, (size_t)n, &d->layout, err);
    free(descriptor);
    return rc;
}

static int device_start(struct driver *d, const struct usb_interface *f, struct err *err)
{
    uint8_t in = 0;
    for (size_t k = 0; k < f->n_endpoints && !in; k++)
        if (f->endpoint[k].type == 3 && f->endpoint[k].address & 0x80)
            in = f->endpoint[k].address;
    int rc = layout_read(d, f, err);
    if (rc < 0)
        return rc;
    /* Report only when something is scanned; devices may refuse, which changes nothing. */
    (void)usb_control(d->usb, 0x21, SET_IDLE, 0, f->number, NULL, 0, CONTROL_MS, NULL);
    return usb_listen(d->usb, in, d->layout.report_bytes, on_report, d, err);
}

static void device_try_open(struct driver *d)
{
    struct usb_candidate c;
    struct usb_interface f;
    struct err err = {0};
    char maker[32] = "", product[32] = "";
    int rc = usb_open(d->usb, &c, &f, &err);
    if (rc == ERR_USB_NO_DEVICE) {
        device_lost(d);
        return;
    }
    if (rc == 0)
        rc = device_start(d, &f, &err);
    if (rc == ERR_USB_NO_DEVICE) {
        device_lost(d);
        return;
    }
    if (rc < 0) {
        device_broken(d, rc);
        return;
    }
    usb_names(d->usb, maker, sizeof maker, product, sizeof product);
    memset(d->status.model, 0, sizeof d->status.model);
    snprintf(d->status.model, sizeof d->status.model, "%s%s%s", maker,
             maker[0] && product[0] ? " " : "", product);
    d->n_faults = 0;
    d->state = SCANNER_ONLINE;
    status_set(d, DEVICE_ONLINE, 0);
}

/* ---- driver_ops ---- */

static int scanner_open(const char *device_table, const struct driver_sink *sink,
                        struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int rc = id_list_load(device_table, "scanner", &d->ids, err);
    if (rc == 0)
        rc = usb_new(on_match, d, &d->usb, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    *ret = d;
    return 0;
}

static void scanner_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    d->now_ms = now_ms;
    if (command->kind == DEVICE_COMMAND_ENABLE) {
        d->is_enabled = true;
        d->last_hash = 0; /* another page, another visitor: show it again and it counts */
    } else if (command->kind == DEVICE_COMMAND_DISABLE) {
        d->is_enabled = false;
        d->last_hash = 0;
    }
    part_drop(d);
}

static int scanner_step(struct driver *d, int64_t now_ms)
{
    d->now_ms = now_ms;
    if (d->state != SCANNER_ONLINE) {
        if (usb_has_arrival(d->usb) || now_ms >= d->due_ms)
            device_try_open(d);
    } else if (usb_is_gone(d->usb)) {
        device_lost(d);
    } else if (usb_listen_error(d->usb) != 0 && ++d->n_faults >= MAX_FAULTS) {
        device_broken(d, ERR_USB_IO);
    }
    if (d->is_part_new)
        d->part_ms = now_ms;
    d->is_part_new = false;
    if (d->is_collecting && now_ms - d->part_ms >= PART_GAP_MS) {
        part_drop(d);
        d->quiet_ms = now_ms + QUIET_MS;
        emit_failed(d, ERR_SCANNER_REPORT);
    }
    if (d->state == SCANNER_ONLINE && !d->is_collecting)
        return STEP_MAX_MS;
    /* a pause inside a code must be noticed before its late rest comes */
    int64_t left = (d->state == SCANNER_ONLINE ? d->part_ms + PART_GAP_MS : d->due_ms) - now_ms;
    return left < 0 ? 0 : left > STEP_MAX_MS ? STEP_MAX_MS : (int)left;
}

static void scanner_wait(struct driver *d, int timeout_ms)
{
    usb_wait(d->usb, timeout_ms);
}

static void scanner_wake(struct driver *d)
{
    usb_wake(d->usb);
}

static void scanner_close(struct driver *d)
{
    if (!d)
        return;
    usb_free(d->usb);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops scanner_ops = {
    .name = "scanner",
    .open = scanner_open,
    .command = scanner_command,
    .step = scanner_step,
    .wait = scanner_wait,
    .wake = scanner_wake,
    .close = scanner_close,
};
