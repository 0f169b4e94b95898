/* SPDX-License-Identifier: Apache-2.0 */
/* Keypad model. Runs under the bus lock, any thread. */
#include "keypad_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    EP_KEYS = 0x81,
    EP_VOLUME = 0x82,
    BOOT_BYTES = 8,
    VOLUME_BYTES = 2,
    BITMAP_BYTES = 1 + 15, /* report id, keys 0x04..0x7b */
    BITMAP_ID = 5,
    BITMAP_FIRST = 0x04,
    CHATTER = 200,
    REPEATS = 12,
    VOLUME_UP = 0xe9,
    VOLUME_DOWN = 0xea,
    JACK_IN = 0x6a,
    JACK_OUT = 0x6b,
};

/* ---- what is on the keys --------------------------------------------------------------------- */

struct key {
    const char *name;
    uint8_t code;
};

static const struct key nav_keys[] = {
    {"previous", 0x52}, {"next", 0x51},   {"left", 0x50},   {"right", 0x4f},  {"select", 0x28},
    {"back", 0x29},     {"home", 0x4a},   {"help", 0x75},   {"repeat", 0x68}, {"slower", 0x6c},
    {"faster", 0x6d},   {"digit0", 0x27}, {"digit1", 0x1e}, {"digit2", 0x1f}, {"digit3", 0x20},
    {"digit4", 0x21},   {"digit5", 0x22}, {"digit6", 0x23}, {"digit7", 0x24}, {"digit8", 0x25},
    {"digit9", 0x26},   {"star", 0x55},   {"hash", 0x56},   {NULL, 0}};
static const struct key numeric_keys[] = {
    {"1", 0x59}, {"2", 0x5a},       {"3", 0x5b},         {"4", 0x5c}, {"5", 0x5d},
    {"6", 0x5e}, {"7", 0x5f},       {"8", 0x60},         {"9", 0x61}, {"0", 0x62},
    {".", 0x63}, {"numlock", 0x53}, {"/", 0x54},         {"*", 0x55}, {"-", 0x56},
    {"+", 0x57}, {"enter", 0x58},   {"backspace", 0x2a}, {NULL, 0}};
static const struct key phone_keys[] = {
    {"1", 0x1e}, {"2", 0x1f}, {"3", 0x20}, {"4", 0x21}, {"5", 0x22}, {"6", 0x23}, {"7", 0x24},
    {"8", 0x25}, {"9", 0x26}, {"*", 0x27}, {"0", 0x04}, {"#", 0x05}, {NULL, 0}};

/* ---- descriptors ----------------------------------------------------------------------------- */

/* HID 1.11 appendix B.1: modifiers, reserved, six keys */
static const uint8_t keyboard_report[] = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,
    0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08,
    0x15, 0x00, 0x26, 0xff, 0x00, 0x05, 0x07, 0x19, 0x00, 0x29, 0xff, 0x81, 0x00, 0xc0};
/* consumer control: one 16 bit value, usages 0..0x3ff */
static const uint8_t volume_report[] = {0x05, 0x0c, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00,
                                        0x26, 0xff, 0x03, 0x19, 0x00, 0x2a, 0xff, 0x03,
                                        0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xc0};
/* report 1: a battery's level, no keys; report 5: a bit for each key 0x04..0x7b */
static const uint8_t bitmap_report[] = {
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x85, 0x01, 0x05, 0x06,      0x09, 0x20, 0x15, 0x00,
    0x25, 0x64, 0x75, 0x08, 0x95, 0x01, 0x81, 0x02, 0x85, BITMAP_ID, 0x05, 0x07, 0x19, BITMAP_FIRST,
    0x29, 0x7b, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x78,      0x81, 0x02, 0xc0};

#define DEVICE(pid)                  18, 1, 0x00, 0x02, 0, 0, 0, 64, 0x09, 0x12, (pid), 0x00, 0x00, 0x01, 1, 2, 3, 1
#define CONFIGURATION(n, interfaces) 9, 2, (n), 0, (interfaces), 1, 0, 0xa0, 100
#define HID(number, boot, protocol, report, endpoint, bytes)                                       \
    9, 4, (number), 0, 1, 3, (boot), (protocol), 0, 9, 0x21, 0x11, 0x01, 0, 1, 0x22,               \
        sizeof report, 0, 7, 5, (endpoint), 3, (bytes), 0, 4

