/* SPDX-License-Identifier: Apache-2.0 */
/* Home with stages, the lists of matters, the search and the guide, played as paths. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "visit_kit_find.h"

/* ---- home ---- */

static void home_has_search_trees_stages_popular_and_tiles(void)
{
    static const char *const id[] = {
        "home.search",        "home.audience",  "stage.person.birth", "stage.person.education",
        "stage.person.death", "matter.T.BIRTH", "matter.T.HEIRS",     "home.guide",
        "home.progress",      "home.owner"};
    struct find_kit *f = find_new();
    const struct view *view = kit_view(&f->k);
    CU_ASSERT_EQUAL(view->screen, SCREEN_HOME);
    CU_ASSERT_EQUAL_FATAL(view->n_items, YJ_COUNT(id));
    for (size_t i = 0; i < YJ_COUNT(id); i++)
        CU_ASSERT_STRING_EQUAL(view->item[i].id, id[i]);
    CU_ASSERT_EQUAL(view->item[0].kind, VIEW_SEARCH);
    CU_ASSERT_EQUAL(view->item[1].kind, VIEW_CHOICE);
    CU_ASSERT_EQUAL(view->item[1].n_options, 2);
    CU_ASSERT(view->item[1].option[0].is_selected);
    CU_ASSERT_EQUAL(view->item[2].kind, VIEW_TILE);
    CU_ASSERT_STRING_EQUAL(view->item[2].note.arg[0], "3");
    CU_ASSERT_STRING_EQUAL(view->item[3].note.arg[0], "0"); /* not in November */
    CU_ASSERT_STRING_EQUAL(view->item[2].icon, "stage-birth");
    CU_ASSERT_FALSE(visit_is_open(f->k.v));
    CU_ASSERT_EQUAL(f->k.n_effects[VISIT_EFFECT_TIMER_SET], 0);
    find_free(f);
}

static void the_other_tree_goes_back_by_itself(void)
{
    struct find_kit *f = find_new();
    kit_choose(&f->k, "home.audience", 1);
    CU_ASSERT(kit_item(&f->k, "stage.business.entry") >= 0);
    CU_ASSERT(kit_item(&f->k, "stage.person.birth") < 0);
    CU_ASSERT(kit_item(&f->k, "matter.T.BIRTH") < 0); /* popular, of the other tree */
    CU_ASSERT_FALSE(visit_is_open(f->k.v));
    CU_ASSERT_EQUAL(f->k.last[VISIT_EFFECT_TIMER_SET].timer, VISIT_TIMER_PAGE);
    kit_choose(&f->k, "home.audience", 7); /* no such tree */
    CU_ASSERT(kit_item(&f->k, "stage.business.entry") >= 0);
    kit_timer(&f->k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_item(&f->k, "stage.person.birth") >= 0);
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_TIMER_SET), 0);
    find_free(f);
}

static void a_card_at_home_does_nothing(void)
{
    struct find_kit *f = find_new();
    struct card card = kit_citizen();
    kit_card(&f->k, &card);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_NUMBER));
    find_free(f);
}

/* ---- a table of single steps ---- */

typedef void (*go_fn)(struct find_kit *f);

static void go_home(struct find_kit *f)
{
    (void)f;
}
static void go_stage(struct find_kit *f)
{
    find_open(f, "stage.person.birth");
}
static void go_search(struct find_kit *f)
{
    find_open(f, "home.search");
}
static void go_popular(struct find_kit *f)
{
    find_open(f, "matter.T.BIRTH");
}
static void go_found(struct find_kit *f)
{
    go_stage(f);
    find_open(f, "matter.T.GUIDE");
}
static void go_guide(struct find_kit *f)
{
    find_open(f, "home.guide");
}
static void go_guide_2(struct find_kit *f)
{
    go_guide(f);
    find_open(f, "guide.who.1");
}
static void go_guide_list(struct find_kit *f)
{
    go_guide_2(f);
    find_open(f, "guide.family.1");
}
static void go_guide_found(struct find_kit *f)
{
    go_guide_list(f);
    find_open(f, "matter.T.BIRTH");
}
static void go_progress(struct find_kit *f)
{
    find_open(f, "home.progress");
}
static void go_waiting(struct find_kit *f)
{
    (void)find_show_receipt(f);
}
static void go_failed(struct find_kit *f)
{
    find_answer_code(f, find_show_receipt(f), ERR_SYNC_SERVER);
}

