/* SPDX-License-Identifier: Apache-2.0 */
/* Ticket printer model: USB, receive buffer, sensors, status. Runs under the bus lock on the
 * client's or the timer's thread. */
#include "printer_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

enum {
    EP_OUT = 0x02,
    EP_IN = 0x81,
    PACKET_BYTES = 64,
    TICK_MS = 5,
    STANDSTILL_MS = 20,
    CUT_MS = 300
};

static const double rows_per_ms = 1.6; /* 200 mm/s at 8 dots/mm */

static const uint8_t descriptors[] = {
    18,
    1,
    0x00,
    0x02,
    0,
    0,
    0,
    64,
    0x16,
    0x04,
    0x11,
    0x50,
    0x00,
    0x02,
    1,
    2,
    3,
    1, /* device */
    9,
    2,
    32,
    0,
    1,
    1,
    0,
    0xc0,
    1, /* config */
    9,
    4,
    0,
    0,
    2,
    7,
    1,
    2,
    0, /* interface */
    7,
    5,
    EP_OUT,
    2,
    PACKET_BYTES,
    0,
    0,
    7,
    5,
    EP_IN,
    2,
    PACKET_BYTES,
    0,
    0, /* OUT, IN */
};
static const char device_id[] = "MFG:Yijian-Sim;MDL:RP80;CMD:ESC/POS;CLS:PRINTER;"
                                "DES:Yijian-Sim RP80;SN:SIM0001;";

double printer_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- status ---- */

bool printer_is_online(const struct printer_model *m)
{
    return m->roll != PRINTER_PAPER_OUT && !m->is_cover_open && !m->is_cutter_error;
}

uint8_t printer_paper_byte(const struct printer_model *m)
{
    return (uint8_t)((m->roll != PRINTER_PAPER_FULL ? 0x03 : 0) |
                     (m->roll == PRINTER_PAPER_OUT ? 0x0c : 0));
}

/* DLE EOT n */
static uint8_t real_time_byte(const struct printer_model *m, uint8_t n)
{
    uint8_t b = 0x12;

    if (n == 1 && !printer_is_online(m))
        b |= 0x08;
    if (n == 2)
        b |= (uint8_t)((m->is_cover_open ? 0x04 : 0) | (m->roll == PRINTER_PAPER_OUT ? 0x20 : 0) |
                       (m->is_cutter_error ? 0x40 : 0));
    if (n == 3 && m->is_cutter_error)
        b |= 0x08;
    if (n == 4)
        b |= (uint8_t)((m->roll != PRINTER_PAPER_FULL ? 0x0c : 0) |
                       (m->roll == PRINTER_PAPER_OUT ? 0x60 : 0));
    return b;
}

static void asb_bytes(const struct printer_model *m, uint8_t b[4])
{
    b[0] = (uint8_t)(0x10 | (printer_is_online(m) ? 0 : 0x08) | (m->is_cover_open ? 0x20 : 0));
    b[1] = m->is_cutter_error ? 0x08 : 0;
    b[2] = printer_paper_byte(m);
    b[3] = 0x0f;
}

void printer_reply(struct printer_model *m, const void *data, size_t n)
{
    if (m->fault == PRINTER_FAULT_SILENT && m->fault_n != 0) {
        m->fault_n -= m->fault_n > 0;
        return;
    }
    usbemu_in_push(m->dev, EP_IN, data, n, false);
}

void printer_send_asb(struct printer_model *m)
{
    asb_bytes(m, m->asb_sent);
    printer_reply(m, m->asb_sent, 4);
}

void printer_status_changed(struct printer_model *m)
{
    uint8_t b[4];

    asb_bytes(m, b);
    bool has_changed = ((m->in.asb_mask & 2) && b[0] != m->asb_sent[0]) ||
                       ((m->in.asb_mask & 4) && b[1] != m->asb_sent[1]) ||
                       ((m->in.asb_mask & 8) && b[2] != m->asb_sent[2]);
    if (has_changed && usbemu_is_plugged(m->dev))
        printer_send_asb(m);
}

/* Only the latest id is kept for a host that does not read. */
void printer_reply_process_id(struct printer_model *m, const uint8_t id[4])
{
    uint8_t b[7] = {0x37, 0x22, id[0], id[1], id[2], id[3], 0};

    if (usbemu_in_pending(m->dev, EP_IN) == 0) {
        printer_reply(m, b, sizeof b);
        return;
    }
    memcpy(m->process_id, id, 4);
    m->has_process_id = true;
}

static void on_in_empty(void *model, uint8_t ep)
{
    struct printer_model *m = model;

    (void)ep;
    if (!m->has_process_id)
        return;
    m->has_process_id = false;
    printer_reply_process_id(m, m->process_id);
}

