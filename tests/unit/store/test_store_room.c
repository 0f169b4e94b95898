/* SPDX-License-Identifier: Apache-2.0 */
/* Room: what is refused as too big, the floor below which no visit begins, a log and a database
 * that do not grow, and that nobody else is in the database. */
#define _GNU_SOURCE /* unshare, mount */

#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "cunit_main.h"
#include "fixture.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static const int64_t mib = 1 << 20;
static struct seal *seal;

static int64_t told_free_mib; /* 0: the truth */

int __real_statvfs64(const char *path, struct statvfs *ret);
int __wrap_statvfs64(const char *path, struct statvfs *ret);
int __wrap_statvfs64(const char *path, struct statvfs *ret)
{
    int rc = __real_statvfs64(path, ret);
    if (rc == 0 && told_free_mib)
        ret->f_bavail = (fsblkcnt_t)((uint64_t)(told_free_mib * mib) / ret->f_frsize);
    return rc;
}

static void what_is_too_big_is_refused(void)
{
    static const int64_t max = SEAL_MAX_ATTACHMENT_BYTES;
    struct record_ref r = {0};
    struct store *s = fixture_open(fixture_path("refusals"));
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 0, NULL, 0, &r, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, SEAL_MAX_SEALED_BYTES + 1, NULL, 0, &r, NULL),
                    ERR_TOO_BIG);
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 9, (int64_t[]){5, 0}, 2, &r, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 9, (int64_t[]){max + 1}, 1, &r, NULL), ERR_TOO_BIG);
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 9, (int64_t[]){max, max, 1}, 3, &r, NULL),
                    ERR_TOO_BIG);
    struct store_draft d = {.sealed = "x", .sealed_bytes = 1};
    d.env.form = SEAL_FORM_2;
    d.env.n_attachments = SEAL_MAX_ATTACHMENTS + 1;
    CU_ASSERT_EQUAL(store_commit_record(s, &d, &r, NULL), ERR_INVALID);
    d.env.n_attachments = 1;
    d.env.attachment[0].bytes = 1;
    CU_ASSERT_EQUAL(store_commit_record(s, &d, &r, NULL), ERR_INVALID); /* none handed over */
    d.env.form = SEAL_FORM_1;
    d.attachment = (const void *const[]){"x"};
    CU_ASSERT_EQUAL(store_commit_record(s, &d, &r, NULL), ERR_INVALID); /* form 1 signs none */
    /* No number was used up. */
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 9, (int64_t[]){5, 6}, 2, &r, NULL), 0);
    CU_ASSERT_EQUAL(r.sequence, 1);
    store_free(s);
}

static int64_t free_bytes(const char *dir)
{
    struct statvfs fs;
    return statvfs(dir, &fs) == 0 ? (int64_t)((uint64_t)fs.f_bavail * fs.f_frsize) : -1;
}

/* On a disk that has just so much that a visit may still begin. @return exit code */
static int at_the_floor(const char *dir)
{
    static const int64_t most[] = {SEAL_MAX_ATTACHMENT_BYTES, SEAL_MAX_ATTACHMENT_BYTES};
    static const char page[4096];
    struct record_ref r = {0};
    struct err err = {0};
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", dir, "tmpfs", 0, "size=104m") != 0)
        return 77;
    struct store *s = fixture_open(dir);
    for (int i = 0; i < 40; i++) /* a log that is not new */
        if (fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL) != 0)
            return 1;
    int fill = open(fixture_path("floor/fill"), O_WRONLY | O_CREAT, 0600);
    while (free_bytes(dir) > STORE_FREE_FLOOR_MIB * mib)
        if (write(fill, page, sizeof page) < 1)
            return 2;
    (void)close(fill);
    if (free_bytes(dir) / mib != STORE_FREE_FLOOR_MIB || store_check_space(s, NULL) != 0)
        return 3;
    /* The visit that began then hands in the most that is allowed; the next may not begin. */
    if (fixture_commit_raw(s, seal, SEAL_MAX_SEALED_BYTES, most, 2, &r, &err) != 0) {
        fprintf(stderr, "at the floor: %s\n", err.msg);
        return 4;
    }
    if (store_check_space(s, NULL) != ERR_STORE_FULL)
        return 5;
    /* Receipts and deliveries of what is here still can be written. */
    if (store_journal_set(s, r.sequence, JOURNAL_SENDING, 1, NULL) != 0 ||
        store_confirm(s, r.sequence, "{}", "c2ln", 1, NULL) != 0 || free_bytes(dir) < mib)
        return 6;
    store_free(s);
    s = fixture_open(dir);
    struct fixture_audit a = fixture_check(s);
    return a.n == 41 && a.is_gap_free && a.is_chained ? 0 : 7;
}

