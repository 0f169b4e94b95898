/* SPDX-License-Identifier: Apache-2.0 */
/* Is it on paper? The states CONFIRMING and INQUIRING. Thread: the printer's.
 *
 * What may come, each better than the one before (printer.md 6.5):
 *   IDLE        healthy, and by its own word or by the time it needs, done
 *   IN_ORDER    the reply to a request that stands behind the cut
 *   PROCESSED   the process id behind the cut
 *   CUT         the cutter's counter stands one higher than before
 *   PRESENTED   the ticket was seen at the outlet
 * The ticket is answered as soon as the best this model can give is there; HIGHER_MS after a lower
 * one that says printing is over; or when its time has passed without any.
 *
 * A ticket that was all sent when the printer vanished is an orphan: a cable that was pulled and
 * put back within REPLUG_MS lets it be asked for. */
#include "drivers/printer/printer_priv.h"

static bool is_id_seen(const struct driver *d, uint32_t id)
{
    return id != 0 && d->proof.seen_id >= id;
}

enum print_evidence printer_evidence(const struct driver *d)
{
    const struct printer_proof *p = &d->proof;
    if (p->has_seen_ticket)
        return EVIDENCE_PRESENTED;
    if (p->has_advanced)
        return EVIDENCE_CUT;
    if (is_id_seen(d, p->id_before_cut))
        return EVIDENCE_PROCESSED;
    return p->has_reply ? EVIDENCE_IN_ORDER : EVIDENCE_SENT;
}

/* Everything before and with the cut is done, whatever else may come. */
static bool is_over(const struct driver *d)
{
    const struct printer_proof *p = &d->proof;
    if (d->can_process_id)
        return is_id_seen(d, p->id_after_cut) || p->has_advanced;
    return p->has_reply || p->has_advanced || p->has_seen_ticket;
}

/* The best this printer can give for this ticket. */
static enum print_evidence evidence_best(const struct driver *d)
{
    const struct printer_proof *p = &d->proof;
    bool has_reply = d->ep_in != 0 && (d->profile->has_in_order || d->profile->is_in_order_status);
    if (d->profile->has_outlet && !p->had_ticket && printer_can_ask(d))
        return EVIDENCE_PRESENTED;
    if (d->can_count && p->has_before)
        return EVIDENCE_CUT;
    if (d->can_process_id)
        return EVIDENCE_PROCESSED;
    return has_reply ? EVIDENCE_IN_ORDER : EVIDENCE_IDLE;
}

void printer_proof_doubt(struct driver *d)
{
    d->proof.seen_id = 0;
    if (d->proof.has_reply)
        d->n_replies_owed++;
    d->proof.has_reply = false;
}

void printer_confirm_start(struct driver *d, int64_t now_ms)
{
    struct printer_proof *p = &d->proof;
    int64_t rows = d->job[0].picture->rows;
    p->print_ms =
        rows * 10000 / ((int64_t)d->profile->dots_per_mm_x10 * d->profile->slowest_mm_per_s);
    p->higher_due_ms = p->counter_due_ms = 0;
    d->recover_due_ms = 0;
    printer_state_enter(d, PRINTER_CONFIRMING, now_ms, p->print_ms + CONFIRM_MS);
    bool is_asked_now =
        d->profile->is_in_order_status || printer_dialect_facts(d->profile->dialect) & FACT_BUSY;
    d->round_due_ms = is_asked_now ? now_ms : now_ms + ROUND_WATCH_MS;
}

static void settle(struct driver *d, enum print_evidence e, int code, int64_t now_ms)
{
    bool is_enough = e >= d->profile->accept;
    d->must_cut |= !is_enough;
    printer_job_answer(d, is_enough ? PRINT_PRINTED : PRINT_IN_DOUBT, e,
                       is_enough ? code : ERR_TIMEOUT);
    if (d->profile->soft_reset == RESET_AFTER_JOB)
        printer_soft_reset(d);
    printer_state_enter(d, PRINTER_READY, now_ms, 0);
}

/* The time for proof is over, or a cause lasts: what do we know? */
static void confirm_end(struct driver *d, int code, int64_t now_ms)
{
    enum print_evidence e = printer_evidence(d);
    /* what it said before it had the ticket, or does not say any more, is no sign of health */
    bool is_healthy = printer_cause(d) == 0 && d->has_state && d->n_silent_rounds == 0;
    if (e == EVIDENCE_SENT && is_healthy)
        e = EVIDENCE_IDLE;
    bool is_enough = e >= d->profile->accept;
    printer_job_answer(d, is_enough ? PRINT_PRINTED : PRINT_IN_DOUBT, e,
                       is_enough || code != 0 ? code : ERR_TIMEOUT);
    bool can_tell = d->can_process_id || d->proof.has_before ||
                    (!is_enough && (d->proof.has_asked || d->profile->is_in_order_status));
    if (!can_tell && (is_healthy || d->ep_in == 0)) {
        printer_state_enter(d, PRINTER_READY, now_ms, 0); /* it never tells more than this */
        return;
    }
    d->must_cut = true;
    printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
}