static const uint8_t nav_device[] = {DEVICE(1), CONFIGURATION(59, 2),
                                     HID(0, 1, 1, keyboard_report, EP_KEYS, 8),
                                     HID(1, 0, 0, volume_report, EP_VOLUME, 8)};
static const uint8_t switch_device[] = {DEVICE(2), CONFIGURATION(59, 2),
                                        HID(0, 1, 1, keyboard_report, EP_KEYS, 8),
                                        HID(1, 0, 0, volume_report, EP_VOLUME, 8)};
static const uint8_t numeric_device[] = {DEVICE(3), CONFIGURATION(34, 1),
                                         HID(0, 1, 1, keyboard_report, EP_KEYS, 8)};
static const uint8_t phone_device[] = {DEVICE(4), CONFIGURATION(34, 1),
                                       HID(0, 1, 1, keyboard_report, EP_KEYS, 8)};
static const uint8_t bitmap_device[] = {DEVICE(5), CONFIGURATION(34, 1),
                                        HID(0, 0, 0, bitmap_report, EP_KEYS, 16)};

#define BYTES(array) (array), sizeof(array)
static const struct {
    const char *name;
    const uint8_t *device;
    size_t n_device;
    const uint8_t *report;
    size_t n_report;
    const struct key *keys;
    bool has_volume, has_jack;
} faces[KEYPAD_N_FACES] = {
    [KEYPAD_NAV] = {"nav", BYTES(nav_device), BYTES(keyboard_report), nav_keys, true, true},
    [KEYPAD_SWITCH] = {"switch", BYTES(switch_device), BYTES(keyboard_report), nav_keys, true,
                       true},
    [KEYPAD_NUMERIC] = {"numeric", BYTES(numeric_device), BYTES(keyboard_report), numeric_keys,
                        false, false},
    [KEYPAD_PHONE] = {"phone", BYTES(phone_device), BYTES(keyboard_report), phone_keys, false,
                      false},
    [KEYPAD_BITMAP] = {"bitmap", BYTES(bitmap_device), BYTES(bitmap_report), nav_keys, false, true},
    [KEYPAD_MUTE] = {"mute", BYTES(nav_device), BYTES(keyboard_report), nav_keys, true, true},
};

struct keypad_model {
    enum keypad_face face;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    uint8_t held[2]; /* keys that are down: one held or stuck, and the jack's; 0: none */
    enum keypad_fault fault;
    int fault_n;
    unsigned fault_p, random;
    struct keypad_counters counters;
};

int keypad_face_of(const char *name)
{
    for (int i = 0; i < KEYPAD_N_FACES; i++)
        if (strcmp(faces[i].name, name) == 0)
            return i;
    return -1;
}

/* ---- reports --------------------------------------------------------------------------------- */

static void bit_set(uint8_t *report, uint8_t code)
{
    if (code >= BITMAP_FIRST)
        report[1 + (code - BITMAP_FIRST) / 8] |= (uint8_t)(1u << (code - BITMAP_FIRST) % 8);
}

/* Everything that is down, and one code more (0: none). */
static void report_send(struct keypad_model *m, uint8_t code)
{
    uint8_t report[BITMAP_BYTES] = {0};
    size_t n = BOOT_BYTES;

    if (m->face == KEYPAD_BITMAP) {
        n = BITMAP_BYTES;
        report[0] = BITMAP_ID;
        bit_set(report, code);
        for (size_t i = 0; i < sizeof m->held; i++)
            bit_set(report, m->held[i]);
    } else {
        size_t at = 2;
        for (size_t i = 0; i < sizeof m->held; i++)
            if (m->held[i] != 0 && m->held[i] != code)
                report[at++] = m->held[i];
        report[at] = code;
    }
    usbemu_in_push(m->dev, EP_KEYS, report, n, false);
}

