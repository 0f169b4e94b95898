/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything of the input panel is: tables of keys, and the walk that turns them into
 * rectangles. Units of a table: a letter key is 2 wide, a full row 20. Thread: main. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

enum { ROW_UNITS = 20, MAX_ROW_KEYS = 12, MAX_ROWS = 5, PAD_COLUMNS = 3, NUMBER_COLUMNS = 4 };

struct key_def {
    const char *id;    /* "key.a"; NULL ends the row */
    const char *label; /* what is shown and inserted, or an id of assets/strings ("ime.…") */
    enum kb_act act;
    int units;
};

#define K(c)                                                                                       \
    {                                                                                              \
        "key." c, c, ACT_TEXT, 2                                                                   \
    }
#define F(id, act, wide)                                                                           \
    {                                                                                              \
        "key." id, "ime." id, act, wide                                                            \
    }

static const struct key_def row_qwerty[] = {K("q"), K("w"), K("e"), K("r"), K("t"), K("y"),
                                            K("u"), K("i"), K("o"), K("p"), {0}};
static const struct key_def row_asdf[] = {K("a"), K("s"), K("d"), K("f"), K("g"),
                                          K("h"), K("j"), K("k"), K("l"), {0}};
static const struct key_def row_zxcv_pinyin[] = {
    F("split", ACT_SPLIT, 3),   K("z"), K("x"), K("c"), K("v"), K("b"), K("n"), K("m"),
    F("delete", ACT_DELETE, 3), {0}};
static const struct key_def row_zxcv_english[] = {
    F("shift", ACT_SHIFT, 3),   K("z"), K("x"), K("c"), K("v"), K("b"), K("n"), K("m"),
    F("delete", ACT_DELETE, 3), {0}};
static const struct key_def row_zxcv_latin[] = {
    K("z"), K("x"), K("c"), K("v"), K("b"), K("n"), K("m"), F("delete", ACT_DELETE, 3), {0}};
static const struct key_def row_space[] = {F("symbols", ACT_SYMBOLS, 4),
                                           F("lang", ACT_LANG, 4),
                                           {"key.dot", "·", ACT_TEXT, 2},
                                           F("space", ACT_SPACE, 10),
                                           {0}};
static const struct key_def row_email[] = {{"key.@", "@", ACT_TEXT, 4},
                                           {"key..", ".", ACT_TEXT, 2},
                                           {"key.-", "-", ACT_TEXT, 2},
                                           {"key._", "_", ACT_TEXT, 2},
                                           {"key..com", ".com", ACT_TEXT, 5},
                                           {"key..cn", ".cn", ACT_TEXT, 5},
                                           {0}};
static const struct key_def row_digits[] = {K("1"), K("2"), K("3"), K("4"), K("5"), K("6"),
                                            K("7"), K("8"), K("9"), K("0"), {0}};
static const struct key_def row_marks1[] = {K("-"),  K("/"),  K("#"),  K("("), K(")"), K("（"),
                                            K("）"), K("《"), K("》"), K("&"), {0}};
static const struct key_def row_marks2[] = {
    K("，"), K("。"), K("、"), K("："), K("；"), K("“"), K("”"), F("delete", ACT_DELETE, 3), {0}};
static const struct key_def row_letters[] = {
    F("letters", ACT_SYMBOLS, 4), K("."), K("@"), {"key.dot", "·", ACT_TEXT, 2},
    F("space", ACT_SPACE, 10),    {0}};
#define PAD(c)                                                                                     \
    {                                                                                              \
        "key." c, c, ACT_TEXT, 1                                                                   \
    }
static const struct key_def row_123[] = {PAD("1"), PAD("2"), PAD("3"), {0}};
static const struct key_def row_456[] = {PAD("4"), PAD("5"), PAD("6"), {0}};
static const struct key_def row_789[] = {PAD("7"), PAD("8"), PAD("9"), {0}};
static const struct key_def row_x0[] = {PAD("X"), PAD("0"), F("delete", ACT_DELETE, 1), {0}};
static const struct key_def row_0[] = {
    F("clear", ACT_CLEAR, 1), PAD("0"), F("delete", ACT_DELETE, 1), {0}};

