/* SPDX-License-Identifier: Apache-2.0 */
/* core/code_kind: what a scanned text is taken for. */
#include "cunit_main.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "core/code_kind.h"

static const char *const names[] = {"licence.example.test", "zwfw.example.test"};
static const struct code_hosts hosts = {names, YJ_COUNT(names)};

static void each_text_has_one_kind(void)
{
    static const struct {
        const char *text;
        enum code_kind kind;
    } row[] = {
        /* receipts */
        {"YJ1.QUJDREVGR0g.c2lnbmF0dXJl", CODE_RECEIPT},
        {"YJ1C.QUJDREVGR0g.c2lnbmF0dXJl", CODE_RECEIPT},
        {"YJ1.QUJD", CODE_TOKEN},
        {"YJ1..c2ln", CODE_TOKEN},
        {"YJ1.QUJD.c2ln.x", CODE_TOKEN},
        {"yj1.QUJD.c2ln", CODE_TOKEN},
        /* payment codes: WeChat 18 digits 10 to 15, Alipay 16 to 24 digits 25 to 30 */
        {"100000000000000000", CODE_PAYMENT},
        {"159999999999999999", CODE_PAYMENT},
        {"160000000000000000", CODE_TOKEN},
        {"099999999999999999", CODE_TOKEN},
        {"13456789012345678", CODE_TOKEN},   /* 17 digits */
        {"1345678901234567890", CODE_TOKEN}, /* 19 */
        {"2500000000000000", CODE_PAYMENT},  /* 16 */
        {"309999999999999999999999", CODE_PAYMENT},
        {"3099999999999999999999999", CODE_TOKEN}, /* 25 */
        {"310000000000000000", CODE_TOKEN},
        {"250000000000000", CODE_TOKEN},                        /* 15 */
        {"１３４５６７８９０１２３４５６７８９", CODE_PAYMENT}, /* full width, read as digits */
        {"１３４５６７８９０１２３４５６７８", CODE_UNKNOWN},   /* 17 */
        /* addresses */
        {"https://licence.example.test/a?b=c#d", CODE_URL},
        {"HTTPS://Licence.Example.Test/a", CODE_URL},
        {"https://zwfw.example.test", CODE_URL},
        {"https://zwfw.example.test?x", CODE_URL},
        {"http://zwfw.example.test/", CODE_URL_FOREIGN},
        {"https://other.example.test/", CODE_URL_FOREIGN},
        {"https://zwfw.example.test.evil.test/", CODE_URL_FOREIGN},
        {"https://azwfw.example.test/", CODE_URL_FOREIGN},
        {"https://zwfw.example.test:443/", CODE_URL_FOREIGN},
        {"https://zwfw.example.test@evil.test/", CODE_URL_FOREIGN},
        {"https://user@zwfw.example.test/", CODE_URL_FOREIGN},
        {"https://zwfw.example.test./", CODE_URL_FOREIGN},
        {"https://zwfw.example.test\\@evil.test/", CODE_URL_FOREIGN},
        {"https://zwfw%2eexample.test/", CODE_URL_FOREIGN},
        {"https://zwfw.exаmple.test/", CODE_URL_FOREIGN}, /* a Cyrillic letter */
        {"https://ｚwfw.example.test/", CODE_URL_FOREIGN},
        {"https://xn--zwfw.example.test/", CODE_URL_FOREIGN},
        {"https:///zwfw.example.test/", CODE_URL_FOREIGN},
        {"https:zwfw.example.test", CODE_URL_FOREIGN},
        {"https://zwfw.example.test/a b", CODE_URL_FOREIGN},
        {"//zwfw.example.test/", CODE_URL_FOREIGN},
        {"www.example.test", CODE_URL_FOREIGN},
        {"javascript:alert(1)", CODE_URL_FOREIGN},
        {"JavaScript:alert(1)", CODE_URL_FOREIGN},
        {"data:text/html,x", CODE_URL_FOREIGN},
        {"weixin://dl/business", CODE_URL_FOREIGN},
        {"file:/etc/passwd", CODE_URL_FOREIGN},
        {"tel:13800000000", CODE_URL_FOREIGN},
        /* tokens */
        {"LIC-2026-000001", CODE_TOKEN},
        {"MARRIAGE:0001", CODE_TOKEN},
        {"a\"b\\c</script>", CODE_TOKEN},
        {"1234", CODE_TOKEN},
        /* nothing we know */
        {"", CODE_UNKNOWN},
        {"123", CODE_UNKNOWN},
        {"two words", CODE_UNKNOWN},
        {"出生医学证明", CODE_UNKNOWN},
        {"LIC\t0001", CODE_UNKNOWN},
        {"LIC\x7f"
         "0001",
         CODE_UNKNOWN},
        {"LIC\xe2\x80\x8b"
         "0001",
         CODE_UNKNOWN}, /* zero width space */
        {"LIC\xe2\x80\xae"
         "0001",
         CODE_UNKNOWN}, /* right-to-left override */
        {"LIC\xc2\xad"
         "0001",
         CODE_UNKNOWN},                                           /* soft hyphen */
        {"https://zwfw.example.test/\xe2\x81\xa6", CODE_UNKNOWN}, /* isolate */
        {"LIC\xff"
         "0001",
         CODE_UNKNOWN},
        {"LIC\xc0\xaf"
         "0001",
         CODE_UNKNOWN}, /* overlong */
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        enum code_kind want = row[i].kind;
        enum code_kind got = code_kind_of(row[i].text, &hosts);
        if (got != want)
            printf("    %s: %s, not %s\n", row[i].text, code_kind_word(got), code_kind_word(want));
        CU_ASSERT_EQUAL(got, want);
    }
    CU_ASSERT_EQUAL(code_kind_of("https://zwfw.example.test/", NULL), CODE_URL_FOREIGN);
}

