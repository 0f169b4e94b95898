/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox against a scripted HTTPS centre: what counts as delivered, what does not, and that
 * nothing is lost, sent as something else, or kept back by the one before it. */
#include "sync/outbox.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "tls_server.h"
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* --- the scripted centre -------------------------------------------------------------------- */

enum act {
    ACT_GOOD,
    ACT_WRONG_SIGNATURE,
    ACT_WRONG_RECORD, /* signed, but for another digest */
    ACT_BARE_200,
    ACT_REDIRECT,
    ACT_HTML,
    ACT_HTML_422,
    ACT_409,
    ACT_413,
    ACT_422,
    ACT_403,
    ACT_429,
    ACT_500,
    ACT_HUGE,
    ACT_HANG,
    ACT_LOST, /* taken, the answer lost */
};

static struct {
    pthread_mutex_t lock;
    enum act script[8]; /* for records; afterwards ACT_GOOD */
    int n_script, at;
    enum act heartbeat;
    int n_heartbeats, n_posts;
    int64_t last_post_ms;
    char uuid[8][RECORD_UUID_BYTES]; /* of each post */
    char digest[8][SEAL_DIGEST_BYTES];
} centre = {.lock = PTHREAD_MUTEX_INITIALIZER};

static EVP_PKEY *sign_key;

static char *ack_make(const char *body, enum act act)
{
    json_error_t e;
    json_t *env = json_loads(body, 0, &e);
    const char *digest = act == ACT_WRONG_RECORD
                             ? SEAL_DIGEST_NONE
                             : json_string_value(json_object_get(env, "digest"));
    json_t *ack = json_pack("{sO sO sO ss ss s[{ssss}]}", "uuid", json_object_get(env, "uuid"),
                            "terminal", json_object_get(env, "terminal"), "sequence",
                            json_object_get(env, "sequence"), "digest", digest, "received_at",
                            "2026-11-23T04:00:01Z", "cases", "task", "t1", "case_no", "A-1");
    char *text = json_dumps(ack, JSON_COMPACT);
    char signed_text[2048], b64[2048];
    uint8_t der[80];
    size_t der_bytes = sizeof der;
    snprintf(signed_text, sizeof signed_text, "yijian-ack-1\n%s", text);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, sign_key);
    EVP_DigestSign(ctx, der, &der_bytes, (unsigned char *)signed_text, strlen(signed_text));
    EVP_MD_CTX_free(ctx);
    if (act == ACT_WRONG_SIGNATURE)
        signed_text[20] ^= 1; /* one bit of the acknowledgement changed after signing */
    bytes_b64url(signed_text + 13, strlen(signed_text + 13), b64, sizeof b64);
    char *signature = seal_base64(der, der_bytes);
    json_t *answer = json_pack("{ss ss}", "ack", b64, "signature", signature);
    char *out = json_dumps(answer, 0);
    free(signature);
    free(text);
    json_decref(answer);
    json_decref(ack);
    json_decref(env);
    return out;
}

static void problem(struct tls_reply *r, int status)
{
    r->status = status;
    r->type = "application/problem+json";
    r->body = strdup("{\"title\":\"scripted\",\"status\":0,\"detail\":\"line\\nbreak\"}");
}

static void act_do(enum act act, const struct tls_request *q, struct tls_reply *r)
{
    r->type = "application/json";
    switch (act) {
    case ACT_GOOD:
    case ACT_WRONG_SIGNATURE:
    case ACT_WRONG_RECORD:
        r->status = 201;
        r->body = ack_make(q->body, act);
        break;
    case ACT_BARE_200:
        r->status = 200;
        r->body = ack_make(q->body, ACT_GOOD);
        break;
    case ACT_REDIRECT:
        r->status = 302;
        r->header = "Location: /v1/elsewhere\r\n";
        break;
    case ACT_HTML:
    case ACT_HTML_422:
        r->status = act == ACT_HTML ? 200 : 422;
        r->type = "text/html";
        r->body = strdup("<html>please log in</html>");
        break;
    case ACT_409:
        problem(r, 409);
        break;
    case ACT_413:
        problem(r, 413);
        break;
    case ACT_422:
        problem(r, 422);
        break;
    case ACT_403:
        problem(r, 403);
        break;
    case ACT_429:
        problem(r, 429);
        r->header = "Retry-After: 2\r\n";
        break;
    case ACT_500:
        problem(r, 500);
        break;
    case ACT_HUGE:
        r->status = 201;
        r->body = malloc(70000);
        memset(r->body, ' ', 69999);
        r->body[69999] = '\0';
        break;
    case ACT_HANG:
        r->how = TLS_HANG;
        break;
    case ACT_LOST:
        r->how = TLS_CLOSE;
        break;
    }
}

