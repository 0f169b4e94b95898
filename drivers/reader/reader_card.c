/* SPDX-License-Identifier: Apache-2.0 */
/* From a selected card to its event, and from there to its removal. Thread: the reader's.
 * Personal data: wiped here as soon as it has been handed over or is not wanted. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "drivers/reader/reader_priv.h"

enum { MISSES_TO_DOUBT = 2 };

void reader_card_drop(struct driver *d)
{
    bytes_wipe(d->management, sizeof d->management);
    if (!d->card)
        return;
    bytes_wipe(d->card, sizeof *d->card);
    free(d->card);
    d->card = NULL;
}

/* ---- reading ------------------------------------------------------------------------------- */

void reader_card_begin(struct driver *d, int64_t now_ms)
{
    reader_card_drop(d);
    bool is_numbered = d->settings.wants_management && !d->is_management_skipped;
    reader_state_enter(d, is_numbered ? READER_NUMBERING : READER_READING, now_ms);
}

/* What is only an extra never costs the card: no such item, or a reader that does not know the
 * command, is "none"; a refusal sends the card back to the start, and then goes without. */
void reader_card_numbered(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms)
{
    if (code == 0)
        bytes_hex(a->data, SAM_MANAGEMENT_BYTES, d->management);
    else
        d->is_management_skipped = true;
    if (code == 0 || code == ERR_READER_CARD_DATA || code == ERR_READER_COMMAND)
        reader_state_enter(d, READER_READING, now_ms);
    else
        reader_card_missed(d, now_ms, code);
}

static void card_emit(struct driver *d, int64_t now_ms)
{
    struct device_event e = {.kind = DEVICE_EVENT_CARD, .from = DEVICE_READER};
    e.card = d->card;
    d->card = NULL;
    if (e.card->doubts != 0) {
        e.code = ERR_READER_CARD_DOUBT;
        log_line(LOG_WARN, "reader", "fields of a card do not agree with each other (%02x)",
                 e.card->doubts);
    }
    if (d->decoder && e.card->has_photo)
        photo_decoder_start(d->decoder, e.card->photo, now_ms);
    d->sink.emit(d->sink.arg, &e); /* the card is the receiver's from here on */
}

/* The card has been read and counts as read by the module; tell who asked. */
static void card_finish(struct driver *d, int parse_code, int64_t now_ms)
{
    struct reader_rest *rest = &d->rest;
    d->n_tries = 0;
    d->is_management_skipped = false;
    rest->is_there = true;
    rest->n_misses = 0;
    /* when it cannot be understood the wire was right, so reading again gives the same */
    rest->is_settled = d->is_enabled || parse_code != 0;
    rest->is_told = d->is_enabled && parse_code == 0;
    reader_status_set(d, DEVICE_ONLINE, MEDIA_PRESENT, 0);
    if (rest->is_told)
        card_emit(d, now_ms);
    reader_card_drop(d);
    if (parse_code != 0 && d->is_enabled)
        reader_event_emit(d, DEVICE_EVENT_CARD_FAILED, parse_code);
    reader_state_enter_usual(d, now_ms);
}

/* Told of the card before is told of its removal. */
static void rest_forget(struct driver *d)
{
    bool is_owed = d->rest.is_told;
    d->rest = (struct reader_rest){0};
    if (is_owed)
        reader_event_emit(d, DEVICE_EVENT_CARD_REMOVED, 0);
}

/* A doubted card has been read. @return true when it is the one that rested */
static bool rest_is_same(struct driver *d, uint64_t mark)
{
    struct reader_rest *rest = &d->rest;
    bool is_same = !rest->has_mark || rest->mark == mark;
    rest->is_doubted = false;
    if (!is_same)
        rest_forget(d);
    return is_same;
}

