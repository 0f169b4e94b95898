/* SPDX-License-Identifier: Apache-2.0 */
/* The camera driver with the real decoder program, against the emulated camera. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "camera_face.h"
#include "camera_model.h"
#include "driver_rig.h"
#include "side_by_side.h"

/* A sanitized program on a busy machine takes ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLOWNESS = 10 };
#else
enum { SLOWNESS = 3 };
#endif
enum { PATIENCE_MS = 20000, GONE_MS = 1000, BACK_MS = 3000 };

struct world {
    struct usbemu_bus *bus;
    struct camera_model *camera;
    struct rig rig;
};

static void world_init_with(struct world *w, const struct camera_cfg *cfg, const char *more)
{
    char settings[600];
    snprintf(settings, sizeof settings,
             "{\"source\":\"camera\",\"decoder\":\"%s\",\"deadline_ms\":5000%s}",
             YJ_DECODER_PROGRAM, more);
    w->bus = usbemu_bus_new(USBEMU_SOCKET);
    w->camera = camera_model_new(w->bus, cfg);
    camera_model_plug(w->camera);
    rig_init_text(&w->rig, &camera_ops, NULL, settings);
    CU_ASSERT_TRUE(rig_until_state(&w->rig, DEVICE_ONLINE, PATIENCE_MS));
}

static void world_init(struct world *w)
{
    static const struct camera_cfg small = {.is_small = true};
    world_init_with(w, &small, ",\"width\":640,\"height\":480");
}

static void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    camera_model_free(w->camera);
    usbemu_bus_free(w->bus);
}

static void order(struct world *w, const char *line)
{
    char copy[400], error[160] = "", *words[16], *save = NULL;
    int n = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *p = strtok_r(copy, " ", &save); p && n < 16; p = strtok_r(NULL, " ", &save))
        words[n++] = p;
    int rc = camera_order(w->camera, n, words, error);
    CU_ASSERT_EQUAL(rc, 0);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", line, error);
}

static void expect_code(struct world *w, const char *text)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_CODE, PATIENCE_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_STRING_EQUAL(e->code_text, text);
}

static bool until_starts(struct world *w, unsigned n, int ms)
{
    for (; ms > 0 && camera_model_counters(w->camera).n_starts < n; ms -= 50)
        rig_run(&w->rig, 50);
    return camera_model_counters(w->camera).n_starts >= n;
}

static void reads_codes_in_every_format(void)
{
    static const unsigned formats[] = {CAMERA_YUYV, CAMERA_GREY, CAMERA_MJPEG};
    static const char *const names[] = {"YUYV", "GREY", "MJPG"};
    for (size_t i = 0; i < YJ_COUNT(formats); i++) {
        struct world w;
        struct camera_cfg cfg = {.formats = formats[i], .is_small = true};
        world_init_with(&w, &cfg, ",\"width\":640,\"height\":480");
        CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Test Camera");
        order(&w, "show text=LIC-2026-0001 rotate=20 blur=1.5");
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        expect_code(&w, "LIC-2026-0001");
        CU_ASSERT_STRING_EQUAL(camera_model_counters(w.camera).format, names[i]);
        world_fini(&w);
    }
}

static void takes_the_size_that_the_bus_carries(void)
{
    struct world w;
    struct camera_cfg cfg = {0};
    world_init_with(&w, &cfg, ""); /* 720p wanted: only MJPEG comes 30 times a second */
    order(&w, "show text=LARGE");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    expect_code(&w, "LARGE");
    struct camera_counters c = camera_model_counters(w.camera);
    CU_ASSERT_STRING_EQUAL(c.format, "MJPG");
    CU_ASSERT_EQUAL(c.width, 1280);
    world_fini(&w);
}

static void is_off_while_disabled(void)
{
    struct world w;
    world_init(&w);
    order(&w, "show text=SECRET");
    rig_run(&w.rig, 300);
    CU_ASSERT_EQUAL(camera_model_counters(w.camera).n_starts, 0);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    expect_code(&w, "SECRET");
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    CU_ASSERT_FALSE(camera_model_counters(w.camera).is_streaming);
    unsigned n = camera_model_counters(w.camera).n_pictures;
    rig_run(&w.rig, 300);
    CU_ASSERT_EQUAL(camera_model_counters(w.camera).n_pictures, n);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    world_fini(&w);
}

static void one_presentation_is_one_code(void)
{
    struct world w;
    world_init(&w);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    order(&w, "show text=SAME");
    expect_code(&w, "SAME");
    rig_run(&w.rig, 1000);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    order(&w, "show text=OTHER");
    expect_code(&w, "OTHER");
    world_fini(&w);
}

