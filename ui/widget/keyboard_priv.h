/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the input panel: its state and the pieces keyboard*.c share. Thread: main. */
#ifndef YJ_UI_WIDGET_KEYBOARD_PRIV_H
#define YJ_UI_WIDGET_KEYBOARD_PRIV_H

#include <stdint.h>

#include "ui/ime/char_code.h"
#include "ui/ime/handwriting.h"
#include "ui/ime/pinyin.h"
#include "ui/ime/stroke_table.h"
#include "ui/widget/keyboard.h"

enum {
    KB_MAX_ITEMS = 128,
    KB_LABEL_BYTES = PINYIN_TEXT_BYTES,
    KB_MAX_PAGES = 512, /* pages of candidates that can be gone back */
};

/* Which keys are shown. */
enum kb_page {
    KB_PINYIN,
    KB_HAND,    /* written with the finger */
    KB_STROKES, /* 横竖撇点折 */
    KB_PARTS,   /* rare characters by their parts */
    KB_CODE,    /* rare characters by their code */
    KB_ENGLISH,
    KB_SYMBOLS, /* digits and signs */
    KB_MARKS,   /* narrow panels: signs that found no room beside the digits */
    KB_REGION,  /* province, city, county of an address */
    KB_LATIN,
    KB_EMAIL,
    KB_IDNO,
    KB_DIGITS,
    KB_NUMBER,
    KB_DAYS,
    KB_MONTHS,
    KB_YEARS,
    KB_DATE_PAD, /* a date by its digits, where a calendar has no room */
    KB_N_PAGES
};

enum kb_act {
    ACT_TEXT, /* insert the label */
    ACT_DELETE,
    ACT_CLEAR,
    ACT_SPACE,
    ACT_SPLIT, /* ' between syllables */
    ACT_SHIFT,
    ACT_PAGE,   /* arg: enum kb_page */
    ACT_GROUP,  /* arg: row and place of letters that open, KB_NO_GROUP: back */
    ACT_METHOD, /* the list of methods over the keys, and back */
    ACT_MORE,   /* candidates over the keys, and back */
    ACT_PREV,   /* candidates, regions or calendar */
    ACT_NEXT,
    ACT_CANDIDATE, /* arg: index */
    ACT_STROKE,    /* arg: '1'..'5', '0' any */
    ACT_UNDO,      /* the last stroke of the finger */
    ACT_REWRITE,   /* all of them */
    ACT_REGION,    /* arg: number below what was chosen */
    ACT_REGION_UP,
    ACT_EYE, /* show and hide a number */
    ACT_CANCEL,
    ACT_OK,
    ACT_SHOW_YEARS,
    ACT_SHOW_MONTHS,
    ACT_YEAR,  /* arg */
    ACT_MONTH, /* arg 1..12 */
    ACT_DAY,   /* arg 1..31 */
    ACT_TODAY,
};

enum { KB_NO_GROUP = -1, KB_MAX_REGION_STEPS = 4, KB_MAX_PARTS = STROKE_MAX_PARTS };

enum kb_look {
    LOOK_KEY,
    LOOK_FUNCTION,
    LOOK_MAIN,
    LOOK_CANDIDATE,
    LOOK_TAB,
    LOOK_OPTION,
    LOOK_PLAIN
};

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

/* How the sheet makes do with the panel; found anew by every layout. */
struct kb_form {
    bool is_side;   /* a lying panel: the sheet stands at the end of it, full height */
    bool is_narrow; /* ten keys have no room beside each other: letters open in two steps */
    bool has_tabs;  /* else one key opens the list of methods */
    bool is_short;  /* no label, no footer: its buttons stand beside the text */
    int n_rows;     /* of keys */
    int key_h;
};

struct keyboard {
    struct keyboard_cfg cfg;
    struct pinyin *pinyin;
    struct handwriting *hand;
    struct stroke_table *strokes;
    bool has_told_hand, has_told_strokes; /* the log knows that the data are missing */
    enum kb_page method;                  /* of Chinese text, kept until the visit ends */
    struct tokens t;
    int panel_w, panel_h;
    bool is_open;

    enum view_input input;
    char label[256];
    char text[KEYBOARD_TEXT_BYTES];
    size_t max_chars;
    bool had_text, is_search, is_secret;
    bool is_hidden; /* of a secret number only the last typed character is shown */
    bool has_typed; /* since it was opened */

    enum kb_page page;
    bool is_upper, is_more, is_choosing;
    int group;                       /* of letters that is open, KB_NO_GROUP */
    size_t cand_first, n_cand_shown; /* first candidate of the page, how many fit */
    size_t cand_back[KB_MAX_PAGES], n_cand_back;
    char strokes_typed[STROKE_MAX_KEYS + 1];
    uint32_t part[KB_MAX_PARTS];
    size_t n_parts;
    char code[CHAR_CODE_MAX_DIGITS + 1];
    uint32_t found[STROKE_MAX_FOUND]; /* by strokes, parts or code */
    size_t n_found;
    char found_text[8]; /* the one asked for last */
    char tapped;        /* digit of the letters that are tapped through, 0: none */
    int n_taps;
    struct kb_date today, chosen, shown; /* shown: the month or the first year on the page */
    char region[KB_MAX_REGION_STEPS][REGIONS_CODE_BYTES];
    size_t region_at[KB_MAX_REGION_STEPS]; /* bytes of text before this step */
    size_t n_regions, region_first, n_region_shown, region_back[KB_MAX_PAGES], n_region_back;

