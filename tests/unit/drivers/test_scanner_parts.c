/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/scanner: identifiers and ECI, serial frames, keyboard reports, table and settings. Pure.
 */
#include <string.h>

#include "cunit_main.h"
#include "drivers/scanner/cdc_acm_frame.h"
#include "drivers/scanner/scanner_aim.h"
#include "drivers/scanner/scanner_setup.h"
#include "drivers/scanner/wedge_keys.h"

/* ---- identifiers ---- */

static int check(const char *aim, const char *letters, bool *ret_has_eci)
{
    return aim_check((const uint8_t *)aim, letters, ret_has_eci);
}

static void only_allowed_kinds_of_codes_are_taken(void)
{
    bool has_eci = true;
    CU_ASSERT_EQUAL(check("]Q1", "Q", &has_eci), 0);
    CU_ASSERT_FALSE(has_eci);
    CU_ASSERT_EQUAL(check("]Q0", "Q", &has_eci), 0);
    CU_ASSERT_EQUAL(check("]Q2", "Q", &has_eci), 0);
    CU_ASSERT_TRUE(has_eci);
    CU_ASSERT_EQUAL(check("]Q3", "Q", &has_eci), ERR_SCANNER_KIND);
    CU_ASSERT_EQUAL(check("]Q9", "Q", &has_eci), ERR_SCANNER_KIND);
    CU_ASSERT_EQUAL(check("]C0", "Q", &has_eci), ERR_SCANNER_KIND);
    CU_ASSERT_EQUAL(check("]C0", "QC", &has_eci), 0);
    CU_ASSERT_EQUAL(check("]Z6", "Q", &has_eci), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(check("]X0", "Q", &has_eci), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(check("\0\0\0", "Q", &has_eci), 0); /* the device does not tell */
    CU_ASSERT_EQUAL(aim_letter_of("qr"), 'Q');
    CU_ASSERT_EQUAL(aim_letter_of("QR"), 0);
}

static int undo(const char *in, const char *expected)
{
    uint8_t data[64];
    size_t n = strlen(in), out = 99;
    memcpy(data, in, n);
    int rc = aim_eci_undo(data, n, &out);
    if (rc == 0 && (out != strlen(expected) || memcmp(data, expected, out) != 0))
        return -1;
    return rc;
}

static void eci_protocol_is_undone(void)
{
    CU_ASSERT_EQUAL(undo("\\000026abc", "abc"), 0);
    CU_ASSERT_EQUAL(undo("a\\\\b\\\\\\\\c", "a\\b\\\\c"), 0);
    CU_ASSERT_EQUAL(undo("\\000026a\\\\000026b", "a\\000026b"), 0); /* a backslash of the text */
    CU_ASSERT_EQUAL(undo("\\000029a\\000029b", "ab"), 0);
    CU_ASSERT_EQUAL(undo("", ""), 0);
    CU_ASSERT_EQUAL(undo("\\000026a\\000029b", ""), ERR_SCANNER_KIND);
    CU_ASSERT_EQUAL(undo("\\MA1234", ""), ERR_SCANNER_KIND);
    CU_ASSERT_EQUAL(undo("\\000020abc", ""), ERR_SCANNER_TEXT); /* Shift JIS */
    CU_ASSERT_EQUAL(undo("abc\\", ""), ERR_SCANNER_REPORT);
    CU_ASSERT_EQUAL(undo("abc\\0000", ""), ERR_SCANNER_REPORT);
    CU_ASSERT_EQUAL(undo("\\00002a6", ""), ERR_SCANNER_KIND);
}

/* ---- serial frames ---- */

/* Feed in pieces of k bytes; codes found are joined with '|'. */
static void frames_of(enum cdc_suffix suffix, const char *in, size_t k, char *out)
{
    static struct scanner_code code;
    struct cdc_frame f = {.suffix = suffix};
    size_t n = strlen(in), len = 0;
    scanner_code_drop(&code);
    for (size_t i = 0; i < n; i += k) {
        size_t piece = n - i < k ? n - i : k;
        const uint8_t *p = (const uint8_t *)in + i;
        while (piece > 0) {
            size_t used = 0;
            if (cdc_frame_feed(&f, &code, p, piece, &used)) {
                memcpy(out + len, code.data, code.n);
                len += code.n;
                out[len++] = '|';
                scanner_code_drop(&code);
            }
            CU_ASSERT_TRUE_FATAL(used > 0);
            p += used;
            piece -= used;
        }
    }
    memcpy(out + len, code.data, code.n);
    out[len + code.n] = 0;
}

static void codes_are_found_however_reads_are_split(void)
{
    static const struct {
        enum cdc_suffix suffix;
        const char *in, *out;
    } rows[] = {
        {CDC_SUFFIX_CR, "one\rtwo\r\nthree\r", "one|two|three|"},
        {CDC_SUFFIX_CR, "\r\na\rrest", "|a|rest"},
        {CDC_SUFFIX_LF, "one\ntwo\r\n", "one|two\r|"},
        {CDC_SUFFIX_CRLF, "a\rb\nc\r\nd\r\r\n", "a\rb\nc|d\r|"},
        {CDC_SUFFIX_NONE, "a\r\nb", "a\r\nb"},
        {CDC_SUFFIX_CR, "结婚证\r", "结婚证|"},
    };
    for (size_t i = 0; i < YJ_COUNT(rows); i++)
        for (size_t k = 1; k < 12; k++) {
            char out[64];
            frames_of(rows[i].suffix, rows[i].in, k, out);
            CU_ASSERT_STRING_EQUAL(out, rows[i].out);
        }
    struct cdc_frame none = {.suffix = CDC_SUFFIX_NONE}, cr = {.suffix = CDC_SUFFIX_CR};
    CU_ASSERT_EQUAL(cdc_frame_pause(&none), 0);
    CU_ASSERT_EQUAL(cdc_frame_pause(&cr), ERR_SCANNER_REPORT);
}

static void an_endless_line_stays_bounded(void)
{
    static struct scanner_code code;
    struct cdc_frame f = {.suffix = CDC_SUFFIX_CRLF};
    uint8_t piece[61];
    size_t used = 0;
    memset(piece, 'x', sizeof piece);
    scanner_code_drop(&code);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_FALSE(cdc_frame_feed(&f, &code, piece, sizeof piece, &used));
    CU_ASSERT_TRUE(code.n <= SCANNER_CODE_MAX);
    CU_ASSERT_EQUAL(code.fault, ERR_SCANNER_TOO_LONG);
    CU_ASSERT_FALSE(cdc_frame_feed(&f, &code, (const uint8_t *)"\r", 1, &used));
    CU_ASSERT_TRUE(cdc_frame_feed(&f, &code, (const uint8_t *)"\n", 1, &used));
}

/* ---- keyboard ---- */

static bool keys(struct wedge_keys *k, struct scanner_code *c, uint8_t modifiers, uint8_t a,
                 uint8_t b)
{
    uint8_t r[WEDGE_REPORT_BYTES] = {modifiers, 0, a, b};
    return wedge_keys_feed(k, c, r, sizeof r);
}

static void keys_become_characters(void)
{
    static struct scanner_code c;
    struct wedge_keys k = {0};
    scanner_code_drop(&c);
    CU_ASSERT_FALSE(keys(&k, &c, 0x02, 0x04, 0));    /* A */
    CU_ASSERT_FALSE(keys(&k, &c, 0x02, 0x04, 0));    /* the same report again */
    CU_ASSERT_FALSE(keys(&k, &c, 0x00, 0x04, 0x05)); /* b while a is still down */
    CU_ASSERT_FALSE(keys(&k, &c, 0x00, 0x05, 0));
    CU_ASSERT_FALSE(keys(&k, &c, 0x00, 0, 0));
    CU_ASSERT_FALSE(keys(&k, &c, 0x20, 0x05, 0));    /* B by the right Shift */
    CU_ASSERT_FALSE(keys(&k, &c, 0x00, 0x01, 0x01)); /* rollover: nothing goes up or down */
    CU_ASSERT_FALSE(keys(&k, &c, 0x20, 0x05, 0));
    CU_ASSERT_FALSE(keys(&k, &c, 0, 0, 0));
    CU_ASSERT_FALSE(keys(&k, &c, 0, 0x39, 0)); /* Caps Lock */
    CU_ASSERT_FALSE(keys(&k, &c, 0, 0x06, 0));
    CU_ASSERT_FALSE(keys(&k, &c, 0x02, 0x07, 0));
    CU_ASSERT_FALSE(keys(&k, &c, 0, 0x1E, 0));       /* digits do not mind it */
    CU_ASSERT_FALSE(keys(&k, &c, 0x02, 0x2D, 0x31)); /* _ | */
    CU_ASSERT_FALSE(keys(&k, &c, 0, 0x59, 0));       /* 1 of the keypad */
    CU_ASSERT_TRUE(keys(&k, &c, 0, 0x28, 0));
    CU_ASSERT_EQUAL(c.fault, 0);
    CU_ASSERT_EQUAL(c.n, 9);
    CU_ASSERT_EQUAL(memcmp(c.data, "AbBCd1_|1", 9), 0);
}

static void tricks_with_keys_spoil_the_code(void)
{
    static struct scanner_code c;
    struct wedge_keys k = {0};
    const uint8_t cut[3] = {0, 0, 4};
    scanner_code_drop(&c);
    CU_ASSERT_FALSE(keys(&k, &c, 0x01, 0x04, 0)); /* Ctrl A */
    CU_ASSERT_EQUAL(c.fault, ERR_SCANNER_TEXT);
    CU_ASSERT_TRUE(keys(&k, &c, 0, 0x28, 0));
    scanner_code_drop(&c);
    CU_ASSERT_FALSE(keys(&k, &c, 0, 0x3A, 0)); /* F1 */
    CU_ASSERT_EQUAL(c.fault, ERR_SCANNER_TEXT);
    scanner_code_drop(&c);
    CU_ASSERT_FALSE(wedge_keys_feed(&k, &c, cut, sizeof cut));
    CU_ASSERT_EQUAL(c.fault, ERR_SCANNER_REPORT);
}

/* ---- table and settings ---- */

static int table(const char *devices, struct scanner_table *t)
{
    char text[512];
    snprintf(text, sizeof text, "{\"class\":\"scanner\",\"devices\":[%s]}", devices);
    return scanner_table_load(text, t, NULL);
}

static void the_table_is_read_strictly(void)
{
    static struct scanner_table t;
    CU_ASSERT_EQUAL_FATAL(
        table("{\"vid\":\"1111\",\"pid\":\"*\",\"layout\":\"c\",\"dialect\":\"newland\"},"
              "{\"vid\":\"1111\",\"pid\":\"0022\"},"
              "{\"vid\":\"1111\",\"pid\":\"0033\",\"interface\":\"cdc\"}",
              &t),
        0);
    CU_ASSERT_EQUAL(scanner_table_find(&t, SCANNER_HID, 0x1111, 9)->layout, 'c');
    CU_ASSERT_EQUAL(scanner_table_find(&t, SCANNER_HID, 0x1111, 0x22)->layout, 0);
    CU_ASSERT_PTR_NULL(scanner_table_find(&t, SCANNER_CDC, 0x1111, 0x22));
    CU_ASSERT_PTR_NOT_NULL(scanner_table_find(&t, SCANNER_CDC, 0x1111, 0x33));
    CU_ASSERT_PTR_NULL(scanner_table_find(&t, SCANNER_HID, 0x2222, 0x22));
    CU_ASSERT_TRUE(scanner_table_has(&t, 0x1111, 0x77));
    static const char *const bad[] = {
        "{\"pid\":\"0001\"}",
        "{\"vid\":\"1111\",\"interface\":\"cdc\"}",
        "{\"vid\":\"1111\",\"pid\":\"0001\",\"interface\":\"tty\"}",
        "{\"vid\":\"1111\",\"layout\":\"d\"}",
        "{\"vid\":\"1111\",\"layout\":3}",
        "{\"vid\":\"1111\",\"dialect\":\"x\"}",
        "{\"vid\":\"1111\",\"name\":1}",
        "{\"vid\":\"1111\",\"pid\":\"0001\",\"interfaces\":\"cdc\"}",
        "{\"vid\":\"1111\",\"pid\":\"0001\",\"interface\":\"cdc\",\"dialect\":\"newland\"}"};
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_EQUAL(table(bad[i], &t), ERR_SYNTAX);
    struct err err = {0};
    CU_ASSERT_EQUAL(scanner_table_load("{\"class\":\"scanner\",\"devices\":["
                                       "{\"vid\":\"1111\"},{\"vid\":\"2222\",\"layuot\":\"a\"}]}",
                                       &t, &err),
                    ERR_SYNTAX);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "entry 2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "layuot"));
}

static void settings_are_read_strictly(void)
{
    struct scanner_settings s;
    CU_ASSERT_EQUAL_FATAL(scanner_settings_load(NULL, &s, NULL), 0);
    CU_ASSERT_TRUE(s.has_beep && !s.is_command_trigger && !s.has_wedge);
    CU_ASSERT_STRING_EQUAL(s.letters, "Q");
    CU_ASSERT_EQUAL(s.gap_ms, 50);
    CU_ASSERT_EQUAL_FATAL(
        scanner_settings_load("{\"source\":\"usb\",\"beep\":false,\"trigger\":\"command\","
                              "\"symbologies\":[\"qr\",\"code128\"],"
                              "\"wedge\":{\"vid\":\"1111\",\"pid\":\"2222\",\"port\":\"1-2.3\"},"
                              "\"cdc\":{\"suffix\":\"none\",\"gap_ms\":20}}",
                              &s, NULL),
        0);
    CU_ASSERT_TRUE(!s.has_beep && s.is_command_trigger && s.has_wedge);
    CU_ASSERT_STRING_EQUAL(s.letters, "QC");
    CU_ASSERT_EQUAL(s.wedge_pid, 0x2222);
    CU_ASSERT_STRING_EQUAL(s.wedge_port, "1-2.3");
    CU_ASSERT_EQUAL(s.suffix, CDC_SUFFIX_NONE);
    CU_ASSERT_EQUAL(s.gap_ms, 20);
    static const struct {
        const char *text, *named;
    } bad[] = {
        {"[]", "devices.scanner"},
        {"{\"beeps\":true}", "devices.scanner.beeps"},
        {"{\"beep\":1}", "devices.scanner.beep"},
        {"{\"source\":\"camera\"}", "devices.scanner.source"},
        {"{\"trigger\":\"manual\"}", "devices.scanner.trigger"},
        {"{\"symbologies\":[]}", "devices.scanner.symbologies"},
        {"{\"symbologies\":[\"qr\",\"morse\"]}", "devices.scanner.symbologies"},
        {"{\"symbologies\":\"qr\"}", "devices.scanner.symbologies"},
        {"{\"wedge\":{\"vid\":\"1111\",\"pid\":\"2222\"}}", "devices.scanner.wedge.port"},
        {"{\"wedge\":{\"vid\":\"111\",\"pid\":\"2222\",\"port\":\"1-2\"}}",
         "devices.scanner.wedge.vid"},
        {"{\"wedge\":{\"vid\":\"1111\",\"pid\":\"2222\",\"port\":\"1-2\",\"x\":1}}",
         "devices.scanner.wedge.x"},
        {"{\"wedge\":true}", "devices.scanner.wedge"},
        {"{\"cdc\":{\"suffix\":\"tab\"}}", "devices.scanner.cdc.suffix"},
        {"{\"cdc\":{\"gap_ms\":19}}", "devices.scanner.cdc.gap_ms"},
        {"{\"cdc\":{\"gap_ms\":201}}", "devices.scanner.cdc.gap_ms"},
        {"{\"cdc\":{\"gap_ms\":\"50\"}}", "devices.scanner.cdc.gap_ms"},
        {"{\"cdc\":{\"baud\":9600}}", "devices.scanner.cdc.baud"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(scanner_settings_load(bad[i].text, &s, &err), ERR_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i].named));
    }
}

static CU_TestInfo cases[] = {
    {"kinds of codes", only_allowed_kinds_of_codes_are_taken},
    {"eci protocol", eci_protocol_is_undone},
    {"serial frames", codes_are_found_however_reads_are_split},
    {"endless line", an_endless_line_stays_bounded},
    {"keys", keys_become_characters},
    {"tricks with keys", tricks_with_keys_spoil_the_code},
    {"table", the_table_is_read_strictly},
    {"settings", settings_are_read_strictly},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner_parts", cases)
