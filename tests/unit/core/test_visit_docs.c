/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves a visit: application, rating, receipt. With a folder as argument the program writes
 * sample documents there, for the check against the schema (visit_schema.py). */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "cunit_main.h"
#include "form_kit.h"

static json_t *application_of(struct kit *k)
{
    char *text = NULL;
    struct err err = {0};
    json_error_t error;
    CU_ASSERT_EQUAL_FATAL(visit_application_json(k->v, &text, &err), 0);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        printf("    %s at %d\n", error.text, error.position);
    free(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    return json;
}

static const char *string_at(const json_t *json, const char *a, const char *b)
{
    const json_t *value = json_object_get(json, a);
    if (b)
        value = json_object_get(value, b);
    const char *text = json_string_value(value);
    return text ? text : "(none)";
}

static const json_t *find(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!strcmp(string_at(json_array_get(list, i), "id", NULL), id))
            return json_array_get(list, i);
    return NULL;
}

static void application_says_what_was_done(void)
{
    struct kit *k = kit_new();
    kit_to_submitting(k);
    json_t *a = application_of(k);
    CU_ASSERT_STRING_EQUAL(string_at(a, "schema", NULL), "application/1");
    CU_ASSERT_STRING_EQUAL(string_at(a, "matter", "code"), "NB.BIRTH");
    CU_ASSERT_STRING_EQUAL(string_at(a, "terminal", NULL), "4301020001");
    CU_ASSERT_STRING_EQUAL(string_at(a, "applicant", "name"), KIT_NAME);
    CU_ASSERT_STRING_EQUAL(string_at(a, "applicant", "id_no"), KIT_NUMBER);
    CU_ASSERT_STRING_EQUAL(string_at(a, "applicant", "id_type"), "111");
    CU_ASSERT_STRING_EQUAL(string_at(a, "answers", "baby.name"), KIT_BABY);
    CU_ASSERT_STRING_EQUAL(string_at(a, "provenance", "baby.name"), "typed");
    CU_ASSERT_STRING_EQUAL(string_at(a, "provenance", "mother.name"), "card");
    CU_ASSERT_STRING_EQUAL(string_at(a, "provenance", "baby.nation"), "copied");
    CU_ASSERT_STRING_EQUAL(string_at(a, "answers", "bank.card"), "(none)");
    CU_ASSERT_STRING_EQUAL(string_at(a, "consent", "notice_version"), "notice/1");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(a, "tasks")), visit_tasks_count(k->v));
    const json_t *materials = json_object_get(a, "materials");
    CU_ASSERT_STRING_EQUAL(string_at(find(materials, "marriage"), "state", NULL), "scanned");
    CU_ASSERT_STRING_EQUAL(string_at(find(materials, "marriage"), "token", NULL), "MARRIAGE-0001");
    CU_ASSERT_STRING_EQUAL(string_at(find(materials, "birth_record"), "state", NULL), "later");
    CU_ASSERT_STRING_EQUAL(string_at(find(materials, "form"), "state", NULL), "exempt");
    CU_ASSERT_STRING_EQUAL(string_at(find(materials, "id_parents"), "state", NULL), "to_verify");
    CU_ASSERT_PTR_NULL(find(materials, "nation_form"));
    json_decref(a);
    kit_free(k);
}

static bool lists(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!strcmp(json_string_value(json_array_get(list, i)), word))
            return true;
    return false;
}

/* A genuine card may hold an old mistake of the registry: the visitor goes on, the centre learns
 * of it. */
