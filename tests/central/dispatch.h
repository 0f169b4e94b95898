/* SPDX-License-Identifier: Apache-2.0 */
/* From a request that is complete to its answer: misbehaviour on order, who may ask, the handler,
 * one line of log. */
#ifndef YJ_CENTRAL_DISPATCH_H
#define YJ_CENTRAL_DISPATCH_H

#include "centre.h"
#include "request.h"

struct dispatch {
    const struct route_match *match;
    const char *method;
    const struct request *request;
    size_t seen_bytes; /* of the body, with those that were dropped */
    int64_t began_ms;  /* monotonic */
};

/**
 * Answer one request; always fills r.
 * @return false: the connection is to be closed without the answer
 * Thread: a worker. Blocks: what the handler does.
 */
bool dispatch_run(const struct centre *c, const struct dispatch *d, struct reply *r) YJ_CHECK;

#endif
