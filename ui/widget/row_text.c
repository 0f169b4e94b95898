/* SPDX-License-Identifier: Apache-2.0 */
/* Headings, paragraphs, notes: words of a page. Main thread. */
#include <string.h>

#include "ui/widget/rows.h"

/* A paragraph longer than this is cut at a line's end into several rows, so that pages can turn
 * between them. */
enum { PARAGRAPH_LINES = 6, PARAGRAPH_MAX = 20 };

const char *row_id(struct widget_ctx *ctx, const struct view_item *v, int item)
{
    return v->id ? arena_text(ctx->arena, v->id, strlen(v->id))
                 : arena_printf(ctx->arena, "item.%d", item);
}

void row_heading(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *b = box_new(ctx, list, BOX_COLUMN, 0);
    b->w.role = "heading";
    b->pad_y = t->gap / 2;
    struct label *l =
        label_new(ctx, &b->w, widget_text(ctx, &v->label), STYLE_STRONG, t->primary, t->ground);
    l->w.id = row_id(ctx, v, item);
    l->w.role = "heading";
}

void row_paragraph(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    const char *words = widget_text(ctx, &v->label);
    int width = list->basis > 0 ? list->basis : list->rect.w;
    struct font_line lines[LABEL_MAX_LINES];
    struct font *font = widget_font(ctx, STYLE_BODY);
    int n = width > 0 ? font_wrap(font, words, width - 2 * t->pad, lines, LABEL_MAX_LINES) : 1;
    for (int i = 0; i < n; i += PARAGRAPH_LINES) {
        struct box *card = card_new(ctx, list, NULL, "group");
        int last = i + PARAGRAPH_LINES < n ? i + PARAGRAPH_LINES - 1 : n - 1;
        const char *part = words;
        if (n > PARAGRAPH_LINES)
            part = arena_text(ctx->arena, lines[i].start,
                              (size_t)(lines[last].start - lines[i].start) + lines[last].n);
        struct label *l = label_new(ctx, &card->w, part, STYLE_BODY, t->ink, t->card);
        l->w.id = i == 0 ? row_id(ctx, v, item) : NULL;
    }
}

struct box *alert_bar_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                          const char *words, enum view_tone tone)
{
    const struct tokens *t = &ctx->tok;
    struct box *b = box_new(ctx, parent, BOX_ROW, t->gap);
    b->w.role = tone == TONE_ERROR || tone == TONE_WARN ? "alert" : "note";
    b->fill = tone_fill(t, tone);
    b->radius = t->radius;
    b->pad_x = t->pad;
    b->pad_y = t->gap;
    colour_t ink = tone_ink(t, tone);
    (void)picture_new(ctx, &b->w, tone_icon(tone), t->icon, t->icon, ink);
    struct label *l = label_new(ctx, &b->w, words,
                                tone == TONE_NEUTRAL ? STYLE_BODY : STYLE_BODY_BOLD, ink, b->fill);
    l->w.grow = 1;
    l->w.id = id;
    return b;
}

void row_note(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    (void)alert_bar_new(ctx, list, row_id(ctx, v, item), widget_text(ctx, &v->label), v->tone);
}

struct box *pill_new(struct widget_ctx *ctx, struct widget *parent, const char *words,
                     enum view_tone tone)
{
    const struct tokens *t = &ctx->tok;
    struct box *b = box_new(ctx, parent, BOX_ROW, 0);
    b->fill = tone_fill(t, tone);
    b->radius = t->text_small;
    b->pad_x = t->gap;
    b->pad_y = t->gap / 4;
    (void)label_new(ctx, &b->w, words, STYLE_SMALL_BOLD, tone_ink(t, tone), b->fill);
    return b;
}

void row_progress(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "status");
    card->kind = BOX_ROW;
    colour_t ink = v->tone == TONE_NEUTRAL ? t->primary : tone_ink(t, v->tone);
    struct picture_box *p =
        picture_new(ctx, &card->w, tone_icon(v->tone == TONE_NEUTRAL ? TONE_WAIT : v->tone),
                    t->icon * 3 / 2, t->icon * 3 / 2, ink);
    p->disc = tone_fill(t, v->tone);
    struct label *l =
        label_new(ctx, &card->w, widget_text(ctx, &v->label), STYLE_STRONG, t->ink, t->card);
    l->w.grow = 1;
    l->w.id = row_id(ctx, v, item);
}
