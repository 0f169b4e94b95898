/* SPDX-License-Identifier: Apache-2.0 */
/* The document printer driver against an IPP printer in Python: what it answers must agree with
 * the jobs the printer has. */
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "document_samples.h"
#include "driver_rig.h"
#include "ipp_rig.h"

enum { LONG_MS = 60000, SENDING = 6, CREATING = 5, ASKING = 11 };
enum { PROCESSING = 5, STOPPED = 6, CANCELED = 7, ABORTED = 8, COMPLETED = 9 };

struct world {
    struct ipp_rig ipp;
    struct rig rig;
};

static struct {
    struct ipp_rig ipp;
    pid_t pid;
} judge;

static void driver_start(struct world *w, const char *more)
{
    char settings[256];
    snprintf(settings, sizeof settings, "{\"uri\":\"ipp://127.0.0.1:%d/ipp/print\"%s}", w->ipp.port,
             more);
    rig_init_text(&w->rig, &document_ops, NULL, settings);
}

static void world_init(struct world *w, const char *more)
{
    ipp_rig_start(&w->ipp);
    driver_start(w, more);
    CU_ASSERT_TRUE(rig_until_state(&w->rig, DEVICE_ONLINE, LONG_MS));
}

static void world_fini(struct world *w)
{
    CU_ASSERT_TRUE(w->rig.longest_step_ms <= 500);
    rig_fini(&w->rig);
    ipp_rig_stop(&w->ipp);
}

static void print(struct world *w, int64_t job, struct document *d)
{
    struct device_command c = {.kind = DEVICE_COMMAND_PRINT, .job = job, .document = d};
    w->rig.ops->command(w->rig.d, &c, clock_mono_ms());
}

static void print_small(struct world *w, int64_t job)
{
    print(w, job, sample_empty(DOCUMENT_MATERIALS, "材料清单", "示例"));
}

static void expect_done(struct world *w, int64_t job, enum print_result result,
                        enum print_evidence evidence, int code)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_PRINT_DONE, LONG_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->from, DEVICE_DOCUMENT_PRINTER);
    CU_ASSERT_EQUAL(e->print.job, job);
    CU_ASSERT_EQUAL(e->print.result, result);
    CU_ASSERT_EQUAL(e->print.evidence, evidence);
    CU_ASSERT_EQUAL(e->code, code);
}

/* Until the printer's job has this state. */
static bool until_job(struct world *w, size_t job, int state)
{
    int64_t until_ms = clock_mono_ms() + LONG_MS;
    while (ipp_rig_job(&w->ipp, job, "state") != state) {
        if (clock_mono_ms() >= until_ms)
            return false;
        rig_run(&w->rig, 20);
    }
    return true;
}

/* ---- it works ------------------------------------------------------------------------------ */

static void prints_a_pdf(void)
{
    struct world w;
    char out[512];
    world_init(&w, ",\"copies\":2");
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Example A4 打印机");
    CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_FULL);
    print(&w, 7, sample_new(DOCUMENT_PROMISE));
    expect_done(&w, 7, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), COMPLETED);
    json_t *state = ipp_rig_order(&w.ipp, "state");
    const json_t *job = json_array_get(json_object_get(state, "jobs"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(job, "user")), "yijian");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(job, "name")), "yijian-document");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(job, "format")), "application/pdf");
    char *asked = json_dumps(json_object_get(job, "asked"), JSON_SORT_KEYS | JSON_COMPACT);
    CU_ASSERT_STRING_EQUAL(asked, "{\"copies\":[2],\"media\":[\"iso_a4_210x297mm\"],"
                                  "\"print-scaling\":[\"none\"],\"sides\":[\"one-sided\"]}");
    free(asked);
    json_decref(state);
    CU_ASSERT_EQUAL(command_run(out, sizeof out, "pdfinfo '%s/job-1.pdf'", w.ipp.folder), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "595.276 x 841.89 pts (A4)"));
    world_fini(&w);
}

