/* SPDX-License-Identifier: Apache-2.0 */
/* Reader model over the real libusb, byte for byte against published-format test vectors of
 * invented persons. Main thread; argv[1] is the cards file. */
#define _GNU_SOURCE
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "reader_face.h"
#include "reader_model.h"
#include "usb_rig.h"

enum { SPEED = 100 };

static const char *cards_file;
static struct usbemu_bus *bus;
static struct reader_model *model, *one_pipe;
static struct card_box *cards;
static libusb_context *ctx;
static libusb_device_handle *h;
static uint8_t frame[2560];

static int rig_up(void)
{
    struct reader_cfg cfg = {.speed = SPEED, .warm_up_ms = 500 * SPEED};
    char error[160];

    cards = card_box_load(cards_file, error);
    if (cards == NULL) {
        printf("%s\n", error);
        return -1;
    }
    bus = usbemu_bus_new(USBEMU_DIRECT);
    model = reader_model_new(bus, &cfg);
    usbemu_plug(reader_model_dev(model));
    /* no CUnit assertions in here: there is no test yet that could fail */
    if (libusb_init(&ctx) != 0)
        return -1;
    h = libusb_open_device_with_vid_pid(ctx, 0x0400, 0xc35a);
    return h != NULL && libusb_claim_interface(h, 0) == 0 ? 0 : -1;
}

static int rig_down(void)
{
    rig_close(h, ctx);
    usbemu_bus_free(bus);
    reader_model_free(model);
    reader_model_free(one_pipe);
    card_box_free(cards);
    return 0;
}

/* @return bytes of the answer in frame, or a libusb error */
static int answer(int ms)
{
    int n = rig_in(h, 0x81, frame, 64, ms);

    if (n != 7)
        return n < 0 ? n : -100;
    n = rig_in(h, 0x85, frame + 7, 2368, 300);
    return n < 0 ? n : n + 7;
}

static int command_hex(const char *hex)
{
    uint8_t c[80];
    int n = bytes_unhex(hex, c, sizeof c);

    CU_ASSERT_FATAL(n > 7);
    CU_ASSERT_EQUAL(rig_out(h, 0x02, c, 7, 500), 7);
    CU_ASSERT_EQUAL(rig_out(h, 0x06, c + 7, (size_t)n - 7, 500), n - 7);
    return answer(500);
}

/* @return SW3, or a negative error */
static int command_sw(const char *hex)
{
    int n = command_hex(hex);

    return n < 0 ? n : frame[9];
}

static const char *sha256(const void *p, size_t n)
{
    static char hex[65];
    unsigned char md[32];

    EVP_Digest(p, n, md, NULL, EVP_sha256(), NULL);
    bytes_hex(md, sizeof md, hex);
    return hex;
}

#define RESET  "aaaaaa9669000310ffec"
#define STATUS "aaaaaa9669000311ffed"
#define SAMID  "aaaaaa9669000312ffee"
#define FIND   "aaaaaa96690003200122"
#define SELECT "aaaaaa96690003200221"
#define READ   "aaaaaa96690003300132"
#define READFP "aaaaaa96690003301023"
#define ADDR   "aaaaaa96690003300330"
#define MANAGE "aaaaaa96690003300536"

static void lay(const char *name)
{
    const struct sim_card *card = card_box_find(cards, name);

    CU_ASSERT_PTR_NOT_NULL_FATAL(card);
    reader_model_lift(model);
    reader_model_lay(model, card);
}

static void test_warm_up(void)
{
    char hex[64];

    CU_ASSERT_EQUAL(command_hex(STATUS), 11);
    bytes_hex(frame, 11, hex);
    CU_ASSERT_STRING_EQUAL(hex, "aaaaaa9669000400006064");
    for (int i = 0; i < 2000 && command_sw(STATUS) == 0x60; i++)
        usleep(1000);
    CU_ASSERT_EQUAL(command_hex(STATUS), 11);
    bytes_hex(frame, 11, hex);
    CU_ASSERT_STRING_EQUAL(hex, "aaaaaa9669000400009094");
    CU_ASSERT_EQUAL(command_hex(SAMID), 27);
}

