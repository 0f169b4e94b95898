/* SPDX-License-Identifier: Apache-2.0 */
/* The input panel by touch: every kind of input from the keys to the text that is delivered. */
#include <string.h>

#include "cunit_main.h"
#include "ui/widget/keyboard.h"

#define ASSETS YJ_SOURCE_DIR "/assets"
enum { PANEL_W = 1080, PANEL_H = 1920 };

struct world {
    struct font_set *fonts;
    struct text_set *texts;
    struct theme *theme;
    struct keyboard *kb;
    struct tokens tokens;
    int n_done;
    bool is_cancelled;
    char text[KEYBOARD_TEXT_BYTES];
};

static void done(void *arg, const char *text)
{
    struct world *w = arg;
    w->n_done++;
    w->is_cancelled = !text;
    snprintf(w->text, sizeof w->text, "%s", text ? text : "");
}

static void setup(struct world *w, bool is_elder)
{
    struct err err = {0};
    *w = (struct world){0};
    if (font_set_new(ASSETS, &w->fonts, &err) || text_set_new(ASSETS, NULL, 0, &w->texts, &err) ||
        theme_new(ASSETS, "default", &w->theme, &err))
        CU_FAIL_FATAL("assets");
    theme_resolve(w->theme, &(struct theme_panel){PANEL_W / 344.0, PANEL_W, PANEL_H},
                  &(struct prefs){.text = TEXT_NORMAL, .is_elder = is_elder}, &w->tokens);
    struct keyboard_cfg cfg = {.fonts = w->fonts, .texts = w->texts, .done = done, .arg = w};
    w->kb = keyboard_new(&cfg);
}

static void teardown(struct world *w)
{
    keyboard_free(w->kb);
    theme_free(w->theme);
    text_set_free(w->texts);
    font_set_free(w->fonts);
}

static void open_for(struct world *w, enum view_input input, const char *text, size_t max_chars)
{
    struct keyboard_job job = {.input = input,
                               .label = "标签",
                               .text = text,
                               .max_chars = max_chars,
                               .year = 2026,
                               .month = 11,
                               .day = 23};
    keyboard_open(w->kb, &job, &w->tokens, PANEL_W, PANEL_H);
}

struct search {
    const char *id, *text; /* either */
    bool is_found;
    struct keyboard_item item;
    char shown[KEYBOARD_TEXT_BYTES];
};

static void match(void *arg, const struct keyboard_item *item)
{
    struct search *s = arg;
    bool is_it = s->id ? strcmp(item->id, s->id) == 0
                       : strcmp(item->role, "candidate") == 0 && strcmp(item->text, s->text) == 0;
    if (s->is_found || !is_it)
        return;
    s->is_found = true;
    s->item = *item;
    snprintf(s->shown, sizeof s->shown, "%s", item->text);
}

static struct search look(struct world *w, const char *id)
{
    struct search s = {.id = id};
    keyboard_each_item(w->kb, match, &s);
    return s;
}

static void tap_rect(struct world *w, struct rect r)
{
    keyboard_touch_down(w->kb, r.x + r.w / 2, r.y + r.h / 2);
    keyboard_touch_up(w->kb, r.x + r.w / 2, r.y + r.h / 2);
}

static void tap(struct world *w, const char *id)
{
    struct search s = look(w, id);
    if (!s.is_found)
        fprintf(stderr, "no %s\n", id);
    CU_ASSERT_FATAL(s.is_found);
    tap_rect(w, s.item.rect);
}

static void tap_keys(struct world *w, const char *keys)
{
    for (; *keys; keys++) {
        char id[8] = {'k', 'e', 'y', '.', *keys};
        tap(w, id);
    }
}

/* Choose a candidate, turning pages as a person would. */
static void tap_candidate(struct world *w, const char *text)
{
    for (int page = 0; page < 60; page++) {
        struct search s = {.text = text};
        keyboard_each_item(w->kb, match, &s);
        if (s.is_found) {
            tap_rect(w, s.item.rect);
            return;
        }
        if (!look(w, "key.next").item.is_enabled)
            break;
        tap(w, "key.next");
    }
    fprintf(stderr, "no candidate %s\n", text);
    CU_FAIL("candidate");
}

static void expect_shown(struct world *w, const char *text)
{
    CU_ASSERT_STRING_EQUAL(look(w, "keyboard.text").shown, text);
}

static void expect_done(struct world *w, const char *text)
{
    tap(w, "key.ok");
    CU_ASSERT_EQUAL(w->n_done, 1);
    CU_ASSERT_FALSE(w->is_cancelled);
    CU_ASSERT_STRING_EQUAL(w->text, text);
    CU_ASSERT_FALSE(keyboard_is_open(w->kb));
}

