/* SPDX-License-Identifier: Apache-2.0 */
/* SVG and PNG through SDL_image. A drawing is coloured anew in its text, before it becomes pixels;
 * grey shades are made of the pixels, whatever drew them. Main thread. */
#include "ui/draw/image.h"

#include <SDL_image.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

enum {
    IMAGE_SLOTS = 64,
    IMAGE_MAX_BYTES = 6 << 20,
    IMAGE_NAME_BYTES = 40,
    IMAGE_REPLACED = 4,
    IMAGE_FILE_BYTES = 512 << 10,
    IMAGE_MAX_SIDE = 4096,
};

struct picture {
    char name[IMAGE_NAME_BYTES];
    int w, h;            /* asked for */
    uint64_t look;       /* 0: as drawn */
    SDL_Surface *pixels; /* NULL: missing, remembered so that it is logged once */
    size_t bytes;
    uint64_t used; /* 0: slot is free */
};

struct image_set {
    char *dir;
    struct image_look look;
    uint64_t look_id; /* of the look above */
    struct {
        const char *name;
        char *path;
        int shape;
    } replaced[IMAGE_REPLACED];
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
    for (int i = 0; i < IMAGE_REPLACED; i++)
        free(set->replaced[i].path);
    free(set->dir);
    free(set);
}

static uint64_t look_hash(const struct image_look *look)
{
    uint64_t h = 1469598103934665603ULL ^ (uint64_t)look->shades;
    for (int i = 0; i < look->n; i++) {
        h = (h ^ look->colour[i].from) * 1099511628211ULL;
        h = (h ^ look->colour[i].to) * 1099511628211ULL;
    }
    return h ? h : 1; /* 0 is "as drawn" */
}

void image_set_look(struct image_set *set, const struct image_look *look)
{
    set->look = *look;
    set->look_id = look_hash(look);
}

void image_set_replace(struct image_set *set, const char *name, const char *path)
{
    for (int i = 0; i < IMAGE_REPLACED; i++) {
        if (set->replaced[i].name && strcmp(set->replaced[i].name, name) != 0)
            continue;
        free(set->replaced[i].path);
        set->replaced[i].name = name;
        set->replaced[i].path = mem_strdup(path);
        set->replaced[i].shape = 0;
        break;
    }
    for (int i = 0; i < IMAGE_SLOTS; i++)
        if (strcmp(set->slot[i].name, name) == 0)
            slot_clear(set, &set->slot[i]);
}

static bool path_of(struct image_set *set, const char *name, char *path, size_t n)
{
    for (int i = 0; i < IMAGE_REPLACED; i++)
        if (set->replaced[i].path && strcmp(set->replaced[i].name, name) == 0)
            return snprintf(path, n, "%s", set->replaced[i].path) < (int)n;
    return !strchr(name, '/') && strlen(name) < IMAGE_NAME_BYTES &&
           snprintf(path, n, "%s/images/%s.svg", set->dir, name) < (int)n;
}

bool image_exists(struct image_set *set, const char *name)
{
    char path[512];
    return path_of(set, name, path, sizeof path) && access(path, R_OK) == 0;
}

/* ---- colours ---- */

/* "#RGB" or "#RRGGBB" in quotes or behind a colon. @return its length, 0: none here */
static size_t colour_at(const char *data, size_t at, colour_t *ret)
{
    if (data[at] != '#' || at < 6 || !strchr("\"':", data[at - 1]) ||
        strncmp(data + at - 6, "href=", 5) == 0) /* the name of a part */
        return 0;
    size_t n = strspn(data + at + 1, "0123456789abcdefABCDEF");
    char all[7] = {0};
    if ((n != 3 && n != 6) || !strchr("\"';", data[at + 1 + n]))
        return 0;
    for (size_t i = 0; i < 6; i++)
        all[i] = data[at + 1 + (n == 3 ? i / 2 : i)];
    *ret = 0xFF000000U | (colour_t)strtoul(all, NULL, 16);
    return n + 1;
}

/* The drawing in the colours of a look. @return owned by the caller */
static char *recolour(const struct image_look *look, const char *data, size_t n, size_t *ret_n)
{
    char *out = mem_zalloc(2 * n + 8, 1); /* "#abc" becomes "#aabbcc" at most */
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        colour_t c = 0;
        size_t used = colour_at(data, i, &c);
        int k = 0;
        while (used && k < look->n && look->colour[k].from != c)
            k++;
        if (!used || k == look->n) {
            out[to++] = data[i++];
            continue;
        }
        to += (size_t)snprintf(out + to, 8, "#%06X", look->colour[k].to & 0xFFFFFF);
        i += used;
    }
    out[to] = 0;
    *ret_n = to;
    return out;
}

/* Brightness as the eye takes it, stretched so that dark colours become black and pale ones white.
 */
static uint32_t shade_of(uint32_t px, bool is_negative)
{
    enum { BLACK_BELOW = 62, WHITE_FROM = 236 };
    uint32_t r = px >> 16 & 0xFF, g = px >> 8 & 0xFF, b = px & 0xFF;
    int v = (int)((r * 299 + g * 587 + b * 114 + 500) / 1000);
    v = (v - BLACK_BELOW) * 255 / (WHITE_FROM - BLACK_BELOW);
    v = v < 0 ? 0 : v > 255 ? 255 : v;
    if (is_negative) { /* on black the middle must be lighter to be seen */
        v = 255 - v;
        v += (255 - v) * v / 255 / 2;
    }
    uint32_t u = (uint32_t)v;
    return (px & 0xFF000000U) | u << 16 | u << 8 | u;
}

