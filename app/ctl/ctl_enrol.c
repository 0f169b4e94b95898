/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl enrol …. Thread: main.
 *
 *   ticket ──▶ key (made once) ──▶ request (kept beside the certificate) ──▶ centre ──▶ certificate
 *
 * Every step is safe to repeat: the key is never made anew, the request is kept because the centre
 * gives the same answer to the same request only, and the terminal's certificate is written last.
 * Once it is there the request is removed.
 *
 * A stick may have been in other hands, and whose CA a terminal trusts decides who can read its
 * records. A CA is taken from a ticket when there was none, and online only after the centre that
 * the settings name has proven itself with it. Everything else (a CA that comes with the answer,
 * one in place of another, a ticket of another address) needs the CA's fingerprint, which the
 * technician has been told by another way. */
#include "ctl_enrol.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "ctl_catalogue.h"
#include "settings.h"
#include "sync/sync_enrol.h"

enum { PATH_BYTES = 1024, MAX_FILE_BYTES = 64 * 1024 };

struct job {
    struct settings *settings;
    struct seal_paths paths;
    struct sync_ticket ticket;
    const char *settings_file, *ticket_file, *in, *out;
    const char *fingerprint; /* of the CA, as typed; NULL: not given */
    bool is_renewed;
};

static int refuse(const struct err *err)
{
    char text[sizeof err->msg];
    const char *msg = err->msg[0] ? err->msg : err_text(err->code);
    printf("refused: %s\n", ctl_clean(msg, text, sizeof text));
    return 1;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool is_sm2(const struct job *j)
{
    return j->paths.suite && strcmp(j->paths.suite, SEAL_SUITE_SM2) == 0;
}

/* ---- keys and request ---- */

static int key_have(const char *key, enum seal_key_kind kind, struct err *err)
{
    struct err ignored = {0};
    int rc = seal_key_make(key, kind, &ignored);
    if (rc == ERR_EXISTS)
        return 0; /* of an earlier attempt, or of the factory */
    if (rc) {
        if (err)
            *err = ignored;
        return rc;
    }
    printf("made the key %s\n", key);
    return 0;
}

static void request_name(const struct job *j, char ret[PATH_BYTES])
{
    snprintf(ret, PATH_BYTES, "%s.request", j->paths.device_cert);
}

/* One request to the life of a token: signatures are random, so it is kept, not made again.
 * @param ret  two PEM texts one after the other, owned */
static int csr_have(const struct job *j, char **ret_csr, char **ret_csr_sm2, struct err *err)
{
    static const char end[] = "-----END CERTIFICATE REQUEST-----\n";
    char path[PATH_BYTES];
    YJ_CLEANUP(cleanup_free) char *both = NULL;
    YJ_CLEANUP(cleanup_free) char *csr = NULL;
    YJ_CLEANUP(cleanup_free) char *csr_sm2 = NULL;
    size_t n = 0;
    int rc = 0;
    request_name(j, path);
    if (mem_read_file(path, MAX_FILE_BYTES, &both, &n, NULL) != 0) {
        rc = seal_csr_make(j->paths.device_key, j->ticket.terminal, &csr, err);
        if (rc == 0 && is_sm2(j))
            rc = seal_csr_make(j->paths.device_sm2_key, j->ticket.terminal, &csr_sm2, err);
        if (rc)
            return rc;
        n = strlen(csr) + (csr_sm2 ? strlen(csr_sm2) : 0);
        both = mem_zalloc(n + 1, 1);
        snprintf(both, n + 1, "%s%s", csr, csr_sm2 ? csr_sm2 : "");
        if ((rc = sync_enrol_write(path, both, err)) != 0)
            return rc;
    }
    char *behind = strstr(both, end);
    if (!behind)
        return ERR(err, ERR_SYNTAX, "%s is no request: remove it", path);
    behind += strlen(end);
    *ret_csr_sm2 = *behind ? mem_strdup(behind) : NULL;
    *behind = '\0';
    *ret_csr = mem_strdup(both);
    return 0;
}

/* ---- whom to trust ---- */

/* Is this what the technician has typed? Colons, blanks and capitals do not count. */
static bool is_typed(const char *typed, const char *hex)
{
    for (; *typed; typed++) {
        if (*typed == ':' || *typed == ' ')
            continue;
        if (!*hex || (*typed >= 'A' && *typed <= 'F' ? *typed | 0x20 : *typed) != *hex++)
            return false;
    }
    return !*hex;
}

/* @param why  NULL: trusted without the fingerprint, too; else what makes it necessary */
static int ca_check(const struct job *j, const char *pem, const char *why, struct err *err)
{
    char hex[SEAL_DIGEST_BYTES];
    int rc = seal_ca_fingerprint(pem, hex, err);
    if (rc)
        return rc;
    if (!j->fingerprint && why)
        return ERR(err, ERR_SEAL_KEY,
                   "%s: ask the centre for its CA's fingerprint and give it as --ca-fingerprint",
                   why);
    if (j->fingerprint && !is_typed(j->fingerprint, hex))
        return ERR(err, ERR_SEAL_KEY, "the CA has another fingerprint than was given: %s", hex);
    return 0;
}

/* Write the ticket's CA to `path` unless it is the one in use. */
static int ca_have(const struct job *j, const char *path, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *there = NULL;
    char hex[SEAL_DIGEST_BYTES];
    size_t n = 0;
    const char *used = j->settings->centre_ca, *pem = j->ticket.ca, *why = NULL;
    if (mem_read_file(used, MAX_FILE_BYTES, &there, &n, NULL) == 0 && strcmp(there, pem) != 0) {
        if (!j->is_renewed)
            return ERR(err, ERR_EXISTS,
                       "%s is of another centre (--renew with --ca-fingerprint replaces it)", used);
        why = "the ticket brings another CA than this terminal trusts";
    }
    int rc = ca_check(j, pem, why, err);
    if (rc == 0 && !there && (rc = seal_ca_fingerprint(pem, hex, err)) == 0)
        printf("trusts the CA of the ticket, fingerprint %s: compare it with the centre's\n", hex);
    return rc ? rc : sync_enrol_write(path, pem, err);
}

/* The CA that an answer from a stick is judged by: the terminal's own. */
static int ca_of_stick(const struct job *j, const struct sync_enrolled *e, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *there = NULL;
    size_t n = 0;
    const char *path = j->settings->centre_ca;
    if (mem_read_file(path, MAX_FILE_BYTES, &there, &n, NULL) == 0)
        return ca_check(j, there, NULL, err);
    if (!e->ca)
        return ERR(err, ERR_SEAL_KEY, "neither the terminal nor the answer has a CA");
    int rc =
        ca_check(j, e->ca, "this terminal has no CA, and that of the stick may be anybody's", err);
    return rc ? rc : sync_enrol_write(path, e->ca, err);
}

/* @return the body for the centre, owned; NULL with the reason in err */
static char *request_have(const struct job *j, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *copy = mem_strdup(j->paths.device_cert);
    YJ_CLEANUP(cleanup_free) char *csr = NULL;
    YJ_CLEANUP(cleanup_free) char *csr_sm2 = NULL;
    const char *dir = dirname(copy);
    if (is_there(j->paths.device_cert) && !j->is_renewed) {
        (void)ERR(err, ERR_EXISTS, "%s is there: this terminal is enrolled (--renew begins anew)",
                  j->paths.device_cert);
        return NULL;
    }
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        (void)ERR(err, ERR_IO, "%s: %s", dir, strerror(errno));
        return NULL;
    }
    int rc = key_have(j->paths.device_key, SEAL_KEY_P256, err);
    if (rc == 0 && is_sm2(j))
        rc = key_have(j->paths.device_sm2_key, SEAL_KEY_SM2, err);
    if (rc == 0)
        rc = csr_have(j, &csr, &csr_sm2, err);
    return rc ? NULL : sync_enrol_request(j->ticket.token, j->ticket.terminal, csr, csr_sm2);
}

