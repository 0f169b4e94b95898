/* SPDX-License-Identifier: Apache-2.0 */
/* Keypad: descriptors, reports, meanings, limits, table and settings; nothing of USB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/hid/hid_items.h"
#include "drivers/keypad/keypad_keys.h"

enum { STUCK_MS = 30000 };

/* HID 1.11 appendix B.1 and E.6 */
static const uint8_t boot_descriptor[] = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x05, 0x75, 0x01,
    0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06,
    0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0};
/* volume keys as three bits under report id 3, an array of 16 bit usages under id 4 */
static const uint8_t media_descriptor[] = {
    0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, 0x85, 0x03, 0x15, 0x00, 0x25, 0x01, 0x09, 0xe9, 0x09,
    0xea, 0x09, 0xe2, 0x75, 0x01, 0x95, 0x03, 0x81, 0x02, 0x95, 0x05, 0x81, 0x03, 0x85, 0x04,
    0x26, 0xff, 0x03, 0x19, 0x00, 0x2a, 0xff, 0x03, 0x75, 0x10, 0x95, 0x02, 0x81, 0x00, 0xc0};

static struct keypad_table *table(void)
{
    struct keypad_table *t = mem_zalloc(1, sizeof *t);
    char *text = NULL;
    size_t n = 0;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/devices/keypad.json", 65536, &text, &n, &err), 0);
    CU_ASSERT_EQUAL_FATAL(keypad_table_load(text, t, &err), 0);
    free(text);
    return t;
}

static const struct keypad_model *model(const struct keypad_table *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->at[i].name, name) == 0)
            return &t->at[i];
    CU_FAIL_FATAL("no such model");
    return NULL;
}

/* ---- reports ---- */

static void a_keyboard_is_read(void)
{
    struct keypad_layout l;
    struct keypad_pressed p;
    const uint8_t report[8] = {0x02, 0, 0x52, 0x1e, 0x52, 0, 0x66, 0};
    CU_ASSERT_EQUAL_FATAL(keypad_layout_find(boot_descriptor, sizeof boot_descriptor, &l, NULL), 0);
    CU_ASSERT_EQUAL(l.report_bytes, 8);
    CU_ASSERT_EQUAL(l.n_bits, 8);
    CU_ASSERT_EQUAL(l.n_arrays, 1);
    CU_ASSERT_EQUAL_FATAL(keypad_report_read(&l, report, 8, &p), 0);
    /* left shift, up, 1; up counts once, 0x66 is beyond what the descriptor names */
    CU_ASSERT_EQUAL_FATAL(p.n, 3);
    CU_ASSERT_EQUAL(p.usage[0], hid_usage(7, 0xe1));
    CU_ASSERT_EQUAL(p.usage[1], hid_usage(7, 0x52));
    CU_ASSERT_EQUAL(p.usage[2], hid_usage(7, 0x1e));
}

static void report_ids_are_kept_apart(void)
{
    struct keypad_layout l;
    struct keypad_pressed p;
    const uint8_t bits[2] = {3, 0x05}, values[5] = {4, 0xea, 0x00, 0xff, 0x03}, other[2] = {9, 1};
    CU_ASSERT_EQUAL_FATAL(keypad_layout_find(media_descriptor, sizeof media_descriptor, &l, NULL),
                          0);
    CU_ASSERT_EQUAL(l.report_bytes, 5);
    CU_ASSERT_EQUAL_FATAL(keypad_report_read(&l, bits, 2, &p), 0);
    CU_ASSERT_EQUAL(p.id, 3);
    CU_ASSERT_EQUAL_FATAL(p.n, 2);
    CU_ASSERT_EQUAL(p.usage[0], hid_usage(12, 0xe9));
    CU_ASSERT_EQUAL(p.usage[1], hid_usage(12, 0xe2));
    CU_ASSERT_EQUAL_FATAL(keypad_report_read(&l, values, 5, &p), 0);
    CU_ASSERT_EQUAL_FATAL(p.n, 2);
    CU_ASSERT_EQUAL(p.usage[0], hid_usage(12, 0xea));
    CU_ASSERT_EQUAL(p.usage[1], hid_usage(12, 0x3ff));
    CU_ASSERT_EQUAL(keypad_report_read(&l, other, 2, &p), ERR_NOT_FOUND);
}

