/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt token: layout in seal.h. Making runs on the outbox thread, checking on any. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum {
    TOKEN_VERSION = 1,
    AT_NUMBER = 1,
    AT_UUID = 13,
    AT_SEQUENCE = 29,
    AT_DIGEST = 37,
    AT_TIME = 45,
    PAYLOAD_BYTES = 49,
    PAYLOAD_CHARS = 66,
    HALF_BYTES = 32,
    RAW_BYTES = 2 * HALF_BYTES,
    RAW_CHARS = 86,
};

static const char token_prefix[] = "YJ1.";
static const char copy_prefix[] = "YJ1C.";
static const char domain[] = "yijian-token-1\n";

struct token_text { /* what is signed */
    uint8_t bytes[sizeof domain - 1 + PAYLOAD_BYTES];
};

static struct token_text text_of(const uint8_t *payload)
{
    struct token_text t;
    memcpy(t.bytes, domain, sizeof domain - 1);
    memcpy(t.bytes + sizeof domain - 1, payload, PAYLOAD_BYTES);
    return t;
}

static void put_be(uint8_t *p, uint64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint64_t get_be(const uint8_t *p, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static bool uuid_pack(const char *uuid, uint8_t *out)
{
    char hex[RECORD_UUID_BYTES];
    size_t n = 0;
    for (const char *c = uuid; *c && n < sizeof hex - 1; c++)
        if (*c != '-')
            hex[n++] = *c;
    hex[n] = '\0';
    return n == 32 && bytes_unhex(hex, out, 16) == 16;
}

static bool payload_pack(const struct seal_envelope *env, int64_t wall_ms, uint8_t *p)
{
    char digest_start[17];
    int64_t second = wall_ms / 1000;
    snprintf(digest_start, sizeof digest_start, "%.16s", env->digest);
    /* 24 decimal digits read as hex are their own BCD. */
    if (strlen(env->number) != 24 || strspn(env->number, "0123456789") != 24 || env->sequence < 1 ||
        second < 0 || second > UINT32_MAX)
        return false;
    p[0] = TOKEN_VERSION;
    put_be(p + AT_SEQUENCE, (uint64_t)env->sequence, 8);
    put_be(p + AT_TIME, (uint64_t)second, 4);
    return bytes_unhex(env->number, p + AT_NUMBER, 12) == 12 && uuid_pack(env->uuid, p + AT_UUID) &&
           bytes_unhex(digest_start, p + AT_DIGEST, 8) == 8;
}

static bool der_to_raw(const uint8_t *der, int n, uint8_t *raw)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, n);
    bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF_BYTES) == HALF_BYTES &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF_BYTES, HALF_BYTES) == HALF_BYTES;
    ECDSA_SIG_free(sig);
    return ok;
}

/* @return DER length or -1; der has room for 72 bytes */
static int raw_to_der(const uint8_t *raw, uint8_t *der)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, HALF_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(raw + HALF_BYTES, HALF_BYTES, NULL);
    if (!sig || !r || !s || ECDSA_SIG_set0(sig, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(sig);
        return -1;
    }
    int n = i2d_ECDSA_SIG(sig, &der);
    ECDSA_SIG_free(sig);
    return n;
}

int seal_token_make(const struct seal *s, const struct seal_envelope *env, int64_t wall_ms,
                    char *text, size_t cap, struct err *err)
{
    uint8_t payload[PAYLOAD_BYTES] = {0}, der[72], raw[RAW_BYTES];
    char payload_chars[PAYLOAD_CHARS + 1], raw_chars[RAW_CHARS + 1];
    if (cap <= SEAL_TOKEN_CHARS || !payload_pack(env, wall_ms, payload))
        return ERR(err, ERR_INVALID, "no token can be made of this record");
    struct token_text t = text_of(payload);
    int n = seal_suite_p256.sign(s->device_key, t.bytes, sizeof t.bytes, der, sizeof der, err);
    if (n < 0)
        return n;
    if (!der_to_raw(der, n, raw))
        return seal_fail(err, ERR_SEAL_CRYPTO, __func__, "unpacking a signature");
    bytes_b64url(payload, sizeof payload, payload_chars, sizeof payload_chars);
    bytes_b64url(raw, sizeof raw, raw_chars, sizeof raw_chars);
    snprintf(text, cap, "%s%s.%s", token_prefix, payload_chars, raw_chars);
    return 0;
}

/* base64url of exactly n bytes in exactly that many characters, canonical. */
static bool part_unpack(const char *text, size_t chars, uint8_t *out, size_t n)
{
    char again[RAW_CHARS + 1];
    return bytes_unb64url(text, chars, out, n) == (int)n &&
           bytes_b64url(out, n, again, sizeof again) == (int)chars &&
           memcmp(again, text, chars) == 0;
}

static void payload_unpack(const uint8_t *p, struct seal_token *ret)
{
    char hex[33];
    bytes_hex(p + AT_NUMBER, 12, ret->number);
    bytes_hex(p + AT_UUID, 16, hex);
    snprintf(ret->uuid, sizeof ret->uuid, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
             hex + 16, hex + 20);
    bytes_hex(p + AT_DIGEST, 8, ret->digest_start);
    ret->sequence = (int64_t)get_be(p + AT_SEQUENCE, 8);
    ret->sealed_wall_ms = (int64_t)get_be(p + AT_TIME, 4) * 1000;
}

int seal_token_verify(const struct seal_verifier *v, const char *text, struct seal_token *ret,
                      struct err *err)
{
    uint8_t payload[PAYLOAD_BYTES], raw[RAW_BYTES], der[80];
    struct seal_token token = {0};
    const char *p = text;
    if (strncmp(p, token_prefix, sizeof token_prefix - 1) == 0) {
        p += sizeof token_prefix - 1;
    } else if (strncmp(p, copy_prefix, sizeof copy_prefix - 1) == 0) {
        p += sizeof copy_prefix - 1;
        token.is_copy = true;
    } else {
        return ERR(err, ERR_INVALID, "this is no receipt token");
    }
    if (strlen(p) != PAYLOAD_CHARS + 1 + RAW_CHARS || p[PAYLOAD_CHARS] != '.' ||
        !part_unpack(p, PAYLOAD_CHARS, payload, sizeof payload) ||
        !part_unpack(p + PAYLOAD_CHARS + 1, RAW_CHARS, raw, sizeof raw) ||
        payload[0] != TOKEN_VERSION)
        return ERR(err, ERR_INVALID, "the receipt token is not well formed");
    int n = raw_to_der(raw, der);
    if (n < 0)
        return ERR(err, ERR_SEAL_SIGNATURE, "the receipt token's signature is not well formed");
    struct token_text t = text_of(payload);
    int rc = seal_suite_p256.verify(v->key, t.bytes, sizeof t.bytes, der, (size_t)n, err);
    if (rc)
        return rc;
    payload_unpack(payload, &token);
    *ret = token;
    return 0;
}
