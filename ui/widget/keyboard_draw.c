/* SPDX-License-Identifier: Apache-2.0 */
/* How the input panel looks, and what it tells about itself. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

enum { SHOW_BYTES = KB_QUERY_BYTES, EDITOR_LINES = 24 };

struct colours {
    colour_t fill, ink, edge; /* edge 0: none */
};

static struct colours colours_of(const struct keyboard *kb, const struct kb_item *it,
                                 bool is_pressed)
{
    const struct tokens *t = &kb->t;
    switch (it->look) {
    case LOOK_MAIN:
        if (!it->is_enabled)
            return (struct colours){t->off, t->on_off, 0};
        return (struct colours){is_pressed ? t->primary_down : t->primary, t->on_primary, 0};
    case LOOK_FUNCTION:
        if (!it->is_enabled)
            return (struct colours){t->ground, colour_mix(t->ground, t->ink_soft, 140), t->rule};
        return (struct colours){is_pressed || it->is_selected ? t->tint : t->neutral_fill,
                                t->neutral_ink, is_pressed ? t->primary : 0};
    case LOOK_PLAIN:
        return (struct colours){t->ground, t->ink_soft, 0};
    case LOOK_KEY:
    case LOOK_CANDIDATE:
        break;
    }
    if (!it->is_enabled)
        return (struct colours){t->ground, colour_mix(t->ground, t->ink_soft, 140), t->rule};
    if (it->is_selected && it->look == LOOK_KEY)
        return (struct colours){t->primary, t->on_primary, 0};
    return (struct colours){is_pressed || it->is_selected ? t->tint : t->card, t->ink,
                            is_pressed || it->is_selected ? t->primary : t->edge};
}

static struct font *usual_font(const struct keyboard *kb, const struct kb_item *it)
{
    struct font_set *set = kb->cfg.fonts;
    switch (it->look) {
    case LOOK_MAIN:
        return font_get(set, FONT_BOLD, kb->t.text_strong);
    case LOOK_FUNCTION:
        if (it->act == ACT_PREV || it->act == ACT_NEXT) /* an arrow */
            return font_get(set, FONT_BOLD, kb->t.text_title);
        return font_get(set, FONT_REGULAR, kb->t.text_body);
    case LOOK_PLAIN:
        return font_get(set, FONT_REGULAR, kb->t.text_small);
    case LOOK_CANDIDATE:
        return font_get(set, FONT_REGULAR, kb->t.text_title);
    case LOOK_KEY:
        break;
    }
    return font_get(set, FONT_REGULAR,
                    it->act == ACT_CANCEL || it->act == ACT_OK ? kb->t.text_strong
                                                               : kb->t.text_title * 4 / 5);
}

/* A narrow panel sets long keys smaller instead of cutting them. */
static struct font *font_of(const struct keyboard *kb, const struct kb_item *it)
{
    struct font *font = usual_font(kb, it);
    if (it->act == ACT_CANDIDATE || font_width(font, it->label, SIZE_MAX) <= it->rect.w)
        return font;
    struct font *small = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_small);
    return font_size(small) < font_size(font) ? small : font;
}

static void draw_item(const struct keyboard *kb, struct surface *s, size_t at)
{
    const struct kb_item *it = &kb->item[at];
    struct rect r = it->rect, clip = s->clip;
    if (rect_is_empty(rect_intersect(r, clip)))
        return;
    struct colours c = colours_of(kb, it, kb->pressed == (int)at);
    if (it->look != LOOK_PLAIN) {
        int radius = kb->t.radius * 3 / 4;
        surface_round(s, r, radius, c.fill);
        if (c.edge)
            surface_border(s, r, radius, kb->t.border, c.edge);
    }
    struct font *font = font_of(kb, it);
    int w = font_width(font, it->label, SIZE_MAX), lh = font_line_height(font);
    surface_clip(s, rect_intersect(r, clip)); /* a very long candidate ends at its own edge */
    int x = w < r.w ? r.x + (r.w - w) / 2 : r.x + kb->t.pad / 2;
    font_draw(s, font, x, r.y + (r.h - lh) / 2, it->label, strlen(it->label), c.ink);
    s->clip = clip;
}

/* What the editor shows: the text, in a search with the letters that wait. */
static void shown_text(const struct keyboard *kb, char out[SHOW_BYTES])
{
    if (kb->is_search)
        kb_text_query(kb, out);
    else
        kb_text_show(kb, out, SHOW_BYTES);
}

/* A search without words says how they are written. */
static void draw_search_hint(const struct keyboard *kb, struct surface *s)
{
    const struct tokens *t = &kb->t;
    const char *hint = kb_word(kb, "ime.search.hint");
    int room = kb->editor.w - 2 * t->pad;
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_body);
    if (font_width(font, hint, SIZE_MAX) > room)
        font = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_small);
    font_draw(s, font, kb->editor.x + t->pad + t->gap,
              kb->editor.y + (kb->editor.h - font_line_height(font)) / 2, hint, SIZE_MAX,
              t->ink_soft);
}

