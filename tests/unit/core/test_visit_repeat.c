/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a repeated group come and go, and cards of other people fill what is theirs. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "form_kit.h"

static void fill_member(struct kit *k, int member, const char *name, const char *share)
{
    form_set_member(k, "holders.name", member, name);
    form_set_member(k, "holders.id_no", member, FORM_OTHER_NO);
    form_set_member(k, "holders.share", member, share);
}

static void members_come_and_go(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_holders(k);
    CU_ASSERT_EQUAL(form_heading(k)->member, 0);
    CU_ASSERT(lit_is(&form_item(k, "group.holders.1")->label, "第1位股东"));
    const struct view_item *more = form_item(k, "field.holders.more");
    CU_ASSERT_EQUAL(more->kind, VIEW_ACTIONS);
    CU_ASSERT_EQUAL(more->n_options, 1); /* one must stay */
    CU_ASSERT(lit_is(&more->option[0].label, "再加一位股东"));
    fill_member(k, 0, "张甲", "20");
    kit_choose(k, "field.holders.more", 0);
    CU_ASSERT_EQUAL(form_heading(k)->member, 1);
    CU_ASSERT_EQUAL(form_item(k, "field.holders.more")->n_options, 2);
    fill_member(k, 1, "张乙", "30");
    kit_choose(k, "field.holders.more", 0);
    fill_member(k, 2, "张丙", "50");
    CU_ASSERT_EQUAL(form_item(k, "field.holders.more")->n_options, 1); /* three is the most */
    CU_ASSERT(text_is(&form_item(k, "field.holders.more")->option[0].label, "repeat.remove"));
    CU_ASSERT_STRING_EQUAL(form_value(k, "agree.total"), "100");

    kit_tap(k, INTENT_BACK);
    CU_ASSERT_EQUAL(form_heading(k)->member, 1);
    kit_choose(k, "field.holders.more", 0); /* without the second: asks, for it is filled in */
    CU_ASSERT(kit_alert_is(k, "repeat.remove_sure"));
    CU_ASSERT_EQUAL(k->v->s.count[2], 3);
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 1), "张乙");
    kit_choose(k, "field.holders.more", 0);
    CU_ASSERT_EQUAL(k->v->s.count[2], 2);
    CU_ASSERT_EQUAL(form_heading(k)->member, 1);
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 1), "张丙");
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.share", 1), "50");
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 2), "");
    CU_ASSERT_EQUAL(k->v->s.source[form_member(k, "holders.name", 2)], SOURCE_NONE);
    CU_ASSERT_FALSE(kit_holds(k, "张乙"));
    CU_ASSERT_STRING_EQUAL(form_value(k, "agree.total"), "70");
    kit_choose(k, "field.holders.more", 0);
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 2), ""); /* a new one is empty */
    form_free(&f);
}

static void a_copy_stays_inside_its_member(void)
{
    struct form_kit f = form_new();
    form_to_holders(f.k);
    fill_member(f.k, 0, "张甲", "50");
    kit_choose(f.k, "field.holders.more", 0);
    fill_member(f.k, 1, "张乙", "50");
    CU_ASSERT_STRING_EQUAL(form_of(f.k, "holders.alias", 0), "张甲");
    CU_ASSERT_STRING_EQUAL(form_of(f.k, "holders.alias", 1), "张乙");
    form_free(&f);
}

static void nobody_may_be_the_first(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_holders(k);
    fill_member(k, 0, "张甲", "100");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_PTR_NULL(form_heading(k));
    CU_ASSERT_EQUAL(form_item(k, "field.helpers.more")->n_options, 1);
    kit_intent(k, INTENT_TOGGLE_ELDER, -1, -1); /* the page without a field keeps its place */
    CU_ASSERT(kit_item(k, "field.helpers.more") >= 0);
    kit_intent(k, INTENT_TOGGLE_ELDER, -1, -1);
    CU_ASSERT(kit_item(k, "field.helpers.more") >= 0);
    kit_choose(k, "field.helpers.more", 0);
    CU_ASSERT(lit_is(&form_item(k, "group.helpers.1")->label, "联系人1"));
    CU_ASSERT_EQUAL(form_item(k, "field.helpers.more")->n_options, 2);
    kit_choose(k, "field.helpers.more", 1);
    CU_ASSERT_PTR_NULL(form_heading(k));
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_item(k, "field.agree.check") >= 0);
    form_free(&f);
}

