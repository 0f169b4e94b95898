/* SPDX-License-Identifier: Apache-2.0 */
/* A small HTTPS server that plays a centre as a script tells it: a thread for each
 * connection, client certificate required. The handler is called on any of them. */
#ifndef YJ_TESTS_STORE_TLS_SERVER_H
#define YJ_TESTS_STORE_TLS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct tls_server;

struct tls_request {
    const char *method; /* "GET", "HEAD", "PATCH", "POST" */
    const char *path;   /* "/v1/heartbeat" */
    const char *key;    /* Idempotency-Key or "" */
    const char *body;
    size_t body_bytes;
    const char *range;  /* header Range of a GET, or "" */
    const char *offset; /* header Upload-Offset, or "" */
};

enum tls_how { TLS_SEND, TLS_CLOSE /* no answer */, TLS_HANG /* neither answer nor close */ };

struct tls_reply {
    enum tls_how how;
    int status;
    const char *type;
    const char *header; /* one more line with CRLF, or "" */
    char *body;         /* malloc'ed, freed by the server */
    size_t body_bytes;  /* 0: a text, up to its NUL */
};

typedef void (*tls_handler)(void *arg, const struct tls_request *request, struct tls_reply *reply);

/* port 0: any free one. Keys are fixture_key's. */
struct tls_server *tls_server_start(int port, tls_handler handler, void *arg, int *ret_port);
void tls_server_stop(struct tls_server *s);

#endif
