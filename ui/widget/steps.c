/* SPDX-License-Identifier: Apache-2.0 */
/* The bar that says how far the visit is. Main thread. */
#include "ui/widget/picture.h"

static int steps_natural(struct widget *w, struct widget_ctx *ctx)
{
    (void)ctx;
    return w->basis;
}

static int steps_measure(struct widget *w, struct widget_ctx *ctx, int width)
{
    (void)w;
    (void)width;
    return ctx->tok.gap;
}

static void steps_arrange(struct widget *w, struct widget_ctx *ctx)
{
    (void)w;
    (void)ctx;
}

static void steps_draw(const struct widget *w, struct widget_ctx *ctx, struct surface *s)
{
    const struct steps *p = (const struct steps *)w;
    int gap = ctx->tok.gap / 2, width = (w->rect.w - (p->n_steps - 1) * gap) / p->n_steps;
    for (int i = 0; i < p->n_steps; i++) {
        int at = ctx->tok.is_rtl ? p->n_steps - 1 - i : i;
        struct rect r = {w->rect.x + at * (width + gap), w->rect.y + w->rect.h / 4, width,
                         w->rect.h / 2};
        if (i < p->step || !ctx->tok.is_bare)
            surface_round(s, r, r.h, i < p->step ? ctx->tok.primary : ctx->tok.rule);
        else
            surface_border(s, r, r.h, ctx->tok.border, ctx->tok.rule);
    }
}

static uint64_t steps_state(const struct widget *w)
{
    const struct steps *p = (const struct steps *)w;
    int all[] = {p->step, p->n_steps};
    return hash_bytes(1469598103934665603ULL, all, sizeof all);
}

const struct widget_class widget_steps_class = {
    .name = "steps",
    .role = "progressbar",
    .bytes = sizeof(struct steps),
    .natural = steps_natural,
    .measure = steps_measure,
    .arrange = steps_arrange,
    .draw = steps_draw,
    .state = steps_state,
};

struct steps *steps_new(struct widget_ctx *ctx, struct widget *parent, int step, int n_steps)
{
    struct steps *p = widget_new(ctx, parent, &widget_steps_class, NULL);
    p->step = step;
    p->n_steps = n_steps > 0 ? n_steps : 1;
    return p;
}
