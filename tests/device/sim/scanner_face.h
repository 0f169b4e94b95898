/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner's face above: one of the three kinds of emulated scanner, orders as words, state as
 * JSON. Thread: any. */
#ifndef YJ_SIM_SCANNER_FACE_H
#define YJ_SIM_SCANNER_FACE_H

#include <jansson.h>

#include "usbemu.h"

struct scanner_face;

/**
 * New scanner, unplugged.
 * @param kind  layout of an HID scanner "c" (NULL too), "a", "b", "opaque", "typing"; "cdc";
 * "wedge". Behind it, by commas: "command" (HID: looks for codes only when told to), "mode" (a:
 *              needs its feature report), "crlf", "lf", "none" (cdc: suffix), "pieces=SEED" (cdc:
 *              packets of any size), "noenter", "overlap", "caps" (wedge)
 * @param port  sysfs name, NULL: "1-2". Borrowed.
 * @return owned by the caller, freed with scanner_face_free after the bus; NULL with a sentence
 */
struct scanner_face *scanner_face_new(struct usbemu_bus *bus, const char *kind, const char *port,
                                      char ret_error[160]);
void scanner_face_free(struct scanner_face *f);
struct usbemu_dev *scanner_face_dev(struct scanner_face *f);

/**
 * Carry out one order:
 *   scan [aim=]Qx] hex=HEX | TEXT...     show a code; several words are joined by single blanks
 *   hold [every=MS] TEXT... | hold off   leave a code there, read again every 1000 ms (HID)
 *   fault KIND [N | always | off] [p=PROB] [seed=S]      fault off
 *     HID    silent truncated length slow stall unplug reply noise mixed lost deaf
 *     cdc    silent truncated slow stall lost unplug
 *     wedge  silent rollover control lost unplug
 * @return 0, or -1 with a sentence
 */
int scanner_order(struct scanner_face *f, int n_words, char **words, char ret_error[160]);

/** @return its kind and counters, owned by the caller */
json_t *scanner_report(struct scanner_face *f);

#endif
