/* SPDX-License-Identifier: Apache-2.0 */
/* The matters for persons as shipped: computed days against the published tables, gates at their
 * limits, who fills in what, and that every file says what a visitor needs. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "core/code_table.h"
#include "core/matter.h"
#include "cunit_main.h"

enum { CAP = 32, TODAY = 20261123, ROUNDS = 8 };

struct kit {
    struct code_tables *codes;
    struct matter_dictionary *dictionary;
    struct matter *m;
    char value[MATTER_MAX_VARS][MATTER_VALUE_BYTES];
    bool is_typed[MATTER_MAX_VARS];
    const char *seen[MATTER_MAX_VARS];
    uint8_t count[MATTER_MAX_GROUPS];
    struct answers a;
    struct matter_plan plan;
};

static void print(const struct matter_complaint *c, size_t n)
{
    for (size_t i = 0; i < n && i < CAP; i++)
        fprintf(stderr, "\n%s: %s: %s\n", c[i].file, c[i].pointer, c[i].reason);
}

static char *read_asset(const char *name, size_t *ret_n)
{
    char path[256], *text = NULL;
    snprintf(path, sizeof path, "%s/assets/matters/%s", YJ_SOURCE_DIR, name);
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1u << 20, &text, ret_n, NULL), 0);
    return text;
}

static struct kit *begin(const char *name)
{
    static struct matter_complaint c[CAP];
    struct kit *k = mem_zalloc(1, sizeof *k);
    size_t n = 0, bytes = 0;
    char file[64];
    CU_ASSERT_EQUAL_FATAL(code_tables_load(YJ_SOURCE_DIR "/assets/codes", &k->codes, NULL), 0);
    struct matter_context context = {.codes = k->codes};
    char *text = read_asset("fields.json", &bytes);
    int r =
        matter_dictionary_parse(&context, text, bytes, "fields.json", c, CAP, &n, &k->dictionary);
    print(c, n);
    free(text);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    context.dictionary = k->dictionary;
    snprintf(file, sizeof file, "national/%s.json", name);
    text = read_asset(file, &bytes);
    r = matter_parse(&context, text, bytes, file, c, CAP, &n, &k->m);
    print(c, n);
    free(text);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    for (size_t g = 0; g < k->m->n_groups; g++)
        k->count[g] = (uint8_t)k->m->group[g].repeat_min;
    k->a = (struct answers){
        .value = k->seen, .n_values = k->m->n_vars, .today = TODAY, .count = k->count};
    return k;
}

static void end(struct kit *k)
{
    matter_free(k->m);
    matter_dictionary_free(k->dictionary);
    code_tables_free(k->codes);
    free(k);
}

static int var(const struct kit *k, const char *id)
{
    int index = matter_var_find(k->m, id);
    if (index < 0)
        fprintf(stderr, "\nno field %s\n", id);
    CU_ASSERT_FATAL(index >= 0);
    return index;
}

/* What is computed or copied, for want of a card. */
static void fill(struct kit *k, size_t i)
{
    const struct matter_var *v = &k->m->var[i];
    if (k->is_typed[i])
        return;
    k->value[i][0] = '\0';
    if (v->prefill_if && expr_eval(v->prefill_if, &k->a) != TRI_TRUE)
        return;
    if (v->prefill_calc) {
        calc_eval(v->prefill_calc, &k->a, k->value[i], sizeof k->value[i]);
    } else if (v->prefill_from && v->prefill_from[0] == '=') {
        const char *from = k->seen[var(k, v->prefill_from + 1)];
        snprintf(k->value[i], sizeof k->value[i], "%s", from ? from : "");
    }
}

static void update(struct kit *k)
{
    for (size_t i = 0; i < k->m->n_vars; i++)
        k->seen[i] = k->value[i];
    for (int round = 0; round < ROUNDS; round++) {
        matter_plan(k->m, &k->a, &k->plan);
        for (size_t i = 0; i < k->m->n_vars; i++) {
            k->seen[i] = k->plan.var_shown[i] == TRI_TRUE ? k->value[i] : NULL;
            fill(k, i);
        }
    }
    matter_plan(k->m, &k->a, &k->plan);
}

/* "id=value id=value …", no blanks in values */
static void put(struct kit *k, const char *list)
{
    char copy[1024], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", list);
    for (char *one = strtok_r(copy, " ", &rest); one; one = strtok_r(NULL, " ", &rest)) {
        char *equals = strchr(one, '=');
        if (!equals) {
            CU_FAIL("a list of id=value is expected");
            return;
        }
        *equals = '\0';
        int i = var(k, one);
        snprintf(k->value[i], sizeof k->value[i], "%s", equals + 1);
        k->is_typed[i] = true;
    }
    update(k);
}

