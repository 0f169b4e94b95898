/* SPDX-License-Identifier: Apache-2.0 */
/* How many people were served: figures for the home page. Counted, never estimated. */
#ifndef YJ_TYPES_COUNTERS_H
#define YJ_TYPES_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Applications of one day and since the beginning. */
struct counter_pair {
    int64_t today, total;
};

struct service_counters {
    int day;                     /* YYYYMMDD that "today" means; 0: not known, nothing is shown */
    struct counter_pair own;     /* stored on this terminal */
    bool has_hall, has_province; /* the centre said them in its last answer */
    struct counter_pair hall, province; /* taken by the centre */
};

#endif
