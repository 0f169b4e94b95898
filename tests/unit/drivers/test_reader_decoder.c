/* SPDX-License-Identifier: Apache-2.0 */
/* The slot for photo decoders: with good programs and with every bad one, alone and behind the
 * driver. The programs are links to one, which does what its name says. */
#define _DEFAULT_SOURCE /* usleep */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "drivers/reader/photo_decoder.h"
#include "test_reader_world.h"

static char folder[] = "/tmp/yj-decoder-XXXXXX";

static const char *program(const char *kind)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, kind);
    (void)unlink(path); /* from an earlier case */
    if (symlink(YJ_DECODER_PROGRAM, path) != 0)
        abort();
    return path;
}

/* Run one photo. @return as photo_decoder_step when something came of it */
static int decode(struct photo_decoder *p, struct portrait **ret, bool *is_new, struct err *err)
{
    uint8_t block[PHOTO_BLOCK_BYTES] = {0x57};
    int r = 0;
    photo_decoder_start(p, block, clock_mono_ms());
    for (int i = 0; i < SOON_MS && r == 0; i++) {
        int64_t before_ms = clock_mono_ms();
        r = photo_decoder_step(p, before_ms, ret, is_new, err);
        CU_ASSERT_TRUE(clock_mono_ms() - before_ms < 400); /* never waits */
        if (r == 0)
            usleep(1000);
    }
    return r;
}

static void reap_all(struct photo_decoder *p)
{
    struct portrait *none = NULL;
    bool is_new = false;
    for (int i = 0; i < SOON_MS && photo_decoder_is_busy(p); i++) {
        CU_ASSERT_EQUAL(photo_decoder_step(p, clock_mono_ms(), &none, &is_new, NULL), 0);
        usleep(1000);
    }
    CU_ASSERT_FALSE(photo_decoder_is_busy(p));
    errno = 0;
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1); /* no child is left, not even a dead one */
    CU_ASSERT_EQUAL(errno, ECHILD);
}

static void takes_a_portrait(void)
{
    static const char *const kinds[] = {"good", "careful", "hungry"};
    for (size_t i = 0; i < YJ_COUNT(kinds); i++) {
        struct photo_decoder *p = photo_decoder_new(program(kinds[i]), 10000);
        struct portrait *portrait = NULL;
        struct err err = {0};
        bool is_new = false;
        CU_ASSERT_EQUAL(decode(p, &portrait, &is_new, &err), 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(portrait);
        for (size_t y = 0; y < PORTRAIT_HEIGHT_PX; y += 25) {
            const uint8_t *px = portrait->rgb + (y * PORTRAIT_WIDTH_PX + 7) * 3;
            CU_ASSERT_TRUE(px[0] == 7 && px[1] == y && px[2] == 0x57);
        }
        free(portrait);
        reap_all(p);
        photo_decoder_free(p);
    }
}

static void tells_each_failure_once(void)
{
    static const struct {
        const char *kind, *words;
        int limit_ms;
    } bad[] = {
        {"hangs", "longer than 200 ms", 200},   {"hangs-at-end", "longer than 200 ms", 200},
        {"deaf", "longer than 200 ms", 200},    {"leaves-a-child", "longer than 200 ms", 200},
        {"rubbish", "no 24-bit bitmap", 10000}, {"too-much", "more than 38862", 10000},
        {"too-little", "38861 bytes", 10000},   {"crashes", "signal 6", 10000},
        {"fails", "status 5", 10000},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct photo_decoder *p = photo_decoder_new(program(bad[i].kind), bad[i].limit_ms);
        for (int turn = 0; turn < 2; turn++) {
            struct portrait *portrait = NULL;
            struct err err = {0};
            bool is_new = false;
            CU_ASSERT_EQUAL(decode(p, &portrait, &is_new, &err), ERR_READER_DECODER);
            CU_ASSERT_PTR_NULL(portrait);
            CU_ASSERT_EQUAL(is_new, turn == 0);
            CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i].words));
        }
        reap_all(p);
        photo_decoder_free(p);
    }
}

static void tells_what_cannot_be_started(void)
{
    char path[256];
    snprintf(path, sizeof path, "%s/not-executable", folder);
    FILE *f = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fclose(f), 0);
    CU_ASSERT_EQUAL(chmod(path, 0644), 0);
    const char *const paths[] = {path, "/nonexistent/decoder", folder};
    static const char *const words[] = {"EACCES", "ENOENT", "EACCES"};
    for (size_t i = 0; i < YJ_COUNT(paths); i++) {
        struct photo_decoder *p = photo_decoder_new(paths[i], 1000);
        struct portrait *portrait = NULL;
        struct err err = {0};
        bool is_new = false;
        CU_ASSERT_EQUAL(decode(p, &portrait, &is_new, &err), ERR_READER_DECODER);
        CU_ASSERT_TRUE(is_new);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, words[i]));
        reap_all(p);
        photo_decoder_free(p);
    }
}

