/* SPDX-License-Identifier: Apache-2.0 */
/* What the scanner driver is told: the table of known devices (assets/devices/scanner.json) and the
 * terminal's own settings (settings file, "devices"."scanner"). PROTOCOL.md lists all keys.
 * Pure apart from jansson's memory. Thread: any. */
#ifndef YJ_SCANNER_SCANNER_SETUP_H
#define YJ_SCANNER_SCANNER_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/id_table.h"
#include "drivers/scanner/cdc_acm_frame.h"

enum scanner_interface { SCANNER_HID, SCANNER_CDC };

/* How a device is asked to scan and to beep. */
enum scanner_dialect {
    SCANNER_STANDARD,  /* HID POS Trigger Report, when its descriptor has one */
    SCANNER_HONEYWELL, /* serial commands SYN T, SYN U, SYN BEL; HID: output report 0xFD */
    SCANNER_NEWLAND,   /* command frames in HID output report 4 */
};

struct scanner_entry {
    int vid, pid; /* pid may be ID_ANY */
    enum scanner_interface interface;
    enum scanner_dialect dialect;
    char layout; /* 'a', 'b', 'c' when the descriptor does not tell; 0: it must */
};

struct scanner_table {
    size_t n;
    struct scanner_entry at[ID_TABLE_MAX];
};

/** @return 0 or ERR_SYNTAX (entry and rule) */
int scanner_table_load(const char *text, struct scanner_table *ret, struct err *err) YJ_CHECK;

/** @return the entry of this interface, a named product before "*"; NULL: not in the table. */
const struct scanner_entry *scanner_table_find(const struct scanner_table *table,
                                               enum scanner_interface interface, uint16_t vid,
                                               uint16_t pid);

/** @return true when the product is in the table, whatever interface it has there. */
bool scanner_table_has(const struct scanner_table *table, uint16_t vid, uint16_t pid);

enum { SCANNER_LETTERS_MAX = 16, SCANNER_PORT_MAX = 24 };

struct scanner_settings {
    bool has_beep;                     /* answer codes with the device's beeper; default true */
    bool is_command_trigger;           /* scan only between enable and disable; default false */
    char letters[SCANNER_LETTERS_MAX]; /* AIM letters of the symbologies allowed; default "Q" */
    bool has_wedge;                    /* a keyboard wedge is allowed, this one only */
    uint16_t wedge_vid, wedge_pid;
    char wedge_port[SCANNER_PORT_MAX]; /* "1-2.3" as usb_candidate.path */
    enum cdc_suffix suffix;            /* default CR */
    int gap_ms;                        /* pause that ends a code without suffix; 20..200, 50 */
};

/**
 * Read the settings strictly.
 * @param text  JSON object, or NULL: defaults
 * @return 0, ERR_INVALID (key and rule)
 */
int scanner_settings_load(const char *text, struct scanner_settings *ret, struct err *err) YJ_CHECK;

#endif
