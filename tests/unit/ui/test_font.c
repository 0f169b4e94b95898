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

/* Uyghur, and with it Chinese names, Latin, digits, a date and brackets. */
static const char *const mixed[] = {
    "ئىلتىماس تاپشۇرۇلدى، ساقلاپ تۇرۇڭ",
    "张三 ھۆرمەتلىك، كىملىكىڭىزنى ئوقۇغۇچقا قويۇڭ",
    "A4 قەغەز (2 پارچە) 2026-11-30 دىن 0991-2345678 گىچە",
    "خىزمەت ۋاقتى: 10:00 - 19:30 «UKIJ» ئېغىز-چىڭ-گۇڭ",
};

static bool has_uyghur(struct font_set *set)
{
    uint32_t first = 0;
    bool is_here = true;
    for (size_t i = 0; i < YJ_COUNT(mixed); i++)
        is_here = is_here && font_missing(set, mixed[i], SIZE_MAX, &first) == 0;
    if (!is_here)
        fprintf(stderr, "no face for Uyghur here\n");
    return is_here;
}

static bool is_dark(const struct surface *s, int x, int y)
{
    return (s->px[y * s->w + x] & 0xFF) < 160;
}

/* First or last column or row with ink; -1: none. */
static int ink_edge(const struct surface *s, bool is_row, bool is_last)
{
    int n = is_row ? s->h : s->w, m = is_row ? s->w : s->h;
    for (int k = 0; k < n; k++) {
        int at = is_last ? n - 1 - k : k;
        for (int i = 0; i < m; i++)
            if (is_row ? is_dark(s, i, at) : is_dark(s, at, i))
                return at;
    }
    return -1;
}

enum { AT = 60 };

static struct surface *draw_one(struct font *f, const char *text)
{
    int w = font_width(f, text, SIZE_MAX) + 2 * AT, h = font_line_height(f) + 2 * AT;
    struct surface *s = surface_new(w, h);
    surface_fill(s, rect_of(0, 0, w, h), 0xFFFFFFFFU);
    font_draw(s, f, AT, AT, text, SIZE_MAX, 0xFF000000U);
    return s;
}

static void joined_letters_stay_in_their_box(void)
{
    static const int sizes[] = {18, 27, 34, 52, 80};
    struct font_set *set = open_set();
    bool is_here = has_uyghur(set);
    for (int rtl = 0; rtl < 2; rtl++) {
        font_set_direction(set, rtl);
        for (size_t i = 0; is_here && i < YJ_COUNT(mixed) * YJ_COUNT(sizes) * 2; i++) {
            struct font *f = font_get(set, i % 2 ? FONT_BOLD : FONT_REGULAR, sizes[i / 8]);
            const char *text = mixed[i / 2 % 4];
            int w = font_width(f, text, SIZE_MAX), top = 0, bottom = 0;
            struct surface *s = draw_one(f, text);
            CU_ASSERT(ink_edge(s, false, false) >= AT - 1);
            CU_ASSERT(ink_edge(s, false, true) <= AT + w);
            top = ink_edge(s, true, false);
            bottom = ink_edge(s, true, true);
            CU_ASSERT(top >= AT);
            CU_ASSERT(bottom < AT + font_line_height(f));
            /* and it fills the box: nothing was left out */
            CU_ASSERT(ink_edge(s, false, true) - ink_edge(s, false, false) > w * 9 / 10);
            surface_free(s);
        }
    }
    font_set_free(set);
}

/* Is the ink of two drawings the same in a column range of each? */
static bool same_ink_higher(const struct surface *a, int ax, const struct surface *b, int bx, int w,
                            int higher)
{
    int differ = 0, ink = 0;
    for (int y = 0; y + higher < a->h && y + higher < b->h; y++)
        for (int x = 0; x < w; x++) {
            ink += is_dark(a, ax + x, y);
            differ += is_dark(a, ax + x, y) != is_dark(b, bx + x, y + higher);
        }
    return ink > 20 && differ * 20 < ink;
}

static bool same_ink(const struct surface *a, int ax, const struct surface *b, int bx, int w)
{
    return same_ink_higher(a, ax, b, bx, w, 0);
}

static void what_comes_first_stands_right(void)
{
    static const char first[] = "تېلېفون", number[] = "0991-2345678";
    struct font_set *set = open_set();
    if (has_uyghur(set)) {
        struct font *f = font_get(set, FONT_REGULAR, 40);
        font_set_direction(set, true);
        char both[64];
        snprintf(both, sizeof both, "%s %s", first, number);
        struct surface *s = draw_one(f, both), *a = draw_one(f, first), *b = draw_one(f, number);
        int wa = font_width(f, first, SIZE_MAX), wb = font_width(f, number, SIZE_MAX),
            w = font_width(f, both, SIZE_MAX);
        CU_ASSERT(same_ink(s, AT + w - wa, a, AT, wa));
        CU_ASSERT(same_ink(s, AT, b, AT, wb)); /* the number as it is written anywhere else */
        CU_ASSERT(!same_ink(s, AT, a, AT, wa));
        surface_free(s);
        surface_free(a);
        surface_free(b);
    }
    font_set_free(set);
}

