/* SPDX-License-Identifier: Apache-2.0 */
/* How applications stand: receipts and cards, answers in time, late, wrong and lying. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "visit_kit_find.h"

#define NUMBER "430102000120261120000013"

static bool is_on(const struct find_kit *f)
{
    return f->k.v->is_reader_on && f->k.v->is_scanner_on;
}

/* ---- the entry ---- */

static void the_entry_listens_to_receipt_and_card(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    CU_ASSERT_EQUAL(kit_view(&f->k)->screen, SCREEN_PROGRESS);
    CU_ASSERT(kit_item(&f->k, "progress.show_either") >= 0);
    CU_ASSERT(kit_item(&f->k, "progress.privacy") >= 0);
    CU_ASSERT(is_on(f));
    CU_ASSERT_STRING_EQUAL(f->k.view->illustration.lit, "ask-progress");
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT_FALSE(f->k.v->is_reader_on);
    CU_ASSERT_FALSE(f->k.v->is_scanner_on);
    find_free(f);
}

static void offline_it_says_so_and_comes_alive(void)
{
    struct find_kit *f = find_new();
    kit_link(&f->k, false);
    find_open(f, "home.progress");
    CU_ASSERT(kit_item(&f->k, "progress.offline") >= 0);
    CU_ASSERT_STRING_EQUAL(find_item(f, "progress.offline")->label.arg[0], "12345");
    CU_ASSERT_PTR_NULL(f->k.view->banner.id); /* "hand in all the same" would be wrong here */
    CU_ASSERT_FALSE(f->k.v->is_reader_on);
    CU_ASSERT_TRUE(f->k.v->is_scanner_on);
    CU_ASSERT(kit_item(&f->k, "progress.offline_code") >= 0);
    kit_link(&f->k, true);
    CU_ASSERT(is_on(f));
    CU_ASSERT(kit_item(&f->k, "progress.show_either") >= 0);
    find_free(f);
}

static void offline_a_receipt_is_answered_as_last_told(void)
{
    struct find_kit *f = find_new();
    kit_link(&f->k, false);
    find_open(f, "home.progress");
    kit_code(&f->k, KIT_RECEIPT);
    int64_t job = find_enquiry(f);
    CU_ASSERT(job > 0);
    struct case_report *r = find_report(f, 0, NUMBER);
    snprintf(r->task[0].name, sizeof r->task[0].name, "%s", r->task[0].id);
    r->matter_name[0] = r->task[0].dept[0] = '\0';
    f->answer->as_of_ms = 1795406400000;
    find_answer(f, job);
    int at = kit_item(&f->k, "progress.as_of");
    CU_ASSERT_FATAL(at >= 0);
    CU_ASSERT_EQUAL(strncmp(f->k.view->item[at].label.arg[0], "2026-11-23 ", 11), 0);
    CU_ASSERT(find_title_is(f, "身后事")); /* names are the catalogue's */
    const struct view_item *task = find_item(f, "case.task.cancel.0");
    CU_ASSERT_FATAL(task && task->label.lit);
    CU_ASSERT_STRING_EQUAL(task->label.lit, "注销户口");
    f->answer->as_of_ms = 0;
    find_free(f);
}

static void the_entry_says_which_device_is_missing(void)
{
    struct find_kit *f = find_new();
    kit_device(&f->k, DEVICE_READER, DEVICE_NO_DEVICE);
    find_open(f, "home.progress");
    CU_ASSERT(kit_item(&f->k, "progress.show_code") >= 0);
    CU_ASSERT(kit_item(&f->k, "device.reader") >= 0);
    kit_device(&f->k, DEVICE_SCANNER, DEVICE_NO_DEVICE);
    CU_ASSERT(kit_item(&f->k, "progress.elsewhere") >= 0);
    CU_ASSERT(kit_item(&f->k, "device.scanner") >= 0);
    kit_device(&f->k, DEVICE_READER, DEVICE_ONLINE);
    CU_ASSERT(kit_item(&f->k, "progress.lay_card") >= 0);
    CU_ASSERT_STRING_EQUAL(kit_view(&f->k)->illustration.lit, "lay-card"); /* no receipt is taken */
    find_free(f);
}

