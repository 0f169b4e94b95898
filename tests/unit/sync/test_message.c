/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre says, read: strict where it counts, calm where it does not. */
#include <stdlib.h>
#include <string.h>

#include "cunit_main.h"
#include "sync/sync_message.h"

#define UUID  "0f8fad5b-d9cb-469f-a165-70867728950e"
#define DIG   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NONCE "00112233445566778899aabbccddeeff"

static struct sync_heartbeat_answer read_answer(const char *json)
{
    struct sync_heartbeat_answer a;
    memset(&a, 0x5a, sizeof a);
    CU_ASSERT_EQUAL(sync_message_heartbeat_answer(json, strlen(json), &a, NULL), 0);
    return a;
}

static void an_answer_of_an_early_centre_says_nothing_more(void)
{
    struct sync_heartbeat_answer a =
        read_answer("{\"time\":\"2026-11-23T04:00:00Z\",\"poll_s\":60}");
    CU_ASSERT(a.poll_s == 60 && !a.takes_status && !a.takes_staff_call && !a.seal_key[0]);
    CU_ASSERT(a.drain_per_min == 0 && a.retention_days == 0 && !a.has_newest_change);
    CU_ASSERT(a.catalogue == 0 && a.time_ms == 1795406400000);
}

static void every_member_is_taken(void)
{
    struct sync_heartbeat_answer a = read_answer(
        "{\"time\":\"2026-11-23T04:00:00.250Z\",\"poll_s\":9000,\"takes\":[\"staff_calls\","
        "\"status\","
        "\"later\"],\"seal_key\":\"0123456789abcdef\",\"drain_per_min\":120,\"retention_days\":90,"
        "\"newest_change\":\"17.a-b_C\",\"catalogue\":12,\"later\":{}}");
    CU_ASSERT(a.poll_s == 3600 && a.takes_status && a.takes_staff_call);
    CU_ASSERT_STRING_EQUAL(a.seal_key, "0123456789abcdef");
    CU_ASSERT(a.drain_per_min == 120 && a.retention_days == 90 && a.catalogue == 12);
    CU_ASSERT(a.has_newest_change && !strcmp(a.newest_change, "17.a-b_C"));
    CU_ASSERT_EQUAL(a.time_ms, 1795406400250);
}

static void what_is_wrong_is_left_out_and_the_rest_holds(void)
{
    static const char *const wrong[] = {"\"seal_key\":\"0123456789ABCDEF\"",
                                        "\"seal_key\":\"0123\"",
                                        "\"seal_key\":7",
                                        "\"drain_per_min\":-1",
                                        "\"drain_per_min\":60001",
                                        "\"drain_per_min\":1.5",
                                        "\"drain_per_min\":\"9\"",
                                        "\"retention_days\":0",
                                        "\"retention_days\":3651",
                                        "\"newest_change\":\"a b\"",
                                        "\"newest_change\":1",
                                        "\"catalogue\":-3",
                                        "\"catalogue\":\"new\"",
                                        "\"takes\":\"status\"",
                                        "\"takes\":[1,null]"};
    char json[256];
    for (size_t i = 0; i < YJ_COUNT(wrong); i++) {
        snprintf(json, sizeof json, "{\"time\":\"yesterday\",\"poll_s\":30,%s}", wrong[i]);
        struct sync_heartbeat_answer a = read_answer(json);
        CU_ASSERT(a.poll_s == 30 && a.time_ms == 0 && !a.seal_key[0] && !a.takes_status);
        CU_ASSERT(a.drain_per_min == 0 && a.retention_days == 0 && a.catalogue == 0);
        CU_ASSERT_FALSE(a.has_newest_change);
    }
}

static void what_is_no_answer_is_refused(void)
{
    static const char *const none[] = {"",
                                       "[]",
                                       "{}",
                                       "{\"time\":1,\"poll_s\":60}",
                                       "{\"time\":\"2026-11-23T04:00:00Z\",\"poll_s\":\"60\"}",
                                       "{\"time\":\"2026-11-23T04:00:00Z\"} x"};
    struct sync_heartbeat_answer a;
    for (size_t i = 0; i < YJ_COUNT(none); i++)
        CU_ASSERT_EQUAL(sync_message_heartbeat_answer(none[i], strlen(none[i]), &a, NULL),
                        ERR_SYNC_NOT_CENTRE);
}

