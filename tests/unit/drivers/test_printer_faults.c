/* SPDX-License-Identifier: Apache-2.0 */
/* What can go wrong between the first byte and the proof, each with the outcome PROTOCOL.md
 * documents. Nothing is printed twice, nothing is lost unnoticed. */
#include <string.h>

#include "base/bytes.h"
#include "cunit_main.h"
#include "test_printer_rig.h"

#define TABLE(entry) "{\"class\":\"printer\",\"devices\":[" entry "]}"

static const char counting[] = TABLE("{\"dots\":576,\"cut_counter\":\"gs_g\"}");

/* Marks the rows of all pieces but blank tops: what came out in all. */
static size_t rows_out(struct world *w)
{
    size_t rows = 0;
    for (size_t i = 0; i < printer_model_status(w->printer).n_tickets; i++) {
        size_t n = printer_model_ticket(w->printer, i).rows;
        rows += n > PRINTER_BLADE_ROWS ? n - PRINTER_BLADE_ROWS : 0;
    }
    return rows;
}

/* A hot head stops by itself and goes on by itself. */
static void waits_while_the_head_cools(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 1, 576, 300);
    CU_ASSERT_TRUE(world_until_rows(&w, 100, 5000));
    printer_model_heat(w.printer, 600);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 3000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_HOT);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 9000);
    CU_ASSERT_EQUAL(rows_out(&w), 300);
    world_fini(&w);
}

static void gives_up_when_nobody_comes(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    printer_model_paper(w.printer, PRINTER_PAPER_LOW, 15);
    world_print(&w, 1, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
    world_hurry(&w, 100);
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_PRINTER_PAPER_OUT, 9000);
    world_hurry(&w, 8);
    printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 9000));
    world_hurry(&w, 3);
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 100 + PRINTER_BLADE_ROWS);
    CU_ASSERT_TRUE(rows_out(&w) < TICKET_ROWS); /* the rest of the first never came */
    world_fini(&w);
}

/* It takes nothing, says nothing, and no cause is known: 30 s, then a fault. */
static void a_stuck_write_without_cause_is_a_fault(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 1, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 100, 5000));
    printer_model_fault(w.printer, PRINTER_FAULT_NAK, PRINTER_ALWAYS);
    printer_model_fault(w.printer, PRINTER_FAULT_SILENT, PRINTER_ALWAYS);
    world_hurry(&w, 50);
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_PRINTER_SILENT, 9000);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_HARDWARE_ERROR, 9000));
    CU_ASSERT_TRUE(printer_model_status(w.printer).n_resets > 0); /* the last resort */
    printer_model_fault(w.printer, PRINTER_FAULT_NONE, 0);
    world_hurry(&w, 8);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 20000));
    world_hurry(&w, 3);
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 100 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

/* Only the port says why it takes nothing, then lies: its own word counts more. */
static void the_port_tells_when_the_printer_cannot(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 1, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 100, 5000));
    printer_model_fault(w.printer, PRINTER_FAULT_SILENT, PRINTER_ALWAYS);
    printer_model_paper(w.printer, PRINTER_PAPER_OUT, 0);
    world_hurry(&w, 8);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 9000));
    world_hurry(&w, 3);
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_PAPER_OUT);
    printer_model_fault(w.printer, PRINTER_FAULT_SILENT, 0);
    printer_model_paper(w.printer, PRINTER_PAPER_FULL, 0);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    CU_ASSERT_EQUAL(rows_out(&w), TICKET_ROWS);
    printer_model_fault(w.printer, PRINTER_FAULT_PORT, PRINTER_ALWAYS);
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    world_fini(&w);
}

/* Answers in pieces, strange bytes in between, lost answers to real-time questions. */
static void lives_with_a_noisy_line(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_fault(w.printer, PRINTER_FAULT_SPLIT, PRINTER_ALWAYS);
    printer_model_fault_seeded(w.printer, PRINTER_FAULT_NOISE, PRINTER_ALWAYS, 0.3, 11);
    for (int i = 1; i <= 5; i++) {
        world_print(&w, i, 576, 200);
        expect_done(&w, i, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 9000);
    }
    CU_ASSERT_EQUAL(rows_out(&w), 1000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 5);
    world_fini(&w);
}

