/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the inspector: the commands, apart from the socket. Thread: main. */
#ifndef YJ_UI_INSPECT_INSPECT_PRIV_H
#define YJ_UI_INSPECT_INSPECT_PRIV_H

#include <jansson.h>

#include "ui/inspect/inspect.h"

enum { INSPECT_LINE_BYTES = 65536 }; /* longest request, newline included */

/* A "wait" that has not come true yet. */
struct inspect_wait {
    bool is_active;
    char screen[32], item[96]; /* "" = any */
    bool is_gone;              /* wait for the item to leave */
    int64_t after;             /* wait for another revision than this; -1: any */
    int64_t deadline_ms;       /* the main thread's monotonic clock */
};

/**
 * Carry out one request.
 * @param request  any JSON value; borrowed
 * @param wait     set active when the answer comes later (inspect_cmd_poll)
 * @return the answer, owned by the caller; NULL when wait became active
 */
json_t *inspect_cmd_run(const struct inspect_hooks *hooks, void *ui, const json_t *request,
                        int64_t now_ms, struct inspect_wait *wait) YJ_CHECK;

/** @return the answer of a wait that came true or timed out, else NULL; owned by the caller */
json_t *inspect_cmd_poll(const struct inspect_hooks *hooks, void *ui, int64_t now_ms,
                         struct inspect_wait *wait) YJ_CHECK;

/** @return {"ok":false,"error":text}, owned by the caller */
json_t *inspect_cmd_error(const char *text) YJ_CHECK;

#endif
