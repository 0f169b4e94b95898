/* SPDX-License-Identifier: Apache-2.0 */
/* Things to press. Main thread. */
#include "ui/widget/button.h"

#include <string.h>

#include "ui/widget/label.h"
#include "ui/widget/plate.h"

enum { BUTTON_LINES = 3 };

static bool is_filled(const struct button *b)
{
    return b->look == BUTTON_MAIN;
}

static bool is_option(const struct button *b)
{
    return b->look == BUTTON_CHIP || b->look == BUTTON_CHECK;
}

/* Room beside the words that icons take, gaps included. */
static int icon_room(const struct button *b, int icon_px)
{
    int n = (b->icon || is_option(b)) + (b->icon_end != NULL);
    return b->look == BUTTON_FACE || !icon_px ? 0 : n * (icon_px + b->pad / 2);
}

static int button_natural(struct widget *w, struct widget_ctx *ctx)
{
    struct button *b = (struct button *)w;
    int n = font_width(widget_font(ctx, b->style), w->text, SIZE_MAX) + icon_room(b, b->icon_px) +
            2 * b->pad;
    return n > ctx->tok.target ? n : ctx->tok.target;
}

/* A face stands above its words in a narrow place and beside them in a wide one. */
static bool is_face_beside(const struct button *b, int width)
{
    return b->look == BUTTON_FACE && width > 4 * b->icon_px;
}

/* The words in letters that suit the place: the icon goes first, then the size; a filled ring is no
 * ornament and stays. */
static void fit_words(struct button *b, struct widget_ctx *ctx, int width)
{
    static const enum text_style bold[] = {STYLE_STRONG, STYLE_BODY_BOLD, STYLE_SMALL_BOLD};
    static const enum text_style plain[] = {STYLE_BODY, STYLE_SMALL};
    bool is_plain = b->style == STYLE_BODY || b->style == STYLE_SMALL;
    const enum text_style *smaller = is_plain ? plain : bold;
    size_t n_smaller = is_plain ? YJ_COUNT(plain) : YJ_COUNT(bold);
    int most = b->is_one_line ? 1 : BUTTON_LINES;
    struct font_line line[LABEL_MAX_LINES];
    b->font = widget_font(ctx, b->style);
    b->shown_icon_px = b->icon_px;
    bool may_drop = !is_option(b) && !b->icon_end && b->icon && b->look != BUTTON_FACE;
    int room = width - 2 * b->pad;
    struct font *wanted = b->font;
    if (may_drop && font_width(b->font, b->w.text, SIZE_MAX) + icon_room(b, b->icon_px) > room)
        b->shown_icon_px = 0;
    room -= icon_room(b, b->shown_icon_px);
    if (is_face_beside(b, width))
        room = width * 3 / 4 - b->icon_px - ctx->tok.pad;
    int n = label_wrap(ctx, b->w.text, room, most, &b->font, smaller, n_smaller, line);
    if (b->is_one_line && n > 1) { /* cannot be: then at least in letters that can be read */
        b->font = wanted;
        n = label_wrap(ctx, b->w.text, room, BUTTON_LINES, &b->font, smaller, n_smaller, line);
    }
    b->line = arena_take(ctx->arena, (size_t)n * sizeof *line);
    memcpy(b->line, line, (size_t)n * sizeof *line);
    b->n_lines = n;
    b->w.is_text_cut = false;
    for (int i = 0; i < n; i++)
        b->w.is_text_cut = b->w.is_text_cut || line[i].width > room;
}

static int button_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    struct button *b = (struct button *)w;
    fit_words(b, ctx, width);
    w->cap_px = w->text[0] ? font_cap_height(b->font) : 0;
    int h = b->n_lines * font_line_height(b->font) + b->pad;
    if (is_face_beside(b, width))
        h = h > b->icon_px + 2 * b->pad ? h : b->icon_px + 2 * b->pad;
    else if (b->look == BUTTON_FACE)
        h += b->icon_px + b->pad;
    return h > ctx->tok.target ? h : ctx->tok.target;
}

static void button_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w; /* no children */
    (void)ctx;
}

/* The main button: filled; a line inside its rim makes it the main one while it is pressed, too. */
static void draw_main(const struct widget *w, const struct tokens *t, struct surface *s)
{
    colour_t fill = w->is_disabled ? t->off : w->is_pressed ? t->primary_down : t->primary;
    if (!w->is_disabled && !w->is_pressed && !t->is_bare)
        surface_shadow(s, w->rect, t->radius, t->blur, t->blur / 3,
                       (t->shadow & 0xFFFFFF) | 0x38000000);
    surface_round(s, w->rect, t->radius, fill);
    if (t->is_bare && w->is_disabled)
        plate_off(s, t, w->rect, t->radius);
    else if (t->is_bare)
        surface_border(s, rect_grow(w->rect, -t->border), t->radius - t->border, t->border,
                       t->on_primary);
}

