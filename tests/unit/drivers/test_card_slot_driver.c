/* SPDX-License-Identifier: Apache-2.0 */
/* The card slot's state machine against a scripted transport (pcsc.h is implemented here) and a
 * clock that the test moves: what pcscd and cards can do that is hard to have on the real ones.
 * tests/device/test_sscard_model.c runs the same driver on the real ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/card_slot/card_slot.h"
#include "drivers/transport/pcsc.h"

enum { MAX_EVENTS = 64 };

/* ---- the scripted transport ---------------------------------------------------------------- */

struct pcsc {
    bool is_busy, is_abandoned;
    struct pcsc_order order;
    int64_t since_ms;
};

static struct world {
    int64_t now_ms;
    bool has_service, has_reader, is_present, is_hanging, is_other;
    uint16_t n_moves;
    int connect_code[8], transmit_code[8]; /* taken one after the other; 0 works */
    const char *name_sw;                   /* answer to the name record, hex, or NULL */
    int slow_ms;                           /* each APDU takes so long */
    unsigned n_connects, n_opens, n_transmits, n_releases, n_watches, n_abandons;
    bool is_connected, was_exclusive;
    enum pcsc_protocol protocol;
    struct driver *d;
    struct device_event event[MAX_EVENTS];
    size_t n_events;
    struct device_status status;
} w;

int pcsc_new(struct pcsc **ret, struct err *err)
{
    (void)err;
    *ret = mem_zalloc(1, sizeof **ret);
    return 0;
}

void pcsc_free(struct pcsc *p)
{
    free(p);
}

int pcsc_start(struct pcsc *p, const struct pcsc_order *order, struct err *err)
{
    (void)err;
    CU_ASSERT_FALSE(p->is_busy);
    p->order = *order;
    p->is_busy = true;
    p->since_ms = w.now_ms;
    w.n_watches += order->kind == PCSC_WATCH;
    return 0;
}

static int code_next(int codes[8])
{
    int code = codes[0];
    memmove(codes, codes + 1, 7 * sizeof codes[0]);
    codes[7] = 0;
    return code;
}

/* A T=1 card with all its records, or another one. */
static void card_answer(const struct pcsc_order *o, struct pcsc_answer *a)
{
    static const char *const records[] = {[7] = "07094131323334353637389000",
                                          [8] = "08123131303130353139343931323331303032589000",
                                          [9] = "0904d5c5c8fd9000",
                                          [10] = "0a01319000",
                                          [11] = "0b01019000",
                                          [12] = "0c031101059000",
                                          [13] = "0d04194912319000"};
    const char *hex = w.is_other ? "6a82" : "9000";
    if (o->apdu[1] == 0xB2)
        hex = records[o->apdu[2]];
    if (o->apdu[1] == 0xB2 && o->apdu[2] == 9 && w.name_sw)
        hex = w.name_sw;
    a->n_data = (size_t)bytes_unhex(hex, a->data, sizeof a->data);
}

static bool watch_is_over(const struct pcsc *p, uint32_t seen)
{
    bool is_late = w.now_ms - p->since_ms >= p->order.watch_ms;
    if (!w.has_service)
        return true;
    return p->order.reader[0] ? !w.has_reader || seen != p->order.known || is_late
                              : w.has_reader || is_late;
}

static int answer_make(struct pcsc *p, struct pcsc_answer *a)
{
    const struct pcsc_order *o = &p->order;
    w.n_opens += o->kind == PCSC_OPEN;
    if (!w.has_service)
        return ERR_SLOT_SERVICE;
    if (o->kind == PCSC_OPEN)
        return 0;
    if (o->kind == PCSC_LIST) {
        a->n_readers = w.has_reader;
        snprintf(a->reader[0], sizeof a->reader[0], "Slot (1) 00 00");
        return 0;
    }
    if (o->kind == PCSC_RELEASE) {
        w.n_releases++;
        w.is_connected = false;
        return 0;
    }
    if (!w.has_reader)
        return o->reader[0] || o->kind == PCSC_TRANSMIT ? ERR_USB_NO_DEVICE : 0;
    if (o->kind == PCSC_WATCH) {
        a->seen = (uint32_t)w.n_moves << 16 | (w.is_present ? 0x20u : 0x10u);
        a->is_present = w.is_present;
        a->n_moves = w.n_moves;
        return 0;
    }
    if (o->kind == PCSC_CONNECT) {
        w.n_connects++;
        w.was_exclusive = o->is_exclusive;
        w.protocol = o->protocol;
        int code = code_next(w.connect_code);
        w.is_connected = code == 0 && w.is_present;
        return code ? code : w.is_present ? 0 : ERR_NOT_FOUND;
    }
    CU_ASSERT_TRUE(w.is_connected || !w.is_present);
    w.n_transmits++;
    int code = code_next(w.transmit_code);
    card_answer(o, a);
    return code ? code : w.is_present ? 0 : ERR_NOT_FOUND;
}

