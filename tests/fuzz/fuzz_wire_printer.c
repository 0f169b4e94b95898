/* SPDX-License-Identifier: Apache-2.0 */
/* The whole ticket-printer driver against a printer that says what the input says. With option bit
 * 0 it answers status requests, process ids, clears and in-order requests well by itself, as far
 * as its paper, cover and cutter (special) let it.
 * Say k: see say(). Special k: see special(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "wire_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COMMAND_MAX = 64, IDS_MAX = 16, ID = 4, EP_IN = 0x82, EP_OUT = 0x01 };

/* State of the simulated printer; bits as a visitor of the machine would name them. */
static struct {
    bool is_auto, is_silent, has_no_ids, is_slow, is_in_order_silent;
    bool is_paper_out, is_paper_low, is_cover_open, is_cutter_error, is_fault, is_hot;
    bool is_reporting; /* GS a */
    uint8_t in_address, port_status;
    unsigned device_id; /* variant */
    unsigned n_cuts;
    size_t piece;
    uint8_t command[COMMAND_MAX], real_time[16];
    size_t n_command, n_picture; /* bytes of a picture still to come */
    uint8_t ids[IDS_MAX][ID];    /* asked, not answered: waiting for paper */
    size_t n_ids;
    uint8_t last_id[ID], last_but_one[ID];

    /* since the last answer to a job: what has left the driver, and what came back after it */
    unsigned n_pictures, n_in_after, n_ids_after;
    uint8_t in_before;
    bool has_text;       /* letters since the last answer */
    bool is_command_old; /* what stands in command[] was begun for a job answered since */
} sim;

static bool is_stopped(void)
{
    return sim.is_paper_out || sim.is_cover_open || sim.is_cutter_error || sim.is_fault ||
           sim.is_hot;
}

static void answer(const uint8_t *data, size_t n)
{
    if (!sim.is_silent)
        wire_push(sim.in_address, data, n, sim.piece);
}

/* Source: ESC/POS, DLE EOT and GS a. */
static void status_answer(uint8_t n)
{
    uint8_t b = 0x12;
    if (n == 1)
        b |= is_stopped() ? 0x08 : 0;
    else if (n == 2)
        b |= (uint8_t)((sim.is_cover_open ? 0x04 : 0) | (sim.is_paper_out ? 0x20 : 0) |
                       (sim.is_cutter_error || sim.is_fault || sim.is_hot ? 0x40 : 0));
    else if (n == 3)
        b |= (uint8_t)((sim.is_cutter_error ? 0x08 : 0) | (sim.is_fault ? 0x20 : 0) |
                       (sim.is_hot ? 0x40 : 0));
    else if (n == 4)
        b |= (uint8_t)((sim.is_paper_low ? 0x0C : 0) | (sim.is_paper_out ? 0x60 : 0));
    answer(&b, 1);
}

static void report(void)
{
    uint8_t b[4] = {0x10, 0, 0, 0};
    b[0] |= (uint8_t)((is_stopped() ? 0x08 : 0) | (sim.is_cover_open ? 0x20 : 0));
    b[1] = (uint8_t)((sim.is_cutter_error ? 0x08 : 0) | (sim.is_fault ? 0x20 : 0) |
                     (sim.is_hot ? 0x40 : 0));
    b[2] = (uint8_t)((sim.is_paper_low ? 0x03 : 0) | (sim.is_paper_out ? 0x0C : 0));
    if (sim.is_reporting)
        answer(b, sizeof b);
}

static void id_answer(const uint8_t id[ID])
{
    uint8_t b[3 + ID] = {0x37, 0x22};
    memcpy(b + 2, id, ID);
    answer(b, sizeof b);
}

static void ids_release(void)
{
    if (is_stopped() || sim.is_slow)
        return;
    for (size_t i = 0; i < sim.n_ids; i++)
        id_answer(sim.ids[i]);
    sim.n_ids = 0;
}

/* ---- commands in --------------------------------------------------------------------------- */

static void text_answer(const char *text)
{
    uint8_t b[40] = {0x5F};
    size_t n = strlen(text);
    memcpy(b + 1, text, n + 1);
    answer(b, n + 2);
}

static void cuts_answer(bool is_custom)
{
    char text[16];
    snprintf(text, sizeof text, "%u", sim.n_cuts);
    if (is_custom)
        answer((const uint8_t *)text, strlen(text) + 1);
    else
        text_answer(text);
}

static void picture_begins(size_t n_bytes)
{
    sim.n_picture = n_bytes;
    sim.n_pictures += !sim.is_command_old;
    sim.n_in_after = sim.n_ids_after = 0;
}