static void draw_ground(const struct button *b, const struct tokens *t, struct surface *s)
{
    const struct widget *w = &b->w;
    int radius = t->radius;
    bool is_lit = w->is_pressed || w->is_selected;
    if (is_filled(b)) {
        draw_main(w, t, s);
        return;
    }
    if (b->look == BUTTON_QUIET && !is_lit)
        return;
    if (b->look == BUTTON_SEGMENT) {
        colour_t fill = w->is_selected ? t->primary : w->is_pressed ? t->tint : w->ground;
        surface_round(s, w->rect, radius * 3 / 4, fill);
        return;
    }
    surface_round(s, w->rect, radius, is_lit ? t->tint : t->card);
    if (w->is_disabled)
        plate_off(s, t, w->rect, radius);
    else
        surface_border(s, w->rect, radius, is_lit ? t->border_lit : t->border,
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

static void draw_line(const struct button *b, struct surface *s, int i, int x, int y)
{
    font_draw(s, b->font, x, y, b->line[i].start, b->line[i].n, b->w.ink);
}

static void draw_face(const struct button *b, struct widget_ctx *ctx, struct surface *s)
{
    const struct rect *r = &b->w.rect;
    int lh = font_line_height(b->font), side = b->icon_px;
    if (is_face_beside(b, r->w)) {
        int at = r->w / 4, y = r->y + (r->h - b->n_lines * lh) / 2,
            words = at + side + ctx->tok.pad;
        int x = ctx->tok.is_rtl ? r->x + r->w - at - side : r->x + at;
        image_draw(ctx->images, s, b->icon, rect_of(x, r->y + (r->h - side) / 2, side, side), 0);
        for (int i = 0; i < b->n_lines; i++)
            draw_line(b, s, i,
                      ctx->tok.is_rtl ? r->x + r->w - words - b->line[i].width : r->x + words,
                      y + i * lh);
        return;
    }
    int y = r->y + (r->h - side - b->pad / 2 - b->n_lines * lh) / 2;
    image_draw(ctx->images, s, b->icon, rect_of(r->x + (r->w - side) / 2, y, side, side), 0);
    y += side + b->pad / 2;
    for (int i = 0; i < b->n_lines; i++)
        draw_line(b, s, i, r->x + (r->w - b->line[i].width) / 2, y + i * lh);
}

/* Icon, words, icon from the beginning of the line; options begin at the edge, others are centred.
 */
static void draw_words(const struct button *b, struct widget_ctx *ctx, struct surface *s)
{
    const struct rect *r = &b->w.rect;
    bool is_rtl = ctx->tok.is_rtl;
    int text_w = 0, lh = font_line_height(b->font), side = b->shown_icon_px;
    for (int i = 0; i < b->n_lines; i++)
        text_w = b->line[i].width > text_w ? b->line[i].width : text_w;
    int total = text_w + icon_room(b, side), cy = r->y + r->h / 2;
    int at = is_option(b) ? b->pad : (r->w - total) / 2; /* from the beginning */
    struct rect icon = {is_rtl ? r->x + r->w - at - side : r->x + at, cy - side / 2, side, side};
    if (is_option(b))
        draw_ring(b, ctx, s, icon);
    else if (b->icon && side)
        image_draw(ctx->images, s, widget_mirrored(ctx, b->icon), icon, b->w.ink);
    if (side && (b->icon || is_option(b)))
        at += side + b->pad / 2;
    for (int i = 0, y = cy - b->n_lines * lh / 2; i < b->n_lines; i++, y += lh) {
        int w = b->line[i].width, shift = at + (is_option(b) ? 0 : (text_w - w) / 2);
        draw_line(b, s, i, is_rtl ? r->x + r->w - shift - w : r->x + shift, y);
    }
    at += text_w + b->pad / 2;
    icon.x = is_rtl ? r->x + r->w - at - side : r->x + at;
    if (b->icon_end)
        image_draw(ctx->images, s, widget_mirrored(ctx, b->icon_end), icon, b->w.ink);
}

static void button_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct button *b = (const struct button *)w;
    draw_ground(b, &ctx->tok, s);
    if (b->look == BUTTON_FACE)
        draw_face(b, ctx, s);
    if (b->look == BUTTON_FACE && w->is_selected)
        plate_tick(ctx, s, w->rect);
    if (b->look != BUTTON_FACE)
        draw_words(b, ctx, s);
}

static uint64_t button_state(const struct widget *w)
{
    const struct button *b = (const struct button *)w;
    int all[] = {(int)b->look, font_size(b->font), b->shown_icon_px, b->n_lines};
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
