/* SPDX-License-Identifier: Apache-2.0 */
/* Characters by strokes, by parts and by code: common ones first, rare ones reachable. */
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "cunit_main.h"
#include "ui/ime/char_code.h"
#include "ui/ime/pinyin.h"
#include "ui/ime/stroke_table.h"

enum { SLOW_MS = 5000 }; /* far above what is measured: other machines, sanitizers */

struct world {
    struct pinyin *pinyin;
    struct stroke_table *t;
    uint32_t found[STROKE_MAX_FOUND];
    size_t n;
};

static uint32_t use_of(void *arg, const char *utf8)
{
    return pinyin_use(arg, utf8);
}

static void setup(struct world *w)
{
    *w = (struct world){.pinyin = pinyin_new(NULL)};
    w->t = stroke_table_new(NULL, use_of, w->pinyin);
}

static void teardown(struct world *w)
{
    stroke_table_free(w->t);
    pinyin_free(w->pinyin);
}

static uint32_t cp_of(const char *text)
{
    uint32_t cp = 0;
    (void)bytes_utf8_next(text, strlen(text), &cp);
    return cp;
}

/* @return place of a character among what was found, SIZE_MAX: not there */
static size_t place(const struct world *w, const char *text)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->found[i] == cp_of(text))
            return i;
    return SIZE_MAX;
}

static void find(struct world *w, const char *keys)
{
    CU_ASSERT_EQUAL_FATAL(stroke_table_find(w->t, keys, w->found, &w->n, NULL), 0);
}

static void compose(struct world *w, const char *parts)
{
    uint32_t part[STROKE_MAX_PARTS] = {0};
    size_t n = 0;
    for (size_t at = 0; parts[at] && n < STROKE_MAX_PARTS; n++)
        at += bytes_utf8_next(parts + at, strlen(parts + at), &part[n]);
    CU_ASSERT_EQUAL_FATAL(stroke_table_compose(w->t, part, n, w->found, &w->n, NULL), 0);
}

static void names_by_strokes(void)
{
    /* all strokes of a name's character bring it among the first eight */
    static const struct {
        const char *keys, *text;
    } names[] = {{"5524", "书"},    {"1121", "王"},     {"5153154", "张"}, {"1234521", "李"},
                 {"5215234", "陈"}, {"12341234", "林"}, {"1234", "木"},    {"2511", "日"}};
    struct world w;
    setup(&w);
    int64_t start = clock_mono_ms();
    find(&w, "1");
    int64_t opened = clock_mono_ms();
    CU_ASSERT(stroke_table_size(w.t) > 80000);
    CU_ASSERT(opened - start < SLOW_MS);
    size_t n_hits = 0;
    for (size_t i = 0; i < YJ_COUNT(names); i++) {
        find(&w, names[i].keys);
        n_hits += place(&w, names[i].text) < 8;
        if (place(&w, names[i].text) >= 8)
            fprintf(stderr, "%s: %zu of %zu\n", names[i].text, place(&w, names[i].text), w.n);
    }
    fprintf(stderr, "opened in %d ms, %d searches in %d ms\n", (int)(opened - start),
            (int)YJ_COUNT(names), (int)(clock_mono_ms() - opened));
    CU_ASSERT_EQUAL(n_hits, YJ_COUNT(names));
    teardown(&w);
}

static void common_ones_come_first(void)
{
    struct world w;
    setup(&w);
    find(&w, "1"); /* 一 is one stroke; everything else goes on */
    CU_ASSERT_EQUAL(place(&w, "一"), 0);
    find(&w, "515"); /* the beginning is enough for a very common character */
    CU_ASSERT(place(&w, "张") < 24);
    find(&w, "5103154"); /* one stroke unknown */
    CU_ASSERT(place(&w, "张") < 8);
    find(&w, "");
    CU_ASSERT_EQUAL(w.n, 0);
    CU_ASSERT_EQUAL(stroke_table_find(w.t, "16", w.found, &w.n, NULL), ERR_INVALID);
    teardown(&w);
}

