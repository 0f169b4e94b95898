/* SPDX-License-Identifier: Apache-2.0 */
/* HID report descriptors of bar code scanners: where the length, the data and the "continued" bit
 * stand inside an input report. Pure. Thread: any.
 * Source: HID 1.11 clause 6.2.2 (items); HID Point of Sale Usage Tables 1.02 (usage page 0x8C). */
#ifndef YJ_SCANNER_HID_REPORT_H
#define YJ_SCANNER_HID_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { HID_DESCRIPTOR_MAX = 4096, HID_REPORT_MAX = 1024 };

/* Byte positions count from the start of the report as it comes over the wire, the report id (when
 * there is one) included. */
struct hid_layout {
    bool has_report_id;
    uint8_t report_id;
    size_t report_bytes; /* whole input report */
    size_t length_at;    /* Byte Count, one byte */
    size_t data_at, data_bytes;
    size_t aim_at; /* three symbology bytes; meaningful when has_aim */
    bool has_aim;
    size_t continued_byte;
    uint8_t continued_mask; /* 0: the device never continues */
};

/**
 * Find the Scanned Data report.
 * @param n  1..HID_DESCRIPTOR_MAX
 * @return 0 or ERR_SCANNER_DESCRIPTOR (no bar code collection, no data field, fields that are not
 *         whole bytes, nonsense lengths)
 */
int hid_layout_find(const uint8_t *descriptor, size_t n, struct hid_layout *ret,
                    struct err *err) YJ_CHECK;

/* One report, taken apart; data points into the report. */
struct hid_scan {
    const uint8_t *data;
    size_t n;
    uint8_t aim[3]; /* zeros when the layout has none */
    bool is_continued;
};

/**
 * Take one input report apart. ret is always filled; on failure n is 0, and is_continued still
 * tells whether more of the same code follows.
 * @return 0, ERR_NOT_FOUND (another report id: not for us), ERR_SCANNER_REPORT (too short, or a
 *         length larger than the field)
 */
int hid_scan_parse(const struct hid_layout *layout, const uint8_t *report, size_t n,
                   struct hid_scan *ret, struct err *err) YJ_CHECK;

#endif
