/* SPDX-License-Identifier: Apache-2.0 */
/* Codes: vectors of the standards, negatives, masks. */
#include "core/codes.h"

#include <stdio.h>
#include <string.h>

#include "cunit_main.h"

enum { TODAY = 20261123 };

static void idno_vectors(void)
{
    static const char *const good[] = {"11010519491231002X", "11010519491231002x",
                                       "440524188001010014", "810000199003070023",
                                       "911398199012310021"};
    for (size_t i = 0; i < YJ_COUNT(good); i++) {
        /* the standard's own example of 1880 is too old for a living person today */
        int today = i == 2 ? 19991231 : TODAY;
        CU_ASSERT_EQUAL(codes_idno_check(good[i], today), IDNO_OK);
    }
    CU_ASSERT_EQUAL(codes_idno_check("440524188001010014", TODAY), IDNO_AGE);
}

static void idno_refusals(void)
{
    static const struct {
        const char *idno;
        enum codes_idno verdict;
    } cases[] = {
        {"", IDNO_LENGTH},
        {"110105491231002", IDNO_FIFTEEN},
        {"11010549123100X", IDNO_LENGTH},
        {"1101051949123100", IDNO_LENGTH},
        {"11010519491231002X0", IDNO_LENGTH},
        {"1101051949123100X2", IDNO_CHARS},
        {"A1010519491231002X", IDNO_CHARS},
        {"11010519491231002Y", IDNO_CHARS},
        {"11010519490231002X", IDNO_DATE},
        {"11010519491301002X", IDNO_DATE},
        {"11010519490001002X", IDNO_DATE},
        {"110105190002290021", IDNO_DATE}, /* 1900 was no leap year */
        {"11010520261124002X", IDNO_FUTURE},
        {"110105194912310021", IDNO_CHECK},
        {"110105194912310020", IDNO_CHECK},
        {"11010519491231003X", IDNO_CHECK},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++)
        CU_ASSERT_EQUAL(codes_idno_check(cases[i].idno, TODAY), cases[i].verdict);
}

/* MOD 11-2 finds every single wrong character: no change of one digit passes. */
static void idno_single_errors_are_found(void)
{
    const char *good = "11010519491231002X";
    for (int at = 0; at < 18; at++)
        for (const char *c = "0123456789X"; *c; c++) {
            char bad[19];
            memcpy(bad, good, sizeof bad);
            bad[at] = *c;
            if (strcmp(bad, good) != 0)
                CU_ASSERT_NOT_EQUAL(codes_idno_check(bad, TODAY), IDNO_OK);
        }
}

static void idno_is_normalised(void)
{
    char out[CODES_IDNO_BYTES];
    CU_ASSERT_TRUE(codes_idno_normalise(" 110105 19491231 002x ", out));
    CU_ASSERT_STRING_EQUAL(out, "11010519491231002X");
    CU_ASSERT_TRUE(codes_idno_normalise("１１０１０５１９４９１２３１００２ｘ", out));
    CU_ASSERT_STRING_EQUAL(out, "11010519491231002X");
    CU_ASSERT_TRUE(codes_idno_normalise("", out));
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_FALSE(codes_idno_normalise("1101051949123100211", out));
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_FALSE(codes_idno_normalise("身份证", out));
    CU_ASSERT_FALSE(codes_idno_normalise("11\xff", out));
}

static void idno_tells_birth_and_sex(void)
{
    CU_ASSERT_EQUAL(codes_idno_birth("11010519491231002X"), 19491231);
    CU_ASSERT_EQUAL(codes_idno_birth("11010519491331002X"), 0);
    CU_ASSERT_EQUAL(codes_idno_birth("1101051949"), 0);
    CU_ASSERT_EQUAL(codes_idno_sex("11010519491231002X"), '2');
    CU_ASSERT_EQUAL(codes_idno_sex("440524188001010014"), '1');
    CU_ASSERT_EQUAL(codes_idno_sex("4405241880010100X4"), 0);
    CU_ASSERT_EQUAL(codes_idno_sex(""), 0);
}

