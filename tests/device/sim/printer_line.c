/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the printer model: the line buffer, rasters and stored pictures, each row when there is
 * time for it. Runs under the bus lock. */
#include <string.h>

#include "printer_priv.h"

static size_t align_offset(const struct interpreter *in, size_t width)
{
    size_t room = width < PRINTER_DOTS ? PRINTER_DOTS - width : 0;

    return in->align == 1 ? room / 2 : in->align == 2 ? room : 0;
}

/* One row of dots, each wide times, at its place in the line. */
static void dots_place(const struct interpreter *in, uint8_t row[ROW_BYTES], const uint8_t *bits,
                       size_t n_dots, size_t wide)
{
    size_t left = align_offset(in, n_dots * wide);

    for (size_t i = 0; i < n_dots; i++)
        if (bits[i / 8] & 0x80 >> i % 8)
            for (size_t k = 0; k < wide; k++)
                dot_set(row, left + i * wide + k);
}

enum step raster_row(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;
    size_t wide = in->raster_mode & 1 ? 2 : 1, high = in->raster_mode & 2 ? 2 : 1;
    uint8_t row[ROW_BYTES] = {0}, bits[ROW_BYTES] = {0};

    if (m->rx_n < in->raster_bytes)
        return STEP_STARVED;
    if (*budget < (double)high)
        return STEP_NO_TIME;
    for (size_t i = 0; i < in->raster_bytes && i < ROW_BYTES; i++)
        bits[i] = rx_peek(m, i);
    dots_place(in, row, bits, 8 * (in->raster_bytes < ROW_BYTES ? in->raster_bytes : ROW_BYTES),
               wide);
    rx_drop(m, in->raster_bytes);
    in->raster_rows--;
    for (size_t k = 0; k < high && m->link->is_up(m); k++)
        printer_row(m, row);
    *budget -= (double)high;
    return STEP_DONE;
}

enum step show_row(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;
    struct picture *p = &in->stored;
    uint8_t row[ROW_BYTES] = {0};

    if (*budget < (double)p->y)
        return STEP_NO_TIME;
    dots_place(in, row, p->bits + in->show_row * p->stride, p->stride * 8, p->x);
    for (size_t k = 0; k < p->y && m->link->is_up(m); k++)
        printer_row(m, row);
    *budget -= (double)p->y;
    if (++in->show_row >= p->rows) {
        in->is_showing = false;
        in->show_row = 0;
    }
    return STEP_DONE;
}

enum step line_row(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;
    uint8_t row[ROW_BYTES] = {0};

    if (*budget < 1)
        return STEP_NO_TIME;
    dots_place(in, row, in->line[in->line_row],
               in->line_x < PRINTER_DOTS ? in->line_x : PRINTER_DOTS, 1);
    printer_row(m, row);
    *budget -= 1;
    if (++in->line_row >= (int)in->line_high) {
        in->line_row = -1;
        in->line_x = in->line_high = 0;
        memset(in->line, 0, sizeof in->line);
    }
    return STEP_DONE;
}

void line_end(struct interpreter *in, size_t feed_rows)
{
    if (in->line_x > 0 && in->line_high > 0) {
        in->line_row = 0;
        feed_rows = feed_rows > in->line_high ? feed_rows - in->line_high : 0;
    }
    in->feed_rows += feed_rows;
}
