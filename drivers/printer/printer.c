/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket printer: the state machine. Finding it is in printer_open.c, talking in printer_talk.c,
 * recovering what an earlier program left in printer_recover.c, the way of a ticket in
 * printer_job.c and printer_proof.c. Thread: the printer's, except wake.
 *
 *              arrival or 2 s             50 ms                      no names by GS I needed,
 *   NO_DEVICE ---------------> DRAINING --------------> NAMING ------ or they came, or 0.5 s
 *      ^   ^                                                              |
 *      |   | 1, 2, 5, 10 s                                                v     first id answered
 *      |   '------ BROKEN <-- transfers fail          GREETING --> ASKING ----------> READY
 *      |                                                status      | no answer: half a  ^
 *      | unplug, any state                              known       v ticket, or no ids  |
 *      '---------------                       CLEARING (10 14 08 .., 10 05 02, NULs)     |
 *                                                 | 37 25 00, or time                    |
 *                                                 v                                      |
 *                              stopped: READY,  PROVING (second id) ---------------------|
 *                              unproven             '-- answered or 1 s                  |
 *   READY --NULs owed and healthy--> CLEARING
 *   READY --must cut and healthy--> CUTTING --id, or 10 s-------------------------------'
 *   READY --unproven and healthy--> PROVING
 *   READY --names still wanted and healthy--> NAMING
 *   READY --a ticket was all sent when it vanished--> INQUIRING --known, or not--> READY
 *   READY --PRINT--> CHECKING ... (printer_job.c) --in doubt--> CLEARING
 *
 * True in READY: no transfer of ours is in flight but a question, the receive buffer is empty or
 * was cleared, and nothing of an old ticket gets under the next one: what is left
 * to do (fill_bytes, is_unproven, must_cut) is done before it as soon as the printer is healthy. */
#include "drivers/printer/printer.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/printer/printer_priv.h"
#include "drivers/timing.h"

enum { BUSY_NAP_MS = 20 };

void printer_state_enter(struct driver *d, enum printer_state state, int64_t now_ms,
                         int64_t patience_ms)
{
    d->state = state;
    d->due_ms = now_ms + patience_ms;
    if (state == PRINTER_GREETING || state == PRINTER_CHECKING || state == PRINTER_PROVING) {
        d->is_outlet_served = false;
        if (state == PRINTER_CHECKING)
            d->proof = (struct printer_proof){0};
        printer_round_start(d, now_ms);
    } else if (state == PRINTER_READY) {
        d->round_due_ms = now_ms + ROUND_MS;
    } else if (state == PRINTER_CLEARING) {
        printer_clearing_start(d, now_ms);
    }
}

bool printer_send(struct driver *d, const uint8_t *p, size_t n, int64_t now_ms)
{
    if (d->is_out_busy)
        return false;
    int r = usb_out_start(d->usb, d->ep_out, p, n, NULL);
    d->is_out_busy = r == 0;
    d->out_since_ms = now_ms;
    return r == 0;
}

/* ---- coming and going ---------------------------------------------------------------------- */

static void device_release(struct driver *d, int code)
{
    if (d->is_orphan) { /* only the first job waits for the printer to come back */
        struct printer_job first = d->job[0];
        memmove(d->job, d->job + 1, (d->n_jobs - 1) * sizeof d->job[0]);
        d->n_jobs--;
        uint8_t *stream = d->stream;
        size_t stream_bytes = d->stream_bytes, sent_bytes = d->sent_bytes;
        d->stream = NULL;
        d->is_orphan = false;
        d->state = PRINTER_NO_DEVICE;
        printer_jobs_drop(d, code);
        d->job[0] = first;
        d->n_jobs = 1;
        d->stream = stream;
        d->stream_bytes = stream_bytes;
        d->sent_bytes = sent_bytes;
        d->is_orphan = true;
    } else {
        printer_jobs_drop(d, code);
    }
    usb_close(d->usb);
    d->is_out_busy = d->is_filling = false;
    d->n_replies_owed = 0;
    d->asked = ASKED_NOTHING;
    d->round_n = 0;
    d->has_state = d->has_auto = d->has_count = false;
    d->n_silent_rounds = 0;
    d->facts = 0;
    d->parser.at = ESCPOS_AT_START;
    d->parser.wanted = NULL;
}

