/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of the contract, both ways. Pure; any thread. Source: contract/openapi.yaml. */
#ifndef YJ_SYNC_MESSAGE_H
#define YJ_SYNC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/envelope.h"
#include "types/counters.h"
#include "types/device.h"
#include "types/staff.h"

/* What of a device status goes into a heartbeat. */
struct sync_device {
    enum device_state state;
    enum device_media media;
    enum device_paper paper;
    int cause;
};

struct sync_heartbeat {
    const char *terminal, *version, *boot_id;
    const struct sync_device *device; /* DEVICE_N_KINDS of them, or NULL: not known yet */
    int64_t n_waiting, oldest_age_s, n_quarantined;
    bool has_staff_call;   /* the centre takes the member: it says how it stands */
    enum staff_call staff; /* STAFF_NOT_CALLED: nobody waits */
    int64_t staff_wall_ms; /* since when */
    /* Members of contract 1.4.0, sent only to a centre that named "status". */
    bool has_status;
    int64_t uptime_ms, clock_wall_ms, free_mib, n_attachments;
    int64_t mirror_behind;      /* -1: there is no mirror */
    const char *suite;          /* what is sealed with; NULL: not told */
    const char *seal_key;       /* 16 hex digits of what is sealed to; NULL: not told */
    int64_t catalogue;          /* number of the signed set in use, 0: the built-in one */
    int64_t certificate_ends_s; /* seconds since 1970 UTC; 0: not told */
};

/** Schema "heartbeat". @return owned by the caller, free() */
char *sync_message_heartbeat(const struct sync_heartbeat *h) YJ_CHECK;

enum { SYNC_KEY_ID_BYTES = 17, SYNC_CURSOR_BYTES = 101, SYNC_INSTANT_BYTES = 24 };

/* Optional members that are of the wrong form are left out: a heartbeat keeps the line alive. */
struct sync_heartbeat_answer {
    int poll_s;
    int64_t time_ms;       /* the centre's, milliseconds since 1970 UTC; 0: not understood */
    bool takes_staff_call; /* a member of contract 1.3.0 that an earlier centre would refuse */
    bool takes_status;     /* members of contract 1.4.0, likewise */
    char seal_key[SYNC_KEY_ID_BYTES];      /* "": not said */
    int drain_per_min;                     /* 0: no bound */
    int retention_days;                    /* 0: not said */
    bool has_newest_change;                /* the centre keeps a changes feed */
    char newest_change[SYNC_CURSOR_BYTES]; /* "": nothing has happened yet */
    int64_t catalogue;                     /* number of the signed set to use; 0: none */
    /* day, hall and province; what cannot be understood or does not add up is left out */
    struct service_counters figures;
};

/** Schema "heartbeat_answer". @return 0 or ERR_SYNC_NOT_CENTRE */
int sync_message_heartbeat_answer(const char *json, size_t n, struct sync_heartbeat_answer *ret,
                                  struct err *err) YJ_CHECK;

/**
 * Schema "stored": the two strings, not yet verified.
 * @param ret_ack, ret_signature  owned by the caller
 * @return 0 or ERR_SYNC_NOT_CENTRE
 */
int sync_message_stored(const char *json, size_t n, char **ret_ack, char **ret_signature,
                        struct err *err) YJ_CHECK;

/** Schema "ack": does it speak of this record? @return 0 or ERR_SYNC_NOT_CENTRE */
int sync_message_ack_fits(const char *json, size_t n, const struct seal_envelope *env,
                          struct err *err) YJ_CHECK;

/**
 * The statement about an attachment {uuid, digest, bytes, received_at}: does it speak of this one?
 * @return 0 or ERR_SYNC_NOT_CENTRE
 */
int sync_message_attachment_fits(const char *json, size_t n, const char *uuid,
                                 const struct seal_attachment *what, struct err *err) YJ_CHECK;

/**
 * The statement about the time {nonce, time}.
 * @param nonce    32 hex digits, this terminal's own
 * @param ret_ms   milliseconds since 1970 UTC
 * @return 0 or ERR_SYNC_NOT_CENTRE (also: another nonce)
 */
int sync_message_time(const char *json, size_t n, const char *nonce, int64_t *ret_ms,
                      struct err *err) YJ_CHECK;

/**
 * An instant of the contract: RFC 3339 in UTC with "Z", at most 6 digits of a second.
 * @param ret_ms  milliseconds since 1970 UTC, untouched on failure
 * @return false: it is none
 */
bool sync_message_instant(const char *text, int64_t *ret_ms) YJ_CHECK;

/** Schema "problem": its member type, "" without one. */
void sync_message_problem_type(const char *json, size_t n, char *ret, size_t cap);

/** Schema "problem": "<status> <title>: <detail>" without control characters, for a technician. */
void sync_message_problem(const char *json, size_t n, int status, char *ret, size_t cap);

#endif
