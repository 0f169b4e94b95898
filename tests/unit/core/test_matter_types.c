/* SPDX-License-Identifier: Apache-2.0 */
/* Matters with all that the format knows (good/types.json): types, dictionary, repeated groups,
 * task groups, windows, plans and checks over them. */
#include "core/matter.h"

#include <dirent.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/code_table.h"
#include "core/matter_priv.h"
#include "cunit_main.h"

#define HERE YJ_SOURCE_DIR "/tests/unit/core"

enum { CAP = 32, TODAY = 20261123 };

/* One matter with what it leans on, and a sheet of answers. */
struct world {
    struct code_tables *codes;
    struct matter_dictionary *dictionary;
    struct matter *m;
    const char *value[MATTER_MAX_VARS];
    uint8_t count[MATTER_MAX_GROUPS];
    struct answers a;
    struct matter_plan plan;
};

static char *read_all(const char *path, size_t *ret_bytes)
{
    char *text = NULL;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(path, 1u << 20, &text, ret_bytes, NULL), 0);
    return text;
}

static void open_world(struct world *w, const char *name)
{
    static struct matter_complaint c[CAP];
    char path[512];
    size_t bytes = 0, n = 0;
    memset(w, 0, sizeof *w);
    CU_ASSERT_EQUAL_FATAL(code_tables_load(YJ_SOURCE_DIR "/assets/codes", &w->codes, NULL), 0);
    struct matter_context context = {.codes = w->codes};
    YJ_CLEANUP(cleanup_free) char *shared = read_all(HERE "/dictionary.json", &bytes);
    CU_ASSERT_EQUAL_FATAL(matter_dictionary_parse(&context, shared, bytes, "dictionary.json", c,
                                                  CAP, &n, &w->dictionary),
                          0);
    context.dictionary = w->dictionary;
    snprintf(path, sizeof path, HERE "/good/%s.json", name);
    YJ_CLEANUP(cleanup_free) char *text = read_all(path, &bytes);
    int r = matter_parse(&context, text, bytes, name, c, CAP, &n, &w->m);
    if (r)
        fprintf(stderr, "\n%s: %s: %s\n", name, c[0].pointer, c[0].reason);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    w->a = (struct answers){
        .value = w->value, .n_values = w->m->n_vars, .today = TODAY, .count = w->count};
}

static void close_world(struct world *w)
{
    matter_free(w->m);
    matter_dictionary_free(w->dictionary);
    code_tables_free(w->codes);
}

static int var(const struct world *w, const char *id)
{
    int index = matter_var_find(w->m, id);
    if (index < 0)
        fprintf(stderr, "\nno variable %s\n", id);
    CU_ASSERT_FATAL(index >= 0);
    return index;
}

static void put(struct world *w, const char *id, const char *value)
{
    w->value[var(w, id)] = value;
    matter_plan(w->m, &w->a, &w->plan);
}

/* @return the text id of the complaint, the rule's text, or "" */
static const char *check(struct world *w, const char *id, const char *value)
{
    const char *text_id = NULL, *text = NULL;
    put(w, id, value);
    int r = matter_check(w->m, (size_t)var(w, id), &w->a, &text_id, &text);
    CU_ASSERT_EQUAL(r, text_id || text ? ERR_FIELD_VALUE : 0);
    return text_id ? text_id : text ? text : "";
}

