/* SPDX-License-Identifier: Apache-2.0 */
/* One sealed commit of the product against one bare SQLite commit of the same bytes.
 *   bench_commit KEYS DIR N
 * In turn, N times: (a) seal, sign, number, commit as the terminal does; (b) INSERT the same sealed
 * bytes into a table of one BLOB, WAL and synchronous=FULL; (c) the cryptography of (a) alone.
 * Prints medians in microseconds and the ratios as JSON. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seal/seal.h"
#include "store/store.h"

enum { PLAIN_BYTES = 6000, MAX_RUNS = 5000 };
#define TERMINAL "4301020001"

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int sign(void *arg, struct seal_envelope *env, char *token, struct err *err)
{
    int rc = seal_sign_envelope(arg, env, err);
    return rc < 0 ? rc : seal_token_make(arg, env, 1700000000000, token, RECORD_TOKEN_BYTES, err);
}

static void fail(const char *what, const struct err *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? err->msg : "");
    exit(1);
}

struct bench {
    struct seal *seal;
    struct store *store;
    sqlite3 *bare;
    sqlite3_stmt *insert;
    char plain[PLAIN_BYTES];
};

static void envelope_begin(struct seal_envelope *env, uint8_t **sealed, size_t *n, struct bench *b)
{
    struct err err = {0};
    memset(env, 0, sizeof *env);
    env->kind = RECORD_APPLICATION;
    snprintf(env->terminal, sizeof env->terminal, "%s", TERMINAL);
    snprintf(env->matter, sizeof env->matter, "NB.BIRTH");
    snprintf(env->sealed_at, sizeof env->sealed_at, "2026-11-23T01:00:00Z");
    if (seal_uuid(env->uuid, &err) < 0 ||
        seal_record(b->seal, b->plain, PLAIN_BYTES, sealed, n, env, &err) < 0)
        fail("seal", &err);
}

static int64_t run_product(struct bench *b)
{
    struct store_draft draft = {
        .matter_name = "新生儿出生", .wall_ms = 1763859600000, .sign = sign, .arg = b->seal};
    struct record_ref ref;
    struct err err = {0};
    uint8_t *sealed = NULL;
    int64_t begin = now_us();
    envelope_begin(&draft.env, &sealed, &draft.sealed_bytes, b);
    draft.sealed = sealed;
    if (store_commit_record(b->store, &draft, &ref, &err) < 0)
        fail("commit", &err);
    free(sealed);
    return now_us() - begin;
}

static int64_t run_crypto(struct bench *b, uint8_t **ret_sealed, size_t *ret_n)
{
    struct seal_envelope env;
    struct err err = {0};
    char token[RECORD_TOKEN_BYTES];
    int64_t begin = now_us();
    envelope_begin(&env, ret_sealed, ret_n, b);
    env.sequence = 1;
    snprintf(env.number, sizeof env.number, "430102000120261123000019");
    memset(env.prev_digest, '0', sizeof env.prev_digest - 1);
    if (sign(b->seal, &env, token, &err) < 0)
        fail("sign", &err);
    return now_us() - begin;
}

static int64_t run_bare(struct bench *b, const uint8_t *bytes, size_t n)
{
    int64_t begin = now_us();
    sqlite3_bind_blob(b->insert, 1, bytes, (int)n, SQLITE_STATIC);
    if (sqlite3_step(b->insert) != SQLITE_DONE)
        fail(sqlite3_errmsg(b->bare), NULL);
    sqlite3_reset(b->insert);
    return now_us() - begin;
}

static void open_bare(struct bench *b, const char *dir)
{
    char path[512];
    snprintf(path, sizeof path, "%s/bare.db", dir);
    if (sqlite3_open(path, &b->bare) != SQLITE_OK ||
        sqlite3_exec(b->bare,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                     "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB)",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(b->bare, "INSERT INTO t(b) VALUES(?)", -1, &b->insert, NULL) !=
            SQLITE_OK)
        fail(sqlite3_errmsg(b->bare), NULL);
}

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(int64_t *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? (double)v[n / 2] : (double)(v[n / 2 - 1] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    static struct bench b;
    static int64_t product[MAX_RUNS], bare[MAX_RUNS], crypto[MAX_RUNS];
    char path[4][512], data[512];
    struct err err = {0};
    bool was_damaged;
    int n = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (n < 1 || n > MAX_RUNS)
        return fputs("usage: bench_commit KEYS DIR N\n", stderr), 2;
    static const char *const names[] = {"device.key", "device.pem", "centre-seal.pem",
                                        "centre-sign.pem"};
    for (int i = 0; i < 4; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", argv[1], names[i]);
    struct seal_paths paths = {.device_key = path[0],
                               .device_cert = path[1],
                               .centre_seal_cert = path[2],
                               .centre_sign_cert = path[3]};
    if (seal_open(&paths, TERMINAL, &b.seal, &err) < 0)
        fail("keys", &err);
    snprintf(data, sizeof data, "%s/product", argv[2]);
    b.store = store_new(data, TERMINAL);
    if (store_lock(b.store, &err) < 0 || store_open(b.store, 1763859600000, &was_damaged, &err) < 0)
        fail("store", &err);
    open_bare(&b, argv[2]);
    memset(b.plain, 'x', sizeof b.plain);
    for (int i = 0; i < n; i++) {
        uint8_t *sealed = NULL;
        size_t bytes = 0;
        crypto[i] = run_crypto(&b, &sealed, &bytes);
        product[i] = run_product(&b);
        bare[i] = run_bare(&b, sealed, bytes);
        free(sealed);
    }
    double p = median(product, n), s = median(bare, n), c = median(crypto, n);
    printf(
        "{\"runs\": %d, \"sealed_commit_us\": %.0f, \"bare_commit_us\": %.0f, \"crypto_us\": %.0f,"
        " \"ratio_to_bare\": %.2f, \"ratio_to_bare_plus_crypto\": %.2f}\n",
        n, p, s, c, p / s, p / (s + c));
    sqlite3_finalize(b.insert);
    sqlite3_close(b.bare);
    store_free(b.store);
    seal_close(b.seal);
    return 0;
}
