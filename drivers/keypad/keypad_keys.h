/* SPDX-License-Identifier: Apache-2.0 */
/* From what is pressed to what is meant: one key for a press however long it is held, headphones
 * in and out, keys that are stuck, keys that nobody can have pressed. Pure. Thread: any. */
#ifndef YJ_KEYPAD_KEYS_H
#define YJ_KEYPAD_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/keypad/keypad_report.h"
#include "drivers/keypad/keypad_setup.h"

/* PROTOCOL.md, timing. */
enum {
    KEYPAD_MAX_DOWN = 32,
    KEYPAD_TYPING_MS = 20000, /* without a key: the digits move again */
    KEYPAD_BURST = 16,        /* keys that may come at once */
    KEYPAD_KEY_MS = 50,       /* then one in this time: faster than anybody presses */
    KEYPAD_MAX_BROKEN = 8,    /* reports in a row */
    KEYPAD_NOISE_MS = 2000,   /* how long it is remembered */
};

struct keypad_keys {
    const struct keypad_model *model; /* borrowed */
    int stuck_ms;
    struct {
        uint32_t usage;
        uint16_t source; /* interface and report id: a report speaks for its own keys only */
        int64_t since_ms;
    } down[KEYPAD_MAX_DOWN];
    size_t n_down;
    bool is_typing, is_headset_in;
    int64_t typed_ms;          /* the last key in that layer */
    int64_t credit_ms;         /* of the flood limit: time not yet used up by keys */
    int64_t last_ms;           /* when the credit was counted */
    unsigned n_broken;         /* reports in a row */
    int64_t noise_until_ms;    /* 0: never */
    unsigned n_ghosts, n_lost; /* codes that mean nothing, keys over the limit: for the log */
};

/* What a report made happen, in this order. */
struct keypad_happened {
    size_t n;
    uint8_t key[KEYPAD_MAX_PRESSED]; /* enum nav_key, never NAV_NONE */
    bool has_headset;                /* and is_headset_in of the keys is new */
};

void keypad_keys_init(struct keypad_keys *k, const struct keypad_model *model, int stuck_ms,
                      int64_t now_ms);

/** Take what a report said (keypad_report_read). @param interface  number of the interface */
void keypad_keys_take(struct keypad_keys *k, uint8_t interface,
                      const struct keypad_pressed *pressed, int64_t now_ms,
                      struct keypad_happened *ret);

/** A report that makes no sense, or a transfer that failed. */
void keypad_keys_broken(struct keypad_keys *k, int64_t now_ms);

/** @return 0, ERR_KEYPAD_STUCK, ERR_KEYPAD_NOISE: cause of a status that is ONLINE all the same */
int keypad_keys_cause(const struct keypad_keys *k, int64_t now_ms);

/** @return when the cause may change by itself, INT64_MAX: not before the next report */
int64_t keypad_keys_due_ms(const struct keypad_keys *k, int64_t now_ms);

#endif
