/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys, checking of envelopes and acknowledgements, digests, base64. Any thread. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { ACK_MAX_CHARS = 64 * 1024 };

bool seal_key_is_p256(const EVP_PKEY *key)
{
    char group[32] = "";
    size_t n = 0;
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

int seal_cert_load(const char *path, X509 **ret, struct err *err)
{
    FILE *f = fopen(path, "r");
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    if (!f)
        return ERR(err, ERR_SEAL_KEY, "%s cannot be read", name);
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    fclose(f);
    if (!cert)
        return seal_fail(err, ERR_SEAL_KEY, name, "no certificate in PEM");
    if (!X509_get0_pubkey(cert) || !seal_key_is_p256(X509_get0_pubkey(cert))) {
        X509_free(cert);
        return ERR(err, ERR_SEAL_KEY, "%s: the key is not on P-256", name);
    }
    *ret = cert;
    return 0;
}

int seal_verifier_open(const char *cert_path, struct seal_verifier **ret, struct err *err)
{
    X509 *cert = NULL;
    int rc = seal_cert_load(cert_path, &cert, err);
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
    char text[1024], digest[SEAL_DIGEST_BYTES];
    uint8_t der[SEAL_SIGNATURE_BYTES];
    const struct seal_suite *suite = seal_suite_find(env->suite);
    if (!suite)
        return ERR(err, ERR_SEAL_SIGNATURE, "the suite is not known");
    size_t text_bytes = seal_envelope_text(env, text, sizeof text);
    int der_bytes = seal_unbase64(env->signature, der, sizeof der);
    if (text_bytes == 0 || der_bytes <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the signature is not base64");
    if (sealed) {
        seal_digest(sealed, n, digest);
        if (strcmp(digest, env->digest) != 0)
            return ERR(err, ERR_SEAL_SIGNATURE, "the digest does not fit the sealed bytes");
    }
    return suite->verify(v->key, text, text_bytes, der, (size_t)der_bytes, err);
}

int seal_verify_ack(const struct seal_verifier *v, const char *ack, const char *signature,
                    char **ret_json, size_t *ret_bytes, struct err *err)
{
    static const char head[] = "yijian-ack-1\n";
    const size_t head_bytes = sizeof head - 1;
    uint8_t der[SEAL_SIGNATURE_BYTES];
    size_t ack_chars = strlen(ack);
    int der_bytes = seal_unbase64(signature, der, sizeof der);
    if (ack_chars == 0 || ack_chars > ACK_MAX_CHARS || der_bytes <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the acknowledgement is not well formed");

    YJ_CLEANUP(cleanup_free) char *text = mem_zalloc(1, head_bytes + ack_chars + 1);
    memcpy(text, head, head_bytes);
    int n = bytes_unb64url(ack, ack_chars, (uint8_t *)text + head_bytes, ack_chars);
    if (n <= 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the acknowledgement is not base64url");
    int rc =
        seal_suite_p256.verify(v->key, text, head_bytes + (size_t)n, der, (size_t)der_bytes, err);
    if (rc)
        return rc;
    *ret_json = mem_dup(text + head_bytes, (size_t)n);
    *ret_bytes = (size_t)n;
    return 0;
}

void seal_digest(const void *p, size_t n, char *hex)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    SHA256(p, n, hash);
    bytes_hex(hash, sizeof hash, hex);
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