static const struct key_def row_number1[] = {
    PAD("1"), PAD("2"), PAD("3"), F("delete", ACT_DELETE, 1), {0}};
static const struct key_def row_number4[] = {PAD("4"), PAD("5"), PAD("6"), PAD("-"), {0}};
static const struct key_def row_number7[] = {PAD("7"), PAD("8"), PAD("9"), PAD("."), {0}};
static const struct key_def row_number0[] = {
    {"key.0", "0", ACT_TEXT, 3}, F("clear", ACT_CLEAR, 1), {0}};

struct page_def {
    int units; /* of a full row */
    const struct key_def *row[MAX_ROWS + 1];
};

static const struct page_def pages[] = {
    [KB_PINYIN] = {ROW_UNITS, {row_qwerty, row_asdf, row_zxcv_pinyin, row_space}},
    [KB_ENGLISH] = {ROW_UNITS, {row_qwerty, row_asdf, row_zxcv_english, row_space}},
    [KB_SYMBOLS] = {ROW_UNITS, {row_digits, row_marks1, row_marks2, row_letters}},
    [KB_LATIN] = {ROW_UNITS, {row_digits, row_qwerty, row_asdf, row_zxcv_latin}},
    [KB_EMAIL] = {ROW_UNITS, {row_digits, row_qwerty, row_asdf, row_zxcv_latin, row_email}},
    [KB_IDNO] = {PAD_COLUMNS, {row_123, row_456, row_789, row_x0}},
    [KB_DIGITS] = {PAD_COLUMNS, {row_123, row_456, row_789, row_0}},
    [KB_NUMBER] = {NUMBER_COLUMNS, {row_number1, row_number4, row_number7, row_number0}},
};

const char *kb_word(const struct keyboard *kb, const char *id)
{
    return text_get(kb->cfg.texts, id);
}

bool kb_has_candidates(const struct keyboard *kb)
{
    return kb->input == INPUT_TEXT || kb->input == INPUT_NAME || kb->input == INPUT_ADDRESS;
}

struct kb_item *kb_add(struct keyboard *kb, const char *id, const char *label, struct rect r,
                       enum kb_act act, int arg, enum kb_look look)
{
    /* the largest page has 64 items; the last one is given again rather than run over */
    size_t at = kb->n_items < KB_MAX_ITEMS ? kb->n_items++ : KB_MAX_ITEMS - 1;
    struct kb_item *it = &kb->item[at];
    *it = (struct kb_item){.rect = r, .act = act, .arg = arg, .look = look, .is_enabled = true};
    snprintf(it->id, sizeof it->id, "%s", id);
    snprintf(it->label, sizeof it->label, "%s", label);
    return it;
}

static bool is_date(const struct keyboard *kb)
{
    return kb->input == INPUT_DATE;
}

static int key_height(const struct keyboard *kb)
{
    int letter_w = (kb->panel_w - 2 * kb->t.margin - 9 * kb->t.gap) / 10;
    int most = kb->t.target * 3 / 2, h = letter_w < most ? letter_w : most;
    return h > kb->t.target ? h : kb->t.target;
}

static void add_key(struct keyboard *kb, const struct key_def *def, struct rect r)
{
    bool is_text = def->act == ACT_TEXT;
    const char *label =
        is_text || strncmp(def->label, "ime.", 4) != 0 ? def->label : kb_word(kb, def->label);
    struct kb_item *it =
        kb_add(kb, def->id, label, r, def->act, 0, is_text ? LOOK_KEY : LOOK_FUNCTION);
    bool is_capital = kb->page == KB_LATIN || (kb->page == KB_ENGLISH && kb->is_upper);
    if (is_text && is_capital && !it->label[1])
        it->label[0] = (char)toupper((unsigned char)it->label[0]);
    if ((kb->page == KB_IDNO || kb->page == KB_NUMBER || kb->page == KB_EMAIL) && is_text)
        it->is_enabled = kb_text_takes(kb, it->label);
    if (def->act == ACT_SHIFT)
        it->is_selected = kb->is_upper;
    if (def->act == ACT_SPLIT)
        it->is_enabled = *pinyin_letters(kb->pinyin) != '\0';
    if (def->act == ACT_LANG && kb->page == KB_ENGLISH)
        snprintf(it->label, sizeof it->label, "%s", kb_word(kb, "ime.lang.english"));
}

