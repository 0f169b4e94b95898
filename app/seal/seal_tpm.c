/* SPDX-License-Identifier: Apache-2.0 */
/* The device key in a TPM 2.0, through tpm2-openssl. Thread: the outbox, kioskctl.
 *
 * The provider lives in an OpenSSL library context of its own, so that nothing else ever asks the
 * chip: it offers digests and random numbers, too, a thousand times slower. What the rest of the
 * program (and libssl, which looks in the default context only) holds is an EC key with the public
 * point; its signing goes to the chip. OpenSSL 3.0 has no other way to lend a key across contexts
 * than the EC_KEY_METHOD of old, hence the deprecated calls. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "seal/seal_priv.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { POINT_BYTES = 65, DER_MAX_BYTES = 160 };

static const char tpm_prefix[] = "tpm2:";
static const char tpm_query[] = "?provider=tpm2";

/* An open chip and, once loaded, the key in it. */
struct tpm {
    OSSL_LIB_CTX *lib;
    OSSL_PROVIDER *own, *chip;
    EVP_PKEY *key;
    EC_KEY_METHOD *method; /* of the key that is handed out */
};

static void tpm_close(struct tpm *t)
{
    if (!t)
        return;
    EVP_PKEY_free(t->key);
    if (t->method) /* unlike its sisters the function does not take NULL */
        EC_KEY_METHOD_free(t->method);
    OSSL_PROVIDER_unload(t->chip);
    OSSL_PROVIDER_unload(t->own);
    OSSL_LIB_CTX_free(t->lib);
    free(t);
}

/* @return NULL: ERR_SEAL_KEY */
static struct tpm *tpm_open(struct err *err)
{
    struct tpm *t = mem_zalloc(1, sizeof *t);
    t->lib = OSSL_LIB_CTX_new();
    t->own = t->lib ? OSSL_PROVIDER_load(t->lib, "default") : NULL;
    t->chip = t->own ? OSSL_PROVIDER_load(t->lib, "tpm2") : NULL;
    if (!t->chip) {
        tpm_close(t);
        (void)seal_fail(err, ERR_SEAL_KEY, __func__, /* the caller returns the code */
                        "the TPM cannot be used: see that tpm2-openssl is installed and that "
                        "/dev/tpmrm0 exists and may be opened by this user");
        return NULL;
    }
    return t;
}

bool seal_tpm_is(const char *where)
{
    return strncmp(where, tpm_prefix, sizeof tpm_prefix - 1) == 0;
}

/* ---- the key that is handed out ---- */

/* Ask the chip to sign a digest. Called by OpenSSL; the owner is app data 0 of the key. */
static ECDSA_SIG *sign_in_tpm(const unsigned char *digest, int n, const BIGNUM *kinv,
                              const BIGNUM *r, EC_KEY *key)
{
    (void)kinv;
    (void)r; /* numbers made before: the chip makes its own */
    struct tpm *t = EC_KEY_get_ex_data(key, 0);
    uint8_t der[DER_MAX_BYTES];
    const uint8_t *at = der;
    size_t bytes = sizeof der;
    const char *md = n == 32 ? "SHA256" : n == 48 ? "SHA384" : n == 64 ? "SHA512" : NULL;
    EVP_MD *fetched = t && md ? EVP_MD_fetch(t->lib, md, "provider=default") : NULL;
    EVP_PKEY_CTX *ctx = fetched ? EVP_PKEY_CTX_new_from_pkey(t->lib, t->key, tpm_query) : NULL;
    bool is_signed = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
                     EVP_PKEY_CTX_set_signature_md(ctx, fetched) == 1 &&
                     EVP_PKEY_sign(ctx, der, &bytes, digest, (size_t)n) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_MD_free(fetched);
    return is_signed ? d2i_ECDSA_SIG(NULL, &at, (long)bytes) : NULL;
}

static void finish(EC_KEY *key)
{
    tpm_close(EC_KEY_get_ex_data(key, 0));
}

