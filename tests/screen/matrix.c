/* SPDX-License-Identifier: Apache-2.0 */
/* Walking through the sample screens. Colours do not change where things stand, so most ways are
 * only built and measured; drawing is for those that ask for pixels. */
#include "matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PAGES = 40 };

const struct matrix_panel matrix_standing[3] = {{"27 standing", 1080, 1920, 344},
                                                {"21.5 standing", 1080, 1920, 268},
                                                {"32 standing", 1080, 1920, 398}};
const struct matrix_panel matrix_lying[4] = {{"27 lying", 1920, 1080, 598},
                                             {"21.5 lying", 1920, 1080, 476},
                                             {"12.1 lying", 1280, 800, 261},
                                             {"15.6 lying", 1280, 800, 337}};

#define WAY(size, lang, kind) {.text = (size), .language = (lang)}, (kind), false
const struct matrix_way matrix_ways[] = {
    {"small", WAY(TEXT_SMALL, 0, WORDS_CHINESE)},
    {"normal", WAY(TEXT_NORMAL, 0, WORDS_CHINESE)},
    {"large", WAY(TEXT_LARGE, 0, WORDS_CHINESE)},
    {"largest", WAY(TEXT_LARGEST, 0, WORDS_CHINESE)},
    {"small en", WAY(TEXT_SMALL, 1, WORDS_LATIN)},
    {"normal en", WAY(TEXT_NORMAL, 1, WORDS_LATIN)},
    {"large en", WAY(TEXT_LARGE, 1, WORDS_LATIN)},
    {"largest en", WAY(TEXT_LARGEST, 1, WORDS_LATIN)},
    {"elder", {.text = TEXT_LARGE, .is_elder = true}, WORDS_CHINESE, false},
    {"low", {.text = TEXT_NORMAL, .is_low = true}, WORDS_CHINESE, false},
    {"low largest", {.text = TEXT_LARGEST, .is_low = true}, WORDS_CHINESE, false},
    {"normal ug", {.text = TEXT_NORMAL, .language = 2}, WORDS_ARABIC, true},
    {"largest ug", {.text = TEXT_LARGEST, .language = 2}, WORDS_ARABIC, true},
};
const int n_matrix_ways = sizeof matrix_ways / sizeof *matrix_ways;

void matrix_open(struct matrix *m, const struct matrix_panel *panel)
{
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .languages = {"zh-Hans", "en", "ug"},
                         .n_languages = 3,
                         .width_px = panel->w,
                         .height_px = panel->h,
                         .width_mm = panel->mm,
                         .sound = "none",
                         .hall_name = "示例市政务服务中心 01 号机"};
    *m = (struct matrix){.panel = panel};
    int r = ui_new(&cfg, &m->ui, &err);
    if (r == ERR_UI_FONT) {
        fprintf(stderr, "skipped: %s\n", err.msg);
        exit(77);
    }
    if (r < 0) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
}

void matrix_close(struct matrix *m)
{
    ui_free(m->ui);
    m->ui = NULL;
}

/* ---- measuring ---- */

static void count(struct matrix *m, const struct access_report *r, const char *name,
                  const char *what, int page)
{
    m->n_measured++;
    m->n_findings += access_total(r);
    for (int i = 0; i < ACCESS_N_RULES; i++)
        m->rules[i] += r->n[i];
    if (access_total(r))
        fprintf(stderr, "%s, %s: %s %s page %d: %d findings, first %s\n", m->panel->name,
                m->way->name, name, what, page + 1, access_total(r), r->first);
}

static struct access_scene scene(struct matrix *m)
{
    struct surface *s = display_surface(m->ui->display);
    return (struct access_scene){.ctx = &m->ui->ctx,
                                 .tok = &m->ui->ctx.tok,
                                 .panel_w = s->w,
                                 .panel_h = s->h,
                                 .surface = m->has_pixels ? s : NULL,
                                 .is_low = m->ui->view.prefs.is_low && s->h > s->w};
}

static void build(struct matrix *m)
{
    struct ui *ui = m->ui;
    if (ui->must_build)
        ui_build(ui);
    if (!m->has_pixels)
        return;
    struct surface *s = display_surface(ui->display);
    surface_clip_all(s);
    widget_draw(ui->now.root, &ui->ctx, s);
    if (ui_keyboard_shown(ui))
        keyboard_draw(ui->keyboard, s);
}