static void what_does_not_agree_is_told_to_the_centre(void)
{
    struct kit *k = kit_new();
    struct card card = kit_citizen();
    card.number[17] = '1'; /* X would be right */
    card.valid_to[0] = '\0';
    snprintf(card.valid_to_raw, sizeof card.valid_to_raw, "永久");
    card.doubts = CARD_DOUBT_CHECK_DIGIT | CARD_DOUBT_DATES;
    kit_to_identify(k);
    struct device_event d = {.kind = DEVICE_EVENT_CARD,
                             .from = DEVICE_READER,
                             .code = ERR_READER_CARD_DOUBT,
                             .card = &card};
    struct visit_event e = {.kind = VISIT_EVENT_DEVICE, .device = &d};
    kit_event(k, &e);
    CU_ASSERT(kit_is(k, "QUESTIONS"));
    CU_ASSERT(kit_alert_is(k, "identify.mismatch"));
    CU_ASSERT_EQUAL(k->v->s.warnings, 0); /* neither past its end nor long-term */
    kit_answer_questions(k);
    kit_tap(k, INTENT_NEXT);
    kit_fill_form(k);
    kit_choose(k, "material.marriage", 1);
    kit_choose(k, "material.birth_record", 1);
    for (int i = 0; i < 9 && strcmp(visit_state_name(k->v), "SIGN") != 0; i++)
        kit_tap(k, INTENT_NEXT);
    CU_ASSERT_FATAL(kit_is(k, "SIGN"));
    kit_sign(k, 40, 5);
    json_t *a = application_of(k);
    const json_t *applicant = json_object_get(a, "applicant");
    const json_t *doubts = json_object_get(applicant, "card_doubts");
    CU_ASSERT_EQUAL(json_array_size(doubts), 2);
    CU_ASSERT(lists(doubts, "check_digit") && lists(doubts, "dates"));
    CU_ASSERT_STRING_EQUAL(string_at(a, "applicant", "valid_to"), "(none)");
    CU_ASSERT_STRING_EQUAL(string_at(a, "applicant", "valid_to_raw"), "永久");
    CU_ASSERT(json_is_false(json_object_get(applicant, "is_long_term")));
    json_decref(a);
    kit_stored(k, 7);
    struct document *paper = calloc(1, sizeof *paper);
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(visit_document(k->v, DOCUMENT_APPLICATION, paper, &err), 0);
    bool is_on_paper = false;
    for (size_t i = 0; i < paper->n_blocks; i++)
        is_on_paper |= !strcmp(paper->block[i].right, "2020年01月01日—永久");
    CU_ASSERT(is_on_paper);
    free(paper);
    kit_free(k);
}

static void hidden_answers_stay_behind(void)
{
    struct kit *k = kit_new();
    kit_to_review(k);
    kit_intent(k, INTENT_EDIT, kit_item(k, "review.field.deliver.way"), 0);
    kit_choose(k, "field.deliver.way", 1);
    kit_set(k, "field.post.receiver", "陳大文");
    kit_set(k, "field.post.mobile", KIT_MOBILE);
    kit_set(k, "field.post.addr", "北京市朝阳区示例路1号");
    kit_choose(k, "field.deliver.way", 0);
    kit_tap(k, INTENT_NEXT);
    CU_ASSERT(kit_is(k, "REVIEW"));
    while (!strcmp(visit_state_name(k->v), "REVIEW"))
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    json_t *a = application_of(k);
    CU_ASSERT_STRING_EQUAL(string_at(a, "answers", "post.addr"), "(none)");
    CU_ASSERT_STRING_EQUAL(string_at(a, "provenance", "post.addr"), "(none)");
    json_decref(a);
    kit_free(k);
}

static void same_answers_same_bytes(void)
{
    char *text[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        struct kit *k = kit_new();
        struct err err = {0};
        kit_to_submitting(k);
        CU_ASSERT_EQUAL_FATAL(visit_application_json(k->v, &text[i], &err), 0);
        kit_free(k);
    }
    CU_ASSERT_STRING_EQUAL(text[0], text[1]);
    free(text[0]);
    free(text[1]);
}

static void hostile_text_stays_text(void)
{
    struct kit *k = kit_new();
    kit_to_materials(k);
    kit_choose(k, "material.marriage", 0);
    kit_code(k, "a\"b\\c\x01</script>"); /* control characters are refused at the door */
    CU_ASSERT(kit_alert_is(k, "materials.code_kind"));
    kit_code(k, "a\"b\\c</script>");
    kit_choose(k, "material.birth_record", 1);
    kit_tap(k, INTENT_NEXT);
    while (!strcmp(visit_state_name(k->v), "REVIEW"))
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    json_t *a = application_of(k);
    CU_ASSERT_STRING_EQUAL(
        string_at(find(json_object_get(a, "materials"), "marriage"), "token", NULL),
        "a\"b\\c</script>");
    json_decref(a);
    kit_free(k);
}