/* Takes t, also on failure. */
static EVP_PKEY *key_lend(struct tpm *t)
{
    uint8_t point[POINT_BYTES];
    size_t n = 0;
    EVP_PKEY *lent = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    t->method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    bool is_ready = lent && ec && t->method &&
                    EVP_PKEY_get_octet_string_param(t->key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                    sizeof point, &n) == 1 &&
                    EC_KEY_oct2key(ec, point, n, NULL) == 1 && EC_KEY_set_ex_data(ec, 0, t) == 1;
    if (!is_ready) {
        EC_KEY_free(ec);
        EVP_PKEY_free(lent);
        tpm_close(t);
        return NULL;
    }
    int (*sign)(int, const unsigned char *, int, unsigned char *, unsigned int *, const BIGNUM *,
                const BIGNUM *, EC_KEY *) = NULL;
    EC_KEY_METHOD_get_sign(EC_KEY_OpenSSL(), &sign, NULL, NULL);
    EC_KEY_METHOD_set_sign(t->method, sign, NULL, sign_in_tpm);
    EC_KEY_METHOD_set_init(t->method, NULL, finish, NULL, NULL, NULL, NULL);
    if (EC_KEY_set_method(ec, t->method) != 1 || EVP_PKEY_assign_EC_KEY(lent, ec) != 1) {
        EC_KEY_free(ec); /* closes the chip */
        EVP_PKEY_free(lent);
        return NULL;
    }
    return lent;
}

/* ---- loading, making ---- */

static EVP_PKEY *key_find(const struct tpm *t, const char *uri)
{
    OSSL_STORE_CTX *store =
        OSSL_STORE_open_ex(uri, t->lib, tpm_query, NULL, NULL, NULL, NULL, NULL);
    EVP_PKEY *key = NULL;
    while (store && !key && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
            key = OSSL_STORE_INFO_get1_PKEY(info);
        else if (!info && OSSL_STORE_error(store))
            break;
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    return key;
}

int seal_tpm_load(const char *where, EVP_PKEY **ret, struct err *err)
{
    char uri[PATH_MAX + 16];
    const char *rest = where + sizeof tpm_prefix - 1;
    const bool is_file = rest[0] == '/';
    struct tpm *t = tpm_open(err);
    if (!t)
        return ERR_SEAL_KEY;
    snprintf(uri, sizeof uri, "%s%s", is_file ? "file:" : "handle:", rest);
    t->key = key_find(t, uri);
    if (!t->key || !seal_key_is(t->key, SEAL_KEY_P256)) {
        const char *what = t->key    ? "the key in the TPM is not on P-256"
                           : is_file ? "the TPM cannot use this device key: the file is missing or "
                                       "of another TPM, or the TPM does not answer"
                                     : "the TPM has no key at this handle, or does not answer";
        const int rc = seal_fail(err, ERR_SEAL_KEY, __func__, what);
        tpm_close(t);
        return rc;
    }
    *ret = key_lend(t);
    return *ret ? 0 : seal_fail(err, ERR_SEAL_KEY, __func__, "the key in the TPM cannot be used");
}

int seal_tpm_make(const char *where, BIO *out, const char **ret_path, struct err *err)
{
    const char *path = where + sizeof tpm_prefix - 1;
    if (path[0] != '/')
        return ERR(err, ERR_INVALID,
                   "keys at a handle are made with tpm2-tools; name a file to make one: tpm2:/…");
    struct tpm *t = tpm_open(err);
    int rc = 0;
    if (!t)
        return ERR_SEAL_KEY;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(t->lib, "EC", "provider=tpm2");
    if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_CTX_set_group_name(ctx, "P-256") != 1 ||
        EVP_PKEY_generate(ctx, &t->key) != 1 ||
        PEM_write_bio_PrivateKey(out, t->key, NULL, NULL, 0, NULL, NULL) != 1)
        rc = seal_fail(err, ERR_SEAL_KEY, __func__, "making a key in the TPM");
    EVP_PKEY_CTX_free(ctx);
    tpm_close(t);
    *ret_path = path;
    return rc;
}
