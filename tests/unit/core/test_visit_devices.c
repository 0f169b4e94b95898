/* SPDX-License-Identifier: Apache-2.0 */
/* The visit machine and what its devices bring: cards of the slot, codes, A4 pages, words. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "visit_kit.h"

#include <jansson.h>

static bool has_text(const struct kit *k, const char *id)
{
    for (size_t i = 0; i < k->view->n_items; i++)
        if (k->view->item[i].label.id && !strcmp(k->view->item[i].label.id, id))
            return true;
    return false;
}

/* ---- social security card ---- */

static struct card social_card(void)
{
    struct card c = {.kind = CARD_SOCIAL_SECURITY,
                     .name = KIT_NAME,
                     .sex = "2",
                     .nation = "01",
                     .birth = "19491231",
                     .number = KIT_NUMBER,
                     .social_number = "A00000001",
                     .birthplace = "110105"};
    return c;
}

static void social_card_is_asked_away(void)
{
    struct kit *k = kit_new();
    struct card card = social_card();
    kit_to_identify(k);
    CU_ASSERT(kit_effect(k, VISIT_EFFECT_CARD_SLOT)->flag);
    kit_view(k);
    CU_ASSERT_FALSE(has_text(k, "identify.slot"));
    kit_card_from(k, DEVICE_CARD_SLOT, &card);
    CU_ASSERT(kit_is(k, "IDENTIFY"));
    CU_ASSERT(kit_alert_is(k, "identify.social_security"));
    CU_ASSERT_FALSE(kit_holds(k, KIT_NUMBER));
    struct card citizen = kit_citizen();
    kit_card(k, &citizen);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT_FALSE(kit_effect(k, VISIT_EFFECT_CARD_SLOT)->flag);
    kit_free(k);
}

static void social_card_is_taken_where_allowed(void)
{
    struct kit *k = kit_new();
    struct card card = social_card();
    k->v->cfg.accepts_social_security_card = true;
    kit_to_identify(k);
    kit_view(k);
    CU_ASSERT(has_text(k, "identify.slot"));
    kit_device(k, DEVICE_READER, DEVICE_HARDWARE_ERROR); /* the other way stays open */
    kit_view(k);
    CU_ASSERT(has_text(k, "identify.slot"));
    kit_card_from(k, DEVICE_CARD_SLOT, &card);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    kit_answer_questions(k);
    int name = matter_var_find(k->v->s.matter, "mother.name");
    CU_ASSERT_STRING_EQUAL(k->v->s.value[name], KIT_NAME);
    CU_ASSERT_EQUAL(k->v->s.source[name], SOURCE_SOCIAL_CARD);
    /* its number is a citizen's and is held to the rules */
    int id_no = matter_var_find(k->v->s.matter, "mother.id_no");
    CU_ASSERT(visit_answers_check(k->v, id_no));
    k->v->s.card.number[17] = k->v->s.value[id_no][17] = '1';
    CU_ASSERT_FALSE(visit_answers_check(k->v, id_no));
    kit_free(k);
}

static void slot_is_left_alone_where_there_is_none(void)
{
    struct kit *k = kit_new();
    kit_device(k, DEVICE_CARD_SLOT, DEVICE_NO_DEVICE);
    kit_to_identify(k);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_CARD_SLOT], 0);
    CU_ASSERT_PTR_NULL(kit_view(k)->banner.id);
    kit_device(k, DEVICE_CARD_SLOT, DEVICE_ONLINE); /* it comes back while a card is waited for */
    CU_ASSERT(kit_effect(k, VISIT_EFFECT_CARD_SLOT)->flag);
    kit_free(k);
}

/* ---- codes ---- */

static struct kit *kit_at_scanning(void)
{
    struct kit *k = kit_new();
    kit_to_materials(k);
    kit_choose(k, "material.marriage", 0);
    CU_ASSERT_FATAL(k->v->s.awaiting > 0);
    return k;
}

