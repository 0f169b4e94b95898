/* SPDX-License-Identifier: Apache-2.0 */
/* Asking beside the delivery of records: every question is answered once, whatever the line, the
 * centre or the visit does, and neither keeps the other waiting. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "sync/outbox.h"
#include "tls_server.h"

static const char good[] =
    "{\"items\":[{\"key\":\"marriage\",\"state\":\"found\",\"value\":\"V\"}]}";

/* What the centre does with enquiries, and with records. */
static struct {
    pthread_mutex_t lock;
    struct tls_reply reply; /* body: static, copied */
    bool is_record_hanging;
    int n_asked, n_records;
} centre = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void centre_handle(void *arg, const struct tls_request *q, struct tls_reply *r)
{
    (void)arg;
    pthread_mutex_lock(&centre.lock);
    if (strcmp(q->path, "/v1/enquiries") == 0) {
        centre.n_asked++;
        *r = centre.reply;
        r->body = mem_strdup(centre.reply.body);
    } else if (strcmp(q->path, "/v1/heartbeat") == 0) {
        r->status = 200;
        r->type = "application/json";
        r->body = mem_strdup("{\"time\":\"2026-11-23T04:00:00Z\",\"poll_s\":60}");
    } else {
        centre.n_records++;
        r->how = centre.is_record_hanging ? TLS_HANG : TLS_SEND; /* 500: sent again some time */
    }
    pthread_mutex_unlock(&centre.lock);
}

static void centre_says(enum tls_how how, int status, const char *type, const char *body)
{
    pthread_mutex_lock(&centre.lock);
    centre.reply = (struct tls_reply){
        .how = how, .status = status, .type = type, .header = "", .body = (char *)body};
    centre.n_asked = centre.n_records = 0;
    centre.is_record_hanging = false;
    pthread_mutex_unlock(&centre.lock);
}

static int centre_asked(void)
{
    pthread_mutex_lock(&centre.lock);
    int n = centre.n_asked;
    pthread_mutex_unlock(&centre.lock);
    return n;
}

enum { MAX_TAGS = 16 };

static struct {
    pthread_mutex_t lock;
    int n_answers, n_of[MAX_TAGS], code[MAX_TAGS];
    size_t n_items;
    bool is_online, has_stored;
    int cause, n_link;
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void on_event(void *arg, const struct outbox_event *e)
{
    (void)arg;
    pthread_mutex_lock(&told.lock);
    if (e->kind == OUTBOX_EVENT_ANSWERED) {
        told.n_answers++;
        told.n_of[e->tag % MAX_TAGS]++;
        told.code[e->tag % MAX_TAGS] = e->code;
        told.n_items = e->answer ? e->answer->n_items : 99;
        enquiry_answer_free(e->answer);
    } else if (e->kind == OUTBOX_EVENT_LINK) {
        told.is_online = e->link.is_online;
        told.cause = e->link.cause;
        told.n_link++;
    } else if (e->kind == OUTBOX_EVENT_STORED) {
        told.has_stored = true;
    }
    pthread_mutex_unlock(&told.lock);
}

/* Wait until a condition over told and centre holds; generous for slow machines. */
#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        bool is_met = false;                                                                       \
        for (int i_ = 0; i_ < 6000 && !is_met; i_++) {                                             \
            pthread_mutex_lock(&told.lock);                                                        \
            is_met = (condition);                                                                  \
            pthread_mutex_unlock(&told.lock);                                                      \
            if (!is_met)                                                                           \
                nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);                           \
        }                                                                                          \
        if (!is_met)                                                                               \
            fprintf(stderr, "\n    line %d: not in time: %s\n", __LINE__, #condition);             \
        CU_ASSERT_TRUE(is_met);                                                                    \
    } while (0)

static int port;

static struct outbox *start(const char *name, int to_port)
{
    char url[64];
    struct outbox *o = NULL;
    snprintf(url, sizeof url, "https://localhost:%d", to_port);
    told.n_answers = told.n_link = told.cause = 0;
    told.is_online = told.has_stored = false;
    memset(told.n_of, 0, sizeof told.n_of);
    struct outbox_cfg cfg = {.data_dir = fixture_path(name),
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = url,
                             .version = "0.1.0"};
    CU_ASSERT_EQUAL_FATAL(outbox_start(&cfg, on_event, NULL, &o, NULL), 0);
    return o;
}

static struct outbox *start_online(const char *name)
{
    struct outbox *o = start(name, port);
    WAIT_FOR(told.is_online);
    return o;
}

static int ask(struct outbox *o, uint64_t tag)
{
    struct enquiry e = {.kind = ENQUIRY_SHARED,
                        .name = "张三",
                        .id_no = "11010519491231002X",
                        .key = {"marriage"},
                        .n_keys = 1};
    return outbox_ask(o, tag, &e);
}