static void head_is_read(void)
{
    struct world w;
    open_world(&w, "types");
    const struct matter *m = w.m;
    CU_ASSERT_EQUAL(m->status, MATTER_OPEN);
    CU_ASSERT_EQUAL(m->scope, SCOPE_CROSS);
    CU_ASSERT_TRUE(m->is_quiet);
    CU_ASSERT_STRING_EQUAL(m->list_level, "national");
    CU_ASSERT_PTR_NULL(m->list_batch);
    CU_ASSERT_EQUAL_FATAL(m->n_more_stages, 2);
    CU_ASSERT_STRING_EQUAL(m->more_stage[1], "business.exit");
    CU_ASSERT_EQUAL_FATAL(m->n_aliases, 2);
    CU_ASSERT_STRING_EQUAL(m->alias[0], "别名一");
    CU_ASSERT_STRING_EQUAL(m->note[0], "先看说明");
    CU_ASSERT_STRING_EQUAL(m->co_depts, "公安、人社");
    CU_ASSERT_PTR_NULL(m->fee);
    CU_ASSERT_EQUAL(m->legal_days, 20);
    CU_ASSERT_EQUAL_FATAL(m->n_places, 1);
    CU_ASSERT_STRING_EQUAL(m->place[0].tel, "0731-12345");
    CU_ASSERT_EQUAL(m->place[0].summer_from, 601);
    CU_ASSERT_STRING_EQUAL(m->place[0].summer_hours, "8点到18点");
    CU_ASSERT_STRING_EQUAL(m->applicant_idno_var, "dead.id_no");
    CU_ASSERT_STRING_EQUAL(m->gate[0].id, "none");
    CU_ASSERT_PTR_EQUAL(m->codes, w.codes);
    close_world(&w);
}

static void light_matters_are_read(void)
{
    struct world w;
    open_world(&w, "listed");
    CU_ASSERT_EQUAL(w.m->status, MATTER_LISTED);
    CU_ASSERT_STRING_EQUAL(w.m->list_batch, "2025-2");
    CU_ASSERT_PTR_NULL(w.m->summary);
    CU_ASSERT_STRING_EQUAL(w.m->co_depts, "");
    CU_ASSERT_EQUAL(w.m->n_vars + w.m->n_tasks + w.m->n_materials, 0);
    CU_ASSERT_FALSE(matter_is_open_on(w.m, TODAY, NULL));
    matter_plan(w.m, &w.a, &w.plan);
    CU_ASSERT_EQUAL(w.plan.gate, -1);
    close_world(&w);
    open_world(&w, "guide");
    CU_ASSERT_EQUAL(w.m->status, MATTER_GUIDE);
    CU_ASSERT_EQUAL(w.m->promise_days, 0);
    CU_ASSERT_EQUAL(w.m->task[0].days, -1);
    CU_ASSERT_EQUAL(w.m->task[1].days, 0);
    CU_ASSERT_PTR_NULL(w.m->material[0].hint);
    matter_plan(w.m, &w.a, &w.plan);
    CU_ASSERT_EQUAL(w.plan.longest_days, 0); /* days that are not said are none */
    close_world(&w);
}

static void entries_are_inherited(void)
{
    struct world w;
    open_world(&w, "types");
    const struct matter_var *agent = &w.m->var[var(&w, "q_agent")];
    CU_ASSERT_TRUE(agent->is_question);
    CU_ASSERT_STRING_EQUAL(agent->label, "替别人办理吗？");
    const struct matter_var *dead = &w.m->var[var(&w, "dead.name")];
    CU_ASSERT_STRING_EQUAL(dead->label, "姓名");
    CU_ASSERT_STRING_EQUAL(dead->help, "与证件一致");
    CU_ASSERT_PTR_NULL(dead->prefill_from); /* null took it away */
    const struct matter_var *heir = &w.m->var[var(&w, "heirs.1.name")];
    CU_ASSERT_STRING_EQUAL(heir->label, "继承人姓名"); /* its own key wins */
    CU_ASSERT_STRING_EQUAL(heir->prefill_from, "other_card.name");
    CU_ASSERT_EQUAL(heir->sensitivity, 1);
    const struct matter_var *rel = &w.m->var[var(&w, "heirs.1.rel")];
    CU_ASSERT_EQUAL_FATAL(rel->n_options, 2);
    CU_ASSERT_STRING_EQUAL(rel->option[0].value, "10");
    const struct matter_var *agree = &w.m->var[var(&w, "last.agree")];
    CU_ASSERT_STRING_EQUAL(agree->text_version, "1");
    CU_ASSERT_STRING_EQUAL(w.m->material[0].certificate, "居民身份证");
    CU_ASSERT_STRING_EQUAL(w.m->material[0].share, "id_card");
    CU_ASSERT_STRING_EQUAL(w.m->material[1].name, "一寸照片");
    CU_ASSERT_EQUAL(w.m->material[1].later_days, 3);
    CU_ASSERT_EQUAL(w.m->material[1].copies, 2);
    CU_ASSERT_STRING_EQUAL(w.m->material[3].promise, "补交。");
    close_world(&w);
}