static void name_by_pinyin(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    CU_ASSERT_FALSE(look(&w, "key.ok").item.is_enabled);
    tap_keys(&w, "zhangxiaobao");
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "zhang xiao bao");
    tap_candidate(&w, "张");
    expect_shown(&w, "张");
    tap_candidate(&w, "小");
    tap_candidate(&w, "宝");
    expect_shown(&w, "张小宝");
    tap(&w, "key.dot");
    expect_shown(&w, "张小宝·");
    tap(&w, "key.delete");
    expect_done(&w, "张小宝");
    teardown(&w);
}

/* Letters that wait are never delivered unseen: the first 确定 turns them into characters. */
static void ok_shows_before_it_delivers(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_ADDRESS, NULL, 60);
    tap_keys(&w, "beijing");
    tap(&w, "key.ok");
    CU_ASSERT_EQUAL(w.n_done, 0);
    expect_shown(&w, "北京");
    expect_done(&w, "北京");
    teardown(&w);
}

static void text_mixes_pages(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_ADDRESS, "北京", 60);
    expect_shown(&w, "北京");
    tap_keys(&w, "shi");
    tap(&w, "key.space");
    tap(&w, "key.symbols");
    tap_keys(&w, "1-2");
    tap(&w, "key.letters");
    tap(&w, "method.english");
    tap(&w, "key.shift");
    tap_keys(&w, "a");
    tap(&w, "key.shift");
    tap_keys(&w, "b");
    struct search s = look(&w, "keyboard.text");
    CU_ASSERT_PTR_NOT_NULL(strstr(s.shown, "1-2Ab"));
    CU_ASSERT_EQUAL(strncmp(s.shown, "北京", 6), 0);
    tap(&w, "key.clear");
    expect_shown(&w, "");
    expect_done(&w, ""); /* clearing a filled field is an answer */
    teardown(&w);
}

static void more_shows_a_page_of_candidates(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    tap_keys(&w, "yi");
    tap(&w, "key.more");
    CU_ASSERT_FALSE(look(&w, "key.y").is_found);
    CU_ASSERT(look(&w, "candidate#24").is_found);
    tap(&w, "key.next");
    CU_ASSERT_FALSE(look(&w, "candidate#0").is_found);
    tap(&w, "key.prev");
    CU_ASSERT(look(&w, "candidate#0").is_found);
    tap_candidate(&w, "毅");
    CU_ASSERT(look(&w, "key.y").is_found);
    expect_done(&w, "毅");
    teardown(&w);
}

static void id_number(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_IDNO, NULL, 18);
    CU_ASSERT_FALSE(look(&w, "key.X").item.is_enabled);
    tap_keys(&w, "11010519491231002");
    expect_shown(&w, "110105 19491231 002");
    CU_ASSERT(look(&w, "key.X").item.is_enabled);
    tap(&w, "key.X");
    CU_ASSERT_FALSE(look(&w, "key.1").item.is_enabled);
    tap(&w, "key.1");
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.count").shown, "18 / 18");
    expect_done(&w, "11010519491231002X");
    teardown(&w);
}

static void mobile_number(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_MOBILE, NULL, 0);
    tap_keys(&w, "138000000009");
    expect_shown(&w, "138 0000 0000");
    expect_done(&w, "13800000000");
    teardown(&w);
}

static void capitals_and_limit(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_LATIN, NULL, 4);
    tap_keys(&w, "k1zq9");
    expect_done(&w, "K1ZQ");
    teardown(&w);
}

static void candidates_are_cut_at_the_limit(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_TEXT, "一二三", 4);
    tap_keys(&w, "beijing");
    tap(&w, "key.space");
    expect_done(&w, "一二三北");
    teardown(&w);
}

/* A sign stands first, a point once and behind a digit; keys that cannot follow are off. */
static void number_with_sign_and_point(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NUMBER, NULL, 12);
    CU_ASSERT_FALSE(look(&w, "key..").item.is_enabled);
    tap_keys(&w, "-");
    CU_ASSERT_FALSE(look(&w, "key.-").item.is_enabled);
    CU_ASSERT_FALSE(look(&w, "key..").item.is_enabled);
    tap_keys(&w, "12.");
    CU_ASSERT_FALSE(look(&w, "key..").item.is_enabled);
    tap_keys(&w, "5");
    tap_keys(&w, "."); /* does nothing */
    expect_shown(&w, "-12.5");
    expect_done(&w, "-12.5");
    w.n_done = 0;
    open_for(&w, INPUT_NUMBER, "1-2", 12);
    expect_shown(&w, "1"); /* nothing behind what does not belong there */
    teardown(&w);
}

static void email_in_small_letters(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_EMAIL, NULL, 20);
    CU_ASSERT_FALSE(look(&w, "key.@").item.is_enabled);
    tap_keys(&w, "li_9-a@x");
    CU_ASSERT_FALSE(look(&w, "key.@").item.is_enabled);
    tap(&w, "key..com");
    expect_shown(&w, "li_9-a@x.com");
    expect_done(&w, "li_9-a@x.com");
    teardown(&w);
}

