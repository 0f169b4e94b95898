/* SPDX-License-Identifier: Apache-2.0 */
/* USB keypad: life, reports, status. Thread: the keypad's, except wake. Reports arrive on one
 * standing transfer an interface.
 *
 *              arrival or 2 s              listening
 *   NO_DEVICE ----------------> (opening) -----------> ONLINE --.
 *      ^  ^                         | refused, no keys    ^      | keys, headphones, cause
 *      |  | 2 s                     |                     '------'
 *      |  '--------------------- BROKEN <---------------- 5 transfer errors in a row
 *      '--------------------------------- unplug, any state
 *
 * True in ONLINE: each of d->face is listened to; d->keys knows what is down. In every other state
 * nothing is down and no headphones are in. */
#include "drivers/keypad/keypad.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/hid/hid_items.h"
#include "drivers/keypad/keypad_keys.h"
#include "drivers/status.h"
#include "drivers/timing.h"
#include "drivers/transport/usb.h"

enum {
    RESCAN_MS = 2000,
    CONTROL_MS = 500,
    MAX_FAULTS = 5,
    MAX_FACES = 2, /* keys, and volume keys beside them */
    INBOX_REPORTS = 64,

    CLASS_HID = 3,
    SUBCLASS_BOOT = 1,
    PROTOCOL_KEYBOARD = 1,
    PROTOCOL_MOUSE = 2,
    INTERRUPT = 3,
    /* HID 1.11 clauses 7.1.1, 7.2.4 and 7.2.6 */
    GET_DESCRIPTOR = 6,
    SET_IDLE = 10,
    SET_PROTOCOL = 11,
    REPORT_DESCRIPTOR = 0x2200,
    PROTOCOL_BOOT = 0,
    PROTOCOL_REPORT = 1,
};

enum keypad_state { KEYPAD_NO_DEVICE, KEYPAD_BROKEN, KEYPAD_ONLINE };

/* One HID interface of the keypad. */
struct face {
    struct driver *d;
    uint8_t number, in;
    struct keypad_layout layout;
};

struct driver {
    struct driver_sink sink;
    struct keypad_table table;
    struct keypad_settings settings;
    struct usb *usb;
    enum keypad_state state;
    int64_t now_ms, due_ms;
    unsigned n_faults;
    const struct keypad_model *model; /* of the device that is open or being opened */
    struct face face[MAX_FACES];
    size_t n_faces;
    struct keypad_keys keys;
    /* reports as they came, until the next step knows what time it is */
    struct {
        uint8_t face, n, data[KEYPAD_REPORT_MAX];
    } inbox[INBOX_REPORTS];
    size_t n_inbox;
    bool is_inbox_full;
    struct device_status status;
    bool has_status;
};

/* ---- events --------------------------------------------------------------------------------- */

static void status_set(struct driver *d, enum device_state state, int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_KEYPAD;
    s.state = state;
    s.cause = cause;
    device_status_tell(&d->sink, &d->status, &d->has_status, &s);
}

static void tell_headset(struct driver *d, bool is_in)
{
    struct device_event e = {
        .kind = DEVICE_EVENT_HEADSET, .from = DEVICE_KEYPAD, .is_headset_in = is_in};
    d->sink.emit(d->sink.arg, &e);
}

static void tell_happened(struct driver *d, const struct keypad_happened *h)
{
    if (h->has_headset)
        tell_headset(d, d->keys.is_headset_in);
    for (size_t i = 0; i < h->n; i++) {
        struct device_event e = {
            .kind = DEVICE_EVENT_KEY, .from = DEVICE_KEYPAD, .key = (enum nav_key)h->key[i]};
        d->sink.emit(d->sink.arg, &e);
    }
}

/* ---- what arrives --------------------------------------------------------------------------- */

/* Transfers carry no time of their own and come while we sleep: the next step handles them. */
static void on_report(void *arg, const uint8_t *data, size_t n)
{
    struct face *f = arg;
    struct driver *d = f->d;
    if (d->n_inbox == INBOX_REPORTS) {
        d->is_inbox_full = true;
        return;
    }
    size_t kept = n < KEYPAD_REPORT_MAX ? n : KEYPAD_REPORT_MAX;
    d->inbox[d->n_inbox].face = (uint8_t)(f - d->face);
    d->inbox[d->n_inbox].n = (uint8_t)kept;
    memcpy(d->inbox[d->n_inbox++].data, data, kept);
}

static void report_take(struct driver *d, const struct face *f, const uint8_t *data, size_t n)
{
    struct keypad_pressed pressed;
    struct keypad_happened happened;
    int rc = keypad_report_read(&f->layout, data, n, &pressed);
    if (rc == ERR_KEYPAD_NOISE)
        keypad_keys_broken(&d->keys, d->now_ms);
    if (rc < 0)
        return;
    keypad_keys_take(&d->keys, f->number, &pressed, d->now_ms, &happened);
    tell_happened(d, &happened);
}

