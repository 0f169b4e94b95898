/* SPDX-License-Identifier: Apache-2.0 */
/* Identity-card reader: the state machine between USB and the application.
 * Thread: the reader's, except wake. Nothing here waits for an answer: answers arrive on standing
 * transfers and are looked at in step.
 *
 *              arrival or 2 s                 90              2 equal ids, or 3 asked
 *   NO_DEVICE ---------------> WARMING ------------> IDENTIFYING ---------------.
 *      ^  ^                    (11 FF)               (12 FF)                    |
 *      |  |                       ^ 60, 66 in any state                         v
 *      |  | 1, 2, 5, 10 s         '-------------.       enable            IDLE (quiet)
 *      |  |                                     |   .<------------------------  ^
 *      |  BROKEN <-- 4 faults in a row          |   v                           |
 *      |    from any state                   SEARCHING (20 01 each 250 ms) ---->| disable
 *      |                                    9F |   ^  ^
 *      | unplug, any state                     v   |  | 41 81 31 ...: 200 ms; 3 tries, then
 *      '-------                     SELECTING (20 02) |  CARD_FAILED and 1 s
 *                                       90 |   |------'
 *                                          v          |
 *                                    READING (30 01) -'
 *                                       90 |  CARD
 *                                          v           2 misses: CARD_REMOVED
 *                                    RESTING (30 03 each 250 ms) --> SEARCHING or IDLE
 *
 * True in each state: a command is in flight only outside NO_DEVICE, BROKEN and IDLE; personal
 * data is in the stream only between READING's answer and its hand-over in the same step. */
#include "drivers/reader/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/id_table.h"
#include "drivers/reader/reader_codec.h"
#include "drivers/status.h"
#include "drivers/transport/usb.h"

/* PROTOCOL.md, timing. */
enum {
    POLL_MS = 250,
    RETRY_MS = 200,
    ROUND_MS = 1000,  /* pause after CARD_FAILED */
    RESCAN_MS = 2000, /* for plug-ins whose message was lost or came too early */
    WARM_TOLERANCE_MS = 5000,
    WARM_POLL_MS = 250,
    GAP_MS = 800,
    DRAIN_MS = 60,  /* quiet time before the line counts as drained */
    LATE_MS = 5000, /* how long after a time-out an odd answer may be a late one */
    OUT_MS = 500,
    STEP_MAX_MS = 500,
    MAX_TRIES = 3,
    MAX_FAULTS = 3,
    MISSES_TO_REMOVE = 2,
    SAM_ID_TRIES = 3,
};

enum reader_state {
    READER_NO_DEVICE,
    READER_BROKEN,
    READER_WARMING,
    READER_IDENTIFYING,
    READER_IDLE,
    READER_SEARCHING,
    READER_SELECTING,
    READER_READING,
    READER_RESTING,
};

struct driver {
    struct driver_sink sink;
    struct id_list ids;
    struct usb *usb;

    /* the open device */
    bool is_split;
    uint8_t out_head, out_body; /* endpoints; equal in layout B */
    struct sam_stream stream;

    enum reader_state state;
    bool is_enabled;
    int64_t due_ms; /* when the state wants its next command or attempt */

    /* the command in flight */
    bool is_pending;
    enum sam_command command;
    int64_t deadline_ms;
    size_t n_bytes_seen, n_bytes; /* received since the command was sent */
    bool is_draining;
    int64_t late_until_ms;

    unsigned n_faults, n_tries, n_misses, n_ids_asked, n_opens;
    int64_t warm_until_ms;
    uint8_t sam_id[SAM_ID_BYTES];

    bool has_rested;     /* a card was read and has not left */
    bool is_reported;    /* and the application was told of it */
    bool is_found_watch; /* removal is watched by 20 01: the reader restarted meanwhile */

    struct device_status status;
    bool has_status;
};

/* ---- telling the application --------------------------------------------------------------- */

static void status_set(struct driver *d, enum device_state state, enum device_media media,
                       int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_READER;
    s.state = state;
    s.media = media;
    s.cause = cause;
    if (d->has_status && device_status_is_same(&s, &d->status))
        return;
    d->status = s;
    d->has_status = true;
    struct device_event e = {.kind = DEVICE_EVENT_STATUS, .from = DEVICE_READER, .code = cause};
    e.status = s;
    d->sink.emit(d->sink.arg, &e);
}