static void nonsense_is_told_from_silence(void)
{
    struct keypad_layout l;
    struct keypad_pressed p = {.n = 77};
    uint8_t ones[8], rollover[8] = {0, 0, 1, 1, 1, 1, 1, 1};
    memset(ones, 0xff, sizeof ones);
    keypad_layout_boot(&l);
    CU_ASSERT_EQUAL(keypad_report_read(&l, ones, 0, &p), ERR_KEYPAD_NOISE);
    CU_ASSERT_EQUAL(keypad_report_read(&l, ones, 3, &p), ERR_KEYPAD_NOISE);
    CU_ASSERT_EQUAL(keypad_report_read(&l, rollover, 8, &p), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(p.n, 77);
    CU_ASSERT_EQUAL(keypad_report_read(&l, ones, 8, &p), 0); /* eight modifiers, one code */
    CU_ASSERT_EQUAL(p.n, 9);
}

static void more_keys_than_fingers_are_noise(void)
{
    static const uint8_t bitmap[] = {0x05, 0x07, 0x19, 0x04, 0x29, 0x23, 0x15, 0x00,
                                     0x25, 0x01, 0x75, 0x01, 0x95, 0x20, 0x81, 0x02};
    struct keypad_layout l;
    struct keypad_pressed p;
    uint8_t report[4] = {0xff, 0xff, 0, 0};
    CU_ASSERT_EQUAL_FATAL(keypad_layout_find(bitmap, sizeof bitmap, &l, NULL), 0);
    CU_ASSERT_EQUAL(keypad_report_read(&l, report, 4, &p), 0);
    CU_ASSERT_EQUAL(p.n, 16);
    report[2] = 1;
    CU_ASSERT_EQUAL(keypad_report_read(&l, report, 4, &p), ERR_KEYPAD_NOISE);
}

static void refuse_descriptor(const void *descriptor, size_t n)
{
    struct keypad_layout l;
    struct err err = {0};
    CU_ASSERT_EQUAL(keypad_layout_find(descriptor, n, &l, &err), ERR_KEYPAD_DESCRIPTOR);
    CU_ASSERT_EQUAL(err.code, ERR_KEYPAD_DESCRIPTOR);
}

static void descriptors_without_keys_are_refused(void)
{
    static const uint8_t vendor[] = {0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x02, 0x15,
                                     0x00, 0x25, 0x01, 0x75, 0x08, 0x95, 0x08, 0x81, 0x02, 0xc0};
    static const uint8_t wide[] = {0x05, 0x07, 0x19, 0x00, 0x29, 0x65,
                                   0x75, 0x08, 0x95, 0x7f, 0x81, 0x00};
    static const uint8_t huge[] = {0x05, 0x07, 0x19, 0x04, 0x2a, 0xff, 0x0f,
                                   0x75, 0x01, 0x96, 0x41, 0x01, 0x81, 0x02};
    refuse_descriptor("", 0);
    refuse_descriptor(vendor, sizeof vendor);
    refuse_descriptor(wide, sizeof wide);
    refuse_descriptor(huge, sizeof huge);
    refuse_descriptor(boot_descriptor, 3);
    refuse_descriptor("\xc0", 1);
}

/* ---- meanings ---- */

struct hand {
    struct keypad_table *t;
    struct keypad_keys k;
    struct keypad_happened h;
    int64_t now_ms;
};

static void hand_init(struct hand *x, const char *name)
{
    memset(x, 0, sizeof *x);
    x->t = table();
    x->now_ms = 1000;
    keypad_keys_init(&x->k, model(x->t, name), STUCK_MS, x->now_ms);
}

static void say(struct hand *x, uint8_t code, uint8_t second)
{
    struct keypad_pressed p = {0};
    if (code)
        p.usage[p.n++] = hid_usage(7, code);
    if (second)
        p.usage[p.n++] = hid_usage(7, second);
    keypad_keys_take(&x->k, 0, &p, x->now_ms, &x->h);
}

/* Press and let go. @return the key, NAV_NONE when none came */
static int tap(struct hand *x, uint8_t code)
{
    say(x, code, 0);
    int key = x->h.n == 1 ? x->h.key[0] : NAV_NONE;
    CU_ASSERT_TRUE(x->h.n <= 1);
    x->now_ms += 100;
    say(x, 0, 0);
    CU_ASSERT_EQUAL(x->h.n, 0);
    return key;
}

static void one_press_is_one_key(void)
{
    struct hand x;
    hand_init(&x, "audio-nav");
    say(&x, 0x51, 0);
    CU_ASSERT_EQUAL(x.h.n, 1);
    CU_ASSERT_EQUAL(x.h.key[0], NAV_NEXT);
    for (int i = 0; i < 20; i++) {
        say(&x, 0x51, 0);
        CU_ASSERT_EQUAL(x.h.n, 0);
    }
    say(&x, 0x51, 0x28); /* another key while it is down */
    CU_ASSERT_EQUAL(x.h.n, 1);
    CU_ASSERT_EQUAL(x.h.key[0], NAV_SELECT);
    say(&x, 0x28, 0);
    CU_ASSERT_EQUAL(x.h.n, 0);
    CU_ASSERT_EQUAL(tap(&x, 0x28), NAV_NONE); /* was down all the time */
    CU_ASSERT_EQUAL(tap(&x, 0x28), NAV_SELECT);
    CU_ASSERT_EQUAL(tap(&x, 0x70), NAV_NONE); /* a code of no key */
    CU_ASSERT_EQUAL(x.k.n_ghosts, 1);
    free(x.t);
}

static void interfaces_do_not_release_each_other(void)
{
    struct hand x;
    struct keypad_pressed volume = {.n = 1, .usage = {hid_usage(12, 0xe9)}}, none = {0};
    hand_init(&x, "audio-nav");
    say(&x, 0x51, 0);
    keypad_keys_take(&x.k, 1, &volume, x.now_ms, &x.h);
    CU_ASSERT_EQUAL(x.h.key[0], NAV_LOUDER);
    keypad_keys_take(&x.k, 1, &none, x.now_ms, &x.h);
    CU_ASSERT_EQUAL(x.k.n_down, 1);
    say(&x, 0x51, 0);
    CU_ASSERT_EQUAL(x.h.n, 0);
    free(x.t);
}

static void headphones_by_two_codes(void)
{
    struct hand x;
    hand_init(&x, "audio-nav");
    say(&x, 0x6a, 0);
    CU_ASSERT_TRUE(x.h.has_headset && x.k.is_headset_in && x.h.n == 0);
    say(&x, 0, 0);
    CU_ASSERT_FALSE(x.h.has_headset);
    say(&x, 0x6a, 0); /* said twice is in once */
    CU_ASSERT_FALSE(x.h.has_headset);
    say(&x, 0x6b, 0);
    CU_ASSERT_TRUE(x.h.has_headset && !x.k.is_headset_in);
    free(x.t);
}

static void headphones_by_a_switch(void)
{
    struct hand x;
    hand_init(&x, "audio-nav-switch");
    say(&x, 0x6a, 0);
    CU_ASSERT_TRUE(x.h.has_headset && x.k.is_headset_in);
    say(&x, 0x6a, 0x51);
    CU_ASSERT_EQUAL(x.h.key[0], NAV_NEXT);
    say(&x, 0x6a, 0);
    CU_ASSERT_FALSE(x.h.has_headset);
    x.now_ms += 10 * STUCK_MS;
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), 0); /* headphones may stay */
    say(&x, 0, 0);
    CU_ASSERT_TRUE(x.h.has_headset && !x.k.is_headset_in);
    free(x.t);
}

