/* SPDX-License-Identifier: Apache-2.0 */
/* What is different from printer model to model, read from assets/devices/printer.json.
 * Thread: the printer's. */
#ifndef YJ_PRINTER_PROFILE_H
#define YJ_PRINTER_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/id_table.h"
#include "drivers/printer/escpos.h"
#include "types/device.h"

enum printer_support { SUPPORT_NO, SUPPORT_YES, SUPPORT_PROBE };

struct printer_profile {
    int vid, pid;          /* or ID_ANY */
    char mfg[32], mdl[48]; /* must occur in the IEEE 1284 fields; empty: any */
    char name[48];         /* for the status when the device has no names */
    uint32_t head_dots;
    uint16_t dots_per_mm_x10;
    enum escpos_cutter cutter;
    bool has_status; /* Epson layout; false: asks nothing */
    enum printer_support process_id;
    bool has_in_order;
    uint32_t band_rows;
    uint8_t feed_before_cut_dots;
    enum print_evidence accept; /* from here on "printed" is believed */
};

struct printer_table {
    struct printer_profile profile[ID_TABLE_MAX];
    size_t n;
};

/* The fields of an IEEE 1284 device id that matter. */
struct printer_id {
    char mfg[32], mdl[48], cmd[64];
};

/** @return 0 or ERR_SYNTAX */
int printer_table_parse(const char *text, struct printer_table *ret, struct err *err) YJ_CHECK;

/**
 * Take an IEEE 1284 device id apart, with its two length bytes in front (in either order).
 * @param ret  fields that are missing are empty
 */
void printer_id_parse(const uint8_t *raw, size_t n, struct printer_id *ret);

/** @return the first profile that fits, or NULL (also for printers that say they speak another
 * language). Borrowed from the table. */
const struct printer_profile *printer_table_find(const struct printer_table *t, uint16_t vid,
                                                 uint16_t pid, const struct printer_id *id);

#endif
