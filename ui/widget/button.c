/* SPDX-License-Identifier: Apache-2.0 */
/* Things to press. Main thread. */
#include "ui/widget/button.h"

static bool is_filled(const struct button *b)
{
    return b->look == BUTTON_MAIN;
}

static bool is_option(const struct button *b)
{
    return b->look == BUTTON_CHIP || b->look == BUTTON_CHECK;
}

/* Room beside the words that icons take, gaps included. */
static int icon_room(const struct button *b)
{
    int room = 0;
    if (b->look == BUTTON_FACE)
        return 0;
    if (b->icon || is_option(b))
        room += b->icon_px + b->pad / 2;
    if (b->icon_end)
        room += b->icon_px + b->pad / 2;
    return room;
}

static int button_natural(struct widget *w, struct widget_ctx *ctx)
{
    struct button *b = (struct button *)w;
    int n = font_width(widget_font(ctx, b->style), w->text, SIZE_MAX) + icon_room(b) + 2 * b->pad;
    return n > ctx->tok.target ? n : ctx->tok.target;
}

/* A face stands above its words in a narrow place and beside them in a wide one. */
static bool is_face_beside(const struct button *b, int width)
{
    return b->look == BUTTON_FACE && width > 4 * b->icon_px;
}

static int button_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    struct button *b = (struct button *)w;
    int room = width - 2 * b->pad - icon_room(b);
    b->font = widget_font(ctx, b->style);
    b->n_lines = font_wrap(b->font, w->text, room > 1 ? room : 1, b->line, YJ_COUNT(b->line));
    w->is_text_cut = false;
    for (int i = 0; i < b->n_lines; i++)
        w->is_text_cut = w->is_text_cut || b->line[i].width > room;
    w->cap_px = w->text[0] ? font_cap_height(b->font) : 0;
    int h = b->n_lines * font_line_height(b->font) + b->pad;
    if (is_face_beside(b, width))
        h = b->icon_px + 2 * b->pad;
    else if (b->look == BUTTON_FACE)
        h += b->icon_px + b->pad;
    return h > ctx->tok.target ? h : ctx->tok.target;
}

static void button_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w; /* no children */
    (void)ctx;
}

static void draw_ground(const struct button *b, const struct tokens *t, struct surface *s)
{
    const struct widget *w = &b->w;
    int radius = t->radius;
    if (is_filled(b)) {
        colour_t fill = w->is_disabled ? t->off : w->is_pressed ? t->primary_down : t->primary;
        if (!w->is_disabled && !w->is_pressed)
            surface_shadow(s, w->rect, radius, t->blur, t->blur / 3,
                           (t->shadow & 0xFFFFFF) | 0x38000000);
        surface_round(s, w->rect, radius, fill);
        return;
    }
    bool is_lit = w->is_pressed || w->is_selected;
    if (b->look == BUTTON_QUIET && !is_lit)
        return;
    if (b->look == BUTTON_SEGMENT) {
        colour_t fill = w->is_selected ? t->primary : w->is_pressed ? t->tint : w->ground;
        surface_round(s, w->rect, radius * 3 / 4, fill);
        return;
    }
    surface_round(s, w->rect, radius, is_lit ? t->tint : t->card);
    surface_border(s, w->rect, radius, is_lit ? t->border * 2 : t->border,
                   is_lit ? t->primary : t->edge);
}

/* Ring of an option, square where several can be chosen; filled with a tick when chosen. */
static void draw_ring(const struct button *b, struct widget_ctx *ctx, struct surface *s,
                      struct rect r)
{
    const struct tokens *t = &ctx->tok;
    int radius = b->look == BUTTON_CHECK ? r.w / 5 : r.w / 2;
    if (!b->w.is_selected) {
        surface_border(s, r, radius, t->border * 2, t->edge);
        return;
    }
    surface_round(s, r, radius, t->primary);
    image_draw(ctx->images, s, "tick", rect_grow(r, -r.w / 6), t->on_primary);
}

static void draw_face(const struct button *b, struct widget_ctx *ctx, struct surface *s)
{
    const struct rect *r = &b->w.rect;
    int lh = font_line_height(b->font);
    if (is_face_beside(b, r->w)) {
        int x = r->x + r->w / 4;
        image_draw(ctx->images, s, b->icon,
                   rect_of(x, r->y + (r->h - b->icon_px) / 2, b->icon_px, b->icon_px), 0);
        font_draw(s, b->font, x + b->icon_px + ctx->tok.pad, r->y + (r->h - lh) / 2, b->w.text,
                  SIZE_MAX, b->w.ink);
        return;
    }
    int y = r->y + (r->h - b->icon_px - b->pad / 2 - b->n_lines * lh) / 2;
    image_draw(ctx->images, s, b->icon,
               rect_of(r->x + (r->w - b->icon_px) / 2, y, b->icon_px, b->icon_px), 0);
    y += b->icon_px + b->pad / 2;
    for (int i = 0; i < b->n_lines; i++)
        font_draw(s, b->font, r->x + (r->w - b->line[i].width) / 2, y + i * lh, b->line[i].start,
                  b->line[i].n, b->w.ink);
}

