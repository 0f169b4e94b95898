/* SPDX-License-Identifier: Apache-2.0 */
/* HID report descriptors of bar code scanners: where the length, the data and the "continued" bit
 * stand inside an input report, and which bits of an output report trigger and beep. Pure.
 * Thread: any.
 * Source: HID 1.11 clause 6.2.2 (items); HID Point of Sale Usage Tables 1.02 (usage page 0x8C). */
#ifndef YJ_SCANNER_HID_REPORT_H
#define YJ_SCANNER_HID_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/hid/hid_items.h"

enum { HID_TRIGGER_MAX = 64 };

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

/** Is this a keyboard's descriptor, whatever else it is? Broken descriptors are none. */
bool hid_is_keyboard(const uint8_t *descriptor, size_t n);

/**
 * A layout of which it is known that a maker uses it, for devices whose descriptor does not tell:
 * report 2 of 64 bytes, length at 1, "continued" in bit 0 of byte 63.
 * @param letter  'a' AIM at 2, data at 5 · 'b' AIM at 3, data at 6 · 'c' no AIM, data at 2
 * @return 0 or ERR_INVALID (another letter)
 */
int hid_layout_known(char letter, struct hid_layout *ret);

/* What the host may ask for with the Trigger Report, each one bit. */
enum hid_trigger_bit {
    HID_TRIGGER_PREVENT,    /* 0x5F Prevent Read of Barcodes */
    HID_TRIGGER_INITIATE,   /* 0x60 Initiate Barcode Read */
    HID_TRIGGER_BEEP_ERROR, /* 0x85 Sound Error Beep */
    HID_TRIGGER_BEEP_GOOD,  /* 0x86 Sound Good Read Beep */
    HID_TRIGGER_N_BITS,
};
struct hid_trigger {
    bool has_report_id;
    uint8_t report_id;
    size_t report_bytes; /* whole output report, at most HID_TRIGGER_MAX */
    struct {
        size_t byte;
        uint8_t mask; /* 0: the device has no such bit */
    } bit[HID_TRIGGER_N_BITS];
};

/**
 * Find the Trigger Report (usage 0x14).
 * @return 0 or ERR_NOT_FOUND (none, or a broken descriptor)
 */
int hid_trigger_find(const uint8_t *descriptor, size_t n, struct hid_trigger *ret) YJ_CHECK;

/**
 * Write an output report with the given bits set, all others clear.
 * @param bits  1 << enum hid_trigger_bit, or-ed; 0: a report that asks for nothing
 * @param out   HID_TRIGGER_MAX bytes
 * @return bytes of the report, or 0 when none of the bits asked for exists
 */
size_t hid_trigger_write(const struct hid_trigger *trigger, unsigned bits, uint8_t *out);

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
