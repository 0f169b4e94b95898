/* SPDX-License-Identifier: Apache-2.0 */
/* Printer model: what makers do differently, long commands, the outlet, orders in words, and the
 * same printer behind TCP. Over the real libusb, main thread. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "printer_face.h"
#include "printer_model.h"
#include "printer_tcp.h"
#include "usb_rig.h"

enum { EP_OUT = 0x02, EP_IN = 0x81, TOP = PRINTER_BLADE_ROWS };

struct rig {
    struct usbemu_bus *bus;
    struct printer_model *model;
    libusb_context *ctx;
    libusb_device_handle *h;
};

static void rig_up(struct rig *r, const struct printer_cfg *cfg)
{
    r->bus = usbemu_bus_new(USBEMU_DIRECT);
    r->model = printer_model_new(r->bus, cfg);
    usbemu_plug(printer_model_dev(r->model));
    r->h = rig_open(0x0416, 0x5011, &r->ctx);
}

static void rig_down(struct rig *r)
{
    rig_close(r->h, r->ctx);
    usbemu_bus_free(r->bus);
    printer_model_free(r->model);
}

static void bytes_send(struct rig *r, const void *data, size_t n)
{
    CU_ASSERT_EQUAL(rig_out(r->h, EP_OUT, data, n, 5000), (int)n);
}

/* Ask in real time. @return bytes of the answer, or a libusb error */
static int ask(struct rig *r, uint8_t n, uint8_t b[64], int ms)
{
    const uint8_t c[3] = {0x10, 4, n};

    bytes_send(r, c, sizeof c);
    return rig_in(r->h, EP_IN, b, 64, ms);
}

static bool wait_idle(struct rig *r, int ms)
{
    for (; ms > 0 && !printer_model_status(r->model).is_idle; ms -= 5)
        usleep(5000);
    return ms > 0;
}

static int order(struct rig *r, const char *line)
{
    char text[128], error[160] = "", *words[8], *save = NULL;
    int n = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok_r(text, " ", &save); w != NULL && n < 8; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    int rc = printer_order(r->model, n, words, error);
    CU_ASSERT_EQUAL(rc == 0, error[0] == '\0');
    return rc;
}

static void test_one_byte_dialects(void)
{
    static const struct {
        enum printer_dialect dialect;
        uint8_t n, healthy, cover, out;
    } cases[] = {
        {PRINTER_HWASUNG, 2, 0x00, 0x02, 0x09},
        {PRINTER_SEIKO, 2, 0x60, 0x62, 0x61},
        {PRINTER_NIPPON, 1, 0x00, 0x02, 0x05},
    };
    uint8_t b[64];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct printer_cfg cfg = {.speed = 20, .dialect = cases[i].dialect};
        struct rig r;
        rig_up(&r, &cfg);
        CU_ASSERT_EQUAL(ask(&r, cases[i].n, b, 500), 1);
        CU_ASSERT_EQUAL(b[0], cases[i].healthy);
        printer_model_cover(r.model, true);
        CU_ASSERT_EQUAL(ask(&r, cases[i].n, b, 500), 1);
        CU_ASSERT_EQUAL(b[0], cases[i].cover);
        printer_model_cover(r.model, false);
        printer_model_paper(r.model, PRINTER_PAPER_OUT, 0);
        CU_ASSERT_EQUAL(ask(&r, cases[i].n, b, 500), 1);
        CU_ASSERT_EQUAL(b[0], cases[i].out);
        CU_ASSERT_EQUAL(ask(&r, 4, b, 50), LIBUSB_ERROR_TIMEOUT); /* not in its manual */
        rig_down(&r);
    }
}

static void test_full_status_and_outlet(void)
{
    static const struct printer_cfg cfg = {
        .speed = 20, .dialect = PRINTER_CUSTOM, .outlet = PRINTER_OUTLET_PRESENTER};
    struct rig r;
    uint8_t b[64];

    rig_up(&r, &cfg);
    CU_ASSERT_EQUAL(ask(&r, 20, b, 500), 6);
    CU_ASSERT_EQUAL(memcmp(b, "\x10\x0f\x00\x00\x00\x00", 6), 0);
    bytes_send(&r, "HELLO\n\x1dV\x42\x00", 10);
    CU_ASSERT(wait_idle(&r, 2000));
    CU_ASSERT_EQUAL(ask(&r, 20, b, 500), 6);
    CU_ASSERT_EQUAL(b[2], 0x20); /* it waits at the outlet */
    bytes_send(&r, "\x1d\x65\x06", 3);
    CU_ASSERT_EQUAL(rig_in(r.h, EP_IN, b, 64, 500), 1);
    CU_ASSERT_EQUAL(b[0] & 0x08, 0x08);
    bytes_send(&r, "\x1d\xe2", 2);
    CU_ASSERT_EQUAL(rig_in(r.h, EP_IN, b, 64, 500), 6);
    CU_ASSERT_EQUAL(memcmp(b, "1 cuts", 6), 0);
    bytes_send(&r, "\x1d\x65\x02", 3);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(printer_model_ticket(r.model, 0).fate, TICKET_RETRACTED);
    bytes_send(&r, "NEXT\n\x1dV\x42\x00\x1d\x65\x20\x05\x01", 14); /* presented for a second */
    CU_ASSERT(wait_idle(&r, 1000));
    for (int i = 0; i < 400 && printer_model_status(r.model).has_ticket_at_outlet; i++)
        usleep(5000);
    CU_ASSERT_EQUAL(printer_model_ticket(r.model, 1).fate, TICKET_RETRACTED);
    bytes_send(&r, "LAST\n\x1dV\x42\x00", 9);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(order(&r, "outlet take"), 0);
    CU_ASSERT_EQUAL(printer_model_ticket(r.model, 2).fate, TICKET_TAKEN);
    CU_ASSERT_EQUAL(order(&r, "outlet take"), -1);
    rig_down(&r);
}

