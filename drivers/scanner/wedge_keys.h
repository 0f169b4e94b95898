/* SPDX-License-Identifier: Apache-2.0 */
/* What a boot keyboard types, as a US layout has it: from reports of pressed keys to characters.
 * Pure. Thread: any.
 * Source: HID 1.11 appendix B.1 (boot keyboard report); HID Usage Tables 1.12 clause 10. */
#ifndef YJ_SCANNER_WEDGE_KEYS_H
#define YJ_SCANNER_WEDGE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/scanner/scanner_code.h"

enum { WEDGE_REPORT_BYTES = 8, WEDGE_KEYS = 6 };

struct wedge_keys {
    uint8_t down[WEDGE_KEYS]; /* pressed in the last report */
    bool is_caps_on;
};

/**
 * Take one report: keys that were not down before are typed, in the order they stand. A report of
 * rollover (more keys than fit) changes nothing. A key with Ctrl, Alt or GUI, and a key that is no
 * character, spoil the code (ERR_SCANNER_TEXT).
 * @param n  bytes of the report; fewer than 8 spoil the code (ERR_SCANNER_REPORT)
 * @return true when Enter was pressed: the code is complete (it may be empty). Keys behind Enter in
 *         the same report are lost, no engine sends such.
 */
bool wedge_keys_feed(struct wedge_keys *k, struct scanner_code *code, const uint8_t *report,
                     size_t n);

#endif
