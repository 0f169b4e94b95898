/* SPDX-License-Identifier: Apache-2.0 */
/* Telling whether a device status has changed: by its members, as padding has no value.
 * Thread: any. */
#ifndef YJ_DRIVERS_STATUS_H
#define YJ_DRIVERS_STATUS_H

#include <stdbool.h>
#include <string.h>

#include "types/device.h"

static inline bool device_status_is_same(const struct device_status *a,
                                         const struct device_status *b)
{
    return a->kind == b->kind && a->state == b->state && a->media == b->media &&
           a->paper == b->paper && a->cause == b->cause && a->head_dots == b->head_dots &&
           a->dots_per_mm_x10 == b->dots_per_mm_x10 && strcmp(a->model, b->model) == 0;
}

#endif