static void centre_handle(void *arg, const struct tls_request *q, struct tls_reply *r)
{
    (void)arg;
    pthread_mutex_lock(&centre.lock);
    if (strcmp(q->path, "/v1/heartbeat") == 0) {
        centre.n_heartbeats++;
        if (centre.heartbeat == ACT_GOOD) {
            r->status = 200;
            r->type = "application/json";
            r->body = strdup("{\"time\":\"2026-11-23T04:00:00Z\",\"poll_s\":60}");
        } else {
            act_do(centre.heartbeat, q, r);
        }
    } else {
        json_t *env = json_loads(q->body, 0, NULL);
        int i = centre.n_posts++ % 8;
        snprintf(centre.uuid[i], sizeof centre.uuid[i], "%s",
                 json_string_value(json_object_get(env, "uuid")));
        snprintf(centre.digest[i], sizeof centre.digest[i], "%s",
                 json_string_value(json_object_get(env, "digest")));
        bool is_fitting =
            strcmp(q->key, centre.uuid[i]) == 0 &&
            strcmp(q->path, strcmp(json_string_value(json_object_get(env, "kind")), "rating") == 0
                                ? "/v1/ratings"
                                : "/v1/applications") == 0;
        json_decref(env);
        centre.last_post_ms = clock_mono_ms();
        enum act act = centre.at < centre.n_script ? centre.script[centre.at++] : ACT_GOOD;
        if (is_fitting)
            act_do(act, q, r); /* else the default 500 makes the case fail */
    }
    pthread_mutex_unlock(&centre.lock);
}

static void centre_script(const enum act *acts, int n, enum act heartbeat)
{
    pthread_mutex_lock(&centre.lock);
    for (int i = 0; i < n; i++)
        centre.script[i] = acts[i];
    centre.n_script = n;
    centre.at = centre.n_posts = centre.n_heartbeats = 0;
    centre.heartbeat = heartbeat;
    pthread_mutex_unlock(&centre.lock);
}

static int centre_posts(void)
{
    pthread_mutex_lock(&centre.lock);
    int n = centre.n_posts;
    pthread_mutex_unlock(&centre.lock);
    return n;
}

/* --- what the outbox tells ------------------------------------------------------------------ */

