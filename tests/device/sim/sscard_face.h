/* SPDX-License-Identifier: Apache-2.0 */
/* The face above of the card model: orders as words, state as JSON. Thread: any. */
#ifndef YJ_SIM_SSCARD_FACE_H
#define YJ_SIM_SSCARD_FACE_H

#include <jansson.h>

#include "sscard_model.h"

/** @return one of the specimen cards (zhangsan, zhangsan-bare, duyuehan, bank), or NULL. Static. */
const struct sscard_person *sscard_person_find(const char *key);

/**
 * Carry out one order:
 *   card insert NAME | pull
 *   protocol t0 | t1
 *   fault KIND[@INSP1] [sw=HHHH | ms=N | bytes=N] [N | always | off] [p=PROB] [seed=S]
 *     KIND: sw truncate garbage slow mute pull chain length power; INSP1: four hexadecimal digits
 *   fault off
 * @return 0, or -1 with a sentence
 */
int sscard_order(struct sscard_model *m, int n_words, char **words, char ret_error[160]);

/** @return the model's state, owned by the caller. */
json_t *sscard_report(struct sscard_model *m);

#endif
