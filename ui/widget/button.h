/* SPDX-License-Identifier: Apache-2.0 */
/* Things to press. Thread: main. */
#ifndef YJ_UI_WIDGET_BUTTON_H
#define YJ_UI_WIDGET_BUTTON_H

#include "ui/widget/widget.h"

enum button_look {
    BUTTON_MAIN,    /* filled: one on a screen */
    BUTTON_PLAIN,   /* white with an edge */
    BUTTON_QUIET,   /* words and icon only, on the ground */
    BUTTON_CHIP,    /* an option: a ring at the left, filled with a tick when chosen */
    BUTTON_FACE,    /* an option of the rating: a picture above its words */
    BUTTON_CHECK,   /* an option of several: a square at the left, ticked when chosen */
    BUTTON_SEGMENT, /* one of two or three views of the page, side by side */
};

struct button {
    struct widget w;
    enum button_look look;
    const char *icon; /* picture at the left; NULL: none */
    const char *icon_end;
    struct font *font;
    enum text_style style;
    struct font_line *line; /* in the arena */
    int n_lines, pad, icon_px;
    int shown_icon_px; /* an icon gives way to words; set by measure */
    bool is_one_line;  /* words rather small than on two lines */
};

extern const struct widget_class widget_button_class;

/** @param text  kept; @param action  what a tap does */
struct button *button_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                          const char *text, enum button_look look, struct widget_action action);

/** A button for a view's action: NULL when the action is absent. */
struct button *button_of_action(struct widget_ctx *ctx, struct widget *parent, const char *id,
                                const struct view_action *action, enum button_look look,
                                const char *icon);

#endif