static void brackets_turn_round(void)
{
    struct font_set *set = open_set();
    if (has_uyghur(set)) {
        struct font *f = font_get(set, FONT_REGULAR, 40);
        font_set_direction(set, true);
        struct surface *s = draw_one(f, "(ئا)"), *open = draw_one(f, "("), *shut = draw_one(f, ")");
        int wo = font_width(f, "(", SIZE_MAX), w = font_width(f, "(ئا)", SIZE_MAX);
        CU_ASSERT(same_ink(s, AT, open, AT, wo));
        CU_ASSERT(same_ink(s, AT + w - wo, shut, AT, wo));
        surface_free(s);
        surface_free(open);
        surface_free(shut);
    }
    font_set_free(set);
}

static void direction_of_the_language_decides(void)
{
    static const char name[] = "张三، ئىلتىماس";
    struct font_set *set = open_set();
    if (has_uyghur(set)) {
        struct font *f = font_get(set, FONT_REGULAR, 40);
        struct surface *han = draw_one(f, "张三");
        struct surface *ltr = draw_one(f, name);
        int higher = font_ascent(f); /* lines with Arabic letters are, and all in that language */
        font_set_direction(set, true);
        higher -= font_ascent(f);
        CU_ASSERT(same_ink_higher(ltr, AT, han, AT, 80, higher)); /* the first letter decides */
        struct surface *rtl = draw_one(f, name);
        CU_ASSERT(
            same_ink_higher(rtl, AT + font_width(f, name, SIZE_MAX) - 80, han, AT, 80, higher));
        surface_free(han);
        surface_free(ltr);
        surface_free(rtl);
    }
    font_set_free(set);
}

static void joined_words_stay_whole(void)
{
    struct font_line line[20];
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_REGULAR, 30);
    for (size_t i = 0; has_uyghur(set) && i < YJ_COUNT(mixed); i++) {
        int n = font_wrap(f, mixed[i], 330, line, 20);
        CU_ASSERT(n > 1);
        for (int k = 0; k < n; k++) {
            const char *end = line[k].start + line[k].n;
            CU_ASSERT(line[k].width <= 330);
            CU_ASSERT(*end == 0 || *end == ' ');
            CU_ASSERT(line[k].start == mixed[i] || line[k].start[-1] == ' ');
        }
        n = font_wrap(f, mixed[i], 40, line, 20); /* too narrow for a word: cut, none lost */
        CU_ASSERT(n > 8);
        CU_ASSERT(line[n - 1].start + line[n - 1].n == mixed[i] + strlen(mixed[i]));
    }
    font_set_free(set);
}

static void joined_letters_print_within_their_width(void)
{
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_REGULAR, 28);
    for (size_t i = 0; has_uyghur(set) && i < YJ_COUNT(mixed); i++) {
        struct mask *m = NULL;
        int black = 0;
        CU_ASSERT_FATAL(font_render_mono(f, mixed[i], SIZE_MAX, &m, NULL) == 0);
        CU_ASSERT(m->w <= font_width(f, mixed[i], SIZE_MAX) + 1);
        for (int at = 0; at < m->stride * m->h; at++) {
            CU_ASSERT(m->a[at] == 0 || m->a[at] == 255);
            black += m->a[at] == 255;
        }
        CU_ASSERT(black > 500);
        free(m);
    }
    font_set_free(set);
}

static void controls_have_no_ink(void)
{
    uint32_t first = 0;
    struct font_set *set = open_set();
    struct font *f = font_get(set, FONT_REGULAR, 40);
    static const char with[] = "葛\xF3\xA0\x84\x80\xE2\x80\x8E城"; /* variant 17, LRM */
    CU_ASSERT_EQUAL(font_width(f, with, SIZE_MAX), 80);
    CU_ASSERT_EQUAL(font_missing(set, with, SIZE_MAX, &first), 0);
    struct surface *a = draw_one(f, with), *b = draw_one(f, "葛城");
    CU_ASSERT(same_ink(a, AT, b, AT, 80));
    surface_free(a);
    surface_free(b);
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
    {"joined letters stay in their box", joined_letters_stay_in_their_box},
    {"what comes first stands right", what_comes_first_stands_right},
    {"brackets turn round", brackets_turn_round},
    {"direction of the language decides", direction_of_the_language_decides},
    {"joined words stay whole", joined_words_stay_whole},
    {"joined letters print within their width", joined_letters_print_within_their_width},
    {"controls have no ink", controls_have_no_ink},
    {"missing list is refused", missing_list_is_refused},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.font", cases)
