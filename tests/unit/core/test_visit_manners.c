/* SPDX-License-Identifier: Apache-2.0 */
/* Manners of a visit: settings of one visitor, silence, things left behind, what works and what
 * does not, ratings with reasons, signing without a hand, notices that expire, figures. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "core/content.h"
#include "cunit_main.h"
#include "types/prefs.h"
#include "visit_kit_find.h"

static void set_pref(struct kit *k, enum pref pref, int value)
{
    kit_intent(k, INTENT_SET_PREF, (int)pref, value);
}

static void headset(struct kit *k, bool is_plugged)
{
    struct visit_event e = {.kind = VISIT_EVENT_HEADSET, .is_plugged = is_plugged};
    kit_event(k, &e);
}

static void date(struct kit *k, int64_t days)
{
    struct visit_event e = {.kind = VISIT_EVENT_DATE, .wall_ms = KIT_WALL_MS + days * 86400000};
    kit_event(k, &e);
}

static const struct view_item *item(struct kit *k, const char *id)
{
    int at = kit_item(k, id);
    return at < 0 ? NULL : &k->view->item[at];
}

static struct kit *with_languages(void)
{
    struct kit *k = kit_new();
    k->v->cfg.languages[0] = "zh-Hans";
    k->v->cfg.languages[1] = "en";
    k->v->cfg.n_languages = 2;
    return k;
}

static void to_rating(struct kit *k)
{
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "RATING"));
}

/* ---- settings of one visitor ---- */

static void settings_last_one_visit(void)
{
    struct find_kit *f = find_new();
    struct kit *k = &f->k;
    set_pref(k, PREF_CONTRAST, CONTRAST_DARK);
    set_pref(k, PREF_TEXT, TEXT_LARGEST);
    find_open(f, "stage.person.birth");
    CU_ASSERT(kit_is(k, "FIND"));
    CU_ASSERT_EQUAL(kit_view(k)->prefs.contrast, CONTRAST_DARK);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_EQUAL(kit_view(k)->prefs.contrast, CONTRAST_DARK);
    CU_ASSERT_EQUAL(kit_view(k)->prefs.text, TEXT_LARGEST);
    find_open(f, "stage.person.birth");
    kit_timer(k, VISIT_TIMER_IDLE);
    for (int s = 0; s < 40; s++)
        kit_timer(k, VISIT_TIMER_COUNTDOWN);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT(visit_prefs_are_default(k->v));
    find_free(f);
}

static void settings_at_home_go_with_their_visitor(void)
{
    struct kit *k = kit_new();
    set_pref(k, PREF_SPEECH, SPEECH_OFF);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT(k->v->is_armed[VISIT_TIMER_PAGE]);
    CU_ASSERT_EQUAL(k->last[VISIT_EFFECT_TIMER_SET].delay_ms, 60000);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(visit_prefs_are_default(k->v));
    CU_ASSERT_FALSE(k->v->is_armed[VISIT_TIMER_PAGE]);
    set_pref(k, PREF_ELDER, 1);
    CU_ASSERT_EQUAL(k->last[VISIT_EFFECT_TIMER_SET].delay_ms, 120000);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT_FALSE(kit_view(k)->prefs.is_elder);
    CU_ASSERT_EQUAL(kit_view(k)->prefs.text, TEXT_NORMAL);
    kit_free(k);
}

static void values_out_of_range_change_nothing(void)
{
    struct kit *k = with_languages();
    const struct prefs before = k->v->prefs;
    for (int pref = -1; pref <= PREFS_N; pref++) {
        set_pref(k, (enum pref)pref, -1);
        set_pref(k, (enum pref)pref, 100);
    }
    set_pref(k, PREF_LANGUAGE, 2);
    CU_ASSERT_EQUAL(memcmp(&before, &k->v->prefs, sizeof before), 0);
    kit_free(k);
}

