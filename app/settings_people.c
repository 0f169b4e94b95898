/* SPDX-License-Identifier: Apache-2.0 */
/* Settings for people: how a visit begins, languages, where else to go. Main thread, at start. */
#include "settings_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- prefs: words or numbers, each with its place in struct prefs ---- */

enum { MAX_WORDS = 4 };

static const struct {
    const char *name;
    size_t offset;               /* of a byte */
    const char *word[MAX_WORDS]; /* NULL word[0]: a number 0 .. max, or true and false */
    int max;                     /* 1: true or false */
} prefs[] = {
    {"text", offsetof(struct prefs, text), {"small", "normal", "large", "largest"}, 0},
    {"contrast", offsetof(struct prefs, contrast), {"default", "light", "dark"}, 0},
    {"speech", offsetof(struct prefs, speech), {"off", "prompts", "all"}, 0},
    {"volume", offsetof(struct prefs, volume), {NULL}, PREFS_N_VOLUME - 1},
    {"speed", offsetof(struct prefs, speed), {NULL}, PREFS_N_SPEED - 1},
    {"elder", offsetof(struct prefs, is_elder), {NULL}, 1},
    {"low", offsetof(struct prefs, is_low), {NULL}, 1},
};

/* @return the value, -1: none of this key */
static int value_of(size_t i, const json_t *v)
{
    const char *text = json_string_value(v);
    for (int w = 0; text && w < MAX_WORDS && prefs[i].word[w]; w++)
        if (!strcmp(prefs[i].word[w], text))
            return w;
    if (prefs[i].word[0])
        return -1;
    if (prefs[i].max == 1)
        return json_is_boolean(v) ? json_is_true(v) : -1;
    json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
    return n >= 0 && n <= prefs[i].max ? (int)n : -1;
}

static int read_prefs(const json_t *section, struct settings *s, struct err *err)
{
    s->prefs = PREFS_DEFAULT;
    for (size_t i = 0; i < YJ_COUNT(prefs); i++) {
        const json_t *v = json_object_get(section, prefs[i].name);
        int value = v ? value_of(i, v) : 0;
        if (value < 0 && prefs[i].word[0])
            return ERR(err, ERR_INVALID, "prefs.%s must be one of \"%s\", \"%s\", \"%s\"%s%s%s",
                       prefs[i].name, prefs[i].word[0], prefs[i].word[1], prefs[i].word[2],
                       prefs[i].word[3] ? ", \"" : "", prefs[i].word[3] ? prefs[i].word[3] : "",
                       prefs[i].word[3] ? "\"" : "");
        if (value < 0 && prefs[i].max == 1)
            return ERR(err, ERR_INVALID, "prefs.%s must be true or false", prefs[i].name);
        if (value < 0)
            return ERR(err, ERR_INVALID, "prefs.%s must be a whole number between 0 and %d",
                       prefs[i].name, prefs[i].max);
        uint8_t byte = (uint8_t)value;
        if (v && prefs[i].max == 1)
            memcpy((char *)&s->prefs + prefs[i].offset, &(bool){value != 0}, sizeof(bool));
        else if (v)
            memcpy((char *)&s->prefs + prefs[i].offset, &byte, 1);
    }
    if (s->prefs.is_elder && s->prefs.text < TEXT_LARGE)
        s->prefs.text = TEXT_LARGE;
    return 0;
}

/* ---- languages ---- */

/* The name of a file in assets/strings: "zh-Hans", "en". */
static bool is_language(const char *text)
{
    size_t n = strlen(text);
    return n >= 2 && n <= 16 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == n;
}

static bool has_language(const struct settings *s, const char *text)
{
    for (size_t i = 0; i < s->n_languages; i++)
        if (!strcmp(s->languages[i], text))
            return true;
    return false;
}

