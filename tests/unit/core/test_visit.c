/* SPDX-License-Identifier: Apache-2.0 */
/* The visit machine played as paths: events in, states, effects and views out. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "visit_kit.h"

static bool has_text(const struct kit *k, const char *id)
{
    for (size_t i = 0; i < k->view->n_items; i++)
        if (k->view->item[i].label.id && !strcmp(k->view->item[i].label.id, id))
            return true;
    return false;
}

static bool banner_is(struct kit *k, const char *id)
{
    const struct view *view = kit_view(k);
    return view->banner.id && !strcmp(view->banner.id, id);
}

/* ---- start and home ---- */

static void starts_at_home_without_timers(void)
{
    struct kit *k = kit_new();
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_FALSE(visit_is_open(k->v));
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_TIMER_SET], 0);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_READER], 0);
    kit_tap(k, INTENT_ACTIVITY); /* somebody touched it: silence will wipe what was opened */
    CU_ASSERT_EQUAL(k->fx.n, 1);
    CU_ASSERT_EQUAL(k->fx.at[0].kind, VISIT_EFFECT_TIMER_SET);
    kit_view(k);
    CU_ASSERT_EQUAL(k->view->screen, SCREEN_HOME);
    CU_ASSERT(k->view->n_items >= 1);
    int at = kit_item(k, "matter.NB.BIRTH");
    CU_ASSERT_FATAL(at >= 0);
    CU_ASSERT_EQUAL(k->view->item[at].kind, VIEW_MATTER);
    kit_free(k);
}

static void tells_staff_about_refused_files(void)
{
    struct kit *k = kit_new();
    k->v->cfg.catalogue_errors = 2;
    CU_ASSERT(banner_is(k, "home.some_missing"));
    CU_ASSERT_STRING_EQUAL(k->view->banner.arg[0], "2");
    kit_free(k);
}

static void tells_staff_that_the_catalogue_is_outdated(void)
{
    struct kit *k = kit_new();
    struct catalogue set = *k->v->cfg.catalogue;
    CU_ASSERT_FATAL(k->v->today > 20200101);
    k->v->cfg.catalogue = &set;
    set.valid_to = k->v->today; /* its last day */
    CU_ASSERT_FALSE(banner_is(k, "home.outdated"));
    set.valid_to = 20200101;
    CU_ASSERT(banner_is(k, "home.outdated"));
    CU_ASSERT_STRING_EQUAL(k->view->banner.arg[0], "2020-01-01");
    k->v->cfg.catalogue_errors = 1; /* worse */
    CU_ASSERT(banner_is(k, "home.some_missing"));
    kit_free(k);
}

static void is_out_of_service_without_matters(void)
{
    struct visit_effects fx;
    struct kit *k = kit_new();
    struct matter_set *empty = NULL;
    struct matter_complaint c[1];
    size_t n = 0;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(
        matter_set_load(NULL, YJ_SOURCE_DIR "/assets/strings/none", c, 1, &n, &empty, &err) < 0, 1);
    char dir[] = "/tmp/yj-empty-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    CU_ASSERT_EQUAL_FATAL(matter_set_load(NULL, dir, c, 1, &n, &empty, &err), 0);
    struct visit_cfg cfg = k->cfg;
    struct catalogue none = {.matters = empty};
    cfg.catalogue = &none;
    struct visit *v = visit_new(&cfg);
    visit_start(v, 0, &fx);
    CU_ASSERT_STRING_EQUAL(visit_state_name(v), "OUT_OF_SERVICE");
    visit_view(v, k->view);
    CU_ASSERT(has_text(k, "out.no_matter"));
    visit_free(v);
    matter_set_free(empty);
    (void)remove(dir);
    kit_free(k);
}

static void store_fault_closes_and_opens_home(void)
{
    struct kit *k = kit_new();
    kit_code_event(k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    CU_ASSERT(kit_is(k, "OUT_OF_SERVICE"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_SHOW), 1);
    kit_open(k);
    CU_ASSERT(kit_is(k, "OUT_OF_SERVICE"));
    kit_code_event(k, VISIT_EVENT_STORE_STATE, 0);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);
}

static void opens_only_what_is_there(void)
{
    struct kit *k = kit_new();
    static const int bad[] = {-1, 127, 128, 1000000};
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        kit_intent(k, INTENT_OPEN, bad[i], 0);
        CU_ASSERT(kit_is(k, "HOME"));
    }
    kit_open(k);
    CU_ASSERT(kit_is(k, "MATTER"));
    CU_ASSERT(visit_is_open(k->v));
    CU_ASSERT_STRING_EQUAL(visit_matter_code(k->v), "NB.BIRTH");
    CU_ASSERT_PTR_NOT_NULL(kit_effect(k, VISIT_EFFECT_TIMER_SET));
    kit_free(k);
}

static void tells_once(void)
{
    struct kit *k = kit_new();
    kit_open(k);
    kit_view(k);
    int tasks = 0, materials = 0, metrics = 0;
    for (size_t i = 0; i < k->view->n_items; i++) {
        tasks += k->view->item[i].kind == VIEW_TASK;
        materials += k->view->item[i].kind == VIEW_MATERIAL;
        metrics += k->view->item[i].kind == VIEW_METRIC;
    }
    CU_ASSERT_EQUAL(tasks, (int)k->v->s.matter->n_tasks);
    CU_ASSERT_EQUAL(materials, (int)k->v->s.matter->n_materials);
    CU_ASSERT_EQUAL(metrics, 4);
    kit_free(k);
}

/* ---- a table of single steps: state, event, state ---- */

typedef void (*go_fn)(struct kit *k);

static void go_home(struct kit *k)
{
    (void)k;
}
static void go_matter(struct kit *k)
{
    kit_open(k);
}
static void go_notice(struct kit *k)
{
    go_matter(k);
    kit_tap(k, INTENT_NEXT);
}
static void go_rating(struct kit *k)
{
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_tap(k, INTENT_NEXT);
}
static void go_goodbye(struct kit *k)
{
    go_rating(k);
    kit_tap(k, INTENT_SKIP);
}
static void go_stopped(struct kit *k)
{
    kit_to_questions(k);
    kit_answer_questions(k);
    kit_choose(k, "question.q_born_here", 1);
    kit_tap(k, INTENT_NEXT);
}
static void go_in_doubt(struct kit *k)
{
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_IN_DOUBT);
}
static void go_recover(struct kit *k)
{
    kit_unfinished(k, 3, 1);
}

