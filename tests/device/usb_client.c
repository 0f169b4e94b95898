/* SPDX-License-Identifier: Apache-2.0 */
/* libusb client, see usb_client.h. With USB_CLIENT_MAIN a program: usb_client all|burn|contexts. */
#include "usb_client.h"

#include <libusb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "echo_model.h"

static int n_failed;

#define CHECK_EQ(a, b)                                                                             \
    do {                                                                                           \
        long a_ = (long)(a), b_ = (long)(b);                                                       \
        if (a_ != b_) {                                                                            \
            n_failed++;                                                                            \
            printf("usb_client: line %d: %s is %ld, want %ld\n", __LINE__, #a, a_, b_);            \
        }                                                                                          \
    } while (0)

static bool is_real_kernel;

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int vendor(libusb_device_handle *h, int request, int value, int index)
{
    return libusb_control_transfer(h, 0x40, (uint8_t)request, (uint16_t)value, (uint16_t)index,
                                   NULL, 0, 1000);
}

static void check_claim(libusb_device_handle *h)
{
    if (!is_real_kernel) { /* which has no driver for the echo device */
        CHECK_EQ(libusb_kernel_driver_active(h, 0), 1);
        CHECK_EQ(libusb_claim_interface(h, 0), LIBUSB_ERROR_BUSY);
    }
    CHECK_EQ(libusb_set_auto_detach_kernel_driver(h, 1), 0);
    int r = libusb_claim_interface(h, 0);
    double end = now_s() + 5;
    /* the kernel tells of a device before it has configured it */
    while (is_real_kernel && r == LIBUSB_ERROR_INVALID_PARAM && now_s() < end)
        r = libusb_claim_interface(h, 0);
    CHECK_EQ(r, 0);
}

static void check_control(libusb_device_handle *h)
{
    unsigned char out[4096], in[4096];

    CHECK_EQ(libusb_get_string_descriptor_ascii(h, 1, in, sizeof in), 10);
    CHECK_EQ(memcmp(in, "Yijian-Sim", 10), 0);
    CHECK_EQ(libusb_control_transfer(h, 0xc0, ECHO_PATTERN, 0, 0, in, 100, 1000), 100);
    CHECK_EQ(in[99], 99);
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (unsigned char)(i * 7);
    memset(in, 0, sizeof in);
    CHECK_EQ(libusb_control_transfer(h, 0x40, ECHO_STORE, 0, 0, out, sizeof out, 1000), 4096);
    CHECK_EQ(libusb_control_transfer(h, 0xc0, ECHO_LOAD, 0, 0, in, sizeof in, 1000), 4096);
    CHECK_EQ(memcmp(in, out, sizeof in), 0);
    CHECK_EQ(libusb_control_transfer(h, 0xc0, 0x77, 0, 0, in, 8, 1000), LIBUSB_ERROR_PIPE);
}

static void check_bulk(libusb_device_handle *h)
{
    static const int sizes[] = {1, 64, 511, 513, 1000, 66000};
    unsigned char *out = malloc(66560), *in = calloc(1, 66560);
    int n = 0;

    for (int i = 0; i < 66560; i++)
        out[i] = (unsigned char)(i * 31 >> 3);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        CHECK_EQ(libusb_bulk_transfer(h, 0x01, out, sizes[i], &n, 2000), 0);
        CHECK_EQ(n, sizes[i]);
        memset(in, 0, 66560);
        CHECK_EQ(libusb_bulk_transfer(h, 0x81, in, 66560, &n, 2000), 0);
        CHECK_EQ(n, sizes[i]);
        CHECK_EQ(memcmp(in, out, (size_t)sizes[i]), 0);
    }
    free(out);
    free(in);
}

static void LIBUSB_CALL on_done(struct libusb_transfer *t)
{
    ++*(int *)t->user_data;
}

