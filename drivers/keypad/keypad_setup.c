/* SPDX-License-Identifier: Apache-2.0 */
/* Table and settings of the keypad driver. Pure apart from jansson's memory. */
#include "drivers/keypad/keypad_setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/hid/hid_items.h"

enum { STUCK_MIN_S = 2, STUCK_MAX_S = 600, STUCK_DEFAULT_S = 30 };

static const char *const words[] = {
    [NAV_NONE] = "?",
    [NAV_PREVIOUS] = "previous",
    [NAV_NEXT] = "next",
    [NAV_LEFT] = "left",
    [NAV_RIGHT] = "right",
    [NAV_SELECT] = "select",
    [NAV_BACK] = "back",
    [NAV_HOME] = "home",
    [NAV_HELP] = "help",
    [NAV_REPEAT] = "repeat",
    [NAV_LOUDER] = "louder",
    [NAV_SOFTER] = "softer",
    [NAV_FASTER] = "faster",
    [NAV_SLOWER] = "slower",
    [NAV_DIGIT_0] = "digit0",
    [NAV_DIGIT_0 + 1] = "digit1",
    [NAV_DIGIT_0 + 2] = "digit2",
    [NAV_DIGIT_0 + 3] = "digit3",
    [NAV_DIGIT_0 + 4] = "digit4",
    [NAV_DIGIT_0 + 5] = "digit5",
    [NAV_DIGIT_0 + 6] = "digit6",
    [NAV_DIGIT_0 + 7] = "digit7",
    [NAV_DIGIT_0 + 8] = "digit8",
    [NAV_DIGIT_9] = "digit9",
    [NAV_STAR] = "star",
    [NAV_HASH] = "hash",
    [KEYPAD_HEADSET_IN] = "headset_in",
    [KEYPAD_HEADSET_OUT] = "headset_out",
    [KEYPAD_HEADSET] = "headset",
    [KEYPAD_LAYER] = "layer",
};

const char *keypad_word(uint8_t meaning)
{
    return meaning < YJ_COUNT(words) ? words[meaning] : "?";
}