static void emit_code(struct driver *d, enum device_event_kind kind, int code)
{
    struct device_event e = {.kind = kind, .from = DEVICE_READER, .code = code};
    d->sink.emit(d->sink.arg, &e);
}

/* ---- states -------------------------------------------------------------------------------- */

static void state_enter(struct driver *d, enum reader_state state, int64_t due_ms)
{
    d->state = state;
    d->due_ms = due_ms;
}

/* Where a working reader goes when nothing special is on. */
static void state_enter_rest(struct driver *d, int64_t now_ms)
{
    if (d->has_rested && !d->is_reported && d->is_enabled) {
        state_enter(d, READER_READING, now_ms); /* read while nobody asked; now somebody does */
    } else if (d->has_rested) {
        state_enter(d, READER_RESTING, now_ms + POLL_MS);
        status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
    } else if (d->is_enabled) {
        state_enter(d, READER_SEARCHING, now_ms);
        status_set(d, DEVICE_ONLINE, MEDIA_NOT_PRESENT, 0);
    } else {
        state_enter(d, READER_IDLE, now_ms);
        status_set(d, DEVICE_ONLINE, MEDIA_NOT_PRESENT, 0);
    }
}

static void device_release(struct driver *d)
{
    usb_close(d->usb);
    sam_stream_reset(&d->stream, d->is_split);
    d->is_pending = false;
    d->is_draining = false;
    d->is_found_watch = true;
    d->n_misses = 0;
}

static void device_lost(struct driver *d, int64_t now_ms)
{
    device_release(d);
    d->n_opens = 0;
    state_enter(d, READER_NO_DEVICE, now_ms + RESCAN_MS);
    status_set(d, DEVICE_NO_DEVICE, MEDIA_UNKNOWN, ERR_USB_NO_DEVICE);
}

/* The reader is there and does not work: let go, wait a little longer each time, try again. */
static void device_broken(struct driver *d, int64_t now_ms, int cause)
{
    static const int ladder_ms[] = {1000, 2000, 5000, 10000};
    size_t step = d->n_opens < YJ_COUNT(ladder_ms) ? d->n_opens : YJ_COUNT(ladder_ms) - 1;
    device_release(d);
    d->n_opens++;
    state_enter(d, READER_BROKEN, now_ms + ladder_ms[step]);
    status_set(d, DEVICE_HARDWARE_ERROR, MEDIA_UNKNOWN, cause);
}

/* ---- opening ------------------------------------------------------------------------------- */

static const struct usb_endpoint *endpoint_find(const struct usb_interface *i, uint8_t address)
{
    for (size_t k = 0; k < i->n_endpoints; k++)
        if (i->endpoint[k].address == address)
            return &i->endpoint[k];
    return NULL;
}

/* First bulk or interrupt endpoint of a direction. @return its address or 0 */
static uint8_t endpoint_first(const struct usb_interface *i, bool is_in)
{
    for (size_t k = 0; k < i->n_endpoints; k++)
        if ((i->endpoint[k].type == 2 || i->endpoint[k].type == 3) &&
            ((i->endpoint[k].address & 0x80) != 0) == is_in)
            return i->endpoint[k].address;
    return 0;
}

/* Layout A is known by its four addresses; see PROTOCOL.md, source. */
static bool interface_is_split(const struct usb_interface *i)
{
    return endpoint_find(i, 0x02) && endpoint_find(i, 0x06) && endpoint_find(i, 0x81) &&
           endpoint_find(i, 0x85);
}

static int on_match(void *arg, const struct usb_candidate *c)
{
    const struct driver *d = arg;
    bool is_ours = id_list_has(&d->ids, c->idVendor, c->idProduct);
    if (!is_ours)
        return -1;
    int vendor = -1, first = -1;
    for (size_t i = 0; i < c->n_interfaces; i++) {
        const struct usb_interface *f = &c->interface[i];
        if (f->number == 0 && interface_is_split(f))
            return (int)i;
        if (!endpoint_first(f, true) || !endpoint_first(f, false))
            continue;
        if (vendor < 0 && f->cls == 0xFF && f->subclass == 0 && f->protocol == 0)
            vendor = (int)i;
        if (first < 0 && f->number == 0)
            first = (int)i;
    }
    return first >= 0 ? first : vendor;
}

