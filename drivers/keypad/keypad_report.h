/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of keypads: which usages are pressed. By the report descriptor (keyboards, consumer
 * controls, whatever has buttons with usages), or as a boot keyboard. Pure. Thread: any.
 * Source: HID 1.11 clauses 6.2.2 and 8.4, appendix B.1; HID Usage Tables 1.12 clauses 10, 15. */
#ifndef YJ_KEYPAD_REPORT_H
#define YJ_KEYPAD_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    KEYPAD_MAX_BITS = 320,     /* keys that have a bit of their own */
    KEYPAD_MAX_ARRAYS = 8,     /* fields that list what is pressed */
    KEYPAD_MAX_RANGES = 8,     /* of usages, an array */
    KEYPAD_MAX_PRESSED = 16,   /* at once; nobody has more fingers */
    KEYPAD_REPORT_MAX = 64,    /* bytes of a report that can hold keys */
    KEYPAD_BOOT_BYTES = 8,     /* boot keyboard report */
    KEYPAD_PAGE_KEYBOARD = 7,  /* usage pages */
    KEYPAD_PAGE_CONSUMER = 12, /* volume and the like */
};

/* One key with a bit of its own. Positions count from the start of the report, its id included. */
struct keypad_bit {
    uint8_t id;
    uint16_t at_bit;
    uint32_t usage;
};

/* Fields of one width; a value names what is pressed, zero or out of range: nothing. */
struct keypad_array {
    uint8_t id;
    uint16_t at_bit;
    uint8_t size_bits; /* 1..32 */
    uint16_t n;
    int32_t logical_min;
    size_t n_ranges;
    struct {
        uint32_t min, max;
    } range[KEYPAD_MAX_RANGES];
};

struct keypad_layout {
    bool has_id;
    size_t report_bytes; /* of the longest report with keys: what to listen for */
    size_t n_bits, n_arrays;
    struct keypad_bit bit[KEYPAD_MAX_BITS];
    struct keypad_array array[KEYPAD_MAX_ARRAYS];
};

/* What one report says: everything pressed among the keys of its id. */
struct keypad_pressed {
    uint8_t id;
    size_t n;
    uint32_t usage[KEYPAD_MAX_PRESSED]; /* each once */
};

/**
 * Find the keys of a report descriptor.
 * @return 0; ERR_KEYPAD_DESCRIPTOR: not well formed, no keys in it, more keys than any keypad has
 */
int keypad_layout_find(const uint8_t *descriptor, size_t n, struct keypad_layout *ret,
                       struct err *err) YJ_CHECK;

/** The layout of boot keyboards, for devices whose descriptor does not tell. */
void keypad_layout_boot(struct keypad_layout *ret);

/**
 * Read a report.
 * @param ret  untouched unless 0 is returned
 * @return 0; ERR_NOT_FOUND: says nothing of keys (another id, rollover: more keys than fit);
 *         ERR_KEYPAD_NOISE: too short, or more keys pressed than anybody has fingers
 */
int keypad_report_read(const struct keypad_layout *layout, const uint8_t *report, size_t n,
                       struct keypad_pressed *ret) YJ_CHECK;

#endif
