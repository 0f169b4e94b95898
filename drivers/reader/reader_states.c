/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's state machine. Thread: the reader's.
 *
 *  NO_DEVICE --arrival, or each 2 s--.
 *                                    v     90                 2 equal ids, or 3 asked
 *  BROKEN -----1, 2, 5, 10 s-----> WARMING ----> IDENTIFYING ------.
 *                                  (11 FF)         (12 FF)         v
 *                                                        TUNING (61 FF, when set)
 *   From any state:                                                v  whatever comes
 *   unplug --> NO_DEVICE                                 PROBING (30 03: does a read card rest?)
 *   4 faults in a row --> BROKEN                                   v  whatever comes
 *   60, 66 --> WARMING                            .-------- the usual place
 *                                                 |
 *        IDLE <------ nothing rests, disabled ----|
 *          | enable                               |
 *          v         .-- 80: each 250 ms          |
 *      SEARCHING <---'                            |
 *       (20 01)  <---- nothing rests, enabled; ---|
 *     9F |     ^       or what rests is doubted   |
 *        v     |                                  |
 *     SELECTING| 41 81 31 ...: after 200 ms;      |
 *       (20 02)| after 3 tries CARD_FAILED, 1 s   |
 *     90 |     |                                  |
 *        v     |                                  |
 *    NUMBERING-|  (30 05, when set)               |
 *        v     |                                  |
 *     READING--|<---- rests, was read while ------|
 * (30 01,30 10)|      nobody asked, somebody does |
 *     90 |     |                                  |
 *        v     |                                  |
 *      ADDING--'  (30 03, when set)               |
 *        |                                        |
 *        '--CARD--> the usual place               |
 *                                                 |
 *     RESTING <------ rests ----------------------'
 *  (30 03 each 250 ms) --2 misses--> doubted: SEARCHING
 *
 * Two misses make a resting card doubted: SEARCHING, SELECTING and READING then find out whether it
 * is gone (20 01 says none: CARD_REMOVED), the same (its mark is: nothing happens) or another
 * (CARD_REMOVED, then as a new one). The same after a replug, when PROBING finds nothing.
 *
 * A module that falls back to 60 or 66 time and again, with no card command answered in between, is
 * BROKEN at the fourth time.
 *
 * True in each state: a command is in flight only outside NO_DEVICE, BROKEN and, but for syncing,
 * IDLE. Data of a card are in the stream only within the step that takes them, in d->card only in
 * ADDING, in d->management only from NUMBERING's answer to READING's. After a fault the line drains
 * and syncs (reader_line.c) before the state's own command is sent again. */
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "drivers/reader/reader_priv.h"

enum { WARM_POLL_MS = 250, SAM_ID_TRIES = 3 };

void reader_state_enter(struct driver *d, enum reader_state state, int64_t due_ms)
{
    d->state = state;
    d->due_ms = due_ms;
}

void reader_state_enter_usual(struct driver *d, int64_t now_ms)
{
    struct reader_rest *rest = &d->rest;
    if (rest->is_there && rest->is_doubted) {
        reader_status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
        reader_state_enter(d, READER_SEARCHING, now_ms);
    } else if (rest->is_there && !rest->is_settled && d->is_enabled) {
        /* read while nobody asked; now somebody does */
        reader_status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
        if (d->entry->is_found_again)
            reader_state_enter(d, READER_SEARCHING, now_ms);
        else
            reader_card_begin(d, now_ms);
    } else if (rest->is_there) {
        reader_status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
        reader_state_enter(d, READER_RESTING, now_ms + d->entry->poll_ms);
    } else {
        reader_status_set(d, DEVICE_ONLINE, MEDIA_NOT_PRESENT, 0);
        reader_state_enter(d, d->is_enabled ? READER_SEARCHING : READER_IDLE, now_ms);
    }
}

static enum sam_command command_of_state(const struct driver *d)
{
    switch (d->state) {
    case READER_IDENTIFYING:
        return SAM_ID;
    case READER_TUNING:
        return SAM_RF_SIZE;
    case READER_SEARCHING:
        return SAM_FIND;
    case READER_SELECTING:
        return SAM_SELECT;
    case READER_NUMBERING:
        return SAM_MANAGEMENT;
    case READER_READING:
        return d->settings.wants_fingers ? SAM_READ_FINGERS : SAM_READ;
    case READER_PROBING:
    case READER_ADDING:
        return SAM_ADDED_ADDRESS;
    case READER_RESTING:
        return d->entry->is_found_watch ? SAM_FIND : SAM_ADDED_ADDRESS;
    case READER_NO_DEVICE:
    case READER_BROKEN:
    case READER_WARMING:
    case READER_IDLE:
        break;
    }
    return SAM_STATUS;
}

/* ---- what the module says of itself -------------------------------------------------------- */

