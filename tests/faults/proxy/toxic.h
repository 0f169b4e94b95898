/* SPDX-License-Identifier: Apache-2.0 */
/* What can be wrong with a line, in Toxiproxy's words where it has them. Pure.
 *
 *   none                 nothing
 *   latency MS JITTER    every piece is late
 *   bandwidth BYTES      a second, each way
 *   slow_close MS        the end comes late
 *   timeout MS           a black hole: taken, nothing answered, closed after MS
 *   reset_peer BYTES     RST after so many bytes from the client
 *   slicer BYTES         pieces of at most so many bytes, each by itself
 *   limit_up BYTES       cut after so many bytes from the client
 *   limit_down BYTES     cut after so many bytes to the client
 *   lost_reply BYTES     after so many bytes to the centre everything from it is swallowed;
 *                        cut when it has fallen silent: "reply lost after commit"
 *   down                 refused at once
 *   divert PORT          somebody else on 127.0.0.1: captive portal, wrong certificate
 *
 * BYTES and MS may be a span "LOW-HIGH": drawn for each connection. */
#ifndef YJ_PROXY_TOXIC_H
#define YJ_PROXY_TOXIC_H

#include <stdbool.h>
#include <stdint.h>

enum toxic_kind {
    TOXIC_NONE,
    TOXIC_LATENCY,
    TOXIC_BANDWIDTH,
    TOXIC_SLOW_CLOSE,
    TOXIC_TIMEOUT,
    TOXIC_RESET_PEER,
    TOXIC_SLICER,
    TOXIC_LIMIT_UP,
    TOXIC_LIMIT_DOWN,
    TOXIC_LOST_REPLY,
    TOXIC_DOWN,
    TOXIC_DIVERT,
    TOXIC_N_KINDS,
};

const char *toxic_word(enum toxic_kind kind);

struct toxic {
    enum toxic_kind kind;
    int weight; /* of a mix */
    int64_t low, high;
    int64_t jitter; /* latency */
};

enum { TOXIC_MAX_MIX = 32 };
struct toxic_mix {
    struct toxic toxic[TOXIC_MAX_MIX];
    int n;
};

/** "WEIGHT kind [VALUE [JITTER]]", parts separated by ",". @return false: not understood */
bool toxic_mix_parse(const char *text, struct toxic_mix *ret);

/** One of them by weight, its span drawn (low == high). @param chance  advanced */
struct toxic toxic_draw(const struct toxic_mix *mix, uint64_t *chance);

/** xorshift64*: a number in [low, high]. */
int64_t toxic_random(uint64_t *chance, int64_t low, int64_t high);

#endif
