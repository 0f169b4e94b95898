/* SPDX-License-Identifier: Apache-2.0 */
/* The gate between a source of codes and the application, on a clock of its own. Pure. */
#include <stdlib.h>
#include <string.h>

#include "cunit_main.h"
#include "drivers/scanner/code_gate.h"

struct world {
    struct code_gate gate;
    int64_t now_ms;
    unsigned n_codes, n_failed;
    int failed;
    char text[64];
};

static void on_event(void *arg, const struct device_event *e)
{
    struct world *w = arg;
    if (e->kind == DEVICE_EVENT_CODE) {
        w->n_codes++;
        snprintf(w->text, sizeof w->text, "%s", e->code_text);
        free(e->code_text);
    } else if (e->kind == DEVICE_EVENT_CODE_FAILED) {
        w->n_failed++;
        w->failed = e->code;
    }
}

static void world_init(struct world *w, bool is_enabled)
{
    memset(w, 0, sizeof *w);
    struct driver_sink sink = {on_event, w};
    w->now_ms = 1000000;
    code_gate_init(&w->gate, &sink);
    code_gate_enable(&w->gate, is_enabled, w->now_ms);
}

static int show(struct world *w, const char *raw)
{
    return code_gate_take(&w->gate, (const uint8_t *)raw, strlen(raw), w->now_ms);
}

static void one_presentation_is_one_code(void)
{
    struct world w;
    world_init(&w, true);
    CU_ASSERT_EQUAL(show(&w, "A"), 1);
    CU_ASSERT_STRING_EQUAL(w.text, "A");
    for (int i = 0; i < 100; i++) { /* held for 200 s, never away for 3 s */
        w.now_ms += 2000;
        CU_ASSERT_EQUAL(show(&w, "A\r\n"), 0); /* the same text, however it ends */
    }
    w.now_ms += CODE_GATE_SAME_MS;
    CU_ASSERT_EQUAL(show(&w, "A"), 1);
    CU_ASSERT_EQUAL(w.n_codes, 2);
}

static void it_lasts_across_disable_and_enable(void)
{
    struct world w;
    world_init(&w, true);
    CU_ASSERT_EQUAL(show(&w, "A"), 1);
    for (int i = 0; i < 4; i++) {
        w.now_ms += 1000;
        code_gate_enable(&w.gate, i % 2 != 0, w.now_ms);
        CU_ASSERT_EQUAL(show(&w, "A"), 0);
    }
    CU_ASSERT_EQUAL(w.n_codes, 1);
}

static void what_was_shown_unasked_counts_when_asked_for(void)
{
    struct world w;
    world_init(&w, false);
    CU_ASSERT_EQUAL(show(&w, "A"), 0);
    CU_ASSERT_EQUAL(show(&w, "a\x1B"), 0);
    code_gate_fail(&w.gate, ERR_SCANNER_REPORT, w.now_ms);
    CU_ASSERT_EQUAL(w.n_codes + w.n_failed, 0);
    w.now_ms += 500;
    code_gate_enable(&w.gate, true, w.now_ms);
    CU_ASSERT_EQUAL(w.n_codes + w.n_failed, 0); /* nothing comes up by itself */
    CU_ASSERT_EQUAL(show(&w, "A"), 1);
}

static void too_fast_is_refused_aloud_and_not_remembered(void)
{
    struct world w;
    world_init(&w, true);
    CU_ASSERT_EQUAL(show(&w, "A"), 1);
    w.now_ms += 100;
    CU_ASSERT_EQUAL(show(&w, "B"), 1);
    w.now_ms += 100;
    CU_ASSERT_EQUAL(show(&w, "C"), ERR_BUSY);
    CU_ASSERT_EQUAL(w.failed, ERR_BUSY);
    w.now_ms += 800; /* a second after A */
    CU_ASSERT_EQUAL(show(&w, "C"), 1);
    CU_ASSERT_EQUAL(show(&w, "D"), ERR_BUSY); /* B and C */
    CU_ASSERT_EQUAL(w.n_codes, 3);
}

