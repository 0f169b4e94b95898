/* SPDX-License-Identifier: Apache-2.0 */
/* What a card slot is told when it is opened: the terminal's settings and the table of readers,
 * and the choice of a reader from both. Pure apart from jansson's memory. Thread: the driver's. */
#ifndef YJ_SLOT_CFG_H
#define YJ_SLOT_CFG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "drivers/transport/pcsc.h"

enum { SLOT_MAX_MODELS = 64 }; /* as many as a device table may have */

/* One entry of the table: readers whose name contains `part`. */
struct slot_model {
    char part[PCSC_NAME_BYTES]; /* "" fits every name */
    bool is_contact;            /* false: only chosen when the settings name it */
    int power_on_delay_ms;      /* 0..10000, between insertion and first power-on */
    enum pcsc_protocol protocol;
};

struct slot_cfg {
    char reader[PCSC_NAME_BYTES]; /* settings: part of the name, "" any */
    bool is_exclusive;            /* settings: nobody else may use the card meanwhile */
    size_t n_models;
    struct slot_model model[SLOT_MAX_MODELS];
};

/**
 * Read assets/devices/card_slot.json and the settings.
 * @param settings  {"reader": "part of the reader's name", "exclusive": true} or NULL
 * @return 0, ERR_SYNTAX (table: entry from 1, key or rule), ERR_INVALID (settings: key and rule)
 */
int slot_cfg_load(const char *table, const char *settings, struct slot_cfg *ret,
                  struct err *err) YJ_CHECK;

/**
 * Which of these readers to use: the first that the settings allow, without a setting the first
 * that takes contact cards.
 * @return its index, or -1
 */
int slot_cfg_choose(const struct slot_cfg *cfg, const char reader[][PCSC_NAME_BYTES], size_t n);

/** @return the entry for a reader of this name; never NULL. */
const struct slot_model *slot_cfg_model(const struct slot_cfg *cfg, const char *reader);

/** The name as it may be shown: without serial number "(...)" and the service's "00 00". */
void slot_cfg_title(const char *reader, char *out, size_t cap);

#endif