static void garbage_send(struct keypad_model *m)
{
    static const uint8_t ones[BITMAP_BYTES] = {BITMAP_ID, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                               0xff,      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    for (int i = 0; i < 5; i++) {
        usbemu_in_push(m->dev, EP_KEYS, ones, m->face == KEYPAD_BITMAP ? 16 : 3, false);
        usbemu_in_push(m->dev, EP_KEYS, ones, 1, false);
    }
}

static void rollover_send(struct keypad_model *m)
{
    static const uint8_t report[BOOT_BYTES] = {0, 0, 1, 1, 1, 1, 1, 1};

    if (m->face != KEYPAD_BITMAP)
        usbemu_in_push(m->dev, EP_KEYS, report, sizeof report, false);
}

static void volume_send(struct keypad_model *m, uint8_t usage)
{
    const uint8_t down[VOLUME_BYTES] = {usage, 0}, up[VOLUME_BYTES] = {0, 0};

    usbemu_in_push(m->dev, EP_VOLUME, down, sizeof down, false);
    usbemu_in_push(m->dev, EP_VOLUME, up, sizeof up, false);
}

static enum keypad_fault fault_next(struct keypad_model *m)
{
    if (m->fault_p > 0) {
        m->random = m->random * 1664525u + 1013904223u; /* Numerical Recipes' generator */
        bool is_hit = (m->random >> 8) % 1000 < m->fault_p;
        m->counters.n_faults += is_hit;
        return is_hit ? m->fault : KEYPAD_FAULT_NONE;
    }
    if (m->fault_n == 0)
        return KEYPAD_FAULT_NONE;
    m->fault_n -= m->fault_n > 0;
    m->counters.n_faults++;
    return m->fault;
}

static void press(struct keypad_model *m, uint8_t code)
{
    enum keypad_fault fault = fault_next(m);

    m->counters.n_presses++;
    if (fault == KEYPAD_FAULT_GARBAGE)
        garbage_send(m);
    for (uint8_t ghost = 0x70; fault == KEYPAD_FAULT_GHOST && ghost < 0x74; ghost++)
        report_send(m, ghost);
    if (fault == KEYPAD_FAULT_LOST)
        usbemu_fail_transfer(m->dev, EP_KEYS, EPROTO);
    else
        report_send(m, code);
    for (int i = 0; fault == KEYPAD_FAULT_REPEAT && i < REPEATS; i++)
        report_send(m, code);
    for (int i = 0; fault == KEYPAD_FAULT_FLOOD && i < CHATTER; i++) {
        report_send(m, 0);
        report_send(m, code);
    }
    if (fault == KEYPAD_FAULT_ROLLOVER) {
        rollover_send(m);
        report_send(m, code);
    }
    if (fault == KEYPAD_FAULT_UNPLUG)
        usbemu_unplug(m->dev);
    else if (fault == KEYPAD_FAULT_STUCK)
        m->held[0] = code;
    else
        report_send(m, 0);
}

/* ---- the device ------------------------------------------------------------------------------ */

static int on_control(void *model, const struct usbemu_setup *s, uint8_t *data, size_t *ret_bytes)
{
    struct keypad_model *m = model;
    bool is_volume = faces[m->face].has_volume && s->wIndex == 1;

    if (s->bmRequestType == 0x81 && s->bRequest == 6 && s->wValue >> 8 == 0x22) {
        const uint8_t *report = is_volume ? volume_report : faces[m->face].report;
        size_t n = is_volume ? sizeof volume_report : faces[m->face].n_report;
        if (m->face == KEYPAD_MUTE && !is_volume)
            return -EPIPE;
        *ret_bytes = n < s->wLength ? n : s->wLength;
        memcpy(data, report, *ret_bytes);
        return 0;
    }
    if (s->bmRequestType == 0x21 && s->bRequest == 0x0b && m->face != KEYPAD_BITMAP) {
        m->counters.is_boot = s->wValue == 0;
        return 0;
    }
    return s->bmRequestType == 0x21 && s->bRequest == 0x0a ? 0 : -EPIPE;
}

static void on_claimed(void *model, int ifno, bool on)
{
    struct keypad_model *m = model;

    if (!on)
        usbemu_in_flush(m->dev, ifno == 0 ? EP_KEYS : EP_VOLUME);
}

static void on_plugged(void *model)
{
    struct keypad_model *m = model;

    m->counters.is_boot = m->counters.is_headset_in = false;
    memset(m->held, 0, sizeof m->held);
}

static const struct usbemu_ops ops = {
    .control = on_control, .claimed = on_claimed, .plugged = on_plugged};

struct keypad_model *keypad_model_new(struct usbemu_bus *bus, const struct keypad_cfg *cfg)
{
    struct keypad_model *m = mem_zalloc(1, sizeof *m);

    m->face = cfg->face;
    m->desc = (struct usbemu_desc){
        .descriptors = faces[cfg->face].device,
        .descriptors_bytes = faces[cfg->face].n_device,
        .strings = {NULL, "Yijian-Sim", "Keypad", "SIM0004"},
        .kernel_driver = {"usbhid", faces[cfg->face].has_volume ? "usbhid" : NULL},
        .speed_mbit = 12,
        .port = cfg->port ? cfg->port : "1-4",
    };
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void keypad_model_free(struct keypad_model *m)
{
    free(m);
}

struct usbemu_dev *keypad_model_dev(struct keypad_model *m)
{
    return m->dev;
}

/* ---- hands ----------------------------------------------------------------------------------- */

/* @return whether somebody of ours listens; else the console has got the key */
static bool is_ours(struct keypad_model *m)
{
    if (usbemu_is_claimed(m->dev, 0))
        return true;
    m->counters.n_console += usbemu_is_plugged(m->dev);
    return false;
}

static uint8_t code_of(const struct keypad_model *m, const char *name)
{
    for (const struct key *k = faces[m->face].keys; k->name != NULL; k++)
        if (strcmp(k->name, name) == 0)
            return k->code;
    return 0;
}

static uint8_t volume_of(const struct keypad_model *m, const char *name)
{
    if (!faces[m->face].has_volume)
        return 0;
    return strcmp(name, "louder") == 0 ? VOLUME_UP : strcmp(name, "softer") == 0 ? VOLUME_DOWN : 0;
}

int keypad_model_key(struct keypad_model *m, const char *name)
{
    uint8_t code = code_of(m, name), volume = volume_of(m, name);

    if (code == 0 && volume == 0)
        return -1;
    usbemu_lock();
    if (is_ours(m) && code != 0)
        press(m, code);
    else if (usbemu_is_claimed(m->dev, 1) && volume != 0)
        volume_send(m, volume);
    usbemu_unlock();
    return 0;
}

int keypad_model_hold(struct keypad_model *m, const char *name)
{
    uint8_t code = code_of(m, name);

    if (code == 0)
        return -1;
    usbemu_lock();
    m->held[0] = code;
    if (is_ours(m)) {
        m->counters.n_presses++;
        report_send(m, 0);
    }
    usbemu_unlock();
    return 0;
}

void keypad_model_let_go(struct keypad_model *m)
{
    usbemu_lock();
    m->held[0] = 0;
    if (is_ours(m))
        report_send(m, 0);
    usbemu_unlock();
}

int keypad_model_headset(struct keypad_model *m, bool is_in)
{
    if (!faces[m->face].has_jack)
        return -1;
    usbemu_lock();
    m->counters.is_headset_in = is_in;
    if (m->face == KEYPAD_SWITCH)
        m->held[1] = is_in ? JACK_IN : 0;
    if (is_ours(m)) {
        if (m->face != KEYPAD_SWITCH)
            report_send(m, is_in ? JACK_IN : JACK_OUT);
        report_send(m, 0);
    }
    usbemu_unlock();
    return 0;
}

void keypad_model_fault(struct keypad_model *m, enum keypad_fault fault, int n, unsigned p,
                        unsigned seed)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_n = fault == KEYPAD_FAULT_NONE ? 0 : n;
    m->fault_p = fault == KEYPAD_FAULT_NONE || n == 0 ? 0 : p;
    m->random = seed;
    usbemu_unlock();
}

struct keypad_counters keypad_model_counters(struct keypad_model *m)
{
    usbemu_lock();
    struct keypad_counters c = m->counters;
    usbemu_unlock();
    return c;
}
