/* SPDX-License-Identifier: Apache-2.0 */
/* A whole set from its folder: what is read, what a broken file leaves standing, plain folders. */
#define _GNU_SOURCE
#include "core/catalogue.h"

#include <dirent.h>

#include "core/catalogue_priv.h"
#include "set_kit.h"

#define HERE YJ_SOURCE_DIR "/tests/unit/core"

static void a_whole_set_is_read(void)
{
    struct set_kit *k = set_new();
    set_put(k, "catalogue.json",
            "{\"schema\":\"catalogue/1\",\"version\":\"2026.11\",\"title\":\"示例\",\"valid_to\":"
            "\"2027-12-31\"}");
    set_put(k, "fields.json",
            "{\"schema\":\"fields/1\",\"fields\":{\"person.note\":{\"label\":\"备注\",\"type\":"
            "\"text\"}},\"materials\":{}}");
    set_put(k, "regions/43/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"43\",\"version\":\"2\","
            "\"fields\":{\"app.note\":{\"like\":\"person.note\",\"label\":null,\"type\":null}}}");
    set_put(
        k, "home.json",
        "{\"schema\":\"home/1\",\"trees\":[{\"id\":\"person\",\"name\":\"个人\",\"stages\":[{"
        "\"id\":\"person.birth\",\"name\":\"出生\",\"icon\":\"stage-birth\",\"matters\":[]}]}]}");
    set_put(
        k, "guide.json",
        "{\"schema\":\"guide/1\",\"start\":\"a\",\"steps\":[{\"id\":\"a\",\"question\":\"问？\","
        "\"choices\":[{\"label\":\"甲\",\"matters\":[\"T.GOOD\"]},{\"label\":\"乙\",\"matters\":["
        "\"T.GOOD\"]}]}]}");
    set_put(k, "words.json",
            "{\"schema\":\"words/1\",\"same\":[[\"示例\",\"样子\"]],\"lead\":[],\"noise\":[]}");
    set_put(k, "calendar.json",
            "{\"schema\":\"calendar/1\",\"years\":[{\"year\":2026,\"off\":[\"2026-01-01\"],\"on\":["
            "\"2026-01-04\"]}]}");
    CU_ASSERT(set_is(set_load(k, "430102"), ""));
    CU_ASSERT_STRING_EQUAL(k->c->version, "2026.11");
    CU_ASSERT_STRING_EQUAL(k->c->title, "示例");
    CU_ASSERT_EQUAL(k->c->valid_to, 20271231);
    CU_ASSERT_PTR_NOT_NULL(k->c->home);
    CU_ASSERT_PTR_NOT_NULL(k->c->guide);
    CU_ASSERT_TRUE(calendar_knows(k->c->calendar, 20260101));
    struct search_hit hit[SEARCH_MAX_HITS];
    CU_ASSERT_EQUAL(search_find(k->c->search, "示例", 20261123, hit), 1);
    const struct matter *m = set_matter(k, "T.GOOD");
    CU_ASSERT_STRING_EQUAL(m->var[matter_var_find(m, "app.note")].label, "备注");
    set_free(k);
}

