/* SPDX-License-Identifier: Apache-2.0 */
/* Overlays: what each can change, that every mistake is found with file and place, and that a
 * mistake stops the chain for its matter only. */
#define _GNU_SOURCE
#include "core/overlay.h"

#include "set_kit.h"

#define HEAD                                                                                       \
    "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"43\",\"version\":\"2026.2\","
#define FILE_43 "regions/43/good.json"

/* ---- what can be done ---- */

static void everything_can_be_changed(void)
{
    struct set_kit *k = set_new();
    set_put(k, FILE_43,
            HEAD
            "\"set\":{\"promise_days\":2,\"fee\":null,\"name\":\"省里的事\"},"
            "\"questions\":{\"q_way\":{\"help\":\"说明\"}},"
            "\"fields\":{\"app.note\":null,\"app.birth\":{\"required\":false}},"
            "\"tasks\":{\"t2\":{\"need\":\"off\"},\"t1\":{\"days\":2,\"result\":\"证\"}},"
            "\"materials\":{\"m2\":{\"mode\":\"E2\",\"certificate\":\"证明\",\"actions\":null,"
            "\"later_days\":null}},"
            "\"add\":{\"tasks\":[{\"after\":\"t1\",\"id\":\"t3\",\"name\":\"第三项\",\"dept\":"
            "\"公安\",\"days\":1,\"need\":\"base\"}],"
            "\"fields\":[{\"after\":\"app.name\",\"id\":\"app.more\",\"group\":\"one\",\"label\":"
            "\"更多\",\"type\":\"text\",\"required\":false}],"
            "\"gates\":[{\"id\":\"no\",\"if\":\"q_yes\",\"reason\":\"不行\",\"advice\":"
            "\"到窗口\"}]},"
            "\"places\":[{\"name\":\"大厅\",\"hours\":\"9:00-17:00\"}],"
            "\"x_note\":{\"any\":1}}");
    CU_ASSERT(set_is(set_load(k, "430102"), ""));
    const struct matter *m = set_matter(k, "T.GOOD");
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    CU_ASSERT_STRING_EQUAL(m->region, "43");
    CU_ASSERT_STRING_EQUAL(m->version, "1+43-2026.2");
    CU_ASSERT_STRING_EQUAL(m->name, "省里的事");
    CU_ASSERT_EQUAL(m->promise_days, 2);
    CU_ASSERT_EQUAL(m->n_vars, 5);
    CU_ASSERT_EQUAL(matter_var_find(m, "app.note"), -1);
    CU_ASSERT_EQUAL(matter_var_find(m, "app.more"), matter_var_find(m, "app.name") + 1);
    CU_ASSERT_FALSE(m->var[matter_var_find(m, "app.birth")].is_required);
    CU_ASSERT_EQUAL_FATAL(m->n_tasks, 2);
    CU_ASSERT_STRING_EQUAL(m->task[0].result, "证");
    CU_ASSERT_STRING_EQUAL(m->task[1].id, "t3");
    CU_ASSERT_EQUAL(m->material[1].mode, MODE_E2);
    CU_ASSERT_EQUAL(m->n_gates, 1);
    CU_ASSERT_EQUAL(m->n_places, 1);
    set_load(k, "110101"); /* elsewhere nothing is changed */
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->version, "1");
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->region, "");
    set_free(k);
}

static void lower_regions_lie_on_top(void)
{
    struct set_kit *k = set_new();
    set_put(k, FILE_43, HEAD "\"set\":{\"promise_days\":4,\"summary\":\"省\"}}");
    set_put(k, "regions/4301/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"4301\",\"version\":\"b\","
            "\"set\":{\"promise_days\":3},\"add\":{\"tasks\":[{\"id\":\"city\",\"name\":\"市\","
            "\"dept\":\"公安\",\"days\":1,\"need\":\"base\"}]}}");
    set_put(
        k, "regions/430102/other-name.json",
        "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"430102\",\"version\":\"c\","
        "\"tasks\":{\"city\":{\"days\":2}}}");
    CU_ASSERT(set_is(set_load(k, "430102"), ""));
    const struct matter *m = set_matter(k, "T.GOOD");
    CU_ASSERT_STRING_EQUAL(m->version, "1+43-2026.2+4301-b+430102-c");
    CU_ASSERT_STRING_EQUAL(m->region, "430102");
    CU_ASSERT_STRING_EQUAL(m->summary, "省");
    CU_ASSERT_EQUAL(m->promise_days, 3);
    CU_ASSERT_EQUAL(m->task[2].days, 2);
    set_load(k, "430100");
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->region, "4301");
    set_load(k, "430200");
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->region, "43");
    set_free(k);
}

