/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated world: its devices on one bus, and the card slot beside it. Main thread. */
#include "sim.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "camera_model.h"
#include "printer_face.h"
#include "reader_face.h"
#include "sscard_model.h"
#ifdef YJ_SIM_HAS_REDIR
#include "carrier_redir.h"
#endif

enum { INTERFACES = 4 };

int world_device_of(const char *name)
{
    for (int i = 0; i < WORLD_DEVICES; i++)
        if (strcmp(world_devices[i].name, name) == 0)
            return i;
    return -1;
}

const struct world_device *world_device(int device)
{
    return &world_devices[device];
}

int world_plug(struct world *w, int device, bool is_in)
{
    const struct world_device *d = &world_devices[device];

    if (d->plug != NULL)
        d->plug(w, is_in);
    else if (d->usb == NULL)
        return -1;
    else if (is_in)
        usbemu_plug(d->usb(w));
    else
        usbemu_unplug(d->usb(w));
    return 0;
}

/* A bus for guests of QEMU: one socket a device. @return 0, or -1 with a sentence */
static int redir_serve(struct world *w, const char *dir, char ret_error[160])
{
#ifdef YJ_SIM_HAS_REDIR
    for (int i = 0; i < WORLD_DEVICES; i++) {
        char path[256];
        if (world_devices[i].usb == NULL || !world_devices[i].is_there(w))
            continue;
        snprintf(path, sizeof path, "%s/%s.sock", dir, world_devices[i].name);
        if (usbemu_redir_serve(world_devices[i].usb(w), path) < 0) {
            snprintf(ret_error, 160, "%.100s: %s", path, strerror(errno));
            return -1;
        }
    }
    return 0;
#else
    (void)w;
    (void)dir;
    snprintf(ret_error, 160, "built without libusbredirparser");
    return -1;
#endif
}

static struct usbemu_bus *bus_of(const struct world_cfg *cfg)
{
#ifdef YJ_SIM_HAS_REDIR
    if (cfg->redir_dir != NULL)
        return usbemu_bus_new_redir();
#else
    (void)cfg;
#endif
    return usbemu_bus_new(USBEMU_SOCKET);
}

int world_init(struct world *w, const struct world_cfg *cfg, char ret_error[160])
{
    struct reader_cfg reader = {.speed = cfg->speed, .is_one_pipe = cfg->is_one_pipe};
    struct printer_cfg printer = {.speed = cfg->speed,
                                  .buffer_bytes = cfg->printer_buffer,
                                  .out_dir = cfg->out_dir,
                                  .has_raw_log = true};

    *w = (struct world){0};
    if (cfg->dialect != NULL && printer_dialect_of(cfg->dialect, &printer.dialect) < 0) {
        snprintf(ret_error, 160, "no such printer dialect: %.60s", cfg->dialect);
        return -1;
    }
    if (cfg->cards != NULL) {
        w->cards = card_box_load(cfg->cards, ret_error);
        if (w->cards == NULL)
            return -1;
    }
    w->bus = bus_of(cfg);
    w->reader = reader_model_new(w->bus, &reader);
    reader_face_cards(w->reader, w->cards);
    w->printer = printer_model_new(w->bus, &printer);
    w->scanner_kind = cfg->scanner ? cfg->scanner : "c";
    w->scanner = scanner_face_new(w->bus, w->scanner_kind, NULL, ret_error);
    if (w->scanner == NULL) {
        world_fini(w);
        return -1;
    }
    if (cfg->has_camera) {
        struct camera_cfg camera = {0};
        w->camera = camera_model_new(w->bus, &camera);
    }
    if (cfg->keypad != NULL) {
        int face = keypad_face_of(cfg->keypad);
        if (face < 0) {
            snprintf(ret_error, 160, "no such keypad: %.60s", cfg->keypad);
            world_fini(w);
            return -1;
        }
        struct keypad_cfg keypad = {.face = (enum keypad_face)face};
        w->keypad = keypad_model_new(w->bus, &keypad);
    }
    if (cfg->vpcd_port != 0)
        w->sscard = sscard_model_new(cfg->vpcd_port);
    for (int i = 0; i < WORLD_DEVICES; i++)
        if (!cfg->is_absent[i] && world_devices[i].is_there(w))
            (void)world_plug(w, i, true); /* not all can be */
    if (cfg->redir_dir != NULL && redir_serve(w, cfg->redir_dir, ret_error) < 0) {
        world_fini(w);
        return -1;
    }
    return 0;
}

void world_fini(struct world *w)
{
    if (w->camera != NULL)
        camera_model_free(w->camera);
    usbemu_bus_free(w->bus);
    reader_model_free(w->reader);
    if (w->scanner != NULL)
        scanner_face_free(w->scanner);
    printer_model_free(w->printer);
    if (w->keypad != NULL)
        keypad_model_free(w->keypad);
    if (w->sscard != NULL)
        sscard_model_free(w->sscard);
    card_box_free(w->cards);
}

static json_t *usb_status(struct usbemu_dev *dev)
{
    bool is_claimed = false;

    for (int i = 0; i < INTERFACES; i++)
        is_claimed |= usbemu_is_claimed(dev, i);
    return json_pack("{s:b, s:b, s:i}", "plugged", usbemu_is_plugged(dev), "attached", is_claimed,
                     "attaches", (int)usbemu_n_claims(dev));
}

json_t *world_status(struct world *w)
{
    json_t *all = json_object();

    usbemu_lock();
    for (int i = 0; i < WORLD_DEVICES; i++) {
        const struct world_device *d = &world_devices[i];
        if (!d->is_there(w))
            continue;
        json_t *one = d->usb ? usb_status(d->usb(w)) : json_object();
        json_object_update_new(one, d->report(w));
        json_object_set_new(all, d->name, one);
    }
    usbemu_unlock();
    return all;
}

json_t *world_tickets(struct world *w)
{
    return printer_report_tickets(w->printer);
}

static json_t *words_json(const char *const *words)
{
    json_t *list = json_array();

    for (; words != NULL && *words != NULL; words++)
        json_array_append_new(list, json_string(*words));
    return list;
}

json_t *world_faults(struct world *w)
{
    json_t *all = json_object();

    for (int i = 0; i < WORLD_DEVICES; i++) {
        const struct world_device *d = &world_devices[i];
        if (d->is_there(w))
            json_object_set_new(all, d->name,
                                json_pack("{s:o, s:o}", "kinds", words_json(d->faults(w)), "at",
                                          words_json(d->places)));
    }
    return all;
}
