/* SPDX-License-Identifier: Apache-2.0 */
/* The disk refuses, fills up, turns read-only, writes short or is slow, at every operation of a
 * terminal's life:
 *
 *     diskfault [--seed N] [--size LIVES] [--report FILE]
 *
 * A record is reported as failed and nothing of it is stored, or it is stored; asked again, it
 * gets the number that was free. While every flush takes long the thread that asks never waits,
 * and answers come in the order of the questions. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "disk_vfs.h"
#include "fault_report.h"
#include "fixture.h"
#include "sync/outbox.h"

enum { N_COMMITS = 10, SLOW_SYNC_MS = 40, N_SLOW = 24, CHECK_LIVES = 12 };

struct kind {
    const char *name;
    int error;
    bool is_torn, is_lasting;
};

static const struct kind kinds[] = {
    {"disk refuses one operation (EIO)", EIO, false, false},
    {"disk refuses one operation, half of the bytes written", EIO, true, false},
    {"disk refuses everything from here on (EIO)", EIO, false, true},
    {"disk full for one operation, short write (ENOSPC)", ENOSPC, true, false},
    {"disk full from here on (ENOSPC)", ENOSPC, true, true},
    {"disk read-only from here on (EROFS)", EROFS, false, true},
};

struct tally {
    int64_t n_lives, n_hit, n_failed_nothing_stored, n_stored, n_again, n_opened_late, n_wrong;
};

struct life {
    const char *dir;
    const struct seal *seal;
    const struct kind *kind;
    struct store *s;
    struct tally *t;
    int64_t n_reported;
    int n_failures;
    size_t n;
};

static void wrong(struct life *l, const char *what, int64_t number)
{
    if (l->t->n_wrong++ < 5)
        fprintf(stderr, "%s, operation %zu: %s (%" PRId64 ")\n", l->kind->name, l->n, what, number);
}

/* As the outbox does: open until it works. A lasting fault is repaired after some failures. */
static void life_open(struct life *l)
{
    for (int i = 0; i < 4; i++) {
        struct err err = {0};
        bool was_damaged = false;
        int rc = store_open(l->s, FIXTURE_WALL_MS, &was_damaged, &err);
        if (was_damaged)
            wrong(l, "damage is told of a whole database", rc);
        if (rc == 0)
            return;
        l->t->n_opened_late++;
        if (rc == ERR_STORE_DAMAGED)
            wrong(l, "taken for damaged", rc);
        if (++l->n_failures > 2)
            disk_vfs_fault()->countdown = 0;
    }
    wrong(l, "the store does not open any more", 0);
}

/* Every call either works, or is told as failed and then works after the disk does. */
static void after_failure(struct life *l, int rc)
{
    if (rc != ERR_STORE_FULL && rc != ERR_STORE_WRITE && rc != ERR_STORE_OPEN)
        wrong(l, "another error than the disk's", rc);
    if (++l->n_failures > 2)
        disk_vfs_fault()->countdown = 0;
    if (rc != ERR_STORE_FULL) { /* with a full disk the outbox goes on with the open store */
        store_close(l->s);
        life_open(l);
    }
}

static void life_commit(struct life *l, enum record_kind kind, struct record_ref *r)
{
    for (int i = 0; i < 6; i++) {
        struct err err = {0};
        int rc = fixture_commit(l->s, l->seal, kind, "{\"x\":1}", r, &err);
        if (rc == 0) {
            l->t->n_stored++;
            l->t->n_again += i > 0;
            if (r->sequence != ++l->n_reported)
                wrong(l, "not the next number", r->sequence);
            return;
        }
        after_failure(l, rc);
        if (fixture_check(l->s).n != l->n_reported)
            wrong(l, "told as failed, yet stored", rc);
        else
            l->t->n_failed_nothing_stored++;
    }
    wrong(l, "no commit any more", 0);
}