/* ---- the answer ---- */

static int answer_take(const struct job *j, const char *json, size_t n, bool is_of_stick,
                       struct err *err)
{
    struct sync_enrolled e = {0};
    struct seal *seal = NULL;
    char path[PATH_BYTES], until[24];
    int64_t end_s = 0;
    int rc = sync_enrol_answer(json, n, &e, err);
    if (rc == 0 && is_of_stick)
        rc = ca_of_stick(j, &e, err);
    if (rc == 0)
        rc = sync_enrol_install(&e, &j->paths, j->settings->centre_ca, j->settings->terminal_id,
                                err);
    sync_enrolled_clear(&e);
    if (rc == 0) /* as the kiosk will */
        rc = seal_open(&j->paths, j->settings->terminal_id, &seal, err);
    seal_close(seal);
    if (rc == 0)
        rc = seal_cert_end(j->paths.device_cert, &end_s, err);
    if (rc)
        return rc;
    request_name(j, path);
    (void)unlink(path); /* it has served; the next one is made anew */
    clock_rfc3339(end_s * 1000, until, sizeof until);
    printf("enrolled: terminal %s, certificate until %s\n", j->settings->terminal_id, until);
    return 0;
}

/* ---- the three commands ---- */

static int run_online(const struct job *j, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *answer = NULL;
    char check[PATH_BYTES];
    size_t n = 0;
    const char *ca = j->settings->centre_ca;
    if (strcmp(j->ticket.url, j->settings->centre_url) != 0 && !j->fingerprint)
        return ERR(
            err, ERR_SYNC_TOKEN,
            "the ticket is of %s, centre.url says %s: if that is meant, give the fingerprint "
            "of the centre's CA as --ca-fingerprint",
            j->ticket.url, j->settings->centre_url);
    char *body = request_have(j, err);
    if (!body)
        return err->code;
    snprintf(check, sizeof check, "%s.check", ca);
    int rc = ca_have(j, check, err);
    if (rc == 0)
        rc = sync_enrol_post(j->ticket.url, check, body, &answer, &n, err);
    bytes_free_wiped(body);
    if (rc == 0) /* the centre has proven itself: a ticket that was forged leaves no CA behind */
        rc = sync_enrol_write(ca, j->ticket.ca, err);
    (void)unlink(check);
    return rc ? rc : answer_take(j, answer, n, false, err);
}

