/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and replies. Any thread; nothing is shared. */
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "envelope.h"

void reply_init(struct reply *r)
{
    *r = (struct reply){.fd = -1, .upload_offset = -1, .upload_length = -1};
}

void reply_clear(struct reply *r)
{
    bytes_free_wiped(r->body);
    if (r->fd >= 0)
        close(r->fd);
    reply_init(r);
}

static void put_body(struct reply *r, int status, const char *type, const char *text)
{
    bytes_free_wiped(r->body);
    r->status = status;
    r->type = type;
    r->body = mem_strdup(text);
    r->body_bytes = strlen(text);
}

void reply_text(struct reply *r, int status, const char *type, const char *text)
{
    put_body(r, status, type, text);
}

static void put_json(struct reply *r, int status, const char *type, json_t *doc)
{
    char *text = json_dumps(doc, JSON_COMPACT);
    put_body(r, status, type, text ? text : "{}");
    bytes_free_wiped(text);
    json_decref(doc);
}

void reply_json(struct reply *r, int status, json_t *doc)
{
    put_json(r, status, "application/json", doc);
}

void reply_problem(struct reply *r, int status, const char *type, const char *title,
                   const char *detail)
{
    put_json(r, status, "application/problem+json",
             json_pack("{ss ss si ss*}", "type", type ? type : "about:blank", "title", title,
                       "status", status, "detail", detail));
}

void reply_unavailable(struct reply *r, const struct err *err)
{
    log_err(LOG_ERROR, "database", err);
    reply_problem(r, 503, NULL, "not now", "the database cannot be used now");
}

bool request_is_type(const char *type, const char *wanted)
{
    size_t n = strlen(wanted);
    return type && strncasecmp(type, wanted, n) == 0 && (!type[n] || strchr("; \t", type[n]));
}

bool request_number(const char *text, int64_t most, int64_t *ret)
{
    int64_t n = 0;
    if (!text || !*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || n > (most - (*text - '0')) / 10)
            return false;
        n = n * 10 + (*text - '0');
    }
    *ret = n;
    return true;
}

json_t *request_json(const struct request *q, struct reply *r)
{
    struct err err = {0};
    json_t *doc = envelope_load(q->body, q->body_bytes, &err);
    const char *terminal = json_string_value(json_object_get(doc, "terminal"));
    if (terminal && q->route->needs_terminal && strcmp(terminal, q->peer->terminal) != 0)
        reply_problem(r, 403, NULL, "another terminal",
                      "the certificate belongs to another terminal");
    else if (!request_is_type(q->value[REQUEST_CONTENT_TYPE], "application/json"))
        reply_problem(r, 422, NULL, "wrong content type", "the body must be application/json");
    else if (!terminal)
        reply_problem(r, 422, NULL, "the body cannot be understood",
                      doc ? "member terminal" : err.msg);
    else
        return doc;
    json_decref(doc);
    return NULL;
}