int pcsc_poll(struct pcsc *p, struct pcsc_answer *ret)
{
    uint32_t seen = (uint32_t)w.n_moves << 16 | (w.is_present ? 0x20u : 0x10u);
    CU_ASSERT_TRUE(p->is_busy);
    if (w.is_hanging || (p->order.kind == PCSC_WATCH && !watch_is_over(p, seen)) ||
        (p->order.kind == PCSC_TRANSMIT && w.now_ms - p->since_ms < w.slow_ms))
        return ERR_BUSY;
    memset(ret, 0, sizeof *ret);
    ret->code = answer_make(p, ret);
    p->is_busy = false;
    return 0;
}

void pcsc_abandon(struct pcsc *p)
{
    p->is_busy = false;
    w.is_connected = false;
    w.n_abandons++;
}

void pcsc_wait(struct pcsc *p, int timeout_ms)
{
    (void)p;
    w.now_ms += timeout_ms;
}

void pcsc_wake(struct pcsc *p)
{
    (void)p;
}

/* ---- the test's hands ---------------------------------------------------------------------- */

static void on_event(void *arg, const struct device_event *e)
{
    (void)arg;
    CU_ASSERT_FATAL(w.n_events < MAX_EVENTS);
    CU_ASSERT_EQUAL(e->from, DEVICE_CARD_SLOT);
    w.event[w.n_events++] = *e;
    if (e->kind == DEVICE_EVENT_STATUS)
        w.status = e->status;
}

static void run(int ms)
{
    int64_t until_ms = w.now_ms + ms;
    while (w.now_ms < until_ms) {
        int left = card_slot_ops.step(w.d, w.now_ms);
        CU_ASSERT_TRUE(left >= 0 && left <= 500);
        w.now_ms += left > 5 ? 5 : left > 0 ? left : 1;
    }
}

static void command(enum device_command_kind kind)
{
    struct device_command c = {.kind = kind};
    card_slot_ops.command(w.d, &c, w.now_ms);
}

static void push(void)
{
    w.is_present = true;
    w.n_moves++;
}

static void pull(void)
{
    w.is_present = false;
    w.n_moves++;
}

static size_t count(enum device_event_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < w.n_events; i++)
        n += w.event[i].kind == kind;
    return n;
}

/* The code of the last CARD_FAILED. */
static int failed_code(void)
{
    int code = 0;
    for (size_t i = 0; i < w.n_events; i++)
        if (w.event[i].kind == DEVICE_EVENT_CARD_FAILED)
            code = w.event[i].code;
    return code;
}

static void open_with(const char *settings)
{
    static const char table[] = "{\"class\": \"card_slot\", \"devices\": [{\"reader\": \"Slot\", "
                                "\"power_on_delay_ms\": 300, \"protocols\": \"T1\"}]}";
    struct driver_cfg cfg = {.table = table, .settings = settings};
    struct driver_sink sink = {on_event, NULL};
    memset(&w, 0, sizeof w);
    w.has_service = w.has_reader = true;
    CU_ASSERT_EQUAL_FATAL(card_slot_ops.open(&cfg, &sink, &w.d, NULL), 0);
}

static void begin(void)
{
    open_with(NULL);
    command(DEVICE_COMMAND_ENABLE);
    run(100);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_ONLINE);
    CU_ASSERT_EQUAL(w.status.media, MEDIA_NOT_PRESENT);
}

