/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to write Chinese: their tabs, the candidates, and the writing square. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "ui/widget/keyboard_priv.h"

enum { HAND_LEAST = 8 }; /* candidates beside the square */

static const struct {
    enum kb_page page;
    const char *id, *word;
} methods[] = {
    {KB_REGION, "method.region", "ime.method.region"},
    {KB_PINYIN, "method.pinyin", "ime.method.pinyin"},
    {KB_HAND, "method.hand", "ime.method.hand"},
    {KB_STROKES, "method.strokes", "ime.method.strokes"},
    {KB_PARTS, "method.rare", "ime.method.rare"},
    {KB_ENGLISH, "method.english", "ime.method.english"},
    {KB_SYMBOLS, "method.symbols", "ime.method.symbols"},
};

static bool is_offered(const struct keyboard *kb, enum kb_page page)
{
    switch ((int)page) {
    case KB_REGION:
        return kb_region_is_offered(kb);
    case KB_HAND:
        return handwriting_is_there(kb->hand);
    case KB_STROKES:
        return stroke_table_is_there(kb->strokes);
    case KB_PARTS: /* without strokes there are still codes */
        return !kb->is_search;
    default:
        return true;
    }
}

enum kb_page kb_method_at(const struct keyboard *kb, size_t at)
{
    for (size_t i = 0; i < YJ_COUNT(methods); i++)
        if (is_offered(kb, methods[i].page) && at-- == 0)
            return methods[i].page;
    return KB_N_PAGES;
}

/* Pages that belong to another's tab. */
static enum kb_page tab_of(enum kb_page page)
{
    return page == KB_CODE ? KB_PARTS : page == KB_MARKS ? KB_SYMBOLS : page;
}

static size_t place_of(enum kb_page page)
{
    size_t i = 0;
    while (i + 1 < YJ_COUNT(methods) && methods[i].page != tab_of(page))
        i++;
    return i;
}

const char *kb_method_word(const struct keyboard *kb, enum kb_page page)
{
    return kb_word(kb, methods[place_of(page)].word);
}

static size_t count(const struct keyboard *kb)
{
    size_t n = 0;
    while (kb_method_at(kb, n) != KB_N_PAGES)
        n++;
    return n;
}

/* Tabs are set in the usual size; where one of them has no room there are none. */
bool kb_method_tabs_fit(const struct keyboard *kb, int width)
{
    int n = (int)count(kb), w = (width - (n - 1) * kb->t.gap) / n;
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_body);
    if (w < kb->t.target)
        return false;
    for (int i = 0; i < n; i++)
        if (font_width(font, kb_method_word(kb, kb_method_at(kb, (size_t)i)), SIZE_MAX) +
                kb->t.gap >
            w)
            return false;
    return true;
}

static void add_method(struct keyboard *kb, enum kb_page page, struct rect r)
{
    struct kb_item *it = kb_add(kb, methods[place_of(page)].id, kb_method_word(kb, page), r,
                                ACT_PAGE, (int)page, LOOK_TAB);
    it->is_selected = tab_of(kb->page) == page;
}

void kb_method_tabs(struct keyboard *kb, struct rect row)
{
    int n = (int)count(kb), gap = kb->t.gap;
    for (int i = 0; i < n; i++) {
        int x0 = row.x + (row.w + gap) * i / n, x1 = row.x + (row.w + gap) * (i + 1) / n;
        struct rect r = rect_of(x0, row.y, x1 - x0 - gap, row.h);
        if (kb->t.is_rtl)
            r.x = 2 * row.x + row.w - r.x - r.w;
        add_method(kb, kb_method_at(kb, (size_t)i), r);
    }
}

void kb_method_list(struct keyboard *kb, struct rect area)
{
    int n = (int)count(kb), gap = kb->t.gap;
    if (n == 0) /* English and digits are always there */
        return;
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_body);
    int longest = kb->t.target * 5 / 4;
    for (int i = 0; i < n; i++) {
        int w = font_width(font, kb_method_word(kb, kb_method_at(kb, (size_t)i)), SIZE_MAX) + gap;
        longest = w > longest ? w : longest;
    }
    int columns = n > 6 ? 4 : 3;
    while (columns > 2 && (area.w - (columns - 1) * gap) / columns < longest)
        columns--;
    int rows = (n + columns - 1) / columns;
    int w = (area.w - (columns - 1) * gap) / columns, h = (area.h - (rows - 1) * gap) / rows;
    for (int i = 0; i < n; i++)
        add_method(
            kb, kb_method_at(kb, (size_t)i),
            rect_of(area.x + i % columns * (w + gap), area.y + i / columns * (h + gap), w, h));
}

static struct kb_item *add_candidate(struct keyboard *kb, size_t i, const char *text, struct rect r)
{
    char id[32];
    snprintf(id, sizeof id, "candidate#%zu", i);
    return kb_add(kb, id, text, r, ACT_CANDIDATE, (int)i, LOOK_CANDIDATE);
}

