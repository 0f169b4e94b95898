/* SPDX-License-Identifier: Apache-2.0 */
/* The whole scanner driver against a scanner that says what the input says.
 * Say k: a code of the input's text (n byte, bytes; with the top bit of n: repeated as often as the
 * byte behind says), as the plugged scanner would send it. HID: k & 3 whole, last part missing,
 * length byte beyond the field, another AIM in the second part; k & 4 short reports. Serial: k & 1
 * small packets. Keyboard: k & 1 keys overlap; k & 2 short reports.
 * Special k: replaces the report descriptor by the input (n byte, bytes; k = 0: the good one). */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "wire_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPORT = 64, FIELD = 56, DESCRIPTOR_MAX = 255, CODE_MAX = 8192, N_LAYOUTS = 3 };

/* Report descriptors of the three layouts. Source: HID 1.11 clause 6.2.2; HID POS 1.02. */
#define HEAD                                                                                       \
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01, 0x09, 0x12, 0xa1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26,      \
        0xff, 0, 0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3b, 0x81, 0x02
#define AIM                                                                                        \
    0x05, 0x8c, 0x95, 0x01, 0x09, 0xfb, 0x81, 0x02, 0x09, 0xfc, 0x81, 0x02, 0x09, 0xfd, 0x81, 0x02
#define DATA   0x05, 0x8c, 0x09, 0xfe, 0x95, FIELD, 0x82, 0x02, 0x01
#define PAD(n) 0x95, (n), 0x81, 0x03
#define TAIL                                                                                       \
    0x05, 0x8c, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0xff, 0x81, 0x02, 0x95, 0x07, 0x81,      \
        0x03, 0xc0, 0xc0
static const uint8_t descriptor_c[] = {HEAD, DATA, PAD(5), TAIL};
static const uint8_t descriptor_a[] = {HEAD, AIM, DATA, PAD(2), TAIL};
static const uint8_t descriptor_b[] = {HEAD, PAD(1), AIM, DATA, PAD(1), TAIL};

static const struct layout {
    const uint8_t *descriptor;
    size_t n, aim_at, data_at;
    uint16_t vid, pid;
} layouts[N_LAYOUTS] = {
    {descriptor_c, sizeof descriptor_c, 0, 2, 0x1eab, 0x0d10},
    {descriptor_a, sizeof descriptor_a, 2, 5, 0x0c2e, 0x0907},
    {descriptor_b, sizeof descriptor_b, 3, 6, 0x05e0, 0x1300},
};

static struct {
    enum { KIND_HID, KIND_CDC, KIND_WEDGE } kind;
    const struct layout *layout;
    uint8_t descriptor[DESCRIPTOR_MAX];
    size_t n_descriptor;
} sim;

static int on_control(void *arg, const struct fake_setup *s, uint8_t *data)
{
    (void)arg;
    if (s->bmRequestType == 0x81 && s->bRequest == 6 && s->wValue >> 8 == 0x22) {
        size_t n = sim.n_descriptor < s->wLength ? sim.n_descriptor : s->wLength;
        memcpy(data, sim.descriptor, n);
        return (int)n;
    }
    return s->bmRequestType & 0x80 ? -1 : 0;
}

static void on_bytes(void *arg, uint8_t endpoint, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)endpoint;
    (void)data;
    (void)n;
}

static void descriptor_set(const uint8_t *p, size_t n)
{
    sim.n_descriptor = n;
    memcpy(sim.descriptor, p, n);
}

static void start(uint8_t options)
{
    sim.layout = &layouts[options % N_LAYOUTS];
    descriptor_set(sim.layout->descriptor, sim.layout->n);
}

static void plug_hid(unsigned k, struct usb_candidate *ret)
{
    static const struct usb_endpoint hid[] = {{0x81, 3, 64}, {0x01, 3, 64}};
    sim.layout = &layouts[k % N_LAYOUTS];
    sim.kind = KIND_HID;
    wire_candidate_one(ret, sim.layout->vid, sim.layout->pid, 3, 0, 0, hid, k & 8 ? 1 : 2);
    descriptor_set(sim.layout->descriptor, sim.layout->n);
}

static void plug_keyboard(struct usb_candidate *ret)
{
    static const struct usb_endpoint key[] = {{0x82, 3, 8}};
    sim.kind = KIND_WEDGE;
    wire_candidate_one(ret, layouts[0].vid, layouts[0].pid, 3, 1, 1, key, 1);
}

/* @param k  odd: control and data in one interface */
static void plug_cdc(unsigned k, struct usb_candidate *ret)
{
    static const struct usb_endpoint note[] = {{0x82, 3, 8}};
    static const struct usb_endpoint bulk[] = {{0x83, 2, 64}, {0x03, 2, 64}};
    sim.kind = KIND_CDC;
    if (k & 1) {
        wire_candidate_one(ret, 0x1eab, 0x0d06, 0x02, 2, 1, bulk, 2);
        return;
    }
    wire_candidate_one(ret, 0x1eab, 0x0d06, 0x02, 2, 1, note, 1);
    ret->interface[1] = (struct usb_interface){.number = 1, .cls = 0x0A, .n_endpoints = 2};
    memcpy(ret->interface[1].endpoint, bulk, sizeof bulk);
    ret->n_interfaces = 2;
}

/* k & 7: 0..2 the layouts, 3 serial, 4 a keyboard, 5 a keyboard beside the scanner, 6 a scanner
 * with the descriptor of special, 7 serial in one interface; k & 8: no OUT endpoint */
