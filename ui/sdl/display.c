/* SPDX-License-Identifier: Apache-2.0 */
/* What all backends share: the surface, injected events, pictures. Main thread. */
#include "ui/sdl/display.h"

#include <SDL_image.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/sdl/display_priv.h"

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
    struct display *d = mem_zalloc(1, sizeof *d);
    d->ops = ops;
    d->surface = surface_new(cfg->width_px, cfg->height_px);
    int r = ops->open(d, cfg, err);
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
    free(d);
}

struct surface *display_surface(struct display *d)
{
    return d->surface;
}

void display_present(struct display *d, const struct rect *rects, int n_rects)
{
    for (int i = 0; i < n_rects; i++)
        d->n_presented += (uint64_t)rects[i].w * (uint64_t)rects[i].h;
    if (n_rects > 0)
        d->ops->present(d, rects, n_rects);
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
    return d->ops->wait(d, timeout_ms, ret);
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