static void takes_receipts_and_nothing_else(void)
{
    static const char *const bad[] = {"MARRIAGE-0001", "https://example.org/x",
                                      "134567890123456789", "YJ1.", ""};
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        kit_code(&f->k, bad[i]);
        CU_ASSERT_EQUAL(find_enquiry(f), 0);
        CU_ASSERT(kit_alert_is(&f->k, "progress.not_receipt"));
    }
    kit_code(&f->k, KIT_RECEIPT);
    CU_ASSERT_NOT_EQUAL(find_enquiry(f), 0);
    CU_ASSERT_EQUAL(f->enquiry.kind, ENQUIRY_PROGRESS);
    CU_ASSERT_STRING_EQUAL(f->enquiry.receipt, KIT_RECEIPT);
    CU_ASSERT_STRING_EQUAL(f->enquiry.name, "");
    CU_ASSERT_STRING_EQUAL(f->enquiry.id_no, "");
    CU_ASSERT_EQUAL(f->k.fx.at[f->k.fx.n - 1].kind, VISIT_EFFECT_ENQUIRE); /* stands last */
    find_free(f);
}

static void a_card_asks_with_name_and_number(void)
{
    struct find_kit *f = find_new();
    struct card other = kit_citizen();
    find_open(f, "home.progress");
    other.kind = CARD_SOCIAL_SECURITY;
    kit_card(&f->k, &other);
    CU_ASSERT(kit_alert_is(&f->k, "identify.social_security"));
    CU_ASSERT_EQUAL(find_enquiry(f), 0);
    kit_device_event(&f->k, DEVICE_EVENT_CARD_FAILED, ERR_READER_CARD_MOVED);
    CU_ASSERT(kit_alert_is(&f->k, "identify.failed.moved"));
    CU_ASSERT_NOT_EQUAL(find_lay_card(f), 0);
    CU_ASSERT_STRING_EQUAL(f->enquiry.name, KIT_NAME);
    CU_ASSERT_STRING_EQUAL(f->enquiry.id_no, KIT_NUMBER);
    CU_ASSERT_STRING_EQUAL(f->enquiry.receipt, "");
    CU_ASSERT_FALSE(f->k.v->is_reader_on);
    kit_tap(&f->k, INTENT_HOME); /* a card was read: asks first */
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    CU_ASSERT(kit_view(&f->k)->ask.id != NULL);
    kit_tap(&f->k, INTENT_HOME);
    CU_ASSERT(kit_is(&f->k, "LEFT_BEHIND")); /* it still lies there */
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_NUMBER));
    find_free(f);
}

/* ---- waiting ---- */

static void a_social_security_card_asks_where_it_is_accepted(void)
{
    struct find_kit *f = find_new();
    struct card card = kit_citizen();
    f->k.v->cfg.accepts_social_security_card = true;
    card.kind = CARD_SOCIAL_SECURITY;
    kit_device(&f->k, DEVICE_CARD_SLOT, DEVICE_ONLINE);
    find_open(f, "home.progress");
    CU_ASSERT(f->k.v->is_slot_on);
    CU_ASSERT(kit_item(&f->k, "identify.slot") >= 0);
    kit_card_from(&f->k, DEVICE_CARD_SLOT, &card);
    CU_ASSERT_NOT_EQUAL(find_enquiry(f), 0);
    CU_ASSERT_STRING_EQUAL(f->enquiry.id_no, KIT_NUMBER);
    find_free(f);
}

static void waits_ten_seconds_and_takes_a_late_answer(void)
{
    struct find_kit *f = find_new();
    int64_t job = find_show_receipt(f);
    CU_ASSERT(kit_item(&f->k, "progress.asking") >= 0);
    CU_ASSERT_EQUAL(f->k.last[VISIT_EFFECT_TIMER_SET].timer, VISIT_TIMER_PAGE);
    CU_ASSERT_EQUAL(f->k.last[VISIT_EFFECT_TIMER_SET].delay_ms, 10000);
    kit_timer(&f->k, VISIT_TIMER_PAGE);
    CU_ASSERT(kit_item(&f->k, "progress.slow") >= 0);
    CU_ASSERT(kit_item(&f->k, "progress.offline") >= 0);
    CU_ASSERT_STRING_EQUAL(f->k.view->next.label.id, "progress.again");
    (void)find_report(f, 0, NUMBER);
    find_answer(f, job);
    CU_ASSERT(find_title_is(f, "身后事"));
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_SHOW), 1);
    find_free(f);
}

