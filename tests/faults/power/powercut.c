/* SPDX-License-Identifier: Apache-2.0 */
/* The power goes at every operation of a terminal's life, with every choice of what the disk kept:
 *
 *     powercut [--seed FIRST] [--size CUTS] [--report FILE]
 *
 * A run is written down once (power_load), the disk it leaves at each place is built
 * (disk_model), and the store is opened on it. It must hold exactly what it held at the last call
 * that reported success, or at the next one: a transaction is whole or absent, nothing reported is
 * missing, no number comes twice, and a mere power cut is no damage. Some cuts are followed by a
 * second one during the recovery. Then disks that lie, and stores that are wrong on purpose and
 * must be found out. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "disk_vfs.h"
#include "fault_report.h"
#include "fixture.h"
#include "power_load.h"

enum { CHECK_STEP = 7, SHOWN_COMPLAINTS = 5, SECOND_EVERY = 8, CHECK_SEEDS = 6 };

struct sweep {
    const char *name;
    const struct load *load;
    const struct seal *seal;
    struct disk_lies lies;
    bool may_damage;
    char dir[160];
    int64_t n_cuts, n_second, n_before, n_after, n_complaints;
    int64_t n_damage_told, n_older, n_untold, n_refused, n_reused; /* lying disks */
};

static void complain(struct sweep *w, size_t at, uint64_t seed, const char *what)
{
    if (w->n_complaints++ < SHOWN_COMPLAINTS)
        fprintf(stderr, "%s: cut at %zu, seed %" PRIu64 ": %s\n", w->name, at, seed, what);
}

/* Was this number, of record or of application, ever reported with other contents? */
static bool is_reused(const struct load *l, size_t at, const struct record_ref *r)
{
    for (int i = 0; i < l->n_refs && l->ref[i].at <= at; i++)
        if (strcmp(l->ref[i].ref.uuid, r->uuid) != 0 &&
            (l->ref[i].ref.sequence == r->sequence || strcmp(l->ref[i].ref.number, r->number) == 0))
            return true;
    return false;
}

/* The last thing reported before the power went; -1: nothing. */
static int point_before(const struct load *l, size_t at)
{
    int last = -1;
    for (int i = 0; i < l->n_points && l->point[i].at <= at; i++)
        last = i;
    return last;
}

/* Which of the remembered states the store is in: 0 the one before, 1 the one after, -1 neither. */
static int which_state(const struct load *l, size_t at, const char *text)
{
    int i = point_before(l, at);
    if (i >= 0 && strcmp(text, l->point[i].text) == 0)
        return 0;
    return i + 1 < l->n_points && strcmp(text, l->point[i + 1].text) == 0 ? 1 : -1;
}

/* Life goes on: one more commit, above everything, whole chain. */
static const char *commit_more(struct sweep *w, struct store *s, size_t at)
{
    struct record_ref r;
    struct err err = {0};
    struct fixture_audit before = fixture_check(s);
    if (!before.is_gap_free || !before.is_chained || !before.is_unique)
        return "records are not numbered and chained";
    if (fixture_commit(s, w->seal, RECORD_APPLICATION, "{}", &r, &err) != 0)
        return "no commit after the cut";
    if (r.sequence != before.last + 1)
        return "the next number leaves a gap";
    if (is_reused(w->load, at, &r))
        return "a number was given twice";
    struct fixture_audit after = fixture_check(s);
    return after.is_gap_free && after.is_chained && after.is_unique ? NULL
                                                                    : "the chain broke afterwards";
}

static void one_check(struct sweep *w, size_t at, uint64_t seed)
{
    struct err err = {0};
    bool was_damaged = false;
    struct store *s = store_new(w->dir, FIXTURE_TERMINAL);
    int rc = store_open(s, FIXTURE_WALL_MS, &was_damaged, &err);
    if (rc || was_damaged) {
        complain(w, at, seed, rc ? err.msg : store_damage_text(s));
    } else {
        char *text = load_look(s);
        int which = which_state(w->load, at, text);
        free(text);
        w->n_before += which == 0;
        w->n_after += which == 1;
        const char *wrong =
            which < 0 ? "neither the state before nor the one after" : commit_more(w, s, at);
        if (wrong)
            complain(w, at, seed, wrong);
    }
    store_free(s);
}

