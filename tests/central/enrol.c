/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment and renewal. Workers, main thread; what is common is in the database.
 *
 *   token made ──first request──→ used: certificate issued, answer kept ──same request──→ same
 * answer │                                    │ another request: 409 └── too late, another
 * terminal: 403  └── too late: 403 */
#include "enrol.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "db.h"
#include "envelope.h"
#include "limit.h"

enum { TOKEN_BYTES = 24, TOKEN_CHARS = 33, MAX_PEM = 8192, MAX_FILE = 65536, RENEWALS_PER_MIN = 6 };

/* What is asked; borrowed from the document. */
struct wish {
    const char *terminal, *token, *csr, *csr_sm2; /* token NULL: a renewal; csr_sm2 NULL: none */
};

static void decref_json(json_t **p)
{
    json_decref(*p);
}

static const char *text_of(const json_t *doc, const char *name, size_t lo, size_t hi)
{
    const json_t *v = json_object_get(doc, name);
    const char *s = json_string_value(v);
    size_t n = json_string_length(v);
    return s && strlen(s) == n && n >= lo && n <= hi ? s : NULL;
}

static int wish_read(const json_t *doc, bool has_token, struct wish *ret, struct err *err)
{
    static const char token_set[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const bool has_sm2 = json_object_get(doc, "csr_sm2") != NULL;
    *ret = (struct wish){.terminal = text_of(doc, "terminal", 10, 10),
                         .token = has_token ? text_of(doc, "token", 22, 64) : NULL,
                         .csr = text_of(doc, "csr", 64, MAX_PEM),
                         .csr_sm2 = has_sm2 ? text_of(doc, "csr_sm2", 64, MAX_PEM) : NULL};
    if (!ret->terminal || !envelope_is_terminal(ret->terminal) || !ret->csr ||
        (has_sm2 && !ret->csr_sm2) ||
        (has_token && (!ret->token || ret->token[strspn(ret->token, token_set)])) ||
        json_object_size(doc) != 2 + (size_t)has_token + (size_t)has_sm2)
        return ERR(err, ERR_INVALID, "a member is missing, unknown or of the wrong form");
    return 0;
}

/* ---- issuing; inside a transaction ---- */

static int keep_issued(struct db_conn *conn, const char *terminal, const char *kind,
                       const char *pem, struct err *err)
{
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob der = {0};
    char fingerprint[KEYRING_SHA256_HEX_BYTES];
    int64_t ends_s = 0;
    int r = keyring_read_certificate(pem, &der, &ends_s, err);
    if (r < 0)
        return r;
    keyring_sha256(der.data, der.bytes, fingerprint);
    const struct db_value arg[] = {db_t(fingerprint), db_t(terminal), db_t(kind),
                                   db_b(der.data, der.bytes), db_i(ends_s)};
    return db_run(conn,
                  "INSERT INTO issued (fingerprint, terminal, kind, der, not_after)"
                  " VALUES ($1, $2, $3, $4, $5)",
                  arg, YJ_COUNT(arg), NULL, err);
}

/* Issue one certificate, keep it, put it into the answer. */
static int issue(const struct centre *c, struct db_conn *conn, const char *terminal,
                 const char *kind, const char *csr, const char *member, json_t *answer,
                 struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *pem = NULL;
    int r = keyring_ca_issue(c->keys, csr, terminal, c->settings.certificate_days, &pem, err);
    if (r == 0)
        r = keep_issued(conn, terminal, kind, pem, err);
    if (r == 0)
        json_object_set_new(answer, member, json_string(pem));
    return r;
}

static void put_pem(const struct keyring *k, enum keyring_pem which, const char *member,
                    json_t *answer)
{
    const char *pem = keyring_pem(k, which);
    if (pem)
        json_object_set_new(answer, member, json_string(pem));
}

/* @return the answer's text, owned by the caller; NULL with err */
static char *issue_all(const struct centre *c, struct db_conn *conn, const struct wish *w,
                       struct err *err)
{
    YJ_CLEANUP(decref_json) json_t *answer = json_object();
    int r = issue(c, conn, w->terminal, "p256", w->csr, "certificate", answer, err);
    if (r == 0 && w->csr_sm2)
        r = issue(c, conn, w->terminal, "sm2", w->csr_sm2, "certificate_sm2", answer, err);
    if (r < 0)
        return NULL;
    put_pem(c->keys, KEYRING_CA_PEM, "ca", answer);
    put_pem(c->keys, KEYRING_SIGN_CERT_PEM, "centre_sign", answer);
    put_pem(c->keys, KEYRING_SEAL_CERT_PEM, "centre_seal", answer);
    put_pem(c->keys, KEYRING_SEAL_NEXT_PEM, "centre_seal_next", answer);
    if (w->csr_sm2) {
        put_pem(c->keys, KEYRING_SEAL_SM2_PEM, "centre_seal_sm2", answer);
        put_pem(c->keys, KEYRING_SEAL_SM2_NEXT_PEM, "centre_seal_sm2_next", answer);
    }
    return json_dumps(answer, JSON_COMPACT);
}

/* ---- the token ---- */

static void hash_wish(const struct wish *w, char ret[KEYRING_SHA256_HEX_BYTES])
{
    size_t n = strlen(w->csr) + (w->csr_sm2 ? strlen(w->csr_sm2) : 0) + 2;
    YJ_CLEANUP(cleanup_free) char *text = mem_zalloc(n, 1);
    snprintf(text, n, "%s\n%s", w->csr, w->csr_sm2 ? w->csr_sm2 : "");
    keyring_sha256(text, n - 1, ret);
}

/* Take the token for this request, or find that it was taken.
 * @return 0 (ret_answer: the answer of the first time, NULL: now it is ours), ERR_SYNC_TOKEN,
 *         ERR_EXISTS (used for another request) */
static int take_token(struct db_conn *conn, const struct wish *w, char **ret_answer,
                      struct err *err)
{
    char token[KEYRING_SHA256_HEX_BYTES], csr[KEYRING_SHA256_HEX_BYTES];
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    keyring_sha256(w->token, strlen(w->token), token);
    hash_wish(w, csr);
    const struct db_value arg[] = {db_t(token), db_t(w->terminal), db_t(csr),
                                   db_i(clock_wall_ms() / 1000)};
    /* The row's lock: of two requests at once the second waits here for the first. */
    int r = db_run(conn,
                   "UPDATE enrolment SET csr_hash = CASE WHEN csr_hash = '' THEN $3 ELSE csr_hash"
                   " END WHERE token_hash = $1 AND terminal = $2 AND expires_at > $4"
                   " RETURNING csr_hash, answer",
                   arg, YJ_COUNT(arg), &rows, err);
    if (r < 0)
        return r;
    if (db_rows_count(rows) == 0)
        return ERR(err, ERR_SYNC_TOKEN, "not a token of this terminal, or it is too late");
    if (strcmp(db_text(rows, 0, 0), csr) != 0)
        return ERR(err, ERR_EXISTS, "the token was used for another request");
    const char *answer = db_text(rows, 0, 1);
    *ret_answer = *answer ? mem_strdup(answer) : NULL;
    return 0;
}

static int keep_answer(struct db_conn *conn, const struct wish *w, const char *answer,
                       struct err *err)
{
    char token[KEYRING_SHA256_HEX_BYTES];
    keyring_sha256(w->token, strlen(w->token), token);
    const struct db_value arg[] = {db_t(token), db_t(answer)};
    return db_run(conn, "UPDATE enrolment SET answer = $2 WHERE token_hash = $1", arg,
                  YJ_COUNT(arg), NULL, err);
}

/* The whole transaction. @param ret  the answer's text, owned by the caller */
static int enrol(const struct centre *c, const struct wish *w, char **ret, struct err *err)
{
    struct db_conn *conn = NULL;
    char *answer = NULL;
    int r = db_take(c->db, &conn, err);
    if (r == 0)
        r = db_begin(conn, err);
    if (r == 0 && w->token)
        r = take_token(conn, w, &answer, err);
    if (r == 0 && !answer) {
        answer = issue_all(c, conn, w, err);
        r = answer ? 0 : err->code;
        if (r == 0 && w->token)
            r = keep_answer(conn, w, answer, err);
    }
    if (r == 0)
        r = db_commit(conn, err);
    db_give(conn);
    if (r < 0)
        free(answer);
    else
        *ret = answer;
    return r;
}

/* ---- by network ---- */

static void answer_wish(int code, char *text, const struct err *err, struct reply *r)
{
    if (code == ERR_SYNC_TOKEN)
        reply_problem(r, 403, NULL, "the token is not valid", err->msg);
    else if (code == ERR_EXISTS)
        reply_problem(r, 409, NULL, "the token is used up", err->msg);
    else if (code == ERR_INVALID || code == ERR_SEAL_KEY)
        reply_problem(r, 422, NULL, "the request cannot be granted", err->msg);
    else if (code < 0)
        reply_unavailable(r, err);
    else
        reply_text(r, 200, "application/json", text);
    free(text);
}

static bool comes_too_often(const struct centre *c, const char *key, int per_min, struct reply *r)
{
    r->retry_after_s = limiter_take(c->limiter, key, per_min, clock_mono_ms());
    if (r->retry_after_s)
        reply_problem(r, 429, NULL, "too many attempts", NULL);
    return r->retry_after_s != 0;
}

void enrol_post(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    struct wish w;
    char key[96], *text = NULL;
    YJ_CLEANUP(decref_json) json_t *doc = request_json(q, r);
    if (!doc)
        return;
    int code = wish_read(doc, true, &w, &err);
    if (code == 0) {
        snprintf(key, sizeof key, "enrol %s %s", w.terminal, q->address);
        if (comes_too_often(c, key, c->settings.enrolments_per_min, r))
            return;
        code = enrol(c, &w, &text, &err);
    }
    answer_wish(code, text, &err, r);
}

void enrol_post_renewal(const struct centre *c, const struct request *q, struct reply *r)
{
    struct err err = {0};
    struct wish w;
    char key[48], *text = NULL;
    YJ_CLEANUP(decref_json) json_t *doc = request_json(q, r);
    if (!doc)
        return;
    snprintf(key, sizeof key, "renew %s", q->peer->terminal);
    if (comes_too_often(c, key, RENEWALS_PER_MIN, r))
        return;
    int code = wish_read(doc, false, &w, &err);
    if (code == 0 && !peer_has_key_of(q->peer, w.csr))
        code = ERR(&err, ERR_INVALID, "the request is for another key");
    if (code == 0)
        code = enrol(c, &w, &text, &err);
    answer_wish(code, text, &err, r);
}

/* ---- by hand ---- */

/* Whole or not at all, for its owner only. */
static int write_file(const char *path, const char *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t n = strlen(text);
    bool is_good = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, text, n) == (ssize_t)n &&
                   write(fd, "\n", 1) == 1 && fsync(fd) == 0;
    if (fd >= 0)
        is_good = close(fd) == 0 && is_good;
    return is_good ? 0 : ERR(err, ERR_IO, "%s cannot be written", path);
}