static void single_steps(void)
{
    static const struct {
        const char *from;
        go_fn go;
        enum intent_kind tap;
        const char *item; /* NULL: none */
        const char *to;
    } row[] = {
        {"HOME", go_home, INTENT_OPEN, "home.search", "FIND"},
        {"HOME", go_home, INTENT_OPEN, "home.audience", "HOME"},
        {"HOME", go_home, INTENT_OPEN, "stage.person.death", "FIND"},
        {"HOME", go_home, INTENT_OPEN, "matter.T.BIRTH", "MATTER"},
        {"HOME", go_home, INTENT_OPEN, "home.guide", "GUIDE"},
        {"HOME", go_home, INTENT_OPEN, "home.progress", "PROGRESS"},
        {"HOME", go_home, INTENT_OPEN, NULL, "HOME"},
        {"HOME", go_home, INTENT_SET_TEXT, "home.search", "HOME"},
        {"HOME", go_home, INTENT_BACK, NULL, "HOME"},
        {"HOME", go_home, INTENT_NEXT, NULL, "HOME"},
        {"FIND", go_stage, INTENT_OPEN, "matter.T.BIRTH", "MATTER"},
        {"FIND", go_stage, INTENT_OPEN, "matter.T.LISTED", "MATTER"},
        {"FIND", go_stage, INTENT_OPEN, NULL, "FIND"},
        {"FIND", go_stage, INTENT_NEXT, NULL, "FIND"},
        {"FIND", go_stage, INTENT_BACK, NULL, "HOME"},
        {"FIND", go_stage, INTENT_HOME, NULL, "HOME"},
        {"FIND", go_stage, INTENT_SET_TEXT, "matter.T.BIRTH", "FIND"},
        {"FIND", go_search, INTENT_OPEN, "find.search", "FIND"},
        {"FIND", go_search, INTENT_BACK, NULL, "HOME"},
        {"FIND", go_search, INTENT_HOME, NULL, "HOME"},
        {"MATTER", go_popular, INTENT_BACK, NULL, "HOME"},
        {"MATTER", go_found, INTENT_BACK, NULL, "FIND"},
        {"MATTER", go_found, INTENT_HOME, NULL, "HOME"},
        {"MATTER", go_found, INTENT_NEXT, NULL, "MATTER"}, /* only to read about */
        {"GUIDE", go_guide, INTENT_OPEN, "guide.who.1", "GUIDE"},
        {"GUIDE", go_guide, INTENT_OPEN, "guide.who.2",
         "FIND"}, /* one matter: a list all the same */
        {"GUIDE", go_guide, INTENT_OPEN, NULL, "GUIDE"},
        {"GUIDE", go_guide, INTENT_NEXT, NULL, "GUIDE"},
        {"GUIDE", go_guide, INTENT_BACK, NULL, "HOME"},
        {"GUIDE", go_guide, INTENT_HOME, NULL, "HOME"},
        {"GUIDE", go_guide_2, INTENT_BACK, NULL, "GUIDE"},
        {"GUIDE", go_guide_2, INTENT_OPEN, "guide.family.1", "FIND"},
        {"FIND", go_guide_list, INTENT_BACK, NULL, "GUIDE"},
        {"FIND", go_guide_list, INTENT_OPEN, "matter.T.BIRTH", "MATTER"},
        {"MATTER", go_guide_found, INTENT_BACK, NULL, "FIND"},
        {"PROGRESS", go_progress, INTENT_BACK, NULL, "HOME"},
        {"PROGRESS", go_progress, INTENT_HOME, NULL, "HOME"},
        {"PROGRESS", go_progress, INTENT_NEXT, NULL, "PROGRESS"},
        {"PROGRESS", go_progress, INTENT_EDIT, NULL, "PROGRESS"},
        {"PROGRESS", go_progress, INTENT_OPEN, NULL, "PROGRESS"},
        {"PROGRESS", go_waiting, INTENT_NEXT, NULL, "PROGRESS"},
        {"PROGRESS", go_waiting, INTENT_BACK, NULL, "HOME"},
        {"PROGRESS", go_failed, INTENT_NEXT, NULL, "PROGRESS"},
        {"PROGRESS", go_failed, INTENT_BACK, NULL, "HOME"},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct find_kit *f = find_new();
        row[i].go(f);
        bool is_good = kit_is(&f->k, row[i].from);
        int item = row[i].item ? kit_item(&f->k, row[i].item) : -1;
        is_good = is_good && (!row[i].item || item >= 0);
        kit_intent(&f->k, row[i].tap, item, 0);
        is_good = kit_is(&f->k, row[i].to) && is_good;
        if (!is_good)
            printf("    row %zu: %s --%d--> %s\n", i, row[i].from, (int)row[i].tap, row[i].to);
        CU_ASSERT(is_good);
        find_free(f);
    }
}

