/* SPDX-License-Identifier: Apache-2.0 */
/* Development tool: every sample view through the real screens on the memory display, as PNG
 * files: all pages, sheets, keyboards. Usage:
 *   screen_gallery OUT_FOLDER [ASSETS_FOLDER [NAME [WIDTH_MM [WIDTH HEIGHT [WAY [CONTRAST]]]]]]
 * WAY: how a visitor wants it, a name of matrix.c ("largest en"); without it normal and elder.
 * CONTRAST: 0, 1 or 2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "matrix.h"

struct gallery {
    struct matrix m;
    const char *dir;
    const struct sample *sample;
    const char *suffix; /* "-elder" */
    bool has_failed;
};

static struct view view;

static void save(struct gallery *g, const char *more)
{
    char path[512];
    struct err err = {0};
    struct ui *ui = g->m.ui;
    struct surface *panel = display_surface(ui->display);
    ui_mark_dirty(ui, rect_of(0, 0, panel->w, panel->h));
    (void)ui_draw(ui);
    snprintf(path, sizeof path, "%s/%s%s%s.png", g->dir, g->sample->name, g->suffix, more);
    if (display_save_png(ui->display, path, &err) == 0)
        return;
    fprintf(stderr, "%s: %s\n", path, err.msg);
    g->has_failed = true;
}

static void press_all(struct gallery *g, const char *letters)
{
    for (; *letters; letters++)
        (void)keyboard_press(g->m.ui->keyboard, (char[]){*letters, '\0'}); /* shows what it can */
}

static void save_keys(struct gallery *g, int item)
{
    char more[64];
    struct ui *ui = g->m.ui;
    snprintf(more, sizeof more, "-keys%d", item);
    ui_edit_item(ui, item);
    save(g, more);
    if (view.item[item].input == INPUT_NAME || view.item[item].kind == VIEW_SEARCH) {
        press_all(g, "sheng");
        snprintf(more, sizeof more, "-typed%d", item);
        save(g, more);
    }
    keyboard_close(ui->keyboard);
    ui->must_build = true;
}

static void save_sheet(struct gallery *g, int item)
{
    char more[64];
    snprintf(more, sizeof more, "-sheet%d", item);
    matrix_turn(&g->m, 0, item, 0);
    save(g, more);
    matrix_turn(&g->m, 0, -1, 0);
}

/* Whatever a sample can open; a keyboard once for each kind of input. */
static void save_opened(struct gallery *g)
{
    unsigned seen = 0;
    for (size_t i = 0; i < view.n_items && !view.ask.id; i++) {
        const struct view_item *v = &view.item[i];
        bool is_typed = (v->kind == VIEW_FIELD && v->is_enabled && v->input && !v->n_options) ||
                        (int)i == ui_search_item(g->m.ui);
        if (v->n_options && !row_has_chips(v) && view.screen != SCREEN_GUIDE)
            save_sheet(g, (int)i);
        if (is_typed && !(seen >> v->input & 1)) {
            seen |= 1U << v->input;
            save_keys(g, (int)i);
        }
    }
}

static void save_ink(struct gallery *g)
{
    struct ui *ui = g->m.ui;
    const struct rect p = ui->now.pad->w.rect;
    for (int i = 0; i < 40; i++) {
        struct display_event e = {.kind = i == 0 ? DISPLAY_DOWN : DISPLAY_MOVE,
                                  .x = p.x + p.w / 5 + i * p.w / 70,
                                  .y = p.y + p.h / 2 + ((i * i * 7) % 60) * (i % 2 ? 1 : -1)};
        ui_handle(ui, &e, ui_now_ms(ui));
    }
    ui_handle(
        ui, &(struct display_event){.kind = DISPLAY_UP, .x = p.x + p.w * 3 / 4, .y = p.y + p.h / 2},
        ui_now_ms(ui));
    save(g, "-ink");
}

static void save_sample(struct gallery *g)
{
    struct ui *ui = g->m.ui;
    matrix_show(&g->m, g->sample, &view);
    int64_t before = clock_mono_ms();
    (void)ui_draw(ui);
    int64_t cold = clock_mono_ms() - before;
    before = clock_mono_ms();
    ui->must_build = true;
    save(g, "");
    printf("%-16s %-8s %3d widgets, %2d pages, first drawn in %2d ms\n", g->sample->name, g->suffix,
           ui->n_marks, ui->now.body->n_pages, (int)cold);
    int n_pages = ui->now.body->n_pages;
    for (int page = 1; page < n_pages && page < 30; page++) {
        char more[32];
        snprintf(more, sizeof more, "-p%d", page + 1);
        matrix_turn(&g->m, page, -1, 0);
        save(g, more);
    }
    matrix_turn(&g->m, 0, -1, 0);
    save_opened(g);
    if (ui->now.pad)
        save_ink(g);
}

static void save_way(struct gallery *g, const struct matrix_way *way, const char *name)
{
    g->m.way = way;
    for (int i = 0; i < n_samples && !g->has_failed; i++) {
        g->sample = &samples[i];
        if (!name[0] || strcmp(name, samples[i].name) == 0)
            save_sample(g);
    }
    g->sample = &samples[0];
    if (name[0] && strcmp(name, "settings") != 0)
        return;
    matrix_show(&g->m, g->sample, &view);
    g->m.ui->state.is_settings = true;
    save(g, "-settings");
    g->m.ui->state.is_settings = false;
}

static int open_gallery(struct gallery *g, int argc, char **argv)
{
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = argc > 2 ? argv[2] : YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .languages = {"zh-Hans", "en", "ug"},
                         .n_languages = 3,
                         .sound = "none",
                         .width_px = argc > 6 ? atoi(argv[5]) : 1080,
                         .height_px = argc > 6 ? atoi(argv[6]) : 1920,
                         .width_mm = argc > 4 ? atof(argv[4]) : 344,
                         .hall_name = "示例市政务服务中心 01 号机"};
    g->dir = argv[1];
    if (ui_new(&cfg, &g->m.ui, &err) == 0)
        return 0;
    fprintf(stderr, "%s: %s\n", err.where, err.msg);
    return -1;
}

int main(int argc, char **argv)
{
    struct gallery g = {.suffix = ""};
    const char *name = argc > 3 ? argv[3] : "", *wanted = argc > 7 ? argv[7] : "";
    if (argc < 2) {
        fprintf(stderr, "usage: screen_gallery OUT_FOLDER [ASSETS_FOLDER [NAME [WIDTH_MM [WIDTH "
                        "HEIGHT [WAY [CONTRAST]]]]]]\n");
        return EXIT_FAILURE;
    }
    if (open_gallery(&g, argc, argv) < 0)
        return EXIT_FAILURE;
    for (int i = 0; i < n_matrix_ways; i++) {
        struct matrix_way way = matrix_ways[i];
        bool is_usual = !strcmp(way.name, "normal") || !strcmp(way.name, "elder");
        if (wanted[0] ? strcmp(way.name, wanted) != 0 : !is_usual)
            continue;
        way.prefs.contrast = (uint8_t)(argc > 8 ? atoi(argv[8]) : 0);
        g.suffix = way.prefs.is_elder && !wanted[0] ? "-elder" : "";
        save_way(&g, &way, name);
    }
    ui_free(g.m.ui);
    return g.has_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
