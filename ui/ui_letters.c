/* SPDX-License-Identifier: Apache-2.0 */
/* Letters that no face has: a language that would be a page of boxes is not offered, and a person
 * whose name cannot be shown is told in words instead of by a box. Main thread. */
#include <stdint.h>

#include "ui/ui_priv.h"

struct letters {
    struct font_set *fonts;
    size_t n_missing;
};

static void letters_count(void *arg, const char *words)
{
    struct letters *letters = arg;
    uint32_t first = 0; /* which one stays untold: it may be part of a name */
    if (words)
        letters->n_missing += font_missing(letters->fonts, words, SIZE_MAX, &first);
}

void ui_leave_out_unwritable(struct ui *ui)
{
    for (size_t i = 1; i < text_set_count(ui->texts); i++) {
        struct letters letters = {.fonts = ui->fonts};
        text_set_visit(ui->texts, i, letters_count, &letters);
        if (letters.n_missing)
            text_set_leave_out(ui->texts, i, "no face of fonts.json has its letters");
    }
}

/* Only what came from outside: names, addresses, answers. */
static void literal_count(struct letters *letters, const struct view_text *text)
{
    letters_count(letters, text->lit);
    for (size_t i = 0; i < YJ_COUNT(text->arg) && !text->is_arg_id; i++)
        letters_count(letters, text->arg[i]);
}

void ui_note_missing(struct ui *ui)
{
    struct view *v = &ui->view;
    struct letters letters = {.fonts = ui->fonts};
    literal_count(&letters, &v->title);
    literal_count(&letters, &v->subtitle);
    for (size_t i = 0; i < v->n_items; i++) {
        const struct view_item *item = &v->item[i];
        literal_count(&letters, &item->label);
        literal_count(&letters, &item->value);
        literal_count(&letters, &item->value2);
        literal_count(&letters, &item->note);
    }
    if (!letters.n_missing)
        return;
    /* an error the person can act on comes first */
    bool has_alert = v->alert.id || (v->alert.lit && v->alert.lit[0]);
    struct view_text *place = has_alert ? &v->banner : &v->alert;
    if (has_alert && (v->banner.id || (v->banner.lit && v->banner.lit[0])))
        return;
    *place = (struct view_text){.id = "ui.letters_missing"};
    *(has_alert ? &v->banner_tone : &v->alert_tone) = TONE_WARN;
}
