/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS bytes out: ticket layout, real-time sequences, broken-off tickets, image commands. */
#include "drivers/printer/escpos.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/printer/printer_profile.h"

static struct bitmap *picture_new(uint32_t width_dots, uint32_t rows)
{
    uint32_t stride = (width_dots + 7) / 8;
    struct bitmap *b = mem_zalloc(1, sizeof *b + (size_t)stride * rows);
    b->width_dots = width_dots;
    b->rows = rows;
    b->stride = stride;
    return b;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static const uint8_t hello[] = {0x1B, 0x40, 0x1D, 0x61, 0xFF};

static const struct escpos_layout layout_80mm = {
    .hello = hello,
    .n_hello = sizeof hello,
    .head_dots = 576,
    .band_rows = 128,
    .cutter = ESCPOS_CUTTER_PARTIAL,
    .has_process_id = true,
    .id_before_cut = {'A', '0', '0', '1'},
    .id_after_cut = {'A', '0', '0', '2'},
};

/* Bytes that change nothing on the paper. */
static size_t pads_bytes(const uint8_t *s)
{
    size_t n = memcmp(s, "\x1B\x61\x00", 3) == 0 ? 3 : 0;
    while (memcmp(s + n, "\x1B\x32", 2) == 0)
        n += 2;
    return n;
}

static void writes_a_ticket_in_bands(void)
{
    struct bitmap *b = picture_new(576, 300);
    uint8_t *s = NULL;
    size_t n = 0, n_dots = 99, at = 5;
    for (size_t i = 0; i < (size_t)b->stride * b->rows; i++)
        b->bits[i] = (uint8_t)(i % 251) == 0x10 ? 0 : (uint8_t)(i % 251);
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &layout_80mm, &s, &n, &n_dots, NULL), 0);
    CU_ASSERT_EQUAL(n_dots, 0);
    CU_ASSERT_EQUAL(memcmp(s, "\x1B\x40\x1D\x61\xFF", 5), 0);
    at += pads_bytes(s + at);
    for (uint32_t row = 0; row < 300; row += 128) {
        uint8_t rows = row + 128 <= 300 ? 128 : (uint8_t)(300 - row);
        const uint8_t head[8] = {0x1D, 0x76, 0x30, 0, 72, 0, rows, 0};
        CU_ASSERT_EQUAL(memcmp(s + at, head, 8), 0);
        CU_ASSERT_EQUAL(memcmp(s + at + 8, b->bits + 72 * row, 72u * rows), 0);
        at += 8 + 72u * rows;
    }
    CU_ASSERT_EQUAL(memcmp(s + at,
                           "\x1D\x28\x48\x06\x00\x30\x30"
                           "A001",
                           11),
                    0);
    CU_ASSERT_EQUAL(memcmp(s + at + 11, "\x1D\x56\x42\x00", 4), 0);
    CU_ASSERT_EQUAL(memcmp(s + at + 15,
                           "\x1D\x28\x48\x06\x00\x30\x30"
                           "A002",
                           11),
                    0);
    CU_ASSERT_EQUAL(n, at + 26);
    free(s);
    free(b);
}

static void follows_the_model_at_the_end(void)
{
    struct bitmap *b = picture_new(384, 8);
    struct escpos_layout l = {.head_dots = 384,
                              .band_rows = 64,
                              .cutter = ESCPOS_CUTTER_NONE,
                              .feed_before_cut_dots = 80,
                              .has_in_order = true};
    uint8_t *s = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    CU_ASSERT_EQUAL(memcmp(s + n - 9, "\x1B\x4A\x50\x1B\x64\x04\x1D\x72\x01", 9), 0);
    free(s);
    l.cutter = ESCPOS_CUTTER_FULL;
    l.feed_before_cut_dots = 0;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    CU_ASSERT_EQUAL(memcmp(s + n - 7, "\x1D\x56\x41\x00\x1D\x72\x01", 7), 0);
    free(s);
    free(b);
}

static void refuses_pictures_that_do_not_fit(void)
{
    uint8_t *s = NULL;
    size_t n = 0;
    struct bitmap *b = picture_new(584, 8);
    CU_ASSERT_EQUAL(escpos_ticket(b, &layout_80mm, &s, &n, NULL, NULL), ERR_TOO_BIG);
    b->width_dots = 576; /* stride disagrees */
    CU_ASSERT_EQUAL(escpos_ticket(b, &layout_80mm, &s, &n, NULL, NULL), ERR_INVALID);
    b->width_dots = 584;
    b->rows = 0;
    CU_ASSERT_EQUAL(escpos_ticket(b, &layout_80mm, &s, &n, NULL, NULL), ERR_INVALID);
    CU_ASSERT_PTR_NULL(s);
    free(b);
}