static void stream_take(struct driver *d, enum sam_pipe pipe, const uint8_t *data, size_t n)
{
    d->n_bytes += n;
    size_t taken = sam_stream_push(&d->stream, pipe, data, n);
    if (taken == n)
        return;
    /* more than the longest answer without a frame in it: rubbish, begin again with the rest */
    sam_stream_reset(&d->stream, d->is_split);
    (void)sam_stream_push(&d->stream, pipe, data + taken, n - taken); /* fits: it is smaller */
}

static void on_head(void *arg, const uint8_t *data, size_t n)
{
    stream_take(arg, SAM_PIPE_HEAD, data, n);
}

static void on_body(void *arg, const uint8_t *data, size_t n)
{
    stream_take(arg, SAM_PIPE_BODY, data, n);
}

static void model_fill(struct driver *d)
{
    char maker[32] = "", product[32] = "";
    usb_names(d->usb, maker, sizeof maker, product, sizeof product);
    snprintf(d->status.model, sizeof d->status.model, "%s%s%s", maker,
             maker[0] && product[0] ? " " : "", product);
}

static void device_try_open(struct driver *d, int64_t now_ms)
{
    struct usb_candidate c;
    struct usb_interface f;
    struct err err = {0};
    int r = usb_open(d->usb, &c, &f, &err);
    if (r == ERR_USB_NO_DEVICE) {
        device_lost(d, now_ms);
        return;
    }
    if (r == 0) {
        d->is_split = interface_is_split(&f);
        d->out_head = d->is_split ? 0x02 : endpoint_first(&f, false);
        d->out_body = d->is_split ? 0x06 : d->out_head;
        sam_stream_reset(&d->stream, d->is_split);
        uint8_t in_body = d->is_split ? 0x85 : endpoint_first(&f, true);
        if (d->is_split)
            r = usb_listen(d->usb, 0x81, 64, on_head, d, &err);
        if (r == 0)
            r = usb_listen(d->usb, in_body, SAM_STREAM_BYTES, on_body, d, &err);
    }
    if (r != 0) {
        device_broken(d, now_ms, r);
        return;
    }
    memset(d->status.model, 0, sizeof d->status.model);
    model_fill(d);
    d->n_faults = d->n_tries = d->n_ids_asked = 0;
    d->warm_until_ms = now_ms + WARM_TOLERANCE_MS;
    state_enter(d, READER_WARMING, now_ms);
    if (d->n_opens == 0)
        status_set(d, DEVICE_STARTING, MEDIA_UNKNOWN, 0);
}

/* ---- commands out -------------------------------------------------------------------------- */

static int first_byte_limit_ms(enum sam_command command)
{
    switch (command) {
    case SAM_FIND:
    case SAM_SELECT:
        return 600;
    case SAM_READ:
        return 3500;
    case SAM_READ_FINGERS:
        return 4000;
    case SAM_ADDED_ADDRESS:
        return 1500;
    case SAM_RESET:
        return 2500;
    case SAM_STATUS:
    case SAM_ID:
        break;
    }
    return 500;
}

static enum sam_command command_of_state(const struct driver *d)
{
    switch (d->state) {
    case READER_IDENTIFYING:
        return SAM_ID;
    case READER_SEARCHING:
        return SAM_FIND;
    case READER_SELECTING:
        return SAM_SELECT;
    case READER_READING:
        return SAM_READ;
    case READER_RESTING:
        return d->is_found_watch ? SAM_FIND : SAM_ADDED_ADDRESS;
    case READER_NO_DEVICE:
    case READER_BROKEN:
    case READER_WARMING:
    case READER_IDLE:
        break;
    }
    return SAM_STATUS;
}

static int pipe_send(struct driver *d, uint8_t endpoint, const uint8_t *p, size_t n)
{
    size_t done = 0;
    int r = usb_out(d->usb, endpoint, p, n, OUT_MS, &done, NULL);
    return r == 0 && done != n ? ERR_USB_IO : r;
}

