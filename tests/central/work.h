/* SPDX-License-Identifier: Apache-2.0 */
/* Worker threads behind a bounded queue. The threads that serve sockets never block: what does goes
 * through here. */
#ifndef YJ_CENTRAL_WORK_H
#define YJ_CENTRAL_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct work;

/* Stands inside what is queued. */
struct work_item {
    struct work_item *next;
};

/** Called by a worker with one item. */
typedef void (*work_fn)(struct work_item *item);

/**
 * @param n_threads  1..256
 * @param cap        items that may wait
 * @return 0 or ERR_SYSTEM. Owns: the caller, work_free.
 */
int work_new(int n_threads, size_t cap, work_fn fn, struct work **ret, struct err *err) YJ_CHECK;

/** Queue an item. @return false: the queue is full, or it is ending. Thread: any. */
bool work_push(struct work *w, struct work_item *item) YJ_CHECK;

/** Take no more, finish what waits. Blocks: until the workers are gone. Harmless when repeated. */
void work_stop(struct work *w);
void work_free(struct work *w); /* accepts NULL; stops first */

#endif