static struct {
    pthread_mutex_t lock;
    struct link_status link;
    struct record_ref stored;
    struct journal_entry unfinished[8];
    struct service_counters counters;
    int n_link, n_stored, n_failed, n_journaled, n_unfinished, n_state;
    int failed_code, journal_code, state;
    uint64_t tag;
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void on_event(void *arg, const struct outbox_event *e)
{
    (void)arg;
    pthread_mutex_lock(&told.lock);
    switch (e->kind) {
    case OUTBOX_EVENT_STORED:
        told.stored = e->record;
        told.tag = e->tag;
        told.n_stored++;
        break;
    case OUTBOX_EVENT_STORE_FAILED:
        told.failed_code = e->code;
        told.n_failed++;
        break;
    case OUTBOX_EVENT_JOURNALED:
        told.journal_code = e->code;
        told.n_journaled++;
        break;
    case OUTBOX_EVENT_STORE_STATE:
        told.state = e->code;
        told.n_state++;
        break;
    case OUTBOX_EVENT_LINK:
        told.link = e->link;
        told.n_link++;
        break;
    case OUTBOX_EVENT_UNFINISHED:
        told.unfinished[told.n_unfinished++ % 8] = e->journal;
        break;
    case OUTBOX_EVENT_COUNTERS:
        told.counters = e->counters;
        break;
    case OUTBOX_EVENT_CATALOGUE:
        break;
    case OUTBOX_EVENT_ANSWERED: /* tests/unit/sync asks */
        enquiry_answer_free(e->answer);
        break;
    }
    pthread_mutex_unlock(&told.lock);
}

/* Wait until the condition over `told` holds. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        bool is_met = false;                                                                       \
        for (int i_ = 0; i_ < 800 && !is_met; i_++) {                                              \
            pthread_mutex_lock(&told.lock);                                                        \
            is_met = (condition);                                                                  \
            pthread_mutex_unlock(&told.lock);                                                      \
            if (!is_met)                                                                           \
                pause_ms(10);                                                                      \
        }                                                                                          \
        if (!is_met)                                                                               \
            fprintf(stderr, "\n    line %d: not in time: %s\n", __LINE__, #condition);             \
        CU_ASSERT_TRUE(is_met);                                                                    \
    } while (0)

static void pause_ms(int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static int port;

static struct outbox *start(const char *name, int to_port)
{
    char url[64];
    struct err err = {0};
    struct outbox *o = NULL;
    memset(&told.link, 0, sizeof told.link);
    told.n_link = told.n_stored = told.n_failed = told.n_journaled = 0;
    told.n_unfinished = told.n_state = 0;
    snprintf(url, sizeof url, "https://localhost:%d", to_port);
    struct outbox_cfg cfg = {.data_dir = fixture_path(name),
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = url,
                             .version = "0.1.0"};
    int rc = outbox_start(&cfg, on_event, NULL, &o, &err);
    if (rc)
        fprintf(stderr, "outbox_start: %s\n", err.msg);
    CU_ASSERT_EQUAL_FATAL(rc, 0);
    return o;
}

static int hand_in(struct outbox *o, uint64_t tag, enum record_kind kind, char *json,
                   const char *matter)
{
    struct outbox_item item = {
        .kind = kind, .json = json, .matter_code = matter, .matter_name = "新生儿出生"};
    return outbox_put(o, tag, &item);
}

static void put(struct outbox *o, uint64_t tag, enum record_kind kind)
{
    char *json = mem_strdup("{\"name\":\"张三\"}");
    int before = told.n_stored;
    CU_ASSERT_EQUAL_FATAL(hand_in(o, tag, kind, json, kind ? "" : "newborn"), 0);
    WAIT_FOR(told.n_stored == before + 1);
    CU_ASSERT_EQUAL(told.tag, tag);
}

/* --- cases ---------------------------------------------------------------------------------- */

static void a_signed_201_is_delivered_at_once(void)
{
    centre_script(NULL, 0, ACT_GOOD);
    struct outbox *o = start("good", port);
    WAIT_FOR(told.n_state == 1 && told.state == 0);
    WAIT_FOR(told.link.is_online);
    CU_ASSERT_EQUAL(centre.n_heartbeats, 1);
    put(o, 11, RECORD_APPLICATION);
    put(o, 12, RECORD_RATING);
    WAIT_FOR(told.link.n_waiting == 0 && told.n_link > 1);
    WAIT_FOR(centre_posts() == 2);
    CU_ASSERT_EQUAL(outbox_journal(o, 5, 1, JOURNAL_SENDING), 0);
    WAIT_FOR(told.n_journaled == 1 && told.journal_code == 0);
    CU_ASSERT_EQUAL(outbox_journal(o, 5, 99, JOURNAL_SENDING), 0);
    WAIT_FOR(told.n_journaled == 2 && told.journal_code == ERR_NOT_FOUND);
    outbox_stop(o);
    struct store *s = fixture_open(fixture_path("good"));
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_CONFIRMED], 2);
    store_free(s);
    /* The receipt that was on its way to the printer comes back. */
    o = start("good", port);
    WAIT_FOR(told.n_unfinished == 1);
    CU_ASSERT_EQUAL(told.unfinished[0].state, JOURNAL_SENDING);
    CU_ASSERT_EQUAL(told.unfinished[0].copies, 1);
    CU_ASSERT_STRING_EQUAL(told.unfinished[0].matter_name, "新生儿出生");
    outbox_stop(o);
}