static void each_broken_file_leaves_the_others(void)
{
    static const struct {
        const char *file, *text, *says;
    } bad[] = {
        {"catalogue.json", "{\"schema\":\"catalogue/2\",\"version\":\"1\",\"title\":\"x\"}",
         "catalogue.json: /schema: one of catalogue/1 is expected here\n"},
        {"catalogue.json", "{\"schema\":\"catalogue/1\",\"title\":\"x\"}",
         "catalogue.json: /version: missing\n"},
        {"catalogue.json",
         "{\"schema\":\"catalogue/"
         "1\",\"version\":\"1\",\"title\":\"x\",\"valid_to\":\"2027-02-30\"}",
         "catalogue.json: /valid_to: there is no such day\n"},
        {"catalogue.json", NULL, "catalogue.json: : not found\n"},
        {"fields.json", "{\"schema\":\"fields/2\",\"fields\":{},\"materials\":{}}",
         "fields.json: /schema: one of fields/1 is expected here\n"},
        {"home.json", "{\"schema\":\"home/1\",\"trees\":[]}", "home.json: /trees: 0 elements"},
        {"guide.json", "[]", "guide.json: : an object is expected here\n"},
        {"words.json", "{\"schema\":\"words/2\"}", "words.json: /schema"},
        {"calendar.json", "{\"schema\":\"calendar/2\",\"years\":[]}", "calendar.json: /schema"},
        {"national/bad.json", "{", "national/bad.json: : line 1, column 1"},
        {"national/bad.json", "\xff", "national/bad.json: : the file is not UTF-8\n"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct set_kit *k = set_new();
        set_put(k, bad[i].file, bad[i].text);
        set_load(k, "430102");
        CU_ASSERT(k->n > 0);
        if (strncmp(k->lines, bad[i].says, strlen(bad[i].says)) != 0) {
            fprintf(stderr, "\n%s: %s", bad[i].says, k->lines);
            CU_FAIL("another complaint");
        }
        CU_ASSERT_PTR_NOT_NULL(set_matter(k, "T.GOOD"));
        CU_ASSERT_PTR_NOT_NULL(k->c->search);
        set_free(k);
    }
}

/* Each file of the reader's own test, among the matters of a set. */
static void every_bad_sample_is_refused(void)
{
    static const char prefix[] = "national/sample.json: ";
    struct set_kit *k = set_new();
    DIR *d = opendir(HERE "/bad");
    const struct dirent *entry;
    char from[512], to[512];
    int n = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    snprintf(to, sizeof to, "%s/national/sample.json", k->dir);
    while ((entry = readdir(d)) != NULL) {
        size_t chars = strlen(entry->d_name);
        if (chars < 6 || strcmp(entry->d_name + chars - 5, ".json") != 0)
            continue;
        snprintf(from, sizeof from, "%s/%s", HERE "/bad", entry->d_name);
        (void)remove(to);
        CU_ASSERT_EQUAL_FATAL(symlink(from, to), 0);
        set_load(k, "430102");
        CU_ASSERT(k->n > 0);
        for (const char *line = k->lines; *line; line = strchr(line, '\n') + 1)
            CU_ASSERT_EQUAL(strncmp(line, prefix, sizeof prefix - 1), 0);
        CU_ASSERT_EQUAL(matter_set_count(k->c->matters), 1);
        n++;
    }
    closedir(d);
    CU_ASSERT(n > 80);
    set_free(k);
}

static void mistakes_of_all_files_come_together(void)
{
    struct set_kit *k = set_new();
    set_put(k, "catalogue.json", "{\"schema\":\"catalogue/1\",\"version\":\"1\",\"title\":\"\"}");
    set_put(k, "national/bad.json", "{}");
    set_put(k, "guide.json", "{}");
    set_put(k, "calendar.json", "{}");
    set_load(k, "430102");
    const char *at = k->lines;
    static const char *const files[] = {
        "catalogue.json: ", "national/bad.json: ", "guide.json: ", "calendar.json: "};
    for (size_t i = 0; i < YJ_COUNT(files); i++) {
        at = at ? strstr(at, files[i]) : NULL;
        CU_ASSERT_PTR_NOT_NULL(at);
    }
    struct matter_complaint one;
    struct catalogue_cfg cfg = {.dir = k->dir, .region = "430102", .codes = k->codes};
    size_t n = 0, all = k->n;
    struct catalogue *c = NULL;
    CU_ASSERT_EQUAL_FATAL(catalogue_load(&cfg, &one, 1, &n, &c, NULL), 0);
    CU_ASSERT_EQUAL(n, all); /* counted also without room */
    catalogue_free(c);
    CU_ASSERT_EQUAL_FATAL(catalogue_load(&cfg, NULL, 0, &n, &c, NULL), 0);
    CU_ASSERT_EQUAL(n, all);
    catalogue_free(c);
    set_free(k);
}

static void codes_are_unique(void)
{
    struct set_kit *k = set_new();
    set_put_matter(k, "national/zz.json", "T.GOOD");
    CU_ASSERT(
        set_is(set_load(k, ""), "national/zz.json: /code: another file has this code already\n"));
    CU_ASSERT_EQUAL(matter_set_count(k->c->matters), 1);
    set_free(k);
}

static void a_plain_folder_is_a_set(void)
{
    struct set_kit *k = set_new();
    set_put(k, "catalogue.json", NULL);
    set_put(k, "national/good.json", NULL);
    set_put(k, "national", NULL);
    set_put_matter(k, "any.json", "T.GOOD");
    CU_ASSERT(set_is(set_load(k, "430102"), ""));
    CU_ASSERT_PTR_NOT_NULL(set_matter(k, "T.GOOD"));
    CU_ASSERT_PTR_NULL(k->c->home);
    CU_ASSERT_PTR_NULL(k->c->guide);
    CU_ASSERT_PTR_NULL(k->c->calendar);
    CU_ASSERT_PTR_NOT_NULL(k->c->search);
    CU_ASSERT_STRING_EQUAL(k->c->version, "");
    set_free(k);
}

static void what_is_no_set_is_told(void)
{
    struct set_kit *k = set_new();
    struct err err = {0};
    size_t n = 0;
    struct catalogue *c = NULL;
    struct catalogue_cfg cfg = {.dir = HERE "/nowhere", .region = "430102"};
    CU_ASSERT_EQUAL(catalogue_load(&cfg, NULL, 0, &n, &c, &err), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(catalogue_lint(&cfg, NULL, 0, &n, NULL, &err), ERR_NOT_FOUND);
    static const char *const regions[] = {"4301", "43010", "43010a", "4301020", "湖南"};
    cfg.dir = k->dir;
    for (size_t i = 0; i < YJ_COUNT(regions); i++) {
        cfg.region = regions[i];
        CU_ASSERT_EQUAL(catalogue_load(&cfg, NULL, 0, &n, &c, &err), ERR_INVALID);
    }
    CU_ASSERT_PTR_NULL(c);
    set_free(k);
}

/* ---- sources ---- */

/* Names that a source vouches for, read from a set on disk. */
struct few {
    const char *dir;
    const char *const *name; /* NULL behind the last */
    const char *bad;         /* this one is not what it was */
    int n_reads;
};

static const char *few_name(void *ctx, size_t i)
{
    return ((const struct few *)ctx)->name[i];
}

static int few_read(void *ctx, const char *name, char **ret, size_t *ret_bytes, struct err *err)
{
    struct few *few = ctx;
    char path[256];
    few->n_reads++;
    if (few->bad && !strcmp(few->bad, name))
        return ERR(err, ERR_SEAL_MANIFEST, "changed");
    snprintf(path, sizeof path, "%s/%s", few->dir, name);
    return mem_read_file(path, 1 << 20, ret, ret_bytes, err);
}

static void only_what_a_source_names_is_read(void)
{
    static const char *const names[] = {"catalogue.json", "national/good.json",
                                        "regions/43/good.json", "regions/4301.json", NULL};
    struct set_kit *k = set_new();
    struct few few = {.dir = k->dir, .name = names};
    const struct catalogue_source source = {&few, few_name, few_read};
    struct catalogue_cfg cfg = {
        .dir = "/nowhere", .source = &source, .region = "430102", .codes = k->codes};
    struct catalogue_counts counts = {0};
    set_put_matter(k, "national/other.json", "T.OTHER"); /* nobody named these */
    set_put(k, "guide.json", "{");
    set_put(k, "regions/4301/good.json", "{");
    set_put(k, "regions/43/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"43\",\"version\":\"2\"}");
    CU_ASSERT_EQUAL(catalogue_load(&cfg, k->complaint, SET_CAP, &k->n, &k->c, NULL), 0);
    set_write_lines(k);
    CU_ASSERT(set_is(k->lines, ""));
    CU_ASSERT_EQUAL(few.n_reads, 3);
    CU_ASSERT_EQUAL(matter_set_count(k->c->matters), 1);
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->region, "43");
    CU_ASSERT_EQUAL(catalogue_lint(&cfg, k->complaint, SET_CAP, &k->n, &counts, NULL), 0);
    CU_ASSERT_EQUAL(k->n, 0);
    CU_ASSERT_EQUAL(counts.overlays, 1);
    few.bad = "national/good.json";
    CU_ASSERT_EQUAL(catalogue_lint(&cfg, k->complaint, SET_CAP, &k->n, &counts, NULL), 0);
    CU_ASSERT(k->n > 0);
    CU_ASSERT_STRING_EQUAL(k->complaint[0].file, "national/good.json");
    CU_ASSERT_EQUAL(counts.matters, 0);
    set_free(k);
}

static void versions_have_an_order(void)
{
    static const char *const in_order[] = {
        "", "1", "2026", "2026.9", "2026.11", "2026.11a", "2026.11.1", "2027.01.1", "a"};
    for (size_t i = 0; i < YJ_COUNT(in_order); i++)
        for (size_t j = 0; j < YJ_COUNT(in_order); j++) {
            int order = catalogue_version_compare(in_order[i], in_order[j]);
            if (!strchr(in_order[i], 'a') == !strchr(in_order[j], 'a'))
                CU_ASSERT_EQUAL((order > 0) - (order < 0), (i > j) - (i < j));
            CU_ASSERT_EQUAL(order<0, catalogue_version_compare(in_order[j], in_order[i])> 0);
        }
    CU_ASSERT_EQUAL(catalogue_version_compare("2026.01", "2026.1"), 0);
    char version[CATALOGUE_VERSION_BYTES];
    CU_ASSERT_EQUAL(catalogue_version_read(HERE "/find", version, NULL), 0);
    CU_ASSERT(version[0] != '\0');
    CU_ASSERT_EQUAL(catalogue_version_read(HERE, version, NULL), ERR_MATTER_FILE);
}

/* The built-in set, for everybody and for the region of the tests. */
static void the_built_in_set_has_no_mistake(void)
{
    struct set_kit *k = set_new();
    char *pinyin = NULL;
    struct catalogue_counts counts = {0};
    struct catalogue_cfg cfg = {
        .dir = YJ_SOURCE_DIR "/assets/matters", .region = "430102", .codes = k->codes};
    CU_ASSERT_EQUAL_FATAL(mem_read_file(YJ_SOURCE_DIR "/assets/search/pinyin.tsv", 8 << 20, &pinyin,
                                        &cfg.pinyin_len, NULL),
                          0);
    cfg.pinyin = pinyin;
    CU_ASSERT_EQUAL(catalogue_lint(&cfg, k->complaint, SET_CAP, &k->n, &counts, NULL), 0);
    set_write_lines(k);
    CU_ASSERT(set_is(k->lines, ""));
    CU_ASSERT(counts.matters > 0);
    CU_ASSERT_EQUAL(catalogue_load(&cfg, k->complaint, SET_CAP, &k->n, &k->c, NULL), 0);
    CU_ASSERT_EQUAL(k->n, 0);
    CU_ASSERT_PTR_NOT_NULL(set_matter(k, "NB.BIRTH"));
    free(pinyin);
    set_free(k);
}

static CU_TestInfo cases[] = {
    {"a whole set is read", a_whole_set_is_read},
    {"each broken file leaves the others", each_broken_file_leaves_the_others},
    {"every bad sample is refused", every_bad_sample_is_refused},
    {"mistakes of all files come together", mistakes_of_all_files_come_together},
    {"only what a source names is read", only_what_a_source_names_is_read},
    {"versions have an order", versions_have_an_order},
    {"codes are unique", codes_are_unique},
    {"a plain folder is a set", a_plain_folder_is_a_set},
    {"what is no set is told", what_is_no_set_is_told},
    {"the built-in set has no mistake", the_built_in_set_has_no_mistake},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.catalogue", cases)
