/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated ticket printer, USB printer class with ESC/POS: paper, cover, cutter, head and outlet
 * by hand. Whatever comes out of it is kept: a PNG per piece of paper and a line in tickets.jsonl.
 * Source: USB Device Class Definition for Printing Devices 1.1; Epson ESC/POS; the makers'
 * manuals where a dialect is named after one. Thread: any. */
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

/* Faults stand beside each other; each strikes as often as it was told. */
enum printer_fault {
    PRINTER_FAULT_NONE,
    PRINTER_FAULT_SILENT,  /* prints, but answers nothing on bulk IN */
    PRINTER_FAULT_STALL,   /* the next packet is stalled, not taken */
    PRINTER_FAULT_IOERROR, /* the next packet fails, not taken */
    PRINTER_FAULT_NAK,     /* takes nothing */
    PRINTER_FAULT_DROP,    /* a cheap clone: what finds no room is lost instead of refused */
    PRINTER_FAULT_UNPLUG,  /* loses power at the next row it prints */
    PRINTER_FAULT_PORT,    /* GET_PORT_STATUS tells the opposite of the truth */
    PRINTER_FAULT_SPLIT,   /* answers leave byte by byte, each in a packet of its own */
    PRINTER_FAULT_NOISE,   /* an unasked status byte in front of an answer */
    PRINTER_FAULT_LOST_ID, /* a process id is not answered */
    PRINTER_FAULT_NO_CUT,  /* the blade does not fall and nothing notices */
    PRINTER_FAULT_CONTROL, /* a class request is stalled */
    PRINTER_FAULT_DEAF,    /* real-time commands are not heard */
    PRINTER_FAULT_N,
};

/* Whose words it speaks. */
enum printer_dialect {
    PRINTER_EPSON,   /* DLE EOT 1..4, ASB, process ids */
    PRINTER_CUSTOM,  /* full status 10 04 14, counters 1D E2.., presenter 1D 65, no ids */
    PRINTER_HWASUNG, /* DLE EOT 2 only, own bits */
    PRINTER_SEIKO,   /* one byte, own bits, bits 5-6 set */
    PRINTER_NIPPON,  /* one byte, own bits */
    PRINTER_PHOENIX, /* Epson layout, answered in order, no cover bit */
    PRINTER_CLONE,   /* prints and says nothing */
    PRINTER_DIALECT_N,
};

/* When DLE EOT is answered. */
enum printer_answers {
    PRINTER_AT_ONCE,      /* also while the receive buffer is full */
    PRINTER_IN_ORDER,     /* after what stands in front of it has been printed */
    PRINTER_BEHIND_BUFFER /* at once, but it must find room in the receive buffer first */
};

enum printer_id_form {
    PRINTER_ID_GOOD,
    PRINTER_ID_LITTLE_ENDIAN, /* length low byte first */
    PRINTER_ID_EMPTY,
    PRINTER_ID_STALL,
};

enum printer_endpoints { PRINTER_EP_02_81, PRINTER_EP_01_82, PRINTER_EP_03_84 };

/* How the cut ticket reaches the visitor. */
enum printer_outlet { PRINTER_OUTLET_FREE, PRINTER_OUTLET_SENSOR, PRINTER_OUTLET_PRESENTER };

/* All zero is an 80 mm printer of the Epson family. */
struct printer_cfg {
    double speed;        /* rows per second and cutter, times this; 0 means 1 (1600 rows/s) */
    size_t buffer_bytes; /* receive buffer; 0 means 16384 */
    const char *out_dir; /* exists; borrowed until free; NULL: nothing is written */
    bool has_raw_log;    /* also write every received byte to printer.bin */
    const char *port;    /* NULL: "1-3" */

    enum printer_dialect dialect;
    enum printer_answers answers;
    enum printer_id_form id_form;
    enum printer_endpoints endpoints;
    enum printer_outlet outlet;
    uint16_t vid, pid;         /* 0: 0416:5011 */
    const char *maker, *model; /* NULL: "Yijian-Sim" and "RP80"; device id and GS I */
    bool is_high_speed;        /* packets of 512 bytes */
    bool is_vendor_class;      /* interface class FF */
    bool is_one_way;           /* protocol 1: no bulk IN */
    bool has_alternates;       /* alternate setting 0 one-way, 1 two-way */
    bool has_old_reset;        /* knows SOFT_RESET only with recipient "other" (23) */
    bool ignores_process_id, ignores_in_order, ignores_counters, ignores_clear;
};

/* A piece of paper that left the printer. */
struct printer_ticket {
    unsigned index; /* from 1; higher when out_dir already held tickets */
    char file[32];  /* in out_dir */
    size_t rows, bytes;
    bool is_cut, is_partial; /* not cut: torn off, or still in the printer at the end */
    enum { TICKET_OUT, TICKET_WAITS, TICKET_TAKEN, TICKET_RETRACTED, TICKET_PUSHED } fate;
};

struct printer_status {
    enum printer_paper paper;
    bool is_cover_open, is_cutter_blocked, is_cutter_error, is_online, is_idle;
    bool is_hot, has_ticket_at_outlet, is_panel_off;
    size_t buffer_bytes; /* received, not yet printed */
    size_t strip_rows;   /* rows printed since the last cut, blank top left out */
    size_t n_tickets;
    unsigned n_cuts, n_unknown, n_naks, n_resets, n_clears, n_power_ups, n_retracts;
    unsigned long n_rows, n_bytes, n_lost_bytes;
};

struct printer_model;

/**
 * New printer, unplugged. Free after the bus.
 * @param bus  NULL: a printer without USB, see printer_tcp.h
 */
struct printer_model *printer_model_new(struct usbemu_bus *bus, const struct printer_cfg *cfg);
/** Writes what is left on the strip, uncut, when it has ink on it. */
void printer_model_free(struct printer_model *m);
/** @return NULL for a printer without USB */
struct usbemu_dev *printer_model_dev(struct printer_model *m);

/** @param low_mm  with PRINTER_PAPER_LOW: paper left until it is out, or 0 for no end */
void printer_model_paper(struct printer_model *m, enum printer_paper paper, double low_mm);
void printer_model_cover(struct printer_model *m, bool is_open);
/** A blocked cutter is noticed at the next cut; DLE ENQ or a clear recovers when it is free. */
void printer_model_cutter(struct printer_model *m, bool is_blocked);
/** The head stops for ms (0: until the next call with ms < 0) and goes on by itself. */
void printer_model_heat(struct printer_model *m, double ms);
/** An error no command recovers from, until it is taken away. */
void printer_model_break(struct printer_model *m, bool is_broken);
/** Take the ticket that waits at the outlet. @return false when there is none */
bool printer_model_take(struct printer_model *m);
/** Tear the paper off by hand at the blade. */
void printer_model_tear(struct printer_model *m);
/** Power off and on again at once: memory is lost, counters and paper stay. USB re-plugs. */
void printer_model_power_cycle(struct printer_model *m);
/** @param n  packets (STALL, IOERROR), answers (SILENT) or times; PRINTER_ALWAYS; 0 ends it;
 *            PRINTER_FAULT_NONE ends all */
void printer_model_fault(struct printer_model *m, enum printer_fault fault, int n);
/** The same, striking each time with a probability. @param p 0..1 @param seed not 0 */
void printer_model_fault_seeded(struct printer_model *m, enum printer_fault fault, int n, double p,
                                unsigned seed);

struct printer_status printer_model_status(struct printer_model *m);
/** @param i  0.. n_tickets - 1 */
struct printer_ticket printer_model_ticket(struct printer_model *m, size_t i);

#endif
