/* SPDX-License-Identifier: Apache-2.0 */
/* Faces on SDL_ttf: found by family, opened once per weight (a CJK face costs megabytes) and
 * switched to the size that is asked for. Main thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/draw/font_priv.h"

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

TTF_Font *font_face_at(struct face *f, enum font_weight weight, int size_px)
{
    if (!f->ttf[weight] && !f->failed[weight]) {
        f->ttf[weight] =
            f->path[weight] ? open_family(f->path[weight], f->family[weight], size_px) : NULL;
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

int font_face_add(struct font_set *set, const char *dir, json_t *j, size_t at, struct err *err)
{
    const char *family = json_string_value(json_object_get(j, "family"));
    const char *bold_family = json_string_value(json_object_get(j, "bold_family"));
    const char *regular = json_string_value(json_object_get(j, "regular"));
    const char *bold = json_string_value(json_object_get(j, "bold"));
    bool required = json_is_true(json_object_get(j, "required"));
    if (!family || !regular)
        return ERR(err, ERR_UI_FONT, "fonts.json: /faces/%zu: family and regular are needed", at);
    struct face *f = &set->face[set->n_faces];
    f->family[FONT_REGULAR] = mem_strdup(family);
    f->family[FONT_BOLD] = mem_strdup(bold && bold_family ? bold_family : family);
    f->path[FONT_REGULAR] = path_join(dir, regular);
    f->path[FONT_BOLD] = path_join(dir, bold ? bold : regular);
    set->n_faces++;
    for (int w = 0; required && w < FONT_N_WEIGHTS; w++)
        if (!font_face_at(f, (enum font_weight)w, FONT_REF_PX))
            return ERR(err, ERR_UI_FONT, "fonts.json: /faces/%zu: no face \"%s\" in %s", at,
                       f->family[w], f->path[w]);
    return 0;
}

void font_face_fini(struct face *face)
{
    for (int w = 0; w < FONT_N_WEIGHTS; w++) {
        if (face->ttf[w])
            TTF_CloseFont(face->ttf[w]);
        free(face->path[w]);
        free(face->family[w]);
    }
}

struct face *font_face_with(struct font_set *set, enum font_weight weight, uint32_t cp)
{
    for (int i = 0; i < set->n_faces; i++) {
        struct face *f = &set->face[i];
        TTF_Font *ttf = font_face_at(f, weight, f->size[weight] ? f->size[weight] : FONT_REF_PX);
        if (ttf && TTF_GlyphIsProvided32(ttf, cp))
            return f;
    }
    return NULL;
}

struct face *font_face_for(const struct font *font, uint32_t cp)
{
    struct face *f = font_face_with(font->set, font->weight, cp);
    return f ? f : &font->set->face[0];
}

/* Ideographs, kana and full-width forms are one em wide in every face we use. */
static bool is_em_wide(uint32_t cp)
{
    return (cp >= 0x3000 && cp <= 0x30FF) || (cp >= 0x3400 && cp <= 0x9FFF) ||
           (cp >= 0xFF01 && cp <= 0xFF5E) || (cp >= 0x20000 && cp <= 0x323AF);
}

double font_face_advance(struct font *font, uint32_t cp)
{
    if (is_em_wide(cp))
        return 1;
    if (font_is_control(cp))
        return 0;
    struct font_set *set = font->set;
    unsigned slot = (cp * 2654435761U) >> 22 & (FONT_ADVANCES - 1);
    for (unsigned i = 0; i < 8; i++) {
        unsigned at = (slot + i) & (FONT_ADVANCES - 1);
        if (set->advance[font->weight][at].cp == cp)
            return (double)set->advance[font->weight][at].em;
        if (set->advance[font->weight][at].cp == 0) {
            slot = at;
            break;
        }
    }
    int px = 0;
    TTF_Font *ttf = font_face_at(font_face_for(font, cp), font->weight, FONT_REF_PX);
    double em = ttf && TTF_GlyphMetrics32(ttf, cp, NULL, NULL, NULL, NULL, &px) == 0
                    ? (double)px / FONT_REF_PX
                    : 1;
    set->advance[font->weight][slot].cp = cp;
    set->advance[font->weight][slot].em = (float)em;
    return em;
}
