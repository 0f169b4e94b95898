/* SPDX-License-Identifier: Apache-2.0 */
/* Code tables: the ones that are shipped, the tree of divisions, and files that are refused. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "core/code_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/code_table_priv.h"
#include "cunit_main.h"

static struct code_tables *shipped(void)
{
    struct code_tables *t = NULL;
    struct err err = {0};
    if (code_tables_load(YJ_SOURCE_DIR "/assets/codes", &t, &err)) {
        fprintf(stderr, "\n%s\n", err.msg);
        CU_FAIL_FATAL("the shipped tables are refused");
    }
    return t;
}

static const char *name_of(const struct code_tables *t, const char *table, const char *code)
{
    size_t n = 0;
    const struct codes_entry *entry = code_table(t, table, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(entry[i].code, code))
            return entry[i].name;
    return "";
}

static void shipped_tables(void)
{
    static const struct {
        const char *name, *code, *text;
        size_t n;
    } list[] = {
        {"sex", "1", "男", 4},
        {"marital", "23", "复婚", 8},
        {"nation", "15", "土家族", 58},
        {"relation", "64", "外祖母", 84},
        {"id_type", "516", "港澳居民来往内地通行证", 12},
        {"education", "20", "大学本科教育", 8},
        {"industry", "H", "住宿和餐饮业", 20},
        {"bank", "403", "中国邮政储蓄银行", 22},
        {"disability", "7", "多重残疾", 7},
        {"disability_grade", "4", "四级", 4},
    };
    struct code_tables *t = shipped();
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        size_t n = 0;
        CU_ASSERT_PTR_NOT_NULL(code_table(t, list[i].name, &n));
        CU_ASSERT_EQUAL(n, list[i].n);
        CU_ASSERT_STRING_EQUAL(name_of(t, list[i].name, list[i].code), list[i].text);
    }
    size_t n = 9;
    CU_ASSERT_PTR_NULL(code_table(t, "regions", &n)); /* a tree, not a list of options */
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_PTR_NULL(code_table(t, "", &n));
    code_tables_free(t);
    code_tables_free(NULL);
}

/* Readers use the tables of core/codes, matters those of the folder. */
static void both_sources_agree(void)
{
    struct code_tables *t = shipped();
    size_t n_data = 0, n = 0;
    const struct codes_entry *data = code_table(t, "nation", &n_data), *own = codes_nation(&n);
    CU_ASSERT_EQUAL_FATAL(n, n_data);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT(!strcmp(data[i].code, own[i].code) && !strcmp(data[i].name, own[i].name));
    data = code_table(t, "sex", &n_data);
    own = codes_sex(&n);
    CU_ASSERT_EQUAL_FATAL(n, n_data);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT(!strcmp(data[i].code, own[i].code) && !strcmp(data[i].name, own[i].name));
    code_tables_free(t);
}

/* Walk the tree from a place. @return divisions below it; seen: bit for each code */
static size_t walk(const struct code_tables *t, const char *parent, int depth, uint8_t *seen,
                   size_t *ret_twice)
{
    size_t n = 0, total = 0;
    const struct codes_entry *child = region_children(t, parent, &n);
    CU_ASSERT(depth < 4);
    CU_ASSERT_EQUAL(n == 0, child == NULL);
    if (parent[0])
        CU_ASSERT_EQUAL(region_is_whole(t, parent), n == 0);
    for (size_t i = 0; i < n && depth < 4; i++) {
        char path[96];
        int code = atoi(child[i].code);
        *ret_twice += seen[code] != 0;
        seen[code] = 1;
        CU_ASSERT(i == 0 || strcmp(child[i - 1].code, child[i].code) < 0);
        CU_ASSERT(region_was_ever(t, child[i].code));
        region_path(t, child[i].code, path, sizeof path);
        size_t length = strlen(path), name = strlen(child[i].name);
        CU_ASSERT(length >= name && !strcmp(path + length - name, child[i].name));
        total += 1 + walk(t, child[i].code, depth + 1, seen, ret_twice);
    }
    return total;
}

static void every_division_is_reached_once(void)
{
    struct code_tables *t = shipped();
    uint8_t *seen = mem_zalloc(1000000, 1);
    size_t twice = 0, lines = 0, bytes = 0, missing = 0;
    size_t total = walk(t, "", 0, seen, &twice);
    CU_ASSERT_EQUAL(twice, 0);
    /* against the lines of the file itself */
    char *text = NULL;
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/codes/regions.tsv", 1 << 20, &text, &bytes, NULL), 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (line[0] != '#') {
            lines++;
            missing += !seen[atoi(line)];
        }
    CU_ASSERT_EQUAL(missing, 0);
    CU_ASSERT_EQUAL(total, lines);
    CU_ASSERT(total > 3200 && total < 3300);
    free(text);
    free(seen);
    code_tables_free(t);
}

static bool has_child(const struct code_tables *t, const char *parent, const char *code)
{
    size_t n = 0;
    const struct codes_entry *child = region_children(t, parent, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(child[i].code, code))
            return true;
    return false;
}

