/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes that are higher than a page: cut between their children, or through the one that stands
 * across the end. The rest looks alike, but only the first part can be touched as a whole and
 * carries the name. Main thread. */
#include "ui/widget/box_priv.h"

/* Like b, without children. */
static struct box *rest_of(struct widget_ctx *ctx, const struct box *b)
{
    struct box *rest = box_new(ctx, NULL, b->kind, b->gap);
    struct widget w = rest->w;
    *rest = *b;
    w.role = b->w.role;
    w.grow = b->w.grow;
    w.basis = b->w.basis;
    w.bleed = b->w.bleed;
    w.has_error = b->w.has_error;
    rest->w = w;
    return rest;
}

/* Everything from child on moves to another parent. */
static void move_from(struct widget *child, struct widget *to)
{
    while (child) {
        struct widget *next = child->next;
        widget_unlink(child);
        widget_insert(to, to->last, child);
        child = next;
    }
}

static struct widget *column_split(struct box *b, struct widget_ctx *ctx, int width, int room)
{
    int y = 0;
    for (struct widget *c = b->w.first, *before = NULL; c; before = c, c = c->next) {
        if (c->is_hidden)
            continue;
        int cw = c->basis > 0 && c->basis < width ? c->basis : width;
        int top = y ? y + b->gap : 0, h = widget_measure(c, ctx, cw);
        y = top + h;
        if (y <= room)
            continue;
        struct widget *part = widget_split(c, ctx, cw, room - top);
        if (!part && widget_measure(c, ctx, cw) < h) { /* it has become lower instead */
            y = top + widget_measure(c, ctx, cw);
            if (y <= room)
                continue;
        }
        if (!part && !before)
            return NULL;
        struct box *rest = rest_of(ctx, b);
        if (part)
            widget_insert(&rest->w, NULL, part);
        move_from(part ? c->next : c, &rest->w);
        return &rest->w;
    }
    return NULL;
}

/* Every child that is too high is cut; the others stay with the first part. */
static struct widget *row_split(struct box *b, struct widget_ctx *ctx, int room)
{
    struct box *rest = rest_of(ctx, b);
    int n = 0;
    for (struct widget *c = b->w.first; c; c = c->next) {
        int width = c->measured_w;
        struct widget *part = c->is_hidden || !width ? NULL : widget_split(c, ctx, width, room);
        if (!part)
            continue;
        widget_insert(&rest->w, rest->w.last, part);
        n++;
    }
    if (n == 1) { /* it has the width to itself */
        rest->w.first->grow = 1;
        rest->w.first->basis = 0;
    }
    return n ? &rest->w : NULL;
}

static struct widget *grid_split(struct box *b, struct widget_ctx *ctx, int width, int room)
{
    int n = b->n_columns > 0 ? b->n_columns : 1, cell = (width - (n - 1) * b->gap) / n, i = 0;
    int y = 0, row = 0;
    struct widget *first = NULL; /* of the present row */
    for (struct widget *c = b->w.first; c; c = c->next, i++) {
        if (i % n == 0) {
            y += row + (i ? b->gap : 0);
            row = 0;
            first = c;
        }
        int h = widget_measure(c, ctx, cell);
        row = h > row ? h : row;
        if (y + row <= room)
            continue;
        if (first != b->w.first) {
            struct box *rest = rest_of(ctx, b);
            move_from(first, &rest->w);
            return &rest->w;
        }
        if (n > 1 && b->w.first->next) { /* one below the other, then */
            b->n_columns = 1;
            struct widget *rest = grid_split(b, ctx, width, room);
            b->n_columns = rest ? 1 : n;
            return rest;
        }
        struct widget *part = widget_split(c, ctx, cell, room);
        if (!part)
            return NULL;
        struct box *rest = rest_of(ctx, b);
        widget_insert(&rest->w, NULL, part);
        move_from(c->next, &rest->w);
        return &rest->w;
    }
    return NULL;
}

struct widget *box_split(struct widget *w, struct widget_ctx *ctx, int width, int room)
{
    struct box *b = (struct box *)w;
    int inner = width - 2 * b->pad_x - b->mark_px;
    room -= 2 * b->pad_y;
    w->least_h = 0; /* it is high enough */
    switch (b->kind) {
    case BOX_COLUMN:
        return column_split(b, ctx, inner, room);
    case BOX_ROW:
        return row_split(b, ctx, room);
    case BOX_GRID:
        return grid_split(b, ctx, inner, room);
    case BOX_LAYER:
        break;
    }
    return NULL;
}