static void page_says_what_it_does_not_take(void)
{
    static const struct {
        const char *text, *alert;
    } row[] = {{"134567890123456789", "materials.code_payment"},
               {"YJ1.QUJDREVGR0g.c2lnbmF0dXJl", "materials.code_receipt"},
               {"https://elsewhere.example.test/x", "materials.code_url"},
               {"two words", "materials.code_kind"}};
    static const char *const host[] = {"licence.example.test"};
    struct kit *k = kit_at_scanning();
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        kit_code(k, row[i].text);
        CU_ASSERT(kit_alert_is(k, row[i].alert));
        CU_ASSERT(k->v->s.awaiting > 0);
        CU_ASSERT_FALSE(kit_holds(k, row[i].text));
    }
    k->v->cfg.scan_hosts = (struct code_hosts){host, 1};
    k->v->cfg.scan_kinds = 1U << CODE_URL;
    k->v->s.n_refusals = 0;
    kit_code(k, "LIC-2026-000001");
    CU_ASSERT(kit_alert_is(k, "materials.code_kind"));
    kit_code(k, "https://licence.example.test/x");
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_free(k);
}

static void five_refusals_make_a_pause(void)
{
    struct kit *k = kit_at_scanning();
    for (int i = 0; i < 5; i++)
        kit_code(k, "134567890123456789");
    CU_ASSERT(kit_alert_is(k, "materials.code_pause"));
    kit_code(k, "LIC-2026-000001");
    CU_ASSERT(kit_alert_is(k, "materials.code_pause"));
    CU_ASSERT(k->v->s.awaiting > 0);
    k->now_ms += 10000;
    kit_code(k, "LIC-2026-000001");
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_free(k);
}

static void a_failed_scan_says_what_to_do(void)
{
    static const struct {
        int code;
        const char *alert;
    } row[] = {{ERR_SCANNER_REPORT, "materials.code_failed"},
               {ERR_SCANNER_TEXT, "materials.code_kind"},
               {ERR_SCANNER_TOO_LONG, "materials.code_kind"},
               {ERR_SCANNER_KIND, "materials.code_kind"},
               {ERR_CAMERA_SEVERAL, "materials.code_several"}};
    struct kit *k = kit_at_scanning();
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        kit_device_event(k, DEVICE_EVENT_CODE_FAILED, row[i].code);
        CU_ASSERT(kit_alert_is(k, row[i].alert));
    }
    kit_free(k);
}

static void twenty_codes_are_enough(void)
{
    struct kit *k = kit_at_scanning();
    for (int i = 0; i < 21; i++) {
        char code[24];
        snprintf(code, sizeof code, "CODE-%02d", i);
        kit_choose(k, "material.marriage", 0);
        kit_code(k, code);
        CU_ASSERT(kit_alert_is(k, i < 20 ? "materials.scanned" : "materials.code_limit"));
    }
    kit_free(k);
}

static void end_visit(struct kit *k)
{
    for (int i = 0; i < 5 && strcmp(visit_state_name(k->v), "HOME") != 0; i++) {
        kit_print_done(k, k->v->job, PRINT_PRINTED);
        kit_tap(k, INTENT_NEXT);
    }
    CU_ASSERT(kit_is(k, "HOME"));
}

static void a_token_serves_one_application(void)
{
    struct kit *k = kit_new();
    kit_to_materials(k);
    kit_choose(k, "material.marriage", 0);
    kit_code(k, "LIC-2026-000001");
    kit_choose(k, "material.marriage", 0);
    kit_code(k, "LIC-2026-000001"); /* the same visit may show it again */
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_tap(k, INTENT_HOME);
    kit_tap(k, INTENT_HOME); /* given up: nothing was used */
    CU_ASSERT(kit_is(k, "HOME"));

    kit_to_materials(k);
    kit_choose(k, "material.marriage", 0);
    kit_code(k, "LIC-2026-000001");
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_choose(k, "material.birth_record", 1);
    while (strcmp(visit_state_name(k->v), "SIGN") != 0)
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    kit_stored(k, 7);
    end_visit(k);
    CU_ASSERT_FALSE(kit_holds(k, "LIC-2026-000001"));

    kit_to_materials(k);
    kit_choose(k, "material.marriage", 0);
    kit_code(k, "LIC-2026-000001");
    CU_ASSERT(kit_alert_is(k, "materials.code_used"));
    kit_code(k, "LIC-2026-000002");
    CU_ASSERT(kit_alert_is(k, "materials.scanned"));
    kit_free(k);
}

