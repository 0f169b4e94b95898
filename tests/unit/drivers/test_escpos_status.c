/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS bytes in: sorting them, and what the bits mean in every dialect. */
#include "drivers/printer/escpos_status.h"

#include <string.h>

#include "base/bytes.h"
#include "cunit_main.h"

static struct escpos_parser parser_of(const char *dialect)
{
    struct escpos_parser p = {.dialect = printer_dialect_preset(dialect)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(p.dialect);
    return p;
}

/* Everything mixed, byte by byte. */
static void sorts_what_comes_in(void)
{
    static const uint8_t wire[] = {0x12, 0x14, 0x00, 0x00, 0x0F, 0x37, 0x22, 'A',  '0',
                                   '0',  '7',  0x00, 0x37, 0x25, 0x00, 0x10, 0x37, 0x25,
                                   0x00, 0x03, 0x5F, 'R',  'P',  '8',  '0',  0x00, 0x72,
                                   0x37, 0x23, 0x41, 0x00, 0x3B, 0x31, 0x00};
    static const enum escpos_item_kind kinds[] = {
        ESCPOS_ITEM_REAL_TIME, ESCPOS_ITEM_AUTO,     ESCPOS_ITEM_PROCESSED, ESCPOS_ITEM_CLEARED,
        ESCPOS_ITEM_AUTO,      ESCPOS_ITEM_IN_ORDER, ESCPOS_ITEM_TEXT,      ESCPOS_ITEM_REAL_TIME,
        ESCPOS_ITEM_OFFLINE,   ESCPOS_ITEM_OTHER,
    };
    struct escpos_parser p = parser_of("epson");
    struct escpos_item item;
    size_t n = 0;
    for (size_t i = 0; i < sizeof wire; i++)
        if (escpos_parse(&p, wire[i], &item)) {
            CU_ASSERT_TRUE_FATAL(n < YJ_COUNT(kinds));
            CU_ASSERT_EQUAL(item.kind, kinds[n]);
            if (n == 2)
                CU_ASSERT_EQUAL(memcmp(item.id, "A007", 4), 0);
            if (n == 4) /* after a first ASB byte the next three are taken as they are */
                CU_ASSERT_EQUAL(memcmp(item.bytes, "\x10\x37\x25\x00", 4), 0);
            if (n == 6)
                CU_ASSERT_STRING_EQUAL(item.text, "RP80");
            n++;
        }
    CU_ASSERT_EQUAL(n, YJ_COUNT(kinds));
}

static void an_endless_block_ends(void)
{
    struct escpos_parser p = parser_of("epson");
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

/* Custom: full status, counters as bare text, in-order replies, names; all beside each other. */
static void a_full_status_is_told_from_what_stands_beside_it(void)
{
    static const uint8_t wire[] = "\x00\x10\x0F\x04\x00\x00\x00"
                                  "2376 cuts\x03\x5F"
                                  "KPM\0";
    static const enum escpos_item_kind kinds[] = {ESCPOS_ITEM_IN_ORDER, ESCPOS_ITEM_REAL_TIME,
                                                  ESCPOS_ITEM_TEXT, ESCPOS_ITEM_IN_ORDER,
                                                  ESCPOS_ITEM_TEXT};
    struct escpos_parser p = parser_of("custom_full");
    struct escpos_item item;
    size_t n = 0;
    p.has_numbers = true;
    escpos_parser_ask(&p, &p.dialect->poll[0].answer);
    for (size_t i = 0; i < sizeof wire - 1; i++)
        if (escpos_parse(&p, wire[i], &item)) {
            CU_ASSERT_TRUE_FATAL(n < YJ_COUNT(kinds));
            CU_ASSERT_EQUAL(item.kind, kinds[n]);
            if (n == 1)
                CU_ASSERT_EQUAL(item.n, 6);
            if (n == 2)
                CU_ASSERT_STRING_EQUAL(item.text, "2376");
            if (n == 4)
                CU_ASSERT_STRING_EQUAL(item.text, "KPM");
            n++;
        }
    CU_ASSERT_EQUAL(n, YJ_COUNT(kinds));
}

/* What comes after its question was given up is stepped over, whole: its zeros would look like the
 * reply that proves a ticket. */
static void a_late_full_status_is_no_reply(void)
{
    static const uint8_t late[] = {0x10, 0x0F, 0x00, 0x00, 0x00, 0x00};
    struct escpos_parser p = parser_of("custom_full");
    const struct dialect_answer *a = &p.dialect->poll[0].answer;
    struct escpos_item item;
    for (size_t k = 0; k < sizeof late; k++) { /* given up before its k-th byte */
        size_t n_items = 0;
        escpos_parser_ask(&p, a);
        for (size_t i = 0; i < sizeof late; i++) {
            if (i == k)
                escpos_parser_ask(&p, NULL);
            if (escpos_parse(&p, late[i], &item)) {
                CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_OTHER);
                n_items++;
            }
        }
        CU_ASSERT_EQUAL(n_items, 1);
    }
    escpos_parser_ask(&p, a);
    CU_ASSERT_FALSE(escpos_parse(&p, 0x10, &item)); /* its rest gets lost */
    CU_ASSERT_FALSE(escpos_parse(&p, 0x0F, &item));
    escpos_parser_ask(&p, a);
    for (size_t i = 0; i + 1 < sizeof late; i++)
        CU_ASSERT_FALSE(escpos_parse(&p, late[i], &item));
    CU_ASSERT_TRUE(escpos_parse(&p, 0, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_REAL_TIME);
    CU_ASSERT_TRUE(escpos_parse(&p, 0, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_IN_ORDER);
}

/* One byte without fixed bits is an answer only when there was a question. */
static void one_byte_dialects_need_a_question(void)
{
    struct escpos_parser p = parser_of("hwasung");
    struct escpos_item item;
    CU_ASSERT_TRUE(escpos_parse(&p, 0x9F, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_OTHER);
    escpos_parser_ask(&p, &p.dialect->poll[0].answer);
    CU_ASSERT_TRUE(escpos_parse(&p, 0x9F, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_REAL_TIME);
    CU_ASSERT_TRUE(escpos_parse(&p, 0x9F, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_OTHER);
    p = parser_of("seiko"); /* bits 5 and 6 are always set */
    escpos_parser_ask(&p, &p.dialect->poll[0].answer);
    CU_ASSERT_TRUE(escpos_parse(&p, 0x01, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_OTHER);
    CU_ASSERT_TRUE(escpos_parse(&p, 0x61, &item));
    CU_ASSERT_EQUAL(item.kind, ESCPOS_ITEM_REAL_TIME);
}

struct reading {
    const char *dialect;
    size_t poll;
    uint8_t bytes[6];
    unsigned facts;
    int cause;
};

static void reads_every_dialect(void)
{
    static const struct reading cases[] = {
        {"epson", 0, {0x12}, 0, 0},
        {"epson", 1, {0x16}, FACT_COVER_OPEN, ERR_PRINTER_COVER},
        {"epson", 1, {0x32}, FACT_PAPER_OUT, ERR_PRINTER_PAPER_OUT},
        {"epson", 3, {0x72}, FACT_PAPER_OUT, ERR_PRINTER_PAPER_OUT},
        {"epson", 3, {0x7E}, FACT_PAPER_OUT | FACT_PAPER_LOW, ERR_PRINTER_PAPER_OUT},
        {"epson", 3, {0x1E}, FACT_PAPER_LOW, 0},
        {"epson", 3, {0x6C}, FACT_PAPER_OUT | FACT_PAPER_LOW, ERR_PRINTER_PAPER_OUT},
        {"epson", 2, {0x1A}, FACT_CUTTER_ERROR, ERR_PRINTER_CUTTER},
        {"epson", 2, {0x16}, FACT_JAM, ERR_PRINTER_JAM},
        {"epson", 2, {0x32}, FACT_UNRECOVERABLE, ERR_PRINTER_FAULT},
        {"epson", 2, {0x52}, FACT_HOT, ERR_PRINTER_HOT},
        {"epson_no_asb", 0, {0x1A}, FACT_OFFLINE, ERR_PRINTER_FAULT},
        {"custom_full",
         0,
         {0x10, 0x0F, 0x05},
         FACT_PAPER_OUT | FACT_PAPER_LOW,
         ERR_PRINTER_PAPER_OUT},
        {"custom_full", 0, {0x10, 0x0F, 0x20, 0x08}, FACT_TICKET | FACT_BUSY, 0},
        {"custom_full", 0, {0x10, 0x0F, 0, 0x03}, FACT_COVER_OPEN, ERR_PRINTER_COVER},
        {"custom_full",
         0,
         {0x10, 0x0F, 0, 0, 1, 1},
         FACT_HOT | FACT_CUTTER_ERROR,
         ERR_PRINTER_CUTTER},
        {"pyramid", 0, {0x10, 0x0F, 0, 0, 0x40}, FACT_JAM, ERR_PRINTER_JAM},
        {"hwasung", 0, {0x01}, FACT_PAPER_OUT, ERR_PRINTER_PAPER_OUT},
        {"hwasung", 0, {0x12}, FACT_COVER_OPEN | FACT_BUSY, ERR_PRINTER_COVER},
        {"hwasung",
         0,
         {0xA8},
         FACT_PAPER_LOW | FACT_CUTTER_ERROR | FACT_TICKET,
         ERR_PRINTER_CUTTER},
        {"seiko", 0, {0x62}, FACT_COVER_OPEN, ERR_PRINTER_COVER},
        {"seiko", 0, {0x78}, FACT_BUSY | FACT_HOT, ERR_PRINTER_HOT},
        {"nippon", 0, {0x05}, FACT_PAPER_LOW | FACT_PAPER_OUT, ERR_PRINTER_PAPER_OUT},
        {"nippon", 0, {0x02}, FACT_COVER_OPEN, ERR_PRINTER_COVER},
        {"phoenix", 0, {0x1A}, FACT_OFFLINE, ERR_PRINTER_FAULT},
        {"phoenix", 1, {0x7E}, FACT_PAPER_LOW | FACT_PAPER_OUT, ERR_PRINTER_PAPER_OUT},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        const struct printer_dialect *d = printer_dialect_preset(cases[i].dialect);
        CU_ASSERT_TRUE_FATAL(d && cases[i].poll < d->n_polls);
        const struct dialect_answer *a = &d->poll[cases[i].poll].answer;
        CU_ASSERT_TRUE(dialect_answer_fits(a, cases[i].bytes, a->n_bytes));
        unsigned facts = dialect_answer_apply(a, cases[i].bytes, 0);
        CU_ASSERT_EQUAL(facts, cases[i].facts);
        CU_ASSERT_EQUAL(printer_facts_cause(facts), cases[i].cause);
    }
}

/* The reason for a stop is believed; that it is over only where the paper itself is told. */
static void paper_is_back_when_the_paper_says_so(void)
{
    const struct printer_dialect *d = printer_dialect_preset("epson");
    unsigned facts = dialect_answer_apply(&d->poll[1].answer, (const uint8_t[]){0x32}, 0);
    facts = dialect_answer_apply(&d->poll[1].answer, (const uint8_t[]){0x12}, facts);
    CU_ASSERT_TRUE(facts & FACT_PAPER_OUT);
    facts = dialect_answer_apply(&d->poll[3].answer, (const uint8_t[]){0x1E}, facts);
    CU_ASSERT_EQUAL(facts, FACT_PAPER_LOW);
}

static void reads_automatic_status(void)
{
    static const struct {
        const char *asb;
        int cause;
    } cases[] = {
        {"\x38\x00\x00\x0F", ERR_PRINTER_COVER},
        {"\x18\x00\x0F\x0F", ERR_PRINTER_PAPER_OUT},
        {"\x18\x08\x00\x0F", ERR_PRINTER_CUTTER},
        {"\x10\x00\x03\x0F", 0},
    };
    const struct dialect_answer *a = &printer_dialect_preset("epson")->automatic;
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        unsigned facts = dialect_answer_apply(a, (const uint8_t *)cases[i].asb, FACT_HOT);
        CU_ASSERT_EQUAL(printer_facts_cause(facts), cases[i].cause);
    }
}

static CU_TestInfo cases[] = {
    {"sorts what comes in", sorts_what_comes_in},
    {"an endless block ends", an_endless_block_ends},
    {"a full status is told from what stands beside it",
     a_full_status_is_told_from_what_stands_beside_it},
    {"a late full status is no reply", a_late_full_status_is_no_reply},
    {"one-byte dialects need a question", one_byte_dialects_need_a_question},
    {"reads every dialect", reads_every_dialect},
    {"paper is back when the paper says so", paper_is_back_when_the_paper_says_so},
    {"reads automatic status", reads_automatic_status},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.escpos_status", cases)
