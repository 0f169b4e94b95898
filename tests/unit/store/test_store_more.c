/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments of records, and what is written in groups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static struct seal *seal;

/* --- attachments ---------------------------------------------------------------------------- */

enum { BIG_BYTES = 300 * 1024 };

/* An application with two files, of form 2. */
static int commit_with_files(struct store *s, struct record_ref *ret, struct err *err)
{
    static const size_t bytes[] = {BIG_BYTES, 5};
    return fixture_commit_files(s, seal, bytes, 2, ret, err);
}

static void attachments_follow_their_record(void)
{
    const char *dir = fixture_path("files");
    struct record_ref r = {0};
    struct store_attachment_ref file = {0}, second = {0};
    struct store_counts c = {0};
    struct err err = {0};
    bool is_found = true;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL_FATAL(commit_with_files(s, &r, &err), 0);
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_attachments == 2 && c.n_waiting == 1 && c.db_bytes > 0 && c.free_bytes > 0);
    /* Not before the centre has the record that lists them. */
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    CU_ASSERT_FALSE(is_found);
    CU_ASSERT_EQUAL(store_confirm(s, r.sequence, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    CU_ASSERT(is_found && file.index == 0 && file.what.bytes > BIG_BYTES);
    CU_ASSERT_STRING_EQUAL(file.uuid, r.uuid);
    CU_ASSERT_EQUAL(store_attachment_note_attempt(s, &file, NULL), 0);
    CU_ASSERT_EQUAL(store_next_attachment(s, &second, &is_found, NULL), 0);
    CU_ASSERT_EQUAL(second.index, 1); /* the one that was tried less goes first */
    CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", 5, NULL), 0);
    CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", 5, NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(store_attachment_refuse(s, &second, "415 no", NULL), 0);
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_attachments == 0 && c.n_attachments_refused == 1);
    CU_ASSERT_EQUAL(store_feed_retry(s, r.sequence, NULL), 0); /* the centre wants it after all */
    CU_ASSERT_EQUAL(store_feed_retry(s, r.sequence, NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    CU_ASSERT(is_found && file.index == 1);
    store_free(s);
}

static void attachments_are_read_in_pieces(void)
{
    struct record_ref r = {0};
    struct store_attachment_ref file = {0};
    char digest[SEAL_DIGEST_BYTES];
    bool is_found = false;
    int64_t at = 0;
    int n;
    struct store *s = fixture_open(fixture_path("pieces"));
    CU_ASSERT_EQUAL_FATAL(commit_with_files(s, &r, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, r.sequence, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    YJ_CLEANUP(cleanup_free) uint8_t *whole = mem_zalloc((size_t)file.what.bytes, 1);
    while ((n = store_attachment_read(s, &file, at, whole + at, 10007, NULL)) > 0)
        at += n;
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(at, file.what.bytes);
    seal_digest(whole, (size_t)at, digest);
    CU_ASSERT_STRING_EQUAL(digest, file.what.digest);
    CU_ASSERT_EQUAL(store_attachment_read(s, &file, at + 1, whole, 1, NULL), ERR_INVALID);
    file.index = 7;
    CU_ASSERT_EQUAL(store_attachment_read(s, &file, 0, whole, 1, NULL), ERR_NOT_FOUND);
    store_free(s);
}

static void a_damaged_attachment_is_set_aside(void)
{
    const char *dir = fixture_path("spoilt");
    struct record_ref r = {0};
    struct store_attachment_ref file = {0};
    struct store_counts c = {0};
    bool is_found = false;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL_FATAL(commit_with_files(s, &r, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, r.sequence, "{}", "c2ln", 1, NULL), 0);
    store_free(s);
    fixture_sql(dir, "UPDATE attachment SET sealed = zeroblob(length(sealed)) WHERE idx = 0");
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
    CU_ASSERT(is_found && file.index == 1);
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_attachments == 1 && c.n_attachments_refused == 1);
    /* The list is part of what the row's digest covers. */
    store_free(s);
    fixture_sql(dir, "UPDATE outbox SET state = 0, attachments = ''");
    s = fixture_open(dir);
    struct store_record w = {0};
    CU_ASSERT_EQUAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT_FALSE(is_found);
    store_free(s);
}

static void attachments_are_taken_over_from_a_damaged_file(void)
{
    const char *dir = fixture_path("filesalvage");
    struct record_ref r = {0}, done = {0};
    struct store_counts c = {0};
    bool was_damaged = false;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL_FATAL(commit_with_files(s, &r, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(commit_with_files(s, &done, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, done.sequence, "{}", "c2ln", 1, NULL), 0);
    store_free(s);
    fixture_sql(
        dir, "PRAGMA writable_schema=ON;"
             "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name ="
             " 'serials') WHERE name = 'outbox_quarantined';");
    s = store_new(dir, FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL_FATAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, NULL), 0);
    CU_ASSERT_TRUE(was_damaged);
    /* The confirmed one waits again, because of its files. */
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_waiting == 2 && c.n_attachments == 4 && c.n_attachments_refused == 0);
    store_free(s);
}

static void retention_waits_for_the_files(void)
{
    const char *dir = fixture_path("retention");
    struct record_ref r = {0};
    struct store_attachment_ref file = {0};
    bool is_found = false;
    int n = -1;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL_FATAL(commit_with_files(s, &r, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, r.sequence, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    CU_ASSERT_EQUAL(store_setting_set(s, "retention_days", "3", NULL), 0);
    int64_t later = FIXTURE_WALL_MS + 4 * day_ms;
    CU_ASSERT_EQUAL(store_purge(s, later, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 0); /* its files are still to go */
    while (store_next_attachment(s, &file, &is_found, NULL) == 0 && is_found)
        CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_setting_set(s, "retention_days", "5", NULL), 0);
    CU_ASSERT_EQUAL(store_purge(s, later, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 0); /* five days, not four */
    CU_ASSERT_EQUAL(store_setting_set(s, "retention_days", "3", NULL), 0);
    CU_ASSERT_EQUAL(store_purge(s, later, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    store_free(s);
    CU_ASSERT_EQUAL(
        fixture_sql_int(dir, "SELECT count(*) FROM attachment WHERE sealed IS NOT NULL"), 0);
    CU_ASSERT_EQUAL(fixture_sql_int(dir, "SELECT count(*) FROM attachment"),
                    2); /* that they were: kept */
}

/* --- groups --------------------------------------------------------------------------------- */

static void leases_are_noted_together(void)
{
    const char *dir = fixture_path("lease");
    struct record_ref r = {0};
    struct store_record w = {0};
    int64_t sequence[8];
    int n = 0;
    bool is_found = false;
    struct store *s = fixture_open(dir);
    for (int i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(store_lease(s, 3, 1, sequence, &n, NULL), 0);
    CU_ASSERT(n == 3 && sequence[0] == 1 && sequence[2] == 3);
    CU_ASSERT_EQUAL(store_read_leased(s, 2, &w, &is_found, NULL), 0);
    CU_ASSERT(is_found && w.env.sequence == 2 && w.attempts == 1);
    store_record_clear(&w);
    CU_ASSERT_EQUAL(store_release(s, 1, ERR_SYNC_OFFLINE, NULL), 0);
    CU_ASSERT_EQUAL(store_read_leased(s, 1, &w, &is_found, NULL), 0);
    CU_ASSERT_FALSE(is_found); /* it waits again: nobody's lease */
    /* A group is written whole or not at all. */
    CU_ASSERT_EQUAL(store_group_begin(s, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 2, "{}", "c2ln", 1, NULL), 0);
    store_group_rollback(s);
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_CONFIRMED], 0);
    CU_ASSERT_EQUAL(store_group_begin(s, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 2, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 3, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_group_commit(s, NULL), 0);
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_CONFIRMED], 2);
    store_free(s);
    s = fixture_open(dir); /* what is leased and not confirmed waits after a restart */
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_WAITING], 3);
    store_free(s);
    fixture_sql(dir, "UPDATE outbox SET signature = 'AAAA' WHERE sequence = 4");
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_lease(s, 8, 1, sequence, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 3);
    CU_ASSERT_EQUAL(store_read_leased(s, 4, &w, &is_found, NULL), 0);
    CU_ASSERT_FALSE(is_found);
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_QUARANTINED], 1);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"attachments follow their record", attachments_follow_their_record},
    {"attachments are read in pieces", attachments_are_read_in_pieces},
    {"a damaged attachment is set aside", a_damaged_attachment_is_set_aside},
    {"attachments are taken over", attachments_are_taken_over_from_a_damaged_file},
    {"retention waits for the files", retention_waits_for_the_files},
    {"leases are noted together", leases_are_noted_together},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.more", cases);
    seal_close(seal);
    return rc;
}
