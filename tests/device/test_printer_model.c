/* SPDX-License-Identifier: Apache-2.0 */
/* Printer model over the real libusb: what is sent, what is answered, what is on the paper.
 * Main thread. */
#define _GNU_SOURCE
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "printer_model.h"
#include "usb_rig.h"

enum { EP_OUT = 0x02, EP_IN = 0x81, TOP = PRINTER_BLADE_ROWS };

struct rig {
    struct usbemu_bus *bus;
    struct printer_model *model;
    libusb_context *ctx;
    libusb_device_handle *h;
    char dir[32];
};

static void rig_up(struct rig *r, double speed, size_t buffer)
{
    struct printer_cfg cfg = {.speed = speed, .buffer_bytes = buffer, .has_raw_log = true};

    strcpy(r->dir, "/tmp/printer-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(r->dir));
    cfg.out_dir = r->dir;
    r->bus = usbemu_bus_new(USBEMU_DIRECT);
    r->model = printer_model_new(r->bus, &cfg);
    usbemu_plug(printer_model_dev(r->model));
    r->h = rig_open(0x0416, 0x5011, &r->ctx);
}

static void remove_file(const struct rig *r, const char *name)
{
    char path[80];

    snprintf(path, sizeof path, "%s/%s", r->dir, name);
    unlink(path);
}

static void rig_down(struct rig *r)
{
    char name[32];

    rig_close(r->h, r->ctx);
    usbemu_bus_free(r->bus);
    printer_model_free(r->model);
    for (int i = 1; i < 10; i++) {
        snprintf(name, sizeof name, "ticket-%04d.png", i);
        remove_file(r, name);
    }
    remove_file(r, "tickets.jsonl");
    remove_file(r, "printer.bin");
    rmdir(r->dir);
}

static void send(struct rig *r, const void *data, size_t n)
{
    CU_ASSERT_EQUAL(rig_out(r->h, EP_OUT, data, n, 5000), (int)n);
}

/* One answer within ms. @return its length, or a libusb error */
static int recv(struct rig *r, uint8_t b[64], int ms)
{
    return rig_in(r->h, EP_IN, b, 64, ms);
}

static int real_time(struct rig *r, uint8_t n)
{
    uint8_t c[3] = {0x10, 4, n}, b[64];

    send(r, c, sizeof c);
    return recv(r, b, 500) == 1 ? b[0] : -1;
}

static bool wait_idle(struct rig *r, int ms)
{
    for (; ms > 0 && !printer_model_status(r->model).is_idle; ms -= 5)
        usleep(5000);
    return ms > 0;
}

/* GS v 0 of rows full-width rows; every byte is fill */
static void send_raster(struct rig *r, unsigned rows, uint8_t fill)
{
    uint8_t *c = malloc(8 + 72 * (size_t)rows);

    memcpy(c, (uint8_t[]){0x1d, 'v', '0', 0, 72, 0, (uint8_t)rows, (uint8_t)(rows >> 8)}, 8);
    memset(c + 8, fill, 72 * (size_t)rows);
    send(r, c, 8 + 72 * (size_t)rows);
    free(c);
}

static const uint8_t cut[] = {0x1d, 'V', 66, 0};
static const uint8_t init[] = {0x1b, '@'};

/* @return the picture, 8-bit grey, owned by the caller, or NULL */
static uint8_t *png_load(const struct rig *r, unsigned index, unsigned *ret_w, unsigned *ret_h)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    char path[80];

    snprintf(path, sizeof path, "%s/ticket-%04u.png", r->dir, index);
    if (!png_image_begin_read_from_file(&image, path))
        return NULL;
    image.format = PNG_FORMAT_GRAY;
    uint8_t *p = malloc(PNG_IMAGE_SIZE(image));
    png_image_finish_read(&image, NULL, p, 0, NULL);
    *ret_w = image.width;
    *ret_h = image.height;
    return p;
}

static void test_class_requests(void)
{
    struct rig r;
    uint8_t b[256] = {0};

    rig_up(&r, 50, 0);
    int n = libusb_control_transfer(r.h, 0xa1, 0, 0, 0, b, sizeof b, 500);
    CU_ASSERT(n > 40);
    CU_ASSERT_EQUAL(b[0] << 8 | b[1], n);
    CU_ASSERT_PTR_NOT_NULL(strstr((char *)b + 2, "MFG:Yijian-Sim;MDL:RP80;CMD:ESC/POS;"));
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0xa1, 1, 0, 0, b, 1, 500), 1);
    CU_ASSERT_EQUAL(b[0], 0x18);
    printer_model_paper(r.model, PRINTER_PAPER_OUT, 0);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0xa1, 1, 0, 0, b, 1, 500), 1);
    CU_ASSERT_EQUAL(b[0], 0x28);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 2, 0, 0, NULL, 0, 500), 0);
    rig_down(&r);
}