static void life_deliver(struct life *l, const struct record_ref *r)
{
    int rc = store_journal_set(l->s, r->sequence, JOURNAL_SENDING, FIXTURE_WALL_MS, NULL);
    if (rc)
        after_failure(l, rc);
    rc = store_note_attempt(l->s, r->sequence, FIXTURE_WALL_MS, NULL);
    if (rc)
        after_failure(l, rc);
    for (int i = 0; i < 6; i++) {
        enum store_state state = STORE_WAITING;
        rc = store_confirm(l->s, r->sequence, "{}", "c2ln", FIXTURE_WALL_MS, NULL);
        if (rc == 0 || rc == ERR_NOT_FOUND) { /* there after all: a refused flush may have worked */
            if (store_record_state(l->s, r->sequence, &state, NULL) != 0 ||
                state != STORE_CONFIRMED)
                wrong(l, "confirmed, and it is not", r->sequence);
            return;
        }
        after_failure(l, rc);
    }
    wrong(l, "no confirmation any more", r->sequence);
}

/* @return false when the fault was never met: the life has fewer operations */
static bool life_run(struct life *l)
{
    struct disk_fault *f = disk_vfs_fault();
    (void)!fixture_run("rm -rf '%s'", l->dir);
    l->s = store_new(l->dir, FIXTURE_TERMINAL);
    l->n_reported = 0;
    l->n_failures = 0;
    *f = (struct disk_fault){.countdown = (int)l->n,
                             .error = l->kind->error,
                             .is_torn = l->kind->is_torn,
                             .is_lasting = l->kind->is_lasting};
    life_open(l);
    for (int i = 0; i < N_COMMITS; i++) {
        struct record_ref r = {0};
        life_commit(l, i % 3 == 2 ? RECORD_RATING : RECORD_APPLICATION, &r);
        if (i % 3 == 0)
            life_deliver(l, &r);
        if (i == N_COMMITS / 2) {
            store_close(l->s);
            life_open(l);
        }
    }
    bool is_met = f->countdown <= 1;
    store_free(l->s);
    f->countdown = 0;
    l->s = fixture_open(l->dir);
    struct fixture_audit a = fixture_check(l->s);
    if (a.n != l->n_reported || !a.is_gap_free || !a.is_chained || !a.is_unique)
        wrong(l, "after all that: not what was reported", a.n);
    store_free(l->s);
    l->t->n_lives++;
    l->t->n_hit += is_met;
    return is_met;
}

static bool kind_prove(const struct fault_options *o, const struct kind *k, const char *dir,
                       const struct seal *seal, uint64_t *random)
{
    struct tally t = {0};
    struct life l = {.dir = dir, .seal = seal, .kind = k, .t = &t};
    char outcome[300], seed[32];
    int64_t began = clock_mono_ms();
    if (o->size) { /* every operation, in order */
        for (l.n = 1; life_run(&l) && (int64_t)l.n < o->size; l.n++)
            ;
    } else {
        for (int i = 0; i < CHECK_LIVES; i++) {
            l.n = 1 + disk_random(random) % 280;
            (void)life_run(&l);
        }
    }
    snprintf(outcome, sizeof outcome,
             "\"told as failed, nothing stored, stored when asked again\":%" PRId64
             ",\"stored\":%" PRId64 ",\"opened at a later try\":%" PRId64 ",\"wrong\":%" PRId64,
             t.n_again, t.n_stored, t.n_opened_late, t.n_wrong);
    snprintf(seed, sizeof seed, "%" PRIu64, o->seed);
    fault_line_write(
        o, &(struct fault_line){k->name, "store", t.n_hit, outcome, seed, "diskfault", began});
    return t.n_wrong == 0 && t.n_hit > CHECK_LIVES / 2 && t.n_again > 0;
}

/* --- slow flushes, seen by the one who asks --------------------------------------------------- */

struct asker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t last_tag;
    int n_answered, n_disorder, n_failed;
};

