/* SPDX-License-Identifier: Apache-2.0 */
/* What an earlier program, or a ticket in doubt, has left in the printer: find out, clear it, cut
 * it off. The states are drawn in printer.c. Thread: the printer's. */
#include <string.h>

#include "drivers/printer/printer_priv.h"

/* Class request, USB Printing Devices 1.1 clause 4.2.3. */
enum { SOFT_RESET = 2 };

/* A hello (modes, automatic status) and a process id, in one go. */
bool printer_id_send(struct driver *d, int64_t now_ms)
{
    uint8_t cmd[ESCPOS_EXTRA_MAX + ESCPOS_SHORT_MAX], id[ESCPOS_ID_BYTES];
    size_t n = printer_hello(d, cmd);
    printer_ids_renew(d);
    uint32_t asked = printer_id_next(d, id);
    n += escpos_process_id(id, cmd + n);
    d->asked_id = asked;
    return printer_send(d, cmd, n, now_ms);
}

bool printer_has_duty(const struct driver *d)
{
    return d->fill_bytes > 0 || d->is_unproven || d->must_cut || d->is_orphan;
}

/* A whole band of the widest picture: how much of the broken one arrived is not known for sure. */
void printer_fill_owe(struct driver *d)
{
    struct escpos_layout l;
    printer_layout(d, &l);
    d->fill_bytes = escpos_band_bytes(&l, l.head_dots);
}

void printer_fill_taken(struct driver *d, size_t n)
{
    if (d->is_filling)
        d->fill_bytes -= n < d->fill_bytes ? n : d->fill_bytes;
    d->is_filling = false;
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
        d->must_cut |= !d->is_orphan;
        if (!d->is_orphan)
            printer_fill_owe(d);
        printer_state_enter(d, d->is_orphan ? PRINTER_READY : PRINTER_CLEARING, now_ms, CLEAR_MS);
        return;
    }
    if (d->is_out_busy && now_ms - d->out_since_ms < ASK_MS)
        return;
    bool is_stopped = printer_cause(d) != 0;
    if (!printer_id_send(d, now_ms))
        is_stopped = true;
    int64_t patience = is_stopped ? ASK_STOPPED_MS : ASK_MS;
    if (d->is_orphan) /* the ticket we look for may still be printing */
        patience += d->proof.print_ms;
    printer_state_enter(d, PRINTER_ASKING, now_ms, patience);
}

void printer_asking_serve(struct driver *d, int64_t now_ms)
{
    if (d->seen_id >= d->asked_id) { /* its interpreter stands between commands: nothing left */
        d->can_process_id = d->has_had_ids = true;
        d->n_opens = 0;
        d->fill_bytes = 0;
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
    } else if (now_ms >= d->due_ms) {
        d->must_cut = true;
        (void)usb_out_abort(d->usb); /* a question nobody takes */
        d->is_out_busy = false;
        printer_fill_owe(d);
        printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
    }
}

/* Devices follow two versions of the class, which differ in the recipient; the older is the one
 * the kernel uses. */
void printer_soft_reset(struct driver *d)
{
    (void)usb_out_abort(d->usb);
    d->is_out_busy = false;
    d->n_replies_owed = 0;
    if (usb_control(d->usb, 0x23, SOFT_RESET, 0, d->number, NULL, 0, CONTROL_MS, NULL) < 0)
        (void)usb_control(d->usb, 0x21, SOFT_RESET, 0, d->number, NULL, 0, CONTROL_MS, NULL);
}

/* The clear that answers is preferred: its answer proves that the printer holds nothing. */
static void clear_send(struct driver *d, int64_t now_ms)
{
    uint8_t cmd[ESCPOS_SHORT_MAX];
    enum printer_clear how = d->profile->clear;
    bool is_enq = how == CLEAR_ENQ || (how == CLEAR_BOTH && d->n_clears > 0);
    d->n_clears++;
    if (how == CLEAR_NONE)
        return;
    d->n_replies_owed = 0; /* questions are cleared, too */
    /* when it is not taken, the state's patience ends in a soft reset */
    (void)printer_send(d, cmd, is_enq ? escpos_clear_line(cmd) : escpos_clear(cmd), now_ms);
}

void printer_clearing_start(struct driver *d, int64_t now_ms)
{
    d->is_cleared = false;
    d->is_unproven = false;
    d->n_clears = 0;
    d->n_out_errors = 0;
    d->is_filling = d->has_filled = false;
    d->round_n = 0;
    d->asked = ASKED_NOTHING;
    clear_send(d, now_ms);
    if (d->profile->clear == CLEAR_NONE || d->profile->clear == CLEAR_ENQ)
        d->due_ms = now_ms + ASK_STOPPED_MS; /* there is no answer to wait for */
}

/* NULs end a band that was broken off, and are nothing to a printer that waits for a command.
 * @return true when a piece is on its way */
