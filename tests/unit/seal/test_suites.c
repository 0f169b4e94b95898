/* SPDX-License-Identifier: Apache-2.0 */
/* Both suites: judged from outside by the openssl command and by the centre's own reader; bytes,
 * words and signatures that do not belong together. */
#define _GNU_SOURCE /* memmem */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "seal_lab.h"

static const char *const suites[] = {SEAL_SUITE_P256, SEAL_SUITE_SM2};
static const char *const device_certs[] = {"device.pem", "device-sm2.pem"};

static void centre_opens(const struct keyring *k, const struct lab_record *r)
{
    struct keyring_blob plain = {0};
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(keyring_unseal(k, r->sealed, r->bytes, &plain, &err), 0);
    CU_ASSERT_EQUAL(plain.bytes, sizeof LAB_PLAIN - 1);
    CU_ASSERT_EQUAL(memcmp(plain.data, LAB_PLAIN, plain.bytes), 0);
    keyring_blob_free(&plain);
}

static void centre_opens_both_suites(void)
{
    struct keyring *k = lab_keyring();
    for (size_t i = 0; i < YJ_COUNT(suites); i++) {
        struct seal *s = lab_seal(suites[i]);
        struct seal_verifier *v = lab_verifier(device_certs[i]);
        struct lab_record r = lab_record_of(s, SEAL_FORM_2);
        char digest[SEAL_DIGEST_BYTES];
        centre_opens(k, &r);
        CU_ASSERT_STRING_EQUAL(r.env.suite, suites[i]);
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, r.sealed, r.bytes, NULL), 0);
        CU_ASSERT_EQUAL(keyring_digest(suites[i], r.sealed, r.bytes, digest, NULL), 0);
        CU_ASSERT_STRING_EQUAL(digest, r.env.digest);
        CU_ASSERT_PTR_NULL(memmem(r.sealed, r.bytes, "张三", strlen("张三")));
        free(r.sealed);
        seal_verifier_close(v);
        seal_close(s);
    }
    CU_ASSERT_EQUAL(keyring_digest("cms", "", 0, (char[SEAL_DIGEST_BYTES]){0}, NULL), ERR_INVALID);
    keyring_close(k);
}

/* Offset and length of the n-th OCTET STRING or [0] of the printed structure. */
static bool part_of(const char *printed, const char *what, int nth, int *ret_at, int *ret_bytes)
{
    const char *line = printed;
    for (; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        int at, depth, head, length;
        const char *end = strchr(line, '\n');
        if (sscanf(line, "%d:d=%d hl=%d l=%d", &at, &depth, &head, &length) != 4)
            continue;
        const char *found = strstr(line, what);
        if (found && (!end || found < end) && nth-- == 0) {
            *ret_at = at + head;
            *ret_bytes = length;
            return true;
        }
    }
    return false;
}

/* asn1parse names the parts, pkeyutl opens the key, enc the content. */
static void openssl_opens_sm2(void)
{
    struct seal *s = lab_seal(SEAL_SUITE_SM2);
    struct lab_record r = lab_record_of(s, SEAL_FORM_1);
    char *printed = NULL, *got = NULL;
    size_t n = 0;
    int key_at, key_bytes, iv_at, iv_bytes, at, bytes;
    lab_write(fixture_path("sm2.der"), r.sealed, r.bytes);
    CU_ASSERT_EQUAL_FATAL(fixture_run("openssl asn1parse -inform DER -in %s >%s",
                                      fixture_path("sm2.der"), fixture_path("printed")),
                          0);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(fixture_path("printed"), 65536, &printed, &n, NULL), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, ":1.2.156.10197.6.1.4.2.3\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, ":1.2.156.10197.6.1.4.2.1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, ":1.2.156.10197.1.301.3\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(printed, ":sm4-cbc\n"));
    CU_ASSERT_TRUE_FATAL(part_of(printed, "OCTET STRING", 0, &key_at, &key_bytes));
    CU_ASSERT_TRUE_FATAL(part_of(printed, "OCTET STRING", 1, &iv_at, &iv_bytes));
    CU_ASSERT_TRUE_FATAL(part_of(printed, "cont [ 0 ]", 1, &at, &bytes));
    CU_ASSERT_EQUAL(iv_bytes, 16);
    char iv[33];
    for (int i = 0; i < 16; i++)
        snprintf(iv + 2 * i, 3, "%02x", r.sealed[iv_at + i]);
    lab_write(fixture_path("wrapped"), r.sealed + key_at, (size_t)key_bytes);
    lab_write(fixture_path("content"), r.sealed + at, (size_t)bytes);
    CU_ASSERT_EQUAL(
        fixture_run("openssl pkeyutl -decrypt -inkey %s -in %s -out %s && "
                    "openssl enc -d -sm4-cbc -K $(od -An -vtx1 %s | tr -d ' \\n') -iv %s "
                    "-in %s -out %s",
                    fixture_key("centre-seal-sm2.key"), fixture_path("wrapped"),
                    fixture_path("key"), fixture_path("key"), iv, fixture_path("content"),
                    fixture_path("opened")),
        0);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(fixture_path("opened"), 4096, &got, &n, NULL), 0);
    CU_ASSERT_STRING_EQUAL(got, LAB_PLAIN);
    /* Another key opens nothing. */
    CU_ASSERT_NOT_EQUAL(fixture_run("openssl pkeyutl -decrypt -inkey %s -in %s -out %s 2>/dev/null",
                                    fixture_key("device-sm2.key"), fixture_path("wrapped"),
                                    fixture_path("key")),
                        0);
    free(got);
    free(printed);
    free(r.sealed);
    seal_close(s);
}

