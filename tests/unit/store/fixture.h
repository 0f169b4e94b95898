/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the store tests: a scratch folder, one set of keys, records to commit. */
#ifndef YJ_TESTS_STORE_FIXTURE_H
#define YJ_TESTS_STORE_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/seal.h"
#include "store/store.h"

#define FIXTURE_TERMINAL "4301020001"
/* 2026-11-23T04:00:00Z: the same civil day from Honolulu to Shanghai. */
#define FIXTURE_WALL_MS 1795406400000LL

/* Folder removed at exit of this process; made once. */
const char *fixture_dir(void);
/* "<fixture_dir>/<name>", in one of 32 rotating buffers. */
const char *fixture_path(const char *name);
/* "<fixture_dir>/keys/<name>"; the keys are made at the first call. */
const char *fixture_key(const char *name);
struct seal_paths fixture_seal_paths(void);
struct seal *fixture_seal(void);

/* Seal the text and commit it with real signature and token. */
int fixture_commit(struct store *s, const struct seal *seal, enum record_kind kind,
                   const char *text, struct record_ref *ret, struct err *err);

/* An application of form 2 with files of so many bytes, really sealed. */
int fixture_commit_files(struct store *s, const struct seal *seal, const size_t *bytes, size_t n,
                         struct record_ref *ret, struct err *err);
/* The same with bytes that nobody sealed: of any size, exactly. */
int fixture_commit_raw(struct store *s, const struct seal *seal, size_t sealed_bytes,
                       const int64_t *bytes, size_t n, struct record_ref *ret, struct err *err);

/* Change or look at a closed database behind the store's back. */
void fixture_sql(const char *dir, const char *text);
int64_t fixture_sql_int(const char *dir, const char *query);
/* All rows of a query as text, one line each; owned by the caller. */
char *fixture_sql_text(const char *dir, const char *query);

/* Make the folder as release 0.1.0 left it: six records in every state. */
void fixture_old_folder(const char *dir);

/* What the rows of a store look like together. */
struct fixture_audit {
    int64_t n, last;
    bool is_gap_free; /* 1, 2, 3 … */
    bool is_chained;  /* prev_digest is the digest before */
    bool is_unique;   /* kiosk numbers ascend, with a right check digit */
    char number[25];  /* the last one */
    char digest[SEAL_DIGEST_BYTES];
    int64_t n_state[4];
};
struct fixture_audit fixture_check(struct store *s);

/* Open, or end the test program with the reason. */
struct store *fixture_open(const char *dir);

int fixture_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
