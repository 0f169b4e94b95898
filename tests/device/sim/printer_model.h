/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated ticket printer, USB printer class with ESC/POS: paper, cover and cutter by hand.
 * Whatever comes out of it is kept: a PNG per piece of paper and a line in tickets.jsonl.
 * Source: USB Device Class Definition for Printing Devices 1.1; Epson ESC/POS. Thread: any. */
#ifndef YJ_SIM_PRINTER_MODEL_H
#define YJ_SIM_PRINTER_MODEL_H

#include "usbemu.h"

enum {
    PRINTER_DOTS = 576,
    PRINTER_DOTS_PER_MM = 8,
    PRINTER_BLADE_ROWS = 96, /* paper between head and blade: the blank top of every ticket */
    PRINTER_ALWAYS = -1,
};

enum printer_paper { PRINTER_PAPER_FULL, PRINTER_PAPER_LOW, PRINTER_PAPER_OUT };

enum printer_fault {
    PRINTER_FAULT_NONE,
    PRINTER_FAULT_SILENT,  /* prints, but answers nothing on bulk IN */
    PRINTER_FAULT_STALL,   /* the next packet is stalled, not taken */
    PRINTER_FAULT_IOERROR, /* the next packet fails, not taken */
    PRINTER_FAULT_NAK,     /* takes nothing */
    PRINTER_FAULT_DROP,    /* a cheap clone: what finds no room is lost instead of refused */
    PRINTER_FAULT_UNPLUG,  /* loses power at the next row it prints */
};

struct printer_cfg {
    double speed;        /* rows per second and cutter, times this; 0 means 1 (1600 rows/s) */
    size_t buffer_bytes; /* receive buffer; 0 means 16384 */
    const char *out_dir; /* exists; borrowed until free; NULL: nothing is written */
    bool has_raw_log;    /* also write every received byte to printer.bin */
    const char *port;    /* NULL: "1-3" */
};

/* A piece of paper that left the printer. */
struct printer_ticket {
    unsigned index; /* from 1; higher when out_dir already held tickets */
    char file[32];  /* in out_dir */
    size_t rows, bytes;
    bool is_cut, is_partial; /* not cut: torn off, or still in the printer at the end */
};

struct printer_status {
    enum printer_paper paper;
    bool is_cover_open, is_cutter_blocked, is_cutter_error, is_online, is_idle;
    size_t buffer_bytes; /* received, not yet printed */
    size_t strip_rows;   /* rows printed since the last cut, blank top left out */
    size_t n_tickets;
    unsigned n_cuts, n_unknown, n_naks, n_resets;
    unsigned long n_rows, n_bytes;
};

struct printer_model;

/** New printer, unplugged. Free after the bus. */
struct printer_model *printer_model_new(struct usbemu_bus *bus, const struct printer_cfg *cfg);
/** Writes what is left on the strip, uncut, when it has ink on it. */
void printer_model_free(struct printer_model *m);
struct usbemu_dev *printer_model_dev(struct printer_model *m);

/** @param low_mm  with PRINTER_PAPER_LOW: paper left until it is out, or 0 for no end */
void printer_model_paper(struct printer_model *m, enum printer_paper paper, double low_mm);
void printer_model_cover(struct printer_model *m, bool is_open);
/** A blocked cutter is noticed at the next cut; DLE ENQ or a clear recovers when it is free. */
void printer_model_cutter(struct printer_model *m, bool is_blocked);
/** Tear the paper off by hand at the blade. */
void printer_model_tear(struct printer_model *m);
/** @param n  packets (STALL, IOERROR), answers (SILENT) or times; PRINTER_ALWAYS; 0 ends it */
void printer_model_fault(struct printer_model *m, enum printer_fault fault, int n);

struct printer_status printer_model_status(struct printer_model *m);
/** @param i  0.. n_tickets - 1 */
struct printer_ticket printer_model_ticket(struct printer_model *m, size_t i);

#endif
