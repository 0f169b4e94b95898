/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS client over curl's multi interface. Thread: outbox, except sync_client_wake. */
#include "sync/sync_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/mem.h"

enum { URL_BYTES = 512, KEEPALIVE_S = 30 };

struct sync_client {
    CURLM *multi;
    CURL *easy; /* used again and again, so its connection is kept */
    struct curl_slist *headers;
    char base[URL_BYTES];
    char *request; /* body under way */
    bool is_busy;
    bool is_too_big;
    size_t n;
    char answer[SYNC_ANSWER_MAX_BYTES + 1];
    char reason[CURL_ERROR_SIZE];
};

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct sync_client *c = arg;
    size_t n = size * count;
    if (n > SYNC_ANSWER_MAX_BYTES - c->n) {
        c->is_too_big = true;
        return 0; /* ends the transfer */
    }
    memcpy(c->answer + c->n, data, n);
    c->n += n;
    c->answer[c->n] = '\0';
    return n;
}

#define SET(option, value) (ok = ok && curl_easy_setopt(c->easy, (option), (value)) == CURLE_OK)

static bool options_set(struct sync_client *c, const struct sync_client_cfg *cfg)
{
    char agent[96];
    bool ok = true;
    snprintf(agent, sizeof agent, "yijian/%s", cfg->version);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* the end does not wait for a name server that is silent */
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CAINFO, cfg->centre_ca);
    SET(CURLOPT_CAPATH, (char *)NULL); /* only the centre's own CA, none of the system's */
    SET(CURLOPT_SSLCERT, cfg->device_cert);
    SET(CURLOPT_SSLKEY, cfg->device_key);
    SET(CURLOPT_CONNECTTIMEOUT_MS, cfg->connect_ms ? cfg->connect_ms : 20000L);
    SET(CURLOPT_TIMEOUT_MS, cfg->total_ms ? cfg->total_ms : 60000L);
    SET(CURLOPT_LOW_SPEED_LIMIT, cfg->slow_bytes_per_s ? cfg->slow_bytes_per_s : 100L);
    SET(CURLOPT_LOW_SPEED_TIME, cfg->slow_s ? cfg->slow_s : 60L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
    SET(CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S);
    SET(CURLOPT_MAXCONNECTS, 1L);
    SET(CURLOPT_USERAGENT, agent);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, c);
    SET(CURLOPT_ERRORBUFFER, c->reason);
    return ok;
}

int sync_client_new(const struct sync_client_cfg *cfg, struct sync_client **ret, struct err *err)
{
    if (strncmp(cfg->url, "https://", 8) != 0 || strlen(cfg->url) > URL_BYTES / 2)
        return ERR(err, ERR_INVALID, "the centre's address must begin with https://");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ERR(err, ERR_SYSTEM, "curl cannot be used");
    struct sync_client *c = mem_zalloc(1, sizeof *c);
    snprintf(c->base, sizeof c->base, "%s", cfg->url);
    size_t n = strlen(c->base);
    if (c->base[n - 1] == '/')
        c->base[n - 1] = '\0';
    c->multi = curl_multi_init();
    c->easy = curl_easy_init();
    if (!c->multi || !c->easy || !options_set(c, cfg)) {
        sync_client_free(c);
        return ERR(err, ERR_SYSTEM, "curl lacks a feature that is needed");
    }
    *ret = c;
    return 0;
}

static void request_end(struct sync_client *c)
{
    if (c->is_busy)
        curl_multi_remove_handle(c->multi, c->easy);
    c->is_busy = false;
    curl_slist_free_all(c->headers);
    c->headers = NULL;
    free(c->request);
    c->request = NULL;
}

void sync_client_free(struct sync_client *c)
{
    if (!c)
        return;
    request_end(c);
    curl_easy_cleanup(c->easy);
    curl_multi_cleanup(c->multi);
    curl_global_cleanup();
    free(c);
}

static void header_add(struct sync_client *c, const char *line)
{
    struct curl_slist *more = curl_slist_append(c->headers, line);
    if (!more)
        abort(); /* out of memory */
    c->headers = more;
}