static const char *get(const struct kit *k, const char *id)
{
    const char *value = k->seen[var(k, id)];
    return value ? value : "";
}

static int task_index(const struct kit *k, const char *id)
{
    for (size_t i = 0; i < k->m->n_tasks; i++)
        if (!strcmp(k->m->task[i].id, id))
            return (int)i;
    CU_FAIL_FATAL("no such task");
    return -1;
}

static enum tri task(const struct kit *k, const char *id)
{
    return k->plan.task[task_index(k, id)];
}

static void choose(struct kit *k, const char *id)
{
    k->a.selected |= UINT32_C(1) << task_index(k, id);
    update(k);
}

static enum tri material(const struct kit *k, const char *id)
{
    for (size_t i = 0; i < k->m->n_materials; i++)
        if (!strcmp(k->m->material[i].id, id))
            return k->plan.material[i];
    CU_FAIL_FATAL("no such material");
    return TRI_UNKNOWN;
}

static enum tri shown(const struct kit *k, const char *id)
{
    return k->plan.var_shown[var(k, id)];
}

static const char *gate(const struct kit *k)
{
    return k->plan.gate < 0 ? "" : k->m->gate[k->plan.gate].id;
}

/* The matter's own sentence about an answer, or NULL. */
static const char *refusal(const struct kit *k, const char *id)
{
    const char *text_id = NULL, *text = NULL;
    return matter_check(k->m, (size_t)var(k, id), &k->a, &text_id, &text) ? text : NULL;
}

static void group_has(struct kit *k, const char *id, int members)
{
    for (size_t g = 0; g < k->m->n_groups; g++)
        if (!strcmp(k->m->group[g].id, id))
            k->count[g] = (uint8_t)members;
    update(k);
}

/* ---- all of them ---- */

static const char *const files[] = {"newborn", "enrol",   "sscard", "disabled",
                                    "retire",  "medical", "death",  "unemployed",
                                    "flex",    "subsidy", "fund"};

static void every_file_says_what_is_needed(void)
{
    for (size_t f = 0; f < YJ_COUNT(files); f++) {
        struct kit *k = begin(files[f]);
        CU_ASSERT_EQUAL(k->m->status, MATTER_OPEN);
        CU_ASSERT(k->m->n_aliases >= 8 && k->m->n_aliases <= 20);
        CU_ASSERT(k->m->n_notes >= 3);
        CU_ASSERT(k->m->n_gates >= 1);
        CU_ASSERT_EQUAL(k->m->n_windows, 0); /* the regions say when */
        for (size_t i = 0; i < k->m->n_tasks; i++)
            CU_ASSERT(k->m->task[i].result != NULL);
        for (size_t i = 0; i < k->m->n_materials; i++)
            CU_ASSERT(k->m->material[i].hint != NULL);
        update(k); /* nobody is sent away before answering */
        CU_ASSERT_EQUAL(k->plan.gate, -1);
        end(k);
    }
}

/* ---- retirement ---- */

static void retirement_days(void)
{
    /* limits of the tables that came with the decision of 2024-09-13 */
    static const struct {
        const char *kind, *birth, *months, *date;
    } rows[] = {
        {"man", "1964-12-31", "0", "2024-12-31"},  {"man", "1965-01-01", "1", "2025-02-01"},
        {"man", "1965-04-30", "1", "2025-05-30"},  {"man", "1965-05-01", "2", "2025-07-01"},
        {"man", "1976-08-15", "35", "2039-07-15"}, {"man", "1976-09-15", "36", "2039-09-15"},
        {"man", "1985-03-01", "36", "2048-03-01"}, {"f55", "1969-12-31", "0", "2024-12-31"},
        {"f55", "1970-01-15", "1", "2025-02-15"},  {"f55", "1981-09-01", "36", "2039-09-01"},
        {"f50", "1974-12-31", "0", "2024-12-31"},  {"f50", "1975-02-28", "1", "2025-03-28"},
        {"f50", "1975-03-01", "2", "2025-05-01"},  {"f50", "1984-11-01", "60", "2039-11-01"}};
    struct kit *k = begin("retire");
    put(k, "q_agent=false q_insured=true q_kind=normal q_deemed=false q_fund=false");
    for (size_t i = 0; i < YJ_COUNT(rows); i++) {
        char answers[96];
        snprintf(answers, sizeof answers, "q_f_kind=%s app.birth=%s", rows[i].kind, rows[i].birth);
        put(k, answers);
        CU_ASSERT_STRING_EQUAL(get(k, "ret.defer"), rows[i].months);
        CU_ASSERT_STRING_EQUAL(get(k, "ret.date"), rows[i].date);
    }
    put(k, "q_kind=special q_f_kind=man app.birth=1971-12-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.date"), "2026-12-10");
    CU_ASSERT_EQUAL(task(k, "special"), TRI_TRUE);
    put(k, "q_kind=ill q_f_kind=f50 app.birth=1981-12-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.date"), "2026-12-10");
    CU_ASSERT_EQUAL(material(k, "ill_result"), TRI_TRUE);
    end(k);
}