/* DLE EOT while the receive buffer is full: at once, behind it, in order. */
static void test_answers_and_a_full_buffer(void)
{
    static const struct {
        enum printer_answers answers;
        bool is_full_answered, is_busy_answered;
    } cases[] = {
        {PRINTER_AT_ONCE, true, true},
        {PRINTER_BEHIND_BUFFER, false, true},
        {PRINTER_IN_ORDER, false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct printer_cfg cfg = {.speed = 20, .buffer_bytes = 1024, .answers = cases[i].answers};
        struct rig r;
        uint8_t block[1024] = {0x1d, 'v', '0', 0, 72, 0, 200, 0}, b[64];
        int done = 0;
        rig_up(&r, &cfg);
        printer_model_cover(r.model, true);
        bytes_send(&r, block, 128);
        (void)libusb_bulk_transfer(r.h, EP_OUT, (uint8_t[]){0x10, 4, 2}, 3, &done, 100);
        CU_ASSERT_EQUAL(rig_in(r.h, EP_IN, b, 64, 100) == 1, cases[i].is_busy_answered);
        for (int k = 0; k < 2; k++) /* until nothing more is taken */
            (void)libusb_bulk_transfer(r.h, EP_OUT, block, sizeof block, &done, 50);
        (void)libusb_bulk_transfer(r.h, EP_OUT, block, 61, &done, 50);
        (void)libusb_bulk_transfer(r.h, EP_OUT, (uint8_t[]){0x10, 4, 2}, 3, &done, 50);
        CU_ASSERT_EQUAL(done == 3 && rig_in(r.h, EP_IN, b, 64, 100) == 1,
                        cases[i].is_full_answered);
        rig_down(&r);
    }
}

static void test_long_commands(void)
{
    static const uint8_t store[] = {0x1d, '(', 'L', 14, 0, 0x30, 0x70, 0x30, 1, 1, 0x31, 16,  0, 2,
                                    0,    1,   2,   3,  4, 0x1d, '(',  'L',  2, 0, 0x30, 0x32};
    static const uint8_t tall[] = {0x1d, '8', 'L', 14, 0, 0, 0, 0x30, 0x70, 0x30, 1, 2, 0x31, 16,
                                   0,    2,   0,   1,  2, 3, 4, 0x1d, '(',  'L',  2, 0, 0x30, 0x32};
    static const uint8_t columns[] = {0x1b, '3', 24, 0x1b, '*', 33, 2, 0, 1, 2, 3, 4, 5, 6, '\n'};
    static const uint8_t qr[] = {0x1d, '(',  'k', 3,    0,    0x31, 0x43, 4,    0x1d, '(',
                                 'k',  8,    0,   0x31, 0x50, 0x30, 'H',  'E',  'L',  'L',
                                 'O',  0x1d, '(', 'k',  3,    0,    0x31, 0x52, 0x30, 0x1d,
                                 '(',  'k',  3,   0,    0x31, 0x51, 0x30};
    static const struct printer_cfg cfg = {.speed = 20};
    struct rig r;
    uint8_t b[64] = {0};

    rig_up(&r, &cfg);
    bytes_send(&r, store, sizeof store);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 2);
    bytes_send(&r, tall, sizeof tall); /* doubled in height */
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 6);
    bytes_send(&r, columns, sizeof columns);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 30);
    bytes_send(&r, qr, sizeof qr); /* version 1: 21 modules of 4 dots */
    CU_ASSERT(rig_in(r.h, EP_IN, b, 64, 500) > 6);
    CU_ASSERT_EQUAL(memcmp(b,
                           "\x37\x36"
                           "84\x1f"
                           "84\x1f"
                           "1\x1f"
                           "0",
                           11),
                    0);
    CU_ASSERT(wait_idle(&r, 1000));
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_rows, 30 + 84);
    CU_ASSERT_EQUAL(printer_model_status(r.model).n_unknown, 0);
    rig_down(&r);
}

