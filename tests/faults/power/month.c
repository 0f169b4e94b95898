/* SPDX-License-Identifier: Apache-2.0 */
/* Thirty days without a network, two hundred applications a day and a rating for every second one,
 * then the network is back: does the terminal grow slower, and where do the bytes go? And clocks
 * that jump while records are stored:
 *
 *     month [--seed N] [--size APPLICATIONS_A_DAY] [--report FILE]
 *
 * Times are ratios of the last day to the first in the same run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "disk_model.h"
#include "fault_report.h"
#include "fixture.h"
#include "month_clock.h"
#include "store/kiosk_number.h"

enum { N_DAYS = 30, CHECK_A_DAY = 200, N_LOOKS = 40, MAX_GROWTH = 4 };

static const int64_t day_ms = 24LL * 60 * 60 * 1000;

struct month {
    const struct fault_options *o;
    const struct seal *seal;
    char dir[200];
    struct store *s;
    int64_t n_stored, n_applications;
    int n_wrong;
};

struct times {
    double p50_us, p99_us, next_us, count_us;
};

static void wrong(struct month *m, const char *what, int64_t number)
{
    if (m->n_wrong++ < 5)
        fprintf(stderr, "month: %s (%" PRId64 ")\n", what, number);
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int sign(void *arg, struct seal_envelope *env, char *token, struct err *err)
{
    int rc = seal_sign_envelope(arg, env, err);
    if (rc == 0 && env->kind == RECORD_APPLICATION)
        rc = seal_token_make(arg, env, FIXTURE_WALL_MS, token, RECORD_TOKEN_BYTES, err);
    return rc;
}

/* @return time of the commit alone */
static double commit(struct month *m, enum record_kind kind, int64_t wall_ms,
                     struct record_ref *ret)
{
    static const char text[1500] = "{\"name\":\"张三\"}";
    uint8_t *sealed = NULL;
    struct err err = {0};
    struct store_draft d = {.matter_name = "新生儿出生",
                            .wall_ms = wall_ms,
                            .sign = sign,
                            .arg = (void *)(uintptr_t)m->seal};
    d.env.kind = kind;
    snprintf(d.env.matter, sizeof d.env.matter, "%s", kind == RECORD_APPLICATION ? "newborn" : "");
    clock_rfc3339(wall_ms, d.env.sealed_at, sizeof d.env.sealed_at);
    if (seal_uuid(d.env.uuid, &err) != 0 ||
        seal_record(m->seal, text, sizeof text, &sealed, &d.sealed_bytes, &d.env, &err) != 0)
        abort();
    d.sealed = sealed;
    double before = now_us();
    int rc = store_commit_record(m->s, &d, ret, &err);
    double took = now_us() - before;
    free(sealed);
    if (rc)
        wrong(m, err.msg, rc);
    else if (ret->sequence != ++m->n_stored)
        wrong(m, "not the next number", ret->sequence);
    m->n_applications += kind == RECORD_APPLICATION;
    return took;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle_of(double *v, int n, int percent)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[(n - 1) * percent / 100];
}

/* What the outbox asks all day long. */
static void looks_time(struct month *m, struct times *t)
{
    double next[N_LOOKS], count[N_LOOKS];
    for (int i = 0; i < N_LOOKS; i++) {
        struct store_record r = {0};
        struct store_counts c;
        bool is_found = false;
        double begin = now_us();
        if (store_next_waiting(m->s, &r, &is_found, NULL) != 0 || !is_found)
            wrong(m, "nothing waits", i);
        next[i] = now_us() - begin;
        store_record_clear(&r);
        begin = now_us();
        if (store_count(m->s, &c, NULL) != 0 || c.n_waiting != m->n_stored)
            wrong(m, "not all records wait", c.n_waiting);
        count[i] = now_us() - begin;
    }
    t->next_us = middle_of(next, N_LOOKS, 50);
    t->count_us = middle_of(count, N_LOOKS, 50);
}

