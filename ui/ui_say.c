/* SPDX-License-Identifier: Apache-2.0 */
/* What is said: every new tree is compared with what was said last, and the most important news is
 * one utterance.
 *
 *   alarm > question > page > warning > step of a device > sheet or keys > focus > loudness
 *
 * With SPEECH_PROMPTS the pages of device steps and results, warnings and questions are said; with
 * SPEECH_ALL everything, and whatever has the focus. What a view calls urgent is said again and
 * again until the view has changed. Main thread. */
#include "ui/ui_say.h"

#include <string.h>

#include "base/bytes.h"
#include "ui/ui_priv.h"
#include "ui/ui_say_priv.h"

static bool is_all(const struct ui *ui)
{
    return ui->view.prefs.speech == SPEECH_ALL;
}

/* ---- what is new ---- */

static uint64_t hash_view_text(const struct view_text *t)
{
    uint64_t h = hash_text(1469598103934665603ULL, t->id);
    h = hash_text(h, t->lit);
    for (size_t i = 0; i < YJ_COUNT(t->arg); i++)
        h = hash_text(h, t->arg[i]);
    return t->id || t->lit ? h : 0;
}

/* Its figures are seconds that run down: another second is not another question. */
static uint64_t hash_ask(const struct view_text *t)
{
    return hash_view_text(&(struct view_text){.id = t->id, .lit = t->lit});
}

/* Has it changed to something? */
static bool is_news(uint64_t *was, uint64_t is)
{
    bool has_changed = *was != is;
    *was = is;
    return has_changed && is;
}

/* What a device step or a result says beside its title. */
static void add_status(struct ui *ui, struct say_words *w)
{
    const struct view *v = &ui->view;
    say_add_text(ui, w, &v->subtitle);
    for (size_t i = 0; i < v->n_items; i++)
        if (v->item[i].kind == VIEW_PROGRESS ||
            (v->item[i].kind == VIEW_NOTE && v->item[i].tone != TONE_NEUTRAL))
            say_add_text(ui, w, &v->item[i].label);
}

static void add_focus(struct ui *ui, struct say_words *w)
{
    const struct focus_stop *s = ui_focus_stop(ui);
    struct ui_say *say = ui->say;
    if (!s || !is_all(ui))
        return;
    if (ui->focus->has_turned)
        say_add_id(ui, w, "say.again_from", -1, 0);
    ui->focus->has_turned = false;
    if (s->list && s->page != say->list_page && s->list->n_pages > 1)
        say_add_id(ui, w, "ui.page", s->page + 1, s->list->n_pages);
    say->list_page = s->list ? s->page : say->list_page;
    if (!s->w) {
        say_add_key(ui, w, s->key_id);
        return;
    }
    char words[SPEECH_TEXT_BYTES];
    size_t n = widget_say(s->w, &ui->ctx, words, sizeof words);
    say_add(w, words);
    bytes_wipe(words, n);
}

static uint64_t hash_focus(struct ui *ui)
{
    const struct focus_stop *s = ui_focus_stop(ui);
    char words[SPEECH_TEXT_BYTES];
    if (!s || !s->w || !is_all(ui))
        return 0;
    size_t n = widget_say(s->w, &ui->ctx, words, sizeof words);
    uint64_t h = hash_bytes(s->name, words, n);
    bytes_wipe(words, n);
    return h;
}

static int count_pressable(const struct ui *ui, bool is_list_only)
{
    int n = 0;
    for (int i = 0; i < ui->focus->n_stops; i++) {
        const struct focus_stop *s = &ui->focus->stop[i];
        n += s->can_press && (!is_list_only || s->list);
    }
    return n;
}

/* ---- what is said of it ---- */

static bool has_text(const struct view_text *t)
{
    return t->id || t->lit;
}

static void add_question(struct ui *ui, struct say_words *w)
{
    const struct view *v = &ui->view;
    say_add_text(ui, w, &v->ask);
    if (v->ask_countdown_s >= 0 && !v->ask.arg[0]) /* it may name the seconds itself */
        say_add_id(ui, w, "say.seconds", v->ask_countdown_s, 0);
}

static void say_question(struct ui *ui)
{
    struct say_words w = {0};
    add_question(ui, &w);
    add_focus(ui, &w);
    say_now(ui, SAY_QUESTION, NULL, &w);
}

static void say_page(struct ui *ui)
{
    struct say_words w = {0};
    const struct view *v = &ui->view;
    bool has_prompt = screen_of(v->screen)->is_spoken;
    ui->say->is_page_due = false;
    if (!is_all(ui) && !has_prompt && !has_text(&v->alert))
        return;
    if (is_all(ui))
        say_add_text(ui, &w, &v->banner);
    if (is_all(ui) || has_prompt)
        say_add_text(ui, &w, &v->title);
    if (has_prompt)
        add_status(ui, &w);
    else if (is_all(ui))
        say_add_text(ui, &w, &v->subtitle);
    say_add_text(ui, &w, &v->alert);
    if (is_all(ui)) {
        int n = count_pressable(ui, true);
        if (n)
            say_add_id(ui, &w, "say.count", n, 0);
        add_focus(ui, &w);
    }
    say_now(ui, has_prompt || has_text(&v->alert) ? SAY_PROMPT : SAY_PAGE, NULL, &w);
}

