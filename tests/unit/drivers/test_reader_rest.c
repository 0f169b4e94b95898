/* SPDX-License-Identifier: Apache-2.0 */
/* A card that was read and lies there still: what is told of it, across everything. */
#include "test_reader_world.h"

static const char table[] = READER_TABLE("");

static void replug(struct world *w)
{
    usbemu_unplug(reader_model_dev(w->reader));
    CU_ASSERT_TRUE(rig_until_state(&w->rig, DEVICE_NO_DEVICE, SOON_MS));
    CU_ASSERT_EQUAL(w->rig.status.media, MEDIA_UNKNOWN);
}

static void plug(struct world *w)
{
    usbemu_plug(reader_model_dev(w->reader));
    CU_ASSERT_TRUE(rig_until_state(&w->rig, DEVICE_ONLINE, SOON_MS));
}

static void does_not_read_a_card_left_behind(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    (void)lay_and_await(&w, "zhangsan");
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    rig_run(&w.rig, 300);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE); /* the next visitor */
    rig_run(&w.rig, 700);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    lift_and_await(&w);
    (void)lay_and_await(&w, "zhangsan");
    world_fini(&w);
}

/* Two looks in a row must miss it; a single refusal is none. */
static void tells_removal_after_two_misses(void)
{
    static const uint8_t refusals[] = {0x41, 0x80, 0x81};
    struct world w;
    world_start(&w, &quick, table, NULL);
    (void)lay_and_await(&w, "zhangsan");
    for (size_t i = 0; i < YJ_COUNT(refusals); i++) {
        unsigned n = reader_model_counters(w.reader).n_faults;
        reader_model_fault(w.reader, READER_FAULT_SW, refusals[i], 0x3003, 1);
        for (int k = 0; k < 500 && reader_model_counters(w.reader).n_faults == n; k++)
            rig_run(&w.rig, 10);
        /* the refusal cost the module its selection: it is found and read again, and known */
        unsigned n_reads = reader_model_counters(w.reader).n_reads;
        for (int k = 0; k < 500 && reader_model_counters(w.reader).n_reads == n_reads; k++)
            rig_run(&w.rig, 10);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    }
    rig_run(&w.rig, 300);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    lift_and_await(&w);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 1);
    world_fini(&w);
}

static void sees_one_card_changed_for_another(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    (void)lay_and_await(&w, "zhangsan");
    lay(&w, "chendawen"); /* faster than any look */
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, SOON_MS));
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "陳大文");
    /* while nobody asks: the removal is told, the new card is kept for who asks next */
    rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
    lay(&w, "zhangsan");
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, SOON_MS));
    rig_run(&w.rig, 300);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 2);
    rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "张三");
    world_fini(&w);
}

/* Replug with and without loss of the module's power: the card stays, nothing is told; then it is
 * lifted, and that is told. */
static void watch_across_replug(bool is_self_powered)
{
    struct reader_cfg cfg = quick;
    struct world w;
    cfg.is_self_powered = is_self_powered;
    world_start(&w, &cfg, table, NULL);
    (void)lay_and_await(&w, "zhangsan");
    replug(&w);
    plug(&w);
    rig_run(&w.rig, 1000);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
    lift_and_await(&w);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    world_fini(&w);
}

static void watches_across_a_replug(void)
{
    watch_across_replug(false);
}

static void watches_across_a_replug_with_power(void)
{
    watch_across_replug(true);
}

/* Taken, or changed for another, while nobody could look. */
static void tells_what_happened_while_unplugged(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    (void)lay_and_await(&w, "zhangsan");
    replug(&w);
    lay(&w, "chendawen");
    plug(&w);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, SOON_MS));
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "陳大文");
    replug(&w);
    reader_model_lift(w.reader);
    plug(&w);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w.rig, DEVICE_EVENT_CARD_REMOVED, SOON_MS));
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 2);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    world_fini(&w);
}

static void revives_after_unplug_while_reading(void)
{
    struct world w;
    world_start(&w, &quick, table, NULL);
    reader_model_fault(w.reader, READER_FAULT_UNPLUG, 0, 0x3001, 1);
    lay(&w, "zhangsan");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, SOON_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_USB_NO_DEVICE);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);
    plug(&w);
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "张三");
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_FAILED), 0);
    world_fini(&w);
}

