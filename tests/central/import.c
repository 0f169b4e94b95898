/* SPDX-License-Identifier: Apache-2.0 */
/* Import of mirror folders. Main thread. */
#include "import.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attachments.h"
#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "db.h"
#include "envelope.h"
#include "intake.h"
#include "peer.h"

enum { MAX_CERTIFICATES = 16, MAX_ATTACHMENT_BYTES = 16 << 20, MAX_PEM_BYTES = 16384 };

struct import {
    const struct centre *c;
    const char *dir;
    struct peer given; /* by --certificate */
    /* Certificates that may have signed for this terminal. */
    struct peer signer[MAX_CERTIFICATES];
    size_t n_signers, last; /* last: the one that fitted last */
    int64_t n_terminals, n_records, n_new, n_known, n_refused, n_attachments, n_absent;
};

static void decref_json(json_t **p)
{
    json_decref(*p);
}

/* ---- who may have signed ---- */

static void add_signer(struct import *m, const char *terminal, const void *der, size_t n)
{
    if (m->n_signers == MAX_CERTIFICATES)
        return;
    struct peer *p = &m->signer[m->n_signers++];
    p->state = PEER_KNOWN;
    snprintf(p->terminal, sizeof p->terminal, "%s", terminal);
    p->cert = mem_dup(der, n);
    p->cert_bytes = n;
    keyring_sha256(der, n, p->fingerprint);
}

/* Also those that have been withdrawn: they were good when the record was made. */
static int find_signers(struct import *m, const char *terminal, struct err *err)
{
    struct db_conn *conn = NULL;
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    const struct db_value arg[] = {db_t(terminal)};
    for (size_t i = 0; i < m->n_signers; i++)
        peer_clear(&m->signer[i]);
    m->n_signers = m->last = 0;
    int r = db_take(m->c->db, &conn, err);
    if (r == 0)
        r = db_run(conn,
                   "SELECT der FROM issued WHERE terminal = $1 AND kind = 'p256'"
                   " UNION SELECT der FROM certificate WHERE terminal = $1",
                   arg, YJ_COUNT(arg), &rows, err);
    db_give(conn);
    for (size_t i = 0; r == 0 && i < db_rows_count(rows); i++) {
        size_t n;
        const void *der = db_blob(rows, i, 0, &n);
        add_signer(m, terminal, der, n);
    }
    if (r == 0 && m->given.state == PEER_KNOWN && strcmp(m->given.terminal, terminal) == 0)
        add_signer(m, terminal, m->given.cert, m->given.cert_bytes);
    return r;
}

/* ---- one record ---- */

static void take(struct import *m, const struct peer *signer, const json_t *doc, const char *body,
                 size_t n, struct intake_answer *ret)
{
    const char *kind = json_string_value(json_object_get(doc, "kind"));
    const struct intake_request q = {
        .path = kind && strcmp(kind, "rating") == 0 ? INTAKE_RATINGS : INTAKE_APPLICATIONS,
        .peer = signer,
        .content_type = "application/json",
        .idempotency_key = json_string_value(json_object_get(doc, "uuid")),
        .body = body,
        .body_bytes = n};
    intake_take(m->c->keys, m->c->checker, m->c->ledger, &q, ret);
}

static int take_attachments(struct import *m, const char *terminal, const json_t *doc,
                            struct err *err)
{
    size_t i;
    const json_t *entry;
    const char *uuid = json_string_value(json_object_get(doc, "uuid"));
    json_array_foreach(json_object_get(doc, "attachments"), i, entry)
    {
        const char *digest = json_string_value(json_object_get(entry, "digest"));
        char path[PATH_MAX];
        YJ_CLEANUP(cleanup_free) char *data = NULL;
        size_t n;
        struct err why = {0};
        if (!digest ||
            snprintf(path, sizeof path, "%s/%s/%s.attachment", m->dir, terminal, digest) >=
                (int)sizeof path ||
            mem_read_file(path, MAX_ATTACHMENT_BYTES, &data, &n, &why) < 0) {
            m->n_absent++;
            continue;
        }
        int r = attachments_keep(m->c, uuid, digest, data, n, &why);
        if (r == ERR_SEAL_SIGNATURE || r == ERR_NOT_FOUND) {
            m->n_refused++;
            log_line(LOG_WARN, "import", "attachment of uuid=%s: %s", uuid, why.msg);
        } else if (r < 0) {
            if (err)
                *err = why;
            return r;
        } else {
            m->n_attachments++;
        }
    }
    return 0;
}

