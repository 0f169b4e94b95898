/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket printer model: what can be done to it by hand, and what can be seen of it. Any thread. */
#include "printer_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "printer_priv.h"

struct printer_model *printer_model_new(struct usbemu_bus *bus, const struct printer_cfg *cfg)
{
    struct printer_model *m = mem_zalloc(1, sizeof *m);
    char path[512];

    m->cfg = *cfg;
    if (cfg->dialect == PRINTER_PHOENIX)
        m->cfg.answers = PRINTER_IN_ORDER;
    snprintf(m->strings[0], sizeof m->strings[0], "%s", cfg->maker ? cfg->maker : "Yijian-Sim");
    snprintf(m->strings[1], sizeof m->strings[1], "%s", cfg->model ? cfg->model : "RP80");
    engine_init(m);
    paper_init(&m->paper, cfg->out_dir);
    if (cfg->has_raw_log && cfg->out_dir != NULL) {
        snprintf(path, sizeof path, "%s/printer.bin", cfg->out_dir);
        m->raw = fopen(path, "ab");
    }
    if (bus != NULL)
        printer_usb_attach(m, bus);
    return m;
}

void printer_model_free(struct printer_model *m)
{
    if (m == NULL)
        return;
    interpreter_reset(&m->in, true);
    paper_fini(&m->paper);
    if (m->raw != NULL)
        fclose(m->raw);
    free(m->rx);
    free(m);
}

struct usbemu_dev *printer_model_dev(struct printer_model *m)
{
    return m->dev;
}

/* By hand, before anybody is connected: nobody to tell. */
static void sensors_changed(struct printer_model *m)
{
    if (m->link != NULL)
        engine_sensors_changed(m);
    usbemu_unlock();
}

void printer_model_paper(struct printer_model *m, enum printer_paper paper, double low_mm)
{
    usbemu_lock();
    m->roll = paper;
    m->roll_rows = paper == PRINTER_PAPER_LOW && low_mm > 0 ? low_mm * PRINTER_DOTS_PER_MM : -1;
    sensors_changed(m);
}

void printer_model_cover(struct printer_model *m, bool is_open)
{
    usbemu_lock();
    m->is_cover_open = is_open;
    sensors_changed(m);
}

void printer_model_cutter(struct printer_model *m, bool is_blocked)
{
    usbemu_lock();
    m->is_cutter_blocked = is_blocked;
    sensors_changed(m);
}

void printer_model_heat(struct printer_model *m, double ms)
{
    usbemu_lock();
    m->hot_until_ms = ms < 0 ? 0 : ms > 0 ? printer_now_ms() + ms : -1;
    if (ms > 0 && m->link != NULL)
        m->link->after(m, ms, TIMER_HEAD);
    sensors_changed(m);
}

void printer_model_break(struct printer_model *m, bool is_broken)
{
    usbemu_lock();
    m->is_broken = is_broken;
    sensors_changed(m);
}

bool printer_model_take(struct printer_model *m)
{
    usbemu_lock();
    bool was_there = m->has_ticket;
    if (was_there) {
        m->has_ticket = false;
        m->outlet_until_ms = 0;
        m->paper.tickets[m->paper.n_tickets - 1].fate = TICKET_TAKEN;
    }
    sensors_changed(m);
    return was_there;
}

void printer_model_tear(struct printer_model *m)
{
    usbemu_lock();
    paper_cut(&m->paper, false, false);
    usbemu_unlock();
}

void printer_model_power_cycle(struct printer_model *m)
{
    usbemu_lock();
    if (m->dev != NULL) {
        usbemu_unplug(m->dev);
        usbemu_plug(m->dev);
    } else {
        engine_power_up(m);
    }
    usbemu_unlock();
}

void printer_model_fault_seeded(struct printer_model *m, enum printer_fault fault, int n, double p,
                                unsigned seed)
{
    usbemu_lock();
    for (int i = 0; i < PRINTER_FAULT_N; i++)
        if (i == (int)fault || fault == PRINTER_FAULT_NONE)
            m->fault[i] = (struct fault){fault == PRINTER_FAULT_NONE ? 0 : n, p, seed};
    if (m->dev != NULL && usbemu_is_plugged(m->dev))
        m->link->room(m);
    usbemu_unlock();
}

void printer_model_fault(struct printer_model *m, enum printer_fault fault, int n)
{
    printer_model_fault_seeded(m, fault, n, 1, 1);
}

struct printer_status printer_model_status(struct printer_model *m)
{
    usbemu_lock();
    struct printer_status s = m->count;
    s.paper = m->roll;
    s.is_cover_open = m->is_cover_open;
    s.is_cutter_blocked = m->is_cutter_blocked;
    s.is_cutter_error = m->is_cutter_error;
    s.is_online = printer_is_online(m);
    s.is_idle = engine_is_idle(m);
    s.is_hot = m->hot_until_ms != 0;
    s.has_ticket_at_outlet = m->has_ticket;
    s.is_panel_off = m->in.is_panel_off;
    s.buffer_bytes = m->rx_n;
    s.strip_rows = m->paper.n_rows > PRINTER_BLADE_ROWS ? m->paper.n_rows - PRINTER_BLADE_ROWS : 0;
    s.n_tickets = m->paper.n_tickets;
    usbemu_unlock();
    return s;
}

struct printer_ticket printer_model_ticket(struct printer_model *m, size_t i)
{
    usbemu_lock();
    struct printer_ticket t = m->paper.tickets[i];
    usbemu_unlock();
    return t;
}
