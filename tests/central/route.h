/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of the centre: method and path to what answers them. */
#ifndef YJ_CENTRAL_ROUTE_H
#define YJ_CENTRAL_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

struct centre;
struct request;
struct reply;

/** Always fills the reply. Thread: a worker; may block as long as the database does. */
typedef void (*route_fn)(const struct centre *c, const struct request *q, struct reply *r);

struct route {
    const char *method, *path; /* "{uuid}", "{digest}" stand for one part of that form */
    const char *name;          /* in the log */
    route_fn handle;
    size_t max_body;
    bool needs_terminal; /* 401 and 403 without its certificate */
    bool is_record;      /* faults with a count hit it */
    bool tells_time;     /* the fault wrong-time hits it */
    bool is_silent;      /* nothing of it is written down */
    bool keeps_partial;  /* the beginning of a body is of use when the line breaks */
};

enum { ROUTE_MAX_PATH = 256, ROUTE_MAX_PARAMS = 2 };

/* Of one path; param points into text. */
struct route_match {
    const struct route *route; /* NULL: no such path, or not with this method */
    const char *allow;         /* route NULL: methods the path knows, NULL: no such path */
    char text[ROUTE_MAX_PATH];
    const char *param[ROUTE_MAX_PARAMS];
};

/**
 * Find what answers. HEAD and PATCH are addresses of their own, not kinds of GET.
 * @param table  ends with a route without a path
 */
void route_find(const struct route *table, const char *method, const char *path,
                struct route_match *ret);

/** The addresses of the contract. */
const struct route *route_table(void);

#endif
