/* SPDX-License-Identifier: Apache-2.0 */
/* Scanner model over the real libusb. Main thread. */
#include <string.h>

#include "cdc_model.h"
#include "scanner_face.h"
#include "scanner_model.h"
#include "usb_rig.h"

static const struct {
    uint16_t vid, pid;
    int aim_at, data_at;
} layouts[] = {
    [SCANNER_LAYOUT_C] = {0x1eab, 0x0d10, 0, 2},
    [SCANNER_LAYOUT_A] = {0x0c2e, 0x0907, 2, 5},
    [SCANNER_LAYOUT_B] = {0x05e0, 0x1300, 3, 6},
    [SCANNER_LAYOUT_OPAQUE] = {0x1eab, 0x1310, 0, 2},
};

struct rig {
    struct usbemu_bus *bus;
    struct scanner_model *model;
    libusb_context *ctx;
    libusb_device_handle *h;
};

static struct rig rig_up_cfg(const struct scanner_cfg *cfg)
{
    struct rig r = {.bus = usbemu_bus_new(USBEMU_DIRECT)};

    r.model = scanner_model_new(r.bus, cfg);
    usbemu_plug(scanner_model_dev(r.model));
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "early", 5), -1);
    r.h = rig_open(layouts[cfg->layout].vid, layouts[cfg->layout].pid, &r.ctx);
    return r;
}

static struct rig rig_up(enum scanner_layout layout)
{
    struct scanner_cfg cfg = {.layout = layout};

    return rig_up_cfg(&cfg);
}

static void rig_down(struct rig *r)
{
    rig_close(r->h, r->ctx);
    usbemu_bus_free(r->bus);
    scanner_model_free(r->model);
}

static int report_in(struct rig *r, uint8_t b[64], int ms)
{
    int n = 0, e = libusb_interrupt_transfer(r->h, 0x81, b, 64, &n, (unsigned)ms);

    return e == 0 ? n : e;
}

/* Input bits of report 2, summed over the report descriptor: an independent small reader. */
static int report_bits(const uint8_t *d, int n, int *ret_data_bit)
{
    int size = 0, count = 0, id = 0, bits = 0, usage = 0;

    for (int i = 0; i < n;) {
        int len = (d[i] & 3) == 3 ? 4 : d[i] & 3, v = len > 0 ? d[i + 1] : 0;
        switch (d[i] & 0xfc) {
        case 0x74:
            size = v;
            break;
        case 0x94:
            count = v;
            break;
        case 0x84:
            id = v;
            break;
        case 0x08:
            usage = v;
            break;
        case 0x80:
            if (id == 2 && usage == 0xfe && count > 1 && *ret_data_bit < 0)
                *ret_data_bit = bits;
            bits += id == 2 ? size * count : 0;
            break;
        default:
            break;
        }
        i += 1 + len;
    }
    return bits;
}

static void test_layouts(void)
{
    for (int k = 0; k < 3; k++) {
        struct rig r = rig_up((enum scanner_layout)k);
        uint8_t d[256], b[64];
        int data_bit = -1;
        int n = libusb_control_transfer(r.h, 0x81, 6, 0x2200, 0, d, sizeof d, 500);
        CU_ASSERT(n > 40);
        CU_ASSERT_EQUAL(d[0], 0x05);
        CU_ASSERT_EQUAL(d[1], 0x8c);
        CU_ASSERT_EQUAL(report_bits(d, n, &data_bit), 63 * 8);
        CU_ASSERT_EQUAL(data_bit, (layouts[k].data_at - 1) * 8);
        CU_ASSERT_EQUAL(scanner_model_scan(r.model, "HELLO", 5), 0);
        CU_ASSERT_EQUAL(report_in(&r, b, 500), 64);
        CU_ASSERT_EQUAL(b[0], 2);
        CU_ASSERT_EQUAL(b[1], 5);
        CU_ASSERT_EQUAL(memcmp(b + layouts[k].data_at, "HELLO", 5), 0);
        if (layouts[k].aim_at > 0)
            CU_ASSERT_EQUAL(memcmp(b + layouts[k].aim_at, "]Q1", 3), 0);
        CU_ASSERT_EQUAL(b[63], 0);
        rig_down(&r);
    }
}

