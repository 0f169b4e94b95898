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

/* The Trigger Report: report 4, prevent bit 0, initiate bit 1, error beep bit 4, good beep bit 5.
 */
static const uint8_t trigger[] = {0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x14, 0xA1, 0x02,
                                  0x85, 0x04, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x02,
                                  0x09, 0x5F, 0x09, 0x60, 0x91, 0x02, 0x91, 0x03, 0x09, 0x85,
                                  0x09, 0x86, 0x91, 0x02, 0x91, 0x03, 0xC0, 0xC0};

static void finds_the_trigger_and_the_beeper(void)
{
    struct hid_trigger t;
    uint8_t out[HID_TRIGGER_MAX];
    CU_ASSERT_EQUAL_FATAL(hid_trigger_find(trigger, sizeof trigger, &t), 0);
    CU_ASSERT_EQUAL(t.report_bytes, 2);
    CU_ASSERT_EQUAL(hid_trigger_write(&t, 1u << HID_TRIGGER_PREVENT, out), 2);
    CU_ASSERT_EQUAL(out[0], 4);
    CU_ASSERT_EQUAL(out[1], 0x01);
    CU_ASSERT_EQUAL(hid_trigger_write(&t, 1u << HID_TRIGGER_INITIATE, out), 2);
    CU_ASSERT_EQUAL(out[1], 0x02);
    CU_ASSERT_EQUAL(hid_trigger_write(&t, 1u << HID_TRIGGER_BEEP_ERROR, out), 2);
    CU_ASSERT_EQUAL(out[1], 0x10);
    unsigned both = 1u << HID_TRIGGER_BEEP_GOOD | 1u << HID_TRIGGER_PREVENT;
    CU_ASSERT_EQUAL(hid_trigger_write(&t, both, out), 2);
    CU_ASSERT_EQUAL(out[1], 0x21);
    CU_ASSERT_EQUAL(hid_trigger_write(&t, 0, out), 2);
    CU_ASSERT_EQUAL(out[1], 0);
    t.bit[HID_TRIGGER_INITIATE].mask = 0; /* a device that has no such bit */
    CU_ASSERT_EQUAL(hid_trigger_write(&t, 1u << HID_TRIGGER_INITIATE, out), 0);
    CU_ASSERT_EQUAL(hid_trigger_find(newland, sizeof newland, &t), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(hid_trigger_find(trigger, 20, &t), ERR_NOT_FOUND);
}

static void known_layouts_and_keyboards(void)
{
    static const uint8_t keyboard[] = {0x05, 1, 0x09, 6, 0xA1, 1, 0x75, 8, 0x95, 8, 0x81, 2, 0xC0};
    struct hid_layout l, k;
    CU_ASSERT_EQUAL_FATAL(hid_layout_find(newland, sizeof newland, &l, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(hid_layout_known('c', &k), 0);
    CU_ASSERT_EQUAL(k.data_at, l.data_at);
    CU_ASSERT_EQUAL(k.report_bytes, l.report_bytes);
    CU_ASSERT_EQUAL(k.continued_byte, l.continued_byte);
    CU_ASSERT_EQUAL_FATAL(hid_layout_known('a', &k), 0);
    CU_ASSERT_EQUAL(k.data_at, 5);
    CU_ASSERT_EQUAL(k.aim_at, 2);
    CU_ASSERT_EQUAL_FATAL(hid_layout_known('b', &k), 0);
    CU_ASSERT_EQUAL(k.data_at, 6);
    CU_ASSERT_EQUAL(k.aim_at, 3);
    CU_ASSERT_EQUAL(hid_layout_known('d', &k), ERR_INVALID);
    CU_ASSERT_TRUE(hid_is_keyboard(keyboard, sizeof keyboard));
    CU_ASSERT_FALSE(hid_is_keyboard(newland, sizeof newland));
}

static void usage_ranges_and_lists_mean_the_same(void)
{
    /* AIM by a range; then AIM and data by one list of usages whose last stands for the rest */
    static const uint8_t range[] = {0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95,
                                    0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05, 0x8C,
                                    0x19, 0xFB, 0x29, 0xFD, 0x95, 0x03, 0x81, 0x02, 0x09,
                                    0xFE, 0x95, 0x08, 0x81, 0x02, 0xC0};
    static const uint8_t list[] = {0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x01, 0x05,
                                   0x01, 0x09, 0x3B, 0x81, 0x02, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC,
                                   0x09, 0xFD, 0x09, 0xFE, 0x95, 0x0B, 0x81, 0x02, 0xC0};
    struct hid_layout a, b;
    CU_ASSERT_EQUAL_FATAL(hid_layout_find(range, sizeof range, &a, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(hid_layout_find(list, sizeof list, &b, NULL), 0);
    CU_ASSERT_FALSE(a.has_report_id);
    CU_ASSERT_EQUAL(a.length_at, 0);
    CU_ASSERT_TRUE(a.has_aim);
    CU_ASSERT_TRUE(b.has_aim);
    CU_ASSERT_EQUAL(a.aim_at, 1);
    CU_ASSERT_EQUAL(b.aim_at, 1);
    CU_ASSERT_EQUAL(a.data_at, 4);
    CU_ASSERT_EQUAL(b.data_at, 4);
    CU_ASSERT_EQUAL(a.data_bytes, 8);
    CU_ASSERT_EQUAL(b.data_bytes, 8);
    CU_ASSERT_EQUAL(a.continued_mask, 0);
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

static void undoes_double_encoding_once(void)
{
    char out[CODE_TEXT_MAX_BYTES + 1];
    /* 结 is E7 BB 93; each byte taken for Latin-1 and encoded again */
    CU_ASSERT_EQUAL(decode("No.\xC3\xA7\xC2\xBB\xC2\x93", out), 0);
    CU_ASSERT_STRING_EQUAL(out, "No.结");
    CU_ASSERT_EQUAL(decode("\xC3\xAF\xC2\xBB\xC2\xBFok", out), 0); /* with its mark */
    CU_ASSERT_STRING_EQUAL(out, "ok");
    CU_ASSERT_EQUAL(decode("caf\xC3\xA9", out), 0); /* real Latin-1 characters stay */
    CU_ASSERT_STRING_EQUAL(out, "café");
    CU_ASSERT_EQUAL(decode("plain", out), 0);
    CU_ASSERT_STRING_EQUAL(out, "plain");
    /* what comes out is checked like everything else: U+202E twice encoded */
    CU_ASSERT_EQUAL(decode("a\xC3\xA2\xC2\x80\xC2\xAE", out), ERR_SCANNER_TEXT);
}

static void lengths_count_the_text_not_the_bytes(void)
{
    char raw[2 * CODE_TEXT_MAX_BYTES + 8], out[CODE_TEXT_MAX_BYTES + 1];
    size_t n = 0;
    while (n < 2 * 341) { /* 341 characters of GB 18030 are 1023 bytes of UTF-8 */
        raw[n++] = '\xBD';
        raw[n++] = '\xE1';
    }
    CU_ASSERT_EQUAL(code_text_decode((const uint8_t *)raw, n, out, NULL), 0);
    CU_ASSERT_EQUAL(strlen(out), 1023);
    raw[n++] = '\xBD';
    raw[n++] = '\xE1';
    CU_ASSERT_EQUAL(code_text_decode((const uint8_t *)raw, n, out, NULL), ERR_SCANNER_TOO_LONG);
    memset(raw, 'x', sizeof raw);
    memcpy(raw, "\xEF\xBB\xBF", 3); /* neither mark nor line end counts */
    raw[CODE_TEXT_MAX_BYTES + 3] = '\r';
    raw[CODE_TEXT_MAX_BYTES + 4] = '\n';
    CU_ASSERT_EQUAL(code_text_decode((const uint8_t *)raw, CODE_TEXT_MAX_BYTES + 5, out, NULL), 0);
    CU_ASSERT_EQUAL(strlen(out), CODE_TEXT_MAX_BYTES);
    CU_ASSERT_EQUAL(code_text_decode((const uint8_t *)raw, sizeof raw, out, NULL),
                    ERR_SCANNER_TOO_LONG);
    CU_ASSERT_EQUAL(out[0], 0);
}

static void refuses_hostile_payloads(void)
{
    static const char *const bad[] = {"",         "\n",       "a\nb",     "a\x1B[2J", "a\u200Bb",
                                      "a\u202Eb", "a\uFEFFb", "\xFF\xFF", "\x81",     "a\x7F",
                                      "a\u2028b", "\xC2\x85", "a\r\r",    "a\n\n",    "\u3164",
                                      "a\u2066b", "\u00AD",   "a\uFE0F",  "\uFFFE",   "\U000E0041"};
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
    {"trigger and beeper", finds_the_trigger_and_the_beeper},
    {"known layouts", known_layouts_and_keyboards},
    {"usage ranges", usage_ranges_and_lists_mean_the_same},
    {"broken descriptors", a_cut_or_changed_descriptor_never_gives_fields_outside},
    {"reports", takes_reports_apart},
    {"character sets", decodes_utf8_and_gb18030},
    {"double encoding", undoes_double_encoding_once},
    {"lengths", lengths_count_the_text_not_the_bytes},
    {"hostile payloads", refuses_hostile_payloads},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner_codec", cases)
