/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes: form of the square, both ways of drawing, limits. Reading is tested with the slip. */
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "ui/draw/qr.h"

static void has_finders_and_size(void)
{
    struct qr *qr = mem_zalloc(1, sizeof *qr);
    CU_ASSERT_EQUAL_FATAL(qr_encode("hello", 5, qr, NULL), 0);
    CU_ASSERT_EQUAL(qr->n_modules, 21);
    CU_ASSERT_EQUAL(qr_side(qr, 4), (21 + 8) * 4);
    CU_ASSERT_EQUAL(qr_unit_for(qr, 29 * 7 + 6), 7);
    CU_ASSERT_EQUAL(qr_unit_for(qr, 28), 0);
    for (int i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(qr->dark[i], 1);           /* top edge of the left finder */
        CU_ASSERT_EQUAL(qr->dark[20 * 21 + i], 1); /* bottom edge of the lower one */
        CU_ASSERT_EQUAL(qr->dark[14 + i], 1);      /* top edge of the right one */
    }
    CU_ASSERT_EQUAL(qr->dark[7], 0);
    free(qr);
}

static void limits(void)
{
    struct qr *qr = mem_zalloc(1, sizeof *qr);
    char *big = mem_zalloc(1, QR_MAX_PAYLOAD + 1);
    memset(big, 'x', QR_MAX_PAYLOAD + 1);
    CU_ASSERT_EQUAL(qr_encode(big, 0, qr, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(qr_encode(big, QR_MAX_PAYLOAD + 1, qr, NULL), ERR_TOO_BIG);
    CU_ASSERT_EQUAL(qr_encode(big, QR_MAX_PAYLOAD, qr, NULL), 0);
    CU_ASSERT_EQUAL(qr->n_modules, QR_MAX_MODULES);
    free(big);
    free(qr);
}

/* Surface and bitmap show the same modules, and the quiet zone stays light. */
static void both_drawings_agree(void)
{
    enum { UNIT = 3 };
    struct qr *qr = mem_zalloc(1, sizeof *qr);
    CU_ASSERT_EQUAL_FATAL(qr_encode("same", 4, qr, NULL), 0);
    int side = qr_side(qr, UNIT);
    struct surface *s = surface_new(side, side);
    uint32_t stride = (uint32_t)(side + 7) / 8;
    struct bitmap *bm = mem_zalloc(1, sizeof *bm + (size_t)stride * (size_t)side);
    *bm = (struct bitmap){(uint32_t)side, (uint32_t)side, stride};
    qr_draw_surface(qr, s, 0, 0, UNIT, 0xFF000000u, 0xFFFFFFFFu);
    qr_draw_bitmap(qr, bm, 0, 0, UNIT);
    int n_wrong = 0, n_dark = 0;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int dot = bm->bits[(uint32_t)y * stride + (uint32_t)x / 8] >> (7 - x % 8) & 1;
            bool is_dark = s->px[y * s->stride + x] == 0xFF000000u;
            bool is_quiet = x < 12 || y < 12 || x >= side - 12 || y >= side - 12;
            n_wrong += is_dark != (dot == 1) || (is_quiet && is_dark);
            n_dark += is_dark;
        }
    CU_ASSERT_EQUAL(n_wrong, 0);
    CU_ASSERT(n_dark > side);
    surface_free(s);
    free(bm);
    free(qr);
}

static CU_TestInfo cases[] = {
    {"finders and size", has_finders_and_size},
    {"limits", limits},
    {"surface and bitmap agree", both_drawings_agree},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.qr", cases)
