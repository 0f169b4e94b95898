/* SPDX-License-Identifier: Apache-2.0 */
/* One blocking request for a certificate, on a connection without a client certificate: it is this
 * certificate that is asked for. Any thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "sync/sync_enrol.h"
#include "sync/sync_message.h"

enum { URL_BYTES = 256, ANSWER_MAX_BYTES = 64 * 1024, CONNECT_S = 20, TOTAL_S = 60 };

struct post {
    char answer[ANSWER_MAX_BYTES + 1];
    size_t n;
    bool is_too_big;
};

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct post *p = arg;
    size_t n = size * count;
    p->is_too_big = n > ANSWER_MAX_BYTES - p->n;
    if (p->is_too_big)
        return 0; /* ends the transfer */
    memcpy(p->answer + p->n, data, n);
    p->n += n;
    return n;
}

#define SET(option, value) (ok = ok && curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static bool options_set(CURL *easy, const char *url, const char *ca, const char *body,
                        struct curl_slist *headers, struct post *p)
{
    bool ok = true;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CAINFO, ca);
    SET(CURLOPT_CAPATH, (char *)NULL);
    SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    SET(CURLOPT_TIMEOUT, (long)TOTAL_S);
    SET(CURLOPT_URL, url);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDS, body);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, p);
    return ok;
}

static int failure_of(CURLcode result, const struct post *p, struct err *err)
{
    if (p->is_too_big)
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer is too long");
    bool is_tls = result == CURLE_SSL_CONNECT_ERROR || result == CURLE_PEER_FAILED_VERIFICATION ||
                  result == CURLE_SSL_CACERT_BADFILE || result == CURLE_SSL_ISSUER_ERROR ||
                  result == CURLE_SSL_CERTPROBLEM;
    return ERR(err, is_tls ? ERR_SYNC_TLS : ERR_SYNC_OFFLINE, "%s", curl_easy_strerror(result));
}

static int status_check(CURL *easy, const struct post *p, struct err *err)
{
    long status = 0;
    char said[200];
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        return 0;
    sync_message_problem(p->answer, p->n, (int)status, said, sizeof said);
    if (status == 401 || status == 403 || status == 409)
        return ERR(err, ERR_SYNC_TOKEN, "%s", said);
    if (status == 429)
        return ERR(err, ERR_SYNC_THROTTLED, "%s", said);
    if (status >= 500)
        return ERR(err, ERR_SYNC_SERVER, "%s", said);
    if (status == 413 || status == 422)
        return ERR(err, ERR_SYNC_REJECTED, "%s", said);
    return ERR(err, ERR_SYNC_NOT_CENTRE, "%s", said);
}

int sync_enrol_post(const char *url, const char *ca, const char *body, char **ret_json,
                    size_t *ret_bytes, struct err *err)
{
    char whole[URL_BYTES];
    size_t n = strlen(url);
    if (n && url[n - 1] == '/')
        n--;
    if ((size_t)snprintf(whole, sizeof whole, "%.*s/v1/enrolment", (int)n, url) >= sizeof whole ||
        strncmp(whole, "https://", 8) != 0)
        return ERR(err, ERR_INVALID, "the centre's address must begin with https://");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ERR(err, ERR_SYSTEM, "curl cannot be used");
    struct post *p = mem_zalloc(1, sizeof *p);
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    int rc = 0;
    if (!easy || !headers || !options_set(easy, whole, ca, body, headers, p)) {
        rc = ERR(err, ERR_SYSTEM, "curl lacks a feature that is needed");
    } else {
        CURLcode result = curl_easy_perform(easy);
        rc = result == CURLE_OK ? status_check(easy, p, err) : failure_of(result, p, err);
    }
    if (rc == 0) {
        *ret_json = mem_dup(p->answer, p->n);
        *ret_bytes = p->n;
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
    curl_global_cleanup();
    free(p);
    return rc;
}
