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

/** Schema "envelope". @return owned by the caller, free() */
char *sync_message_envelope(const struct seal_envelope *env, const void *sealed,
                            size_t sealed_bytes) YJ_CHECK;

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
};

/** Schema "heartbeat". @return owned by the caller, free() */
char *sync_message_heartbeat(const struct sync_heartbeat *h) YJ_CHECK;

struct sync_heartbeat_answer {
    int poll_s;
    bool takes_staff_call; /* a member of contract 1.3.0 that an earlier centre would refuse */
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

/** Schema "problem": "<status> <title>: <detail>" without control characters, for a technician. */
void sync_message_problem(const char *json, size_t n, int status, char *ret, size_t cap);

#endif