static void foreigner_number(void)
{
    CU_ASSERT_TRUE(codes_foreigner_check("KAZ110090123105"));
    CU_ASSERT_FALSE(codes_foreigner_check("KAZ110090123106"));
    CU_ASSERT_FALSE(codes_foreigner_check("KAZ11009012310"));
    CU_ASSERT_FALSE(codes_foreigner_check("kaz110090123105"));
    CU_ASSERT_FALSE(codes_foreigner_check("KA1110090123105"));
}

static void dates(void)
{
    CU_ASSERT_EQUAL(codes_date_parse("2024-02-29"), 20240229);
    static const char *const bad[] = {"",           "2023-02-29",  "2024-2-29",  "2024/02/29",
                                      "2024-13-01", "2024-00-01",  "2024-01-32", "2024-01-00",
                                      "20240229",   "2024-02-29 ", "1799-12-31", "x024-02-29"};
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_EQUAL(codes_date_parse(bad[i]), 0);
    CU_ASSERT_TRUE(codes_date_exists(20000229));
    CU_ASSERT_FALSE(codes_date_exists(19000229));
    CU_ASSERT_FALSE(codes_date_exists(-20240101));
    CU_ASSERT_EQUAL(codes_months_between(20260523, 20261123), 6);
    CU_ASSERT_EQUAL(codes_months_between(20260524, 20261123), 5);
    CU_ASSERT_EQUAL(codes_months_between(20260131, 20260228), 1);
    CU_ASSERT_EQUAL(codes_months_between(20260131, 20260227), 0);
    CU_ASSERT_EQUAL(codes_months_between(20240229, 20250228), 12);
    CU_ASSERT_EQUAL(codes_months_between(20261123, 20261023), -1);
    CU_ASSERT_EQUAL(codes_months_between(20261124, 20261123), -1);
}

static void mobile_and_bankcard(void)
{
    CU_ASSERT_TRUE(codes_mobile_check("13800000000"));
    static const char *const bad_mobile[] = {
        "", "1380000000", "138000000000", "12800000000", "23800000000", "1380000000a"};
    for (size_t i = 0; i < YJ_COUNT(bad_mobile); i++)
        CU_ASSERT_FALSE(codes_mobile_check(bad_mobile[i]));
    /* numbers of the standard's test range 6200 00.., made for this test */
    CU_ASSERT_TRUE(codes_bankcard_check("6200000000000005"));
    CU_ASSERT_TRUE(codes_bankcard_check("6200000000000123455"));
    static const char *const bad_card[] = {"",
                                           "6200000000000006",
                                           "620000000000005",
                                           "62000000000001234550",
                                           "620000000000000x",
                                           "2600000000000005"};
    for (size_t i = 0; i < YJ_COUNT(bad_card); i++)
        CU_ASSERT_FALSE(codes_bankcard_check(bad_card[i]));
}

static void tel_email_postcode(void)
{
    static const char *const tel[] = {"0731-82345678",      "073182345678", "010-82345678",
                                      "01082345678",        "0746-8234567", "0731-82345678-1",
                                      "021-62345678-123456"};
    static const char *const bad_tel[] = {
        "",           "82345678",       "0731-123456",   "0731-823456789",       "13800000000",
        "0031234567", "0731-02345678",  "0731--8234567", "010-82345678-",        "01-82345678",
        "0731",       "0731-82345678x", "010-",          "010-82345678-1234567", "010-823-45678"};
    static const char *const email[] = {"zhang.san@example.com", "a@b.cn",
                                        "x+y_1@mail.example.org"};
    static const char *const bad_email[] = {
        "",         "@example.com",   "zhang",          "zhang@",           "zhang@example",
        "z@@b.com", ".z@example.com", "z.@example.com", "z..s@example.com", "z@-b.com",
        "z@b-.com", "z@b..com",       "z@b.c",          "z@1.2.3.45",       "z s@example.com",
        "张@b.com", "z@例.com",       "z@b.com.",       "z\"@b.com"};
    for (size_t i = 0; i < YJ_COUNT(tel); i++)
        CU_ASSERT_TRUE(codes_tel_check(tel[i]));
    for (size_t i = 0; i < YJ_COUNT(bad_tel); i++)
        CU_ASSERT_FALSE(codes_tel_check(bad_tel[i]));
    for (size_t i = 0; i < YJ_COUNT(email); i++)
        CU_ASSERT_TRUE(codes_email_check(email[i]));
    for (size_t i = 0; i < YJ_COUNT(bad_email); i++)
        CU_ASSERT_FALSE(codes_email_check(bad_email[i]));
    char address[80] = "";
    while (strlen(address) < 64 - strlen("@example.com"))
        strcat(address, "a");
    strcat(address, "@example.com");
    CU_ASSERT_TRUE(codes_email_check(address)); /* 64 characters */
    strcat(address, "m");
    CU_ASSERT_FALSE(codes_email_check(address));
}

