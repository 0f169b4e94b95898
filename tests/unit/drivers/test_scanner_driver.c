/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner driver, through the real libusb, against the emulated scanner. */
#include <string.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "driver_rig.h"
#include "scanner_model.h"

struct world {
    struct usbemu_bus *bus;
    struct scanner_model *scanner;
    struct rig rig;
};

static void world_start(struct world *w, const struct scanner_cfg *cfg, const char *settings)
{
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->scanner = scanner_model_new(w->bus, cfg);
    usbemu_plug(scanner_model_dev(w->scanner));
    rig_init(&w->rig, &scanner_ops, "scanner.json", settings);
}

static void world_init_cfg(struct world *w, const struct scanner_cfg *cfg, const char *settings)
{
    world_start(w, cfg, settings);
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w->rig, DEVICE_ONLINE, 10000));
    rig_command(&w->rig, DEVICE_COMMAND_ENABLE);
    rig_run(&w->rig, 20);
}

static void world_init(struct world *w, enum scanner_layout layout)
{
    struct scanner_cfg cfg = {.layout = layout};
    world_init_cfg(w, &cfg, NULL);
}

static void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    scanner_model_free(w->scanner);
}

static void show(struct world *w, const char *code)
{
    CU_ASSERT_EQUAL(scanner_model_scan(w->scanner, code, strlen(code)), 0);
}

static void expect_code(struct world *w, const char *code)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_CODE, 10000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_STRING_EQUAL(e->code_text, code);
}

static void expect_failed(struct world *w, int code)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_CODE_FAILED, 10000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, code);
}

/* Run until the model has seen what it should. */
static bool until(struct world *w, unsigned (*count)(const struct scanner_counters *), unsigned n)
{
    for (int i = 0; i < 1000; i++) {
        struct scanner_counters c = scanner_model_counters(w->scanner);
        if (count(&c) >= n)
            return true;
        rig_run(&w->rig, 10);
    }
    return false;
}

static unsigned n_starts(const struct scanner_counters *c)
{
    return c->n_starts;
}

static unsigned n_stops(const struct scanner_counters *c)
{
    return c->n_stops;
}

static unsigned n_good(const struct scanner_counters *c)
{
    return c->n_good_beeps;
}

static unsigned n_bad(const struct scanner_counters *c)
{
    return c->n_bad_beeps;
}

static void reads_a_code(enum scanner_layout layout)
{
    struct world w;
    char longer[301];
    world_init(&w, layout);
    show(&w, "LIC-2026-0001");
    expect_code(&w, "LIC-2026-0001");
    for (size_t i = 0; i < sizeof longer - 1; i++) /* six parts */
        longer[i] = (char)('A' + i % 26);
    longer[sizeof longer - 1] = 0;
    show(&w, longer);
    expect_code(&w, longer);
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Yijian-Sim Scanner");
    world_fini(&w);
}

static void reads_codes_of_every_layout(void)
{
    reads_a_code(SCANNER_LAYOUT_A);
    reads_a_code(SCANNER_LAYOUT_B);
    reads_a_code(SCANNER_LAYOUT_C);
    reads_a_code(SCANNER_LAYOUT_OPAQUE); /* by the table's layout */
}

static void one_presentation_is_one_code(void)
{
    struct world w;
    world_init(&w, SCANNER_LAYOUT_C);
    show(&w, "SAME");
    show(&w, "SAME");
    show(&w, "OTHER");
    expect_code(&w, "SAME");
    expect_code(&w, "OTHER");
    rig_run(&w.rig, 100);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 2);
    world_fini(&w);
}

static void nothing_is_heard_while_disabled(void)
{
    struct world w;
    world_init(&w, SCANNER_LAYOUT_C);
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    show(&w, "SECRET");
    rig_run(&w.rig, 300);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE); /* it does not come up later */
    rig_run(&w.rig, 300);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    show(&w, "SECRET");
    expect_code(&w, "SECRET");
    world_fini(&w);
}