static void test_raster_pixels(void)
{
    /* 2 bytes wide, 3 rows, centred: starts at dot 280 */
    static const uint8_t job[] = {0x1b, 'a', 1,    0x1d, 'v',  '0',  0,    2,   0,
                                  3,    0,   0x80, 0x01, 0xff, 0x00, 0x00, 0xff};
    struct rig r;
    unsigned w = 0, h = 0;

    rig_up(&r, 50, 0);
    send(&r, init, sizeof init);
    send(&r, job, sizeof job);
    send(&r, cut, sizeof cut);
    CU_ASSERT(wait_idle(&r, 3000));
    uint8_t *p = png_load(&r, 1, &w, &h);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    CU_ASSERT_EQUAL(w, PRINTER_DOTS);
    CU_ASSERT_EQUAL(h, TOP + 3);
    CU_ASSERT_EQUAL(p[TOP * w + 280], 0);
    CU_ASSERT_EQUAL(p[TOP * w + 281], 255);
    CU_ASSERT_EQUAL(p[TOP * w + 295], 0);
    CU_ASSERT_EQUAL(p[(TOP + 1) * w + 287], 0);
    CU_ASSERT_EQUAL(p[(TOP + 1) * w + 288], 255);
    CU_ASSERT_EQUAL(p[(TOP + 2) * w + 288], 0);
    unsigned n_ink = 0;
    for (unsigned i = 0; i < w * h; i++)
        n_ink += p[i] == 0;
    CU_ASSERT_EQUAL(n_ink, 2 + 8 + 8);
    free(p);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_cuts, 1);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_unknown, 0);
    CU_ASSERT_TRUE(printer_model_ticket(r.model, 0).is_cut);
    CU_ASSERT_EQUAL(printer_model_ticket(r.model, 0).bytes, sizeof init + sizeof job + sizeof cut);
    rig_down(&r);
}

static void test_status_bytes(void)
{
    struct rig r;
    uint8_t b[64];

    rig_up(&r, 50, 0);
    for (uint8_t n = 1; n <= 4; n++)
        CU_ASSERT_EQUAL(real_time(&r, n), 0x12);
    printer_model_cover(r.model, true);
    CU_ASSERT_EQUAL(real_time(&r, 1), 0x1a);
    CU_ASSERT_EQUAL(real_time(&r, 2), 0x16);
    printer_model_cover(r.model, false);
    printer_model_paper(r.model, PRINTER_PAPER_LOW, 0);
    CU_ASSERT_EQUAL(real_time(&r, 1), 0x12);
    CU_ASSERT_EQUAL(real_time(&r, 4), 0x1e);
    printer_model_paper(r.model, PRINTER_PAPER_OUT, 0);
    CU_ASSERT_EQUAL(real_time(&r, 2), 0x32);
    CU_ASSERT_EQUAL(real_time(&r, 4), 0x7e);
    printer_model_paper(r.model, PRINTER_PAPER_FULL, 0);
    send(&r,
         "\x1d"
         "a\xff",
         3);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 4);
    CU_ASSERT_EQUAL(memcmp(b, "\x10\x00\x00\x0f", 4), 0);
    printer_model_cover(r.model, true);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 4);
    CU_ASSERT_EQUAL(b[0], 0x38);
    printer_model_cover(r.model, false);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 4);
    CU_ASSERT_EQUAL(b[0], 0x10);
    send(&r,
         "\x1d"
         "r\x01\x1dI\x43",
         6);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 1);
    CU_ASSERT_EQUAL(b[0], 0);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 6);
    CU_ASSERT_STRING_EQUAL((char *)b, "_RP80");
    rig_down(&r);
}

