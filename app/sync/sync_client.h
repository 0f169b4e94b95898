/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS to the centre in two lanes, one request at a time in each: records and heartbeats on a
 * connection that is kept, enquiries on one of their own each. Mutual TLS, no redirects.
 * Thread: the one that owns it, except sync_client_wake. */
#ifndef YJ_SYNC_CLIENT_H
#define YJ_SYNC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sync_client;

/* Strings are copied. Source of the times: peers of the trade, slow lines in mind. */
struct sync_client_cfg {
    const char *url; /* "https://host:port" */
    const char *device_key, *device_cert, *centre_ca;
    const char *version;
    long connect_ms;       /* default 20000 */
    long total_ms;         /* default 60000 */
    long slow_bytes_per_s; /* default 100: slower than this … */
    long slow_s;           /* default 60: … for so long gives up */
};

/* The lanes do not wait for each other. */
enum sync_lane { SYNC_LANE_RECORDS, SYNC_LANE_ENQUIRIES, SYNC_N_LANES };

enum { SYNC_ANSWER_MAX_BYTES = 64 * 1024 };

enum sync_content { SYNC_CONTENT_OTHER, SYNC_CONTENT_JSON, SYNC_CONTENT_PROBLEM };

struct sync_answer {
    enum sync_lane lane;
    /* 0: an HTTP answer came. ERR_SYNC_OFFLINE: none came, ERR_SYNC_TLS: the other side could
     * not prove who it is or does not take our certificate, ERR_SYNC_NOT_CENTRE: no HTTP, or
     * more than SYNC_ANSWER_MAX_BYTES. */
    int code;
    int status; /* HTTP */
    enum sync_content content;
    int64_t retry_after_s; /* 0: none given */
    const char *body;      /* NUL behind it; borrowed until the lane's next request */
    size_t body_bytes;
    char detail[160]; /* for the log; no personal data */
};

/** Times that are 0 get their default. @return 0, ERR_INVALID (not an https URL), ERR_SYSTEM */
int sync_client_new(const struct sync_client_cfg *cfg, struct sync_client **ret,
                    struct err *err) YJ_CHECK;
/** Aborts a request. Accepts NULL. */
void sync_client_free(struct sync_client *c);

struct sync_post {
    const char *path; /* "/v1/…" */
    const char *key;  /* Idempotency-Key, or NULL */
    int limit_ms;     /* SYNC_LANE_ENQUIRIES: the whole exchange, more than 0 */
};

/**
 * Begin a POST. There must be none under way in the lane.
 * @param body  JSON with NUL; ownership passes, also on failure; wiped when it is freed
 */
int sync_client_post(struct sync_client *c, enum sync_lane lane, const struct sync_post *post,
                     char *body, struct err *err) YJ_CHECK;

/** @return whether a request is under way in the lane */
bool sync_client_is_busy(const struct sync_client *c, enum sync_lane lane);

/** Drop the lane's request; it may or may not have reached the centre. Its answer is wiped. */
void sync_client_abort(struct sync_client *c, enum sync_lane lane);

/** Wipe the lane's last answer, whose body is no longer needed. */
void sync_client_forget(struct sync_client *c, enum sync_lane lane);

/**
 * Sleep until something happens on the line, sync_client_wake, or the time is over.
 * @return true once when the request ended; ret is filled then
 * Blocks: timeout_ms at most.
 */
bool sync_client_wait(struct sync_client *c, int timeout_ms, struct sync_answer *ret);

/** End a running or the next sync_client_wait early. Thread: any. */
void sync_client_wake(struct sync_client *c);

#endif
