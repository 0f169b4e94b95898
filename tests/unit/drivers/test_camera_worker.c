/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder program's life: answers, deadline, crash, nonsense. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "camera_worker_rig.h"
#include "drivers/scanner/camera_settings.h"
#include "drivers/scanner/code_text.h"
#include "side_by_side.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

static void answers_and_is_locked_in(void)
{
    static struct qr_wire_answer a;
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
    uint8_t *px = picture_of("HELLO", 0);
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_CODE);
    CU_ASSERT_EQUAL(a.n, 5);
    CU_ASSERT_EQUAL(memcmp(a.bytes, "HELLO", 5), 0);
    char path[64], line[200];
    bool has_filter = false, has_no_privileges = false;
    snprintf(path, sizeof path, "/proc/%ld/status", child_pid());
    FILE *f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (fgets(line, sizeof line, f)) {
        has_filter |= strcmp(line, "Seccomp:\t2\n") == 0;
        has_no_privileges |= strcmp(line, "NoNewPrivs:\t1\n") == 0;
    }
    fclose(f);
    CU_ASSERT_TRUE(has_filter);
    CU_ASSERT_TRUE(has_no_privileges);
    memset(px, 255, (size_t)W * H);
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_NONE);
    free(px);
    qr_worker_free(w);
}

static void a_killed_program_is_replaced(void)
{
    static struct qr_wire_answer a;
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
    uint8_t *px = picture_of("AGAIN", 0);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_TRUE_FATAL(until_ready(w, PATIENCE_MS));
        CU_ASSERT_EQUAL(kill((pid_t)child_pid(), SIGKILL), 0);
        while (qr_worker_n_deaths(w) == (unsigned)i)
            (void)turn(w, &a);
    }
    CU_ASSERT_EQUAL(qr_worker_trouble(w), ERR_CAMERA_DECODER);
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_CODE);
    CU_ASSERT_EQUAL(qr_worker_trouble(w), 0);
    free(px);
    qr_worker_free(w);
}

static void misbehaviour_ends_the_program(void)
{
    static const char *const programs[] = {YJ_FAKE_2, YJ_FAKE_3, YJ_FAKE_4, YJ_FAKE_5, YJ_FAKE_6};
    static struct qr_wire_answer a;
    uint8_t *px = picture_of("X", 0);
    for (size_t i = 0; i < YJ_COUNT(programs); i++) {
        struct qr_worker *w = worker_of(programs[i], 10000);
        CU_ASSERT_EQUAL(ask(w, px, W, H, &a), 0);
        CU_ASSERT_EQUAL(qr_worker_n_deaths(w), 1);
        CU_ASSERT_TRUE(qr_worker_fd(w) < 0);
        qr_worker_free(w);
    }
    free(px);
}

static void answers_to_nothing_end_the_program(void)
{
    static struct qr_wire_answer a;
    uint8_t *px = picture_of("X", 0);
    struct qr_worker *w = worker_of(YJ_FAKE_7, 10000);
    CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_CODE); /* the first one was asked for */
    for (int i = 0; i < 500 && qr_worker_n_deaths(w) == 0; i++)
        CU_ASSERT_EQUAL(turn(w, &a), 0);
    CU_ASSERT_EQUAL(qr_worker_n_deaths(w), 1);
    qr_worker_free(w);
    free(px);
}

static void the_deadline_holds_and_the_pause_grows(void)
{
    static struct qr_wire_answer a;
    uint8_t *px = picture_of("X", 0);
    struct qr_worker *w = worker_of(YJ_FAKE_1, 100);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(qr_worker_trouble(w), 0);
        int64_t begin = clock_mono_ms();
        CU_ASSERT_EQUAL(ask(w, px, W, H, &a), 0);
        CU_ASSERT_TRUE(clock_mono_ms() - begin >= 100);
    }
    CU_ASSERT_EQUAL(qr_worker_trouble(w), ERR_CAMERA_DECODER);
    CU_ASSERT_TRUE(qr_worker_due_ms(w) - clock_mono_ms() > 100); /* doubled twice from 50 */
    qr_worker_stop(w);
    CU_ASSERT_EQUAL(child_pid(), 0); /* nothing is left behind */
    qr_worker_free(w);
    free(px);
}

static void programs_that_do_not_start(void)
{
    static const char *const programs[] = {"/nonexistent/kiosk-decode", YJ_FAKE_8};
    static struct qr_wire_answer a;
    for (size_t i = 0; i < YJ_COUNT(programs); i++) {
        struct qr_worker *w = worker_of(programs[i], 1000);
        for (int64_t end = clock_mono_ms() + PATIENCE_MS;
             clock_mono_ms() < end && !qr_worker_trouble(w);)
            (void)turn(w, &a);
        CU_ASSERT_EQUAL(qr_worker_trouble(w), ERR_CAMERA_DECODER);
        CU_ASSERT_FALSE(qr_worker_is_ready(w));
        qr_worker_free(w);
    }
}

