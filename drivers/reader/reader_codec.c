/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of the card reader's security module: building, and cutting a byte stream into answers.
 * Pure; runs wherever it is called. */
#include "drivers/reader/reader_codec.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum {
    PREAMBLE_BYTES = 5,
    LEN_MIN = 4, /* SW1 SW2 SW3 XOR */
    PAYLOAD_READ_HEAD = 4,
    PAYLOAD_FINGERS_HEAD = 6,
    FINGER_BYTES = 512,
};

static const uint8_t preamble[PREAMBLE_BYTES] = {0xAA, 0xAA, 0xAA, 0x96, 0x69};

static uint8_t xor_of(const uint8_t *p, size_t n)
{
    uint8_t x = 0;
    for (size_t i = 0; i < n; i++)
        x ^= p[i];
    return x;
}

static size_t command_fill(enum sam_command command, const uint8_t *data, size_t n, uint8_t *out)
{
    memcpy(out, preamble, PREAMBLE_BYTES);
    out[5] = 0;
    out[6] = (uint8_t)(3 + n); /* CMD PARA DATA XOR */
    out[7] = (uint8_t)((unsigned)command >> 8);
    out[8] = (uint8_t)command;
    if (n > 0)
        memcpy(out + 9, data, n);
    out[9 + n] = xor_of(out + 5, 4 + n);
    return 10 + n;
}

size_t sam_command_build(enum sam_command command, uint8_t out[SAM_COMMAND_MAX])
{
    return command_fill(command, NULL, 0, out);
}

size_t sam_rf_size_build(uint8_t rf_bytes, uint8_t out[SAM_COMMAND_MAX])
{
    return command_fill(SAM_RF_SIZE, &rf_bytes, 1, out);
}

/* ---- stream -------------------------------------------------------------------------------- */

void sam_stream_reset(struct sam_stream *s, bool is_split)
{
    bytes_wipe(s, sizeof *s);
    s->is_split = is_split;
}

size_t sam_stream_push(struct sam_stream *s, enum sam_pipe pipe, const uint8_t *data, size_t n)
{
    bool is_head = s->is_split && pipe == SAM_PIPE_HEAD;
    size_t *fill = is_head ? &s->n_head : &s->n_body;
    size_t room = (is_head ? sizeof s->head : sizeof s->body) - *fill;
    if (n > room)
        n = room;
    memcpy((is_head ? s->head : s->body) + *fill, data, n);
    *fill += n;
    return n;
}

/* Remove n bytes at the front and wipe what moved up. */
static void drop_front(uint8_t *buf, size_t *fill, size_t n)
{
    memmove(buf, buf + n, *fill - n);
    bytes_wipe(buf + *fill - n, n);
    *fill -= n;
}

/* Drop what stands before the first preamble or before what may become one. */
static void seek_preamble(uint8_t *buf, size_t *fill)
{
    size_t at = 0;
    while (at < *fill) {
        size_t n = *fill - at < PREAMBLE_BYTES ? *fill - at : PREAMBLE_BYTES;
        if (memcmp(buf + at, preamble, n) == 0)
            break;
        at++;
    }
    if (at > 0)
        drop_front(buf, fill, at);
}

static void answer_fill(struct sam_answer *a, const uint8_t *body, size_t len)
{
    memcpy(a->sw, body, 3);
    a->data = body + 3;
    a->n = len - LEN_MIN;
}

/* Layout B: head and body share one stream. */
static int next_joined(struct sam_stream *s, struct sam_answer *ret)
{
    seek_preamble(s->body, &s->n_body);
    if (s->n_body < SAM_HEAD_BYTES)
        return 0;
    size_t len = bytes_be16(s->body + PREAMBLE_BYTES);
    bool is_len_right = len >= LEN_MIN && len <= SAM_LEN_MAX;
    if (is_len_right && s->n_body < SAM_HEAD_BYTES + len)
        return 0;
    if (!is_len_right || xor_of(s->body + PREAMBLE_BYTES, len + 2) != 0) {
        drop_front(s->body, &s->n_body, 1); /* a good frame may begin inside the broken one */
        return ERR_READER_FRAME;
    }
    answer_fill(ret, s->body + SAM_HEAD_BYTES, len);
    s->n_used = SAM_HEAD_BYTES + len;
    return 1;
}

/* Layout A: heads on one pipe say how much to take from the other. */
static int next_split(struct sam_stream *s, struct sam_answer *ret)
{
    seek_preamble(s->head, &s->n_head);
    if (s->n_head < SAM_HEAD_BYTES)
        return 0;
    size_t len = bytes_be16(s->head + PREAMBLE_BYTES);
    bool is_len_right = len >= LEN_MIN && len <= SAM_LEN_MAX;
    if (is_len_right && s->n_body < len)
        return 0;
    if (!is_len_right || (xor_of(s->head + PREAMBLE_BYTES, 2) ^ xor_of(s->body, len)) != 0) {
        /* bodies carry no mark of their own: after a mismatch nothing on that pipe can be
         * trusted to begin where the next head says */
        drop_front(s->head, &s->n_head, SAM_HEAD_BYTES);
        drop_front(s->body, &s->n_body, s->n_body);
        return ERR_READER_FRAME;
    }
    drop_front(s->head, &s->n_head, SAM_HEAD_BYTES);
    answer_fill(ret, s->body, len);
    s->n_used = len;
    return 1;
}

