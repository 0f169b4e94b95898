/* SPDX-License-Identifier: Apache-2.0 */
/* Handwriting: plain characters drawn with straight strokes are among the first eight; undo, clear
 * and a missing model. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "ui/ime/handwriting.h"

enum { STEPS = 8, FIRST = 8, SLOW_MS = 5000 };

/* Corners in percent of the square: "x,y x,y;" a stroke. */
static const struct {
    const char *text, *strokes;
} drawn[] = {
    {"一", "10,50 90,48;"},
    {"二", "25,30 75,28;10,75 92,73;"},
    {"三", "22,22 78,20;28,50 72,48;8,82 93,80;"},
    {"十", "10,45 90,43;50,8 50,92;"},
    {"王", "20,20 80,18;25,50 75,48;50,20 50,82;10,84 92,82;"},
    {"人", "50,12 42,45 10,88;48,40 65,68 92,88;"},
    {"大", "12,36 88,33;50,8 44,48 10,90;50,38 66,68 92,90;"},
    {"小", "50,8 50,85 38,76;28,38 12,66;70,36 90,64;"},
    {"中", "20,30 22,62;20,30 80,28 77,60;22,60 77,58;50,6 50,95;"},
    {"口", "22,25 26,80;22,25 78,23 74,78;26,76 75,74;"},
    {"日", "28,12 28,90;28,12 72,11 72,90;28,48 72,47;28,86 72,85;"},
    {"木", "10,32 90,30;50,6 50,94;48,34 34,58 10,78;52,34 68,58 92,78;"},
    {"林", "6,30 46,28;26,6 26,94;25,32 16,54 4,68;28,36 36,46 42,56;"
           "54,30 96,28;74,6 74,94;72,32 62,58 50,78;75,32 86,58 98,80;"},
    {"李", "15,20 85,18;50,5 50,48;48,20 34,36 12,46;52,20 68,36 90,46;"
           "28,52 70,51 52,66;52,66 54,94 42,90;10,74 92,72;"},
    {"张", "8,14 34,12 33,32;10,33 34,31;10,33 7,55 35,53 32,86 20,80;"
           "84,12 74,26 58,36;42,46 96,43;58,8 58,84 74,74;60,46 74,68 96,84;"},
    {"陈", "10,12 36,12 22,36 36,56 24,62;11,12 11,94;46,20 94,19;"
           "66,6 48,46 90,45;70,34 70,92 60,86;56,58 44,78;80,58 94,76;"},
};

/* The finger goes from corner to corner in small steps. */
static void draw(struct handwriting *hw, const char *strokes)
{
    int x = 0, y = 0, was_x = 0, was_y = 0, used = 0;
    bool is_new = true;
    while (*strokes && sscanf(strokes, "%d,%d%n", &x, &y, &used) == 2) {
        if (is_new) {
            CU_ASSERT(handwriting_down(hw, x * 10, y * 10));
        } else {
            for (int i = 1; i <= STEPS; i++)
                (void)handwriting_move(hw, (was_x * (STEPS - i) + x * i) * 10 / STEPS,
                                       (was_y * (STEPS - i) + y * i) * 10 / STEPS);
        }
        was_x = x;
        was_y = y;
        strokes += used;
        is_new = *strokes == ';';
        strokes += *strokes == ';' || *strokes == ' ';
    }
}

static size_t place(const struct handwriting *hw, const char *text)
{
    for (size_t i = 0; i < handwriting_count(hw); i++)
        if (strcmp(handwriting_candidate(hw, i), text) == 0)
            return i;
    return SIZE_MAX;
}

static void plain_characters_are_recognised(void)
{
    struct handwriting *hw = handwriting_new(NULL);
    CU_ASSERT_FATAL(handwriting_is_there(hw));
    size_t n_hits = 0, n_first = 0;
    int64_t worst_ms = 0;
    for (size_t i = 0; i < YJ_COUNT(drawn); i++) {
        handwriting_clear(hw);
        draw(hw, drawn[i].strokes);
        int64_t start = clock_mono_ms();
        CU_ASSERT_EQUAL(handwriting_recognise(hw, NULL), 0);
        int64_t took = clock_mono_ms() - start;
        worst_ms = i && took > worst_ms ? took : worst_ms; /* the first one opens the model */
        CU_ASSERT(handwriting_count(hw) >= FIRST);
        n_hits += place(hw, drawn[i].text) < FIRST;
        n_first += place(hw, drawn[i].text) == 0;
        if (place(hw, drawn[i].text) >= FIRST)
            fprintf(stderr, "%s is not among the first %d\n", drawn[i].text, FIRST);
    }
    fprintf(stderr, "%zu of %zu among the first %d, %zu first; slowest %d ms\n", n_hits,
            YJ_COUNT(drawn), FIRST, n_first, (int)worst_ms);
    CU_ASSERT(n_hits + 1 >= YJ_COUNT(drawn)); /* straight lines are not a hand: one may be missed */
    CU_ASSERT(worst_ms < SLOW_MS);
    handwriting_free(hw);
}