static void openssl_accepts_the_sm2_signature(void)
{
    struct seal *s = lab_seal(SEAL_SUITE_SM2);
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    char text[SEAL_TEXT_BYTES];
    size_t n = seal_envelope_text(&r.env, text, sizeof text);
    CU_ASSERT_FATAL(n > 0);
    lab_write(fixture_path("text"), text, n);
    lab_write(fixture_path("sig.b64"), r.env.signature, strlen(r.env.signature));
    lab_write(fixture_path("sealed"), r.sealed, r.bytes);
    static const char verify[] =
        "openssl base64 -d -A -in %s -out %s && openssl x509 -in %s -pubkey -noout >%s && "
        "openssl pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:%s -pubin -inkey %s -in %s "
        "-sigfile %s >/dev/null 2>&1";
    CU_ASSERT_EQUAL(fixture_run(verify, fixture_path("sig.b64"), fixture_path("sig"),
                                fixture_key("device-sm2.pem"), fixture_path("pub"),
                                "1234567812345678", fixture_path("pub"), fixture_path("text"),
                                fixture_path("sig")),
                    0);
    CU_ASSERT_NOT_EQUAL(fixture_run(verify, fixture_path("sig.b64"), fixture_path("sig"),
                                    fixture_key("device-sm2.pem"), fixture_path("pub"),
                                    "8765432187654321", fixture_path("pub"), fixture_path("text"),
                                    fixture_path("sig")),
                        0);
    CU_ASSERT_EQUAL(fixture_run("openssl dgst -sm3 -r %s | grep -q '^%s '", fixture_path("sealed"),
                                r.env.digest),
                    0);
    free(r.sealed);
    seal_close(s);
}

/* No bit of the sealed bytes can change without being noticed; nothing cut short opens. */
static void every_bit_counts(void)
{
    struct keyring *k = lab_keyring();
    for (size_t i = 0; i < YJ_COUNT(suites); i++) {
        struct seal *s = lab_seal(suites[i]);
        struct seal_verifier *v = lab_verifier(device_certs[i]);
        struct lab_record r = lab_record_of(s, SEAL_FORM_1);
        size_t n_accepted = 0, n_opened = 0, n_tried = 0;
        struct keyring_blob plain = {0};
        for (size_t bit = 0; bit < r.bytes * 8; bit++) {
            r.sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            n_accepted += seal_verify_envelope(v, &r.env, r.sealed, r.bytes, NULL) == 0;
            r.sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            n_tried++;
        }
        CU_ASSERT_EQUAL(n_accepted, 0);
        CU_ASSERT_EQUAL(n_tried, r.bytes * 8);
        for (size_t n = 0; n < r.bytes; n++) {
            uint8_t *cut = mem_dup(r.sealed, n);
            n_opened += keyring_unseal(k, cut, n, &plain, NULL) == 0;
            free(cut);
        }
        uint8_t *longer = mem_zalloc(r.bytes + 1, 1);
        memcpy(longer, r.sealed, r.bytes);
        n_opened += keyring_unseal(k, longer, r.bytes + 1, &plain, NULL) == 0;
        CU_ASSERT_EQUAL(n_opened, 0);
        free(longer);
        free(r.sealed);
        seal_verifier_close(v);
        seal_close(s);
    }
    keyring_close(k);
}

