/* SPDX-License-Identifier: Apache-2.0 */
/* What an earlier program, or a ticket in doubt, has left in the printer: find out, clear it, cut
 * it off. The states are drawn in printer.c. Thread: the printer's. */
#include "drivers/printer/printer_priv.h"

/* Class request, USB Printing Devices 1.1 clause 4.2.3. */
enum { SOFT_RESET = 2 };

/* A hello (modes, automatic status) and a process id, in one go. */
bool printer_id_send(struct driver *d, int64_t now_ms)
{
    uint8_t cmd[2 * ESCPOS_SHORT_MAX], id[ESCPOS_ID_BYTES];
    size_t n = escpos_hello(cmd);
    d->asked_id = printer_id_next(d, id);
    n += escpos_process_id(id, cmd + n);
    return printer_send(d, cmd, n, now_ms);
}

static bool may_have_ids(const struct driver *d)
{
    return d->ep_in != 0 && d->profile->process_id != SUPPORT_NO;
}

void printer_greeting_serve(struct driver *d, int64_t now_ms)
{
    if (!d->is_round_done)
        return;
    if (!may_have_ids(d)) { /* nothing can be known of what lies in it: clear it and cut */
        d->must_cut = true;
        printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
        return;
    }
    if (d->is_out_busy && now_ms - d->out_since_ms < ASK_MS)
        return;
    bool is_stopped = printer_cause(d) != 0;
    if (!printer_id_send(d, now_ms))
        is_stopped = true;
    printer_state_enter(d, PRINTER_ASKING, now_ms, (is_stopped ? ASK_STOPPED_MS : ASK_MS));
}

void printer_asking_serve(struct driver *d, int64_t now_ms)
{
    if (d->seen_id >= d->asked_id) { /* its interpreter stands between commands: nothing left */
        d->can_process_id = true;
        d->n_opens = 0;
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
    } else if (now_ms >= d->due_ms) {
        d->must_cut = true;
        (void)usb_out_abort(d->usb); /* a question nobody takes */
        d->is_out_busy = false;
        printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
    }
}

/* The clear was not even taken: the receive buffer is full. The control pipe is open still.
 * Devices follow two versions of the class, which differ in the recipient. */
static void soft_reset(struct driver *d)
{
    (void)usb_out_abort(d->usb);
    d->is_out_busy = false;
    if (usb_control(d->usb, 0x21, SOFT_RESET, 0, d->number, NULL, 0, CONTROL_MS, NULL) < 0)
        (void)usb_control(d->usb, 0x23, SOFT_RESET, 0, d->number, NULL, 0, CONTROL_MS, NULL);
}

void printer_clearing_serve(struct driver *d, int64_t now_ms)
{
    if (!d->is_cleared && now_ms < d->due_ms)
        return;
    if (!d->is_cleared && d->is_out_busy)
        soft_reset(d);
    if (printer_cause(d) != 0 || !may_have_ids(d) || !printer_id_send(d, now_ms)) {
        d->is_unproven = may_have_ids(d);
        d->n_opens = 0;
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
        d->round_due_ms = now_ms;
        return;
    }
    printer_state_enter(d, PRINTER_PROVING, now_ms, PROVE_MS);
}

void printer_proving_serve(struct driver *d, int64_t now_ms)
{
    bool is_answered = d->seen_id >= d->asked_id;
    if (!is_answered && now_ms < d->due_ms)
        return;
    if (is_answered)
        d->can_process_id = true;
    else if (d->profile->process_id == SUPPORT_PROBE && printer_cause(d) == 0)
        d->can_process_id = false;
    d->is_unproven = !is_answered && (printer_cause(d) != 0 || d->n_silent_rounds > 0);
    d->n_opens = 0;
    printer_state_enter(d, PRINTER_READY, now_ms, 0);
}

void printer_cutting_start(struct driver *d, int64_t now_ms)
{
    const struct printer_profile *p = d->profile;
    struct escpos_layout layout = {.cutter = p->cutter,
                                   .feed_before_cut_dots = p->feed_before_cut_dots};
    uint8_t cmd[4 * ESCPOS_SHORT_MAX], id[ESCPOS_ID_BYTES];
    size_t n = escpos_hello(cmd);
    n += escpos_cut(&layout, cmd + n);
    d->asked_id = 0;
    if (d->can_process_id) {
        d->asked_id = printer_id_next(d, id);
        n += escpos_process_id(id, cmd + n);
    }
    if (!printer_send(d, cmd, n, now_ms))
        return;
    d->must_cut = false;
    printer_state_enter(d, PRINTER_CUTTING, now_ms, (d->asked_id ? CUT_MS : PROVE_MS));
}

void printer_cutting_serve(struct driver *d, int64_t now_ms)
{
    bool is_done = d->asked_id != 0 && d->seen_id >= d->asked_id;
    if (is_done || now_ms >= d->due_ms)
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
}

bool printer_cutter_retry(struct driver *d, int64_t now_ms)
{
    bool was_open = d->was_cover_open;
    d->was_cover_open = false;
    if (d->recover_due_ms == 0)
        d->recover_due_ms = now_ms + RECOVER_MS;
    if (!was_open && now_ms < d->recover_due_ms)
        return false;
    d->recover_due_ms = now_ms + RECOVER_MS;
    return true;
}
