/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of records. Any thread; a leaf lock around the keys that are remembered.
 *
 * What is remembered is a context that is ready to check with a key; every check works on a copy.
 * SM2 records are few: they go the long way. */
#include "checker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "keyring.h"

/* For more terminals than these a certificate is read again now and then. */
enum { SLOTS = 16384 };

struct slot {
    uint8_t *der;
    size_t bytes;
    EVP_MD_CTX *ready;
};

struct checker {
    pthread_mutex_t lock;
    EVP_MD *sha256;
    struct slot slot[SLOTS];
};

static void free_ctx(EVP_MD_CTX **p)
{
    EVP_MD_CTX_free(*p);
}

struct checker *checker_new(void)
{
    struct checker *c = mem_zalloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    c->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    return c;
}

void checker_free(struct checker *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        EVP_MD_CTX_free(c->slot[i].ready);
        free(c->slot[i].der);
    }
    EVP_MD_free(c->sha256);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* A certificate ends with its signature: random enough. */
static struct slot *slot_of(struct checker *c, const uint8_t *der, size_t bytes)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = bytes > 32 ? bytes - 32 : 0; i < bytes; i++)
        h = (h ^ der[i]) * UINT64_C(1099511628211);
    return &c->slot[(h >> 17) % SLOTS];
}

static bool copy_ready(struct checker *c, const uint8_t *der, size_t bytes, EVP_MD_CTX *ctx)
{
    pthread_mutex_lock(&c->lock);
    const struct slot *s = slot_of(c, der, bytes);
    bool ok = s->der && s->bytes == bytes && memcmp(s->der, der, bytes) == 0 &&
              EVP_MD_CTX_copy_ex(ctx, s->ready) == 1;
    pthread_mutex_unlock(&c->lock);
    return ok;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t n;
    return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, group, sizeof group, &n) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

/* Read the certificate, remember its key. */
static bool learn(struct checker *c, const uint8_t *der, size_t bytes, EVP_MD_CTX *ctx)
{
    const uint8_t *at = der;
    X509 *cert = d2i_X509(NULL, &at, (long)bytes);
    EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
    EVP_MD_CTX *ready = is_p256(key) ? EVP_MD_CTX_new() : NULL;
    bool ok = ready && EVP_DigestVerifyInit(ready, NULL, c->sha256, NULL, key) == 1 &&
              EVP_MD_CTX_copy_ex(ctx, ready) == 1;
    X509_free(cert);
    if (!ok) {
        EVP_MD_CTX_free(ready);
        return false;
    }
    pthread_mutex_lock(&c->lock);
    struct slot *s = slot_of(c, der, bytes), old = *s;
    *s = (struct slot){mem_dup(der, bytes), bytes, ready};
    pthread_mutex_unlock(&c->lock);
    EVP_MD_CTX_free(old.ready);
    free(old.der);
    return true;
}

int checker_record(struct checker *c, const char *suite, const uint8_t *cert_der, size_t cert_bytes,
                   const void *text, size_t text_bytes, const uint8_t *sig, size_t sig_bytes,
                   struct err *err)
{
    if (!c || strcmp(suite, KEYRING_SUITE_P256) != 0)
        return keyring_check_record(suite, cert_der, cert_bytes, text, text_bytes, sig, sig_bytes,
                                    err);
    YJ_CLEANUP(free_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (!ctx || (!copy_ready(c, cert_der, cert_bytes, ctx) && !learn(c, cert_der, cert_bytes, ctx)))
        return ERR(err, ERR_SEAL_KEY, "the terminal's certificate is not of the record's suite");
    if (EVP_DigestVerify(ctx, sig, sig_bytes, text, text_bytes) != 1)
        return ERR(err, ERR_SEAL_SIGNATURE, "the signature does not fit");
    return 0;
}
