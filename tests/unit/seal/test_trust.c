/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a certificate speaks for, what for, and who vouches for it: terminal and centre judge alike.
 */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "seal_lab.h"

enum { DAYS = 30 };

/* ---- names that are not what they seem ---- */

static EVP_PKEY *read_key(const char *path)
{
    FILE *f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    fclose(f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    return key;
}

/* n CNs of the given bytes. */
static void name_add(X509_NAME *name, const char *cn, int bytes, int n)
{
    for (int i = 0; i < n; i++)
        CU_ASSERT_EQUAL_FATAL(X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
                                                         (const unsigned char *)cn, bytes, -1, 0),
                              1);
}

static char *pem_text(BIO *bio)
{
    char *at = NULL;
    long n = BIO_get_mem_data(bio, &at);
    char *text = mem_zalloc((size_t)n + 1, 1);
    memcpy(text, at, (size_t)n);
    BIO_free(bio);
    return text;
}

/* A real certificate of the device key with such a name, by the CA itself. */
static char *certificate_of(const char *cn, int bytes, int n)
{
    EVP_PKEY *key = read_key(fixture_key("device.key")), *ca_key = read_key(fixture_key("ca.key"));
    FILE *f = fopen(fixture_key("ca.pem"), "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    X509 *ca = PEM_read_X509(f, NULL, NULL, NULL), *cert = X509_new();
    fclose(f);
    BIO *bio = BIO_new(BIO_s_mem());
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 4711);
    X509_set_issuer_name(cert, X509_get_subject_name(ca));
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
    X509_set_pubkey(cert, key);
    name_add(X509_get_subject_name(cert), cn, bytes, n);
    CU_ASSERT_FATAL(X509_sign(cert, ca_key, EVP_sha256()) > 0);
    CU_ASSERT_EQUAL_FATAL(PEM_write_bio_X509(bio, cert), 1);
    X509_free(cert);
    X509_free(ca);
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
    return pem_text(bio);
}

static char *request_of(const char *cn, int bytes, int n)
{
    EVP_PKEY *key = read_key(fixture_key("device.key"));
    X509_REQ *request = X509_REQ_new();
    BIO *bio = BIO_new(BIO_s_mem());
    name_add(X509_REQ_get_subject_name(request), cn, bytes, n);
    X509_REQ_set_pubkey(request, key);
    CU_ASSERT_FATAL(X509_REQ_sign(request, key, EVP_sha256()) > 0);
    CU_ASSERT_EQUAL_FATAL(PEM_write_bio_X509_REQ(bio, request), 1);
    X509_REQ_free(request);
    EVP_PKEY_free(key);
    return pem_text(bio);
}

static void a_name_ends_where_the_certificate_says(void)
{
    static const struct {
        const char *cn;
        int bytes, n;
        bool is_good;
    } names[] = {{FIXTURE_TERMINAL, 10, 1, true},
                 {FIXTURE_TERMINAL "\0.evil.example", 24, 1, false},
                 {FIXTURE_TERMINAL "\0", 11, 1, false},
                 {FIXTURE_TERMINAL, 10, 2, false},
                 {"\0" FIXTURE_TERMINAL, 11, 1, false}};
    struct keyring *k = lab_keyring();
    const char *ca = fixture_key("ca.pem"), *key = fixture_key("device.key");
    for (size_t i = 0; i < YJ_COUNT(names); i++) {
        const bool is_good = names[i].is_good;
        struct keyring_blob der = {0};
        struct seal *s = NULL;
        struct err err = {0};
        int64_t ends_s = 0;
        char *pem = NULL;
        char *csr = request_of(names[i].cn, names[i].bytes, names[i].n);
        char *cert = certificate_of(names[i].cn, names[i].bytes, names[i].n);
        const char *path = fixture_path("named.pem"), *installed = fixture_path("named-in.pem");
        /* the centre: signing a request, judging a certificate */
        CU_ASSERT_EQUAL(keyring_ca_issue(k, csr, FIXTURE_TERMINAL, DAYS, &pem, &err),
                        is_good ? 0 : ERR_INVALID);
        CU_ASSERT_EQUAL_FATAL(keyring_read_certificate(cert, &der, &ends_s, &err), 0);
        CU_ASSERT_EQUAL(
            keyring_check_certificate(k, der.data, der.bytes, FIXTURE_TERMINAL, time(NULL), &err),
            is_good ? 0 : ERR_SEAL_KEY);
        /* the terminal: taking it, using it */
        CU_ASSERT_EQUAL(seal_cert_install(cert, ca, key, FIXTURE_TERMINAL, installed, &err),
                        is_good ? 0 : ERR_SEAL_KEY);
        lab_write(path, cert, strlen(cert));
        struct seal_paths paths = lab_paths(SEAL_SUITE_P256);
        paths.device_cert = path;
        CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), is_good ? 0 : ERR_SEAL_KEY);
        seal_close(s);
        /* and in no spelling does it speak for the centre */
        CU_ASSERT_EQUAL(seal_cert_check_centre(cert, SEAL_KEY_P256, SEAL_CERT_SIGNS, ca, &err),
                        ERR_SEAL_KEY);
        keyring_blob_free(&der);
        free(pem);
        free(csr);
        free(cert);
    }
    keyring_close(k);
}

