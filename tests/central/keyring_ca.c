/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's CAs, and certificates of terminals: checked, issued with ca.key, read, found in the
 * folder of keys. Any thread: the keys are only read. */
#include "keyring_priv.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    MAX_DAYS = 3650,
    SERIAL_BYTES = 16,
    DAY_S = 86400,
    EARLIER_S = 3600, /* the centres' own clocks may differ a little */
    PEM_MAX_BYTES = 65536,
};

static void free_store_ctx(X509_STORE_CTX **p)
{
    X509_STORE_CTX_free(*p);
}

static ASN1_OCTET_STRING *identity_new(void)
{
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (id && ASN1_OCTET_STRING_set(id, (const unsigned char *)KEYRING_SM2_IDENTITY,
                                    sizeof KEYRING_SM2_IDENTITY - 1) == 1)
        return id;
    ASN1_OCTET_STRING_free(id);
    return NULL;
}

/* What an SM2 CA has signed is checked with its identity. */
static bool identify(X509 *cert)
{
    if (X509_get_signature_nid(cert) != NID_SM2_with_SM3)
        return true;
    ASN1_OCTET_STRING *id = identity_new();
    if (id)
        X509_set0_distinguishing_id(cert, id); /* the certificate's from here on */
    return id != NULL;
}

/* The one CN; none with a NUL inside, where a text of C ends and the name does not. */
static bool name_of(const X509_NAME *name, char *ret, size_t cap)
{
    unsigned char *text = NULL;
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
        return false;
    int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    bool is_good = n > 0 && (size_t)n < cap && !memchr(text, 0, (size_t)n);
    if (is_good)
        snprintf(ret, cap, "%s", (const char *)text);
    OPENSSL_free(text);
    return is_good;
}

/* ---- the CAs ---- */

static int trust_all(struct keyring *k, BIO *in, EVP_MD_CTX *sum, struct err *err)
{
    for (X509 *cert; (cert = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL;) {
        unsigned char *der = NULL;
        int n = i2d_X509(cert, &der);
        bool is_taken = n > 0 && EVP_DigestUpdate(sum, der, (size_t)n) == 1 && identify(cert) &&
                        X509_STORE_add_cert(k->trust, cert) == 1;
        OPENSSL_free(der);
        if (k->ca)
            X509_free(cert);
        else
            k->ca = cert;
        if (!is_taken)
            return ERR(err, ERR_SEAL_KEY, "ca.pem cannot be used as trust");
    }
    ERR_clear_error();
    return k->ca ? 0 : ERR(err, ERR_SEAL_KEY, "ca.pem holds no certificate");
}

int keyring_ca_load(struct keyring *k, struct err *err)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    YJ_CLEANUP(free_bio) BIO *in = BIO_new_mem_buf(k->pem[KEYRING_CA_PEM], -1);
    YJ_CLEANUP(free_md_ctx) EVP_MD_CTX *sum = EVP_MD_CTX_new();
    k->trust = X509_STORE_new();
    if (!in || !sum || !k->trust || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1)
        return ERR(err, ERR_SEAL_KEY, "ca.pem cannot be used as trust");
    int r = trust_all(k, in, sum, err);
    if (r < 0)
        return r;
    if (EVP_DigestFinal_ex(sum, hash, &n) != 1)
        return ERR(err, ERR_SEAL_KEY, "ca.pem has no fingerprint");
    bytes_hex(hash, n, k->ca_fingerprint);
    r = keyring_load_key(k->dir, "ca.key", k->ca, &k->ca_key, err);
    if (r == ERR_NOT_FOUND || r == ERR_DENIED)
        return 0;
    if (r == 0 && !keyring_is_p256(k->ca_key))
        r = ERR(err, ERR_SEAL_KEY, "ca.key is not on P-256; an SM2 CA issues elsewhere");
    return r;
}

const char *keyring_ca_fingerprint(const struct keyring *k)
{
    return k->ca_fingerprint;
}

