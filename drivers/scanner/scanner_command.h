/* SPDX-License-Identifier: Apache-2.0 */
/* Makers' serial commands: the bytes that make an engine scan, stop and beep. Pure. Thread: any.
 * Nothing here writes a setting, so nothing wears the engine's flash. */
#ifndef YJ_SCANNER_SCANNER_COMMAND_H
#define YJ_SCANNER_SCANNER_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "drivers/scanner/scanner_setup.h"

enum scanner_act {
    SCANNER_ACT_START, /* look for a code */
    SCANNER_ACT_STOP,
    SCANNER_ACT_GOOD, /* the beep of a code that was taken */
    SCANNER_ACT_BAD,  /* the beep of a code that was refused */
};

/**
 * @param ret  static bytes; untouched when there are none
 * @return bytes of the command, 0 when the dialect has none for this act
 */
size_t scanner_command(enum scanner_dialect dialect, enum scanner_act act, const uint8_t **ret);

#endif
