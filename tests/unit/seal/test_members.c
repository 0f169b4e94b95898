/* SPDX-License-Identifier: Apache-2.0 */
/* The signed text of form 2, attachments, the centre's two keys, its statements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "seal_lab.h"

static void form_2_has_four_lines_more(void)
{
    struct seal *s = lab_seal(SEAL_SUITE_P256);
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    char text[SEAL_TEXT_BYTES], want[SEAL_TEXT_BYTES];
    CU_ASSERT_FATAL(seal_envelope_text(&r.env, text, sizeof text) > 0);
    snprintf(want, sizeof want,
             "yijian-seal-2\n%s\napplication\n4301020001\n7\n430102000120261123000019\n\nnewborn\n"
             "2026-11-23T04:00:00Z\ncms-p256-aes256gcm\n%s\n%s\n%s:1000 %s:1001\n"
             "6c0c1ac9-6f4c-4f4e-9d6c-0b6f8d1d2f3a\n86400123\n2026-11-23T03:59:00Z\n",
             r.env.uuid, r.env.digest, SEAL_DIGEST_NONE, r.env.attachment[0].digest,
             r.env.attachment[1].digest);
    CU_ASSERT_STRING_EQUAL(text, want);
    r.env.n_attachments = 0;
    r.env.boot_id[0] = r.env.centre_time[0] = '\0';
    r.env.uptime_ms = 0;
    CU_ASSERT_FATAL(seal_envelope_text(&r.env, text, sizeof text) > 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, SEAL_DIGEST_NONE "\n\n\n0\n\n"));
    free(r.sealed);
    seal_close(s);
}

static void the_longest_text_fits(void)
{
    struct seal_envelope env = {.form = SEAL_FORM_2,
                                .sequence = INT64_MAX,
                                .uptime_ms = INT64_MAX,
                                .n_attachments = SEAL_MAX_ATTACHMENTS};
    char *const member[] = {env.uuid,      env.terminal, env.number,     env.about,
                            env.matter,    env.suite,    env.digest,     env.prev_digest,
                            env.sealed_at, env.boot_id,  env.centre_time};
    const size_t cap[] = {sizeof env.uuid,    sizeof env.terminal,    sizeof env.number,
                          sizeof env.about,   sizeof env.matter,      sizeof env.suite,
                          sizeof env.digest,  sizeof env.prev_digest, sizeof env.sealed_at,
                          sizeof env.boot_id, sizeof env.centre_time};
    char text[SEAL_TEXT_BYTES];
    for (size_t i = 0; i < YJ_COUNT(member); i++)
        memset(member[i], 'x', cap[i] - 1);
    for (size_t i = 0; i < SEAL_MAX_ATTACHMENTS; i++) {
        memset(env.attachment[i].digest, 'f', SEAL_DIGEST_BYTES - 1);
        env.attachment[i].bytes = INT64_MAX;
    }
    size_t n = seal_envelope_text(&env, text, sizeof text);
    CU_ASSERT_FATAL(n > 0);
    for (size_t short_cap = 1; short_cap <= n; short_cap++) /* never cut, never beyond */
        CU_ASSERT_EQUAL(seal_envelope_text(&env, text, short_cap), 0);
    CU_ASSERT_EQUAL(seal_envelope_text(&env, text, n + 1), n);
}

static void every_member_of_form_2_is_signed(void)
{
    static const char *const suites[] = {SEAL_SUITE_P256, SEAL_SUITE_SM2};
    static const char *const certs[] = {"device.pem", "device-sm2.pem"};
    for (size_t i = 0; i < 2; i++) {
        struct seal *s = lab_seal(suites[i]);
        struct seal_verifier *v = lab_verifier(certs[i]);
        struct lab_record r = lab_record_of(s, SEAL_FORM_2);
        char *const member[] = {
            r.env.uuid,    r.env.digest,     r.env.attachment[0].digest, r.env.attachment[1].digest,
            r.env.boot_id, r.env.centre_time};
        for (size_t m = 0; m < YJ_COUNT(member); m++) {
            member[m][0] ^= 1;
            CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
            member[m][0] ^= 1;
        }
        r.env.uptime_ms++;
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        r.env.uptime_ms--;
        r.env.attachment[1].bytes++;
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        r.env.attachment[1].bytes--;
        r.env.n_attachments--;
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        r.env.n_attachments++;
        r.env.form = SEAL_FORM_1; /* the same members under the older form */
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        r.env.form = SEAL_FORM_2;
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, r.sealed, r.bytes, NULL), 0);
        free(r.sealed);
        seal_verifier_close(v);
        seal_close(s);
    }
}

/* ---- attachments ---- */

