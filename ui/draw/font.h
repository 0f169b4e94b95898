/* SPDX-License-Identifier: Apache-2.0 */
/* Text: fonts by weight and pixel size with a fallback chain (assets/fonts/fonts.json), measuring,
 * line breaking with Chinese manners, and cached runs. Thread: main. Blocks: disk when a size is
 * opened for the first time. Runs show what visitors typed: font_set_wipe forgets them. */
#ifndef YJ_UI_DRAW_FONT_H
#define YJ_UI_DRAW_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/draw/surface.h"

struct font_set;
struct font; /* one weight in one size; borrowed from the set, valid until font_set_free */

enum font_weight { FONT_REGULAR, FONT_BOLD };

enum { FONT_MIN_PX = 6, FONT_MAX_PX = 400 };

/**
 * Read assets_dir/fonts/fonts.json and find the faces it names.
 * @param ret  owned by the caller
 * @return 0, ERR_UI_FONT (no usable file for a required face, or the list is wrong: file and place
 *         in err)
 */
int font_set_new(const char *assets_dir, struct font_set **ret, struct err *err) YJ_CHECK;
void font_set_free(struct font_set *set);

/** Forget every cached run and glyph; fonts stay usable. */
void font_set_wipe(struct font_set *set);

/** The direction of paragraphs that have letters written from the right: true in a language that
 * is, false: such a text decides by its first letter. Text without such letters always runs from
 * left to right. Drops the cached runs when it changes. */
void font_set_direction(struct font_set *set, bool is_rtl);

/** @return bytes held by cached runs, for the bound's test. */
size_t font_set_cached_bytes(const struct font_set *set);

/** @param size_px  em size, capped to FONT_MIN_PX..FONT_MAX_PX. @return never NULL */
struct font *font_get(struct font_set *set, enum font_weight weight, int size_px);

int font_size(const struct font *font);       /* em, px */
int font_line_height(struct font *font);      /* 1.35 em, the distance of baselines, px */
double font_cap_height(const struct font *f); /* height of a capital letter, px */

/** Baseline below the top of a line, px. A line with Arabic letters in a language that is written
 * from the left stands 0.09 em higher. */
int font_ascent(struct font *font);

/** Width in px of the first n bytes of UTF-8 text (SIZE_MAX: up to the NUL). */
int font_width(struct font *font, const char *text, size_t n);

/**
 * Characters of text that no face of the chain has.
 * @param ret_first  the first of them; untouched when there is none
 * @return how many
 */
size_t font_missing(struct font_set *set, const char *text, size_t n, uint32_t *ret_first);

/** One line of wrapped text: n bytes from start, blanks at the end not counted. */
struct font_line {
    const char *start;
    size_t n;
    int width; /* px */
};

/**
 * Break text at max_width px: between Chinese characters and at blanks; no closing punctuation at
 * the start of a line, no opening one at the end; '\n' always breaks.
 * @return number of lines written to ret (0..max_lines); what does not fit any more is in the last
 *         line, which is then wider than max_width
 */
int font_wrap(struct font *font, const char *text, int max_width, struct font_line *ret,
              int max_lines);

/** Draw one line of text, its top left corner at x, y (the box is font_line_height high). */
void font_draw(struct surface *s, struct font *font, int x, int y, const char *text, size_t n,
               colour_t colour);

/**
 * One line without antialiasing for a printing head: bytes are 0 or 255, height font_line_height,
 * baseline at font_ascent.
 * @param ret  owned by the caller: bytes_wipe then free
 * @return 0 or ERR_UI_FONT. An empty text gives a mask of width 1.
 */
int font_render_mono(struct font *font, const char *text, size_t n, struct mask **ret,
                     struct err *err) YJ_CHECK;

#endif