static void failures_are_told_and_can_be_tried_again(void)
{
    static const struct {
        int code;
        const char *item;
    } row[] = {
        {ERR_SYNC_OFFLINE, "progress.offline"},   {ERR_TIMEOUT, "progress.offline"},
        {ERR_SYNC_SERVER, "progress.refused"},    {ERR_SYNC_REFUSED, "progress.refused"},
        {ERR_SYNC_THROTTLED, "progress.refused"},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct find_kit *f = find_new();
        int64_t job = find_show_receipt(f);
        find_answer_code(f, job, row[i].code);
        CU_ASSERT(kit_item(&f->k, row[i].item) >= 0);
        kit_tap(&f->k, INTENT_NEXT);
        int64_t again = find_enquiry(f);
        CU_ASSERT(again > job);
        CU_ASSERT_STRING_EQUAL(f->enquiry.receipt, KIT_RECEIPT);
        (void)find_report(f, 0, NUMBER);
        find_answer(f, job); /* of the question before: nobody's */
        CU_ASSERT(kit_item(&f->k, "progress.asking") >= 0);
        find_answer(f, again);
        CU_ASSERT(find_title_is(f, "身后事"));
        find_free(f);
    }
}

static void answers_nobody_waits_for_are_ignored(void)
{
    struct find_kit *f = find_new();
    (void)find_report(f, 0, NUMBER);
    find_answer(f, 1); /* at home */
    CU_ASSERT(kit_is(&f->k, "HOME"));
    int64_t job = find_show_receipt(f);
    find_answer(f, job + 1);
    find_answer(f, 0);
    CU_ASSERT(kit_item(&f->k, "progress.asking") >= 0);
    find_answer(f, job);
    find_answer_code(f, job, ERR_SYNC_SERVER); /* twice */
    CU_ASSERT(find_title_is(f, "身后事"));
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    find_open(f, "home.progress");
    find_answer(f, job); /* of the visitor before */
    CU_ASSERT(kit_item(&f->k, "progress.show_either") >= 0);
    CU_ASSERT_FALSE(kit_holds(&f->k, NUMBER));
    find_free(f);
}

static void an_answer_of_another_kind_is_a_failure(void)
{
    struct find_kit *f = find_new();
    int64_t job = find_show_receipt(f);
    f->answer->kind = ENQUIRY_SHARED;
    struct visit_event e = {.kind = VISIT_EVENT_ANSWER,
                            .enquiry = {.job = job, .answer = f->answer}};
    kit_event(&f->k, &e);
    CU_ASSERT(kit_item(&f->k, "progress.refused") >= 0);
    find_free(f);
}

/* ---- what is shown ---- */

static void nothing_found_is_said(void)
{
    struct find_kit *f = find_new();
    find_answer(f, find_show_receipt(f));
    CU_ASSERT(kit_item(&f->k, "progress.none") >= 0);
    CU_ASSERT(kit_item(&f->k, "progress.elsewhere") >= 0);
    find_free(f);
}

