/* SPDX-License-Identifier: Apache-2.0 */
/* Signed sets: what was signed is taken, whatever was touched afterwards is refused and named. */
#define _GNU_SOURCE
#include "seal/manifest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"

#define HEAD "{\"schema\":\"catalogue/1\",\"version\":\"2026.11\",\"title\":\"示例\"}"

static const char *set_dir(void)
{
    return fixture_path("set");
}

static void shell(const char *command)
{
    CU_ASSERT_EQUAL_FATAL(fixture_run("cd '%s' && %s", set_dir(), command), 0);
}

/* A fresh set, signed by the publisher. */
static void make_set(void)
{
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("rm -rf '%s'; mkdir -p '%s/national' '%s/regions/4301' && cd '%s' && "
                    "printf '%%s' '" HEAD "' >catalogue.json && echo one >national/a.json && "
                    "echo two >national/b.json && echo three >regions/4301/a.json",
                    set_dir(), set_dir(), set_dir(), set_dir()),
        0);
}

static int sign(const char *key, struct err *err)
{
    return manifest_sign(set_dir(), fixture_key(key), err);
}

/* Everything that decides whether a set is taken. */
static int verify(const char *cert, struct err *err)
{
    struct seal_verifier *v = NULL;
    struct manifest *m = NULL;
    int rc = manifest_publisher_open(fixture_key(cert), &v, err);
    if (rc == 0)
        rc = manifest_open(set_dir(), v, &m, err);
    if (rc == 0)
        rc = manifest_check(m, set_dir(), err);
    manifest_free(m);
    seal_verifier_close(v);
    return rc;
}

static void make_signed(void)
{
    struct err err = {0};
    make_set();
    CU_ASSERT_EQUAL_FATAL(sign("centre-sign.key", &err), 0);
}

static void what_was_signed_is_taken(void)
{
    struct seal_verifier *v = NULL;
    struct manifest *m = NULL;
    struct err err = {0};
    make_signed();
    CU_ASSERT_EQUAL(verify("centre-sign.pem", &err), 0);
    CU_ASSERT_EQUAL_FATAL(fixture_run("openssl x509 -in '%s' -noout -pubkey >'%s'",
                                      fixture_key("centre-sign.pem"),
                                      fixture_path("keys/publisher.pub")),
                          0);
    CU_ASSERT_EQUAL(verify("publisher.pub", &err), 0); /* a bare public key will do */
    CU_ASSERT_EQUAL_FATAL(manifest_publisher_open(fixture_key("centre-sign.pem"), &v, &err), 0);
    CU_ASSERT_EQUAL_FATAL(manifest_open(set_dir(), v, &m, &err), 0);
    CU_ASSERT_STRING_EQUAL(m->version, "2026.11");
    CU_ASSERT_EQUAL(m->n_files, 4);
    CU_ASSERT_STRING_EQUAL(m->file[0].name, "catalogue.json");
    CU_ASSERT_EQUAL(strlen(m->digest), 64);
    char *text = NULL;
    size_t n = 0;
    CU_ASSERT_EQUAL(manifest_read_file(m, set_dir(), "national/a.json", &text, &n, &err), 0);
    CU_ASSERT_STRING_EQUAL(text, "one\n");
    free(text);
    text = NULL;
    CU_ASSERT_EQUAL(manifest_read_file(m, set_dir(), "../set/national/a.json", &text, &n, &err),
                    ERR_SEAL_MANIFEST);
    CU_ASSERT_EQUAL(manifest_read_file(m, set_dir(), MANIFEST_FILE, &text, &n, &err), 0);
    free(text);
    text = NULL;
    /* a file that became another one since is not given */
    shell("echo two >national/a.json");
    CU_ASSERT_EQUAL(manifest_read_file(m, set_dir(), "national/a.json", &text, &n, &err),
                    ERR_SEAL_MANIFEST);
    shell("rm national/a.json; ln -s b.json national/a.json");
    CU_ASSERT_EQUAL(manifest_read_file(m, set_dir(), "national/a.json", &text, &n, &err),
                    ERR_SEAL_MANIFEST);
    shell("echo >>manifest.json");
    CU_ASSERT_EQUAL(manifest_read_file(m, set_dir(), MANIFEST_FILE, &text, &n, &err),
                    ERR_SEAL_MANIFEST);
    CU_ASSERT_PTR_NULL(text);
    shell("rm national/a.json; echo one >national/a.json");
    manifest_free(m);
    seal_verifier_close(v);
    CU_ASSERT_EQUAL(sign("centre-sign.key", &err), 0); /* signing again is no change */
    CU_ASSERT_EQUAL(verify("centre-sign.pem", &err), 0);
}

