/* SPDX-License-Identifier: Apache-2.0 */
/* Sets on disk: staged, taken over, kept. Every operation is cut off at each of its steps, and
 * fails at each of them: the old set or the new one is there afterwards, whole. */
#define _GNU_SOURCE
#include "catalogue_store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"

/* ---- a disk that stops ---- */

/* Operations until the fault; -1: none. One test at a time, one thread. */
static int n_left = -1;
static bool is_cut; /* true: nothing is written any more (power), false: this one fails (full) */
static int n_done;

static bool is_faulty(void)
{
    n_done++;
    if (n_left < 0)
        return false;
    bool is_now = is_cut ? n_left == 0 : n_left == 1;
    n_left -= n_left > 0;
    if (is_now)
        errno = is_cut ? EIO : ENOSPC;
    return is_now;
}

static int fault_make_dir(int fd, const char *name)
{
    return is_faulty() ? -1 : catalogue_store_disk.make_dir(fd, name);
}
static int fault_write_file(int fd, const char *name, const void *p, size_t n)
{
    if (!is_faulty())
        return catalogue_store_disk.write_file(fd, name, p, n);
    (void)catalogue_store_disk.write_file(fd, name, p, n / 2); /* half of it is there */
    errno = is_cut ? EIO : ENOSPC;
    return -1;
}
static int fault_make_link(const char *target, int fd, const char *name)
{
    return is_faulty() ? -1 : catalogue_store_disk.make_link(target, fd, name);
}
static int fault_rename(int fd, const char *from, const char *to)
{
    return is_faulty() ? -1 : catalogue_store_disk.rename(fd, from, to);
}
static int fault_remove(int fd, const char *name, bool is_dir)
{
    return is_faulty() ? -1 : catalogue_store_disk.remove(fd, name, is_dir);
}
static int fault_flush(int fd)
{
    return is_faulty() ? -1 : catalogue_store_disk.flush(fd);
}

static const struct catalogue_store_ops faulty = {.make_dir = fault_make_dir,
                                                  .write_file = fault_write_file,
                                                  .make_link = fault_make_link,
                                                  .rename = fault_rename,
                                                  .remove = fault_remove,
                                                  .flush = fault_flush};

/* ---- sets and stores ---- */

static struct seal_verifier *publisher;

static const char *data_dir(void)
{
    return fixture_path("data");
}

static int accept(void *ctx, const char *dir, struct err *err)
{
    (void)ctx;
    (void)dir;
    (void)err;
    return 0;
}

static int decline(void *ctx, const char *dir, struct err *err)
{
    (void)ctx;
    CU_ASSERT_EQUAL(fixture_run("test -s '%s/national/a.json'", dir), 0); /* the copy is whole */
    return ERR(err, ERR_MATTER_FILE, "3 mistakes");
}

/* A signed set "one" or "two" in a folder of that name. */
static const char *make_set(const char *name)
{
    struct err err = {0};
    const char *dir = fixture_path(name);
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("rm -rf '%s'; mkdir -p '%s/national' '%s/regions/43' && cd '%s' && echo "
                    "'{\"schema\":\"catalogue/1\",\"version\":\"%s\",\"title\":\"x\"}' "
                    ">catalogue.json && echo %s >national/a.json && echo %s >regions/43/a.json",
                    dir, dir, dir, dir, name, name, name),
        0);
    CU_ASSERT_EQUAL_FATAL(manifest_sign(dir, fixture_key("centre-sign.key"), &err), 0);
    return dir;
}

static int stage(const char *dir, const struct catalogue_store_ops *ops, catalogue_check check,
                 char *digest)
{
    struct catalogue_store *s = NULL;
    struct err err = {0};
    int rc = catalogue_store_open(data_dir(), true, 0, ops, &s, &err);
    if (rc == 0)
        rc = catalogue_store_stage(s, dir, publisher, check, NULL, digest, &err);
    catalogue_store_close(s);
    return rc;
}

static int commit(const char *before, const struct catalogue_store_ops *ops)
{
    struct catalogue_store *s = NULL;
    struct err err = {0};
    int rc = catalogue_store_open(data_dir(), false, 0, ops, &s, &err);
    if (rc == 0)
        rc = catalogue_store_commit(s, before, &err);
    catalogue_store_close(s);
    return rc;
}

static void begin(void)
{
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(fixture_run("rm -rf '%s' && mkdir '%s'", data_dir(), data_dir()), 0);
    if (!publisher)
        CU_ASSERT_EQUAL_FATAL(
            manifest_publisher_open(fixture_key("centre-sign.pem"), &publisher, &err), 0);
    n_left = -1;
}

