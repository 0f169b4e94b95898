/* SPDX-License-Identifier: Apache-2.0 */
/* Enquiries as JSON: what is asked, what of an answer is taken, and what is left out. */
#include "sync/sync_enquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "cunit_main.h"

#define NUMBER  "430102000120261123000019"
#define NUMBER2 "430102000120261123000027"

static struct enquiry shared(void)
{
    struct enquiry e = {.kind = ENQUIRY_SHARED,
                        .matter = "NB.BIRTH",
                        .name = "张三",
                        .id_no = "11010519491231002X",
                        .key = {"hukou_addr", "marriage", "ent.name"},
                        .n_keys = 3};
    return e;
}

static struct enquiry progress(bool has_card)
{
    struct enquiry e = {.kind = ENQUIRY_PROGRESS, .receipt = NUMBER};
    if (has_card) {
        strcpy(e.name, "张三");
        strcpy(e.id_no, "11010519491231002X");
    }
    return e;
}

static struct enquiry_answer *read_answer(const char *json, const struct enquiry *e)
{
    struct enquiry_answer *a = NULL;
    struct err err = {0};
    int rc = sync_enquiry_answer(json, strlen(json), e, &a, &err);
    CU_ASSERT(rc == 0 ? a != NULL : rc == ERR_SYNC_NOT_CENTRE && a == NULL && err.msg[0]);
    return a;
}

static bool is_refused(const char *json, const struct enquiry *e)
{
    struct enquiry_answer *a = read_answer(json, e);
    bool is = a == NULL;
    if (!is)
        fprintf(stderr, "\n    taken: %.200s\n", json);
    enquiry_answer_free(a);
    return is;
}