static void inbox_take(struct driver *d)
{
    for (size_t i = 0; i < d->n_inbox; i++)
        report_take(d, &d->face[d->inbox[i].face], d->inbox[i].data, d->inbox[i].n);
    if (d->n_inbox > 0)
        d->n_faults = 0; /* faults in a row are what counts */
    if (d->is_inbox_full)
        for (int i = 0; i < KEYPAD_MAX_BROKEN; i++)
            keypad_keys_broken(&d->keys, d->now_ms);
    d->is_inbox_full = false;
    bytes_wipe(d->inbox, sizeof d->inbox); /* digits of somebody's number */
    d->n_inbox = 0;
}

static void line_check(struct driver *d)
{
    if (usb_listen_error(d->usb) == 0)
        return;
    keypad_keys_broken(&d->keys, d->now_ms);
    d->n_faults++;
}

/* ---- opening -------------------------------------------------------------------------------- */

static uint8_t endpoint_of(const struct usb_interface *f)
{
    for (size_t i = 0; i < f->n_endpoints; i++)
        if (f->endpoint[i].type == INTERRUPT && f->endpoint[i].address & 0x80)
            return f->endpoint[i].address;
    return 0;
}

static bool is_keyboard(const struct usb_interface *f)
{
    return f->cls == CLASS_HID && f->subclass == SUBCLASS_BOOT && f->protocol == PROTOCOL_KEYBOARD;
}

/* @return whether keys may come from there: a pointing device has none */
static bool is_possible(const struct usb_interface *f)
{
    return f->cls == CLASS_HID && endpoint_of(f) != 0 &&
           !(f->subclass == SUBCLASS_BOOT && f->protocol == PROTOCOL_MOUSE);
}

/* For usb_new: nothing is guessed, the table or the settings name the device. The keyboard is
 * preferred; other interfaces of the device come beside it. */
static int match(void *arg, const struct usb_candidate *c)
{
    struct driver *d = arg;
    const struct keypad_model *m =
        keypad_model_find(&d->table, &d->settings, c->idVendor, c->idProduct, c->path);
    int found = -1;
    for (size_t i = 0; m && i < c->n_interfaces; i++)
        if (is_possible(&c->interface[i]) &&
            (found < 0 || (is_keyboard(&c->interface[i]) && !is_keyboard(&c->interface[found]))))
            found = (int)i;
    if (found >= 0)
        d->model = m;
    return found;
}

/* What the interface reports. A keyboard that does not tell speaks the boot protocol. */
static int layout_read(struct driver *d, const struct usb_interface *f, struct keypad_layout *ret,
                       struct err *err)
{
    uint8_t *descriptor = mem_zalloc(HID_DESCRIPTOR_MAX, 1);
    bool is_boot = false;
    int n = usb_control(d->usb, 0x81, GET_DESCRIPTOR, REPORT_DESCRIPTOR, f->number, descriptor,
                        HID_DESCRIPTOR_MAX, CONTROL_MS, err);
    int rc = n < 0 ? n : keypad_layout_find(descriptor, (size_t)n, ret, err);
    free(descriptor);
    if (is_keyboard(f) && (rc == ERR_KEYPAD_DESCRIPTOR || rc == ERR_USB_STALL)) {
        keypad_layout_boot(ret);
        is_boot = true;
        rc = 0;
    }
    if (rc == ERR_USB_STALL)
        return ERR(err, ERR_KEYPAD_DESCRIPTOR, "interface %u does not tell its keys", f->number);
    if (rc < 0 || f->subclass != SUBCLASS_BOOT)
        return rc;
    rc = usb_control(d->usb, 0x21, SET_PROTOCOL, is_boot ? PROTOCOL_BOOT : PROTOCOL_REPORT,
                     f->number, NULL, 0, CONTROL_MS, err);
    if (rc == ERR_USB_STALL && !is_boot)
        return 0; /* the report protocol is what it starts with; clause 7.2.6 */
    return rc < 0 ? rc : 0;
}

static int face_start(struct driver *d, const struct usb_interface *f, struct err *err)
{
    struct face *face = &d->face[d->n_faces];
    *face = (struct face){.d = d, .number = f->number, .in = endpoint_of(f)};
    int rc = layout_read(d, f, &face->layout, err);
    if (rc < 0)
        return rc;
    /* Report changes only; a device may refuse, repeated reports press no key again. */
    (void)usb_control(d->usb, 0x21, SET_IDLE, 0, f->number, NULL, 0, CONTROL_MS, NULL);
    rc = usb_listen(d->usb, face->in, face->layout.report_bytes, on_report, face, err);
    if (rc == 0)
        d->n_faces++;
    return rc;
}

