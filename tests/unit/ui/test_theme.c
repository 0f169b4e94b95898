/* SPDX-License-Identifier: Apache-2.0 */
/* Theme files: the one that ships, and bad ones that must be refused with token and reason. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "ui/theme/theme.h"

#define ASSETS YJ_SOURCE_DIR "/assets"

/* The shipped file with one text replaced, in a folder of its own. */
static int load_changed(const char *from, const char *to, struct err *err)
{
    char dir[] = "/tmp/yj-theme-XXXXXX", path[256];
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct theme *theme = NULL;
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    CU_ASSERT_FATAL(mem_read_file(ASSETS "/themes/default.json", 1 << 16, &data, &n, NULL) == 0);
    char *at = strstr(data, from);
    CU_ASSERT_FATAL(at != NULL);
    snprintf(path, sizeof path, "%s/themes", dir);
    CU_ASSERT_FATAL(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/themes/default.json", dir);
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fprintf(f, "%.*s%s%s", (int)(at - data), data, to, at + strlen(from));
    fclose(f);
    int r = theme_new(dir, "default", &theme, err);
    theme_free(theme);
    unlink(path);
    snprintf(path, sizeof path, "%s/themes", dir);
    rmdir(path);
    rmdir(dir);
    return r;
}

static void shipped_theme_loads(void)
{
    struct theme *theme = NULL;
    struct tokens normal, elder;
    struct err err = {0};
    CU_ASSERT_FATAL(theme_new(ASSETS, "default", &theme, &err) == 0);
    theme_resolve(theme, 1080 / 344.0, false, &normal);
    theme_resolve(theme, 1080 / 344.0, true, &elder);
    CU_ASSERT(normal.target >= 15 * 1080 / 344.0);
    CU_ASSERT(elder.target >= 20 * 1080 / 344.0);
    CU_ASSERT(elder.text_body > normal.text_body);
    CU_ASSERT(0.733 * elder.text_small >= 7.3 * 1080 / 344.0);
    theme_free(theme);
}

static void lengths_follow_the_panel(void)
{
    struct theme *theme = NULL;
    struct tokens coarse, fine;
    CU_ASSERT_FATAL(theme_new(ASSETS, "default", &theme, NULL) == 0);
    theme_resolve(theme, 2, false, &coarse);
    theme_resolve(theme, 6, false, &fine);
    CU_ASSERT_EQUAL(fine.target, 3 * coarse.target);
    theme_free(theme);
}

static void bad_files_are_refused(void)
{
    static const char *const bad[][3] = {
        {"\"#F7F4EE\"", "\"#F7F4E\"", "/colours/ground"},
        {"\"#F7F4EE\"", "\"F7F4EE0\"", "/colours/ground"},
        {"\"ground\"", "\"grund\"", "/colours/ground"},
        {"\"colours\": {", "\"colours\": {\"sparkle\": \"#FFFFFF\",", "/colours"},
        {"\"target\": [20, 23]", "\"target\": [12, 23]", "/lengths_mm/target"},
        {"\"target\": [20, 23]", "\"target\": [20, 19]", "/lengths_mm/target"},
        {"\"target\": [20, 23]", "\"target\": [20]", "/lengths_mm/target"},
        {"\"target\": [20, 23]", "\"target\": [\"20\", 23]", "/lengths_mm/target"},
        {"\"target\": [20, 23]", "\"target\": [1e9, 23]", "/lengths_mm/target"},
        {"\"gap\":", "\"gap\": [3, 3], \"gap\":", "duplicate"},
        {"\"lengths_mm\": {", "\"lengths_mm\": [", ":"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(load_changed(bad[i][0], bad[i][1], &err), ERR_UI_ASSET);
        CU_ASSERT(strstr(err.msg, bad[i][2]) != NULL);
        if (!strstr(err.msg, bad[i][2]))
            fprintf(stderr, "case %zu: %s\n", i, err.msg);
    }
}

static void missing_theme_is_refused(void)
{
    struct theme *theme = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(theme_new(ASSETS, "no-such-theme", &theme, &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(theme_new(ASSETS, "../themes/default", &theme, &err), ERR_UI_ASSET);
}

static void contrast_is_wcag(void)
{
    CU_ASSERT_DOUBLE_EQUAL(theme_contrast(0xFF000000, 0xFFFFFFFF), 21.0, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(theme_contrast(0xFF777777, 0xFFFFFFFF), 4.48, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(theme_contrast(0xFF123456, 0xFF123456), 1.0, 0.001);
}

static CU_TestInfo cases[] = {
    {"shipped theme loads", shipped_theme_loads},
    {"lengths follow the panel", lengths_follow_the_panel},
    {"bad files are refused", bad_files_are_refused},
    {"missing theme is refused", missing_theme_is_refused},
    {"contrast is WCAG", contrast_is_wcag},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.theme", cases)