/* Property: no real-time sequence in any ticket; dots are added, never taken away; few. */
static void leaves_no_real_time_sequence(void)
{
    uint32_t seed = 20261123;
    static const uint8_t nasty[] = {0x10, 0x04, 0x05, 0x14, 0x01, 0x00, 0x18, 0xFF};
    for (int round = 0; round < 400; round++) {
        uint32_t width = 8 + next_random(&seed) % 569, rows = 1 + next_random(&seed) % 400;
        struct bitmap *b = picture_new(width, rows);
        struct escpos_layout l = layout_80mm;
        uint8_t *s = NULL;
        size_t n = 0, n_dots = 0, bytes = (size_t)b->stride * rows;
        l.band_rows = 8 * (1 + next_random(&seed) % 16);
        for (size_t i = 0; i < bytes; i++)
            b->bits[i] =
                round % 2 ? nasty[next_random(&seed) % sizeof nasty] : (uint8_t)next_random(&seed);
        CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, &n_dots, NULL), 0);
        CU_ASSERT_EQUAL(escpos_find_real_time(s, n), n);
        size_t at = 5, n_added = 0;
        at += pads_bytes(s + at);
        for (uint32_t row = 0; row < rows; row += l.band_rows) {
            size_t len = (size_t)b->stride * (rows - row < l.band_rows ? rows - row : l.band_rows);
            at += 8;
            for (size_t i = 0; i < len; i++) {
                uint8_t was = b->bits[(size_t)b->stride * row + i], is = s[at + i];
                if ((was & is) != was)
                    CU_FAIL_FATAL("a dot was taken away");
                n_added += was != is;
            }
            at += len;
        }
        CU_ASSERT_EQUAL(n_added, n_dots);
        free(s);
        free(b);
    }
}

static void finds_real_time_sequences(void)
{
    CU_ASSERT_EQUAL(escpos_find_real_time((const uint8_t *)"\x10\x10\x04\x01", 4), 1);
    CU_ASSERT_EQUAL(escpos_find_real_time((const uint8_t *)"\x10\x05", 2), 0);
    CU_ASSERT_EQUAL(escpos_find_real_time((const uint8_t *)"\x00\x10\x14", 3), 1);
    CU_ASSERT_EQUAL(escpos_find_real_time((const uint8_t *)"\x10\x06\x04\x10", 4), 4);
}

/* Is the interpreter between commands after these bytes, with something printed and not cut? */
static bool is_broken_off_unseen(const uint8_t *s, size_t n)
{
    size_t at = 0;
    bool has_ink = false, is_cut = false;
    while (at < n) {
        size_t len = 0;
        if (s[at] == 0x1B)
            len = s[at + 1] == 0x40 || s[at + 1] == 0x32 ? 2 : 3;
        else if (s[at] == 0x1D && s[at + 1] == 0x76)
            len = at + 8 <= n ? 8 + (size_t)s[at + 4] * s[at + 6] : 8;
        else if (s[at] == 0x1D && s[at + 1] == 0x28)
            len = 11;
        else if (s[at] == 0x1D && s[at + 1] == 0x56)
            len = 4;
        else
            len = 3;
        if (at + len > n)
            return false; /* inside a command: it will not answer */
        has_ink |= s[at] == 0x1D && s[at + 1] == 0x76;
        is_cut |= s[at] == 0x1D && s[at + 1] == 0x56;
        at += len;
    }
    return has_ink && !is_cut;
}

static void a_broken_off_ticket_can_be_noticed(void)
{
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        uint32_t width = round % 3 == 0 ? 384 : round % 3 == 1 ? 512 : 576;
        struct bitmap *b = picture_new(width, 1 + next_random(&seed) % 1200);
        uint8_t *s = NULL;
        size_t n = 0;
        CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &layout_80mm, &s, &n, NULL, NULL), 0);
        for (size_t cut = 64; cut < n; cut += 64)
            if (is_broken_off_unseen(s, cut))
                CU_FAIL_FATAL("half a ticket looks like none");
        free(s);
        free(b);
    }
}