/* ---- cases ---- */

static void an_answer_comes_back(void)
{
    centre_says(TLS_SEND, 200, "application/json", good);
    struct outbox *o = start_online("answer");
    for (uint64_t tag = 1; tag <= 3; tag++) {
        CU_ASSERT_EQUAL(ask(o, tag), 0);
        WAIT_FOR(told.n_answers == (int)tag && told.code[tag] == 0 && told.n_items == 1);
    }
    outbox_stop(o);
    CU_ASSERT_EQUAL(told.n_answers, 3);
}

static void what_is_no_answer_is_told(void)
{
    static char huge[70000];
    memset(huge, ' ', sizeof huge - 1);
    const struct {
        struct {
            enum tls_how how;
            int status;
            const char *type, *body;
        } r;
        int want;
    } rows[] = {
        {{TLS_SEND, 200, "text/html", "<html>sign in</html>"}, ERR_SYNC_NOT_CENTRE},
        {{TLS_SEND, 200, "application/json", "{}"}, ERR_SYNC_NOT_CENTRE},
        {{TLS_SEND, 200, "application/json", "<html>sign in</html>"}, ERR_SYNC_NOT_CENTRE},
        {{TLS_SEND, 200, "application/json", huge}, ERR_SYNC_NOT_CENTRE},
        {{TLS_SEND, 302, "text/html", ""}, ERR_SYNC_NOT_CENTRE},
        {{TLS_SEND, 404, "text/html", "not here"}, ERR_SYNC_NOT_CENTRE},
        {{TLS_SEND, 404, "application/problem+json", "{\"type\":\"about:blank\"}"},
         ERR_SYNC_REJECTED},
        {{TLS_SEND, 422, "application/problem+json", "{}"}, ERR_SYNC_REJECTED},
        {{TLS_SEND, 403, "application/problem+json", "{}"}, ERR_SYNC_REFUSED},
        {{TLS_SEND, 429, "application/problem+json", "{}"}, ERR_SYNC_THROTTLED},
        {{TLS_SEND, 500, "application/problem+json", "{}"}, ERR_SYNC_SERVER},
        {{TLS_CLOSE, 0, "", ""}, ERR_SYNC_OFFLINE},
    };
    struct outbox *o = start_online("none");
    for (size_t i = 0; i < YJ_COUNT(rows); i++) {
        centre_says(rows[i].r.how, rows[i].r.status, rows[i].r.type, rows[i].r.body);
        CU_ASSERT_EQUAL(ask(o, i), 0);
        WAIT_FOR(told.n_answers == (int)i + 1);
        CU_ASSERT_EQUAL(told.code[i], rows[i].want);
    }
    CU_ASSERT_TRUE(told.is_online); /* records are none of this */
    outbox_stop(o);
}

static void nothing_known_is_an_answer(void)
{
    centre_says(TLS_SEND, 404, "application/problem+json",
                "{\"type\":\"urn:yijian:nothing-known\",\"title\":\"nothing is known\"}");
    struct outbox *o = start_online("nothing");
    CU_ASSERT_EQUAL(ask(o, 1), 0);
    WAIT_FOR(told.n_answers == 1);
    CU_ASSERT(told.code[1] == 0 && told.n_items == 0);
    outbox_stop(o);
}

static void a_link_that_is_down_answers_at_once(void)
{
    int own_port = 0;
    tls_server_stop(tls_server_start(0, centre_handle, NULL, &own_port));
    struct outbox *o = start("down", own_port);
    WAIT_FOR(told.n_link > 0 && told.cause == ERR_SYNC_OFFLINE);
    for (uint64_t tag = 0; tag < 4; tag++)
        CU_ASSERT_EQUAL(ask(o, tag), 0);
    WAIT_FOR(told.n_answers == 4);
    for (int tag = 0; tag < 4; tag++)
        CU_ASSERT(told.n_of[tag] == 1 && told.code[tag] == ERR_SYNC_OFFLINE);
    outbox_stop(o);
}

static void a_silent_centre_is_given_up(void)
{
    centre_says(TLS_HANG, 0, "", "");
    struct outbox *o = start_online("silent");
    int64_t began_ms = clock_mono_ms();
    CU_ASSERT_EQUAL(ask(o, 1), 0);
    WAIT_FOR(centre_asked() == 1);
    CU_ASSERT_EQUAL(ask(o, 2), 0); /* waits for the first, and its own time runs */
    WAIT_FOR(told.n_answers == 2);
    CU_ASSERT(told.code[1] == ERR_SYNC_OFFLINE && told.code[2] != 0);
    CU_ASSERT(clock_mono_ms() - began_ms >= 7500);
    outbox_stop(o);
}

