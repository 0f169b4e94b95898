/* SPDX-License-Identifier: Apache-2.0 */
/* The device key in a TPM 2.0: a software TPM (swtpm) with a state of its own, tpm2-openssl as the
 * provider. Skipped where either is missing. */
#define _GNU_SOURCE /* kill, setenv */
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "seal_lab.h"

/* Below the ports that the kernel gives to connections: one of those could be our own, and a call
 * to a chip that is gone would then reach itself and wait for an answer for ever. */
enum { SKIP = 77, TRIES = 600, PAUSE_MS = 20, FIRST_PORT = 20000, END_PORT = 32000 };

/* Program and port of the software TPM. */
static struct {
    pid_t pid;
    int port; /* control on port + 1 */
} tpm;

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* Free in this moment, with the next one. */
static int find_port(void)
{
    const int n_pairs = (END_PORT - FIRST_PORT) / 2;
    for (int i_pair = 0; i_pair < n_pairs; i_pair++) {
        const int port = FIRST_PORT + (int)((getpid() + i_pair) % n_pairs) * 2;
        int n_free = 0;
        for (int i = 0; i < 2; i++) {
            int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            struct sockaddr_in a = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)(port + i)),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
            n_free += fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0;
            close(fd);
        }
        if (n_free == 2)
            return port;
    }
    return -1;
}

static bool is_listening(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool is = fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
    close(fd);
    return is;
}

static void tpm_stop(void)
{
    if (tpm.pid > 0) {
        kill(tpm.pid, SIGKILL);
        waitpid(tpm.pid, NULL, 0);
    }
    tpm.pid = 0;
}

/* It ends with this program however that ends, and holds nobody's pipe open. */
static pid_t spawn_bound(char *const argv[])
{
    const pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0)
        return child;
    int log = open(fixture_path("swtpm.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(126);
    execvp(argv[0], argv);
    _exit(127);
}

static void tpm_start(void)
{
    char state[600], server[64], ctrl[64], tcti[64];
    if (!tpm.port)
        tpm.port = find_port();
    (void)fixture_run("mkdir -p '%s'", fixture_path("tpm"));
    snprintf(state, sizeof state, "dir=%s", fixture_path("tpm"));
    snprintf(server, sizeof server, "type=tcp,port=%d,bindaddr=127.0.0.1", tpm.port);
    snprintf(ctrl, sizeof ctrl, "type=tcp,port=%d,bindaddr=127.0.0.1", tpm.port + 1);
    snprintf(tcti, sizeof tcti, "swtpm:host=127.0.0.1,port=%d", tpm.port);
    setenv("TPM2OPENSSL_TCTI", tcti, 1);
    setenv("TPM2TOOLS_TCTI", tcti, 1);
    char *const argv[] = {(char *)"swtpm",
                          (char *)"socket",
                          (char *)"--tpm2",
                          (char *)"--tpmstate",
                          state,
                          (char *)"--server",
                          server,
                          (char *)"--ctrl",
                          ctrl,
                          (char *)"--flags",
                          (char *)"not-need-init,startup-clear",
                          NULL};
    fflush(NULL);
    tpm.pid = spawn_bound(argv);
    bool is_up = false;
    bool is_alive = true; /* who listens may be another program */
    for (int i = 0; i < TRIES && is_alive && !is_up; i++) {
        pause_ms(PAUSE_MS);
        is_up = is_listening(tpm.port + 1);
        is_alive = waitpid(tpm.pid, NULL, WNOHANG) == 0;
    }
    if (!is_up || !is_alive) {
        fputs("swtpm does not start\n", stderr);
        abort();
    }
}

/* A key only this TPM can use, a certificate by the openssl command, one opened seal. */
static struct seal *open_with(const char *key, const char *cert)
{
    struct keyring *k = lab_keyring();
    struct err err = {0};
    struct seal *s = NULL;
    char *csr = NULL;
    int rc = seal_csr_make(key, FIXTURE_TERMINAL, &csr, &err);
    if (rc)
        fprintf(stderr, "seal_csr_make: %s\n", err.msg);
    CU_ASSERT_EQUAL_FATAL(rc, 0);
    lab_write(fixture_path("tpm.csr"), csr, strlen(csr));
    free(csr);
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("printf 'extendedKeyUsage=clientAuth\\n' >%s && openssl x509 -req -in %s "
                    "-CA %s -CAkey %s -set_serial 77 -sha256 -days 30 -extfile %s -out %s "
                    "2>/dev/null",
                    fixture_path("ext"), fixture_path("tpm.csr"), fixture_key("ca.pem"),
                    fixture_key("ca.key"), fixture_path("ext"), cert),
        0);
    struct seal_paths paths = lab_paths(SEAL_SUITE_P256);
    paths.device_key = key;
    paths.device_cert = cert;
    rc = seal_open(&paths, FIXTURE_TERMINAL, &s, &err);
    if (rc)
        fprintf(stderr, "seal_open: %s\n", err.msg);
    CU_ASSERT_EQUAL_FATAL(rc, 0);
    keyring_close(k);
    return s;
}