static void second_taps_are_dropped(void)
{
    static const struct {
        go_fn go;
        const char *first, *second, *stays;
    } row[] = {
        {go_home, "stage.person.birth", "matter.T.BIRTH", "FIND"},
        {go_home, "home.guide", "guide.who.2", "GUIDE"},
        {go_stage, "matter.T.GUIDE", NULL, "MATTER"},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct find_kit *f = find_new();
        row[i].go(f);
        find_open(f, row[i].first);
        int item = row[i].second ? kit_item(&f->k, row[i].second) : 0;
        f->k.now_ms -= 300; /* 100 ms after the first */
        kit_intent(&f->k, row[i].second ? INTENT_OPEN : INTENT_BACK, item, 0);
        CU_ASSERT(kit_is(&f->k, row[i].stays));
        find_free(f);
    }
}

/* ---- the lists ---- */

static void a_stage_lists_open_ones_first(void)
{
    static const char *const id[] = {"matter.T.BIRTH", "matter.T.GUIDE", "matter.T.LISTED"};
    static const char *const note[] = {"find.open", "find.guide", "find.listed_short"};
    struct find_kit *f = find_new();
    find_open(f, "stage.person.birth");
    CU_ASSERT(find_title_is(f, "出生"));
    CU_ASSERT(visit_is_open(f->k.v));
    CU_ASSERT_EQUAL_FATAL(f->k.view->n_items, YJ_COUNT(id));
    for (size_t i = 0; i < YJ_COUNT(id); i++) {
        CU_ASSERT_STRING_EQUAL(f->k.view->item[i].id, id[i]);
        CU_ASSERT_STRING_EQUAL(f->k.view->item[i].note.id, note[i]);
        CU_ASSERT(f->k.view->item[i].is_enabled);
    }
    find_free(f);
}

static void outside_its_window_a_matter_is_found_by_words_only(void)
{
    struct find_kit *f = find_new();
    CU_ASSERT(kit_item(&f->k, "matter.T.ENROL") < 0); /* popular, and not in November */
    find_open(f, "stage.person.education");
    CU_ASSERT(kit_item(&f->k, "matter.T.ENROL") < 0);
    CU_ASSERT(kit_item(&f->k, "find.stage_empty") >= 0);
    CU_ASSERT(kit_item(&f->k, "home.guide") >= 0);
    kit_tap(&f->k, INTENT_BACK);
    find_open(f, "home.search");
    kit_set(&f->k, "find.search", "孩子上学");
    CU_ASSERT(find_note_is(f, "matter.T.ENROL", "find.closed"));
    CU_ASSERT_STRING_EQUAL(find_item(f, "matter.T.ENROL")->note.arg[0], "06-01");
    CU_ASSERT_STRING_EQUAL(find_item(f, "matter.T.ENROL")->note.arg[1], "07-15");
    find_open(f, "matter.T.ENROL");
    CU_ASSERT(kit_is(&f->k, "MATTER"));
    find_free(f);
}