int sync_client_post(struct sync_client *c, const char *path, const char *key, char *body,
                     struct err *err)
{
    char url[URL_BYTES + 64], line[96];
    bool ok = true;
    request_end(c);
    c->request = body;
    c->n = 0;
    c->answer[0] = c->reason[0] = '\0';
    c->is_too_big = false;
    header_add(c, "Content-Type: application/json");
    header_add(c, "Accept: application/json, application/problem+json");
    header_add(c, "Expect:"); /* bodies are small: no extra round trip */
    if (key) {
        snprintf(line, sizeof line, "Idempotency-Key: %s", key);
        header_add(c, line);
    }
    snprintf(url, sizeof url, "%s%s", c->base, path);
    SET(CURLOPT_URL, url);
    SET(CURLOPT_HTTPHEADER, c->headers);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDS, c->request);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
    if (!ok || curl_multi_add_handle(c->multi, c->easy) != CURLM_OK) {
        request_end(c);
        return ERR(err, ERR_SYSTEM, "the request cannot be started");
    }
    c->is_busy = true;
    return 0;
}

bool sync_client_is_busy(const struct sync_client *c)
{
    return c->is_busy;
}

void sync_client_abort(struct sync_client *c)
{
    request_end(c);
}

void sync_client_wake(struct sync_client *c)
{
    curl_multi_wakeup(c->multi);
}

static int code_of(const struct sync_client *c, CURLcode result)
{
    if (c->is_too_big)
        return ERR_SYNC_NOT_CENTRE;
    switch ((int)result) {
    case CURLE_OK:
        return 0;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return ERR_SYNC_TLS;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
        return ERR_SYNC_NOT_CENTRE;
    default:
        /* With TLS 1.3 a refused client certificate shows only when the answer is read. */
        return strstr(c->reason, "alert") ? ERR_SYNC_TLS : ERR_SYNC_OFFLINE;
    }
}

/* "application/json; charset=utf-8" is "application/json". */
static enum sync_content content_of(const char *type)
{
    size_t n = type ? strcspn(type, "; \t") : 0;
    if (n == 16 && strncasecmp(type, "application/json", n) == 0)
        return SYNC_CONTENT_JSON;
    if (n == 24 && strncasecmp(type, "application/problem+json", n) == 0)
        return SYNC_CONTENT_PROBLEM;
    return SYNC_CONTENT_OTHER;
}

static void answer_fill(struct sync_client *c, CURLcode result, struct sync_answer *ret)
{
    long status = 0;
    curl_off_t retry_after = 0;
    const char *type = NULL;
    memset(ret, 0, sizeof *ret);
    ret->code = code_of(c, result);
    if (ret->code) {
        snprintf(ret->detail, sizeof ret->detail, "%.150s",
                 c->is_too_big  ? "the answer is too long"
                 : c->reason[0] ? c->reason
                                : curl_easy_strerror(result));
        return;
    }
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
    ret->status = (int)status;
    ret->content = content_of(type);
    ret->retry_after_s = retry_after > 0 ? (int64_t)retry_after : 0;
    ret->body = c->answer;
    ret->body_bytes = c->n;
    snprintf(ret->detail, sizeof ret->detail, "HTTP %ld", status);
}

bool sync_client_wait(struct sync_client *c, int timeout_ms, struct sync_answer *ret)
{
    int n_running = 0, n_left = 0;
    CURLMsg *msg;
    if (c->is_busy) /* gives curl the chance to start before sleeping */
        curl_multi_perform(c->multi, &n_running);
    if (!c->is_busy || n_running)
        curl_multi_poll(c->multi, NULL, 0, timeout_ms, NULL);
    curl_multi_perform(c->multi, &n_running);
    while ((msg = curl_multi_info_read(c->multi, &n_left)) != NULL) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        CURLcode result = msg->data.result;
        answer_fill(c, result, ret);
        request_end(c);
        return true;
    }
    return false;
}
