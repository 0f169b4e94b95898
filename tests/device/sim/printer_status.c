/* SPDX-License-Identifier: Apache-2.0 */
/* What the printer model says of itself, in the words of its dialect. Runs under the bus lock.
 * Source: Epson DLE EOT, GS a; Custom KPM150H full status; Hwasung HMK-830, Seiko DPU-30 and
 * Nippon one-byte status; USB Printing Devices 1.1, 4.2.2 (port status). */
#include <string.h>

#include "printer_priv.h"

static bool is_hot(const struct printer_model *m)
{
    return m->hot_until_ms != 0;
}

bool printer_is_online(const struct printer_model *m)
{
    return m->roll != PRINTER_PAPER_OUT && !m->is_cover_open && !m->is_cutter_error &&
           !m->is_broken && !is_hot(m);
}

uint8_t printer_paper_byte(const struct printer_model *m)
{
    return (uint8_t)((m->roll != PRINTER_PAPER_FULL ? 0x03 : 0) |
                     (m->roll == PRINTER_PAPER_OUT ? 0x0c : 0));
}

static uint8_t bit(bool is_on, unsigned n)
{
    return is_on ? (uint8_t)(1u << n) : 0;
}

static uint8_t epson_byte(const struct printer_model *m, uint8_t n)
{
    bool is_out = m->roll == PRINTER_PAPER_OUT, is_phoenix = m->cfg.dialect == PRINTER_PHOENIX;
    uint8_t b = 0x12;

    if (n == 1)
        b |= bit(!printer_is_online(m), 3);
    if (n == 2)
        b |= bit(m->is_cover_open && !is_phoenix, 2) | bit(is_out, 5) |
             bit(m->is_cutter_error || m->is_broken || is_hot(m), 6);
    if (n == 3 && !is_phoenix)
        b |= bit(m->is_cutter_error, 3) | bit(m->is_broken, 5) | bit(is_hot(m), 6);
    if (n == 4)
        b |= (uint8_t)((m->roll != PRINTER_PAPER_FULL ? 0x0c : 0) | (is_out ? 0x60 : 0));
    return b;
}

static void custom_bytes(const struct printer_model *m, uint8_t b[6])
{
    b[0] = 0x10;
    b[1] = 0x0f;
    b[2] = bit(m->roll == PRINTER_PAPER_OUT, 0) | bit(m->roll != PRINTER_PAPER_FULL, 2) |
           bit(m->has_ticket, 5);
    b[3] = bit(m->is_cover_open, 0) | bit(m->is_cover_open, 1) | bit(engine_is_moving(m), 3);
    b[4] = bit(is_hot(m), 0);
    b[5] = bit(m->is_cutter_error, 0) | bit(m->is_broken, 3);
}

size_t printer_real_time(const struct printer_model *m, uint8_t n, uint8_t out[6])
{
    bool is_out = m->roll == PRINTER_PAPER_OUT, is_low = m->roll != PRINTER_PAPER_FULL;

    switch (m->cfg.dialect) {
    case PRINTER_EPSON:
    case PRINTER_PHOENIX:
        out[0] = epson_byte(m, n);
        return n >= 1 && n <= 4;
    case PRINTER_CUSTOM:
        if (n == 20) {
            custom_bytes(m, out);
            return 6;
        }
        out[0] = n == 17 ? bit(engine_is_moving(m), 2) | bit(is_out, 5) : epson_byte(m, n);
        return n == 17 || (n >= 1 && n <= 4);
    case PRINTER_HWASUNG:
        out[0] = bit(is_out, 0) | bit(m->is_cover_open, 1) | bit(m->is_broken, 2) | bit(is_low, 3) |
                 bit(engine_is_moving(m) && printer_is_online(m), 4) | bit(m->is_cutter_error, 5) |
                 bit(m->has_ticket, 7);
        return n == 2;
    case PRINTER_SEIKO:
        out[0] = 0x60 | bit(is_out, 0) | bit(m->is_cover_open, 1) | bit(m->is_broken, 2) |
                 bit(is_hot(m), 3) | bit(engine_is_moving(m) && printer_is_online(m), 4);
        return n == 2;
    case PRINTER_NIPPON:
        out[0] = bit(is_low, 0) | bit(m->is_cover_open, 1) | bit(is_out, 2) | bit(is_hot(m), 3);
        return n == 1;
    case PRINTER_CLONE:
    case PRINTER_DIALECT_N:
        break;
    }
    return 0;
}