    struct kb_form form;
    struct rect sheet, head, editor, tabs, reading, bar, keys, footer, pad;
    struct rect dirty;
    struct kb_item item[KB_MAX_ITEMS];
    size_t n_items;
    int pressed; /* item under the finger, -1: none */
    bool is_inking;
};

/* keyboard_layout.c: where everything is */
void kb_layout(struct keyboard *kb); /* rebuild sheet and items for the state; marks nothing */
struct kb_item *kb_add(struct keyboard *kb, const char *id, const char *label, struct rect r,
                       enum kb_act act, int arg, enum kb_look look);
const char *kb_word(const struct keyboard *kb, const char *id); /* of assets/strings */
bool kb_has_candidates(const struct keyboard *kb);              /* Chinese can be written */
int kb_sheet_width(const struct keyboard *kb);                  /* px, margins included */
int kb_line_height(const struct keyboard *kb, int text_px);

/* keyboard_draw.c: where a point of the ink is on the panel */
struct kb_spot {
    int x, y;
};
struct kb_spot kb_spot_of(const struct keyboard *kb, const struct handwriting_point *p);

/* keyboard_keys.c: the tables of keys */
void kb_keys_layout(struct keyboard *kb, struct rect area);
int kb_keys_rows(const struct keyboard *kb, enum kb_page page, const struct kb_form *form);
const char *kb_group_letters(int digit); /* of a telephone's keys: 2 "abc" .. 9 "wxyz" */

/* keyboard_method.c: the ways to write Chinese */
enum kb_page kb_method_at(const struct keyboard *kb, size_t at); /* KB_N_PAGES: no more */
const char *kb_method_word(const struct keyboard *kb, enum kb_page page);
bool kb_method_tabs_fit(const struct keyboard *kb, int width);
void kb_method_tabs(struct keyboard *kb, struct rect row);
void kb_method_list(struct keyboard *kb, struct rect area);
void kb_hand_layout(struct keyboard *kb, struct rect area);
void kb_bar_layout(struct keyboard *kb);

/* keyboard_cand.c: what may be meant by what waits */
bool kb_waits(const struct keyboard *kb); /* something is typed that is no text yet */
size_t kb_cand_count(const struct keyboard *kb);
const char *kb_cand_text(struct keyboard *kb, size_t index); /* borrowed until the next call */
void kb_cand_take(struct keyboard *kb, size_t index);
void kb_cand_take_best(struct keyboard *kb);
void kb_cand_restart(struct keyboard *kb);
void kb_cand_turn(struct keyboard *kb, enum kb_act act);
void kb_wait_letter(struct keyboard *kb, char letter);
void kb_wait_stroke(struct keyboard *kb, char key);
void kb_wait_code(struct keyboard *kb, char digit);
bool kb_wait_backspace(struct keyboard *kb); /* false: nothing waited */
void kb_wait_drop(struct keyboard *kb);      /* wiped */
void kb_hand_look_up(struct keyboard *kb);
void kb_reading(const struct keyboard *kb, char *out, size_t cap); /* what waits, as read */

/* keyboard_act.c: what a key does */
void kb_act(struct keyboard *kb, enum kb_act what, int arg, const char *label);
void kb_mark(struct keyboard *kb, struct rect r);
void kb_after_change(struct keyboard *kb); /* lay out and mark the head and the candidates */
void kb_show_page(struct keyboard *kb, enum kb_page page);

/* keyboard_region.c: an address begins with where it is */
bool kb_region_is_offered(const struct keyboard *kb);
void kb_region_layout(struct keyboard *kb, struct rect area);
void kb_region_take(struct keyboard *kb, size_t at);
void kb_region_up(struct keyboard *kb);
void kb_region_turn(struct keyboard *kb, enum kb_act act);

/* keyboard_date.c: the calendar */
void kb_date_layout(struct keyboard *kb, struct rect area);
int kb_date_rows_height(const struct keyboard *kb);
bool kb_date_fits(const struct keyboard *kb, int width);
void kb_date_act(struct keyboard *kb, enum kb_act act, int arg);
bool kb_date_parse(const char *text, struct kb_date *ret);
bool kb_date_type(struct keyboard *kb, char digit); /* digits of YYYYMMDD; false: refused */
void kb_date_typed(struct keyboard *kb);
int kb_days_in_month(int year, int month);

/* keyboard_text.c: the typed text */
bool kb_text_insert(struct keyboard *kb, const char *add); /* false: nothing fitted */
bool kb_text_backspace(struct keyboard *kb);
bool kb_text_takes(const struct keyboard *kb, const char *add); /* may this come next? */
/* as it is shown: 6-8-4, 3-4-4, date; hidden characters as dots */
void kb_text_show(const struct keyboard *kb, char *out, size_t cap);
void kb_text_start(struct keyboard *kb, const char *text);
bool kb_text_is_done(const struct keyboard *kb); /* it may be handed over */

/* What is searched for: the text and the letters that wait. out: KB_QUERY_BYTES */
enum { KB_QUERY_BYTES = KEYBOARD_TEXT_BYTES + PINYIN_MAX_LETTERS };
void kb_text_query(const struct keyboard *kb, char *out);

/* keyboard_say.c: words for what a voice cannot read off the key */
const char *kb_say(const struct keyboard *kb, const struct kb_item *it, char *buf, size_t cap);

#endif