static void nothing_to_write_is_an_error(void)
{
    struct kit *k = kit_new();
    char *text = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(visit_application_json(k->v, &text, &err), ERR_WRONG_STATE);
    CU_ASSERT_EQUAL(visit_rating_json(k->v, &text, &err), ERR_WRONG_STATE);
    CU_ASSERT_PTR_NULL(text);
    kit_to_review(k);
    CU_ASSERT_EQUAL(visit_application_json(k->v, &text, &err), ERR_WRONG_STATE);
    kit_free(k);
}

static void rating_goes_with_the_number(void)
{
    static const int level[] = {5, 4, 3, 2, 1};
    for (int option = 0; option < 5; option++) {
        struct kit *k = kit_new();
        char *text = NULL;
        struct err err = {0};
        kit_to_receipt(k);
        kit_print_done(k, 7, PRINT_PRINTED);
        kit_tap(k, INTENT_NEXT);
        kit_intent(k, INTENT_RATE, 0, option);
        CU_ASSERT_EQUAL_FATAL(visit_rating_json(k->v, &text, &err), 0);
        json_t *r = json_loads(text, 0, NULL);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(r, "level")), level[option]);
        CU_ASSERT_STRING_EQUAL(string_at(r, "number", NULL), "430102000120261123000019");
        CU_ASSERT_PTR_NULL(strstr(text, KIT_NUMBER));
        json_decref(r);
        free(text);
        kit_free(k);
    }
}

/* ---- paper ---- */

static bool slip_has(const struct slip *s, const char *text)
{
    for (size_t i = 0; i < s->n_lines; i++)
        if (strstr(s->line[i].left, text) || strstr(s->line[i].right, text))
            return true;
    return false;
}

static const char *slip_code(const struct slip *s)
{
    for (size_t i = 0; i < s->n_lines; i++)
        if (s->line[i].style == SLIP_QR)
            return s->line[i].left;
    return "";
}

static void receipt_is_whole_and_masked(void)
{
    struct kit *k = kit_new();
    struct slip *s = calloc(1, sizeof *s);
    kit_to_receipt(k);
    visit_slip(k->v, 0, s);
    CU_ASSERT_EQUAL(s->line[0].style, SLIP_TITLE);
    CU_ASSERT_STRING_EQUAL(s->line[0].left, "收件凭证");
    CU_ASSERT(slip_has(s, "示例市政务服务中心 01 号机"));
    CU_ASSERT(slip_has(s, "430102000120261123000019"));
    CU_ASSERT(slip_has(s, "新生儿出生"));
    CU_ASSERT(slip_has(s, "张*"));
    CU_ASSERT(slip_has(s, "1101**********002X"));
    CU_ASSERT_FALSE(slip_has(s, KIT_NAME));
    CU_ASSERT_FALSE(slip_has(s, KIT_NUMBER));
    CU_ASSERT_FALSE(slip_has(s, KIT_BABY));
    CU_ASSERT_FALSE(slip_has(s, KIT_MOBILE));
    CU_ASSERT(slip_has(s, "公安部门"));
    CU_ASSERT(slip_has(s, "免提交"));
    CU_ASSERT(slip_has(s, "已收"));
    CU_ASSERT(slip_has(s, "待补"));
    CU_ASSERT(slip_has(s, "12345"));
    CU_ASSERT_STRING_EQUAL(slip_code(s), kit_record(7).token);
    CU_ASSERT_FALSE(slip_has(s, "补打"));
    visit_slip(k->v, 2, s);
    CU_ASSERT(slip_has(s, "补打（第 2 次）"));
    CU_ASSERT_STRING_EQUAL(slip_code(s), "YJ1C.QUJDREVGR0g.c2lnbmF0dXJl");
    free(s);
    kit_free(k);
}