uint8_t printer_presenter_byte(const struct printer_model *m)
{
    return bit(m->roll != PRINTER_PAPER_FULL, 0) | bit(m->roll != PRINTER_PAPER_OUT, 2) |
           bit(m->has_ticket, 3) | bit(engine_is_moving(m), 4) | bit(m->is_cutter_error, 6);
}

uint8_t printer_port_byte(const struct printer_model *m)
{
    return bit(!m->is_cutter_error && !m->is_broken, 3) | bit(printer_is_online(m), 4) |
           bit(m->roll == PRINTER_PAPER_OUT, 5);
}

static void asb_bytes(const struct printer_model *m, uint8_t b[4])
{
    b[0] = 0x10 | bit(!printer_is_online(m), 3) | bit(m->is_cover_open, 5);
    b[1] = bit(m->is_cutter_error, 3) | bit(m->is_broken, 5) | bit(is_hot(m), 6);
    b[2] = printer_paper_byte(m);
    b[3] = 0x0f;
}

void printer_reply(struct printer_model *m, const void *data, size_t n)
{
    const uint8_t *p = data;

    if (m->cfg.dialect == PRINTER_CLONE || m->cfg.is_one_way ||
        fault_strikes(m, PRINTER_FAULT_SILENT))
        return;
    if (fault_strikes(m, PRINTER_FAULT_NOISE)) {
        m->n_noise++;
        m->link->push(m, "\x12", 1);
    }
    if (n > 1 && fault_strikes(m, PRINTER_FAULT_SPLIT)) {
        for (size_t i = 0; i < n; i++)
            m->link->push(m, p + i, 1);
        return;
    }
    m->link->push(m, p, n);
}

void printer_send_asb(struct printer_model *m)
{
    if (m->cfg.dialect != PRINTER_EPSON)
        return;
    asb_bytes(m, m->asb_sent);
    printer_reply(m, m->asb_sent, 4);
}

/* GS ( H fn 49: once, when it goes off-line. */
static void offline_response(struct printer_model *m)
{
    uint8_t b[8] = {0x37, 0x23};
    size_t n = 2;

    if (m->is_cover_open)
        b[n++] = 0x41;
    if (m->roll == PRINTER_PAPER_OUT)
        b[n++] = 0x42;
    if (m->is_cutter_error || m->is_broken || is_hot(m))
        b[n++] = 0x43;
    printer_reply(m, b, n + 1);
}

void printer_status_changed(struct printer_model *m)
{
    uint8_t b[4];
    bool is_online = printer_is_online(m), was_online = m->was_online;

    m->was_online = is_online;
    if (!m->link->is_up(m))
        return;
    if (m->in.has_offline_response && was_online && !is_online)
        offline_response(m);
    asb_bytes(m, b);
    if (((m->in.asb_mask & 2) && b[0] != m->asb_sent[0]) ||
        ((m->in.asb_mask & 4) && b[1] != m->asb_sent[1]) ||
        ((m->in.asb_mask & 8) && b[2] != m->asb_sent[2]))
        printer_send_asb(m);
}

/* Only the latest id is kept for a host that does not read. */
void printer_reply_process_id(struct printer_model *m, const uint8_t id[4])
{
    uint8_t b[7] = {0x37, 0x22, id[0], id[1], id[2], id[3], 0};

    if (m->cfg.ignores_process_id ||
        (m->cfg.dialect != PRINTER_EPSON && m->cfg.dialect != PRINTER_PHOENIX))
        return;
    if (fault_strikes(m, PRINTER_FAULT_LOST_ID))
        return;
    if (m->link->pending(m) == 0) {
        printer_reply(m, b, sizeof b);
        return;
    }
    memcpy(m->process_id, id, 4);
    m->has_process_id = true;
}

void printer_in_empty(struct printer_model *m)
{
    if (!m->has_process_id)
        return;
    m->has_process_id = false;
    printer_reply_process_id(m, m->process_id);
}