static void the_day_changes_what_is_listed(void)
{
    struct find_kit *f = find_new();
    struct visit_event date = {.kind = VISIT_EVENT_DATE,
                               .wall_ms = KIT_WALL_MS + INT64_C(200) * 86400000}; /* 2027-06-11 */
    find_open(f, "stage.person.education");
    kit_event(&f->k, &date);
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_SHOW), 1);
    CU_ASSERT(find_note_is(f, "matter.T.ENROL", "find.open"));
    find_free(f);
}

/* ---- search ---- */

static void searches_while_typing(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.search");
    CU_ASSERT_EQUAL(kit_view(&f->k)->screen, SCREEN_FIND);
    CU_ASSERT_EQUAL(f->k.view->item[0].kind, VIEW_SEARCH);
    CU_ASSERT(kit_item(&f->k, "find.examples") >= 0);
    CU_ASSERT(kit_item(&f->k, "matter.T.HEIRS") >= 0); /* popular */
    kit_set(&f->k, "find.search", "宝宝");
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_SHOW), 1);
    CU_ASSERT_STRING_EQUAL(find_item(f, "find.search")->edit, "宝宝");
    CU_ASSERT(kit_item(&f->k, "matter.T.BIRTH") > 0);
    CU_ASSERT(kit_item(&f->k, "find.examples") < 0);
    kit_set(&f->k, "find.search", "zzzzqqqq");
    CU_ASSERT(kit_item(&f->k, "find.none") >= 0);
    CU_ASSERT(kit_item(&f->k, "find.none_staff") >= 0);
    find_open(f, "home.guide");
    CU_ASSERT(kit_is(&f->k, "GUIDE"));
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "FIND"));
    CU_ASSERT_STRING_EQUAL(find_item(f, "find.search")->edit, "zzzzqqqq");
    kit_set(&f->k, "find.search", "");
    CU_ASSERT(kit_item(&f->k, "find.examples") >= 0);
    find_free(f);
}

static void back_from_a_matter_finds_the_search_as_it_was(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.search");
    kit_set(&f->k, "find.search", "宝宝");
    find_open(f, "matter.T.BIRTH");
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    struct card card = kit_citizen();
    kit_card(&f->k, &card);
    CU_ASSERT(kit_is(&f->k, "FORM"));
    for (int i = 0; i < 6 && strcmp(visit_state_name(f->k.v), "FIND"); i++)
        kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "FIND"));
    CU_ASSERT_STRING_EQUAL(find_item(f, "find.search")->edit, "宝宝");
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_NUMBER)); /* nothing of the matter has stayed */
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_WIPE), 1);
    find_free(f);
}

static void strange_words_change_nothing(void)
{
    static const char *const bad[] = {"\xff\xfe", "a\x01z", "\xe2\x80\xae宝", "\xf0\x9f"};
    struct find_kit *f = find_new();
    find_open(f, "home.search");
    kit_set(&f->k, "find.search", "宝宝");
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        kit_set(&f->k, "find.search", bad[i]);
        CU_ASSERT_STRING_EQUAL(find_item(f, "find.search")->edit, "宝宝");
    }
    char many[512] = "";
    for (int i = 0; i < 160; i++)
        strcat(many, "宝");
    kit_set(&f->k, "find.search", many);
    const char *edit = find_item(f, "find.search")->edit;
    CU_ASSERT(strlen(edit) < SEARCH_MAX_QUERY_BYTES);
    CU_ASSERT(bytes_utf8_valid(edit, strlen(edit)));
    find_free(f);
}

static void silence_wipes_what_was_typed(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.search");
    CU_ASSERT_EQUAL(kit_effect(&f->k, VISIT_EFFECT_TIMER_SET)->timer, VISIT_TIMER_IDLE);
    kit_set(&f->k, "find.search", "宝宝生病");
    CU_ASSERT(kit_holds(&f->k, "宝宝生病"));
    kit_timer(&f->k, VISIT_TIMER_IDLE);
    CU_ASSERT(kit_view(&f->k)->ask.id != NULL);
    for (int i = 0; i < 25 && !strcmp(visit_state_name(f->k.v), "FIND"); i++)
        kit_timer(&f->k, VISIT_TIMER_COUNTDOWN);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_WIPE), 1);
    CU_ASSERT_FALSE(kit_holds(&f->k, "宝宝生病"));
    find_free(f);
}