/* ---- what cannot ---- */

static const struct {
    const char *body; /* behind HEAD */
    const char *lines;
} bad[] = {
    /* the file itself */
    {"\"set\":[]}", FILE_43 ": /set: an object is expected here\n"},
    {"\"tasks\":[]}", FILE_43 ": /tasks: an object is expected here\n"},
    {"\"places\":{}}", FILE_43 ": /places: an array is expected here\n"},
    {"\"y_note\":1}", FILE_43 ": /y_note: unknown key\n"},
    {"\"set\":{\"fee\":1},\"set\":{}}",
     FILE_43 ": : line 1, column 94: duplicate object key near '\"set\"'\n"},
    /* set */
    {"\"set\":{\"code\":\"T.X\"}}", FILE_43 ": /set/code: this key cannot be changed\n"},
    {"\"set\":{\"tasks\":[]}}",
     FILE_43 ": /set/tasks: parts are changed by their ids, beside \"set\"\n"},
    {"\"set\":{\"places\":[]}}", FILE_43 ": /set/places: places stand beside \"set\"\n"},
    {"\"set\":{\"promise_dyas\":null}}",
     FILE_43 ": /set/promise_dyas: there is no such key to remove\n"},
    {"\"set\":{\"promise_dyas\":3}}", FILE_43 ": /set/promise_dyas: unknown key\n"},
    {"\"set\":{\"promise_days\":0}}",
     FILE_43 ": /set/promise_days: a whole number from 1 to 365 is expected here\n"},
    {"\"set\":{\"name\":null}}", FILE_43 ": /set/name: missing\n"},
    /* parts */
    {"\"tasks\":{\"guide\":{\"need\":\"off\"}}}",
     FILE_43 ": /tasks/guide: the matter has no such part\n"},
    {"\"tasks\":{\"t2\":{\"need\":\"off\",\"days\":3}}}",
     FILE_43 ": /tasks/t2/need: a task that is off has no other keys\n"},
    {"\"tasks\":{\"t1\":3}}", FILE_43 ": /tasks/t1: an object or null is expected here\n"},
    {"\"tasks\":{\"t1\":{\"id\":\"t9\"}}}", FILE_43 ": /tasks/t1/id: this key cannot be changed\n"},
    {"\"tasks\":{\"t1\":{\"result\":null}}}",
     FILE_43 ": /tasks/t1/result: there is no such key to remove\n"},
    {"\"tasks\":{\"t1\":{\"days\":999}}}",
     FILE_43 ": /tasks/t1/days: a whole number from 0 to 365 is expected here\n"},
    {"\"materials\":{\"m2\":{\"mode\":\"E2\",\"actions\":null,\"later_days\":null}}}",
     FILE_43 ": /materials/m2/certificate: missing\n"},
    {"\"fields\":{\"app.birth\":{\"show_if\":\"q_no\"}}}",
     FILE_43 ": /fields/app.birth/show_if: column 1: there is no field \"q_no\"\n"},
    /* parts elsewhere that miss what was taken away */
    {"\"tasks\":{\"t1\":null}}", FILE_43 ": /tasks/t1: there is no task \"t1\"\n"},
    /* new parts */
    {"\"add\":{\"tusks\":[]}}", FILE_43 ": /add/tusks: unknown key\n"},
    {"\"add\":{\"tasks\":[7]}}", FILE_43 ": /add/tasks/0: an object is expected here\n"},
    {"\"add\":{\"tasks\":[{\"after\":\"t9\",\"id\":\"t3\",\"name\":\"三\",\"dept\":\"公安\","
     "\"days\":1,"
     "\"need\":\"base\"}]}}",
     FILE_43 ": /add/tasks/0/after: the matter has no such part\n"},
    {"\"add\":{\"fields\":[{\"after\":\"app.name\",\"id\":\"app.x\",\"group\":\"one\",\"type\":"
     "\"text\"}]}}",
     FILE_43 ": /add/fields/0/label: missing\n"},
    {"\"add\":{\"tasks\":[{\"name\":\"三\",\"dept\":\"公安\",\"days\":1,\"need\":\"base\"}]}}",
     FILE_43 ": /add/tasks/0/id: missing\n"},
    {"\"places\":[{\"name\":\"大厅\"}]}", FILE_43 ": /places/0/hours: missing\n"},
};

