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
    struct theme_panel panel = {1080 / 344.0, 1080, 1920};
    theme_resolve(theme, &panel, &PREFS_DEFAULT, &normal);
    theme_resolve(theme, &panel, &(struct prefs){.is_elder = true}, &elder);
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
    theme_resolve(theme, &(struct theme_panel){2, 1080, 1920}, &PREFS_DEFAULT, &coarse);
    theme_resolve(theme, &(struct theme_panel){6, 3240, 5760}, &PREFS_DEFAULT, &fine);
    CU_ASSERT_EQUAL(fine.target, 3 * coarse.target);
    theme_free(theme);
}

static void bad_files_are_refused(void)
{
    static const char *const bad[][3] = {
        {"\"#F7F4EE\"", "\"#F7F4E\"", "/colours/default/ground"},
        {"\"#F7F4EE\"", "\"F7F4EE0\"", "/colours/default/ground"},
        {"\"ground\"", "\"grund\"", "/colours/default/grund"},
        {"\"ground\": \"#F7F4EE\",", "", "/colours/default/ground: is missing"},
        {"\"ground\": \"#F7F4EE\",", "\"ground\": \"#F7F4EE\", \"sparkle\": \"#FFFFFF\",",
         "/colours/default/sparkle"},
        {"\"default\": {", "\"sepia\": {}, \"default\": {", "/colours/sepia"},
        {"\"target\": [16,", "\"target\": [12,", "/lengths_mm/target"},
        {"\"target\": [16, 20, 23, 23]", "\"target\": [16, 20, 19, 23]", "/lengths_mm/target"},
        {"\"target\": [16, 20, 23, 23]", "\"target\": [20]", "/lengths_mm/target"},
        {"\"target\": [16,", "\"target\": [\"16\",", "/lengths_mm/target"},
        {"\"target\": [16,", "\"target\": [1e9,", "/lengths_mm/target"},
        {"\"target\": [16,", "\"size\": 1, \"target\": [16,", "/lengths_mm/size"},
        {"\"gap\":", "\"gap\": [3, 3], \"gap\":", "duplicate"},
        {"\"lengths_mm\": {", "\"lengths_mm\": [", ":"},
        {"\"turn\": 220", "\"turn\": 9999", "/motion_ms/turn"},
        {"\"turn\": 220", "\"turn\": 2.5", "/motion_ms/turn"},
        {"\"loop\": 3200", "\"loop\": 200", "/motion_ms/loop"},
        {"\"turn\": 220,", "\"turn\": 220, \"spin\": 1,", "/motion_ms/spin"},
        {"[\"bright\"]", "[\"brigth\"]", "/images/#2F8C86"},
        {"\"card\", 45]", "\"card\", 145]", "/images/#8CC5BE"},
        {"\"theme/2\"", "\"theme/1\"", "/schema"},
        {"\"schema\"", "\"colour\": 1, \"schema\"", "/colour"},
        /* against the access rules */
        {"\"ink\": \"#15292B\"", "\"ink\": \"#8A9A9B\"", "/colours/default/ink: on ground"},
        {"\"ink\": \"#000000\"", "\"ink\": \"#222222\"", "/colours/light/ink"},
        {"\"edge\": \"#6F8886\"", "\"edge\": \"#DDDDDD\"", "/colours/default/edge"},
        {"\"text_title\": [15,", "\"text_title\": [19,", "/lengths_mm/text_title: shrinks"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct err err = {0};
        CU_ASSERT_EQUAL(load_changed(bad[i][0], bad[i][1], &err), ERR_UI_ASSET);
        CU_ASSERT(strstr(err.msg, bad[i][2]) != NULL);
        if (!strstr(err.msg, bad[i][2]))
            fprintf(stderr, "case %zu: %s\n", i, err.msg);
    }
}

/* A vendor's folder with one theme and its files. */
static void brand_write(const char *dir, const char *name, const char *data)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CU_ASSERT_FATAL(f != NULL);
    fputs(data, f);
    fclose(f);
}

