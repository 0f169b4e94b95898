/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP face of the reference centre: requests. Serving threads of libmicrohttpd and workers.
 *
 *     first call (head) → body, capped → last call: suspended ──→ worker: dispatch ──→ resumed:
 *     on_request                         or 503 when too many wait                     answer sent
 *
 * A body over the limit is read and dropped, so that its sender gets to see the 413. */
#include "server_priv.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "dispatch.h"
#include "limit.h"

enum { MAX_DROPPED_BYTES = 32 << 20, MAX_HELD_BYTES = 512 << 20 };

/* One request. While a worker has it, no serving thread touches it. */
struct exchange {
    struct work_item item;
    struct server *server;
    struct MHD_Connection *connection;
    struct line *line;
    struct route_match match;
    char method[16];
    int64_t began_ms;
    char *body;
    size_t body_bytes, body_cap;
    size_t seen_bytes; /* with those that were dropped */
    size_t max_body;
    bool is_done, has_answer, is_kept; /* is_kept: the body goes into memory */
    struct reply reply;
    /* The line broke in the middle of a body whose beginning is worth keeping: there is no
     * connection any more, but what is needed of it. */
    bool is_orphan;
    struct peer orphan_peer;
    char *orphan_value[REQUEST_N_VALUES];
};

static const struct {
    enum request_value which;
    enum MHD_ValueKind kind;
    const char *name;
} values[] = {
    {REQUEST_CONTENT_TYPE, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE},
    {REQUEST_IDEMPOTENCY_KEY, MHD_HEADER_KIND, "Idempotency-Key"},
    {REQUEST_TUS_RESUMABLE, MHD_HEADER_KIND, "Tus-Resumable"},
    {REQUEST_UPLOAD_OFFSET, MHD_HEADER_KIND, "Upload-Offset"},
    {REQUEST_RANGE, MHD_HEADER_KIND, MHD_HTTP_HEADER_RANGE},
    {REQUEST_IF_RANGE, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_RANGE},
    {REQUEST_IF_NONE_MATCH, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH},
    {REQUEST_ARG_AFTER, MHD_GET_ARGUMENT_KIND, "after"},
    {REQUEST_ARG_LIMIT, MHD_GET_ARGUMENT_KIND, "limit"},
    {REQUEST_ARG_NONCE, MHD_GET_ARGUMENT_KIND, "nonce"},
    {REQUEST_ARG_SEARCH, MHD_GET_ARGUMENT_KIND, "search"},
    {REQUEST_ARG_SORT, MHD_GET_ARGUMENT_KIND, "sort"},
    {REQUEST_ARG_PAGE, MHD_GET_ARGUMENT_KIND, "page"},
};

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* ---- the answer ---- */

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value && *value)
        (void)MHD_add_response_header(response, name, value);
}

static void add_number(struct MHD_Response *response, const char *name, int64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)n);
    add_header(response, name, text);
}

static void add_headers(struct MHD_Response *response, const struct reply *r)
{
    add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, r->is_cacheable ? NULL : "no-store");
    add_header(response, MHD_HTTP_HEADER_ALLOW, r->allow);
    add_header(response, MHD_HTTP_HEADER_ETAG, r->etag);
    add_header(response, MHD_HTTP_HEADER_CONNECTION, r->is_closing ? "close" : NULL);
    add_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, r->fd >= 0 ? "bytes" : NULL);
    if (r->retry_after_s)
        add_number(response, MHD_HTTP_HEADER_RETRY_AFTER, r->retry_after_s);
    if (r->upload_offset >= 0 || r->upload_length >= 0)
        add_header(response, "Tus-Resumable", "1.0.0");
    if (r->upload_offset >= 0)
        add_number(response, "Upload-Offset", r->upload_offset);
    if (r->upload_length >= 0)
        add_number(response, "Upload-Length", r->upload_length);
    if (r->status == 206 || r->status == 416) {
        char range[80];
        if (r->status == 206)
            snprintf(range, sizeof range, "bytes %llu-%llu/%llu",
                     (unsigned long long)r->file_offset,
                     (unsigned long long)(r->file_offset + r->file_bytes - 1),
                     (unsigned long long)r->whole_bytes);
        else
            snprintf(range, sizeof range, "bytes */%llu", (unsigned long long)r->whole_bytes);
        add_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, range);
    }
}