static void is_request(const struct enquiry *e, const char *want)
{
    char *text = sync_enquiry_request("4301020001", e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    json_t *a = json_loads(text, 0, NULL), *b = json_loads(want, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL(b);
    CU_ASSERT_TRUE(json_equal(a, b));
    json_decref(a);
    json_decref(b);
    bytes_free_wiped(text);
}

static void questions_are_as_the_contract_says(void)
{
    struct enquiry e = shared();
    is_request(&e, "{\"terminal\":\"4301020001\",\"kind\":\"shared\",\"matter\":\"NB.BIRTH\","
                   "\"subject\":{\"name\":\"张三\",\"id_no\":\"11010519491231002X\"},"
                   "\"keys\":[\"hukou_addr\",\"marriage\",\"ent.name\"]}");
    e = progress(false);
    is_request(&e,
               "{\"terminal\":\"4301020001\",\"kind\":\"progress\",\"receipt\":\"" NUMBER "\"}");
    e = progress(true);
    e.receipt[0] = '\0';
    is_request(&e, "{\"terminal\":\"4301020001\",\"kind\":\"progress\","
                   "\"subject\":{\"name\":\"张三\",\"id_no\":\"11010519491231002X\"}}");
}

static void nothing_is_asked_with_nothing(void)
{
    struct enquiry e = shared();
    e.n_keys = 0;
    CU_ASSERT_PTR_NULL(sync_enquiry_request("4301020001", &e));
    e = shared();
    e.id_no[0] = '\0';
    CU_ASSERT_PTR_NULL(sync_enquiry_request("4301020001", &e));
    e = shared();
    strcpy(e.name, "\xff\xfe");
    CU_ASSERT_PTR_NULL(sync_enquiry_request("4301020001", &e));
    e = shared();
    strcpy(e.key[1], "\xc3");
    CU_ASSERT_PTR_NULL(sync_enquiry_request("4301020001", &e));
    e = progress(false);
    e.receipt[0] = '\0';
    CU_ASSERT_PTR_NULL(sync_enquiry_request("4301020001", &e));
}

static void shared_items_are_taken(void)
{
    struct enquiry e = shared();
    struct enquiry_answer *a = read_answer(
        "{\"items\":[{\"key\":\"hukou_addr\",\"state\":\"found\",\"value\":\"示例路1号\","
        "\"issuer\":"
        "\"公安局\",\"valid_to\":\"2030-01-31\",\"more\":{}},{\"key\":\"marriage\",\"state\":"
        "\"mismatch\",\"value\":\"not to be seen\"},{\"key\":\"ent.name\",\"state\":\"absent\"}],"
        "\"later\":1}",
        &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    CU_ASSERT(a->kind == ENQUIRY_SHARED && a->n_items == 3 && a->n_reports == 0);
    CU_ASSERT(a->item[0].state == SHARED_FOUND && a->item[1].state == SHARED_MISMATCH &&
              a->item[2].state == SHARED_ABSENT);
    CU_ASSERT_STRING_EQUAL(a->item[0].value, "示例路1号");
    CU_ASSERT_STRING_EQUAL(a->item[0].issuer, "公安局");
    CU_ASSERT_STRING_EQUAL(a->item[0].valid_to, "2030-01-31");
    CU_ASSERT_STRING_EQUAL(a->item[1].value, "");
    enquiry_answer_free(a);
}

/* One bad item beside a good one: the good one stands. */
static void a_bad_item_is_left_out(void)
{
    static const char *const bad[] = {
        "1",
        "null",
        "{\"key\":\"hukou_addr\"}",
        "{\"key\":\"hukou_addr\",\"state\":7}",
        "{\"key\":\"hukou_addr\",\"state\":\"perhaps\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"\"}",
        "{\"state\":\"found\",\"value\":\"x\"}",
        "{\"key\":[\"hukou_addr\"],\"state\":\"found\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"value\":7}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"value\":\"a\\nb\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"value\":\"a\\u202eb\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"value\":\"a\\u200bb\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"issuer\":{}}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"valid_to\":\"2030-13-01\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"valid_to\":\"2030-1-1\"}",
        "{\"key\":\"hukou_addr\",\"state\":\"found\",\"valid_to\":\"2030-01-01T\"}",
        "{\"key\":\"somebody.else\",\"state\":\"found\",\"value\":\"x\"}",
        "{\"key\":\"marriage\",\"state\":\"found\",\"value\":\"twice\"}",
    };
    struct enquiry e = shared();
    char json[512];
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        snprintf(json, sizeof json, "{\"items\":[{\"key\":\"marriage\",\"state\":\"absent\"},%s]}",
                 bad[i]);
        struct enquiry_answer *a = read_answer(json, &e);
        CU_ASSERT_PTR_NOT_NULL_FATAL(a);
        CU_ASSERT(a->n_items == 1 && a->item[0].state == SHARED_ABSENT);
        CU_ASSERT(a->item[1].key[0] == '\0' && a->item[1].value[0] == '\0');
        enquiry_answer_free(a);
        snprintf(json, sizeof json, "{\"items\":[%s]}", bad[i]);
        if (i + 1 < YJ_COUNT(bad)) /* the last is only bad as the second of its key */
            CU_ASSERT_TRUE(is_refused(json, &e));
    }
}

static void lengths_are_bounds(void)
{
    struct enquiry e = shared();
    char json[1024], value[ENQUIRY_VALUE_BYTES + 1];
    for (size_t n = ENQUIRY_VALUE_BYTES - 1; n <= ENQUIRY_VALUE_BYTES; n++) {
        memset(value, 'v', n);
        value[n] = '\0';
        snprintf(json, sizeof json,
                 "{\"items\":[{\"key\":\"hukou_addr\",\"state\":\"found\",\"value\":\"%s\"}]}",
                 value);
        struct enquiry_answer *a = read_answer(json, &e);
        CU_ASSERT_EQUAL(a != NULL, n < ENQUIRY_VALUE_BYTES);
        CU_ASSERT(!a || strcmp(a->item[0].value, value) == 0);
        enquiry_answer_free(a);
    }
}

static void other_texts_are_no_answer(void)
{
    static const char *const bad[] = {
        "",
        "{",
        "{}",
        "[]",
        "<html>sign in</html>",
        "null",
        "{\"items\":[]}",
        "{\"items\":{}}",
        "{\"items\":\"x\"}",
        "{\"reports\":[]}",
        "{\"items\":[],\"items\":[]}",
        "{\"items\":[{\"key\":\"marriage\",\"state\":\"absent\"}]}x",
        "{\"items\":[{\"key\":\"marriage\",\"state\":\"\\u0000\"}]}",
        "{\"items\":[{\"key\":\"marriage\xff\",\"state\":\"absent\"}]}"};
    struct enquiry e = shared(), p = progress(true);
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        CU_ASSERT_TRUE(is_refused(bad[i], &e));
        CU_ASSERT_TRUE(is_refused(bad[i], &p));
    }
    char many[4096] = "{\"items\":[";
    for (int i = 0; i <= ENQUIRY_MAX_KEYS; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many),
                 "%s{\"key\":\"marriage\",\"state\":\"absent\"}", i ? "," : "");
    strcat(many, "]}");
    CU_ASSERT_TRUE(is_refused(many, &e));
}

