/* SPDX-License-Identifier: Apache-2.0 */
/* Every dialect, every level of evidence, every way a printer can present itself on the bus: what
 * the driver answers must agree with the paper that came out. */
#include <string.h>

#include "base/bytes.h"
#include "cunit_main.h"
#include "test_printer_rig.h"

#define TABLE(entry) "{\"class\":\"printer\",\"devices\":[" entry "]}"
#define CUSTOM                                                                                     \
    "{\"dots\":576,\"status\":\"custom_full\",\"cut_counter\":\"custom\",\"clear\":\"dle_enq\","   \
    "\"in_order\":true"
#define OUTLET ",\"outlet\":true,\"retract\":\"1D 65 02\",\"eject\":\"1D 65 05\""

static const struct printer_cfg custom = {.speed = 4, .dialect = PRINTER_CUSTOM};
static const struct printer_cfg kiosk = {
    .speed = 4, .dialect = PRINTER_CUSTOM, .outlet = PRINTER_OUTLET_PRESENTER};

/* Models without process ids are cleared and cut at the start, which takes its time. */
static void world_ready_fast(struct world *w, const struct printer_cfg *cfg, const char *table,
                             const char *settings)
{
    world_init(w, cfg, table, settings);
    world_hurry(w, 8);
    CU_ASSERT_TRUE(world_until_state(w, DEVICE_ONLINE, 20000));
    world_run(w, 200); /* the first cut */
    world_hurry(w, 3);
}

static void expect_one_ticket(struct world *w, size_t rows)
{
    struct printer_status s = printer_model_status(w->printer);
    CU_ASSERT_TRUE_FATAL(s.n_tickets > 0);
    CU_ASSERT_EQUAL(printer_model_ticket(w->printer, s.n_tickets - 1).rows,
                    rows + PRINTER_BLADE_ROWS);
}

/* One ticket from each kind of printer, with the best evidence it can give. */
static void evidence_of_models(size_t first, size_t step)
{
    static const struct {
        struct printer_cfg cfg;
        const char *table;
        enum print_evidence evidence;
    } cases[] = {
        {{.speed = 4}, TABLE("{\"dots\":576}"), EVIDENCE_PROCESSED},
        {{.speed = 4},
         TABLE("{\"dots\":576,\"cut_counter\":\"gs_g\",\"accept\":\"cut\"}"),
         EVIDENCE_CUT},
        {{.speed = 4, .ignores_process_id = true},
         TABLE("{\"dots\":576,\"in_order\":true}"),
         EVIDENCE_IN_ORDER},
        {{.speed = 4, .dialect = PRINTER_CUSTOM}, TABLE(CUSTOM "}"), EVIDENCE_CUT},
        {{.speed = 4, .dialect = PRINTER_CUSTOM, .ignores_counters = true},
         TABLE(CUSTOM "}"),
         EVIDENCE_IN_ORDER},
        {{.speed = 4, .dialect = PRINTER_CUSTOM, .outlet = PRINTER_OUTLET_PRESENTER},
         TABLE(CUSTOM OUTLET ",\"accept\":\"presented\"}"),
         EVIDENCE_PRESENTED},
        {{.speed = 2, .dialect = PRINTER_HWASUNG},
         TABLE("{\"dots\":576,\"status\":\"hwasung\",\"clear\":\"dle_enq\",\"accept\":\"idle\"}"),
         EVIDENCE_IDLE},
        {{.speed = 2, .dialect = PRINTER_SEIKO},
         TABLE("{\"dots\":576,\"status\":\"seiko\",\"clear\":\"none\",\"accept\":\"idle\"}"),
         EVIDENCE_IDLE},
        {{.speed = 4, .dialect = PRINTER_PHOENIX},
         TABLE("{\"dots\":576,\"status\":\"phoenix\",\"status_mode\":\"in_order\","
               "\"process_id\":\"no\"}"),
         EVIDENCE_IN_ORDER},
        {{.speed = 4, .dialect = PRINTER_EPSON},
         TABLE("{\"dots\":576,\"status\":\"epson_no_asb\",\"offline_response\":true}"),
         EVIDENCE_PROCESSED},
    };
    for (size_t i = first; i < YJ_COUNT(cases); i += step) {
        struct world w;
        world_ready_fast(&w, &cases[i].cfg, cases[i].table, NULL);
        world_print(&w, 7, 576, 300);
        expect_done(&w, 7, PRINT_PRINTED, cases[i].evidence, 0, 12000);
        expect_one_ticket(&w, 300);
        world_fini(&w);
    }
}

