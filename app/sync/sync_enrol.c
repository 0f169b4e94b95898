/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment and renewal: messages and files. Any thread. */
#include "sync/sync_enrol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"
#include "sync/sync_message.h"

enum { PEM_MAX_CHARS = 8192, PEM_MIN_CHARS = 64 };

static void json_drop(json_t **json)
{
    json_decref(*json);
}

/* ---- ticket ---- */

static bool text_copy(const json_t *root, const char *key, char *ret, size_t cap)
{
    const char *text = json_string_value(json_object_get(root, key));
    size_t n = text ? strlen(text) : 0;
    if (n == 0 || n >= cap)
        return false;
    memcpy(ret, text, n + 1);
    return true;
}

static bool is_of(const char *text, const char *allowed)
{
    return strspn(text, allowed) == strlen(text);
}

/* PEM as the contract bounds it. @return owned; NULL: absent or none */
static char *pem_copy(const json_t *root, const char *key)
{
    const char *text = json_string_value(json_object_get(root, key));
    size_t n = text ? strlen(text) : 0;
    bool is_pem = n >= PEM_MIN_CHARS && n <= PEM_MAX_CHARS && strstr(text, "-----BEGIN ");
    return is_pem ? mem_strdup(text) : NULL;
}

int sync_ticket_read(const char *json, size_t n, struct sync_ticket *ret, struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    const char *expires = json_string_value(json_object_get(root, "expires"));
    struct sync_ticket t = {0};
    t.ca = pem_copy(root, "ca");
    bool is_good = t.ca && text_copy(root, "url", t.url, sizeof t.url) &&
                   strncmp(t.url, "https://", 8) == 0 &&
                   text_copy(root, "terminal", t.terminal, sizeof t.terminal) &&
                   strlen(t.terminal) == 10 && is_of(t.terminal, "0123456789") &&
                   text_copy(root, "token", t.token, sizeof t.token) && strlen(t.token) >= 22 &&
                   is_of(t.token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_-") &&
                   expires && sync_message_instant(expires, &t.expires_ms);
    if (!is_good) {
        sync_ticket_clear(&t);
        return ERR(err, ERR_SYNC_TOKEN, "the ticket is none: url, terminal, token, ca, expires");
    }
    *ret = t;
    return 0;
}

void sync_ticket_clear(struct sync_ticket *t)
{
    free(t->ca);
    bytes_wipe(t, sizeof *t);
}

/* ---- messages ---- */

char *sync_enrol_request(const char *token, const char *terminal, const char *csr,
                         const char *csr_sm2)
{
    YJ_CLEANUP(json_drop)
    json_t *root = json_pack("{ss ss ss* ss*}", "terminal", terminal, "csr", csr, "token", token,
                             "csr_sm2", csr_sm2);
    return root ? json_dumps(root, JSON_COMPACT) : NULL;
}

int sync_enrol_answer(const char *json, size_t n, struct sync_enrolled *ret, struct err *err)
{
    YJ_CLEANUP(json_drop) json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    struct sync_enrolled e = {.certificate = pem_copy(root, "certificate"),
                              .certificate_sm2 = pem_copy(root, "certificate_sm2"),
                              .centre_seal = pem_copy(root, "centre_seal"),
                              .centre_seal_next = pem_copy(root, "centre_seal_next"),
                              .centre_seal_sm2 = pem_copy(root, "centre_seal_sm2"),
                              .centre_seal_sm2_next = pem_copy(root, "centre_seal_sm2_next"),
                              .centre_sign = pem_copy(root, "centre_sign"),
                              .ca = pem_copy(root, "ca")};
    if (!e.certificate) {
        sync_enrolled_clear(&e);
        return ERR(err, ERR_SYNC_NOT_CENTRE, "the answer holds no certificate");
    }
    *ret = e;
    return 0;
}

void sync_enrolled_clear(struct sync_enrolled *e)
{
    free(e->certificate);
    free(e->certificate_sm2);
    free(e->centre_seal);
    free(e->centre_seal_next);
    free(e->centre_seal_sm2);
    free(e->centre_seal_sm2_next);
    free(e->centre_sign);
    free(e->ca);
    *e = (struct sync_enrolled){0};
}

/* ---- files ---- */

int sync_enrol_write(const char *path, const char *text, struct err *err)
{
    return file_put(path, text, strlen(text), 0644, FILE_OF_FOLDER, err);
}

/* A certificate of the centre. The answer may have come by stick: the CA vouches for it, not the
 * way that it took. */
static int cert_put(const char *pem, enum seal_key_kind kind, enum seal_cert_use use,
                    const char *ca, const char *path, struct err *err)
{
    if (!pem || !path)
        return 0;
    int rc = seal_cert_check_centre(pem, kind, use, ca, err);
    return rc ? rc : sync_enrol_write(path, pem, err);
}

int sync_enrol_install(const struct sync_enrolled *e, const struct seal_paths *paths,
                       const char *ca, const char *terminal, struct err *err)
{
    bool is_sm2 = paths->suite && strcmp(paths->suite, SEAL_SUITE_SM2) == 0;
    if (is_sm2 && !e->certificate_sm2)
        return ERR(err, ERR_SEAL_KEY, "the centre gave no certificate for the SM2 key");
    int rc =
        cert_put(e->centre_sign, SEAL_KEY_P256, SEAL_CERT_SIGNS, ca, paths->centre_sign_cert, err);
    if (rc == 0 && is_sm2)
        rc = cert_put(e->centre_seal_sm2, SEAL_KEY_SM2, SEAL_CERT_SEALS, ca,
                      paths->centre_seal_cert, err);
    if (rc == 0 && is_sm2)
        rc = cert_put(e->centre_seal_sm2_next, SEAL_KEY_SM2, SEAL_CERT_SEALS, ca,
                      paths->centre_seal_next_cert, err);
    if (rc == 0 && !is_sm2)
        rc = cert_put(e->centre_seal, SEAL_KEY_P256, SEAL_CERT_SEALS, ca, paths->centre_seal_cert,
                      err);
    if (rc == 0 && !is_sm2)
        rc = cert_put(e->centre_seal_next, SEAL_KEY_P256, SEAL_CERT_SEALS, ca,
                      paths->centre_seal_next_cert, err);
    if (rc == 0 && is_sm2)
        rc = seal_cert_install(e->certificate_sm2, ca, paths->device_sm2_key, terminal,
                               paths->device_sm2_cert, err);
    if (rc == 0)
        rc = seal_cert_install(e->certificate, ca, paths->device_key, terminal, paths->device_cert,
                               err);
    return rc;
}
