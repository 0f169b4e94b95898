/* SPDX-License-Identifier: Apache-2.0 */
/* Matter files: every bad file is refused with its places and reasons, good ones are read as
 * written, one broken file leaves the others; plans and checks over a small matter. */
#include "core/matter.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/code_table.h"
#include "cunit_main.h"

#define HERE YJ_SOURCE_DIR "/tests/unit/core"

enum { CAP = 128, TODAY = 20261123 };

static char *read_all(const char *path, size_t *ret_bytes)
{
    char *text = NULL;
    struct err err = {0};
    if (mem_read_file(path, 4u << 20, &text, ret_bytes, &err)) {
        fprintf(stderr, "\n%s: %s\n", path, err.msg);
        CU_FAIL_FATAL("a sample file is missing");
    }
    return text;
}

/* Code tables and the dictionary of the samples. Not const here: read once, freed at the end. */
struct samples {
    struct code_tables *codes;
    struct matter_dictionary *dictionary;
    struct matter_context context;
};

static struct samples *samples_new(void)
{
    struct samples *s = mem_zalloc(1, sizeof *s);
    size_t bytes = 0, n = 0;
    YJ_CLEANUP(cleanup_free) char *text = read_all(HERE "/dictionary.json", &bytes);
    CU_ASSERT_EQUAL_FATAL(code_tables_load(YJ_SOURCE_DIR "/assets/codes", &s->codes, NULL), 0);
    s->context.codes = s->codes;
    CU_ASSERT_EQUAL_FATAL(matter_dictionary_parse(&s->context, text, bytes, "dictionary.json", NULL,
                                                  0, &n, &s->dictionary),
                          0);
    s->context.dictionary = s->dictionary;
    return s;
}

static void samples_free(struct samples *s)
{
    matter_dictionary_free(s->dictionary);
    code_tables_free(s->codes);
    free(s);
}

static struct matter *parse_file(const struct matter_context *context, const char *path,
                                 struct matter_complaint *c, size_t *ret_n)
{
    size_t bytes = 0;
    struct matter *m = NULL;
    YJ_CLEANUP(cleanup_free) char *text = read_all(path, &bytes);
    int r = matter_parse(context, text, bytes, "sample.json", c, CAP, ret_n, &m);
    CU_ASSERT_EQUAL(r, *ret_n ? ERR_MATTER_FILE : 0);
    CU_ASSERT_EQUAL(m == NULL, *ret_n > 0);
    return m;
}

static struct matter *parse_good(const char *name)
{
    static struct matter_complaint c[CAP];
    char path[512];
    size_t n = 0;
    snprintf(path, sizeof path, HERE "/good/%s.json", name);
    struct matter *m = parse_file(NULL, path, c, &n);
    if (!m) {
        fprintf(stderr, "\n%s: %s: %s\n", name, c[0].pointer, c[0].reason);
        CU_FAIL_FATAL("a good file is refused");
    }
    return m;
}

/* Complaints as the lines of an .expect file. */
static void write_lines(const struct matter_complaint *c, size_t n, char *out, size_t cap)
{
    out[0] = '\0';
    for (size_t i = 0; i < n && i < CAP; i++) {
        size_t used = strlen(out);
        snprintf(out + used, cap - used, "%s\t%s\n", c[i].pointer, c[i].reason);
        CU_ASSERT_STRING_EQUAL(c[i].file, "sample.json");
    }
}

static void check_bad_file(const struct matter_context *context, const char *stem)
{
    static struct matter_complaint c[CAP];
    static char got[16384];
    char path[512];
    size_t n = 0, bytes = 0;
    snprintf(path, sizeof path, HERE "/bad/%s.json", stem);
    matter_free(parse_file(context, path, c, &n));
    write_lines(c, n, got, sizeof got);
    snprintf(path, sizeof path, HERE "/bad/%s.expect", stem);
    YJ_CLEANUP(cleanup_free) char *expect = read_all(path, &bytes);
    const char *lines = strchr(expect, '\n'); /* the first line is about the schema */
    CU_ASSERT_PTR_NOT_NULL_FATAL(lines);
    if (n == 0 || strcmp(lines + 1, got) != 0)
        fprintf(stderr, "\n%s:\n%s", stem, got);
    CU_ASSERT(n > 0);
    CU_ASSERT_STRING_EQUAL(got, lines + 1);
}

