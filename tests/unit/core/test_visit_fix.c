/* SPDX-License-Identifier: Apache-2.0 */
/* Corrections: only what was named is shown, asked and handed in. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "visit_kit_find.h"

#include <jansson.h>

#define NUMBER "430102000120261120000013"

/* A report with corrections, shown by the applicant's card. */
typedef void (*name_fn)(struct case_report *r);

static void answer_with(struct find_kit *f, int64_t job, name_fn name, bool may_fix)
{
    struct case_report *r = find_report(f, 0, NUMBER);
    name(r);
    r->may_fix = may_fix;
    find_answer(f, job);
}

static struct find_kit *fix_new(name_fn name)
{
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    int64_t job = find_lay_card(f);
    kit_lift(&f->k);
    answer_with(f, job, name, true);
    return f;
}

static void name_years(struct case_report *r)
{
    find_fix(r, FIX_FIELD, "agent.years", "inconsistent", "与档案不一致", "12");
}

static void name_second_heir(struct case_report *r)
{
    find_fix(r, FIX_FIELD, "heirs.2.name", "unclear", "", "陳大文");
    find_fix(r, FIX_MATERIAL, "proof", "missing", "缺一页", "");
}

static void name_question(struct case_report *r)
{
    find_fix(r, FIX_FIELD, "q_abroad", "inconsistent", "", "true");
}

static void name_unknown(struct case_report *r)
{
    find_fix(r, FIX_FIELD, "heirs.9.name", "unclear", "", "");
    find_fix(r, FIX_MATERIAL, "death", "expired", "", "");        /* a certificate */
    find_fix(r, FIX_FIELD, "agent.age", "inconsistent", "", "3"); /* computed */
}

static void name_some(struct case_report *r)
{
    name_unknown(r);
    find_fix(r, FIX_FIELD, "agent.tel", "missing", "", "");
}

/* ---- beginning ---- */

static void by_receipt_the_card_comes_second(void)
{
    struct find_kit *f = find_new();
    int64_t job = find_show_receipt(f);
    answer_with(f, job, name_years, false);
    CU_ASSERT(kit_item(&f->k, "fix.lay_card") >= 0);
    job = find_lay_card(f);
    CU_ASSERT_NOT_EQUAL_FATAL(job, 0);
    CU_ASSERT_STRING_EQUAL(f->enquiry.receipt, KIT_RECEIPT);
    f->answer->report[0].n_fixes = 0;
    answer_with(f, job, name_years, true);
    CU_ASSERT_STRING_EQUAL(kit_view(&f->k)->next.label.id, "fix.begin");
    CU_ASSERT_STRING_EQUAL(find_item(f, "fix.1")->value.lit, "与档案不一致");
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "NOTICE"));
    find_free(f);
}

static void another_persons_card_may_not(void)
{
    struct find_kit *f = find_new();
    int64_t job = find_show_receipt(f);
    answer_with(f, job, name_years, false);
    job = find_lay_card(f);
    f->answer->report[0].n_fixes = 0;
    answer_with(f, job, name_years, false);
    CU_ASSERT(kit_item(&f->k, "fix.not_applicant") >= 0);
    CU_ASSERT_PTR_NULL(f->k.view->next.label.id);
    CU_ASSERT_FALSE(f->k.v->is_reader_on);
    CU_ASSERT_STRING_EQUAL(f->k.view->extra.label.id, "identify.another");
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    kit_tap(&f->k, INTENT_EDIT);
    CU_ASSERT(f->k.v->is_reader_on);
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_NUMBER));
    CU_ASSERT_NOT_EQUAL(find_lay_card(f), 0);
    find_free(f);
}

static void what_cannot_be_mapped_goes_to_the_window(void)
{
    struct find_kit *f = fix_new(name_unknown);
    CU_ASSERT(kit_item(&f->k, "fix.window") >= 0);
    CU_ASSERT_PTR_NULL(f->k.view->next.label.id);
    CU_ASSERT_STRING_EQUAL(find_item(f, "fix.1")->label.id, "fix.other");
    CU_ASSERT_STRING_EQUAL(find_item(f, "fix.2")->label.lit, "死亡证明");
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    find_free(f);

    f = fix_new(name_some);
    CU_ASSERT(kit_item(&f->k, "fix.some_window") >= 0);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "NOTICE"));
    find_free(f);
}