static void the_review_leads_to_each_member(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    char id[128];
    form_to_review(k);
    CU_ASSERT(kit_item(k, "group.holders") >= 0);
    CU_ASSERT(kit_item(k, "group.holders.1") >= 0);
    CU_ASSERT(kit_item(k, "review.field.helpers.more") >= 0);
    snprintf(id, sizeof id, "review.field.%s",
             k->v->s.matter->var[form_member(k, "holders.share", 0)].id);
    kit_intent(k, INTENT_EDIT, kit_item(k, id), 0);
    CU_ASSERT_EQUAL(form_heading(k)->member, 0);
    kit_choose(k, "field.holders.more", 0); /* one more while correcting: it must be filled */
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "FORM"));
    form_set_member(k, "holders.name", 1, "张乙");
    form_set_member(k, "holders.id_no", 1, KIT_NUMBER);
    form_set_member(k, "holders.share", 1, "0");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(kit_item(k, "group.holders.2") >= 0);
    kit_intent(k, INTENT_EDIT, kit_item(k, "review.field.helpers.more"), 0);
    CU_ASSERT(kit_item(k, "field.helpers.more") >= 0);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "REVIEW"));
    form_submit(k);
    json_t *a = form_json(k);
    const json_t *list = json_object_get(json_object_get(a, "answers"), "holders");
    const json_t *from = json_object_get(json_object_get(a, "provenance"), "holders");
    CU_ASSERT_EQUAL(json_array_size(list), 2);
    CU_ASSERT_EQUAL(json_array_size(from), 2);
    CU_ASSERT_STRING_EQUAL(form_word(json_array_get(list, 0), "holders.name"), FORM_OTHER);
    CU_ASSERT_STRING_EQUAL(form_word(json_array_get(from, 0), "holders.name"), "other_card");
    CU_ASSERT_STRING_EQUAL(form_word(json_array_get(list, 1), "holders.name"), "张乙");
    CU_ASSERT_STRING_EQUAL(form_word(json_array_get(from, 1), "holders.alias"), "copied");
    CU_ASSERT_PTR_NULL(json_object_get(json_object_get(a, "answers"), "helpers"));
    CU_ASSERT_PTR_NOT_NULL(form_part(json_object_get(a, "tasks"), "many"));
    json_decref(a);
    kit_stored(k, 7);
    struct document *paper = calloc(1, sizeof *paper);
    struct err err = {0};
    int n_headings = 0;
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, DOCUMENT_APPLICATION, paper, &err), 0);
    for (size_t i = 0; i < paper->n_blocks; i++)
        n_headings += paper->block[i].kind == DOCUMENT_HEADING &&
                      strstr(paper->block[i].left, "股东（") != NULL;
    CU_ASSERT_EQUAL(n_headings, 2);
    free(paper);
    form_free(&f);
}

static void large_text_asks_one_thing_a_page(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_holders(k);
    fill_member(k, 0, "张甲", "50");
    kit_choose(k, "field.holders.more", 0);
    kit_intent(k, INTENT_TOGGLE_ELDER, -1, -1);
    CU_ASSERT_EQUAL(form_heading(k)->member, 1); /* still on the second */
    static const char *const field[] = {"holders.name", "holders.id_no", "holders.alias"};
    for (size_t i = 0; i < YJ_COUNT(field); i++) {
        (void)form_member_item(k, field[i], 1);
        CU_ASSERT_EQUAL(form_heading(k)->member, 1);
        CU_ASSERT(kit_item(k, "field.holders.more") < 0);
        form_set_member(k, field[i], 1, i == 1 ? KIT_NUMBER : "张乙");
        kit_tap(k, INTENT_NEXT);
    }
    (void)form_member_item(k, "holders.share", 1);
    CU_ASSERT(kit_item(k, "field.holders.more") >= 0);
    kit_choose(k, "field.holders.more", 1); /* without this one */
    kit_choose(k, "field.holders.more", 1);
    CU_ASSERT_EQUAL(k->v->s.count[2], 1);
    CU_ASSERT_EQUAL(form_heading(k)->member, 0);
    form_free(&f);
}

/* ---- cards of other people ---- */

