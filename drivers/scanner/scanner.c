/* SPDX-License-Identifier: Apache-2.0 */
/* USB scanner: life, gate and status; how a scanner speaks is in hid_pos.c, cdc_acm.c and wedge.c.
 * Thread: the scanner's, except wake. Data arrives on a standing transfer.
 *
 *              arrival or 2 s                 dialect started
 *   NO_DEVICE ----------------> (opening) ---------------------> ONLINE --.
 *      ^  ^                         | refused, unreadable,        ^       | code, trigger, beep
 *      |  | 2 s                     | keyboard mode               '-------'
 *      |  '---------------------- BROKEN <------------------------ 3 transfer errors
 *      '------------------------------------ unplug, any state
 *
 * True in ONLINE: d->ops speaks to the open device and one IN transfer stands. d->code holds what
 * has come of a code that is not complete; it is wiped when the code ends, fails, pauses or the
 * device goes. The status of ONLINE carries the sticker alarm as its cause. */
#include "drivers/scanner/scanner_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/status.h"
#include "drivers/timing.h"

/* PROTOCOL.md, timing. */
enum {
    RESCAN_MS = 2000,
    TRIGGER_AGAIN_MS = 8000, /* engines stop looking by themselves after a time */
    TRIGGER_RETRY_MS = 300,
    MAX_FAULTS = 3,
};

static void status_set(struct driver *d, enum device_state state, int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_SCANNER;
    s.state = state;
    s.cause = cause;
    device_status_tell(&d->sink, &d->status, &d->has_status, &s);
}

/* ---- codes ---------------------------------------------------------------------------------- */

/* The engine beeps when it has read; this beep tells what became of it. */
static void beep_later(struct driver *d, enum scanner_act beep)
{
    d->has_beep = d->settings.has_beep && d->gate.is_enabled;
    d->beep = beep;
}

static void code_end(struct driver *d)
{
    scanner_code_drop(&d->code);
    d->is_code_stale = false;
    if (d->trigger == TRIGGER_STARTED)
        d->trigger = TRIGGER_UNKNOWN; /* a read ends what was started */
}

void scanner_refuse(struct driver *d, int code)
{
    if (!d->is_code_stale) {
        code_gate_fail(&d->gate, code, d->now_ms);
        beep_later(d, SCANNER_ACT_BAD);
    }
    code_end(d);
}

void scanner_break_off(struct driver *d)
{
    d->quiet_ms = d->now_ms + SCANNER_QUIET_MS;
    scanner_refuse(d, ERR_SCANNER_REPORT);
}

void scanner_quiet_go_on(struct driver *d, bool is_end)
{
    d->quiet_ms = is_end ? d->now_ms : d->now_ms + SCANNER_QUIET_MS;
}

void scanner_complete(struct driver *d, const uint8_t aim[AIM_BYTES])
{
    struct scanner_code *c = &d->code;
    uint8_t *data = c->data, none[AIM_BYTES] = {0};
    size_t n = c->n;
    bool has_eci = false;
    if (!aim && c->fault == 0 && aim_is_prefix(data, n)) {
        aim = data;
        data += AIM_BYTES;
        n -= AIM_BYTES;
    }
    int rc = aim_check(aim ? aim : none, d->settings.letters, &has_eci);
    if (rc == ERR_NOT_FOUND || (n == 0 && c->fault == 0)) {
        scanner_code_drop(c); /* a reply to a command, or nothing at all */
        d->is_code_stale = false;
        return;
    }
    if (c->fault != 0)
        rc = c->fault;
    if (rc == 0 && has_eci)
        rc = aim_eci_undo(data, n, &n);
    if (rc == 0 && n == 0)
        rc = ERR_SCANNER_TEXT;
    if (rc < 0 || d->is_code_stale) {
        scanner_refuse(d, rc);
        return;
    }
    rc = code_gate_take(&d->gate, data, n, d->now_ms);
    if (rc != 0)
        beep_later(d, rc > 0 ? SCANNER_ACT_GOOD : SCANNER_ACT_BAD);
    code_end(d);
}

/* ---- what arrives --------------------------------------------------------------------------- */

/* Transfers carry no time of their own and come while we sleep: the next step handles them. */
static void on_data(void *arg, const uint8_t *data, size_t n)
{
    struct driver *d = arg;
    if (d->is_inbox_full || n > UINT16_MAX || n + 2 > sizeof d->inbox - d->n_inbox) {
        d->is_inbox_full = true;
        return;
    }
    d->inbox[d->n_inbox++] = (uint8_t)(n >> 8);
    d->inbox[d->n_inbox++] = (uint8_t)n;
    memcpy(d->inbox + d->n_inbox, data, n);
    d->n_inbox += n;
}

int scanner_listen(struct driver *d, size_t bytes, struct err *err)
{
    return usb_listen(d->usb, d->in, bytes, on_data, d, err);
}

static void inbox_clear(struct driver *d)
{
    bytes_wipe(d->inbox, d->n_inbox);
    d->n_inbox = 0;
}

static void inbox_take(struct driver *d)
{
    for (size_t i = 0; i < d->n_inbox;) {
        size_t n = bytes_be16(d->inbox + i);
        d->ops->take(d, d->inbox + i + 2, n);
        if (d->code.is_begun)
            d->code_ms = d->now_ms;
        i += 2 + n;
    }
    if (d->is_inbox_full)
        scanner_break_off(d); /* a part is missing: what came of the code is worth nothing */
    d->is_inbox_full = false;
    if (d->n_inbox > 0) {
        inbox_clear(d);
        d->n_faults = 0; /* faults in a row are what counts */
    }
}

/* A transfer that failed may have had a part of a code, and nobody knows which: what has come is
 * worth nothing, and what comes may be its rest. */
