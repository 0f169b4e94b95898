/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on the panel, by name, and what was asked for, for the tests of ui. */
#ifndef YJ_TESTS_UNIT_UI_FIND_WIDGET_H
#define YJ_TESTS_UNIT_UI_FIND_WIDGET_H

#include <string.h>

#include "ui/ui_priv.h"

enum { FIND_ANY = -2 }; /* whatever option of the widget's */

struct widget_wanted {
    const char *id;
    int index;
    struct widget *found;
};

static inline void widget_is_wanted(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct widget_wanted *s = arg;
    (void)depth;
    if (is_visible && w->id && strcmp(w->id, s->id) == 0 &&
        (s->index == FIND_ANY || w->index == s->index))
        s->found = w;
}

/** @return the visible widget of that name, the last one when several have it; NULL: none */
static inline struct widget *find_widget(struct ui *ui, const char *id, int index)
{
    struct widget_wanted s = {.id = id, .index = index};
    widget_visit(ui->now.root, widget_is_wanted, &s);
    return s.found;
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

#endif
