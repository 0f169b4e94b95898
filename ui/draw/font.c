/* SPDX-License-Identifier: Apache-2.0 */
/* Fonts on SDL_ttf and HarfBuzz. Main thread.
 * A face is opened once per weight (a CJK face costs megabytes) and switched to the size that is
 * asked for; finished runs are cached as coverage masks, so a switch happens only for new text. */
#include "ui/draw/font.h"

#include <SDL_ttf.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    N_WEIGHTS = 2,
    MAX_FACES = 8,
    ADVANCES = 1024, /* slots of the advance table of a face, a power of two */
    RUN_BUCKETS = 256,
    RUN_MAX_BYTES = 4 << 20,
    REF_PX = 256, /* size at which advances are measured */
    MAX_FONTS_JSON = 64 << 10,
};

struct face {
    char *family;
    char *path[N_WEIGHTS];
    TTF_Font *ttf[N_WEIGHTS]; /* opened when first needed */
    int size[N_WEIGHTS];
    bool failed[N_WEIGHTS];
    struct {
        uint32_t cp; /* 0: free */
        float em;
    } advance[N_WEIGHTS][ADVANCES];
};

struct run {
    struct run *next; /* in its bucket */
    const struct font *font;
    uint64_t used;
    int top; /* of the mask below the top of the line, may be negative */
    size_t n, bytes;
    struct mask *mask;
    char text[];
};

struct font {
    struct font *next;
    struct font_set *set;
    enum font_weight weight;
    int size;
};

struct font_set {
    struct face face[MAX_FACES];
    int n_faces;
    struct font *fonts;
    struct run *bucket[RUN_BUCKETS];
    size_t run_bytes;
    uint64_t tick;
};

/* ---- opening ---- */

/* Collections hold many languages; the one of the right family has the right glyph shapes. */
static TTF_Font *open_family(const char *path, const char *family, int size_px)
{
    for (long i = 0, n = 1; i < n; i++) {
        TTF_Font *ttf = TTF_OpenFontIndex(path, size_px, i);
        if (!ttf)
            return NULL;
        n = TTF_FontFaces(ttf);
        const char *name = TTF_FontFaceFamilyName(ttf);
        if (name && strcmp(name, family) == 0)
            return ttf;
        TTF_CloseFont(ttf);
    }
    return NULL;
}

/* The open face in that size, or NULL when it has no usable file. */
static TTF_Font *face_at(struct face *f, enum font_weight weight, int size_px)
{
    if (!f->ttf[weight] && !f->failed[weight]) {
        f->ttf[weight] = f->path[weight] ? open_family(f->path[weight], f->family, size_px) : NULL;
        f->failed[weight] = !f->ttf[weight];
        if (f->ttf[weight])
            TTF_SetFontHinting(f->ttf[weight], TTF_HINTING_LIGHT_SUBPIXEL);
        f->size[weight] = size_px;
    }
    if (f->ttf[weight] && f->size[weight] != size_px) {
        TTF_SetFontSize(f->ttf[weight], size_px);
        f->size[weight] = size_px;
    }
    return f->ttf[weight];
}

static char *path_join(const char *dir, const char *path)
{
    if (path[0] == '/')
        return mem_strdup(path);
    size_t n = strlen(dir) + strlen(path) + 8;
    char *out = mem_zalloc(n, 1);
    snprintf(out, n, "%s/fonts/%s", dir, path);
    return out;
}

static int face_parse(struct font_set *set, const char *dir, json_t *j, size_t at, struct err *err)
{
    const char *family = json_string_value(json_object_get(j, "family"));
    const char *regular = json_string_value(json_object_get(j, "regular"));
    const char *bold = json_string_value(json_object_get(j, "bold"));
    bool required = json_is_true(json_object_get(j, "required"));
    if (!family || !regular)
        return ERR(err, ERR_UI_FONT, "fonts.json: /faces/%zu: family and regular are needed", at);
    struct face *f = &set->face[set->n_faces];
    f->family = mem_strdup(family);
    f->path[FONT_REGULAR] = path_join(dir, regular);
    f->path[FONT_BOLD] = path_join(dir, bold ? bold : regular);
    set->n_faces++;
    for (int w = 0; required && w < N_WEIGHTS; w++)
        if (!face_at(f, (enum font_weight)w, REF_PX))
            return ERR(err, ERR_UI_FONT, "fonts.json: /faces/%zu: no face \"%s\" in %s", at, family,
                       f->path[w]);
    return 0;
}

