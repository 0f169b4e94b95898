/* SPDX-License-Identifier: Apache-2.0 */
/* The open part of a sealed record: what the terminal signs and the centre checks. Holds no
 * personal data. Source: app/sync/contract/openapi.yaml, schema "envelope". */
#ifndef YJ_SEAL_ENVELOPE_H
#define YJ_SEAL_ENVELOPE_H

#include <stdint.h>

#include "types/record.h"

enum {
    SEAL_DIGEST_BYTES = 65,    /* SHA-256 in hex and NUL */
    SEAL_SIGNATURE_BYTES = 97, /* base64 of at most 72 DER bytes and NUL */
    SEAL_MATTER_BYTES = 65,
    SEAL_MAX_PLAIN_BYTES = 512 * 1024,
    SEAL_MAX_SEALED_BYTES = 700 * 1024, /* its base64 stays below the contract's 1,000,000 */
};

/* Digest before the first record of a terminal. */
#define SEAL_DIGEST_NONE "0000000000000000000000000000000000000000000000000000000000000000"

struct seal_envelope {
    char uuid[RECORD_UUID_BYTES];
    enum record_kind kind;
    char terminal[11];
    int64_t sequence;
    char number[RECORD_NUMBER_BYTES]; /* "" for a rating */
    char about[RECORD_NUMBER_BYTES];  /* "" or the application a rating belongs to */
    char matter[SEAL_MATTER_BYTES];   /* "" for a rating */
    char sealed_at[24];               /* RFC 3339 UTC */
    char suite[24];
    char digest[SEAL_DIGEST_BYTES];      /* of the sealed bytes */
    char prev_digest[SEAL_DIGEST_BYTES]; /* of the record before */
    char signature[SEAL_SIGNATURE_BYTES];
};

#endif