static void broken_reports_are_refused_and_the_next_code_works(void)
{
    static const struct {
        enum scanner_layout layout;
        enum scanner_fault fault;
        int rest_ms; /* until its late parts have passed by */
    } rows[] = {{SCANNER_LAYOUT_C, SCANNER_FAULT_LENGTH, 0},
                {SCANNER_LAYOUT_A, SCANNER_FAULT_MIXED, 0},
                {SCANNER_LAYOUT_C, SCANNER_FAULT_TRUNCATED, 1100},
                {SCANNER_LAYOUT_C, SCANNER_FAULT_SLOW, 2600}};
    char longer[120];
    memset(longer, 'L', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    for (size_t i = 0; i < YJ_COUNT(rows); i++) {
        struct world w;
        world_init(&w, rows[i].layout);
        scanner_model_fault(w.scanner, rows[i].fault, 1);
        show(&w, longer);
        CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CODE_FAILED, 10000));
        rig_run(&w.rig, rows[i].rest_ms);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
        show(&w, "GOOD");
        expect_code(&w, "GOOD");
        world_fini(&w);
    }
}

/* A part whose transfer failed is a hole in the code: never the rest without it. Held there, the
 * code is read again and then taken, however soon that is. */
static void a_code_with_a_hole_is_refused(void)
{
    struct world w;
    char longer[151];
    memset(longer, 'A', 56);
    memset(longer + 56, 'B', 56);
    memset(longer + 112, 'C', 38);
    longer[150] = 0;
    world_init(&w, SCANNER_LAYOUT_C);
    scanner_model_fault(w.scanner, SCANNER_FAULT_LOST, 1);
    show(&w, longer);
    expect_failed(&w, ERR_SCANNER_REPORT);
    rig_run(&w.rig, 1100);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    scanner_model_fault(w.scanner, SCANNER_FAULT_LOST, 1);
    scanner_model_hold(w.scanner, longer, 150, 400);
    expect_code(&w, longer);
    scanner_model_hold(w.scanner, NULL, 0, 0);
    world_fini(&w);
}

/* An identifier that changes within a code: two codes in one, and neither is whole. */
static void a_code_of_two_kinds_is_refused(void)
{
    struct world w;
    char longer[120];
    memset(longer, 'A', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    world_init(&w, SCANNER_LAYOUT_A);
    scanner_model_fault(w.scanner, SCANNER_FAULT_MIXED, 1);
    show(&w, longer);
    expect_failed(&w, ERR_SCANNER_REPORT);
    rig_run(&w.rig, 1100);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE_FAILED), 1);
    show(&w, longer);
    expect_code(&w, longer);
    world_fini(&w);
}

static void noise_and_replies_are_no_codes(void)
{
    struct world w;
    char longer[120];
    memset(longer, 'N', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    world_init(&w, SCANNER_LAYOUT_A);
    scanner_model_fault(w.scanner, SCANNER_FAULT_NOISE, 1);
    show(&w, longer);
    expect_code(&w, longer);
    scanner_model_aim(w.scanner, "]Z6");
    show(&w, "firmware 1.0");
    scanner_model_aim(w.scanner, NULL);
    show(&w, "AFTER");
    expect_code(&w, "AFTER");
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 2);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE_FAILED), 0);
    world_fini(&w);
}

static void only_allowed_symbologies_are_taken(void)
{
    struct world w;
    struct scanner_cfg cfg = {.layout = SCANNER_LAYOUT_A};
    world_init(&w, SCANNER_LAYOUT_A);
    scanner_model_aim(w.scanner, "]C0");
    show(&w, "1234567890");
    expect_failed(&w, ERR_SCANNER_KIND);
    scanner_model_aim(w.scanner, "]Q2"); /* with ECI protocol */
    show(&w, "\\000026\\\\\\\\server 结婚证");
    expect_code(&w, "\\\\server 结婚证");
    show(&w, "\\MI0102");
    expect_failed(&w, ERR_SCANNER_KIND);
    world_fini(&w);
    world_init_cfg(&w, &cfg, "{\"symbologies\":[\"qr\",\"code128\"]}");
    scanner_model_aim(w.scanner, "]C0");
    show(&w, "1234567890");
    expect_code(&w, "1234567890");
    world_fini(&w);
}

