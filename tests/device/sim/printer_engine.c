/* SPDX-License-Identifier: Apache-2.0 */
/* The works of the printer model: receive buffer, real-time commands, the mechanism's clock, head,
 * cutter and outlet. Runs under the bus lock on the client's or the timer's thread. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "printer_priv.h"

enum { TICK_MS = 5, STANDSTILL_MS = 20, CUT_MS = 300 };

static const double rows_per_ms = 1.6; /* 200 mm/s at 8 dots/mm */

double printer_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

bool fault_strikes(struct printer_model *m, enum printer_fault fault)
{
    struct fault *f = &m->fault[fault];

    if (f->n == 0)
        return false;
    if (f->p < 1) {
        f->seed = f->seed * 1664525u + 1013904223u;
        if ((double)(f->seed >> 8) / (double)(1u << 24) >= f->p)
            return false;
    }
    f->n -= f->n > 0;
    return true;
}

/* ---- mechanism ---- */

void printer_row(struct printer_model *m, const uint8_t *dots)
{
    m->count.n_rows++;
    paper_row(&m->paper, dots);
    if (fault_strikes(m, PRINTER_FAULT_UNPLUG)) {
        m->link->drop(m);
        return;
    }
    if (m->roll_rows < 0)
        return;
    m->roll_rows -= 1;
    if (m->roll_rows < 0) {
        m->roll = PRINTER_PAPER_OUT;
        printer_status_changed(m);
    }
}

static void outlet_end(struct printer_model *m, int fate)
{
    if (!m->has_ticket)
        return;
    m->has_ticket = false;
    m->outlet_until_ms = 0;
    m->paper.tickets[m->paper.n_tickets - 1].fate = fate;
    printer_status_changed(m);
}

static void outlet_begin(struct printer_model *m)
{
    m->has_ticket = true;
    m->paper.tickets[m->paper.n_tickets - 1].fate = TICKET_WAITS;
    if (m->cfg.outlet == PRINTER_OUTLET_PRESENTER && m->present_ms > 0) {
        m->outlet_until_ms = printer_now_ms() + m->present_ms;
        m->link->after(m, m->present_ms, TIMER_OUTLET);
    }
    printer_status_changed(m);
}

void printer_cut(struct printer_model *m)
{
    size_t n_before = m->paper.n_tickets;

    if (m->is_cutter_blocked) {
        m->is_cutter_error = true; /* the cut stays due: recovery with DLE ENQ 1 makes it */
        printer_status_changed(m);
        return;
    }
    m->in.has_cut = false;
    m->cut_until_ms = printer_now_ms() + CUT_MS / m->cfg.speed;
    if (fault_strikes(m, PRINTER_FAULT_NO_CUT))
        return;
    m->count.n_cuts++;
    if (m->cfg.outlet != PRINTER_OUTLET_FREE)
        outlet_end(m, TICKET_PUSHED); /* by the one that comes now */
    paper_cut(&m->paper, true, m->in.is_partial);
    if (m->in.has_backfeed && m->paper.n_rows >= PRINTER_BLADE_ROWS)
        m->paper.n_rows -= PRINTER_BLADE_ROWS; /* drawn back: the next one has no blank top */
    m->in.has_backfeed = false;
    if (m->cfg.outlet != PRINTER_OUTLET_FREE && m->paper.n_tickets > n_before)
        outlet_begin(m);
}

void printer_present(struct printer_model *m, uint8_t order, uint8_t seconds)
{
    if (m->cfg.outlet != PRINTER_OUTLET_PRESENTER || !m->has_ticket)
        return;
    if (order == 2) {
        m->count.n_retracts++;
        outlet_end(m, TICKET_RETRACTED);
    } else if (order == 5) {
        outlet_end(m, TICKET_PUSHED);
    } else if (order == 32 && seconds > 0) {
        m->outlet_until_ms = printer_now_ms() + seconds * 1000.0 / m->cfg.speed;
        m->link->after(m, seconds * 1000.0 / m->cfg.speed, TIMER_OUTLET);
    }
}

bool engine_is_moving(const struct printer_model *m)
{
    const struct interpreter *in = &m->in;

    return in->raster_rows > 0 || in->feed_rows > 0 || in->has_cut || in->line_row >= 0 ||
           in->is_showing || in->store_bytes > 0 || printer_now_ms() < m->cut_until_ms;
}

bool engine_is_idle(const struct printer_model *m)
{
    return m->rx_n == 0 && !engine_is_moving(m);
}

void engine_wake(struct printer_model *m)
{
    if (m->is_ticking || !m->link->is_up(m))
        return;
    m->is_ticking = true;
    if (printer_now_ms() - m->ran_ms > STANDSTILL_MS) { /* else the motor has not stopped */
        m->ran_ms = printer_now_ms();
        m->budget = 0;
    }
    m->link->after(m, 0, TIMER_TICK);
}

static void tick(struct printer_model *m)
{
    double now = printer_now_ms(), most = rows_per_ms * m->cfg.speed * 100;
    enum step step;

    m->budget += (now - m->ran_ms) * rows_per_ms * m->cfg.speed;
    if (m->budget > most) /* a late timer does not make the motor run faster for long */
        m->budget = most;
    m->ran_ms = now;
    if (now < m->cut_until_ms)
        m->budget = 0; /* the paper stands still while the blade falls */
    do {
        step = printer_step(m, &m->budget);
    } while (step == STEP_DONE && m->link->is_up(m));
    if (!m->link->is_up(m))
        return;
    m->is_ticking = step == STEP_NO_TIME;
    if (m->is_ticking)
        m->link->after(m, TICK_MS, TIMER_TICK);
    m->link->room(m); /* there may be room now; what comes in wakes us again */
}

