/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS client over curl's multi interface. Thread: outbox, except sync_client_wake. */
#include "sync/sync_client.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

enum { URL_BYTES = 512, KEEPALIVE_S = 30 };

struct lane {
    struct sync_client *client;
    bool is_stranger; /* asks for the time: shows nothing, does not look at dates */
    CURL *easy;       /* used again and again, so its connection is kept */
    struct curl_slist *headers;
    char *request; /* body under way */
    size_t request_bytes;
    int64_t upload_offset;
    bool is_busy;
    bool is_too_big;
    size_t n;
    char answer[SYNC_ANSWER_MAX_BYTES + 1];
    char reason[CURL_ERROR_SIZE];
};

struct sync_client {
    CURLM *multi;
    CURL *model; /* never sent: the options of every enquiry are copied from it */
    char base[URL_BYTES];
    const struct seal *seal;
    int64_t time_ms, time_mono_ms; /* the centre's time, and when it was so; 0: not known */
    int watched_fd;                /* -1: none */
    struct lane lane[SYNC_N_LANES];
};

/* "Upload-Offset: 4096"; the line has no NUL. */
static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    static const char name[] = "Upload-Offset:";
    struct lane *l = arg;
    size_t n = size * count;
    char value[24] = "";
    if (n > sizeof name - 1 && n < sizeof name - 1 + sizeof value &&
        strncasecmp(data, name, sizeof name - 1) == 0) {
        memcpy(value, data + sizeof name - 1, n - (sizeof name - 1));
        char *end = NULL;
        long long offset = strtoll(value, &end, 10);
        l->upload_offset = end != value && offset >= 0 ? offset : -1;
    }
    return n;
}

/* Every new connection: who we are, and by what time the other side is judged. */
static CURLcode on_tls(CURL *easy, void *ssl_ctx, void *arg)
{
    struct lane *l = arg;
    const struct sync_client *c = l->client;
    struct err err = {0};
    int64_t now_ms = c->time_ms ? c->time_ms + clock_mono_ms() - c->time_mono_ms : 0;
    (void)easy;
    if (seal_tls_prepare(c->seal, ssl_ctx, l->is_stranger ? -1 : now_ms / 1000, &err) == 0)
        return CURLE_OK;
    snprintf(l->reason, sizeof l->reason, "%.200s", err.msg);
    return CURLE_SSL_CERTPROBLEM;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct lane *l = arg;
    size_t n = size * count;
    if (n > SYNC_ANSWER_MAX_BYTES - l->n) {
        l->is_too_big = true;
        return 0; /* ends the transfer */
    }
    memcpy(l->answer + l->n, data, n);
    l->n += n;
    l->answer[l->n] = '\0';
    return n;
}

#define SET(option, value) (ok = ok && curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static bool options_set(CURL *easy, const struct sync_client_cfg *cfg)
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
    SET(CURLOPT_SSL_CTX_FUNCTION, on_tls);
    SET(CURLOPT_PROXY, cfg->proxy ? cfg->proxy : ""); /* "" also shuts out the environment's */
    SET(CURLOPT_NOPROXY, "");                         /* likewise no_proxy */
    SET(CURLOPT_CONNECTTIMEOUT_MS, cfg->connect_ms ? cfg->connect_ms : 20000L);
    SET(CURLOPT_TIMEOUT_MS, cfg->total_ms ? cfg->total_ms : 60000L);
    SET(CURLOPT_LOW_SPEED_LIMIT, cfg->slow_bytes_per_s ? cfg->slow_bytes_per_s : 100L);
    SET(CURLOPT_LOW_SPEED_TIME, cfg->slow_s ? cfg->slow_s : 60L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
    SET(CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S);
    /* A session that goes on keeps the certificate it began with; ours may have been renewed. */
    SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    SET(CURLOPT_USERAGENT, agent);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    return ok;
}

static bool lane_bind(struct lane *l)
{
    bool ok = true;
    CURL *easy = l->easy;
    SET(CURLOPT_WRITEDATA, l);
    SET(CURLOPT_HEADERDATA, l);
    SET(CURLOPT_SSL_CTX_DATA, l);
    SET(CURLOPT_ERRORBUFFER, l->reason);
    return ok;
}