static void plug(unsigned k, struct usb_candidate *ret)
{
    struct usb_candidate keyboard = {0};
    uint8_t descriptor[DESCRIPTOR_MAX];
    size_t n = sim.n_descriptor;
    memcpy(descriptor, sim.descriptor, n);
    switch (k & 7) {
    case 3:
        plug_cdc(0, ret);
        break;
    case 4:
        plug_keyboard(ret);
        break;
    case 5:
        plug_keyboard(&keyboard);
        plug_hid(k >> 4, ret);
        ret->interface[1] = ret->interface[0];
        ret->interface[0] = keyboard.interface[0];
        ret->interface[1].number = 1;
        ret->n_interfaces = 2;
        break;
    case 6:
        plug_hid(k >> 4, ret);
        descriptor_set(descriptor, n);
        break;
    case 7:
        plug_cdc(1, ret);
        break;
    default:
        plug_hid(k, ret);
        break;
    }
}

static void say_hid(unsigned k, const uint8_t *code, size_t total)
{
    unsigned mode = k & 3;
    for (size_t at = 0; at < total;) {
        uint8_t r[REPORT] = {2};
        size_t len = total - at < FIELD ? total - at : FIELD;
        bool is_last = at + len >= total;
        r[1] = (uint8_t)(mode == 2 ? len + 200 : len);
        if (sim.layout->aim_at)
            memcpy(r + sim.layout->aim_at, mode == 3 && at > 0 ? "]A0" : "]Q1", 3);
        memcpy(r + sim.layout->data_at, code + at, len);
        r[REPORT - 1] = !is_last;
        at += len;
        if (!(mode == 1 && is_last))
            fake_bus_push(0x81, r, k & 4 ? REPORT - 3 : REPORT);
    }
}

/* Keys of a US keyboard: shift is 0x80. Source: HID Usage Tables 1.12, clause 10. */
static uint8_t key_of(uint8_t c)
{
    static const char shifted[] = "!@#$%^&*()";
    const char *s = memchr(shifted, c, sizeof shifted - 1);
    if (c >= 'a' && c <= 'z')
        return (uint8_t)(4 + c - 'a');
    if (c >= 'A' && c <= 'Z')
        return (uint8_t)(0x84 + c - 'A');
    if (c >= '1' && c <= '9')
        return (uint8_t)(0x1e + c - '1');
    if (s)
        return (uint8_t)(0x9e + (s - shifted));
    return c == '0'                 ? 0x27
           : c == '\r' || c == '\n' ? 0x28
           : c == '-'               ? 0x2d
           : c == '='               ? 0x2e
           : c == '.'               ? 0x37
           : c == '/'               ? 0x38
           : c == '?'               ? 0xb8
           : c == ':'               ? 0xb3
                                    : c & 0x7f;
}

static void say_keys(unsigned k, const uint8_t *code, size_t total)
{
    for (size_t i = 0; i < total; i++) {
        uint8_t key = key_of(code[i]);
        uint8_t r[8] = {(uint8_t)(key & 0x80 ? 2 : 0), 0, key & 0x7f};
        if (k & 1 && i > 0) /* the last key is still down */
            r[3] = key_of(code[i - 1]) & 0x7f;
        fake_bus_push(0x82, r, k & 2 ? 7 : 8);
        memset(r, 0, sizeof r);
        if (!(k & 1))
            fake_bus_push(0x82, r, 8);
    }
}

static void say(unsigned k, struct wire_input *in)
{
    size_t n = 0, total = 0;
    unsigned copies = wire_u8(in); /* long codes without long inputs */
    const uint8_t *text = wire_bytes(in, copies & 0x7F, &n);
    uint8_t code[CODE_MAX];
    unsigned times = copies & 0x80 ? wire_u8(in) : 1;
    for (; n > 0 && times > 0 && total + n <= sizeof code; times--, total += n)
        memcpy(code + total, text, n);
    if (sim.kind == KIND_HID)
        say_hid(k, code, total);
    else if (sim.kind == KIND_WEDGE)
        say_keys(k, code, total < 256 ? total : 256);
    else
        wire_push(0x83, code, total, k & 1 ? 7 : 64);
}

static void special(unsigned k, struct wire_input *in)
{
    size_t n = 0;
    const uint8_t *raw = wire_bytes(in, k ? wire_u8(in) : 0, &n);
    if (k == 0)
        descriptor_set(sim.layout->descriptor, sim.layout->n);
    else
        descriptor_set(raw, n);
}

static void event(const struct device_event *e, bool is_enabled)
{
    (void)e;
    (void)is_enabled;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {
        NULL,
        "{\"trigger\": \"command\"}",
        "{\"beep\": false, \"symbologies\": [\"qr\", \"pdf417\", \"code128\"]}",
        "{\"wedge\": {\"vid\": \"1eab\", \"pid\": \"0d10\", \"port\": \"1-1\"}}",
        "{\"cdc\": {\"suffix\": \"none\", \"gap_ms\": 20}}",
        "{\"cdc\": {\"suffix\": \"crlf\", \"gap_ms\": 200}}",
    };
    static const struct wire_target target = {
        .ops = &scanner_ops,
        .kind = DEVICE_SCANNER,
        .table = "scanner.json",
        .allowed =
            1U << DEVICE_EVENT_STATUS | 1U << DEVICE_EVENT_CODE | 1U << DEVICE_EVENT_CODE_FAILED,
        .settings = settings,
        .n_settings = YJ_COUNT(settings),
        .bus = {on_control, on_bytes, on_bytes, NULL},
        .start = start,
        .plug = plug,
        .say = say,
        .special = special,
        .event = event,
    };
    return wire_run(&target, data, size);
}