/* Volume keys and the like may stand on an interface of their own. Without it the keypad works. */
static void beside_start(struct driver *d, const struct usb_candidate *c, uint8_t first)
{
    for (size_t i = 0; i < c->n_interfaces && d->n_faces < MAX_FACES; i++) {
        const struct usb_interface *f = &c->interface[i];
        if (f->number == first || f->alt != 0 || !is_possible(f))
            continue;
        if (usb_claim_also(d->usb, f->number, NULL) == 0)
            (void)face_start(d, f, NULL);
        return; /* one more can be claimed, whatever comes of it */
    }
}

static int open_device(struct driver *d, struct err *err)
{
    struct usb_candidate candidate;
    struct usb_interface interface;
    d->n_faces = d->n_inbox = 0;
    int rc = usb_open(d->usb, &candidate, &interface, err);
    if (rc == 0)
        rc = face_start(d, &interface, err);
    if (rc < 0)
        return rc;
    keypad_keys_init(&d->keys, d->model, d->settings.stuck_ms, d->now_ms);
    beside_start(d, &candidate, interface.number);
    return 0;
}

/* ---- the device ----------------------------------------------------------------------------- */

/* @param state  NO_DEVICE or BROKEN */
static void device_leave(struct driver *d, enum keypad_state state, int cause)
{
    bool was_in = d->state == KEYPAD_ONLINE && d->keys.is_headset_in;
    usb_close(d->usb);
    bytes_wipe(d->inbox, sizeof d->inbox);
    bytes_wipe(&d->keys, sizeof d->keys);
    d->n_inbox = d->n_faces = 0;
    d->is_inbox_full = false;
    d->state = state;
    d->due_ms = d->now_ms + RESCAN_MS;
    if (was_in)
        tell_headset(d, false);
    status_set(d, state == KEYPAD_BROKEN ? DEVICE_HARDWARE_ERROR : DEVICE_NO_DEVICE, cause);
}

static void device_try_open(struct driver *d)
{
    char maker[32] = "", product[32] = "";
    int rc = open_device(d, NULL);
    if (rc < 0) {
        device_leave(d, rc == ERR_USB_NO_DEVICE ? KEYPAD_NO_DEVICE : KEYPAD_BROKEN, rc);
        return;
    }
    usb_names(d->usb, maker, sizeof maker, product, sizeof product);
    memset(d->status.model, 0, sizeof d->status.model);
    snprintf(d->status.model, sizeof d->status.model, "%s%s%s", maker,
             maker[0] && product[0] ? " " : "", product);
    d->n_faults = 0;
    d->state = KEYPAD_ONLINE;
}

static void device_watch(struct driver *d)
{
    if (d->state != KEYPAD_ONLINE) {
        if (usb_has_arrival(d->usb) || d->now_ms >= d->due_ms)
            device_try_open(d);
    } else if (usb_is_gone(d->usb)) {
        device_leave(d, KEYPAD_NO_DEVICE, ERR_USB_NO_DEVICE);
    } else if (d->n_faults >= MAX_FAULTS) {
        device_leave(d, KEYPAD_BROKEN, ERR_USB_IO);
    }
}

/* ---- driver_ops ----------------------------------------------------------------------------- */

static int keypad_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                       struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int rc = keypad_table_load(cfg->table, &d->table, err);
    if (rc == 0)
        rc = keypad_settings_load(cfg->settings, &d->table, &d->settings, err);
    if (rc == 0)
        rc = usb_new(match, d, &d->usb, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    *ret = d;
    return 0;
}

/* Keys come whenever somebody presses them: nothing to order. */
static void keypad_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    (void)command;
    d->now_ms = now_ms;
}

static int keypad_step(struct driver *d, int64_t now_ms)
{
    d->now_ms = now_ms;
    if (d->state == KEYPAD_ONLINE) {
        line_check(d);
        inbox_take(d); /* before an unplug counts: a key that came first was pressed */
    }
    device_watch(d);
    if (d->state != KEYPAD_ONLINE)
        return driver_sleep_ms(d->due_ms, now_ms);
    status_set(d, DEVICE_ONLINE, keypad_keys_cause(&d->keys, now_ms));
    return driver_sleep_ms(keypad_keys_due_ms(&d->keys, now_ms), now_ms);
}

static void keypad_wait(struct driver *d, int timeout_ms)
{
    usb_wait(d->usb, timeout_ms);
}

static void keypad_wake(struct driver *d)
{
    usb_wake(d->usb);
}

static void keypad_close(struct driver *d)
{
    if (!d)
        return;
    usb_free(d->usb);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops keypad_ops = {
    .name = "keypad",
    .open = keypad_open,
    .command = keypad_command,
    .step = keypad_step,
    .wait = keypad_wait,
    .wake = keypad_wake,
    .close = keypad_close,
};
