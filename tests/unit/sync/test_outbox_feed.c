/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre tells, end to end: a real outbox against a scripted centre. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "seal/manifest.h"
#include "sync/outbox.h"
#include "tls_server.h"

#define NUMBER "430102000120261123000019"
#define TASK(name, state)                                                                          \
    "{\"kind\":\"task\",\"number\":\"" NUMBER "\",\"task\":\"" name "\",\"state\":\"" state "\"}"

enum { MAX_PAGES = 8 };

/* What the centre does. */
static struct {
    pthread_mutex_t lock;
    char newest[32], steering[200]; /* of the heartbeat's answer */
    int catalogue;                  /* number, 0: none */
    const char *page[MAX_PAGES];    /* by cursor: the page after "" is 0, after "1" is 1 … */
    int page_status;                /* 0: 200 */
    int record_status;              /* 0: 500 */
    const char *renewed;            /* certificate of the answer to a renewal */
    const char *set;                /* folder of the signed set */
    bool is_lying;                  /* about files of the set */
    int n_beats, n_pages, n_records, n_renewals, n_manifests, n_pieces;
    char last_beat[2048], last_after[64];
} centre = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void say(struct tls_reply *r, int status, char *body)
{
    r->status = status;
    r->type = status < 400 ? "application/json" : "application/problem+json";
    r->body = body;
}

__attribute__((format(printf, 1, 2))) static char *text(const char *fmt, ...)
{
    char *s = NULL;
    va_list list;
    va_start(list, fmt);
    int n = vasprintf(&s, fmt, list);
    va_end(list);
    if (n < 0)
        abort();
    return s;
}

static void on_beat(const struct tls_request *q, struct tls_reply *r)
{
    centre.n_beats++;
    snprintf(centre.last_beat, sizeof centre.last_beat, "%s", q->body);
    say(r, 200,
        text("{\"time\":\"2026-11-23T04:00:00Z\",\"poll_s\":5,\"takes\":[\"status\"],"
             "\"newest_change\":\"%s\",\"catalogue\":%d%s}",
             centre.newest, centre.catalogue, centre.steering));
}

static void on_changes(const struct tls_request *q, struct tls_reply *r)
{
    static const char nothing[] = "{\"changes\":[],\"cursor\":\"0\",\"has_more\":false}";
    const char *after = strstr(q->path, "after=");
    snprintf(centre.last_after, sizeof centre.last_after, "%.*s",
             after ? (int)strcspn(after + 6, "&") : 0, after ? after + 6 : "");
    int at = atoi(centre.last_after);
    centre.n_pages++;
    if (centre.page_status)
        say(r, centre.page_status, mem_strdup("{\"title\":\"no\",\"status\":500}"));
    else
        say(r, 200, mem_strdup(at < MAX_PAGES && centre.page[at] ? centre.page[at] : nothing));
}

static char *base64_of(const char *name)
{
    char path[400];
    size_t n = 0;
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    snprintf(path, sizeof path, "%s/%s", centre.set, name);
    return mem_read_file(path, 1 << 20, &data, &n, NULL) == 0 ? seal_base64(data, n)
                                                              : mem_strdup("");
}

/* Files are served by Range; digest by digest, found by looking. */
static void on_piece(const struct tls_request *q, struct tls_reply *r)
{
    static const char *const names[] = {"catalogue.json", "a.json", "b.json"};
    unsigned long first = 0, last = 0;
    char digest[SEAL_DIGEST_BYTES], path[400];
    centre.n_pieces++;
    say(r, 404, mem_strdup("{}"));
    if (sscanf(q->range, "bytes=%lu-%lu", &first, &last) != 2)
        return;
    for (size_t i = 0; i < YJ_COUNT(names); i++) {
        YJ_CLEANUP(cleanup_free) char *data = NULL;
        size_t n = 0;
        snprintf(path, sizeof path, "%s/%s", centre.set, names[i]);
        if (mem_read_file(path, 1 << 20, &data, &n, NULL) != 0)
            continue;
        seal_digest(data, n, digest);
        if (!strstr(q->path, digest) || first >= n)
            continue;
        if (centre.is_lying)
            data[n - 1] ^= 1;
        free(r->body);
        r->status = 206;
        r->type = "application/octet-stream";
        r->body_bytes = last + 1 < n ? last + 1 - first : n - first;
        r->body = mem_dup(data + first, r->body_bytes);
        return;
    }
}

