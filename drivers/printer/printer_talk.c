/* SPDX-License-Identifier: Apache-2.0 */
/* What the printer says: answers taken in, status rounds, port status, and what is published of
 * it. One question at a time: most answers do not say to which they belong. Thread: the
 * printer's. */
#include <stdlib.h>

#include "drivers/printer/printer_priv.h"
#include "drivers/status.h"

enum {
    GET_PORT_STATUS = 1,
    CLASS_IN = 0xA1,
    PORT_HEALTHY = 0x18,
    PORT_PAPER_EMPTY = 0x20,
    PORT_NOT_ERROR = 0x08,
    ID_BASE = 36,
    ID_MOST = ID_BASE * ID_BASE * ID_BASE - 1,
};

int printer_cause(const struct driver *d)
{
    int cause = printer_facts_cause(d->facts);
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

bool printer_can_ask(const struct driver *d)
{
    return d->ep_in != 0 && d->profile->dialect->n_polls > 0;
}

/* ---- process ids --------------------------------------------------------------------------- */

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

/* A terminal that prints for weeks comes to the last id; answers to the old ones, all higher, are
 * then an earlier program's (item_take). */
void printer_ids_renew(struct driver *d)
{
    if (d->next_id + 2 > ID_MOST)
        d->next_id = d->seen_id = 0;
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

/* ---- coming in ----------------------------------------------------------------------------- */

/* What a fact means for the ticket at hand is noted when it is seen. */
static void facts_changed(struct driver *d)
{
    if (!d->profile->has_outlet)
        d->facts &= ~(unsigned)FACT_TICKET;
    d->was_cover_open |= (d->facts & FACT_COVER_OPEN) != 0;
    if (d->state != PRINTER_CONFIRMING)
        return;
    d->proof.has_seen_busy |= (d->facts & FACT_BUSY) != 0;
    d->proof.has_seen_ticket |= (d->facts & FACT_TICKET) != 0 && !d->proof.had_ticket;
}

static void status_take(struct driver *d, const struct escpos_item *item)
{
    const struct dialect_answer *a = &d->profile->dialect->poll[d->asked_poll].answer;
    if (d->asked != ASKED_STATUS || !dialect_answer_fits(a, item->bytes, item->n))
        return; /* an unasked one does not say what it answers */
    d->facts = dialect_answer_apply(a, item->bytes, d->facts);
    d->asked = ASKED_NOTHING;
    d->is_round_answered = true;
    if (d->state == PRINTER_CONFIRMING && d->profile->is_in_order_status)
        d->proof.has_reply = true;
    facts_changed(d);
}

static void text_take(struct driver *d, const char *text)
{
    char *end = NULL;
    if (d->state == PRINTER_NAMING) {
        printer_name_take(d, text);
        return;
    }
    unsigned long value = strtoul(text, &end, 10);
    if (d->profile->cut_counter == COUNTER_NONE || end == text || *end != '\0')
        return;
    d->count = value;
    d->has_count = true;
    if (d->asked == ASKED_COUNTER)
        d->asked = ASKED_NOTHING;
}

/* Is the last of the ticket on its way, or there? */
static bool is_end_out(const struct driver *d)
{
    return d->state != PRINTER_SENDING || d->stream_bytes - d->sent_bytes <= CHUNK_BYTES;
}

static void item_take(struct driver *d, const struct escpos_item *item)
{
    uint32_t id;
    switch (item->kind) {
    case ESCPOS_ITEM_REAL_TIME:
        status_take(d, item);
        break;
    case ESCPOS_ITEM_AUTO:
        if (d->profile->dialect->n_enable == 0)
            break;
        d->facts = dialect_answer_apply(&d->profile->dialect->automatic, item->bytes, d->facts);
        /* it names every error: the unnamed one is over with them */
        if (printer_facts_cause(d->facts & ~(unsigned)FACT_ERROR) == 0)
            d->facts &= ~(unsigned)FACT_ERROR;
        d->has_state = d->has_auto = true;
        d->n_silent_rounds = 0;
        facts_changed(d);
        break;
    case ESCPOS_ITEM_IN_ORDER:
        if (d->n_replies_owed > 0 && --d->n_replies_owed == 0 && d->proof.has_asked)
            d->proof.has_reply = true; /* has_asked: its last bytes are on their way or there */
        break;
    case ESCPOS_ITEM_PROCESSED:
        id = id_value(item->id);
        /* ids we have not given out are an earlier program's */
        if (id > d->seen_id && id <= d->next_id)
            d->seen_id = id;
        /* a later question is answered by a printer that has lost the ticket, too; and nobody can
         * answer a marker that has not left us */
        if (is_end_out(d) && id > d->proof.seen_id && id <= d->proof.id_after_cut)
            d->proof.seen_id = id;
        break;
    case ESCPOS_ITEM_CLEARED:
        d->is_cleared = true;
        d->n_replies_owed = 0;
        break;
    case ESCPOS_ITEM_OFFLINE:
        d->must_look = true;
        break;
    case ESCPOS_ITEM_TEXT:
        text_take(d, item->text);
        break;
    case ESCPOS_ITEM_OTHER:
        break;
    }
}

void printer_on_data(void *arg, const uint8_t *data, size_t n)
{
    struct driver *d = arg;
    if (d->state < PRINTER_NAMING)
        return; /* meant for somebody before us */
    for (size_t i = 0; i < n; i++) {
        struct escpos_item item;
        if (escpos_parse(&d->parser, data[i], &item))
            item_take(d, &item);
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

/* ---- asking -------------------------------------------------------------------------------- */

static int64_t round_gap_ms(const struct driver *d)
{
    const struct printer_proof *p = &d->proof;
    unsigned told = printer_dialect_facts(d->profile->dialect);
    if (d->state == PRINTER_CONFIRMING)
        return p->higher_due_ms != 0 || told & (FACT_BUSY | FACT_TICKET) ? ROUND_WATCH_MS
                                                                         : ROUND_MS;
    if (d->facts & FACT_TICKET)
        return ROUND_OUTLET_MS;
    if (!d->has_auto)
        return ROUND_MS;
    /* a stopped printer that reports by itself tells when it goes on; meanwhile the questions
     * could only fill its buffer */
    return printer_cause(d) != 0 ? ROUND_STOPPED_MS : ROUND_AUTO_MS;
}

void printer_round_start(struct driver *d, int64_t now_ms)
{
    bool can_ask = printer_can_ask(d);
    d->round_n = can_ask ? 1 : 0;
    d->is_round_done = !can_ask;
    d->is_round_answered = false;
    d->round_due_ms = now_ms + round_gap_ms(d);
}

static void round_end(struct driver *d, int64_t now_ms)
{
    d->round_n = 0;
    d->is_round_done = true;
    d->round_due_ms = now_ms + round_gap_ms(d);
    if (d->is_round_answered) {
        d->has_state = true;
        d->n_silent_rounds = 0;
    } else {
        d->n_silent_rounds++;
    }
}

int64_t printer_patience_ms(const struct driver *d)
{
    if (d->asked == ASKED_COUNTER)
        return COUNTER_MS;
    /* answered when all before it is printed: no silence until then */
    if (d->profile->is_in_order_status && d->state == PRINTER_CONFIRMING)
        return d->proof.print_ms + CONFIRM_MS;
    return ANSWER_MS;
}

static void poll_send(struct driver *d, int64_t now_ms)
{
    const struct dialect_poll *p = &d->profile->dialect->poll[d->round_n - 1];
    if (!printer_send(d, p->request, p->n_request, now_ms))
        return;
    escpos_parser_ask(&d->parser, d->profile->dialect->is_sorted ? NULL : &p->answer);
    d->asked = ASKED_STATUS;
    d->asked_poll = d->round_n++ - 1;
    d->asked_ms = now_ms;
}

void printer_round_serve(struct driver *d, int64_t now_ms)
{
    size_t n_polls = d->profile->dialect->n_polls;
    if (d->asked != ASKED_NOTHING && now_ms - d->asked_ms >= printer_patience_ms(d)) {
        if (d->asked == ASKED_STATUS)
            d->round_n = n_polls + 1; /* do not press a printer that does not answer */
        d->asked = ASKED_NOTHING;
        escpos_parser_ask(&d->parser, NULL);
    }
    if (d->asked != ASKED_NOTHING || d->round_n == 0)
        return;
    if (d->round_n > n_polls) {
        round_end(d, now_ms);
        return;
    }
    if (d->is_out_busy && now_ms - d->out_since_ms >= ANSWER_MS) {
        /* it takes nothing: no answer either. When it has said why, that is no silence */
        d->n_silent_rounds -= printer_cause(d) != 0 && d->n_silent_rounds > 0;
        d->n_silent_rounds += printer_cause(d) == 0;
        d->round_n = 0;
        d->is_round_done = true;
    } else {
        poll_send(d, now_ms);
    }
}

void printer_counter_ask(struct driver *d, int64_t now_ms)
{
    uint8_t cmd[ESCPOS_SHORT_MAX];
    size_t n = escpos_cut_counter(d->profile->cut_counter == COUNTER_CUSTOM, cmd);
    if (d->asked != ASKED_NOTHING || !printer_send(d, cmd, n, now_ms))
        return;
    escpos_parser_ask(&d->parser, NULL);
    d->has_count = false;
    d->asked = ASKED_COUNTER;
    d->asked_ms = now_ms;
}

/* ---- publishing ---------------------------------------------------------------------------- */

void printer_status_emit(struct driver *d, const struct device_status *s)
{
    device_status_tell(&d->sink, &d->status, &d->has_status, s);
}

static enum device_media media_of(const struct driver *d)
{
    if (printer_cause(d) == ERR_PRINTER_JAM)
        return MEDIA_JAMMED;
    if (!d->has_state || !d->profile->has_outlet)
        return MEDIA_UNKNOWN;
    return d->facts & FACT_TICKET ? MEDIA_PRESENT : MEDIA_NOT_PRESENT;
}

static enum device_paper paper_of(const struct driver *d)
{
    if (!d->has_state)
        return PAPER_UNKNOWN;
    return d->facts & FACT_PAPER_OUT   ? PAPER_OUT
           : d->facts & FACT_PAPER_LOW ? PAPER_LOW
                                       : PAPER_FULL;
}

void printer_status_publish(struct driver *d, int64_t now_ms)
{
    struct device_status s = d->status;
    int cause = 0;
    s.kind = DEVICE_PRINTER;
    s.media = MEDIA_UNKNOWN;
    s.paper = PAPER_UNKNOWN;
    if (d->state == PRINTER_BROKEN)
        return; /* printer_device_broken has told */
    if (d->state == PRINTER_NO_DEVICE) {
        s.state = DEVICE_NO_DEVICE;
        cause = ERR_USB_NO_DEVICE;
        d->ticket_since_ms = 0;
    } else {
        cause = printer_cause(d);
        s.paper = paper_of(d);
        s.media = media_of(d);
        s.state = d->state < PRINTER_CUTTING ? DEVICE_STARTING : DEVICE_ONLINE;
        if (printer_is_silent(d))
            cause = ERR_PRINTER_SILENT;
        if (cause == ERR_PRINTER_SILENT || cause == ERR_PRINTER_FAULT)
            s.state = DEVICE_HARDWARE_ERROR;
        else if (cause != 0)
            s.state = DEVICE_OFFLINE;
        if (!(d->facts & FACT_TICKET))
            d->ticket_since_ms = 0;
        else if (d->ticket_since_ms == 0)
            d->ticket_since_ms = now_ms;
        if (!(d->facts & FACT_PAPER_LOW))
            d->mm_since_low = -1;
        else if (d->mm_since_low < 0)
            d->mm_since_low = 0;
    }
    s.cause = cause;
    printer_status_emit(d, &s);
}