/* ---- mechanism ---- */

void printer_row(struct printer_model *m, const uint8_t *dots)
{
    m->count.n_rows++;
    paper_row(&m->paper, dots);
    if (m->fault == PRINTER_FAULT_UNPLUG && m->fault_n != 0) {
        m->fault_n = 0;
        usbemu_unplug(m->dev);
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

void printer_cut(struct printer_model *m)
{
    if (m->is_cutter_blocked) {
        m->is_cutter_error = true; /* the cut stays due: recovery with DLE ENQ 1 makes it */
        printer_status_changed(m);
        return;
    }
    m->in.has_cut = false;
    m->count.n_cuts++;
    m->cut_until_ms = printer_now_ms() + CUT_MS / m->cfg.speed;
    paper_cut(&m->paper, true, m->in.is_partial);
}

static bool is_idle(const struct printer_model *m)
{
    return m->rx_n == 0 && m->in.raster_rows == 0 && m->in.feed_rows == 0 && !m->in.has_cut &&
           m->in.text_row < 0 && printer_now_ms() >= m->cut_until_ms;
}

static void tick(void *model, uintptr_t arg);

static void mechanism_wake(struct printer_model *m)
{
    if (m->is_ticking || !usbemu_is_plugged(m->dev))
        return;
    m->is_ticking = true;
    if (printer_now_ms() - m->ran_ms > STANDSTILL_MS) { /* else the motor has not stopped */
        m->ran_ms = printer_now_ms();
        m->budget = 0;
    }
    usbemu_after(m->dev, 0, tick, 0);
}

static void tick(void *model, uintptr_t arg)
{
    struct printer_model *m = model;
    double now = printer_now_ms(), most = rows_per_ms * m->cfg.speed * 100;
    enum step step;

    (void)arg;
    m->budget += (now - m->ran_ms) * rows_per_ms * m->cfg.speed;
    if (m->budget > most) /* a late timer does not make the motor run faster for long */
        m->budget = most;
    m->ran_ms = now;
    do {
        step = printer_step(m, &m->budget);
    } while (step == STEP_DONE && usbemu_is_plugged(m->dev));
    if (!usbemu_is_plugged(m->dev))
        return;
    m->is_ticking = step == STEP_NO_TIME;
    if (m->is_ticking)
        usbemu_after(m->dev, TICK_MS, tick, 0);
    usbemu_kick(m->dev, EP_OUT); /* there may be room now; what comes in wakes us again */
}

/* ---- receiving ---- */

static void buffers_clear(struct printer_model *m)
{
    struct interpreter kept = m->in;

    m->rx_n = 0;
    m->has_process_id = false;
    interpreter_reset(&m->in); /* modes stay, work in progress goes */
    m->in.align = kept.align;
    m->in.line_rows = kept.line_rows;
    m->in.asb_mask = kept.asb_mask;
    m->in.is_panel_off = kept.is_panel_off;
    m->is_cutter_error = m->is_cutter_blocked && m->is_cutter_error;
    printer_status_changed(m);
}

/* Real-time commands act on arrival, also in the middle of raster data. */
static void real_time(struct printer_model *m)
{
    static const uint8_t clear[10] = {0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8};
    const uint8_t *w = m->window;

    if (w[7] == 0x10 && w[8] == 4 && w[9] >= 1 && w[9] <= 4) {
        uint8_t b = real_time_byte(m, w[9]);
        printer_reply(m, &b, 1);
    } else if (w[7] == 0x10 && w[8] == 5 && w[9] == 1 && m->is_cutter_error) {
        m->is_cutter_error = false;
        printer_status_changed(m);
        mechanism_wake(m);
    } else if (w[7] == 0x10 && w[8] == 5 && w[9] == 2) {
        buffers_clear(m);
    } else if (memcmp(w, clear, sizeof clear) == 0) {
        buffers_clear(m);
        printer_reply(m, "\x37\x25", 3);
    }
}

static int fault_on_packet(struct printer_model *m)
{
    if (m->fault_n == 0)
        return 0;
    if (m->fault == PRINTER_FAULT_NAK)
        return -EAGAIN;
    if (m->fault != PRINTER_FAULT_STALL && m->fault != PRINTER_FAULT_IOERROR)
        return 0;
    m->fault_n -= m->fault_n > 0;
    return m->fault == PRINTER_FAULT_STALL ? -EPIPE : -EPROTO;
}

static int on_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    struct printer_model *m = model;
    int status = fault_on_packet(m);
    bool is_dropping = m->fault == PRINTER_FAULT_DROP && m->fault_n != 0;

    (void)ep;
    if (status != 0)
        return status;
    if (n > m->rx_cap - m->rx_n && !is_dropping) {
        m->count.n_naks++;
        return -EAGAIN;
    }
    m->count.n_bytes += n;
    if (m->raw != NULL)
        fwrite(packet, 1, n, m->raw);
    for (size_t i = 0; i < n; i++) {
        if (m->rx_n < m->rx_cap)
            m->rx[(m->rx_at + m->rx_n++) % m->rx_cap] = packet[i];
        memmove(m->window, m->window + 1, sizeof m->window - 1);
        m->window[sizeof m->window - 1] = packet[i];
        if (m->window[7] == 0x10 || packet[i] == 8)
            real_time(m);
    }
    if (m->raw != NULL)
        fflush(m->raw);
    mechanism_wake(m);
    return 0;
}

/* Class requests. Source: USB Printing Devices 1.1, 4.2. */
static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct printer_model *m = model;

    if (s->bmRequestType == 0xa1 && s->bRequest == 0) { /* GET_DEVICE_ID */
        uint8_t id[256] = {0, sizeof device_id - 1 + 2};
        memcpy(id + 2, device_id, sizeof device_id - 1);
        *ret_bytes = id[1] < s->wLength ? id[1] : s->wLength;
        memcpy(data, id, *ret_bytes);
        return 0;
    }
    if (s->bmRequestType == 0xa1 && s->bRequest == 1 && s->wLength >= 1) { /* GET_PORT_STATUS */
        data[0] = (uint8_t)((m->is_cutter_error ? 0 : 0x08) | (printer_is_online(m) ? 0x10 : 0) |
                            (m->roll == PRINTER_PAPER_OUT ? 0x20 : 0));
        *ret_bytes = 1;
        return 0;
    }
    if ((s->bmRequestType == 0x21 || s->bmRequestType == 0x23) && s->bRequest == 2) {
        m->count.n_resets++; /* SOFT_RESET */
        usbemu_in_flush(m->dev, EP_IN);
        buffers_clear(m);
        usbemu_kick(m->dev, EP_OUT);
        return 0;
    }
    return -EPIPE;
}