int say_repeat_ms(const struct ui *ui)
{
    return ui->view.urgency == URGENCY_ALARM ? SAY_ALARM_MS : SAY_REPEAT_MS;
}

/* What must be heard by somebody who has turned away: without what has the focus. */
static void say_urgent(struct ui *ui)
{
    struct say_words w = {0};
    const struct view *v = &ui->view;
    if (v->urgency == URGENCY_ALARM) {
        speech_stop(ui->say->speech); /* the tone is not missed */
        say_beep(ui, EARCON_ALARM);
    }
    if (has_text(&v->ask)) {
        add_question(ui, &w);
    } else {
        say_add_text(ui, &w, &v->title);
        add_status(ui, &w);
        say_add_text(ui, &w, &v->alert);
    }
    ui->say->is_page_due = ui->say->is_page_due && has_text(&v->ask);
    say_now(ui, SAY_QUESTION, NULL, &w);
}

static void say_text(struct ui *ui, const struct view_text *text)
{
    struct say_words w = {0};
    say_add_text(ui, &w, text);
    say_now(ui, SAY_PROMPT, text->id && !text->arg[0] ? text->id : NULL, &w);
}

static void say_status(struct ui *ui)
{
    struct say_words w = {0};
    add_status(ui, &w);
    say_now(ui, SAY_PROMPT, NULL, &w);
}

/* A sheet, a panel or the keys have opened, or closed again. */
static void say_layer(struct ui *ui, enum focus_layer was)
{
    struct say_words w = {0};
    enum focus_layer is = ui->focus->layer;
    if (is == FOCUS_SHEET && was < is) {
        int item = ui->state.sheet_item;
        if (item >= 0 && (size_t)item < ui->view.n_items)
            say_add_text(ui, &w, &ui->view.item[item].label);
        say_add_id(ui, &w, "say.count", count_pressable(ui, false), 0);
    } else if (is == FOCUS_KEYS && was < is) {
        say_add_keyboard(ui, &w);
    }
    add_focus(ui, &w);
    say_now(ui, was < is ? SAY_PAGE : SAY_FOCUS, NULL, &w);
}

static void say_focus(struct ui *ui)
{
    struct say_words w = {0};
    add_focus(ui, &w);
    say_now(ui, SAY_FOCUS, NULL, &w);
}

static void say_prefs(struct ui *ui, const struct prefs *was)
{
    struct say_words w = {0};
    const struct prefs *is = &ui->view.prefs;
    if (was->volume != is->volume)
        say_add_id(ui, &w, "say.volume", is->volume + 1, 0);
    if (was->speed != is->speed)
        say_add_id(ui, &w, "say.speed", is->speed + 1, 0);
    say_now(ui, SAY_FOCUS, NULL, &w);
}

static bool is_countdown_due(struct ui *ui)
{
    int was = ui->say->countdown_s, is = ui->view.ask_countdown_s;
    ui->say->countdown_s = is;
    if (is >= 0 && was != is && is <= 10)
        say_beep(ui, EARCON_TICK);
    return (was > 10 && is <= 10 && is >= 0) || (was > 5 && is <= 5 && is >= 0);
}

static void say_countdown(struct ui *ui)
{
    struct say_words w = {0};
    say_add_id(ui, &w, "say.seconds", ui->view.ask_countdown_s, 0);
    say_now(ui, SAY_QUESTION, NULL, &w);
}

static uint64_t hash_status(const struct ui *ui)
{
    const struct view *v = &ui->view;
    uint64_t h = hash_view_text(&v->subtitle);
    for (size_t i = 0; i < v->n_items; i++)
        if (v->item[i].kind == VIEW_PROGRESS ||
            (v->item[i].kind == VIEW_NOTE && v->item[i].tone != TONE_NEUTRAL))
            h = h * 31 + hash_view_text(&v->item[i].label);
    return h;
}

struct news {
    bool page, ask, countdown, alert, banner, status, layer, focus, prefs, alarm, staff;
    enum focus_layer was_layer;
    struct prefs was_prefs;
};

