/* SPDX-License-Identifier: Apache-2.0 */
/* What ui_say*.c share. Main thread. */
#ifndef YJ_UI_UI_SAY_PRIV_H
#define YJ_UI_UI_SAY_PRIV_H

#include "ui/ui_say.h"

/* An utterance in the making; wiped by say_now. */
struct say_words {
    size_t n;
    char text[SPEECH_TEXT_BYTES];
};

void say_add(struct say_words *w, const char *text);
void say_add_spelled(struct ui *ui, struct say_words *w, const char *text);

void say_add_text(struct ui *ui, struct say_words *w, const struct view_text *text);

/** Words of assets/strings; a < 0: without figures. */
void say_add_id(struct ui *ui, struct say_words *w, const char *id, int a, int b);

/** An item of the open keyboard, by its id. */
void say_add_key(struct ui *ui, struct say_words *w, const char *key_id);

/** What is typed now: the field's name, and what stands there. */
void say_add_keyboard(struct ui *ui, struct say_words *w);

/** Hand it over, unless nothing is to be said; w is wiped. */
void say_now(struct ui *ui, enum say_rank rank, const char *id, struct say_words *w);

/** A short sound, unless nothing is to be heard. */
void say_beep(struct ui *ui, enum earcon earcon);

/** @return milliseconds after which what is urgent is said again */
int say_repeat_ms(const struct ui *ui);

#endif