/* The counter is read in order: its answer comes when everything before it is done. */
static void counter_serve(struct driver *d, int64_t now_ms)
{
    struct printer_proof *p = &d->proof;
    if (!d->can_count || !p->has_before || p->has_advanced)
        return;
    if (d->has_count && d->count == p->cuts_before + 1) {
        p->has_advanced = true;
        return;
    }
    bool is_time = p->counter_due_ms == 0 ? is_over(d) || evidence_best(d) != EVIDENCE_PRESENTED
                                          : now_ms >= p->counter_due_ms;
    /* before anything says that it is over, the state is asked in between */
    bool is_turn = d->round_n == 0 && d->asked == ASKED_NOTHING && printer_cause(d) == 0;
    if (is_time && is_turn && (is_over(d) || !d->can_process_id)) {
        printer_counter_ask(d, now_ms);
        p->counter_due_ms = now_ms + ROUND_MS;
    }
}

/* Models that say when they are busy, and nothing better: busy, then no more. */
static bool is_idle_seen(const struct driver *d)
{
    return evidence_best(d) == EVIDENCE_IDLE && d->proof.has_seen_busy && !(d->facts & FACT_BUSY) &&
           printer_cause(d) == 0;
}

static void round_begin(struct driver *d, int64_t now_ms)
{
    bool is_due = now_ms >= d->round_due_ms || d->must_look;
    if (!is_due || d->round_n != 0 || d->asked != ASKED_NOTHING || !printer_can_ask(d))
        return;
    if (d->profile->is_in_order_status && d->proof.has_reply)
        return;
    d->must_look = false;
    printer_round_start(d, now_ms);
}

void printer_confirm_serve(struct driver *d, int64_t now_ms)
{
    struct printer_proof *p = &d->proof;
    round_begin(d, now_ms); /* first: a counter that is not answered must not keep it back */
    counter_serve(d, now_ms);
    enum print_evidence e = printer_evidence(d);
    if (e >= evidence_best(d) && is_over(d)) {
        settle(d, e, 0, now_ms);
        return;
    }
    if (is_idle_seen(d)) {
        settle(d, EVIDENCE_IDLE, 0, now_ms);
        return;
    }
    if (is_over(d) && p->higher_due_ms == 0) {
        p->higher_due_ms = now_ms + HIGHER_MS;
        d->round_due_ms = now_ms;
    }
    if (p->higher_due_ms != 0 && now_ms >= p->higher_due_ms) {
        settle(d, e, 0, now_ms);
        return;
    }
    if (printer_cause(d) == ERR_PRINTER_CUTTER && printer_cutter_retry(d, now_ms)) {
        uint8_t cmd[ESCPOS_SHORT_MAX];
        (void)printer_send(d, cmd, escpos_restart_line(cmd), now_ms); /* tried again later */
    }
    if (now_ms - d->out_since_ms >= PORT_STATUS_MS && d->is_out_busy)
        printer_port_look(d, now_ms);
    bool is_given_up = printer_cause_serve(d, now_ms);
    if (is_given_up)
        confirm_end(d, printer_cause(d), now_ms);
    else if (d->cause_since_ms == 0 && now_ms >= d->due_ms)
        confirm_end(d, is_id_seen(d, p->id_before_cut) ? ERR_PRINTER_CUTTER : 0, now_ms);
}

/* ---- orphans ------------------------------------------------------------------------------- */

bool printer_orphan_make(struct driver *d, int64_t now_ms)
{
    const struct printer_proof *p = &d->proof;
    bool can_prove = d->can_process_id || (d->can_count && p->has_before);
    if (d->n_jobs == 0 || d->state != PRINTER_CONFIRMING || !can_prove ||
        printer_evidence(d) >= d->profile->accept)
        return false;
    d->is_orphan = true;
    d->orphan_due_ms = now_ms + REPLUG_MS;
    return true;
}

/* The printer is back and ready to be asked. A marker that came late, or the counter, proves the
 * ticket; power that was lost leaves neither. */
void printer_inquiring_serve(struct driver *d, int64_t now_ms)
{
    struct printer_proof *p = &d->proof;
    bool may_count = d->can_count && p->has_before && !p->has_advanced;
    if (may_count && p->counter_due_ms == 0) {
        printer_counter_ask(d, now_ms);
        if (d->asked == ASKED_COUNTER)
            p->counter_due_ms = now_ms + COUNTER_MS;
        return;
    }
    if (may_count && d->asked == ASKED_COUNTER && !d->has_count && now_ms < d->due_ms)
        return;
    p->has_advanced = may_count && d->has_count && d->count == p->cuts_before + 1;
    enum print_evidence e = printer_evidence(d);
    bool is_enough = e >= d->profile->accept && (p->has_advanced || is_id_seen(d, p->id_after_cut));
    if (!is_enough)
        d->must_cut = true;
    printer_job_answer(d, is_enough ? PRINT_PRINTED : PRINT_IN_DOUBT, e,
                       is_enough ? 0 : ERR_USB_NO_DEVICE);
    printer_state_enter(d, PRINTER_READY, now_ms, 0);
}
