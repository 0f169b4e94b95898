/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything of the input panel is. The sheet is built from the bottom up: footer, keys,
 * candidates, reading, tabs, text, label. A panel that has no room for all of it gets, in this
 * order, lower keys, one key instead of the tabs, and the footer's buttons beside the text.
 * Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

const char *kb_word(const struct keyboard *kb, const char *id)
{
    return text_get(kb->cfg.texts, id);
}

bool kb_has_candidates(const struct keyboard *kb)
{
    return kb->input == INPUT_TEXT || kb->input == INPUT_NAME || kb->input == INPUT_ADDRESS;
}

int kb_line_height(const struct keyboard *kb, int text_px)
{
    return font_line_height(font_get(kb->cfg.fonts, FONT_REGULAR, text_px));
}

struct kb_item *kb_add(struct keyboard *kb, const char *id, const char *label, struct rect r,
                       enum kb_act act, int arg, enum kb_look look)
{
    /* the largest page has some 110 items; the last one is given again rather than run over */
    size_t at = kb->n_items < KB_MAX_ITEMS ? kb->n_items++ : KB_MAX_ITEMS - 1;
    struct kb_item *it = &kb->item[at];
    *it = (struct kb_item){.rect = r, .act = act, .arg = arg, .look = look, .is_enabled = true};
    snprintf(it->id, sizeof it->id, "%s", id);
    snprintf(it->label, sizeof it->label, "%s", label);
    return it;
}

static bool has_calendar(const struct keyboard *kb)
{
    return kb->input == INPUT_DATE && kb->page != KB_DATE_PAD;
}

static bool has_letters(const struct keyboard *kb)
{
    return kb_has_candidates(kb) || kb->input == INPUT_LATIN || kb->input == INPUT_EMAIL;
}

/* ---- form ------------------------------------------------------------------------------- */

static int ten_keys(const struct keyboard *kb)
{
    return 10 * kb->t.target + 9 * kb->t.gap;
}

/* A lying panel has the sheet at its side when ten keys have room there; a search always, for what
 * it finds stands in the rest. */
static int side_width(const struct keyboard *kb)
{
    int need = ten_keys(kb) + 2 * kb->t.margin, half = kb->panel_w / 2;
    if (kb->panel_w <= kb->panel_h)
        return 0;
    if (need <= kb->panel_w * 3 / 5)
        return need > half ? need : half;
    return kb->is_search ? half : 0;
}

int kb_sheet_width(const struct keyboard *kb)
{
    int side = side_width(kb);
    return side ? side : kb->panel_w;
}

static int key_height(const struct keyboard *kb, int width)
{
    int letter_w = (width - 9 * kb->t.gap) / 10, most = kb->t.target * 3 / 2;
    int h = letter_w < most && !kb->form.is_narrow ? letter_w : most;
    return h > kb->t.target ? h : kb->t.target;
}

static int footer_height(const struct keyboard *kb)
{
    return kb->is_search ? kb->t.target : kb->t.target_main;
}

static int bar_height(const struct keyboard *kb)
{
    int title = kb_line_height(kb, kb->t.text_title);
    return title > kb->t.target ? title : kb->t.target;
}

static int editor_height(const struct keyboard *kb)
{
    int lines = 2 * kb_line_height(kb, kb->t.text_body) + kb->t.pad;
    int one = kb_line_height(kb, kb->t.text_title);
    if (!kb->form.is_short)
        return lines;
    return one > kb->t.target ? one : kb->t.target;
}

static int keys_height(const struct keyboard *kb)
{
    if (has_calendar(kb))
        return kb_date_rows_height(kb);
    return kb->form.n_rows * (kb->form.key_h + kb->t.gap) - kb->t.gap;
}