static void centre_handle(void *arg, const struct tls_request *q, struct tls_reply *r)
{
    (void)arg;
    pthread_mutex_lock(&centre.lock);
    if (strcmp(q->path, "/v1/heartbeat") == 0) {
        on_beat(q, r);
    } else if (strncmp(q->path, "/v1/changes", 11) == 0) {
        on_changes(q, r);
    } else if (strcmp(q->path, "/v1/renewal") == 0) {
        centre.n_renewals++;
        say(r, 200, text("{\"certificate\":\"%s\"}", centre.renewed));
    } else if (strcmp(q->path, "/v1/catalogue") == 0) {
        YJ_CLEANUP(cleanup_free) char *m = base64_of("manifest.json");
        YJ_CLEANUP(cleanup_free) char *s = base64_of("manifest.sig");
        centre.n_manifests++;
        say(r, 200, text("{\"manifest\":\"%s\",\"signature\":\"%s\"}", m, s));
    } else if (strncmp(q->path, "/v1/catalogue/files/", 20) == 0) {
        on_piece(q, r);
    } else {
        centre.n_records++;
        say(r, centre.record_status ? centre.record_status : 500,
            mem_strdup("{\"title\":\"no\",\"status\":422}"));
    }
    pthread_mutex_unlock(&centre.lock);
}

static void centre_reset(void)
{
    pthread_mutex_lock(&centre.lock);
    memset(&centre.newest, 0, sizeof centre - offsetof(__typeof__(centre), newest));
    strcpy(centre.newest, "0");
    pthread_mutex_unlock(&centre.lock);
}

static struct {
    bool is_online, has_stored;
    int n_answers, code, n_catalogues;
    int64_t n_quarantined;
    struct enquiry_answer answer;
} told;

static void on_event(void *arg, const struct outbox_event *e)
{
    (void)arg;
    pthread_mutex_lock(&centre.lock);
    if (e->kind == OUTBOX_EVENT_LINK) {
        told.is_online = e->link.is_online;
        told.n_quarantined = e->link.n_quarantined;
    } else if (e->kind == OUTBOX_EVENT_STORED) {
        told.has_stored = true;
    } else if (e->kind == OUTBOX_EVENT_CATALOGUE) {
        told.n_catalogues++;
    } else if (e->kind == OUTBOX_EVENT_ANSWERED) {
        told.code = e->code;
        if (e->answer)
            told.answer = *e->answer;
        enquiry_answer_free(e->answer);
        told.n_answers++;
    }
    pthread_mutex_unlock(&centre.lock);
}

/* Wait until a condition over told and centre holds; generous for slow machines. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        bool is_met = false;                                                                       \
        for (int i_ = 0; i_ < 12000 && !is_met; i_++) {                                            \
            pthread_mutex_lock(&centre.lock);                                                      \
            is_met = (condition);                                                                  \
            pthread_mutex_unlock(&centre.lock);                                                    \
            if (!is_met)                                                                           \
                nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);                           \
        }                                                                                          \
        if (!is_met)                                                                               \
            fprintf(stderr, "\n    line %d: not in time: %s\n", __LINE__, #condition);             \
        CU_ASSERT_TRUE(is_met);                                                                    \
    } while (0)

static int port;

static struct outbox *start_with(const char *name, const struct seal_paths *keys, int to_port)
{
    char url[64];
    struct outbox *o = NULL;
    snprintf(url, sizeof url, "https://localhost:%d", to_port);
    memset(&told, 0, sizeof told);
    struct outbox_cfg cfg = {.data_dir = fixture_path(name),
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = *keys,
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = url,
                             .version = "0.1.0",
                             .takes_catalogue = true,
                             .catalogue_cert = fixture_key("centre-sign.pem")};
    CU_ASSERT_EQUAL_FATAL(outbox_start(&cfg, on_event, NULL, &o, NULL), 0);
    return o;
}

static struct outbox *start(const char *name, int to_port)
{
    struct seal_paths keys = fixture_seal_paths();
    return start_with(name, &keys, to_port);
}

static void put(struct outbox *o)
{
    CU_ASSERT_EQUAL_FATAL(outbox_put(o, 9,
                                     &(struct outbox_item){.kind = RECORD_APPLICATION,
                                                           .json = mem_strdup("{}"),
                                                           .matter_code = "newborn"}),
                          0);
    WAIT_FOR(told.has_stored);
}

static void ask(struct outbox *o)
{
    struct enquiry e = {.kind = ENQUIRY_PROGRESS, .receipt = NUMBER};
    CU_ASSERT_EQUAL(outbox_ask(o, 1, &e), 0);
}

/* ---- cases ---- */

