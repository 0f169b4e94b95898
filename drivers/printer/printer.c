/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket printer: opening, recovering what an earlier program left, status. The way of a ticket
 * is in printer_job.c. Thread: the printer's, except wake.
 *
 *              arrival or 2 s            status known            first id answered
 *   NO_DEVICE ---------------> GREETING --------------> ASKING ----------------------> READY
 *      ^   ^                                              | no answer: half a ticket,     ^
 *      |   | 1, 2, 5, 10 s                                | or no process ids             |
 *      |   '------ BROKEN <-- transfers fail              v                               |
 *      |                                              CLEARING (10 14 08 ..)              |
 *      | unplug, any state                                | 37 25 00, or 1 s              |
 *      '---------------                                   v                               |
 *                                          stopped:   PROVING (second id) ----------------|
 *                                          READY,         '-- answered or 1 s             |
 *                                          unproven                                       |
 *   READY --must cut and healthy--> CUTTING --id, or 10 s--------------------------------'
 *   READY --unproven and healthy--> PROVING
 *   READY --PRINT--> CHECKING ... (printer_job.c) --in doubt--> CLEARING
 *
 * True in READY: no transfer of ours is in flight but a status request, the receive buffer is
 * empty or was cleared, and nothing of an old ticket gets under the next one (must_cut). */
#include "drivers/printer/printer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/printer/printer_priv.h"
#include "drivers/status.h"

enum {
    GET_DEVICE_ID = 0,
    GET_PORT_STATUS = 1,
    CLASS_IN = 0xA1,
    PORT_HEALTHY = 0x18,
    PORT_PAPER_EMPTY = 0x20,
    PORT_NOT_ERROR = 0x08,
    ID_BASE = 36,
    ID_LIMIT = 36 * 36 * 36 - 4,
    IN_BYTES = 512,
};

