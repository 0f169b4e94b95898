/* SPDX-License-Identifier: Apache-2.0 */
/* One ticket on its way to paper: check and send; the proof is in printer_proof.c. Thread: the
 * printer's.
 *
 *   READY --PRINT--> CHECKING --healthy--> SENDING --all bytes--> CONFIRMING --proof--> READY
 *                       | cause               | 90 s with a cause,    | PRINTED
 *                       v                     | 30 s without, error   | no proof in time
 *                  NOT_STARTED                v                       v
 *                                   IN_DOUBT (NOT_STARTED when no byte had left), then CLEARING
 *
 * CHECKING: an old ticket leaves the outlet, the state is asked, the cut counter is read.
 * True: one PRINT_DONE per job, sent where the job leaves the list (printer_job_answer). Nothing
 * is ever sent twice: a stuck write is waited for, and the printer itself resumes after paper or
 * cover. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/printer/printer_priv.h"

size_t printer_hello(const struct driver *d, uint8_t *out)
{
    const struct printer_profile *p = d->profile;
    size_t n = escpos_init(out);
    if (d->ep_in != 0 && p->dialect->n_enable > 0) {
        memcpy(out + n, p->dialect->enable, p->dialect->n_enable);
        n += p->dialect->n_enable;
    }
    if (p->hello.n > 0) {
        memcpy(out + n, p->hello.at, p->hello.n);
        n += p->hello.n;
    }
    if (p->has_offline_response && d->ep_in != 0)
        n += escpos_offline_response(out + n);
    if (p->has_panel_command)
        n += escpos_panel(d->settings.panel_button, out + n);
    if (d->settings.density != DENSITY_KEEP)
        n += escpos_density(d->settings.density, out + n);
    if (d->settings.speed > 0)
        n += escpos_speed(d->settings.speed, out + n);
    return n;
}

void printer_layout(const struct driver *d, struct escpos_layout *ret)
{
    const struct printer_profile *p = d->profile;
    *ret = (struct escpos_layout){
        .head_dots = d->status.head_dots,
        .image = p->image,
        .band_rows = (uint32_t)p->band_rows,
        .column_spacing = (uint8_t)p->column_spacing,
        .cutter = p->cutter,
        .cut_form = p->cut_form,
        .blade_dots = (uint16_t)p->blade_dots,
        .feed_before_cut_dots = (uint8_t)p->feed_before_cut_dots,
        .is_top_trimmed = p->is_top_trimmed,
        .present = p->present.at,
        .n_present = p->present.n,
    };
    int dots = p->min_ticket_mm * p->dots_per_mm_x10 / 10 - p->blade_dots;
    if (dots > 0)
        ret->min_rows = (uint32_t)dots;
}

static void picture_free(struct bitmap *b)
{
    if (!b)
        return;
    bytes_wipe(b, sizeof *b + (size_t)b->stride * b->rows);
    free(b);
}

static void stream_free(struct driver *d)
{
    if (d->stream)
        bytes_wipe(d->stream, d->stream_bytes);
    free(d->stream);
    d->stream = NULL;
    d->stream_bytes = d->sent_bytes = 0;
}

static double job_mm(const struct driver *d)
{
    return (double)(d->job[0].picture->rows + (unsigned)d->profile->blade_dots) * 10 /
           d->profile->dots_per_mm_x10;
}

void printer_job_answer(struct driver *d, enum print_result result, enum print_evidence evidence,
                        int code)
{
    struct device_event e = {.kind = DEVICE_EVENT_PRINT_DONE, .from = DEVICE_PRINTER, .code = code};
    e.print.job = d->job[0].job;
    e.print.result = result;
    e.print.evidence = evidence;
    if (result != PRINT_NOT_STARTED && d->mm_since_low >= 0)
        d->mm_since_low += job_mm(d);
    picture_free(d->job[0].picture);
    memmove(d->job, d->job + 1, (d->n_jobs - 1) * sizeof d->job[0]);
    d->n_jobs--;
    memset(&d->job[d->n_jobs], 0, sizeof d->job[0]);
    stream_free(d);
    d->cause_since_ms = 0;
    d->is_orphan = false;
    d->sink.emit(d->sink.arg, &e);
}

void printer_job_drop(struct driver *d, int code)
{
    if (d->n_jobs == 0)
        return;
    bool has_begun = d->state == PRINTER_SENDING || d->state == PRINTER_CONFIRMING || d->is_orphan;
    /* usb_close or the clear that follows takes a transfer in flight back; its bytes count */
    if (has_begun && d->is_out_busy) {
        size_t gone = usb_out_abort(d->usb);
        if (d->state == PRINTER_SENDING)
            d->sent_bytes += gone;
        d->is_out_busy = false;
    }
    size_t n = has_begun ? d->sent_bytes : 0;
    if (n == 0) {
        printer_job_answer(d, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
    } else {
        enum print_evidence e = printer_evidence(d);
        bool is_enough = n == d->stream_bytes && e >= d->profile->accept;
        if (n < d->stream_bytes)
            printer_fill_owe(d);
        d->must_cut |= !is_enough; /* half a ticket may hang in it, also after a re-plug */
        printer_job_answer(d, is_enough ? PRINT_PRINTED : PRINT_IN_DOUBT, e, code);
    }
}

