/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS bytes out and in: ticket layout, real-time sequences, broken-off tickets, status. */
#include "drivers/printer/escpos.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/printer/escpos_status.h"
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

static const struct escpos_layout layout_80mm = {
    .head_dots = 576,
    .band_rows = 128,
    .cutter = ESCPOS_CUTTER_PARTIAL,
    .has_process_id = true,
    .id_before_cut = {'A', '0', '0', '1'},
    .id_after_cut = {'A', '0', '0', '2'},
};

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
    while (memcmp(s + at, "\x1B\x32", 2) == 0)
        at += 2;
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
        while (memcmp(s + at, "\x1B\x32", 2) == 0)
            at += 2;
        for (uint32_t row = 0; row < rows; row += l.band_rows) {
            size_t len = (size_t)b->stride * (rows - row < l.band_rows ? rows - row : l.band_rows);
            at += 8;
            for (size_t i = 0; i < len; i++) {
                uint8_t was = b->bits[(size_t)b->stride * row + i], is = s[at + i];
                CU_ASSERT_EQUAL_FATAL(was & is, was);
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
            CU_ASSERT_FALSE_FATAL(is_broken_off_unseen(s, cut));
        free(s);
        free(b);
    }
}

static void writes_the_short_commands(void)
{
    static const uint8_t id[4] = {'A', 'Z', '9', '0'};
    uint8_t out[ESCPOS_SHORT_MAX];
    CU_ASSERT_EQUAL(escpos_status_request(4, out), 3);
    CU_ASSERT_EQUAL(memcmp(out, "\x10\x04\x04", 3), 0);
    CU_ASSERT_EQUAL(escpos_clear(out), 10);
    CU_ASSERT_EQUAL(memcmp(out, "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", 10), 0);
    CU_ASSERT_EQUAL(escpos_process_id(id, out), 11);
    CU_ASSERT_EQUAL(memcmp(out,
                           "\x1D\x28\x48\x06\x00\x30\x30"
                           "AZ90",
                           11),
                    0);
    CU_ASSERT_EQUAL(escpos_restart_line(out), 3);
    CU_ASSERT_EQUAL(memcmp(out, "\x10\x05\x01", 3), 0);
}

/* Everything mixed, in every split that single bytes make. */
static void sorts_what_comes_in(void)
{
    static const uint8_t wire[] = {0x12, 0x14, 0x00, 0x00, 0x0F, 0x37, 0x22, 'A',  '0',  '0',  '7',
                                   0x00, 0x37, 0x25, 0x00, 0x10, 0x37, 0x25, 0x00, 0x03, 0x5F, 'R',
                                   'P',  '8',  '0',  0x00, 0x72, 0x37, 0x23, 0x41, 0x00};
    static const enum escpos_item_kind kinds[] = {
        ESCPOS_ITEM_REAL_TIME, ESCPOS_ITEM_AUTO,      ESCPOS_ITEM_PROCESSED,
        ESCPOS_ITEM_CLEARED,   ESCPOS_ITEM_AUTO,      ESCPOS_ITEM_IN_ORDER,
        ESCPOS_ITEM_OTHER,     ESCPOS_ITEM_REAL_TIME, ESCPOS_ITEM_OTHER,
    };
    struct escpos_parser p = {0};
    struct escpos_item item;
    size_t n = 0;
    for (size_t i = 0; i < sizeof wire; i++)
        if (escpos_parse(&p, wire[i], &item)) {
            CU_ASSERT_TRUE_FATAL(n < YJ_COUNT(kinds));
            CU_ASSERT_EQUAL(item.kind, kinds[n]);
            if (n == 2)
                CU_ASSERT_EQUAL(memcmp(item.id, "A007", 4), 0);
            if (n == 4) /* after a first ASB byte the next three are taken as they are */
                CU_ASSERT_EQUAL(memcmp(item.asb, "\x10\x37\x25\x00", 4), 0);
            n++;
        }
    CU_ASSERT_EQUAL(n, YJ_COUNT(kinds));
}

static void an_endless_block_ends(void)
{
    struct escpos_parser p = {0};
    struct escpos_item item;
    int n = 0;
    (void)escpos_parse(&p, 0x37, &item);
    for (int i = 0; i < 1000 && n == 0; i++)
        n += escpos_parse(&p, 0x41, &item);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_OTHER);
    CU_ASSERT_TRUE(escpos_parse(&p, 0x12, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_REAL_TIME);
}

static void reads_real_time_status(void)
{
    static const struct {
        uint8_t n, byte;
        int cause;
    } cases[] = {
        {1, 0x12, 0},
        {2, 0x16, ERR_PRINTER_COVER},
        {2, 0x32, ERR_PRINTER_PAPER_OUT},
        {4, 0x72, ERR_PRINTER_PAPER_OUT},
        {4, 0x7E, ERR_PRINTER_PAPER_OUT},
        {4, 0x1E, 0},
        {3, 0x1A, ERR_PRINTER_CUTTER},
        {3, 0x16, ERR_PRINTER_JAM},
        {3, 0x32, ERR_PRINTER_FAULT},
        {3, 0x52, ERR_PRINTER_HOT},
        {4, 0x6C, ERR_PRINTER_PAPER_OUT}, /* a maker that leaves the fixed bits clear */
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct escpos_status s = {0};
        escpos_status_real_time(&s, cases[i].n, cases[i].byte);
        CU_ASSERT_EQUAL(escpos_status_cause(&s), cases[i].cause);
    }
    struct escpos_status s = {0};
    escpos_status_real_time(&s, 2, 0x32);
    escpos_status_real_time(&s, 4, 0x1E);
    CU_ASSERT_FALSE(s.is_paper_out);
    CU_ASSERT_TRUE(s.is_paper_low);
}

