/* SPDX-License-Identifier: Apache-2.0 */
/* Development tool: every page of the input panel on every kind of panel and in every text size, as
 * PNG files. Usage: keyboard_gallery OUT_FOLDER [ASSETS_FOLDER] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/sdl/display.h"
#include "ui/widget/keyboard.h"

struct panel {
    const char *name;
    int w, h;
    double width_mm;
};

static const struct panel panels[] = {
    {"27p", 1080, 1920, 344}, {"27l", 1920, 1080, 598}, {"15l", 1366, 768, 344},
    {"10p", 800, 1280, 135},  {"10l", 1280, 800, 216},
};

/* A state: the input, what it begins with, the items pressed then. */
static const struct {
    const char *name;
    enum view_input input;
    const char *text, *press[12];
} states[] = {
    {"pinyin", INPUT_NAME, "", {"type zhang"}},
    {"more", INPUT_NAME, "", {"type yi", "key.more"}},
    {"hand", INPUT_NAME, "张", {"method.hand", "draw"}},
    {"strokes", INPUT_NAME, "", {"method.strokes", "key.stroke.zhe", "key.stroke.heng"}},
    {"parts", INPUT_NAME, "李", {"method.rare", "type ji", "candidate#1", "type ji"}},
    {"code", INPUT_NAME, "", {"method.rare", "key.code", "type 20BB7"}},
    {"english", INPUT_TEXT, "", {"method.english", "key.shift"}},
    {"group", INPUT_TEXT, "", {"method.english", "key.pqrs"}},
    {"symbols", INPUT_TEXT, "", {"method.symbols"}},
    {"methods", INPUT_TEXT, "", {"key.method"}},
    {"region", INPUT_ADDRESS, "", {"region#1"}},
    {"idno", INPUT_IDNO, "11010519491231002X", {"key.delete"}},
    {"mobile", INPUT_MOBILE, "1380000", {NULL}},
    {"date", INPUT_DATE, "2024-02-10", {NULL}},
    {"latin", INPUT_LATIN, "K1", {NULL}},
    {"email", INPUT_EMAIL, "li@", {NULL}},
    {"number", INPUT_NUMBER, "12.5", {NULL}},
    {"search", INPUT_TEXT, "退休", {"type sh"}},
};

static void ignore(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

static bool region(void *arg, const char *parent, size_t at, const char **ret_code,
                   const char **ret_name)
{
    static const char *const names[] = {"北京市",           "湖南省", "内蒙古自治区",
                                        "新疆维吾尔自治区", "广东省", "香港特别行政区"};
    (void)arg;
    (void)parent;
    *ret_code = "430000";
    *ret_name = names[at % 6];
    return at < 31;
}

struct place {
    const char *id;
    struct rect rect;
};

static void find(void *arg, const struct keyboard_item *item)
{
    struct place *p = arg;
    if (strcmp(item->id, p->id) == 0)
        p->rect = item->rect;
}

/* 十 above the key that takes a stroke back: that is where the square is. */
static void write_cross(struct keyboard *kb, const struct tokens *t)
{
    struct place undo = {.id = "key.undo"};
    keyboard_each_item(kb, find, &undo);
    if (rect_is_empty(undo.rect))
        return;
    int x = undo.rect.x + 2 * t->target, y = undo.rect.y - t->gap - 2 * t->target, d = t->target;
    const int line[2][4] = {{x - d, y, x + d, y}, {x, y - d, x, y + d}};
    for (int i = 0; i < 2; i++) {
        keyboard_touch_down(kb, line[i][0], line[i][1]);
        for (int k = 1; k <= 8; k++)
            keyboard_touch_move(kb, line[i][0] + (line[i][2] - line[i][0]) * k / 8,
                                line[i][1] + (line[i][3] - line[i][1]) * k / 8);
        keyboard_touch_up(kb, line[i][2], line[i][3]);
    }
}

static void press(struct keyboard *kb, const struct tokens *t, const char *what)
{
    char key[2] = "";
    if (strcmp(what, "draw") == 0) {
        write_cross(kb, t);
    } else if (strncmp(what, "type ", 5) == 0) {
        for (const char *c = what + 5; *c; c++) {
            key[0] = *c;
            (void)keyboard_press(kb, key); /* shows what it can */
        }
    } else if (!keyboard_activate(kb, what) && keyboard_activate(kb, "key.method")) {
        (void)keyboard_activate(kb, what);
    }
}

static int save(struct display *d, const char *dir, const struct panel *p, const char *look,
                const char *state)
{
    char path[512];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/%s-%s-%s.png", dir, p->name, look, state);
    if (display_save_png(d, path, &err) < 0) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        return -1;
    }
    return 0;
}

