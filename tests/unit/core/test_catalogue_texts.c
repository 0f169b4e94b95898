/* SPDX-License-Identifier: Apache-2.0 */
/* A set in another language: what a file of texts may hold, what is translated on a page and what
 * never is, the search by foreign words, how much of the shipped set is translated. */
#define _GNU_SOURCE
#include "core/catalogue_texts.h"

#include "set_kit.h"
#include "visit_kit_find.h"

/* ---- files ---- */

static void texts_of_several_files_are_one_table(void)
{
    struct set_kit *k = set_new();
    set_put(
        k, "texts/en.json",
        "{\"schema\":\"texts/1\",\"language\":\"en\",\"texts\":{\"示例\":\"Sample\",\"第{n}位\":"
        "\"Heir {n}\"}}");
    set_put(k, "texts/en.43.json",
            "{\"schema\":\"texts/1\",\"language\":\"en\",\"texts\":{\"备注\":\"Remark\"}}");
    set_put(k, "texts/ug.json",
            "{\"schema\":\"texts/1\",\"language\":\"ug\",\"texts\":{\"示例\":\"مىسال\"}}");
    CU_ASSERT(set_is(set_load(k, "430102"), ""));
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "示例"), "Sample");
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "备注"), "Remark");
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "第{n}位"), "Heir {n}");
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "ug", "示例"), "مىسال");
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "ug", "备注"), "备注");
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "fr", "示例"), "示例");
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "未知的"), "未知的");
    CU_ASSERT_PTR_NULL(catalogue_translate(k->c, "en", NULL));
    CU_ASSERT_PTR_NULL(texts_language(k->c->texts, "fr"));
    CU_ASSERT_EQUAL(texts_language(k->c->texts, "en")->n, 3);
    set_free(k);
}

static void a_set_without_texts_says_what_it_was_asked(void)
{
    struct set_kit *k = set_new();
    CU_ASSERT(set_is(set_load(k, ""), ""));
    CU_ASSERT_PTR_NULL(k->c->texts);
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "示例"), "示例");
    set_free(k);
}

#define HEAD "{\"schema\":\"texts/1\",\"language\":\"en\",\"texts\":"

static void mistakes_name_file_place_and_reason(void)
{
    static const struct {
        const char *file, *text, *says;
    } bad[] = {
        {"texts/en.json", "[]", "texts/en.json: : an object is expected here\n"},
        {"texts/en.json", "{\"schema\":\"texts/2\",\"language\":\"en\",\"texts\":{\"甲\":\"A\"}}",
         "texts/en.json: /schema: one of texts/1 is expected here\n"},
        {"texts/en.json", HEAD "{\"甲\":\"A\"},\"more\":1}", "texts/en.json: /more: unknown key\n"},
        {"texts/en.json", HEAD "{}}",
         "texts/en.json: /texts: an object with at least one text is needed\n"},
        {"texts/en.json", HEAD "{\"甲\":1}}",
         "texts/en.json: /texts/甲: a text is expected here\n"},
        {"texts/en.json", HEAD "{\"甲\":\"A \"}}",
         "texts/en.json: /texts/甲: the text begins or ends with a blank\n"},
        {"texts/en.json", HEAD "{\"第{n}位\":\"Heir\"}}",
         "texts/en.json: /texts/第{n}位: what stands in braces must stand in both texts alike\n"},
        {"texts/en.json", HEAD "{\"甲\":\"A {n}\"}}",
         "texts/en.json: /texts/甲: what stands in braces must stand in both texts alike\n"},
        {"texts/en.json", HEAD "{\"甲\":\"call 13912345678\"}}",
         "texts/en.json: /texts/甲: the text holds a mobile number: no personal data in files\n"},
        {"texts/fr.json", HEAD "{\"甲\":\"A\"}}",
         "texts/fr.json: /language: the file must be called LANGUAGE.json or LANGUAGE.NAME.json\n"},
        {"texts/zh-Hans.json",
         "{\"schema\":\"texts/1\",\"language\":\"zh-Hans\",\"texts\":{\"甲\":\"A\"}}",
         "texts/zh-Hans.json: /language: the matters are written in this language\n"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct set_kit *k = set_new();
        set_put(k, "texts/en.ok.json", HEAD "{\"乙\":\"B\"}}");
        set_put(k, bad[i].file, bad[i].text);
        CU_ASSERT(set_is(set_load(k, ""), bad[i].says));
        CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "甲"), "甲"); /* left out whole */
        CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "乙"), "B");
        CU_ASSERT_PTR_NOT_NULL(set_matter(k, "T.GOOD"));
        set_free(k);
    }
}

