/* SPDX-License-Identifier: Apache-2.0 */
/* Signed statements. Workers; nothing is shared. */
#include "statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "limit.h"

enum { NONCE_DIGITS = 32, TIMES_PER_MIN = 1200 };

json_t *statement_make(const struct keyring *k, const char *prefix, const json_t *said,
                       struct err *err)
{
    char *text = json_dumps(said, JSON_COMPACT);
    size_t n = text ? strlen(text) : 0, cap = n * 4 / 3 + 8;
    struct keyring_blob sig = {0};
    json_t *out = NULL;
    YJ_CLEANUP(cleanup_free) char *b64 = mem_zalloc(cap, 1);
    if (!text || bytes_b64url(text, n, b64, cap) < 0)
        (void)ERR(err, ERR_TOO_BIG, "the statement cannot be written");
    else if (keyring_sign(k, prefix, text, n, &sig, err) == 0) {
        YJ_CLEANUP(cleanup_free) char *sig_b64 = keyring_b64(sig.data, sig.bytes);
        out = json_pack("{ss ss}", "ack", b64, "signature", sig_b64);
    }
    keyring_blob_free(&sig);
    bytes_free_wiped(text);
    return out;
}

void statement_get_time(const struct centre *c, const struct request *q, struct reply *r)
{
    const char *nonce = q->value[REQUEST_ARG_NONCE];
    if (!nonce || strlen(nonce) != NONCE_DIGITS ||
        strspn(nonce, "0123456789abcdef") != NONCE_DIGITS) {
        reply_problem(r, 422, NULL, "the question cannot be understood", "nonce: 32 hex digits");
        return;
    }
    char key[96], now[24];
    snprintf(key, sizeof key, "time %s", q->address);
    r->retry_after_s = limiter_take(c->limiter, key, TIMES_PER_MIN, clock_mono_ms());
    if (r->retry_after_s) {
        reply_problem(r, 429, NULL, "too many questions", NULL);
        return;
    }
    struct err err = {0};
    clock_rfc3339(clock_wall_ms() + q->time_shift_ms, now, sizeof now);
    json_t *said = json_pack("{ss ss}", "nonce", nonce, "time", now);
    json_t *out = statement_make(c->keys, STATEMENT_TIME, said, &err);
    json_decref(said);
    if (out)
        reply_json(r, 200, out);
    else
        reply_unavailable(r, &err);
}
