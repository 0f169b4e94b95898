/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for a terminal: the request, the centre's answer, where it is put. Enrolment takes a
 * token and a connection without a client certificate, renewal goes through the outbox.
 * Any thread; nothing is shared between calls. Source: contract/openapi.yaml, /enrolment. */
#ifndef YJ_SYNC_ENROL_H
#define YJ_SYNC_ENROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/seal.h"

/* What a terminal is given to enrol with: a JSON file made by the centre. */
struct sync_ticket {
    char url[201];     /* "https://host:port" */
    char terminal[11]; /* 10 digits */
    char token[65];    /* one use, short life */
    char *ca;          /* PEM of the centre's CA; owned */
    int64_t expires_ms;
};

/** @return 0 or ERR_SYNC_TOKEN (it is none). ret: sync_ticket_clear */
int sync_ticket_read(const char *json, size_t n, struct sync_ticket *ret, struct err *err) YJ_CHECK;
/** Wipes the token. */
void sync_ticket_clear(struct sync_ticket *t);

/**
 * Schema "enrolment", or "renewal" without a token.
 * @param token    NULL: renewal
 * @param csr_sm2  NULL: the terminal seals with P-256
 * @return owned by the caller, free(); NULL when a text is no ASCII
 */
char *sync_enrol_request(const char *token, const char *terminal, const char *csr,
                         const char *csr_sm2) YJ_CHECK;

/* Schema "enrolled": PEM texts, owned; all but certificate may be NULL. */
struct sync_enrolled {
    char *certificate, *certificate_sm2, *centre_seal, *centre_seal_next, *centre_seal_sm2,
        *centre_seal_sm2_next, *centre_sign, *ca;
};

/** @return 0 or ERR_SYNC_NOT_CENTRE. ret: sync_enrolled_clear */
int sync_enrol_answer(const char *json, size_t n, struct sync_enrolled *ret,
                      struct err *err) YJ_CHECK;
void sync_enrolled_clear(struct sync_enrolled *e);

/**
 * Put what came into the files that the settings name, the terminal's own certificate last: until
 * then the terminal is as it was. Each file is replaced whole; after a cut the same call with the
 * same answer completes it.
 * @param paths  where; centre_seal_next_cert NULL: a next key is left out
 * @param ca     of the centre: every certificate must be issued by it
 * @return 0, ERR_SEAL_KEY (a certificate is of another key, terminal or CA, or the centre's was
 *         made for something else), ERR_IO (the disk)
 */
int sync_enrol_install(const struct sync_enrolled *e, const struct seal_paths *paths,
                       const char *ca, const char *terminal, struct err *err) YJ_CHECK;

/** Write a small file whole (file_put()); by root, it belongs to whom the folder belongs to. Makes
 *  no folder. @return 0 or an error of base/file.h */
int sync_enrol_write(const char *path, const char *text, struct err *err) YJ_CHECK;

/**
 * Ask for the certificate. Blocks: at most a minute.
 * @param url       "https://host:port"
 * @param ca        PEM file: the other side must prove itself with it
 * @param body      sync_enrol_request
 * @param ret_json  the answer, owned by the caller; only with 0
 * @return 0, ERR_SYNC_TOKEN (not valid, expired, used up by another request, of another terminal),
 *         ERR_SYNC_OFFLINE, ERR_SYNC_TLS, ERR_SYNC_NOT_CENTRE, ERR_SYNC_THROTTLED, ERR_SYNC_SERVER,
 *         ERR_SYNC_REJECTED (the request is refused for what it is)
 */
int sync_enrol_post(const char *url, const char *ca, const char *body, char **ret_json,
                    size_t *ret_bytes, struct err *err) YJ_CHECK;

#endif