static void digits_move_until_they_type(void)
{
    struct hand x;
    hand_init(&x, "numeric");
    CU_ASSERT_EQUAL(tap(&x, 0x60), NAV_PREVIOUS);
    CU_ASSERT_EQUAL(tap(&x, 0x5a), NAV_NEXT);
    CU_ASSERT_EQUAL(tap(&x, 0x5d), NAV_SELECT);
    CU_ASSERT_EQUAL(tap(&x, 0x53), NAV_NONE);
    CU_ASSERT_EQUAL(tap(&x, 0x59), NAV_DIGIT_0 + 1);
    CU_ASSERT_EQUAL(tap(&x, 0x5d), NAV_DIGIT_0 + 5);
    CU_ASSERT_EQUAL(tap(&x, 0x2a), NAV_BACK); /* has no other meaning there */
    CU_ASSERT_EQUAL(tap(&x, 0x58), NAV_HASH); /* done: they move again */
    CU_ASSERT_EQUAL(tap(&x, 0x5d), NAV_SELECT);
    CU_ASSERT_EQUAL(tap(&x, 0x53), NAV_NONE);
    x.now_ms += KEYPAD_TYPING_MS; /* left by somebody */
    CU_ASSERT_EQUAL(tap(&x, 0x5d), NAV_SELECT);
    free(x.t);
}

