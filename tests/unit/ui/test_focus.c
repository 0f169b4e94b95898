/* SPDX-License-Identifier: Apache-2.0 */
/* The focus of keys: where a key leads, what it does there, and what keeps it. */
#include "show_sample.h"

static struct view view;

static struct ui *open_with(const char *name, enum prefs_speech speech)
{
    struct ui *ui = open_ui();
    struct prefs prefs = PREFS_DEFAULT;
    prefs.speech = (uint8_t)speech;
    sample_named(name, &prefs, &view);
    show_news(ui, &view);
    while (next_intent(ui).kind != INTENT_NONE)
        ;
    return ui;
}

static void typed_text(void *arg, const struct keyboard_item *item)
{
    if (strcmp(item->id, "keyboard.text") == 0)
        snprintf(arg, KEYBOARD_TEXT_BYTES, "%s", item->text);
}

static void expect_typed(struct ui *ui, const char *text)
{
    char is[KEYBOARD_TEXT_BYTES] = "";
    keyboard_each_item(ui->keyboard, typed_text, is);
    CU_ASSERT_STRING_EQUAL(is, text);
}

static void the_first_key_shows_where_one_is(void)
{
    struct ui *ui = open_with("questions", SPEECH_PROMPTS);
    CU_ASSERT_FALSE(ui->focus->is_shown);
    int begin = ui->focus->here;
    key(ui, NAV_NEXT);
    CU_ASSERT(ui->focus->is_shown && ui->focus->here == begin);
    key(ui, NAV_NEXT);
    CU_ASSERT_EQUAL(ui->focus->here, begin + 1);
    ui_handle(ui, &(struct display_event){.kind = DISPLAY_DOWN, .x = 1, .y = 1}, ui_now_ms(ui));
    CU_ASSERT_FALSE(ui->focus->is_shown); /* a finger is used again */
    (void)ui_draw(ui);
    while (next_intent(ui).kind != INTENT_NONE)
        ;
    key(ui, NAV_SELECT); /* nobody presses what is not seen */
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    CU_ASSERT(ui->focus->is_shown);
    ui_free(ui);
}

static void keys_lead_around(void)
{
    struct ui *ui = open_with("questions", SPEECH_ALL);
    int begin = ui->focus->here, n = ui->focus->n_stops;
    CU_ASSERT(n > 10);
    for (int i = 0; i < n; i++)
        key(ui, NAV_NEXT);
    CU_ASSERT_EQUAL(ui->focus->here, begin);
    key(ui, NAV_PREVIOUS);
    CU_ASSERT_EQUAL(ui->focus->here, (begin + n - 1) % n);
    ui_free(ui);
}

static void left_and_right_stay_inside(void)
{
    struct ui *ui = open_with("questions", SPEECH_ALL);
    focus_on(ui, "q_hukou_with");
    CU_ASSERT_EQUAL(ui_focus_stop(ui)->w->index, 0);
    key(ui, NAV_RIGHT);
    CU_ASSERT_EQUAL(ui_focus_stop(ui)->w->index, 1);
    CU_ASSERT_STRING_EQUAL(focus_id(ui), "q_hukou_with");
    unsigned refused = ui->say->n_beeps[EARCON_ERROR];
    key(ui, NAV_RIGHT); /* the end of the group */
    CU_ASSERT_EQUAL(ui_focus_stop(ui)->w->index, 1);
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_ERROR], refused + 1);
    key(ui, NAV_LEFT);
    key(ui, NAV_SELECT);
    struct intent i = next_intent(ui);
    CU_ASSERT(i.kind == INTENT_CHOOSE && i.item == 1 && i.option == 0);
    ui_free(ui);
}

static void digits_open_a_field_of_numbers(void)
{
    struct ui *ui = open_with("form", SPEECH_ALL);
    view.item[3].edit = NULL;
    show_news(ui, &view);
    CU_ASSERT_EQUAL_FATAL(view.item[3].input, INPUT_MOBILE);
    focus_on(ui, "field.baby.name");
    unsigned refused = ui->say->n_beeps[EARCON_ERROR];
    key(ui, NAV_DIGIT_0 + 1); /* a name has no digits */
    CU_ASSERT_FALSE(ui_keyboard_shown(ui));
    CU_ASSERT_EQUAL(ui->say->n_beeps[EARCON_ERROR], refused + 1);
    focus_on(ui, "field.mother.phone");
    key(ui, NAV_DIGIT_0 + 1);
    CU_ASSERT_FATAL(ui_keyboard_shown(ui));
    CU_ASSERT_EQUAL(ui->edit_item, 3);
    expect_typed(ui, "1");
    key(ui, NAV_DIGIT_0 + 3);
    expect_typed(ui, "13");
    key(ui, NAV_BACK); /* deletes while there is something, then closes */
    key(ui, NAV_BACK);
    CU_ASSERT(ui_keyboard_shown(ui));
    key(ui, NAV_BACK);
    CU_ASSERT_FALSE(ui_keyboard_shown(ui));
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    for (const char *p = "13800000000"; *p; p++)
        key(ui, (enum nav_key)(NAV_DIGIT_0 + (*p - '0')));
    key(ui, NAV_HASH);
    struct intent i = next_intent(ui);
    CU_ASSERT(i.kind == INTENT_SET_TEXT && i.item == 3);
    CU_ASSERT_STRING_EQUAL(i.text, "13800000000");
    CU_ASSERT_STRING_EQUAL(focus_id(ui), "field.mother.phone"); /* back where one was */
    ui_free(ui);
}

