/* SPDX-License-Identifier: Apache-2.0 */
/* The search over a small set: words, synonyms, pinyin, initials, mistakes, noise, days, and any
 * bytes. How well it finds the real matters is measured by tests/bench/search. */
#include "core/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_priv.h"
#include "cunit_main.h"

enum { CAP = 32, TODAY = 20261123, MAX_TABLE_BYTES = 1 << 20 };

#define LISTED(code, name, stage, more)                                                            \
    "{\"schema\": \"matter/1\", \"code\": \"" code "\", \"name\": \"" name                         \
    "\", \"version\": \"1\", \"status\": \"listed\", \"stage\": \"" stage                          \
    "\", \"icon\": \"matter\", \"lead_dept\": \"政务\", \"co_depts\": []" more "}"

/* In no particular order of their codes. */
static const char *const MATTERS[] = {
    LISTED("PEN.RETIRE", "退休", "person.retirement", ", \"aliases\": [\"领养老金\"]"),
    LISTED("NB.BIRTH", "新生儿出生", "person.birth", ", \"aliases\": [\"宝宝上户口\"]"),
    LISTED("CHILD.SUBSIDY", "育儿补贴申领", "person.birth", ""),
    LISTED("SSC.RESIDENT", "社会保障卡居民服务", "person.life", ""),
    LISTED("LIFE.DEATH", "公民身后", "person.death", ", \"aliases\": [\"人死了\"]"),
    LISTED("BIZ.OPEN", "企业开办", "business.entry", ", \"aliases\": [\"注册公司\", \"银行开户\"]"),
    LISTED("SUMMER.CAMP", "夏令营报名", "person.education",
           ", \"valid_from\": \"2026-06-01\", \"valid_to\": \"2026-08-31\""),
    LISTED("TWIN.B", "图书借阅", "person.life", ""),
    LISTED("TWIN.A", "图书借阅", "person.life", ""),
};

static const char WORDS[] =
    "{\"$schema\": \"words.schema.json\", \"schema\": \"words/1\","
    " \"same\": [[\"社会保障卡\", \"社保卡\"], [\"宝宝\", \"婴儿\", \"新生儿\"],"
    "            [\"退休\", \"退下来\"]],"
    " \"lead\": [{\"say\": [\"家里添丁\"], \"matters\": [\"NB.BIRTH\", \"CHILD.SUBSIDY\"]}],"
    " \"noise\": [\"我\", \"要\", \"怎么\", \"办\", \"的\", \"请问\"]}";

struct world {
    struct matter_set *set;
    struct search *search;
    char *pinyin;
    size_t pinyin_len;
};

static struct matter_set *make_set(void)
{
    struct matter_set *set = matter_set_new(YJ_COUNT(MATTERS));
    for (size_t i = 0; i < YJ_COUNT(MATTERS); i++) {
        struct matter_complaint c[CAP];
        struct matter *m = NULL;
        size_t n = 0;
        if (matter_parse(NULL, MATTERS[i], strlen(MATTERS[i]), "m.json", c, CAP, &n, &m)) {
            fprintf(stderr, "\n%zu: %s: %s\n", i, c[0].pointer, c[0].reason);
            CU_FAIL_FATAL("a matter of the test is refused");
        }
        matter_set_add(set, m, "", NULL);
    }
    return set;
}

static int build(const struct world *w, const char *words, struct matter_complaint *c,
                 size_t *ret_n, struct search **ret)
{
    return search_build(w->set, words, words ? strlen(words) : 0, "words.json", w->pinyin,
                        w->pinyin_len, c, CAP, ret_n, ret);
}

static struct world world_open(void)
{
    struct world w = {.set = make_set()};
    struct matter_complaint c[CAP];
    struct err err = {0};
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(mem_read_file(YJ_SOURCE_DIR "/assets/search/pinyin.tsv", MAX_TABLE_BYTES,
                                        &w.pinyin, &w.pinyin_len, &err),
                          0);
    CU_ASSERT_EQUAL_FATAL(build(&w, WORDS, c, &n, &w.search), 0);
    CU_ASSERT_EQUAL(n, 0);
    return w;
}

static void world_close(struct world *w)
{
    search_free(w->search);
    matter_set_free(w->set);
    free(w->pinyin);
}

