/* SPDX-License-Identifier: Apache-2.0 */
/* How written words are read out. */
#include <string.h>

#include "cunit_main.h"
#include "ui/speech/spell.h"

static const struct spell_words zh = {"尾号 {1}", "{1}年{2}月{3}日", "", "，"};
static const struct spell_words en = {
    "ending in {1}", "{3} {2} {1}",
    "January February March April May June July August September October November December", ", "};

static void expect(const struct spell_words *words, const char *text, const char *said)
{
    char out[256];
    size_t n = spell_text(words, text, out, sizeof out);
    CU_ASSERT_EQUAL(n, strlen(out));
    CU_ASSERT_STRING_EQUAL(out, said);
    if (strcmp(out, said) != 0)
        fprintf(stderr, "\"%s\" is read \"%s\", expected \"%s\"\n", text, out, said);
}

static void numbers_of_persons_are_masked(void)
{
    expect(&zh, "11010519491231002X", "尾号 0 0 2 X");
    expect(&zh, "110105 19491231 002X", "尾号 0 0 2 X");
    expect(&zh, "1101**********002X", "尾号 0 0 2 X");
    expect(&zh, "证件号码1101**********002x。", "证件号码尾号 0 0 2 X。");
    expect(&zh, "810000199003070023", "尾号 0 0 2 3");
    expect(&en, "440524188001010014", "ending in 0 0 1 4");
    expect(&zh, "138****0000", "尾号 0 0 0 0");
    expect(&zh, "张*", "张");
}

static void long_numbers_are_read_in_groups(void)
{
    expect(&zh, "13800000000", "1 3 8，0 0 0 0，0 0 0 0");
    expect(&zh, "138 0000 0000", "1 3 8，0 0 0 0，0 0 0 0");
    expect(&zh, "拨打12345查询", "拨打1 2 3 4 5查询");
    expect(&en, "4301 0226 0001", "4 3 0 1, 0 2 2 6, 0 0 0 1");
    expect(&zh, "430102260001", "4 3 0 1，0 2 2 6，0 0 0 1");
}

static void short_numbers_stay(void)
{
    expect(&zh, "第 2 步 共 6 步", "第 2 步 共 6 步");
    expect(&zh, "1234", "1234");
    expect(&zh, "12.5", "12.5");
    expect(&zh, "3.14159265", "3.14159265");
    expect(&zh, "A12345678", "A12345678");
}

static void dates_are_dates(void)
{
    expect(&zh, "2026-01-31", "2 0 2 6年1月31日");
    expect(&zh, "到2026年底", "到2 0 2 6年底");
    expect(&en, "2026-01-31", "31 January 2026");
    expect(&en, "2026-12-05", "5 December 2026");
    expect(&en, "2026-13-05", "5 13 2026");
}

static void signs_are_pauses(void)
{
    expect(&zh, "公安部门 · 3 个工作日", "公安部门，3 个工作日");
    expect(&zh, "姓名（可以不填）", "姓名，可以不填");
    expect(&zh, "标“免提交”的都不用管", "标免提交的都不用管");
    expect(&zh, "① 选要办的事", "1，选要办的事");
    expect(&zh, "·", "");
    expect(&zh, "", "");
}

static void what_does_not_fit_is_cut_at_a_character(void)
{
    char out[8];
    CU_ASSERT_EQUAL(spell_text(&zh, "一二三四", out, sizeof out), 6);
    CU_ASSERT_STRING_EQUAL(out, "一二");
    char one[1];
    CU_ASSERT_EQUAL(spell_text(&zh, "一", one, sizeof one), 0);
}

static CU_TestInfo cases[] = {
    {"numbers of persons are masked", numbers_of_persons_are_masked},
    {"long numbers are read in groups", long_numbers_are_read_in_groups},
    {"short numbers stay", short_numbers_stay},
    {"dates are dates", dates_are_dates},
    {"signs are pauses", signs_are_pauses},
    {"what does not fit is cut at a character", what_does_not_fit_is_cut_at_a_character},
    CU_TEST_INFO_NULL};

CUNIT_MAIN("ui.speech.spell", cases)
