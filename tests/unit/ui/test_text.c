/* SPDX-License-Identifier: Apache-2.0 */
/* Words by id: arguments, fallback, unknown ids, bad files; both languages hold the same ids. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cunit_main.h"
#include "ui/text.h"

#define ASSETS YJ_SOURCE_DIR "/assets"

static void arguments_replace_places(void)
{
    struct text_set *set = NULL;
    char out[64];
    CU_ASSERT_FATAL(text_set_new(ASSETS, NULL, 0, &set, NULL) == 0);
    struct view_text t = {.id = "ui.page", .arg = {"2", "3"}};
    CU_ASSERT(text_resolve(set, &t, out, sizeof out) > 0);
    CU_ASSERT_STRING_EQUAL(out, "第 2 页 共 3 页");
    char long_out[160];
    t = (struct view_text){
        .id = "device.full",
        .arg = {"device.printer", "device.cause.paperOut", "device.action.loadPaper"},
        .is_arg_id = true};
    (void)text_resolve(set, &t, long_out, sizeof long_out);
    CU_ASSERT_STRING_EQUAL(long_out, "回执打印机没有纸了。请工作人员装纸");
    t.is_arg_id = false; /* then they stand as they are */
    (void)text_resolve(set, &t, long_out, sizeof long_out);
    CU_ASSERT_STRING_EQUAL(long_out,
                           "device.printerdevice.cause.paperOut。device.action.loadPaper");
    t = (struct view_text){.lit = "{1} 原样"};
    (void)text_resolve(set, &t, out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, "{1} 原样");
    t = (struct view_text){0};
    CU_ASSERT_EQUAL(text_resolve(set, &t, out, sizeof out), 0);
    text_set_free(set);
}

static void cut_at_a_character(void)
{
    struct text_set *set = NULL;
    char out[8];
    CU_ASSERT_FATAL(text_set_new(ASSETS, NULL, 0, &set, NULL) == 0);
    struct view_text t = {.lit = "一二三四"};
    CU_ASSERT_EQUAL(text_resolve(set, &t, out, sizeof out), 6);
    CU_ASSERT_STRING_EQUAL(out, "一二");
    text_set_free(set);
}

static void unknown_id_shows_itself(void)
{
    struct text_set *set = NULL;
    CU_ASSERT_FATAL(text_set_new(ASSETS, (const char *[]){"en"}, 1, &set, NULL) == 0);
    CU_ASSERT_STRING_EQUAL(text_get(set, "no.such.id"), "no.such.id");
    CU_ASSERT_STRING_EQUAL(text_get(set, "ui.close"), "Close");
    text_set_free(set);
}

#define HEAD(name, direction)                                                                      \
    "\"language.name\": \"" name "\", \"language.direction\": \"" direction                        \
    "\", \"language.voice\": \"none\""

struct sample {
    char dir[32];
};

static void sample_write(const struct sample *s, const char *language, const char *json)
{
    char path[256];
    snprintf(path, sizeof path, "%s/strings/%s.json", s->dir, language);
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs(json, f);
    fclose(f);
}

