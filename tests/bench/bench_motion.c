/* SPDX-License-Identifier: Apache-2.0 */
/* How quick the panel is, in memory and without waiting for a display: pictures a second while a
 * page turns (full panel), touch to changed pixels, a whole page drawn anew. Baseline of each in
 * the same run: copying the panel once. bench_motion [ROUNDS]      JSON on standard output */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ui/ui_priv.h"
#include "views.h"

enum { MAX_FIGURES = 4096, ROUNDS = 40 };

static struct view view;

struct figures {
    double ms[MAX_FIGURES];
    int n;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void add(struct figures *f, double ms)
{
    if (f->n < MAX_FIGURES)
        f->ms[f->n++] = ms;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double part_of(struct figures *f, double part)
{
    qsort(f->ms, (size_t)f->n, sizeof f->ms[0], by_size);
    return f->n ? f->ms[(int)(part * (f->n - 1))] : 0;
}

static void show(struct ui *ui, const char *name)
{
    sample_make(sample_of(name), false, &view);
    view.revision += (uint32_t)rand() << 8; /* another view each time */
    ui_show(ui, &view);
}

/* Turn between two pages with every picture as fast as it can be made. */
static int turn(struct ui *ui, struct figures *frames)
{
    int n = 0;
    ui_draw_moving(ui);
    while (ui->motion.phase == MOTION_MOVING) {
        double begin = now_ms();
        ui->motion.next_ms = 0;
        if (ui_motion_step(ui))
            add(frames, now_ms() - begin);
        n++;
    }
    return n;
}

static void first_button(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct widget **found = arg;
    (void)depth;
    if (is_visible && !*found && widget_can_tap(w) && w->rect.h > 40)
        *found = w;
}

static void tap(struct ui *ui, struct figures *taps)
{
    struct widget *w = NULL;
    widget_visit(ui->now.root, first_button, &w);
    if (!w)
        return;
    struct display_event e = {.kind = DISPLAY_DOWN, .x = w->rect.x + 9, .y = w->rect.y + 9};
    double begin = now_ms();
    ui_handle(ui, &e, ui_now_ms(ui));
    (void)ui_draw(ui); /* the pressed state is what is waited for */
    add(taps, now_ms() - begin);
    e = (struct display_event){.kind = DISPLAY_UP, .x = 1, .y = 1};
    ui_handle(ui, &e, ui_now_ms(ui));
    (void)ui_draw(ui);
}

int main(int argc, char **argv)
{
    static struct figures frames, taps, pages, copies;
    struct ui *ui = NULL;
    struct err err = {0};
    int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .sound = "none",
                         .width_px = 1080,
                         .height_px = 1920,
                         .width_mm = 344};
    if (ui_new(&cfg, &ui, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return EXIT_FAILURE;
    }
    struct surface *s = display_surface(ui->display), *copy = surface_new(s->w, s->h);
    show(ui, "home-tree");
    (void)ui_draw(ui);
    for (int i = 0; i < rounds; i++) {
        static const char *const pair[] = {"matter", "home-tree"};
        show(ui, pair[i % 2]);
        (void)turn(ui, &frames);
        tap(ui, &taps);
        double begin = now_ms();
        ui->must_build = true;
        ui_mark_dirty(ui, rect_of(0, 0, s->w, s->h));
        (void)ui_draw(ui);
        add(&pages, now_ms() - begin);
        begin = now_ms();
        memcpy(copy->px, s->px, (size_t)s->stride * (size_t)s->h * sizeof *s->px);
        add(&copies, now_ms() - begin);
    }
    double copy_ms = part_of(&copies, 0.5), frame = part_of(&frames, 0.5);
    printf("{\"turn_frames\": %d, \"turn_frame_ms_p50\": %.2f, \"turn_frame_ms_p99\": %.2f, "
           "\"turn_frames_per_s\": %.0f, \"tap_to_pixels_ms_p50\": %.2f, "
           "\"tap_to_pixels_ms_p99\": %.2f, \"page_ms_p50\": %.2f, \"page_ms_p99\": %.2f, "
           "\"panel_copy_ms\": %.2f, \"turn_ratio\": %.2f, \"page_ratio\": %.2f}\n",
           frames.n, frame, part_of(&frames, 0.99), 1000 / part_of(&frames, 0.99),
           part_of(&taps, 0.5), part_of(&taps, 0.99), part_of(&pages, 0.5), part_of(&pages, 0.99),
           copy_ms, frame / copy_ms, part_of(&pages, 0.5) / copy_ms);
    surface_free(copy);
    ui_free(ui);
    return EXIT_SUCCESS;
}
