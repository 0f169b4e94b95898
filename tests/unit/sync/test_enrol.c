/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets, answers, and where they are put: whole, and never what is not the terminal's own. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "sync/sync_enrol.h"

#define PEM                                                                                        \
    "-----BEGIN CERTIFICATE-----\\nMIIBADCBpwIBADAVMRMwEQYDVQQDDAo0MzAxMDIwMDAx\\n-----END\\n"

static char *text_of(const char *path)
{
    char *text = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 16, &text, &n, NULL), 0);
    return text;
}

static void a_ticket_is_read_strictly(void)
{
    static const char good[] =
        "{\"url\":\"https://centre.example:8443\",\"terminal\":\"4301020001\","
        "\"token\":\"abcdefghijklmnopqrstuvwx\",\"ca\":\"" PEM "\","
        "\"expires\":\"2026-11-24T04:00:00Z\"}";
    static const struct {
        const char *from, *to;
    } wrong[] = {{"https://", "http://"},
                 {"4301020001", "430102000"},
                 {"4301020001", "43010200x1"},
                 {"abcdefghijklmnopqrstuvwx", "short"},
                 {"abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrst vwx"},
                 {"-----BEGIN", "BEGIN"},
                 {"2026-11-24T", "tomorrow"},
                 {"\"token\"", "\"took\""}};
    struct sync_ticket t = {0};
    CU_ASSERT_EQUAL_FATAL(sync_ticket_read(good, strlen(good), &t, NULL), 0);
    CU_ASSERT_STRING_EQUAL(t.url, "https://centre.example:8443");
    CU_ASSERT_STRING_EQUAL(t.terminal, FIXTURE_TERMINAL);
    CU_ASSERT(t.ca && t.expires_ms == 1795492800000);
    sync_ticket_clear(&t);
    CU_ASSERT(!t.ca && !t.token[0]);
    for (size_t i = 0; i < YJ_COUNT(wrong); i++) {
        char text[1024];
        const char *at = strstr(good, wrong[i].from);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, wrong[i].to,
                 at + strlen(wrong[i].from));
        CU_ASSERT_EQUAL(sync_ticket_read(text, strlen(text), &t, NULL), ERR_SYNC_TOKEN);
    }
    CU_ASSERT_EQUAL(sync_ticket_read("", 0, &t, NULL), ERR_SYNC_TOKEN);
}

static void an_answer_needs_a_certificate(void)
{
    static const char *const none[] = {
        "", "[]", "{}", "{\"certificate\":\"x\"}", "{\"certificate\":7}", "{\"ca\":\"" PEM "\"}"};
    static const char good[] = "{\"certificate\":\"" PEM "\",\"later\":1,\"centre_seal\":7}";
    struct sync_enrolled e = {0};
    for (size_t i = 0; i < YJ_COUNT(none); i++)
        CU_ASSERT_EQUAL(sync_enrol_answer(none[i], strlen(none[i]), &e, NULL), ERR_SYNC_NOT_CENTRE);
    CU_ASSERT_EQUAL_FATAL(sync_enrol_answer(good, strlen(good), &e, NULL), 0);
    CU_ASSERT(e.certificate && !e.centre_seal && !e.ca);
    sync_enrolled_clear(&e);
}

/* A key folder of a terminal that has its key only. */
static struct seal_paths new_folder(void)
{
    (void)fixture_key("ca.pem");
    CU_ASSERT_EQUAL_FATAL(fixture_run("rm -rf '%s' && mkdir '%s' && cp '%s' '%s'",
                                      fixture_path("new"), fixture_path("new"),
                                      fixture_key("device.key"), fixture_path("new/device.key")),
                          0);
    return (struct seal_paths){.device_key = fixture_path("new/device.key"),
                               .device_cert = fixture_path("new/device.pem"),
                               .centre_seal_cert = fixture_path("new/centre-seal.pem"),
                               .centre_sign_cert = fixture_path("new/centre-sign.pem"),
                               .centre_seal_next_cert = fixture_path("new/next.pem")};
}

static struct sync_enrolled answer_of_the_centre(void)
{
    return (struct sync_enrolled){.certificate = text_of(fixture_key("device.pem")),
                                  .centre_seal = text_of(fixture_key("centre-seal.pem")),
                                  .centre_seal_next = text_of(fixture_key("centre-seal.pem")),
                                  .centre_sign = text_of(fixture_key("centre-sign.pem"))};
}

static int install(const struct sync_enrolled *e, const struct seal_paths *p, const char *terminal)
{
    return sync_enrol_install(e, p, fixture_key("ca.pem"), terminal, NULL);
}

