/* SPDX-License-Identifier: Apache-2.0 */
/* Joins the rooms: screens, visit machine, devices, outbox. One object, the main thread. */
#ifndef YJ_APP_KIOSK_H
#define YJ_APP_KIOSK_H

#include "base/err.h"
#include "settings.h"

struct kiosk;

/**
 * Open the display, load the catalogue, start the threads, show the first screen.
 * Missing devices, an unusable data folder, broken matter files and unusable keys are shown to
 * the people in front of the screen; only what leaves no screen to show it on is an error.
 * @param settings        borrowed for the life of the kiosk
 * @param inspect_socket  development builds: path of the inspector's socket, or NULL
 * @return 0, ERR_UI_* (no display, font or theme), ERR_STORE_LOCKED (another kiosk runs),
 *         ERR_NOT_FOUND (no assets)
 */
int kiosk_start(const struct settings *settings, const char *inspect_socket, struct kiosk **ret,
                struct err *err) YJ_CHECK;

/** Serve visitors until the window is closed or kiosk_stop was called. */
void kiosk_run(struct kiosk *k);

/** Ask kiosk_run to return. Thread: any. */
void kiosk_stop(struct kiosk *k);

/** Stop the threads, wipe, free. Accepts NULL and half-started objects. */
void kiosk_free(struct kiosk *k);

#endif
