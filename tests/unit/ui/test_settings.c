/* SPDX-License-Identifier: Apache-2.0 */
/* The sheet of wishes: reached from everywhere, every tap the right intent, open while the page
 * behind changes, gone with the visit. And a brand that cannot be used. */
#include <string.h>

#include "cunit_main.h"
#include "find_widget.h"
#include "open_ui.h"
#include "ui/ui_priv.h"
#include "views.h"

static struct view view;
static uint32_t revision;
static int64_t now_ms = 1000;

static void tap(struct ui *ui, const struct widget *w)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    struct display_event e = {
        .kind = DISPLAY_DOWN, .x = w->rect.x + w->rect.w / 2, .y = w->rect.y + w->rect.h / 2};
    now_ms += 1000;
    ui_handle(ui, &e, now_ms);
    e.kind = DISPLAY_UP;
    ui_handle(ui, &e, now_ms);
    (void)ui_draw(ui);
}

static void show(struct ui *ui, const char *name, const struct prefs *prefs)
{
    const struct sample *s = sample_of(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    sample_make(s, prefs->is_elder, &view);
    view.prefs = *prefs;
    view.revision = ++revision;
    ui_show(ui, &view);
    (void)ui_draw(ui);
}

/* The widget, on whichever page of the sheet it stands. */
static struct widget *turn_to(struct ui *ui, const char *id, int index)
{
    for (int page = 0; page < 12; page++) {
        ui->state.settings_page = page;
        ui->must_build = true;
        (void)ui_draw(ui);
        struct widget *w = find_widget(ui, id, index);
        if (w)
            return w;
    }
    return NULL;
}

static void reached_from_every_screen(void)
{
    struct ui *ui = open_ui();
    for (int i = 0; i < n_samples; i++) {
        sample_make(&samples[i], i % 2, &view);
        view.revision = ++revision;
        bool is_asked = view.ask.id || view.ask.lit;
        ui_show(ui, &view);
        keyboard_close(ui->keyboard); /* a search begins with it; it has a way back of its own */
        ui->must_build = true;
        (void)ui_draw(ui);
        if (is_asked) /* a question comes first */
            continue;
        if (!find_widget(ui, "settings", -1))
            fprintf(stderr, "%s: no settings\n", samples[i].name);
        tap(ui, find_widget(ui, "settings", -1));
        CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
        CU_ASSERT(find_widget(ui, "settings.close", -1) != NULL);
        CU_ASSERT(find_widget(ui, "next", -1) == NULL); /* covered */
        tap(ui, find_widget(ui, "settings.close", -1));
        CU_ASSERT(find_widget(ui, "settings.close", -1) == NULL);
    }
    ui_free(ui);
}

static void taps_are_wishes(void)
{
    static const struct {
        const char *id;
        int index;
        enum pref pref;
        int value;
    } taps[] = {
        {"settings.language", 1, PREF_LANGUAGE, 1},
        {"settings.text", 0, PREF_TEXT, TEXT_SMALL},
        {"settings.text", 3, PREF_TEXT, TEXT_LARGEST},
        {"settings.contrast", 1, PREF_CONTRAST, CONTRAST_LIGHT},
        {"settings.contrast", 2, PREF_CONTRAST, CONTRAST_DARK},
        {"settings.speech", 0, PREF_SPEECH, SPEECH_OFF},
        {"settings.speech", 2, PREF_SPEECH, SPEECH_ALL},
        {"settings.softer", -1, PREF_VOLUME, 1},
        {"settings.louder", -1, PREF_VOLUME, 3},
        {"settings.slower", -1, PREF_SPEED, 1},
        {"settings.faster", -1, PREF_SPEED, 3},
        {"settings.elder", -1, PREF_ELDER, 1},
        {"settings.low", -1, PREF_LOW, 1},
    };
    struct ui *ui = open_ui();
    show(ui, "form", &PREFS_DEFAULT);
    tap(ui, find_widget(ui, "settings", -1));
    for (size_t i = 0; i < YJ_COUNT(taps); i++) {
        tap(ui, turn_to(ui, taps[i].id, taps[i].index));
        struct intent in = next_intent(ui);
        CU_ASSERT_EQUAL(in.kind, INTENT_SET_PREF);
        CU_ASSERT_EQUAL(in.item, (int)taps[i].pref);
        CU_ASSERT_EQUAL(in.option, taps[i].value);
        CU_ASSERT(ui->state.is_settings);
    }
    ui_free(ui);
}

static void ends_of_scales_cannot_be_passed(void)
{
    struct ui *ui = open_ui();
    struct prefs p = PREFS_DEFAULT;
    p.volume = 0;
    p.speed = PREFS_N_SPEED - 1;
    show(ui, "form", &p);
    tap(ui, find_widget(ui, "settings", -1));
    tap(ui, turn_to(ui, "settings.softer", -1));
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    tap(ui, turn_to(ui, "settings.faster", -1));
    CU_ASSERT_EQUAL(next_intent(ui).kind, INTENT_NONE);
    p.speech = SPEECH_OFF; /* nothing is heard: nothing to set */
    show(ui, "form", &p);
    CU_ASSERT_PTR_NULL(turn_to(ui, "settings.softer", -1));
    ui_free(ui);
}

static void stays_while_the_page_changes(void)
{
    struct ui *ui = open_ui();
    struct prefs p = PREFS_DEFAULT;
    show(ui, "form", &p);
    tap(ui, find_widget(ui, "settings", -1));
    p.contrast = CONTRAST_DARK;
    p.is_elder = true;
    p.text = TEXT_LARGE;
    p.language = 1;
    show(ui, "form", &p);
    struct widget *close = find_widget(ui, "settings.close", -1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(close);
    CU_ASSERT_STRING_EQUAL(close->text, "Done");
    CU_ASSERT(ui->ctx.tok.is_bare);
    show(ui, "review", &p);
    CU_ASSERT(find_widget(ui, "settings.close", -1) != NULL);
    ui_wipe(ui);
    show(ui, "home", &PREFS_DEFAULT);
    CU_ASSERT(find_widget(ui, "settings.close", -1) == NULL);
    CU_ASSERT(find_widget(ui, "elder", -1) != NULL);
    ui_free(ui);
}

static void a_signature_is_not_drawn_through_it(void)
{
    struct ui *ui = open_ui();
    show(ui, "sign", &PREFS_DEFAULT);
    tap(ui, find_widget(ui, "settings", -1));
    CU_ASSERT_PTR_NOT_NULL_FATAL(ui->now.pad);
    tap(ui, &ui->now.pad->w);
    CU_ASSERT_EQUAL(ui->state.ink.n_points, 0);
    ui_free(ui);
}

static void a_bad_brand_does_not_close_the_terminal(void)
{
    struct ui *ui = NULL;
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "/nowhere/acme.json",
                         .sound = "none",
                         .width_px = 1080,
                         .height_px = 1920,
                         .width_mm = 344};
    CU_ASSERT_FATAL(ui_new(&cfg, &ui, &err) == 0);
    const char *why = ui_theme_problem(ui);
    CU_ASSERT_PTR_NOT_NULL_FATAL(why);
    CU_ASSERT(strstr(why, "/nowhere/acme.json") != NULL);
    CU_ASSERT_STRING_EQUAL(ui_product_name(ui), "一件");
    ui_free(ui);
    cfg.theme = "example-brand";
    CU_ASSERT_FATAL(ui_new(&cfg, &ui, &err) == 0);
    CU_ASSERT_PTR_NULL(ui_theme_problem(ui));
    CU_ASSERT_STRING_EQUAL(ui_product_name(ui), "澄湖一件办");
    CU_ASSERT_EQUAL(ui->ctx.tok.primary, 0xFF26356FU);
    ui_free(ui);
}

static CU_TestInfo cases[] = {
    {"reached from every screen", reached_from_every_screen},
    {"taps are wishes", taps_are_wishes},
    {"ends of scales cannot be passed", ends_of_scales_cannot_be_passed},
    {"stays while the page changes", stays_while_the_page_changes},
    {"a signature is not drawn through it", a_signature_is_not_drawn_through_it},
    {"a bad brand does not close the terminal", a_bad_brand_does_not_close_the_terminal},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.settings", cases)
