/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the printer model share. Everything needs the bus lock. */
#ifndef YJ_SIM_PRINTER_PRIV_H
#define YJ_SIM_PRINTER_PRIV_H

#include <stdio.h>

#include "printer_model.h"

enum { ROW_BYTES = PRINTER_DOTS / 8, TEXT_ROWS = 24, TEXT_DOTS = 12 };

/* ---- printer_paper.c: the strip ---- */

struct paper {
    const char *out_dir;
    uint8_t *rows;
    size_t n_rows, cap_rows;
    size_t bytes; /* received bytes that made this strip */
    struct printer_ticket *tickets;
    size_t n_tickets;
    unsigned first_index; /* pieces of earlier runs in out_dir */
};

void paper_init(struct paper *p, const char *out_dir);
void paper_fini(struct paper *p);
/** One row leaves the head; NULL is a blank one. */
void paper_row(struct paper *p, const uint8_t *dots);
/** Everything beyond the blade comes off. */
void paper_cut(struct paper *p, bool is_cut, bool is_partial);
bool paper_has_ink(const struct paper *p);

/* ---- printer_escpos.c: the interpreter, in step with the mechanism ---- */

struct interpreter {
    unsigned align, line_rows, asb_mask;
    bool is_panel_off;
    /* raster in progress: rows to come, bytes of each, GS v 0 mode */
    size_t raster_rows, raster_bytes;
    unsigned raster_mode;
    size_t n_text; /* characters in the line buffer */
    int text_row;  /* row of the text line being printed, or -1 */
    size_t feed_rows;
    bool has_cut, is_partial;
};

enum step { STEP_DONE, STEP_STARVED, STEP_NO_TIME, STEP_STOPPED };

void interpreter_reset(struct interpreter *in);
/** One command or one row. @param budget rows the mechanism may print now, counted down */
enum step printer_step(struct printer_model *m, double *budget);

/* ---- printer_model.c ---- */

struct printer_model {
    struct printer_cfg cfg;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    struct paper paper;
    struct interpreter in;
    enum printer_paper roll;
    double roll_rows; /* left until the end; negative: endless */
    bool is_cover_open, is_cutter_blocked, is_cutter_error;
    uint8_t *rx;
    size_t rx_at, rx_n, rx_cap;
    uint8_t window[10]; /* the last bytes received, for real-time commands */
    double cut_until_ms, ran_ms, budget;
    bool is_ticking;
    uint8_t asb_sent[4];
    uint8_t process_id[4];
    bool has_process_id; /* printed, but the host has not read the reply before */
    enum printer_fault fault;
    int fault_n;
    struct printer_status count; /* the counters of it */
    FILE *raw;
};

bool printer_is_online(const struct printer_model *m);
void printer_reply(struct printer_model *m, const void *data, size_t n);
void printer_reply_process_id(struct printer_model *m, const uint8_t id[4]);
void printer_cut(struct printer_model *m);
/** A row goes onto the strip: counts, and runs the roll down. */
void printer_row(struct printer_model *m, const uint8_t *dots);
void printer_status_changed(struct printer_model *m);
void printer_send_asb(struct printer_model *m);
uint8_t printer_paper_byte(const struct printer_model *m);
double printer_now_ms(void);

static inline uint8_t rx_peek(const struct printer_model *m, size_t i)
{
    return m->rx[(m->rx_at + i) % m->rx_cap];
}
static inline void rx_drop(struct printer_model *m, size_t n)
{
    m->rx_at = (m->rx_at + n) % m->rx_cap;
    m->rx_n -= n;
    m->paper.bytes += n;
}

#endif