/* What the citizen sees must come out, whatever the app wrote into the code. */
static void character_sets_come_out_right(void)
{
    static const char *const scenes[][2] = {
        {"show text=%E5%BC%A0%E4%B8%89%20110105", "张三 110105"},      /* UTF-8 */
        {"show text=%D6%D0%CE%C4%B2%E2%CA%D4", "中文测试"},            /* GB 18030 */
        {"show text=%EF%BB%BF%E7%BC%96%E5%8F%B7123456", "编号123456"}, /* with a BOM */
        {"show text=%C3%A4%C2%BD%C2%A0%C3%A5%C2%A5%C2%BD", "你好"},    /* encoded twice */
        {"show eci=29 text=%D6%D0%CE%C4", "中文"},                     /* announced so */
        {"show eci=3 text=%E5%BC%A0%E4%B8%89", "张三"},                /* announced as Latin-1 */
        {"show eci=26 text=%D6%D0%CE%C4%B2%E2", "中文测"},             /* announced as UTF-8 */
    };
    struct world w;
    world_init(&w);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    for (size_t i = 0; i < YJ_COUNT(scenes); i++) {
        order(&w, scenes[i][0]);
        expect_code(&w, scenes[i][1]);
        order(&w, "show none");
        rig_run(&w.rig, 600); /* no more than two codes a second */
    }
    world_fini(&w);
}

static void a_part_of_several_symbols_is_refused(void)
{
    struct world w;
    world_init(&w);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    order(&w, "show text=FIRST-OF-TWO parts=2");
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CODE_FAILED, PATIENCE_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_SCANNER_KIND);
    order(&w, "show text=WHOLE");
    expect_code(&w, "WHOLE");
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE); /* nothing aborted */
    world_fini(&w);
}

static void faulty_pictures_are_passed_over(void)
{
    static const char *const faults[] = {"fault error always p=0.7", "fault short always p=0.7",
                                         "fault empty always p=0.7", "fault garbage always p=0.7",
                                         "fault long always p=0.7"};
    struct world w;
    world_init(&w);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    for (size_t i = 0; i < YJ_COUNT(faults); i++) {
        char show[40], text[20];
        snprintf(text, sizeof text, "FAULTY-%d", (int)i);
        snprintf(show, sizeof show, "show text=%s", text);
        order(&w, faults[i]);
        order(&w, show);
        expect_code(&w, text);
        rig_run(&w.rig, 500);
    }
    CU_ASSERT_TRUE(camera_model_counters(w.camera).n_faults > 0);
    world_fini(&w);
}

static void garbage_jpeg_does_no_harm(void)
{
    struct world w;
    struct camera_cfg cfg = {.formats = CAMERA_MJPEG, .is_small = true};
    world_init_with(&w, &cfg, ",\"width\":640,\"height\":480");
    order(&w, "fault garbage 20 seed=7");
    order(&w, "show text=AFTER");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    expect_code(&w, "AFTER");
    world_fini(&w);
}

/* Pictures that come but cannot be read, all of them: nobody's code will ever be seen. */
static void a_camera_of_garbage_is_broken_and_recovers(void)
{
    struct world w;
    struct camera_cfg cfg = {.formats = CAMERA_MJPEG, .is_small = true};
    world_init_with(&w, &cfg, ",\"width\":640,\"height\":480");
    order(&w, "fault garbage always seed=7");
    order(&w, "show text=AFTER");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, PATIENCE_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_CAMERA_SILENT);
    order(&w, "fault off");
    expect_code(&w, "AFTER");
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    world_fini(&w);
}

static void unplugged_and_back(void)
{
    struct world w;
    world_init(&w);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    order(&w, "show text=BEFORE");
    expect_code(&w, "BEFORE");
    int64_t begin = clock_mono_ms();
    order(&w, "unplug");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, PATIENCE_MS));
    CU_ASSERT_TRUE(clock_mono_ms() - begin < GONE_MS * SLOWNESS);
    unsigned n_steps = w.rig.n_steps;
    rig_run(&w.rig, 500);
    CU_ASSERT_TRUE(w.rig.n_steps - n_steps < 50); /* no spinning on a dead file */
    order(&w, "show text=AGAIN");
    begin = clock_mono_ms();
    order(&w, "plug");
    expect_code(&w, "AGAIN");
    CU_ASSERT_TRUE(clock_mono_ms() - begin < BACK_MS * SLOWNESS);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    order(&w, "fault unplug 1"); /* in the middle of a picture */
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, PATIENCE_MS));
    world_fini(&w);
}

static void unplugged_while_disabled(void)
{
    struct world w;
    world_init(&w);
    order(&w, "unplug");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, PATIENCE_MS));
    order(&w, "plug");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, PATIENCE_MS));
    world_fini(&w);
}

