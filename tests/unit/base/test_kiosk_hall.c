/* SPDX-License-Identifier: Apache-2.0 */
/* The signal for the staff: what the program is given, and that none outlives its time. The loop's
 * clock is the test's own. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "kiosk_priv.h"

enum { LIMIT_MS = 5000, PATIENCE = 3000 /* × 10 ms */ };

static int64_t now_ms;
static char folder[] = "/tmp/yj-signal-XXXXXX";

int64_t kiosk_now_ms(const struct kiosk *k)
{
    (void)k;
    return now_ms;
}

void kiosk_do_effects(struct kiosk *k, const struct visit_effects *effects)
{
    (void)k;
    (void)effects;
}

static const char *path_of(const char *name)
{
    static char path[96];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_program(const char *body)
{
    FILE *f = fopen(path_of("signal"), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fprintf(f, "#!/bin/sh\nhere=%s\n%s\n", folder, body);
    fclose(f);
    CU_ASSERT_EQUAL(chmod(path_of("signal"), 0700), 0);
    unlink(path_of("told"));
}

static bool told_is(const char *want)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    struct err err = {0};
    return mem_read_file(path_of("told"), 4096, &text, &n, &err) == 0 && strcmp(text, want) == 0;
}

static void pause_10ms(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000}, NULL);
}

/* @return true once the program has ended by itself */
static bool ends(struct kiosk *k)
{
    for (int i = 0; i < PATIENCE && k->signal_pid; i++) {
        pause_10ms();
        kiosk_staff_look(k);
    }
    return k->signal_pid == 0;
}

static bool is_told(const char *want)
{
    for (int i = 0; i < PATIENCE && !told_is(want); i++)
        pause_10ms();
    return told_is(want);
}