static void a_card_fills_its_member_only(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct card other = form_other_card();
    form_to_holders(k);
    CU_ASSERT(k->last[VISIT_EFFECT_READER].flag);
    CU_ASSERT(text_is(&form_item(k, "form.other_card")->label, "form.other_card"));
    fill_member(k, 0, "张甲", "50");
    form_set_member(k, "holders.id_no", 0, KIT_NUMBER);
    kit_choose(k, "field.holders.more", 0);
    kit_card(k, &other);
    CU_ASSERT(kit_alert_is(k, "identify.read"));
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 1), FORM_OTHER);
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.id_no", 1), FORM_OTHER_NO);
    CU_ASSERT_EQUAL(k->v->s.source[form_member(k, "holders.id_no", 1)], SOURCE_OTHER_CARD);
    CU_ASSERT(text_is(&form_member_item(k, "holders.name", 1)->note, "field.from_other_card"));
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 0), "张甲");
    CU_ASSERT_STRING_EQUAL(k->v->s.card.number, KIT_NUMBER); /* the applicant stays */
    form_set_member(k, "holders.share", 1, "50");
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 1), FORM_OTHER);
    form_set_member(k, "holders.name", 1, "张乙"); /* and can be put right */
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 1), "张乙");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FALSE(k->last[VISIT_EFFECT_READER].flag);
    kit_card(k, &other); /* not asked for here */
    CU_ASSERT_PTR_NULL(k->v->s.alert.id);
    form_free(&f);
}

static void cards_that_do_not_do(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct card own = kit_citizen(), old = form_other_card(), odd = form_other_card();
    struct card social = form_other_card();
    form_to_holders(k);
    kit_card(k, &own);
    CU_ASSERT(kit_alert_is(k, "form.own_card"));
    snprintf(old.valid_to, sizeof old.valid_to, "20250101");
    kit_card(k, &old);
    CU_ASSERT(kit_alert_is(k, "identify.expired_refused"));
    social.kind = CARD_SOCIAL_SECURITY;
    kit_card_from(k, DEVICE_CARD_SLOT, &social);
    CU_ASSERT(kit_alert_is(k, "identify.social_security"));
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 0), "");
    kit_device_event(k, DEVICE_EVENT_CARD_FAILED, ERR_READER_CARD_MOVED);
    CU_ASSERT(kit_alert_is(k, "identify.failed.moved"));
    odd.doubts = CARD_DOUBT_BIRTH;
    kit_card(k, &odd);
    CU_ASSERT(kit_alert_is(k, "identify.mismatch"));
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 0), FORM_OTHER);
    CU_ASSERT_EQUAL(k->v->s.warnings, WARNING_OTHER_MISMATCH);
    form_free(&f);
}

static void without_a_reader_one_types(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_holders(k);
    kit_device(k, DEVICE_READER, DEVICE_HARDWARE_ERROR);
    CU_ASSERT(kit_item(k, "form.other_card") < 0);
    CU_ASSERT(text_is(&form_item(k, "device.reader")->label, "form.no_reader"));
    fill_member(k, 0, "张甲", "100");
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_item(k, "field.helpers.more") >= 0);
    kit_tap(k, INTENT_BACK);
    kit_device(k, DEVICE_READER, DEVICE_ONLINE);
    CU_ASSERT(k->v->is_reader_on);
    CU_ASSERT(kit_item(k, "form.other_card") >= 0);
    form_free(&f);
}

static void another_persons_card_is_not_forgotten(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct card other = form_other_card();
    form_to_holders(k);
    kit_card(k, &other); /* and stays on the reader */
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "LEFT_BEHIND"));
    CU_ASSERT_FALSE(kit_holds(k, FORM_OTHER));
    CU_ASSERT_FALSE(kit_holds(k, FORM_OTHER_NO));
    kit_lift(k);
    CU_ASSERT(kit_is(k, "HOME"));
    form_free(&f);
}

static void a_person_stands_in_a_list_once(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct card other = form_other_card();
    form_to_holders(k);
    kit_card(k, &other);
    form_set_member(k, "holders.share", 0, "50");
    kit_choose(k, "field.holders.more", 0);
    kit_card(k, &other); /* still lies there */
    CU_ASSERT(kit_alert_is(k, "form.card_twice"));
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 1), "");
    fill_member(k, 1, "张乙", "50"); /* typed */
    CU_ASSERT(text_is(&form_member_item(k, "holders.id_no", 1)->note, "field.bad.twice"));
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_EQUAL(form_heading(k)->member, 1);
    CU_ASSERT(kit_alert_is(k, "form.fix"));
    form_set_member(k, "holders.id_no", 1, KIT_NUMBER);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_PTR_NULL(form_heading(k));
    form_free(&f);
}

