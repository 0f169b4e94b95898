/* SPDX-License-Identifier: Apache-2.0 */
/* What all widgets share. Main thread. */
#include "ui/widget/widget.h"

#include <string.h>

#include "base/bytes.h"
#include "ui/widget/plate.h"

enum { WORDS_BYTES = 4096 }; /* longest text of a view */

void *widget_new(struct widget_ctx *ctx, struct widget *parent, const struct widget_class *cls,
                 const char *id)
{
    struct widget *w = arena_take(ctx->arena, cls->bytes);
    w->cls = cls;
    w->id = id;
    w->index = -1;
    w->parent = parent;
    if (parent) {
        if (parent->last)
            parent->last->next = w;
        else
            parent->first = w;
        parent->last = w;
    }
    return w;
}

int widget_natural(struct widget *w, struct widget_ctx *ctx)
{
    return w->basis > 0 ? w->basis : w->cls->natural(w, ctx);
}

int widget_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    if (w->measured_w != width) {
        int h = w->cls->measure(w, ctx, width);
        w->measured_h = h > w->least_h ? h : w->least_h;
        w->measured_w = width;
    }
    return w->measured_h;
}

void widget_arrange(struct widget *w, struct widget_ctx *ctx, struct rect r)
{
    (void)widget_measure(w, ctx, r.w); /* lines and pages follow the final width */
    w->rect = r;
    w->cls->arrange(w, ctx);
}

struct widget *widget_split(struct widget *w, struct widget_ctx *ctx, int width, int room)
{
    if (!w->cls->split || room <= 0 || widget_measure(w, ctx, width) <= room)
        return NULL;
    struct widget *rest = w->cls->split(w, ctx, width, room);
    for (struct widget *p = rest ? w : NULL; p; p = p->parent)
        p->measured_w = 0;
    return rest;
}

void widget_unlink(struct widget *child)
{
    struct widget *parent = child->parent, *before = NULL;
    for (struct widget *c = parent->first; c != child; c = c->next)
        before = c;
    if (before)
        before->next = child->next;
    else
        parent->first = child->next;
    if (parent->last == child)
        parent->last = before;
    child->parent = child->next = NULL;
}

void widget_insert(struct widget *parent, struct widget *after, struct widget *child)
{
    child->parent = parent;
    child->next = after ? after->next : parent->first;
    if (after)
        after->next = child;
    else
        parent->first = child;
    if (!child->next)
        parent->last = child;
}

const char *widget_mirrored(const struct widget_ctx *ctx, const char *picture)
{
    static const char *const pairs[][2] = {
        {"forward", "back"}, {"back", "forward"}, {"arrow", "arrow-left"}};
    for (size_t i = 0; ctx->tok.is_rtl && picture && i < YJ_COUNT(pairs); i++)
        if (strcmp(picture, pairs[i][0]) == 0)
            return pairs[i][1];
    return picture;
}

void widget_draw(const struct widget *root, struct widget_ctx *ctx, struct surface *s)
{
    if (root->is_hidden)
        return;
    if (!rect_is_empty(rect_intersect(rect_grow(root->rect, root->bleed), s->clip)))
        root->cls->draw(root, ctx, s);
    for (const struct widget *w = root->first; w; w = w->next)
        widget_draw(w, ctx, s);
    if (root->is_pressed && ctx->tok.is_bare)
        plate_invert(s, root->rect, ctx->tok.radius);
    if (root->is_focused)
        widget_draw_ring(s, &ctx->tok, root->rect);
}

bool widget_can_tap(const struct widget *w)
{
    return w->action.act != ACT_NONE && !w->is_disabled && !w->is_hidden;
}

/* Later widgets lie on top. *stop is set at an overlay: nothing below it counts. */
static struct widget *hit(struct widget *w, int x, int y, bool *stop)
{
    struct widget *found = NULL;
    if (w->is_hidden)
        return NULL;
    if (w->is_overlay)
        *stop = true;
    if (widget_can_tap(w) && rect_has(w->rect, x, y))
        found = w;
    for (struct widget *c = w->first; c; c = c->next) {
        bool covers = false;
        struct widget *in = hit(c, x, y, &covers);
        if (in || covers)
            found = in;
        if (covers)
            *stop = true;
    }
    return found;
}

struct widget *widget_at(struct widget *root, int x, int y)
{
    bool stop = false;
    return hit(root, x, y, &stop);
}

/* The last visible overlay in drawing order, or NULL. */
static const struct widget *top_overlay(const struct widget *w)
{
    const struct widget *found = w->is_overlay && !w->is_hidden ? w : NULL;
    for (const struct widget *c = w->first; c && !w->is_hidden; c = c->next) {
        const struct widget *in = top_overlay(c);
        found = in ? in : found;
    }
    return found;
}

static bool is_inside(const struct widget *w, const struct widget *ancestor)
{
    for (; w; w = w->parent)
        if (w == ancestor)
            return true;
    return false;
}

