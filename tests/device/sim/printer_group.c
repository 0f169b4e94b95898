/* SPDX-License-Identifier: Apache-2.0 */
/* The long commands of the printer model: GS ( x, FS ( x, ESC ( x and GS 8 L. Runs under the bus
 * lock. Source: Epson ESC/POS command reference. */
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "printer_priv.h"

enum { GS = 0x1d, BLOCK_MAX = 4096, PICTURE_BYTES_MAX = 1 << 20 };

static void picture_make(struct picture *p, size_t stride, size_t rows, size_t x, size_t y)
{
    free(p->bits);
    *p = (struct picture){.stride = stride, .rows = rows, .x = x, .y = y};
    p->bits = mem_zalloc(stride * rows, 1);
}

/* The parameters of fn 112 follow at `at`; its data is taken as it comes.
 * @param data_bytes  of the whole function, from m on */
static void store_start(struct printer_model *m, size_t at, size_t data_bytes)
{
    size_t x = rx_peek(m, at + 3), y = rx_peek(m, at + 4);
    size_t dots = (size_t)(rx_peek(m, at + 6) | rx_peek(m, at + 7) << 8);
    size_t rows = (size_t)(rx_peek(m, at + 8) | rx_peek(m, at + 9) << 8);
    size_t stride = (dots + 7) / 8;

    m->in.store_bytes = data_bytes - 10;
    if (dots == 0 || rows == 0 || stride * rows > PICTURE_BYTES_MAX || x < 1 || x > 2 || y < 1 ||
        y > 2 || stride * rows != data_bytes - 10) {
        m->count.n_unknown++;
        picture_make(&m->in.stored, 1, 1, 1, 1);
        m->in.stored.rows = 0;
        return;
    }
    picture_make(&m->in.stored, stride, rows, x, y);
}

static void picture_show(struct printer_model *m)
{
    if (m->in.stored.bits == NULL || m->in.stored.rows == 0) {
        m->count.n_unknown++;
        return;
    }
    line_end(&m->in, 0);
    m->in.is_showing = true;
    m->in.show_row = 0;
}

enum step parse_long_group(struct printer_model *m)
{
    if (m->rx_n < 17)
        return STEP_STARVED;
    size_t n = rx_peek(m, 3) | (size_t)rx_peek(m, 4) << 8 | (size_t)rx_peek(m, 5) << 16 |
               (size_t)rx_peek(m, 6) << 24;
    if (rx_peek(m, 2) != 'L' || rx_peek(m, 8) != 112 || n < 10 || n > PICTURE_BYTES_MAX) {
        m->count.n_unknown++;
        rx_drop(m, 7);
        return STEP_DONE;
    }
    store_start(m, 7, n);
    rx_drop(m, 17);
    return STEP_DONE;
}

static QRcode *qr_make(const struct interpreter *in)
{
    static const QRecLevel levels[] = {QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};

    if (in->qr_bytes == 0 || in->qr_level < 48 || in->qr_level > 51)
        return NULL;
    return QRcode_encodeData((int)in->qr_bytes, in->qr_data, 0, levels[in->qr_level - 48]);
}

static void qr_print(struct printer_model *m)
{
    QRcode *qr = qr_make(&m->in);

    if (qr == NULL) {
        m->count.n_unknown++;
        return;
    }
    size_t n = (size_t)qr->width, stride = (n + 7) / 8;
    picture_make(&m->in.stored, stride, n, m->in.qr_module, m->in.qr_module);
    for (size_t i = 0; i < n * n; i++)
        if (qr->data[i] & 1)
            m->in.stored.bits[i / n * stride + i % n / 8] |= (uint8_t)(0x80 >> i % n % 8);
    QRcode_free(qr);
    picture_show(m);
}

/* fn 182: how large it will be, in dots. */
static void qr_size(struct printer_model *m)
{
    QRcode *qr = qr_make(&m->in);
    unsigned dots = qr ? (unsigned)qr->width * m->in.qr_module : 0;
    char block[48];

    QRcode_free(qr);
    int n = snprintf(block, sizeof block,
                     "\x37\x36%u\x1f%u\x1f"
                     "1\x1f%d",
                     dots, dots, dots > PRINTER_DOTS || dots == 0 ? 1 : 0);
    printer_reply(m, block, (size_t)n + 1);
}

/* GS ( k, two-dimensional codes; n bytes from cn on at 5. */
static void do_code(struct printer_model *m, size_t n)
{
    struct interpreter *in = &m->in;
    uint8_t fn = rx_peek(m, 6), arg = n > 2 ? rx_peek(m, 7) : 0;

    if (n < 3 || rx_peek(m, 5) != 0x31) {
        m->count.n_unknown++; /* only QR codes */
    } else if (fn == 0x43) {
        in->qr_module = arg >= 1 && arg <= 16 ? arg : 3;
    } else if (fn == 0x45) {
        in->qr_level = arg;
    } else if (fn == 0x50) {
        in->qr_bytes = n - 3 < sizeof in->qr_data ? n - 3 : 0;
        for (size_t i = 0; i < in->qr_bytes; i++)
            in->qr_data[i] = rx_peek(m, 8 + i);
    } else if (fn == 0x51) {
        qr_print(m);
    } else if (fn == 0x52) {
        qr_size(m);
    } else if (fn != 0x41) {
        m->count.n_unknown++;
    }
}

/* GS ( H: request and response. */
static void do_response(struct printer_model *m, size_t n)
{
    uint8_t id[4];

    if (n == 6 && rx_peek(m, 5) == 0x30 && rx_peek(m, 6) == 0x30) {
        for (size_t i = 0; i < 4; i++)
            id[i] = rx_peek(m, 7 + i);
        printer_reply_process_id(m, id);
    } else if (n == 3 && rx_peek(m, 5) == 0x31 && rx_peek(m, 6) == 0x30) {
        m->in.has_offline_response = rx_peek(m, 7) != 0;
    } else {
        m->count.n_unknown++;
    }
}

static void do_group(struct printer_model *m, uint8_t lead, uint8_t which, size_t n)
{
    if (lead == GS && which == 'H')
        do_response(m, n);
    else if (lead == GS && which == 'k')
        do_code(m, n);
    else if (lead == GS && which == 'L' && n == 2 && (rx_peek(m, 6) == 50 || rx_peek(m, 6) == 2))
        picture_show(m);
    else if (strchr(lead == GS ? "KDEAN" : "ACEL", which) == NULL)
        m->count.n_unknown++;
}

/* x ( y pL pH ... */
enum step parse_group(struct printer_model *m, uint8_t lead)
{
    if (m->rx_n < 5)
        return STEP_STARVED;
    size_t n = (size_t)(rx_peek(m, 3) | rx_peek(m, 4) << 8);
    if (lead == GS && rx_peek(m, 2) == 'L' && n > 10) {
        if (m->rx_n < 15)
            return STEP_STARVED;
        if (rx_peek(m, 6) == 112) {
            store_start(m, 5, n);
            rx_drop(m, 15);
            return STEP_DONE;
        }
    }
    if (n > BLOCK_MAX || 5 + n > m->rx_cap) {
        m->count.n_unknown++;
        rx_drop(m, 5);
        return STEP_DONE;
    }
    if (m->rx_n < 5 + n)
        return STEP_STARVED;
    do_group(m, lead, rx_peek(m, 2), n);
    rx_drop(m, 5 + n);
    return STEP_DONE;
}
