/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures in a theme's colours, in greys, in one ink, and a brand's own. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cunit_main.h"
#include "ui/draw/image.h"

enum { SIDE = 40 };

static char dir[] = "/tmp/yj-image-XXXXXX";

static void file_write(const char *name, const char *data)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs(data, f);
    fclose(f);
}

/* The left half teal, the right half skin, both to the rim. */
static struct image_set *set_new(void)
{
    char path[128];
    memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/images", dir);
    CU_ASSERT_FATAL(mkdir(path, 0700) == 0);
    file_write("images/a.svg",
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 1\" width=\"2\" "
               "height=\"1\"><rect width=\"1\" height=\"1\" fill=\"#0B5A5C\"/><rect x=\"1\" "
               "width=\"1\" height=\"1\" style=\"fill:#F4C9A0;\"/></svg>");
    file_write("b.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 3 1\" width=\"3\" "
                        "height=\"1\"><rect width=\"3\" height=\"1\" fill=\"#fff\"/></svg>");
    return image_set_new(dir);
}

static void set_end(struct image_set *set)
{
    char path[128];
    static const char *const names[] = {"images/a.svg", "b.svg"};
    for (size_t i = 0; i < YJ_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/images", dir);
    rmdir(path);
    rmdir(dir);
    image_set_free(set);
}

/* Colours in the middle of the left and the right half. */
static void drawn(struct image_set *set, colour_t ink, colour_t *left, colour_t *right)
{
    struct surface *s = surface_new(2 * SIDE, SIDE);
    surface_fill(s, rect_of(0, 0, s->w, s->h), 0xFF112233U);
    image_draw(set, s, "a", rect_of(0, 0, s->w, s->h), ink);
    *left = s->px[(SIDE / 2) * s->stride + SIDE / 2];
    *right = s->px[(SIDE / 2) * s->stride + SIDE * 3 / 2];
    surface_free(s);
}

static void colours_follow_the_look(void)
{
    struct image_set *set = set_new();
    struct image_look look = {.n = 2,
                              .colour = {{0xFF0B5A5CU, 0xFF26356FU}, {0xFFF4C9A0U, 0xFF102030U}}};
    colour_t left, right;
    drawn(set, 0, &left, &right);
    CU_ASSERT_EQUAL(left, 0xFF0B5A5CU);
    CU_ASSERT_EQUAL(right, 0xFFF4C9A0U);
    image_set_look(set, &look);
    drawn(set, 0, &left, &right);
    CU_ASSERT_EQUAL(left, 0xFF26356FU);
    CU_ASSERT_EQUAL(right, 0xFF102030U);
    look.n = 0; /* back again: the picture of before is not mixed up with this one */
    image_set_look(set, &look);
    drawn(set, 0, &left, &right);
    CU_ASSERT_EQUAL(left, 0xFF0B5A5CU);
    set_end(set);
}

static void black_and_white_has_no_colours(void)
{
    struct image_set *set = set_new();
    struct image_look look = {.shades = IMAGE_GREY};
    colour_t left, right, dark_left, dark_right;
    image_set_look(set, &look);
    drawn(set, 0, &left, &right);
    look.shades = IMAGE_NEGATIVE;
    image_set_look(set, &look);
    drawn(set, 0, &dark_left, &dark_right);
    colour_t all[] = {left, right, dark_left, dark_right};
    for (size_t i = 0; i < YJ_COUNT(all); i++)
        CU_ASSERT((all[i] & 0xFF) == (all[i] >> 8 & 0xFF) &&
                  (all[i] & 0xFF) == (all[i] >> 16 & 0xFF));
    CU_ASSERT((left & 0xFF) < 0x40);
    CU_ASSERT((right & 0xFF) > 0xA0);
    CU_ASSERT((dark_left & 0xFF) > (dark_right & 0xFF));
    set_end(set);
}

static void ink_stays_ink(void)
{
    struct image_set *set = set_new();
    colour_t left, right;
    image_set_look(set, &(struct image_look){.shades = IMAGE_NEGATIVE});
    drawn(set, 0xFF84160DU, &left, &right);
    CU_ASSERT_EQUAL(left, 0xFF84160DU);
    CU_ASSERT_EQUAL(right, 0xFF84160DU);
    set_end(set);
}

static void a_brand_replaces_a_picture(void)
{
    struct image_set *set = set_new();
    char path[128];
    colour_t left, right;
    drawn(set, 0, &left, &right); /* in the cache from now on */
    CU_ASSERT_EQUAL(image_shape(set, "a"), 1000);
    snprintf(path, sizeof path, "%s/b.svg", dir);
    image_set_replace(set, "a", path);
    drawn(set, 0, &left, &right);
    CU_ASSERT_EQUAL(left, 0xFFFFFFFFU);
    int shape = image_shape(set, "a");
    CU_ASSERT(shape >= 2900 && shape <= 3100);
    image_set_replace(set, "a", NULL);
    drawn(set, 0, &left, &right);
    CU_ASSERT_EQUAL(left, 0xFF0B5A5CU);
    set_end(set);
}

static CU_TestInfo cases[] = {
    {"colours follow the look", colours_follow_the_look},
    {"black and white has no colours", black_and_white_has_no_colours},
    {"ink stays ink", ink_stays_ink},
    {"a brand replaces a picture", a_brand_replaces_a_picture},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.image", cases)
