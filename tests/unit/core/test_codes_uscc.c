/* SPDX-License-Identifier: Apache-2.0 */
/* Social credit codes: vectors of the standards, every wrong character, wrong algorithms that are
 * about, and finding one in what a scanner read. */
#include "core/codes.h"

#include <stdio.h>
#include <string.h>

#include "cunit_main.h"

/* The first is the standard's own; the others are made for this test. */
static const char *const good[] = {"91350100M000100Y43", "91430102MA0000007M", "91430102MA4L00003M",
                                   "92430102MA0000015D", "11430102MB0000000A"};

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static void vectors(void)
{
    for (size_t i = 0; i < YJ_COUNT(good); i++)
        CU_ASSERT_EQUAL(codes_uscc_check(good[i]), USCC_OK);
}

static void refusals(void)
{
    static const struct {
        const char *code;
        enum codes_uscc verdict;
    } cases[] = {
        {"", USCC_LENGTH},
        {"91350100M000100Y4", USCC_LENGTH},
        {"91350100M000100Y433", USCC_LENGTH},
        {"430102600000123", USCC_LENGTH}, /* registration number of old licences */
        {"91350100M000100Y4Z", USCC_CHARS},
        {"91350100M000100Y4I", USCC_CHARS},
        {"91350100O000100Y43", USCC_CHARS},
        {"91350100m000100Y43", USCC_CHARS},
        {"91350100M000100Y 3", USCC_CHARS},
        {"01350100M000100Y43", USCC_AUTHORITY},
        {"B1350100M000100Y43", USCC_AUTHORITY},
        {"90350100M000100Y43", USCC_AUTHORITY},
        {"9A350100M000100Y43", USCC_AUTHORITY},
        {"9135010AM000100Y43", USCC_REGION},
        {"91350100M000100Y53", USCC_ORGANISATION},
        {"91350100M000101Y43", USCC_ORGANISATION},
        {"91350100M000100Y44", USCC_CHECK},
        {"91350101M000100Y43", USCC_CHECK}, /* the organisation code cannot notice this */
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++)
        CU_ASSERT_EQUAL(codes_uscc_check(cases[i].code), cases[i].verdict);
}

static void every_wrong_character_is_found(void)
{
    for (size_t g = 0; g < YJ_COUNT(good); g++)
        for (int at = 0; at < 18; at++)
            for (const char *c = alphabet; *c; c++) {
                char bad[CODES_USCC_BYTES];
                memcpy(bad, good[g], sizeof bad);
                bad[at] = *c;
                if (strcmp(bad, good[g]) != 0)
                    CU_ASSERT_NOT_EQUAL(codes_uscc_check(bad), USCC_OK);
            }
}

/* GB 11714's own example D2143569-X, and the check digits 0 and X, inside of whole codes. */
static void organisation_codes(void)
{
    static const struct {
        const char *body;
        char check;
    } cases[] = {{"D2143569", 'X'}, {"M000100Y", '4'}, {"MA000000", '7'}, {"MB000000", '0'}};
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        char code[CODES_USCC_BYTES];
        int n_right = 0;
        for (const char *c = alphabet; *c; c++)
            for (const char *last = alphabet; *last; last++) {
                snprintf(code, sizeof code, "91430102%s%c%c", cases[i].body, *c, *last);
                enum codes_uscc verdict = codes_uscc_check(code);
                CU_ASSERT_EQUAL(verdict == USCC_ORGANISATION, *c != cases[i].check);
                n_right += verdict == USCC_OK;
            }
        CU_ASSERT_EQUAL(n_right, 1);
    }
}

