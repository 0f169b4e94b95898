/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader driver share. Thread: the reader's. */
#ifndef YJ_READER_PRIV_H
#define YJ_READER_PRIV_H

#include "drivers/driver.h"
#include "drivers/reader/photo_decoder.h"
#include "drivers/reader/reader_codec.h"
#include "drivers/reader/reader_setup.h"
#include "drivers/transport/usb.h"

/* PROTOCOL.md, timing. */
enum {
    READER_RETRY_MS = 200,
    READER_ROUND_MS = 1000, /* pause after CARD_FAILED */
    READER_MAX_TRIES = 3,
    READER_MAX_FAULTS = 3,
};

/* The states; what they mean is drawn in reader_states.c. The order counts: from PROBING on the
 * module is known to work. */
enum reader_state {
    READER_NO_DEVICE,
    READER_BROKEN,
    READER_WARMING,
    READER_IDENTIFYING,
    READER_TUNING,
    READER_PROBING,
    READER_IDLE,
    READER_SEARCHING,
    READER_SELECTING,
    READER_NUMBERING,
    READER_READING,
    READER_ADDING,
    READER_RESTING,
};

/* One command in flight, and getting the line in order again after a fault. */
struct reader_line {
    bool is_split;
    uint8_t out_head, out_body; /* endpoints; equal in the one-pipe layout */
    struct sam_stream stream;
    size_t n_bytes, n_bytes_seen; /* received since the command was sent */

    bool is_pending;
    enum sam_command command;
    bool must_skip; /* answers that do not fit may be late ones to earlier commands */
    int64_t deadline_ms, hard_deadline_ms;
    bool has_looked_again;

    bool is_draining; /* until the line has been quiet for a moment */
    int64_t quiet_ms, drain_until_ms;
    bool is_syncing; /* then: until a command whose answer cannot be mistaken is answered */
    enum sam_command sync_command;
};

/* The card that was read and has not left. */
struct reader_rest {
    bool is_there;
    bool is_settled; /* must be lifted before it may be read again */
    bool is_told;    /* CARD was emitted, so CARD_REMOVED is owed */
    bool is_doubted; /* it may have been changed for another: find it again and compare */
    bool has_mark;
    uint64_t mark;
    unsigned n_misses;
};

struct driver {
    struct driver_sink sink;
    struct reader_table table;
    struct reader_settings settings;
    struct photo_decoder *decoder; /* NULL: none */
    struct usb *usb;
    uint8_t mark_key[16];

    const struct reader_entry *entry; /* of the open device */
    struct reader_line line;

    enum reader_state state;
    bool is_enabled;
    int64_t due_ms; /* when the state wants its next command or attempt */

    unsigned n_faults, n_tries, n_ids_asked, n_opens;
    unsigned n_relapses; /* 60, 66 after it was ready, since a card command was answered */
    int64_t warm_until_ms;
    uint8_t sam_id[SAM_ID_BYTES];

    struct reader_rest rest;
    struct card *card; /* read, waiting for its added address; else NULL */
    char management[SAM_MANAGEMENT_BYTES * 2 + 1]; /* of the card being read */
    bool is_management_skipped;                    /* failed once on this card: go without it */

    struct device_status status;
    bool has_status;
};

/* ---- reader.c: device and events ---- */

/** Tell a new status, if it is new. */
void reader_status_set(struct driver *d, enum device_state state, enum device_media media,
                       int cause);
void reader_event_emit(struct driver *d, enum device_event_kind kind, int code);
/** The device has gone: close, NO_DEVICE. */
void reader_device_lost(struct driver *d, int64_t now_ms);
/** The device does not work: close, BROKEN, the next attempt a little later each time. */
void reader_device_broken(struct driver *d, int64_t now_ms, int cause);

/* ---- reader_line.c: commands and answers ---- */

void reader_line_reset(struct driver *d);
/** Bytes from the device. */
void reader_line_take(struct driver *d, enum sam_pipe pipe, const uint8_t *data, size_t n);
/**
 * Send a command; the answer is asked for by reader_line_collect.
 * @param must_skip  an answer that does not fit is not a fault but a late one
 * @return 0 or what usb_out returned. Blocks: at most 500 ms a pipe
 */
int reader_line_send(struct driver *d, enum sam_command command, bool must_skip, int64_t now_ms);
/** @return ERR_BUSY while the answer is to come, else as sam_answer_check, ERR_TIMEOUT, ERR_USB_*
 */
int reader_line_collect(struct driver *d, int64_t now_ms, struct sam_answer *ret);
/** The command in flight has failed: be quiet, then find out where the line stands. */
void reader_line_mistrust(struct driver *d, bool must_sync, int64_t now_ms);
/** @return true when a command may be sent. */
bool reader_line_is_free(struct driver *d, int64_t now_ms);

/* ---- reader_states.c: the state machine ---- */

void reader_state_enter(struct driver *d, enum reader_state state, int64_t due_ms);
/** Where a working reader goes when nothing special is on. */
void reader_state_enter_usual(struct driver *d, int64_t now_ms);
/** Serve the command in flight and send the next one. */
void reader_state_serve(struct driver *d, int64_t now_ms);

/* ---- reader_card.c: reading, handing over, resting ---- */

/** Read the selected card: management number first, if wanted. */
void reader_card_begin(struct driver *d, int64_t now_ms);
void reader_card_numbered(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms);
void reader_card_read(struct driver *d, const struct sam_answer *a, int64_t now_ms);
void reader_card_addressed(struct driver *d, int code, const struct sam_answer *a, int64_t now_ms);
/** One try at the card did not work. */
void reader_card_missed(struct driver *d, int64_t now_ms, int code);
/** Wipe what has been read and not been handed over. */
void reader_card_drop(struct driver *d);
/** After every opening: does a card lie there that was read before? */
void reader_rest_probed(struct driver *d, bool is_there, int64_t now_ms);
/** The resting card was looked for. */
void reader_rest_seen(struct driver *d, bool is_there, int64_t now_ms);
/** Let the photo decoder work. */
void reader_decoder_serve(struct driver *d, int64_t now_ms);

#endif
