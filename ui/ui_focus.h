/* SPDX-License-Identifier: Apache-2.0 */
/* The focus of keys: where it stands in the reading order, and how it finds its place again in a
 * new tree. Main thread. */
#ifndef YJ_UI_UI_FOCUS_H
#define YJ_UI_UI_FOCUS_H

#include "ui/screen/screen.h"
#include "ui/widget/keyboard.h"

struct ui;

/* What lies over what: the keys of the topmost one are reached, and nothing below. */
enum focus_layer { FOCUS_PAGE, FOCUS_SHEET, FOCUS_KEYS, FOCUS_QUESTION, FOCUS_N_LAYERS };

enum { FOCUS_MAX_STOPS = 768 };

/* One place that the focus can have: a widget, or an item of the open keyboard. */
struct focus_stop {
    struct widget *w;  /* in the present tree; NULL: an item of the keyboard */
    struct list *list; /* whose page it stands on, NULL: none */
    int page;          /* of list */
    uint64_t name;     /* what makes it the same in another tree */
    int nth;           /* of those with the same name */
    char key_id[32];   /* of the keyboard's item */
    struct rect rect;  /* of the keyboard's item */
    bool can_press;    /* SELECT does something */
    bool is_chosen;    /* keyboard: selected */
};

/* A stop that is remembered while trees come and go. */
struct focus_mark {
    uint64_t name;
    int nth, place;
    bool is_set;
};

struct ui_focus {
    enum focus_layer layer;
    struct focus_mark at[FOCUS_N_LAYERS];
    bool is_shown;                           /* the ring: a key was used since the last touch */
    bool has_turned;                         /* the last step went past the end and began anew */
    bool must_say;                           /* the focus was moved, or is asked for again */
    struct focus_stop stop[FOCUS_MAX_STOPS]; /* in reading order */
    int n_stops;
    int here;         /* place in stop, -1: none */
    struct rect ring; /* drawn over the keyboard */
};

/** Nothing has the focus and no ring is shown. */
void ui_focus_reset(struct ui *ui);

/** Another page of the visit: the focus begins anew, the ring stays if there is one. */
void ui_focus_restart(struct ui *ui);

/** After a tree was built or the keyboard changed: find the stops, and the focus among them. */
void ui_focus_follow(struct ui *ui);

/** @return what has the focus, NULL: nothing. Valid until the next tree or key. */
const struct focus_stop *ui_focus_stop(const struct ui *ui);

/** Move by so many stops (1, -1), around the end. Turns pages. */
void ui_focus_move(struct ui *ui, int by);

/** Move to the nearest stop of the same group before or behind, if there is one. @return moved */
bool ui_focus_move_inside(struct ui *ui, int by);

/** A finger was used: no ring until the next key. */
void ui_focus_hide(struct ui *ui);

/** Draw the ring around an item of the keyboard; obeys the surface's clip. */
void ui_focus_draw(const struct ui *ui, struct surface *s);

/** A key of a real keyboard by SDL's name. @return false when it means nothing here */
bool ui_focus_key_name(struct ui *ui, const char *name);

#endif
