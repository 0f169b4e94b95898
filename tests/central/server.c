/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS face of the reference centre. Serving threads of libmicrohttpd; one line of log a request.
 *
 * A request: first call (headers) → body, capped → last call (answer) → completed (freed).
 * A body over the limit is read and dropped, so that its sender gets to see the 413. */
#include "server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "intake.h"
#include "peer.h"

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

enum { POOL_THREADS = 4, IDLE_S = 120, MAX_DROPPED_BYTES = 32 << 20, MAX_CONNECTIONS = 1000 };

struct server {
    const struct keyring *keys;
    const struct registry *registry;
    struct ledger *ledger;
    struct fault_plan *faults;
    struct MHD_Daemon *daemon;
    unsigned port;
};

struct request {
    int64_t began_ms;
    char *body;
    size_t body_bytes, body_cap;
    size_t seen_bytes; /* with those that were dropped */
};

/* What goes out, gathered before libmicrohttpd is involved. */
struct reply {
    int status;
    const char *type;
    const char *retry_after; /* NULL: none */
    const char *allow;       /* NULL: none */
    char *body;              /* owned */
};

static const struct route {
    const char *path, *name;
    enum intake_path intake;
} routes[] = {
    {"/v1/applications", "applications", INTAKE_APPLICATIONS},
    {"/v1/ratings", "ratings", INTAKE_RATINGS},
    {"/v1/heartbeat", "heartbeat", INTAKE_HEARTBEAT},
    {"/v1/enquiries", "enquiries", INTAKE_ENQUIRIES},
};

static const struct route *route_of(const char *url)
{
    for (size_t i = 0; i < YJ_COUNT(routes); i++)
        if (strcmp(routes[i].path, url) == 0)
            return &routes[i];
    return NULL;
}

static void reply_problem(struct reply *r, int status, const char *title)
{
    free(r->body);
    *r = (struct reply){.status = status,
                        .type = "application/problem+json",
                        .retry_after = status == 429   ? "1"
                                       : status == 503 ? "2"
                                                       : NULL,
                        .body = intake_problem(status, NULL, title, NULL)};
}

static void reply_text(struct reply *r, int status, const char *type, const char *body)
{
    free(r->body);
    *r = (struct reply){.status = status, .type = type, .body = mem_strdup(body)};
}

/* Faults in front of the centre: nothing is stored. @return true when this was the answer */
static bool fault_before(struct server *s, const struct fault *fault, struct reply *r)
{
    switch (fault->kind) {
    case FAULT_HTTP_500:
        reply_problem(r, 500, "fault on order");
        return true;
    case FAULT_HTTP_503:
        reply_problem(r, 503, "fault on order");
        return true;
    case FAULT_HTTP_429:
        reply_problem(r, 429, "fault on order");
        return true;
    case FAULT_REFUSE_403:
        reply_problem(r, 403, "fault on order");
        return true;
    case FAULT_BARE_200:
        reply_text(r, 200, "application/json", "{}");
        return true;
    case FAULT_HTML:
        reply_text(r, 200, "text/html; charset=utf-8",
                   "<!DOCTYPE html><title>Sign in</title><p>Please sign in to use this network.");
        return true;
    case FAULT_SLOW:
        fault_plan_sleep(s->faults, fault->slow_ms);
        return false;
    case FAULT_NONE:
    case FAULT_DROP_AFTER_COMMIT:
    case FAULT_BAD_SIGNATURE:
        break;
    }
    return false;
}

