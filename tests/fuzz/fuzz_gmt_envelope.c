/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as sealed bytes of the second suite, at the centre. What is taken apart lies in order
 * inside the input and leaves nothing over; what opens is as long as its padding allows; what does
 * not leaves a reason and no bytes. The one key has a number that is written here, so that the
 * samples open and changes of them reach the ciphers. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "keyring_priv.h"

enum { BLOCK_BYTES = 16, POINT_BYTES = 65, SERIAL = 6 };

static const char issuer_name[] = "yijian test CA";

/* The private number is 1, the public point hence the curve's base point. */
static EVP_PKEY *make_key(void)
{
    uint8_t point[POINT_BYTES];
    EVP_PKEY *key = NULL;
    EC_GROUP *curve = EC_GROUP_new_by_curve_name(NID_sm2);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (!curve || !build || !ctx ||
        EC_POINT_point2oct(curve, EC_GROUP_get0_generator(curve), POINT_CONVERSION_UNCOMPRESSED,
                           point, sizeof point, NULL) != sizeof point ||
        !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) ||
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
    static struct keyring_slot slot = {.is_sm2 = true};
    static struct keyring k = {.seal = &slot, .n_seals = 1};
    slot.key = make_key();
    slot.cert = X509_new();
    X509_NAME *name = X509_NAME_new();
    if (!slot.cert || !name ||
        !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)issuer_name, -1, -1,
                                    0) ||
        !X509_set_issuer_name(slot.cert, name) ||
        !ASN1_INTEGER_set(X509_get_serialNumber(slot.cert), SERIAL))
        abort();
    X509_NAME_free(name);
    return &k;
}

/* Pointers only compared, not followed: each part in its place. */
static void check_parts(const struct keyring_gmt *g, const uint8_t *data, size_t size)
{
    if (g->issuer <= data || g->serial != g->issuer + g->issuer_bytes ||
        g->wrapped <= g->serial + g->serial_bytes || g->iv <= g->wrapped + g->wrapped_bytes ||
        g->content <= g->iv + BLOCK_BYTES || g->content + g->content_bytes != data + size ||
        g->content_bytes == 0 || g->content_bytes % BLOCK_BYTES != 0 || !keyring_gmt_is(data, size))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct keyring *k; /* for all inputs of the process */
    struct keyring_gmt g = {0};
    struct keyring_blob plain = {0};
    struct err err = {0};
    if (!k)
        k = make_keyring();
    bool is_whole = keyring_gmt_parse(data, size, &g, &err) == 0;
    if (is_whole)
        check_parts(&g, data, size);
    else if (!err.msg[0] || g.content)
        abort();
    err = (struct err){0};
    if (keyring_gmt_open(k, data, size, &plain, &err) == 0) {
        if (!is_whole || plain.bytes >= g.content_bytes ||
            g.content_bytes - plain.bytes > BLOCK_BYTES)
            abort();
    } else if (!err.msg[0] || plain.data || plain.bytes) {
        abort();
    }
    keyring_blob_free(&plain);
    return 0;
}
