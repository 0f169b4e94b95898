/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS as the printer model understands it, one command or one row a step. What has been
 * interpreted has been printed: commands behind print data wait in the receive buffer until the
 * mechanism gets there. Runs under the bus lock. Source: Epson ESC/POS command reference. */
#include "printer_priv.h"

#include <string.h>

enum { LF = 0x0a, DLE = 0x10, ESC = 0x1b, FS = 0x1c, GS = 0x1d, BLOCK_MAX = 4096 };

void interpreter_reset(struct interpreter *in)
{
    *in = (struct interpreter){.line_rows = 30, .text_row = -1};
}

/* Length of commands whose length the second byte tells. 0: not known. */
static size_t length_of(uint8_t lead, uint8_t op)
{
    static const char esc2[] = "@2imv\x0c", esc3[] = "adJ3!E-GMtR {VrUSTe", esc4[] = "$\\c";
    static const char gs3[] = "arI!BHhwf|b", gs4[] = "LWP$\\";
    static const char fs2[] = "&.", fs3[] = "!W-C", fs4[] = "S";

    if (op == 0)
        return 0;
    if (lead == ESC)
        return op == 'p'          ? 5
               : strchr(esc2, op) ? 2
               : strchr(esc3, op) ? 3
               : strchr(esc4, op) ? 4
                                  : 0;
    if (lead == GS)
        return strchr(gs3, op) ? 3 : strchr(gs4, op) ? 4 : 0;
    return strchr(fs2, op) ? 2 : strchr(fs3, op) ? 3 : strchr(fs4, op) ? 4 : 0;
}

/* ---- rows ---- */

static void dot_set(uint8_t row[ROW_BYTES], size_t x)
{
    if (x < PRINTER_DOTS)
        row[x / 8] |= (uint8_t)(0x80 >> x % 8);
}

static size_t align_offset(const struct interpreter *in, size_t width)
{
    size_t room = width < PRINTER_DOTS ? PRINTER_DOTS - width : 0;

    return in->align == 1 ? room / 2 : in->align == 2 ? room : 0;
}

static enum step raster_row(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;
    size_t wide = in->raster_mode & 1 ? 2 : 1, high = in->raster_mode & 2 ? 2 : 1;
    size_t left = align_offset(in, in->raster_bytes * 8 * wide);
    uint8_t row[ROW_BYTES] = {0};

    if (m->rx_n < in->raster_bytes)
        return STEP_STARVED;
    if (*budget < (double)high)
        return STEP_NO_TIME;
    for (size_t i = 0; i < in->raster_bytes * 8; i++)
        if (rx_peek(m, i / 8) & 0x80 >> i % 8)
            for (size_t k = 0; k < wide; k++)
                dot_set(row, left + i * wide + k);
    rx_drop(m, in->raster_bytes);
    in->raster_rows--;
    for (size_t k = 0; k < high; k++)
        printer_row(m, row);
    *budget -= (double)high;
    return STEP_DONE;
}

/* No font: every character is a frame, so that a line of text can be seen and measured. */
static enum step text_row(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;
    size_t n = in->n_text * TEXT_DOTS, left = align_offset(in, n);
    uint8_t row[ROW_BYTES] = {0};

    if (*budget < 1)
        return STEP_NO_TIME;
    for (size_t x = 0; x < n; x++) {
        size_t at = x % TEXT_DOTS;
        bool is_bar = in->text_row == 2 || in->text_row == TEXT_ROWS - 3;
        bool is_inside = in->text_row >= 2 && in->text_row <= TEXT_ROWS - 3;
        if (at >= 1 && at <= 10 && is_inside && (is_bar || at == 1 || at == 10))
            dot_set(row, left + x);
    }
    printer_row(m, row);
    *budget -= 1;
    if (++in->text_row == TEXT_ROWS) {
        in->text_row = -1;
        in->n_text = 0;
    }
    return STEP_DONE;
}

static void line_end(struct interpreter *in, size_t feed_rows)
{
    if (in->n_text > 0) {
        in->text_row = 0;
        feed_rows = feed_rows > TEXT_ROWS ? feed_rows - TEXT_ROWS : 0;
    }
    in->feed_rows += feed_rows;
}

