/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner driver, through the real libusb, against the emulated scanner. */
#include <string.h>

#include "cunit_main.h"
#include "driver_rig.h"
#include "scanner_model.h"

struct world {
    struct usbemu_bus *bus;
    struct scanner_model *scanner;
    struct rig rig;
};

static void world_init(struct world *w, enum scanner_layout layout)
{
    struct scanner_cfg cfg = {.layout = layout};
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->scanner = scanner_model_new(w->bus, &cfg);
    usbemu_plug(scanner_model_dev(w->scanner));
    rig_init(&w->rig, &scanner_ops, "scanner.json");
    CU_ASSERT_TRUE(rig_until_state(&w->rig, DEVICE_ONLINE, 3000));
    rig_command(&w->rig, DEVICE_COMMAND_ENABLE);
    rig_run(&w->rig, 20);
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

static void reads_a_code(enum scanner_layout layout)
{
    struct world w;
    char longer[301];
    world_init(&w, layout);
    show(&w, "LIC-2026-0001");
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CODE, 1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_STRING_EQUAL(e->code_text, "LIC-2026-0001");
    for (size_t i = 0; i < sizeof longer - 1; i++) /* six parts */
        longer[i] = (char)('A' + i % 26);
    longer[sizeof longer - 1] = 0;
    show(&w, longer);
    e = rig_until(&w.rig, DEVICE_EVENT_CODE, 1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_STRING_EQUAL(e->code_text, longer);
    world_fini(&w);
}

static void reads_codes_of_every_layout(void)
{
    reads_a_code(SCANNER_LAYOUT_A);
    reads_a_code(SCANNER_LAYOUT_B);
    reads_a_code(SCANNER_LAYOUT_C);
}

static void one_presentation_is_one_code(void)
{
    struct world w;
    world_init(&w, SCANNER_LAYOUT_C);
    show(&w, "SAME");
    show(&w, "SAME");
    show(&w, "OTHER");
    rig_run(&w.rig, 300);
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
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CODE, 1000));
    world_fini(&w);
}

static void broken_reports_are_refused_and_the_next_code_works(void)
{
    static const enum scanner_fault faults[] = {SCANNER_FAULT_LENGTH, SCANNER_FAULT_TRUNCATED,
                                                SCANNER_FAULT_SLOW};
    char longer[120];
    memset(longer, 'L', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    for (size_t i = 0; i < YJ_COUNT(faults); i++) {
        struct world w;
        world_init(&w, SCANNER_LAYOUT_C);
        scanner_model_fault(w.scanner, faults[i], 1);
        show(&w, longer);
        CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CODE_FAILED, 2000));
        rig_run(&w.rig, 3200); /* late parts pass by */
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
        show(&w, "GOOD");
        const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CODE, 1000);
        CU_ASSERT_PTR_NOT_NULL_FATAL(e);
        CU_ASSERT_STRING_EQUAL(e->code_text, "GOOD");
        world_fini(&w);
    }
}

static void too_long_codes_are_refused_whole(void)
{
    struct world w;
    char longer[3000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    world_init(&w, SCANNER_LAYOUT_C);
    show(&w, longer);
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CODE_FAILED, 1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_SCANNER_TOO_LONG);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CODE), 0);
    world_fini(&w);
}

static void unplug_and_replug_revive(void)
{
    struct world w;
    world_init(&w, SCANNER_LAYOUT_C);
    for (int i = 0; i < 3; i++) {
        usbemu_unplug(scanner_model_dev(w.scanner));
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 2000));
        usbemu_plug(scanner_model_dev(w.scanner));
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 4000));
    }
    show(&w, "AFTER");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CODE, 1000));
    scanner_model_fault(w.scanner, SCANNER_FAULT_STALL, 1);
    show(&w, "STALLED");
    rig_run(&w.rig, 300);
    show(&w, "AGAIN");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CODE, 4000));
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"every layout", reads_codes_of_every_layout},
    {"one presentation", one_presentation_is_one_code},
    {"disabled", nothing_is_heard_while_disabled},
    {"broken reports", broken_reports_are_refused_and_the_next_code_works},
    {"too long", too_long_codes_are_refused_whole},
    {"unplug and replug", unplug_and_replug_revive},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner", cases)
