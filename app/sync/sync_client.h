/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS to the centre in lanes, one request at a time in each: records, heartbeats, attachments and
 * what the centre tells on a connection that is kept; enquiries, and the question for the time, on
 * one of their own each. Mutual TLS, no redirects, no proxy but a named one.
 * Thread: the one that owns it, except sync_client_wake. */
#ifndef YJ_SYNC_CLIENT_H
#define YJ_SYNC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/seal.h"

struct sync_client;

/* Strings are copied. Source of the times: peers of the trade, slow lines in mind. */
struct sync_client_cfg {
    const char *url;         /* "https://host:port" */
    const struct seal *seal; /* borrowed: certificate and key of the terminal */
    const char *centre_ca;
    const char *proxy; /* "http://host:port"; NULL: none, whatever the environment says */
    const char *version;
    long connect_ms;       /* default 20000 */
    long total_ms;         /* default 60000 */
    long slow_bytes_per_s; /* default 100: slower than this … */
    long slow_s;           /* default 60: … for so long gives up */
};

/* The lanes do not wait for each other. */
enum sync_lane { SYNC_LANE_RECORDS, SYNC_LANE_ENQUIRIES, SYNC_LANE_TIME, SYNC_N_LANES };

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
    bool is_date_wrong;    /* ERR_SYNC_TLS only because of the dates of a certificate */
    int64_t retry_after_s; /* 0: none given */
    int64_t upload_offset; /* header Upload-Offset; -1: none */
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
 * @return 0 or ERR_SYSTEM
 */
int sync_client_post(struct sync_client *c, enum sync_lane lane, const struct sync_post *post,
                     char *body, struct err *err) YJ_CHECK;

struct sync_get {
    const char *path;
    int64_t first, last; /* header Range, both in it; last < 0: none */
};

/** Begin a GET. On SYNC_LANE_TIME without our certificate and without looking at dates. */
int sync_client_get(struct sync_client *c, enum sync_lane lane, const struct sync_get *get,
                    struct err *err) YJ_CHECK;

/** Begin a HEAD on an attachment (tus 1.0). */
int sync_client_head(struct sync_client *c, const char *path, struct err *err) YJ_CHECK;

/** Begin a PATCH of n bytes at an offset (tus 1.0). @param p  malloc'ed, ownership passes */
int sync_client_patch(struct sync_client *c, const char *path, int64_t offset, void *p, size_t n,
                      struct err *err) YJ_CHECK;

/** New connections show this certificate; the ones that are open are given up. Borrowed. */
void sync_client_set_seal(struct sync_client *c, const struct seal *seal);

/** Judge certificates by this time from now on, instead of the system's clock.
 *  @param time_ms  milliseconds since 1970 UTC, now */
void sync_client_set_time(struct sync_client *c, int64_t time_ms);

/** Let sync_client_wait end early when this descriptor can be read; -1: none. */
void sync_client_watch(struct sync_client *c, int fd);

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
