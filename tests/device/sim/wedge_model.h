/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated bar code scanner that types: a boot keyboard with a US layout.
 * Source: HID 1.11 appendix B and F.5; HID Usage Tables 1.12 clause 10. Thread: any. */
#ifndef YJ_SIM_WEDGE_MODEL_H
#define YJ_SIM_WEDGE_MODEL_H

#include "usbemu.h"

enum wedge_fault {
    WEDGE_FAULT_NONE,
    WEDGE_FAULT_SILENT,
    WEDGE_FAULT_ROLLOVER, /* a rollover report behind every key */
    WEDGE_FAULT_CONTROL,  /* Ctrl held with one key in the middle */
    WEDGE_FAULT_LOST,     /* the transfer of a key in the middle fails, the key is gone */
    WEDGE_FAULT_UNPLUG,   /* gone after half of the code */
};

enum { WEDGE_ALWAYS = -1, WEDGE_CODE_MAX = 1200 };

struct wedge_cfg {
    const char *port;   /* NULL: "1-2" */
    unsigned key_ms;    /* between reports; 0: at once */
    bool has_no_enter;  /* nothing is typed behind the code */
    bool is_overlapped; /* the next key goes down before the last is up */
    bool has_caps;      /* types with Caps Lock on, and switches it for that */
};

struct wedge_counters {
    unsigned n_scans, n_reports;
    unsigned n_console; /* codes that were typed while the kernel had the keyboard */
};

struct wedge_model;

/** New scanner 1eab:1d03, unplugged. Free after the bus. */
struct wedge_model *wedge_model_new(struct usbemu_bus *bus, const struct wedge_cfg *cfg);
void wedge_model_free(struct wedge_model *m);
struct usbemu_dev *wedge_model_dev(struct wedge_model *m);

/** Type a code of printable ASCII. @return 0; -1 when it went to the console, cannot be typed, or
 * is still typing */
int wedge_model_scan(struct wedge_model *m, const void *code, size_t n);

void wedge_model_fault(struct wedge_model *m, enum wedge_fault fault, int n);
/** With a probability of p thousandths. */
void wedge_model_fault_random(struct wedge_model *m, enum wedge_fault fault, unsigned p,
                              unsigned seed);
struct wedge_counters wedge_model_counters(struct wedge_model *m);

#endif
