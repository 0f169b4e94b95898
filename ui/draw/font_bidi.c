/* SPDX-License-Identifier: Apache-2.0 */
/* Order on the line: which scripts need shaping, embedding levels by FriBidi (UAX #9), pieces from
 * logical to visual order (rule L2). Main thread. Pure. */
#include <fribidi.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/draw/font_priv.h"

static const struct {
    uint32_t first, last;
    const char *script;
} scripts[] = {
    {0x0590, 0x05FF, "Hebr"}, {0x0600, 0x06FF, "Arab"}, {0x0700, 0x074F, "Syrc"},
    {0x0750, 0x077F, "Arab"}, {0x0780, 0x07BF, "Thaa"}, {0x0870, 0x08FF, "Arab"},
    {0x0900, 0x097F, "Deva"}, {0x0E00, 0x0E7F, "Thai"}, {0x0F00, 0x0FFF, "Tibt"},
    {0x1000, 0x109F, "Mymr"}, {0x1780, 0x17FF, "Khmr"}, {0x1800, 0x18AF, "Mong"},
    {0x1950, 0x197F, "Tale"}, {0x1980, 0x19DF, "Talu"}, {0xA840, 0xA87F, "Phag"},
    {0xFB1D, 0xFB4F, "Hebr"}, {0xFB50, 0xFDFF, "Arab"}, {0xFE70, 0xFEFC, "Arab"},
};

const char *font_script_of(uint32_t cp)
{
    if (cp < scripts[0].first || (cp >= 0x2000 && cp < 0xA840))
        return NULL;
    for (size_t i = 0; i < YJ_COUNT(scripts); i++)
        if (cp >= scripts[i].first && cp <= scripts[i].last)
            return scripts[i].script;
    return NULL;
}

bool font_is_control(uint32_t cp)
{
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0xFEFF ||
           (cp >= 0xE0100 && cp <= 0xE01EF);
}

bool font_is_complex(const char *text, size_t n)
{
    uint32_t cp = 0;
    for (size_t i = 0; i < n;) {
        if ((unsigned char)text[i] < 0xD6) { /* below U+0590: one or two bytes */
            i++;
            continue;
        }
        i += font_next_char(text + i, n - i, &cp);
        if (font_script_of(cp))
            return true;
    }
    return false;
}

/* Numbers, dates and telephone numbers stand as they are written everywhere in China, also inside
 * Uyghur: by the plain rules 0991-2345678 would turn into 2345678-0991 there. So digits count as
 * letters written from the left (UAX #9, HL2), and what joins two of them follows. */
static void types_of(const FriBidiChar *cps, FriBidiStrIndex n, FriBidiCharType *types)
{
    fribidi_get_bidi_types(cps, n, types);
    for (FriBidiStrIndex i = 0; i < n; i++)
        if (types[i] == FRIBIDI_TYPE_EN || types[i] == FRIBIDI_TYPE_AN)
            types[i] = FRIBIDI_TYPE_LTR;
}

void font_bidi_levels(const char *text, size_t n, bool is_rtl, uint8_t *levels)
{
    FriBidiChar *cps = mem_zalloc(n + 1, sizeof *cps);
    FriBidiCharType *types = mem_zalloc(n + 1, sizeof *types);
    FriBidiBracketType *brackets = mem_zalloc(n + 1, sizeof *brackets);
    FriBidiLevel *found = mem_zalloc(n + 1, sizeof *found);
    FriBidiStrIndex count = 0;
    for (size_t i = 0; i < n; count++)
        i += font_next_char(text + i, n - i, &cps[count]);
    types_of(cps, count, types);
    fribidi_get_bracket_types(cps, count, types, brackets);
    FriBidiParType base = is_rtl ? FRIBIDI_PAR_RTL : FRIBIDI_PAR_ON;
    if (!fribidi_get_par_embedding_levels_ex(types, brackets, count, &base, found))
        memset(found, 0, (size_t)count * sizeof *found); /* out of memory: as it is written */
    uint32_t cp = 0;
    FriBidiStrIndex at = 0;
    for (size_t i = 0; i < n; at++) {
        size_t used = font_next_char(text + i, n - i, &cp);
        for (size_t k = 0; k < used; k++)
            levels[i + k] = found[at] > 0 ? (uint8_t)found[at] : 0;
        i += used;
    }
    bytes_wipe(cps, (n + 1) * sizeof *cps);
    free(cps);
    free(types);
    free(brackets);
    free(found);
}

static void turn_round(struct piece *piece, size_t n)
{
    for (size_t a = 0, b = n; a + 1 < b; a++) {
        struct piece swap = piece[--b];
        piece[b] = piece[a];
        piece[a] = swap;
    }
}

void font_bidi_order(struct piece *piece, size_t n)
{
    int high = 0;
    for (size_t i = 0; i < n; i++)
        high = piece[i].level > high ? piece[i].level : high;
    for (int level = high; level > 0; level--)
        for (size_t i = 0; i < n; i++) {
            size_t end = i;
            while (end < n && piece[end].level >= level)
                end++;
            if (end > i) {
                turn_round(piece + i, end - i);
                i = end;
            }
        }
}
