/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner driver on a serial line and as a keyboard, through the real libusb. */
#include <string.h>

#include "cdc_model.h"
#include "cunit_main.h"
#include "driver_rig.h"
#include "wedge_model.h"

#define WEDGE_SETTINGS(port) "{\"wedge\":{\"vid\":\"1eab\",\"pid\":\"1d03\",\"port\":\"" port "\"}}"

struct world {
    struct usbemu_bus *bus;
    struct cdc_model *cdc;
    struct wedge_model *wedge;
    struct rig rig;
};

static void world_enable(struct world *w)
{
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w->rig, DEVICE_ONLINE, 10000));
    rig_command(&w->rig, DEVICE_COMMAND_ENABLE);
    rig_run(&w->rig, 20);
}

static void cdc_init(struct world *w, const struct cdc_cfg *cfg, const char *settings)
{
    memset(w, 0, sizeof *w);
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->cdc = cdc_model_new(w->bus, cfg);
    usbemu_plug(cdc_model_dev(w->cdc));
    rig_init(&w->rig, &scanner_ops, "scanner.json", settings);
    world_enable(w);
}

static void wedge_start(struct world *w, const struct wedge_cfg *cfg, const char *settings)
{
    memset(w, 0, sizeof *w);
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->wedge = wedge_model_new(w->bus, cfg);
    usbemu_plug(wedge_model_dev(w->wedge));
    rig_init(&w->rig, &scanner_ops, "scanner.json", settings);
}

static void wedge_init(struct world *w, const struct wedge_cfg *cfg)
{
    wedge_start(w, cfg, WEDGE_SETTINGS("1-2"));
    world_enable(w);
}

static void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    cdc_model_free(w->cdc);
    wedge_model_free(w->wedge);
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

static void cdc_show(struct world *w, const char *code)
{
    CU_ASSERT_EQUAL(cdc_model_scan(w->cdc, code, strlen(code)), 0);
}

static void wedge_show(struct world *w, const char *code)
{
    int rc = -1;
    for (int i = 0; i < 1000 && rc < 0; i++) { /* it may still let go of its last key */
        rc = wedge_model_scan(w->wedge, code, strlen(code));
        if (rc < 0)
            rig_run(&w->rig, 10);
    }
    CU_ASSERT_EQUAL(rc, 0);
}

/* ---- serial ---- */

static void every_suffix_and_every_split(void)
{
    static const struct {
        const char *suffix, *settings;
        unsigned seed;
    } rows[] = {{"\r", NULL, 0},
                {"\r\n", NULL, 7}, /* an LF behind the CR that was expected */
                {"\n", "{\"cdc\":{\"suffix\":\"lf\"}}", 3},
                {"\r\n", "{\"cdc\":{\"suffix\":\"crlf\"}}", 11},
                {"", "{\"cdc\":{\"suffix\":\"none\",\"gap_ms\":100}}", 0}};
    char filled[65]; /* fills one packet with its CR, and none follows */
    memset(filled, 'F', 63);
    filled[63] = 0;
    for (size_t i = 0; i < YJ_COUNT(rows); i++) {
        struct world w;
        struct cdc_cfg cfg = {.suffix = rows[i].suffix, .piece = 5, .seed = rows[i].seed};
        if (rows[i].seed == 0)
            cfg.piece = 64;
        cdc_init(&w, &cfg, rows[i].settings);
        CU_ASSERT_EQUAL(cdc_model_rate(w.cdc), 115200);
        CU_ASSERT_EQUAL(cdc_model_counters(w.cdc).n_unclaimed, 0);
        cdc_show(&w, "编号-0001 结婚证");
        expect_code(&w, "编号-0001 结婚证");
        cdc_show(&w, filled);
        expect_code(&w, filled);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE_FAILED), 0);
        world_fini(&w);
    }
}

