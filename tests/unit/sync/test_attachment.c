/* SPDX-License-Identifier: Apache-2.0 */
/* Files of records against a scripted centre: whatever happens between, the whole file arrives
 * once, in order, and only the centre's signature counts. */
#include "sync/outbox.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "tls_server.h"
#include <openssl/evp.h>
#include <openssl/pem.h>

enum { FILE_BYTES = 700 * 1000, FILE_CAP = 1024 * 1024 };

/* What happens to a PATCH; afterwards all goes well. */
enum act {
    ACT_GOOD,
    ACT_HALF,     /* half of the piece is kept, the answer lost */
    ACT_CONFLICT, /* 409 */
    ACT_SPOILT,   /* 460 */
    ACT_REFUSE,   /* 415 */
    ACT_STUCK,    /* 204 at the same place */
    ACT_HTML,     /* 404, but of somebody else */
    ACT_FORGED,   /* whole, with a wrong signature */
};

static struct {
    pthread_mutex_t lock;
    enum act act;
    int n_times; /* how often it happens */
    char uuid[RECORD_UUID_BYTES], digest[SEAL_DIGEST_BYTES];
    int64_t bytes, have;
    bool is_told, is_wrong;
    int n_heads, n_patches;
    uint8_t file[FILE_CAP];
} centre = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
    pthread_mutex_t lock;
    struct link_status link;
    int n_stored;
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

static EVP_PKEY *sign_key;
static int port;

static char *statement_make(const char *prefix, json_t *what, bool is_forged)
{
    char signed_text[2048], b64[2048];
    uint8_t der[80];
    size_t der_bytes = sizeof der;
    char *text = json_dumps(what, JSON_COMPACT);
    snprintf(signed_text, sizeof signed_text, "%s%s", prefix, text);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, sign_key);
    EVP_DigestSign(ctx, der, &der_bytes, (unsigned char *)signed_text, strlen(signed_text));
    EVP_MD_CTX_free(ctx);
    if (is_forged)
        der[der_bytes - 1] ^= 1;
    bytes_b64url(text, strlen(text), b64, sizeof b64);
    char *signature = seal_base64(der, der_bytes);
    json_t *answer = json_pack("{ss ss}", "ack", b64, "signature", signature);
    char *out = json_dumps(answer, 0);
    free(signature);
    free(text);
    json_decref(answer);
    json_decref(what);
    return out;
}

static void record_take(const struct tls_request *q, struct tls_reply *r)
{
    json_t *env = json_loads(q->body, 0, NULL);
    json_t *file = json_array_get(json_object_get(env, "attachments"), 0);
    const char *digest = json_string_value(json_object_get(file, "digest"));
    snprintf(centre.uuid, sizeof centre.uuid, "%s",
             json_string_value(json_object_get(env, "uuid")));
    snprintf(centre.digest, sizeof centre.digest, "%s", digest ? digest : "");
    centre.bytes = json_integer_value(json_object_get(file, "bytes"));
    r->status = 201;
    r->body = statement_make("yijian-ack-1\n",
                             json_pack("{sO sO sO sO ss s[]}", "uuid", json_object_get(env, "uuid"),
                                       "terminal", json_object_get(env, "terminal"), "sequence",
                                       json_object_get(env, "sequence"), "digest",
                                       json_object_get(env, "digest"), "received_at",
                                       "2026-11-23T04:00:01Z", "cases"),
                             false);
    json_decref(env);
}

static void whole_answer(struct tls_reply *r, bool is_forged)
{
    char digest[SEAL_DIGEST_BYTES];
    seal_digest(centre.file, (size_t)centre.have, digest);
    centre.is_wrong |= strcmp(digest, centre.digest) != 0;
    r->status = 200;
    r->body = statement_make("yijian-attachment-1\n",
                             json_pack("{ss ss sI ss}", "uuid", centre.uuid, "digest",
                                       centre.digest, "bytes", (json_int_t)centre.bytes,
                                       "received_at", "2026-11-23T04:00:02Z"),
                             is_forged);
    centre.is_told |= !is_forged;
}

static void offset_say(struct tls_reply *r, int status)
{
    static char header[64]; /* under the lock until the next request */
    snprintf(header, sizeof header, "Upload-Offset: %lld\r\n", (long long)centre.have);
    r->status = status;
    r->header = header;
}

