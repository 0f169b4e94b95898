/* SPDX-License-Identifier: Apache-2.0 */
/* drivers/transport/usb: what the kernel and libusb do wrong. Through the real libusb; its event
 * loop is wrapped by the linker so that it can be made to fail. */
#include <libusb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "cdc_model.h"
#include "cunit_main.h"
#include "drivers/transport/usb.h"

static atomic_bool is_loop_broken;
static atomic_uint n_turns;

int __real_libusb_handle_events_timeout_completed(libusb_context *ctx, struct timeval *tv,
                                                  int *completed);
int __wrap_libusb_handle_events_timeout_completed(libusb_context *ctx, struct timeval *tv,
                                                  int *completed);
int __wrap_libusb_handle_events_timeout_completed(libusb_context *ctx, struct timeval *tv,
                                                  int *completed)
{
    n_turns++;
    if (is_loop_broken)
        return LIBUSB_ERROR_IO;
    return __real_libusb_handle_events_timeout_completed(ctx, tv, completed);
}

/* libusb never frees what it made for a transfer that never ends; nothing of ours is in it. Absent
 * without a leak checker. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static void leaks_are_expected(bool on)
{
    if (on && __lsan_disable)
        __lsan_disable();
    if (!on && __lsan_enable)
        __lsan_enable();
}

struct world {
    struct usbemu_bus *bus;
    struct cdc_model *device;
    struct usb *usb;
    struct usb_candidate candidate;
    struct usb_interface interface;
};

static int on_match(void *arg, const struct usb_candidate *c)
{
    (void)arg;
    for (size_t i = 0; i < c->n_interfaces; i++)
        if (c->interface[i].cls == 10)
            return (int)i;
    return -1;
}

static void on_data(void *arg, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)data;
    (void)n;
}

static int open_device(struct world *w)
{
    return usb_open(w->usb, &w->candidate, &w->interface, NULL);
}

static void world_init(struct world *w, bool is_plugged)
{
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->device = cdc_model_new(w->bus, &(struct cdc_cfg){0});
    if (is_plugged)
        usbemu_plug(cdc_model_dev(w->device));
    CU_ASSERT_EQUAL_FATAL(usb_new(on_match, NULL, &w->usb, NULL), 0);
}

static void world_fini(struct world *w)
{
    usb_free(w->usb);
    usbemu_bus_free(w->bus);
    cdc_model_free(w->device);
}

/* Wait until the device counts as gone. @return whether it did */
static bool until_gone(struct world *w)
{
    int64_t until_ms = clock_mono_ms() + 20000;
    while (clock_mono_ms() < until_ms) {
        usb_wait(w->usb, 50);
        if (usb_is_gone(w->usb))
            return true;
    }
    return false;
}

static void an_arrival_nobody_told_of_is_found(void)
{
    struct world w;
    world_init(&w, false);
    CU_ASSERT_TRUE(usb_has_arrival(w.usb));
    CU_ASSERT_EQUAL(open_device(&w), ERR_USB_NO_DEVICE);
    CU_ASSERT_FALSE(usb_has_arrival(w.usb));
    usbemu_lose_events(true);
    usbemu_plug(cdc_model_dev(w.device));
    usb_wait(w.usb, 50);
    CU_ASSERT_FALSE(usb_has_arrival(w.usb)); /* the message is really lost */
    CU_ASSERT_EQUAL(open_device(&w), 0);
    CU_ASSERT_STRING_EQUAL(w.candidate.path, "1-2");
    /* and so is a leaving, and what came back meanwhile under another address */
    usbemu_unplug(cdc_model_dev(w.device));
    CU_ASSERT_TRUE(until_gone(&w));
    usb_close(w.usb);
    CU_ASSERT_EQUAL(open_device(&w), ERR_USB_NO_DEVICE);
    usbemu_plug(cdc_model_dev(w.device));
    CU_ASSERT_EQUAL(open_device(&w), 0);
    usbemu_lose_events(false);
    /* with the new context messages are heard as before */
    usbemu_unplug(cdc_model_dev(w.device));
    CU_ASSERT_TRUE(until_gone(&w));
    usb_close(w.usb);
    CU_ASSERT_EQUAL(open_device(&w), ERR_USB_NO_DEVICE);
    usbemu_plug(cdc_model_dev(w.device));
    for (int i = 0; i < 200 && !usb_has_arrival(w.usb); i++)
        usb_wait(w.usb, 50);
    CU_ASSERT_TRUE(usb_has_arrival(w.usb));
    world_fini(&w);
}

static void a_stale_device_is_not_opened_for_ever(void)
{
    struct world w;
    world_init(&w, true);
    usbemu_lose_events(true);
    usbemu_unplug(cdc_model_dev(w.device));
    CU_ASSERT_EQUAL(open_device(&w), ERR_USB_NO_DEVICE); /* libusb still lists it */
    usbemu_plug(cdc_model_dev(w.device));
    CU_ASSERT_EQUAL(open_device(&w), 0);
    usbemu_lose_events(false);
    world_fini(&w);
}

