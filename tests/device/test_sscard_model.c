/* SPDX-License-Identifier: Apache-2.0 */
/* The card slot driver on the real libpcsclite and pcscd, with the card model in vsmartcard's
 * virtual reader. The service runs in a namespace of its own (pcscd_rig.h), the driver on this
 * thread. Skipped (77) where pcscd or the rights for that are missing. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "driver_rig.h"
#include "pcscd_rig.h"
#include "sscard_face.h"

enum { SKIPPED = 77, SOON_MS = 30000 }; /* upper limits only: a busy machine may take long */

static struct pcscd_rig *daemon_rig;
static struct sscard_model *model;
static struct rig rig;
static unsigned n_faults_before; /* the test */

/* The table without pauses, which would only cost time here. */
static const char table[] = "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"*\"}]}";

static void order(const char *line)
{
    char text[128], error[160], *words[8], *save = NULL;
    int n = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok_r(text, " ", &save); w && n < 8; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    if (sscard_order(model, n, words, error) != 0)
        CU_FAIL_FATAL("an order was refused");
}

static unsigned faults_met(void)
{
    return sscard_model_counters(model).n_faults - n_faults_before;
}

static bool until_media(enum device_media media)
{
    int64_t until_ms = clock_mono_ms() + SOON_MS;

    while (rig.status.state != DEVICE_ONLINE || rig.status.media != media) {
        if (clock_mono_ms() > until_ms)
            return false;
        rig_run(&rig, 5);
    }
    return true;
}

static const struct device_event *until_event(enum device_event_kind kind)
{
    const struct device_event *e = rig_until(&rig, kind, SOON_MS);

    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    return e;
}

/* An empty slot and a driver that looks for a card. */
static void begin_with(const char *settings)
{
    char error[160];

    n_faults_before = sscard_model_counters(model).n_faults;
    order("card pull");
    order("fault off");
    order("protocol t0");
    CU_ASSERT_EQUAL_FATAL(pcscd_rig_start(daemon_rig, true, error), 0);
    rig_init_text(&rig, &card_slot_ops, table, settings);
    CU_ASSERT_TRUE_FATAL(until_media(MEDIA_NOT_PRESENT));
    rig_command(&rig, DEVICE_COMMAND_ENABLE);
}

static void begin(void)
{
    begin_with(NULL);
}

static void end(void)
{
    CU_ASSERT_TRUE(rig.longest_step_ms <= 500);
    CU_ASSERT_EQUAL(sscard_model_counters(model).n_pin_commands, 0);
    rig_fini(&rig);
}

static void expect_zhangsan(const struct card *c)
{
    CU_ASSERT_EQUAL(c->kind, CARD_SOCIAL_SECURITY);
    CU_ASSERT_STRING_EQUAL(c->name, "张三");
    CU_ASSERT_STRING_EQUAL(c->number, "11010519491231002X");
    CU_ASSERT_STRING_EQUAL(c->social_number, "A12345678");
    CU_ASSERT_STRING_EQUAL(c->sex, "1");
    CU_ASSERT_STRING_EQUAL(c->nation, "01");
    CU_ASSERT_STRING_EQUAL(c->birthplace, "110105");
    CU_ASSERT_STRING_EQUAL(c->birth, "19491231");
}

static void pull_and_see(void)
{
    order("card pull");
    until_event(DEVICE_EVENT_CARD_REMOVED);
    CU_ASSERT_TRUE(until_media(MEDIA_NOT_PRESENT));
}

/* T=0 and T=1, one after the other; between them the rule of the card that rests. */
static void reads_a_card(void)
{
    begin();
    CU_ASSERT_STRING_EQUAL(rig.status.model, "Yijian Sim Slot");
    order("card insert zhangsan");
    expect_zhangsan(until_event(DEVICE_EVENT_CARD)->card);
    CU_ASSERT_EQUAL(rig.status.media, MEDIA_PRESENT);
    unsigned n_commands = sscard_model_counters(model).n_commands;
    rig_command(&rig, DEVICE_COMMAND_DISABLE);
    rig_command(&rig, DEVICE_COMMAND_ENABLE);
    rig_run(&rig, 300);
    CU_ASSERT_EQUAL(sscard_model_counters(model).n_commands, n_commands);
    CU_ASSERT_TRUE(sscard_model_counters(model).n_power_offs > 0); /* contacts are dead */
    rig_command(&rig, DEVICE_COMMAND_DISABLE);
    pull_and_see(); /* watched while disabled, too */
    rig_command(&rig, DEVICE_COMMAND_ENABLE);
    order("protocol t1");
    order("card insert zhangsan-bare");
    const struct card *c = until_event(DEVICE_EVENT_CARD)->card;
    CU_ASSERT_STRING_EQUAL(c->name, "张三");
    CU_ASSERT_STRING_EQUAL(c->social_number, "");
    CU_ASSERT_STRING_EQUAL(c->birth, "");
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD), 2);
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD_FAILED), 0);
    end();
}

static void follows_61_and_6C(void)
{
    begin_with("{\"reader\": \"Sim Slot\", \"exclusive\": false}");
    order("fault chain always");
    order("card insert zhangsan");
    expect_zhangsan(until_event(DEVICE_EVENT_CARD)->card);
    pull_and_see();
    order("fault off");
    order("fault length always p=0.5 seed=3");
    order("card insert zhangsan");
    expect_zhangsan(until_event(DEVICE_EVENT_CARD)->card);
    end();
}