static void layout_row(struct keyboard *kb, const struct key_def *row, int units, struct rect r)
{
    int n = 0, used = 0, gap = kb->t.gap;
    for (; row[n].id; n++)
        used += row[n].units;
    double unit = (double)(r.w + gap) / units; /* a key of u units is u * unit - gap wide */
    double x = r.x + (units - used) * unit / 2;
    for (int i = 0; i < n; i++) {
        int x0 = (int)x, x1 = (int)(x + row[i].units * unit);
        add_key(kb, &row[i], rect_of(x0, r.y, x1 - x0 - gap, r.h));
        x += row[i].units * unit;
    }
}

static void layout_keys(struct keyboard *kb, struct rect area)
{
    const struct page_def *page = &pages[kb->page];
    int h = key_height(kb);
    struct rect r = rect_of(area.x, area.y, area.w, h);
    for (int i = 0; page->row[i]; i++, r.y += h + kb->t.gap)
        layout_row(kb, page->row[i], page->units, r);
}

static struct font *candidate_font(const struct keyboard *kb)
{
    return font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_title);
}

/* Fill area with candidates from kb->cand_first, in rows of height h. @return how many fitted */
static size_t layout_candidates(struct keyboard *kb, struct rect area, int h)
{
    int gap = kb->t.gap, x = area.x, y = area.y;
    size_t n = pinyin_count(kb->pinyin), i = kb->cand_first;
    for (; i < n && kb->n_items < KB_MAX_ITEMS - 6; i++) {
        const char *text = pinyin_candidate(kb->pinyin, i);
        if (!text)
            break;
        int w = font_width(candidate_font(kb), text, SIZE_MAX) + 2 * kb->t.pad;
        w = w < kb->t.target * 3 / 2 ? kb->t.target * 3 / 2 : w > area.w ? area.w : w;
        if (x > area.x && x + w > area.x + area.w) {
            x = area.x;
            y += h + gap;
        }
        if (y + h > area.y + area.h)
            break;
        char id[32];
        snprintf(id, sizeof id, "candidate#%zu", i);
        kb_add(kb, id, text, rect_of(x, y, w, h), ACT_CANDIDATE, (int)i, LOOK_CANDIDATE)
            ->is_selected = i == 0;
        x += w + gap;
    }
    return i - kb->cand_first;
}

/* The bar's three buttons at the right, then the candidates in what is left, or over the keys. */
static void layout_bar(struct keyboard *kb)
{
    if (!*pinyin_letters(kb->pinyin))
        return;
    int w = kb->t.target + kb->t.pad, gap = kb->t.gap, right = kb->bar.x + kb->bar.w;
    struct rect more = rect_of(right - w, kb->bar.y, w, kb->bar.h);
    struct rect next = more, prev, list = kb->bar;
    next.x -= w + gap;
    prev = next;
    prev.x -= w + gap;
    list.w = prev.x - gap - list.x;
    size_t n = pinyin_count(kb->pinyin);
    if (kb->is_more)
        kb->n_cand_shown = layout_candidates(kb, kb->keys, kb->bar.h);
    else
        kb->n_cand_shown = layout_candidates(kb, list, kb->bar.h);
    kb_add(kb, "key.prev", kb_word(kb, "ime.prev"), prev, ACT_PREV, 0, LOOK_FUNCTION)->is_enabled =
        kb->n_cand_back > 0;
    kb_add(kb, "key.next", kb_word(kb, "ime.next"), next, ACT_NEXT, 0, LOOK_FUNCTION)->is_enabled =
        kb->cand_first + kb->n_cand_shown < n && kb->n_cand_shown > 0;
    struct kb_item *it = kb_add(kb, "key.more", kb_word(kb, kb->is_more ? "ime.less" : "ime.more"),
                                more, ACT_MORE, 0, LOOK_FUNCTION);
    it->is_enabled = n > 0;
}

