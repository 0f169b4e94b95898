/* SPDX-License-Identifier: Apache-2.0 */
/* The matter 新生儿出生 as shipped: both branches of each question, the gates, prefilling and the
 * typing that is left to a visitor. */
#include "core/matter.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "core/code_table.h"
#include "cunit_main.h"

#define FILE_NAME   YJ_SOURCE_DIR "/assets/matters/national/newborn.json"
#define FIELDS_NAME YJ_SOURCE_DIR "/assets/matters/fields.json"

enum { CAP = 32, TODAY = 20261123 };

struct visit {
    struct code_tables *codes;
    struct matter_dictionary *fields;
    struct matter *m;
    const char *value[MATTER_MAX_VARS];
    struct answers a;
    struct matter_plan plan;
};

static int var(const struct visit *v, const char *id)
{
    int index = matter_var_find(v->m, id);
    if (index < 0)
        fprintf(stderr, "\nno field %s\n", id);
    CU_ASSERT_FATAL(index >= 0);
    return index;
}

static void put(struct visit *v, const char *id, const char *value)
{
    v->value[var(v, id)] = value;
    matter_plan(v->m, &v->a, &v->plan);
}

/* A mother of one child, of one nation with the father, who claims nothing. */
static void begin(struct visit *v)
{
    static const char *const usual[][2] = {
        {"q_applicant", "mother"},   {"q_born_here", "true"},    {"q_married", "true"},
        {"q_hukou_local", "both"},   {"q_hukou_with", "mother"}, {"q_collective", "false"},
        {"q_nation_same", "true"},   {"q_multiple", "false"},    {"q_ins_type", "employee"},
        {"q_medical_claim", "false"}};
    static struct matter_complaint c[CAP];
    YJ_CLEANUP(cleanup_free) char *text = NULL, *fields = NULL;
    size_t n = 0, bytes = 0;
    memset(v, 0, sizeof *v);
    CU_ASSERT_EQUAL_FATAL(code_tables_load(YJ_SOURCE_DIR "/assets/codes", &v->codes, NULL), 0);
    struct matter_context context = {.codes = v->codes};
    CU_ASSERT_EQUAL_FATAL(mem_read_file(FIELDS_NAME, 1u << 20, &fields, &bytes, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(
        matter_dictionary_parse(&context, fields, bytes, "fields.json", c, CAP, &n, &v->fields), 0);
    context.dictionary = v->fields;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(FILE_NAME, 1u << 20, &text, &bytes, NULL), 0);
    int r = matter_parse(&context, text, bytes, "newborn.json", c, CAP, &n, &v->m);
    for (size_t i = 0; i < n && i < CAP; i++)
        fprintf(stderr, "\n%s: %s: %s\n", c[i].file, c[i].pointer, c[i].reason);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    v->a = (struct answers){.value = v->value, .n_values = v->m->n_vars, .today = TODAY};
    for (size_t i = 0; i < YJ_COUNT(usual); i++)
        put(v, usual[i][0], usual[i][1]);
}

static void end(struct visit *v)
{
    matter_free(v->m);
    matter_dictionary_free(v->fields);
    code_tables_free(v->codes);
}

static enum tri task(const struct visit *v, const char *id)
{
    for (size_t i = 0; i < v->m->n_tasks; i++)
        if (!strcmp(v->m->task[i].id, id))
            return v->plan.task[i];
    CU_FAIL_FATAL("no such task");
    return TRI_UNKNOWN;
}

static enum tri material(const struct visit *v, const char *id)
{
    for (size_t i = 0; i < v->m->n_materials; i++)
        if (!strcmp(v->m->material[i].id, id))
            return v->plan.material[i];
    CU_FAIL_FATAL("no such material");
    return TRI_UNKNOWN;
}

static enum tri shown(const struct visit *v, const char *id)
{
    return v->plan.var_shown[var(v, id)];
}

static bool fills(const struct visit *v, const char *id)
{
    const struct matter_var *field = &v->m->var[var(v, id)];
    return field->prefill_from && expr_eval(field->prefill_if, &v->a) == TRI_TRUE;
}

static const char *refusal(struct visit *v, const char *id)
{
    const char *text_id = NULL, *text = NULL;
    if (!matter_check(v->m, (size_t)var(v, id), &v->a, &text_id, &text))
        return NULL;
    return text_id ? text_id : text;
}

static void head(void)
{
    struct visit v;
    begin(&v);
    CU_ASSERT_STRING_EQUAL(v.m->name, "新生儿出生");
    CU_ASSERT_STRING_EQUAL(v.m->stage, "person.birth");
    CU_ASSERT_EQUAL(v.m->promise_days, 5);
    CU_ASSERT_EQUAL(v.m->n_metrics, 4);
    CU_ASSERT_EQUAL(v.m->n_groups, 7);
    static const char *const base[] = {"birth_cert", "vaccine", "hukou", "ins", "sscard"};
    for (size_t i = 0; i < YJ_COUNT(base); i++)
        CU_ASSERT_EQUAL(task(&v, base[i]), TRI_TRUE);
    static const char *const optional[] = {"guide", "ins_pay", "fert_reg", "subsidy"};
    for (size_t i = 0; i < YJ_COUNT(optional); i++)
        CU_ASSERT_EQUAL(task(&v, optional[i]), TRI_FALSE);
    CU_ASSERT_EQUAL(v.plan.longest_days, 45); /* certificate 5, hukou 10, card 30 */
    v.a.selected = UINT32_MAX;
    put(&v, "q_multiple", "false");
    for (size_t i = 0; i < YJ_COUNT(optional); i++)
        CU_ASSERT_EQUAL(task(&v, optional[i]), TRI_TRUE);
    end(&v);
}

/* Before anything is answered nothing is hidden for sure and nothing stops. */
static void nothing_answered(void)
{
    struct visit v;
    begin(&v);
    memset(v.value, 0, sizeof v.value);
    matter_plan(v.m, &v.a, &v.plan);
    CU_ASSERT_EQUAL(v.plan.gate, -1);
    CU_ASSERT_EQUAL(task(&v, "med_pay"), TRI_UNKNOWN);
    CU_ASSERT_EQUAL(material(&v, "nation_form"), TRI_UNKNOWN);
    CU_ASSERT_EQUAL(material(&v, "auth"), TRI_UNKNOWN);
    CU_ASSERT_EQUAL(material(&v, "form"), TRI_TRUE);
    end(&v);
}

static void question_applicant(void)
{
    struct visit v;
    begin(&v);
    CU_ASSERT_EQUAL(material(&v, "auth"), TRI_FALSE);
    CU_ASSERT_TRUE(fills(&v, "mother.name"));
    CU_ASSERT_TRUE(fills(&v, "mother.id_no"));
    CU_ASSERT_FALSE(fills(&v, "father.name"));
    CU_ASSERT_EQUAL(shown(&v, "father.mobile"), TRI_FALSE);
    put(&v, "q_applicant", "father");
    CU_ASSERT_EQUAL(material(&v, "auth"), TRI_TRUE);
    CU_ASSERT_FALSE(fills(&v, "mother.name"));
    CU_ASSERT_TRUE(fills(&v, "father.name"));
    CU_ASSERT_TRUE(fills(&v, "father.id_no"));
    CU_ASSERT_EQUAL(shown(&v, "father.mobile"), TRI_TRUE);
    CU_ASSERT_EQUAL(shown(&v, "mother.mobile"), TRI_TRUE); /* she confirms the authorisation */
    end(&v);
}

static void question_nation(void)
{
    struct visit v;
    begin(&v);
    CU_ASSERT_EQUAL(material(&v, "nation_form"), TRI_FALSE);
    CU_ASSERT_TRUE(fills(&v, "father.nation"));
    CU_ASSERT_TRUE(fills(&v, "baby.nation"));
    put(&v, "q_nation_same", "false");
    CU_ASSERT_EQUAL(material(&v, "nation_form"), TRI_TRUE);
    CU_ASSERT_TRUE(fills(&v, "mother.nation"));
    CU_ASSERT_FALSE(fills(&v, "father.nation"));
    CU_ASSERT_FALSE(fills(&v, "baby.nation"));
    put(&v, "mother.nation", "01");
    put(&v, "father.nation", "15");
    put(&v, "baby.nation", "15");
    CU_ASSERT_PTR_NULL(refusal(&v, "baby.nation"));
    put(&v, "baby.nation", "01");
    CU_ASSERT_PTR_NULL(refusal(&v, "baby.nation"));
    put(&v, "baby.nation", "05");
    CU_ASSERT_PTR_NOT_NULL(refusal(&v, "baby.nation"));
    end(&v);
}

static void question_claim(void)
{
    static const char *const papers[] = {"claim_prenatal", "claim_invoice", "claim_list",
                                         "claim_diagnosis", "bank_card"};
    static const char *const fields[] = {"bank.name", "bank.branch", "bank.holder", "bank.card"};
    struct visit v;
    begin(&v);
    for (int round = 0; round < 3; round++) {
        enum tri expect = round == 1 ? TRI_TRUE : TRI_FALSE;
        put(&v, "q_medical_claim", round ? "true" : "false");
        if (round == 2) { /* the answer of a question that is gone does not count */
            put(&v, "q_ins_type", "none");
            CU_ASSERT_EQUAL(shown(&v, "q_medical_claim"), TRI_FALSE);
        }
        CU_ASSERT_EQUAL(task(&v, "med_pay"), expect);
        for (size_t i = 0; i < YJ_COUNT(papers); i++)
            CU_ASSERT_EQUAL(material(&v, papers[i]), expect);
        for (size_t i = 0; i < YJ_COUNT(fields); i++)
            CU_ASSERT_EQUAL(shown(&v, fields[i]), expect);
    }
    put(&v, "q_ins_type", "resident");
    CU_ASSERT_EQUAL(task(&v, "med_pay"), TRI_TRUE);
    put(&v, "mother.name", "张三");
    put(&v, "bank.holder", "陳大文");
    CU_ASSERT_PTR_NOT_NULL(refusal(&v, "bank.holder"));
    put(&v, "bank.holder", "张三");
    CU_ASSERT_PTR_NULL(refusal(&v, "bank.holder"));
    end(&v);
}

static void question_multiple(void)
{
    struct visit v;
    begin(&v);
    CU_ASSERT_EQUAL(shown(&v, "q_birth_order"), TRI_FALSE);
    CU_ASSERT_PTR_NULL(refusal(&v, "q_birth_order"));
    put(&v, "q_multiple", "true");
    CU_ASSERT_EQUAL(shown(&v, "q_birth_order"), TRI_TRUE);
    CU_ASSERT_STRING_EQUAL(refusal(&v, "q_birth_order"), "field.required.choose");
    end(&v);
}

static void question_hukou(void)
{
    struct visit v;
    begin(&v);
    CU_ASSERT_TRUE(fills(&v, "hukou.addr"));
    CU_ASSERT_PTR_NULL(refusal(&v, "q_hukou_with"));
    put(&v, "q_hukou_with", "father");
    CU_ASSERT_FALSE(fills(&v, "hukou.addr")); /* the mother's card does not know it */
    CU_ASSERT_PTR_NULL(refusal(&v, "q_hukou_with"));
    put(&v, "q_hukou_local", "mother");
    CU_ASSERT_PTR_NOT_NULL(refusal(&v, "q_hukou_with"));
    put(&v, "q_hukou_local", "father");
    CU_ASSERT_PTR_NULL(refusal(&v, "q_hukou_with"));
    end(&v);
}

static void gates(void)
{
    static const struct {
        const char *id, *stop, *pass;
        int gate;
    } list[] = {{"q_born_here", "false", "true", 0},
                {"q_married", "false", "true", 1},
                {"q_hukou_local", "none", "both", 2},
                {"q_collective", "true", "false", 3},
                {"baby.birth", "2026-04-23", "2026-04-24", 4}};
    struct visit v;
    begin(&v);
    CU_ASSERT_EQUAL(v.plan.gate, -1);
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        put(&v, list[i].id, list[i].stop);
        CU_ASSERT_EQUAL(v.plan.gate, list[i].gate);
        CU_ASSERT(strlen(v.m->gate[list[i].gate].advice) > 20);
        put(&v, list[i].id, list[i].pass);
        CU_ASSERT_EQUAL(v.plan.gate, -1);
    }
    end(&v);
}

