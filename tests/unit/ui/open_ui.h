/* SPDX-License-Identifier: Apache-2.0 */
/* The interface as the tests of ui open it: portrait panel of 27 inches, drawn into memory. */
#ifndef YJ_TESTS_UNIT_UI_OPEN_UI_H
#define YJ_TESTS_UNIT_UI_OPEN_UI_H

#include <stdio.h>
#include <stdlib.h>

#include "cunit_main.h"
#include "ui/ui.h"

/** @return owned by the caller; leaves the program with 77 (skipped) where the fonts are missing.
 */
static inline struct ui *open_ui_turned(int rotation_deg)
{
    struct ui *ui = NULL;
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .languages = {"zh-Hans", "en"},
                         .n_languages = 2,
                         .width_px = 1080,
                         .height_px = 1920,
                         .rotation_deg = rotation_deg,
                         .width_mm = 344};
    int r = ui_new(&cfg, &ui, &err);
    if (r == ERR_UI_FONT) {
        fprintf(stderr, "skipped: %s\n", err.msg);
        exit(77);
    }
    CU_ASSERT_FATAL(r == 0);
    return ui;
}

/** The same on a panel that is mounted upright. */
static inline struct ui *open_ui(void)
{
    return open_ui_turned(0);
}

#endif