static void at_the_floor_the_biggest_record_has_room(void)
{
    const char *dir = fixture_path("floor");
    CU_ASSERT_EQUAL(mkdir(dir, 0700), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(at_the_floor(dir));
    int status = -1;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        printf(" (no mount allowed here: not tried)");
    else
        CU_ASSERT_EQUAL(status, 0);
}

/* The floor in numbers: twice the biggest record, its pages a little bigger than its bytes. */
static void the_floor_is_high_enough(void)
{
    static const int64_t most[] = {SEAL_MAX_ATTACHMENT_BYTES, SEAL_MAX_ATTACHMENT_BYTES};
    struct store_counts before = {0}, after = {0};
    struct record_ref r = {0};
    struct store *s = fixture_open(fixture_path("sizes"));
    CU_ASSERT_EQUAL(store_count(s, &before, NULL), 0);
    CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, SEAL_MAX_SEALED_BYTES, most, 2, &r, NULL), 0);
    CU_ASSERT_EQUAL(store_count(s, &after, NULL), 0);
    int64_t log = after.log_bytes - before.log_bytes, db = after.db_bytes - before.db_bytes;
    CU_ASSERT(log > STORE_MAX_FILES_BYTES && db > STORE_MAX_FILES_BYTES);
    CU_ASSERT(log < STORE_LOG_FLOOR_MIB * mib);
    CU_ASSERT(log + db < STORE_FREE_FLOOR_MIB * mib);
    /* A few commits later the log is short again. */
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(store_count(s, &after, NULL), 0);
    CU_ASSERT(after.log_bytes <= 5 * mib);
    store_free(s);
}

static void no_visit_begins_below_the_floor(void)
{
    struct err err = {0};
    struct store *s = fixture_open(fixture_path("below"));
    told_free_mib = STORE_FREE_FLOOR_MIB;
    CU_ASSERT_EQUAL(store_check_space(s, &err), 0);
    told_free_mib = STORE_FREE_FLOOR_MIB - 1;
    CU_ASSERT_EQUAL(store_check_space(s, &err), ERR_STORE_FULL);
    store_close(s); /* also without a database */
    CU_ASSERT_EQUAL(store_check_space(s, &err), ERR_STORE_FULL);
    told_free_mib = 0;
    store_free(s);
}

/* A month of attachments is confirmed in a day, and goes on one day: in small transactions, and
 * the room inside the database counts, for it does not shrink. */
static void purging_much_keeps_the_log_short(void)
{
    enum { N = 24 };
    static const int64_t bytes[] = {2 * 1024 * 1024};
    const char *dir = fixture_path("much");
    struct record_ref r = {0};
    struct store_counts c = {0};
    struct store_attachment_ref file = {0};
    bool is_found = true;
    int n = 0, all = 0;
    struct store *s = fixture_open(dir);
    for (int i = 0; i < N; i++) {
        CU_ASSERT_EQUAL(fixture_commit_raw(s, seal, 1000, bytes, 1, &r, NULL), 0);
        CU_ASSERT_EQUAL(store_confirm(s, r.sequence, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
        CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
        CU_ASSERT_TRUE_FATAL(is_found);
        CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    }
    store_free(s);
    s = fixture_open(dir); /* with a new log */
    do {
        n = 0;
        CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 31 * day_ms, &n, NULL), 0);
        all += n;
    } while (n);
    CU_ASSERT_EQUAL(all, N);
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.db_bytes > N * 2 * mib);
    CU_ASSERT(c.log_bytes > 0 && c.log_bytes < STORE_LOG_ALARM_MIB * mib);
    told_free_mib = STORE_FREE_FLOOR_MIB - 40;
    CU_ASSERT_EQUAL(store_check_space(s, NULL), 0);
    told_free_mib = STORE_LOG_FLOOR_MIB - 1; /* for the log there must be room outside */
    CU_ASSERT_EQUAL(store_check_space(s, NULL), ERR_STORE_FULL);
    told_free_mib = 0;
    store_free(s);
    CU_ASSERT_EQUAL(
        fixture_sql_int(dir, "SELECT count(*) FROM attachment WHERE sealed IS NOT NULL"), 0);
}