/* The text large on one line while it fits, else the last two lines of it smaller. */
static void draw_editor(const struct keyboard *kb, struct surface *s)
{
    const struct tokens *t = &kb->t;
    struct rect r = kb->editor;
    surface_round(s, r, t->radius * 3 / 4, t->card);
    surface_border(s, r, t->radius * 3 / 4, t->border, t->primary);
    char shown[SHOW_BYTES];
    shown_text(kb, shown);
    if (kb->is_search && !shown[0])
        draw_search_hint(kb, s);
    int x = r.x + t->pad, room = r.w - 2 * t->pad;
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_title);
    struct font_line line[EDITOR_LINES];
    int n = 1, y, lh = font_line_height(font), w = font_width(font, shown, SIZE_MAX);
    if (w <= room) {
        y = r.y + (r.h - lh) / 2;
        font_draw(s, font, x, y, shown, strlen(shown), t->ink);
    } else {
        font = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_body);
        lh = font_line_height(font);
        n = font_wrap(font, shown, room, line, EDITOR_LINES);
        int first = n > 2 ? n - 2 : 0;
        y = r.y + (r.h - (n - first) * lh) / 2;
        for (int i = first; i < n; i++, y += lh)
            font_draw(s, font, x, y, line[i].start, line[i].n, t->ink);
        y -= lh;
        w = n > 0 ? line[n - 1].width : 0;
    }
    if (kb->input != INPUT_DATE)
        surface_fill(s, rect_of(x + w + t->border, y + lh / 8, t->border * 2, lh * 3 / 4),
                     t->primary);
    bytes_wipe(shown, sizeof shown);
    bytes_wipe(line, sizeof line);
}

/* How much is typed, for inputs with a fixed length; "" otherwise. */
static void count_text(const struct keyboard *kb, char *out, size_t cap)
{
    out[0] = '\0';
    if (kb->input != INPUT_DATE && !kb->is_search)
        snprintf(out, cap, "%zu / %zu", bytes_utf8_count(kb->text), kb->max_chars);
}

static void draw_head(const struct keyboard *kb, struct surface *s)
{
    const struct tokens *t = &kb->t;
    struct font *small = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_small);
    int y = kb->sheet.y + t->pad;
    if (kb->is_search) {
        draw_editor(kb, s);
        return;
    }
    char count[32];
    count_text(kb, count, sizeof count);
    int right = kb->editor.x + kb->editor.w;
    font_draw(s, small, kb->editor.x, y, kb->label, strlen(kb->label), t->ink_soft);
    font_draw(s, small, right - font_width(small, count, SIZE_MAX), y, count, strlen(count),
              t->ink_soft);
    draw_editor(kb, s);
    if (!kb_has_candidates(kb))
        return;
    const char *text = pinyin_reading(kb->pinyin);
    bool is_hint = !*text && kb->page == KB_PINYIN;
    if (is_hint)
        text = kb_word(kb, "ime.hint");
    font_draw(s, small, kb->reading.x, kb->reading.y, text, strlen(text),
              is_hint ? t->ink_soft : t->primary);
}

void keyboard_draw(struct keyboard *kb, struct surface *s)
{
    if (!kb->is_open)
        return;
    const struct tokens *t = &kb->t;
    struct rect clip = s->clip;
    surface_clip(s, rect_intersect(clip, kb->sheet));
    surface_fill(s, kb->sheet, t->ground);
    surface_fill(s, rect_of(0, kb->sheet.y, kb->sheet.w, t->border), t->edge);
    if (!rect_is_empty(rect_intersect(s->clip, kb->head)))
        draw_head(kb, s);
    for (size_t i = 0; i < kb->n_items; i++)
        draw_item(kb, s, i);
    s->clip = clip;
}

static void tell(keyboard_item_fn fn, void *arg, const char *id, const char *role, const char *text,
                 struct rect r, colour_t ink, colour_t ground)
{
    struct keyboard_item item = {.id = id,
                                 .role = role,
                                 .text = text,
                                 .rect = r,
                                 .is_enabled = true,
                                 .ink = ink,
                                 .ground = ground};
    fn(arg, &item);
}

void keyboard_each_item(const struct keyboard *kb, keyboard_item_fn fn, void *arg)
{
    static const char *const roles[] = {[LOOK_KEY] = "key",
                                        [LOOK_FUNCTION] = "key",
                                        [LOOK_MAIN] = "button",
                                        [LOOK_CANDIDATE] = "candidate",
                                        [LOOK_PLAIN] = "text"};
    if (!kb->is_open)
        return;
    const struct tokens *t = &kb->t;
    char shown[SHOW_BYTES], count[32];
    shown_text(kb, shown);
    count_text(kb, count, sizeof count);
    struct rect head = rect_of(kb->editor.x, kb->sheet.y + t->pad, kb->editor.w,
                               kb->editor.y - kb->sheet.y - t->pad);
    if (!kb->is_search)
        tell(fn, arg, "keyboard.label", "text", kb->label, head, t->ink_soft, t->ground);
    tell(fn, arg, "keyboard.text", "field", shown, kb->editor, t->ink, t->card);
    if (*count)
        tell(fn, arg, "keyboard.count", "text", count, head, t->ink_soft, t->ground);
    if (kb_has_candidates(kb) && !kb->is_search)
        tell(fn, arg, "keyboard.reading", "text", pinyin_reading(kb->pinyin), kb->reading,
             t->primary, t->ground);
    for (size_t i = 0; i < kb->n_items; i++) {
        const struct kb_item *it = &kb->item[i];
        struct colours c = colours_of(kb, it, false);
        struct font *font = font_of(kb, it);
        struct keyboard_item item = {.id = it->id,
                                     .role = roles[it->look],
                                     .text = it->label,
                                     .rect = it->rect,
                                     .is_enabled = it->is_enabled,
                                     .is_selected = it->is_selected,
                                     .ink = c.ink,
                                     .ground = c.fill,
                                     .cap_px = font_cap_height(font),
                                     .is_cut = font_width(font, it->label, SIZE_MAX) > it->rect.w};
        fn(arg, &item);
    }
    bytes_wipe(shown, sizeof shown);
}