static void bad_dictionaries_are_refused(void)
{
    static struct matter_complaint c[CAP];
    struct world w;
    open_world(&w, "types");
    const struct matter_context context = {.codes = w.codes};
    DIR *d = opendir(HERE "/bad_fields");
    int n_files = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char path[512], got[1024] = "\n";
        size_t bytes = 0, n = 0;
        const char *dot = strstr(entry->d_name, ".json");
        if (!dot)
            continue;
        struct matter_dictionary *bad = NULL;
        snprintf(path, sizeof path, HERE "/bad_fields/%s", entry->d_name);
        YJ_CLEANUP(cleanup_free) char *text = read_all(path, &bytes);
        CU_ASSERT_EQUAL(
            matter_dictionary_parse(&context, text, bytes, "fields.json", c, CAP, &n, &bad),
            ERR_MATTER_FILE);
        CU_ASSERT_PTR_NULL(bad);
        for (size_t i = 0; i < n && i < CAP; i++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s\t%s\n", c[i].pointer,
                     c[i].reason);
        snprintf(path, sizeof path, HERE "/bad_fields/%.*s.expect", (int)(dot - entry->d_name),
                 entry->d_name);
        YJ_CLEANUP(cleanup_free) char *expect = read_all(path, &bytes);
        CU_ASSERT_STRING_EQUAL(strchr(expect, '\n'), got);
        n_files++;
    }
    closedir(d);
    CU_ASSERT(n_files >= 10);
    matter_dictionary_free(NULL);
    close_world(&w);
}

static void members_are_laid_out(void)
{
    struct world w;
    open_world(&w, "types");
    int first = var(&w, "heirs.1.name"), second = var(&w, "heirs.2.name");
    CU_ASSERT_EQUAL(second - first, 5);
    CU_ASSERT_EQUAL(var(&w, "heirs.3.half") - first, 14);
    CU_ASSERT_EQUAL(matter_var_find(w.m, "heirs.4.name"), -1);
    CU_ASSERT_EQUAL(matter_var_find(w.m, "heirs.name"), -1);
    const struct matter_var *holder = &w.m->var[var(&w, "heirs.2.holder")];
    CU_ASSERT_STRING_EQUAL(holder->field, "heirs.holder");
    CU_ASSERT_EQUAL(holder->member, 1);
    CU_ASSERT_STRING_EQUAL(holder->prefill_from, "=heirs.2.name");
    CU_ASSERT_PTR_NOT_NULL(holder->compiled);
    CU_ASSERT_EQUAL(w.m->group[1].repeat_min, 1);
    CU_ASSERT_EQUAL(w.m->group[1].repeat_max, 3);
    CU_ASSERT_STRING_EQUAL(w.m->group[1].repeat_item, "第{n}位继承人");
    close_world(&w);
}

static void names_mean_their_own_member(void)
{
    struct world w;
    char half[32];
    open_world(&w, "types");
    w.count[1] = 2;
    put(&w, "heirs.1.rel", "10");
    put(&w, "heirs.2.rel", "20");
    CU_ASSERT_EQUAL(w.plan.var_shown[var(&w, "heirs.1.part")], TRI_TRUE);
    CU_ASSERT_EQUAL(w.plan.var_shown[var(&w, "heirs.2.part")], TRI_FALSE);
    CU_ASSERT_EQUAL(w.plan.var_shown[var(&w, "heirs.3.name")], TRI_FALSE);
    CU_ASSERT_EQUAL(w.plan.var_shown[var(&w, "last.left")], TRI_TRUE);
    CU_ASSERT_EQUAL(w.plan.material[3], TRI_TRUE);
    put(&w, "heirs.2.rel", "10");
    put(&w, "heirs.1.part", "60");
    CU_ASSERT_STRING_EQUAL(check(&w, "heirs.2.part", "30"), "");
    CU_ASSERT_STRING_EQUAL(check(&w, "heirs.2.part", "50"), "份额要大于零，加起来不能超过一百。");
    calc_eval(w.m->var[var(&w, "heirs.2.half")].prefill_calc, &w.a, half, sizeof half);
    CU_ASSERT_STRING_EQUAL(half, "25");
    CU_ASSERT_EQUAL(expr_eval(w.m->var[var(&w, "heirs.3.holder")].prefill_if, &w.a), TRI_FALSE);
    CU_ASSERT_EQUAL(expr_eval(w.m->var[var(&w, "heirs.2.holder")].prefill_if, &w.a), TRI_TRUE);
    /* who is not there is not asked and not checked */
    CU_ASSERT_STRING_EQUAL(check(&w, "heirs.3.name", ""), "");
    w.count[1] = 1;
    matter_plan(w.m, &w.a, &w.plan);
    CU_ASSERT_EQUAL(w.plan.var_shown[var(&w, "heirs.2.name")], TRI_FALSE);
    CU_ASSERT_STRING_EQUAL(check(&w, "heirs.1.part", "60"), ""); /* the second no longer counts */
    w.a.count = NULL;
    matter_plan(w.m, &w.a, &w.plan);
    CU_ASSERT_EQUAL(w.plan.var_shown[var(&w, "heirs.1.name")], TRI_FALSE);
    close_world(&w);
}