/* AES-GCM has a tag: what is altered never opens as something else. SM4-CBC has none, there the
 * signed digest keeps content and IV (the last 82 bytes of this record) whole; what stands before
 * them, recipient and key, the reader checks itself. */
static void reader_refuses_what_was_altered(void)
{
    enum { SM2_TAIL_BYTES = 2 + 16 + 2 + 64 };
    struct keyring *k = lab_keyring();
    for (size_t i = 0; i < YJ_COUNT(suites); i++) {
        struct seal *s = lab_seal(suites[i]);
        struct lab_record r = lab_record_of(s, SEAL_FORM_1);
        size_t n_wrong = 0, n_refused = 0;
        for (size_t at = 0; at < r.bytes; at++) {
            struct keyring_blob plain = {0};
            r.sealed[at] ^= 0x10;
            if (keyring_unseal(k, r.sealed, r.bytes, &plain, NULL) != 0)
                n_refused++;
            else if (i == 1)
                n_wrong += at < r.bytes - SM2_TAIL_BYTES;
            else
                n_wrong += plain.bytes != sizeof LAB_PLAIN - 1 ||
                           memcmp(plain.data, LAB_PLAIN, plain.bytes) != 0;
            keyring_blob_free(&plain);
            r.sealed[at] ^= 0x10;
        }
        CU_ASSERT_EQUAL(n_wrong, 0);
        CU_ASSERT(n_refused > r.bytes / 2);
        free(r.sealed);
        seal_close(s);
    }
    keyring_close(k);
}