int sync_client_new(const struct sync_client_cfg *cfg, struct sync_client **ret, struct err *err)
{
    if (strncmp(cfg->url, "https://", 8) != 0 || strlen(cfg->url) > URL_BYTES / 2)
        return ERR(err, ERR_INVALID, "the centre's address must begin with https://");
    /* headers and a short body travel through curl's own small buffers, which the C library keeps
     * as they are for the next caller */
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, bytes_free_wiped, bytes_realloc_wiped,
                             strdup, calloc) != CURLE_OK)
        return ERR(err, ERR_SYSTEM, "curl cannot be used");
    struct sync_client *c = mem_zalloc(1, sizeof *c);
    snprintf(c->base, sizeof c->base, "%s", cfg->url);
    size_t n = strlen(c->base);
    if (c->base[n - 1] == '/')
        c->base[n - 1] = '\0';
    c->multi = curl_multi_init();
    c->model = curl_easy_init();
    c->seal = cfg->seal;
    c->watched_fd = -1;
    for (int i = 0; i < SYNC_N_LANES; i++)
        c->lane[i].client = c;
    c->lane[SYNC_LANE_TIME].is_stranger = true;
    struct lane *records = &c->lane[SYNC_LANE_RECORDS];
    /* One is kept: with a fresh connection the one before goes. */
    bool ok = c->multi && c->model && options_set(c->model, cfg) &&
              curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, 1L) == CURLM_OK;
    records->easy = ok ? curl_easy_duphandle(c->model) : NULL;
    if (!records->easy || !lane_bind(records)) {
        sync_client_free(c);
        return ERR(err, ERR_SYSTEM, "curl lacks a feature that is needed");
    }
    *ret = c;
    return 0;
}

/* An enquiry is about a person. Its handle and its connection go with it, so that curl and TLS
 * keep none of it in their buffers: what they free is overwritten by the C library. */
static void request_end(struct sync_client *c, enum sync_lane lane)
{
    struct lane *l = &c->lane[lane];
    if (l->is_busy)
        curl_multi_remove_handle(c->multi, l->easy);
    l->is_busy = false;
    if (lane != SYNC_LANE_RECORDS) {
        curl_easy_cleanup(l->easy);
        l->easy = NULL;
    }
    curl_slist_free_all(l->headers);
    l->headers = NULL;
    bytes_free_wiped(l->request);
    l->request = NULL;
    l->request_bytes = 0;
}

void sync_client_forget(struct sync_client *c, enum sync_lane lane)
{
    struct lane *l = &c->lane[lane];
    bytes_wipe(l->answer, l->n);
    l->n = 0;
}

void sync_client_free(struct sync_client *c)
{
    if (!c)
        return;
    for (int i = 0; i < SYNC_N_LANES; i++) {
        request_end(c, (enum sync_lane)i);
        sync_client_forget(c, (enum sync_lane)i);
        curl_easy_cleanup(c->lane[i].easy);
    }
    curl_easy_cleanup(c->model);
    curl_multi_cleanup(c->multi);
    curl_global_cleanup();
    free(c);
}

static void header_add(struct lane *l, const char *line)
{
    struct curl_slist *more = curl_slist_append(l->headers, line);
    if (!more)
        abort(); /* out of memory */
    l->headers = more;
}

/* A fresh handle for one request, on a connection of its own. */
static bool single_open(struct sync_client *c, struct lane *l, int limit_ms)
{
    bool ok = true;
    CURL *easy = l->easy = curl_easy_duphandle(c->model);
    if (!easy || !lane_bind(l))
        return false;
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    if (limit_ms)
        SET(CURLOPT_TIMEOUT_MS, (long)limit_ms);
    return ok;
}

/* Take the body and get the lane ready. On failure everything is given back. */
static int request_open(struct sync_client *c, enum sync_lane lane, void *body, size_t n,
                        int limit_ms, struct err *err)
{
    struct lane *l = &c->lane[lane];
    bool ok = true;
    request_end(c, lane);
    sync_client_forget(c, lane);
    l->request = body;
    l->request_bytes = n;
    l->answer[0] = l->reason[0] = '\0';
    l->is_too_big = false;
    l->upload_offset = -1;
    if (lane != SYNC_LANE_RECORDS && !single_open(c, l, limit_ms)) {
        request_end(c, lane);
        return ERR(err, ERR_SYSTEM, "the request cannot be prepared");
    }
    /* What the request before has set. */
    CURL *easy = l->easy;
    SET(CURLOPT_CUSTOMREQUEST, (char *)NULL);
    SET(CURLOPT_RANGE, (char *)NULL);
    SET(CURLOPT_HTTPGET, 1L);
    header_add(l, "Accept: application/json, application/problem+json");
    header_add(l, "Expect:"); /* bodies are small: no extra round trip */
    if (ok)
        return 0;
    request_end(c, lane);
    return ERR(err, ERR_SYSTEM, "the request cannot be prepared");
}

