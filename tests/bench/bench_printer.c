/* SPDX-License-Identifier: Apache-2.0 */
/* How long from PRINT to PRINT_DONE, against the printer's own time and against a bare libusb
 * client that sends the same number of bytes and waits for the process id. One printer model,
 * alternating, in one run. Prints ratios; never a verdict. Main thread. */
#define _GNU_SOURCE
#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "drivers/driver.h"
#include "printer_model.h"

enum {
    ROWS = 1200,
    WIDTH_BYTES = 72,
    ROUNDS = 5,
    BAND = 128,
    CHUNK = 4096,
    EP_OUT = 2,
    EP_IN = 0x81
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct sink {
    bool is_online, is_done;
    enum print_result result;
};

static void on_event(void *arg, const struct device_event *e)
{
    struct sink *s = arg;
    if (e->kind == DEVICE_EVENT_STATUS)
        s->is_online = e->status.state == DEVICE_ONLINE;
    if (e->kind == DEVICE_EVENT_PRINT_DONE) {
        s->is_done = true;
        s->result = e->print.result;
    }
}

/* As the application's loop: what the step reported is seen before it sleeps. */
static void turn(struct driver *d, const bool *is_enough)
{
    int left = printer_ops.step(d, (int64_t)now_ms());
    if (!*is_enough)
        printer_ops.wait(d, left);
}

/* @return milliseconds, or negative when it was not printed */
static double run_driver(struct driver *d, struct sink *s)
{
    struct bitmap *b = mem_zalloc(1, sizeof *b + (size_t)WIDTH_BYTES * ROWS);
    b->width_dots = WIDTH_BYTES * 8;
    b->rows = ROWS;
    b->stride = WIDTH_BYTES;
    memset(b->bits, 0x55, (size_t)WIDTH_BYTES * ROWS);
    double start = now_ms();
    struct device_command c = {.kind = DEVICE_COMMAND_PRINT, .job = 1, .bitmap = b};
    s->is_done = false;
    printer_ops.command(d, &c, (int64_t)start);
    while (!s->is_done && now_ms() - start < 60000)
        turn(d, &s->is_done);
    return s->is_done && s->result == PRINT_PRINTED ? now_ms() - start : -1;
}

static size_t stream_make(uint8_t *out)
{
    static const uint8_t tail[] = "\x1D\x28\x48\x06\x00\x30\x30"
                                  "0001\x1D\x56\x42\x00\x1D\x28\x48\x06\x00\x30\x30"
                                  "0002";
    size_t n = 0;
    memcpy(out, "\x1B\x40", 2);
    n += 2;
    for (unsigned row = 0; row < ROWS; row += BAND) {
        unsigned rows = ROWS - row < BAND ? ROWS - row : BAND;
        const uint8_t head[] = {0x1D, 'v', '0', 0, WIDTH_BYTES, 0, (uint8_t)rows, 0};
        memcpy(out + n, head, sizeof head);
        memset(out + n + sizeof head, 0x55, (size_t)rows * WIDTH_BYTES);
        n += sizeof head + (size_t)rows * WIDTH_BYTES;
    }
    memcpy(out + n, tail, sizeof tail - 1);
    return n + sizeof tail - 1;
}

/* The shortest program that could do it. */
static double run_bare(void)
{
    static uint8_t stream[(size_t)WIDTH_BYTES * ROWS + 4096];
    size_t n = stream_make(stream);
    uint8_t in[512];
    libusb_context *ctx = NULL;
    if (libusb_init(&ctx) != 0)
        return -1;
    libusb_device_handle *h = libusb_open_device_with_vid_pid(ctx, 0x0416, 0x5011);
    double ms = -1;
    if (h && libusb_set_auto_detach_kernel_driver(h, 1) == 0 && libusb_claim_interface(h, 0) == 0) {
        double start = now_ms();
        for (size_t at = 0; at < n;) {
            int done = 0, len = n - at < CHUNK ? (int)(n - at) : CHUNK;
            if (libusb_bulk_transfer(h, EP_OUT, stream + at, len, &done, 60000) != 0)
                break;
            at += (size_t)done;
        }
        for (bool is_over = false; !is_over;) {
            int done = 0;
            if (libusb_bulk_transfer(h, EP_IN, in, sizeof in, &done, 30000) != 0)
                break;
            is_over = memmem(in, (size_t)done, "0002", 4) != NULL;
            if (is_over)
                ms = now_ms() - start;
        }
        libusb_release_interface(h, 0);
    }
    if (h)
        libusb_close(h);
    libusb_exit(ctx);
    return ms;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(void)
{
    struct printer_cfg cfg = {.speed = 1};
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct printer_model *m = printer_model_new(bus, &cfg);
    double driver[ROUNDS], bare[ROUNDS];
    /* the model's own words: rows and the feed at 1600 rows/s, then the blade */
    double own_ms = (ROWS + PRINTER_BLADE_ROWS) / 1.6 + 300;
    usbemu_plug(printer_model_dev(m));
    for (int i = 0; i < ROUNDS; i++) {
        struct sink s = {0};
        struct driver_sink sink = {on_event, &s};
        struct driver_cfg dc = {.table = "{\"class\":\"printer\",\"devices\":[{\"dots\":576}]}"};
        struct driver *d = NULL;
        if (printer_ops.open(&dc, &sink, &d, NULL) != 0)
            return 1;
        while (!s.is_online)
            turn(d, &s.is_online);
        driver[i] = run_driver(d, &s);
        printer_ops.close(d);
        bare[i] = run_bare();
        if (driver[i] < 0 || bare[i] < 0) {
            fputs("bench_printer: a ticket was not printed\n", stderr);
            return 1;
        }
    }
    qsort(driver, ROUNDS, sizeof driver[0], by_value);
    qsort(bare, ROUNDS, sizeof bare[0], by_value);
    double d = driver[ROUNDS / 2], b = bare[ROUNDS / 2];
    printf("printer: driver %.1f ms, bare libusb %.1f ms, the printer itself %.1f ms\n", d, b,
           own_ms);
    printf("printer: driver/printer %.3f, bare/printer %.3f, driver/bare %.3f\n", d / own_ms,
           b / own_ms, d / b);
    usbemu_bus_free(bus);
    printer_model_free(m);
    return 0;
}
