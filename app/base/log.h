/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line an event, to standard error, for the journal to keep.
 * Libraries return errors, the application logs them. Never a name, a number, an address,
 * a card or a phone: the kiosk number and codes are what a line may carry. */
#ifndef YJ_BASE_LOG_H
#define YJ_BASE_LOG_H

#include "base/cleanup.h"
#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/** Set the highest level written (default LOG_INFO). Call before threads start. */
void log_set_level(enum log_level level);

/**
 * Write one line: "<time> LEVEL area: text".
 * @param area  short noun: "reader", "sync", "main"
 * Thread: any (a leaf lock keeps lines whole). Blocks: as long as stderr does.
 */
void log_line(enum log_level level, const char *area, const char *fmt, ...) YJ_PRINTF(3, 4);

/** Write an error as "NAME(code) where: message". */
void log_err(enum log_level level, const char *area, const struct err *err);

#endif
