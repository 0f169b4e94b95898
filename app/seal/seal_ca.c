/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's CA: one file of one or several certificates, each of which vouches by its own
 * algorithm (a centre may keep an SM2 CA beside the one on P-256). Any thread. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { MAX_CAS = 8 };

static const char sm2_identity[] = SEAL_SM2_IDENTITY;

static void cert_drop(X509 **p)
{
    X509_free(*p);
}

static void bio_drop(BIO **p)
{
    BIO_free(*p);
}

static void store_drop(X509_STORE **p)
{
    X509_STORE_free(*p);
}

/* What SM2 has signed is only checked with the identity of its signer (GM/T 0009-2012 clause 10).
 */
static bool cert_identify(X509 *cert)
{
    if (X509_get_signature_nid(cert) != NID_SM2_with_SM3)
        return true;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (!id || ASN1_OCTET_STRING_set(id, (const unsigned char *)sm2_identity,
                                     sizeof sm2_identity - 1) != 1) {
        ASN1_OCTET_STRING_free(id);
        return false;
    }
    X509_set0_distinguishing_id(cert, id); /* the certificate's from here on */
    return true;
}

/* Hand every certificate to use(): false ends with ERR_SEAL_KEY. */
static int each_ca(BIO *in, bool (*use)(X509 *ca, void *user), void *user, struct err *err)
{
    int n = 0;
    for (;; n++) {
        YJ_CLEANUP(cert_drop) X509 *ca = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
        if (!ca && n > 0 && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
            break;
        if (!ca)
            return seal_fail(err, ERR_SEAL_KEY, __func__, "the CA of the centre is no PEM");
        EVP_PKEY *key = X509_get0_pubkey(ca);
        if (!key || !(seal_key_is(key, SEAL_KEY_P256) || seal_key_is(key, SEAL_KEY_SM2)))
            return seal_fail(err, ERR_SEAL_KEY, __func__,
                             "a key of the centre's CA is neither on P-256 nor on SM2");
        if (n == MAX_CAS || !use(ca, user))
            return ERR(err, ERR_SEAL_KEY, "the CA of the centre cannot be used");
    }
    ERR_clear_error();
    return 0;
}

static bool trust(X509 *ca, void *user)
{
    return cert_identify(ca) && X509_STORE_add_cert(user, ca) == 1;
}

int seal_ca_load(const char *path, X509_STORE **ret, struct err *err)
{
    YJ_CLEANUP(bio_drop) BIO *in = BIO_new_file(path, "r");
    YJ_CLEANUP(store_drop) X509_STORE *store = X509_STORE_new();
    if (!in || !store)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the CA of the centre cannot be read");
    int rc = each_ca(in, trust, store, err);
    if (rc)
        return rc;
    *ret = store;
    store = NULL;
    return 0;
}

bool seal_ca_has_issued(X509_STORE *cas, X509 *cert)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool is_good = ctx && cert_identify(cert) && X509_STORE_CTX_init(ctx, cas, cert, NULL) == 1;
    if (is_good) {
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME); /* the clock may be wrong */
        is_good = X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
    return is_good;
}

static bool digest_add(X509 *ca, void *user)
{
    unsigned char *der = NULL;
    int n = i2d_X509(ca, &der);
    bool is_added = n > 0 && EVP_DigestUpdate(user, der, (size_t)n) == 1;
    OPENSSL_free(der);
    return is_added;
}

int seal_ca_fingerprint(const char *pem, char hex[SEAL_DIGEST_BYTES], struct err *err)
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    YJ_CLEANUP(bio_drop) BIO *in = BIO_new_mem_buf(pem, -1);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int rc = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1
                 ? each_ca(in, digest_add, ctx, err)
                 : seal_fail(err, ERR_SEAL_KEY, __func__, "a digest");
    if (rc == 0 && EVP_DigestFinal_ex(ctx, sum, &n) != 1)
        rc = seal_fail(err, ERR_SEAL_KEY, __func__, "a digest");
    EVP_MD_CTX_free(ctx);
    if (rc == 0)
        bytes_hex(sum, n, hex);
    return rc;
}
