/* SPDX-License-Identifier: Apache-2.0 */
/* One driver on one thread. Test code. */
#include "driver_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static void on_event(void *arg, const struct device_event *event)
{
    struct rig *r = arg;
    if (r->n_events == RIG_MAX_EVENTS)
        abort();
    r->event[r->n_events++] = *event;
    if (event->kind == DEVICE_EVENT_STATUS)
        r->status = event->status;
}

void rig_init_text(struct rig *r, const struct driver_ops *ops, const char *text,
                   const char *settings)
{
    struct driver_sink sink = {on_event, r};
    struct err err = {0};
    memset(r, 0, sizeof *r);
    r->ops = ops;
    struct driver_cfg cfg = {.table = text, .settings = settings};
    if (ops->open(&cfg, &sink, &r->d, &err) != 0) {
        fprintf(stderr, "rig: %s\n", err.msg);
        abort();
    }
}

void rig_init(struct rig *r, const struct driver_ops *ops, const char *table, const char *settings)
{
    char path[512], *text = NULL;
    size_t n = 0;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/assets/devices/%s", YJ_SOURCE_DIR, table);
    if (mem_read_file(path, 65536, &text, &n, &err) != 0) {
        fprintf(stderr, "rig: %s\n", err.msg);
        abort();
    }
    rig_init_text(r, ops, text, settings);
    free(text);
}

void rig_fini(struct rig *r)
{
    r->ops->close(r->d);
    for (size_t i = 0; i < r->n_events; i++) {
        if (r->event[i].kind == DEVICE_EVENT_CARD)
            free(r->event[i].card);
        if (r->event[i].kind == DEVICE_EVENT_CODE)
            free(r->event[i].code_text);
        if (r->event[i].kind == DEVICE_EVENT_PORTRAIT)
            free(r->event[i].portrait);
    }
    r->d = NULL;
    r->n_events = 0;
}

void rig_command(struct rig *r, enum device_command_kind kind)
{
    struct device_command c = {.kind = kind};
    r->ops->command(r->d, &c, clock_mono_ms());
}

void rig_print(struct rig *r, int64_t job, uint32_t width_dots, uint32_t rows)
{
    uint32_t stride = (width_dots + 7) / 8;
    struct bitmap *b = mem_zalloc(1, sizeof *b + (size_t)stride * rows);
    b->width_dots = width_dots;
    b->rows = rows;
    b->stride = stride;
    for (uint32_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < stride; x += 2)
            b->bits[(size_t)y * stride + x] = (uint8_t)(y ^ (uint32_t)job);
    struct device_command c = {.kind = DEVICE_COMMAND_PRINT, .job = job, .bitmap = b};
    r->ops->command(r->d, &c, clock_mono_ms());
}

static void turn(struct rig *r, int64_t until_ms)
{
    int64_t before = clock_mono_ms();
    size_t n_events = r->n_events;
    int left = r->ops->step(r->d, before);
    int64_t after = clock_mono_ms();
    if (after - before > r->longest_step_ms)
        r->longest_step_ms = (unsigned)(after - before);
    r->n_steps++;
    if (left > until_ms - after)
        left = (int)(until_ms - after);
    if (r->n_events != n_events)
        left = 0; /* whoever waits for the event sees it now, not after a nap */
    r->ops->wait(r->d, left < 0 ? 0 : left);
}

const struct device_event *rig_until(struct rig *r, enum device_event_kind kind, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    for (;;) {
        while (r->n_seen < r->n_events)
            if (r->event[r->n_seen++].kind == kind)
                return &r->event[r->n_seen - 1];
        if (clock_mono_ms() >= until_ms)
            return NULL;
        turn(r, until_ms);
    }
}

bool rig_until_state(struct rig *r, enum device_state state, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    while (r->n_events == 0 || r->status.state != state) {
        if (clock_mono_ms() >= until_ms)
            return false;
        turn(r, until_ms);
    }
    return true;
}

void rig_run(struct rig *r, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    while (clock_mono_ms() < until_ms)
        turn(r, until_ms);
}

size_t rig_count(const struct rig *r, enum device_event_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_events; i++)
        n += r->event[i].kind == kind;
    return n;
}
