/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of the keyboard: its items, and what was typed. Main thread. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/ui_priv.h"
#include "ui/ui_say.h"
#include "ui/ui_say_priv.h"

enum { FIRST_CANDIDATES = 3 };

/* ---- items ---- */

struct seek {
    struct ui *ui;
    struct say_words *w;
    const char *id;
    int place, n; /* among the items of its group */
};

static bool is_like(const char *a, const char *b)
{
    size_t n = strcspn(a, "#");
    return a[n] && strncmp(a, b, n + 1) == 0;
}

static void count_like(void *arg, const struct keyboard_item *key)
{
    struct seek *s = arg;
    s->n += is_like(s->id, key->id);
    s->place = strcmp(key->id, s->id) == 0 ? s->n : s->place;
}

static void tell_item(void *arg, const struct keyboard_item *key)
{
    struct seek *s = arg;
    if (strcmp(key->id, s->id) != 0)
        return;
    s->id = ""; /* a key that stands there twice is said once */
    if (key->said[0])
        say_add_spelled(s->ui, s->w, key->said);
    else if (strcmp(key->role, "field") == 0)
        say_add_id(s->ui, s->w, "say.empty", -1, 0);
    if (key->is_selected)
        say_add_id(s->ui, s->w, "say.chosen", -1, 0);
    if (s->n > 1 && strcmp(key->role, "candidate") == 0)
        say_add_id(s->ui, s->w, "say.place", s->place, s->n);
}

void say_add_key(struct ui *ui, struct say_words *w, const char *key_id)
{
    struct seek s = {.ui = ui, .w = w, .id = key_id};
    keyboard_each_item(ui->keyboard, count_like, &s);
    keyboard_each_item(ui->keyboard, tell_item, &s);
}

void say_add_keyboard(struct ui *ui, struct say_words *w)
{
    say_add_key(ui, w, "keyboard.label");
    say_add_key(ui, w, "keyboard.text");
}

/* ---- what was typed ---- */

struct typed {
    char text[KEYBOARD_TEXT_BYTES], reading[64];
    struct say_words candidates;
    int n_candidates;
};

static void look(void *arg, const struct keyboard_item *key)
{
    struct typed *t = arg;
    if (strcmp(key->id, "keyboard.text") == 0)
        snprintf(t->text, sizeof t->text, "%s", key->text);
    if (strcmp(key->id, "keyboard.reading") == 0)
        snprintf(t->reading, sizeof t->reading, "%s", key->text);
    if (strcmp(key->role, "candidate") == 0 && t->n_candidates++ < FIRST_CANDIDATES)
        say_add(&t->candidates, key->text);
}

/* What the longer text has behind the shorter one; NULL: it does not begin with it. */
static const char *behind(const char *more, const char *less)
{
    size_t n = strlen(less);
    return strncmp(more, less, n) == 0 && more[n] ? more + n : NULL;
}

/* Blanks and strokes between the groups of a number are not typed. */
static void bare(char *s)
{
    char *to = s;
    for (const char *p = s; *p; p++)
        if (*p != ' ')
            *to++ = *p;
    *to = '\0';
}

static void add_change(struct ui *ui, struct say_words *w, const char *was, const char *is)
{
    const char *more = behind(is, was), *less = behind(was, is);
    const char *sign = more ? keyboard_sign_id(more) : NULL;
    if (sign) {
        say_add_id(ui, w, sign, -1, 0);
    } else if (more) {
        say_add_spelled(ui, w, more);
    } else if (less) {
        say_add(w, widget_words(&ui->ctx, "say.deleted", less, NULL));
    } else if (!is[0] && was[0]) {
        say_add_id(ui, w, "say.empty", -1, 0);
    } else if (strcmp(was, is) != 0) {
        say_add_spelled(ui, w, is);
    }
}

void ui_say_typed(struct ui *ui)
{
    struct ui_say *say = ui->say;
    struct typed now = {0};
    struct say_words w = {0};
    if (ui_keyboard_shown(ui))
        keyboard_each_item(ui->keyboard, look, &now);
    bare(now.text);
    if (ui_keyboard_shown(ui) && ui->view.prefs.speech == SPEECH_ALL && say->is_typing) {
        add_change(ui, &w, say->typed, now.text);
        add_change(ui, &w, say->reading, now.reading);
        if (strcmp(say->reading, now.reading) != 0 && now.reading[0] && now.candidates.n) {
            say_add_id(ui, &w, "say.candidates", -1, 0);
            say_add(&w, now.candidates.text);
        }
        say_now(ui, SAY_FOCUS, NULL, &w);
    }
    say->is_typing = ui_keyboard_shown(ui);
    memcpy(say->typed, now.text, sizeof say->typed);
    memcpy(say->reading, now.reading, sizeof say->reading);
    bytes_wipe(&now, sizeof now);
}