static void the_fifth_has_to_wait_outside(void)
{
    centre_says(TLS_HANG, 0, "", "");
    struct outbox *o = start_online("full");
    CU_ASSERT_EQUAL(ask(o, 0), 0);
    WAIT_FOR(centre_asked() == 1);
    for (uint64_t tag = 1; tag <= 4; tag++)
        CU_ASSERT_EQUAL(ask(o, tag), 0);
    CU_ASSERT_EQUAL(ask(o, 5), ERR_FULL);
    outbox_stop(o); /* each of the five is answered, none twice */
    CU_ASSERT(told.n_answers == 5 && told.n_of[5] == 0);
    for (int tag = 0; tag < 5; tag++)
        CU_ASSERT(told.n_of[tag] == 1 && told.code[tag] == ERR_CANCELLED);
}

static void a_visit_that_ends_takes_its_questions_along(void)
{
    centre_says(TLS_HANG, 0, "", "");
    struct outbox *o = start_online("forget");
    CU_ASSERT_EQUAL(ask(o, 1), 0);
    WAIT_FOR(centre_asked() == 1);
    CU_ASSERT_EQUAL(ask(o, 2), 0);
    centre_says(TLS_SEND, 200, "application/json", good);
    outbox_forget(o);
    CU_ASSERT_EQUAL(ask(o, 3), 0); /* of the next visitor */
    WAIT_FOR(told.n_answers == 3);
    CU_ASSERT(told.code[1] == ERR_CANCELLED && told.code[2] == ERR_CANCELLED && told.code[3] == 0);
    CU_ASSERT(told.n_of[1] == 1 && told.n_of[2] == 1 && told.n_of[3] == 1);
    outbox_forget(o);
    CU_ASSERT_EQUAL(ask(o, 4), 0);
    WAIT_FOR(told.n_answers == 4 && told.code[4] == 0);
    outbox_stop(o);
}

static void put(struct outbox *o)
{
    char *json = mem_strdup("{}");
    CU_ASSERT_EQUAL_FATAL(outbox_put(o, 9,
                                     &(struct outbox_item){.kind = RECORD_APPLICATION,
                                                           .json = json,
                                                           .matter_code = "newborn"}),
                          0);
    WAIT_FOR(told.has_stored);
}

static int centre_records(void)
{
    pthread_mutex_lock(&centre.lock);
    int n = centre.n_records;
    pthread_mutex_unlock(&centre.lock);
    return n;
}

static void records_and_questions_do_not_wait_for_each_other(void)
{
    centre_says(TLS_SEND, 200, "application/json", good);
    centre.is_record_hanging = true;
    struct outbox *o = start_online("beside");
    put(o);
    WAIT_FOR(centre_records() == 1); /* and stays there */
    CU_ASSERT_EQUAL(ask(o, 1), 0);
    WAIT_FOR(told.n_answers == 1 && told.code[1] == 0);
    outbox_stop(o);
    centre_says(TLS_HANG, 0, "", "");
    o = start("beside2", port);
    WAIT_FOR(told.is_online);
    CU_ASSERT_EQUAL(ask(o, 1), 0);
    WAIT_FOR(centre_asked() == 1); /* and stays there */
    put(o);
    WAIT_FOR(centre_records() == 1);
    CU_ASSERT_EQUAL(told.n_answers, 0);
    outbox_stop(o);
    CU_ASSERT(told.n_answers == 1 && told.code[1] == ERR_CANCELLED);
}

static void what_cannot_be_asked_is_answered(void)
{
    struct enquiry e = {.kind = ENQUIRY_PROGRESS};
    centre_says(TLS_SEND, 200, "application/json", good);
    struct outbox *o = start_online("empty");
    CU_ASSERT_EQUAL(outbox_ask(o, 1, &e), 0);
    WAIT_FOR(told.n_answers == 1 && told.code[1] == ERR_INVALID);
    outbox_stop(o);
}

static CU_TestInfo cases[] = {
    {"an answer comes back", an_answer_comes_back},
    {"what is no answer is told", what_is_no_answer_is_told},
    {"nothing known is an answer", nothing_known_is_an_answer},
    {"a link that is down answers at once", a_link_that_is_down_answers_at_once},
    {"a silent centre is given up", a_silent_centre_is_given_up},
    {"the fifth has to wait outside", the_fifth_has_to_wait_outside},
    {"a visit that ends takes its questions along", a_visit_that_ends_takes_its_questions_along},
    {"records and questions do not wait for each other",
     records_and_questions_do_not_wait_for_each_other},
    {"what cannot be asked is answered", what_cannot_be_asked_is_answered},
    CU_TEST_INFO_NULL};

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    struct tls_server *server = tls_server_start(0, centre_handle, NULL, &port);
    int rc = cunit_run("sync.ask", cases);
    tls_server_stop(server);
    return rc;
}
