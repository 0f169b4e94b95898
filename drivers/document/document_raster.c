/* SPDX-License-Identifier: Apache-2.0 */
/* A document as printer raster: cairo draws the ink as coverage, libcups packs the rows.
 * Thread: one at a time. */
#include "drivers/document/document_raster.h"

#include <cups/cups.h>
#include <cups/raster.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/document/document_page.h"

enum { MIN_DPI = 150, MAX_DPI = 600, HALF = 128, WHITE = 255 };

static ssize_t on_bytes(void *arg, unsigned char *data, size_t n)
{
    return document_bytes_add(arg, data, n) ? (ssize_t)n : -1;
}

/* One row of coverage (255 is ink) as the printer wants it. */
static void row_pack(const uint8_t *ink, const cups_page_header2_t *h, uint8_t *ret)
{
    if (h->cupsBitsPerPixel == 1) {
        memset(ret, 0, h->cupsBytesPerLine);
        for (unsigned x = 0; x < h->cupsWidth; x++)
            if (ink[x] >= HALF)
                ret[x / 8] |= (uint8_t)(0x80 >> x % 8);
        return;
    }
    unsigned n = h->cupsBitsPerPixel / 8;
    for (unsigned x = 0; x < h->cupsWidth; x++)
        memset(ret + (size_t)x * n, WHITE - ink[x], n);
}

/* Back sides stand as the paper path turns them: the header says how. */
static void page_turn(cairo_t *cr, const cups_page_header2_t *h)
{
    int across = (int)h->cupsInteger[CUPS_RASTER_PWG_CrossFeedTransform];
    int along = (int)h->cupsInteger[CUPS_RASTER_PWG_FeedTransform];
    if (across < 0) {
        cairo_translate(cr, h->cupsWidth, 0);
        cairo_scale(cr, -1, 1);
    }
    if (along < 0) {
        cairo_translate(cr, 0, h->cupsHeight);
        cairo_scale(cr, 1, -1);
    }
}

static int page_write(cups_raster_t *raster, const struct layout *layout, unsigned page,
                      cups_page_header2_t *h, struct err *err)
{
    int rc = 0;
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_A8, (int)h->cupsWidth, (int)h->cupsHeight);
    cairo_t *cr = cairo_create(image);
    page_turn(cr, h);
    cairo_scale(cr, h->cupsWidth / PAGE_WIDTH_PT, h->cupsHeight / PAGE_HEIGHT_PT);
    page_draw(cr, layout, page);
    cairo_status_t failed = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(image);
    if (failed)
        rc = ERR(err, ERR_DOCUMENT_FAILED, "cairo: %s", cairo_status_to_string(failed));
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    uint8_t *ink = cairo_image_surface_get_data(image);
    uint8_t *row = mem_zalloc(h->cupsBytesPerLine, 1);
    if (rc == 0 && !cupsRasterWriteHeader2(raster, h))
        rc = ERR(err, ERR_TOO_BIG, "the raster is too big");
    for (unsigned y = 0; y < h->cupsHeight && rc == 0; y++) {
        row_pack(ink + y * stride, h, row);
        if (cupsRasterWritePixels(raster, row, h->cupsBytesPerLine) != h->cupsBytesPerLine)
            rc = ERR(err, ERR_TOO_BIG, "the raster is too big");
    }
    if (ink)
        bytes_wipe(ink, stride * h->cupsHeight);
    bytes_wipe(row, h->cupsBytesPerLine);
    free(row);
    cairo_surface_destroy(image);
    return rc;
}

int document_raster_of(const struct layout *layout, const struct raster_cfg *cfg,
                       struct document_bytes *ret, struct err *err)
{
    struct document_bytes bytes = {0};
    pwg_media_t *a4 = pwgMediaForPWG("iso_a4_210x297mm");
    if (!a4 || cfg->dpi < MIN_DPI || cfg->dpi > MAX_DPI)
        return ERR(err, ERR_DOCUMENT_FAILED, "%d dpi is no resolution for raster", cfg->dpi);
    cups_raster_t *raster = cupsRasterOpenIO(
        on_bytes, &bytes, cfg->is_urf ? CUPS_RASTER_WRITE_APPLE : CUPS_RASTER_WRITE_PWG);
    int rc = raster ? 0 : ERR(err, ERR_DOCUMENT_FAILED, "raster: %s", cupsLastErrorString());
    for (unsigned page = 0; page < layout->n_pages && rc == 0; page++) {
        cups_page_header2_t h;
        bool is_back = page % 2 == 1 && strncmp(cfg->sides, "two-sided", 9) == 0;
        if (!cupsRasterInitPWGHeader(&h, a4, cfg->type, cfg->dpi, cfg->dpi, cfg->sides,
                                     is_back ? cfg->sheet_back : NULL)) {
            rc = ERR(err, ERR_DOCUMENT_FAILED, "no raster of type %s", cfg->type);
            break;
        }
        h.cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = layout->n_pages;
        rc = page_write(raster, layout, page, &h, err);
    }
    if (raster)
        cupsRasterClose(raster);
    if (rc < 0)
        document_bytes_free(&bytes);
    else
        *ret = bytes;
    return rc;
}