static void one_text_is_translated_once(void)
{
    struct set_kit *k = set_new();
    set_put(k, "texts/en.a.json", HEAD "{\"甲\":\"A\"}}");
    set_put(k, "texts/en.b.json", HEAD "{\"甲\":\"B\"}}");
    CU_ASSERT(set_is(set_load(k, ""),
                     "texts/en.b.json: /texts/甲: another file of this language has this text\n"));
    CU_ASSERT_STRING_EQUAL(catalogue_translate(k->c, "en", "甲"), "A");
    set_put(k, "texts/en.b.json", HEAD "{\"甲\":\"B\",\"甲\":\"C\"}}");
    CU_ASSERT_PTR_NOT_NULL(strstr(set_load(k, ""), "duplicate object key"));
    set_free(k);
}

/* ---- how much is translated ---- */

static void coverage_names_what_is_missing_and_what_is_stale(void)
{
    struct set_kit *k = set_new();
    struct catalogue_cfg cfg = {.dir = k->dir};
    struct catalogue_coverage coverage;
    CU_ASSERT_EQUAL(catalogue_coverage(&cfg, k->complaint, SET_CAP, &k->n, &coverage, NULL), 0);
    CU_ASSERT_EQUAL(coverage.n_languages, 0); /* nothing is promised, nothing is missing */
    CU_ASSERT_EQUAL(k->n, 0);
    set_put(k, "national/good.json", NULL);
    set_put_listed(k, "national/listed.json", "T.LISTED", "person.birth");
    set_put(k, "texts/en.json", HEAD "{\"示例\":\"Sample\",\"旧的\":\"Old\",\"、\":\",\"}}");
    CU_ASSERT_EQUAL(catalogue_coverage(&cfg, k->complaint, SET_CAP, &k->n, &coverage, NULL), 0);
    set_write_lines(k);
    CU_ASSERT(set_is(k->lines, "national/listed.json: /lead_dept: not in en: \"示例部门\"\n"
                               "texts: : en: no file of the set has \"旧的\"\n"));
    CU_ASSERT_EQUAL_FATAL(coverage.n_languages, 1);
    CU_ASSERT_STRING_EQUAL(coverage.language[0].language, "en");
    CU_ASSERT_EQUAL(coverage.language[0].n_texts, 2);
    CU_ASSERT_EQUAL(coverage.language[0].n_translated, 1);
    cfg.dir = "/nowhere";
    CU_ASSERT_EQUAL(catalogue_coverage(&cfg, NULL, 0, &k->n, &coverage, NULL), ERR_NOT_FOUND);
    set_free(k);
}

static void the_shipped_set_is_whole_in_english(void)
{
    static struct matter_complaint note[64];
    struct catalogue_coverage coverage;
    struct catalogue_cfg cfg = {.dir = YJ_SOURCE_DIR "/assets/matters"};
    struct code_tables *codes = NULL;
    size_t n = 0;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(code_tables_load(YJ_SOURCE_DIR "/assets/codes", &codes, &err), 0);
    cfg.codes = codes;
    CU_ASSERT_EQUAL_FATAL(catalogue_coverage(&cfg, note, YJ_COUNT(note), &n, &coverage, &err), 0);
    for (size_t i = 0; i < n && i < YJ_COUNT(note); i++)
        fprintf(stderr, "%s: %s: %s\n", note[i].file, note[i].pointer, note[i].reason);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL_FATAL(coverage.n_languages, 1);
    CU_ASSERT_STRING_EQUAL(coverage.language[0].language, "en");
    CU_ASSERT(coverage.language[0].n_texts > 2000);
    CU_ASSERT_EQUAL(coverage.language[0].n_translated, coverage.language[0].n_texts);
    code_tables_free(codes);
}

