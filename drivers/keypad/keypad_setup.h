/* SPDX-License-Identifier: Apache-2.0 */
/* Table of keypads (assets/devices/keypad.json) and settings of a terminal: which device is the
 * keypad, and what its codes mean. Pure apart from jansson's memory. Thread: any. */
#ifndef YJ_KEYPAD_SETUP_H
#define YJ_KEYPAD_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/id_table.h"
#include "types/nav.h"

enum { KEYPAD_MAX_MODELS = 16, KEYPAD_MAX_KEYS = 64, KEYPAD_NAME_MAX = 64 };

/* Meanings of a code beside those of enum nav_key. */
enum keypad_meaning {
    KEYPAD_HEADSET_IN = NAV_N_KEYS, /* a code that comes once: plugged in, pulled out */
    KEYPAD_HEADSET_OUT,
    KEYPAD_HEADSET, /* a code that stays as long as headphones are in */
    KEYPAD_LAYER,   /* the next keys are typed: the second list counts */
};

struct keypad_key {
    uint32_t usage; /* page and number, as hid_usage makes it */
    uint8_t meaning;
};

/* Two lists of codes: moving about, and typing for keypads whose digits also move. */
struct keypad_model {
    char name[KEYPAD_NAME_MAX];
    int vid, pid; /* ID_ANY: only by the settings */
    size_t n_keys, n_typed;
    struct keypad_key key[KEYPAD_MAX_KEYS], typed[KEYPAD_MAX_KEYS];
};

struct keypad_table {
    size_t n;
    struct keypad_model at[KEYPAD_MAX_MODELS];
};

struct keypad_settings {
    char model[KEYPAD_NAME_MAX]; /* "": the entry that has the device's ids */
    int vid, pid;                /* of the one device that is the keypad; ID_ANY: the entry's */
    char port[24];               /* "": any */
    int stuck_ms;
};

/** @return 0 or ERR_SYNTAX: entry, key and rule */
int keypad_table_load(const char *text, struct keypad_table *ret, struct err *err) YJ_CHECK;

/**
 * @param text  JSON object, NULL: defaults
 * @return 0 or ERR_INVALID: key and rule; a model that is not in the table, or that has no ids
 *         when the settings give none either
 */
int keypad_settings_load(const char *text, const struct keypad_table *table,
                         struct keypad_settings *ret, struct err *err) YJ_CHECK;

/** @return what the device with these ids at this port is, NULL: not the keypad */
const struct keypad_model *keypad_model_find(const struct keypad_table *table,
                                             const struct keypad_settings *s, uint16_t vid,
                                             uint16_t pid, const char *port);

/** Word of a meaning as the table has it ("previous", "digit0", "headset_in"); "?" for none. */
const char *keypad_word(uint8_t meaning);

#endif