static void end(void)
{
    card_slot_ops.close(w.d);
    for (size_t i = 0; i < w.n_events; i++)
        if (w.event[i].kind == DEVICE_EVENT_CARD)
            free(w.event[i].card);
}

/* ---- cases --------------------------------------------------------------------------------- */

static void reads_once_and_tells_of_the_removal(void)
{
    begin();
    CU_ASSERT_STRING_EQUAL(w.status.model, "Slot");
    push();
    run(250);
    CU_ASSERT_EQUAL(w.n_connects, 0); /* the table's pause before power-on */
    run(300);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    CU_ASSERT_TRUE(w.was_exclusive);
    CU_ASSERT_EQUAL(w.protocol, PCSC_T1);
    CU_ASSERT_FALSE(w.is_connected);
    CU_ASSERT_EQUAL(w.n_transmits, 9);
    run(5000);
    CU_ASSERT_EQUAL(w.n_connects, 1);
    CU_ASSERT_TRUE(w.n_watches < 40); /* looks, does not spin */
    command(DEVICE_COMMAND_DISABLE);
    pull();
    run(500);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_REMOVED), 1);
    push();
    run(2000);
    CU_ASSERT_EQUAL(w.n_connects, 1); /* disabled: seen, not read */
    CU_ASSERT_EQUAL(w.status.media, MEDIA_PRESENT);
    end();
}

static void a_card_inside_must_be_pulled_first(void)
{
    open_with("{\"exclusive\": false}");
    w.is_present = true;
    command(DEVICE_COMMAND_ENABLE); /* before anything is known of the slot */
    run(2000);
    CU_ASSERT_EQUAL(w.n_connects, 0);
    command(DEVICE_COMMAND_DISABLE);
    command(DEVICE_COMMAND_ENABLE);
    run(2000);
    CU_ASSERT_EQUAL(w.n_connects, 0);
    pull();
    push(); /* faster than a look: the count of moves tells */
    run(2000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_REMOVED), 0);
    CU_ASSERT_FALSE(w.was_exclusive);
    command(DEVICE_COMMAND_DISABLE);
    pull();
    push(); /* another card while disabled: it must not speak for the next visitor */
    run(1000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_REMOVED), 1);
    command(DEVICE_COMMAND_ENABLE);
    run(2000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    end();
}

static void disabling_stops_a_read(void)
{
    begin();
    w.slow_ms = 100;
    push();
    run(600);
    CU_ASSERT_TRUE(w.n_transmits > 0);
    command(DEVICE_COMMAND_DISABLE);
    command(DEVICE_COMMAND_ENABLE); /* the next visitor */
    run(5000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 0);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 0);
    CU_ASSERT_FALSE(w.is_connected);
    end();
}

static void tries_three_times(void)
{
    begin();
    w.connect_code[0] = ERR_SLOT_CARD; /* still on its way in */
    w.connect_code[1] = ERR_BUSY;      /* somebody else looks at it */
    push();
    run(3000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(w.n_connects, 3);
    pull();
    run(500);
    for (int i = 0; i < 3; i++)
        w.connect_code[i] = ERR_SLOT_CARD;
    push();
    run(10000);
    CU_ASSERT_EQUAL(w.n_connects, 6);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1); /* once, until it is pulled */
    CU_ASSERT_EQUAL(failed_code(), ERR_SLOT_CARD);
    pull();
    run(500);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_REMOVED), 1); /* of the one that was read */
    w.name_sw = "6982";
    push();
    run(10000);
    CU_ASSERT_EQUAL(w.n_connects, 9);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 2);
    end();
}

