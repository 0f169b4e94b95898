/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the reference centre, on OpenSSL. Const after opening: any thread may use them. */
#include "keyring.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { PEM_MAX_BYTES = 65536 };

struct keyring {
    char *pem[KEYRING_N_PEMS];
    X509_STORE *trust;
    X509 *seal_cert;
    EVP_PKEY *seal_key;
    EVP_PKEY *sign_key;
    uint8_t person_key[32];
};

/* OpenSSL's own cleanup functions take the pointer, the attribute passes its address. */
static void free_cms(CMS_ContentInfo **p)
{
    CMS_ContentInfo_free(*p);
}
static void free_bio(BIO **p)
{
    BIO_free_all(*p);
}
static void free_md_ctx(EVP_MD_CTX **p)
{
    EVP_MD_CTX_free(*p);
}
static void free_x509(X509 **p)
{
    X509_free(*p);
}
static void free_store_ctx(X509_STORE_CTX **p)
{
    X509_STORE_CTX_free(*p);
}

void keyring_blob_free(struct keyring_blob *blob)
{
    if (blob->data)
        bytes_wipe(blob->data, blob->bytes);
    free(blob->data);
    *blob = (struct keyring_blob){0};
}

static int read_pem(const char *dir, const char *name, char **ret, struct err *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return ERR(err, ERR_INVALID, "the path of %s is too long", name);
    size_t n;
    return mem_read_file(path, PEM_MAX_BYTES, ret, &n, err);
}

