/* SPDX-License-Identifier: Apache-2.0 */
/* The one allocator wrapper: out of memory aborts, so that callers need no branch for it.
 * Sizes that come from outside are capped and checked before they get here. */
#ifndef YJ_BASE_MEM_H
#define YJ_BASE_MEM_H

#include <stddef.h>

#include "base/err.h"

/** Zeroed memory of n * size bytes, owned by the caller, freed with free(). Never NULL. */
void *mem_zalloc(size_t n, size_t size) YJ_CHECK;

/** Copy of a string, owned by the caller. NULL stays NULL. */
char *mem_strdup(const char *s) YJ_CHECK;

/** Copy of n bytes plus a NUL behind them, owned by the caller. */
void *mem_dup(const void *p, size_t n) YJ_CHECK;

/**
 * Whole file into memory, with a NUL behind it; also one of /proc, whose size is not known before.
 * @param max_bytes  larger files give ERR_TOO_BIG
 * @param ret_data   owned by the caller
 * @return 0, ERR_NOT_FOUND, ERR_DENIED, ERR_IO or ERR_TOO_BIG. Blocks: disk.
 */
int mem_read_file(const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                  struct err *err) YJ_CHECK;

#endif
