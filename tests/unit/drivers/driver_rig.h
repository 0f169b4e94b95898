/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one driver on the calling thread, as the application's loop would, over the emulated bus,
 * and keeps what it emits. Test code, single-threaded (the models answer on the bus's timer). */
#ifndef YJ_TESTS_DRIVER_RIG_H
#define YJ_TESTS_DRIVER_RIG_H

#include <stdbool.h>
#include <stddef.h>

#include "drivers/driver.h"

enum { RIG_MAX_EVENTS = 256, RIG_FOREVER = 100000 };

struct rig {
    const struct driver_ops *ops;
    struct driver *d;
    struct device_event event[RIG_MAX_EVENTS]; /* payloads are kept and freed by rig_fini */
    size_t n_events, n_seen;
    struct device_status status; /* the latest */
    unsigned n_steps, longest_step_ms;
};

/* Open the driver with the project's own table assets/devices/<table>.
 * @param settings  JSON text or NULL */
void rig_init(struct rig *r, const struct driver_ops *ops, const char *table, const char *settings);
/* The same with the table's text. */
void rig_init_text(struct rig *r, const struct driver_ops *ops, const char *text,
                   const char *settings);
void rig_fini(struct rig *r);

void rig_command(struct rig *r, enum device_command_kind kind);
/* A picture of the given size with something on every row. */
void rig_print(struct rig *r, int64_t job, uint32_t width_dots, uint32_t rows);

/* Run until the next unseen event of this kind. @return it, or NULL after ms */
const struct device_event *rig_until(struct rig *r, enum device_event_kind kind, int ms);
/* Run until the latest status has this state. @return whether it came */
bool rig_until_state(struct rig *r, enum device_state state, int ms);
/* Run for ms. */
void rig_run(struct rig *r, int ms);
/* Events of a kind since rig_init. */
size_t rig_count(const struct rig *r, enum device_event_kind kind);

#endif
