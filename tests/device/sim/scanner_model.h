/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated bar code scanner, HID point-of-sale class: codes are held under its window.
 * Source: USB HID Point of Sale Usage Tables 1.02. Thread: any. */
#ifndef YJ_SIM_SCANNER_MODEL_H
#define YJ_SIM_SCANNER_MODEL_H

#include "usbemu.h"

/* Where the 64-byte report 0x02 has its fields; three makers, three places. */
enum scanner_layout {
    SCANNER_LAYOUT_C, /* data at 2, no AIM identifier, serial commands in report 4: 1eab:0d10 */
    SCANNER_LAYOUT_A, /* AIM at 2, data at 5, serial commands in report 0xFD: 0c2e:0907 */
    SCANNER_LAYOUT_B, /* AIM at 3, data at 6, Trigger Report 4: 05e0:1300 */
    SCANNER_LAYOUT_OPAQUE, /* as C, but a descriptor that says nothing: 1eab:1310 */
    SCANNER_LAYOUT_TYPING, /* a keyboard without the boot subclass, sends nothing: 1eab:1303 */
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
    SCANNER_FAULT_NOISE,     /* reports of other ids and set reserved bits around the parts */
    SCANNER_FAULT_MIXED,     /* the identifier changes after the first part */
    SCANNER_FAULT_LOST,      /* the transfer of the second part fails, what it had is gone */
    SCANNER_FAULT_DEAF,      /* output reports stall; counts commands, not codes */
};

enum { SCANNER_ALWAYS = -1, SCANNER_CODE_MAX = 8192 };

struct scanner_cfg {
    enum scanner_layout layout;
    const char *port; /* NULL: "1-2" */
    bool is_command;  /* looks for a code only when told to, and once each time */
    bool needs_mode;  /* layout A: sends nothing to HID before feature report 0xFE is 1 */
};

struct scanner_counters {
    unsigned n_scans, n_reports, n_lost, n_commands;
    unsigned n_starts, n_stops, n_good_beeps, n_bad_beeps, n_dark; /* dark: shown, not looking */
};

struct scanner_model;

/** New scanner, unplugged. Free after the bus. */
struct scanner_model *scanner_model_new(struct usbemu_bus *bus, const struct scanner_cfg *cfg);
void scanner_model_free(struct scanner_model *m);
struct usbemu_dev *scanner_model_dev(struct scanner_model *m);

/**
 * Hold a code of n bytes under the window.
 * @return 0, or -1 when no client has the interface (the kernel's driver swallowed it),
 *         when the scanner is not looking, is unplugged, or n is beyond SCANNER_CODE_MAX
 */
int scanner_model_scan(struct scanner_model *m, const void *code, size_t n);

/** The identifier of the next codes, three characters; NULL: "]Q1" again. Layout C sends none. */
void scanner_model_aim(struct scanner_model *m, const char *aim);

/** Leave a code there: it is read every so many ms. n 0 takes it away. */
void scanner_model_hold(struct scanner_model *m, const void *code, size_t n, unsigned every_ms);

/** @return whether it looks for a code (always, unless is_command or reading is prevented) */
bool scanner_model_is_looking(struct scanner_model *m);

/** @param n  codes it spoils: 1.., SCANNER_ALWAYS, or 0 to end it */
void scanner_model_fault(struct scanner_model *m, enum scanner_fault fault, int n);
/** Spoil each code with a probability of p thousandths, the same every time for a seed. */
void scanner_model_fault_random(struct scanner_model *m, enum scanner_fault fault, unsigned p,
                                unsigned seed);
struct scanner_counters scanner_model_counters(struct scanner_model *m);

#endif