static void attachments_are_sealed_like_records(void)
{
    static const char *const suites[] = {SEAL_SUITE_P256, SEAL_SUITE_SM2};
    static const char head[] = "{\"name\":\"出生证明.jpg\",\"type\":\"image/jpeg\"}\n";
    enum { BYTES = 300000 };
    struct keyring *k = lab_keyring();
    uint8_t *picture = mem_zalloc(BYTES, 1);
    CU_ASSERT_EQUAL_FATAL(seal_random(picture, BYTES, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        struct seal *s = lab_seal(suites[i]);
        struct seal_attachment a = {0};
        struct keyring_blob plain = {0};
        uint8_t *sealed = NULL;
        char digest[SEAL_DIGEST_BYTES];
        CU_ASSERT_EQUAL_FATAL(
            seal_attachment(s, "出生证明.jpg", "image/jpeg", picture, BYTES, &sealed, &a, NULL), 0);
        seal_suite_digest(suites[i], sealed, (size_t)a.bytes, digest);
        CU_ASSERT_STRING_EQUAL(digest, a.digest);
        CU_ASSERT_EQUAL_FATAL(keyring_unseal(k, sealed, (size_t)a.bytes, &plain, NULL), 0);
        CU_ASSERT_EQUAL(plain.bytes, sizeof head - 1 + BYTES);
        CU_ASSERT_EQUAL(memcmp(plain.data, head, sizeof head - 1), 0);
        CU_ASSERT_EQUAL(memcmp(plain.data + sizeof head - 1, picture, BYTES), 0);
        keyring_blob_free(&plain);
        free(sealed);
        seal_close(s);
    }
    free(picture);
    keyring_close(k);
}

static void an_attachment_has_a_decent_name_and_size(void)
{
    static const char *const bad_names[] = {"",     "a\nb", "a\"b",     "a\\b",
                                            "../b", "a/b",  "\x80\x80", "\x7f"};
    static const char *const bad_types[] = {"", "jpeg", "image/jpeg; x=\"", "image/\njpeg",
                                            "影/像"};
    char long_name[129];
    struct seal *s = lab_seal(SEAL_SUITE_P256);
    struct seal_attachment a = {0};
    uint8_t *sealed = NULL;
    for (size_t i = 0; i < YJ_COUNT(bad_names); i++)
        CU_ASSERT_EQUAL(seal_attachment(s, bad_names[i], "image/png", "x", 1, &sealed, &a, NULL),
                        ERR_INVALID);
    for (size_t i = 0; i < YJ_COUNT(bad_types); i++)
        CU_ASSERT_EQUAL(seal_attachment(s, "a", bad_types[i], "x", 1, &sealed, &a, NULL),
                        ERR_INVALID);
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[128] = '\0';
    CU_ASSERT_EQUAL(seal_attachment(s, long_name, "image/png", "x", 1, &sealed, &a, NULL),
                    ERR_INVALID);
    CU_ASSERT_EQUAL(seal_attachment(s, "a", "image/png", "x", 0, &sealed, &a, NULL), ERR_TOO_BIG);
    uint8_t *big = mem_zalloc(SEAL_MAX_ATTACHMENT_BYTES, 1);
    CU_ASSERT_EQUAL(
        seal_attachment(s, "a", "image/png", big, SEAL_MAX_ATTACHMENT_BYTES, &sealed, &a, NULL),
        ERR_TOO_BIG);
    CU_ASSERT_PTR_NULL(sealed);
    CU_ASSERT_EQUAL_FATAL(seal_attachment(s, long_name + 1, "image/png", big,
                                          SEAL_MAX_ATTACHMENT_BYTES - 4096, &sealed, &a, NULL),
                          0);
    CU_ASSERT(a.bytes <= SEAL_MAX_ATTACHMENT_BYTES);
    free(sealed);
    free(big);
    seal_close(s);
}

/* ---- the centre's keys ---- */

static void seals_to_the_key_the_centre_names(void)
{
    struct keyring *k = lab_keyring();
    struct seal *s = lab_seal(SEAL_SUITE_P256), *sm2 = lab_seal(SEAL_SUITE_SM2);
    struct keyring_blob plain = {0};
    struct err err = {0};
    const char *present = keyring_seal_key_id(k, SEAL_SUITE_P256, KEYRING_SEAL_PRESENT);
    const char *next = keyring_seal_key_id(k, SEAL_SUITE_P256, KEYRING_SEAL_NEXT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(next);
    CU_ASSERT_STRING_EQUAL(seal_centre_key_id(s), present);
    CU_ASSERT_STRING_EQUAL(seal_centre_key_id(sm2),
                           keyring_seal_key_id(k, SEAL_SUITE_SM2, KEYRING_SEAL_PRESENT));
    CU_ASSERT_PTR_NULL(keyring_seal_key_id(k, "none", KEYRING_SEAL_PRESENT));
    CU_ASSERT_EQUAL(seal_use_centre_key(s, "0123456789abcdef", &err), ERR_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(seal_centre_key_id(s), present);
    CU_ASSERT_EQUAL(seal_use_centre_key(s, next, &err), 0);
    CU_ASSERT_STRING_EQUAL(seal_centre_key_id(s), next);
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    CU_ASSERT_EQUAL(keyring_unseal(k, r.sealed, r.bytes, &plain, &err), 0);
    keyring_blob_free(&plain);
    /* an outside judge: only the next key opens it */
    static const char decrypt[] = "openssl cms -decrypt -binary -inform DER -in %s -inkey %s "
                                  "-recip %s -out /dev/null 2>/dev/null";
    lab_write(fixture_path("next.der"), r.sealed, r.bytes);
    CU_ASSERT_EQUAL(fixture_run(decrypt, fixture_path("next.der"),
                                fixture_key("centre-seal-next.key"),
                                fixture_key("centre-seal-next.pem")),
                    0);
    CU_ASSERT_NOT_EQUAL(fixture_run(decrypt, fixture_path("next.der"),
                                    fixture_key("centre-seal.key"), fixture_key("centre-seal.pem")),
                        0);
    free(r.sealed);
    CU_ASSERT_EQUAL(seal_use_centre_key(s, present, &err), 0);
    CU_ASSERT_STRING_EQUAL(seal_centre_key_id(s), present);
    seal_close(s);
    seal_close(sm2);
    keyring_close(k);
}

/* The same on SM2; the other judge is a centre that has not got the next key. */
static void seals_to_the_next_key_on_sm2(void)
{
    struct keyring *k = lab_keyring(), *older = NULL;
    struct seal *s = lab_seal(SEAL_SUITE_SM2), *p256 = lab_seal(SEAL_SUITE_P256);
    struct keyring_blob plain = {0};
    struct err err = {0};
    const char *next = keyring_seal_key_id(k, SEAL_SUITE_SM2, KEYRING_SEAL_NEXT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(next);
    CU_ASSERT_EQUAL(seal_use_centre_key(p256, next, &err), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(seal_use_centre_key(s, next, &err), 0);
    CU_ASSERT_STRING_EQUAL(seal_centre_key_id(s), next);
    CU_ASSERT_EQUAL_FATAL(fixture_run("cp -r '%s' '%s' && rm '%s'/centre-seal-sm2-next.*",
                                      fixture_path("keys"), fixture_path("older"),
                                      fixture_path("older")),
                          0);
    CU_ASSERT_EQUAL_FATAL(keyring_open(fixture_path("older"), &older, &err), 0);
    CU_ASSERT_PTR_NULL(keyring_seal_key_id(older, SEAL_SUITE_SM2, KEYRING_SEAL_NEXT));
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    CU_ASSERT_EQUAL(keyring_unseal(older, r.sealed, r.bytes, &plain, &err), ERR_SEAL_CRYPTO);
    CU_ASSERT_EQUAL_FATAL(keyring_unseal(k, r.sealed, r.bytes, &plain, &err), 0);
    CU_ASSERT(plain.bytes == strlen(LAB_PLAIN) && memcmp(plain.data, LAB_PLAIN, plain.bytes) == 0);
    keyring_blob_free(&plain);
    free(r.sealed);
    seal_close(s);
    seal_close(p256);
    keyring_close(older);
    keyring_close(k);
}

/* The centre changes over: next becomes present, present old. Records of the old key still open,
 * people are found again; when the old key is gone, its records do not open. */
static void older_keys_still_open(void)
{
    struct seal *s = lab_seal(SEAL_SUITE_P256);
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    struct keyring *before = lab_keyring(), *after = NULL, *last = NULL;
    struct keyring_blob plain = {0};
    struct err err = {0};
    char person[2][KEYRING_SHA256_HEX_BYTES];
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("set -e; cp -r '%s' '%s'; cd '%s'; mv centre-seal.pem centre-seal-old-1.pem; "
                    "mv centre-seal.key centre-seal-old-1.key; mv centre-seal-next.pem "
                    "centre-seal.pem; mv centre-seal-next.key centre-seal.key",
                    fixture_path("keys"), fixture_path("later"), fixture_path("later")),
        0);
    CU_ASSERT_EQUAL_FATAL(keyring_open(fixture_path("later"), &after, &err), 0);
    CU_ASSERT_STRING_EQUAL(keyring_seal_key_id(after, SEAL_SUITE_P256, KEYRING_SEAL_PRESENT),
                           keyring_seal_key_id(before, SEAL_SUITE_P256, KEYRING_SEAL_NEXT));
    CU_ASSERT_PTR_NULL(keyring_seal_key_id(after, SEAL_SUITE_P256, KEYRING_SEAL_NEXT));
    CU_ASSERT_PTR_NULL(keyring_pem(after, KEYRING_SEAL_NEXT_PEM));
    CU_ASSERT_EQUAL(keyring_unseal(after, r.sealed, r.bytes, &plain, &err), 0);
    keyring_blob_free(&plain);
    CU_ASSERT_EQUAL(keyring_person(before, "11010519491231002X", person[0], &err), 0);
    CU_ASSERT_EQUAL(keyring_person(after, "11010519491231002X", person[1], &err), 0);
    CU_ASSERT_STRING_EQUAL(person[0], person[1]);
    CU_ASSERT_EQUAL(fixture_run("rm '%s'/centre-seal-old-1.*", fixture_path("later")), 0);
    CU_ASSERT_EQUAL_FATAL(keyring_open(fixture_path("later"), &last, &err), 0);
    CU_ASSERT_EQUAL(keyring_unseal(last, r.sealed, r.bytes, &plain, &err), ERR_SEAL_CRYPTO);
    CU_ASSERT_EQUAL(fixture_run("rm -r '%s'", fixture_path("later")), 0);
    keyring_close(before);
    keyring_close(after);
    keyring_close(last);
    free(r.sealed);
    seal_close(s);
}

/* ---- statements ---- */

static char *b64url(const void *p, size_t n)
{
    char *text = mem_zalloc(n * 2 + 4, 1);
    bytes_b64url(p, n, text, n * 2 + 4);
    return text;
}

static void statements_are_bound_to_their_kind(void)
{
    static const char json[] = "{\"nonce\":\"abc\",\"time\":\"2026-11-24T00:00:00Z\"}";
    struct keyring *k = lab_keyring();
    struct seal *s = lab_seal(SEAL_SUITE_SM2);
    struct seal_verifier *other = lab_verifier("device.pem");
    const struct seal_verifier *v = seal_centre(s);
    struct keyring_blob sig = {0};
    char *got = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(keyring_sign(k, "yijian-time-1\n", json, sizeof json - 1, &sig, NULL), 0);
    char *text = b64url(json, sizeof json - 1), *sig_b64 = keyring_b64(sig.data, sig.bytes);
    CU_ASSERT_EQUAL_FATAL(
        seal_verify_statement(v, "yijian-time-1\n", text, sig_b64, &got, &n, NULL), 0);
    CU_ASSERT_STRING_EQUAL(got, json);
    free(got);
    got = NULL;
    CU_ASSERT_EQUAL(
        seal_verify_statement(v, "yijian-attachment-1\n", text, sig_b64, &got, &n, NULL),
        ERR_SEAL_SIGNATURE);
    CU_ASSERT_EQUAL(seal_verify_ack(v, text, sig_b64, &got, &n, NULL), ERR_SEAL_SIGNATURE);
    CU_ASSERT_EQUAL(seal_verify_statement(other, "yijian-time-1\n", text, sig_b64, &got, &n, NULL),
                    ERR_SEAL_SIGNATURE);
    CU_ASSERT_EQUAL(seal_verify_statement(v, "yijian-time-1\n", "", sig_b64, &got, &n, NULL),
                    ERR_SEAL_SIGNATURE);
    CU_ASSERT_EQUAL(seal_verify_statement(v, "yijian-time-1\n", text, "", &got, &n, NULL),
                    ERR_SEAL_SIGNATURE);
    text[3] = text[3] == 'A' ? 'B' : 'A';
    CU_ASSERT_EQUAL(seal_verify_statement(v, "yijian-time-1\n", text, sig_b64, &got, &n, NULL),
                    ERR_SEAL_SIGNATURE);
    CU_ASSERT_PTR_NULL(got);
    free(text);
    free(sig_b64);
    keyring_blob_free(&sig);
    seal_verifier_close(other);
    seal_close(s);
    keyring_close(k);
}

static CU_TestInfo cases[] = {
    {"form 2 has four lines more", form_2_has_four_lines_more},
    {"the longest text fits", the_longest_text_fits},
    {"every member of form 2 is signed", every_member_of_form_2_is_signed},
    {"attachments are sealed like records", attachments_are_sealed_like_records},
    {"an attachment has a decent name and size", an_attachment_has_a_decent_name_and_size},
    {"seals to the key the centre names", seals_to_the_key_the_centre_names},
    {"seals to the next key on SM2", seals_to_the_next_key_on_sm2},
    {"older keys still open", older_keys_still_open},
    {"statements are bound to their kind", statements_are_bound_to_their_kind},
    CU_TEST_INFO_NULL};
CUNIT_MAIN("seal.members", cases)