static void a_double_tap_changes_one_member(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_holders(k);
    fill_member(k, 0, "张甲", "50");
    for (int i = 0; i < 2; i++) {
        kit_choose(k, "field.holders.more", 0);
        k->now_ms -= 300; /* the next comes 100 ms later */
    }
    CU_ASSERT_EQUAL(k->v->s.count[2], 2);
    k->now_ms += 600;
    kit_choose(k, "field.holders.more", 0);
    CU_ASSERT_EQUAL(k->v->s.count[2], 3);
    for (int i = 0; i < 2; i++) {
        kit_choose(k, "field.holders.more", form_item(k, "field.holders.more")->n_options - 1);
        k->now_ms -= 300;
    }
    CU_ASSERT_EQUAL(k->v->s.count[2], 2);
    form_free(&f);
}

static void a_card_that_says_less_leaves_what_was_typed(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct card other = form_other_card();
    form_to_holders(k);
    fill_member(k, 0, "张甲", "100");
    other.name[0] = other.english_name[0] = '\0';
    kit_card(k, &other);
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.name", 0), "张甲");
    CU_ASSERT_STRING_EQUAL(form_of(k, "holders.id_no", 0), FORM_OTHER_NO);
    form_free(&f);
}

static void back_does_not_lose_what_was_typed(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_holders(k);
    for (int i = 0; i < 20 && k->v->modal == MODAL_NONE; i++)
        kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "MATTER"));
    CU_ASSERT_EQUAL(k->v->modal, MODAL_LEAVE);
    kit_tap(k, INTENT_STAY);
    CU_ASSERT(kit_is(k, "MATTER"));
    CU_ASSERT(form_value(k, "company.code")[0]);
    kit_tap(k, INTENT_BACK);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT_FALSE(visit_is_open(k->v));
    form_free(&f);
}

/* A condition that is false for a while: the matter's gate. */
static void ask_group(const struct matter *m, int group, struct expr *condition)
{
    for (size_t i = 0; i < m->n_vars; i++)
        if (m->var[i].group == group && !m->var[i].is_question)
            ((struct matter_var *)m->var)[i].show_if = condition;
}

static void members_that_are_not_asked_do_not_count(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    const struct matter *m;
    form_to_holders(k);
    fill_member(k, 0, "张甲", "100");
    kit_choose(k, "field.holders.more", 0);
    m = k->v->s.matter;
    CU_ASSERT_EQUAL(visit_answers(k->v).count[2], 2);
    CU_ASSERT_EQUAL_FATAL(k->v->s.plan.gate, -1);
    ask_group(m, 2, m->gate[0].stop_if);
    visit_answers_update(k->v);
    CU_ASSERT_EQUAL(visit_answers(k->v).count[2], 0);
    CU_ASSERT_EQUAL(k->v->s.count[2], 2); /* what was filled in stays, should it be asked again */
    ask_group(m, 2, NULL);
    visit_answers_update(k->v);
    CU_ASSERT_EQUAL(visit_answers(k->v).count[2], 2);
    form_free(&f);
}

static CU_TestInfo cases[] = {
    {"members come and go", members_come_and_go},
    {"a copy stays inside its member", a_copy_stays_inside_its_member},
    {"nobody may be the first", nobody_may_be_the_first},
    {"the review leads to each member", the_review_leads_to_each_member},
    {"large text asks one thing a page", large_text_asks_one_thing_a_page},
    {"a card fills its member only", a_card_fills_its_member_only},
    {"cards that do not do", cards_that_do_not_do},
    {"a person stands in a list once", a_person_stands_in_a_list_once},
    {"a double tap changes one member", a_double_tap_changes_one_member},
    {"a card that says less leaves what was typed", a_card_that_says_less_leaves_what_was_typed},
    {"back does not lose what was typed", back_does_not_lose_what_was_typed},
    {"members that are not asked do not count", members_that_are_not_asked_do_not_count},
    {"without a reader one types", without_a_reader_one_types},
    {"another person's card is not forgotten", another_persons_card_is_not_forgotten},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_repeat", cases)
