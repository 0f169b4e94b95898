/* SPDX-License-Identifier: Apache-2.0 */
/* Samples shown, keys pressed and intents taken, for the tests of focus and speech. */
#ifndef YJ_TESTS_UNIT_UI_SHOW_SAMPLE_H
#define YJ_TESTS_UNIT_UI_SHOW_SAMPLE_H

#include <string.h>

#include "open_ui.h"
#include "ui/ui_priv.h"
#include "views.h"

enum { SAMPLE_GUARD_MS = 1000 }; /* longer than a trembling hand is */

/** A sample with these wishes, not shown yet. */
static inline void sample_named(const char *name, const struct prefs *prefs, struct view *ret)
{
    for (int i = 0; i < n_samples; i++)
        if (strcmp(samples[i].name, name) == 0) {
            sample_make_as(&samples[i], prefs, WORDS_CHINESE, ret);
            return;
        }
    CU_FAIL_FATAL("no such sample");
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

/** @return the next intent that is not mere activity */
static inline struct intent next_intent(struct ui *ui)
{
    struct intent i = {0};
    while (ui_next_intent(ui, &i))
        if (i.kind != INTENT_ACTIVITY)
            return i;
    return (struct intent){.kind = INTENT_NONE};
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
