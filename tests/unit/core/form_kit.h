/* SPDX-License-Identifier: Apache-2.0 */
/* Plays visits of the matter form/form.json, which has every kind of field, repeats, groups of
 * tasks and data of the centre. Needs what visit_kit.h needs. */
#ifndef YJ_TESTS_FORM_KIT_H
#define YJ_TESTS_FORM_KIT_H

#include "visit_kit.h"

#include <jansson.h>

#define FORM_USCC     "91350100M000100Y43" /* the printed example of GB 32100 */
#define FORM_OTHER    "陳大文"
#define FORM_OTHER_NO "810000199003070023"

struct form_kit {
    struct kit *k;
};

static inline struct form_kit form_new_dir(const char *dir)
{
    struct form_kit f = {.k = kit_new_healthy(dir)};
    f.k->catalogue.version = "test";
    return f;
}

static inline struct form_kit form_new(void)
{
    return form_new_dir(YJ_SOURCE_DIR "/tests/unit/core/form");
}

static inline void form_free(struct form_kit *f)
{
    kit_free(f->k);
}

/* ---- looking ---- */

static inline int form_var(struct kit *k, const char *id)
{
    int var = matter_var_find(k->v->s.matter, id);
    CU_ASSERT_FATAL(var >= 0);
    return var;
}

/* The id of a member's variable: the file's name and the member, counted from 0. */
static inline int form_member(struct kit *k, const char *field, int member)
{
    const struct matter *m = k->v->s.matter;
    for (size_t i = 0; i < m->n_vars; i++)
        if (!strcmp(m->var[i].field, field) && m->var[i].member == member)
            return (int)i;
    CU_FAIL_FATAL("no such member");
    return -1;
}

static inline const char *form_value(struct kit *k, const char *id)
{
    return k->v->s.value[form_var(k, id)];
}

static inline const char *form_of(struct kit *k, const char *field, int member)
{
    return k->v->s.value[form_member(k, field, member)];
}

static inline const struct view_item *form_item(struct kit *k, const char *id)
{
    int at = kit_item(k, id);
    if (at < 0)
        printf("    no item %s\n", id);
    CU_ASSERT_FATAL(at >= 0);
    return &k->view->item[at];
}

static inline const struct view_item *form_member_item(struct kit *k, const char *field, int member)
{
    char id[128];
    snprintf(id, sizeof id, "field.%s", k->v->s.matter->var[form_member(k, field, member)].id);
    return form_item(k, id);
}

static inline bool text_is(const struct view_text *text, const char *id)
{
    return text->id && !strcmp(text->id, id);
}

static inline bool lit_is(const struct view_text *text, const char *lit)
{
    return text->lit && !strcmp(text->lit, lit);
}

/* @return place of an option by its words, -1 when it is not there */
static inline int form_option(const struct view_item *item, const char *label)
{
    for (size_t i = 0; i < item->n_options; i++)
        if (lit_is(&item->option[i].label, label) || text_is(&item->option[i].label, label))
            return (int)i;
    return -1;
}

static inline void form_pick(struct kit *k, const char *id, const char *label)
{
    kit_choose(k, id, form_option(form_item(k, id), label));
}

static inline void form_set_member(struct kit *k, const char *field, int member, const char *text)
{
    char id[128];
    snprintf(id, sizeof id, "field.%s", k->v->s.matter->var[form_member(k, field, member)].id);
    kit_set(k, id, text);
}

static inline const struct visit_slot *form_heading(struct kit *k)
{
    static struct visit_layout layout;
    visit_layout(k->v, k->v->state, k->v->s.page, &layout);
    for (int i = 0; i < layout.n; i++)
        if (layout.at[i].kind == SLOT_MEMBER)
            return &layout.at[i];
    return NULL;
}

/* ---- going ---- */

static inline void form_open(struct kit *k, const char *code)
{
    char id[96];
    snprintf(id, sizeof id, "matter.%s", code);
    kit_intent(k, INTENT_OPEN, kit_item(k, id), 0);
    CU_ASSERT_FATAL(kit_is(k, "MATTER"));
}

static inline void form_to_identify(struct kit *k)
{
    form_open(k, "FORM.ALL");
    for (int i = 0; i < 9 && k->v->state != STATE_IDENTIFY; i++)
        kit_tap(k, INTENT_NEXT);
}