/* ---- commands; each is whole in the buffer when it runs ---- */

static void do_identify(struct printer_model *m, uint8_t n)
{
    static const char *const texts[] = {"1.00 ESC/POS", "Yijian-Sim", "RP80", "SIM0001"};
    char block[32];

    if (n >= 1 && n <= 3) {
        static const uint8_t ids[] = {0x20, 0x02, 0x01};
        printer_reply(m, &ids[n - 1], 1);
    } else if (n >= 65 && n <= 68) {
        int len = snprintf(block, sizeof block, "_%s", texts[n - 65]);
        printer_reply(m, block, (size_t)len + 1); /* the NUL ends it */
    } else {
        m->count.n_unknown++;
    }
}

static void do_esc(struct printer_model *m, uint8_t op, uint8_t n)
{
    struct interpreter *in = &m->in;

    if (op == '@') {
        interpreter_reset(in);
    } else if (op == 'a') {
        in->align = n % 48 <= 2 ? n % 48 : 0;
    } else if (op == 'd') {
        line_end(in, (size_t)n * in->line_rows);
    } else if (op == 'J') {
        line_end(in, n);
    } else if (op == '2' || op == '3') {
        in->line_rows = op == '2' ? 30 : n;
    } else if (op == 'c' && n == '5') {
        in->is_panel_off = rx_peek(m, 3) & 1;
    } else if (op == 'v') {
        uint8_t b = printer_paper_byte(m);
        printer_reply(m, &b, 1);
    } else if (op == 'i' || op == 'm') {
        in->has_cut = true;
        in->is_partial = op == 'm';
    }
}

static void do_gs(struct printer_model *m, uint8_t op, uint8_t n)
{
    if (op == 'a') {
        m->in.asb_mask = n;
        if (n != 0)
            printer_send_asb(m);
    } else if (op == 'r') {
        uint8_t b = n == 1 || n == 49 ? printer_paper_byte(m) : 0;
        printer_reply(m, &b, 1);
    } else if (op == 'I') {
        do_identify(m, n);
    }
}

static enum step parse_cut(struct printer_model *m)
{
    uint8_t mode = m->rx_n >= 3 ? rx_peek(m, 2) : 0;
    bool has_feed = mode == 65 || mode == 66;
    size_t n = mode == 0 || mode == 1 || mode == 48 || mode == 49 ? 3 : 4;

    if (m->rx_n < n)
        return STEP_STARVED;
    if (n == 4 && !has_feed) {
        m->count.n_unknown++;
    } else {
        line_end(&m->in, 0);
        m->in.has_cut = true;
        m->in.is_partial = mode & 1 ? mode != 65 : mode == 66;
        if (has_feed)
            m->in.feed_rows += (size_t)PRINTER_BLADE_ROWS + rx_peek(m, 3);
    }
    rx_drop(m, n);
    return STEP_DONE;
}

static enum step parse_raster(struct printer_model *m)
{
    if (m->rx_n < 8)
        return STEP_STARVED;
    m->in.raster_mode = rx_peek(m, 3) & 3;
    m->in.raster_bytes = (size_t)(rx_peek(m, 4) | rx_peek(m, 5) << 8);
    m->in.raster_rows = (size_t)(rx_peek(m, 6) | rx_peek(m, 7) << 8);
    rx_drop(m, 8);
    if (m->in.raster_bytes == 0 || m->in.raster_bytes > m->rx_cap / 2) {
        m->count.n_unknown++;
        m->in.raster_rows = 0;
    }
    return STEP_DONE;
}

/* GS ( x pL pH ... */
static enum step parse_group(struct printer_model *m)
{
    uint8_t id[4];
    size_t n;

    if (m->rx_n < 5)
        return STEP_STARVED;
    n = (size_t)(rx_peek(m, 3) | rx_peek(m, 4) << 8);
    if (n > BLOCK_MAX) {
        m->count.n_unknown++;
        rx_drop(m, 5);
        return STEP_DONE;
    }
    if (m->rx_n < 5 + n)
        return STEP_STARVED;
    if (rx_peek(m, 2) == 'H' && n == 6 && rx_peek(m, 5) == 0x30 && rx_peek(m, 6) == 0x30) {
        for (size_t i = 0; i < 4; i++)
            id[i] = rx_peek(m, 7 + i);
        printer_reply_process_id(m, id);
    } else if (strchr("KDEAN", rx_peek(m, 2)) == NULL) {
        m->count.n_unknown++;
    }
    rx_drop(m, 5 + n);
    return STEP_DONE;
}

