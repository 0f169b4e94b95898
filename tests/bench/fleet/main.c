/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk-fleet: many terminals on one machine, each with the product's own store and sync code,
 * against a centre. Main thread; one child process for each share of the terminals. */
#define _DEFAULT_SOURCE

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fault_report.h"
#include "fleet.h"

static const char usage[] =
    "kiosk-fleet --dir DIR --keys KEYS --centre URL [--centre URL]...\n"
    "            [--terminals N] [--submissions N] [--processes N] [--rate PER_SECOND]\n"
    "            [--offline-first] [--ratings PERCENT] [--limit SECONDS] [--region CODE]\n"
    "            [--kick-every MS] [--stop-file FILE] [--seed N] [--result FILE]\n"
    "            [--report FILE --fault WORDS]\n"
    "KEYS: as tests/flow/make_keys.sh makes it, with ca.key. DIR keeps keys and databases; a "
    "second\n"
    "run goes on with them. --kick-every: ask every terminal that waits to try now, as its staff\n"
    "may; the product grants 8 such tries and one more every 20 s. A process that loses its "
    "parent\n"
    "ends. Exit status: 0 all stored and confirmed, 1 not, 2 wrong call.\n";

static bool options_read(int argc, char **argv, struct fleet_options *o)
{
    static const struct option table[] = {
        {"dir", 1, NULL, 'd'},       {"keys", 1, NULL, 'k'},          {"centre", 1, NULL, 'c'},
        {"terminals", 1, NULL, 'n'}, {"submissions", 1, NULL, 's'},   {"processes", 1, NULL, 'p'},
        {"rate", 1, NULL, 'r'},      {"offline-first", 0, NULL, 'o'}, {"ratings", 1, NULL, 'g'},
        {"limit", 1, NULL, 'l'},     {"region", 1, NULL, 'a'},        {"kick-every", 1, NULL, 'i'},
        {"stop-file", 1, NULL, 'w'}, {"seed", 1, NULL, 'e'},          {"result", 1, NULL, 'u'},
        {"report", 1, NULL, 't'},    {"fault", 1, NULL, 'f'},         {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *o = (struct fleet_options){.n_terminals = 20,
                                .n_submissions = 400,
                                .n_processes = 1,
                                .limit_s = 300,
                                .rating_percent = 10,
                                .seed = 20261124,
                                .region = 430102,
                                .fault = "none"};
    int opt;
    while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
        long long v = optarg ? strtoll(optarg, NULL, 10) : 0;
        switch (opt) {
        case 'd':
            o->dir = optarg;
            break;
        case 'k':
            o->keys = optarg;
            break;
        case 'c':
            if (o->n_centres == FLEET_MAX_CENTRES)
                return false;
            o->centre[o->n_centres++] = optarg;
            break;
        case 'n':
            o->n_terminals = (int)v;
            break;
        case 's':
            o->n_submissions = v;
            break;
        case 'p':
            o->n_processes = (int)v;
            break;
        case 'r':
            o->rate = strtod(optarg, NULL);
            break;
        case 'o':
            o->is_offline_first = true;
            break;
        case 'g':
            o->rating_percent = (int)v;
            break;
        case 'l':
            o->limit_s = (int)v;
            break;
        case 'a':
            o->region = (int)v;
            break;
        case 'w':
            o->stop_file = optarg;
            break;
        case 'i':
            o->kick_ms = (int)v;
            break;
        case 'e':
            o->seed = (uint64_t)v;
            break;
        case 'u':
            o->result = optarg;
            break;
        case 't':
            o->report = optarg;
            break;
        case 'f':
            o->fault = optarg;
            break;
        default:
            return false;
        }
    }
    return o->dir && o->keys && o->n_centres > 0 && o->n_terminals > 0 && o->n_processes > 0 &&
           o->n_processes <= o->n_terminals && optind == argc;
}

/* @return pid of a child that runs its share and writes its result into the pipe */
static pid_t child_start(const struct fleet_options *o, int share, int out)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    struct fleet_result r;
    struct err err = {0};
    int first = (int)((int64_t)o->n_terminals * share / o->n_processes);
    int last = (int)((int64_t)o->n_terminals * (share + 1) / o->n_processes);
    int rc = fleet_keys_make(o, first, last, &err);
    if (rc == 0)
        rc = fleet_run(o, first, last, &r, &err);
    if (rc)
        fprintf(stderr, "terminals %d to %d: %s\n", first, last - 1, err.msg);
    else if (write(out, &r, sizeof r) != (ssize_t)sizeof r)
        rc = -1;
    exit(rc ? 1 : 0); /* not _exit: a sanitizer build looks for leaks here */
}

