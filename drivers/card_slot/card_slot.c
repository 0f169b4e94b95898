/* SPDX-License-Identifier: Apache-2.0 */
/* Contact card slot: the state machine between PC/SC and the application.
 * Thread: the card slot's, except wake. Nothing here waits for an answer: the transport's worker
 * carries out one order at a time and its answer is looked at in step.
 *
 *                            none, 500 ms
 *                          .-----------------> NO_READER
 *    1 2 5 10 s: OPEN      |  .-------------------' list changed, 500 ms
 *   DOWN ------------> LISTING --------------> WATCHING <------------------------------.
 *    ^                  ^   LIST: one of ours   |  ^ empty: arm, CARD_REMOVED          |
 *    | service lost,    |                       '--'  if one was reported              |
 *    | a call hangs,    | reader gone,          | armed and a card                     |
 *    | any state        | any state             v                                      |
 *                                           SETTLING <----------------------------.    |
 *                                               | pause over                      |    |
 *                                               v                     try again,  |    |
 *                                           CONNECTING ---------.     at most 3   |    |
 *                                               | powered       | trouble         |    |
 *                                               v               v                 |    |
 *                                   .------> READING ------> RELEASING -----------'----'
 *                                   '-----------'   CARD, CARD_FAILED, trouble,
 *                                     next command  or nobody asks any more
 *
 * SETTLING looks as WATCHING does until its pause is over, so that what is connected is the card
 * that was seen. True in each state: an order is in flight except in the pauses of DOWN and between
 * looks; a card is connected only in READING and RELEASING; personal data is in `read` only in
 * READING and wiped on every way out. `is_armed`: the slot was seen empty since ENABLE, and no card
 * has been read or failed since; so is_armed only while enabled. */
#include "drivers/card_slot/card_slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/card_slot/slot_cfg.h"
#include "drivers/card_slot/sscard_codec.h"
#include "drivers/status.h"
#include "drivers/timing.h"
#include "drivers/transport/pcsc.h"

/* PROTOCOL.md, timing. */
enum {
    WATCH_MS = 250,      /* one look at the reader; how late ENABLE and close may be */
    LOOK_PAUSE_MS = 20,  /* between looks: a state that never settles must not spin */
    FRESH_MS = 500,      /* an older look is overdue and says nothing of the slot any more */
    NO_READER_MS = 500,  /* one look at the list of readers */
    LIST_PAUSE_MS = 200, /* between lists, for the same reason */
    RETRY_MS = 400,      /* the card may still be on its way in */
    MAX_TRIES = 3,
    READ_MS = 10000, /* from the first command until no more are sent */
};

enum slot_state {
    SLOT_DOWN,
    SLOT_LISTING,
    SLOT_NO_READER,
    SLOT_WATCHING,
    SLOT_SETTLING,
    SLOT_CONNECTING,
    SLOT_READING,
    SLOT_RELEASING,
};

struct driver {
    struct driver_sink sink;
    struct slot_cfg cfg;
    struct pcsc *pcsc;

    enum slot_state state;
    enum slot_state after_release;
    int64_t due_ms; /* when the state wants its next order */
    int64_t listed_ms;
    unsigned n_opens;

    /* the order in flight */
    bool is_pending;
    int64_t deadline_ms;
    struct pcsc_answer answer;

    /* the reader in use */
    char reader[PCSC_NAME_BYTES];
    uint32_t known;    /* PCSC_WATCH */
    int64_t looked_ms; /* its last answer */
    bool has_moves;    /* a card was seen, at this count of moves */
    uint16_t n_moves;

    /* the card */
    bool is_enabled, is_armed;
    bool is_begun;    /* reading it was tried, the application has not heard of it yet */
    bool is_reported; /* the application has its data and waits for its removal */
    unsigned n_tries;
    int64_t settle_until_ms, read_until_ms;
    struct sscard_read read;

    struct device_status status;
    bool has_status;
};

/* ---- telling the application --------------------------------------------------------------- */

static void status_set(struct driver *d, enum device_state state, enum device_media media,
                       int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_CARD_SLOT;
    s.state = state;
    s.media = media;
    s.cause = cause;
    device_status_tell(&d->sink, &d->status, &d->has_status, &s);
}

static void emit_code(struct driver *d, enum device_event_kind kind, int code)
{
    struct device_event e = {.kind = kind, .from = DEVICE_CARD_SLOT, .code = code};
    d->sink.emit(d->sink.arg, &e);
}

/* Once for a card, and only to the visitor who pushed it in; it is not tried again before the slot
 * was empty. */
