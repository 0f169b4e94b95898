/* SPDX-License-Identifier: Apache-2.0 */
/* guide.json: steps as written; circles, dead steps, long ways and unknown matters are refused. */
#define _GNU_SOURCE
#include "core/guide.h"

#include "set_kit.h"

#define GO(id)           "{\"label\":\"去\",\"step\":\"" id "\"}"
#define DO(codes)        "{\"label\":\"办\",\"matters\":[" codes "]}"
#define E                DO("\"T.GOOD\"")
#define ASK(id, choices) "{\"id\":\"" id "\",\"question\":\"问？\",\"choices\":[" choices "]}"
#define G(start, list)   "{\"schema\":\"guide/1\",\"start\":\"" start "\",\"steps\":[" list "]}"

static struct guide *parse(struct set_kit *k, const char *text)
{
    struct guide *guide = NULL;
    int rc = guide_parse(text, strlen(text), "guide.json", k->c->matters, k->complaint, SET_CAP,
                         &k->n, &guide);
    CU_ASSERT_EQUAL(rc, k->n ? ERR_MATTER_FILE : 0);
    CU_ASSERT_EQUAL(guide == NULL, k->n > 0);
    set_write_lines(k);
    return guide;
}

static void steps_are_read(void)
{
    struct set_kit *k = set_new();
    set_load(k, "");
    struct guide *g = parse(k, G("b", ASK("a", E "," E) "," ASK("b", GO("a") "," E)));
    CU_ASSERT_PTR_NOT_NULL_FATAL(g);
    CU_ASSERT_EQUAL(g->n_steps, 2);
    CU_ASSERT_EQUAL(g->start, 1);
    CU_ASSERT_STRING_EQUAL(g->step[1].id, "b");
    CU_ASSERT_STRING_EQUAL(g->step[1].question, "问？");
    CU_ASSERT_EQUAL(g->step[1].choice[0].step, 0);
    CU_ASSERT_EQUAL(g->step[1].choice[1].step, -1);
    CU_ASSERT_EQUAL(g->step[1].choice[1].n_matters, 1);
    CU_ASSERT_STRING_EQUAL(g->step[1].choice[1].label, "办");
    guide_free(g);
    set_free(k);
}

static void six_questions_are_allowed(void)
{
    struct set_kit *k = set_new();
    set_load(k, "");
    struct guide *g = parse(
        k, G("a",
             ASK("a", GO("b") "," GO("c")) "," ASK("b", GO("c") "," E) "," ASK(
                 "c", GO("d") "," E) "," ASK("d",
                                             GO("e") "," E) "," ASK("e",
                                                                    GO("f") "," E) "," ASK("f", E
                                                                                           "," E)));
    CU_ASSERT_PTR_NOT_NULL(g); /* c is reached in two ways, the longer one has six questions */
    guide_free(g);
    set_free(k);
}

static void each_mistake_has_its_place(void)
{
    static const struct {
        const char *text, *lines;
    } bad[] = {
        {"{\"schema\":\"guide/9\",\"start\":\"a\",\"steps\":[" ASK("a", E "," E) "]}",
         "guide.json: /schema: one of guide/1 is expected here\n"},
        {"{", "guide.json: : line 1, column 1: string or '}' expected near end of file\n"},
        {G("z", ASK("a", E "," E)), "guide.json: /start: there is no step \"z\"\n"},
        {G("a", ""), "guide.json: /steps: 0 elements, 1 to 64 are allowed\n"
                     "guide.json: /start: there is no step \"a\"\n"},
        {G("a", ASK("a", E)), "guide.json: /steps/0/choices: 1 elements, 2 to 8 are allowed\n"},
        {G("a", ASK("a", E "," E) "," ASK("a", E "," E)),
         "guide.json: /steps/1/id: the id is there twice\n"},
        {G("a", ASK("a", GO("x") "," E)),
         "guide.json: /steps/0/choices/0/step: there is no step \"x\"\n"},
        {G("a", ASK("a", DO("\"T.X\"") "," E)),
         "guide.json: /steps/0/choices/0/matters/0: there is no matter \"T.X\"\n"},
        {G("a", ASK("a", DO("") "," E)),
         "guide.json: /steps/0/choices/0/matters: 0 elements, 1 to 6 are allowed\n"},
        {G("a", ASK("a", DO("\"T.GOOD\",\"T.GOOD\"") "," E)),
         "guide.json: /steps/0/choices/0/matters/1: the matter is there twice\n"},
        {G("a", ASK("a", "{\"label\":\"无\"}," E)),
         "guide.json: /steps/0/choices/0: a choice leads to a step or to matters\n"},
        {G("a", ASK("a", "{\"label\":\"两\",\"step\":\"a\",\"matters\":[\"T.GOOD\"]}," E)),
         "guide.json: /steps/0/choices/0: a choice leads to a step or to matters\n"},
        {G("a", ASK("a", GO("a") "," E)),
         "guide.json: /steps/0/choices/0/step: the steps lead in a circle\n"},
        {G("a", ASK("a", GO("b") "," E) "," ASK("b", E "," GO("c")) "," ASK("c", GO("a") "," E)),
         "guide.json: /steps/2/choices/0/step: the steps lead in a circle\n"},
        {G("a", ASK("a", E "," E) "," ASK("b", E "," E)),
         "guide.json: /steps/1: no choice leads to this step\n"},
        {G("a",
           ASK("a", GO("b") "," E) "," ASK("b", GO("c") "," E) "," ASK("c", GO("d") "," E) "," ASK(
               "d", GO("e") "," E) "," ASK("e",
                                           GO("f") "," E) "," ASK("f",
                                                                  GO("g") "," E) "," ASK("g",
                                                                                         E "," E)),
         "guide.json: /steps/5/choices/0/step: more than 6 questions on one way\n"},
        {G("a", "{\"id\":\"a\",\"choices\":[" E "," E "],\"why\":1}"),
         "guide.json: /steps/0/why: unknown key\nguide.json: /steps/0/question: missing\n"},
    };
    struct set_kit *k = set_new();
    set_load(k, "");
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        guide_free(parse(k, bad[i].text));
        CU_ASSERT(set_is(k->lines, bad[i].lines));
    }
    set_free(k);
}

static CU_TestInfo cases[] = {
    {"steps are read", steps_are_read},
    {"six questions are allowed", six_questions_are_allowed},
    {"each mistake has its place", each_mistake_has_its_place},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("core.guide", cases)
