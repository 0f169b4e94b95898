/* SPDX-License-Identifier: Apache-2.0 */
/* The printer model's face above: orders as words, state as JSON. Thread: any. */
#ifndef YJ_SIM_PRINTER_FACE_H
#define YJ_SIM_PRINTER_FACE_H

#include <jansson.h>

#include "printer_model.h"

/**
 * Carry out one order:
 *   paper full | low [MM] | out | tear      cover open | close      cutter jam | clear
 *   head hot [MS] | cool      broken on | off      outlet take      power cycle | off | on
 *   fault KIND [N | always | off] [p=PROB seed=S]      fault off
 * @return 0, or -1 with a sentence
 */
int printer_order(struct printer_model *m, int n_words, char **words, char ret_error[160]);

/** @return its state and counters, owned by the caller */
json_t *printer_report(struct printer_model *m);

/** @return the tickets so far, an array owned by the caller */
json_t *printer_report_tickets(struct printer_model *m);

/** epson, custom_full, hwasung, seiko, nippon, phoenix, clone. @return 0 or -1 */
int printer_dialect_of(const char *name, enum printer_dialect *ret);

#endif