/* The marker behind the cut is lost: the counter proves it, or it stays in doubt as not cut. */
static void a_lost_marker_is_made_up_for_by_the_counter(void)
{
    struct world w;
    world_ready_with(&w, &normal, counting, NULL);
    world_print(&w, 1, 576, 200);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_CUT, 0, 9000);
    world_print(&w, 2, 576, 200);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_CUT, 0, 9000);
    CU_ASSERT_EQUAL(rows_out(&w), 400);
    world_fini(&w);
    world_ready(&w, &normal);
    printer_model_fault(w.printer, PRINTER_FAULT_LOST_ID, 2);
    world_print(&w, 3, 576, 200);
    world_run(&w, 500);
    world_hurry(&w, 8);
    expect_done(&w, 3, PRINT_IN_DOUBT, EVIDENCE_IDLE, ERR_TIMEOUT, 9000);
    world_fini(&w);
}

/* The jam is noticed at the cut; whoever clears it opens the cover. Nobody comes: printed, with
 * the cut still to be made. */
static void a_jammed_cutter_leaves_a_printed_ticket(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_cutter(w.printer, true);
    world_print(&w, 1, 576, 200);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_OFFLINE, 5000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_CUTTER);
    world_hurry(&w, 100);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, ERR_PRINTER_CUTTER, 9000);
    world_hurry(&w, 3);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 0);
    printer_model_cover(w.printer, true);
    world_run(&w, 200);
    printer_model_cutter(w.printer, false);
    printer_model_cover(w.printer, false);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 9000));
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_TRUE_FATAL(n >= 2); /* the first was cut off before the second began */
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 100 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

static void a_broken_printer_is_a_fault(void)
{
    struct world w;
    world_ready(&w, &normal);
    printer_model_break(w.printer, true);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_HARDWARE_ERROR, 5000));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_PRINTER_FAULT);
    world_print(&w, 1, 576, 100);
    expect_done(&w, 1, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_PRINTER_FAULT, 5000);
    printer_model_break(w.printer, false);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 5000));
    world_fini(&w);
}

/* Power is lost in the middle: what hangs out is cut off before anybody else's ticket. */
static void half_a_ticket_does_not_reach_the_next_visitor(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 1, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 200, 5000));
    printer_model_power_cycle(w.printer);
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 9000);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 12000));
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 12000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_TRUE_FATAL(n >= 2);
    CU_ASSERT_TRUE(printer_model_ticket(w.printer, 0).rows < TICKET_ROWS);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 100 + PRINTER_BLADE_ROWS);
    world_fini(&w);
}

/* Gone just after the cut, the marker unread: back in time, the counter tells that it is out. */
static void the_counter_proves_a_ticket_after_a_replug(void)
{
    struct world w;
    world_ready_with(&w, &normal, counting, NULL);
    printer_model_fault(w.printer, PRINTER_FAULT_LOST_ID, PRINTER_ALWAYS);
    world_print(&w, 1, 576, 100);
    for (int i = 0; i < 200 && printer_model_status(w.printer).n_cuts == 0; i++)
        world_run(&w, 5);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 0);
    printer_model_fault(w.printer, PRINTER_FAULT_NONE, 0);
    printer_model_power_cycle(w.printer);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_CUT, 0, 12000);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_tickets, 1);
    world_fini(&w);
}

/* The same, but power went before the cut: it is in doubt, and never printed twice. */
static void a_ticket_lost_with_the_power_stays_in_doubt(void)
{
    static const struct printer_cfg cfg = {.speed = 0.5, .buffer_bytes = 60000};
    struct world w;
    world_ready_with(&w, &cfg, counting, NULL);
    world_print(&w, 1, 576, TICKET_ROWS);
    world_run(&w, 300); /* all sent, not all printed */
    printer_model_power_cycle(w.printer);
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 12000);
    world_run(&w, 500);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).strip_rows, 0); /* cut off */
    world_fini(&w);
}

