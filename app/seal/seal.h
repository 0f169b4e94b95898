/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing: records are encrypted to the centre, signed by the terminal, and the visitor gets a
 * signed token that can be checked without a network. Nothing here is shared between threads:
 * a struct belongs to the thread that uses it; functions without one may be called from any. */
#ifndef YJ_SEAL_SEAL_H
#define YJ_SEAL_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/envelope.h"

struct seal;          /* the terminal's side: device key and the centre's certificates */
struct seal_verifier; /* one public key to check signatures with */

/* Suites: how records are sealed, chained and signed.
 *   cms-p256-aes256gcm  RFC 5652 CMS, ECDH P-256, AES-256-GCM; ECDSA P-256; digests SHA-256
 *   gmt0010-sm2-sm4cbc  GM/T 0010 enveloped data, SM2, SM4-CBC; signed with SM2; digests SM3
 * TLS and receipt tokens stay on P-256: OpenSSL 3.0 knows no TLCP. */
#define SEAL_SUITE_P256 "cms-p256-aes256gcm"
#define SEAL_SUITE_SM2  "gmt0010-sm2-sm4cbc"

/* Paths of PEM files, borrowed during the call. A device key may also be in a TPM 2.0, used through
 * tpm2-openssl, which it never leaves: "tpm2:/etc/yijian/device.tss2" (a file only that chip can
 * open) or "tpm2:0x81000001" (a persistent handle). */
struct seal_paths {
    const char *device_key;            /* P-256 private key, without a passphrase */
    const char *device_cert;           /* its certificate, CN = terminal id */
    const char *centre_seal_cert;      /* P-256, records are encrypted to it */
    const char *centre_sign_cert;      /* P-256, acknowledgements are signed with it */
    const char *suite;                 /* NULL: SEAL_SUITE_P256 */
    const char *centre_seal_next_cert; /* the key that will follow centre_seal_cert; NULL, or no
                                          such file: none */
    const char *device_sm2_key, *device_sm2_cert; /* SEAL_SUITE_SM2 only: signs records */
};

/**
 * Load keys and check that they fit: curve P-256, key belongs to certificate, CN is the terminal.
 * Dates of certificates are not looked at: the clock of a terminal may be wrong.
 * @return 0 or ERR_SEAL_KEY. Blocks: disk. Owns: *ret is the caller's, seal_close.
 */
int seal_open(const struct seal_paths *paths, const char *terminal_id, struct seal **ret,
              struct err *err) YJ_CHECK;

/** Accepts NULL. Private key material is cleansed. */
void seal_close(struct seal *s);

/** The centre's signing key. Borrowed until seal_close. */
const struct seal_verifier *seal_centre(const struct seal *s);

/**
 * Encrypt one record to the centre; nobody on this terminal can open it again.
 * @param plain        1..SEAL_MAX_PLAIN_BYTES bytes; the caller wipes its own copy
 * @param ret_sealed   DER, owned by the caller, free()
 * @param env          suite and digest are filled
 * @return 0, ERR_TOO_BIG or ERR_SEAL_CRYPTO. Blocks: about a millisecond.
 * Source: RFC 5083, RFC 5084, RFC 5753; contract suite "cms-p256-aes256gcm".
 */
int seal_record(const struct seal *s, const void *plain, size_t n, uint8_t **ret_sealed,
                size_t *ret_bytes, struct seal_envelope *env, struct err *err) YJ_CHECK;

/**
 * Sign the canonical text of an envelope whose other members are complete.
 * @return 0 or ERR_SEAL_CRYPTO
 */
int seal_sign_envelope(const struct seal *s, struct seal_envelope *env, struct err *err) YJ_CHECK;

/**
 * The text that is signed: "yijian-seal-1\n" and eleven lines; SEAL_FORM_2: "yijian-seal-2\n" and
 * fifteen (then attachments as "digest:bytes" with blanks between, boot_id, uptime_ms,
 * centre_time).
 * @return its length, or 0 when it does not fit in cap (SEAL_TEXT_BYTES always suffices)
 */
size_t seal_envelope_text(const struct seal_envelope *env, char *text, size_t cap);

/** Schema "envelope" of the contract, sealed bytes as base64. @return owned by the caller, free()
 */
char *seal_envelope_json(const struct seal_envelope *env, const void *sealed,
                         size_t sealed_bytes) YJ_CHECK;