/* Two bits of one report, or makers' commands: the engine scans only between enable and disable,
 * is started again after each code, and beeps what became of it. */
static void triggers_and_beeps(enum scanner_layout layout, bool has_good, bool has_bad)
{
    struct world w;
    struct scanner_cfg cfg = {
        .layout = layout, .is_command = true, .needs_mode = layout == SCANNER_LAYOUT_A};
    world_start(&w, &cfg, "{\"trigger\":\"command\"}");
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    CU_ASSERT_TRUE(until(&w, n_stops, 1));
    CU_ASSERT_EQUAL(scanner_model_scan(w.scanner, "DARK", 4), -1);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    CU_ASSERT_TRUE(until(&w, n_starts, 1));
    show(&w, "ONE");
    expect_code(&w, "ONE");
    CU_ASSERT_TRUE(until(&w, n_starts, 2));
    if (has_good)
        CU_ASSERT_TRUE(until(&w, n_good, 1));
    show(&w, "\x01");
    expect_failed(&w, ERR_SCANNER_TEXT);
    if (has_bad)
        CU_ASSERT_TRUE(until(&w, n_bad, 1));
    CU_ASSERT_TRUE(until(&w, n_starts, 3));
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    CU_ASSERT_TRUE(until(&w, n_stops, 2));
    CU_ASSERT_FALSE(scanner_model_is_looking(w.scanner));
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    /* replies to the commands came in the report of a scan */
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE_FAILED), 1);
    world_fini(&w);
}

static void triggers_and_beeps_in_every_dialect(void)
{
    triggers_and_beeps(SCANNER_LAYOUT_B, true, true);
    triggers_and_beeps(SCANNER_LAYOUT_A, true, false);
}

static void replies_to_commands_are_never_codes(void)
{
    struct world w;
    struct scanner_cfg cfg = {.layout = SCANNER_LAYOUT_C, .is_command = true};
    world_init_cfg(&w, &cfg, "{\"trigger\":\"command\"}");
    CU_ASSERT_TRUE(until(&w, n_starts, 1));
    show(&w, "ONE");
    expect_code(&w, "ONE");
    CU_ASSERT_TRUE(until(&w, n_starts, 2));
    rig_run(&w.rig, 50);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE_FAILED), 0);
    world_fini(&w);
    world_init(&w, SCANNER_LAYOUT_C); /* one that nobody asked for: no code either */
    scanner_model_fault(w.scanner, SCANNER_FAULT_REPLY, 1);
    show(&w, "TWO");
    expect_code(&w, "TWO");
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    world_fini(&w);
}

static void a_scanner_that_hears_nothing_is_broken(void)
{
    struct world w;
    struct scanner_cfg cfg = {.layout = SCANNER_LAYOUT_B, .is_command = true};
    struct scanner_cfg opaque = {.layout = SCANNER_LAYOUT_OPAQUE};
    world_start(&w, &cfg, "{\"trigger\":\"command\"}");
    scanner_model_fault(w.scanner, SCANNER_FAULT_DEAF, SCANNER_ALWAYS);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, 10000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_USB_STALL);
    rig_run(&w.rig, 3000); /* and is opened again, but nobody hears that it were well meanwhile */
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_STATUS), 1);
    scanner_model_fault(w.scanner, SCANNER_FAULT_NONE, 0);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    world_fini(&w);
    /* the beeper alone breaks nothing */
    world_init_cfg(&w, &cfg, NULL);
    scanner_model_fault(w.scanner, SCANNER_FAULT_DEAF, SCANNER_ALWAYS);
    rig_run(&w.rig, 50);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    world_fini(&w);
    world_start(&w, &opaque, "{\"trigger\":\"command\"}"); /* its table entry has a dialect */
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    CU_ASSERT_TRUE(until(&w, n_stops, 1));
    world_fini(&w);
}

static void a_keyboard_of_the_table_is_called_one(void)
{
    struct world w;
    struct scanner_cfg cfg = {.layout = SCANNER_LAYOUT_TYPING};
    world_start(&w, &cfg, NULL);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, 10000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_SCANNER_KEYBOARD);
    usbemu_unplug(scanner_model_dev(w.scanner));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 10000));
    world_fini(&w);
}