static void reads_automatic_status(void)
{
    struct escpos_status s = {0};
    escpos_status_auto(&s, (const uint8_t *)"\x38\x00\x00\x0F");
    CU_ASSERT_EQUAL(escpos_status_cause(&s), ERR_PRINTER_COVER);
    escpos_status_auto(&s, (const uint8_t *)"\x18\x00\x0F\x0F");
    CU_ASSERT_EQUAL(escpos_status_cause(&s), ERR_PRINTER_PAPER_OUT);
    escpos_status_auto(&s, (const uint8_t *)"\x18\x08\x00\x0F");
    CU_ASSERT_EQUAL(escpos_status_cause(&s), ERR_PRINTER_CUTTER);
    escpos_status_auto(&s, (const uint8_t *)"\x10\x00\x03\x0F");
    CU_ASSERT_EQUAL(escpos_status_cause(&s), 0);
    CU_ASSERT_TRUE(s.is_paper_low);
}

static void takes_device_ids_apart(void)
{
    struct printer_id id;
    static const char text[] = "xxMFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;";
    uint8_t raw[64];
    size_t n = sizeof text - 1;
    memcpy(raw, text, n);
    raw[0] = 0;
    raw[1] = (uint8_t)n;
    printer_id_parse(raw, n, &id);
    CU_ASSERT_STRING_EQUAL(id.mfg, "EPSON");
    CU_ASSERT_STRING_EQUAL(id.mdl, "TM-T20II");
    CU_ASSERT_STRING_EQUAL(id.cmd, "ESC/POS");
    raw[0] = (uint8_t)n; /* the other byte order, and the long words */
    raw[1] = 0;
    memcpy(raw + 2, " MANUFACTURER:HP;COMMAND SET:PCL;MODEL:X", 40);
    printer_id_parse(raw, 42, &id);
    CU_ASSERT_STRING_EQUAL(id.mfg, "HP");
    CU_ASSERT_STRING_EQUAL(id.cmd, "PCL");
    for (size_t cut = 0; cut <= n; cut++)
        printer_id_parse(raw, cut, &id); /* any length is safe */
}

static void chooses_the_profile(void)
{
    char *text = NULL;
    size_t n = 0;
    struct printer_table *t = mem_zalloc(1, sizeof *t);
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/devices/printer.json", 65536, &text, &n, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(printer_table_parse(text, t, NULL), 0);
    struct printer_id epson = {"EPSON", "TM-T88V", "ESC/POS"}, none = {"", "", ""};
    struct printer_id office = {"HP", "LaserJet", "PCL,PS"};
    CU_ASSERT_EQUAL(printer_table_find(t, 0x04B8, 0x0E03, &epson)->head_dots, 512);
    CU_ASSERT_EQUAL(printer_table_find(t, 0x0FE6, 0x811E, &none)->head_dots, 384);
    CU_ASSERT_EQUAL(printer_table_find(t, 0x1111, 0x2222, &none)->head_dots, 576);
    CU_ASSERT_PTR_NULL(printer_table_find(t, 0x03F0, 0x0001, &office));
    free(text);
    static const char *const bad[] = {
        "{\"class\":\"printer\",\"devices\":[{\"dots\":0}]}",
        "{\"class\":\"printer\",\"devices\":[{\"dots\":576,\"cutter\":\"axe\"}]}",
        "{\"class\":\"printer\",\"devices\":[{\"dots\":576,\"mfg\":7}]}",
        "{\"class\":\"printer\",\"devices\":[{\"dots\":576,\"vid\":\"12\"}]}",
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_EQUAL(printer_table_parse(bad[i], t, NULL), ERR_SYNTAX);
    free(t);
}

static CU_TestInfo cases[] = {
    {"writes a ticket in bands, markers around the cut", writes_a_ticket_in_bands},
    {"follows the model at the end", follows_the_model_at_the_end},
    {"refuses pictures that do not fit", refuses_pictures_that_do_not_fit},
    {"leaves no real-time sequence in any ticket", leaves_no_real_time_sequence},
    {"finds real-time sequences", finds_real_time_sequences},
    {"a ticket broken off at any packet can be noticed", a_broken_off_ticket_can_be_noticed},
    {"writes the short commands", writes_the_short_commands},
    {"sorts what comes in", sorts_what_comes_in},
    {"an endless block ends", an_endless_block_ends},
    {"reads real-time status", reads_real_time_status},
    {"reads automatic status", reads_automatic_status},
    {"takes device ids apart", takes_device_ids_apart},
    {"chooses the profile", chooses_the_profile},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.escpos", cases)
