/* SPDX-License-Identifier: Apache-2.0 */
/* Words on one or more lines. Thread: main. */
#ifndef YJ_UI_WIDGET_LABEL_H
#define YJ_UI_WIDGET_LABEL_H

#include "ui/widget/widget.h"

enum { LABEL_MAX_LINES = 160 };

struct label {
    struct widget w;
    enum text_style style;
    enum widget_align align;
    int max_lines;   /* 0: as many as it takes */
    bool can_shrink; /* a number too wide for its place is set smaller, down to STYLE_STRONG */
    struct font *font;
    struct font_line *line; /* in the arena */
    int n_lines, n_line_room;
};

extern const struct widget_class widget_label_class;

/**
 * Wrap words, in smaller letters of the list when they take too many lines or a Latin word would be
 * torn. @param io_font  the wanted one, then the one to be used; @param ret  LABEL_MAX_LINES
 * @return number of lines
 */
int label_wrap(struct widget_ctx *ctx, const char *text, int width, int most_lines,
               struct font **io_font, const enum text_style *smaller, size_t n_smaller,
               struct font_line *ret);

/** @param text  kept, not copied; lives as long as the tree */
struct label *label_new(struct widget_ctx *ctx, struct widget *parent, const char *text,
                        enum text_style style, colour_t ink, colour_t ground);

#endif
