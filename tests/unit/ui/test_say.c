/* SPDX-License-Identifier: Apache-2.0 */
/* What is said and when: prompts, warnings, the question before the visit ends, and what is said
 * again until somebody came. Needs the lines that development builds remember. */
#include "show_sample.h"

static struct view view;
static uint64_t n_heard;

static struct ui *open_with(const char *name, enum prefs_speech speech)
{
    struct ui *ui = open_ui();
    struct prefs prefs = PREFS_DEFAULT;
    prefs.speech = (uint8_t)speech;
    n_heard = 0;
    sample_named(name, &prefs, &view);
    show_news(ui, &view);
    return ui;
}

/* What was said since the last call, one utterance; "": nothing. */
static const char *heard(struct ui *ui)
{
    uint64_t n = ui->say->n_logged - n_heard;
    CU_ASSERT(n <= 1);
    n_heard = ui->say->n_logged;
    return n ? ui_say_line(ui, n_heard - 1)->text : "";
}

static void wait_ms(struct ui *ui, int ms)
{
    ui->clock_offset_ms += ms;
    (void)ui_say_due(ui);
}

#define HEARD(ui, words) CU_ASSERT_PTR_NOT_NULL(strstr(heard(ui), words))
#define SILENT(ui)       CU_ASSERT_STRING_EQUAL(heard(ui), "")

static void prompts_are_said_at_devices(void)
{
    struct ui *ui = open_with("identify", SPEECH_PROMPTS);
    HEARD(ui, "身份证");
    view.item[0].label = (struct view_text){.id = "identify.read", .arg = {"张三"}};
    show_news(ui, &view);
    HEARD(ui, "张三"); /* the step has gone on */
    show_news(ui, &view);
    SILENT(ui);
    ui_free(ui);
    ui = open_with("questions", SPEECH_PROMPTS);
    SILENT(ui); /* a page that is read is not a prompt */
    key(ui, NAV_NEXT);
    SILENT(ui);
    ui_free(ui);
}

static void warnings_and_troubles_are_said(void)
{
    struct ui *ui = open_with("questions", SPEECH_PROMPTS);
    view.alert = (struct view_text){.id = "form.fix"};
    show_news(ui, &view);
    HEARD(ui, text_get(ui->ctx.texts, "form.fix"));
    view.banner = (struct view_text){.id = "banner.offline"};
    view.banner_tone = TONE_WAIT;
    show_news(ui, &view);
    SILENT(ui);
    view.banner = (struct view_text){.id = "banner.card_left"};
    view.banner_tone = TONE_ERROR;
    show_news(ui, &view);
    HEARD(ui, text_get(ui->ctx.texts, "banner.card_left"));
    ui_free(ui);
}

static void seconds_left(struct ui *ui, int seconds)
{
    static char words[8];
    snprintf(words, sizeof words, "%d", seconds);
    view.ask.arg[0] = words;
    view.ask_countdown_s = seconds;
    show_news(ui, &view);
}

static void the_idle_question_is_said_at_its_seconds(void)
{
    struct ui *ui = open_with("asking", SPEECH_PROMPTS);
    HEARD(ui, "18 秒");
    for (int s = 17; s > 10; s--) {
        seconds_left(ui, s);
        SILENT(ui); /* another second is not another question */
    }
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_TICK], 0);
    for (int s = 10; s > 0; s--) {
        seconds_left(ui, s);
        if (s == 10 || s == 5) {
            HEARD(ui, s == 10 ? "10" : "5");
        } else {
            SILENT(ui);
        }
    }
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_TICK], 10);
    /* answered: the page that lay below is not new */
    view.ask = (struct view_text){0};
    view.ask_countdown_s = -1;
    show_news(ui, &view);
    ui_free(ui);
}

