/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys: from a PEM file, or inside a TPM 2.0. Any thread, at start. */
#include "seal/seal_priv.h"

#include <stdio.h>

static int pem_load(const char *path, EVP_PKEY **ret, struct err *err)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return ERR(err, ERR_SEAL_KEY, "the device key cannot be read");
    /* An empty passphrase keeps OpenSSL from asking on the terminal. */
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, (char[]){""});
    fclose(f);
    if (!key)
        return seal_fail(err, ERR_SEAL_KEY, __func__, "the device key is not PEM");
    *ret = key;
    return 0;
}

int seal_key_load(const char *where, enum seal_key_kind kind, EVP_PKEY **ret, struct err *err)
{
    int rc = seal_tpm_is(where) ? seal_tpm_load(where, ret, err) : pem_load(where, ret, err);
    if (rc)
        return rc;
    if (!seal_key_is(*ret, kind)) {
        EVP_PKEY_free(*ret);
        *ret = NULL;
        return ERR(err, ERR_SEAL_KEY, "the device key is not on %s",
                   kind == SEAL_KEY_SM2 ? "SM2" : "P-256");
    }
    return 0;
}
