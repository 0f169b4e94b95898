/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: read, checked against a record. Pure, any thread. */
#include "receipt.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define SIGNED_PREFIX "yijian-token-1\n"

enum {
    AT_NUMBER = 1,
    AT_UUID = 13,
    AT_SEQUENCE = 29,
    AT_DIGEST = 37,
    PAYLOAD_CHARS = 66,
    RAW_BYTES = 64,
    RAW_CHARS = 86,
    HALF_BYTES = RAW_BYTES / 2,
};

static bool is_number(const char *s)
{
    return strlen(s) == 24 && strspn(s, "0123456789") == 24;
}

/* One INTEGER of DER (X.690 clause 8.3) from 32 bytes. @return bytes written, at most 35 */
static size_t put_integer(const uint8_t *value, uint8_t *out)
{
    size_t skip = 0;
    while (skip < HALF_BYTES - 1 && value[skip] == 0)
        skip++;
    size_t n = HALF_BYTES - skip, pad = value[skip] >> 7;
    out[0] = 0x02;
    out[1] = (uint8_t)(n + pad);
    out[2] = 0;
    memcpy(out + 2 + pad, value + skip, n);
    return 2 + pad + n;
}

static size_t put_signature(const uint8_t *raw, uint8_t out[RECEIPT_DER_BYTES])
{
    size_t n = put_integer(raw, out + 2);
    n += put_integer(raw + HALF_BYTES, out + 2 + n);
    out[0] = 0x30;
    out[1] = (uint8_t)n;
    return n + 2;
}

bool receipt_read(const char *text, struct receipt *ret)
{
    uint8_t raw[RAW_BYTES];
    *ret = (struct receipt){0};
    if (is_number(text)) {
        memcpy(ret->number, text, sizeof ret->number);
        return true;
    }
    const char *p = strncmp(text, "YJ1.", 4) == 0    ? text + 4
                    : strncmp(text, "YJ1C.", 5) == 0 ? text + 5
                                                     : NULL;
    if (!p || strlen(p) != PAYLOAD_CHARS + 1 + RAW_CHARS || p[PAYLOAD_CHARS] != '.' ||
        bytes_unb64url(p, PAYLOAD_CHARS, ret->payload, sizeof ret->payload) !=
            RECEIPT_PAYLOAD_BYTES ||
        bytes_unb64url(p + PAYLOAD_CHARS + 1, RAW_CHARS, raw, sizeof raw) != RAW_BYTES ||
        ret->payload[0] != 1)
        return false;
    bytes_hex(ret->payload + AT_NUMBER, 12, ret->number);
    ret->signature_bytes = put_signature(raw, ret->signature);
    ret->is_token = true;
    return is_number(ret->number);
}

static bool is_same_record(const uint8_t *payload, const struct envelope *e)
{
    char uuid[33], digest[17], bare[33] = "";
    uint64_t sequence = 0;
    size_t n = 0;
    bytes_hex(payload + AT_UUID, 16, uuid);
    bytes_hex(payload + AT_DIGEST, 8, digest);
    for (int i = 0; i < 8; i++)
        sequence = sequence << 8 | payload[AT_SEQUENCE + i];
    for (const char *c = e->uuid; *c && n < sizeof bare - 1; c++)
        if (*c != '-')
            bare[n++] = *c;
    return strcmp(uuid, bare) == 0 && strncmp(digest, e->digest, 16) == 0 &&
           sequence == (uint64_t)e->sequence;
}

struct token {
    const uint8_t *text;
    size_t bytes;
    const struct receipt *receipt;
};

static bool is_signed_with(void *arg, const void *der, size_t n)
{
    const struct token *t = arg;
    return keyring_check_terminal(der, n, t->text, t->bytes, t->receipt->signature,
                                  t->receipt->signature_bytes, NULL) == 0;
}

bool receipt_fits(const struct receipt *r, struct ledger *l, const struct ledger_record *record)
{
    static const char prefix[] = SIGNED_PREFIX;
    uint8_t text[sizeof prefix - 1 + RECEIPT_PAYLOAD_BYTES];
    if (strcmp(record->envelope.number, r->number) != 0)
        return false;
    if (!r->is_token)
        return true;
    memcpy(text, prefix, sizeof prefix - 1);
    memcpy(text + sizeof prefix - 1, r->payload, RECEIPT_PAYLOAD_BYTES);
    struct token token = {text, sizeof text, r};
    return is_same_record(r->payload, &record->envelope) &&
           ledger_has_certificate(l, record->envelope.terminal, is_signed_with, &token);
}
