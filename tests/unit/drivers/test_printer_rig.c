/* SPDX-License-Identifier: Apache-2.0 */
/* One printer model and its driver. Test code. */
#include "test_printer_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cunit_main.h"

const struct printer_cfg normal = {.speed = 4};
const struct printer_cfg slow_small = {.speed = 1, .buffer_bytes = 4096};

void world_init(struct world *w, const struct printer_cfg *cfg, const char *table,
                const char *settings)
{
    memset(w, 0, sizeof *w);
    w->haste = 3;
    w->base_ms = w->base_driver_ms = clock_mono_ms();
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->printer = printer_model_new(w->bus, cfg);
    usbemu_plug(printer_model_dev(w->printer));
    if (table)
        rig_init_text(&w->rig, &printer_ops, table, settings);
    else
        rig_init(&w->rig, &printer_ops, "printer.json", settings);
}

void world_ready_with(struct world *w, const struct printer_cfg *cfg, const char *table,
                      const char *settings)
{
    world_init(w, cfg, table, settings);
    CU_ASSERT_TRUE(world_until_state(w, DEVICE_ONLINE, 20000));
}

void world_ready(struct world *w, const struct printer_cfg *cfg)
{
    world_ready_with(w, cfg, NULL, NULL);
}

void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    printer_model_free(w->printer);
}

static int64_t driver_ms(const struct world *w, int64_t now_ms)
{
    return w->base_driver_ms + (int64_t)((double)(now_ms - w->base_ms) * w->haste);
}

void world_hurry(struct world *w, double haste)
{
    int64_t now_ms = clock_mono_ms();
    w->base_driver_ms = driver_ms(w, now_ms);
    w->base_ms = now_ms;
    w->haste = haste;
}

static void turn(struct world *w, int64_t until_ms)
{
    struct rig *r = &w->rig;
    size_t n_events = r->n_events;
    int64_t before = clock_mono_ms();
    int left = r->ops->step(r->d, driver_ms(w, before));
    int64_t after = clock_mono_ms();
    if (after - before > r->longest_step_ms)
        r->longest_step_ms = (unsigned)(after - before);
    r->n_steps++;
    if (w->haste > 1)
        left = (int)(left / w->haste) + (left > 0);
    if (left > until_ms - after)
        left = (int)(until_ms - after);
    if (r->n_events != n_events)
        left = 0; /* whoever waits for the event sees it now, not after a nap */
    r->ops->wait(r->d, left < 0 ? 0 : left);
}

const struct device_event *world_until(struct world *w, enum device_event_kind kind, int ms)
{
    struct rig *r = &w->rig;
    int64_t until_ms = clock_mono_ms() + ms;
    for (;;) {
        while (r->n_seen < r->n_events)
            if (r->event[r->n_seen++].kind == kind)
                return &r->event[r->n_seen - 1];
        if (clock_mono_ms() >= until_ms)
            return NULL;
        turn(w, until_ms);
    }
}

bool world_until_state(struct world *w, enum device_state state, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    while (w->rig.n_events == 0 || w->rig.status.state != state) {
        if (clock_mono_ms() >= until_ms)
            return false;
        turn(w, until_ms);
    }
    return true;
}

bool world_until_media(struct world *w, enum device_media media, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    while (w->rig.status.media != media) {
        if (clock_mono_ms() >= until_ms)
            return false;
        turn(w, until_ms);
    }
    return true;
}

void world_run(struct world *w, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    while (clock_mono_ms() < until_ms)
        turn(w, until_ms);
}

bool world_until_rows(struct world *w, unsigned long rows, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    while (printer_model_status(w->printer).n_rows < rows) {
        if (clock_mono_ms() >= until_ms)
            return false;
        int64_t soon_ms = clock_mono_ms() + 5;
        turn(w, soon_ms < until_ms ? soon_ms : until_ms);
    }
    return true;
}

void world_print(struct world *w, int64_t job, uint32_t width_dots, uint32_t rows)
{
    uint32_t stride = (width_dots + 7) / 8;
    struct bitmap *b = mem_zalloc(1, sizeof *b + (size_t)stride * rows);
    b->width_dots = width_dots;
    b->rows = rows;
    b->stride = stride;
    for (size_t i = 0; i < (size_t)stride * rows; i += 2)
        b->bits[i] = (uint8_t)(i / stride ^ (size_t)job);
    struct device_command c = {.kind = DEVICE_COMMAND_PRINT, .job = job, .bitmap = b};
    w->rig.ops->command(w->rig.d, &c, driver_ms(w, clock_mono_ms()));
}

void expect_done(struct world *w, int64_t job, enum print_result result,
                 enum print_evidence evidence, int code, int ms)
{
    const struct device_event *e = world_until(w, DEVICE_EVENT_PRINT_DONE, ms);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    if (e->print.job != job || e->print.result != result || e->print.evidence != evidence ||
        e->code != code)
        fprintf(stderr, "job %lld: result %d, evidence %d, %s\n", (long long)e->print.job,
                e->print.result, e->print.evidence, err_name(e->code));
    CU_ASSERT_EQUAL(e->print.job, job);
    CU_ASSERT_EQUAL(e->print.result, result);
    CU_ASSERT_EQUAL(e->print.evidence, evidence);
    CU_ASSERT_EQUAL(e->code, code);
}