static void a_telephone_does_the_same(void)
{
    struct hand x;
    hand_init(&x, "telephone");
    CU_ASSERT_EQUAL(tap(&x, 0x1f), NAV_PREVIOUS); /* 2 stands above 5 */
    CU_ASSERT_EQUAL(tap(&x, 0x25), NAV_NEXT);
    CU_ASSERT_EQUAL(tap(&x, 0x05), NAV_NONE);
    CU_ASSERT_EQUAL(tap(&x, 0x04), NAV_DIGIT_0);
    CU_ASSERT_EQUAL(tap(&x, 0x27), NAV_STAR);
    CU_ASSERT_EQUAL(tap(&x, 0x05), NAV_HASH);
    CU_ASSERT_EQUAL(tap(&x, 0x22), NAV_SELECT);
    free(x.t);
}

/* ---- limits ---- */

static void a_stuck_key_is_told(void)
{
    struct hand x;
    hand_init(&x, "audio-nav");
    say(&x, 0x51, 0);
    CU_ASSERT_EQUAL(keypad_keys_due_ms(&x.k, x.now_ms), x.now_ms + STUCK_MS);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms + STUCK_MS - 1), 0);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms + STUCK_MS), ERR_KEYPAD_STUCK);
    x.now_ms += STUCK_MS;
    CU_ASSERT_EQUAL(keypad_keys_due_ms(&x.k, x.now_ms), INT64_MAX);
    say(&x, 0x51, 0x28); /* the others still work */
    CU_ASSERT_EQUAL(x.h.key[0], NAV_SELECT);
    say(&x, 0, 0);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), 0);
    free(x.t);
}

static void chatter_is_cut_off(void)
{
    struct hand x;
    unsigned n = 0;
    hand_init(&x, "audio-nav");
    for (int i = 0; i < 200; i++) {
        say(&x, 0x51, 0);
        n += (unsigned)x.h.n;
        say(&x, 0, 0);
    }
    CU_ASSERT_EQUAL(n, KEYPAD_BURST);
    CU_ASSERT_EQUAL(x.k.n_lost, 200 - KEYPAD_BURST);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), ERR_KEYPAD_NOISE);
    CU_ASSERT_EQUAL(keypad_keys_due_ms(&x.k, x.now_ms), x.now_ms + KEYPAD_NOISE_MS);
    x.now_ms += KEYPAD_NOISE_MS;
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), 0);
    for (int i = 0; i < 60; i++) /* ten a second are a quick hand */
        CU_ASSERT_EQUAL(tap(&x, 0x51), NAV_NEXT);
    free(x.t);
}

static void broken_reports_add_up(void)
{
    struct hand x;
    hand_init(&x, "audio-nav");
    for (int i = 0; i < KEYPAD_MAX_BROKEN - 1; i++)
        keypad_keys_broken(&x.k, x.now_ms);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), 0);
    CU_ASSERT_EQUAL(tap(&x, 0x51), NAV_NEXT); /* a good one in between */
    keypad_keys_broken(&x.k, x.now_ms);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), 0);
    for (int i = 0; i < KEYPAD_MAX_BROKEN; i++)
        keypad_keys_broken(&x.k, x.now_ms);
    CU_ASSERT_EQUAL(keypad_keys_cause(&x.k, x.now_ms), ERR_KEYPAD_NOISE);
    free(x.t);
}

/* ---- table and settings ---- */

#define HEAD "{\"class\":\"keypad\",\"devices\":[{"
#define REST "\"name\":\"x\",\"source\":\"s\",\"keys\":{"
#define NEED "\"07:51\":\"next\",\"07:52\":\"previous\",\"07:28\":\"select\""

static void tables_are_checked(void)
{
    static const char *const bad[] = {
        "{}",
        HEAD "}]}",
        HEAD REST "}}]}",
        HEAD REST "\"07:51\":\"next\"}}]}",
        HEAD REST NEED ",\"7:51\":\"left\"}}]}",
        HEAD REST NEED ",\"07:00\":\"left\"}}]}",
        HEAD REST NEED ",\"07:10\":\"sideways\"}}]}",
        HEAD REST NEED ",\"07:10\":5}}]}",
        HEAD REST NEED ",\"07:051\":\"left\"}}]}",
        HEAD REST NEED ",\"07:10\":\"layer\"}}]}",
        HEAD REST NEED "},\"typed\":{\"07:10\":\"digit1\"}}]}",
        HEAD REST NEED ",\"07:53\":\"layer\"},\"typed\":{\"07:10\":\"digit1\"}}]}",
        HEAD "\"vid\":\"1209\"," REST NEED "}}]}",
        HEAD "\"colour\":\"red\"," REST NEED "}}]}",
        HEAD "\"name\":\"\",\"source\":\"s\",\"keys\":{" NEED "}}]}",
        HEAD "\"name\":\"x\",\"keys\":{" NEED "}}]}",
    };
    struct keypad_table *t = mem_zalloc(1, sizeof *t);
    CU_ASSERT_EQUAL(keypad_table_load(HEAD REST NEED "}}]}", t, NULL), 0);
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(keypad_table_load(bad[i], t, &err), ERR_SYNTAX);
        CU_ASSERT_TRUE(strlen(err.msg) > 10);
    }
    free(t);
}