static const char *tpm_key(void)
{
    static char where[600];
    struct err err = {0};
    snprintf(where, sizeof where, "tpm2:%s", fixture_path("device.tss2"));
    int rc = seal_key_make(where, SEAL_KEY_P256, &err);
    if (rc && rc != ERR_EXISTS)
        fprintf(stderr, "seal_key_make: %s\n", err.msg);
    CU_ASSERT_FATAL(rc == 0 || rc == ERR_EXISTS);
    return where;
}

static void signs_as(struct seal *s, const char *cert)
{
    struct seal_verifier *v = NULL;
    struct seal_token t = {0};
    char token[RECORD_TOKEN_BYTES], text[SEAL_TEXT_BYTES];
    struct lab_record r = lab_record_of(s, SEAL_FORM_2);
    CU_ASSERT_EQUAL_FATAL(seal_verifier_open(cert, &v, NULL), 0);
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &r.env, r.sealed, r.bytes, NULL), 0);
    CU_ASSERT_EQUAL(seal_token_make(s, &r.env, FIXTURE_WALL_MS, token, sizeof token, NULL), 0);
    CU_ASSERT_EQUAL(seal_token_verify(v, token, &t, NULL), 0);
    size_t n = seal_envelope_text(&r.env, text, sizeof text);
    lab_write(fixture_path("text"), text, n);
    lab_write(fixture_path("sig.b64"), r.env.signature, strlen(r.env.signature));
    CU_ASSERT_EQUAL(fixture_run("openssl base64 -d -A -in %s -out %s && openssl x509 -in %s "
                                "-pubkey -noout >%s && openssl dgst -sha256 -verify %s -signature "
                                "%s %s >/dev/null",
                                fixture_path("sig.b64"), fixture_path("sig"), cert,
                                fixture_path("pub"), fixture_path("pub"), fixture_path("sig"),
                                fixture_path("text")),
                    0);
    free(r.sealed);
    seal_verifier_close(v);
}

