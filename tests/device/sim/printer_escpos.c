/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS as the printer model understands it, one command or one row a step. What has been
 * interpreted has been printed: commands behind print data wait in the receive buffer until the
 * mechanism gets there. Runs under the bus lock. Source: Epson ESC/POS command reference. */
#include <stdlib.h>
#include <string.h>

#include "printer_priv.h"

enum { LF = 0x0a, DLE = 0x10, ESC = 0x1b, FS = 0x1c, GS = 0x1d, LINE_DEFAULT = 30 };

void interpreter_reset(struct interpreter *in, bool is_all)
{
    struct interpreter kept = *in;

    free(in->stored.bits);
    memset(in, 0, sizeof *in);
    in->line_row = -1;
    in->wide = in->high = 1;
    in->qr_module = 3;
    in->qr_level = 48;
    in->line_rows = LINE_DEFAULT;
    if (is_all)
        return;
    in->align = kept.align;
    in->line_rows = kept.line_rows;
    in->asb_mask = kept.asb_mask;
    in->is_panel_off = kept.is_panel_off;
    in->is_kanji = kept.is_kanji;
    in->has_offline_response = kept.has_offline_response;
    in->wide = kept.wide;
    in->high = kept.high;
}

/* Length of commands whose length the second byte tells. 0: not known. */
static size_t length_of(uint8_t lead, uint8_t op)
{
    static const struct {
        uint8_t lead;
        const char *ops; /* and how long they are */
        size_t n;
    } table[] = {
        {ESC, "@20imvSL\x0c", 2},
        {ESC, "adJK3!E-GMtR {VrUTe=%?u\x06", 3},
        {ESC, "$\\cB", 4},
        {ESC, "p7", 5},
        {ESC, "W", 10},
        {GS, ":\xe1\xe2\xe3\xe4\xe5", 2},
        {GS, "arI!BHhwfb|/T\xe0", 3},
        {GS, "LWP$\\", 4},
        {GS, "^", 5},
        {FS, "&.", 2},
        {FS, "!W-C", 3},
        {FS, "Sp", 4},
        {FS, "2", 76},
    };

    for (size_t i = 0; op != 0 && i < sizeof table / sizeof table[0]; i++)
        if (table[i].lead == lead && strchr(table[i].ops, (char)op) != NULL)
            return table[i].n;
    return 0;
}

/* ---- text ---- */

/* A line that is full prints itself; the character then waits in the receive buffer. */
static bool line_has_room(struct interpreter *in, size_t dots)
{
    if (in->line_x == 0 || in->line_x + dots <= PRINTER_DOTS)
        return true;
    line_end(in, in->line_rows);
    return false;
}

static void line_grow(struct interpreter *in, size_t dots, size_t rows)
{
    in->line_x += dots;
    if (rows > in->line_high)
        in->line_high = rows;
}

static enum step parse_character(struct printer_model *m, uint8_t b)
{
    struct interpreter *in = &m->in;
    bool is_double = b >= 0x81 && in->is_kanji;
    unsigned n = is_double ? 2 : 1;
    size_t n_bytes = n;

    if (m->rx_n < n_bytes)
        return STEP_STARVED;
    if (is_double && rx_peek(m, 1) >= 0x30 && rx_peek(m, 1) <= 0x39)
        n_bytes = 4; /* GB 18030, four bytes */
    if (m->rx_n < n_bytes)
        return STEP_STARVED;
    if (!line_has_room(in, (size_t)n * TEXT_DOTS * in->wide))
        return STEP_DONE;
    if (is_double || b >= 0x7f)
        font_draw_frame(in->line, in->line_x, n, in->wide, in->high);
    else
        font_draw(in->line, in->line_x, b, in->wide, in->high);
    line_grow(in, (size_t)n * TEXT_DOTS * in->wide, (size_t)TEXT_ROWS * in->high);
    rx_drop(m, n_bytes);
    return STEP_DONE;
}

/* ---- commands; each is whole in the buffer when it runs ---- */

