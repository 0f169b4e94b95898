/* SPDX-License-Identifier: Apache-2.0 */
/* Dialect presets and the meaning of answers. Pure; runs wherever it is called. */
#include "drivers/printer/printer_dialect.h"

#include <string.h>

#include "base/bytes.h"

#define BIT(byte, n, what)                                                                         \
    {                                                                                              \
        .at = (byte), .mask = 1 << (n), .fact = (what)                                             \
    }
#define BIT_UP(byte, n, what)                                                                      \
    {                                                                                              \
        .at = (byte), .mask = 1 << (n), .is_set_only = true, .fact = (what)                        \
    }

/* DLE EOT 1..4. The paper end of n = 2 is the reason for a stop; only n = 4 says it is over. */
#define EPSON_POLLS                                                                                \
    .n_polls = 4, .poll = {                                                                        \
                      {.n_request = 3,                                                             \
                       .request = {0x10, 4, 1},                                                    \
                       .answer = {.n_bytes = 1, .n_bits = 1, .bit = {BIT(0, 3, FACT_OFFLINE)}}},   \
                      {.n_request = 3,                                                             \
                       .request = {0x10, 4, 2},                                                    \
                       .answer = {.n_bytes = 1,                                                    \
                                  .n_bits = 3,                                                     \
                                  .bit = {BIT(0, 2, FACT_COVER_OPEN),                              \
                                          BIT_UP(0, 5, FACT_PAPER_OUT), BIT(0, 6, FACT_ERROR)}}},  \
                      {.n_request = 3,                                                             \
                       .request = {0x10, 4, 3},                                                    \
                       .answer = {.n_bytes = 1,                                                    \
                                  .n_bits = 4,                                                     \
                                  .bit = {BIT(0, 2, FACT_JAM), BIT(0, 3, FACT_CUTTER_ERROR),       \
                                          BIT(0, 5, FACT_UNRECOVERABLE), BIT(0, 6, FACT_HOT)}}},   \
                      {.n_request = 3,                                                             \
                       .request = {0x10, 4, 4},                                                    \
                       .answer = {.n_bytes = 1,                                                    \
                                  .n_bits = 4,                                                     \
                                  .bit = {BIT(0, 2, FACT_PAPER_LOW), BIT(0, 3, FACT_PAPER_LOW),    \
                                          BIT(0, 5, FACT_PAPER_OUT), BIT(0, 6, FACT_PAPER_OUT)}}}, \
    }

#define CUSTOM_BITS                                                                                \
    BIT(2, 0, FACT_PAPER_OUT), BIT(2, 2, FACT_PAPER_LOW), BIT(2, 5, FACT_TICKET),                  \
        BIT(2, 6, FACT_PAPER_OUT), BIT(3, 0, FACT_COVER_OPEN), BIT(3, 1, FACT_COVER_OPEN),         \
        BIT(3, 3, FACT_BUSY), BIT(4, 0, FACT_HOT), BIT(4, 3, FACT_UNRECOVERABLE),                  \
        BIT(4, 6, FACT_JAM), BIT(5, 0, FACT_CUTTER_ERROR), BIT(5, 1, FACT_COVER_OPEN),             \
        BIT(5, 2, FACT_UNRECOVERABLE), BIT(5, 3, FACT_UNRECOVERABLE)

/* the full status: one request, two bytes of head, four of facts */
#define CUSTOM_POLLS                                                                               \
    .n_polls = 1, .poll = {{.n_request = 3,                                                        \
                            .request = {0x10, 4, 0x14},                                            \
                            .answer = {.n_bytes = 6,                                               \
                                       .n_head = 2,                                                \
                                       .head = {0x10, 0x0F},                                       \
                                       .n_bits = 14,                                               \
                                       .bit = {CUSTOM_BITS}}}}