static void prints_two_in_turn_and_refuses_a_fifth(void)
{
    struct world w;
    world_init(&w, "");
    for (int64_t job = 1; job <= 5; job++)
        print_small(&w, job);
    expect_done(&w, 5, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_BUSY);
    for (int64_t job = 1; job <= 4; job++)
        expect_done(&w, job, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    world_fini(&w);
}

static void expect_raster(const char *format, const char *ending, const char *magic)
{
    struct world w;
    char path[128], head[8] = "";
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "format %s", format);
    print_small(&w, 1);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    snprintf(path, sizeof path, "%s/job-1.%s", w.ipp.folder, ending);
    FILE *f = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_TRUE(fread(head, 1, 7, f) == 7 && strncmp(head, magic, strlen(magic)) == 0);
    fclose(f);
    world_fini(&w);
}

static void prints_raster_where_pdf_is_not_taken(void)
{
    expect_raster("pwg", "pwg", "RaS2");
    expect_raster("urf", "urf", "UNIRAST");
}

static void refuses_a_printer_without_a_format(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "format none");
    print_small(&w, 1);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_FAILED);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_HARDWARE_ERROR);
    world_fini(&w);
}

static void refuses_a_missing_character(void)
{
    struct world w;
    world_init(&w, "");
    struct document *d = sample_new(DOCUMENT_MATERIALS);
    CU_ASSERT_TRUE(document_add(d, DOCUMENT_PAIR, "姓名", "张\xf4\x8f\xbf\xbd", NULL));
    print(&w, 1, d);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_GLYPH);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), -1);
    print(&w, 2, NULL);
    expect_done(&w, 2, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_INVALID);
    world_fini(&w);
}

/* ---- paper and people ---------------------------------------------------------------------- */

static void goes_on_after_paper_was_put_in(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "page_ms 600000");
    ipp_rig_do(&w.ipp, "pages 3");
    print_small(&w, 1);
    CU_ASSERT_TRUE(until_job(&w, 1, PROCESSING));
    ipp_rig_do(&w.ipp, "paper out");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_OFFLINE, LONG_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_PAPER_OUT);
    CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_OUT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 0);
    ipp_rig_do(&w.ipp, "page_ms 20");
    ipp_rig_do(&w.ipp, "paper low");
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_LOW);
    world_fini(&w);
}

static void tells_what_the_printer_needs(void)
{
    static const struct {
        const char *reason;
        int stopped, cause;
        enum device_state state;
    } cases[] = {
        {"cover-open-error", 0, ERR_PRINTER_COVER, DEVICE_OFFLINE},
        {"media-jam", 0, ERR_PRINTER_JAM, DEVICE_OFFLINE},
        {"toner-empty-error", 1, ERR_DOCUMENT_TONER, DEVICE_OFFLINE},
        {"media-empty-warning", 0, 0, DEVICE_ONLINE}, /* another tray */
        {"paused", 1, ERR_DOCUMENT_STOPPED, DEVICE_OFFLINE},
        {"none", 1, ERR_DOCUMENT_STOPPED, DEVICE_OFFLINE},
        {"timed-out-error", 0, ERR_DOCUMENT_QUEUE, DEVICE_HARDWARE_ERROR},
    };
    struct world w;
    world_init(&w, "");
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        ipp_rig_do(&w.ipp, "reason %s", cases[i].reason);
        ipp_rig_do(&w.ipp, "stopped %d", cases[i].stopped);
        print_small(&w, (int64_t)i); /* looks at the printer at once */
        if (cases[i].cause != 0)
            expect_done(&w, (int64_t)i, PRINT_NOT_STARTED, EVIDENCE_SENT, cases[i].cause);
        else
            expect_done(&w, (int64_t)i, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
        CU_ASSERT_EQUAL(w.rig.status.state, cases[i].state);
        CU_ASSERT_EQUAL(w.rig.status.cause, cases[i].cause);
        CU_ASSERT_EQUAL(w.rig.status.media == MEDIA_JAMMED, cases[i].cause == ERR_PRINTER_JAM);
    }
    world_fini(&w);
}

