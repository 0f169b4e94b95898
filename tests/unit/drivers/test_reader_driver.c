/* SPDX-License-Identifier: Apache-2.0 */
/* The reader driver, through the real libusb, against the emulated reader: its life with cards. */
#include "test_reader_world.h"

static const struct reader_cfg quick_b = {
    .speed = 10, .warm_up_ms = 100, .pipes = READER_PIPES_ONE};

static const char table[] = READER_TABLE("");

/* From plugging in to removal, with the project's own table. */
static void read_one(const struct reader_cfg *cfg)
{
    struct world w;
    world_build(&w, cfg);
    rig_init(&w.rig, &reader_ops, "reader.json", NULL);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, SOON_MS));
    unsigned n_steps = w.rig.n_steps;
    rig_run(&w.rig, 300);
    CU_ASSERT_TRUE(w.rig.n_steps - n_steps < 10); /* sleeps */
    usbemu_plug(reader_model_dev(w.reader));
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_STARTING, SOON_MS)); /* the module warms up */
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, SOON_MS));
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Yijian-Sim IDR");
    unsigned n_before = reader_model_counters(w.reader).n_commands;
    lay(&w, "zhangsan");
    rig_run(&w.rig, 400);
    CU_ASSERT_EQUAL(reader_model_counters(w.reader).n_commands, n_before); /* quiet, disabled */
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);

    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    const struct card *c = card_await(&w);
    CU_ASSERT_EQUAL(c->kind, CARD_CITIZEN);
    CU_ASSERT_STRING_EQUAL(c->name, "张三");
    CU_ASSERT_STRING_EQUAL(c->number, "11010519491231002X");
    CU_ASSERT_STRING_EQUAL(c->management_number, ""); /* not asked for */
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    rig_run(&w.rig, 600);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
    lift_and_await(&w);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3005), 0);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3010), 0);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x10ff), 0);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x61ff), 0);
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

/* Interrupt endpoints on the second interface, other addresses. */
static void finds_its_endpoints_elsewhere(void)
{
    static const struct reader_cfg cfg = {
        .speed = 10, .warm_up_ms = 100, .pipes = READER_PIPES_OTHER};
    struct world w;
    world_start(&w, &cfg, table, NULL);
    CU_ASSERT_STRING_EQUAL(lay_and_await(&w, "zhangsan")->name, "张三");
    world_fini(&w);
}

static void says_what_is_wrong_with_descriptors(void)
{
    static const struct {
        enum reader_pipes pipes;
        const char *table;
    } bad[] = {{READER_PIPES_NONE, READER_TABLE("")},
               {READER_PIPES_ONE, READER_TABLE(", \"layout\": \"four_pipes\"")}};
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct world w;
        struct reader_cfg cfg = {.pipes = bad[i].pipes};
        world_build(&w, &cfg);
        usbemu_plug(reader_model_dev(w.reader));
        rig_init_text(&w.rig, &reader_ops, bad[i].table, NULL);
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_HARDWARE_ERROR, SOON_MS));
        CU_ASSERT_EQUAL(w.rig.status.cause, ERR_USB_DESCRIPTOR);
        world_fini(&w);
    }
}

/* All kinds, laid one upon the other: each is read, each removal is told. */
static void reads_every_kind_of_card(void)
{
    static const struct {
        const char *name;
        enum card_kind kind;
        const char *number;
        int code;
    } all[] = {
        {"other-check", CARD_CITIZEN, "440524188001010014", 0},
        {"chendawen", CARD_HMT, "810000199003070023", 0},
        {"doe", CARD_FOREIGNER_2017, "KAZ110090123105", 0},
        {"duyuehan", CARD_FOREIGNER_2023, "911398199012310021", ERR_READER_CARD_DOUBT},
        {"mismatch", CARD_CITIZEN, "11010519491231002X", ERR_READER_CARD_DOUBT},
        {"rare-name", CARD_CITIZEN, "11010519491231002X", ERR_READER_CARD_DOUBT},
    };
    struct world w;
    world_start(&w, &quick, table, NULL);
    for (size_t i = 0; i < YJ_COUNT(all); i++) {
        lay(&w, all[i].name);
        const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD, SOON_MS);
        CU_ASSERT_PTR_NOT_NULL_FATAL(e);
        CU_ASSERT_EQUAL(e->code, all[i].code);
        CU_ASSERT_EQUAL(e->card->kind, all[i].kind);
        CU_ASSERT_STRING_EQUAL(e->card->number, all[i].number);
        CU_ASSERT_TRUE(e->card->has_photo);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), i);
    }
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    /* half a character: refused, with its own code, once */
    lay(&w, "half-name");
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD_FAILED, SOON_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_READER_CARD_TEXT);
    rig_run(&w.rig, 500);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 1);
    CU_ASSERT_STRING_EQUAL(lay_and_await(&w, "blank-photo")->name, "张三");
    CU_ASSERT_FALSE(w.rig.event[w.rig.n_seen - 1].card->has_photo);
    world_fini(&w);
}

