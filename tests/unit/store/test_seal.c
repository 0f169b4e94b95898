/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing, judged from outside by the openssl command; signatures; receipt tokens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"

static const char plain[] = "{\"schema\":\"application/1\",\"applicant\":{\"name\":\"张三\"}}";

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(p, 1, n, f), n);
    fclose(f);
}

static struct seal_envelope envelope_of(const struct seal *s, uint8_t **ret_sealed, size_t *ret_n)
{
    struct seal_envelope env = {.kind = RECORD_APPLICATION,
                                .terminal = FIXTURE_TERMINAL,
                                .sequence = 7,
                                .number = "430102000120261123000019",
                                .matter = "newborn",
                                .sealed_at = "2026-11-23T04:00:00Z",
                                .prev_digest = SEAL_DIGEST_NONE};
    CU_ASSERT_EQUAL_FATAL(seal_uuid(env.uuid, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(seal_record(s, plain, sizeof plain - 1, ret_sealed, ret_n, &env, NULL),
                          0);
    CU_ASSERT_EQUAL_FATAL(seal_sign_envelope(s, &env, NULL), 0);
    return env;
}

static void openssl_opens_what_we_seal(void)
{
    struct seal *s = fixture_seal();
    uint8_t *sealed = NULL;
    char *got = NULL;
    size_t n = 0, got_bytes = 0;
    struct seal_envelope env = envelope_of(s, &sealed, &n);
    char digest[SEAL_DIGEST_BYTES];
    seal_digest(sealed, n, digest);
    CU_ASSERT_STRING_EQUAL(digest, env.digest);
    CU_ASSERT_PTR_NULL(strstr((const char *)sealed, "张三"));
    write_file(fixture_path("sealed.der"), sealed, n);
    CU_ASSERT_EQUAL(fixture_run("openssl cms -decrypt -binary -inform DER -in %s -inkey %s -recip "
                                "%s -out %s",
                                fixture_path("sealed.der"), fixture_key("centre-seal.key"),
                                fixture_key("centre-seal.pem"), fixture_path("opened")),
                    0);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(fixture_path("opened"), 4096, &got, &got_bytes, NULL), 0);
    CU_ASSERT_EQUAL(got_bytes, sizeof plain - 1);
    CU_ASSERT_STRING_EQUAL(got, plain);
    /* The algorithms the contract names. */
    CU_ASSERT_EQUAL(fixture_run("openssl cms -cmsout -print -inform DER -in %s >%s",
                                fixture_path("sealed.der"), fixture_path("printed")),
                    0);
    CU_ASSERT_EQUAL(fixture_run("grep -q 'id-smime-ct-authEnvelopedData' %s && grep -q aes-256-gcm "
                                "%s && grep -q 'dhSinglePass-stdDH-sha256kdf-scheme' %s",
                                fixture_path("printed"), fixture_path("printed"),
                                fixture_path("printed")),
                    0);
    free(got);
    free(sealed);
    seal_close(s);
}

static void another_key_opens_nothing(void)
{
    struct seal *s = fixture_seal();
    uint8_t *sealed = NULL;
    size_t n = 0;
    (void)envelope_of(s, &sealed, &n);
    write_file(fixture_path("sealed.der"), sealed, n);
    CU_ASSERT_NOT_EQUAL(fixture_run("openssl cms -decrypt -binary -inform DER -in %s -inkey %s "
                                    "-out %s 2>/dev/null",
                                    fixture_path("sealed.der"), fixture_key("centre-sign.key"),
                                    fixture_path("opened")),
                        0);
    /* A changed byte of the content is noticed by the authentication tag. */
    sealed[n - 40] ^= 1;
    write_file(fixture_path("sealed.der"), sealed, n);
    CU_ASSERT_NOT_EQUAL(fixture_run("openssl cms -decrypt -binary -inform DER -in %s -inkey %s "
                                    "-recip %s -out %s 2>/dev/null",
                                    fixture_path("sealed.der"), fixture_key("centre-seal.key"),
                                    fixture_key("centre-seal.pem"), fixture_path("opened")),
                        0);
    free(sealed);
    seal_close(s);
}

static void no_two_seals_are_alike(void)
{
    struct seal *s = fixture_seal();
    uint8_t *a = NULL, *b = NULL;
    size_t n_a = 0, n_b = 0;
    struct seal_envelope env_a = envelope_of(s, &a, &n_a), env_b = envelope_of(s, &b, &n_b);
    CU_ASSERT_STRING_NOT_EQUAL(env_a.digest, env_b.digest);
    CU_ASSERT_STRING_NOT_EQUAL(env_a.uuid, env_b.uuid);
    CU_ASSERT_EQUAL(strlen(env_a.uuid), 36);
    CU_ASSERT_EQUAL(env_a.uuid[14], '4');
    CU_ASSERT_PTR_NOT_NULL(strchr("89ab", env_a.uuid[19]));
    free(a);
    free(b);
    seal_close(s);
}

static void sizes_are_bounded(void)
{
    struct seal *s = fixture_seal();
    struct seal_envelope env = {0};
    uint8_t *sealed = NULL;
    size_t n = 0;
    char *big = mem_zalloc(SEAL_MAX_PLAIN_BYTES + 1, 1);
    CU_ASSERT_EQUAL(seal_record(s, big, 0, &sealed, &n, &env, NULL), ERR_TOO_BIG);
    CU_ASSERT_EQUAL(seal_record(s, big, SEAL_MAX_PLAIN_BYTES + 1, &sealed, &n, &env, NULL),
                    ERR_TOO_BIG);
    CU_ASSERT_EQUAL(seal_record(s, big, SEAL_MAX_PLAIN_BYTES, &sealed, &n, &env, NULL), 0);
    CU_ASSERT(n > SEAL_MAX_PLAIN_BYTES && n <= SEAL_MAX_SEALED_BYTES);
    free(sealed);
    free(big);
    seal_close(s);
}

static void every_member_of_the_envelope_is_signed(void)
{
    struct seal *s = fixture_seal();
    struct seal_verifier *v = NULL, *other = NULL;
    uint8_t *sealed = NULL;
    size_t n = 0;
    struct seal_envelope env = envelope_of(s, &sealed, &n);
    CU_ASSERT_EQUAL_FATAL(seal_verifier_open(fixture_key("device.pem"), &v, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(seal_verifier_open(fixture_key("centre-sign.pem"), &other, NULL), 0);
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, sealed, n, NULL), 0);
    CU_ASSERT_EQUAL(seal_verify_envelope(other, &env, sealed, n, NULL), ERR_SEAL_SIGNATURE);
    char *members[] = {env.uuid,   env.terminal, env.number,      env.matter,   env.sealed_at,
                       env.digest, env.suite,    env.prev_digest, env.signature};
    for (size_t i = 0; i < YJ_COUNT(members); i++) {
        members[i][0] ^= 1;
        CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
        members[i][0] ^= 1;
    }
    env.sequence++;
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
    env.sequence--;
    env.kind = RECORD_RATING;
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
    env.kind = RECORD_APPLICATION;
    snprintf(env.about, sizeof env.about, "%s", env.number);
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, NULL, 0, NULL), ERR_SEAL_SIGNATURE);
    env.about[0] = '\0';
    sealed[n / 2] ^= 1;
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, sealed, n, NULL), ERR_SEAL_SIGNATURE);
    sealed[n / 2] ^= 1;
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &env, sealed, n, NULL), 0);
    free(sealed);
    seal_verifier_close(v);
    seal_verifier_close(other);
    seal_close(s);
}