static void visit(struct widget *w, const struct widget *top, int depth, bool is_shown,
                  widget_visit_fn fn, void *arg)
{
    is_shown = is_shown && !w->is_hidden;
    fn(arg, w, depth, is_shown && (!top || is_inside(w, top)));
    for (struct widget *c = w->first; c; c = c->next)
        visit(c, top, depth + 1, is_shown, fn, arg);
}

void widget_visit(struct widget *root, widget_visit_fn fn, void *arg)
{
    visit(root, top_overlay(root), 0, true, fn, arg);
}

static void number(void *arg, struct widget *w, int depth, bool is_visible)
{
    int *n = arg;
    (void)depth; /* the order is what counts */
    w->focus = is_visible && widget_can_tap(w) ? ++*n : 0;
}

void widget_focus_number(struct widget *root)
{
    int n = 0;
    widget_visit(root, number, &n);
}

uint64_t hash_bytes(uint64_t h, const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * 1099511628211ULL;
    return h;
}

uint64_t hash_text(uint64_t h, const char *s)
{
    return s ? hash_bytes(h, s, strlen(s) + 1) : hash_bytes(h, "\xff", 1);
}

uint64_t widget_state(const struct widget *w)
{
    uint64_t h = 1469598103934665603ULL;
    unsigned flags = (unsigned)w->is_disabled | (unsigned)w->is_selected << 1 |
                     (unsigned)w->is_pressed << 2 | (unsigned)w->has_error << 3 |
                     (unsigned)w->is_focused << 4;
    h = hash_text(h, w->cls->name);
    h = hash_bytes(h, &w->rect, sizeof w->rect);
    h = hash_text(h, w->text);
    h = hash_bytes(h, &flags, sizeof flags);
    h = hash_bytes(h, &w->ink, sizeof w->ink);
    h = hash_bytes(h, &w->ground, sizeof w->ground);
    return w->cls->state ? hash_bytes(h, &(uint64_t){w->cls->state(w)}, sizeof(uint64_t)) : h;
}

const char *widget_role(const struct widget *w)
{
    return w->role ? w->role : w->cls->role;
}

struct font *widget_font(struct widget_ctx *ctx, enum text_style style)
{
    const struct tokens *t = &ctx->tok;
    switch (style) {
    case STYLE_SMALL:
        return font_get(ctx->fonts, FONT_REGULAR, t->text_small);
    case STYLE_SMALL_BOLD:
        return font_get(ctx->fonts, FONT_BOLD, t->text_small);
    case STYLE_BODY:
        return font_get(ctx->fonts, FONT_REGULAR, t->text_body);
    case STYLE_BODY_BOLD:
        return font_get(ctx->fonts, FONT_BOLD, t->text_body);
    case STYLE_STRONG:
        return font_get(ctx->fonts, FONT_BOLD, t->text_strong);
    case STYLE_TITLE:
        return font_get(ctx->fonts, FONT_BOLD, t->text_title);
    case STYLE_NUMBER:
        return font_get(ctx->fonts, FONT_BOLD, t->text_number);
    }
    return font_get(ctx->fonts, FONT_REGULAR, t->text_body);
}

const char *widget_text(struct widget_ctx *ctx, const struct view_text *text)
{
    if (!text->id && !text->lit)
        return "";
    char words[WORDS_BYTES];
    size_t n = text_resolve(ctx->texts, text, words, sizeof words);
    const char *out = arena_text(ctx->arena, words, n);
    bytes_wipe(words, n);
    return out;
}

const char *widget_words(struct widget_ctx *ctx, const char *id, const char *arg1, const char *arg2)
{
    return widget_text(ctx, &(struct view_text){.id = id, .arg = {arg1, arg2}});
}

const char *widget_number(struct widget_ctx *ctx, int n)
{
    return arena_printf(ctx->arena, "%d", n);
}

colour_t tone_fill(const struct tokens *tok, enum view_tone tone)
{
    switch (tone) {
    case TONE_OK:
        return tok->ok_fill;
    case TONE_WAIT:
        return tok->wait_fill;
    case TONE_WARN:
        return tok->warn_fill;
    case TONE_ERROR:
        return tok->error_fill;
    case TONE_NEUTRAL:
        break;
    }
    return tok->neutral_fill;
}

colour_t tone_ink(const struct tokens *tok, enum view_tone tone)
{
    switch (tone) {
    case TONE_OK:
        return tok->ok_ink;
    case TONE_WAIT:
        return tok->wait_ink;
    case TONE_WARN:
        return tok->warn_ink;
    case TONE_ERROR:
        return tok->error_ink;
    case TONE_NEUTRAL:
        break;
    }
    return tok->neutral_ink;
}

const char *tone_icon(enum view_tone tone)
{
    switch (tone) {
    case TONE_OK:
        return "check";
    case TONE_WAIT:
        return "clock";
    case TONE_WARN:
    case TONE_ERROR:
        return "warning";
    case TONE_NEUTRAL:
        break;
    }
    return "info";
}