/* ---- a visit ---- */

static const char *const VISITED =
    HEAD "{\"甲事\":\"Matter A\",\"就要甲\":\"Only A\",\"备注\":\"Remark\",\"公安\":\"Police\","
         "\"税务\":\"Tax\",\"、\":\",\",\"说明一\":\"Note one\",\"说明二\":\"Note two\","
         "\"红\":\"Red\",\"绿\":\"Green\",\"颜色\":\"Colours\",\"张三\":\"Never\","
         "\"第{n}位\":\"Number {n}\",\"各位\":\"All\"}}";

static const char *const MATTER =
    "{\"schema\":\"matter/1\",\"code\":\"T.A\",\"name\":\"甲事\",\"version\":\"1\",\"summary\":"
    "\"就要甲\",\"stage\":\"person.birth\",\"icon\":\"sample\",\"status\":\"open\",\"lead_dept\":"
    "\"公安\",\"co_depts\":[\"公安\",\"税务\"],\"basis\":\"x\",\"scope\":\"city\",\"promise_days\":"
    "1,"
    "\"legal_days\":1,\"notes\":[\"说明一\",\"说明二\"],\"groups\":[{\"id\":\"a\",\"title\":"
    "\"备注\"},"
    "{\"id\":\"b\",\"title\":\"各位\",\"repeat\":{\"min\":1,\"max\":3,\"item\":\"第{n}位\",\"add\":"
    "\"各位\"}}],"
    "\"questions\":[{\"id\":\"q\",\"label\":\"颜色\",\"type\":\"set\",\"required\":true,"
    "\"options\":["
    "{\"value\":\"r\",\"label\":\"红\"},{\"value\":\"g\",\"label\":\"绿\"}]}],\"fields\":[{\"id\":"
    "\"a.note\",\"group\":\"a\",\"label\":\"备注\",\"type\":\"text\",\"required\":true},{\"id\":"
    "\"b.note\",\"group\":\"b\",\"label\":\"备注\",\"type\":\"text\",\"required\":false}],"
    "\"tasks\":["
    "{\"id\":\"t\",\"name\":\"甲事\",\"dept\":\"公安\",\"days\":1,\"need\":\"base\"}],"
    "\"materials\":[{\"id\":\"m\",\"name\":\"备注\",\"mode\":\"E1\"}],\"gates\":[]}";

struct played {
    struct set_kit *set;
    struct kit k;
};

static struct played *play_new(const char *texts)
{
    struct played *p = mem_zalloc(1, sizeof *p);
    p->set = set_new();
    set_put(p->set, "national/good.json", MATTER);
    set_put(p->set, "texts/en.json", texts);
    CU_ASSERT(set_is(set_load(p->set, ""), ""));
    p->k.view = mem_zalloc(1, sizeof *p->k.view);
    p->k.cfg = (struct visit_cfg){.catalogue = p->set->c,
                                  .terminal_name = "x",
                                  .terminal_id = "4301020001",
                                  .prefs = PREFS_DEFAULT,
                                  .languages = {"zh-Hans", "en", "ug"},
                                  .n_languages = 3};
    p->k.cfg.prefs.language = 1;
    p->k.v = visit_new(&p->k.cfg);
    p->k.now_ms = 1000;
    visit_start(p->k.v, p->k.now_ms, &p->k.fx);
    for (int i = 0; i < DEVICE_N_KINDS; i++)
        kit_device(&p->k, (enum device_kind)i, DEVICE_ONLINE);
    return p;
}