static void elder_and_letters_agree(void)
{
    struct kit *k = kit_new();
    set_pref(k, PREF_ELDER, 1);
    CU_ASSERT_EQUAL(k->v->prefs.text, TEXT_LARGE);
    set_pref(k, PREF_TEXT, TEXT_LARGEST);
    CU_ASSERT(k->v->prefs.is_elder);
    set_pref(k, PREF_TEXT, TEXT_SMALL);
    CU_ASSERT_FALSE(k->v->prefs.is_elder);
    set_pref(k, PREF_TEXT, TEXT_LARGEST);
    set_pref(k, PREF_ELDER, 1);
    CU_ASSERT_EQUAL(k->v->prefs.text, TEXT_LARGEST); /* larger than asked for stays */
    kit_free(k);
}

static void headphones_speak(void)
{
    struct kit *k = kit_new();
    headset(k, true);
    CU_ASSERT_EQUAL(kit_view(k)->prefs.speech, SPEECH_ALL);
    CU_ASSERT(visit_prefs_are_default(k->v)); /* so it stays while they are in */
    kit_to_form(k);
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT_EQUAL(kit_view(k)->prefs.speech, SPEECH_ALL);
    headset(k, false);
    CU_ASSERT_EQUAL(kit_view(k)->prefs.speech, SPEECH_PROMPTS);
    headset(k, false);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_SHOW), 0);
    kit_free(k);
}

static void another_language_keeps_the_answers(void)
{
    struct kit *k = with_languages();
    kit_to_form(k);
    kit_fill_form(k);
    struct visit_session *before = malloc(sizeof *before);
    memcpy(before, &k->v->s, sizeof *before);
    set_pref(k, PREF_LANGUAGE, 1);
    CU_ASSERT_EQUAL(kit_view(k)->prefs.language, 1);
    CU_ASSERT_EQUAL(memcmp(before->value, k->v->s.value, sizeof before->value), 0);
    CU_ASSERT_EQUAL(before->page, k->v->s.page);
    free(before);
    kit_free(k);
}

/* ---- silence ---- */

static void time_is_longer_for_who_needs_it(void)
{
    static const struct {
        enum pref pref;
        int value, ask_ms, countdown_s;
    } row[] = {{PREF_CONTRAST, CONTRAST_DARK, 60000, 20},
               {PREF_TEXT, TEXT_LARGE, 60000, 20},
               {PREF_TEXT, TEXT_LARGEST, 120000, 40},
               {PREF_SPEECH, SPEECH_ALL, 120000, 40},
               {PREF_ELDER, 1, 120000, 40}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        kit_open(k);
        set_pref(k, row[i].pref, row[i].value);
        CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_TIMER_SET)->delay_ms, row[i].ask_ms);
        kit_timer(k, VISIT_TIMER_IDLE);
        CU_ASSERT_EQUAL(kit_view(k)->ask_countdown_s, row[i].countdown_s);
        CU_ASSERT_EQUAL(k->view->urgency, URGENCY_REPEAT);
        CU_ASSERT(k->view->ask_yes.is_main && k->view->ask_yes.intent == INTENT_STAY);
        kit_free(k);
    }
}

static void more_time_can_be_had_again_and_again(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_fill_form(k);
    for (int i = 0; i < 25; i++) {
        kit_timer(k, VISIT_TIMER_IDLE);
        for (int s = 0; s < 19; s++)
            kit_timer(k, VISIT_TIMER_COUNTDOWN);
        CU_ASSERT_EQUAL(kit_view(k)->ask_countdown_s, 1);
        kit_tap(k, INTENT_STAY);
        CU_ASSERT_FALSE(visit_state_can_leave(k->v) && k->v->modal);
        CU_ASSERT(k->v->is_armed[VISIT_TIMER_IDLE]);
    }
    CU_ASSERT(kit_holds(k, KIT_MOBILE));
    kit_free(k);
}