int font_set_new(const char *assets_dir, struct font_set **ret, struct err *err)
{
    char path[512];
    if (snprintf(path, sizeof path, "%s/fonts/fonts.json", assets_dir) >= (int)sizeof path)
        return ERR(err, ERR_UI_FONT, "the assets folder's name is too long");
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    if (mem_read_file(path, MAX_FONTS_JSON, &data, &n, &why) < 0)
        return ERR(err, ERR_UI_FONT, "%s", why.msg);
    json_error_t je;
    json_t *root = json_loadb(data, n, JSON_REJECT_DUPLICATES, &je);
    json_t *faces = json_object_get(root, "faces");
    int r = 0;
    struct font_set *set = mem_zalloc(1, sizeof *set);
    if (TTF_Init() < 0)
        r = ERR(err, ERR_UI_FONT, "SDL_ttf: %s", TTF_GetError());
    else if (!root)
        r = ERR(err, ERR_UI_FONT, "%s:%d: %s", path, je.line, je.text);
    else if (!json_array_size(faces) || json_array_size(faces) > MAX_FACES)
        r = ERR(err, ERR_UI_FONT, "%s: /faces: 1 to %d are needed", path, MAX_FACES);
    for (size_t i = 0; r == 0 && i < json_array_size(faces); i++)
        r = face_parse(set, assets_dir, json_array_get(faces, i), i, err);
    json_decref(root);
    if (r < 0) {
        font_set_free(set);
        return r;
    }
    *ret = set;
    return 0;
}

static void runs_wipe(struct font_set *set)
{
    for (int b = 0; b < RUN_BUCKETS; b++) {
        while (set->bucket[b]) {
            struct run *run = set->bucket[b];
            set->bucket[b] = run->next;
            bytes_wipe(run->mask->a, (size_t)run->mask->stride * (size_t)run->mask->h);
            free(run->mask);
            bytes_wipe(run->text, run->n);
            free(run);
        }
    }
    set->run_bytes = 0;
}

void font_set_free(struct font_set *set)
{
    if (!set)
        return;
    runs_wipe(set);
    for (int i = 0; i < set->n_faces; i++) {
        for (int w = 0; w < N_WEIGHTS; w++) {
            if (set->face[i].ttf[w])
                TTF_CloseFont(set->face[i].ttf[w]);
            free(set->face[i].path[w]);
        }
        free(set->face[i].family);
    }
    while (set->fonts) {
        struct font *font = set->fonts;
        set->fonts = font->next;
        free(font);
    }
    free(set);
    if (TTF_WasInit())
        TTF_Quit();
}

void font_set_wipe(struct font_set *set)
{
    runs_wipe(set);
    for (int i = 0; i < set->n_faces; i++) {
        for (int w = 0; w < N_WEIGHTS; w++) {
            TTF_Font *ttf = set->face[i].ttf[w];
            if (!ttf)
                continue;
            /* a change of size drops the library's own glyph cache */
            TTF_SetFontSize(ttf, set->face[i].size[w] + 1);
            TTF_SetFontSize(ttf, set->face[i].size[w]);
            memset(set->face[i].advance[w], 0, sizeof set->face[i].advance[w]);
        }
    }
}

size_t font_set_cached_bytes(const struct font_set *set)
{
    return set->run_bytes;
}

struct font *font_get(struct font_set *set, enum font_weight weight, int size_px)
{
    size_px = size_px < FONT_MIN_PX ? FONT_MIN_PX : size_px > FONT_MAX_PX ? FONT_MAX_PX : size_px;
    for (struct font *f = set->fonts; f; f = f->next)
        if (f->weight == weight && f->size == size_px)
            return f;
    struct font *f = mem_zalloc(1, sizeof *f);
    f->set = set;
    f->weight = weight;
    f->size = size_px;
    f->next = set->fonts;
    set->fonts = f;
    return f;
}

/* ---- measures: of the ideographic em box (0.88 above, 0.12 below the baseline) ---- */

int font_size(const struct font *font)
{
    return font->size;
}

int font_line_height(struct font *font)
{
    return (font->size * 135 + 50) / 100;
}

int font_ascent(struct font *font)
{
    return (font_line_height(font) - font->size) / 2 + (font->size * 88 + 50) / 100;
}

double font_cap_height(const struct font *font)
{
    return font->size * 0.733;
}

/* First face of the chain that has the character, or NULL. */
static struct face *face_with(struct font_set *set, enum font_weight weight, uint32_t cp)
{
    for (int i = 0; i < set->n_faces; i++) {
        struct face *f = &set->face[i];
        TTF_Font *ttf = face_at(f, weight, f->size[weight] ? f->size[weight] : REF_PX);
        if (ttf && TTF_GlyphIsProvided32(ttf, cp))
            return f;
    }
    return NULL;
}

/* The first face shows its box for what none has. */
static struct face *face_for(const struct font *font, uint32_t cp)
{
    struct face *f = face_with(font->set, font->weight, cp);
    return f ? f : &font->set->face[0];
}