static void digits_tap_letters(void)
{
    struct ui *ui = open_with("form", SPEECH_ALL);
    view.item[0].edit = NULL;
    show_news(ui, &view);
    focus_on(ui, "field.baby.name");
    key(ui, NAV_SELECT);
    CU_ASSERT_FATAL(ui_keyboard_shown(ui));
    CU_ASSERT_FATAL(keyboard_activate(ui->keyboard, "method.english"));
    key(ui, NAV_DIGIT_0 + 2);
    key(ui, NAV_DIGIT_0 + 2);
    expect_typed(ui, "b");
    key(ui, NAV_RIGHT); /* the letter is the right one */
    key(ui, NAV_DIGIT_0 + 2);
    expect_typed(ui, "ba");
    ui_free(ui);
}

static void back_home_help_and_sound(void)
{
    static const struct {
        enum nav_key key;
        enum pref pref;
        int value;
    } sounds[] = {{NAV_LOUDER, PREF_VOLUME, 3},
                  {NAV_SOFTER, PREF_VOLUME, 1},
                  {NAV_FASTER, PREF_SPEED, 3},
                  {NAV_SLOWER, PREF_SPEED, 1}};
    struct ui *ui = open_with("questions", SPEECH_PROMPTS);
    CU_ASSERT_EQUAL(view.prefs.volume, 2);
    for (size_t i = 0; i < YJ_COUNT(sounds); i++) {
        key(ui, sounds[i].key);
        struct intent is = next_intent(ui);
        CU_ASSERT(is.kind == INTENT_SET_PREF && is.item == (int)sounds[i].pref &&
                  is.option == sounds[i].value);
    }
    view.prefs.volume = PREFS_N_VOLUME - 1;
    view.prefs.speed = 0;
    show_news(ui, &view);
    key(ui, NAV_LOUDER); /* keypads with one such key come round */
    CU_ASSERT_EQUAL(next_intent(ui).option, 0);
    key(ui, NAV_SLOWER);
    CU_ASSERT_EQUAL(next_intent(ui).option, 0);
    key(ui, NAV_BACK);
    CU_ASSERT_EQUAL(next_intent(ui).kind, view.back.intent);
    key(ui, NAV_HOME);
    CU_ASSERT_EQUAL(next_intent(ui).kind, view.home.intent);
    key(ui, NAV_HELP);
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_CALL_STAFF);
    ui_free(ui);
}

static void the_focus_stays_with_its_item(void)
{
    struct ui *ui = open_with("form", SPEECH_ALL);
    focus_on(ui, "field.address");
    memmove(&view.item[3], &view.item[2], (view.n_items - 2) * sizeof view.item[0]);
    view.item[2].id = "field.new"; /* an answer has brought a field above it */
    view.n_items++;
    show_news(ui, &view);
    CU_ASSERT_STRING_EQUAL(focus_id(ui), "field.address");
    memmove(&view.item[2], &view.item[3], (view.n_items - 3) * sizeof view.item[0]);
    view.n_items--;
    view.item[4].id = "field.other"; /* gone: its neighbour has taken its place */
    int place = ui->focus->here;
    show_news(ui, &view);
    CU_ASSERT(abs(ui->focus->here - place) <= 2 && ui->focus->here > 0);
    ui_free(ui);
}

static bool reaches(struct ui *ui, const char *id)
{
    for (int i = 0; i < ui->focus->n_stops; i++) {
        if (strcmp(focus_id(ui), id) == 0)
            return true;
        key(ui, NAV_NEXT);
    }
    return false;
}

