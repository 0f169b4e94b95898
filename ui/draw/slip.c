/* SPDX-License-Identifier: Apache-2.0 */
/* Slips for a printing head: one walk over the lines, done twice: first without a bitmap to learn
 * the length, then with one. Thread: main. */
#include "ui/draw/slip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/draw/qr.h"

enum {
    MAX_WRAP = 48,      /* lines one text may take */
    LEAST_DOTS = 24,    /* smallest em: below it strokes of dense characters run together */
    QR_LEAST_MM = 30,   /* side of the dark square, so that a phone reads it at arm's length */
    QR_LEAST_UNIT = 3,  /* dots a module: 0.375 mm at 203 dpi */
    LABEL_PERCENT = 40, /* widest label column, of the content */
    NUMBER_GROUP = 4,
};

struct page {
    struct font_set *fonts;
    struct bitmap *bm; /* NULL: only measure */
    struct err *err;
    double dots_per_mm;
    int left, width; /* content, dots */
    int y;
    bool is_head;    /* above the first rule */
    int label_width; /* of the current block of pairs */
    struct font *note, *text, *strong, *heading, *title;
};

static int dots(const struct page *pg, double mm)
{
    return (int)lround(mm * pg->dots_per_mm);
}

static struct font *font_mm(const struct page *pg, enum font_weight weight, double mm)
{
    int em = dots(pg, mm);
    return font_get(pg->fonts, weight, em > LEAST_DOTS ? em : LEAST_DOTS);
}

static void dot_put(struct bitmap *bm, int x, int y, bool is_black)
{
    uint8_t *byte = bm->bits + (size_t)y * bm->stride + (size_t)x / 8;
    uint8_t bit = (uint8_t)(0x80 >> x % 8);
    *byte = is_black ? (uint8_t)(*byte | bit) : (uint8_t)(*byte & ~bit);
}

/* A box; cut at the margins. */
static void fill(const struct page *pg, int x, int y, int w, int h, bool is_black)
{
    if (!pg->bm)
        return;
    int x1 = x + w < pg->left + pg->width ? x + w : pg->left + pg->width;
    for (int row = y; row < y + h && row < (int)pg->bm->rows; row++)
        for (int col = x > pg->left ? x : pg->left; col < x1; col++)
            dot_put(pg->bm, col, row, is_black);
}

/* One line of text with its top at y; cut at the margins. */
static int put_text(const struct page *pg, struct font *font, int x, int y, const char *text,
                    size_t n, bool is_black)
{
    if (!pg->bm)
        return 0;
    struct mask *m = NULL;
    int rc = font_render_mono(font, text, n, &m, pg->err);
    if (rc)
        return rc;
    for (int row = 0; row < m->h && y + row < (int)pg->bm->rows; row++)
        for (int col = 0; col < m->w; col++) {
            int at = x + col;
            if (m->a[row * m->stride + col] && at >= pg->left && at < pg->left + pg->width)
                dot_put(pg->bm, at, y + row, is_black);
        }
    bytes_wipe(m->a, (size_t)m->stride * (size_t)m->h);
    free(m);
    return 0;
}

enum align { ALIGN_LEFT, ALIGN_CENTRE };

/* Wrapped text from x to the right margin, below pg->y, which moves down. */
static int put_block(struct page *pg, struct font *font, int x, const char *text, enum align align)
{
    struct font_line line[MAX_WRAP];
    int width = pg->left + pg->width - x, rc = 0;
    int n = font_wrap(font, text, width, line, MAX_WRAP);
    for (int i = 0; i < n && !rc; i++) {
        int shift =
            align == ALIGN_CENTRE && line[i].width < width ? (width - line[i].width) / 2 : 0;
        rc = put_text(pg, font, x + shift, pg->y, line[i].start, line[i].n, true);
        pg->y += font_line_height(font);
    }
    return rc;
}

static int put_title(struct page *pg, const struct slip_line *line)
{
    pg->y += dots(pg, 1);
    return put_block(pg, pg->title, pg->left, line->left, ALIGN_CENTRE);
}

