/* SPDX-License-Identifier: Apache-2.0 */
/* The keypad driver, through the real libusb, against the emulated keypad. */
#include <string.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "driver_rig.h"
#include "keypad_model.h"

enum { WAIT_MS = 10000 };

struct world {
    struct usbemu_bus *bus;
    struct keypad_model *keypad;
    struct rig rig;
};

static const struct {
    enum keypad_face face;
    const char *settings;
} worlds[] = {
    [KEYPAD_NAV] = {KEYPAD_NAV, "{\"model\":\"audio-nav\",\"vid\":\"1209\",\"pid\":\"0001\","
                                "\"port\":\"1-4\",\"stuck_s\":2}"},
    [KEYPAD_SWITCH] = {KEYPAD_SWITCH,
                       "{\"model\":\"audio-nav-switch\",\"vid\":\"1209\",\"pid\":\"0002\"}"},
    [KEYPAD_NUMERIC] = {KEYPAD_NUMERIC,
                        "{\"model\":\"numeric\",\"vid\":\"1209\",\"pid\":\"0003\"}"},
    [KEYPAD_PHONE] = {KEYPAD_PHONE, "{\"model\":\"telephone\",\"vid\":\"1209\",\"pid\":\"0004\"}"},
    [KEYPAD_BITMAP] = {KEYPAD_BITMAP,
                       "{\"model\":\"audio-nav\",\"vid\":\"1209\",\"pid\":\"0005\"}"},
    [KEYPAD_MUTE] = {KEYPAD_MUTE, "{\"model\":\"audio-nav\",\"vid\":\"1209\",\"pid\":\"0001\"}"},
};

static void world_init(struct world *w, enum keypad_face face)
{
    struct keypad_cfg cfg = {.face = face};
    w->bus = usbemu_bus_new(USBEMU_DIRECT);
    w->keypad = keypad_model_new(w->bus, &cfg);
    usbemu_plug(keypad_model_dev(w->keypad));
    rig_init(&w->rig, &keypad_ops, "keypad.json", worlds[face].settings);
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w->rig, DEVICE_ONLINE, WAIT_MS));
}

static void world_fini(struct world *w)
{
    rig_fini(&w->rig);
    usbemu_bus_free(w->bus);
    keypad_model_free(w->keypad);
}

static void expect_key(struct world *w, enum nav_key key)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_KEY, WAIT_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->from, DEVICE_KEYPAD);
    CU_ASSERT_EQUAL(e->key, key);
}

static void tap(struct world *w, const char *name, enum nav_key key)
{
    CU_ASSERT_EQUAL(keypad_model_key(w->keypad, name), 0);
    expect_key(w, key);
}

static void expect_headset(struct world *w, bool is_in)
{
    const struct device_event *e = rig_until(&w->rig, DEVICE_EVENT_HEADSET, WAIT_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->is_headset_in, is_in);
}

/* Run until the status has this cause. */
static bool until_cause(struct world *w, int cause)
{
    for (int i = 0; i < 1000 && w->rig.status.cause != cause; i++)
        rig_run(&w->rig, 20);
    return w->rig.status.cause == cause;
}

static void a_key_is_an_event_in_no_time(void)
{
    struct world w;
    int64_t worst_ms = 0;
    world_init(&w, KEYPAD_NAV);
    CU_ASSERT_STRING_EQUAL(w.rig.status.model, "Yijian-Sim Keypad");
    for (int i = 0; i < 20; i++) {
        int64_t begin_ms = clock_mono_ms();
        tap(&w, i % 2 ? "next" : "previous", i % 2 ? NAV_NEXT : NAV_PREVIOUS);
        int64_t took_ms = clock_mono_ms() - begin_ms;
        worst_ms = took_ms > worst_ms ? took_ms : worst_ms;
        rig_run(&w.rig, 60); /* a quick hand */
    }
    printf("key to event: at most %lld ms ... ", (long long)worst_ms);
    CU_ASSERT_TRUE(worst_ms <= 500); /* 50 on a machine at rest; this one may be ten times slower */
    CU_ASSERT_FALSE(keypad_model_counters(w.keypad).is_boot);
    CU_ASSERT_EQUAL(w.rig.status.cause, 0);
    world_fini(&w);
}