/* The sum with letters valued by a table; ord: A=10 without gaps, as many snippets do. */
static int weighted_sum(const char *code, bool is_ord)
{
    int sum = 0, weight = 1;
    for (int i = 0; i < 17; i++) {
        char c = code[i];
        int value = c <= '9' ? c - '0'
                    : is_ord ? c - 'A' + 10
                             : (int)(strchr(alphabet, c) - alphabet);
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return sum;
}

static void wrong_algorithms_are_told_apart(void)
{
    int n_wrong_values = 0;
    CU_ASSERT_EQUAL(weighted_sum(good[0], false), 1640); /* as the standard counts */
    for (size_t i = 0; i < YJ_COUNT(good); i++) {
        char code[CODES_USCC_BYTES];
        /* the remainder itself as place in the table */
        memcpy(code, good[i], sizeof code);
        code[17] = alphabet[weighted_sum(good[i], false) % 31];
        CU_ASSERT_EQUAL(codes_uscc_check(code), USCC_CHECK);
        /* letters valued without the gaps */
        code[17] = alphabet[(31 - weighted_sum(good[i], true) % 31) % 31];
        if (code[17] != good[i][17]) {
            CU_ASSERT_EQUAL(codes_uscc_check(code), USCC_CHECK);
            n_wrong_values++;
        }
        /* a remainder of 0 as 31 would leave the table: the right one is '0' */
    }
    CU_ASSERT(n_wrong_values >= 3);
    char zero[32];
    int n_zero = 0;
    for (int region = 430100; region < 430200; region++) {
        snprintf(zero, sizeof zero, "91%06dMA0000007", region);
        if (weighted_sum(zero, false) % 31)
            continue;
        strcat(zero, "0");
        CU_ASSERT_EQUAL(codes_uscc_check(zero), USCC_OK);
        n_zero++;
    }
    CU_ASSERT(n_zero > 0);
}

static void typed_codes_are_normalised(void)
{
    char out[CODES_USCC_BYTES];
    CU_ASSERT_TRUE(codes_uscc_normalise(" 9135 0100-m000100y-43 ", out));
    CU_ASSERT_STRING_EQUAL(out, good[0]);
    CU_ASSERT_TRUE(codes_uscc_normalise("９１３５０１００Ｍ０００１００ｙ４３", out));
    CU_ASSERT_STRING_EQUAL(out, good[0]);
    CU_ASSERT_TRUE(codes_uscc_normalise("", out));
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_FALSE(codes_uscc_normalise("91350100M000100Y430", out));
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_FALSE(codes_uscc_normalise("统一", out));
    CU_ASSERT_FALSE(codes_uscc_normalise("91\xff", out));
}

static void codes_are_found_in_scanned_texts(void)
{
    static const char *const texts[] = {
        "91350100M000100Y43",
        "https://example.test/ent?uniscid=91350100M000100Y43&from=licence",
        "https://example.test/91350100m000100y43",
        "https://example.test/?q=code%3D91350100M000100Y43%26x%3D1",
        "https://example.test/?q=%39%31350100M000100Y43",
        "统一社会信用代码：91350100M000100Y43；名称：示例有限公司",
        "{\"code\":\"91350100M000100Y43\",\"reg\":\"430102600000123\"}",
        "91350100M000100Y43\r\n91350100M000100Y43", /* the same twice */
        "91350100M000100Y43 91350100M000100Y44",    /* the other one is none */
        "%91350100M000100Y43 91350100M000100Y43",   /* %91 eats two characters */
        "100%:91350100M000100Y43",
    };
    char out[CODES_USCC_BYTES];
    for (size_t i = 0; i < YJ_COUNT(texts); i++) {
        CU_ASSERT_TRUE(codes_uscc_find(texts[i], out));
        CU_ASSERT_STRING_EQUAL(out, good[0]);
    }
    static const char *const without[] = {
        "",
        "%",
        "%4",
        "示例有限公司",
        "11010519491231002X",
        "91350100M000100Y44",
        "x91350100M000100Y43", /* a part of something else */
        "91350100M000100Y430",
        "9135 0100 M000 100Y 43",
        "91350100M000100Y43,91430102MA0000007M",
    };
    for (size_t i = 0; i < YJ_COUNT(without); i++) {
        memset(out, 'x', sizeof out);
        CU_ASSERT_FALSE(codes_uscc_find(without[i], out));
        CU_ASSERT_STRING_EQUAL(out, "");
    }
}

static CU_TestInfo cases[] = {
    {"good codes pass", vectors},
    {"bad codes say why", refusals},
    {"every wrong character is found", every_wrong_character_is_found},
    {"organisation codes", organisation_codes},
    {"wrong algorithms are told apart", wrong_algorithms_are_told_apart},
    {"typed codes are normalised", typed_codes_are_normalised},
    {"codes are found in scanned texts", codes_are_found_in_scanned_texts},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.codes_uscc", cases)