static void date_by_calendar(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_DATE, NULL, 0);
    CU_ASSERT_FALSE(look(&w, "key.ok").item.is_enabled);
    CU_ASSERT_STRING_EQUAL(look(&w, "date.month").shown, "11月");
    CU_ASSERT(look(&w, "date.day#30").is_found);
    CU_ASSERT_FALSE(look(&w, "date.day#31").is_found);
    tap(&w, "date.day#20");
    expect_shown(&w, "2026年11月20日");
    expect_done(&w, "2026-11-20");
    w.n_done = 0;
    open_for(&w, INPUT_DATE, "2024-01-31", 0);
    CU_ASSERT(look(&w, "date.day#31").item.is_selected);
    tap(&w, "date.next");
    CU_ASSERT(look(&w, "date.day#29").is_found); /* a leap year */
    CU_ASSERT_FALSE(look(&w, "date.day#30").is_found);
    tap(&w, "date.prev");
    tap(&w, "date.prev");
    CU_ASSERT_STRING_EQUAL(look(&w, "date.year").shown, "2023年");
    CU_ASSERT_STRING_EQUAL(look(&w, "date.month").shown, "12月");
    tap(&w, "date.year");
    tap(&w, "date.prev");
    tap(&w, "date.year#2019");
    tap(&w, "date.month#2");
    CU_ASSERT_FALSE(look(&w, "date.day#29").is_found);
    tap(&w, "date.day#28");
    expect_done(&w, "2019-02-28");
    teardown(&w);
}

/* 1 November 2026 is a Sunday: the last column of a week that starts on Monday. */
static void weekdays_are_right(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_DATE, NULL, 0);
    CU_ASSERT_EQUAL(look(&w, "date.day#1").item.rect.x, look(&w, "date.day#22").item.rect.x);
    CU_ASSERT_EQUAL(look(&w, "date.day#1").item.rect.x, look(&w, "date.sun").item.rect.x);
    CU_ASSERT_EQUAL(look(&w, "date.day#23").item.rect.x, look(&w, "date.mon").item.rect.x);
    teardown(&w);
}

static void bad_starting_text_is_left_out(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_DATE, "2026-02-30", 0);
    expect_shown(&w, "");
    open_for(&w, INPUT_MOBILE, "abc", 0);
    expect_shown(&w, "");
    open_for(&w, INPUT_NAME, "\xff\xfe", 0);
    expect_shown(&w, "");
    teardown(&w);
}

static void cancel_and_sliding_off(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_DIGITS, "12", 6);
    struct rect r = look(&w, "key.3").item.rect;
    keyboard_touch_down(w.kb, r.x + 5, r.y + 5);
    keyboard_touch_move(w.kb, r.x - 40, r.y + 5);
    keyboard_touch_up(w.kb, r.x + 5, r.y + 5);
    expect_shown(&w, "12");
    tap(&w, "key.cancel");
    CU_ASSERT_EQUAL(w.n_done, 1);
    CU_ASSERT(w.is_cancelled);
    CU_ASSERT_FALSE(keyboard_is_open(w.kb));
    teardown(&w);
}

static void real_keys_work_too(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_DIGITS, NULL, 6);
    CU_ASSERT(keyboard_press(w.kb, "Keypad 4"));
    CU_ASSERT(keyboard_press(w.kb, "2"));
    CU_ASSERT(keyboard_press(w.kb, "Backspace"));
    CU_ASSERT_FALSE(keyboard_press(w.kb, "F1"));
    CU_ASSERT(keyboard_press(w.kb, "Return"));
    CU_ASSERT_STRING_EQUAL(w.text, "4");
    CU_ASSERT_FALSE(keyboard_press(w.kb, "1"));
    teardown(&w);
}

/* After a wipe none of the typed bytes is anywhere in what the panel tells or draws. */
static void wipe_forgets(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, "张小宝", 20);
    tap_keys(&w, "bao");
    keyboard_wipe(w.kb);
    CU_ASSERT_FALSE(keyboard_is_open(w.kb));
    CU_ASSERT_EQUAL(w.n_done, 0);
    CU_ASSERT_FALSE(look(&w, "keyboard.text").is_found);
    open_for(&w, INPUT_NAME, NULL, 20);
    expect_shown(&w, "");
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "");
    CU_ASSERT_FALSE(look(&w, "candidate#0").is_found);
    teardown(&w);
}

struct sizes {
    int least_px, n_small, n_touchable, n_low_contrast;
    struct rect all[160];
    int n_overlaps;
};

