/* SPDX-License-Identifier: Apache-2.0 */
/* Pages that turn and pictures that move: what the panel is shown, when it ends, what is left. The
 * panel is mounted upside down, so that its own pixels can be read beside the finished page. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cunit_main.h"
#include "open_ui.h"
#include "ui/draw/anim.h"
#include "ui/ui_priv.h"
#include "views.h"

static struct view view;

static void show(struct ui *ui, const char *name)
{
    const struct sample *s = sample_of(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    sample_make(s, false, &view);
    ui_show(ui, &view);
}

/* Does the panel show the finished page? */
static bool is_finished(const struct ui *ui)
{
    const struct surface *s = display_surface(ui->display), *p = display_panel(ui->display);
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++)
            if (s->px[y * s->stride + x] != p->px[(s->h - 1 - y) * p->stride + s->w - 1 - x])
                return false;
    return true;
}

static void a_page_turns_and_ends(void)
{
    struct ui *ui = open_ui_turned(180);
    int n_between = 0;
    show(ui, "home");
    CU_ASSERT(ui_wait(ui, 0));
    CU_ASSERT(is_finished(ui)); /* the first page stands at once */
    show(ui, "matter");
    int64_t begin = clock_mono_ms();
    do {
        CU_ASSERT(ui_wait(ui, 5));
        n_between += ui->motion.phase == MOTION_MOVING && !is_finished(ui);
    } while (ui->motion.phase != MOTION_STILL && clock_mono_ms() - begin < 10000);
    CU_ASSERT(n_between >= 2);
    CU_ASSERT(is_finished(ui));
    uint64_t frames = ui->n_frames;
    CU_ASSERT(ui_wait(ui, 60));
    CU_ASSERT_EQUAL(ui->n_frames, frames); /* and then nothing is drawn */
    ui_free(ui);
}

static void a_touch_ends_the_turn(void)
{
    struct ui *ui = open_ui_turned(180);
    show(ui, "home");
    CU_ASSERT(ui_wait(ui, 0));
    show(ui, "matter");
    CU_ASSERT(ui_wait(ui, 0));
    CU_ASSERT_EQUAL(ui->motion.phase, MOTION_MOVING);
    ui_handle(ui, &(struct display_event){.kind = DISPLAY_DOWN, .x = 2, .y = 2}, ui_now_ms(ui));
    CU_ASSERT_EQUAL(ui->motion.phase, MOTION_STILL);
    CU_ASSERT(is_finished(ui));
    ui_free(ui);
}

static void a_wipe_leaves_no_picture(void)
{
    struct ui *ui = open_ui_turned(180);
    show(ui, "home");
    CU_ASSERT(ui_wait(ui, 0));
    show(ui, "review");
    CU_ASSERT(ui_wait(ui, 0));
    show(ui, "receipt");
    CU_ASSERT(ui_wait(ui, 0));
    ui_wipe(ui);
    CU_ASSERT(ui_wait(ui, 0));
    const struct surface *kept[] = {ui->motion.from, ui->motion.frame};
    for (size_t i = 0; i < YJ_COUNT(kept); i++) {
        size_t n_left = 0;
        CU_ASSERT_FATAL(kept[i] != NULL);
        for (size_t k = 0; k < (size_t)kept[i]->stride * (size_t)kept[i]->h; k++)
            n_left += kept[i]->px[k] != 0;
        CU_ASSERT_EQUAL(n_left, 0);
    }
    const struct surface *all[] = {display_surface(ui->display), display_panel(ui->display)};
    for (size_t i = 0; i < YJ_COUNT(all); i++) {
        size_t n_left = 0;
        for (size_t k = 0; k < (size_t)all[i]->stride * (size_t)all[i]->h; k++)
            n_left += all[i]->px[k] != ui->ctx.tok.ground;
        CU_ASSERT_EQUAL(n_left, 0);
    }
    ui_free(ui);
}

static void themes_may_stand_still(void)
{
    struct ui *ui = open_ui_turned(180);
    show(ui, "home");
    CU_ASSERT(ui_wait(ui, 0));
    ui->ctx.tok.turn = 0;
    ui->ctx.tok.loop = 0;
    show(ui, "identify");
    ui->ctx.tok.turn = ui->ctx.tok.loop = 0; /* the view's wishes were resolved anew */
    CU_ASSERT(ui_wait(ui, 0));
    ui_motion_end(ui);
    uint64_t frames = ui->n_frames;
    CU_ASSERT(ui_wait(ui, 300));
    CU_ASSERT_EQUAL(ui->n_frames, frames);
    ui_free(ui);
}

static void find_picture(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct rect *r = arg;
    (void)depth;
    if (is_visible && picture_moves(w))
        *r = w->rect;
}