/* Faults that end in CARD_FAILED; what else can go wrong is in unit.drivers.card_slot. */
static void refuses_what_it_cannot_use(void)
{
    static const struct {
        const char *fault, *card;
        int code;
    } cases[] = {
        {"fault off", "card insert bank", ERR_SLOT_KIND},
        {"fault pull@b209", "card insert zhangsan", ERR_SLOT_CARD},
        {"fault garbage@b209 always", "card insert zhangsan", ERR_SLOT_CARD},
    };

    begin();
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        order(cases[i].fault);
        order(cases[i].card);
        CU_ASSERT_EQUAL(until_event(DEVICE_EVENT_CARD_FAILED)->code, cases[i].code);
        order("card pull");
        CU_ASSERT_TRUE(until_media(MEDIA_NOT_PRESENT));
    }
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD), 0);
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD_REMOVED), 0);
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD_FAILED), YJ_COUNT(cases));
    end();
}

static void tries_again(void)
{
    begin();
    order("fault power 1");
    order("fault truncate@b209 bytes=4 1");
    order("card insert zhangsan");
    expect_zhangsan(until_event(DEVICE_EVENT_CARD)->card);
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD_FAILED), 0);
    CU_ASSERT_EQUAL(faults_met(), 2);
    end();
}

static void lives_without_service_and_reader(void)
{
    char error[160];

    begin();
    end();
    pcscd_rig_stop(daemon_rig);
    CU_ASSERT_EQUAL_FATAL(pcscd_rig_start(daemon_rig, false, error), 0);
    rig_init_text(&rig, &card_slot_ops, table, NULL);
    CU_ASSERT_TRUE(rig_until_state(&rig, DEVICE_NO_DEVICE, SOON_MS));
    rig_command(&rig, DEVICE_COMMAND_ENABLE);
    pcscd_rig_stop(daemon_rig);
    CU_ASSERT_TRUE(rig_until_state(&rig, DEVICE_HARDWARE_ERROR, SOON_MS));
    CU_ASSERT_EQUAL(rig.status.cause, ERR_SLOT_SERVICE);
    CU_ASSERT_EQUAL_FATAL(pcscd_rig_start(daemon_rig, true, error), 0);
    CU_ASSERT_TRUE(until_media(MEDIA_NOT_PRESENT));

    /* the service is killed while the card is read, and comes back with the card in the slot */
    order("fault slow@b209 ms=60000 1");
    order("card insert zhangsan");
    int64_t until_ms = clock_mono_ms() + SOON_MS;
    while (faults_met() == 0 && clock_mono_ms() < until_ms)
        rig_run(&rig, 5);
    pcscd_rig_stop(daemon_rig);
    CU_ASSERT_TRUE(rig_until_state(&rig, DEVICE_HARDWARE_ERROR, SOON_MS));
    CU_ASSERT_EQUAL(rig.status.cause, ERR_SLOT_SERVICE);
    order("card insert zhangsan"); /* ends the model's own sleep */
    CU_ASSERT_EQUAL_FATAL(pcscd_rig_start(daemon_rig, true, error), 0);
    expect_zhangsan(until_event(DEVICE_EVENT_CARD)->card);
    CU_ASSERT_EQUAL(rig_count(&rig, DEVICE_EVENT_CARD_FAILED), 0);
    end();
}

/* Waking is noticed at once, closing soon, whatever hangs. */
static void stays_awake_when_the_service_hangs(void)
{
    begin();
    rig_run(&rig, 50);
    pcscd_rig_hang(daemon_rig, true);
    CU_ASSERT_TRUE(rig_until_state(&rig, DEVICE_HARDWARE_ERROR, SOON_MS));
    CU_ASSERT_EQUAL(rig.status.cause, ERR_TIMEOUT);
    pcscd_rig_hang(daemon_rig, false);
    CU_ASSERT_TRUE(until_media(MEDIA_NOT_PRESENT));
    order("card insert zhangsan");
    expect_zhangsan(until_event(DEVICE_EVENT_CARD)->card);
    pcscd_rig_hang(daemon_rig, true);
    rig_run(&rig, 20);
    rig.ops->wake(rig.d);
    int64_t before_ms = clock_mono_ms();
    rig.ops->wait(rig.d, 60000);
    CU_ASSERT_TRUE(clock_mono_ms() - before_ms < 10000);
    before_ms = clock_mono_ms();
    end();
    CU_ASSERT_TRUE(clock_mono_ms() - before_ms < 10000);
    pcscd_rig_hang(daemon_rig, false);
}

static CU_TestInfo cases[] = {
    {"reads a card, T=0 and T=1, and not again while it rests", reads_a_card},
    {"follows 61xx and 6Cxx, shared", follows_61_and_6C},
    {"refuses other, pulled and scratched cards", refuses_what_it_cannot_use},
    {"tries again when the card comes in slowly", tries_again},
    {"lives without service and reader, also in the middle of a card",
     lives_without_service_and_reader},
    {"stays awake when the service hangs", stays_awake_when_the_service_hangs},
    CU_TEST_INFO_NULL,
};

int main(void)
{
    char error[160];

    daemon_rig = pcscd_rig_new(getenv("YJ_HURRY"), error);
    if (daemon_rig == NULL || pcscd_rig_start(daemon_rig, true, error) != 0) {
        fprintf(stderr, "skipped: %s\n", error);
        pcscd_rig_free(daemon_rig);
        return SKIPPED;
    }
    setenv("PCSCLITE_CSOCK_NAME", pcscd_rig_socket(daemon_rig), 1);
    model = sscard_model_new(pcscd_rig_port(daemon_rig));
    int status = cunit_run("device.sscard_model", cases);
    sscard_model_free(model);
    pcscd_rig_free(daemon_rig);
    return status;
}
