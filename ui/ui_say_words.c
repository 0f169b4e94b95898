/* SPDX-License-Identifier: Apache-2.0 */
/* One utterance: its lines are gathered, handed to the speech thread and remembered for REPEAT; and
 * the beginning and end of it all. Main thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/ui_priv.h"
#include "ui/ui_say.h"
#include "ui/ui_say_priv.h"

/* ---- one utterance ---- */

static bool has_line(const struct say_words *w, const char *line, size_t n)
{
    for (const char *p = w->text; *p;) {
        size_t m = strcspn(p, "\n");
        if (m == n && memcmp(p, line, n) == 0)
            return true;
        p += m + (p[m] == '\n');
    }
    return false;
}

void say_add(struct say_words *w, const char *text)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        if (n && !has_line(w, p, n) && w->n + n + 2 <= sizeof w->text) {
            if (w->n)
                w->text[w->n++] = '\n';
            memcpy(w->text + w->n, p, n);
            w->text[w->n += n] = '\0';
        }
        p += n + (p[n] == '\n');
    }
}

void say_add_spelled(struct ui *ui, struct say_words *w, const char *text)
{
    /* as a label would be said */
    struct widget label = {.cls = &widget_label_class, .text = text, .index = -1};
    char words[SPEECH_TEXT_BYTES];
    size_t n = widget_say(&label, &ui->ctx, words, sizeof words);
    say_add(w, words);
    bytes_wipe(words, n);
}

void say_add_text(struct ui *ui, struct say_words *w, const struct view_text *text)
{
    if (text->id || text->lit)
        say_add_spelled(ui, w, widget_text(&ui->ctx, text));
}

void say_add_id(struct ui *ui, struct say_words *w, const char *id, int a, int b)
{
    say_add(w, a < 0 ? text_get(ui->ctx.texts, id)
                     : widget_words(&ui->ctx, id, widget_number(&ui->ctx, a),
                                    widget_number(&ui->ctx, b)));
}

/* Remember it where a developer can read it. */
static void keep(struct ui *ui, enum say_rank rank, const char *text)
{
#ifdef YIJIAN_INSPECTOR
    struct say_line *line = &ui->say->log[ui->say->n_logged++ % SAY_LOG_LINES];
    bytes_free_wiped(line->text);
    *line = (struct say_line){.rank = rank, .text = mem_strdup(text)};
    snprintf(line->language, sizeof line->language, "%s", text_set_language(ui->ctx.texts));
#else
    (void)ui; /* product builds keep nothing */
    (void)rank;
    (void)text;
#endif
}

void say_now(struct ui *ui, enum say_rank rank, const char *id, struct say_words *w)
{
    struct ui_say *say = ui->say;
    if (w->n && ui->view.prefs.speech != SPEECH_OFF) {
        keep(ui, rank, w->text);
        speech_say(say->speech, rank, id, text_set_language(ui->ctx.texts), w->text);
        say->last_rank = rank;
        memcpy(say->last, w->text, w->n + 1);
        if (rank >= SAY_PROMPT)
            say->repeat_ms = ui_now_ms(ui) + say_repeat_ms(ui);
    }
    bytes_wipe(w, sizeof *w);
}

void say_beep(struct ui *ui, enum earcon earcon)
{
    if (ui->view.prefs.speech == SPEECH_OFF)
        return;
    ui->say->n_beeps[earcon]++;
    speech_beep(ui->say->speech, earcon);
}

/* ---- begin and end ---- */

int ui_say_new(struct ui *ui, const struct ui_cfg *cfg, struct err *err)
{
    struct speech_cfg speech = {.sound = cfg->sound, .assets_dir = cfg->assets_dir};
    ui->say = mem_zalloc(1, sizeof *ui->say);
    ui->say->countdown_s = -1;
    return speech_new(&speech, &ui->say->speech, err);
}

void ui_say_wipe(struct ui *ui)
{
    struct ui_say *say = ui->say;
    struct speech *speech = say->speech;
    speech_wipe(speech);
    for (int i = 0; i < SAY_LOG_LINES; i++)
        bytes_free_wiped(say->log[i].text);
    bytes_wipe(say, sizeof *say);
    say->speech = speech;
    say->countdown_s = -1;
}

void ui_say_free(struct ui *ui)
{
    if (!ui->say)
        return;
    struct speech *speech = ui->say->speech;
    if (speech)
        ui_say_wipe(ui);
    speech_free(speech);
    bytes_free_wiped(ui->say);
    ui->say = NULL;
}

const struct say_line *ui_say_line(const struct ui *ui, uint64_t at)
{
    const struct ui_say *say = ui->say;
    bool is_kept = at < say->n_logged && at + SAY_LOG_LINES >= say->n_logged;
    return is_kept ? &say->log[at % SAY_LOG_LINES] : NULL;
}
