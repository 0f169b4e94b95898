/* SPDX-License-Identifier: Apache-2.0 */
/* Every sample screen, every page, both text sizes, two panels: measured. Bad screens show that
 * each rule catches what it is for. */
#include <stdio.h>
#include <string.h>

#include "access.h"
#include "cunit_main.h"
#include "ui/ui_priv.h"
#include "views.h"

static struct view view;

static struct ui *open_ui(int w, int h, double mm)
{
    struct ui *ui = NULL;
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .language = "zh-Hans",
                         .width_px = w,
                         .height_px = h,
                         .width_mm = mm,
                         .hall_name = "示例市政务服务中心 01 号机"};
    int r = ui_new(&cfg, &ui, &err);
    if (r == ERR_UI_FONT) {
        fprintf(stderr, "skipped: %s\n", err.msg);
        exit(77);
    }
    CU_ASSERT_FATAL(r == 0);
    return ui;
}

static void check(struct ui *ui, const char *name, int page)
{
    struct access_report r;
    (void)ui_draw(ui);
    access_check(ui->now.root, &ui->ctx.tok, display_surface(ui->display), &r);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    if (access_total(&r))
        fprintf(stderr, "%s%s page %d: %d findings, first %s\n", name,
                ui->view.is_elder ? " elder" : "", page + 1, access_total(&r), r.first);
}

static void check_keys(struct ui *ui, const char *name)
{
    struct access_report r;
    (void)ui_draw(ui);
    access_check_keyboard(ui->keyboard, &ui->ctx.tok, display_surface(ui->display), &r);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    if (access_total(&r))
        fprintf(stderr, "%s%s keys: %d findings, first %s\n", name,
                ui->view.is_elder ? " elder" : "", access_total(&r), r.first);
}

static void lowest(void *arg, struct widget *w, int depth, bool is_visible)
{
    int *most = arg;
    (void)depth;
    if (is_visible && w->action.act != ACT_NONE && w->rect.y + w->rect.h > *most)
        *most = w->rect.y + w->rect.h;
}

/* While words are typed the page above is alive: both are measured, and what is between them. */
static void check_search(struct ui *ui, const char *name)
{
    static const char *const letters[] = {"s", "h", "e"};
    int bottom = 0;
    ui_edit_item(ui, ui_search_item(ui));
    CU_ASSERT_FATAL(ui_search_shown(ui));
    check(ui, name, 0);
    check_keys(ui, name);
    widget_visit(ui->now.root, lowest, &bottom);
    CU_ASSERT(keyboard_rect(ui->keyboard).y - bottom >= ACCESS_GAP_MM * ui->px_per_mm);
    for (size_t i = 0; i < YJ_COUNT(letters); i++)
        CU_ASSERT(keyboard_press(ui->keyboard, letters[i]));
    check_keys(ui, name);
    keyboard_close(ui->keyboard);
    ui->must_build = true;
    (void)ui_draw(ui);
}

static void check_fields(struct ui *ui, const char *name)
{
    for (size_t k = 0; k < view.n_items; k++) {
        const struct view_item *v = &view.item[k];
        bool is_typed = v->kind == VIEW_FIELD && v->is_enabled && !v->n_options && !view.ask.id;
        if (!is_typed)
            continue;
        ui_edit_item(ui, (int)k);
        check_keys(ui, name);
        keyboard_close(ui->keyboard);
    }
}

static void check_all(struct ui *ui)
{
    for (int i = 0; i < 2 * n_samples; i++) {
        const struct sample *s = &samples[i % n_samples];
        sample_make(s, i >= n_samples, &view);
        ui_show(ui, &view);
        keyboard_close(ui->keyboard); /* a search opens it */
        ui->must_build = true;
        check(ui, s->name, 0);
        for (int page = 1; page < ui->now.body->n_pages; page++) {
            ui->state.page = page;
            ui->must_build = true;
            check(ui, s->name, page);
        }
        if (ui_search_item(ui) >= 0)
            check_search(ui, s->name);
        check_fields(ui, s->name);
        for (size_t k = 0; k < view.n_items; k++) {
            if (row_has_chips(&view.item[k]) || view.screen == SCREEN_GUIDE)
                continue;
            ui->state.sheet_item = (int)k;
            ui->must_build = true;
            check(ui, "sheet", 0);
            ui->state.sheet_item = -1;
            ui->must_build = true;
        }
    }
    ui_free(ui);
}

static void samples_pass_on_27_inch(void)
{
    check_all(open_ui(1080, 1920, 344));
}

static void samples_pass_on_21_inch(void)
{
    check_all(open_ui(1080, 1920, 268));
}

static void samples_pass_on_32_inch(void)
{
    check_all(open_ui(1080, 1920, 398));
}

/* ---- bad screens ---- */

struct bad {
    struct ui *ui;
    struct box *root, *page;
};

static struct bad bad_open(void)
{
    struct bad b = {.ui = open_ui(1080, 1920, 344)};
    struct widget_ctx *ctx = &b.ui->ctx;
    theme_resolve(b.ui->theme, b.ui->px_per_mm, false, &ctx->tok);
    b.root = box_new(ctx, NULL, BOX_LAYER, 0);
    b.root->fill = ctx->tok.ground;
    b.page = box_new(ctx, &b.root->w, BOX_COLUMN, 40);
    b.page->pad_x = b.page->pad_y = 60;
    return b;
}