static void pages_are_taken_until_there_are_no_more(void)
{
    centre_reset();
    strcpy(centre.newest, "3");
    centre.page[0] =
        "{\"changes\":[" TASK("hukou", "accepted") "],\"cursor\":\"1\",\"has_more\":true}";
    centre.page[1] = "{\"changes\":[{\"kind\":\"weather\"}],\"cursor\":\"2\",\"has_more\":true}";
    centre.page[2] = "{\"changes\":[" TASK("hukou", "done") "," TASK(
        "med", "fix") "],\"cursor\":\"3\",\"has_more\":false}";
    struct outbox *o = start("pages", port);
    WAIT_FOR(centre.n_pages == 3 && centre.n_beats >= 2);
    outbox_stop(o);
    CU_ASSERT_EQUAL(centre.n_pages, 3);
    /* without a network: as it was told, and as of when */
    int closed = 0;
    tls_server_stop(tls_server_start(0, centre_handle, NULL, &closed));
    o = start("pages", closed);
    ask(o);
    WAIT_FOR(told.n_answers == 1);
    CU_ASSERT_EQUAL(told.code, 0);
    CU_ASSERT_EQUAL(told.answer.as_of_ms, 1795406400000);
    CU_ASSERT_EQUAL_FATAL(told.answer.n_reports, 1);
    const struct case_report *r = &told.answer.report[0];
    CU_ASSERT(r->n_tasks == 2 && r->task[0].state == CASE_DONE && r->task[1].state == CASE_FIX);
    CU_ASSERT_STRING_EQUAL(r->number, NUMBER);
    CU_ASSERT_STRING_EQUAL(r->received, "2026-11-23");
    outbox_stop(o);
    o = start("nothing", closed); /* one that was never told anything */
    ask(o);
    WAIT_FOR(told.n_answers == 1);
    CU_ASSERT_EQUAL(told.code, ERR_SYNC_OFFLINE);
    outbox_stop(o);
}

static void a_poisoned_page_does_not_stop_records(void)
{
    static const char *const poison[] = {
        NULL, /* refused by the centre itself */
        "{\"changes\":[" TASK("a",
                              "done") ",{\"kind\":\"task\"}],\"cursor\":\"1\",\"has_more\":false}",
        "{\"changes\":[],\"cursor\":\"\",\"has_more\":false}", "<html>"};
    for (size_t i = 0; i < YJ_COUNT(poison); i++) {
        char name[32];
        centre_reset();
        strcpy(centre.newest, "1");
        centre.page[0] = poison[i];
        centre.page_status = poison[i] ? 0 : 500;
        centre.record_status = 422; /* set aside: the centre has spoken */
        snprintf(name, sizeof name, "poison%zu", i);
        struct outbox *o = start(name, port);
        WAIT_FOR(centre.n_pages == 1);
        put(o);
        WAIT_FOR(told.n_quarantined == 1);
        CU_ASSERT_TRUE(told.is_online);
        CU_ASSERT_STRING_EQUAL(centre.last_after, ""); /* no cursor was taken */
        outbox_stop(o);
        CU_ASSERT_EQUAL(centre.n_pages, 1); /* and it is not asked for at once */
    }
}

static void an_order_sends_again_what_was_refused(void)
{
    centre_reset();
    centre.record_status = 422;
    struct outbox *o = start("retry", port);
    put(o);
    WAIT_FOR(told.n_quarantined == 1 && centre.n_records == 1);
    pthread_mutex_lock(&centre.lock);
    centre.page[0] = "{\"changes\":[{\"kind\":\"order\",\"order\":\"retry\",\"sequence\":1},"
                     "{\"kind\":\"order\",\"order\":\"retry\",\"sequence\":77},"
                     "{\"kind\":\"order\",\"order\":\"heartbeat\"}],"
                     "\"cursor\":\"1\",\"has_more\":false}";
    strcpy(centre.newest, "1");
    pthread_mutex_unlock(&centre.lock);
    WAIT_FOR(centre.n_records >= 2); /* with the next heartbeat: 5 s */
    outbox_stop(o);
}