/* Power on: memory is empty, paper is where it was. */
static void on_plugged(void *model)
{
    struct printer_model *m = model;

    m->is_ticking = false;
    m->rx_n = m->rx_at = 0;
    m->cut_until_ms = 0;
    m->has_process_id = false;
    memset(m->window, 0, sizeof m->window);
    interpreter_reset(&m->in);
    m->is_cutter_error = m->is_cutter_error && m->is_cutter_blocked;
}

static const struct usbemu_ops ops = {
    .control = on_control, .out = on_out, .in_empty = on_in_empty, .plugged = on_plugged};

/* ---- public ---- */

struct printer_model *printer_model_new(struct usbemu_bus *bus, const struct printer_cfg *cfg)
{
    struct printer_model *m = mem_zalloc(1, sizeof *m);
    char path[512];

    m->cfg = *cfg;
    if (m->cfg.speed <= 0)
        m->cfg.speed = 1;
    m->rx_cap = cfg->buffer_bytes ? cfg->buffer_bytes : 16384;
    m->rx = mem_zalloc(m->rx_cap, 1);
    m->roll_rows = -1;
    interpreter_reset(&m->in);
    paper_init(&m->paper, cfg->out_dir);
    if (cfg->has_raw_log && cfg->out_dir != NULL) {
        snprintf(path, sizeof path, "%s/printer.bin", cfg->out_dir);
        m->raw = fopen(path, "ab");
    }
    m->desc = (struct usbemu_desc){
        .descriptors = descriptors,
        .descriptors_bytes = sizeof descriptors,
        .strings = {NULL, "Yijian-Sim", "RP80", "SIM0001"},
        .kernel_driver = {"usblp"},
        .speed_mbit = 12,
        .port = cfg->port ? cfg->port : "1-3",
    };
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void printer_model_free(struct printer_model *m)
{
    if (m == NULL)
        return;
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

/* A sensor changed: tell, and go on if we can. */
static void sensors_changed(struct printer_model *m)
{
    printer_status_changed(m);
    if (printer_is_online(m))
        mechanism_wake(m);
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

void printer_model_tear(struct printer_model *m)
{
    usbemu_lock();
    paper_cut(&m->paper, false, false);
    usbemu_unlock();
}

void printer_model_fault(struct printer_model *m, enum printer_fault fault, int n)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = fault == PRINTER_FAULT_NONE ? 0 : n;
    if (usbemu_is_plugged(m->dev))
        usbemu_kick(m->dev, EP_OUT);
    usbemu_unlock();
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
    s.is_idle = is_idle(m);
    s.buffer_bytes = m->rx_n;
    s.strip_rows = m->paper.n_rows - PRINTER_BLADE_ROWS;
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
