/* SPDX-License-Identifier: Apache-2.0 */
/* What the centre's data sharing says, and when it says nothing or lies: the visitor never waits,
 * and what was typed stays. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "form_kit.h"

static enum visit_proof proof_of(struct kit *k, const char *id)
{
    const struct matter *m = k->v->s.matter;
    for (size_t i = 0; i < m->n_materials; i++)
        if (!strcmp(m->material[i].id, id))
            return visit_shared_proof(k->v, (int)i, NULL);
    CU_FAIL_FATAL("no such material");
    return PROOF_NONE;
}

static void asks_once_with_its_keys(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry *e = calloc(1, sizeof *e);
    form_to_identify(k);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 0);
    struct card card = kit_citizen();
    kit_card(k, &card);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 1);
    CU_ASSERT_EQUAL(k->fx.at[k->fx.n - 1].kind, VISIT_EFFECT_ENQUIRE); /* may fail on the spot */
    visit_enquiry(k->v, e);
    CU_ASSERT_EQUAL(e->kind, ENQUIRY_SHARED);
    CU_ASSERT_STRING_EQUAL(e->matter, "FORM.ALL");
    CU_ASSERT_STRING_EQUAL(e->id_no, KIT_NUMBER);
    CU_ASSERT_STRING_EQUAL(e->name, KIT_NAME);
    static const char *const key[] = {"house", "id_card", "owner", "house_no", "area"};
    CU_ASSERT_EQUAL(e->n_keys, YJ_COUNT(key));
    for (size_t i = 0; i < YJ_COUNT(key); i++)
        CU_ASSERT_STRING_EQUAL(e->key[i], key[i]);
    kit_tap(k, INTENT_BACK); /* the same card again asks nothing new */
    kit_tap(k, INTENT_EDIT);
    kit_card(k, &card);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 1);
    free(e);
    form_free(&f);
}

static void another_person_is_asked_for_anew(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "owner", SHARED_FOUND, "张三");
    form_to_questions(k);
    int64_t job = k->last[VISIT_EFFECT_ENQUIRE].job;
    kit_tap(k, INTENT_BACK);
    kit_tap(k, INTENT_EDIT);
    struct card other = form_other_card();
    kit_card(k, &other);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 2);
    form_answer(k, job, 0, a); /* about the person before */
    CU_ASSERT_EQUAL(k->v->s.n_shared, 0);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    CU_ASSERT_EQUAL(k->v->s.n_shared, 1);
    free(a);
    form_free(&f);
}

static void offline_nobody_is_asked(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    kit_link(k, false);
    form_to_holders(k);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 0);
    form_finish(k);
    const struct view_item *item = form_item(k, "material.house");
    CU_ASSERT(text_is(&item->note, "material.waiting"));
    CU_ASSERT_EQUAL(item->tone, TONE_WAIT);
    kit_link(k, true);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 1); /* as soon as it can be */
    form_free(&f);
}

static void a_late_answer_fills_what_is_empty(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "owner", SHARED_FOUND, FORM_OTHER);
    form_say(a, "house_no", SHARED_FOUND, "00020003");
    form_say(a, "area", SHARED_FOUND, "89.50");
    form_to_form(k);
    form_fill_company(k);
    kit_tap(k, INTENT_NEXT);
    kit_set(k, "field.more.owner", "张三"); /* nobody waited */
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_SHOW), 1);
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.owner"), "张三");
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.house"), "00020003");
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.area"), "89.50");
    const struct view_item *item = form_item(k, "field.more.house");
    CU_ASSERT(text_is(&item->note, "field.from_shared") && item->is_enabled);
    item = form_item(k, "field.more.area");
    CU_ASSERT(text_is(&item->note, "field.from_shared") && !item->is_enabled);
    kit_set(k, "field.more.house", "7"); /* can be put right */
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.house"), "7");
    free(a);
    form_free(&f);
}

static void a_bad_value_is_dropped(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "owner", SHARED_FOUND, "甲1");
    form_say(a, "house_no", SHARED_FOUND, "not digits");
    form_say(a, "area", SHARED_FOUND, "-5");
    form_to_form(k);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.owner"), "");
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.house"), "");
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.area"), "");
    form_fill_company(k);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FALSE(form_item(k, "field.more.owner")->has_error);
    form_fill_more(k);
    kit_tap(k, INTENT_NEXT); /* what only the centre knows stops nobody */
    CU_ASSERT_PTR_NOT_NULL(form_heading(k));
    free(a);
    form_free(&f);
}