/* Characters of the third level of the 通用规范汉字表 and beyond, by all their strokes. */
static void rare_ones_can_be_reached(void)
{
    static const struct {
        const char *keys, *text;
    } rare[] = {
        {"121251121251", "喆"}, {"121251", "𠮷"}, {"344534132534", "𫖯"}, {"3235511", "㑇"}};
    struct world w;
    setup(&w);
    for (size_t i = 0; i < YJ_COUNT(rare); i++) {
        find(&w, rare[i].keys);
        CU_ASSERT(place(&w, rare[i].text) < 24);
    }
    teardown(&w);
}

static void parts_make_characters(void)
{
    static const struct {
        const char *parts, *text;
    } made[] = {{"吉吉", "喆"}, {"金金金", "鑫"}, {"水林", "淋"},   {"人尔", "你"},
                {"囗玉", "国"}, {"日月", "明"},   {"木木木", "森"}, {"火火火", "焱"},
                {"衣果", "裹"}, {"王行", "珩"},   {"方方土", "堃"}};
    struct world w;
    setup(&w);
    int64_t start = clock_mono_ms();
    size_t n_hits = 0, n = YJ_COUNT(made);
    for (size_t i = 0; i < n; i++) {
        compose(&w, made[i].parts);
        if (place(&w, made[i].text) < 8)
            n_hits++;
        else
            fprintf(stderr, "%s: %zu of %zu\n", made[i].parts, place(&w, made[i].text), w.n);
    }
    fprintf(stderr, "%zu compositions in %d ms\n", n, (int)(clock_mono_ms() - start));
    CU_ASSERT_EQUAL(n_hits, n);
    uint32_t one = cp_of("吉");
    CU_ASSERT_EQUAL(stroke_table_compose(w.t, &one, 1, w.found, &w.n, NULL), ERR_INVALID);
    teardown(&w);
}

static void a_missing_dictionary_is_said(void)
{
    struct stroke_table *t = stroke_table_new("/nonexistent/strokes", NULL, NULL);
    uint32_t found[STROKE_MAX_FOUND];
    size_t n = 0;
    CU_ASSERT_FALSE(stroke_table_is_there(t));
    CU_ASSERT_EQUAL(stroke_table_find(t, "1", found, &n, NULL), ERR_UI_ASSET);
    stroke_table_free(t);
}

static void codes_of_both_standards(void)
{
    uint32_t ret[CHAR_CODE_MAX_FOUND] = {0};
    CU_ASSERT_EQUAL(char_code_find("20BB7", ret), 1);
    CU_ASSERT_EQUAL(ret[0], 0x20BB7);
    CU_ASSERT_EQUAL(char_code_find("020bb7", ret), 1);
    CU_ASSERT_EQUAL(char_code_find("9534B235", ret), 1); /* the same by GB 18030 */
    CU_ASSERT_EQUAL(ret[0], 0x20BB7);
    CU_ASSERT_EQUAL(char_code_find("5586", ret), 1);
    CU_ASSERT_EQUAL(ret[0], cp_of("喆"));
    CU_ASSERT_EQUAL(char_code_find("86B4", ret), 2); /* Unicode 蚴 and GBK 喆: both are shown */
    CU_ASSERT_EQUAL(ret[0], cp_of("蚴"));
    CU_ASSERT_EQUAL(ret[1], cp_of("喆"));
    static const char *const nothing[] = {"",     "5",      "558",      "0041",      "D800",
                                          "E000", "FFFFFF", "FFFFFFFF", "123456789", "zz"};
    for (size_t i = 0; i < YJ_COUNT(nothing); i++)
        CU_ASSERT_EQUAL(char_code_find(nothing[i], ret), 0);
}

static CU_TestInfo cases[] = {
    {"names by strokes", names_by_strokes},
    {"common ones come first", common_ones_come_first},
    {"rare ones can be reached", rare_ones_can_be_reached},
    {"parts make characters", parts_make_characters},
    {"a missing dictionary is said", a_missing_dictionary_is_said},
    {"codes of both standards", codes_of_both_standards},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.strokes", cases)