/* Every day of the four centuries, one after another. */
static void days_follow_one_another(void)
{
    int n_days = 0, n_wrong = 0, date = 18000101, weekday = 3; /* a Wednesday */
    for (; date; n_days++) {
        n_wrong += !codes_date_exists(date) || codes_days_between(18000101, date) != n_days ||
                   codes_weekday(date) != weekday || codes_date_add_days(18000101, n_days) != date;
        int next = codes_date_add_days(date, 1);
        if (next)
            n_wrong += next <= date || codes_date_add_days(next, -1) != date;
        date = next;
        weekday = weekday % 7 + 1;
    }
    CU_ASSERT_EQUAL(n_days, 146097); /* 400 years */
    CU_ASSERT_EQUAL(n_wrong, 0);
    CU_ASSERT_EQUAL(codes_weekday(20261123), 1);
    CU_ASSERT_EQUAL(codes_days_between(20240228, 20240301), 2);
    CU_ASSERT_EQUAL(codes_days_between(20261123, 20261001), -53);
    CU_ASSERT_EQUAL(codes_date_add_days(18000101, -1), 0);
    CU_ASSERT_EQUAL(codes_date_add_days(20260101, 2147483647), 0);
    CU_ASSERT_EQUAL(codes_date_add_days(20260101, -2147483647), 0);
    CU_ASSERT_EQUAL(codes_date_add_months(20240131, 1), 20240229);
    CU_ASSERT_EQUAL(codes_date_add_months(20240229, -12), 20230228);
    CU_ASSERT_EQUAL(codes_date_add_months(18000131, -1), 0);
    CU_ASSERT_EQUAL(codes_date_add_months(21991231, 1), 0);
    CU_ASSERT_EQUAL(codes_date_add_months(20261123, 2147483647), 0);
}

static void kiosk_number(void)
{
    char out[CODES_NUMBER_BYTES];
    CU_ASSERT_TRUE(codes_number_build("4301020001", 20261123, 1, out));
    CU_ASSERT_STRING_EQUAL(out, "430102000120261123000019");
    CU_ASSERT_TRUE(codes_number_check(out));
    for (int at = 0; at < 24; at++)
        for (char c = '0'; c <= '9'; c++) {
            char bad[CODES_NUMBER_BYTES];
            memcpy(bad, out, sizeof bad);
            bad[at] = c;
            CU_ASSERT_EQUAL(codes_number_check(bad), c == out[at]);
        }
    CU_ASSERT_FALSE(codes_number_check("43010200012026112300001"));
    CU_ASSERT_FALSE(codes_number_check("43010200012026112300001X"));
    CU_ASSERT_TRUE(codes_number_build("4301020001", 20261123, 99999, out));
    CU_ASSERT_TRUE(codes_number_check(out));
    CU_ASSERT_FALSE(codes_number_build("4301020001", 20261123, 100000, out));
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_FALSE(codes_number_build("430102000", 20261123, 1, out));
    CU_ASSERT_FALSE(codes_number_build("43010200011", 20261123, 1, out));
    CU_ASSERT_FALSE(codes_number_build("43010A0001", 20261123, 1, out));
    CU_ASSERT_FALSE(codes_number_build("4301020001", 20261131, 1, out));
}

