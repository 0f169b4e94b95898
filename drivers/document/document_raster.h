/* SPDX-License-Identifier: Apache-2.0 */
/* A document as printer raster, for printers that take no PDF: PWG raster (PWG 5102.4) or its
 * sister URF. Thread: one at a time. */
#ifndef YJ_DOCUMENT_RASTER_H
#define YJ_DOCUMENT_RASTER_H

#include "drivers/document/document_pdf.h"

struct raster_cfg {
    bool is_urf;
    char type[16];       /* "black_1", "sgray_8" or "srgb_8" */
    int dpi;             /* 150..600 */
    char sides[32];      /* IPP sides */
    char sheet_back[16]; /* pwg-raster-document-sheet-back */
};

/**
 * Draw the pages.
 * @param ret  empty; filled on success, owned by the caller
 * @return 0, ERR_TOO_BIG or ERR_DOCUMENT_FAILED (cfg not possible, cairo)
 * Blocks: some 100 ms a page.
 */
int document_raster_of(const struct layout *layout, const struct raster_cfg *cfg,
                       struct document_bytes *ret, struct err *err) YJ_CHECK;

#endif