void engine_timer(struct printer_model *m, unsigned timer)
{
    if (timer == TIMER_TICK) {
        tick(m);
    } else if (timer == TIMER_HEAD && m->hot_until_ms > 0 && printer_now_ms() >= m->hot_until_ms) {
        m->hot_until_ms = 0;
        engine_sensors_changed(m);
    } else if (timer == TIMER_OUTLET && m->outlet_until_ms > 0 &&
               printer_now_ms() >= m->outlet_until_ms) {
        m->count.n_retracts++;
        outlet_end(m, TICKET_RETRACTED);
    }
}

void engine_sensors_changed(struct printer_model *m)
{
    printer_status_changed(m);
    if (printer_is_online(m))
        engine_wake(m);
}

/* ---- receiving ---- */

void engine_clear(struct printer_model *m)
{
    m->count.n_clears++;
    m->rx_n = 0;
    m->has_process_id = false;
    interpreter_reset(&m->in, false); /* modes stay, work in progress goes */
    m->is_cutter_error = m->is_cutter_blocked && m->is_cutter_error;
    printer_status_changed(m);
    engine_sensors_changed(m);
}

static void answer_real_time(struct printer_model *m, uint8_t n)
{
    uint8_t b[6];
    size_t len = printer_real_time(m, n, b);

    if (len > 0)
        printer_reply(m, b, len);
}

/* Real-time commands act on arrival, also in the middle of raster data. */
static void real_time(struct printer_model *m)
{
    static const uint8_t clear[10] = {0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8};
    const uint8_t *w = m->window;
    bool is_dle = w[7] == 0x10;

    if (!is_dle && memcmp(w, clear, sizeof clear) != 0)
        return;
    if (fault_strikes(m, PRINTER_FAULT_DEAF))
        return;
    if (is_dle && w[8] == 4 && m->cfg.answers != PRINTER_IN_ORDER) {
        answer_real_time(m, w[9]);
    } else if (is_dle && w[8] == 5 && w[9] == 1 && m->is_cutter_error) {
        m->is_cutter_error = false;
        printer_status_changed(m);
        engine_wake(m);
    } else if (is_dle && w[8] == 5 && w[9] == 2) {
        engine_clear(m);
    } else if (memcmp(w, clear, sizeof clear) == 0 && !m->cfg.ignores_clear &&
               m->cfg.dialect == PRINTER_EPSON) {
        engine_clear(m);
        printer_reply(m, "\x37\x25", 3);
    }
}

static void byte_take(struct printer_model *m, uint8_t b, bool is_stored)
{
    if (is_stored && m->rx_n < m->rx_cap)
        m->rx[(m->rx_at + m->rx_n++) % m->rx_cap] = b;
    else
        m->count.n_lost_bytes += is_stored;
    memmove(m->window, m->window + 1, sizeof m->window - 1);
    m->window[sizeof m->window - 1] = b;
    if (m->window[7] == 0x10 || b == 8)
        real_time(m);
}

/* Nothing but real-time commands: needs no room. */
static bool is_all_real_time(const uint8_t *p, size_t n)
{
    size_t at = 0;

    while (at + 3 <= n && p[at] == 0x10 && (p[at + 1] == 4 || p[at + 1] == 5))
        at += 3;
    if (at + 10 == n && p[at] == 0x10 && p[at + 1] == 0x14)
        at += 10;
    return at == n;
}

bool engine_receive(struct printer_model *m, const uint8_t *p, size_t n)
{
    bool is_full = n > m->rx_cap - m->rx_n;
    bool passes = is_full && m->cfg.answers == PRINTER_AT_ONCE && is_all_real_time(p, n);

    if (is_full && !passes && !fault_strikes(m, PRINTER_FAULT_DROP)) {
        m->count.n_naks++;
        return false;
    }
    m->count.n_bytes += n;
    if (m->raw != NULL) {
        fwrite(p, 1, n, m->raw);
        fflush(m->raw);
    }
    for (size_t i = 0; i < n; i++)
        byte_take(m, p[i], !passes);
    engine_wake(m);
    return true;
}

void engine_power_up(struct printer_model *m)
{
    m->count.n_power_ups++;
    m->is_ticking = false;
    m->rx_n = m->rx_at = 0;
    m->cut_until_ms = 0;
    m->has_process_id = false;
    memset(m->window, 0, sizeof m->window);
    interpreter_reset(&m->in, true);
    m->is_cutter_error = m->is_cutter_error && m->is_cutter_blocked;
    m->was_online = printer_is_online(m);
}

void engine_init(struct printer_model *m)
{
    if (m->cfg.speed <= 0)
        m->cfg.speed = 1;
    m->rx_cap = m->cfg.buffer_bytes ? m->cfg.buffer_bytes : 16384;
    m->rx = mem_zalloc(m->rx_cap, 1);
    m->roll_rows = -1;
    m->was_online = true;
    interpreter_reset(&m->in, true);
}