static void what_is_installed_can_be_used(void)
{
    struct seal_paths p = new_folder();
    struct sync_enrolled e = answer_of_the_centre();
    struct seal *s = NULL;
    for (int i = 0; i < 2; i++) /* and again: nothing is in the way */
        CU_ASSERT_EQUAL(install(&e, &p, FIXTURE_TERMINAL), 0);
    CU_ASSERT_EQUAL(seal_open(&p, FIXTURE_TERMINAL, &s, NULL), 0);
    seal_close(s);
    CU_ASSERT_EQUAL(fixture_run("cmp '%s' '%s'", p.device_cert, fixture_key("device.pem")), 0);
    CU_ASSERT_EQUAL(fixture_run("test $(ls '%s' | wc -l) = 5", fixture_path("new")), 0);
    sync_enrolled_clear(&e);
}

static void what_is_not_ones_own_is_refused(void)
{
    struct seal_paths p = new_folder();
    struct sync_enrolled e = answer_of_the_centre();
    CU_ASSERT_EQUAL(install(&e, &p, "4301020002"), ERR_SEAL_KEY); /* another terminal */
    char *own = e.certificate;
    e.certificate = e.centre_sign; /* of another key */
    CU_ASSERT_EQUAL(install(&e, &p, FIXTURE_TERMINAL), ERR_SEAL_KEY);
    e.certificate = own;
    CU_ASSERT_EQUAL(
        sync_enrol_install(&e, &p, fixture_key("centre-sign.pem"), FIXTURE_TERMINAL, NULL),
        ERR_SEAL_KEY); /* of another CA */
    CU_ASSERT_EQUAL(access(p.device_cert, F_OK), -1);
    free(e.centre_seal);
    e.centre_seal =
        mem_strdup("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("cp '%s' '%s'", fixture_key("centre-seal.pem"), p.centre_seal_cert), 0);
    CU_ASSERT_EQUAL(install(&e, &p, FIXTURE_TERMINAL), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(
        fixture_run("cmp '%s' '%s'", p.centre_seal_cert, fixture_key("centre-seal.pem")), 0);
    sync_enrolled_clear(&e);
}

/* An answer travels by stick: who swaps the centre's keys in it would read every application. */
static void the_centres_keys_come_from_its_ca(void)
{
    struct seal_paths p = new_folder();
    struct sync_enrolled e = answer_of_the_centre();
    CU_ASSERT_EQUAL_FATAL(install(&e, &p, FIXTURE_TERMINAL), 0);
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("openssl req -x509 -new -key '%s' -sha256 -subj '/CN=yijian centre seal'"
                    " -days 2 -out '%s'",
                    fixture_key("device.key"), fixture_path("own.pem")),
        0);
    char *forged[] = {text_of(fixture_path("own.pem")), text_of(fixture_key("device.pem")),
                      text_of(fixture_key("centre-seal-sm2.pem"))};
    char **const members[] = {&e.centre_seal, &e.centre_seal_next, &e.centre_sign};
    const char *const files[] = {p.centre_seal_cert, p.centre_seal_next_cert, p.centre_sign_cert};
    for (size_t i = 0; i < YJ_COUNT(members); i++) {
        char *good = *members[i], *before = text_of(files[i]);
        for (size_t k = 0; k < YJ_COUNT(forged); k++) {
            *members[i] = forged[k];
            CU_ASSERT_EQUAL(install(&e, &p, FIXTURE_TERMINAL), ERR_SEAL_KEY);
            char *after = text_of(files[i]);
            CU_ASSERT_STRING_EQUAL(after, before);
            free(after);
        }
        *members[i] = good;
        free(before);
    }
    for (size_t k = 0; k < YJ_COUNT(forged); k++)
        free(forged[k]);
    sync_enrolled_clear(&e);
}

static void a_disk_that_refuses_is_told(void)
{
    struct seal_paths p = new_folder();
    struct sync_enrolled e = answer_of_the_centre();
    p.centre_sign_cert = fixture_path("nowhere/centre-sign.pem");
    CU_ASSERT_EQUAL(install(&e, &p, FIXTURE_TERMINAL), ERR_IO);
    CU_ASSERT_EQUAL(access(p.device_cert, F_OK), -1); /* it comes last */
    sync_enrolled_clear(&e);
}

static void nobody_answers(void)
{
    char *answer = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(
        sync_enrol_post("http://localhost:1", fixture_key("ca.pem"), "{}", &answer, &n, NULL),
        ERR_INVALID);
    CU_ASSERT_EQUAL(
        sync_enrol_post("https://localhost:1", fixture_key("ca.pem"), "{}", &answer, &n, NULL),
        ERR_SYNC_OFFLINE);
    CU_ASSERT_PTR_NULL(answer);
}

static CU_TestInfo cases[] = {
    {"a ticket is read strictly", a_ticket_is_read_strictly},
    {"an answer needs a certificate", an_answer_needs_a_certificate},
    {"what is installed can be used", what_is_installed_can_be_used},
    {"what is not one's own is refused", what_is_not_ones_own_is_refused},
    {"the centre's keys come from its CA", the_centres_keys_come_from_its_ca},
    {"a disk that refuses is told", a_disk_that_refuses_is_told},
    {"nobody answers", nobody_answers},
    CU_TEST_INFO_NULL};

int main(void)
{
    return cunit_run("sync.enrol", cases);
}