/* The module works and is known. */
static void module_tuned(struct driver *d, int64_t now_ms)
{
    if (d->entry->is_found_watch) { /* a probe by 30 03 says nothing here */
        d->rest.is_doubted = d->rest.is_there;
        reader_state_enter_usual(d, now_ms);
    } else {
        reader_state_enter(d, READER_PROBING, now_ms);
    }
}

static void module_identified(struct driver *d, int64_t now_ms)
{
    char id[48];
    sam_id_print(d->sam_id, id);
    log_line(LOG_INFO, "reader", "security module %s", id);
    if (d->settings.rf_max_bytes != 0)
        reader_state_enter(d, READER_TUNING, now_ms);
    else
        module_tuned(d, now_ms);
}

static void on_sam_id(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms)
{
    if (code != 0 && ++d->n_ids_asked < SAM_ID_TRIES) {
        reader_state_enter(d, READER_IDENTIFYING, now_ms + READER_RETRY_MS);
        return;
    }
    if (code != 0) {
        reader_device_broken(d, now_ms, code);
        return;
    }
    bool is_same = d->n_ids_asked > 0 && memcmp(d->sam_id, a->data, SAM_ID_BYTES) == 0;
    memcpy(d->sam_id, a->data, SAM_ID_BYTES);
    if (!is_same && ++d->n_ids_asked < SAM_ID_TRIES)
        reader_state_enter(d, READER_IDENTIFYING, now_ms);
    else
        module_identified(d, now_ms);
}

/* The module says that it does not work: normal just after power-up, a fault when it lasts. */
static void on_sam_not_ready(struct driver *d, int64_t now_ms)
{
    if (d->state != READER_WARMING) {
        d->warm_until_ms = now_ms + d->entry->sam_warm_ms;
        if (++d->n_relapses > READER_MAX_FAULTS) { /* it only says that it is ready */
            reader_device_broken(d, now_ms, ERR_READER_SAM);
            return;
        }
    }
    reader_card_drop(d);
    d->line.is_syncing = false;
    d->n_ids_asked = 0;
    if (now_ms >= d->warm_until_ms) {
        reader_status_set(d, DEVICE_HARDWARE_ERROR, MEDIA_UNKNOWN, ERR_READER_SAM);
        reader_state_enter(d, READER_WARMING, now_ms + READER_ROUND_MS);
    } else {
        reader_state_enter(d, READER_WARMING, now_ms + WARM_POLL_MS);
    }
}

/* ---- answers ------------------------------------------------------------------------------- */

static void on_found(struct driver *d, int code, int64_t now_ms)
{
    if (!d->is_enabled && !d->rest.is_doubted) {
        reader_state_enter_usual(d, now_ms);
    } else if (code == 0) {
        reader_status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
        reader_state_enter(d, READER_SELECTING, now_ms);
    } else if (code != ERR_READER_NO_CARD) {
        reader_card_missed(d, now_ms, code);
    } else if (d->rest.is_there) {
        reader_rest_seen(d, false, now_ms);
    } else {
        d->n_tries = 0;
        d->is_management_skipped = false;
        reader_status_set(d, DEVICE_ONLINE, MEDIA_NOT_PRESENT, 0);
        reader_state_enter(d, READER_SEARCHING, now_ms + d->entry->poll_ms);
    }
}

static void on_selected(struct driver *d, int code, int64_t now_ms)
{
    bool may_reread = d->settings.may_reread && code == ERR_READER_CARD_MOVED && d->n_tries == 0;
    if (code != 0 && !may_reread)
        reader_card_missed(d, now_ms, code);
    else if (d->is_enabled || d->rest.is_doubted)
        reader_card_begin(d, now_ms);
    else
        reader_state_enter_usual(d, now_ms);
}

/* A well-formed answer to the command of this state. */
static void on_answer(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms)
{
    bool is_there = code == 0 || code == ERR_READER_CARD_DATA; /* 90, 9F or 91 */
    if (d->state > READER_PROBING)
        d->n_opens = d->n_relapses = 0;
    switch (d->state) {
    case READER_WARMING:
        if (code == 0)
            reader_state_enter(d, READER_IDENTIFYING, now_ms);
        else if (now_ms < d->warm_until_ms)
            reader_state_enter(d, READER_WARMING, now_ms + WARM_POLL_MS);
        else
            reader_device_broken(d, now_ms, code);
        break;
    case READER_IDENTIFYING:
        on_sam_id(d, code, a, now_ms);
        break;
    case READER_TUNING:
        if (code != 0) /* it goes on with the size it has */
            log_line(LOG_WARN, "reader", "the module refused rf_max_bytes");
        module_tuned(d, now_ms);
        break;
    case READER_PROBING:
        reader_rest_probed(d, is_there, now_ms);
        break;
    case READER_SEARCHING:
        on_found(d, code, now_ms);
        break;
    case READER_SELECTING:
        on_selected(d, code, now_ms);
        break;
    case READER_NUMBERING:
        reader_card_numbered(d, code, a, now_ms);
        break;
    case READER_READING:
        if (code == 0)
            reader_card_read(d, a, now_ms);
        else
            reader_card_missed(d, now_ms, code);
        break;
    case READER_ADDING:
        reader_card_addressed(d, code, a, now_ms);
        break;
    case READER_RESTING:
        reader_rest_seen(d, is_there, now_ms);
        break;
    case READER_NO_DEVICE:
    case READER_BROKEN:
    case READER_IDLE:
        break;
    }
}

