/* SPDX-License-Identifier: Apache-2.0 */
/* Inside app/seal only. */
#ifndef YJ_SEAL_PRIV_H
#define YJ_SEAL_PRIV_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "seal/seal.h"

/* One way to seal. A second suite (SM2, SM3, SM4) is a second row in the table of seal.c. */
struct seal_suite {
    const char *id; /* the wire word */
    /* Encrypt to the certificate; *ret_sealed is malloc'ed. */
    int (*seal)(X509 *centre, const void *plain, size_t n, uint8_t **ret_sealed, size_t *ret_bytes,
                struct err *err);
    /* Sign with the device key: DER, at most cap bytes; returns its length or an error code. */
    int (*sign)(EVP_PKEY *device, const void *text, size_t n, uint8_t *der, size_t cap,
                struct err *err);
    /* 0 or ERR_SEAL_SIGNATURE. */
    int (*verify)(EVP_PKEY *signer, const void *text, size_t n, const uint8_t *der,
                  size_t der_bytes, struct err *err);
};

extern const struct seal_suite seal_suite_p256;

struct seal_verifier {
    EVP_PKEY *key;
};

struct seal {
    const struct seal_suite *suite;
    EVP_PKEY *device_key;
    X509 *centre_seal;
    struct seal_verifier *centre_sign;
};

/* @return the suite with this wire word, or NULL */
const struct seal_suite *seal_suite_find(const char *id);

/* Read a PEM certificate whose key lies on P-256. @return 0 or ERR_SEAL_KEY */
int seal_cert_load(const char *path, X509 **ret, struct err *err) YJ_CHECK;

/* @return whether the key is an EC key on P-256 */
bool seal_key_is_p256(const EVP_PKEY *key);

/* Canonical base64 to bytes. @return bytes written, or -1 */
int seal_unbase64(const char *text, uint8_t *out, size_t cap);

/* Fill err with OpenSSL's own reason and empty its error queue. @return code */
int seal_fail(struct err *err, int code, const char *where, const char *what);

#endif
