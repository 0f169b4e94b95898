/* SPDX-License-Identifier: Apache-2.0 */
/* What all backends share: the surface, injected events, pictures. Main thread. */
#include "ui/sdl/display.h"

#include <SDL_image.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/sdl/display_priv.h"
#include "ui/sdl/rotate.h"

static const struct display_ops *const backends[] = {&display_window_ops, &display_memory_ops};

int display_new(const struct display_cfg *cfg, struct display **ret, struct err *err)
{
    const struct display_ops *ops = NULL;
    for (size_t i = 0; i < YJ_COUNT(backends); i++)
        if (cfg->backend && strcmp(backends[i]->name, cfg->backend) == 0)
            ops = backends[i];
    if (!ops)
        return ERR(err, ERR_UI_DISPLAY, "no display backend of that name");
    if (cfg->width_px < 320 || cfg->height_px < 320 || cfg->width_px > 8192 ||
        cfg->height_px > 8192)
        return ERR(err, ERR_UI_DISPLAY, "a panel of %d x %d pixels is not supported", cfg->width_px,
                   cfg->height_px);
    if (!rotate_is_valid(cfg->rotation_deg))
        return ERR(err, ERR_UI_DISPLAY, "a rotation of %d degrees is not supported",
                   cfg->rotation_deg);
    struct display *d = mem_zalloc(1, sizeof *d);
    struct display_cfg panel = *cfg;
    d->ops = ops;
    d->rotation_deg = cfg->rotation_deg;
    d->surface = surface_new(cfg->width_px, cfg->height_px);
    rotate_size(cfg->rotation_deg, cfg->width_px, cfg->height_px, &panel.width_px,
                &panel.height_px);
    if (d->rotation_deg)
        d->panel = surface_new(panel.width_px, panel.height_px);
    int r = ops->open(d, &panel, err);
    if (r < 0) {
        display_free(d);
        return r;
    }
    *ret = d;
    return 0;
}

void display_free(struct display *d)
{
    if (!d)
        return;
    d->ops->close(d);
    surface_free(d->surface);
    surface_free(d->panel);
    free(d);
}

struct surface *display_surface(struct display *d)
{
    return d->surface;
}

const struct surface *display_panel(const struct display *d)
{
    return d->panel ? d->panel : d->surface;
}

static void show(struct display *d, const struct surface *picture, const struct rect *rects, int n)
{
    struct rect turned[DISPLAY_MAX_RECTS];
    n = n < DISPLAY_MAX_RECTS ? n : DISPLAY_MAX_RECTS;
    for (int i = 0; i < n; i++) {
        d->n_presented += (uint64_t)rects[i].w * (uint64_t)rects[i].h;
        turned[i] = rotate_rect(d->rotation_deg, picture->w, picture->h, rects[i]);
        if (d->panel)
            rotate_copy(d->rotation_deg, picture, d->panel, rects[i]);
    }
    if (n > 0)
        d->ops->present(d, d->panel ? d->panel : picture, turned, n);
}

void display_present(struct display *d, const struct rect *rects, int n_rects)
{
    show(d, d->surface, rects, n_rects);
}

void display_present_picture(struct display *d, const struct surface *picture)
{
    struct rect all = {0, 0, picture->w, picture->h};
    show(d, picture, &all, 1);
}

bool display_wait(struct display *d, int timeout_ms, struct display_event *ret)
{
    memset(ret, 0, sizeof *ret);
    if (d->n_injected) {
        *ret = d->injected[d->first];
        d->first = (d->first + 1) % DISPLAY_MAX_INJECTED;
        d->n_injected--;
        return true;
    }
    bool came = d->ops->wait(d, timeout_ms, ret);
    if (came && (ret->kind == DISPLAY_DOWN || ret->kind == DISPLAY_MOVE || ret->kind == DISPLAY_UP))
        rotate_touch(d->rotation_deg, d->surface->w, d->surface->h, &ret->x, &ret->y);
    return came;
}

void display_wake(struct display *d)
{
    d->ops->wake(d);
}

void display_inject(struct display *d, const struct display_event *event)
{
    if (d->n_injected < DISPLAY_MAX_INJECTED)
        d->injected[(d->first + d->n_injected++) % DISPLAY_MAX_INJECTED] = *event;
}

uint64_t display_presented(const struct display *d)
{
    return d->n_presented;
}

int display_save_png(struct display *d, const char *path, struct err *err)
{
    struct surface *s = d->surface;
    SDL_Surface *view = SDL_CreateRGBSurfaceWithFormatFrom(s->px, s->w, s->h, 32, s->stride * 4,
                                                           SDL_PIXELFORMAT_XRGB8888);
    int r = view ? IMG_SavePNG(view, path) : -1;
    SDL_FreeSurface(view);
    return r < 0 ? ERR(err, ERR_IO, "the picture cannot be written: %s", SDL_GetError()) : 0;
}
