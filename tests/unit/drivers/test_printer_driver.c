/* SPDX-License-Identifier: Apache-2.0 */
/* The printer driver, through the real libusb, against the emulated printer: what it answers must
 * agree with the paper that came out. */
#include <string.h>

#include "cunit_main.h"
#include "test_printer_rig.h"

static void prints_with_proof(void)
{
    struct world w;
    world_ready(&w, &normal);
    CU_ASSERT_EQUAL(w.rig.status.head_dots, 576);
    CU_ASSERT_EQUAL(w.rig.status.dots_per_mm_x10, 80);
    CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_FULL);
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Yijian-Sim RP80");
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_cuts, 0); /* nothing wasted at start */
    world_print(&w, 41, 576, TICKET_ROWS);
    expect_done(&w, 41, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    struct printer_status s = printer_model_status(w.printer);
    CU_ASSERT_EQUAL(s.n_cuts, 1);
    CU_ASSERT_EQUAL(s.n_unknown, 0);
    CU_ASSERT_TRUE(s.is_idle);
    CU_ASSERT_EQUAL(s.n_tickets, 1);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, 0).rows, TICKET_ROWS + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

static void prints_two_jobs_in_turn(void)
{
    struct world w;
    world_ready(&w, &normal);
    world_print(&w, 1, 576, 200);
    world_print(&w, 2, 384, 300);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 2);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_unknown, 0);
    world_fini(&w);
}

static void does_not_start_without_paper_or_cover(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_paper(w.printer, PRINTER_PAPER_OUT, 0);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 2000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_PAPER_OUT);
    CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_OUT);
    world_print(&w, 1, 576, 200);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_PAPER_OUT, 3000);
    printer_model_paper(w.printer, PRINTER_PAPER_LOW, 0);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 2000));
    CU_ASSERT_EQUAL(w.rig.status.paper, PAPER_LOW);
    printer_model_cover(w.printer, true);
    world_print(&w, 2, 576, 200);
    expect_done(&w, 2, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_COVER, 3000);
    printer_model_cover(w.printer, false);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 2000));
    world_print(&w, 3, 576, 200);
    expect_done(&w, 3, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 1);
    world_fini(&w);
}

/* Paper out in the middle, with a buffer that fills up: wait, resume, one whole ticket. */
static void goes_on_after_paper_is_loaded(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    printer_model_paper(w.printer, PRINTER_PAPER_LOW, 20);
    world_print(&w, 7, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_PAPER_OUT);
    world_hurry(&w, 10);
    world_run(&w, 1000); /* 10 s: it waits for somebody */
    world_hurry(&w, 3);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 0);
    printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
    expect_done(&w, 7, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 8000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 1);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, 0).rows, TICKET_ROWS + PRINTER_BLADE_ROWS);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_unknown, 0);
    world_fini(&w);
}

static void goes_on_after_the_cover_is_closed(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 8, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 200, 5000));
    printer_model_cover(w.printer, true);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_COVER);
    printer_model_cover(w.printer, false);
    expect_done(&w, 8, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 8000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 1);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_unknown, 0);
    world_fini(&w);
}

static void is_in_doubt_after_unplug_while_printing(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_fault(w.printer, PRINTER_FAULT_UNPLUG, 1);
    world_print(&w, 9, 576, TICKET_ROWS);
    world_print(&w, 10, 576, TICKET_ROWS);
    expect_done(&w, 9, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 5000);
    expect_done(&w, 10, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 1000);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_NO_DEVICE, 1000));
    world_print(&w, 11, 576, TICKET_ROWS);
    expect_done(&w, 11, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 1000);
    usbemu_plug(printer_model_dev(w.printer));
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 8000));
    world_print(&w, 12, 576, 100);
    expect_done(&w, 12, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 8000);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 4);
    world_fini(&w);
}

/* The program dies in the middle of a ticket; the next one must not print under the old half. */
static void cuts_off_what_a_killed_program_left(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 20, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 200, 5000)); /* some bands are out, some are not */
    rig_fini(&w.rig);                                /* closes: no more bytes, as after a kill */
    CU_ASSERT_TRUE(printer_model_status(w.printer).strip_rows > 0);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_cuts, 0);
    rig_init(&w.rig, &printer_ops, "printer.json", NULL);
    world_hurry(&w, 8); /* it waits for an answer that cannot come */
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 9000));
    world_hurry(&w, 3);
    world_print(&w, 21, 576, 200);
    expect_done(&w, 21, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    CU_ASSERT_EQUAL_FATAL(printer_model_status(w.printer).n_tickets, 2);
    CU_ASSERT_TRUE(printer_model_ticket(w.printer, 0).rows < TICKET_ROWS + PRINTER_BLADE_ROWS);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, 1).rows, 200 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

/* The same while it had run out of paper: the old rest must not come out for the next visitor. */
static void forgets_the_rest_of_a_ticket_left_without_paper(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    printer_model_paper(w.printer, PRINTER_PAPER_LOW, 20);
    world_print(&w, 22, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
    world_run(&w, 300);
    rig_fini(&w.rig);
    rig_init(&w.rig, &printer_ops, "printer.json", NULL);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 3000));
    world_hurry(&w, 8);
    world_run(&w, 500);
    world_hurry(&w, 3);
    /* no picture is left in it; the model keeps the answered status requests in its buffer */
    CU_ASSERT_TRUE(printer_model_status(w.printer).buffer_bytes < 64);
    printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 5000));
    world_print(&w, 23, 576, 200);
    expect_done(&w, 23, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, 1).rows, 200 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

