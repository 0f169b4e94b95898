/* SPDX-License-Identifier: Apache-2.0 */
/* home.json: trees as written, matters put where they belong, every mistake with its place. */
#define _GNU_SOURCE
#include "core/home.h"

#include "core/catalogue_priv.h"
#include "set_kit.h"

#define STAGE(id, matters)                                                                         \
    "{\"id\":\"" id "\",\"name\":\"名\",\"icon\":\"sample\",\"matters\":[" matters "]}"
#define TREE(id, stages) "{\"id\":\"" id "\",\"name\":\"树\",\"stages\":[" stages "]}"
#define HOME(trees)      "{\"schema\":\"home/1\",\"trees\":[" trees "]}"

static struct set_kit *three_matters(void)
{
    struct set_kit *k = set_new(); /* T.GOOD: person.birth */
    set_put_listed(k, "national/a.json", "T.A", "person.birth");
    set_put_listed(k, "national/b.json", "T.B", "business.tax");
    set_load(k, "430102");
    CU_ASSERT_EQUAL_FATAL(k->n, 0);
    return k;
}

static struct home *parse(struct set_kit *k, const char *text)
{
    struct home *home = NULL;
    int rc = home_parse(text, strlen(text), "home.json", k->c->matters, k->complaint, SET_CAP,
                        &k->n, &home);
    CU_ASSERT_EQUAL(rc, k->n ? ERR_MATTER_FILE : 0);
    CU_ASSERT_EQUAL(home == NULL, k->n > 0);
    set_write_lines(k);
    return home;
}

static const char *code_at(const struct set_kit *k, const struct home_stage *stage, size_t i)
{
    return i < stage->n_matters ? matter_set_at(k->c->matters, (size_t)stage->matter[i])->code : "";
}

