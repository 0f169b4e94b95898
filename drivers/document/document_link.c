/* SPDX-License-Identifier: Apache-2.0 */
/* One IPP request and its answer over HTTP. Thread: the worker's. */
#include "drivers/document/document_link.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"

enum {
    CONNECT_MS = 2000,
    FAREWELL_MS = 1000,
    TICK_MS = 250,
    CHUNK_BYTES = 16384,
    DIGEST_BYTES = 32,
    ANSWER_MAX_BYTES = 1024 * 1024, /* a hundred jobs are 20 kB */
};

/* ---- the guard ----------------------------------------------------------------------------- */

void link_guard_init(struct document_guard *g)
{
    atomic_init(&g->fd, -1);
    atomic_init(&g->until_ms, 0);
}

/* Whoever takes the descriptor out closes it: nobody shuts down what is somebody else's by now. */
void link_guard_check(struct document_guard *g, int64_t now_ms)
{
    if (now_ms < atomic_load(&g->until_ms))
        return;
    int fd = atomic_exchange(&g->fd, -1);
    if (fd < 0)
        return;
    (void)shutdown(fd, SHUT_RDWR); /* it may have ended by itself */
    (void)close(fd);
}

static void guard_begin(struct document_link *l, http_t *http, size_t n)
{
    int64_t ms = l->is_farewell ? FAREWELL_MS
                                : 2 * l->patience_ms +
                                      (n > 0 ? l->settings->job_timeout_s * INT64_C(1000) : 0);
    atomic_store(&l->guard->until_ms, clock_mono_ms() + ms);
    atomic_store(&l->guard->fd, fcntl(httpGetFd(http), F_DUPFD_CLOEXEC, 0));
}

static void guard_end(struct document_link *l)
{
    int fd = atomic_exchange(&l->guard->fd, -1);
    if (fd >= 0)
        (void)close(fd);
}

/* ---- an exchange --------------------------------------------------------------------------- */

static bool is_ended(const struct document_link *l)
{
    return !l->is_farewell && atomic_load(l->is_stopping);
}

/* libcups asks after each quiet tick whether to go on waiting. */
static int on_quiet(http_t *http, void *arg)
{
    struct document_link *l = arg;
    (void)http;
    l->stalled_ms += TICK_MS;
    return !is_ended(l) && l->stalled_ms < l->patience_ms;
}

static int failure(const struct document_link *l, struct err *err, const char *what)
{
    if (is_ended(l))
        return ERR(err, ERR_CANCELLED, "stopping");
    if (l->stalled_ms >= l->patience_ms)
        return ERR(err, ERR_TIMEOUT, "%s: no answer", what);
    return ERR(err, ERR_DOCUMENT_QUEUE, "%s: the connection was lost", what);
}

static int certificate_check(const struct document_link *l, http_t *http, struct err *err)
{
    uint8_t digest[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1] = "";
    cups_array_t *chain = NULL;
    if (!*l->settings->fingerprint)
        return 0;
    if (httpCopyCredentials(http, &chain) == 0 && chain) {
        const http_credential_t *own = cupsArrayFirst(chain);
        if (own && cupsHashData("sha2-256", own->data, own->datalen, digest, sizeof digest) ==
                       DIGEST_BYTES)
            bytes_hex(digest, sizeof digest, hex);
        httpFreeCredentials(chain);
    }
    if (strcmp(hex, l->settings->fingerprint) != 0)
        return ERR(err, ERR_DENIED, "the printer shows another certificate");
    return 0;
}

static int request_send(struct document_link *l, http_t *http, ipp_t *request, const void *data,
                        size_t n, struct err *err)
{
    httpClearFields(http);
    httpSetField(http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
    httpSetField(http, HTTP_FIELD_CONNECTION, "close");
    httpSetLength(http, ippLength(request) + n);
    if (httpPost(http, l->settings->path) != 0)
        return failure(l, err, "asking");
    ipp_state_t state = IPP_STATE_IDLE;
    ippSetState(request, IPP_STATE_IDLE);
    while ((state = ippWrite(http, request)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            return failure(l, err, "asking");
    while (l->sent_bytes < n) {
        size_t part = n - l->sent_bytes < CHUNK_BYTES ? n - l->sent_bytes : CHUNK_BYTES;
        l->stalled_ms = 0;
        if (is_ended(l) ||
            httpWrite2(http, (const char *)data + l->sent_bytes, part) != (ssize_t)part)
            return failure(l, err, "sending the document");
        l->sent_bytes += part;
    }
    if (httpFlushWrite(http) < 0)
        return failure(l, err, "asking");
    return 0;
}

/* What an answer may still bring: its attributes are kept in memory. */
struct answer_source {
    http_t *http;
    size_t left;
};

static ssize_t answer_part(void *arg, ipp_uchar_t *buffer, size_t n)
{
    struct answer_source *from = arg;
    size_t done = 0;
    if (n > from->left)
        return -1;
    while (done < n) {
        ssize_t got = httpRead2(from->http, (char *)buffer + done, n - done);
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    from->left -= done;
    return (ssize_t)done;
}

static int answer_read(struct document_link *l, http_t *http, int request_id, ipp_t **ret,
                       struct err *err)
{
    http_status_t status;
    l->stalled_ms = 0;
    do
        status = httpUpdate(http);
    while (status == HTTP_STATUS_CONTINUE);
    if (status == HTTP_STATUS_ERROR)
        return failure(l, err, "waiting for the answer");
    if (status == HTTP_STATUS_UNAUTHORIZED || status == HTTP_STATUS_FORBIDDEN)
        return ERR(err, ERR_DENIED, "the print service answers with HTTP status %d", (int)status);
    if (status != HTTP_STATUS_OK)
        return ERR(err, ERR_DOCUMENT_QUEUE, "the print service answers with HTTP status %d",
                   (int)status);
    ipp_t *answer = ippNew();
    ipp_state_t state;
    struct answer_source from = {http, ANSWER_MAX_BYTES};
    while ((state = ippReadIO(&from, answer_part, 1, NULL, answer)) != IPP_STATE_DATA &&
           state != IPP_STATE_ERROR)
        continue;
    int id = ippGetRequestId(answer);
    if (state == IPP_STATE_DATA && id == request_id) {
        *ret = answer;
        return 0;
    }
    ippDelete(answer);
    if (state == IPP_STATE_ERROR && (is_ended(l) || l->stalled_ms >= l->patience_ms))
        return failure(l, err, "reading the answer");
    return ERR(err, ERR_DOCUMENT_QUEUE, "the answer is no IPP");
}

int link_exchange(struct document_link *l, ipp_t *request, const void *data, size_t n, ipp_t **ret,
                  struct err *err)
{
    const struct document_settings *s = l->settings;
    l->stalled_ms = 0;
    l->sent_bytes = 0;
    http_t *http = NULL;
    if (!is_ended(l))
        http = httpConnect2(s->host, s->port, NULL, AF_UNSPEC,
                            s->is_tls ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1,
                            CONNECT_MS, NULL);
    if (!http) {
        ippDelete(request);
        if (is_ended(l))
            return ERR(err, ERR_CANCELLED, "stopping");
        return ERR(err, ERR_IO, "the print service cannot be reached");
    }
    httpSetTimeout(http, TICK_MS / 1000.0, on_quiet, l);
    guard_begin(l, http, n);
    int rc = certificate_check(l, http, err);
    if (rc == 0)
        rc = request_send(l, http, request, data, n, err);
    if (rc == 0)
        rc = answer_read(l, http, ippGetRequestId(request), ret, err);
    guard_end(l);
    httpClose(http);
    ippDelete(request);
    return rc;
}