/* A bar in front tells headings from text without costing height. */
static int put_heading(struct page *pg, const struct slip_line *line)
{
    int em = font_size(pg->heading), bar = dots(pg, 0.9);
    pg->y += dots(pg, 0.75);
    int top = pg->y + (font_line_height(pg->heading) - em) / 2;
    fill(pg, pg->left, top, bar, em, true);
    int rc = put_block(pg, pg->heading, pg->left + bar + dots(pg, 1.25), line->left, ALIGN_LEFT);
    pg->y += dots(pg, 0.5);
    return rc;
}

static int put_pair(struct page *pg, const struct slip_line *line)
{
    struct font_line wrapped[MAX_WRAP];
    int top = pg->y, rc = 0;
    int n = font_wrap(pg->text, line->left, pg->label_width, wrapped, MAX_WRAP);
    for (int i = 0; i < n && !rc; i++)
        rc = put_text(pg, pg->text, pg->left, top + i * font_line_height(pg->text),
                      wrapped[i].start, wrapped[i].n, true);
    int label_end = top + n * font_line_height(pg->text);
    if (!rc)
        rc = put_block(pg, pg->text, pg->left + pg->label_width + dots(pg, 2), line->right,
                       ALIGN_LEFT);
    if (pg->y < label_end)
        pg->y = label_end;
    return rc;
}

static int put_entry(struct page *pg, const struct slip_line *line)
{
    pg->y += dots(pg, 0.5);
    int rc = put_block(pg, pg->strong, pg->left, line->left, ALIGN_LEFT);
    if (rc || !*line->right)
        return rc;
    return put_block(pg, pg->note, pg->left, line->right, ALIGN_LEFT);
}

/* Name and state on one line, or the state below, at the right edge both times. */
static int put_item(struct page *pg, const struct slip_line *line)
{
    int state = font_width(pg->text, line->right, SIZE_MAX), gap = dots(pg, 2);
    bool is_beside = font_width(pg->text, line->left, SIZE_MAX) + gap + state <= pg->width;
    int rc = put_block(pg, pg->text, pg->left, line->left, ALIGN_LEFT);
    if (rc)
        return rc;
    if (is_beside)
        pg->y -= font_line_height(pg->text);
    int x = state < pg->width ? pg->left + pg->width - state : pg->left;
    return put_block(pg, pg->text, x, line->right, ALIGN_LEFT);
}

/* Copy text with a blank after every four characters; blanks of the text do not count. */
static void group_digits(const char *text, char *out, size_t cap)
{
    size_t w = 0, n = 0;
    for (const char *p = text; *p && w + 2 < cap; p++) {
        if (*p == ' ')
            continue;
        if (n && n % NUMBER_GROUP == 0)
            out[w++] = ' ';
        out[w++] = *p;
        n++;
    }
    out[w] = '\0';
}

/* The largest size in which the groups fill one line, or else two or more equal lines. */
static int put_number(struct page *pg, const struct slip_line *line)
{
    char grouped[SLIP_TEXT_BYTES * 5 / 4 + 2];
    struct font_line wrapped[MAX_WRAP];
    group_digits(line->left, grouped, sizeof grouped);
    size_t n_chars = strlen(grouped), n_groups = (n_chars + NUMBER_GROUP) / (NUMBER_GROUP + 1);
    struct font *font = font_mm(pg, FONT_BOLD, 7);
    int inside = pg->width - 2 * dots(pg, 1.5), room = inside;
    int n_lines = (font_width(font, grouped, n_chars) + inside - 1) / inside;
    if (n_lines > 1) {
        size_t per_line = (n_groups + (size_t)n_lines - 1) / (size_t)n_lines;
        size_t cut = per_line * (NUMBER_GROUP + 1) - 1;
        room = font_width(font, grouped, cut < n_chars ? cut : n_chars);
        room = room < inside ? room : inside;
    }
    int n = font_wrap(font, grouped, room, wrapped, MAX_WRAP), rc = 0;
    int pad = dots(pg, 1), rim = dots(pg, 0.375), lh = font_line_height(font);
    int height = n * lh + 2 * pad;
    fill(pg, pg->left, pg->y, pg->width, height, true);
    fill(pg, pg->left + rim, pg->y + rim, pg->width - 2 * rim, height - 2 * rim, false);
    for (int i = 0; i < n && !rc; i++)
        rc = put_text(pg, font, pg->left + (pg->width - room) / 2, pg->y + pad + i * lh,
                      wrapped[i].start, wrapped[i].n, true);
    pg->y += height + dots(pg, 1);
    bytes_wipe(grouped, sizeof grouped);
    return rc;
}