static void test_offline_response_and_heat(void)
{
    static const struct printer_cfg cfg = {.speed = 20};
    struct rig r;
    uint8_t b[64];

    rig_up(&r, &cfg);
    bytes_send(&r, "\x1d(H\x03\x00\x31\x30\x02", 8);
    CU_ASSERT(wait_idle(&r, 500));
    printer_model_cover(r.model, true);
    CU_ASSERT_EQUAL(rig_in(r.h, EP_IN, b, 64, 500), 4);
    CU_ASSERT_EQUAL(memcmp(b, "\x37\x23\x41", 4), 0);
    printer_model_cover(r.model, false);
    CU_ASSERT_EQUAL(order(&r, "head hot 150"), 0);
    CU_ASSERT_EQUAL(rig_in(r.h, EP_IN, b, 64, 500), 4);
    CU_ASSERT_EQUAL(ask(&r, 3, b, 500), 1);
    CU_ASSERT_EQUAL(b[0], 0x52);
    for (int i = 0; i < 400 && printer_model_status(r.model).is_hot; i++)
        usleep(5000);
    CU_ASSERT_EQUAL(ask(&r, 3, b, 500), 1);
    CU_ASSERT_EQUAL(b[0], 0x12); /* by itself */
    rig_down(&r);
}

static void test_orders(void)
{
    static const char *const good[] = {
        "paper low 20",    "paper full",   "cover open",    "cover close",
        "cutter jam",      "cutter clear", "head hot",      "head cool",
        "broken on",       "broken off",   "fault stall 2", "fault noise always p=0.5 seed=7",
        "fault noise off", "fault off",    "paper tear",    "power cycle"};
    static const char *const bad[] = {
        "paper",           "paper wet",     "cover ajar", "fault gremlin", "fault stall many",
        "fault stall p=2", "head hot soon", "broken",     "sing",          "outlet"};
    static const struct printer_cfg cfg = {.speed = 20};
    struct rig r;
    uint8_t b[64];
    int n_struck = 0;

    rig_up(&r, &cfg);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_EQUAL(order(&r, bad[i]), -1);
    CU_ASSERT_EQUAL(order(&r, "fault silent always p=0.5 seed=42"), 0);
    for (int i = 0; i < 20; i++)
        n_struck += ask(&r, 1, b, 30) != 1;
    CU_ASSERT(n_struck > 2 && n_struck < 18);
    rig_close(r.h, r.ctx);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CU_ASSERT_EQUAL(order(&r, good[i]), 0);
    r.h = rig_open(0x0416, 0x5011, &r.ctx);
    json_t *report = printer_report(r.model);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(report, "paper")), "full");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(report, "power_ups")), 2);
    CU_ASSERT_TRUE(json_is_false(json_object_get(report, "hot")));
    json_decref(report);
    rig_down(&r);
}

/* ---- behind TCP ---- */

static volatile bool is_stopped;
static volatile uint16_t tcp_port;

static void on_ready(uint16_t port)
{
    tcp_port = port;
}

static void *tcp_main(void *model)
{
    return printer_tcp_serve(model, 0, &is_stopped, on_ready) == 0 ? model : NULL;
}

/* @return bytes that came within two seconds */
static ssize_t tcp_recv(int fd, void *b, size_t n)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 2000) == 1 ? read(fd, b, n) : -1;
}

static void test_behind_tcp(void)
{
    static const struct printer_cfg cfg = {.speed = 20};
    struct printer_model *m = printer_model_new(NULL, &cfg);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    pthread_t thread;
    void *result = NULL;
    uint8_t b[64];

    is_stopped = false;
    tcp_port = 0;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, tcp_main, m), 0);
    for (int i = 0; i < 400 && tcp_port == 0; i++)
        usleep(5000);
    a.sin_port = htons(tcp_port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    CU_ASSERT_EQUAL(write(fd, "\x10\x04\x02", 3), 3);
    CU_ASSERT_EQUAL(tcp_recv(fd, b, sizeof b), 1);
    CU_ASSERT_EQUAL(b[0], 0x12);
    printer_model_cover(m, true);
    CU_ASSERT_EQUAL(write(fd, "\x10\x04\x02", 3), 3);
    CU_ASSERT_EQUAL(tcp_recv(fd, b, sizeof b), 1);
    CU_ASSERT_EQUAL(b[0], 0x16);
    printer_model_cover(m, false);
    CU_ASSERT_EQUAL(write(fd, "TEXT\n\x1dV\x42\x00\x1dr\x01", 12), 12);
    CU_ASSERT_EQUAL(tcp_recv(fd, b, sizeof b), 1);
    CU_ASSERT_EQUAL(printer_model_status(m).n_cuts, 1);
    CU_ASSERT_EQUAL(printer_model_ticket(m, 0).rows, TOP + 30);
    close(fd);
    is_stopped = true;
    pthread_join(thread, &result);
    CU_ASSERT_PTR_EQUAL(result, m);
    printer_model_free(m);
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("printer dialects", NULL, NULL);
    CU_add_test(suite, "one-byte dialects", test_one_byte_dialects);
    CU_add_test(suite, "full status and outlet", test_full_status_and_outlet);
    CU_add_test(suite, "answers and a full buffer", test_answers_and_a_full_buffer);
    CU_add_test(suite, "long commands", test_long_commands);
    CU_add_test(suite, "offline response, heat", test_offline_response_and_heat);
    CU_add_test(suite, "orders", test_orders);
    CU_add_test(suite, "behind TCP", test_behind_tcp);
    return rig_run();
}