/* Not delivered, tried again with the same bytes, delivered. */
static void not_delivered(const char *name, enum act act, int want_cause)
{
    centre_script(&act, 1, ACT_GOOD);
    struct outbox *o = start(name, port);
    WAIT_FOR(told.link.is_online);
    put(o, 1, RECORD_APPLICATION);
    WAIT_FOR(told.link.cause == want_cause && !told.link.is_online && told.link.n_waiting == 1);
    CU_ASSERT_EQUAL(centre_posts(), 1);
    CU_ASSERT_EQUAL(told.link.n_quarantined, 0);
    outbox_kick(o);
    WAIT_FOR(told.link.is_online && told.link.n_waiting == 0);
    CU_ASSERT_EQUAL(centre_posts(), 2);
    CU_ASSERT_STRING_EQUAL(centre.uuid[0], centre.uuid[1]);
    CU_ASSERT_STRING_EQUAL(centre.digest[0], centre.digest[1]);
    outbox_stop(o);
}

static void other_answers_are_not_the_centre(void)
{
    static const struct {
        const char *name;
        enum act act;
    } rows[] = {{"wrong-signature", ACT_WRONG_SIGNATURE},
                {"wrong-record", ACT_WRONG_RECORD},
                {"bare-200", ACT_BARE_200},
                {"redirect", ACT_REDIRECT},
                {"html", ACT_HTML},
                {"html-422", ACT_HTML_422},
                {"huge", ACT_HUGE}};
    for (size_t i = 0; i < YJ_COUNT(rows); i++)
        not_delivered(rows[i].name, rows[i].act, ERR_SYNC_NOT_CENTRE);
}

static void a_fault_of_the_centre_is_waited_for(void)
{
    not_delivered("server", ACT_500, ERR_SYNC_SERVER);
}

static void a_lost_answer_is_asked_for_again(void)
{
    enum act act = ACT_LOST;
    centre_script(&act, 1, ACT_GOOD);
    struct outbox *o = start("lost", port);
    WAIT_FOR(told.link.is_online);
    put(o, 1, RECORD_APPLICATION);
    /* On a kept connection that dies, curl itself asks once more; else the plan does. */
    WAIT_FOR(centre_posts() == 2 && told.link.is_online && told.link.n_waiting == 0);
    CU_ASSERT_STRING_EQUAL(centre.uuid[0], centre.uuid[1]);
    CU_ASSERT_STRING_EQUAL(centre.digest[0], centre.digest[1]);
    outbox_stop(o);
    struct store *s = fixture_open(fixture_path("lost"));
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_CONFIRMED], 1);
    store_free(s);
}

static void a_refused_terminal_goes_on_accepting(void)
{
    enum act act = ACT_403;
    centre_script(&act, 1, ACT_GOOD);
    struct outbox *o = start("refused", port);
    WAIT_FOR(told.link.is_online);
    put(o, 1, RECORD_APPLICATION);
    WAIT_FOR(told.link.cause == ERR_SYNC_REFUSED);
    put(o, 2, RECORD_APPLICATION); /* accepted, not sent */
    put(o, 3, RECORD_RATING);
    pause_ms(300);
    CU_ASSERT_EQUAL(centre_posts(), 1);
    outbox_kick(o); /* a technician */
    WAIT_FOR(told.link.is_online && told.link.n_waiting == 0);
    CU_ASSERT_EQUAL(centre_posts(), 4);
    outbox_stop(o);
}

static void a_rejected_record_steps_aside(void)
{
    static const enum act acts[] = {ACT_409, ACT_GOOD, ACT_422, ACT_413, ACT_GOOD};
    centre_script(acts, 5, ACT_GOOD);
    struct outbox *o = start("rejected", port);
    WAIT_FOR(told.link.is_online);
    for (uint64_t i = 1; i <= 5; i++)
        put(o, i, RECORD_APPLICATION);
    WAIT_FOR(told.link.n_waiting == 0 && told.link.n_quarantined == 3 && told.link.is_online);
    CU_ASSERT_EQUAL(centre_posts(), 5);
    outbox_stop(o);
    struct store *s = fixture_open(fixture_path("rejected"));
    struct fixture_audit a = fixture_check(s);
    CU_ASSERT(a.n_state[STORE_QUARANTINED] == 3 && a.n_state[STORE_CONFIRMED] == 2);
    store_free(s);
}

static void retry_after_is_waited_for(void)
{
    enum act act = ACT_429;
    centre_script(&act, 1, ACT_GOOD);
    struct outbox *o = start("throttled", port);
    WAIT_FOR(told.link.is_online);
    put(o, 1, RECORD_APPLICATION);
    WAIT_FOR(told.link.cause == ERR_SYNC_THROTTLED);
    int64_t first_ms = centre.last_post_ms;
    outbox_kick(o);
    put(o, 2, RECORD_APPLICATION);
    WAIT_FOR(told.link.is_online && told.link.n_waiting == 0);
    CU_ASSERT(centre_posts() == 3);
    CU_ASSERT(centre.last_post_ms - first_ms >= 2000);
    outbox_stop(o);
}

