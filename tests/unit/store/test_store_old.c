/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of other versions: one of the first release goes on, a newer one is left alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fixture.h"

static struct seal *seal;

static int n_unfinished;
static void count_unfinished(void *arg, const struct journal_entry *entry)
{
    (void)arg;
    (void)entry;
    n_unfinished++;
}

static void a_database_of_the_first_release_goes_on(void)
{
    const char *dir = fixture_path("old");
    struct record_ref r = {0};
    struct store_record w = {0};
    struct store_counts c = {0};
    bool is_found = false;
    fixture_old_folder(dir);
    CU_ASSERT_EQUAL(fixture_sql_int(dir, "PRAGMA user_version"), 1);
    struct store *s = fixture_open(dir);
    struct fixture_audit a = fixture_check(s);
    CU_ASSERT(a.n == 6 && a.is_gap_free && a.is_chained && a.is_unique);
    CU_ASSERT(a.n_state[STORE_CONFIRMED] == 2 && a.n_state[STORE_QUARANTINED] == 1);
    CU_ASSERT_EQUAL(a.n_state[STORE_WAITING], 3); /* the lease of the old life has ended */
    n_unfinished = 0;
    /* In the night of those records: their receipts are not a day old. */
    CU_ASSERT_EQUAL(store_unfinished(s, 1763859600000 + 1, count_unfinished, NULL, NULL), 0);
    CU_ASSERT_EQUAL(n_unfinished, 5);
    /* Every row that waits still fits its digest, which covers form 1 as it did then. */
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL_FATAL(store_next_waiting(s, &w, &is_found, NULL), 0);
        CU_ASSERT_TRUE_FATAL(is_found);
        CU_ASSERT_EQUAL(w.env.form, SEAL_FORM_1);
        CU_ASSERT_EQUAL(store_confirm(s, w.env.sequence, "{}", "c2ln", 1, NULL), 0);
        store_record_clear(&w);
    }
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_waiting == 0 && c.n_quarantined == 1 && c.last_sequence == 6);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(r.sequence, 7);
    store_free(s);
    CU_ASSERT_EQUAL(fixture_sql_int(dir, "PRAGMA user_version"), 2);
}

/* A step that cannot be finished leaves the old version whole. */
static void a_step_up_is_whole_or_not_at_all(void)
{
    const char *dir = fixture_path("halfway");
    bool was_damaged = false;
    fixture_old_folder(dir);
    fixture_sql(dir, "CREATE TABLE task(a)"); /* in the way of the last statement of the step */
    struct store *s = store_new(dir, FIXTURE_TERMINAL);
    CU_ASSERT_NOT_EQUAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, NULL), 0);
    store_free(s);
    CU_ASSERT_EQUAL(fixture_sql_int(dir, "PRAGMA user_version"), 1);
    CU_ASSERT_EQUAL(fixture_sql_int(dir, "SELECT count(*) FROM pragma_table_info('outbox')"
                                         " WHERE name = 'form'"),
                    0);
    fixture_sql(dir, "DROP TABLE task");
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_check(s).n, 6);
    store_free(s);
}

static void old_records_are_taken_over_from_a_damaged_file(void)
{
    const char *dir = fixture_path("oldsalvage");
    bool was_damaged = false;
    fixture_old_folder(dir);
    fixture_sql(
        dir, "PRAGMA writable_schema=ON;"
             "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name ="
             " 'serials') WHERE name = 'outbox_quarantined';");
    struct store *s = store_new(dir, FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL_FATAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, NULL), 0);
    CU_ASSERT_TRUE(was_damaged);
    CU_ASSERT_PTR_NOT_NULL(strstr(store_damage_text(s), "4 taken over"));
    store_free(s);
}

