/* SPDX-License-Identifier: Apache-2.0 */
/* The table of simulated devices: each line leads to the face of one model. Main thread. */
#include "sim.h"

#include <string.h>

#include "camera_face.h"
#include "keypad_orders.h"
#include "printer_face.h"
#include "reader_face.h"
#include "sscard_face.h"

static bool is_always_there(const struct world *w)
{
    (void)w;
    return true;
}

/* ---- reader ---- */

static struct usbemu_dev *reader_usb(const struct world *w)
{
    return reader_model_dev(w->reader);
}

static int reader_take(struct world *w, int n, char **words, char ret_error[160])
{
    return reader_order(w->reader, n, words, ret_error);
}

static json_t *reader_tell(struct world *w)
{
    return reader_report(w->reader);
}

static const char *const *reader_faults(const struct world *w)
{
    static const char *const kinds[] = {"xor",   "len",    "truncated", "stall", "silent", "late",
                                        "noise", "unplug", "sw41",      "sw31",  NULL};

    (void)w;
    return kinds;
}
static const char *const reader_places[] = {"status", "samid", "find", "select", "read", NULL};

/* ---- scanner ---- */

static struct usbemu_dev *scanner_usb(const struct world *w)
{
    return scanner_face_dev(w->scanner);
}

static int scanner_take(struct world *w, int n, char **words, char ret_error[160])
{
    return scanner_order(w->scanner, n, words, ret_error);
}

static json_t *scanner_tell(struct world *w)
{
    return scanner_report(w->scanner);
}

static const char *const *scanner_faults(const struct world *w)
{
    static const char *const hid[] = {"silent", "truncated", "length", "slow", "stall", "unplug",
                                      "reply",  "noise",     "mixed",  "deaf", NULL};
    static const char *const cdc[] = {"silent", "truncated", "slow", "stall", "unplug", NULL};
    static const char *const wedge[] = {"silent", "rollover", "control", "unplug", NULL};

    return strncmp(w->scanner_kind, "cdc", 3) == 0     ? cdc
           : strncmp(w->scanner_kind, "wedge", 5) == 0 ? wedge
                                                       : hid;
}

/* ---- printer ---- */

static struct usbemu_dev *printer_usb(const struct world *w)
{
    return printer_model_dev(w->printer);
}

static int printer_take(struct world *w, int n, char **words, char ret_error[160])
{
    return printer_order(w->printer, n, words, ret_error);
}

static json_t *printer_tell(struct world *w)
{
    return printer_report(w->printer);
}

static const char *const *printer_faults(const struct world *w)
{
    static const char *const kinds[] = {"silent", "stall",   "ioerror", "nak",   "drop",
                                        "unplug", "port",    "split",   "noise", "lost_id",
                                        "no_cut", "control", "deaf",    NULL};

    (void)w;
    return kinds;
}

/* ---- card slot ---- */

static bool sscard_is_there(const struct world *w)
{
    return w->sscard != NULL;
}

static int sscard_take(struct world *w, int n, char **words, char ret_error[160])
{
    return sscard_order(w->sscard, n, words, ret_error);
}

static json_t *sscard_tell(struct world *w)
{
    return sscard_report(w->sscard);
}

static const char *const *sscard_faults(const struct world *w)
{
    static const char *const kinds[] = {"truncate", "garbage", "slow",  "mute", "pull",
                                        "chain",    "length",  "power", NULL};

    (void)w;
    return kinds;
}

/* ---- camera ---- */

static bool camera_is_there(const struct world *w)
{
    return w->camera != NULL;
}

static void camera_plug(struct world *w, bool is_in)
{
    if (is_in)
        camera_model_plug(w->camera);
    else
        camera_model_unplug(w->camera);
}

static int camera_take(struct world *w, int n, char **words, char ret_error[160])
{
    return camera_order(w->camera, n, words, ret_error);
}

static json_t *camera_tell(struct world *w)
{
    return camera_report(w->camera);
}

static const char *const *camera_faults(const struct world *w)
{
    static const char *const kinds[] = {"error",  "short",   "empty", "stall",   "unplug",
                                        "format", "garbage", "busy",  "ioerror", NULL};

    (void)w;
    return kinds;
}

/* ---- keypad ---- */

static bool keypad_is_there(const struct world *w)
{
    return w->keypad != NULL;
}

static struct usbemu_dev *keypad_usb(const struct world *w)
{
    return keypad_model_dev(w->keypad);
}

static int keypad_take(struct world *w, int n, char **words, char ret_error[160])
{
    return keypad_order(w->keypad, n, words, ret_error);
}

static json_t *keypad_tell(struct world *w)
{
    return keypad_report(w->keypad);
}

static const char *const *keypad_faults(const struct world *w)
{
    (void)w;
    return keypad_fault_kinds();
}

const struct world_device world_devices[WORLD_DEVICES] = {
    [WORLD_READER] = {.name = "reader",
                      .is_there = is_always_there,
                      .usb = reader_usb,
                      .order = reader_take,
                      .report = reader_tell,
                      .faults = reader_faults,
                      .places = reader_places},
    [WORLD_SCANNER] = {.name = "scanner",
                       .is_there = is_always_there,
                       .usb = scanner_usb,
                       .order = scanner_take,
                       .report = scanner_tell,
                       .faults = scanner_faults},
    [WORLD_PRINTER] = {.name = "printer",
                       .is_there = is_always_there,
                       .usb = printer_usb,
                       .order = printer_take,
                       .report = printer_tell,
                       .faults = printer_faults},
    [WORLD_SSCARD] = {.name = "sscard",
                      .is_there = sscard_is_there,
                      .order = sscard_take,
                      .report = sscard_tell,
                      .faults = sscard_faults},
    [WORLD_CAMERA] = {.name = "camera",
                      .is_there = camera_is_there,
                      .plug = camera_plug,
                      .order = camera_take,
                      .report = camera_tell,
                      .faults = camera_faults},
    [WORLD_KEYPAD] = {.name = "keypad",
                      .is_there = keypad_is_there,
                      .usb = keypad_usb,
                      .order = keypad_take,
                      .report = keypad_tell,
                      .faults = keypad_faults},
};