static void measure(void *arg, const struct keyboard_item *item)
{
    struct sizes *s = arg;
    bool is_touchable = strcmp(item->role, "text") != 0 && strcmp(item->role, "field") != 0;
    s->n_low_contrast += item->is_enabled && theme_contrast(item->ink, item->ground) < 4.5;
    if (!is_touchable)
        return;
    s->n_small += item->rect.w < s->least_px || item->rect.h < s->least_px;
    bool is_outside = item->rect.x < 0 || item->rect.x + item->rect.w > PANEL_W ||
                      item->rect.y < 0 || item->rect.y + item->rect.h > PANEL_H;
    s->n_overlaps += is_outside;
    for (int i = 0; i < s->n_touchable; i++)
        s->n_overlaps += !rect_is_empty(rect_intersect(s->all[i], item->rect));
    s->all[s->n_touchable++] = item->rect;
}

/* Every key of every page is at least 15 mm (20 mm for elders), apart from the others, readable. */
static void targets_are_large_and_apart(void)
{
    static const enum view_input inputs[] = {INPUT_NAME,   INPUT_ADDRESS, INPUT_IDNO, INPUT_MOBILE,
                                             INPUT_DIGITS, INPUT_LATIN,   INPUT_DATE};
    for (int is_elder = 0; is_elder < 2; is_elder++) {
        struct world w;
        setup(&w, is_elder);
        for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
            open_for(&w, inputs[i], NULL, 0);
            for (int page = 0; page < 3; page++) {
                struct sizes s = {.least_px = (int)((is_elder ? 20 : 15) * PANEL_W / 344.0)};
                keyboard_each_item(w.kb, measure, &s);
                CU_ASSERT(s.n_touchable > 10);
                CU_ASSERT_EQUAL(s.n_small, 0);
                CU_ASSERT_EQUAL(s.n_overlaps, 0);
                CU_ASSERT_EQUAL(s.n_low_contrast, 0);
                if (inputs[i] == INPUT_NAME && page == 0)
                    tap_keys(&w, "yi");
                else if (inputs[i] == INPUT_NAME)
                    tap(&w, "key.more");
                else if (inputs[i] == INPUT_ADDRESS && page < 2)
                    tap(&w, page ? "key.letters" : "key.symbols");
                else if (inputs[i] == INPUT_DATE)
                    tap(&w, page ? "date.month" : "date.year");
            }
        }
        teardown(&w);
    }
}

/* Only the sheet is drawn, and only what changed is asked for again. */
static void draws_inside_the_sheet(void)
{
    struct world w;
    setup(&w, false);
    struct surface *s = surface_new(PANEL_W, PANEL_H);
    surface_fill(s, rect_of(0, 0, PANEL_W, PANEL_H), 0xFF123456u);
    open_for(&w, INPUT_NAME, NULL, 20);
    struct rect sheet = keyboard_rect(w.kb), dirty = keyboard_take_dirty(w.kb);
    CU_ASSERT_EQUAL(dirty.h, sheet.h);
    keyboard_draw(w.kb, s);
    int n_above = 0;
    for (int y = 0; y < sheet.y; y++)
        for (int x = 0; x < PANEL_W; x++)
            n_above += s->px[y * s->stride + x] != 0xFF123456u;
    CU_ASSERT_EQUAL(n_above, 0);
    CU_ASSERT_NOT_EQUAL(s->px[(sheet.y + sheet.h / 2) * s->stride + 5], 0xFF123456u);
    CU_ASSERT(rect_is_empty(keyboard_take_dirty(w.kb)));
    tap_keys(&w, "zh");
    keyboard_take_dirty(w.kb);
    tap_keys(&w, "a");
    dirty = keyboard_take_dirty(w.kb);
    CU_ASSERT(!rect_is_empty(dirty) && dirty.h < sheet.h);
    tap(&w, "key.cancel");
    dirty = keyboard_take_dirty(w.kb);
    CU_ASSERT(dirty.y <= sheet.y && dirty.h >= sheet.h);
    surface_free(s);
    teardown(&w);
}

/* ---- other ways to write ---- */

static void draw_stroke(struct world *w, int x0, int y0, int x1, int y1)
{
    enum { STEPS = 8 };
    keyboard_touch_down(w->kb, x0, y0);
    for (int i = 1; i <= STEPS; i++)
        keyboard_touch_move(w->kb, x0 + (x1 - x0) * i / STEPS, y0 + (y1 - y0) * i / STEPS);
    keyboard_touch_up(w->kb, x1, y1);
}

/* 十, across the square: it begins at the text's edge and ends above 撤销. */
static void write_ten(struct world *w)
{
    struct rect undo = look(w, "key.undo").item.rect;
    int x = undo.x, y = undo.y - w->tokens.gap, d = w->tokens.target * 3;
    draw_stroke(w, x + d / 5, y - d / 2, x + d * 4 / 5, y - d / 2);
    draw_stroke(w, x + d / 2, y - d * 9 / 10, x + d / 2, y - d / 10);
}