/* Pictures full of finder patterns hold zxing-cpp 1.4 for up to 47 s. Whether they are seen through
 * or end the program at its deadline: nothing is read, no answer is late, and the next code is. */
static void traps_do_not_hold_it_up(void)
{
    static const struct {
        int width, height, module, distance;
        bool is_inverted;
    } traps[] = {
        {640, 480, 2, 20, false}, {1280, 720, 2, 30, false}, {1280, 720, 2, 20, false},
        {640, 480, 8, 78, false}, {1280, 720, 1, 10, false}, {640, 480, 2, 20, true},
        {1280, 720, 2, 30, true}, {1280, 720, 2, 20, true},  {1280, 720, 3, 24, true},
        {1280, 720, 0, 0, false}, /* noise */
    };
    enum { DEADLINE_MS = IS_SANITIZED ? 3000 : 300, N_PICTURES = 2 };
    static struct qr_wire_answer a;
    uint8_t *trap = mem_zalloc(1280, 720), *px = picture_of("STILL HERE", 0);
    unsigned seed = 1, n_deaths = 0;
    for (size_t i = 0; i < YJ_COUNT(traps); i++) {
        struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, DEADLINE_MS);
        int n = traps[i].width * traps[i].height;
        if (traps[i].module > 0)
            camera_scene_trap(trap, traps[i].width, traps[i].height, traps[i].module,
                              traps[i].distance);
        for (int k = 0; k < n; k++)
            trap[k] = traps[i].module == 0   ? (uint8_t)((seed = seed * 1103515245 + 12345) >> 16)
                      : traps[i].is_inverted ? (uint8_t)~trap[k]
                                             : trap[k];
        for (int k = 0; k < N_PICTURES; k++) {
            CU_ASSERT_TRUE(until_ready(w, PATIENCE_MS));
            int64_t begin = clock_mono_ms();
            int kind = ask(w, trap, traps[i].width, traps[i].height, &a);
            CU_ASSERT_TRUE(kind == QR_WIRE_NONE || kind == QR_WIRE_SAME || kind == 0);
            CU_ASSERT_TRUE(clock_mono_ms() - begin < DEADLINE_MS + 2000); /* a slow machine */
        }
        int after = 0;
        for (int k = 0; k < 30 && after != QR_WIRE_CODE; k++)
            after = ask(w, px, W, H, &a);
        CU_ASSERT_EQUAL(after, QR_WIRE_CODE);
        n_deaths += qr_worker_n_deaths(w);
        qr_worker_free(w);
    }
    printf("%u programs ended at their deadline ", n_deaths);
    free(trap);
    free(px);
}

/* 48 large patterns keep ZBar itself busy thirty times as long as the attempts before: at one of
 * these deadlines it is caught, however fast the machine is. */
static void a_busy_engine_is_ended_at_its_deadline(void)
{
    static struct qr_wire_answer a;
    uint8_t *trap = mem_zalloc(W, H), *px = picture_of("AFTER", 0);
    int kind = QR_WIRE_NONE;
    camera_scene_trap(trap, W, H, 8, 78);
    for (unsigned deadline_ms = 100; deadline_ms < 10000 && kind != 0; deadline_ms *= 2) {
        struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, deadline_ms);
        for (int n = 0; n < 25 && kind != 0; n++) {
            kind = ask(w, trap, W, H, &a);
            CU_ASSERT_TRUE(kind == QR_WIRE_NONE || kind == QR_WIRE_SAME || kind == 0);
        }
        int after = 0;
        for (int n = 0; n < 100 && after != QR_WIRE_CODE; n++)
            after = ask(w, px, W, H, &a);
        CU_ASSERT_EQUAL(after, QR_WIRE_CODE);
        qr_worker_free(w);
    }
    CU_ASSERT_EQUAL(kind, 0);
    free(trap);
    free(px);
}

/* Apps announce character sets, and not always the one they then use. */
static void announced_character_sets_come_out_right(void)
{
    static const struct {
        int eci;
        const char *bytes, *text;
    } all[] = {
        {26, "\xe5\xbc\xa0\xe4\xb8\x89 110105", "张三 110105"}, /* UTF-8 */
        {3, "\xe5\xbc\xa0\xe4\xb8\x89 110105", "张三 110105"},  /* says Latin-1 */
        {29, "\xd6\xd0\xce\xc4\xb2\xe2\xca\xd4", "中文测试"},   /* GB 18030 */
        {26, "\xd6\xd0\xce\xc4\xb2\xe2\xca\xd4", "中文测试"},   /* says UTF-8 */
        {26, "LIC-2026-0001", "LIC-2026-0001"},
    };
    static struct qr_wire_answer a;
    static char text[CODE_TEXT_MAX_BYTES + 1];
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
    for (size_t i = 0; i < YJ_COUNT(all); i++) {
        uint8_t *px = picture_of(all[i].bytes, all[i].eci);
        CU_ASSERT_EQUAL(ask(w, px, W, H, &a), QR_WIRE_CODE);
        CU_ASSERT_EQUAL(code_text_decode(a.bytes, a.n, text, NULL), 0);
        CU_ASSERT_STRING_EQUAL(text, all[i].text);
        free(px);
    }
    qr_worker_free(w);
}