/* 1600 rows take a second at speed 1: the id must not come before. */
static void test_process_id(void)
{
    static const uint8_t id[] = {0x1d, '(', 'H', 6, 0, 0x30, 0x30, '0', '0', '4', '2'};
    struct rig r;
    struct timespec a, e;
    uint8_t b[64];

    rig_up(&r, 1, 200000);
    clock_gettime(CLOCK_MONOTONIC, &a);
    send_raster(&r, 1600, 0x55);
    send(&r, id, sizeof id);
    CU_ASSERT_EQUAL(recv(&r, b, 200), LIBUSB_ERROR_TIMEOUT);
    CU_ASSERT_EQUAL(real_time(&r, 1), 0x12); /* in real time, while printing */
    CU_ASSERT_EQUAL(recv(&r, b, 3000), 7);
    clock_gettime(CLOCK_MONOTONIC, &e);
    CU_ASSERT_EQUAL(memcmp(b,
                           "\x37\x22"
                           "0042",
                           7),
                    0);
    double s = (double)(e.tv_sec - a.tv_sec) + (double)(e.tv_nsec - a.tv_nsec) / 1e9;
    CU_ASSERT(s > 0.9);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 1600);
    rig_down(&r);
}

static void test_real_time_in_raster(void)
{
    static const uint8_t job[] = {0x1d, 'v', '0', 0, 4, 0, 2, 0, 0xaa, 0x10, 4, 2, 1, 2, 3, 4};
    struct rig r;
    uint8_t b[64];

    rig_up(&r, 50, 0);
    printer_model_cover(r.model, true);
    send(&r, job, sizeof job);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 1);
    CU_ASSERT_EQUAL(b[0], 0x16);
    printer_model_cover(r.model, false);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 2); /* and it is still picture data */
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_unknown, 0);
    rig_down(&r);
}

static void test_paper_out_resumes(void)
{
    struct rig r;
    unsigned w = 0, h = 0, n_ink = 0;

    rig_up(&r, 20, 4096);
    printer_model_paper(r.model, PRINTER_PAPER_LOW, 25); /* 200 rows left */
    uint8_t *c = malloc(8 + 72 * 400);
    int done = 0;
    memcpy(c, (uint8_t[]){0x1d, 'v', '0', 0, 72, 0, 400 & 255, 400 >> 8}, 8);
    memset(c + 8, 0xff, 72 * 400);
    CU_ASSERT_EQUAL(libusb_bulk_transfer(r.h, EP_OUT, c, 8 + 72 * 400, &done, 400),
                    LIBUSB_ERROR_TIMEOUT);
    CU_ASSERT(done > 72 * 200 && done < 72 * 400); /* flow control: the rest was refused */
    struct printer_status s = printer_model_status(r.model);
    CU_ASSERT_EQUAL(s.paper, PRINTER_PAPER_OUT);
    CU_ASSERT_FALSE(s.is_idle);
    CU_ASSERT_EQUAL(s.n_rows, 201);
    printer_model_cover(r.model, true);
    printer_model_paper(r.model, PRINTER_PAPER_FULL, 0);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 201);
    printer_model_cover(r.model, false);
    send(&r, c + done, (size_t)(8 + 72 * 400 - done));
    send(&r, cut, sizeof cut);
    CU_ASSERT(wait_idle(&r, 3000));
    uint8_t *p = png_load(&r, 1, &w, &h);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    CU_ASSERT_EQUAL(h, TOP + 400);
    for (unsigned i = 0; i < w * h; i++)
        n_ink += p[i] == 0;
    CU_ASSERT_EQUAL(n_ink, 576 * 400); /* no row lost, none doubled */
    free(p);
    free(c);
    rig_down(&r);
}

static void test_cutter_jam(void)
{
    struct rig r;

    rig_up(&r, 50, 0);
    printer_model_cutter(r.model, true);
    send_raster(&r, 100, 0x11);
    send(&r, cut, sizeof cut);
    for (int i = 0; i < 200 && !printer_model_status(r.model).is_cutter_error; i++)
        usleep(5000);
    CU_ASSERT_EQUAL(real_time(&r, 3), 0x1a);
    CU_ASSERT_EQUAL(real_time(&r, 1), 0x1a);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_tickets, 0);
    printer_model_cutter(r.model, false);
    CU_ASSERT_EQUAL(real_time(&r, 3), 0x1a); /* staff freed it, nobody told the printer */
    send(&r, "\x10\x05\x01", 3);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(real_time(&r, 3), 0x12);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_tickets, 1);
    rig_down(&r);
}