static void command_send(struct driver *d, int64_t now_ms)
{
    uint8_t frame[SAM_COMMAND_MAX];
    d->command = command_of_state(d);
    size_t n = sam_command_build(d->command, frame);
    sam_stream_reset(&d->stream, d->is_split); /* whatever still lay there was too late */
    d->n_bytes = d->n_bytes_seen = 0;
    int r = d->is_split ? pipe_send(d, d->out_head, frame, SAM_HEAD_BYTES) : 0;
    if (r == 0 && d->is_split)
        r = pipe_send(d, d->out_body, frame + SAM_HEAD_BYTES, n - SAM_HEAD_BYTES);
    else if (r == 0)
        r = pipe_send(d, d->out_body, frame, n);
    if (r == ERR_USB_NO_DEVICE) {
        device_lost(d, now_ms);
    } else if (r != 0) {
        device_broken(d, now_ms, r);
    } else {
        d->is_pending = true;
        d->deadline_ms = now_ms + first_byte_limit_ms(d->command);
    }
}

/* ---- answers in ---------------------------------------------------------------------------- */

static void card_hand_over(struct driver *d, const struct sam_answer *a, int64_t now_ms)
{
    const uint8_t *text = NULL, *photo = NULL;
    struct card *card = mem_zalloc(1, sizeof *card);
    sam_answer_blocks(SAM_READ, a, &text, &photo);
    int r = card_parse(text, photo, card, NULL);
    d->has_rested = true;
    d->is_found_watch = false;
    d->n_misses = 0;
    d->is_reported = d->is_enabled;
    if (r == 0 && d->is_enabled) {
        struct device_event e = {.kind = DEVICE_EVENT_CARD, .from = DEVICE_READER};
        e.card = card;
        status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
        d->sink.emit(d->sink.arg, &e);
    } else {
        bytes_wipe(card, sizeof *card);
        free(card);
        /* the wire was right, so reading again gives the same: it must be lifted first */
        if (r != 0 && d->is_enabled)
            emit_code(d, DEVICE_EVENT_CARD_FAILED, r);
        if (r != 0)
            d->is_reported = true;
    }
    d->n_tries = 0;
    state_enter_rest(d, now_ms);
}

/* One try at the card did not work. */
static void card_missed(struct driver *d, int64_t now_ms, int code)
{
    d->has_rested = false; /* after a direct read: look for it as for a new one */
    if (++d->n_tries < MAX_TRIES) {
        state_enter(d, d->is_enabled ? READER_SEARCHING : READER_IDLE, now_ms + RETRY_MS);
        return;
    }
    d->n_tries = 0;
    state_enter(d, d->is_enabled ? READER_SEARCHING : READER_IDLE, now_ms + ROUND_MS);
    if (d->is_enabled)
        emit_code(d, DEVICE_EVENT_CARD_FAILED, code);
}

static void removal_watch(struct driver *d, int64_t now_ms, bool is_there)
{
    d->n_misses = is_there ? 0 : d->n_misses + 1;
    if (d->n_misses < MISSES_TO_REMOVE) {
        if (is_there && !d->is_reported)
            state_enter_rest(d, now_ms); /* somebody may have begun to ask for it */
        else
            state_enter(d, READER_RESTING, now_ms + POLL_MS);
        return;
    }
    bool was_reported = d->is_reported;
    d->has_rested = d->is_reported = d->is_found_watch = false;
    d->n_misses = d->n_tries = 0;
    state_enter_rest(d, now_ms);
    if (was_reported)
        emit_code(d, DEVICE_EVENT_CARD_REMOVED, 0);
}

static void sam_id_take(struct driver *d, const struct sam_answer *a, int64_t now_ms)
{
    bool is_same = d->n_ids_asked > 0 && memcmp(d->sam_id, a->data, SAM_ID_BYTES) == 0;
    memcpy(d->sam_id, a->data, SAM_ID_BYTES);
    if (!is_same && ++d->n_ids_asked < SAM_ID_TRIES) {
        state_enter(d, READER_IDENTIFYING, now_ms);
        return;
    }
    d->n_opens = 0;
    state_enter_rest(d, now_ms);
}

