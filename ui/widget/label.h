/* SPDX-License-Identifier: Apache-2.0 */
/* Words on one or more lines. Thread: main. */
#ifndef YJ_UI_WIDGET_LABEL_H
#define YJ_UI_WIDGET_LABEL_H

#include "ui/widget/widget.h"

enum { LABEL_MAX_LINES = 40 };

struct label {
    struct widget w;
    enum text_style style;
    enum widget_align align;
    int max_lines;   /* 0: as many as it takes */
    bool can_shrink; /* a number too wide for its place is set smaller, down to STYLE_STRONG */
    struct font *font;
    struct font_line *line; /* in the arena */
    int n_lines;
};

extern const struct widget_class widget_label_class;

/** @param text  kept, not copied; lives as long as the tree */
struct label *label_new(struct widget_ctx *ctx, struct widget *parent, const char *text,
                        enum text_style style, colour_t ink, colour_t ground);

#endif
