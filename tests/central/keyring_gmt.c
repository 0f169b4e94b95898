/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed bytes of suite "gmt0010-sm2-sm4cbc": EnvelopedData of GM/T 0010-2012 clause 8. Read by
 * hand and in DER only, since every byte of it comes from outside. Any thread.
 *
 *     ContentInfo   SEQUENCE { OID envelopedData, [0] {
 *       EnvelopedData SEQUENCE { INTEGER 1,
 *         SET { SEQUENCE { INTEGER 1, SEQUENCE { Name, INTEGER }, SEQUENCE { OID sm2-3 [, NULL] },
 *               OCTET STRING { SM2Cipher } } },
 *         SEQUENCE { OID data, SEQUENCE { OID sm4-cbc, OCTET STRING iv }, [0] content } } } } */
#include "keyring_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { BLOCK_BYTES = 16, KEY_BYTES = 16, WRAPPED_MAX_BYTES = 256 };

enum tag {
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_NULL = 0x05,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_CONTENT = 0x80,  /* [0] IMPLICIT, primitive */
    TAG_EXPLICIT = 0xa0, /* [0] EXPLICIT */
};

/* Object identifiers of GM/T 0006-2012 and GM/T 0010-2012 clause 6, without tag and length. */
static const uint8_t oid_data[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x01};
static const uint8_t oid_enveloped[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x03};
static const uint8_t oid_sm2_encrypt[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03};
static const uint8_t oid_sm4_cbc[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x68, 0x02};

/* Bytes not yet read. */
struct span {
    const uint8_t *at, *end;
};

/* Take the next element, which must have this tag. Length as DER has it: definite, shortest.
 * @param inside  its content */
static bool take(struct span *s, enum tag tag, struct span *inside)
{
    const uint8_t *p = s->at;
    if (s->end - p < 2 || p[0] != (uint8_t)tag)
        return false;
    size_t n = p[1];
    p += 2;
    if (n >= 0x80) {
        size_t digits = n & 0x7f;
        if (digits < 1 || digits > 4 || (size_t)(s->end - p) < digits || p[0] == 0)
            return false;
        n = 0;
        for (size_t i = 0; i < digits; i++)
            n = n << 8 | *p++;
        if (n < 0x80)
            return false;
    }
    if ((size_t)(s->end - p) < n)
        return false;
    *inside = (struct span){p, p + n};
    s->at = p + n;
    return true;
}

static bool is_done(struct span s)
{
    return s.at == s.end;
}

static bool take_fixed(struct span *s, enum tag tag, const void *want, size_t n)
{
    struct span in;
    return take(s, tag, &in) && (size_t)(in.end - in.at) == n &&
           (n == 0 || memcmp(in.at, want, n) == 0);
}

static bool take_one(struct span *s) /* INTEGER 1: every version in here */
{
    return take_fixed(s, TAG_INTEGER, "\x01", 1);
}

/* Recipient: issuer and serial number, algorithm, wrapped key. */
static bool take_recipient(struct span *s, struct keyring_gmt *ret)
{
    struct span set, recipient, name, in, algorithm;
    if (!take(s, TAG_SET, &set) || !take(&set, TAG_SEQUENCE, &recipient) || !is_done(set) ||
        !take_one(&recipient) || !take(&recipient, TAG_SEQUENCE, &name))
        return false;
    ret->issuer = name.at;
    if (!take(&name, TAG_SEQUENCE, &in))
        return false;
    ret->issuer_bytes = (size_t)(name.at - ret->issuer);
    ret->serial = name.at;
    if (!take(&name, TAG_INTEGER, &in) || !is_done(name) || is_done(in))
        return false;
    ret->serial_bytes = (size_t)(name.at - ret->serial);
    if (!take(&recipient, TAG_SEQUENCE, &algorithm) ||
        !take_fixed(&algorithm, TAG_OID, oid_sm2_encrypt, sizeof oid_sm2_encrypt) ||
        (!is_done(algorithm) &&
         (!take_fixed(&algorithm, TAG_NULL, NULL, 0) || !is_done(algorithm))))
        return false;
    if (!take(&recipient, TAG_OCTETS, &in) || !is_done(recipient))
        return false;
    ret->wrapped = in.at;
    ret->wrapped_bytes = (size_t)(in.end - in.at);
    return true;
}

static bool take_content(struct span *s, struct keyring_gmt *ret)
{
    struct span content, algorithm, in;
    if (!take(s, TAG_SEQUENCE, &content) ||
        !take_fixed(&content, TAG_OID, oid_data, sizeof oid_data) ||
        !take(&content, TAG_SEQUENCE, &algorithm) ||
        !take_fixed(&algorithm, TAG_OID, oid_sm4_cbc, sizeof oid_sm4_cbc) ||
        !take(&algorithm, TAG_OCTETS, &in) || in.end - in.at != BLOCK_BYTES || !is_done(algorithm))
        return false;
    ret->iv = in.at;
    if (!take(&content, TAG_CONTENT, &in) || !is_done(content))
        return false;
    ret->content = in.at;
    ret->content_bytes = (size_t)(in.end - in.at);
    return ret->content_bytes > 0 && ret->content_bytes % BLOCK_BYTES == 0;
}

