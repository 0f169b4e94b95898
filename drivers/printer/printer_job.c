/* SPDX-License-Identifier: Apache-2.0 */
/* One ticket on its way to paper: check, send, prove. Thread: the printer's.
 *
 *   READY --PRINT--> CHECKING --healthy--> SENDING --all bytes--> CONFIRMING --proof--> READY
 *                       | cause               | 90 s with a cause,    | PRINTED
 *                       v                     | 30 s without, error   | no proof in time
 *                  NOT_STARTED                v                       v
 *                                   IN_DOUBT (NOT_STARTED when no byte had left), then CLEARING
 *
 * True: one PRINT_DONE per job, sent where the job leaves the list (job_answer). Nothing is ever
 * sent twice: a stuck write is waited for, and the printer itself resumes after paper or cover. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/printer/printer_priv.h"

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

static void job_answer(struct driver *d, enum print_result result, enum print_evidence evidence,
                       int code)
{
    struct device_event e = {.kind = DEVICE_EVENT_PRINT_DONE, .from = DEVICE_PRINTER, .code = code};
    e.print.job = d->job[0].job;
    e.print.result = result;
    e.print.evidence = evidence;
    picture_free(d->job[0].picture);
    memmove(d->job, d->job + 1, (d->n_jobs - 1) * sizeof d->job[0]);
    d->n_jobs--;
    memset(&d->job[d->n_jobs], 0, sizeof d->job[0]);
    stream_free(d);
    d->cause_since_ms = 0;
    d->sink.emit(d->sink.arg, &e);
}

static bool is_id_seen(const struct driver *d, uint32_t id)
{
    return id != 0 && d->seen_id >= id;
}

/* The best that is known of the ticket at hand. */
static enum print_evidence evidence_of(const struct driver *d)
{
    if (is_id_seen(d, d->id_before_cut))
        return EVIDENCE_PROCESSED;
    return d->has_in_order_reply ? EVIDENCE_IN_ORDER : EVIDENCE_SENT;
}

