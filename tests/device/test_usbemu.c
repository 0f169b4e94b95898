/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the USB emulation with the real libusb: in process on the direct carrier, and with
 * client processes on the socket carrier. Main thread; argv[1] is the client program. */
#define _GNU_SOURCE
#include <CUnit/Basic.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libusb.h>

#include "echo_model.h"
#include "usb_client.h"

static const char *client_program, *client_preload;
static int n_kills = 60;

static void sleep_ms(int ms)
{
    usleep((useconds_t)ms * 1000);
}

static pid_t client_start(const char *what, const char *arg)
{
    pid_t pid = fork();

    if (pid == 0) {
        setenv("LD_PRELOAD", client_preload, 1);
        execl(client_program, client_program, what, arg, (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* @return exit status, or -1 when it did not end in time or was killed */
static int client_wait(pid_t pid, int timeout_ms)
{
    int status = 0;

    for (int t = 0; t < timeout_ms; t += 5) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        sleep_ms(5);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static bool wait_claims(struct echo_model *m, unsigned n, bool is_claimed)
{
    for (int t = 0; t < 5000; t++) {
        usbemu_lock();
        bool is_so = usbemu_n_claims(echo_model_dev(m)) >= n &&
                     usbemu_is_claimed(echo_model_dev(m), 0) == is_claimed;
        usbemu_unlock();
        if (is_so)
            return true;
        sleep_ms(1);
    }
    return false;
}

static int count_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return n;
}

static void test_direct(void)
{
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct echo_model *m = echo_model_new(bus, "1-1", "1");

    usbemu_plug(echo_model_dev(m));
    CU_ASSERT_EQUAL(client_check_all(), 0);
    CU_ASSERT_FALSE(usbemu_is_claimed(echo_model_dev(m), 0));
    printf(" [%.1f us a transfer]", client_bench(2000));
    usbemu_bus_free(bus);
    echo_model_free(m);
}

/* Two configurations; the first one's interface has an empty setting and one with endpoints. */
static const uint8_t settings_descriptors[] = {
    18, 1, 0,    2, 0,  0,    0, 64,   0x09, 0x12, 2, 0,    0, 1,  0, 0, 0, 2, /* device */
    9,  2, 41,   0, 1,  1,    0, 0x80, 50,                                     /* configuration 1 */
    9,  4, 0,    0, 0,  7,    1, 1,    0,                                /* setting 0: nothing */
    9,  4, 0,    1, 2,  7,    1, 2,    0,                                /* setting 1 */
    7,  5, 0x01, 2, 64, 0,    0, 7,    5,    0x82, 2, 64,   0, 0,        /* both ways */
    9,  2, 25,   0, 1,  2,    0, 0x80, 50,                               /* configuration 2 */
    9,  4, 0,    0, 1,  0xff, 0, 0,    0,    7,    5, 0x03, 2, 64, 0, 0, /* another way out */
};

struct settings_model {
    int alt, configuration;
    unsigned n_out;
};

static int settings_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    (void)ep;
    (void)packet;
    ((struct settings_model *)model)->n_out += (unsigned)n;
    return 0;
}

static void settings_alternate(void *model, int ifno, int alt)
{
    (void)ifno;
    ((struct settings_model *)model)->alt = alt;
}

static void settings_configured(void *model, int value)
{
    ((struct settings_model *)model)->configuration = value;
}

static int settings_send(libusb_device_handle *h, uint8_t ep)
{
    unsigned char data[10] = {0};
    int n = 0, r = libusb_bulk_transfer(h, ep, data, sizeof data, &n, 200);

    return r == 0 ? n : r;
}

/* An endpoint is there in its own setting only; pending transfers end when the setting goes. */
static void test_settings(void)
{
    static const struct usbemu_desc desc = {.descriptors = settings_descriptors,
                                            .descriptors_bytes = sizeof settings_descriptors,
                                            .speed_mbit = 12,
                                            .port = "1-1"};
    static const struct usbemu_ops ops = {
        .out = settings_out, .alternate = settings_alternate, .configured = settings_configured};
    struct settings_model m = {.alt = -1, .configuration = -1};
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct usbemu_dev *dev = usbemu_dev_new(bus, &desc, &ops, &m);
    int value = 0;

    usbemu_plug(dev);
    CU_ASSERT_EQUAL_FATAL(libusb_init(NULL), 0);
    libusb_device_handle *h = libusb_open_device_with_vid_pid(NULL, 0x1209, 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    CU_ASSERT_EQUAL(libusb_claim_interface(h, 0), 0);
    CU_ASSERT(settings_send(h, 0x01) < 0); /* setting 0 has no endpoint */
    CU_ASSERT(libusb_set_interface_alt_setting(h, 0, 7) < 0);
    CU_ASSERT_EQUAL(libusb_set_interface_alt_setting(h, 0, 1), 0);
    CU_ASSERT_EQUAL(m.alt, 1);
    CU_ASSERT_EQUAL(settings_send(h, 0x01), 10);
    CU_ASSERT_EQUAL(m.n_out, 10);
    CU_ASSERT(settings_send(h, 0x03) < 0); /* belongs to the other configuration */
    CU_ASSERT_EQUAL(libusb_set_configuration(h, 2), LIBUSB_ERROR_BUSY);
    CU_ASSERT_EQUAL(libusb_release_interface(h, 0), 0);
    CU_ASSERT_EQUAL(libusb_set_configuration(h, 2), 0);
    CU_ASSERT_EQUAL(m.configuration, 2);
    CU_ASSERT_EQUAL(libusb_get_configuration(h, &value), 0);
    CU_ASSERT_EQUAL(value, 2);
    CU_ASSERT_EQUAL(libusb_claim_interface(h, 0), 0);
    CU_ASSERT_EQUAL(settings_send(h, 0x03), 10);
    CU_ASSERT(settings_send(h, 0x01) < 0);
    libusb_close(h);
    /* a new plug begins with the first configuration */
    usbemu_unplug(dev);
    usbemu_plug(dev);
    h = libusb_open_device_with_vid_pid(NULL, 0x1209, 2);
    if (h != NULL) {
        CU_ASSERT_EQUAL(libusb_get_configuration(h, &value), 0);
        CU_ASSERT_EQUAL(value, 1);
        libusb_close(h);
    }
    libusb_exit(NULL);
    usbemu_bus_free(bus);
}

/* More plugs than there are device numbers. */
static void test_replug_many(void)
{
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct echo_model *m = echo_model_new(bus, "1-1", "1");
    struct echo_model *other = echo_model_new(bus, "1-2", "2");

    /* numbers wrap and go to the other device */
    for (int i = 0; i < 300; i++) {
        struct usbemu_dev *dev = echo_model_dev(i % 7 < 4 ? m : other);
        usbemu_plug(dev);
        usbemu_unplug(dev);
    }
    usbemu_plug(echo_model_dev(m));
    CU_ASSERT_EQUAL(client_check_all(), 0);
    usbemu_bus_free(bus);
    echo_model_free(m);
    echo_model_free(other);
}

static void test_process(void)
{
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_SOCKET);
    struct echo_model *m = echo_model_new(bus, "1-1", "1");

    usbemu_plug(echo_model_dev(m));
    CU_ASSERT_EQUAL(client_wait(client_start("all", NULL), 30000), 0);
    CU_ASSERT_EQUAL(client_wait(client_start("bench", NULL), 30000), 0);
    usbemu_bus_free(bus);
    echo_model_free(m);
}

/* Killed at any moment, most often inside an ioctl; the next one must find the device free. */
static void test_killed(void)
{
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_SOCKET);
    struct echo_model *m = echo_model_new(bus, "1-1", "1");
    int n_bad = 0, n_fds = 0;

    usbemu_plug(echo_model_dev(m));
    for (unsigned i = 1; i <= (unsigned)n_kills && n_bad == 0; i++) {
        pid_t pid = client_start("burn", NULL);
        n_bad += !wait_claims(m, i, true);
        usleep((useconds_t)(i * 7919 % 5000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        n_bad += !wait_claims(m, i, false);
        usbemu_in_flush(echo_model_dev(m), 0x81);
        if (i == 10)
            n_fds = count_fds();
    }
    CU_ASSERT_EQUAL(n_bad, 0);
    CU_ASSERT(count_fds() <= n_fds + 3);
    /* as in a kernel, the driver comes back with a new plugging only */
    usbemu_unplug(echo_model_dev(m));
    usbemu_plug(echo_model_dev(m));
    CU_ASSERT_EQUAL(client_wait(client_start("all", NULL), 30000), 0);
    usbemu_bus_free(bus);
    echo_model_free(m);
}

static void test_contexts(void)
{
    static const char *const ports[] = {"1-1", "1-2", "1-3"};
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_SOCKET);
    struct echo_model *m[3];
    int n_bad = 0;

    for (int i = 0; i < 3; i++) {
        m[i] = echo_model_new(bus, ports[i], ports[i]);
        usbemu_plug(echo_model_dev(m[i]));
    }
    pid_t pid = client_start("contexts", "5");
    for (unsigned round = 1; round <= 5; round++) {
        for (int i = 0; i < 3; i++)
            n_bad += !wait_claims(m[i], round, true);
        sleep_ms(30);
        for (int i = 0; i < 3; i++)
            usbemu_unplug(echo_model_dev(m[i]));
        for (int i = 0; i < 3; i++)
            usbemu_plug(echo_model_dev(m[i]));
    }
    CU_ASSERT_EQUAL(n_bad, 0);
    CU_ASSERT_EQUAL(client_wait(pid, 20000), 0);
    usbemu_bus_free(bus);
    for (int i = 0; i < 3; i++)
        echo_model_free(m[i]);
}

/* A stopped client reads no events; the emulator must outlive its full queue. */
static void test_stopped_client(void)
{
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_SOCKET);
    struct echo_model *m = echo_model_new(bus, "1-1", "1");

    usbemu_plug(echo_model_dev(m));
    pid_t pid = client_start("burn", NULL);
    CU_ASSERT(wait_claims(m, 1, true));
    kill(pid, SIGSTOP);
    for (int i = 0; i < 8; i++) {
        usbemu_unplug(echo_model_dev(m));
        usbemu_plug(echo_model_dev(m));
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    CU_ASSERT(wait_claims(m, 1, false));
    CU_ASSERT_EQUAL(client_wait(client_start("all", NULL), 30000), 0);
    usbemu_bus_free(bus);
    echo_model_free(m);
}

int main(int argc, char **argv)
{
    client_program = argc > 1 ? argv[1] : NULL;
    client_preload = argc > 2 ? argv[2] : "libumockdev-preload.so.0";
    if (getenv("YJ_KILLS") != NULL)
        n_kills = atoi(getenv("YJ_KILLS"));
    setvbuf(stdout, NULL, _IOLBF, 0);
    CU_initialize_registry();
    CU_pSuite direct = CU_add_suite("usbemu direct", NULL, NULL);
    CU_add_test(direct, "settings", test_settings);
    CU_add_test(direct, "every kind of transfer", test_direct);
    CU_add_test(direct, "300 plugs", test_replug_many);
    if (client_program != NULL) {
        CU_pSuite socket = CU_add_suite("usbemu socket", NULL, NULL);
        CU_add_test(socket, "client process", test_process);
        CU_add_test(socket, "clients killed", test_killed);
        CU_add_test(socket, "three contexts re-plugged", test_contexts);
        CU_add_test(socket, "stopped client", test_stopped_client);
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned n_failed = CU_get_number_of_failures();
    CU_cleanup_registry();
    return n_failed != 0;
}