static void identifiers_in_the_stream(void)
{
    struct world w;
    struct cdc_cfg cfg = {.aim = "]Q1"};
    cdc_init(&w, &cfg, NULL);
    cdc_show(&w, "ONE");
    expect_code(&w, "ONE");
    cdc_model_aim(w.cdc, "]E0");
    cdc_show(&w, "6901234567892");
    expect_failed(&w, ERR_SCANNER_KIND);
    cdc_model_aim(w.cdc, "]Q2");
    cdc_show(&w, "\\000026a\\\\b");
    expect_code(&w, "a\\b");
    world_fini(&w);
}

static void broken_lines_are_refused(void)
{
    struct world w;
    char longest[3000];
    cdc_init(&w, &(struct cdc_cfg){0}, NULL);
    cdc_model_fault(w.cdc, CDC_FAULT_TRUNCATED, 1);
    cdc_show(&w, "HALF-OF-THIS");
    expect_failed(&w, ERR_SCANNER_REPORT);
    rig_run(&w.rig, 1100); /* what could be its rest is over */
    cdc_show(&w, "WHOLE");
    expect_code(&w, "WHOLE");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    cdc_show(&w, longest);
    expect_failed(&w, ERR_SCANNER_TOO_LONG);
    cdc_model_fault(w.cdc, CDC_FAULT_STALL, 1);
    cdc_show(&w, "STALL");
    rig_run(&w.rig, 1100); /* what came at once could be the rest of what was lost */
    cdc_show(&w, "AGAIN");
    expect_code(&w, "AGAIN");
    cdc_model_fault(w.cdc, CDC_FAULT_UNPLUG, 1);
    cdc_show(&w, "GONE-IN-THE-MIDDLE");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 10000));
    usbemu_plug(cdc_model_dev(w.cdc));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    rig_run(&w.rig, 1000); /* two codes a second, no more */
    cdc_show(&w, "BACK");
    expect_code(&w, "BACK");
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 3);
    world_fini(&w);
}

/* What a failed transfer had is gone: never the rest without it. */
static void a_line_with_a_hole_is_refused(void)
{
    struct world w;
    cdc_init(&w, &(struct cdc_cfg){.piece = 4}, NULL);
    cdc_model_fault(w.cdc, CDC_FAULT_LOST, 1);
    cdc_show(&w, "AAAABBBBCCCC");
    expect_failed(&w, ERR_SCANNER_REPORT);
    rig_run(&w.rig, 1100);
    cdc_show(&w, "WHOLE");
    expect_code(&w, "WHOLE");
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    world_fini(&w);
}

/* A code that was begun before the page asked for one: neither it nor its rest is handed up. */
static void a_code_that_straddles_a_command_is_dropped_whole(void)
{
    struct world w;
    cdc_init(&w, &(struct cdc_cfg){.piece = 4, .gap_ms = 50}, NULL);
    cdc_show(&w, "0123456789ABCDEFGHIJ");
    while (cdc_model_counters(w.cdc).n_packets < 2)
        rig_run(&w.rig, 1);
    rig_run(&w.rig, 1);
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    while (cdc_model_counters(w.cdc).n_packets < 6)
        rig_run(&w.rig, 10);
    rig_run(&w.rig, 50);
    cdc_show(&w, "NEXT");
    expect_code(&w, "NEXT");
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE_FAILED), 0);
    world_fini(&w);
}

