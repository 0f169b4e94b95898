/* SPDX-License-Identifier: Apache-2.0 */
/* What is different from printer model to model, read from assets/devices/printer.json, and the
 * terminal's own settings. Pure. Thread: the printer's. */
#ifndef YJ_PRINTER_PROFILE_H
#define YJ_PRINTER_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/id_table.h"
#include "drivers/printer/escpos.h"
#include "drivers/printer/printer_dialect.h"
#include "drivers/printer/printer_keys.h"
#include "types/device.h"

enum printer_support { SUPPORT_NO, SUPPORT_YES, SUPPORT_PROBE };
enum printer_counter { COUNTER_NONE, COUNTER_GS_G, COUNTER_CUSTOM };
enum printer_clear { CLEAR_NONE, CLEAR_DC4, CLEAR_ENQ, CLEAR_BOTH };
enum printer_reset { RESET_NEVER, RESET_STUCK, RESET_AFTER_JOB };

struct printer_profile {
    int vid, pid;                   /* or ID_ANY */
    char mfg[32], mdl[48], cmd[32]; /* must occur in the IEEE 1284 fields; empty: any */
    char name[48];                  /* for the status when the device has no names */
    bool is_vendor_class;           /* its interface is class FF; needs vid and pid */
    bool is_one_way;                /* never read from it */
    bool has_short_end;             /* no transfer may be a multiple of the packet size */
    bool asks_names;                /* GS I 66, 67 when the device id names nothing */

    int head_dots, dots_per_mm_x10;
    int blade_dots;       /* from head to blade: the blank top of every ticket */
    int min_ticket_mm;    /* shorter ones are lengthened */
    int near_end_mm;      /* paper left when "low" begins; 0: not known */
    int slowest_mm_per_s; /* for the patience with the proof */

    enum escpos_image image;
    int band_rows, column_spacing;
    bool is_top_trimmed; /* blank rows at a picture's top are not printed again */
    enum escpos_cutter cutter;
    enum escpos_cut_form cut_form;
    int feed_before_cut_dots;

    const struct printer_dialect *dialect;
    bool is_in_order_status;   /* DLE EOT is answered after what stands before it */
    bool has_offline_response; /* GS ( H fn 49 */
    struct hex_bytes hello;    /* behind ESC @: GS ( D and the like */
    bool has_panel_command;    /* ESC c 5 */

    enum printer_support process_id;
    bool has_in_order; /* GS r */
    enum printer_counter cut_counter;
    bool has_outlet; /* a sensor tells whether a ticket waits there */
    struct hex_bytes present, retract, eject;
    enum print_evidence accept; /* from here on "printed" is believed */

    enum printer_clear clear;
    enum printer_reset soft_reset;
    bool can_fill; /* NUL bytes end a broken picture and do nothing else */
};

enum { PRINTER_MAX_DIALECTS = 24 };

struct printer_table {
    struct printer_profile profile[ID_TABLE_MAX];
    size_t n;
    struct printer_dialect dialect[PRINTER_MAX_DIALECTS]; /* of this table */
    size_t n_dialects;
};

/* The terminal's own settings, settings file "devices"."printer". */
struct printer_settings {
    int dots;          /* 0: the profile's */
    int density;       /* GS ( K fn 49, -8..8; DENSITY_KEEP: the printer's own */
    int speed;         /* GS ( K fn 50, 1..14; 0: the printer's own */
    int retract_s;     /* a ticket nobody takes is drawn back; 0: never */
    bool panel_button; /* the feed button works; default false */
    bool cut_at_start; /* cut once when the program starts: after a power cut half a ticket of the
                        * last visitor may hang in the printer; default false */
    char profile[48];  /* name of the profile to use whatever is plugged in; empty: by its ids */
};
enum { DENSITY_KEEP = -100 };

/* The fields of an IEEE 1284 device id that matter. */
struct printer_id {
    char mfg[32], mdl[48], cmd[64];
};

/**
 * @param ret  must not be copied: profiles point into it
 * @return 0 or ERR_SYNTAX naming line or key
 */
int printer_table_parse(const char *text, struct printer_table *ret, struct err *err) YJ_CHECK;

/** @param text  JSON object or NULL: defaults. @return 0 or ERR_INVALID naming key and rule */
int printer_settings_parse(const char *text, const struct printer_table *table,
                           struct printer_settings *ret, struct err *err) YJ_CHECK;

/**
 * Take an IEEE 1284 device id apart, with its two length bytes in front (in either order).
 * @param ret  fields that are missing are empty
 */
void printer_id_parse(const uint8_t *raw, size_t n, struct printer_id *ret);

/** @return whether it names no maker and model, or only "Printer" and the like. */
bool printer_id_is_generic(const struct printer_id *id);

/** @return the first profile that fits, or NULL (also for printers that say they speak another
 * language). Borrowed from the table. */
const struct printer_profile *printer_table_find(const struct printer_table *t, uint16_t vid,
                                                 uint16_t pid, const struct printer_id *id);

/** @return the profile of this name, or NULL. */
const struct printer_profile *printer_table_named(const struct printer_table *t, const char *name);

/** @return whether the table says that this device is a printer with a vendor's class. */
bool printer_table_is_vendor(const struct printer_table *t, uint16_t vid, uint16_t pid);

#endif
