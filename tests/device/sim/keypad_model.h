/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated tactile keypad with a headphone socket: a HID keyboard, some with volume keys on an
 * interface of their own, and jack codes. Thread: any.
 * Source: HID 1.11 appendix B and E; HID Usage Tables 1.12 clauses 10 and 15. */
#ifndef YJ_SIM_KEYPAD_MODEL_H
#define YJ_SIM_KEYPAD_MODEL_H

#include "usbemu.h"

enum keypad_face {
    KEYPAD_NAV,     /* arrows, digits, volume keys as consumer controls beside; 1209:0001 */
    KEYPAD_SWITCH,  /* the same, one jack code is held as long as headphones are in; 1209:0002 */
    KEYPAD_NUMERIC, /* a plain numeric keypad, keyboard only; 1209:0003 */
    KEYPAD_PHONE,   /* twelve keys of a telephone; 1209:0004 */
    KEYPAD_BITMAP,  /* a bit a key, under a report id, no boot protocol; 1209:0005 */
    KEYPAD_MUTE,    /* as NAV, its report descriptor cannot be read; 1209:0001 */
    KEYPAD_N_FACES,
};

enum keypad_fault {
    KEYPAD_FAULT_NONE,
    KEYPAD_FAULT_STUCK,    /* the key goes down and stays */
    KEYPAD_FAULT_GARBAGE,  /* reports that are too short or full of ones stand before the key */
    KEYPAD_FAULT_GHOST,    /* codes that no key has come before the key */
    KEYPAD_FAULT_ROLLOVER, /* a rollover report while it is down */
    KEYPAD_FAULT_REPEAT,   /* the same report again and again while it is down */
    KEYPAD_FAULT_FLOOD,    /* the key chatters: two hundred presses at once */
    KEYPAD_FAULT_LOST,     /* the transfer of the press fails */
    KEYPAD_FAULT_UNPLUG,   /* gone while the key is down */
    KEYPAD_N_FAULTS,
};

enum { KEYPAD_ALWAYS = -1 };

struct keypad_cfg {
    enum keypad_face face;
    const char *port; /* NULL: "1-4" */
};

struct keypad_counters {
    unsigned n_presses; /* that left the device */
    unsigned n_console; /* while the kernel had the keyboard: the console got them */
    unsigned n_faults;
    bool is_headset_in, is_boot;
};

struct keypad_model;

/** New keypad, unplugged. Free after the bus. */
struct keypad_model *keypad_model_new(struct usbemu_bus *bus, const struct keypad_cfg *cfg);
void keypad_model_free(struct keypad_model *m);
struct usbemu_dev *keypad_model_dev(struct keypad_model *m);

/** @return face of a name ("nav", "switch", "numeric", "phone", "bitmap", "mute"), or -1 */
int keypad_face_of(const char *name);

/** Press and let go. @param name  as on the key ("next", "digit5", "louder").
 * @return 0; -1: this keypad has no such key */
int keypad_model_key(struct keypad_model *m, const char *name);

/** Press without letting go, or let everything go. @return as above */
int keypad_model_hold(struct keypad_model *m, const char *name);
void keypad_model_let_go(struct keypad_model *m);

/** Headphones in or out. @return 0; -1: no socket here */
int keypad_model_headset(struct keypad_model *m, bool is_in);

/** @param n  how many presses it hits, KEYPAD_ALWAYS
 * @param p  in thousandths: above 0 each press is hit with this probability instead of the next n
 */
void keypad_model_fault(struct keypad_model *m, enum keypad_fault fault, int n, unsigned p,
                        unsigned seed);
struct keypad_counters keypad_model_counters(struct keypad_model *m);

#endif
