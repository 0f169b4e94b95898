/* SPDX-License-Identifier: Apache-2.0 */
/* A set on its way: whole, signed, and resumed where it was cut; nothing else becomes incoming. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"
#include "sync/sync_catalogue.h"

#define HEAD "{\"schema\":\"catalogue/1\",\"version\":\"2026.11\",\"title\":\"示例\"}"

enum { BIG_BYTES = 3 * SYNC_PIECE_BYTES }; /* ends with a piece: only 416 or the digest says so */

/* The set at the centre, and the data folder of the terminal. */
static const char *set_dir(void)
{
    return fixture_path("centre-set");
}

static const char *data_dir(void)
{
    return fixture_path("data");
}

static void make_set(const char *key)
{
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("rm -rf '%s' '%s'; mkdir -p '%s' '%s/national' '%s/regions/4301' && cd '%s' && "
                    "printf '%%s' '" HEAD "' >catalogue.json && echo one >national/a.json && "
                    "echo three >regions/4301/a.json && "
                    "head -c %d /dev/zero | tr '\\0' x >national/big.json",
                    set_dir(), data_dir(), data_dir(), set_dir(), set_dir(), set_dir(),
                    (int)BIG_BYTES),
        0);
    CU_ASSERT_EQUAL_FATAL(manifest_sign(set_dir(), fixture_key(key), &err), 0);
}

static char *base64_of(const char *name)
{
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    char path[256];
    snprintf(path, sizeof path, "%s/%s", set_dir(), name);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 20, &data, &n, NULL), 0);
    return seal_base64(data, n);
}

static int begin(struct sync_catalogue **ret, struct err *err)
{
    struct seal_verifier *publisher = NULL;
    YJ_CLEANUP(cleanup_free) char *manifest = base64_of(MANIFEST_FILE);
    YJ_CLEANUP(cleanup_free) char *signature = base64_of(MANIFEST_SIGNATURE);
    YJ_CLEANUP(cleanup_free) char *json = NULL;
    if (asprintf(&json, "{\"manifest\":\"%s\",\"signature\":\"%s\"}", manifest, signature) < 0)
        abort();
    CU_ASSERT_EQUAL_FATAL(manifest_publisher_open(fixture_key("centre-sign.pem"), &publisher, err),
                          0);
    int rc = sync_catalogue_begin(data_dir(), json, strlen(json), publisher, ret, err);
    seal_verifier_close(publisher);
    return rc;
}

enum manner { RANGES, WHOLE, LIES, BOUNDED };

static const char *name_of(const char *digest)
{
    static char found[256];
    char command[700];
    snprintf(command, sizeof command, "cd '%s' && find . -type f | xargs sha256sum | grep %s",
             set_dir(), digest);
    FILE *f = popen(command, "r");
    found[0] = '\0';
    if (f && fgets(found, sizeof found, f))
        found[strcspn(found, "\n")] = '\0';
    if (f)
        pclose(f);
    return found[0] ? found + 66 + 2 : ""; /* digest, two blanks, "./" */
}

/* Play the centre for one piece. */
static int serve(struct sync_catalogue *c, const struct sync_piece *piece, enum manner how,
                 struct err *err)
{
    char path[600];
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s", set_dir(), name_of(strrchr(piece->path, '/') + 1));
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1 << 20, &data, &n, NULL), 0);
    if (how == WHOLE)
        return sync_catalogue_take(c, 200, data, n, err);
    if ((size_t)piece->first >= n)
        return sync_catalogue_take(c, 416, "", 0, err);
    size_t want = (size_t)(piece->last - piece->first + 1), left = n - (size_t)piece->first;
    if (how == BOUNDED && want > 10000) /* a centre that gives less at a time */
        want = 10000;
    if (how == LIES)
        data[n - 1] ^= 1;
    return sync_catalogue_take(c, 206, data + piece->first, want < left ? want : left, err);
}

/* @return requests until it was whole, or an error */
static int fetch_all(struct sync_catalogue *c, const char *base, enum manner how, int at_most)
{
    int n = 0;
    struct err err = {0};
    for (;;) {
        struct sync_piece piece;
        bool is_whole = false;
        int rc = sync_catalogue_step(c, base, 1000, &is_whole, &piece, &err);
        if (rc)
            return rc;
        if (is_whole || n == at_most)
            return n;
        if (!piece.path[0])
            continue;
        n++;
        rc = serve(c, &piece, how, &err);
        if (rc)
            return rc;
    }
}

static bool is_incoming(void)
{
    char path[256];
    snprintf(path, sizeof path, "%s/catalogue/incoming/" MANIFEST_FILE, data_dir());
    return access(path, F_OK) == 0;
}

/* As `kioskctl catalogue stage` would look at it. */
static int check_incoming(void)
{
    struct seal_verifier *v = NULL;
    struct manifest *m = NULL;
    struct err err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/catalogue/incoming", data_dir());
    int rc = manifest_publisher_open(fixture_key("centre-sign.pem"), &v, &err);
    if (rc == 0)
        rc = manifest_open(path, v, &m, &err);
    if (rc == 0)
        rc = manifest_check(m, path, &err);
    manifest_free(m);
    seal_verifier_close(v);
    return rc;
}

static void finish(struct sync_catalogue *c)
{
    struct err err = {0};
    CU_ASSERT_EQUAL(sync_catalogue_finish(c, &err), 0);
    sync_catalogue_free(c);
    CU_ASSERT_TRUE(is_incoming());
    CU_ASSERT_EQUAL(check_incoming(), 0);
    CU_ASSERT_EQUAL(fixture_run("test ! -e '%s/catalogue/fetch'", data_dir()), 0);
}

