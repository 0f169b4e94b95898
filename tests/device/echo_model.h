/* SPDX-License-Identifier: Apache-2.0 */
/* Echo device 1209:0001 for tests of the emulation itself: what goes into bulk OUT 0x01 comes out
 * of bulk IN 0x81; vendor requests (bmRequestType 0x40 or 0xC0) inject faults. Thread: any. */
#ifndef YJ_TEST_ECHO_MODEL_H
#define YJ_TEST_ECHO_MODEL_H

#include "usbemu.h"

enum {
    ECHO_VID = 0x1209,
    ECHO_PID = 1,
    ECHO_UNPLUG = 1, /* wValue ms until unplug, wIndex ms from there to re-plug (0: never) */
    ECHO_HALT,       /* wIndex endpoint */
    ECHO_FAIL,       /* wIndex endpoint, wValue errno of the next transfer */
    ECHO_HOLD,       /* wIndex endpoint, wValue on */
    ECHO_PATTERN,    /* IN: 0, 1, 2, .. */
    ECHO_STORE,
    ECHO_LOAD,
    ECHO_ACCEPT, /* wValue packets taken on OUT before it NAKs; 0xffff: all */
};

struct echo_model;

/** Free after the bus. @param port, serial  borrowed */
struct echo_model *echo_model_new(struct usbemu_bus *bus, const char *port, const char *serial);
void echo_model_free(struct echo_model *m);
struct usbemu_dev *echo_model_dev(struct echo_model *m);

#endif