static void card_fail(struct driver *d, int code)
{
    bool is_awaited = d->is_armed;
    d->is_armed = d->is_begun = false;
    if (is_awaited)
        emit_code(d, DEVICE_EVENT_CARD_FAILED, code);
}

static void card_hand_over(struct driver *d)
{
    struct device_event e = {.kind = DEVICE_EVENT_CARD, .from = DEVICE_CARD_SLOT};
    e.card = mem_dup(&d->read.card, sizeof d->read.card);
    d->is_armed = d->is_begun = false;
    d->is_reported = true;
    d->sink.emit(d->sink.arg, &e);
}

/* ---- states -------------------------------------------------------------------------------- */

static void state_enter(struct driver *d, enum slot_state state, int64_t due_ms)
{
    d->state = state;
    d->due_ms = due_ms;
}

/* Service or reader went away under a card: it is tried again when they are back, unless it is the
 * card that drives them away. */
static void read_interrupted(struct driver *d)
{
    if ((d->state == SLOT_CONNECTING || d->state == SLOT_READING) && ++d->n_tries >= MAX_TRIES)
        card_fail(d, ERR_SLOT_CARD);
}

/* Nothing is known of the reader any more; what was known of the card stays (card_slot.h). */
static void reader_forget(struct driver *d)
{
    d->known = 0;
    d->has_moves = false;
    bytes_wipe(&d->read, sizeof d->read);
}

static void reader_lost(struct driver *d, int64_t now_ms)
{
    read_interrupted(d);
    reader_forget(d);
    memset(d->status.model, 0, sizeof d->status.model);
    state_enter(d, SLOT_NO_READER, now_ms);
    status_set(d, DEVICE_NO_DEVICE, MEDIA_UNKNOWN, ERR_USB_NO_DEVICE);
}

/* No service, or one that hangs: wait a little longer each time, then open anew. */
static void service_lost(struct driver *d, int64_t now_ms, int cause)
{
    int rest_ms = driver_ladder_ms(d->n_opens);
    read_interrupted(d);
    reader_forget(d);
    d->n_opens++;
    state_enter(d, SLOT_DOWN, now_ms + rest_ms);
    status_set(d, DEVICE_HARDWARE_ERROR, MEDIA_UNKNOWN, cause);
}

static void card_release(struct driver *d, enum slot_state after, int64_t now_ms)
{
    bytes_wipe(&d->read, sizeof d->read);
    d->after_release = after;
    state_enter(d, SLOT_RELEASING, now_ms);
}

/* The slot is empty, or was between two looks. */
static void card_left(struct driver *d)
{
    if (d->is_reported)
        emit_code(d, DEVICE_EVENT_CARD_REMOVED, 0);
    if (d->is_begun)
        card_fail(d, ERR_SLOT_CARD); /* pulled before it was read */
    d->is_reported = d->is_begun = d->has_moves = false;
    d->n_tries = 0;
    d->is_armed = d->is_enabled;
}

/* ---- orders out ---------------------------------------------------------------------------- */

static int order_limit_ms(const struct pcsc_order *o)
{
    switch (o->kind) {
    case PCSC_OPEN:
    case PCSC_LIST:
    case PCSC_RELEASE:
        return 3000;
    case PCSC_WATCH:
        return (int)o->watch_ms + 2000;
    case PCSC_CONNECT:
        return 10000; /* three voltages, protocol negotiation */
    case PCSC_TRANSMIT:
        break;
    }
    return 5000;
}

static unsigned watch_ms_of(const struct driver *d, int64_t now_ms)
{
    int64_t left = d->settle_until_ms - now_ms;
    if (d->state != SLOT_SETTLING || left > WATCH_MS)
        return WATCH_MS;
    return left < 1 ? 1 : (unsigned)left;
}

static void order_fill(const struct driver *d, struct pcsc_order *o, int64_t now_ms)
{
    switch (d->state) {
    case SLOT_DOWN:
        o->kind = PCSC_OPEN;
        break;
    case SLOT_LISTING:
        o->kind = PCSC_LIST;
        break;
    case SLOT_NO_READER:
        o->kind = PCSC_WATCH;
        o->watch_ms = NO_READER_MS;
        break;
    case SLOT_WATCHING:
    case SLOT_SETTLING:
        o->kind = PCSC_WATCH;
        o->watch_ms = watch_ms_of(d, now_ms);
        o->known = d->known;
        snprintf(o->reader, sizeof o->reader, "%s", d->reader);
        break;
    case SLOT_CONNECTING:
        o->kind = PCSC_CONNECT;
        o->is_exclusive = d->cfg.is_exclusive;
        o->protocol = slot_cfg_model(&d->cfg, d->reader)->protocol;
        snprintf(o->reader, sizeof o->reader, "%s", d->reader);
        break;
    case SLOT_READING:
        o->kind = PCSC_TRANSMIT;
        o->n_apdu = sscard_read_next(&d->read, o->apdu);
        break;
    case SLOT_RELEASING:
        o->kind = PCSC_RELEASE;
        break;
    }
}