static void other_cards_are_told_at_once(void)
{
    begin();
    w.is_other = true;
    push();
    run(1000);
    CU_ASSERT_EQUAL(failed_code(), ERR_SLOT_KIND);
    CU_ASSERT_EQUAL(w.n_connects, 1);
    CU_ASSERT_EQUAL(w.n_releases, 1);
    pull();
    run(500);
    w.is_other = false;
    push();
    run(1000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    end();
}

static void a_card_pulled_while_read_has_failed(void)
{
    begin();
    w.slow_ms = 100;
    push();
    run(600);
    CU_ASSERT_TRUE(w.n_transmits > 0);
    pull();
    run(2000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    CU_ASSERT_EQUAL(failed_code(), ERR_SLOT_CARD);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_REMOVED), 0);
    push();
    run(3000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    end();
}

static void climbs_the_ladder_without_service(void)
{
    static const int opens_after_s[][2] = {{0, 1}, {2, 2}, {4, 3}, {9, 4}, {19, 5}, {29, 6}};
    int64_t begin_ms;
    open_with(NULL);
    w.has_service = false;
    begin_ms = w.now_ms;
    for (size_t i = 0; i < YJ_COUNT(opens_after_s); i++) {
        run((int)(begin_ms + opens_after_s[i][0] * 1000 + 500 - w.now_ms));
        CU_ASSERT_EQUAL(w.n_opens, (unsigned)opens_after_s[i][1]);
    }
    CU_ASSERT_EQUAL(w.status.state, DEVICE_HARDWARE_ERROR);
    CU_ASSERT_EQUAL(w.status.cause, ERR_SLOT_SERVICE);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_STATUS), 1); /* told once */
    w.has_service = true;
    run(10500);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_ONLINE);
    end();
}

static void service_lost_under_a_card(void)
{
    begin();
    w.transmit_code[3] = ERR_SLOT_SERVICE; /* started anew while we read */
    push();
    run(900);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_HARDWARE_ERROR);
    CU_ASSERT_EQUAL(w.status.media, MEDIA_UNKNOWN);
    w.n_moves = 0; /* counts begin anew */
    run(3000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 0);
    /* a card that was reported stays reported, and its removal is told afterwards */
    w.has_service = false;
    run(500);
    w.has_service = true;
    run(3000);
    CU_ASSERT_EQUAL(w.status.media, MEDIA_PRESENT);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    pull();
    run(500);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_REMOVED), 1);
    /* a card that brings the service down each time is given up */
    for (int i = 0; i < 8; i++)
        w.transmit_code[i] = ERR_SLOT_SERVICE;
    push();
    run(60000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_ONLINE);
    end();
}

static void reader_unplugged_under_a_card(void)
{
    begin();
    w.slow_ms = 100;
    push();
    run(600);
    w.has_reader = false;
    run(500);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_NO_DEVICE);
    CU_ASSERT_EQUAL(w.status.cause, ERR_USB_NO_DEVICE);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 0);
    run(3000);
    CU_ASSERT_TRUE(w.n_watches < 40);
    w.has_reader = true;
    w.is_present = false; /* the card went along with it */
    run(1500);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_ONLINE);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    push();
    run(3000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 1);
    end();
}

static void gives_up_what_hangs(void)
{
    begin();
    w.slow_ms = 100;
    push();
    run(500);
    w.is_hanging = true; /* a card that never answers */
    run(12000);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_HARDWARE_ERROR);
    CU_ASSERT_EQUAL(w.status.cause, ERR_TIMEOUT);
    CU_ASSERT_EQUAL(failed_code(), ERR_SLOT_CARD);
    CU_ASSERT_TRUE(w.n_abandons >= 1);
    w.is_hanging = false;
    run(15000);
    CU_ASSERT_EQUAL(w.status.state, DEVICE_ONLINE);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 0); /* not again before it is pulled */
    pull();
    run(500);
    w.slow_ms = 2000; /* a card that answers, but takes for ever */
    push();
    run(20000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 2);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 0);
    CU_ASSERT_FALSE(w.is_connected);
    end();
}

/* A reader that shows a card, but has none when it is connected. */
static void tells_of_a_card_that_is_there_and_is_not(void)
{
    begin();
    for (size_t i = 0; i < YJ_COUNT(w.connect_code); i++)
        w.connect_code[i] = ERR_NOT_FOUND;
    push();
    run(3000);
    CU_ASSERT_EQUAL(w.n_connects, 3);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    CU_ASSERT_EQUAL(failed_code(), ERR_SLOT_CARD);
    end();
}

