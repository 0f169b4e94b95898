/* SPDX-License-Identifier: Apache-2.0 */
/* The input panel: what a touch does. Thread: main.
 *
 * Pages of keys for Chinese text:
 *
 *     PINYIN <--中/英--> ENGLISH
 *        ^  \            /  ^
 *        |   +--123-----+   |
 *        |         v        |
 *        +---- SYMBOLS -----+     (拼音/ABC: back to where it was opened from)
 *
 * Waiting pinyin letters never leave silently: 空格 and 确定 take the best candidate (确定 closes
 * only when nothing waits), changing the page takes it too. In a search the letters count as they
 * stand: its lower button only puts the keys away. */
#include "ui/widget/keyboard.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "ui/widget/keyboard_priv.h"

struct keyboard *keyboard_new(const struct keyboard_cfg *cfg)
{
    struct keyboard *kb = mem_zalloc(1, sizeof *kb);
    kb->cfg = *cfg;
    kb->pinyin = pinyin_new(cfg->pinyin_data_dir);
    kb->cfg.pinyin_data_dir = NULL; /* was borrowed for the call */
    kb->pressed = -1;
    return kb;
}

void keyboard_free(struct keyboard *kb)
{
    if (!kb)
        return;
    keyboard_wipe(kb);
    pinyin_free(kb->pinyin);
    free(kb);
}

static void mark(struct keyboard *kb, struct rect r)
{
    kb->dirty = rect_union(kb->dirty, r);
}

static enum kb_page page_of(enum view_input input)
{
    switch (input) {
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
        return KB_DAYS;
    case INPUT_NONE:
    case INPUT_TEXT:
    case INPUT_NAME:
    case INPUT_ADDRESS:
    case INPUT_ENUM:
    case INPUT_SET:
    case INPUT_STEPS:
        break;
    }
    return KB_PINYIN;
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
    kb->page = kb->home_page = page_of(job->input);
    kb->is_search = job->is_search && kb->cfg.changed;
    size_t n = job->label ? strlen(job->label) : 0;
    if (n < sizeof kb->label)
        memcpy(kb->label, job->label ? job->label : "", n);
    kb->today.year = clamp(job->year, 1900, 2199);
    kb->today.month = clamp(job->month, 1, 12);
    kb->today.day = clamp(job->day, 1, kb_days_in_month(kb->today.year, kb->today.month));
    kb_text_start(kb, job->text);
    kb->shown = kb->chosen.day ? kb->chosen : kb->today;
    kb->is_open = true;
    kb_layout(kb);
    mark(kb, kb->sheet);
}

void keyboard_close(struct keyboard *kb)
{
    struct rect was = kb->is_open ? kb->sheet : rect_of(0, 0, 0, 0);
    pinyin_clear(kb->pinyin);
    struct keyboard keep = *kb;
    bytes_wipe(kb, sizeof *kb);
    kb->cfg = keep.cfg;
    kb->pinyin = keep.pinyin;
    kb->dirty = rect_union(keep.dirty, was);
    kb->pressed = -1;
    bytes_wipe(&keep, sizeof keep);
}