static void cancels_what_takes_too_long(void)
{
    struct world w;
    world_init(&w, ",\"job_timeout_s\":2");
    ipp_rig_do(&w.ipp, "page_ms 600000");
    print_small(&w, 1);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_TIMEOUT);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), CANCELED);
    world_fini(&w);
}

/* ---- aborted, forgotten -------------------------------------------------------------------- */

static void tells_how_far_an_aborted_job_came(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "pages 3");
    ipp_rig_do(&w.ipp, "abort 0");
    print_small(&w, 1);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_FAILED);
    ipp_rig_do(&w.ipp, "abort 2");
    print_small(&w, 2);
    expect_done(&w, 2, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_DOCUMENT_FAILED);
    ipp_rig_do(&w.ipp, "forget 1");
    print_small(&w, 3);
    expect_done(&w, 3, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_DOCUMENT_FAILED);
    world_fini(&w);
}

/* ---- the connection ------------------------------------------------------------------------ */

static void revives_when_the_printer_comes_back(void)
{
    struct world w;
    ipp_rig_start(&w.ipp);
    ipp_rig_do(&w.ipp, "listen 0");
    driver_start(&w, "");
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_STARTING);
    print_small(&w, 1);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_NO_DEVICE);
    ipp_rig_do(&w.ipp, "listen 1");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    print_small(&w, 2);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    world_fini(&w);
}

/* A document is sent once or not at all. */
static void never_sends_twice(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "fault drop %d 1", SENDING);
    print(&w, 1, sample_new(DOCUMENT_PROMISE));
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), CANCELED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "bytes"), 0);
    /* the document has arrived, only the answer is lost */
    ipp_rig_do(&w.ipp, "page_ms 600000");
    ipp_rig_do(&w.ipp, "fault truncate %d 1", SENDING);
    print_small(&w, 2);
    expect_done(&w, 2, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 2, "state"), CANCELED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 3, "state"), -1);
    json_t *state = ipp_rig_order(&w.ipp, "state");
    int n_sent = 0;
    for (size_t i = 0; i < json_array_size(json_object_get(state, "operations")); i++)
        n_sent +=
            json_integer_value(json_array_get(json_object_get(state, "operations"), i)) == SENDING;
    json_decref(state);
    CU_ASSERT_EQUAL(n_sent, 2);
    world_fini(&w);
}

static void is_in_doubt_when_the_printer_is_lost(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "page_ms 600000");
    print_small(&w, 1);
    CU_ASSERT_TRUE(until_job(&w, 1, PROCESSING));
    rig_run(&w.rig, 300);
    ipp_rig_do(&w.ipp, "listen 0");
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, LONG_MS));
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), PROCESSING);
    ipp_rig_do(&w.ipp, "listen 1");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), CANCELED); /* before ONLINE is told */
    world_fini(&w);
}

static void survives_rubbish(void)
{
    static const char *const kind[] = {"rubbish", "http500", "truncate", "wrong_id"};
    struct world w;
    world_init(&w, "");
    for (size_t i = 0; i < YJ_COUNT(kind); i++) {
        ipp_rig_do(&w.ipp, "fault %s %d 1000", kind[i], ASKING);
        print_small(&w, (int64_t)i);
        expect_done(&w, (int64_t)i, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
        if (i == 0)
            CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, LONG_MS));
        CU_ASSERT_TRUE(i > 0 || w.rig.status.cause == ERR_DOCUMENT_QUEUE);
        ipp_rig_do(&w.ipp, "fault %s %d 0", kind[i], ASKING);
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    }
    ipp_rig_do(&w.ipp, "fault refuse %d 1", CREATING);
    print_small(&w, 10);
    expect_done(&w, 10, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_FAILED);
    ipp_rig_do(&w.ipp, "fault busy %d 1", CREATING);
    print_small(&w, 11);
    expect_done(&w, 11, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_BUSY);
    ipp_rig_do(&w.ipp, "fault silent %d 1", CREATING); /* 5 s */
    print_small(&w, 12);
    expect_done(&w, 12, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    world_fini(&w);
}