static void each_mistake_has_its_place(void)
{
    struct set_kit *k = set_new();
    char text[1024];
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        snprintf(text, sizeof text, "%s%s", HEAD, bad[i].body);
        set_put(k, FILE_43, text);
        CU_ASSERT(set_is(set_load(k, "430102"), bad[i].lines));
        CU_ASSERT_STRING_EQUAL_FATAL(set_matter(k, "T.GOOD")->version, "1"); /* as it was */
    }
    set_free(k);
}

static void a_wrong_head_is_refused(void)
{
    static const struct {
        const char *text, *lines;
    } heads[] = {
        {"{\"schema\":\"overlay/2\",\"matter\":\"T.GOOD\",\"region\":\"43\",\"version\":\"1\"}",
         FILE_43 ": /schema: one of overlay/1 is expected here\n"},
        {"{\"schema\":\"overlay/1\",\"matter\":\"T.NONE\",\"region\":\"43\",\"version\":\"1\"}",
         FILE_43 ": /matter: there is no matter \"T.NONE\"\n"},
        {"{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"44\",\"version\":\"1\"}",
         FILE_43 ": /region: the file lies in the folder of region 43\n"},
        {"{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"43\"}",
         FILE_43 ": /version: missing\n"},
        {"[]", FILE_43 ": : an object is expected here\n"},
        {"{", FILE_43 ": : line 1, column 1: string or '}' expected near end of file\n"},
    };
    struct set_kit *k = set_new();
    for (size_t i = 0; i < YJ_COUNT(heads); i++) {
        set_put(k, FILE_43, heads[i].text);
        CU_ASSERT(set_is(set_load(k, "430102"), heads[i].lines));
    }
    set_free(k);
}

static void all_mistakes_come_in_one_pass(void)
{
    struct set_kit *k = set_new();
    set_put(k, FILE_43,
            HEAD "\"set\":{\"promise_days\":0,\"fee\":7},\"tasks\":{\"t1\":{\"days\":-1}},"
                 "\"materials\":{\"m1\":{\"mode\":\"E9\"}}}");
    set_load(k, "430102");
    CU_ASSERT_EQUAL(k->n, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "/set/promise_days"));
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "/set/fee"));
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "/tasks/t1/days"));
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "/materials/m1/mode"));
    set_free(k);
}

/* ---- chains ---- */

static void a_refused_overlay_stops_its_chain(void)
{
    struct set_kit *k = set_new();
    set_put_matter(k, "national/other.json", "T.OTHER");
    set_put(k, FILE_43, HEAD "\"set\":{\"promise_days\":0}}");
    set_put(
        k, "regions/4301/good.json",
        "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"4301\",\"version\":\"b\"}");
    set_put(
        k, "regions/4301/other.json",
        "{\"schema\":\"overlay/1\",\"matter\":\"T.OTHER\",\"region\":\"4301\",\"version\":\"b\"}");
    CU_ASSERT(set_is(set_load(k, "430102"), FILE_43
                     ": /set/promise_days: a whole number from 1 to 365 is expected here\n"
                     "regions/4301/good.json: : left out: an overlay below it was refused\n"));
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->version, "1");
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.OTHER")->version, "1+4301-b");
    set_put(k, FILE_43, "{"); /* whose it is cannot be read; the names tell */
    set_load(k, "430102");
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.GOOD")->version, "1");
    CU_ASSERT_STRING_EQUAL(set_matter(k, "T.OTHER")->version, "1+4301-b");
    set_free(k);
}

