/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the reader driver share: the emulated reader, its cards, and the driver over
 * the real libusb. Test code, single-threaded. */
#ifndef YJ_TESTS_READER_WORLD_H
#define YJ_TESTS_READER_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cunit_main.h"
#include "driver_rig.h"
#include "reader_model.h"
#include "side_by_side.h"

/* Upper limits are generous: a slow machine must not fail. */
enum { SOON_MS = 20000 };

struct world {
    struct usbemu_bus *bus;
    struct reader_model *reader;
    struct card_box *box;
    struct rig rig;
};

/* The table the tests use unless they want an oddity: short polls. */
#define READER_TABLE(more)                                                                         \
    "{\"class\": \"reader\", \"devices\": [{\"vid\": \"0400\", \"pid\": \"c35a\", "                \
    "\"poll_ms\": 200" more "}]}"

static const struct reader_cfg quick = {.speed = 10, .warm_up_ms = 100};

/* Bus and reader, nothing plugged in, no driver. */
static inline void world_build(struct world *w, const struct reader_cfg *cfg)
{
    char error[160];
    memset(w, 0, sizeof *w);
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->reader = reader_model_new(w->bus, cfg);
    w->box = card_box_load(YJ_SOURCE_DIR "/tests/device/sim/cards.json", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->box);
}

/* And the driver on it, warm, enabled, nothing on the reader. */
static inline void world_start(struct world *w, const struct reader_cfg *cfg, const char *table,
                               const char *settings)
{
    world_build(w, cfg);
    usbemu_plug(reader_model_dev(w->reader));
    rig_init_text(&w->rig, &reader_ops, table, settings);
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w->rig, DEVICE_ONLINE, SOON_MS));
    rig_command(&w->rig, DEVICE_COMMAND_ENABLE);
}

static inline void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    reader_model_free(w->reader);
    card_box_free(w->box);
}

static inline void lay(struct world *w, const char *name)
{
    const struct sim_card *c = card_box_find(w->box, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    reader_model_lay(w->reader, c);
}

/* @return the next card read, borrowed from the rig; fatal when none comes */
static inline const struct card *card_await(struct world *w)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_CARD, SOON_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    return e->card;
}

static inline const struct card *lay_and_await(struct world *w, const char *name)
{
    lay(w, name);
    return card_await(w);
}

static inline void lift_and_await(struct world *w)
{
    reader_model_lift(w->reader);
    CU_ASSERT_PTR_NOT_NULL(rig_until(&w->rig, DEVICE_EVENT_CARD_REMOVED, SOON_MS));
}

#endif
