/* SPDX-License-Identifier: Apache-2.0 */
/* An SDL window on a desktop; the mouse is the finger. Only changed rectangles are scaled and
 * handed over. Main thread, except wake. */
#include <SDL.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/sdl/display_priv.h"

struct window {
    SDL_Window *win;
    double scale; /* window pixels a panel pixel */
    Uint32 wake_type;
    atomic_bool is_wake_pending; /* at most one wake event waits */
    bool is_down;
};

static double fit_scale(const struct display_cfg *cfg)
{
    SDL_Rect usable = {0, 0, cfg->width_px, cfg->height_px};
    if (cfg->window_scale > 0)
        return cfg->window_scale > 2 ? 2 : cfg->window_scale;
    /* a terminal has the whole panel, a desktop keeps a bar for the window's title */
    int bar = cfg->is_fullscreen ? 0 : 48;
    if ((bar ? SDL_GetDisplayUsableBounds(0, &usable) : SDL_GetDisplayBounds(0, &usable)) < 0)
        return 1;
    double x = (double)usable.w / cfg->width_px, y = (double)(usable.h - bar) / cfg->height_px;
    double scale = x < y ? x : y;
    return scale >= 1 ? 1 : scale < 0.1 ? 0.1 : scale;
}

static int window_open(struct display *d, const struct display_cfg *cfg, struct err *err)
{
    struct window *w = mem_zalloc(1, sizeof *w);
    d->backend = w;
    /* pixels go straight to the window: a detour through OpenGL would load a driver of 100 MB */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) < 0)
        return ERR(err, ERR_UI_DISPLAY, "SDL: %s", SDL_GetError());
    w->scale = fit_scale(cfg);
    w->wake_type = SDL_RegisterEvents(1);
    Uint32 flags = cfg->is_fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0;
    w->win =
        SDL_CreateWindow("一件", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                         (int)(cfg->width_px * w->scale), (int)(cfg->height_px * w->scale), flags);
    if (!w->win || !SDL_GetWindowSurface(w->win))
        return ERR(err, ERR_UI_DISPLAY, "SDL: %s", SDL_GetError());
    int ww = 0, wh = 0;
    SDL_GetWindowSize(w->win, &ww, &wh);
    double sx = (double)ww / cfg->width_px, sy = (double)wh / cfg->height_px;
    w->scale = sx < sy ? sx : sy;
    if (cfg->is_fullscreen)
        SDL_ShowCursor(SDL_DISABLE);
    SDL_StopTextInput(); /* our own keyboard only */
    return 0;
}

