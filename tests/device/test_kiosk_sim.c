/* SPDX-License-Identifier: Apache-2.0 */
/* Runs as a client of kiosk-sim: drives the world over the control socket and meets it over the
 * real libusb, as the product does. Main thread; argv[1] is the control socket. */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "usb_rig.h"

static const char *socket_path;
static FILE *control;

/* Connects with the first command. @return the reply without "ok "; NULL when it was an error */
static const char *command(const char *text)
{
    static char line[65536];

    if (control == NULL) {
        struct sockaddr_un addr = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        strncpy(addr.sun_path, socket_path, sizeof addr.sun_path - 1);
        if (connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
            return NULL;
        control = fdopen(fd, "r+");
        setvbuf(control, NULL, _IONBF, 0);
    }
    fprintf(control, "%s\n", text);
    if (fgets(line, sizeof line, control) == NULL || strncmp(line, "ok", 2) != 0)
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return line[2] == ' ' ? line + 3 : "";
}

/* A number or truth value of the status. @return -1 when there is none */
static long status_of(const char *device, const char *key)
{
    const char *text = command("status");
    json_t *all = text ? json_loads(text, 0, NULL) : NULL;
    json_t *v = json_object_get(json_object_get(all, device), key);
    long n = json_is_integer(v)   ? (long)json_integer_value(v)
             : json_is_boolean(v) ? json_is_true(v)
                                  : -1;

    json_decref(all);
    return n;
}

/* @return SW3 */
static int sam(libusb_device_handle *h, const void *body3)
{
    uint8_t b[1344];

    if (rig_out(h, 0x02, "\xaa\xaa\xaa\x96\x69\x00\x03", 7, 500) != 7 ||
        rig_out(h, 0x06, body3, 3, 500) != 3 || rig_in(h, 0x81, b, 64, 1000) != 7)
        return -1;
    return rig_in(h, 0x85, b, sizeof b, 500) >= 4 ? b[2] : -2;
}

static void test_reader(void)
{
    libusb_context *ctx;
    libusb_device_handle *h = rig_open(0x0400, 0xc35a, &ctx);

    CU_ASSERT_EQUAL(status_of("reader", "attached"), 1);
    for (int i = 0; i < 300 && sam(h, "\x11\xff\xed") == 0x60; i++)
        usleep(10000);
    CU_ASSERT_EQUAL(sam(h, "\x20\x01\x22"), 0x80);
    CU_ASSERT_PTR_NOT_NULL(command("card lay zhangsan"));
    CU_ASSERT_PTR_NULL(command("card lay nobody"));
    CU_ASSERT_EQUAL(sam(h, "\x20\x01\x22"), 0x9f);
    CU_ASSERT_EQUAL(sam(h, "\x20\x02\x21"), 0x90);
    CU_ASSERT_EQUAL(sam(h, "\x30\x01\x32"), 0x90);
    CU_ASSERT_PTR_NOT_NULL(command("fault reader sw41@read 1"));
    CU_ASSERT_EQUAL(sam(h, "\x30\x01\x32"), 0x41);
    CU_ASSERT_PTR_NOT_NULL(command("card lift"));
    CU_ASSERT_EQUAL(sam(h, "\x20\x01\x22"), 0x80);
    CU_ASSERT_EQUAL(status_of("reader", "reads"), 1);
    rig_close(h, ctx);
    for (int i = 0; i < 300 && status_of("reader", "attached") != 0; i++)
        usleep(10000); /* the bus notices the closing on a thread of its own */
    CU_ASSERT_EQUAL(status_of("reader", "attached"), 0);
}

static void test_scanner(void)
{
    libusb_context *ctx;
    uint8_t b[64];
    int n = 0;

    CU_ASSERT_PTR_NULL(command("scan nobody there"));
    libusb_device_handle *h = rig_open(0x1eab, 0x0d10, &ctx);
    CU_ASSERT_PTR_NOT_NULL(command("scan 一件事 A"));
    CU_ASSERT_EQUAL(libusb_interrupt_transfer(h, 0x81, b, 64, &n, 1000), 0);
    CU_ASSERT_EQUAL(b[1], 11);
    CU_ASSERT_EQUAL(memcmp(b + 2, "一件事 A", 11), 0);
    CU_ASSERT_PTR_NOT_NULL(command("unplug scanner"));
    CU_ASSERT(libusb_interrupt_transfer(h, 0x81, b, 64, &n, 1000) != 0);
    rig_close(h, ctx);
    CU_ASSERT_EQUAL(status_of("scanner", "plugged"), 0);
    CU_ASSERT_PTR_NOT_NULL(command("plug scanner"));
    h = rig_open(0x1eab, 0x0d10, &ctx);
    rig_close(h, ctx);
}

static void test_printer(void)
{
    static const uint8_t tail[] = {0x1d, 'V',  66,   0,   0x1d, '(', 'H', 6,
                                   0,    0x30, 0x30, 'a', 'b',  'c', 'd'};
    uint8_t job[8 + 72 * 100] = {0x1d, 'v', '0', 0, 72, 0, 100, 0}, b[64];
    libusb_context *ctx;
    libusb_device_handle *h = rig_open(0x0416, 0x5011, &ctx);

    CU_ASSERT_PTR_NOT_NULL(command("cover open"));
    CU_ASSERT_EQUAL(rig_out(h, 0x02, job, sizeof job, 1000), (int)sizeof job);
    CU_ASSERT_EQUAL(rig_out(h, 0x02, tail, sizeof tail, 1000), (int)sizeof tail);
    CU_ASSERT_EQUAL(rig_in(h, 0x81, b, 64, 100), LIBUSB_ERROR_TIMEOUT);
    CU_ASSERT(status_of("printer", "buffer_bytes") > 7000);
    CU_ASSERT_PTR_NOT_NULL(command("cover close"));
    CU_ASSERT_EQUAL(rig_in(h, 0x81, b, 64, 3000), 7);
    CU_ASSERT_EQUAL(memcmp(b,
                           "\x37\x22"
                           "abcd",
                           7),
                    0);
    CU_ASSERT_EQUAL(status_of("printer", "tickets"), 1);
    const char *list = command("tickets");
    CU_ASSERT(list != NULL && strstr(list, "\"rows\":196,\"mm\":24.5,\"cut\":true") != NULL);
    rig_close(h, ctx);
}

static void test_keypad(void)
{
    static const uint8_t down[8] = {0, 0, 0x51}, up[8] = {0}, louder[2] = {0xe9, 0};
    libusb_context *ctx;
    uint8_t b[8];
    int n = 0;

    CU_ASSERT_PTR_NOT_NULL(command("key next")); /* the console has it */
    CU_ASSERT_EQUAL(status_of("keypad", "console"), 1);
    libusb_device_handle *h = rig_open(0x1209, 0x0001, &ctx);
    CU_ASSERT_EQUAL(libusb_claim_interface(h, 1), 0);
    CU_ASSERT_PTR_NOT_NULL(command("key next louder"));
    CU_ASSERT_EQUAL(libusb_interrupt_transfer(h, 0x81, b, 8, &n, 1000), 0);
    CU_ASSERT(n == 8 && memcmp(b, down, 8) == 0);
    CU_ASSERT_EQUAL(libusb_interrupt_transfer(h, 0x81, b, 8, &n, 1000), 0);
    CU_ASSERT(n == 8 && memcmp(b, up, 8) == 0);
    CU_ASSERT_EQUAL(libusb_interrupt_transfer(h, 0x82, b, 8, &n, 1000), 0);
    CU_ASSERT(n == 2 && memcmp(b, louder, 2) == 0);
    CU_ASSERT_PTR_NOT_NULL(command("headset in"));
    CU_ASSERT_EQUAL(libusb_interrupt_transfer(h, 0x81, b, 8, &n, 1000), 0);
    CU_ASSERT_EQUAL(b[2], 0x6a);
    CU_ASSERT_EQUAL(status_of("keypad", "headset"), 1);
    CU_ASSERT_PTR_NULL(command("key sideways"));
    CU_ASSERT_PTR_NULL(command("headset off"));
    CU_ASSERT_PTR_NOT_NULL(command("headset out"));
    rig_close(h, ctx);
}

/* @return the text of a JSON string at a place in the list, borrowed, or "" */
static const char *text_at(const json_t *list, size_t i)
{
    const char *text = json_string_value(json_array_get(list, i));

    return text ? text : "";
}

/* Every fault that is listed can be set and taken back; nothing else can be set. */
static void test_faults(void)
{
    const char *reply = command("faults");
    json_t *all = reply ? json_loads(reply, 0, NULL) : NULL, *device;
    const char *name;
    char line[128];

    CU_ASSERT_FATAL(json_object_size(all) >= 3);
    json_object_foreach(all, name, device)
    {
        const json_t *kinds = json_object_get(device, "kinds");
        const json_t *places = json_object_get(device, "at");
        CU_ASSERT(json_array_size(kinds) >= 4);
        for (size_t i = 0; i < json_array_size(kinds); i++) {
            snprintf(line, sizeof line, "fault %s %s 3 p=0.5", name, text_at(kinds, i));
            CU_ASSERT_PTR_NOT_NULL(command(line));
            snprintf(line, sizeof line, "fault %s %s off", name, text_at(kinds, i));
            CU_ASSERT_PTR_NOT_NULL(command(line));
        }
        for (size_t i = 0; i < json_array_size(places); i++) {
            snprintf(line, sizeof line, "%s fault %s@%s 1", name, text_at(kinds, 0),
                     text_at(places, i));
            CU_ASSERT_PTR_NOT_NULL(command(line));
        }
        snprintf(line, sizeof line, "fault %s nonsense", name);
        CU_ASSERT_PTR_NULL(command(line));
        snprintf(line, sizeof line, "fault %s off", name);
        CU_ASSERT_PTR_NOT_NULL(command(line));
    }
    json_decref(all);
}

/* Lines that name their device, and lines that make no sense. */
static void test_words(void)
{
    CU_ASSERT_PTR_NOT_NULL(command("printer paper low"));
    CU_ASSERT_PTR_NOT_NULL(command("paper full"));
    CU_ASSERT_PTR_NOT_NULL(command("reader card lay zhangsan"));
    CU_ASSERT_PTR_NOT_NULL(command("card lift"));
    CU_ASSERT_PTR_NULL(command("sscard insert zhangsan")); /* no card slot in this world */
    CU_ASSERT_PTR_NULL(command("plug sscard"));
    CU_ASSERT_PTR_NULL(command("plug nothing"));
    CU_ASSERT_PTR_NULL(command("printer"));
    CU_ASSERT_PTR_NULL(command("scan"));
    CU_ASSERT_PTR_NULL(command("fault"));
    CU_ASSERT_PTR_NULL(command("fault printer"));
    CU_ASSERT_PTR_NULL(command(""));
    CU_ASSERT_PTR_NULL(command("printer a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d"
                               " e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h"));
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    socket_path = argv[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("kiosk-sim", NULL, NULL);
    CU_add_test(suite, "reader", test_reader);
    CU_add_test(suite, "scanner", test_scanner);
    CU_add_test(suite, "printer", test_printer);
    CU_add_test(suite, "keypad", test_keypad);
    CU_add_test(suite, "faults", test_faults);
    CU_add_test(suite, "words", test_words);
    return rig_run();
}
