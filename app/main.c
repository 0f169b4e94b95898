/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk: the terminal's application. Command line, process limits, signals; no logic.
 * Exit status: 0 ended on request, 1 could not start, 2 wrong arguments, 3 another kiosk runs. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <getopt.h>
#include <jansson.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "kiosk.h"
#include "settings.h"

struct arguments {
    const char *config, *display, *inspect;
};

static void usage(FILE *to)
{
    fputs("usage: kiosk --config FILE [--display window|memory]"
#ifdef YIJIAN_INSPECTOR
          " [--inspect SOCKET]"
#endif
          "\n       kiosk --version | --help\n",
          to);
}

static int parse(int argc, char **argv, struct arguments *ret)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"display", required_argument, NULL, 'd'},
#ifdef YIJIAN_INSPECTOR
        {"inspect", required_argument, NULL, 'i'},
#endif
        {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'c')
            ret->config = optarg;
        else if (c == 'd')
            ret->display = optarg;
        else if (c == 'i')
            ret->inspect = optarg;
        else if (c == 'v')
            return puts("kiosk " YIJIAN_VERSION), 1;
        else if (c == 'h')
            return usage(stdout), 1;
        else
            return -1;
    }
    return ret->config && optind == argc ? 0 : -1;
}

/* Personal data must not reach a core file; a crash is explained by its log. What libraries free
 * (pinyin tables, text layouts) is overwritten by the C library, where it can. */
static void protect_memory(void)
{
#ifdef M_PERTURB
    mallopt(M_PERTURB, 0xFF);
#endif
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* Is more granted than the limit says (CAP_IPC_LOCK does that)? Asked by asking. */
static bool grants_more_than(rlim_t limit)
{
    const size_t n = (size_t)limit + 1;
    void *p = mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return false;
    munmap(p, n);
    return true;
}

/* Nor swap. Only where no limit holds: below one, memory that is asked for later would be refused
 * instead of locked. Pages are locked when they are first used, not ahead. */
static void lock_memory(void)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    (void)setrlimit(RLIMIT_MEMLOCK, &limit); /* granted or not: what holds is read next */
    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
        mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) {
        if (limit.rlim_cur == RLIM_INFINITY || grants_more_than(limit.rlim_cur))
            return;
        munlockall();
    }
    log_line(LOG_WARN, "main",
             "memory is not locked: allow it (LimitMEMLOCK=infinity), or run without swap");
}

static void *wait_for_signal(void *arg)
{
    sigset_t set;
    int number;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1); /* main's own: "the loop has ended" */
    sigwait(&set, &number);
    if (number != SIGUSR1)
        kiosk_stop(arg);
    return NULL;
}

static int serve(const struct settings *settings, const char *inspect)
{
    struct kiosk *kiosk = NULL;
    struct err err = {0};
    pthread_t waiter;
    /* Blocked in every thread, taken by the waiter; a lost peer is an error code, no signal. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    int rc = kiosk_start(settings, inspect, &kiosk, &err);
    if (rc < 0) {
        log_err(LOG_ERROR, "main", &err);
        return rc == ERR_STORE_LOCKED ? 3 : 1;
    }
    if (pthread_create(&waiter, NULL, wait_for_signal, kiosk) != 0) {
        kiosk_free(kiosk);
        return 1;
    }
    kiosk_run(kiosk);
    pthread_kill(waiter, SIGUSR1);
    pthread_join(waiter, NULL);
    kiosk_free(kiosk);
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments args = {0};
    struct settings *settings = NULL;
    struct err err = {0};
    int rc = parse(argc, argv, &args);
    if (rc != 0) {
        if (rc < 0)
            usage(stderr);
        return rc < 0 ? 2 : 0;
    }
    protect_memory();
    umask(077); /* whatever is made here is nobody else's, the write-ahead log included */
    json_set_alloc_funcs(malloc, bytes_free_wiped);
    if (settings_load(args.config, &settings, &err) < 0) {
        log_err(LOG_ERROR, "main", &err);
        return 1;
    }
    if (args.display) {
        free(settings->display);
        settings->display = mem_strdup(args.display);
    }
    log_set_level(settings->log_level);
    log_line(LOG_INFO, "main", "kiosk %s, terminal %s", YIJIAN_VERSION, settings->terminal_id);
    lock_memory();
    rc = serve(settings, args.inspect);
    settings_free(settings);
    return rc;
}
