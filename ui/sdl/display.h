/* SPDX-License-Identifier: Apache-2.0 */
/* The panel: a full-size surface in RAM, shown by a backend, and what fingers do to it.
 * Backends: "window" (SDL window on a desktop, scaled to fit), "memory" (pixels only: no display
 * server, no SDL video). Thread: main, except display_wake. */
#ifndef YJ_UI_SDL_DISPLAY_H
#define YJ_UI_SDL_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/draw/surface.h"

enum display_event_kind {
    DISPLAY_NONE,
    DISPLAY_DOWN, /* x, y in panel pixels */
    DISPLAY_MOVE,
    DISPLAY_UP,
    DISPLAY_KEY,    /* key: SDL's name, "Return" */
    DISPLAY_EXPOSE, /* the backend lost its copy: present everything again */
    DISPLAY_WAKE,
    DISPLAY_QUIT,
};

struct display_event {
    enum display_event_kind kind;
    int x, y;
    char key[24];
};

struct display_cfg {
    const char *backend;     /* "window" or "memory" */
    int width_px, height_px; /* of the picture as people see it */
    int rotation_deg;        /* of the mounted panel, clockwise: 0, 90, 180, 270 (rotate.h) */
    double window_scale;     /* 0: fit the desktop */
    bool is_fullscreen;
};

struct display;

/** @return 0 or ERR_UI_DISPLAY. ret is owned by the caller. Blocks: as long as a window takes. */
int display_new(const struct display_cfg *cfg, struct display **ret, struct err *err) YJ_CHECK;
void display_free(struct display *d);

/** @return the picture's pixels, upright, borrowed; draw, then present. */
struct surface *display_surface(struct display *d);

/** Show these parts of the surface. */
void display_present(struct display *d, const struct rect *rects, int n_rects);

/** Show another picture of the same size instead, for a moment: a page that is being turned. */
void display_present_picture(struct display *d, const struct surface *picture);

/** @return what the panel's own rows of pixels were given last, turned as it is mounted; for tests
 * and for the proof that nothing stays. Without rotation the surface itself. */
const struct surface *display_panel(const struct display *d);

/** Sleep until an event or timeout_ms (-1: no limit, 0: poll). @return false when none came. */
bool display_wait(struct display *d, int timeout_ms, struct display_event *ret);

/** End display_wait with DISPLAY_WAKE; several calls may become one. Thread: any. Blocks: no. */
void display_wake(struct display *d);

/** Queue an event as if a finger or key had made it; dropped when 64 wait. */
void display_inject(struct display *d, const struct display_event *event);

/** @return pixels presented since the start, for tests. */
uint64_t display_presented(const struct display *d);

/** Write the surface as PNG. @return 0 or ERR_IO. Blocks: disk. */
int display_save_png(struct display *d, const char *path, struct err *err) YJ_CHECK;

#endif