static void failures_are_told_once_and_not_too_often(void)
{
    struct world w;
    world_init(&w, true);
    for (int i = 0; i < 60; i++) { /* two seconds of a camera looking at one bad code */
        w.now_ms += 33;
        int rc = show(&w, "bad\x01");
        CU_ASSERT_EQUAL(rc, i == 0 ? ERR_SCANNER_TEXT : 0);
    }
    CU_ASSERT_EQUAL(w.n_failed, 1);
    for (int i = 0; i < 60; i++) {
        w.now_ms += 33;
        code_gate_fail(&w.gate, ERR_SCANNER_REPORT, w.now_ms);
    }
    CU_ASSERT_TRUE(w.n_failed >= 4 && w.n_failed <= 6);
}

static void a_sticker_raises_an_alarm_and_is_never_taken(void)
{
    struct world w;
    world_init(&w, false);
    for (int ms = 0; ms <= CODE_GATE_STICKER_MS; ms += 1000) {
        CU_ASSERT_EQUAL(code_gate_alarm(&w.gate, w.now_ms), 0);
        (void)show(&w, "STICKER");
        w.now_ms += 1000;
    }
    (void)show(&w, "STICKER");
    CU_ASSERT_EQUAL(code_gate_alarm(&w.gate, w.now_ms), ERR_SCANNER_STICKER);
    code_gate_enable(&w.gate, true, w.now_ms);
    CU_ASSERT_EQUAL(show(&w, "STICKER"), 0);
    CU_ASSERT_EQUAL(show(&w, "VISITOR"), 1); /* others are not held up */
    w.now_ms += 5000;                        /* covered by a hand for longer than 3 s */
    CU_ASSERT_EQUAL(show(&w, "STICKER"), 0);
    CU_ASSERT_EQUAL(code_gate_alarm(&w.gate, w.now_ms), ERR_SCANNER_STICKER);
    w.now_ms += CODE_GATE_STICKER_MS + 1; /* taken away */
    CU_ASSERT_EQUAL(code_gate_alarm(&w.gate, w.now_ms), 0);
    CU_ASSERT_EQUAL(show(&w, "STICKER"), 1);
}

static void a_code_held_while_asked_for_is_no_sticker(void)
{
    struct world w;
    world_init(&w, true);
    for (int i = 0; i < 60; i++) { /* a minute of a visit */
        (void)show(&w, "A");
        w.now_ms += 1000;
    }
    code_gate_enable(&w.gate, false, w.now_ms);
    for (int i = 0; i < 10; i++) { /* and ten seconds of forgetting it */
        (void)show(&w, "A");
        w.now_ms += 1000;
    }
    CU_ASSERT_EQUAL(code_gate_alarm(&w.gate, w.now_ms), 0);
    w.now_ms += 1000;
    (void)show(&w, "A");
    CU_ASSERT_EQUAL(code_gate_alarm(&w.gate, w.now_ms), ERR_SCANNER_STICKER);
    CU_ASSERT_EQUAL(w.n_codes, 1);
}

static void hashes_are_keyed_and_places_are_reused(void)
{
    struct world a, b;
    world_init(&a, true);
    world_init(&b, true);
    CU_ASSERT_NOT_EQUAL(a.gate.key[0], b.gate.key[0]);
    CU_ASSERT_EQUAL(show(&a, "A"), 1);
    CU_ASSERT_EQUAL(show(&b, "A"), 1);
    uint64_t x = 0, y = 0;
    for (size_t i = 0; i < CODE_GATE_HASHES; i++) {
        x |= a.gate.shown[i].hash;
        y |= b.gate.shown[i].hash;
    }
    CU_ASSERT_NOT_EQUAL(x, y);
    for (char c = 'a'; c < 'a' + 3 * CODE_GATE_HASHES; c++) {
        const char text[] = {c, 0};
        a.now_ms += 1000;
        CU_ASSERT_EQUAL(show(&a, text), 1);
        CU_ASSERT_EQUAL(show(&a, text), 0);
    }
}

static CU_TestInfo cases[] = {
    {"one presentation", one_presentation_is_one_code},
    {"across disable and enable", it_lasts_across_disable_and_enable},
    {"shown unasked", what_was_shown_unasked_counts_when_asked_for},
    {"too fast", too_fast_is_refused_aloud_and_not_remembered},
    {"failures", failures_are_told_once_and_not_too_often},
    {"sticker", a_sticker_raises_an_alarm_and_is_never_taken},
    {"held in a visit", a_code_held_while_asked_for_is_no_sticker},
    {"hashes", hashes_are_keyed_and_places_are_reused},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.scanner_gate", cases)