static void answers_when_stopped_in_the_middle(void)
{
    struct world w;
    static struct rig r;
    world_ready(&w, &slow_small);
    world_print(&w, 30, 576, TICKET_ROWS);
    world_print(&w, 31, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 100, 5000));
    w.rig.ops->close(w.rig.d);
    w.rig.d = NULL;
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 2);
    r = w.rig;
    const struct device_event *e = rig_until(&r, DEVICE_EVENT_PRINT_DONE, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->print.result, PRINT_IN_DOUBT);
    CU_ASSERT_EQUAL(e->code, ERR_CANCELLED);
    e = rig_until(&r, DEVICE_EVENT_PRINT_DONE, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->print.result, PRINT_NOT_STARTED);
    world_fini(&w);
}

static void does_not_trust_a_silent_printer(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_fault(w.printer, PRINTER_FAULT_SILENT, PRINTER_ALWAYS);
    world_hurry(&w, 8);
    world_print(&w, 40, 576, 200);
    expect_done(&w, 40, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_SILENT, 5000);
    world_hurry(&w, 10);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_HARDWARE_ERROR, 20000));
    world_hurry(&w, 3);
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_SILENT);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 0);
    printer_model_fault(w.printer, PRINTER_FAULT_NONE, 0);
    world_hurry(&w, 8);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 8000));
    world_hurry(&w, 3);
    world_print(&w, 41, 576, 200);
    expect_done(&w, 41, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    world_fini(&w);
}

/* It prints, but the proof gets lost: in doubt, and the next ticket is clean. */
static void is_in_doubt_without_proof(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 50, 576, 300);
    CU_ASSERT_TRUE(world_until_rows(&w, 50, 5000));
    printer_model_fault(w.printer, PRINTER_FAULT_SILENT, PRINTER_ALWAYS);
    world_hurry(&w, 8);
    const struct device_event *e = world_until(&w, DEVICE_EVENT_PRINT_DONE, 12000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->print.result, PRINT_IN_DOUBT);
    world_hurry(&w, 3);
    printer_model_fault(w.printer, PRINTER_FAULT_NONE, 0);
    world_hurry(&w, 8);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 9000));
    world_hurry(&w, 3);
    world_print(&w, 51, 576, 200);
    expect_done(&w, 51, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 200 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

static void frees_a_jammed_cutter_after_the_cover(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_cutter(w.printer, true);
    world_print(&w, 60, 576, 200);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_CUTTER);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 0);
    printer_model_cover(w.printer, true);
    world_run(&w, 300);
    printer_model_cutter(w.printer, false);
    printer_model_cover(w.printer, false);
    expect_done(&w, 60, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_cuts, 1);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 2000));
    world_fini(&w);
}

static void survives_stalls_and_errors_on_the_way(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_fault(w.printer, PRINTER_FAULT_STALL, 1);
    world_print(&w, 70, 576, 200);
    const struct device_event *e = world_until(&w, DEVICE_EVENT_PRINT_DONE, 9000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    world_print(&w, 71, 576, TICKET_ROWS);
    world_run(&w, 30);
    printer_model_fault(w.printer, PRINTER_FAULT_IOERROR, 1);
    e = world_until(&w, DEVICE_EVENT_PRINT_DONE, 12000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    world_print(&w, 72, 576, 200);
    expect_done(&w, 72, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 15000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 200 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

static void refuses_a_picture_wider_than_the_head(void)
{
    struct world w;
    world_ready(&w, &normal);
    world_print(&w, 80, 640, 10);
    expect_done(&w, 80, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_TOO_BIG, 3000);
    for (int i = 0; i < 9; i++)
        world_print(&w, 90 + i, 576, 24);
    expect_done(&w, 98, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_BUSY, 3000);
    for (int i = 0; i < 8; i++)
        expect_done(&w, 90 + i, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 5000);
    world_fini(&w);
}

/* An idle printer is asked at most once a second, and says nothing of itself unless it changes. */
static void is_quiet_when_idle(void)
{
    struct world w;
    world_ready(&w, &normal);
    world_run(&w, 300);
    world_hurry(&w, 10);
    world_run(&w, 150);
    unsigned long n_bytes = printer_model_status(w.printer).n_bytes;
    size_t n_events = w.rig.n_events;
    unsigned n_steps = w.rig.n_steps;
    world_run(&w, 500);
    CU_ASSERT_TRUE(printer_model_status(w.printer).n_bytes - n_bytes <= 24);
    CU_ASSERT_EQUAL(w.rig.n_events, n_events);
    CU_ASSERT_TRUE(w.rig.n_steps - n_steps <= 60);
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"prints with proof", prints_with_proof},
    {"prints two jobs in turn", prints_two_jobs_in_turn},
    {"does not start without paper or cover", does_not_start_without_paper_or_cover},
    {"goes on after paper is loaded", goes_on_after_paper_is_loaded},
    {"goes on after the cover is closed", goes_on_after_the_cover_is_closed},
    {"is in doubt after unplug while printing", is_in_doubt_after_unplug_while_printing},
    {"cuts off what a killed program left", cuts_off_what_a_killed_program_left},
    {"forgets the rest of a ticket left without paper",
     forgets_the_rest_of_a_ticket_left_without_paper},
    {"answers when stopped in the middle", answers_when_stopped_in_the_middle},
    {"does not trust a silent printer", does_not_trust_a_silent_printer},
    {"is in doubt without proof", is_in_doubt_without_proof},
    {"frees a jammed cutter after the cover", frees_a_jammed_cutter_after_the_cover},
    {"survives stalls and errors on the way", survives_stalls_and_errors_on_the_way},
    {"refuses a picture wider than the head, and a full queue",
     refuses_a_picture_wider_than_the_head},
    {"is quiet when idle", is_quiet_when_idle},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.printer", cases, 5)
