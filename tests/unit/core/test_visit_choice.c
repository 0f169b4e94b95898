/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks to choose from, and the page of a matter: days, places, windows, matters that can only be
 * read about, and the list of materials as a ticket. */
#define _DEFAULT_SOURCE /* mkdtemp, clock_gettime */
#include "cunit_main.h"
#include "form_kit.h"

static uint32_t chosen(const struct kit *k, int group)
{
    return k->v->s.selected & k->v->s.matter->task_group[group].tasks;
}

/* ---- groups of tasks ---- */

static void one_of_several_behaves_as_a_radio(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_questions(k);
    const struct view_item *item = form_item(k, "question.group.kind");
    CU_ASSERT_EQUAL(item->kind, VIEW_CHOICE);
    CU_ASSERT_EQUAL(item->input, INPUT_ENUM);
    CU_ASSERT_EQUAL(item->n_options, 2);
    CU_ASSERT(text_is(&item->note, "group.one"));
    kit_choose(k, "question.group.kind", 0);
    uint32_t first = chosen(k, 0);
    kit_choose(k, "question.group.kind", 1);
    CU_ASSERT(chosen(k, 0) && chosen(k, 0) != first && !(chosen(k, 0) & first));
    kit_choose(k, "question.group.kind", 1); /* one must be chosen */
    CU_ASSERT(chosen(k, 0) != 0);
    item = form_item(k, "question.group.kind");
    CU_ASSERT(!item->option[0].is_selected && item->option[1].is_selected);
    CU_ASSERT_EQUAL(k->v->s.plan.task[6], TRI_TRUE);
    CU_ASSERT_EQUAL(k->v->s.plan.task[5], TRI_FALSE);
    form_free(&f);
}

static void some_of_several_have_a_limit(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_questions(k);
    CU_ASSERT_EQUAL(form_item(k, "question.group.permits")->input, INPUT_SET);
    kit_choose(k, "question.group.permits", 0);
    kit_choose(k, "question.group.permits", 2);
    uint32_t two = chosen(k, 1);
    kit_choose(k, "question.group.permits", 1);
    CU_ASSERT(kit_alert_is(k, "group.too_many"));
    CU_ASSERT_STRING_EQUAL(kit_view(k)->alert.arg[0], "2");
    CU_ASSERT_EQUAL(chosen(k, 1), two);
    kit_choose(k, "question.group.permits", 0);
    CU_ASSERT_PTR_NULL(k->v->s.alert.id);
    kit_choose(k, "question.group.permits", 1);
    CU_ASSERT(chosen(k, 1) && chosen(k, 1) != two);
    kit_choose(k, "question.group.permits", 9);
    kit_choose(k, "question.group.permits", -1);
    form_free(&f);
}

static void too_few_stop_the_page(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_questions(k);
    kit_choose(k, "question.q_first", 0);
    CU_ASSERT_FALSE(form_item(k, "question.group.kind")->has_error);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT(kit_alert_is(k, "group.too_few"));
    kit_choose(k, "question.group.kind", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(form_item(k, "question.group.permits")->has_error);
    CU_ASSERT_FALSE(form_item(k, "question.group.kind")->has_error);
    kit_choose(k, "question.group.permits", 1);
    CU_ASSERT_FALSE(form_item(k, "question.group.permits")->has_error);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "FORM"));
    form_free(&f);
}

static void the_review_leads_back_to_a_group(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_review(k);
    const struct view_item *item = form_item(k, "review.question.group.kind");
    CU_ASSERT(lit_is(&item->value, "有限公司"));
    kit_intent(k, INTENT_EDIT, kit_item(k, "review.question.group.permits"), 0);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_choose(k, "question.group.permits", 0); /* none is left */
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT(kit_alert_is(k, "group.too_few"));
    kit_choose(k, "question.group.permits", 1);
    kit_choose(k, "question.group.permits", 2);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    CU_ASSERT(lit_is(&form_item(k, "review.question.group.permits")->value, "户外招牌、消防检查"));
    form_free(&f);
}

static void large_text_gives_each_group_a_page(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_to_questions(k);
    kit_intent(k, INTENT_TOGGLE_ELDER, -1, -1);
    kit_choose(k, "question.q_first", 0);
    kit_tap(k, INTENT_NEXT);
    kit_tap(k, INTENT_NEXT); /* the topics may stay open */
    CU_ASSERT(kit_item(k, "question.group.kind") >= 0);
    CU_ASSERT(kit_item(k, "question.group.permits") < 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_alert_is(k, "group.too_few"));
    CU_ASSERT(kit_item(k, "question.group.kind") >= 0);
    form_free(&f);
}

