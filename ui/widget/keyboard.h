/* SPDX-License-Identifier: Apache-2.0 */
/* The input panel: a sheet over the lower part of the screen, beside the page on a lying one, that
 * shows what is typed, large, with the keys that the kind of input needs: capitals, number pads, a
 * calendar, and for Chinese whatever the visitor can do best: pinyin, handwriting, strokes, rare
 * characters by parts or by code, divisions of an address by touch. The way somebody chose is kept
 * until keyboard_wipe. It owns the typed text until it hands it over, and wipes it then. The page
 * is covered by the caller (nothing outside the sheet reacts). For a search the sheet is lower or
 * at the side, leaves the page alone and tells every change.
 *
 * A number that pages show masked starts hidden when it is there already, and is shown while it is
 * typed for the first time: nobody can check what he cannot see. A key shows and hides it.
 * Thread: main. */
#ifndef YJ_UI_WIDGET_KEYBOARD_H
#define YJ_UI_WIDGET_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>

#include "types/regions.h"
#include "types/view.h"
#include "ui/draw/font.h"
#include "ui/draw/surface.h"
#include "ui/text.h"
#include "ui/theme/theme.h"

enum { KEYBOARD_TEXT_BYTES = 512 };

struct keyboard;

/* Called when the sheet closes by 确定 or 取消; the sheet is closed already, another may be opened.
 * text: UTF-8 (INPUT_DATE: YYYY-MM-DD), wiped after the call; NULL: cancelled. */
typedef void (*keyboard_done_fn)(void *arg, const char *text);

/* Called after every change while a search is typed. text: what is written, then the pinyin letters
 * that still wait ("退x"); UTF-8, wiped after the call. */
typedef void (*keyboard_changed_fn)(void *arg, const char *text);

struct keyboard_cfg {
    struct font_set *fonts;        /* borrowed */
    struct text_set *texts;        /* borrowed */
    const char *pinyin_data_dir;   /* NULL: libpinyin's own */
    const char *handwriting_model; /* NULL: where the build found it; missing: not offered */
    const char *stroke_dictionary; /* NULL: as above */
    struct region_source regions;  /* for INPUT_ADDRESS; at NULL: addresses are typed */
    keyboard_done_fn done;
    keyboard_changed_fn changed; /* may be NULL: no searches */
    void *arg;
};

struct keyboard_job {
    enum view_input input; /* not NONE, not ENUM */
    const char *label;     /* of the field, shown above the text; copied */
    const char *text;      /* to start with; NULL or not valid for the input: empty */
    size_t max_chars;      /* 0: what the input allows */
    int year, month, day;  /* today, for INPUT_DATE */
    bool is_search;        /* INPUT_TEXT beside a page that shows what is found */
    bool is_secret;        /* pages show it masked; INPUT_IDNO always is */
};

/** @return owned by the caller; never NULL. Dictionaries are opened by the first pinyin letter. */
struct keyboard *keyboard_new(const struct keyboard_cfg *cfg) YJ_CHECK;
void keyboard_free(struct keyboard *kb);

/** Show the sheet. @param tokens  copied; @param panel_w, panel_h px of the whole panel
 * An open sheet is replaced without a callback. */
void keyboard_open(struct keyboard *kb, const struct keyboard_job *job, const struct tokens *tokens,
                   int panel_w, int panel_h);

/** Close without a callback and wipe what was typed. */
void keyboard_close(struct keyboard *kb);

/** Close, and forget the pinyin instance and the chosen method too. For ui_wipe. */
void keyboard_wipe(struct keyboard *kb);

bool keyboard_is_open(const struct keyboard *kb);

/** @return true while a search is typed: the page above the sheet can be touched */
bool keyboard_is_search(const struct keyboard *kb);

/** @return the sheet on the panel; empty when closed */
struct rect keyboard_rect(const struct keyboard *kb);

/** @return true when the sheet stands beside the page, over the panel's full height */
bool keyboard_is_beside(const struct keyboard *kb);

/** Draw the sheet; obeys the surface's clip. */
void keyboard_draw(struct keyboard *kb, struct surface *s);

/** @return what has to be drawn again since the last call; empty: nothing */
struct rect keyboard_take_dirty(struct keyboard *kb);

/* A finger. A key acts when the finger leaves it where it came down; touch_up returns true then. */
void keyboard_touch_down(struct keyboard *kb, int x, int y);
void keyboard_touch_move(struct keyboard *kb, int x, int y);
bool keyboard_touch_up(struct keyboard *kb, int x, int y);

/** A real key by SDL's name: letters, digits, Return, Escape, Backspace, Space. @return false when
 * the sheet has no use for it. */
bool keyboard_press(struct keyboard *kb, const char *name);

/** Press an item of keyboard_each_item by its id. @return false: it is not there or disabled */
bool keyboard_activate(struct keyboard *kb, const char *id);

/**
 * A digit of a keypad: typed where digits are; 2..9 tap through their letters (pinyin, parts,
 * English), 0 is 空格 there; 1..5 are strokes. Nothing is timed: the next letter of the same key
 * waits for keyboard_tap_next. keyboard_press of a digit does the same where no key bears it.
 * @return false when the page has no use for it
 */
bool keyboard_tap_digit(struct keyboard *kb, int digit);

/** The tapped letter is the right one. @return false: none was tapped */
bool keyboard_tap_next(struct keyboard *kb);

/* What a person sees, for tests, speech and the inspector. Strings are borrowed for the call. */
struct keyboard_item {
    const char *id;   /* "key.a", "key.ok", "candidate#0", "date.day#23", "keyboard.text" */
    const char *role; /* "key", "candidate", "button", "text", "field" */
    const char *text;
    const char *said; /* words of text for a voice, never NULL: "删除", "间隔号" */
    struct rect rect;
    bool is_enabled, is_selected;
    colour_t ink, ground; /* of the text, for contrast */
    double cap_px;        /* height of a capital letter of the text; 0: set by its length */
    bool is_cut;          /* the text is wider than its place */
};
/** @return the id of the words for a sign that a voice passes over or reads wrongly; NULL */
const char *keyboard_sign_id(const char *sign);

typedef void (*keyboard_item_fn)(void *arg, const struct keyboard_item *item);
void keyboard_each_item(const struct keyboard *kb, keyboard_item_fn fn, void *arg);

#endif