static void it_comes_in_pieces(void)
{
    static const struct {
        enum manner how;
        int n_requests;
    } row[] = {{RANGES, 3 + 3}, {WHOLE, 3 + 1}, {BOUNDED, 3 + (BIG_BYTES + 9999) / 10000}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct sync_catalogue *c = NULL;
        make_set("centre-sign.key");
        CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
        CU_ASSERT_FALSE(is_incoming());
        CU_ASSERT_EQUAL(fetch_all(c, NULL, row[i].how, 1000), row[i].n_requests);
        finish(c);
    }
}

static void it_goes_on_where_it_was_cut(void)
{
    int n = 0;
    make_set("centre-sign.key");
    for (int cut = 0; cut < 6; cut++) { /* the program ends after each request */
        struct sync_catalogue *c = NULL;
        CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
        n += fetch_all(c, NULL, RANGES, 1);
        sync_catalogue_free(c);
        CU_ASSERT_FALSE(is_incoming());
    }
    struct sync_catalogue *c = NULL;
    CU_ASSERT_EQUAL(n, 6);
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
    CU_ASSERT_EQUAL(fetch_all(c, NULL, RANGES, 1000), 0); /* nothing was fetched twice */
    finish(c);
}

static void what_is_here_is_not_fetched(void)
{
    struct sync_catalogue *c = NULL;
    make_set("centre-sign.key");
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("rm -rf '%s' && cp -r '%s' '%s' && echo two >>'%s/national/a.json'",
                    fixture_path("base"), set_dir(), fixture_path("base"), fixture_path("base")),
        0);
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
    CU_ASSERT_EQUAL(fetch_all(c, fixture_path("base"), RANGES, 1000), 1); /* the one that differs */
    finish(c);
}

static void another_publisher_is_refused(void)
{
    struct sync_catalogue *c = NULL;
    make_set("device.key");
    CU_ASSERT_EQUAL(begin(&c, NULL), ERR_SEAL_SIGNATURE);
    CU_ASSERT_PTR_NULL(c);
    CU_ASSERT_EQUAL(fixture_run("test ! -e '%s/catalogue/fetch'", data_dir()), 0);
}

static void a_lying_centre_is_refused(void)
{
    struct sync_catalogue *c = NULL;
    make_set("centre-sign.key");
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
    int n = 0, rc;
    /* small files: the lie shows when nothing more comes */
    while ((rc = fetch_all(c, NULL, LIES, 1)) == 1 && n < 10)
        n++;
    CU_ASSERT_EQUAL(rc, ERR_SEAL_MANIFEST);
    sync_catalogue_free(c);
    CU_ASSERT_FALSE(is_incoming());
    CU_ASSERT_EQUAL(fixture_run("! ls '%s/catalogue/fetch' | grep part-", data_dir()), 0);
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0); /* the honest one goes on */
    CU_ASSERT(fetch_all(c, NULL, RANGES, 1000) > 0);
    finish(c);
}

static void other_answers_are_none(void)
{
    static const char *const none[] = {"",
                                       "{}",
                                       "{\"manifest\":\"e30=\"}",
                                       "{\"manifest\":\"%%%%\",\"signature\":\"e30=\"}",
                                       "{\"manifest\":\"e30\",\"signature\":\"e30=\"}",
                                       "{\"manifest\":\"\",\"signature\":\"\"}"};
    struct seal_verifier *v = NULL;
    struct sync_catalogue *c = NULL;
    make_set("centre-sign.key");
    CU_ASSERT_EQUAL_FATAL(manifest_publisher_open(fixture_key("centre-sign.pem"), &v, NULL), 0);
    for (size_t i = 0; i < YJ_COUNT(none); i++)
        CU_ASSERT_EQUAL(sync_catalogue_begin(data_dir(), none[i], strlen(none[i]), v, &c, NULL),
                        ERR_SYNC_NOT_CENTRE);
    seal_verifier_close(v);
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
    struct sync_piece piece;
    bool is_whole;
    CU_ASSERT_EQUAL(sync_catalogue_step(c, NULL, 1000, &is_whole, &piece, NULL), 0);
    CU_ASSERT_EQUAL(sync_catalogue_take(c, 404, "", 0, NULL), ERR_SYNC_NOT_CENTRE);
    sync_catalogue_free(c);
}

static void a_newer_set_takes_the_place_of_half_an_old_one(void)
{
    struct sync_catalogue *c = NULL;
    make_set("centre-sign.key");
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
    CU_ASSERT_EQUAL(fetch_all(c, NULL, RANGES, 4), 4);
    sync_catalogue_free(c);
    CU_ASSERT_EQUAL_FATAL(fixture_run("rm '%s/national/a.json'", set_dir()), 0);
    CU_ASSERT_EQUAL_FATAL(manifest_sign(set_dir(), fixture_key("centre-sign.key"), NULL), 0);
    CU_ASSERT_EQUAL_FATAL(begin(&c, NULL), 0);
    CU_ASSERT(fetch_all(c, NULL, RANGES, 1000) > 0);
    finish(c); /* without the file of the old one */
}

static CU_TestInfo cases[] = {{"it comes in pieces", it_comes_in_pieces},
                              {"it goes on where it was cut", it_goes_on_where_it_was_cut},
                              {"what is here is not fetched", what_is_here_is_not_fetched},
                              {"another publisher is refused", another_publisher_is_refused},
                              {"a lying centre is refused", a_lying_centre_is_refused},
                              {"other answers are none", other_answers_are_none},
                              {"a newer set takes the place of half an old one",
                               a_newer_set_takes_the_place_of_half_an_old_one},
                              CU_TEST_INFO_NULL};

int main(void)
{
    return cunit_run("sync.catalogue_fetch", cases);
}
