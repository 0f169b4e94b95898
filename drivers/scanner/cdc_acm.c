/* SPDX-License-Identifier: Apache-2.0 */
/* Scanners on a USB serial line (CDC-ACM). Thread: the scanner's. */
#include <string.h>

#include "drivers/scanner/scanner_priv.h"

/* CDC PSTN 1.2 clause 6.3.10 to 6.3.12 */
enum { SET_LINE_CODING = 0x20, SET_CONTROL_LINE_STATE = 0x22, DTR_AND_RTS = 3, CLASS_CDC = 2 };

/* The control interface that belongs to the data interface: the nearest one before it, as all
 * makers order them. @return its number, or -1 */
static int control_interface(const struct driver *d)
{
    int found = -1;
    for (size_t i = 0; i < d->candidate.n_interfaces; i++) {
        const struct usb_interface *f = &d->candidate.interface[i];
        if (f->cls == CLASS_CDC && f->number <= d->interface.number && f->number > found)
            found = f->number;
    }
    return found;
}

static int line_open(struct driver *d, uint8_t number, struct err *err)
{
    uint8_t coding[7] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8}; /* 115200, 1 stop bit, no parity, 8 */
    if (number != d->interface.number) {
        int rc = usb_claim_also(d->usb, number, err);
        if (rc < 0)
            return rc;
    }
    /* A device without a real line may refuse both and still send. */
    (void)usb_control(d->usb, 0x21, SET_LINE_CODING, 0, number, coding, sizeof coding,
                      SCANNER_CONTROL_MS, NULL);
    (void)usb_control(d->usb, 0x21, SET_CONTROL_LINE_STATE, DTR_AND_RTS, number, NULL, 0,
                      SCANNER_CONTROL_MS, NULL);
    return 0;
}

static int start(struct driver *d, struct err *err)
{
    int control = control_interface(d);
    size_t packet = 64;
    d->cdc = (struct cdc_frame){.suffix = d->settings.suffix};
    if (control >= 0) {
        int rc = line_open(d, (uint8_t)control, err);
        if (rc < 0)
            return rc;
    }
    /* One packet a transfer: a code that fills its last packet is not always followed by an empty
     * one, and a longer transfer would wait for more. */
    for (size_t i = 0; i < d->interface.n_endpoints; i++)
        if (d->interface.endpoint[i].address == d->in && d->interface.endpoint[i].max_bytes)
            packet = d->interface.endpoint[i].max_bytes;
    return scanner_listen(d, packet, err);
}

static void take(struct driver *d, const uint8_t *data, size_t n)
{
    while (n > 0) {
        size_t used = 0;
        bool is_end = cdc_frame_feed(&d->cdc, &d->code, data, n, &used);
        if (d->now_ms < d->quiet_ms) {
            scanner_code_drop(&d->code);
            scanner_quiet_go_on(d, is_end);
        } else if (is_end) {
            scanner_complete(d, NULL);
        }
        data += used;
        n -= used;
    }
}

static int pause_ms(const struct driver *d)
{
    return d->cdc.suffix == CDC_SUFFIX_NONE ? d->settings.gap_ms : SCANNER_PART_GAP_MS;
}

static void pause_end(struct driver *d)
{
    if (cdc_frame_pause(&d->cdc) == 0)
        scanner_complete(d, NULL);
    else
        scanner_break_off(d);
}

static int act(struct driver *d, enum scanner_act a, struct err *err)
{
    const uint8_t *bytes = NULL;
    size_t n = scanner_command(d->entry->dialect, a, &bytes), done = 0;
    if (n == 0 || d->out == 0)
        return ERR_NOT_FOUND;
    return usb_out(d->usb, d->out, bytes, n, SCANNER_CONTROL_MS, &done, err);
}

const struct scanner_dialect_ops cdc_acm_ops = {
    .start = start, .take = take, .pause_ms = pause_ms, .pause = pause_end, .act = act};
