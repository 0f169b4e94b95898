/* SPDX-License-Identifier: Apache-2.0 */
/* Words on one or more lines. Main thread. */
#include "ui/widget/label.h"

static int label_natural(struct widget *w, struct widget_ctx *ctx)
{
    struct label *l = (struct label *)w;
    return font_width(widget_font(ctx, l->style), w->text, SIZE_MAX) + 1;
}

static void pick_font(struct label *l, struct widget_ctx *ctx, int width)
{
    static const enum text_style smaller[] = {STYLE_NUMBER, STYLE_TITLE, STYLE_STRONG};
    l->font = widget_font(ctx, l->style);
    for (size_t i = 0; l->can_shrink && i < YJ_COUNT(smaller); i++) {
        struct font *f = widget_font(ctx, smaller[i]);
        if (font_size(f) > font_size(l->font))
            continue;
        l->font = f;
        if (font_width(f, l->w.text, SIZE_MAX) <= width)
            return;
    }
}

/* Centred words look calm when their lines are about equally long: the narrowest width that needs
 * no further line. */
static void balance(struct label *l, int width, int most)
{
    int low = width / l->n_lines, high = width, lines = l->n_lines;
    while (high - low > 4) {
        int mid = (low + high) / 2;
        bool is_wide = font_wrap(l->font, l->w.text, mid, l->line, most) <= lines;
        for (int i = 0; i < lines && is_wide; i++)
            is_wide = l->line[i].width <= mid;
        if (is_wide)
            high = mid;
        else
            low = mid;
    }
    l->n_lines = font_wrap(l->font, l->w.text, high, l->line, most);
}

static int label_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    struct label *l = (struct label *)w;
    int most = l->max_lines > 0 ? l->max_lines : LABEL_MAX_LINES;
    pick_font(l, ctx, width);
    if (!l->line)
        l->line = arena_take(ctx->arena, (size_t)most * sizeof *l->line);
    l->n_lines = font_wrap(l->font, w->text, width, l->line, most);
    if (l->align == ALIGN_CENTRE && l->n_lines > 1 && l->n_lines < most)
        balance(l, width, most);
    w->is_text_cut = false;
    for (int i = 0; i < l->n_lines; i++)
        w->is_text_cut = w->is_text_cut || l->line[i].width > width;
    w->cap_px = font_cap_height(l->font);
    return l->n_lines * font_line_height(l->font);
}

static void label_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w; /* no children */
    (void)ctx;
}

static void label_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct label *l = (const struct label *)w;
    (void)ctx; /* font and lines are its own */
    int lh = font_line_height(l->font), y = w->rect.y + (w->rect.h - l->n_lines * lh) / 2;
    for (int i = 0; i < l->n_lines; i++, y += lh) {
        int room = w->rect.w - l->line[i].width;
        int x = w->rect.x + (l->align == ALIGN_CENTRE ? room / 2
                             : l->align == ALIGN_END  ? room
                                                      : 0);
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
