/* SPDX-License-Identifier: Apache-2.0 */
/* Intake of records. Workers; shares keyring (const) and ledger (which locks).
 *
 *   known peer → JSON → terminal fits → form, digest, signature ─► store ─┬→ new: 201
 *                 422        403             422                          ├→ known: 201 as before
 *                                                                         └→ other content: 409
 *   any failure of the ledger: 503, nothing is known to be stored, the terminal repeats.
 * What a record holds is looked at afterwards (opener.h): the acknowledgement names no cases. */
#include "intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define ACK_PREFIX "yijian-ack-1\n"

enum { ACK_BYTES = 512 };

char *intake_problem(int status, const char *type, const char *title, const char *detail)
{
    json_t *doc = json_pack("{ss ss si ss*}", "type", type ? type : "about:blank", "title", title,
                            "status", status, "detail", detail);
    char *text = json_dumps(doc, JSON_COMPACT);
    json_decref(doc);
    char *copy = mem_strdup(text ? text : "{}");
    bytes_free_wiped(text);
    return copy;
}

static void refuse(struct intake_answer *ret, int status, const char *title, const char *detail)
{
    ret->status = status;
    ret->body = intake_problem(status, NULL, title, detail);
}

static void answer_unavailable(struct intake_answer *ret, const struct err *err)
{
    log_err(LOG_ERROR, "ledger", err);
    refuse(ret, 503, "not stored", "the ledger cannot be written now");
}

/* Is the media type application/json, parameters aside? */
static bool is_json_type(const char *type)
{
    static const char json[] = "application/json";
    size_t n = sizeof json - 1;
    return type && strncasecmp(type, json, n) == 0 && (!type[n] || strchr("; \t", type[n]));
}

/* The acknowledgement and its signature as the body of a 201. Its texts have been checked: none
 * needs an escape. */
static int make_answer(const struct keyring *keys, const struct envelope *e,
                       const char *received_at, char **ret, struct err *err)
{
    char text[ACK_BYTES], b64[ACK_BYTES * 2];
    struct keyring_blob sig = {0};
    int n = snprintf(text, sizeof text,
                     "{\"uuid\":\"%s\",\"terminal\":\"%s\",\"sequence\":%" PRId64
                     ",\"digest\":\"%s\",\"received_at\":\"%s\",\"cases\":[]}",
                     e->uuid, e->terminal, e->sequence, e->digest, received_at);
    if (n >= (int)sizeof text || bytes_b64url(text, (size_t)n, b64, sizeof b64) < 0)
        return ERR(err, ERR_TOO_BIG, "the acknowledgement does not fit");
    int r = keyring_sign(keys, ACK_PREFIX, text, (size_t)n, &sig, err);
    if (r == 0) {
        YJ_CLEANUP(cleanup_free) char *sig_b64 = keyring_b64(sig.data, sig.bytes);
        size_t size = strlen(b64) + strlen(sig_b64) + 32;
        *ret = mem_zalloc(size, 1);
        snprintf(*ret, size, "{\"ack\":\"%s\",\"signature\":\"%s\"}", b64, sig_b64);
    }
    keyring_blob_free(&sig);
    return r;
}

/* Everything the contract answers with 422. */
static int check_record(struct checker *checker, const struct intake_request *q,
                        const struct envelope_body *body, const struct keyring_blob *cert,
                        struct envelope *ret, struct keyring_blob *ret_sealed, struct err *err)
{
    struct keyring_blob sealed = {0}, sig = {0};
    int r = envelope_check(body, ret, &sealed, err);
    if (r < 0)
        return r;
    size_t n;
    YJ_CLEANUP(cleanup_free) char *text = envelope_signed_text(ret, &n);
    const char *kind = q->path == INTAKE_APPLICATIONS ? "application" : "rating";
    if (!q->idempotency_key || strcmp(q->idempotency_key, ret->uuid) != 0)
        r = ERR(err, ERR_INVALID, "Idempotency-Key is missing or not the uuid");
    else if (strcmp(ret->kind, kind) != 0)
        r = ERR(err, ERR_INVALID, "the kind does not fit the path");
    else if (keyring_unb64(ret->signature, strlen(ret->signature), &sig, err) < 0)
        r = ERR(err, ERR_INVALID, "member signature is not base64");
    else
        r = checker_record(checker, ret->suite, cert->data, cert->bytes, text, n, sig.data,
                           sig.bytes, err);
    keyring_blob_free(&sig);
    if (r < 0)
        keyring_blob_free(&sealed);
    else
        *ret_sealed = sealed;
    return r;
}

