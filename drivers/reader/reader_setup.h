/* SPDX-License-Identifier: Apache-2.0 */
/* What is set for a terminal (settings file, "devices"."reader") and what is known of reader models
 * (assets/devices/reader.json). Pure apart from memory; called while the driver is opened. */
#ifndef YJ_READER_SETUP_H
#define YJ_READER_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/id_table.h"

/* The terminal's own choice. */
struct reader_settings {
    bool wants_fingers;    /* read with 30 10; the fingerprints are dropped and wiped */
    bool wants_address;    /* newest added address after the read */
    bool wants_management; /* card-body management number before the read */
    bool may_reread;       /* read a card directly that the module counts as read already */
    uint8_t rf_max_bytes;  /* 24..255, 0: leave the module's own */
    char *photo_decoder;   /* absolute path, or NULL: none */
    int photo_decoder_ms;  /* 100..30000 */
};

enum reader_layout { READER_LAYOUT_AUTO, READER_LAYOUT_FOUR_PIPES, READER_LAYOUT_ONE_PIPE };

/* One entry of the table: ids, and how this model differs. */
struct reader_entry {
    int vid, pid; /* pid may be ID_ANY */
    int sam_warm_ms, poll_ms;
    bool is_found_again; /* a card that was read answers find without being lifted */
    bool is_found_watch; /* removal is watched by 20 01 instead of 30 03 */
    enum reader_layout layout;
};

struct reader_table {
    size_t n;
    struct reader_entry at[ID_TABLE_MAX];
};

/**
 * Parse the settings of this class.
 * @param text  JSON object, or NULL: defaults
 * @param ret   freed by reader_settings_fini; defaults on failure
 * @return 0 or ERR_INVALID, naming the key and its rule
 */
int reader_settings_parse(const char *text, struct reader_settings *ret, struct err *err) YJ_CHECK;
void reader_settings_fini(struct reader_settings *s);

/** Parse the device table. @return 0 or ERR_SYNTAX, naming the entry (from 1), key and rule */
int reader_table_parse(const char *text, struct reader_table *ret, struct err *err) YJ_CHECK;

/** @return the first entry for these ids, or NULL. */
const struct reader_entry *reader_table_find(const struct reader_table *t, uint16_t idVendor,
                                             uint16_t idProduct);

#endif