static void what_was_touched_is_refused(void)
{
    static const struct {
        const char *command;
        int code;
        const char *says;
    } touch[] = {
        {"echo more >>national/a.json", ERR_SEAL_MANIFEST, "national/a.json: changed"},
        {"printf oni >national/a.json; echo >>national/a.json", ERR_SEAL_MANIFEST,
         "national/a.json: changed"},
        {"rm national/b.json", ERR_SEAL_MANIFEST, "national/b.json: missing"},
        {"rm -r regions", ERR_SEAL_MANIFEST, "regions/4301/a.json: missing"},
        {"echo new >national/c.json", ERR_SEAL_MANIFEST, "national/c.json: not in the manifest"},
        {"echo new >.hidden", ERR_SEAL_MANIFEST, ".hidden: this name"},
        {"mkdir -p a/b/c/d/e", ERR_SEAL_MANIFEST, "a/b/c/d: not a regular file"},
        {"rm national/a.json; ln -s b.json national/a.json", ERR_SEAL_MANIFEST,
         "national/a.json: not a regular file"},
        {"ln -s /etc/passwd extra.json", ERR_SEAL_MANIFEST, "extra.json: not a regular file"},
        {"rm national/a.json; mkfifo national/a.json", ERR_SEAL_MANIFEST,
         "national/a.json: not a regular file"},
        {"mv national elsewhere; ln -s elsewhere national", ERR_SEAL_MANIFEST, ""},
        {"head -c 1048577 /dev/zero >national/a.json", ERR_SEAL_MANIFEST,
         "national/a.json: larger than"},
        {"rm manifest.json", ERR_SEAL_MANIFEST, "manifest.json: No such file"},
        {"rm manifest.sig", ERR_SEAL_MANIFEST, "manifest.sig: No such file"},
        {"mv manifest.json m; ln -s m manifest.json", ERR_SEAL_MANIFEST, "manifest.json: "},
        {"sed -i s/2026.11/2026.12/ manifest.json", ERR_SEAL_SIGNATURE, ""},
        {"echo >>manifest.json", ERR_SEAL_SIGNATURE, ""},
        {": >manifest.sig", ERR_SEAL_SIGNATURE, "not base64"},
        {"echo bm8= >manifest.sig", ERR_SEAL_SIGNATURE, ""},
        {"head -c 300 /dev/zero >manifest.sig", ERR_SEAL_MANIFEST, "manifest.sig: larger"},
    };
    for (size_t i = 0; i < YJ_COUNT(touch); i++) {
        struct err err = {0};
        make_signed();
        shell(touch[i].command);
        int rc = verify("centre-sign.pem", &err);
        CU_ASSERT_EQUAL(rc, touch[i].code);
        if (rc != touch[i].code || !strstr(err.msg, touch[i].says)) {
            fprintf(stderr, "\n%s: %d %s\n", touch[i].command, rc, err.msg);
            CU_FAIL("another reason");
        }
    }
}

/* Manifests that are signed well and say what must not be said. */
static void a_signature_does_not_excuse_a_bad_manifest(void)
{
#define NONE "\"0000000000000000000000000000000000000000000000000000000000000000\""
    static const char *const bad[] = {
        "[]",
        "{",
        "{\"schema\":\"manifest/2\",\"version\":\"1\",\"files\":{\"a.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"files\":{\"a.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"\",\"files\":{\"a.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":[]}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"x\":1,\"files\":{\"a.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"../a.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a/../../b.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"/etc/passwd\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a//b.json\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a/\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\".a\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a/b/c/d/e\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"manifest.sig\":" NONE "}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a.json\":\"00\"}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a.json\":7}}",
        "{\"schema\":\"manifest/1\",\"version\":\"1\",\"files\":{\"a\":" NONE ",\"a\":" NONE "}}",
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        make_set();
        CU_ASSERT_EQUAL_FATAL(
            fixture_run("cd '%s' && printf '%%s' '%s' >manifest.json && "
                        "{ echo yijian-catalogue-1; cat manifest.json; } | openssl dgst -sha256 "
                        "-sign '%s' | openssl base64 -A >manifest.sig && echo >>manifest.sig",
                        set_dir(), bad[i], fixture_key("centre-sign.key")),
            0);
        int rc = verify("centre-sign.pem", &err);
        CU_ASSERT_EQUAL(rc, ERR_SEAL_MANIFEST);
        if (rc != ERR_SEAL_MANIFEST)
            fprintf(stderr, "\n%s: %d %s\n", bad[i], rc, err.msg);
    }
}