/* Records reported up to here are in the sequence file, flushed. A number reported later may only
 * be reserved there, and its note may go with the power. */
static size_t noted_until(const struct load *l, size_t at)
{
    for (size_t i = at; i > 0; i--)
        if (l->trace.op[i - 1].kind == DISK_SYNC &&
            strcmp(l->trace.op[i - 1].name, "sequence") == 0)
            return i - 1;
    return 0;
}

/* Are all records there that had been reported then? */
static bool is_whole(const struct load *l, struct store *s, size_t at)
{
    for (int i = 0; i < l->n_refs && l->ref[i].at <= at; i++) {
        char digest[SEAL_DIGEST_BYTES];
        load_digest(s, l->ref[i].ref.sequence, digest);
        if (strcmp(digest, l->ref[i].digest) != 0)
            return false;
    }
    return true;
}

/* A disk that lies may lose what it promised. That must be told, unless only delivery states went
 * back (such a record is sent again and known by the centre), and no number may come twice, as far
 * as the sequence file was told the truth. */
static void one_lie(struct sweep *w, size_t at, uint64_t seed)
{
    struct err err = {0};
    struct record_ref r;
    bool was_damaged = false, may_judge = !w->lies.on_sequence;
    size_t noted = noted_until(w->load, at);
    struct store *s = store_new(w->dir, FIXTURE_TERMINAL);
    if (store_open(s, FIXTURE_WALL_MS, &was_damaged, &err) != 0) {
        w->n_refused++; /* a technician must decide: nothing is numbered */
        store_free(s);
        return;
    }
    char *text = load_look(s);
    int which = which_state(w->load, at, text);
    free(text);
    bool has_all = is_whole(w->load, s, at);
    w->n_damage_told += was_damaged;
    w->n_before += !was_damaged && which >= 0;
    w->n_older += !was_damaged && which < 0 && has_all;
    w->n_untold += !was_damaged && which < 0 && !has_all;
    if (may_judge && !was_damaged && !is_whole(w->load, s, noted))
        complain(w, at, seed, "records are gone and nobody was told");
    if (fixture_commit(s, w->seal, RECORD_APPLICATION, "{}", &r, &err) != 0)
        complain(w, at, seed, "no commit after the loss");
    else if (is_reused(w->load, at, &r)) {
        w->n_reused++;
        if (may_judge && is_reused(w->load, noted, &r))
            complain(w, at, seed, "a number was given twice");
    }
    store_free(s);
}

/* The power goes again while the store recovers from the first cut. */
static void second_cut(struct sweep *w, size_t at, uint64_t seed)
{
    static const struct disk_lies honest;
    struct load again;
    uint64_t state = seed ^ 0x5eedULL;
    struct stat st;
    if (stat(w->dir, &st) != 0)
        return; /* nothing there to recover */
    load_run(&again, LOAD_SHORT, w->dir, w->seal);
    size_t n_own = again.trace.n - again.n_base;
    size_t where = again.n_base + disk_random(&state) % (n_own + 1);
    if (again.is_refused) {
        complain(w, at, seed, again.why);
    } else if (which_state(w->load, at, again.point[0].text) < 0) {
        complain(w, at, seed, "neither the state before nor the one after");
    } else {
        struct disk *d = disk_new(&honest);
        for (size_t i = 0; i < where; i++)
            disk_do(d, &again.trace.op[i]);
        disk_cut(d, seed * 31 + 7, w->dir);
        struct sweep inner = *w;
        inner.name = "second cut";
        inner.load = &again;
        one_check(&inner, where, seed);
        w->n_complaints = inner.n_complaints;
        w->n_second++;
        disk_free(d);
    }
    load_clear(&again);
}