static void play_free(struct played *p)
{
    visit_free(p->k.v);
    free(p->k.view);
    set_free(p->set);
    free(p);
}

static const struct view_item *item_of(struct played *p, const char *id)
{
    int at = kit_item(&p->k, id);
    CU_ASSERT_FATAL(at >= 0);
    return &p->k.view->item[at];
}

static void open_it(struct played *p)
{
    kit_intent(&p->k, INTENT_OPEN, kit_item(&p->k, "matter.T.A"), -1);
}

static void go_to_questions(struct played *p)
{
    struct card card = kit_citizen();
    open_it(p);
    kit_tap(&p->k, INTENT_NEXT);
    kit_tap(&p->k, INTENT_NEXT);
    kit_card(&p->k, &card);
    kit_tap(&p->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&p->k, "QUESTIONS"));
}

static void a_page_speaks_the_visitors_language(void)
{
    struct played *p = play_new(VISITED);
    const struct view_item *item = item_of(p, "matter.T.A");
    CU_ASSERT_STRING_EQUAL(item->label.lit, "Matter A");
    CU_ASSERT_STRING_EQUAL(item->note.lit, "Only A");
    open_it(p);
    CU_ASSERT_STRING_EQUAL(kit_view(&p->k)->title.lit, "Matter A");
    CU_ASSERT_STRING_EQUAL(item_of(p, "note.0")->label.lit, "· Note one\n· Note two");
    CU_ASSERT_STRING_EQUAL(item_of(p, "task.t")->value.lit, "Police");
    play_free(p);
}

static void what_has_no_translation_stays(void)
{
    struct played *p = play_new(HEAD "{\"备注\":\"Remark\"}}");
    CU_ASSERT_STRING_EQUAL(item_of(p, "matter.T.A")->label.lit, "甲事");
    play_free(p);
    p = play_new(VISITED);
    p->k.v->prefs.language = 2; /* known to the terminal, not to the set */
    CU_ASSERT_STRING_EQUAL(item_of(p, "matter.T.A")->label.lit, "甲事");
    p->k.v->prefs.language = 0;
    CU_ASSERT_STRING_EQUAL(item_of(p, "matter.T.A")->label.lit, "甲事");
    p->k.v->prefs.language = 7; /* no such language */
    CU_ASSERT_STRING_EQUAL(item_of(p, "matter.T.A")->label.lit, "甲事");
    play_free(p);
}

static void lists_are_put_together_from_translations(void)
{
    struct played *p = play_new(VISITED);
    go_to_questions(p);
    CU_ASSERT_STRING_EQUAL(item_of(p, "question.q")->label.lit, "Colours");
    CU_ASSERT_STRING_EQUAL(item_of(p, "question.q")->option[1].label.lit, "Green");
    kit_choose(&p->k, "question.q", 0);
    kit_choose(&p->k, "question.q", 1);
    kit_tap(&p->k, INTENT_NEXT);
    CU_ASSERT_STRING_EQUAL(kit_view(&p->k)->title.lit, "Remark");
    kit_set(&p->k, "field.a.note", "红");
    kit_tap(&p->k, INTENT_NEXT);
    CU_ASSERT_STRING_EQUAL(item_of(p, "group.b.1")->label.lit, "Number 1");
    kit_tap(&p->k, INTENT_NEXT);
    if (p->k.v->state == STATE_MATERIALS)
        kit_tap(&p->k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(&p->k, "REVIEW"));
    CU_ASSERT_STRING_EQUAL(item_of(p, "review.question.q")->value.lit, "Red, Green");
    play_free(p);
}

