/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the reader driver share: the emulated reader, its cards, and the driver over
 * the real libusb. Test code, single-threaded. */
#ifndef YJ_TESTS_READER_WORLD_H
#define YJ_TESTS_READER_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cunit_main.h"
#include "driver_rig.h"
#include "reader_model.h"

/* Upper limits are generous: a slow machine must not fail. */
enum { SOON_MS = 20000 };

struct world {
    struct usbemu_bus *bus;
    struct reader_model *reader;
    struct card_box *box;
    struct rig rig;
};

/* The table the tests use unless they want an oddity: short polls. */
#define READER_TABLE(more)                                                                         \
    "{\"class\": \"reader\", \"devices\": [{\"vid\": \"0400\", \"pid\": \"c35a\", "                \
    "\"poll_ms\": 200" more "}]}"

static const struct reader_cfg quick = {.speed = 10, .warm_up_ms = 100};

/* Bus and reader, nothing plugged in, no driver. */
static inline void world_build(struct world *w, const struct reader_cfg *cfg)
{
    char error[160];
    memset(w, 0, sizeof *w);
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->reader = reader_model_new(w->bus, cfg);
    w->box = card_box_load(YJ_SOURCE_DIR "/tests/device/sim/cards.json", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->box);
}

/* And the driver on it, warm, enabled, nothing on the reader. */
static inline void world_start(struct world *w, const struct reader_cfg *cfg, const char *table,
                               const char *settings)
{
    world_build(w, cfg);
    usbemu_plug(reader_model_dev(w->reader));
    rig_init_text(&w->rig, &reader_ops, table, settings);
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w->rig, DEVICE_ONLINE, SOON_MS));
    rig_command(&w->rig, DEVICE_COMMAND_ENABLE);
}

static inline void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    reader_model_free(w->reader);
    card_box_free(w->box);
}

static inline void lay(struct world *w, const char *name)
{
    const struct sim_card *c = card_box_find(w->box, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    reader_model_lay(w->reader, c);
}

/* @return the next card read, borrowed from the rig; fatal when none comes */
static inline const struct card *card_await(struct world *w)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_CARD, SOON_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    return e->card;
}

static inline const struct card *lay_and_await(struct world *w, const char *name)
{
    lay(w, name);
    return card_await(w);
}

static inline void lift_and_await(struct world *w)
{
    reader_model_lift(w->reader);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w->rig, DEVICE_EVENT_CARD_REMOVED, SOON_MS));
}

/* ---- cases side by side: they spend their time waiting for the driver's limits ---- */

enum { SIDE_BY_SIDE = 6, MAX_CASES = 32 };

struct started {
    pid_t pid;
    FILE *output;
};

static inline struct started case_start(const char *suite, CU_TestInfo *one)
{
    struct started s = {.output = tmpfile()};
    if (!s.output)
        abort();
    fflush(NULL);
    s.pid = fork();
    if (s.pid != 0)
        return s;
    CU_TestInfo only[] = {*one, CU_TEST_INFO_NULL};
    if (dup2(fileno(s.output), STDOUT_FILENO) < 0 || dup2(fileno(s.output), STDERR_FILENO) < 0)
        abort();
    exit(cunit_run(suite, only));
}

/* @return whether the case passed; its output is shown when it has not */
static inline bool case_end(const struct started *s, const char *name)
{
    int status = -1;
    (void)waitpid(s->pid, &status, 0); /* a failure leaves -1, which is none of success */
    bool has_passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    printf("%s: %s\n", name, has_passed ? "passed" : "FAILED");
    rewind(s->output);
    for (int c = getc(s->output); c != EOF && !has_passed; c = getc(s->output))
        putchar(c);
    fclose(s->output);
    return has_passed;
}

/* Run every case in a process of its own, some at a time. @return exit status */
static inline int cases_run(const char *suite, CU_TestInfo *cases)
{
    struct started running[MAX_CASES];
    size_t n = 0, n_ended = 0, n_failed = 0;
    while (cases[n].pName && n < MAX_CASES) {
        if (n - n_ended == SIDE_BY_SIDE) {
            n_failed += !case_end(&running[n_ended], cases[n_ended].pName);
            n_ended++;
        }
        running[n] = case_start(suite, &cases[n]);
        n++;
    }
    for (; n_ended < n; n_ended++)
        n_failed += !case_end(&running[n_ended], cases[n_ended].pName);
    printf("%s: %zu cases, %zu failed\n", suite, n, n_failed);
    return n_failed || n == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define CASES_MAIN(suite, cases)                                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        return cases_run(suite, cases);                                                            \
    }

#endif