/* @return whether the command begins a picture, whose bytes are then stepped over */
static bool picture_run(void)
{
    const uint8_t *c = sim.command;
    if (c[0] == 0x1D && c[1] == 'v')
        picture_begins((size_t)(c[4] | c[5] << 8) * (size_t)(c[6] | c[7] << 8));
    else if (c[0] == 0x1D && c[1] == '(' && c[2] == 'L' && (c[3] | c[4] << 8) > 10)
        picture_begins((size_t)(c[3] | c[4] << 8));
    else if (c[0] == 0x1D && c[1] == '8' && c[2] == 'L')
        picture_begins(bytes_le32(c + 3) & 0xFFFFFF);
    else if (c[0] == 0x1B && c[1] == '*')
        picture_begins((size_t)(c[3] | c[4] << 8) * (c[2] >= 32 ? 3 : 1));
    else
        return false;
    return true;
}

static void command_run(void)
{
    const uint8_t *c = sim.command;
    bool is_id = c[0] == 0x1D && c[1] == '(' && c[2] == 'H' && c[5] == 0x30;
    if (picture_run())
        return;
    /* the driver prints pictures only: a letter is the rest of something it has torn apart */
    if (c[0] > 0x20)
        sim.has_text = true;
    sim.n_cuts += (c[0] == 0x1D && c[1] == 'V') || (c[0] == 0x1B && (c[1] == 'i' || c[1] == 'm'));
    if (is_id) {
        memcpy(sim.last_but_one, sim.last_id, ID);
        memcpy(sim.last_id, c + 7, ID);
    }
    if (!sim.is_auto)
        return;
    if (c[0] == 0x1D && c[1] == 'a') {
        sim.is_reporting = c[2] != 0;
        report();
    } else if (c[0] == 0x1D && c[1] == 'r' && !is_stopped() && !sim.is_slow &&
               !sim.is_in_order_silent) {
        answer((const uint8_t *)"", 1);
    } else if (c[0] == 0x1D && c[1] == 'I') {
        text_answer(c[2] == 66 ? "Maker" : "Model");
    } else if (c[0] == 0x1D && (c[1] == 'g' || c[1] == 0xE2) && !is_stopped()) {
        cuts_answer(c[1] == 0xE2);
    } else if (is_id && !sim.has_no_ids) {
        if (sim.n_ids < IDS_MAX)
            memcpy(sim.ids[sim.n_ids++], c + 7, ID);
        ids_release();
    }
}

/* @return bytes of the command that begins in sim.command, a picture's own left out; 0: more are
 * needed to tell */
static size_t command_length(void)
{
    const uint8_t *c = sim.command;
    size_t n = sim.n_command;
    if (c[0] != 0x1B && c[0] != 0x1D && c[0] != 0x1C && c[0] != 0x10)
        return 1;
    if (n < 2)
        return 0;
    if (c[0] == 0x10)
        return c[1] == 0x14 ? (n < 3 ? 0 : c[2] == 8 ? 10 : 5) : 3;
    if (c[0] == 0x1B)
        return strchr("@2im", c[1]) ? 2 : c[1] == 'c' ? 4 : c[1] == '*' ? 5 : 3;
    switch (c[1]) {
    case '(':
        if (n < 5)
            return 0;
        return c[2] == 'L' && (c[3] | c[4] << 8) > 10
                   ? 5
                   : 5 + ((size_t)c[3] | (size_t)c[4] << 8) % (COMMAND_MAX - 8);
    case '8':
        return 7;
    case 'v':
        return 8;
    case 'g':
        return 6;
    case 0xE2:
        return 2;
    case 'V':
        return n < 3 ? 0 : c[2] >= 65 ? 4 : 3;
    default:
        return 3;
    }
}

static void command_byte(uint8_t b)
{
    if (sim.n_picture > 0) {
        sim.n_picture--;
        return;
    }
    sim.command[sim.n_command++] = b;
    size_t len = command_length();
    if (len == 0 || sim.n_command < len)
        return;
    command_run();
    sim.n_command = 0;
    sim.is_command_old = false;
}

/* Custom's and Pyramid's whole status. */
static void full_answer(void)
{
    uint8_t b[6] = {0x10, 0x0F};
    b[2] = (uint8_t)((sim.is_paper_out ? 0x01 : 0) | (sim.is_paper_low ? 0x04 : 0));
    b[3] = sim.is_cover_open ? 0x02 : 0;
    b[4] = sim.is_hot ? 0x01 : 0;
    b[5] = (uint8_t)((sim.is_cutter_error ? 0x01 : 0) | (sim.is_fault ? 0x40 : 0));
    answer(b, sizeof b);
}

