/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as pieces: each drawn by one face in one direction, letters that join shaped by HarfBuzz
 * (through SDL_ttf) word by word, so that what is measured is what is drawn. Main thread. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/draw/font_priv.h"

size_t font_next_char(const char *s, size_t n, uint32_t *ret_cp)
{
    size_t used = bytes_utf8_next(s, n, ret_cp);
    if (used)
        return used;
    *ret_cp = 0xFFFD;
    return 1;
}

static void direction_use(TTF_Font *ttf, const struct piece *p)
{
    TTF_SetFontDirection(ttf, p->level & 1 ? TTF_DIRECTION_RTL : TTF_DIRECTION_LTR);
    TTF_SetFontScriptName(ttf, p->script ? p->script : "Zzzz");
}

/* Does SDL_ttf get this character? Controls have done their work, line ends are blanks. */
static size_t piece_text(const char *text, const struct piece *p, char *out)
{
    size_t bytes = 0;
    uint32_t cp = 0;
    for (size_t i = 0; i < p->n;) {
        i += font_next_char(text + p->at + i, p->n - i, &cp);
        if (p->script || !font_is_control(cp))
            bytes += bytes_utf8_put(cp < ' ' ? ' ' : cp, out + bytes);
    }
    out[bytes] = 0;
    return bytes;
}

/* Width of a shaped word; remembered, as wrapping asks for the same word again and again. */
static double shaped_width(struct font *font, const char *text, const struct piece *p)
{
    uint64_t key = 1469598103934665603ULL ^ (uint64_t)(uintptr_t)font;
    for (size_t i = 0; i < p->n; i++)
        key = (key ^ (uint8_t)text[p->at + i]) * 1099511628211ULL;
    key |= 1;
    size_t slot = (size_t)(key >> 32) & (FONT_SHAPED_SLOTS - 1);
    if (font->set->shaped[slot].key == key)
        return font->set->shaped[slot].px;
    TTF_Font *ttf = font_face_at(p->face, font->weight, font->size);
    int w = 0, h = 0;
    char *word = mem_zalloc(p->n * 3 + 1, 1);
    (void)piece_text(text, p, word);
    if (ttf) {
        direction_use(ttf, p);
        if (TTF_SizeUTF8(ttf, word, &w, &h) < 0)
            w = 0;
    }
    bytes_wipe(word, p->n * 3);
    free(word);
    font->set->shaped[slot].key = key;
    font->set->shaped[slot].px = w;
    return w;
}

/* A mark belongs to the letter before it. */
static bool joins_word(uint32_t cp, const char *script)
{
    return script && (font_script_of(cp) == script || (cp >= 0x0300 && cp <= 0x036F) ||
                      cp == 0x200C || cp == 0x200D);
}

static bool is_rtl_script(const char *script)
{
    return strcmp(script, "Arab") == 0 || strcmp(script, "Hebr") == 0 ||
           strcmp(script, "Syrc") == 0 || strcmp(script, "Thaa") == 0;
}

/* The piece that begins at i. levels NULL: only its width is wanted. */
static struct piece piece_next(struct font *font, const char *text, size_t n, size_t i,
                               const uint8_t *levels, bool is_single)
{
    uint32_t cp = 0;
    (void)font_next_char(text + i, n - i, &cp);
    struct piece p = {.at = i, .face = font_face_for(font, cp), .script = font_script_of(cp)};
    p.level = levels ? levels[i] : p.script ? is_rtl_script(p.script) : 0;
    while (i < n) {
        size_t used = font_next_char(text + i, n - i, &cp);
        bool is_ours = p.script ? joins_word(cp, p.script) : !font_script_of(cp);
        bool is_at_home = i == p.at || font_is_control(cp) ||
                          (cp >= 0x0300 && cp <= 0x036F && p.script) ||
                          font_face_for(font, cp) == p.face;
        if (!is_ours || !is_at_home || (levels && levels[i] != p.level))
            break;
        if (!p.script)
            p.width += font_face_advance(font, cp) * font->size;
        i += used;
        /* Without antialiasing the face rounds each advance: a long run would end wider than it
         * was measured, so the pen is set anew for every character. */
        if (is_single && !p.script)
            break;
    }
    p.n = i - p.at;
    if (p.script)
        p.width = shaped_width(font, text, &p);
    return p;
}

