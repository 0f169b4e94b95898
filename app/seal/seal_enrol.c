/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of a terminal: made, requested, taken, renewed. Thread: kioskctl, or the
 * outbox for a renewal. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

static void key_drop(EVP_PKEY **p)
{
    EVP_PKEY_free(*p);
}

static void cert_drop(X509 **p)
{
    X509_free(*p);
}

static void store_drop(X509_STORE **p)
{
    X509_STORE_free(*p);
}

static void request_drop(X509_REQ **p)
{
    X509_REQ_free(*p);
}

static void time_drop(ASN1_TIME **p)
{
    ASN1_TIME_free(*p);
}

static void bio_drop(BIO **p)
{
    BIO_free(*p);
}

/* A key or certificate, whole or not at all; made by an administrator, the kiosk can read it. */
static int pem_put(const char *path, const char *pem, size_t n, unsigned how, struct err *err)
{
    struct err why = {0};
    int rc = file_put(path, pem, n, 0600, how | FILE_OF_FOLDER, &why);
    if (rc == ERR_EXISTS)
        return ERR(err, rc, "there is a key already; it is never replaced");
    return rc ? ERR(err, ERR_SEAL_KEY, "%s", why.msg) : 0;
}

static int key_write(enum seal_key_kind kind, BIO *out, struct err *err)
{
    YJ_CLEANUP(key_drop)
    EVP_PKEY *key =
        kind == SEAL_KEY_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2") : EVP_EC_gen("P-256");
    if (!key || PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) != 1)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "making a key");
    return 0;
}

int seal_key_make(const char *where, enum seal_key_kind kind, struct err *err)
{
    const bool in_tpm = seal_tpm_is(where);
    const char *path = in_tpm ? strchr(where, ':') + 1 : where;
    YJ_CLEANUP(bio_drop) BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    if (in_tpm && kind != SEAL_KEY_P256)
        return ERR(err, ERR_INVALID, "a TPM 2.0 makes keys on P-256, not on SM2");
    if (access(path, F_OK) == 0)
        return ERR(err, ERR_EXISTS, "there is a key already; it is never replaced");
    if (!bio)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "making a key");
    int rc = in_tpm ? seal_tpm_make(where, bio, &path, err) : key_write(kind, bio, err);
    if (rc)
        return rc;
    long n = BIO_get_mem_data(bio, &pem);
    rc = pem_put(path, pem, (size_t)n, FILE_NEW, err);
    bytes_wipe(pem, (size_t)n);
    return rc;
}

static int key_load_any(const char *where, EVP_PKEY **ret, struct err *err)
{
    int rc = seal_key_load(where, SEAL_KEY_P256, ret, err);
    return rc && !seal_tpm_is(where) ? seal_key_load(where, SEAL_KEY_SM2, ret, err) : rc;
}

/* On SM2 the request is signed with the identity that records are signed with, too. */
static bool request_sign(X509_REQ *request, EVP_PKEY *key)
{
    if (!seal_key_is(key, SEAL_KEY_SM2))
        return X509_REQ_sign(request, key, EVP_sha256()) > 0;
    EVP_PKEY_CTX *key_ctx = NULL;
    EVP_MD_CTX *ctx = seal_sm2_context(key, &key_ctx);
    bool is_signed = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sm3(), NULL, key) == 1 &&
                     X509_REQ_sign_ctx(request, ctx) > 0;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_CTX_free(key_ctx);
    return is_signed;
}

int seal_csr_make(const char *key_path, const char *terminal_id, char **ret_pem, struct err *err)
{
    YJ_CLEANUP(key_drop) EVP_PKEY *key = NULL;
    YJ_CLEANUP(request_drop) X509_REQ *request = X509_REQ_new();
    YJ_CLEANUP(bio_drop) BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    int rc = key_load_any(key_path, &key, err);
    if (rc)
        return rc;
    X509_NAME *name = request ? X509_REQ_get_subject_name(request) : NULL;
    bool is_made = name && bio &&
                   X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                              (const unsigned char *)terminal_id, -1, -1, 0) == 1 &&
                   X509_REQ_set_pubkey(request, key) == 1 && request_sign(request, key) &&
                   PEM_write_bio_X509_REQ(bio, request) == 1;
    if (!is_made)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "making a certificate request");
    long n = BIO_get_mem_data(bio, &pem);
    *ret_pem = mem_zalloc((size_t)n + 1, 1);
    memcpy(*ret_pem, pem, (size_t)n);
    return 0;
}

