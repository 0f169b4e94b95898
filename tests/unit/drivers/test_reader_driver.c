/* SPDX-License-Identifier: Apache-2.0 */
/* The reader driver, through the real libusb, against the emulated reader. */
#include <string.h>

#include "cunit_main.h"
#include "driver_rig.h"
#define card sim_card /* the model's card block is not the product's card */
#include "reader_model.h"
#undef card

struct world {
    struct usbemu_bus *bus;
    struct reader_model *reader;
    struct card_box *box;
    struct rig rig;
};

static void world_init(struct world *w, const struct reader_cfg *cfg)
{
    char error[160];
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->reader = reader_model_new(w->bus, cfg);
    w->box = card_box_load(YJ_SOURCE_DIR "/tests/device/sim/cards.json", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->box);
    usbemu_plug(reader_model_dev(w->reader));
    rig_init(&w->rig, &reader_ops, "reader.json");
}

static void world_fini(struct world *w)
{
    CU_ASSERT_TRUE(w->rig.longest_step_ms <= 500);
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    reader_model_free(w->reader);
    card_box_free(w->box);
}

/* Warm, enabled, nothing on the reader. */
static void world_ready(struct world *w, const struct reader_cfg *cfg)
{
    world_init(w, cfg);
    CU_ASSERT_TRUE(rig_until_state(&w->rig, DEVICE_ONLINE, 4000));
    rig_command(&w->rig, DEVICE_COMMAND_ENABLE);
}

static void lay(struct world *w, const char *name)
{
    const struct sim_card *c = card_box_find(w->box, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    reader_model_lay(w->reader, c);
}

static const struct reader_cfg quick = {.speed = 10};
static const struct reader_cfg quick_b = {.speed = 10, .is_one_pipe = true};

static void read_one(const struct reader_cfg *cfg)
{
    struct world w;
    world_init(&w, cfg);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_STARTING, 1000)); /* the module warms up */
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 4000));
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Yijian-Sim IDR");
    unsigned n_before = reader_model_counters(w.reader).n_commands;
    lay(&w, "zhangsan");
    rig_run(&w.rig, 700);
    CU_ASSERT_EQUAL(reader_model_counters(w.reader).n_commands, n_before); /* quiet, disabled */
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);

    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD, 3000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->card->kind, CARD_CITIZEN);
    CU_ASSERT_STRING_EQUAL(e->card->name, "张三");
    CU_ASSERT_STRING_EQUAL(e->card->number, "11010519491231002X");
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    rig_run(&w.rig, 1000);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
    reader_model_lift(w.reader);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, 2000));
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    world_fini(&w);
}

static void reads_a_card_over_four_pipes(void)
{
    read_one(&quick);
}

static void reads_a_card_over_one_pipe_pair(void)
{
    read_one(&quick_b);
}

static void finds_nothing_without_a_card(void)
{
    struct world w;
    world_ready(&w, &quick);
    rig_run(&w.rig, 1500);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    /* 250 ms between looks: about six in 1.5 s */
    CU_ASSERT_TRUE(reader_model_counters(w.reader).n_commands <= 16);
    world_fini(&w);
}

static void tries_again_when_the_card_moves(void)
{
    static const uint8_t sw[] = {0x41, 0x31, 0x32, 0x33, 0x40, 0x47};
    for (size_t i = 0; i < sizeof sw; i++) {
        struct world w;
        world_ready(&w, &quick);
        reader_model_fault(w.reader, READER_FAULT_SW, sw[i], 0x3001, 2);
        lay(&w, "zhangsan");
        CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 5000));
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
        world_fini(&w);
    }
}

static void tells_after_three_failed_tries(void)
{
    struct world w;
    world_ready(&w, &quick);
    reader_model_fault(w.reader, READER_FAULT_SW, 0x81, 0x2002, READER_ALWAYS);
    lay(&w, "zhangsan");
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD_FAILED, 5000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_READER_CARD_MOVED);
    CU_ASSERT_EQUAL(reader_model_counters(w.reader).n_faults, 3);
    reader_model_fault(w.reader, READER_FAULT_NONE, 0, 0, 0);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 4000));
    world_fini(&w);
}