static void writes_the_short_commands(void)
{
    static const uint8_t id[4] = {'A', 'Z', '9', '0'};
    uint8_t out[ESCPOS_SHORT_MAX];
    CU_ASSERT_EQUAL(escpos_init(out), 2);
    CU_ASSERT_EQUAL(memcmp(out, "\x1B\x40", 2), 0);
    CU_ASSERT_EQUAL(escpos_clear(out), 10);
    CU_ASSERT_EQUAL(memcmp(out, "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", 10), 0);
    CU_ASSERT_EQUAL(escpos_clear_line(out), 3);
    CU_ASSERT_EQUAL(memcmp(out, "\x10\x05\x02", 3), 0);
    CU_ASSERT_EQUAL(escpos_process_id(id, out), 11);
    CU_ASSERT_EQUAL(memcmp(out,
                           "\x1D\x28\x48\x06\x00\x30\x30"
                           "AZ90",
                           11),
                    0);
    CU_ASSERT_EQUAL(escpos_restart_line(out), 3);
    CU_ASSERT_EQUAL(memcmp(out, "\x10\x05\x01", 3), 0);
    CU_ASSERT_EQUAL(escpos_density(-3, out), 7);
    CU_ASSERT_EQUAL(memcmp(out, "\x1D\x28\x4B\x02\x00\x31\xFD", 7), 0);
    CU_ASSERT_EQUAL(escpos_speed(9, out), 7);
    CU_ASSERT_EQUAL(memcmp(out, "\x1D\x28\x4B\x02\x00\x32\x09", 7), 0);
    CU_ASSERT_EQUAL(escpos_panel(false, out), 4);
    CU_ASSERT_EQUAL(memcmp(out, "\x1B\x63\x35\x01", 4), 0);
    CU_ASSERT_EQUAL(escpos_offline_response(out), 8);
    CU_ASSERT_EQUAL(memcmp(out, "\x1D\x28\x48\x03\x00\x31\x30\x02", 8), 0);
    CU_ASSERT_EQUAL(escpos_cut_counter(false, out), 6);
    CU_ASSERT_EQUAL(memcmp(out, "\x1D\x67\x32\x00\x32\x00", 6), 0);
    CU_ASSERT_EQUAL(escpos_cut_counter(true, out), 2);
    CU_ASSERT_EQUAL(memcmp(out, "\x1D\xE2", 2), 0);
}

static void cuts_in_every_form(void)
{
    static const struct {
        enum escpos_cut_form form;
        enum escpos_cutter cutter;
        const char *bytes;
        size_t n;
    } cases[] = {
        {ESCPOS_CUT_FEED, ESCPOS_CUTTER_FULL, "\x1D\x56\x41\x00", 4},
        {ESCPOS_CUT_FEED, ESCPOS_CUTTER_PARTIAL, "\x1D\x56\x42\x00", 4},
        {ESCPOS_CUT_RETURN, ESCPOS_CUTTER_FULL, "\x1D\x56\x67\x00", 4},
        {ESCPOS_CUT_HERE, ESCPOS_CUTTER_PARTIAL, "\x1B\x4A\xFF\x1B\x4A\x2D\x1D\x56\x01", 9},
        {ESCPOS_CUT_OLD, ESCPOS_CUTTER_FULL, "\x1B\x4A\xFF\x1B\x4A\x2D\x1B\x69", 8},
        {ESCPOS_CUT_HERE, ESCPOS_CUTTER_NONE, "\x1B\x64\x04", 3},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        uint8_t out[ESCPOS_CUT_MAX];
        struct escpos_layout l = {
            .cutter = cases[i].cutter, .cut_form = cases[i].form, .blade_dots = 300};
        CU_ASSERT_EQUAL_FATAL(escpos_cut(&l, out), cases[i].n);
        CU_ASSERT_EQUAL(memcmp(out, cases[i].bytes, cases[i].n), 0);
    }
}