/* Replace the signature by a genuine one over something else. */
static void spoil_signature(struct server *s, struct reply *r)
{
    struct keyring_blob sig = {0};
    struct err err;
    char *at = strstr(r->body, "\"signature\":\"");
    if (!at || keyring_sign(s->keys, "not an acknowledgement", "", 0, &sig, &err) < 0)
        return;
    YJ_CLEANUP(cleanup_free) char *b64 = keyring_b64(sig.data, sig.bytes);
    keyring_blob_free(&sig);
    size_t head = (size_t)(at - r->body), n = head + strlen(b64) + 32;
    char *body = mem_zalloc(n, 1);
    snprintf(body, n, "%.*s\"signature\":\"%s\"}", (int)head, r->body, b64);
    free(r->body);
    r->body = body;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct reply *r)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(r->body), r->body, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    r->body = NULL;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (r->retry_after)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, r->retry_after);
    if (r->allow)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, r->allow);
    enum MHD_Result ok = MHD_queue_response(connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return ok;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void log_request(const struct route *route, const struct peer *peer,
                        const struct intake_answer *a, int status, bool is_faulty,
                        const struct request *q)
{
    log_line(LOG_INFO, "request", "%s %d terminal=%s uuid=%s sequence=%lld%s%s %zu B %lld ms",
             route ? route->name : "other", status,
             peer->state == PEER_KNOWN ? peer->terminal : "-", *a->uuid ? a->uuid : "-",
             (long long)a->sequence, a->is_repeat ? " repeat" : "", is_faulty ? " fault" : "",
             q->seen_bytes, (long long)(clock_mono_ms() - q->began_ms));
}

/* Route, faults, intake. @return false when the connection is to be closed without an answer */
static bool make_reply(struct server *s, struct MHD_Connection *connection,
                       const struct route *route, const char *method, const struct request *q,
                       struct reply *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    struct peer peer = peer_of_session(info->tls_session);
    bool is_enquiry = route && route->intake == INTAKE_ENQUIRIES;
    bool is_record = route && route->intake != INTAKE_HEARTBEAT && !is_enquiry;
    struct fault fault = {0};
    struct intake_answer a = {0};
    if (route && strcmp(method, MHD_HTTP_METHOD_POST) == 0)
        fault = fault_plan_take(s->faults, is_record);
    if (fault_before(s, &fault, r)) {
        /* answered above */
    } else if (!route) {
        reply_problem(r, 404, "no such resource");
    } else if (strcmp(method, MHD_HTTP_METHOD_POST) != 0) {
        reply_problem(r, 405, "only POST is known here");
        r->allow = MHD_HTTP_METHOD_POST;
    } else if (q->seen_bytes > ENVELOPE_MAX_BODY_BYTES) {
        reply_problem(r, 413, "the body is over 1 MiB");
    } else {
        const struct intake_request request = {
            .path = route->intake,
            .peer = &peer,
            .registry = s->registry,
            .content_type = header(connection, MHD_HTTP_HEADER_CONTENT_TYPE),
            .idempotency_key = header(connection, "Idempotency-Key"),
            .body = q->body ? q->body : "",
            .body_bytes = q->body_bytes};
        intake_take(s->keys, s->ledger, &request, &a);
        *r =
            (struct reply){.status = a.status,
                           .type = a.status < 400 ? "application/json" : "application/problem+json",
                           .retry_after = a.status == 503 ? "2" : NULL,
                           .body = a.body};
        if (fault.kind == FAULT_BAD_SIGNATURE && a.status == 201)
            spoil_signature(s, r);
    }
    bool is_dropped = fault.kind == FAULT_DROP_AFTER_COMMIT;
    if (!is_enquiry) /* nothing of an enquiry is written down */
        log_request(route, &peer, &a, is_dropped ? 0 : r->status, fault.kind != FAULT_NONE, q);
    return !is_dropped;
}

/* Keep what fits, drop the rest. @return false when even dropping has gone on too long */
static bool take_body(struct request *q, const char *data, size_t n)
{
    q->seen_bytes += n;
    if (q->seen_bytes > ENVELOPE_MAX_BODY_BYTES)
        return q->seen_bytes <= MAX_DROPPED_BYTES;
    if (q->body_bytes + n > q->body_cap) {
        size_t cap = q->body_cap ? q->body_cap * 2 : 16384;
        while (cap < q->body_bytes + n)
            cap *= 2;
        char *body = mem_zalloc(cap, 1);
        if (q->body_bytes)
            memcpy(body, q->body, q->body_bytes);
        bytes_free_wiped(q->body);
        q->body = body;
        q->body_cap = cap;
    }
    memcpy(q->body + q->body_bytes, data, n);
    q->body_bytes += n;
    return true;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **req)
{
    struct server *s = arg;
    struct request *q = *req;
    (void)version;
    if (!q) {
        q = mem_zalloc(1, sizeof *q);
        q->began_ms = clock_mono_ms();
        *req = q;
        /* A sender that waits for "100 Continue" can be told before it sends anything. */
        const char *length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
        long long announced = length ? strtoll(length, NULL, 10) : 0;
        if (announced <= ENVELOPE_MAX_BODY_BYTES || !header(connection, MHD_HTTP_HEADER_EXPECT))
            return MHD_YES;
        q->seen_bytes = (size_t)announced;
    } else if (*upload_bytes) {
        bool is_ok = take_body(q, upload, *upload_bytes);
        *upload_bytes = 0;
        return is_ok ? MHD_YES : MHD_NO;
    }
    struct reply r = {0};
    bool has_answer = make_reply(s, connection, route_of(url), method, q, &r);
    enum MHD_Result ok = has_answer ? send_reply(connection, &r) : MHD_NO;
    free(r.body);
    return ok;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **req,
                         enum MHD_RequestTerminationCode code)
{
    (void)arg;
    (void)connection;
    (void)code;
    struct request *q = *req;
    if (q)
        bytes_free_wiped(q->body);
    free(q);
    *req = NULL;
}

/* "127.0.0.1:8443" or "[::1]:8443" */
static int parse_listen(const char *listen, struct sockaddr_storage *ret, struct err *err)
{
    char host[64];
    const char *colon = strrchr(listen, ':');
    size_t n = colon ? (size_t)(colon - listen) : 0;
    bool has_brackets = n > 2 && listen[0] == '[' && listen[n - 1] == ']';
    if (n == 0 || n >= sizeof host)
        return ERR(err, ERR_INVALID, "the address must be HOST:PORT");
    snprintf(host, sizeof host, "%.*s", (int)(has_brackets ? n - 2 : n), listen + has_brackets);
    struct addrinfo hints = {.ai_family = has_brackets ? AF_INET6 : AF_INET,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *list = NULL;
    if (getaddrinfo(host, colon + 1, &hints, &list) != 0)
        return ERR(err, ERR_INVALID, "the address must be numbers, HOST:PORT");
    memcpy(ret, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    return 0;
}

int server_start(const struct keyring *keys, const struct registry *registry, struct ledger *ledger,
                 struct fault_plan *faults, const char *listen, struct server **ret,
                 struct err *err)
{
    struct sockaddr_storage address = {0};
    int r = parse_listen(listen, &address, err);
    if (r < 0)
        return r;
    struct server *s = mem_zalloc(1, sizeof *s);
    *s = (struct server){.keys = keys, .registry = registry, .ledger = ledger, .faults = faults};
    unsigned flags = MHD_USE_TLS | MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)POOL_THREADS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_HTTPS_MEM_CERT,
        keyring_pem(keys, KEYRING_TLS_CERT_PEM), MHD_OPTION_HTTPS_MEM_KEY,
        keyring_pem(keys, KEYRING_TLS_KEY_PEM), MHD_OPTION_HTTPS_MEM_TRUST,
        keyring_pem(keys, KEYRING_CA_PEM), MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES,
        MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) {
        server_stop(s);
        return ERR(err, ERR_SYSTEM, "cannot listen on %s", listen);
    }
    s->port = info->port;
    *ret = s;
    return 0;
}

unsigned server_port(const struct server *s)
{
    return s->port;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    fault_plan_stop(s->faults);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    free(s);
}