/* What the screens have opened above the first page is closed by wiping them. */
static void a_touched_first_page_is_wiped(void)
{
    struct kit *k = kit_new();
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_FALSE(k->v->is_armed[VISIT_TIMER_PAGE]);
    kit_tap(k, INTENT_ACTIVITY);
    CU_ASSERT(k->v->is_armed[VISIT_TIMER_PAGE]);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_WIPE), 1);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_FALSE(k->v->is_armed[VISIT_TIMER_PAGE]); /* once: nobody is there */
    kit_free(k);
}

/* ---- things left behind ---- */

static void who_forgets_is_called_louder(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_status(k, DEVICE_READER, DEVICE_ONLINE, MEDIA_PRESENT, PAPER_UNKNOWN);
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "LEFT_BEHIND"));
    CU_ASSERT_EQUAL(kit_view(k)->urgency, URGENCY_REPEAT);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT_EQUAL(kit_view(k)->urgency, URGENCY_ALARM);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->staff, STAFF_CARD_LEFT);
    kit_lift(k);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->staff, STAFF_NOT_CALLED);
    CU_ASSERT_EQUAL(kit_view(k)->urgency, URGENCY_ONCE);
    kit_tap(k, INTENT_CALL_STAFF);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->staff, STAFF_CALLED_BY_VISITOR);
    kit_free(k);
}

/* ---- what works ---- */

static bool works(struct kit *k, const char *id)
{
    const struct view_item *i = item(k, id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(i);
    CU_ASSERT_EQUAL(i->kind, VIEW_TASK);
    bool is_working = i->tone == TONE_OK;
    CU_ASSERT(is_working == !strcmp(i->value2.id, "function.works"));
    CU_ASSERT(is_working == (i->note.id == NULL)); /* what does not, says why */
    return is_working;
}

static void out_of_service_says_what_works(void)
{
    static const struct visit_place place[] = {
        {"示例市第二政务大厅", "示例路 2 号", "9:00–17:00", "12345"}, {.name = "02 号机"}};
    struct kit *k = kit_new();
    k->v->cfg.hall_hours = "9:00–17:00";
    k->v->cfg.places = place;
    k->v->cfg.n_places = YJ_COUNT(place);
    kit_code_event(k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    CU_ASSERT(kit_is(k, "OUT_OF_SERVICE"));
    CU_ASSERT_FALSE(works(k, "function.apply"));
    CU_ASSERT(works(k, "function.cards") && works(k, "function.codes"));
    CU_ASSERT(works(k, "function.receipts") && works(k, "function.progress"));
    CU_ASSERT(works(k, "function.look_up"));
    CU_ASSERT_STRING_EQUAL(item(k, "out.where_hours")->label.arg[1], "9:00–17:00");
    CU_ASSERT_STRING_EQUAL(item(k, "place.1")->value2.lit, "9:00–17:00");
    CU_ASSERT_PTR_NULL(item(k, "place.2")->note.lit);
    kit_device(k, DEVICE_READER, DEVICE_NO_DEVICE);
    kit_device(k, DEVICE_PRINTER, DEVICE_HARDWARE_ERROR);
    kit_link(k, false);
    CU_ASSERT_FALSE(works(k, "function.cards") || works(k, "function.receipts"));
    CU_ASSERT_FALSE(works(k, "function.progress"));
    CU_ASSERT_STRING_EQUAL(item(k, "function.progress")->note.id, "function.offline");
    CU_ASSERT_STRING_EQUAL(item(k, "function.cards")->note.arg[0], "device.reader");
    kit_free(k);
}

static void out_of_service_lets_look_things_up(void)
{
    struct kit *k = kit_new();
    kit_code_event(k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    CU_ASSERT_STRING_EQUAL(kit_view(k)->next.label.id, "out.look");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_STRING_EQUAL(kit_view(k)->banner.id, "banner.store");
    kit_open(k);
    CU_ASSERT(kit_is(k, "MATTER"));
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "HOME")); /* still looking */
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "OUT_OF_SERVICE"));
    kit_tap(k, INTENT_NEXT);
    kit_code_event(k, VISIT_EVENT_STORE_STATE, 0);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);
}

