/* SPDX-License-Identifier: Apache-2.0 */
/* The camera's face above: orders of the command socket, and its state.
 *
 *     show none | show FILE.png | show text=T [KEY=VALUE ...]     keys: camera_scene.h
 *     fault KIND [N | always | off] [p=PROB] [seed=S]
 *     plug | unplug
 *
 * Thread: any. */
#ifndef YJ_SIM_CAMERA_FACE_H
#define YJ_SIM_CAMERA_FACE_H

#include <jansson.h>

#include "camera_model.h"

/** Carry out one order. @return 0, or -1 with a sentence */
int camera_order(struct camera_model *m, int n_words, char **words, char ret_error[160]);

/** @return the state as JSON, owned by the caller. */
json_t *camera_report(struct camera_model *m);

#endif
