/* SPDX-License-Identifier: Apache-2.0 */
/* Suite "cms-p256-aes256gcm": CMS AuthEnvelopedData by key agreement on P-256, ECDSA with
 * SHA-256. Runs on the outbox thread. */
#include "seal/seal_priv.h"

#include <stdlib.h>

#include "base/mem.h"

/* Add the centre as the one recipient. OpenSSL's default key derivation is over SHA-1; ours is
 * over SHA-256 (RFC 5753 clause 7.1.4, dhSinglePass-stdDH-sha256kdf-scheme). */
static bool recipient_add(CMS_ContentInfo *cms, X509 *centre)
{
    CMS_RecipientInfo *recipient = CMS_add1_recipient_cert(cms, centre, CMS_KEY_PARAM);
    if (!recipient)
        return false;
    EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(recipient);
    return ctx && EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) == 1;
}

static int p256_seal(X509 *centre, const void *plain, size_t n, uint8_t **ret_sealed,
                     size_t *ret_bytes, struct err *err)
{
    const unsigned flags = CMS_BINARY | CMS_PARTIAL;
    int rc = 0;
    unsigned char *der = NULL;
    BIO *in = BIO_new_mem_buf(plain, (int)n);
    CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), flags);
    int der_bytes = -1;
    if (in && cms && recipient_add(cms, centre) && CMS_final(cms, in, NULL, CMS_BINARY) == 1)
        der_bytes = i2d_CMS_ContentInfo(cms, &der);
    if (der_bytes <= 0) {
        rc = seal_fail(err, ERR_SEAL_CRYPTO, __func__, "sealing a record");
    } else {
        *ret_sealed = mem_dup(der, (size_t)der_bytes);
        *ret_bytes = (size_t)der_bytes;
    }
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in); /* a view of the caller's bytes: no copy to cleanse */
    return rc;
}

static int p256_sign(EVP_PKEY *device, const void *text, size_t n, uint8_t *der, size_t cap,
                     struct err *err)
{
    size_t bytes = cap;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_signed = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, device) == 1 &&
                     EVP_DigestSign(ctx, der, &bytes, text, n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!is_signed)
        return seal_fail(err, ERR_SEAL_CRYPTO, __func__, "signing");
    return (int)bytes;
}

static int p256_verify(EVP_PKEY *signer, const void *text, size_t n, const uint8_t *der,
                       size_t der_bytes, struct err *err)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_good = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, signer) == 1 &&
                   EVP_DigestVerify(ctx, der, der_bytes, text, n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!is_good)
        return seal_fail(err, ERR_SEAL_SIGNATURE, __func__, "the signature does not fit");
    return 0;
}

const struct seal_suite seal_suite_p256 = {
    .id = SEAL_SUITE_P256,
    .kind = SEAL_KEY_P256,
    .seal = p256_seal,
    .sign = p256_sign,
    .verify = p256_verify,
    .digest = seal_digest,
};