static void instants_are_those_of_the_contract(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"1970-01-01T00:00:00Z", 0},
                {"2026-11-23T04:00:00Z", 1795406400000},
                {"2000-02-29T23:59:59.9Z", 951868799900},
                {"2038-01-19T03:14:08.123456Z", 2147483648123},
                {"9999-12-31T23:59:60Z", 253402300800000}};
    static const char *const bad[] = {"",
                                      "2026-11-23",
                                      "2026-11-23T04:00:00",
                                      "2026-11-23t04:00:00Z",
                                      "2026-11-23T04:00:00z",
                                      "2026-11-23T04:00:00+08:00",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-32T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00.1234567Z",
                                      "2026-01-01T00:00:00Z ",
                                      " 2026-01-01T00:00:00Z",
                                      "2026-1-01T00:00:00Z",
                                      "+026-01-01T00:00:00Z"};
    int64_t ms = 0;
    for (size_t i = 0; i < YJ_COUNT(good); i++)
        CU_ASSERT(sync_message_instant(good[i].text, &ms) && ms == good[i].ms);
    ms = 42;
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT(!sync_message_instant(bad[i], &ms) && ms == 42);
}

static void a_statement_speaks_of_one_attachment(void)
{
    static const char good[] =
        "{\"uuid\":\"" UUID "\",\"digest\":\"" DIG "\",\"bytes\":7,\"received_at\":\"x\"}";
    static const char other[] = "{\"uuid\":\"" UUID "\",\"digest\":\"" DIG "\",\"bytes\":8}";
    struct seal_attachment what = {.digest = DIG, .bytes = 7};
    CU_ASSERT_EQUAL(sync_message_attachment_fits(good, strlen(good), UUID, &what, NULL), 0);
    CU_ASSERT_EQUAL(sync_message_attachment_fits(other, strlen(other), UUID, &what, NULL),
                    ERR_SYNC_NOT_CENTRE);
    CU_ASSERT_EQUAL(sync_message_attachment_fits(good, strlen(good), "another", &what, NULL),
                    ERR_SYNC_NOT_CENTRE);
    what.digest[0] = '0';
    CU_ASSERT_EQUAL(sync_message_attachment_fits(good, strlen(good), UUID, &what, NULL),
                    ERR_SYNC_NOT_CENTRE);
}

static void the_time_is_that_of_ones_own_question(void)
{
    static const char good[] = "{\"nonce\":\"" NONCE "\",\"time\":\"2026-11-23T04:00:00Z\"}";
    int64_t ms = 0;
    CU_ASSERT_EQUAL(sync_message_time(good, strlen(good), NONCE, &ms, NULL), 0);
    CU_ASSERT_EQUAL(ms, 1795406400000);
    CU_ASSERT_EQUAL(
        sync_message_time(good, strlen(good), "ff112233445566778899aabbccddeeff", &ms, NULL),
        ERR_SYNC_NOT_CENTRE);
    static const char vague[] = "{\"nonce\":\"" NONCE "\",\"time\":\"noon\"}";
    CU_ASSERT_EQUAL(sync_message_time(vague, strlen(vague), NONCE, &ms, NULL), ERR_SYNC_NOT_CENTRE);
}

static void a_status_is_told_only_to_who_takes_it(void)
{
    struct sync_heartbeat h = {.terminal = "4301020001",
                               .version = "1",
                               .boot_id = "b",
                               .uptime_ms = 5,
                               .suite = "s",
                               .seal_key = "0123456789abcdef"};
    char *json = sync_message_heartbeat(&h);
    CU_ASSERT_PTR_NULL(strstr(json, "uptime_ms"));
    CU_ASSERT_PTR_NULL(strstr(json, "seal_key"));
    free(json);
    h.has_status = true;
    json = sync_message_heartbeat(&h);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"uptime_ms\":5"));
    CU_ASSERT_PTR_NULL(strstr(json, "certificate_ends"));
    free(json);
}

static CU_TestInfo cases[] = {
    {"an answer of an early centre says nothing more",
     an_answer_of_an_early_centre_says_nothing_more},
    {"every member is taken", every_member_is_taken},
    {"what is wrong is left out and the rest holds", what_is_wrong_is_left_out_and_the_rest_holds},
    {"what is no answer is refused", what_is_no_answer_is_refused},
    {"instants are those of the contract", instants_are_those_of_the_contract},
    {"a statement speaks of one attachment", a_statement_speaks_of_one_attachment},
    {"the time is that of one's own question", the_time_is_that_of_ones_own_question},
    {"a status is told only to who takes it", a_status_is_told_only_to_who_takes_it},
    CU_TEST_INFO_NULL};

int main(void)
{
    return cunit_run("sync.message", cases);
}
