/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS encoder. Pure; runs wherever it is called. */
#include "drivers/printer/escpos.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    DLE = 0x10,
    GS = 0x1D,
    BAND_HEAD_BYTES = 8,
    PACKET_BYTES = 64, /* of full speed; 512 is a multiple */
    PAD_BYTES = 2,
    MAX_PADS = 63,
    FRAME_BYTES = 96 + MAX_PADS * PAD_BYTES,
};

static size_t put(uint8_t *out, const void *p, size_t n)
{
    memcpy(out, p, n);
    return n;
}

size_t escpos_hello(uint8_t *out)
{
    return put(out, "\x1B\x40\x1D\x61\xFF", 5);
}

size_t escpos_status_request(uint8_t n, uint8_t *out)
{
    out[0] = DLE;
    out[1] = 0x04;
    out[2] = n;
    return 3;
}

size_t escpos_clear(uint8_t *out)
{
    return put(out, "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", 10);
}

size_t escpos_restart_line(uint8_t *out)
{
    return put(out, "\x10\x05\x01", 3);
}

size_t escpos_process_id(const uint8_t id[ESCPOS_ID_BYTES], uint8_t *out)
{
    size_t n = put(out, "\x1D\x28\x48\x06\x00\x30\x30", 7);
    return n + put(out + n, id, ESCPOS_ID_BYTES);
}

size_t escpos_cut(const struct escpos_layout *layout, uint8_t *out)
{
    size_t n = 0;
    if (layout->feed_before_cut_dots > 0) {
        n += put(out, "\x1B\x4A", 2);
        out[n++] = layout->feed_before_cut_dots;
    }
    if (layout->cutter == ESCPOS_CUTTER_FULL)
        n += put(out + n, "\x1D\x56\x41\x00", 4);
    else if (layout->cutter == ESCPOS_CUTTER_PARTIAL)
        n += put(out + n, "\x1D\x56\x42\x00", 4);
    else
        n += put(out + n, "\x1B\x64\x04", 3); /* past the tear-off edge */
    return n;
}

static bool is_real_time(const uint8_t *p)
{
    return p[0] == DLE && (p[1] == 0x04 || p[1] == 0x05 || p[1] == 0x14);
}

size_t escpos_find_real_time(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (is_real_time(p + i))
            return i;
    return n;
}

/* Is the byte at `at` a picture byte? Bands lie one behind the other from `first`. */
struct bands {
    size_t first, end; /* of the stream */
    size_t band_bytes; /* head and rows of a full band */
};

static bool is_picture(const struct bands *b, size_t at)
{
    return at >= b->first && at < b->end && (at - b->first) % b->band_bytes >= BAND_HEAD_BYTES;
}

/* A printer acts on a real-time sequence wherever it stands, also in a picture. Adding one dot
 * beside a dot that is there breaks it and cannot make a new one: 10 becomes 18, or the byte
 * behind it gets bit 3. Both bytes are never commands: the encoder writes none of the pairs.
 * @return dots added, or -1 when a sequence is no part of the picture */
static int sanitise(uint8_t *p, size_t n, const struct bands *b)
{
    int n_dots = 0;
    size_t at;
    while ((at = escpos_find_real_time(p, n)) < n) {
        if (is_picture(b, at))
            p[at] = 0x18;
        else if (is_picture(b, at + 1))
            p[at + 1] |= 0x08;
        else
            return -1;
        n_dots++;
    }
    return n_dots;
}

/* Where the pieces of a ticket will lie, given the bytes in front of the first band. */
struct plan {
    size_t stride, rows, band_rows, tail_bytes;
};

/* Would a ticket broken off at any packet border stop inside a command? Only then can the next
 * program tell by a question that is not answered that half a ticket hangs out of the printer:
 * so no band but the last may end on a packet border, and the last picture byte and everything
 * behind it, the cut above all, must share one packet. */
