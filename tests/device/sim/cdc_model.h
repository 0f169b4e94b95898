/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated bar code scanner on a USB serial line: codes come as a stream of bytes, in pieces.
 * Source: CDC 1.2; CDC PSTN 1.2. Thread: any. */
#ifndef YJ_SIM_CDC_MODEL_H
#define YJ_SIM_CDC_MODEL_H

#include "usbemu.h"

enum cdc_fault {
    CDC_FAULT_NONE,
    CDC_FAULT_SILENT,    /* nothing comes */
    CDC_FAULT_LOST,      /* the transfer of the second packet fails, what it had is gone */
    CDC_FAULT_TRUNCATED, /* half of the code, no suffix */
    CDC_FAULT_SLOW,      /* 700 ms in the middle */
    CDC_FAULT_STALL,     /* the pipe stalls instead */
    CDC_FAULT_UNPLUG,    /* gone after half of the code */
};

enum { CDC_ALWAYS = -1, CDC_CODE_MAX = 8192 };

struct cdc_cfg {
    const char *port;   /* NULL: "1-2" */
    const char *suffix; /* NULL: "\r" */
    const char *aim;    /* identifier in front of each code, or NULL */
    unsigned piece;     /* most bytes in a packet, 1..64; 0: 64 */
    unsigned seed;      /* not 0: packets of 1..piece bytes by chance, the same for a seed */
    unsigned gap_ms;    /* between packets */
};

struct cdc_counters {
    unsigned n_scans, n_lost, n_packets, n_starts, n_stops, n_beeps;
    unsigned n_unclaimed; /* requests to the control interface while nobody had claimed it */
};

struct cdc_model;

/** New scanner 1eab:1d06, unplugged. Free after the bus. */
struct cdc_model *cdc_model_new(struct usbemu_bus *bus, const struct cdc_cfg *cfg);
void cdc_model_free(struct cdc_model *m);
struct usbemu_dev *cdc_model_dev(struct cdc_model *m);

/** Hold a code under the window. @return 0, or -1 when nobody listens (line not opened: DTR) */
int cdc_model_scan(struct cdc_model *m, const void *code, size_t n);

/** @param aim  three characters, or NULL: none. Copied. */
void cdc_model_aim(struct cdc_model *m, const char *aim);
void cdc_model_fault(struct cdc_model *m, enum cdc_fault fault, int n);
/** With a probability of p thousandths. */
void cdc_model_fault_random(struct cdc_model *m, enum cdc_fault fault, unsigned p, unsigned seed);
/** @return bit rate the host set, 0: none */
unsigned cdc_model_rate(struct cdc_model *m);
struct cdc_counters cdc_model_counters(struct cdc_model *m);

#endif