static void bad_files_are_refused(void)
{
    DIR *d = opendir(HERE "/bad");
    struct samples *samples = samples_new();
    int n_files = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char stem[256];
        snprintf(stem, sizeof stem, "%s", entry->d_name);
        char *dot = strstr(stem, ".json");
        if (!dot)
            continue;
        *dot = '\0';
        check_bad_file(&samples->context, stem);
        n_files++;
    }
    closedir(d);
    samples_free(samples);
    CU_ASSERT(n_files > 200);
}

static void complaints_are_counted_beyond_the_room(void)
{
    size_t bytes = 0, n = 0;
    struct matter *m = NULL;
    struct matter_complaint c[3] = {0};
    YJ_CLEANUP(cleanup_free) char *text = read_all(HERE "/bad/many-at-once.json", &bytes);
    CU_ASSERT_EQUAL(matter_parse(NULL, text, bytes, "x.json", c, 2, &n, &m), ERR_MATTER_FILE);
    CU_ASSERT_EQUAL(n, 8);
    CU_ASSERT_STRING_NOT_EQUAL(c[1].reason, "");
    CU_ASSERT_STRING_EQUAL(c[2].reason, "");
    CU_ASSERT_EQUAL(matter_parse(NULL, text, bytes, "x.json", NULL, 0, &n, &m), ERR_MATTER_FILE);
    CU_ASSERT_EQUAL(n, 8);
    CU_ASSERT_PTR_NULL(m);
}

static void large_files_are_refused(void)
{
    size_t bytes = (1u << 20) + 1, n = 0;
    struct matter *m = NULL;
    struct matter_complaint c[1];
    YJ_CLEANUP(cleanup_free) char *text = mem_zalloc(bytes, 1);
    memset(text, ' ', bytes);
    CU_ASSERT_EQUAL(matter_parse(NULL, text, bytes, "x.json", c, 1, &n, &m), ERR_MATTER_FILE);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_STRING_EQUAL(c[0].reason, "the file is larger than 1048576 bytes");
}

/* A file that ends early, wherever, gives complaints and nothing worse. */
static void cut_files_are_refused(void)
{
    size_t bytes = 0, n = 0;
    struct matter *m = NULL;
    struct matter_complaint c[1];
    YJ_CLEANUP(cleanup_free) char *text = read_all(HERE "/good/full.json", &bytes);
    for (size_t cut = 0; cut + 2 < bytes; cut += 7) {
        CU_ASSERT_EQUAL(matter_parse(NULL, text, cut, "x.json", c, 1, &n, &m), ERR_MATTER_FILE);
        CU_ASSERT(n >= 1);
    }
}

static void everything_is_read(void)
{
    struct matter *m = parse_good("full");
    CU_ASSERT_STRING_EQUAL(m->code, "T.FULL");
    CU_ASSERT_STRING_EQUAL(m->co_depts, "公安");
    CU_ASSERT_STRING_EQUAL(m->metric[0].before, "4");
    CU_ASSERT_STRING_EQUAL(m->applicant_name_var, "app.name");
    CU_ASSERT_STRING_EQUAL(m->applicant_idno_var, "app.id_no");
    const struct matter_var *mobile = &m->var[matter_var_find(m, "app.mobile")];
    CU_ASSERT_EQUAL(mobile->type, TYPE_MOBILE);
    CU_ASSERT_FALSE(mobile->is_question);
    CU_ASSERT_EQUAL(mobile->group, 0);
    CU_ASSERT_TRUE(mobile->is_required);
    CU_ASSERT_EQUAL(mobile->max_chars, 11);
    CU_ASSERT_STRING_EQUAL(mobile->help, "说明");
    const struct matter_var *serial = &m->var[matter_var_find(m, "app.serial")];
    CU_ASSERT_FALSE(serial->is_required);
    CU_ASSERT_STRING_EQUAL(serial->pattern, "[0-9]{6}");
    CU_ASSERT_EQUAL(m->var[matter_var_find(m, "app.live_addr")].max_chars, 80);
    const struct matter_var *idno = &m->var[matter_var_find(m, "app.id_no")];
    CU_ASSERT_EQUAL(idno->sensitivity, 2);
    CU_ASSERT_STRING_EQUAL(idno->prefill_from, "card.number");
    CU_ASSERT_PTR_NOT_NULL(idno->prefill_if);
    const struct matter_var *nation = &m->var[matter_var_find(m, "app.nation")];
    CU_ASSERT_EQUAL(nation->n_options, 58);
    CU_ASSERT_STRING_EQUAL(nation->option[0].label, "汉族");
    CU_ASSERT_TRUE(m->var[0].is_question);
    CU_ASSERT_EQUAL(m->var[0].group, -1);
    CU_ASSERT_EQUAL(m->task[2].deps, 1);
    CU_ASSERT_TRUE(m->task[2].is_independent);
    CU_ASSERT_EQUAL(m->task[2].need, NEED_COND);
    CU_ASSERT_STRING_EQUAL(m->task[2].item_code, "0000X");
    CU_ASSERT_EQUAL(m->material[1].actions, ACTION_SCAN | ACTION_LATER);
    CU_ASSERT_EQUAL(m->material[1].later_days, 5);
    CU_ASSERT_STRING_EQUAL(m->material[2].certificate, "居民身份证");
    CU_ASSERT_EQUAL(m->material[6].mode, MODE_E7);
    CU_ASSERT_EQUAL(m->material[6].later_days, 3);
    CU_ASSERT_EQUAL(matter_var_find(m, "nobody"), -1);
    matter_free(m);
    matter_free(NULL);
}