/* All places step apart, each with n_seeds choices. */
static void sweep(struct sweep *w, size_t step, uint64_t seed, int64_t n_seeds)
{
    const struct disk_trace *t = &w->load->trace;
    struct disk *d = disk_new(&w->lies);
    for (size_t at = 0; at <= t->n; at++) {
        for (int64_t i = 0; i < n_seeds && at >= w->load->n_base && at % step == seed % step; i++) {
            uint64_t choice = (seed + (uint64_t)i) * 1000003ULL + at;
            disk_cut(d, choice, w->dir);
            w->n_cuts++;
            if (w->may_damage) {
                one_lie(w, at, choice);
            } else if (w->n_cuts % SECOND_EVERY == 0) {
                second_cut(w, at, choice);
            } else {
                one_check(w, at, choice);
            }
        }
        if (at < t->n)
            disk_do(d, &t->op[at]);
    }
    disk_free(d);
}

static void sweep_name(struct sweep *w, const char *base)
{
    snprintf(w->dir, sizeof w->dir, "%s/cut", base);
}

struct proof {
    const struct fault_options *o;
    const struct seal *seal;
    const char *base;
    struct load whole;
    size_t step;
    int64_t n_seeds;
    char seeds[64];
    bool is_good;
};

static void cuts_do(struct proof *p, const char *name, const struct load *load, size_t step,
                    int64_t n_seeds)
{
    struct sweep w = {.name = name, .load = load, .seal = p->seal};
    char outcome[400];
    int64_t began = clock_mono_ms();
    sweep_name(&w, p->base);
    sweep(&w, step, p->o->seed, n_seeds);
    snprintf(outcome, sizeof outcome,
             "\"as before the call\":%" PRId64 ",\"as after the call\":%" PRId64
             ",\"cut again while recovering\":%" PRId64 ",\"operations\":%zu,\"lost\":%" PRId64,
             w.n_before, w.n_after, w.n_second, load->trace.n - load->n_base, w.n_complaints);
    fault_line_write(p->o, &(struct fault_line){name, "store", w.n_cuts + w.n_second, outcome,
                                                p->seeds, "powercut", began});
    p->is_good = p->is_good && w.n_complaints == 0 && w.n_cuts > 20 && w.n_after > 0 &&
                 w.n_before > 0 && w.n_second > 0;
}

static void update_do(struct proof *p)
{
    struct load update;
    char dir[200];
    snprintf(dir, sizeof dir, "%s/update", p->base);
    load_run(&update, LOAD_UPDATE, dir, p->seal);
    if (update.is_refused) {
        fprintf(stderr, "the update itself: %s\n", update.why);
        p->is_good = false;
    } else {
        cuts_do(p, "power cut while a database of version 1 is brought up to date", &update,
                p->o->size ? 1 : 3, p->n_seeds);
    }
    load_clear(&update);
}

static void lies_do(struct proof *p, const char *name, struct disk_lies lies)
{
    struct sweep w = {
        .name = name, .load = &p->whole, .seal = p->seal, .lies = lies, .may_damage = true};
    char outcome[400], seeds[64];
    int64_t began = clock_mono_ms();
    sweep_name(&w, p->base);
    int64_t n_seeds = (p->n_seeds + 3) / 4;
    sweep(&w, p->step, p->o->seed, n_seeds);
    snprintf(seeds, sizeof seeds, "%" PRIu64 "-%" PRIu64, p->o->seed,
             p->o->seed + (uint64_t)n_seeds - 1);
    snprintf(outcome, sizeof outcome,
             "\"nothing lost\":%" PRId64 ",\"delivery states older, sent again\":%" PRId64
             ",\"loss told\":%" PRId64 ",\"loss not told\":%" PRId64
             ",\"refused to start\":%" PRId64 ",\"number used twice\":%" PRId64,
             w.n_before, w.n_older, w.n_damage_told, w.n_untold, w.n_refused, w.n_reused);
    fault_line_write(p->o, &(struct fault_line){name, "store on a disk that breaks its word",
                                                w.n_cuts, outcome, seeds, "powercut", began});
    p->is_good = p->is_good && w.n_complaints == 0 && w.n_cuts > 20;
    if (lies.on_database)
        p->is_good = p->is_good && w.n_damage_told > 0;
}