/* What the record's signature is checked with: the certificate of the TLS session, or what was
 * issued to the terminal for the other suite (in the database, or beside the keys by hand). */
static int find_certificate(const struct keyring *keys, struct ledger *ledger,
                            const struct intake_request *q, const json_t *doc,
                            struct keyring_blob *ret, struct err *err)
{
    const char *suite = json_string_value(json_object_get(doc, "suite"));
    const char *terminal = q->peer->terminal;
    if (!suite || strcmp(suite, KEYRING_SUITE_SM2) != 0) {
        *ret =
            (struct keyring_blob){mem_dup(q->peer->cert, q->peer->cert_bytes), q->peer->cert_bytes};
        return 0;
    }
    int r = ledger_certificate(ledger, terminal, "sm2", ret, err);
    return r == ERR_NOT_FOUND ? keyring_terminal_sm2(keys, terminal, ret, err) : r;
}

static void take_record(const struct keyring *keys, struct checker *checker, struct ledger *ledger,
                        const struct intake_request *q, const struct envelope_body *body,
                        struct intake_answer *ret)
{
    struct err err = {0};
    struct ledger_record record = {0};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob sealed = {0};
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob cert = {0};
    int r = find_certificate(keys, ledger, q, body->doc, &cert, &err);
    if (r < 0 && r != ERR_NOT_FOUND && r != ERR_SEAL_KEY) {
        answer_unavailable(ret, &err);
        return;
    }
    if (r < 0 || check_record(checker, q, body, &cert, &record.envelope, &sealed, &err) < 0) {
        refuse(ret, 422, "the record cannot be taken", err.msg);
        return;
    }
    snprintf(ret->uuid, sizeof ret->uuid, "%s", record.envelope.uuid);
    ret->sequence = record.envelope.sequence;
    char now[24];
    clock_rfc3339(clock_wall_ms(), now, sizeof now);
    record.cert = cert.data;
    record.cert_bytes = cert.bytes;
    if (strcmp(record.envelope.suite, KEYRING_SUITE_SM2) == 0) {
        record.tls_cert = q->peer->cert;
        record.tls_cert_bytes = q->peer->cert_bytes;
    }
    record.sealed = sealed.data;
    record.sealed_bytes = sealed.bytes;
    record.received_at = now;
    YJ_CLEANUP(cleanup_free) char *answer = NULL;
    enum ledger_found found = LEDGER_NEW;
    r = make_answer(keys, &record.envelope, now, &answer, &err);
    record.answer = answer;
    if (r == 0)
        r = ledger_store(ledger, &record, &found, &ret->body, &err);
    if (r < 0) {
        answer_unavailable(ret, &err);
    } else if (found == LEDGER_CONFLICT) {
        refuse(ret, 409, "another record has this identity",
               "the uuid, or the sequence of this terminal, is taken by another digest");
    } else {
        ret->status = 201;
        ret->is_repeat = found == LEDGER_KNOWN;
    }
}

void intake_take(const struct keyring *keys, struct checker *checker, struct ledger *ledger,
                 const struct intake_request *q, struct intake_answer *ret)
{
    *ret = (struct intake_answer){0};
    if (q->peer->state == PEER_ABSENT) {
        refuse(ret, 401, "no certificate", "a terminal shows its device certificate");
        return;
    }
    if (q->peer->state != PEER_KNOWN) {
        refuse(ret, 403, "unknown certificate", "not a certificate of a terminal of this centre");
        return;
    }
    struct err err = {0};
    YJ_CLEANUP(envelope_body_free) struct envelope_body body = {0};
    bool is_read = envelope_load_record(q->body, q->body_bytes, &body, &err) == 0;
    const char *terminal = json_string_value(json_object_get(body.doc, "terminal"));
    if (terminal && strcmp(terminal, q->peer->terminal) != 0)
        refuse(ret, 403, "another terminal", "the certificate belongs to another terminal");
    else if (!is_json_type(q->content_type))
        refuse(ret, 422, "wrong content type", "the body must be application/json");
    else if (!terminal)
        refuse(ret, 422, "the body cannot be understood", is_read ? "member terminal" : err.msg);
    else
        take_record(keys, checker, ledger, q, &body, ret);
}