static void single_steps(void)
{
    static const struct {
        const char *from;
        go_fn go;
        enum intent_kind tap;
        int item, option;
        const char *to;
    } row[] = {
        {"HOME", go_home, INTENT_NEXT, -1, -1, "HOME"},
        {"HOME", go_home, INTENT_BACK, -1, -1, "HOME"},
        {"HOME", go_home, INTENT_HOME, -1, -1, "HOME"},
        {"HOME", go_home, INTENT_RATE, -1, 0, "HOME"},
        {"HOME", go_home, INTENT_SIGN, -1, 0, "HOME"},
        {"MATTER", go_matter, INTENT_NEXT, -1, -1, "NOTICE"},
        {"MATTER", go_matter, INTENT_BACK, -1, -1, "HOME"},
        {"MATTER", go_matter, INTENT_HOME, -1, -1, "HOME"},
        {"MATTER", go_matter, INTENT_ACTIVITY, -1, -1, "MATTER"},
        {"NOTICE", go_notice, INTENT_NEXT, -1, -1, "IDENTIFY"},
        {"NOTICE", go_notice, INTENT_BACK, -1, -1, "MATTER"},
        {"NOTICE", go_notice, INTENT_HOME, -1, -1, "HOME"},
        {"IDENTIFY", kit_to_identify, INTENT_NEXT, -1, -1, "IDENTIFY"},
        {"IDENTIFY", kit_to_identify, INTENT_BACK, -1, -1, "NOTICE"},
        {"IDENTIFY", kit_to_identify, INTENT_HOME, -1, -1, "HOME"},
        {"IDENTIFY", kit_to_identify, INTENT_EDIT, 0, 0, "IDENTIFY"},
        {"QUESTIONS", kit_to_questions, INTENT_NEXT, -1, -1, "QUESTIONS"},
        {"QUESTIONS", kit_to_questions, INTENT_BACK, -1, -1, "IDENTIFY"},
        {"QUESTIONS", kit_to_questions, INTENT_CHOOSE, 99, 0, "QUESTIONS"},
        {"QUESTIONS", kit_to_questions, INTENT_CHOOSE, 0, 77, "QUESTIONS"},
        {"QUESTIONS", kit_to_questions, INTENT_SET_TEXT, 0, 0, "QUESTIONS"},
        {"FORM", kit_to_form, INTENT_NEXT, -1, -1, "FORM"},
        {"FORM", kit_to_form, INTENT_BACK, -1, -1, "QUESTIONS"},
        {"FORM", kit_to_form, INTENT_STAY, -1, -1, "FORM"},
        {"MATERIALS", kit_to_materials, INTENT_NEXT, -1, -1, "MATERIALS"},
        {"MATERIALS", kit_to_materials, INTENT_BACK, -1, -1, "FORM"},
        {"MATERIALS", kit_to_materials, INTENT_CHOOSE, 0, 0, "MATERIALS"},
        {"REVIEW", kit_to_review, INTENT_NEXT, -1, -1, "SIGN"},
        {"REVIEW", kit_to_review, INTENT_BACK, -1, -1, "MATERIALS"},
        {"REVIEW", kit_to_review, INTENT_EDIT, 0, 0, "REVIEW"},
        {"SIGN", kit_to_sign, INTENT_BACK, -1, -1, "REVIEW"},
        {"SIGN", kit_to_sign, INTENT_NEXT, -1, -1, "SIGN"},
        {"SIGN", kit_to_sign, INTENT_SIGN, -1, -1, "SIGN"},
        {"SUBMITTING", kit_to_submitting, INTENT_NEXT, -1, -1, "SUBMITTING"},
        {"SUBMITTING", kit_to_submitting, INTENT_BACK, -1, -1, "SUBMITTING"},
        {"SUBMITTING", kit_to_submitting, INTENT_HOME, -1, -1, "SUBMITTING"},
        {"RECEIPT", kit_to_receipt, INTENT_NEXT, -1, -1, "RECEIPT"},
        {"RECEIPT", kit_to_receipt, INTENT_REPRINT, -1, -1, "RECEIPT"},
        {"RECEIPT", go_in_doubt, INTENT_NEXT, -1, -1, "RECEIPT"},
        {"RECEIPT", go_in_doubt, INTENT_REPRINT, -1, -1, "RECEIPT"},
        {"RATING", go_rating, INTENT_RATE, -1, 0, "GOODBYE"},
        {"RATING", go_rating, INTENT_RATE, -1, 2, "GOODBYE"},
        {"RATING", go_rating, INTENT_RATE, -1, 3, "RATING"}, /* asks why */
        {"RATING", go_rating, INTENT_RATE, -1, 4, "RATING"},
        {"RATING", go_rating, INTENT_RATE, -1, 5, "RATING"},
        {"RATING", go_rating, INTENT_RATE, -1, -1, "RATING"},
        {"RATING", go_rating, INTENT_SKIP, -1, -1, "GOODBYE"},
        {"GOODBYE", go_goodbye, INTENT_NEXT, -1, -1, "HOME"},
        {"GOODBYE", go_goodbye, INTENT_BACK, -1, -1, "GOODBYE"},
        {"STOPPED", go_stopped, INTENT_BACK, -1, -1, "QUESTIONS"},
        {"RECOVER", go_recover, INTENT_NEXT, -1, -1, "HOME"},
        {"RECOVER", go_recover, INTENT_HOME, -1, -1, "HOME"},
        {"RECOVER", go_recover, INTENT_BACK, -1, -1, "RECOVER"},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        row[i].go(k);
        bool is_good = kit_is(k, row[i].from);
        kit_intent(k, row[i].tap, row[i].item, row[i].option);
        is_good = kit_is(k, row[i].to) && is_good;
        if (!is_good)
            printf("    row %zu: %s --%d--> %s\n", i, row[i].from, (int)row[i].tap, row[i].to);
        CU_ASSERT(is_good);
        kit_free(k);
    }
}

/* ---- whole visits ---- */

static void happy_path(bool is_online)
{
    struct kit *k = kit_new();
    kit_link(k, is_online);
    kit_to_identify(k);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    CU_ASSERT(k->v->is_reader_on);
    struct card card = kit_citizen();
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT_FALSE(kit_effect(k, VISIT_EFFECT_READER)->flag);
    CU_ASSERT(kit_alert_is(k, "identify.read"));
    CU_ASSERT_STRING_EQUAL(k->view->alert.arg[0], "张*");
    kit_lift(k);
    kit_answer_questions(k);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "FORM"));
    kit_fill_form(k);
    CU_ASSERT(kit_is(k, "MATERIALS"));
    CU_ASSERT(k->v->is_scanner_on);
    kit_choose(k, "material.marriage", 0);
    kit_code(k, "MARRIAGE-0001");
    kit_choose(k, "material.birth_record", 1);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT_FALSE(k->v->is_scanner_on);
    while (!strcmp(visit_state_name(k->v), "REVIEW"))
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "SIGN"));
    kit_sign(k, 40, 5);
    CU_ASSERT(kit_is(k, "SUBMITTING"));
    CU_ASSERT_EQUAL(k->fx.at[k->fx.n - 1].kind, VISIT_EFFECT_SUBMIT);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT], 0);
    kit_stored(k, 7);
    CU_ASSERT(kit_is(k, "RECEIPT"));
    CU_ASSERT_STRING_EQUAL(visit_record_number(k->v), "430102000120261123000019");
    CU_ASSERT_EQUAL(k->fx.at[k->fx.n - 1].kind, VISIT_EFFECT_PRINT);
    CU_ASSERT_EQUAL(k->fx.at[k->fx.n - 1].job, 7);
    CU_ASSERT_EQUAL(k->fx.at[k->fx.n - 1].copy, 0);
    kit_view(k);
    CU_ASSERT_FALSE(k->view->next.is_enabled);
    CU_ASSERT(has_text(k, is_online ? "receipt.next_online" : "receipt.next_offline"));
    kit_print_done(k, 7, PRINT_PRINTED);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "RATING"));
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_TIMER_SET)->timer, VISIT_TIMER_PAGE);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_TIMER_SET)->delay_ms, 20000);
    kit_intent(k, INTENT_RATE, 0, 0);
    CU_ASSERT(kit_is(k, "GOODBYE"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_RATE), 1);
    CU_ASSERT_EQUAL(k->v->s.rating, 5);
    CU_ASSERT_EQUAL(k->last[VISIT_EFFECT_TIMER_SET].delay_ms, 8000);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_WIPE), 1);
    CU_ASSERT_FALSE(kit_holds(k, KIT_NAME));
    CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
    CU_ASSERT_FALSE(kit_holds(k, KIT_BABY));
    CU_ASSERT_FALSE(kit_holds(k, KIT_MOBILE));
    CU_ASSERT_FALSE(kit_holds(k, "MARRIAGE-0001"));
    kit_free(k);
}

static void whole_visit_online(void)
{
    happy_path(true);
}