static long resident_kb(long pid)
{
    char path[64];
    long pages = -1;
    snprintf(path, sizeof path, "/proc/%ld/statm", pid);
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = -1;
    if (f)
        fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* A code left in view all day; bench_qr_worker does the same with many more. */
static void the_program_does_not_grow(void)
{
    enum { SMALL = 160, N = IS_SANITIZED ? 60 : 1500 };
    static struct qr_wire_answer a;
    static uint8_t px[SMALL * SMALL];
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 10000);
    struct camera_scene s;
    long before = 0;
    camera_scene_init(&s, "FLAT", 4);
    CU_ASSERT_EQUAL(camera_scene_draw(&s, px, SMALL, SMALL), 0);
    for (int i = 0; i < N; i++) {
        if (ask(w, px, SMALL, SMALL, &a) != QR_WIRE_CODE)
            CU_FAIL("not read");
        if (i == N / 3)
            before = resident_kb(child_pid());
    }
    CU_ASSERT_TRUE(before > 0);
    CU_ASSERT_TRUE(IS_SANITIZED || resident_kb(child_pid()) - before < 200);
    CU_ASSERT_EQUAL(qr_worker_n_deaths(w), 0);
    qr_worker_free(w);
}

static void pictures_that_do_not_fit_are_refused(void)
{
    struct qr_worker *w = worker_of(YJ_DECODER_PROGRAM, 1000);
    uint8_t byte = 0;
    struct qr_worker_picture p = {
        .format = QR_WIRE_MJPEG, .width = W, .height = H, .data = &byte, .n = 1};
    CU_ASSERT_EQUAL(qr_worker_submit(w, &p, 0, NULL), ERR_BUSY); /* no hello yet */
    CU_ASSERT_TRUE_FATAL(until_ready(w, PATIENCE_MS));
    p.n = QR_WIRE_MEMORY_BYTES + 1;
    CU_ASSERT_EQUAL(qr_worker_submit(w, &p, 0, NULL), ERR_TOO_BIG);
    p.n = 0;
    CU_ASSERT_EQUAL(qr_worker_submit(w, &p, 0, NULL), ERR_TOO_BIG);
    qr_worker_free(w);
}

static void settings_are_strict(void)
{
    static const char *const bad[] = {
        "{\"source\":\"usb\"}",
        "{\"widht\":640}",
        "{\"width\":\"640\"}",
        "{\"width\":100}",
        "{\"fps\":0}",
        "{\"deadline_ms\":49}",
        "{\"device\":\"\"}",
        "{\"device\":\"/etc/x\"}",
        "{\"device\":\"/dev/../etc\"}",
        "{\"decoder\":\"relative\"}",
        "{\"focus\":1.5}",
        "[]",
        "{\"trigger\":\"page\"}",
        "{\"width\":640,\"width\":640}",
    };
    struct camera_settings s;
    for (size_t i = 0; i < YJ_COUNT(bad); i++)
        CU_ASSERT_EQUAL(camera_settings_parse(bad[i], &s, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL_FATAL(camera_settings_parse(NULL, &s, NULL), 0);
    CU_ASSERT_EQUAL(s.width, 1280);
    CU_ASSERT_EQUAL(s.deadline_ms, 300);
    CU_ASSERT_PTR_NULL(s.device);
    camera_settings_fini(&s);
    CU_ASSERT_EQUAL_FATAL(
        camera_settings_parse("{\"source\":\"camera\",\"device\":\"usb-X\",\"width\":640,"
                              "\"height\":480,\"fps\":15,\"exposure_us\":8000,\"focus\":30}",
                              &s, NULL),
        0);
    CU_ASSERT_STRING_EQUAL(s.device, "usb-X");
    CU_ASSERT_EQUAL(s.fps, 15);
    CU_ASSERT_EQUAL(s.focus, 30);
    camera_settings_fini(&s);
}

static CU_TestInfo cases[] = {
    {"answers and is locked in", answers_and_is_locked_in},
    {"a killed program is replaced", a_killed_program_is_replaced},
    {"misbehaviour ends the program", misbehaviour_ends_the_program},
    {"answers to nothing end it too", answers_to_nothing_end_the_program},
    {"the deadline holds, the pause grows", the_deadline_holds_and_the_pause_grows},
    {"programs that do not start", programs_that_do_not_start},
    {"traps do not hold it up", traps_do_not_hold_it_up},
    {"a busy engine is ended", a_busy_engine_is_ended_at_its_deadline},
    {"announced character sets", announced_character_sets_come_out_right},
    {"the program does not grow", the_program_does_not_grow},
    {"pictures that do not fit", pictures_that_do_not_fit_are_refused},
    {"settings are strict", settings_are_strict},
    CU_TEST_INFO_NULL,
};
SIDE_BY_SIDE_MAIN("drivers.camera_worker", cases, 10)