static void materials_are_proved_or_asked_for(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    struct shared_item *found = form_say(a, "id_card", SHARED_FOUND, "");
    snprintf(found->issuer, sizeof found->issuer, "示例公安局");
    snprintf(found->valid_to, sizeof found->valid_to, "2040-01-01");
    form_say(a, "house", SHARED_MISMATCH, "");
    form_to_holders(k);
    form_finish(k);
    CU_ASSERT_EQUAL(proof_of(k, "house"), PROOF_WAITING);
    CU_ASSERT_EQUAL(form_item(k, "material.house")->n_options, 0);
    kit_choose(k, "material.lease", 1);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW")); /* nobody waits */
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    for (int i = 0; i < 9 && k->v->state == STATE_REVIEW; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "MATERIALS")); /* but something is asked for now */
    CU_ASSERT(kit_alert_is(k, "materials.fix"));
    const struct view_item *item = form_item(k, "material.identity");
    CU_ASSERT(text_is(&item->note, "material.verified_to"));
    CU_ASSERT_STRING_EQUAL(item->note.arg[0], "示例公安局");
    CU_ASSERT_STRING_EQUAL(item->note.arg[1], "2040-01-01");
    CU_ASSERT_EQUAL(item->tone, TONE_OK);
    item = form_item(k, "material.house");
    CU_ASSERT(text_is(&item->note, "material.mismatch"));
    CU_ASSERT_EQUAL(item->n_options, 1);
    kit_choose(k, "material.house", 0);
    CU_ASSERT_STRING_EQUAL(form_item(k, "material.house")->note.arg[0], "5");
    kit_tap(k, INTENT_NEXT);
    form_submit(k);
    json_t *json = form_json(k);
    const json_t *list = json_object_get(json, "materials");
    const json_t *house = form_part(list, "house"), *identity = form_part(list, "identity");
    CU_ASSERT_STRING_EQUAL(form_word(house, "verification"), "mismatch");
    CU_ASSERT_STRING_EQUAL(form_word(house, "state"), "later");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(house, "due_days")), 5);
    CU_ASSERT_STRING_EQUAL(form_word(identity, "verification"), "verified");
    CU_ASSERT_STRING_EQUAL(form_word(identity, "issuer"), "示例公安局");
    CU_ASSERT_STRING_EQUAL(form_word(identity, "valid_to"), "2040-01-01");
    CU_ASSERT_STRING_EQUAL(form_word(identity, "state"), "to_verify");
    CU_ASSERT_STRING_EQUAL(form_word(form_part(list, "lease"), "verification"), "(none)");
    json_decref(json);
    free(a);
    form_free(&f);
}

static void what_has_expired_is_asked_for(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    struct shared_item *today = form_say(a, "id_card", SHARED_FOUND, "");
    struct shared_item *past = form_say(a, "house", SHARED_FOUND, "");
    snprintf(today->valid_to, sizeof today->valid_to, "2026-11-23"); /* the last day counts */
    snprintf(past->valid_to, sizeof past->valid_to, "2026-11-22");
    form_to_holders(k);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    CU_ASSERT_EQUAL(proof_of(k, "identity"), PROOF_VERIFIED);
    CU_ASSERT_EQUAL(proof_of(k, "house"), PROOF_EXPIRED);
    form_finish(k);
    CU_ASSERT(text_is(&form_item(k, "material.house")->note, "material.expired"));
    CU_ASSERT_STRING_EQUAL(form_item(k, "material.house")->note.arg[0], "2026-11-22");
    kit_choose(k, "material.lease", 1);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "MATERIALS"));
    CU_ASSERT(kit_alert_is(k, "materials.fix"));
    kit_choose(k, "material.house", 0);
    kit_tap(k, INTENT_NEXT);
    form_submit(k);
    json_t *json = form_json(k);
    const json_t *house = form_part(json_object_get(json, "materials"), "house");
    CU_ASSERT_STRING_EQUAL(form_word(house, "verification"), "expired");
    CU_ASSERT_STRING_EQUAL(form_word(house, "valid_to"), "2026-11-22");
    CU_ASSERT_STRING_EQUAL(form_word(house, "state"), "later");
    json_decref(json);
    free(a);
    form_free(&f);
}