static void whole_visit_offline(void)
{
    happy_path(false);
}

static void offline_shows_it_everywhere(void)
{
    struct kit *k = kit_new();
    kit_link(k, false);
    CU_ASSERT(banner_is(k, "banner.offline"));
    kit_to_materials(k);
    kit_view(k);
    bool is_waiting = false;
    for (size_t i = 0; i < k->view->n_items; i++)
        is_waiting |=
            k->view->item[i].note.id && !strcmp(k->view->item[i].note.id, "material.waiting");
    CU_ASSERT(is_waiting);
    kit_link(k, true);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_SHOW), 1);
    CU_ASSERT_FALSE(banner_is(k, "banner.offline"));
    kit_link(k, true);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_SHOW), 0);
    kit_free(k);
}

/* ---- identify ---- */

/* @return true when the page has an item that says what is the matter with a device */
static bool has_device(const struct kit *k, enum device_kind kind, const char *sentence,
                       const char *cause)
{
    for (size_t i = 0; i < k->view->n_items; i++) {
        const struct view_text *t = &k->view->item[i].label;
        if (t->is_arg_id && !strcmp(t->id, sentence) &&
            !strcmp(t->arg[0], device_kind_text(kind)) && !strcmp(t->arg[1], cause))
            return true;
    }
    return false;
}

static void kit_trouble(struct kit *k, enum device_kind kind, enum device_state state, int cause)
{
    struct device_event d = {.kind = DEVICE_EVENT_STATUS,
                             .from = kind,
                             .status = {.kind = kind, .state = state, .cause = cause}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

static void page_lives_without_reader(void)
{
    static const struct {
        enum device_state state;
        int cause;
        const char *text;
    } row[] = {{DEVICE_NO_DEVICE, ERR_USB_NO_DEVICE, "device.cause.notConnected"},
               {DEVICE_HARDWARE_ERROR, ERR_READER_SAM, "device.cause.samFailure"},
               {DEVICE_STARTING, 0, "device.cause.starting"},
               {DEVICE_OFFLINE, ERR_USB_CLAIMED, "device.cause.usedElsewhere"},
               {DEVICE_HARDWARE_ERROR, 0, "device.cause.unknown"}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        kit_trouble(k, DEVICE_READER, row[i].state, row[i].cause);
        kit_to_identify(k);
        kit_view(k);
        CU_ASSERT(has_device(k, DEVICE_READER, "device.short", row[i].text));
        CU_ASSERT_FALSE(has_device(k, DEVICE_READER, "device.staff", row[i].text));
        kit_tap(k, INTENT_CALL_STAFF);
        kit_view(k);
        CU_ASSERT(has_device(k, DEVICE_READER, "device.staff", row[i].text));
        CU_ASSERT(k->view->back.is_enabled);
        kit_device(k, DEVICE_READER, DEVICE_ONLINE);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kit_effect(k, VISIT_EFFECT_READER));
        CU_ASSERT(kit_effect(k, VISIT_EFFECT_READER)->flag);
        kit_view(k);
        CU_ASSERT(has_text(k, "identify.waiting"));
        struct card card = kit_citizen();
        kit_card(k, &card);
        CU_ASSERT(kit_is(k, "QUESTIONS"));
        kit_free(k);
    }
}

static void unplug_while_reading(void)
{
    struct kit *k = kit_new();
    kit_to_identify(k);
    kit_trouble(k, DEVICE_READER, DEVICE_NO_DEVICE, ERR_USB_NO_DEVICE);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    kit_view(k);
    CU_ASSERT(has_device(k, DEVICE_READER, "device.short", "device.cause.notConnected"));
    kit_device(k, DEVICE_READER, DEVICE_STARTING);
    kit_device(k, DEVICE_READER, DEVICE_ONLINE);
    CU_ASSERT(kit_effect(k, VISIT_EFFECT_READER) && kit_effect(k, VISIT_EFFECT_READER)->flag);
    kit_free(k);
}

static void card_failed_speaks_by_class(void)
{
    static const struct {
        int code;
        const char *alert;
    } row[] = {{ERR_READER_CARD_MOVED, "identify.failed.moved"},
               {ERR_READER_NO_CARD, "identify.failed.moved"},
               {ERR_READER_CARD_REFUSED, "identify.failed.card"},
               {ERR_READER_CARD_DATA, "identify.failed.card"},
               {ERR_READER_FRAME, "identify.failed.retry"},
               {ERR_READER_SAM, "identify.failed.staff"},
               {ERR_USB_NO_DEVICE, "identify.failed.staff"},
               {ERR_READER_COMMAND, "identify.failed.staff"},
               {ERR_READER_CARD_TEXT, "identify.failed.card"},
               {ERR_SLOT_CARD, "identify.failed.slot"},
               {ERR_SLOT_KIND, "identify.failed.other_card"}};
    struct kit *k = kit_new();
    kit_to_identify(k);
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        kit_device_event(k, DEVICE_EVENT_CARD_FAILED, row[i].code);
        CU_ASSERT(kit_alert_is(k, row[i].alert));
        CU_ASSERT(kit_is(k, "IDENTIFY"));
        CU_ASSERT(k->v->is_reader_on);
    }
    kit_free(k);
}

static void warnings_go_along(void)
{
    static const struct {
        const char *valid_to, *sex, *birth, *alert;
        unsigned warnings;
    } row[] = {
        {"20200101", "2", "19491231", "identify.expired", WARNING_CARD_EXPIRED},
        {"20261123", "2", "19491231", "identify.read", 0},
        {"20261122", "2", "19491231", "identify.expired", WARNING_CARD_EXPIRED},
        {"20400101", "1", "19491231", "identify.mismatch", WARNING_CARD_SEX},
        {"20400101", "2", "19491230", "identify.mismatch", WARNING_CARD_BIRTH},
        {"20200101", "1", "19500101", "identify.expired",
         WARNING_CARD_EXPIRED | WARNING_CARD_SEX | WARNING_CARD_BIRTH},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        struct card card = kit_citizen();
        snprintf(card.valid_to, sizeof card.valid_to, "%s", row[i].valid_to);
        snprintf(card.sex, sizeof card.sex, "%s", row[i].sex);
        snprintf(card.birth, sizeof card.birth, "%s", row[i].birth);
        struct matter *m = (struct matter *)kit_matter(k, "NB.BIRTH");
        m->accepts_expired_card = true;
        kit_to_identify(k);
        kit_card(k, &card);
        CU_ASSERT(kit_is(k, "QUESTIONS"));
        CU_ASSERT_EQUAL(k->v->s.warnings, row[i].warnings);
        CU_ASSERT(kit_alert_is(k, row[i].alert));
        kit_free(k);
    }
}

static void expired_card_is_refused(void)
{
    struct kit *k = kit_new();
    struct card card = kit_citizen();
    snprintf(card.valid_to, sizeof card.valid_to, "20261122"); /* yesterday */
    kit_to_identify(k);
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    CU_ASSERT(kit_alert_is(k, "identify.expired_refused"));
    CU_ASSERT_STRING_EQUAL(k->view->alert.arg[0], "2026-11-22");
    CU_ASSERT(k->v->is_reader_on);
    CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
    CU_ASSERT_FALSE(kit_holds(k, KIT_NAME));
    snprintf(card.valid_to, sizeof card.valid_to, "20261123"); /* the last day counts */
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_free(k);

    k = kit_new();
    snprintf(card.valid_to, sizeof card.valid_to, "20200101");
    card.is_long_term = true; /* whatever else stands there */
    kit_to_identify(k);
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_free(k);
}

