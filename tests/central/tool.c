/* SPDX-License-Identifier: Apache-2.0 */
/* Command-line looks into a ledger. One thread. */
#define _DEFAULT_SOURCE /* timegm */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/mem.h"

#define ACK_PREFIX "yijian-ack-1\n"

struct look {
    struct ledger *ledger;
    const struct keyring *keys;
    int64_t n_records, n_complaints;
    /* the record before, for the chain */
    char terminal[KEYRING_TERMINAL_BYTES];
    int64_t sequence;
    char digest[ENVELOPE_DIGEST_BYTES];
};

static void decref_json(json_t **p)
{
    json_decref(*p);
}

static int print_json(const json_t *doc, size_t flags, struct err *err)
{
    if (json_dumpf(doc, stdout, flags) < 0 || putchar('\n') == EOF || fflush(stdout) == EOF)
        return ERR(err, ERR_IO, "cannot write to standard output");
    return 0;
}

static json_t *open_record(const struct look *look, const struct ledger_record *record)
{
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob plain = {0};
    struct err ignored;
    if (keyring_unseal(look->keys, record->sealed, record->sealed_bytes, &plain, &ignored) < 0)
        return json_null();
    json_t *doc = json_loadb((const char *)plain.data, plain.bytes, JSON_DECODE_ANY, NULL);
    if (!doc)
        doc = json_stringn((const char *)plain.data, plain.bytes);
    return doc ? doc : json_null();
}

static int print_record(void *arg, const struct ledger_record *record, struct err *err)
{
    struct look *look = arg;
    look->n_records++;
    json_t *cases = ledger_cases(look->ledger, record->envelope.uuid, err);
    if (!cases)
        return ERR_IO;
    YJ_CLEANUP(decref_json) json_t *doc = envelope_to_json(&record->envelope);
    json_object_set_new(doc, "received_at", json_string(record->received_at));
    json_object_set_new(doc, "repeats", json_integer(record->n_repeats));
    json_object_set_new(doc, "is_opened", json_boolean(record->state == LEDGER_OPENED));
    json_object_set_new(doc, "event_low", json_string(record->event_low));
    json_object_set_new(doc, "event_high", json_string(record->event_high));
    json_object_set_new(doc, "opened", open_record(look, record));
    json_object_set_new(doc, "cases", cases);
    return print_json(doc, JSON_INDENT(2), err);
}

int tool_record(struct ledger *l, const struct keyring *keys, enum ledger_key key, const char *text,
                struct err *err)
{
    struct look look = {.ledger = l, .keys = keys};
    int r = ledger_walk(l, key, text, print_record, &look, err);
    if (r == 0 && look.n_records == 0)
        return ERR(err, ERR_NOT_FOUND, "no such record");
    return r;
}

static int print_line(void *arg, const struct ledger_record *record, struct err *err)
{
    (void)arg;
    (void)err;
    const struct envelope *e = &record->envelope;
    printf("%s %s %" PRId64 " %s %s %s\n", e->uuid, e->terminal, e->sequence, e->kind,
           *e->number ? e->number : "-", e->digest);
    return 0;
}

int tool_list(struct ledger *l, struct err *err)
{
    return ledger_walk(l, LEDGER_ALL, NULL, print_line, NULL, err);
}

int tool_gaps(struct ledger *l, struct err *err)
{
    YJ_CLEANUP(decref_json) json_t *gaps = ledger_gaps(l, err);
    return gaps ? print_json(gaps, JSON_INDENT(2), err) : ERR_IO;
}