static void copy_file(const char *from, const char *dir, const char *name)
{
    char path[512];
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = read_all(from, &bytes);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(text, 1, bytes, f), bytes);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static void broken_files_leave_the_others(void)
{
    static const char *const names[] = {"a.json", "b.json", "c.json",  "d.json",
                                        "e.json", "n.txt",  ".h.json", "z.json"};
    struct matter_complaint c[CAP];
    struct matter_set *set = NULL;
    char dir[] = "/tmp/yj-matters-XXXXXX", path[512];
    size_t n = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    copy_file(HERE "/good/minimal.json", dir, "a.json");
    copy_file(HERE "/bad/json-syntax.json", dir, "b.json");
    copy_file(HERE "/bad/task-dep-cycle.json", dir, "c.json");
    copy_file(HERE "/good/minimal.json", dir, "d.json"); /* the code of a.json again */
    snprintf(path, sizeof path, "%s/e.json", dir);
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0); /* a folder with a file's name */
    copy_file(HERE "/bad/json-syntax.json", dir, "n.txt");
    copy_file(HERE "/bad/json-syntax.json", dir, ".h.json");
    copy_file(HERE "/good/full.json", dir, "z.json");

    CU_ASSERT_EQUAL(matter_set_load(NULL, dir, c, CAP, &n, &set, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(matter_set_count(set), 2);
    CU_ASSERT_STRING_EQUAL(matter_set_at(set, 0)->code, "T.GOOD");
    CU_ASSERT_STRING_EQUAL(matter_set_at(set, 1)->code, "T.FULL");
    CU_ASSERT_PTR_NULL(matter_set_at(set, 2));
    CU_ASSERT_EQUAL_FATAL(n, 5); /* b, c twice, d, e */
    CU_ASSERT_STRING_EQUAL(c[0].file, "b.json");
    CU_ASSERT_STRING_EQUAL(c[2].file, "c.json");
    CU_ASSERT_STRING_EQUAL(c[3].file, "d.json");
    CU_ASSERT_STRING_EQUAL(c[3].pointer, "/code");
    CU_ASSERT_STRING_EQUAL(c[4].file, "e.json");
    matter_set_free(set);
    CU_ASSERT_EQUAL(matter_set_load(NULL, dir, NULL, 0, &n, &set, NULL), 0);
    CU_ASSERT_EQUAL(n, 5);
    matter_set_free(set);
    matter_set_free(NULL);
    for (size_t i = 0; i < YJ_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        CU_ASSERT_EQUAL(remove(path), 0);
    }
    CU_ASSERT_EQUAL(matter_set_load(NULL, dir, c, CAP, &n, &set, NULL), 0);
    CU_ASSERT_EQUAL(matter_set_count(set), 0);
    matter_set_free(set);
    CU_ASSERT_EQUAL(rmdir(dir), 0);
    struct err err = {0};
    CU_ASSERT_EQUAL(matter_set_load(NULL, dir, c, CAP, &n, &set, &err), ERR_NOT_FOUND);
    CU_ASSERT_STRING_NOT_EQUAL(err.msg, "");
}

/* ---- plans and checks over good/full.json ---- */

struct sheet {
    const char *value[MATTER_MAX_VARS];
    struct answers a;
};

static void sheet_init(struct sheet *s, const struct matter *m)
{
    memset(s, 0, sizeof *s);
    s->a = (struct answers){.value = s->value, .n_values = m->n_vars, .today = TODAY};
}

static void sheet_put(struct sheet *s, const struct matter *m, const char *id, const char *value)
{
    int index = matter_var_find(m, id);
    CU_ASSERT_FATAL(index >= 0);
    s->value[index] = value;
}

static void plan_follows_answers(void)
{
    struct matter *m = parse_good("full");
    struct sheet s;
    struct matter_plan plan;
    int mobile = matter_var_find(m, "app.mobile");
    sheet_init(&s, m);
    matter_plan(m, &s.a, &plan);
    CU_ASSERT_EQUAL(plan.var_shown[0], TRI_TRUE);
    CU_ASSERT_EQUAL(plan.var_shown[mobile], TRI_UNKNOWN);
    CU_ASSERT_EQUAL(plan.task[0], TRI_TRUE);
    CU_ASSERT_EQUAL(plan.task[1], TRI_FALSE);
    CU_ASSERT_EQUAL(plan.task[2], TRI_UNKNOWN);
    CU_ASSERT_EQUAL(plan.material[0], TRI_TRUE);
    CU_ASSERT_EQUAL(plan.material[3], TRI_UNKNOWN);
    CU_ASSERT_EQUAL(plan.gate, -1);
    CU_ASSERT_EQUAL(plan.longest_days, 31); /* t1, then t3 that may be needed */
    sheet_put(&s, m, "q_way", "a");
    sheet_put(&s, m, "q_yes", "false");
    s.a.selected = 2;
    matter_plan(m, &s.a, &plan);
    CU_ASSERT_EQUAL(plan.var_shown[mobile], TRI_TRUE);
    CU_ASSERT_EQUAL(plan.task[1], TRI_TRUE);
    CU_ASSERT_EQUAL(plan.task[2], TRI_FALSE);
    CU_ASSERT_EQUAL(plan.material[3], TRI_FALSE);
    CU_ASSERT_EQUAL(plan.longest_days, 3);
    sheet_put(&s, m, "app.birth", "2010-01-01");
    matter_plan(m, &s.a, &plan);
    CU_ASSERT_EQUAL(plan.gate, -1); /* t2 is chosen */
    s.a.selected = 0;
    matter_plan(m, &s.a, &plan);
    CU_ASSERT_EQUAL(plan.gate, 0);
    s.a.n_values = 0; /* fewer answers than variables are empty answers */
    matter_plan(m, &s.a, &plan);
    CU_ASSERT_EQUAL(plan.gate, -1);
    matter_free(m);
}

static void expect_check(const struct matter *m, struct sheet *s, const char *id, const char *value,
                         const char *text_id)
{
    const char *got_id = "untouched", *got_text = "untouched";
    sheet_put(s, m, id, value);
    int r = matter_check(m, (size_t)matter_var_find(m, id), &s->a, &got_id, &got_text);
    if ((got_id == NULL) != (text_id == NULL) || (text_id && strcmp(got_id, text_id) != 0))
        fprintf(stderr, "\n%s '%s' gives %s\n", id, value, got_id ? got_id : "nothing");
    CU_ASSERT_EQUAL(r, text_id ? ERR_FIELD_VALUE : 0);
    CU_ASSERT_PTR_NULL(got_text);
    if (text_id && got_id)
        CU_ASSERT_STRING_EQUAL(got_id, text_id);
    if (!text_id)
        CU_ASSERT_PTR_NULL(got_id);
}

static void values_are_checked(void)
{
    static const struct {
        const char *id, *value, *text_id;
    } list[] = {
        {"q_yes", NULL, "field.required.choose"},
        {"q_yes", "yes", "field.bad.choice"},
        {"q_yes", "true", NULL},
        {"q_way", "c", "field.bad.choice"},
        {"q_way", "a", NULL},
        {"app.name", "", "field.required"},
        {"app.name", "张小宝", NULL},
        {"app.name", "陳大文", NULL},
        {"app.name", "DOE JOHN", NULL},
        {"app.name", "阿卜杜拉·示例", NULL},
        {"app.name", "\xf0\xa0\x80\x80\xee\xa0\x80", NULL}, /* rare and private-use characters */
        {"app.name", "张", "field.bad.name.short"},
        {"app.name", "张·", "field.bad.name.short"},
        {"app.name", "张3", "field.bad.name"},
        {"app.name", "张３", "field.bad.name"},
        {"app.name", "张，三", "field.bad.name"},
        {"app.name", "张三😀", "field.bad.name"},
        {"app.name", "张\xe2\x80\xae三", "field.bad.text"},
        {"app.name", "张\n三", "field.bad.text"},
        {"app.name", "\xff\xfe", "field.bad.text"},
        {"app.name", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一",
         "field.bad.long"},
        {"app.birth", "2026-11-23", NULL},
        {"app.birth", "2026-02-29", "field.bad.date.exist"},
        {"app.birth", "20260228", "field.bad.date"},
        {"app.birth", "去年春天", "field.bad.date"},
        {"app.note", "", NULL},
        {"app.note", "随便写点什么 123", NULL},
        {"app.id_no", "11010519491231002X", NULL},
        {"app.id_no", "11010519491231002x", NULL},
        {"app.id_no", "810000199003070023", NULL},
        {"app.id_no", "911398199012310021", NULL},
        {"app.id_no", "KAZ110090123105", NULL},
        {"app.id_no", "110105491231002", "field.bad.idno.fifteen"},
        {"app.id_no", "1101051949123100", "field.bad.idno.length"},
        {"app.id_no", "11010519491231A02X", "field.bad.idno.chars"},
        {"app.id_no", "11010519491331002X", "field.bad.idno.date"},
        {"app.id_no", "11010520271231002X", "field.bad.idno.future"},
        {"app.id_no", "440524188001010014", "field.bad.idno.age"},
        {"app.id_no", "110105194912310021", "field.bad.idno.check"},
        {"app.mobile", "13800000000", NULL},
        {"app.mobile", "12800000000", "field.bad.mobile"},
        {"app.mobile", "138000000001", "field.bad.mobile"},
        {"app.live_addr", "示例路1", "field.bad.address"},
        {"app.live_addr", "北京市朝阳区示例路1号", NULL},
        {"app.serial", "12345", "field.bad.pattern"},
        {"app.serial", "1234567", "field.bad.pattern"},
        {"app.serial", "12345a", "field.bad.digits"},
        {"app.serial", "123456", NULL},
        {"app.code", "AB12", NULL},
        {"app.code", "ab12", "field.bad.code"},
        {"app.nation", "01", NULL},
        {"app.nation", "57", "field.bad.choice"},
        {"bank.card", "6200000000000005", NULL},
        {"bank.card", "620000000000", "field.bad.bankcard.length"},
        {"bank.card", "62000000000000051234", "field.bad.bankcard.length"},
        {"bank.card", "6200000000000006", "field.bad.bankcard.check"},
    };
    struct matter *m = parse_good("full");
    struct sheet s;
    sheet_init(&s, m);
    for (size_t i = 0; i < YJ_COUNT(list); i++)
        expect_check(m, &s, list[i].id, list[i].value, list[i].text_id);
    matter_free(m);
}

static void hidden_fields_are_not_checked(void)
{
    struct matter *m = parse_good("full");
    struct sheet s;
    sheet_init(&s, m);
    expect_check(m, &s, "app.mobile", "1", NULL); /* nobody knows yet whether it is asked */
    sheet_put(&s, m, "q_way", "b");
    expect_check(m, &s, "app.mobile", "1", NULL);
    sheet_put(&s, m, "q_way", "a");
    expect_check(m, &s, "app.mobile", "1", "field.bad.mobile");
    const char *id = NULL, *text = NULL;
    CU_ASSERT_EQUAL(matter_check(m, m->n_vars, &s.a, &id, &text), 0);
    matter_free(m);
}

static void rules_have_their_own_words(void)
{
    struct matter *m = parse_good("full");
    struct sheet s;
    const char *id = "untouched", *text = NULL;
    sheet_init(&s, m);
    size_t code = (size_t)matter_var_find(m, "app.code");
    CU_ASSERT_EQUAL(matter_check(m, code, &s.a, &id, &text), ERR_FIELD_VALUE);
    CU_ASSERT_PTR_NULL(id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_STRING_EQUAL(text, "编号和代码要填一个。");
    sheet_put(&s, m, "app.serial", "123456");
    CU_ASSERT_EQUAL(matter_check(m, code, &s.a, &id, &text), 0);
    CU_ASSERT_PTR_NULL(text);
    matter_free(m);
}

static CU_TestInfo cases[] = {
    {"every bad file is refused with places and reasons", bad_files_are_refused},
    {"complaints are counted beyond the room", complaints_are_counted_beyond_the_room},
    {"large files are refused", large_files_are_refused},
    {"cut files are refused", cut_files_are_refused},
    {"everything is read as written", everything_is_read},
    {"broken files leave the others", broken_files_leave_the_others},
    {"the plan follows the answers", plan_follows_answers},
    {"values are checked by type", values_are_checked},
    {"hidden fields are not checked", hidden_fields_are_not_checked},
    {"rules have their own words", rules_have_their_own_words},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.matter", cases)