static void blame_goes_to_the_writer(void)
{
    struct set_kit *k = set_new();
    /* the province's new field looks at a question that the city takes away */
    set_put(k, FILE_43,
            HEAD
            "\"add\":{\"fields\":[{\"id\":\"app.x\",\"group\":\"one\",\"label\":\"某\",\"type\":"
            "\"text\",\"show_if\":\"q_yes\"}]}}");
    set_put(k, "regions/4301/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"4301\",\"version\":\"b\","
            "\"questions\":{\"q_yes\":null}}");
    CU_ASSERT(set_is(set_load(k, "430102"), "regions/4301/good.json: /questions/q_yes: column 1: "
                                            "there is no field \"q_yes\"\n"));
    /* too many of something: the file that added the last ones */
    set_put(
        k, "regions/4301/good.json",
        "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"4301\",\"version\":\"b\","
        "\"set\":{\"aliases\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\","
        "\"l\",\"m\",\"n\",\"o\",\"p\",\"q\",\"r\",\"s\",\"t\",\"u\",\"v\",\"w\",\"x\",\"y\"]}}");
    set_load(k, "430102");
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "regions/4301/good.json: /set/aliases: 25 elements"));
    set_free(k);
}

static void the_same_matter_twice_and_long_versions(void)
{
    struct set_kit *k = set_new();
    set_put(k, FILE_43, HEAD "\"set\":{\"promise_days\":4}}");
    set_put(k, "regions/43/zz.json", HEAD "\"set\":{\"promise_days\":5}}");
    CU_ASSERT(set_is(set_load(k, "430102"),
                     "regions/43/zz.json: /matter: " FILE_43 " changes this matter already\n"));
    CU_ASSERT_EQUAL(set_matter(k, "T.GOOD")->promise_days, 4);
    set_put(k, "regions/43/zz.json", NULL);
    set_put(k, "regions/430102/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"430102\",\"version\":"
            "\"1234567890123456\"}");
    set_load(k, "430102");
    CU_ASSERT_PTR_NOT_NULL(strstr(k->lines, "regions/430102/good.json: /version: the versions"));
    set_free(k);
}

static void lint_looks_at_every_region(void)
{
    struct set_kit *k = set_new();
    struct catalogue_counts counts;
    set_put(k, FILE_43, HEAD "\"set\":{\"promise_days\":4}}");
    set_put(k, "regions/4401/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"4401\",\"version\":\"b\","
            "\"tasks\":{\"t1\":{\"days\":-1}}}");
    set_put(k, "regions/99/good.json",
            "{\"schema\":\"overlay/1\",\"matter\":\"T.GOOD\",\"region\":\"99\",\"version\":\"b\"}");
    set_put(k, "regions/hunan/good.json", "{}");
    struct catalogue_cfg cfg = {.dir = k->dir, .codes = k->codes};
    CU_ASSERT_EQUAL_FATAL(catalogue_lint(&cfg, k->complaint, SET_CAP, &k->n, &counts, NULL), 0);
    set_write_lines(k);
    CU_ASSERT(set_is(k->lines,
                     "regions/4401/good.json: /tasks/t1/days: a whole number from 0 to 365 is "
                     "expected here\n"
                     "regions/99: : there is no division with this code\n"
                     "regions/hunan: : a region's folder has 2, 4 or 6 digits\n"));
    CU_ASSERT_EQUAL(counts.matters, 1);
    CU_ASSERT_EQUAL(counts.overlays, 4);
    set_free(k);
}

static CU_TestInfo cases[] = {
    {"everything can be changed", everything_can_be_changed},
    {"lower regions lie on top", lower_regions_lie_on_top},
    {"each mistake has its place", each_mistake_has_its_place},
    {"a wrong head is refused", a_wrong_head_is_refused},
    {"all mistakes come in one pass", all_mistakes_come_in_one_pass},
    {"a refused overlay stops its chain", a_refused_overlay_stops_its_chain},
    {"blame goes to the writer", blame_goes_to_the_writer},
    {"the same matter twice, long versions", the_same_matter_twice_and_long_versions},
    {"lint looks at every region", lint_looks_at_every_region},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.overlay", cases)