void reader_card_read(struct driver *d, const struct sam_answer *a, int64_t now_ms)
{
    const uint8_t *text = NULL, *photo = NULL;
    sam_answer_blocks(d->line.command, a, &text, &photo);
    uint64_t mark = card_mark(d->mark_key, text);
    bool is_same = d->rest.is_there && d->rest.is_doubted && rest_is_same(d, mark);
    d->rest.has_mark = true;
    d->rest.mark = mark;
    if (is_same && d->rest.is_settled) {
        d->n_tries = 0;
        d->rest.n_misses = 0;
        reader_card_drop(d);
        reader_state_enter_usual(d, now_ms);
        return;
    }
    struct card *card = mem_zalloc(1, sizeof *card);
    int r = card_parse(text, photo, card, NULL);
    if (r == 0)
        memcpy(card->management_number, d->management, sizeof card->management_number);
    reader_card_drop(d);
    d->card = card;
    if (r == 0 && d->settings.wants_address && d->is_enabled)
        reader_state_enter(d, READER_ADDING, now_ms);
    else
        card_finish(d, r, now_ms);
}

/* An address that is missed would silently be the old one, so a refusal costs the try; "none" and
 * "no such command" are answers. */
void reader_card_addressed(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms)
{
    if (code == 0)
        code = card_parse_address(a->data, d->card->added_address, sizeof d->card->added_address,
                                  NULL);
    else if (code == ERR_READER_CARD_DATA || code == ERR_READER_COMMAND)
        code = 0;
    else {
        reader_card_missed(d, now_ms, code);
        return;
    }
    card_finish(d, code, now_ms);
}

void reader_card_missed(struct driver *d, int64_t now_ms, int code)
{
    reader_card_drop(d);
    if (!d->rest.is_doubted)
        d->rest = (struct reader_rest){0}; /* after a direct read: look for it as for a new one */
    bool is_last = ++d->n_tries >= READER_MAX_TRIES;
    bool is_looking = d->is_enabled || d->rest.is_doubted;
    reader_state_enter(d, is_looking ? READER_SEARCHING : READER_IDLE,
                       now_ms + (is_last ? READER_ROUND_MS : READER_RETRY_MS));
    if (!is_last)
        return;
    d->n_tries = 0;
    if (d->is_enabled)
        reader_event_emit(d, DEVICE_EVENT_CARD_FAILED, code);
}

/* ---- resting ------------------------------------------------------------------------------- */

void reader_rest_probed(struct driver *d, bool is_there, int64_t now_ms)
{
    struct reader_rest *rest = &d->rest;
    rest->n_misses = 0;
    if (!is_there) {
        rest->is_doubted = rest->is_there; /* the module may have forgotten it: find it again */
    } else if (!rest->is_there) {
        /* read by an earlier run of this program, for an earlier visitor */
        *rest = (struct reader_rest){.is_there = true, .is_settled = !d->settings.may_reread};
    } else {
        rest->is_doubted = false;
    }
    reader_state_enter_usual(d, now_ms);
}

void reader_rest_seen(struct driver *d, bool is_there, int64_t now_ms)
{
    struct reader_rest *rest = &d->rest;
    if (is_there) {
        rest->n_misses = 0;
        reader_state_enter_usual(d, now_ms); /* somebody may have begun to ask for it */
        return;
    }
    if (++rest->n_misses < MISSES_TO_DOUBT) {
        reader_state_enter(d, d->state, now_ms + d->entry->poll_ms);
        return;
    }
    if (!rest->is_doubted && !d->entry->is_found_watch) {
        rest->is_doubted = true; /* a refusal may have cost the module its selection */
        reader_state_enter(d, READER_SEARCHING, now_ms);
        return;
    }
    d->n_tries = 0;
    d->is_management_skipped = false;
    bool is_owed = rest->is_told;
    *rest = (struct reader_rest){0};
    reader_state_enter_usual(d, now_ms);
    if (is_owed)
        reader_event_emit(d, DEVICE_EVENT_CARD_REMOVED, 0);
}

/* ---- portrait ------------------------------------------------------------------------------ */

void reader_decoder_serve(struct driver *d, int64_t now_ms)
{
    struct portrait *portrait = NULL;
    struct err err = {0};
    bool is_new_reason = false;
    int r = photo_decoder_step(d->decoder, now_ms, &portrait, &is_new_reason, &err);
    if (r < 0 && is_new_reason)
        log_err(LOG_WARN, "reader", &err);
    if (r != 1)
        return;
    struct device_event e = {.kind = DEVICE_EVENT_PORTRAIT, .from = DEVICE_READER};
    e.portrait = portrait;
    d->sink.emit(d->sink.arg, &e);
}