static void shade(SDL_Surface *s, bool is_negative)
{
    for (int y = 0; y < s->h; y++) {
        uint32_t *px = (uint32_t *)(void *)((char *)s->pixels + (size_t)y * (size_t)s->pitch);
        for (int x = 0; x < s->w; x++)
            px[x] = shade_of(px[x], is_negative);
    }
}

/* ---- loading ---- */

/* A picture of pixels at the size asked for; w or h 0: by its shape. */
static SDL_Surface *scale(SDL_Surface *from, int w, int h)
{
    w = w ? w : h * from->w / from->h;
    h = h ? h : w * from->h / from->w;
    SDL_Surface *argb = SDL_ConvertSurfaceFormat(from, SDL_PIXELFORMAT_ARGB8888, 0);
    SDL_Surface *to = SDL_CreateRGBSurfaceWithFormat(0, w > 0 ? w : 1, h > 0 ? h : 1, 32,
                                                     SDL_PIXELFORMAT_ARGB8888);
    if (argb && to && SDL_SoftStretchLinear(argb, NULL, to, NULL) < 0) {
        SDL_FreeSurface(to);
        to = NULL;
    }
    SDL_FreeSurface(argb);
    return to;
}

static SDL_Surface *decode(const char *path, const char *data, size_t n, int w, int h)
{
    size_t len = strlen(path);
    bool is_png = len > 4 && strcmp(path + len - 4, ".png") == 0;
    SDL_RWops *rw = SDL_RWFromConstMem(data, (int)n);
    if (!rw)
        return NULL;
    SDL_Surface *raw = is_png ? IMG_LoadPNG_RW(rw) : IMG_LoadSizedSVG_RW(rw, w, h);
    SDL_RWclose(rw);
    SDL_Surface *ret = NULL;
    if (raw && is_png && raw->w > 0 && raw->h > 0 && raw->w <= IMAGE_MAX_SIDE &&
        raw->h <= IMAGE_MAX_SIDE)
        ret = scale(raw, w, h);
    else if (raw && !is_png)
        ret = SDL_ConvertSurfaceFormat(raw, SDL_PIXELFORMAT_ARGB8888, 0);
    SDL_FreeSurface(raw);
    return ret;
}

static SDL_Surface *load(struct image_set *set, const char *name, int w, int h, bool is_plain)
{
    char path[512];
    YJ_CLEANUP(cleanup_free) char *data = NULL, *coloured = NULL;
    size_t n = 0;
    struct err why = {0}; /* the caller logs the name */
    if (!path_of(set, name, path, sizeof path) ||
        mem_read_file(path, IMAGE_FILE_BYTES, &data, &n, &why) < 0)
        return NULL;
    if (!is_plain && set->look.n && strstr(path, ".svg")) {
        coloured = recolour(&set->look, data, n, &n);
        free(data);
        data = coloured;
        coloured = NULL;
    }
    SDL_Surface *s = decode(path, data, n, w, h);
    if (s && !is_plain && set->look.shades != IMAGE_COLOURED)
        shade(s, set->look.shades == IMAGE_NEGATIVE);
    return s;
}

int image_shape(struct image_set *set, const char *name)
{
    enum { HEIGHT = 100 };
    for (int i = 0; i < IMAGE_REPLACED; i++) {
        if (!set->replaced[i].path || strcmp(set->replaced[i].name, name) != 0)
            continue;
        if (!set->replaced[i].shape) {
            SDL_Surface *s = load(set, name, 0, HEIGHT, true);
            set->replaced[i].shape = s && s->h > 0 ? s->w * 1000 / s->h : 1000;
            SDL_FreeSurface(s);
        }
        return set->replaced[i].shape;
    }
    return 1000;
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

static struct picture *picture_get(struct image_set *set, const char *name, int w, int h,
                                   bool is_plain)
{
    uint64_t look = is_plain ? 0 : set->look_id;
    set->tick++;
    for (int i = 0; i < IMAGE_SLOTS; i++) {
        struct picture *p = &set->slot[i];
        if (p->used && p->w == w && p->h == h && p->look == look && strcmp(p->name, name) == 0) {
            p->used = set->tick;
            return p;
        }
    }
    SDL_Surface *pixels = load(set, name, w, h, is_plain);
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
        p->look = look;
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
    struct picture *p = picture_get(set, name, r.w, 0, ink != 0);
    if (p && p->pixels && p->pixels->h > r.h)
        p = picture_get(set, name, 0, r.h, ink != 0);
    if (!p || !p->pixels)
        return;
    const SDL_Surface *px = p->pixels;
    int x = r.x + (r.w - px->w) / 2, y = r.y + (r.h - px->h) / 2;
    if (ink)
        draw_ink(s, x, y, px, ink);
    else
        surface_blit(s, x, y, px->pixels, px->w, px->h, px->pitch / 4);
}