static void scan_only_is_no_dead_end(void)
{
    struct kit *k = kit_new();
    kit_to_materials(k);
    struct matter *m = (struct matter *)k->v->s.matter;
    size_t at = 0;
    while (strcmp(m->material[at].id, "marriage") != 0)
        at++;
    m->material[at].actions = ACTION_SCAN;
    int item = kit_item(k, "material.marriage");
    CU_ASSERT_EQUAL(k->view->item[item].n_options, 1);
    CU_ASSERT_STRING_EQUAL(k->view->item[item].option[0].label.id, "supply.do_scan");
    kit_device(k, DEVICE_SCANNER, DEVICE_HARDWARE_ERROR);
    item = kit_item(k, "material.marriage");
    CU_ASSERT_EQUAL(k->view->item[item].n_options, 1);
    CU_ASSERT_STRING_EQUAL(k->view->item[item].option[0].label.id, "supply.do_later");
    kit_choose(k, "material.marriage", 0);
    kit_choose(k, "material.birth_record", 0);
    item = kit_item(k, "material.marriage");
    CU_ASSERT_STRING_EQUAL(k->view->item[item].note.arg[0], "5");
    kit_device(k, DEVICE_SCANNER, DEVICE_ONLINE); /* what was agreed stays agreed */
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    while (strcmp(visit_state_name(k->v), "SIGN") != 0)
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    char *text = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(visit_application_json(k->v, &text, &err), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"state\":\"later\",\"due_days\":5"));
    free(text);
    kit_free(k);
}

/* ---- one more receipt ---- */

static int offer_at(struct kit *k, const char *label)
{
    int item = kit_item(k, "receipt.more");
    for (size_t i = 0; item >= 0 && i < k->view->item[item].n_options; i++)
        if (!strcmp(k->view->item[item].option[i].label.id, label))
            return (int)i;
    return -1;
}

static void one_more_receipt_is_marked(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    CU_ASSERT_EQUAL(offer_at(k, "receipt.again"), -1); /* the first is still on its way */
    kit_print_done(k, 7, PRINT_PRINTED);
    for (int copy = 1; copy < VISIT_MAX_SHEETS; copy++) {
        kit_choose(k, "receipt.more", offer_at(k, "receipt.again"));
        CU_ASSERT_PTR_NOT_NULL_FATAL(kit_effect(k, VISIT_EFFECT_PRINT));
        CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->copy, copy);
        CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_PRINT)->job, 7);
        kit_print_done(k, 7, PRINT_PRINTED);
        CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
        CU_ASSERT(kit_alert_is(k, "receipt.copy_printed"));
    }
    CU_ASSERT_EQUAL(offer_at(k, "receipt.again"), -1); /* paper has an end */
    /* what is left is a button, nothing that stays chosen */
    CU_ASSERT_EQUAL(k->view->item[kit_item(k, "receipt.more")].kind, VIEW_ACTIONS);
    kit_free(k);
}

/* The first receipt is in the visitor's hand: a copy that fails must not be finished later. */
static void a_failed_copy_changes_nothing(void)
{
    static const struct {
        enum print_result result;
        const char *alert;
    } row[] = {{PRINT_NOT_STARTED, "receipt.copy_failed"},
               {PRINT_IN_DOUBT, "receipt.copy_in_doubt"}};
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        kit_to_receipt(k);
        kit_print_done(k, 7, PRINT_PRINTED);
        kit_choose(k, "receipt.more", offer_at(k, "receipt.again"));
        kit_print_done(k, 7, row[i].result);
        CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
        CU_ASSERT(kit_alert_is(k, row[i].alert));
        CU_ASSERT_EQUAL(k->v->s.phase, PHASE_PRINTED);
        CU_ASSERT_PTR_NULL(kit_view(k)->ask.id);
        kit_tap(k, INTENT_NEXT);
        CU_ASSERT(kit_is(k, "RATING"));
        CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_JOURNAL), 0);
        kit_free(k);
    }
    struct kit *k = kit_new(); /* and one that never answers */
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_choose(k, "receipt.more", offer_at(k, "receipt.again"));
    kit_timer(k, VISIT_TIMER_PAGE);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "RATING"));
    CU_ASSERT_EQUAL(kit_effect(k, VISIT_EFFECT_JOURNAL)->journal_state, JOURNAL_PRINTED);
    kit_free(k);
}

/* ---- A4 pages ---- */