int sam_stream_next(struct sam_stream *s, struct sam_answer *ret)
{
    if (s->n_used > 0)
        drop_front(s->body, &s->n_body, s->n_used);
    s->n_used = 0;
    return s->is_split ? next_split(s, ret) : next_joined(s, ret);
}

/* ---- answers ------------------------------------------------------------------------------- */

static int error_of_sw3(uint8_t sw3)
{
    switch (sw3) {
    case 0x80:
        return ERR_READER_NO_CARD;
    case 0x81: /* select failed */
    case 0x33: /* data verification */
    case 0x41: /* read failed */
    case 0x47: /* no random number */
    case 0x24: /* unknown error */
        return ERR_READER_CARD_MOVED;
    case 0x31: /* card refuses SAM */
    case 0x32: /* SAM refuses card */
    case 0x40: /* kind not recognised */
        return ERR_READER_CARD_REFUSED;
    case 0x60: /* self-test, also while warming up */
    case 0x66: /* not authorised */
        return ERR_READER_SAM;
    case 0x91:
        return ERR_READER_CARD_DATA;
    case 0x10: /* it saw a wrong checksum: the line is noisy */
        return ERR_READER_FRAME;
    case 0x11:
    case 0x21:
    case 0x23:
        return ERR_READER_COMMAND;
    default:
        return ERR_READER_FRAME;
    }
}

/* Payload of a read: lengths that fit together, nothing left over. */
static bool read_shape_is_right(enum sam_command command, const struct sam_answer *a)
{
    size_t head = command == SAM_READ ? PAYLOAD_READ_HEAD : PAYLOAD_FINGERS_HEAD;
    if (a->n < head || bytes_be16(a->data) != SAM_TEXT_BYTES ||
        bytes_be16(a->data + 2) != SAM_PHOTO_BYTES)
        return false;
    size_t fingers = 0;
    if (command == SAM_READ_FINGERS) {
        fingers = bytes_be16(a->data + 4);
        if (fingers != 0 && fingers != FINGER_BYTES && fingers != 2u * FINGER_BYTES)
            return false;
    }
    return a->n == head + SAM_TEXT_BYTES + SAM_PHOTO_BYTES + fingers;
}

static bool shape_is_right(enum sam_command command, const struct sam_answer *a)
{
    switch (command) {
    case SAM_RESET:
    case SAM_STATUS:
    case SAM_RF_SIZE:
        return a->n == 0;
    case SAM_ID:
        return a->n == SAM_ID_BYTES;
    case SAM_FIND:
        return a->n == 4;
    case SAM_SELECT:
        return a->n == 8;
    case SAM_ADDED_ADDRESS:
        return a->n == SAM_ADDRESS_BYTES;
    case SAM_MANAGEMENT:
        return a->n == SAM_MANAGEMENT_BYTES;
    case SAM_READ:
    case SAM_READ_FINGERS:
        return read_shape_is_right(command, a);
    }
    return false;
}

int sam_answer_check(enum sam_command command, const struct sam_answer *a, struct err *err)
{
    uint8_t good = command == SAM_FIND ? 0x9F : 0x90;
    if (a->sw[2] == good) {
        if (a->sw[0] == 0 && a->sw[1] == 0 && shape_is_right(command, a))
            return 0;
        return ERR(err, ERR_READER_FRAME, "an answer of %zu bytes does not fit command %04x", a->n,
                   (unsigned)command);
    }
    bool must_be_plain = a->sw[2] == 0x90 || a->sw[2] == 0x9F || a->sw[2] == 0x91;
    if (must_be_plain && (a->sw[2] != 0x91 || a->sw[0] != 0 || a->sw[1] != 0))
        return ERR(err, ERR_READER_FRAME, "answer %02x does not fit command %04x", a->sw[2],
                   (unsigned)command);
    return ERR(err, error_of_sw3(a->sw[2]), "command %04x was answered %02x %02x %02x",
               (unsigned)command, a->sw[0], a->sw[1], a->sw[2]);
}

void sam_answer_blocks(enum sam_command command, const struct sam_answer *a,
                       const uint8_t **ret_text, const uint8_t **ret_photo)
{
    size_t head = command == SAM_READ ? PAYLOAD_READ_HEAD : PAYLOAD_FINGERS_HEAD;
    *ret_text = a->data + head;
    *ret_photo = a->data + head + SAM_TEXT_BYTES;
}

void sam_id_print(const uint8_t id[SAM_ID_BYTES], char out[48])
{
    snprintf(out, 48, "%02u.%02u-%08u-%010u-%010u", bytes_le16(id), bytes_le16(id + 2),
             bytes_le32(id + 4), bytes_le32(id + 8), bytes_le32(id + 12));
}