static void nothing_is_filled_in_behind_the_signature(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "house", SHARED_ABSENT, "");
    form_say(a, "area", SHARED_FOUND, "89.50");
    form_to_review(k);
    int64_t job = k->last[VISIT_EFFECT_ENQUIRE].job;
    for (int i = 0; i < 9 && k->v->state == STATE_REVIEW; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "SIGN"));
    form_answer(k, job, 0, a);
    CU_ASSERT_EQUAL(k->v->s.shared_ask, ASK_FAILED);
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.area"), "");
    CU_ASSERT_EQUAL(proof_of(k, "house"), PROOF_WAITING);
    kit_sign(k, 40, 5);
    CU_ASSERT(kit_is(k, "SUBMITTING"));
    free(a);
    form_free(&f);
}

static void what_changes_the_review_is_read_again(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "area", SHARED_FOUND, "89.50");
    form_to_review(k);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT_EQUAL(k->v->s.page, 0);
    CU_ASSERT(kit_alert_is(k, "review.shared"));
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.area"), "89.50");
    form_submit(k);
    free(a);
    form_free(&f);
}

static void the_day_of_the_review_is_the_day_of_the_signature(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct visit_event midnight = {.kind = VISIT_EVENT_DATE,
                                   .wall_ms = KIT_WALL_MS + INT64_C(86400000)};
    form_to_review(k);
    for (int i = 0; i < 9 && k->v->state == STATE_REVIEW; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "SIGN"));
    kit_event(k, &midnight);
    kit_sign(k, 40, 5);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(kit_alert_is(k, "review.new_day"));
    form_submit(k);
    form_free(&f);
}

static void absent_is_asked_for_and_unavailable_is_not(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "id_card", SHARED_UNAVAILABLE, "");
    form_say(a, "house", SHARED_ABSENT, "");
    form_to_questions(k);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    CU_ASSERT_EQUAL(proof_of(k, "identity"), PROOF_WAITING);
    CU_ASSERT_EQUAL(proof_of(k, "house"), PROOF_ABSENT);
    CU_ASSERT_EQUAL(proof_of(k, "lease"), PROOF_NONE);
    form_answer_questions(k);
    form_fill_company(k);
    kit_tap(k, INTENT_NEXT);
    form_fill_more(k);
    kit_tap(k, INTENT_NEXT);
    form_finish(k);
    CU_ASSERT(text_is(&form_item(k, "material.house")->note, "material.absent"));
    CU_ASSERT(text_is(&form_item(k, "material.identity")->note, "material.waiting"));
    kit_choose(k, "material.lease", 1);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "MATERIALS"));
    kit_choose(k, "material.house", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(kit_item(k, "review.material.house") >= 0);
    form_submit(k);
    kit_stored(k, 7);
    struct slip *slip = calloc(1, sizeof *slip);
    bool is_later = false, is_waiting = false;
    visit_slip(k->v, 0, slip);
    for (size_t i = 0; i < slip->n_lines; i++) {
        is_later |= !strcmp(slip->line[i].left, "不动产权证书");
        is_waiting |= strstr(slip->line[i].left, "待联网核验 1 份：居民身份证") != NULL;
    }
    CU_ASSERT(is_later && is_waiting);
    free(slip);
    free(a);
    form_free(&f);
}

static void no_answer_leaves_everything_usable(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_questions(k);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, ERR_STORE_OPEN, NULL);
    CU_ASSERT_EQUAL(k->v->s.shared_ask, ASK_FAILED);
    CU_ASSERT_EQUAL(proof_of(k, "house"), PROOF_WAITING);
    kit_link(k, false);
    kit_link(k, true);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_ENQUIRE], 1); /* once */
    form_free(&f);
}