static void pages_come_one_after_another(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    k->v->s.matter = kit_matter(k, "NB.BIRTH");
    kit_choose(k, "receipt.more", offer_at(k, "pages.print_application"));
    const struct visit_effect *e = kit_effect(k, VISIT_EFFECT_PRINT_DOCUMENT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->document, DOCUMENT_APPLICATION);
    CU_ASSERT_EQUAL(k->fx.at[k->fx.n - 1].kind, VISIT_EFFECT_PRINT_DOCUMENT);
    CU_ASSERT(kit_alert_is(k, "pages.printing"));
    CU_ASSERT_EQUAL(offer_at(k, "pages.print_application"), -1);
    CU_ASSERT(offer_at(k, "receipt.again") >= 0);
    int64_t job = e->job;
    kit_print_done(k, job, PRINT_PRINTED); /* the receipt printer's jobs are others */
    CU_ASSERT(kit_alert_is(k, "pages.printing"));
    kit_document_done(k, job, PRINT_PRINTED, 0);
    if (visit_has_promise(k->v)) {
        e = kit_effect(k, VISIT_EFFECT_PRINT_DOCUMENT);
        CU_ASSERT_PTR_NOT_NULL_FATAL(e);
        CU_ASSERT_EQUAL(e->document, DOCUMENT_PROMISE);
        kit_document_done(k, e->job, PRINT_PRINTED, 0);
    }
    CU_ASSERT(kit_alert_is(k, "pages.printed"));
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_JOURNAL], 1); /* the receipt's, no others */
    CU_ASSERT(offer_at(k, "pages.print_application") >= 0);
    kit_free(k);
}

/* A printer that never reports is not a reason to keep the second document back; one that reports
 * trouble is. */
static void pages_without_a_report_still_come(void)
{
    for (int is_trouble = 0; is_trouble < 2; is_trouble++) {
        struct kit *k = kit_new();
        kit_to_receipt(k);
        kit_print_done(k, 7, PRINT_PRINTED);
        for (size_t i = 0; i < k->v->s.matter->n_materials; i++)
            if (!strcmp(k->v->s.matter->material[i].id, "marriage"))
                k->v->s.supply[i].kind = SUPPLY_PROMISED;
        CU_ASSERT_FATAL(visit_has_promise(k->v));
        kit_choose(k, "receipt.more", offer_at(k, "pages.print_application"));
        kit_document_done(k, k->v->page_job, PRINT_IN_DOUBT, is_trouble ? ERR_DOCUMENT_QUEUE : 0);
        const struct visit_effect *e = kit_effect(k, VISIT_EFFECT_PRINT_DOCUMENT);
        CU_ASSERT_EQUAL(e != NULL, !is_trouble);
        if (e) {
            CU_ASSERT_EQUAL(e->document, DOCUMENT_PROMISE);
            CU_ASSERT(kit_alert_is(k, "pages.printing"));
            kit_document_done(k, e->job, PRINT_PRINTED, 0); /* the first may still be missing */
        }
        CU_ASSERT(kit_alert_is(k, is_trouble ? "pages.in_doubt" : "pages.sent"));
        CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_PRINT_DOCUMENT), 0);
        kit_free(k);
    }
}

static bool is_marked(const struct kit *k, enum document_kind kind)
{
    struct document *d = calloc(1, sizeof *d);
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, kind, d, &err), 0);
    bool is_marked = d->block[0].kind == DOCUMENT_COPY_MARK;
    free(d);
    return is_marked;
}

/* Each document counts its own copies: who had the list printed gets a first application form. */
static void a_second_print_is_marked_and_only_that(void)
{
    struct kit *k = kit_new();
    kit_open(k);
    kit_tap(k, INTENT_PRINT_LIST);
    CU_ASSERT_FALSE(is_marked(k, DOCUMENT_MATERIALS));
    kit_document_done(k, k->v->page_job, PRINT_PRINTED, 0);
    kit_tap(k, INTENT_PRINT_LIST);
    CU_ASSERT(is_marked(k, DOCUMENT_MATERIALS));
    kit_document_done(k, k->v->page_job, PRINT_NOT_STARTED, ERR_DOCUMENT_STOPPED);
    kit_free(k);
    k = kit_new();
    kit_to_materials(k);
    kit_tap(k, INTENT_PRINT_LIST);
    kit_document_done(k, k->v->page_job, PRINT_PRINTED, 0);
    kit_choose(k, "material.marriage", 1);
    kit_choose(k, "material.birth_record", 1);
    while (strcmp(visit_state_name(k->v), "SIGN") != 0)
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    kit_stored(k, 7);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_choose(k, "receipt.more", offer_at(k, "pages.print_application"));
    CU_ASSERT_FALSE(is_marked(k, DOCUMENT_APPLICATION));
    kit_document_done(k, k->v->page_job, PRINT_NOT_STARTED, ERR_DOCUMENT_STOPPED);
    kit_choose(k, "receipt.more", offer_at(k, "pages.print_application"));
    CU_ASSERT_FALSE(is_marked(k, DOCUMENT_APPLICATION)); /* the first never came out */
    kit_document_done(k, k->v->page_job, PRINT_IN_DOUBT, ERR_DOCUMENT_QUEUE);
    CU_ASSERT(is_marked(k, DOCUMENT_APPLICATION)); /* it may have */
    kit_free(k);
}

