/* SPDX-License-Identifier: Apache-2.0 */
/* The input panel: opening, closing, and what touches it. Thread: main.
 *
 *     idle --finger on a key--> PRESSED --lifted there--> the key acts --> idle
 *                                       --slid off--> idle
 *     idle --finger on the writing square--> INKING --lifted--> recognition --> idle           */
#include "ui/widget/keyboard.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "ui/widget/keyboard_priv.h"

static uint32_t use_of(void *arg, const char *utf8)
{
    return pinyin_use(arg, utf8);
}

struct keyboard *keyboard_new(const struct keyboard_cfg *cfg)
{
    struct keyboard *kb = mem_zalloc(1, sizeof *kb);
    kb->cfg = *cfg;
    kb->pinyin = pinyin_new(cfg->pinyin_data_dir);
    kb->hand = handwriting_new(cfg->handwriting_model);
    kb->strokes = stroke_table_new(cfg->stroke_dictionary, use_of, kb->pinyin);
    kb->cfg.pinyin_data_dir = kb->cfg.handwriting_model = kb->cfg.stroke_dictionary =
        NULL; /* were borrowed for the call */
    kb->pressed = -1;
    if (!handwriting_is_there(kb->hand))
        log_line(LOG_WARN, "ui", "handwriting is not offered: its model cannot be read");
    if (!stroke_table_is_there(kb->strokes))
        log_line(LOG_WARN, "ui", "strokes are not offered: their dictionary cannot be read");
    return kb;
}

void keyboard_free(struct keyboard *kb)
{
    if (!kb)
        return;
    keyboard_wipe(kb);
    stroke_table_free(kb->strokes);
    handwriting_free(kb->hand);
    pinyin_free(kb->pinyin);
    free(kb);
}

static enum kb_page page_of(const struct keyboard *kb)
{
    switch (kb->input) {
    case INPUT_IDNO:
        return KB_IDNO;
    case INPUT_MOBILE:
    case INPUT_DIGITS:
        return KB_DIGITS;
    case INPUT_NUMBER:
        return KB_NUMBER;
    case INPUT_LATIN:
        return KB_LATIN;
    case INPUT_EMAIL:
        return KB_EMAIL;
    case INPUT_DATE:
        return kb_date_fits(kb, kb_sheet_width(kb) - 2 * kb->t.margin) ? KB_DAYS : KB_DATE_PAD;
    case INPUT_NONE:
    case INPUT_TEXT:
    case INPUT_NAME:
    case INPUT_ADDRESS:
    case INPUT_ENUM:
    case INPUT_SET:
    case INPUT_STEPS:
        break;
    }
    return kb_region_is_offered(kb) && !kb->text[0] ? KB_REGION : kb->method;
}

static int clamp(int v, int least, int most)
{
    return v < least ? least : v > most ? most : v;
}

void keyboard_open(struct keyboard *kb, const struct keyboard_job *job, const struct tokens *tokens,
                   int panel_w, int panel_h)
{
    keyboard_close(kb);
    kb->t = *tokens;
    kb->panel_w = panel_w;
    kb->panel_h = panel_h;
    kb->input = job->input;
    kb->max_chars = job->max_chars;
    kb->is_search = job->is_search && kb->cfg.changed;
    kb->is_secret = job->is_secret || job->input == INPUT_IDNO;
    size_t n = job->label ? strlen(job->label) : 0;
    if (n < sizeof kb->label)
        memcpy(kb->label, job->label ? job->label : "", n);
    kb->today.year = clamp(job->year, 1900, 2199);
    kb->today.month = clamp(job->month, 1, 12);
    kb->today.day = clamp(job->day, 1, kb_days_in_month(kb->today.year, kb->today.month));
    kb_text_start(kb, job->text);
    kb->is_hidden = kb->is_secret && kb->text[0];
    kb->shown = kb->chosen.day ? kb->chosen : kb->today;
    kb->page = page_of(kb);
    kb->is_open = true;
    kb_layout(kb);
    kb_mark(kb, kb->sheet);
}

void keyboard_close(struct keyboard *kb)
{
    struct rect was = kb->is_open ? kb->sheet : rect_of(0, 0, 0, 0);
    kb_wait_drop(kb);
    struct keyboard keep = *kb;
    bytes_wipe(kb, sizeof *kb);
    kb->cfg = keep.cfg;
    kb->pinyin = keep.pinyin;
    kb->hand = keep.hand;
    kb->strokes = keep.strokes;
    kb->has_told_hand = keep.has_told_hand;
    kb->has_told_strokes = keep.has_told_strokes;
    kb->method = keep.method;
    kb->dirty = rect_union(keep.dirty, was);
    kb->pressed = -1;
    kb->group = KB_NO_GROUP;
    bytes_wipe(&keep, sizeof keep);
}

