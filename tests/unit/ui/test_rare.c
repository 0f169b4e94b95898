/* SPDX-License-Identifier: Apache-2.0 */
/* Every character of GB 18030-2022 level 3, so of every name on a card, has a glyph in the chain of
 * the screen. */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "cunit_main.h"
#include "level3.h"
#include "ui/draw/font.h"

static struct font_set *open_set(void)
{
    struct font_set *set = NULL;
    struct err err = {0};
    int r = font_set_new(YJ_SOURCE_DIR "/assets", &set, &err);
    if (r == ERR_UI_FONT) {
        fprintf(stderr, "skipped: %s\n", err.msg);
        exit(77);
    }
    CU_ASSERT_FATAL(r == 0);
    return set;
}

static bool is_missing(struct font_set *set, uint32_t cp)
{
    char text[5] = "";
    uint32_t first = 0;
    size_t n = bytes_utf8_put(cp, text);
    return !n || font_missing(set, text, n, &first) > 0;
}

/* @return characters walked */
static int walk(struct font_set *set, const struct level3_range *range, size_t n, int *ret_missing)
{
    int walked = 0;
    for (size_t i = 0; i < n; i++) {
        int missing = 0;
        for (uint32_t cp = range[i].first; cp <= range[i].last; cp++, walked++)
            if (is_missing(set, cp) && missing++ < 20)
                fprintf(stderr, "  no glyph for U+%04X (%s)\n", (unsigned)cp, range[i].name);
        *ret_missing += missing;
    }
    return walked;
}

static void every_ideograph_has_a_glyph(void)
{
    int missing = 0;
    struct font_set *set = open_set();
    int n = walk(set, level3_ideographs, YJ_COUNT(level3_ideographs), &missing);
    CU_ASSERT_EQUAL(n, LEVEL3_IDEOGRAPHS);
    fprintf(stderr, "level 3 on the screen: %d ideographs, %d without a glyph\n", n, missing);
    CU_ASSERT_EQUAL(missing, 0);
    font_set_free(set);
}

static void every_radical_has_a_glyph(void)
{
    int missing = 0;
    struct font_set *set = open_set();
    int n = walk(set, level3_radicals, YJ_COUNT(level3_radicals), &missing);
    CU_ASSERT_EQUAL(n, LEVEL3_RADICALS);
    fprintf(stderr, "level 3 on the screen: %d radicals, %d without a glyph\n", n, missing);
    CU_ASSERT_EQUAL(missing, 0);
    font_set_free(set);
}

/* The walk would see it: private use is in no face, nor is what Unicode leaves free. */
static void what_no_face_has_is_missing(void)
{
    struct font_set *set = open_set();
    CU_ASSERT(is_missing(set, 0xF0123));
    CU_ASSERT(is_missing(set, 0x2FFFD));
    CU_ASSERT(!is_missing(set, 0x4E00));
    font_set_free(set);
}

/* Rare characters are drawn at their own width and differ from each other: no box for all. */
static void rare_characters_have_their_own_shape(void)
{
    static const char *const rare[] = {"𠮷", "𫝀", "𬭊", "㐂", "𪚥"};
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_REGULAR, 48);
    long sum[5] = {0};
    for (size_t i = 0; i < YJ_COUNT(rare); i++) {
        struct surface *s = surface_new(60, 70);
        surface_fill(s, rect_of(0, 0, 60, 70), 0xFFFFFFFFU);
        font_draw(s, f, 0, 0, rare[i], SIZE_MAX, 0xFF000000U);
        for (int k = 0; k < 60 * 70; k++)
            sum[i] += (long)(255 - (s->px[k] & 0xFF)) * (k % 97 + 1);
        CU_ASSERT_EQUAL(font_width(f, rare[i], SIZE_MAX), 48);
        surface_free(s);
        for (size_t k = 0; k < i; k++)
            CU_ASSERT(sum[i] > 1000 && sum[i] != sum[k]);
    }
    font_set_free(set);
}

static CU_TestInfo cases[] = {
    {"every ideograph has a glyph", every_ideograph_has_a_glyph},
    {"every radical has a glyph", every_radical_has_a_glyph},
    {"what no face has is missing", what_no_face_has_is_missing},
    {"rare characters have their own shape", rare_characters_have_their_own_shape},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.rare", cases)