static void a_failed_page_says_why(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    for (int i = 0; i < VISIT_MAX_PAGES; i++) {
        kit_choose(k, "receipt.more", offer_at(k, "pages.print_application"));
        CU_ASSERT_PTR_NOT_NULL_FATAL(kit_effect(k, VISIT_EFFECT_PRINT_DOCUMENT));
        int64_t job = kit_effect(k, VISIT_EFFECT_PRINT_DOCUMENT)->job;
        if (i == 0) {
            kit_document_done(k, job, PRINT_NOT_STARTED, ERR_DOCUMENT_STOPPED);
            CU_ASSERT(kit_alert_is(k, "pages.failed"));
            CU_ASSERT(k->view->alert.is_arg_id);
            CU_ASSERT_STRING_EQUAL(k->view->alert.arg[0], "device.document_printer");
            CU_ASSERT_STRING_EQUAL(k->view->alert.arg[1], "device.cause.queueStopped");
        } else {
            kit_document_done(k, job, PRINT_IN_DOUBT, ERR_DOCUMENT_QUEUE);
            CU_ASSERT(kit_alert_is(k, "pages.in_doubt"));
        }
        CU_ASSERT_EQUAL(kit_count(k, VISIT_EFFECT_PRINT_DOCUMENT), 0);
    }
    CU_ASSERT_EQUAL(offer_at(k, "pages.print_application"), -1);
    kit_free(k);
}

static void no_printer_no_button(void)
{
    struct kit *k = kit_new();
    kit_device(k, DEVICE_DOCUMENT_PRINTER, DEVICE_NO_DEVICE);
    kit_open(k);
    kit_device(k, DEVICE_PRINTER, DEVICE_NO_DEVICE);
    CU_ASSERT_PTR_NULL(kit_view(k)->extra.label.id);
    kit_tap(k, INTENT_PRINT_LIST);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT_DOCUMENT], 0);
    CU_ASSERT_EQUAL(k->n_effects[VISIT_EFFECT_PRINT_LIST], 0);
    kit_device(k, DEVICE_PRINTER, DEVICE_ONLINE);
    kit_tap(k, INTENT_HOME);
    kit_to_receipt(k);
    kit_print_done(k, 7, PRINT_PRINTED);
    CU_ASSERT_EQUAL(offer_at(k, "pages.print_application"), -1);
    kit_free(k);
}

static void the_list_can_be_had_at_once(void)
{
    struct kit *k = kit_new();
    struct document *d = calloc(1, sizeof *d);
    struct err err = {0};
    CU_ASSERT_EQUAL(visit_document(k->v, DOCUMENT_MATERIALS, d, &err), ERR_WRONG_STATE);
    kit_open(k);
    CU_ASSERT_EQUAL(kit_view(k)->extra.intent, INTENT_PRINT_LIST);
    kit_tap(k, INTENT_PRINT_LIST);
    const struct visit_effect *e = kit_effect(k, VISIT_EFFECT_PRINT_DOCUMENT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->document, DOCUMENT_MATERIALS);
    int64_t job = e->job;
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, DOCUMENT_MATERIALS, d, &err), 0);
    CU_ASSERT_STRING_EQUAL(d->title, "材料清单");
    CU_ASSERT_STRING_EQUAL(d->qr, "");
    CU_ASSERT_STRING_EQUAL(d->number, "");
    size_t n_rows = 0;
    for (size_t i = 0; i < d->n_blocks; i++)
        n_rows += d->block[i].kind == DOCUMENT_ROW;
    CU_ASSERT_EQUAL(n_rows, k->v->s.matter->n_materials);
    CU_ASSERT_FALSE(kit_view(k)->extra.is_enabled); /* until the printer has answered */
    CU_ASSERT_EQUAL(visit_document(k->v, DOCUMENT_APPLICATION, d, &err), ERR_WRONG_STATE);
    kit_tap(k, INTENT_HOME); /* gone before it came out */
    kit_document_done(k, job, PRINT_NOT_STARTED, ERR_DOCUMENT_STOPPED);
    CU_ASSERT(kit_is(k, "HOME"));
    CU_ASSERT_PTR_NULL(kit_view(k)->alert.id);
    document_free(NULL);
    free(d);
    kit_free(k);
}

