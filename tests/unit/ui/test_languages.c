/* SPDX-License-Identifier: Apache-2.0 */
/* Languages on the screen: changed with the next view, right to left, left out when no face has
 * their letters; and what is said about characters that cannot be shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cunit_main.h"
#include "ui/ui_priv.h"

#define ASSETS YJ_SOURCE_DIR "/assets"

static struct ui *open_at(const char *assets)
{
    struct ui *ui = NULL;
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = assets,
                         .display = "memory",
                         .theme = "default",
                         .sound = "none",
                         .languages = {"zh-Hans", "en", "ug"},
                         .n_languages = 3,
                         .width_px = 1080,
                         .height_px = 1920,
                         .width_mm = 344};
    int r = ui_new(&cfg, &ui, &err);
    if (r == ERR_UI_FONT) {
        fprintf(stderr, "skipped: %s\n", err.msg);
        exit(77);
    }
    CU_ASSERT_FATAL(r == 0);
    return ui;
}

static struct view *goodbye(uint32_t revision, uint8_t language)
{
    static struct view v;
    memset(&v, 0, sizeof v);
    v.screen = SCREEN_GOODBYE;
    v.revision = revision;
    v.prefs = PREFS_DEFAULT;
    v.prefs.language = language;
    v.ask_countdown_s = -1;
    v.title = (struct view_text){.id = "goodbye.title"};
    return &v;
}

static const char *title_of(struct ui *ui)
{
    static char words[256];
    (void)text_resolve(ui->texts, &ui->view.title, words, sizeof words);
    return words;
}

static void the_next_view_speaks_another_language(void)
{
    struct ui *ui = open_at(ASSETS);
    ui_show(ui, goodbye(1, 0));
    (void)ui_wait(ui, 0);
    CU_ASSERT_STRING_EQUAL(title_of(ui), "办好了，慢走");
    CU_ASSERT(!ui->ctx.tok.is_rtl);
    ui_show(ui, goodbye(2, 1));
    (void)ui_wait(ui, 0);
    CU_ASSERT_STRING_EQUAL(title_of(ui), "All done. Goodbye!");
    CU_ASSERT(!ui->ctx.tok.is_rtl);
    if (text_set_name(ui->texts, 2)) {
        ui_show(ui, goodbye(3, 2));
        (void)ui_wait(ui, 0);
        CU_ASSERT(strncmp(title_of(ui), "ئىش", 6) == 0);
        CU_ASSERT(ui->ctx.tok.is_rtl);
    }
    ui_show(ui, goodbye(4, 0));
    (void)ui_wait(ui, 0);
    CU_ASSERT_STRING_EQUAL(title_of(ui), "办好了，慢走");
    CU_ASSERT(!ui->ctx.tok.is_rtl);
    ui_free(ui);
}

/* A folder like assets, but with a chain of one face. */
static void narrow_assets(char *dir, size_t cap)
{
    static const char *const parts[] = {"strings", "themes", "images", "anim", "speech"};
    char from[512], to[512];
    snprintf(dir, cap, "/tmp/yj-lang-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    for (size_t i = 0; i < YJ_COUNT(parts); i++) {
        snprintf(from, sizeof from, "%s/%s", ASSETS, parts[i]);
        snprintf(to, sizeof to, "%s/%s", dir, parts[i]);
        CU_ASSERT_FATAL(symlink(from, to) == 0);
    }
    snprintf(to, sizeof to, "%s/fonts", dir);
    CU_ASSERT_FATAL(mkdir(to, 0700) == 0);
    snprintf(to, sizeof to, "%s/fonts/fonts.json", dir);
    FILE *f = fopen(to, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs("{\"faces\": [{\"family\": \"Noto Sans CJK SC\", \"required\": true, \"regular\": "
          "\"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc\"}]}",
          f);
    fclose(f);
}

static void remove_assets(const char *dir)
{
    static const char *const parts[] = {"strings", "themes", "images",           "anim",
                                        "speech",  "",       "fonts/fonts.json", "fonts"};
    char path[512];
    for (size_t i = 0; i < YJ_COUNT(parts); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, parts[i]);
        if (parts[i][0] && unlink(path) != 0)
            rmdir(path);
    }
    CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static void a_language_without_letters_is_left_out(void)
{
    char dir[64];
    narrow_assets(dir, sizeof dir);
    struct ui *ui = open_at(dir);
    CU_ASSERT_PTR_NOT_NULL(text_set_name(ui->texts, 1));
    CU_ASSERT_PTR_NULL(text_set_name(ui->texts, 2));
    ui_show(ui, goodbye(1, 2)); /* somebody asks for it all the same */
    (void)ui_wait(ui, 0);
    CU_ASSERT_STRING_EQUAL(title_of(ui), "办好了，慢走");
    CU_ASSERT(!ui->ctx.tok.is_rtl);
    ui_free(ui);
    remove_assets(dir);
}

static bool is_told(const struct view_text *t)
{
    return t->id && strcmp(t->id, "ui.letters_missing") == 0;
}

static void a_name_that_cannot_be_shown_is_told(void)
{
    struct ui *ui = open_at(ASSETS);
    struct view *v = goodbye(1, 0);
    v->n_items = 1;
    v->item[0] = (struct view_item){.kind = VIEW_PAIR,
                                    .id = "card.name",
                                    .label = {.id = "card.name"},
                                    .value = {.lit = "张𠮷"}};
    ui_show(ui, v);
    CU_ASSERT(!is_told(&ui->view.alert)); /* rare, but it is there */
    v->revision++;
    v->item[0].value.lit = "张\xEE\xA0\x95"; /* U+E815: on old cards, in no face */
    ui_show(ui, v);
    (void)ui_wait(ui, 0);
    CU_ASSERT(is_told(&ui->view.alert));
    CU_ASSERT_EQUAL(ui->view.alert_tone, TONE_WARN);
    v->revision++;
    v->alert = (struct view_text){.id = "form.fix"}; /* what can be done about something else */
    ui_show(ui, v);
    CU_ASSERT_STRING_EQUAL(ui->view.alert.id, "form.fix");
    CU_ASSERT(is_told(&ui->view.banner));
    v->revision++;
    v->alert = (struct view_text){0};
    v->item[0].value = (struct view_text){.lit = "张三"};
    v->title = (struct view_text){.id = "identify.read", .arg = {"\xEE\xA0\x95"}};
    ui_show(ui, v);
    CU_ASSERT(is_told(&ui->view.alert)); /* in a sentence, too */
    v->revision++;
    v->title.arg[0] = "张三";
    ui_show(ui, v);
    CU_ASSERT(!is_told(&ui->view.alert) && !is_told(&ui->view.banner));
    ui_free(ui);
}

static CU_TestInfo cases[] = {
    {"the next view speaks another language", the_next_view_speaks_another_language},
    {"a language without letters is left out", a_language_without_letters_is_left_out},
    {"a name that cannot be shown is told", a_name_that_cannot_be_shown_is_told},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.languages", cases)