/* A second photo ends the first one's program; only the second's portrait comes. */
static void the_latest_photo_counts(void)
{
    struct photo_decoder *p = photo_decoder_new(program("good"), 10000);
    uint8_t block[PHOTO_BLOCK_BYTES] = {0x11};
    struct portrait *portrait = NULL;
    bool is_new = false;
    photo_decoder_start(p, block, clock_mono_ms());
    CU_ASSERT_EQUAL(decode(p, &portrait, &is_new, NULL), 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(portrait);
    CU_ASSERT_EQUAL(portrait->rgb[2], 0x57);
    free(portrait);
    photo_decoder_start(p, block, clock_mono_ms());
    photo_decoder_stop(p);
    reap_all(p);
    photo_decoder_start(p, block, clock_mono_ms());
    photo_decoder_free(p); /* in the middle of it */
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
    photo_decoder_free(NULL);
}

static void checks_bitmaps_strictly(void)
{
    static const struct {
        size_t at;
        uint8_t value;
    } spoiled[] = {{0, 'b'},  {2, 0},  {10, 58}, {14, 12}, {18, 101},
                   {25, 255}, {26, 2}, {28, 32}, {30, 1},  {34, 1}};
    static uint8_t bmp[PHOTO_BMP_BYTES];
    static struct portrait portrait;
    static const uint8_t head[54] = {'B', 'M', 0xCE, 0x97, 0, 0, 0, 0,   0, 0, 54, 0, 0, 0, 40,
                                     0,   0,   0,    102,  0, 0, 0, 126, 0, 0, 0,  1, 0, 24};
    memcpy(bmp, head, sizeof head);
    CU_ASSERT_EQUAL(photo_bmp_read(bmp, sizeof bmp, &portrait, NULL), 0);
    CU_ASSERT_EQUAL(photo_bmp_read(bmp, sizeof bmp - 1, &portrait, NULL), ERR_READER_DECODER);
    for (size_t i = 0; i < YJ_COUNT(spoiled); i++) {
        memcpy(bmp, head, sizeof head);
        bmp[spoiled[i].at] = spoiled[i].value;
        CU_ASSERT_EQUAL(photo_bmp_read(bmp, sizeof bmp, &portrait, NULL), ERR_READER_DECODER);
    }
}

static void driver_with(const char *kind, bool is_good)
{
    char settings[400];
    struct world w;
    snprintf(settings, sizeof settings, "{\"photo_decoder\": \"%s\", \"photo_decoder_ms\": %d}",
             program(kind), is_good ? 10000 : 300);
    world_start(&w, &quick, READER_TABLE(""), settings);
    (void)lay_and_await(&w, "zhangsan"); /* the card at once, whatever the decoder does */
    if (is_good) {
        const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_PORTRAIT, SOON_MS);
        CU_ASSERT_PTR_NOT_NULL_FATAL(e);
        CU_ASSERT_EQUAL(e->portrait->rgb[2], 0x57);
    } else {
        lift_and_await(&w);
        (void)lay_and_await(&w, "zhangsan");
        rig_run(&w.rig, 500);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PORTRAIT), 0);
    }
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    (void)lay_and_await(&w, "blank-photo");
    rig_run(&w.rig, 100);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PORTRAIT), is_good ? 1 : 0);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    world_fini(&w);
}

static void driver_hands_up_the_portrait(void)
{
    driver_with("good", true);
}

static void driver_shrugs_at_a_bad_decoder(void)
{
    driver_with("hangs", false);
}

static CU_TestInfo cases[] = {
    {"takes a portrait", takes_a_portrait},
    {"tells each failure once", tells_each_failure_once},
    {"tells what cannot be started", tells_what_cannot_be_started},
    {"the latest photo counts", the_latest_photo_counts},
    {"checks bitmaps strictly", checks_bitmaps_strictly},
    {"driver hands up the portrait", driver_hands_up_the_portrait},
    {"driver shrugs at a bad decoder", driver_shrugs_at_a_bad_decoder},
    CU_TEST_INFO_NULL,
};

static void folder_remove(void)
{
    char command[] = "/bin/rm";
    char option[] = "-r";
    char *argv[] = {command, option, folder, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execv(command, argv);
        _exit(1);
    }
    (void)waitpid(pid, NULL, 0); /* a left-over folder is no failure */
}

int main(void)
{
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    int r = cunit_run("drivers.reader_decoder", cases);
    folder_remove();
    return r;
}