static const struct document_block *pair_of(const struct document *d, const char *left)
{
    for (size_t i = 0; i < d->n_blocks; i++)
        if (d->block[i].kind == DOCUMENT_PAIR && !strcmp(d->block[i].left, left))
            return &d->block[i];
    return NULL;
}

static void documents_hold_everything_unmasked(void)
{
    struct kit *k = kit_new();
    struct document *d = calloc(1, sizeof *d);
    struct err err = {0};
    kit_to_submitting(k); /* it may go with the record: without a number */
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, DOCUMENT_APPLICATION, d, &err), 0);
    CU_ASSERT(d->number[0] == '\0' && d->qr[0] == '\0' && pair_of(d, "出生日期"));
    kit_free(k);
    k = kit_new();
    kit_to_receipt(k);
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, DOCUMENT_APPLICATION, d, &err), 0);
    CU_ASSERT_EQUAL(d->kind, DOCUMENT_APPLICATION);
    CU_ASSERT_STRING_EQUAL(d->number, kit_record(7).number);
    CU_ASSERT_STRING_EQUAL(d->qr, kit_record(7).token);
    CU_ASSERT_STRING_EQUAL(d->subtitle, k->v->s.matter->name);
    static const struct {
        const char *left, *right;
    } pair[] = {{"姓名", KIT_NAME},
                {"证件号码", KIT_NUMBER},
                {"性别", "女"},
                {"证件类型", "居民身份证"},
                {"有效期限", "2020年01月01日—2040年01月01日"},
                {"住址", "北京市朝阳区示例路1号"},
                {"出生日期", "1949年12月31日"}};
    for (size_t i = 0; i < YJ_COUNT(pair); i++) {
        const struct document_block *b = pair_of(d, pair[i].left);
        CU_ASSERT_PTR_NOT_NULL(b);
        if (b && strcmp(b->right, pair[i].right) != 0)
            printf("    %s: %s\n", b->left, b->right);
        CU_ASSERT(b && !strcmp(b->right, pair[i].right));
    }
    size_t n_tasks = 0, n_signatures = 0;
    bool has_baby = false;
    for (size_t i = 0; i < d->n_blocks; i++) {
        CU_ASSERT_FATAL(d->block[i].left && d->block[i].right && d->block[i].third);
        n_tasks += d->block[i].kind == DOCUMENT_ROW && strstr(d->block[i].third, "个工作日") &&
                   !strstr(d->block[i].right, "补交");
        n_signatures += d->block[i].kind == DOCUMENT_SIGNATURE;
        has_baby |= !strcmp(d->block[i].right, KIT_BABY);
        CU_ASSERT_NOT_EQUAL(d->block[i].kind, DOCUMENT_COPY_MARK);
    }
    CU_ASSERT(n_tasks >= visit_tasks_count(k->v));
    CU_ASSERT_EQUAL(n_signatures, 1);
    CU_ASSERT(has_baby);
    free(d);
    kit_free(k);
}

static void a_promise_is_written_only_when_made(void)
{
    struct kit *k = kit_new();
    struct document *d = calloc(1, sizeof *d);
    struct err err = {0};
    kit_to_receipt(k);
    struct matter *m = (struct matter *)k->v->s.matter;
    for (size_t i = 0; i < m->n_materials; i++)
        if (m->material[i].mode == MODE_E5)
            m->material[i].mode = MODE_E1;
    CU_ASSERT_EQUAL(visit_document(k->v, DOCUMENT_PROMISE, d, &err), ERR_WRONG_STATE);
    for (size_t i = 0; i < m->n_materials; i++)
        if (!strcmp(m->material[i].id, "marriage"))
            k->v->s.supply[i].kind = SUPPLY_PROMISED;
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, DOCUMENT_PROMISE, d, &err), 0);
    size_t n_items = 0;
    for (size_t i = 0; i < d->n_blocks; i++)
        n_items += d->block[i].kind == DOCUMENT_ITEM;
    CU_ASSERT_EQUAL(n_items, 1);
    free(d);
    kit_free(k);
}

