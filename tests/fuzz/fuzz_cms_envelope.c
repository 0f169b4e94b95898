/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as sealed bytes of the first suite, at the centre. What opens was sealed to the one key
 * with the suite's own algorithms and is shorter than what held it; what does not leaves a reason
 * and no bytes. The key has a number that is written here, so that the samples open and changes of
 * them reach the ciphers. */
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#include "keyring_priv.h"

enum { POINT_BYTES = 65, SERIAL = 6 };

static const char issuer_name[] = "yijian test CA";

/* The private number is 1, the public point hence the curve's base point. */
static EVP_PKEY *make_key(void)
{
    uint8_t point[POINT_BYTES];
    EVP_PKEY *key = NULL;
    EC_GROUP *curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (!curve || !build || !ctx ||
        EC_POINT_point2oct(curve, EC_GROUP_get0_generator(curve), POINT_CONVERSION_UNCOMPRESSED,
                           point, sizeof point, NULL) != sizeof point ||
        !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1,
                                         0) ||
        !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) ||
        !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, BN_value_one()))
        abort();
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
        abort();
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(ctx);
    EC_GROUP_free(curve);
    return key;
}

static const struct keyring *make_keyring(void)
{
    static struct keyring_slot slot;
    static struct keyring k = {.seal = &slot, .n_seals = 1};
    slot.key = make_key();
    slot.cert = X509_new();
    X509_NAME *name = X509_NAME_new();
    if (!slot.cert || !name ||
        !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)issuer_name, -1, -1,
                                    0) ||
        !X509_set_issuer_name(slot.cert, name) ||
        !ASN1_INTEGER_set(X509_get_serialNumber(slot.cert), SERIAL) ||
        X509_set_pubkey(slot.cert, slot.key) != 1)
        abort();
    X509_NAME_free(name);
    return &k;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct keyring *k; /* for all inputs of the process */
    struct keyring_blob plain = {0};
    struct err err = {0};
    if (!k)
        k = make_keyring();
    if (keyring_unseal(k, data, size, &plain, &err) == 0) {
        if (keyring_gmt_is(data, size) || !plain.data || plain.bytes >= size)
            abort();
    } else if (!err.msg[0] || plain.data || plain.bytes) {
        abort();
    }
    keyring_blob_free(&plain);
    ERR_clear_error();
    return 0;
}