static void window_close(struct display *d)
{
    struct window *w = d->backend;
    if (!w)
        return;
    if (w->win)
        SDL_DestroyWindow(w->win);
    free(w);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

/* Mean of the panel pixels below one window pixel. */
static uint32_t mean(const struct surface *s, int x0, int y0, int x1, int y1)
{
    uint32_t r = 0, g = 0, b = 0, n = 0;
    for (int y = y0; y < y1; y++) {
        const uint32_t *p = s->px + (size_t)y * (size_t)s->stride;
        for (int x = x0; x < x1; x++, n++) {
            r += p[x] >> 16 & 0xFF;
            g += p[x] >> 8 & 0xFF;
            b += p[x] & 0xFF;
        }
    }
    return n ? (r / n) << 16 | (g / n) << 8 | b / n : 0;
}

static int bound(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static void copy_scaled(const struct surface *s, SDL_Surface *to, double scale, SDL_Rect r)
{
    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *row = (uint32_t *)(void *)((char *)to->pixels + (size_t)y * (size_t)to->pitch);
        if (scale == 1 && y < s->h && r.x + r.w <= s->w) {
            memcpy(row + r.x, s->px + (size_t)y * (size_t)s->stride + r.x,
                   (size_t)r.w * sizeof *row);
            continue;
        }
        int y0 = bound((int)(y / scale), s->h - 1), y1 = bound((int)((y + 1) / scale), s->h);
        for (int x = r.x; x < r.x + r.w; x++) {
            int x0 = bound((int)(x / scale), s->w - 1), x1 = bound((int)((x + 1) / scale), s->w);
            row[x] = mean(s, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1);
        }
    }
}

static void window_present(struct display *d, const struct surface *px, const struct rect *rects,
                           int n_rects)
{
    struct window *w = d->backend;
    SDL_Surface *to = SDL_GetWindowSurface(w->win);
    if (!to || to->format->BytesPerPixel != 4)
        return;
    SDL_Rect out[DISPLAY_MAX_RECTS];
    int n = 0;
    for (int i = 0; i < n_rects && n < (int)YJ_COUNT(out); i++) {
        struct rect r = rects[i];
        int x0 = bound((int)(r.x * w->scale) - 1, to->w);
        int y0 = bound((int)(r.y * w->scale) - 1, to->h);
        int x1 = bound((int)((r.x + r.w) * w->scale) + 2, (int)(px->w * w->scale));
        int y1 = bound((int)((r.y + r.h) * w->scale) + 2, (int)(px->h * w->scale));
        if (x1 <= x0 || y1 <= y0)
            continue;
        out[n] = (SDL_Rect){x0, y0, x1 - x0, y1 - y0};
        copy_scaled(px, to, w->scale, out[n]);
        n++;
    }
    SDL_UpdateWindowSurfaceRects(w->win, out, n);
}

/* @return false for events that mean nothing to us */
static bool translate(struct window *w, const SDL_Event *e, struct display_event *ret)
{
    ret->kind = DISPLAY_NONE;
    if (e->type == w->wake_type) {
        atomic_store(&w->is_wake_pending, false);
        ret->kind = DISPLAY_WAKE;
    } else if (e->type == SDL_QUIT) {
        ret->kind = DISPLAY_QUIT;
    } else if (e->type == SDL_WINDOWEVENT) {
        if (e->window.event == SDL_WINDOWEVENT_EXPOSED)
            ret->kind = DISPLAY_EXPOSE;
    } else if (e->type == SDL_MOUSEBUTTONDOWN || e->type == SDL_MOUSEBUTTONUP) {
        if (e->button.button != SDL_BUTTON_LEFT)
            return false;
        w->is_down = e->type == SDL_MOUSEBUTTONDOWN;
        ret->kind = w->is_down ? DISPLAY_DOWN : DISPLAY_UP;
        ret->x = (int)(e->button.x / w->scale);
        ret->y = (int)(e->button.y / w->scale);
    } else if (e->type == SDL_MOUSEMOTION && w->is_down) {
        ret->kind = DISPLAY_MOVE;
        ret->x = (int)(e->motion.x / w->scale);
        ret->y = (int)(e->motion.y / w->scale);
    } else if (e->type == SDL_KEYDOWN) {
        ret->kind = DISPLAY_KEY;
        snprintf(ret->key, sizeof ret->key, "%s", SDL_GetKeyName(e->key.keysym.sym));
    }
    return ret->kind != DISPLAY_NONE;
}

static bool window_wait(struct display *d, int timeout_ms, struct display_event *ret)
{
    struct window *w = d->backend;
    SDL_Event e;
    while (timeout_ms < 0 ? SDL_WaitEvent(&e) : SDL_WaitEventTimeout(&e, timeout_ms)) {
        if (translate(w, &e, ret))
            return true;
        if (timeout_ms >= 0)
            return false; /* the caller works out the rest of the time anew */
    }
    return false;
}

static void window_wake(struct display *d)
{
    struct window *w = d->backend;
    if (atomic_exchange(&w->is_wake_pending, true))
        return;
    SDL_Event e = {.type = w->wake_type};
    if (SDL_PushEvent(&e) <= 0)
        atomic_store(&w->is_wake_pending, false);
}

const struct display_ops display_window_ops = {
    .name = "window",
    .open = window_open,
    .close = window_close,
    .present = window_present,
    .wait = window_wait,
    .wake = window_wake,
};
