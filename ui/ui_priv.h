/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the ui: shared by ui.c, ui_draw.c, ui_touch.c and the inspector's hooks. Main thread.
 */
#ifndef YJ_UI_UI_PRIV_H
#define YJ_UI_UI_PRIV_H

#include "ui/screen/screen.h"
#include "ui/sdl/display.h"
#include "ui/ui.h"
#include "ui/ui_focus.h"
#include "ui/ui_say.h"
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

/* A page that is being turned; see ui_motion.c. */
enum motion_phase { MOTION_STILL, MOTION_WANTED, MOTION_MOVING };

struct ui_motion {
    enum motion_phase phase;
    bool is_back;
    struct surface *from, *frame; /* what was shown; the picture between. NULL until needed */
    int64_t start_ms, next_ms;
};

struct ui {
    struct display *display;
    struct font_set *fonts;
    struct image_set *images;
    struct anim_set *anims;
    struct text_set *texts;
    struct theme *theme;
    struct screen_samples samples;                    /* for the settings */
    char theme_problem[sizeof((struct err *)0)->msg]; /* why a brand is not used; "": it is */
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
    int edit_item; /* of the open keyboard */
    struct ui_focus *focus;
    struct ui_say *say;
    enum intent_kind tapped; /* what the last tap asked for, until a view answers it */
    char wanted_id[96];      /* INTENT_EDIT: item that is to be changed */
    uint32_t read_screens;   /* bit by enum view_screen: left once by the main button */
    int review_page;         /* where the review was left to change something, -1: nowhere */
    int64_t last_tap_ms, last_activity_ms, touched_ms, tap_to_frame_ms, clock_offset_ms;
    struct ui_motion motion;
    int64_t anim_due_ms; /* when pictures that move go on, 0: none is shown */
    struct inspect *inspect;
};

/** @return monotonic time as the screens see it */
int64_t ui_now_ms(const struct ui *ui);

/** Sizes, colours and words as this visitor wants them. */
void ui_use_prefs(struct ui *ui, const struct prefs *prefs);

/** The theme of cfg, or the default one when it is refused (logged; ui_theme_problem). */
int ui_load_theme(struct ui *ui, const struct ui_cfg *cfg, struct err *err) YJ_CHECK;

/** Sizes, colours, pictures and samples as this visitor wants them. */
void ui_use_theme(struct ui *ui, const struct prefs *prefs);

/** @return what the header calls the product: the brand's name, else the texts' */
const char *ui_product_name(const struct ui *ui);

/** Leave out the languages whose letters no face has. */
void ui_leave_out_unwritable(struct ui *ui);

/** Tell the person, in the view's alert, that something shown has characters no face has. */
void ui_note_missing(struct ui *ui);

/** Build the tree of the present view and mark what differs from the panel. */
void ui_build(struct ui *ui);

/** Compare the tree with what was drawn and mark the differences. */
void ui_mark_changes(struct ui *ui);

/** Add a rectangle to what must be drawn. */
void ui_mark_dirty(struct ui *ui, struct rect r);

/** Draw and present what is marked. @return true when something was */
bool ui_draw(struct ui *ui);

/** The same with the pages turning: the panel may show a picture between two pages. */
void ui_draw_moving(struct ui *ui);

/** Keep what the panel shows: the next page will be turned to. @param is_back  one page back */
void ui_motion_want(struct ui *ui, bool is_back);

/** The next page is drawn: begin to show it. */
void ui_motion_begin(struct ui *ui);

/** Show the next picture between the pages if it is due. @return true when one was shown */
bool ui_motion_step(struct ui *ui);

/** Show the finished page now. */
void ui_motion_end(struct ui *ui);

/** @return milliseconds until ui_motion_step is due, -1: nothing moves */
int ui_motion_due_ms(const struct ui *ui);

/** Overwrite the kept pictures. */
void ui_motion_wipe(struct ui *ui);
void ui_motion_free(struct ui *ui);

/** Move pictures that move; see ui_anim.c. */
void ui_anim_step(struct ui *ui);

/** @return milliseconds until ui_anim_step is due, -1: no picture moves */
int ui_anim_due_ms(const struct ui *ui);

/** Do what a tap on w does; nothing within UI_REPEAT_GUARD_MS of the last one. w is gone then. */
void ui_tap(struct ui *ui, const struct widget *w, int64_t now_ms);

/** Somebody is there: INTENT_ACTIVITY, now and then. */
void ui_activity(struct ui *ui, int64_t now_ms);

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