static void name_by_handwriting(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    tap(&w, "method.hand");
    CU_ASSERT(look(&w, "method.hand").item.is_selected);
    CU_ASSERT_FALSE(look(&w, "key.undo").item.is_enabled);
    (void)keyboard_take_dirty(w.kb);
    struct rect undo = look(&w, "key.undo").item.rect;
    keyboard_touch_down(w.kb, undo.x + 40, undo.y - 60);
    keyboard_touch_move(w.kb, undo.x + 50, undo.y - 62);
    struct rect dirty = keyboard_take_dirty(w.kb);
    CU_ASSERT(!rect_is_empty(dirty) && dirty.w < 80 && dirty.h < 80); /* ink draws little */
    keyboard_touch_up(w.kb, undo.x + 50, undo.y - 62);
    tap(&w, "key.undo");
    CU_ASSERT_FALSE(look(&w, "candidate#0").is_found);
    write_ten(&w);
    CU_ASSERT(look(&w, "candidate#7").is_found); /* eight at least */
    tap_candidate(&w, "十");
    expect_shown(&w, "十");
    CU_ASSERT_FALSE(look(&w, "candidate#0").is_found);
    write_ten(&w);
    tap(&w, "key.rewrite");
    CU_ASSERT_FALSE(look(&w, "candidate#0").is_found);
    expect_done(&w, "十");
    teardown(&w);
}

static void name_by_strokes(void)
{
    static const char *const zhang[] = {"zhe", "heng", "any", "pie", "heng", "zhe", "dian"};
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    tap(&w, "method.strokes");
    for (size_t i = 0; i < sizeof zhang / sizeof *zhang; i++) {
        char id[32];
        snprintf(id, sizeof id, "key.stroke.%s", zhang[i]);
        tap(&w, id);
    }
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "乛一？丿一乛丶");
    tap_candidate(&w, "张");
    expect_shown(&w, "张");
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "");
    CU_ASSERT(keyboard_press(w.kb, "1")); /* a keypad's digits are strokes */
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "一");
    tap(&w, "key.delete");
    expect_done(&w, "张");
    teardown(&w);
}

static void rare_name_by_parts_and_code(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    tap(&w, "method.rare");
    tap_keys(&w, "ji");
    tap_candidate(&w, "吉");
    tap_keys(&w, "ji");
    tap_candidate(&w, "吉");
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "吉 + 吉 + ");
    tap_candidate(&w, "喆");
    expect_shown(&w, "喆");
    tap(&w, "key.code");
    tap_keys(&w, "20BB7");
    tap_candidate(&w, "𠮷");
    tap_keys(&w, "20BB7");
    tap(&w, "key.delete");
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "20BB");
    tap(&w, "key.clear");
    expect_shown(&w, "");
    tap_keys(&w, "9534B235"); /* the same by GB 18030 */
    tap(&w, "key.ok");        /* shown first, then delivered */
    CU_ASSERT_EQUAL(w.n_done, 0);
    expect_done(&w, "𠮷");
    teardown(&w);
}

/* The way somebody chose stays until he leaves. */
static void method_lasts_as_long_as_the_visit(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    tap(&w, "method.strokes");
    tap(&w, "key.cancel");
    open_for(&w, INPUT_TEXT, NULL, 20);
    CU_ASSERT(look(&w, "method.strokes").item.is_selected);
    tap(&w, "method.symbols"); /* a detour, not a choice */
    tap(&w, "key.letters");
    CU_ASSERT(look(&w, "method.strokes").item.is_selected);
    keyboard_wipe(w.kb);
    open_for(&w, INPUT_NAME, NULL, 20);
    CU_ASSERT(look(&w, "method.pinyin").item.is_selected);
    teardown(&w);
}

static void missing_data_are_not_offered(void)
{
    struct world w;
    setup(&w, false);
    struct keyboard_cfg cfg = {.fonts = w.fonts,
                               .texts = w.texts,
                               .handwriting_model = "/nonexistent/model",
                               .stroke_dictionary = "/nonexistent/strokes",
                               .done = done,
                               .arg = &w};
    keyboard_free(w.kb);
    w.kb = keyboard_new(&cfg);
    open_for(&w, INPUT_NAME, NULL, 20);
    CU_ASSERT_FALSE(look(&w, "method.hand").is_found);
    CU_ASSERT_FALSE(look(&w, "method.strokes").is_found);
    tap(&w, "method.rare");
    tap_keys(&w, "jiji");
    tap_candidate(&w, "积极"); /* no parts without strokes, and no crash */
    tap(&w, "key.code");
    tap_keys(&w, "5586");
    tap_candidate(&w, "喆");
    expect_done(&w, "喆");
    teardown(&w);
}