/* With each certificate until one fits; the one that fitted last goes first. */
static int take_record(struct import *m, const char *terminal, const char *name, struct err *err)
{
    char path[PATH_MAX];
    YJ_CLEANUP(cleanup_free) char *body = NULL;
    size_t n;
    struct intake_answer a = {.status = 422};
    if (snprintf(path, sizeof path, "%s/%s/%s", m->dir, terminal, name) >= (int)sizeof path)
        return ERR(err, ERR_INVALID, "a path is too long");
    int r = mem_read_file(path, ENVELOPE_MAX_BODY_BYTES, &body, &n, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(decref_json) json_t *doc = envelope_load(body, n, err);
    m->n_records++;
    for (size_t i = 0; doc && i < m->n_signers && (a.status == 422 || a.status == 403); i++) {
        size_t at = (m->last + i) % m->n_signers;
        bytes_free_wiped(a.body);
        take(m, &m->signer[at], doc, body, n, &a);
        if (a.status == 201)
            m->last = at;
    }
    bytes_free_wiped(a.body);
    if (a.status >= 500)
        return ERR(err, ERR_STORE_WRITE, "%s/%s could not be stored", terminal, name);
    if (a.status != 201) {
        m->n_refused++;
        log_line(LOG_WARN, "import", "%s/%s: refused with %d%s", terminal, name, a.status,
                 m->n_signers ? "" : ", no certificate of this terminal is known");
        return 0;
    }
    *(a.is_repeat ? &m->n_known : &m->n_new) += 1;
    return take_attachments(m, terminal, doc, err);
}

/* ---- folders ---- */

static int is_record(const struct dirent *e)
{
    return strspn(e->d_name, "0123456789") == 12 && strcmp(e->d_name + 12, ".record") == 0;
}

static int is_folder(const struct dirent *e)
{
    return envelope_is_terminal(e->d_name);
}

static int take_terminal(struct import *m, const char *terminal, struct err *err)
{
    char path[PATH_MAX];
    struct dirent **list = NULL;
    if (snprintf(path, sizeof path, "%s/%s", m->dir, terminal) >= (int)sizeof path)
        return ERR(err, ERR_INVALID, "a path is too long");
    int r = find_signers(m, terminal, err);
    if (r < 0)
        return r;
    int n = scandir(path, &list, is_record, alphasort);
    if (n < 0)
        return ERR(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    m->n_terminals++;
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = take_record(m, terminal, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);
    return r;
}

static int run(struct import *m, struct err *err)
{
    struct dirent **list = NULL;
    int r = 0, n = scandir(m->dir, &list, is_folder, alphasort);
    if (n < 0)
        return ERR(err, ERR_NOT_FOUND, "%s: %s", m->dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = take_terminal(m, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);
    printf("{\"terminals\":%lld,\"records\":%lld,\"new\":%lld,\"known\":%lld,\"refused\":%lld,"
           "\"attachments\":%lld,\"attachments_absent\":%lld}\n",
           (long long)m->n_terminals, (long long)m->n_records, (long long)m->n_new,
           (long long)m->n_known, (long long)m->n_refused, (long long)m->n_attachments,
           (long long)m->n_absent);
    if (r == 0 && m->n_refused)
        r = ERR(err, ERR_SEAL_SIGNATURE, "%lld refused", (long long)m->n_refused);
    return r;
}

int import_run(const struct centre *c, const char *dir, const char *certificate, struct err *err)
{
    struct import m = {.c = c, .dir = dir};
    if (certificate) {
        YJ_CLEANUP(cleanup_free) char *pem = NULL;
        size_t n;
        int r = mem_read_file(certificate, MAX_PEM_BYTES, &pem, &n, err);
        if (r < 0)
            return r;
        m.given = peer_of_header(c->keys, pem);
        if (m.given.state != PEER_KNOWN)
            return ERR(err, ERR_SEAL_KEY, "not a certificate of a terminal of this centre");
    }
    int r = run(&m, err);
    peer_clear(&m.given);
    for (size_t i = 0; i < m.n_signers; i++)
        peer_clear(&m.signer[i]);
    return r;
}
