/* SPDX-License-Identifier: Apache-2.0 */
/* The open part of a sealed record: what the terminal signs and the centre checks. Holds no
 * personal data. Source: app/sync/contract/openapi.yaml, schema "envelope". */
#ifndef YJ_SEAL_ENVELOPE_H
#define YJ_SEAL_ENVELOPE_H

#include <stddef.h>
#include <stdint.h>

#include "types/record.h"

enum {
    SEAL_DIGEST_BYTES = 65,    /* SHA-256 in hex and NUL */
    SEAL_SIGNATURE_BYTES = 97, /* base64 of at most 72 DER bytes and NUL */
    SEAL_MATTER_BYTES = 65,
    SEAL_MAX_PLAIN_BYTES = 512 * 1024,
    SEAL_MAX_SEALED_BYTES = 700 * 1024, /* its base64 stays below the contract's 1,000,000 */
    SEAL_MAX_ATTACHMENTS = 8,
    SEAL_MAX_ATTACHMENT_BYTES = 16 * 1024 * 1024, /* sealed */
    SEAL_TEXT_BYTES = 2048,                       /* the signed text always fits */
};

/* Digest before the first record of a terminal. */
#define SEAL_DIGEST_NONE "0000000000000000000000000000000000000000000000000000000000000000"

/* A file that belongs to a record, sealed on its own. */
struct seal_attachment {
    char digest[SEAL_DIGEST_BYTES]; /* of its sealed bytes, by the record's suite */
    int64_t bytes;                  /* of its sealed bytes */
};

/* Forms of the signed text: the first has eleven lines, the second (contract 1.4.0) four more. */
enum seal_form { SEAL_FORM_1, SEAL_FORM_2 };

struct seal_envelope {
    enum seal_form form; /* SEAL_FORM_1: the last five members are not signed and not sent */
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
    struct seal_attachment attachment[SEAL_MAX_ATTACHMENTS];
    size_t n_attachments;
    /* When it was sealed, for a centre that does not trust the terminal's clock. */
    char boot_id[40];     /* random id of this boot, "" unknown */
    int64_t uptime_ms;    /* monotonic time of that boot */
    char centre_time[24]; /* last time heard from the centre and verified, "" never */
};

#endif