static void a_matter_that_is_not_here_goes_to_the_window(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    int64_t job = find_lay_card(f);
    struct case_report *r = find_report(f, 0, NUMBER);
    name_years(r);
    r->may_fix = true;
    snprintf(r->matter, sizeof r->matter, "T.GONE");
    find_answer(f, job);
    CU_ASSERT(kit_item(&f->k, "fix.window") >= 0);
    CU_ASSERT_STRING_EQUAL(find_item(f, "fix.1")->label.id, "fix.other");
    find_free(f);
}

static void an_expired_card_does_not_begin(void)
{
    struct find_kit *f = find_new();
    struct card card = kit_citizen();
    snprintf(card.valid_to, sizeof card.valid_to, "20200101");
    find_open(f, "home.progress");
    kit_card(&f->k, &card);
    answer_with(f, find_enquiry(f), name_years, true);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    CU_ASSERT(kit_alert_is(&f->k, "identify.expired_refused"));
    find_free(f);
}

static void back_leads_to_the_report(void)
{
    struct find_kit *f = fix_new(name_years);
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "FORM"));
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "NOTICE"));
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    CU_ASSERT(kit_item(&f->k, "fix.1") >= 0);
    CU_ASSERT_STRING_EQUAL(visit_matter_code(f->k.v), "");
    CU_ASSERT_STRING_EQUAL(visit_fix_number(f->k.v), "");
    kit_tap(&f->k, INTENT_NEXT); /* and again */
    CU_ASSERT(kit_is(&f->k, "NOTICE"));
    find_free(f);
}

/* Whatever the centre says was agreed to: an agreement is the visitor's to give. */
static void an_agreement_is_given_anew(void)
{
    struct find_kit *f = fix_new(name_years);
    const struct matter *m = visit_fix_matter_of(f->k.v, "T.HEIRS");
    int var = matter_var_find(m, "agent.years");
    CU_ASSERT_FATAL(var >= 0);
    struct matter_var *mv = (struct matter_var *)&m->var[var], plain = *mv;
    mv->type = TYPE_CONSENT;
    mv->text = "示例";
    mv->is_required = true;
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "NOTICE"));
    CU_ASSERT_STRING_EQUAL(f->k.v->s.value[var], "");
    *mv = plain;
    find_free(f);
}

/* ---- only what was named ---- */

static size_t count_kind(struct find_kit *f, enum view_item_kind kind)
{
    const struct view *view = kit_view(&f->k);
    size_t n = 0;
    for (size_t i = 0; i < view->n_items; i++)
        n += view->item[i].kind == kind;
    return n;
}

static void a_named_field_stands_alone(void)
{
    struct find_kit *f = fix_new(name_years);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "NOTICE"));
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "FORM")); /* no questions, though its condition leans on one */
    CU_ASSERT_EQUAL(count_kind(f, VIEW_FIELD), 1);
    CU_ASSERT_STRING_EQUAL(find_item(f, "field.agent.years")->edit, "12");
    int var = matter_var_find(f->k.v->s.matter, "agent.years");
    CU_ASSERT_EQUAL(f->k.v->s.source[var], SOURCE_EARLIER);
    kit_set(&f->k, "field.agent.years", "");
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "FORM")); /* required */
    kit_set(&f->k, "field.agent.years", "abc");
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "FORM"));
    kit_set(&f->k, "field.agent.years", "95"); /* a gate of the first time does not stop now */
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "REVIEW")); /* no materials were named */
    CU_ASSERT_STRING_EQUAL(kit_view(&f->k)->title.id, "fix.review_title");
    CU_ASSERT(kit_item(&f->k, "review.field.agent.years") >= 0);
    CU_ASSERT(kit_item(&f->k, "review.field.agent.name") < 0);
    CU_ASSERT(kit_item(&f->k, "review.question.q_abroad") < 0);
    CU_ASSERT(kit_item(&f->k, "review.question.optional") < 0);
    CU_ASSERT(kit_item(&f->k, "card.name") >= 0);
    CU_ASSERT_EQUAL(f->k.n_effects[VISIT_EFFECT_ENQUIRE], 1); /* data sharing is not asked anew */
    find_free(f);
}

static void a_named_question_is_asked_alone(void)
{
    struct find_kit *f = fix_new(name_question);
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "QUESTIONS"));
    CU_ASSERT_EQUAL(count_kind(f, VIEW_CHOICE), 1);
    kit_choose(&f->k, "question.q_abroad", 0);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "REVIEW"));
    find_free(f);
}

