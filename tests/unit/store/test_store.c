/* SPDX-License-Identifier: Apache-2.0 */
/* The store: numbers, states, journal, retention, second instance, damage, wrong folders. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cunit_main.h"
#include "fixture.h"
#include "store/kiosk_number.h"
#include "store/sequence_file.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static struct seal *seal;

static void commit(struct store *s, enum record_kind kind, struct record_ref *ret)
{
    struct err err = {0};
    int rc = fixture_commit(s, seal, kind, "{\"a\":1}", ret, &err);
    if (rc)
        fprintf(stderr, "commit: %s\n", err.msg);
    CU_ASSERT_EQUAL_FATAL(rc, 0);
}

static void numbers_follow_the_rule(void)
{
    char number[RECORD_NUMBER_BYTES] = "";
    CU_ASSERT_TRUE(kiosk_number_make("4301020001", "20261123", 1, number));
    CU_ASSERT_STRING_EQUAL(number, "430102000120261123000019"); /* worked example of the rule */
    CU_ASSERT_TRUE(kiosk_number_valid(number));
    for (int i = 0; i < 24; i++) /* any single wrong digit is found */
        for (char d = '0'; d <= '9'; d++) {
            char bad[RECORD_NUMBER_BYTES];
            memcpy(bad, number, sizeof bad);
            bad[i] = d;
            CU_ASSERT_EQUAL(kiosk_number_valid(bad), d == number[i]);
        }
    CU_ASSERT_EQUAL(kiosk_number_check("0794", 4), '5'); /* ISO 7064: 0794 gives 5 */
    CU_ASSERT_FALSE(kiosk_number_make("430102000", "20261123", 1, number));
    CU_ASSERT_FALSE(kiosk_number_make("4301020001", "2026112", 1, number));
    CU_ASSERT_FALSE(kiosk_number_make("4301020001", "20261123", 0, number));
    CU_ASSERT_FALSE(kiosk_number_make("4301020001", "20261123", 100000, number));
    CU_ASSERT_FALSE(kiosk_number_valid("43010200012026112300001X"));
}

static void records_are_numbered_and_chained(void)
{
    const char *dir = fixture_path("chain");
    struct store *s = fixture_open(dir);
    struct record_ref r = {0};
    commit(s, RECORD_APPLICATION, &r);
    CU_ASSERT_EQUAL(r.sequence, 1);
    CU_ASSERT_STRING_EQUAL(r.number, "430102000120261123000019");
    CU_ASSERT_EQUAL(strlen(r.token), SEAL_TOKEN_CHARS);
    commit(s, RECORD_RATING, &r);
    CU_ASSERT_EQUAL(r.sequence, 2);
    CU_ASSERT_STRING_EQUAL(r.number, "");
    CU_ASSERT_STRING_EQUAL(r.token, "");
    commit(s, RECORD_APPLICATION, &r);
    CU_ASSERT_EQUAL(strncmp(r.number, "4301020001202611230000", 22), 0);
    store_free(s);
    s = fixture_open(dir);
    commit(s, RECORD_APPLICATION, &r);
    CU_ASSERT_EQUAL(r.sequence, 4);
    struct fixture_audit a = fixture_check(s);
    CU_ASSERT(a.n == 4 && a.is_gap_free && a.is_chained && a.is_unique);
    store_free(s);
}