/* ---- rating ---- */

static char *rating_json(struct kit *k)
{
    char *json = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(visit_rating_json(k->v, &json, &err), 0);
    return json;
}

static void bad_ratings_may_say_why(void)
{
    struct kit *k = kit_new();
    to_rating(k);
    kit_intent(k, INTENT_RATE, 0, 3);
    CU_ASSERT(kit_is(k, "RATING"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_RATE), 0);
    CU_ASSERT_EQUAL(item(k, "rating.reasons")->n_options, 7);
    CU_ASSERT_FALSE(kit_view(k)->next.is_enabled);
    kit_choose(k, "rating.reasons", 1);
    kit_choose(k, "rating.reasons", 6);
    kit_choose(k, "rating.reasons", 0);
    kit_choose(k, "rating.reasons", 0);
    kit_choose(k, "rating.reasons", 7);
    CU_ASSERT(item(k, "rating.reasons")->option[1].is_selected);
    CU_ASSERT(kit_view(k)->next.is_enabled);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "GOODBYE"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_RATE), 1);
    char *json = rating_json(k);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"schema\":\"rating/2\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"level\":2,\"reasons\":[\"waiting\",\"other\"]"));
    free(json);
    kit_free(k);
}

static void reasons_can_be_left_out(void)
{
    for (int way = 0; way < 2; way++) { /* skip, silence */
        struct kit *k = kit_new();
        to_rating(k);
        kit_intent(k, INTENT_RATE, 0, 4);
        if (way == 0)
            kit_choose(k, "rating.reasons", 2);
        if (way == 0)
            kit_tap(k, INTENT_SKIP);
        else
            kit_timer(k, VISIT_TIMER_PAGE);
        CU_ASSERT(kit_is(k, "GOODBYE"));
        CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_RATE), 1);
        char *json = rating_json(k);
        CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"schema\":\"rating/1\""));
        CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"level\":1,\"at\""));
        CU_ASSERT_PTR_NULL(strstr(json, "reasons"));
        free(json);
        kit_free(k);
    }
}

static void a_level_can_be_taken_back(void)
{
    struct kit *k = kit_new();
    to_rating(k);
    kit_intent(k, INTENT_RATE, 0, 4);
    kit_choose(k, "rating.reasons", 2);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT_PTR_NOT_NULL(item(k, "rating"));
    kit_intent(k, INTENT_RATE, 0, 0);
    CU_ASSERT(kit_is(k, "GOODBYE"));
    char *json = rating_json(k);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"level\":5"));
    CU_ASSERT_PTR_NULL(strstr(json, "reasons"));
    free(json);
    kit_free(k);
}

/* ---- signing without a hand ---- */

static void a_key_signs_only_twice(void)
{
    struct kit *k = kit_new();
    char *json = NULL;
    struct err err = {0};
    kit_to_sign(k);
    CU_ASSERT_EQUAL(kit_view(k)->extra.intent, INTENT_SIGN_BY_KEY);
    kit_tap(k, INTENT_SIGN_BY_KEY);
    CU_ASSERT(kit_is(k, "SIGN"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_SUBMIT), 0);
    CU_ASSERT_STRING_EQUAL(kit_view(k)->ask.id, "sign.by_key_ask");
    kit_tap(k, INTENT_STAY);
    CU_ASSERT_PTR_NULL(kit_view(k)->ask.id);
    CU_ASSERT(kit_is(k, "SIGN"));
    kit_tap(k, INTENT_SIGN_BY_KEY);
    k->now_ms -= 390; /* the second half of a double tap */
    kit_tap(k, INTENT_SIGN_BY_KEY);
    CU_ASSERT(kit_is(k, "SIGN"));
    kit_tap(k, INTENT_SIGN_BY_KEY);
    CU_ASSERT(kit_is(k, "SUBMITTING"));
    CU_ASSERT_EQUAL(visit_application_json(k->v, &json, &err), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"signature\":{\"method\":\"key\",\"at\":\"2026-"));
    CU_ASSERT_PTR_NULL(strstr(json, "strokes"));
    free(json);
    struct document *document = calloc(1, sizeof *document);
    kit_stored(k, 1);
    CU_ASSERT_EQUAL(visit_document(k->v, DOCUMENT_APPLICATION, document, &err), 0);
    bool is_said = false;
    for (size_t i = 0; i < document->n_blocks; i++)
        is_said |= document->block[i].kind == DOCUMENT_SIGNATURE &&
                   strstr(document->block[i].left, "按键确认");
    CU_ASSERT(is_said);
    free(document);
    kit_free(k);
}

