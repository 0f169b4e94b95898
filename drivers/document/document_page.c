/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing one page of a layout: rules, texts, the QR code as squares, the signature as strokes.
 * Everything is black: greys turn into dots on office printers. Thread: one at a time. */
#include "drivers/document/document_page.h"

#include <stdio.h>

static const double rule_pt = 0.5;
static const double stroke_pt = 0.5 * PAGE_MM;
static const double sign_width_pt = 52 * PAGE_MM;
static const double sign_gap_pt = 2 * PAGE_MM;
static const double lift_pt = 1.2 * PAGE_MM; /* of the writing line above the bottom of its row */

static double text_height(PangoLayout *t)
{
    PangoRectangle r;
    pango_layout_get_extents(t, NULL, &r);
    return (double)r.height / PANGO_SCALE;
}

static void text_draw(cairo_t *cr, PangoLayout *t, double x_pt, double y_pt)
{
    cairo_move_to(cr, x_pt, y_pt);
    pango_cairo_show_layout(cr, t);
}

static void line_draw(cairo_t *cr, double width_pt, double x1, double y1, double x2, double y2)
{
    cairo_set_line_width(cr, width_pt);
    cairo_move_to(cr, x1, y1);
    cairo_line_to(cr, x2, y2);
    cairo_stroke(cr);
}

/* One path for the whole code, so that no seams appear between modules. */
static void qr_draw(cairo_t *cr, const struct layout_qr *qr)
{
    double module = qr->size_pt / qr->n_modules;
    double left = PAGE_RIGHT_PT - qr->size_pt;
    for (int y = 0; y < qr->n_modules; y++) {
        for (int x = 0; x < qr->n_modules; x++) {
            int from = x;
            while (x < qr->n_modules && qr->is_dark[y * qr->n_modules + x])
                x++;
            if (x > from)
                cairo_rectangle(cr, left + from * module, PAGE_TOP_PT + y * module,
                                (x - from) * module, module);
        }
    }
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE); /* sharp edges on the printer's own raster */
    cairo_fill(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_DEFAULT);
}

/* @return width of the box */
static double copy_mark_draw(cairo_t *cr, PangoLayout *mark, double right_pt)
{
    PangoRectangle r;
    pango_layout_get_extents(mark, NULL, &r);
    double pad_x = 3 * PAGE_MM, pad_y = 0.6 * PAGE_MM;
    double width = (double)r.width / PANGO_SCALE + 2 * pad_x;
    double height = (double)r.height / PANGO_SCALE + 2 * pad_y;
    cairo_set_line_width(cr, 1.2);
    cairo_rectangle(cr, right_pt - width, PAGE_TOP_PT, width, height);
    cairo_stroke(cr);
    text_draw(cr, mark, right_pt - width + pad_x - (double)r.x / PANGO_SCALE, PAGE_TOP_PT + pad_y);
    return width;
}

static void header_draw(cairo_t *cr, const struct layout *l)
{
    double side = l->qr.n_modules > 0 ? l->qr.size_pt + 4 * PAGE_MM : 0;
    double y = PAGE_TOP_PT;
    if (l->qr.n_modules > 0)
        qr_draw(cr, &l->qr);
    if (l->copy_mark) {
        copy_mark_draw(cr, l->copy_mark, PAGE_RIGHT_PT - side);
        y += text_height(l->copy_mark) + 3 * PAGE_MM;
    } else {
        double title =
            text_height(l->title) + (*l->document->subtitle ? text_height(l->subtitle) : 0);
        double room = l->header_height_pt - 4 * PAGE_MM - title;
        y += room > 0 ? room / 2 : 0; /* beside a code: in the middle of its height */
    }
    text_draw(cr, l->title, PAGE_LEFT_PT + side, y);
    text_draw(cr, l->subtitle, PAGE_LEFT_PT + side, y + text_height(l->title) + 4);
}

static void running_draw(cairo_t *cr, const struct layout *l)
{
    double y = PAGE_TOP_PT + l->running_height_pt - 4 * PAGE_MM;
    text_draw(cr, l->running, PAGE_LEFT_PT, y - text_height(l->running) - 1);
    if (l->copy_mark)
        copy_mark_draw(cr, l->copy_mark, PAGE_RIGHT_PT);
    else
        line_draw(cr, rule_pt, PAGE_LEFT_PT, y, PAGE_RIGHT_PT, y);
}

static void footer_draw(cairo_t *cr, const struct layout *l, unsigned page)
{
    char text[64];
    double y = PAGE_BOTTOM_PT - l->footer_height_pt + 3 * PAGE_MM;
    snprintf(text, sizeof text, "第 %u 页 共 %u 页", page + 1, l->n_pages);
    PangoLayout *t = layout_small_text(l, text);
    PangoRectangle r;
    pango_layout_get_extents(t, NULL, &r);
    line_draw(cr, rule_pt, PAGE_LEFT_PT, y, PAGE_RIGHT_PT, y);
    y += 1.2 * PAGE_MM;
    text_draw(cr, l->number, PAGE_LEFT_PT, y);
    text_draw(cr, t, PAGE_RIGHT_PT - (double)r.width / PANGO_SCALE, y);
    text_draw(cr, l->footer, PAGE_LEFT_PT, y + (double)r.height / PANGO_SCALE);
    g_object_unref(t);
}