static void suites_are_not_mixed(void)
{
    struct seal *seal[2] = {lab_seal(suites[0]), lab_seal(suites[1])};
    struct seal_verifier *v[2] = {lab_verifier(device_certs[0]), lab_verifier(device_certs[1])};
    for (size_t i = 0; i < 2; i++) {
        struct lab_record r = lab_record_of(seal[i], SEAL_FORM_2);
        struct seal_envelope env = r.env;
        /* another key's suite, a changed word, a word nobody knows */
        CU_ASSERT_EQUAL(seal_verify_envelope(v[!i], &env, r.sealed, r.bytes, NULL),
                        ERR_SEAL_SIGNATURE);
        snprintf(env.suite, sizeof env.suite, "%s", suites[!i]);
        CU_ASSERT_EQUAL(seal_verify_envelope(v[i], &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        CU_ASSERT_EQUAL(seal_verify_envelope(v[!i], &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        snprintf(env.suite, sizeof env.suite, "cms-p256-aes128cbc");
        CU_ASSERT_EQUAL(seal_verify_envelope(v[i], &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        /* signed by the other suite's key over a text that names this one */
        env = r.env;
        CU_ASSERT_EQUAL(seal_sign_envelope(seal[!i], &env, NULL), 0);
        CU_ASSERT_EQUAL(seal_verify_envelope(v[i], &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        /* the other suite's digest of the same bytes */
        env = r.env;
        seal_suite_digest(suites[!i], r.sealed, r.bytes, env.digest);
        CU_ASSERT_EQUAL(seal_sign_envelope(seal[i], &env, NULL), 0);
        CU_ASSERT_EQUAL(seal_verify_envelope(v[i], &env, NULL, 0, NULL), 0);
        CU_ASSERT_EQUAL(seal_verify_envelope(v[i], &env, r.sealed, r.bytes, NULL),
                        ERR_SEAL_SIGNATURE);
        free(r.sealed);
    }
    for (size_t i = 0; i < 2; i++) {
        seal_verifier_close(v[i]);
        seal_close(seal[i]);
    }
}

/* The centre's side of the same: which certificate a record of a suite is checked with. */
static void centre_checks_the_suite_of_the_certificate(void)
{
    struct keyring *k = lab_keyring();
    struct err err = {0};
    struct keyring_blob cert[2] = {{0}}, sig = {0};
    int64_t ends_s = 0;
    char text[SEAL_TEXT_BYTES], *pem = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(fixture_key("device.pem"), 8192, &pem, &n, &err), 0);
    CU_ASSERT_EQUAL_FATAL(keyring_read_certificate(pem, &cert[0], &ends_s, &err), 0);
    CU_ASSERT(ends_s > FIXTURE_WALL_MS / 1000);
    CU_ASSERT_EQUAL_FATAL(keyring_terminal_sm2(k, FIXTURE_TERMINAL, &cert[1], &err), 0);
    CU_ASSERT_EQUAL(keyring_terminal_sm2(k, "4301020002", &sig, &err), ERR_NOT_FOUND);
    for (size_t i = 0; i < 2; i++) {
        struct seal *s = lab_seal(suites[i]);
        struct lab_record r = lab_record_of(s, SEAL_FORM_2);
        n = seal_envelope_text(&r.env, text, sizeof text);
        CU_ASSERT_EQUAL_FATAL(keyring_unb64(r.env.signature, strlen(r.env.signature), &sig, &err),
                              0);
        CU_ASSERT_EQUAL(keyring_check_record(suites[i], cert[i].data, cert[i].bytes, text, n,
                                             sig.data, sig.bytes, &err),
                        0);
        CU_ASSERT_EQUAL(keyring_check_record(suites[i], cert[!i].data, cert[!i].bytes, text, n,
                                             sig.data, sig.bytes, &err),
                        ERR_SEAL_KEY);
        text[20] ^= 1;
        CU_ASSERT_EQUAL(keyring_check_record(suites[i], cert[i].data, cert[i].bytes, text, n,
                                             sig.data, sig.bytes, &err),
                        ERR_SEAL_SIGNATURE);
        keyring_blob_free(&sig);
        free(r.sealed);
        seal_close(s);
    }
    keyring_blob_free(&cert[0]);
    keyring_blob_free(&cert[1]);
    free(pem);
    keyring_close(k);
}

static void wrong_keys_of_a_suite_are_refused(void)
{
    struct seal *s = NULL;
    struct err err = {0};
    struct seal_paths paths = lab_paths(SEAL_SUITE_SM2);
    paths.centre_seal_cert = fixture_key("centre-seal.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = lab_paths(SEAL_SUITE_SM2);
    paths.device_sm2_key = NULL;
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = lab_paths(SEAL_SUITE_SM2);
    paths.device_sm2_key = fixture_key("device.key");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = lab_paths(SEAL_SUITE_SM2);
    paths.device_sm2_key = fixture_key("centre-seal-sm2.key"); /* fits no certificate of ours */
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = lab_paths(SEAL_SUITE_SM2);
    paths.centre_sign_cert = fixture_key("device-sm2.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = lab_paths(SEAL_SUITE_P256);
    paths.centre_seal_cert = fixture_key("centre-seal-sm2.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = lab_paths(SEAL_SUITE_P256);
    paths.suite = "sm2";
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "sm2"));
    CU_ASSERT_PTR_NULL(s);
}

/* TLS and receipts stay on P-256 whatever the suite is. */
static void receipts_stay_on_p256(void)
{
    struct seal *s = lab_seal(SEAL_SUITE_SM2);
    struct seal_verifier *v = lab_verifier("device.pem");
    struct seal_token t = {0};
    char text[RECORD_TOKEN_BYTES];
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    CU_ASSERT_EQUAL(seal_token_make(s, &r.env, FIXTURE_WALL_MS, text, sizeof text, NULL), 0);
    CU_ASSERT_EQUAL(seal_token_verify(v, text, &t, NULL), 0);
    CU_ASSERT_STRING_EQUAL(t.uuid, r.env.uuid);
    free(r.sealed);
    seal_verifier_close(v);
    seal_close(s);
}

static CU_TestInfo cases[] = {
    {"the centre opens both suites", centre_opens_both_suites},
    {"openssl opens the second suite", openssl_opens_sm2},
    {"openssl accepts the second suite's signature", openssl_accepts_the_sm2_signature},
    {"every bit counts", every_bit_counts},
    {"the reader refuses what was altered", reader_refuses_what_was_altered},
    {"suites are not mixed", suites_are_not_mixed},
    {"the centre checks the suite of the certificate", centre_checks_the_suite_of_the_certificate},
    {"wrong keys of a suite are refused", wrong_keys_of_a_suite_are_refused},
    {"receipts stay on P-256", receipts_stay_on_p256},
    CU_TEST_INFO_NULL};
CUNIT_MAIN("seal.suites", cases)