static void sample_make(struct sample *s)
{
    char path[256];
    snprintf(s->dir, sizeof s->dir, "/tmp/yj-text-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(s->dir) != NULL);
    snprintf(path, sizeof path, "%s/strings", s->dir);
    CU_ASSERT_FATAL(mkdir(path, 0700) == 0);
}

static void sample_remove(const struct sample *s)
{
    static const char *const names[] = {"strings/zh-Hans.json", "strings/xx.json",
                                        "strings/yy.json"};
    char path[256];
    for (size_t i = 0; i < YJ_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", s->dir, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/strings", s->dir);
    rmdir(path);
    rmdir(s->dir);
}

static int load_file(const char *json, const char *language, struct err *err)
{
    struct sample s;
    struct text_set *set = NULL;
    sample_make(&s);
    sample_write(&s, "zh-Hans", json);
    int r = text_set_new(s.dir, &language, 1, &set, err);
    text_set_free(set);
    sample_remove(&s);
    return r;
}

static void bad_files_are_refused(void)
{
    struct err err = {0};
    CU_ASSERT_EQUAL(load_file("{\"a\": \"b\"," HEAD("x", "ltr") "}", "zh-Hans", &err), 0);
    CU_ASSERT_EQUAL(load_file("{\"a\": 1}", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT(strstr(err.msg, "/a") != NULL);
    CU_ASSERT_EQUAL(load_file("{\"a\": \"b\"}", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT(strstr(err.msg, "language.name") != NULL);
    CU_ASSERT_EQUAL(load_file("{" HEAD("", "ltr") "}", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{" HEAD("x", "up") "}", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("[]", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{\"a\":", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{}", "../zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{}", "xx", &err), ERR_UI_ASSET);
}

static void languages_change_at_any_time(void)
{
    struct sample s;
    struct text_set *set = NULL;
    sample_make(&s);
    sample_write(&s, "zh-Hans", "{\"a\": \"甲\", \"b\": \"乙\"," HEAD("中文", "ltr") "}");
    sample_write(&s, "xx", "{\"a\": \"A\"," HEAD("Xx", "rtl") "}");
    CU_ASSERT_FATAL(text_set_new(s.dir, (const char *[]){"zh-Hans", "xx"}, 2, &set, NULL) == 0);
    const char *before = text_get(set, "a");
    CU_ASSERT_STRING_EQUAL(before, "甲");
    CU_ASSERT(!text_set_is_rtl(set));
    CU_ASSERT(text_set_select(set, 1));
    CU_ASSERT_STRING_EQUAL(text_get(set, "a"), "A");
    CU_ASSERT_STRING_EQUAL(text_get(set, "b"), "乙"); /* it has none */
    CU_ASSERT_STRING_EQUAL(before, "甲");             /* still there */
    CU_ASSERT(text_set_is_rtl(set));
    CU_ASSERT_STRING_EQUAL(text_set_language(set), "xx");
    CU_ASSERT_STRING_EQUAL(text_set_name(set, 0), "中文");
    CU_ASSERT_STRING_EQUAL(text_set_name(set, 1), "Xx");
    CU_ASSERT(!text_set_select(set, 2)); /* no such place: the first */
    CU_ASSERT_STRING_EQUAL(text_get(set, "a"), "甲");
    text_set_free(set);
    sample_remove(&s);
}

static void a_broken_second_language_is_left_out(void)
{
    struct sample s;
    struct text_set *set = NULL;
    struct err err = {0};
    sample_make(&s);
    sample_write(&s, "zh-Hans", "{\"a\": \"甲\"," HEAD("中文", "ltr") "}");
    sample_write(&s, "xx", "{\"a\": ");
    sample_write(&s, "yy", "{\"a\": \"Y\"," HEAD("Yy", "ltr") "}");
    static const char *const all[] = {"zh-Hans", "xx", "gone", "yy"};
    CU_ASSERT_FATAL(text_set_new(s.dir, all, 4, &set, &err) == 0);
    CU_ASSERT_EQUAL(text_set_count(set), 4); /* places do not move */
    CU_ASSERT_EQUAL(text_set_n_usable(set), 2);
    CU_ASSERT_PTR_NULL(text_set_name(set, 1));
    CU_ASSERT_PTR_NULL(text_set_name(set, 2));
    CU_ASSERT(text_set_select(set, 3));
    CU_ASSERT_STRING_EQUAL(text_get(set, "a"), "Y");
    CU_ASSERT(!text_set_select(set, 1));
    CU_ASSERT_EQUAL(text_set_selected(set), 0);
    CU_ASSERT(text_set_select(set, 3));
    text_set_leave_out(set, 3, "for the test");
    CU_ASSERT_EQUAL(text_set_selected(set), 0);
    CU_ASSERT_PTR_NULL(text_set_name(set, 3));
    text_set_leave_out(set, 0, "the first stays");
    CU_ASSERT_EQUAL(text_set_n_usable(set), 1);
    text_set_free(set);
    CU_ASSERT_EQUAL(text_set_new(s.dir, all + 1, 3, &set, &err), ERR_UI_ASSET);
    CU_ASSERT(strstr(err.msg, "xx.json") != NULL);
    sample_remove(&s);
}

static void languages_hold_the_same_ids(void)
{
    json_t *zh = json_load_file(ASSETS "/strings/zh-Hans.json", 0, NULL);
    json_t *en = json_load_file(ASSETS "/strings/en.json", 0, NULL);
    const char *key;
    json_t *value;
    CU_ASSERT_FATAL(zh && en);
    json_object_foreach(zh, key, value)
    {
        json_t *other = json_object_get(en, key);
        CU_ASSERT_PTR_NOT_NULL(other);
        for (const char *arg = "12"; other && *arg; arg++) {
            char place[] = {'{', *arg, '}', 0};
            CU_ASSERT(!strstr(json_string_value(value), place) ==
                      !strstr(json_string_value(other), place));
        }
    }
    CU_ASSERT_EQUAL(json_object_size(zh), json_object_size(en));
    json_decref(zh);
    json_decref(en);
}

static CU_TestInfo cases[] = {
    {"arguments replace places", arguments_replace_places},
    {"cut at a character", cut_at_a_character},
    {"unknown id shows itself", unknown_id_shows_itself},
    {"bad files are refused", bad_files_are_refused},
    {"languages change at any time", languages_change_at_any_time},
    {"a broken second language is left out", a_broken_second_language_is_left_out},
    {"languages hold the same ids", languages_hold_the_same_ids},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.text", cases)