static void trees_are_read(void)
{
    struct set_kit *k = three_matters();
    struct home *home = parse(
        k, "{\"schema\":\"home/1\",\"trees\":[" TREE(
               "person", STAGE("person.birth",
                               "\"T.A\"")) "," TREE("business",
                                                    STAGE("business.entry", "\"T.GOOD\"") "," STAGE(
                                                        "business.tax",
                                                        "")) "],\"popular\":[\"T.B\",\"T.GOOD\"]}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(home);
    CU_ASSERT_EQUAL_FATAL(home->n_trees, 2);
    CU_ASSERT_STRING_EQUAL(home->tree[0].id, "person");
    const struct home_stage *birth = &home->tree[0].stage[0];
    CU_ASSERT_STRING_EQUAL(birth->icon, "sample");
    /* T.GOOD names the stage itself, and can be handed in: it stands before the listed one */
    CU_ASSERT_EQUAL(birth->n_matters, 2);
    CU_ASSERT_STRING_EQUAL(code_at(k, birth, 0), "T.GOOD");
    CU_ASSERT_STRING_EQUAL(code_at(k, birth, 1), "T.A");
    CU_ASSERT_STRING_EQUAL(code_at(k, &home->tree[1].stage[0], 0), "T.GOOD");
    CU_ASSERT_STRING_EQUAL(code_at(k, &home->tree[1].stage[1], 0), "T.B");
    CU_ASSERT_EQUAL(home->n_popular, 2);
    CU_ASSERT_STRING_EQUAL(matter_set_at(k->c->matters, (size_t)home->popular[0])->code, "T.B");
    home_free(home);
    set_free(k);
}

#define GOOD_TREES                                                                                 \
    TREE("person", STAGE("person.birth", "")) "," TREE("business", STAGE("business.tax", ""))

static void each_mistake_has_its_place(void)
{
    static const struct {
        const char *text, *lines;
    } bad[] = {
        {"{\"schema\":\"home/2\",\"trees\":[" GOOD_TREES "]}",
         "home.json: /schema: one of home/1 is expected here\n"},
        {"[]", "home.json: : an object is expected here\n"},
        {"{", "home.json: : line 1, column 1: string or '}' expected near end of file\n"},
        {"{\"schema\":\"home/1\"}",
         "home.json: /trees: missing\n"
         "home.json: /trees: no tree has the stage person.birth of T.A\n"
         "home.json: /trees: no tree has the stage business.tax of T.B\n"
         "home.json: /trees: no tree has the stage person.birth of T.GOOD\n"},
        {"{\"schema\":\"home/1\",\"extra\":1,\"trees\":[" GOOD_TREES "]}",
         "home.json: /extra: unknown key\n"},
        {HOME(GOOD_TREES "," TREE("person", STAGE("person.home", ""))),
         "home.json: /trees: 3 elements, 1 to 2 are allowed\n"},
        {HOME(TREE("person", STAGE("person.birth", "") "," STAGE("person.home", "")) "," TREE(
             "person", STAGE("person.work", ""))),
         "home.json: /trees/1/id: the tree is there twice\n"
         "home.json: /trees: no tree has the stage business.tax of T.B\n"},
        {HOME(TREE("people", STAGE("person.birth", "")) "," TREE("business",
                                                                 STAGE("business.tax", ""))),
         "home.json: /trees/0/id: one of person, business is expected here\n"},
        {HOME(TREE("person", STAGE("person.birth", "") "," STAGE("person.bith", "")) "," TREE(
             "business", STAGE("business.tax", ""))),
         "home.json: /trees/0/stages/1/id: there is no stage \"person.bith\"\n"},
        {HOME(TREE("person", STAGE("person.birth", "") "," STAGE("person.birth", "")) "," TREE(
             "business", STAGE("business.tax", ""))),
         "home.json: /trees/0/stages/1/id: the stage is there twice\n"},
        {HOME(TREE("person", STAGE("person.birth", "") "," STAGE("business.tax", ""))),
         "home.json: /trees/0/stages/1/id: the stage does not belong to this tree\n"},
        {HOME(TREE("person", STAGE("person.birth", "\"T.NONE\"")) "," TREE(
             "business", STAGE("business.tax", "7"))),
         "home.json: /trees/0/stages/0/matters/0: there is no matter \"T.NONE\"\n"
         "home.json: /trees/1/stages/0/matters/0: the code of a matter is expected here\n"},
        {HOME(TREE("person", STAGE("person.birth", "\"T.A\",\"T.A\"")) "," TREE(
             "business", STAGE("business.tax", ""))),
         "home.json: /trees/0/stages/0/matters/1: the matter is there twice\n"},
        {"{\"schema\":\"home/1\",\"trees\":[" GOOD_TREES "],\"popular\":[\"T.X\"]}",
         "home.json: /popular/0: there is no matter \"T.X\"\n"},
        {HOME(TREE("person", "{\"id\":\"person.birth\",\"name\":\"很长很长很长的名字\",\"icon\":"
                             "\"No\"}") "," TREE("business", STAGE("business.tax", ""))),
         "home.json: /trees/0/stages/0/name: 9 characters, at most 8 are allowed\n"
         "home.json: /trees/0/stages/0/icon: this is no picture name (small letters, digits and "
         "-)\n"
         "home.json: /trees/0/stages/0/matters: missing\n"},
    };
    struct set_kit *k = three_matters();
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        home_free(parse(k, bad[i].text));
        CU_ASSERT(set_is(k->lines, bad[i].lines));
    }
    set_free(k);
}

/* A matter whose own file is refused does not take the home page with it. */
static void a_refused_matter_is_left_out(void)
{
    struct set_kit *k = set_new();
    set_put_listed(k, "national/a.json", "T.A", "person.nowhere");
    set_put(k, "home.json", HOME(TREE("person", STAGE("person.birth", "\"T.A\",\"T.GOOD\""))));
    set_load(k, "430102");
    CU_ASSERT_EQUAL(k->n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "national/a.json: /stage"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(k->c->home);
    CU_ASSERT_EQUAL(k->c->home->tree[0].stage[0].n_matters, 1);
    set_free(k);
}

static CU_TestInfo cases[] = {
    {"trees are read", trees_are_read},
    {"each mistake has its place", each_mistake_has_its_place},
    {"a refused matter is left out", a_refused_matter_is_left_out},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.home", cases)
