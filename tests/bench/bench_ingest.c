/* SPDX-License-Identifier: Apache-2.0 */
/* Records for the centre, three ways; bench_ingest.py plays them against each other.
 *
 *   bench_ingest make KEYS N BYTES FILE     seal and sign N records of one terminal into FILE
 *   bench_ingest insert|each FILE WHERE CLIENTS BATCH
 *       put the same rows into the centre's table directly: CLIENTS threads, BATCH prepared inserts
 *       a transaction, on PostgreSQL in one pipeline (each: one after the other, as pgbench does)
 *   bench_ingest post FILE KEYS PORT CLIENTS
 *       hand them to a centre: CLIENTS keep-alive TLS connections, one record after the other
 * insert and post print rows, seconds and milliseconds a call (median, 99 of 100). Handshakes and
 * preparations are over when the clock starts. */
#define _GNU_SOURCE /* strcasestr */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <openssl/ssl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db.h"
#include "seal/seal.h"

#define TERMINAL "1101050001"

enum { MAX_CLIENTS = 256, MAX_ROWS = 1000000, N_COLUMNS = 17 };

struct slot {
    const char *uuid; /* 36, no NUL behind it */
    const char *body;
    size_t bytes;
};

struct file {
    struct slot *slot;
    size_t n;
};

struct run {
    struct file file;
    const char *where, *keys;
    int port, n_clients, batch;
    bool is_each;
    struct db *db;
    struct db_value *values; /* insert: of all rows, made before the clock starts */
    SSL_CTX *tls;
    atomic_size_t next;
    pthread_barrier_t ready;
    atomic_bool is_broken;
    double *call_ms;
    atomic_size_t n_calls;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int die(const char *what, const struct err *err)
{
    fprintf(stderr, "bench_ingest: %s%s%s\n", what, err ? ": " : "", err ? err->msg : "");
    exit(1);
}

/* ---- records ---- */

/* A number as terminals print it is not checked by the centre beyond its digits. */
static void fill(struct seal_envelope *e, int64_t sequence, const char *prev, struct err *err)
{
    *e = (struct seal_envelope){
        .form = SEAL_FORM_2, .kind = RECORD_APPLICATION, .sequence = sequence};
    snprintf(e->terminal, sizeof e->terminal, TERMINAL);
    snprintf(e->number, sizeof e->number, TERMINAL "20261123%06lld", (long long)sequence);
    snprintf(e->matter, sizeof e->matter, "person.birth");
    clock_rfc3339(clock_wall_ms(), e->sealed_at, sizeof e->sealed_at);
    snprintf(e->prev_digest, sizeof e->prev_digest, "%s", prev);
    snprintf(e->boot_id, sizeof e->boot_id, "6f2d1c3a");
    e->uptime_ms = sequence * 1000;
    if (seal_uuid(e->uuid, err) < 0)
        die("uuid", err);
}

static void write_record(FILE *out, const struct seal_envelope *e, const void *sealed, size_t n)
{
    YJ_CLEANUP(cleanup_free) char *b64 = seal_base64(sealed, n);
    YJ_CLEANUP(cleanup_free) char *body = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&body, &bytes);
    fprintf(f,
            "{\"uuid\":\"%s\",\"kind\":\"application\",\"terminal\":\"%s\",\"sequence\":%lld,"
            "\"number\":\"%s\",\"about\":\"\",\"matter\":\"%s\",\"sealed_at\":\"%s\","
            "\"suite\":\"%s\",\"digest\":\"%s\",\"prev_digest\":\"%s\",\"attachments\":[],"
            "\"boot_id\":\"%s\",\"uptime_ms\":%lld,\"centre_time\":\"%s\",\"signature\":\"%s\","
            "\"sealed\":\"%s\"}",
            e->uuid, e->terminal, (long long)e->sequence, e->number, e->matter, e->sealed_at,
            e->suite, e->digest, e->prev_digest, e->boot_id, (long long)e->uptime_ms,
            e->centre_time, e->signature, b64);
    fclose(f);
    uint32_t size = (uint32_t)bytes;
    fwrite(&size, sizeof size, 1, out);
    fwrite(e->uuid, 1, 36, out);
    fwrite(body, 1, bytes, out);
}