/* ---- words ---- */

static void told(struct kit *k, enum device_kind kind, enum device_state state,
                 enum device_paper paper, int cause)
{
    struct device_event d = {
        .kind = DEVICE_EVENT_STATUS,
        .from = kind,
        .status = {.kind = kind, .state = state, .paper = paper, .cause = cause}};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
}

/* While a receipt waits for its printer, the page says what the printer waits for. */
static void receipt_names_what_the_printer_waits_for(void)
{
    struct kit *k = kit_new();
    kit_to_receipt(k);
    const struct view *view = kit_view(k);
    for (size_t i = 0; i < view->n_items; i++)
        CU_ASSERT(!view->item[i].label.id || strcmp(view->item[i].label.id, "device.full") != 0);
    told(k, DEVICE_PRINTER, DEVICE_OFFLINE, PAPER_FULL, ERR_PRINTER_COVER);
    view = kit_view(k);
    const struct view_text *said = NULL;
    for (size_t i = 0; i < view->n_items; i++)
        if (view->item[i].label.id && !strcmp(view->item[i].label.id, "device.full"))
            said = &view->item[i].label;
    CU_ASSERT_PTR_NOT_NULL_FATAL(said);
    CU_ASSERT_STRING_EQUAL(said->arg[1], "device.cause.coverOpen");
    kit_free(k);
}

static void banner_names_device_cause_and_action(void)
{
    static const struct {
        enum device_kind kind;
        enum device_state state;
        enum device_paper paper;
        int cause;
        const char *home, *cause_text, *action;
        const char *matter; /* on the page of a matter; NULL: none */
    } row[] = {
        {DEVICE_PRINTER, DEVICE_OFFLINE, PAPER_OUT, ERR_PRINTER_PAPER_OUT, "banner.printer_staff",
         "device.cause.paperOut", "device.action.loadPaper", "banner.printer"},
        {DEVICE_PRINTER, DEVICE_OFFLINE, PAPER_FULL, ERR_PRINTER_COVER, "banner.printer_staff",
         "device.cause.coverOpen", "device.action.closeCover", "banner.printer"},
        {DEVICE_PRINTER, DEVICE_ONLINE, PAPER_LOW, 0, "device.full", "device.cause.paperLow",
         "device.action.loadPaper", NULL},
        {DEVICE_READER, DEVICE_HARDWARE_ERROR, PAPER_UNKNOWN, ERR_READER_SAM, "banner.reader_staff",
         "device.cause.samFailure", "device.action.callTechnician", "banner.reader"},
        {DEVICE_SCANNER, DEVICE_OFFLINE, PAPER_UNKNOWN, ERR_SCANNER_STICKER, "device.full",
         "device.cause.stickerOnGlass", "device.action.cleanGlass", NULL},
        {DEVICE_SCANNER, DEVICE_NO_DEVICE, PAPER_UNKNOWN, ERR_USB_NO_DEVICE, "device.full",
         "device.cause.notConnected", "device.action.replug", NULL},
        {DEVICE_DOCUMENT_PRINTER, DEVICE_OFFLINE, PAPER_UNKNOWN, ERR_DOCUMENT_STOPPED,
         "device.full", "device.cause.queueStopped", "device.action.checkPrinter", NULL},
    };
    for (size_t i = 0; i < YJ_COUNT(row); i++) {
        struct kit *k = kit_new();
        told(k, row[i].kind, row[i].state, row[i].paper, row[i].cause);
        const struct view_text *banner = &kit_view(k)->banner;
        CU_ASSERT_PTR_NOT_NULL_FATAL(banner->id);
        CU_ASSERT_STRING_EQUAL(banner->id, row[i].home);
        CU_ASSERT(banner->is_arg_id);
        CU_ASSERT_STRING_EQUAL(banner->arg[0], device_kind_text(row[i].kind));
        CU_ASSERT_STRING_EQUAL(banner->arg[1], row[i].cause_text);
        CU_ASSERT_STRING_EQUAL(banner->arg[2], row[i].action);
        kit_open(k);
        kit_view(k);
        CU_ASSERT_EQUAL(k->view->banner.id != NULL, row[i].matter != NULL);
        if (row[i].matter && k->view->banner.id)
            CU_ASSERT_STRING_EQUAL(k->view->banner.id, row[i].matter);
        kit_free(k);
    }
}

