/* SPDX-License-Identifier: Apache-2.0 */
/* Shared between overlay.c (reading, merging) and overlay_blame.c. */
#ifndef YJ_CORE_OVERLAY_PRIV_H
#define YJ_CORE_OVERLAY_PRIV_H

#include "core/overlay.h"

struct overlay {
    char file[sizeof((struct matter_complaint *)NULL)->file];
    json_t *json; /* owned */
    struct arena arena;
    const char *matter, *region, *version; /* in the arena */
};

enum { OVERLAY_N_LISTS = 7 };
extern const char *const overlay_lists[OVERLAY_N_LISTS];

/** @return place of the part with this id, the list's size when there is none. */
size_t overlay_find(const json_t *list, const char *id);

#endif