static void one_report_shows_its_tasks(void)
{
    struct find_kit *f = find_new();
    int64_t job = find_show_receipt(f);
    struct case_report *r = find_report(f, 0, NUMBER);
    r->task[0].state = CASE_ACCEPTED;
    find_answer(f, job);
    CU_ASSERT(kit_item(&f->k, "progress.number") >= 0);
    CU_ASSERT_STRING_EQUAL(find_item(f, "progress.number")->value.lit, NUMBER);
    const struct view_item *task = find_item(f, "case.task.cancel.0");
    CU_ASSERT_PTR_NOT_NULL_FATAL(task);
    CU_ASSERT_STRING_EQUAL(task->label.lit, "注销户口");
    CU_ASSERT_STRING_EQUAL(task->value.lit, "公安 · C-1");
    CU_ASSERT_STRING_EQUAL(task->value2.id, "case.accepted");
    CU_ASSERT_STRING_EQUAL(task->note.id, "case.due");
    CU_ASSERT_STRING_EQUAL(task->note.arg[0], "2026-12-01");
    CU_ASSERT_EQUAL(task->tone, TONE_WAIT);
    task = find_item(f, "case.task.fund.1");
    CU_ASSERT_STRING_EQUAL(task->value2.id, "case.done");
    CU_ASSERT_EQUAL(task->tone, TONE_OK);
    CU_ASSERT_PTR_NULL(task->note.id);
    CU_ASSERT_PTR_NULL(f->k.view->next.label.id);
    find_free(f);
}

static void several_reports_are_a_list(void)
{
    static const char *const number[] = {"430102000120261120000010", "430102000120261120000011",
                                         "430102000120261120000012"};
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    int64_t job = find_lay_card(f);
    for (int i = 0; i < 3; i++)
        (void)find_report(f, i, number[i]);
    find_fix(&f->answer->report[1], FIX_FIELD, "agent.tel", "missing", "", "");
    f->answer->report[2].task[0].state = CASE_DONE;
    find_answer(f, job);
    CU_ASSERT_EQUAL(kit_view(&f->k)->n_items, 3);
    CU_ASSERT_EQUAL(f->k.view->item[0].kind, VIEW_CASE);
    CU_ASSERT_STRING_EQUAL(find_item(f, "case.1")->value.id, "case.fix");
    CU_ASSERT(find_note_is(f, "case.1", "case.tasks_done"));
    CU_ASSERT(find_note_is(f, "case.2", "fix.title"));
    CU_ASSERT_STRING_EQUAL(find_item(f, "case.3")->value.id, "case.done");
    kit_intent(&f->k, INTENT_OPEN, 9, 0);
    CU_ASSERT_EQUAL(kit_view(&f->k)->n_items, 3);
    find_open(f, "case.2");
    CU_ASSERT_STRING_EQUAL(find_item(f, "progress.number")->value.lit, "430102000120261120000011");
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT_EQUAL(kit_view(&f->k)->n_items, 3);
    kit_tap(&f->k, INTENT_BACK);
    CU_ASSERT_FALSE(visit_is_open(f->k.v));
    find_free(f);
}

static void a_report_takes_the_word_that_says_most(void)
{
    static const struct {
        enum case_state a, b, whole;
    } row[] = {
        {CASE_SUBMITTED, CASE_ACCEPTED, CASE_ACCEPTED},
        {CASE_DONE, CASE_ACCEPTED, CASE_ACCEPTED},
        {CASE_DONE, CASE_FIX, CASE_FIX},
        {CASE_DONE, CASE_DONE, CASE_DONE},
        {CASE_DONE, CASE_REFUSED, CASE_REFUSED},
        {CASE_DONE, CASE_WITHDRAWN, CASE_DONE},
        {CASE_APPROVED, CASE_RECEIVED, CASE_APPROVED},
        {CASE_WITHDRAWN, CASE_WITHDRAWN, CASE_WITHDRAWN},
        {CASE_N_STATES, CASE_DONE, CASE_N_STATES},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct case_report r = {.n_tasks = 2};
        r.task[0].state = row[i].a;
        r.task[1].state = row[i].b;
        CU_ASSERT_EQUAL(visit_progress_state(&r), row[i].whole);
    }
    struct case_report none = {.n_tasks = 0};
    CU_ASSERT_EQUAL(visit_progress_state(&none), CASE_SUBMITTED);
}