static void each_model_gives_its_best_evidence(void)
{
    evidence_of_models(0, 2);
}

static void so_does_every_other_model(void)
{
    evidence_of_models(1, 2);
}

/* No busy bit, no reply of any kind: healthy when its time has passed, and no more than that. */
static void a_plain_model_is_only_likely(void)
{
    static const struct printer_cfg nippon = {.speed = 4, .dialect = PRINTER_NIPPON};
    static const struct printer_cfg clone = {.speed = 4, .dialect = PRINTER_CLONE};
    struct world w;
    world_ready_fast(&w, &nippon,
                     TABLE("{\"dots\":576,\"status\":\"nippon\",\"clear\":\"none\","
                           "\"accept\":\"idle\"}"),
                     NULL);
    world_print(&w, 1, 576, 200);
    world_run(&w, 400);
    world_hurry(&w, 10);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_IDLE, 0, 5000);
    expect_one_ticket(&w, 200);
    world_fini(&w);

    world_init(&w, &clone, TABLE("{\"dots\":576,\"status\":\"none\",\"process_id\":\"no\"}"), NULL);
    world_hurry(&w, 10);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 9000));
    world_run(&w, 300);
    world_hurry(&w, 3);
    world_print(&w, 2, 576, 200);
    world_run(&w, 400);
    world_hurry(&w, 10);
    expect_done(&w, 2, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_TIMEOUT, 5000);
    expect_one_ticket(&w, 200);
    world_fini(&w);
}

static void each_dialect_tells_paper_and_cover(void)
{
    static const struct {
        enum printer_dialect dialect;
        const char *table;
    } cases[] = {
        {PRINTER_EPSON, TABLE("{\"dots\":576,\"status\":\"epson_no_asb\"}")},
        {PRINTER_CUSTOM, TABLE(CUSTOM "}")},
        {PRINTER_HWASUNG, TABLE("{\"dots\":576,\"status\":\"hwasung\",\"accept\":\"idle\"}")},
        {PRINTER_SEIKO, TABLE("{\"dots\":576,\"status\":\"seiko\",\"accept\":\"idle\"}")},
        {PRINTER_NIPPON, TABLE("{\"dots\":576,\"status\":\"nippon\",\"accept\":\"idle\"}")},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct printer_cfg cfg = {.speed = 8, .dialect = cases[i].dialect};
        struct world w;
        world_ready_fast(&w, &cfg, cases[i].table, NULL);
        world_hurry(&w, 8);
        printer_model_cover(w.printer, true);
        CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
        CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_COVER);
        world_print(&w, 1, 576, 24);
        expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_COVER, 5000);
        printer_model_cover(w.printer, false);
        printer_model_paper(w.printer, PRINTER_PAPER_OUT, 0);
        world_print(&w, 2, 576, 24);
        expect_done(&w, 2, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_PAPER_OUT, 5000);
        CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_OUT);
        printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
        CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 5000));
        world_fini(&w);
    }
}

/* A ticket waits at the outlet, is taken, is forgotten, stands in the way. */
static void follows_the_ticket_at_the_outlet(void)
{
    struct world w;
    world_ready_fast(&w, &kiosk, TABLE(CUSTOM OUTLET "}"), "{\"retract_s\":30}");
    world_hurry(&w, 4);
    CU_ASSERT_EQUAL(w.rig.status.media, MEDIA_NOT_PRESENT);
    world_print(&w, 1, 576, 200);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PRESENTED, 0, 8000);
    CU_ASSERT_TRUE(world_until_media(&w, MEDIA_PRESENT, 3000));
    size_t first = printer_model_status(w.printer).n_tickets - 1;
    CU_ASSERT_TRUE(printer_model_take(w.printer));
    CU_ASSERT_TRUE(world_until_media(&w, MEDIA_NOT_PRESENT, 3000));
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, first).fate, TICKET_TAKEN);
    /* nobody takes this one, and the next visitor does not get it */
    world_print(&w, 2, 576, 200);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PRESENTED, 0, 8000);
    world_print(&w, 3, 576, 200);
    expect_done(&w, 3, PRINT_PRINTED, EVIDENCE_PRESENTED, 0, 8000);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, first + 1).fate, TICKET_RETRACTED);
    /* nobody takes this one either, and its time passes */
    CU_ASSERT_TRUE(world_until_media(&w, MEDIA_PRESENT, 3000));
    world_hurry(&w, 20);
    CU_ASSERT_TRUE(world_until_media(&w, MEDIA_NOT_PRESENT, 9000));
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, first + 2).fate, TICKET_RETRACTED);
    world_fini(&w);
}