static struct access_report bad_close(struct bad *b)
{
    struct access_report r;
    struct surface *s = display_surface(b->ui->display);
    widget_arrange(&b->root->w, &b->ui->ctx, rect_of(0, 0, s->w, s->h));
    widget_draw(&b->root->w, &b->ui->ctx, s);
    access_check(&b->root->w, &b->ui->ctx.tok, s, &r);
    ui_free(b->ui);
    return r;
}

static const struct widget_action some = {.act = ACT_INTENT, .intent = INTENT_NEXT};

static void small_and_crowded_buttons_are_caught(void)
{
    struct bad b = bad_open();
    struct widget_ctx *ctx = &b.ui->ctx;
    ctx->tok.target = (int)(9 * ctx->tok.px_per_mm);
    ctx->tok.gap = (int)(1 * ctx->tok.px_per_mm);
    ctx->tok.text_body = (int)(5 * ctx->tok.px_per_mm);
    struct box *row = box_new(ctx, &b.page->w, BOX_ROW, ctx->tok.gap);
    button_new(ctx, &row->w, "a", "1", BUTTON_CHIP, some)->pad = 2;
    button_new(ctx, &row->w, "b", "2", BUTTON_CHIP, some)->pad = 2;
    struct access_report r = bad_close(&b);
    CU_ASSERT_EQUAL(r.n[ACCESS_GAP], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_TARGET], 2);
}

static void rim_is_caught(void)
{
    struct bad b = bad_open();
    b.page->pad_x = 4;
    (void)button_new(&b.ui->ctx, &b.page->w, "a", "确定", BUTTON_MAIN, some);
    struct access_report r = bad_close(&b);
    CU_ASSERT_EQUAL(r.n[ACCESS_BEZEL], 1);
    CU_ASSERT_EQUAL(access_total(&r), 1);
}

static void pale_and_tiny_words_are_caught(void)
{
    struct bad b = bad_open();
    struct widget_ctx *ctx = &b.ui->ctx;
    (void)label_new(ctx, &b.page->w, "浅灰色的字", STYLE_BODY, 0xFFA0A0A0U, ctx->tok.ground);
    ctx->tok.text_small = (int)(5 * ctx->tok.px_per_mm);
    (void)label_new(ctx, &b.page->w, "太小的字", STYLE_SMALL, ctx->tok.ink, ctx->tok.ground);
    struct access_report r = bad_close(&b);
    CU_ASSERT_EQUAL(r.n[ACCESS_INK], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_CAP], 1);
    CU_ASSERT_EQUAL(access_total(&r), 2);
}

static void wrong_ground_is_caught(void)
{
    struct bad b = bad_open();
    struct widget_ctx *ctx = &b.ui->ctx;
    struct box *dark = box_new(ctx, &b.page->w, BOX_COLUMN, 0);
    dark->fill = ctx->tok.primary;
    (void)label_new(ctx, &dark->w, "深色上的深色字", STYLE_BODY, ctx->tok.ink, ctx->tok.card);
    struct access_report r = bad_close(&b);
    CU_ASSERT_EQUAL(r.n[ACCESS_GROUND], 1);
    CU_ASSERT_EQUAL(access_total(&r), 1);
}

static void cut_and_overlapping_words_are_caught(void)
{
    struct bad b = bad_open();
    struct widget_ctx *ctx = &b.ui->ctx;
    struct label *l = label_new(ctx, &b.page->w, "这一行字放不进这么窄的地方", STYLE_BODY,
                                ctx->tok.ink, ctx->tok.ground);
    l->max_lines = 1;
    l->w.basis = 120;
    struct box *layer = box_new(ctx, &b.page->w, BOX_LAYER, 0);
    (void)label_new(ctx, &layer->w, "上面的字", STYLE_BODY, ctx->tok.ink, ctx->tok.ground);
    (void)label_new(ctx, &layer->w, "下面的字", STYLE_BODY, ctx->tok.ink, ctx->tok.ground);
    struct access_report r = bad_close(&b);
    CU_ASSERT_EQUAL(r.n[ACCESS_CUT], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_OVERLAP], 1);
}

static void too_much_for_a_page_is_caught(void)
{
    struct bad b = bad_open();
    struct widget_ctx *ctx = &b.ui->ctx;
    for (int i = 0; i < 40; i++)
        (void)label_new(ctx, &b.page->w, "一行", STYLE_BODY, ctx->tok.ink, ctx->tok.ground);
    struct access_report r = bad_close(&b);
    CU_ASSERT(r.n[ACCESS_CUT] > 5);
}

static CU_TestInfo cases[] = {
    {"samples pass on 27 inch", samples_pass_on_27_inch},
    {"samples pass on 21.5 inch", samples_pass_on_21_inch},
    {"samples pass on 32 inch", samples_pass_on_32_inch},
    {"small and crowded buttons are caught", small_and_crowded_buttons_are_caught},
    {"rim is caught", rim_is_caught},
    {"pale and tiny words are caught", pale_and_tiny_words_are_caught},
    {"wrong ground is caught", wrong_ground_is_caught},
    {"cut and overlapping words are caught", cut_and_overlapping_words_are_caught},
    {"too much for a page is caught", too_much_for_a_page_is_caught},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access", cases)
