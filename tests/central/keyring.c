/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the reference centre, on OpenSSL. Const after opening: any thread may use them. */
#include "keyring_priv.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { PEM_MAX_BYTES = 65536 };

#define SEAL_NAME "centre-seal"
#define SEAL_OLD  "centre-seal-old-"

static int read_pem(const char *dir, const char *name, char **ret, struct err *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return ERR(err, ERR_INVALID, "the path of %s is too long", name);
    size_t n;
    return mem_read_file(path, PEM_MAX_BYTES, ret, &n, err);
}

static int load_cert(const char *dir, const char *name, X509 **ret, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    int r = read_pem(dir, name, &text, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (!cert)
        return ERR(err, ERR_SEAL_KEY, "%s holds no certificate", name);
    *ret = cert;
    return 0;
}

bool keyring_is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t n;
    return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

bool keyring_is_sm2(const EVP_PKEY *key)
{
    return key && EVP_PKEY_is_a(key, "SM2");
}

/* Load a key and see that it belongs to its certificate. */
int keyring_load_key(const char *dir, const char *name, const X509 *cert, EVP_PKEY **ret,
                     struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    int r = read_pem(dir, name, &text, err);
    if (r < 0)
        return r;
    YJ_CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(text, -1);
    *ret = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    bytes_wipe(text, strlen(text));
    if (!keyring_is_p256(*ret) && !keyring_is_sm2(*ret))
        return ERR(err, ERR_SEAL_KEY, "%s holds no key on P-256 or SM2", name);
    if (X509_check_private_key(cert, *ret) != 1)
        return ERR(err, ERR_SEAL_KEY, "%s does not belong to its certificate", name);
    return 0;
}

static bool hmac(const void *key, size_t key_bytes, const char *text, uint8_t ret[32])
{
    unsigned n = 0;
    return HMAC(EVP_sha256(), key, (int)key_bytes, (const uint8_t *)text, strlen(text), ret, &n) &&
           n == 32;
}

static const struct keyring_slot *slot_named(const struct keyring *k, const char *name)
{
    for (size_t i = 0; i < k->n_seals; i++)
        if (strcmp(k->seal[i].name, name) == 0)
            return &k->seal[i];
    return NULL;
}

/* From the private part of a seal key: whoever cannot open the records cannot tell people apart in
 * the index either. The oldest key that is kept (slots are in the order of their names) stays the
 * same when the next one takes over. */
static int draw_person_key(struct keyring *k, struct err *err)
{
    uint8_t secret[32];
    BIGNUM *number = NULL;
    const struct keyring_slot *slot = slot_named(k, SEAL_NAME);
    for (size_t i = k->n_seals; i-- > 0;)
        if (strncmp(k->seal[i].name, SEAL_OLD, sizeof SEAL_OLD - 1) == 0)
            slot = &k->seal[i];
    bool ok = EVP_PKEY_get_bn_param(slot->key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
              BN_bn2binpad(number, secret, sizeof secret) == (int)sizeof secret &&
              hmac(secret, sizeof secret, "yijian-person-index-1", k->person_key);
    BN_clear_free(number);
    bytes_wipe(secret, sizeof secret);
    return ok ? 0 : ERR(err, ERR_SEAL_CRYPTO, "no key for the index of applicants");
}

int keyring_person(const struct keyring *k, const char *id_no,
                   char ret_hex[KEYRING_SHA256_HEX_BYTES], struct err *err)
{
    uint8_t sum[32];
    if (!hmac(k->person_key, sizeof k->person_key, id_no, sum))
        return ERR(err, ERR_SEAL_CRYPTO, "the applicant cannot be indexed");
    bytes_hex(sum, sizeof sum, ret_hex);
    return 0;
}

/* "centre-seal-next.pem" with its key. */
static int load_slot(struct keyring *k, const char *file, struct err *err)
{
    char key_file[NAME_MAX + 8];
    int stem = (int)(strlen(file) - 4);
    unsigned char *der = NULL;
    char hex[KEYRING_SHA256_HEX_BYTES];
    struct keyring_slot *slot = &k->seal[k->n_seals++];
    slot->name = mem_zalloc((size_t)stem + 1, 1);
    memcpy(slot->name, file, (size_t)stem);
    snprintf(key_file, sizeof key_file, "%s.key", slot->name);
    int r = load_cert(k->dir, file, &slot->cert, err);
    if (r == 0)
        r = keyring_load_key(k->dir, key_file, slot->cert, &slot->key, err);
    if (r < 0)
        return r;
    slot->is_sm2 = keyring_is_sm2(slot->key);
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(slot->cert), &der);
    if (n <= 0)
        return ERR(err, ERR_SEAL_KEY, "%s cannot be named", file);
    keyring_sha256(der, (size_t)n, hex);
    OPENSSL_free(der);
    snprintf(slot->id, sizeof slot->id, "%.16s", hex);
    return 0;
}

static int is_seal_cert(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && strncmp(e->d_name, SEAL_NAME, sizeof SEAL_NAME - 1) == 0 &&
           strcmp(e->d_name + n - 4, ".pem") == 0;
}

static int load_slots(struct keyring *k, struct err *err)
{
    struct dirent **list = NULL;
    int n = scandir(k->dir, &list, is_seal_cert, alphasort), r = 0;
    if (n < 0)
        return ERR(err, ERR_NOT_FOUND, "the folder of keys cannot be read");
    k->seal = mem_zalloc((size_t)n + 1, sizeof *k->seal);
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = load_slot(k, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);
    const struct keyring_slot *present = slot_named(k, SEAL_NAME);
    if (r == 0 && (!present || present->is_sm2))
        r = ERR(err, ERR_SEAL_KEY, SEAL_NAME ".pem holds no EC P-256 key");
    return r;
}

static int load_pems(struct keyring *k, struct err *err)
{
    static const struct {
        const char *file;
        bool is_needed;
    } files[KEYRING_N_PEMS] = {
        [KEYRING_CA_PEM] = {"ca.pem", true},
        [KEYRING_TLS_CERT_PEM] = {"centre-tls.pem", true},
        [KEYRING_TLS_KEY_PEM] = {"centre-tls.key", true},
        [KEYRING_SIGN_CERT_PEM] = {"centre-sign.pem", true},
        [KEYRING_SEAL_CERT_PEM] = {SEAL_NAME ".pem", true},
        [KEYRING_SEAL_NEXT_PEM] = {SEAL_NAME "-next.pem", false},
        [KEYRING_SEAL_SM2_PEM] = {SEAL_NAME "-sm2.pem", false},
        [KEYRING_SEAL_SM2_NEXT_PEM] = {SEAL_NAME "-sm2-next.pem", false},
    };
    for (size_t i = 0; i < YJ_COUNT(files); i++) {
        int r = read_pem(k->dir, files[i].file, &k->pem[i], err);
        if (r < 0 && (files[i].is_needed || r != ERR_NOT_FOUND))
            return r;
    }
    return 0;
}

static int open_into(struct keyring *k, struct err *err)
{
    YJ_CLEANUP(free_x509) X509 *sign_cert = NULL;
    int r;
    if ((r = load_pems(k, err)) < 0 || (r = keyring_ca_load(k, err)) < 0 ||
        (r = load_slots(k, err)) < 0 ||
        (r = load_cert(k->dir, "centre-sign.pem", &sign_cert, err)) < 0 ||
        (r = keyring_load_key(k->dir, "centre-sign.key", sign_cert, &k->sign_key, err)) < 0)
        return r;
    if (!keyring_is_p256(k->sign_key))
        return ERR(err, ERR_SEAL_KEY, "centre-sign.key holds no EC P-256 key");
    return draw_person_key(k, err);
}

int keyring_open(const char *dir, struct keyring **ret, struct err *err)
{
    struct keyring *k = mem_zalloc(1, sizeof *k);
    k->dir = mem_strdup(dir);
    int r = open_into(k, err);
    if (r < 0) {
        keyring_close(k);
        return r;
    }
    *ret = k;
    return 0;
}

void keyring_close(struct keyring *k)
{
    if (!k)
        return;
    for (int i = 0; i < KEYRING_N_PEMS; i++) {
        if (k->pem[i])
            bytes_wipe(k->pem[i], strlen(k->pem[i]));
        free(k->pem[i]);
    }
    X509_STORE_free(k->trust);
    for (size_t i = 0; i < k->n_seals; i++) {
        free(k->seal[i].name);
        X509_free(k->seal[i].cert);
        EVP_PKEY_free(k->seal[i].key);
    }
    free(k->seal);
    X509_free(k->ca);
    EVP_PKEY_free(k->ca_key);
    free(k->dir);
    EVP_PKEY_free(k->sign_key);
    bytes_wipe(k->person_key, sizeof k->person_key);
    free(k);
}

const char *keyring_pem(const struct keyring *k, enum keyring_pem which)
{
    return k->pem[which];
}

const char *keyring_seal_key_id(const struct keyring *k, const char *suite, enum keyring_seal which)
{
    bool is_sm2 = strcmp(suite, KEYRING_SUITE_SM2) == 0;
    if (!is_sm2 && strcmp(suite, KEYRING_SUITE_P256) != 0)
        return NULL;
    const char *const names[2][2] = {{SEAL_NAME, SEAL_NAME "-next"},
                                     {SEAL_NAME "-sm2", SEAL_NAME "-sm2-next"}};
    const struct keyring_slot *slot = slot_named(k, names[is_sm2][which == KEYRING_SEAL_NEXT]);
    return slot && slot->is_sm2 == is_sm2 ? slot->id : NULL;
}

int keyring_unseal(const struct keyring *k, const uint8_t *der, size_t der_bytes,
                   struct keyring_blob *ret, struct err *err)
{
    return keyring_gmt_is(der, der_bytes) ? keyring_gmt_open(k, der, der_bytes, ret, err)
                                          : keyring_cms_open(k, der, der_bytes, ret, err);
}

int keyring_sign(const struct keyring *k, const char *prefix, const void *data, size_t bytes,
                 struct keyring_blob *ret, struct err *err)
{
    YJ_CLEANUP(free_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = 0;
    if (!ctx || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, k->sign_key) != 1 ||
        EVP_DigestSignUpdate(ctx, prefix, strlen(prefix)) != 1 ||
        EVP_DigestSignUpdate(ctx, data, bytes) != 1 || EVP_DigestSignFinal(ctx, NULL, &n) != 1)
        return ERR(err, ERR_SEAL_CRYPTO, "the signing key does not sign");
    uint8_t *sig = mem_zalloc(n, 1);
    if (EVP_DigestSignFinal(ctx, sig, &n) != 1) {
        free(sig);
        return ERR(err, ERR_SEAL_CRYPTO, "the signing key does not sign");
    }
    *ret = (struct keyring_blob){sig, n};
    return 0;
}

static int check_signature(EVP_PKEY *key, const char *prefix, const void *data, size_t bytes,
                           const uint8_t *sig, size_t sig_bytes, struct err *err)
{
    const bool is_sm2 = keyring_is_sm2(key);
    YJ_CLEANUP(free_pkey_ctx) EVP_PKEY_CTX *key_ctx = NULL;
    YJ_CLEANUP(free_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_ready = ctx != NULL;
    if (is_ready && is_sm2) { /* the identity goes in first (GM/T 0009-2012 clause 10) */
        key_ctx = EVP_PKEY_CTX_new(key, NULL);
        is_ready = key_ctx && EVP_PKEY_CTX_set1_id(key_ctx, KEYRING_SM2_IDENTITY,
                                                   sizeof KEYRING_SM2_IDENTITY - 1) == 1;
        EVP_MD_CTX_set_pkey_ctx(ctx, key_ctx); /* stays ours */
    }
    if (!is_ready ||
        EVP_DigestVerifyInit(ctx, NULL, is_sm2 ? EVP_sm3() : EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestVerifyUpdate(ctx, prefix, strlen(prefix)) != 1 ||
        EVP_DigestVerifyUpdate(ctx, data, bytes) != 1 ||
        EVP_DigestVerifyFinal(ctx, sig, sig_bytes) != 1)
        return ERR(err, ERR_SEAL_SIGNATURE, "the signature does not fit");
    return 0;
}

int keyring_check_own(const struct keyring *k, const char *prefix, const void *data, size_t bytes,
                      const uint8_t *sig, size_t sig_bytes, struct err *err)
{
    return check_signature(k->sign_key, prefix, data, bytes, sig, sig_bytes, err);
}

int keyring_check_terminal(const uint8_t *cert_der, size_t cert_bytes, const void *text,
                           size_t text_bytes, const uint8_t *sig, size_t sig_bytes, struct err *err)
{
    const uint8_t *at = cert_der;
    YJ_CLEANUP(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)cert_bytes);
    EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
    if (!keyring_is_p256(key) && !keyring_is_sm2(key))
        return ERR(err, ERR_SEAL_KEY, "the terminal's certificate holds no key on P-256 or SM2");
    return check_signature(key, "", text, text_bytes, sig, sig_bytes, err);
}

int keyring_check_record(const char *suite, const uint8_t *cert_der, size_t cert_bytes,
                         const void *text, size_t text_bytes, const uint8_t *sig, size_t sig_bytes,
                         struct err *err)
{
    const uint8_t *at = cert_der;
    YJ_CLEANUP(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)cert_bytes);
    EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
    if (strcmp(suite, KEYRING_SUITE_SM2) == 0 ? !keyring_is_sm2(key) : !keyring_is_p256(key))
        return ERR(err, ERR_SEAL_KEY, "the terminal's certificate is not of the record's suite");
    return check_signature(key, "", text, text_bytes, sig, sig_bytes, err);
}

static void digest(const EVP_MD *md, const void *data, size_t bytes,
                   char ret_hex[KEYRING_SHA256_HEX_BYTES])
{
    uint8_t sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    ret_hex[0] = 0;
    if (EVP_Digest(data, bytes, sum, &n, md, NULL) == 1)
        bytes_hex(sum, n, ret_hex);
}

void keyring_sha256(const void *data, size_t bytes, char ret_hex[KEYRING_SHA256_HEX_BYTES])
{
    digest(EVP_sha256(), data, bytes, ret_hex);
}

int keyring_digest(const char *suite, const void *data, size_t bytes,
                   char ret_hex[KEYRING_SHA256_HEX_BYTES], struct err *err)
{
    const bool is_sm2 = strcmp(suite, KEYRING_SUITE_SM2) == 0;
    if (!is_sm2 && strcmp(suite, KEYRING_SUITE_P256) != 0)
        return ERR(err, ERR_INVALID, "the suite is not known");
    digest(is_sm2 ? EVP_sm3() : EVP_sha256(), data, bytes, ret_hex);
    return 0;
}
