/* SPDX-License-Identifier: Apache-2.0 */
/* Misbehaviour on order, so that a terminal can be tried against a bad day of the centre.
 *
 *   http-500 http-503   the status with a problem body, nothing stored
 *   http-429            the same with Retry-After: 1
 *   refuse-403          the terminal is refused, nothing stored
 *   refuse-422          the record is refused for good, as a centre refuses whose own checks are
 *                       wrong; nothing stored
 *   bare-200            200 and {} as a thoughtless proxy answers, nothing stored
 *   html                200 and a sign-in page as a captive portal answers, nothing stored
 *   slow:MS             waits, then goes on as usual
 *   drop-after-commit   stores, then closes the connection without an answer
 *   bad-signature       stores, then answers 201 with a signature over something else
 *   duplicate           takes the request twice, as a network that delivers twice; the second
 *                       answer goes out
 *   slow-commit:MS      stores, then waits before it answers, as a slow disk or standby does
 *   wrong-time          tells a time that is 400 days ahead
 *
 * Faults with a count queue up and hit records only, one each, so that a count is exact
 * (wrong-time: heartbeats and questions for the time). A fault without a count lasts until the next
 * order and hits every request, heartbeats too. */
#ifndef YJ_CENTRAL_FAULT_H
#define YJ_CENTRAL_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_HTTP_500,
    FAULT_HTTP_503,
    FAULT_HTTP_429,
    FAULT_REFUSE_403,
    FAULT_REFUSE_422,
    FAULT_BARE_200,
    FAULT_HTML,
    FAULT_SLOW,
    FAULT_DROP_AFTER_COMMIT,
    FAULT_BAD_SIGNATURE,
    FAULT_DUPLICATE,
    FAULT_SLOW_COMMIT,
    FAULT_WRONG_TIME,
};

struct fault {
    enum fault_kind kind;
    int slow_ms; /* FAULT_SLOW, FAULT_SLOW_COMMIT, 0..600000 */
    int count;   /* how often, 0: until changed */
};

#define FAULT_TIME_SHIFT_MS (INT64_C(400) * 86400 * 1000)

struct fault_plan;

/** @return an empty plan, owned by the caller. */
struct fault_plan *fault_plan_new(void) YJ_CHECK;
void fault_plan_free(struct fault_plan *p);

/** Read "KIND" or "KIND:N" ("slow:MS" or "slow:MS:N", slow-commit too). @return 0 or ERR_INVALID */
int fault_parse(const char *text, struct fault *ret, struct err *err) YJ_CHECK;

/** Queue a fault; one without a count that stands last is replaced. @return 0 or ERR_FULL */
int fault_plan_add(struct fault_plan *p, const struct fault *fault, struct err *err) YJ_CHECK;

/** Behave well from now on. */
void fault_plan_clear(struct fault_plan *p);

/** What to do with this request; counts it. Thread: any. */
struct fault fault_plan_take(struct fault_plan *p, bool is_record, bool tells_time);

/** @return how many requests were hit so far. */
int64_t fault_plan_hits(struct fault_plan *p);

/** Wait, but no longer than until fault_plan_stop. Blocks: that long. */
void fault_plan_sleep(struct fault_plan *p, int ms);

/** End all waiting; the server is going down. */
void fault_plan_stop(struct fault_plan *p);

#endif