static void run_until(int *counter, int target)
{
    double end = now_s() + 5;

    while (*counter < target && now_s() < end) {
        struct timeval tv = {0, 50000};
        libusb_handle_events_timeout_completed(NULL, &tv, NULL);
    }
    CHECK_EQ(*counter, target);
}

static void check_async(libusb_device_handle *h)
{
    struct libusb_transfer *out[16], *in[16];
    unsigned char buf[16][512], data[16][64];
    int done = 0;

    for (int i = 0; i < 16; i++) {
        in[i] = libusb_alloc_transfer(0);
        out[i] = libusb_alloc_transfer(0);
        memset(data[i], i, sizeof data[i]);
        memset(buf[i], 0xee, sizeof buf[i]);
        libusb_fill_bulk_transfer(in[i], h, 0x81, buf[i], 512, on_done, &done, 2000);
        libusb_fill_bulk_transfer(out[i], h, 0x01, data[i], 64, on_done, &done, 2000);
        CHECK_EQ(libusb_submit_transfer(in[i]), 0);
    }
    for (int i = 0; i < 16; i++)
        CHECK_EQ(libusb_submit_transfer(out[i]), 0);
    run_until(&done, 32);
    for (int i = 0; i < 16; i++) {
        CHECK_EQ(in[i]->status, LIBUSB_TRANSFER_COMPLETED);
        CHECK_EQ(in[i]->actual_length, 64);
        CHECK_EQ(buf[i][63], i);
        libusb_free_transfer(in[i]);
        libusb_free_transfer(out[i]);
    }
}

static void check_cancel_and_timeout(libusb_device_handle *h)
{
    struct libusb_transfer *t = libusb_alloc_transfer(0);
    unsigned char buf[2048] = {0};
    int done = 0, n = 0;

    libusb_fill_bulk_transfer(t, h, 0x81, buf, 512, on_done, &done, 0);
    CHECK_EQ(libusb_submit_transfer(t), 0);
    CHECK_EQ(libusb_cancel_transfer(t), 0);
    run_until(&done, 1);
    CHECK_EQ(t->status, LIBUSB_TRANSFER_CANCELLED);
    libusb_free_transfer(t);
    CHECK_EQ(libusb_bulk_transfer(h, 0x81, buf, 512, &n, 30), LIBUSB_ERROR_TIMEOUT);
    CHECK_EQ(libusb_interrupt_transfer(h, 0x82, buf, 8, &n, 30), LIBUSB_ERROR_TIMEOUT);
    /* two packets taken, the third refused: the count tells */
    CHECK_EQ(vendor(h, ECHO_ACCEPT, 2, 0), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x01, buf, 2048, &n, 50), LIBUSB_ERROR_TIMEOUT);
    if (!is_real_kernel) /* QEMU hands a whole transfer over and does not say how far it got */
        CHECK_EQ(n, 1024);
    CHECK_EQ(vendor(h, ECHO_ACCEPT, 0xffff, 0), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x81, buf, 1024, &n, 500), 0);
    CHECK_EQ(n, 1024);
}

static void check_faults(libusb_device_handle *h)
{
    unsigned char buf[512] = {0};
    int n = 0;

    CHECK_EQ(vendor(h, ECHO_HALT, 0, 0x81), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x81, buf, 512, &n, 500), LIBUSB_ERROR_PIPE);
    CHECK_EQ(libusb_bulk_transfer(h, 0x81, buf, 512, &n, 500), LIBUSB_ERROR_PIPE);
    CHECK_EQ(libusb_clear_halt(h, 0x81), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x81, buf, 512, &n, 30), LIBUSB_ERROR_TIMEOUT);
    CHECK_EQ(vendor(h, ECHO_FAIL, 71 /* EPROTO */, 0x01), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x01, buf, 8, &n, 500), LIBUSB_ERROR_IO);
    CHECK_EQ(vendor(h, ECHO_HOLD, 1, 0x01), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x01, buf, 8, &n, 30), LIBUSB_ERROR_TIMEOUT);
    if (!is_real_kernel)
        CHECK_EQ(n, 0);
    CHECK_EQ(vendor(h, ECHO_HOLD, 0, 0x01), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x01, buf, 8, &n, 500), 0);
    CHECK_EQ(libusb_bulk_transfer(h, 0x81, buf, 512, &n, 500), 0);
    CHECK_EQ(n, 8);
}