static void a_certificate_of_the_centre_serves_its_own_purpose(void)
{
    static const struct {
        const char *file;
        enum seal_key_kind kind;
        enum seal_cert_use use;
        int rc;
    } cases_of[] = {{"centre-seal.pem", SEAL_KEY_P256, SEAL_CERT_SEALS, 0},
                    {"centre-sign.pem", SEAL_KEY_P256, SEAL_CERT_SIGNS, 0},
                    {"centre-seal-sm2.pem", SEAL_KEY_SM2, SEAL_CERT_SEALS, 0},
                    {"centre-sign.pem", SEAL_KEY_P256, SEAL_CERT_SEALS, ERR_SEAL_KEY},
                    {"centre-seal.pem", SEAL_KEY_P256, SEAL_CERT_SIGNS, ERR_SEAL_KEY},
                    {"centre-seal.pem", SEAL_KEY_SM2, SEAL_CERT_SEALS, ERR_SEAL_KEY},
                    {"centre-tls.pem", SEAL_KEY_P256, SEAL_CERT_SIGNS, ERR_SEAL_KEY},
                    {"device.pem", SEAL_KEY_P256, SEAL_CERT_SIGNS, ERR_SEAL_KEY}};
    for (size_t i = 0; i < YJ_COUNT(cases_of); i++) {
        char *pem = lab_read(fixture_key(cases_of[i].file));
        CU_ASSERT_EQUAL(seal_cert_check_centre(pem, cases_of[i].kind, cases_of[i].use,
                                               fixture_key("ca.pem"), NULL),
                        cases_of[i].rc);
        free(pem);
    }
}

/* ---- an SM2 CA beside the one on P-256 ---- */

static void make_sm2_ca(void)
{
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("set -e; cd '%s'; mkdir -p two; cp keys/* two/ 2>/dev/null || true; cd two; "
                    "id=distid:1234567812345678; "
                    "openssl ecparam -name SM2 -genkey -noout -out ca-sm2.key; "
                    "openssl req -x509 -new -key ca-sm2.key -sm3 -sigopt $id -subj '/CN=SM2 CA' "
                    "-days 30 -out ca-sm2.pem; cat ca.pem ca-sm2.pem >both.pem; "
                    "printf 'keyUsage=critical,keyEncipherment\n' >seal.ext; "
                    "openssl req -new -key centre-seal-sm2.key -sm3 -sigopt $id -subj '/CN=seal' "
                    "-out seal.csr; "
                    "openssl req -new -key device-sm2.key -sm3 -sigopt $id -subj /CN=%s "
                    "-out device.csr; "
                    "by() { openssl x509 -req -in $1.csr -vfyopt $id -CA ca-sm2.pem -CAkey "
                    "ca-sm2.key -set_serial 9 -sm3 -sigopt $2 -days 20 ${4:+-extfile $4} -out $3 "
                    "2>/dev/null; }; "
                    "by seal $id seal-by-sm2.pem seal.ext; by device $id device-by-sm2.pem; "
                    "by seal distid:8765432187654321 seal-other-id.pem seal.ext",
                    fixture_dir(), FIXTURE_TERMINAL),
        0);
}

