/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's keys, the sealing of a record and the signing of its envelope. Runs on the
 * outbox thread. */
#include "seal/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "seal/seal_priv.h"

static const struct seal_suite *const suites[] = {&seal_suite_p256, &seal_suite_sm2};

const struct seal_suite *seal_suite_find(const char *id)
{
    for (size_t i = 0; i < YJ_COUNT(suites); i++)
        if (strcmp(suites[i]->id, id) == 0)
            return suites[i];
    return NULL;
}

int seal_fail(struct err *err, int code, const char *where, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    err_fill(err, code, where, "%s: %s", what, reason ? reason : "no reason given");
    ERR_clear_error();
    return code;
}

bool seal_cert_is_of(X509 *cert, const char *terminal_id)
{
    char cn[65];
    return seal_cert_name(cert, cn, sizeof cn) && strcmp(cn, terminal_id) == 0;
}

/* A key of this terminal with its certificate. */
static int device_load(const char *key_path, const char *cert_path, enum seal_key_kind kind,
                       const char *terminal_id, EVP_PKEY **ret, X509 **ret_cert, struct err *err)
{
    int rc = seal_cert_load(cert_path, kind, ret_cert, err);
    if (rc == 0)
        rc = seal_key_load(key_path, kind, ret, err);
    if (rc == 0 && X509_check_private_key(*ret_cert, *ret) != 1)
        rc = seal_fail(err, ERR_SEAL_KEY, __func__, "device key and certificate do not fit");
    if (rc == 0 && !seal_cert_is_of(*ret_cert, terminal_id))
        rc = ERR(err, ERR_SEAL_KEY, "the device certificate is of another terminal");
    return rc;
}

static int sign_key_load(struct seal *s, const struct seal_paths *paths, const char *terminal_id,
                         struct err *err)
{
    X509 *cert = NULL;
    if (s->suite->kind == SEAL_KEY_P256) {
        s->sign_key = s->device_key;
        return EVP_PKEY_up_ref(s->sign_key) == 1 ? 0 : ERR(err, ERR_SEAL_KEY, "key in use");
    }
    if (!paths->device_sm2_key || !paths->device_sm2_cert)
        return ERR(err, ERR_SEAL_KEY, "suite %s needs the device's SM2 key and certificate",
                   s->suite->id);
    int rc = device_load(paths->device_sm2_key, paths->device_sm2_cert, SEAL_KEY_SM2, terminal_id,
                         &s->sign_key, &cert, err);
    X509_free(cert);
    return rc;
}