/* A serial engine by the table can be told to scan; a device that is not in it is never opened. */
static void commands_and_strangers(void)
{
    struct world w = {.bus = usbemu_bus_new(USBEMU_DIRECT)};
    w.cdc = cdc_model_new(w.bus, &(struct cdc_cfg){0});
    usbemu_plug(cdc_model_dev(w.cdc));
    rig_init_text(&w.rig, &scanner_ops,
                  "{\"class\":\"scanner\",\"devices\":[{\"vid\":\"1eab\",\"pid\":\"1d06\","
                  "\"interface\":\"cdc\",\"dialect\":\"honeywell\"}]}",
                  "{\"trigger\":\"command\"}");
    world_enable(&w);
    for (int i = 0; i < 500 && cdc_model_counters(w.cdc).n_starts == 0; i++)
        rig_run(&w.rig, 10);
    cdc_show(&w, "ONE");
    expect_code(&w, "ONE");
    for (int i = 0; i < 500 && cdc_model_counters(w.cdc).n_beeps == 0; i++)
        rig_run(&w.rig, 10);
    CU_ASSERT_TRUE(cdc_model_counters(w.cdc).n_starts >= 1);
    CU_ASSERT_EQUAL(cdc_model_counters(w.cdc).n_stops, 1);
    CU_ASSERT_EQUAL(cdc_model_counters(w.cdc).n_beeps, 1);
    rig_fini(&w.rig);
    unsigned n_claims = usbemu_n_claims(cdc_model_dev(w.cdc));
    rig_init_text(&w.rig, &scanner_ops,
                  "{\"class\":\"scanner\",\"devices\":[{\"vid\":\"1eab\",\"pid\":\"*\"}]}", NULL);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 10000));
    CU_ASSERT_EQUAL(usbemu_n_claims(cdc_model_dev(w.cdc)), n_claims);
    world_fini(&w);
}

/* ---- keyboard ---- */

static void a_named_wedge_is_read(void)
{
    static const struct wedge_cfg cfgs[] = {
        {0}, {.is_overlapped = true}, {.has_caps = true}, {.has_no_enter = true}};
    for (size_t i = 0; i < YJ_COUNT(cfgs); i++) {
        struct world w;
        wedge_init(&w, &cfgs[i]);
        wedge_show(&w, "Lic-2026 AAbb/{0}~\\|");
        expect_code(&w, "Lic-2026 AAbb/{0}~\\|");
        wedge_show(&w, "second");
        expect_code(&w, "second");
        world_fini(&w);
    }
}

static void wedge_faults(void)
{
    struct world w;
    wedge_init(&w, &(struct wedge_cfg){0});
    wedge_model_fault(w.wedge, WEDGE_FAULT_ROLLOVER, 1);
    wedge_show(&w, "roll");
    expect_code(&w, "roll");
    wedge_model_fault(w.wedge, WEDGE_FAULT_CONTROL, 1);
    wedge_show(&w, "abcd");
    expect_failed(&w, ERR_SCANNER_TEXT);
    wedge_model_fault(w.wedge, WEDGE_FAULT_LOST, 1); /* a key less is another code */
    wedge_show(&w, "abcdefgh");
    expect_failed(&w, ERR_SCANNER_REPORT);
    rig_run(&w.rig, 1100);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 1);
    wedge_model_fault(w.wedge, WEDGE_FAULT_UNPLUG, 1);
    wedge_show(&w, "gone in the middle");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 10000));
    usbemu_plug(wedge_model_dev(w.wedge));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 10000));
    wedge_show(&w, "back");
    expect_code(&w, "back");
    world_fini(&w);
}

static void other_keyboards_are_left_alone(void)
{
    static const char *const settings[] = {NULL, WEDGE_SETTINGS("1-3")};
    for (size_t i = 0; i < YJ_COUNT(settings); i++) {
        struct world w;
        wedge_start(&w, &(struct wedge_cfg){0}, settings[i]);
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, 10000));
        CU_ASSERT_EQUAL(w.rig.status.cause, ERR_SCANNER_KEYBOARD);
        CU_ASSERT_EQUAL(usbemu_n_claims(wedge_model_dev(w.wedge)), 0);
        CU_ASSERT_EQUAL(wedge_model_scan(w.wedge, "typed", 5), -1); /* to the console */
        world_fini(&w);
    }
}

static CU_TestInfo cases[] = {
    {"suffix and split", every_suffix_and_every_split},
    {"identifiers", identifiers_in_the_stream},
    {"broken lines", broken_lines_are_refused},
    {"line with a hole", a_line_with_a_hole_is_refused},
    {"across a command", a_code_that_straddles_a_command_is_dropped_whole},
    {"commands and strangers", commands_and_strangers},
    {"wedge", a_named_wedge_is_read},
    {"wedge faults", wedge_faults},
    {"other keyboards", other_keyboards_are_left_alone},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner_serial", cases)