static int footer_height(const struct keyboard *kb)
{
    return kb->is_search ? kb->t.target : kb->t.target_main;
}

static void layout_footer(struct keyboard *kb)
{
    struct rect r = rect_of(kb->t.margin, kb->panel_h - kb->t.margin - footer_height(kb),
                            kb->panel_w - 2 * kb->t.margin, footer_height(kb));
    int cancel_w = (r.w - kb->t.gap_wide) / 3;
    kb_add(kb, "key.cancel", kb_word(kb, kb->is_search ? "ime.leave" : "ime.cancel"),
           rect_of(r.x, r.y, cancel_w, r.h), ACT_CANCEL, 0, LOOK_KEY);
    int x = r.x + cancel_w + kb->t.gap_wide;
    kb_add(kb, "key.ok", kb_word(kb, kb->is_search ? "ime.put_away" : "ime.ok"),
           rect_of(x, r.y, r.x + r.w - x, r.h), ACT_OK, 0, kb->is_search ? LOOK_KEY : LOOK_MAIN)
        ->is_enabled = kb->is_search || kb->text[0] || kb->had_text || *pinyin_letters(kb->pinyin);
}

static int keys_height(const struct keyboard *kb)
{
    if (is_date(kb))
        return kb_date_rows_height(kb);
    int n = 0;
    while (pages[kb->page].row[n])
        n++;
    return n * (key_height(kb) + kb->t.gap);
}

/* Rectangles from the bottom up, then the sheet around them. */
static void place(struct keyboard *kb)
{
    const struct tokens *t = &kb->t;
    int x = t->margin, w = kb->panel_w - 2 * t->margin;
    int small = font_line_height(font_get(kb->cfg.fonts, FONT_REGULAR, t->text_small));
    int body = font_line_height(font_get(kb->cfg.fonts, FONT_REGULAR, t->text_body));
    int title = font_line_height(candidate_font(kb));
    int y = kb->panel_h - t->margin - footer_height(kb);
    kb->keys = rect_of(x, y - t->gap_wide / 2 - keys_height(kb), w, keys_height(kb));
    y = kb->keys.y;
    if (kb_has_candidates(kb)) {
        int h = title > t->target ? title : t->target;
        kb->bar = rect_of(x, y - t->gap_wide - h, w, h);
        /* a search shows the letters behind the text */
        kb->reading =
            kb->is_search ? kb->bar : rect_of(x, kb->bar.y - small - t->gap / 2, w, small);
        y = kb->reading.y;
    }
    int editor_h = 2 * body + t->pad;
    y -= kb_has_candidates(kb) ? 0 : t->gap_wide - t->gap;
    kb->editor = rect_of(x, y - t->gap - editor_h, w, editor_h);
    int top = kb->editor.y - (kb->is_search ? 0 : small + t->gap / 2) - t->pad;
    kb->sheet = rect_of(0, top, kb->panel_w, kb->panel_h - top);
    kb->head = rect_of(0, top, kb->panel_w, kb->keys.y - top);
}

static void layout_editor(struct keyboard *kb)
{
    if (is_date(kb))
        return;
    int w = kb->t.target * 2;
    struct rect r = kb->editor;
    r.x += r.w - w;
    r.w = w;
    kb->editor.w -= w + kb->t.gap;
    kb_add(kb, "key.clear", kb_word(kb, "ime.clear"), r, ACT_CLEAR, 0, LOOK_FUNCTION)->is_enabled =
        kb->text[0] || *pinyin_letters(kb->pinyin);
}

void kb_layout(struct keyboard *kb)
{
    bytes_wipe(kb->item, sizeof kb->item);
    kb->n_items = 0;
    place(kb);
    layout_editor(kb);
    if (kb_has_candidates(kb))
        layout_bar(kb);
    if (is_date(kb))
        kb_date_layout(kb, kb->keys);
    else if (!kb->is_more)
        layout_keys(kb, kb->keys);
    layout_footer(kb);
}