void keyboard_wipe(struct keyboard *kb)
{
    keyboard_close(kb);
    pinyin_wipe(kb->pinyin);
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

struct rect keyboard_take_dirty(struct keyboard *kb)
{
    struct rect r = kb->dirty;
    kb->dirty = rect_of(0, 0, 0, 0);
    return r;
}

/* ---- candidates ------------------------------------------------------------------------- */

static void candidates_restart(struct keyboard *kb)
{
    kb->cand_first = kb->n_cand_back = 0;
}

static bool has_letters(const struct keyboard *kb)
{
    return *pinyin_letters(kb->pinyin) != '\0';
}

static void insert_wiped(struct keyboard *kb, char *text, size_t n)
{
    kb_text_insert(kb, text);
    bytes_wipe(text, n);
    candidates_restart(kb);
    if (!has_letters(kb))
        kb->is_more = false;
}

static void take_candidate(struct keyboard *kb, size_t index)
{
    char text[PINYIN_TEXT_BYTES];
    if (pinyin_choose(kb->pinyin, index, text, NULL) == 0)
        insert_wiped(kb, text, sizeof text);
}

/* The best candidate for all that waits. */
static void take_best(struct keyboard *kb)
{
    char text[PINYIN_TEXT_BYTES * 4];
    pinyin_commit(kb->pinyin, text, sizeof text);
    insert_wiped(kb, text, sizeof text);
}

static void push_letter(struct keyboard *kb, char letter)
{
    struct err err = {0};
    int rc = pinyin_push(kb->pinyin, letter, &err);
    candidates_restart(kb);
    if (rc == ERR_UI_ASSET) {
        /* without dictionaries the visitor can still write letters */
        log_err(LOG_ERROR, "ui", &err);
        kb->page = kb->home_page = KB_ENGLISH;
    }
}

static void turn_candidates(struct keyboard *kb, enum kb_act act)
{
    if (act == ACT_NEXT && kb->n_cand_back < KB_MAX_PAGES) {
        kb->cand_back[kb->n_cand_back++] = kb->cand_first;
        kb->cand_first += kb->n_cand_shown;
    } else if (act == ACT_PREV && kb->n_cand_back) {
        kb->cand_first = kb->cand_back[--kb->n_cand_back];
    }
}

/* ---- actions ---------------------------------------------------------------------------- */

static void insert(struct keyboard *kb, const char *label)
{
    bool is_letter = label[0] >= 'a' && label[0] <= 'z' && !label[1];
    if (kb->page == KB_PINYIN && is_letter) {
        push_letter(kb, label[0]);
        return;
    }
    if (has_letters(kb))
        take_best(kb);
    kb_text_insert(kb, label);
}

static void delete_one(struct keyboard *kb)
{
    if (pinyin_backspace(kb->pinyin)) {
        candidates_restart(kb);
        if (!has_letters(kb))
            kb->is_more = false;
    } else {
        kb_text_backspace(kb);
    }
}

static void change_page(struct keyboard *kb, enum kb_page page)
{
    if (has_letters(kb))
        take_best(kb);
    kb->page = page;
    if (page != KB_SYMBOLS)
        kb->home_page = page;
    kb->is_upper = false;
}

static void finish(struct keyboard *kb, bool is_ok)
{
    char text[KEYBOARD_TEXT_BYTES];
    memcpy(text, kb->text, sizeof text);
    keyboard_close(kb);
    kb->cfg.done(kb->cfg.arg, is_ok ? text : NULL);
    bytes_wipe(text, sizeof text);
}

static void act_text(struct keyboard *kb, enum kb_act act, int arg)
{
    if (act == ACT_DELETE) {
        delete_one(kb);
    } else if (act == ACT_CLEAR) {
        pinyin_clear(kb->pinyin);
        candidates_restart(kb);
        kb->is_more = false;
        bytes_wipe(kb->text, sizeof kb->text);
    } else if (act == ACT_SPACE) {
        if (has_letters(kb))
            take_best(kb);
        else
            kb_text_insert(kb, " ");
    } else if (act == ACT_SPLIT) {
        if (pinyin_push(kb->pinyin, '\'', NULL) == 0) /* refused where it makes no sense */
            candidates_restart(kb);
    } else if (act == ACT_SHIFT) {
        kb->is_upper = !kb->is_upper;
    } else if (act == ACT_LANG) {
        change_page(kb, kb->page == KB_PINYIN ? KB_ENGLISH : KB_PINYIN);
    } else if (act == ACT_SYMBOLS) {
        change_page(kb, kb->page == KB_SYMBOLS ? kb->home_page : KB_SYMBOLS);
    } else if (act == ACT_CANDIDATE) {
        take_candidate(kb, (size_t)arg);
    } else if (act == ACT_MORE) {
        kb->is_more = !kb->is_more;
        candidates_restart(kb);
    } else {
        turn_candidates(kb, act);
    }
}

static void tell_change(struct keyboard *kb, const char *before)
{
    char query[KB_QUERY_BYTES];
    kb_text_query(kb, query);
    if (strcmp(before, query) != 0)
        kb->cfg.changed(kb->cfg.arg, query);
    bytes_wipe(query, sizeof query);
}

static void act_and_lay_out(struct keyboard *kb, enum kb_act what, int arg, const char *label)
{
    bool could_ok = kb->text[0] || kb->had_text || has_letters(kb), was_more = kb->is_more;
    enum kb_page was_page = kb->page;
    if (what == ACT_OK)
        take_best(kb);
    else if (what == ACT_TEXT)
        insert(kb, label);
    else if (kb->input == INPUT_DATE)
        kb_date_act(kb, what, arg);
    else
        act_text(kb, what, arg);
    bool can_ok = kb->text[0] || kb->had_text || has_letters(kb);
    bool is_whole = was_page != kb->page || was_more != kb->is_more || kb->is_more ||
                    can_ok != could_ok || what == ACT_SHIFT || !kb_has_candidates(kb);
    kb_layout(kb);
    mark(kb, is_whole ? kb->sheet : kb->head);
    for (size_t i = 0; i < kb->n_items; i++)
        if (kb->item[i].act == ACT_SPLIT) /* follows the letters */
            mark(kb, kb->item[i].rect);
}

/* Carry out what a key stands for, then lay out and mark what changed. */
static void act(struct keyboard *kb, enum kb_act what, int arg, const char *label)
{
    char before[KB_QUERY_BYTES];
    if (what == ACT_CANCEL || (what == ACT_OK && (kb->is_search || !has_letters(kb)))) {
        finish(kb, what == ACT_OK);
        return;
    }
    kb_text_query(kb, before);
    act_and_lay_out(kb, what, arg, label);
    if (kb->is_search)
        tell_change(kb, before);
    bytes_wipe(before, sizeof before);
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
        mark(kb, kb->item[kb->pressed].rect);
    if (item >= 0)
        mark(kb, kb->item[item].rect);
    kb->pressed = item;
}

void keyboard_touch_down(struct keyboard *kb, int x, int y)
{
    if (kb->is_open)
        set_pressed(kb, item_at(kb, x, y));
}

void keyboard_touch_move(struct keyboard *kb, int x, int y)
{
    if (kb->is_open && kb->pressed >= 0 && item_at(kb, x, y) != kb->pressed)
        set_pressed(kb, -1); /* sliding off takes it back */
}

void keyboard_touch_up(struct keyboard *kb, int x, int y)
{
    if (!kb->is_open)
        return;
    int item = kb->pressed;
    set_pressed(kb, -1);
    if (item < 0 || item_at(kb, x, y) != item)
        return;
    struct kb_item it = kb->item[item]; /* a copy: acting rebuilds the items */
    act(kb, it.act, it.arg, it.label);
    bytes_wipe(&it, sizeof it);
}

static bool press_act(struct keyboard *kb, enum kb_act what)
{
    for (size_t i = 0; i < kb->n_items; i++)
        if (kb->item[i].act == what && kb->item[i].is_enabled) {
            act(kb, what, kb->item[i].arg, "");
            return true;
        }
    return false;
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
            act(kb, ACT_TEXT, 0, label);
            return true;
        }
    }
    return false;
}
