/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the card reader: cut into frames, checked, and read as a card.
 * Input: one byte of layout, then pieces, each led by a byte: top bit the pipe, rest the length. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/reader/reader_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_check(const char *text, size_t cap)
{
    size_t n = strnlen(text, cap);
    if (n == cap || !bytes_utf8_valid(text, n))
        abort();
}

static void answer_use(const struct sam_answer *a)
{
    static const enum sam_command commands[] = {
        SAM_RESET,         SAM_STATUS, SAM_ID,           SAM_FIND,       SAM_SELECT,
        SAM_ADDED_ADDRESS, SAM_READ,   SAM_READ_FINGERS, SAM_MANAGEMENT, SAM_RF_SIZE};
    for (size_t i = 0; i < YJ_COUNT(commands); i++) {
        const uint8_t *text = NULL, *photo = NULL;
        struct card c;
        if (sam_answer_check(commands[i], a, NULL) != 0)
            continue;
        if (commands[i] == SAM_ADDED_ADDRESS) {
            char address[108];
            if (card_parse_address(a->data, address, sizeof address, NULL) != 0 && address[0])
                abort();
            text_check(address, sizeof address);
        }
        if (commands[i] != SAM_READ && commands[i] != SAM_READ_FINGERS)
            continue;
        sam_answer_blocks(commands[i], a, &text, &photo);
        if (card_parse(text, photo, &c, NULL) != 0) {
            if (c.name[0] || c.number[0] || c.has_photo)
                abort(); /* a partial card */
            continue;
        }
        text_check(c.name, sizeof c.name);
        text_check(c.english_name, sizeof c.english_name);
        text_check(c.address, sizeof c.address);
        text_check(c.number, sizeof c.number);
        text_check(c.authority, sizeof c.authority);
        text_check(c.permit_number, sizeof c.permit_number);
        text_check(c.valid_to_raw, sizeof c.valid_to_raw);
        text_check(c.old_number, sizeof c.old_number);
        text_check(c.nation, sizeof c.nation);
        text_check(c.n_issued, sizeof c.n_issued);
        text_check(c.card_version, sizeof c.card_version);
        text_check(c.authority_code, sizeof c.authority_code);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sam_stream s;
    struct sam_answer a = {0};
    if (size == 0)
        return 0;
    sam_stream_reset(&s, data[0] & 1);
    for (size_t at = 1; at < size;) {
        enum sam_pipe pipe = data[at] & 0x80 ? SAM_PIPE_HEAD : SAM_PIPE_BODY;
        size_t n = (data[at] & 0x7Fu) + 1u;
        at++;
        if (n > size - at)
            n = size - at;
        size_t taken = sam_stream_push(&s, pipe, data + at, n);
        at += n;
        int r, turns = 0;
        while ((r = sam_stream_next(&s, &a)) != 0) {
            if (r == 1)
                answer_use(&a);
            if (++turns > SAM_STREAM_BYTES)
                abort(); /* it must come to an end */
        }
        if (taken < n)
            sam_stream_reset(&s, data[0] & 1); /* as the driver does */
    }
    return 0;
}
