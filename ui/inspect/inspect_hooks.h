/* SPDX-License-Identifier: Apache-2.0 */
/* What the inspector asks of the screens: read them as a person does, touch them as a person
 * does. The UI fills this table; every function is called on the main thread, from
 * inspect_serve. Development builds only. */
#ifndef YJ_UI_INSPECT_HOOKS_H
#define YJ_UI_INSPECT_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* One thing a person can see on the screen. Strings are borrowed for the call. */
struct inspect_item {
    const char *id;   /* "field.baby.name"; option n of an item: "<id>#n"; keys: "key.a" */
    const char *role; /* "button", "text", "field", "choice", "option", "image", "key" … */
    const char *text; /* as drawn, UTF-8; NULL: none */
    int x, y, w, h;   /* panel pixels, after scrolling */
    bool is_enabled, is_selected, has_focus;
    bool is_visible; /* false: scrolled away or covered by a question or the keyboard */
    double contrast; /* text against its ground, WCAG ratio; 0 when there is no text */
    double cap_px;   /* height of a capital letter of the text, 0: no text, or unknown */
    bool is_touch;   /* a tap means something here, when it is enabled */
    bool is_cut;     /* the text does not fit its place */
    int order;       /* place in the focus order from 1, 0: none, -1: unknown */
};

struct inspect_scene {
    const char *screen; /* "HOME", "FORM" …: the enum's name without SCREEN_ */
    uint32_t revision;  /* of the shown view */
    int width_px, height_px;
    double px_per_mm;
    bool is_elder, has_keyboard, has_question;
    bool is_large, is_rtl; /* the rules for large text hold; rows begin at the right */
};

struct inspect_stats {
    uint64_t n_frames;            /* drawn since start */
    uint64_t n_pixels;            /* presented since start */
    int64_t last_tap_to_frame_ms; /* from a touch to the pixels it changed; -1: none yet */
};

enum inspect_touch { INSPECT_DOWN, INSPECT_MOVE, INSPECT_UP };

typedef void (*inspect_item_fn)(void *arg, const struct inspect_item *item);

/* One utterance. Strings are borrowed for the call. */
struct inspect_utterance {
    const char *rank, *language, *text; /* "focus", "page", "prompt", "question" */
};

struct inspect_hooks {
    void (*get_scene)(void *ui, struct inspect_scene *ret);
    /* Call fn for every item in reading order, keyboard and question included. */
    void (*each_item)(void *ui, inspect_item_fn fn, void *arg);
    /* Scroll so that the item can be touched. @return false: no such item. */
    bool (*reveal)(void *ui, const char *id);
    /* The same path a finger takes. t_ms counts from the first touch of the gesture. */
    void (*touch)(void *ui, enum inspect_touch kind, int x_px, int y_px, int64_t t_ms);
    /* SDL's key name: "Return", "Tab". @return 0 or ERR_NOT_FOUND */
    int (*key)(void *ui, const char *name, struct err *err) YJ_CHECK;
    /* As if the keyboard had delivered text to the field. @return 0, ERR_NOT_FOUND, ERR_INVALID */
    int (*set_text)(void *ui, const char *id, const char *text, struct err *err) YJ_CHECK;
    /* Draw what is due and write the panel's picture as PNG. @return 0, ERR_IO, ERR_DENIED */
    int (*save_png)(void *ui, const char *path, struct err *err) YJ_CHECK;
    void (*advance_clock)(void *ui, int64_t ms);
    void (*get_stats)(void *ui, struct inspect_stats *ret);
    /* Utterance number `at`, counted from 0 since the visit began; ret_n: how many there were.
     * @return false: not said yet, or forgotten. The hook may be NULL: nothing speaks */
    bool (*get_utterance)(void *ui, uint64_t at, uint64_t *ret_n, struct inspect_utterance *ret);
};

#endif
