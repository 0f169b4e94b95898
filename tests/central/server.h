/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS face of the reference centre: libmicrohttpd over GnuTLS, a small pool of serving threads.
 * Everything a request means is decided in intake.c; here are paths, sizes, headers and faults. */
#ifndef YJ_CENTRAL_SERVER_H
#define YJ_CENTRAL_SERVER_H

#include "fault.h"
#include "keyring.h"
#include "ledger.h"
#include "registry.h"

struct server;

/**
 * Start listening; the objects are borrowed until server_stop.
 * @param registry  data sharing; NULL: no source answers
 * @param listen  "IPv4:PORT" or "[IPv6]:PORT"; port 0 takes any free one
 * @return 0, ERR_INVALID (listen), ERR_SYSTEM (cannot listen, TLS files not usable)
 */
int server_start(const struct keyring *keys, const struct registry *registry, struct ledger *ledger,
                 struct fault_plan *faults, const char *listen, struct server **ret,
                 struct err *err) YJ_CHECK;

/** @return the port in use. */
unsigned server_port(const struct server *s);

/** Stop: what is being stored is finished, answers not yet sent are lost (the terminal repeats).
 * Accepts NULL. Blocks: until the serving threads are gone. */
void server_stop(struct server *s);

#endif
