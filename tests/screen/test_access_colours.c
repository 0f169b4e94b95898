/* SPDX-License-Identifier: Apache-2.0 */
/* Every sample screen in every contrast, drawn: what words claim to stand on is what they stand on.
 * Colours do not depend on pixels: half as many of them do. */
#include <stdio.h>

#include "cunit_main.h"
#include "matrix.h"

/* step 2: the usual size alone, for colours do not depend on it either. */
static void pass(const struct matrix_panel *panel, int step)
{
    struct matrix m;
    matrix_open(&m, panel);
    m.has_pixels = true;
    for (int i = 0; i < 2 * PREFS_N_CONTRAST; i += step) {
        struct matrix_way way = {.name = "contrast",
                                 .prefs = {.text = i % 2 ? TEXT_LARGEST : TEXT_NORMAL}};
        way.prefs.contrast = (uint8_t)(i / 2);
        matrix_walk(&m, &way);
    }
    printf("%s: %d pages\n", panel->name, m.n_measured);
    CU_ASSERT_EQUAL(m.n_findings, 0);
    CU_ASSERT(m.n_measured > n_samples);
    matrix_close(&m);
}

static void passes_standing(void)
{
    pass(&(struct matrix_panel){"27 standing, coarse", 540, 960, 344}, 1);
}

static void passes_lying(void)
{
    pass(&(struct matrix_panel){"27 lying, coarse", 960, 540, 598}, 1);
}

static void passes_small(void)
{
    pass(&(struct matrix_panel){"12.1 lying", 1280, 800, 261}, 2);
}

static CU_TestInfo cases[] = {
    {"passes standing", passes_standing},
    {"passes lying", passes_lying},
    {"passes on a small panel", passes_small},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access_colours", cases)