static void button_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct button *b = (const struct button *)w;
    draw_ground(b, &ctx->tok, s);
    if (b->look == BUTTON_FACE) {
        draw_face(b, ctx, s);
        return;
    }
    int text_w = 0, lh = font_line_height(b->font);
    for (int i = 0; i < b->n_lines; i++)
        text_w = b->line[i].width > text_w ? b->line[i].width : text_w;
    int total = text_w + icon_room(b), cy = w->rect.y + w->rect.h / 2;
    int x = is_option(b) ? w->rect.x + b->pad : w->rect.x + (w->rect.w - total) / 2;
    struct rect icon = {x, cy - b->icon_px / 2, b->icon_px, b->icon_px};
    if (is_option(b))
        draw_ring(b, ctx, s, icon);
    else if (b->icon)
        image_draw(ctx->images, s, b->icon, icon, w->ink);
    if (b->icon || is_option(b))
        x += b->icon_px + b->pad / 2;
    int y = cy - b->n_lines * lh / 2;
    for (int i = 0; i < b->n_lines; i++) {
        int shift = is_option(b) ? 0 : (text_w - b->line[i].width) / 2;
        font_draw(s, b->font, x + shift, y + i * lh, b->line[i].start, b->line[i].n, w->ink);
    }
    icon.x = x + text_w + b->pad / 2;
    if (b->icon_end)
        image_draw(ctx->images, s, b->icon_end, icon, w->ink);
}

static uint64_t button_state(const struct widget *w)
{
    const struct button *b = (const struct button *)w;
    int all[] = {(int)b->look, font_size(b->font), b->icon_px};
    return hash_text(hash_bytes(hash_text(1469598103934665603ULL, b->icon), all, sizeof all),
                     b->icon_end);
}

const struct widget_class widget_button_class = {
    .name = "button",
    .role = "button",
    .bytes = sizeof(struct button),
    .natural = button_natural,
    .measure = button_measure,
    .arrange = button_arrange,
    .draw = button_draw,
    .state = button_state,
};

struct button *button_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                          const char *text, enum button_look look, struct widget_action action)
{
    const struct tokens *t = &ctx->tok;
    struct button *b = widget_new(ctx, parent, &widget_button_class, id);
    b->w.text = text ? text : "";
    b->w.action = action;
    b->look = look;
    b->w.ink = look == BUTTON_MAIN                   ? t->on_primary
               : is_option(b) || look == BUTTON_FACE ? t->ink
                                                     : t->primary;
    b->w.ground = look == BUTTON_MAIN ? t->primary : look == BUTTON_QUIET ? t->ground : t->card;
    b->style = is_option(b) || look == BUTTON_FACE ? STYLE_BODY
               : look == BUTTON_QUIET              ? STYLE_BODY_BOLD
                                                   : STYLE_STRONG;
    b->pad = look == BUTTON_FACE ? t->gap / 2 : look == BUTTON_MAIN ? t->pad : t->gap * 5 / 4;
    b->icon_px = t->icon * (is_option(b) ? 9 : 10) / 10;
    if (is_option(b))
        b->w.role = "option";
    if (look == BUTTON_FACE) {
        b->w.role = "option";
        b->icon_px = t->icon_big;
    }
    if (look == BUTTON_MAIN)
        b->w.bleed = t->blur * 2;
    b->font = widget_font(ctx, b->style);
    return b;
}

struct button *button_of_action(struct widget_ctx *ctx, struct widget *parent, const char *id,
                                const struct view_action *action, enum button_look look,
                                const char *icon)
{
    if (!action->label.id && !action->label.lit)
        return NULL;
    struct widget_action tap = {.act = ACT_INTENT, .intent = action->intent};
    struct button *b = button_new(ctx, parent, id, widget_text(ctx, &action->label), look, tap);
    b->icon = icon;
    b->w.is_disabled = !action->is_enabled;
    if (b->w.is_disabled) {
        b->w.ink = ctx->tok.on_off;
        b->w.ground = look == BUTTON_MAIN ? ctx->tok.off : b->w.ground;
    }
    return b;
}
