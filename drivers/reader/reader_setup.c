/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading of the reader's settings and of its device table.
 * Pure apart from memory; called while the driver is opened. */
#include "drivers/reader/reader_setup.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "drivers/reader/reader_codec.h"

enum {
    DECODER_MS = 2000,
    DECODER_MIN_MS = 100,
    DECODER_MAX_MS = 30000,
    PATH_BYTES = 4096,
    SAM_WARM_MS = 3000,
    SAM_WARM_MAX_MS = 30000,
    POLL_MS = 250,
    POLL_MIN_MS = 200,
    POLL_MAX_MS = 1000,
};

/* A word that a key may have, and what it stands for. */
struct word {
    const char *text;
    int value;
};

/* @return false when the value is none of the words */
static bool word_take(const json_t *v, const struct word *words, int *ret)
{
    const char *text = json_string_value(v);
    for (; text && words->text; words++) {
        if (strcmp(words->text, text) == 0) {
            *ret = words->value;
            return true;
        }
    }
    return false;
}

static bool bool_take(const json_t *v, bool *ret)
{
    if (!json_is_boolean(v))
        return false;
    *ret = json_is_true(v);
    return true;
}

static bool int_take(const json_t *v, int min, int max, int *ret)
{
    if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
        return false;
    *ret = (int)json_integer_value(v);
    return true;
}

/* ---- settings ------------------------------------------------------------------------------ */

static bool read_take(const json_t *v, struct reader_settings *s)
{
    static const struct word words[] = {{"text_photo", 0}, {"text_photo_fingers", 1}, {NULL, 0}};
    int value = 0;
    bool is_known = word_take(v, words, &value);
    s->wants_fingers = value == 1;
    return is_known;
}

static bool address_take(const json_t *v, struct reader_settings *s)
{
    return bool_take(v, &s->wants_address);
}

static bool management_take(const json_t *v, struct reader_settings *s)
{
    return bool_take(v, &s->wants_management);
}

static bool rf_take(const json_t *v, struct reader_settings *s)
{
    int n = 0;
    bool is_known = int_take(v, SAM_RF_MIN, SAM_RF_MAX, &n);
    s->rf_max_bytes = (uint8_t)n;
    return is_known;
}

static bool reread_take(const json_t *v, struct reader_settings *s)
{
    return bool_take(v, &s->may_reread);
}

static bool decoder_take(const json_t *v, struct reader_settings *s)
{
    const char *path = json_string_value(v);
    if (!path || path[0] != '/' || strlen(path) != json_string_length(v) ||
        strlen(path) >= PATH_BYTES)
        return false;
    s->photo_decoder = mem_strdup(path);
    return true;
}

static bool decoder_ms_take(const json_t *v, struct reader_settings *s)
{
    return int_take(v, DECODER_MIN_MS, DECODER_MAX_MS, &s->photo_decoder_ms);
}

static const struct {
    const char *key;
    bool (*take)(const json_t *v, struct reader_settings *s);
    const char *rule;
} setting_keys[] = {
    {"read", read_take, "\"text_photo\" or \"text_photo_fingers\""},
    {"added_address", address_take, "true or false"},
    {"management_number", management_take, "true or false"},
    {"rf_max_bytes", rf_take, "a whole number from 24 to 255"},
    {"direct_reread", reread_take, "true or false"},
    {"photo_decoder", decoder_take, "the absolute path of a program"},
    {"photo_decoder_ms", decoder_ms_take, "a whole number from 100 to 30000"},
};

static int setting_parse(const char *key, const json_t *v, struct reader_settings *s,
                         struct err *err)
{
    for (size_t i = 0; i < YJ_COUNT(setting_keys); i++) {
        if (strcmp(setting_keys[i].key, key) != 0)
            continue;
        if (setting_keys[i].take(v, s))
            return 0;
        return ERR(err, ERR_INVALID, "reader settings: %s must be %s", key, setting_keys[i].rule);
    }
    return ERR(err, ERR_INVALID, "reader settings: there is no key \"%.40s\"", key);
}

static void settings_default(struct reader_settings *s)
{
    memset(s, 0, sizeof *s);
    s->photo_decoder_ms = DECODER_MS;
}

int reader_settings_parse(const char *text, struct reader_settings *ret, struct err *err)
{
    settings_default(ret);
    if (!text)
        return 0;
    json_error_t je;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(root)) {
        json_decref(root);
        return ERR(err, ERR_INVALID, "reader settings must be a JSON object");
    }
    const char *key;
    json_t *v;
    int r = 0;
    json_object_foreach(root, key, v)
    {
        r = setting_parse(key, v, ret, err);
        if (r != 0)
            break;
    }
    json_decref(root);
    if (r != 0) {
        reader_settings_fini(ret);
        settings_default(ret);
    }
    return r;
}

void reader_settings_fini(struct reader_settings *s)
{
    free(s->photo_decoder);
    s->photo_decoder = NULL;
}

/* ---- device table -------------------------------------------------------------------------- */

static bool text_take(const json_t *v, struct reader_entry *e)
{
    (void)e; /* for people only */
    return json_is_string(v);
}

static bool warm_take(const json_t *v, struct reader_entry *e)
{
    return int_take(v, 0, SAM_WARM_MAX_MS, &e->sam_warm_ms);
}

