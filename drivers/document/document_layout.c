/* SPDX-License-Identifier: Apache-2.0 */
/* Shaping the texts of a document: fonts, columns, line positions. Fonts are unhinted and
 * positions unrounded, so that lines break alike on every resolution. Thread: one at a time. */
#include "drivers/document/document_layout.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

/* Songti for what is read, Heiti for what guides, as Chinese forms have it. HanaMin holds the
 * characters of GB 18030-2022 level 3 that Noto lacks. */
#define SERIF "Noto Serif CJK SC,Noto Sans CJK SC,HanaMinA,HanaMinB"
#define SANS  "Noto Sans CJK SC,HanaMinA,HanaMinB"

struct face {
    const char *family;
    double size_pt;
    bool is_bold;
};
static const struct face title_face = {SERIF, 22, true};
static const struct face subtitle_face = {SERIF, 14, false};
static const struct face heading_face = {SANS, 13, true};
static const struct face body_face = {SERIF, 12, false};
static const struct face label_face = {SANS, 11, false};
static const struct face head_face = {SANS, 11, true};
static const struct face note_face = {SERIF, 10, false};
static const struct face small_face = {SANS, 9, false};
static const struct face mark_face = {SANS, 14, true};

static const double cell_pad_x_pt = 2.2 * PAGE_MM;
static const double qr_module_pt = 0.6 * PAGE_MM;
static const double qr_least_module_pt = 0.33 * PAGE_MM; /* four dots of 300 dpi */
static const double qr_min_pt = 22 * PAGE_MM;
static const double qr_max_pt = 36 * PAGE_MM;
static const double signature_height_pt = 24 * PAGE_MM;
static const double date_width_pt = 50 * PAGE_MM;

/* ---- one text ------------------------------------------------------------------------------ */