static void ink_after_a_key_is_ink(void)
{
    struct kit *k = kit_new();
    char *json = NULL;
    struct err err = {0};
    kit_to_sign(k);
    kit_tap(k, INTENT_SIGN_BY_KEY);
    kit_tap(k, INTENT_SIGN_BY_KEY);
    CU_ASSERT(kit_is(k, "SUBMITTING"));
    kit_code_event(k, VISIT_EVENT_STORE_FAILED, ERR_STORE_FULL);
    for (int i = 0; i < 20 && strcmp(visit_state_name(k->v), "SIGN") != 0; i++)
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    CU_ASSERT_EQUAL(visit_application_json(k->v, &json, &err), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"strokes\":[["));
    CU_ASSERT_PTR_NULL(strstr(json, "\"method\""));
    free(json);
    kit_free(k);
}

static void who_listens_hears_of_the_key(void)
{
    struct kit *k = kit_new();
    kit_to_sign(k);
    CU_ASSERT_STRING_EQUAL(kit_view(k)->subtitle.id, "sign.subtitle");
    set_pref(k, PREF_SPEECH, SPEECH_ALL);
    CU_ASSERT_STRING_EQUAL(kit_view(k)->subtitle.id, "sign.subtitle_key");
    kit_free(k);
}

/* ---- notices and figures ---- */

static struct content *content_of(const char *json)
{
    char dir[] = "/tmp/yj-content-XXXXXX", path[64];
    struct matter_complaint list[4];
    struct content *c = NULL;
    size_t n = 0;
    if (!mkdtemp(dir))
        exit(2);
    snprintf(path, sizeof path, "%s/a.json", dir);
    FILE *f = fopen(path, "w");
    fputs(json, f);
    fclose(f);
    CU_ASSERT_EQUAL(content_load(dir, list, 4, &n, &c, NULL), 0);
    CU_ASSERT_EQUAL(n, 0);
    for (size_t i = 0; i < n && i < 4; i++)
        printf("    %s: %s\n", list[i].pointer, list[i].reason);
    remove(path);
    rmdir(dir);
    return c;
}

#define NOTICE(id, from, to)                                                                       \
    "{\"id\":\"" id "\",\"title\":{\"zh-Hans\":\"放假\",\"en\":\"Holiday\"},"                    \
    "\"text\":{\"zh-Hans\":\"不上班\"},\"valid_from\":\"" from "\",\"valid_to\":\"" to "\"}"

static void notices_disappear_by_themselves(void)
{
    struct content *c = content_of("{\"schema\":\"content/1\",\"notices\":[" NOTICE(
        "one", "2026-11-01", "2026-11-23") "," NOTICE("two", "2026-11-24", "2026-12-01") "]}");
    struct kit *k = with_languages();
    struct visit_effects fx;
    CU_ASSERT_EQUAL(visit_set_content(k->v, c, k->now_ms, &fx), 0);
    CU_ASSERT_STRING_EQUAL(item(k, "content.one")->label.arg[0], "放假");
    CU_ASSERT_PTR_NULL(item(k, "content.two"));
    set_pref(k, PREF_LANGUAGE, 1);
    CU_ASSERT_STRING_EQUAL(item(k, "content.one")->label.arg[0], "Holiday");
    CU_ASSERT_STRING_EQUAL(item(k, "content.one")->label.arg[1], "不上班");
    date(k, 1);
    CU_ASSERT_PTR_NULL(item(k, "content.one"));
    CU_ASSERT_PTR_NOT_NULL(item(k, "content.two"));
    date(k, 30);
    CU_ASSERT_PTR_NULL(item(k, "content.two"));
    date(k, 0);
    k->v->today = 0; /* nobody knows the day: nothing can be judged */
    CU_ASSERT_PTR_NULL(item(k, "content.one"));
    kit_open(k);
    CU_ASSERT_EQUAL(visit_set_content(k->v, NULL, k->now_ms, &fx), ERR_WRONG_STATE);
    kit_free(k);
    content_free(c);
}

