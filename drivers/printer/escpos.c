/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS encoder: short commands and the frame of a ticket. Pure; runs wherever it is called. */
#include "drivers/printer/escpos.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/printer/escpos_priv.h"

enum {
    PACKET_BYTES = 64, /* of full speed; 512 is a multiple */
    MAX_PAD_BYTES = 130,
    FRAME_BYTES = 3 * ESCPOS_EXTRA_MAX + 2 * ESCPOS_CUT_MAX + MAX_PAD_BYTES + 32,
};

static size_t put(uint8_t *out, const void *p, size_t n)
{
    memcpy(out, p, n);
    return n;
}

size_t escpos_init(uint8_t *out)
{
    return put(out, "\x1B\x40", 2);
}

size_t escpos_density(int density, uint8_t *out)
{
    size_t n = put(out, "\x1D\x28\x4B\x02\x00\x31", 6);
    out[n++] = (uint8_t)density; /* below standard as 255, 254, ... */
    return n;
}

size_t escpos_speed(int speed, uint8_t *out)
{
    size_t n = put(out, "\x1D\x28\x4B\x02\x00\x32", 6);
    out[n++] = (uint8_t)speed;
    return n;
}

size_t escpos_panel(bool is_on, uint8_t *out)
{
    size_t n = put(out, "\x1B\x63\x35", 3);
    out[n++] = is_on ? 0 : 1;
    return n;
}

size_t escpos_offline_response(uint8_t *out)
{
    return put(out, "\x1D\x28\x48\x03\x00\x31\x30\x02", 8);
}

size_t escpos_clear(uint8_t *out)
{
    return put(out, "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", 10);
}