static void divisions(void)
{
    struct code_tables *t = shipped();
    size_t n = 0;
    CU_ASSERT_PTR_NOT_NULL(region_children(t, "", &n));
    CU_ASSERT_EQUAL(n, 34);
    static const char *const pairs[][2] = {
        {"", "430000"},       {"430000", "430100"}, {"430100", "430102"},
        {"110000", "110105"}, {"500000", "500101"}, {"500000", "500229"}, /* no cities */
        {"420000", "429004"}, {"420000", "420100"}, /* led by the province, and a city */
        {"460000", "469001"}, {"650000", "659001"}, {"410000", "419001"},
        {"440000", "441900"}, {"460000", "460400"}, {"620000", "620200"},
    };
    for (size_t i = 0; i < YJ_COUNT(pairs); i++)
        CU_ASSERT_TRUE(has_child(t, pairs[i][0], pairs[i][1]));
    CU_ASSERT_FALSE(has_child(t, "110000", "110100"));
    CU_ASSERT_FALSE(has_child(t, "420000", "429000"));
    static const char *const whole[] = {"430102", "110105", "429004", "441900", "442000",
                                        "460400", "620200", "710000", "810000", "820000"};
    for (size_t i = 0; i < YJ_COUNT(whole); i++) {
        CU_ASSERT_TRUE(region_is_whole(t, whole[i]));
        CU_ASSERT_PTR_NULL(region_children(t, whole[i], &n));
        CU_ASSERT_EQUAL(n, 0);
    }
    static const char *const open[] = {"430000", "430100", "110000", "460300",  "440524", "110100",
                                       "999999", "",       "43010",  "4301020", "43010x"};
    for (size_t i = 0; i < YJ_COUNT(open); i++)
        CU_ASSERT_FALSE(region_is_whole(t, open[i]));
    code_tables_free(t);
}

static void paths(void)
{
    static const char *const list[][2] = {
        {"430102", "湖南省 长沙市 芙蓉区"},
        {"430100", "湖南省 长沙市"},
        {"430000", "湖南省"},
        {"110105", "北京市 朝阳区"},
        {"429004", "湖北省 仙桃市"},
        {"441900", "广东省 东莞市"},
        {"810000", "香港特别行政区"},
        {"440524", ""}, /* not in force */
        {"", ""},
        {"43010", ""},
    };
    struct code_tables *t = shipped();
    char path[96];
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        region_path(t, list[i][0], path, sizeof path);
        CU_ASSERT_STRING_EQUAL(path, list[i][1]);
    }
    region_path(t, "430102", path, 19); /* whole names only */
    CU_ASSERT_STRING_EQUAL(path, "湖南省");
    code_tables_free(t);
}

static void old_codes_live_on(void)
{
    struct code_tables *t = shipped();
    static const char *const once[] = {"440524", "110105", "110103", /* 崇文区, until 2010 */
                                       "510200", "430102", "429000", "810101"};
    for (size_t i = 0; i < YJ_COUNT(once); i++)
        CU_ASSERT_TRUE(region_was_ever(t, once[i]));
    static const char *const never[] = {"000000", "999999", "110199",  "100000", "",
                                        "11010",  "44052x", "1101050", "-10105"};
    for (size_t i = 0; i < YJ_COUNT(never); i++)
        CU_ASSERT_FALSE(region_was_ever(t, never[i]));
    code_tables_free(t);
}

/* ---- files that are refused ---- */

static const char good_regions[] =
    "# c\n110000\t甲\n110101\t乙\n430000\t丙\n430100\t丁\n430102\t戊\n";
static const char good_historic[] = "1100\t00\n1101\t00 01\n4300\t00\n4301\t00 02\n";

static void write_file(const char *dir, const char *name, const char *text, size_t n)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = text ? fopen(path, "w") : NULL;
    if (f) {
        fwrite(text, 1, n, f);
        fclose(f);
    } else {
        unlink(path);
    }
}

/* Load a folder of three files (NULL: the file is missing). @return its error, msg filled */
static int load(const char *regions, const char *historic, const char *table, size_t table_bytes,
                char *msg, size_t cap)
{
    char dir[] = "/tmp/yj_codes_XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    write_file(dir, "regions.tsv", regions, regions ? strlen(regions) : 0);
    write_file(dir, "historic.tsv", historic, historic ? strlen(historic) : 0);
    write_file(dir, "t.tsv", table, table_bytes);
    write_file(dir, "README.md", "no table", 8);
    struct code_tables *t = NULL;
    struct err err = {0};
    int r = code_tables_load(dir, &t, &err);
    snprintf(msg, cap, "%s", err.msg);
    code_tables_free(t);
    static const char *const names[] = {"regions.tsv", "historic.tsv", "t.tsv", "README.md"};
    for (size_t i = 0; i < YJ_COUNT(names); i++)
        write_file(dir, names[i], NULL, 0);
    CU_ASSERT_EQUAL(rmdir(dir), 0);
    return r;
}

