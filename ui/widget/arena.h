/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one widget tree, given back and wiped in one go: it holds what visitors typed.
 * Thread: main. */
#ifndef YJ_UI_WIDGET_ARENA_H
#define YJ_UI_WIDGET_ARENA_H

#include <stddef.h>

#include "base/cleanup.h"

struct arena;

struct arena *arena_new(void) YJ_CHECK;
void arena_free(struct arena *a);

/** Wipe everything that was taken; the memory is kept for the next tree. */
void arena_reset(struct arena *a);

/** @return zeroed memory, valid until arena_reset; never NULL */
void *arena_take(struct arena *a, size_t bytes) YJ_CHECK;

/** @return a copy of n bytes with a NUL behind them */
char *arena_text(struct arena *a, const char *s, size_t n) YJ_CHECK;

/** printf into the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) YJ_PRINTF(2, 3) YJ_CHECK;

#endif