static void an_unplugged_printer_is_not_waited_for_long(void)
{
    static const struct printer_cfg cfg = {.speed = 0.5, .buffer_bytes = 60000};
    struct world w;
    world_ready_with(&w, &cfg, counting, NULL);
    world_print(&w, 1, 576, TICKET_ROWS);
    world_print(&w, 2, 576, TICKET_ROWS);
    world_run(&w, 300);
    usbemu_unplug(printer_model_dev(w.printer));
    expect_done(&w, 2, PRINT_NOT_STARTED, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 2000);
    world_hurry(&w, 8);
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_USB_NO_DEVICE, 5000);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), 2);
    world_fini(&w);
}

/* Any faults, in any order: one answer per job, and no ticket that is called printed is missing. */
static void answers_every_job_once_whatever_happens(void)
{
    static const struct printer_cfg cfg = {.speed = 8, .buffer_bytes = 8192};
    enum { JOBS = 12 };
    struct world w;
    world_ready(&w, &cfg);
    printer_model_fault_seeded(w.printer, PRINTER_FAULT_NOISE, PRINTER_ALWAYS, 0.1, 3);
    printer_model_fault_seeded(w.printer, PRINTER_FAULT_SPLIT, PRINTER_ALWAYS, 0.5, 4);
    printer_model_fault_seeded(w.printer, PRINTER_FAULT_STALL, PRINTER_ALWAYS, 0.002, 5);
    printer_model_fault_seeded(w.printer, PRINTER_FAULT_LOST_ID, PRINTER_ALWAYS, 0.1, 6);
    printer_model_fault_seeded(w.printer, PRINTER_FAULT_CONTROL, PRINTER_ALWAYS, 0.3, 7);
    size_t n_printed = 0;
    world_hurry(&w, 8);
    for (int i = 1; i <= JOBS; i++) {
        world_print(&w, i, 576, 100);
        const struct device_event *e = world_until(&w, DEVICE_EVENT_PRINT_DONE, 20000);
        CU_ASSERT_PTR_NOT_NULL_FATAL(e);
        CU_ASSERT_EQUAL(e->print.job, i);
        n_printed += e->print.result == PRINT_PRINTED;
    }
    size_t n_whole = 0;
    for (size_t i = 0; i < printer_model_status(w.printer).n_tickets; i++)
        n_whole += printer_model_ticket(w.printer, i).rows == 100 + PRINTER_BLADE_ROWS;
    CU_ASSERT_TRUE(n_printed <= n_whole);
    CU_ASSERT_TRUE(n_whole <= JOBS);
    CU_ASSERT_TRUE(n_printed > 0);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_PRINT_DONE), JOBS);
    world_fini(&w);
}

/* Writes fail inside a picture, and so do the NULs that should end it: what is left of them is
 * sent all the same, or the next ticket's head would end the old picture. */
static void a_broken_picture_is_ended_whatever_it_takes(void)
{
    static const struct printer_cfg custom = {.speed = 4, .dialect = PRINTER_CUSTOM};
    struct world w;
    world_init(&w, &custom,
               TABLE("{\"dots\":576,\"status\":\"custom_full\",\"in_order\":true,"
                     "\"clear\":\"none\"}"),
               NULL);
    world_hurry(&w, 8);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_ONLINE, 20000));
    world_run(&w, 500);
    world_hurry(&w, 3);
    world_print(&w, 1, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 100, 5000));
    printer_model_fault(w.printer, PRINTER_FAULT_STALL, 6); /* four end the ticket */
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_USB_STALL, 9000);
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_PRINTED, EVIDENCE_IN_ORDER, 0, 20000);
    size_t n = printer_model_status(w.printer).n_tickets;
    CU_ASSERT_TRUE_FATAL(n >= 2);
    CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 100 + PRINTER_BLADE_ROWS);
    CU_ASSERT_EQUAL(printer_model_status(w.printer).n_unknown, 0);
    world_fini(&w);
}

/* Silent since the middle of a ticket, and the next one comes just as it speaks again: what hangs
 * out is cut off first. */