/* An application of about this many bytes. */
static char *make_plain(size_t bytes)
{
    char *text = mem_zalloc(bytes + 512, 1);
    int n = snprintf(text, 512,
                     "{\"schema\":\"application/1\",\"matter\":{\"code\":\"person.birth\"},"
                     "\"applicant\":{\"name\":\"张三\",\"id_no\":\"11010519491231002X\"},"
                     "\"tasks\":[{\"id\":\"birth_certificate\"},{\"id\":\"hukou\"},"
                     "{\"id\":\"medical_insurance\"}],\"answers\":{\"note\":\"");
    for (; (size_t)n < bytes; n++)
        text[n] = (char)('a' + n % 26);
    memcpy(text + n, "\"}}", 4);
    return text;
}

static int make(const char *keys, size_t n, size_t bytes, const char *path)
{
    char name[5][512];
    static const char *const files[5] = {"device.key", "device.pem", "centre-seal.pem",
                                         "centre-sign.pem", ""};
    for (int i = 0; i < 4; i++)
        snprintf(name[i], sizeof name[i], "%s/%s", keys, files[i]);
    const struct seal_paths paths = {.device_key = name[0],
                                     .device_cert = name[1],
                                     .centre_seal_cert = name[2],
                                     .centre_sign_cert = name[3]};
    struct seal *seal = NULL;
    struct err err = {0};
    FILE *out = fopen(path, "wb");
    if (!out || seal_open(&paths, TERMINAL, &seal, &err) < 0)
        return die("make", &err);
    char prev[SEAL_DIGEST_BYTES] = SEAL_DIGEST_NONE;
    YJ_CLEANUP(cleanup_free) char *plain = make_plain(bytes);
    for (size_t i = 1; i <= n; i++) {
        struct seal_envelope e;
        uint8_t *sealed = NULL;
        size_t sealed_bytes = 0;
        fill(&e, (int64_t)i, prev, &err);
        if (seal_record(seal, plain, strlen(plain), &sealed, &sealed_bytes, &e, &err) < 0 ||
            seal_sign_envelope(seal, &e, &err) < 0)
            die("sealing", &err);
        write_record(out, &e, sealed, sealed_bytes);
        memcpy(prev, e.digest, sizeof prev);
        free(sealed);
    }
    seal_close(seal);
    return fclose(out) == 0 ? 0 : die("writing", NULL);
}

static struct file load(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0)
        die("cannot read the records", NULL);
    const char *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    const char *end = at + st.st_size;
    close(fd);
    struct file f = {.slot = mem_zalloc(MAX_ROWS, sizeof *f.slot)};
    while (at < end && f.n < MAX_ROWS) {
        uint32_t size;
        memcpy(&size, at, sizeof size);
        f.slot[f.n++] = (struct slot){at + 4, at + 40, size};
        at += 40 + size;
    }
    return f;
}

/* ---- running ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int run(struct run *r, void *(*client)(void *))
{
    pthread_t thread[MAX_CLIENTS];
    r->call_ms = mem_zalloc(r->file.n, sizeof *r->call_ms);
    pthread_barrier_init(&r->ready, NULL, (unsigned)r->n_clients + 1);
    for (int i = 0; i < r->n_clients; i++)
        if (pthread_create(&thread[i], NULL, client, r) != 0)
            die("thread", NULL);
    pthread_barrier_wait(&r->ready);
    double began = now_s();
    for (int i = 0; i < r->n_clients; i++)
        pthread_join(thread[i], NULL);
    double seconds = now_s() - began;
    if (r->is_broken)
        return die("a client failed", NULL);
    size_t n = r->n_calls;
    qsort(r->call_ms, n, sizeof *r->call_ms, by_size);
    printf("%zu %.6f %.3f %.3f\n", r->file.n, seconds, r->call_ms[n / 2], r->call_ms[n * 99 / 100]);
    return 0;
}

static void note_call(struct run *r, double began)
{
    r->call_ms[atomic_fetch_add(&r->n_calls, 1)] = (now_s() - began) * 1000;
}

/* ---- insert ---- */

