/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys, checking of envelopes and acknowledgements, digests, base64. Any thread. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { STATEMENT_MAX_CHARS = 64 * 1024 };

bool seal_key_is(const EVP_PKEY *key, enum seal_key_kind kind)
{
    char group[32] = "";
    size_t n = 0;
    if (kind == SEAL_KEY_SM2) /* its own kind of key for OpenSSL, on the one curve SM2 */
        return EVP_PKEY_is_a(key, "SM2");
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           (strcmp(group, "prime256v1") == 0 || strcmp(group, "P-256") == 0);
}

const struct seal_suite *seal_suite_of_key(const EVP_PKEY *key)
{
    return seal_key_is(key, SEAL_KEY_SM2) ? &seal_suite_sm2 : &seal_suite_p256;
}

int seal_cert_load_any(const char *path, X509 **ret, struct err *err)
{
    FILE *f = fopen(path, "r");
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    if (!f)
        return ERR(err, ERR_SEAL_KEY, "%s cannot be read", name);
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    fclose(f);
    if (!cert)
        return seal_fail(err, ERR_SEAL_KEY, name, "no certificate in PEM");
    EVP_PKEY *key = X509_get0_pubkey(cert);
    if (!key || !(seal_key_is(key, SEAL_KEY_P256) || seal_key_is(key, SEAL_KEY_SM2))) {
        X509_free(cert);
        return ERR(err, ERR_SEAL_KEY, "%s: the key is neither on P-256 nor on SM2", name);
    }
    *ret = cert;
    return 0;
}

int seal_cert_load(const char *path, enum seal_key_kind kind, X509 **ret, struct err *err)
{
    int rc = seal_cert_load_any(path, ret, err);
    if (rc == 0 && !seal_key_is(X509_get0_pubkey(*ret), kind)) {
        X509_free(*ret);
        *ret = NULL;
        const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
        rc = ERR(err, ERR_SEAL_KEY, "%s: the key is not on %s", name,
                 kind == SEAL_KEY_SM2 ? "SM2" : "P-256");
    }
    return rc;
}

bool seal_cert_name(X509 *cert, char *ret, size_t cap)
{
    const X509_NAME *name = X509_get_subject_name(cert);
    unsigned char *text = NULL;
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
        return false;
    int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    bool is_good = n > 0 && (size_t)n < cap && !memchr(text, 0, (size_t)n);
    if (is_good) {
        memcpy(ret, text, (size_t)n);
        ret[n] = '\0';
    }
    OPENSSL_free(text);
    return is_good;
}

int seal_verifier_open(const char *cert_path, struct seal_verifier **ret, struct err *err)
{
    X509 *cert = NULL;
    int rc = seal_cert_load_any(cert_path, &cert, err);
    if (rc)
        return rc;
    struct seal_verifier *v = mem_zalloc(1, sizeof *v);
    v->key = X509_get_pubkey(cert);
    X509_free(cert);
    *ret = v;
    return 0;
}

void seal_verifier_close(struct seal_verifier *v)
{
    if (!v)
        return;
    EVP_PKEY_free(v->key);
    free(v);
}

int seal_verify_envelope(const struct seal_verifier *v, const struct seal_envelope *env,
                         const void *sealed, size_t n, struct err *err)
{
    char text[SEAL_TEXT_BYTES], digest[SEAL_DIGEST_BYTES];
    uint8_t der[SEAL_SIGNATURE_BYTES];
    const struct seal_suite *suite = seal_suite_find(env->suite);
    if (!suite)
        return ERR(err, ERR_SEAL_SIGNATURE, "the suite is not known");
    if (!seal_key_is(v->key, suite->kind))
        return ERR(err, ERR_SEAL_SIGNATURE, "the suite is not that of the key");
    size_t text_bytes = seal_envelope_text(env, text, sizeof text);
    int der_bytes = seal_unbase64(env->signature, der, sizeof der);
    if (text_bytes == 0 || der_bytes <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the signature is not base64");
    if (sealed) {
        suite->digest(sealed, n, digest);
        if (strcmp(digest, env->digest) != 0)
            return ERR(err, ERR_SEAL_SIGNATURE, "the digest does not fit the sealed bytes");
    }
    return suite->verify(v->key, text, text_bytes, der, (size_t)der_bytes, err);
}

int seal_verify_statement(const struct seal_verifier *v, const char *prefix, const char *statement,
                          const char *signature, char **ret_json, size_t *ret_bytes,
                          struct err *err)
{
    uint8_t der[SEAL_SIGNATURE_BYTES];
    size_t head_bytes = strlen(prefix), chars = strlen(statement);
    int der_bytes = seal_unbase64(signature, der, sizeof der);
    if (chars == 0 || chars > STATEMENT_MAX_CHARS || der_bytes <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the statement is not well formed");

    YJ_CLEANUP(cleanup_free) char *text = mem_zalloc(1, head_bytes + chars + 1);
    memcpy(text, prefix, head_bytes + 1);
    int n = bytes_unb64url(statement, chars, (uint8_t *)text + head_bytes, chars);
    if (n <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the statement is not base64url");
    int rc = seal_suite_of_key(v->key)->verify(v->key, text, head_bytes + (size_t)n, der,
                                               (size_t)der_bytes, err);
    if (rc)
        return rc;
    *ret_json = mem_dup(text + head_bytes, (size_t)n);
    *ret_bytes = (size_t)n;
    return 0;
}

int seal_verify_ack(const struct seal_verifier *v, const char *ack, const char *signature,
                    char **ret_json, size_t *ret_bytes, struct err *err)
{
    return seal_verify_statement(v, "yijian-ack-1\n", ack, signature, ret_json, ret_bytes, err);
}

void seal_digest_with(const EVP_MD *md, const void *p, size_t n, char *hex)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned hash_bytes = 0;
    /* Fails only without memory or with a broken library: no record may get a wrong digest. */
    if (EVP_Digest(p, n, hash, &hash_bytes, md, NULL) != 1 || hash_bytes * 2 >= SEAL_DIGEST_BYTES)
        abort();
    bytes_hex(hash, hash_bytes, hex);
}

void seal_digest(const void *p, size_t n, char *hex)
{
    seal_digest_with(EVP_sha256(), p, n, hex);
}

void seal_suite_digest(const char *suite, const void *p, size_t n, char *hex)
{
    const struct seal_suite *found = seal_suite_find(suite);
    (found ? found : &seal_suite_p256)->digest(p, n, hex);
}

char *seal_base64(const void *p, size_t n)
{
    char *text = mem_zalloc((n + 2) / 3 * 4 + 1, 1);
    EVP_EncodeBlock((unsigned char *)text, p, (int)n);
    return text;
}

int seal_unbase64(const char *text, uint8_t *out, size_t cap)
{
    size_t n = strlen(text);
    if (n == 0 || n % 4 != 0 || n / 4 * 3 > cap + 2)
        return -1;
    YJ_CLEANUP(cleanup_free) uint8_t *raw = mem_zalloc(n / 4, 3);
    int bytes = EVP_DecodeBlock(raw, (const unsigned char *)text, (int)n);
    if (bytes < 0)
        return -1;
    bytes -= (text[n - 1] == '=') + (text[n - 2] == '=');
    /* EVP_DecodeBlock skips blanks and accepts stray bits: only the canonical spelling counts. */
    YJ_CLEANUP(cleanup_free) char *again = seal_base64(raw, (size_t)bytes);
    if (strcmp(again, text) != 0 || (size_t)bytes > cap)
        return -1;
    memcpy(out, raw, (size_t)bytes);
    return bytes;
}
