/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures as bands of image commands: GS v 0, GS ( L or GS 8 L, ESC *. Pure. */
#include <string.h>

#include "base/bytes.h"
#include "drivers/printer/escpos_priv.h"

enum {
    COLUMN_ROWS = 24,
    HEAD_MAX = 17,
    GS_V_0_MAX_ROWS = 255,
    GRAPHICS_PARAMETERS = 10,
    SHORT_GRAPHICS_MAX = 65535,
};

static const uint8_t graphics_print[] = {0x1D, 0x28, 0x4C, 0x02, 0x00, 0x30, 0x32};

/* The head of a band. @return its bytes */
static size_t head_put(const struct bands *b, uint32_t rows, uint8_t *out)
{
    size_t data = (size_t)b->stride * rows + GRAPHICS_PARAMETERS, n = 0;
    if (b->image == ESCPOS_IMAGE_GS_V_0) {
        const uint8_t head[] = {0x1D,
                                0x76,
                                0x30,
                                0,
                                (uint8_t)b->stride,
                                (uint8_t)(b->stride >> 8),
                                (uint8_t)rows,
                                (uint8_t)(rows >> 8)};
        memcpy(out, head, sizeof head);
        return sizeof head;
    }
    if (b->image == ESCPOS_IMAGE_ESC_STAR) {
        const uint8_t head[] = {0x1B, 0x2A, 0x21, (uint8_t)b->dots, (uint8_t)(b->dots >> 8)};
        memcpy(out, head, sizeof head);
        return sizeof head;
    }
    /* one form for all bands of a ticket, so that all heads are of one length */
    if ((size_t)b->stride * b->band_rows + GRAPHICS_PARAMETERS > SHORT_GRAPHICS_MAX) {
        const uint8_t head[] = {0x1D,
                                0x38,
                                0x4C,
                                (uint8_t)data,
                                (uint8_t)(data >> 8),
                                (uint8_t)(data >> 16),
                                (uint8_t)(data >> 24)};
        memcpy(out, head, sizeof head);
        n = sizeof head;
    } else {
        const uint8_t head[] = {0x1D, 0x28, 0x4C, (uint8_t)data, (uint8_t)(data >> 8)};
        memcpy(out, head, sizeof head);
        n = sizeof head;
    }
    const uint8_t rest[] = {0x30,
                            0x70,
                            0x30,
                            1,
                            1,
                            0x31,
                            (uint8_t)b->dots,
                            (uint8_t)(b->dots >> 8),
                            (uint8_t)rows,
                            (uint8_t)(rows >> 8)};
    memcpy(out + n, rest, sizeof rest);
    return n + sizeof rest;
}

static bool is_head_clean(const struct bands *b, uint32_t rows)
{
    uint8_t head[HEAD_MAX];
    size_t n = head_put(b, rows, head);
    return escpos_find_real_time(head, n) == n && head[n - 1] != 0x10;
}

static size_t data_bytes(const struct bands *b, uint32_t rows)
{
    return b->image == ESCPOS_IMAGE_ESC_STAR ? (size_t)b->dots * 3 : (size_t)b->stride * rows;
}

static void split(struct bands *b)
{
    b->n_full = (b->rows - 1) / b->band_rows;
    b->last_rows = b->rows - (uint32_t)b->n_full * b->band_rows;
}

int bands_plan(struct bands *b, const struct bitmap *picture, uint32_t skip,
               const struct escpos_layout *layout, struct err *err)
{
    static const size_t tails[] = {0, sizeof graphics_print, 1};
    uint8_t head[HEAD_MAX];
    memset(b, 0, sizeof *b);
    b->image = layout->image;
    b->skip = skip;
    b->rows = picture->rows - skip;
    if (b->rows < layout->min_rows)
        b->rows = layout->min_rows;
    b->stride = picture->stride;
    b->dots = picture->stride * 8;
    b->band_rows = layout->band_rows;
    if (b->image == ESCPOS_IMAGE_ESC_STAR)
        b->band_rows = COLUMN_ROWS;
    else if (b->image == ESCPOS_IMAGE_GS_V_0 && b->band_rows > GS_V_0_MAX_ROWS)
        b->band_rows = GS_V_0_MAX_ROWS;
    /* numbers in a head can make a sequence: another band height, one blank row more at the end,
     * or one dot less at the right edge avoids it */
    if (!is_head_clean(b, b->band_rows) && b->image == ESCPOS_IMAGE_ESC_STAR)
        b->dots--;
    while (b->band_rows > 1 && !is_head_clean(b, b->band_rows)) {
        if (b->dots == b->stride * 8 && !is_head_clean(b, 1))
            b->dots--;
        else
            b->band_rows--;
    }
    split(b);
    for (int i = 0; i < 2 && !is_head_clean(b, b->last_rows); i++) {
        b->rows++;
        split(b);
    }
    if (!is_head_clean(b, b->band_rows) || !is_head_clean(b, b->last_rows))
        return ERR(err, ERR_INVALID, "no band of this width is free of real-time sequences");
    b->head_bytes = head_put(b, b->band_rows, head);
    b->data_bytes = data_bytes(b, b->band_rows);
    b->last_data_bytes = data_bytes(b, b->last_rows);
    b->tail_bytes = tails[b->image];
    return 0;
}

size_t bands_bytes(const struct bands *b)
{
    return b->n_full * bands_full_bytes(b) + b->head_bytes + b->last_data_bytes + b->tail_bytes;
}

size_t escpos_band_bytes(const struct escpos_layout *layout, uint32_t width_dots)
{
    size_t stride = (width_dots + 7) / 8;
    uint32_t rows = layout->image == ESCPOS_IMAGE_ESC_STAR ? COLUMN_ROWS : layout->band_rows;
    if (layout->image == ESCPOS_IMAGE_GS_V_0 && rows > GS_V_0_MAX_ROWS)
        rows = GS_V_0_MAX_ROWS;
    return HEAD_MAX + stride * rows;
}

/* Columns of 24 dots, top bit first. */
static void columns_put(const struct bands *b, const struct bitmap *p, uint32_t row, uint8_t *out)
{
    for (uint32_t y = 0; y < COLUMN_ROWS && row + y < p->rows; y++) {
        const uint8_t *line = p->bits + (size_t)(row + y) * p->stride;
        for (uint32_t x = 0; x < b->dots; x++)
            if (line[x / 8] & 0x80 >> x % 8)
                out[(size_t)x * 3 + y / 8] |= (uint8_t)(0x80 >> y % 8);
    }
}

size_t bands_put(const struct bands *b, const struct bitmap *picture, uint8_t *out)
{
    size_t n = 0;
    for (uint32_t done = 0; done < b->rows; done += b->band_rows) {
        uint32_t rows = b->rows - done < b->band_rows ? b->rows - done : b->band_rows;
        uint32_t from = b->skip + done;
        n += head_put(b, rows, out + n);
        if (b->image == ESCPOS_IMAGE_ESC_STAR) {
            columns_put(b, picture, from, out + n);
        } else if (from < picture->rows) { /* behind the picture it stays blank */
            uint32_t some = picture->rows - from < rows ? picture->rows - from : rows;
            memcpy(out + n, picture->bits + (size_t)b->stride * from, (size_t)b->stride * some);
        }
        n += data_bytes(b, rows);
        if (b->image == ESCPOS_IMAGE_GS_8_L)
            memcpy(out + n, graphics_print, sizeof graphics_print);
        else if (b->image == ESCPOS_IMAGE_ESC_STAR)
            out[n] = 0x0A;
        n += b->tail_bytes;
    }
    return n;
}

bool bands_is_picture(const struct bands *b, size_t at)
{
    if (at < b->first)
        return false;
    size_t index = (at - b->first) / bands_full_bytes(b),
           off = (at - b->first) % bands_full_bytes(b);
    if (index > b->n_full)
        return false;
    size_t data = index == b->n_full ? b->last_data_bytes : b->data_bytes;
    return off >= b->head_bytes && off < b->head_bytes + data;
}