void printer_jobs_drop(struct driver *d, int code)
{
    printer_job_drop(d, code);
    while (d->n_jobs > 0)
        printer_job_answer(d, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
}

/* Give the ticket at hand up and make the printer forget the rest of it. */
static void job_abandon(struct driver *d, int code, int64_t now_ms)
{
    printer_job_drop(d, code);
    d->must_cut = true;
    printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
}

static int ticket_build(struct driver *d)
{
    const struct printer_profile *p = d->profile;
    uint8_t hello[ESCPOS_EXTRA_MAX];
    struct escpos_layout layout;
    printer_layout(d, &layout);
    layout.hello = hello;
    layout.n_hello = printer_hello(d, hello);
    layout.has_process_id = d->can_process_id;
    layout.has_in_order = p->has_in_order && d->ep_in != 0;
    d->proof.id_before_cut = d->proof.id_after_cut = 0;
    if (d->can_process_id) {
        printer_ids_renew(d);
        d->proof.id_before_cut = printer_id_next(d, layout.id_before_cut);
        d->proof.id_after_cut = printer_id_next(d, layout.id_after_cut);
    }
    return escpos_ticket(d->job[0].picture, &layout, &d->stream, &d->stream_bytes, NULL, NULL);
}

/* Near the end of the roll only what surely fits is begun. */
static bool is_too_long(const struct driver *d)
{
    int left_mm = d->profile->near_end_mm;
    return left_mm > 0 && d->facts & FACT_PAPER_LOW &&
           job_mm(d) + (d->mm_since_low > 0 ? d->mm_since_low : 0) > left_mm;
}

/* The last visitor's ticket is drawn back, or pushed out where that is all the model can do.
 * @return true while it is still on its way */
static bool outlet_serve(struct driver *d, int64_t now_ms)
{
    const struct hex_bytes *cmd =
        d->profile->retract.n > 0 ? &d->profile->retract : &d->profile->eject;
    if (!(d->facts & FACT_TICKET) || cmd->n == 0)
        return false;
    if (!d->is_outlet_served) {
        if (!printer_send(d, cmd->at, cmd->n, now_ms))
            return now_ms < d->due_ms;
        d->is_outlet_served = true;
        d->due_ms = now_ms + OUTLET_MS;
        return true;
    }
    if (now_ms >= d->due_ms)
        return false;
    if (d->round_n == 0 && d->asked == ASKED_NOTHING && now_ms >= d->round_due_ms)
        printer_round_start(d, now_ms);
    return true;
}

/* @return true while the counter's value is awaited */
static bool counter_serve(struct driver *d, int64_t now_ms)
{
    struct printer_proof *p = &d->proof;
    if (!d->can_count || p->has_before)
        return false;
    if (now_ms >= d->due_ms) {
        d->can_count = false;
        return false;
    }
    if (p->counter_due_ms == 0) {
        printer_counter_ask(d, now_ms);
        if (d->asked == ASKED_COUNTER)
            p->counter_due_ms = now_ms + COUNTER_MS;
        return true;
    }
    p->has_before = d->has_count;
    p->cuts_before = d->count;
    if (!d->has_count && d->asked == ASKED_NOTHING) /* it has none after all */
        d->can_count = false;
    return d->asked == ASKED_COUNTER && !d->has_count;
}

static void job_refuse(struct driver *d, int code, int64_t now_ms)
{
    printer_job_answer(d, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
    printer_state_enter(d, PRINTER_READY, now_ms, 0);
}

void printer_job_check(struct driver *d, int64_t now_ms)
{
    bool can_ask = printer_can_ask(d);
    if (can_ask && !d->is_round_done)
        return;
    int code = printer_cause(d);
    if (code == 0 && can_ask && !d->is_round_answered)
        code = ERR_PRINTER_SILENT;          /* without an answer we do not start */
    if (code == 0 && printer_has_duty(d)) { /* it has just become healthy: first things first */
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
        return;
    }
    if (code == 0 && is_too_long(d))
        code = ERR_PRINTER_PAPER_LOW;
    if (code != 0) {
        job_refuse(d, code, now_ms);
        return;
    }
    if (outlet_serve(d, now_ms))
        return;
    if (d->is_out_busy) { /* a question it does not take: its end would be taken for the ticket's */
        if (now_ms - d->out_since_ms >= CHECK_MS)
            job_refuse(d, ERR_PRINTER_SILENT, now_ms);
        return;
    }
    if (counter_serve(d, now_ms) || d->asked != ASKED_NOTHING)
        return;
    code = ticket_build(d);
    if (code != 0) {
        job_refuse(d, code, now_ms);
        return;
    }
    d->proof.had_ticket = d->facts & FACT_TICKET;
    d->sent_bytes = 0;
    d->n_out_errors = 0;
    printer_state_enter(d, PRINTER_SENDING, now_ms, STUCK_MS);
    printer_job_send(d, now_ms);
}

bool printer_cause_serve(struct driver *d, int64_t now_ms)
{
    if (printer_cause(d) == 0) {
        if (d->cause_since_ms != 0) /* repaired: it gets its time again */
            d->due_ms =
                now_ms + (d->state == PRINTER_SENDING ? STUCK_MS : d->proof.print_ms + CONFIRM_MS);
        d->cause_since_ms = 0;
        return false;
    }
    if (d->cause_since_ms == 0)
        d->cause_since_ms = now_ms;
    return now_ms - d->cause_since_ms >= OPERATOR_MS;
}

/* How much the next transfer takes. A printer that needs a short packet to see the end of a
 * transfer gets one: no transfer of whole packets only. */
static size_t chunk_bytes(const struct driver *d)
{
    size_t n = d->stream_bytes - d->sent_bytes, packet = d->packet_bytes ? d->packet_bytes : 64;
    if (n > CHUNK_BYTES)
        n = CHUNK_BYTES;
    if (d->profile->has_short_end && n % packet == 0)
        n--;
    return n;
}

void printer_job_send(struct driver *d, int64_t now_ms)
{
    if (!d->is_out_busy && d->sent_bytes < d->stream_bytes) {
        size_t n = chunk_bytes(d);
        if (n == d->stream_bytes - d->sent_bytes && !d->proof.has_asked) {
            d->proof.has_asked = d->profile->has_in_order && d->ep_in != 0;
            d->n_replies_owed += d->proof.has_asked;
        }
        int r = usb_out_start(d->usb, d->ep_out, d->stream + d->sent_bytes, n, NULL);
        d->is_out_busy = r == 0;
        d->out_since_ms = now_ms;
        if (r == ERR_USB_NO_DEVICE)
            return; /* the next turn finds it gone */
        if (r != 0)
            job_abandon(d, r, now_ms);
        return;
    }
    if (now_ms - d->out_since_ms >= PORT_STATUS_MS)
        printer_port_look(d, now_ms);
    bool is_given_up = printer_cause_serve(d, now_ms);
    if (is_given_up)
        job_abandon(d, printer_cause(d), now_ms);
    else if (d->cause_since_ms == 0 && now_ms >= d->due_ms)
        job_abandon(d, ERR_PRINTER_SILENT, now_ms);
}

void printer_job_out_done(struct driver *d, int code, size_t n, int64_t now_ms)
{
    d->sent_bytes += n;
    if (n > 0)
        d->due_ms = now_ms + STUCK_MS;
    if (code == ERR_USB_NO_DEVICE)
        return; /* the next turn finds it gone */
    if (code != 0 && ++d->n_out_errors > MAX_OUT_ERRORS)
        job_abandon(d, code, now_ms);
    else if (d->sent_bytes < d->stream_bytes)
        printer_job_send(d, now_ms);
    else
        printer_confirm_start(d, now_ms);
}
