/* SPDX-License-Identifier: Apache-2.0 */
/* Development tool: every sample view through the real screens on the memory display, as PNG
 * files. Usage: screen_gallery OUT_FOLDER [ASSETS_FOLDER [NAME [WIDTH_MM [WIDTH HEIGHT]]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui_priv.h"
#include "views.h"

static struct view more_view;

static int save(struct ui *ui, const char *dir, const char *name, bool is_elder, const char *more)
{
    char path[512];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s%s%s.png", dir, name, is_elder ? "-elder" : "", more);
    if (display_save_png(ui->display, path, &err) < 0) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return -1;
    }
    return 0;
}

/* The list without the keys, then with them, then with letters that wait. */
static int save_search(struct ui *ui, const char *dir, const struct sample *s, bool is_elder)
{
    static const char *const letters[] = {"s", "h", "e", "n", "g"};
    keyboard_close(ui->keyboard);
    ui->must_build = true;
    (void)ui_draw(ui);
    int r = save(ui, dir, s->name, is_elder, "-list");
    ui_edit_item(ui, ui_search_item(ui));
    (void)ui_draw(ui);
    r = r ? r : save(ui, dir, s->name, is_elder, "-keys");
    for (size_t i = 0; i < YJ_COUNT(letters); i++)
        (void)keyboard_press(ui->keyboard, letters[i]); /* shows what it can */
    (void)ui_draw(ui);
    r = r ? r : save(ui, dir, s->name, is_elder, "-typed");
    keyboard_close(ui->keyboard);
    return r;
}

/* Sheets of several options and of steps, number pad, e-mail keys. */
static int save_inputs(struct ui *ui, const char *dir, const struct sample *s, bool is_elder)
{
    static const char *const names[] = {NULL, "-set", "-steps", "-number", "-email"};
    int r = 0;
    for (int i = 1; i < 5 && r == 0; i++) {
        ui->state.sheet_item = i < 3 ? i : -1;
        if (i >= 3)
            ui_edit_item(ui, i);
        ui->must_build = true;
        (void)ui_draw(ui);
        r = save(ui, dir, s->name, is_elder, names[i]);
    }
    keyboard_close(ui->keyboard);
    return r;
}

/* Other pages of the body, the sheet, the keyboard: whatever a sample can open. */
static int save_more(struct ui *ui, const char *dir, const struct sample *s, bool is_elder)
{
    int r = 0;
    for (int page = 1; r == 0 && page < ui->now.body->n_pages && page < 9; page++) {
        char more[16];
        snprintf(more, sizeof more, "-p%d", page + 1);
        ui->state.page = page;
        ui->must_build = true;
        (void)ui_draw(ui);
        r = save(ui, dir, s->name, is_elder, more);
    }
    if (strcmp(s->name, "form") == 0) {
        ui->state.sheet_item = 5;
        ui->must_build = true;
        (void)ui_draw(ui);
        r = r ? r : save(ui, dir, s->name, is_elder, "-sheet");
    }
    if (strcmp(s->name, "form") == 0) {
        static const char *const pages[] = {"-keys-name", NULL, "-keys-date", "-keys-mobile"};
        for (int i = 0; r == 0 && i < 4; i++) {
            if (!pages[i])
                continue;
            sample_make(s, is_elder, &more_view);
            more_view.revision += 1000 + (uint32_t)i;
            ui_show(ui, &more_view);
            ui->state.sheet_item = -1;
            ui->state.page = 0;
            (void)ui_draw(ui);
            ui_edit_item(ui, i);
            (void)ui_draw(ui);
            r = save(ui, dir, s->name, is_elder, pages[i]);
        }
        keyboard_close(ui->keyboard);
    }
    if (ui_search_item(ui) >= 0)
        r = r ? r : save_search(ui, dir, s, is_elder);
    if (strcmp(s->name, "form-kinds") == 0)
        r = r ? r : save_inputs(ui, dir, s, is_elder);
    if (strcmp(s->name, "sign") == 0) {
        const struct rect p = ui->now.pad->w.rect;
        for (int i = 0; i < 40; i++) {
            struct display_event e = {.kind = i == 0 ? DISPLAY_DOWN : DISPLAY_MOVE,
                                      .x = p.x + p.w / 5 + i * p.w / 70,
                                      .y = p.y + p.h / 2 + ((i * i * 7) % 60) * (i % 2 ? 1 : -1)};
            ui_handle(ui, &e, ui_now_ms(ui));
        }
        ui_handle(
            ui,
            &(struct display_event){.kind = DISPLAY_UP, .x = p.x + p.w * 3 / 4, .y = p.y + p.h / 2},
            ui_now_ms(ui));
        (void)ui_draw(ui);
        r = r ? r : save(ui, dir, s->name, is_elder, "-ink");
    }
    return r;
}

int main(int argc, char **argv)
{
    static struct view view;
    struct ui *ui = NULL;
    struct err err = {0};
    if (argc < 2) {
        fprintf(
            stderr,
            "usage: screen_gallery OUT_FOLDER [ASSETS_FOLDER [NAME [WIDTH_MM [WIDTH HEIGHT]]]]\n");
        return EXIT_FAILURE;
    }
    struct ui_cfg cfg = {.assets_dir = argc > 2 ? argv[2] : YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .language = "zh-Hans",
                         .width_px = argc > 6 ? atoi(argv[5]) : 1080,
                         .height_px = argc > 6 ? atoi(argv[6]) : 1920,
                         .width_mm = argc > 4 ? atof(argv[4]) : 344,
                         .hall_name = "示例市政务服务中心 01 号机"};
    if (ui_new(&cfg, &ui, &err) < 0) {
        fprintf(stderr, "%s: %s\n", err.where, err.msg);
        return EXIT_FAILURE;
    }
    int r = 0;
    for (int i = 0; r == 0 && i < 2 * n_samples; i++) {
        const struct sample *s = &samples[i % n_samples];
        bool is_elder = i >= n_samples;
        if (argc > 3 && argv[3][0] && strcmp(argv[3], s->name) != 0)
            continue;
        sample_make(s, is_elder, &view);
        int64_t before = clock_mono_ms();
        ui_show(ui, &view);
        (void)ui_draw(ui);
        int64_t cold = clock_mono_ms() - before;
        struct surface *panel = display_surface(ui->display);
        before = clock_mono_ms();
        ui->must_build = true;
        ui_mark_dirty(ui, rect_of(0, 0, panel->w, panel->h));
        (void)ui_draw(ui);
        printf("%-16s %-6s %3d widgets, first drawn in %2d ms, again in %2d ms\n", s->name,
               is_elder ? "elder" : "", ui->n_marks, (int)cold, (int)(clock_mono_ms() - before));
        r = save(ui, argv[1], s->name, is_elder, "");
        r = r ? r : save_more(ui, argv[1], s, is_elder);
    }
    ui_free(ui);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
