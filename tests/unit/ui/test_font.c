/* SPDX-License-Identifier: Apache-2.0 */
/* Text: widths, line breaking, bounded and wiped caches. */
#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
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

static void ideographs_are_one_em(void)
{
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_REGULAR, 30);
    CU_ASSERT_EQUAL(font_width(f, "高效办成", SIZE_MAX), 120);
    CU_ASSERT_EQUAL(font_width(f, "高效办成", 6), 60);
    CU_ASSERT_EQUAL(font_width(f, "", SIZE_MAX), 0);
    CU_ASSERT(font_width(f, "iiii", SIZE_MAX) < font_width(f, "MMMM", SIZE_MAX));
    CU_ASSERT_PTR_EQUAL(f, font_get(set, FONT_REGULAR, 30));
    font_set_free(set);
}

static void punctuation_never_starts_a_line(void)
{
    static const char text[] = "一二三四，五六七八。（九十）百千";
    static const char *const closing[] = {"，", "。", "）"};
    struct font_line line[20];
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_REGULAR, 20);
    for (int em = 2; em < 12; em++) {
        int n = font_wrap(f, text, em * 20, line, 20);
        for (int i = 0; i < n; i++) {
            for (size_t k = 0; k < YJ_COUNT(closing); k++)
                CU_ASSERT(i == 0 || em < 3 || strncmp(line[i].start, closing[k], 3) != 0);
            CU_ASSERT(line[i].n < 3 || em < 3 ||
                      strncmp(line[i].start + line[i].n - 3, "（", 3) != 0);
            CU_ASSERT(line[i].width <= em * 20);
        }
    }
    font_set_free(set);
}

static void nothing_is_lost_between_lines(void)
{
    static const char text[] = "请拨打 12345 或到 window A12 办理，谢谢";
    struct font_line line[20];
    char joined[128] = "", want[128] = "";
    size_t n_joined = 0, n_want = 0;
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_BOLD, 24);
    int n = font_wrap(f, text, 130, line, 20);
    CU_ASSERT(n > 2);
    for (int i = 0; i < n; i++)
        for (size_t k = 0; k < line[i].n; k++)
            if (line[i].start[k] != ' ') /* blanks at line ends may go */
                joined[n_joined++] = line[i].start[k];
    for (const char *p = text; *p; p++)
        if (*p != ' ')
            want[n_want++] = *p;
    CU_ASSERT_STRING_EQUAL(joined, want);
    for (int i = 0; i < n; i++) /* words and numbers stay whole */
        CU_ASSERT(!strstr(line[i].start, "2345") || strstr(line[i].start, "12345") ||
                  line[i].start > strstr(text, "12345"));
    font_set_free(set);
}

static void newline_breaks(void)
{
    struct font_line line[4];
    struct font_set *set = open_set();
    CU_ASSERT_EQUAL(font_wrap(font_get(set, FONT_REGULAR, 20), "甲\n乙", 500, line, 4), 2);
    CU_ASSERT_EQUAL(line[1].n, 3);
    CU_ASSERT_EQUAL(font_wrap(font_get(set, FONT_REGULAR, 20), "", 500, line, 4), 1);
    font_set_free(set);
}

static void text_draws_ink(void)
{
    struct font_set *set = open_set();
    struct surface *s = surface_new(200, 60);
    surface_fill(s, rect_of(0, 0, 200, 60), 0xFFFFFFFFU);
    font_draw(s, font_get(set, FONT_REGULAR, 40), 0, 0, "一件", SIZE_MAX, 0xFF000000U);
    int dark = 0;
    for (int i = 0; i < 200 * 60; i++)
        dark += (s->px[i] & 0xFF) < 64;
    CU_ASSERT(dark > 150);
    surface_free(s);
    font_set_free(set);
}

static void cache_is_bounded_and_wiped(void)
{
    struct font_set *set = open_set();
    struct surface *s = surface_new(1000, 300);
    for (int i = 0; i < 300; i++) {
        char text[64];
        snprintf(text, sizeof text, "第 %d 行文字，一二三四五六七八九十", i);
        font_draw(s, font_get(set, FONT_REGULAR, 90), 0, 0, text, SIZE_MAX, 0xFF000000U);
        CU_ASSERT(font_set_cached_bytes(set) <= 4 << 20);
    }
    CU_ASSERT(font_set_cached_bytes(set) > 1 << 20);
    font_set_wipe(set);
    CU_ASSERT_EQUAL(font_set_cached_bytes(set), 0);
    surface_free(s);
    font_set_free(set);
}

static void mono_has_no_grey(void)
{
    struct font_set *set = open_set();
    struct mask *m = NULL;
    CU_ASSERT_FATAL(
        font_render_mono(font_get(set, FONT_REGULAR, 28), "回执 12", SIZE_MAX, &m, NULL) == 0);
    int black = 0;
    for (int i = 0; i < m->stride * m->h; i++) {
        CU_ASSERT(m->a[i] == 0 || m->a[i] == 255);
        black += m->a[i] == 255;
    }
    CU_ASSERT(black > 100);
    free(m);
    font_set_free(set);
}

static void missing_characters_are_counted(void)
{
    uint32_t first = 0;
    struct font_set *set = open_set();
    CU_ASSERT_EQUAL(font_missing(set, "张三 A1", SIZE_MAX, &first), 0);
    CU_ASSERT_EQUAL(font_missing(set, "\xF4\x8F\xBF\xBD甲", SIZE_MAX, &first), 1);
    CU_ASSERT_EQUAL(first, 0x10FFFD);
    font_set_free(set);
}

static void missing_list_is_refused(void)
{
    struct font_set *set = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(font_set_new("/no/such/folder", &set, &err), ERR_UI_FONT);
    CU_ASSERT(strstr(err.msg, "fonts.json") != NULL);
}

static CU_TestInfo cases[] = {
    {"ideographs are one em", ideographs_are_one_em},
    {"punctuation never starts a line", punctuation_never_starts_a_line},
    {"nothing is lost between lines", nothing_is_lost_between_lines},
    {"newline breaks", newline_breaks},
    {"text draws ink", text_draws_ink},
    {"cache is bounded and wiped", cache_is_bounded_and_wiped},
    {"mono has no grey", mono_has_no_grey},
    {"missing characters are counted", missing_characters_are_counted},
    {"missing list is refused", missing_list_is_refused},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.font", cases)