static bool fill_send(struct driver *d, int64_t now_ms)
{
    static const uint8_t zeros[CHUNK_BYTES];
    if (d->fill_bytes > 0 && !d->profile->can_fill) {
        if (d->profile->soft_reset != RESET_NEVER)
            printer_soft_reset(d);
        d->fill_bytes = 0;
    }
    size_t n = d->fill_bytes < CHUNK_BYTES ? d->fill_bytes : CHUNK_BYTES;
    d->is_filling = n > 0 && printer_send(d, zeros, n, now_ms);
    return d->is_filling;
}

/* What is still owed is sent when the printer is healthy again: READY begins anew. */
static void clearing_end(struct driver *d, int64_t now_ms)
{
    if (d->is_cleared)
        d->fill_bytes = 0;
    if (d->fill_bytes > 0 || printer_cause(d) != 0 || !may_have_ids(d) ||
        !printer_id_send(d, now_ms)) {
        d->is_unproven = may_have_ids(d);
        d->n_opens = 0;
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
        d->round_due_ms = now_ms;
        return;
    }
    printer_state_enter(d, PRINTER_PROVING, now_ms, PROVE_MS);
}

void printer_clearing_serve(struct driver *d, int64_t now_ms)
{
    if (d->is_cleared && !d->is_filling) {
        clearing_end(d, now_ms);
        return;
    }
    bool is_taken = d->has_filled && !d->is_out_busy;
    if (now_ms < d->due_ms && !is_taken)
        return;
    if (d->is_out_busy) { /* not even taken: the receive buffer is full */
        printer_fill_taken(d, usb_out_abort(d->usb));
        d->is_out_busy = false;
        if (d->profile->soft_reset != RESET_NEVER)
            printer_soft_reset(d);
    } else if (d->profile->clear == CLEAR_BOTH && d->n_clears == 1) {
        clear_send(d, now_ms);
        d->due_ms = now_ms + ASK_STOPPED_MS;
        return;
    } else if (fill_send(d, now_ms)) {
        d->has_filled = true;
        d->due_ms = now_ms + FILL_MS;
        return;
    }
    clearing_end(d, now_ms);
}

void printer_proving_serve(struct driver *d, int64_t now_ms)
{
    bool is_answered = d->seen_id >= d->asked_id;
    if (!is_answered && now_ms < d->due_ms)
        return;
    if (is_answered) {
        d->can_process_id = d->has_had_ids = true;
        d->fill_bytes = 0;
    }
    /* it speaks, but not of the id: it has none. One that says nothing at all is asked again; one
     * that has answered before has lost this one, and the next ticket's will tell */
    bool has_none = printer_cause(d) == 0 && (d->is_round_answered || !printer_can_ask(d));
    if (!is_answered && has_none && d->profile->process_id == SUPPORT_PROBE && !d->has_had_ids)
        d->can_process_id = false;
    d->is_unproven = !is_answered && !has_none;
    d->n_opens = 0;
    printer_state_enter(d, PRINTER_READY, now_ms, 0);
}

void printer_cutting_start(struct driver *d, int64_t now_ms)
{
    struct escpos_layout layout;
    uint8_t cmd[2 * ESCPOS_EXTRA_MAX + ESCPOS_CUT_MAX], id[ESCPOS_ID_BYTES];
    printer_layout(d, &layout);
    size_t n = printer_hello(d, cmd);
    n += escpos_cut(&layout, cmd + n);
    /* what is cut off is nobody's: it must not wait for the next visitor */
    if (d->profile->retract.n > 0) {
        memcpy(cmd + n, d->profile->retract.at, d->profile->retract.n);
        n += d->profile->retract.n;
    }
    d->asked_id = 0;
    if (d->can_process_id) {
        printer_ids_renew(d);
        d->asked_id = printer_id_next(d, id);
        n += escpos_process_id(id, cmd + n);
    }
    bool is_asking = !d->can_process_id && d->profile->has_in_order && d->ep_in != 0;
    if (is_asking)
        n += escpos_in_order(cmd + n);
    if (!printer_send(d, cmd, n, now_ms))
        return;
    d->n_replies_owed += is_asking;
    d->must_cut = false;
    printer_state_enter(d, PRINTER_CUTTING, now_ms,
                        d->asked_id ? CUT_MS
                        : is_asking ? HIGHER_MS
                                    : PROVE_MS);
}

void printer_cutting_serve(struct driver *d, int64_t now_ms)
{
    bool is_asking = !d->can_process_id && d->profile->has_in_order && d->ep_in != 0;
    bool is_done =
        d->asked_id != 0 ? d->seen_id >= d->asked_id : is_asking && d->n_replies_owed == 0;
    if (!is_done && now_ms < d->due_ms)
        return;
    d->n_replies_owed = 0; /* what has not come by now got lost */
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