void printer_device_lost(struct driver *d, int64_t now_ms)
{
    (void)printer_orphan_make(d, now_ms); /* if not, the job is answered now */
    device_release(d, ERR_USB_NO_DEVICE);
    d->n_opens = 0;
    printer_state_enter(d, PRINTER_NO_DEVICE, now_ms, RESCAN_MS);
}

void printer_device_broken(struct driver *d, int64_t now_ms, int cause)
{
    int rest_ms = driver_ladder_ms(d->n_opens);
    device_release(d, cause);
    d->n_opens++;
    printer_state_enter(d, PRINTER_BROKEN, now_ms, rest_ms);
    struct device_status s = d->status;
    s.kind = DEVICE_PRINTER;
    s.state = DEVICE_HARDWARE_ERROR;
    s.paper = PAPER_UNKNOWN;
    s.media = MEDIA_UNKNOWN;
    s.cause = cause;
    printer_status_emit(d, &s);
}

/* ---- the states --------------------------------------------------------------------------- */

/* A ticket nobody takes goes back, so that the next visitor does not find it. */
static bool retract_serve(struct driver *d, int64_t now_ms)
{
    const struct hex_bytes *cmd = &d->profile->retract;
    bool is_time = d->settings.retract_s > 0 && cmd->n > 0 && d->ticket_since_ms != 0 &&
                   now_ms - d->ticket_since_ms >= d->settings.retract_s * INT64_C(1000);
    if (!is_time || !printer_send(d, cmd->at, cmd->n, now_ms))
        return false;
    d->ticket_since_ms = now_ms; /* tried again when it did not help */
    d->round_due_ms = now_ms + ROUND_WATCH_MS;
    return true;
}

/* Everything a healthy printer owes before the next ticket. @return true when it began */
static bool duty_serve(struct driver *d, int64_t now_ms)
{
    if (d->fill_bytes > 0) {
        printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
    } else if (d->is_unproven && printer_id_send(d, now_ms)) {
        d->is_unproven = false;
        printer_state_enter(d, PRINTER_PROVING, now_ms, PROVE_MS);
    } else if (d->must_name && !d->has_named && !d->is_orphan) {
        d->is_naming_again = true;
        printer_naming_start(d, now_ms);
    } else if (d->is_orphan) {
        d->proof.counter_due_ms = 0;
        printer_state_enter(d, PRINTER_INQUIRING, now_ms, COUNTER_MS);
    } else if (d->must_cut) {
        printer_cutting_start(d, now_ms);
    } else {
        return retract_serve(d, now_ms);
    }
    return true;
}

static void ready_serve(struct driver *d, int64_t now_ms)
{
    int cause = printer_cause(d);
    if (!d->has_started && cause == 0) {
        d->has_started = true;
        d->must_cut |= d->settings.cut_at_start;
    }
    if ((now_ms >= d->round_due_ms || d->must_look) && d->round_n == 0) {
        d->must_look = false;
        printer_round_start(d, now_ms);
    }
    bool is_free = !d->is_out_busy && d->asked == ASKED_NOTHING && d->round_n == 0;
    if (cause == ERR_PRINTER_CUTTER && is_free && printer_cutter_retry(d, now_ms)) {
        d->must_cut = true;
        printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
        return;
    }
    bool is_healthy = cause == 0 && !printer_is_silent(d);
    if (is_healthy && is_free && duty_serve(d, now_ms))
        return;
    bool has_duty = is_healthy && printer_has_duty(d);
    if (d->n_jobs > 0 && !d->is_orphan && !has_duty && d->asked == ASKED_NOTHING &&
        (!is_healthy || is_free)) {
        d->round_n = 0;
        printer_state_enter(d, PRINTER_CHECKING, now_ms, CHECK_MS);
    }
}