static void a_portal_gets_no_record(void)
{
    centre_script(NULL, 0, ACT_HTML);
    struct outbox *o = start("portal", port);
    WAIT_FOR(told.link.cause == ERR_SYNC_NOT_CENTRE);
    put(o, 1, RECORD_APPLICATION); /* tries at once, with a heartbeat first */
    pause_ms(300);
    CU_ASSERT_EQUAL(centre_posts(), 0);
    centre_script(NULL, 0, ACT_GOOD);
    outbox_kick(o);
    WAIT_FOR(told.link.is_online && told.link.n_waiting == 0);
    outbox_stop(o);
}

static void a_black_hole_holds_up_nobody(void)
{
    enum act act = ACT_HANG;
    centre_script(&act, 1, ACT_GOOD);
    struct outbox *o = start("hole", port);
    WAIT_FOR(told.link.is_online);
    put(o, 1, RECORD_APPLICATION);
    WAIT_FOR(centre_posts() == 1);
    put(o, 2, RECORD_APPLICATION); /* the disk does not wait for the line */
    int64_t before = clock_mono_ms();
    outbox_stop(o);
    CU_ASSERT(clock_mono_ms() - before < 3000);
    o = start("hole", port);
    WAIT_FOR(told.link.is_online && told.link.n_waiting == 0);
    CU_ASSERT_EQUAL(centre_posts(), 3);
    bool is_again =
        strcmp(centre.uuid[0], centre.uuid[1]) == 0 || strcmp(centre.uuid[0], centre.uuid[2]) == 0;
    CU_ASSERT_TRUE(is_again);
    outbox_stop(o);
}

static void no_centre_then_one(void)
{
    int own_port = 0;
    struct tls_server *s = tls_server_start(0, centre_handle, NULL, &own_port);
    tls_server_stop(s);
    centre_script(NULL, 0, ACT_GOOD);
    struct outbox *o = start("absent", own_port);
    put(o, 1, RECORD_APPLICATION);
    WAIT_FOR(told.link.cause == ERR_SYNC_OFFLINE && told.link.n_waiting == 1);
    s = tls_server_start(own_port, centre_handle, NULL, &own_port);
    /* Nobody kicks: the first waits are short. */
    bool is_done = false;
    for (int i = 0; i < 4000 && !is_done; i++) {
        pause_ms(10);
        pthread_mutex_lock(&told.lock);
        is_done = told.link.is_online && told.link.n_waiting == 0;
        pthread_mutex_unlock(&told.lock);
    }
    CU_ASSERT_TRUE(is_done);
    outbox_stop(o);
    tls_server_stop(s);
}

static void another_ca_is_not_trusted(void)
{
    /* A certificate that nobody signed but itself, in the place of the CA. */
    (void)!fixture_run("cp '%s' '%s'", fixture_key("ca.pem"), fixture_path("ca.good"));
    CU_ASSERT_EQUAL(fixture_run("openssl req -x509 -newkey rsa:2048 -nodes -keyout '%s' -out '%s' "
                                "-subj /CN=other -days 2 2>/dev/null",
                                fixture_path("other.key"), fixture_path("other.pem")),
                    0);
    centre_script(NULL, 0, ACT_GOOD);
    CU_ASSERT_EQUAL(fixture_run("cp '%s' '%s'", fixture_path("other.pem"), fixture_key("ca.pem")),
                    0);
    struct outbox *o = start("ca", port);
    put(o, 1, RECORD_APPLICATION);
    WAIT_FOR(told.link.cause == ERR_SYNC_TLS);
    CU_ASSERT(centre_posts() == 0 && centre.n_heartbeats == 0);
    outbox_stop(o);
    CU_ASSERT_EQUAL(fixture_run("cp '%s' '%s'", fixture_path("ca.good"), fixture_key("ca.pem")), 0);
}

