/* SPDX-License-Identifier: Apache-2.0 */
/* Slips: dots stay inside the margins, every style leaves ink, what cannot be drawn is refused. */
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "ui/draw/slip.h"
#include "unit/ui/slip_sample.h"

#define ASSETS YJ_SOURCE_DIR "/assets"

static struct font_set *fonts_open(void)
{
    struct font_set *fonts = NULL;
    struct err err = {0};
    if (font_set_new(ASSETS, &fonts, &err))
        fprintf(stderr, "%s\n", err.msg);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fonts);
    return fonts;
}

static bool is_black(const struct bitmap *bm, uint32_t x, uint32_t y)
{
    return bm->bits[y * bm->stride + x / 8] >> (7 - x % 8) & 1;
}

static void widths_and_margins(void)
{
    static const uint32_t widths[] = {384, 576, 640, 832};
    struct font_set *fonts = fonts_open();
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    sample_slip(slip);
    /* nothing that could be broken: must not leave the margin either */
    memset(slip->line[4].right, 'W', 200);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct bitmap *bm = NULL;
        CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, widths[i], 8, &bm, NULL), 0);
        CU_ASSERT_EQUAL(bm->width_dots, widths[i]);
        CU_ASSERT_EQUAL(bm->stride, (widths[i] + 7) / 8);
        int n_outside = 0, n_ink = 0;
        for (uint32_t y = 0; y < bm->rows; y++)
            for (uint32_t x = 0; x < bm->stride * 8; x++) {
                bool is_margin = x < 12 || x >= bm->width_dots - 12;
                n_ink += is_black(bm, x, y);
                n_outside += is_margin && is_black(bm, x, y);
            }
        CU_ASSERT_EQUAL(n_outside, 0);
        CU_ASSERT(n_ink > 10000);
        free(bm);
    }
    free(slip);
    font_set_free(fonts);
}

static void every_style_leaves_ink(void)
{
    struct font_set *fonts = fonts_open();
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    for (int style = SLIP_TITLE; style <= SLIP_QR; style++) {
        struct bitmap *bm = NULL;
        bool is_two = style == SLIP_PAIR || style == SLIP_ENTRY || style == SLIP_ITEM;
        slip->n_lines = 0;
        sample_add(slip, (enum slip_style)style, "一1", is_two ? "值" : "");
        CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, 576, 8, &bm, NULL), 0);
        int n_ink = 0;
        for (uint32_t i = 0; i < bm->rows * bm->stride; i++)
            n_ink += bm->bits[i] != 0;
        CU_ASSERT(n_ink > 0);
        free(bm);
    }
    free(slip);
    font_set_free(fonts);
}

/* White on black: the band is more black than white, and holds white inside. */
static void copy_mark_is_reversed(void)
{
    struct font_set *fonts = fonts_open();
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct bitmap *bm = NULL;
    sample_add(slip, SLIP_COPY_MARK, "补打", "");
    CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, 576, 8, &bm, NULL), 0);
    uint32_t middle = 8 + 40, n_black = 0;
    for (uint32_t x = 0; x < 576; x++)
        n_black += is_black(bm, x, middle);
    CU_ASSERT(n_black > 400 && n_black < 552);
    CU_ASSERT(is_black(bm, 12, middle) && is_black(bm, 563, middle));
    free(bm);
    free(slip);
    font_set_free(fonts);
}

/* Leftmost and rightmost ink of the rows y0..y1. */
static void ink_span(const struct bitmap *bm, uint32_t y0, uint32_t y1, uint32_t *ret_x0,
                     uint32_t *ret_x1)
{
    *ret_x0 = bm->width_dots;
    *ret_x1 = 0;
    for (uint32_t y = y0; y < y1 && y < bm->rows; y++)
        for (uint32_t x = 0; x < bm->width_dots; x++)
            if (is_black(bm, x, y)) {
                *ret_x0 = x < *ret_x0 ? x : *ret_x0;
                *ret_x1 = x > *ret_x1 ? x : *ret_x1;
            }
}

static uint32_t rows_of(struct font_set *fonts, enum slip_style style, const char *left,
                        const char *right, struct bitmap **ret)
{
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    sample_add(slip, style, left, right);
    CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, 576, 8, ret, NULL), 0);
    free(slip);
    return (*ret)->rows;
}