static struct times day_live(struct month *m, int day, int n_applications)
{
    struct times t = {0};
    double *took = calloc((size_t)n_applications, sizeof *took);
    int n_purged = 0;
    if (!took)
        abort();
    for (int i = 0; i < n_applications; i++) {
        struct record_ref r = {0};
        int64_t wall_ms = FIXTURE_WALL_MS + day * day_ms + i * 100000;
        took[i] = commit(m, RECORD_APPLICATION, wall_ms, &r);
        if (store_journal_set(m->s, r.sequence, JOURNAL_SENDING, wall_ms, NULL) != 0 ||
            store_journal_set(m->s, r.sequence, JOURNAL_PRINTED, wall_ms, NULL) != 0)
            wrong(m, "journal", r.sequence);
        if (i % 2 == 0)
            (void)commit(m, RECORD_RATING, wall_ms, &r);
        if (i % 25 == 0 && (store_purge(m->s, wall_ms, &n_purged, NULL) != 0 || n_purged))
            wrong(m, "purged though nothing is confirmed", n_purged);
    }
    t.p50_us = middle_of(took, n_applications, 50);
    t.p99_us = middle_of(took, n_applications, 99);
    free(took);
    looks_time(m, &t);
    return t;
}

static int64_t bytes_of(const char *dir, const char *name)
{
    char path[300];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* The network is back: everything leaves once, in order, and goes after its time. */
static void drain(struct month *m)
{
    int64_t wall_ms = FIXTURE_WALL_MS + N_DAYS * day_ms, last = 0, n = 0;
    for (;;) {
        struct store_record r = {0};
        bool is_found = false;
        if (store_next_waiting(m->s, &r, &is_found, NULL) != 0)
            wrong(m, "next", n);
        if (!is_found)
            break;
        if (r.env.sequence != last + 1)
            wrong(m, "not in order", r.env.sequence);
        last = r.env.sequence;
        if (store_note_attempt(m->s, last, wall_ms, NULL) != 0 ||
            store_confirm(m->s, last, "{\"result\":\"stored\"}", "c2ln", wall_ms, NULL) != 0)
            wrong(m, "confirm", last);
        store_record_clear(&r);
        n++;
    }
    if (n != m->n_stored)
        wrong(m, "delivered", n);
}

static int64_t purge_daily(struct month *m, int days)
{
    int64_t all = 0;
    for (int day = 0; day <= days; day++) {
        int n = 0, some = 0;
        do { /* as often as it has something to do */
            if (store_purge(m->s, FIXTURE_WALL_MS + (N_DAYS + day) * day_ms + 1000, &some, NULL))
                wrong(m, "purge", day);
            n += some;
        } while (some);
        if (n && day < STORE_RETENTION_DAYS)
            wrong(m, "purged too early", day);
        all += n;
    }
    return all;
}

static int64_t month_wal_bytes(const struct month *m)
{
    return bytes_of(m->dir, "outbox.db-wal");
}

static void month_prove(struct month *m, int a_day)
{
    struct times first = {0}, last = {0};
    char outcome[600];
    int64_t began = clock_mono_ms(), wal_bytes = 0;
    m->s = fixture_open(m->dir);
    for (int day = 0; day < N_DAYS; day++) {
        last = day_live(m, day, a_day);
        if (day == 0)
            first = last;
        wal_bytes = month_wal_bytes(m) > wal_bytes ? month_wal_bytes(m) : wal_bytes;
        if (day % 7 == 6) { /* a restart a week */
            store_free(m->s);
            m->s = fixture_open(m->dir);
        }
    }
    int64_t db_bytes = bytes_of(m->dir, "outbox.db");
    drain(m);
    int64_t n_purged = purge_daily(m, STORE_RETENTION_DAYS + 1);
    struct fixture_audit a = fixture_check(m->s);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    if (n_purged != m->n_stored || a.n != m->n_stored || !a.is_gap_free || !a.is_chained ||
        !a.is_unique || a.n_state[STORE_CONFIRMED] != a.n)
        wrong(m, "after the month", n_purged);
    double ratio = last.p50_us / first.p50_us, next = last.next_us / first.next_us,
           count = last.count_us / first.count_us;
    snprintf(outcome, sizeof outcome,
             "\"stored and delivered once\":%" PRId64
             ",\"commit day 30 : day 1, p50\":%.2f,\"p99\":%.2f,\"next to send\":%.2f,"
             "\"count what waits\":%.2f,\"the same on day 30, µs\":%.0f,\"commit p50, "
             "µs\":%.0f,\"database, KiB\":%" PRId64 ",\"log at most, KiB\":%" PRId64
             ",\"memory, MiB\":%ld",
             a.n, ratio, last.p99_us / first.p99_us, next, count, last.count_us, last.p50_us,
             db_bytes / 1024, wal_bytes / 1024, use.ru_maxrss / 1024);
    fault_line_write(m->o, &(struct fault_line){"thirty days without a network", "store", N_DAYS,
                                                outcome, "none", "month", began});
    /* A month has 30 times the rows; what grew with them would be far above this. The count of
     * what waits walks an index of nothing else. */
    if (ratio > MAX_GROWTH || next > MAX_GROWTH || count > N_DAYS * 3)
        wrong(m, "slower after a month", (int64_t)(ratio * 100));
    if (wal_bytes > 16 << 20)
        wrong(m, "the log grows", wal_bytes);
    store_free(m->s);
}

/* --- clocks ---------------------------------------------------------------------------------- */

static void numbers_check(struct month *m)
{
    struct fixture_audit a = fixture_check(m->s);
    /* Numbers carry the day the clock showed, so they need not ascend; the UNIQUE index and the
     * serial of each day keep them apart, the sequence keeps the order. */
    if (a.n != m->n_stored || !a.is_gap_free || !a.is_chained)
        wrong(m, "after the jumps", a.n);
}

struct seen {
    char (*number)[RECORD_NUMBER_BYTES];
    int n;
};

static bool number_is_new(struct seen *seen, const char *number)
{
    for (int i = 0; i < seen->n; i++)
        if (strcmp(seen->number[i], number) == 0)
            return false;
    memcpy(seen->number[seen->n++], number, RECORD_NUMBER_BYTES);
    return true;
}

static void clock_prove(struct month *m, int n_jumps)
{
    uint64_t random = m->o->seed;
    int64_t wall_ms = FIXTURE_WALL_MS, began = clock_mono_ms(), n_early = 0, n_twice = 0;
    struct seen seen = {calloc((size_t)n_jumps * 4, RECORD_NUMBER_BYTES), 0};
    char outcome[300], seed[32];
    m->s = fixture_open(m->dir);
    for (int i = 0; i < n_jumps; i++) {
        wall_ms = clock_jump(&random, wall_ms);
        for (int k = 0; k < 4; k++, wall_ms += 700) {
            struct record_ref r = {0};
            int n = 0;
            (void)commit(m, RECORD_APPLICATION, wall_ms, &r);
            n_twice += !number_is_new(&seen, r.number) || !kiosk_number_valid(r.number);
            /* Confirmed just now: whatever the clock does next, the bytes stay a while. */
            if (store_confirm(m->s, r.sequence, "{}", "c2ln", wall_ms, NULL) != 0 ||
                store_purge(m->s, wall_ms, &n, NULL) != 0)
                wrong(m, "confirm", r.sequence);
            n_early += n;
        }
        if (i % 10 == 9) {
            store_free(m->s);
            m->s = fixture_open(m->dir);
        }
    }
    numbers_check(m);
    snprintf(outcome, sizeof outcome,
             "\"stored\":%" PRId64 ",\"number used twice\":%" PRId64
             ",\"purged too early\":%" PRId64 ",\"gaps\":0",
             m->n_stored, n_twice, n_early);
    snprintf(seed, sizeof seed, "%" PRIu64, m->o->seed);
    fault_line_write(m->o,
                     &(struct fault_line){"wall clock jumps (1970, 2038, 2100, a day back, 60 days "
                                          "ahead, midnight)",
                                          "store", n_jumps, outcome, seed, "month", began});
    if (n_twice || n_early)
        wrong(m, "a clock was believed", n_twice + n_early);
    store_free(m->s);
    free(seen.number);
}

int main(int argc, char **argv)
{
    struct fault_options o = {.seed = 20261124};
    char base[] = "/dev/shm/yj-month-XXXXXX";
    if (!fault_options_read(argc, argv, &o))
        return 2;
    struct seal *seal = fixture_seal();
    if (!mkdtemp(base)) {
        perror(base);
        return 2;
    }
    struct month m = {.o = &o, .seal = seal};
    snprintf(m.dir, sizeof m.dir, "%s/month", base);
    month_prove(&m, o.size ? (int)o.size : CHECK_A_DAY);
    struct month c = {.o = &o, .seal = seal, .n_wrong = m.n_wrong};
    snprintf(c.dir, sizeof c.dir, "%s/clock", base);
    clock_prove(&c, o.size ? 400 : 60);
    c.n_wrong += !clock_outbox_prove(&o, base, o.size ? 1000 : 100);
    (void)!fixture_run("rm -rf '%s'", base);
    seal_close(seal);
    return c.n_wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