static void retirement_gates(void)
{
    struct kit *k = begin("retire");
    put(k, "q_agent=false q_insured=true q_kind=normal q_f_kind=man q_deemed=false "
           "app.birth=1965-05-20 work.pay_months=180");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.earliest"), "2025-05-21");
    k->a.today = 20250521;
    update(k);
    CU_ASSERT_STRING_EQUAL(gate(k), "");
    k->a.today = 20250520;
    update(k);
    CU_ASSERT_STRING_EQUAL(gate(k), "too_early");
    k->a.today = TODAY;
    put(k, "work.pay_months=179");
    CU_ASSERT_STRING_EQUAL(gate(k), "too_short");
    put(k, "q_deemed=true work.deemed_from=1990-01-01 work.deemed_to=1990-02-01");
    CU_ASSERT_STRING_EQUAL(gate(k), "");
    put(k, "q_insured=false");
    CU_ASSERT_STRING_EQUAL(gate(k), "not_insured");
    /* from 2030 on half a year more each year, twenty years from 2039 on */
    put(k, "q_insured=true q_f_kind=man app.birth=1968-01-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.date"), "2028-11-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.min_months"), "180");
    put(k, "app.birth=1969-06-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.date"), "2030-08-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.min_months"), "186");
    put(k, "app.birth=1985-01-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.min_months"), "240");
    end(k);
}

static void retirement_earlier_or_later(void)
{
    struct kit *k = begin("retire");
    put(k, "q_agent=false q_kind=early q_f_kind=f50 app.birth=1977-03-10 ret.wanted=2027-03-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.law_date"), "2028-05-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.low"), "2027-03-10"); /* never below fifty */
    CU_ASSERT_PTR_NULL(refusal(k, "ret.wanted"));
    put(k, "ret.wanted=2027-03-09");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "ret.wanted"));
    put(k, "app.birth=1985-01-10");
    CU_ASSERT_STRING_EQUAL(get(k, "ret.low"), "2037-01-10"); /* three years at most */
    put(k, "q_kind=late app.birth=1977-03-10 ret.wanted=2031-05-10");
    CU_ASSERT_PTR_NULL(refusal(k, "ret.wanted"));
    CU_ASSERT_STRING_EQUAL(get(k, "ret.date"), "2031-05-10");
    CU_ASSERT_EQUAL(material(k, "late_deal"), TRI_TRUE);
    put(k, "ret.wanted=2031-05-11");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "ret.wanted"));
    end(k);
}

/* Who comes for somebody else types that person, and the account is that person's. */
static void somebody_else_can_come(void)
{
    struct kit *k = begin("retire");
    put(k, "q_agent=true principal.name=陳大文 principal.id_no=810000199003070023");
    CU_ASSERT_EQUAL(shown(k, "app.id_no"), TRI_FALSE);
    CU_ASSERT_EQUAL(shown(k, "agent.mobile"), TRI_TRUE);
    CU_ASSERT_STRING_EQUAL(get(k, "app.birth"), "1990-03-07");
    CU_ASSERT_STRING_EQUAL(get(k, "bank.holder"), "陳大文");
    CU_ASSERT_PTR_NULL(refusal(k, "bank.holder"));
    CU_ASSERT_EQUAL(material(k, "auth"), TRI_TRUE);
    CU_ASSERT_STRING_EQUAL(k->m->applicant_idno_var, "principal.id_no");
    put(k, "agent.id_no=810000199003070023");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "principal.id_no"));
    put(k, "q_agent=false app.name=张三 app.id_no=11010519491231002X");
    CU_ASSERT_EQUAL(shown(k, "principal.name"), TRI_FALSE);
    CU_ASSERT_STRING_EQUAL(get(k, "bank.holder"), "张三");
    CU_ASSERT_EQUAL(material(k, "auth"), TRI_FALSE);
    end(k);
}

