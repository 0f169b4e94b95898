/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of records into the database. The writers' threads.
 *
 *   new certificates → insert all, taken ones left out → what was left out: the same record → its
 *   answer, repeat counted; another one → conflict → terminals → commit
 *
 * Several centres may store the same record at the same time: the second waits for the first's
 * commit at the unique key, then finds its row. Everything is done in the order of the keys, and
 * terminals after records as the opener does, so that nobody waits for another in a circle. */
#include "ledger_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* A terminal's last_seen is written again after this long: not with every record. */
enum { SEEN_SLOTS = 1 << 16, SEEN_MS = 20000, RECORD_ARGS = 20 };

/* What the database has for certain, by the first 64 bits of a fingerprint or by a terminal's id.
 * Forgetting is harmless: slots are simply overwritten. */
struct seen {
    struct seen_slot {
        uint64_t key; /* 0: free */
        int64_t at_ms;
    } slot[SEEN_SLOTS];
};

struct batch {
    struct seen *seen;
    struct db_conn *conn;
    struct ledger_item *item[LEDGER_MAX_BATCH];
    char fingerprint[LEDGER_MAX_BATCH][KEYRING_SHA256_HEX_BYTES];
    size_t n;
    int64_t now_ms;
    /* to be remembered after the commit */
    uint64_t key[3 * LEDGER_MAX_BATCH];
    size_t n_keys;
};

struct seen *ledger_seen_new(void)
{
    return mem_zalloc(1, sizeof(struct seen));
}

void ledger_seen_free(struct seen *s)
{
    free(s);
}

static struct seen_slot *slot_of(struct seen *s, uint64_t key)
{
    return &s->slot[(key ^ key >> 17 ^ key >> 41) % SEEN_SLOTS];
}

/* Is it known, or about to be written by this batch? Notes that it will be. */
static bool is_seen(struct batch *b, uint64_t key, int64_t after_ms)
{
    const struct seen_slot *slot = slot_of(b->seen, key);
    if (slot->key == key && slot->at_ms >= after_ms)
        return true;
    for (size_t i = 0; i < b->n_keys; i++)
        if (b->key[i] == key)
            return true;
    b->key[b->n_keys++] = key;
    return false;
}

static const struct envelope *envelope_of(const struct batch *b, size_t i)
{
    return &b->item[i]->record->envelope;
}

static uint64_t key_of_certificate(const char *fingerprint)
{
    char start[17] = "";
    memcpy(start, fingerprint, 16);
    return strtoull(start, NULL, 16) | UINT64_C(1) << 63;
}

static int add_certificate(struct batch *b, const char *terminal, const uint8_t *der, size_t n,
                           char fingerprint[KEYRING_SHA256_HEX_BYTES], struct err *err)
{
    keyring_sha256(der, n, fingerprint);
    if (is_seen(b, key_of_certificate(fingerprint), 0))
        return 0;
    return LEDGER_CONN_RUN(b->conn,
                           "INSERT INTO certificate (fingerprint, terminal, der)"
                           " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                           NULL, err, db_t(fingerprint), db_t(terminal), db_b(der, n));
}

static int add_certificates(struct batch *b, struct err *err)
{
    int r = 0;
    for (size_t i = 0; i < b->n && r == 0; i++) {
        const struct ledger_record *record = b->item[i]->record;
        const char *terminal = record->envelope.terminal;
        char other[KEYRING_SHA256_HEX_BYTES];
        r = add_certificate(b, terminal, record->cert, record->cert_bytes, b->fingerprint[i], err);
        if (r == 0 && record->tls_cert)
            r = add_certificate(b, terminal, record->tls_cert, record->tls_cert_bytes, other, err);
    }
    return r;
}

static int by_terminal(const void *a, const void *b)
{
    const struct db_value *x = a, *y = b; /* pairs; the first is the terminal */
    return strcmp(x->p, y->p);
}

static int add_terminals(struct batch *b, struct err *err)
{
    struct db_value arg[LEDGER_MAX_BATCH * 2];
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        const char *terminal = envelope_of(b, i)->terminal;
        if (is_seen(b, strtoull(terminal, NULL, 10) + 1, b->now_ms - SEEN_MS))
            continue;
        arg[n++] = db_t(terminal);
        arg[n++] = db_t(b->item[i]->record->received_at);
    }
    qsort(arg, n / 2, 2 * sizeof *arg, by_terminal);
    return db_run_many(b->conn,
                       "INSERT INTO terminal (id, first_seen, last_seen) VALUES ($1, $2, $2)"
                       " ON CONFLICT (id) DO UPDATE SET last_seen = excluded.last_seen",
                       arg, 2, n / 2, NULL, err);
}

static void fill_record(const struct batch *b, size_t i, struct db_value arg[RECORD_ARGS])
{
    const struct ledger_record *record = b->item[i]->record;
    const struct envelope *e = &record->envelope;
    const struct db_value value[RECORD_ARGS] = {
        db_t(e->uuid),
        db_t(e->kind),
        db_t(e->terminal),
        db_i(e->sequence),
        db_t(e->number),
        db_t(e->about),
        db_t(e->matter),
        db_t(e->sealed_at),
        db_t(e->suite),
        db_t(e->digest),
        db_t(e->prev_digest),
        db_t(e->signature),
        db_b(record->sealed, record->sealed_bytes),
        db_t(b->fingerprint[i]),
        db_t(record->received_at),
        db_t(record->answer),
        db_t(e->attachments),
        db_t(e->is_form2 ? e->boot_id : ""),
        db_i(e->is_form2 ? e->uptime_ms : -1),
        db_t(e->is_form2 ? e->centre_time : ""),
    };
    memcpy(arg, value, sizeof value);
}