static void starting_wrongly_is_refused(void)
{
    struct err err = {0};
    struct outbox *second = NULL;
    struct outbox_cfg cfg = {.data_dir = fixture_path("locked"),
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = "https://localhost:1",
                             .version = "0.1.0"};
    struct outbox *o = start("locked", port);
    CU_ASSERT_EQUAL(outbox_start(&cfg, on_event, NULL, &second, &err), ERR_STORE_LOCKED);
    outbox_stop(o);
    cfg.centre_url = "http://localhost:1";
    CU_ASSERT_EQUAL(outbox_start(&cfg, on_event, NULL, &second, &err), ERR_INVALID);
    cfg.centre_url = "https://localhost:1";
    cfg.keys.device_key = fixture_path("absent.key");
    CU_ASSERT_EQUAL(outbox_start(&cfg, on_event, NULL, &second, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NULL(second);
}

static void an_unusable_folder_is_told_and_tried_again(void)
{
    centre_script(NULL, 0, ACT_GOOD);
    /* A file stands where the folder should be. */
    CU_ASSERT_EQUAL(fixture_run("echo x >'%s'", fixture_path("blocked")), 0);
    struct outbox *o = start("blocked", port);
    WAIT_FOR(told.n_state == 1 && told.state == ERR_STORE_OPEN);
    CU_ASSERT_EQUAL(hand_in(o, 1, RECORD_APPLICATION, mem_strdup("{}"), "newborn"), 0);
    WAIT_FOR(told.n_failed == 1 && told.failed_code == ERR_STORE_OPEN);
    CU_ASSERT_EQUAL(unlink(fixture_path("blocked")), 0);
    WAIT_FOR(told.n_state == 2 && told.state == 0);
    put(o, 2, RECORD_APPLICATION);
    /* A record of the wrong form is answered, and the store stays usable. */
    CU_ASSERT_EQUAL(hand_in(o, 3, RECORD_APPLICATION, mem_strdup("{}"), "a b"), 0);
    WAIT_FOR(told.n_failed == 2 && told.failed_code == ERR_INVALID);
    CU_ASSERT_EQUAL(told.state, 0);
    outbox_stop(o);
}

static void every_request_is_answered_at_the_stop(void)
{
    centre_script(NULL, 0, ACT_GOOD);
    struct outbox *o = start("stop", port);
    WAIT_FOR(told.n_state == 1);
    int n_put = 0, n_full = 0;
    for (int i = 0; i < 100; i++) {
        char *json = mem_strdup("{}");
        if (hand_in(o, 1, RECORD_APPLICATION, json, "newborn") == 0) {
            n_put++;
        } else {
            n_full++;
            free(json);
        }
    }
    outbox_stop(o);
    CU_ASSERT_EQUAL(n_put + n_full, 100);
    CU_ASSERT_EQUAL(told.n_stored, n_put);
    struct store *s = fixture_open(fixture_path("stop"));
    CU_ASSERT_EQUAL(fixture_check(s).n, n_put);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"a signed 201 is delivered at once", a_signed_201_is_delivered_at_once},
    {"other answers are not the centre", other_answers_are_not_the_centre},
    {"a fault of the centre is waited for", a_fault_of_the_centre_is_waited_for},
    {"a lost answer is asked for again", a_lost_answer_is_asked_for_again},
    {"a refused terminal goes on accepting", a_refused_terminal_goes_on_accepting},
    {"a rejected record steps aside", a_rejected_record_steps_aside},
    {"Retry-After is waited for", retry_after_is_waited_for},
    {"a portal gets no record", a_portal_gets_no_record},
    {"a black hole holds up nobody", a_black_hole_holds_up_nobody},
    {"no centre, then one", no_centre_then_one},
    {"another CA is not trusted", another_ca_is_not_trusted},
    {"starting wrongly is refused", starting_wrongly_is_refused},
    {"an unusable folder is told and tried again", an_unusable_folder_is_told_and_tried_again},
    {"every request is answered at the stop", every_request_is_answered_at_the_stop},
    CU_TEST_INFO_NULL};

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    FILE *f = fopen(fixture_key("centre-sign.key"), "r");
    sign_key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
    if (!sign_key)
        return EXIT_FAILURE;
    fclose(f);
    struct tls_server *server = tls_server_start(0, centre_handle, NULL, &port);
    int rc = cunit_run("store.outbox", cases);
    tls_server_stop(server);
    EVP_PKEY_free(sign_key);
    return rc;
}