static void do_identify(struct printer_model *m, uint8_t n)
{
    const char *const texts[] = {"1.00 ESC/POS", m->strings[0], m->strings[1], "SIM0001"};
    char block[64];

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

static void do_position(struct interpreter *in, bool is_relative, unsigned dots)
{
    size_t x = is_relative ? in->line_x + dots : dots;

    if (x >= PRINTER_DOTS)
        return;
    in->line_x = x;
    if (in->line_high == 0)
        in->line_high = (size_t)TEXT_ROWS * in->high;
}

static void do_esc(struct printer_model *m, uint8_t op, uint8_t n)
{
    struct interpreter *in = &m->in;

    if (op == '@') {
        interpreter_reset(in, true);
    } else if (op == 'a') {
        in->align = n % 48 <= 2 ? n % 48 : 0;
    } else if (op == 'd') {
        line_end(in, (size_t)n * in->line_rows);
    } else if (op == 'J') {
        line_end(in, n);
    } else if (op == '2' || op == '3') {
        in->line_rows = op == '2' ? LINE_DEFAULT : n;
    } else if (op == '!') {
        in->high = n & 0x10 ? 2 : 1;
        in->wide = n & 0x20 ? 2 : 1;
    } else if (op == '$' || op == '\\') {
        do_position(in, op == '\\', n | (unsigned)rx_peek(m, 3) << 8);
    } else if (op == 'c' && n == '5') {
        in->is_panel_off = rx_peek(m, 3) & 1;
    } else if (op == 'v') {
        uint8_t b = printer_paper_byte(m);
        printer_reply(m, &b, 1);
    } else if (op == 'i' || op == 'm') {
        line_end(in, 0);
        in->has_cut = true;
        in->is_partial = op == 'm';
    } else if (op == 0x06) {
        m->count.n_unknown++; /* another maker's greeting */
    }
}

/* Custom's counters: a decimal number and its unit. */
static void do_counter(struct printer_model *m, uint8_t op)
{
    char text[32];
    unsigned long cm = m->count.n_rows / PRINTER_DOTS_PER_MM / 10;

    if (m->cfg.dialect != PRINTER_CUSTOM || m->cfg.ignores_counters) {
        m->count.n_unknown++;
        return;
    }
    int n = op == 0xe2   ? snprintf(text, sizeof text, "%u cuts", m->count.n_cuts)
            : op == 0xe3 ? snprintf(text, sizeof text, "%lucm", cm)
            : op == 0xe4 ? snprintf(text, sizeof text, "%u ret.", m->count.n_retracts)
            : op == 0xe5 ? snprintf(text, sizeof text, "%u on", m->count.n_power_ups)
                         : snprintf(text, sizeof text, "%lucm", 10000 - cm % 10000);
    printer_reply(m, text, (size_t)n);
}

static void do_gs(struct printer_model *m, uint8_t op, uint8_t n)
{
    if (op == 'a') {
        m->in.asb_mask = n;
        if (n != 0)
            printer_send_asb(m);
    } else if (op == 'r') {
        uint8_t b = n == 1 || n == 49 ? printer_paper_byte(m) : 0;
        if (!m->cfg.ignores_in_order)
            printer_reply(m, &b, 1);
    } else if (op == 'I') {
        do_identify(m, n);
    } else if (op == '!') {
        m->in.wide = (n >> 4 & 7) + 1;
        m->in.high = (n & 7) + 1;
    } else if (op >= 0xe1 && op <= 0xe5) {
        do_counter(m, op);
    }
}

static void do_fs(struct printer_model *m, uint8_t op)
{
    if (op == '&' || op == '.')
        m->in.is_kanji = op == '&';
}

static enum step parse_cut(struct printer_model *m)
{
    uint8_t mode = m->rx_n >= 3 ? rx_peek(m, 2) : 0;
    bool has_feed = mode == 65 || mode == 66, has_return = mode == 103 || mode == 104;
    size_t n = mode == 0 || mode == 1 || mode == 48 || mode == 49 ? 3 : 4;

    if (m->rx_n < n)
        return STEP_STARVED;
    if (n == 4 && !has_feed && !has_return) {
        m->count.n_unknown++;
    } else {
        line_end(&m->in, 0);
        m->in.has_cut = true;
        m->in.is_partial = n == 3 ? mode & 1 : mode == 66 || mode == 104;
        if (n == 4)
            m->in.feed_rows += (size_t)PRINTER_BLADE_ROWS + rx_peek(m, 3);
        m->in.has_backfeed = has_return;
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

/* ESC *: n columns of 8 or 24 dots into the line buffer. */
static enum step parse_columns(struct printer_model *m)
{
    struct interpreter *in = &m->in;

    if (m->rx_n < 5)
        return STEP_STARVED;
    unsigned mode = rx_peek(m, 2), n = rx_peek(m, 3) | (unsigned)rx_peek(m, 4) << 8;
    size_t bytes = mode >= 32 ? 3 : 1, wide = mode & 1 ? 1 : 2;
    if ((mode != 0 && mode != 1 && mode != 32 && mode != 33) || 5 + n * bytes > m->rx_cap) {
        m->count.n_unknown++;
        rx_drop(m, 5);
        return STEP_DONE;
    }
    if (m->rx_n < 5 + n * bytes)
        return STEP_STARVED;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < bytes * 8; k++)
            if (rx_peek(m, 5 + i * bytes + k / 8) & 0x80 >> k % 8)
                for (size_t w = 0; w < wide; w++)
                    dot_set(in->line[k], in->line_x + i * wide + w);
    line_grow(in, n * wide, bytes * 8);
    rx_drop(m, 5 + n * bytes);
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
    if (m->cfg.dialect == PRINTER_EPSON && !m->cfg.ignores_counters)
        printer_reply(m, block, (size_t)len + 1);
    rx_drop(m, 6);
    return STEP_DONE;
}

/* GS e: the presenter. */
static enum step parse_presenter(struct printer_model *m)
{
    uint8_t order = m->rx_n >= 3 ? rx_peek(m, 2) : 0;
    size_t n = order == 3 ? 4 : order == 32 ? 5 : 3;

    if (m->rx_n < n)
        return STEP_STARVED;
    if (order == 6) {
        uint8_t b = printer_presenter_byte(m);
        printer_reply(m, &b, 1);
    } else {
        printer_present(m, order, order == 32 ? rx_peek(m, 4) : 0);
    }
    rx_drop(m, n);
    return STEP_DONE;
}

/* Real-time commands were answered on arrival, unless this printer does it in order. */
static enum step parse_dle(struct printer_model *m)
{
    uint8_t op = rx_peek(m, 1), b[6];
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
    if (op == 4 && m->cfg.answers == PRINTER_IN_ORDER) {
        size_t len = printer_real_time(m, rx_peek(m, 2), b);
        if (len > 0)
            printer_reply(m, b, len);
    }
    rx_drop(m, n);
    return STEP_DONE;
}

/* ESC D: tab stops up to NUL. */
static enum step parse_tabs(struct printer_model *m)
{
    size_t n = 2;

    while (n < m->rx_n && n < 34 && rx_peek(m, n) != 0)
        n++;
    if (n == m->rx_n)
        return STEP_STARVED;
    rx_drop(m, n + 1);
    return STEP_DONE;
}

static enum step parse_fixed(struct printer_model *m, uint8_t lead, uint8_t op)
{
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
    else
        do_fs(m, op);
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
    if (op == '(')
        return parse_group(m, lead);
    if (lead == GS && op == 'V')
        return parse_cut(m);
    if (lead == GS && op == '8')
        return parse_long_group(m);
    if (lead == GS && op == 'g')
        return parse_counter(m);
    if (lead == GS && op == 'e')
        return parse_presenter(m);
    if (lead == GS && op == 'v' && (m->rx_n < 3 || rx_peek(m, 2) == '0'))
        return parse_raster(m);
    if (lead == ESC && op == '*')
        return parse_columns(m);
    if (lead == ESC && op == 'D')
        return parse_tabs(m);
    return parse_fixed(m, lead, op);
}

static enum step parse(struct printer_model *m)
{
    if (m->rx_n == 0)
        return STEP_STARVED;
    uint8_t b = rx_peek(m, 0);
    if (b == DLE || b == ESC || b == FS || b == GS)
        return parse_sequence(m, b);
    if (b >= 0x20)
        return parse_character(m, b);
    rx_drop(m, 1);
    if (b == LF)
        line_end(&m->in, m->in.line_rows);
    else if (b != 0 && b != '\r' && b != '\t' && b != 0x0c && b != 0x18)
        m->count.n_unknown++;
    return STEP_DONE;
}

static enum step store(struct printer_model *m)
{
    struct interpreter *in = &m->in;
    size_t n = m->rx_n < in->store_bytes ? m->rx_n : in->store_bytes;

    if (n == 0)
        return STEP_STARVED;
    for (size_t i = 0; i < n; i++, in->stored.fill++)
        if (in->stored.bits != NULL && in->stored.fill < in->stored.stride * in->stored.rows)
            in->stored.bits[in->stored.fill] = rx_peek(m, i);
    rx_drop(m, n);
    in->store_bytes -= n;
    return STEP_DONE;
}

enum step printer_step(struct printer_model *m, double *budget)
{
    struct interpreter *in = &m->in;

    if (!printer_is_online(m))
        return STEP_STOPPED;
    if (printer_now_ms() < m->cut_until_ms)
        return STEP_NO_TIME;
    if (in->line_row >= 0)
        return line_row(m, budget);
    if (in->is_showing)
        return show_row(m, budget);
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
    if (in->store_bytes > 0)
        return store(m);
    return parse(m);
}