static bool poll_take(const json_t *v, struct reader_entry *e)
{
    return int_take(v, POLL_MIN_MS, POLL_MAX_MS, &e->poll_ms);
}

static bool find_take(const json_t *v, struct reader_entry *e)
{
    static const struct word words[] = {{"sticky", 0}, {"again", 1}, {NULL, 0}};
    int value = 0;
    bool is_known = word_take(v, words, &value);
    e->is_found_again = value == 1;
    return is_known;
}

static bool layout_take(const json_t *v, struct reader_entry *e)
{
    static const struct word words[] = {{"auto", READER_LAYOUT_AUTO},
                                        {"four_pipes", READER_LAYOUT_FOUR_PIPES},
                                        {"one_pipe", READER_LAYOUT_ONE_PIPE},
                                        {NULL, 0}};
    int value = READER_LAYOUT_AUTO;
    bool is_known = word_take(v, words, &value);
    e->layout = (enum reader_layout)value;
    return is_known;
}

static bool presence_take(const json_t *v, struct reader_entry *e)
{
    static const struct word words[] = {{"30 03", 0}, {"20 01", 1}, {NULL, 0}};
    int value = 0;
    bool is_known = word_take(v, words, &value);
    e->is_found_watch = value == 1;
    return is_known;
}

static const struct {
    const char *key;
    bool (*take)(const json_t *v, struct reader_entry *e);
    const char *rule;
} entry_keys[] = {
    {"vid", text_take, "four hexadecimal digits"},
    {"pid", text_take, "four hexadecimal digits or \"*\""},
    {"name", text_take, "a text"},
    {"sam_warm_ms", warm_take, "a whole number from 0 to 30000"},
    {"poll_ms", poll_take, "a whole number from 200 to 1000"},
    {"find_after_read", find_take, "\"sticky\" or \"again\""},
    {"layout", layout_take, "\"auto\", \"four_pipes\" or \"one_pipe\""},
    {"presence", presence_take, "\"30 03\" or \"20 01\""},
};

static int entry_key_parse(const char *key, const json_t *v, struct reader_entry *e,
                           struct err *err)
{
    for (size_t i = 0; i < YJ_COUNT(entry_keys); i++) {
        if (strcmp(entry_keys[i].key, key) != 0)
            continue;
        if (entry_keys[i].take(v, e))
            return 0;
        return ERR(err, ERR_SYNTAX, "%s must be %s", key, entry_keys[i].rule);
    }
    return ERR(err, ERR_SYNTAX, "there is no key \"%.40s\"", key);
}

static int entry_parse(json_t *entry, struct reader_entry *e, struct err *err)
{
    *e = (struct reader_entry){.sam_warm_ms = SAM_WARM_MS, .poll_ms = POLL_MS};
    int r = id_table_ids(entry, &e->vid, &e->pid, err);
    if (r != 0)
        return r;
    if (e->vid == ID_ANY)
        return ERR(err, ERR_SYNTAX, "vid must be four hexadecimal digits");
    const char *key;
    json_t *v;
    json_object_foreach(entry, key, v)
    {
        r = entry_key_parse(key, v, e, err);
        if (r != 0)
            return r;
    }
    if (e->is_found_watch && !e->is_found_again)
        return ERR(
            err, ERR_SYNTAX,
            "presence \"20 01\" needs find_after_read \"again\": a sticky reader answers the "
            "same for a resting card and for none");
    return 0;
}

static int root_check(json_t *root, struct err *err)
{
    static const char *const keys[] = {"format", "class", "note", "devices"};
    const char *key;
    json_t *v;
    json_object_foreach(root, key, v)
    {
        bool is_known = false;
        for (size_t i = 0; i < YJ_COUNT(keys); i++)
            is_known |= strcmp(keys[i], key) == 0;
        if (!is_known)
            return ERR(err, ERR_SYNTAX, "reader table: there is no key \"%.40s\"", key);
    }
    const json_t *format = json_object_get(root, "format");
    if (format &&
        (!json_is_string(format) || strcmp(json_string_value(format), "yijian-devices-1") != 0))
        return ERR(err, ERR_SYNTAX, "reader table: format must be \"yijian-devices-1\"");
    return 0;
}

int reader_table_parse(const char *text, struct reader_table *ret, struct err *err)
{
    json_t *root = NULL;
    memset(ret, 0, sizeof *ret);
    int r = id_table_load(text, "reader", &root, err);
    if (r != 0)
        return r;
    r = root_check(root, err);
    json_t *devices = json_object_get(root, "devices");
    size_t n = json_array_size(devices); /* at most ID_TABLE_MAX, id_table_load saw to it */
    for (size_t i = 0; i < n && r == 0; i++) {
        r = entry_parse(json_array_get(devices, i), &ret->at[i], err);
        if (r != 0)
            err_prefix(err, "reader table, entry %zu", i + 1);
    }
    json_decref(root);
    ret->n = r == 0 ? n : 0;
    return r;
}

const struct reader_entry *reader_table_find(const struct reader_table *t, uint16_t idVendor,
                                             uint16_t idProduct)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->at[i].vid == idVendor && (t->at[i].pid == ID_ANY || t->at[i].pid == idProduct))
            return &t->at[i];
    return NULL;
}