/* What is logged goes to a file until log_ends. */
static int log_begins(void)
{
    int kept = dup(STDERR_FILENO);
    int to = open(path_of("log"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(to, STDERR_FILENO);
    close(to);
    return kept;
}

static bool log_ends(int kept, const char *want)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    size_t n = 0;
    struct err err = {0};
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    int rc = mem_read_file(path_of("log"), 4096, &text, &n, &err);
    return rc == 0 && strstr(text, want) != NULL;
}

static struct settings *settings_of(const char *program)
{
    static struct settings s;
    static char path[96];
    snprintf(path, sizeof path, "%s", program ? program : "");
    s.staff_signal = program ? path : NULL;
    return &s;
}

static void it_is_given_one_word(void)
{
    struct kiosk k = {.settings = settings_of(path_of("signal"))};
    write_program("echo \"$# $*\" >> $here/told; tr '\\0' '\\n' < /proc/$$/environ >> $here/told");
    kiosk_staff_call(&k, STAFF_CARD_LEFT);
    CU_ASSERT(kiosk_staff_due_ms(&k) <= now_ms + LIMIT_MS);
    CU_ASSERT_TRUE(ends(&k));
    CU_ASSERT_TRUE(told_is("1 on\nPATH=/usr/bin:/bin\n"));
    CU_ASSERT_EQUAL(kiosk_staff_due_ms(&k), INT64_MAX);
    unlink(path_of("told"));
    kiosk_staff_call(&k, STAFF_NOT_CALLED);
    CU_ASSERT_TRUE(ends(&k));
    CU_ASSERT_TRUE(told_is("1 off\nPATH=/usr/bin:/bin\n"));
}

static void one_that_hangs_is_killed(void)
{
    struct kiosk k = {.settings = settings_of(path_of("signal"))};
    write_program("sleep 300 & echo $! > $here/told.new; mv $here/told.new $here/told; wait");
    kiosk_staff_call(&k, STAFF_CALLED_BY_VISITOR);
    pid_t own = k.signal_pid;
    long child = 0;
    for (int i = 0; i < PATIENCE && !child; i++) {
        pause_10ms();
        FILE *f = fopen(path_of("told"), "r");
        if (f && fscanf(f, "%ld", &child) != 1)
            child = 0;
        if (f)
            fclose(f);
    }
    CU_ASSERT_FATAL(own > 0 && child > 0);
    now_ms += LIMIT_MS - 1;
    kiosk_staff_look(&k);
    CU_ASSERT_EQUAL(k.signal_pid, own);
    now_ms += 1;
    int log = log_begins();
    kiosk_staff_look(&k);
    CU_ASSERT_TRUE(log_ends(log, "the staff signal took longer than 5 s"));
    CU_ASSERT_EQUAL(k.signal_pid, 0);
    CU_ASSERT(kill(own, 0) == -1 && errno == ESRCH);
    /* its child is killed with it; who takes it in may still have to look */
    char path[64], state = '?';
    snprintf(path, sizeof path, "/proc/%ld/stat", child);
    for (int i = 0; i < PATIENCE && state != 'Z' && state != '-'; i++) {
        FILE *f = fopen(path, "r");
        state = '-';
        if (f && fscanf(f, "%*d %*s %c", &state) != 1)
            state = '-';
        if (f)
            fclose(f);
        pause_10ms();
    }
    CU_ASSERT(state == 'Z' || state == '-');
}

static void the_next_call_ends_the_one_before(void)
{
    struct kiosk k = {.settings = settings_of(path_of("signal"))};
    write_program("echo $1 >> $here/told; [ $1 = off ] || exec sleep 300");
    kiosk_staff_call(&k, STAFF_CALLED_BY_VISITOR);
    pid_t first = k.signal_pid;
    CU_ASSERT_TRUE(is_told("on\n"));
    kiosk_staff_call(&k, STAFF_NOT_CALLED);
    CU_ASSERT(kill(first, 0) == -1 && errno == ESRCH);
    CU_ASSERT_TRUE(ends(&k));
    CU_ASSERT_TRUE(told_is("on\noff\n"));
    kiosk_staff_call(&k, STAFF_RECEIPT_LEFT);
    first = k.signal_pid;
    kiosk_staff_free(&k); /* nothing outlives the terminal's program */
    CU_ASSERT(kill(first, 0) == -1 && errno == ESRCH);
}

static void what_goes_wrong_is_logged(void)
{
    struct kiosk k = {.settings = settings_of(path_of("none"))};
    int log = log_begins();
    kiosk_staff_call(&k, STAFF_CALLED_BY_VISITOR);
    CU_ASSERT_TRUE(log_ends(log, "the staff signal could not be run: No such file"));
    CU_ASSERT_EQUAL(k.signal_pid, 0);
    k.settings = settings_of(path_of("signal"));
    write_program("exit 3");
    log = log_begins();
    kiosk_staff_call(&k, STAFF_CALLED_BY_VISITOR);
    CU_ASSERT_TRUE(ends(&k));
    CU_ASSERT_TRUE(log_ends(log, "the staff signal failed"));
    k.settings = settings_of(NULL);
    log = log_begins();
    kiosk_staff_call(&k, STAFF_CARD_LEFT);
    CU_ASSERT_TRUE(log_ends(log, "staff called: a card was left"));
    CU_ASSERT_EQUAL(k.signal_pid, 0);
}

static void folder_begins(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static void folder_ends(void)
{
    static const char *const name[] = {"signal", "told", "log"};
    for (size_t i = 0; i < YJ_COUNT(name); i++)
        unlink(path_of(name[i]));
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static CU_TestInfo cases[] = {
    {"folder begins", folder_begins},
    {"it is given one word", it_is_given_one_word},
    {"one that hangs is killed", one_that_hangs_is_killed},
    {"the next call ends the one before", the_next_call_ends_the_one_before},
    {"what goes wrong is logged", what_goes_wrong_is_logged},
    {"folder ends", folder_ends},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("app.kiosk_hall", cases)