/* What is wrong on purpose must be found. */
static void broken_do(struct proof *p, const char *name, enum load_kind kind, struct disk_lies lies)
{
    struct load own = {0};
    struct sweep w = {.name = name, .seal = p->seal, .lies = lies};
    sweep_name(&w, p->base);
    if (kind == LOAD_NEVER_SYNC) {
        char dir[200];
        snprintf(dir, sizeof dir, "%s/broken", p->base);
        load_run(&own, kind, dir, p->seal);
    }
    w.load = kind == LOAD_NEVER_SYNC ? &own : &p->whole;
    w.n_complaints = SHOWN_COMPLAINTS; /* expected, so not shown */
    sweep(&w, CHECK_STEP, p->o->seed, 1);
    w.n_complaints -= SHOWN_COMPLAINTS;
    printf("broken on purpose: %s: found in %" PRId64 " of %" PRId64 " cuts\n", name,
           w.n_complaints, w.n_cuts);
    p->is_good = p->is_good && w.n_complaints > 0;
    load_clear(&own);
}

static bool prove(const struct fault_options *o, const char *base, const struct seal *seal)
{
    struct proof p = {.o = o, .seal = seal, .base = base, .is_good = true};
    char dir[200];
    snprintf(dir, sizeof dir, "%s/life", base);
    load_run(&p.whole, LOAD_WHOLE, dir, seal);
    if (p.whole.is_refused) {
        fprintf(stderr, "the run itself: %s\n", p.whole.why);
        return false;
    }
    p.step = o->size ? 1 : CHECK_STEP;
    p.n_seeds = o->size ? (o->size + (int64_t)p.whole.trace.n) / (int64_t)(p.whole.trace.n + 1)
                        : CHECK_SEEDS;
    snprintf(p.seeds, sizeof p.seeds, "%" PRIu64 "-%" PRIu64, o->seed,
             o->seed + (uint64_t)p.n_seeds - 1);
    printf("powercut: seed %s, %zu operations, %d records, %d calls reported\n", p.seeds,
           p.whole.trace.n, p.whole.n_refs, p.whole.n_points);
    cuts_do(&p, "power cut", &p.whole, p.step, p.n_seeds);
    update_do(&p);
    lies_do(&p, "disk that lies about syncs of the database",
            (struct disk_lies){.on_database = true});
    lies_do(&p, "disk that lies about syncs of the sequence file",
            (struct disk_lies){.on_sequence = true});
    lies_do(&p, "disk that lies about every sync",
            (struct disk_lies){.on_database = true, .on_sequence = true, .on_folder = true});
    broken_do(&p, "synchronous=OFF", LOAD_NEVER_SYNC, (struct disk_lies){0});
    broken_do(&p, "synced writes are lost", LOAD_WHOLE, (struct disk_lies){.loses_synced = true});
    load_clear(&p.whole);
    return p.is_good;
}

int main(int argc, char **argv)
{
    struct fault_options o = {.seed = 20261124};
    char base[] = "/dev/shm/yj-power-XXXXXX";
    if (!fault_options_read(argc, argv, &o))
        return 2;
    struct seal *seal = fixture_seal();
    disk_vfs_install();
    if (!mkdtemp(base)) {
        perror(base);
        return 2;
    }
    bool is_good = prove(&o, base, seal);
    (void)!fixture_run("rm -rf '%s'", base);
    seal_close(seal);
    return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