/* ---- the page of a matter ---- */

static void a_matter_tells_everything_once(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    form_open(k, "FORM.ALL");
    const struct view_item *item = form_item(k, "matter.days");
    CU_ASSERT_EQUAL(item->kind, VIEW_METRIC);
    CU_ASSERT_STRING_EQUAL(item->value.arg[0], "20");
    CU_ASSERT_STRING_EQUAL(item->value2.arg[0], "5");
    item = form_item(k, "matter.due"); /* five working days after Monday 2026-11-23, no calendar */
    CU_ASSERT(text_is(&item->label, "matter.due_about"));
    CU_ASSERT_STRING_EQUAL(item->label.arg[0], "2026-11-30");
    CU_ASSERT(lit_is(&form_item(k, "note.0")->label, "· 示例：先准备好营业执照\n· 示例：一次带齐"));
    item = form_item(k, "task.license");
    CU_ASSERT(text_is(&item->value, "task.result"));
    CU_ASSERT_STRING_EQUAL(item->value.arg[0], "市场监管");
    CU_ASSERT_STRING_EQUAL(item->value.arg[1], "营业执照");
    CU_ASSERT_STRING_EQUAL(item->note.arg[0], "3");
    CU_ASSERT(lit_is(&form_item(k, "task.tax")->value, "税务"));
    CU_ASSERT(text_is(&form_item(k, "task.tax")->note, "task.at_once"));
    CU_ASSERT(text_is(&form_item(k, "task.visit")->value2, "task.in_person"));
    CU_ASSERT(text_is(&form_item(k, "task.look")->value2, "task.query"));
    CU_ASSERT(text_is(&form_item(k, "task.kind_a")->note, "task.choice"));
    CU_ASSERT(text_is(&form_item(k, "choose.kind")->label, "matter.choose_one"));
    item = form_item(k, "choose.permits");
    CU_ASSERT(text_is(&item->label, "matter.choose"));
    CU_ASSERT_STRING_EQUAL(item->label.arg[2], "2");
    CU_ASSERT(kit_item(k, "choose.permits") < kit_item(k, "task.per_a"));
    item = form_item(k, "place.0");
    CU_ASSERT_EQUAL(item->kind, VIEW_PLACE);
    CU_ASSERT(lit_is(&item->value2, "9:00—17:00"));
    CU_ASSERT(text_is(&item->note, "place.phones"));
    struct visit_event july = {.kind = VISIT_EVENT_DATE,
                               .wall_ms = KIT_WALL_MS + INT64_C(86400000) * 230};
    kit_event(k, &july);
    CU_ASSERT(lit_is(&form_item(k, "place.0")->value2, "8:30—17:30"));
    form_free(&f);
}

static struct form_kit read_new(void)
{
    return form_new_dir(YJ_SOURCE_DIR "/tests/unit/core/form_read");
}

/* Lists leave out what is closed today: it can still close while its page is open. */
static void a_window_can_close_on_an_open_page(void)
{
    struct form_kit f = read_new();
    struct kit *k = f.k;
    struct visit_event june = {.kind = VISIT_EVENT_DATE,
                               .wall_ms = KIT_WALL_MS + INT64_C(86400000) * 205};
    struct visit_event august = {.kind = VISIT_EVENT_DATE,
                                 .wall_ms = KIT_WALL_MS + INT64_C(86400000) * 260};
    kit_event(k, &june);
    form_open(k, "READ.CLOSED");
    CU_ASSERT(kit_view(k)->next.is_enabled);
    CU_ASSERT(kit_item(k, "matter.closed") < 0);
    kit_event(k, &august);
    const struct view_item *item = form_item(k, "matter.closed");
    CU_ASSERT(text_is(&item->label, "matter.closed"));
    CU_ASSERT_STRING_EQUAL(item->label.arg[0], "06-01");
    CU_ASSERT_STRING_EQUAL(item->label.arg[1], "07-15");
    CU_ASSERT_STRING_EQUAL(item->label.arg[2], "以通知为准");
    CU_ASSERT_FALSE(kit_view(k)->next.is_enabled);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "MATTER"));
    form_free(&f);
}

