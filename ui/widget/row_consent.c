/* SPDX-License-Identifier: Apache-2.0 */
/* A text that somebody agrees to: read in pieces, agreed to below it. Main thread. */
#include "ui/widget/rows.h"

#include <string.h>

/* A hint has at most so many lines; a longer note is a text to read. Pieces are short enough that a
 * page holds one beside the question, so that pages turn between them. */
enum { HINT_LINES = 4, PIECE_LINES = 9 };

static int lines_of(struct widget_ctx *ctx, const char *words, int width_px, struct font_line *ret)
{
    struct font *font = widget_font(ctx, STYLE_BODY);
    return font_wrap(font, words, width_px - 2 * ctx->tok.pad, ret, LABEL_MAX_LINES);
}

bool row_is_consent(struct widget_ctx *ctx, const struct view_item *v, int width_px)
{
    struct font_line line[LABEL_MAX_LINES];
    return v->kind == VIEW_CHOICE &&
           lines_of(ctx, widget_text(ctx, &v->note), width_px, line) > HINT_LINES;
}

/* @return bytes behind the last end of a sentence within the first n, 0: there is none */
static size_t sentence_end(const char *words, size_t n)
{
    static const char *const ends[] = {"。", "；", "\n"};
    size_t best = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < YJ_COUNT(ends); k++) {
            size_t len = strlen(ends[k]);
            if (i + len <= n && strncmp(words + i, ends[k], len) == 0)
                best = i + len;
        }
    return best;
}

/* @return bytes of the next piece: whole sentences where they fit */
static size_t piece_bytes(struct widget_ctx *ctx, const char *words, int width_px)
{
    struct font_line line[LABEL_MAX_LINES];
    int n = lines_of(ctx, words, width_px, line);
    if (n <= PIECE_LINES)
        return strlen(words);
    size_t most = (size_t)(line[PIECE_LINES].start - words), end = sentence_end(words, most);
    return end > most / 2 ? end : most;
}

void row_consent(struct widget_ctx *ctx, struct widget *list, const struct view_item *v, int item)
{
    const struct tokens *t = &ctx->tok;
    struct box *card = card_new(ctx, list, NULL, "group");
    struct label *l =
        label_new(ctx, &card->w, widget_text(ctx, &v->label), STYLE_STRONG, t->ink, t->card);
    l->w.id = arena_printf(ctx->arena, "%s.label", row_id(ctx, v, item));
    const char *words = widget_text(ctx, &v->note), *at = words;
    while (*at) {
        size_t n = piece_bytes(ctx, at, list->basis);
        if (at != words)
            card = card_new(ctx, list, NULL, "group");
        (void)label_new(ctx, &card->w, arena_text(ctx->arena, at, n), STYLE_BODY, t->ink, t->card);
        at += n;
    }
    card->w.has_error = v->has_error;
    const char *error = widget_text(ctx, &v->value);
    if (v->has_error && error[0])
        (void)alert_bar_new(ctx, &card->w, NULL, error, TONE_ERROR);
    chips_new(ctx, &card->w, v, item, list->basis - 2 * t->pad);
}
