/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of the identity-card security module (SAM): commands out, answers in, blocks to a card.
 * All pure, no I/O, no clock. Thread: any. Blocks: no.
 * Source: GA/T 467-2019 as described by vendor papers; PROTOCOL.md beside this file. */
#ifndef YJ_READER_CODEC_H
#define YJ_READER_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/card.h"

/* CMD << 8 | PARA, as the wire has them. */
enum sam_command {
    SAM_RESET = 0x10FF,
    SAM_STATUS = 0x11FF,
    SAM_ID = 0x12FF,
    SAM_FIND = 0x2001,
    SAM_SELECT = 0x2002,
    SAM_READ = 0x3001,          /* text and photo */
    SAM_ADDED_ADDRESS = 0x3003, /* newest added address; also: is the card still there? */
    SAM_MANAGEMENT = 0x3005,    /* card-body management number */
    SAM_READ_FINGERS = 0x3010,  /* text, photo and fingerprints */
    SAM_RF_SIZE = 0x61FF,       /* largest packet on the air */
};

enum {
    SAM_HEAD_BYTES = 7, /* preamble and Len */
    SAM_COMMAND_MAX = 16,
    SAM_LEN_MAX = 2378, /* largest Len that is believed: 2314 is the largest documented */
    SAM_STREAM_BYTES = 2560,
    SAM_TEXT_BYTES = 256,
    SAM_PHOTO_BYTES = 1024,
    SAM_ID_BYTES = 16,
    SAM_ADDRESS_BYTES = 70,
    SAM_MANAGEMENT_BYTES = 24,
    SAM_RF_MIN = 24, /* legal values of SAM_RF_SIZE */
    SAM_RF_MAX = 255,
};

/**
 * Frame of a command without data.
 * @param out  at least SAM_COMMAND_MAX bytes
 * @return bytes of the frame; the first SAM_HEAD_BYTES are the head (own pipe in layout A)
 */
size_t sam_command_build(enum sam_command command, uint8_t out[SAM_COMMAND_MAX]);

/**
 * Frame of SAM_RF_SIZE, the only command with data.
 * @param rf_bytes  SAM_RF_MIN..SAM_RF_MAX
 * @return bytes of the frame
 */
size_t sam_rf_size_build(uint8_t rf_bytes, uint8_t out[SAM_COMMAND_MAX]);

/* One answer; data points into the stream and lives until the next push, next or reset. */
struct sam_answer {
    uint8_t sw[3];
    const uint8_t *data; /* behind SW, without the XOR byte */
    size_t n;
};

/* Collects bytes and cuts them into answers, finding the next preamble after noise.
 * Layout A has heads and bodies on pipes of their own (is_split), layout B one stream. */
struct sam_stream {
    bool is_split;
    size_t n_head, n_body;
    size_t n_used; /* bytes of body that belong to the answer handed out last */
    uint8_t head[64];
    uint8_t body[SAM_STREAM_BYTES];
};

enum sam_pipe { SAM_PIPE_HEAD, SAM_PIPE_BODY }; /* layout B: everything is SAM_PIPE_BODY */

/** Forget and wipe everything received so far. */
void sam_stream_reset(struct sam_stream *s, bool is_split);

/** @return bytes taken, fewer than n when sam_stream_next must be called first. */
size_t sam_stream_push(struct sam_stream *s, enum sam_pipe pipe, const uint8_t *data, size_t n);

/**
 * Next answer, if one is complete. Call until it returns 0.
 * @return 1 and the answer, 0 when more bytes are needed, ERR_READER_FRAME when a broken frame
 *         was skipped (call again)
 */
int sam_stream_next(struct sam_stream *s, struct sam_answer *ret);

/**
 * Does this answer say that the command was done, in the right shape? Judged by SW3, as SW1 and
 * SW2 vary on refusals.
 * @return 0; ERR_READER_NO_CARD (find: none, or read already and still lying there),
 *         ERR_READER_CARD_MOVED, ERR_READER_CARD_REFUSED, ERR_READER_SAM, ERR_READER_COMMAND,
 *         ERR_READER_CARD_DATA (item empty), ERR_READER_FRAME (not an answer to this command)
 */
int sam_answer_check(enum sam_command command, const struct sam_answer *a,
                     struct err *err) YJ_CHECK;

/**
 * Text and photo of an answer to SAM_READ or SAM_READ_FINGERS that has passed sam_answer_check.
 * @param ret_text, ret_photo  borrowed from the answer
 */
void sam_answer_blocks(enum sam_command command, const struct sam_answer *a,
                       const uint8_t **ret_text, const uint8_t **ret_photo);

/** Printed form of the SAM id, "05.01-20101129-0001228293-0296863149". @param out 48 bytes */
void sam_id_print(const uint8_t id[SAM_ID_BYTES], char out[48]);

/**
 * Read the blocks of a card of any of the four kinds; fills doubts as well. Never a partial card:
 * ret is zeroed on failure.
 * @return 0, ERR_READER_CARD_TEXT (half a surrogate pair) or ERR_READER_CARD_DATA (sex, dates or
 *         number have no such form, control characters); the message names the field's offset
 */
int card_parse(const uint8_t text[SAM_TEXT_BYTES], const uint8_t photo[SAM_PHOTO_BYTES],
               struct card *ret, struct err *err) YJ_CHECK;

/**
 * Text of the added-address item.
 * @return 0, ERR_READER_CARD_TEXT or ERR_READER_CARD_DATA; ret is empty on failure
 */
int card_parse_address(const uint8_t data[SAM_ADDRESS_BYTES], char *ret, size_t cap,
                       struct err *err) YJ_CHECK;

/** Do the fields agree with each other (GB 11643 and kin)? @return enum card_doubt, or'ed */
unsigned card_doubts_of(const struct card *c);

/**
 * Number of the card that a five-star holder had before, with its check digit.
 * @param link  the three characters of the link item; blank: there was none
 * @param ret   15 characters, or "" when there was none or the parts have no such form
 */
void card_old_number(const struct card *c, const char *link, char ret[16]);

/**
 * A mark by which the same text block is known again without keeping what it says (SipHash-2-4).
 * @param key  16 random bytes of this run
 */
uint64_t card_mark(const uint8_t key[16], const uint8_t text[SAM_TEXT_BYTES]);

#endif
