/* SPDX-License-Identifier: Apache-2.0 */
/* POST /applications and /ratings: between the HTTP face and the intake. */
#ifndef YJ_CENTRAL_RECORDS_H
#define YJ_CENTRAL_RECORDS_H

#include "centre.h"
#include "request.h"

/** Take one sealed record. */
void records_post(const struct centre *c, const struct request *q, struct reply *r);

#endif
