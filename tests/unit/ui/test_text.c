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
    CU_ASSERT_FATAL(text_set_new(ASSETS, "zh-Hans", &set, NULL) == 0);
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
    CU_ASSERT_FATAL(text_set_new(ASSETS, "zh-Hans", &set, NULL) == 0);
    struct view_text t = {.lit = "一二三四"};
    CU_ASSERT_EQUAL(text_resolve(set, &t, out, sizeof out), 6);
    CU_ASSERT_STRING_EQUAL(out, "一二");
    text_set_free(set);
}

static void unknown_id_shows_itself(void)
{
    struct text_set *set = NULL;
    CU_ASSERT_FATAL(text_set_new(ASSETS, "en", &set, NULL) == 0);
    CU_ASSERT_STRING_EQUAL(text_get(set, "no.such.id"), "no.such.id");
    CU_ASSERT_STRING_EQUAL(text_get(set, "ui.close"), "Close");
    text_set_free(set);
}

static int load_file(const char *json, const char *language, struct err *err)
{
    char dir[] = "/tmp/yj-text-XXXXXX", path[256];
    struct text_set *set = NULL;
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/strings", dir);
    CU_ASSERT_FATAL(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/strings/zh-Hans.json", dir);
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs(json, f);
    fclose(f);
    int r = text_set_new(dir, language, &set, err);
    text_set_free(set);
    unlink(path);
    snprintf(path, sizeof path, "%s/strings", dir);
    rmdir(path);
    rmdir(dir);
    return r;
}

static void bad_files_are_refused(void)
{
    struct err err = {0};
    CU_ASSERT_EQUAL(load_file("{\"a\": \"b\"}", "zh-Hans", &err), 0);
    CU_ASSERT_EQUAL(load_file("{\"a\": 1}", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT(strstr(err.msg, "/a") != NULL);
    CU_ASSERT_EQUAL(load_file("[]", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{\"a\":", "zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{}", "../zh-Hans", &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(load_file("{}", "xx", &err), ERR_UI_ASSET);
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
    {"languages hold the same ids", languages_hold_the_same_ids},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.text", cases)