static void bad_tables_say_where(void)
{
    static const struct {
        const char *table, *msg;
    } list[] = {
        {"", "t.tsv, line 1: there are no rows"},
        {"# only\n", "t.tsv, line 2: there are no rows"},
        {"1\ta", "t.tsv, line 1: the last line has no end"},
        {"1\ta\n\n", "t.tsv, line 2: a tab is missing between code and name"},
        {"1 a\n", "t.tsv, line 1: a tab is missing between code and name"},
        {"1\t\n", "t.tsv, line 1: the name is empty, no UTF-8, or has hidden characters"},
        {"1\ta\tb\n", "t.tsv, line 1: the name is empty, no UTF-8, or has hidden characters"},
        {"1\ta\r\n", "t.tsv, line 1: the name is empty, no UTF-8, or has hidden characters"},
        {"1\t\xff\n", "t.tsv, line 1: the name is empty, no UTF-8, or has hidden characters"},
        {"1\t\xe2\x80\xae"
         "a\n",
         "t.tsv, line 1: the name is empty, no UTF-8, or has hidden characters"},
        {"1\t a\n", "t.tsv, line 1: the name has a blank at its end"},
        {"1\ta \n", "t.tsv, line 1: the name has a blank at its end"},
        {"\ta\n", "t.tsv, line 1: the code is empty or too long"},
        {"123456789012345678901234567890123\ta\n", "t.tsv, line 1: the code is empty or too long"},
        {"1,2\ta\n", "t.tsv, line 1: a code has letters, digits, _ and - only"},
        {"# c\n2\ta\n1\tb\n", "t.tsv, line 3: the codes do not ascend"},
        {"1\ta\n1\tb\n", "t.tsv, line 2: the codes do not ascend"},
        {"1\ta\n# late\n", "t.tsv, line 2: a tab is missing between code and name"},
        {"1\tabcdefghijklmnopqrstuvwxyzabcdefghijklmno\n", "t.tsv, line 1: the name is too long"},
    };
    char msg[256];
    CU_ASSERT_EQUAL(load(good_regions, good_historic, "1\ta\n", 4, msg, sizeof msg), 0);
    CU_ASSERT_EQUAL(load(good_regions, good_historic, NULL, 0, msg, sizeof msg), 0);
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        int r = load(good_regions, good_historic, list[i].table, strlen(list[i].table), msg,
                     sizeof msg);
        CU_ASSERT_EQUAL(r, ERR_INVALID);
        CU_ASSERT_STRING_EQUAL(msg, list[i].msg);
    }
    CU_ASSERT_EQUAL(load(good_regions, good_historic, "1\ta\0b\n", 6, msg, sizeof msg),
                    ERR_INVALID);
    CU_ASSERT_STRING_EQUAL(msg, "t.tsv, line 1: the file holds a NUL");
}

static void bad_divisions_are_refused(void)
{
    static const struct {
        const char *regions, *historic, *msg;
        int error;
    } list[] = {
        {NULL, good_historic, "code tables: regions.tsv is missing", ERR_NOT_FOUND},
        {good_regions, NULL, "code tables: historic.tsv is missing", ERR_NOT_FOUND},
        {"11\ta\n", good_historic, "regions.tsv: 11 is not six digits", ERR_INVALID},
        {"11000A\ta\n", good_historic, "regions.tsv: 11000A is not six digits", ERR_INVALID},
        {"110101\ta\n", good_historic, "regions.tsv: the province of 110101 is missing",
         ERR_INVALID},
        {"430100\ta\n", good_historic, "regions.tsv: the province of 430100 is missing",
         ERR_INVALID},
        {"430000\ta\n430200\tb\n430302\tc\n", good_historic,
         "regions.tsv: the city of 430302 is missing", ERR_INVALID},
        {good_regions, "110\t00\n",
         "historic.tsv: 110 is no row of four digits and ascending endings", ERR_INVALID},
        {good_regions, "1100\t00,01\n",
         "historic.tsv: 1100 is no row of four digits and ascending endings", ERR_INVALID},
        {good_regions, "1100\t0\n",
         "historic.tsv: 1100 is no row of four digits and ascending endings", ERR_INVALID},
        {good_regions, "1100\t01 00\n",
         "historic.tsv: 1100 is no row of four digits and ascending endings", ERR_INVALID},
        {good_regions, "1100\t00\n1101\t01\n", "historic.tsv: 430000 is missing", ERR_INVALID},
    };
    char msg[256];
    for (size_t i = 0; i < YJ_COUNT(list); i++) {
        int r = load(list[i].regions, list[i].historic, NULL, 0, msg, sizeof msg);
        CU_ASSERT_EQUAL(r, list[i].error);
        CU_ASSERT_STRING_EQUAL(msg, list[i].msg);
    }
    struct code_tables *t = NULL;
    CU_ASSERT_EQUAL(code_tables_load("/tmp/yj_no_such_folder", &t, NULL), ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(t);
}

static CU_TestInfo cases[] = {
    {"shipped tables", shipped_tables},
    {"both sources agree", both_sources_agree},
    {"every division is reached once", every_division_is_reached_once},
    {"divisions", divisions},
    {"paths", paths},
    {"old codes live on", old_codes_live_on},
    {"bad tables say where", bad_tables_say_where},
    {"bad divisions are refused", bad_divisions_are_refused},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("core.code_table", cases)
