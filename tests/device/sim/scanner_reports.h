/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of the emulated HID scanners. Data, no code.
 * Source: USB 2.0 clause 9.6; HID 1.11 clause 6.2; HID Point of Sale Usage Tables 1.02. */
#ifndef YJ_SIM_SCANNER_REPORTS_H
#define YJ_SIM_SCANNER_REPORTS_H

#include <stddef.h>
#include <stdint.h>

#include "scanner_model.h"

enum { REPORT_BYTES = 64, REPORT_ID = 2, DATA_BYTES = 56, EP_IN = 0x81 };

struct scanner_reports {
    const uint8_t *descriptors, *report;
    size_t descriptors_bytes, report_bytes;
    int aim_at, data_at; /* aim_at 0: none */
};

/** Never NULL. */
const struct scanner_reports *scanner_reports_of(enum scanner_layout layout);

#endif