static void a_senseless_retention_is_bounded(void)
{
    static const struct {
        const char *days;
        int kept_days;
    } rows[] = {{"-5", STORE_RETENTION_DAYS},
                {"0", STORE_RETENTION_DAYS},
                {"soon", STORE_RETENTION_DAYS},
                {"99999999999999999999", STORE_MAX_RETENTION_DAYS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[16];
        struct record_ref r = {0};
        int n = -1;
        snprintf(name, sizeof name, "kept%zu", i);
        struct store *s = fixture_open(fixture_path(name));
        int64_t kept_ms = rows[i].kept_days * day_ms;
        CU_ASSERT_EQUAL(store_setting_set(s, "retention_days", rows[i].days, NULL), 0);
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
        CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
        CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + kept_ms, &n, NULL), 0);
        CU_ASSERT_EQUAL(n, 0);
        CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + kept_ms + 1, &n, NULL), 0);
        CU_ASSERT_EQUAL(n, 1);
        store_free(s);
    }
}

/* The log of writes stays small however many commits there are: SQLite takes it back by itself,
 * because there is no other reader. */
static void the_log_stays_small(void)
{
    enum { N_COMMITS = 5000 };
    struct store_counts c = {0};
    struct record_ref r = {0};
    int64_t longest = 0;
    char dir[] = "/dev/shm/yj-store-XXXXXX"; /* the disk's speed is not asked here */
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    struct store *s = fixture_open(dir);
    for (int i = 0; i < N_COMMITS; i++) {
        CU_ASSERT_EQUAL_FATAL(fixture_commit_raw(s, seal, 900, NULL, 0, &r, NULL), 0);
        if (i % 50 == 0) {
            CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
            longest = c.log_bytes > longest ? c.log_bytes : longest;
        }
    }
    CU_ASSERT_EQUAL(c.last_sequence, N_COMMITS - 49);
    printf(" at most %" PRId64 " KiB", longest / 1024);
    CU_ASSERT(longest > 0 && longest <= 5 * mib);
    store_free(s);
    CU_ASSERT_EQUAL(fixture_run("rm -rf '%s'", dir), 0);
}

/* Read back from outside: a log is written, and no second connection gets in. */
static void the_database_is_ours_alone(void)
{
    const char *dir = fixture_path("alone");
    char path[600], head[20] = "";
    sqlite3 *other = NULL;
    struct record_ref r = {0};
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    snprintf(path, sizeof path, "%s/outbox.db", dir);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &other), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "SELECT count(*) FROM outbox", NULL, NULL, NULL),
                    SQLITE_BUSY);
    sqlite3_close(other);
    FILE *f = fopen(path, "r");
    CU_ASSERT_EQUAL(fread(head, 1, sizeof head, f), sizeof head);
    fclose(f);
    CU_ASSERT(head[18] == 2 && head[19] == 2); /* file format: log, for writing and reading */
    CU_ASSERT_EQUAL(fixture_run("test -s '%s-wal' -a ! -e '%s-shm'", path, path), 0);
    store_free(s);
}

/* Somebody has the database open: not damage, not our turn, and nothing of it changes. */
static void a_database_in_use_is_waited_for(void)
{
    const char *dir = fixture_path("in_use");
    char path[600];
    sqlite3 *other = NULL;
    struct err err = {0};
    bool was_damaged = false;
    store_free(fixture_open(dir));
    snprintf(path, sizeof path, "%s/outbox.db", dir);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &other), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct store *s = store_new(dir, FIXTURE_TERMINAL);
    CU_ASSERT_NOT_EQUAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, &err), 0);
    CU_ASSERT_FALSE(was_damaged);
    CU_ASSERT_NOT_EQUAL(err.code, ERR_STORE_DAMAGED);
    sqlite3_close(other);
    CU_ASSERT_EQUAL(store_open(s, FIXTURE_WALL_MS, &was_damaged, &err), 0);
    CU_ASSERT_FALSE(was_damaged);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"what is too big is refused", what_is_too_big_is_refused},
    {"at the floor the biggest record has room", at_the_floor_the_biggest_record_has_room},
    {"the floor is high enough", the_floor_is_high_enough},
    {"no visit begins below the floor", no_visit_begins_below_the_floor},
    {"purging much keeps the log short", purging_much_keeps_the_log_short},
    {"a senseless retention is bounded", a_senseless_retention_is_bounded},
    {"the log stays small", the_log_stays_small},
    {"the database is ours alone", the_database_is_ours_alone},
    {"a database in use is waited for", a_database_in_use_is_waited_for},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.room", cases);
    seal_close(seal);
    return rc;
}