static void put_rule(struct page *pg)
{
    pg->y += dots(pg, 1.5);
    int thick = dots(pg, 0.25), dash = dots(pg, 0.75), gap = dots(pg, 0.5);
    for (int x = pg->left; x < pg->left + pg->width; x += dash + gap)
        fill(pg, x, pg->y, dash, thick, true);
    pg->y += thick + dots(pg, 1.5);
}

static int put_copy_mark(struct page *pg, const struct slip_line *line)
{
    int pad = dots(pg, 0.75), lh = font_line_height(pg->title);
    int w = font_width(pg->title, line->left, SIZE_MAX);
    fill(pg, pg->left, pg->y, pg->width, lh + 2 * pad, true);
    int x = w < pg->width ? pg->left + (pg->width - w) / 2 : pg->left;
    int rc = put_text(pg, pg->title, x, pg->y + pad, line->left, strlen(line->left), false);
    pg->y += lh + 2 * pad + dots(pg, 1);
    return rc;
}

static int put_qr(struct page *pg, const struct slip_line *line)
{
    YJ_CLEANUP(cleanup_free) struct qr *qr = mem_zalloc(1, sizeof *qr);
    int rc = qr_encode(line->left, strlen(line->left), qr, pg->err);
    if (rc)
        return rc;
    int least = dots(pg, QR_LEAST_MM);
    int unit = (least + qr->n_modules - 1) / qr->n_modules;
    if (unit < QR_LEAST_UNIT)
        unit = QR_LEAST_UNIT;
    int side = qr_side(qr, unit), paper = pg->width + 2 * pg->left;
    if (side > paper)
        return ERR(pg->err, ERR_TOO_BIG, "a code of %d modules does not fit %d dots", qr->n_modules,
                   paper);
    /* The quiet zone may use the margins and the blank above: paper is white there. */
    if (pg->bm)
        qr_draw_bitmap(qr, pg->bm, (uint32_t)(paper - side) / 2, (uint32_t)pg->y, unit);
    pg->y += side;
    bytes_wipe(qr, sizeof *qr);
    return *line->right ? put_block(pg, pg->note, pg->left, line->right, ALIGN_CENTRE) : 0;
}

/* Width of the label column for the block of pairs that starts at line i. */
static int label_width(const struct page *pg, const struct slip *slip, size_t i)
{
    int widest = 0, most = pg->width * LABEL_PERCENT / 100;
    for (; i < slip->n_lines && slip->line[i].style == SLIP_PAIR; i++) {
        int w = font_width(pg->text, slip->line[i].left, SIZE_MAX);
        widest = w > widest ? w : widest;
    }
    return widest < most ? widest : most;
}

