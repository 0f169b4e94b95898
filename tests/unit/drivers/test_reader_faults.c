/* SPDX-License-Identifier: Apache-2.0 */
/* The reader driver when the wire or the card fails: once is never noticed, always is told.
 * Faults that need real time-outs are in test_reader_slow.c. */
#include "test_reader_world.h"

static const char table[] = READER_TABLE("");
static const char all_settings[] = "{\"added_address\": true, \"management_number\": true}";

/* Two persons in turn: changing cards is faster than lifting them. */
static const char *const persons[2][2] = {{"zhangsan-moved", "张三"}, {"chendawen", "陳大文"}};

/* Spoil the next answer to a command, change the card, and expect it to be read all the same. */
static void survive_once(struct world *w, enum reader_fault fault, uint8_t sw3, unsigned command,
                         int turn)
{
    unsigned n_faults = reader_model_counters(w->reader).n_faults;
    size_t n_cards = rig_count(&w->rig, DEVICE_EVENT_CARD);
    reader_model_fault(w->reader, fault, sw3, command, 1);
    const struct card *c = lay_and_await(w, persons[turn % 2][0]);
    CU_ASSERT_STRING_EQUAL(c->name, persons[turn % 2][1]);
    CU_ASSERT_EQUAL(reader_model_counters(w->reader).n_faults, n_faults + 1);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD), n_cards + 1);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD_REMOVED), n_cards);
    CU_ASSERT_EQUAL(rig_count(&w->rig, DEVICE_EVENT_CARD_FAILED), 0);
    CU_ASSERT_EQUAL(w->rig.status.state, DEVICE_ONLINE);
}

/* Find, select, management number, base data, added address and presence. */
static void survive_everywhere(enum reader_fault fault)
{
    static const unsigned commands[] = {0x2001, 0x2002, 0x3005, 0x3001, 0x3003};
    struct world w;
    world_start(&w, &quick, table, all_settings);
    for (size_t c = 0; c < YJ_COUNT(commands); c++)
        survive_once(&w, fault, 0, commands[c], (int)c);
    world_fini(&w);
}

static void survives_a_wrong_check_byte(void)
{
    survive_everywhere(READER_FAULT_XOR);
}

static void survives_a_stall(void)
{
    survive_everywhere(READER_FAULT_STALL);
}

static void survives_noise(void)
{
    survive_everywhere(READER_FAULT_NOISE);
}

static void survives_wrong_lengths_once(void)
{
    static const enum reader_fault faults[] = {READER_FAULT_LEN, READER_FAULT_TRUNCATE};
    struct world w;
    int turn = 0;
    world_start(&w, &quick, table, NULL);
    for (size_t f = 0; f < YJ_COUNT(faults); f++)
        survive_once(&w, faults[f], 0, 0x3001, turn++);
    world_fini(&w);
}

static void survives_wire_faults_over_one_pipe_pair(void)
{
    static const enum reader_fault faults[] = {READER_FAULT_XOR, READER_FAULT_STALL,
                                               READER_FAULT_NOISE, READER_FAULT_TRUNCATE};
    struct reader_cfg cfg = quick;
    struct world w;
    int turn = 0;
    cfg.pipes = READER_PIPES_ONE;
    world_start(&w, &cfg, table, NULL);
    for (size_t f = 0; f < YJ_COUNT(faults); f++)
        survive_once(&w, faults[f], 0, 0x3001, turn++);
    world_fini(&w);
}

/* Each refusal once, with SW1 and SW2 that say something. */
static void tries_again_when_the_card_moves(void)
{
    static const struct {
        unsigned command;
        uint8_t sw3;
    } all[] = {{0x3001, 0x41}, {0x3001, 0x31}, {0x3001, 0x33}, {0x3001, 0x47},
               {0x2002, 0x81}, {0x2002, 0x40}, {0x2001, 0x24}, {0x3001, 0x10}};
    struct world w;
    world_start(&w, &quick, table, NULL);
    reader_model_sw12(w.reader, 0x12, 0x34);
    for (size_t i = 0; i < YJ_COUNT(all); i++)
        survive_once(&w, READER_FAULT_SW, all[i].sw3, all[i].command, (int)i);
    world_fini(&w);
}

static void tells_after_three_failed_tries(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    reader_model_fault(w.reader, READER_FAULT_SW, 0x81, 0x2002, READER_ALWAYS);
    lay(&w, "zhangsan");
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD_FAILED, SOON_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_READER_CARD_MOVED);
    CU_ASSERT_EQUAL(reader_model_counters(w.reader).n_faults, 3);
    reader_model_fault(w.reader, READER_FAULT_NONE, 0, 0, 0);
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "张三");
    world_fini(&w);
}

/* A line that spoils a fifth of all answers: slower, never wrong. */
static void lives_on_a_bad_line(void)
{
    static const struct reader_fault_plan plan = {
        .fault = READER_FAULT_XOR, .n = READER_ALWAYS, .probability = 0.2, .seed = 7};
    struct world w;
    world_start(&w, &quick, table, NULL);
    reader_model_fault_plan(w.reader, &plan);
    for (int turn = 0; turn < 4; turn++) {
        const struct card *c = lay_and_await(&w, persons[turn % 2][0]);
        CU_ASSERT_STRING_EQUAL(c->name, persons[turn % 2][1]);
    }
    CU_ASSERT_TRUE(reader_model_counters(w.reader).n_faults > 0);
    world_fini(&w);
}

/* The module refuses to work: while it warms up that is normal, later it is told. */
static void waits_for_the_module(void)
{
    struct world w;
    world_start(&w, &quick, READER_TABLE(", \"sam_warm_ms\": 700"), NULL);
    reader_model_not_ready(w.reader, 2000, 0x66); /* 200 ms of our time */
    lay(&w, "zhangsan");
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "张三");
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    reader_model_not_ready(w.reader, 16000, 0x60);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, SOON_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_READER_SAM);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, SOON_MS));
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
    world_fini(&w);
}

/* A module that answers, but never what it should, must not look like one that warms up. */
static void tells_a_module_that_never_gets_ready(void)
{
    static const struct {
        unsigned command;
        uint8_t sw3;
    } all[] = {{0x11ff, 0x21}, {0x2001, 0x66}};
    for (size_t i = 0; i < YJ_COUNT(all); i++) {
        struct world w;
        world_build(&w, &quick);
        reader_model_fault(w.reader, READER_FAULT_SW, all[i].sw3, all[i].command, READER_ALWAYS);
        usbemu_plug(reader_model_dev(w.reader));
        rig_init_text(&w.rig, &reader_ops, READER_TABLE(", \"sam_warm_ms\": 700"), NULL);
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, SOON_MS));
        reader_model_fault(w.reader, READER_FAULT_NONE, 0, 0, 0);
        CU_ASSERT_STRING_EQUAL(lay_and_await(&w, "zhangsan")->name, "张三");
        CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
        world_fini(&w);
    }
}

static CU_TestInfo cases[] = {
    {"survives a wrong check byte", survives_a_wrong_check_byte},
    {"survives a stall", survives_a_stall},
    {"survives noise", survives_noise},
    {"survives wrong lengths once", survives_wrong_lengths_once},
    {"survives wire faults over one pipe pair", survives_wire_faults_over_one_pipe_pair},
    {"tries again when the card moves", tries_again_when_the_card_moves},
    {"tells after three failed tries", tells_after_three_failed_tries},
    {"lives on a bad line", lives_on_a_bad_line},
    {"waits for the module", waits_for_the_module},
    {"tells a module that never gets ready", tells_a_module_that_never_gets_ready},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.reader_faults", cases, 6)