struct set {
    struct font_set *fonts;
    struct text_set *texts;
    struct theme *theme;
    struct keyboard *kb;
    const char *dir;
};

static int draw_all(struct set *set, const struct panel *p, const char *look,
                    const struct prefs *prefs)
{
    struct tokens t;
    struct err err = {0};
    struct display *d = NULL;
    struct display_cfg cfg = {.backend = "memory", .width_px = p->w, .height_px = p->h};
    if (display_new(&cfg, &d, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return -1;
    }
    theme_resolve(set->theme, &(struct theme_panel){p->w / p->width_mm, p->w, p->h}, prefs, &t);
    int r = 0;
    for (size_t i = 0; i < YJ_COUNT(states) && r == 0; i++) {
        struct keyboard_job job = {.input = states[i].input,
                                   .label = "申请人姓名",
                                   .text = states[i].text,
                                   .max_chars = 30,
                                   .year = 2026,
                                   .month = 11,
                                   .day = 23,
                                   .is_search = strcmp(states[i].name, "search") == 0};
        struct surface *s = display_surface(d);
        keyboard_wipe(set->kb);
        keyboard_open(set->kb, &job, &t, p->w, p->h);
        for (size_t k = 0; k < 12 && states[i].press[k]; k++)
            press(set->kb, &t, states[i].press[k]);
        surface_clip_all(s);
        surface_fill(s, rect_of(0, 0, p->w, p->h), t.scrim | 0xFF000000u);
        keyboard_draw(set->kb, s);
        r = save(d, set->dir, p, look, states[i].name);
    }
    display_free(d);
    return r;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct set set = {.dir = argc > 1 ? argv[1] : NULL};
    const char *assets = argc > 2 ? argv[2] : YJ_SOURCE_DIR "/assets";
    static const struct {
        const char *name;
        struct prefs prefs;
    } looks[] = {{"normal", {.text = TEXT_NORMAL}},
                 {"large", {.text = TEXT_LARGE}},
                 {"largest", {.text = TEXT_LARGEST}},
                 {"dark", {.text = TEXT_NORMAL, .contrast = CONTRAST_DARK}}};
    if (!set.dir) {
        fprintf(stderr, "usage: keyboard_gallery OUT_FOLDER [ASSETS_FOLDER]\n");
        return EXIT_FAILURE;
    }
    if (font_set_new(assets, &set.fonts, &err) < 0 ||
        text_set_new(assets, NULL, 0, &set.texts, &err) < 0 ||
        theme_new(assets, "default", &set.theme, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return EXIT_FAILURE;
    }
    struct keyboard_cfg cfg = {.fonts = set.fonts,
                               .texts = set.texts,
                               .done = ignore,
                               .changed = ignore,
                               .regions = {.at = region}};
    set.kb = keyboard_new(&cfg);
    int r = 0;
    for (size_t p = 0; p < YJ_COUNT(panels); p++)
        for (size_t i = 0; i < YJ_COUNT(looks) && r == 0; i++)
            r = draw_all(&set, &panels[p], looks[i].name, &looks[i].prefs);
    keyboard_free(set.kb);
    theme_free(set.theme);
    text_set_free(set.texts);
    font_set_free(set.fonts);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
