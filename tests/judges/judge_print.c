/* SPDX-License-Identifier: Apache-2.0 */
/* Prints slip.pbm of the folder argv[1] with the product's printer driver on the simulated printer,
 * which leaves printer.bin there: what went over the wire. Main thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "printer_model.h"
#include "unit/drivers/driver_rig.h"

enum { ONLINE_MS = 60000, PRINT_MS = 60000, PBM_MAX_BYTES = 1 << 22 };

static struct bitmap *slip_read(const char *folder)
{
    char path[512], *data = NULL;
    size_t n = 0;
    unsigned width = 0, rows = 0;
    int head = 0;
    struct err err = {0};

    snprintf(path, sizeof path, "%s/slip.pbm", folder);
    if (mem_read_file(path, PBM_MAX_BYTES, &data, &n, &err) != 0 ||
        sscanf(data, "P4\n%u %u%n", &width, &rows, &head) != 2 ||
        n != (size_t)head + 1 + (size_t)(width + 7) / 8 * rows) {
        fprintf(stderr, "%s: no picture %s\n", path, err.msg);
        exit(1);
    }
    struct bitmap *b = mem_zalloc(1, sizeof *b + n);
    *b = (struct bitmap){.width_dots = width, .rows = rows, .stride = (width + 7) / 8};
    memcpy(b->bits, data + head + 1, n - (size_t)head - 1);
    free(data);
    return b;
}

int main(int argc, char **argv)
{
    struct printer_cfg cfg = {.speed = 50, .has_raw_log = true};
    static struct rig r;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    cfg.out_dir = argv[1];
    struct bitmap *picture = slip_read(argv[1]);
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct printer_model *m = printer_model_new(bus, &cfg);
    usbemu_plug(printer_model_dev(m));
    rig_init(&r, &printer_ops, "printer.json", NULL);
    const struct device_event *e = NULL;
    if (rig_until_state(&r, DEVICE_ONLINE, ONLINE_MS)) {
        struct device_command c = {.kind = DEVICE_COMMAND_PRINT, .job = 1, .bitmap = picture};
        r.ops->command(r.d, &c, clock_mono_ms());
        e = rig_until(&r, DEVICE_EVENT_PRINT_DONE, PRINT_MS);
    }
    bool is_printed = e != NULL && e->print.result == PRINT_PRINTED;
    if (!is_printed)
        fprintf(stderr, "not printed: result %d code %d\n", e ? (int)e->print.result : -1,
                e ? e->code : r.status.cause);
    rig_fini(&r);
    usbemu_bus_free(bus);
    printer_model_free(m);
    return is_printed ? 0 : 1;
}
