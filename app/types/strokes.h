/* SPDX-License-Identifier: Apache-2.0 */
/* A handwritten signature as the finger drew it. */
#ifndef YJ_TYPES_STROKES_H
#define YJ_TYPES_STROKES_H

#include <stddef.h>
#include <stdint.h>

enum { STROKES_MAX_POINTS = 4096 };

/* Units: 0.1 mm from the top left of the signing area, milliseconds from the first touch. */
struct stroke_point {
    int16_t x, y;
    uint16_t t_ms;
    uint16_t stroke; /* counts from 0; a new number starts a new line */
};

struct strokes {
    int16_t width, height; /* of the signing area, 0.1 mm */
    size_t n_points;
    struct stroke_point point[STROKES_MAX_POINTS];
};

#endif