static const struct printer_dialect presets[] = {
    {.name = "epson",
     .is_sorted = true,
     EPSON_POLLS,
     .n_enable = 3,
     .enable = {0x1D, 0x61, 0xFF},
     .automatic = {.n_bytes = 4,
                   .n_bits = 10,
                   .bit = {BIT(0, 3, FACT_OFFLINE), BIT(0, 5, FACT_COVER_OPEN), BIT(1, 2, FACT_JAM),
                           BIT(1, 3, FACT_CUTTER_ERROR), BIT(1, 5, FACT_UNRECOVERABLE),
                           BIT(1, 6, FACT_HOT), BIT(2, 0, FACT_PAPER_LOW),
                           BIT(2, 1, FACT_PAPER_LOW), BIT(2, 2, FACT_PAPER_OUT),
                           BIT(2, 3, FACT_PAPER_OUT)}}},
    {.name = "epson_no_asb", .is_sorted = true, EPSON_POLLS},
    {.name = "custom_full", CUSTOM_POLLS},
    {.name = "hwasung",
     .n_polls = 1,
     .poll = {{.n_request = 3,
               .request = {0x10, 4, 2},
               .answer = {.n_bytes = 1,
                          .n_bits = 7,
                          .bit = {BIT(0, 0, FACT_PAPER_OUT), BIT(0, 1, FACT_COVER_OPEN),
                                  BIT(0, 2, FACT_JAM), BIT(0, 3, FACT_PAPER_LOW),
                                  BIT(0, 4, FACT_BUSY), BIT(0, 5, FACT_CUTTER_ERROR),
                                  BIT(0, 7, FACT_TICKET)}}}}},
    {.name = "seiko",
     .n_polls = 1,
     .poll = {{.n_request = 3,
               .request = {0x10, 4, 2},
               .answer = {.n_bytes = 1,
                          .fixed_mask = {0x60},
                          .fixed_value = {0x60},
                          .n_bits = 5,
                          .bit = {BIT(0, 0, FACT_PAPER_OUT), BIT(0, 1, FACT_COVER_OPEN),
                                  BIT(0, 2, FACT_UNRECOVERABLE), BIT(0, 3, FACT_HOT),
                                  BIT(0, 4, FACT_BUSY)}}}}},
    {.name = "nippon",
     .n_polls = 1,
     .poll = {{.n_request = 3,
               .request = {0x10, 4, 1},
               .answer = {.n_bytes = 1,
                          .n_bits = 4,
                          .bit = {BIT(0, 0, FACT_PAPER_LOW), BIT(0, 1, FACT_COVER_OPEN),
                                  BIT(0, 2, FACT_PAPER_OUT), BIT(0, 3, FACT_HOT)}}}}},
    /* Reliance: the full status of Custom; its one-byte answers leave the fixed bits clear */
    {.name = "pyramid", CUSTOM_POLLS},
    /* answers in order; n = 3 says nothing, the cover is not told */
    {.name = "phoenix",
     .is_sorted = true,
     .n_polls = 2,
     .poll = {{.n_request = 3,
               .request = {0x10, 4, 1},
               .answer = {.n_bytes = 1, .n_bits = 1, .bit = {BIT(0, 3, FACT_OFFLINE)}}},
              {.n_request = 3,
               .request = {0x10, 4, 4},
               .answer = {.n_bytes = 1,
                          .n_bits = 4,
                          .bit = {BIT(0, 2, FACT_PAPER_LOW), BIT(0, 3, FACT_PAPER_LOW),
                                  BIT(0, 5, FACT_PAPER_OUT), BIT(0, 6, FACT_PAPER_OUT)}}}}},
    {.name = "none", .is_sorted = true},
};

const struct printer_dialect *printer_dialect_preset(const char *name)
{
    for (size_t i = 0; i < YJ_COUNT(presets); i++)
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    return NULL;
}

static unsigned answer_facts(const struct dialect_answer *a)
{
    unsigned facts = 0;
    for (size_t i = 0; i < a->n_bits; i++)
        facts |= a->bit[i].fact;
    return facts;
}

unsigned printer_dialect_facts(const struct printer_dialect *d)
{
    unsigned facts = answer_facts(&d->automatic);
    for (size_t i = 0; i < d->n_polls; i++)
        facts |= answer_facts(&d->poll[i].answer);
    return facts;
}

bool printer_dialect_is_safe(const struct printer_dialect *d)
{
    for (size_t i = 0; i < d->n_polls && !d->is_sorted; i++)
        if (d->poll[i].answer.n_head == 0 || (d->poll[i].answer.head[0] & 0x90) == 0)
            return false;
    return true;
}

bool dialect_answer_fits(const struct dialect_answer *a, const uint8_t *p, size_t n)
{
    if (n != a->n_bytes || memcmp(p, a->head, a->n_head) != 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((p[i] & a->fixed_mask[i]) != a->fixed_value[i])
            return false;
    return true;
}

unsigned dialect_answer_apply(const struct dialect_answer *a, const uint8_t *p, unsigned facts)
{
    for (size_t i = 0; i < a->n_bits; i++)
        if (!a->bit[i].is_set_only)
            facts &= ~a->bit[i].fact;
    for (size_t i = 0; i < a->n_bits; i++) {
        bool is_set = p[a->bit[i].at] & a->bit[i].mask;
        if (is_set != a->bit[i].is_inverted)
            facts |= a->bit[i].fact;
    }
    return facts;
}

int printer_facts_cause(unsigned facts)
{
    static const struct {
        unsigned fact;
        int code;
    } order[] = {
        {FACT_COVER_OPEN, ERR_PRINTER_COVER},           {FACT_PAPER_OUT, ERR_PRINTER_PAPER_OUT},
        {FACT_CUTTER_ERROR, ERR_PRINTER_CUTTER},        {FACT_JAM, ERR_PRINTER_JAM},
        {FACT_UNRECOVERABLE, ERR_PRINTER_FAULT},        {FACT_HOT, ERR_PRINTER_HOT},
        {FACT_ERROR | FACT_OFFLINE, ERR_PRINTER_FAULT},
    };
    for (size_t i = 0; i < YJ_COUNT(order); i++)
        if (facts & order[i].fact)
            return order[i].code;
    return 0;
}
