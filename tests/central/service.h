/* SPDX-License-Identifier: Apache-2.0 */
/* `kiosk-central serve`: everything wired, until it is told to end. */
#ifndef YJ_CENTRAL_SERVICE_H
#define YJ_CENTRAL_SERVICE_H

#include "options.h"

/**
 * Serve. Blocks: until SIGTERM, SIGINT or the order "quit".
 * @param c  keys, ledger, database and settings; the rest is made here
 */
int service_run(const struct options *o, const struct centre *c, struct err *err) YJ_CHECK;

#endif