static void answers_are_never_translated(void)
{
    struct played *p = play_new(VISITED);
    go_to_questions(p);
    kit_choose(&p->k, "question.q", 0);
    kit_tap(&p->k, INTENT_NEXT);
    kit_set(&p->k, "field.a.note", "红"); /* reads like an option */
    CU_ASSERT_STRING_EQUAL(item_of(p, "field.a.note")->value.lit, "红");
    CU_ASSERT_STRING_EQUAL(item_of(p, "field.a.note")->edit, "红");
    kit_set(&p->k, "field.a.note", "张三");
    CU_ASSERT_STRING_EQUAL(item_of(p, "field.a.note")->value.lit, "张三");
    kit_tap(&p->k, INTENT_NEXT);
    kit_tap(&p->k, INTENT_NEXT);
    if (p->k.v->state == STATE_MATERIALS)
        kit_tap(&p->k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(&p->k, "REVIEW"));
    CU_ASSERT_STRING_EQUAL(item_of(p, "review.field.a.note")->value.lit, "张三");
    char *json = NULL;
    struct err err = {0};
    kit_tap(&p->k, INTENT_NEXT);
    kit_sign(&p->k, 60, 20);
    CU_ASSERT(kit_is(&p->k, "SUBMITTING"));
    CU_ASSERT_EQUAL_FATAL(visit_application_json(p->k.v, &json, &err), 0);
    CU_ASSERT_PTR_NULL(strstr(json, "Matter A")); /* the record stays in Chinese */
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "甲事"));
    free(json);
    play_free(p);
}

/* ---- search ---- */

static const char *first_hit(const struct catalogue *c, const char *query)
{
    struct search_hit hit[SEARCH_MAX_HITS];
    size_t n = search_find_translated(c, "en", query, 20261123, hit);
    return n ? matter_set_at(c->matters, (size_t)hit[0].matter)->code : "";
}

static void english_words_find_matters(void)
{
    static const struct {
        const char *query, *code;
    } row[] = {
        {"baby", "NB.BIRTH"},
        {"Babies", ""},
        {"pension", "PEN.RETIRE"},
        {"RETIRE", "PEN.RETIRE"},
        {"lost my card", "SSC.RESIDENT"},
        {"open a restaurant", "BIZ.RESTAURANT"},
        {"start a comp", "BIZ.OPEN"},
        {"driving license", "TRAFFIC.POLICE"},
        {"funerals", "LIFE.DEATH"},
        {"medical costs", "MED.REIMB"},
        {"zebra", ""},
        {"", ""},
        {"the", ""},
        {"\xff\xfe", ""},
    };
    struct catalogue_cfg cfg = {.dir = YJ_SOURCE_DIR "/assets/matters", .region = "430102"};
    struct catalogue *c = NULL;
    struct err err = {0};
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(
        code_tables_load(YJ_SOURCE_DIR "/assets/codes", (struct code_tables **)&cfg.codes, &err),
        0);
    CU_ASSERT_EQUAL_FATAL(catalogue_load(&cfg, NULL, 0, &n, &c, &err), 0);
    for (size_t i = 0; i < YJ_COUNT(row); i++)
        CU_ASSERT(set_is(first_hit(c, row[i].query), row[i].code));
    struct search_hit hit[SEARCH_MAX_HITS];
    CU_ASSERT_EQUAL(search_find_translated(c, "fr", "baby", 20261123, hit), 0);
    catalogue_free(c);
    code_tables_free((struct code_tables *)cfg.codes);
}

static CU_TestInfo cases[] = {
    {"texts of several files are one table", texts_of_several_files_are_one_table},
    {"a set without texts says what it was asked", a_set_without_texts_says_what_it_was_asked},
    {"mistakes name file, place and reason", mistakes_name_file_place_and_reason},
    {"one text is translated once", one_text_is_translated_once},
    {"coverage names what is missing and what is stale",
     coverage_names_what_is_missing_and_what_is_stale},
    {"the shipped set is whole in English", the_shipped_set_is_whole_in_english},
    {"a page speaks the visitor's language", a_page_speaks_the_visitors_language},
    {"what has no translation stays", what_has_no_translation_stays},
    {"lists are put together from translations", lists_are_put_together_from_translations},
    {"answers are never translated", answers_are_never_translated},
    {"English words find matters", english_words_find_matters},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.catalogue_texts", cases)