/* A job does not wait for ever for a printer that is getting ready, nor for one that is away. */
static void jobs_serve(struct driver *d, int64_t now_ms)
{
    bool is_starting =
        d->state >= PRINTER_DRAINING &&
        (d->state < PRINTER_READY || (d->state == PRINTER_READY && printer_has_duty(d)));
    if (d->is_orphan) {
        if (now_ms < d->orphan_due_ms + (d->state == PRINTER_NO_DEVICE ? 0 : INQUIRE_MS))
            return;
        printer_job_drop(d, ERR_USB_NO_DEVICE);
        if (d->state == PRINTER_INQUIRING) /* about nothing any more, least of all the next job */
            printer_state_enter(d, PRINTER_READY, now_ms, 0);
        return;
    }
    if (!is_starting || d->n_jobs == 0 || now_ms - d->job[0].since_ms < JOB_WAIT_MS)
        return;
    printer_job_drop(d, printer_cause(d) != 0 ? printer_cause(d) : ERR_PRINTER_SILENT);
}

/* ---- the driver's slots -------------------------------------------------------------------- */

static int printer_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                        struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    int r = printer_table_parse(cfg->table, &d->table, err);
    if (r == 0)
        r = printer_settings_parse(cfg->settings, &d->table, &d->settings, err);
    if (r == 0)
        r = usb_new(printer_match, d, &d->usb, err);
    if (r != 0) {
        free(d);
        return r;
    }
    d->mm_since_low = -1;
    d->sink = *sink;
    *ret = d;
    return 0;
}

static void printer_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    if (command->kind != DEVICE_COMMAND_PRINT)
        return; /* STOP is the host's affair, the others are not for us */
    struct printer_job job = {command->job, command->bitmap, now_ms};
    if (d->n_jobs < PRINTER_MAX_JOBS) {
        d->job[d->n_jobs++] = job;
        return;
    }
    struct device_event e = {
        .kind = DEVICE_EVENT_PRINT_DONE, .from = DEVICE_PRINTER, .code = ERR_BUSY};
    e.print.job = job.job;
    e.print.result = PRINT_NOT_STARTED;
    bytes_wipe(job.picture, sizeof *job.picture + (size_t)job.picture->stride * job.picture->rows);
    free(job.picture);
    d->sink.emit(d->sink.arg, &e);
}

/* Anything but a ticket has ended. One that stalled may have arrived in part. */
static void command_done(struct driver *d, int code, size_t n, int64_t now_ms)
{
    bool is_fill = d->is_filling;
    printer_fill_taken(d, n);
    if (code == 0)
        d->n_out_errors = 0;
    if (code == 0 || code == ERR_USB_NO_DEVICE || code == ERR_WRONG_STATE)
        return;
    d->must_cut |= d->state == PRINTER_CUTTING;
    if (code != ERR_USB_STALL || ++d->n_out_errors > MAX_OUT_ERRORS)
        printer_device_broken(d, now_ms, code);
    else if (!is_fill)
        printer_fill_owe(d);
}

static void out_serve(struct driver *d, int64_t now_ms)
{
    size_t n = 0;
    if (!d->is_out_busy)
        return;
    int r = usb_out_poll(d->usb, &n, NULL);
    if (r == ERR_BUSY) {
        if (d->state == PRINTER_SENDING)
            printer_proof_doubt(d);
        return;
    }
    d->is_out_busy = false;
    if (d->state == PRINTER_SENDING)
        printer_job_out_done(d, r, n, now_ms);
    else
        command_done(d, r, n, now_ms);
}

static void draining_serve(struct driver *d, int64_t now_ms)
{
    if (now_ms < d->due_ms)
        return;
    d->is_naming_again = false;
    if (d->must_name)
        printer_naming_start(d, now_ms);
    else
        printer_state_enter(d, PRINTER_GREETING, now_ms, CHECK_MS);
}

