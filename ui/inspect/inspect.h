/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector: a UNIX socket on which tests and developers read and touch the screens, one
 * JSON object a line. Compiled only with YIJIAN_INSPECTOR; board images are built without it.
 * The socket lives on a thread of its own that hands every request to the main thread and waits
 * for the answer there; it never sees the screens itself. Commands: INSPECTOR.md. */
#ifndef YJ_UI_INSPECT_INSPECT_H
#define YJ_UI_INSPECT_INSPECT_H

#include <stdint.h>

#include "base/err.h"
#include "ui/inspect/inspect_hooks.h"

struct inspect;

struct inspect_cfg {
    const char *socket_path; /* at most 107 bytes; an older socket there is replaced */
    const struct inspect_hooks *hooks;
    void *ui;                /* given to every hook; borrowed */
    void (*wake)(void *arg); /* end the main thread's sleep; called from the inspector's thread */
    void *wake_arg;
};

/**
 * Open the socket (mode 0600) and start the thread.
 * @param cfg  read during the call; hooks, ui and wake_arg are borrowed until inspect_stop
 * @return 0, ERR_INVALID (path), ERR_SYSTEM
 * Thread: main. Blocks: no.
 */
int inspect_start(const struct inspect_cfg *cfg, struct inspect **ret, struct err *err) YJ_CHECK;

/** Answer what waits with an error, end the thread, remove the socket. Accepts NULL.
 * Thread: main. Blocks: at most 1 s. */
void inspect_stop(struct inspect *in);

/**
 * Answer the requests that arrived. Call once every turn of the main loop, after the view was
 * taken over.
 * @param now_ms  monotonic
 * @return milliseconds until it must be called again without any other event; -1: no limit
 * Thread: main. Blocks: as long as the hooks do.
 */
int inspect_serve(struct inspect *in, int64_t now_ms);

#endif