double font_run_width(struct font *font, const char *text, size_t n)
{
    double width = 0;
    for (size_t i = 0; i < n;) {
        struct piece p = piece_next(font, text, n, i, NULL, false);
        width += p.width;
        i += p.n;
    }
    return width;
}

/* Copy the coverage of an 8-bit surface into m at x, y, keeping the darker of both.
 * @param least  coverage that counts as black, 0: grey is kept */
static void mask_paste(struct mask *m, int x, int y, const SDL_Surface *from, int least)
{
    for (int row = 0; row < from->h; row++) {
        if (y + row < 0 || y + row >= m->h)
            continue;
        const uint8_t *src = (const uint8_t *)from->pixels + (size_t)row * (size_t)from->pitch;
        uint8_t *dst = m->a + (size_t)(y + row) * (size_t)m->stride;
        for (int col = 0; col < from->w; col++) {
            uint8_t a = !least ? src[col] : src[col] >= least ? 255 : 0;
            if (x + col >= 0 && x + col < m->w && a > dst[x + col])
                dst[x + col] = a;
        }
    }
}

/* A shaped word is never hinted for black and white: that would make it wider than measured. */
static void piece_paste(struct font *font, const char *text, const struct piece *p, struct mask *m,
                        int x, int baseline, bool is_mono)
{
    const SDL_Color white = {255, 255, 255, 255}, black = {0, 0, 0, 255};
    bool is_solid = is_mono && !p->script;
    TTF_Font *ttf = font_face_at(p->face, font->weight, font->size);
    char *part = mem_zalloc(p->n * 3 + 1, 1);
    if (ttf && piece_text(text, p, part)) {
        direction_use(ttf, p);
        if (is_solid)
            TTF_SetFontHinting(ttf, TTF_HINTING_MONO);
        SDL_Surface *s = is_solid ? TTF_RenderUTF8_Solid(ttf, part, white)
                                  : TTF_RenderUTF8_Shaded(ttf, part, white, black);
        if (s) {
            mask_paste(m, x, baseline - TTF_FontAscent(ttf), s, is_solid ? 1 : is_mono ? 128 : 0);
            memset(s->pixels, 0, (size_t)s->pitch * (size_t)s->h);
            SDL_FreeSurface(s);
        }
        if (is_solid)
            TTF_SetFontHinting(ttf, TTF_HINTING_LIGHT_SUBPIXEL);
    }
    bytes_wipe(part, p->n * 3);
    free(part);
}

void font_run_paste(struct font *font, const char *text, size_t n, struct mask *m, int above,
                    bool is_mono)
{
    bool is_complex = font_is_complex(text, n);
    uint8_t *levels = is_complex ? mem_zalloc(n + 1, 1) : NULL;
    struct piece *piece = mem_zalloc(n + 1, sizeof *piece);
    size_t n_pieces = 0;
    if (is_complex)
        font_bidi_levels(text, n, font->set->is_rtl, levels);
    for (size_t i = 0; i < n; i += piece[n_pieces++].n)
        piece[n_pieces] = piece_next(font, text, n, i, levels, is_mono);
    font_bidi_order(piece, n_pieces);
    double pen = 0;
    int baseline = above + font_baseline(font, is_complex || font->set->is_rtl);
    for (size_t i = 0; i < n_pieces; i++) {
        piece_paste(font, text, &piece[i], m, (int)lround(pen), baseline, is_mono);
        pen += piece[i].width;
    }
    free(piece);
    free(levels);
}