static enum MHD_Result send_reply(struct exchange *x)
{
    struct reply *r = &x->reply;
    struct MHD_Response *response;
    if (r->fd >= 0)
        response = MHD_create_response_from_fd_at_offset64(r->file_bytes, r->fd, r->file_offset);
    else
        response = MHD_create_response_from_buffer(r->body_bytes, r->body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    add_headers(response, r);
    r->fd = -1; /* the response's now */
    enum MHD_Result ok = MHD_queue_response(x->connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return ok;
}

/* ---- the worker ---- */

/* When whoever is turned away now is to come back. */
static int spread_s(struct server *s)
{
    return limiter_spread_s(atomic_load(&s->n_lines), atomic_load(&s->pace));
}

/* @return false: nobody else is named, the peer of the connection stands */
static bool name_peer(const struct exchange *x, struct peer *ret)
{
    const struct centre *c = x->server->centre;
    if (x->line->peer.state != PEER_PROXY || !c->settings.proxy_header)
        return false;
    *ret = peer_of_header(c->keys, header(x->connection, c->settings.proxy_header));
    return true;
}

static void dispatch(struct exchange *x)
{
    struct request q = {.route = x->match.route,
                        .address = x->is_orphan ? "-" : x->line->address,
                        .body = x->body ? x->body : "",
                        .body_bytes = x->body_bytes};
    struct peer named = {.state = PEER_ABSENT};
    if (x->is_orphan)
        q.peer = &x->orphan_peer;
    else
        q.peer = name_peer(x, &named) ? &named : &x->line->peer;
    for (size_t i = 0; i < YJ_COUNT(values); i++)
        q.value[values[i].which] =
            x->is_orphan
                ? x->orphan_value[values[i].which]
                : MHD_lookup_connection_value(x->connection, values[i].kind, values[i].name);
    for (size_t i = 0; i < REQUEST_MAX_PARAMS; i++)
        q.param[i] = x->match.param[i];
    const struct dispatch d = {.match = &x->match,
                               .method = x->method,
                               .request = &q,
                               .seen_bytes = x->seen_bytes,
                               .began_ms = x->began_ms};
    x->has_answer = dispatch_run(x->server->centre, &d, &x->reply);
    if (x->reply.status == 503 && !x->reply.retry_after_s)
        x->reply.retry_after_s = spread_s(x->server);
    peer_clear(&named);
    x->is_done = true;
}

static void free_exchange(struct exchange *x)
{
    atomic_fetch_sub(&x->server->held_bytes, x->body_cap);
    bytes_free_wiped(x->body);
    reply_clear(&x->reply);
    peer_clear(&x->orphan_peer);
    for (size_t i = 0; i < REQUEST_N_VALUES; i++)
        free(x->orphan_value[i]);
    free(x);
}

void server_work(struct work_item *item)
{
    struct exchange *x = (struct exchange *)((char *)item - offsetof(struct exchange, item));
    struct MHD_Connection *connection = x->connection;
    dispatch(x);
    if (x->is_orphan) {
        free_exchange(x);
        return;
    }
    atomic_fetch_add(&x->server->n_answered, 1);
    line_set_at_work(x->server, x->line, false);
    MHD_resume_connection(connection); /* x is the serving thread's from here on */
}

/* ---- the request ---- */

static void overload(struct exchange *x)
{
    reply_init(&x->reply);
    reply_problem(&x->reply, 503, NULL, "too many at once", NULL);
    x->reply.retry_after_s = spread_s(x->server);
    x->is_done = x->has_answer = true;
}

/* Keep what fits, drop the rest. @return false when even dropping has gone on too long */
static bool take_body(struct exchange *x, const char *data, size_t n)
{
    x->seen_bytes += n;
    line_wait(x->server, x->line,
              x->began_ms + x->server->options.patience_s * INT64_C(1000) +
                  (int64_t)x->seen_bytes * 1000 / 1024);
    if (!x->is_kept || x->seen_bytes > x->max_body)
        return x->seen_bytes <= MAX_DROPPED_BYTES;
    if (x->body_bytes + n + 1 > x->body_cap) {
        size_t cap = x->body_cap ? x->body_cap * 2 : 16384;
        while (cap < x->body_bytes + n + 1)
            cap *= 2;
        char *body = mem_zalloc(cap, 1);
        if (x->body_bytes)
            memcpy(body, x->body, x->body_bytes);
        bytes_free_wiped(x->body);
        x->body = body;
        atomic_fetch_add(&x->server->held_bytes, cap - x->body_cap);
        x->body_cap = cap;
    }
    memcpy(x->body + x->body_bytes, data, n);
    x->body_bytes += n;
    x->body[x->body_bytes] = '\0';
    return true;
}

static struct exchange *begin(struct server *s, struct MHD_Connection *connection, const char *url,
                              const char *method)
{
    struct exchange *x = mem_zalloc(1, sizeof *x);
    x->server = s;
    x->connection = connection;
    x->line = line_of(connection);
    x->began_ms = clock_mono_ms();
    reply_init(&x->reply);
    snprintf(x->method, sizeof x->method, "%s", method);
    route_find(s->options.routes, x->method, url, &x->match);
    if (!x->line->has_peer && !s->options.is_plain) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        x->line->peer = peer_of_session(info->tls_session, s->centre->settings.proxy_cn);
        x->line->has_peer = true;
    }
    x->max_body = x->match.route ? x->match.route->max_body : 0;
    /* Who may not ask is not given any memory. */
    x->is_kept =
        x->match.route && (!x->match.route->needs_terminal || x->line->peer.state == PEER_KNOWN ||
                           x->line->peer.state == PEER_PROXY);
    line_wait(s, x->line, x->began_ms + s->options.patience_s * INT64_C(1000));
    return x;
}

enum MHD_Result server_on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **req)
{
    struct server *s = arg;
    struct exchange *x = *req;
    (void)version;
    if (!x) {
        *req = x = begin(s, connection, url, method);
        /* A sender that waits for "100 Continue" can be told before it sends anything. */
        const char *length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
        long long announced = length ? strtoll(length, NULL, 10) : 0;
        if (!x->match.route || announced <= (long long)x->max_body ||
            !header(connection, MHD_HTTP_HEADER_EXPECT))
            return MHD_YES;
        reply_problem(&x->reply, 413, NULL, "the body is too long", NULL);
        return send_reply(x);
    }
    if (*upload_bytes) {
        bool is_ok = take_body(x, upload, *upload_bytes);
        *upload_bytes = 0;
        return is_ok ? MHD_YES : MHD_NO;
    }
    if (!x->is_done && atomic_load(&s->held_bytes) > MAX_HELD_BYTES)
        overload(x);
    if (!x->is_done) {
        line_set_at_work(s, x->line, true);
        MHD_suspend_connection(connection);
        if (work_push(s->work, &x->item))
            return MHD_YES;
        line_set_at_work(s, x->line, false);
        overload(x);
        MHD_resume_connection(connection);
        return MHD_YES;
    }
    return x->has_answer ? send_reply(x) : MHD_NO;
}

