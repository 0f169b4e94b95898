/* SPDX-License-Identifier: Apache-2.0 */
/* The screens: a view in, intents out. Everything here belongs to the main thread, except
 * ui_wake. Nothing is drawn while nothing changes. */
#ifndef YJ_UI_UI_H
#define YJ_UI_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "types/bitmap.h"
#include "types/nav.h"
#include "types/regions.h"
#include "types/slip.h"
#include "types/view.h"

struct ui_cfg {
    const char *assets_dir; /* strings/, themes/, images/, fonts/ */
    const char *display;    /* "window" (SDL window) or "memory" (pixels only, no display server) */
    const char *theme;      /* "default", another of themes/, or the whole path of a .json file */
    /* languages that can be chosen, ids of assets/strings; prefs.language counts in them.
     * n_languages 0: only zh-Hans. Borrowed for the call. */
    const char *languages[PREFS_MAX_LANGUAGES];
    size_t n_languages;
    int width_px, height_px; /* of the panel: 1080 x 1920 */
    double width_mm;         /* of the panel's picture: 344 for a 27 inch portrait panel */
    double window_scale;     /* window only: size of the window against the panel, 0 = fit */
    int rotation_deg;        /* how the panel is mounted: 0, 90, 180, 270, clockwise */
    /* "default" (the system's output), "none" (no sound at all), or "file:PATH": 16 bit mono
     * samples written there, for tests and recordings */
    const char *sound;
    bool is_fullscreen;
    struct region_source regions; /* divisions that addresses begin with; at NULL: typed */
    const char *hall_name;        /* shown in the header; NULL: none */
    const char *inspect_socket;   /* NULL: none; ignored unless built with YIJIAN_INSPECTOR */
};

struct ui;

/** @return 0, ERR_UI_DISPLAY, ERR_UI_FONT, ERR_UI_ASSET (file, place and reason in err) */
int ui_new(const struct ui_cfg *cfg, struct ui **ret, struct err *err) YJ_CHECK;
void ui_free(struct ui *ui);

/** @return why cfg.theme is not used (file, place and reason, for staff) while the default one
 * stands in, NULL: it is used. Valid as long as the ui. */
const char *ui_theme_problem(const struct ui *ui);

/** Take over a new view (copied) and mark what changed; drawn by the next ui_wait. */
void ui_show(struct ui *ui, const struct view *view);

/** Forget everything the visitor typed, drew or saw: editors, caches of text, last view. */
void ui_wipe(struct ui *ui);

/**
 * Draw what is due, then sleep until an intent, ui_wake, or timeout_ms.
 * @param timeout_ms  -1: no limit
 * @return false when the window was closed: the program should end
 */
bool ui_wait(struct ui *ui, int timeout_ms);

/** A key of the keypad: moves the focus, presses what has it, types digits. Main thread. */
void ui_key(struct ui *ui, enum nav_key key);

/** @return true and the next intent; false when there is none. ret->strokes is valid until the
 * next ui call. */
bool ui_next_intent(struct ui *ui, struct intent *ret);

/** End the sleep in ui_wait. Thread: any. Blocks: no. */
void ui_wake(struct ui *ui);

/** Milliseconds the inspector has moved the clock forward; 0 in product builds. */
int64_t ui_clock_offset_ms(const struct ui *ui);

/**
 * Draw a slip for a printing head, at the panel's font.
 * @param width_dots  384..832; @param dots_per_mm 8 for 203 dpi
 * @param ret  owned by the caller: bytes_wipe then free
 * @return 0, ERR_UI_FONT, ERR_TOO_BIG (QR does not fit)
 * Blocks: tens of milliseconds.
 */
int ui_render_slip(struct ui *ui, const struct slip *slip, uint32_t width_dots, double dots_per_mm,
                   struct bitmap **ret, struct err *err) YJ_CHECK;

#endif
