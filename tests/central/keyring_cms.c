/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed bytes of suite "cms-p256-aes256gcm": AuthEnvelopedData (RFC 5083). Any thread. */
#include "keyring_priv.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/cms.h>

#include "base/bytes.h"
#include "base/mem.h"

static void free_cms(CMS_ContentInfo **p)
{
    CMS_ContentInfo_free(*p);
}

/* One step into DER: the element at *at must have this tag and class. is_inside: go into it, else
 * behind it. @return the element's start, NULL when it is another element */
static const uint8_t *der_step(const uint8_t **at, const uint8_t *end, int tag, int cls,
                               bool is_inside)
{
    const uint8_t *start = *at, *p = *at;
    long n;
    int found_tag, found_cls;
    if (p >= end || (ASN1_get_object(&p, &n, &found_tag, &found_cls, end - p) & 0x80) ||
        found_tag != tag || found_cls != cls)
        return NULL;
    *at = is_inside ? p : p + n;
    return start;
}

static int nid_at(const uint8_t *oid, const uint8_t *end)
{
    ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &oid, end - oid);
    int nid = OBJ_obj2nid(object);
    ASN1_OBJECT_free(object);
    return nid;
}

/* Content cipher of AuthEnvelopedData (RFC 5083 clause 2.1) whose content is plain data; CMS.h has
 * no way to ask for it.
 * ContentInfo { type, [0] { AuthEnvelopedData { version, recipientInfos,
 *     authEncryptedContentInfo { contentType, algorithm { oid … */
static int content_cipher(const uint8_t *der, size_t bytes)
{
    const uint8_t *at = der, *end = der + bytes, *oid;
    const int seq = V_ASN1_SEQUENCE, uni = V_ASN1_UNIVERSAL, ctx = V_ASN1_CONTEXT_SPECIFIC;
    if (!der_step(&at, end, seq, uni, true) || !der_step(&at, end, V_ASN1_OBJECT, uni, false) ||
        !der_step(&at, end, 0, ctx, true) || !der_step(&at, end, seq, uni, true) ||
        !der_step(&at, end, V_ASN1_INTEGER, uni, false) ||
        !der_step(&at, end, V_ASN1_SET, uni, false) || !der_step(&at, end, seq, uni, true) ||
        !(oid = der_step(&at, end, V_ASN1_OBJECT, uni, false)) ||
        nid_at(oid, at) != NID_pkcs7_data || !der_step(&at, end, seq, uni, true) ||
        !(oid = der_step(&at, end, V_ASN1_OBJECT, uni, false)))
        return NID_undef;
    return nid_at(oid, at);
}

/* Key agreement of the one recipient: X9.63 KDF with SHA-256 (RFC 5753), AES-256 wrap inside. */
static bool has_agreement_of_suite(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_RecipientInfo) *recipients = CMS_get0_RecipientInfos(cms);
    if (sk_CMS_RecipientInfo_num(recipients) != 1)
        return false;
    CMS_RecipientInfo *ri = sk_CMS_RecipientInfo_value(recipients, 0);
    X509_ALGOR *agreement, *wrap;
    const ASN1_OBJECT *oid;
    const void *value;
    int type;
    if (CMS_RecipientInfo_type(ri) != CMS_RECIPINFO_AGREE ||
        CMS_RecipientInfo_kari_get0_alg(ri, &agreement, NULL) != 1)
        return false;
    X509_ALGOR_get0(&oid, &type, &value, agreement);
    if (OBJ_obj2nid(oid) != NID_dhSinglePass_stdDH_sha256kdf_scheme || type != V_ASN1_SEQUENCE)
        return false;
    const ASN1_STRING *inner = value;
    const uint8_t *at = ASN1_STRING_get0_data(inner);
    wrap = d2i_X509_ALGOR(NULL, &at, ASN1_STRING_length(inner));
    if (!wrap)
        return false;
    X509_ALGOR_get0(&oid, NULL, NULL, wrap);
    bool is_wrap = OBJ_obj2nid(oid) == NID_id_aes256_wrap;
    X509_ALGOR_free(wrap);
    return is_wrap;
}

/* @return the key that the one recipient names; NULL: none of ours */
static const struct keyring_slot *slot_of(const struct keyring *k, CMS_ContentInfo *cms)
{
    CMS_RecipientInfo *ri = sk_CMS_RecipientInfo_value(CMS_get0_RecipientInfos(cms), 0);
    STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_kari_get0_reks(ri);
    if (sk_CMS_RecipientEncryptedKey_num(keys) != 1)
        return NULL;
    CMS_RecipientEncryptedKey *named = sk_CMS_RecipientEncryptedKey_value(keys, 0);
    for (size_t i = 0; i < k->n_seals; i++)
        if (!k->seal[i].is_sm2 && CMS_RecipientEncryptedKey_cert_cmp(named, k->seal[i].cert) == 0)
            return &k->seal[i];
    return NULL;
}

int keyring_cms_open(const struct keyring *k, const uint8_t *der, size_t der_bytes,
                     struct keyring_blob *ret, struct err *err)
{
    const uint8_t *at = der;
    YJ_CLEANUP(free_cms) CMS_ContentInfo *cms = NULL;
    if (der_bytes <= LONG_MAX)
        cms = d2i_CMS_ContentInfo(NULL, &at, (long)der_bytes);
    if (!cms || at != der + der_bytes)
        return ERR(err, ERR_SEAL_CRYPTO, "the sealed bytes are not one CMS structure");
    /* Only the authenticated form is in the contract; EnvelopedData without a tag would open too.
     */
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_id_smime_ct_authEnvelopedData)
        return ERR(err, ERR_SEAL_CRYPTO, "the sealed bytes are not AuthEnvelopedData");
    if (content_cipher(der, der_bytes) != NID_aes_256_gcm || !has_agreement_of_suite(cms))
        return ERR(err, ERR_SEAL_CRYPTO, "other algorithms than the suite's were used");
    const struct keyring_slot *slot = slot_of(k, cms);
    if (!slot)
        return ERR(err, ERR_SEAL_CRYPTO, "the record is not sealed for this centre");
    YJ_CLEANUP(free_bio) BIO *out = BIO_new(BIO_s_secmem());
    if (!out)
        return ERR(err, ERR_SEAL_CRYPTO, "no buffer for the plain record");
    if (CMS_decrypt(cms, slot->key, slot->cert, NULL, out, CMS_BINARY) != 1)
        return ERR(err, ERR_SEAL_CRYPTO,
                   "the record was altered, or its key is not for this centre");
    char *data;
    long n = BIO_get_mem_data(out, &data);
    ret->data = mem_dup(data, (size_t)n);
    ret->bytes = (size_t)n;
    bytes_wipe(data, (size_t)n);
    return 0;
}
