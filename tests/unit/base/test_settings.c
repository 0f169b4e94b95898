/* SPDX-License-Identifier: Apache-2.0 */
/* app/settings: defaults, paths, and each way a file can be wrong. */
#include "cunit_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/code_kind.h"
#include "settings.h"

static int load(const char *text, struct settings **ret, struct err *err)
{
    char path[] = "/tmp/yj-settings-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        return 1;
    close(fd);
    int rc = settings_load(path, ret, err);
    unlink(path);
    return rc;
}

static void defaults_fill_what_is_not_said(void)
{
    struct settings *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(load("{\"terminal\":{\"id\":\"4301020001\"}}", &s, &err), 0);
    CU_ASSERT_STRING_EQUAL(s->terminal_id, "4301020001");
    CU_ASSERT_STRING_EQUAL(s->region, "430102");
    CU_ASSERT_PTR_NULL(s->catalogue_cert);
    CU_ASSERT_PTR_NULL(s->mirror_dir);
    CU_ASSERT(s->takes_catalogue && !s->attaches_form);
    CU_ASSERT_EQUAL(s->width_px, 1080);
    CU_ASSERT_EQUAL(s->idle_ask_ms, 60000);
    CU_ASSERT_DOUBLE_EQUAL(s->width_mm, 344, 0.001);
    CU_ASSERT_FALSE(s->is_fullscreen);
    CU_ASSERT_EQUAL(s->prefs.speech, SPEECH_PROMPTS);
    CU_ASSERT_EQUAL(s->prefs.text, TEXT_NORMAL);
    CU_ASSERT_EQUAL_FATAL(s->n_languages, 2);
    CU_ASSERT_STRING_EQUAL(s->languages[0], "zh-Hans");
    CU_ASSERT_STRING_EQUAL(s->sound, "default");
    CU_ASSERT(!s->staff_signal && !s->content_dir && !s->hall_owner);
    settings_free(s);
}

static void people_are_thought_of(void)
{
    struct settings *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(
        load("{\"terminal\":{\"id\":\"4301020001\"},"
             "\"display\":{\"language\":\"en\",\"languages\":[\"zh-Hans\",\"en\",\"ug\"],"
             "\"rotation\":270},\"sound\":{\"output\":\"none\"},"
             "\"prefs\":{\"elder\":true,\"speech\":\"all\",\"volume\":4,\"low\":true},"
             "\"hall\":{\"owner\":\"示例市政务服务局\",\"hours\":\"9:00–17:00\","
             "\"places\":[{\"name\":\"二号厅\",\"phone\":\"12345\"}]},"
             "\"staff\":{\"signal\":\"lamp\"},\"content\":{\"dir\":\"notices\"},"
             "\"sync\":{\"mirror\":\"second\",\"catalogue\":false}}",
             &s, &err),
        0);
    CU_ASSERT_EQUAL_FATAL(s->n_languages, 3);
    CU_ASSERT_STRING_EQUAL(s->languages[0], "en");
    CU_ASSERT_STRING_EQUAL(s->languages[2], "ug");
    CU_ASSERT_EQUAL(s->rotation_deg, 270);
    CU_ASSERT(s->prefs.is_elder && s->prefs.is_low && s->prefs.text == TEXT_LARGE);
    CU_ASSERT(s->prefs.speech == SPEECH_ALL && s->prefs.volume == 4 && s->prefs.speed == 2);
    CU_ASSERT_EQUAL_FATAL(s->n_places, 1);
    CU_ASSERT_STRING_EQUAL(s->place[0].phone, "12345");
    CU_ASSERT_PTR_NULL(s->place[0].hours);
    CU_ASSERT_STRING_EQUAL(s->staff_signal, "/tmp/lamp");
    CU_ASSERT_STRING_EQUAL(s->content_dir, "/tmp/notices");
    CU_ASSERT_STRING_EQUAL(s->mirror_dir, "/tmp/second");
    CU_ASSERT_FALSE(s->takes_catalogue);
    settings_free(s);
}