/** @return the wire word of a kind: "application" or "rating". */
const char *seal_kind_word(enum record_kind kind);

/** Load the public key of a PEM certificate (P-256). @return 0 or ERR_SEAL_KEY */
int seal_verifier_open(const char *cert_path, struct seal_verifier **ret, struct err *err) YJ_CHECK;
void seal_verifier_close(struct seal_verifier *v);

/**
 * Check the signature of an envelope and the digest of the sealed bytes.
 * @param v       the device's certificate
 * @param sealed  may be NULL: then only the signature is checked
 * @return 0 or ERR_SEAL_SIGNATURE
 */
int seal_verify_envelope(const struct seal_verifier *v, const struct seal_envelope *env,
                         const void *sealed, size_t n, struct err *err) YJ_CHECK;

/**
 * Check an acknowledgement and unpack it.
 * @param ack        base64url of the JSON text
 * @param signature  base64 of the DER signature
 * @param ret_json   the JSON text with a NUL behind it, owned by the caller
 * @return 0 or ERR_SEAL_SIGNATURE (also for text that is no base64)
 */
int seal_verify_ack(const struct seal_verifier *v, const char *ack, const char *signature,
                    char **ret_json, size_t *ret_bytes, struct err *err) YJ_CHECK;

/*
 * Receipt token:  "YJ1." base64url(payload) "." base64url(signature)          157 characters
 * A copy (补打) begins with "YJ1C." instead; payload and signature are the same.
 *
 *   payload, 49 bytes, numbers big-endian
 *    0      1  version, 0x01
 *    1     12  kiosk number, 24 digits as BCD, first digit in the high nibble
 *   13     16  UUID of the record
 *   29      8  sequence
 *   37      8  first 8 bytes of the digest of the sealed record
 *   45      4  sealed time, seconds since 1970 UTC, unsigned (until 2106)
 *
 *   signature, 64 bytes: ECDSA P-256 over SHA-256 of ("yijian-token-1\n" payload), r then s,
 *   32 bytes each, by the device key. base64url is without padding and canonical (unused bits 0).
 */
struct seal_token {
    char number[RECORD_NUMBER_BYTES];
    char uuid[RECORD_UUID_BYTES];
    int64_t sequence;
    char digest_start[17]; /* 16 hex digits */
    int64_t sealed_wall_ms;
    bool is_copy;
};

enum { SEAL_TOKEN_CHARS = 157 };

/**
 * Make the token of an application.
 * @param wall_ms  sealed time, milliseconds since 1970 UTC
 * @param cap      bytes of text, more than SEAL_TOKEN_CHARS
 * @return 0, ERR_INVALID (no number, or a field of the wrong form) or ERR_SEAL_CRYPTO
 */
int seal_token_make(const struct seal *s, const struct seal_envelope *env, int64_t wall_ms,
                    char *text, size_t cap, struct err *err) YJ_CHECK;

/**
 * Check a token, offline.
 * @param v     the device's certificate
 * @param text  as scanned; nothing before or behind it
 * @return 0, ERR_INVALID (no token) or ERR_SEAL_SIGNATURE
 */
int seal_token_verify(const struct seal_verifier *v, const char *text, struct seal_token *ret,
                      struct err *err) YJ_CHECK;

/* ---- which of the centre's keys (seal_centre.c) ---- */

/** Id of the key records are sealed to now: first 16 hex digits of SHA-256 over its public key
 *  (SubjectPublicKeyInfo, DER). @return borrowed until the next seal_use_centre_key */
const char *seal_centre_key_id(const struct seal *s);

/** Seal to this key from now on. @return 0, or ERR_NOT_FOUND: neither the present nor the next */
int seal_use_centre_key(struct seal *s, const char *key_id, struct err *err) YJ_CHECK;

/* ---- attachments (seal_attachment.c) ---- */

/**
 * Seal one file of a record. Inside stands a line of JSON {"name":…,"type":…}, LF, then the bytes.
 * @param name  UTF-8 without control characters, 1..127 bytes; type: a media type, ASCII, 1..63
 * @param ret_sealed  owned by the caller, free(); ret gets its digest and size
 * @return 0, ERR_INVALID, ERR_TOO_BIG, ERR_SEAL_CRYPTO
 */
