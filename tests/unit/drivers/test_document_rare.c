/* SPDX-License-Identifier: Apache-2.0 */
/* Every character of GB 18030-2022 level 3 can be printed on A4: documents that hold all of them
 * are laid out, and none has a character without a font. */
#include <stdio.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/document/document_layout.h"
#include "level3.h"

enum { CHARS_IN_BLOCK = 200, BLOCKS_IN_DOCUMENT = 25 };

static void lay_out(struct document *d, int *ret_bad)
{
    struct layout *l = NULL;
    struct err err = {0};
    int r = layout_new(d, &l, &err);
    if (r == ERR_DOCUMENT_GLYPH)
        fprintf(stderr, "  %s\n", err.msg);
    CU_ASSERT(r == 0 || r == ERR_DOCUMENT_GLYPH);
    *ret_bad += r != 0;
    layout_free(l);
}

static struct document *document_begin(void)
{
    struct document *d = mem_zalloc(1, sizeof *d);
    d->kind = DOCUMENT_APPLICATION;
    d->title = document_text(d, "申请表");
    d->subtitle = d->number = d->footer = d->qr = document_text(d, "");
    return d;
}

/* @return characters laid out */
static int walk(const struct level3_range *range, size_t n, int *ret_bad)
{
    struct document *d = document_begin();
    char block[CHARS_IN_BLOCK * 4 + 1] = "";
    size_t used = 0;
    int walked = 0, in_block = 0;
    for (size_t i = 0; i < n; i++)
        for (uint32_t cp = range[i].first; cp <= range[i].last; cp++, walked++) {
            used += bytes_utf8_put(cp, block + used);
            block[used] = 0;
            bool is_last = i == n - 1 && cp == range[i].last;
            if (++in_block < CHARS_IN_BLOCK && !is_last)
                continue;
            CU_ASSERT_FATAL(document_add(d, DOCUMENT_NOTE, block, NULL, NULL));
            used = 0;
            in_block = 0;
            if (d->n_blocks < BLOCKS_IN_DOCUMENT && !is_last)
                continue;
            lay_out(d, ret_bad);
            document_free(d);
            d = document_begin();
        }
    document_free(d);
    return walked;
}

static void every_character_prints(void)
{
    int bad = 0;
    CU_ASSERT_EQUAL(walk(level3_ideographs, YJ_COUNT(level3_ideographs), &bad), LEVEL3_IDEOGRAPHS);
    CU_ASSERT_EQUAL(walk(level3_radicals, YJ_COUNT(level3_radicals), &bad), LEVEL3_RADICALS);
    fprintf(stderr, "level 3 on A4: %d characters, %d documents with a missing one\n",
            LEVEL3_IDEOGRAPHS + LEVEL3_RADICALS, bad);
    CU_ASSERT_EQUAL(bad, 0);
}

static void what_no_font_has_is_refused(void)
{
    int bad = 0;
    struct document *d = document_begin();
    CU_ASSERT_FATAL(document_add(d, DOCUMENT_NOTE, "\xF3\xB0\x84\xA3", NULL, NULL)); /* private */
    lay_out(d, &bad);
    CU_ASSERT_EQUAL(bad, 1);
    document_free(d);
}

static CU_TestInfo cases[] = {
    {"every character prints", every_character_prints},
    {"what no font has is refused", what_no_font_has_is_refused},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.document_rare", cases)