static void what_is_urgent_is_said_again(void)
{
    struct ui *ui = open_with("left-behind", SPEECH_PROMPTS);
    (void)heard(ui);
    wait_ms(ui, 10 * SAY_REPEAT_MS);
    SILENT(ui); /* not urgent yet */
    view.urgency = URGENCY_REPEAT;
    show_news(ui, &view);
    (void)heard(ui);
    CU_ASSERT(ui_say_due(ui) > 0 && ui_say_due(ui) <= SAY_REPEAT_MS);
    for (int i = 0; i < 3; i++) {
        wait_ms(ui, SAY_REPEAT_MS - 1000);
        show_news(ui, &view); /* news that change nothing do not put it off */
        SILENT(ui);
        wait_ms(ui, 1100);
        HEARD(ui, text_get(ui->ctx.texts, "left.card"));
    }
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_ALARM], 0);
    view.urgency = URGENCY_ALARM;
    show_news(ui, &view);
    HEARD(ui, text_get(ui->ctx.texts, "left.title"));
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_ALARM], 1);
    wait_ms(ui, SAY_ALARM_MS + 100);
    HEARD(ui, text_get(ui->ctx.texts, "left.title"));
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_ALARM], 2);
    view.urgency = URGENCY_ONCE; /* it was taken */
    show_news(ui, &view);
    wait_ms(ui, 10 * SAY_ALARM_MS);
    SILENT(ui);
    CU_ASSERT_EQUAL(ui_say_due(ui), -1);
    ui_free(ui);
}

static void an_urgent_question_is_repeated(void)
{
    struct ui *ui = open_with("asking", SPEECH_PROMPTS);
    view.urgency = URGENCY_REPEAT;
    show_news(ui, &view);
    (void)heard(ui);
    wait_ms(ui, SAY_REPEAT_MS + 100);
    HEARD(ui, "18 秒");
    ui_free(ui);
}

static void staff_is_confirmed_once(void)
{
    struct ui *ui = open_with("questions", SPEECH_PROMPTS);
    view.is_staff_called = true;
    show_news(ui, &view);
    show_news(ui, &view);
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_DONE], 1);
    ui_free(ui);
}

static void a_card_that_was_read_is_heard(void)
{
    struct ui *ui = open_with("identify", SPEECH_PROMPTS);
    struct prefs prefs = view.prefs;
    sample_named("questions", &prefs, &view);
    show_news(ui, &view);
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_DONE], 1);
    sample_named("home", &prefs, &view);
    show_news(ui, &view);
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_DONE], 1);
    ui_free(ui);
}

static void presses_are_heard(void)
{
    struct ui *ui = open_with("questions", SPEECH_ALL);
    focus_on(ui, "next");
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_TAP], 0);
    key(ui, NAV_SELECT);
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_TAP], 1);
    ui_free(ui);
}

static void off_is_silent(void)
{
    struct ui *ui = open_with("asking", SPEECH_OFF);
    seconds_left(ui, 9);
    view.urgency = URGENCY_ALARM;
    view.is_staff_called = true;
    show_news(ui, &view);
    wait_ms(ui, 10 * SAY_ALARM_MS);
    key(ui, NAV_NEXT);
    key(ui, NAV_REPEAT);
    key(ui, NAV_STAR);
    CU_ASSERT_EQUAL(ui->say->n_logged, 0);
    for (int i = 0; i < EARCON_N; i++)
        CU_ASSERT_EQUAL(ui->say->n_beeps[i], 0);
    ui_free(ui);
}

static void nothing_is_left_of_a_visit(void)
{
    struct ui *ui = open_with("form", SPEECH_ALL);
    focus_on(ui, "field.baby.name");
    CU_ASSERT_PTR_NOT_NULL(strstr(ui->say->last, "张小宝"));
    ui_wipe(ui);
    CU_ASSERT_EQUAL(ui->say->n_logged, 0);
    for (size_t i = 0; i < sizeof ui->say->last; i++)
        if (ui->say->last[i])
            CU_FAIL_FATAL("what was said is still there");
    CU_ASSERT_EQUAL(ui->focus->n_stops, 0);
    ui_free(ui);
}

static CU_TestInfo cases[] = {
    {"prompts are said at devices", prompts_are_said_at_devices},
    {"warnings and troubles are said", warnings_and_troubles_are_said},
    {"the idle question is said at its seconds", the_idle_question_is_said_at_its_seconds},
    {"what is urgent is said again", what_is_urgent_is_said_again},
    {"an urgent question is repeated", an_urgent_question_is_repeated},
    {"staff is confirmed once", staff_is_confirmed_once},
    {"a card that was read is heard", a_card_that_was_read_is_heard},
    {"presses are heard", presses_are_heard},
    {"off is silent", off_is_silent},
    {"nothing is left of a visit", nothing_is_left_of_a_visit},
    CU_TEST_INFO_NULL};

CUNIT_MAIN("ui.say", cases)
