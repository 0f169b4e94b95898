/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing: clips hold, edges are smooth, full coverage is exact. */
#include <string.h>

#include "cunit_main.h"
#include "ui/draw/surface.h"

static uint32_t at(const struct surface *s, int x, int y)
{
    return s->px[(size_t)y * (size_t)s->stride + (size_t)x];
}

static struct surface *white(void)
{
    struct surface *s = surface_new(100, 100);
    surface_fill(s, rect_of(0, 0, 100, 100), 0xFFFFFFFFU);
    return s;
}

static void rectangles_add_up(void)
{
    struct rect a = {0, 0, 10, 10}, b = {5, 5, 10, 10}, none = {3, 3, 0, 9};
    CU_ASSERT_EQUAL(rect_intersect(a, b).w, 5);
    CU_ASSERT_EQUAL(rect_union(a, b).w, 15);
    CU_ASSERT(rect_is_empty(none));
    CU_ASSERT_EQUAL(rect_union(a, none).h, 10);
    CU_ASSERT(rect_has(a, 9, 9) && !rect_has(a, 10, 9));
}

static void nothing_leaves_the_clip(void)
{
    struct surface *s = white();
    surface_clip(s, rect_of(20, 30, 40, 20));
    surface_fill(s, rect_of(-50, -50, 500, 500), 0xFF000000U);
    surface_round(s, rect_of(-5, -5, 300, 300), 30, 0xFF112233U);
    surface_border(s, rect_of(10, 20, 60, 50), 12, 4, 0xFF445566U);
    surface_line(s, -10, -10, 200, 200, 9, 0xFF778899U);
    surface_shadow(s, rect_of(20, 30, 40, 20), 8, 10, 4, 0x80000000U);
    surface_circle(s, 40, 40, 45, 0xFF000000U);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 100; x++)
            if (!rect_has(rect_of(20, 30, 40, 20), x, y))
                CU_ASSERT_EQUAL(at(s, x, y), 0xFFFFFFFFU);
    surface_free(s);
}

static void full_coverage_is_exact(void)
{
    struct surface *s = white();
    surface_round(s, rect_of(10, 10, 80, 80), 20, 0xFF0B5A5CU);
    CU_ASSERT_EQUAL(at(s, 50, 50), 0xFF0B5A5CU);
    CU_ASSERT_EQUAL(at(s, 10, 10), 0xFFFFFFFFU); /* outside the corner's arc */
    int between = 0;
    for (int x = 10; x < 30; x++)
        between += at(s, x, 14) != 0xFFFFFFFFU && at(s, x, 14) != 0xFF0B5A5CU;
    CU_ASSERT(between >= 1); /* the arc has soft edges */
    surface_free(s);
}

static void shapes_are_symmetric(void)
{
    struct surface *s = white();
    surface_circle(s, 50, 50, 40, 0xFF000000U);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 50; x++)
            CU_ASSERT_EQUAL(at(s, x, y), at(s, 99 - x, y));
    surface_free(s);
}

static void shadow_fades_outwards(void)
{
    struct surface *s = white();
    surface_shadow(s, rect_of(30, 30, 40, 40), 6, 20, 0, 0xFF000000U);
    CU_ASSERT((at(s, 50, 50) & 0xFF) < (at(s, 50, 28) & 0xFF));
    CU_ASSERT((at(s, 50, 28) & 0xFF) < (at(s, 50, 18) & 0xFF));
    CU_ASSERT_EQUAL(at(s, 50, 5), 0xFFFFFFFFU);
    surface_free(s);
}

static void alpha_blends(void)
{
    struct surface *s = white();
    uint32_t picture[] = {0x80000000U, 0x00FF0000U, 0xFF123456U, 0};
    surface_blit(s, 0, 0, picture, 2, 2, 2);
    CU_ASSERT((at(s, 0, 0) & 0xFF) >= 0x7D && (at(s, 0, 0) & 0xFF) <= 0x80);
    CU_ASSERT_EQUAL(at(s, 1, 0), 0xFFFFFFFFU);
    CU_ASSERT_EQUAL(at(s, 0, 1), 0xFF123456U);
    CU_ASSERT_EQUAL(colour_mix(0xFF000000U, 0xFFFFFFFFU, 255), 0xFFFFFFFFU);
    CU_ASSERT_EQUAL(colour_mix(0xFF000000U, 0xFFFFFFFFU, 0), 0xFF000000U);
    surface_free(s);
}

static CU_TestInfo cases[] = {
    {"rectangles add up", rectangles_add_up},
    {"nothing leaves the clip", nothing_leaves_the_clip},
    {"full coverage is exact", full_coverage_is_exact},
    {"shapes are symmetric", shapes_are_symmetric},
    {"shadow fades outwards", shadow_fades_outwards},
    {"alpha blends", alpha_blends},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.surface", cases)
