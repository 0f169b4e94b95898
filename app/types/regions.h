/* SPDX-License-Identifier: Apache-2.0 */
/* Divisions of the country, as somebody else keeps them: for addresses that are chosen instead of
 * typed. */
#ifndef YJ_TYPES_REGIONS_H
#define YJ_TYPES_REGIONS_H

#include <stdbool.h>
#include <stddef.h>

enum { REGIONS_CODE_BYTES = 8 };

/**
 * Division number at below parent, in the order in which they are offered.
 * @param parent    "" for provinces, else a code that this function gave
 * @param ret_code  six digits; @param ret_name  as it is written in an address; both borrowed for
 *                  as long as the source lives
 * @return false: there are no more
 */
typedef bool (*region_at_fn)(void *arg, const char *parent, size_t at, const char **ret_code,
                             const char **ret_name);

struct region_source {
    region_at_fn at; /* NULL: none, addresses are typed */
    void *arg;       /* borrowed */
};

#endif