static void state_serve(struct driver *d, int64_t now_ms)
{
    static void (*const serve[])(struct driver *, int64_t) = {
        [PRINTER_DRAINING] = draining_serve,           [PRINTER_NAMING] = printer_naming_serve,
        [PRINTER_GREETING] = printer_greeting_serve,   [PRINTER_ASKING] = printer_asking_serve,
        [PRINTER_CLEARING] = printer_clearing_serve,   [PRINTER_PROVING] = printer_proving_serve,
        [PRINTER_CUTTING] = printer_cutting_serve,     [PRINTER_READY] = ready_serve,
        [PRINTER_INQUIRING] = printer_inquiring_serve, [PRINTER_CHECKING] = printer_job_check,
        [PRINTER_SENDING] = printer_job_send,          [PRINTER_CONFIRMING] = printer_confirm_serve,
    };
    if (d->state >= PRINTER_GREETING && d->state != PRINTER_SENDING)
        printer_round_serve(d, now_ms);
    if (d->state >= PRINTER_DRAINING)
        serve[d->state](d, now_ms);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the next step has something to do. */
static int64_t next_due_ms(const struct driver *d, int64_t now_ms)
{
    int64_t due_ms = d->due_ms;
    if (d->state == PRINTER_READY) /* a round under way has its questions' patience, below */
        due_ms = d->round_n == 0 ? d->round_due_ms : now_ms + DRIVER_STEP_MAX_MS;
    if (d->cause_since_ms != 0) /* the operator has longer than the state */
        due_ms = now_ms + DRIVER_STEP_MAX_MS;
    if (d->state == PRINTER_CONFIRMING) {
        due_ms = earlier(due_ms, d->round_due_ms > now_ms ? d->round_due_ms : now_ms + BUSY_NAP_MS);
        if (d->proof.higher_due_ms != 0)
            due_ms = earlier(due_ms, d->proof.higher_due_ms);
        if (d->proof.counter_due_ms > now_ms)
            due_ms = earlier(due_ms, d->proof.counter_due_ms);
    }
    if (d->state == PRINTER_GREETING) /* waits for its round, then for a short write to end */
        due_ms = now_ms + BUSY_NAP_MS;
    if (d->state == PRINTER_CHECKING)
        due_ms = earlier(due_ms, now_ms + BUSY_NAP_MS);
    if (d->asked != ASKED_NOTHING)
        due_ms = earlier(due_ms, d->asked_ms + printer_patience_ms(d));
    else if (d->round_n != 0 || (d->state == PRINTER_READY && d->n_jobs > 0))
        due_ms = earlier(due_ms, now_ms + BUSY_NAP_MS); /* waits for a short write to end */
    return due_ms;
}

static int printer_step(struct driver *d, int64_t now_ms)
{
    if (d->state == PRINTER_NO_DEVICE || d->state == PRINTER_BROKEN) {
        bool is_new = d->state == PRINTER_NO_DEVICE && usb_has_arrival(d->usb);
        if (is_new || now_ms >= d->due_ms)
            printer_try_open(d, now_ms);
    } else if (usb_is_gone(d->usb)) {
        printer_device_lost(d, now_ms);
    }
    if (d->state == PRINTER_NO_DEVICE || d->state == PRINTER_BROKEN) {
        if (!d->is_orphan)
            printer_jobs_drop(d,
                              d->state == PRINTER_NO_DEVICE ? ERR_USB_NO_DEVICE : d->status.cause);
        jobs_serve(d, now_ms);
    } else {
        enum printer_state before;
        do { /* an answer may let it take several steps at once */
            before = d->state;
            out_serve(d, now_ms);
            state_serve(d, now_ms);
        } while (d->state != before);
        jobs_serve(d, now_ms);
        if (usb_is_gone(d->usb)) /* noticed just now */
            printer_device_lost(d, now_ms);
    }
    printer_status_publish(d, now_ms);
    return driver_sleep_ms(next_due_ms(d, now_ms), now_ms);
}

static void printer_wait(struct driver *d, int timeout_ms)
{
    usb_wait(d->usb, timeout_ms);
}

static void printer_wake(struct driver *d)
{
    usb_wake(d->usb);
}

static void printer_close(struct driver *d)
{
    if (!d)
        return;
    printer_jobs_drop(d, ERR_CANCELLED);
    usb_free(d->usb);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops printer_ops = {
    .name = "printer",
    .open = printer_open,
    .command = printer_command,
    .step = printer_step,
    .wait = printer_wait,
    .wake = printer_wake,
    .close = printer_close,
};