/* ---- children ---- */

static void school_begins_at_six(void)
{
    struct kit *k = begin("enrol");
    put(k, "q_stage=primary q_who=mother q_type=migrant q_proof=permit child.birth=2020-08-31");
    CU_ASSERT_STRING_EQUAL(get(k, "child.age_sep"), "6");
    CU_ASSERT_STRING_EQUAL(gate(k), "");
    CU_ASSERT_STRING_EQUAL(get(k, "g1.relation"), "52");
    CU_ASSERT_EQUAL(task(k, "ss"), TRI_TRUE);
    CU_ASSERT_EQUAL(material(k, "residence"), TRI_TRUE);
    put(k, "child.birth=2020-09-01");
    CU_ASSERT_STRING_EQUAL(gate(k), "too_young");
    k->a.today = 20270101;
    update(k);
    CU_ASSERT_STRING_EQUAL(gate(k), "");
    put(k, "q_type=own_home q_proof=lease");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "q_proof"));
    put(k, "q_proof=deed prop.owner=grand");
    CU_ASSERT_PTR_NULL(refusal(k, "q_proof"));
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "prop.owner"));
    put(k, "q_stage=junior q_graduated=false");
    CU_ASSERT_STRING_EQUAL(gate(k), "not_graduated");
    end(k);
}

static void subsidy_years(void)
{
    static const struct {
        const char *birth, *times, *last, *gate;
    } rows[] = {{"2022-05-02", "1", "2025-12-31", "too_old"},
                {"2023-05-02", "2", "2026-12-31", ""},
                {"2024-05-02", "3", "2027-12-31", ""},
                {"2026-05-02", "3", "2029-12-31", ""}};
    struct kit *k = begin("subsidy");
    put(k, "q_kind=parent q_done=false q_renew=false q_marital=divorced q_with_me=true");
    for (size_t i = 0; i < YJ_COUNT(rows); i++) {
        char answer[32];
        snprintf(answer, sizeof answer, "baby.birth=%s", rows[i].birth);
        put(k, answer);
        CU_ASSERT_STRING_EQUAL(get(k, "subsidy.times"), rows[i].times);
        CU_ASSERT_STRING_EQUAL(get(k, "subsidy.last_day"), rows[i].last);
        CU_ASSERT_STRING_EQUAL(gate(k), rows[i].gate);
    }
    CU_ASSERT_STRING_EQUAL(get(k, "subsidy.this_year"), "2026-12-31");
    put(k, "q_with_me=false");
    CU_ASSERT_STRING_EQUAL(gate(k), "custody");
    put(k, "q_with_me=true q_renew=true"); /* only a confirmation */
    CU_ASSERT_EQUAL(shown(k, "bank.card"), TRI_FALSE);
    CU_ASSERT_EQUAL(material(k, "birth_cert"), TRI_FALSE);
    CU_ASSERT_EQUAL(shown(k, "renew.same"), TRI_TRUE);
    end(k);
}

/* ---- money ---- */

static void months_of_unemployment_benefit(void)
{
    static const char *const rows[][2] = {{"11", "0"},   {"12", "12"},  {"59", "12"}, {"60", "18"},
                                          {"119", "18"}, {"120", "24"}, {"400", "24"}};
    struct kit *k = begin("unemployed");
    put(k, "q_action=register q_why=lost q_ui=true q_left_self=false q_hard=false q_help=none");
    for (size_t i = 0; i < YJ_COUNT(rows); i++) {
        char answer[32];
        snprintf(answer, sizeof answer, "ui.pay_months=%s", rows[i][0]);
        put(k, answer);
        CU_ASSERT_STRING_EQUAL(get(k, "ui.months"), rows[i][1]);
        CU_ASSERT_EQUAL(refusal(k, "ui.pay_months") == NULL, i > 0);
    }
    CU_ASSERT_EQUAL(task(k, "ui"), TRI_TRUE);
    put(k, "q_left_self=true");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "q_left_self"));
    put(k, "q_action=job q_job_kind=own"); /* all of that is gone */
    CU_ASSERT_EQUAL(task(k, "ui"), TRI_FALSE);
    CU_ASSERT_EQUAL(task(k, "reg"), TRI_FALSE);
    CU_ASSERT_EQUAL(task(k, "job"), TRI_TRUE);
    put(k, "q_action=register app.sex=1 app.birth=1963-11-23");
    CU_ASSERT_STRING_EQUAL(gate(k), "retired");
    put(k, "app.birth=2010-11-24");
    CU_ASSERT_STRING_EQUAL(gate(k), "young");
    end(k);
}