/* A number that is there already is hidden; a key shows it. What is typed newly can be read. */
static void numbers_can_be_hidden(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_IDNO, "11010519491231002X", 18);
    expect_shown(&w, "****** ******** ****");
    tap(&w, "key.eye");
    expect_shown(&w, "110105 19491231 002X");
    tap(&w, "key.eye");
    tap(&w, "key.delete");
    tap_keys(&w, "X");
    expect_shown(&w, "****** ******** ***X");
    expect_done(&w, "11010519491231002X");
    w.n_done = 0;
    open_for(&w, INPUT_IDNO, NULL, 18);
    tap_keys(&w, "110");
    expect_shown(&w, "110");
    tap(&w, "key.cancel");
    open_for(&w, INPUT_DIGITS, "6222020200112233445", 19);
    expect_shown(&w, "6222 0202 0011 2233 445");
    teardown(&w);
}

static bool regions(void *arg, const char *parent, size_t at, const char **ret_code,
                    const char **ret_name)
{
    static const struct {
        const char *parent, *code, *name;
    } all[] = {{"", "110000", "北京市"},
               {"", "430000", "湖南省"},
               {"430000", "430100", "长沙市"},
               {"430100", "430102", "芙蓉区"}};
    (void)arg;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].parent, parent) != 0 || at-- != 0)
            continue;
        *ret_code = all[i].code;
        *ret_name = all[i].name;
        return true;
    }
    return false;
}

static void address_begins_with_its_region(void)
{
    struct world w;
    setup(&w, false);
    struct keyboard_cfg cfg = {
        .fonts = w.fonts, .texts = w.texts, .regions = {.at = regions}, .done = done, .arg = &w};
    keyboard_free(w.kb);
    w.kb = keyboard_new(&cfg);
    open_for(&w, INPUT_ADDRESS, NULL, 60);
    CU_ASSERT_FALSE(look(&w, "region.up").item.is_enabled);
    tap(&w, "region#1");
    tap(&w, "region#0");
    expect_shown(&w, "湖南省长沙市");
    tap(&w, "region.up");
    expect_shown(&w, "湖南省");
    tap(&w, "region#0");
    tap(&w, "region#0");
    expect_shown(&w, "湖南省长沙市芙蓉区");
    CU_ASSERT(look(&w, "key.a").is_found); /* the street is typed */
    tap(&w, "method.symbols");
    tap_keys(&w, "12");
    expect_done(&w, "湖南省长沙市芙蓉区12");
    open_for(&w, INPUT_ADDRESS, "湖南省长沙市芙蓉区", 60);
    CU_ASSERT(look(&w, "key.a").is_found);
    CU_ASSERT(look(&w, "method.region").is_found);
    keyboard_close(w.kb);
    open_for(&w, INPUT_NAME, NULL, 60);
    CU_ASSERT_FALSE(look(&w, "method.region").is_found);
    teardown(&w);
}

/* Without looking: items by id, and letters by the digits of a keypad. */
static void keypad_types_letters(void)
{
    struct world w;
    setup(&w, false);
    open_for(&w, INPUT_NAME, NULL, 20);
    CU_ASSERT(keyboard_press(w.kb, "9"));
    CU_ASSERT(keyboard_press(w.kb, "9"));
    CU_ASSERT(keyboard_press(w.kb, "9"));
    CU_ASSERT(keyboard_press(w.kb, "9")); /* w x y z */
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "z");
    CU_ASSERT(keyboard_tap_digit(w.kb, 4));
    CU_ASSERT(keyboard_tap_digit(w.kb, 4)); /* h */
    CU_ASSERT(keyboard_tap_digit(w.kb, 2)); /* a */
    CU_ASSERT(keyboard_tap_next(w.kb));
    CU_ASSERT_FALSE(keyboard_tap_next(w.kb));
    CU_ASSERT(keyboard_tap_digit(w.kb, 6));
    CU_ASSERT(keyboard_tap_digit(w.kb, 6)); /* n */
    CU_ASSERT(keyboard_tap_digit(w.kb, 4)); /* g */
    CU_ASSERT_STRING_EQUAL(look(&w, "keyboard.reading").shown, "zhang");
    CU_ASSERT(keyboard_activate(w.kb, "candidate#1"));
    CU_ASSERT_FALSE(keyboard_activate(w.kb, "candidate#1"));
    CU_ASSERT_FALSE(keyboard_activate(w.kb, "no such key"));
    CU_ASSERT(keyboard_activate(w.kb, "key.ok"));
    CU_ASSERT_EQUAL(w.n_done, 1);
    CU_ASSERT_FALSE(keyboard_tap_digit(w.kb, 2)); /* closed */
    teardown(&w);
}