static void what_can_only_be_read_has_no_begin(void)
{
    struct form_kit f = read_new();
    struct kit *k = f.k;
    form_open(k, "READ.GUIDE");
    const struct view *view = kit_view(k);
    CU_ASSERT_PTR_NULL(view->next.label.id);
    CU_ASSERT(kit_item(k, "matter.here") >= 0);
    CU_ASSERT(kit_item(k, "place.0") >= 0);
    CU_ASSERT(kit_item(k, "matter.dept") >= 0);
    CU_ASSERT(kit_item(k, "matter.due") < 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "MATTER"));
    form_free(&f);
}

/* ---- the list of materials as a ticket ---- */

static void a_list_is_printed_without_a_journal(void)
{
    struct form_kit f = read_new();
    struct kit *k = f.k;
    struct slip *slip = calloc(1, sizeof *slip);
    form_open(k, "READ.GUIDE");
    CU_ASSERT(text_is(&kit_view(k)->extra.label, "pages.print_list")); /* A4 where there is one */
    kit_device(k, DEVICE_DOCUMENT_PRINTER, DEVICE_NO_DEVICE);
    CU_ASSERT(text_is(&kit_view(k)->extra.label, "list.print"));
    kit_tap(k, INTENT_PRINT_LIST);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT_LIST], 1);
    int64_t job = k->last[VISIT_EFFECT_PRINT_LIST].job;
    CU_ASSERT(job > INT64_C(1) << 40); /* never a record's number */
    CU_ASSERT_FALSE(kit_view(k)->extra.is_enabled);
    visit_list_slip(k->v, slip);
    bool has_photo = false, has_place = false;
    for (size_t i = 0; i < slip->n_lines; i++) {
        has_photo |= !strcmp(slip->line[i].left, "照片");
        has_place |= !strcmp(slip->line[i].left, "示例窗口");
    }
    CU_ASSERT(has_photo && has_place);
    kit_print_done(k, job, PRINT_NOT_STARTED);
    CU_ASSERT(kit_alert_is(k, "list.failed"));
    kit_tap(k, INTENT_PRINT_LIST);
    kit_print_done(k, k->last[VISIT_EFFECT_PRINT_LIST].job, PRINT_PRINTED);
    CU_ASSERT(kit_alert_is(k, "list.printed"));
    kit_tap(k, INTENT_PRINT_LIST);
    kit_tap(k, INTENT_BACK);
    CU_ASSERT(kit_is(k, "HOME"));
    kit_print_done(k, k->last[VISIT_EFFECT_PRINT_LIST].job, PRINT_PRINTED); /* nobody is there */
    CU_ASSERT_PTR_NULL(k->v->s.alert.id);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_JOURNAL], 0);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT], 0);
    free(slip);
    form_free(&f);
}

static void the_receipt_names_departments_days_and_places(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct slip *slip = calloc(1, sizeof *slip);
    form_to_review(k);
    form_submit(k);
    kit_stored(k, 7);
    visit_slip(k->v, 0, slip);
    const char *visit = "", *license = "", *due = "", *tax = "";
    for (size_t i = 0; i < slip->n_lines; i++) {
        const struct slip_line *line = &slip->line[i];
        visit = !strcmp(line->left, "现场核查") ? line->right : visit;
        license = !strcmp(line->left, "营业执照") ? line->right : license;
        tax = !strcmp(line->left, "税务登记") ? line->right : tax;
        due = !strcmp(line->left, "承诺办结") ? line->right : due;
    }
    CU_ASSERT_STRING_EQUAL(visit, "示例部门 · 2 个工作日 · 要到示例窗口当面办");
    CU_ASSERT_STRING_EQUAL(license, "市场监管 · 3 个工作日 · 窗口领取");
    CU_ASSERT_STRING_EQUAL(tax, "税务 · 当场办");
    CU_ASSERT_STRING_EQUAL(due, "约 2026-11-30");
    free(slip);
    form_free(&f);
}

static CU_TestInfo cases[] = {
    {"one of several behaves as a radio", one_of_several_behaves_as_a_radio},
    {"some of several have a limit", some_of_several_have_a_limit},
    {"too few stop the page", too_few_stop_the_page},
    {"the review leads back to a group", the_review_leads_back_to_a_group},
    {"large text gives each group a page", large_text_gives_each_group_a_page},
    {"a matter tells everything once", a_matter_tells_everything_once},
    {"a window can close on an open page", a_window_can_close_on_an_open_page},
    {"what can only be read has no begin", what_can_only_be_read_has_no_begin},
    {"a list is printed without a journal", a_list_is_printed_without_a_journal},
    {"the receipt names departments, days, places", the_receipt_names_departments_days_and_places},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_choice", cases)
