/* SPDX-License-Identifier: Apache-2.0 */
/* One printer model, one driver, and a clock that may run faster than the world's: the driver's
 * patience of half a minute is over in seconds. Test code, single-threaded. */
#ifndef YJ_TESTS_PRINTER_RIG_H
#define YJ_TESTS_PRINTER_RIG_H

#include "cunit_main.h"
#include "driver_rig.h"
#include "printer_model.h"
#include "side_by_side.h"

enum { TICKET_ROWS = 600 };

struct world {
    struct usbemu_bus *bus;
    struct printer_model *printer;
    struct rig rig;
    double haste;                    /* the driver's milliseconds in one of ours */
    int64_t base_ms, base_driver_ms; /* since when it is so */
};

/* An 80 mm printer, four times as fast as a real one; and one as fast as a real one
 * that has little room. */
extern const struct printer_cfg normal, slow_small;

/* @param table  text of a printer table, NULL: the project's own
 * @param settings  JSON or NULL */
void world_init(struct world *w, const struct printer_cfg *cfg, const char *table,
                const char *settings);
/* The same, and run until it is online. */
void world_ready(struct world *w, const struct printer_cfg *cfg);
void world_ready_with(struct world *w, const struct printer_cfg *cfg, const char *table,
                      const char *settings);
void world_fini(struct world *w);

/* From now on the driver's clock runs so many times as fast as the world's (3 at the start). Only
 * where nothing but its patience is waited for: an answer takes its time in the world. */
void world_hurry(struct world *w, double haste);

/* Times are the world's milliseconds. */
const struct device_event *world_until(struct world *w, enum device_event_kind kind, int ms);
bool world_until_state(struct world *w, enum device_state state, int ms);
bool world_until_media(struct world *w, enum device_media media, int ms);
/* Until so many rows have been printed in all. */
bool world_until_rows(struct world *w, unsigned long rows, int ms);
void world_run(struct world *w, int ms);
void world_print(struct world *w, int64_t job, uint32_t width_dots, uint32_t rows);

/* The next PRINT_DONE must be this. */
void expect_done(struct world *w, int64_t job, enum print_result result,
                 enum print_evidence evidence, int code, int ms);

#endif