/* @return code of the first hit, "" when there is none */
static const char *first(const struct world *w, const char *query)
{
    struct search_hit hit[SEARCH_MAX_HITS];
    size_t n = search_find(w->search, query, TODAY, hit);
    return n ? matter_set_at(w->set, (size_t)hit[0].matter)->code : "";
}

struct want {
    const char *query, *code;
};

static void check(const struct want *want, size_t n)
{
    struct world w = world_open();
    for (size_t i = 0; i < n; i++) {
        const char *got = first(&w, want[i].query);
        if (strcmp(got, want[i].code) != 0)
            fprintf(stderr, "\n%s: \"%s\" instead of \"%s\"\n", want[i].query, got, want[i].code);
        CU_ASSERT_STRING_EQUAL(got, want[i].code);
    }
    world_close(&w);
}

static void names_and_aliases(void)
{
    static const struct want want[] = {
        {"退休", "PEN.RETIRE"},       {"养老金", "PEN.RETIRE"}, {"上户口", "NB.BIRTH"},
        {"补贴", "CHILD.SUBSIDY"},    {"死", "LIFE.DEATH"},     {"公司注册", "BIZ.OPEN"},
        {"居民服务", "SSC.RESIDENT"}, {"出生", "NB.BIRTH"},     {" 退 休 ", "PEN.RETIRE"},
        {"“退休”？", "PEN.RETIRE"},
    };
    check(want, YJ_COUNT(want));
}

static void words_synonyms_and_noise(void)
{
    static const struct want want[] = {
        {"社保卡", "SSC.RESIDENT"},   {"婴儿", "NB.BIRTH"},
        {"我要退下来", "PEN.RETIRE"}, {"请问社保卡怎么办", "SSC.RESIDENT"},
        {"我家里添丁的", "NB.BIRTH"},
    };
    check(want, YJ_COUNT(want));
}

static void leads_keep_their_order(void)
{
    struct world w = world_open();
    struct search_hit hit[SEARCH_MAX_HITS];
    size_t n = search_find(w.search, "家里添丁", TODAY, hit);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_STRING_EQUAL(matter_set_at(w.set, (size_t)hit[0].matter)->code, "NB.BIRTH");
    CU_ASSERT_STRING_EQUAL(matter_set_at(w.set, (size_t)hit[1].matter)->code, "CHILD.SUBSIDY");
    world_close(&w);
}

static void pinyin_and_initials(void)
{
    static const struct want want[] = {
        {"tuixiu", "PEN.RETIRE"},    {"tui xiu", "PEN.RETIRE"},
        {"TUIXIU", "PEN.RETIRE"},    {"ｔｕｉｘｉｕ", "PEN.RETIRE"},
        {"yanglao金", "PEN.RETIRE"}, {"ylj", "PEN.RETIRE"},
        {"tx", "PEN.RETIRE"},        {"xse", "NB.BIRTH"},
        {"yuer", "CHILD.SUBSIDY"},   {"yebt", "CHILD.SUBSIDY"},
        {"sbk", "SSC.RESIDENT"},     {"shebaoka", "SSC.RESIDENT"},
        {"社bao卡", "SSC.RESIDENT"}, {"lyjtx", ""},
    };
    check(want, YJ_COUNT(want));
}

static void every_reading_of_a_character(void)
{
    /* 行 is hang in 银行, xing by itself */
    static const struct want want[] = {{"yinhang", "BIZ.OPEN"}, {"yhkh", "BIZ.OPEN"}};
    check(want, YJ_COUNT(want));
}

static void mistakes(void)
{
    static const struct want want[] = {
        {"tuixou", "PEN.RETIRE"},      {"tuxiu", "PEN.RETIRE"},       /* wrong, missing */
        {"tuixiuu", "PEN.RETIRE"},     {"tuxiiu", "PEN.RETIRE"},      /* too many, turned */
        {"sebaoka", "SSC.RESIDENT"},   {"xingshenger", "NB.BIRTH"},   /* s sh, in ing */
        {"育而补贴", "CHILD.SUBSIDY"}, {"社宝卡", "SSC.RESIDENT"},    /* same sound */
        {"推休", "PEN.RETIRE"},        {"育儿木贴", "CHILD.SUBSIDY"}, /* another one */
        {"退修", "PEN.RETIRE"},        {"育兒補貼", "CHILD.SUBSIDY"}, /* traditional */
        {"企业幵办", "BIZ.OPEN"},      {"社會保障卡", "SSC.RESIDENT"},
    };
    check(want, YJ_COUNT(want));
}