static void by_receipt_alone_nothing_personal_is_shown(void)
{
    struct find_kit *f = find_new();
    int64_t job = find_show_receipt(f);
    struct case_report *r = find_report(f, 0, NUMBER);
    find_fix(r, FIX_FIELD, "agent.tel", "inconsistent", "张三的手机号不对", KIT_MOBILE);
    r->may_fix = true; /* a lie: no card was shown */
    find_answer(f, job);
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_MOBILE));
    CU_ASSERT_FALSE(kit_holds(&f->k, "张三的手机号不对"));
    CU_ASSERT_FALSE(kit_view(&f->k)->next.is_enabled);
    const struct view_item *fix = find_item(f, "fix.1");
    CU_ASSERT_PTR_NOT_NULL_FATAL(fix);
    CU_ASSERT_STRING_EQUAL(fix->label.lit, "手机");
    CU_ASSERT_STRING_EQUAL(fix->note.id, "fix.reason.inconsistent");
    CU_ASSERT_PTR_NULL(fix->value.lit);
    bool is_shown = false;
    for (size_t i = 0; i + strlen(KIT_MOBILE) <= f->k.view->arena_used; i++)
        is_shown |= !memcmp(f->k.view->arena + i, KIT_MOBILE, strlen(KIT_MOBILE));
    CU_ASSERT_FALSE(is_shown);
    CU_ASSERT(kit_item(&f->k, "fix.lay_card") >= 0);
    CU_ASSERT(f->k.v->is_reader_on);
    kit_tap(&f->k, INTENT_NEXT);
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    find_free(f);
}

/* ---- lies ---- */

static void fill(char *text, size_t n)
{
    memset(text, 0xFE, n); /* no UTF-8, no end */
}

static void lying_answers_do_no_harm(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    int64_t job = find_lay_card(f);
    f->answer->n_reports = 9999;
    f->answer->n_items = 9999;
    for (int i = 0; i < ENQUIRY_MAX_CASES; i++) {
        struct case_report *r = find_report(f, i, NUMBER);
        fill(r->number, sizeof r->number);
        fill(r->matter, sizeof r->matter);
        fill(r->matter_name, sizeof r->matter_name);
        fill(r->received, sizeof r->received);
        r->n_tasks = r->n_fixes = 9999;
        r->may_fix = true;
        for (int t = 0; t < ENQUIRY_MAX_TASKS; t++) {
            fill(r->task[t].id, sizeof r->task[t].id);
            fill(r->task[t].name, sizeof r->task[t].name);
            fill(r->task[t].dept, sizeof r->task[t].dept);
            fill(r->task[t].case_no, sizeof r->task[t].case_no);
            fill(r->task[t].due, sizeof r->task[t].due);
            r->task[t].state = (enum case_state)(t * 1000 - 1);
        }
        for (int x = 0; x < ENQUIRY_MAX_FIXES; x++) {
            fill(r->fix[x].id, sizeof r->fix[x].id);
            fill(r->fix[x].reason, sizeof r->fix[x].reason);
            fill(r->fix[x].text, sizeof r->fix[x].text);
            fill(r->fix[x].value, sizeof r->fix[x].value);
            r->fix[x].kind = (enum fix_kind)77;
        }
    }
    find_answer(f, job);
    CU_ASSERT_EQUAL(kit_view(&f->k)->n_items, ENQUIRY_MAX_CASES);
    find_open(f, "case.1");
    const struct view *view = kit_view(&f->k);
    for (size_t i = 0; i < view->n_items; i++) {
        const struct view_item *item = &view->item[i];
        CU_ASSERT(item->label.id || (item->label.lit && item->label.lit[0]));
        CU_ASSERT(bytes_utf8_valid(item->id, strlen(item->id)));
        CU_ASSERT(!item->label.lit || bytes_utf8_valid(item->label.lit, strlen(item->label.lit)));
        CU_ASSERT(!item->value.lit || bytes_utf8_valid(item->value.lit, strlen(item->value.lit)));
    }
    kit_tap(&f->k, INTENT_NEXT); /* nothing of it can be mapped */
    CU_ASSERT(kit_is(&f->k, "PROGRESS"));
    CU_ASSERT(kit_alert_is(&f->k, "fix.window"));
    find_free(f);
}