static void settings_are_checked(void)
{
    static const char *const bad[] = {
        "[]",
        "{\"model\":\"toaster\"}",
        "{\"model\":\"audio-nav\"}", /* which device is it? */
        "{\"model\":\"audio-nav\",\"vid\":\"1209\"}",
        "{\"vid\":\"1209\",\"pid\":\"0001\"}",
        "{\"model\":\"audio-nav\",\"vid\":\"120\",\"pid\":\"0001\"}",
        "{\"model\":\"audio-nav\",\"vid\":4617,\"pid\":\"0001\"}",
        "{\"stuck_s\":1}",
        "{\"stuck_s\":601}",
        "{\"stuck_s\":\"30\"}",
        "{\"port\":\"\"}",
        "{\"colour\":\"red\"}",
    };
    struct keypad_table *t = table();
    struct keypad_settings s;
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(keypad_settings_load(bad[i], t, &s, &err), ERR_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "devices.keypad"));
    }
    CU_ASSERT_EQUAL(keypad_settings_load(NULL, t, &s, NULL), 0);
    CU_ASSERT_EQUAL(s.stuck_ms, 30000);
    CU_ASSERT_EQUAL(keypad_settings_load("{\"model\":\"numeric\",\"vid\":\"1A2b\",\"pid\":\"0003\","
                                         "\"port\":\"1-4\",\"stuck_s\":5}",
                                         t, &s, NULL),
                    0);
    CU_ASSERT_EQUAL(s.stuck_ms, 5000);
    const struct keypad_model *m = keypad_model_find(t, &s, 0x1a2b, 3, "1-4");
    CU_ASSERT_PTR_EQUAL(m, model(t, "numeric"));
    CU_ASSERT_PTR_NULL(keypad_model_find(t, &s, 0x1a2b, 3, "1-5"));
    CU_ASSERT_PTR_NULL(keypad_model_find(t, &s, 0x1a2b, 4, "1-4"));
    free(t);
}

static void ids_in_the_table_need_no_settings(void)
{
    struct keypad_table *t = mem_zalloc(1, sizeof *t);
    struct keypad_settings s;
    CU_ASSERT_EQUAL_FATAL(
        keypad_table_load(HEAD "\"vid\":\"1209\",\"pid\":\"0001\"," REST NEED "}}]}", t, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(keypad_settings_load("{}", t, &s, NULL), 0);
    CU_ASSERT_PTR_EQUAL(keypad_model_find(t, &s, 0x1209, 1, "1-4"), &t->at[0]);
    CU_ASSERT_PTR_NULL(keypad_model_find(t, &s, 0x1209, 2, "1-4"));
    free(t);
}

static CU_TestInfo cases[] = {
    {"a keyboard is read", a_keyboard_is_read},
    {"report ids are kept apart", report_ids_are_kept_apart},
    {"nonsense is told from silence", nonsense_is_told_from_silence},
    {"more keys than fingers are noise", more_keys_than_fingers_are_noise},
    {"descriptors without keys are refused", descriptors_without_keys_are_refused},
    {"one press is one key", one_press_is_one_key},
    {"interfaces do not release each other", interfaces_do_not_release_each_other},
    {"headphones by two codes", headphones_by_two_codes},
    {"headphones by a switch", headphones_by_a_switch},
    {"digits move until they type", digits_move_until_they_type},
    {"a telephone does the same", a_telephone_does_the_same},
    {"a stuck key is told", a_stuck_key_is_told},
    {"chatter is cut off", chatter_is_cut_off},
    {"broken reports add up", broken_reports_add_up},
    {"tables are checked", tables_are_checked},
    {"settings are checked", settings_are_checked},
    {"ids in the table need no settings", ids_in_the_table_need_no_settings},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.keypad_codec", cases)
