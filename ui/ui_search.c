/* SPDX-License-Identifier: Apache-2.0 */
/* Searching while one types: the keyboard stays open below the page, every change goes to the core
 * at once, the hits above follow. Main thread. */
#include <string.h>

#include "base/bytes.h"
#include "ui/ui_priv.h"

enum { SEARCH_MAX_CHARS = 40 };

int ui_search_item(const struct ui *ui)
{
    for (size_t i = 0; i < ui->view.n_items && ui->view.screen == SCREEN_FIND; i++)
        if (ui->view.item[i].kind == VIEW_SEARCH)
            return (int)i;
    return -1;
}

bool ui_search_shown(const struct ui *ui)
{
    return ui_keyboard_shown(ui) && keyboard_is_search(ui->keyboard);
}

/* The hits stand above the keys, on a lying panel beside them. Somebody in a wheelchair does not
 * reach them there: the words are then told when they are done. */
static bool is_beside_page(const struct ui *ui)
{
    return !ui->view.prefs.is_low;
}

void ui_search_open(struct ui *ui, int item, bool is_empty)
{
    const struct view_item *v = &ui->view.item[item];
    struct keyboard_job job = {.input = INPUT_TEXT,
                               .label = widget_text(&ui->ctx, &v->label),
                               .text = is_empty ? NULL : v->edit,
                               .max_chars = v->max_chars ? v->max_chars : SEARCH_MAX_CHARS,
                               .is_search = is_beside_page(ui)};
    const struct surface *s = display_surface(ui->display);
    ui->edit_item = item;
    keyboard_open(ui->keyboard, &job, &ui->ctx.tok, s->w, s->h);
    ui->must_build = true;
}

/* Words that nobody has taken yet give way to newer ones. */
static struct intent *waiting_words(struct ui *ui)
{
    if (!ui->n_intents)
        return NULL;
    int last = (ui->first_intent + ui->n_intents - 1) % UI_MAX_INTENTS;
    struct intent *at = &ui->intents[last];
    return at->kind == INTENT_SET_TEXT && at->item == ui_search_item(ui) ? at : NULL;
}

void ui_search_changed(void *arg, const char *text)
{
    struct ui *ui = arg;
    struct intent intent = {.kind = INTENT_SET_TEXT, .item = ui_search_item(ui)};
    if (intent.item < 0)
        return;
    size_t n = strlen(text);
    memcpy(intent.text, text, n < sizeof intent.text ? n : sizeof intent.text - 1);
    struct intent *waiting = waiting_words(ui);
    if (waiting)
        *waiting = intent;
    else
        ui_push_intent(ui, &intent);
    bytes_wipe(&intent, sizeof intent);
    ui->state.page = 0;
}

void ui_search_done(struct ui *ui, const char *text)
{
    const struct view *v = &ui->view;
    bool has_back = v->back.label.id || v->back.label.lit;
    ui->must_build = true;
    if (text && !is_beside_page(ui))
        ui_search_changed(ui, text);
    else if (!text && is_beside_page(ui))
        ui_push_intent(ui, &(struct intent){.kind = has_back ? v->back.intent : INTENT_HOME});
}
