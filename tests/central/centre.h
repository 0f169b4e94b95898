/* SPDX-License-Identifier: Apache-2.0 */
/* What every handler works with. Wired in main, const while serving; each part locks for itself. */
#ifndef YJ_CENTRAL_CENTRE_H
#define YJ_CENTRAL_CENTRE_H

#include "fault.h"
#include "keyring.h"
#include "ledger.h"
#include "registry.h"

struct counters;
struct checker;
struct db;
struct drain;
struct files;
struct fleet;
struct limiter;
struct withdrawals;

/* Set on the command line. */
struct centre_settings {
    int drain_per_min;         /* over all terminals that wait; 0: no bound */
    int poll_s;                /* distance of heartbeats */
    int retention_days;        /* confirmed records at the terminal */
    int enquiries_per_min;     /* of one terminal */
    int enrolments_per_min;    /* of one sender for one terminal */
    int certificate_days;      /* life of what is issued */
    const char *proxy_header;  /* NULL: no proxy ends TLS */
    const char *proxy_cn;      /* its certificate */
    const char *seal_key_file; /* NULL, or a file with the word "next" or "present" */
};

struct centre {
    const struct keyring *keys;
    const struct registry *registry; /* data sharing; NULL: no source answers */
    struct checker *checker;
    struct ledger *ledger;
    struct db *db;
    struct fault_plan *faults;
    struct limiter *limiter;
    struct withdrawals *withdrawals;
    struct files *files; /* the catalogue; NULL: none */
    struct drain *drain;
    struct counters *counters;
    struct fleet *fleet;
    struct centre_settings settings;
};

#endif