static void leaving_asks_nothing_and_keeps_the_tree(void)
{
    struct find_kit *f = find_new();
    kit_choose(&f->k, "home.audience", 1);
    kit_tap(&f->k, INTENT_TOGGLE_ELDER);
    find_open(f, "stage.business.entry");
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_WIPE), 1);
    CU_ASSERT(kit_item(&f->k, "stage.business.entry") >= 0);
    CU_ASSERT(f->k.view->prefs.is_elder);
    find_open(f, "stage.business.entry");
    kit_tap(&f->k, INTENT_HOME); /* somebody else may come now */
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT(kit_item(&f->k, "stage.person.birth") >= 0);
    find_free(f);
}

/* ---- guide ---- */

static void the_guide_leads_to_a_list(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.guide");
    CU_ASSERT(find_title_is(f, "今天为谁的事来？"));
    CU_ASSERT_EQUAL(f->k.view->screen, SCREEN_GUIDE);
    CU_ASSERT_EQUAL(f->k.view->n_items, 2);
    find_open(f, "guide.who.1");
    CU_ASSERT(find_title_is(f, "家里有什么事？"));
    find_open(f, "guide.family.2");
    CU_ASSERT(find_title_is(f, "孩子上学"));
    CU_ASSERT_EQUAL(f->k.view->screen, SCREEN_FIND);
    CU_ASSERT(find_note_is(f, "matter.T.ENROL", "find.closed")); /* with words why */
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(find_title_is(f, "家里有什么事？"));
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(find_title_is(f, "今天为谁的事来？"));
    find_free(f);
}

/* ---- another catalogue ---- */

static void a_catalogue_changes_between_visits_only(void)
{
    struct find_kit *f = find_new();
    struct catalogue plain = {.matters = f->set->matters};
    kit_choose(&f->k, "home.audience", 1);
    find_open(f, "stage.business.entry");
    CU_ASSERT_EQUAL(visit_set_catalogue(f->k.v, &plain, 1, f->k.now_ms, &f->k.fx), ERR_WRONG_STATE);
    CU_ASSERT(kit_item(&f->k, "matter.T.SHOP") >= 0);
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT_EQUAL(visit_set_catalogue(f->k.v, &plain, 1, f->k.now_ms, &f->k.fx), 0);
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_SHOW), 1);
    CU_ASSERT(kit_item(&f->k, "home.search") < 0);
    CU_ASSERT(kit_item(&f->k, "matter.T.SHOP") >= 0);
    CU_ASSERT_STRING_EQUAL(kit_view(&f->k)->banner.id, "home.some_missing");
    CU_ASSERT_EQUAL(visit_set_catalogue(f->k.v, f->set, 0, f->k.now_ms, &f->k.fx), 0);
    CU_ASSERT(kit_item(&f->k, "stage.person.birth") >= 0);
    find_free(f);
}

static CU_TestInfo cases[] = {
    {"home has search, trees, stages, popular matters and tiles",
     home_has_search_trees_stages_popular_and_tiles},
    {"the other tree goes back by itself", the_other_tree_goes_back_by_itself},
    {"a card at home does nothing", a_card_at_home_does_nothing},
    {"single steps", single_steps},
    {"second taps are dropped", second_taps_are_dropped},
    {"a stage lists open ones first", a_stage_lists_open_ones_first},
    {"outside its window a matter is found by words only",
     outside_its_window_a_matter_is_found_by_words_only},
    {"the day changes what is listed", the_day_changes_what_is_listed},
    {"searches while typing", searches_while_typing},
    {"back from a matter finds the search as it was",
     back_from_a_matter_finds_the_search_as_it_was},
    {"strange words change nothing", strange_words_change_nothing},
    {"silence wipes what was typed", silence_wipes_what_was_typed},
    {"leaving asks nothing and keeps the tree", leaving_asks_nothing_and_keeps_the_tree},
    {"the guide leads to a list", the_guide_leads_to_a_list},
    {"a catalogue changes between visits only", a_catalogue_changes_between_visits_only},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_find", cases)