/* Real-time commands work wherever they stand, also inside a picture. */
static void real_time_byte(uint8_t b)
{
    static const uint8_t clear[] = {0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8};
    memmove(sim.real_time, sim.real_time + 1, sizeof sim.real_time - 1);
    sim.real_time[sizeof sim.real_time - 1] = b;
    const uint8_t *end = sim.real_time + sizeof sim.real_time;
    if (memcmp(end - sizeof clear, clear, sizeof clear) == 0) {
        sim.n_picture = sim.n_command = sim.n_ids = 0;
        if (sim.is_auto)
            answer((const uint8_t *)"\x37\x25", 3);
    } else if (end[-3] == 0x10 && end[-2] == 0x04 && sim.is_auto) {
        if (b == 0x14)
            full_answer();
        else
            status_answer(b);
    } else if (end[-3] == 0x10 && end[-2] == 0x05) {
        sim.is_cutter_error = false;
    }
}

static void on_out(void *arg, uint8_t endpoint, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)endpoint;
    for (size_t i = 0; i < n; i++) {
        command_byte(data[i]);
        real_time_byte(data[i]);
    }
}

static void on_in(void *arg, uint8_t endpoint, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)endpoint;
    for (size_t i = 0; i < n; i++) {
        sim.n_in_after++;
        sim.n_ids_after += sim.in_before == 0x37 && data[i] == 0x22;
        sim.in_before = data[i];
    }
}

static int on_control(void *arg, const struct fake_setup *s, uint8_t *data)
{
    static const char *const ids[] = {
        "MFG:Yijian-Sim;MDL:RP80;CMD:ESC/POS;CLS:PRINTER;", "MFG:EPSON;MDL:TM-T88V;CMD:ESC/POS;",
        "MANUFACTURER:Maker;MODEL:80 mm;COMMAND SET:EPSON;", "MFG:Other;MDL:Laser;CMD:PCL,PJL;",
        "MFG:CUSTOM;MDL:KPM180;CMD:ESC/POS;"};
    const char *id = ids[sim.device_id % YJ_COUNT(ids)];
    size_t n = strlen(id) + 2;
    (void)arg;
    if (s->bmRequestType == 0xA1 && s->bRequest == 1 && s->wLength >= 1) {
        data[0] = sim.port_status;
        return 1;
    }
    if (s->bmRequestType == 0xA1 && s->bRequest == 0 && sim.device_id < 8) {
        bool is_little = sim.device_id & 4;
        n = n < s->wLength ? n : s->wLength;
        if (n < 2)
            return (int)n;
        data[is_little ? 0 : 1] = (uint8_t)n;
        data[is_little ? 1 : 0] = 0;
        memcpy(data + 2, id, n - 2);
        return (int)n;
    }
    if (s->bmRequestType == 0x21 && s->bRequest == 2) {
        sim.n_picture = sim.n_command = sim.n_ids = 0;
        return 0;
    }
    return -1;
}

/* ---- slots --------------------------------------------------------------------------------- */

static void start(uint8_t options)
{
    memset(&sim, 0, sizeof sim);
    sim.is_auto = options & 1;
    sim.has_no_ids = options & 2;
    sim.is_in_order_silent = options & 4;
    sim.device_id = options >> 4;
    sim.piece = (options & 8) ? 1 : 0;
    sim.port_status = 0x18;
    sim.in_address = EP_IN;
}

/* k & 3: two-way, one-way, both as alternate settings, another language; k >> 2: ids of makers */
static void plug(unsigned k, struct usb_candidate *ret)
{
    static const struct usb_endpoint two[] = {{EP_OUT, 2, 64}, {EP_IN, 2, 64}};
    static const uint16_t ids[][2] = {
        {0x0416, 0x5011}, {0x04b8, 0x0202}, {0x0fe6, 0x811e}, {0x154f, 0x0001}};
    const uint16_t *id = ids[k / 4 % YJ_COUNT(ids)];
    bool is_one_way = (k & 3) == 1;
    wire_candidate_one(ret, id[0], id[1], 7, 1, is_one_way ? 1 : 2, two, is_one_way ? 1 : 2);
    if ((k & 3) == 2) {
        ret->interface[1] = ret->interface[0];
        ret->interface[0].protocol = 1;
        ret->interface[0].n_endpoints = 1;
        ret->interface[1].alt = 1;
        ret->n_interfaces = 2;
    } else if ((k & 3) == 3) {
        ret->interface[0].protocol = 4; /* IPP over USB */
    }
    sim.n_command = sim.n_picture = sim.n_ids = 0;
    sim.is_reporting = false;
}

