/* SPDX-License-Identifier: Apache-2.0 */
/* Screens against the pictures somebody has looked at (tests/screen/golden).
 *   test_golden            compares; expected, actual and diff of what differs go to the build
 *                          folder's golden/
 *   test_golden --update   writes the pictures anew: look at every one before they are kept */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cunit_main.h"
#include "golden.h"
#include "matrix.h"

#define GOLDEN_DIR YJ_SOURCE_DIR "/tests/screen/golden"

static struct view view;
static bool is_update;

enum { PANEL_STANDING, PANEL_LYING, PANEL_SMALL };

/* One way of looking; a name alone would not say which panel. */
struct look {
    const char *name;
    int panel;
    struct matrix_way way;
    bool is_whole; /* every sample, else the chosen ones */
};

static const struct look looks[] = {
    {"usual", PANEL_STANDING, {.name = "usual", .prefs = {.text = TEXT_NORMAL}}, true},
    {"elder",
     PANEL_STANDING,
     {.name = "elder", .prefs = {.text = TEXT_LARGE, .is_elder = true}},
     false},
    {"largest", PANEL_STANDING, {.name = "largest", .prefs = {.text = TEXT_LARGEST}}, false},
    {"small-text", PANEL_STANDING, {.name = "small-text", .prefs = {.text = TEXT_SMALL}}, false},
    {"light",
     PANEL_STANDING,
     {.name = "light", .prefs = {.text = TEXT_NORMAL, .contrast = CONTRAST_LIGHT}},
     false},
    {"dark",
     PANEL_STANDING,
     {.name = "dark", .prefs = {.text = TEXT_NORMAL, .contrast = CONTRAST_DARK}},
     false},
    {"english",
     PANEL_STANDING,
     {.name = "english", .prefs = {.text = TEXT_NORMAL, .language = 1}, .words = WORDS_LATIN},
     false},
    {"uyghur",
     PANEL_STANDING,
     {.name = "uyghur", .prefs = {.text = TEXT_NORMAL, .language = 2}, .words = WORDS_ARABIC},
     false},
    {"low", PANEL_STANDING, {.name = "low", .prefs = {.text = TEXT_NORMAL, .is_low = true}}, false},
    {"lying", PANEL_LYING, {.name = "lying", .prefs = {.text = TEXT_NORMAL}}, false},
    {"small-panel", PANEL_SMALL, {.name = "small-panel", .prefs = {.text = TEXT_NORMAL}}, false},
};

/* One of each kind of page. */
static const char *const chosen[] = {"home-tree", "matter", "identify",
                                     "form",      "review", "receipt"};

static bool is_chosen(const struct sample *s)
{
    for (size_t i = 0; i < YJ_COUNT(chosen); i++)
        if (strcmp(chosen[i], s->name) == 0)
            return true;
    return false;
}

static const struct matrix_panel *panel_of(const struct look *look)
{
    return look->panel == PANEL_STANDING ? &matrix_standing[0]
           : look->panel == PANEL_LYING  ? &matrix_lying[0]
                                         : &matrix_lying[2];
}

static void check_look(const struct look *look)
{
    struct matrix m;
    int n = 0;
    memset(&m, 0, sizeof m);
    matrix_open(&m, panel_of(look));
    m.way = &look->way;
    for (int i = 0; i < n_samples; i++) {
        char name[128];
        if (!look->is_whole && !is_chosen(&samples[i]))
            continue;
        matrix_show(&m, &samples[i], &view);
        keyboard_close(m.ui->keyboard); /* keyboards have tests of their own */
        m.ui->must_build = true;
        (void)ui_draw(m.ui);
        snprintf(name, sizeof name, "%s-%s", look->name, samples[i].name);
        enum golden_verdict verdict =
            golden_check(display_surface(m.ui->display), GOLDEN_DIR, name, "golden", is_update);
        CU_ASSERT(verdict == GOLDEN_SAME || verdict == GOLDEN_WRITTEN);
        if (verdict == GOLDEN_DIFFERS || verdict == GOLDEN_MISSING)
            fprintf(stderr, "%s %s: see golden/%s.*.png in the folder of the test\n", name,
                    verdict == GOLDEN_MISSING ? "has no golden picture" : "looks different", name);
        n++;
    }
    CU_ASSERT(n >= (int)YJ_COUNT(chosen) || look->is_whole);
    matrix_close(&m);
}

static void screens_look_as_they_did(void)
{
    for (size_t i = 0; i < YJ_COUNT(looks); i++)
        check_look(&looks[i]);
}

/* A change that a person would see must not pass: one icon gone, one line moved, one colour off. */
static void changes_are_seen(void)
{
    struct matrix m;
    memset(&m, 0, sizeof m);
    if (is_update)
        return;
    matrix_open(&m, &matrix_standing[0]);
    m.way = &looks[0].way;
    for (int i = 0; i < n_samples; i++) {
        if (strcmp(samples[i].name, "identify") != 0)
            continue;
        struct surface *s = display_surface(m.ui->display);
        struct rect bad[] = {{60, 60, 44, 44}, {60, 1300, 900, 6}, {300, 500, 30, 30}};
        for (size_t k = 0; k < YJ_COUNT(bad); k++) {
            matrix_show(&m, &samples[i], &view);
            ui_mark_dirty(m.ui, rect_of(0, 0, s->w, s->h));
            (void)ui_draw(m.ui);
            surface_fill(s, bad[k], k == 1 ? 0xFF000000U : 0xFFFF00FFU);
            CU_ASSERT_EQUAL(golden_check(s, GOLDEN_DIR, "usual-identify", "golden", false),
                            GOLDEN_DIFFERS);
        }
        remove("golden/usual-identify.actual.png");
        remove("golden/usual-identify.expected.png");
        remove("golden/usual-identify.diff.png");
    }
    matrix_close(&m);
}

static CU_TestInfo cases[] = {
    {"screens look as they did", screens_look_as_they_did},
    {"changes are seen", changes_are_seen},
    CU_TEST_INFO_NULL,
};

int main(int argc, char **argv)
{
    is_update = argc > 1 && strcmp(argv[1], "--update") == 0;
    if (mkdir("golden", 0755) < 0 && errno != EEXIST)
        return EXIT_FAILURE;
    if (is_update && mkdir(GOLDEN_DIR, 0755) < 0 && errno != EEXIST)
        return EXIT_FAILURE;
    return cunit_run("screen.golden", cases);
}
