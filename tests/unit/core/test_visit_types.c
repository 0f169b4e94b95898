/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of field on a page: what is tapped, how typed text is brought into form, what is
 * computed, what a licence's code fills in, and how it leaves in the record. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "form_kit.h"

static void a_set_keeps_the_order_of_its_options(void)
{
    struct form_kit f = form_new();
    form_to_questions(f.k);
    const struct view_item *item = form_item(f.k, "question.q_topics");
    CU_ASSERT_EQUAL(item->kind, VIEW_CHOICE);
    CU_ASSERT_EQUAL(item->input, INPUT_SET);
    kit_choose(f.k, "question.q_topics", 2);
    kit_choose(f.k, "question.q_topics", 0);
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "q_topics"), "food,sign");
    item = form_item(f.k, "question.q_topics");
    CU_ASSERT(item->option[0].is_selected && !item->option[1].is_selected);
    CU_ASSERT(item->option[2].is_selected);
    kit_choose(f.k, "question.q_topics", 0);
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "q_topics"), "sign");
    kit_set(f.k, "question.q_topics", "fire"); /* tapped, never typed */
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "q_topics"), "sign");
    kit_choose(f.k, "question.q_topics", 2);
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "q_topics"), "");
    form_free(&f);
}

static void a_region_is_chosen_level_by_level(void)
{
    struct form_kit f = form_new();
    form_to_form(f.k);
    const struct view_item *item = form_item(f.k, "field.company.region");
    CU_ASSERT_EQUAL(item->input, INPUT_STEPS);
    CU_ASSERT(item->n_options > 30 && form_option(item, "region.again") < 0);
    form_pick(f.k, "field.company.region", "湖南省");
    item = form_item(f.k, "field.company.region");
    CU_ASSERT_EQUAL(form_option(item, "region.again"), 0);
    CU_ASSERT_FALSE(item->is_whole);
    CU_ASSERT(lit_is(&item->value, "湖南省"));
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.region"), "430000");
    CU_ASSERT_PTR_NULL(f.k->v->s.seen[form_var(f.k, "company.region")]);
    kit_tap(f.k, INTENT_NEXT);
    item = form_item(f.k, "field.company.region");
    CU_ASSERT(item->has_error && text_is(&item->note, "field.region_part"));
    form_pick(f.k, "field.company.region", "长沙市");
    form_pick(f.k, "field.company.region", "芙蓉区");
    item = form_item(f.k, "field.company.region");
    CU_ASSERT(item->is_whole && !item->has_error);
    CU_ASSERT_EQUAL(item->n_options, 1);
    CU_ASSERT(lit_is(&item->value, "湖南省 长沙市 芙蓉区"));
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.region"), "430102");
    form_pick(f.k, "field.company.region", "region.again");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.region"), "");
    form_pick(f.k, "field.company.region", "北京市"); /* its parts follow at once */
    form_pick(f.k, "field.company.region", "朝阳区");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.region"), "110105");
    form_free(&f);
}

static void typed_text_is_brought_into_form(void)
{
    static const struct {
        const char *id, *typed, *stored;
    } row[] = {
        {"company.code", "９１３５０１００ｍ０００１００ｙ４３", FORM_USCC},
        {"company.code", "91350100m000100y43", FORM_USCC},
        {"company.capital", "1,234,567.50", "1234567.50"},
        {"company.capital", "１２．５", "12.5"},
        {"company.capital", " 12 000 ", "12000"},
        {"company.people", "－3", "-3"},
        {"company.mail", "a b@example.test", "ab@example.test"},
        {"company.mail", "ａ@example．test", "a@example.test"},
        {"company.tel", "０７３１—12345678", "0731-12345678"},
        {"company.bank", "4111-1111 1111 1111", "4111111111111111"},
        {"company.bank", "４１１１１１１１１１１１１１１１", "4111111111111111"},
    };
    struct form_kit f = form_new();
    form_to_form(f.k);
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        char id[64];
        snprintf(id, sizeof id, "field.%s", row[i].id);
        kit_set(f.k, id, row[i].typed);
        CU_ASSERT_STRING_EQUAL(form_value(f.k, row[i].id), row[i].stored);
    }
    CU_ASSERT(form_item(f.k, "field.company.people")->has_error);
    CU_ASSERT_FALSE(form_item(f.k, "field.company.code")->has_error);
    form_free(&f);
}