/* @return the meaning, NAV_NONE when the word is none */
static uint8_t meaning_of(const char *word)
{
    for (uint8_t i = NAV_NONE + 1; word && i < YJ_COUNT(words); i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return NAV_NONE;
}

static bool is_hex(const char *text, size_t n)
{
    return strspn(text, "0123456789abcdefABCDEF") >= n;
}

/* ---- table ---------------------------------------------------------------------------------- */

/* "07:52": usage page and usage, two and two to four hexadecimal digits */
static bool usage_of(const char *text, uint32_t *ret)
{
    size_t n = strlen(text);
    if (n < 5 || n > 7 || !is_hex(text, 2) || text[2] != ':' || !is_hex(text + 3, n - 3))
        return false;
    *ret = hid_usage((uint16_t)strtoul(text, NULL, 16), (uint16_t)strtoul(text + 3, NULL, 16));
    return (*ret & 0xFFFF) != 0 && *ret >> 16 != 0;
}

static int keys_load(const json_t *in, const char *list, struct keypad_key *key, size_t *ret_n,
                     struct err *err)
{
    const char *code;
    json_t *word;
    if (!json_is_object(in) || json_object_size(in) == 0 || json_object_size(in) > KEYPAD_MAX_KEYS)
        return ERR(err, ERR_SYNTAX, "device table: \"%s\" is an object of 1 to %d codes", list,
                   KEYPAD_MAX_KEYS);
    json_object_foreach((json_t *)(uintptr_t)in, code, word)
    {
        struct keypad_key k = {.meaning = meaning_of(json_string_value(word))};
        if (!usage_of(code, &k.usage))
            return ERR(err, ERR_SYNTAX, "device table: code \"%.20s\" must be page:usage as 07:52",
                       code);
        if (k.meaning == NAV_NONE)
            return ERR(err, ERR_SYNTAX, "device table: code \"%.20s\" has no meaning that is known",
                       code);
        for (size_t i = 0; i < *ret_n; i++)
            if (key[i].usage == k.usage)
                return ERR(err, ERR_SYNTAX, "device table: code \"%.20s\" stands there twice",
                           code);
        key[(*ret_n)++] = k;
    }
    return 0;
}

static bool has_meaning(const struct keypad_key *key, size_t n, uint8_t meaning)
{
    for (size_t i = 0; i < n; i++)
        if (key[i].meaning == meaning)
            return true;
    return false;
}

/* A keypad that cannot move and choose would leave its visitor helpless. */
static int keys_check(const struct keypad_model *m, struct err *err)
{
    static const uint8_t needed[] = {NAV_NEXT, NAV_PREVIOUS, NAV_SELECT};
    for (size_t i = 0; i < YJ_COUNT(needed); i++)
        if (!has_meaning(m->key, m->n_keys, needed[i]))
            return ERR(err, ERR_SYNTAX, "device table: no code means \"%s\"",
                       keypad_word(needed[i]));
    if (has_meaning(m->key, m->n_keys, KEYPAD_LAYER) != (m->n_typed > 0))
        return ERR(err, ERR_SYNTAX, "device table: \"typed\" and a code for \"layer\" go together");
    if (m->n_typed > 0 && !has_meaning(m->typed, m->n_typed, NAV_HASH))
        return ERR(err, ERR_SYNTAX, "device table: \"typed\" needs a code for \"hash\", its end");
    return 0;
}

static int entry_load(const json_t *in, struct keypad_model *m, struct err *err)
{
    static const char *const known[] = {"vid", "pid", "name", "source", "keys", "typed"};
    const char *key, *name = json_string_value(json_object_get(in, "name"));
    json_t *value;
    int rc = id_table_ids(in, &m->vid, &m->pid, err);
    if (rc < 0)
        return rc;
    json_object_foreach((json_t *)(uintptr_t)in, key, value)
    {
        bool is_known = false;
        for (size_t i = 0; i < YJ_COUNT(known); i++)
            is_known |= strcmp(key, known[i]) == 0;
        if (!is_known)
            return ERR(err, ERR_SYNTAX, "device table: there is no key \"%.40s\"", key);
    }
    if (!name || !name[0] || strlen(name) >= sizeof m->name)
        return ERR(err, ERR_SYNTAX, "device table: a keypad needs \"name\", 1 to %zu bytes",
                   sizeof m->name - 1);
    if (!json_string_value(json_object_get(in, "source")))
        return ERR(err, ERR_SYNTAX, "device table: \"source\" tells where the codes come from");
    if ((m->vid == ID_ANY) != (m->pid == ID_ANY))
        return ERR(err, ERR_SYNTAX, "device table: vid and pid both, or neither");
    snprintf(m->name, sizeof m->name, "%s", name);
    rc = keys_load(json_object_get(in, "keys"), "keys", m->key, &m->n_keys, err);
    if (rc == 0 && json_object_get(in, "typed"))
        rc = keys_load(json_object_get(in, "typed"), "typed", m->typed, &m->n_typed, err);
    return rc < 0 ? rc : keys_check(m, err);
}

int keypad_table_load(const char *text, struct keypad_table *ret, struct err *err)
{
    json_t *root = NULL;
    memset(ret, 0, sizeof *ret);
    int rc = id_table_load(text, "keypad", &root, err);
    if (rc < 0)
        return rc;
    const json_t *devices = json_object_get(root, "devices");
    size_t n = json_array_size(devices);
    if (n > KEYPAD_MAX_MODELS)
        rc = ERR(err, ERR_SYNTAX, "keypad table: more than %d entries", KEYPAD_MAX_MODELS);
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = entry_load(json_array_get(devices, i), &ret->at[ret->n++], err);
        if (rc < 0)
            err_prefix(err, "keypad table, entry %zu", i + 1);
    }
    json_decref(root);
    return rc;
}

/* ---- settings ------------------------------------------------------------------------------- */

static int id_take(const char *key, const json_t *v, int *ret, struct err *err)
{
    const char *text = json_string_value(v);
    if (!text || strlen(text) != 4 || !is_hex(text, 4))
        return ERR(err, ERR_INVALID, "devices.keypad.%s must be four hexadecimal digits", key);
    *ret = (int)strtol(text, NULL, 16);
    return 0;
}