static void choices_are_planned(void)
{
    struct world w;
    open_world(&w, "types");
    const struct matter *m = w.m;
    CU_ASSERT_EQUAL(m->task_group[0].tasks, 0x0e);
    CU_ASSERT_EQUAL(m->task[5].deps, 0x1e); /* the group's tasks and c1 */
    CU_ASSERT_EQUAL(m->task[1].deliver_var, var(&w, "last.way"));
    CU_ASSERT_EQUAL(m->task[0].place, 0);
    CU_ASSERT_TRUE(m->task[0].is_in_person);
    CU_ASSERT_TRUE(m->task[4].is_query);
    put(&w, "q_set", "a");
    CU_ASSERT_EQUAL(w.plan.short_groups, 1);
    CU_ASSERT_EQUAL(w.plan.task[1], TRI_FALSE);
    CU_ASSERT_EQUAL(w.plan.task[4], TRI_FALSE);
    CU_ASSERT_EQUAL(w.plan.finish_days[5], 0); /* all it waits for is left out */
    CU_ASSERT_EQUAL(w.plan.longest_days, 2);
    w.a.selected = 1u << 2;
    matter_plan(m, &w.a, &w.plan);
    CU_ASSERT_EQUAL(w.plan.short_groups, 0);
    CU_ASSERT_EQUAL(w.plan.task[2], TRI_TRUE);
    CU_ASSERT_EQUAL(w.plan.finish_days[2], 9); /* after t1 */
    CU_ASSERT_EQUAL(w.plan.finish_days[5], 9);
    put(&w, "q_set", "b,c");
    CU_ASSERT_EQUAL(w.plan.finish_days[4], 10); /* p3 is left out: it starts at once */
    w.a.selected = 0x0e;
    matter_plan(m, &w.a, &w.plan);
    CU_ASSERT_EQUAL(w.plan.finish_days[4], 11);
    CU_ASSERT_EQUAL(w.plan.longest_days, 11);
    close_world(&w);
}