static inline void form_to_questions(struct kit *k)
{
    struct card card = kit_citizen();
    form_to_identify(k);
    kit_card(k, &card);
    kit_lift(k);
    CU_ASSERT_FATAL(kit_is(k, "QUESTIONS"));
}

static inline void form_answer_questions(struct kit *k)
{
    for (int i = 0; i < 9 && k->v->state == STATE_QUESTIONS; i++) {
        if (kit_item(k, "question.q_first") >= 0)
            kit_choose(k, "question.q_first", 0);
        if (kit_item(k, "question.group.kind") >= 0)
            kit_choose(k, "question.group.kind", 0);
        if (kit_item(k, "question.group.permits") >= 0 && visit_choice_group_missing(k->v, 1) > 0)
            kit_choose(k, "question.group.permits", 0);
        kit_tap(k, INTENT_NEXT);
    }
}

static inline void form_to_form(struct kit *k)
{
    form_to_questions(k);
    form_answer_questions(k);
    CU_ASSERT_FATAL(kit_is(k, "FORM"));
}

static inline void form_fill_company(struct kit *k)
{
    kit_set(k, "field.company.code", FORM_USCC);
    form_pick(k, "field.company.region", "湖南省");
    form_pick(k, "field.company.region", "长沙市");
    form_pick(k, "field.company.region", "芙蓉区");
    kit_set(k, "field.company.capital", "100");
    kit_set(k, "field.company.people", "3");
}

static inline void form_fill_more(struct kit *k)
{
    if (!form_value(k, "more.owner")[0])
        kit_set(k, "field.more.owner", "张三");
    if (!form_value(k, "more.house")[0])
        kit_set(k, "field.more.house", "0001");
    kit_choose(k, "field.more.way", 0);
}

static inline struct card form_other_card(void)
{
    struct card c = {.kind = CARD_HMT,
                     .name = FORM_OTHER,
                     .sex = "2",
                     .birth = "19900307",
                     .number = FORM_OTHER_NO,
                     .valid_from = "20240101",
                     .valid_to = "20290101"};
    return c;
}

static inline void form_to_holders(struct kit *k)
{
    form_to_form(k);
    form_fill_company(k);
    kit_tap(k, INTENT_NEXT);
    form_fill_more(k);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "FORM"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(form_heading(k));
}

/* From the only holder's page to the materials. */
static inline void form_finish(struct kit *k)
{
    struct card other = form_other_card();
    kit_card(k, &other);
    kit_lift(k);
    form_set_member(k, "holders.share", 0, "100");
    kit_tap(k, INTENT_NEXT);
    kit_tap(k, INTENT_NEXT); /* nobody else to call */
    kit_choose(k, "field.agree.check", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "MATERIALS"));
}

static inline void form_to_review(struct kit *k)
{
    form_to_holders(k);
    form_finish(k);
    kit_choose(k, "material.lease", 1);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "REVIEW"));
}

static inline void form_submit(struct kit *k)
{
    for (int i = 0; i < 9 && k->v->state == STATE_REVIEW; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "SIGN"));
    kit_sign(k, 40, 5);
    CU_ASSERT_FATAL(kit_is(k, "SUBMITTING"));
}

static inline json_t *form_json(struct kit *k)
{
    char *text = NULL;
    struct err err = {0};
    json_error_t error;
    CU_ASSERT_EQUAL_FATAL(visit_application_json(k->v, &text, &err), 0);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    free(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    return json;
}

static inline const char *form_word(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "(none)";
}

static inline const json_t *form_part(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!strcmp(form_word(json_array_get(list, i), "id"), id))
            return json_array_get(list, i);
    return NULL;
}

/* ---- the centre ---- */

static inline struct enquiry_answer *form_answer_new(void)
{
    return calloc(1, sizeof(struct enquiry_answer));
}

static inline struct shared_item *form_say(struct enquiry_answer *a, const char *key,
                                           enum shared_state state, const char *value)
{
    struct shared_item *item = &a->item[a->n_items++];
    snprintf(item->key, sizeof item->key, "%s", key);
    snprintf(item->value, sizeof item->value, "%s", value);
    item->state = state;
    return item;
}

static inline void form_answer(struct kit *k, int64_t job, int code, const struct enquiry_answer *a)
{
    struct visit_event e = {.kind = VISIT_EVENT_ANSWER};
    e.enquiry.job = job;
    e.enquiry.code = code;
    e.enquiry.answer = a;
    kit_event(k, &e);
}

#endif