size_t escpos_clear_line(uint8_t *out)
{
    return put(out, "\x10\x05\x02", 3);
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

size_t escpos_in_order(uint8_t *out)
{
    return put(out, "\x1D\x72\x01", 3);
}

size_t escpos_names(uint8_t *out)
{
    return put(out, "\x1D\x49\x42\x1D\x49\x43", 6);
}

size_t escpos_cut_counter(bool is_custom, uint8_t *out)
{
    return is_custom ? put(out, "\x1D\xE2", 2) : put(out, "\x1D\x67\x32\x00\x32\x00", 6);
}

static size_t put_feed(uint8_t *out, unsigned dots)
{
    size_t n = 0;
    for (; dots > 0 && n + 3 <= ESCPOS_CUT_MAX - 4; dots -= dots > 255 ? 255 : dots) {
        n += put(out + n, "\x1B\x4A", 2);
        out[n++] = (uint8_t)(dots > 255 ? 255 : dots);
    }
    return n;
}

size_t escpos_cut(const struct escpos_layout *layout, uint8_t *out)
{
    bool is_full = layout->cutter == ESCPOS_CUTTER_FULL;
    bool is_bare = layout->cut_form == ESCPOS_CUT_HERE || layout->cut_form == ESCPOS_CUT_OLD;
    bool must_feed = is_bare && layout->cutter != ESCPOS_CUTTER_NONE;
    size_t n = put_feed(out, layout->feed_before_cut_dots + (must_feed ? layout->blade_dots : 0u));
    if (layout->cutter == ESCPOS_CUTTER_NONE)
        return n + put(out + n, "\x1B\x64\x04", 3); /* past the tear-off edge */
    if (layout->cut_form == ESCPOS_CUT_OLD)
        return n + put(out + n, is_full ? "\x1B\x69" : "\x1B\x6D", 2);
    n += put(out + n, "\x1D\x56", 2);
    if (layout->cut_form == ESCPOS_CUT_HERE)
        return n + put(out + n, is_full ? "\x00" : "\x01", 1);
    if (layout->cut_form == ESCPOS_CUT_RETURN)
        return n + put(out + n, is_full ? "\x67\x00" : "\x68\x00", 2);
    return n + put(out + n, is_full ? "\x41\x00" : "\x42\x00", 2);
}

static bool is_real_time(const uint8_t *p)
{
    return p[0] == 0x10 && (p[1] == 0x04 || p[1] == 0x05 || p[1] == 0x14);
}

size_t escpos_find_real_time(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        if (is_real_time(p + i))
            return i;
    return n;
}

/* A printer acts on a real-time sequence wherever it stands, also in a picture. Adding one dot
 * beside a dot that is there breaks it and cannot make a new one: 10 becomes 18, or the byte
 * behind it gets bit 3. Both bytes are never commands: the encoder writes none of the pairs.
 * @return dots added, or -1 when a sequence is no part of the picture */
static int sanitise(uint8_t *p, size_t n, const struct bands *b)
{
    int n_dots = 0;
    for (size_t at = escpos_find_real_time(p, n); at < n;
         at += escpos_find_real_time(p + at, n - at)) {
        if (bands_is_picture(b, at))
            p[at] = 0x18;
        else if (bands_is_picture(b, at + 1))
            p[at + 1] |= 0x08;
        else
            return -1;
        n_dots++;
    }
    return n_dots;
}

/* Would a ticket broken off at any packet border stop inside a command? Only then can the next
 * program tell by a question that is not answered that half a ticket hangs out of the printer:
 * so no command of a band but the last may end on a packet border, and the last picture byte and
 * everything behind it, the cut above all, must share one packet. */
static bool is_broken_visibly(const struct bands *b, size_t first, size_t tail_bytes)
{
    for (size_t i = 1; i <= b->n_full; i++) {
        size_t end = first + i * bands_full_bytes(b);
        if (end % PACKET_BYTES == 0 || (b->tail_bytes > 0 && (end - b->tail_bytes) % 64 == 0))
            return false;
    }
    size_t end = first + b->n_full * bands_full_bytes(b) + b->head_bytes + b->last_data_bytes;
    tail_bytes += b->tail_bytes;
    return (end - 1) / PACKET_BYTES == (end + tail_bytes - 1) / PACKET_BYTES;
}

/* Commands that change nothing on the paper: default line spacing, and align left once where an
 * odd number of bytes is wanted. */
static size_t put_pads(uint8_t *out, const struct bands *b, size_t first, size_t tail_bytes)
{
    size_t k = 0, n = 0;
    while (k < MAX_PAD_BYTES && (k == 1 || !is_broken_visibly(b, first + k, tail_bytes)))
        k++;
    if (k == MAX_PAD_BYTES)
        k = 0; /* no place fits (a long tail): do without */
    if (k % 2)
        n += put(out, "\x1B\x61\x00", 3);
    while (n < k)
        n += put(out + n, "\x1B\x32", 2);
    return n;
}

static size_t put_tail(uint8_t *out, const struct escpos_layout *layout)
{
    size_t n = 0;
    if (layout->image == ESCPOS_IMAGE_ESC_STAR)
        n += put(out, "\x1B\x32", 2);
    if (layout->has_process_id)
        n += escpos_process_id(layout->id_before_cut, out + n);
    n += escpos_cut(layout, out + n);
    if (layout->n_present > 0)
        n += put(out + n, layout->present, layout->n_present);
    if (layout->has_process_id)
        n += escpos_process_id(layout->id_after_cut, out + n);
    if (layout->has_in_order)
        n += escpos_in_order(out + n);
    return n;
}

static int picture_check(const struct bitmap *p, const struct escpos_layout *l, struct err *err)
{
    if (p->rows == 0 || p->width_dots == 0 || p->stride != (p->width_dots + 7) / 8)
        return ERR(err, ERR_INVALID, "the picture is empty or its stride is wrong");
    if (p->width_dots > l->head_dots || p->rows > ESCPOS_MAX_ROWS || l->min_rows > ESCPOS_MAX_ROWS)
        return ERR(err, ERR_TOO_BIG, "%u x %u dots do not fit a head of %u", p->width_dots, p->rows,
                   l->head_dots);
    if (l->band_rows == 0 || l->band_rows > ESCPOS_MAX_BAND_ROWS || l->n_hello > ESCPOS_EXTRA_MAX ||
        l->n_present > ESCPOS_EXTRA_MAX)
        return ERR(err, ERR_INVALID, "bands of %u rows, or too much around them", l->band_rows);
    return 0;
}

/* Blank rows at the top are there already: the paper between head and blade. */
static uint32_t rows_to_skip(const struct bitmap *p, const struct escpos_layout *l)
{
    uint32_t n = 0;
    while (l->is_top_trimmed && n < l->blade_dots && n + 1 < p->rows) {
        for (uint32_t i = 0; i < p->stride; i++)
            if (p->bits[(size_t)n * p->stride + i] != 0)
                return n;
        n++;
    }
    return n;
}

int escpos_ticket(const struct bitmap *picture, const struct escpos_layout *layout, uint8_t **ret,
                  size_t *ret_n, size_t *ret_n_dots, struct err *err)
{
    uint8_t tail[FRAME_BYTES];
    struct bands b;
    int r = picture_check(picture, layout, err);
    if (r != 0)
        return r;
    r = bands_plan(&b, picture, rows_to_skip(picture, layout), layout, err);
    if (r != 0)
        return r;
    size_t tail_bytes = put_tail(tail, layout);
    size_t cap = FRAME_BYTES + tail_bytes + bands_bytes(&b);
    uint8_t *out = mem_zalloc(1, cap);
    size_t n = layout->n_hello > 0 ? put(out, layout->hello, layout->n_hello) : 0;
    size_t spacing = layout->image == ESCPOS_IMAGE_ESC_STAR ? 3 : 0;
    n += put_pads(out + n, &b, n + spacing, tail_bytes);
    if (spacing > 0) {
        n += put(out + n, "\x1B\x33", 2);
        out[n++] = layout->column_spacing;
    }
    b.first = n;
    n += bands_put(&b, picture, out + n);
    n += put(out + n, tail, tail_bytes);
    int n_dots = sanitise(out, n, &b);
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