static void test_vectors(void)
{
    static const struct {
        const char *name;
        uint8_t x;
        const char *text, *whole;
    } v[] = {
        {"zhangsan", 0xc5, "fba921537db7bc877939ed631de9a4cd26fbe770aae7cacf1c1013ec8f3fa120",
         "cc98b62d7c00d379458443906a31457f027302022d5853b425beba7491b17593"},
        {"chendawen", 0x28, "3b45250682fbd343537fd578c1fba88a8e084ae4971dbc6a16e329b48d726b00",
         "4b478c562c902c6fcabc525f78474201c773215902df7a115d4b85be3994d3d7"},
        {"doe", 0xcd, "07a95889858198d32167238b43472cd82a2ac5b0bf2f8cff2290174c98568153",
         "b7c115b0e9c74d85a0389044681c297173fb193eef0ab12433ca2ea37c74425a"},
        {"duyuehan", 0xbe, "ab64ab3f714c9d616681e14584c1b0f9cb5a6b1fc944e8133e8a952586dc8225",
         "5942cf6aaccf02dbda66728a1a037ab8f4dcbd6f7131ddec8c4c44b29fc92c9c"},
    };

    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        lay(v[i].name);
        CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
        CU_ASSERT_EQUAL(command_sw(SELECT), 0x90);
        CU_ASSERT_EQUAL(command_hex(READ), 1295);
        CU_ASSERT_EQUAL(frame[1294], v[i].x);
        CU_ASSERT_STRING_EQUAL(sha256(frame + 14, 256), v[i].text);
        CU_ASSERT_STRING_EQUAL(sha256(frame + 270, 1024),
                               "ad8d23783dcf11e82fe8497fa0b602eb145f3dfa8c09a85304d48df8624d9961");
        CU_ASSERT_STRING_EQUAL(sha256(frame, 1295), v[i].whole);
    }
}

static void test_fingerprints(void)
{
    static const char *const whole[] = {
        "f1f7919ef0bb91b9294644fe83e43138d294d9659365c6b0964cf2612114c331",
        "842eab949afa2523588c1d764f9e199622141250711306e9cf7e649317aba035",
        "002e372e6445b8f3a94c4f5ec57d68f86f65415d798915334083df51dde97ccc"};
    static const int sizes[] = {1297, 1809, 2321};
    struct sim_card card = *card_box_find(cards, "zhangsan");

    for (int i = 0; i < 3; i++) {
        card.n_fingers = i;
        reader_model_lay(model, &card);
        CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
        CU_ASSERT_EQUAL(command_sw(SELECT), 0x90);
        CU_ASSERT_EQUAL(command_hex(READFP), sizes[i]);
        CU_ASSERT_STRING_EQUAL(sha256(frame, (size_t)sizes[i]), whole[i]);
    }
}

static void test_address_and_manage(void)
{
    char hex[80];

    lay("zhangsan-moved");
    CU_ASSERT_EQUAL(command_sw(ADDR), 0x41);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x90);
    CU_ASSERT_EQUAL(command_hex(ADDR), 81);
    CU_ASSERT_EQUAL(frame[80], 0x31);
    CU_ASSERT_EQUAL(command_hex(MANAGE), 35);
    bytes_hex(frame, 35, hex);
    CU_ASSERT_STRING_EQUAL(
        hex, "aaaaaa9669001c0000901011121314151617202122232425262728292a2b2c2d2e2f8c");
    lay("chendawen");
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x90);
    CU_ASSERT_EQUAL(command_sw(ADDR), 0x91);
}

