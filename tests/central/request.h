/* SPDX-License-Identifier: Apache-2.0 */
/* One request as the handlers see it, and what they answer. Knows no HTTP library: handlers are
 * plain functions that block as they like, each call on a worker thread of its own.
 *
 *     server (sockets, TLS, limits) → dispatch (route, peer, faults) → handler → reply → server */
#ifndef YJ_CENTRAL_REQUEST_H
#define YJ_CENTRAL_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "peer.h"
#include "route.h"

enum { REQUEST_MAX_PARAMS = 2, REQUEST_ETAG_BYTES = 72, REQUEST_UUID_BYTES = 37 };

/* Headers and query arguments that some handler reads; NULL: absent. */
enum request_value {
    REQUEST_CONTENT_TYPE,
    REQUEST_IDEMPOTENCY_KEY,
    REQUEST_TUS_RESUMABLE,
    REQUEST_UPLOAD_OFFSET,
    REQUEST_RANGE,
    REQUEST_IF_RANGE,
    REQUEST_IF_NONE_MATCH,
    REQUEST_ARG_AFTER,
    REQUEST_ARG_LIMIT,
    REQUEST_ARG_NONCE,
    REQUEST_ARG_SEARCH,
    REQUEST_ARG_SORT,
    REQUEST_ARG_PAGE,
    REQUEST_N_VALUES,
};

/* Borrowed until the handler returns. */
struct request {
    const struct route *route;
    const char *param[REQUEST_MAX_PARAMS]; /* of the path, checked for their form */
    const char *value[REQUEST_N_VALUES];
    const char *address; /* of the sender, as text */
    const struct peer *peer;
    int64_t time_shift_ms; /* by which the centre's clock is to be wrong, 0 on a good day */
    const char *body;      /* a NUL follows */
    size_t body_bytes;
};

/* body and fd belong to the reply. -1 and "" stand for "no such header". */
struct reply {
    int status;
    const char *type; /* static; NULL: no body */
    char *body;
    size_t body_bytes;
    int fd; /* >= 0: the body is file_bytes from file_offset on */
    uint64_t file_offset, file_bytes, whole_bytes;
    int retry_after_s;
    int64_t upload_offset, upload_length;
    const char *allow;
    char etag[REQUEST_ETAG_BYTES];
    bool is_cacheable, is_closing;
    /* For the log, empty when the request was not understood. */
    char uuid[REQUEST_UUID_BYTES];
    int64_t sequence;
    bool is_repeat;
};

/** An answer without anything yet. */
void reply_init(struct reply *r);
/** Wipe and free what it holds, and begin again. */
void reply_clear(struct reply *r);

/** Answer with a problem (RFC 9457). @param type  NULL: "about:blank". @param detail  NULL: none */
void reply_problem(struct reply *r, int status, const char *type, const char *title,
                   const char *detail);

/** Answer 503 after a failure of the database; what happened goes into the log. */
void reply_unavailable(struct reply *r, const struct err *err);

/** Answer with JSON; takes doc over and wipes its text afterwards. */
void reply_json(struct reply *r, int status, json_t *doc);

/** Answer with text that is copied. @param type  static */
void reply_text(struct reply *r, int status, const char *type, const char *text);

/** Read the body as one JSON object of the peer's terminal; answers 422 or 403 itself.
 *  @return the object, owned by the caller, or NULL */
json_t *request_json(const struct request *q, struct reply *r) YJ_CHECK;

/** Is the media type the wanted one, parameters aside? @param type  NULL allowed */
bool request_is_type(const char *type, const char *wanted);

/** A number in decimal digits, without sign. @return false when it is none or above most */
bool request_number(const char *text, int64_t most, int64_t *ret);

#endif
