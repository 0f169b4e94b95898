/* SPDX-License-Identifier: Apache-2.0 */
/* What every source of codes, USB scanner or camera, asks before a code is handed up: may it be,
 * has it been, does it come too fast? One gate per driver, embedded by value. Keeps hashes, never
 * payloads. Thread: the driver's. Blocks: no.
 *
 * - Length, character set and characters: code_text.h. What does not fit is refused (CODE_FAILED).
 * - The same payload, seen again before 3 s have passed without it, is the same presentation and
 *   is answered once, with CODE or with CODE_FAILED; disable and enable do not change that. A code
 *   first seen while disabled is unanswered: it counts when it is seen again after enable.
 * - At most 2 CODE in a second. What comes faster is refused aloud (CODE_FAILED, ERR_BUSY), as the
 *   visitor has heard the scanner beep, and is not remembered: shown again, it counts.
 * - At most 2 CODE_FAILED in a second; more are kept silent (a camera sees 30 pictures a second).
 * - Sticker: a payload that is seen again and again for more than 10 s while nobody asks for a
 *   code raises an alarm. It is never handed up while the alarm stands, also when enabled. The
 *   alarm ends when it has not been seen for 10 s. */
#ifndef YJ_SCANNER_CODE_GATE_H
#define YJ_SCANNER_CODE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "drivers/driver.h"

enum {
    CODE_GATE_HASHES = 8,
    CODE_GATE_SAME_MS = 3000,
    CODE_GATE_RATE_MS = 1000, /* in which at most 2 of a kind are emitted */
    CODE_GATE_STICKER_MS = 10000,
};

struct code_gate {
    struct driver_sink sink;
    bool is_enabled;
    int64_t disabled_ms; /* since when nobody asks for a code */
    struct {
        uint64_t hash; /* of a payload shown lately, keyed; 0 is a free place */
        int64_t first_ms, seen_ms;
        bool is_answered;
    } shown[CODE_GATE_HASHES];
    uint8_t key[HASH_KEY_BYTES]; /* of the hashes: random, made at init */
    int64_t emitted_ms[2], failed_ms[2];
    uint64_t sticker_hash; /* 0: no alarm */
    int64_t sticker_ms;    /* last seen */
};

/** Start with nothing seen, disabled. Aborts when the system has no random numbers.
 * @param sink copied */
void code_gate_init(struct code_gate *g, const struct driver_sink *sink);

/** Codes are handed up only between enable and disable; others are looked at and dropped. */
void code_gate_enable(struct code_gate *g, bool is_enabled, int64_t now_ms);

/**
 * A whole code as it was read. Emits CODE, CODE_FAILED, or nothing. The caller wipes raw.
 * @param raw  1.. bytes, any content
 * @return 1 handed up (CODE emitted); 0 nothing to say (disabled, same presentation, sticker);
 *         else why it was refused: ERR_SCANNER_TEXT, ERR_SCANNER_TOO_LONG, ERR_BUSY
 */
int code_gate_take(struct code_gate *g, const uint8_t *raw, size_t n, int64_t now_ms);

/** Something was shown that cannot be used, and why: emits CODE_FAILED when enabled. */
void code_gate_fail(struct code_gate *g, int code, int64_t now_ms);

/** @return ERR_SCANNER_STICKER while the alarm stands, else 0. */
int code_gate_alarm(struct code_gate *g, int64_t now_ms);

#endif