static void each_type_has_its_keys(void)
{
    static const struct {
        const char *id;
        enum view_input input;
    } row[] = {{"company.code", INPUT_LATIN},    {"company.capital", INPUT_NUMBER},
               {"company.people", INPUT_NUMBER}, {"company.mail", INPUT_EMAIL},
               {"company.tel", INPUT_NUMBER},    {"company.bank", INPUT_DIGITS},
               {"company.region", INPUT_STEPS}};
    struct form_kit f = form_new();
    form_to_form(f.k);
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        char id[64];
        snprintf(id, sizeof id, "field.%s", row[i].id);
        CU_ASSERT_EQUAL(form_item(f.k, id)->input, row[i].input);
    }
    CU_ASSERT_EQUAL(form_item(f.k, "field.company.code")->max_chars, 18);
    const struct view_item *item = form_item(f.k, "field.company.capital");
    CU_ASSERT(text_is(&item->note, "field.unit"));
    CU_ASSERT_STRING_EQUAL(item->note.arg[0], "万元");
    kit_set(f.k, "field.company.capital", "12");
    item = form_item(f.k, "field.company.capital");
    CU_ASSERT(text_is(&item->value, "field.with_unit"));
    CU_ASSERT_STRING_EQUAL(item->value.arg[0], "12");
    CU_ASSERT_STRING_EQUAL(item->edit, "12");
    form_free(&f);
}

static void computed_values_follow_and_cannot_be_typed(void)
{
    struct form_kit f = form_new();
    form_to_form(f.k);
    const struct view_item *item = form_item(f.k, "field.company.each");
    CU_ASSERT_FALSE(item->is_enabled);
    CU_ASSERT(text_is(&item->note, "field.computed"));
    kit_set(f.k, "field.company.capital", "100");
    kit_set(f.k, "field.company.people", "3");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.each"), "33.33");
    kit_set(f.k, "field.company.each", "7");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.each"), "33.33");
    kit_set(f.k, "field.company.people", "4");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.each"), "25");
    kit_set(f.k, "field.company.people", "");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.each"), "");
    CU_ASSERT_EQUAL(f.k->v->s.source[form_var(f.k, "company.each")], SOURCE_NONE);
    form_free(&f);
}

static void consents_keep_their_time_and_can_be_taken_back(void)
{
    struct form_kit f = form_new();
    form_to_holders(f.k);
    form_set_member(f.k, "holders.name", 0, FORM_OTHER);
    form_set_member(f.k, "holders.id_no", 0, FORM_OTHER_NO);
    form_set_member(f.k, "holders.share", 0, "100");
    kit_tap(f.k, INTENT_NEXT);
    kit_tap(f.k, INTENT_NEXT);
    const struct view_item *item = form_item(f.k, "field.agree.check");
    CU_ASSERT_EQUAL(item->kind, VIEW_CHOICE);
    CU_ASSERT_EQUAL(item->n_options, 1);
    CU_ASSERT(lit_is(&item->note, "同意查询本人的信用信息，只用于本次办理。"));
    CU_ASSERT_EQUAL(form_item(f.k, "field.agree.news")->n_options, 2);
    kit_tap(f.k, INTENT_NEXT);
    CU_ASSERT(kit_is(f.k, "FORM"));
    CU_ASSERT(form_item(f.k, "field.agree.check")->has_error);
    kit_choose(f.k, "field.agree.check", 0);
    int var = form_var(f.k, "agree.check");
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "agree.check"), "true");
    CU_ASSERT(f.k->v->s.consent_at_ms[var] >= KIT_WALL_MS);
    kit_choose(f.k, "field.agree.check", 0);
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "agree.check"), "");
    CU_ASSERT_EQUAL(f.k->v->s.consent_at_ms[var], 0);
    kit_choose(f.k, "field.agree.check", 0);
    kit_choose(f.k, "field.agree.news", 1);
    item = form_item(f.k, "field.agree.news");
    CU_ASSERT(!item->option[0].is_selected && item->option[1].is_selected);
    kit_tap(f.k, INTENT_NEXT);
    CU_ASSERT(kit_is(f.k, "MATERIALS"));
    form_free(&f);
}

/* ---- the licence's code ---- */

