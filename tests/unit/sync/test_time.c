/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's word about the time: only what it has signed, over the nonce of this question, sets
 * the time by which certificates are judged. */
#include "sync/outbox_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include <openssl/evp.h>
#include <openssl/pem.h>

#define TIME_PREFIX "yijian-time-1\n"
#define NONCE       "00112233445566778899aabbccddeeff"
#define OTHER       "ffeeddccbbaa99887766554433221100"

enum { TIME_S = 1795406400 }; /* 2026-11-23T04:00:00Z */

static struct outbox *outbox;

/* {"ack", "signature"} over prefix and text, by the key of a file. */
static char *statement(const char *key_name, const char *prefix, const char *text)
{
    char all[600], b64[600];
    uint8_t der[80];
    size_t n = sizeof der;
    FILE *f = fopen(fixture_key(key_name), "r");
    EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    CU_ASSERT_FATAL(key && ctx);
    fclose(f);
    snprintf(all, sizeof all, "%s%s", prefix, text);
    CU_ASSERT_EQUAL_FATAL(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    CU_ASSERT_EQUAL_FATAL(EVP_DigestSign(ctx, der, &n, (unsigned char *)all, strlen(all)), 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    bytes_b64url(text, strlen(text), b64, sizeof b64);
    YJ_CLEANUP(cleanup_free) char *signature = seal_base64(der, n);
    size_t cap = strlen(b64) + strlen(signature) + 64;
    char *json = mem_zalloc(cap, 1);
    snprintf(json, cap, "{\"ack\":\"%s\",\"signature\":\"%s\"}", b64, signature);
    return json;
}

/* Ask with NONCE, be answered with the body. @return the time that is believed now, 0: none */
static int64_t answered(const char *body, int status, enum sync_content content)
{
    struct sync_answer a = {.lane = SYNC_LANE_TIME,
                            .status = status,
                            .content = content,
                            .body = body,
                            .body_bytes = strlen(body)};
    snprintf(outbox->nonce, sizeof outbox->nonce, NONCE);
    outbox->centre_time_ms = 0;
    outbox_time_answered(outbox, &a, 1000);
    CU_ASSERT_STRING_EQUAL(outbox->nonce, "");
    return outbox->centre_time_ms;
}

static int64_t told(const char *key, const char *prefix, const char *text)
{
    YJ_CLEANUP(cleanup_free) char *body = statement(key, prefix, text);
    return answered(body, 200, SYNC_CONTENT_JSON);
}

#define SAYS(nonce, time) "{\"nonce\":\"" nonce "\",\"time\":\"" time "\"}"
#define GOOD              SAYS(NONCE, "2026-11-23T04:00:00Z")

static void the_centres_word_is_taken(void)
{
    outbox->plan.state = SYNC_PLAN_WAIT;
    outbox->plan.cause = SYNC_FAILURE_LINK;
    outbox->heartbeat_ms = INT64_MAX;
    CU_ASSERT_EQUAL(told("centre-sign.key", TIME_PREFIX, GOOD), TIME_S * 1000LL);
    /* The wait was for the dates. */
    CU_ASSERT_EQUAL(outbox->plan.state, SYNC_PLAN_PROBE);
    CU_ASSERT_EQUAL(outbox->heartbeat_ms, 1000);
}

static void nobody_elses_is(void)
{
    CU_ASSERT_EQUAL(told("device.key", TIME_PREFIX, GOOD), 0);           /* another's signature */
    CU_ASSERT_EQUAL(told("centre-tls.key", TIME_PREFIX, GOOD), 0);       /* of the same authority */
    CU_ASSERT_EQUAL(told("centre-sign.key", "yijian-ack-1\n", GOOD), 0); /* said about a record */
    YJ_CLEANUP(cleanup_free) char *good = statement("centre-sign.key", TIME_PREFIX, GOOD);
    YJ_CLEANUP(cleanup_free)
    char *late = statement("centre-sign.key", TIME_PREFIX, SAYS(NONCE, "2036-11-23T04:00:00Z"));
    /* The text of one, the signature of the other. */
    char mixed[1600];
    snprintf(mixed, sizeof mixed, "%.*s%s", (int)(strstr(late, "\",\"signature") - late), late,
             strstr(good, "\",\"signature"));
    CU_ASSERT_EQUAL(answered(mixed, 200, SYNC_CONTENT_JSON), 0);
    CU_ASSERT_EQUAL(answered(good, 200, SYNC_CONTENT_JSON), TIME_S * 1000LL); /* it was the text */
}

static void nor_what_was_said_before(void)
{
    CU_ASSERT_EQUAL(told("centre-sign.key", TIME_PREFIX, SAYS(OTHER, "2026-11-23T04:00:00Z")), 0);
    CU_ASSERT_EQUAL(told("centre-sign.key", TIME_PREFIX, SAYS("", "2026-11-23T04:00:00Z")), 0);
    /* The right one, but nothing is asked any more. */
    YJ_CLEANUP(cleanup_free) char *good = statement("centre-sign.key", TIME_PREFIX, GOOD);
    struct sync_answer again = {.lane = SYNC_LANE_TIME,
                                .status = 200,
                                .content = SYNC_CONTENT_JSON,
                                .body = good,
                                .body_bytes = strlen(good)};
    CU_ASSERT_EQUAL(answered(good, 200, SYNC_CONTENT_JSON), TIME_S * 1000LL);
    outbox->centre_time_ms = 0;
    outbox_time_answered(outbox, &again, 2000);
    CU_ASSERT_EQUAL(outbox->centre_time_ms, 0);
}

static void nor_what_says_nothing(void)
{
    YJ_CLEANUP(cleanup_free) char *good = statement("centre-sign.key", TIME_PREFIX, GOOD);
    CU_ASSERT_EQUAL(answered(good, 404, SYNC_CONTENT_JSON), 0);
    CU_ASSERT_EQUAL(answered(good, 200, SYNC_CONTENT_OTHER), 0);
    CU_ASSERT_EQUAL(answered("<html>", 200, SYNC_CONTENT_OTHER), 0);
    CU_ASSERT_EQUAL(answered("{}", 200, SYNC_CONTENT_JSON), 0);
    CU_ASSERT_EQUAL(answered("", 200, SYNC_CONTENT_JSON), 0);
    CU_ASSERT_EQUAL(told("centre-sign.key", TIME_PREFIX, "{\"nonce\":\"" NONCE "\"}"), 0);
    CU_ASSERT_EQUAL(told("centre-sign.key", TIME_PREFIX, SAYS(NONCE, "yesterday")), 0);
    struct sync_answer none = {.lane = SYNC_LANE_TIME, .code = ERR_SYNC_OFFLINE, .body = ""};
    snprintf(outbox->nonce, sizeof outbox->nonce, NONCE);
    outbox_time_answered(outbox, &none, 1000);
    CU_ASSERT_EQUAL(outbox->centre_time_ms, 0);
}

static CU_TestInfo cases[] = {
    {"the centre's word is taken", the_centres_word_is_taken},
    {"nobody else's is", nobody_elses_is},
    {"nor what was said before", nor_what_was_said_before},
    {"nor what says nothing", nor_what_says_nothing},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    struct err err = {0};
    outbox = mem_zalloc(1, sizeof *outbox);
    outbox->seal = fixture_seal();
    sync_plan_init(&outbox->plan, 1, 0);
    struct sync_client_cfg cfg = {.url = "https://localhost:9",
                                  .seal = outbox->seal,
                                  .centre_ca = fixture_key("ca.pem"),
                                  .version = "test"};
    if (sync_client_new(&cfg, &outbox->client, &err) != 0)
        return EXIT_FAILURE;
    int rc = cunit_run("sync.time", cases);
    sync_client_free(outbox->client);
    seal_close(outbox->seal);
    free(outbox);
    return rc;
}