/* The piece comes where the centre stands; n bytes of it are kept. */
static void piece_keep(const struct tls_request *q, size_t n)
{
    if (centre.have + (int64_t)n > centre.bytes || centre.have + (int64_t)n > FILE_CAP) {
        centre.is_wrong = true;
        return;
    }
    memcpy(centre.file + centre.have, q->body, n);
    centre.have += (int64_t)n;
}

static void piece_take(const struct tls_request *q, struct tls_reply *r)
{
    enum act act = centre.n_times > 0 ? centre.act : ACT_GOOD;
    bool is_last = centre.have + (int64_t)q->body_bytes == centre.bytes;
    centre.n_patches++;
    r->type = "application/problem+json";
    /* When a kept connection breaks, curl itself sends the piece once more. */
    if (strtoll(q->offset, NULL, 10) != centre.have) {
        r->status = 409;
        r->body = strdup("{\"title\":\"scripted\"}");
        return;
    }
    if (act == ACT_FORGED && !is_last)
        act = ACT_GOOD;
    else if (centre.n_times > 0)
        centre.n_times--;
    switch (act) {
    case ACT_HALF:
        piece_keep(q, q->body_bytes / 2);
        r->how = TLS_CLOSE;
        return;
    case ACT_CONFLICT:
    case ACT_REFUSE:
        r->status = act == ACT_CONFLICT ? 409 : 415;
        r->body = strdup("{\"title\":\"scripted\"}");
        return;
    case ACT_SPOILT:
        r->status = 460;
        centre.have = 0;
        r->body = strdup("{\"title\":\"scripted\"}");
        return;
    case ACT_STUCK:
        offset_say(r, 204);
        return;
    case ACT_HTML:
        r->status = 404;
        r->type = "text/html";
        r->body = strdup("<html>nothing here</html>");
        return;
    case ACT_GOOD:
    case ACT_FORGED:
        break;
    }
    piece_keep(q, q->body_bytes);
    r->type = "application/json";
    if (centre.have == centre.bytes)
        whole_answer(r, act == ACT_FORGED);
    else
        offset_say(r, 204);
}

static void centre_handle(void *arg, const struct tls_request *q, struct tls_reply *r)
{
    (void)arg;
    pthread_mutex_lock(&centre.lock);
    r->type = "application/json";
    if (strcmp(q->path, "/v1/heartbeat") == 0) {
        r->status = 200;
        r->body = strdup("{\"time\":\"2026-11-23T04:00:00Z\",\"poll_s\":60}");
    } else if (strcmp(q->path, "/v1/applications") == 0) {
        record_take(q, r);
    } else if (strncmp(q->path, "/v1/attachments/", 16) == 0 && strcmp(q->method, "HEAD") == 0) {
        centre.n_heads++;
        offset_say(r, 200);
    } else if (strncmp(q->path, "/v1/attachments/", 16) == 0 && strcmp(q->method, "PATCH") == 0) {
        piece_take(q, r);
    }
    pthread_mutex_unlock(&centre.lock);
}

static void on_event(void *arg, const struct outbox_event *e)
{
    (void)arg;
    pthread_mutex_lock(&told.lock);
    if (e->kind == OUTBOX_EVENT_LINK)
        told.link = e->link;
    if (e->kind == OUTBOX_EVENT_STORED)
        told.n_stored++;
    if (e->kind == OUTBOX_EVENT_ANSWERED)
        enquiry_answer_free(e->answer);
    pthread_mutex_unlock(&told.lock);
}

