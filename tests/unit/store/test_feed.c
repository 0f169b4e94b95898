/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre tells: pages, tasks, orders, small values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cunit_main.h"
#include "fixture.h"

static const int64_t day_ms = 24LL * 60 * 60 * 1000;
static struct seal *seal;

static struct store_task seen[4];
static int n_seen;
static void note_task(void *arg, const struct store_task *task)
{
    (void)arg;
    if (n_seen < 4)
        seen[n_seen] = *task;
    n_seen++;
}

static void a_page_of_the_feed_is_taken_whole(void)
{
    const char *dir = fixture_path("feed");
    struct store_task task = {.number = "430102000120261123000019",
                              .task = "hukou",
                              .case_no = "20261123-000001",
                              .state = "accepted",
                              .due = "2026-11-30",
                              .changed_at = "2026-11-23T04:00:00Z",
                              .n_fixes = 1};
    char cursor[128];
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_feed_cursor(s, cursor, NULL), 0);
    CU_ASSERT_STRING_EQUAL(cursor, "");
    CU_ASSERT_EQUAL(store_feed_begin(s, NULL), 0);
    CU_ASSERT_EQUAL(store_feed_task(s, &task, NULL), 0);
    store_feed_rollback(s);
    CU_ASSERT_EQUAL(store_tasks_of(s, task.number, note_task, NULL, NULL), 0);
    CU_ASSERT_EQUAL(n_seen, 0);
    CU_ASSERT_EQUAL(store_feed_begin(s, NULL), 0);
    CU_ASSERT_EQUAL(store_feed_task(s, &task, NULL), 0);
    snprintf(task.state, sizeof task.state, "done"); /* later in the same page */
    CU_ASSERT_EQUAL(store_feed_task(s, &task, NULL), 0);
    CU_ASSERT_EQUAL(store_feed_commit(s, "17", NULL), 0);
    store_free(s);
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_feed_cursor(s, cursor, NULL), 0);
    CU_ASSERT_STRING_EQUAL(cursor, "17");
    CU_ASSERT_EQUAL(store_tasks_of(s, task.number, note_task, NULL, NULL), 0);
    CU_ASSERT(n_seen == 1 && strcmp(seen[0].state, "done") == 0 && seen[0].n_fixes == 1);
    store_free(s);
}