static int load_cert(const char *dir, const char *name, X509 **ret, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    int r = read_pem(dir, name, &text, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (!cert)
        return ERR(err, ERR_SEAL_KEY, "%s holds no certificate", name);
    *ret = cert;
    return 0;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t n;
    return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

/* Load a key and see that it belongs to its certificate. */
static int load_key(const char *dir, const char *name, const X509 *cert, EVP_PKEY **ret,
                    struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    int r = read_pem(dir, name, &text, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(text, -1);
    *ret = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    bytes_wipe(text, strlen(text));
    if (!is_p256(*ret))
        return ERR(err, ERR_SEAL_KEY, "%s holds no EC P-256 key", name);
    if (X509_check_private_key(cert, *ret) != 1)
        return ERR(err, ERR_SEAL_KEY, "%s does not belong to its certificate", name);
    return 0;
}

static bool hmac(const void *key, size_t key_bytes, const char *text, uint8_t ret[32])
{
    unsigned n = 0;
    return HMAC(EVP_sha256(), key, (int)key_bytes, (const uint8_t *)text, strlen(text), ret, &n) &&
           n == 32;
}

/* From the private part of the seal key: whoever cannot open the records cannot tell people apart
 * in the index either. */
static int draw_person_key(struct keyring *k, struct err *err)
{
    uint8_t secret[32];
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(k->seal_key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
              BN_bn2binpad(number, secret, sizeof secret) == (int)sizeof secret &&
              hmac(secret, sizeof secret, "yijian-person-index-1", k->person_key);
    BN_clear_free(number);
    bytes_wipe(secret, sizeof secret);
    return ok ? 0 : ERR(err, ERR_SEAL_CRYPTO, "no key for the index of applicants");
}

int keyring_person(const struct keyring *k, const char *id_no,
                   char ret_hex[KEYRING_SHA256_HEX_BYTES], struct err *err)
{
    uint8_t sum[32];
    if (!hmac(k->person_key, sizeof k->person_key, id_no, sum))
        return ERR(err, ERR_SEAL_CRYPTO, "the applicant cannot be indexed");
    bytes_hex(sum, sizeof sum, ret_hex);
    return 0;
}

static int open_into(struct keyring *k, const char *dir, struct err *err)
{
    YJ_CLEANUP(free_x509) X509 *ca = NULL;
    YJ_CLEANUP(free_x509) X509 *sign_cert = NULL;
    int r;
    if ((r = read_pem(dir, "ca.pem", &k->pem[KEYRING_CA_PEM], err)) < 0 ||
        (r = read_pem(dir, "centre-tls.pem", &k->pem[KEYRING_TLS_CERT_PEM], err)) < 0 ||
        (r = read_pem(dir, "centre-tls.key", &k->pem[KEYRING_TLS_KEY_PEM], err)) < 0 ||
        (r = load_cert(dir, "ca.pem", &ca, err)) < 0 ||
        (r = load_cert(dir, "centre-seal.pem", &k->seal_cert, err)) < 0 ||
        (r = load_key(dir, "centre-seal.key", k->seal_cert, &k->seal_key, err)) < 0 ||
        (r = load_cert(dir, "centre-sign.pem", &sign_cert, err)) < 0 ||
        (r = load_key(dir, "centre-sign.key", sign_cert, &k->sign_key, err)) < 0)
        return r;
    if ((r = draw_person_key(k, err)) < 0)
        return r;
    k->trust = X509_STORE_new();
    if (!k->trust || X509_STORE_add_cert(k->trust, ca) != 1)
        return ERR(err, ERR_SEAL_KEY, "ca.pem cannot be used as trust");
    return 0;
}

int keyring_open(const char *dir, struct keyring **ret, struct err *err)
{
    struct keyring *k = mem_zalloc(1, sizeof *k);
    int r = open_into(k, dir, err);
    if (r < 0) {
        keyring_close(k);
        return r;
    }
    *ret = k;
    return 0;
}

void keyring_close(struct keyring *k)
{
    if (!k)
        return;
    for (int i = 0; i < KEYRING_N_PEMS; i++) {
        if (k->pem[i])
            bytes_wipe(k->pem[i], strlen(k->pem[i]));
        free(k->pem[i]);
    }
    X509_STORE_free(k->trust);
    X509_free(k->seal_cert);
    EVP_PKEY_free(k->seal_key);
    EVP_PKEY_free(k->sign_key);
    bytes_wipe(k->person_key, sizeof k->person_key);
    free(k);
}

const char *keyring_pem(const struct keyring *k, enum keyring_pem which)
{
    return k->pem[which];
}

/* One step into DER: the element at *at must have this tag and class. is_inside: go into it, else
 * behind it. @return the element's start, NULL when it is another element */
static const uint8_t *der_step(const uint8_t **at, const uint8_t *end, int tag, int cls,
                               bool is_inside)
{
    const uint8_t *start = *at, *p = *at;
    long n;
    int found_tag, found_cls;
    if (p >= end || (ASN1_get_object(&p, &n, &found_tag, &found_cls, end - p) & 0x80) ||
        found_tag != tag || found_cls != cls)
        return NULL;
    *at = is_inside ? p : p + n;
    return start;
}

/* Content cipher of AuthEnvelopedData (RFC 5083 clause 2.1); CMS.h has no way to ask for it.
 * ContentInfo { type, [0] { AuthEnvelopedData { version, recipientInfos,
 *     authEncryptedContentInfo { contentType, algorithm { oid … */
static int content_cipher(const uint8_t *der, size_t bytes)
{
    const uint8_t *at = der, *end = der + bytes, *oid;
    const int seq = V_ASN1_SEQUENCE, uni = V_ASN1_UNIVERSAL, ctx = V_ASN1_CONTEXT_SPECIFIC;
    if (!der_step(&at, end, seq, uni, true) || !der_step(&at, end, V_ASN1_OBJECT, uni, false) ||
        !der_step(&at, end, 0, ctx, true) || !der_step(&at, end, seq, uni, true) ||
        !der_step(&at, end, V_ASN1_INTEGER, uni, false) ||
        !der_step(&at, end, V_ASN1_SET, uni, false) || !der_step(&at, end, seq, uni, true) ||
        !der_step(&at, end, V_ASN1_OBJECT, uni, false) || !der_step(&at, end, seq, uni, true) ||
        !(oid = der_step(&at, end, V_ASN1_OBJECT, uni, false)))
        return NID_undef;
    ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &oid, at - oid);
    int nid = OBJ_obj2nid(object);
    ASN1_OBJECT_free(object);
    return nid;
}

/* Key agreement of the one recipient: X9.63 KDF with SHA-256 (RFC 5753), AES-256 wrap inside. */
static bool has_agreement_of_suite(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_RecipientInfo) *recipients = CMS_get0_RecipientInfos(cms);
    if (sk_CMS_RecipientInfo_num(recipients) != 1)
        return false;
    CMS_RecipientInfo *ri = sk_CMS_RecipientInfo_value(recipients, 0);
    X509_ALGOR *agreement, *wrap;
    const ASN1_OBJECT *oid;
    const void *value;
    int type;
    if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE ||
        CMS_RecipientInfo_kari_get0_alg(ri, &agreement, NULL) != 1)
        return false;
    X509_ALGOR_get0(&oid, &type, &value, agreement);
    if (OBJ_obj2nid(oid) != NID_dhSinglePass_stdDH_sha256kdf_scheme || type != V_ASN1_SEQUENCE)
        return false;
    const ASN1_STRING *inner = value;
    const uint8_t *at = ASN1_STRING_get0_data(inner);
    wrap = d2i_X509_ALGOR(NULL, &at, ASN1_STRING_length(inner));
    if (!wrap)
        return false;
    X509_ALGOR_get0(&oid, NULL, NULL, wrap);
    bool is_wrap = OBJ_obj2nid(oid) == NID_id_aes256_wrap;
    X509_ALGOR_free(wrap);
    return is_wrap;
}

int keyring_unseal(const struct keyring *k, const uint8_t *der, size_t der_bytes,
                   struct keyring_blob *ret, struct err *err)
{
    const uint8_t *at = der;
    YJ_CLEANUP(free_cms) CMS_ContentInfo *cms = NULL;
    if (der_bytes <= LONG_MAX)
        cms = d2i_CMS_ContentInfo(NULL, &at, (long)der_bytes);
    if (!cms || at != der + der_bytes)
        return ERR(err, ERR_SEAL_CRYPTO, "the sealed bytes are not one CMS structure");
    /* Only the authenticated form is in the contract; EnvelopedData without a tag would open too.
     */
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_id_smime_ct_authEnvelopedData)
        return ERR(err, ERR_SEAL_CRYPTO, "the sealed bytes are not AuthEnvelopedData");
    if (content_cipher(der, der_bytes) != NID_aes_256_gcm || !has_agreement_of_suite(cms))
        return ERR(err, ERR_SEAL_CRYPTO, "other algorithms than the suite's were used");
    YJ_CLEANUP(free_bio) BIO *out = BIO_new(BIO_s_secmem());
    if (!out)
        return ERR(err, ERR_SEAL_CRYPTO, "no buffer for the plain record");
    if (CMS_decrypt(cms, k->seal_key, k->seal_cert, NULL, out, CMS_BINARY) != 1)
        return ERR(err, ERR_SEAL_CRYPTO, "the record is not sealed for this centre or was altered");
    char *data;
    long n = BIO_get_mem_data(out, &data);
    ret->data = mem_dup(data, (size_t)n);
    ret->bytes = (size_t)n;
    bytes_wipe(data, (size_t)n);
    return 0;
}

