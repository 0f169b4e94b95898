/* SPDX-License-Identifier: Apache-2.0 */
/* A scanner that types: the one keyboard the settings name by ids and port. Claiming it takes it
 * from the console as well, so what it types lands nowhere else. Thread: the scanner's. */
#include <string.h>

#include "drivers/scanner/scanner_priv.h"

/* HID 1.11 clauses 7.2.4 and 7.2.6 */
enum { SET_IDLE = 10, SET_PROTOCOL = 11, PROTOCOL_BOOT = 0, PAUSE_MS = 100 };

static int start(struct driver *d, struct err *err)
{
    memset(&d->wedge, 0, sizeof d->wedge);
    /* Without the boot protocol the reports could mean anything. */
    int rc = usb_control(d->usb, 0x21, SET_PROTOCOL, PROTOCOL_BOOT, d->interface.number, NULL, 0,
                         SCANNER_CONTROL_MS, err);
    if (rc < 0)
        return rc;
    /* Report changes only; a device may refuse, repeated reports press no key again. */
    (void)usb_control(d->usb, 0x21, SET_IDLE, 0, d->interface.number, NULL, 0, SCANNER_CONTROL_MS,
                      NULL);
    return scanner_listen(d, WEDGE_REPORT_BYTES, err);
}

static void take(struct driver *d, const uint8_t *data, size_t n)
{
    bool is_end = wedge_keys_feed(&d->wedge, &d->code, data, n);
    if (d->now_ms < d->quiet_ms && (d->code.is_begun || is_end)) {
        scanner_code_drop(&d->code);
        scanner_quiet_go_on(d, is_end);
    } else if (is_end) {
        scanner_complete(d, NULL);
    }
}

static int pause_ms(const struct driver *d)
{
    (void)d;
    return PAUSE_MS;
}

static void pause_end(struct driver *d)
{
    scanner_complete(d, NULL);
}

/* It scans by its own trigger and beeps by itself: nothing to ask for, nothing to fail. */
static int act(struct driver *d, enum scanner_act a, struct err *err)
{
    (void)d;
    (void)a;
    (void)err;
    return 0;
}

const struct scanner_dialect_ops wedge_ops = {
    .start = start, .take = take, .pause_ms = pause_ms, .pause = pause_end, .act = act};