static void test_continued(void)
{
    struct rig r = rig_up(SCANNER_LAYOUT_C);
    char code[300], got[400];
    uint8_t b[64];
    size_t n = 0;

    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (char)('0' + i % 75);
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, code, sizeof code), 0);
    do {
        CU_ASSERT_EQUAL_FATAL(report_in(&r, b, 500), 64);
        memcpy(got + n, b + 2, b[1]);
        n += b[1];
    } while (b[63] & 1);
    CU_ASSERT_EQUAL(n, sizeof code);
    CU_ASSERT_EQUAL(memcmp(got, code, sizeof code), 0);
    rig_down(&r);
}

static void test_command_reply(void)
{
    struct rig r = rig_up(SCANNER_LAYOUT_C);
    uint8_t out[64] = {4, 9, 0x7e, 0, 8, 1, 0, 2, 1, 2, 0xda}, b[64];

    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 9, 0x0204, 0, out, 64, 500), 64);
    CU_ASSERT_EQUAL(report_in(&r, b, 500), 64);
    CU_ASSERT_EQUAL(b[1], 7);
    CU_ASSERT_EQUAL(memcmp(b + 2, "\x02\x00\x00\x01\x00\x33\x31", 7), 0);
    CU_ASSERT_EQUAL(scanner_model_counters(r.model).n_starts, 1);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 0x0a, 0, 0, NULL, 0, 500), 0);
    rig_down(&r);
}

static void test_faults(void)
{
    struct rig r = rig_up(SCANNER_LAYOUT_C);
    char code[100] = {1};
    uint8_t b[64];

    scanner_model_fault(r.model, SCANNER_FAULT_TRUNCATED, 1);
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, code, sizeof code), 0);
    CU_ASSERT_EQUAL(report_in(&r, b, 200), 64);
    CU_ASSERT_EQUAL(b[63] & 1, 1);
    CU_ASSERT_EQUAL(report_in(&r, b, 50), LIBUSB_ERROR_TIMEOUT);
    scanner_model_fault(r.model, SCANNER_FAULT_LENGTH, 1);
    scanner_model_scan(r.model, code, 3);
    CU_ASSERT_EQUAL(report_in(&r, b, 200), 64);
    CU_ASSERT_EQUAL(b[1], 200);
    scanner_model_fault(r.model, SCANNER_FAULT_SILENT, 1);
    scanner_model_scan(r.model, code, 3);
    CU_ASSERT_EQUAL(report_in(&r, b, 50), LIBUSB_ERROR_TIMEOUT);
    scanner_model_fault(r.model, SCANNER_FAULT_STALL, 1);
    scanner_model_scan(r.model, code, 3);
    CU_ASSERT_EQUAL(report_in(&r, b, 200), LIBUSB_ERROR_PIPE);
    CU_ASSERT_EQUAL(libusb_clear_halt(r.h, 0x81), 0);
    scanner_model_fault(r.model, SCANNER_FAULT_UNPLUG, 1);
    scanner_model_scan(r.model, code, sizeof code);
    CU_ASSERT(report_in(&r, b, 200) < 0 || report_in(&r, b, 200) < 0);
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, code, 3), -1);
    rig_down(&r);
}