int keyring_sign(const struct keyring *k, const char *prefix, const void *data, size_t bytes,
                 struct keyring_blob *ret, struct err *err)
{
    YJ_CLEANUP(free_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = 0;
    if (!ctx || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, k->sign_key) != 1 ||
        EVP_DigestSignUpdate(ctx, prefix, strlen(prefix)) != 1 ||
        EVP_DigestSignUpdate(ctx, data, bytes) != 1 || EVP_DigestSignFinal(ctx, NULL, &n) != 1)
        return ERR(err, ERR_SEAL_CRYPTO, "the signing key does not sign");
    uint8_t *sig = mem_zalloc(n, 1);
    if (EVP_DigestSignFinal(ctx, sig, &n) != 1) {
        free(sig);
        return ERR(err, ERR_SEAL_CRYPTO, "the signing key does not sign");
    }
    *ret = (struct keyring_blob){sig, n};
    return 0;
}

static int check_signature(EVP_PKEY *key, const char *prefix, const void *data, size_t bytes,
                           const uint8_t *sig, size_t sig_bytes, struct err *err)
{
    YJ_CLEANUP(free_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestVerifyUpdate(ctx, prefix, strlen(prefix)) != 1 ||
        EVP_DigestVerifyUpdate(ctx, data, bytes) != 1 ||
        EVP_DigestVerifyFinal(ctx, sig, sig_bytes) != 1)
        return ERR(err, ERR_SEAL_SIGNATURE, "the signature does not fit");
    return 0;
}

