/* SPDX-License-Identifier: Apache-2.0 */
/* kill -9 at random moments: what the child told over a pipe is there afterwards, numbers run on
 * without gap, and none was told twice. Prints its seed; YJ_SEED=… repeats a run. */
#define _DEFAULT_SOURCE /* random */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cunit_main.h"
#include "fixture.h"

enum { N_KILLS = 150, MAX_US = 60000 };

static struct seal *seal;

struct told {
    int64_t sequence;
    char number[RECORD_NUMBER_BYTES];
};

static void child_run(const char *dir, int fd)
{
    struct store *s = fixture_open(dir);
    for (;;) {
        struct record_ref r;
        struct told told = {0};
        if (fixture_commit(s, seal, RECORD_APPLICATION, "{\"a\":1}", &r, NULL) != 0)
            _exit(3);
        told.sequence = r.sequence;
        memcpy(told.number, r.number, sizeof told.number);
        if (write(fd, &told, sizeof told) != sizeof told)
            _exit(4);
    }
}

static void pause_us(long us)
{
    struct timespec t = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&t, NULL);
}

static void numbers_survive_kills(void)
{
    const char *dir = fixture_path("kill");
    const char *seed_text = getenv("YJ_SEED");
    unsigned seed = seed_text ? (unsigned)strtoul(seed_text, NULL, 10) : (unsigned)time(NULL);
    int64_t last = 0;
    char last_number[RECORD_NUMBER_BYTES] = "";
    int64_t n_told = 0, n_untold = 0;
    printf(" seed %u", seed);
    srandom(seed);
    store_free(fixture_open(dir));
    for (int i = 0; i < N_KILLS; i++) {
        int fds[2];
        CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            close(fds[0]);
            child_run(dir, fds[1]);
        }
        close(fds[1]);
        pause_us(random() % MAX_US);
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        struct told told;
        int64_t base = last; /* what the audit below found */
        while (read(fds[0], &told, sizeof told) == sizeof told) {
            CU_ASSERT_EQUAL(told.sequence, base + 1);
            CU_ASSERT(strcmp(told.number, last_number) > 0);
            memcpy(last_number, told.number, sizeof last_number);
            base = told.sequence;
            n_told++;
        }
        close(fds[0]);
        struct store *s = fixture_open(dir);
        struct fixture_audit a = fixture_check(s);
        CU_ASSERT(a.is_gap_free && a.is_chained && a.is_unique);
        /* Everything told is there; at most one more was committed and not yet told. */
        CU_ASSERT(a.last == base || a.last == base + 1);
        n_untold += a.last - base;
        last = a.last;
        memcpy(last_number, a.number, sizeof last_number);
        store_free(s);
    }
    printf(" %d kills, %" PRId64 " told, %" PRId64 " committed but not told", N_KILLS, n_told,
           n_untold);
    CU_ASSERT(n_told > N_KILLS / 2);
}

static CU_TestInfo cases[] = {{"numbers survive kills", numbers_survive_kills}, CU_TEST_INFO_NULL};

int main(void)
{
    seal = fixture_seal();
    int rc = cunit_run("store.kill", cases);
    seal_close(seal);
    return rc;
}