static int add_language(struct settings *s, const char *text, struct err *err)
{
    if (!text || !is_language(text))
        return ERR(err, ERR_INVALID, "display.languages must be a list of names such as \"en\"");
    if (has_language(s, text))
        return 0;
    if (s->n_languages == PREFS_MAX_LANGUAGES)
        return ERR(err, ERR_INVALID, "display.languages must name at most %d",
                   (int)PREFS_MAX_LANGUAGES);
    s->languages[s->n_languages++] = mem_strdup(text);
    return 0;
}

static int read_languages(const json_t *list, struct settings *s, struct err *err)
{
    static const char *const complete[] = {"zh-Hans", "en"};
    if (list && !json_is_array(list))
        return ERR(err, ERR_INVALID, "display.languages must be a list of names such as \"en\"");
    int rc = add_language(s, s->language, err);
    for (size_t i = 0; !list && rc == 0 && i < YJ_COUNT(complete); i++)
        rc = add_language(s, complete[i], err);
    for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
        rc = add_language(s, json_string_value(json_array_get(list, i)), err);
    return rc;
}

/* ---- places ---- */

static int read_place(const json_t *v, size_t i, struct settings_place *ret, struct err *err)
{
    const struct {
        const char *name;
        char **at;
    } key[] = {{"name", &ret->name},
               {"address", &ret->address},
               {"hours", &ret->hours},
               {"phone", &ret->phone}};
    size_t n_known = 0;
    for (size_t k = 0; k < YJ_COUNT(key); k++) {
        const json_t *text = json_object_get(v, key[k].name);
        size_t n = json_string_length(text);
        if (text && (!json_is_string(text) || n == 0 || n > SETTINGS_MAX_TEXT_BYTES))
            return ERR(err, ERR_INVALID, "hall.places[%zu].%s must be a text of at most %d bytes",
                       i, key[k].name, (int)SETTINGS_MAX_TEXT_BYTES);
        if (text)
            *key[k].at = mem_strdup(json_string_value(text));
        n_known += text != NULL;
    }
    if (!ret->name || n_known != json_object_size(v))
        return ERR(err, ERR_INVALID,
                   "hall.places[%zu] must have name, and may have address, hours and phone", i);
    return 0;
}

static int read_places(const json_t *list, struct settings *s, struct err *err)
{
    size_t n = json_array_size(list);
    int rc = 0;
    if (list && (!json_is_array(list) || n > SETTINGS_MAX_PLACES))
        return ERR(err, ERR_INVALID, "hall.places must be a list of at most %d places",
                   (int)SETTINGS_MAX_PLACES);
    for (size_t i = 0; i < n && rc == 0; i++) {
        s->n_places = i + 1;
        rc = read_place(json_array_get(list, i), i, &s->place[i], err);
    }
    return rc;
}

/* ---- all of them ---- */

bool settings_people_know(const char *section, const char *name)
{
    for (size_t i = 0; !strcmp(section, "prefs") && i < YJ_COUNT(prefs); i++)
        if (!strcmp(prefs[i].name, name))
            return true;
    return (!strcmp(section, "display") && !strcmp(name, "languages")) ||
           (!strcmp(section, "hall") && !strcmp(name, "places"));
}

int settings_people_read(const json_t *root, struct settings *s, struct err *err)
{
    const json_t *display = json_object_get(root, "display"), *hall = json_object_get(root, "hall");
    if (s->rotation_deg % 90)
        return ERR(err, ERR_INVALID, "display.rotation must be 0, 90, 180 or 270");
    int rc = read_prefs(json_object_get(root, "prefs"), s, err);
    if (rc == 0)
        rc = read_languages(json_object_get(display, "languages"), s, err);
    return rc == 0 ? read_places(json_object_get(hall, "places"), s, err) : rc;
}

void settings_people_free(struct settings *s)
{
    for (size_t i = 0; i < s->n_languages; i++)
        free(s->languages[i]);
    for (size_t i = 0; i < s->n_places; i++) {
        free(s->place[i].name);
        free(s->place[i].address);
        free(s->place[i].hours);
        free(s->place[i].phone);
    }
}