int keyring_check_own(const struct keyring *k, const char *prefix, const void *data, size_t bytes,
                      const uint8_t *sig, size_t sig_bytes, struct err *err)
{
    return check_signature(k->sign_key, prefix, data, bytes, sig, sig_bytes, err);
}

int keyring_check_terminal(const uint8_t *cert_der, size_t cert_bytes, const void *text,
                           size_t text_bytes, const uint8_t *sig, size_t sig_bytes, struct err *err)
{
    const uint8_t *at = cert_der;
    YJ_CLEANUP(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)cert_bytes);
    EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
    if (!is_p256(key))
        return ERR(err, ERR_SEAL_KEY, "the terminal's certificate holds no EC P-256 key");
    return check_signature(key, "", text, text_bytes, sig, sig_bytes, err);
}

int keyring_check_certificate(const struct keyring *k, const uint8_t *cert_der, size_t cert_bytes,
                              const char *terminal, int64_t at_s, struct err *err)
{
    const uint8_t *at = cert_der;
    YJ_CLEANUP(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)cert_bytes);
    if (!cert)
        return ERR(err, ERR_SEAL_KEY, "the stored certificate cannot be read");
    char name[64];
    int n =
        X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof name);
    if (n < 0 || strcmp(name, terminal) != 0)
        return ERR(err, ERR_SEAL_KEY, "the certificate belongs to another terminal");
    YJ_CLEANUP(free_store_ctx) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!ctx || X509_STORE_CTX_init(ctx, k->trust, cert, NULL) != 1)
        return ERR(err, ERR_SEAL_KEY, "the certificate cannot be checked");
    X509_STORE_CTX_set_time(ctx, 0, (time_t)at_s);
    if (X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_CLIENT) != 1 || X509_verify_cert(ctx) != 1)
        return ERR(err, ERR_SEAL_KEY, "the certificate is not good: %s",
                   X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    return 0;
}

void keyring_sha256(const void *data, size_t bytes, char ret_hex[KEYRING_SHA256_HEX_BYTES])
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    ret_hex[0] = 0;
    if (EVP_Digest(data, bytes, sum, &n, EVP_sha256(), NULL) == 1)
        bytes_hex(sum, n, ret_hex);
}

static int b64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int keyring_unb64(const char *text, size_t chars, struct keyring_blob *ret, struct err *err)
{
    if (chars == 0 || chars % 4)
        return ERR(err, ERR_INVALID, "the base64 text has a wrong length");
    size_t pad = text[chars - 1] == '=' ? (text[chars - 2] == '=' ? 2 : 1) : 0;
    size_t n = chars / 4 * 3 - pad, o = 0;
    uint8_t *data = mem_zalloc(n, 1);
    uint32_t v = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < chars - pad; i++) {
        int d = b64_value(text[i]);
        if (d < 0)
            break;
        v = (v << 6 | (uint32_t)d) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            data[o++] = (uint8_t)(v >> bits);
        }
    }
    if (o != n || (v & ((1u << bits) - 1))) {
        free(data);
        return ERR(err, ERR_INVALID, "the text is not base64");
    }
    *ret = (struct keyring_blob){data, n};
    return 0;
}

char *keyring_b64(const void *data, size_t bytes)
{
    char *text = mem_zalloc((bytes + 2) / 3 * 4 + 1, 1);
    EVP_EncodeBlock((unsigned char *)text, data, (int)bytes);
    return text;
}