static void many_notices_take_turns(void)
{
    struct content *c = content_of("{\"schema\":\"content/1\",\"notices\":[" NOTICE(
        "a", "2026-11-01", "2026-12-01") "," NOTICE("b", "2026-11-01",
                                                    "2026-12-01") "," NOTICE("c", "2026-11-01",
                                                                             "2026-12-01") "]}");
    struct kit *k = kit_new();
    struct visit_effects fx;
    CU_ASSERT_FALSE(k->v->is_armed[VISIT_TIMER_NOTICES]);
    CU_ASSERT_EQUAL(visit_set_content(k->v, c, k->now_ms, &fx), 0);
    CU_ASSERT(item(k, "content.a") && item(k, "content.b") && !item(k, "content.c"));
    CU_ASSERT(k->v->is_armed[VISIT_TIMER_NOTICES]);
    kit_timer(k, VISIT_TIMER_NOTICES);
    CU_ASSERT(item(k, "content.c") && item(k, "content.a") && !item(k, "content.b"));
    set_pref(k, PREF_CONTRAST, CONTRAST_DARK); /* somebody is there: nothing moves */
    CU_ASSERT_FALSE(k->v->is_armed[VISIT_TIMER_NOTICES]);
    kit_free(k);
    content_free(c);
}

static void counted(struct kit *k, struct service_counters counters)
{
    struct visit_event e = {.kind = VISIT_EVENT_COUNTERS, .counters = counters};
    kit_event(k, &e);
}

static void figures_are_real_or_not_there(void)
{
    struct kit *k = kit_new();
    CU_ASSERT_PTR_NULL(item(k, "home.counters"));
    counted(k, (struct service_counters){.day = 20261123});
    CU_ASSERT_PTR_NULL(item(k, "home.counters")); /* nobody yet */
    counted(k, (struct service_counters){.day = 20261123, .own = {0, 7}});
    CU_ASSERT_STRING_EQUAL(item(k, "home.counters")->label.id, "home.counters_total");
    counted(k, (struct service_counters){
                   .day = 20261123, .own = {2, 9}, .has_hall = true, .hall = {5, 100}});
    CU_ASSERT_STRING_EQUAL(item(k, "home.counters")->label.arg[0], "9");
    CU_ASSERT_STRING_EQUAL(item(k, "home.counters")->label.arg[1], "2");
    CU_ASSERT_STRING_EQUAL(item(k, "home.counters.hall")->label.arg[0], "100");
    CU_ASSERT_PTR_NULL(item(k, "home.counters.province"));
    kit_link(k, false);
    CU_ASSERT_PTR_NULL(item(k, "home.counters.hall")); /* no longer fresh */
    date(k, 1);
    CU_ASSERT_STRING_EQUAL(item(k, "home.counters")->label.id, "home.counters_total");
    kit_free(k);
}

static void who_runs_the_terminal_stands_at_home(void)
{
    struct kit *k = kit_new();
    CU_ASSERT_STRING_EQUAL(item(k, "home.owner")->label.id, "home.phone");
    k->v->cfg.hall_owner = "示例市政务服务局";
    CU_ASSERT_STRING_EQUAL(item(k, "home.owner")->label.arg[1], "示例市政务服务局");
    k->v->cfg.hall_hours = "9:00–17:00";
    CU_ASSERT_STRING_EQUAL(item(k, "home.owner")->label.arg[2], "9:00–17:00");
    kit_free(k);
}