/* RFC 3339 as the centre itself writes it. */
static int64_t seconds_of(const char *instant)
{
    struct tm tm = {0};
    if (sscanf(instant, "%4d-%2d-%2dT%2d:%2d:%2dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return timegm(&tm);
}

static void complain(struct look *look, const struct ledger_record *record, const char *what)
{
    look->n_complaints++;
    printf("%s %s %" PRId64 ": %s\n", record->envelope.uuid, record->envelope.terminal,
           record->envelope.sequence, what);
}

static int check_signature(const struct ledger_record *record, struct err *err)
{
    const struct envelope *e = &record->envelope;
    struct keyring_blob sig = {0};
    size_t n;
    YJ_CLEANUP(cleanup_free) char *text = envelope_signed_text(e, &n);
    int r = keyring_unb64(e->signature, strlen(e->signature), &sig, err);
    if (r == 0)
        r = keyring_check_record(e->suite, record->cert, record->cert_bytes, text, n, sig.data,
                                 sig.bytes, err);
    keyring_blob_free(&sig);
    return r;
}

/* Does the stored 201 speak about this record, with our signature? */
static int check_answer(const struct look *look, const struct ledger_record *record,
                        struct err *err)
{
    const struct envelope *e = &record->envelope;
    YJ_CLEANUP(decref_json) json_t *doc = json_loads(record->answer, 0, NULL);
    const char *ack = json_string_value(json_object_get(doc, "ack"));
    const char *sig_b64 = json_string_value(json_object_get(doc, "signature"));
    if (!ack || !sig_b64)
        return ERR(err, ERR_SYNTAX, "the stored answer cannot be read");
    size_t cap = strlen(ack);
    YJ_CLEANUP(cleanup_free) char *text = mem_zalloc(cap + 1, 1);
    int n = bytes_unb64url(ack, cap, (uint8_t *)text, cap);
    struct keyring_blob sig = {0};
    if (n < 0 || keyring_unb64(sig_b64, strlen(sig_b64), &sig, err) < 0)
        return ERR(err, ERR_SYNTAX, "the stored answer cannot be read");
    int r = keyring_check_own(look->keys, ACK_PREFIX, text, (size_t)n, sig.data, sig.bytes, err);
    keyring_blob_free(&sig);
    if (r < 0) {
        err_prefix(err, "acknowledgement");
        return r;
    }
    YJ_CLEANUP(decref_json) json_t *said = json_loadb(text, (size_t)n, 0, NULL);
    const char *uuid = "", *terminal = "", *digest = "";
    json_int_t sequence = 0;
    if (json_unpack(said, "{ss ss sI ss}", "uuid", &uuid, "terminal", &terminal, "sequence",
                    &sequence, "digest", &digest) < 0 ||
        strcmp(uuid, e->uuid) != 0 || strcmp(terminal, e->terminal) != 0 ||
        sequence != e->sequence || strcmp(digest, e->digest) != 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the acknowledgement speaks of another record");
    return 0;
}

static bool fits_chain(const struct look *look, const struct envelope *e)
{
    if (e->sequence == 1)
        return strspn(e->prev_digest, "0") == 64;
    bool has_before = strcmp(look->terminal, e->terminal) == 0 && look->sequence == e->sequence - 1;
    return !has_before || strcmp(look->digest, e->prev_digest) == 0;
}

static int verify_record(void *arg, const struct ledger_record *record, struct err *err)
{
    struct look *look = arg;
    struct err why = {0};
    const struct envelope *e = &record->envelope;
    (void)err;
    look->n_records++;
    char digest[ENVELOPE_DIGEST_BYTES];
    if (keyring_digest(e->suite, record->sealed, record->sealed_bytes, digest, NULL) < 0 ||
        strcmp(digest, e->digest) != 0)
        complain(look, record, "the digest does not fit the sealed bytes");
    if (check_signature(record, &why) < 0)
        complain(look, record, why.msg);
    if (keyring_check_certificate(look->keys, record->cert, record->cert_bytes, e->terminal,
                                  seconds_of(record->received_at), &why) < 0)
        complain(look, record, why.msg);
    if (check_answer(look, record, &why) < 0)
        complain(look, record, why.msg);
    if (!fits_chain(look, e))
        complain(look, record, "prev_digest is not the digest of the record before");
    struct keyring_blob plain = {0};
    if (keyring_unseal(look->keys, record->sealed, record->sealed_bytes, &plain, &why) < 0)
        complain(look, record, why.msg);
    keyring_blob_free(&plain);
    snprintf(look->terminal, sizeof look->terminal, "%s", e->terminal);
    snprintf(look->digest, sizeof look->digest, "%s", e->digest);
    look->sequence = e->sequence;
    return 0;
}

int tool_verify(struct ledger *l, const struct keyring *keys, struct err *err)
{
    struct look look = {.ledger = l, .keys = keys};
    int r = ledger_walk(l, LEDGER_ALL, NULL, verify_record, &look, err);
    if (r < 0)
        return r;
    printf("%" PRId64 " records, %" PRId64 " complaints\n", look.n_records, look.n_complaints);
    if (look.n_complaints)
        return ERR(err, ERR_SEAL_SIGNATURE, "the ledger does not verify");
    return 0;
}