static void orders_bring_records_back(void)
{
    const char *dir = fixture_path("orders");
    struct record_ref r = {0};
    int n = 0;
    struct store *s = fixture_open(dir);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    CU_ASSERT_EQUAL(store_quarantine(s, 1, "422 no", NULL), 0);
    for (int i = 2; i <= 4; i++)
        CU_ASSERT_EQUAL(store_confirm(s, i, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_feed_retry(s, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_feed_retry(s, 2, NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(store_feed_resend(s, 3, 9, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 2);
    struct fixture_audit a = fixture_check(s);
    CU_ASSERT(a.n_state[STORE_WAITING] == 3 && a.n_state[STORE_CONFIRMED] == 1);
    store_free(s);
}

static void a_resent_record_brings_its_files(void)
{
    static const size_t bytes[] = {100, 200};
    struct record_ref r = {0};
    struct store_attachment_ref file = {0};
    bool is_found = false;
    int n = 0;
    struct store *s = fixture_open(fixture_path("again"));
    CU_ASSERT_EQUAL(fixture_commit_files(s, seal, bytes, 2, &r, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
        CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    }
    CU_ASSERT_EQUAL(store_feed_resend(s, 1, 1, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    struct store_counts c = {0};
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT(c.n_waiting == 1 && c.n_attachments == 2);
    /* What is purged cannot be sent again. */
    CU_ASSERT_EQUAL(store_confirm(s, 1, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(store_next_attachment(s, &file, &is_found, NULL), 0);
        CU_ASSERT_EQUAL(store_attachment_confirm(s, &file, "{}", "c2ln", FIXTURE_WALL_MS, NULL), 0);
    }
    CU_ASSERT_EQUAL(store_purge(s, FIXTURE_WALL_MS + 31 * day_ms, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(store_feed_resend(s, 1, 1, &n, NULL), 0);
    CU_ASSERT_EQUAL(n, 0);
    store_free(s);
}

/* What is damaged here is not sent because the centre asks for it. */
static void a_damaged_record_stays_aside(void)
{
    const char *dir = fixture_path("aside");
    struct record_ref r = {0};
    struct store_record w = {0};
    bool is_found = true;
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), 0);
    store_free(s);
    fixture_sql(dir, "UPDATE outbox SET signature = 'AAAA'");
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT_FALSE(is_found);
    CU_ASSERT_EQUAL(store_feed_retry(s, 1, NULL), 0);
    CU_ASSERT_EQUAL(store_next_waiting(s, &w, &is_found, NULL), 0);
    CU_ASSERT_FALSE(is_found);
    CU_ASSERT_EQUAL(fixture_check(s).n_state[STORE_QUARANTINED], 1);
    store_free(s);
}

static void tasks_are_told_in_order(void)
{
    static const char *const words[] = {"medical", "birth", "hukou"};
    struct store_task task = {.state = "received"};
    struct store *s = fixture_open(fixture_path("tasks"));
    CU_ASSERT_EQUAL(store_feed_begin(s, NULL), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(task.number, sizeof task.number, "430102000120261123000019");
        snprintf(task.task, sizeof task.task, "%s", words[i]);
        CU_ASSERT_EQUAL(store_feed_task(s, &task, NULL), 0);
        snprintf(task.number, sizeof task.number, "430102000120261123000027");
        CU_ASSERT_EQUAL(store_feed_task(s, &task, NULL), 0);
    }
    CU_ASSERT_EQUAL(store_feed_commit(s, "3", NULL), 0);
    n_seen = 0;
    CU_ASSERT_EQUAL(store_tasks_of(s, "430102000120261123000019", note_task, NULL, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(n_seen, 3);
    CU_ASSERT_STRING_EQUAL(seen[0].task, "birth");
    CU_ASSERT_STRING_EQUAL(seen[1].task, "hukou");
    CU_ASSERT_STRING_EQUAL(seen[2].task, "medical");
    n_seen = 0;
    CU_ASSERT_EQUAL(store_tasks_of(s, "430102000120261123000035", note_task, NULL, NULL), 0);
    CU_ASSERT_EQUAL(n_seen, 0);
    store_free(s);
}

struct found {
    int n;
    int64_t sequence;
    enum store_state state;
    char number[RECORD_NUMBER_BYTES], matter[65];
};

static void note_found(void *arg, const struct store_row *row)
{
    struct found *f = arg;
    f->n++;
    f->sequence = row->sequence;
    f->state = row->state;
    snprintf(f->number, sizeof f->number, "%s", row->number);
    snprintf(f->matter, sizeof f->matter, "%s", row->matter);
}

static void an_application_is_found_by_its_number(void)
{
    const char *dir = fixture_path("found");
    struct record_ref first = {0}, second = {0}, rating = {0};
    struct found f = {0};
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &first, NULL), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &rating, NULL), 0);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_APPLICATION, "{}", &second, NULL), 0);
    CU_ASSERT_EQUAL(store_confirm(s, 3, "{}", "c2ln", 1, NULL), 0);
    CU_ASSERT_EQUAL(store_find_number(s, second.number, note_found, &f, NULL), 0);
    CU_ASSERT(f.n == 1 && f.sequence == 3 && f.state == STORE_CONFIRMED);
    CU_ASSERT_STRING_EQUAL(f.number, second.number);
    CU_ASSERT_STRING_EQUAL(f.matter, "newborn");
    CU_ASSERT_EQUAL(store_find_number(s, first.number, note_found, &f, NULL), 0);
    CU_ASSERT(f.n == 2 && f.sequence == 1 && f.state == STORE_WAITING);
    /* A rating has no number, and nobody's number finds nothing. */
    CU_ASSERT_EQUAL(store_find_number(s, "", note_found, &f, NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(store_find_number(s, "430102000120261123000019x", note_found, &f, NULL),
                    ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(f.n, 2);
    store_free(s);
    char *plan = fixture_sql_text(dir, "EXPLAIN QUERY PLAN SELECT matter FROM outbox"
                                       " WHERE number = '1'");
    CU_ASSERT_PTR_NOT_NULL(strstr(plan, "USING INDEX"));
    free(plan);
}

static void small_values_outlive_a_restart(void)
{
    const char *dir = fixture_path("settings");
    char text[32] = "old";
    struct store *s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_setting_get(s, "seal_key", text, sizeof text, NULL), 0);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_EQUAL(store_setting_set(s, "seal_key", "0123456789abcdef", NULL), 0);
    CU_ASSERT_EQUAL(store_setting_set(s, "seal_key", "fedcba9876543210", NULL), 0);
    /* Nobody's setting is one of the store's own values. */
    CU_ASSERT_EQUAL(store_setting_set(s, "last_sequence", "77", NULL), 0);
    store_free(s);
    s = fixture_open(dir);
    CU_ASSERT_EQUAL(store_setting_get(s, "seal_key", text, sizeof text, NULL), 0);
    CU_ASSERT_STRING_EQUAL(text, "fedcba9876543210");
    CU_ASSERT_EQUAL(store_setting_get(s, "seal_key", text, 5, NULL), 0);
    CU_ASSERT_STRING_EQUAL(text, "fedc");
    struct store_counts c = {0};
    CU_ASSERT_EQUAL(store_count(s, &c, NULL), 0);
    CU_ASSERT_EQUAL(c.last_sequence, 0);
    store_free(s);
}

static void a_closed_store_refuses(void)
{
    char text[128];
    int n = 0;
    struct record_ref r = {0};
    struct store_task task = {.number = "1"};
    struct store_attachment_ref file = {.sequence = 1};
    struct store *s = fixture_open(fixture_path("closed"));
    struct store_mirror *m = store_mirror_new(s, fixture_dir());
    store_close(s);
    CU_ASSERT_NOT_EQUAL(store_feed_begin(s, NULL), 0);
    CU_ASSERT_NOT_EQUAL(store_feed_task(s, &task, NULL), 0);
    CU_ASSERT_NOT_EQUAL(store_feed_cursor(s, text, NULL), 0);
    CU_ASSERT_NOT_EQUAL(store_feed_resend(s, 1, 2, &n, NULL), 0);
    CU_ASSERT_NOT_EQUAL(store_setting_set(s, "a", "b", NULL), 0);
    CU_ASSERT_NOT_EQUAL(store_attachment_read(s, &file, 0, text, 1, NULL), 0);
    CU_ASSERT_NOT_EQUAL(store_purge(s, FIXTURE_WALL_MS, &n, NULL), 0);
    CU_ASSERT_EQUAL(store_settle(s, NULL), 0);
    CU_ASSERT_EQUAL(store_mirror_tend(s, m, 1, NULL), ERR_STORE_OPEN);
    store_mirror_free(m);
    CU_ASSERT_EQUAL(fixture_commit(s, seal, RECORD_RATING, "{}", &r, NULL), ERR_STORE_OPEN);
    store_free(s);
}

static CU_TestInfo cases[] = {
    {"a page of the feed is taken whole", a_page_of_the_feed_is_taken_whole},
    {"orders bring records back", orders_bring_records_back},
    {"a resent record brings its files", a_resent_record_brings_its_files},
    {"a damaged record stays aside", a_damaged_record_stays_aside},
    {"tasks are told in order", tasks_are_told_in_order},
    {"an application is found by its number", an_application_is_found_by_its_number},
    {"small values outlive a restart", small_values_outlive_a_restart},
    {"a closed store refuses", a_closed_store_refuses},
    CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.feed", cases);
    seal_close(seal);
    return rc;
}