static size_t unbase64(const char *text, uint8_t **ret)
{
    size_t n = strlen(text);
    *ret = mem_zalloc(n, 1);
    int got = EVP_DecodeBlock(*ret, (const unsigned char *)text, (int)n);
    return (size_t)got - (text[n - 1] == '=') - (text[n - 2] == '=');
}

static const char *text_of(const json_t *doc, const char *key)
{
    return json_string_value(json_object_get(doc, key));
}

static void fill_row(struct db_value *v, const json_t *doc, const uint8_t *sealed, size_t bytes)
{
    static const char answer[] = /* as long as a real one */
        "{\"ack\":"
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
        "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123"
        "456789abcdef01234567\",\"signature\":"
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123"
        "456789abcdef0123456789abcdef0123456789abcdef\"}";
    static const char *const keys[] = {
        "uuid",  "kind",   "terminal",    "number",    "about",   "matter",     "sealed_at",
        "suite", "digest", "prev_digest", "signature", "boot_id", "centre_time"};
    size_t n = 0;
    for (; n < YJ_COUNT(keys); n++)
        v[n] = db_t(text_of(doc, keys[n]));
    v[n++] = db_i(json_integer_value(json_object_get(doc, "sequence")));
    v[n++] = db_i(json_integer_value(json_object_get(doc, "uptime_ms")));
    v[n++] = db_b(sealed, bytes);
    v[n++] = db_t(answer);
}

static const char insert_row[] =
    "INSERT INTO record (uuid, kind, terminal, number, about, matter, sealed_at, suite, digest,"
    " prev_digest, signature, boot_id, centre_time, sequence, uptime_ms, sealed, answer,"
    " certificate, received_at, attachments, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'bench',"
    " '2026-11-23T01:41:07Z', '', 0)";

static struct db_value *all_values(const struct file *f)
{
    struct db_value *v = mem_zalloc(f->n * N_COLUMNS, sizeof *v);
    for (size_t i = 0; i < f->n; i++) {
        json_t *doc = json_loadb(f->slot[i].body, f->slot[i].bytes, 0, NULL);
        uint8_t *sealed = NULL;
        size_t bytes = unbase64(text_of(doc, "sealed"), &sealed);
        fill_row(v + i * N_COLUMNS, doc, sealed, bytes); /* both live as long as the process */
    }
    return v;
}

static void *insert_client(void *arg)
{
    struct run *r = arg;
    struct db_conn *c = NULL;
    struct err err = {0};
    if (db_take(r->db, &c, &err) < 0)
        die("connection", &err);
    pthread_barrier_wait(&r->ready);
    for (;;) {
        size_t at = atomic_fetch_add(&r->next, (size_t)r->batch);
        size_t n = at >= r->file.n ? 0 : r->file.n - at;
        n = n > (size_t)r->batch ? (size_t)r->batch : n;
        if (n == 0)
            break;
        double began = now_s();
        size_t step = r->is_each ? 1 : n;
        int code = db_begin(c, &err);
        for (size_t i = 0; i < n && code == 0; i += step)
            code = db_run_many(c, insert_row, r->values + (at + i) * N_COLUMNS, N_COLUMNS, step,
                               NULL, &err);
        if (code < 0 || db_commit(c, &err) < 0)
            die("insert", &err);
        note_call(r, began);
    }
    db_give(c);
    return NULL;
}

static int insert(struct run *r)
{
    struct err err = {0};
    struct db_conn *c = NULL;
    const struct db_value cert[] = {db_b("cert", 4)};
    r->values = all_values(&r->file);
    if (db_open(r->where, false, r->n_clients, &r->db, &err) < 0 || db_take(r->db, &c, &err) < 0 ||
        db_run(c, "INSERT INTO certificate VALUES ('bench', '" TERMINAL "', $1)", cert, 1, NULL,
               &err) < 0)
        return die("database", &err);
    db_give(c);
    int ret = run(r, insert_client);
    db_close(r->db);
    return ret;
}