static void other_cards_are_welcome(void)
{
    static const struct card cards[] = {
        {.kind = CARD_HMT,
         .name = "陳大文",
         .sex = "1",
         .birth = "19900307",
         .number = "810000199003070023"},
        {.kind = CARD_FOREIGNER_2017,
         .english_name = "DOE JOHN",
         .sex = "1",
         .birth = "19900101",
         .nationality = "KAZ",
         .number = "KAZ110090123105"},
        {.kind = CARD_FOREIGNER_2023,
         .name = "杜约翰",
         .sex = "1",
         .birth = "19901231",
         .number = "911398199012310021",
         .is_long_term = true},
    };
    for (size_t i = 0; i < YJ_COUNT(cards); i++) {
        struct kit *k = kit_new();
        kit_to_identify(k);
        kit_card(k, &cards[i]);
        CU_ASSERT(kit_is(k, "QUESTIONS"));
        kit_answer_questions(k);
        int id_no = matter_var_find(k->v->s.matter, "mother.id_no");
        CU_ASSERT_STRING_EQUAL(k->v->s.value[id_no], cards[i].number);
        CU_ASSERT(visit_answers_check(k->v, id_no));
        kit_free(k);
    }
}

static void going_back_does_not_read_again(void)
{
    struct kit *k = kit_new();
    kit_to_questions(k);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    CU_ASSERT_FALSE(k->v->is_reader_on);
    struct card card = kit_citizen();
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_free(k);
}

static void another_person_finds_nothing(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_set(k, "field.baby.name", KIT_BABY);
    kit_tap(k, INTENT_BACK);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    kit_intent(k, INTENT_EDIT, 0, 0);
    CU_ASSERT(k->v->is_reader_on);
    struct card card = kit_citizen();
    snprintf(card.name, sizeof card.name, "陳大文");
    snprintf(card.number, sizeof card.number, "440524188001010014");
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT_FALSE(kit_holds(k, KIT_BABY));
    CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
    kit_free(k);
}

static void same_person_keeps_answers(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_set(k, "field.baby.name", KIT_BABY);
    kit_tap(k, INTENT_BACK);
    kit_tap(k, INTENT_BACK);
    kit_intent(k, INTENT_EDIT, 0, 0);
    struct card card = kit_citizen();
    kit_card(k, &card);
    CU_ASSERT(kit_holds(k, KIT_BABY));
    kit_free(k);
}

/* ---- answers ---- */

static int var_of(struct kit *k, const char *id)
{
    return matter_var_find(k->v->s.matter, id);
}

static void card_fills_in_by_role(void)
{
    struct kit *k = kit_new();
    kit_to_questions(k);
    kit_answer_questions(k);
    int mother = var_of(k, "mother.name"), father = var_of(k, "father.name");
    CU_ASSERT_STRING_EQUAL(k->v->s.value[mother], KIT_NAME);
    CU_ASSERT_EQUAL(k->v->s.source[mother], SOURCE_CARD);
    CU_ASSERT_STRING_EQUAL(k->v->s.value[father], "");
    kit_choose(k, "question.q_applicant", 1);
    CU_ASSERT_STRING_EQUAL(k->v->s.value[mother], "");
    CU_ASSERT_STRING_EQUAL(k->v->s.value[father], KIT_NAME);
    kit_free(k);
}

static void typed_answers_win_over_the_card(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_set(k, "field.baby.name", KIT_BABY);
    kit_choose(k, "field.baby.gender", 0);
    kit_set(k, "field.baby.birth", "2026-11-01");
    kit_choose(k, "field.baby.hospital", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_item(k, "field.mother.name") >= 0);
    int mother = var_of(k, "mother.name");
    kit_set(k, "field.mother.name", "杜约翰");
    kit_tap(k, INTENT_BACK);
    kit_tap(k, INTENT_BACK);
    kit_choose(k, "question.q_applicant", 1);
    CU_ASSERT_STRING_EQUAL(k->v->s.value[mother], "杜约翰");
    kit_free(k);
}

static void page_checks_and_marks(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_alert_is(k, "form.fix"));
    int at = kit_item(k, "field.baby.name");
    CU_ASSERT(k->view->item[at].has_error);
    CU_ASSERT_STRING_EQUAL(k->view->item[at].note.id, "field.required");
    kit_set(k, "field.baby.name", KIT_BABY);
    at = kit_item(k, "field.baby.name");
    CU_ASSERT_FALSE(k->view->item[at].has_error);
    kit_set(k, "field.baby.birth", "2026-02-30");
    at = kit_item(k, "field.baby.birth");
    CU_ASSERT(k->view->item[at].has_error);
    kit_set(k, "field.baby.birth", "2026-12-30");
    at = kit_item(k, "field.baby.birth");
    CU_ASSERT(k->view->item[at].has_error); /* tomorrow's children */
    CU_ASSERT_PTR_NOT_NULL(k->view->item[at].note.lit);
    kit_free(k);
}

static void numbers_are_masked_but_editable(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_set(k, "field.baby.name", KIT_BABY);
    kit_choose(k, "field.baby.gender", 0);
    kit_set(k, "field.baby.birth", "2026-11-01");
    kit_choose(k, "field.baby.hospital", 0);
    kit_tap(k, INTENT_NEXT);
    int at = kit_item(k, "field.mother.id_no");
    CU_ASSERT_FATAL(at >= 0);
    CU_ASSERT_STRING_EQUAL(k->view->item[at].value.lit, "1101**********002X");
    CU_ASSERT_STRING_EQUAL(k->view->item[at].edit, KIT_NUMBER);
    CU_ASSERT_STRING_EQUAL(k->view->item[at].note.id, "field.from_card");
    kit_set(k, "field.mother.mobile", KIT_MOBILE);
    at = kit_item(k, "field.mother.mobile");
    CU_ASSERT_STRING_EQUAL(k->view->item[at].value.lit, "138****0000");
    kit_free(k);
}

static void typing_is_cleaned(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    int baby = var_of(k, "baby.name");
    static const struct {
        const char *typed, *kept;
    } row[] = {{"  张小宝  ", KIT_BABY}, {"张\n小\t宝", KIT_BABY}, {"\xff\xfe", ""}, {"", ""}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        kit_set(k, "field.baby.name", row[i].typed);
        CU_ASSERT_STRING_EQUAL(k->v->s.value[baby], row[i].kept);
    }
    char longest[512];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    kit_set(k, "field.baby.name", longest);
    CU_ASSERT(strlen(k->v->s.value[baby]) < MATTER_VALUE_BYTES);
    CU_ASSERT(strlen(k->v->s.value[baby]) <= k->v->s.matter->var[baby].max_chars);
    kit_free(k);
}

static void back_keeps_answers(void)
{
    struct kit *k = kit_new();
    kit_to_review(k);
    for (int i = 0; i < 40 && strcmp(visit_state_name(k->v), "NOTICE") != 0; i++)
        kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "NOTICE"));
    CU_ASSERT(kit_holds(k, KIT_BABY));
    kit_tap(k, INTENT_NEXT);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    for (int i = 0; i < 40 && strcmp(visit_state_name(k->v), "REVIEW") != 0; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    kit_free(k);
}

