/* SPDX-License-Identifier: Apache-2.0 */
/* Words on one or more lines. Main thread. */
#include "ui/widget/label.h"

#include <ctype.h>
#include <string.h>

static int label_natural(struct widget *w, struct widget_ctx *ctx)
{
    struct label *l = (struct label *)w;
    return font_width(widget_font(ctx, l->style), w->text, SIZE_MAX) + 1;
}

/* Is a word of Latin letters torn apart at the end of a line? */
static bool is_torn(const struct font_line *line, int n)
{
    for (int i = 0; i + 1 < n; i++) {
        const char *end = line[i].start + line[i].n;
        if (line[i].n && end == line[i + 1].start && isalnum((unsigned char)end[-1]) &&
            isalnum((unsigned char)end[0]))
            return true;
    }
    return false;
}

int label_wrap(struct widget_ctx *ctx, const char *text, int width, int most_lines,
               struct font **io_font, const enum text_style *smaller, size_t n_smaller,
               struct font_line *ret)
{
    struct font *best = *io_font;
    int room = width > 1 ? width : 1, n = font_wrap(best, text, room, ret, LABEL_MAX_LINES);
    for (size_t i = 0; i < n_smaller && (n > most_lines || is_torn(ret, n)); i++) {
        struct font *f = widget_font(ctx, smaller[i]);
        if (font_size(f) >= font_size(best))
            continue;
        best = f;
        n = font_wrap(best, text, room, ret, LABEL_MAX_LINES);
    }
    *io_font = best;
    return n;
}

static int wrap(struct label *l, struct widget_ctx *ctx, int width, struct font_line *line)
{
    static const enum text_style smaller[] = {STYLE_NUMBER, STYLE_TITLE, STYLE_STRONG,
                                              STYLE_BODY_BOLD, STYLE_SMALL_BOLD};
    static const enum text_style smaller_plain[] = {STYLE_BODY, STYLE_SMALL};
    bool is_plain = l->style == STYLE_BODY || l->style == STYLE_SMALL;
    l->font = widget_font(ctx, l->style);
    if (l->can_shrink) /* on one line if that can be done with large letters */
        return label_wrap(ctx, l->w.text, width, 1, &l->font, smaller, 3, line);
    return label_wrap(ctx, l->w.text, width, LABEL_MAX_LINES, &l->font,
                      is_plain ? smaller_plain : smaller,
                      is_plain ? YJ_COUNT(smaller_plain) : YJ_COUNT(smaller), line);
}

/* Centred words look calm when their lines are about equally long: the narrowest width that needs
 * no further line. */
static int balance(struct label *l, int width, int n_lines, struct font_line *line)
{
    int low = width / n_lines, high = width;
    while (high - low > 4) {
        int mid = (low + high) / 2;
        bool is_wide = font_wrap(l->font, l->w.text, mid, line, LABEL_MAX_LINES) <= n_lines &&
                       !is_torn(line, n_lines);
        for (int i = 0; i < n_lines && is_wide; i++)
            is_wide = line[i].width <= mid;
        if (is_wide)
            high = mid;
        else
            low = mid;
    }
    return font_wrap(l->font, l->w.text, high, line, LABEL_MAX_LINES);
}

static int label_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    struct label *l = (struct label *)w;
    struct font_line line[LABEL_MAX_LINES];
    int n = wrap(l, ctx, width, line);
    if (l->max_lines > 0 && n > l->max_lines)
        n = font_wrap(l->font, w->text, width, line, l->max_lines);
    else if (l->align == ALIGN_CENTRE && n > 1 && n < LABEL_MAX_LINES)
        n = balance(l, width, n, line);
    if (n > l->n_line_room) {
        l->line = arena_take(ctx->arena, (size_t)n * sizeof *l->line);
        l->n_line_room = n;
    }
    memcpy(l->line, line, (size_t)n * sizeof *line);
    l->n_lines = n;
    w->is_text_cut = false;
    for (int i = 0; i < n; i++)
        w->is_text_cut = w->is_text_cut || line[i].width > width;
    w->cap_px = font_cap_height(l->font);
    return n * font_line_height(l->font);
}

static struct widget *label_split(struct widget *w, struct widget_ctx *ctx, int width, int room)
{
    struct label *l = (struct label *)w;
    int n = room / font_line_height(l->font);
    (void)width; /* it was measured at this width */
    if (n < 1 || n >= l->n_lines || l->max_lines)
        return NULL;
    struct label *rest = label_new(ctx, NULL, l->line[n].start, l->style, w->ink, w->ground);
    rest->align = l->align;
    rest->w.grow = w->grow;
    rest->w.basis = w->basis;
    rest->w.role = w->role;
    w->text = arena_text(ctx->arena, w->text, (size_t)(l->line[n].start - w->text));
    return &rest->w;
}

static void label_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w; /* no children */
    (void)ctx;
}

static void label_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct label *l = (const struct label *)w;
    int lh = font_line_height(l->font), y = w->rect.y + (w->rect.h - l->n_lines * lh) / 2;
    for (int i = 0; i < l->n_lines; i++, y += lh) {
        int room = w->rect.w - l->line[i].width;
        bool is_right = (l->align == ALIGN_END) != ctx->tok.is_rtl;
        int x = w->rect.x + (l->align == ALIGN_CENTRE ? room / 2 : is_right ? room : 0);
        font_draw(s, l->font, x, y, l->line[i].start, l->line[i].n, w->ink);
    }
}

static uint64_t label_state(const struct widget *w)
{
    const struct label *l = (const struct label *)w;
    int all[] = {font_size(l->font), (int)l->style, (int)l->align, l->n_lines};
    return hash_bytes(1469598103934665603ULL, all, sizeof all);
}

const struct widget_class widget_label_class = {
    .name = "label",
    .role = "text",
    .bytes = sizeof(struct label),
    .natural = label_natural,
    .measure = label_measure,
    .arrange = label_arrange,
    .draw = label_draw,
    .state = label_state,
    .split = label_split,
};

struct label *label_new(struct widget_ctx *ctx, struct widget *parent, const char *text,
                        enum text_style style, colour_t ink, colour_t ground)
{
    struct label *l = widget_new(ctx, parent, &widget_label_class, NULL);
    l->w.text = text ? text : "";
    l->w.ink = ink;
    l->w.ground = ground;
    l->style = style;
    l->font = widget_font(ctx, style);
    return l;
}