static void lengths_are_limits(void)
{
    static const struct {
        const char *head;
        size_t n;
        enum code_kind kind;
    } row[] = {{"T", CODE_TOKEN_MAX, CODE_TOKEN},
               {"T", CODE_TOKEN_MAX + 1, CODE_UNKNOWN},
               {"https://zwfw.example.test/", CODE_MAX_BYTES, CODE_URL},
               {"https://zwfw.example.test/", CODE_MAX_BYTES + 1, CODE_UNKNOWN},
               {"YJ1.QUJD.", 319, CODE_RECEIPT},
               {"YJ1.QUJD.", 320, CODE_TOKEN}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        char text[CODE_MAX_BYTES + 2];
        memset(text, 'A', row[i].n);
        memcpy(text, row[i].head, strlen(row[i].head));
        text[row[i].n] = '\0';
        CU_ASSERT_EQUAL(code_kind_of(text, &hosts), row[i].kind);
    }
}

static void host_names_are_judged(void)
{
    static const char *const good[] = {"a.test", "zwfw.example.test", "xn--fiq228c.test", "1.2",
                                       "a-b.c-d.test"};
    static const char *const bad[] = {"",          "localhost", "A.test",   "a.test.", ".a.test",
                                      "a..test",   "-a.test",   "a-.test",  "a.test-", "a.test/",
                                      "a.test:80", "a b.test",  "a_b.test", "例.test", "*.test"};
    for (size_t i = 0; i < YJ_COUNT(good); i++)
        CU_ASSERT_TRUE(code_host_valid(good[i]));
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_FALSE(code_host_valid(bad[i]));
    char label[80] = "";
    memset(label, 'a', 63);
    memcpy(label + 63, ".test", 6);
    CU_ASSERT_TRUE(code_host_valid(label));
    memset(label, 'a', 64);
    memcpy(label + 64, ".test", 6);
    CU_ASSERT_FALSE(code_host_valid(label));
}

static CU_TestInfo cases[] = {
    {"each text has one kind", each_text_has_one_kind},
    {"lengths are limits", lengths_are_limits},
    {"host names are judged", host_names_are_judged},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.code_kind", cases)
