/* SPDX-License-Identifier: Apache-2.0 */
/* Faults on the way from version 1 to ours, how often is flushed, and a log that stays long. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "fault_vfs.h"
#include "fixture.h"
#include "store/sequence_file.h"

static struct seal *seal;

static const char first_values[] =
    "SELECT sequence, uuid, number, digest, signature, token, row_digest, iif(state = 1, 0, state),"
    " attempts, hex(sealed) FROM outbox UNION ALL SELECT sequence, state, copies, changed_wall_ms,"
    " '', '', '', '', '', '' FROM journal";

/* @return whether the fault was reached */
static bool one_step_up(const char *dir, int n, bool is_kill, const char *want, int *n_old)
{
    char look[600];
    int status = -1;
    snprintf(look, sizeof look, "%s.look", dir);
    (void)!fixture_run("rm -rf '%s' '%s'", dir, look);
    fixture_old_folder(dir);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct err err = {0};
        bool was_damaged = false;
        struct store *s = store_new(dir, FIXTURE_TERMINAL);
        *fault_now() = (struct fault){n, EIO, true, false, is_kill};
        int rc = store_open(s, FIXTURE_WALL_MS, &was_damaged, &err);
        bool is_reached = fault_now()->countdown == 0;
        fault_now()->countdown = 0;
        if (was_damaged)
            _exit(3);
        store_free(s);
        _exit(rc == 0 && !is_reached ? 0 : 1);
    }
    if (waitpid(child, &status, 0) != child)
        abort();
    CU_ASSERT(WIFEXITED(status));
    CU_ASSERT(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == (is_kill ? FAULT_KILLED : 1));
    /* One version or the other, with everything that belongs to it. A copy is looked at, so that
     * the store meets what the fault left. */
    CU_ASSERT_EQUAL(fixture_run("cp -r '%s' '%s'", dir, look), 0);
    int64_t version = fixture_sql_int(look, "PRAGMA user_version");
    int64_t n_new = fixture_sql_int(
        look, "SELECT (SELECT count(*) FROM pragma_table_info('outbox') WHERE name"
              " IN ('form', 'attachments', 'boot_id', 'uptime_ms', 'centre_time')) +"
              " (SELECT count(*) FROM sqlite_schema WHERE name IN ('attachment',"
              " 'task'))");
    CU_ASSERT(version == 1 || version == 2);
    CU_ASSERT_EQUAL(n_new, version == 1 ? 0 : 7);
    *n_old += version == 1;
    struct store *s = fixture_open(dir); /* ends the program when it cannot, or finds damage */
    struct record_ref r = {0};
    store_free(s);
    YJ_CLEANUP(cleanup_free) char *got = fixture_sql_text(dir, first_values);
    CU_ASSERT_STRING_EQUAL(got, want);
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(r.sequence, 7);
    store_free(s);
    return WEXITSTATUS(status) != 0;
}

static void step_up_sweep(bool is_kill)
{
    const char *dir = fixture_path(is_kill ? "killed" : "failed");
    int n = 1, n_old = 0;
    fixture_old_folder(dir);
    YJ_CLEANUP(cleanup_free) char *want = fixture_sql_text(dir, first_values);
    while (one_step_up(dir, n, is_kill, want, &n_old) && n < 200)
        n++;
    printf(" %d operations, %d left the old version", n - 1, n_old);
    CU_ASSERT(n > 10 && n < 200);
    CU_ASSERT(n_old > 5);
}

static void a_step_up_may_fail_anywhere(void)
{
    step_up_sweep(false);
}

static void a_step_up_may_be_killed_anywhere(void)
{
    step_up_sweep(true);
}

/* synchronous=FULL is what these counts say: each commit flushes the log once, and only the first
 * of a block the sequence file. */
static void a_commit_flushes_once(void)
{
    struct store *s = fixture_open(fixture_path("flushes"));
    struct record_ref r = {0};
    int n_blocks = 0;
    for (int i = 1; i <= 3 * SEQUENCE_BLOCK; i++) {
        *fault_counts() = (struct fault_counts){0};
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
        CU_ASSERT(fault_counts()->n_log_syncs >= 1);
        n_blocks += fault_counts()->n_sequence_syncs;
        CU_ASSERT_EQUAL(fault_counts()->n_sequence_syncs, (i - 1) % SEQUENCE_BLOCK == 0);
        if (i > 1 && fault_counts()->n_database_syncs == 0) /* no write-back of the log fell here */
            CU_ASSERT_EQUAL(fault_counts()->n_log_syncs, 1);
    }
    CU_ASSERT_EQUAL(n_blocks, 3);
    *fault_counts() = (struct fault_counts){0};
    CU_ASSERT_EQUAL(store_settle(s, NULL), 0);
    CU_ASSERT_EQUAL(fault_counts()->n_sequence_syncs, 1);
    CU_ASSERT_EQUAL(store_settle(s, NULL), 0); /* there is nothing new */
    CU_ASSERT_EQUAL(fault_counts()->n_sequence_syncs, 1);
    store_free(s);
}

/* After a note that could not be flushed the numbers are as safe as before it. */
static void a_note_that_cannot_be_flushed_costs_nothing(void)
{
    const char *dir = fixture_path("note");
    struct store *s = fixture_open(dir);
    struct record_ref r = {0};
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    *fault_now() = (struct fault){1, EIO, false, false, false};
    CU_ASSERT_EQUAL(store_settle(s, NULL), ERR_STORE_WRITE);
    fault_now()->countdown = 0;
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(store_settle(s, NULL), 0);
    store_free(s);
    /* The database goes back to nothing; the file still knows the block. */
    CU_ASSERT_EQUAL(fixture_run("rm -f '%s'/outbox.db*", dir), 0);
    bool was_damaged = false;
    s = store_new(dir, FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL_FATAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, NULL), 0);
    CU_ASSERT_TRUE(was_damaged);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(r.sequence, SEQUENCE_BLOCK + 1);
    store_free(s);
}

static void a_log_that_stays_long_is_told(void)
{
    static const int64_t bytes[] = {SEAL_MAX_ATTACHMENT_BYTES, 4 * 1024 * 1024};
    struct store *s = fixture_open(fixture_path("long"));
    struct record_ref r = {0};
    int64_t log_bytes = -1;
    CU_ASSERT_EQUAL(store_tend_log(s, &log_bytes, NULL), 0);
    CU_ASSERT(log_bytes >= 0 && log_bytes < 1 << 20);
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 1000, bytes, 2, &r, NULL), 0);
    *fault_now() = (struct fault){1, EIO, false, true, false};
    CU_ASSERT_EQUAL(store_tend_log(s, &log_bytes, NULL), ERR_STORE_WRITE);
    CU_ASSERT(log_bytes >> 20 >= STORE_LOG_ALARM_MIB);
    fault_now()->countdown = 0;
    CU_ASSERT_EQUAL(store_tend_log(s, &log_bytes, NULL), 0);
    CU_ASSERT_EQUAL(log_bytes, 0);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"a step up may fail anywhere", a_step_up_may_fail_anywhere},
    {"a step up may be killed anywhere", a_step_up_may_be_killed_anywhere},
    {"a commit flushes once", a_commit_flushes_once},
    {"a note that cannot be flushed", a_note_that_cannot_be_flushed_costs_nothing},
    {"a log that stays long is told", a_log_that_stays_long_is_told},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    fault_vfs_install();
    int rc = cunit_run("store.steps", cases);
    seal_close(seal);
    return rc;
}