/* The program starts anew while the card of an earlier visitor lies there. */
static void knows_a_card_an_earlier_run_has_read(void)
{
    static const char *const settings[] = {NULL, "{\"direct_reread\": true}"};
    struct reader_cfg cfg = quick;
    cfg.is_self_powered = true;
    for (size_t i = 0; i < YJ_COUNT(settings); i++) {
        struct world w;
        world_start(&w, &cfg, table, NULL);
        (void)lay_and_await(&w, "zhangsan");
        rig_fini(&w.rig);
        rig_init_text(&w.rig, &reader_ops, table, settings[i]);
        CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_ONLINE, SOON_MS));
        CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_PRESENT);
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        if (i == 1) {
            CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "张三");
        } else {
            rig_run(&w.rig, 600);
            CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 0);
            reader_model_lift(w.reader);
            while (w.rig.status.media == MEDIA_PRESENT)
                rig_run(&w.rig, 20);
            /* nobody was told of the card, so nobody is told of its removal */
            CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
            (void)lay_and_await(&w, "zhangsan");
        }
        world_fini(&w);
    }
}

static void rereads_when_select_is_refused(void)
{
    struct world w;
    world_start(&w, &quick, table, "{\"direct_reread\": true}");
    reader_model_fault(w.reader, READER_FAULT_SW, 0x81, 0x2002, 1);
    lay(&w, "zhangsan");
    CU_ASSERT_STRING_EQUAL(card_await(&w)->name, "张三");
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3001), 2); /* the direct one was refused too */
    world_fini(&w);
}

/* Models that find a resting card again, watched by 20 01. */
static void watches_by_finding_where_the_table_says_so(void)
{
    struct reader_cfg cfg = quick;
    struct world w;
    cfg.is_not_sticky = true;
    world_start(&w, &cfg, READER_TABLE(", \"find_after_read\": \"again\", \"presence\": \"20 01\""),
                NULL);
    (void)lay_and_await(&w, "zhangsan");
    rig_run(&w.rig, 600);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(reader_model_n_of(w.reader, 0x3003), 0);
    unsigned n_faults = reader_model_counters(w.reader).n_faults;
    reader_model_fault(w.reader, READER_FAULT_SW, 0x80, 0x2001, 1);
    for (int k = 0; k < 500 && reader_model_counters(w.reader).n_faults == n_faults; k++)
        rig_run(&w.rig, 10);
    rig_run(&w.rig, 300);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0); /* one miss is none */
    replug(&w);
    plug(&w);
    rig_run(&w.rig, 600);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD_REMOVED), 0);
    lift_and_await(&w);
    (void)lay_and_await(&w, "zhangsan");
    world_fini(&w);
}

/* DISABLE in the middle of a read: nothing is told; ENABLE: the waiting card is read. Whichever
 * moment ENABLE hits between two looks at the resting card. */
static void keeps_quiet_when_disabled_while_reading(void)
{
    struct reader_cfg cfg = {.speed = 4, .warm_up_ms = 40};
    struct world w;
    world_start(&w, &cfg, table, NULL);
    for (int extra_ms = 0; extra_ms < 300; extra_ms += 110) {
        size_t n_cards = rig_count(&w.rig, DEVICE_EVENT_CARD);
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        lay(&w, extra_ms == 110 ? "chendawen" : "zhangsan");
        for (int i = 0; i < 1000 && strcmp(reader_model_state(w.reader), "selected") != 0; i++)
            rig_run(&w.rig, 10);
        rig_command(&w.rig, DEVICE_COMMAND_DISABLE);
        rig_run(&w.rig, 400 + extra_ms);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_CARD), n_cards);
        rig_command(&w.rig, DEVICE_COMMAND_ENABLE);
        (void)card_await(&w);
    }
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"does not read a card left behind", does_not_read_a_card_left_behind},
    {"tells removal after two misses", tells_removal_after_two_misses},
    {"sees one card changed for another", sees_one_card_changed_for_another},
    {"watches across a replug", watches_across_a_replug},
    {"watches across a replug with power", watches_across_a_replug_with_power},
    {"tells what happened while unplugged", tells_what_happened_while_unplugged},
    {"revives after unplug while reading", revives_after_unplug_while_reading},
    {"knows a card an earlier run has read", knows_a_card_an_earlier_run_has_read},
    {"re-reads when select is refused", rereads_when_select_is_refused},
    {"watches by finding where the table says so", watches_by_finding_where_the_table_says_so},
    {"keeps quiet when disabled while reading", keeps_quiet_when_disabled_while_reading},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.reader_rest", cases, 6)
