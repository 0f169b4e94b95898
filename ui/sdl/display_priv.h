/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the display: what backends implement. Main thread. */
#ifndef YJ_UI_SDL_DISPLAY_PRIV_H
#define YJ_UI_SDL_DISPLAY_PRIV_H

#include "ui/sdl/display.h"

enum { DISPLAY_MAX_INJECTED = 64, DISPLAY_MAX_RECTS = 32 };

struct display_ops {
    const char *name;
    int (*open)(struct display *d, const struct display_cfg *cfg, struct err *err);
    void (*close)(struct display *d);
    /* px: panel pixels as mounted; rects on them */
    void (*present)(struct display *d, const struct surface *px, const struct rect *rects,
                    int n_rects);
    bool (*wait)(struct display *d, int timeout_ms, struct display_event *ret);
    void (*wake)(struct display *d); /* any thread */
};

struct display {
    const struct display_ops *ops;
    struct surface *surface; /* upright */
    struct surface *panel;   /* turned copy; NULL without rotation */
    int rotation_deg;
    void *backend; /* owned by the ops */
    struct display_event injected[DISPLAY_MAX_INJECTED];
    int first, n_injected;
    uint64_t n_presented;
};

extern const struct display_ops display_window_ops;
extern const struct display_ops display_memory_ops;

#endif