static void only_the_moving_picture_is_drawn(void)
{
    struct ui *ui = open_ui_turned(180);
    struct rect r = {0};
    show(ui, "identify");
    CU_ASSERT(ui_wait(ui, 0));
    widget_visit(ui->now.root, find_picture, &r);
    CU_ASSERT_FATAL(!rect_is_empty(r));
    uint64_t frames = ui->n_frames, pixels = display_presented(ui->display);
    int64_t begin = clock_mono_ms();
    while (ui->n_frames < frames + 3 && clock_mono_ms() - begin < 20000)
        CU_ASSERT(ui_wait(ui, 200));
    uint64_t n = ui->n_frames - frames;
    CU_ASSERT(n >= 3);
    CU_ASSERT(display_presented(ui->display) - pixels <= n * (uint64_t)r.w * (uint64_t)r.h);
    show(ui, "home");
    while (ui->motion.phase != MOTION_STILL || ui->anim_due_ms)
        CU_ASSERT(ui_wait(ui, 20));
    frames = ui->n_frames;
    CU_ASSERT(ui_wait(ui, 250));
    CU_ASSERT_EQUAL(ui->n_frames, frames);
    ui_free(ui);
}

static int load_text(const char *text, struct err *err)
{
    char dir[] = "/tmp/yj-motion-XXXXXX", path[256];
    struct anim_set *set = NULL;
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/images", dir);
    CU_ASSERT_FATAL(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/images/motion.json", dir);
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs(text, f);
    fclose(f);
    int r = anim_set_new(dir, &set, err);
    anim_set_free(set);
    unlink(path);
    snprintf(path, sizeof path, "%s/images", dir);
    rmdir(path);
    rmdir(dir);
    return r;
}

static void bad_tables_are_refused(void)
{
    static const char *const bad[][2] = {
        {"{", ":1:"},
        {"{}", "/pictures"},
        {"{\"pictures\": {\"a\": {\"path\": [[0,0,0],[1,0,0]]}}}", "/pictures/a"},
        {"{\"pictures\": {\"a\": {\"moving\": \"m\", \"path\": [[0,0,0]]}}}", "2 to"},
        {"{\"pictures\": {\"a\": {\"moving\": \"m\", \"path\": [[0,0,0],[0.5,0,0]]}}}", "end at 1"},
        {"{\"pictures\": {\"a\": {\"moving\": \"m\", \"path\": [[0.1,0,0],[1,0,0]]}}}", "/path/0"},
        {"{\"pictures\": {\"a\": {\"moving\": \"m\", \"path\": [[0,0,0],[1,0,99]]}}}", "/path/1"},
        {"{\"pictures\": {\"a\": {\"moving\": \"m\", \"path\": [[0,0,0],[0.6,0,0],[0.5,0,0]]}}}",
         "/path/2"},
        {"{\"pictures\": {\"a\": {\"moving\": \"m\", \"more\": 1, \"path\": [[0,0,0],[1,0,0]]}}}",
         "/pictures/a"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(load_text(bad[i][0], &err), ERR_UI_ASSET);
        CU_ASSERT(strstr(err.msg, bad[i][1]) != NULL);
        if (!strstr(err.msg, bad[i][1]))
            fprintf(stderr, "case %zu: %s\n", i, err.msg);
    }
}

static void paths_begin_and_end_where_they_say(void)
{
    struct anim_set *set = NULL;
    double x = 9, y = 9, last = 9;
    CU_ASSERT_FATAL(anim_set_new(YJ_SOURCE_DIR "/assets", &set, NULL) == 0);
    const struct anim *a = anim_of(set, "lay-card");
    CU_ASSERT_FATAL(a != NULL);
    CU_ASSERT_PTR_NULL(anim_of(set, "hall"));
    anim_offset(a, 0, &x, &last);
    CU_ASSERT_DOUBLE_EQUAL(last, a->point[0].y, 0.001);
    for (int step = 1; step < ANIM_STEPS; step++) {
        anim_offset(a, step, &x, &y);
        CU_ASSERT(y - last < 8 && last - y < 8); /* it glides, it does not jump */
        last = y;
    }
    anim_set_free(set);
}

static CU_TestInfo cases[] = {
    {"a page turns and ends", a_page_turns_and_ends},
    {"a touch ends the turn", a_touch_ends_the_turn},
    {"a wipe leaves no picture", a_wipe_leaves_no_picture},
    {"themes may stand still", themes_may_stand_still},
    {"only the moving picture is drawn", only_the_moving_picture_is_drawn},
    {"bad tables are refused", bad_tables_are_refused},
    {"paths begin and end where they say", paths_begin_and_end_where_they_say},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.motion", cases)
