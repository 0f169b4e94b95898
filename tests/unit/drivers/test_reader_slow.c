/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that never come, or come too late: the driver's own limits in real time, each once. */
#include "test_reader_world.h"

static const char table[] = READER_TABLE("");

static void survive(struct world *w, enum reader_fault fault, unsigned command, const char *person,
                    const char *name)
{
    size_t n_cards = rig_count(&w->rig, DEVICE_EVENT_CARD);
    unsigned n_faults = reader_model_counters(w->reader).n_faults;
    reader_model_fault(w->reader, fault, 0, command, 1);
    CU_ASSERT_STRING_EQUAL(lay_and_await(w, person)->name, name);
    CU_ASSERT_EQUAL(reader_model_counters(w->reader).n_faults, n_faults + 1);
    rig_run(&w->rig, 300);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD), n_cards + 1);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD_REMOVED), n_cards);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD_FAILED), 0);
}

static void survives_silence(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    survive(&w, READER_FAULT_SILENT, 0x2001, "zhangsan", "张三");
    survive(&w, READER_FAULT_SILENT, 0x2002, "chendawen", "陳大文");
    world_fini(&w);
}

static void survives_a_silent_read(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    survive(&w, READER_FAULT_SILENT, 0x3001, "zhangsan", "张三");
    world_fini(&w);
}

/* The answer comes while the driver asks already for something else, and is not taken for that. */
static void survives_late_answers(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    survive(&w, READER_FAULT_LATE, 0x2001, "zhangsan", "张三");
    /* taken for the next find's it would have led to a select too many */
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x2002), 1);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3001), 1);
    survive(&w, READER_FAULT_LATE, 0x2002, "chendawen", "陳大文");
    survive(&w, READER_FAULT_LATE, 0x3003, "zhangsan", "张三");
    world_fini(&w);
}

static void survives_a_late_read(void)
{
    struct reader_cfg cfg = quick;
    struct world w;
    cfg.pipes = READER_PIPES_ONE;
    world_start(&w, &cfg, table, NULL);
    survive(&w, READER_FAULT_LATE, 0x3001, "zhangsan", "张三");
    world_fini(&w);
}

/* A module that says nothing to what it does not know, before a card was read: both are extras. */
static void starts_without_answers_to_extras(void)
{
    static const unsigned commands[] = {0x61ff, 0x3003};
    struct world w;
    world_build(&w, &quick);
    rig_init_text(&w.rig, &reader_ops, table, "{\"rf_max_bytes\": 255}");
    for (size_t i = 0; i < YJ_COUNT(commands); i++) {
        reader_model_fault(w.reader, READER_FAULT_SILENT, 0, commands[i], READER_ALWAYS);
        usbemu_plug(reader_model_dev(w.reader));
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, SOON_MS));
        CU_ASSERT_EQUAL(usbemu_n_claims(reader_model_dev(w.reader)), i + 1);
        usbemu_unplug(reader_model_dev(w.reader));
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, SOON_MS));
    }
    world_fini(&w);
}

/* The ladder: a second after the first, then two, and back at the start when it works. */
static void calls_a_silent_reader_broken_and_recovers(void)
{
    struct world w;
    world_start(&w, &quick, READER_TABLE(", \"sam_warm_ms\": 0"), NULL);
    unsigned n_claims = usbemu_n_claims(reader_model_dev(w.reader));
    reader_model_fault(w.reader, READER_FAULT_SILENT, 0, READER_ANY_COMMAND, READER_ALWAYS);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, SOON_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_TIMEOUT);
    CU_ASSERT_EQUAL(usbemu_n_claims(reader_model_dev(w.reader)), n_claims);
    reader_model_fault(w.reader, READER_FAULT_NONE, 0, 0, 0);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, SOON_MS));
    CU_ASSERT_EQUAL(usbemu_n_claims(reader_model_dev(w.reader)), n_claims + 1);
    CU_ASSERT_STRING_EQUAL(lay_and_await(&w, "zhangsan")->name, "张三");
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"survives silence", survives_silence},
    {"survives a silent read", survives_a_silent_read},
    {"survives late answers", survives_late_answers},
    {"survives a late read", survives_a_late_read},
    {"starts without answers to extras", starts_without_answers_to_extras},
    {"calls a silent reader broken and recovers", calls_a_silent_reader_broken_and_recovers},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.reader_slow", cases, 6)