static void has_words(void *arg, const struct keyboard_item *item)
{
    int *n_dumb = arg;
    bool is_sign = item->text[0] && !item->text[1] &&
                   !((item->text[0] | 0x20) >= 'a' && (item->text[0] | 0x20) <= 'z') &&
                   !(item->text[0] >= '0' && item->text[0] <= '9') &&
                   (unsigned char)item->text[0] < 0x80;
    bool is_key = strcmp(item->role, "key") == 0;
    if (is_key && is_sign && strcmp(item->said, item->text) == 0)
        fprintf(stderr, "%s has no words\n", item->id);
    *n_dumb += !item->said || (is_key && is_sign && strcmp(item->said, item->text) == 0);
}

static void every_key_has_words(void)
{
    static const char *const methods[] = {"method.pinyin", "method.hand",    "method.strokes",
                                          "method.rare",   "method.english", "method.symbols"};
    struct world w;
    int n_dumb = 0;
    setup(&w, false);
    open_for(&w, INPUT_TEXT, NULL, 60);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        tap(&w, methods[i]);
        keyboard_each_item(w.kb, has_words, &n_dumb);
    }
    open_for(&w, INPUT_EMAIL, NULL, 60);
    keyboard_each_item(w.kb, has_words, &n_dumb);
    CU_ASSERT_EQUAL(n_dumb, 0);
    teardown(&w);
}

/* ---- every panel ---- */

struct panel {
    int w, h;
    double width_mm;
};

struct rules {
    const struct panel *panel;
    double px_per_mm;
    bool is_large;
    int n_small, n_near, n_outside, n_cut, n_all;
    struct rect all[160];
    const char *where;
};

static void rule(void *arg, const struct keyboard_item *item)
{
    struct rules *r = arg;
    double least = (r->is_large ? 20 : 15) * r->px_per_mm - 1, gap = 3 * r->px_per_mm - 1.5;
    struct rect a = item->rect;
    if (!strcmp(item->role, "text") || !strcmp(item->role, "field") || r->n_all == 160)
        return;
    bool is_small = a.w < least || a.h < least;
    bool is_outside = a.x < 0 || a.y < 0 || a.x + a.w > r->panel->w || a.y + a.h > r->panel->h;
    r->n_small += is_small;
    r->n_outside += is_outside;
    r->n_cut += item->is_cut && strcmp(item->role, "candidate") != 0;
    if (is_small || is_outside || (item->is_cut && strcmp(item->role, "candidate") != 0))
        fprintf(stderr, "%dx%d %s: %s [%s] %d %d %d %d\n", r->panel->w, r->panel->h, r->where,
                item->id, item->text, a.x, a.y, a.w, a.h);
    for (int i = 0; i < r->n_all; i++) {
        struct rect b = r->all[i];
        int dx = a.x > b.x ? a.x - b.x - b.w : b.x - a.x - a.w;
        int dy = a.y > b.y ? a.y - b.y - b.h : b.y - a.y - a.h;
        bool is_near = dx < gap && dy < gap;
        r->n_near += is_near;
        if (is_near)
            fprintf(stderr, "%dx%d %s: %s near #%d %d %d\n", r->panel->w, r->panel->h, r->where,
                    item->id, i, dx, dy);
    }
    r->all[r->n_all++] = a;
}

static void obey(struct world *w, const struct panel *p, bool is_large, const char *where)
{
    struct rules r = {
        .panel = p, .px_per_mm = p->w / p->width_mm, .is_large = is_large, .where = where};
    keyboard_each_item(w->kb, rule, &r);
    CU_ASSERT(r.n_all > 5);
    CU_ASSERT_EQUAL(r.n_small, 0);
    CU_ASSERT_EQUAL(r.n_outside, 0);
    CU_ASSERT_EQUAL(r.n_cut, 0);
    CU_ASSERT_EQUAL(r.n_near, 0);
}

static void walk_methods(struct world *w, const struct panel *p, bool is_large)
{
    static const char *const methods[] = {"method.pinyin", "method.hand",    "method.strokes",
                                          "method.rare",   "method.english", "method.symbols",
                                          "method.region"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (!look(w, methods[i]).is_found && keyboard_activate(w->kb, "key.method"))
            obey(w, p, is_large, "methods");
        CU_ASSERT(keyboard_activate(w->kb, methods[i]));
        obey(w, p, is_large, methods[i]);
        if (i == 0 || i == 3) {
            CU_ASSERT(keyboard_press(w->kb, "y") && keyboard_press(w->kb, "i"));
            obey(w, p, is_large, "candidates");
            CU_ASSERT(keyboard_activate(w->kb, "key.more"));
            obey(w, p, is_large, "more");
            CU_ASSERT(keyboard_activate(w->kb, "key.more"));
        }
        if (i == 1) {
            write_ten(w);
            obey(w, p, is_large, "ink");
        }
        if (i == 3 && keyboard_activate(w->kb, "key.code"))
            obey(w, p, is_large, "code");
        if (i == 4 && keyboard_activate(w->kb, "key.pqrs"))
            obey(w, p, is_large, "group");
        if (i == 5 && keyboard_activate(w->kb, "key.marks"))
            obey(w, p, is_large, "marks");
    }
}