/* Whatever its descriptors and class requests look like. */
static void works_on_every_interface(void)
{
    static const struct printer_cfg cfgs[] = {
        {.speed = 8, .endpoints = PRINTER_EP_01_82, .is_high_speed = true},
        {.speed = 8, .endpoints = PRINTER_EP_03_84, .has_alternates = true},
        {.speed = 8, .id_form = PRINTER_ID_LITTLE_ENDIAN, .has_old_reset = true},
        {.speed = 8, .id_form = PRINTER_ID_EMPTY},
        {.speed = 8, .id_form = PRINTER_ID_STALL},
        {.speed = 8, .is_vendor_class = true, .vid = 0x04b8, .pid = 0x0202},
    };
    static const char table[] =
        TABLE("{\"mfg\":\"Yijian-Sim\",\"dots\":576},"
              "{\"vid\":\"04b8\",\"pid\":\"0202\",\"vendor_class\":true,\"dots\":512},"
              "{\"dots\":384}");
    static const unsigned dots[] = {576, 576, 576, 384, 384, 576};
    for (size_t i = 0; i < YJ_COUNT(cfgs); i++) {
        struct world w;
        world_ready_with(&w, &cfgs[i], table, NULL);
        CU_ASSERT_EQUAL(w.rig.status.head_dots, dots[i]);
        world_print(&w, 5, 384, 200);
        expect_done(&w, 5, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
        expect_one_ticket(&w, 200);
        /* usblp takes it on every plug; it must be ours again */
        usbemu_unplug(printer_model_dev(w.printer));
        CU_ASSERT_TRUE(world_until_state(&w, DEVICE_NO_DEVICE, 3000));
        usbemu_plug(printer_model_dev(w.printer));
        CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 9000));
        CU_ASSERT_TRUE(usbemu_is_claimed(printer_model_dev(w.printer), 0));
        world_fini(&w);
    }
}

/* The vendor's class is left alone where the table does not name it. */
static void leaves_a_foreign_vendor_class_alone(void)
{
    static const struct printer_cfg cfg = {.is_vendor_class = true, .vid = 0x1234, .pid = 0x5678};
    struct world w;
    world_init(&w, &cfg, TABLE("{\"dots\":384}"), NULL);
    world_run(&w, 200);
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_NO_DEVICE);
    CU_ASSERT_FALSE(usbemu_is_claimed(printer_model_dev(w.printer), 0));
    world_fini(&w);
}

/* GS I names choose the profile where the device id says nothing, also when it could not answer
 * at first. */
static void asks_for_its_name(void)
{
    static const struct printer_cfg cfg = {
        .speed = 8, .id_form = PRINTER_ID_EMPTY, .maker = "HPRT", .model = "TP80K"};
    static const char table[] =
        TABLE("{\"mfg\":\"HPRT\",\"mdl\":\"TP80\",\"dots\":640},{\"dots\":576,\"ask_names\":true}");
    struct world w;
    world_ready_with(&w, &cfg, table, NULL);
    CU_ASSERT_EQUAL(w.rig.status.head_dots, 640);
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "HPRT TP80K");
    world_fini(&w);
    world_init(&w, &cfg, table, NULL);
    printer_model_paper(w.printer, PRINTER_PAPER_OUT, 0);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 9000));
    world_hurry(&w, 4);
    world_run(&w, 600);
    world_hurry(&w, 3);
    CU_ASSERT_EQUAL(w.rig.status.head_dots, 576);
    printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
    for (int i = 0; i < 60 && w.rig.status.head_dots != 640; i++)
        world_run(&w, 100);
    CU_ASSERT_EQUAL(w.rig.status.head_dots, 640);
    world_fini(&w);
}