/* Hand the beginning of a body on without its connection. @return false: it is not worth it */
static bool adopt(struct exchange *x)
{
    if (x->is_done || !x->is_kept || !x->match.route->keeps_partial || !x->body_bytes ||
        x->seen_bytes > x->max_body)
        return false;
    x->is_orphan = true;
    if (!name_peer(x, &x->orphan_peer)) {
        x->orphan_peer = x->line->peer;
        x->orphan_peer.cert = NULL; /* the connection's; nobody asks for it here */
        x->orphan_peer.cert_bytes = 0;
    }
    for (size_t i = 0; i < YJ_COUNT(values); i++)
        x->orphan_value[values[i].which] =
            mem_strdup(MHD_lookup_connection_value(x->connection, values[i].kind, values[i].name));
    return work_push(x->server->work, &x->item);
}

void server_on_completed(void *arg, struct MHD_Connection *connection, void **req,
                         enum MHD_RequestTerminationCode code)
{
    struct server *s = arg;
    struct exchange *x = *req;
    (void)connection;
    *req = NULL;
    if (!x)
        return;
    /* Terminals may keep their connection; strangers may not fill the house. */
    bool is_guest = s->options.is_plain || x->line->peer.state == PEER_KNOWN ||
                    x->line->peer.state == PEER_PROXY;
    int patience_s = is_guest ? s->options.idle_s : s->options.patience_s;
    line_wait(s, x->line, clock_mono_ms() + patience_s * INT64_C(1000));
    if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK || !adopt(x))
        free_exchange(x);
}
