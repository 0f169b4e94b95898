/* SPDX-License-Identifier: Apache-2.0 */
/* The fleet as the operators see it: what each terminal told last, judged. No personal data is in
 * a heartbeat, so none is here. */
#ifndef YJ_CENTRAL_FLEET_H
#define YJ_CENTRAL_FLEET_H

#include "centre.h"
#include "request.h"

struct fleet;

enum fleet_level { FLEET_GOOD, FLEET_CALL, FLEET_NOTICE, FLEET_ALARM, FLEET_N_LEVELS };

/* One thing that is wrong. */
enum fleet_trouble {
    FLEET_QUEUE_OLD,   /* the oldest record waits too long */
    FLEET_SET_ASIDE,   /* records that were refused */
    FLEET_SILENT,      /* not heard of */
    FLEET_NO_BEAT,     /* records came, never a heartbeat */
    FLEET_DEVICE,      /* somebody must do something */
    FLEET_CLOCK,       /* its clock is wrong */
    FLEET_CERTIFICATE, /* ends soon */
    FLEET_SPACE,       /* little free space */
    FLEET_MIRROR,      /* the second place lags behind */
    FLEET_GAP,         /* numbers the centre has not got */
    FLEET_STAFF,       /* somebody waits for staff */
    FLEET_N_TROUBLES,
};

struct fleet_row {
    char terminal[11], last_seen[32];
    json_t *told; /* the last heartbeat, an empty object when there was none; owned */
    int64_t silent_s, queue_age_s, waiting, attachments, quarantined;
    int64_t n_records, max_sequence, n_missing;
    int64_t clock_error_s, certificate_days, mirror_behind;
    bool has_clock, has_certificate, has_space;
    int64_t free_mib;
    uint32_t notices, alarms; /* bits of enum fleet_trouble */
    enum fleet_level level;
};

/* What is true of all of them. */
struct fleet_totals {
    int64_t n, n_online, n_waiting, waiting, attachments, oldest_s, quarantined, missing, calls;
    int64_t of_level[FLEET_N_LEVELS];
    char taken_at[24];
};

struct fleet *fleet_new(void); /* owned by the caller */
void fleet_free(struct fleet *f);

/** Called with rows in order of trouble, worst first; borrowed for the call. */
typedef void (*fleet_fn)(void *arg, const struct fleet_row *row, size_t n,
                         const struct fleet_totals *totals);

/**
 * Look at the fleet; what was read less than three seconds ago is good enough.
 * @return 0 or a failure of the database. Thread: any. Blocks: reads every terminal.
 */
int fleet_look(const struct centre *c, fleet_fn fn, void *arg, struct err *err) YJ_CHECK;

/** Counts of the ledger (ledger_counts), at most some seconds old; owned by the caller, or NULL. */
json_t *fleet_counts(const struct centre *c, struct err *err) YJ_CHECK;
/** The gap report (ledger_gaps), at most some seconds old; owned by the caller, or NULL. */
json_t *fleet_gaps(const struct centre *c, struct err *err) YJ_CHECK;

/** Pages of the second listener. */
const struct route *fleet_routes(void);
void fleet_get_page(const struct centre *c, const struct request *q, struct reply *r);
void fleet_get_json(const struct centre *c, const struct request *q, struct reply *r);
void fleet_get_metrics(const struct centre *c, const struct request *q, struct reply *r);
void fleet_get_gaps(const struct centre *c, const struct request *q, struct reply *r);
/** 200 when the database answers, else 503: for a proxy that asks whom it may send terminals to. */
void fleet_get_health(const struct centre *c, const struct request *q, struct reply *r);

#endif