static int request_begin(struct sync_client *c, enum sync_lane lane, const char *path, bool ok,
                         struct err *err)
{
    char url[URL_BYTES + 256];
    struct lane *l = &c->lane[lane];
    CURL *easy = l->easy;
    ok = ok && snprintf(url, sizeof url, "%s%s", c->base, path) < (int)sizeof url;
    if (ok)
        SET(CURLOPT_URL, url);
    SET(CURLOPT_HTTPHEADER, l->headers);
    if (!ok || curl_multi_add_handle(c->multi, easy) != CURLM_OK) {
        request_end(c, lane);
        return ERR(err, ERR_SYSTEM, "the request cannot be started");
    }
    l->is_busy = true;
    return 0;
}

static bool body_set(struct lane *l)
{
    bool ok = true;
    CURL *easy = l->easy;
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDS, l->request);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)l->request_bytes);
    return ok;
}

int sync_client_post(struct sync_client *c, enum sync_lane lane, const struct sync_post *post,
                     char *body, struct err *err)
{
    char line[96];
    struct lane *l = &c->lane[lane];
    int rc = request_open(c, lane, body, strlen(body), post->limit_ms, err);
    if (rc)
        return rc;
    header_add(l, "Content-Type: application/json");
    if (post->key) {
        snprintf(line, sizeof line, "Idempotency-Key: %s", post->key);
        header_add(l, line);
    }
    return request_begin(c, lane, post->path, body_set(l), err);
}

int sync_client_get(struct sync_client *c, enum sync_lane lane, const struct sync_get *get,
                    struct err *err)
{
    char range[64];
    bool ok = true;
    int rc = request_open(c, lane, NULL, 0, 0, err);
    if (rc)
        return rc;
    CURL *easy = c->lane[lane].easy;
    if (get->last >= 0) {
        snprintf(range, sizeof range, "%" PRId64 "-%" PRId64, get->first, get->last);
        SET(CURLOPT_RANGE, range);
    }
    return request_begin(c, lane, get->path, ok, err);
}

int sync_client_head(struct sync_client *c, const char *path, struct err *err)
{
    bool ok = true;
    int rc = request_open(c, SYNC_LANE_RECORDS, NULL, 0, 0, err);
    if (rc)
        return rc;
    struct lane *l = &c->lane[SYNC_LANE_RECORDS];
    CURL *easy = l->easy;
    header_add(l, "Tus-Resumable: 1.0.0");
    SET(CURLOPT_NOBODY, 1L);
    return request_begin(c, SYNC_LANE_RECORDS, path, ok, err);
}

int sync_client_patch(struct sync_client *c, const char *path, int64_t offset, void *p, size_t n,
                      struct err *err)
{
    char line[64];
    int rc = request_open(c, SYNC_LANE_RECORDS, p, n, 0, err);
    if (rc)
        return rc;
    struct lane *l = &c->lane[SYNC_LANE_RECORDS];
    CURL *easy = l->easy;
    header_add(l, "Tus-Resumable: 1.0.0");
    header_add(l, "Content-Type: application/offset+octet-stream");
    snprintf(line, sizeof line, "Upload-Offset: %" PRId64, offset);
    header_add(l, line);
    bool ok = body_set(l);
    SET(CURLOPT_CUSTOMREQUEST, "PATCH");
    return request_begin(c, SYNC_LANE_RECORDS, path, ok, err);
}

/* The next request of the records opens a connection; the one that is there ends by it. */
static void connections_drop(struct sync_client *c)
{
    struct lane *l = &c->lane[SYNC_LANE_RECORDS];
    CURL *easy = l->easy;
    bool ok = true;
    SET(CURLOPT_FRESH_CONNECT, 1L);
    if (!ok)
        abort(); /* an option that was there at the start */
}