static void a_broken_event_loop_neither_spins_nor_hangs(void)
{
    struct world w;
    uint8_t data[64];
    size_t n = 0;
    world_init(&w, true);
    CU_ASSERT_EQUAL_FATAL(open_device(&w), 0);
    leaks_are_expected(true);
    CU_ASSERT_EQUAL(usb_listen(w.usb, 0x81, 64, on_data, NULL, NULL), 0);
    leaks_are_expected(false);
    is_loop_broken = true;
    n_turns = 0;
    int64_t start_ms = clock_mono_ms();
    CU_ASSERT_TRUE(until_gone(&w));
    int64_t took_ms = clock_mono_ms() - start_ms;
    CU_ASSERT_TRUE(took_ms >= 500); /* not at the first failure, and with pauses between them */
    CU_ASSERT_TRUE(n_turns < 200);
    CU_ASSERT_EQUAL(usb_in(w.usb, 0x81, data, sizeof data, 1000, &n, NULL), ERR_USB_IO);
    CU_ASSERT_EQUAL(usb_control(w.usb, 0x80, 6, 0x0100, 0, data, 18, 500, NULL), ERR_USB_IO);
    usb_close(w.usb); /* with a transfer that will never end */
    is_loop_broken = false;
    CU_ASSERT_EQUAL_FATAL(open_device(&w), 0); /* a new start */
    CU_ASSERT_EQUAL(usb_control(w.usb, 0x80, 6, 0x0100, 0, data, 18, 5000, NULL), 18);
    usb_wait(w.usb, 10);
    CU_ASSERT_FALSE(usb_is_gone(w.usb));
    world_fini(&w);
}

static void a_loop_that_breaks_inside_a_transfer_ends_it(void)
{
    struct world w;
    uint8_t data[64];
    size_t n = 0;
    world_init(&w, true);
    CU_ASSERT_EQUAL_FATAL(open_device(&w), 0);
    is_loop_broken = true;
    leaks_are_expected(true);
    CU_ASSERT_EQUAL(usb_in(w.usb, 0x81, data, sizeof data, 60000, &n, NULL), ERR_USB_IO);
    leaks_are_expected(false);
    CU_ASSERT_TRUE(usb_is_gone(w.usb));
    is_loop_broken = false;
    CU_ASSERT_EQUAL_FATAL(open_device(&w), 0);
    CU_ASSERT_EQUAL(usb_in(w.usb, 0x81, data, sizeof data, 20, &n, NULL), ERR_TIMEOUT);
    world_fini(&w);
}

struct waker {
    struct usb *usb;
    atomic_bool is_stopping;
};

static void *wake_on(void *arg)
{
    struct waker *k = arg;
    while (!k->is_stopping)
        usb_wake(k->usb);
    return NULL;
}

/* The context is exchanged while another thread wakes through it. */
static void waking_and_exchanging_do_not_meet(void)
{
    struct world w;
    pthread_t thread;
    world_init(&w, false);
    struct waker k = {.usb = w.usb};
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, wake_on, &k), 0);
    usbemu_lose_events(true);
    for (int i = 0; i < 20; i++) {
        CU_ASSERT_EQUAL(open_device(&w), ERR_USB_NO_DEVICE);
        usbemu_plug(cdc_model_dev(w.device));
        CU_ASSERT_EQUAL(open_device(&w), 0); /* by a new context each time */
        usb_wait(w.usb, 1);
        usb_close(w.usb);
        usbemu_unplug(cdc_model_dev(w.device));
    }
    usbemu_lose_events(false);
    k.is_stopping = true;
    pthread_join(thread, NULL);
    world_fini(&w);
}

static void two_interfaces_of_one_device(void)
{
    struct world w;
    uint8_t coding[7] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8};
    world_init(&w, true);
    CU_ASSERT_EQUAL(usb_claim_also(w.usb, 0, NULL), ERR_USB_NO_DEVICE);
    CU_ASSERT_EQUAL_FATAL(open_device(&w), 0);
    CU_ASSERT_EQUAL(usb_claim_also(w.usb, 1, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(usb_control(w.usb, 0x21, 0x20, 0, 0, coding, 7, 1000, NULL), ERR_USB_STALL);
    CU_ASSERT_EQUAL(usb_claim_also(w.usb, 0, NULL), 0);
    CU_ASSERT_EQUAL(usb_claim_also(w.usb, 0, NULL), ERR_INVALID);
    CU_ASSERT_EQUAL(usb_control(w.usb, 0x21, 0x20, 0, 0, coding, 7, 1000, NULL), 7);
    CU_ASSERT_TRUE(usbemu_is_claimed(cdc_model_dev(w.device), 0));
    usb_close(w.usb);
    CU_ASSERT_FALSE(usbemu_is_claimed(cdc_model_dev(w.device), 0));
    CU_ASSERT_FALSE(usbemu_is_claimed(cdc_model_dev(w.device), 1));
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"lost arrival", an_arrival_nobody_told_of_is_found},
    {"stale device", a_stale_device_is_not_opened_for_ever},
    {"broken event loop", a_broken_event_loop_neither_spins_nor_hangs},
    {"broken inside a transfer", a_loop_that_breaks_inside_a_transfer_ends_it},
    {"wake and exchange", waking_and_exchanging_do_not_meet},
    {"two interfaces", two_interfaces_of_one_device},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.usb", cases)