/* A wire that spoils one answer must not cost the visitor anything. */
static void survives_one_bad_answer(struct world *w, enum reader_fault fault, unsigned command,
                                    int ms)
{
    size_t n_cards = rig_count(&w->rig, DEVICE_EVENT_CARD);
    unsigned n_faults = reader_model_counters(w->reader).n_faults;
    reader_model_fault(w->reader, fault, 0, command, 1);
    /* a find that is already under way is not spoiled any more; wait for one that is */
    for (int i = 0; i < 200 && command == 0x2001; i++) {
        if (reader_model_counters(w->reader).n_faults != n_faults)
            break;
        rig_run(&w->rig, 10);
    }
    lay(w, "zhangsan");
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_CARD, ms);
    CU_ASSERT_PTR_NOT_NULL(e);
    if (e)
        CU_ASSERT_STRING_EQUAL(e->card->number, "11010519491231002X");
    CU_ASSERT_EQUAL(reader_model_counters(w->reader).n_faults, n_faults + 1);
    rig_run(&w->rig, 600);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD), n_cards + 1);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD_REMOVED), n_cards);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD_FAILED), 0);
    reader_model_lift(w->reader);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w->rig, DEVICE_EVENT_CARD_REMOVED, 3000));
}

static void survives_every_wire_fault_once(void)
{
    static const enum reader_fault faults[] = {READER_FAULT_XOR,      READER_FAULT_LEN,
                                               READER_FAULT_TRUNCATE, READER_FAULT_STALL,
                                               READER_FAULT_NOISE,    READER_FAULT_SILENT};
    struct world w;
    world_ready(&w, &quick);
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        survives_one_bad_answer(&w, faults[f], 0x2001, 8000);
        survives_one_bad_answer(&w, faults[f], 0x2002, 8000);
        survives_one_bad_answer(&w, faults[f], 0x3001, 8000);
    }
    world_fini(&w);
    world_ready(&w, &quick_b);
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++)
        survives_one_bad_answer(&w, faults[f], 0x3001, 8000);
    world_fini(&w);
}

static void survives_late_answers(void)
{
    struct world w;
    world_ready(&w, &quick);
    survives_one_bad_answer(&w, READER_FAULT_LATE, 0x2001, 12000);
    survives_one_bad_answer(&w, READER_FAULT_LATE, 0x2002, 12000);
    survives_one_bad_answer(&w, READER_FAULT_LATE, 0x3001, 12000);
    world_fini(&w);
    world_ready(&w, &quick_b);
    survives_one_bad_answer(&w, READER_FAULT_LATE, 0x3001, 12000);
    world_fini(&w);
}

static void calls_a_silent_reader_broken_and_recovers(void)
{
    struct world w;
    world_ready(&w, &quick);
    rig_run(&w.rig, 300);
    reader_model_fault(w.reader, READER_FAULT_SILENT, 0, READER_ANY_COMMAND, READER_ALWAYS);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, 8000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_TIMEOUT);
    reader_model_fault(w.reader, READER_FAULT_NONE, 0, 0, 0);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 8000));
    lay(&w, "zhangsan");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 3000));
    world_fini(&w);
}

static void revives_after_unplug_while_reading(void)
{
    struct world w;
    world_ready(&w, &quick);
    reader_model_fault(w.reader, READER_FAULT_UNPLUG, 0, 0x3001, 1);
    lay(&w, "zhangsan");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 4000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_USB_NO_DEVICE);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_UNKNOWN);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);
    rig_run(&w.rig, 300);
    usbemu_plug(reader_model_dev(w.reader));
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD, 6000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_STRING_EQUAL(e->card->name, "张三");
    world_fini(&w);
}

