/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything of a document stands on its A4 pages: texts shaped, rows broken over pages.
 * Independent of the device: the same layout is drawn into a PDF and into printer raster.
 * Thread: one at a time. */
#ifndef YJ_DOCUMENT_LAYOUT_H
#define YJ_DOCUMENT_LAYOUT_H

#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "types/document.h"

/* One point is 1/72 inch. Paper is A4 (ISO 216); 20 mm margins, 25 mm on the binding edge. */
#define PAGE_MM            (72.0 / 25.4)
#define PAGE_WIDTH_PT      (210 * PAGE_MM)
#define PAGE_HEIGHT_PT     (297 * PAGE_MM)
#define PAGE_LEFT_PT       (25 * PAGE_MM)
#define PAGE_RIGHT_PT      (PAGE_WIDTH_PT - 20 * PAGE_MM)
#define PAGE_TOP_PT        (20 * PAGE_MM)
#define PAGE_BOTTOM_PT     (PAGE_HEIGHT_PT - 20 * PAGE_MM)
#define PAGE_TEXT_WIDTH_PT (PAGE_RIGHT_PT - PAGE_LEFT_PT)

enum {
    LAYOUT_MAX_CELLS = 3,
    LAYOUT_MAX_PAGES = 40,
    /* every page break adds at most a table head and the rest of a broken row */
    LAYOUT_MAX_PIECES = DOCUMENT_MAX_BLOCKS + 2 * LAYOUT_MAX_PAGES,
    LAYOUT_MAX_QR_MODULES = 177,
};

/* From the top left of the cell's text, in points. */
struct layout_line {
    double x, top, bottom, baseline;
};

struct layout_cell {
    PangoLayout *text;  /* owned */
    double x_pt, width; /* of the column, without padding; x from the paper's left edge */
    size_t n_lines;
    struct layout_line *line; /* owned */
};

/* One block: a paragraph has one cell, a table row two or three. */
struct layout_row {
    enum document_block_kind kind;
    size_t n_cells;
    struct layout_cell cell[LAYOUT_MAX_CELLS];
    double gap_pt; /* white space above, none at the top of a page */
    double pad_pt; /* above and below the text, inside the frame */
    double min_height_pt;
    bool is_framed;       /* a table row */
    bool is_whole;        /* not broken over pages unless longer than one */
    bool does_keep_next;  /* stands on the page where the next one begins */
    bool does_carry_sign; /* this signature shows the strokes */
    int head;             /* row that heads this table, -1 none */
};

/* A row, or the part of one that stands on one page: lines from..to of each cell. */
struct layout_piece {
    size_t row;
    unsigned page; /* from 0 */
    double y_pt, height_pt;
    size_t from[LAYOUT_MAX_CELLS], to[LAYOUT_MAX_CELLS];
};

struct layout_qr {
    int n_modules; /* per side, 0 no code */
    double size_pt;
    unsigned char is_dark[LAYOUT_MAX_QR_MODULES * LAYOUT_MAX_QR_MODULES];
};

struct layout {
    const struct document *document; /* borrowed */
    PangoContext *pango;             /* owned */
    unsigned n_pages;
    /* the first page's head, the running head of the others, the foot; owned */
    PangoLayout *title, *subtitle, *running, *copy_mark, *number, *footer;
    double header_height_pt, running_height_pt, footer_height_pt;
    struct layout_qr qr;
    size_t n_rows, n_pieces;
    struct layout_row row[DOCUMENT_MAX_BLOCKS];
    struct layout_piece piece[LAYOUT_MAX_PIECES];
    size_t n_unknown_glyphs;
};

/**
 * Shape and place a document.
 * @param document  borrowed as long as the layout lives
 * @param ret       owned by the caller, released with layout_free
 * @return 0, ERR_DOCUMENT_GLYPH (with the number of characters that no font can draw), ERR_INVALID
 *         (no title, text that is no UTF-8, QR payload too long), ERR_TOO_BIG (more than
 *         LAYOUT_MAX_PAGES pages)
 * Blocks: some 100 ms, the first time in a process up to a second (fonts are opened).
 */
int layout_new(const struct document *document, struct layout **ret, struct err *err) YJ_CHECK;

/** Wipes. Accepts NULL. */
void layout_free(struct layout *l);

/** A text in the page's fonts that is not part of a block: page numbers. Owned by the caller. */
PangoLayout *layout_small_text(const struct layout *l, const char *text);

/** Height of a cell's lines from..to, 0 when there are none. */
double layout_span(const struct layout_cell *c, size_t from, size_t to);

/** document_flow.c: break the rows over pages. @return 0 or ERR_TOO_BIG */
int layout_flow(struct layout *l, struct err *err) YJ_CHECK;

#endif