static void on_event(void *arg, const struct outbox_event *e)
{
    struct asker *a = arg;
    if (e->kind != OUTBOX_EVENT_STORED && e->kind != OUTBOX_EVENT_STORE_FAILED)
        return;
    pthread_mutex_lock(&a->lock);
    a->n_answered++;
    a->n_disorder += e->tag != a->last_tag + 1;
    a->n_failed += e->kind != OUTBOX_EVENT_STORED;
    a->last_tag = e->tag;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

static bool slow_prove(const struct fault_options *o, const char *dir)
{
    struct asker a = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct outbox *box = NULL;
    struct err err = {0};
    char data[200], outcome[200];
    int64_t began = clock_mono_ms(), worst_ms = 0;
    snprintf(data, sizeof data, "%s/slow", dir);
    struct outbox_cfg cfg = {.data_dir = data,
                             .terminal_id = FIXTURE_TERMINAL,
                             .keys = fixture_seal_paths(),
                             .centre_ca = fixture_key("ca.pem"),
                             .centre_url = "https://localhost:1",
                             .version = "0.1.0"};
    *disk_vfs_fault() = (struct disk_fault){.sync_ms = SLOW_SYNC_MS};
    if (outbox_start(&cfg, on_event, &a, &box, &err) != 0) {
        fprintf(stderr, "outbox_start: %s\n", err.msg);
        return false;
    }
    for (int i = 1; i <= N_SLOW; i++) {
        struct outbox_item item = {.kind = RECORD_APPLICATION,
                                   .json = mem_strdup("{\"x\":1}"),
                                   .matter_code = "newborn",
                                   .matter_name = "新生儿出生"};
        int64_t before = clock_mono_ms();
        if (outbox_put(box, (uint64_t)i, &item) != 0)
            abort();
        int64_t took = clock_mono_ms() - before;
        worst_ms = took > worst_ms ? took : worst_ms;
    }
    pthread_mutex_lock(&a.lock);
    while (a.n_answered < N_SLOW)
        pthread_cond_wait(&a.changed, &a.lock); /* the test's own timeout ends a silence */
    pthread_mutex_unlock(&a.lock);
    outbox_stop(box);
    int64_t n_syncs = disk_vfs_fault()->n_syncs;
    *disk_vfs_fault() = (struct disk_fault){0};
    snprintf(outcome, sizeof outcome,
             "\"answered in order\":%d,\"failed\":%d,\"slow flushes\":%" PRId64
             ",\"longest time the asking thread was held, ms\":%" PRId64,
             a.n_answered - a.n_disorder, a.n_failed, n_syncs, worst_ms);
    fault_line_write(o, &(struct fault_line){"every flush takes 40 ms", "outbox", n_syncs, outcome,
                                             "none", "diskfault", began});
    return a.n_disorder == 0 && a.n_failed == 0 && n_syncs >= N_SLOW &&
           worst_ms < SLOW_SYNC_MS * N_SLOW / 2;
}

int main(int argc, char **argv)
{
    struct fault_options o = {.seed = 20261124};
    char base[] = "/dev/shm/yj-disk-XXXXXX", dir[64];
    if (!fault_options_read(argc, argv, &o))
        return 2;
    struct seal *seal = fixture_seal();
    disk_vfs_install();
    if (!mkdtemp(base)) {
        perror(base);
        return 2;
    }
    snprintf(dir, sizeof dir, "%s/life", base);
    uint64_t random = o.seed;
    bool is_good = true;
    printf("diskfault: seed %" PRIu64 "\n", o.seed);
    for (size_t i = 0; i < YJ_COUNT(kinds); i++)
        is_good = kind_prove(&o, &kinds[i], dir, seal, &random) && is_good;
    is_good = slow_prove(&o, base) && is_good;
    (void)!fixture_run("rm -rf '%s'", base);
    seal_close(seal);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