static bool is_broken_visibly(const struct plan *p, size_t first)
{
    size_t band = BAND_HEAD_BYTES + p->stride * p->band_rows;
    size_t n_full = (p->rows - 1) / p->band_rows;
    for (size_t i = 1; i <= n_full; i++)
        if ((first + i * band) % PACKET_BYTES == 0)
            return false;
    size_t end =
        first + n_full * band + BAND_HEAD_BYTES + p->stride * (p->rows - n_full * p->band_rows);
    return (end - 1) / PACKET_BYTES == (end + p->tail_bytes - 1) / PACKET_BYTES;
}

/* Default line spacing, as often as needed: it changes nothing on the paper. */
static size_t put_pads(uint8_t *out, const struct plan *p, size_t first)
{
    size_t k = 0;
    while (k < MAX_PADS && !is_broken_visibly(p, first + k * PAD_BYTES))
        k++;
    if (!is_broken_visibly(p, first + k * PAD_BYTES))
        k = 0; /* no place fits (an odd band height): do without */
    for (size_t i = 0; i < k; i++)
        memcpy(out + i * PAD_BYTES, "\x1B\x32", PAD_BYTES);
    return k * PAD_BYTES;
}

static size_t put_tail(uint8_t *out, const struct escpos_layout *layout)
{
    size_t n = 0;
    if (layout->has_process_id)
        n += escpos_process_id(layout->id_before_cut, out + n);
    n += escpos_cut(layout, out + n);
    if (layout->has_process_id)
        n += escpos_process_id(layout->id_after_cut, out + n);
    if (layout->has_in_order)
        n += put(out + n, "\x1D\x72\x01", 3);
    return n;
}

static int picture_check(const struct bitmap *p, const struct escpos_layout *l, struct err *err)
{
    if (p->rows == 0 || p->width_dots == 0 || p->stride != (p->width_dots + 7) / 8)
        return ERR(err, ERR_INVALID, "the picture is empty or its stride is wrong");
    if (p->width_dots > l->head_dots || p->rows > ESCPOS_MAX_ROWS)
        return ERR(err, ERR_TOO_BIG, "%u x %u dots do not fit a head of %u", p->width_dots, p->rows,
                   l->head_dots);
    if (l->band_rows == 0 || l->band_rows > ESCPOS_MAX_BAND_ROWS)
        return ERR(err, ERR_INVALID, "bands of %u rows", l->band_rows);
    return 0;
}

int escpos_ticket(const struct bitmap *picture, const struct escpos_layout *layout, uint8_t **ret,
                  size_t *ret_n, size_t *ret_n_dots, struct err *err)
{
    int r = picture_check(picture, layout, err);
    if (r != 0)
        return r;
    size_t stride = picture->stride;
    size_t n_bands = (picture->rows + layout->band_rows - 1) / layout->band_rows;
    size_t cap = FRAME_BYTES + n_bands * BAND_HEAD_BYTES + stride * picture->rows;
    uint8_t *out = mem_zalloc(1, cap), tail[FRAME_BYTES];
    struct plan plan = {stride, picture->rows, layout->band_rows, put_tail(tail, layout)};
    size_t n = escpos_hello(out);
    n += put_pads(out + n, &plan, n);
    struct bands bands = {.first = n, .band_bytes = BAND_HEAD_BYTES + stride * layout->band_rows};
    for (uint32_t row = 0; row < picture->rows; row += layout->band_rows) {
        uint32_t rows = picture->rows - row;
        if (rows > layout->band_rows)
            rows = layout->band_rows;
        const uint8_t head[BAND_HEAD_BYTES] = {
            GS, 'v', '0', 0, (uint8_t)stride, (uint8_t)(stride >> 8), (uint8_t)rows, 0};
        n += put(out + n, head, sizeof head);
        n += put(out + n, picture->bits + stride * row, stride * rows);
    }
    bands.end = n;
    n += put(out + n, tail, plan.tail_bytes);
    int n_dots = sanitise(out, n, &bands);
    if (n_dots < 0) {
        bytes_wipe(out, cap);
        free(out);
        return ERR(err, ERR_INVALID, "the layout itself makes a real-time sequence");
    }
    *ret = out;
    *ret_n = n;
    if (ret_n_dots)
        *ret_n_dots = (size_t)n_dots;
    return 0;
}
