/* SPDX-License-Identifier: Apache-2.0 */
/* Every sample screen, every page, sheet and keyboard, on every panel, in every text size and
 * language, for those who need it large or low: measured. Argument: the panels. */
#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
#include "matrix.h"

static void pass(const struct matrix_panel *panel)
{
    struct matrix m;
    matrix_open(&m, panel);
    for (int i = 0; i < n_matrix_ways; i++)
        if (!matrix_ways[i].prefs.is_low || panel->h > panel->w)
            matrix_walk(&m, &matrix_ways[i]);
    printf("%s: %d pages\n", panel->name, m.n_measured);
    CU_ASSERT_EQUAL(m.n_findings, 0);
    CU_ASSERT(m.n_measured > n_samples);
    matrix_close(&m);
}

#ifdef ACCESS_LYING
static void passes_on_27_inch(void)
{
    pass(&matrix_lying[0]);
}

static void passes_on_21_inch(void)
{
    pass(&matrix_lying[1]);
}

static void passes_on_12_inch(void)
{
    pass(&matrix_lying[2]);
}

static void passes_on_15_inch(void)
{
    pass(&matrix_lying[3]);
}
#else
static void passes_on_27_inch(void)
{
    pass(&matrix_standing[0]);
}

static void passes_on_21_inch(void)
{
    pass(&matrix_standing[1]);
}

static void passes_on_32_inch(void)
{
    pass(&matrix_standing[2]);
}
#endif

static CU_TestInfo cases[] = {
    {"passes on 27 inch", passes_on_27_inch},
    {"passes on 21.5 inch", passes_on_21_inch},
#ifdef ACCESS_LYING
    {"passes on 12.1 inch", passes_on_12_inch},
    {"passes on 15.6 inch", passes_on_15_inch},
#else
    {"passes on 32 inch", passes_on_32_inch},
#endif
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access", cases)