static void relative_paths_start_at_the_file(void)
{
    struct settings *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(
        load("{\"terminal\":{\"id\":\"4301020001\"},\"paths\":{\"data\":\"d\",\"assets\":\"/a\"}}",
             &s, &err),
        0);
    CU_ASSERT_STRING_EQUAL(s->data_dir, "/tmp/d");
    CU_ASSERT_STRING_EQUAL(s->assets_dir, "/a");
    settings_free(s);
    CU_ASSERT_EQUAL_FATAL(load("{\"terminal\":{\"id\":\"4301020001\",\"region\":\"440300\"},"
                               "\"keys\":{\"catalogue\":\"p.pem\"}}",
                               &s, &err),
                          0);
    CU_ASSERT_STRING_EQUAL(s->region, "440300");
    CU_ASSERT_STRING_EQUAL(s->catalogue_cert, "/tmp/p.pem");
    CU_ASSERT_PTR_NOT_NULL(strstr(s->centre_seal_next_cert, "/centre-seal-next.pem"));
    settings_free(s);
    /* each suite has its own next key */
    CU_ASSERT_EQUAL_FATAL(load("{\"terminal\":{\"id\":\"4301020001\"},\"keys\":{\"suite\":"
                               "\"gmt0010-sm2-sm4cbc\",\"centre_seal\":\"/k/seal-sm2.pem\"}}",
                               &s, &err),
                          0);
    CU_ASSERT_STRING_EQUAL(s->centre_seal_next_cert, "/k/seal-sm2-next.pem");
    settings_free(s);
}

static void each_wrong_file_is_explained(void)
{
    static const struct {
        const char *text;
        int code;
        const char *says;
    } bad[] = {
        {"{", ERR_SYNTAX, "line 1"},
        {"[]", ERR_SYNTAX, ""},
        {"{}", ERR_INVALID, "terminal.id is missing"},
        {"{\"terminal\":{\"id\":\"43\"}}", ERR_INVALID, "10 digits"},
        {"{\"terminal\":{\"id\":\"4301020001\",\"region\":\"4301\"}}", ERR_INVALID,
         "terminal.region must be 6 digits"},
        {"{\"terminal\":{\"id\":\"4301020001\",\"region\":\"\"}}", ERR_INVALID,
         "terminal.region is missing"},
        {"{\"terminal\":{\"id\":4301020001}}", ERR_INVALID, "terminal.id must be a text"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"display\":{\"widht_px\":1}}", ERR_INVALID,
         "unknown key display.widht_px"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"display\":{\"width_px\":10}}", ERR_INVALID,
         "display.width_px must lie between 320 and 4096"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"display\":{\"fullscreen\":1}}", ERR_INVALID,
         "true or false"},
        {"{\"terminal\":{\"id\":\"1\",\"id\":\"2\"}}", ERR_SYNTAX, "duplicate"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"visit\":{\"social_security_card\":1}}",
         ERR_INVALID, "visit.social_security_card must be a true or false"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"scan\":{\"host\":[]}}", ERR_INVALID,
         "unknown key scan.host"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"scan\":{\"hosts\":\"a.test\"}}", ERR_INVALID,
         "scan.hosts must be a list"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"scan\":{\"hosts\":[\"a.test\","
         "\"https://b.test\"]}}",
         ERR_INVALID, "scan.hosts[1] must be a host name"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"scan\":{\"hosts\":[7]}}", ERR_INVALID,
         "scan.hosts[0]"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"scan\":{\"kinds\":[]}}", ERR_INVALID,
         "scan.kinds must be"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"scan\":{\"kinds\":[\"payment\"]}}", ERR_INVALID,
         "scan.kinds must be"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"prefs\":{\"text\":\"huge\"}}", ERR_INVALID,
         "prefs.text must be one of \"small\", \"normal\", \"large\", \"largest\""},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"prefs\":{\"volume\":5}}", ERR_INVALID,
         "prefs.volume must be a whole number between 0 and 4"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"prefs\":{\"elder\":1}}", ERR_INVALID,
         "prefs.elder must be true or false"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"prefs\":{\"size\":1}}", ERR_INVALID,
         "unknown key prefs.size"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"display\":{\"rotation\":45}}", ERR_INVALID,
         "display.rotation must be 0, 90, 180 or 270"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"display\":{\"languages\":[\"../x\"]}}",
         ERR_INVALID, "display.languages must be a list"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"hall\":{\"places\":[{\"phone\":\"1\"}]}}",
         ERR_INVALID, "hall.places[0] must have name"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"hall\":{\"places\":[{\"name\":\"\"}]}}",
         ERR_INVALID, "hall.places[0].name must be a text"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"sync\":{\"catalogue\":\"yes\"}}", ERR_INVALID,
         "sync.catalogue must be a true or false"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"sync\":{\"mirror\":true}}", ERR_INVALID,
         "sync.mirror must be a text"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"sync\":{\"mirrors\":\"/m\"}}", ERR_INVALID,
         "unknown key sync.mirrors"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"sync\":{\"proxy\":\"socks://p\"}}", ERR_INVALID,
         "sync.proxy must begin with http://"},
        {"{\"terminal\":{\"id\":\"4301020001\"},\"keys\":{\"suite\":\"rot13\"}}", ERR_INVALID,
         "keys.suite must be"},
        {"{\"terminal\":7}", ERR_INVALID, "terminal must be an object"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct settings *s = NULL;
        struct err err = {0};
        CU_ASSERT_EQUAL(load(bad[i].text, &s, &err), bad[i].code);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i].says));
        CU_ASSERT_PTR_NULL(s);
    }
    struct settings *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(settings_load("/nonexistent/kiosk.json", &s, &err), ERR_NOT_FOUND);
}