static void a_lying_answer_changes_nothing(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_to_form(k);
    int64_t job = k->last[VISIT_EFFECT_ENQUIRE].job;
    form_say(a, "owner", SHARED_FOUND, FORM_OTHER);
    form_answer(k, job + 1, 0, a); /* nobody asked this */
    CU_ASSERT_EQUAL(k->v->s.shared_ask, ASK_WAITING);
    a->n_items = 0;
    form_say(a, "salary", SHARED_FOUND, "1");          /* a key that was not asked */
    form_say(a, "house_no", SHARED_FOUND, "\xe5\xbc"); /* no UTF-8 */
    struct shared_item *item = form_say(a, "owner", SHARED_FOUND, "");
    memset(item->value, 'a', sizeof item->value); /* without an end */
    item = form_say(a, "id_card", SHARED_FOUND, "");
    snprintf(item->valid_to, sizeof item->valid_to, "2040-02-31");
    item = form_say(a, "house", (enum shared_state)9, "");
    item = form_say(a, "area", SHARED_FOUND, "1");
    memset(item->key, 'k', sizeof item->key);
    form_say(a, "area", SHARED_FOUND, "12");
    form_say(a, "area", SHARED_FOUND, "13"); /* said twice */
    form_answer(k, job, 0, a);
    CU_ASSERT_EQUAL(k->v->s.n_shared, 1);
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.area"), "12");
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.owner"), "");
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.house"), "");
    CU_ASSERT_EQUAL(proof_of(k, "identity"), PROOF_WAITING);
    a->n_items = 0;
    form_say(a, "owner", SHARED_FOUND, FORM_OTHER);
    form_answer(k, job, 0, a); /* answered already */
    CU_ASSERT_STRING_EQUAL(form_value(k, "more.owner"), "");
    free(a);
    form_free(&f);
}

static void answers_of_another_shape_are_none(void)
{
    struct enquiry_answer *a = form_answer_new();
    for (int way = 0; way < 3; way++) {
        struct form_kit f = form_new();
        form_to_questions(f.k);
        a->kind = way == 0 ? ENQUIRY_PROGRESS : ENQUIRY_SHARED;
        a->n_items = way == 1 ? ENQUIRY_MAX_KEYS + 1 : 0;
        form_answer(f.k, f.k->last[VISIT_EFFECT_ENQUIRE].job, 0, way == 2 ? NULL : a);
        CU_ASSERT_EQUAL(f.k->v->s.shared_ask, ASK_FAILED);
        CU_ASSERT_EQUAL(f.k->v->s.n_shared, 0);
        form_free(&f);
    }
    free(a);
}

static void what_was_said_goes_with_the_visitor(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    form_say(a, "owner", SHARED_FOUND, "张示例");
    form_to_form(k);
    int64_t job = k->last[VISIT_EFFECT_ENQUIRE].job;
    form_answer(k, job, 0, a);
    CU_ASSERT(kit_holds(k, "张示例"));
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_FALSE(kit_holds(k, "张示例"));
    form_answer(k, job, 0, a);
    CU_ASSERT_FALSE(kit_holds(k, "张示例"));
    free(a);
    form_free(&f);
}

static CU_TestInfo cases[] = {
    {"asks once with its keys", asks_once_with_its_keys},
    {"another person is asked for anew", another_person_is_asked_for_anew},
    {"offline nobody is asked", offline_nobody_is_asked},
    {"a late answer fills what is empty", a_late_answer_fills_what_is_empty},
    {"a bad value is dropped", a_bad_value_is_dropped},
    {"materials are proved or asked for", materials_are_proved_or_asked_for},
    {"absent is asked for, unavailable is not", absent_is_asked_for_and_unavailable_is_not},
    {"what has expired is asked for", what_has_expired_is_asked_for},
    {"nothing is filled in behind the signature", nothing_is_filled_in_behind_the_signature},
    {"what changes the review is read again", what_changes_the_review_is_read_again},
    {"the day of the review is the day of the signature",
     the_day_of_the_review_is_the_day_of_the_signature},
    {"no answer leaves everything usable", no_answer_leaves_everything_usable},
    {"a lying answer changes nothing", a_lying_answer_changes_nothing},
    {"answers of another shape are none", answers_of_another_shape_are_none},
    {"what was said goes with the visitor", what_was_said_goes_with_the_visitor},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_shared", cases)