static void a_member_and_a_material(void)
{
    struct find_kit *f = fix_new(name_second_heir);
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "FORM"));
    CU_ASSERT_EQUAL(count_kind(f, VIEW_FIELD), 1);
    CU_ASSERT_STRING_EQUAL(find_item(f, "field.heirs.2.name")->edit, "陳大文");
    CU_ASSERT_EQUAL(count_kind(f, VIEW_ACTIONS), 0); /* none is added, none taken away */
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "MATERIALS"));
    CU_ASSERT_EQUAL(count_kind(f, VIEW_MATERIAL), 1);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "MATERIALS")); /* it is wanted now, whatever its condition says */
    kit_choose(&f->k, "material.proof", 1);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "REVIEW"));
    find_free(f);
}

/* ---- the record ---- */

static json_t *submit(struct find_kit *f)
{
    char *text = NULL;
    struct err err = {0};
    for (int i = 0; i < 5 && !strcmp(visit_state_name(f->k.v), "REVIEW"); i++)
        kit_tap(&f->k, INTENT_NEXT);
    kit_sign(&f->k, 40, 5);
    CU_ASSERT(kit_is(&f->k, "SUBMITTING"));
    CU_ASSERT_EQUAL_FATAL(visit_application_json(f->k.v, &text, &err), 0);
    json_t *root = json_loads(text, 0, NULL);
    bytes_free_wiped(text);
    return root;
}

/* "" where the record has no such text */
static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void the_record_holds_what_was_named(void)
{
    struct find_kit *f = fix_new(name_second_heir);
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    kit_set(&f->k, "field.heirs.2.name", "杜约翰");
    kit_tap(&f->k, INTENT_NEXT);
    kit_choose(&f->k, "material.proof", 1);
    kit_tap(&f->k, INTENT_NEXT);
    json_t *root = submit(f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_STRING_EQUAL(text_of(json_object_get(root, "corrects"), "number"), NUMBER);
    CU_ASSERT_STRING_EQUAL(text_of(json_object_get(root, "matter"), "code"), "T.HEIRS");
    json_t *answers = json_object_get(root, "answers"), *tasks = json_object_get(root, "tasks");
    json_t *heirs = json_object_get(answers, "heirs");
    json_t *materials = json_object_get(root, "materials");
    CU_ASSERT_EQUAL(json_object_size(answers), 1);
    CU_ASSERT_EQUAL(json_array_size(heirs), 2); /* the second, in its place */
    CU_ASSERT_EQUAL(json_object_size(json_array_get(heirs, 0)), 0);
    CU_ASSERT_STRING_EQUAL(text_of(json_array_get(heirs, 1), "heirs.name"), "杜约翰");
    CU_ASSERT_EQUAL(json_array_size(tasks), 1);
    CU_ASSERT_STRING_EQUAL(text_of(json_array_get(tasks, 0), "id"), "cancel");
    CU_ASSERT_EQUAL(json_array_size(materials), 1);
    CU_ASSERT_STRING_EQUAL(text_of(json_array_get(materials, 0), "id"), "proof");
    json_decref(root);
    kit_stored(&f->k, 9);
    CU_ASSERT(kit_is(&f->k, "RECEIPT"));
    CU_ASSERT(kit_item(&f->k, "fix.receipt_next") >= 0);
    kit_link(&f->k, false);
    CU_ASSERT(kit_item(&f->k, "fix.receipt_offline") >= 0);
    kit_print_done(&f->k, 9, PRINT_PRINTED);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "GOODBYE")); /* a quiet matter is not rated */
    kit_timer(&f->k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT_FALSE(kit_holds(&f->k, "杜约翰"));
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_NUMBER));
    CU_ASSERT_FALSE(kit_holds(&f->k, NUMBER));
    find_free(f);
}

static bool slip_has(const struct slip *s, const char *left, const char *right)
{
    for (size_t i = 0; i < s->n_lines; i++)
        if (!strcmp(s->line[i].left, left) && (!right || !strcmp(s->line[i].right, right)))
            return true;
    return false;
}

static void the_receipt_says_what_it_corrects(void)
{
    static struct slip slip;
    struct find_kit *f = fix_new(name_years);
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    kit_tap(&f->k, INTENT_NEXT);
    json_decref(submit(f));
    kit_stored(&f->k, 9);
    CU_ASSERT(kit_is(&f->k, "RECEIPT"));
    visit_slip(f->k.v, 0, &slip);
    CU_ASSERT(slip_has(&slip, "补正的申请", NUMBER));
    CU_ASSERT_FALSE(slip_has(&slip, "材料", NULL));     /* none was named */
    CU_ASSERT_FALSE(slip_has(&slip, "承诺办结", NULL)); /* the days of the first time go on */
    find_free(f);
}