static void a_licence_code_fills_the_field(void)
{
    struct form_kit f = form_new();
    form_to_questions(f.k);
    CU_ASSERT_EQUAL(f.k->n_effects[VISIT_EFFECT_SCANNER], 0);
    form_answer_questions(f.k);
    CU_ASSERT(f.k->last[VISIT_EFFECT_SCANNER].flag);
    kit_code(f.k, "134567890123456789");
    CU_ASSERT(kit_alert_is(f.k, "materials.code_payment"));
    kit_code(f.k, "YJ1.QUJDREVGR0g.c2lnbmF0dXJl");
    CU_ASSERT(kit_alert_is(f.k, "form.code_uscc"));
    kit_code(f.k, "https://example.test/licence?no=91350100M000100Y44"); /* wrong check character */
    CU_ASSERT(kit_alert_is(f.k, "form.code_uscc"));
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.code"), "");
    kit_code(f.k, "https://example.test/licence?no=" FORM_USCC);
    CU_ASSERT(kit_alert_is(f.k, "form.code_taken"));
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.code"), FORM_USCC);
    CU_ASSERT_EQUAL(f.k->v->s.source[form_var(f.k, "company.code")], SOURCE_CODE);
    CU_ASSERT(text_is(&form_item(f.k, "field.company.code")->note, "field.from_code"));
    kit_choose(f.k, "field.company.region", 1); /* another answer leaves it alone */
    CU_ASSERT_STRING_EQUAL(form_value(f.k, "company.code"), FORM_USCC);
    for (int i = 0; i < VISIT_CODE_REFUSALS; i++)
        kit_code(f.k, "nothing-of-use");
    CU_ASSERT(kit_alert_is(f.k, "materials.code_pause"));
    form_free(&f);
}

static void the_scanner_rests_on_other_pages(void)
{
    struct form_kit f = form_new();
    form_to_form(f.k);
    form_fill_company(f.k);
    CU_ASSERT(f.k->v->is_scanner_on);
    kit_tap(f.k, INTENT_NEXT);
    CU_ASSERT_FALSE(f.k->v->is_scanner_on);
    kit_code(f.k, FORM_USCC);
    CU_ASSERT_PTR_NULL(f.k->v->s.alert.id);
    form_free(&f);
}

/* ---- what leaves ---- */

static void the_record_says_where_each_value_comes_from(void)
{
    struct form_kit f = form_new();
    form_to_review(f.k);
    form_submit(f.k);
    json_t *a = form_json(f.k);
    const json_t *answers = json_object_get(a, "answers");
    const json_t *sources = json_object_get(a, "provenance");
    CU_ASSERT_STRING_EQUAL(form_word(json_object_get(a, "matter"), "catalogue"), "test");
    CU_ASSERT_STRING_EQUAL(form_word(answers, "company.region"), "430102");
    CU_ASSERT_STRING_EQUAL(form_word(answers, "company.each"), "33.33");
    CU_ASSERT_STRING_EQUAL(form_word(sources, "company.each"), "computed");
    CU_ASSERT_STRING_EQUAL(form_word(answers, "agree.total"), "100");
    const json_t *consents = json_object_get(a, "consents");
    CU_ASSERT_EQUAL(json_array_size(consents), 1);
    const json_t *consent = form_part(consents, "agree.check");
    CU_ASSERT_STRING_EQUAL(form_word(consent, "version"), "credit/1");
    CU_ASSERT_EQUAL(strlen(form_word(consent, "at")), strlen("2026-11-23T01:40:00Z"));
    const json_t *tasks = json_object_get(a, "tasks");
    CU_ASSERT_STRING_EQUAL(form_word(form_part(tasks, "license"), "deliver"), "window");
    CU_ASSERT(json_is_true(json_object_get(form_part(tasks, "visit"), "in_person")));
    CU_ASSERT_STRING_EQUAL(form_word(form_part(tasks, "visit"), "place"), "示例窗口");
    CU_ASSERT_PTR_NULL(json_object_get(form_part(tasks, "license"), "in_person"));
    CU_ASSERT_PTR_NULL(form_part(tasks, "many")); /* one holder only */
    json_decref(a);
    form_free(&f);
}

static CU_TestInfo cases[] = {
    {"a set keeps the order of its options", a_set_keeps_the_order_of_its_options},
    {"a region is chosen level by level", a_region_is_chosen_level_by_level},
    {"typed text is brought into form", typed_text_is_brought_into_form},
    {"each type has its keys", each_type_has_its_keys},
    {"computed values follow and cannot be typed", computed_values_follow_and_cannot_be_typed},
    {"consents keep their time", consents_keep_their_time_and_can_be_taken_back},
    {"a licence code fills the field", a_licence_code_fills_the_field},
    {"the scanner rests on other pages", the_scanner_rests_on_other_pages},
    {"the record says where each value comes from", the_record_says_where_each_value_comes_from},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_types", cases)