static void state_stands_at_the_right_edge(void)
{
    struct font_set *fonts = fonts_open();
    struct bitmap *near = NULL, *far = NULL;
    uint32_t x0, x1, one = rows_of(fonts, SLIP_ITEM, "结婚证", "已收", &near);
    ink_span(near, 0, near->rows, &x0, &x1);
    CU_ASSERT(x0 < 24 && x1 > 576 - 24);
    uint32_t two = rows_of(fonts, SLIP_ITEM, "落户一方的居民户口簿和集体户口首页",
                           "待补（5 个工作日内）", &far);
    CU_ASSERT(two > one + 24);
    ink_span(far, one, far->rows, &x0, &x1); /* the second line holds the state alone */
    CU_ASSERT(x0 > 288 && x1 > 576 - 40);
    free(near);
    free(far);
    font_set_free(fonts);
}

static void entry_has_its_value_below(void)
{
    struct font_set *fonts = fonts_open();
    struct bitmap *name = NULL, *both = NULL;
    uint32_t one = rows_of(fonts, SLIP_ENTRY, "出生登记", "", &name);
    CU_ASSERT(rows_of(fonts, SLIP_ENTRY, "出生登记", "公安部门 · 10 个工作日", &both) >= one + 24);
    free(name);
    free(both);
    font_set_free(fonts);
}

/* The hall's name belongs to the title, other notes to the text. */
static void notes_are_centred_only_in_the_head(void)
{
    struct font_set *fonts = fonts_open();
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct bitmap *head = NULL, *text = NULL;
    uint32_t x0, x1;
    sample_add(slip, SLIP_NOTE, "示例", "");
    CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, 576, 8, &head, NULL), 0);
    ink_span(head, 0, head->rows, &x0, &x1);
    CU_ASSERT(x0 > 240 && x1 < 336 && x0 + x1 > 560 && x0 + x1 < 592);
    slip->n_lines = 0;
    sample_add(slip, SLIP_RULE, "", "");
    sample_add(slip, SLIP_NOTE, "示例", "");
    CU_ASSERT_EQUAL_FATAL(slip_render(fonts, slip, 576, 8, &text, NULL), 0);
    ink_span(text, 40, text->rows, &x0, &x1);
    CU_ASSERT(x0 < 24 && x1 < 96);
    free(head);
    free(text);
    free(slip);
    font_set_free(fonts);
}

static void missing_glyphs_are_refused(void)
{
    struct font_set *fonts = fonts_open();
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct bitmap *bm = NULL;
    struct err err = {0};
    sample_slip(slip);
    /* three private-use characters that no public font has */
    sample_add(slip, SLIP_PAIR, "姓名", "张\xf3\xb0\x80\x81\xf3\xb0\x80\x82\xf3\xb0\x80\x83");
    CU_ASSERT_EQUAL(slip_render(fonts, slip, 576, 8, &bm, &err), ERR_UI_FONT);
    CU_ASSERT_PTR_NULL(bm);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "3 characters"));
    free(slip);
    font_set_free(fonts);
}

static void what_does_not_fit_is_refused(void)
{
    struct font_set *fonts = fonts_open();
    struct slip *slip = mem_zalloc(1, sizeof *slip);
    struct bitmap *bm = NULL;
    sample_slip(slip);
    CU_ASSERT_EQUAL(slip_render(fonts, slip, 100, 8, &bm, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(slip_render(fonts, slip, 576, 0, &bm, NULL), ERR_INVALID);
    slip->n_lines = 0;
    for (int i = 0; i < SLIP_MAX_LINES; i++) {
        sample_add(slip, SLIP_TITLE, "", "");
        memset(slip->line[i].left, 'x', SLIP_TEXT_BYTES - 1);
    }
    CU_ASSERT_EQUAL(slip_render(fonts, slip, 576, 8, &bm, NULL), ERR_TOO_BIG);
    slip->n_lines = 1;
    slip->line[0].style = SLIP_QR;
    CU_ASSERT_EQUAL(slip_render(fonts, slip, 384, 12, &bm, NULL), ERR_TOO_BIG);
    CU_ASSERT_PTR_NULL(bm);
    free(slip);
    font_set_free(fonts);
}

static CU_TestInfo cases[] = {
    {"widths and margins", widths_and_margins},
    {"every style leaves ink", every_style_leaves_ink},
    {"the copy mark is white on black", copy_mark_is_reversed},
    {"a state stands at the right edge", state_stands_at_the_right_edge},
    {"an entry has its value below", entry_has_its_value_below},
    {"notes are centred only in the head", notes_are_centred_only_in_the_head},
    {"missing glyphs are refused", missing_glyphs_are_refused},
    {"what does not fit is refused", what_does_not_fit_is_refused},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.slip", cases)
