/* SPDX-License-Identifier: Apache-2.0 */
/* What the encoder's files share: a picture cut into bands, one image command each. Thread: any. */
#ifndef YJ_PRINTER_ESCPOS_PRIV_H
#define YJ_PRINTER_ESCPOS_PRIV_H

#include "drivers/printer/escpos.h"

/* Full bands and one last, lower one; each has head, picture bytes and a tail. */
struct bands {
    enum escpos_image image;
    uint32_t skip, rows; /* rows of the picture left out at the top; rows to print */
    uint32_t stride, band_rows, last_rows;
    uint32_t dots; /* columns of ESC *, width of GS 8 L */
    size_t n_full; /* bands of band_rows */
    size_t head_bytes, data_bytes, last_data_bytes, tail_bytes;
    size_t first; /* offset of the first band in the stream */
};

/** @return 0, or ERR_INVALID when no band height avoids a real-time sequence in its own head */
int bands_plan(struct bands *b, const struct bitmap *picture, uint32_t skip,
               const struct escpos_layout *layout, struct err *err) YJ_CHECK;

/** @return bytes of all bands. */
size_t bands_bytes(const struct bands *b);

/** Write all bands. @return bytes */
size_t bands_put(const struct bands *b, const struct bitmap *picture, uint8_t *out);

/** @return whether the byte at this offset of the stream belongs to the picture. */
bool bands_is_picture(const struct bands *b, size_t at);

static inline size_t bands_full_bytes(const struct bands *b)
{
    return b->head_bytes + b->data_bytes + b->tail_bytes;
}

#endif