static void a_plain_visit_corrects_nothing(void)
{
    struct find_kit *f = find_new();
    find_open(f, "matter.T.HEIRS");
    CU_ASSERT_STRING_EQUAL(visit_fix_number(f->k.v), "");
    CU_ASSERT(f->k.v->s.matter != &f->k.v->s.fix_matter);
    find_free(f);
}

static void tasks_that_wait_are_the_ones(void)
{
    static const struct {
        enum case_state cancel, fund;
        const char *id; /* of the first task in the report */
        uint32_t tasks; /* bit 0 cancel, bit 1 fund */
    } row[] = {
        {CASE_FIX, CASE_ACCEPTED, "cancel", 1},  {CASE_FIX, CASE_FIX, "cancel", 3},
        {CASE_ACCEPTED, CASE_DONE, "cancel", 1}, /* none says that it waits */
        {CASE_DONE, CASE_REFUSED, "cancel", 3},  /* all are over */
        {CASE_FIX, CASE_DONE, "gone", 2},        /* of another version */
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct find_kit *f = find_new();
        find_open(f, "home.progress");
        int64_t job = find_lay_card(f);
        struct case_report *r = find_report(f, 0, NUMBER);
        name_years(r);
        r->may_fix = true;
        r->task[0].state = row[i].cancel;
        r->task[1].state = row[i].fund;
        snprintf(r->task[0].id, sizeof r->task[0].id, "%s", row[i].id);
        find_answer(f, job);
        kit_tap(&f->k, INTENT_NEXT);
        for (int t = 0; t < 2; t++)
            CU_ASSERT_EQUAL(f->k.v->s.plan.task[t], row[i].tasks >> t & 1 ? TRI_TRUE : TRI_FALSE);
        find_free(f);
    }
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    int64_t job = find_lay_card(f);
    struct case_report *r = find_report(f, 0, NUMBER);
    name_years(r);
    r->may_fix = true;
    r->n_tasks = 0; /* what everybody applies for */
    find_answer(f, job);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT_EQUAL(f->k.v->s.plan.task[0], TRI_TRUE);
    CU_ASSERT_EQUAL(f->k.v->s.plan.task[1], TRI_FALSE);
    find_free(f);
}

/* ---- anything in any order ---- */

struct monkey {
    struct find_kit *f;
    uint64_t seed;
    unsigned n_fixing, n_guides, n_searches, n_answers;
};

static unsigned roll(struct monkey *m, unsigned sides)
{
    m->seed = m->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(m->seed >> 33) % sides;
}

static void give_answer(struct monkey *m)
{
    static const name_fn names[] = {name_years, name_second_heir, name_question, name_unknown,
                                    name_some};
    struct find_kit *f = m->f;
    f->answer->n_reports = roll(m, 3);
    for (size_t i = 0; i < f->answer->n_reports; i++) {
        struct case_report *r = find_report(f, (int)i, NUMBER);
        if (roll(m, 4))
            names[roll(m, YJ_COUNT(names))](r);
        r->may_fix = roll(m, 4);
        for (size_t t = 0; t < r->n_tasks; t++)
            r->task[t].state = (enum case_state)roll(m, CASE_N_STATES + 2);
    }
    m->n_answers++;
    find_answer_code(f, f->k.last[VISIT_EFFECT_ENQUIRE].job + (roll(m, 8) ? 0 : 1),
                     roll(m, 4) ? 0 : ERR_SYNC_SERVER);
}

static void tap_something(struct monkey *m)
{
    static const enum intent_kind taps[] = {
        INTENT_NEXT, INTENT_NEXT, INTENT_NEXT, INTENT_NEXT, INTENT_NEXT,         INTENT_BACK,
        INTENT_HOME, INTENT_EDIT, INTENT_STAY, INTENT_SKIP, INTENT_TOGGLE_ELDER, INTENT_REPRINT};
    static const char *const words[] = {"", "宝宝", "shangxue", "zzz", "12", "杜约翰", "\xff"};
    struct visit_event e = {.kind = VISIT_EVENT_INTENT};
    size_t n = kit_view(&m->f->k)->n_items;
    e.intent.item = (int)roll(m, (unsigned)n + 2) - 1;
    e.intent.option = (int)roll(m, 4) - 1;
    switch (roll(m, 4)) {
    case 0:
        e.intent.kind = INTENT_OPEN;
        break;
    case 1:
        e.intent.kind = INTENT_CHOOSE;
        break;
    case 2:
        e.intent.kind = INTENT_SET_TEXT;
        snprintf(e.intent.text, sizeof e.intent.text, "%s", words[roll(m, YJ_COUNT(words))]);
        break;
    default:
        e.intent.kind = taps[roll(m, YJ_COUNT(taps))];
        break;
    }
    kit_event(&m->f->k, &e);
}