static void openssl_accepts_our_signature(void)
{
    struct seal *s = fixture_seal();
    uint8_t *sealed = NULL;
    size_t n = 0;
    char text[1024];
    struct seal_envelope env = envelope_of(s, &sealed, &n);
    size_t text_bytes = seal_envelope_text(&env, text, sizeof text);
    char want[1024];
    snprintf(want, sizeof want,
             "yijian-seal-1\n%s\napplication\n4301020001\n7\n430102000120261123000019\n\nnewborn\n"
             "2026-11-23T04:00:00Z\ncms-p256-aes256gcm\n%s\n%s\n",
             env.uuid, env.digest, SEAL_DIGEST_NONE);
    CU_ASSERT_STRING_EQUAL(text, want);
    write_file(fixture_path("text"), text, text_bytes);
    write_file(fixture_path("sig.b64"), env.signature, strlen(env.signature));
    CU_ASSERT_EQUAL(
        fixture_run("openssl base64 -d -A -in %s -out %s && openssl x509 -in %s -pubkey "
                    "-noout >%s && openssl dgst -sha256 -verify %s -signature %s %s "
                    ">/dev/null",
                    fixture_path("sig.b64"), fixture_path("sig.der"), fixture_key("device.pem"),
                    fixture_path("pub.pem"), fixture_path("pub.pem"), fixture_path("sig.der"),
                    fixture_path("text")),
        0);
    free(sealed);
    seal_close(s);
}

static void wrong_keys_are_refused_at_the_start(void)
{
    struct seal *s = NULL;
    struct err err = {0};
    struct seal_paths paths = fixture_seal_paths();
    CU_ASSERT_EQUAL(seal_open(&paths, "4301020002", &s, &err), ERR_SEAL_KEY);
    paths.device_key = fixture_key("ca.key");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths = fixture_seal_paths();
    paths.centre_seal_cert = fixture_key("device.key");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    paths.centre_seal_cert = fixture_path("absent.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(fixture_run("openssl req -x509 -newkey rsa:2048 -nodes -keyout %s -out %s "
                                "-subj /CN=x -days 2 2>/dev/null",
                                fixture_path("rsa.key"), fixture_path("rsa.pem")),
                    0);
    paths.centre_seal_cert = fixture_path("rsa.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NULL(s);
}