static void a_key_in_a_file_of_the_tpm_signs(void)
{
    struct err err = {0};
    const char *key = tpm_key();
    CU_ASSERT_EQUAL(seal_key_make(key, SEAL_KEY_P256, &err), ERR_EXISTS);
    CU_ASSERT_EQUAL(seal_key_make("tpm2:/tmp/none/x.tss2", SEAL_KEY_SM2, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(seal_key_make("tpm2:0x81000001", SEAL_KEY_P256, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(fixture_run("grep -q 'BEGIN TSS2 PRIVATE KEY' %s && test \"$(stat -c %%a %s)\" "
                                "= 600",
                                fixture_path("device.tss2"), fixture_path("device.tss2")),
                    0);
    struct seal *s = open_with(key, fixture_path("tpm.pem"));
    signs_as(s, fixture_path("tpm.pem"));
    seal_close(s);
}

static void a_key_at_a_handle_signs(void)
{
    struct err err = {0};
    struct seal *s = NULL;
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("cd '%s' && tpm2_createprimary -Q -C o -G ecc256:ecdsa-sha256 -c primary.ctx "
                    "-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign' && "
                    "tpm2_evictcontrol -Q -c primary.ctx 0x81000001 && tpm2_flushcontext -t",
                    fixture_dir()),
        0);
    s = open_with("tpm2:0x81000001", fixture_path("handle.pem"));
    signs_as(s, fixture_path("handle.pem"));
    seal_close(s);
    struct seal_paths paths = lab_paths(SEAL_SUITE_P256);
    paths.device_key = "tpm2:0x81000002";
    paths.device_cert = fixture_path("handle.pem");
    s = NULL;
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "TPM"));
    CU_ASSERT_PTR_NULL(s);
}

/* A handshake in memory, the client's key in the TPM. */
static void tls_uses_the_key_in_the_tpm(void)
{
    struct seal *s = open_with(tpm_key(), fixture_path("tls.pem"));
    SSL_CTX *there = SSL_CTX_new(TLS_server_method()), *here = SSL_CTX_new(TLS_client_method());
    BIO *a = NULL, *b = NULL;
    char cn[16] = "";
    SSL_CTX_use_certificate_file(there, fixture_key("centre-tls.pem"), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(there, fixture_key("centre-tls.key"), SSL_FILETYPE_PEM);
    SSL_CTX_load_verify_file(there, fixture_key("ca.pem"));
    SSL_CTX_load_verify_file(here, fixture_key("ca.pem"));
    SSL_CTX_set_verify(there, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_verify(here, SSL_VERIFY_PEER, NULL);
    CU_ASSERT_EQUAL_FATAL(seal_tls_prepare(s, here, 0, NULL), 0);
    SSL *server = SSL_new(there), *client = SSL_new(here);
    BIO_new_bio_pair(&a, 0, &b, 0);
    SSL_set_bio(server, a, a);
    SSL_set_bio(client, b, b);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    int done[2] = {0, 0};
    for (int i = 0; i < 32 && (done[0] != 1 || done[1] != 1); i++) {
        done[0] = SSL_do_handshake(client);
        done[1] = SSL_do_handshake(server);
    }
    CU_ASSERT_EQUAL(done[0], 1);
    CU_ASSERT_EQUAL(done[1], 1);
    X509 *seen = SSL_get1_peer_certificate(server);
    CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
    X509_NAME_get_text_by_NID(X509_get_subject_name(seen), NID_commonName, cn, sizeof cn);
    CU_ASSERT_STRING_EQUAL(cn, FIXTURE_TERMINAL);
    X509_free(seen);
    SSL_free(server);
    SSL_free(client);
    SSL_CTX_free(there);
    SSL_CTX_free(here);
    seal_close(s);
}

/* The chip dies while the terminal runs: the visit is told, nothing is stored, no number is used
 * up; after a restart with the chip the next record follows without a gap. */
static void without_the_tpm_nothing_is_stored(void)
{
    const char *key = tpm_key();
    struct seal *s = open_with(key, fixture_path("gone.pem"));
    struct record_ref ref = {0};
    struct err err = {0};
    (void)fixture_run("mkdir -p '%s'", fixture_path("data"));
    struct store *store = fixture_open(fixture_path("data"));
    CU_ASSERT_EQUAL(fixture_commit(store, s, RECORD_APPLICATION, LAB_PLAIN, &ref, &err), 0);
    CU_ASSERT_EQUAL(fixture_check(store).n, 1);
    tpm_stop();
    for (int i = 0; i < 2; i++) {
        int rc = fixture_commit(store, s, RECORD_APPLICATION, LAB_PLAIN, &ref, &err);
        CU_ASSERT_EQUAL(rc, ERR_SEAL_CRYPTO);
        CU_ASSERT(strlen(err.msg) > 0);
        CU_ASSERT_EQUAL(fixture_check(store).n, 1);
    }
    seal_close(s);
    s = NULL;
    struct seal_paths paths = lab_paths(SEAL_SUITE_P256);
    paths.device_key = key;
    paths.device_cert = fixture_path("gone.pem");
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NULL(s);
    store_free(store);
    tpm_start();
    /* A terminal that starts anew finds chip, key and chain as they were. */
    char self[600] = "";
    CU_ASSERT_FATAL(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    CU_ASSERT_EQUAL(fixture_run("exec '%s' '%s'", self, fixture_dir()), 0);
}

/* Without the provider every use of the chip ends with a reason, never with a crash. */
static void a_missing_provider_is_named(void)
{
    const char *key = tpm_key();
    struct seal *s = open_with(key, fixture_path("provider.pem"));
    struct seal_paths paths = lab_paths(SEAL_SUITE_P256);
    struct err err = {0};
    char *csr = NULL, none[600];
    seal_close(s);
    s = NULL;
    paths.device_key = key;
    paths.device_cert = fixture_path("provider.pem");
    CU_ASSERT_EQUAL_FATAL(fixture_run("mkdir '%s'", fixture_path("empty")), 0);
    setenv("OPENSSL_MODULES", fixture_path("empty"), 1);
    CU_ASSERT_EQUAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "tpm2-openssl"));
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_EQUAL(seal_csr_make(key, FIXTURE_TERMINAL, &csr, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NULL(csr);
    snprintf(none, sizeof none, "tpm2:%s", fixture_path("none.tss2"));
    CU_ASSERT_EQUAL(seal_key_make(none, SEAL_KEY_P256, &err), ERR_SEAL_KEY);
    CU_ASSERT_NOT_EQUAL(access(fixture_path("none.tss2"), F_OK), 0);
    unsetenv("OPENSSL_MODULES");
    CU_ASSERT_EQUAL_FATAL(seal_open(&paths, FIXTURE_TERMINAL, &s, &err), 0);
    seal_close(s);
}

/* The second start of the terminal, a process of its own. @return exit code */
static int start_anew(const char *dir)
{
    char path[6][600];
    static const char *const names[] = {"gone.pem", "keys/centre-seal.pem", "keys/centre-sign.pem",
                                        "data", "device.tss2"};
    struct err err = {0};
    struct seal *s = NULL;
    struct record_ref ref = {0};
    for (size_t i = 0; i < YJ_COUNT(names); i++)
        snprintf(path[i], sizeof path[i], "%s%.400s/%s", i == 4 ? "tpm2:" : "", dir, names[i]);
    const struct seal_paths paths = {.device_key = path[4],
                                     .device_cert = path[0],
                                     .centre_seal_cert = path[1],
                                     .centre_sign_cert = path[2]};
    struct store *store = fixture_open(path[3]);
    int rc = seal_open(&paths, FIXTURE_TERMINAL, &s, &err);
    if (rc == 0)
        rc = fixture_commit(store, s, RECORD_APPLICATION, LAB_PLAIN, &ref, &err);
    struct fixture_audit audit = fixture_check(store);
    if (rc)
        fprintf(stderr, "second start: %s\n", err.msg);
    store_free(store);
    seal_close(s);
    return rc == 0 && audit.n == 2 && audit.is_gap_free && audit.is_chained ? 0 : 1;
}

static CU_TestInfo cases[] = {
    {"a key at a handle signs", a_key_at_a_handle_signs},
    {"a key in a file of the TPM signs", a_key_in_a_file_of_the_tpm_signs},
    {"TLS uses the key in the TPM", tls_uses_the_key_in_the_tpm},
    {"a missing provider is named", a_missing_provider_is_named},
    {"without the TPM nothing is stored", without_the_tpm_nothing_is_stored},
    CU_TEST_INFO_NULL};

static bool has_program(const char *name)
{
    return fixture_run("command -v %s >/dev/null 2>&1", name) == 0;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return start_anew(argv[1]);
    if (!has_program("swtpm") || !has_program("tpm2_evictcontrol") ||
        fixture_run("test -e \"$(openssl version -m | cut -d'\"' -f2)/tpm2.so\"") != 0) {
        puts("skipped: swtpm, tpm2-tools or tpm2-openssl is not installed");
        return SKIP;
    }
    tpm_start();
    int rc = cunit_run("seal.tpm", cases);
    tpm_stop();
    return rc;
}