static int put_line(struct page *pg, const struct slip_line *line)
{
    switch (line->style) {
    case SLIP_TITLE:
        return put_title(pg, line);
    case SLIP_HEADING:
        return put_heading(pg, line);
    case SLIP_TEXT:
        return put_block(pg, pg->text, pg->left, line->left, ALIGN_LEFT);
    case SLIP_PAIR:
        return put_pair(pg, line);
    case SLIP_ENTRY:
        return put_entry(pg, line);
    case SLIP_ITEM:
        return put_item(pg, line);
    case SLIP_NUMBER:
        return put_number(pg, line);
    case SLIP_NOTE:
        return put_block(pg, pg->note, pg->left, line->left,
                         pg->is_head ? ALIGN_CENTRE : ALIGN_LEFT);
    case SLIP_RULE:
        pg->is_head = false;
        put_rule(pg);
        return 0;
    case SLIP_COPY_MARK:
        return put_copy_mark(pg, line);
    case SLIP_QR:
        return put_qr(pg, line);
    case SLIP_SPACE:
        pg->y += dots(pg, 2);
        return 0;
    }
    return ERR(pg->err, ERR_INVALID, "a line of unknown style");
}

static int walk(struct page *pg, const struct slip *slip)
{
    pg->y = dots(pg, 1);
    pg->is_head = true;
    for (size_t i = 0; i < slip->n_lines; i++) {
        bool is_block_start =
            slip->line[i].style == SLIP_PAIR && (i == 0 || slip->line[i - 1].style != SLIP_PAIR);
        if (is_block_start)
            pg->label_width = label_width(pg, slip, i);
        int rc = put_line(pg, &slip->line[i]);
        if (rc)
            return rc;
        if (pg->y > SLIP_MAX_ROWS)
            return ERR(pg->err, ERR_TOO_BIG, "the slip is longer than %d dots", SLIP_MAX_ROWS);
    }
    pg->y += dots(pg, 2);
    return 0;
}

/* A slip with a box instead of a person's name would be worthless: refuse it. */
static int check_glyphs(struct font_set *fonts, const struct slip *slip, struct err *err)
{
    size_t n_missing = 0;
    uint32_t first; /* which one stays untold: it may be part of a name */
    for (size_t i = 0; i < slip->n_lines; i++) {
        const struct slip_line *line = &slip->line[i];
        if (line->style != SLIP_QR)
            n_missing += font_missing(fonts, line->left, strlen(line->left), &first);
        n_missing += font_missing(fonts, line->right, strlen(line->right), &first);
    }
    if (n_missing)
        return ERR(err, ERR_UI_FONT, "%zu characters of the slip are in no font", n_missing);
    return 0;
}

int slip_render(struct font_set *fonts, const struct slip *slip, uint32_t width_dots,
                double dots_per_mm, struct bitmap **ret, struct err *err)
{
    if (width_dots < 384 || width_dots > 832 || !(dots_per_mm >= 6 && dots_per_mm <= 24) ||
        slip->n_lines > SLIP_MAX_LINES)
        return ERR(err, ERR_INVALID, "a slip of %u dots at %.1f dots/mm", width_dots, dots_per_mm);
    int rc = check_glyphs(fonts, slip, err);
    if (rc)
        return rc;
    struct page pg = {.fonts = fonts, .err = err, .dots_per_mm = dots_per_mm};
    pg.left = dots(&pg, 1.5);
    pg.width = (int)width_dots - 2 * pg.left;
    pg.note = font_mm(&pg, FONT_REGULAR, 3);
    pg.text = font_mm(&pg, FONT_REGULAR, 3.5);
    pg.strong = font_mm(&pg, FONT_BOLD, 3.5);
    pg.heading = font_mm(&pg, FONT_BOLD, 3.75);
    pg.title = font_mm(&pg, FONT_BOLD, 5.5);
    rc = walk(&pg, slip);
    if (rc)
        return rc;
    uint32_t stride = (width_dots + 7) / 8, rows = (uint32_t)pg.y;
    pg.bm = mem_zalloc(1, sizeof *pg.bm + (size_t)stride * rows);
    pg.bm->width_dots = width_dots;
    pg.bm->rows = rows;
    pg.bm->stride = stride;
    rc = walk(&pg, slip);
    if (rc) {
        bytes_wipe(pg.bm->bits, (size_t)stride * rows);
        free(pg.bm);
        return rc;
    }
    *ret = pg.bm;
    return 0;
}