static void review_edits_and_returns(void)
{
    struct kit *k = kit_new();
    kit_to_review(k);
    int at = kit_item(k, "review.field.baby.name");
    CU_ASSERT_FATAL(at >= 0);
    CU_ASSERT_STRING_EQUAL(k->view->item[at].value.lit, KIT_BABY);
    kit_intent(k, INTENT_EDIT, at, 0);
    CU_ASSERT(kit_is(k, "FORM"));
    CU_ASSERT_STRING_EQUAL(kit_view(k)->next.label.id, "action.corrected");
    kit_set(k, "field.baby.name", "杜约翰");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    at = kit_item(k, "review.field.baby.name");
    CU_ASSERT_STRING_EQUAL(k->view->item[at].value.lit, "杜约翰");
    /* an answer that asks for more leads to what is missing and only then back */
    kit_intent(k, INTENT_EDIT, kit_item(k, "review.question.q_medical_claim"), 0);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_choose(k, "question.q_medical_claim", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "FORM"));
    CU_ASSERT(kit_alert_is(k, "form.fix"));
    CU_ASSERT(kit_item(k, "field.bank.name") >= 0);
    kit_choose(k, "field.bank.name", 0);
    kit_set(k, "field.bank.card", "6222020000000000008");
    kit_tap(k, INTENT_NEXT);
    if (!strcmp(visit_state_name(k->v), "FORM")) {
        kit_set(k, "field.bank.card", "4111111111111111");
        kit_tap(k, INTENT_NEXT);
    }
    CU_ASSERT(kit_is(k, "MATERIALS"));
    CU_ASSERT(kit_alert_is(k, "materials.fix"));
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "REVIEW"));
    kit_intent(k, INTENT_EDIT, kit_item(k, "review.material.marriage"), 0);
    CU_ASSERT(kit_is(k, "MATERIALS"));
    kit_free(k);
}

static void optional_tasks_are_chosen(void)
{
    struct kit *k = kit_new();
    kit_to_questions(k);
    size_t before = visit_tasks_count(k->v);
    int at = kit_item(k, "question.optional");
    CU_ASSERT_FATAL(at >= 0 && k->view->item[at].n_options >= 2);
    kit_choose(k, "question.optional", 0);
    kit_choose(k, "question.optional", 1);
    CU_ASSERT_EQUAL(visit_tasks_count(k->v), before + 2);
    at = kit_item(k, "question.optional");
    CU_ASSERT(k->view->item[at].option[0].is_selected);
    CU_ASSERT(k->view->item[at].option[1].is_selected);
    kit_choose(k, "question.optional", 0);
    CU_ASSERT_FALSE(kit_view(k)->item[at].option[0].is_selected);
    kit_choose(k, "question.optional", 30);
    CU_ASSERT_EQUAL(visit_tasks_count(k->v), before + 1);
    kit_free(k);
}

/* ---- gates ---- */

static void gate_stops_and_lets_go(void)
{
    struct kit *k = kit_new();
    go_stopped(k);
    CU_ASSERT(kit_is(k, "STOPPED"));
    kit_view(k);
    CU_ASSERT_PTR_NOT_NULL(k->view->item[0].label.lit);
    kit_tap(k, INTENT_BACK);
    kit_choose(k, "question.q_born_here", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "FORM"));
    kit_free(k);
}

static void gate_stops_in_the_form_and_before_sealing(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_set(k, "field.baby.birth", "2026-01-01");
    kit_set(k, "field.baby.name", KIT_BABY);
    kit_choose(k, "field.baby.gender", 0);
    kit_choose(k, "field.baby.hospital", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "STOPPED"));
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_item(k, "field.baby.birth") >= 0);
    kit_free(k);

    k = kit_new();
    kit_to_review(k);
    struct visit_event later = {.kind = VISIT_EVENT_DATE,
                                .wall_ms = KIT_WALL_MS + INT64_C(86400000) * 300};
    kit_event(k, &later); /* the child grows while the page is open */
    while (!strcmp(visit_state_name(k->v), "REVIEW"))
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "STOPPED"));
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_SUBMIT], 0);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "REVIEW"));
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "MATERIALS")); /* not caught between the two pages */
    kit_free(k);
}

/* ---- materials ---- */

static void codes_go_where_they_belong(void)
{
    struct kit *k = kit_new();
    kit_to_materials(k);
    kit_code(k, "EARLY");
    CU_ASSERT(kit_alert_is(k, "materials.choose_first"));
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "MATERIALS"));
    CU_ASSERT(kit_alert_is(k, "materials.fix"));
    kit_choose(k, "material.marriage", 0);
    CU_ASSERT(kit_alert_is(k, "materials.scan_now"));
    struct device_event failed = {.kind = DEVICE_EVENT_CODE_FAILED, .from = DEVICE_SCANNER};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &failed};
    kit_event(k, &e);
    CU_ASSERT(kit_alert_is(k, "materials.code_failed"));
    kit_code(k, "CODE-A");
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_choose(k, "material.birth_record", 0);
    kit_code(k, "CODE-A");
    CU_ASSERT(kit_alert_is(k, "materials.same_code"));
    kit_code(k, "CODE-B");
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_choose(k, "material.birth_record", 1); /* changed one's mind: the code goes */
    CU_ASSERT_FALSE(kit_holds(k, "CODE-B"));
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    kit_free(k);
}

static void scanner_missing_leaves_other_ways(void)
{
    struct kit *k = kit_new();
    kit_device(k, DEVICE_SCANNER, DEVICE_NO_DEVICE);
    kit_to_materials(k);
    int at = kit_item(k, "material.marriage");
    CU_ASSERT_FATAL(at >= 0);
    CU_ASSERT_STRING_EQUAL(k->view->item[at].note.id, "supply.no_scanner");
    CU_ASSERT_EQUAL(k->view->item[at].n_options, 1);
    CU_ASSERT_STRING_EQUAL(k->view->item[at].option[0].label.id, "supply.do_promise");
    kit_choose(k, "material.marriage", 0);
    kit_choose(k, "material.birth_record", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    kit_free(k);
}

static void scanner_unplugged_while_waiting(void)
{
    struct kit *k = kit_new();
    kit_to_materials(k);
    kit_choose(k, "material.marriage", 0);
    kit_device(k, DEVICE_SCANNER, DEVICE_NO_DEVICE);
    CU_ASSERT(kit_alert_is(k, "materials.scanner_gone"));
    kit_device(k, DEVICE_SCANNER, DEVICE_ONLINE);
    CU_ASSERT(kit_effect(k, VISIT_EFFECT_SCANNER) && kit_effect(k, VISIT_EFFECT_SCANNER)->flag);
    kit_free(k);
}

/* ---- signing and storing ---- */

static void signature_must_be_one(void)
{
    static const struct {
        size_t n;
        int step;
        bool is_good;
    } row[] = {{0, 0, false}, {7, 50, false}, {8, 7, false},
               {8, 8, true},  {40, 1, false}, {STROKES_MAX_POINTS, 1, true}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        kit_to_sign(k);
        kit_sign(k, row[i].n, row[i].step);
        CU_ASSERT(kit_is(k, row[i].is_good ? "SUBMITTING" : "SIGN"));
        CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_SUBMIT], row[i].is_good);
        if (!row[i].is_good)
            CU_ASSERT(kit_alert_is(k, "sign.too_short"));
        kit_free(k);
    }
}

static void double_taps_do_nothing_twice(void)
{
    struct kit *k = kit_new();
    struct visit_event tap = {.kind = VISIT_EVENT_INTENT, .intent = {.kind = INTENT_NEXT}};
    kit_open(k);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "NOTICE"));
    visit_step(k->v, &tap, k->now_ms + 120, &k->fx); /* consent is not given by a trembling hand */
    CU_ASSERT(kit_is(k, "NOTICE"));
    visit_step(k->v, &tap, k->now_ms + 260, &k->fx);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    kit_free(k);

    k = kit_new();
    kit_to_sign(k);
    kit_sign(k, 40, 5);
    kit_sign(k, 40, 5);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_SUBMIT], 1);
    kit_stored(k, 7);
    kit_stored(k, 7);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT], 1);
    kit_free(k);
}

