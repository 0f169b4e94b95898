/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's keys and what is done with them: open sealed records of both suites with whichever
 * key they name, sign acknowledgements, check the signatures and certificates of terminals, issue
 * such certificates. Independent of app/seal on purpose: when both sides
 * of the contract agree, they agree about the contract and not about a shared helper. */
#ifndef YJ_CENTRAL_KEYRING_H
#define YJ_CENTRAL_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define KEYRING_SUITE_P256 "cms-p256-aes256gcm"
#define KEYRING_SUITE_SM2  "gmt0010-sm2-sm4cbc"

enum {
    KEYRING_SHA256_HEX_BYTES = 65,
    KEYRING_TERMINAL_BYTES = 11, /* 10 digits and a NUL */
};

struct keyring;

/* The first three are always there; the others are what a terminal gets when it is enrolled. */
enum keyring_pem {
    KEYRING_CA_PEM,
    KEYRING_TLS_CERT_PEM,
    KEYRING_TLS_KEY_PEM,
    KEYRING_SIGN_CERT_PEM,
    KEYRING_SEAL_CERT_PEM,
    KEYRING_SEAL_NEXT_PEM, /* may be absent, as the following ones */
    KEYRING_SEAL_SM2_PEM,
    KEYRING_SEAL_SM2_NEXT_PEM,
    KEYRING_N_PEMS
};

/* Of the keys records are sealed to. */
enum keyring_seal { KEYRING_SEAL_PRESENT, KEYRING_SEAL_NEXT };

/* A block of bytes on the heap; data NULL when empty. */
struct keyring_blob {
    uint8_t *data;
    size_t bytes;
};

/** Wipe and free; leaves the blob empty. Fits YJ_CLEANUP. */
void keyring_blob_free(struct keyring_blob *blob);

/**
 * Read the folder of keys: ca.pem, centre-tls.pem/.key, centre-sign.pem/.key and every
 * centre-seal*.pem that has its .key beside it:
 *     centre-seal          the present key on P-256; must be there
 *     centre-seal-next     the one that will follow
 *     centre-seal-old-…    former ones: records that name them are still opened
 *     centre-seal-sm2, centre-seal-sm2-next, centre-seal-sm2-old-…   the same on SM2
 * ca.pem holds one certificate or several (an SM2 CA beside that on P-256): each is trusted, and
 * checks what it has issued by its own algorithm. ca.key, when it is there, belongs to the first,
 * is on P-256 and issues certificates of both suites.
 * @return 0, ERR_NOT_FOUND, ERR_DENIED, ERR_SEAL_KEY
 * Owns: the caller, until keyring_close. Blocks: disk.
 */
int keyring_open(const char *dir, struct keyring **ret, struct err *err) YJ_CHECK;

/**
 * What a technician compares before a terminal trusts this centre: SHA-256 over the certificates of
 * ca.pem in DER, one behind the other. @return hex, borrowed until keyring_close. Thread: any.
 */
const char *keyring_ca_fingerprint(const struct keyring *k);

/** Accepts NULL. */
void keyring_close(struct keyring *k);

/** @return PEM text, borrowed until keyring_close; NULL: not in the folder. Thread: any. */
const char *keyring_pem(const struct keyring *k, enum keyring_pem which);

/**
 * What a heartbeat's answer calls a seal key: first 16 hex digits of SHA-256 over its
 * SubjectPublicKeyInfo.
 * @return borrowed until keyring_close; NULL: this suite has no such key here. Thread: any.
 */
const char *keyring_seal_key_id(const struct keyring *k, const char *suite,
                                enum keyring_seal which);

/**
 * Open a sealed record or attachment with the key that it names: CMS AuthEnvelopedData (RFC 5083,
 * RFC 5084 AES-GCM, RFC 5753 key agreement) or EnvelopedData of GM/T 0010-2012 (SM2, SM4-CBC).
 * @param ret  the plain bytes, owned by the caller; untouched on failure
 * @return 0 or ERR_SEAL_CRYPTO (neither form, for no key of ours, wrong algorithm, altered)
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
 * Was text signed by the key in this certificate? On P-256: ECDSA over SHA-256; on SM2: SM2 over
 * SM3 with the identity 1234567812345678.
 * @param cert_der  DER of the terminal's certificate
 * @return 0, ERR_SEAL_KEY (no certificate on P-256 or SM2) or ERR_SEAL_SIGNATURE
 */
int keyring_check_terminal(const uint8_t *cert_der, size_t cert_bytes, const void *text,
                           size_t text_bytes, const uint8_t *sig, size_t sig_bytes,
                           struct err *err) YJ_CHECK;

/** The same for a record: the certificate's key must be of the suite, too. ERR_SEAL_KEY */
int keyring_check_record(const char *suite, const uint8_t *cert_der, size_t cert_bytes,
                         const void *text, size_t text_bytes, const uint8_t *sig, size_t sig_bytes,
                         struct err *err) YJ_CHECK;

/**
 * The certificate of a terminal's SM2 key when it was put into the folder of keys by hand:
 * terminals/<terminal>-sm2.pem. What was enrolled is in the database (enrol.h).
 * @param ret  DER, owned by the caller
 * @return 0, ERR_NOT_FOUND, ERR_SEAL_KEY (of another terminal or CA, not on SM2). Blocks: disk.
 */
int keyring_terminal_sm2(const struct keyring *k, const char *terminal, struct keyring_blob *ret,
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

/**
 * Issue a certificate for a terminal's request: client certificate on P-256, signing certificate on
 * SM2.
 * @param csr_pem   PKCS#10, CN the terminal, signed with its own key
 * @param days      1..3650
 * @param ret_pem   owned by the caller, free()
 * @return 0, ERR_INVALID (no request, not signed by its key, of another terminal, neither on P-256
 *         nor on SM2), ERR_NOT_FOUND (no ca.key here), ERR_SEAL_CRYPTO. Thread: any.
 */
int keyring_ca_issue(const struct keyring *k, const char *csr_pem, const char *terminal, int days,
                     char **ret_pem, struct err *err) YJ_CHECK;

/**
 * @param ret_der     owned by the caller
 * @param ret_ends_s  end of its life, seconds since 1970 UTC
 * @return 0 or ERR_SEAL_KEY
 */
int keyring_read_certificate(const char *pem, struct keyring_blob *ret_der, int64_t *ret_ends_s,
                             struct err *err) YJ_CHECK;

/** Hex digest by the suite: SHA-256 or SM3. @return 0 or ERR_INVALID (unknown suite) */
int keyring_digest(const char *suite, const void *data, size_t bytes,
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