static void each_ca_vouches_by_its_own_algorithm(void)
{
    struct err err = {0};
    const char *one = fixture_key("ca.pem"), *both = fixture_path("two/both.pem");
    make_sm2_ca();
    char *seal = lab_read(fixture_path("two/seal-by-sm2.pem"));
    char *other = lab_read(fixture_path("two/seal-other-id.pem"));
    char *device = lab_read(fixture_path("two/device-by-sm2.pem"));
    char *p256 = lab_read(fixture_key("centre-seal.pem"));
    char *text = lab_read(both);
    const enum seal_cert_use use = SEAL_CERT_SEALS;
    CU_ASSERT_EQUAL(seal_cert_check_centre(seal, SEAL_KEY_SM2, use, one, &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(seal_cert_check_centre(seal, SEAL_KEY_SM2, use, both, &err), 0);
    CU_ASSERT_EQUAL(seal_cert_check_centre(p256, SEAL_KEY_P256, use, both, &err), 0);
    CU_ASSERT_EQUAL(seal_cert_check_centre(other, SEAL_KEY_SM2, use, both, &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(seal_cert_install(device, one, fixture_key("device-sm2.key"), FIXTURE_TERMINAL,
                                      fixture_path("two/in.pem"), &err),
                    ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(seal_cert_install(device, both, fixture_key("device-sm2.key"), FIXTURE_TERMINAL,
                                      fixture_path("two/in.pem"), &err),
                    0);
    /* A file with one good certificate and something else is no CA. */
    CU_ASSERT_EQUAL_FATAL(fixture_run("cd '%s' && (cat ca.pem; printf -- '-----BEGIN "
                                      "CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') "
                                      ">broken.pem",
                                      fixture_path("two")),
                          0);
    CU_ASSERT_EQUAL(
        seal_cert_check_centre(p256, SEAL_KEY_P256, use, fixture_path("two/broken.pem"), &err),
        ERR_SEAL_KEY);
    /* The centre with the same file. */
    struct keyring *k = NULL;
    struct keyring_blob der = {0};
    int64_t ends_s = 0;
    char hex[SEAL_DIGEST_BYTES];
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("cd '%s' && mv both.pem ca.pem && cp ca.pem both.pem", fixture_path("two")), 0);
    CU_ASSERT_EQUAL_FATAL(keyring_open(fixture_path("two"), &k, &err), 0);
    CU_ASSERT_EQUAL_FATAL(keyring_read_certificate(device, &der, &ends_s, &err), 0);
    CU_ASSERT_EQUAL(
        keyring_check_certificate(k, der.data, der.bytes, FIXTURE_TERMINAL, time(NULL), &err), 0);
    CU_ASSERT_EQUAL_FATAL(seal_ca_fingerprint(text, hex, &err), 0);
    CU_ASSERT_STRING_EQUAL(hex, keyring_ca_fingerprint(k));
    keyring_close(k);
    k = lab_keyring();
    CU_ASSERT_EQUAL(
        keyring_check_certificate(k, der.data, der.bytes, FIXTURE_TERMINAL, time(NULL), &err),
        ERR_SEAL_KEY);
    CU_ASSERT_STRING_NOT_EQUAL(hex, keyring_ca_fingerprint(k));
    keyring_close(k);
    keyring_blob_free(&der);
    free(seal);
    free(other);
    free(device);
    free(p256);
    free(text);
}

static void a_fingerprint_is_openssls(void)
{
    char hex[SEAL_DIGEST_BYTES];
    struct err err = {0};
    char *pem = lab_read(fixture_key("ca.pem"));
    CU_ASSERT_EQUAL_FATAL(seal_ca_fingerprint(pem, hex, &err), 0);
    CU_ASSERT_EQUAL(fixture_run("test \"$(openssl x509 -in '%s' -noout -fingerprint -sha256 | cut "
                                "-d= -f2 | tr -d : | tr A-F a-f)\" = %s",
                                fixture_key("ca.pem"), hex),
                    0);
    CU_ASSERT_EQUAL(seal_ca_fingerprint("", hex, &err), ERR_SEAL_KEY);
    free(pem);
}

static CU_TestInfo cases[] = {
    {"a name ends where the certificate says", a_name_ends_where_the_certificate_says},
    {"a certificate of the centre serves its own purpose",
     a_certificate_of_the_centre_serves_its_own_purpose},
    {"each CA vouches by its own algorithm", each_ca_vouches_by_its_own_algorithm},
    {"a fingerprint is openssl's", a_fingerprint_is_openssls},
    CU_TEST_INFO_NULL};
CUNIT_MAIN("seal.trust", cases)