static void test_states(void)
{
    reader_model_lift(model);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x80);
    CU_ASSERT_EQUAL(command_sw(READ), 0x41);
    lay("zhangsan");
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x81);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    CU_ASSERT_EQUAL(command_sw(READ), 0x41);
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x81); /* the error went back to present */
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x90);
    CU_ASSERT_EQUAL(command_sw(READ), 0x90);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x80); /* read, still there */
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x81);
    CU_ASSERT_EQUAL(command_sw(ADDR), 0x91);
    CU_ASSERT_EQUAL(command_sw(READ), 0x90);
    CU_ASSERT_EQUAL(command_sw(RESET), 0x90);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    reader_model_lift(model);
    CU_ASSERT_EQUAL(command_sw(READ), 0x41);
}

static void test_bad_frames(void)
{
    CU_ASSERT_EQUAL(command_sw("aaaaaa9669000311ffee"), 0x10);
    CU_ASSERT_EQUAL(command_sw("aaaaaa966900033002"
                               "31"),
                    0x21);
    CU_ASSERT_EQUAL(command_sw("aaaaaa9669000411ff00ea"), 0x11);
    CU_ASSERT_EQUAL(command_sw("aaaaaa9669000461ff50ca"), 0x90);
    CU_ASSERT_EQUAL(command_sw("aaaaaa9669000461ff108a"), 0x21);
    CU_ASSERT_EQUAL(rig_out(h, 0x02, "\xaa\xaa\xaa\xaa\x96\x69\x00", 7, 500), 7);
    CU_ASSERT_EQUAL(rig_out(h, 0x02, "\x03", 1, 500), 1);
    CU_ASSERT_EQUAL(rig_out(h, 0x06, "\x11\xff\xed", 3, 500), 3);
    CU_ASSERT_EQUAL(answer(500), 11);
}