#define REPORT(number, tasks, fixes, may_fix)                                                      \
    "{\"number\":\"" number "\",\"matter\":\"NB.BIRTH\",\"matter_name\":\"新生儿出生\","      \
    "\"version\":\"2026.2\",\"received\":\"2026-11-23\",\"tasks\":[" tasks "],\"fixes\":[" fixes   \
    "],\"may_fix\":" may_fix ",\"corrections\":[{\"number\":\"" NUMBER2 "\"}]}"
#define TASK                                                                                         \
    "{\"id\":\"hukou\",\"name\":\"户口登记\",\"dept\":\"公安\",\"case_no\":\"A-1\",\"state\":" \
    "\"fix\",\"state_code\":37,\"due\":\"2026-12-01\"}"
#define FIX                                                                                        \
    "{\"kind\":\"field\",\"id\":\"baby.name\",\"reason\":\"unclear\",\"text\":\"第一行\\n"      \
    "第二行\",\"value\":\"张小宝\"}"

static void a_report_is_taken_whole(void)
{
    struct enquiry e = progress(true);
    struct enquiry_answer *a = read_answer(
        "{\"reports\":[" REPORT(NUMBER, TASK ",{\"id\":\"x\",\"name\":\"n\",\"state\":\"paused\"}",
                                FIX ",{\"kind\":\"material\",\"id\":\"marriage\",\"reason\":"
                                    "\"missing\"}",
                                "true") "]}",
        &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    const struct case_report *r = &a->report[0];
    CU_ASSERT(a->n_reports == 1 && r->n_tasks == 2 && r->n_fixes == 2 && r->may_fix);
    CU_ASSERT_STRING_EQUAL(r->number, NUMBER);
    CU_ASSERT_STRING_EQUAL(r->received, "2026-11-23");
    CU_ASSERT(r->task[0].state == CASE_FIX && strcmp(r->task[0].due, "2026-12-01") == 0);
    CU_ASSERT(r->task[1].state == CASE_N_STATES && r->task[1].dept[0] == '\0');
    CU_ASSERT_STRING_EQUAL(r->fix[0].text, "第一行 第二行");
    CU_ASSERT_STRING_EQUAL(r->fix[0].value, "张小宝");
    CU_ASSERT(r->fix[1].kind == FIX_MATERIAL && r->fix[1].value[0] == '\0');
    enquiry_answer_free(a);
}

static void every_state_has_its_word(void)
{
    static const char *const words[CASE_N_STATES] = {
        "submitted", "received", "accepted", "fix", "approved", "done", "refused", "withdrawn"};
    struct enquiry e = progress(true);
    char json[1024];
    for (int i = 0; i < CASE_N_STATES; i++) {
        snprintf(json, sizeof json, "{\"reports\":[%s%s%s]}",
                 "{\"number\":\"" NUMBER "\",\"matter\":\"m\",\"matter_name\":\"n\",\"received\":"
                 "\"2026-11-23\",\"fixes\":[],\"may_fix\":false,\"tasks\":[{\"id\":\"a\",\"name\":"
                 "\"b\",\"state\":\"",
                 words[i], "\"}]}");
        struct enquiry_answer *a = read_answer(json, &e);
        CU_ASSERT(a && a->report[0].task[0].state == (enum case_state)i);
        enquiry_answer_free(a);
    }
}

/* Values are the applicant's: without a card, or with another's, they are not even kept. */
static void values_need_the_applicants_card(void)
{
    static const char mine[] = "{\"reports\":[" REPORT(NUMBER, TASK, FIX, "true") "]}";
    static const char other[] = "{\"reports\":[" REPORT(NUMBER, TASK, FIX, "false") "]}";
    struct enquiry bare = progress(false), card = progress(true);
    struct enquiry_answer *a[] = {read_answer(mine, &bare), read_answer(other, &card)};
    for (size_t i = 0; i < YJ_COUNT(a); i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(a[i]);
        CU_ASSERT(!a[i]->report[0].may_fix && a[i]->report[0].fix[0].value[0] == '\0' &&
                  a[i]->report[0].fix[0].text[0] == '\0');
        enquiry_answer_free(a[i]);
    }
}

/* What a receipt alone asked for is one application; others are somebody's. */
static void a_receipt_names_its_report(void)
{
    static const char first[] = "{\"reports\":[" REPORT(NUMBER, TASK, FIX, "false") "]}";
    struct enquiry e = progress(false);
    strcpy(e.receipt, NUMBER2); /* a correction of it */
    enquiry_answer_free(read_answer(first, &e));
    CU_ASSERT_FALSE(sync_enquiry_is_nothing(first, strlen(first)));
    strcpy(e.receipt, "430102000120261123000035");
    CU_ASSERT_TRUE(is_refused(first, &e));
    uint8_t payload[49] = {1};
    char text[80];
    CU_ASSERT_EQUAL(bytes_unhex(NUMBER, payload + 1, 12), 12);
    CU_ASSERT(bytes_b64url(payload, sizeof payload, text, sizeof text) > 0);
    snprintf(e.receipt, sizeof e.receipt, "YJ1C.%s.c2ln", text);
    struct enquiry_answer *a = read_answer(first, &e);
    CU_ASSERT(a && a->n_reports == 1);
    enquiry_answer_free(a);
    payload[12] ^= 1;
    CU_ASSERT(bytes_b64url(payload, sizeof payload, text, sizeof text) > 0);
    snprintf(e.receipt, sizeof e.receipt, "YJ1.%s.c2ln", text);
    CU_ASSERT_TRUE(is_refused(first, &e));
    strcpy(e.receipt, "nonsense");
    CU_ASSERT_TRUE(is_refused(first, &e));
}

/* Anything wrong inside leaves out the whole report. */
static void a_bad_report_is_left_out(void)
{
    static const char *const bad[] = {
        "7",
        REPORT("12", TASK, FIX, "true"),
        REPORT("43010200012026112300001x", TASK, FIX, "true"),
        REPORT(NUMBER, TASK, FIX, "1"),
        REPORT(NUMBER, "{\"id\":\"a\",\"name\":\"b\"}", FIX, "true"),
        REPORT(NUMBER, "{\"id\":\"a\",\"name\":\"b\",\"state\":\"under way\"}", FIX, "true"),
        REPORT(NUMBER, "{\"id\":\"a\",\"name\":\"\",\"state\":\"done\"}", FIX, "true"),
        REPORT(NUMBER, "{\"id\":\"a\",\"name\":\"b\",\"state\":\"done\",\"due\":\"soon\"}", FIX,
               "true"),
        REPORT(NUMBER, "{\"id\":\"a\",\"name\":\"b\\u200f\",\"state\":\"done\"}", FIX, "true"),
        REPORT(NUMBER, TASK, "{\"kind\":\"task\",\"id\":\"a\",\"reason\":\"unclear\"}", "true"),
        REPORT(NUMBER, TASK, "{\"kind\":\"field\",\"reason\":\"unclear\"}", "true"),
        REPORT(NUMBER, TASK, "{\"kind\":\"field\",\"id\":\"a\",\"reason\":\"un clear\"}", "true"),
        REPORT(NUMBER, TASK,
               "{\"kind\":\"field\",\"id\":\"a\",\"reason\":\"unclear\",\"text\":\"\\u0007\"}",
               "true"),
        REPORT(NUMBER, TASK,
               "{\"kind\":\"field\",\"id\":\"a\",\"reason\":\"unclear\",\"value\":[1]}", "true"),
        "{\"number\":\"" NUMBER "\",\"matter\":\"m\",\"matter_name\":\"n\",\"received\":\"today\","
        "\"tasks\":[],\"fixes\":[],\"may_fix\":false}",
        "{\"number\":\"" NUMBER "\",\"matter\":\"m\",\"matter_name\":\"n\",\"received\":"
        "\"2026-11-23\",\"tasks\":{},\"fixes\":[],\"may_fix\":false}",
    };
    struct enquiry e = progress(true);
    char json[4096];
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        snprintf(json, sizeof json, "{\"reports\":[%s]}", bad[i]);
        CU_ASSERT_TRUE(is_refused(json, &e));
        snprintf(json, sizeof json, "{\"reports\":[%s,%s]}", bad[i],
                 REPORT(NUMBER2, TASK, FIX, "true"));
        struct enquiry_answer *a = read_answer(json, &e);
        CU_ASSERT(a && a->n_reports == 1 && strcmp(a->report[0].number, NUMBER2) == 0 &&
                  a->report[1].number[0] == '\0');
        enquiry_answer_free(a);
    }
}