static void token_tells_what_was_sealed(void)
{
    struct seal *s = fixture_seal();
    struct seal_verifier *v = NULL;
    struct seal_token t = {0};
    uint8_t *sealed = NULL;
    size_t n = 0;
    char text[RECORD_TOKEN_BYTES], copy[RECORD_TOKEN_BYTES];
    struct seal_envelope env = envelope_of(s, &sealed, &n);
    CU_ASSERT_EQUAL_FATAL(seal_verifier_open(fixture_key("device.pem"), &v, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(seal_token_make(s, &env, FIXTURE_WALL_MS, text, sizeof text, NULL), 0);
    CU_ASSERT_EQUAL(strlen(text), SEAL_TOKEN_CHARS);
    CU_ASSERT_EQUAL_FATAL(seal_token_verify(v, text, &t, NULL), 0);
    CU_ASSERT_STRING_EQUAL(t.number, env.number);
    CU_ASSERT_STRING_EQUAL(t.uuid, env.uuid);
    CU_ASSERT_EQUAL(t.sequence, 7);
    CU_ASSERT_EQUAL(strncmp(t.digest_start, env.digest, 16), 0);
    CU_ASSERT_EQUAL(t.sealed_wall_ms, FIXTURE_WALL_MS);
    CU_ASSERT_FALSE(t.is_copy);
    snprintf(copy, sizeof copy, "YJ1C.%.300s", text + 4);
    CU_ASSERT_EQUAL(seal_token_verify(v, copy, &t, NULL), 0);
    CU_ASSERT_TRUE(t.is_copy);
    /* The payload, byte by byte, as the header documents it. */
    uint8_t p[49];
    CU_ASSERT_EQUAL_FATAL(bytes_unb64url(text + 4, 66, p, sizeof p), 49);
    static const uint8_t head[] = {0x01, 0x43, 0x01, 0x02, 0x00, 0x01, 0x20,
                                   0x26, 0x11, 0x23, 0x00, 0x00, 0x19};
    static const uint8_t seven[] = {0, 0, 0, 0, 0, 0, 0, 7};
    static const uint8_t time[] = {0x6b, 0x03, 0xba, 0x40};
    CU_ASSERT_EQUAL(memcmp(p, head, sizeof head), 0);
    CU_ASSERT_EQUAL(memcmp(p + 29, seven, sizeof seven), 0);
    CU_ASSERT_EQUAL(memcmp(p + 45, time, sizeof time), 0);
    free(sealed);
    seal_verifier_close(v);
    seal_close(s);
}

static void token_with_any_byte_changed_fails(void)
{
    struct seal *s = fixture_seal();
    struct seal_verifier *v = NULL;
    struct seal_token t;
    uint8_t *sealed = NULL;
    size_t n = 0;
    char text[RECORD_TOKEN_BYTES], bad[RECORD_TOKEN_BYTES + 2];
    struct seal_envelope env = envelope_of(s, &sealed, &n);
    CU_ASSERT_EQUAL_FATAL(seal_verifier_open(fixture_key("device.pem"), &v, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(seal_token_make(s, &env, FIXTURE_WALL_MS, text, sizeof text, NULL), 0);
    int n_accepted = 0;
    for (size_t i = 0; i < SEAL_TOKEN_CHARS; i++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(bad, text, sizeof text);
            bad[i] = (char)(bad[i] ^ 1 << bit);
            n_accepted += seal_token_verify(v, bad, &t, NULL) == 0;
        }
    CU_ASSERT_EQUAL(n_accepted, 0);
    for (size_t i = 0; i < SEAL_TOKEN_CHARS; i++) { /* cut short anywhere */
        memcpy(bad, text, sizeof text);
        bad[i] = '\0';
        CU_ASSERT_NOT_EQUAL(seal_token_verify(v, bad, &t, NULL), 0);
    }
    snprintf(bad, sizeof bad, "%sA", text);
    CU_ASSERT_EQUAL(seal_token_verify(v, bad, &t, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(seal_token_verify(v, "", &t, NULL), ERR_INVALID);
    env.kind = RECORD_RATING;
    env.number[0] = '\0';
    CU_ASSERT_EQUAL(seal_token_make(s, &env, FIXTURE_WALL_MS, text, sizeof text, NULL),
                    ERR_INVALID);
    free(sealed);
    seal_verifier_close(v);
    seal_close(s);
}

static CU_TestInfo cases[] = {
    {"openssl opens what we seal", openssl_opens_what_we_seal},
    {"another key opens nothing", another_key_opens_nothing},
    {"no two seals are alike", no_two_seals_are_alike},
    {"sizes are bounded", sizes_are_bounded},
    {"every member of the envelope is signed", every_member_of_the_envelope_is_signed},
    {"openssl accepts our signature", openssl_accepts_our_signature},
    {"wrong keys are refused at the start", wrong_keys_are_refused_at_the_start},
    {"a token tells what was sealed", token_tells_what_was_sealed},
    {"a token with any byte changed fails", token_with_any_byte_changed_fails},
    CU_TEST_INFO_NULL};
CUNIT_MAIN("store.seal", cases)