/* In pieces of 1 to 64 bytes, rubbish before every answer. */
static void takes_answers_in_pieces(void)
{
    static const unsigned pieces[] = {1, 7, 63, 64, READER_SPLIT_VARYING};
    struct world w;
    world_start(&w, &quick_b, table, NULL);
    for (size_t i = 0; i < YJ_COUNT(pieces); i++) {
        reader_model_chop(w.reader, pieces[i], true);
        const char *name = i % 2 == 0 ? "zhangsan" : "chendawen";
        CU_ASSERT_STRING_EQUAL(lay_and_await(&w, name)->name, i % 2 == 0 ? "张三" : "陳大文");
    }
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    world_fini(&w);
}

static void polls_at_its_pace(void)
{
    struct world w;
    world_start(&w, &quick, READER_TABLE(", \"sam_warm_ms\": 1000"), NULL);
    unsigned n_before = reader_model_n_of(w.reader, 0x2001);
    rig_run(&w.rig, 1000);
    unsigned n = reader_model_n_of(w.reader, 0x2001) - n_before;
    CU_ASSERT_TRUE(n >= 1 && n <= 6); /* each 200 ms, or less often where it is slow */
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    world_fini(&w);
}

/* Everything that can be asked for, in the order that the readers want. */
static void reads_what_the_settings_ask_for(void)
{
    struct world w;
    world_start(&w, &quick, table,
                "{\"read\": \"text_photo_fingers\", \"added_address\": true, "
                "\"management_number\": true, \"rf_max_bytes\": 80}");
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x61ff), 1);
    const struct card *c = lay_and_await(&w, "zhangsan-moved");
    CU_ASSERT_STRING_EQUAL(c->added_address, "北京市海淀区示例街3号");
    CU_ASSERT_STRING_EQUAL(c->management_number,
                           "1011121314151617202122232425262728292a2b2c2d2e2f");
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3010), 1);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3001), 0);
    static const char *const fingers[] = {"zhangsan", "one-finger", "no-fingers"};
    for (size_t i = 0; i < YJ_COUNT(fingers); i++) {
        lift_and_await(&w); /* these hold the same text: only lifting tells them apart */
        c = lay_and_await(&w, fingers[i]);
        CU_ASSERT_STRING_EQUAL(c->number, "11010519491231002X");
        CU_ASSERT_STRING_EQUAL(c->added_address, ""); /* 91: none */
        CU_ASSERT_EQUAL(c->management_number[0], i == 0 ? '1' : '\0');
    }
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    world_fini(&w);
}

static void goes_without_extras_a_reader_does_not_know(void)
{
    static const uint8_t refusals[] = {0x21, 0x41};
    for (size_t i = 0; i < YJ_COUNT(refusals); i++) {
        struct world w;
        world_start(&w, &quick, table, "{\"management_number\": true}");
        reader_model_fault(w.reader, READER_FAULT_SW, refusals[i], 0x3005, READER_ALWAYS);
        CU_ASSERT_STRING_EQUAL(lay_and_await(&w, "zhangsan")->management_number, "");
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
        world_fini(&w);
    }
}

/* An address that was asked for is never left out because the card moved. */
static void fails_a_card_whose_address_cannot_be_read(void)
{
    struct world w;
    world_start(&w, &quick, table, "{\"added_address\": true}");
    reader_model_fault(w.reader, READER_FAULT_SW, 0x41, 0x3003, READER_ALWAYS);
    lay(&w, "zhangsan-moved");
    const struct device_event *e = rig_until(&w.rig, DEVICE_EVENT_CARD_FAILED, SOON_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->code, ERR_READER_CARD_MOVED);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);
    reader_model_fault(w.reader, READER_FAULT_NONE, 0, 0, 0);
    CU_ASSERT_STRING_EQUAL(card_await(&w)->added_address, "北京市海淀区示例街3号");
    world_fini(&w);
}

static void goes_on_when_the_air_size_is_refused(void)
{
    struct world w;
    world_build(&w, &quick);
    reader_model_fault(w.reader, READER_FAULT_SW, 0x21, 0x61ff, READER_ALWAYS);
    usbemu_plug(reader_model_dev(w.reader));
    rig_init_text(&w.rig, &reader_ops, table, "{\"rf_max_bytes\": 24}");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, SOON_MS));
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"reads a card over four pipes", reads_a_card_over_four_pipes},
    {"reads a card over one pipe pair", reads_a_card_over_one_pipe_pair},
    {"finds its endpoints elsewhere", finds_its_endpoints_elsewhere},
    {"says what is wrong with descriptors", says_what_is_wrong_with_descriptors},
    {"reads every kind of card", reads_every_kind_of_card},
    {"takes answers in pieces", takes_answers_in_pieces},
    {"polls at its pace", polls_at_its_pace},
    {"reads what the settings ask for", reads_what_the_settings_ask_for},
    {"goes without extras a reader does not know", goes_without_extras_a_reader_does_not_know},
    {"fails a card whose address cannot be read", fails_a_card_whose_address_cannot_be_read},
    {"goes on when the air size is refused", goes_on_when_the_air_size_is_refused},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.reader", cases, 6)