/* ---- post ---- */

static SSL *connect_tls(struct run *r)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)r->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) < 0)
        die("cannot connect", NULL);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    SSL *ssl = SSL_new(r->tls);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1)
        die("TLS", NULL);
    return ssl;
}

/* Head and body of one answer. @return its status */
static int read_answer(SSL *ssl, char *buf, size_t cap)
{
    size_t n = 0, want = 0;
    do {
        int got = SSL_read(ssl, buf + n, (int)(cap - 1 - n));
        if (got <= 0)
            return -1;
        n += (size_t)got;
        buf[n] = '\0';
        const char *body = strstr(buf, "\r\n\r\n"),
                   *length = strcasestr(buf, "\r\ncontent-length:");
        if (body && length)
            want = (size_t)(body + 4 - buf) + strtoul(length + 17, NULL, 10);
    } while (want == 0 || n < want);
    return atoi(buf + 9);
}

static void *post_client(void *arg)
{
    struct run *r = arg;
    SSL *ssl = connect_tls(r);
    size_t cap = 1 << 20;
    char *buf = mem_zalloc(cap, 1);
    pthread_barrier_wait(&r->ready);
    for (size_t i; (i = atomic_fetch_add(&r->next, 1)) < r->file.n && !r->is_broken;) {
        const struct slot *s = &r->file.slot[i];
        double began = now_s();
        int n = snprintf(buf, cap,
                         "POST /v1/applications HTTP/1.1\r\nHost: localhost\r\n"
                         "Content-Type: application/json\r\nIdempotency-Key: %.36s\r\n"
                         "Content-Length: %zu\r\n\r\n",
                         s->uuid, s->bytes);
        memcpy(buf + n, s->body, s->bytes);
        int status = SSL_write(ssl, buf, n + (int)s->bytes) > 0 ? read_answer(ssl, buf, cap) : -1;
        if (status != 201) {
            fprintf(stderr, "bench_ingest: record %zu was answered %d\n", i, status);
            r->is_broken = true;
        }
        note_call(r, began);
    }
    SSL_free(ssl);
    free(buf);
    return NULL;
}

static int post(struct run *r)
{
    char cert[512], key[512], ca[512];
    snprintf(cert, sizeof cert, "%s/device.pem", r->keys);
    snprintf(key, sizeof key, "%s/device.key", r->keys);
    snprintf(ca, sizeof ca, "%s/ca.pem", r->keys);
    r->tls = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_use_certificate_file(r->tls, cert, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(r->tls, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_load_verify_locations(r->tls, ca, NULL) != 1)
        return die("keys", NULL);
    SSL_CTX_set_verify(r->tls, SSL_VERIFY_PEER, NULL);
    return run(r, post_client);
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "make") == 0)
        return make(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10), argv[5]);
    bool is_each = argc == 6 && strcmp(argv[1], "each") == 0;
    bool is_insert = is_each || (argc == 6 && strcmp(argv[1], "insert") == 0);
    if (!is_insert && (argc != 6 || strcmp(argv[1], "post") != 0)) {
        fputs("bench_ingest make KEYS N BYTES FILE | insert|each FILE WHERE CLIENTS BATCH |"
              " post FILE KEYS PORT CLIENTS\n",
              stderr);
        return 2;
    }
    struct run r = {.file = load(argv[2]),
                    .where = argv[3],
                    .is_each = is_each,
                    .keys = argv[3],
                    .port = atoi(argv[4]),
                    .n_clients = atoi(argv[is_insert ? 4 : 5]),
                    .batch = atoi(argv[5])};
    if (r.n_clients < 1 || r.n_clients > MAX_CLIENTS || r.batch < 1)
        return die("how many clients?", NULL);
    return is_insert ? insert(&r) : post(&r);
}
