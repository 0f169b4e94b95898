/* SPDX-License-Identifier: Apache-2.0 */
/* Samples shown, keys pressed and intents taken, for the tests of focus and speech. */
#ifndef YJ_TESTS_UNIT_UI_SHOW_SAMPLE_H
#define YJ_TESTS_UNIT_UI_SHOW_SAMPLE_H

#include <string.h>

#include "find_widget.h"
#include "open_ui.h"
#include "ui/ui_priv.h"
#include "views.h"

enum { SAMPLE_GUARD_MS = 1000 }; /* longer than a trembling hand is */

/** A sample with these wishes, not shown yet. */
static inline void sample_named(const char *name, const struct prefs *prefs, struct view *ret)
{
    const struct sample *s = sample_of(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    sample_make_as(s, prefs, WORDS_CHINESE, ret);
}

/** The view as it is now, as news of the visit. */
static inline void show_news(struct ui *ui, struct view *view)
{
    view->revision += 1000;
    ui_show(ui, view);
    (void)ui_draw(ui);
}

static inline void key(struct ui *ui, enum nav_key key)
{
    ui->clock_offset_ms += SAMPLE_GUARD_MS;
    ui_key(ui, key);
    (void)ui_draw(ui);
}

/** @return id of the widget or key that has the focus, "" when nothing has */
static inline const char *focus_id(const struct ui *ui)
{
    const struct focus_stop *s = ui_focus_stop(ui);
    const char *id = !s ? "" : s->w ? s->w->id : s->key_id;
    return id ? id : "";
}

/** Walk on until this has the focus. */
static inline void focus_on(struct ui *ui, const char *id)
{
    for (int i = 0; i < FOCUS_MAX_STOPS && strcmp(focus_id(ui), id) != 0; i++)
        key(ui, NAV_NEXT);
    CU_ASSERT_STRING_EQUAL_FATAL(focus_id(ui), id);
}

#endif