/* Standing and lying panels from 10 to 27 inches, every text size: 15 mm, 20 mm for large text,
 * 3 mm apart, nothing outside, no word cut. */
static void every_panel_keeps_the_rules(void)
{
    static const struct panel panels[] = {
        {1080, 1920, 344}, {1920, 1080, 598}, {1366, 768, 344}, {800, 1280, 135}, {1280, 800, 216}};
    static const enum view_input inputs[] = {INPUT_IDNO,  INPUT_MOBILE, INPUT_LATIN,
                                             INPUT_EMAIL, INPUT_NUMBER, INPUT_DATE};
    struct world w;
    setup(&w, false);
    struct keyboard_cfg cfg = {
        .fonts = w.fonts, .texts = w.texts, .regions = {.at = regions}, .done = done, .arg = &w};
    keyboard_free(w.kb);
    w.kb = keyboard_new(&cfg);
    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        for (int text = 0; text < PREFS_N_TEXT; text++) {
            const struct panel *panel = &panels[p];
            struct keyboard_job job = {.input = INPUT_ADDRESS, .label = "地址"};
            theme_resolve(w.theme,
                          &(struct theme_panel){panel->w / panel->width_mm, panel->w, panel->h},
                          &(struct prefs){.text = (uint8_t)text}, &w.tokens);
            keyboard_open(w.kb, &job, &w.tokens, panel->w, panel->h);
            walk_methods(&w, panel, w.tokens.is_large);
            for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
                job.input = inputs[i];
                keyboard_open(w.kb, &job, &w.tokens, panel->w, panel->h);
                obey(&w, panel, w.tokens.is_large, "number pad");
            }
        }
    }
    teardown(&w);
}

/* Where no calendar fits a date is typed; what makes no day is refused. */
static void date_by_digits(void)
{
    struct world w;
    setup(&w, false);
    struct keyboard_job job = {
        .input = INPUT_DATE, .label = "日期", .year = 2026, .month = 1, .day = 1};
    theme_resolve(w.theme, &(struct theme_panel){800 / 135.0, 800, 1280},
                  &(struct prefs){.text = TEXT_NORMAL}, &w.tokens);
    keyboard_open(w.kb, &job, &w.tokens, 800, 1280);
    tap_keys(&w, "32024029");
    expect_shown(&w, "2024-02"); /* no year begins with 3, no day with 9 */
    tap_keys(&w, "2");
    CU_ASSERT_FALSE(look(&w, "key.ok").item.is_enabled);
    tap_keys(&w, "9");
    expect_shown(&w, "2024年2月29日");
    tap(&w, "key.delete");
    tap(&w, "key.delete");
    expect_shown(&w, "2024-02");
    tap_keys(&w, "10");
    expect_done(&w, "2024-02-10");
    teardown(&w);
}

static CU_TestInfo cases[] = {
    {"a name by pinyin", name_by_pinyin},
    {"ok shows before it delivers", ok_shows_before_it_delivers},
    {"text mixes pages", text_mixes_pages},
    {"more shows a page of candidates", more_shows_a_page_of_candidates},
    {"an id number", id_number},
    {"a mobile number", mobile_number},
    {"capitals and limit", capitals_and_limit},
    {"candidates are cut at the limit", candidates_are_cut_at_the_limit},
    {"a number with sign and point", number_with_sign_and_point},
    {"an e-mail address in small letters", email_in_small_letters},
    {"a date by calendar", date_by_calendar},
    {"weekdays are right", weekdays_are_right},
    {"a bad starting text is left out", bad_starting_text_is_left_out},
    {"cancel, and sliding off", cancel_and_sliding_off},
    {"real keys work too", real_keys_work_too},
    {"wipe forgets", wipe_forgets},
    {"a name by handwriting", name_by_handwriting},
    {"a name by strokes", name_by_strokes},
    {"a rare name by parts and code", rare_name_by_parts_and_code},
    {"the method lasts as long as the visit", method_lasts_as_long_as_the_visit},
    {"missing data are not offered", missing_data_are_not_offered},
    {"numbers can be hidden", numbers_can_be_hidden},
    {"an address begins with its region", address_begins_with_its_region},
    {"a keypad types letters", keypad_types_letters},
    {"every key has words", every_key_has_words},
    {"every panel keeps the rules", every_panel_keeps_the_rules},
    {"a date by digits", date_by_digits},
    {"targets are large and apart", targets_are_large_and_apart},
    {"draws inside the sheet", draws_inside_the_sheet},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.keyboard", cases)