int keyring_check_certificate(const struct keyring *k, const uint8_t *cert_der, size_t cert_bytes,
                              const char *terminal, int64_t at_s, struct err *err)
{
    const uint8_t *at = cert_der;
    char name[64];
    YJ_CLEANUP(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)cert_bytes);
    if (!cert)
        return ERR(err, ERR_SEAL_KEY, "the stored certificate cannot be read");
    if (!name_of(X509_get_subject_name(cert), name, sizeof name) || strcmp(name, terminal) != 0)
        return ERR(err, ERR_SEAL_KEY, "the certificate belongs to another terminal");
    YJ_CLEANUP(free_store_ctx) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!ctx || !identify(cert) || X509_STORE_CTX_init(ctx, k->trust, cert, NULL) != 1)
        return ERR(err, ERR_SEAL_KEY, "the certificate cannot be checked");
    X509_STORE_CTX_set_time(ctx, 0, (time_t)at_s);
    if (X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT) != 1 || X509_verify_cert(ctx) != 1)
        return ERR(err, ERR_SEAL_KEY, "the certificate is not good: %s",
                   X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    return 0;
}

/* ---- requests and certificates ---- */

/* Does the request carry the signature of its own key? */
static bool is_signed_by_itself(X509_REQ *request, EVP_PKEY *key)
{
    if (keyring_is_sm2(key)) {
        ASN1_OCTET_STRING *id = identity_new();
        if (!id)
            return false;
        X509_REQ_set0_distinguishing_id(request, id); /* the request's from here on */
    }
    return X509_REQ_verify(request, key) == 1;
}

static bool is_named(X509_REQ *request, const char *terminal)
{
    char cn[64];
    X509_NAME *subject = X509_REQ_get_subject_name(request);
    return X509_NAME_entry_count(subject) == 1 && name_of(subject, cn, sizeof cn) &&
           strcmp(cn, terminal) == 0;
}

static bool put_extension(X509 *cert, X509V3_CTX *ctx, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
    bool is_put = e && X509_add_ext(cert, e, -1) == 1;
    X509_EXTENSION_free(e);
    return is_put;
}

static bool put_extensions(X509 *cert, X509 *ca, bool is_client)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, ca, cert, NULL, NULL, 0);
    return put_extension(cert, &ctx, NID_basic_constraints, "critical,CA:FALSE") &&
           put_extension(cert, &ctx, NID_key_usage, "critical,digitalSignature") &&
           (!is_client || put_extension(cert, &ctx, NID_ext_key_usage, "clientAuth")) &&
           put_extension(cert, &ctx, NID_subject_key_identifier, "hash") &&
           put_extension(cert, &ctx, NID_authority_key_identifier, "keyid");
}

static bool put_serial(X509 *cert)
{
    uint8_t random[SERIAL_BYTES];
    if (RAND_bytes(random, sizeof random) != 1)
        return false;
    random[0] = (uint8_t)((random[0] & 0x7f) | 0x40); /* positive, never shorter */
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    bool is_put = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return is_put;
}

static bool fill(X509 *cert, const struct keyring *k, X509_REQ *request, EVP_PKEY *key, int days)
{
    return X509_set_version(cert, X509_VERSION_3) == 1 && put_serial(cert) &&
           X509_set_issuer_name(cert, X509_get_subject_name(k->ca)) == 1 &&
           X509_set_subject_name(cert, X509_REQ_get_subject_name(request)) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -EARLIER_S) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), (long)days * DAY_S) &&
           X509_set_pubkey(cert, key) == 1 && put_extensions(cert, k->ca, keyring_is_p256(key)) &&
           X509_sign(cert, k->ca_key, EVP_sha256()) > 0;
}