static void test_clear(void)
{
    static const uint8_t clear[] = {0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8};
    struct rig r;
    uint8_t b[64];

    rig_up(&r, 50, 0);
    printer_model_paper(r.model, PRINTER_PAPER_OUT, 0);
    send_raster(&r, 50, 0xff);
    send(&r, clear, sizeof clear);
    CU_ASSERT_EQUAL(recv(&r, b, 500), 3);
    CU_ASSERT_EQUAL(memcmp(b, "\x37\x25", 3), 0);
    CU_ASSERT_EQUAL(printer_model_status(r.model).buffer_bytes, 0);
    printer_model_paper(r.model, PRINTER_PAPER_FULL, 0);
    CU_ASSERT(wait_idle(&r, 500));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 0);
    rig_down(&r);
}

/* Power is lost in the middle: what is on the paper stays, what was in memory is gone. */
static void test_power_cut(void)
{
    struct rig r;

    rig_up(&r, 1, 200000);
    send_raster(&r, 1600, 0xff);
    usleep(150000);
    usbemu_unplug(printer_model_dev(r.model));
    unsigned long rows = printer_model_status(r.model).n_rows;
    CU_ASSERT(rows > 20 && rows < 1500);
    rig_close(r.h, r.ctx);
    usbemu_plug(printer_model_dev(r.model));
    r.h = rig_open(0x0416, 0x5011, &r.ctx);
    CU_ASSERT_EQUAL(printer_model_status(r.model).buffer_bytes, 0);
    CU_ASSERT_EQUAL(printer_model_status(r.model).strip_rows, rows);
    send(&r, cut, sizeof cut);
    CU_ASSERT(wait_idle(&r, 2000));
    CU_ASSERT_EQUAL(printer_model_ticket(r.model, 0).rows, TOP + rows);
    rig_down(&r);
}

static void test_faults(void)
{
    struct rig r;
    uint8_t b[64] = {0};

    rig_up(&r, 50, 0);
    printer_model_fault(r.model, PRINTER_FAULT_SILENT, 1);
    CU_ASSERT_EQUAL(real_time(&r, 1), -1);
    CU_ASSERT_EQUAL(real_time(&r, 1), 0x12);
    printer_model_fault(r.model, PRINTER_FAULT_STALL, 1);
    CU_ASSERT_EQUAL(rig_out(r.h, EP_OUT, b, 8, 200), LIBUSB_ERROR_PIPE);
    CU_ASSERT_EQUAL(libusb_clear_halt(r.h, EP_OUT), 0);
    CU_ASSERT_EQUAL(rig_out(r.h, EP_OUT, b, 8, 200), 8);
    printer_model_fault(r.model, PRINTER_FAULT_IOERROR, 1);
    CU_ASSERT_EQUAL(rig_out(r.h, EP_OUT, b, 8, 200), LIBUSB_ERROR_IO);
    printer_model_fault(r.model, PRINTER_FAULT_NAK, PRINTER_ALWAYS);
    CU_ASSERT_EQUAL(rig_out(r.h, EP_OUT, b, 8, 50), LIBUSB_ERROR_TIMEOUT);
    printer_model_fault(r.model, PRINTER_FAULT_NONE, 0);
    CU_ASSERT_EQUAL(rig_out(r.h, EP_OUT, b, 8, 200), 8);
    printer_model_fault(r.model, PRINTER_FAULT_UNPLUG, 1);
    send_raster(&r, 10, 0xff);
    for (int i = 0; i < 100 && usbemu_is_plugged(printer_model_dev(r.model)); i++)
        usleep(5000);
    CU_ASSERT_FALSE(usbemu_is_plugged(printer_model_dev(r.model)));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 1);
    rig_down(&r);
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("printer model", NULL, NULL);
    CU_add_test(suite, "class requests", test_class_requests);
    CU_add_test(suite, "raster to pixels", test_raster_pixels);
    CU_add_test(suite, "status bytes", test_status_bytes);
    CU_add_test(suite, "process id after printing", test_process_id);
    CU_add_test(suite, "DLE EOT inside a raster", test_real_time_in_raster);
    CU_add_test(suite, "paper out, reload, resume", test_paper_out_resumes);
    CU_add_test(suite, "cutter jam", test_cutter_jam);
    CU_add_test(suite, "clear", test_clear);
    CU_add_test(suite, "power cut", test_power_cut);
    CU_add_test(suite, "faults", test_faults);
    return rig_run();
}