static void volume_keys_stand_beside(void)
{
    struct world w;
    world_init(&w, KEYPAD_NAV);
    tap(&w, "louder", NAV_LOUDER);
    tap(&w, "select", NAV_SELECT);
    tap(&w, "softer", NAV_SOFTER);
    tap(&w, "digit7", NAV_DIGIT_0 + 7);
    world_fini(&w);
}

static void every_face_speaks(void)
{
    static const struct {
        enum keypad_face face;
        const char *key;
        enum nav_key nav;
    } faces[] = {{KEYPAD_SWITCH, "next", NAV_NEXT},
                 {KEYPAD_NUMERIC, "5", NAV_SELECT},
                 {KEYPAD_PHONE, "8", NAV_NEXT},
                 {KEYPAD_BITMAP, "home", NAV_HOME},
                 {KEYPAD_MUTE, "back", NAV_BACK}};
    for (size_t i = 0; i < YJ_COUNT(faces); i++) {
        struct world w;
        world_init(&w, faces[i].face);
        tap(&w, faces[i].key, faces[i].nav);
        CU_ASSERT_EQUAL(keypad_model_counters(w.keypad).is_boot, faces[i].face == KEYPAD_MUTE);
        world_fini(&w);
    }
}

static void headphones_come_and_go(void)
{
    static const enum keypad_face faces[] = {KEYPAD_NAV, KEYPAD_SWITCH, KEYPAD_BITMAP};
    for (size_t i = 0; i < YJ_COUNT(faces); i++) {
        struct world w;
        world_init(&w, faces[i]);
        CU_ASSERT_EQUAL(keypad_model_headset(w.keypad, true), 0);
        expect_headset(&w, true);
        tap(&w, "next", NAV_NEXT);
        CU_ASSERT_EQUAL(keypad_model_headset(w.keypad, false), 0);
        expect_headset(&w, false);
        CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_HEADSET), 2);
        world_fini(&w);
    }
}

static void a_keypad_that_goes_takes_its_headphones(void)
{
    struct world w;
    world_init(&w, KEYPAD_NAV);
    (void)keypad_model_headset(w.keypad, true);
    expect_headset(&w, true);
    usbemu_unplug(keypad_model_dev(w.keypad));
    expect_headset(&w, false);
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, WAIT_MS));
    CU_ASSERT_EQUAL(w.rig.status.cause, ERR_USB_NO_DEVICE);
    usbemu_plug(keypad_model_dev(w.keypad));
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w.rig, DEVICE_ONLINE, WAIT_MS));
    tap(&w, "select", NAV_SELECT);
    world_fini(&w);
}

static void gone_while_a_key_is_down(void)
{
    struct world w;
    world_init(&w, KEYPAD_NAV);
    keypad_model_fault(w.keypad, KEYPAD_FAULT_UNPLUG, 1, 0, 0);
    (void)keypad_model_key(w.keypad, "select");
    CU_ASSERT_TRUE(rig_until_state(&w.rig, DEVICE_NO_DEVICE, WAIT_MS));
    CU_ASSERT_TRUE(rig_count(&w.rig, DEVICE_EVENT_KEY) <= 1);
    usbemu_plug(keypad_model_dev(w.keypad));
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w.rig, DEVICE_ONLINE, WAIT_MS));
    w.rig.n_seen = w.rig.n_events;
    tap(&w, "select", NAV_SELECT); /* nothing is down any more */
    world_fini(&w);
}

static void a_stuck_key_is_told_and_forgiven(void)
{
    struct world w;
    world_init(&w, KEYPAD_NAV);
    keypad_model_fault(w.keypad, KEYPAD_FAULT_STUCK, 1, 0, 0);
    tap(&w, "next", NAV_NEXT);
    CU_ASSERT_TRUE(until_cause(&w, ERR_KEYPAD_STUCK));
    CU_ASSERT_EQUAL(w.rig.status.state, DEVICE_ONLINE);
    tap(&w, "select", NAV_SELECT);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_KEY), 2); /* it repeats nothing */
    keypad_model_let_go(w.keypad);
    CU_ASSERT_TRUE(until_cause(&w, 0));
    world_fini(&w);
}

