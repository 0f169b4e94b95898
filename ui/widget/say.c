/* SPDX-License-Identifier: Apache-2.0 */
/* What a person hears of a widget, and the ring around the one that has the focus. Main thread. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/speech/spell.h"
#include "ui/widget/widget.h"

enum { LINE_BYTES = 2048 };

/* ---- the ring ---- */

#define RING_GAP_MM  0.5
#define RING_LINE_MM 1.3

static int least(double px, int floor_px)
{
    return px > floor_px ? (int)(px + 0.5) : floor_px;
}

int widget_ring_px(const struct tokens *tok)
{
    return least(RING_GAP_MM * tok->px_per_mm, 2) + least(RING_LINE_MM * tok->px_per_mm, 4);
}

void widget_draw_ring(struct surface *s, const struct tokens *tok, struct rect r)
{
    int gap = least(RING_GAP_MM * tok->px_per_mm, 2),
        line = least(RING_LINE_MM * tok->px_per_mm, 4);
    surface_border(s, rect_grow(r, gap), tok->radius + gap, gap, tok->card);
    surface_border(s, rect_grow(r, gap + line), tok->radius + gap + line, line, tok->ink);
}

/* ---- words ---- */

struct words {
    struct widget_ctx *ctx;
    char *out;
    size_t n, cap;
};

static bool has_role(const struct widget *w, const char *role)
{
    const char *is = widget_role(w);
    return is && strcmp(is, role) == 0;
}

static bool has_press(const struct widget *w)
{
    for (const struct widget *c = w->first; c; c = c->next)
        if (c->action.act != ACT_NONE || has_press(c))
            return true;
    return false;
}

bool widget_is_whole(const struct widget *w)
{
    return w->action.act != ACT_NONE || has_role(w, "field") ||
           (has_role(w, "listitem") && !has_press(w));
}

static bool has_line(const struct words *o, const char *line)
{
    size_t n = strlen(line);
    for (const char *at = o->out; (at = strstr(at, line)); at += n)
        if ((at == o->out || at[-1] == '\n') && (!at[n] || at[n] == '\n'))
            return true;
    return false;
}

/* One line more, unless it was said already. */
static void add(struct words *o, const char *text)
{
    char line[LINE_BYTES];
    struct spell_words spell = {.tail = text_get(o->ctx->texts, "say.tail"),
                                .date = text_get(o->ctx->texts, "say.date"),
                                .months = text_get(o->ctx->texts, "say.months"),
                                .comma = text_get(o->ctx->texts, "say.comma")};
    if (strcmp(spell.months, "-") == 0)
        spell.months = "";
    size_t n = text ? spell_text(&spell, text, line, sizeof line) : 0;
    if (n && !has_line(o, line) && o->n + n + 2 < o->cap) {
        if (o->n)
            o->out[o->n++] = '\n';
        memcpy(o->out + o->n, line, n + 1);
        o->n += n;
    }
    bytes_wipe(line, n);
}

static void add_id(struct words *o, const char *id, int a, int b)
{
    if (a < 0)
        add(o, text_get(o->ctx->texts, id));
    else
        add(o, widget_words(o->ctx, id, widget_number(o->ctx, a), widget_number(o->ctx, b)));
}

/* Everything written inside w, but for one widget; said: words that hold some of it already. */
static void add_inside(struct words *o, const struct widget *w, const struct widget *without,
                       const char *said)
{
    const char *text = w->say ? w->say : w->text;
    if (w == without)
        return;
    if (text && text[0] && (w->say || !w->first || widget_is_whole(w)) &&
        !(said && strstr(said, text)))
        add(o, text);
    if (widget_is_whole(w) && text && text[0])
        said = text;
    for (const struct widget *c = w->first; c; c = c->next)
        add_inside(o, c, without, said);
}

static const struct widget *card_of(const struct widget *w)
{
    const struct widget *card = w->parent;
    while (card && !has_role(card, "group"))
        card = card->parent;
    return card;
}

/* A field is said with its card: label, value, explanation or error. */
static void add_field(struct words *o, const struct widget *w)
{
    const struct widget *card = card_of(w);
    const struct widget *label = card ? card->first : NULL;
    if (label && label != w)
        add_inside(o, label, w, NULL);
    add_id(o, w->action.act == ACT_SHEET ? "say.list" : "say.field", -1, 0);
    if (w->text && w->text[0])
        add(o, w->say ? w->say : w->text);
    else
        add_id(o, "say.empty", -1, 0);
    if (w->has_error)
        add_id(o, "say.error", -1, 0);
    if (card)
        add_inside(o, card, w, NULL);
}

struct among {
    const struct widget *w;
    int place, n;
};

static void count_like(struct among *a, const struct widget *w)
{
    a->n += w->id && w->index >= 0 && strcmp(w->id, a->w->id) == 0;
    a->place = w == a->w ? a->n : a->place;
    for (const struct widget *c = w->first; c; c = c->next)
        count_like(a, c);
}

/* How many of its list stand under the same name, and which of them it is. */
static struct among place_among(const struct widget *w)
{
    struct among a = {.w = w};
    const struct widget *all = w->parent;
    while (all && all->parent && !has_role(all, "list"))
        all = all->parent;
    if (all && w->id && w->index >= 0)
        count_like(&a, all);
    return a;
}

static void add_state(struct words *o, const struct widget *w)
{
    bool is_option = has_role(w, "option") || has_role(w, "tab");
    struct among like = place_among(w);
    if (has_role(w, "button"))
        add_id(o, "say.button", -1, 0);
    else if (w->action.act == ACT_EDIT)
        add_id(o, "say.field", -1, 0);
    if (is_option)
        add_id(o, w->is_selected ? "say.chosen" : "say.option", -1, 0);
    else if (w->is_selected)
        add_id(o, "say.on", -1, 0);
    if (w->is_disabled)
        add_id(o, "say.disabled", -1, 0);
    if (w->has_error)
        add_id(o, "say.error", -1, 0);
    if (like.n > 1)
        add_id(o, "say.place", like.place, like.n);
}

size_t widget_say(const struct widget *w, struct widget_ctx *ctx, char *out, size_t cap)
{
    struct words o = {ctx, out, 0, cap};
    out[0] = '\0';
    if (has_role(w, "field")) {
        add_field(&o, w);
        return o.n;
    }
    if (w->say)
        add(&o, w->say);
    else if (widget_is_whole(w))
        add_inside(&o, w, NULL, NULL);
    else
        add(&o, w->text);
    if (widget_is_whole(w))
        add_state(&o, w);
    return o.n;
}
