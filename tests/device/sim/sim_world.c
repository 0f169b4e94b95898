/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated world: reader, scanner, printer on one bus. Main thread. */
#include "sim.h"

#include <stdio.h>
#include <string.h>

static const char *const names[WORLD_DEVICES] = {"reader", "scanner", "printer"};

int world_device(const char *name)
{
    for (int i = 0; i < WORLD_DEVICES; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *world_device_name(int device)
{
    return names[device];
}

int world_init(struct world *w, const struct world_cfg *cfg, char ret_error[160])
{
    struct reader_cfg reader = {.speed = cfg->speed, .is_one_pipe = cfg->is_one_pipe};
    struct scanner_cfg scanner = {.layout = cfg->layout};
    struct printer_cfg printer = {.speed = cfg->speed,
                                  .buffer_bytes = cfg->printer_buffer,
                                  .out_dir = cfg->out_dir,
                                  .has_raw_log = true};

    *w = (struct world){0};
    if (cfg->cards != NULL) {
        w->cards = card_box_load(cfg->cards, ret_error);
        if (w->cards == NULL)
            return -1;
    }
    w->bus = usbemu_bus_new(USBEMU_SOCKET);
    w->reader = reader_model_new(w->bus, &reader);
    w->scanner = scanner_model_new(w->bus, &scanner);
    w->printer = printer_model_new(w->bus, &printer);
    w->devs[WORLD_READER] = reader_model_dev(w->reader);
    w->devs[WORLD_SCANNER] = scanner_model_dev(w->scanner);
    w->devs[WORLD_PRINTER] = printer_model_dev(w->printer);
    for (int i = 0; i < WORLD_DEVICES; i++)
        if (!cfg->is_absent[i])
            usbemu_plug(w->devs[i]);
    return 0;
}

void world_fini(struct world *w)
{
    usbemu_bus_free(w->bus);
    reader_model_free(w->reader);
    scanner_model_free(w->scanner);
    printer_model_free(w->printer);
    card_box_free(w->cards);
}

static json_t *device_status(struct world *w, int device)
{
    return json_pack("{s:b, s:b, s:i}", "plugged", usbemu_is_plugged(w->devs[device]), "attached",
                     usbemu_is_claimed(w->devs[device], 0), "attaches",
                     (int)usbemu_n_claims(w->devs[device]));
}

static json_t *printer_json(struct world *w)
{
    static const char *const papers[] = {"full", "low", "out"};
    struct printer_status s = printer_model_status(w->printer);

    return json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
                     "paper", papers[s.paper], "cover_open", s.is_cover_open, "cutter_blocked",
                     s.is_cutter_blocked, "cutter_error", s.is_cutter_error, "online", s.is_online,
                     "idle", s.is_idle, "buffer_bytes", (json_int_t)s.buffer_bytes, "strip_rows",
                     (json_int_t)s.strip_rows, "tickets", (json_int_t)s.n_tickets, "cuts",
                     (json_int_t)s.n_cuts, "rows", (json_int_t)s.n_rows, "bytes",
                     (json_int_t)s.n_bytes, "unknown_commands", (json_int_t)s.n_unknown, "naks",
                     (json_int_t)s.n_naks, "soft_resets", (json_int_t)s.n_resets);
}

json_t *world_status(struct world *w)
{
    json_t *all = json_object(), *dev;
    const char *card;

    usbemu_lock();
    card = reader_model_card(w->reader);
    struct reader_counters r = reader_model_counters(w->reader);
    dev = device_status(w, WORLD_READER);
    json_object_set_new(dev, "card", card ? json_string(card) : json_null());
    json_object_set_new(dev, "state", json_string(reader_model_state(w->reader)));
    json_object_set_new(dev, "commands", json_integer(r.n_commands));
    json_object_set_new(dev, "reads", json_integer(r.n_reads));
    json_object_set_new(dev, "faults", json_integer(r.n_faults));
    json_object_set_new(dev, "bad_frames", json_integer(r.n_bad_frames));
    json_object_set_new(all, "reader", dev);

    struct scanner_counters s = scanner_model_counters(w->scanner);
    dev = device_status(w, WORLD_SCANNER);
    json_object_set_new(dev, "scans", json_integer(s.n_scans));
    json_object_set_new(dev, "reports", json_integer(s.n_reports));
    json_object_set_new(dev, "lost", json_integer(s.n_lost));
    json_object_set_new(dev, "commands", json_integer(s.n_commands));
    json_object_set_new(all, "scanner", dev);

    dev = device_status(w, WORLD_PRINTER);
    json_object_update_new(dev, printer_json(w));
    json_object_set_new(all, "printer", dev);
    usbemu_unlock();
    return all;
}

json_t *world_tickets(struct world *w)
{
    json_t *list = json_array();

    usbemu_lock();
    size_t n = printer_model_status(w->printer).n_tickets;
    for (size_t i = 0; i < n; i++) {
        struct printer_ticket t = printer_model_ticket(w->printer, i);
        json_array_append_new(list,
                              json_pack("{s:i, s:s, s:I, s:f, s:b, s:b, s:I}", "index",
                                        (int)t.index, "file", t.file, "rows", (json_int_t)t.rows,
                                        "mm", (double)t.rows / PRINTER_DOTS_PER_MM, "cut", t.is_cut,
                                        "partial", t.is_partial, "bytes", (json_int_t)t.bytes));
    }
    usbemu_unlock();
    return list;
}
