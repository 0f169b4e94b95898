/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a theme file: colours, lengths, times, colours of pictures. Main thread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/theme/theme_priv.h"

static const char *const room_names[] = {"lengths_mm", "compact_mm"};

struct colour_token {
    const char *name;
    size_t at;
};

struct length_token {
    const char *name;
    size_t at;
    double least, least_large, most;
};

struct motion_token {
    const char *name;
    size_t at;
    int most;
};

static const struct colour_token colour_tokens[] = {
#define COLOUR(name) {#name, offsetof(struct theme, name)},
#include "ui/theme/theme.def"
};

static const struct length_token length_tokens[] = {
#define LENGTH(name, a, b, most) {#name, offsetof(struct theme, name), a, b, most},
#include "ui/theme/theme.def"
};

static const struct motion_token motion_tokens[] = {
#define MOTION(name, most) {#name, offsetof(struct theme, name), most},
#include "ui/theme/theme.def"
};

static const struct colour_token *colour_named(const char *name)
{
    for (size_t i = 0; name && i < YJ_COUNT(colour_tokens); i++)
        if (strcmp(colour_tokens[i].name, name) == 0)
            return &colour_tokens[i];
    return NULL;
}

static int colour_parse(const char *text, colour_t *ret)
{
    if (!text || strlen(text) != 7 || text[0] != '#' ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return -1;
    *ret = 0xFF000000U | (colour_t)strtoul(text + 1, NULL, 16);
    return 0;
}

/* A part that is not there is taken from the theme below; one that must be is missed. */
static bool is_there(struct reading *r, json_t *part, const char *place)
{
    if (json_is_object(part))
        return true;
    if (part || r->is_whole)
        theme_say(r, place, part ? "an object expected" : "is missing");
    return false;
}

static void colours_read(struct reading *r, json_t *j, int contrast)
{
    char place[80];
    const char *name;
    json_t *value;
    snprintf(place, sizeof place, "/colours/%s", theme_contrast_names[contrast]);
    if (!is_there(r, j, place))
        return;
    json_object_foreach(j, name, value)
    {
        const struct colour_token *token = colour_named(name);
        colour_t c;
        snprintf(place, sizeof place, "/colours/%s/%.40s", theme_contrast_names[contrast], name);
        if (!token)
            theme_say(r, place, "is no token");
        else if (colour_parse(json_string_value(value), &c) < 0)
            theme_say(r, place, "\"#RRGGBB\" expected");
        else
            theme_colour_at(r->theme, token->at)->at[contrast] = c;
    }
    for (size_t i = 0; r->is_whole && i < YJ_COUNT(colour_tokens); i++) {
        snprintf(place, sizeof place, "/colours/%s/%s", theme_contrast_names[contrast],
                 colour_tokens[i].name);
        if (!json_object_get(j, colour_tokens[i].name))
            theme_say(r, place, "is missing");
    }
}

static void length_read(struct reading *r, json_t *four, const struct length_token *token, int room,
                        const char *place)
{
    struct length_mm *mm = (struct length_mm *)(void *)((char *)r->theme + token->at);
    if (json_array_size(four) != PREFS_N_TEXT) {
        theme_say(r, place, "[small, normal, large, largest] expected");
        return;
    }
    for (size_t size = 0; size < PREFS_N_TEXT; size++) {
        json_t *value = json_array_get(four, size);
        double least = size >= TEXT_LARGE ? token->least_large : token->least;
        double v = json_number_value(value);
        if (!json_is_number(value) || v < least || v > token->most) {
            theme_say(r, place, "at least %g (large %g) and at most %g mm", token->least,
                      token->least_large, token->most);
            return;
        }
        mm->at[room][size] = v;
    }
}

static void lengths_read(struct reading *r, json_t *j, int room)
{
    char place[80];
    const char *name;
    json_t *value;
    size_t n_known = 0;
    snprintf(place, sizeof place, "/%s", room_names[room]);
    if (!is_there(r, j, place))
        return;
    for (size_t i = 0; i < YJ_COUNT(length_tokens); i++) {
        snprintf(place, sizeof place, "/%s/%s", room_names[room], length_tokens[i].name);
        value = json_object_get(j, length_tokens[i].name);
        n_known += value != NULL;
        if (value)
            length_read(r, value, &length_tokens[i], room, place);
        else if (r->is_whole)
            theme_say(r, place, "is missing");
    }
    if (n_known == json_object_size(j))
        return;
    json_object_foreach(j, name, value)
    {
        bool is_known = false;
        for (size_t i = 0; i < YJ_COUNT(length_tokens) && !is_known; i++)
            is_known = strcmp(length_tokens[i].name, name) == 0;
        snprintf(place, sizeof place, "/%s/%.40s", room_names[room], name);
        if (!is_known)
            theme_say(r, place, "is no token");
    }
}

static void motion_read(struct reading *r, json_t *j)
{
    const char *names[YJ_COUNT(motion_tokens)];
    if (!is_there(r, j, "/motion_ms"))
        return;
    for (size_t i = 0; i < YJ_COUNT(motion_tokens); i++) {
        char place[80];
        const struct motion_token *token = &motion_tokens[i];
        json_t *ms = json_object_get(j, names[i] = token->name);
        json_int_t v = json_integer_value(ms);
        snprintf(place, sizeof place, "/motion_ms/%s", token->name);
        if (ms ? !json_is_integer(ms) || v < 0 || v > token->most : r->is_whole)
            theme_say(r, place, "0 to %d whole milliseconds expected", token->most);
        else if (ms)
            *(int *)(void *)((char *)r->theme + token->at) = (int)v;
    }
    theme_only(r, j, "/motion_ms", names, YJ_COUNT(names));
}

/* One colour of the drawings; said again, it replaces what the theme below said. */
static void picture_read(struct reading *r, const char *from, json_t *to, const char *place)
{
    struct theme *t = r->theme;
    struct picture_colour p = {0};
    size_t n = json_array_size(to);
    const struct colour_token *first = colour_named(json_string_value(json_array_get(to, 0)));
    const struct colour_token *second =
        n == 3 ? colour_named(json_string_value(json_array_get(to, 1))) : first;
    json_t *percent = json_array_get(to, 2);
    if (colour_parse(from, &p.from) < 0 || (n != 1 && n != 3) || !first || !second ||
        (n == 3 && (!json_is_integer(percent) || json_integer_value(percent) < 0 ||
                    json_integer_value(percent) > 100))) {
        theme_say(r, place, "\"#RRGGBB\": [token] or [token, token, percent of the second]");
        return;
    }
    p.first = first->at;
    p.second = second->at;
    p.percent = (int)json_integer_value(percent);
    int at = 0;
    while (at < t->n_pictures && t->picture[at].from != p.from)
        at++;
    if (at == IMAGE_MAX_COLOURS) {
        theme_say(r, place, "at most %d colours of pictures", IMAGE_MAX_COLOURS);
        return;
    }
    t->picture[at] = p;
    t->n_pictures += at == t->n_pictures;
}

static void pictures_read(struct reading *r, json_t *j)
{
    char place[80];
    const char *from;
    json_t *to;
    if (!is_there(r, j, "/images"))
        return;
    json_object_foreach(j, from, to)
    {
        snprintf(place, sizeof place, "/images/%.40s", from);
        picture_read(r, from, to, place);
    }
}

void theme_read_parts(struct reading *r, json_t *root)
{
    json_t *colours = json_object_get(root, "colours");
    if (is_there(r, colours, "/colours")) {
        for (int i = 0; i < PREFS_N_CONTRAST; i++)
            colours_read(r, json_object_get(colours, theme_contrast_names[i]), i);
        theme_only(r, colours, "/colours", theme_contrast_names, PREFS_N_CONTRAST);
    }
    for (int i = 0; i < 2; i++)
        lengths_read(r, json_object_get(root, room_names[i]), i);
    motion_read(r, json_object_get(root, "motion_ms"));
    pictures_read(r, json_object_get(root, "images"));
}