static void a_silent_camera_is_broken_and_recovers(void)
{
    struct world w;
    world_init(&w);
    order(&w, "fault stall always");
    order(&w, "show text=LATE");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, PATIENCE_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_CAMERA_SILENT);
    CU_ASSERT_TRUE(until_starts(&w, 2, PATIENCE_MS)); /* it is tried again, and stays broken */
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_HARDWARE_ERROR);
    order(&w, "fault off");
    expect_code(&w, "LATE");
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    world_fini(&w);
}

/* Whatever stops it: told, and tried again. */
static void tried_again_after(const char *fault, int cause)
{
    struct world w;
    world_init(&w);
    order(&w, fault);
    order(&w, "show text=MINE");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, PATIENCE_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, cause);
    expect_code(&w, "MINE");
    world_fini(&w);
}

static void in_other_hands(void)
{
    tried_again_after("fault busy 1", ERR_USB_CLAIMED);
}

static void with_a_format_of_its_own(void)
{
    tried_again_after("fault format 1", ERR_CAMERA_FORMAT);
}

static void with_a_bad_cable(void)
{
    tried_again_after("fault ioerror 1", ERR_USB_IO);
}

static void with_a_wrong_buffer(void)
{
    tried_again_after("fault index 1", ERR_USB_IO);
}

static void with_endless_rows(void)
{
    tried_again_after("fault stride 1", ERR_CAMERA_FORMAT);
}

static void with_a_tiny_picture(void)
{
    tried_again_after("fault tiny 1", ERR_CAMERA_FORMAT);
}

static void waiting_costs_no_time(void)
{
    struct world w;
    world_init(&w);
    order(&w, "fault stall always");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    rig_run(&w.rig, 300);
    unsigned n_steps = w.rig.n_steps;
    rig_run(&w.rig, 1000); /* the file of the model always says that it is ready */
    CU_ASSERT_TRUE(w.rig.n_steps - n_steps < 250);
    world_fini(&w);
}

static void found_by_name(void)
{
    struct world w;
    struct camera_cfg cfg = {.is_small = true};
    world_init_with(&w, &cfg, ",\"device\":\"usb-Test_Camera-video-index0\"");
    order(&w, "show text=BY-ID");
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    expect_code(&w, "BY-ID");
    world_fini(&w);
}

static void two_codes_are_refused_unless_one_is_in_the_middle(void)
{
    enum { W = 640, H = 480 };
    static uint8_t left[W * H], right[W * H];
    struct camera_scene s;
    struct world w;
    world_init(&w);
    camera_scene_init(&s, "LEFT", 4);
    s.x = 0.25;
    s.module = 5;
    CU_ASSERT_EQUAL(camera_scene_draw(&s, left, W, H), 0);
    camera_scene_init(&s, "RIGHT", 5);
    s.x = 0.75;
    s.module = 5;
    CU_ASSERT_EQUAL(camera_scene_draw(&s, right, W, H), 0);
    for (int y = 0; y < H; y++)
        memcpy(left + y * W + W / 2, right + y * W + W / 2, W / 2);
    camera_model_show_grey(w.camera, left, W, H);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CODE_FAILED, PATIENCE_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_CAMERA_SEVERAL);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"reads codes in every format", reads_codes_in_every_format},
    {"takes the size that the bus carries", takes_the_size_that_the_bus_carries},
    {"is off while disabled", is_off_while_disabled},
    {"one presentation is one code", one_presentation_is_one_code},
    {"character sets come out right", character_sets_come_out_right},
    {"a part of several symbols is refused", a_part_of_several_symbols_is_refused},
    {"faulty pictures are passed over", faulty_pictures_are_passed_over},
    {"garbage JPEG does no harm", garbage_jpeg_does_no_harm},
    {"nothing but garbage", a_camera_of_garbage_is_broken_and_recovers},
    {"unplugged and back", unplugged_and_back},
    {"unplugged while disabled", unplugged_while_disabled},
    {"a silent camera is broken and recovers", a_silent_camera_is_broken_and_recovers},
    {"tried again: busy", in_other_hands},
    {"tried again: format", with_a_format_of_its_own},
    {"tried again: ioerror", with_a_bad_cable},
    {"tried again: index", with_a_wrong_buffer},
    {"tried again: stride", with_endless_rows},
    {"tried again: tiny", with_a_tiny_picture},
    {"waiting costs no time", waiting_costs_no_time},
    {"found by name", found_by_name},
    {"two codes are refused", two_codes_are_refused_unless_one_is_in_the_middle},
    CU_TEST_INFO_NULL,
};
SIDE_BY_SIDE_MAIN("drivers.camera", cases, 10)
