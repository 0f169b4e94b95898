/* SPDX-License-Identifier: Apache-2.0 */
/* A picture, a code, a bar of progress: things that only show. Thread: main. */
#ifndef YJ_UI_WIDGET_PICTURE_H
#define YJ_UI_WIDGET_PICTURE_H

#include "ui/draw/qr.h"
#include "ui/widget/widget.h"

struct picture_box {
    struct widget w;
    const char *name;
    int height;              /* px it asks for */
    colour_t tint;           /* 0: own colours */
    colour_t disc;           /* soft disc behind it, 0: none */
    const struct anim *anim; /* NULL: it stands still */
    int anim_step;
};

/** @param name  of assets/images, kept; @param width_px, height_px  asked for */
struct picture_box *picture_new(struct widget_ctx *ctx, struct widget *parent, const char *name,
                                int width_px, int height_px, colour_t tint);

/** @return true for a picture that moves. */
bool picture_moves(const struct widget *w);

/** Show another step of it; others are left alone. @param step  0..ANIM_STEPS-1 */
void picture_step(struct widget *w, int step);

struct qr_box {
    struct widget w;
    struct qr *code; /* in the arena */
    bool is_valid;
    int side;
};

/** A QR code with its quiet zone, as large as whole modules allow within side_px. */
struct qr_box *qr_box_new(struct widget_ctx *ctx, struct widget *parent, const char *id,
                          const char *payload, int side_px);

struct steps {
    struct widget w;
    int step, n_steps;
};

/** A bar of n segments, step of them filled. */
struct steps *steps_new(struct widget_ctx *ctx, struct widget *parent, int step, int n_steps);

extern const struct widget_class widget_picture_class, widget_qr_class, widget_steps_class;

#endif