/* Trigger Report and beeper of layout B; serial commands and the mode of layout A. */
static void test_triggers(void)
{
    struct scanner_cfg cfg_b = {.layout = SCANNER_LAYOUT_B, .is_command = true};
    struct rig r = rig_up_cfg(&cfg_b);
    uint8_t bits[2] = {4, 2}, b[64];

    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "dark", 4), -1);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 9, 0x0204, 0, bits, 2, 500), 2);
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "lit", 3), 0);
    CU_ASSERT_EQUAL(report_in(&r, b, 500), 64);
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "dark", 4), -1); /* one code each time */
    bits[1] = 0x31; /* both beeps, and reading prevented */
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 9, 0x0204, 0, bits, 2, 500), 2);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 9, 0x0205, 0, bits, 2, 500),
                    LIBUSB_ERROR_PIPE);
    struct scanner_counters c = scanner_model_counters(r.model);
    CU_ASSERT_EQUAL(c.n_starts, 1);
    CU_ASSERT_EQUAL(c.n_stops, 1);
    CU_ASSERT_EQUAL(c.n_good_beeps, 1);
    CU_ASSERT_EQUAL(c.n_bad_beeps, 1);
    CU_ASSERT_EQUAL(c.n_dark, 2);
    rig_down(&r);

    struct scanner_cfg cfg_a = {.layout = SCANNER_LAYOUT_A, .needs_mode = true};
    uint8_t mode[2] = {0xfe, 1}, stop[64] = {0xfd, 3, 0x16, 'U', 0x0d};
    r = rig_up_cfg(&cfg_a);
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "dark", 4), -1);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 9, 0x03fe, 0, mode, 2, 500), 2);
    scanner_model_aim(r.model, "]C0");
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "lit", 3), 0);
    CU_ASSERT_EQUAL(report_in(&r, b, 500), 64);
    CU_ASSERT_EQUAL(memcmp(b + 2, "]C0lit", 6), 0);
    CU_ASSERT_EQUAL(libusb_control_transfer(r.h, 0x21, 9, 0x02fd, 0, stop, 64, 500), 64);
    CU_ASSERT_EQUAL(scanner_model_counters(r.model).n_stops, 1);
    rig_down(&r);
}

/* Which of 64 codes a seed spoils: the same every time, about as many as asked for. */
static uint64_t spoilt(unsigned seed)
{
    struct rig r = rig_up(SCANNER_LAYOUT_C);
    uint64_t mask = 0;
    uint8_t b[64];

    scanner_model_fault_random(r.model, SCANNER_FAULT_SILENT, 300, seed);
    for (int i = 0; i < 64; i++) {
        unsigned before = scanner_model_counters(r.model).n_reports;
        scanner_model_scan(r.model, "x", 1);
        if (scanner_model_counters(r.model).n_reports == before)
            mask |= 1ULL << i;
        else
            CU_ASSERT_EQUAL(report_in(&r, b, 500), 64);
    }
    rig_down(&r);
    return mask;
}

static void test_seeds(void)
{
    uint64_t one = spoilt(1);
    int n = __builtin_popcountll(one);

    CU_ASSERT(n > 5 && n < 40);
    CU_ASSERT_EQUAL(spoilt(1), one);
    CU_ASSERT_NOT_EQUAL(spoilt(2), one);
}

/* ---- serial line ---- */

static void test_serial(void)
{
    struct cdc_cfg cfg = {.suffix = "\r\n", .aim = "]Q1", .piece = 7, .seed = 5};
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct cdc_model *m = cdc_model_new(bus, &cfg);
    uint8_t coding[7] = {0x80, 0x25, 0, 0, 0, 0, 8}, got[128], line[128];
    size_t n = 0;
    libusb_context *ctx;

    usbemu_plug(cdc_model_dev(m));
    libusb_device_handle *h = rig_open(0x1eab, 0x1d06, &ctx);
    CU_ASSERT_EQUAL(libusb_claim_interface(h, 1), 0);
    CU_ASSERT_EQUAL(cdc_model_scan(m, "early", 5), -1); /* the line is not open */
    CU_ASSERT_EQUAL(libusb_control_transfer(h, 0x21, 0x20, 0, 0, coding, 7, 500), 7);
    CU_ASSERT_EQUAL(libusb_control_transfer(h, 0x21, 0x22, 3, 0, NULL, 0, 500), 0);
    CU_ASSERT_EQUAL(libusb_control_transfer(h, 0x21, 0x22, 3, 1, NULL, 0, 500), LIBUSB_ERROR_PIPE);
    CU_ASSERT_EQUAL(cdc_model_rate(m), 9600);
    CU_ASSERT_EQUAL(cdc_model_scan(m, "A code in small pieces", 22), 0);
    while (n < 27) {
        int k = rig_in(h, 0x81, line, 64, 500);
        CU_ASSERT_FATAL(k > 0 && k <= 7);
        memcpy(got + n, line, (size_t)k);
        n += (size_t)k;
    }
    CU_ASSERT_EQUAL(memcmp(got, "]Q1A code in small pieces\r\n", 27), 0);
    CU_ASSERT(cdc_model_counters(m).n_packets > 4);
    CU_ASSERT_EQUAL(rig_out(h, 0x01, "\x16T\r", 3, 500), 3);
    CU_ASSERT_EQUAL(cdc_model_counters(m).n_starts, 1);
    libusb_release_interface(h, 0);
    CU_ASSERT_EQUAL(libusb_control_transfer(h, 0x21, 0x22, 3, 0, NULL, 0, 500), LIBUSB_ERROR_PIPE);
    CU_ASSERT_EQUAL(cdc_model_counters(m).n_unclaimed, 2);
    rig_close(h, ctx);
    usbemu_bus_free(bus);
    cdc_model_free(m);
}