static void the_centre_steers(void)
{
    centre_reset();
    strcpy(centre.steering, ",\"retention_days\":90,\"seal_key\":\"0123456789abcdef\"");
    struct outbox *o = start("steer", port);
    /* the key is not here: the present one stays, and the next heartbeat says which that is */
    WAIT_FOR(strstr(centre.last_beat, "\"seal_key\":\"") != NULL);
    CU_ASSERT_PTR_NULL(strstr(centre.last_beat, "0123456789abcdef"));
    CU_ASSERT_PTR_NOT_NULL(strstr(centre.last_beat, "\"certificate_ends\":\"20"));
    CU_ASSERT_PTR_NOT_NULL(strstr(centre.last_beat, "\"suite\":\"cms-p256-aes256gcm\""));
    outbox_stop(o);
    char days[16] = "";
    struct store *s = fixture_open(fixture_path("steer"));
    CU_ASSERT_EQUAL(store_setting_get(s, "retention_days", days, sizeof days, NULL), 0);
    CU_ASSERT_STRING_EQUAL(days, "90");
    store_free(s);
}

/* A terminal's own copy of the keys, so that its certificate may change. */
static struct seal_paths own_keys(const char *cert)
{
    struct seal_paths p = fixture_seal_paths();
    CU_ASSERT_EQUAL_FATAL(fixture_run("mkdir -p '%s' && cp '%s' '%s'", fixture_path("own"), cert,
                                      fixture_path("own/device.pem")),
                          0);
    p.device_cert = fixture_path("own/device.pem");
    return p;
}

/* A certificate for the device's key that ends soon. */
static void make_short(const char *key, int days, const char *out)
{
    CU_ASSERT_EQUAL_FATAL(
        fixture_run(
            "cd '%s' && printf 'basicConstraints=critical,CA:FALSE\\n"
            "keyUsage=critical,digitalSignature\\nextendedKeyUsage=clientAuth\\n' >short.ext"
            " && openssl req -new -key '%s' -subj /CN=" FIXTURE_TERMINAL " -out short.csr && "
            "openssl x509 -req -in short.csr -CA ca.pem -CAkey ca.key -set_serial 99 -days "
            "%d -extfile short.ext -out '%s' 2>/dev/null",
            fixture_path("keys"), key, days, out),
        0);
}

/* PEM with its line breaks written as JSON does. */
static char *json_pem(const char *path)
{
    YJ_CLEANUP(cleanup_free) char *pem = NULL;
    size_t n = 0, k = 0;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 14, &pem, &n, NULL), 0);
    char *out = mem_zalloc(2 * n + 1, 1);
    for (size_t i = 0; i < n; i++)
        if (pem[i] == '\n') {
            out[k++] = '\\';
            out[k++] = 'n';
        } else {
            out[k++] = pem[i];
        }
    return out;
}

static void an_order_renews_the_certificate(void)
{
    const char *good = fixture_path("renewed.pem");
    struct seal_paths keys = own_keys(fixture_key("device.pem"));
    make_short(fixture_key("device.key"), 3000, good);
    YJ_CLEANUP(cleanup_free) char *pem = json_pem(good);
    centre_reset();
    centre.renewed = pem;
    centre.page[0] = "{\"changes\":[{\"kind\":\"order\",\"order\":\"renew\"}],\"cursor\":\"1\","
                     "\"has_more\":false}";
    strcpy(centre.newest, "1");
    struct outbox *o = start_with("renew", &keys, port);
    WAIT_FOR(centre.n_renewals == 1 && centre.n_beats >= 2);
    WAIT_FOR(told.is_online); /* with the new one: it was read again */
    outbox_stop(o);
    CU_ASSERT_EQUAL(fixture_run("cmp '%s' '%s'", good, keys.device_cert), 0);
    CU_ASSERT_EQUAL(centre.n_renewals, 1);
}