static void mistakes_of_notices_have_a_place(void)
{
    static const struct {
        const char *json, *pointer;
    } row[] = {
        {"{\"schema\":\"content/1\",\"notices\":[" NOTICE("a", "2026-11-02", "2026-11-01") "]}",
         "/notices/0/valid_to"},
        {"{\"schema\":\"content/1\",\"notices\":[" NOTICE("A", "2026-11-02", "2026-11-03") "]}",
         "/notices/0/id"},
        {"{\"schema\":\"content/1\",\"notices\":[" NOTICE("a", "2026-11-02", "2026-02-30") "]}",
         "/notices/0/valid_to"},
        {"{\"schema\":\"content/1\",\"notices\":[{\"id\":\"a\",\"title\":{\"en\":\"x\"},"
         "\"text\":{\"zh-Hans\":\"x\"},\"valid_from\":\"2026-11-02\",\"valid_to\":\"2026-11-02\"}]"
         "}",
         "/notices/0/title"},
        {"{\"schema\":\"content/2\",\"notices\":[]}", "/schema"},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        char dir[] = "/tmp/yj-content-XXXXXX", path[64];
        struct matter_complaint list[4];
        struct content *c = NULL;
        size_t n = 0;
        CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
        snprintf(path, sizeof path, "%s/a.json", dir);
        FILE *f = fopen(path, "w");
        fputs(row[i].json, f);
        fclose(f);
        CU_ASSERT_EQUAL(content_load(dir, list, 4, &n, &c, NULL), 0);
        CU_ASSERT_EQUAL_FATAL(n, 1);
        CU_ASSERT_STRING_EQUAL(list[0].file, "a.json");
        CU_ASSERT_STRING_EQUAL(list[0].pointer, row[i].pointer);
        CU_ASSERT_EQUAL(content_count(c), 0);
        content_free(c);
        remove(path);
        rmdir(dir);
        CU_ASSERT_EQUAL(content_load(dir, list, 4, &n, &c, NULL), 0); /* no folder, no notices */
        CU_ASSERT(n == 0 && content_count(c) == 0);
        content_free(c);
    }
}

static CU_TestInfo cases[] = {
    {"settings last one visit", settings_last_one_visit},
    {"settings at home go with their visitor", settings_at_home_go_with_their_visitor},
    {"values out of range change nothing", values_out_of_range_change_nothing},
    {"elder and letters agree", elder_and_letters_agree},
    {"headphones speak", headphones_speak},
    {"another language keeps the answers", another_language_keeps_the_answers},
    {"time is longer for who needs it", time_is_longer_for_who_needs_it},
    {"more time can be had again and again", more_time_can_be_had_again_and_again},
    {"a touched first page is wiped", a_touched_first_page_is_wiped},
    {"who forgets is called louder", who_forgets_is_called_louder},
    {"out of service says what works", out_of_service_says_what_works},
    {"out of service lets look things up", out_of_service_lets_look_things_up},
    {"bad ratings may say why", bad_ratings_may_say_why},
    {"reasons can be left out", reasons_can_be_left_out},
    {"a level can be taken back", a_level_can_be_taken_back},
    {"a key signs only twice", a_key_signs_only_twice},
    {"ink after a key is ink", ink_after_a_key_is_ink},
    {"who listens hears of the key", who_listens_hears_of_the_key},
    {"notices disappear by themselves", notices_disappear_by_themselves},
    {"many notices take turns", many_notices_take_turns},
    {"figures are real or not there", figures_are_real_or_not_there},
    {"who runs the terminal stands at home", who_runs_the_terminal_stands_at_home},
    {"mistakes of notices have a place", mistakes_of_notices_have_a_place},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_manners", cases)
