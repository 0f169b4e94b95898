/* SPDX-License-Identifier: Apache-2.0 */
/* Scanner model over the real libusb. Main thread. */
#include <string.h>

#include "scanner_model.h"
#include "usb_rig.h"

static const struct {
    uint16_t vid, pid;
    int aim_at, data_at;
} layouts[] = {
    [SCANNER_LAYOUT_C] = {0x1eab, 0x0d10, 0, 2},
    [SCANNER_LAYOUT_A] = {0x0c2e, 0x0907, 2, 5},
    [SCANNER_LAYOUT_B] = {0x05e0, 0x1300, 3, 6},
};

struct rig {
    struct usbemu_bus *bus;
    struct scanner_model *model;
    libusb_context *ctx;
    libusb_device_handle *h;
};

static struct rig rig_up(enum scanner_layout layout)
{
    struct scanner_cfg cfg = {.layout = layout};
    struct rig r = {.bus = usbemu_bus_new(USBEMU_DIRECT)};

    r.model = scanner_model_new(r.bus, &cfg);
    usbemu_plug(scanner_model_dev(r.model));
    CU_ASSERT_EQUAL(scanner_model_scan(r.model, "early", 5), -1);
    r.h = rig_open(layouts[layout].vid, layouts[layout].pid, &r.ctx);
    return r;
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
    CU_ASSERT_EQUAL(memcmp(b + 2, "\x02\x00\x00\x01\x00\x33\x31", 6), 0);
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

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("scanner model", NULL, NULL);
    CU_add_test(suite, "three layouts", test_layouts);
    CU_add_test(suite, "continued code", test_continued);
    CU_add_test(suite, "command and reply", test_command_reply);
    CU_add_test(suite, "faults", test_faults);
    return rig_run();
}