/* ---- faults -------------------------------------------------------------------------------- */

/* The line failed while a card was being read. */
static void on_card_fault(struct driver *d, int code, int64_t now_ms)
{
    bool may_ask_again = d->state != READER_SELECTING && d->n_tries + 1 < READER_MAX_TRIES;
    /* the module may have done its part and only the answer was lost; then the card counts as read
     * and no find would see it again, but the same command is answered once more */
    if (may_ask_again && !(d->state == READER_READING && d->entry->is_found_again)) {
        d->n_tries++;
        if (d->state == READER_NUMBERING) {
            d->is_management_skipped = true;
            d->state = READER_READING;
        }
        d->due_ms = now_ms + READER_RETRY_MS;
    } else {
        reader_card_missed(d, now_ms, code);
    }
}

/* What only helps is not asked for again: a module may be silent to what it does not know. */
static void on_start_fault(struct driver *d, int64_t now_ms)
{
    if (d->state == READER_PROBING) {
        reader_rest_probed(d, false, now_ms);
        return;
    }
    log_line(LOG_WARN, "reader", "the module did not answer rf_max_bytes");
    module_tuned(d, now_ms);
}

/* The line is at fault, not the card: count, put it in order, and do the step again. */
static void on_fault(struct driver *d, int code, int64_t now_ms)
{
    bool is_syncing = d->line.is_syncing;
    bool is_warming = d->state == READER_WARMING;
    reader_line_mistrust(d, !is_warming, now_ms);
    if (is_warming && now_ms < d->warm_until_ms) {
        d->due_ms = now_ms + WARM_POLL_MS; /* silence is normal while it powers up */
    } else if (++d->n_faults > READER_MAX_FAULTS) {
        reader_device_broken(d, now_ms, code);
    } else if (!is_syncing && (d->state == READER_SELECTING || d->state == READER_NUMBERING ||
                               d->state == READER_READING || d->state == READER_ADDING)) {
        on_card_fault(d, code, now_ms);
    } else if (!is_syncing && (d->state == READER_TUNING || d->state == READER_PROBING)) {
        on_start_fault(d, now_ms);
    } else if (!is_syncing) {
        d->due_ms = now_ms + READER_RETRY_MS;
    }
}

static bool code_is_fault(int code)
{
    return code == ERR_TIMEOUT || code == ERR_READER_FRAME || code == ERR_USB_STALL ||
           code == ERR_USB_IO || code == ERR_USB_OVERFLOW;
}

static void pending_serve(struct driver *d, int64_t now_ms)
{
    struct sam_answer a = {0};
    int r = reader_line_collect(d, now_ms, &a);
    if (r == ERR_BUSY)
        return;
    d->line.is_pending = false;
    if (r == ERR_USB_NO_DEVICE) {
        reader_device_lost(d, now_ms);
    } else if (code_is_fault(r)) {
        on_fault(d, r, now_ms);
    } else if (r == ERR_READER_SAM) {
        d->n_faults = 0;
        on_sam_not_ready(d, now_ms);
    } else if (d->line.is_syncing) {
        d->line.is_syncing = false; /* the line is in order; the state goes on */
    } else {
        d->n_faults = 0;
        on_answer(d, r, &a, now_ms);
    }
    sam_stream_reset(&d->line.stream, d->line.is_split); /* wipes a card's text at once */
}

static void command_send(struct driver *d, int64_t now_ms)
{
    bool is_syncing = d->line.is_syncing;
    enum sam_command command = is_syncing ? d->line.sync_command : command_of_state(d);
    bool must_skip = is_syncing || d->state == READER_IDENTIFYING;
    int r = reader_line_send(d, command, must_skip, now_ms);
    if (r == ERR_USB_NO_DEVICE)
        reader_device_lost(d, now_ms);
    else if (r != 0)
        reader_device_broken(d, now_ms, r);
}

static bool state_wants_command(const struct driver *d, int64_t now_ms)
{
    if (d->state == READER_NO_DEVICE || d->state == READER_BROKEN)
        return false;
    return d->line.is_syncing || (d->state != READER_IDLE && now_ms >= d->due_ms);
}

void reader_state_serve(struct driver *d, int64_t now_ms)
{
    if (d->line.is_pending)
        pending_serve(d, now_ms);
    if (reader_line_is_free(d, now_ms) && state_wants_command(d, now_ms))
        command_send(d, now_ms);
}