static PangoLayout *text_new(PangoContext *pango, const struct face *f, const char *text)
{
    PangoLayout *t = pango_layout_new(pango);
    PangoFontDescription *font = pango_font_description_from_string(f->family);
    pango_font_description_set_size(font, (int)(f->size_pt * PANGO_SCALE));
    pango_font_description_set_weight(font, f->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(t, font);
    pango_font_description_free(font);
    pango_layout_set_wrap(t, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(t, text, -1);
    return t;
}

static double text_width(PangoLayout *t)
{
    PangoRectangle r;
    pango_layout_get_extents(t, NULL, &r);
    return (double)r.width / PANGO_SCALE;
}

static double text_height(PangoLayout *t)
{
    PangoRectangle r;
    pango_layout_get_extents(t, NULL, &r);
    return (double)r.height / PANGO_SCALE;
}

static void text_wrap(PangoLayout *t, double width_pt)
{
    pango_layout_set_width(t, (int)(width_pt * PANGO_SCALE));
}

static void text_limit(PangoLayout *t, int n_lines)
{
    pango_layout_set_height(t, -n_lines);
    pango_layout_set_ellipsize(t, PANGO_ELLIPSIZE_END);
}

static void cell_measure(struct layout *l, struct layout_cell *c)
{
    PangoLayoutIter *it = pango_layout_get_iter(c->text);
    size_t i = 0;
    l->n_unknown_glyphs += (size_t)pango_layout_get_unknown_glyphs_count(c->text);
    c->n_lines = (size_t)pango_layout_get_line_count(c->text);
    c->line = mem_zalloc(c->n_lines, sizeof *c->line);
    do {
        PangoRectangle r;
        pango_layout_iter_get_line_extents(it, NULL, &r);
        c->line[i++] = (struct layout_line){
            .x = (double)r.x / PANGO_SCALE,
            .top = (double)r.y / PANGO_SCALE,
            .bottom = (double)(r.y + r.height) / PANGO_SCALE,
            .baseline = (double)pango_layout_iter_get_baseline(it) / PANGO_SCALE,
        };
    } while (i < c->n_lines && pango_layout_iter_next_line(it));
    pango_layout_iter_free(it);
}

static void cell_add(struct layout *l, struct layout_row *r, const struct face *f, const char *text,
                     double x_pt, double width_pt)
{
    struct layout_cell *c = &r->cell[r->n_cells++];
    c->text = text_new(l->pango, f, text);
    c->x_pt = x_pt;
    c->width = width_pt;
    text_wrap(c->text, width_pt);
}

double layout_span(const struct layout_cell *c, size_t from, size_t to)
{
    return to > from ? c->line[to - 1].bottom - c->line[from].top : 0;
}

PangoLayout *layout_small_text(const struct layout *l, const char *text)
{
    return text_new(l->pango, &small_face, text);
}

/* ---- tables -------------------------------------------------------------------------------- */

static double width_of(const struct layout *l, const struct face *f, const char *text)
{
    PangoLayout *t = text_new(l->pango, f, text);
    double width = text_width(t);
    g_object_unref(t);
    return width;
}

static bool is_row(enum document_block_kind kind)
{
    return kind == DOCUMENT_ROW || kind == DOCUMENT_ROW_HEAD;
}

static const struct face *cell_face(enum document_block_kind kind, size_t k)
{
    if (kind == DOCUMENT_ROW_HEAD)
        return &head_face;
    return kind == DOCUMENT_PAIR && k == 0 ? &label_face : &body_face;
}

/* Blocks first..last-1 are one table. */
static size_t table_end(const struct document *d, size_t first)
{
    size_t last = first + 1;
    bool is_pairs = d->block[first].kind == DOCUMENT_PAIR;
    while (last < d->n_blocks &&
           (is_pairs ? d->block[last].kind == DOCUMENT_PAIR : d->block[last].kind == DOCUMENT_ROW))
        last++;
    return last;
}

/* Column widths: what the texts would like, within what leaves the others room. All tables of a
 * kind have the same columns, so that the page stays calm. */
static void columns_of(const struct layout *l, bool is_pairs, double ret_width[3])
{
    const struct document *d = l->document;
    double want[3] = {0, 0, 0}, sum = 0;
    size_t n = is_pairs ? 1 : 3;
    for (size_t i = 0; i < d->n_blocks; i++) {
        const struct document_block *b = &d->block[i];
        const char *text[3] = {b->left, b->right, b->third};
        if (is_pairs ? b->kind != DOCUMENT_PAIR : !is_row(b->kind))
            continue;
        for (size_t k = 0; k < n; k++) {
            double width = width_of(l, cell_face(b->kind, k), text[k]) + 2 * cell_pad_x_pt + 1;
            want[k] = width > want[k] ? width : want[k];
        }
    }
    double least = is_pairs ? 34 * PAGE_MM : 26 * PAGE_MM;
    double most = is_pairs ? 56 * PAGE_MM : PAGE_TEXT_WIDTH_PT * 0.5;
    for (size_t k = 0; k < n; k++) {
        want[k] = want[k] < least ? least : want[k] > most ? most : want[k];
        sum += want[k];
    }
    for (size_t k = 0; k < n && !is_pairs; k++)
        want[k] *= PAGE_TEXT_WIDTH_PT / sum;
    if (is_pairs)
        want[1] = PAGE_TEXT_WIDTH_PT - want[0];
    memcpy(ret_width, want, sizeof want);
}

static size_t table_add(struct layout *l, size_t first, const double *width)
{
    const struct document *d = l->document;
    size_t last = table_end(d, first);
    int head = d->block[first].kind == DOCUMENT_ROW_HEAD ? (int)first : -1;
    for (size_t i = first; i < last; i++) {
        struct layout_row *r = &l->row[i];
        const char *text[3] = {d->block[i].left, d->block[i].right, d->block[i].third};
        double x_pt = PAGE_LEFT_PT;
        r->kind = d->block[i].kind;
        r->is_framed = r->is_whole = true;
        r->pad_pt = 1.6 * PAGE_MM;
        r->min_height_pt = 9 * PAGE_MM;
        r->gap_pt = i == first ? 2 * PAGE_MM : 0;
        r->head = (int)i == head ? -1 : head;
        r->does_keep_next = (int)i == head && last > first + 1;
        for (size_t k = 0; k < (r->kind == DOCUMENT_PAIR ? 2U : 3U); k++) {
            cell_add(l, r, cell_face(r->kind, k), text[k], x_pt + cell_pad_x_pt,
                     width[k] - 2 * cell_pad_x_pt);
            if (r->kind == DOCUMENT_ROW_HEAD || (r->kind == DOCUMENT_PAIR && k == 0))
                pango_layout_set_alignment(r->cell[k].text, PANGO_ALIGN_CENTER);
            x_pt += width[k];
        }
    }
    return last;
}

/* ---- everything else ----------------------------------------------------------------------- */

static void signature_add(struct layout *l, struct layout_row *r, const struct document_block *b)
{
    double half = PAGE_TEXT_WIDTH_PT * 0.42;
    double wish = width_of(l, &body_face, b->left) + 1;
    cell_add(l, r, &body_face, b->left, PAGE_LEFT_PT, wish < half ? wish : half);
    cell_add(l, r, &body_face, b->right, PAGE_RIGHT_PT - date_width_pt, date_width_pt);
    pango_layout_set_alignment(r->cell[1].text, PANGO_ALIGN_RIGHT);
    r->is_whole = true;
    r->gap_pt = 6 * PAGE_MM;
    r->min_height_pt = signature_height_pt;
}

static void text_row_add(struct layout *l, struct layout_row *r, const struct document_block *b,
                         unsigned *n_items)
{
    char number[16];
    double indent = 0;
    const struct face *f = &body_face;
    if (b->kind == DOCUMENT_HEADING) {
        f = &heading_face;
        r->gap_pt = 6 * PAGE_MM;
        r->is_whole = r->does_keep_next = true;
    } else if (b->kind == DOCUMENT_NOTE) {
        f = &note_face;
        r->gap_pt = 2 * PAGE_MM;
    } else {
        r->gap_pt = 2.2 * PAGE_MM;
    }
    if (b->kind == DOCUMENT_ITEM) {
        indent = 2 * body_face.size_pt;
        snprintf(number, sizeof number, "%u.", ++*n_items);
    }
    cell_add(l, r, f, b->left, PAGE_LEFT_PT + indent, PAGE_TEXT_WIDTH_PT - indent);
    pango_layout_set_justify(r->cell[0].text, b->kind == DOCUMENT_PARAGRAPH);
    if (b->kind == DOCUMENT_PARAGRAPH)
        pango_layout_set_indent(r->cell[0].text, (int)(2 * body_face.size_pt * PANGO_SCALE));
    if (b->kind == DOCUMENT_PARAGRAPH || b->kind == DOCUMENT_ITEM)
        pango_layout_set_spacing(r->cell[0].text, 2 * PANGO_SCALE);
    if (b->kind == DOCUMENT_ITEM)
        cell_add(l, r, f, number, PAGE_LEFT_PT, indent);
}

static void rows_add(struct layout *l)
{
    const struct document *d = l->document;
    double pair_width[3], row_width[3];
    unsigned n_items = 0;
    size_t i = 0;
    columns_of(l, true, pair_width);
    columns_of(l, false, row_width);
    bool is_signed = d->strokes == NULL || d->strokes->n_points == 0;
    while (i < d->n_blocks) {
        const struct document_block *b = &d->block[i];
        struct layout_row *r = &l->row[i];
        if (b->kind == DOCUMENT_PAIR || is_row(b->kind)) {
            i = table_add(l, i, b->kind == DOCUMENT_PAIR ? pair_width : row_width);
            continue;
        }
        r->kind = b->kind;
        r->head = -1;
        if (b->kind == DOCUMENT_HEADING)
            n_items = 0;
        if (b->kind == DOCUMENT_SIGNATURE) {
            signature_add(l, r, b);
            r->does_carry_sign = !is_signed;
            is_signed = true;
            /* a signature never stands alone on a page: what is signed stands with it */
            if (i > 0)
                l->row[i - 1].does_keep_next = true;
        } else if (b->kind != DOCUMENT_COPY_MARK) {
            text_row_add(l, r, b, &n_items);
        }
        i++;
    }
    l->n_rows = d->n_blocks;
    for (i = 0; i < l->n_rows; i++)
        for (size_t k = 0; k < l->row[i].n_cells; k++)
            cell_measure(l, &l->row[i].cell[k]);
}

static int qr_make(struct layout_qr *qr, const char *payload, struct err *err)
{
    if (!*payload)
        return 0;
    QRcode *code = QRcode_encodeString8bit(payload, 0, QR_ECLEVEL_M);
    if (!code)
        return ERR(err, ERR_INVALID, "the QR payload of the document is too long");
    if (code->width * qr_least_module_pt > qr_max_pt) {
        bytes_wipe(code->data, (size_t)code->width * (size_t)code->width);
        QRcode_free(code);
        return ERR(err, ERR_INVALID, "the QR payload of the document is too long");
    }
    qr->n_modules = code->width;
    for (int i = 0; i < code->width * code->width; i++)
        qr->is_dark[i] = code->data[i] & 1;
    bytes_wipe(code->data, (size_t)code->width * (size_t)code->width);
    QRcode_free(code);
    qr->size_pt = qr->n_modules * qr_module_pt;
    if (qr->size_pt < qr_min_pt)
        qr->size_pt = qr_min_pt;
    if (qr->size_pt > qr_max_pt)
        qr->size_pt = qr_max_pt;
    return 0;
}

/* What stands on every page besides the blocks. */
static void furniture_add(struct layout *l)
{
    const struct document *d = l->document;
    const char *mark = NULL;
    char number[192];
    for (size_t i = 0; i < d->n_blocks && !mark; i++)
        if (d->block[i].kind == DOCUMENT_COPY_MARK && *d->block[i].left)
            mark = d->block[i].left;
    if (mark) {
        l->copy_mark = text_new(l->pango, &mark_face, mark);
        text_wrap(l->copy_mark, 40 * PAGE_MM);
        text_limit(l->copy_mark, 1);
        pango_layout_set_alignment(l->copy_mark, PANGO_ALIGN_CENTER);
    }
    /* the title stays in the middle of the page: what the code takes on the right is left free on
     * the left as well */
    double side = l->qr.n_modules > 0 ? l->qr.size_pt + 4 * PAGE_MM : 0;
    l->title = text_new(l->pango, &title_face, d->title);
    l->subtitle = text_new(l->pango, &subtitle_face, d->subtitle);
    PangoLayout *centred[] = {l->title, l->subtitle};
    for (size_t i = 0; i < YJ_COUNT(centred); i++) {
        text_wrap(centred[i], PAGE_TEXT_WIDTH_PT - 2 * side);
        pango_layout_set_alignment(centred[i], PANGO_ALIGN_CENTER);
        text_limit(centred[i], 4);
    }
    double title = text_height(l->title) + (*d->subtitle ? text_height(l->subtitle) + 4 : 0);
    double mark_height = l->copy_mark ? text_height(l->copy_mark) + 3 * PAGE_MM : 0;
    if (l->copy_mark) /* the mark stands in a line of its own, above the title, left of the code */
        title += mark_height;
    l->header_height_pt = title > l->qr.size_pt ? title : l->qr.size_pt;
    l->header_height_pt += 4 * PAGE_MM;

    l->running = text_new(l->pango, &small_face, d->title);
    text_limit(l->running, 1);
    text_wrap(l->running, PAGE_TEXT_WIDTH_PT - 45 * PAGE_MM);
    double running = text_height(l->running);
    l->running_height_pt = (running > mark_height ? running : mark_height) + 4 * PAGE_MM;

    snprintf(number, sizeof number, *d->number ? "编号：%.160s" : "%.160s", d->number);
    l->number = text_new(l->pango, &small_face, number);
    text_limit(l->number, 1);
    text_wrap(l->number, PAGE_TEXT_WIDTH_PT - 40 * PAGE_MM);
    l->footer = text_new(l->pango, &small_face, d->footer);
    text_wrap(l->footer, PAGE_TEXT_WIDTH_PT);
    text_limit(l->footer, 2);
    l->footer_height_pt =
        text_height(l->number) + (*d->footer ? text_height(l->footer) : 0) + 5 * PAGE_MM;
    PangoLayout *all[] = {l->title, l->subtitle, l->copy_mark, l->number, l->footer};
    for (size_t i = 0; i < YJ_COUNT(all); i++)
        if (all[i])
            l->n_unknown_glyphs += (size_t)pango_layout_get_unknown_glyphs_count(all[i]);
}

static int texts_check(const struct document *d, struct err *err)
{
    const char *text[] = {d->title, d->subtitle, d->number, d->footer, d->qr};
    for (size_t i = 0; i < YJ_COUNT(text); i++)
        if (!text[i] || !bytes_utf8_valid(text[i], strlen(text[i])))
            return ERR(err, ERR_INVALID, "text %zu of the document's head is missing or no UTF-8",
                       i);
    if (!*d->title)
        return ERR(err, ERR_INVALID, "the document has no title");
    if (d->n_blocks > DOCUMENT_MAX_BLOCKS)
        return ERR(err, ERR_INVALID, "the document has too many blocks");
    for (size_t i = 0; i < d->n_blocks; i++) {
        const char *part[] = {d->block[i].left, d->block[i].right, d->block[i].third};
        for (size_t k = 0; k < YJ_COUNT(part); k++)
            if (!part[k] || !bytes_utf8_valid(part[k], strlen(part[k])))
                return ERR(err, ERR_INVALID, "a text of block %zu is missing or no UTF-8", i);
    }
    return 0;
}

static PangoContext *pango_new(void)
{
    PangoContext *pango = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pango, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(pango, 72);
    pango_context_set_round_glyph_positions(pango, FALSE);
    pango_context_set_language(pango, pango_language_from_string("zh-cn"));
    pango_context_set_base_dir(pango, PANGO_DIRECTION_LTR);
    return pango;
}

int layout_new(const struct document *document, struct layout **ret, struct err *err)
{
    int rc = texts_check(document, err);
    if (rc < 0)
        return rc;
    struct layout *l = mem_zalloc(1, sizeof *l);
    l->document = document;
    rc = qr_make(&l->qr, document->qr, err);
    if (rc == 0) {
        l->pango = pango_new();
        furniture_add(l);
        rows_add(l);
        if (l->n_unknown_glyphs > 0)
            rc = ERR(err, ERR_DOCUMENT_GLYPH, "%zu characters cannot be drawn with any font",
                     l->n_unknown_glyphs);
    }
    if (rc == 0)
        rc = layout_flow(l, err);
    if (rc < 0) {
        layout_free(l);
        return rc;
    }
    *ret = l;
    return 0;
}

static void text_free(PangoLayout *t)
{
    if (t)
        g_object_unref(t);
}

void layout_free(struct layout *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < DOCUMENT_MAX_BLOCKS; i++) {
        for (size_t k = 0; k < l->row[i].n_cells; k++) {
            text_free(l->row[i].cell[k].text);
            free(l->row[i].cell[k].line);
        }
    }
    text_free(l->title);
    text_free(l->subtitle);
    text_free(l->running);
    text_free(l->copy_mark);
    text_free(l->number);
    text_free(l->footer);
    if (l->pango)
        g_object_unref(l->pango);
    bytes_wipe(l, sizeof *l);
    free(l);
}