/* Rectangles from the bottom up. @return the top of the sheet, may be above the panel */
static int place(struct keyboard *kb, int x, int w)
{
    const struct tokens *t = &kb->t;
    int y = kb->panel_h - t->margin, small = kb_line_height(kb, t->text_small);
    if (!kb->form.is_short) {
        kb->footer = rect_of(x, y - footer_height(kb), w, footer_height(kb));
        y = kb->footer.y - t->gap_wide;
    }
    kb->keys = rect_of(x, y - keys_height(kb), w, keys_height(kb));
    y = kb->keys.y;
    if (kb_has_candidates(kb)) {
        kb->bar = rect_of(x, y - t->gap - bar_height(kb), w, bar_height(kb));
        y = kb->bar.y;
        if (!kb->is_search && !kb->form.is_short) { /* else what waits stands behind the text */
            kb->reading = rect_of(x, y - small - t->gap / 2, w, small);
            y = kb->reading.y;
        }
    }
    if (kb->form.has_tabs) {
        kb->tabs = rect_of(x, y - t->gap - t->target, w, t->target);
        y = kb->tabs.y;
    }
    y -= kb->form.has_tabs || kb->form.is_short || t->gap_wide < 2 * t->gap ? t->gap
                                                                            : t->gap_wide / 2;
    kb->editor = rect_of(x, y - editor_height(kb), w, editor_height(kb));
    bool has_label = !kb->is_search && !kb->form.is_short;
    return kb->editor.y - (has_label ? small + t->gap / 2 : 0) - t->pad;
}

/* Try the forms from the most comfortable on. */
static int place_best(struct keyboard *kb, int x, int w)
{
    bool is_text = kb_has_candidates(kb);
    int tall = key_height(kb, w), low = kb->t.target, top = 0;
    const struct {
        bool has_tabs, is_short;
        int key_h;
    } form[] = {{is_text && !kb->is_search, false, tall},
                {is_text && !kb->is_search, false, low},
                {false, false, tall},
                {false, false, (tall + low) / 2},
                {false, false, low},
                {false, true, low}};
    for (size_t i = 0; i < YJ_COUNT(form); i++) {
        if (form[i].has_tabs && !kb_method_tabs_fit(kb, w))
            continue;
        kb->form.has_tabs = form[i].has_tabs;
        kb->form.is_short = form[i].is_short;
        kb->form.key_h = form[i].key_h;
        kb->footer = kb->reading = kb->tabs = kb->bar = rect_of(0, 0, 0, 0);
        top = place(kb, x, w);
        if (top >= (kb->is_search && !kb->form.is_side ? kb->panel_h * 3 / 10 : 0))
            break;
    }
    return top;
}

/* At the side there is height to spare: the text rises to the top, the keys stay in reach. */
static void stretch(struct keyboard *kb, int top)
{
    int room = top - kb->t.margin;
    if (room <= 0)
        return;
    int more = room < kb->keys.h / 2 ? room : kb->keys.h / 2;
    kb->keys.y -= more;
    kb->keys.h += more;
    kb->bar.y -= more;
    kb->reading.y -= more;
    kb->tabs.y -= more;
    kb->editor.y -= room;
}

static void shape_sheet(struct keyboard *kb)
{
    int side = side_width(kb), x = kb->t.margin, w = kb->panel_w - 2 * kb->t.margin;
    int sheet_x = 0, sheet_w = kb->panel_w;
    memset(&kb->form, 0, sizeof kb->form);
    kb->form.is_side = side > 0;
    if (side) {
        sheet_w = side;
        sheet_x = kb->panel_w - side; /* the page keeps its place, in every language */
        x = sheet_x + kb->t.margin;
        w = side - 2 * kb->t.margin;
    }
    kb->form.is_narrow = has_letters(kb) && w < ten_keys(kb);
    kb->form.n_rows = kb_keys_rows(kb, kb->page, &kb->form);
    int top = place_best(kb, x, w);
    if (side && !has_calendar(kb))
        stretch(kb, top);
    top = side ? 0 : top < 0 ? 0 : top;
    kb->sheet = rect_of(sheet_x, top, sheet_w, kb->panel_h - top);
    kb->head = rect_of(sheet_x, top, sheet_w, kb->keys.y - top);
}

/* ---- pieces ----------------------------------------------------------------------------- */

/* A button at the end of the text's row, as wide as its words need. */
static struct kb_item *beside_text(struct keyboard *kb, const char *id, const char *word,
                                   enum kb_act act, enum kb_look look)
{
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_body);
    int w = font_width(font, word, SIZE_MAX) + kb->t.pad * (kb->form.is_short ? 1 : 2);
    int least = kb->form.is_short ? kb->t.target : kb->t.target * 3 / 2;
    w = w > least ? w : least;
    struct rect r = kb->editor;
    if (kb->t.is_rtl)
        kb->editor.x += w + kb->t.gap;
    else
        r.x += r.w - w;
    r.w = w;
    kb->editor.w -= w + kb->t.gap;
    return kb_add(kb, id, word, r, act, 0, look);
}