static void store_failed_loses_nothing(void)
{
    struct kit *k = kit_new();
    kit_to_submitting(k);
    kit_code_event(k, VISIT_EVENT_STORE_FAILED, ERR_STORE_WRITE);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(kit_alert_is(k, "submit.failed"));
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT], 0);
    CU_ASSERT(kit_item(k, "review.field.baby.name") >= 0);
    while (!strcmp(visit_state_name(k->v), "REVIEW"))
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_SUBMIT], 2);
    kit_stored(k, 8);
    CU_ASSERT(kit_is(k, "RECEIPT"));
    kit_free(k);
}

static void slow_store_is_waited_for(void)
{
    struct kit *k = kit_new();
    kit_to_submitting(k);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "SUBMITTING"));
    CU_ASSERT(kit_alert_is(k, "submit.slow"));
    CU_ASSERT(k->view->can_call_staff);
    kit_timer(k, VISIT_TIMER_IDLE); /* silence wipes nothing here */
    CU_ASSERT(kit_is(k, "SUBMITTING"));
    kit_stored(k, 7);
    CU_ASSERT(kit_is(k, "RECEIPT"));
    kit_free(k);
}

static void store_fault_during_a_visit_holds_the_end(void)
{
    struct kit *k = kit_new();
    kit_to_review(k);
    kit_code_event(k, VISIT_EVENT_STORE_STATE, ERR_STORE_OPEN);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(banner_is(k, "banner.store"));
    for (int i = 0; i < 4; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(kit_alert_is(k, "submit.not_now"));
    kit_code_event(k, VISIT_EVENT_STORE_STATE, 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "SIGN"));
    kit_free(k);
}

/* ---- receipt ---- */

static void no_paper_before_printing(void)
{
    struct kit *k = kit_new();
    kit_to_submitting(k);
    kit_status(k, DEVICE_PRINTER, DEVICE_OFFLINE, MEDIA_UNKNOWN, PAPER_OUT);
    CU_ASSERT(banner_is(k, "banner.printer"));
    CU_ASSERT_STRING_EQUAL(k->view->banner.arg[0], "device.printer");
    CU_ASSERT_STRING_EQUAL(k->view->banner.arg[1], "device.cause.paperOut");
    kit_stored(k, 7);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT], 0);
    kit_view(k);
    CU_ASSERT_FALSE(k->view->extra.is_enabled);
    int qr = kit_item(k, "receipt.qr");
    CU_ASSERT_FATAL(qr >= 0);
    CU_ASSERT_STRING_EQUAL(k->view->item[qr].value.lit, kit_record(7).token);
    kit_tap(k, INTENT_REPRINT);
    CU_ASSERT(kit_alert_is(k, "receipt.still_no_printer"));
    kit_status(k, DEVICE_PRINTER, DEVICE_ONLINE, MEDIA_UNKNOWN, PAPER_FULL);
    CU_ASSERT(kit_view(k)->extra.is_enabled);
    kit_tap(k, INTENT_REPRINT);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->copy, 0);
    kit_print_done(k, 7, PRINT_NOT_STARTED);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_QUEUED);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "RATING"));
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_ON_SCREEN);
    kit_free(k);
}

static void in_doubt_yes(void)
{
    struct kit *k = kit_new();
    go_in_doubt(k);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_JOURNAL), 0); /* SENDING until somebody answers */
    CU_ASSERT_STRING_EQUAL(kit_view(k)->ask.id, "receipt.ask_printed");
    CU_ASSERT_EQUAL(k->view->ask_yes.intent, INTENT_NEXT);
    CU_ASSERT_EQUAL(k->view->ask_countdown_s, -1);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
    CU_ASSERT(kit_is(k, "RECEIPT"));
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "RATING"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_JOURNAL), 0);
    kit_free(k);
}

static void in_doubt_no(void)
{
    struct kit *k = kit_new();
    struct slip *slip = calloc(1, sizeof *slip);
    go_in_doubt(k);
    kit_tap(k, INTENT_REPRINT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kit_effect(k, VISIT_EFFECT_PRINT));
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->copy, 1);
    visit_slip(k->v, 1, slip);
    CU_ASSERT_EQUAL(slip->line[1].style, SLIP_COPY_MARK);
    kit_print_done(k, 7, PRINT_IN_DOUBT);
    kit_tap(k, INTENT_REPRINT);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->copy, 2);
    free(slip);
    kit_free(k);
}

static void silent_printer_is_left_behind(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "RECEIPT"));
    CU_ASSERT(kit_item(k, "receipt.qr") >= 0);
    CU_ASSERT(k->view->next.is_enabled);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_ON_SCREEN);
    kit_tap(k, INTENT_SKIP);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "HOME"));
    /* it still owes an answer: the next visitor's receipt is not laid on top */
    kit_to_submitting(k);
    kit_stored(k, 8);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_PRINT), 0);
    CU_ASSERT(kit_item(k, "receipt.qr") >= 0);
    CU_ASSERT_FALSE(k->view->extra.is_enabled);
    kit_print_done(k, 7, PRINT_IN_DOUBT); /* too late to matter */
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_JOURNAL), 0);
    kit_tap(k, INTENT_REPRINT);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->job, 8);
    kit_free(k);
}

static void late_print_is_still_noted(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    kit_timer(k, VISIT_TIMER_PAGE);
    kit_tap(k, INTENT_NEXT);
    kit_print_done(k, 7, PRINT_PRINTED);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
    CU_ASSERT(kit_is(k, "RATING"));
    kit_free(k);
}

static void receipt_pages_end_by_themselves(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "RATING"));
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "GOODBYE"));
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_RATE], 0);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);
}

/* ---- card at the end ---- */

static void kit_lay(struct kit *k, enum device_kind kind)
{
    kit_status(k, kind, DEVICE_ONLINE, MEDIA_PRESENT, PAPER_UNKNOWN);
}

static void goodbye_watches_the_card(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    kit_lay(k, DEVICE_READER);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_tap(k, INTENT_NEXT);
    kit_tap(k, INTENT_SKIP);
    CU_ASSERT(kit_is(k, "GOODBYE"));
    kit_view(k);
    CU_ASSERT(has_text(k, "goodbye.card"));
    kit_lift(k);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);

    k = kit_new();
    kit_to_questions(k);
    kit_lift(k);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_free(k);
}

/* From either device, by every way a visit ends. */
static void card_left_behind_is_called_for(void)
{
    static const enum device_kind kinds[] = {DEVICE_READER, DEVICE_CARD_SLOT};
    for (size_t i = 0; i < YJ_COUNT(kinds); i++) {
        struct kit *k = kit_new();
        kit_to_form(k);
        kit_lay(k, kinds[i]);
        kit_tap(k, INTENT_HOME);
        kit_tap(k, INTENT_HOME);
        CU_ASSERT(kit_is(k, "LEFT_BEHIND"));
        CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_WIPE), 1);
        CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
        CU_ASSERT_FALSE(visit_is_open(k->v));
        CU_ASSERT_EQUAL(k->last[VISIT_EFFECT_TIMER_SET].delay_ms, 30000);
        kit_view(k);
        CU_ASSERT(has_text(k, "left.card"));
        CU_ASSERT_STRING_EQUAL(k->view->title.id, "left.title");
        CU_ASSERT_PTR_NULL(k->view->next.label.id);
        kit_tap(k, INTENT_NEXT); /* nobody may wave it away at once */
        CU_ASSERT(kit_is(k, "LEFT_BEHIND"));
        kit_timer(k, VISIT_TIMER_PAGE);
        CU_ASSERT(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->flag);
        CU_ASSERT(kit_view(k)->is_staff_called);
        CU_ASSERT(has_text(k, "left.staff"));
        CU_ASSERT_FALSE(k->v->is_armed[VISIT_TIMER_PAGE]);
        struct device_event d = {.kind = DEVICE_EVENT_CARD_REMOVED, .from = kinds[i]};
        struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
        kit_event(k, &e);
        CU_ASSERT(kit_is(k, "HOME"));
        CU_ASSERT_FALSE(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->flag);
        CU_ASSERT_FALSE(banner_is(k, "banner.card_left"));
        kit_free(k);
    }
}