static int brand_load(const char *data, struct theme **ret, struct err *err)
{
    char dir[] = "/tmp/yj-brand-XXXXXX", path[256];
    static const char *const files[] = {"acme.json", "acme.svg", "fake.png", "loop.json"};
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    brand_write(dir, "acme.json", data);
    brand_write(dir, "acme.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    brand_write(dir, "fake.png", "<svg/>");
    brand_write(dir, "loop.json",
                "{\"schema\": \"theme/2\", \"name\": \"loop\", \"base\": \"acme\"}");
    snprintf(path, sizeof path, "%s/acme.json", dir);
    int r = theme_new(ASSETS, path, ret, err);
    for (size_t i = 0; i < YJ_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
    return r;
}

#define HEAD "{\"schema\": \"theme/2\", \"name\": \"acme\", \"base\": \"default\""

static void brand_says_only_what_differs(void)
{
    struct theme *theme = NULL, *base = NULL;
    struct err err = {0};
    struct tokens t, d;
    struct theme_panel panel = {3, 1080, 1920};
    int r =
        brand_load(HEAD ", \"colours\": {\"default\": {\"primary\": \"#4A1030\"}}, \"lengths_mm\": "
                        "{\"radius\": [2, 2, 2, 2]}, \"brand\": {\"name\": {\"zh-Hans\": "
                        "\"澄湖\", \"en\": \"Acme\"}, \"logo\": \"acme.svg\"}}",
                   &theme, &err);
    if (r < 0)
        fprintf(stderr, "%s\n", err.msg);
    CU_ASSERT_FATAL(r == 0);
    CU_ASSERT_FATAL(theme_new(ASSETS, "default", &base, NULL) == 0);
    theme_resolve(theme, &panel, &PREFS_DEFAULT, &t);
    theme_resolve(base, &panel, &PREFS_DEFAULT, &d);
    CU_ASSERT_EQUAL(t.primary, 0xFF4A1030U);
    CU_ASSERT_EQUAL(t.ground, d.ground);
    CU_ASSERT_EQUAL(t.radius, 6);
    CU_ASSERT_EQUAL(t.target, d.target);
    CU_ASSERT_STRING_EQUAL(theme_brand_name(theme, "en"), "Acme");
    CU_ASSERT_STRING_EQUAL(theme_brand_name(theme, "ug"), "澄湖");
    CU_ASSERT_PTR_NULL(theme_brand_name(base, "en"));
    CU_ASSERT(strstr(theme_brand_picture(theme, THEME_LOGO), "/acme.svg") != NULL);
    CU_ASSERT_PTR_NULL(theme_brand_picture(theme, THEME_HOME));
    theme_free(theme);
    theme_free(base);
}

static void bad_brands_are_refused(void)
{
    static const char *const bad[][2] = {
        {HEAD ", \"colours\": {\"default\": {\"primary\": \"#F0A0B0\"}}}", "at least 7 : 1"},
        {HEAD ", \"brand\": {\"logo\": \"../acme.svg\"}}", "/brand/logo"},
        {HEAD ", \"brand\": {\"logo\": \"none.svg\"}}", "/brand/logo: none.svg cannot be read"},
        {HEAD ", \"brand\": {\"home\": \"fake.png\"}}", "/brand/home: fake.png does not"},
        {HEAD ", \"brand\": {\"logo\": \"acme.exe\"}}", "/brand/logo"},
        {HEAD ", \"brand\": {\"slogan\": 1}}", "/brand/slogan"},
        {HEAD ", \"brand\": {\"name\": {\"en\": \"\"}}}", "/brand/name/en"},
        {HEAD ", \"brand\": {\"name\": {\"en\": \"a\\u202eb\"}}}", "/brand/name/en"},
        {HEAD ", \"brand\": 7}", "/brand"},
        {"{\"schema\": \"theme/2\", \"name\": \"acme\", \"base\": \"nobody\"}", "nobody.json"},
        {"{\"schema\": \"theme/2\", \"name\": \"acme\", \"base\": \"../x\"}", "/base"},
        {"{\"schema\": \"theme/2\", \"name\": \"acme\", \"base\": \"loop\"}", "rests on itself"},
        {"{\"schema\": \"theme/2\", \"name\": \"a/b\", \"base\": \"default\"}", "/name"},
        {"[]", "an object expected"},
        {"{\"schema\": ", "line 1"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct theme *theme = NULL;
        struct err err = {0};
        CU_ASSERT_EQUAL(brand_load(bad[i][0], &theme, &err), ERR_UI_ASSET);
        CU_ASSERT(strstr(err.msg, bad[i][1]) != NULL);
        if (!strstr(err.msg, bad[i][1]))
            fprintf(stderr, "brand %zu: %s\n", i, err.msg);
    }
}

static void count_complaint(void *arg, const char *file, const char *place, const char *reason)
{
    CU_ASSERT(file[0] && place[0] && reason[0]);
    ++*(int *)arg;
}

static void lint_says_everything(void)
{
    char dir[] = "/tmp/yj-lint-XXXXXX", path[256];
    int n = 0;
    CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
    brand_write(dir, "a.json",
                HEAD ", \"colours\": {\"default\": {\"ink\": \"red\", \"sky\": \"#000000\"}}}");
    snprintf(path, sizeof path, "%s/a.json", dir);
    CU_ASSERT_EQUAL(theme_lint(ASSETS, path, count_complaint, &n), 2);
    CU_ASSERT_EQUAL(n, 2);
    unlink(path);
    rmdir(dir);
    CU_ASSERT_EQUAL(theme_lint(ASSETS, ASSETS "/themes/example-brand.json", count_complaint, &n),
                    0);
}

/* The shipped themes keep more than the floor: what is read aims at 10 : 1. */
static void shipped_contrasts_are_high(void)
{
    static const char *const names[] = {"default", "example-brand"};
    for (size_t k = 0; k < YJ_COUNT(names); k++) {
        struct theme *theme = NULL;
        struct theme_pair pair;
        double ratio[PREFS_N_CONTRAST];
        int n_high = 0, i = 0;
        CU_ASSERT_FATAL(theme_new(ASSETS, names[k], &theme, NULL) == 0);
        for (; theme_pair_at(theme, i, &pair, ratio); i++) {
            CU_ASSERT(ratio[CONTRAST_DEFAULT] >= pair.least);
            CU_ASSERT(ratio[CONTRAST_LIGHT] >= 20 && ratio[CONTRAST_DARK] >= 20);
            n_high += ratio[CONTRAST_DEFAULT] >= 8.9 || pair.least < 7;
            if (ratio[CONTRAST_DEFAULT] < 8.9 && pair.least >= 7)
                fprintf(stderr, "%s: %s on %s %.2f\n", names[k], pair.front, pair.ground,
                        ratio[CONTRAST_DEFAULT]);
        }
        CU_ASSERT(i >= 26);
        CU_ASSERT_EQUAL(n_high, i);
        theme_free(theme);
    }
}

static void black_and_white_is_told_by_lines(void)
{
    struct theme *theme = NULL;
    struct tokens usual, light;
    struct theme_panel panel = {3, 1080, 1920};
    struct prefs prefs = PREFS_DEFAULT;
    CU_ASSERT_FATAL(theme_new(ASSETS, "default", &theme, NULL) == 0);
    theme_resolve(theme, &panel, &prefs, &usual);
    prefs.contrast = CONTRAST_LIGHT;
    theme_resolve(theme, &panel, &prefs, &light);
    CU_ASSERT(!usual.is_bare && light.is_bare);
    CU_ASSERT(light.border > usual.border);
    CU_ASSERT(light.border_lit >= 2 * light.border);
    theme_free(theme);
}

static void pictures_follow_the_theme(void)
{
    struct theme *theme = NULL;
    struct image_look look;
    CU_ASSERT_FATAL(theme_new(ASSETS, "example-brand", &theme, NULL) == 0);
    theme_look(theme, CONTRAST_DEFAULT, &look);
    CU_ASSERT_EQUAL(look.shades, IMAGE_COLOURED);
    bool is_found = false;
    for (int i = 0; i < look.n; i++)
        if (look.colour[i].from == 0xFF0B5A5CU) {
            is_found = true;
            CU_ASSERT_EQUAL(look.colour[i].to, 0xFF26356FU);
        }
    CU_ASSERT(is_found);
    theme_look(theme, CONTRAST_DARK, &look);
    CU_ASSERT_EQUAL(look.shades, IMAGE_NEGATIVE);
    theme_free(theme);
}

static void missing_theme_is_refused(void)
{
    struct theme *theme = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(theme_new(ASSETS, "no-such-theme", &theme, &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(theme_new(ASSETS, "../themes/default", &theme, &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(theme_new(ASSETS, "", &theme, &err), ERR_UI_ASSET);
    CU_ASSERT_EQUAL(theme_new(ASSETS, ASSETS "/images/../themes/default.json", &theme, &err),
                    ERR_UI_ASSET);
    CU_ASSERT_EQUAL(theme_new(ASSETS, "/etc/passwd", &theme, &err), ERR_UI_ASSET);
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
    {"brand says only what differs", brand_says_only_what_differs},
    {"bad brands are refused", bad_brands_are_refused},
    {"lint says everything", lint_says_everything},
    {"shipped contrasts are high", shipped_contrasts_are_high},
    {"black and white is told by lines", black_and_white_is_told_by_lines},
    {"pictures follow the theme", pictures_follow_the_theme},
    {"missing theme is refused", missing_theme_is_refused},
    {"contrast is WCAG", contrast_is_wcag},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.theme", cases)