static void watches_a_resting_card_across_a_replug(void)
{
    struct world w;
    world_ready(&w, &quick);
    lay(&w, "zhangsan");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 3000));
    usbemu_unplug(reader_model_dev(w.reader));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 2000));
    usbemu_plug(reader_model_dev(w.reader));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 4000));
    rig_run(&w.rig, 1000);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
    reader_model_lift(w.reader);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, 2000));
    world_fini(&w);
}

static void does_not_read_a_card_left_behind(void)
{
    struct world w;
    world_ready(&w, &quick);
    lay(&w, "zhangsan");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 3000));
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    rig_run(&w.rig, 500);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE); /* the next visitor */
    rig_run(&w.rig, 1500);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    reader_model_lift(w.reader);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, 2000));
    lay(&w, "zhangsan");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 3000));
    world_fini(&w);
}

/* DISABLE in the middle of a read: nothing is told; ENABLE: the waiting card is read. Whichever
 * moment ENABLE hits between two looks at the resting card. */
static void keeps_quiet_when_disabled_while_reading(void)
{
    struct world w;
    world_ready(&w, &(struct reader_cfg){.speed = 2});
    for (int extra_ms = 0; extra_ms < 300; extra_ms += 60) {
        size_t n_cards = rig_count(&w.rig, DEVICE_EVENT_CARD);
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        lay(&w, "zhangsan");
        for (int i = 0; i < 100 && strcmp(reader_model_state(w.reader), "selected") != 0; i++)
            rig_run(&w.rig, 20);
        rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
        rig_run(&w.rig, 1000 + extra_ms);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), n_cards);
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD, 3000));
        reader_model_lift(w.reader);
        CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, 3000));
    }
    world_fini(&w);
}

static void starts_without_a_reader(void)
{
    struct world w;
    w.bus = usbemu_bus_new(USBEMU_DIRECT);
    w.reader = reader_model_new(w.bus, &quick);
    w.box = NULL;
    rig_init(&w.rig, &reader_ops, "reader.json");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, 1000));
    unsigned n_steps = w.rig.n_steps;
    rig_run(&w.rig, 1000);
    CU_ASSERT_TRUE(w.rig.n_steps - n_steps < 10); /* sleeps */
    usbemu_plug(reader_model_dev(w.reader));
    CU_ASSERT_TRUE(
        rig_until_state(&w.rig, DEVICE_STARTING, 1500)); /* by hot-plug, not by re-scan */
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, 3000));
    world_fini(&w);
}

static void refuses_a_broken_table(void)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{\"class\":\"printer\",\"devices\":[{}]}",
        "{\"class\":\"reader\",\"devices\":[]}",
        "{\"class\":\"reader\",\"devices\":[{\"vid\":\"xyz\"}]}",
        "{\"class\":\"reader\",\"devices\":[{\"pid\":\"0001\"}]}",
    };
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct driver_sink sink = {0};
        struct driver *d = NULL;
        CU_ASSERT_EQUAL(reader_ops.open(bad[i], &sink, &d, NULL), ERR_SYNTAX);
        CU_ASSERT_PTR_NULL(d);
    }
    usbemu_bus_free(bus);
}

static CU_TestInfo cases[] = {
    {"reads a card over four pipes", reads_a_card_over_four_pipes},
    {"reads a card over one pipe pair", reads_a_card_over_one_pipe_pair},
    {"finds nothing without a card", finds_nothing_without_a_card},
    {"tries again when the card moves", tries_again_when_the_card_moves},
    {"tells after three failed tries", tells_after_three_failed_tries},
    {"survives every wire fault once", survives_every_wire_fault_once},
    {"survives late answers", survives_late_answers},
    {"calls a silent reader broken and recovers", calls_a_silent_reader_broken_and_recovers},
    {"revives after unplug while reading", revives_after_unplug_while_reading},
    {"watches a resting card across a replug", watches_a_resting_card_across_a_replug},
    {"does not read a card left behind", does_not_read_a_card_left_behind},
    {"keeps quiet when disabled while reading", keeps_quiet_when_disabled_while_reading},
    {"starts without a reader", starts_without_a_reader},
    {"refuses a broken table", refuses_a_broken_table},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.reader", cases)