static int run_request(const struct job *j, struct err *err)
{
    char path[PATH_BYTES];
    char *body = request_have(j, err);
    if (!body)
        return err->code;
    int rc = ca_have(j, j->settings->centre_ca, err);
    snprintf(path, sizeof path, "%s/%s.request.json", j->out, j->ticket.terminal);
    const mode_t before = umask(077); /* it holds the token */
    if (rc == 0)
        rc = sync_enrol_write(path, body, err);
    (void)umask(before);
    bytes_free_wiped(body);
    if (rc == 0)
        printf("written %s: take it to the centre (kiosk-central enrol)\n", path);
    return rc;
}

static int run_accept(const struct job *j, struct err *err)
{
    char path[PATH_BYTES];
    YJ_CLEANUP(cleanup_free) char *answer = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s.answer.json", j->in, j->settings->terminal_id);
    int rc = mem_read_file(path, MAX_FILE_BYTES, &answer, &n, err);
    return rc ? rc : answer_take(j, answer, n, true, err);
}

static int ticket_load(struct job *j, struct err *err)
{
    YJ_CLEANUP(cleanup_free) char *json = NULL;
    size_t n = 0;
    if (!j->ticket_file)
        return 0;
    int rc = mem_read_file(j->ticket_file, MAX_FILE_BYTES, &json, &n, err);
    if (rc == 0)
        rc = sync_ticket_read(json, n, &j->ticket, err);
    if (json)
        bytes_wipe(json, n);
    if (rc == 0 && strcmp(j->ticket.terminal, j->settings->terminal_id) != 0)
        rc = ERR(err, ERR_SYNC_TOKEN, "the ticket is of terminal %s, the settings are of %s",
                 j->ticket.terminal, j->settings->terminal_id);
    return rc;
}

/* @return false: a word that does not belong there */
static bool parse(int argc, char **argv, struct job *j)
{
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--settings", &j->settings_file},
                   {"--ticket", &j->ticket_file},
                   {"--in", &j->in},
                   {"--ca-fingerprint", &j->fingerprint},
                   {"--out", &j->out}};
    for (int i = 0; i < argc; i++) {
        size_t o = 0;
        if (!strcmp(argv[i], "--renew")) {
            j->is_renewed = true;
            continue;
        }
        while (o < YJ_COUNT(options) && strcmp(options[o].name, argv[i]) != 0)
            o++;
        if (o == YJ_COUNT(options) || i + 1 == argc)
            return false;
        *options[o].value = argv[++i];
    }
    return j->settings_file != NULL;
}

int ctl_enrol(int argc, char **argv)
{
    struct job j = {0};
    struct err err = {0};
    const char *verb = argc > 0 && argv[0][0] != '-' ? argv[0] : NULL;
    bool is_request = verb && !strcmp(verb, "request");
    bool is_accept = verb && !strcmp(verb, "accept");
    if (!parse(argc - (verb != NULL), argv + (verb != NULL), &j) ||
        (verb && !is_request && !is_accept) || is_request != (j.out != NULL) ||
        is_accept != (j.in != NULL) || is_accept == (j.ticket_file != NULL))
        return 2;
    int rc = settings_load(j.settings_file, &j.settings, &err);
    if (rc == 0) {
        settings_seal_paths(j.settings, &j.paths);
        rc = ticket_load(&j, &err);
    }
    if (rc == 0)
        rc = is_request  ? run_request(&j, &err)
             : is_accept ? run_accept(&j, &err)
                         : run_online(&j, &err);
    sync_ticket_clear(&j.ticket);
    settings_free(j.settings);
    return rc ? refuse(&err) : 0;
}