static void card_left_does_not_close_the_terminal(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_lay(k, DEVICE_READER);
    kit_timer(k, VISIT_TIMER_IDLE);
    for (int s = 0; s < 20; s++)
        kit_timer(k, VISIT_TIMER_COUNTDOWN);
    CU_ASSERT(kit_is(k, "LEFT_BEHIND"));
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT_STRING_EQUAL(kit_view(k)->next.label.id, "recover.begin");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_FALSE(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->flag);
    CU_ASSERT(banner_is(k, "banner.card_left"));
    /* it is not the next visitor's card: nobody is stopped for it twice */
    kit_open(k);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT(banner_is(k, "banner.card_left"));
    kit_device(k, DEVICE_READER,
               DEVICE_NO_DEVICE); /* it leaves with the reader, as far as we know */
    CU_ASSERT_FALSE(banner_is(k, "banner.card_left"));
    kit_free(k);
}

static void receipt_left_behind_is_called_for(void)
{
    struct kit *k = kit_new();
    go_goodbye(k);
    kit_status(k, DEVICE_PRINTER, DEVICE_ONLINE, MEDIA_PRESENT, PAPER_FULL);
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "LEFT_BEHIND"));
    CU_ASSERT_STRING_EQUAL(kit_view(k)->title.id, "left.title_ticket");
    CU_ASSERT(has_text(k, "left.ticket") && !has_text(k, "left.card"));
    kit_status(k, DEVICE_PRINTER, DEVICE_ONLINE, MEDIA_NOT_PRESENT, PAPER_FULL);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);

    k = kit_new(); /* somebody else's paper is none of this visitor's business */
    kit_status(k, DEVICE_PRINTER, DEVICE_ONLINE, MEDIA_PRESENT, PAPER_FULL);
    go_matter(k);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);
}

/* ---- silence ---- */

static void silence_wipes_every_state(void)
{
    static const struct {
        const char *name;
        go_fn go;
    } row[] = {
        {"MATTER", go_matter},           {"NOTICE", go_notice}, {"IDENTIFY", kit_to_identify},
        {"QUESTIONS", kit_to_questions}, {"FORM", kit_to_form}, {"MATERIALS", kit_to_materials},
        {"REVIEW", kit_to_review},       {"SIGN", kit_to_sign}, {"STOPPED", go_stopped}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        row[i].go(k);
        CU_ASSERT(kit_is(k, row[i].name));
        CU_ASSERT(k->v->is_armed[VISIT_TIMER_IDLE]);
        kit_timer(k, VISIT_TIMER_IDLE);
        CU_ASSERT_EQUAL(kit_view(k)->ask_countdown_s, 20);
        CU_ASSERT_STRING_EQUAL(k->view->ask.arg[0], "20");
        CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_TIMER_SET)->timer, VISIT_TIMER_COUNTDOWN);
        for (int s = 0; s < 19; s++)
            kit_timer(k, VISIT_TIMER_COUNTDOWN);
        CU_ASSERT(kit_is(k, row[i].name));
        kit_timer(k, VISIT_TIMER_COUNTDOWN);
        CU_ASSERT(kit_is(k, "HOME"));
        CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_WIPE), 1);
        CU_ASSERT_FALSE(kit_holds(k, KIT_NAME));
        CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
        CU_ASSERT_FALSE(kit_holds(k, KIT_BABY));
        CU_ASSERT_FALSE(kit_holds(k, "示例路"));
        for (int t = 0; t < VISIT_N_TIMERS; t++)
            CU_ASSERT_FALSE(k->v->is_armed[t]);
        CU_ASSERT_FALSE(k->v->is_reader_on || k->v->is_scanner_on);
        kit_free(k);
    }
}

static void idle_question_answers(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_timer(k, VISIT_TIMER_IDLE);
    kit_timer(k, VISIT_TIMER_COUNTDOWN);
    kit_tap(k, INTENT_ACTIVITY);
    CU_ASSERT_EQUAL(kit_view(k)->ask_countdown_s, 20); /* the time begins anew */
    kit_tap(k, INTENT_STAY);
    CU_ASSERT_PTR_NULL(kit_view(k)->ask.id);
    CU_ASSERT(kit_is(k, "FORM"));
    CU_ASSERT(k->v->is_armed[VISIT_TIMER_IDLE] && !k->v->is_armed[VISIT_TIMER_COUNTDOWN]);
    kit_timer(k, VISIT_TIMER_COUNTDOWN); /* one that was on its way */
    CU_ASSERT(kit_is(k, "FORM"));
    kit_timer(k, VISIT_TIMER_IDLE);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);

    k = kit_new();
    kit_to_identify(k);
    kit_timer(k, VISIT_TIMER_IDLE);
    struct card card = kit_citizen();
    kit_card(k, &card);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT_PTR_NULL(kit_view(k)->ask.id);
    kit_free(k);
}

static void activity_restarts_silence(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_tap(k, INTENT_ACTIVITY);
    CU_ASSERT_EQUAL(k->fx.n, 1);
    CU_ASSERT_EQUAL(k->fx.at[0].kind, VISIT_EFFECT_TIMER_SET);
    CU_ASSERT_EQUAL(k->fx.at[0].timer, VISIT_TIMER_IDLE);
    CU_ASSERT_EQUAL(k->fx.at[0].delay_ms, 60000);
    kit_free(k);
}

static void home_asks_first(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "FORM"));
    CU_ASSERT_STRING_EQUAL(kit_view(k)->ask.id, "leave.ask");
    CU_ASSERT_EQUAL(k->view->ask_countdown_s, -1);
    kit_tap(k, INTENT_NEXT); /* nothing goes on below the question */
    CU_ASSERT_STRING_EQUAL(kit_view(k)->ask.id, "leave.ask");
    kit_tap(k, INTENT_STAY);
    CU_ASSERT_PTR_NULL(kit_view(k)->ask.id);
    CU_ASSERT(kit_holds(k, KIT_NUMBER));
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_WIPE), 1);
    CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
    kit_free(k);
}

/* ---- large text, staff ---- */

static void elder_mode_asks_one_by_one(void)
{
    struct kit *k = kit_new();
    kit_tap(k, INTENT_TOGGLE_ELDER);
    CU_ASSERT(kit_view(k)->prefs.is_elder);
    kit_to_questions(k);
    CU_ASSERT_EQUAL(kit_view(k)->n_items, 1);
    CU_ASSERT_EQUAL(k->last[VISIT_EFFECT_TIMER_SET].delay_ms, 120000);
    kit_choose(k, "question.q_applicant", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_item(k, "question.q_born_here") == 0);
    kit_tap(k, INTENT_TOGGLE_ELDER);
    CU_ASSERT(kit_view(k)->n_items > 5);
    kit_tap(k, INTENT_TOGGLE_ELDER);
    CU_ASSERT_EQUAL(kit_view(k)->n_items, 1);
    kit_timer(k, VISIT_TIMER_IDLE);
    CU_ASSERT_EQUAL(kit_view(k)->ask_countdown_s, 40);
    kit_tap(k, INTENT_STAY);
    for (int i = 0; i < 40 && !strcmp(visit_state_name(k->v), "QUESTIONS"); i++) {
        kit_answer_questions(k);
        kit_tap(k, INTENT_NEXT);
    }
    CU_ASSERT(kit_is(k, "FORM"));
    CU_ASSERT_EQUAL(kit_view(k)->n_items, 1);
    kit_fill_form(k);
    CU_ASSERT(kit_is(k, "MATERIALS"));
    kit_free(k);
}