/* What has to be brought has a line of its own; what has not is named, counted and short. */
static void receipt_groups_what_is_exempt(void)
{
    struct kit *k = kit_new();
    struct slip *s = calloc(1, sizeof *s);
    kit_to_receipt(k);
    visit_slip(k->v, 0, s);
    const struct matter *m = k->v->s.matter;
    size_t n_items = 0, n_exempt = 0, n_waiting = 0, n_told = 0;
    char count[32], waiting[64];
    for (size_t i = 0; i < m->n_materials; i++) {
        bool is_needed = k->v->s.plan.material[i] == TRI_TRUE;
        bool is_brought = m->material[i].mode == MODE_E6 || m->material[i].mode == MODE_E7;
        bool is_waiting = visit_shared_proof(k->v, (int)i, NULL) == PROOF_WAITING;
        n_waiting += is_needed && is_waiting; /* the centre has not answered */
        n_exempt += is_needed && !is_brought && !is_waiting && m->material[i].mode != MODE_E5;
        CU_ASSERT(!is_needed || slip_has(s, m->material[i].name));
    }
    snprintf(count, sizeof count, "免提交 %zu 份：", n_exempt);
    snprintf(waiting, sizeof waiting, "免提交，待联网核验 %zu 份：", n_waiting);
    for (size_t i = 0; i < s->n_lines; i++) {
        n_items += s->line[i].style == SLIP_ITEM;
        n_told += strstr(s->line[i].left, count) != NULL;
        n_told += strstr(s->line[i].left, waiting) != NULL;
    }
    CU_ASSERT_EQUAL(n_items, 2);
    CU_ASSERT_EQUAL(n_told, 2);
    free(s);
    kit_free(k);
}

static void offline_receipt_says_so(void)
{
    struct kit *k = kit_new();
    struct slip *s = calloc(1, sizeof *s);
    kit_link(k, false);
    kit_to_receipt(k);
    visit_slip(k->v, 0, s);
    CU_ASSERT_STRING_EQUAL(s->line[0].left, "离线收件凭证");
    CU_ASSERT(slip_has(s, "提交时网络不通"));
    CU_ASSERT(slip_has(s, "待联网核验"));
    free(s);
    kit_free(k);
}

static void no_record_no_receipt(void)
{
    struct kit *k = kit_new();
    struct slip *s = calloc(1, sizeof *s);
    kit_to_submitting(k);
    visit_slip(k->v, 0, s);
    CU_ASSERT_EQUAL(s->n_lines, 0);
    free(s);
    kit_free(k);
}

static CU_TestInfo cases[] = {
    {"the application says what was done", application_says_what_was_done},
    {"what does not agree is told to the centre", what_does_not_agree_is_told_to_the_centre},
    {"hidden answers stay behind", hidden_answers_stay_behind},
    {"same answers, same bytes", same_answers_same_bytes},
    {"hostile text stays text", hostile_text_stays_text},
    {"nothing to write is an error", nothing_to_write_is_an_error},
    {"a rating goes with the number", rating_goes_with_the_number},
    {"the receipt is whole and masked", receipt_is_whole_and_masked},
    {"receipt groups what is exempt", receipt_groups_what_is_exempt},
    {"an offline receipt says so", offline_receipt_says_so},
    {"no record, no receipt", no_record_no_receipt},
    CU_TEST_INFO_NULL,
};

static int write_file(const char *dir, const char *name, char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    bool is_good = f && fputs(text, f) >= 0 && fclose(f) == 0;
    free(text);
    return is_good ? 0 : 1;
}

static int write_application(const char *dir, const char *name, const struct card *card,
                             bool is_online)
{
    struct kit *k = kit_new();
    char *text = NULL;
    struct err err = {0};
    kit_link(k, is_online);
    k->v->cfg.accepts_social_security_card = true;
    ((struct matter *)kit_matter(k, "NB.BIRTH"))->accepts_expired_card = true;
    kit_to_identify(k);
    kit_card(k, card);
    kit_answer_questions(k);
    kit_choose(k, "question.optional", 0);
    kit_tap(k, INTENT_NEXT);
    kit_fill_form(k);
    kit_choose(k, "material.marriage", is_online ? 0 : 1);
    if (is_online)
        kit_code(k, "MARRIAGE-0001");
    kit_choose(k, "material.birth_record", 1);
    kit_tap(k, INTENT_NEXT);
    for (int i = 0; i < 9 && !strcmp(visit_state_name(k->v), "REVIEW"); i++)
        kit_tap(k, INTENT_NEXT);
    kit_sign(k, 40, 5);
    int rc = visit_application_json(k->v, &text, &err) ? 1 : write_file(dir, name, text);
    kit_stored(k, 7);
    kit_print_done(k, 7, PRINT_PRINTED);
    kit_tap(k, INTENT_NEXT);
    kit_intent(k, INTENT_RATE, 0, 1);
    text = NULL;
    char rating[64];
    snprintf(rating, sizeof rating, "rating-%s", name);
    rc |= visit_rating_json(k->v, &text, &err) ? 1 : write_file(dir, rating, text);
    kit_free(k);
    return rc;
}

