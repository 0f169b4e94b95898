/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/scanner: report descriptors, reports, character sets. Pure. */
#include "cunit_main.h"

#include <string.h>

#include "base/bytes.h"
#include "drivers/scanner/code_text.h"
#include "drivers/scanner/hid_report.h"

/* Scanned Data report 2: byte count, data at byte 2 (56 bytes), filler, continued bit. */
static const uint8_t newland[] = {
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, 0x15, 0x00,
    0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05,
    0x8C, 0x09, 0xFE, 0x95, 0x38, 0x82, 0x02, 0x01, 0x95, 0x05, 0x81, 0x03, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02, 0x95, 0x07, 0x81, 0x03, 0xC0, 0xC0};
/* AIM bytes by a usage list at 2..4, data at 5. */
static const uint8_t honeywell[] = {
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, 0x15, 0x00,
    0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05,
    0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x95, 0x03, 0x81, 0x02, 0x09, 0xFE, 0x95,
    0x38, 0x82, 0x02, 0x01, 0x95, 0x02, 0x81, 0x03, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01,
    0x09, 0xFF, 0x81, 0x02, 0x95, 0x07, 0x81, 0x03, 0xC0, 0xC0};

static void finds_the_fields_of_both_families(void)
{
    struct hid_layout l;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(hid_layout_find(newland, sizeof newland, &l, &err), 0);
    CU_ASSERT_EQUAL(l.report_id, 2);
    CU_ASSERT_EQUAL(l.report_bytes, 64);
    CU_ASSERT_EQUAL(l.length_at, 1);
    CU_ASSERT_EQUAL(l.data_at, 2);
    CU_ASSERT_EQUAL(l.data_bytes, 56);
    CU_ASSERT_FALSE(l.has_aim);
    CU_ASSERT_EQUAL(l.continued_byte, 63);
    CU_ASSERT_EQUAL(l.continued_mask, 1);
    CU_ASSERT_EQUAL_FATAL(hid_layout_find(honeywell, sizeof honeywell, &l, &err), 0);
    CU_ASSERT_EQUAL(l.data_at, 5);
    CU_ASSERT_EQUAL(l.aim_at, 2);
    CU_ASSERT_TRUE(l.has_aim);
    CU_ASSERT_EQUAL(l.continued_byte, 63);
}

static void a_cut_or_changed_descriptor_never_gives_fields_outside(void)
{
    uint8_t bad[sizeof newland];
    struct hid_layout l;
    unsigned n_good = 0;
    for (size_t n = 0; n < sizeof newland; n++)
        n_good += hid_layout_find(newland, n, &l, NULL) == 0;
    CU_ASSERT_TRUE(n_good < 12); /* only the closing items may be missing */
    for (size_t i = 0; i < sizeof newland; i++) {
        for (int v = 0; v < 256; v++) {
            memcpy(bad, newland, sizeof bad);
            bad[i] = (uint8_t)v;
            if (hid_layout_find(bad, sizeof bad, &l, NULL) != 0)
                continue;
            if (l.report_bytes > HID_REPORT_MAX + 1 || l.data_at + l.data_bytes > l.report_bytes ||
                l.length_at >= l.report_bytes || l.continued_byte >= l.report_bytes)
                CU_FAIL_FATAL("a field outside its report");
        }
    }
    CU_ASSERT_EQUAL(hid_layout_find(newland, 0, &l, NULL), ERR_SCANNER_DESCRIPTOR);
    uint8_t keyboard[] = {0x05, 1, 0x09, 6, 0xA1, 1, 0x75, 8, 0x95, 8, 0x81, 2, 0xC0};
    CU_ASSERT_EQUAL(hid_layout_find(keyboard, sizeof keyboard, &l, NULL), ERR_SCANNER_DESCRIPTOR);
}

