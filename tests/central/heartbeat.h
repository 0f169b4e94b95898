/* SPDX-License-Identifier: Apache-2.0 */
/* How a terminal is, and what the centre tells it in return (schemas heartbeat, heartbeat_answer of
 * the contract). */
#ifndef YJ_CENTRAL_HEARTBEAT_H
#define YJ_CENTRAL_HEARTBEAT_H

#include "centre.h"
#include "request.h"

/** POST /heartbeat: check, keep, answer. Blocks: a commit. */
void heartbeat_post(const struct centre *c, const struct request *q, struct reply *r);

#endif
