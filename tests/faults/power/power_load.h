/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a terminal's store from its first start: applications, ratings, printing, delivery,
 * retention, restarts. Runs once, written down operation by operation; after each call that
 * reported success, what the database holds is remembered. Thread: one. */
#ifndef YJ_TESTS_POWER_LOAD_H
#define YJ_TESTS_POWER_LOAD_H

#include "disk_model.h"
#include "seal/seal.h"
#include "store/store.h"

enum { LOAD_MAX_POINTS = 512, LOAD_MAX_REFS = 512 };

/* Something was reported when the trace had so many operations. */
struct load_point {
    size_t at;
    char *text; /* everything the database held, as text; owned */
};

struct load_ref {
    size_t at;
    struct record_ref ref;
    char digest[SEAL_DIGEST_BYTES];
};

struct load {
    struct disk_trace trace;
    struct load_point point[LOAD_MAX_POINTS];
    int n_points;
    struct load_ref ref[LOAD_MAX_REFS];
    int n_refs;
    size_t n_base;   /* operations before the run began */
    bool is_refused; /* an opening failed or told of damage; the run ends there */
    char why[300];
};

enum load_kind {
    LOAD_WHOLE,      /* everything, beginning without a folder */
    LOAD_SHORT,      /* opening, one commit, closing: on what a cut left */
    LOAD_UPDATE,     /* a database of version 1 meets the program of today */
    LOAD_NEVER_SYNC, /* as WHOLE, but the database was told not to sync */
};

/* Ends the program with the reason when another call than an opening fails: nothing is injected
 * while it runs. */
void load_run(struct load *l, enum load_kind kind, const char *dir, const struct seal *seal);
void load_clear(struct load *l);

/* What the database holds, in a form that an opening does not change; malloc'ed. */
char *load_look(struct store *s);
/* The digest of one record, "" when it is not there. */
void load_digest(struct store *s, int64_t sequence, char *ret);

#endif