void sync_client_set_seal(struct sync_client *c, const struct seal *seal)
{
    c->seal = seal;
    connections_drop(c);
}

void sync_client_set_time(struct sync_client *c, int64_t time_ms)
{
    c->time_ms = time_ms;
    c->time_mono_ms = clock_mono_ms();
}

void sync_client_watch(struct sync_client *c, int fd)
{
    c->watched_fd = fd;
}

bool sync_client_is_busy(const struct sync_client *c, enum sync_lane lane)
{
    return c->lane[lane].is_busy;
}

void sync_client_abort(struct sync_client *c, enum sync_lane lane)
{
    request_end(c, lane);
    sync_client_forget(c, lane);
}

void sync_client_wake(struct sync_client *c)
{
    curl_multi_wakeup(c->multi);
}

static int code_of(const struct lane *l, CURLcode result)
{
    if (l->is_too_big)
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
        return strstr(l->reason, "alert") ? ERR_SYNC_TLS : ERR_SYNC_OFFLINE;
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

/* X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED: openssl-verify(1) */
static bool is_date_wrong(const struct lane *l)
{
    enum { NOT_YET_VALID = 9, HAS_EXPIRED = 10 };
    long verdict = 0;
    curl_easy_getinfo(l->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    return verdict == NOT_YET_VALID || verdict == HAS_EXPIRED;
}

static void answer_fill(struct lane *l, CURLcode result, struct sync_answer *ret)
{
    long status = 0;
    curl_off_t retry_after = 0;
    const char *type = NULL;
    memset(ret, 0, sizeof *ret);
    ret->code = code_of(l, result);
    ret->upload_offset = l->upload_offset;
    if (ret->code == ERR_SYNC_TLS)
        ret->is_date_wrong = is_date_wrong(l);
    if (ret->code) {
        snprintf(ret->detail, sizeof ret->detail, "%.150s",
                 l->is_too_big  ? "the answer is too long"
                 : l->reason[0] ? l->reason
                                : curl_easy_strerror(result));
        return;
    }
    curl_easy_getinfo(l->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(l->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(l->easy, CURLINFO_CONTENT_TYPE, &type);
    ret->status = (int)status;
    ret->content = content_of(type);
    ret->retry_after_s = retry_after > 0 ? (int64_t)retry_after : 0;
    ret->body = l->answer;
    ret->body_bytes = l->n;
    snprintf(ret->detail, sizeof ret->detail, "HTTP %ld", status);
}

/* @return the lane of a handle, SYNC_N_LANES: none */
static enum sync_lane lane_of(const struct sync_client *c, const CURL *easy)
{
    int i = 0;
    while (i < SYNC_N_LANES && c->lane[i].easy != easy)
        i++;
    return (enum sync_lane)i;
}

static void wait_for_line(struct sync_client *c, int timeout_ms)
{
    struct curl_waitfd watched = {.fd = c->watched_fd, .events = CURL_WAIT_POLLIN};
    curl_multi_poll(c->multi, &watched, c->watched_fd >= 0, timeout_ms, NULL);
}

bool sync_client_wait(struct sync_client *c, int timeout_ms, struct sync_answer *ret)
{
    int n_running = 0, n_left = 0, n_busy = 0;
    CURLMsg *msg;
    for (int i = 0; i < SYNC_N_LANES; i++)
        n_busy += c->lane[i].is_busy;
    if (n_busy) /* gives curl the chance to start before sleeping */
        curl_multi_perform(c->multi, &n_running);
    if (n_running == n_busy)
        wait_for_line(c, timeout_ms);
    curl_multi_perform(c->multi, &n_running);
    while ((msg = curl_multi_info_read(c->multi, &n_left)) != NULL) {
        enum sync_lane lane = lane_of(c, msg->easy_handle);
        if (msg->msg != CURLMSG_DONE || lane == SYNC_N_LANES)
            continue;
        answer_fill(&c->lane[lane], msg->data.result, ret);
        ret->lane = lane;
        if (lane == SYNC_LANE_RECORDS && msg->data.result == CURLE_OK) /* that was it */
            (void)curl_easy_setopt(c->lane[lane].easy, CURLOPT_FRESH_CONNECT, 0L);
        request_end(c, lane);
        return true;
    }
    return false;
}