static void no_more_than_the_balance(void)
{
    struct kit *k = begin("fund");
    put(k, "q_agent=false q_why=buy q_buy=second q_city=local q_spouse=false q_frozen=false "
           "fund.balance=1000.50 amount=1000.51");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "amount"));
    put(k, "amount=1000.5");
    CU_ASSERT_PTR_NULL(refusal(k, "amount"));
    put(k, "fund.balance="); /* unknown without the network: the centre looks */
    CU_ASSERT_PTR_NULL(refusal(k, "amount"));
    CU_ASSERT_EQUAL(task(k, "buy"), TRI_TRUE);
    CU_ASSERT_EQUAL(task(k, "cross"), TRI_FALSE);
    put(k, "q_why=rent q_own_home=true");
    CU_ASSERT_STRING_EQUAL(gate(k), "own_home");
    put(k, "q_own_home=false q_three_months=false");
    CU_ASSERT_STRING_EQUAL(gate(k), "months");
    put(k, "q_three_months=true q_agent=true");
    CU_ASSERT_STRING_EQUAL(gate(k), "agent");
    end(k);
}

static void invoices_are_added_up(void)
{
    struct kit *k = begin("medical");
    put(k, "q_agent=false q_insured=true q_paid_self=true q_not_covered=false "
           "invoices.1.amount=100.25");
    CU_ASSERT_STRING_EQUAL(get(k, "claim.total"), "100.25");
    group_has(k, "invoices", 2);
    CU_ASSERT_STRING_EQUAL(get(k, "claim.total"), "");
    put(k, "invoices.2.amount=20");
    CU_ASSERT_STRING_EQUAL(get(k, "claim.total"), "120.25");
    CU_ASSERT_EQUAL(k->plan.short_groups, 0); /* no filing elsewhere is wanted */
    CU_ASSERT_EQUAL(shown(k, "off.to_region"), TRI_FALSE);
    choose(k, "off2");
    CU_ASSERT_EQUAL(shown(k, "off.to_region"), TRI_TRUE);
    CU_ASSERT_EQUAL(material(k, "residence"), TRI_TRUE);
    put(k, "q_not_covered=true");
    CU_ASSERT_STRING_EQUAL(gate(k), "not_covered");
    end(k);
}

/* ---- the others ---- */

static void after_a_death(void)
{
    struct kit *k = begin("death");
    CU_ASSERT_TRUE(k->m->is_quiet);
    put(k, "q_kin=kin q_local=true q_death=hospital q_cert=true q_cremated=true "
           "q_have=pension,fund q_dispute=agreed app.share=50 deceased.death_date=2026-11-20 "
           "deceased.id_no=810000199003070023");
    CU_ASSERT_STRING_EQUAL(get(k, "deceased.age"), "36");
    CU_ASSERT_EQUAL(task(k, "dcert"), TRI_FALSE);
    CU_ASSERT_EQUAL(material(k, "death_cert"), TRI_TRUE);
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "heirs_total"));
    group_has(k, "heirs", 2);
    put(k, "heirs.1.share=25 heirs.2.share=25");
    CU_ASSERT_STRING_EQUAL(get(k, "heirs_total"), "100");
    CU_ASSERT_PTR_NULL(refusal(k, "heirs_total"));
    put(k, "q_dispute=open"); /* nothing is shared out before it is settled */
    CU_ASSERT_EQUAL(shown(k, "bank.card"), TRI_FALSE);
    CU_ASSERT_EQUAL(material(k, "court"), TRI_TRUE);
    put(k, "q_have=will,none");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "q_have"));
    put(k, "q_death=unnatural");
    CU_ASSERT_STRING_EQUAL(gate(k), "unnatural");
    end(k);
}