static void test_faults(void)
{
    unsigned before = reader_model_counters(model).n_faults;
    uint8_t x = 0;

    reader_model_fault(model, READER_FAULT_XOR, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT_EQUAL(command_hex(STATUS), 11);
    for (int i = 5; i < 11; i++)
        x ^= frame[i];
    CU_ASSERT_NOT_EQUAL(x, 0);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x90);
    reader_model_fault(model, READER_FAULT_LEN, 0, 0x11ff, READER_ALWAYS);
    CU_ASSERT_EQUAL(command_hex(SAMID), 27);
    CU_ASSERT_EQUAL(command_hex(STATUS), 11);
    CU_ASSERT_EQUAL(frame[6], 0x14);
    reader_model_fault(model, READER_FAULT_TRUNCATE, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT_EQUAL(command_hex(SAMID), 17);
    reader_model_fault(model, READER_FAULT_STALL, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT_EQUAL(command_hex(STATUS), LIBUSB_ERROR_PIPE);
    CU_ASSERT_EQUAL(libusb_clear_halt(h, 0x81), 0);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x90);
    reader_model_fault(model, READER_FAULT_SILENT, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT_EQUAL(command_hex(STATUS), LIBUSB_ERROR_TIMEOUT);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x90);
    reader_model_fault(model, READER_FAULT_LATE, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT_EQUAL(command_hex(STATUS), LIBUSB_ERROR_TIMEOUT);
    CU_ASSERT_EQUAL(answer(600), 11);
    reader_model_fault(model, READER_FAULT_SW, 0x47, 0x2001, 1);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x90);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x47);
    reader_model_fault(model, READER_FAULT_NOISE, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT_EQUAL(command_hex(STATUS), -100);
    CU_ASSERT_EQUAL(rig_in(h, 0x85, frame, 64, 100), 4);
    CU_ASSERT_EQUAL(reader_model_counters(model).n_faults, before + 8);
    reader_model_fault(model, READER_FAULT_UNPLUG, 0, READER_ANY_COMMAND, 1);
    CU_ASSERT(command_hex(SAMID) < 0);
    CU_ASSERT_FALSE(usbemu_is_plugged(reader_model_dev(model)));
}

/* @return what reader_order returned; the words as the dispatcher hands them over */
static int order(const char *line)
{
    char copy[160], error[160] = "", *words[8], *save = NULL;
    int n = 0;

    snprintf(copy, sizeof copy, "%s", line);
    for (char *w = strtok_r(copy, " ", &save); w != NULL && n < 8; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    int r = reader_order(model, n, words, error);
    CU_ASSERT_EQUAL(r == 0, error[0] == '\0'); /* a refusal says why */
    return r;
}

static void test_orders(void)
{
    reader_face_cards(model, cards);
    CU_ASSERT_EQUAL(order("card lift"), 0);
    CU_ASSERT_EQUAL(order("card lay unknown-ethnic"), 0);
    CU_ASSERT_STRING_EQUAL(reader_model_card(model), "unknown-ethnic");
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    CU_ASSERT_EQUAL(order("fault sw41@select"), 0);
    CU_ASSERT_EQUAL(order("sw12 0a ff"), 0);
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x41);
    CU_ASSERT(frame[7] == 0x0a && frame[8] == 0xff);
    CU_ASSERT_EQUAL(command_sw(SELECT), 0x90);
    CU_ASSERT_EQUAL(frame[7], 0); /* no refusal */
    CU_ASSERT_EQUAL(order("sw12 00 00"), 0);
    CU_ASSERT_EQUAL(order("sticky off"), 0);
    CU_ASSERT_EQUAL(command_sw(READ), 0x90);
    CU_ASSERT_EQUAL(command_sw(FIND), 0x9f);
    CU_ASSERT_EQUAL(order("sticky on"), 0);
    CU_ASSERT_EQUAL(order("warm 100000 66"), 0);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x66);
    CU_ASSERT_EQUAL(order("warm 0"), 0);
    for (int i = 0; i < 2000 && command_sw(STATUS) != 0x90; i++)
        usleep(1000);
    json_t *report = reader_report(model);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(report, "card")), "unknown-ethnic");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(report, "state")), "found");
    CU_ASSERT_TRUE(json_is_true(json_object_get(report, "ready")));
    json_decref(report);
    CU_ASSERT_EQUAL(order("lift"), 0);
    report = reader_report(model);
    CU_ASSERT_TRUE(json_is_null(json_object_get(report, "card")));
    json_decref(report);
}

static void test_wrong_orders(void)
{
    static const char *const wrong[] = {"",
                                        "dance",
                                        "card",
                                        "card lay",
                                        "card lay nobody",
                                        "fault",
                                        "fault swine",
                                        "fault sw1ff",
                                        "fault xor@nothing",
                                        "fault xor many",
                                        "fault xor -1",
                                        "fault xor p=2",
                                        "fault xor p=x",
                                        "fault xor seed=",
                                        "sw12 1",
                                        "warm",
                                        "warm 5 61",
                                        "split 0",
                                        "split 65",
                                        "garbage maybe"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CU_ASSERT_EQUAL(order(wrong[i]), -1);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x90); /* none of them did anything */
}

/* The same seed spoils the same answers, about as many as the probability says. */
static void test_probability(void)
{
    unsigned n[2] = {0, 0};
    uint64_t pattern[2] = {0, 0};

    for (int k = 0; k < 2; k++) {
        CU_ASSERT_EQUAL(order("fault sw24@status p=0.5 seed=42"), 0);
        for (int i = 0; i < 40; i++) {
            bool is_spoiled = command_sw(STATUS) == 0x24;
            n[k] += is_spoiled;
            pattern[k] = pattern[k] << 1 | is_spoiled;
        }
    }
    CU_ASSERT(n[0] > 8 && n[0] < 32);
    CU_ASSERT(pattern[0] == pattern[1]);
    CU_ASSERT_EQUAL(order("fault off"), 0);
    CU_ASSERT_EQUAL(command_sw(STATUS), 0x90);
}