/* The other image commands put the same rows on paper. */
static void prints_by_every_image_command(void)
{
    static const struct {
        const char *table;
        size_t rows;
    } cases[] = {
        {TABLE("{\"dots\":576,\"image\":\"gs_8_l\"}"), 300},
        {TABLE("{\"dots\":576,\"image\":\"gs_8_l\",\"band_rows\":1200}"), 300},
        {TABLE("{\"dots\":576,\"image\":\"esc_star\"}"), 312}, /* bands of 24 */
        {TABLE("{\"dots\":576,\"min_ticket_mm\":100}"), 704},
        {TABLE("{\"dots\":576,\"cut_form\":\"here\"}"), 300},
        {TABLE("{\"dots\":576,\"short_end\":true,\"soft_reset\":\"after_job\"}"), 300},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct world w;
        world_ready_with(&w, &normal, cases[i].table, NULL);
        world_print(&w, 1, 576, 300);
        expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 8000);
        expect_one_ticket(&w, cases[i].rows);
        world_fini(&w);
    }
}

static void obeys_the_settings(void)
{
    struct world w;
    world_ready_with(&w, &normal, NULL,
                     "{\"dots\":384,\"density\":2,\"speed\":3,\"cut_at_start\":true,"
                     "\"profile\":\"SNBC\"}");
    CU_ASSERT_EQUAL(w.rig.status.head_dots, 384);
    world_print(&w, 1, 576, 24);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_TOO_BIG, 8000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_cuts, 1);
    CU_ASSERT_TRUE(printer_model_status(w.printer).is_panel_off);
    world_fini(&w);
    world_ready_with(&w, &normal, NULL, "{\"panel_button\":true}");
    CU_ASSERT_FALSE(printer_model_status(w.printer).is_panel_off);
    world_fini(&w);
}

/* Near the end of the roll only what surely fits is begun. */
static void refuses_what_does_not_fit_on_the_roll(void)
{
    struct world w;
    world_ready_with(&w, &normal, TABLE("{\"dots\":576,\"near_end_mm\":100}"), NULL);
    printer_model_paper(w.printer, PRINTER_PAPER_LOW, 100);
    for (int i = 0; i < 50 && w.rig.status.paper != PAPER_LOW; i++)
        world_run(&w, 50);
    world_print(&w, 1, 576, 800); /* 100 mm and the cut */
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_PAPER_LOW, 3000);
    world_print(&w, 2, 576, 400); /* 62 mm */
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    world_print(&w, 3, 576, 400); /* once more would be 124 mm */
    expect_done(&w, 3, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_PAPER_LOW, 3000);
    printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
    for (int i = 0; i < 50 && w.rig.status.paper != PAPER_FULL; i++)
        world_run(&w, 50);
    world_print(&w, 4, 576, 800);
    expect_done(&w, 4, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 8000);
    world_fini(&w);
}

static void a_counter_that_does_not_move_proves_nothing(void)
{
    struct world w;
    world_ready_fast(&w, &custom, TABLE(CUSTOM "}"), NULL);
    world_print(&w, 1, 576, 100);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_CUT, 0, 8000);
    printer_model_fault(w.printer, PRINTER_FAULT_NO_CUT, 1);
    world_hurry(&w, 8);
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_IN_ORDER, 0, 12000);
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"each model gives its best evidence", each_model_gives_its_best_evidence},
    {"so does every other model", so_does_every_other_model},
    {"a plain model is only likely", a_plain_model_is_only_likely},
    {"each dialect tells paper and cover", each_dialect_tells_paper_and_cover},
    {"follows the ticket at the outlet", follows_the_ticket_at_the_outlet},
    {"works on every interface", works_on_every_interface},
    {"leaves a foreign vendor class alone", leaves_a_foreign_vendor_class_alone},
    {"asks for its name", asks_for_its_name},
    {"prints by every image command", prints_by_every_image_command},
    {"obeys the settings", obeys_the_settings},
    {"refuses what does not fit on the roll", refuses_what_does_not_fit_on_the_roll},
    {"a counter that does not move proves nothing", a_counter_that_does_not_move_proves_nothing},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.printer models", cases, 5)