/* @return keys that came of one press with this fault */
static size_t keys_of(enum keypad_face face, enum keypad_fault fault)
{
    struct world w;
    world_init(&w, face);
    keypad_model_fault(w.keypad, fault, 1, 0, 0);
    CU_ASSERT_EQUAL(keypad_model_key(w.keypad, "help"), 0);
    CU_ASSERT_EQUAL(keypad_model_key(w.keypad, "select"), 0);
    const struct device_event *e;
    do
        e = rig_until(&w.rig, DEVICE_EVENT_KEY, WAIT_MS);
    while (e && e->key != NAV_SELECT);
    CU_ASSERT_PTR_NOT_NULL(e);
    size_t n = rig_count(&w.rig, DEVICE_EVENT_KEY) - 1;
    for (size_t i = 0; i < w.rig.n_events; i++)
        if (w.rig.event[i].kind == DEVICE_EVENT_KEY)
            CU_ASSERT_TRUE(w.rig.event[i].key == NAV_HELP || w.rig.event[i].key == NAV_SELECT);
    world_fini(&w);
    return n;
}

static void faults_press_nothing_that_nobody_pressed(void)
{
    CU_ASSERT_EQUAL(keys_of(KEYPAD_NAV, KEYPAD_FAULT_GARBAGE), 1);
    CU_ASSERT_EQUAL(keys_of(KEYPAD_BITMAP, KEYPAD_FAULT_GARBAGE), 1);
    CU_ASSERT_EQUAL(keys_of(KEYPAD_NAV, KEYPAD_FAULT_GHOST), 1);
    CU_ASSERT_EQUAL(keys_of(KEYPAD_NAV, KEYPAD_FAULT_ROLLOVER), 1);
    CU_ASSERT_EQUAL(keys_of(KEYPAD_NAV, KEYPAD_FAULT_REPEAT), 1);
    CU_ASSERT_EQUAL(keys_of(KEYPAD_NAV, KEYPAD_FAULT_LOST), 0);
}

static void chatter_is_cut_off_and_told(void)
{
    struct world w;
    world_init(&w, KEYPAD_NAV);
    keypad_model_fault(w.keypad, KEYPAD_FAULT_FLOOD, 1, 0, 0);
    CU_ASSERT_EQUAL(keypad_model_key(w.keypad, "next"), 0);
    CU_ASSERT_TRUE(until_cause(&w, ERR_KEYPAD_NOISE));
    CU_ASSERT_TRUE(rig_count(&w.rig, DEVICE_EVENT_KEY) <= 60);
    CU_ASSERT_TRUE(until_cause(&w, 0)); /* after a while */
    w.rig.n_seen = w.rig.n_events;
    tap(&w, "select", NAV_SELECT);
    world_fini(&w);
}

static void no_other_keyboard_is_taken(void)
{
    struct world w = {.bus = usbemu_bus_new(USBEMU_DIRECT)};
    struct keypad_cfg cfg = {.face = KEYPAD_NAV, .port = "1-2"}; /* not the port of the settings */
    w.keypad = keypad_model_new(w.bus, &cfg);
    usbemu_plug(keypad_model_dev(w.keypad));
    rig_init(&w.rig, &keypad_ops, "keypad.json", worlds[KEYPAD_NAV].settings);
    CU_ASSERT_TRUE_FATAL(rig_until_state(&w.rig, DEVICE_NO_DEVICE, WAIT_MS));
    (void)keypad_model_key(w.keypad, "next");
    rig_run(&w.rig, 50);
    CU_ASSERT_EQUAL(rig_count(&w.rig, DEVICE_EVENT_KEY), 0);
    CU_ASSERT_EQUAL(keypad_model_counters(w.keypad).n_console, 1);
    world_fini(&w);
}

static CU_TestInfo cases[] = {
    {"a key is an event in no time", a_key_is_an_event_in_no_time},
    {"volume keys stand beside", volume_keys_stand_beside},
    {"every face speaks", every_face_speaks},
    {"headphones come and go", headphones_come_and_go},
    {"a keypad that goes takes its headphones", a_keypad_that_goes_takes_its_headphones},
    {"gone while a key is down", gone_while_a_key_is_down},
    {"a stuck key is told and forgiven", a_stuck_key_is_told_and_forgiven},
    {"faults press nothing that nobody pressed", faults_press_nothing_that_nobody_pressed},
    {"chatter is cut off and told", chatter_is_cut_off_and_told},
    {"no other keyboard is taken", no_other_keyboard_is_taken},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.keypad_driver", cases)