/* The module says that it does not work: normal just after power-up, a fault when it lasts. */
static void sam_not_ready(struct driver *d, int64_t now_ms)
{
    if (d->state != READER_WARMING)
        d->warm_until_ms = now_ms + WARM_TOLERANCE_MS;
    if (now_ms >= d->warm_until_ms) {
        status_set(d, DEVICE_HARDWARE_ERROR, MEDIA_UNKNOWN, ERR_READER_SAM);
        d->n_ids_asked = 0;
        state_enter(d, READER_WARMING, now_ms + ROUND_MS);
        return;
    }
    d->n_ids_asked = 0;
    state_enter(d, READER_WARMING, now_ms + WARM_POLL_MS);
}

/* A well-formed answer to the command of this state. */
static void on_answer(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms)
{
    switch (d->state) {
    case READER_WARMING:
        state_enter(d, code == 0 ? READER_IDENTIFYING : READER_WARMING,
                    now_ms + (code == 0 ? 0 : WARM_POLL_MS));
        break;
    case READER_IDENTIFYING:
        if (code == 0)
            sam_id_take(d, a, now_ms);
        else if (++d->n_ids_asked < SAM_ID_TRIES)
            state_enter(d, READER_IDENTIFYING, now_ms + RETRY_MS);
        else
            device_broken(d, now_ms, code);
        break;
    case READER_SEARCHING:
        if (!d->is_enabled) {
            state_enter_rest(d, now_ms);
        } else if (code == 0) {
            status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
            state_enter(d, READER_SELECTING, now_ms);
        } else if (code == ERR_READER_NO_CARD) {
            d->n_tries = 0;
            status_set(d, DEVICE_ONLINE, MEDIA_NOT_PRESENT, 0);
            state_enter(d, READER_SEARCHING, now_ms + POLL_MS);
        } else {
            card_missed(d, now_ms, code);
        }
        break;
    case READER_SELECTING:
        if (code != 0)
            card_missed(d, now_ms, code);
        else if (d->is_enabled)
            state_enter(d, READER_READING, now_ms);
        else
            state_enter_rest(d, now_ms);
        break;
    case READER_READING:
        if (code == 0)
            card_hand_over(d, a, now_ms);
        else
            card_missed(d, now_ms, code);
        break;
    case READER_RESTING:
        removal_watch(d, now_ms, code == 0 || code == ERR_READER_CARD_DATA);
        break;
    case READER_NO_DEVICE:
    case READER_BROKEN:
    case READER_IDLE:
        break;
    }
}

/* The line is at fault, not the card: count, drain, and go one step back. */
static void on_fault(struct driver *d, int code, int64_t now_ms)
{
    d->is_pending = false;
    d->is_draining = true;
    if (d->state == READER_WARMING && now_ms < d->warm_until_ms) {
        d->due_ms = now_ms + WARM_POLL_MS; /* silence is normal while it powers up */
        return;
    }
    if (++d->n_faults > MAX_FAULTS) {
        device_broken(d, now_ms, code);
        return;
    }
    if (d->state == READER_READING && d->n_tries + 1 < MAX_TRIES) {
        /* the module may have done its part and only the answer was lost; then the card counts
         * as read and no find would see it again, but a direct read answers */
        d->n_tries++;
        d->due_ms = now_ms + RETRY_MS;
    } else if (d->state == READER_SELECTING || d->state == READER_READING) {
        card_missed(d, now_ms, code);
    } else {
        d->due_ms = now_ms + RETRY_MS;
    }
}

/* @return ERR_BUSY while the answer is still to come, else what came of the command */
static int answer_collect(struct driver *d, int64_t now_ms, struct sam_answer *ret)
{
    int r = usb_listen_error(d->usb);
    if (r != 0)
        return r;
    while ((r = sam_stream_next(&d->stream, ret)) != 0) {
        bool may_be_late = now_ms < d->late_until_ms;
        if (r < 0 && may_be_late)
            continue;
        if (r < 0)
            return r;
        r = sam_answer_check(d->command, ret, NULL);
        if (r != ERR_READER_FRAME)
            d->late_until_ms = 0;
        if (r != ERR_READER_FRAME || !may_be_late)
            return r;
    }
    if (d->n_bytes != d->n_bytes_seen) {
        d->n_bytes_seen = d->n_bytes;
        if (d->deadline_ms < now_ms + GAP_MS)
            d->deadline_ms = now_ms + GAP_MS;
        /* once it has begun to speak, only gaps count */
        if (d->late_until_ms == 0)
            d->deadline_ms = now_ms + GAP_MS;
    }
    if (now_ms < d->deadline_ms)
        return ERR_BUSY;
    d->late_until_ms = now_ms + LATE_MS;
    return ERR_TIMEOUT;
}