static void measure(struct matrix *m, const char *name, const char *what, int page)
{
    struct access_report r;
    build(m);
    struct access_scene s = scene(m);
    access_check_scene(m->ui->now.root, &s, &r);
    count(m, &r, name, what, page);
}

static void measure_keys(struct matrix *m, const char *name, const char *what)
{
    struct access_report r;
    build(m);
    struct access_scene s = scene(m);
    access_check_keys(m->ui->keyboard, &s, &r);
    count(m, &r, name, what, 0);
}

/* ---- walking ---- */

void matrix_show(struct matrix *m, const struct sample *s, struct view *view)
{
    static uint32_t revision;
    struct ui *ui = m->ui;
    sample_make_as(s, &m->way->prefs, m->way->words, view);
    view->revision = ++revision;
    ui->has_view = false; /* another page, whatever it looks like */
    ui_show(ui, view);
    ui->ctx.tok.is_rtl = m->way->is_rtl;
    keyboard_close(ui->keyboard); /* a search opens it */
    ui->must_build = true;
}

void matrix_turn(struct matrix *m, int page, int sheet_item, int sheet_page)
{
    m->ui->state.page = page;
    m->ui->state.sheet_item = sheet_item;
    m->ui->state.sheet_page = sheet_page;
    m->ui->must_build = true;
}

static void walk_sheet(struct matrix *m, const char *name, int item)
{
    for (int page = 0; page < MOST_PAGES; page++) {
        matrix_turn(m, 0, item, page);
        build(m);
        if (m->ui->state.sheet_page < page)
            break; /* the last one was there already */
        measure(m, name, "sheet", page);
    }
    matrix_turn(m, 0, -1, 0);
}

static void walk_keys(struct matrix *m, const struct view_item *v, int item)
{
    static const char *const letters[] = {"s", "h", "e"};
    if (m->inputs_seen >> v->input & 1)
        return; /* the same keys */
    m->inputs_seen |= 1U << v->input;
    ui_edit_item(m->ui, item);
    measure_keys(m, v->id, "keys");
    if (v->input == INPUT_NAME) {
        for (size_t i = 0; i < YJ_COUNT(letters); i++)
            (void)keyboard_press(m->ui->keyboard, letters[i]); /* without pinyin: no candidates */
        measure_keys(m, v->id, "candidates");
    }
    keyboard_close(m->ui->keyboard);
    m->ui->must_build = true;
}

/* While words are typed the page above is alive. */
static void walk_search(struct matrix *m, const char *name)
{
    ui_edit_item(m->ui, ui_search_item(m->ui));
    if (ui_search_shown(m->ui))
        measure(m, name, "above the keys", 0);
    keyboard_close(m->ui->keyboard);
    m->ui->must_build = true;
}

static void walk_sample(struct matrix *m, const struct sample *s)
{
    static struct view view;
    matrix_show(m, s, &view);
    measure(m, s->name, "", 0);
    int n_pages = m->ui->now.body->n_pages;
    for (int page = 1; page < n_pages && page < MOST_PAGES; page++) {
        matrix_turn(m, page, -1, 0);
        measure(m, s->name, "", page);
    }
    for (size_t i = 0; i < view.n_items && !view.ask.id; i++) {
        const struct view_item *v = &view.item[i];
        if (!row_has_chips(v) && v->n_options && view.screen != SCREEN_GUIDE)
            walk_sheet(m, s->name, (int)i);
        if (v->kind == VIEW_FIELD && v->is_enabled && v->input != INPUT_NONE && !v->n_options)
            walk_keys(m, v, (int)i);
    }
    if (ui_search_item(m->ui) >= 0)
        walk_search(m, s->name);
}

/* The sheet of wishes looks the same over every page. */
static void walk_settings(struct matrix *m)
{
    static struct view view;
    struct screen_state *state = &m->ui->state;
    matrix_show(m, &samples[0], &view);
    for (int page = 0; page < MOST_PAGES; page++) {
        state->is_settings = true;
        state->settings_page = page;
        m->ui->must_build = true;
        build(m);
        if (state->settings_page < page)
            break; /* the last one was there already */
        measure(m, "settings", "", page);
    }
    state->is_settings = false;
    m->ui->must_build = true;
}

void matrix_walk(struct matrix *m, const struct matrix_way *way)
{
    m->way = way;
    m->inputs_seen = 0;
    for (int i = 0; i < n_samples; i++)
        walk_sample(m, &samples[i]);
    walk_settings(m);
}
