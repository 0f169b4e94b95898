/* SPDX-License-Identifier: Apache-2.0 */
/* A turned panel: every pixel lands where the mounted panel has it, and a touch finds it again. */
#include <stdio.h>

#include "cunit_main.h"
#include "ui/sdl/display.h"
#include "ui/sdl/rotate.h"

enum { W = 83, H = 140 };

static const int turns[] = {0, 90, 180, 270};

static void paint(struct surface *s)
{
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++)
            s->px[y * s->stride + x] = 0xFF000000U | (uint32_t)(y << 12 | x);
}

/* The corner people see at the top left, said in words of the mounting: a panel turned clockwise by
 * 90 degrees has its own first pixel at the top right. */
static void corners_are_where_the_mounting_puts_them(void)
{
    static const int at[][2] = {{0, 0}, {0, W - 1}, {W - 1, H - 1}, {H - 1, 0}};
    for (size_t i = 0; i < YJ_COUNT(turns); i++) {
        struct rect r = rotate_rect(turns[i], W, H, rect_of(0, 0, 1, 1));
        CU_ASSERT(r.x == at[i][0] && r.y == at[i][1] && r.w == 1 && r.h == 1);
    }
}

static void every_touch_finds_its_pixel(void)
{
    for (size_t i = 0; i < YJ_COUNT(turns); i++) {
        int bad = 0, pw = 0, ph = 0;
        rotate_size(turns[i], W, H, &pw, &ph);
        struct surface *picture = surface_new(W, H), *panel = surface_new(pw, ph);
        paint(picture);
        rotate_copy(turns[i], picture, panel, rect_of(0, 0, W, H));
        for (int y = 0; y < ph; y++) {
            for (int x = 0; x < pw; x++) {
                int tx = x, ty = y;
                rotate_touch(turns[i], W, H, &tx, &ty);
                bad +=
                    tx < 0 || ty < 0 || tx >= W || ty >= H ||
                    panel->px[y * panel->stride + x] != (0xFF000000U | (uint32_t)(ty << 12 | tx));
            }
        }
        CU_ASSERT_EQUAL(bad, 0);
        surface_free(picture);
        surface_free(panel);
    }
}

static void a_part_changes_nothing_else(void)
{
    struct rect part = {17, 33, 40, 70};
    for (size_t i = 0; i < YJ_COUNT(turns); i++) {
        int pw = 0, ph = 0, n = 0;
        rotate_size(turns[i], W, H, &pw, &ph);
        struct surface *picture = surface_new(W, H), *panel = surface_new(pw, ph);
        struct rect want = rotate_rect(turns[i], W, H, part);
        for (int y = 0; y < ph; y++)
            for (int x = 0; x < pw; x++)
                panel->px[y * panel->stride + x] = 0xFFFFFFFFU;
        paint(picture);
        rotate_copy(turns[i], picture, panel, part);
        for (int y = 0; y < ph; y++)
            for (int x = 0; x < pw; x++)
                n += (panel->px[y * panel->stride + x] != 0xFFFFFFFFU) != rect_has(want, x, y);
        CU_ASSERT_EQUAL(n, 0);
        rotate_copy(turns[i], picture, panel, rect_of(-50, -50, 20, 20)); /* outside: nothing */
        surface_free(picture);
        surface_free(panel);
    }
}

static void displays_turn_what_is_presented(void)
{
    struct display *d = NULL;
    struct display_cfg cfg = {
        .backend = "memory", .width_px = 540, .height_px = 960, .rotation_deg = 90};
    CU_ASSERT_FATAL(display_new(&cfg, &d, NULL) == 0);
    struct rect r = {10, 20, 30, 40};
    surface_fill(display_surface(d), r, 0xFF405060U);
    CU_ASSERT_EQUAL(display_surface(d)->w, 540);
    CU_ASSERT_EQUAL(display_panel(d)->w, 960);
    CU_ASSERT_EQUAL(display_panel(d)->h, 540);
    display_present(d, &r, 1);
    const struct surface *p = display_panel(d);
    CU_ASSERT_EQUAL(p->px[(540 - 1 - 10) * p->stride + 20], 0xFF405060U);
    display_free(d);
    cfg.rotation_deg = 45;
    struct err err = {0};
    CU_ASSERT_EQUAL(display_new(&cfg, &d, &err), ERR_UI_DISPLAY);
}

static CU_TestInfo cases[] = {
    {"corners are where the mounting puts them", corners_are_where_the_mounting_puts_them},
    {"every touch finds its pixel", every_touch_finds_its_pixel},
    {"a part changes nothing else", a_part_changes_nothing_else},
    {"displays turn what is presented", displays_turn_what_is_presented},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.rotate", cases)
