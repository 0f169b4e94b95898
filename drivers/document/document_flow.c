/* SPDX-License-Identifier: Apache-2.0 */
/* Breaking the rows of a document over pages: headings stay with what they head, table rows are
 * not broken unless longer than a page, paragraphs leave no single line behind, a table's head is
 * repeated. Pure arithmetic. Thread: one at a time. */
#include <string.h>

#include "drivers/document/document_layout.h"

enum { LINES_TOGETHER = 2 }; /* of a paragraph, before and after a break */

struct flow {
    struct layout *l;
    unsigned page;
    double y_pt;
    bool is_at_top, is_full;
};

static double page_top(const struct layout *l, unsigned page)
{
    return PAGE_TOP_PT + (page == 0 ? l->header_height_pt : l->running_height_pt);
}

static double page_bottom(const struct layout *l)
{
    return PAGE_BOTTOM_PT - l->footer_height_pt;
}

static void page_next(struct flow *f)
{
    if (f->page + 1 >= LAYOUT_MAX_PAGES)
        f->is_full = true;
    else
        f->page++;
    f->y_pt = page_top(f->l, f->page);
    f->is_at_top = true;
}

/* Sums of heights may differ in their last digit. */
#define ROUNDING_PT 0.01

/* Height of a row's lines beginning at from. */
static double rest_height(const struct layout_row *r, const size_t from[LAYOUT_MAX_CELLS])
{
    double most = 0;
    bool is_begun = false;
    for (size_t k = 0; k < r->n_cells; k++) {
        double span = layout_span(&r->cell[k], from[k], r->cell[k].n_lines);
        most = span > most ? span : most;
        is_begun = is_begun || from[k] > 0;
    }
    most += 2 * r->pad_pt;
    return !is_begun && most < r->min_height_pt ? r->min_height_pt : most;
}

static double row_height(const struct layout_row *r)
{
    return rest_height(r, (const size_t[LAYOUT_MAX_CELLS]){0});
}

/* Lines that fit into the room. @return their height, 0 when none does */
static double lines_fit(const struct layout_row *r, const size_t from[LAYOUT_MAX_CELLS],
                        double room_pt, bool is_forced, size_t ret_to[LAYOUT_MAX_CELLS])
{
    double most = 0;
    for (size_t k = 0; k < r->n_cells; k++) {
        const struct layout_cell *c = &r->cell[k];
        size_t to = from[k];
        while (to < c->n_lines && layout_span(c, from[k], to + 1) <= room_pt - 2 * r->pad_pt)
            to++;
        if (is_forced && to == from[k] && to < c->n_lines)
            to++;
        if (!is_forced && !r->is_framed && k == 0) {
            size_t left = c->n_lines - to;
            if (left > 0 && left < LINES_TOGETHER)
                to = to > from[k] + 1 ? to - 1 : from[k];
            if (to - from[k] < LINES_TOGETHER)
                return 0;
        }
        ret_to[k] = to;
        double span = layout_span(c, from[k], to);
        most = span > most ? span : most;
    }
    return most > 0 ? most + 2 * r->pad_pt : 0;
}

static void piece_add(struct flow *f, size_t row, const size_t from[LAYOUT_MAX_CELLS],
                      const size_t to[LAYOUT_MAX_CELLS], double height_pt)
{
    struct layout_piece *p = &f->l->piece[f->l->n_pieces];
    if (f->is_full || f->l->n_pieces >= LAYOUT_MAX_PIECES) {
        f->is_full = true;
        return;
    }
    f->l->n_pieces++;
    p->row = row;
    p->page = f->page;
    p->y_pt = f->y_pt;
    p->height_pt = height_pt;
    memcpy(p->from, from, sizeof p->from);
    memcpy(p->to, to, sizeof p->to);
    f->y_pt += height_pt;
    f->is_at_top = false;
}

static void rest_add(struct flow *f, size_t row, const size_t from[LAYOUT_MAX_CELLS])
{
    const struct layout_row *r = &f->l->row[row];
    size_t to[LAYOUT_MAX_CELLS] = {0};
    for (size_t k = 0; k < r->n_cells; k++)
        to[k] = r->cell[k].n_lines;
    piece_add(f, row, from, to, rest_height(r, from));
}

/* A new page in the middle of a table begins with its head. */
static void page_next_in(struct flow *f, const struct layout_row *r)
{
    static const size_t start[LAYOUT_MAX_CELLS];
    page_next(f);
    if (r->head >= 0)
        rest_add(f, (size_t)r->head, start);
}

static bool is_end(const struct layout_row *r, const size_t from[LAYOUT_MAX_CELLS])
{
    for (size_t k = 0; k < r->n_cells; k++)
        if (from[k] < r->cell[k].n_lines)
            return false;
    return true;
}

static void row_place(struct flow *f, size_t row)
{
    const struct layout_row *r = &f->l->row[row];
    size_t from[LAYOUT_MAX_CELLS] = {0};
    double whole = page_bottom(f->l) - page_top(f->l, 1) -
                   (r->head >= 0 ? row_height(&f->l->row[r->head]) : 0);
    bool is_fresh = false; /* the page holds nothing that a further break could help with */
    if (!f->is_at_top)
        f->y_pt += r->gap_pt;
    while (!f->is_full && !is_end(r, from)) {
        size_t to[LAYOUT_MAX_CELLS] = {0};
        double room = page_bottom(f->l) - f->y_pt;
        if (rest_height(r, from) <= room + ROUNDING_PT) {
            rest_add(f, row, from);
            return;
        }
        bool can_break = !r->is_whole || row_height(r) > whole;
        double height = can_break ? lines_fit(r, from, room, is_fresh || f->is_at_top, to) : 0;
        if (height > 0) {
            piece_add(f, row, from, to, height);
            memcpy(from, to, sizeof from);
        }
        page_next_in(f, r);
        is_fresh = true;
    }
}

/* Least height of a row that may stand at the foot of a page. */
static double least_height(const struct layout_row *r)
{
    size_t n = LINES_TOGETHER + 1;
    if (r->is_whole || r->n_cells == 0 || r->cell[0].n_lines <= n)
        return row_height(r);
    return layout_span(&r->cell[0], 0, LINES_TOGETHER) + 2 * r->pad_pt;
}

int layout_flow(struct layout *l, struct err *err)
{
    struct flow f = {.l = l, .y_pt = page_top(l, 0), .is_at_top = true};
    size_t i = 0;
    while (i < l->n_rows) {
        size_t last = i;
        double need = 0;
        while (l->row[last].does_keep_next && last + 1 < l->n_rows) {
            need += l->row[last].gap_pt + row_height(&l->row[last]);
            last++;
        }
        need += l->row[last].gap_pt + least_height(&l->row[last]);
        bool can_fit = need <= page_bottom(l) - page_top(l, 1);
        if (can_fit && !f.is_at_top && f.y_pt + need > page_bottom(l)) {
            if (l->row[i].head >= 0)
                page_next_in(&f, &l->row[i]);
            else
                page_next(&f);
        }
        for (; i <= last; i++)
            row_place(&f, i);
    }
    l->n_pages = f.page + 1;
    if (f.is_full)
        return ERR(err, ERR_TOO_BIG, "the document has more than %d pages", LAYOUT_MAX_PAGES);
    return 0;
}
