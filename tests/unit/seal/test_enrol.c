/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, requests and certificates of a terminal, with the centre's CA on the other side; what TLS
 * gets of them. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "seal_lab.h"

enum { DAYS = 30 };

static void a_key_is_made_once(void)
{
    static const char *const curves[] = {"prime256v1", "SM2"};
    for (int kind = SEAL_KEY_P256; kind <= SEAL_KEY_SM2; kind++) {
        const char *path = fixture_path(kind == SEAL_KEY_SM2 ? "new-sm2.key" : "new.key");
        struct err err = {0};
        struct stat st;
        CU_ASSERT_EQUAL_FATAL(seal_key_make(path, (enum seal_key_kind)kind, &err), 0);
        CU_ASSERT_EQUAL(stat(path, &st), 0);
        CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
        CU_ASSERT_EQUAL(fixture_run("openssl pkey -in %s -noout -text | grep -q 'ASN1 OID: %s'",
                                    path, curves[kind]),
                        0);
        char *before = lab_read(path);
        CU_ASSERT_EQUAL(seal_key_make(path, (enum seal_key_kind)kind, &err), ERR_EXISTS);
        char *after = lab_read(path);
        CU_ASSERT_STRING_EQUAL(before, after);
        free(before);
        free(after);
    }
    CU_ASSERT_EQUAL(seal_key_make(fixture_path("no/such/folder.key"), SEAL_KEY_P256, NULL),
                    ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(fixture_run("ls '%s' | grep -q '\\.new$'", fixture_dir()) != 0, 1);
}

static void a_terminal_is_enrolled(void)
{
    struct keyring *k = lab_keyring();
    for (int kind = SEAL_KEY_P256; kind <= SEAL_KEY_SM2; kind++) {
        const char *key = fixture_path(kind == SEAL_KEY_SM2 ? "en-sm2.key" : "en.key");
        const char *cert = fixture_path(kind == SEAL_KEY_SM2 ? "en-sm2.pem" : "en.pem");
        struct err err = {0};
        char *csr = NULL, *pem = NULL;
        int64_t ends_s = 0;
        CU_ASSERT_EQUAL_FATAL(seal_key_make(key, (enum seal_key_kind)kind, &err), 0);
        CU_ASSERT_EQUAL_FATAL(seal_csr_make(key, FIXTURE_TERMINAL, &csr, &err), 0);
        lab_write(fixture_path("csr"), csr, strlen(csr));
        CU_ASSERT_EQUAL(fixture_run("openssl req -in %s -noout -verify %s >/dev/null 2>&1",
                                    fixture_path("csr"),
                                    kind == SEAL_KEY_SM2 ? "-vfyopt distid:1234567812345678" : ""),
                        0);
        CU_ASSERT_EQUAL_FATAL(keyring_ca_issue(k, csr, FIXTURE_TERMINAL, DAYS, &pem, &err), 0);
        CU_ASSERT_EQUAL_FATAL(
            seal_cert_install(pem, fixture_key("ca.pem"), key, FIXTURE_TERMINAL, cert, &err), 0);
        CU_ASSERT_EQUAL(seal_cert_end(cert, &ends_s, &err), 0);
        int64_t left_s = ends_s - (int64_t)time(NULL);
        CU_ASSERT(left_s > DAYS * 86400 - 600 && left_s <= DAYS * 86400);
        CU_ASSERT_EQUAL(fixture_run("openssl verify -CAfile %s %s >/dev/null 2>&1",
                                    fixture_key("ca.pem"), cert),
                        0);
        free(csr);
        free(pem);
    }
    /* What was made is what seal_open takes. */
    struct seal *s = NULL;
    struct err err = {0};
    struct seal_paths paths = lab_paths(SEAL_SUITE_SM2);
    paths.device_key = fixture_path("en.key");
    paths.device_cert = fixture_path("en.pem");
    paths.device_sm2_key = fixture_path("en-sm2.key");
    paths.device_sm2_cert = fixture_path("en-sm2.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), 0);
    seal_close(s);
    keyring_close(k);
}

static void a_wrong_certificate_is_not_taken(void)
{
    struct keyring *k = lab_keyring();
    struct err err = {0};
    char *csr = NULL, *pem = NULL, *before = lab_read(fixture_key("device.pem"));
    const char *key = fixture_key("device.key"), *cert = fixture_path("installed.pem");
    const char *ca = fixture_key("ca.pem");
    lab_write(cert, before, strlen(before));
    CU_ASSERT_EQUAL_FATAL(seal_csr_make(key, FIXTURE_TERMINAL, &csr, &err), 0);
    CU_ASSERT_EQUAL_FATAL(keyring_ca_issue(k, csr, FIXTURE_TERMINAL, DAYS, &pem, &err), 0);
    CU_ASSERT_EQUAL(seal_cert_install(pem, ca, key, "4301020002", cert, &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(
        seal_cert_install(pem, ca, fixture_key("centre-seal.key"), FIXTURE_TERMINAL, cert, &err),
        ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(seal_cert_install("no PEM", ca, key, FIXTURE_TERMINAL, cert, &err),
                    ERR_SEAL_KEY);
    CU_ASSERT_EQUAL_FATAL(fixture_run("openssl req -x509 -new -key %s -sha256 -subj /CN=%s -days 2 "
                                      "-out %s",
                                      key, FIXTURE_TERMINAL, fixture_path("own.pem")),
                          0);
    char *own = lab_read(fixture_path("own.pem"));
    CU_ASSERT_EQUAL(seal_cert_install(own, ca, key, FIXTURE_TERMINAL, cert, &err), ERR_SEAL_KEY);
    char *after = lab_read(cert);
    CU_ASSERT_STRING_EQUAL(before, after);
    free(after);
    CU_ASSERT_EQUAL(seal_cert_install(pem, ca, key, FIXTURE_TERMINAL, cert, &err), 0);
    after = lab_read(cert);
    CU_ASSERT_STRING_EQUAL(after, pem);
    free(after);
    free(own);
    free(before);
    free(csr);
    free(pem);
    keyring_close(k);
}

static void the_ca_refuses_what_is_no_terminals_request(void)
{
    struct keyring *k = lab_keyring(), *bare = NULL;
    struct err err = {0};
    char *csr = NULL, *pem = NULL;
    CU_ASSERT_EQUAL_FATAL(seal_csr_make(fixture_key("device.key"), FIXTURE_TERMINAL, &csr, &err),
                          0);
    CU_ASSERT_EQUAL(keyring_ca_issue(k, csr, "4301020002", DAYS, &pem, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(keyring_ca_issue(k, csr, FIXTURE_TERMINAL, 0, &pem, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(keyring_ca_issue(k, "", FIXTURE_TERMINAL, DAYS, &pem, &err), ERR_INVALID);
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("set -e; openssl req -new -newkey rsa:2048 -nodes -keyout %s -subj /CN=%s "
                    "-out %s 2>/dev/null; openssl ecparam -name secp384r1 -genkey -noout -out %s; "
                    "openssl req -new -key %s -subj /CN=%s -out %s; openssl req -new -key %s "
                    "-subj /O=x/CN=%s -out %s",
                    fixture_path("rsa.key"), FIXTURE_TERMINAL, fixture_path("rsa.csr"),
                    fixture_path("p384.key"), fixture_path("p384.key"), FIXTURE_TERMINAL,
                    fixture_path("p384.csr"), fixture_key("device.key"), FIXTURE_TERMINAL,
                    fixture_path("more.csr")),
        0);
    static const char *const refused[] = {"rsa.csr", "p384.csr", "more.csr"};
    for (size_t i = 0; i < YJ_COUNT(refused); i++) {
        char *other = lab_read(fixture_path(refused[i]));
        CU_ASSERT_EQUAL(keyring_ca_issue(k, other, FIXTURE_TERMINAL, DAYS, &pem, &err),
                        ERR_INVALID);
        free(other);
    }
    /* One character of the request changed: its signature, its key or its form does not hold. */
    size_t n_issued = 0, n_tried = 0;
    for (char *c = strchr(csr, '\n') + 1; *c != '-' && *c != '='; c++) {
        char was = *c;
        if (was == '\n')
            continue;
        *c = was == 'Q' ? 'R' : 'Q';
        n_issued += keyring_ca_issue(k, csr, FIXTURE_TERMINAL, DAYS, &pem, &err) == 0;
        n_tried++;
        *c = was;
    }
    CU_ASSERT(n_tried > 200);
    CU_ASSERT_EQUAL(n_issued, 0);
    /* A centre without ca.key issues nothing. */
    CU_ASSERT_EQUAL_FATAL(fixture_run("cp -r '%s' '%s' && rm '%s'/ca.key", fixture_path("keys"),
                                      fixture_path("bare"), fixture_path("bare")),
                          0);
    CU_ASSERT_EQUAL_FATAL(keyring_open(fixture_path("bare"), &bare, &err), 0);
    CU_ASSERT_EQUAL(keyring_ca_issue(bare, csr, FIXTURE_TERMINAL, DAYS, &pem, &err), ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(pem);
    free(csr);
    keyring_close(bare);
    keyring_close(k);
}

/* ---- TLS ---- */

/* A handshake in memory. @return did both sides accept; ret_cn: whom the server saw, "" nobody */
static bool handshake(const struct seal *s, const char *server, int64_t time_s, char *ret_cn)
{
    SSL_CTX *there = SSL_CTX_new(TLS_server_method()), *here = SSL_CTX_new(TLS_client_method());
    BIO *a = NULL, *b = NULL;
    char path[2][64];
    snprintf(path[0], sizeof path[0], "%s.pem", server);
    snprintf(path[1], sizeof path[1], "%s.key", server);
    SSL_CTX_use_certificate_file(there, fixture_key(path[0]), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(there, fixture_key(path[1]), SSL_FILETYPE_PEM);
    SSL_CTX_load_verify_file(there, fixture_key("ca.pem"));
    SSL_CTX_load_verify_file(here, fixture_key("ca.pem"));
    SSL_CTX_set_verify(there, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_verify(here, SSL_VERIFY_PEER, NULL);
    CU_ASSERT_EQUAL_FATAL(seal_tls_prepare(s, here, time_s, NULL), 0);
    SSL *server_side = SSL_new(there), *client_side = SSL_new(here);
    BIO_new_bio_pair(&a, 0, &b, 0);
    SSL_set_bio(server_side, a, a);
    SSL_set_bio(client_side, b, b);
    SSL_set_accept_state(server_side);
    SSL_set_connect_state(client_side);
    int done[2] = {0, 0};
    for (int i = 0; i < 32 && (done[0] != 1 || done[1] != 1); i++) {
        done[0] = SSL_do_handshake(client_side);
        done[1] = SSL_do_handshake(server_side);
    }
    X509 *seen = SSL_get1_peer_certificate(server_side);
    ret_cn[0] = '\0';
    if (seen)
        X509_NAME_get_text_by_NID(X509_get_subject_name(seen), NID_commonName, ret_cn, 16);
    X509_free(seen);
    SSL_free(server_side);
    SSL_free(client_side);
    SSL_CTX_free(there);
    SSL_CTX_free(here);
    return done[0] == 1 && done[1] == 1;
}

static void tls_judges_by_the_time_it_is_given(void)
{
    static const char *const suites[] = {SEAL_SUITE_P256, SEAL_SUITE_SM2};
    const int64_t now_s = time(NULL), year_s = 366 * 86400;
    char cn[16];
    /* A server whose certificate holds from the day after tomorrow, for one day. */
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("set -e; cd '%s'; printf '[ca]\\ndefault_ca=x\\n[x]\\ndatabase=index.txt\\n"
                    "default_md=sha256\\npolicy=p\\nrand_serial=yes\\nnew_certs_dir=.\\n[p]\\n"
                    "commonName=supplied\\n' >ca.cnf; : >index.txt; openssl req -new -key "
                    "centre-tls.key -subj /CN=localhost -out late.csr; openssl ca -config ca.cnf "
                    "-batch -cert ca.pem -keyfile ca.key -in late.csr -out late-tls.pem -notext "
                    "-startdate $(date -u -d '2 days' +%%Y%%m%%d%%H%%M%%SZ) "
                    "-enddate $(date -u -d '3 days' +%%Y%%m%%d%%H%%M%%SZ) 2>/dev/null; "
                    "cp centre-tls.key late-tls.key",
                    fixture_path("keys")),
        0);
    for (size_t i = 0; i < 2; i++) {
        struct seal *s = lab_seal(suites[i]);
        CU_ASSERT_TRUE(handshake(s, "centre-tls", 0, cn));
        CU_ASSERT_STRING_EQUAL(cn, FIXTURE_TERMINAL);
        CU_ASSERT_FALSE(handshake(s, "centre-tls", now_s - year_s, cn)); /* not yet valid then */
        CU_ASSERT_FALSE(handshake(s, "centre-tls", now_s + 11 * year_s, cn));
        CU_ASSERT_FALSE(handshake(s, "late-tls", 0, cn));
        CU_ASSERT_TRUE(handshake(s, "late-tls", now_s + 60 * 3600, cn));
        CU_ASSERT_STRING_EQUAL(cn, FIXTURE_TERMINAL);
        /* Only to ask for the time: dates do not count, and who asks shows nothing of himself. */
        CU_ASSERT_TRUE(handshake(s, "late-tls", -1, cn));
        CU_ASSERT_STRING_EQUAL(cn, "");
        seal_close(s);
    }
}

static CU_TestInfo cases[] = {
    {"a key is made once", a_key_is_made_once},
    {"a terminal is enrolled", a_terminal_is_enrolled},
    {"a wrong certificate is not taken", a_wrong_certificate_is_not_taken},
    {"the CA refuses what is no terminal's request", the_ca_refuses_what_is_no_terminals_request},
    {"TLS judges by the time it is given", tls_judges_by_the_time_it_is_given},
    CU_TEST_INFO_NULL};
CUNIT_MAIN("seal.enrol", cases)