static void new_types_are_checked(void)
{
    static const struct {
        const char *id, *value, *text_id;
    } list[] = {
        {"q_set", "", "field.required.choose"},
        {"q_set", "a", ""},
        {"q_set", "a,c", ""},
        {"q_set", "a,b,c", ""},
        {"q_set", "c,a", "field.bad.choice"},
        {"q_set", "a,a", "field.bad.choice"},
        {"q_set", "a,", "field.bad.choice"},
        {"q_set", "ab", "field.bad.choice"},
        {"firm.uscc", "911101057886543217", "field.bad.uscc.check"},
        {"firm.uscc", "9111010578865432", "field.bad.uscc.length"},
        {"firm.uscc", "91110105788654321I", "field.bad.uscc.chars"},
        {"firm.tel", "0731-82345678", ""},
        {"firm.tel", "13800000000", ""},
        {"firm.tel", "82345678", "field.bad.tel"},
        {"firm.mail", "name@example.com", ""},
        {"firm.mail", "name@example", "field.bad.email"},
        {"firm.people", "1", ""},
        {"firm.people", "500", ""},
        {"firm.people", "0", "field.bad.number.small"},
        {"firm.people", "501", "field.bad.number.large"},
        {"firm.people", "1.5", "field.bad.integer.whole"},
        {"firm.people", "五", "field.bad.integer"},
        {"firm.people", "1-2", "field.bad.integer"},
        {"firm.people", "1234567890123", "field.bad.integer"},
        {"firm.area", "0.5", ""},
        {"firm.area", "80", ""},
        {"firm.area", "80.25", "field.bad.decimal.digits"},
        {"firm.area", "0.4", "field.bad.number.small"},
        {"firm.area", "80,5", "field.bad.decimal"},
        {"firm.region", "430102", ""},
        {"firm.region", "430100", "field.bad.region"}, /* a city: its districts are below it */
        {"firm.region", "439999", "field.bad.region"},
        {"firm.region", "43010", "field.bad.region"},
        {"last.agree", "", "field.required.consent"},
        {"last.agree", "false", "field.required.consent"},
        {"last.agree", "true", ""},
    };
    struct world w;
    open_world(&w, "types");
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        const char *got = check(&w, list[i].id, list[i].value);
        if (strcmp(got, list[i].text_id) != 0)
            fprintf(stderr, "\n%s '%s' gives '%s'\n", list[i].id, list[i].value, got);
        CU_ASSERT_STRING_EQUAL(got, list[i].text_id);
    }
    close_world(&w);
}

static void windows_open_and_close(void)
{
    static const struct {
        int day, window;
        bool is_open;
    } list[] = {
        {20261123, 0, true},  {20261119, 0, false}, {20261231, 0, true},  {20270101, 0, true},
        {20270110, 0, true},  {20270111, 1, false}, {20270501, 1, true},  {20270531, 1, true},
        {20270601, 0, false}, {20260101, 0, true},  {20280101, 0, false},
    };
    struct world w;
    const struct matter_window *window = NULL;
    open_world(&w, "types");
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        CU_ASSERT_EQUAL(matter_is_open_on(w.m, list[i].day, &window), list[i].is_open);
        CU_ASSERT_PTR_EQUAL(window, &w.m->window[list[i].window]);
    }
    CU_ASSERT_FALSE(matter_is_valid_on(w.m, 20251231));
    CU_ASSERT_TRUE(matter_is_valid_on(w.m, 20260101));
    CU_ASSERT_TRUE(matter_is_valid_on(w.m, 20271231));
    CU_ASSERT_FALSE(matter_is_valid_on(w.m, 20280101));
    struct matter_window leap = {.from = 229, .to = 229};
    struct matter one = {.window = &leap, .n_windows = 1};
    CU_ASSERT_TRUE(matter_is_open_on(&one, 20280229, NULL));
    CU_ASSERT_FALSE(matter_is_open_on(&one, 20270228, NULL));
    CU_ASSERT_FALSE(matter_is_open_on(&one, 20270301, NULL));
    leap.to = 301;
    CU_ASSERT_TRUE(matter_is_open_on(&one, 20270301, NULL));
    leap = (struct matter_window){.from = 20260101, .to = 20260131};
    CU_ASSERT_TRUE(matter_is_open_on(&one, 20260131, &window));
    CU_ASSERT_FALSE(matter_is_open_on(&one, 20260201, &window));
    CU_ASSERT_PTR_NULL(window);                             /* it never opens again */
    leap = (struct matter_window){.from = 1115, .to = 110}; /* over the turn of the year */
    one.valid_to = 20271001;
    CU_ASSERT_FALSE(matter_is_open_on(&one, 20260301, &window));
    CU_ASSERT_PTR_EQUAL(window, &leap);
    CU_ASSERT_FALSE(matter_is_open_on(&one, 20270301, &window));
    CU_ASSERT_PTR_NULL(window); /* the file ends before it opens */
    CU_ASSERT_TRUE(matter_is_open_on(&one, 20270110, &window));
    CU_ASSERT_PTR_EQUAL(window, &leap);
    one.valid_to = 0;
    one.n_windows = 0;
    CU_ASSERT_TRUE(matter_is_open_on(&one, 20260201, &window));
    close_world(&w);
}

