/* SPDX-License-Identifier: Apache-2.0 */
/* SVG through SDL_image. Main thread. */
#include "ui/draw/image.h"

#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

enum { IMAGE_SLOTS = 64, IMAGE_MAX_BYTES = 6 << 20, IMAGE_NAME_BYTES = 40 };

struct picture {
    char name[IMAGE_NAME_BYTES];
    int w, h;            /* asked for */
    SDL_Surface *pixels; /* NULL: missing, remembered so that it is logged once */
    size_t bytes;
    uint64_t used; /* 0: slot is free */
};

struct image_set {
    char *dir;
    struct picture slot[IMAGE_SLOTS];
    size_t bytes;
    uint64_t tick;
};

struct image_set *image_set_new(const char *assets_dir)
{
    struct image_set *set = mem_zalloc(1, sizeof *set);
    set->dir = mem_strdup(assets_dir);
    return set;
}

static void slot_clear(struct image_set *set, struct picture *p)
{
    SDL_FreeSurface(p->pixels);
    set->bytes -= p->bytes;
    memset(p, 0, sizeof *p);
}

void image_set_free(struct image_set *set)
{
    if (!set)
        return;
    for (int i = 0; i < IMAGE_SLOTS; i++)
        slot_clear(set, &set->slot[i]);
    free(set->dir);
    free(set);
}

static bool path_of(struct image_set *set, const char *name, char *path, size_t n)
{
    return !strchr(name, '/') && strlen(name) < IMAGE_NAME_BYTES &&
           snprintf(path, n, "%s/images/%s.svg", set->dir, name) < (int)n;
}

bool image_exists(struct image_set *set, const char *name)
{
    char path[512];
    return path_of(set, name, path, sizeof path) && access(path, R_OK) == 0;
}

static SDL_Surface *load(struct image_set *set, const char *name, int w, int h)
{
    char path[512];
    if (!path_of(set, name, path, sizeof path))
        return NULL;
    SDL_RWops *rw = SDL_RWFromFile(path, "rb");
    if (!rw)
        return NULL;
    SDL_Surface *raw = IMG_LoadSizedSVG_RW(rw, w, h);
    SDL_RWclose(rw);
    if (!raw)
        return NULL;
    SDL_Surface *argb = SDL_ConvertSurfaceFormat(raw, SDL_PIXELFORMAT_ARGB8888, 0);
    SDL_FreeSurface(raw);
    return argb;
}

static void make_room(struct image_set *set, size_t bytes)
{
    for (;;) {
        struct picture *oldest = NULL;
        int n_free = 0;
        for (int i = 0; i < IMAGE_SLOTS; i++) {
            struct picture *p = &set->slot[i];
            if (!p->used)
                n_free++;
            else if (!oldest || p->used < oldest->used)
                oldest = p;
        }
        if (!oldest || (n_free && set->bytes + bytes <= IMAGE_MAX_BYTES))
            return;
        slot_clear(set, oldest);
    }
}

static struct picture *picture_get(struct image_set *set, const char *name, int w, int h)
{
    set->tick++;
    for (int i = 0; i < IMAGE_SLOTS; i++) {
        struct picture *p = &set->slot[i];
        if (p->used && p->w == w && p->h == h && strcmp(p->name, name) == 0) {
            p->used = set->tick;
            return p;
        }
    }
    SDL_Surface *pixels = load(set, name, w, h);
    if (!pixels)
        log_line(LOG_WARN, "ui", "picture %s cannot be drawn", name);
    size_t bytes = pixels ? (size_t)pixels->pitch * (size_t)pixels->h : 0;
    make_room(set, bytes);
    for (int i = 0; i < IMAGE_SLOTS; i++) {
        struct picture *p = &set->slot[i];
        if (p->used)
            continue;
        snprintf(p->name, sizeof p->name, "%s", name);
        p->w = w;
        p->h = h;
        p->pixels = pixels;
        p->bytes = bytes;
        p->used = set->tick;
        set->bytes += bytes;
        return p;
    }
    SDL_FreeSurface(pixels);
    return NULL;
}

static void draw_ink(struct surface *s, int x, int y, const SDL_Surface *from, colour_t ink)
{
    struct mask *m = mask_new(from->w, from->h);
    for (int row = 0; row < from->h; row++) {
        const uint32_t *px = (const uint32_t *)(const void *)((const char *)from->pixels +
                                                              (size_t)row * (size_t)from->pitch);
        for (int col = 0; col < from->w; col++)
            m->a[(size_t)row * (size_t)m->stride + (size_t)col] = (uint8_t)(px[col] >> 24);
    }
    surface_mask(s, x, y, m, ink);
    free(m);
}

void image_draw(struct image_set *set, struct surface *s, const char *name, struct rect r,
                colour_t ink)
{
    if (!name || rect_is_empty(rect_intersect(r, s->clip)) || strlen(name) >= IMAGE_NAME_BYTES)
        return;
    /* the narrower side decides: SDL_image keeps the shape when the other one is 0 */
    struct picture *p = picture_get(set, name, r.w, 0);
    if (p && p->pixels && p->pixels->h > r.h)
        p = picture_get(set, name, 0, r.h);
    if (!p || !p->pixels)
        return;
    const SDL_Surface *px = p->pixels;
    int x = r.x + (r.w - px->w) / 2, y = r.y + (r.h - px->h) / 2;
    if (ink)
        draw_ink(s, x, y, px, ink);
    else
        surface_blit(s, x, y, px->pixels, px->w, px->h, px->pitch / 4);
}
