/* SPDX-License-Identifier: Apache-2.0 */
/* Walking over the items of an HID report descriptor: what stands where in a report is told main
 * item by main item; what that means is the device class's affair. Pure. Thread: any. Blocks: no.
 * Source: HID 1.11 clause 6.2.2. */
#ifndef YJ_DRIVERS_HID_ITEMS_H
#define YJ_DRIVERS_HID_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { HID_DESCRIPTOR_MAX = 4096, HID_REPORT_MAX = 1024, HID_RANGES_MAX = 64 };

/* A usage is its page and its number in one, as extended usages have it. */
static inline uint32_t hid_usage(uint16_t page, uint16_t number)
{
    return (uint32_t)page << 16 | number;
}

enum hid_main_kind {
    HID_INPUT = 0x8,
    HID_OUTPUT = 0x9,
    HID_COLLECTION = 0xA,
    HID_FEATURE = 0xB,
    HID_END_COLLECTION = 0xC,
};

enum { HID_IS_CONSTANT = 1, HID_IS_VARIABLE = 2 }; /* bits of an Input or Output item's flags */

struct hid_globals {
    uint32_t usage_page, size_bits, count, id;
    int32_t logical_min;
    bool has_id;
};

/* One main item with everything that was said about it. */
struct hid_main {
    enum hid_main_kind kind;
    uint32_t flags; /* of a field; the type of a collection */
    struct hid_globals g;
    uint32_t at_bit; /* INPUT, OUTPUT: where the first field stands, the report id not counted */
    unsigned depth;  /* COLLECTION, END_COLLECTION: of this collection, 1 is the outermost */
    size_t n_usages; /* of all ranges together, at most 65536 */
    size_t n_ranges;
    struct {
        uint32_t min, max;
    } range[HID_RANGES_MAX];
};

/** @return the usage of a place in the list, 0 behind its end. */
uint32_t hid_main_usage(const struct hid_main *m, size_t i);

/* @return 0, or a negative error that ends the walk */
typedef int (*hid_main_fn)(void *arg, const struct hid_main *m, struct err *err);

/**
 * Call fn for every main item in order.
 * @param n           more than HID_DESCRIPTOR_MAX is refused
 * @param error_code  what a descriptor that is not well formed is called: the class's own code
 * @return 0, error_code (cut off, collections or pushes out of balance, reports of more than
 *         HID_REPORT_MAX bytes), or what fn returned
 */
int hid_items_walk(const uint8_t *descriptor, size_t n, int error_code, hid_main_fn fn, void *arg,
                   struct err *err);

/** @return bytes of a report of so many bits, its id included. */
static inline size_t hid_report_bytes(uint32_t bits, bool has_id)
{
    return (bits + 7) / 8 + (has_id ? 1 : 0);
}

#endif