/* Not one value of the old columns is another, but that leases have ended. */
static void every_old_value_is_kept(void)
{
    static const char *const queries[] = {
        "SELECT sequence, uuid, kind, number, about, matter, matter_name, sealed_at,"
        " sealed_wall_ms, suite, digest, prev_digest, signature, token, row_digest,"
        " iif(state = 1, 0, state), attempts, attempted_wall_ms, last_code, reason, ack,"
        " ack_signature, confirmed_wall_ms, hex(sealed) FROM outbox ORDER BY sequence",
        "SELECT * FROM journal ORDER BY sequence",
        "SELECT * FROM serials ORDER BY day",
        "SELECT key, value FROM meta ORDER BY key",
    };
    const char *dir = fixture_path("values");
    char *before[YJ_COUNT(queries)];
    fixture_old_folder(dir);
    for (size_t i = 0; i < YJ_COUNT(queries); i++)
        before[i] = fixture_sql_text(dir, queries[i]);
    CU_ASSERT(strlen(before[0]) > 6 * 1000);
    store_free(fixture_open(dir));
    for (size_t i = 0; i < YJ_COUNT(queries); i++) {
        YJ_CLEANUP(cleanup_free) char *after = fixture_sql_text(dir, queries[i]);
        CU_ASSERT_STRING_EQUAL(after, before[i]);
        free(before[i]);
    }
}

/* A database that was brought up to date and one made today are the same. */
static void both_ways_lead_to_one_schema(void)
{
    static const char query[] =
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name";
    const char *old = fixture_path("schema_old"), *new = fixture_path("schema_new");
    fixture_old_folder(old);
    store_free(fixture_open(old));
    store_free(fixture_open(new));
    YJ_CLEANUP(cleanup_free) char *a = fixture_sql_text(old, query);
    YJ_CLEANUP(cleanup_free) char *b = fixture_sql_text(new, query);
    CU_ASSERT(strlen(a) > 1000);
    CU_ASSERT_STRING_EQUAL(a, b);
}

static void file_digest(const char *dir, const char *name, char *hex)
{
    char path[600];
    YJ_CLEANUP(cleanup_free) char *bytes = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (mem_read_file(path, 64 << 20, &bytes, &n, NULL) != 0)
        n = 0;
    seal_digest(bytes ? bytes : "", n, hex);
}

/* Refused without a changed byte, also when its log has not been written back. */
static void a_newer_database_is_not_touched(void)
{
    static const char *const names[] = {"outbox.db", "outbox.db-wal", "sequence"};
    const char *dir = fixture_path("newer"), *copy = fixture_path("newer_copy");
    char before[3][SEAL_DIGEST_BYTES], after[SEAL_DIGEST_BYTES], path[600];
    struct record_ref r = {0};
    struct err err = {0};
    bool was_damaged = false;
    sqlite3 *db = NULL;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    store_free(s);
    snprintf(path, sizeof path, "%s/outbox.db", dir);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(
        sqlite3_exec(db, "CREATE TABLE later(a); PRAGMA user_version=3", NULL, NULL, NULL),
        SQLITE_OK);
    /* As after a power cut: database and log side by side. */
    CU_ASSERT_EQUAL(fixture_run("cp -r '%s' '%s' && rm -f '%s/outbox.db-shm'", dir, copy, copy), 0);
    sqlite3_close(db);
    for (int i = 0; i < 3; i++)
        file_digest(copy, names[i], before[i]);
    CU_ASSERT_EQUAL(fixture_run("test -s '%s/outbox.db-wal'", copy), 0);
    s = store_new(copy, FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, &err), ERR_STORE_SCHEMA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "version 3"));
    CU_ASSERT_FALSE(was_damaged);
    store_free(s);
    for (int i = 0; i < 3; i++) {
        file_digest(copy, names[i], after);
        CU_ASSERT_STRING_EQUAL(after, before[i]);
    }
    CU_ASSERT_EQUAL(fixture_sql_int(copy, "PRAGMA user_version"), 3); /* and it is whole */
}

static CU_TestInfo cases[] = {
    {"a database of the first release goes on", a_database_of_the_first_release_goes_on},
    {"every old value is kept", every_old_value_is_kept},
    {"both ways lead to one schema", both_ways_lead_to_one_schema},
    {"a step up is whole or not at all", a_step_up_is_whole_or_not_at_all},
    {"old records are taken over", old_records_are_taken_over_from_a_damaged_file},
    {"a newer database is not touched", a_newer_database_is_not_touched},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.old", cases);
    seal_close(seal);
    return rc;
}
