/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the keyring only: keyring.c (folder, signatures), keyring_cms.c and keyring_gmt.c (the two
 * forms of sealed bytes), keyring_ca.c (certificates). */
#ifndef YJ_CENTRAL_KEYRING_PRIV_H
#define YJ_CENTRAL_KEYRING_PRIV_H

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "keyring.h"

enum { KEYRING_MAX_SEALS = 64, KEYRING_KEY_ID_BYTES = 17 };

/* A key that records are or were sealed to. */
struct keyring_slot {
    char *name; /* "centre-seal-next" */
    X509 *cert;
    EVP_PKEY *key;
    bool is_sm2;
    char id[KEYRING_KEY_ID_BYTES];
};

struct keyring {
    char *dir;
    char *pem[KEYRING_N_PEMS];
    X509_STORE *trust;
    X509 *ca;         /* the first of ca.pem */
    EVP_PKEY *ca_key; /* NULL: issues nothing */
    char ca_fingerprint[KEYRING_SHA256_HEX_BYTES];
    struct keyring_slot *seal;
    size_t n_seals;
    EVP_PKEY *sign_key;
    uint8_t person_key[32];
};

/* OpenSSL's own cleanup functions take the pointer, the attribute passes its address. */
static inline void free_bio(BIO **p)
{
    BIO_free_all(*p);
}
static inline void free_md_ctx(EVP_MD_CTX **p)
{
    EVP_MD_CTX_free(*p);
}
static inline void free_pkey_ctx(EVP_PKEY_CTX **p)
{
    EVP_PKEY_CTX_free(*p);
}
static inline void free_x509(X509 **p)
{
    X509_free(*p);
}
static inline void free_request(X509_REQ **p)
{
    X509_REQ_free(*p);
}

/* What SM2 signs with here (GM/T 0009-2012 clause 10). */
#define KEYRING_SM2_IDENTITY "1234567812345678"

bool keyring_is_p256(const EVP_PKEY *key);
bool keyring_is_sm2(const EVP_PKEY *key);

/* A private key of the folder that belongs to this certificate. */
int keyring_load_key(const char *dir, const char *name, const X509 *cert, EVP_PKEY **ret,
                     struct err *err) YJ_CHECK;

/* keyring_ca.c: trust and ca.key from the text of ca.pem. */
int keyring_ca_load(struct keyring *k, struct err *err) YJ_CHECK;

/* One whole CMS structure (RFC 5083). @return 0 or ERR_SEAL_CRYPTO */
int keyring_cms_open(const struct keyring *k, const uint8_t *der, size_t bytes,
                     struct keyring_blob *ret, struct err *err) YJ_CHECK;

/* What an EnvelopedData of GM/T 0010 says; all borrowed from the bytes. */
struct keyring_gmt {
    const uint8_t *issuer, *serial, *wrapped, *iv, *content;
    size_t issuer_bytes, serial_bytes, wrapped_bytes, content_bytes; /* issuer, serial: whole DER */
};

/* Is this a ContentInfo whose type is GM/T 0010 EnvelopedData? */
bool keyring_gmt_is(const uint8_t *der, size_t bytes);

/* Take it apart: DER only, nothing before, between or behind. @return 0 or ERR_SEAL_CRYPTO */
int keyring_gmt_parse(const uint8_t *der, size_t bytes, struct keyring_gmt *ret,
                      struct err *err) YJ_CHECK;

int keyring_gmt_open(const struct keyring *k, const uint8_t *der, size_t bytes,
                     struct keyring_blob *ret, struct err *err) YJ_CHECK;

#endif
