/* SPDX-License-Identifier: Apache-2.0 */
/* The centre's seal keys: the present one and the one that will follow. Runs on the outbox
 * thread. */
#include "seal/seal_priv.h"

#include <stdio.h>
#include <string.h>

int seal_centre_load(struct seal *s, int slot, const char *path, struct err *err)
{
    unsigned char *der = NULL;
    char hex[SEAL_DIGEST_BYTES];
    int rc = seal_cert_load(path, s->suite->kind, &s->centre[slot].cert, err);
    if (rc)
        return rc;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(s->centre[slot].cert), &der);
    if (n <= 0)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the centre's public key");
    seal_digest(der, (size_t)n, hex);
    OPENSSL_free(der);
    snprintf(s->centre[slot].id, sizeof s->centre[slot].id, "%.16s", hex);
    return 0;
}

const char *seal_centre_key_id(const struct seal *s)
{
    return s->centre[s->present].id;
}

int seal_use_centre_key(struct seal *s, const char *key_id, struct err *err)
{
    for (int i = 0; i < (int)YJ_COUNT(s->centre); i++)
        if (s->centre[i].cert && strcmp(s->centre[i].id, key_id) == 0) {
            s->present = i;
            return 0;
        }
    return ERR(err, ERR_NOT_FOUND, "no certificate of the centre has the key %.16s", key_id);
}
