/* SPDX-License-Identifier: Apache-2.0 */
/* Bad screens: each rule catches what it is for, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "cunit_main.h"
#include "matrix.h"

struct bad {
    struct matrix m;
    struct ui *ui;
    struct box *root, *page;
};

static struct bad bad_open(void)
{
    struct bad b;
    matrix_open(&b.m, &matrix_standing[0]);
    b.ui = b.m.ui;
    struct widget_ctx *ctx = &b.ui->ctx;
    ui_use_prefs(b.ui, &(struct prefs){.text = TEXT_NORMAL});
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
    widget_focus_number(&b->root->w);
    access_check(&b->root->w, &b->ui->ctx.tok, s, &r);
    matrix_close(&b->m);
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

/* ---- the rules on plain lists ---- */

static const struct access_panel standing = {.w = 344, .h = 611};

static struct access_item button(const char *id, double x, double y, int focus)
{
    struct access_item i = {.text = id,
                            .role = "button",
                            .x = x,
                            .y = y,
                            .w = 60,
                            .h = 24,
                            .is_touch = true,
                            .is_enabled = true,
                            .focus = focus};
    snprintf(i.id, sizeof i.id, "%s", id);
    return i;
}

static struct access_report lint(const struct access_panel *panel, const struct access_item *item,
                                 int n)
{
    struct access_report r;
    access_lint(panel, item, n, &r);
    return r;
}

static void focus_gaps_and_doubles_are_caught(void)
{
    struct access_item good[] = {button("a", 20, 100, 1), button("b", 100, 100, 2),
                                 button("c", 20, 140, 3)};
    struct access_report r = lint(&standing, good, 3);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    struct access_item item[] = {good[0], good[1], good[2]};
    item[1].focus = 0; /* cannot be reached; the last place is beyond the number of places */
    item[2].focus = 4;
    r = lint(&standing, item, 3);
    CU_ASSERT_EQUAL(r.n[ACCESS_FOCUS], 2);
    item[1].focus = 1; /* twice */
    item[2].focus = 3;
    r = lint(&standing, item, 3);
    CU_ASSERT_EQUAL(r.n[ACCESS_FOCUS], 1);
    item[1] = good[1];
    item[1].is_enabled = false; /* reached though nothing happens */
    r = lint(&standing, item, 3);
    CU_ASSERT(r.n[ACCESS_FOCUS] > 0);
}

static void going_back_is_caught(void)
{
    struct access_item across[] = {button("a", 20, 100, 2), button("b", 100, 100, 1)};
    struct access_item down[] = {button("a", 20, 100, 2), button("b", 20, 140, 1)};
    struct access_panel from_right = standing;
    from_right.is_rtl = true;
    struct access_report r = lint(&standing, across, 2);
    CU_ASSERT_EQUAL(r.n[ACCESS_ORDER], 1);
    CU_ASSERT_EQUAL(access_total(&r), 1);
    r = lint(&from_right, across, 2);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    r = lint(&standing, down, 2);
    CU_ASSERT_EQUAL(r.n[ACCESS_ORDER], 1);
    across[0].focus = 1;
    across[1].focus = 2;
    r = lint(&from_right, across, 2);
    CU_ASSERT_EQUAL(r.n[ACCESS_ORDER], 1);
}

static void silent_buttons_are_caught(void)
{
    struct access_item item = button("a", 20, 100, 1);
    item.text = "";
    struct access_report r = lint(&standing, &item, 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_SAID], 1);
    CU_ASSERT_EQUAL(access_total(&r), 1);
    item.said = "上一页";
    r = lint(&standing, &item, 1);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    item.is_silent = true; /* whatever is written there */
    r = lint(&standing, &item, 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_SAID], 1);
}

static void what_stands_too_high_is_caught(void)
{
    struct access_panel low = standing;
    low.reach = low.h / 2;
    struct access_item item[] = {button("a", 20, 100, 1), button("b", 20, 400, 2)};
    struct access_report r = lint(&low, item, 2);
    CU_ASSERT_EQUAL(r.n[ACCESS_REACH], 1);
    CU_ASSERT_EQUAL(access_total(&r), 1);
}

static void large_text_asks_for_more(void)
{
    struct access_panel large = standing, high = standing;
    large.is_large = true;
    high.is_high_contrast = true;
    struct access_item item = button("a", 20, 100, 1);
    item.h = 18;
    item.is_text = true;
    item.cap = 6;
    item.contrast = 15;
    struct access_report r = lint(&standing, &item, 1);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    r = lint(&large, &item, 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_TARGET], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_CAP], 1);
    CU_ASSERT_EQUAL(access_total(&r), 2);
    r = lint(&high, &item, 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_INK], 1);
    CU_ASSERT_EQUAL(access_total(&r), 1);
}

/* The same rules on what a running terminal says about itself. */
static void dumps_are_measured(void)
{
    static const char good[] =
        "{\"ok\":true,\"width\":1080,\"height\":1920,\"px_per_mm\":3.0,\"state\":{},\"items\":["
        "{\"id\":\"next\",\"role\":\"button\",\"text\":\"下一步\",\"x\":60,\"y\":1500,\"w\":400,"
        "\"h\":80,\"enabled\":true,\"visible\":true,\"contrast\":9.5,\"touch\":true,\"order\":1},"
        "{\"id\":\"gone\",\"role\":\"button\",\"text\":\"\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,"
        "\"enabled\":true,\"visible\":false,\"contrast\":0}]}";
    static const char bad[] =
        "{\"ok\":true,\"width\":1080,\"height\":1920,\"px_per_mm\":3.0,\"state\":{},\"items\":["
        "{\"id\":\"a\",\"role\":\"button\",\"text\":\"小\",\"x\":6,\"y\":1500,\"w\":40,\"h\":40,"
        "\"enabled\":true,\"visible\":true,\"contrast\":3.1},"
        "{\"id\":\"b\",\"role\":\"button\",\"text\":\"\",\"x\":48,\"y\":1500,\"w\":90,\"h\":60,"
        "\"enabled\":true,\"visible\":true,\"contrast\":0}]}";
    struct access_report r;
    CU_ASSERT_EQUAL_FATAL(access_check_dump(good, &r), 0);
    CU_ASSERT_EQUAL(access_total(&r), 0);
    CU_ASSERT_EQUAL_FATAL(access_check_dump(bad, &r), 0);
    CU_ASSERT_EQUAL(r.n[ACCESS_TARGET], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_BEZEL], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_INK], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_GAP], 1);
    CU_ASSERT_EQUAL(r.n[ACCESS_SAID], 1);
    CU_ASSERT_EQUAL(access_total(&r), 5);
    CU_ASSERT_EQUAL(access_check_dump("{}", &r), -1);
}

static CU_TestInfo cases[] = {
    {"focus gaps and doubles are caught", focus_gaps_and_doubles_are_caught},
    {"going back is caught", going_back_is_caught},
    {"silent buttons are caught", silent_buttons_are_caught},
    {"what stands too high is caught", what_stands_too_high_is_caught},
    {"large text and high contrast ask for more", large_text_asks_for_more},
    {"dumps are measured", dumps_are_measured},
    {"small and crowded buttons are caught", small_and_crowded_buttons_are_caught},
    {"rim is caught", rim_is_caught},
    {"pale and tiny words are caught", pale_and_tiny_words_are_caught},
    {"wrong ground is caught", wrong_ground_is_caught},
    {"cut and overlapping words are caught", cut_and_overlapping_words_are_caught},
    {"too much for a page is caught", too_much_for_a_page_is_caught},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("screen.access_rules", cases)