/* It keeps talking and never comes to an end: neither memory nor the end of the program may hang on
 * it. */
static void ends_a_talk_without_end(void)
{
    static const char *const kind[] = {"endless", "drip_body"};
    struct world w;
    world_init(&w, "");
    for (size_t i = 0; i < YJ_COUNT(kind); i++) {
        ipp_rig_do(&w.ipp, "fault %s %d 1", kind[i], CREATING);
        print_small(&w, (int64_t)i);
        expect_done(&w, (int64_t)i, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_DOCUMENT_QUEUE);
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    }
    ipp_rig_do(&w.ipp, "fault drip_head * 1000");
    rig_run(&w.rig, 3500); /* until it is asked how it is */
    int64_t begin_ms = clock_mono_ms();
    rig_fini(&w.rig);
    CU_ASSERT_TRUE(clock_mono_ms() - begin_ms < 6000);
    ipp_rig_stop(&w.ipp);
}

static void waits_for_a_slow_printer(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "slow_read 5");
    ipp_rig_do(&w.ipp, "page_ms 1500");
    print(&w, 1, sample_new(DOCUMENT_APPLICATION));
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0);
    world_fini(&w);
}

/* ---- nobody's papers come out later -------------------------------------------------------- */

static void cancels_leftovers_of_its_own(void)
{
    struct world w;
    ipp_rig_start(&w.ipp);
    ipp_rig_do(&w.ipp, "my_jobs 0");
    ipp_rig_do(&w.ipp, "leftover yijian anything");
    ipp_rig_do(&w.ipp, "leftover anonymous yijian-document");
    ipp_rig_do(&w.ipp, "leftover somebody letter");
    driver_start(&w, "");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, LONG_MS));
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), CANCELED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 2, "state"), CANCELED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 3, "state"), 3);
    world_fini(&w);
}

/* Close the driver; its last answers are looked at afterwards. */
static const struct device_event *driver_close(struct world *w)
{
    int64_t since_ms = clock_mono_ms();
    w->rig.ops->close(w->rig.d);
    w->rig.d = NULL;
    CU_ASSERT_TRUE(clock_mono_ms() - since_ms < 20000);
    while (w->rig.n_seen < w->rig.n_events)
        if (w->rig.event[w->rig.n_seen++].kind == DEVICE_EVENT_PRINT_DONE)
            return &w->rig.event[w->rig.n_seen - 1];
    return NULL;
}

static void cancels_when_it_is_closed(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "page_ms 600000");
    print_small(&w, 1);
    print_small(&w, 2);
    CU_ASSERT_TRUE(until_job(&w, 1, PROCESSING));
    const struct device_event *e = driver_close(&w);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->print.job, 1);
    CU_ASSERT_EQUAL(e->print.result, PRINT_NOT_STARTED); /* no page was counted */
    CU_ASSERT_EQUAL(e->code, ERR_CANCELLED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), CANCELED);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 2);
    world_fini(&w);
}

static void cancels_when_it_is_closed_while_sending(void)
{
    struct world w;
    world_init(&w, "");
    ipp_rig_do(&w.ipp, "slow_read 200");
    print(&w, 1, sample_new(DOCUMENT_APPLICATION));
    int64_t until_ms = clock_mono_ms() + LONG_MS;
    while (ipp_rig_job(&w.ipp, 1, "state") < 0 && clock_mono_ms() < until_ms)
        rig_run(&w.rig, 20);
    rig_run(&w.rig, 300);
    const struct device_event *e = driver_close(&w);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->print.result, PRINT_NOT_STARTED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "state"), CANCELED);
    CU_ASSERT_EQUAL(ipp_rig_job(&w.ipp, 1, "bytes"), 0);
    world_fini(&w);
}