static void takes_reports_apart(void)
{
    struct hid_layout l;
    struct hid_scan s;
    uint8_t r[64] = {2, 5, 'h', 'e', 'l', 'l', 'o'};
    CU_ASSERT_EQUAL_FATAL(hid_layout_find(newland, sizeof newland, &l, NULL), 0);
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, sizeof r, &s, NULL), 0);
    CU_ASSERT_EQUAL(s.n, 5);
    CU_ASSERT_EQUAL(memcmp(s.data, "hello", 5), 0);
    CU_ASSERT_FALSE(s.is_continued);
    r[63] = 0xFE; /* only bit 0 counts */
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, sizeof r, &s, NULL), 0);
    CU_ASSERT_FALSE(s.is_continued);
    r[63] = 1;
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, sizeof r, &s, NULL), 0);
    CU_ASSERT_TRUE(s.is_continued);
    r[1] = 57;
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, sizeof r, &s, NULL), ERR_SCANNER_REPORT);
    r[1] = 5;
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, 63, &s, NULL), ERR_SCANNER_REPORT);
    r[0] = 3;
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, sizeof r, &s, NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(hid_scan_parse(&l, r, 0, &s, NULL), ERR_SCANNER_REPORT);
}

static int decode(const char *raw, char *out)
{
    return code_text_decode((const uint8_t *)raw, strlen(raw), out, NULL);
}

static void decodes_utf8_and_gb18030(void)
{
    char out[CODE_TEXT_MAX_BYTES + 1];
    CU_ASSERT_EQUAL(decode("LIC-2026-0001\r\n", out), 0);
    CU_ASSERT_STRING_EQUAL(out, "LIC-2026-0001");
    CU_ASSERT_EQUAL(decode("\xEF\xBB\xBF结婚证", out), 0);
    CU_ASSERT_STRING_EQUAL(out, "结婚证");
    CU_ASSERT_EQUAL(decode("\xBD\xE1\xBB\xE9\xD6\xA4", out), 0); /* 结婚证 in GB 18030 */
    CU_ASSERT_STRING_EQUAL(out, "结婚证");
    CU_ASSERT_EQUAL(decode("\x95\x34\xD5\x33", out), 0); /* four bytes: U+20BB7 */
    CU_ASSERT_TRUE(bytes_utf8_valid(out, strlen(out)));
    CU_ASSERT_EQUAL(bytes_utf8_count(out), 1);
}

static void refuses_hostile_payloads(void)
{
    static const char *const bad[] = {"",         "\n",       "a\nb",     "a\x1B[2J",
                                      "a\u200Bb", "a\u202Eb", "a\uFEFFb", "\xFF\xFF",
                                      "\x81",     "a\x7F",    "a\u2028b", "\xC2\x85"};
    char out[CODE_TEXT_MAX_BYTES + 1];
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        CU_ASSERT_EQUAL(decode(bad[i], out), ERR_SCANNER_TEXT);
        CU_ASSERT_EQUAL(out[0], 0);
    }
    CU_ASSERT_EQUAL(code_text_decode((const uint8_t *)"a\0b", 3, out, NULL), ERR_SCANNER_TEXT);
    char longest[CODE_TEXT_MAX_BYTES + 2];
    memset(longest, 'x', sizeof longest);
    longest[CODE_TEXT_MAX_BYTES] = 0;
    CU_ASSERT_EQUAL(decode(longest, out), 0);
    longest[CODE_TEXT_MAX_BYTES] = 'x';
    longest[CODE_TEXT_MAX_BYTES + 1] = 0;
    CU_ASSERT_EQUAL(decode(longest, out), ERR_SCANNER_TOO_LONG);
}

static CU_TestInfo cases[] = {
    {"descriptor fields", finds_the_fields_of_both_families},
    {"broken descriptors", a_cut_or_changed_descriptor_never_gives_fields_outside},
    {"reports", takes_reports_apart},
    {"character sets", decodes_utf8_and_gb18030},
    {"hostile payloads", refuses_hostile_payloads},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner_codec", cases)