static void tells_a_hang_once_and_to_whom_it_concerns(void)
{
    begin();
    w.transmit_code[0] = w.transmit_code[1] = ERR_SLOT_CARD; /* two tries fail, the third hangs */
    w.slow_ms = 100;
    push();
    while (w.n_connects < 3 && w.now_ms < 20000)
        run(5);
    w.is_hanging = true;
    run(12000);
    CU_ASSERT_TRUE(w.n_abandons >= 1);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    w.is_hanging = false;
    run(15000);
    pull();
    run(500);
    push();
    while (w.n_connects < 4 && w.now_ms < 90000)
        run(5);
    w.is_hanging = true; /* its visitor goes, another one comes */
    command(DEVICE_COMMAND_DISABLE);
    command(DEVICE_COMMAND_ENABLE);
    run(12000);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD_FAILED), 1);
    CU_ASSERT_EQUAL(count(DEVICE_EVENT_CARD), 0);
    end();
}

/* What may never happen, whatever visitors, cables and services do: a card that speaks although it
 * was inside when ENABLE came, or that speaks twice, or whose removal is told twice. */
static void whatever_happens(unsigned seed)
{
    bool is_enabled = false, may_speak = false;
    size_t n_seen = 0, n_cards = 0, n_removed = 0;
    open_with(NULL);
    for (int turn = 0; turn < 2000; turn++) {
        seed = seed * 1103515245u + 12345u;
        unsigned what = seed >> 16 & 15;
        if (what < 3 && !w.is_present && w.has_reader) {
            push();
            may_speak = is_enabled;
        } else if (what < 5 && w.is_present) {
            pull();
            may_speak = false;
        } else if (what == 5 || what == 6) {
            may_speak = may_speak && is_enabled && what == 5; /* enabling twice changes nothing */
            is_enabled = what == 5;
            command(is_enabled ? DEVICE_COMMAND_ENABLE : DEVICE_COMMAND_DISABLE);
        } else if (what == 7) {
            w.has_service = !w.has_service;
        } else if (what == 8) {
            w.has_reader = !w.has_reader;
        } else if (what == 9) {
            w.is_hanging = seed >> 20 & 1;
        } else if (what == 10) {
            w.is_other = seed >> 20 & 1;
        } else if (what == 11) {
            w.transmit_code[seed >> 20 & 7] = ERR_SLOT_CARD;
        } else if (what == 12) {
            w.slow_ms = (int)(seed >> 20 & 3) * 40;
        } else {
            w.has_service = w.has_reader = true;
            w.is_hanging = w.is_other = false;
            run(3000);
        }
        run(what & 1 ? 300 : 40); /* a look lies between a push and the next order */
        for (; n_seen < w.n_events; n_seen++) {
            enum device_event_kind kind = w.event[n_seen].kind;
            if (kind == DEVICE_EVENT_CARD) {
                CU_ASSERT_TRUE(may_speak);
                CU_ASSERT_EQUAL(n_cards, n_removed);
                may_speak = false;
                n_cards++;
                free(w.event[n_seen].card);
            }
            n_removed += kind == DEVICE_EVENT_CARD_REMOVED;
            CU_ASSERT_TRUE(n_removed <= n_cards);
        }
        n_seen = w.n_events = 0;
    }
    CU_ASSERT_TRUE(n_cards > 5); /* it did work in between */
    end();
}

static void never_speaks_out_of_turn(void)
{
    for (unsigned seed = 1; seed <= 5; seed++)
        whatever_happens(seed);
}

static CU_TestInfo cases[] = {
    {"reads once and tells of the removal", reads_once_and_tells_of_the_removal},
    {"a card inside must be pulled first", a_card_inside_must_be_pulled_first},
    {"disabling stops a read", disabling_stops_a_read},
    {"tries three times, then once a card", tries_three_times},
    {"other cards are told at once", other_cards_are_told_at_once},
    {"a card pulled while read has failed", a_card_pulled_while_read_has_failed},
    {"climbs the ladder without service", climbs_the_ladder_without_service},
    {"service lost under a card", service_lost_under_a_card},
    {"reader unplugged under a card", reader_unplugged_under_a_card},
    {"gives up what hangs", gives_up_what_hangs},
    {"tells of a card that is there and is not", tells_of_a_card_that_is_there_and_is_not},
    {"tells a hang once and to whom it concerns", tells_a_hang_once_and_to_whom_it_concerns},
    {"never speaks out of turn", never_speaks_out_of_turn},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.card_slot", cases)
