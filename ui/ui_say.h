/* SPDX-License-Identifier: Apache-2.0 */
/* What is said, and when. Main thread. */
#ifndef YJ_UI_UI_SAY_H
#define YJ_UI_UI_SAY_H

#include "ui/speech/speech.h"
#include "ui/ui_focus.h"

struct ui;
struct ui_cfg;

enum {
    SAY_LOG_LINES = 64,   /* utterances that development builds remember */
    SAY_REPEAT_MS = 6000, /* URGENCY_REPEAT: "take your card", until it is taken */
    SAY_ALARM_MS = 5000,  /* URGENCY_ALARM */
};

struct say_line {
    enum say_rank rank;
    char language[16];
    char *text; /* lines separated by '\n'; NULL: none yet */
};

/* What was said last, to know what is new. Hashes: no words of a visitor are kept. */
struct ui_say {
    struct speech *speech;
    uint64_t alert, banner, status, ask, focus;
    enum focus_layer layer;
    int countdown_s, list_page;
    struct prefs prefs;
    enum view_urgency urgency;
    bool is_page_due; /* the page was not said yet */
    bool is_staff_called;
    bool is_typing;
    char typed[KEYBOARD_TEXT_BYTES], reading[64]; /* wiped when the keyboard closes */
    enum say_rank last_rank;
    char last[SPEECH_TEXT_BYTES]; /* for REPEAT */
    int64_t repeat_ms;            /* when what is urgent is said again */
    unsigned n_beeps[EARCON_N];
    struct say_line log[SAY_LOG_LINES];
    uint64_t n_logged; /* in all */
};

/** @return 0 or an error of speech_new */
int ui_say_new(struct ui *ui, const struct ui_cfg *cfg, struct err *err) YJ_CHECK;
void ui_say_free(struct ui *ui);

/** The view is another page of the visit. @param has_worked  a device step ended well by itself */
void ui_say_new_page(struct ui *ui, bool has_worked);

/** A finger or a key has pressed something that acts. */
void ui_say_tapped(struct ui *ui);

/** After a tree was built: say what is new in it. */
void ui_say_update(struct ui *ui);

/** After the keyboard was used: say what was typed. */
void ui_say_typed(struct ui *ui);

/** A key was pressed: whoever speaks is interrupted. */
void ui_say_hush(struct ui *ui);

/** Say it once more: what has the focus, or the page. */
void ui_say_again(struct ui *ui);

/** A key that does nothing here. */
void ui_say_refused(struct ui *ui);

/** Say what is due by the clock. @return milliseconds until there is something, -1: nothing */
int ui_say_due(struct ui *ui);

/** The visit is over: silence, nothing is remembered. */
void ui_say_wipe(struct ui *ui);

/** @return utterance number `at` (from 0, see n_logged), NULL: forgotten, or not a development
 * build
 */
const struct say_line *ui_say_line(const struct ui *ui, uint64_t at);

#endif
