/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader driver adds to a card's own time: find, select, read over the emulated reader at
 * real speed, by the driver and by a bare libusb client that only sends the three commands. The
 * card lies there before the driver is asked, so that no poll is waited for. bench_reader [ROUNDS]
 * one JSON line; ratio is driver / bare, medians */
#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/driver.h"
#include "reader_model.h"

enum { MAX_ROUNDS = 50, WAIT_S = 30 };

struct bench {
    struct usbemu_bus *bus;
    struct reader_model *reader;
    struct card_box *box;
    struct driver *driver;
    bool has_card, is_removed, is_online;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
    fprintf(stderr, "bench_reader: %s\n", what);
    exit(1);
}

static void on_event(void *arg, const struct device_event *e)
{
    struct bench *b = arg;
    if (e->kind == DEVICE_EVENT_CARD) {
        b->has_card = true;
        bytes_wipe(e->card, sizeof *e->card);
        free(e->card);
    } else if (e->kind == DEVICE_EVENT_CARD_REMOVED) {
        b->is_removed = true;
    } else if (e->kind == DEVICE_EVENT_STATUS) {
        b->is_online = e->status.state == DEVICE_ONLINE;
    }
}

/* The application's loop, until it happens. */
static void driver_until(struct bench *b, bool *happened)
{
    double until = now_ms() + WAIT_S * 1e3;
    *happened = false;
    while (!*happened) {
        int left = reader_ops.step(b->driver, (int64_t)now_ms());
        if (!*happened)
            reader_ops.wait(b->driver, left);
        if (now_ms() > until)
            die("the driver does not get on");
    }
}

static void driver_command(struct bench *b, enum device_command_kind kind)
{
    struct device_command c = {.kind = kind};
    reader_ops.command(b->driver, &c, (int64_t)now_ms());
}

static void driver_open(struct bench *b)
{
    char *table = NULL;
    size_t n = 0;
    struct err err = {0};
    struct driver_sink sink = {on_event, b};
    if (mem_read_file(YJ_SOURCE_DIR "/assets/devices/reader.json", 65536, &table, &n, &err) != 0)
        die(err.msg);
    struct driver_cfg cfg = {.table = table};
    if (reader_ops.open(&cfg, &sink, &b->driver, &err) != 0)
        die(err.msg);
    free(table);
    driver_until(b, &b->is_online);
}

static double driver_round(struct bench *b)
{
    reader_model_lay(b->reader, card_box_find(b->box, "zhangsan"));
    double begin = now_ms();
    driver_command(b, DEVICE_COMMAND_ENABLE);
    driver_until(b, &b->has_card);
    double ms = now_ms() - begin;
    driver_command(b, DEVICE_COMMAND_DISABLE);
    reader_model_lift(b->reader);
    driver_until(b, &b->is_removed);
    return ms;
}

static int bare_transfer(libusb_device_handle *h, uint8_t endpoint, uint8_t *p, int n)
{
    int done = 0;
    int r = libusb_bulk_transfer(h, endpoint, p, n, &done, 5000);
    return r == 0 ? done : r;
}

static void bare_command(libusb_device_handle *h, const char *hex, int expected)
{
    uint8_t out[16], head[64], body[2560];
    int n = bytes_unhex(hex, out, sizeof out);
    if (bare_transfer(h, 0x02, out, 7) != 7 || bare_transfer(h, 0x06, out + 7, n - 7) != n - 7 ||
        bare_transfer(h, 0x81, head, sizeof head) != 7 ||
        bare_transfer(h, 0x85, body, sizeof body) != expected)
        die("the bare client got another answer");
}

static double bare_round(struct bench *b, libusb_device_handle *h)
{
    reader_model_lay(b->reader, card_box_find(b->box, "zhangsan"));
    double begin = now_ms();
    bare_command(h, "aaaaaa96690003200122", 8);
    bare_command(h, "aaaaaa96690003200221", 12);
    bare_command(h, "aaaaaa96690003300132", 1288);
    double ms = now_ms() - begin;
    reader_model_lift(b->reader);
    return ms;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_size);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct reader_cfg cfg = {.speed = 1, .warm_up_ms = 1};
    char error[160];
    double driver_ms[MAX_ROUNDS], bare_ms[MAX_ROUNDS];
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
    if (rounds < 1 || rounds > MAX_ROUNDS)
        die("ROUNDS is 1..50");
    b.box = card_box_load(YJ_SOURCE_DIR "/tests/device/sim/cards.json", error);
    if (!b.box)
        die(error);
    b.bus = usbemu_bus_new(USBEMU_DIRECT);
    b.reader = reader_model_new(b.bus, &cfg);
    usbemu_plug(reader_model_dev(b.reader));

    driver_open(&b);
    for (long i = 0; i < rounds; i++)
        driver_ms[i] = driver_round(&b);
    reader_ops.close(b.driver);

    libusb_context *ctx = NULL;
    if (libusb_init(&ctx) != 0)
        die("libusb does not start");
    libusb_device_handle *h = libusb_open_device_with_vid_pid(ctx, 0x0400, 0xc35a);
    if (!h || libusb_claim_interface(h, 0) != 0)
        die("the bare client cannot open the reader");
    for (long i = 0; i < rounds; i++)
        bare_ms[i] = bare_round(&b, h);
    libusb_close(h);
    libusb_exit(ctx);

    double driver = median(driver_ms, (size_t)rounds), bare = median(bare_ms, (size_t)rounds);
    printf("{\"name\": \"reader\", \"rounds\": %ld, \"model_ms\": 800, \"bare_ms\": %.2f, "
           "\"driver_ms\": %.2f, \"ratio\": %.4f}\n",
           rounds, bare, driver, driver / bare);
    usbemu_bus_free(b.bus);
    reader_model_free(b.reader);
    card_box_free(b.box);
    return 0;
}
