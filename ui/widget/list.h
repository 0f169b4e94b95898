/* SPDX-License-Identifier: Apache-2.0 */
/* A column that turns pages with two big buttons instead of scrolling. Thread: main. */
#ifndef YJ_UI_WIDGET_LIST_H
#define YJ_UI_WIDGET_LIST_H

#include "ui/widget/widget.h"

struct list {
    struct widget w;
    int gap;
    int *page;            /* current page from 0, kept by the ui; corrected when out of range */
    int n_pages;          /* after arrange */
    bool is_centred;      /* short content stands a little above the middle */
    struct widget *decor; /* first or last row: gives way when the others need the room */
    struct widget *pager; /* the row of buttons, hidden while there is one page */
    struct widget *up, *down;
    struct widget *where; /* label "第 1 页 / 共 3 页" */
    struct widget_ctx *ctx;
};

extern const struct widget_class widget_list_class;

/** @param page  borrowed, lives longer than the tree */
struct list *list_new(struct widget_ctx *ctx, struct widget *parent, int *page, bool is_centred);

/** Add the page buttons; call after the last row. */
void list_finish(struct list *list);

/** @return the page (from 0) on which a child row stands; after arrange */
int list_page_of(struct list *list, struct widget_ctx *ctx, const struct widget *row);

#endif