int seal_open(const struct seal_paths *paths, const char *terminal_id, struct seal **ret,
              struct err *err)
{
    struct seal *s = mem_zalloc(1, sizeof *s);
    s->suite = paths->suite ? seal_suite_find(paths->suite) : suites[0];
    if (!s->suite) {
        free(s);
        return ERR(err, ERR_SEAL_KEY, "no suite is called \"%.40s\"", paths->suite);
    }
    int rc = device_load(paths->device_key, paths->device_cert, SEAL_KEY_P256, terminal_id,
                         &s->device_key, &s->device_cert, err);
    if (rc == 0)
        rc = sign_key_load(s, paths, terminal_id, err);
    if (rc == 0)
        rc = seal_centre_load(s, 0, paths->centre_seal_cert, err);
    if (rc == 0 && paths->centre_seal_next_cert && access(paths->centre_seal_next_cert, F_OK) == 0)
        rc = seal_centre_load(s, 1, paths->centre_seal_next_cert, err);
    if (rc == 0)
        rc = seal_verifier_open(paths->centre_sign_cert, &s->centre_sign, err);
    if (rc == 0 && !seal_key_is(s->centre_sign->key, SEAL_KEY_P256))
        rc = ERR(err, ERR_SEAL_KEY, "the centre's signing key is not on P-256");
    if (rc) {
        seal_close(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void seal_close(struct seal *s)
{
    if (!s)
        return;
    EVP_PKEY_free(s->sign_key); /* cleanses the private number itself */
    EVP_PKEY_free(s->device_key);
    X509_free(s->device_cert);
    for (size_t i = 0; i < YJ_COUNT(s->centre); i++)
        X509_free(s->centre[i].cert);
    seal_verifier_close(s->centre_sign);
    free(s);
}

const struct seal_verifier *seal_centre(const struct seal *s)
{
    return s->centre_sign;
}

int seal_record(const struct seal *s, const void *plain, size_t n, uint8_t **ret_sealed,
                size_t *ret_bytes, struct seal_envelope *env, struct err *err)
{
    if (n == 0 || n > SEAL_MAX_PLAIN_BYTES)
        return ERR(err, ERR_TOO_BIG, "a record of %zu bytes cannot be sealed", n);
    uint8_t *sealed = NULL;
    size_t bytes = 0;
    int rc = s->suite->seal(s->centre[s->present].cert, plain, n, &sealed, &bytes, err);
    if (rc)
        return rc;
    if (bytes > SEAL_MAX_SEALED_BYTES) {
        free(sealed);
        return ERR(err, ERR_TOO_BIG, "the sealed record has %zu bytes", bytes);
    }
    snprintf(env->suite, sizeof env->suite, "%s", s->suite->id);
    s->suite->digest(sealed, bytes, env->digest);
    *ret_sealed = sealed;
    *ret_bytes = bytes;
    return 0;
}

const char *seal_kind_word(enum record_kind kind)
{
    return kind == RECORD_APPLICATION ? "application" : "rating";
}

/* The four lines more. @return length of the whole, 0: it does not fit */
static size_t form_2_text(const struct seal_envelope *env, char *text, size_t cap, size_t n)
{
    for (size_t i = 0; i < env->n_attachments; i++) {
        const struct seal_attachment *a = &env->attachment[i];
        int more = snprintf(text + n, cap - n, "%s%s:%" PRId64, i ? " " : "", a->digest, a->bytes);
        if (more < 0 || (size_t)more >= cap - n)
            return 0;
        n += (size_t)more;
    }
    int more = snprintf(text + n, cap - n, "\n%s\n%" PRId64 "\n%s\n", env->boot_id, env->uptime_ms,
                        env->centre_time);
    return more < 0 || (size_t)more >= cap - n ? 0 : n + (size_t)more;
}

size_t seal_envelope_text(const struct seal_envelope *env, char *text, size_t cap)
{
    int n =
        snprintf(text, cap, "yijian-seal-%d\n%s\n%s\n%s\n%" PRId64 "\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n",
                 env->form == SEAL_FORM_2 ? 2 : 1, env->uuid, seal_kind_word(env->kind),
                 env->terminal, env->sequence, env->number, env->about, env->matter, env->sealed_at,
                 env->suite, env->digest, env->prev_digest);
    if (n < 0 || (size_t)n >= cap)
        return 0;
    return env->form == SEAL_FORM_2 ? form_2_text(env, text, cap, (size_t)n) : (size_t)n;
}

int seal_sign_envelope(const struct seal *s, struct seal_envelope *env, struct err *err)
{
    char text[SEAL_TEXT_BYTES];
    uint8_t der[72];
    size_t n = seal_envelope_text(env, text, sizeof text);
    if (n == 0)
        return ERR(err, ERR_SEAL_CRYPTO, "the envelope is too long");
    int der_bytes = s->suite->sign(s->sign_key, text, n, der, sizeof der, err);
    if (der_bytes < 0)
        return der_bytes;
    char *base64 = seal_base64(der, (size_t)der_bytes);
    snprintf(env->signature, sizeof env->signature, "%s", base64);
    free(base64);
    return 0;
}

int seal_random(void *p, size_t n, struct err *err)
{
    if (RAND_bytes(p, (int)n) != 1)
        return seal_fail(err, ERR_SEAL_CRYPTO, __func__, "no random bytes");
    return 0;
}

int seal_uuid(char *text, struct err *err)
{
    uint8_t b[16];
    char hex[33];
    int rc = seal_random(b, sizeof b, err);
    if (rc)
        return rc;
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* RFC 9562 clause 5.4: version 4, variant 10 */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    bytes_hex(b, sizeof b, hex);
    snprintf(text, RECORD_UUID_BYTES, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    return 0;
}