static struct news look_for_news(struct ui *ui)
{
    struct ui_say *say = ui->say;
    const struct view *v = &ui->view;
    struct news n = {.was_layer = say->layer, .was_prefs = say->prefs};
    n.page = say->is_page_due;
    n.ask = is_news(&say->ask, hash_ask(&v->ask));
    n.countdown = is_countdown_due(ui);
    n.alert = is_news(&say->alert, hash_view_text(&v->alert));
    n.banner = is_news(&say->banner, hash_view_text(&v->banner));
    n.status = is_news(&say->status, hash_status(ui)) && screen_of(v->screen)->is_spoken;
    n.layer = say->layer != ui->focus->layer;
    if (n.layer)
        say->is_typing = false; /* what stands in an editor that opens was not typed */
    n.prefs = say->prefs.volume != v->prefs.volume || say->prefs.speed != v->prefs.speed;
    uint64_t focus = hash_focus(ui);
    n.focus = ui->focus->must_say || (say->focus != focus && focus && ui->focus->is_shown);
    say->focus = focus;
    say->layer = ui->focus->layer;
    say->prefs = v->prefs;
    ui->focus->must_say = false;
    n.alarm = v->urgency == URGENCY_ALARM && say->urgency != URGENCY_ALARM;
    n.staff = v->is_staff_called && !say->is_staff_called;
    if (v->urgency != say->urgency)
        say->repeat_ms = ui_now_ms(ui) + say_repeat_ms(ui);
    say->urgency = v->urgency;
    say->is_staff_called = v->is_staff_called;
    if (n.page && ui_focus_stop(ui) && ui_focus_stop(ui)->list)
        say->list_page = ui_focus_stop(ui)->page;
    return n;
}

/* Louder than somebody likes it who is no longer there. */
static void set_voice(struct ui *ui)
{
    enum { ALARM_LOUDER = 2 };
    const struct prefs *p = &ui->view.prefs;
    int more = ui->view.urgency == URGENCY_ALARM ? ALARM_LOUDER : 0;
    speech_set(ui->say->speech, p->volume + more, p->speed);
}

static void say_news(struct ui *ui, const struct news *n)
{
    if (n->alarm)
        say_urgent(ui);
    else if (n->ask)
        say_question(ui);
    else if (n->countdown)
        say_countdown(ui);
    else if (n->page && ui->focus->layer != FOCUS_QUESTION)
        say_page(ui);
    else if (n->alert)
        say_text(ui, &ui->view.alert);
    else if (n->banner && (is_all(ui) || ui->view.banner_tone == TONE_ERROR))
        say_text(ui, &ui->view.banner);
    else if (n->status)
        say_status(ui);
    else if (n->layer && is_all(ui))
        say_layer(ui, n->was_layer);
    else if (n->focus && is_all(ui))
        say_focus(ui);
    else if (n->prefs)
        say_prefs(ui, &n->was_prefs);
}

void ui_say_update(struct ui *ui)
{
    if (!ui->has_view || !ui->now.root)
        return;
    struct prefs was = ui->say->prefs;
    enum view_urgency was_urgent = ui->say->urgency;
    struct news n = look_for_news(ui);
    if (n.prefs || was.speech != ui->view.prefs.speech || was_urgent != ui->view.urgency)
        set_voice(ui);
    if (was.speech != ui->view.prefs.speech || was.language != ui->view.prefs.language)
        n.page = ui->say->is_page_due = true; /* from the beginning, as it is wanted now */
    if (n.staff)
        say_beep(ui, EARCON_DONE);
    if (ui->view.prefs.speech != SPEECH_OFF)
        say_news(ui, &n);
}

/* ---- asked for ---- */

void ui_say_new_page(struct ui *ui, bool has_worked)
{
    ui->say->is_page_due = true;
    ui->say->alert = ui->say->status = 0;
    if (has_worked)
        say_beep(ui, EARCON_DONE);
}

void ui_say_tapped(struct ui *ui)
{
    say_beep(ui, EARCON_TAP);
}

void ui_say_hush(struct ui *ui)
{
    speech_stop(ui->say->speech);
}

void ui_say_again(struct ui *ui)
{
    struct say_words w = {0};
    if (ui->say->last_rank == SAY_FOCUS && ui_focus_stop(ui))
        add_focus(ui, &w);
    else
        say_add(&w, ui->say->last);
    say_now(ui, ui->say->last_rank, NULL, &w);
}

void ui_say_refused(struct ui *ui)
{
    say_beep(ui, EARCON_ERROR);
}

int ui_say_due(struct ui *ui)
{
    enum { LATER_MS = 1000 }; /* who still speaks is not interrupted by himself */
    struct ui_say *say = ui->say;
    if (say->urgency == URGENCY_ONCE || ui->view.prefs.speech == SPEECH_OFF)
        return -1;
    int64_t now_ms = ui_now_ms(ui);
    if (now_ms >= say->repeat_ms && speech_is_busy(say->speech)) {
        say->repeat_ms = now_ms + LATER_MS;
    } else if (now_ms >= say->repeat_ms) {
        say_urgent(ui);
        say->repeat_ms = now_ms + say_repeat_ms(ui);
    }
    return (int)(say->repeat_ms - now_ms);
}