static void a_question_traps_the_focus(void)
{
    struct ui *ui = open_with("asking", SPEECH_PROMPTS);
    CU_ASSERT_EQUAL(ui->focus->layer, FOCUS_QUESTION);
    CU_ASSERT_EQUAL(ui->focus->n_stops, 2);
    CU_ASSERT_STRING_EQUAL(focus_id(ui), "ask.yes"); /* the one that changes nothing */
    CU_ASSERT_FALSE(reaches(ui, "next"));
    key(ui, NAV_HOME);
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    key(ui, NAV_BACK);
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_STAY);
    ui_free(ui);
}

static void sheets_and_settings_trap_it(void)
{
    struct ui *ui = open_with("form", SPEECH_ALL);
    focus_on(ui, "field.nation");
    key(ui, NAV_SELECT);
    CU_ASSERT_EQUAL(ui->focus->layer, FOCUS_SHEET);
    CU_ASSERT_FALSE(reaches(ui, "next"));
    key(ui, NAV_BACK);
    CU_ASSERT_EQUAL(ui->focus->layer, FOCUS_PAGE);
    CU_ASSERT_STRING_EQUAL(focus_id(ui), "field.nation");
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    ui->state.is_settings = ui->must_build = true;
    (void)ui_draw(ui);
    CU_ASSERT_EQUAL(ui->focus->layer, FOCUS_SHEET);
    CU_ASSERT_FALSE(reaches(ui, "next"));
    key(ui, NAV_BACK);
    CU_ASSERT_FALSE(ui->state.is_settings);
    ui_free(ui);
}

static void keys_are_activity(void)
{
    struct ui *ui = open_with("questions", SPEECH_PROMPTS);
    struct intent i;
    while (ui_next_intent(ui, &i))
        ;
    key(ui, NAV_REPEAT);
    CU_ASSERT_FATAL(ui_next_intent(ui, &i));
    CU_ASSERT_EQUAL(i.kind, INTENT_ACTIVITY);
    ui_key(ui, NAV_NONE);
    CU_ASSERT_FALSE(ui_next_intent(ui, &i));
    ui_free(ui);
}

static void real_key(struct ui *ui, const char *name)
{
    struct display_event e = {.kind = DISPLAY_KEY};
    snprintf(e.key, sizeof e.key, "%s", name);
    ui->clock_offset_ms += SAMPLE_GUARD_MS;
    ui_handle(ui, &e, ui_now_ms(ui));
    (void)ui_draw(ui);
}

static void a_real_keyboard_does_the_same(void)
{
    struct ui *ui = open_with("form", SPEECH_ALL);
    view.item[3].edit = NULL;
    show_news(ui, &view);
    int begin = ui->focus->here;
    real_key(ui, "Tab");
    real_key(ui, "Down");
    CU_ASSERT_EQUAL(ui->focus->here, begin + 2);
    real_key(ui, "Up");
    CU_ASSERT_EQUAL(ui->focus->here, begin + 1);
    focus_on(ui, "field.mother.phone");
    real_key(ui, "Keypad 1");
    CU_ASSERT_FATAL(ui_keyboard_shown(ui));
    real_key(ui, "3"); /* the open keyboard types by itself */
    expect_typed(ui, "13");
    real_key(ui, "Backspace");
    expect_typed(ui, "1");
    real_key(ui, "Escape");
    CU_ASSERT_FALSE(ui_keyboard_shown(ui));
    focus_on(ui, "field.nation");
    real_key(ui, "Return");
    CU_ASSERT(ui->state.sheet_item >= 0);
    real_key(ui, "Escape");
    CU_ASSERT_EQUAL(ui->state.sheet_item, -1);
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    real_key(ui, "F1");
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_CALL_STAFF);
    real_key(ui, "Home");
    CU_ASSERT_EQUAL(next_intent(ui).kind, view.home.intent);
    CU_ASSERT_FALSE(ui_focus_key_name(ui, "Q"));
    ui_free(ui);
}

static CU_TestInfo cases[] = {
    {"the first key shows where one is", the_first_key_shows_where_one_is},
    {"keys lead around", keys_lead_around},
    {"left and right stay inside", left_and_right_stay_inside},
    {"digits open a field of numbers", digits_open_a_field_of_numbers},
    {"digits tap letters", digits_tap_letters},
    {"back, home, help and sound", back_home_help_and_sound},
    {"the focus stays with its item", the_focus_stays_with_its_item},
    {"a question traps the focus", a_question_traps_the_focus},
    {"sheets and settings trap it", sheets_and_settings_trap_it},
    {"keys are activity", keys_are_activity},
    {"a real keyboard does the same", a_real_keyboard_does_the_same},
    CU_TEST_INFO_NULL};

CUNIT_MAIN("ui.focus", cases)