static void nothing_when_nothing_fits(void)
{
    static const struct want want[] = {
        {"", ""},       {" ", ""},        {"今天天气", ""}, {"你好吗", ""},      {"asdfghjkl", ""},
        {"怎么办", ""}, {"12345678", ""}, {"，。！", ""},   {"hello world", ""}, {"篮球比赛", ""},
        {"x", ""},      {"😀", ""},
    };
    check(want, YJ_COUNT(want));
    struct world w = world_open();
    CU_ASSERT_STRING_EQUAL(first(&w, NULL), "");
    world_close(&w);
}

static void only_matters_of_the_day(void)
{
    struct world w = world_open();
    struct search_hit hit[SEARCH_MAX_HITS];
    CU_ASSERT_EQUAL(search_find(w.search, "夏令营", TODAY, hit), 0);
    CU_ASSERT_EQUAL(search_find(w.search, "夏令营", 20260701, hit), 1);
    CU_ASSERT_EQUAL(search_find(w.search, "夏令营", 0, hit), 1);
    world_close(&w);
}

static void equal_ones_by_code(void)
{
    struct world w = world_open();
    struct search_hit hit[SEARCH_MAX_HITS];
    CU_ASSERT_EQUAL_FATAL(search_find(w.search, "图书借阅", TODAY, hit), 2);
    CU_ASSERT_STRING_EQUAL(matter_set_at(w.set, (size_t)hit[0].matter)->code, "TWIN.A");
    CU_ASSERT_EQUAL(hit[0].score, hit[1].score);
    world_close(&w);
}

static void the_same_answer_always(void)
{
    struct world a = world_open(), b = world_open();
    static const char *const queries[] = {"退休", "tx", "补贴 社保", "yuerbutei", "注册"};
    for (size_t i = 0; i < YJ_COUNT(queries); i++) {
        struct search_hit x[SEARCH_MAX_HITS], y[SEARCH_MAX_HITS];
        size_t n = search_find(a.search, queries[i], TODAY, x);
        CU_ASSERT_EQUAL_FATAL(search_find(b.search, queries[i], TODAY, y), n);
        for (size_t k = 0; k < n; k++) {
            CU_ASSERT_EQUAL(x[k].matter, y[k].matter);
            CU_ASSERT_EQUAL(x[k].score, y[k].score);
        }
    }
    world_close(&a);
    world_close(&b);
}

static void any_bytes_any_length(void)
{
    struct world w = world_open();
    struct search_hit hit[SEARCH_MAX_HITS];
    char query[4096];
    for (int seed = 0; seed < 64; seed++) {
        uint32_t x = 2463534242u + (uint32_t)seed;
        for (size_t i = 0; i < sizeof query - 1; i++) {
            x ^= x << 13, x ^= x >> 17, x ^= x << 5;
            query[i] = (char)(1 + x % 255);
        }
        query[sizeof query - 1] = '\0';
        CU_ASSERT(search_find(w.search, query, TODAY, hit) <= SEARCH_MAX_HITS);
    }
    memset(query, 'a', sizeof query - 1);
    CU_ASSERT_EQUAL(search_find(w.search, query, TODAY, hit), 0);
    CU_ASSERT_STRING_EQUAL(first(&w, "\xff\xfe退休\xc3"), "PEN.RETIRE");
    /* cut in the middle of a character, behind what matters */
    size_t n = (size_t)snprintf(query, sizeof query, "退休，");
    while (n < 600)
        n += (size_t)snprintf(query + n, sizeof query - n, "的");
    CU_ASSERT_STRING_EQUAL(first(&w, query), "PEN.RETIRE");
    world_close(&w);
}

static void without_words_and_pinyin(void)
{
    struct world w = {.set = make_set()};
    struct matter_complaint c[CAP];
    size_t n = 1;
    CU_ASSERT_EQUAL_FATAL(build(&w, NULL, c, &n, &w.search), 0);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_STRING_EQUAL(first(&w, "退休"), "PEN.RETIRE");
    CU_ASSERT_STRING_EQUAL(first(&w, "tuixiu"), "");
    CU_ASSERT_STRING_EQUAL(first(&w, "退修"), "");
    world_close(&w);
}

