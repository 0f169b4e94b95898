/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the document printer: strict, an unknown key is an error. Pure. */
#include "drivers/document/document_settings.h"

#include <cups/cups.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

struct text_key {
    const char *name;
    char *to;
    size_t cap;
    const char *allowed; /* characters */
    const char *rule;
};

static int text_read(const json_t *root, const struct text_key *k, struct err *err)
{
    const json_t *v = json_object_get(root, k->name);
    const char *text = json_string_value(v);
    if (!v)
        return 0;
    if (!text || !*text || strlen(text) >= k->cap || strspn(text, k->allowed) != strlen(text))
        return ERR(err, ERR_INVALID, "%s must be %s", k->name, k->rule);
    memcpy(k->to, text, strlen(text) + 1);
    return 0;
}

static int int_read(const json_t *root, const char *name, int min, int max, int *ret,
                    struct err *err)
{
    const json_t *v = json_object_get(root, name);
    if (v && (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max))
        return ERR(err, ERR_INVALID, "%s must be a whole number from %d to %d", name, min, max);
    if (v)
        *ret = (int)json_integer_value(v);
    return 0;
}

static int uri_read(const char *uri, struct document_settings *s, struct err *err)
{
    char scheme[16], userinfo[64];
    if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, userinfo, sizeof userinfo,
                        s->host, sizeof s->host, &s->port, s->path,
                        sizeof s->path) != HTTP_URI_STATUS_OK ||
        (strcmp(scheme, "ipp") != 0 && strcmp(scheme, "ipps") != 0) || *userinfo || !*s->host)
        return ERR(err, ERR_INVALID, "uri must be ipp://host[:port]/path or ipps://...");
    s->is_tls = strcmp(scheme, "ipps") == 0;
    snprintf(s->uri, sizeof s->uri, "%s", uri);
    return 0;
}

static int place_read(const json_t *root, struct document_settings *s, struct err *err)
{
    char queue[64] = "document", uri[256] = "";
    const struct text_key queue_key = {"queue", queue, sizeof queue, LOWER UPPER DIGIT "-_.",
                                       "a name of letters, digits, - _ ."};
    const struct text_key uri_key = {"uri", uri, sizeof uri, LOWER UPPER DIGIT "-_.~:/[]%",
                                     "an ipp or ipps address"};
    if (json_object_get(root, "queue") && json_object_get(root, "uri"))
        return ERR(err, ERR_INVALID, "either queue or uri, not both");
    int rc = text_read(root, &queue_key, err);
    if (rc == 0)
        rc = text_read(root, &uri_key, err);
    if (rc < 0)
        return rc;
    if (*uri)
        return uri_read(uri, s, err);
    s->is_queue = true;
    snprintf(s->host, sizeof s->host, "%s", cupsServer()); /* client.conf may name another place */
    s->port = ippPort();
    snprintf(s->path, sizeof s->path, "/printers/%s", queue);
    snprintf(s->uri, sizeof s->uri, "ipp://localhost/printers/%s", queue);
    return 0;
}

static int keys_check(json_t *root, struct err *err)
{
    static const char *const known[] = {"queue", "uri",  "copies",      "sides",
                                        "media", "user", "fingerprint", "job_timeout_s"};
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
    {
        bool is_known = false;
        for (size_t i = 0; i < YJ_COUNT(known); i++)
            is_known = is_known || strcmp(key, known[i]) == 0;
        if (!is_known)
            return ERR(err, ERR_INVALID, "%.40s is no setting of the document printer", key);
    }
    return 0;
}

static int root_read(json_t *root, struct document_settings *s, struct err *err)
{
    const struct text_key key[] = {
        {"sides", s->sides, sizeof s->sides, LOWER "-", "a word of IPP, as one-sided"},
        {"media", s->media, sizeof s->media, LOWER DIGIT "-_.", "a media name of IPP"},
        {"user", s->user, sizeof s->user, LOWER DIGIT "-", "1 to 32 small letters, digits, -"},
        {"fingerprint", s->fingerprint, sizeof s->fingerprint, "abcdef" DIGIT,
         "the certificate's SHA-256, 64 small hexadecimal digits"},
    };
    int rc = keys_check(root, err);
    for (size_t i = 0; i < YJ_COUNT(key) && rc == 0; i++)
        rc = text_read(root, &key[i], err);
    if (rc == 0)
        rc = int_read(root, "copies", 1, 9, &s->copies, err);
    if (rc == 0)
        rc = int_read(root, "job_timeout_s", 2, 1800, &s->job_timeout_s, err);
    if (rc == 0)
        rc = place_read(root, s, err);
    if (rc < 0)
        return rc;
    if (strcmp(s->sides, "one-sided") != 0 && strcmp(s->sides, "two-sided-long-edge") != 0 &&
        strcmp(s->sides, "two-sided-short-edge") != 0)
        return ERR(err, ERR_INVALID,
                   "sides must be one-sided, two-sided-long-edge or two-sided-short-edge");
    if (*s->fingerprint && (strlen(s->fingerprint) != 64 || !s->is_tls))
        return ERR(err, ERR_INVALID, "fingerprint is 64 digits and belongs to an ipps address");
    return 0;
}

int document_settings_parse(const char *text, struct document_settings *ret, struct err *err)
{
    struct document_settings s = {.copies = 1,
                                  .job_timeout_s = 180,
                                  .user = "yijian",
                                  .sides = "one-sided",
                                  .media = "iso_a4_210x297mm"};
    json_error_t je;
    json_t *root = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(root)) {
        json_decref(root);
        return ERR(err, ERR_INVALID, "the settings of the document printer are no JSON object");
    }
    int rc = root_read(root, &s, err);
    json_decref(root);
    if (rc == 0)
        *ret = s;
    return rc;
}
