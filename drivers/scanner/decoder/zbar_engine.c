/* SPDX-License-Identifier: Apache-2.0 */
/* ZBar 0.23. Each setting has its reason: other symbologies cost time and are more to attack; text
 * mode guesses character sets wrongly; lower densities miss small modules; the result cache aborts
 * the process on one symbol of a structured append; and every decoded frame leaks some 220 bytes
 * until the scanner is destroyed, so it is renewed. */
#include "drivers/scanner/qr_engine.h"

#include <string.h>
#include <zbar.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { RENEW_AFTER = 500, FOURCC_Y800 = 0x30303859 };

struct qr_zbar {
    zbar_image_scanner_t *scanner;
    unsigned n_decoded;
};

void qr_reads_add(struct qr_reads *list, const uint8_t *bytes, size_t n, float x, float y)
{
    if (!bytes)
        n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i].is_part == (bytes == NULL) && list->at[i].n == n &&
            (n == 0 || memcmp(list->at[i].bytes, bytes, n) == 0))
            return;
    if (list->n == QR_READS_MAX || n > QR_BYTES_MAX)
        return;
    struct qr_read *r = &list->at[list->n++];
    r->is_part = bytes == NULL;
    r->x = x;
    r->y = y;
    r->n = n;
    if (n > 0)
        memcpy(r->bytes, bytes, n);
}

void qr_reads_wipe(struct qr_reads *list)
{
    for (size_t i = 0; i < list->n; i++)
        bytes_wipe(list->at[i].bytes, list->at[i].n);
    list->n = 0;
}

static void scanner_make(struct qr_zbar *z)
{
    z->scanner = zbar_image_scanner_create();
    z->n_decoded = 0;
    (void)zbar_image_scanner_set_config(z->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    (void)zbar_image_scanner_set_config(z->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    (void)zbar_image_scanner_set_config(z->scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    (void)zbar_image_scanner_set_config(z->scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, 1);
    (void)zbar_image_scanner_set_config(z->scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, 1);
    zbar_image_scanner_enable_cache(z->scanner, 0);
}

struct qr_zbar *qr_zbar_new(void)
{
    struct qr_zbar *z = mem_zalloc(1, sizeof *z);
    scanner_make(z);
    return z;
}

void qr_zbar_free(struct qr_zbar *z)
{
    if (!z)
        return;
    zbar_image_scanner_destroy(z->scanner);
    bytes_free_wiped(z);
}

static void symbol_add(const zbar_symbol_t *symbol, struct qr_reads *list)
{
    unsigned n_points = zbar_symbol_get_loc_size(symbol);
    float x = 0, y = 0;
    for (unsigned i = 0; i < n_points; i++) {
        x += (float)zbar_symbol_get_loc_x(symbol, i) / (float)n_points;
        y += (float)zbar_symbol_get_loc_y(symbol, i) / (float)n_points;
    }
    if (zbar_symbol_get_type(symbol) == ZBAR_PARTIAL)
        qr_reads_add(list, NULL, 0, x, y);
    else if (zbar_symbol_get_type(symbol) == ZBAR_QRCODE && zbar_symbol_get_data(symbol))
        qr_reads_add(list, (const uint8_t *)zbar_symbol_get_data(symbol),
                     zbar_symbol_get_data_length(symbol), x, y);
}

void qr_zbar_read(struct qr_zbar *z, const struct qr_image *m, struct qr_reads *list)
{
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, FOURCC_Y800);
    zbar_image_set_size(image, (unsigned)m->width, (unsigned)m->height);
    zbar_image_set_data(image, m->px, (unsigned long)m->width * (unsigned long)m->height, NULL);
    int n = zbar_scan_image(z->scanner, image);
    for (const zbar_symbol_t *s = n > 0 ? zbar_image_first_symbol(image) : NULL; s;
         s = zbar_symbol_next(s))
        symbol_add(s, list);
    zbar_image_destroy(image);
    if (n > 0 && ++z->n_decoded >= RENEW_AFTER) {
        zbar_image_scanner_destroy(z->scanner);
        scanner_make(z);
    }
}