void keyboard_wipe(struct keyboard *kb)
{
    keyboard_close(kb);
    kb->method = KB_PINYIN;
    pinyin_wipe(kb->pinyin);
    handwriting_wipe(kb->hand);
}

bool keyboard_is_open(const struct keyboard *kb)
{
    return kb->is_open;
}

bool keyboard_is_search(const struct keyboard *kb)
{
    return kb->is_open && kb->is_search;
}

struct rect keyboard_rect(const struct keyboard *kb)
{
    return kb->is_open ? kb->sheet : rect_of(0, 0, 0, 0);
}

bool keyboard_is_beside(const struct keyboard *kb)
{
    return kb->is_open && kb->form.is_side;
}

struct rect keyboard_take_dirty(struct keyboard *kb)
{
    struct rect r = kb->dirty;
    kb->dirty = rect_of(0, 0, 0, 0);
    return r;
}

/* ---- ink -------------------------------------------------------------------------------- */

static int to_ink(int v, int from, int side)
{
    return side > 0 ? (v - from) * HANDWRITING_SIDE / side : 0;
}

/* The longer side of the square's rectangle is the model's; the shorter one is in its middle. */
static void ink(struct keyboard *kb, int x, int y, bool is_new)
{
    struct rect p = kb->pad;
    int side = p.w > p.h ? p.w : p.h;
    int ix = to_ink(x + (side - p.w) / 2, p.x, side), iy = to_ink(y + (side - p.h) / 2, p.y, side);
    size_t n = 0;
    if (is_new ? !handwriting_down(kb->hand, ix, iy) : !handwriting_move(kb->hand, ix, iy))
        return;
    const struct handwriting_point *pt = handwriting_points(kb->hand, &n);
    struct rect r = rect_of(x, y, 1, 1);
    if (n > 1 && !is_new) {
        struct kb_spot was = kb_spot_of(kb, &pt[n - 2]);
        r = rect_union(r, rect_of(was.x, was.y, 1, 1));
    }
    kb_mark(kb, rect_intersect(rect_grow(r, kb->t.pen * 2 + 2), kb->pad));
}

/* ---- touch ------------------------------------------------------------------------------ */

static int item_at(const struct keyboard *kb, int x, int y)
{
    for (size_t i = 0; i < kb->n_items; i++)
        if (kb->item[i].is_enabled && rect_has(kb->item[i].rect, x, y))
            return (int)i;
    return -1;
}

static void set_pressed(struct keyboard *kb, int item)
{
    if (item == kb->pressed)
        return;
    if (kb->pressed >= 0)
        kb_mark(kb, kb->item[kb->pressed].rect);
    if (item >= 0)
        kb_mark(kb, kb->item[item].rect);
    kb->pressed = item;
}

void keyboard_touch_down(struct keyboard *kb, int x, int y)
{
    if (!kb->is_open)
        return;
    if (rect_has(kb->pad, x, y)) {
        kb->is_inking = true;
        ink(kb, x, y, true);
        return;
    }
    set_pressed(kb, item_at(kb, x, y));
}

void keyboard_touch_move(struct keyboard *kb, int x, int y)
{
    if (!kb->is_open)
        return;
    if (kb->is_inking)
        ink(kb, x, y, false);
    else if (kb->pressed >= 0 && item_at(kb, x, y) != kb->pressed)
        set_pressed(kb, -1); /* sliding off takes it back */
}

static void act_on(struct keyboard *kb, size_t item)
{
    struct kb_item it = kb->item[item]; /* a copy: acting rebuilds the items */
    kb_act(kb, it.act, it.arg, it.label);
    bytes_wipe(&it, sizeof it);
}

bool keyboard_touch_up(struct keyboard *kb, int x, int y)
{
    if (!kb->is_open)
        return false;
    if (kb->is_inking) {
        ink(kb, x, y, false);
        kb->is_inking = false;
        kb_hand_look_up(kb);
        kb_layout(kb);
        kb_mark(kb, kb->sheet);
        return false;
    }
    int item = kb->pressed;
    set_pressed(kb, -1);
    if (item < 0 || item_at(kb, x, y) != item)
        return false;
    act_on(kb, (size_t)item);
    return true;
}