/* On a clock of our own, as the driver has none. */
static void a_sticker_shows_in_the_status(void)
{
    struct world w;
    world_init(&w, SCANNER_LAYOUT_C);
    int64_t now_ms = clock_mono_ms();
    struct device_command disable = {.kind = DEVICE_COMMAND_DISABLE};
    w.rig.ops->command(w.rig.d, &disable, now_ms);
    for (int i = 0; i < 14; i++) {
        show(&w, "STICKER");
        w.rig.ops->wait(w.rig.d, 500);
        (void)w.rig.ops->step(w.rig.d, now_ms += 1000);
    }
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_SCANNER_STICKER);
    (void)w.rig.ops->step(w.rig.d, now_ms += 11000);
    CU_ASSERT_EQUAL(w.rig.status.cause, 0);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    world_fini(&w);
}

static void too_long_codes_are_refused_whole(void)
{
    struct world w;
    char longer[3000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    world_init(&w, SCANNER_LAYOUT_C);
    show(&w, longer);
    expect_failed(&w, ERR_SCANNER_TOO_LONG);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    world_fini(&w);
}

static void unplug_and_replug_revive(void)
{
    struct world w;
    world_init(&w, SCANNER_LAYOUT_C);
    for (int i = 0; i < 3; i++) {
        usbemu_unplug(scanner_model_dev(w.scanner));
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 10000));
        usbemu_plug(scanner_model_dev(w.scanner));
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    }
    show(&w, "AFTER");
    expect_code(&w, "AFTER");
    scanner_model_fault(w.scanner, SCANNER_FAULT_STALL, 1);
    show(&w, "STALLED");
    rig_run(&w.rig, 1100); /* what comes at once could be the rest of what was lost */
    show(&w, "AGAIN");
    expect_code(&w, "AGAIN");
    /* in the middle of a code: nothing of it is left for the next one */
    char longer[120];
    memset(longer, 'U', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    scanner_model_fault(w.scanner, SCANNER_FAULT_UNPLUG, 1);
    show(&w, longer);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 10000));
    usbemu_plug(scanner_model_dev(w.scanner));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    rig_run(&w.rig, 1000); /* two codes a second, no more */
    show(&w, "REPLUGGED");
    expect_code(&w, "REPLUGGED");
    world_fini(&w);
}

static void wrong_settings_are_refused(void)
{
    struct driver_sink sink = {0};
    struct driver_cfg cfg = {.table = "{\"class\":\"scanner\",\"devices\":[{\"vid\":\"1111\"}]}",
                             .settings = "{\"beep\":\"loud\"}"};
    struct driver *d = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(scanner_ops.open(&cfg, &sink, &d, &err), ERR_INVALID);
    cfg.table = "{}";
    CU_ASSERT_EQUAL(scanner_ops.open(&cfg, &sink, &d, &err), ERR_SYNTAX);
    CU_ASSERT_PTR_NULL(d);
    scanner_ops.close(NULL);
}

static CU_TestInfo cases[] = {
    {"every layout", reads_codes_of_every_layout},
    {"one presentation", one_presentation_is_one_code},
    {"disabled", nothing_is_heard_while_disabled},
    {"broken reports", broken_reports_are_refused_and_the_next_code_works},
    {"hole", a_code_with_a_hole_is_refused},
    {"two kinds", a_code_of_two_kinds_is_refused},
    {"noise and replies", noise_and_replies_are_no_codes},
    {"symbologies", only_allowed_symbologies_are_taken},
    {"trigger and beeper", triggers_and_beeps_in_every_dialect},
    {"replies to commands", replies_to_commands_are_never_codes},
    {"hears nothing", a_scanner_that_hears_nothing_is_broken},
    {"keyboard mode", a_keyboard_of_the_table_is_called_one},
    {"sticker", a_sticker_shows_in_the_status},
    {"wrong settings", wrong_settings_are_refused},
    {"too long", too_long_codes_are_refused_whole},
    {"unplug and replug", unplug_and_replug_revive},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner", cases)
