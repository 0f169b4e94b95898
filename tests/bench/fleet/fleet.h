/* SPDX-License-Identifier: Apache-2.0 */
/* Inside kiosk-fleet: what its parts share. */
#ifndef YJ_FLEET_H
#define YJ_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { FLEET_MAX_CENTRES = 16, FLEET_BUCKETS = 32 };

struct fleet_options {
    const char *dir, *keys;
    const char *centre[FLEET_MAX_CENTRES]; /* terminal i talks to centre i modulo n */
    int n_centres;
    int n_terminals, n_processes;
    int64_t n_submissions; /* of all terminals together */
    double rate; /* submissions a second of all terminals together; 0: as fast as it goes */
    int limit_s; /* give up waiting for the end after this */
    int kick_ms; /* ask every terminal to try at once so often, as staff may; 0: never */
    bool is_offline_first; /* store everything first, then all return at once */
    int rating_percent;
    const char *stop_file; /* hand in until it is there, or all is handed in; NULL: none */
    uint64_t seed;
    int region; /* 6 digits, the first of the terminal ids; 10,000 terminals each */
    const char *report, *result;
    const char *fault; /* words for the report */
};

/* What one process counted; plain, so that it can go through a pipe. */
struct fleet_result {
    int64_t n_stored, n_failed, n_confirmed, n_quarantined;
    int64_t n_terminals_done;
    int64_t store_us[FLEET_BUCKETS]; /* from handing in to STORED, by powers of two */
    int64_t queue_max;               /* most records waiting at once in one process */
    int64_t store_ms, drain_ms;      /* how long it handed in, how long until the last confirmed */
    int64_t max_pss_kib;
};

/** Terminal id of number i. @param id  11 bytes */
void fleet_terminal_id(const struct fleet_options *o, int i, char *id);

/** Make keys and certificates of the terminals [first, last) under dir/<terminal>/ with the CA of
 *  the key folder (ca.pem, ca.key). Those that exist stay. */
int fleet_keys_make(const struct fleet_options *o, int first, int last, struct err *err) YJ_CHECK;

/** @return whether the stop file is there */
bool fleet_is_told_to_stop(const struct fleet_options *o);

/** Run the terminals [first, last) to the end. Blocks until then. */
int fleet_run(const struct fleet_options *o, int first, int last, struct fleet_result *ret,
              struct err *err) YJ_CHECK;

#endif