/* GS g 2: maintenance counters in decimal. */
static enum step parse_counter(struct printer_model *m)
{
    char block[32];

    if (m->rx_n < 6)
        return STEP_STARVED;
    unsigned which = rx_peek(m, 4) | (unsigned)rx_peek(m, 5) << 8;
    unsigned long value = which == 50 || which == 178   ? m->count.n_cuts
                          : which == 20 || which == 148 ? m->count.n_rows
                                                        : 0;
    int len = snprintf(block, sizeof block, "_%lu", value);
    printer_reply(m, block, (size_t)len + 1);
    rx_drop(m, 6);
    return STEP_DONE;
}

/* Real-time commands were answered on arrival; here they are passed over. */
static enum step parse_dle(struct printer_model *m)
{
    uint8_t op = rx_peek(m, 1);
    size_t n = 3;

    if (op == 0x14) {
        if (m->rx_n < 3)
            return STEP_STARVED;
        n = rx_peek(m, 2) == 8 ? 10 : 5;
    } else if (op != 4 && op != 5) {
        m->count.n_unknown++;
        n = 1;
    }
    if (m->rx_n < n)
        return STEP_STARVED;
    rx_drop(m, n);
    return STEP_DONE;
}

static enum step parse_sequence(struct printer_model *m, uint8_t lead)
{
    if (m->rx_n < 2)
        return STEP_STARVED;
    uint8_t op = rx_peek(m, 1);
    if (lead == DLE)
        return parse_dle(m);
    if (lead == GS && op == 'V')
        return parse_cut(m);
    if (lead == GS && op == '(')
        return parse_group(m);
    if (lead == GS && op == 'g')
        return parse_counter(m);
    if (lead == GS && op == 'v' && (m->rx_n < 3 || rx_peek(m, 2) == '0'))
        return parse_raster(m);
    size_t n = length_of(lead, op);
    if (n == 0) {
        m->count.n_unknown++;
        rx_drop(m, 2);
        return STEP_DONE;
    }
    if (m->rx_n < n)
        return STEP_STARVED;
    uint8_t arg = n > 2 ? rx_peek(m, 2) : 0;
    if (lead == ESC)
        do_esc(m, op, arg);
    else if (lead == GS)
        do_gs(m, op, arg);
    rx_drop(m, n);
    return STEP_DONE;
}

static enum step parse(struct printer_model *m)
{
    if (m->rx_n == 0)
        return STEP_STARVED;
    uint8_t b = rx_peek(m, 0);
    if (b == DLE || b == ESC || b == FS || b == GS)
        return parse_sequence(m, b);
    rx_drop(m, 1);
    if (b == LF) {
        line_end(&m->in, m->in.line_rows);
    } else if (b >= 0x20) {
        m->in.n_text++;
        if ((m->in.n_text + 1) * TEXT_DOTS > PRINTER_DOTS)
            line_end(&m->in, m->in.line_rows);
    } else if (strchr("\r\t\f\x18", b) == NULL) { /* NUL is found too: passed over */
        m->count.n_unknown++;
    }
    return STEP_DONE;
}

enum step printer_step(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;

    if (!printer_is_online(m))
        return STEP_STOPPED;
    if (printer_now_ms() < m->cut_until_ms)
        return STEP_NO_TIME;
    if (in->text_row >= 0)
        return text_row(m, budget);
    if (in->feed_rows > 0) {
        if (*budget < 1)
            return STEP_NO_TIME;
        in->feed_rows--;
        *budget -= 1;
        printer_row(m, NULL);
        return STEP_DONE;
    }
    if (in->has_cut) {
        printer_cut(m);
        return STEP_DONE;
    }
    if (in->raster_rows > 0)
        return raster_row(m, budget);
    return parse(m);
}