static void tables(void)
{
    size_t n = 0;
    const struct codes_entry *nation = codes_nation(&n);
    CU_ASSERT_EQUAL(n, 58);
    for (size_t i = 0; i < n; i++) {
        char code[8];
        snprintf(code, sizeof code, "%02d", i < 56 ? (int)i + 1 : i == 56 ? 97 : 98);
        CU_ASSERT_STRING_EQUAL(nation[i].code, code);
        CU_ASSERT_STRING_EQUAL(codes_nation_name(code), nation[i].name);
    }
    CU_ASSERT_STRING_EQUAL(codes_nation_name("01"), "汉族");
    CU_ASSERT_STRING_EQUAL(codes_nation_name("56"), "基诺族");
    CU_ASSERT_PTR_NULL(codes_nation_name("57"));
    CU_ASSERT_STRING_EQUAL(codes_sex_name("1"), "男");
    CU_ASSERT_STRING_EQUAL(codes_sex_name("9"), "未说明");
    CU_ASSERT_PTR_NULL(codes_sex_name("3"));
    codes_sex(&n);
    CU_ASSERT_EQUAL(n, 4);
}

static void check_mask(void (*mask)(const char *, char *, size_t), const char *in, const char *out)
{
    char got[128];
    mask(in, got, sizeof got);
    CU_ASSERT_STRING_EQUAL(got, out);
}

static void masks(void)
{
    check_mask(codes_mask_name, "张三", "张*");
    check_mask(codes_mask_name, "陳大文", "陳*文");
    check_mask(codes_mask_name, "杜约翰", "杜*翰");
    check_mask(codes_mask_name, "张", "*");
    check_mask(codes_mask_name, "", "");
    check_mask(codes_mask_name, "阿·宝", "阿·*");
    check_mask(codes_mask_name, "\xe5\xbc", "*");
    check_mask(codes_mask_name, "\xf0\xa0\x80\x80\xf0\xa0\x80\x81", "\xf0\xa0\x80\x80*");
    check_mask(codes_mask_idno, "11010519491231002X", "1101**********002X");
    check_mask(codes_mask_idno, "KAZ110090123105", "KAZ1*******3105");
    check_mask(codes_mask_idno, "123456789", "12*****89");
    check_mask(codes_mask_idno, "123", "***");
    check_mask(codes_mask_idno, "", "");
    check_mask(codes_mask_mobile, "13800000000", "138****0000");
    check_mask(codes_mask_mobile, "138", "***");
    check_mask(codes_mask_tel, "0731-82345678", "0731******678");
    check_mask(codes_mask_tel, "0731", "****");
    check_mask(codes_mask_email, "zhangsan@example.com", "z***@example.com");
    check_mask(codes_mask_email, "z@example.com", "***@example.com");
    check_mask(codes_mask_email, "张三@example.com", "***@example.com");
    check_mask(codes_mask_email, "zhangsan", "***");
    check_mask(codes_mask_email, "", "");
    check_mask(codes_mask_bankcard, "6200000000000005", "************0005");
    check_mask(codes_mask_text, "北京市朝阳区示例路1号", "北京市朝阳***");
    check_mask(codes_mask_text, "示例", "示***");
    check_mask(codes_mask_text, "\xff\xff", "***");
    check_mask(codes_mask_text, "", "");
}

/* Whatever the room, the mask ends with a NUL inside it. */
static void masks_fit(void)
{
    void (*const mask[])(const char *, char *, size_t) = {
        codes_mask_name, codes_mask_idno, codes_mask_mobile, codes_mask_bankcard,
        codes_mask_text, codes_mask_tel,  codes_mask_email};
    for (size_t i = 0; i < YJ_COUNT(mask); i++)
        for (size_t cap = 2; cap < 24; cap++) {
            char got[24];
            memset(got, 'Z', sizeof got);
            mask[i]("北京市朝阳区示例路1号", got, cap);
            CU_ASSERT_PTR_NOT_NULL(memchr(got, '\0', cap));
        }
}

static CU_TestInfo cases[] = {
    {"good identity numbers pass", idno_vectors},
    {"bad identity numbers say why", idno_refusals},
    {"every wrong digit is found", idno_single_errors_are_found},
    {"typed identity numbers are normalised", idno_is_normalised},
    {"identity numbers tell birth and sex", idno_tells_birth_and_sex},
    {"foreigner numbers are checked", foreigner_number},
    {"dates and months", dates},
    {"mobile and bank card numbers", mobile_and_bankcard},
    {"telephone, mail and post", tel_email_postcode},
    {"days follow one another", days_follow_one_another},
    {"the kiosk number", kiosk_number},
    {"code tables", tables},
    {"masks", masks},
    {"masks fit", masks_fit},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.codes", cases)