/* The strokes keep their shape and are never drawn larger than they were written. */
static void strokes_draw(cairo_t *cr, const struct strokes *s, double x_pt, double y_pt,
                         double width_pt, double height_pt)
{
    int16_t left = s->point[0].x, right = left, top = s->point[0].y, bottom = top;
    for (size_t i = 0; i < s->n_points; i++) {
        const struct stroke_point *p = &s->point[i];
        left = p->x < left ? p->x : left;
        right = p->x > right ? p->x : right;
        top = p->y < top ? p->y : top;
        bottom = p->y > bottom ? p->y : bottom;
    }
    double unit = 0.1 * PAGE_MM;
    double ink_width = (right - left) * unit + stroke_pt;
    double ink_height = (bottom - top) * unit + stroke_pt;
    double scale = 1;
    scale = ink_width * scale > width_pt ? width_pt / ink_width : scale;
    scale = ink_height * scale > height_pt ? height_pt / ink_height : scale;
    cairo_save(cr);
    cairo_translate(cr, x_pt + (width_pt - ink_width * scale) / 2,
                    y_pt + (height_pt - ink_height * scale));
    cairo_scale(cr, scale, scale);
    cairo_translate(cr, stroke_pt / 2, stroke_pt / 2);
    cairo_set_line_width(cr, stroke_pt);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    double last_x = 0, last_y = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        double x = (s->point[i].x - left) * unit, y = (s->point[i].y - top) * unit;
        bool is_new = i == 0 || s->point[i].stroke != s->point[i - 1].stroke;
        bool is_last = i + 1 == s->n_points || s->point[i + 1].stroke != s->point[i].stroke;
        if (is_new)
            cairo_move_to(cr, x, y);
        else /* through the middles of the segments: no corners where the finger was fast */
            cairo_curve_to(cr, last_x, last_y, last_x, last_y, (last_x + x) / 2, (last_y + y) / 2);
        if (is_last)
            cairo_line_to(cr, x, y);
        last_x = x;
        last_y = y;
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}

/* Who signs, the line, the date; all stand on the line. */
static void signature_draw(cairo_t *cr, const struct layout *l, const struct layout_piece *p)
{
    const struct layout_row *r = &l->row[p->row];
    double bottom = p->y_pt + p->height_pt - lift_pt;
    const struct layout_cell *who = &r->cell[0], *date = &r->cell[1];
    double line_left = who->x_pt + who->width + sign_gap_pt;
    double line_right = line_left + sign_width_pt;
    double date_left = date->x_pt;
    line_right = line_right > date_left ? date_left : line_right;
    text_draw(cr, who->text, who->x_pt, bottom - layout_span(who, 0, who->n_lines) + 2);
    text_draw(cr, date->text, date->x_pt, bottom - layout_span(date, 0, date->n_lines) + 2);
    line_draw(cr, rule_pt, line_left, bottom, line_right, bottom);
    if (r->does_carry_sign)
        strokes_draw(cr, l->document->strokes, line_left + sign_gap_pt, p->y_pt,
                     line_right - line_left - 2 * sign_gap_pt, bottom - p->y_pt - 3);
}

static void cell_draw(cairo_t *cr, const struct layout_cell *c, size_t from, size_t to, double y_pt)
{
    for (size_t i = from; i < to; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(c->text, (int)i);
        cairo_move_to(cr, c->x_pt + c->line[i].x, y_pt + c->line[i].baseline - c->line[from].top);
        pango_cairo_show_layout_line(cr, line);
    }
}

static void frame_draw(cairo_t *cr, const struct layout_row *r, const struct layout_piece *p)
{
    double pad = r->cell[0].x_pt - PAGE_LEFT_PT;
    cairo_set_line_width(cr, rule_pt);
    cairo_rectangle(cr, PAGE_LEFT_PT, p->y_pt, PAGE_TEXT_WIDTH_PT, p->height_pt);
    cairo_stroke(cr);
    for (size_t k = 1; k < r->n_cells; k++)
        line_draw(cr, rule_pt, r->cell[k].x_pt - pad, p->y_pt, r->cell[k].x_pt - pad,
                  p->y_pt + p->height_pt);
}

static void piece_draw(cairo_t *cr, const struct layout *l, const struct layout_piece *p)
{
    const struct layout_row *r = &l->row[p->row];
    if (r->kind == DOCUMENT_SIGNATURE) {
        signature_draw(cr, l, p);
        return;
    }
    if (r->is_framed)
        frame_draw(cr, r, p);
    for (size_t k = 0; k < r->n_cells; k++) {
        const struct layout_cell *c = &r->cell[k];
        double height = layout_span(c, p->from[k], p->to[k]);
        double y = r->is_framed ? p->y_pt + (p->height_pt - height) / 2 : p->y_pt + r->pad_pt;
        cell_draw(cr, c, p->from[k], p->to[k], y);
    }
}

void page_draw(cairo_t *cr, const struct layout *l, unsigned page)
{
    cairo_set_source_rgb(cr, 0, 0, 0);
    if (page == 0)
        header_draw(cr, l);
    else
        running_draw(cr, l);
    for (size_t i = 0; i < l->n_pieces; i++)
        if (l->piece[i].page == page)
            piece_draw(cr, l, &l->piece[i]);
    footer_draw(cr, l, page);
}