int keyring_ca_issue(const struct keyring *k, const char *csr_pem, const char *terminal, int days,
                     char **ret_pem, struct err *err)
{
    if (!k->ca_key)
        return ERR(err, ERR_NOT_FOUND, "this centre has no ca.key: it issues no certificates");
    YJ_CLEANUP(free_bio) BIO *in = BIO_new_mem_buf(csr_pem, -1);
    YJ_CLEANUP(free_request)
    X509_REQ *request = in ? PEM_read_bio_X509_REQ(in, NULL, NULL, NULL) : NULL;
    EVP_PKEY *key = request ? X509_REQ_get0_pubkey(request) : NULL;
    if (!request)
        return ERR(err, ERR_INVALID, "this is no request for a certificate");
    if (!keyring_is_p256(key) && !keyring_is_sm2(key))
        return ERR(err, ERR_INVALID, "the request's key is neither on P-256 nor on SM2");
    if (!is_signed_by_itself(request, key))
        return ERR(err, ERR_INVALID, "the request is not signed with its own key");
    if (!is_named(request, terminal))
        return ERR(err, ERR_INVALID, "the request is for another terminal");
    if (days < 1 || days > MAX_DAYS)
        return ERR(err, ERR_INVALID, "a certificate holds 1 to %d days", (int)MAX_DAYS);
    YJ_CLEANUP(free_x509) X509 *cert = X509_new();
    YJ_CLEANUP(free_bio) BIO *out = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (!cert || !out || !fill(cert, k, request, key, days) || PEM_write_bio_X509(out, cert) != 1)
        return ERR(err, ERR_SEAL_CRYPTO, "the certificate cannot be issued");
    long n = BIO_get_mem_data(out, &text);
    *ret_pem = mem_zalloc((size_t)n + 1, 1);
    memcpy(*ret_pem, text, (size_t)n);
    return 0;
}

static int64_t end_of(const X509 *cert)
{
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool is_known = epoch && ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(cert)) == 1;
    ASN1_TIME_free(epoch);
    return is_known ? (int64_t)days * DAY_S + seconds : 0;
}

int keyring_read_certificate(const char *pem, struct keyring_blob *ret_der, int64_t *ret_ends_s,
                             struct err *err)
{
    unsigned char *der = NULL;
    YJ_CLEANUP(free_bio) BIO *in = BIO_new_mem_buf(pem, -1);
    YJ_CLEANUP(free_x509) X509 *cert = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
    int n = cert ? i2d_X509(cert, &der) : -1;
    if (n <= 0)
        return ERR(err, ERR_SEAL_KEY, "this is no certificate");
    *ret_der = (struct keyring_blob){mem_dup(der, (size_t)n), (size_t)n};
    *ret_ends_s = end_of(cert);
    OPENSSL_free(der);
    return 0;
}

int keyring_terminal_sm2(const struct keyring *k, const char *terminal, struct keyring_blob *ret,
                         struct err *err)
{
    char path[PATH_MAX];
    YJ_CLEANUP(cleanup_free) char *pem = NULL;
    size_t n = 0;
    int64_t ends_s = 0;
    struct keyring_blob der = {0};
    if (strlen(terminal) != KEYRING_TERMINAL_BYTES - 1 ||
        strspn(terminal, "0123456789") != KEYRING_TERMINAL_BYTES - 1)
        return ERR(err, ERR_NOT_FOUND, "not a terminal");
    snprintf(path, sizeof path, "%s/terminals/%s-sm2.pem", k->dir, terminal);
    int r = mem_read_file(path, PEM_MAX_BYTES, &pem, &n, err);
    if (r == 0)
        r = keyring_read_certificate(pem, &der, &ends_s, err);
    if (r < 0)
        return r;
    const uint8_t *at = der.data;
    YJ_CLEANUP(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)der.bytes);
    if (!cert || !keyring_is_sm2(X509_get0_pubkey(cert)))
        r = ERR(err, ERR_SEAL_KEY, "the terminal's certificate is not on SM2");
    else
        r = keyring_check_certificate(k, der.data, der.bytes, terminal, time(NULL), err);
    if (r < 0)
        keyring_blob_free(&der);
    else
        *ret = der;
    return r;
}