static int LIBUSB_CALL on_hotplug(libusb_context *ctx, libusb_device *dev,
                                  libusb_hotplug_event event, void *arg)
{
    int *counts = arg;

    (void)ctx;
    (void)dev;
    counts[event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT]++;
    return 0;
}

/* Unplugged under a pending transfer, plugged again, found again. Closes h. */
static void check_replug(libusb_device_handle *h)
{
    libusb_hotplug_callback_handle cb;
    unsigned char buf[512];
    int counts[2] = {0, 0}, n = 0;

    CHECK_EQ(libusb_hotplug_register_callback(
                 NULL, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
                 ECHO_VID, ECHO_PID, LIBUSB_HOTPLUG_MATCH_ANY, on_hotplug, counts, &cb),
             0);
    CHECK_EQ(vendor(h, ECHO_UNPLUG, 30, 30), 0);
    int r = libusb_bulk_transfer(h, 0x81, buf, 512, &n, 3000);
    if (r != LIBUSB_ERROR_NO_DEVICE && r != LIBUSB_ERROR_IO)
        CHECK_EQ(r, LIBUSB_ERROR_NO_DEVICE);
    libusb_close(h);
    run_until(&counts[1], 1);
    run_until(&counts[0], 1);
    h = libusb_open_device_with_vid_pid(NULL, ECHO_VID, ECHO_PID);
    CHECK_EQ(h != NULL, 1);
    if (h != NULL) {
        check_claim(h);
        check_bulk(h);
        CHECK_EQ(libusb_release_interface(h, 0), 0);
        if (!is_real_kernel)
            CHECK_EQ(libusb_kernel_driver_active(h, 0), 1); /* given back */
        libusb_close(h);
    }
    libusb_hotplug_deregister_callback(NULL, cb);
}

int client_check_all(void)
{
    n_failed = 0;
    CHECK_EQ(libusb_init(NULL), 0);
    libusb_device_handle *h = libusb_open_device_with_vid_pid(NULL, ECHO_VID, ECHO_PID);
    CHECK_EQ(h != NULL, 1);
    if (h != NULL) {
        check_claim(h);
        check_control(h);
        check_bulk(h);
        check_async(h);
        check_cancel_and_timeout(h);
        check_faults(h);
        check_replug(h);
    }
    libusb_exit(NULL);
    return n_failed;
}

int client_burn(void)
{
    unsigned char out[64] = {1}, in[512];
    int n;

    if (libusb_init(NULL) != 0)
        return 1;
    libusb_device_handle *h = libusb_open_device_with_vid_pid(NULL, ECHO_VID, ECHO_PID);
    if (h == NULL)
        return 2;
    libusb_set_auto_detach_kernel_driver(h, 1);
    if (libusb_claim_interface(h, 0) != 0)
        return 3;
    for (;;) {
        if (libusb_bulk_transfer(h, 0x01, out, sizeof out, &n, 1000) != 0)
            return 4;
        if (libusb_bulk_transfer(h, 0x81, in, sizeof in, &n, 1000) != 0)
            return 5;
    }
}

double client_bench(int n)
{
    unsigned char out[64] = {1}, in[512];
    int done;

    libusb_init(NULL);
    libusb_device_handle *h = libusb_open_device_with_vid_pid(NULL, ECHO_VID, ECHO_PID);
    if (h == NULL)
        return -1;
    libusb_set_auto_detach_kernel_driver(h, 1);
    libusb_claim_interface(h, 0);
    double start = now_s();
    for (int i = 0; i < n; i++) {
        libusb_bulk_transfer(h, 0x01, out, sizeof out, &done, 1000);
        libusb_bulk_transfer(h, 0x81, in, sizeof in, &done, 1000);
    }
    double us = (now_s() - start) * 1e6 / (2 * n);
    libusb_close(h);
    libusb_exit(NULL);
    return us;
}