void printer_state_enter(struct driver *d, enum printer_state state, int64_t now_ms,
                         int64_t patience_ms)
{
    uint8_t cmd[ESCPOS_SHORT_MAX];
    d->state = state;
    d->due_ms = now_ms + patience_ms;
    if (state == PRINTER_GREETING || state == PRINTER_CHECKING) {
        printer_round_start(d, now_ms);
    } else if (state == PRINTER_READY) {
        d->round_due_ms = now_ms + ROUND_MS;
    } else if (state == PRINTER_CLEARING) {
        d->is_cleared = false;
        d->is_unproven = false;
        /* when it is not taken, the state's patience ends in a soft reset */
        (void)printer_send(d, cmd, escpos_clear(cmd), now_ms);
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

/* "A" and three digits to base 36, going up; a printer may answer only the latest. */
uint32_t printer_id_next(struct driver *d, uint8_t ret_id[ESCPOS_ID_BYTES])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    uint32_t id = ++d->next_id;
    ret_id[0] = 'A';
    ret_id[1] = (uint8_t)digits[id / (ID_BASE * ID_BASE) % ID_BASE];
    ret_id[2] = (uint8_t)digits[id / ID_BASE % ID_BASE];
    ret_id[3] = (uint8_t)digits[id % ID_BASE];
    return id;
}

static uint32_t id_value(const uint8_t id[ESCPOS_ID_BYTES])
{
    uint32_t value = 0;
    if (id[0] != 'A')
        return 0;
    for (int i = 1; i < ESCPOS_ID_BYTES; i++) {
        if (id[i] >= '0' && id[i] <= '9')
            value = value * ID_BASE + (uint32_t)(id[i] - '0');
        else if (id[i] >= 'A' && id[i] <= 'Z')
            value = value * ID_BASE + (uint32_t)(id[i] - 'A' + 10);
        else
            return 0;
    }
    return value;
}

/* ---- what the printer says ----------------------------------------------------------------- */

int printer_cause(const struct driver *d)
{
    int cause = escpos_status_cause(&d->state_of);
    if (cause != 0 || d->port_status == PORT_HEALTHY)
        return cause;
    if (d->port_status & PORT_PAPER_EMPTY)
        return ERR_PRINTER_PAPER_OUT;
    return d->port_status & PORT_NOT_ERROR ? 0 : ERR_PRINTER_FAULT;
}

bool printer_is_silent(const struct driver *d)
{
    return d->n_silent_rounds >= MAX_SILENT_ROUNDS;
}

static void on_data(void *arg, const uint8_t *data, size_t n)
{
    struct driver *d = arg;
    for (size_t i = 0; i < n; i++) {
        struct escpos_item item;
        if (!escpos_parse(&d->parser, data[i], &item))
            continue;
        switch (item.kind) {
        case ESCPOS_ITEM_REAL_TIME:
            if (d->asked_n != 0) { /* unasked ones do not say what they answer */
                escpos_status_real_time(&d->state_of, d->asked_n, item.byte);
                d->asked_n = 0;
                d->is_round_answered = true;
            }
            break;
        case ESCPOS_ITEM_AUTO:
            escpos_status_auto(&d->state_of, item.asb);
            d->has_state = d->has_auto = true;
            d->n_silent_rounds = 0;
            break;
        case ESCPOS_ITEM_IN_ORDER:
            d->has_in_order_reply = true;
            break;
        case ESCPOS_ITEM_PROCESSED: {
            uint32_t id = id_value(item.id);
            /* ids we have not given out are an earlier program's */
            if (id > d->seen_id && id <= d->next_id)
                d->seen_id = id;
            break;
        }
        case ESCPOS_ITEM_CLEARED:
            d->is_cleared = true;
            break;
        case ESCPOS_ITEM_OTHER:
            break;
        }
    }
    d->port_status = PORT_HEALTHY; /* it speaks: its own word counts more than the port's */
}

void printer_port_look(struct driver *d, int64_t now_ms)
{
    uint8_t status = PORT_HEALTHY;
    if (now_ms < d->port_due_ms)
        return;
    d->port_due_ms = now_ms + PORT_STATUS_MS;
    if (usb_control(d->usb, CLASS_IN, GET_PORT_STATUS, 0, d->number, &status, 1, CONTROL_MS,
                    NULL) == 1)
        d->port_status = status;
}

void printer_round_start(struct driver *d, int64_t now_ms)
{
    bool can_ask = d->ep_in != 0 && d->profile->has_status;
    d->round_n = can_ask ? 1 : 0;
    d->is_round_done = !can_ask;
    d->is_round_answered = false;
    /* a stopped printer that reports by itself tells when it goes on; meanwhile the questions
     * could only fill its buffer */
    d->round_due_ms = now_ms + (!d->has_auto            ? ROUND_MS
                                : printer_cause(d) != 0 ? ROUND_STOPPED_MS
                                                        : ROUND_AUTO_MS);
}

static void round_end(struct driver *d)
{
    d->round_n = 0;
    d->is_round_done = true;
    if (d->is_round_answered) {
        d->has_state = true;
        d->n_silent_rounds = 0;
    } else {
        d->n_silent_rounds++;
    }
}

/* One request at a time: an answer does not say to which it belongs. */
static void round_serve(struct driver *d, int64_t now_ms)
{
    uint8_t cmd[ESCPOS_SHORT_MAX];
    if (d->asked_n != 0 && now_ms - d->asked_ms >= ANSWER_MS) {
        d->asked_n = 0;
        d->round_n = N_STATUS_REQUESTS + 1; /* do not press a printer that does not answer */
    }
    if (d->asked_n != 0 || d->round_n == 0)
        return;
    if (d->round_n > N_STATUS_REQUESTS) {
        round_end(d);
        return;
    }
    if (d->is_out_busy && now_ms - d->out_since_ms >= ANSWER_MS) {
        /* it takes nothing: no answer either. When it has said why, that is no silence */
        d->n_silent_rounds -= printer_cause(d) != 0 && d->n_silent_rounds > 0;
        d->n_silent_rounds += printer_cause(d) == 0;
        d->round_n = 0;
        d->is_round_done = true;
    } else if (printer_send(d, cmd, escpos_status_request(d->round_n, cmd), now_ms)) {
        d->asked_n = d->round_n++;
        d->asked_ms = now_ms;
    }
}

static void status_emit(struct driver *d, const struct device_status *s)
{
    if (d->has_status && device_status_is_same(s, &d->status))
        return;
    struct device_event e = {.kind = DEVICE_EVENT_STATUS, .from = DEVICE_PRINTER, .code = s->cause};
    e.status = *s;
    d->status = *s;
    d->has_status = true;
    d->sink.emit(d->sink.arg, &e);
}

static void status_publish(struct driver *d)
{
    struct device_status s = d->status;
    int cause = 0;
    s.kind = DEVICE_PRINTER;
    s.media = MEDIA_UNKNOWN;
    s.paper = PAPER_UNKNOWN;
    if (d->state == PRINTER_NO_DEVICE) {
        s.state = DEVICE_NO_DEVICE;
        cause = ERR_USB_NO_DEVICE;
    } else if (d->state == PRINTER_BROKEN) {
        return; /* device_broken has told */
    } else {
        cause = printer_cause(d);
        if (d->has_state)
            s.paper = d->state_of.is_paper_out   ? PAPER_OUT
                      : d->state_of.is_paper_low ? PAPER_LOW
                                                 : PAPER_FULL;
        s.state = d->state < PRINTER_CUTTING ? DEVICE_STARTING : DEVICE_ONLINE;
        if (printer_is_silent(d))
            cause = ERR_PRINTER_SILENT;
        if (cause == ERR_PRINTER_SILENT || cause == ERR_PRINTER_FAULT)
            s.state = DEVICE_HARDWARE_ERROR;
        else if (cause != 0)
            s.state = DEVICE_OFFLINE;
        if (cause == ERR_PRINTER_JAM)
            s.media = MEDIA_JAMMED;
    }
    s.cause = cause;
    status_emit(d, &s);
}

/* ---- coming and going ---------------------------------------------------------------------- */

static void device_release(struct driver *d, int code)
{
    printer_jobs_drop(d, code);
    usb_close(d->usb);
    d->is_out_busy = false;
    d->asked_n = d->round_n = 0;
    d->has_state = d->has_auto = false;
    d->n_silent_rounds = 0;
    memset(&d->parser, 0, sizeof d->parser);
    memset(&d->state_of, 0, sizeof d->state_of);
}

static void device_lost(struct driver *d, int64_t now_ms)
{
    device_release(d, ERR_USB_NO_DEVICE);
    d->n_opens = 0;
    printer_state_enter(d, PRINTER_NO_DEVICE, now_ms, RESCAN_MS);
}

static void device_broken(struct driver *d, int64_t now_ms, int cause)
{
    static const int ladder_ms[] = {1000, 2000, 5000, 10000};
    size_t step = d->n_opens < YJ_COUNT(ladder_ms) ? d->n_opens : YJ_COUNT(ladder_ms) - 1;
    device_release(d, cause);
    d->n_opens++;
    printer_state_enter(d, PRINTER_BROKEN, now_ms, ladder_ms[step]);
    struct device_status s = d->status;
    s.kind = DEVICE_PRINTER;
    s.state = DEVICE_HARDWARE_ERROR;
    s.paper = PAPER_UNKNOWN;
    s.cause = cause;
    status_emit(d, &s);
}

static uint8_t endpoint_bulk(const struct usb_interface *f, bool is_in)
{
    for (size_t k = 0; k < f->n_endpoints; k++)
        if (f->endpoint[k].type == 2 && ((f->endpoint[k].address & 0x80) != 0) == is_in)
            return f->endpoint[k].address;
    return 0;
}

/* Any printer-class interface: the highest of protocol 1 (one-way) and 2 (two-way). */
static int on_match(void *arg, const struct usb_candidate *c)
{
    int best = -1;
    (void)arg;
    for (size_t i = 0; i < c->n_interfaces; i++) {
        const struct usb_interface *f = &c->interface[i];
        bool fits = f->cls == 7 && f->subclass == 1 && (f->protocol == 1 || f->protocol == 2) &&
                    endpoint_bulk(f, false) != 0;
        if (fits && (best < 0 || f->protocol > c->interface[best].protocol))
            best = (int)i;
    }
    return best;
}

static void model_fill(struct driver *d, const struct printer_id *id)
{
    char maker[32], product[48];
    snprintf(maker, sizeof maker, "%s", id->mfg);
    snprintf(product, sizeof product, "%s", id->mdl);
    if (!maker[0] && !product[0])
        usb_names(d->usb, maker, sizeof maker, product, sizeof product);
    if (!maker[0] && !product[0])
        snprintf(product, sizeof product, "%s", d->profile->name);
    memset(d->status.model, 0, sizeof d->status.model);
    snprintf(d->status.model, sizeof d->status.model, "%.20s%s%.40s", maker,
             maker[0] && product[0] ? " " : "", product);
}

static void device_identify(struct driver *d, const struct usb_candidate *c,
                            const struct usb_interface *f)
{
    uint8_t raw[1024];
    struct printer_id id = {0};
    int n = usb_control(d->usb, CLASS_IN, GET_DEVICE_ID, 0, (uint16_t)(f->number << 8 | f->alt),
                        raw, sizeof raw, CONTROL_MS, NULL);
    if (n > 0)
        printer_id_parse(raw, (size_t)n, &id); /* many have none: then USB ids decide alone */
    d->profile = printer_table_find(&d->table, c->idVendor, c->idProduct, &id);
    if (d->profile)
        model_fill(d, &id);
}

static void device_try_open(struct driver *d, int64_t now_ms)
{
    struct usb_candidate c;
    struct usb_interface f;
    int r = usb_open(d->usb, &c, &f, NULL);
    if (r == ERR_USB_NO_DEVICE) {
        device_lost(d, now_ms);
        return;
    }
    if (r == 0) {
        device_identify(d, &c, &f);
        if (!d->profile)
            r = ERR_USB_DESCRIPTOR;
    }
    d->number = f.number;
    d->ep_out = r == 0 ? endpoint_bulk(&f, false) : 0;
    d->ep_in = r == 0 && f.protocol == 2 ? endpoint_bulk(&f, true) : 0;
    if (r == 0 && d->ep_in != 0)
        r = usb_listen(d->usb, d->ep_in, IN_BYTES, on_data, d, NULL);
    if (r != 0) {
        device_broken(d, now_ms, r);
        return;
    }
    d->status.head_dots = d->profile->head_dots;
    d->status.dots_per_mm_x10 = d->profile->dots_per_mm_x10;
    /* ids start where no earlier program's are likely to be, and end before they wrap */
    d->next_id = d->seen_id = (uint32_t)(now_ms % (ID_LIMIT / 2)) + 1;
    d->can_process_id = d->profile->process_id == SUPPORT_YES;
    d->port_status = PORT_HEALTHY;
    d->must_cut = d->is_unproven = false;
    d->recover_due_ms = 0;
    printer_state_enter(d, PRINTER_GREETING, now_ms, CHECK_MS);
}

/* ---- the states --------------------------------------------------------------------------- */

static void ready_serve(struct driver *d, int64_t now_ms)
{
    int cause = printer_cause(d);
    bool is_free = !d->is_out_busy && d->asked_n == 0 && d->round_n == 0;
    if (now_ms >= d->round_due_ms && d->round_n == 0)
        printer_round_start(d, now_ms);
    if (cause == ERR_PRINTER_CUTTER && is_free && printer_cutter_retry(d, now_ms)) {
        d->must_cut = true;
        printer_state_enter(d, PRINTER_CLEARING, now_ms, CLEAR_MS);
        return;
    }
    bool is_healthy = cause == 0 && !printer_is_silent(d);
    if (is_healthy && d->is_unproven && is_free && printer_id_send(d, now_ms)) {
        d->is_unproven = false;
        printer_state_enter(d, PRINTER_PROVING, now_ms, PROVE_MS);
    } else if (is_healthy && d->must_cut && is_free) {
        printer_cutting_start(d, now_ms);
    } else if (d->n_jobs > 0 && d->asked_n == 0 && (!is_healthy || is_free)) {
        d->round_n = 0;
        printer_state_enter(d, PRINTER_CHECKING, now_ms, CHECK_MS);
    }
}

/* A job does not wait for ever for a printer that is getting ready. */
static void jobs_serve(struct driver *d, int64_t now_ms)
{
    bool is_starting = d->state >= PRINTER_GREETING && d->state < PRINTER_READY;
    if (!is_starting || d->n_jobs == 0 || now_ms - d->job[0].since_ms < JOB_WAIT_MS)
        return;
    printer_job_drop(d, printer_cause(d) != 0 ? printer_cause(d) : ERR_PRINTER_SILENT);
}

/* ---- the driver's slots -------------------------------------------------------------------- */

static int printer_open(const char *device_table, const struct driver_sink *sink,
                        struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    int r = printer_table_parse(device_table, &d->table, err);
    if (r == 0)
        r = usb_new(on_match, d, &d->usb, err);
    if (r != 0) {
        free(d);
        return r;
    }
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

static void out_serve(struct driver *d, int64_t now_ms)
{
    size_t n = 0;
    if (!d->is_out_busy)
        return;
    int r = usb_out_poll(d->usb, &n, NULL);
    if (r == ERR_BUSY)
        return;
    d->is_out_busy = false;
    if (d->state == PRINTER_SENDING)
        printer_job_out_done(d, r, n, now_ms);
    else if (r != 0 && r != ERR_USB_NO_DEVICE && r != ERR_USB_STALL)
        device_broken(d, now_ms, r);
}

static void state_serve(struct driver *d, int64_t now_ms)
{
    d->was_cover_open |= d->state_of.is_cover_open;
    bool may_ask =
        d->state != PRINTER_SENDING && d->state != PRINTER_NO_DEVICE && d->state != PRINTER_BROKEN;
    if (d->state == PRINTER_CONFIRMING && now_ms >= d->round_due_ms && d->round_n == 0) {
        printer_round_start(d, now_ms);
        d->round_due_ms = now_ms + ROUND_MS;
    }
    if (may_ask)
        round_serve(d, now_ms);
    switch (d->state) {
    case PRINTER_GREETING:
        printer_greeting_serve(d, now_ms);
        break;
    case PRINTER_ASKING:
        printer_asking_serve(d, now_ms);
        break;
    case PRINTER_CLEARING:
        printer_clearing_serve(d, now_ms);
        break;
    case PRINTER_PROVING:
        printer_proving_serve(d, now_ms);
        break;
    case PRINTER_CUTTING:
        printer_cutting_serve(d, now_ms);
        break;
    case PRINTER_READY:
        ready_serve(d, now_ms);
        break;
    case PRINTER_CHECKING:
        printer_job_check(d, now_ms);
        break;
    case PRINTER_SENDING:
        printer_job_send(d, now_ms);
        break;
    case PRINTER_CONFIRMING:
        printer_job_confirm(d, now_ms);
        break;
    case PRINTER_NO_DEVICE:
    case PRINTER_BROKEN:
        break;
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int printer_step(struct driver *d, int64_t now_ms)
{
    if (d->state == PRINTER_NO_DEVICE || d->state == PRINTER_BROKEN) {
        bool is_new = d->state == PRINTER_NO_DEVICE && usb_has_arrival(d->usb);
        if (is_new || now_ms >= d->due_ms)
            device_try_open(d, now_ms);
    } else if (usb_is_gone(d->usb)) {
        device_lost(d, now_ms);
    }
    if (d->state == PRINTER_NO_DEVICE || d->state == PRINTER_BROKEN) {
        printer_jobs_drop(d, d->state == PRINTER_NO_DEVICE ? ERR_USB_NO_DEVICE : d->status.cause);
    } else {
        enum printer_state before;
        do { /* an answer may let it take several steps at once */
            before = d->state;
            out_serve(d, now_ms);
            state_serve(d, now_ms);
        } while (d->state != before);
        jobs_serve(d, now_ms);
        if (usb_is_gone(d->usb)) /* noticed just now */
            device_lost(d, now_ms);
    }
    status_publish(d);
    int64_t due_ms = d->state == PRINTER_READY ? d->round_due_ms : d->due_ms;
    if (d->cause_since_ms != 0) /* the operator has longer than the state */
        due_ms = now_ms + STEP_MAX_MS;
    if (d->asked_n != 0)
        due_ms = earlier(due_ms, d->asked_ms + ANSWER_MS);
    else if (d->round_n != 0 || (d->state == PRINTER_READY && d->n_jobs > 0))
        due_ms = earlier(due_ms, now_ms + 20); /* waits for a short write to end */
    int64_t left = due_ms - now_ms;
    return left < 0 ? 0 : left > STEP_MAX_MS ? STEP_MAX_MS : (int)left;
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