/* @return true when the slot names this set ("" none) and the set is whole */
static bool slot_is(enum catalogue_slot slot, const char *want)
{
    char digest[SEAL_DIGEST_BYTES];
    struct err err = {0};
    if (!catalogue_store_peek(data_dir(), slot, digest))
        return !*want;
    return !strcmp(digest, want) &&
           catalogue_store_verify(data_dir(), digest, publisher, NULL, &err) == 0;
}

static int n_sets(void)
{
    int n = -1;
    CU_ASSERT_EQUAL_FATAL(
        fixture_run("ls -A '%s/catalogue/sets' | wc -l >'%s'", data_dir(), fixture_path("n")), 0);
    FILE *f = fopen(fixture_path("n"), "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fscanf(f, "%d", &n), 1);
    fclose(f);
    return n;
}

static void sets_come_and_go(void)
{
    char one[SEAL_DIGEST_BYTES], two[SEAL_DIGEST_BYTES], three[SEAL_DIGEST_BYTES];
    begin();
    CU_ASSERT_EQUAL(commit("", NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(stage(make_set("one"), NULL, accept, one), 0);
    CU_ASSERT(slot_is(CATALOGUE_STAGED, one));
    CU_ASSERT(slot_is(CATALOGUE_CURRENT, ""));
    CU_ASSERT_EQUAL(commit("", NULL), 0);
    CU_ASSERT(slot_is(CATALOGUE_STAGED, ""));
    CU_ASSERT(slot_is(CATALOGUE_CURRENT, one));
    CU_ASSERT_EQUAL(commit("", NULL), ERR_WRONG_STATE);
    CU_ASSERT_EQUAL(stage(make_set("two"), NULL, accept, two), 0);
    CU_ASSERT_EQUAL(commit(one, NULL), 0);
    CU_ASSERT(slot_is(CATALOGUE_CURRENT, two));
    CU_ASSERT(slot_is(CATALOGUE_PREVIOUS, one));
    CU_ASSERT_EQUAL(stage(make_set("three"), NULL, accept, three), 0);
    CU_ASSERT_EQUAL(n_sets(), 3);
    CU_ASSERT_EQUAL(commit(two, NULL), 0);
    CU_ASSERT_EQUAL(n_sets(), 2); /* nobody names the first any more */
    CU_ASSERT_EQUAL(stage(make_set("two"), NULL, accept, one), 0); /* back again */
    CU_ASSERT_EQUAL(commit(three, NULL), 0);
    CU_ASSERT(slot_is(CATALOGUE_CURRENT, two));
    CU_ASSERT(slot_is(CATALOGUE_PREVIOUS, three));
}

static void what_is_refused_leaves_nothing(void)
{
    char one[SEAL_DIGEST_BYTES], other[SEAL_DIGEST_BYTES];
    begin();
    CU_ASSERT_EQUAL(stage(make_set("one"), NULL, accept, one), 0);
    CU_ASSERT_EQUAL(stage(make_set("two"), NULL, decline, other), ERR_MATTER_FILE);
    CU_ASSERT_EQUAL(fixture_run("echo x >>'%s/national/a.json'", make_set("three")), 0);
    CU_ASSERT_EQUAL(stage(fixture_path("three"), NULL, accept, other), ERR_SEAL_MANIFEST);
    CU_ASSERT_EQUAL(fixture_run("rm '%s/manifest.sig'", make_set("three")), 0);
    CU_ASSERT_EQUAL(stage(fixture_path("three"), NULL, accept, other), ERR_SEAL_MANIFEST);
    CU_ASSERT(slot_is(CATALOGUE_STAGED, one)); /* the good one before still waits */
    CU_ASSERT_EQUAL(n_sets(), 1);
    struct catalogue_store *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(catalogue_store_open(data_dir(), false, 0, NULL, &s, &err), 0);
    struct catalogue_store *second = NULL;
    CU_ASSERT_EQUAL(catalogue_store_open(data_dir(), false, 40, NULL, &second, &err), ERR_BUSY);
    CU_ASSERT_EQUAL(catalogue_store_unstage(s, &err), 0);
    CU_ASSERT(slot_is(CATALOGUE_STAGED, ""));
    CU_ASSERT_EQUAL(n_sets(), 0);
    catalogue_store_close(s);
}

static void a_damaged_set_is_seen_and_replaced(void)
{
    char one[SEAL_DIGEST_BYTES];
    struct err err = {0};
    begin();
    CU_ASSERT_EQUAL(stage(make_set("one"), NULL, accept, one), 0);
    CU_ASSERT_EQUAL(commit("", NULL), 0);
    CU_ASSERT_EQUAL(
        fixture_run("truncate -s 1 '%s/catalogue/sets/%s/national/a.json'", data_dir(), one), 0);
    CU_ASSERT_EQUAL(catalogue_store_verify(data_dir(), one, publisher, NULL, &err),
                    ERR_SEAL_MANIFEST);
    CU_ASSERT_EQUAL(stage(fixture_path("one"), NULL, accept, one), 0);
    CU_ASSERT_EQUAL(catalogue_store_verify(data_dir(), one, publisher, NULL, &err), 0);
    /* links that name something else name nothing */
    char digest[SEAL_DIGEST_BYTES];
    CU_ASSERT_EQUAL(fixture_run("ln -sfn ../../etc '%s/catalogue/current'", data_dir()), 0);
    CU_ASSERT_FALSE(catalogue_store_peek(data_dir(), CATALOGUE_CURRENT, digest));
    CU_ASSERT_EQUAL(fixture_run("rm '%s/catalogue/current' && echo sets/%s >'%s/catalogue/current'",
                                data_dir(), one, data_dir()),
                    0);
    CU_ASSERT_FALSE(catalogue_store_peek(data_dir(), CATALOGUE_CURRENT, digest));
}

/* "one" is in use, "two" comes; the first n steps of staging and of the change are made. */
static int stage_and_commit(const char *one, char *two, int n_steps)
{
    n_done = 0;
    n_left = n_steps;
    int rc = stage(fixture_path("two"), &faulty, accept, two);
    if (rc == 0)
        rc = commit(one, &faulty);
    n_left = -1;
    return rc;
}

static void each_step_may_be_the_last(bool is_power_cut)
{
    char one[SEAL_DIGEST_BYTES], two[SEAL_DIGEST_BYTES], name[SEAL_DIGEST_BYTES];
    begin();
    is_cut = is_power_cut;
    make_set("one");
    CU_ASSERT_EQUAL_FATAL(stage(make_set("two"), NULL, accept, two), 0); /* its name */
    int n_failed = 0;
    for (int step = is_power_cut ? 0 : 1;; step++) {
        begin();
        CU_ASSERT_EQUAL_FATAL(stage(fixture_path("one"), NULL, accept, one), 0);
        CU_ASSERT_EQUAL_FATAL(commit("", NULL), 0);
        int rc = stage_and_commit(one, name, step);
        if (rc == 0 && step > n_done)
            break; /* the fault would come after the end */
        n_failed += rc != 0;
        bool is_old = slot_is(CATALOGUE_CURRENT, one), is_new = slot_is(CATALOGUE_CURRENT, two);
        CU_ASSERT(is_old != is_new);
        CU_ASSERT(slot_is(CATALOGUE_STAGED, "") || slot_is(CATALOGUE_STAGED, two));
        CU_ASSERT(is_old || slot_is(CATALOGUE_PREVIOUS, one));
        /* and the next attempt comes to its end */
        CU_ASSERT_EQUAL(stage(fixture_path("two"), NULL, accept, name), 0);
        CU_ASSERT_EQUAL(commit(is_old ? one : two, NULL), 0);
        CU_ASSERT(slot_is(CATALOGUE_CURRENT, two));
        CU_ASSERT(slot_is(CATALOGUE_PREVIOUS, one));
        CU_ASSERT(slot_is(CATALOGUE_STAGED, ""));
        CU_ASSERT_EQUAL(n_sets(), 2);
    }
    CU_ASSERT(n_failed > 15);
    printf("    %d steps\n", n_failed);
}

static void power_may_go_at_each_step(void)
{
    each_step_may_be_the_last(true);
}

static void each_step_may_fail(void)
{
    each_step_may_be_the_last(false);
}

static void nothing_is_made_where_nothing_is(void)
{
    struct catalogue_store *s = NULL;
    struct err err = {0};
    char digest[SEAL_DIGEST_BYTES];
    begin();
    CU_ASSERT_EQUAL(catalogue_store_open(fixture_path("none"), true, 0, NULL, &s, &err),
                    ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(catalogue_store_open(data_dir(), false, 0, NULL, &s, &err), ERR_NOT_FOUND);
    CU_ASSERT_FALSE(catalogue_store_peek(data_dir(), CATALOGUE_CURRENT, digest));
    CU_ASSERT_STRING_EQUAL(digest, "");
    CU_ASSERT_EQUAL(fixture_run("touch '%s/catalogue'", data_dir()), 0);
    CU_ASSERT_EQUAL(catalogue_store_open(data_dir(), true, 0, NULL, &s, &err), ERR_STORE_OPEN);
    CU_ASSERT_PTR_NULL(s);
    seal_verifier_close(publisher);
    publisher = NULL;
}

static CU_TestInfo cases[] = {
    {"sets come and go", sets_come_and_go},
    {"what is refused leaves nothing", what_is_refused_leaves_nothing},
    {"a damaged set is seen and replaced", a_damaged_set_is_seen_and_replaced},
    {"power may go at each step", power_may_go_at_each_step},
    {"each step may fail", each_step_may_fail},
    {"nothing is made where nothing is", nothing_is_made_where_nothing_is},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("store.catalogue_store", cases)