static void pause_ms(int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

/* @return whether the file was settled; impatient: somebody asks to try again now and then */
static bool wait_settled(struct outbox *o)
{
    for (int i = 0; i < 3000; i++) {
        pthread_mutex_lock(&told.lock);
        bool is_done = told.n_stored == 1 && told.link.n_waiting == 0 &&
                       told.link.n_attachments == 0 && told.link.is_online;
        bool is_down = !told.link.is_online;
        pthread_mutex_unlock(&told.lock);
        pthread_mutex_lock(&centre.lock);
        is_done = is_done && centre.n_patches > 0;
        pthread_mutex_unlock(&centre.lock);
        if (is_done)
            return true;
        if (is_down && i % 20 == 19)
            outbox_kick(o);
        pause_ms(10);
    }
    return false;
}

static struct outbox *start(const char *name)
{
    char url[64];
    struct err err = {0};
    struct outbox *o = NULL;
    memset(&told.link, 0, sizeof told.link);
    told.n_stored = 0;
    snprintf(url, sizeof url, "https://localhost:%d", port);
    struct outbox_cfg cfg = {.data_dir = fixture_path(name),
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = url,
                             .version = "0.1.0"};
    CU_ASSERT_EQUAL_FATAL(outbox_start(&cfg, on_event, NULL, &o, &err), 0);
    return o;
}

static void put(struct outbox *o)
{
    uint8_t *bytes = mem_zalloc(FILE_BYTES, 1);
    for (int i = 0; i < FILE_BYTES; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    struct outbox_attachment file = {.name = "出生医学证明.pdf",
                                     .type = "application/pdf",
                                     .bytes = bytes,
                                     .n_bytes = FILE_BYTES};
    struct outbox_item item = {.kind = RECORD_APPLICATION,
                               .json = mem_strdup("{\"name\":\"张三\"}"),
                               .matter_code = "newborn",
                               .matter_name = "新生儿出生",
                               .attachment = &file,
                               .n_attachments = 1};
    CU_ASSERT_EQUAL_FATAL(outbox_put(o, 1, &item), 0);
}

static void whatever_happens_the_file_arrives(void)
{
    static const struct {
        const char *name;
        enum act act;
        int n_times;
        int min_heads;   /* asked at least so often where it stands */
        bool is_refused; /* set aside in the end */
    } rows[] = {
        {"good", ACT_GOOD, 0, 1, false},         {"half", ACT_HALF, 2, 3, false},
        {"conflict", ACT_CONFLICT, 2, 3, false}, {"conflicts", ACT_CONFLICT, 4, 4, false},
        {"spoilt", ACT_SPOILT, 2, 1, false},     {"spoilt-3", ACT_SPOILT, 3, 1, true},
        {"refused", ACT_REFUSE, 1, 1, true},     {"stuck", ACT_STUCK, 1, 2, false},
        {"html", ACT_HTML, 1, 2, false},         {"forged", ACT_FORGED, 1, 2, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pthread_mutex_lock(&centre.lock);
        centre.act = rows[i].act;
        centre.n_times = rows[i].n_times;
        centre.have = 0;
        centre.n_heads = centre.n_patches = 0;
        centre.is_told = centre.is_wrong = false;
        pthread_mutex_unlock(&centre.lock);
        struct outbox *o = start(rows[i].name);
        put(o);
        bool is_settled = wait_settled(o);
        outbox_stop(o);
        bool is_right = is_settled && centre.n_times == 0 && !centre.is_wrong &&
                        centre.n_heads >= rows[i].min_heads &&
                        centre.is_told == !rows[i].is_refused;
        if (!is_right)
            fprintf(stderr, "\n    %s: settled %d left %d wrong %d heads %d patches %d told %d\n",
                    rows[i].name, is_settled, centre.n_times, centre.is_wrong, centre.n_heads,
                    centre.n_patches, centre.is_told);
        CU_ASSERT_TRUE(is_right);
        struct store *s = fixture_open(fixture_path(rows[i].name));
        struct store_counts counts = {0};
        CU_ASSERT_EQUAL(store_count(s, &counts, NULL), 0);
        CU_ASSERT_EQUAL(counts.n_attachments_refused, rows[i].is_refused);
        CU_ASSERT_EQUAL(counts.n_attachments, 0);
        store_free(s);
    }
}

static CU_TestInfo cases[] = {
    {"whatever happens, the file arrives", whatever_happens_the_file_arrives}, CU_TEST_INFO_NULL};

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    FILE *f = fopen(fixture_key("centre-sign.key"), "r");
    sign_key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
    if (!sign_key)
        return EXIT_FAILURE;
    fclose(f);
    struct tls_server *server = tls_server_start(0, centre_handle, NULL, &port);
    int rc = cunit_run("sync.attachment", cases);
    tls_server_stop(server);
    EVP_PKEY_free(sign_key);
    return rc;
}