static void do_something(struct monkey *m)
{
    struct find_kit *f = m->f;
    struct card card = kit_citizen();
    /* what is rare by chance alone */
    if (f->k.v->s.progress_ask == ASK_WAITING && roll(m, 2)) {
        give_answer(m);
        return;
    }
    if (f->k.v->state == STATE_HOME && roll(m, 8) == 0) {
        find_open(f, "home.progress");
        kit_card(&f->k, &card);
        kit_lift(&f->k);
        return;
    }
    switch (roll(m, 16)) {
    case 0:
        kit_card(&f->k, &card);
        kit_lift(&f->k);
        break;
    case 1:
        kit_code(&f->k, roll(m, 4) ? KIT_RECEIPT : "MARRIAGE-0001");
        break;
    case 2:
        give_answer(m);
        break;
    case 3:
        kit_tap(&f->k, INTENT_NEXT);
        break;
    case 4:
        if (roll(m, 8) == 0)
            kit_timer(&f->k, (enum visit_timer)roll(m, VISIT_N_TIMERS));
        break;
    case 5:
        kit_link(&f->k, roll(m, 8));
        break;
    case 6:
        kit_sign(&f->k, 40, 5);
        break;
    case 7:
        if (!strcmp(visit_state_name(f->k.v), "SUBMITTING"))
            kit_stored(&f->k, 7);
        break;
    default:
        tap_something(m);
        break;
    }
}

static bool is_sound(struct monkey *m)
{
    struct find_kit *f = m->f;
    const struct view *view = kit_view(&f->k);
    bool is_good = (view->title.id || view->title.lit) && view->arena_used <= VIEW_ARENA_BYTES;
    for (size_t i = 0; i < view->n_items; i++)
        is_good &= view->item[i].id && (view->item[i].label.id || view->item[i].label.lit);
    is_good &= visit_is_open(f->k.v) || !f->k.v->s.finding.query[0];
    is_good &= visit_is_open(f->k.v) || !f->k.v->s.has_card;
    is_good &= !f->k.v->s.fixing || f->k.v->s.has_card;
    is_good &= f->k.fx.n <= VISIT_MAX_EFFECTS;
    m->n_fixing += f->k.v->s.fixing != 0;
    m->n_guides += f->k.v->state == STATE_GUIDE;
    m->n_searches += f->k.v->state == STATE_FIND && f->k.v->s.finding.query[0];
    return is_good;
}

static void anything_in_any_order(void)
{
    struct monkey m = {.f = find_new(), .seed = 20261123};
    unsigned n_bad = 0;
    for (int i = 0; i < 20000; i++) {
        do_something(&m);
        if (!is_sound(&m) && n_bad++ < 5)
            printf("    event %d in %s\n", i, visit_state_name(m.f->k.v));
    }
    CU_ASSERT_EQUAL(n_bad, 0);
    printf("    %u steps fixing, %u in the guide, %u searching, %u answers\n", m.n_fixing,
           m.n_guides, m.n_searches, m.n_answers);
    /* it has been everywhere */
    CU_ASSERT(m.n_fixing > 100);
    CU_ASSERT(m.n_guides > 20);
    CU_ASSERT(m.n_searches > 20);
    CU_ASSERT(m.n_answers > 100);
    find_free(m.f);
}

static CU_TestInfo cases[] = {
    {"by receipt the card comes second", by_receipt_the_card_comes_second},
    {"another person's card may not", another_persons_card_may_not},
    {"what cannot be mapped goes to the window", what_cannot_be_mapped_goes_to_the_window},
    {"a matter that is not here goes to the window", a_matter_that_is_not_here_goes_to_the_window},
    {"an expired card does not begin", an_expired_card_does_not_begin},
    {"back leads to the report", back_leads_to_the_report},
    {"an agreement is given anew", an_agreement_is_given_anew},
    {"a named field stands alone", a_named_field_stands_alone},
    {"a named question is asked alone", a_named_question_is_asked_alone},
    {"a member and a material", a_member_and_a_material},
    {"the record holds what was named", the_record_holds_what_was_named},
    {"the receipt says what it corrects", the_receipt_says_what_it_corrects},
    {"a plain visit corrects nothing", a_plain_visit_corrects_nothing},
    {"tasks that wait are the ones", tasks_that_wait_are_the_ones},
    {"anything in any order", anything_in_any_order},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_fix", cases)
