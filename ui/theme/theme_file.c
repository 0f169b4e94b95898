/* SPDX-License-Identifier: Apache-2.0 */
/* Theme files and what they rest on, and the brand's name and pictures. Main thread. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/theme/theme_priv.h"

enum { THEME_MAX_BYTES = 64 << 10, PICTURE_MAX_BYTES = 512 << 10 };

void theme_say(struct reading *r, const char *place, const char *fmt, ...)
{
    char reason[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    r->n_complaints++;
    r->complain(r->arg, r->file, place, reason);
}

void theme_only(struct reading *r, json_t *object, const char *place, const char *const names[],
                size_t n)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        char at[120];
        bool is_known = false;
        for (size_t i = 0; i < n && !is_known; i++)
            is_known = strcmp(names[i], name) == 0;
        snprintf(at, sizeof at, "%s/%.40s", place, name);
        if (!is_known)
            theme_say(r, at, "is not known here");
    }
}

/* ---- the brand ---- */

/* Letters, digits, '-' and '_': no way out of the folder. @return its ending, NULL: no such name */
static const char *plain_ending(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t n = name ? strspn(name, allowed) : 0;
    return n > 0 && n < 60 ? name + n : NULL;
}

static bool is_picture(const char *ending, const char *data, size_t n)
{
    if (ending && strcmp(ending, ".png") == 0)
        return n > 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0;
    return ending && strcmp(ending, ".svg") == 0 && strstr(data, "<svg") != NULL;
}

static void picture_file_read(struct reading *r, json_t *j, enum theme_picture which,
                              const char *place)
{
    char path[THEME_PATH_BYTES];
    const char *name = json_string_value(j), *ending = plain_ending(name);
    const char *slash = strrchr(r->file, '/');
    int folder = slash ? (int)(slash - r->file) : 1;
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    if (!ending || (strcmp(ending, ".svg") != 0 && strcmp(ending, ".png") != 0) ||
        snprintf(path, sizeof path, "%.*s/%s", folder, slash ? r->file : ".", name) >=
            (int)sizeof path)
        theme_say(r, place, "name of an .svg or .png file beside the theme expected");
    else if (mem_read_file(path, PICTURE_MAX_BYTES, &data, &n, &why) < 0)
        theme_say(r, place, "%s cannot be read, or is larger than %d KB", name,
                  PICTURE_MAX_BYTES >> 10);
    else if (!is_picture(ending, data, n))
        theme_say(r, place, "%s does not begin like a picture of its kind", name);
    else {
        free(r->theme->file[which]);
        r->theme->file[which] = mem_strdup(path);
    }
}

static void brand_name_read(struct reading *r, const char *language, json_t *j)
{
    char place[80];
    struct theme *t = r->theme;
    const char *words = json_string_value(j);
    size_t n = words ? strlen(words) : 0;
    snprintf(place, sizeof place, "/brand/name/%.30s", language);
    if (n == 0 || n >= THEME_BRAND_BYTES || !text_is_plain(words, n)) {
        theme_say(r, place, "a name of at most %d bytes expected", THEME_BRAND_BYTES - 1);
        return;
    }
    int at = 0;
    while (at < t->n_brands && strcmp(t->brand[at].language, language) != 0)
        at++;
    if (at == PREFS_MAX_LANGUAGES || strlen(language) >= THEME_NAME_BYTES) {
        theme_say(r, place, "at most %d languages, named as in strings/", PREFS_MAX_LANGUAGES);
        return;
    }
    snprintf(t->brand[at].language, sizeof t->brand[at].language, "%s", language);
    snprintf(t->brand[at].words, sizeof t->brand[at].words, "%s", words);
    t->n_brands += at == t->n_brands;
}

void theme_read_brand(struct reading *r, json_t *brand)
{
    static const char *const names[] = {"name", "logo", "home"};
    json_t *name = json_object_get(brand, "name"), *words;
    const char *language;
    if (!brand)
        return;
    if (!json_is_object(brand)) {
        theme_say(r, "/brand", "an object expected");
        return;
    }
    theme_only(r, brand, "/brand", names, YJ_COUNT(names));
    if (name && !json_is_object(name))
        theme_say(r, "/brand/name", "{\"zh-Hans\": …} expected");
    json_object_foreach(name, language, words)
    {
        brand_name_read(r, language, words);
    }
    if (json_object_get(brand, "logo"))
        picture_file_read(r, json_object_get(brand, "logo"), THEME_LOGO, "/brand/logo");
    if (json_object_get(brand, "home"))
        picture_file_read(r, json_object_get(brand, "home"), THEME_HOME, "/brand/home");
}

/* ---- layers ---- */

/* The theme below: beside this one, else that of the product. */
static void base_read(struct reading *r, const char *path, json_t *base, int depth)
{
    char below[THEME_PATH_BYTES];
    const char *name = json_string_value(base), *ending = plain_ending(name);
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) : 1;
    if (!ending || *ending) {
        theme_say(r, "/base", "name of a theme expected");
        return;
    }
    if (depth + 1 >= THEME_MAX_LAYERS) {
        theme_say(r, "/base", "rests on itself, or on too many others");
        return;
    }
    int n = snprintf(below, sizeof below, "%.*s/%s.json", folder, slash ? path : ".", name);
    FILE *f = n < (int)sizeof below && strcmp(below, path) != 0 ? fopen(below, "re") : NULL;
    if (f)
        (void)fclose(f); /* only asked whether it is there */
    else
        n = snprintf(below, sizeof below, "%s/themes/%s.json", r->assets_dir, name);
    if (n >= (int)sizeof below) {
        theme_say(r, "/base", "the path is too long");
        return;
    }
    struct reading lower = *r;
    lower.n_complaints = 0;
    theme_read_layers(&lower, below, depth + 1);
    r->n_complaints += lower.n_complaints;
}

static void head_read(struct reading *r, json_t *root)
{
    static const char *const names[] = {"schema",  "name",       "about",      "base",
                                        "colours", "lengths_mm", "compact_mm", "motion_ms",
                                        "images",  "brand"};
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (!schema || strcmp(schema, "theme/2") != 0)
        theme_say(r, "/schema", "\"theme/2\" expected");
    const char *ending = plain_ending(json_string_value(json_object_get(root, "name")));
    if (!ending || *ending)
        theme_say(r, "/name", "letters, digits, - and _ expected");
    theme_only(r, root, "", names, YJ_COUNT(names));
}

void theme_read_layers(struct reading *r, const char *path, int depth)
{
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    json_error_t je;
    r->file = path;
    if (mem_read_file(path, THEME_MAX_BYTES, &data, &n, &why) < 0) {
        theme_say(r, "/", "%s", err_text(why.code));
        return;
    }
    json_t *root = json_loadb(data, n, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(root)) {
        theme_say(r, "/", "line %d: %s", je.line, root ? "an object expected" : je.text);
        json_decref(root);
        return;
    }
    json_t *base = json_object_get(root, "base");
    r->is_whole = !base;
    if (base)
        base_read(r, path, base, depth);
    head_read(r, root);
    theme_read_parts(r, root);
    theme_read_brand(r, json_object_get(root, "brand"));
    json_decref(root);
}