/* Fill area with candidates from kb->cand_first, in rows of height h. @return how many fitted */
static size_t fill(struct keyboard *kb, struct rect area, int h)
{
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_title);
    int gap = kb->t.gap, x = area.x, y = area.y, least = kb->t.target * 5 / 4;
    size_t n = kb_cand_count(kb), i = kb->cand_first;
    if (area.w < least)
        least = area.w;
    for (; i < n && kb->n_items < KB_MAX_ITEMS - 24; i++) {
        const char *text = kb_cand_text(kb, i);
        if (!text)
            break;
        int w = font_width(font, text, SIZE_MAX) + 2 * kb->t.pad;
        w = w < least ? least : w > area.w ? area.w : w;
        if (x > area.x && x + w > area.x + area.w) {
            x = area.x;
            y += h + gap;
        }
        if (y + h > area.y + area.h)
            break;
        add_candidate(kb, i, text, rect_of(x, y, w, h))->is_selected = i == 0;
        x += w + gap;
    }
    return i - kb->cand_first;
}

/* The bar's three buttons at the end, then the candidates in what is left, or over the keys. With
 * the keys covered there is room for both arrows; else the bar has 更多 alone where it is short. */
void kb_bar_layout(struct keyboard *kb)
{
    size_t n = kb_cand_count(kb);
    if (!kb_waits(kb) || !n)
        return;
    int gap = kb->t.gap, w = kb->t.target + kb->t.pad, right = kb->bar.x + kb->bar.w;
    if (kb->form.is_narrow)
        w = kb->t.target;
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_body);
    const char *more_word = kb_word(kb, kb->is_more ? "ime.less" : "ime.more");
    int more_w = font_width(font, more_word, SIZE_MAX) + kb->t.gap;
    more_w = more_w > w ? more_w : w;
    bool has_arrows = kb->is_more || !kb->form.is_narrow;
    struct rect more = rect_of(right - more_w, kb->bar.y, more_w, kb->bar.h);
    struct rect next = rect_of(more.x - gap - w, more.y, w, more.h);
    struct rect prev = rect_of(next.x - gap - w, more.y, w, more.h);
    struct rect list = kb->bar;
    list.w = (has_arrows ? prev.x : more.x) - gap - list.x;
    kb->n_cand_shown = kb->is_more ? fill(kb, kb->keys, kb->bar.h) : fill(kb, list, kb->bar.h);
    if (has_arrows) {
        kb_add(kb, "key.prev", kb_word(kb, "ime.prev"), prev, ACT_PREV, 0, LOOK_FUNCTION)
            ->is_enabled = kb->n_cand_back > 0;
        kb_add(kb, "key.next", kb_word(kb, "ime.next"), next, ACT_NEXT, 0, LOOK_FUNCTION)
            ->is_enabled = kb->cand_first + kb->n_cand_shown < n && kb->n_cand_shown > 0;
    }
    kb_add(kb, "key.more", more_word, more, ACT_MORE, 0, LOOK_FUNCTION);
}

/* The writing square with its keys below, and beside it what it may be. */
void kb_hand_layout(struct keyboard *kb, struct rect area)
{
    static const struct {
        const char *id, *word;
        enum kb_act act;
    } keys[] = {{"key.undo", "ime.undo", ACT_UNDO},
                {"key.rewrite", "ime.rewrite", ACT_REWRITE},
                {"key.dot", NULL, ACT_TEXT},
                {"key.delete", "ime.delete", ACT_DELETE}};
    int gap = kb->t.gap, h = kb->t.target, n_keys = (int)YJ_COUNT(keys);
    struct rect low = rect_of(area.x, area.y + area.h - h, area.w, h);
    area.h -= h + gap;
    int columns = area.w > 14 * kb->t.target ? 4 : area.w > 8 * kb->t.target ? 3 : 2;
    int cell = kb->t.target * 5 / 4, side = area.w - columns * (cell + gap);
    if (side > area.h)
        side = area.h;
    if (side < area.h && side < kb->t.target * 4) { /* every millimetre for the finger */
        cell = kb->t.target;
        side = area.w - columns * (cell + gap);
    }
    side = side < area.h ? side : area.h;
    kb->pad = rect_of(area.x, area.y, side, area.h < side * 5 / 4 ? area.h : side * 5 / 4);
    struct rect list = rect_of(area.x + side + gap, area.y, area.w - side - gap, area.h);
    if ((area.h + gap) / (cell + gap) * columns < HAND_LEAST)
        cell = kb->t.target;
    int rows = (area.h + gap) / (cell + gap), w = (list.w - (columns - 1) * gap) / columns;
    int row_h = rows > 0 ? (area.h - (rows - 1) * gap) / rows : area.h;
    for (int i = 0; i < rows * columns; i++) {
        const char *text = kb_cand_text(kb, (size_t)i);
        if (!text)
            break;
        add_candidate(kb, (size_t)i, text,
                      rect_of(list.x + i % columns * (w + gap),
                              list.y + i / columns * (row_h + gap), w, row_h))
            ->is_selected = i == 0;
    }
    bool has_ink = handwriting_strokes(kb->hand) > 0;
    for (int i = 0; i < n_keys; i++) {
        int x0 = low.x + (low.w + gap) * i / n_keys, x1 = low.x + (low.w + gap) * (i + 1) / n_keys;
        struct kb_item *it = kb_add(kb, keys[i].id, keys[i].word ? kb_word(kb, keys[i].word) : "·",
                                    rect_of(x0, low.y, x1 - x0 - gap, h), keys[i].act, 0,
                                    keys[i].word ? LOOK_FUNCTION : LOOK_KEY);
        if (keys[i].act == ACT_UNDO || keys[i].act == ACT_REWRITE)
            it->is_enabled = has_ink;
    }
}