static void the_longest_report_fits_the_view(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    int64_t job = find_lay_card(f);
    struct case_report *r = find_report(f, 0, NUMBER);
    r->n_tasks = ENQUIRY_MAX_TASKS;
    r->n_fixes = ENQUIRY_MAX_FIXES;
    r->may_fix = true;
    for (int t = 0; t < ENQUIRY_MAX_TASKS; t++) {
        r->task[t] = r->task[0];
        memset(r->task[t].id, 'x', sizeof r->task[t].id - 1);
        memset(r->task[t].name, 'x', sizeof r->task[t].name - 1);
        memset(r->task[t].dept, 'x', sizeof r->task[t].dept - 1);
        memset(r->task[t].case_no, 'x', sizeof r->task[t].case_no - 1);
        r->task[t].state = CASE_ACCEPTED;
    }
    for (int x = 0; x < ENQUIRY_MAX_FIXES; x++)
        memset(r->fix[x].text, 'x', sizeof r->fix[x].text - 1);
    find_answer(f, job);
    const struct view *view = kit_view(&f->k);
    CU_ASSERT_EQUAL(view->item[view->n_items - 1].kind, VIEW_TASK);
    CU_ASSERT(view->arena_used <= VIEW_ARENA_BYTES);
    find_free(f);
}

/* ---- the end ---- */

static void silence_wipes_all_of_it(void)
{
    struct find_kit *f = find_new();
    find_open(f, "home.progress");
    kit_code(&f->k, KIT_RECEIPT);
    int64_t job = find_enquiry(f);
    struct case_report *r = find_report(f, 0, NUMBER);
    find_fix(r, FIX_FIELD, "agent.tel", "missing", "", "");
    find_answer(f, job);
    job = find_lay_card(f);
    CU_ASSERT_STRING_EQUAL(f->enquiry.receipt, KIT_RECEIPT); /* by both */
    CU_ASSERT_STRING_EQUAL(f->enquiry.id_no, KIT_NUMBER);
    kit_lift(&f->k);
    r->may_fix = true;
    find_answer(f, job);
    CU_ASSERT(kit_holds(&f->k, KIT_NUMBER));
    kit_timer(&f->k, VISIT_TIMER_IDLE);
    for (int i = 0; i < 25 && !strcmp(visit_state_name(f->k.v), "PROGRESS"); i++)
        kit_timer(&f->k, VISIT_TIMER_COUNTDOWN);
    CU_ASSERT(kit_is(&f->k, "HOME"));
    CU_ASSERT_EQUAL(kit_count(&f->k, VISIT_EFFECT_WIPE), 1);
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_NUMBER));
    CU_ASSERT_FALSE(kit_holds(&f->k, KIT_RECEIPT));
    CU_ASSERT_FALSE(kit_holds(&f->k, NUMBER));
    find_free(f);
}

static CU_TestInfo cases[] = {
    {"the entry listens to receipt and card", the_entry_listens_to_receipt_and_card},
    {"offline it says so and comes alive", offline_it_says_so_and_comes_alive},
    {"offline a receipt is answered as last told", offline_a_receipt_is_answered_as_last_told},
    {"the entry says which device is missing", the_entry_says_which_device_is_missing},
    {"takes receipts and nothing else", takes_receipts_and_nothing_else},
    {"a card asks with name and number", a_card_asks_with_name_and_number},
    {"a social security card asks where it is accepted",
     a_social_security_card_asks_where_it_is_accepted},
    {"waits ten seconds and takes a late answer", waits_ten_seconds_and_takes_a_late_answer},
    {"failures are told and can be tried again", failures_are_told_and_can_be_tried_again},
    {"answers nobody waits for are ignored", answers_nobody_waits_for_are_ignored},
    {"an answer of another kind is a failure", an_answer_of_another_kind_is_a_failure},
    {"nothing found is said", nothing_found_is_said},
    {"one report shows its tasks", one_report_shows_its_tasks},
    {"several reports are a list", several_reports_are_a_list},
    {"a report takes the word that says most", a_report_takes_the_word_that_says_most},
    {"by receipt alone nothing personal is shown", by_receipt_alone_nothing_personal_is_shown},
    {"lying answers do no harm", lying_answers_do_no_harm},
    {"the longest report fits the view", the_longest_report_fits_the_view},
    {"silence wipes all of it", silence_wipes_all_of_it},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_progress", cases)
