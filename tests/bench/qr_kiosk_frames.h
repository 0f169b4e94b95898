/* SPDX-License-Identifier: Apache-2.0 */
/* Frames as a kiosk's camera may give them, made from a seed: what bench_qr measures where no
 * public pictures are at hand. Models of frames, no photographs. Thread: any. */
#ifndef YJ_BENCH_QR_KIOSK_FRAMES_H
#define YJ_BENCH_QR_KIOSK_FRAMES_H

#include "camera_scene.h"

/** @return name of a condition, NULL behind the last */
const char *qr_kiosk_condition(int condition);

/** The scene of one frame. The code's text is in its bytes; "nothing" has none. */
void qr_kiosk_scene(int condition, unsigned seed, struct camera_scene *ret, int *ret_width,
                    int *ret_height);

#endif
