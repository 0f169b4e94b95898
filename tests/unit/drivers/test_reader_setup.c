/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's settings and device table: what is taken, and what each mistake is called. */
#include "drivers/reader/reader_setup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cunit_main.h"
#include "drivers/driver.h"

static void has_defaults(void)
{
    static const char *const texts[] = {NULL, "{}"};
    for (size_t i = 0; i < YJ_COUNT(texts); i++) {
        struct reader_settings s;
        CU_ASSERT_EQUAL(reader_settings_parse(texts[i], &s, NULL), 0);
        CU_ASSERT_FALSE(s.wants_fingers || s.wants_address || s.wants_management || s.may_reread);
        CU_ASSERT_EQUAL(s.rf_max_bytes, 0);
        CU_ASSERT_PTR_NULL(s.photo_decoder);
        CU_ASSERT_EQUAL(s.photo_decoder_ms, 2000);
    }
}

static void takes_every_key(void)
{
    struct reader_settings s;
    CU_ASSERT_EQUAL(
        reader_settings_parse("{\"read\": \"text_photo_fingers\", \"added_address\": true,"
                              " \"management_number\": true, \"rf_max_bytes\": 255,"
                              " \"direct_reread\": true, \"photo_decoder\": \"/opt/x/decode\","
                              " \"photo_decoder_ms\": 100}",
                              &s, NULL),
        0);
    CU_ASSERT_TRUE(s.wants_fingers && s.wants_address && s.wants_management && s.may_reread);
    CU_ASSERT_EQUAL(s.rf_max_bytes, 255);
    CU_ASSERT_STRING_EQUAL(s.photo_decoder, "/opt/x/decode");
    CU_ASSERT_EQUAL(s.photo_decoder_ms, 100);
    reader_settings_fini(&s);
    CU_ASSERT_EQUAL(reader_settings_parse("{\"read\": \"text_photo\"}", &s, NULL), 0);
    CU_ASSERT_FALSE(s.wants_fingers);
}

/* Each message names the key and its rule. */
static void refuses_wrong_settings(void)
{
    static const char *const bad[][2] = {
        {"", "JSON object"},
        {"[]", "JSON object"},
        {"{\"read\": \"text_photo\", \"read\": \"text_photo\"}", "JSON object"},
        {"{\"colour\": 1}", "\"colour\""},
        {"{\"read\": \"all\"}", "read must be \"text_photo\""},
        {"{\"read\": 1}", "read must be"},
        {"{\"added_address\": \"yes\"}", "added_address must be true or false"},
        {"{\"management_number\": 1}", "management_number must be true or false"},
        {"{\"direct_reread\": null}", "direct_reread must be true or false"},
        {"{\"rf_max_bytes\": 23}", "rf_max_bytes must be a whole number from 24 to 255"},
        {"{\"rf_max_bytes\": 256}", "rf_max_bytes must be"},
        {"{\"rf_max_bytes\": 80.0}", "rf_max_bytes must be"},
        {"{\"photo_decoder\": \"decode\"}", "photo_decoder must be the absolute path"},
        {"{\"photo_decoder\": \"\"}", "photo_decoder must be"},
        {"{\"photo_decoder\": \"/x\", \"photo_decoder_ms\": 99}", "photo_decoder_ms must be"},
        {"{\"photo_decoder_ms\": 30001}", "photo_decoder_ms must be"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct reader_settings s;
        struct err err = {0};
        CU_ASSERT_EQUAL(reader_settings_parse(bad[i][0], &s, &err), ERR_INVALID);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i][1]));
        CU_ASSERT_PTR_NULL(s.photo_decoder);
    }
}

static void reads_the_table_of_the_project(void)
{
    char *text = NULL;
    size_t n = 0;
    struct reader_table t;
    CU_ASSERT_EQUAL_FATAL(
        mem_read_file(YJ_SOURCE_DIR "/assets/devices/reader.json", 65536, &text, &n, NULL), 0);
    CU_ASSERT_EQUAL(reader_table_parse(text, &t, NULL), 0);
    free(text);
    const struct reader_entry *e = reader_table_find(&t, 0x0400, 0xC35A);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CU_ASSERT_EQUAL(e->poll_ms, 250);
    CU_ASSERT_EQUAL(e->sam_warm_ms, 3000);
    CU_ASSERT_EQUAL(e->layout, READER_LAYOUT_AUTO);
    CU_ASSERT_FALSE(e->is_found_again || e->is_found_watch);
    CU_ASSERT_PTR_NULL(reader_table_find(&t, 0x0400, 0xC35B));
    CU_ASSERT_PTR_NULL(reader_table_find(&t, 0x0483, 0xDF11)); /* waits for firmware, reads none */
}