static void delivery(void)
{
    static const char *const post[] = {"post.receiver", "post.mobile", "post.addr", "post.code"};
    struct visit v;
    begin(&v);
    put(&v, "deliver.way", "pickup");
    for (size_t i = 0; i < YJ_COUNT(post); i++)
        CU_ASSERT_EQUAL(shown(&v, post[i]), TRI_FALSE);
    put(&v, "deliver.way", "post");
    for (size_t i = 0; i < YJ_COUNT(post); i++)
        CU_ASSERT_EQUAL(shown(&v, post[i]), TRI_TRUE);
    put(&v, "ins.region", "hukou");
    CU_ASSERT_EQUAL(shown(&v, "ins.addr"), TRI_FALSE);
    put(&v, "ins.region", "live");
    CU_ASSERT_EQUAL(shown(&v, "ins.addr"), TRI_TRUE);
    put(&v, "baby.hospital", "A01");
    CU_ASSERT_EQUAL(shown(&v, "baby.hospital_other"), TRI_FALSE);
    put(&v, "baby.hospital", "A99");
    CU_ASSERT_EQUAL(shown(&v, "baby.hospital_other"), TRI_TRUE);
    end(&v);
}

static void rules(void)
{
    struct visit v;
    begin(&v);
    put(&v, "baby.birth", "2026-11-23");
    CU_ASSERT_PTR_NULL(refusal(&v, "baby.birth"));
    put(&v, "baby.birth", "2026-11-24");
    CU_ASSERT_PTR_NOT_NULL(refusal(&v, "baby.birth"));
    put(&v, "mother.id_no", "11010519491231002X");
    put(&v, "father.id_no", "11010519491231002X");
    CU_ASSERT_PTR_NOT_NULL(refusal(&v, "father.id_no"));
    put(&v, "father.id_no", "810000199003070023");
    CU_ASSERT_PTR_NULL(refusal(&v, "father.id_no"));
    put(&v, "baby.birth_cert_no", "A123456789");
    CU_ASSERT_PTR_NULL(refusal(&v, "baby.birth_cert_no"));
    put(&v, "baby.birth_cert_no", "1234567890");
    CU_ASSERT_STRING_EQUAL(refusal(&v, "baby.birth_cert_no"), "field.bad.pattern");
    put(&v, "baby.birth_cert_no", "");
    CU_ASSERT_PTR_NULL(refusal(&v, "baby.birth_cert_no"));
    end(&v);
}

