/* SPDX-License-Identifier: Apache-2.0 */
/* The sheet of wishes under the access rules: every page of it, on every panel, in every size and
 * language; in every contrast with its pixels. */
#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
#include "matrix.h"

enum { MOST_PAGES = 20 };

static struct view view;

static void measure(struct matrix *m, int page)
{
    struct access_report r;
    struct ui *ui = m->ui;
    struct surface *s = display_surface(ui->display);
    struct access_scene scene = {.ctx = &ui->ctx,
                                 .tok = &ui->ctx.tok,
                                 .panel_w = s->w,
                                 .panel_h = s->h,
                                 .surface = m->has_pixels ? s : NULL,
                                 .is_low = ui->view.prefs.is_low && s->h > s->w};
    if (m->has_pixels) {
        surface_clip_all(s);
        widget_draw(ui->now.root, &ui->ctx, s);
    }
    access_check_scene(ui->now.root, &scene, &r);
    m->n_measured++;
    m->n_findings += access_total(&r);
    if (access_total(&r))
        fprintf(stderr, "%s, %s: settings page %d: %d findings, first %s\n", m->panel->name,
                m->way->name, page + 1, access_total(&r), r.first);
}

static void walk(struct matrix *m, const struct matrix_way *way)
{
    m->way = way;
    matrix_show(m, &samples[0], &view);
    for (int page = 0; page < MOST_PAGES; page++) {
        m->ui->state.is_settings = true;
        m->ui->state.settings_page = page;
        m->ui->must_build = true;
        ui_build(m->ui);
        if (m->ui->state.settings_page < page)
            break; /* the last one was there already */
        measure(m, page);
    }
}

static void pass(const struct matrix_panel *panel)
{
    struct matrix m;
    matrix_open(&m, panel);
    for (int i = 0; i < n_matrix_ways; i++) {
        struct matrix_way way = matrix_ways[i];
        way.prefs.speech = SPEECH_PROMPTS; /* volume and speed can be set */
        walk(&m, &way);
    }
    CU_ASSERT_EQUAL(m.n_findings, 0);
    CU_ASSERT(m.n_measured >= n_matrix_ways);
    matrix_close(&m);
}

static void passes_standing(void)
{
    for (size_t i = 0; i < YJ_COUNT(matrix_standing); i++)
        pass(&matrix_standing[i]);
}

static void passes_lying(void)
{
    for (size_t i = 0; i < YJ_COUNT(matrix_lying); i++)
        pass(&matrix_lying[i]);
}

static void passes_in_every_contrast(void)
{
    static const char *const names[] = {"usual", "light", "dark"};
    struct matrix m;
    matrix_open(&m, &matrix_standing[0]);
    m.has_pixels = true;
    for (uint8_t i = 0; i < PREFS_N_CONTRAST; i++) {
        struct matrix_way way = {
            names[i], {.text = TEXT_NORMAL, .contrast = i, .speech = 1}, WORDS_CHINESE, false};
        walk(&m, &way);
    }
    CU_ASSERT_EQUAL(m.n_findings, 0);
    matrix_close(&m);
}

static CU_TestInfo cases[] = {
    {"passes standing", passes_standing},
    {"passes lying", passes_lying},
    {"passes in every contrast", passes_in_every_contrast},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access_settings", cases)
