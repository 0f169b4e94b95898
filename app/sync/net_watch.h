/* SPDX-License-Identifier: Apache-2.0 */
/* Tells when the network of this machine has changed for the better: a link came up, an address or
 * a route was added (rtnetlink(7)). Only a hint: the retry plan's timer works without it.
 * Thread: the one that owns the struct. */
#ifndef YJ_SYNC_NET_WATCH_H
#define YJ_SYNC_NET_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct net_watch;

/** @return 0 or ERR_SYSTEM (no such sockets here); *ret is the caller's. Blocks: no. */
int net_watch_open(struct net_watch **ret, struct err *err) YJ_CHECK;
/** Accepts NULL. */
void net_watch_close(struct net_watch *w);

/** To be polled for reading. @return -1 when w is NULL */
int net_watch_fd(const struct net_watch *w);

/**
 * Read what has come. A change is told once, NET_WATCH_QUIET_MS after the last message about it: an
 * interface that comes up says so in many words.
 * @return true: try the centre now
 */
bool net_watch_take(struct net_watch *w, int64_t now_ms);

/** @return when net_watch_take has something to tell, INT64_MAX: nothing */
int64_t net_watch_due_ms(const struct net_watch *w);

enum { NET_WATCH_QUIET_MS = 1000 };

#endif