static void elder_switch_keeps_the_place(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_set(k, "field.baby.name", KIT_BABY);
    kit_choose(k, "field.baby.gender", 0);
    kit_set(k, "field.baby.birth", "2026-11-01");
    kit_choose(k, "field.baby.hospital", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_item(k, "field.mother.name") == 0);
    kit_tap(k, INTENT_TOGGLE_ELDER);
    CU_ASSERT(kit_item(k, "field.mother.name") == 0);
    CU_ASSERT_EQUAL(k->view->n_items, 1);
    kit_tap(k, INTENT_TOGGLE_ELDER);
    CU_ASSERT(kit_item(k, "field.mother.name") == 0);
    CU_ASSERT(k->view->n_items > 1);
    kit_free(k);
}

static void staff_is_called_anywhere(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_tap(k, INTENT_CALL_STAFF);
    CU_ASSERT(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->flag);
    CU_ASSERT(kit_view(k)->is_staff_called);
    kit_tap(k, INTENT_CALL_STAFF);
    CU_ASSERT_FALSE(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->flag);
    kit_tap(k, INTENT_CALL_STAFF);
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT_FALSE(kit_effect(k, VISIT_EFFECT_CALL_STAFF)->flag);
    kit_free(k);
}

/* ---- after a restart ---- */

static void recovery_prints_a_copy_without_names(void)
{
    struct kit *k = kit_new();
    struct slip *slip = calloc(1, sizeof *slip);
    kit_unfinished(k, 3, 1);
    CU_ASSERT(kit_is(k, "RECOVER"));
    CU_ASSERT_FALSE(visit_is_open(k->v));
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->job, 3);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->copy, 1);
    visit_slip(k->v, 1, slip);
    CU_ASSERT_EQUAL(slip->line[1].style, SLIP_COPY_MARK);
    for (size_t i = 0; i < slip->n_lines; i++)
        CU_ASSERT_STRING_NOT_EQUAL(slip->line[i].left, "申请人");
    CU_ASSERT_EQUAL(kit_view(k)->screen, SCREEN_RECEIPT);
    CU_ASSERT(has_text(k, "recover.saved"));
    kit_print_done(k, 3, PRINT_PRINTED);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
    CU_ASSERT(kit_is(k, "RECOVER"));
    kit_timer(k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_EQUAL(k->v->n_pending, 0);
    free(slip);
    kit_free(k);
}

static void recovery_waits_for_the_printer(void)
{
    struct kit *k = kit_new();
    kit_device(k, DEVICE_PRINTER, DEVICE_NO_DEVICE);
    kit_unfinished(k, 3, 0);
    kit_unfinished(k, 4, 0);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_device(k, DEVICE_PRINTER, DEVICE_ONLINE);
    CU_ASSERT(kit_is(k, "RECOVER"));
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->copy, 0);
    kit_print_done(k, 3, PRINT_NOT_STARTED);
    CU_ASSERT(kit_is(k, "HOME")); /* and does not try again by itself at once */
    CU_ASSERT_EQUAL(k->v->n_pending, 2);
    kit_device(k, DEVICE_PRINTER, DEVICE_OFFLINE);
    kit_device(k, DEVICE_PRINTER, DEVICE_ONLINE);
    CU_ASSERT(kit_is(k, "RECOVER"));
    kit_print_done(k, 3, PRINT_IN_DOUBT);
    CU_ASSERT_EQUAL(k->v->n_pending, 1);
    CU_ASSERT(kit_is(k, "RECOVER")); /* the next one */
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->job, 4);
    kit_free(k);
}

static void recovery_does_not_interrupt_a_visit(void)
{
    struct kit *k = kit_new();
    kit_to_form(k);
    kit_unfinished(k, 3, 0);
    CU_ASSERT(kit_is(k, "FORM"));
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "RECOVER"));
    kit_tap(k, INTENT_NEXT); /* somebody wants to begin */
    CU_ASSERT(kit_is(k, "HOME"));
    kit_print_done(k, 3, PRINT_PRINTED);
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_free(k);
}

static CU_TestInfo cases[] = {
    {"starts at home without timers", starts_at_home_without_timers},
    {"tells staff about refused files", tells_staff_about_refused_files},
    {"tells staff that the catalogue is outdated", tells_staff_that_the_catalogue_is_outdated},
    {"is out of service without matters", is_out_of_service_without_matters},
    {"a store fault closes and opens home", store_fault_closes_and_opens_home},
    {"opens only what is there", opens_only_what_is_there},
    {"tells once", tells_once},
    {"single steps", single_steps},
    {"whole visit online", whole_visit_online},
    {"whole visit offline", whole_visit_offline},
    {"offline shows it everywhere", offline_shows_it_everywhere},
    {"the page lives without a reader", page_lives_without_reader},
    {"unplug while reading", unplug_while_reading},
    {"card failed speaks by class", card_failed_speaks_by_class},
    {"warnings go along", warnings_go_along},
    {"an expired card is refused", expired_card_is_refused},
    {"other cards are welcome", other_cards_are_welcome},
    {"going back does not read again", going_back_does_not_read_again},
    {"another person finds nothing", another_person_finds_nothing},
    {"the same person keeps the answers", same_person_keeps_answers},
    {"the card fills in by role", card_fills_in_by_role},
    {"typed answers win over the card", typed_answers_win_over_the_card},
    {"a page checks and marks", page_checks_and_marks},
    {"numbers are masked but editable", numbers_are_masked_but_editable},
    {"typing is cleaned", typing_is_cleaned},
    {"back keeps answers", back_keeps_answers},
    {"review edits and returns", review_edits_and_returns},
    {"optional tasks are chosen", optional_tasks_are_chosen},
    {"a gate stops and lets go", gate_stops_and_lets_go},
    {"a gate stops before sealing", gate_stops_in_the_form_and_before_sealing},
    {"codes go where they belong", codes_go_where_they_belong},
    {"a missing scanner leaves other ways", scanner_missing_leaves_other_ways},
    {"scanner unplugged while waiting", scanner_unplugged_while_waiting},
    {"a signature must be one", signature_must_be_one},
    {"double taps do nothing twice", double_taps_do_nothing_twice},
    {"store failed loses nothing", store_failed_loses_nothing},
    {"a slow store is waited for", slow_store_is_waited_for},
    {"a store fault holds the end", store_fault_during_a_visit_holds_the_end},
    {"no paper before printing", no_paper_before_printing},
    {"in doubt, yes", in_doubt_yes},
    {"in doubt, no", in_doubt_no},
    {"a silent printer is left behind", silent_printer_is_left_behind},
    {"a late print is still noted", late_print_is_still_noted},
    {"receipt pages end by themselves", receipt_pages_end_by_themselves},
    {"goodbye watches the card", goodbye_watches_the_card},
    {"a card left behind is called for", card_left_behind_is_called_for},
    {"a card left does not close the terminal", card_left_does_not_close_the_terminal},
    {"a receipt left behind is called for", receipt_left_behind_is_called_for},
    {"silence wipes every state", silence_wipes_every_state},
    {"answers to the idle question", idle_question_answers},
    {"activity restarts silence", activity_restarts_silence},
    {"home asks first", home_asks_first},
    {"elder mode asks one by one", elder_mode_asks_one_by_one},
    {"the elder switch keeps the place", elder_switch_keeps_the_place},
    {"staff is called anywhere", staff_is_called_anywhere},
    {"recovery prints a copy without names", recovery_prints_a_copy_without_names},
    {"recovery waits for the printer", recovery_waits_for_the_printer},
    {"recovery does not interrupt a visit", recovery_does_not_interrupt_a_visit},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit", cases)
