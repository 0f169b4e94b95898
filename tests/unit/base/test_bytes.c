/* SPDX-License-Identifier: Apache-2.0 */
/* base/bytes: wiping, hex, base64url, UTF-8, UTF-16LE. */
#define _GNU_SOURCE /* memmem */
#include "cunit_main.h"

#include <string.h>

#include "base/bytes.h"

static void wipes_every_byte(void)
{
    uint8_t p[33];
    memset(p, 0xA5, sizeof p);
    bytes_wipe(p, 32);
    for (int i = 0; i < 32; i++)
        CU_ASSERT_EQUAL(p[i], 0);
    CU_ASSERT_EQUAL(p[32], 0xA5);
}

static void freeing_wipes_and_accepts_null(void)
{
    /* The allocator gives a block of this size back first; what was in it must be gone. The first
     * 16 bytes are the allocator's own by then. Sanitizers keep freed blocks: nothing to see. */
    char *p = malloc(200);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    memset(p, 'x', 200);
    bytes_free_wiped(p);
    char *q = malloc(200);
    CU_ASSERT_PTR_NOT_NULL_FATAL(q);
    CU_ASSERT_PTR_NULL(memmem(q + 16, 184, "xxxx", 4));
    free(q);
    bytes_free_wiped(NULL);
}

static void hex_round_trip_and_refusals(void)
{
    uint8_t in[256], out[256];
    char text[513];
    for (int i = 0; i < 256; i++)
        in[i] = (uint8_t)i;
    bytes_hex(in, sizeof in, text);
    CU_ASSERT_EQUAL(bytes_unhex(text, out, sizeof out), 256);
    CU_ASSERT_EQUAL(memcmp(in, out, 256), 0);
    CU_ASSERT_EQUAL(bytes_unhex("abc", out, sizeof out), -1);
    CU_ASSERT_EQUAL(bytes_unhex("0g", out, sizeof out), -1);
    CU_ASSERT_EQUAL(bytes_unhex("0011", out, 1), -1);
}

static void base64url_vectors_of_rfc4648(void)
{
    static const char *const vector[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    char text[32];
    uint8_t out[32];
    for (size_t i = 0; i < YJ_COUNT(vector); i++) {
        size_t n = strlen(vector[i][0]);
        CU_ASSERT_EQUAL(bytes_b64url(vector[i][0], n, text, sizeof text),
                        (int)strlen(vector[i][1]));
        CU_ASSERT_STRING_EQUAL(text, vector[i][1]);
        CU_ASSERT_EQUAL(bytes_unb64url(text, strlen(text), out, sizeof out), (int)n);
        CU_ASSERT_EQUAL(memcmp(out, vector[i][0], n), 0);
    }
    CU_ASSERT_EQUAL(bytes_b64url("\xff\xff", 2, text, 3), -1);
    CU_ASSERT_EQUAL(bytes_unb64url("Zg==", 4, out, sizeof out), -1);
    CU_ASSERT_EQUAL(bytes_unb64url("Zh", 2, out, sizeof out), -1); /* left-over bits not zero */
    CU_ASSERT_EQUAL(bytes_unb64url("Z", 1, out, sizeof out), -1);
}

static void utf8_every_scalar_value_round_trips(void)
{
    for (uint32_t cp = 0; cp <= 0x110000; cp++) {
        char buf[4];
        uint32_t back = 0xFFFFFFFF;
        size_t n = bytes_utf8_put(cp, buf);
        bool is_scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
        if ((n > 0) != is_scalar || (n && bytes_utf8_next(buf, n, &back) != n) ||
            (n && back != cp) || (n > 1 && bytes_utf8_next(buf, n - 1, &back) != 0))
            CU_FAIL_FATAL("a code point does not round trip");
    }
    CU_PASS("all");
}

static void utf8_refuses_what_rfc3629_refuses(void)
{
    static const char *const bad[] = {"\x80",         "\xC0\x80",     "\xC1\xBF",
                                      "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xF8\x88",     "\xE4\xBD"};
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_FALSE(bytes_utf8_valid(bad[i], strlen(bad[i])));
    CU_ASSERT_TRUE(bytes_utf8_valid("一件𠮷", strlen("一件𠮷")));
    CU_ASSERT_EQUAL(bytes_utf8_count("一件𠮷"), 3);
}

static void utf16_fields_of_a_card(void)
{
    char out[64];
    /* 张三 and padding; U+20BB7 as a pair; private use; a lone surrogate; ideographic blanks */
    CU_ASSERT_EQUAL(
        bytes_utf16le_to_utf8((const uint8_t *)"\x20\x5F\x09\x4E\x20\0\x20\0", 8, out, sizeof out),
        0);
    CU_ASSERT_STRING_EQUAL(out, "张三");
    CU_ASSERT_EQUAL(bytes_utf16le_to_utf8((const uint8_t *)"\x42\xD8\xB7\xDF", 4, out, sizeof out),
                    0);
    CU_ASSERT_STRING_EQUAL(out, "𠮷");
    CU_ASSERT_EQUAL(bytes_utf16le_to_utf8((const uint8_t *)"\x01\xE0", 2, out, sizeof out), 0);
    CU_ASSERT_STRING_EQUAL(out, "\xEE\x80\x81");
    CU_ASSERT_EQUAL(bytes_utf16le_to_utf8((const uint8_t *)"\x42\xD8\x20\x5F", 4, out, sizeof out),
                    0);
    CU_ASSERT_STRING_EQUAL(out, "\uFFFD张");
    CU_ASSERT_EQUAL(bytes_utf16le_to_utf8((const uint8_t *)"\0\x30\0\0", 4, out, sizeof out), 0);
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_EQUAL(bytes_utf16le_to_utf8((const uint8_t *)"\x20\x5F\x09\x4E", 4, out, 6), -1);
    CU_ASSERT_STRING_EQUAL(out, "");
}

static CU_TestInfo cases[] = {
    {"wipes every byte", wipes_every_byte},
    {"freeing wipes", freeing_wipes_and_accepts_null},
    {"hex", hex_round_trip_and_refusals},
    {"base64url vectors", base64url_vectors_of_rfc4648},
    {"UTF-8 round trip", utf8_every_scalar_value_round_trips},
    {"UTF-8 refusals", utf8_refuses_what_rfc3629_refuses},
    {"UTF-16LE fields", utf16_fields_of_a_card},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("base.bytes", cases)
