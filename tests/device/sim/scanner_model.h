/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated bar code scanner, HID point-of-sale class: codes are held under its window.
 * Source: USB HID Point of Sale Usage Tables 1.02. Thread: any. */
#ifndef YJ_SIM_SCANNER_MODEL_H
#define YJ_SIM_SCANNER_MODEL_H

#include "usbemu.h"

/* Where the 64-byte report 0x02 has its fields; three makers, three places. */
enum scanner_layout {
    SCANNER_LAYOUT_C, /* data at 2, no AIM identifier: Newland 1eab:0d10 */
    SCANNER_LAYOUT_A, /* AIM at 2, data at 5: Honeywell 0c2e:0907 */
    SCANNER_LAYOUT_B, /* AIM at 3, data at 6: 05e0:1300 */
};

enum scanner_fault {
    SCANNER_FAULT_NONE,
    SCANNER_FAULT_SILENT,    /* the code is not reported */
    SCANNER_FAULT_TRUNCATED, /* the last part never comes */
    SCANNER_FAULT_LENGTH,    /* length byte beyond the field */
    SCANNER_FAULT_SLOW,      /* 700 ms between parts */
    SCANNER_FAULT_STALL,     /* the pipe stalls instead */
    SCANNER_FAULT_UNPLUG,    /* gone after the first part */
    SCANNER_FAULT_REPLY,     /* a command reply comes first, in the same report */
};

enum { SCANNER_ALWAYS = -1, SCANNER_CODE_MAX = 8192 };

struct scanner_cfg {
    enum scanner_layout layout;
    const char *port; /* NULL: "1-2" */
};

struct scanner_counters {
    unsigned n_scans, n_reports, n_lost, n_commands;
};

struct scanner_model;

/** New scanner, unplugged. Free after the bus. */
struct scanner_model *scanner_model_new(struct usbemu_bus *bus, const struct scanner_cfg *cfg);
void scanner_model_free(struct scanner_model *m);
struct usbemu_dev *scanner_model_dev(struct scanner_model *m);

/**
 * Hold a code of n bytes under the window.
 * @return 0, or -1 when no client has the interface (the kernel's driver swallowed it),
 *         or when the scanner is unplugged or n beyond SCANNER_CODE_MAX
 */
int scanner_model_scan(struct scanner_model *m, const void *code, size_t n);

/** @param n  codes it spoils: 1.., SCANNER_ALWAYS, or 0 to end it */
void scanner_model_fault(struct scanner_model *m, enum scanner_fault fault, int n);
struct scanner_counters scanner_model_counters(struct scanner_model *m);

#endif
