/* SPDX-License-Identifier: Apache-2.0 */
/* The input panel: a sheet over the lower part of the screen that shows what is typed, large, with
 * the keys that the kind of input needs: pinyin with candidates, capitals, number pads, a
 * calendar. It owns the typed text until it hands it over, and wipes it then. The page above is
 * covered by the caller (nothing outside the sheet reacts). For a search the sheet is lower, leaves
 * the page alone and tells every change. Thread: main. */
#ifndef YJ_UI_WIDGET_KEYBOARD_H
#define YJ_UI_WIDGET_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>

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
    struct font_set *fonts;      /* borrowed */
    struct text_set *texts;      /* borrowed */
    const char *pinyin_data_dir; /* NULL: libpinyin's own */
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

/** Close, and forget the pinyin instance too. For ui_wipe. */
void keyboard_wipe(struct keyboard *kb);

bool keyboard_is_open(const struct keyboard *kb);

/** @return true while a search is typed: the page above the sheet can be touched */
bool keyboard_is_search(const struct keyboard *kb);

/** @return the sheet on the panel; empty when closed */
struct rect keyboard_rect(const struct keyboard *kb);

/** Draw the sheet; obeys the surface's clip. */
void keyboard_draw(struct keyboard *kb, struct surface *s);

/** @return what has to be drawn again since the last call; empty: nothing */
struct rect keyboard_take_dirty(struct keyboard *kb);

/* A finger. A key acts when the finger leaves it where it came down. */
void keyboard_touch_down(struct keyboard *kb, int x, int y);
void keyboard_touch_move(struct keyboard *kb, int x, int y);
void keyboard_touch_up(struct keyboard *kb, int x, int y);

/** A real key by SDL's name: letters, digits, Return, Escape, Backspace, Space. @return false when
 * the sheet has no use for it. */
bool keyboard_press(struct keyboard *kb, const char *name);

/* What a person sees, for tests, speech and the inspector. Strings are borrowed for the call. */
struct keyboard_item {
    const char *id;   /* "key.a", "key.ok", "candidate#0", "date.day#23", "keyboard.text" */
    const char *role; /* "key", "candidate", "button", "text", "field" */
    const char *text;
    struct rect rect;
    bool is_enabled, is_selected;
    colour_t ink, ground; /* of the text, for contrast */
    double cap_px;        /* height of a capital letter of the text; 0: set by its length */
    bool is_cut;          /* the text is wider than its place */
};
typedef void (*keyboard_item_fn)(void *arg, const struct keyboard_item *item);
void keyboard_each_item(const struct keyboard *kb, keyboard_item_fn fn, void *arg);

#endif