static void a_certificate_of_another_key_is_not_taken(void)
{
    const char *wrong = fixture_path("wrong.pem");
    struct seal_paths keys = own_keys(fixture_key("device.pem"));
    make_short(fixture_key("centre-sign.key"), 3000, wrong);
    YJ_CLEANUP(cleanup_free) char *pem = json_pem(wrong);
    centre_reset();
    centre.renewed = pem;
    centre.record_status = 422;
    strcpy(centre.newest, "1");
    centre.page[0] = "{\"changes\":[{\"kind\":\"order\",\"order\":\"renew\"}],\"cursor\":\"1\","
                     "\"has_more\":false}";
    struct outbox *o = start_with("wrong", &keys, port);
    WAIT_FOR(centre.n_renewals == 1);
    put(o);
    WAIT_FOR(told.n_quarantined == 1); /* the old one goes on */
    outbox_stop(o);
    CU_ASSERT_EQUAL(fixture_run("cmp '%s' '%s'", fixture_key("device.pem"), keys.device_cert), 0);
    CU_ASSERT_EQUAL(centre.n_renewals, 1); /* not asked for again at once */
    /* and the order is not forgotten with the power */
    centre.n_renewals = 0;
    o = start_with("wrong", &keys, port);
    WAIT_FOR(centre.n_renewals == 1);
    outbox_stop(o);
}

static void make_set(const char *key)
{
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("rm -rf '%s' && mkdir -p '%s' && cd '%s' && printf '%%s' "
                    "'{\"schema\":\"catalogue/1\",\"version\":\"2026.11\",\"title\":\"x\"}' "
                    ">catalogue.json && echo one >a.json && head -c 100000 /dev/zero | tr '\\0' y "
                    ">b.json",
                    fixture_path("theset"), fixture_path("theset"), fixture_path("theset")),
        0);
    CU_ASSERT_EQUAL_FATAL(manifest_sign(fixture_path("theset"), fixture_key(key), &err), 0);
    centre.set = fixture_path("theset");
}

static bool is_incoming(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/catalogue/incoming/b.json", fixture_path(name));
    return access(path, F_OK) == 0;
}

static void a_newer_set_is_fetched(void)
{
    centre_reset();
    make_set("centre-sign.key");
    centre.catalogue = 7;
    struct outbox *o = start("set", port);
    outbox_note_catalogue(o, "", 0);
    WAIT_FOR(told.n_catalogues == 1);
    CU_ASSERT_TRUE(is_incoming("set"));
    CU_ASSERT(centre.n_manifests == 1 && centre.n_pieces == 1 + 1 + 3);
    /* the kiosk uses it: the centre hears the number */
    char digest[SEAL_DIGEST_BYTES], path[300];
    YJ_CLEANUP(cleanup_free) char *manifest = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/manifest.json", centre.set);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 20, &manifest, &n, NULL), 0);
    seal_digest(manifest, n, digest);
    outbox_note_catalogue(o, digest, 0);
    WAIT_FOR(strstr(centre.last_beat, "\"catalogue\":7") != NULL);
    outbox_stop(o);
    CU_ASSERT_EQUAL(centre.n_manifests, 1);
}

static void a_set_that_is_not_signed_or_not_whole_is_refused(void)
{
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "liar" : "unsigned";
        centre_reset();
        make_set(i ? "centre-sign.key" : "device.key");
        centre.is_lying = i == 1;
        centre.catalogue = 8;
        centre.record_status = 422;
        struct outbox *o = start(name, port);
        outbox_note_catalogue(o, "", 0);
        WAIT_FOR(centre.n_manifests == 1 && (!centre.is_lying || centre.n_pieces >= 1));
        put(o);
        WAIT_FOR(told.n_quarantined == 1); /* records go on */
        outbox_stop(o);
        CU_ASSERT_FALSE(is_incoming(name));
        CU_ASSERT(told.n_catalogues == 0 && centre.n_manifests == 1);
    }
}

static CU_TestInfo cases[] = {
    {"pages are taken until there are no more", pages_are_taken_until_there_are_no_more},
    {"a poisoned page does not stop records", a_poisoned_page_does_not_stop_records},
    {"an order sends again what was refused", an_order_sends_again_what_was_refused},
    {"the centre steers", the_centre_steers},
    {"an order renews the certificate", an_order_renews_the_certificate},
    {"a certificate of another key is not taken", a_certificate_of_another_key_is_not_taken},
    {"a newer set is fetched", a_newer_set_is_fetched},
    {"a set that is not signed or not whole is refused",
     a_set_that_is_not_signed_or_not_whole_is_refused},
    CU_TEST_INFO_NULL};

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    struct tls_server *server = tls_server_start(0, centre_handle, NULL, &port);
    int rc = cunit_run("sync.outbox_feed", cases);
    tls_server_stop(server);
    return rc;
}