static void lengthens_and_trims(void)
{
    struct bitmap *b = picture_new(64, 100);
    struct escpos_layout l = layout_80mm;
    uint8_t *s = NULL;
    size_t n = 0;
    b->bits[40 * 8] = 0x80; /* 40 blank rows at the top */
    l.min_rows = 120;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    size_t at = sizeof hello + pads_bytes(s + sizeof hello);
    CU_ASSERT_EQUAL(memcmp(s + at, "\x1D\x76\x30\x00\x08\x00\x78\x00", 8), 0);
    free(s);
    l.min_rows = 0;
    l.is_top_trimmed = true;
    l.blade_dots = 96;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    at = sizeof hello + pads_bytes(s + sizeof hello);
    CU_ASSERT_EQUAL(memcmp(s + at, "\x1D\x76\x30\x00\x08\x00\x3C\x00\x80", 9), 0);
    free(s);
    l.blade_dots = 30;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    at = sizeof hello + pads_bytes(s + sizeof hello);
    CU_ASSERT_EQUAL(s[at + 6], 70);
    free(s);
    free(b);
}

/* Property: the other image commands too are free of real-time sequences, whatever their own
 * numbers are, and every band is whole. */
static void other_image_commands_are_clean(void)
{
    static const uint32_t widths[] = {8, 80, 576, 1040, 1296, 4096};
    uint32_t seed = 99;
    for (int round = 0; round < 100; round++) {
        uint32_t width = round % 3 ? widths[next_random(&seed) % YJ_COUNT(widths)]
                                   : 8 * (1 + next_random(&seed) % 200);
        struct bitmap *b = picture_new(width, 1 + next_random(&seed) % 260);
        struct escpos_layout l = layout_80mm;
        uint8_t *s = NULL;
        size_t n = 0;
        l.head_dots = 4096;
        l.image = round % 2 ? ESCPOS_IMAGE_GS_8_L : ESCPOS_IMAGE_ESC_STAR;
        l.band_rows = 8 + next_random(&seed) % 300;
        l.column_spacing = 24;
        for (size_t i = 0; i < (size_t)b->stride * b->rows; i++)
            b->bits[i] = (uint8_t)(next_random(&seed) & 0x15);
        CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
        CU_ASSERT_EQUAL(escpos_find_real_time(s, n), n);
        free(s);
        free(b);
    }
}

static void uses_the_long_form_for_tall_bands(void)
{
    struct bitmap *b = picture_new(576, 1000);
    struct escpos_layout l = layout_80mm;
    uint8_t *s = NULL;
    size_t n = 0;
    l.image = ESCPOS_IMAGE_GS_8_L;
    l.band_rows = 1000;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    size_t at = sizeof hello + pads_bytes(s + sizeof hello), bytes = 72000 + 10;
    const uint8_t head[] = {0x1D,
                            0x38,
                            0x4C,
                            (uint8_t)bytes,
                            (uint8_t)(bytes >> 8),
                            (uint8_t)(bytes >> 16),
                            0,
                            0x30,
                            0x70,
                            0x30,
                            1,
                            1,
                            0x31,
                            0x40,
                            0x02,
                            0xE8,
                            0x03};
    CU_ASSERT_EQUAL(memcmp(s + at, head, sizeof head), 0);
    CU_ASSERT_EQUAL(memcmp(s + at + sizeof head + 72000, "\x1D\x28\x4C\x02\x00\x30\x32", 7), 0);
    free(s);
    l.band_rows = 128;
    CU_ASSERT_EQUAL_FATAL(escpos_ticket(b, &l, &s, &n, NULL, NULL), 0);
    at = sizeof hello + pads_bytes(s + sizeof hello);
    CU_ASSERT_EQUAL(memcmp(s + at, "\x1D\x28\x4C\x0A\x24\x30\x70", 7), 0);
    free(s);
    free(b);
}

static CU_TestInfo cases[] = {
    {"writes a ticket in bands, markers around the cut", writes_a_ticket_in_bands},
    {"follows the model at the end", follows_the_model_at_the_end},
    {"refuses pictures that do not fit", refuses_pictures_that_do_not_fit},
    {"leaves no real-time sequence in any ticket", leaves_no_real_time_sequence},
    {"finds real-time sequences", finds_real_time_sequences},
    {"a ticket broken off at any packet can be noticed", a_broken_off_ticket_can_be_noticed},
    {"writes the short commands", writes_the_short_commands},
    {"cuts in every form", cuts_in_every_form},
    {"lengthens and trims", lengthens_and_trims},
    {"other image commands are clean", other_image_commands_are_clean},
    {"uses the long form for tall bands", uses_the_long_form_for_tall_bands},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.escpos", cases)
