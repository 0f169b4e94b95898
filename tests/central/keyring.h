/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's keys and what is done with them: open sealed records, sign acknowledgements, check
 * the signatures and certificates of terminals. Independent of app/seal on purpose: when both sides
 * of the contract agree, they agree about the contract and not about a shared helper. */
#ifndef YJ_CENTRAL_KEYRING_H
#define YJ_CENTRAL_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    KEYRING_SHA256_HEX_BYTES = 65,
    KEYRING_TERMINAL_BYTES = 11, /* 10 digits and a NUL */
};

struct keyring;

enum keyring_pem { KEYRING_CA_PEM, KEYRING_TLS_CERT_PEM, KEYRING_TLS_KEY_PEM, KEYRING_N_PEMS };

/* A block of bytes on the heap; data NULL when empty. */
struct keyring_blob {
    uint8_t *data;
    size_t bytes;
};

/** Wipe and free; leaves the blob empty. Fits YJ_CLEANUP. */
void keyring_blob_free(struct keyring_blob *blob);

/**
 * Read ca.pem, centre-tls.pem/.key, centre-seal.pem/.key and centre-sign.pem/.key.
 * @return 0, ERR_NOT_FOUND, ERR_DENIED, ERR_SEAL_KEY
 * Owns: the caller, until keyring_close. Blocks: disk.
 */
int keyring_open(const char *dir, struct keyring **ret, struct err *err) YJ_CHECK;

/** Accepts NULL. */
void keyring_close(struct keyring *k);

/** @return PEM text, borrowed until keyring_close. Thread: any. */
const char *keyring_pem(const struct keyring *k, enum keyring_pem which);

/**
 * Open a CMS AuthEnvelopedData (RFC 5083, RFC 5084 AES-GCM, RFC 5753 key agreement) that was made
 * for centre-seal.pem.
 * @param ret  the plain record, owned by the caller; untouched on failure
 * @return 0 or ERR_SEAL_CRYPTO (not CMS, not for this key, wrong algorithm, tag does not match)
 * Thread: any.
 */
int keyring_unseal(const struct keyring *k, const uint8_t *der, size_t der_bytes,
                   struct keyring_blob *ret, struct err *err) YJ_CHECK;

/**
 * Sign prefix followed by data with the centre's signing key (ECDSA P-256, SHA-256).
 * @param ret  DER signature, owned by the caller
 * @return 0 or ERR_SEAL_CRYPTO. Thread: any.
 */
int keyring_sign(const struct keyring *k, const char *prefix, const void *data, size_t bytes,
                 struct keyring_blob *ret, struct err *err) YJ_CHECK;

/** Check a signature made by keyring_sign. @return 0 or ERR_SEAL_SIGNATURE. */
int keyring_check_own(const struct keyring *k, const char *prefix, const void *data, size_t bytes,
                      const uint8_t *sig, size_t sig_bytes, struct err *err) YJ_CHECK;

/**
 * Was text signed by the key in this certificate?
 * @param cert_der  DER of the terminal's certificate
 * @return 0, ERR_SEAL_KEY (no EC P-256 certificate) or ERR_SEAL_SIGNATURE
 */
int keyring_check_terminal(const uint8_t *cert_der, size_t cert_bytes, const void *text,
                           size_t text_bytes, const uint8_t *sig, size_t sig_bytes,
                           struct err *err) YJ_CHECK;

/**
 * Was the certificate issued by ca.pem for this terminal and in force at that time?
 * @param at_s  seconds since 1970 UTC
 * @return 0 or ERR_SEAL_KEY
 */
int keyring_check_certificate(const struct keyring *k, const uint8_t *cert_der, size_t cert_bytes,
                              const char *terminal, int64_t at_s, struct err *err) YJ_CHECK;

/**
 * Keyed hash of a person's number, for finding the person's records again without writing the
 * number down: HMAC-SHA-256 under a key drawn from the seal key, in hex.
 * @return 0 or ERR_SEAL_CRYPTO. Thread: any.
 */
int keyring_person(const struct keyring *k, const char *id_no,
                   char ret_hex[KEYRING_SHA256_HEX_BYTES], struct err *err) YJ_CHECK;

/** Hex SHA-256. Thread: any. */
void keyring_sha256(const void *data, size_t bytes, char ret_hex[KEYRING_SHA256_HEX_BYTES]);

/**
 * Strict base64 with padding (RFC 4648 clause 4: no line breaks, left-over bits zero).
 * @return 0 or ERR_INVALID
 */
int keyring_unb64(const char *text, size_t chars, struct keyring_blob *ret,
                  struct err *err) YJ_CHECK;

/** @return base64 text with padding, owned by the caller. */
char *keyring_b64(const void *data, size_t bytes) YJ_CHECK;

#endif
