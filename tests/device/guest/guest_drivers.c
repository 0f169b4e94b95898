/* SPDX-License-Identifier: Apache-2.0 */
/* Runs inside the guest: the product's drivers once each, on a real kernel's USB stack. A line
 * "DO words" on the console asks the host for an order to the simulator. Main thread; argv[1] is
 * the folder of the device tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "unit/drivers/driver_rig.h"

enum { ONLINE_MS = 20000, EVENT_MS = 20000, NUMBER_OF_JOB = 7, HEAD_DOTS = 576, ROWS = 200 };

static int n_failed;

static void expect(const char *what, bool is_so)
{
    printf("%s %s\n", is_so ? "OK" : "FAILED", what);
    n_failed += !is_so;
}

static void rig_start(struct rig *r, const struct driver_ops *ops, const char *folder)
{
    char path[256], *text = NULL;
    size_t n = 0;
    struct err err = {0};

    snprintf(path, sizeof path, "%s/%s.json", folder, ops->name);
    if (mem_read_file(path, 65536, &text, &n, &err) != 0) {
        printf("FAILED %s: %s\n", path, err.msg);
        exit(1);
    }
    rig_init_text(r, ops, text, NULL);
    free(text);
}

static void check_reader(struct rig *r)
{
    const struct device_event *e;

    expect("reader: online", rig_until_state(r, DEVICE_ONLINE, ONLINE_MS));
    rig_command(r, DEVICE_COMMAND_ENABLE);
    puts("DO card lay zhangsan");
    e = rig_until(r, DEVICE_EVENT_CARD, EVENT_MS);
    expect("reader: a card is read", e != NULL &&
                                         strcmp(e->card->number, "11010519491231002X") == 0 &&
                                         strcmp(e->card->name, "张三") == 0);
    puts("DO card lift");
    expect("reader: the card is taken away",
           rig_until(r, DEVICE_EVENT_CARD_REMOVED, EVENT_MS) != NULL);
    puts("DO unplug reader");
    expect("reader: unplugged", rig_until_state(r, DEVICE_NO_DEVICE, ONLINE_MS));
    puts("DO plug reader");
    expect("reader: plugged in again", rig_until_state(r, DEVICE_ONLINE, ONLINE_MS));
}

static void check_scanner(struct rig *r)
{
    const struct device_event *e;

    expect("scanner: online", rig_until_state(r, DEVICE_ONLINE, ONLINE_MS));
    rig_command(r, DEVICE_COMMAND_ENABLE);
    rig_run(r, 300); /* the guest's controller begins to listen a little later */
    puts("DO scan https://example.cn/guest?n=一件事");
    e = rig_until(r, DEVICE_EVENT_CODE, EVENT_MS);
    expect("scanner: a code is scanned",
           e != NULL && strcmp(e->code_text, "https://example.cn/guest?n=一件事") == 0);
}

static void check_printer(struct rig *r)
{
    const struct device_event *e;

    expect("printer: online", rig_until_state(r, DEVICE_ONLINE, ONLINE_MS));
    rig_print(r, NUMBER_OF_JOB, HEAD_DOTS, ROWS);
    e = rig_until(r, DEVICE_EVENT_PRINT_DONE, EVENT_MS);
    expect("printer: a ticket is printed and proven", e != NULL && e->print.job == NUMBER_OF_JOB &&
                                                          e->print.result == PRINT_PRINTED &&
                                                          e->print.evidence >= EVIDENCE_PROCESSED);
}

int main(int argc, char **argv)
{
    static const struct {
        const struct driver_ops *ops;
        void (*check)(struct rig *r);
    } all[] = {
        {&reader_ops, check_reader}, {&scanner_ops, check_scanner}, {&printer_ops, check_printer}};
    static struct rig r;

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; argc == 2 && i < YJ_COUNT(all); i++) {
        rig_start(&r, all[i].ops, argv[1]);
        all[i].check(&r);
        rig_fini(&r);
    }
    printf("DRIVERS %s\n", n_failed == 0 && argc == 2 ? "PASSED" : "FAILED");
    return n_failed != 0;
}