static void a_broken_pinyin_table(void)
{
    static const char table[] =
        "tui\t退\n\nxiu\n=\t補\n\xff\xff\t休\ntoolongname\t休\t休\nXIU\t休\n";
    struct world w = {.set = make_set(), .pinyin = mem_strdup(table), .pinyin_len = sizeof table};
    struct matter_complaint c[CAP];
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(build(&w, WORDS, c, &n, &w.search), 0);
    CU_ASSERT_STRING_EQUAL(first(&w, "退休"), "PEN.RETIRE");
    world_close(&w);
}

static void mistakes_of_words(void)
{
    static const struct {
        const char *words, *pointer;
    } bad[] = {
        {"{", ""},
        {"[]", ""},
        {"{\"schema\": \"words/2\"}", "/schema"},
        {"{\"schema\": \"words/1\", \"sme\": []}", "/sme"},
        {"{\"schema\": \"words/1\", \"same\": [[\"一个\"]]}", "/same/0"},
        {"{\"schema\": \"words/1\", \"same\": [[\"宝宝\", 5]]}", "/same/0/1"},
        {"{\"schema\": \"words/1\", \"same\": [[\"甲乙\", \"丙丁\"], [\"丙丁\", \"戊己\"]]}",
         "/same/1"},
        {"{\"schema\": \"words/1\", \"lead\": [{\"say\": [\"哈\"], \"matters\": [\"NO.SUCH\"]}]}",
         "/lead/0/matters/0"},
        {"{\"schema\": \"words/1\", \"lead\": [{\"matters\": [\"NB.BIRTH\"]}]}", "/lead/0/say"},
        {"{\"schema\": \"words/1\", \"noise\": \"我\"}", "/noise"},
        {"{\"schema\": \"words/1\", \"noise\": [\" 我\"]}", "/noise/0"},
    };
    struct world w = world_open();
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct matter_complaint c[CAP];
        struct search *s = NULL;
        size_t n = 0;
        CU_ASSERT_EQUAL(build(&w, bad[i].words, c, &n, &s), ERR_MATTER_FILE);
        CU_ASSERT_EQUAL(n, 1);
        CU_ASSERT_STRING_EQUAL(c[0].file, "words.json");
        CU_ASSERT_STRING_EQUAL(c[0].pointer, bad[i].pointer);
        CU_ASSERT_PTR_NOT_NULL_FATAL(s); /* the rest is searched */
        struct search_hit hit[SEARCH_MAX_HITS];
        CU_ASSERT_EQUAL(search_find(s, "退休", TODAY, hit), 1);
        search_free(s);
    }
    world_close(&w);
}

static void an_empty_set(void)
{
    struct world w = {.set = matter_set_new(1)};
    struct matter_complaint c[CAP];
    size_t n = 0;
    CU_ASSERT_EQUAL_FATAL(build(&w, "{\"schema\": \"words/1\"}", c, &n, &w.search), 0);
    CU_ASSERT_STRING_EQUAL(first(&w, "退休"), "");
    world_close(&w);
    search_free(NULL);
}

static CU_TestInfo cases[] = {
    {"finds by names and aliases", names_and_aliases},
    {"knows synonyms and passes over noise", words_synonyms_and_noise},
    {"keeps the order of a lead", leads_keep_their_order},
    {"reads pinyin and initials", pinyin_and_initials},
    {"knows every reading of a character", every_reading_of_a_character},
    {"forgives mistakes", mistakes},
    {"finds nothing when nothing fits", nothing_when_nothing_fits},
    {"shows matters of the day only", only_matters_of_the_day},
    {"puts equal ones in the order of their codes", equal_ones_by_code},
    {"gives the same answer always", the_same_answer_always},
    {"takes any bytes of any length", any_bytes_any_length},
    {"works without words and pinyin", without_words_and_pinyin},
    {"takes a broken pinyin table", a_broken_pinyin_table},
    {"complains about words.json and goes on", mistakes_of_words},
    {"takes an empty set", an_empty_set},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.search", cases)
