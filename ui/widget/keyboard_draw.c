/* SPDX-License-Identifier: Apache-2.0 */
/* How the input panel looks, and what it tells about itself. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

enum { SHOW_BYTES = KB_QUERY_BYTES * 2, READING_BYTES = 256, EDITOR_LINES = 24 };

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
    case LOOK_TAB:
        if (it->is_selected)
            return (struct colours){t->primary, t->on_primary, 0};
        return (struct colours){is_pressed ? t->tint : t->ground, t->ink, t->edge};
    case LOOK_KEY:
    case LOOK_CANDIDATE:
    case LOOK_OPTION:
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
    case LOOK_TAB:
        return font_get(set, it->is_selected ? FONT_BOLD : FONT_REGULAR, kb->t.text_body);
    case LOOK_OPTION:
        return font_get(set, FONT_REGULAR, kb->t.text_body);
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
    font = font_size(small) < font_size(font) ? small : font;
    if (font_width(font, it->label, SIZE_MAX) <= it->rect.w)
        return font;
    double least_mm = kb->t.is_large ? 10.0 : 6.9; /* capitals of 7.3 and 5 mm */
    small = font_get(kb->cfg.fonts, FONT_REGULAR, (int)(least_mm * kb->t.px_per_mm + 1));
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

/* What the editor shows: the text, where there is no other place with what waits. */
static void shown_text(const struct keyboard *kb, char out[SHOW_BYTES])
{
    bool has_letters = *pinyin_letters(kb->pinyin) != '\0';
    if (kb->is_search && has_letters) {
        kb_text_query(kb, out);
        return;
    }
    kb_text_show(kb, out, SHOW_BYTES);
    size_t n = strlen(out);
    if (kb_has_candidates(kb) && rect_is_empty(kb->reading))
        kb_reading(kb, out + n, SHOW_BYTES - n);
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
        int most = r.h < 2 * lh ? 1 : 2, first = n > most ? n - most : 0;
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

static const char *hint_of(enum kb_page page)
{
    switch ((int)page) {
    case KB_PINYIN:
        return "ime.hint";
    case KB_STROKES:
        return "ime.strokes.hint";
    case KB_PARTS:
        return "ime.parts.hint";
    case KB_CODE:
        return "ime.code.hint";
    case KB_REGION:
        return "ime.region.hint";
    default:
        return NULL;
    }
}

/* What waits, as it is read; else how this method is used. */
static void draw_reading(const struct keyboard *kb, struct surface *s)
{
    const struct tokens *t = &kb->t;
    char text[READING_BYTES];
    if (rect_is_empty(kb->reading))
        return;
    kb_reading(kb, text, sizeof text);
    const char *hint = *text ? NULL : hint_of(kb->page);
    struct rect clip = s->clip;
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_small);
    surface_clip(s, rect_intersect(clip, kb->reading));
    if (hint && font_width(font, kb_word(kb, hint), SIZE_MAX) <= kb->reading.w)
        font_draw(s, font, kb->reading.x, kb->reading.y, kb_word(kb, hint), SIZE_MAX, t->ink_soft);
    else if (!hint)
        font_draw(s, font, kb->reading.x, kb->reading.y, text, strlen(text), t->primary);
    s->clip = clip;
    bytes_wipe(text, sizeof text);
}

static void draw_head(const struct keyboard *kb, struct surface *s)
{
    const struct tokens *t = &kb->t;
    struct font *small = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_small);
    int y = kb->editor.y - font_line_height(small) - t->gap / 2;
    if (kb->is_search || kb->form.is_short) {
        draw_editor(kb, s);
        return;
    }
    char count[32];
    count_text(kb, count, sizeof count);
    int count_w = font_width(small, count, SIZE_MAX), label_w = kb->keys.w - count_w - t->gap;
    int count_x = t->is_rtl ? kb->keys.x : kb->keys.x + kb->keys.w - count_w;
    struct rect clip = s->clip;
    font_draw(s, small, count_x, y, count, strlen(count), t->ink_soft);
    struct rect label = rect_of(t->is_rtl ? kb->keys.x + count_w + t->gap : kb->keys.x, y, label_w,
                                font_line_height(small));
    int shown_w = font_width(small, kb->label, SIZE_MAX);
    surface_clip(s, rect_intersect(clip, label)); /* a very long question ends at the count */
    font_draw(s, small, t->is_rtl && shown_w < label_w ? label.x + label_w - shown_w : label.x, y,
              kb->label, strlen(kb->label), t->ink_soft);
    s->clip = clip;
    draw_editor(kb, s);
    draw_reading(kb, s);
}