/* What the CA issued for TLS or to a terminal speaks for no centre. */
static bool is_of_tls_or_terminal(X509 *cert)
{
    char cn[64];
    uint32_t purposes = X509_get_extended_key_usage(cert); /* all bits: it names none */
    return (purposes != UINT32_MAX && purposes & (XKU_SSL_CLIENT | XKU_SSL_SERVER)) ||
           !seal_cert_name(cert, cn, sizeof cn) ||
           (strlen(cn) == 10 && strspn(cn, "0123456789") == 10);
}

/* Records sealed to the signing key could be opened by nobody; all bits: it names no usage. */
static bool is_made_for(X509 *cert, enum seal_cert_use use)
{
    return X509_get_key_usage(cert) &
           (use == SEAL_CERT_SIGNS ? KU_DIGITAL_SIGNATURE
                                   : KU_KEY_AGREEMENT | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT);
}

int seal_cert_check_centre(const char *pem, enum seal_key_kind kind, enum seal_cert_use use,
                           const char *ca_path, struct err *err)
{
    YJ_CLEANUP(bio_drop) BIO *bio = BIO_new_mem_buf(pem, -1);
    YJ_CLEANUP(cert_drop) X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    YJ_CLEANUP(store_drop) X509_STORE *cas = NULL;
    EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
    if (!key)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "what came is no certificate");
    int rc = seal_ca_load(ca_path, &cas, err);
    if (rc)
        return rc;
    if (!seal_key_is(key, kind))
        return ERR(err, ERR_SEAL_KEY, "a certificate of the centre is on the wrong curve");
    if (!seal_ca_has_issued(cas, cert) || is_of_tls_or_terminal(cert))
        return ERR(err, ERR_SEAL_KEY,
                   "a certificate of the centre is not from its CA, or another's");
    if (!is_made_for(cert, use))
        return ERR(err, ERR_SEAL_KEY, "a certificate of the centre is not made for %s",
                   use == SEAL_CERT_SIGNS ? "signing" : "sealing");
    return 0;
}

int seal_cert_install(const char *pem, const char *ca_path, const char *key_path,
                      const char *terminal_id, const char *cert_path, struct err *err)
{
    YJ_CLEANUP(bio_drop) BIO *bio = BIO_new_mem_buf(pem, -1);
    YJ_CLEANUP(cert_drop) X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    YJ_CLEANUP(store_drop) X509_STORE *cas = NULL;
    YJ_CLEANUP(key_drop) EVP_PKEY *key = NULL;
    if (!cert)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "what came is no certificate");
    int rc = key_load_any(key_path, &key, err);
    if (rc == 0)
        rc = seal_ca_load(ca_path, &cas, err);
    if (rc)
        return rc;
    if (X509_check_private_key(cert, key) != 1)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the certificate is for another key");
    if (!seal_cert_is_of(cert, terminal_id))
        return ERR(err, ERR_SEAL_KEY, "the certificate is for another terminal");
    if (!seal_ca_has_issued(cas, cert))
        return ERR(err, ERR_SEAL_KEY, "the certificate is not from the centre's CA");
    return pem_put(cert_path, pem, strlen(pem), 0, err);
}

int seal_cert_end(const char *cert_path, int64_t *ret_s, struct err *err)
{
    int days = 0, seconds = 0;
    YJ_CLEANUP(cert_drop) X509 *cert = NULL;
    int rc = seal_cert_load_any(cert_path, &cert, err);
    if (rc)
        return rc;
    YJ_CLEANUP(time_drop) ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(cert)) != 1)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the end of a certificate");
    *ret_s = (int64_t)days * 86400 + seconds;
    return 0;
}