/* Ideographs, kana and full-width forms are one em wide in every face we use. */
static bool is_em_wide(uint32_t cp)
{
    return (cp >= 0x3000 && cp <= 0x30FF) || (cp >= 0x3400 && cp <= 0x9FFF) ||
           (cp >= 0xFF01 && cp <= 0xFF5E) || (cp >= 0x20000 && cp <= 0x323AF);
}

static double advance_em(struct font *font, uint32_t cp)
{
    if (is_em_wide(cp))
        return 1;
    struct face *first = &font->set->face[0];
    unsigned slot = (cp * 2654435761U) >> 22 & (ADVANCES - 1);
    for (unsigned i = 0; i < 8; i++) {
        unsigned at = (slot + i) & (ADVANCES - 1);
        if (first->advance[font->weight][at].cp == cp)
            return (double)first->advance[font->weight][at].em;
        if (first->advance[font->weight][at].cp == 0) {
            slot = at;
            break;
        }
    }
    int px = 0;
    TTF_Font *ttf = face_at(face_for(font, cp), font->weight, REF_PX);
    double em = ttf && TTF_GlyphMetrics32(ttf, cp, NULL, NULL, NULL, NULL, &px) == 0
                    ? (double)px / REF_PX
                    : 1;
    first->advance[font->weight][slot].cp = cp;
    first->advance[font->weight][slot].em = (float)em;
    return em;
}

static size_t length_of(const char *text, size_t n)
{
    return n == SIZE_MAX ? strlen(text) : n;
}

/* Next character of valid UTF-8; a bad byte counts as U+FFFD. */
static size_t next_char(const char *s, size_t n, uint32_t *ret_cp)
{
    size_t used = bytes_utf8_next(s, n, ret_cp);
    if (used)
        return used;
    *ret_cp = 0xFFFD;
    return 1;
}

int font_width(struct font *font, const char *text, size_t n)
{
    n = length_of(text, n);
    double em = 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < n;) {
        i += next_char(text + i, n - i, &cp);
        em += advance_em(font, cp);
    }
    return (int)ceil(em * font->size - 1e-6);
}

size_t font_missing(struct font_set *set, const char *text, size_t n, uint32_t *ret_first)
{
    size_t missing = 0;
    uint32_t cp = 0;
    n = length_of(text, n);
    for (size_t i = 0; i < n;) {
        i += next_char(text + i, n - i, &cp);
        if (cp < ' ' || face_with(set, FONT_REGULAR, cp))
            continue;
        if (!missing++)
            *ret_first = cp;
    }
    return missing;
}

/* ---- runs ---- */

static unsigned run_hash(const struct font *font, const char *text, size_t n)
{
    uint64_t h = 1469598103934665603ULL ^ (uint64_t)(uintptr_t)font;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)text[i]) * 1099511628211ULL;
    return (unsigned)(h >> 32) % RUN_BUCKETS;
}

static void run_drop(struct font_set *set, struct run **link)
{
    struct run *run = *link;
    *link = run->next;
    set->run_bytes -= run->bytes;
    bytes_wipe(run->mask->a, (size_t)run->mask->stride * (size_t)run->mask->h);
    free(run->mask);
    bytes_wipe(run->text, run->n);
    free(run);
}

static void runs_shrink(struct font_set *set, size_t room)
{
    while (set->run_bytes && set->run_bytes + room > RUN_MAX_BYTES) {
        struct run **oldest = NULL;
        for (int b = 0; b < RUN_BUCKETS; b++)
            for (struct run **link = &set->bucket[b]; *link; link = &(*link)->next)
                if (!oldest || (*link)->used < (*oldest)->used)
                    oldest = link;
        run_drop(set, oldest);
    }
}

/* Copy the coverage of an 8-bit surface into m at x, y, keeping the darker of both. */
static void mask_paste(struct mask *m, int x, int y, const SDL_Surface *from, bool is_mono)
{
    for (int row = 0; row < from->h; row++) {
        if (y + row < 0 || y + row >= m->h)
            continue;
        const uint8_t *src = (const uint8_t *)from->pixels + (size_t)row * (size_t)from->pitch;
        uint8_t *dst = m->a + (size_t)(y + row) * (size_t)m->stride;
        for (int col = 0; col < from->w; col++) {
            uint8_t a = is_mono ? (src[col] ? 255 : 0) : src[col];
            if (x + col >= 0 && x + col < m->w && a > dst[x + col])
                dst[x + col] = a;
        }
    }
}

