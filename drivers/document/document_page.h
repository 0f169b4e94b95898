/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing one page of a layout. Thread: one at a time. */
#ifndef YJ_DOCUMENT_PAGE_H
#define YJ_DOCUMENT_PAGE_H

#include <cairo.h>

#include "drivers/document/document_layout.h"

/**
 * Draw a page; black on what is there already.
 * @param cr    user units are points, origin at the paper's top left corner
 * @param page  0..n_pages-1
 */
void page_draw(cairo_t *cr, const struct layout *l, unsigned page);

#endif