static void add(struct fleet_result *sum, const struct fleet_result *r)
{
    sum->n_stored += r->n_stored;
    sum->n_failed += r->n_failed;
    sum->n_confirmed += r->n_confirmed;
    sum->n_quarantined += r->n_quarantined;
    sum->n_terminals_done += r->n_terminals_done;
    sum->queue_max += r->queue_max;
    sum->max_pss_kib += r->max_pss_kib;
    for (int i = 0; i < FLEET_BUCKETS; i++)
        sum->store_us[i] += r->store_us[i];
    if (r->store_ms > sum->store_ms)
        sum->store_ms = r->store_ms;
    if (r->drain_ms > sum->drain_ms)
        sum->drain_ms = r->drain_ms;
}

/* Upper bound of the bucket that holds this share of all. */
static int64_t percentile_us(const struct fleet_result *r, double share)
{
    int64_t seen = 0, want = (int64_t)((double)r->n_stored * share);
    for (int i = 0; i < FLEET_BUCKETS; i++)
        if ((seen += r->store_us[i]) > want)
            return 1LL << (i + 1);
    return 0;
}

static void result_write(const struct fleet_options *o, const struct fleet_result *r,
                         int64_t began_ms, bool is_good)
{
    char outcome[600], seed[32];
    snprintf(outcome, sizeof outcome,
             "\"terminals\":%d,\"stored\":%" PRId64 ",\"confirmed\":%" PRId64 ",\"failed\":%" PRId64
             ",\"quarantined\":%" PRId64 ",\"terminals_done\":%" PRId64 ",\"most_waiting\":%" PRId64
             ",\"handing_in_ms\":%" PRId64 ",\"drain_ms\":%" PRId64
             ",\"store_p50_us_below\":%" PRId64 ",\"store_p99_us_below\":%" PRId64
             ",\"kib_per_terminal\":%" PRId64 ",\"good\":%s",
             o->n_terminals, r->n_stored, r->n_confirmed, r->n_failed, r->n_quarantined,
             r->n_terminals_done, r->queue_max, r->store_ms, r->drain_ms, percentile_us(r, 0.5),
             percentile_us(r, 0.99), r->max_pss_kib / o->n_terminals, is_good ? "true" : "false");
    snprintf(seed, sizeof seed, "%" PRIu64, o->seed);
    struct fault_options report = {.seed = o->seed, .report = o->report};
    fault_line_write(&report, &(struct fault_line){.fault = o->fault,
                                                   .layer = "fleet",
                                                   .injections = r->n_stored,
                                                   .outcome = outcome,
                                                   .seed = seed,
                                                   .command = "kiosk-fleet",
                                                   .began_ms = began_ms});
    FILE *f = o->result ? fopen(o->result, "w") : NULL;
    if (f) {
        fprintf(f, "{%s}\n", outcome);
        fclose(f);
    }
}

int main(int argc, char **argv)
{
    struct fleet_options o;
    struct fleet_result sum = {0}, r;
    int pipes[2], n_bad = 0;
    if (!options_read(argc, argv, &o))
        return fputs(usage, stderr), 2;
    /* Databases, sequence files, sockets, wake-ups: about ten files a terminal. */
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    log_set_level(LOG_ERROR);
    int64_t began_ms = clock_mono_ms();
    if ((mkdir(o.dir, 0700) != 0 && access(o.dir, W_OK) != 0) || pipe(pipes) != 0)
        return perror(o.dir), 1;
    for (int i = 0; i < o.n_processes; i++)
        if (child_start(&o, i, pipes[1]) < 0)
            n_bad++;
    close(pipes[1]);
    while (read(pipes[0], &r, sizeof r) == (ssize_t)sizeof r)
        add(&sum, &r);
    int status;
    while (wait(&status) > 0)
        n_bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    bool is_good = n_bad == 0 && sum.n_failed == 0 && sum.n_quarantined == 0 &&
                   sum.n_terminals_done == o.n_terminals &&
                   (sum.n_stored == o.n_submissions || fleet_is_told_to_stop(&o)) &&
                   sum.n_confirmed == sum.n_stored;
    result_write(&o, &sum, began_ms, is_good);
    return is_good ? 0 : 1;
}