static void wakes_up(void)
{
    struct world w;
    world_init(&w, "");
    rig_run(&w.rig, 100);
    w.rig.ops->wake(w.rig.d);
    int64_t since_ms = clock_mono_ms();
    w.rig.ops->wait(w.rig.d, 30000);
    CU_ASSERT_TRUE(clock_mono_ms() - since_ms < 10000);
    world_fini(&w);
}

static void settings_are_strict(void)
{
    static const char *const bad[] = {
        "[]",
        "{\"queu\":\"a\"}",
        "{\"queue\":\"a b\"}",
        "{\"queue\":\"\"}",
        "{\"queue\":\"a\",\"uri\":\"ipp://h/\"}",
        "{\"uri\":\"http://h/\"}",
        "{\"uri\":\"ipp://me:secret@h/\"}",
        "{\"copies\":0}",
        "{\"copies\":\"1\"}",
        "{\"sides\":\"both\"}",
        "{\"media\":\"A4 paper\"}",
        "{\"job_timeout_s\":1}",
        "{\"user\":\"\"}",
        "{\"uri\":\"ipps://h/\",\"fingerprint\":\"abc\"}",
    };
    struct driver_sink sink = {NULL, NULL};
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct driver_cfg cfg = {.settings = bad[i]};
        struct err err = {0};
        struct driver *d = NULL;
        CU_ASSERT_EQUAL(document_ops.open(&cfg, &sink, &d, &err), ERR_INVALID);
        CU_ASSERT_TRUE(strlen(err.msg) > 0);
    }
    document_ops.close(NULL);
}

/* ipptool is an independent judge of the printer that judges the driver. It takes its time, beside
 * the other cases. */
static void the_model_is_an_ipp_printer(void)
{
    int status = -1;
    if (judge.pid == 0)
        return; /* no ipptool here */
    CU_ASSERT_EQUAL(waitpid(judge.pid, &status, 0), judge.pid);
    CU_ASSERT_EQUAL(status, 0);
}

static CU_TestInfo cases[] = {
    {"prints a PDF", prints_a_pdf},
    {"prints in turn, refuses a fifth", prints_two_in_turn_and_refuses_a_fifth},
    {"prints raster where PDF is not taken", prints_raster_where_pdf_is_not_taken},
    {"refuses a printer without a format", refuses_a_printer_without_a_format},
    {"refuses a missing character", refuses_a_missing_character},
    {"goes on after paper was put in", goes_on_after_paper_was_put_in},
    {"tells what the printer needs", tells_what_the_printer_needs},
    {"cancels what takes too long", cancels_what_takes_too_long},
    {"tells how far an aborted job came", tells_how_far_an_aborted_job_came},
    {"revives when the printer comes back", revives_when_the_printer_comes_back},
    {"never sends twice", never_sends_twice},
    {"is in doubt when the printer is lost", is_in_doubt_when_the_printer_is_lost},
    {"survives rubbish", survives_rubbish},
    {"ends a talk without end", ends_a_talk_without_end},
    {"waits for a slow printer", waits_for_a_slow_printer},
    {"cancels leftovers of its own", cancels_leftovers_of_its_own},
    {"cancels when it is closed", cancels_when_it_is_closed},
    {"cancels when it is closed while sending", cancels_when_it_is_closed_while_sending},
    {"wakes up", wakes_up},
    {"settings are strict", settings_are_strict},
    {"the model is an IPP printer", the_model_is_an_ipp_printer},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    char out[256], uri[64];
    ipp_rig_start(&judge.ipp);
    snprintf(uri, sizeof uri, "ipp://127.0.0.1:%d/ipp/print", judge.ipp.port);
    const char *argv[] = {"ipptool", "-t", "-f", "/etc/os-release", uri, "ipp-1.1.test", NULL};
    if (command_run(out, sizeof out, "command -v ipptool") == 0)
        judge.pid = program_start(judge.ipp.folder, argv, NULL);
    int rc = cunit_run("drivers.document", cases);
    ipp_rig_stop(&judge.ipp);
    return rc;
}