/* ---- keys ------------------------------------------------------------------------------- */

bool keyboard_activate(struct keyboard *kb, const char *id)
{
    for (size_t i = 0; kb->is_open && i < kb->n_items; i++) {
        if (strcmp(kb->item[i].id, id) != 0)
            continue;
        if (!kb->item[i].is_enabled || kb->item[i].look == LOOK_PLAIN)
            return false;
        set_pressed(kb, -1);
        act_on(kb, i);
        return true;
    }
    return false;
}

static bool press_act(struct keyboard *kb, enum kb_act what)
{
    for (size_t i = 0; i < kb->n_items; i++)
        if (kb->item[i].act == what && kb->item[i].is_enabled) {
            kb_act(kb, what, kb->item[i].arg, "");
            return true;
        }
    return false;
}

/* Letters are typed by a real keyboard although their groups are closed. */
static bool press_closed(struct keyboard *kb, char c)
{
    bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    char label[2] = {(char)(c | 0x20), '\0'};
    if (!is_letter || !kb->form.is_narrow)
        return false;
    if (kb->page == KB_LATIN || kb->page == KB_CODE || kb->is_upper)
        label[0] = (char)(label[0] - 'a' + 'A');
    bool is_page = kb->page == KB_PINYIN || kb->page == KB_PARTS || kb->page == KB_ENGLISH ||
                   kb->page == KB_LATIN || kb->page == KB_EMAIL ||
                   (kb->page == KB_CODE && label[0] <= 'F');
    if (is_page)
        kb_act(kb, ACT_TEXT, 0, label);
    return is_page;
}

bool keyboard_press(struct keyboard *kb, const char *name)
{
    static const struct {
        const char *name;
        enum kb_act act;
    } keys[] = {{"Return", ACT_OK},        {"Keypad Enter", ACT_OK}, {"Escape", ACT_CANCEL},
                {"Backspace", ACT_DELETE}, {"Delete", ACT_CLEAR},    {"Space", ACT_SPACE}};
    if (!kb->is_open)
        return false;
    for (size_t i = 0; i < YJ_COUNT(keys); i++)
        if (strcmp(name, keys[i].name) == 0)
            return press_act(kb, keys[i].act);
    if (strncmp(name, "Keypad ", 7) == 0)
        name += 7;
    for (size_t i = 0; name[0] && !name[1] && i < kb->n_items; i++) {
        const struct kb_item *it = &kb->item[i];
        bool is_same = !it->label[1] && (it->label[0] | 0x20) == (name[0] | 0x20);
        if (it->act == ACT_TEXT && it->is_enabled && is_same) {
            char label[2] = {it->label[0], '\0'};
            kb_act(kb, ACT_TEXT, 0, label);
            return true;
        }
    }
    if (name[0] && !name[1] && press_closed(kb, name[0]))
        return true;
    return name[0] >= '0' && name[0] <= '9' && !name[1] && keyboard_tap_digit(kb, name[0] - '0');
}

/* The keys of a telephone: 2 once is a, twice b. */
bool keyboard_tap_digit(struct keyboard *kb, int digit)
{
    const char *letters = kb_group_letters(digit);
    bool is_letters = kb->page == KB_PINYIN || kb->page == KB_PARTS || kb->page == KB_ENGLISH;
    char c = (char)('0' + digit);
    if (!kb->is_open)
        return false;
    if (kb->page == KB_STROKES && digit <= 5) {
        kb_act(kb, ACT_STROKE, c, "");
        return true;
    }
    if (digit == 0 && is_letters) {
        kb->tapped = 0;
        return press_act(kb, ACT_SPACE);
    }
    if (!is_letters || !letters[0])
        return false;
    int n = kb->tapped == c ? kb->n_taps + 1 : 0;
    if (n)
        kb_act(kb, ACT_DELETE, 0, "");
    char label[2] = {letters[(size_t)n % strlen(letters)], '\0'};
    if (kb->page == KB_ENGLISH && kb->is_upper)
        label[0] = (char)(label[0] - 'a' + 'A');
    kb_act(kb, ACT_TEXT, 0, label);
    kb->tapped = c;
    kb->n_taps = n;
    return true;
}

bool keyboard_tap_next(struct keyboard *kb)
{
    bool was = kb->is_open && kb->tapped;
    kb->tapped = 0;
    return was;
}
