/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the application of a device's status, when it has changed. Thread: the driver's. */
#ifndef YJ_DRIVERS_STATUS_H
#define YJ_DRIVERS_STATUS_H

#include <stdbool.h>
#include <string.h>

#include "drivers/driver.h"

/* By its members, as padding has no value. */
static inline bool device_status_is_same(const struct device_status *a,
                                         const struct device_status *b)
{
    return a->kind == b->kind && a->state == b->state && a->media == b->media &&
           a->paper == b->paper && a->cause == b->cause && a->head_dots == b->head_dots &&
           a->dots_per_mm_x10 == b->dots_per_mm_x10 && strcmp(a->model, b->model) == 0;
}

/**
 * Emit a STATUS event unless the same was told last.
 * @param last, has_last  the driver's memory of what it has told; updated
 */
static inline void device_status_tell(const struct driver_sink *sink, struct device_status *last,
                                      bool *has_last, const struct device_status *now)
{
    if (*has_last && device_status_is_same(now, last))
        return;
    struct device_event e = {.kind = DEVICE_EVENT_STATUS, .from = now->kind, .code = now->cause};
    e.status = *now;
    *last = *now;
    *has_last = true;
    sink->emit(sink->arg, &e);
}

#endif