static void too_many_are_refused(void)
{
    struct enquiry e = progress(true);
    char json[16384] = "{\"reports\":[";
    for (int i = 0; i <= ENQUIRY_MAX_CASES; i++)
        snprintf(json + strlen(json), sizeof json - strlen(json), "%s%s", i ? "," : "",
                 REPORT(NUMBER, TASK, FIX, "true"));
    strcat(json, "]}");
    CU_ASSERT_TRUE(is_refused(json, &e));
}

static void nothing_known_is_not_no_such_path(void)
{
    static const char nothing[] = "{\"type\":\"urn:yijian:nothing-known\",\"title\":\"x\"}";
    static const char blank[] = "{\"type\":\"about:blank\",\"title\":\"no such resource\"}";
    CU_ASSERT_TRUE(sync_enquiry_is_nothing(nothing, strlen(nothing)));
    CU_ASSERT_FALSE(sync_enquiry_is_nothing(blank, strlen(blank)));
    CU_ASSERT_FALSE(sync_enquiry_is_nothing("<html>", 6));
}

static CU_TestInfo cases[] = {
    {"questions are as the contract says", questions_are_as_the_contract_says},
    {"nothing is asked with nothing", nothing_is_asked_with_nothing},
    {"shared items are taken", shared_items_are_taken},
    {"a bad item is left out", a_bad_item_is_left_out},
    {"lengths are bounds", lengths_are_bounds},
    {"other texts are no answer", other_texts_are_no_answer},
    {"a report is taken whole", a_report_is_taken_whole},
    {"every state has its word", every_state_has_its_word},
    {"values need the applicant's card", values_need_the_applicants_card},
    {"a receipt names its report", a_receipt_names_its_report},
    {"a bad report is left out", a_bad_report_is_left_out},
    {"too many are refused", too_many_are_refused},
    {"nothing known is not no such path", nothing_known_is_not_no_such_path},
    CU_TEST_INFO_NULL};

int main(void)
{
    return cunit_run("sync.enquiry", cases);
}