struct kb_spot kb_spot_of(const struct keyboard *kb, const struct handwriting_point *p)
{
    struct rect r = kb->pad;
    int side = r.w > r.h ? r.w : r.h;
    return (struct kb_spot){r.x - (side - r.w) / 2 + p->x * side / HANDWRITING_SIDE,
                            r.y - (side - r.h) / 2 + p->y * side / HANDWRITING_SIDE};
}

/* The square with its cross, as children learn to write in, and the ink. */
static void draw_pad(const struct keyboard *kb, struct surface *s)
{
    const struct tokens *t = &kb->t;
    struct rect r = kb->pad, clip = s->clip;
    size_t n = 0;
    if (rect_is_empty(rect_intersect(r, clip)))
        return;
    surface_round(s, r, t->radius * 3 / 4, t->card);
    for (int at = 0; at < r.w; at += 4 * t->border)
        surface_fill(s, rect_of(r.x + at, r.y + r.h / 2, 2 * t->border, t->border), t->rule);
    for (int at = 0; at < r.h; at += 4 * t->border)
        surface_fill(s, rect_of(r.x + r.w / 2, r.y + at, t->border, 2 * t->border), t->rule);
    surface_border(s, r, t->radius * 3 / 4, t->border, t->primary);
    const struct handwriting_point *p = handwriting_points(kb->hand, &n);
    if (!n) {
        const char *hint = kb_word(kb, "ime.hand.hint");
        struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, t->text_small);
        int w = font_width(font, hint, SIZE_MAX);
        if (w < r.w)
            font_draw(s, font, r.x + (r.w - w) / 2, r.y + t->gap, hint, SIZE_MAX, t->ink_soft);
    }
    surface_clip(s, rect_intersect(r, clip));
    for (size_t i = 0; i < n; i++) {
        struct kb_spot to = kb_spot_of(kb, &p[i]);
        bool is_on = i > 0 && p[i - 1].stroke == p[i].stroke;
        struct kb_spot from = is_on ? kb_spot_of(kb, &p[i - 1]) : to;
        surface_line(s, from.x, from.y, to.x, to.y, t->pen * 2, t->ink);
    }
    s->clip = clip;
}

void keyboard_draw(struct keyboard *kb, struct surface *s)
{
    if (!kb->is_open)
        return;
    const struct tokens *t = &kb->t;
    struct rect clip = s->clip;
    surface_clip(s, rect_intersect(clip, kb->sheet));
    surface_fill(s, kb->sheet, t->ground);
    if (kb->form.is_side)
        surface_fill(s, rect_of(kb->sheet.x, 0, t->border, kb->sheet.h), t->edge);
    else
        surface_fill(s, rect_of(0, kb->sheet.y, kb->sheet.w, t->border), t->edge);
    if (!rect_is_empty(rect_intersect(s->clip, kb->head)))
        draw_head(kb, s);
    if (!rect_is_empty(kb->pad))
        draw_pad(kb, s);
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
                                 .said = text,
                                 .rect = r,
                                 .is_enabled = true,
                                 .ink = ink,
                                 .ground = ground};
    fn(arg, &item);
}

void keyboard_each_item(const struct keyboard *kb, keyboard_item_fn fn, void *arg)
{
    static const char *const roles[] = {[LOOK_KEY] = "key",     [LOOK_FUNCTION] = "key",
                                        [LOOK_MAIN] = "button", [LOOK_CANDIDATE] = "candidate",
                                        [LOOK_TAB] = "key",     [LOOK_OPTION] = "key",
                                        [LOOK_PLAIN] = "text"};
    if (!kb->is_open)
        return;
    const struct tokens *t = &kb->t;
    char shown[SHOW_BYTES], count[32];
    shown_text(kb, shown);
    count_text(kb, count, sizeof count);
    int label_h = kb_line_height(kb, t->text_small);
    struct rect head =
        rect_of(kb->keys.x, kb->editor.y - label_h - t->gap / 2, kb->keys.w, label_h);
    if (!kb->is_search)
        tell(fn, arg, "keyboard.label", "text", kb->label, head, t->ink_soft, t->ground);
    tell(fn, arg, "keyboard.text", "field", shown, kb->editor, t->ink, t->card);
    if (*count)
        tell(fn, arg, "keyboard.count", "text", count, head, t->ink_soft, t->ground);
    if (kb_has_candidates(kb) && !kb->is_search) {
        char reading[READING_BYTES];
        kb_reading(kb, reading, sizeof reading);
        tell(fn, arg, "keyboard.reading", "text", reading, kb->reading, t->primary, t->ground);
        bytes_wipe(reading, sizeof reading);
    }
    for (size_t i = 0; i < kb->n_items; i++) {
        const struct kb_item *it = &kb->item[i];
        struct colours c = colours_of(kb, it, false);
        struct font *font = font_of(kb, it);
        char said[64];
        struct keyboard_item item = {.id = it->id,
                                     .said = kb_say(kb, it, said, sizeof said),
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