static const char *samples_dir; /* for write_form, which asks CUnit */

static int write_samples(const char *dir)
{
    struct card citizen = kit_citizen();
    struct card expired = citizen;
    snprintf(expired.valid_to, sizeof expired.valid_to, "20200101");
    snprintf(expired.sex, sizeof expired.sex, "1");
    const struct card foreigner = {.kind = CARD_FOREIGNER_2017,
                                   .english_name = "DOE JOHN",
                                   .sex = "1",
                                   .birth = "19900101",
                                   .nationality = "KAZ",
                                   .number = "KAZ110090123105",
                                   .valid_to = "20300101"};
    const struct card social = {.kind = CARD_SOCIAL_SECURITY,
                                .name = KIT_NAME,
                                .sex = "2",
                                .nation = "01",
                                .birth = "19491231",
                                .number = KIT_NUMBER,
                                .social_number = "A00000001",
                                .birthplace = "110105"};
    struct card doubtful = citizen;
    doubtful.doubts = CARD_DOUBT_CHECK_DIGIT | CARD_DOUBT_BIRTH | CARD_DOUBT_SEX |
                      CARD_DOUBT_REGION | CARD_DOUBT_DATES;
    doubtful.valid_to[0] = '\0';
    snprintf(doubtful.valid_to_raw, sizeof doubtful.valid_to_raw, "永久");
    snprintf(doubtful.added_address, sizeof doubtful.added_address, "北京市海淀区示例街3号");
    snprintf(doubtful.management_number, sizeof doubtful.management_number,
             "1011121314151617202122232425262728292a2b2c2d2e2f");
    snprintf(doubtful.old_number, sizeof doubtful.old_number, "KAZ110090123105");
    return write_application(dir, "doubtful.json", &doubtful, true) |
           write_application(dir, "online.json", &citizen, true) |
           write_application(dir, "offline.json", &citizen, false) |
           write_application(dir, "warned.json", &expired, true) |
           write_application(dir, "foreigner.json", &foreigner, true) |
           write_application(dir, "social.json", &social, true);
}

/* Everything a form can hold: repeats, sources, what the centre said, consents. */
static void write_form(void)
{
    struct form_kit f = form_new();
    struct kit *k = f.k;
    struct enquiry_answer *a = form_answer_new();
    struct shared_item *found = form_say(a, "id_card", SHARED_FOUND, "");
    snprintf(found->issuer, sizeof found->issuer, "示例公安局");
    snprintf(found->valid_to, sizeof found->valid_to, "2040-01-01");
    form_say(a, "house", SHARED_ABSENT, "");
    form_say(a, "owner", SHARED_FOUND, FORM_OTHER);
    form_to_form(k);
    form_answer(k, k->last[VISIT_EFFECT_ENQUIRE].job, 0, a);
    form_fill_company(k);
    kit_code(k, "https://example.test/?no=" FORM_USCC);
    kit_tap(k, INTENT_NEXT);
    form_fill_more(k);
    kit_tap(k, INTENT_NEXT);
    form_finish(k);
    kit_choose(k, "material.lease", 1);
    kit_choose(k, "material.house", 0);
    kit_tap(k, INTENT_NEXT);
    form_submit(k);
    char *text = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(visit_application_json(k->v, &text, &err), 0);
    CU_ASSERT_EQUAL(write_file(samples_dir, "form.json", text), 0);
    free(a);
    form_free(&f);
}

static CU_TestInfo form_cases[] = {{"a sample of every field", write_form}, CU_TEST_INFO_NULL};

int main(int argc, char **argv)
{
    if (argc > 1) {
        samples_dir = argv[1];
        return write_samples(argv[1]) | cunit_run("samples", form_cases);
    }
    return cunit_run("core.visit_docs", cases);
}