/* The usual visit: what is shown, needed, and neither prefilled nor a matter of tapping. */
static void little_is_typed(void)
{
    static const char *const typed[] = {"baby.name", "baby.birth", "mother.mobile", "father.name",
                                        "father.id_no"};
    struct visit v;
    begin(&v);
    put(&v, "baby.hospital", "A01");
    put(&v, "ins.region", "hukou");
    put(&v, "deliver.way", "pickup");
    size_t n = 0;
    for (size_t i = 0; i < v.m->n_vars; i++) {
        const struct matter_var *field = &v.m->var[i];
        bool is_tapped = field->type == TYPE_BOOL || field->type == TYPE_ENUM;
        if (is_tapped || !field->is_required || v.plan.var_shown[i] != TRI_TRUE ||
            fills(&v, field->id))
            continue;
        CU_ASSERT_FATAL(n < YJ_COUNT(typed));
        CU_ASSERT_STRING_EQUAL(field->id, typed[n]);
        n++;
    }
    CU_ASSERT_EQUAL(n, YJ_COUNT(typed));
    size_t shown_on[16] = {0};
    for (size_t i = 0; i < v.m->n_vars; i++)
        if (!v.m->var[i].is_question && v.plan.var_shown[i] == TRI_TRUE)
            shown_on[v.m->var[i].group]++;
    for (size_t i = 0; i < v.m->n_groups; i++)
        CU_ASSERT(shown_on[i] <= 6);
    end(&v);
}

/* Everything that identifies a person is masked on the screen. */
static void sensitive_fields_are_marked(void)
{
    static const char *const ids[] = {"mother.id_no", "father.id_no", "hukou.addr",
                                      "ins.addr",     "bank.card",    "post.addr"};
    struct visit v;
    begin(&v);
    for (size_t i = 0; i < YJ_COUNT(ids); i++)
        CU_ASSERT_EQUAL(v.m->var[var(&v, ids[i])].sensitivity, 2);
    end(&v);
}

static CU_TestInfo cases[] = {
    {"head, base and optional tasks", head},
    {"nothing answered hides nothing", nothing_answered},
    {"mother or father applies", question_applicant},
    {"one nation or two", question_nation},
    {"medical costs claimed or not", question_claim},
    {"one child or more", question_multiple},
    {"hukou with mother or father", question_hukou},
    {"gates stop and let pass", gates},
    {"delivery, insurance and hospital fields", delivery},
    {"rules of the fields", rules},
    {"little is left to type", little_is_typed},
    {"sensitive fields are marked", sensitive_fields_are_marked},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.newborn", cases)
