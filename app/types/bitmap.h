/* SPDX-License-Identifier: Apache-2.0 */
/* A black and white picture for a printing head. */
#ifndef YJ_TYPES_BITMAP_H
#define YJ_TYPES_BITMAP_H

#include <stdint.h>

/* Rows of stride bytes, top bit = left dot, 1 = black; unused bits are 0. Allocated in one piece
 * with mem_zalloc(1, sizeof + stride * rows) and released with free() after bytes_wipe. */
struct bitmap {
    uint32_t width_dots;
    uint32_t rows;
    uint32_t stride; /* bytes, (width_dots + 7) / 8 */
    uint8_t bits[];
};

#endif