static void say(unsigned k, struct wire_input *in)
{
    uint8_t b[8] = {0x37, 0x22};
    switch (k) {
    case 0:
        b[0] = (uint8_t)((wire_u8(in) & 0x6D) | 0x12);
        answer(b, 1);
        break;
    case 1:
        b[0] = (uint8_t)((wire_u8(in) & 0x6C) | 0x10);
        b[1] = wire_u8(in) & 0x6F;
        b[2] = wire_u8(in) & 0x6F;
        b[3] = wire_u8(in) & 0x6F;
        answer(b, 4);
        break;
    case 2:
        for (int i = 0; i < ID; i++)
            b[2 + i] = wire_u8(in);
        answer(b, 7);
        break;
    case 3:
        answer((const uint8_t *)"\x37\x25", 3);
        break;
    case 4:
        b[0] = wire_u8(in) & 0x6F;
        answer(b, 1);
        break;
    case 5:
        id_answer(sim.last_id);
        break;
    case 6:
        id_answer(sim.last_but_one);
        break;
    case 7: /* a block that never ends */
        answer((const uint8_t *)"\x5F_________________________", 25);
        break;
    case 8: /* the marker after the last one: nobody has given it out */
        memcpy(b + 2, sim.last_id, ID);
        b[5]++;
        b[6] = 0;
        answer(b, 7);
        break;
    case 9:
        report();
        break;
    default:
        sim.piece = wire_u8(in) & 7;
        break;
    }
}

static void special(unsigned k, struct wire_input *in)
{
    bool *const flags[] = {&sim.is_paper_out,    &sim.is_paper_low, &sim.is_cover_open,
                           &sim.is_cutter_error, &sim.is_fault,     &sim.is_hot,
                           &sim.is_silent,       &sim.is_slow,      &sim.has_no_ids};
    if (k < YJ_COUNT(flags)) {
        *flags[k] = !*flags[k];
        report();
        ids_release();
    } else if (k == 9) {
        for (size_t i = 0; i < YJ_COUNT(flags); i++)
            *flags[i] = false;
        report();
        ids_release();
    } else if (k == 10) {
        sim.port_status = wire_u8(in);
    } else if (k == 11) {
        sim.device_id = wire_u8(in) & 15;
    } else {
        sim.n_ids = 0; /* forgotten, as after a power cut */
    }
}

static void event(const struct device_event *e, bool is_enabled)
{
    (void)is_enabled;
    if (e->kind != DEVICE_EVENT_PRINT_DONE)
        return;
    bool has_begun = sim.n_pictures > 0;
    if (e->print.job != wire_oldest_job()) { /* never had its turn */
        if (e->print.result != PRINT_NOT_STARTED)
            fake_bus_fail("a job was printed before its turn");
        return;
    }
    if (e->print.result == PRINT_NOT_STARTED && has_begun)
        fake_bus_fail("not started, but a picture had been sent");
    if (e->print.result == PRINT_PRINTED && sim.has_text)
        fake_bus_fail("printed, with rubbish on the paper");
    if (e->print.result == PRINT_PRINTED && !has_begun)
        fake_bus_fail("printed without having sent a picture");
    if (e->print.result == PRINT_PRINTED && e->print.evidence >= EVIDENCE_IN_ORDER &&
        sim.n_in_after == 0)
        fake_bus_fail("proven by an answer, and none came");
    if (e->print.result == PRINT_PRINTED && e->print.evidence == EVIDENCE_PROCESSED &&
        sim.n_ids_after == 0)
        fake_bus_fail("proven by a process id, and none came");
    sim.n_pictures = sim.n_in_after = sim.n_ids_after = 0;
    sim.has_text = false;
    sim.is_command_old = sim.n_command > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {
        NULL,
        "{\"cut_at_start\": true, \"panel_button\": true, \"density\": 2, \"speed\": 3}",
        "{\"profile\": \"Custom kiosk printer\", \"retract_s\": 5}",
        "{\"profile\": \"Hwasung HMK\"}",
        "{\"profile\": \"Pyramid Phoenix\"}",
        "{\"profile\": \"Pyramid Reliance\", \"retract_s\": 1}",
        "{\"profile\": \"Seiko DPU-30\"}",
        "{\"profile\": \"58 mm clone without cutter\"}",
        "{\"profile\": \"Epson TM-T88, 512 dots\"}",
        "{\"profile\": \"Citizen PPU-700 kiosk unit\"}",
    };
    static const struct wire_target target = {
        .ops = &printer_ops,
        .kind = DEVICE_PRINTER,
        .table = "printer.json",
        .allowed = 1U << DEVICE_EVENT_STATUS | 1U << DEVICE_EVENT_PRINT_DONE,
        .settings = settings,
        .n_settings = YJ_COUNT(settings),
        .bus = {on_control, on_out, on_in, NULL},
        .start = start,
        .plug = plug,
        .say = say,
        .special = special,
        .event = event,
    };
    return wire_run(&target, data, size);
}
