/* SPDX-License-Identifier: Apache-2.0 */
/* Fonts on SDL_ttf and HarfBuzz: the set, measures, finished lines cached as coverage masks, so
 * that a face changes its size only for new text. Main thread. */
#include "ui/draw/font.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/draw/font_priv.h"

enum { RUN_MAX_BYTES = 4 << 20, MAX_FONTS_JSON = 64 << 10 };

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
    else if (!json_array_size(faces) || json_array_size(faces) > FONT_MAX_FACES)
        r = ERR(err, ERR_UI_FONT, "%s: /faces: 1 to %d are needed", path, FONT_MAX_FACES);
    for (size_t i = 0; r == 0 && i < json_array_size(faces); i++)
        r = font_face_add(set, assets_dir, json_array_get(faces, i), i, err);
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
    for (int b = 0; b < FONT_RUN_BUCKETS; b++) {
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
    for (int i = 0; i < set->n_faces; i++)
        font_face_fini(&set->face[i]);
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
        for (int w = 0; w < FONT_N_WEIGHTS; w++) {
            TTF_Font *ttf = set->face[i].ttf[w];
            if (!ttf)
                continue;
            /* a change of size drops the library's own glyph cache */
            TTF_SetFontSize(ttf, set->face[i].size[w] + 1);
            TTF_SetFontSize(ttf, set->face[i].size[w]);
        }
    }
    bytes_wipe(set->advance, sizeof set->advance);
    bytes_wipe(set->shaped, sizeof set->shaped);
}

void font_set_direction(struct font_set *set, bool is_rtl)
{
    if (set->is_rtl != is_rtl)
        runs_wipe(set);
    set->is_rtl = is_rtl;
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
    return font_baseline(font, font->set->is_rtl);
}

/* Ideographs reach 0.12 em below the baseline, Arabic letters 0.38, where the line has 0.295: their
 * lines sit higher, where there is room. In a language written so all lines do, or what stands side
 * by side would dance. */
int font_baseline(struct font *font, bool is_deep)
{
    int em = (font_line_height(font) - font->size) / 2 + (font->size * 88 + 50) / 100;
    return is_deep ? em - (font->size * 9 + 50) / 100 : em;
}

double font_cap_height(const struct font *font)
{
    return font->size * 0.733;
}

static size_t length_of(const char *text, size_t n)
{
    return n == SIZE_MAX ? strlen(text) : n;
}

int font_width(struct font *font, const char *text, size_t n)
{
    n = length_of(text, n);
    if (font_is_complex(text, n))
        return (int)ceil(font_run_width(font, text, n) - 1e-6);
    double em = 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < n;) {
        i += font_next_char(text + i, n - i, &cp);
        em += font_face_advance(font, cp);
    }
    return (int)ceil(em * font->size - 1e-6);
}

size_t font_missing(struct font_set *set, const char *text, size_t n, uint32_t *ret_first)
{
    size_t missing = 0;
    uint32_t cp = 0;
    n = length_of(text, n);
    for (size_t i = 0; i < n;) {
        i += font_next_char(text + i, n - i, &cp);
        if (cp < ' ' || font_is_control(cp) || font_face_with(set, FONT_REGULAR, cp))
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
    return (unsigned)(h >> 32) % FONT_RUN_BUCKETS;
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
        for (int b = 0; b < FONT_RUN_BUCKETS; b++)
            for (struct run **link = &set->bucket[b]; *link; link = &(*link)->next)
                if (!oldest || (*link)->used < (*oldest)->used)
                    oldest = link;
        run_drop(set, oldest);
    }
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
    font_run_paste(font, text, n, all, above, false);
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
    if (!font_face_at(&font->set->face[0], font->weight, font->size))
        return ERR(err, ERR_UI_FONT, "the first face is not open");
    int w = font_width(font, text, n);
    struct mask *m = mask_new(w > 0 ? w + 1 : 1, font_line_height(font));
    font_run_paste(font, text, n, m, 0, true);
    *ret = m;
    return 0;
}