/* Older and newer is decided by the manifest's version: it must be that of the set. */
static void a_set_has_one_version(void)
{
    struct err err = {0};
    make_signed();
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("cd '%s' && sed -i 's/\"2026.11\"/\"2027.01\"/' manifest.json && "
                    "{ echo yijian-catalogue-1; cat manifest.json; } | openssl dgst -sha256 "
                    "-sign '%s' | openssl base64 -A >manifest.sig",
                    set_dir(), fixture_key("centre-sign.key")),
        0);
    CU_ASSERT_EQUAL(verify("centre-sign.pem", &err), ERR_SEAL_MANIFEST);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "not the version of the manifest"));
}

static void only_the_publisher_counts(void)
{
    struct err err = {0};
    make_set();
    CU_ASSERT_EQUAL_FATAL(sign("device.key", &err), 0);
    CU_ASSERT_EQUAL(verify("centre-sign.pem", &err), ERR_SEAL_SIGNATURE);
    CU_ASSERT_EQUAL(verify("device.pem", &err), 0);
    /* the same bytes under another domain: an envelope's signature is none of a set */
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("cd '%s' && { echo yijian-seal-1; cat manifest.json; } | openssl dgst -sha256 "
                    "-sign '%s' | openssl base64 -A >manifest.sig",
                    set_dir(), fixture_key("device.key")),
        0);
    CU_ASSERT_EQUAL(verify("device.pem", &err), ERR_SEAL_SIGNATURE);
}

static void keys_that_cannot_be_used(void)
{
    struct seal_verifier *v = NULL;
    struct err err = {0};
    make_set();
    CU_ASSERT_EQUAL(sign("centre-sign.pem", &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(sign("none.key", &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(fixture_run("openssl genpkey -algorithm ed25519 -out '%s'; openssl pkey -in "
                                "'%s' -pubout -out '%s'",
                                fixture_path("keys/ed.key"), fixture_path("keys/ed.key"),
                                fixture_path("keys/ed.pub")),
                    0);
    CU_ASSERT_EQUAL(sign("ed.key", &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(manifest_publisher_open(fixture_key("ed.pub"), &v, &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(manifest_publisher_open(fixture_key("none.pem"), &v, &err), ERR_SEAL_KEY);
    CU_ASSERT_EQUAL(manifest_publisher_open(fixture_key("device.key"), &v, &err), ERR_SEAL_KEY);
    CU_ASSERT_PTR_NULL(v);
}

static void what_cannot_be_a_set_is_not_signed(void)
{
    static const char *const commands[] = {"echo >.hidden",
                                           "ln -s a national/l.json",
                                           "mkfifo national/p.json",
                                           "echo >'a b.json'",
                                           "rm catalogue.json",
                                           "echo '{}' >catalogue.json",
                                           "head -c 1048577 /dev/zero >national/a.json"};
    for (size_t i = 0; i < YJ_COUNT(commands); i++) {
        struct err err = {0};
        make_set();
        shell(commands[i]);
        CU_ASSERT_EQUAL(sign("centre-sign.key", &err), ERR_SEAL_MANIFEST);
        CU_ASSERT(err.msg[0] != '\0');
    }
}

static CU_TestInfo cases[] = {
    {"what was signed is taken", what_was_signed_is_taken},
    {"what was touched is refused", what_was_touched_is_refused},
    {"a signature does not excuse a bad manifest", a_signature_does_not_excuse_a_bad_manifest},
    {"a set has one version", a_set_has_one_version},
    {"only the publisher counts", only_the_publisher_counts},
    {"keys that cannot be used", keys_that_cannot_be_used},
    {"what cannot be a set is not signed", what_cannot_be_a_set_is_not_signed},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("store.manifest", cases)
