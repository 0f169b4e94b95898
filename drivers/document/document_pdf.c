/* SPDX-License-Identifier: Apache-2.0 */
/* A document as PDF bytes, through cairo. Thread: one at a time. */
#include "drivers/document/document_pdf.h"

#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "drivers/document/document_page.h"
#include "drivers/driver.h"

enum { FIRST_BYTES = 65536 };

bool document_bytes_add(struct document_bytes *b, const void *data, size_t n)
{
    if (n > DOCUMENT_MAX_BYTES - b->n)
        return false;
    if (b->n + n > b->cap) {
        size_t cap = b->cap ? b->cap : FIRST_BYTES;
        while (cap < b->n + n)
            cap *= 2;
        uint8_t *larger = mem_zalloc(cap, 1); /* no realloc: it would leave a copy behind */
        if (b->n > 0)
            memcpy(larger, b->data, b->n);
        if (b->data)
            bytes_wipe(b->data, b->n);
        free(b->data);
        b->data = larger;
        b->cap = cap;
    }
    if (n > 0)
        memcpy(b->data + b->n, data, n);
    b->n += n;
    return true;
}

void document_bytes_free(struct document_bytes *b)
{
    if (b->data)
        bytes_wipe(b->data, b->n);
    free(b->data);
    *b = (struct document_bytes){0};
}

static cairo_status_t on_bytes(void *arg, const unsigned char *data, unsigned n)
{
    return document_bytes_add(arg, data, n) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void metadata_set(cairo_surface_t *pdf, enum document_kind kind, int64_t wall_ms)
{
    static const char *const title[DOCUMENT_N_KINDS] = {
        [DOCUMENT_APPLICATION] = "申请表",
        [DOCUMENT_PROMISE] = "告知承诺书",
        [DOCUMENT_MATERIALS] = "材料清单",
    };
    char time[32];
    clock_rfc3339(wall_ms, time, sizeof time);
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE,
                                   (unsigned)kind < DOCUMENT_N_KINDS ? title[kind] : "");
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "yijian");
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, time);
}

int document_pdf_of(const struct layout *layout, int64_t wall_ms, struct document_bytes *ret,
                    struct err *err)
{
    struct document_bytes bytes = {0};
    cairo_surface_t *pdf =
        cairo_pdf_surface_create_for_stream(on_bytes, &bytes, PAGE_WIDTH_PT, PAGE_HEIGHT_PT);
    metadata_set(pdf, layout->document->kind, wall_ms);
    cairo_t *cr = cairo_create(pdf);
    for (unsigned page = 0; page < layout->n_pages; page++) {
        page_draw(cr, layout, page);
        cairo_show_page(cr);
    }
    cairo_status_t failed = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(pdf);
    failed = failed ? failed : cairo_surface_status(pdf);
    cairo_surface_destroy(pdf);
    if (failed) {
        document_bytes_free(&bytes);
        return ERR(err, failed == CAIRO_STATUS_WRITE_ERROR ? ERR_TOO_BIG : ERR_DOCUMENT_FAILED,
                   "cairo: %s", cairo_status_to_string(failed));
    }
    *ret = bytes;
    return 0;
}

int document_pdf(const struct document *document, int64_t wall_ms, struct document_bytes *ret,
                 struct err *err)
{
    struct layout *layout = NULL;
    int rc = layout_new(document, &layout, err);
    if (rc == 0)
        rc = document_pdf_of(layout, wall_ms, ret, err);
    layout_free(layout);
    return rc;
}

int driver_document_pdf(const struct document *document, int64_t wall_ms, void **ret,
                        size_t *ret_bytes, struct err *err)
{
    struct document_bytes b = {0};
    int rc = document_pdf(document, wall_ms, &b, err);
    if (rc) {
        document_bytes_free(&b);
        return rc;
    }
    *ret = b.data;
    *ret_bytes = b.n;
    return 0;
}