void printer_job_drop(struct driver *d, int code)
{
    if (d->n_jobs == 0)
        return;
    bool has_begun = d->state == PRINTER_SENDING || d->state == PRINTER_CONFIRMING;
    /* usb_close or the clear that follows takes a transfer in flight back; its bytes count */
    size_t n = has_begun ? d->sent_bytes + usb_out_abort(d->usb) : 0;
    if (has_begun)
        d->is_out_busy = false;
    if (n == 0)
        job_answer(d, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
    else if (n == d->stream_bytes && evidence_of(d) >= d->profile->accept)
        job_answer(d, PRINT_PRINTED, evidence_of(d), code);
    else
        job_answer(d, PRINT_IN_DOUBT, evidence_of(d), code);
}

void printer_jobs_drop(struct driver *d, int code)
{
    printer_job_drop(d, code);
    while (d->n_jobs > 0)
        job_answer(d, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
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
    struct escpos_layout layout = {
        .head_dots = p->head_dots,
        .band_rows = p->band_rows,
        .cutter = p->cutter,
        .feed_before_cut_dots = p->feed_before_cut_dots,
        .has_process_id = d->can_process_id,
        .has_in_order = p->has_in_order && d->ep_in != 0,
    };
    d->id_before_cut = d->id_after_cut = 0;
    if (d->can_process_id) {
        d->id_before_cut = printer_id_next(d, layout.id_before_cut);
        d->id_after_cut = printer_id_next(d, layout.id_after_cut);
    }
    return escpos_ticket(d->job[0].picture, &layout, &d->stream, &d->stream_bytes, NULL, NULL);
}

void printer_job_check(struct driver *d, int64_t now_ms)
{
    bool can_ask = d->ep_in != 0 && d->profile->has_status;
    if (can_ask && !d->is_round_done)
        return;
    int code = printer_cause(d);
    if (code == 0 && can_ask && !d->is_round_answered)
        code = ERR_PRINTER_SILENT; /* without an answer we do not start */
    if (code == 0)
        code = ticket_build(d);
    if (code != 0) {
        job_answer(d, PRINT_NOT_STARTED, EVIDENCE_SENT, code);
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
        return;
    }
    d->has_in_order_reply = false;
    d->sent_bytes = 0;
    d->n_out_errors = 0;
    printer_state_enter(d, PRINTER_SENDING, now_ms, STUCK_MS);
    printer_job_send(d, now_ms);
}

/* Counts how long a cause lasts. @return true when nobody came to repair it */
static bool cause_serve(struct driver *d, int64_t now_ms)
{
    if (printer_cause(d) == 0) {
        if (d->cause_since_ms != 0) /* repaired: it gets its time again */
            d->due_ms = now_ms + (d->state == PRINTER_SENDING ? STUCK_MS : CONFIRM_MS);
        d->cause_since_ms = 0;
        return false;
    }
    if (d->cause_since_ms == 0)
        d->cause_since_ms = now_ms;
    return now_ms - d->cause_since_ms >= OPERATOR_MS;
}

void printer_job_send(struct driver *d, int64_t now_ms)
{
    if (!d->is_out_busy && d->sent_bytes < d->stream_bytes) {
        size_t n = d->stream_bytes - d->sent_bytes;
        if (n > CHUNK_BYTES)
            n = CHUNK_BYTES;
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
    bool is_given_up = cause_serve(d, now_ms);
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
    if (code != 0 && ++d->n_out_errors > MAX_OUT_ERRORS) {
        job_abandon(d, code, now_ms);
        return;
    }
    if (d->sent_bytes < d->stream_bytes) {
        printer_job_send(d, now_ms);
        return;
    }
    int64_t print_ms = (int64_t)d->job[0].picture->rows * 1000 / SLOWEST_ROWS_PER_S;
    d->recover_due_ms = 0;
    printer_state_enter(d, PRINTER_CONFIRMING, now_ms, print_ms + CONFIRM_MS);
    d->round_due_ms = now_ms + ROUND_MS;
}

/* The time for proof is over, or a cause lasts: what do we know? */
static void confirm_end(struct driver *d, int code, int64_t now_ms)
{
    enum print_evidence e = evidence_of(d);
    bool is_healthy = printer_cause(d) == 0 && d->has_state && !printer_is_silent(d);
    if (e == EVIDENCE_SENT && is_healthy)
        e = EVIDENCE_IDLE;
    if (e < d->profile->accept) {
        job_answer(d, PRINT_IN_DOUBT, e, code != 0 ? code : ERR_TIMEOUT);
    } else {
        job_answer(d, PRINT_PRINTED, e, code);
    }
    if (e < EVIDENCE_IN_ORDER && !d->can_process_id && (is_healthy || d->ep_in == 0)) {
        printer_state_enter(d, PRINTER_READY, now_ms, 0); /* it never tells more than this */
        return;
    }
    d->must_cut = true;
    printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
}

void printer_job_confirm(struct driver *d, int64_t now_ms)
{
    if (is_id_seen(d, d->id_after_cut)) {
        job_answer(d, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
        return;
    }
    if (!d->can_process_id && d->has_in_order_reply) {
        bool is_enough = EVIDENCE_IN_ORDER >= d->profile->accept;
        job_answer(d, is_enough ? PRINT_PRINTED : PRINT_IN_DOUBT, EVIDENCE_IN_ORDER, 0);
        printer_state_enter(d, PRINTER_READY, now_ms, 0);
        return;
    }
    if (printer_cause(d) == ERR_PRINTER_CUTTER && printer_cutter_retry(d, now_ms)) {
        uint8_t cmd[ESCPOS_SHORT_MAX];
        (void)printer_send(d, cmd, escpos_restart_line(cmd), now_ms); /* tried again later */
    }
    bool is_given_up = cause_serve(d, now_ms);
    if (is_given_up)
        confirm_end(d, printer_cause(d), now_ms);
    else if (d->cause_since_ms == 0 && now_ms >= d->due_ms)
        confirm_end(d, is_id_seen(d, d->id_before_cut) ? ERR_PRINTER_CUTTER : 0, now_ms);
}