static void strokes_can_be_taken_back(void)
{
    struct handwriting *hw = handwriting_new(NULL);
    draw(hw, drawn[1].strokes);
    CU_ASSERT_EQUAL(handwriting_strokes(hw), 2);
    CU_ASSERT(handwriting_undo(hw));
    CU_ASSERT_EQUAL(handwriting_strokes(hw), 1);
    CU_ASSERT_EQUAL(handwriting_recognise(hw, NULL), 0);
    CU_ASSERT(place(hw, "一") < FIRST);
    CU_ASSERT(handwriting_undo(hw));
    CU_ASSERT_FALSE(handwriting_undo(hw));
    CU_ASSERT_EQUAL(handwriting_recognise(hw, NULL), 0);
    CU_ASSERT_EQUAL(handwriting_count(hw), 0);
    CU_ASSERT_PTR_NULL(handwriting_candidate(hw, 0));
    handwriting_free(hw);
}

static void clearing_leaves_nothing(void)
{
    struct handwriting *hw = handwriting_new(NULL);
    size_t n = 0;
    draw(hw, drawn[4].strokes);
    CU_ASSERT_EQUAL(handwriting_recognise(hw, NULL), 0);
    handwriting_wipe(hw);
    const struct handwriting_point *p = handwriting_points(hw, &n);
    CU_ASSERT_EQUAL(n, 0);
    int left = 0;
    for (size_t i = 0; i < HANDWRITING_MAX_POINTS; i++)
        left |= p[i].x | p[i].y | p[i].stroke;
    CU_ASSERT_EQUAL(left, 0);
    CU_ASSERT_EQUAL(handwriting_count(hw), 0);
    handwriting_free(hw);
}

/* A hand that lies on the panel cannot fill more than there is. */
static void there_is_an_end(void)
{
    struct handwriting *hw = handwriting_new(NULL);
    size_t n = 0;
    CU_ASSERT_FALSE(handwriting_move(hw, 1, 1)); /* before any stroke */
    for (int i = 0; i < HANDWRITING_MAX_STROKES; i++)
        CU_ASSERT(handwriting_down(hw, -50, 5000));
    CU_ASSERT_FALSE(handwriting_down(hw, 1, 1));
    const struct handwriting_point *p = handwriting_points(hw, &n);
    CU_ASSERT_EQUAL(p[0].x, 0);
    CU_ASSERT_EQUAL(p[0].y, HANDWRITING_SIDE);
    for (int i = 0; i < 2 * HANDWRITING_MAX_POINTS; i++)
        (void)handwriting_move(hw, i % 2, i % 3);
    (void)handwriting_points(hw, &n);
    CU_ASSERT_EQUAL(n, HANDWRITING_MAX_POINTS);
    CU_ASSERT_EQUAL(handwriting_recognise(hw, NULL), 0);
    handwriting_free(hw);
}

static void a_missing_model_is_said(void)
{
    struct handwriting *hw = handwriting_new("/nonexistent/model");
    CU_ASSERT_FALSE(handwriting_is_there(hw));
    draw(hw, drawn[0].strokes);
    CU_ASSERT_EQUAL(handwriting_recognise(hw, NULL), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(handwriting_count(hw), 0);
    handwriting_free(hw);
}

static CU_TestInfo cases[] = {
    {"plain characters are recognised", plain_characters_are_recognised},
    {"strokes can be taken back", strokes_can_be_taken_back},
    {"clearing leaves nothing", clearing_leaves_nothing},
    {"there is an end", there_is_an_end},
    {"a missing model is said", a_missing_model_is_said},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.handwriting", cases)
