/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the ui: shared by ui.c, ui_draw.c, ui_touch.c and the inspector's hooks. Main thread.
 */
#ifndef YJ_UI_UI_PRIV_H
#define YJ_UI_UI_PRIV_H

#include "ui/screen/screen.h"
#include "ui/sdl/display.h"
#include "ui/ui.h"
#include "ui/widget/keyboard.h"

enum {
    UI_MAX_INTENTS = 16,
    UI_MAX_DIRTY = 16,
    UI_MAX_MARKS = 2048,
    UI_REPEAT_GUARD_MS = 300, /* a second tap sooner than this is a trembling hand */
    UI_ACTIVITY_MS = 1000,    /* INTENT_ACTIVITY comes at most this often */
};

/* What one widget drew and where: the next tree is compared with it. */
struct ui_mark {
    uint64_t state;
    struct rect area;
};

struct ui {
    struct display *display;
    struct font_set *fonts;
    struct image_set *images;
    struct text_set *texts;
    struct theme *theme;
    struct keyboard *keyboard;
    struct widget_ctx ctx;
    char *hall_name;
    double px_per_mm;

    struct view view; /* copy of the last one shown */
    bool has_view;
    struct screen_state state;
    struct screen_build now; /* the tree on the panel; root NULL: none */
    bool must_build;

    struct ui_mark marks[UI_MAX_MARKS], fresh[UI_MAX_MARKS];
    int n_marks;
    struct rect dirty[UI_MAX_DIRTY];
    int n_dirty;
    bool was_keyboard_shown;
    uint64_t n_frames;

    struct intent intents[UI_MAX_INTENTS];
    int first_intent, n_intents;
    struct strokes signature; /* what INTENT_SIGN points to */

    struct widget *pressed; /* in the present tree */
    bool is_inking;
    int64_t ink_start_ms;
    int edit_item;           /* of the open keyboard */
    int focus;               /* 0: none */
    enum intent_kind tapped; /* what the last tap asked for, until a view answers it */
    char wanted_id[96];      /* INTENT_EDIT: item that is to be changed */
    uint32_t read_screens;   /* bit by enum view_screen: left once by the main button */
    int review_page;         /* where the review was left to change something, -1: nowhere */
    int64_t last_tap_ms, last_activity_ms, touched_ms, tap_to_frame_ms, clock_offset_ms;
    struct inspect *inspect;
};

/** @return monotonic time as the screens see it */
int64_t ui_now_ms(const struct ui *ui);

/** Build the tree of the present view and mark what differs from the panel. */
void ui_build(struct ui *ui);

/** Compare the tree with what was drawn and mark the differences. */
void ui_mark_changes(struct ui *ui);

/** Add a rectangle to what must be drawn. */
void ui_mark_dirty(struct ui *ui, struct rect r);

/** Draw and present what is marked. @return true when something was */
bool ui_draw(struct ui *ui);

/** A finger or a key. */
void ui_handle(struct ui *ui, const struct display_event *e, int64_t now_ms);

/** Queue an intent; the oldest INTENT_ACTIVITY gives way when the queue is full. */
void ui_push_intent(struct ui *ui, const struct intent *intent);

/** Is the keyboard on the panel (open, and no question over it)? */
bool ui_keyboard_shown(const struct ui *ui);

/** Open the keyboard for a field of the present view. */
void ui_edit_item(struct ui *ui, int item);

/** The keyboard has closed. */
void ui_keyboard_done(void *arg, const char *text);

/** @return the item whose words are searched for on this screen, -1: none */
int ui_search_item(const struct ui *ui);

/** Is a search being typed, with the page above the keys? */
bool ui_search_shown(const struct ui *ui);

/** Open the keyboard for a search. @param is_empty  begin without the words that are there */
void ui_search_open(struct ui *ui, int item, bool is_empty);

/** The words have changed. */
void ui_search_changed(void *arg, const char *text);

/** The search keyboard has closed. @param text  NULL: the visitor wants to go back */
void ui_search_done(struct ui *ui, const char *text);

#ifdef YIJIAN_INSPECTOR
extern const struct inspect_hooks ui_inspect_hooks;
#endif

#endif
