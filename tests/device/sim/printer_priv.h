/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the printer model share. Everything needs the bus lock. */
#ifndef YJ_SIM_PRINTER_PRIV_H
#define YJ_SIM_PRINTER_PRIV_H

#include <stdio.h>

#include "printer_model.h"

enum {
    ROW_BYTES = PRINTER_DOTS / 8,
    TEXT_ROWS = 24, /* of a character of normal size */
    TEXT_DOTS = 12,
    LINE_ROWS_MAX = TEXT_ROWS * 8,
};

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

/* ---- printer_font.c ---- */

/** Draw one character at dot x of a line bitmap, wide and high times its normal size. */
void font_draw(uint8_t line[][ROW_BYTES], size_t x, unsigned c, unsigned wide, unsigned high);
/** A frame of n characters' width, for what there is no font for. */
void font_draw_frame(uint8_t line[][ROW_BYTES], size_t x, unsigned n, unsigned wide, unsigned high);
static inline void dot_set(uint8_t row[ROW_BYTES], size_t x)
{
    if (x < PRINTER_DOTS)
        row[x / 8] |= (uint8_t)(0x80 >> x % 8);
}

/* ---- printer_escpos.c, printer_group.c: the interpreter, in step with the mechanism ---- */

struct picture { /* GS ( L fn 112, QR: printed row by row on order */
    uint8_t *bits;
    size_t stride, rows, x, y; /* x, y: every dot so many times */
    size_t fill;               /* bytes received so far */
};

struct interpreter {
    unsigned align, line_rows, asb_mask, wide, high;
    bool is_panel_off, is_kanji, has_offline_response;
    /* raster in progress: rows to come, bytes of each, GS v 0 mode */
    size_t raster_rows, raster_bytes;
    unsigned raster_mode;
    uint8_t line[LINE_ROWS_MAX][ROW_BYTES]; /* the line buffer */
    size_t line_x, line_high;               /* its next dot, its height */
    int line_row;                           /* the row being printed, or -1 */
    size_t feed_rows, skip_bytes;
    size_t store_bytes; /* of a picture being stored, to come */
    struct picture stored;
    size_t show_row; /* of the stored picture being printed */
    bool is_showing, has_cut, is_partial, has_backfeed;
    uint8_t qr_data[512];
    size_t qr_bytes;
    unsigned qr_module, qr_level;
};

enum step { STEP_DONE, STEP_STARVED, STEP_NO_TIME, STEP_STOPPED };

/** @param is_all  also the modes; else only the work in progress */
void interpreter_reset(struct interpreter *in, bool is_all);
/** One command or one row. @param budget rows the mechanism may print now, counted down */
enum step printer_step(struct printer_model *m, double *budget);

/* printer_line.c: the next row of what is being printed */
enum step raster_row(struct printer_model *m, double *budget);
enum step line_row(struct printer_model *m, double *budget);
/** The stored picture's next row. */
enum step show_row(struct printer_model *m, double *budget);
/** The line buffer goes to paper, and feed_rows in all move it on. */
void line_end(struct interpreter *in, size_t feed_rows);

/* printer_group.c: the long commands; each whole in the buffer, n bytes at `at` */
enum step parse_group(struct printer_model *m, uint8_t lead);
/** GS 8 L. */
enum step parse_long_group(struct printer_model *m);

/* ---- printer_status.c: what it says of itself ---- */

bool printer_is_online(const struct printer_model *m);
/** DLE EOT. @return bytes of the answer, 0: this dialect does not answer it */
size_t printer_real_time(const struct printer_model *m, uint8_t n, uint8_t out[6]);
void printer_status_changed(struct printer_model *m);
void printer_send_asb(struct printer_model *m);
uint8_t printer_paper_byte(const struct printer_model *m);
uint8_t printer_presenter_byte(const struct printer_model *m);
uint8_t printer_port_byte(const struct printer_model *m);
void printer_reply(struct printer_model *m, const void *data, size_t n);
void printer_reply_process_id(struct printer_model *m, const uint8_t id[4]);
/** The host has read everything: an id that had to wait goes out. */
void printer_in_empty(struct printer_model *m);

/* ---- printer_engine.c: receive buffer, real-time commands, mechanism ---- */

/* What carries its bytes: USB, or a socket. */
struct printer_link {
    bool (*is_up)(struct printer_model *m);
    void (*push)(struct printer_model *m, const void *data, size_t n);
    size_t (*pending)(struct printer_model *m); /* answers not read yet */
    void (*flush)(struct printer_model *m);
    void (*room)(struct printer_model *m); /* there may be room in the buffer again */
    void (*after)(struct printer_model *m, double ms, unsigned timer);
    void (*drop)(struct printer_model *m); /* power is gone */
};

enum { TIMER_TICK, TIMER_HEAD, TIMER_OUTLET, TIMER_N };

struct fault {
    int n;
    double p;
    unsigned seed;
};

struct printer_model {
    struct printer_cfg cfg;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    const struct printer_link *link;
    void *link_arg;
    struct paper paper;
    struct interpreter in;
    enum printer_paper roll;
    double roll_rows; /* left until the end; negative: endless */
    bool is_cover_open, is_cutter_blocked, is_cutter_error, is_broken;
    double hot_until_ms; /* 0: cool; negative: until somebody cools it */
    bool has_ticket;     /* at the outlet */
    double present_ms;   /* presenter: so long a ticket waits; 0: for ever */
    double outlet_until_ms;
    uint8_t *rx;
    size_t rx_at, rx_n, rx_cap;
    uint8_t window[10]; /* the last bytes received, for real-time commands */
    double cut_until_ms, ran_ms, budget;
    bool is_ticking, was_online;
    uint8_t asb_sent[4];
    uint8_t process_id[4];
    bool has_process_id; /* printed, but the host has not read the reply before */
    struct fault fault[PRINTER_FAULT_N];
    struct printer_status count; /* the counters of it */
    unsigned long n_noise;
    uint8_t descriptors[18 + 9 + 2 * (9 + 14)];
    char strings[3][48];
    FILE *raw;
};

void engine_init(struct printer_model *m);
/** Power on: memory is empty, paper is where it was. */
void engine_power_up(struct printer_model *m);
/** Take bytes. @return false when there is no room: none of them is taken */
bool engine_receive(struct printer_model *m, const uint8_t *p, size_t n);
void engine_timer(struct printer_model *m, unsigned timer);
void engine_wake(struct printer_model *m);
/** A sensor changed: tell, and go on if we can. */
void engine_sensors_changed(struct printer_model *m);
void engine_clear(struct printer_model *m);
/** Motor or blade at work, or a picture half received. */
bool engine_is_moving(const struct printer_model *m);
bool engine_is_idle(const struct printer_model *m);
void printer_cut(struct printer_model *m);
/** A row goes onto the strip: counts, and runs the roll down. */
void printer_row(struct printer_model *m, const uint8_t *dots);
/** The presenter's orders, GS e: 2 retract, 3 and 5 give out, 32 give out for t seconds. */
void printer_present(struct printer_model *m, uint8_t order, uint8_t seconds);
/** Does this fault strike now? Counts. */
bool fault_strikes(struct printer_model *m, enum printer_fault fault);
double printer_now_ms(void);

/* ---- printer_usb.c ---- */

void printer_usb_attach(struct printer_model *m, struct usbemu_bus *bus);

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