static void states_follow_the_diagram(void)
{
    struct store *s = fixture_open(fixture_path("states"));
    struct record_ref r[3];
    struct store_record w = {0};
    struct store_counts c = {0};
    enum store_state state;
    bool is_found = false;
    for (int i = 0; i < 3; i++)
        commit(s, RECORD_APPLICATION, &r[i]);
    CU_ASSERT_EQUAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT(is_found && w.env.sequence == 1);
    struct seal_verifier *v = NULL;
    CU_ASSERT_EQUAL_FATAL(seal_verifier_open(fixture_key("device.pem"), &v, NULL), 0);
    CU_ASSERT_EQUAL(seal_verify_envelope(v, &w.env, w.sealed, w.sealed_bytes, NULL), 0);
    seal_verifier_close(v);
    store_record_clear(&w);
    /* One that failed steps behind the others. */
    CU_ASSERT_EQUAL(store_note_attempt(s, 1, 5, NULL), 0);
    CU_ASSERT_EQUAL(store_release(s, 1, ERR_SYNC_OFFLINE, NULL), 0);
    CU_ASSERT_EQUAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT_EQUAL(w.env.sequence, 2);
    store_record_clear(&w);
    CU_ASSERT_EQUAL(store_note_attempt(s, 2, 5, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 2, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    CU_ASSERT_EQUAL(store_quarantine(s, 3, "422 not well formed", NULL), 0);
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_waiting == 1 && c.n_quarantined == 1 && c.last_sequence == 3 &&
              c.oldest_wall_ms == FIXTURE_WALL_MS);
    CU_ASSERT_EQUAL(store_confirm(s, 2, "{}", "c2ln", 1, NULL), ERR_NOT_FOUND); /* only once */
    CU_ASSERT_EQUAL(store_note_attempt(s, 3, 1, NULL), ERR_NOT_FOUND);
    /* A lease does not outlive the process that took it. */
    CU_ASSERT_EQUAL(store_note_attempt(s, 1, 5, NULL), 0);
    CU_ASSERT_EQUAL(store_record_state(s, 1, &state, NULL), 0);
    CU_ASSERT_EQUAL(state, STORE_LEASED);
    store_free(s);
    s = fixture_open(fixture_path("states"));
    CU_ASSERT_EQUAL(store_record_state(s, 1, &state, NULL), 0);
    CU_ASSERT_EQUAL(state, STORE_WAITING);
    /* Retention: 30 days after the confirmation the sealed bytes go, the row stays. */
    int n = -1;
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 30 * day_ms, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 30 * day_ms + 1, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    struct fixture_audit a = fixture_check(s);
    CU_ASSERT(a.n == 3 && a.is_gap_free && a.is_chained);
    store_free(s);
}

static struct journal_entry seen[8];
static int n_seen;

static void note_entry(void *arg, const struct journal_entry *e)
{
    (void)arg;
    seen[n_seen++] = *e;
}

static void count_entry(void *arg, const struct journal_entry *e)
{
    (void)arg;
    n_seen += e->state == JOURNAL_QUEUED;
}

static void unfinished_receipts_come_back(void)
{
    struct store *s = fixture_open(fixture_path("journal"));
    struct record_ref r[4], rating;
    for (int i = 0; i < 4; i++)
        commit(s, RECORD_APPLICATION, &r[i]);
    commit(s, RECORD_RATING, &rating);
    CU_ASSERT_EQUAL(store_journal_set(s, 2, JOURNAL_SENDING, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_journal_set(s, 3, JOURNAL_SENDING, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_journal_set(s, 3, JOURNAL_PRINTED, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_journal_set(s, 4, JOURNAL_ON_SCREEN, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_journal_set(s, 5, JOURNAL_PRINTED, 1, NULL), ERR_NOT_FOUND);
    n_seen = 0;
    CU_ASSERT_EQUAL(store_unfinished(s, FIXTURE_WALL_MS + day_ms, note_entry, NULL, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(n_seen, 2);
    CU_ASSERT(seen[0].ref.sequence == 1 && seen[0].state == JOURNAL_QUEUED && seen[0].copies == 0);
    CU_ASSERT(seen[1].ref.sequence == 2 && seen[1].state == JOURNAL_SENDING && seen[1].copies == 1);
    CU_ASSERT_STRING_EQUAL(seen[1].ref.token, r[1].token);
    CU_ASSERT_STRING_EQUAL(seen[1].ref.number, r[1].number);
    CU_ASSERT_STRING_EQUAL(seen[1].matter_name, "新生儿出生");
    /* After a day they are in doubt and nobody is surprised by paper. */
    n_seen = 0;
    CU_ASSERT_EQUAL(store_unfinished(s, FIXTURE_WALL_MS + day_ms + 1, note_entry, NULL, NULL), 0);
    CU_ASSERT_EQUAL(n_seen, 0);
    store_free(s);
}

/* A day without a printer must not flood the main thread's queue when the terminal starts. */
static void only_so_many_unfinished_receipts_are_told(void)
{
    struct store *s = fixture_open(fixture_path("many"));
    struct record_ref r;
    for (int i = 0; i < STORE_MAX_UNFINISHED + 3; i++)
        commit(s, RECORD_APPLICATION, &r);
    n_seen = 0;
    CU_ASSERT_EQUAL(store_unfinished(s, FIXTURE_WALL_MS, count_entry, NULL, NULL), 0);
    CU_ASSERT_EQUAL(n_seen, STORE_MAX_UNFINISHED);
    store_free(s);
}

static void a_second_instance_is_locked_out(void)
{
    struct store *s = fixture_open(fixture_path("locked"));
    struct store *t = store_new(fixture_path("locked"), FIXTURE_TERMINAL);
    bool was_damaged;
    CU_ASSERT_EQUAL(store_lock(t, NULL), ERR_STORE_LOCKED);
    CU_ASSERT_EQUAL(store_open(t, 0, &was_damaged, NULL), ERR_STORE_LOCKED);
    store_free(s);
    CU_ASSERT_EQUAL(store_open(t, 0, &was_damaged, NULL), 0);
    store_free(t);
}

static void folders_that_cannot_be_used_are_refused(void)
{
    bool was_damaged = false;
    struct store *s = store_new("/proc/yijian", FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL(store_open(s, 0, &was_damaged, NULL), ERR_STORE_OPEN);
    store_free(s);
    s = store_new("/dev/null", FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL(store_open(s, 0, &was_damaged, NULL), ERR_STORE_OPEN);
    store_free(s);
    /* Another terminal's folder: its numbers are not ours. */
    s = fixture_open(fixture_path("other"));
    store_free(s);
    s = store_new(fixture_path("other"), "4301020002");
    CU_ASSERT_EQUAL(store_open(s, 0, &was_damaged, NULL), ERR_STORE_OPEN);
    store_free(s);
    /* A newer version's file is left alone. */
    fixture_sql(fixture_path("other"), "PRAGMA user_version=99");
    s = store_new(fixture_path("other"), FIXTURE_TERMINAL);
    CU_ASSERT_EQUAL(store_open(s, 0, &was_damaged, NULL), ERR_STORE_SCHEMA);
    store_free(s);
    struct stat st;
    CU_ASSERT_EQUAL(stat(fixture_path("other"), &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
}

/* As an ordinary user, who may not write the folder. */
static void an_unwritable_folder_is_refused(void)
{
    const char *dir = fixture_path("readonly");
    CU_ASSERT_EQUAL(mkdir(dir, 0555), 0);
    CU_ASSERT_EQUAL(chmod(fixture_dir(), 0755), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        bool was_damaged;
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        struct store *s = store_new(dir, FIXTURE_TERMINAL);
        _exit(store_open(s, 0, &was_damaged, NULL) == ERR_STORE_OPEN ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

static int count_files(const char *dir, const char *pattern)
{
    return fixture_run("test $(ls '%s' | grep -c '%s') -gt 0", dir, pattern);
}

static void open_damaged(const char *dir, struct store **ret, int want)
{
    struct err err = {0};
    bool was_damaged = false;
    struct store *s = store_new(dir, FIXTURE_TERMINAL);
    int rc = store_open(s, FIXTURE_WALL_MS, &was_damaged, &err);
    CU_ASSERT_EQUAL(rc, want);
    if (rc == 0)
        CU_ASSERT_TRUE(was_damaged);
    if (rc != want)
        fprintf(stderr, "open_damaged: %s\n", err.msg);
    *ret = s;
}

static void fill(const char *dir, int n, struct record_ref *last)
{
    struct store *s = fixture_open(dir);
    for (int i = 0; i < n; i++)
        commit(s, RECORD_APPLICATION, last);
    store_free(s);
}

static void a_damaged_file_is_set_aside_and_numbers_go_on(void)
{
    const char *dir = fixture_path("damaged");
    struct record_ref last, next;
    struct store *s;
    fill(dir, 5, &last);
    /* Header gone: nothing can be read. */
    CU_ASSERT_EQUAL(fixture_run("dd if=/dev/urandom of='%s/outbox.db' bs=512 count=8 conv=notrunc "
                                "2>/dev/null",
                                dir),
                    0);
    open_damaged(dir, &s, 0);
    CU_ASSERT_EQUAL(count_files(dir, "outbox.db.damaged-2026"), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(store_damage_text(s), "set aside"));
    commit(s, RECORD_APPLICATION, &next);
    CU_ASSERT_EQUAL(next.sequence, SEQUENCE_BLOCK + 1); /* the whole block may have been given */
    CU_ASSERT(strcmp(next.number, last.number) > 0);
    store_free(s);
    s = fixture_open(dir); /* and is healthy from now on */
    CU_ASSERT_EQUAL(fixture_check(s).last, SEQUENCE_BLOCK + 1);
    store_free(s);
}

static void undelivered_records_are_taken_over(void)
{
    const char *dir = fixture_path("salvage");
    struct record_ref last, next;
    fill(dir, 6, &last);
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_note_attempt(s, 2, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 2, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_journal_set(s, 3, JOURNAL_SENDING, 1, NULL), 0);
    store_free(s);
    /* A row tampered with, and an index that contradicts its table: quick_check complains, the
     * rows themselves can be read. */
    fixture_sql(
        dir, "UPDATE outbox SET matter = 'other' WHERE sequence = 5;"
             "PRAGMA writable_schema=ON;"
             "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name ="
             " 'serials') WHERE name = 'outbox_quarantined';");
    open_damaged(dir, &s, 0);
    struct fixture_audit a = fixture_check(s);
    CU_ASSERT_EQUAL(a.n, 4); /* not 2, which is delivered, nor 5, which is not what we wrote */
    CU_ASSERT_PTR_NOT_NULL(strstr(store_damage_text(s), "4 taken over"));
    n_seen = 0;
    CU_ASSERT_EQUAL(store_unfinished(s, FIXTURE_WALL_MS, note_entry, NULL, NULL), 0);
    CU_ASSERT_EQUAL(n_seen, 4);
    CU_ASSERT(seen[1].ref.sequence == 3 && seen[1].copies == 1);
    commit(s, RECORD_APPLICATION, &next);
    CU_ASSERT_EQUAL(next.sequence, SEQUENCE_BLOCK + 1);
    store_free(s);
}

static void a_lost_or_old_database_reuses_no_number(void)
{
    const char *dir = fixture_path("rolled");
    struct record_ref last, next;
    struct store *s;
    fill(dir, 2, &last);
    CU_ASSERT_EQUAL(fixture_run("cp '%s/outbox.db' '%s.old'", dir, dir), 0);
    fill(dir, 3, &last);
    CU_ASSERT_EQUAL(last.sequence, 5);
    CU_ASSERT_EQUAL(fixture_run("rm -f '%s'/outbox.db*; cp '%s.old' '%s/outbox.db'", dir, dir, dir),
                    0);
    open_damaged(dir, &s, 0);
    commit(s, RECORD_APPLICATION, &next);
    CU_ASSERT_EQUAL(next.sequence, SEQUENCE_BLOCK + 1);
    CU_ASSERT(strcmp(next.number, last.number) > 0);
    store_free(s);
    /* Gone altogether. */
    CU_ASSERT_EQUAL(fixture_run("rm -f '%s'/outbox.db*", dir), 0);
    open_damaged(dir, &s, 0);
    commit(s, RECORD_APPLICATION, &last);
    CU_ASSERT_EQUAL(last.sequence, 2 * SEQUENCE_BLOCK + 1);
    CU_ASSERT(strcmp(last.number, next.number) > 0);
    store_free(s);
    /* The sequence file gone: the database knows. */
    CU_ASSERT_EQUAL(fixture_run("rm -f '%s/sequence'", dir), 0);
    s = fixture_open(dir);
    commit(s, RECORD_APPLICATION, &next);
    CU_ASSERT_EQUAL(next.sequence, 2 * SEQUENCE_BLOCK + 2);
    store_free(s);
    /* One slot torn: the other counts. */
    CU_ASSERT_EQUAL(fixture_run("dd if=/dev/zero of='%s/sequence' bs=100 count=1 conv=notrunc "
                                "2>/dev/null",
                                dir),
                    0);
    s = fixture_open(dir);
    commit(s, RECORD_APPLICATION, &next);
    CU_ASSERT_EQUAL(next.sequence, 2 * SEQUENCE_BLOCK + 3);
    store_free(s);
    /* Both unreadable and no database: a person must decide. */
    CU_ASSERT_EQUAL(
        fixture_run("rm -f '%s'/outbox.db*; head -c 1024 /dev/urandom >'%s/sequence'", dir, dir),
        0);
    open_damaged(dir, &s, ERR_STORE_DAMAGED);
    store_free(s);
}

static void a_row_that_changed_is_quarantined(void)
{
    const char *dir = fixture_path("row");
    struct record_ref last;
    struct store_record w = {0};
    bool is_found = false;
    enum store_state state;
    fill(dir, 3, &last);
    fixture_sql(dir, "UPDATE outbox SET signature = 'AAAA' WHERE sequence = 1;"
                     "UPDATE outbox SET sealed = zeroblob(100) WHERE sequence = 2");
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT(is_found && w.env.sequence == 3);
    store_record_clear(&w);
    CU_ASSERT_EQUAL(store_record_state(s, 1, &state, NULL), 0);
    CU_ASSERT_EQUAL(state, STORE_QUARANTINED);
    CU_ASSERT_EQUAL(store_record_state(s, 2, &state, NULL), 0);
    CU_ASSERT_EQUAL(state, STORE_QUARANTINED);
    store_free(s);
}

static void serials_start_anew_each_day(void)
{
    const char *dir = fixture_path("days");
    struct record_ref last;
    fill(dir, 3, &last);
    fixture_sql(dir, "UPDATE serials SET day = '20261122'; UPDATE outbox SET number = NULL");
    struct store *s = fixture_open(dir);
    commit(s, RECORD_APPLICATION, &last);
    CU_ASSERT_STRING_EQUAL(last.number, "430102000120261123000019");
    store_free(s);
    fixture_sql(dir, "UPDATE serials SET last = 99999");
    s = fixture_open(dir);
    struct err err = {0};
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &last, &err),
                    ERR_STORE_WRITE);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &last, &err), 0);
    CU_ASSERT_EQUAL(last.sequence, 5);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"numbers follow the rule", numbers_follow_the_rule},
    {"records are numbered and chained", records_are_numbered_and_chained},
    {"states follow the diagram", states_follow_the_diagram},
    {"unfinished receipts come back", unfinished_receipts_come_back},
    {"many unfinished receipts", only_so_many_unfinished_receipts_are_told},
    {"a second instance is locked out", a_second_instance_is_locked_out},
    {"folders that cannot be used are refused", folders_that_cannot_be_used_are_refused},
    {"an unwritable folder is refused", an_unwritable_folder_is_refused},
    {"a damaged file is set aside", a_damaged_file_is_set_aside_and_numbers_go_on},
    {"undelivered records are taken over", undelivered_records_are_taken_over},
    {"a lost or old database reuses no number", a_lost_or_old_database_reuses_no_number},
    {"a row that changed is quarantined", a_row_that_changed_is_quarantined},
    {"serials start anew each day", serials_start_anew_each_day},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.store", cases);
    seal_close(seal);
    return rc;
}