static void what_is_not_fitted_troubles_nobody(void)
{
    struct kit *k = kit_new();
    told(k, DEVICE_CARD_SLOT, DEVICE_NO_DEVICE, PAPER_UNKNOWN, 0);
    told(k, DEVICE_DOCUMENT_PRINTER, DEVICE_NO_DEVICE, PAPER_UNKNOWN, 0);
    CU_ASSERT_PTR_NULL(kit_view(k)->banner.id);
    told(k, DEVICE_DOCUMENT_PRINTER, DEVICE_NO_DEVICE, PAPER_UNKNOWN, ERR_DOCUMENT_QUEUE);
    CU_ASSERT_PTR_NOT_NULL(kit_view(k)->banner.id); /* fitted, and gone */
    kit_free(k);
}

static void out_of_service_lists_the_devices(void)
{
    struct kit *k = kit_new();
    told(k, DEVICE_PRINTER, DEVICE_OFFLINE, PAPER_OUT, ERR_PRINTER_PAPER_OUT);
    told(k, DEVICE_READER, DEVICE_NO_DEVICE, PAPER_UNKNOWN, ERR_USB_NO_DEVICE);
    kit_code_event(k, VISIT_EVENT_STORE_STATE, ERR_STORE_FULL);
    CU_ASSERT(kit_is(k, "OUT_OF_SERVICE"));
    CU_ASSERT(kit_item(k, "device.printer") >= 0);
    CU_ASSERT(kit_item(k, "device.reader") >= 0);
    CU_ASSERT_EQUAL(kit_item(k, "device.scanner"), -1);
    CU_ASSERT_STRING_EQUAL(k->view->item[kit_item(k, "device.printer")].label.id, "device.full");
    kit_free(k);
}

/* The banner has room for one: whoever is called sees all of them. */
static void staff_at_home_see_every_device(void)
{
    struct kit *k = kit_new();
    told(k, DEVICE_PRINTER, DEVICE_ONLINE, PAPER_LOW, 0);
    told(k, DEVICE_SCANNER, DEVICE_NO_DEVICE, PAPER_UNKNOWN, ERR_USB_NO_DEVICE);
    CU_ASSERT_EQUAL(kit_item(k, "device.printer"), -1);
    kit_tap(k, INTENT_CALL_STAFF);
    CU_ASSERT(kit_item(k, "device.printer") >= 0 && kit_item(k, "device.scanner") >= 0);
    CU_ASSERT_EQUAL(kit_item(k, "device.reader"), -1);
    kit_open(k);
    CU_ASSERT(kit_is(k, "MATTER"));
    kit_free(k);
}

static CU_TestInfo cases[] = {
    {"staff at home see every device", staff_at_home_see_every_device},
    {"a social security card is asked away", social_card_is_asked_away},
    {"a social security card is taken where allowed", social_card_is_taken_where_allowed},
    {"the slot is left alone where there is none", slot_is_left_alone_where_there_is_none},
    {"the page says what it does not take", page_says_what_it_does_not_take},
    {"five refusals make a pause", five_refusals_make_a_pause},
    {"a failed scan says what to do", a_failed_scan_says_what_to_do},
    {"twenty codes are enough", twenty_codes_are_enough},
    {"a token serves one application", a_token_serves_one_application},
    {"scan only is no dead end", scan_only_is_no_dead_end},
    {"one more receipt is marked", one_more_receipt_is_marked},
    {"a failed copy changes nothing", a_failed_copy_changes_nothing},
    {"pages come one after another", pages_come_one_after_another},
    {"a failed page says why", a_failed_page_says_why},
    {"pages without a report still come", pages_without_a_report_still_come},
    {"a second print is marked, and only that", a_second_print_is_marked_and_only_that},
    {"no printer, no button", no_printer_no_button},
    {"the list can be had at once", the_list_can_be_had_at_once},
    {"documents hold everything unmasked", documents_hold_everything_unmasked},
    {"a promise is written only when made", a_promise_is_written_only_when_made},
    {"the banner names device, cause and action", banner_names_device_cause_and_action},
    {"receipt names the cause", receipt_names_what_the_printer_waits_for},
    {"what is not fitted troubles nobody", what_is_not_fitted_troubles_nobody},
    {"out of service lists the devices", out_of_service_lists_the_devices},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.visit_devices", cases)