int seal_attachment(const struct seal *s, const char *name, const char *type, const void *bytes,
                    size_t n, uint8_t **ret_sealed, struct seal_attachment *ret,
                    struct err *err) YJ_CHECK;

/* ---- statements of the centre (seal_verify.c) ---- */

/** As seal_verify_ack, for another kind of statement. @param prefix  "yijian-time-1\n" … */
int seal_verify_statement(const struct seal_verifier *v, const char *prefix, const char *statement,
                          const char *signature, char **ret_json, size_t *ret_bytes,
                          struct err *err) YJ_CHECK;

/* ---- TLS (seal_tls.c): for curl's callback on the SSL_CTX ---- */

/**
 * Put the device certificate and key (from a file or the TPM) into an SSL_CTX and, when time_s is
 * not 0, judge the other side's certificates at that time instead of the system's.
 * @param ssl_ctx   SSL_CTX *
 * @param time_s    seconds since 1970 UTC; -1: dates are not looked at (only to ask for the time)
 */
int seal_tls_prepare(const struct seal *s, void *ssl_ctx, int64_t time_s, struct err *err) YJ_CHECK;

/* ---- enrolment (seal_enrol.c) ---- */

enum seal_key_kind { SEAL_KEY_P256, SEAL_KEY_SM2 };

/**
 * Make a new private key where there is none: a PEM file (mode 0600, flushed; made by root, it
 * belongs to whom its folder belongs to), or, on P-256, one that only this TPM can use ("tpm2:/…").
 * @return 0, ERR_EXISTS (it is never overwritten), ERR_INVALID (a handle of the TPM), ERR_SEAL_KEY
 */
int seal_key_make(const char *where, enum seal_key_kind kind, struct err *err) YJ_CHECK;

/** PKCS#10 request with CN = terminal. @param ret_pem  owned by the caller, free() */
int seal_csr_make(const char *key, const char *terminal_id, char **ret_pem,
                  struct err *err) YJ_CHECK;

enum seal_cert_use { SEAL_CERT_SEALS, SEAL_CERT_SIGNS };

/**
 * Is this a certificate of the centre for sealing or signing: on the curve of the kind, issued by
 * the CA, made for that use (when it names any) and neither for TLS nor for a terminal? Dates are
 * not looked at. Blocks: disk.
 * @param ca_path  PEM file of one to eight certificates on P-256 or SM2: the CAs of the centre
 * @return 0 or ERR_SEAL_KEY
 */
int seal_cert_check_centre(const char *pem, enum seal_key_kind kind, enum seal_cert_use use,
                           const char *ca_path, struct err *err) YJ_CHECK;

/**
 * What a person compares before a CA is trusted: SHA-256 over its certificates in DER, one behind
 * the other. Of one certificate it is what `openssl x509 -fingerprint -sha256` prints.
 * @param pem  text, one to eight certificates
 * @return 0 or ERR_SEAL_KEY. Thread: any.
 */
int seal_ca_fingerprint(const char *pem, char hex[SEAL_DIGEST_BYTES], struct err *err) YJ_CHECK;

/**
 * Take a new certificate for a key in use: it must fit key and terminal and be issued by the CA.
 * The file is replaced whole (written beside, flushed, renamed).
 */
int seal_cert_install(const char *pem, const char *ca_path, const char *key,
                      const char *terminal_id, const char *cert_path, struct err *err) YJ_CHECK;

/** When a certificate ends, seconds since 1970 UTC. */
int seal_cert_end(const char *cert_path, int64_t *ret_s, struct err *err) YJ_CHECK;

/** Digest of a suite as lower-case hex: SHA-256 or SM3. @param hex  SEAL_DIGEST_BYTES */
void seal_suite_digest(const char *suite, const void *p, size_t n, char *hex);

/** SHA-256 as lower-case hex. @param hex  SEAL_DIGEST_BYTES */
void seal_digest(const void *p, size_t n, char *hex);

/** New UUID version 4, lower case. @param text RECORD_UUID_BYTES. @return 0 or ERR_SEAL_CRYPTO */
int seal_uuid(char *text, struct err *err) YJ_CHECK;

/** Random bytes of the operating system's quality. @return 0 or ERR_SEAL_CRYPTO */
int seal_random(void *p, size_t n, struct err *err) YJ_CHECK;

/** base64, padded, one line. @return text with NUL, owned by the caller */
char *seal_base64(const void *p, size_t n) YJ_CHECK;

#endif