static void order_send(struct driver *d, int64_t now_ms)
{
    struct pcsc_order o = {.kind = PCSC_OPEN};
    order_fill(d, &o, now_ms);
    int rc = pcsc_start(d->pcsc, &o, NULL);
    if (rc != 0) {
        service_lost(d, now_ms, rc == ERR_BUSY ? ERR_TIMEOUT : rc);
        return;
    }
    d->is_pending = true;
    d->deadline_ms = now_ms + order_limit_ms(&o);
}

/* ---- answers in ---------------------------------------------------------------------------- */

static void on_list(struct driver *d, const struct pcsc_answer *a, int64_t now_ms)
{
    int i = slot_cfg_choose(&d->cfg, a->reader, a->n_readers);
    d->n_opens = 0;
    d->listed_ms = now_ms;
    if (i < 0) {
        reader_lost(d, now_ms);
        return;
    }
    snprintf(d->reader, sizeof d->reader, "%s", a->reader[i]);
    memset(d->status.model, 0, sizeof d->status.model);
    slot_cfg_title(d->reader, d->status.model, sizeof d->status.model);
    reader_forget(d);
    state_enter(d, SLOT_WATCHING, now_ms);
}

static void on_look(struct driver *d, const struct pcsc_answer *a, int64_t now_ms)
{
    d->known = a->seen;
    d->looked_ms = now_ms;
    if (!a->is_present) {
        status_set(d, DEVICE_ONLINE, MEDIA_NOT_PRESENT, 0);
        card_left(d);
        state_enter(d, SLOT_WATCHING, now_ms + LOOK_PAUSE_MS);
        return;
    }
    if (d->has_moves && d->n_moves != a->n_moves)
        card_left(d); /* pulled and pushed in again between two looks */
    if (!d->has_moves || d->state != SLOT_SETTLING)
        d->settle_until_ms = now_ms + slot_cfg_model(&d->cfg, d->reader)->power_on_delay_ms;
    d->has_moves = true;
    d->n_moves = a->n_moves;
    status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
    if (!d->is_armed)
        state_enter(d, SLOT_WATCHING, now_ms + LOOK_PAUSE_MS);
    else if (now_ms < d->settle_until_ms)
        state_enter(d, SLOT_SETTLING, now_ms);
    else
        state_enter(d, SLOT_CONNECTING, now_ms);
}

/* One try did not work. */
static void on_trouble(struct driver *d, int64_t now_ms, int code)
{
    enum slot_state next = SLOT_WATCHING;
    if (code == ERR_SLOT_KIND)
        card_fail(d, ERR_SLOT_KIND);
    else if (++d->n_tries >= MAX_TRIES)
        card_fail(d, ERR_SLOT_CARD);
    else if (code != ERR_NOT_FOUND) /* else the next look tells whether it is gone */
        next = SLOT_SETTLING;
    card_release(d, next, now_ms);
}

static void on_connected(struct driver *d, int64_t now_ms)
{
    sscard_read_begin(&d->read);
    d->read_until_ms = now_ms + READ_MS;
    d->is_begun = true;
    state_enter(d, SLOT_READING, now_ms);
}

static void on_apdu(struct driver *d, const struct pcsc_answer *a, int64_t now_ms)
{
    int rc = sscard_read_take(&d->read, a->data, a->n_data, NULL);
    if (rc != 0) {
        on_trouble(d, now_ms, rc);
    } else if (d->read.step == SSCARD_DONE) {
        card_hand_over(d);
        card_release(d, SLOT_WATCHING, now_ms);
    } else if (now_ms >= d->read_until_ms) {
        card_fail(d, ERR_SLOT_CARD);
        card_release(d, SLOT_WATCHING, now_ms);
    } else {
        state_enter(d, SLOT_READING, now_ms);
    }
}

static void on_released(struct driver *d, int64_t now_ms)
{
    d->settle_until_ms = now_ms + RETRY_MS;
    state_enter(d, d->is_armed ? d->after_release : SLOT_WATCHING, now_ms);
}