/* ---- one context a thread ---- */

struct watcher {
    pthread_t thread;
    char serial[8];
    int n_wanted, n_rounds, n_bad;
    libusb_device *arrived;
    bool has_left;
    libusb_device_handle *handle;
};

static int LIBUSB_CALL on_watch(libusb_context *ctx, libusb_device *dev, libusb_hotplug_event event,
                                void *arg)
{
    struct watcher *w = arg;

    (void)ctx;
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT) {
        if (w->handle != NULL && libusb_get_device(w->handle) == dev)
            w->has_left = true;
    } else if (libusb_get_port_number(dev) == (uint8_t)(w->serial[0] - '0')) {
        w->arrived = libusb_ref_device(dev);
    }
    return 0;
}

static void watcher_use(struct watcher *w)
{
    unsigned char out[64], in[512] = {0};
    int n = 0;

    memset(out, w->serial[0] + w->n_rounds, sizeof out);
    if (libusb_open(w->arrived, &w->handle) == 0) {
        libusb_set_auto_detach_kernel_driver(w->handle, 1);
        w->n_bad += libusb_claim_interface(w->handle, 0) != 0;
        w->n_bad += libusb_bulk_transfer(w->handle, 0x01, out, 64, &n, 2000) != 0;
        w->n_bad += libusb_bulk_transfer(w->handle, 0x81, in, 512, &n, 2000) != 0;
        w->n_bad += memcmp(in, out, 64) != 0;
    } else {
        w->n_bad++;
    }
    libusb_unref_device(w->arrived);
    w->arrived = NULL;
}

static void *watcher_main(void *arg)
{
    struct watcher *w = arg;
    libusb_context *ctx = NULL;
    double end = now_s() + 20;

    libusb_init(&ctx);
    libusb_hotplug_register_callback(
        ctx, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT,
        LIBUSB_HOTPLUG_ENUMERATE, ECHO_VID, ECHO_PID, LIBUSB_HOTPLUG_MATCH_ANY, on_watch, w, NULL);
    while (w->n_rounds < w->n_wanted && now_s() < end) {
        struct timeval tv = {0, 20000};
        if (w->has_left) {
            libusb_close(w->handle);
            w->handle = NULL;
            w->has_left = false;
            w->n_rounds++;
        }
        if (w->arrived != NULL && w->handle == NULL)
            watcher_use(w);
        libusb_handle_events_timeout_completed(ctx, &tv, NULL);
    }
    w->n_bad += w->n_rounds != w->n_wanted;
    if (w->arrived != NULL)
        libusb_unref_device(w->arrived);
    if (w->handle != NULL)
        libusb_close(w->handle);
    libusb_exit(ctx);
    return NULL;
}

int client_contexts(int n)
{
    struct watcher w[3] = {0};
    int n_bad = 0;

    for (int i = 0; i < 3; i++) {
        w[i].n_wanted = n;
        w[i].serial[0] = (char)('1' + i);
        pthread_create(&w[i].thread, NULL, watcher_main, &w[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(w[i].thread, NULL);
        if (w[i].n_bad > 0)
            printf("usb_client: context %d: %d rounds, %d bad\n", i, w[i].n_rounds, w[i].n_bad);
        n_bad += w[i].n_bad;
    }
    return n_bad;
}

#ifdef USB_CLIENT_MAIN
int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "all";

    if (strcmp(what, "burn") == 0)
        return client_burn();
    if (strcmp(what, "contexts") == 0)
        return client_contexts(argc > 2 ? atoi(argv[2]) : 5) != 0;
    if (strcmp(what, "bench") == 0) {
        printf("%.1f us per bulk transfer\n", client_bench(2000));
        return 0;
    }
    is_real_kernel = strcmp(what, "real") == 0;
    return client_check_all() != 0;
}
#endif