bool keyring_gmt_is(const uint8_t *der, size_t bytes)
{
    struct span s = {der, der + bytes}, info;
    return take(&s, TAG_SEQUENCE, &info) &&
           take_fixed(&info, TAG_OID, oid_enveloped, sizeof oid_enveloped);
}

int keyring_gmt_parse(const uint8_t *der, size_t bytes, struct keyring_gmt *ret, struct err *err)
{
    struct span s = {der, der + bytes}, info, tagged, enveloped;
    struct keyring_gmt found = {0};
    if (!take(&s, TAG_SEQUENCE, &info) || !is_done(s) ||
        !take_fixed(&info, TAG_OID, oid_enveloped, sizeof oid_enveloped) ||
        !take(&info, TAG_EXPLICIT, &tagged) || !is_done(info) ||
        !take(&tagged, TAG_SEQUENCE, &enveloped) || !is_done(tagged) || !take_one(&enveloped) ||
        !take_recipient(&enveloped, &found) || !take_content(&enveloped, &found) ||
        !is_done(enveloped))
        return ERR(err, ERR_SEAL_CRYPTO, "the sealed bytes are not one EnvelopedData of GM/T 0010");
    *ret = found;
    return 0;
}

/* @return the key that the recipient names; NULL: none of ours */
static const struct keyring_slot *slot_of(const struct keyring *k, const struct keyring_gmt *g)
{
    const uint8_t *at = g->issuer;
    const struct keyring_slot *found = NULL;
    X509_NAME *issuer = d2i_X509_NAME(NULL, &at, (long)g->issuer_bytes);
    at = g->serial;
    ASN1_INTEGER *serial = d2i_ASN1_INTEGER(NULL, &at, (long)g->serial_bytes);
    for (size_t i = 0; issuer && serial && !found && i < k->n_seals; i++) {
        const struct keyring_slot *s = &k->seal[i];
        if (s->is_sm2 && X509_NAME_cmp(issuer, X509_get_issuer_name(s->cert)) == 0 &&
            ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(s->cert)) == 0)
            found = s;
    }
    ASN1_INTEGER_free(serial);
    X509_NAME_free(issuer);
    return found;
}

static bool key_unwrap(EVP_PKEY *own, const struct keyring_gmt *g, uint8_t key[KEY_BYTES])
{
    uint8_t plain[WRAPPED_MAX_BYTES];
    size_t n = sizeof plain;
    YJ_CLEANUP(free_pkey_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
    bool is_open =
        g->wrapped_bytes <= WRAPPED_MAX_BYTES && ctx && EVP_PKEY_decrypt_init(ctx) == 1 &&
        EVP_PKEY_decrypt(ctx, plain, &n, g->wrapped, g->wrapped_bytes) == 1 && n == KEY_BYTES;
    if (is_open)
        memcpy(key, plain, KEY_BYTES);
    bytes_wipe(plain, sizeof plain);
    return is_open;
}

int keyring_gmt_open(const struct keyring *k, const uint8_t *der, size_t bytes,
                     struct keyring_blob *ret, struct err *err)
{
    struct keyring_gmt g;
    uint8_t key[KEY_BYTES];
    int r = bytes <= INT32_MAX ? keyring_gmt_parse(der, bytes, &g, err)
                               : ERR(err, ERR_SEAL_CRYPTO, "the sealed bytes are too many");
    if (r < 0)
        return r;
    const struct keyring_slot *slot = slot_of(k, &g);
    if (!slot)
        return ERR(err, ERR_SEAL_CRYPTO, "the record is not sealed for this centre");
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *plain = mem_zalloc(g.content_bytes, 1);
    int head = 0, tail = 0;
    bool is_open = ctx && key_unwrap(slot->key, &g, key) &&
                   EVP_DecryptInit_ex(ctx, EVP_sm4_cbc(), NULL, key, g.iv) == 1 &&
                   EVP_DecryptUpdate(ctx, plain, &head, g.content, (int)g.content_bytes) == 1 &&
                   EVP_DecryptFinal_ex(ctx, plain + head, &tail) == 1;
    EVP_CIPHER_CTX_free(ctx);
    bytes_wipe(key, sizeof key);
    if (!is_open) {
        bytes_wipe(plain, g.content_bytes);
        free(plain);
        return ERR(err, ERR_SEAL_CRYPTO,
                   "the record was altered, or its key is not for this centre");
    }
    *ret = (struct keyring_blob){plain, (size_t)(head + tail)};
    return 0;
}
