/* SPDX-License-Identifier: Apache-2.0 */
/* The gate between a source of codes and the application. Thread: the driver's. */
#define _DEFAULT_SOURCE
#include "drivers/scanner/code_gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/mem.h"
#include "drivers/scanner/code_text.h"

enum { LONG_AGO = INT32_MIN }; /* before any now_ms, without overflow in a difference */

/* Never 0. Without the key nobody can tell from memory what was shown. */
static uint64_t hash_of(const struct code_gate *g, const void *data, size_t n)
{
    uint64_t hash = hash_keyed(g->key, data, n);
    return hash ? hash : 1;
}

/* ---- what is emitted, and how fast ---------------------------------------------------------- */

/* May one more go now? If so it is noted. */
static bool rate_take(int64_t last_ms[2], int64_t now_ms)
{
    if (now_ms - last_ms[0] < CODE_GATE_RATE_MS)
        return false;
    last_ms[0] = last_ms[1];
    last_ms[1] = now_ms;
    return true;
}

static void emit_code(struct code_gate *g, const char *text)
{
    struct device_event e = {.kind = DEVICE_EVENT_CODE, .from = DEVICE_SCANNER};
    e.code_text = mem_strdup(text);
    g->sink.emit(g->sink.arg, &e);
}

/* ---- what was shown ------------------------------------------------------------------------- */

/* The place of this payload, its time brought up to date; a new presentation starts afresh. */
static size_t shown_find(struct code_gate *g, uint64_t hash, int64_t now_ms)
{
    size_t oldest = 0, at = CODE_GATE_HASHES;
    for (size_t i = 0; i < CODE_GATE_HASHES; i++) {
        if (g->shown[i].hash == hash)
            at = i;
        if (g->shown[i].seen_ms < g->shown[oldest].seen_ms)
            oldest = i;
    }
    if (at == CODE_GATE_HASHES || now_ms - g->shown[at].seen_ms >= CODE_GATE_SAME_MS) {
        at = at == CODE_GATE_HASHES ? oldest : at;
        g->shown[at].hash = hash;
        g->shown[at].first_ms = now_ms;
        g->shown[at].is_answered = false;
    }
    g->shown[at].seen_ms = now_ms;
    return at;
}

/* Nobody asks for a code, and this one does not go away. */
static bool sticker_check(struct code_gate *g, size_t at, int64_t now_ms)
{
    int64_t since = g->shown[at].first_ms;
    if (since < g->disabled_ms)
        since = g->disabled_ms;
    if (!g->is_enabled && now_ms - since > CODE_GATE_STICKER_MS)
        g->sticker_hash = g->shown[at].hash;
    if (g->sticker_hash != g->shown[at].hash)
        return false;
    g->sticker_ms = now_ms;
    return true;
}

/* ---- public --------------------------------------------------------------------------------- */

void code_gate_init(struct code_gate *g, const struct driver_sink *sink)
{
    memset(g, 0, sizeof *g);
    g->sink = *sink;
    g->disabled_ms = LONG_AGO;
    for (size_t i = 0; i < CODE_GATE_HASHES; i++)
        g->shown[i].seen_ms = LONG_AGO;
    for (size_t i = 0; i < 2; i++)
        g->emitted_ms[i] = g->failed_ms[i] = LONG_AGO;
    ssize_t n;
    do
        n = getrandom(g->key, sizeof g->key, 0);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof g->key)
        abort(); /* so few bytes are never cut short; without them nothing on this machine works */
}

void code_gate_enable(struct code_gate *g, bool is_enabled, int64_t now_ms)
{
    if (g->is_enabled && !is_enabled)
        g->disabled_ms = now_ms;
    g->is_enabled = is_enabled;
}

int code_gate_take(struct code_gate *g, const uint8_t *raw, size_t n, int64_t now_ms)
{
    char text[CODE_TEXT_MAX_BYTES + 1];
    int rc = code_text_decode(raw, n, text, NULL);
    uint64_t hash = rc == 0 ? hash_of(g, text, strlen(text)) : hash_of(g, raw, n);
    size_t at = shown_find(g, hash, now_ms);
    if (sticker_check(g, at, now_ms) || g->shown[at].is_answered || !g->is_enabled) {
        rc = 0;
    } else if (rc < 0) {
        g->shown[at].is_answered = true;
        code_gate_fail(g, rc, now_ms);
    } else if (rate_take(g->emitted_ms, now_ms)) {
        g->shown[at].is_answered = true;
        emit_code(g, text);
        rc = 1;
    } else {
        rc = ERR_BUSY;
        code_gate_fail(g, rc, now_ms);
    }
    bytes_wipe(text, sizeof text);
    return rc;
}

void code_gate_fail(struct code_gate *g, int code, int64_t now_ms)
{
    struct device_event e = {
        .kind = DEVICE_EVENT_CODE_FAILED, .from = DEVICE_SCANNER, .code = code};
    if (g->is_enabled && rate_take(g->failed_ms, now_ms))
        g->sink.emit(g->sink.arg, &e);
}

int code_gate_alarm(struct code_gate *g, int64_t now_ms)
{
    if (g->sticker_hash != 0 && now_ms - g->sticker_ms > CODE_GATE_STICKER_MS)
        g->sticker_hash = 0;
    return g->sticker_hash != 0 ? ERR_SCANNER_STICKER : 0;
}