static int make_token(char ret[TOKEN_CHARS], struct err *err)
{
    uint8_t random[TOKEN_BYTES];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random ||
        bytes_b64url(random, sizeof random, ret, TOKEN_CHARS) < 0)
        return ERR(err, ERR_SYSTEM, "no random token");
    bytes_wipe(random, sizeof random);
    return 0;
}

int enrol_make_ticket(const struct centre *c, const char *terminal, const char *url,
                      int valid_hours, const char *out, struct err *err)
{
    char token[TOKEN_CHARS], hash[KEYRING_SHA256_HEX_BYTES], expires[24];
    struct db_conn *conn = NULL;
    if (!envelope_is_terminal(terminal) || strncmp(url, "https://", 8) != 0)
        return ERR(err, ERR_INVALID, "a terminal of ten digits and an https:// address are needed");
    int r = make_token(token, err);
    if (r < 0)
        return r;
    int64_t ends_ms = clock_wall_ms() + valid_hours * INT64_C(3600000);
    clock_rfc3339(ends_ms, expires, sizeof expires);
    keyring_sha256(token, strlen(token), hash);
    const struct db_value arg[] = {db_t(hash), db_t(terminal), db_i(ends_ms / 1000)};
    r = db_take(c->db, &conn, err);
    if (r == 0)
        r = db_run(conn,
                   "INSERT INTO enrolment (token_hash, terminal, expires_at) VALUES ($1, $2, $3)",
                   arg, YJ_COUNT(arg), NULL, err);
    db_give(conn);
    if (r < 0)
        return r;
    YJ_CLEANUP(decref_json)
    json_t *doc = json_pack("{ss ss ss ss ss}", "url", url, "terminal", terminal, "token", token,
                            "ca", keyring_pem(c->keys, KEYRING_CA_PEM), "expires", expires);
    char *text = json_dumps(doc, JSON_INDENT(1));
    r = text ? write_file(out, text, err) : ERR(err, ERR_SYSTEM, "no memory");
    bytes_free_wiped(text);
    bytes_wipe(token, sizeof token);
    if (r == 0)
        printf("fingerprint of the CA, to be told by another way than the ticket: %s\n",
               keyring_ca_fingerprint(c->keys));
    return r;
}

int enrol_answer_file(const struct centre *c, const char *in, const char *out, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    YJ_CLEANUP(cleanup_free) char *answer = NULL;
    size_t n;
    struct wish w;
    int r = mem_read_file(in, MAX_FILE, &text, &n, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(decref_json) json_t *doc = envelope_load(text, n, err);
    bytes_wipe(text, n);
    if (!doc)
        return ERR_SYNTAX;
    r = wish_read(doc, true, &w, err);
    if (r == 0)
        r = enrol(c, &w, &answer, err);
    return r < 0 ? r : write_file(out, answer, err);
}