static int text_take(const char *key, const json_t *v, char *ret, size_t cap, struct err *err)
{
    const char *text = json_string_value(v);
    if (!text || !text[0] || strlen(text) >= cap)
        return ERR(err, ERR_INVALID, "devices.keypad.%s: a text of 1 to %zu bytes", key, cap - 1);
    snprintf(ret, cap, "%s", text);
    return 0;
}

static int setting_take(const char *key, const json_t *v, struct keypad_settings *s,
                        struct err *err)
{
    if (strcmp(key, "model") == 0)
        return text_take(key, v, s->model, sizeof s->model, err);
    if (strcmp(key, "vid") == 0)
        return id_take(key, v, &s->vid, err);
    if (strcmp(key, "pid") == 0)
        return id_take(key, v, &s->pid, err);
    if (strcmp(key, "port") == 0)
        return text_take(key, v, s->port, sizeof s->port, err);
    if (strcmp(key, "stuck_s") != 0)
        return ERR(err, ERR_INVALID, "devices.keypad.%.40s: there is no such key", key);
    json_int_t seconds = json_integer_value(v); /* 0 when it is no integer */
    if (seconds < STUCK_MIN_S || seconds > STUCK_MAX_S)
        return ERR(err, ERR_INVALID, "devices.keypad.stuck_s must be %d to %d", STUCK_MIN_S,
                   STUCK_MAX_S);
    s->stuck_ms = (int)seconds * 1000;
    return 0;
}

static const struct keypad_model *model_named(const struct keypad_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->at[i].name, name) == 0)
            return &table->at[i];
    return NULL;
}

static int settings_check(const struct keypad_settings *s, const struct keypad_table *table,
                          struct err *err)
{
    const struct keypad_model *m = s->model[0] ? model_named(table, s->model) : NULL;
    if (s->model[0] && !m)
        return ERR(err, ERR_INVALID, "devices.keypad.model: the table has no \"%.40s\"", s->model);
    if ((s->vid == ID_ANY) != (s->pid == ID_ANY))
        return ERR(err, ERR_INVALID, "devices.keypad: vid and pid both, or neither");
    if (m && m->vid == ID_ANY && s->vid == ID_ANY)
        return ERR(err, ERR_INVALID, "devices.keypad: \"%.40s\" needs vid and pid of the device",
                   s->model);
    if (!m && s->vid != ID_ANY)
        return ERR(err, ERR_INVALID, "devices.keypad: vid and pid need a model");
    return 0;
}

int keypad_settings_load(const char *text, const struct keypad_table *table,
                         struct keypad_settings *ret, struct err *err)
{
    struct keypad_settings s = {.vid = ID_ANY, .pid = ID_ANY, .stuck_ms = STUCK_DEFAULT_S * 1000};
    json_error_t je;
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, &je) : NULL;
    const char *key;
    json_t *value;
    int rc = 0;
    if (text && !json_is_object(root))
        rc = ERR(err, ERR_INVALID, "devices.keypad must be a JSON object without doubles");
    json_object_foreach(root, key, value)
    {
        rc = setting_take(key, value, &s, err);
        if (rc < 0)
            break;
    }
    if (rc == 0)
        rc = settings_check(&s, table, err);
    if (rc == 0)
        *ret = s;
    json_decref(root);
    return rc;
}

const struct keypad_model *keypad_model_find(const struct keypad_table *table,
                                             const struct keypad_settings *s, uint16_t vid,
                                             uint16_t pid, const char *port)
{
    if (s->port[0] && strcmp(s->port, port) != 0)
        return NULL;
    if (s->vid != ID_ANY)
        return vid == s->vid && pid == s->pid ? model_named(table, s->model) : NULL;
    for (size_t i = 0; i < table->n; i++) {
        const struct keypad_model *m = &table->at[i];
        if (m->vid == vid && m->pid == pid && (!s->model[0] || strcmp(m->name, s->model) == 0))
            return m;
    }
    return NULL;
}
