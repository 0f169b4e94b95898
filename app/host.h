/* SPDX-License-Identifier: Apache-2.0 */
/* Runs any driver on a thread of its own: one inbox down, one shared inbox up. */
#ifndef YJ_APP_HOST_H
#define YJ_APP_HOST_H

#include "base/mq.h"
#include "drivers/driver.h"

struct host;

/**
 * Open the driver and start its thread.
 * @param cfg  table and settings, borrowed for the call
 * @param up   queue of struct device_event to the main thread, borrowed until host_stop
 * @return 0 or what the driver's open returned
 */
int host_start(const struct driver_ops *ops, const struct driver_cfg *cfg, struct mq *up,
               struct host **ret, struct err *err) YJ_CHECK;

/**
 * Give the driver a command (copied). A PRINT's bitmap is transferred on success.
 * @return 0 or ERR_BUSY when the inbox is full. Thread: main. Blocks: no.
 */
int host_command(struct host *h, const struct device_command *command) YJ_CHECK;

/** Wipe and free what an event carries (card, code); harmless for the others. Thread: its holder.
 */
void host_event_drop(struct device_event *event);

/** Stop, join, free. Accepts NULL. Blocks: at most about 1 s, then as long as the driver's close.
 */
void host_stop(struct host *h);

#endif
