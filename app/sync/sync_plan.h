/* SPDX-License-Identifier: Apache-2.0 */
/* When to try the centre again. Pure: time is passed in, chance comes from a seed, so a plan can
 * be tested as a table. One plan for the terminal, not one for each record. Any thread. */
#ifndef YJ_SYNC_PLAN_H
#define YJ_SYNC_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SYNC_PLAN_BASE_MS = 5000,
    SYNC_PLAN_CAP_MS = 15 * 60 * 1000,
    SYNC_PLAN_MAX_RETRY_AFTER_S = 24 * 60 * 60,
    SYNC_PLAN_TOKENS = 8,             /* extra tries that may be asked for at once */
    SYNC_PLAN_TOKEN_EVERY_MS = 20000, /* one comes back */
};

/*           failure                 time is over
 *   FLOW ────────────▶ WAIT ──────────────────────▶ PROBE ──record or heartbeat delivered──▶ FLOW
 *                       ▲  └──── kick (a token) ────▶ │
 *                       └────────── failure ──────────┘
 * FLOW   send as fast as answers come.   WAIT  send nothing.
 * PROBE  one small request (a heartbeat), then one record. */
enum sync_plan_state { SYNC_PLAN_FLOW, SYNC_PLAN_WAIT, SYNC_PLAN_PROBE };

enum sync_failure {
    SYNC_FAILURE_LINK,      /* no way to the centre, or somebody else answered */
    SYNC_FAILURE_SERVER,    /* the centre answered with a fault of its own */
    SYNC_FAILURE_THROTTLED, /* 429 or 503 with Retry-After */
    SYNC_FAILURE_REFUSED,   /* 401, 403: slowly */
};

struct sync_plan {
    enum sync_plan_state state;
    int n_failures;          /* since the last success, decides the back-off */
    int64_t next_ms;         /* WAIT: when it ends */
    int64_t hold_ms;         /* before that nothing ends the wait: Retry-After */
    enum sync_failure cause; /* of the last failure */
    int tokens;
    int64_t token_ms; /* when the last token came back */
    uint64_t chance;
    int drain_per_min; /* what the centre allows, 0: no bound */
    int64_t send_ms;   /* with a bound: the next record or attachment not before */
};

/** @param seed  any number; two terminals must not share it */
void sync_plan_init(struct sync_plan *p, uint64_t seed, int64_t now_ms);

/** Let time pass. @return the state at now_ms */
enum sync_plan_state sync_plan_now(struct sync_plan *p, int64_t now_ms);

/** @return how long WAIT lasts from now, 0 in the other states */
int64_t sync_plan_wait_ms(const struct sync_plan *p, int64_t now_ms);

/** A record was delivered, or refused for good by the centre itself: drain without a pause. */
void sync_plan_success(struct sync_plan *p);

/** A heartbeat was answered. Ends a wait whose cause was the link: one record may try. */
void sync_plan_contact(struct sync_plan *p);

/**
 * A request failed.
 * @param retry_after_s  0 when the answer had none
 */
void sync_plan_failure(struct sync_plan *p, enum sync_failure cause, int64_t retry_after_s,
                       int64_t now_ms);

/**
 * Somebody thinks it is worth a try (network came up, a new record, a technician).
 * @param is_person  also ends the slow wait after a refusal
 * @return whether the wait ended
 */
bool sync_plan_kick(struct sync_plan *p, bool is_person, int64_t now_ms);

/**
 * The centre's bound. When it is set for the first time, made smaller, or heard again after a
 * failure, the next record goes at a chance moment of the distance between two: terminals that come
 * back together do not send together.
 */
void sync_plan_drain(struct sync_plan *p, int per_min, int64_t now_ms);
/** @return whether a record or attachment may go now; FLOW and PROBE only */
bool sync_plan_may_send(const struct sync_plan *p, int64_t now_ms);
/** One has gone. */
void sync_plan_sent(struct sync_plan *p, int64_t now_ms);

/** @return a number in [0, bound]; advances the plan's chance */
int64_t sync_plan_random(struct sync_plan *p, int64_t bound);

#endif