/* An order was carried out. */
static void on_done(struct driver *d, const struct pcsc_answer *a, int64_t now_ms)
{
    switch (d->state) {
    case SLOT_DOWN:
        state_enter(d, SLOT_LISTING, now_ms);
        break;
    case SLOT_NO_READER:
        state_enter(d, SLOT_LISTING, d->listed_ms + LIST_PAUSE_MS);
        break;
    case SLOT_LISTING:
        on_list(d, a, now_ms);
        break;
    case SLOT_WATCHING:
    case SLOT_SETTLING:
        on_look(d, a, now_ms);
        break;
    case SLOT_CONNECTING:
        if (d->is_armed) /* not disabled meanwhile */
            on_connected(d, now_ms);
        else
            card_release(d, SLOT_WATCHING, now_ms);
        break;
    case SLOT_READING:
        if (d->is_armed)
            on_apdu(d, a, now_ms);
        else
            card_release(d, SLOT_WATCHING, now_ms);
        break;
    case SLOT_RELEASING:
        on_released(d, now_ms);
        break;
    }
}

static void on_answer(struct driver *d, const struct pcsc_answer *a, int64_t now_ms)
{
    if (a->code == 0)
        on_done(d, a, now_ms);
    else if (a->code == ERR_SLOT_SERVICE)
        service_lost(d, now_ms, ERR_SLOT_SERVICE);
    else if (a->code == ERR_USB_NO_DEVICE)
        reader_lost(d, now_ms); /* and the list is looked at again */
    else if (d->state == SLOT_RELEASING)
        on_released(d, now_ms); /* the connection has ended in any case */
    else if (d->state == SLOT_CONNECTING || d->state == SLOT_READING)
        on_trouble(d, now_ms, a->code);
    else
        service_lost(d, now_ms, ERR_SLOT_SERVICE); /* an odd word for a look or a list */
}

/* The call does not come back in time: a hanging card, reader or service. */
static void on_stuck(struct driver *d, int64_t now_ms)
{
    pcsc_abandon(d->pcsc);
    d->is_pending = false;
    if (d->state == SLOT_CONNECTING || d->state == SLOT_READING)
        card_fail(d, ERR_SLOT_CARD);
    service_lost(d, now_ms, ERR_TIMEOUT);
}

/* ---- the driver's slots -------------------------------------------------------------------- */

static int card_slot_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                          struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int rc = slot_cfg_load(cfg->table, cfg->settings, &d->cfg, err);
    if (rc == 0)
        rc = pcsc_new(&d->pcsc, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    *ret = d;
    return 0;
}

static void card_slot_command(struct driver *d, const struct device_command *command,
                              int64_t now_ms)
{
    if (command->kind == DEVICE_COMMAND_ENABLE && !d->is_enabled) {
        d->is_enabled = true;
        d->is_armed = d->has_status && d->status.media == MEDIA_NOT_PRESENT &&
                      now_ms - d->looked_ms <= FRESH_MS;
    } else if (command->kind == DEVICE_COMMAND_DISABLE) {
        d->is_enabled = d->is_armed = d->is_begun = false;
    } /* an order in flight: its answer decides. STOP is the host's affair, PRINT not for us */
}

static int card_slot_step(struct driver *d, int64_t now_ms)
{
    if (d->is_pending && pcsc_poll(d->pcsc, &d->answer) == 0) {
        d->is_pending = false;
        on_answer(d, &d->answer, now_ms);
        bytes_wipe(&d->answer, sizeof d->answer);
    } else if (d->is_pending && now_ms >= d->deadline_ms) {
        on_stuck(d, now_ms);
    }
    if (!d->is_pending && now_ms >= d->due_ms)
        order_send(d, now_ms);
    return driver_sleep_ms(d->is_pending ? d->deadline_ms : d->due_ms, now_ms);
}

static void card_slot_wait(struct driver *d, int timeout_ms)
{
    pcsc_wait(d->pcsc, timeout_ms);
}

static void card_slot_wake(struct driver *d)
{
    pcsc_wake(d->pcsc);
}

static void card_slot_close(struct driver *d)
{
    if (!d)
        return;
    pcsc_free(d->pcsc);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops card_slot_ops = {
    .name = "card_slot",
    .open = card_slot_open,
    .command = card_slot_command,
    .step = card_slot_step,
    .wait = card_slot_wait,
    .wake = card_slot_wake,
    .close = card_slot_close,
};