/* ---- orders ---- */

static int order(struct scanner_face *f, const char *line, char error[160])
{
    char text[256], *words[16], *save = NULL;
    int n = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok_r(text, " ", &save); w && n < 16; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    return scanner_order(f, n, words, error);
}

static long report_of(struct scanner_face *f, const char *key)
{
    json_t *all = scanner_report(f);
    long n = (long)json_integer_value(json_object_get(all, key));

    json_decref(all);
    return n;
}

static void test_orders(void)
{
    static const char *const good[] = {
        "scan HELLO TWO WORDS",       "scan aim=]Q2 x", "scan hex=ff00",      "fault truncated 2",
        "fault silent p=0.25 seed=7", "fault off",      "fault noise always", "fault noise off",
        "hold every=500 STICKER",     "hold off"};
    static const char *const bad[] = {"",      "scan",    "scan aim=Q x",     "scan hex=f",
                                      "fault", "fault x", "fault silent p=2", "fault silent many",
                                      "hold",  "jump"};
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct scanner_face *f = scanner_face_new(bus, "a,mode", NULL, (char[160]){0});
    libusb_context *ctx;
    uint8_t mode[2] = {0xfe, 1};
    char error[160] = "";

    usbemu_plug(scanner_face_dev(f));
    CU_ASSERT_EQUAL(order(f, "scan early", error), -1);
    libusb_device_handle *h = rig_open(0x0c2e, 0x0907, &ctx);
    CU_ASSERT_EQUAL(libusb_control_transfer(h, 0x21, 9, 0x03fe, 0, mode, 2, 500), 2);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CU_ASSERT_EQUAL(order(f, good[i], error), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        error[0] = '\0';
        CU_ASSERT_EQUAL(order(f, bad[i], error), -1);
        CU_ASSERT_NOT_EQUAL(error[0], '\0');
    }
    CU_ASSERT_EQUAL(report_of(f, "scans"), 4); /* three, and what was held */
    rig_close(h, ctx);
    usbemu_bus_free(bus);
    scanner_face_free(f);
}

static void test_kinds(void)
{
    static const char *const good[] = {
        NULL, "c", "A", "b,command", "opaque", "cdc,crlf,pieces=3", "wedge,caps,noenter", "typing"};
    static const char *const bad[] = {"d", "cdc,tab", ","};
    struct usbemu_bus *bus = usbemu_bus_new(USBEMU_DIRECT);
    struct scanner_face *faces[8];
    char error[160] = "";

    for (size_t i = 0; i < 8; i++) {
        faces[i] = scanner_face_new(bus, good[i], "1-4", error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(faces[i]);
    }
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_PTR_NULL(scanner_face_new(bus, bad[i], NULL, error));
    usbemu_bus_free(bus);
    for (size_t i = 0; i < 8; i++)
        scanner_face_free(faces[i]);
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("scanner model", NULL, NULL);
    CU_add_test(suite, "three layouts", test_layouts);
    CU_add_test(suite, "continued code", test_continued);
    CU_add_test(suite, "command and reply", test_command_reply);
    CU_add_test(suite, "faults", test_faults);
    CU_add_test(suite, "triggers and beeps", test_triggers);
    CU_add_test(suite, "seeds", test_seeds);
    CU_add_test(suite, "serial line", test_serial);
    CU_add_test(suite, "orders", test_orders);
    CU_add_test(suite, "kinds", test_kinds);
    return rig_run();
}
