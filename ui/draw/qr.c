/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes: libqrencode behind a plain square of modules. Pure, any thread. */
#include "ui/draw/qr.h"

#include <errno.h>
#include <string.h>

#include <qrencode.h>

#include "base/bytes.h"

int qr_encode(const void *payload, size_t n, struct qr *ret, struct err *err)
{
    if (n == 0)
        return ERR(err, ERR_INVALID, "a QR code needs at least one byte");
    if (n > QR_MAX_PAYLOAD)
        return ERR(err, ERR_TOO_BIG, "%zu bytes do not fit a QR code", n);
    QRcode *code = QRcode_encodeData((int)n, payload, 0, QR_ECLEVEL_M);
    if (!code)
        return ERR(err, errno == ERANGE ? ERR_TOO_BIG : ERR_SYSTEM,
                   "%zu bytes could not be made a QR code", n);
    ret->n_modules = code->width;
    size_t n_cells = (size_t)code->width * (size_t)code->width;
    for (size_t i = 0; i < n_cells; i++)
        ret->dark[i] = code->data[i] & 1; /* bit 0 is the colour, the others tell the role */
    bytes_wipe(code->data, n_cells);
    QRcode_free(code);
    return 0;
}

int qr_side(const struct qr *qr, int unit)
{
    return (qr->n_modules + 2 * QR_QUIET) * unit;
}

int qr_unit_for(const struct qr *qr, int side)
{
    return side / (qr->n_modules + 2 * QR_QUIET);
}

void qr_draw_bitmap(const struct qr *qr, struct bitmap *bm, uint32_t left, uint32_t top, int unit)
{
    uint32_t u = (uint32_t)unit, n = (uint32_t)qr->n_modules;
    uint32_t x0 = left + QR_QUIET * u, y0 = top + QR_QUIET * u;
    for (uint32_t y = 0; y < n * u; y++) {
        uint8_t *row = bm->bits + (size_t)(y0 + y) * bm->stride;
        const uint8_t *dark = qr->dark + (y / u) * n;
        for (uint32_t x = 0; x < n * u; x++) {
            uint32_t dot = x0 + x;
            if (dark[x / u])
                row[dot / 8] |= (uint8_t)(0x80u >> dot % 8);
        }
    }
}

void qr_draw_surface(const struct qr *qr, struct surface *s, int x, int y, int unit, colour_t dark,
                     colour_t light)
{
    int side = qr_side(qr, unit), n = qr->n_modules;
    surface_fill(s, rect_of(x, y, side, side), light);
    for (int row = 0; row < n; row++) {
        /* one box for a run of dark modules: fewer calls, same pixels */
        for (int col = 0, end; col < n; col = end + 1) {
            for (end = col; end < n && qr->dark[row * n + end]; end++)
                ;
            surface_fill(s,
                         rect_of(x + (col + QR_QUIET) * unit, y + (row + QR_QUIET) * unit,
                                 (end - col) * unit, unit),
                         dark);
        }
    }
}
