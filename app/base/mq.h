/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded message queue between threads: small values are copied in and out. */
#ifndef YJ_BASE_MQ_H
#define YJ_BASE_MQ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct mq;

/* Called after a push, outside the queue's lock. May unblock the sleeper and nothing else. */
typedef void (*mq_wake_fn)(void *arg);

/* Do two messages describe the same state, so that the later one replaces the earlier? */
typedef bool (*mq_same_fn)(const void *queued, const void *pushed);

/**
 * @param msg_bytes  size of one message, 1..4096
 * @param cap        messages, 1..1024
 * @param wake       may be NULL; arg is borrowed until mq_free
 * @return the queue, owned by the caller; never NULL (out of memory aborts)
 */
struct mq *mq_new(size_t msg_bytes, size_t cap, mq_wake_fn wake, void *arg) YJ_CHECK;

/** Accepts NULL. Messages still inside are wiped, not freed: payloads are the caller's to drain. */
void mq_free(struct mq *q);

/**
 * Copy a data message in. Success transfers any payload it points to; failure leaves it.
 * @return 0 or ERR_FULL. Thread: any. Blocks: never longer than a copy.
 */
int mq_push(struct mq *q, const void *msg) YJ_CHECK;

/**
 * Copy a state message in, replacing the queued message for which same() is true.
 * @return 0 or ERR_FULL
 */
int mq_push_latest(struct mq *q, const void *msg, mq_same_fn same) YJ_CHECK;

/** @return true and the oldest message in ret_msg, or false when empty. Never waits. */
bool mq_pop(struct mq *q, void *ret_msg);

/** @return true and the oldest message, or false after timeout_ms (0 polls, -1 waits for ever). */
bool mq_pop_wait(struct mq *q, void *ret_msg, int timeout_ms);

#endif
