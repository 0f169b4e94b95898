/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS face of the reference centre: libmicrohttpd over GnuTLS with epoll, a few threads that
 * serve sockets and never block, workers for everything else. Here are sizes, patience and
 * overload; what a request means is decided by the routes. */
#ifndef YJ_CENTRAL_SERVER_H
#define YJ_CENTRAL_SERVER_H

#include "centre.h"
#include "route.h"

struct server;

enum {
    SERVER_MAX_CONNECTIONS = 16384, /* ten thousand terminals and some more */
    SERVER_IDLE_S = 150,            /* more than two heartbeats */
    SERVER_PATIENCE_S = 20,
};

struct server_options {
    const char *listen; /* "IPv4:PORT" or "[IPv6]:PORT"; port 0 takes any free one */
    bool is_plain;      /* HTTP without TLS: the operators' pages */
    const struct route *routes;
    int n_workers;
    int patience_s; /* for a handshake, for the head of a request, for each KiB of a body */
    int idle_s;     /* between two requests */
};

/**
 * Start listening; the centre is borrowed until server_stop.
 * @return 0, ERR_INVALID (listen), ERR_SYSTEM (cannot listen, TLS files not usable)
 */
int server_start(const struct centre *c, const struct server_options *o, struct server **ret,
                 struct err *err) YJ_CHECK;

/** @return the port in use. */
unsigned server_port(const struct server *s);

/** Is the address one of this machine only? */
bool server_is_loopback(const char *listen);

/** Raise the limit of open files as far as the system lets us. @return connections it is good for
 */
unsigned server_raise_limits(void);

/** Stop: what is being stored is finished, answers not yet sent are lost (the terminal repeats).
 * Accepts NULL. Blocks: until the serving threads are gone. */
void server_stop(struct server *s);

#endif
