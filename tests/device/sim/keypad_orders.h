/* SPDX-License-Identifier: Apache-2.0 */
/* The face above of the keypad model: orders as words, state as JSON. Thread: any. */
#ifndef YJ_SIM_KEYPAD_ORDERS_H
#define YJ_SIM_KEYPAD_ORDERS_H

#include <jansson.h>

#include "keypad_model.h"

/**
 * Carry out one order:
 *   key NAME...          press and let go, one after the other ("next", "digit5", "louder"; on a
 *                        numeric keypad "5", "enter", "numlock"; on a telephone "5", "#")
 *   hold NAME | hold off
 *   headset in | out
 *   fault KIND [N | always | off] [p=PROB] [seed=S]      fault off
 *     KIND: stuck garbage ghost rollover repeat flood lost unplug
 * @return 0, or -1 with a sentence
 */
int keypad_order(struct keypad_model *m, int n_words, char **words, char ret_error[160]);

/** Kinds of faults, for the list; ends with NULL. Static. */
const char *const *keypad_fault_kinds(void);

/** @return the model's state, owned by the caller. */
json_t *keypad_report(struct keypad_model *m);

#endif
