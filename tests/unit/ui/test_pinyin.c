/* SPDX-License-Identifier: Apache-2.0 */
/* Pinyin input: names can be written, nothing stays behind, nothing is learned. */
#include <stdint.h>
#include <string.h>

#include "cunit_main.h"
#include "ui/ime/pinyin.h"

static void type(struct pinyin *py, const char *letters)
{
    for (; *letters; letters++)
        CU_ASSERT_EQUAL_FATAL(pinyin_push(py, *letters, NULL), 0);
}

/* @return index of the candidate, or SIZE_MAX */
static size_t find(struct pinyin *py, const char *text)
{
    for (size_t i = 0; i < pinyin_count(py); i++)
        if (strcmp(pinyin_candidate(py, i), text) == 0)
            return i;
    return SIZE_MAX;
}

static void choose(struct pinyin *py, const char *text, const char *left)
{
    char got[PINYIN_TEXT_BYTES];
    size_t at = find(py, text);
    CU_ASSERT_NOT_EQUAL_FATAL(at, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(pinyin_choose(py, at, got, NULL), 0);
    CU_ASSERT_STRING_EQUAL(got, text);
    CU_ASSERT_STRING_EQUAL(pinyin_letters(py), left);
}

static void writes_a_name_by_characters(void)
{
    struct pinyin *py = pinyin_new(NULL);
    type(py, "zhangxiaobao");
    CU_ASSERT_STRING_EQUAL(pinyin_reading(py), "zhang xiao bao");
    choose(py, "张", "xiaobao");
    choose(py, "小", "bao");
    choose(py, "宝", "");
    CU_ASSERT_EQUAL(pinyin_count(py), 0);
    pinyin_free(py);
}

static void first_character_is_on_the_first_page(void)
{
    struct pinyin *py = pinyin_new(NULL);
    type(py, "zhangxiaobao");
    CU_ASSERT(find(py, "张") < 5);
    pinyin_free(py);
}

static void initials_are_enough(void)
{
    struct pinyin *py = pinyin_new(NULL);
    type(py, "bj");
    CU_ASSERT_NOT_EQUAL(find(py, "北京"), SIZE_MAX);
    pinyin_clear(py);
    type(py, "beij");
    CU_ASSERT_NOT_EQUAL(find(py, "北京"), SIZE_MAX);
    pinyin_free(py);
}

static void apostrophe_separates(void)
{
    struct pinyin *py = pinyin_new(NULL);
    CU_ASSERT_EQUAL(pinyin_push(py, '\'', NULL), ERR_INVALID);
    type(py, "xi'an");
    CU_ASSERT_EQUAL(pinyin_push(py, 'A', NULL), ERR_INVALID);
    CU_ASSERT_STRING_EQUAL(pinyin_reading(py), "xi an");
    choose(py, "西", "an");
    pinyin_clear(py);
    type(py, "xi'");
    CU_ASSERT_EQUAL(pinyin_push(py, '\'', NULL), ERR_INVALID);
    choose(py, "西", "");
    pinyin_free(py);
}

static void rare_characters_are_offered(void)
{
    static const struct {
        const char *letters, *text;
    } names[] = {{"nv", "女"},  {"lv", "吕"},  {"zhe", "喆"},
                 {"yan", "䶮"}, {"wei", "玮"}, {"xin", "鑫"}};
    struct pinyin *py = pinyin_new(NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        type(py, names[i].letters);
        CU_ASSERT_NOT_EQUAL(find(py, names[i].text), SIZE_MAX);
        pinyin_clear(py);
    }
    pinyin_free(py);
}

static void backspace_and_limits(void)
{
    struct pinyin *py = pinyin_new(NULL);
    CU_ASSERT_FALSE(pinyin_backspace(py));
    type(py, "zha");
    CU_ASSERT(pinyin_backspace(py));
    CU_ASSERT_STRING_EQUAL(pinyin_letters(py), "zh");
    pinyin_clear(py);
    for (int i = 0; i < PINYIN_MAX_LETTERS; i++)
        type(py, "a");
    CU_ASSERT_EQUAL(pinyin_push(py, 'a', NULL), ERR_FULL);
    CU_ASSERT_PTR_NULL(pinyin_candidate(py, PINYIN_MAX_CANDIDATES));
    char got[PINYIN_TEXT_BYTES];
    CU_ASSERT_EQUAL(pinyin_choose(py, 99999, got, NULL), ERR_NOT_FOUND);
    pinyin_free(py);
}

static void commit_takes_everything(void)
{
    struct pinyin *py = pinyin_new(NULL);
    char got[PINYIN_TEXT_BYTES * 4];
    CU_ASSERT_EQUAL(pinyin_commit(py, got, sizeof got), 0);
    type(py, "beijing");
    CU_ASSERT_EQUAL(pinyin_commit(py, got, sizeof got), strlen("北京"));
    CU_ASSERT_STRING_EQUAL(got, "北京");
    CU_ASSERT_STRING_EQUAL(pinyin_letters(py), "");
    type(py, "v"); /* no syllable starts so: taken as it is */
    CU_ASSERT_EQUAL(pinyin_commit(py, got, sizeof got), 1);
    CU_ASSERT_STRING_EQUAL(got, "v");
    pinyin_free(py);
}

/* Choosing a late candidate again and again must not move it: that would be learning. */
static void nothing_is_learned(void)
{
    struct pinyin *py = pinyin_new(NULL);
    type(py, "zhang");
    size_t before = find(py, "鄣");
    CU_ASSERT_NOT_EQUAL_FATAL(before, SIZE_MAX);
    pinyin_clear(py);
    for (int i = 0; i < 20; i++) {
        type(py, "zhang");
        choose(py, "鄣", "");
    }
    pinyin_wipe(py);
    type(py, "zhang");
    CU_ASSERT_EQUAL(find(py, "鄣"), before);
    pinyin_free(py);
}

static void wipe_forgets(void)
{
    struct pinyin *py = pinyin_new(NULL);
    type(py, "zhangxiaobao");
    const char *letters = pinyin_letters(py), *reading = pinyin_reading(py);
    pinyin_wipe(py);
    for (int i = 0; i < PINYIN_MAX_LETTERS; i++)
        CU_ASSERT_EQUAL(letters[i] | reading[i], 0);
    CU_ASSERT_EQUAL(pinyin_count(py), 0);
    CU_ASSERT_PTR_NULL(pinyin_candidate(py, 0));
    type(py, "bao"); /* and works for the next visitor */
    CU_ASSERT_NOT_EQUAL(find(py, "宝"), SIZE_MAX);
    pinyin_free(py);
}

/* libpinyin asserts on places it does not like: no order of keys may lead there. Every choice
 * must use up letters. */
static void any_order_of_keys_works(void)
{
    static const char letters[] = "zhangxiaobeinguvwlsjqtdrkpcymfzzhhnnggiiaaooee''";
    struct pinyin *py = pinyin_new(NULL);
    uint32_t seed = 7;
    int n_stuck = 0, n_chosen = 0;
    for (int i = 0; i < 1000; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t dice = seed >> 16;
        char got[PINYIN_TEXT_BYTES * 4];
        if (dice % 20 == 19) {
            pinyin_commit(py, got, sizeof got);
            n_stuck += *pinyin_letters(py) != '\0';
        } else if (dice % 20 < 14) {
            int rc = pinyin_push(py, letters[dice / 20 % (sizeof letters - 1)], NULL);
            n_stuck += rc != 0 && rc != ERR_INVALID && rc != ERR_FULL;
        } else if (dice % 20 < 16) {
            pinyin_backspace(py);
        } else if (pinyin_count(py)) {
            size_t before = strlen(pinyin_letters(py));
            int rc = pinyin_choose(py, dice / 20 % pinyin_count(py), got, NULL);
            n_stuck += rc != 0 || strlen(pinyin_letters(py)) >= before;
            n_chosen++;
        }
    }
    CU_ASSERT_EQUAL(n_stuck, 0);
    CU_ASSERT(n_chosen > 50);
    pinyin_free(py);
}

static void missing_dictionaries_are_an_error(void)
{
    struct pinyin *py = pinyin_new("/nonexistent");
    struct err err = {0};
    CU_ASSERT_EQUAL(pinyin_push(py, 'a', &err), ERR_UI_ASSET);
    CU_ASSERT_STRING_EQUAL(pinyin_letters(py), "");
    CU_ASSERT_FALSE(pinyin_backspace(py));
    pinyin_free(py);
}

static CU_TestInfo cases[] = {
    {"writes a name character by character", writes_a_name_by_characters},
    {"the first character is on the first page", first_character_is_on_the_first_page},
    {"initials are enough", initials_are_enough},
    {"an apostrophe separates syllables", apostrophe_separates},
    {"rare characters are offered", rare_characters_are_offered},
    {"backspace and limits", backspace_and_limits},
    {"commit takes everything", commit_takes_everything},
    {"nothing is learned", nothing_is_learned},
    {"wipe forgets", wipe_forgets},
    {"any order of keys works", any_order_of_keys_works},
    {"missing dictionaries are an error", missing_dictionaries_are_an_error},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.pinyin", cases)
