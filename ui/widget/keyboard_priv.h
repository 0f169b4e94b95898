/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the input panel: its state and the pieces keyboard*.c share. Thread: main. */
#ifndef YJ_UI_WIDGET_KEYBOARD_PRIV_H
#define YJ_UI_WIDGET_KEYBOARD_PRIV_H

#include <stdint.h>

#include "ui/ime/pinyin.h"
#include "ui/widget/keyboard.h"

enum {
    KB_MAX_ITEMS = 128,
    KB_LABEL_BYTES = PINYIN_TEXT_BYTES,
    KB_MAX_PAGES = 512, /* pages of candidates that can be gone back */
};

/* Which keys are shown. */
enum kb_page {
    KB_PINYIN,
    KB_ENGLISH,
    KB_SYMBOLS,
    KB_LATIN,
    KB_EMAIL,
    KB_IDNO,
    KB_DIGITS,
    KB_NUMBER,
    KB_DAYS,
    KB_MONTHS,
    KB_YEARS
};

enum kb_act {
    ACT_TEXT, /* insert the label */
    ACT_DELETE,
    ACT_CLEAR,
    ACT_SPACE,
    ACT_SYMBOLS, /* to the digits page and back */
    ACT_LANG,    /* pinyin and English */
    ACT_SPLIT,   /* ' between syllables */
    ACT_SHIFT,
    ACT_MORE, /* candidates over the keys, and back */
    ACT_PREV, /* candidates or calendar */
    ACT_NEXT,
    ACT_CANDIDATE, /* arg: index */
    ACT_CANCEL,
    ACT_OK,
    ACT_SHOW_YEARS,
    ACT_SHOW_MONTHS,
    ACT_YEAR,  /* arg */
    ACT_MONTH, /* arg 1..12 */
    ACT_DAY,   /* arg 1..31 */
    ACT_TODAY,
};

enum kb_look { LOOK_KEY, LOOK_FUNCTION, LOOK_MAIN, LOOK_CANDIDATE, LOOK_PLAIN };

struct kb_item {
    char id[32];
    char label[KB_LABEL_BYTES];
    struct rect rect;
    enum kb_act act;
    int arg;
    enum kb_look look;
    bool is_enabled, is_selected;
};

struct kb_date {
    int year, month, day; /* day 0: none chosen */
};

struct keyboard {
    struct keyboard_cfg cfg;
    struct pinyin *pinyin;
    struct tokens t;
    int panel_w, panel_h;
    bool is_open;

    enum view_input input;
    char label[256];
    char text[KEYBOARD_TEXT_BYTES];
    size_t max_chars;
    bool had_text, is_search;

    enum kb_page page, home_page; /* home: where the digits page returns to */
    bool is_upper, is_more;
    size_t cand_first, n_cand_shown; /* first candidate of the page, how many fit */
    size_t cand_back[KB_MAX_PAGES], n_cand_back;
    struct kb_date today, chosen, shown; /* shown: the month or the first year on the page */

    struct rect sheet, head, editor, reading, bar, keys; /* head: all that typing changes */
    struct rect dirty;
    struct kb_item item[KB_MAX_ITEMS];
    size_t n_items;
    int pressed; /* item under the finger, -1: none */
};

/* keyboard_layout.c: where everything is */
void kb_layout(struct keyboard *kb); /* rebuild sheet and items for the state; marks nothing */
struct kb_item *kb_add(struct keyboard *kb, const char *id, const char *label, struct rect r,
                       enum kb_act act, int arg, enum kb_look look);
const char *kb_word(const struct keyboard *kb, const char *id); /* of assets/strings */
bool kb_has_candidates(const struct keyboard *kb);

/* keyboard_date.c: the calendar */
void kb_date_layout(struct keyboard *kb, struct rect area);
int kb_date_rows_height(const struct keyboard *kb);
void kb_date_act(struct keyboard *kb, enum kb_act act, int arg);
bool kb_date_parse(const char *text, struct kb_date *ret);
int kb_days_in_month(int year, int month);

/* keyboard_text.c: the typed text */
bool kb_text_insert(struct keyboard *kb, const char *add); /* false: nothing fitted */
bool kb_text_backspace(struct keyboard *kb);
bool kb_text_takes(const struct keyboard *kb, const char *add);      /* may this come next? */
void kb_text_show(const struct keyboard *kb, char *out, size_t cap); /* 6-8-4, 3-4-4, date */
void kb_text_start(struct keyboard *kb, const char *text);

/* What is searched for: the text and the letters that wait. out: KB_QUERY_BYTES */
enum { KB_QUERY_BYTES = KEYBOARD_TEXT_BYTES + PINYIN_MAX_LETTERS };
void kb_text_query(const struct keyboard *kb, char *out);

#endif