/* @param ret  n answers: a row for each that is new */
static int add_records(const struct batch *b, struct db_rows **ret, struct err *err)
{
    struct db_value *arg = mem_zalloc(b->n * RECORD_ARGS, sizeof *arg);
    for (size_t i = 0; i < b->n; i++)
        fill_record(b, i, arg + i * RECORD_ARGS);
    int r = db_run_many(
        b->conn,
        "INSERT INTO record (uuid, kind, terminal, sequence, number, about, matter, sealed_at,"
        " suite, digest, prev_digest, signature, sealed, certificate, received_at, answer,"
        " attachments, boot_id, uptime_ms, centre_time, state)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
        " $19, $20, 0) ON CONFLICT DO NOTHING RETURNING 1",
        arg, RECORD_ARGS, b->n, ret, err);
    free(arg);
    return r;
}

static bool is_same(const struct envelope *e, const struct db_rows *rows)
{
    return strcmp(e->uuid, db_text(rows, 0, 0)) == 0 &&
           strcmp(e->digest, db_text(rows, 0, 1)) == 0 &&
           strcmp(e->terminal, db_text(rows, 0, 2)) == 0 && e->sequence == db_int(rows, 0, 3);
}

/* Its identity is taken: by itself, or by another record. */
static int find(const struct batch *b, size_t i, struct err *err)
{
    const struct envelope *e = envelope_of(b, i);
    struct ledger_item *item = b->item[i];
    YJ_CLEANUP(db_rows_drop) struct db_rows *rows = NULL;
    int r = LEDGER_CONN_RUN(b->conn,
                            "SELECT uuid, digest, terminal, sequence, answer FROM record"
                            " WHERE uuid = $1 OR (terminal = $2 AND sequence = $3)",
                            &rows, err, db_t(e->uuid), db_t(e->terminal), db_i(e->sequence));
    if (r < 0)
        return r;
    if (db_rows_count(rows) == 0)
        return ERR(err, ERR_STORE_WRITE, "a record was refused that nobody has stored");
    item->found = LEDGER_CONFLICT;
    if (db_rows_count(rows) > 1 || !is_same(e, rows))
        return 0;
    item->found = LEDGER_KNOWN;
    item->answer = mem_strdup(db_text(rows, 0, 4));
    return LEDGER_CONN_RUN(b->conn, "UPDATE record SET repeats = repeats + 1 WHERE uuid = $1", NULL,
                           err, db_t(e->uuid));
}

/* The addresses of what it announces. */
static int add_attachments(const struct batch *b, size_t i, struct err *err)
{
    const struct envelope *e = envelope_of(b, i);
    for (const char *at = e->attachments; *at; at += strcspn(at, " "), at += *at == ' ') {
        char digest[ENVELOPE_DIGEST_BYTES] = "";
        memcpy(digest, at, sizeof digest - 1);
        int r = LEDGER_CONN_RUN(b->conn,
                                "INSERT INTO attachment (uuid, digest, bytes) VALUES ($1, $2, $3)"
                                " ON CONFLICT DO NOTHING",
                                NULL, err, db_t(e->uuid), db_t(digest),
                                db_i(strtoll(at + sizeof digest, NULL, 10)));
        if (r < 0)
            return r;
    }
    return 0;
}

static int settle(const struct batch *b, struct db_rows *const added[], struct err *err)
{
    int r = 0;
    for (size_t i = 0; i < b->n && r == 0; i++) {
        struct ledger_item *item = b->item[i];
        if (db_rows_count(added[i]) == 0) {
            r = find(b, i, err);
            continue;
        }
        item->found = LEDGER_NEW;
        item->answer = mem_strdup(item->record->answer);
        r = add_attachments(b, i, err);
    }
    return r;
}

static int run_batch(struct batch *b, struct err *err)
{
    struct db_rows *added[LEDGER_MAX_BATCH] = {NULL};
    int r = db_begin(b->conn, err);
    if (r == 0)
        r = add_certificates(b, err);
    if (r == 0)
        r = add_records(b, added, err);
    if (r == 0)
        r = settle(b, added, err);
    if (r == 0)
        r = add_terminals(b, err);
    for (size_t i = 0; i < b->n; i++)
        db_rows_free(added[i]);
    if (r == 0)
        return db_commit(b->conn, err);
    db_rollback(b->conn);
    return r;
}

static int by_uuid(const void *a, const void *b)
{
    const struct ledger_item *const *x = a, *const *y = b;
    return strcmp((*x)->record->envelope.uuid, (*y)->record->envelope.uuid);
}

int ledger_store_batch(struct ledger *l, struct seen *seen, struct ledger_item *const item[],
                       size_t n, struct err *err)
{
    struct batch b = {.seen = seen, .n = n, .now_ms = clock_mono_ms()};
    memcpy(b.item, item, n * sizeof *item);
    qsort(b.item, n, sizeof *b.item, by_uuid);
    int r = db_take(l->db, &b.conn, err);
    if (r == 0)
        r = run_batch(&b, err);
    db_give(b.conn);
    for (size_t i = 0; i < n && r < 0; i++) {
        free(item[i]->answer);
        item[i]->answer = NULL;
    }
    if (r < 0) /* it may be another server next time */
        memset(seen, 0, sizeof *seen);
    for (size_t i = 0; i < n && r == 0; i++)
        if (item[i]->found == LEDGER_NEW) {
            ledger_tell_stored(l);
            break;
        }
    for (size_t i = 0; i < b.n_keys && r == 0; i++)
        *slot_of(seen, b.key[i]) = (struct seen_slot){b.key[i], b.now_ms};
    return r;
}
