/* SPDX-License-Identifier: Apache-2.0 */
/* A small scripted HTTPS server for tests. */
#define _DEFAULT_SOURCE /* struct timeval */

#include "tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fixture.h"
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

enum { REQUEST_CAP = 1200 * 1024, MAX_CONNECTIONS = 256 };

struct tls_server {
    SSL_CTX *ctx;
    int fd;
    atomic_bool is_stopping;
    pthread_t thread;
    tls_handler handler;
    void *arg;
    pthread_t connection[MAX_CONNECTIONS]; /* all that ever were */
    int n_connections;
};

struct connection {
    struct tls_server *server;
    int fd;
    char *buffer;
};

/* Value of a header, copied; "" when there is none. */
static void header_value(const char *head, const char *name, char *out, size_t cap)
{
    size_t n = strlen(name);
    out[0] = '\0';
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':') {
            const char *value = line + 2 + n + 1;
            value += strspn(value, " ");
            snprintf(out, cap, "%.*s", (int)strcspn(value, "\r"), value);
        }
}

/* @return bytes, or 0 when the connection is over or the server stops */
static size_t read_some(struct tls_server *s, SSL *ssl, char *out, size_t cap)
{
    while (!s->is_stopping) {
        size_t got = 0;
        if (SSL_read_ex(ssl, out, cap, &got))
            return got;
        int why = SSL_get_error(ssl, 0);
        if (why != SSL_ERROR_WANT_READ)
            return 0;
    }
    return 0;
}

/* @return whether a whole request is in the buffer */
static bool request_read(struct connection *c, SSL *ssl, char **ret_body, size_t *ret_bytes)
{
    struct tls_server *s = c->server;
    size_t n = 0, want = 0;
    char length[32];
    char *end = NULL;
    while (!end || n < want) {
        size_t got = read_some(s, ssl, c->buffer + n, REQUEST_CAP - n);
        if (got == 0)
            return false;
        n += got;
        c->buffer[n] = '\0';
        if (!end && (end = strstr(c->buffer, "\r\n\r\n")) != NULL) {
            *end = '\0';
            header_value(c->buffer, "Content-Length", length, sizeof length);
            want = (size_t)(end + 4 - c->buffer) + strtoul(length, NULL, 10);
        }
    }
    *ret_body = end + 4;
    *ret_bytes = want - (size_t)(end + 4 - c->buffer);
    return true;
}

static bool request_serve(struct connection *c, SSL *ssl)
{
    struct tls_server *s = c->server;
    char *body = NULL;
    size_t body_bytes = 0;
    char key[64], range[64], offset[32], method[8] = "", path[200] = "";
    char head[512];
    if (!request_read(c, ssl, &body, &body_bytes))
        return false;
    header_value(c->buffer, "Idempotency-Key", key, sizeof key);
    header_value(c->buffer, "Range", range, sizeof range);
    header_value(c->buffer, "Upload-Offset", offset, sizeof offset);
    if (sscanf(c->buffer, "%7s %199s ", method, path) != 2)
        return false;
    struct tls_request request = {.method = method,
                                  .path = path,
                                  .key = key,
                                  .body = body,
                                  .body_bytes = body_bytes,
                                  .range = range,
                                  .offset = offset};
    struct tls_reply reply = {TLS_SEND, 500, "text/plain", "", NULL, 0};
    s->handler(s->arg, &request, &reply);
    if (reply.how != TLS_SEND) {
        char ignored[64];
        if (reply.how == TLS_HANG) /* until the other side gives up */
            (void)read_some(s, ssl, ignored, sizeof ignored);
        free(reply.body);
        return false;
    }
    size_t n = reply.body_bytes ? reply.body_bytes : reply.body ? strlen(reply.body) : 0;
    snprintf(head, sizeof head,
             "HTTP/1.1 %d Scripted\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n",
             reply.status, reply.type, n, reply.header);
    bool ok = SSL_write(ssl, head, (int)strlen(head)) > 0 &&
              (n == 0 || SSL_write(ssl, reply.body, (int)n) > 0);
    free(reply.body);
    return ok;
}

static void *connection_serve(void *arg)
{
    struct connection *c = arg;
    struct tls_server *s = c->server;
    SSL *ssl = SSL_new(s->ctx);
    SSL_set_fd(ssl, c->fd);
    int done = 0;
    while (!s->is_stopping && (done = SSL_accept(ssl)) != 1 &&
           SSL_get_error(ssl, done) == SSL_ERROR_WANT_READ)
        ;
    if (done == 1)
        while (request_serve(c, ssl))
            ;
    SSL_free(ssl);
    close(c->fd);
    ERR_clear_error();
    free(c->buffer);
    free(c);
    return NULL;
}

static void *serve(void *arg)
{
    struct tls_server *s = arg;
    while (!s->is_stopping) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            continue; /* the receive timeout of the listener, or the stop */
        struct timeval t = {0, 50000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
        struct connection *c = calloc(1, sizeof *c);
        if (!c || !(c->buffer = malloc(REQUEST_CAP + 1)) || s->n_connections == MAX_CONNECTIONS)
            abort();
        c->server = s;
        c->fd = fd;
        pthread_create(&s->connection[s->n_connections++], NULL, connection_serve, c);
    }
    for (int i = 0; i < s->n_connections; i++)
        pthread_join(s->connection[i], NULL);
    return NULL;
}

static SSL_CTX *ctx_make(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_file(ctx, fixture_key("centre-tls.pem"), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, fixture_key("centre-tls.key"), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_load_verify_locations(ctx, fixture_key("ca.pem"), NULL) != 1)
        abort();
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"yj", 2); /* so TLS may resume */
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return ctx;
}

struct tls_server *tls_server_start(int port, tls_handler handler, void *arg, int *ret_port)
{
    struct tls_server *s = calloc(1, sizeof *s);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int one = 1;
    struct timeval t = {0, 50000};
    if (!s)
        abort();
    s->handler = handler;
    s->arg = arg;
    s->ctx = ctx_make();
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    if (bind(s->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(s->fd, 8) != 0 ||
        getsockname(s->fd, (struct sockaddr *)&at, &n) != 0)
        abort();
    *ret_port = ntohs(at.sin_port);
    pthread_create(&s->thread, NULL, serve, s);
    return s;
}

void tls_server_stop(struct tls_server *s)
{
    if (!s)
        return;
    s->is_stopping = true;
    pthread_join(s->thread, NULL);
    close(s->fd);
    SSL_CTX_free(s->ctx);
    free(s);
}