/* Draw text, face by face, into m whose row 0 lies `above` px over the top of the line. */
static void text_paste(struct font *font, const char *text, size_t n, struct mask *m, int above,
                       bool is_mono)
{
    const SDL_Color white = {255, 255, 255, 255}, black = {0, 0, 0, 255};
    double pen = 0;
    YJ_CLEANUP(cleanup_free) char *part = mem_zalloc(n * 3 + 1, 1);
    for (size_t i = 0; i < n;) {
        struct face *f = NULL;
        double em = 0;
        size_t bytes = 0;
        while (i < n) {
            uint32_t cp = 0;
            size_t used = next_char(text + i, n - i, &cp);
            struct face *mine = face_for(font, cp);
            if (f && mine != f)
                break;
            f = mine;
            bytes += bytes_utf8_put(cp < ' ' ? ' ' : cp, part + bytes);
            em += advance_em(font, cp);
            i += used;
            /* Without antialiasing the face rounds each advance: a long run would end wider than
             * it was measured, so the pen is set anew for every character. */
            if (is_mono)
                break;
        }
        part[bytes] = 0;
        TTF_Font *ttf = face_at(f, font->weight, font->size);
        if (!ttf)
            continue;
        if (is_mono)
            TTF_SetFontHinting(ttf, TTF_HINTING_MONO);
        SDL_Surface *s = is_mono ? TTF_RenderUTF8_Solid(ttf, part, white)
                                 : TTF_RenderUTF8_Shaded(ttf, part, white, black);
        if (s) {
            mask_paste(m, (int)lround(pen), above + font_ascent(font) - TTF_FontAscent(ttf), s,
                       is_mono);
            memset(s->pixels, 0, (size_t)s->pitch * (size_t)s->h);
            SDL_FreeSurface(s);
        }
        if (is_mono)
            TTF_SetFontHinting(ttf, TTF_HINTING_LIGHT_SUBPIXEL);
        pen += em * font->size;
    }
    bytes_wipe(part, n * 3);
}

static bool row_is_empty(const struct mask *m, int row)
{
    const uint8_t *p = m->a + (size_t)row * (size_t)m->stride;
    for (int x = 0; x < m->w; x++)
        if (p[x])
            return false;
    return true;
}

/* The run's ink, cut to the rows that have any. */
static struct mask *run_render(struct font *font, const char *text, size_t n, int *ret_top)
{
    int above = font->size / 2;
    struct mask *all = mask_new(font_width(font, text, n) + font->size / 4 + 2,
                                font_line_height(font) + 2 * above);
    text_paste(font, text, n, all, above, false);
    int y0 = 0, y1 = all->h;
    while (y0 < y1 - 1 && row_is_empty(all, y0))
        y0++;
    while (y1 > y0 + 1 && row_is_empty(all, y1 - 1))
        y1--;
    struct mask *m = mask_new(all->w, y1 - y0);
    memcpy(m->a, all->a + (size_t)y0 * (size_t)all->stride, (size_t)m->stride * (size_t)m->h);
    bytes_wipe(all->a, (size_t)all->stride * (size_t)all->h);
    free(all);
    *ret_top = y0 - above;
    return m;
}

static const struct run *run_get(struct font *font, const char *text, size_t n)
{
    struct font_set *set = font->set;
    unsigned b = run_hash(font, text, n);
    set->tick++;
    for (struct run *run = set->bucket[b]; run; run = run->next) {
        if (run->font == font && run->n == n && memcmp(run->text, text, n) == 0) {
            run->used = set->tick;
            return run;
        }
    }
    int top = 0;
    struct mask *m = run_render(font, text, n, &top);
    struct run *run = mem_zalloc(1, sizeof *run + n + 1);
    run->font = font;
    run->used = set->tick;
    run->top = top;
    run->n = n;
    run->mask = m;
    run->bytes = sizeof *run + n + 1 + sizeof *m + (size_t)m->stride * (size_t)m->h;
    memcpy(run->text, text, n);
    runs_shrink(set, run->bytes);
    run->next = set->bucket[b];
    set->bucket[b] = run;
    set->run_bytes += run->bytes;
    return run;
}

void font_draw(struct surface *s, struct font *font, int x, int y, const char *text, size_t n,
               colour_t colour)
{
    n = length_of(text, n);
    struct rect reach = rect_of(x, y - font->size / 2, s->w, font->size * 3);
    if (!n || rect_is_empty(rect_intersect(reach, s->clip)))
        return;
    const struct run *run = run_get(font, text, n);
    surface_mask(s, x, y + run->top, run->mask, colour);
}

int font_render_mono(struct font *font, const char *text, size_t n, struct mask **ret,
                     struct err *err)
{
    n = length_of(text, n);
    if (!face_at(&font->set->face[0], font->weight, font->size))
        return ERR(err, ERR_UI_FONT, "the first face is not open");
    int w = font_width(font, text, n);
    struct mask *m = mask_new(w > 0 ? w + 1 : 1, font_line_height(font));
    text_paste(font, text, n, m, 0, true);
    *ret = m;
    return 0;
}