static void line_check(struct driver *d)
{
    if (usb_listen_error(d->usb) == 0)
        return;
    bool has_part = d->code.is_begun || d->n_inbox > 0;
    inbox_clear(d);
    if (has_part)
        scanner_break_off(d);
    d->quiet_ms = d->now_ms + SCANNER_QUIET_MS;
    d->n_faults++;
}

/* ---- the device ----------------------------------------------------------------------------- */

static void device_release(struct driver *d)
{
    usb_close(d->usb);
    inbox_clear(d);
    scanner_code_drop(&d->code);
    d->is_code_stale = false;
    d->has_beep = false;
    d->trigger = TRIGGER_UNKNOWN;
    d->quiet_ms = 0;
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

static void device_try_open(struct driver *d)
{
    char maker[32] = "", product[32] = "";
    int rc = scanner_find(d, NULL);
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
    d->n_faults = d->n_trigger_faults = 0;
    d->state = SCANNER_ONLINE; /* told when it has also done what the settings ask for */
}

static void device_watch(struct driver *d)
{
    if (d->state != SCANNER_ONLINE) {
        if (usb_has_arrival(d->usb) || d->now_ms >= d->due_ms)
            device_try_open(d);
    } else if (usb_is_gone(d->usb)) {
        device_lost(d);
    } else if (d->n_faults >= MAX_FAULTS) {
        device_broken(d, ERR_USB_IO);
    }
}

/* ---- trigger and beeper --------------------------------------------------------------------- */

/* Is it time to ask: at a change, after a failure, or because the engine may have stopped? */
static bool trigger_is_due(const struct driver *d, enum scanner_trigger wanted)
{
    if (!d->settings.is_command_trigger)
        return false;
    if (d->trigger != wanted)
        return d->n_trigger_faults == 0 || d->now_ms >= d->trigger_ms;
    return wanted == TRIGGER_STARTED && d->now_ms >= d->trigger_ms;
}

static void trigger_update(struct driver *d)
{
    enum scanner_trigger wanted = d->gate.is_enabled ? TRIGGER_STARTED : TRIGGER_STOPPED;
    if (!trigger_is_due(d, wanted))
        return;
    int rc = d->ops->act(d, wanted == TRIGGER_STARTED ? SCANNER_ACT_START : SCANNER_ACT_STOP, NULL);
    if (rc == 0) {
        d->trigger = wanted;
        d->trigger_ms = d->now_ms + TRIGGER_AGAIN_MS;
        d->n_trigger_faults = 0;
    } else if (rc == ERR_NOT_FOUND) {
        device_broken(d, ERR_SCANNER_DESCRIPTOR); /* the settings ask for what it cannot do */
    } else if (++d->n_trigger_faults >= MAX_FAULTS) {
        device_broken(d, rc);
    } else {
        d->trigger_ms = d->now_ms + TRIGGER_RETRY_MS;
    }
}

static void beep_now(struct driver *d)
{
    if (!d->has_beep)
        return;
    d->has_beep = false;
    (void)d->ops->act(d, d->beep, NULL); /* a scanner that cannot beep is still a scanner */
}

/* ---- driver_ops ----------------------------------------------------------------------------- */

static int scanner_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                        struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int rc = scanner_table_load(cfg->table, &d->table, err);
    if (rc == 0)
        rc = scanner_settings_load(cfg->settings, &d->settings, err);
    if (rc == 0)
        rc = usb_new(scanner_match, d, &d->usb, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    code_gate_init(&d->gate, sink);
    *ret = d;
    return 0;
}

static void scanner_command_take(struct driver *d, const struct device_command *command,
                                 int64_t now_ms)
{
    d->now_ms = now_ms;
    if (d->state == SCANNER_ONLINE) {
        line_check(d);
        inbox_take(d); /* what came before belongs to what was wanted before */
    }
    if (command->kind == DEVICE_COMMAND_ENABLE || command->kind == DEVICE_COMMAND_DISABLE)
        code_gate_enable(&d->gate, command->kind == DEVICE_COMMAND_ENABLE, now_ms);
    d->is_code_stale = d->code.is_begun; /* its rest must not pass for a code of its own */
}

/* @return ms until something inside is due, at most DRIVER_STEP_MAX_MS */
static int due_in(const struct driver *d)
{
    int64_t due = d->state == SCANNER_ONLINE ? d->now_ms + DRIVER_STEP_MAX_MS : d->due_ms;
    if (d->state == SCANNER_ONLINE && d->code.is_begun)
        due = d->code_ms + d->ops->pause_ms(d); /* seen before a late rest comes */
    if (d->state == SCANNER_ONLINE && d->n_trigger_faults > 0 && d->trigger_ms < due)
        due = d->trigger_ms;
    return driver_sleep_ms(due, d->now_ms);
}

static int scanner_step(struct driver *d, int64_t now_ms)
{
    d->now_ms = now_ms;
    if (d->state == SCANNER_ONLINE) {
        line_check(d);
        inbox_take(d); /* before an unplug counts: a whole code that came first is a code */
    }
    device_watch(d);
    if (d->state == SCANNER_ONLINE) {
        if (d->code.is_begun && now_ms - d->code_ms >= d->ops->pause_ms(d))
            d->ops->pause(d);
        beep_now(d);
        trigger_update(d);
    }
    if (d->state == SCANNER_ONLINE && d->n_trigger_faults == 0)
        status_set(d, DEVICE_ONLINE, code_gate_alarm(&d->gate, now_ms));
    return due_in(d);
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
    .command = scanner_command_take,
    .step = scanner_step,
    .wait = scanner_wait,
    .wake = scanner_wake,
    .close = scanner_close,
};