/* The second copy beside the first is none: whatever way the path takes. */
static void a_mirror_in_the_data_folder_is_refused(void)
{
    char dir[] = "/tmp/yj-mirror-XXXXXX", link[64], text[512];
    static const struct {
        const char *data, *mirror;
        bool is_refused;
    } seen[] = {{"d", "d", true},           {"d", "d/", true},
                {"d/", "d", true},          {"d", "d/mirror", true},
                {"d", "d2", false},         {"d", "x/../d", true},
                {"d", "d/../m", false},     {"d", "to_d", true},
                {"to_d", "d/below", true},  {"to_d", "to_d/../m", false},
                {"m/4301020001", "m", true}};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    snprintf(text, sizeof text, "%s/d", dir);
    snprintf(link, sizeof link, "%s/to_d", dir);
    CU_ASSERT(mkdir(text, 0700) == 0 && symlink("d", link) == 0);
    for (size_t i = 0; i < YJ_COUNT(seen); i++) {
        struct settings *s = NULL;
        struct err err = {0};
        snprintf(text, sizeof text,
                 "{\"terminal\":{\"id\":\"4301020001\"},\"paths\":{\"data\":\"%s/%s\"},"
                 "\"sync\":{\"mirror\":\"%s/%s\"}}",
                 dir, seen[i].data, dir, seen[i].mirror);
        CU_ASSERT_EQUAL(load(text, &s, &err), seen[i].is_refused ? ERR_INVALID : 0);
        CU_ASSERT_EQUAL(strstr(err.msg, "sync.mirror lies in paths.data") != NULL,
                        seen[i].is_refused);
        settings_free(s);
    }
    snprintf(text, sizeof text, "%s/d", dir);
    CU_ASSERT(unlink(link) == 0 && rmdir(text) == 0 && rmdir(dir) == 0);
}

/* A path that would be cut on the way must not silently mean another folder. */
static void overlong_values_are_refused(void)
{
    char text[2048], path[600];
    struct settings *s = NULL;
    struct err err = {0};
    memset(path, 'd', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    snprintf(text, sizeof text,
             "{\"terminal\":{\"id\":\"4301020001\"},\"paths\":{\"data\":\"%s\"}}", path);
    CU_ASSERT_EQUAL(load(text, &s, &err), ERR_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "paths.data is longer than"));
    snprintf(text, sizeof text, "{\"terminal\":{\"id\":\"4301020001\",\"name\":\"%s\"}}", path);
    CU_ASSERT_EQUAL(load(text, &s, &err), ERR_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, "terminal.name is longer than"));
    CU_ASSERT_PTR_NULL(s);
}

static void what_may_be_scanned_is_a_list(void)
{
    struct settings *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL_FATAL(load("{\"terminal\":{\"id\":\"4301020001\"}}", &s, &err), 0);
    CU_ASSERT_EQUAL(s->n_scan_hosts, 0);
    CU_ASSERT_EQUAL(s->scan_kinds, 0); /* no word about it: what the pages take */
    CU_ASSERT_FALSE(s->accepts_social_security_card);
    settings_free(s);
    CU_ASSERT_EQUAL_FATAL(load("{\"terminal\":{\"id\":\"4301020001\"},"
                               "\"visit\":{\"social_security_card\":true},"
                               "\"scan\":{\"hosts\":[\"a.test\",\"b.example.test\"],"
                               "\"kinds\":[\"url\"]}}",
                               &s, &err),
                          0);
    CU_ASSERT_EQUAL_FATAL(s->n_scan_hosts, 2);
    CU_ASSERT_STRING_EQUAL(s->scan_hosts[1], "b.example.test");
    CU_ASSERT_EQUAL(s->scan_kinds, 1U << CODE_URL);
    CU_ASSERT_TRUE(s->accepts_social_security_card);
    settings_free(s);
}

static CU_TestInfo cases[] = {
    {"what may be scanned", what_may_be_scanned_is_a_list},
    {"people are thought of", people_are_thought_of},
    {"defaults", defaults_fill_what_is_not_said},
    {"relative paths", relative_paths_start_at_the_file},
    {"wrong files", each_wrong_file_is_explained},
    {"a mirror in the data folder", a_mirror_in_the_data_folder_is_refused},
    {"overlong values", overlong_values_are_refused},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("app.settings", cases)