/* Forms that are looked at by hand mean what their expressions say. */
static void forms_are_their_expressions(void)
{
    static const char *const forms[] = {FORM_ID, FORM_VAR_ID, FORM_VALUE, FORM_CODE, FORM_PICTURE};
    static const char letters[] = "aA1_.-z9";
    enum { N = sizeof letters - 1, LENGTH = 4 };
    for (size_t f = 0; f < YJ_COUNT(forms); f++) {
        char whole[160];
        regex_t regex;
        snprintf(whole, sizeof whole, "^(%s)$", forms[f]);
        CU_ASSERT_EQUAL_FATAL(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB), 0);
        size_t n_met = 0, n_wrong = 0;
        for (size_t length = 0, total = 1; length <= LENGTH; length++, total *= N)
            for (size_t k = 0; k < total; k++) {
                char text[LENGTH + 1] = "";
                for (size_t i = 0, rest = k; i < length; i++, rest /= N)
                    text[i] = letters[rest % N];
                bool is_met = matter_form_met(forms[f], text);
                n_wrong += is_met != !regexec(&regex, text, 0, NULL, 0);
                n_met += is_met;
            }
        regfree(&regex);
        CU_ASSERT_EQUAL(n_wrong, 0);
        CU_ASSERT(n_met > 10);
    }
}

static void personal_data_is_seen(void)
{
    static const struct {
        const char *text;
        bool is_secret;
    } list[] = {
        {"12345", false},
        {"0731-82345678", false},
        {"2026-01-01到2026-12-31", false},
        {"热线13800138000", false}, /* a service number of the network */
        {"13800000000", true},
        {"138-0000-0000", true},
        {"电话138 0000 0000。", true},
        {"113800000000", false}, /* twelve digits */
        {"11010519491231002X", true},
        {"11010519491231002x", true},
        {"110105194912310021", false}, /* wrong check digit */
        {"810000199003070023", true},
        {"6200000000000005", true},
        {"6200 0000 0000 0005", true},
        {"6200000000000006", false},
        {"统一社会信用代码18位", false},
    };
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        bool is_secret = matter_text_secret(list[i].text) != NULL;
        if (is_secret != list[i].is_secret)
            fprintf(stderr, "\n%s\n", list[i].text);
        CU_ASSERT_EQUAL(is_secret, list[i].is_secret);
    }
}

/* A number field holds one number however it is written, also for a rule that stands before the
 * other field; digits of a code are characters. */
static void numbers_compare_as_numbers(void)
{
    struct world w;
    open_world(&w, "numbers");
    put(&w, "two.right", "5");
    CU_ASSERT_STRING_EQUAL(check(&w, "two.left", "5.00"), "两个数不能一样。");
    CU_ASSERT_EQUAL(w.plan.material[1], TRI_TRUE);
    CU_ASSERT_STRING_EQUAL(check(&w, "two.left", "5.01"), "");
    CU_ASSERT_EQUAL(w.plan.material[1], TRI_FALSE);
    put(&w, "two.right", "07");
    CU_ASSERT_EQUAL(w.plan.material[1], TRI_TRUE);
    put(&w, "code.left", "007");
    CU_ASSERT_STRING_EQUAL(check(&w, "code.right", "7"), "两次要一样。");
    CU_ASSERT_STRING_EQUAL(check(&w, "code.right", "007"), "");
    close_world(&w);
}

static CU_TestInfo cases[] = {
    {"the head is read as written", head_is_read},
    {"guides and listed matters are read", light_matters_are_read},
    {"entries are inherited", entries_are_inherited},
    {"bad dictionaries are refused with places", bad_dictionaries_are_refused},
    {"members are laid out one after another", members_are_laid_out},
    {"names mean their own member", names_mean_their_own_member},
    {"choices are planned", choices_are_planned},
    {"new types are checked", new_types_are_checked},
    {"numbers compare as numbers", numbers_compare_as_numbers},
    {"windows open and close", windows_open_and_close},
    {"forms are their expressions", forms_are_their_expressions},
    {"personal data is seen", personal_data_is_seen},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.matter_types", cases)
