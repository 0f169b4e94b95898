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
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/store.h>
#include <openssl/x509.h>

#include "seal/seal.h"

/* One way to seal: a row in the table of seal.c. */
struct seal_suite {
    const char *id;          /* the wire word */
    enum seal_key_kind kind; /* of the terminal's signing key and of the centre's seal keys */
    /* Encrypt to the certificate; *ret_sealed is malloc'ed. */
    int (*seal)(X509 *centre, const void *plain, size_t n, uint8_t **ret_sealed, size_t *ret_bytes,
                struct err *err);
    /* Sign with the device key: DER, at most cap bytes; returns its length or an error code. */
    int (*sign)(EVP_PKEY *device, const void *text, size_t n, uint8_t *der, size_t cap,
                struct err *err);
    /* 0 or ERR_SEAL_SIGNATURE. */
    int (*verify)(EVP_PKEY *signer, const void *text, size_t n, const uint8_t *der,
                  size_t der_bytes, struct err *err);
    void (*digest)(const void *p, size_t n, char *hex); /* SEAL_DIGEST_BYTES */
};

extern const struct seal_suite seal_suite_p256, seal_suite_sm2;

enum { SEAL_KEY_ID_BYTES = 17 };

/* Whom SM2 signatures are of, for the terminal, the centre and the CA (GM/T 0009-2012 clause 10).
 */
#define SEAL_SM2_IDENTITY "1234567812345678"

struct seal_verifier {
    EVP_PKEY *key;
};

struct seal {
    const struct seal_suite *suite;
    EVP_PKEY *device_key; /* P-256: TLS, receipts */
    X509 *device_cert;
    EVP_PKEY *sign_key; /* of the suite: records */
    struct {
        X509 *cert; /* NULL: none */
        char id[SEAL_KEY_ID_BYTES];
    } centre[2]; /* the present key when it was opened, the next */
    int present; /* sealed to this one */
    struct seal_verifier *centre_sign;
};

/* @return the suite with this wire word, or NULL */
const struct seal_suite *seal_suite_find(const char *id);

/* Read a PEM certificate whose key is of this kind. @return 0 or ERR_SEAL_KEY */
int seal_cert_load(const char *path, enum seal_key_kind kind, X509 **ret, struct err *err) YJ_CHECK;

/* The same of either kind. */
int seal_cert_load_any(const char *path, X509 **ret, struct err *err) YJ_CHECK;

/* The one CN of a certificate. @return false: none, several, too long, or with a NUL inside, where
 * a text of C would end and the CA's did not. */
bool seal_cert_name(X509 *cert, char *ret, size_t cap);

/* Is the certificate's CN this terminal? */
bool seal_cert_is_of(X509 *cert, const char *terminal_id);

/* seal_ca.c: the certificates of a CA file. @return 0 or ERR_SEAL_KEY; ret: X509_STORE_free */
int seal_ca_load(const char *path, X509_STORE **ret, struct err *err) YJ_CHECK;

/* Did one of them issue this certificate? Dates are not looked at. */
bool seal_ca_has_issued(X509_STORE *cas, X509 *cert);

/* Read a private key: PEM without a passphrase, or a handle of the TPM (P-256). ERR_SEAL_KEY */
int seal_key_load(const char *where, enum seal_key_kind kind, EVP_PKEY **ret,
                  struct err *err) YJ_CHECK;

/* @return whether the key lies on the curve of this kind */
bool seal_key_is(const EVP_PKEY *key, enum seal_key_kind kind);

/* The suite that this key signs with. */
const struct seal_suite *seal_suite_of_key(const EVP_PKEY *key);

/* A context for signing or checking with SM2 that begins with the signer's identity (GM/T 0009-2012
 * clause 10). Both are the caller's, also on failure (NULL). */
EVP_MD_CTX *seal_sm2_context(EVP_PKEY *key, EVP_PKEY_CTX **ret_key_ctx);

/* seal_tpm.c: "tpm2:…". */
bool seal_tpm_is(const char *where);
int seal_tpm_load(const char *where, EVP_PKEY **ret, struct err *err) YJ_CHECK;
/* Make one for the file behind "tpm2:/…" and write it, as only this chip can read it.
 * @return 0, ERR_INVALID (a handle), ERR_SEAL_KEY */
int seal_tpm_make(const char *where, BIO *out, const char **ret_path, struct err *err) YJ_CHECK;

/* seal_centre.c: read one of the centre's two keys. */
int seal_centre_load(struct seal *s, int slot, const char *path, struct err *err) YJ_CHECK;

/* SHA-256 or SM3 as lower-case hex. */
void seal_digest_with(const EVP_MD *md, const void *p, size_t n, char *hex);

/* Canonical base64 to bytes. @return bytes written, or -1 */
int seal_unbase64(const char *text, uint8_t *out, size_t cap);

/* Fill err with OpenSSL's own reason and empty its error queue. @return code */
int seal_fail(struct err *err, int code, const char *where, const char *what);

#endif