static void services_for_the_disabled(void)
{
    struct kit *k = begin("disabled");
    put(k, "q_agent=false q_local=true q_want=life,care q_exclude=none dis.poor=true dis.type=4 "
           "app.birth=1990-03-07");
    CU_ASSERT_EQUAL(k->plan.short_groups, 1); /* exactly one thing about the certificate */
    choose(k, "cert_new");
    CU_ASSERT_EQUAL(k->plan.short_groups, 0);
    CU_ASSERT_STRING_EQUAL(get(k, "dis.action"), "new");
    CU_ASSERT_EQUAL(task(k, "sub_life"), TRI_TRUE);
    CU_ASSERT_EQUAL(task(k, "sub_care"), TRI_UNKNOWN); /* the grade comes later */
    CU_ASSERT_EQUAL(shown(k, "guardian.name"), TRI_FALSE);
    put(k, "q_exclude=tekun");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "q_exclude"));
    put(k, "q_exclude=none dis.type=3 app.birth=2024-01-01");
    CU_ASSERT_STRING_EQUAL(gate(k), "speech_young");
    CU_ASSERT_EQUAL(shown(k, "guardian.name"), TRI_TRUE);
    CU_ASSERT_EQUAL(shown(k, "consent.child"), TRI_TRUE);
    k->a.selected = 0;
    choose(k, "cert_renew");
    put(k, "dis.grade=3 app.birth=1990-03-07");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "dis.grade"));
    put(k, "dis.grade=2");
    CU_ASSERT_EQUAL(task(k, "sub_care"), TRI_TRUE);
    end(k);
}

static void insurance_without_an_employer(void)
{
    struct kit *k = begin("flex");
    put(k, "q_agent=false q_student=false q_state=none q_action=new q_local=true q_card=true "
           "app.sex=2 app.birth=1990-03-07");
    CU_ASSERT_EQUAL(k->plan.short_groups, 3);
    choose(k, "rpension");
    choose(k, "med_res");
    CU_ASSERT_EQUAL(k->plan.short_groups, 0);
    CU_ASSERT_EQUAL(task(k, "pay"), TRI_FALSE);
    choose(k, "pension");
    CU_ASSERT_EQUAL(task(k, "pay"), TRI_TRUE);
    CU_ASSERT_EQUAL(task(k, "sscard"), TRI_FALSE);
    put(k, "q_action=restore");
    CU_ASSERT_PTR_NOT_NULL(refusal(k, "q_action"));
    put(k, "q_state=paused");
    CU_ASSERT_PTR_NULL(refusal(k, "q_action"));
    put(k, "app.birth=1971-11-23");
    CU_ASSERT_STRING_EQUAL(gate(k), "old");
    /* files travel between offices, never in the citizen's hands */
    const struct matter_var *way = &k->m->var[var(k, "file.way")];
    CU_ASSERT_EQUAL(way->n_options, 2);
    end(k);
}

static void social_security_card(void)
{
    struct kit *k = begin("sscard");
    put(k, "q_agent=false q_action=lost app.birth=1990-03-07");
    CU_ASSERT_EQUAL(task(k, "card"), TRI_TRUE);
    CU_ASSERT_EQUAL(task(k, "state"), TRI_TRUE); /* the old card is blocked first */
    CU_ASSERT_TRUE(k->m->task[task_index(k, "bank_active")].is_in_person);
    CU_ASSERT_EQUAL(material(k, "photo"), TRI_TRUE);
    put(k, "app.birth=2022-03-07");
    CU_ASSERT_EQUAL(material(k, "photo"), TRI_FALSE);
    CU_ASSERT_EQUAL(shown(k, "guardian.name"), TRI_TRUE);
    put(k, "q_action=change q_change_key=false q_have_card=true");
    CU_ASSERT_EQUAL(task(k, "card"), TRI_FALSE);
    CU_ASSERT_EQUAL(task(k, "social"), TRI_FALSE);
    put(k, "q_have_card=false");
    CU_ASSERT_STRING_EQUAL(gate(k), "no_card");
    put(k, "q_have_card=true q_action=activate q_agent=true");
    CU_ASSERT_STRING_EQUAL(gate(k), "activate_agent");
    end(k);
}

static CU_TestInfo cases[] = {
    {"every file says what is needed", every_file_says_what_is_needed},
    {"days of retirement", retirement_days},
    {"too early, too few years", retirement_gates},
    {"earlier or later by choice", retirement_earlier_or_later},
    {"somebody else can come", somebody_else_can_come},
    {"school begins at six", school_begins_at_six},
    {"years of the child subsidy", subsidy_years},
    {"months of unemployment benefit", months_of_unemployment_benefit},
    {"no more than the balance", no_more_than_the_balance},
    {"invoices are added up", invoices_are_added_up},
    {"after a death", after_a_death},
    {"services for the disabled", services_for_the_disabled},
    {"insurance without an employer", insurance_without_an_employer},
    {"social security card", social_security_card},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.person_matters", cases)