static void a_printer_that_speaks_again_is_cleaned_first(void)
{
    struct world w;
    world_ready(&w, &slow_small);
    world_print(&w, 1, 576, TICKET_ROWS);
    CU_ASSERT_TRUE(world_until_rows(&w, 100, 5000));
    printer_model_fault(w.printer, PRINTER_FAULT_NAK, PRINTER_ALWAYS);
    printer_model_fault(w.printer, PRINTER_FAULT_SILENT, PRINTER_ALWAYS);
    world_hurry(&w, 50);
    expect_done(&w, 1, PRINT_IN_DOUBT, EVIDENCE_SENT, ERR_PRINTER_SILENT, 9000);
    world_hurry(&w, 8);
    printer_model_fault(w.printer, PRINTER_FAULT_NAK, 0);
    CU_ASSERT_TRUE(world_until_state(&w, DEVICE_HARDWARE_ERROR, 9000));
    world_run(&w, 300);
    world_hurry(&w, 3);
    world_print(&w, 2, 576, 100);
    printer_model_fault(w.printer, PRINTER_FAULT_NONE, 0);
    const struct device_event *e = world_until(&w, DEVICE_EVENT_PRINT_DONE, 20000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    if (e->print.result == PRINT_PRINTED) { /* else it was refused, which is as good */
        size_t n = printer_model_status(w.printer).n_tickets;
        CU_ASSERT_TRUE_FATAL(n >= 2);
        CU_ASSERT_EQUAL(printer_model_ticket(w.printer, n - 1).rows, 100 + PRINTER_BLADE_ROWS);
    }
    world_fini(&w);
}

/* One ticket in doubt is no reason to doubt all that follow. */
static void unanswered_ids_cost_one_ticket_only(void)
{
    struct world w;
    world_ready(&w, &normal);
    world_print(&w, 1, 576, 100);
    expect_done(&w, 1, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 9000);
    printer_model_fault(w.printer, PRINTER_FAULT_LOST_ID, PRINTER_ALWAYS);
    world_print(&w, 2, 576, 100);
    expect_done(&w, 2, PRINT_IN_DOUBT, EVIDENCE_IDLE, ERR_TIMEOUT, 20000);
    world_run(&w, 1500); /* it looks for what may be left inside, and gets no id either */
    printer_model_fault(w.printer, PRINTER_FAULT_LOST_ID, 0);
    world_print(&w, 3, 576, 100);
    expect_done(&w, 3, PRINT_PRINTED, EVIDENCE_PROCESSED, 0, 20000);
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"waits while the head cools", waits_while_the_head_cools},
    {"gives up when nobody comes", gives_up_when_nobody_comes},
    {"a stuck write without cause is a fault", a_stuck_write_without_cause_is_a_fault},
    {"the port tells when the printer cannot", the_port_tells_when_the_printer_cannot},
    {"lives with a noisy line", lives_with_a_noisy_line},
    {"a lost marker is made up for by the counter", a_lost_marker_is_made_up_for_by_the_counter},
    {"a jammed cutter leaves a printed ticket", a_jammed_cutter_leaves_a_printed_ticket},
    {"a broken printer is a fault", a_broken_printer_is_a_fault},
    {"half a ticket does not reach the next visitor",
     half_a_ticket_does_not_reach_the_next_visitor},
    {"the counter proves a ticket after a re-plug", the_counter_proves_a_ticket_after_a_replug},
    {"a ticket lost with the power stays in doubt", a_ticket_lost_with_the_power_stays_in_doubt},
    {"an unplugged printer is not waited for long", an_unplugged_printer_is_not_waited_for_long},
    {"answers every job once whatever happens", answers_every_job_once_whatever_happens},
    {"a broken picture is ended whatever it takes", a_broken_picture_is_ended_whatever_it_takes},
    {"a printer that speaks again is cleaned first", a_printer_that_speaks_again_is_cleaned_first},
    {"unanswered ids cost one ticket only", unanswered_ids_cost_one_ticket_only},
    CU_TEST_INFO_NULL,
};

SIDE_BY_SIDE_MAIN("drivers.printer faults", cases, 5)