/* What only bytes can say, and what the blocks of the special cards hold. */
static void test_special_cards(void)
{
    static const struct {
        const char *name, *hex;
        int at;
    } v[] = {
        {"unknown-ethnic", "38003100", 32},  {"rare-name", "205f42d8b7df2000", 0},
        {"private-name", "205f00e0", 0},     {"half-name", "205f42d82000", 0},
        {"odd-expiry", "386c454e2000", 204},
    };

    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        const struct sim_card *c = card_box_find(cards, v[i].name);
        uint8_t bytes[16];
        CU_ASSERT_PTR_NOT_NULL_FATAL(c);
        int n = bytes_unhex(v[i].hex, bytes, sizeof bytes);
        CU_ASSERT(n > 0 && memcmp(c->text + v[i].at, bytes, (size_t)n) == 0);
    }
    CU_ASSERT_EQUAL(card_box_find(cards, "one-finger")->n_fingers, 1);
    CU_ASSERT_EQUAL(card_box_find(cards, "blank-photo")->photo[0], 0);
}

/* Profile B on a bus of its own: pieces of every size, rubbish in front, to the byte. */
static void test_one_pipe(void)
{
    static const unsigned pieces[] = {0, 1, 13, 64, READER_SPLIT_VARYING};
    struct reader_cfg cfg = {
        .speed = SPEED, .warm_up_ms = 1, .pipes = READER_PIPES_ONE, .port = "1-2"};
    struct reader_model *other = reader_model_new(bus, &cfg);
    libusb_device_handle *b = NULL;
    libusb_device **list = NULL;
    uint8_t c[16];

    usbemu_plug(reader_model_dev(other));
    ssize_t n_devices = libusb_get_device_list(ctx, &list);
    for (ssize_t i = 0; i < n_devices && b == NULL; i++)
        if (libusb_get_port_number(list[i]) == 2)
            CU_ASSERT_EQUAL(libusb_open(list[i], &b), 0);
    libusb_free_device_list(list, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    CU_ASSERT_EQUAL_FATAL(libusb_claim_interface(b, 0), 0);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        int n = bytes_unhex(SAMID, c, sizeof c), got = 0;
        reader_model_chop(other, pieces[i], true);
        CU_ASSERT_EQUAL(rig_out(b, 0x02, c, (size_t)n, 500), n);
        while (got < 5 + 27) {
            int k = rig_in(b, 0x81, frame + got, 64, 2000);
            CU_ASSERT_FATAL(k > 0);
            got += k;
        }
        CU_ASSERT_EQUAL(got, 5 + 27);
        CU_ASSERT_EQUAL(memcmp(frame + 5, "\xaa\xaa\xaa\x96\x69\x00\x14", 7), 0);
    }
    libusb_close(b);
    usbemu_unplug(reader_model_dev(other));
    one_pipe = other; /* freed after the bus */
}

int main(int argc, char **argv)
{
    cards_file = argc > 1 ? argv[1] : "cards.json";
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("reader model", rig_up, rig_down);
    CU_add_test(suite, "warm-up", test_warm_up);
    CU_add_test(suite, "cards to the byte", test_vectors);
    CU_add_test(suite, "fingerprints to the byte", test_fingerprints);
    CU_add_test(suite, "added address, card serial", test_address_and_manage);
    CU_add_test(suite, "states", test_states);
    CU_add_test(suite, "bad frames", test_bad_frames);
    CU_add_test(suite, "orders", test_orders);
    CU_add_test(suite, "wrong orders", test_wrong_orders);
    CU_add_test(suite, "probability", test_probability);
    CU_add_test(suite, "special cards", test_special_cards);
    CU_add_test(suite, "one pipe pair", test_one_pipe);
    CU_add_test(suite, "faults", test_faults);
    return rig_run();
}