static void takes_oddities(void)
{
    struct reader_table t;
    CU_ASSERT_EQUAL(
        reader_table_parse("{\"format\": \"yijian-devices-1\", \"class\": \"reader\","
                           " \"note\": \"x\", \"devices\": [{\"vid\": \"1234\", \"pid\": \"*\","
                           " \"name\": \"x\", \"sam_warm_ms\": 0, \"poll_ms\": 1000,"
                           " \"find_after_read\": \"again\", \"layout\": \"one_pipe\","
                           " \"presence\": \"20 01\"}, {\"vid\": \"1234\"}]}",
                           &t, NULL),
        0);
    const struct reader_entry *e = reader_table_find(&t, 0x1234, 7);
    CU_ASSERT_PTR_EQUAL_FATAL(e, &t.at[0]); /* the first that fits */
    CU_ASSERT_EQUAL(e->sam_warm_ms, 0);
    CU_ASSERT_EQUAL(e->poll_ms, 1000);
    CU_ASSERT_TRUE(e->is_found_again && e->is_found_watch);
    CU_ASSERT_EQUAL(e->layout, READER_LAYOUT_ONE_PIPE);
}

#define IN_TABLE(entry) "{\"class\": \"reader\", \"devices\": [{\"vid\": \"0400\"}, " entry "]}"

static void refuses_broken_tables(void)
{
    static const char *const bad[][2] = {
        {"", "line"},
        {"{}", "class reader"},
        {"[]", "class reader"},
        {"{\"class\":\"printer\",\"devices\":[{}]}", "class reader"},
        {"{\"class\":\"reader\",\"devices\":[]}", "class reader"},
        {"{\"class\":\"reader\",\"devices\":[{\"vid\":\"xyz\"}]}", "entry 1"},
        {"{\"class\":\"reader\",\"devices\":[{\"pid\":\"0001\"}]}", "vid must be"},
        {"{\"class\":\"reader\",\"devices\":[{\"vid\":\"0400\"}],\"x\":1}", "\"x\""},
        {"{\"format\":2,\"class\":\"reader\",\"devices\":[{\"vid\":\"0400\"}]}", "format must be"},
        {IN_TABLE("7"), "entry 2"},
        {IN_TABLE("{\"vid\": \"0400\", \"speed\": 1}"), "entry 2: there is no key \"speed\""},
        {IN_TABLE("{\"vid\": \"0400\", \"poll_ms\": 199}"), "poll_ms must be a whole number"},
        {IN_TABLE("{\"vid\": \"0400\", \"poll_ms\": \"250\"}"), "poll_ms must be"},
        {IN_TABLE("{\"vid\": \"0400\", \"sam_warm_ms\": -1}"), "sam_warm_ms must be"},
        {IN_TABLE("{\"vid\": \"0400\", \"layout\": \"two\"}"), "layout must be \"auto\""},
        {IN_TABLE("{\"vid\": \"0400\", \"find_after_read\": true}"), "find_after_read must be"},
        {IN_TABLE("{\"vid\": \"0400\", \"presence\": \"3003\"}"), "presence must be"},
        {IN_TABLE("{\"vid\": \"0400\", \"presence\": \"20 01\"}"), "needs find_after_read"},
        {IN_TABLE("{\"vid\": \"0400\", \"name\": 1}"), "name must be a text"},
    };
    for (size_t i = 0; i < YJ_COUNT(bad); i++) {
        struct reader_table t;
        struct err err = {0};
        CU_ASSERT_EQUAL(reader_table_parse(bad[i][0], &t, &err), ERR_SYNTAX);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, bad[i][1]));
        CU_ASSERT_EQUAL(t.n, 0);
    }
}

/* And the driver passes both on. */
static void driver_does_not_open(void)
{
    static const struct driver_cfg cfgs[] = {
        {.table = "{}"},
        {.table = "{\"class\":\"reader\",\"devices\":[{\"vid\":\"0400\"}]}", .settings = "[]"},
    };
    static const int codes[] = {ERR_SYNTAX, ERR_INVALID};
    for (size_t i = 0; i < YJ_COUNT(cfgs); i++) {
        struct driver_sink sink = {0};
        struct driver *d = NULL;
        CU_ASSERT_EQUAL(reader_ops.open(&cfgs[i], &sink, &d, NULL), codes[i]);
        CU_ASSERT_PTR_NULL(d);
    }
    reader_ops.close(NULL);
}

static CU_TestInfo cases[] = {
    {"has defaults", has_defaults},
    {"takes every key", takes_every_key},
    {"refuses wrong settings", refuses_wrong_settings},
    {"reads the table of the project", reads_the_table_of_the_project},
    {"takes oddities", takes_oddities},
    {"refuses broken tables", refuses_broken_tables},
    {"driver does not open", driver_does_not_open},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.reader_setup", cases)
