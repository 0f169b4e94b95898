/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt as it comes back: the code on it or its 24 digits. Pure, any thread. Written from the
 * description of the token, not from the code that makes it: "YJ1." ("YJ1C." on a copy), 49 bytes
 * in base64url, ".", raw ECDSA signature (r, s) in base64url. The bytes: version 1, number as 12
 * bytes BCD, uuid 16, sequence 8, first 8 of the digest, seconds 4, big-endian. */
#ifndef YJ_CENTRAL_RECEIPT_H
#define YJ_CENTRAL_RECEIPT_H

#include <stdbool.h>

#include "ledger.h"

enum { RECEIPT_NUMBER_BYTES = 25, RECEIPT_PAYLOAD_BYTES = 49, RECEIPT_DER_BYTES = 72 };

struct receipt {
    char number[RECEIPT_NUMBER_BYTES];
    bool is_token;
    uint8_t payload[RECEIPT_PAYLOAD_BYTES];
    uint8_t signature[RECEIPT_DER_BYTES]; /* DER */
    size_t signature_bytes;
};

/** @return false when the text is neither. */
bool receipt_read(const char *text, struct receipt *ret);

/** @return true when the receipt is this record's; a token also by its terminal's signature, which
 *  is on P-256 whatever the record's suite. */
bool receipt_fits(const struct receipt *receipt, struct ledger *l,
                  const struct ledger_record *record);

#endif
