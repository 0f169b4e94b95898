/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates for many terminals, in process: the openssl command line would take hours.
 * Main thread. */
#include "fleet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

struct authority {
    X509 *cert;
    EVP_PKEY *key;
};

static int authority_open(const char *keys, struct authority *ret, struct err *err)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/ca.pem", keys);
    FILE *f = fopen(path, "r");
    ret->cert = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "%s/ca.key", keys);
    f = fopen(path, "r");
    ret->key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
    if (f)
        fclose(f);
    return ret->cert && ret->key ? 0 : ERR(err, ERR_SEAL_KEY, "no ca.pem and ca.key in %s", keys);
}

static bool extension_add(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool is_added = ext && X509_add_ext(cert, ext, -1) == 1;
    X509_EXTENSION_free(ext);
    return is_added;
}

static X509 *issue(const struct authority *ca, EVP_PKEY *key, const char *id, int64_t serial)
{
    enum { YEAR_S = 365 * 24 * 60 * 60 };
    X509 *cert = X509_new();
    bool is_good = cert && X509_set_version(cert, 2) == 1 &&
                   ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), serial) == 1 &&
                   X509_gmtime_adj(X509_getm_notBefore(cert), -3600) &&
                   X509_gmtime_adj(X509_getm_notAfter(cert), YEAR_S) &&
                   X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                                              (const unsigned char *)id, -1, -1, 0) == 1 &&
                   X509_set_issuer_name(cert, X509_get_subject_name(ca->cert)) == 1 &&
                   X509_set_pubkey(cert, key) == 1 &&
                   extension_add(cert, NID_basic_constraints, "critical,CA:FALSE") &&
                   extension_add(cert, NID_key_usage, "critical,digitalSignature") &&
                   extension_add(cert, NID_ext_key_usage, "clientAuth") &&
                   X509_sign(cert, ca->key, EVP_sha256()) > 0;
    if (is_good)
        return cert;
    X509_free(cert);
    return NULL;
}

static bool write_both(const char *dir, EVP_PKEY *key, X509 *cert)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/device.key", dir);
    FILE *f = fopen(path, "w");
    bool is_good = f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
    if (f)
        is_good = fclose(f) == 0 && is_good;
    snprintf(path, sizeof path, "%s/device.pem", dir);
    f = is_good ? fopen(path, "w") : NULL;
    is_good = f && PEM_write_X509(f, cert) == 1;
    if (f)
        is_good = fclose(f) == 0 && is_good;
    return is_good;
}

static int terminal_make(const struct fleet_options *o, const struct authority *ca, int i,
                         struct err *err)
{
    char id[11], dir[900], path[1024];
    fleet_terminal_id(o, i, id);
    snprintf(dir, sizeof dir, "%s/%s", o->dir, id);
    snprintf(path, sizeof path, "%s/device.pem", dir);
    if (access(path, R_OK) == 0)
        return 0;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return ERR(err, ERR_IO, "%s: %s", dir, strerror(errno));
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *cert = key ? issue(ca, key, id, 1000000 + (int64_t)o->region * 10000 + i) : NULL;
    bool is_written = cert && write_both(dir, key, cert);
    X509_free(cert);
    EVP_PKEY_free(key);
    return is_written ? 0 : ERR(err, ERR_SEAL_KEY, "the certificate of %s", id);
}

int fleet_keys_make(const struct fleet_options *o, int first, int last, struct err *err)
{
    struct authority ca = {0};
    int rc = authority_open(o->keys, &ca, err);
    for (int i = first; rc == 0 && i < last; i++)
        rc = terminal_make(o, &ca, i, err);
    X509_free(ca.cert);
    EVP_PKEY_free(ca.key);
    return rc;
}