static bool can_ok(const struct keyboard *kb)
{
    return kb->is_search || kb_text_is_done(kb) || kb_waits(kb);
}

static void layout_editor(struct keyboard *kb)
{
    bool is_short = kb->form.is_short, has_method = kb_has_candidates(kb) && !kb->form.has_tabs;
    if (is_short) {
        if (!kb->is_search)
            beside_text(kb, "key.ok", kb_word(kb, "ime.ok"), ACT_OK, LOOK_MAIN)->is_enabled =
                can_ok(kb);
        beside_text(kb, "key.cancel", kb_word(kb, kb->is_search ? "ime.leave" : "ime.cancel"),
                    ACT_CANCEL, LOOK_KEY);
    } else if (!has_calendar(kb)) {
        beside_text(kb, "key.clear", kb_word(kb, "ime.clear"), ACT_CLEAR, LOOK_FUNCTION)
            ->is_enabled = kb->text[0] || kb_waits(kb);
    }
    if (has_method)
        beside_text(kb, "key.method", kb_method_word(kb, kb->page), ACT_METHOD, LOOK_FUNCTION)
            ->is_selected = kb->is_choosing;
    if (kb->is_secret)
        beside_text(kb, "key.eye", kb_word(kb, kb->is_hidden ? "ime.show" : "ime.hide"), ACT_EYE,
                    LOOK_FUNCTION);
}

static void layout_footer(struct keyboard *kb)
{
    struct rect r = kb->footer;
    int cancel_w = (r.w - kb->t.gap_wide) / 3, ok_w = r.w - cancel_w - kb->t.gap_wide;
    struct rect cancel = rect_of(r.x, r.y, cancel_w, r.h);
    struct rect ok = rect_of(r.x + r.w - ok_w, r.y, ok_w, r.h);
    if (kb->t.is_rtl) {
        cancel.x = r.x + r.w - cancel_w;
        ok.x = r.x;
    }
    kb_add(kb, "key.cancel", kb_word(kb, kb->is_search ? "ime.leave" : "ime.cancel"), cancel,
           ACT_CANCEL, 0, LOOK_KEY);
    if (kb->is_search && kb->form.is_side)
        return; /* the page stands beside the keys: nothing is won by putting them away */
    kb_add(kb, "key.ok", kb_word(kb, kb->is_search ? "ime.put_away" : "ime.ok"), ok, ACT_OK, 0,
           kb->is_search ? LOOK_KEY : LOOK_MAIN)
        ->is_enabled = can_ok(kb);
}

/* Pages that have no candidates above their keys use that room, too. */
static struct rect keys_and_bar(const struct keyboard *kb)
{
    struct rect r = kb->keys;
    if (rect_is_empty(kb->bar))
        return r;
    r.h += r.y - kb->bar.y;
    r.y = kb->bar.y;
    return r;
}

static void layout_keys(struct keyboard *kb)
{
    bool has_bar = kb_has_candidates(kb) && kb->page != KB_HAND && kb->page != KB_REGION;
    if (kb->is_choosing) {
        kb_method_list(kb, keys_and_bar(kb));
        return;
    }
    if (has_bar)
        kb_bar_layout(kb);
    if (has_calendar(kb))
        kb_date_layout(kb, kb->keys);
    else if (kb->page == KB_HAND)
        kb_hand_layout(kb, keys_and_bar(kb));
    else if (kb->page == KB_REGION)
        kb_region_layout(kb, keys_and_bar(kb));
    else if (!kb->is_more)
        kb_keys_layout(kb, kb->keys);
}

void kb_layout(struct keyboard *kb)
{
    bytes_wipe(kb->item, sizeof kb->item);
    kb->n_items = 0;
    kb->pad = rect_of(0, 0, 0, 0);
    shape_sheet(kb);
    layout_editor(kb);
    if (kb->form.has_tabs)
        kb_method_tabs(kb, kb->tabs);
    layout_keys(kb);
    if (!kb->form.is_short)
        layout_footer(kb);
}