/* @return false while the answer is still to come */
static bool pending_serve(struct driver *d, int64_t now_ms)
{
    struct sam_answer a = {0};
    int r = answer_collect(d, now_ms, &a);
    if (r == ERR_BUSY)
        return false;
    if (r == ERR_TIMEOUT || r == ERR_READER_FRAME || r == ERR_USB_STALL || r == ERR_USB_IO ||
        r == ERR_USB_OVERFLOW) {
        on_fault(d, r, now_ms);
        return true;
    }
    d->is_pending = false;
    d->n_faults = 0;
    if (r == ERR_READER_SAM)
        sam_not_ready(d, now_ms);
    else
        on_answer(d, r, &a, now_ms);
    sam_stream_reset(&d->stream, d->is_split); /* wipes a card's text at once */
    return true;
}

/* After a fault the line must be quiet for a moment before the next command. */
static void drain_serve(struct driver *d, int64_t now_ms)
{
    if (d->n_bytes != d->n_bytes_seen) {
        d->n_bytes_seen = d->n_bytes;
        if (d->due_ms < now_ms + DRAIN_MS)
            d->due_ms = now_ms + DRAIN_MS;
    } else if (now_ms >= d->due_ms) {
        d->is_draining = false;
    }
    sam_stream_reset(&d->stream, d->is_split);
}

/* ---- the driver's slots -------------------------------------------------------------------- */

static int reader_open(const char *device_table, const struct driver_sink *sink,
                       struct driver **ret, struct err *err)
{
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int rc = id_list_load(device_table, "reader", &d->ids, err);
    if (rc == 0)
        rc = usb_new(on_match, d, &d->usb, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    *ret = d;
    return 0;
}

static void reader_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    if (command->kind == DEVICE_COMMAND_ENABLE)
        d->is_enabled = true;
    else if (command->kind == DEVICE_COMMAND_DISABLE)
        d->is_enabled = false;
    else
        return; /* STOP is the host's affair, PRINT is not for us */
    d->n_tries = 0;
    if (d->is_pending)
        return; /* the answer decides */
    if (d->state == READER_IDLE || d->state == READER_SEARCHING || d->state == READER_SELECTING ||
        (d->state == READER_READING && !d->is_enabled) ||
        (d->state == READER_RESTING && !d->is_reported))
        state_enter_rest(d, now_ms);
}

static int reader_step(struct driver *d, int64_t now_ms)
{
    if (d->state == READER_NO_DEVICE || d->state == READER_BROKEN) {
        bool is_new = d->state == READER_NO_DEVICE && usb_has_arrival(d->usb);
        if (is_new || now_ms >= d->due_ms)
            device_try_open(d, now_ms);
    } else if (usb_is_gone(d->usb)) {
        device_lost(d, now_ms);
    }
    if (d->state == READER_NO_DEVICE || d->state == READER_BROKEN)
        goto sleep;
    if (d->is_pending)
        (void)pending_serve(d, now_ms); /* false: nothing to do but wait */
    if (!d->is_pending && d->is_draining)
        drain_serve(d, now_ms);
    if (!d->is_pending && d->state != READER_NO_DEVICE && d->state != READER_BROKEN &&
        d->state != READER_IDLE && now_ms >= d->due_ms)
        command_send(d, now_ms);
sleep:;
    int64_t left = (d->is_pending ? d->deadline_ms : d->due_ms) - now_ms;
    if (d->state == READER_IDLE && !d->is_pending)
        left = STEP_MAX_MS;
    return left < 0 ? 0 : left > STEP_MAX_MS ? STEP_MAX_MS : (int)left;
}

static void reader_wait(struct driver *d, int timeout_ms)
{
    usb_wait(d->usb, timeout_ms);
}

static void reader_wake(struct driver *d)
{
    usb_wake(d->usb);
}

static void reader_close(struct driver *d)
{
    if (!d)
        return;
    usb_free(d->usb);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops reader_ops = {
    .name = "reader",
    .open = reader_open,
    .command = reader_command,
    .step = reader_step,
    .wait = reader_wait,
    .wake = reader_wake,
    .close = reader_close,
};
