/* SPDX-License-Identifier: Apache-2.0 */
/* Suite "gmt0010-sm2-sm4cbc": EnvelopedData of GM/T 0010-2012 clause 8 with SM2 (GM/T 0003), SM4
 * in CBC (GM/T 0002) and signatures SM2 with SM3 (GM/T 0004, identity of GM/T 0009 clause 10).
 * Its structure is that of PKCS #7 with other object identifiers and version 1, so OpenSSL's own
 * templates write it. Runs on the outbox thread. */
#include "seal/seal_priv.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/pkcs7.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { SM4_BLOCK_BYTES = 16, SM2_CIPHER_MAX_BYTES = 256 };

/* GM/T 0006: the object identifiers of these types and algorithms. */
static const char oid_data[] = "1.2.156.10197.6.1.4.2.1";
static const char oid_enveloped[] = "1.2.156.10197.6.1.4.2.3";
static const char oid_sm2_encrypt[] = "1.2.156.10197.1.301.3";
static const char identity[] = SEAL_SM2_IDENTITY;

static void envelope_drop(PKCS7_ENVELOPE **p)
{
    PKCS7_ENVELOPE_free(*p);
}

static void cipher_drop(EVP_CIPHER_CTX **p)
{
    EVP_CIPHER_CTX_free(*p); /* cleanses the key schedule */
}

static void key_context_drop(EVP_PKEY_CTX **p)
{
    EVP_PKEY_CTX_free(*p);
}

/* The record's key for the centre: SM2Cipher of GM/T 0009 clause 7.2, as DER. */
static bool key_wrap(X509 *centre, const uint8_t *key, PKCS7_RECIP_INFO *ri)
{
    uint8_t wrapped[SM2_CIPHER_MAX_BYTES];
    size_t n = sizeof wrapped;
    YJ_CLEANUP(key_context_drop)
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(centre), NULL);
    return ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
           EVP_PKEY_encrypt(ctx, wrapped, &n, key, SM4_BLOCK_BYTES) == 1 &&
           ASN1_OCTET_STRING_set(ri->enc_key, wrapped, (int)n) == 1;
}

static bool recipient_fill(PKCS7_RECIP_INFO *ri, X509 *centre, const uint8_t *key)
{
    ASN1_INTEGER *serial = ASN1_INTEGER_dup(X509_get0_serialNumber(centre));
    ASN1_OBJECT *algorithm = OBJ_txt2obj(oid_sm2_encrypt, 1);
    if (!serial || !algorithm ||
        X509_ALGOR_set0(ri->key_enc_algor, algorithm, V_ASN1_UNDEF, NULL) != 1) {
        ASN1_INTEGER_free(serial);
        ASN1_OBJECT_free(algorithm);
        return false;
    }
    ASN1_INTEGER_free(ri->issuer_and_serial->serial);
    ri->issuer_and_serial->serial = serial;
    return ASN1_INTEGER_set(ri->version, 1) == 1 &&
           X509_NAME_set(&ri->issuer_and_serial->issuer, X509_get_issuer_name(centre)) == 1 &&
           key_wrap(centre, key, ri);
}

/* SM4-CBC with the padding of PKCS #7. @return bytes written, -1: failed */
static int content_encrypt(const uint8_t *key, const uint8_t *iv, const void *plain, size_t n,
                           uint8_t *out)
{
    int head = 0, tail = 0;
    YJ_CLEANUP(cipher_drop) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    if (!ctx || EVP_EncryptInit_ex(ctx, EVP_sm4_cbc(), NULL, key, iv) != 1 ||
        EVP_EncryptUpdate(ctx, out, &head, plain, (int)n) != 1 ||
        EVP_EncryptFinal_ex(ctx, out + head, &tail) != 1)
        return -1;
    return head + tail;
}

static bool content_fill(PKCS7_ENC_CONTENT *content, const uint8_t *key, const void *plain,
                         size_t n)
{
    uint8_t iv[SM4_BLOCK_BYTES];
    YJ_CLEANUP(cleanup_free) uint8_t *out = mem_zalloc(n + SM4_BLOCK_BYTES, 1);
    ASN1_OCTET_STRING *parameters = ASN1_OCTET_STRING_new();
    int bytes = RAND_bytes(iv, sizeof iv) == 1 ? content_encrypt(key, iv, plain, n, out) : -1;
    if (bytes < 0 || !parameters || ASN1_OCTET_STRING_set(parameters, iv, sizeof iv) != 1 ||
        X509_ALGOR_set0(content->algorithm, OBJ_nid2obj(NID_sm4_cbc), V_ASN1_OCTET_STRING,
                        parameters) != 1) {
        ASN1_OCTET_STRING_free(parameters);
        return false;
    }
    ASN1_OBJECT_free(content->content_type);
    content->content_type = OBJ_txt2obj(oid_data, 1);
    content->enc_data = ASN1_OCTET_STRING_new();
    return content->content_type && content->enc_data &&
           ASN1_OCTET_STRING_set(content->enc_data, out, bytes) == 1;
}

/* ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT EnvelopedData }.
 * @return its length, or a negative number */
static int content_info_write(PKCS7_ENVELOPE *envelope, uint8_t **ret)
{
    ASN1_OBJECT *type = OBJ_txt2obj(oid_enveloped, 1);
    int inner = i2d_PKCS7_ENVELOPE(envelope, NULL), oid = type ? i2d_ASN1_OBJECT(type, NULL) : -1;
    int total = -1;
    if (inner > 0 && oid > 0) {
        int body = oid + ASN1_object_size(1, inner, 0);
        total = ASN1_object_size(1, body, V_ASN1_SEQUENCE);
        uint8_t *p = *ret = mem_zalloc((size_t)total, 1);
        ASN1_put_object(&p, 1, body, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
        i2d_ASN1_OBJECT(type, &p);
        ASN1_put_object(&p, 1, inner, 0, V_ASN1_CONTEXT_SPECIFIC);
        i2d_PKCS7_ENVELOPE(envelope, &p);
    }
    ASN1_OBJECT_free(type);
    return total;
}

static int sm2_seal(X509 *centre, const void *plain, size_t n, uint8_t **ret_sealed,
                    size_t *ret_bytes, struct err *err)
{
    uint8_t key[SM4_BLOCK_BYTES];
    YJ_CLEANUP(envelope_drop) PKCS7_ENVELOPE *envelope = PKCS7_ENVELOPE_new();
    PKCS7_RECIP_INFO *ri = PKCS7_RECIP_INFO_new();
    bool is_listed = envelope && ri && sk_PKCS7_RECIP_INFO_push(envelope->recipientinfo, ri) > 0;
    if (!is_listed)
        PKCS7_RECIP_INFO_free(ri);
    bool is_sealed = is_listed && ASN1_INTEGER_set(envelope->version, 1) == 1 &&
                     RAND_bytes(key, sizeof key) == 1 && recipient_fill(ri, centre, key) &&
                     content_fill(envelope->enc_data, key, plain, n);
    bytes_wipe(key, sizeof key);
    int bytes = is_sealed ? content_info_write(envelope, ret_sealed) : -1;
    if (bytes <= 0)
        return seal_fail(err, ERR_SEAL_CRYPTO, __func__, "sealing a record");
    *ret_bytes = (size_t)bytes;
    return 0;
}

EVP_MD_CTX *seal_sm2_context(EVP_PKEY *key, EVP_PKEY_CTX **ret_key_ctx)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    *ret_key_ctx = EVP_PKEY_CTX_new(key, NULL);
    if (ctx && *ret_key_ctx &&
        EVP_PKEY_CTX_set1_id(*ret_key_ctx, identity, sizeof identity - 1) == 1) {
        EVP_MD_CTX_set_pkey_ctx(ctx, *ret_key_ctx); /* stays ours */
        return ctx;
    }
    EVP_MD_CTX_free(ctx);
    return NULL;
}

static int sm2_sign(EVP_PKEY *device, const void *text, size_t n, uint8_t *der, size_t cap,
                    struct err *err)
{
    size_t bytes = cap;
    YJ_CLEANUP(key_context_drop) EVP_PKEY_CTX *key_ctx = NULL;
    EVP_MD_CTX *ctx = seal_sm2_context(device, &key_ctx);
    bool is_signed = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, device) == 1 &&
                     EVP_DigestSign(ctx, der, &bytes, text, n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!is_signed)
        return seal_fail(err, ERR_SEAL_CRYPTO, __func__, "signing");
    return (int)bytes;
}

static int sm2_verify(EVP_PKEY *signer, const void *text, size_t n, const uint8_t *der,
                      size_t der_bytes, struct err *err)
{
    YJ_CLEANUP(key_context_drop) EVP_PKEY_CTX *key_ctx = NULL;
    EVP_MD_CTX *ctx = seal_sm2_context(signer, &key_ctx);
    bool is_good = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sm3(), NULL, signer) == 1 &&
                   EVP_DigestVerify(ctx, der, der_bytes, text, n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!is_good)
        return seal_fail(err, ERR_SEAL_SIGNATURE, __func__, "the signature does not fit");
    return 0;
}

static void sm3_digest(const void *p, size_t n, char *hex)
{
    seal_digest_with(EVP_sm3(), p, n, hex);
}

const struct seal_suite seal_suite_sm2 = {
    .id = SEAL_SUITE_SM2,
    .kind = SEAL_KEY_SM2,
    .seal = sm2_seal,
    .sign = sm2_sign,
    .verify = sm2_verify,
    .digest = sm3_digest,
};
