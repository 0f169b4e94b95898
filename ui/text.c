/* SPDX-License-Identifier: Apache-2.0 */
/* Words by id. Main thread. Languages keep their places: a left out one has a NULL name. */
#include "ui/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"

#define FALLBACK "zh-Hans"

enum {
    TEXT_MAX_BYTES = 1 << 20,
    TEXT_MAX_UNKNOWN = 32,
    TEXT_ID_BYTES = 64,
    TEXT_LANGUAGE_BYTES = 32,
};

struct language {
    char id[TEXT_LANGUAGE_BYTES];
    json_t *words; /* NULL: left out */
    const char *name;
    bool is_rtl;
};

struct text_set {
    struct language language[PREFS_MAX_LANGUAGES];
    size_t n_languages, selected;
    json_t *fallback;
    char unknown[TEXT_MAX_UNKNOWN][TEXT_ID_BYTES]; /* already logged */
    int n_unknown;
};

static int load(const char *dir, const char *language, json_t **ret, struct err *err)
{
    char path[512];
    if (strchr(language, '/') ||
        snprintf(path, sizeof path, "%s/strings/%s.json", dir, language) >= (int)sizeof path)
        return ERR(err, ERR_UI_ASSET, "the language's name cannot be used");
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    if (mem_read_file(path, TEXT_MAX_BYTES, &data, &n, &why) < 0)
        return ERR(err, ERR_UI_ASSET, "%s", why.msg);
    json_error_t je;
    json_t *root = json_loadb(data, n, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(root)) {
        json_decref(root);
        return ERR(err, ERR_UI_ASSET, "%s:%d: %s", path, je.line, root ? "no object" : je.text);
    }
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
    {
        if (!json_is_string(value)) {
            int r = ERR(err, ERR_UI_ASSET, "%s: /%s: a text expected", path, key);
            json_decref(root);
            return r;
        }
    }
    *ret = root;
    return 0;
}

/* What a file must say about its language. */
static int header_read(const char *id, struct language *ret, struct err *err)
{
    const char *name = json_string_value(json_object_get(ret->words, "language.name"));
    const char *direction = json_string_value(json_object_get(ret->words, "language.direction"));
    if (!name || !name[0] || !json_object_get(ret->words, "language.voice"))
        return ERR(err, ERR_UI_ASSET, "%s.json: language.name and language.voice are needed", id);
    if (!direction || (strcmp(direction, "ltr") != 0 && strcmp(direction, "rtl") != 0))
        return ERR(err, ERR_UI_ASSET, "%s.json: /language.direction: ltr or rtl expected", id);
    snprintf(ret->id, sizeof ret->id, "%s", id);
    ret->name = name;
    ret->is_rtl = direction[0] == 'r';
    return 0;
}

static int language_load(const char *dir, const char *id, struct language *ret, struct err *err)
{
    if (!id || strlen(id) >= TEXT_LANGUAGE_BYTES)
        return ERR(err, ERR_UI_ASSET, "the language's name cannot be used");
    int r = load(dir, id, &ret->words, err);
    if (r == 0)
        r = header_read(id, ret, err);
    if (r < 0) {
        json_decref(ret->words);
        memset(ret, 0, sizeof *ret);
    }
    return r;
}

int text_set_new(const char *assets_dir, const char *const *languages, size_t n,
                 struct text_set **ret, struct err *err)
{
    static const char *const only[] = {FALLBACK};
    struct text_set *set = mem_zalloc(1, sizeof *set);
    int r = load(assets_dir, FALLBACK, &set->fallback, err);
    if (!n) {
        languages = only;
        n = 1;
    }
    for (size_t i = 0; r == 0 && i < n && i < PREFS_MAX_LANGUAGES; i++) {
        struct err why = {0};
        int bad = language_load(assets_dir, languages[i], &set->language[i], &why);
        set->n_languages++;
        if (bad && i == 0)
            r = ERR(err, ERR_UI_ASSET, "%s", why.msg);
        else if (bad)
            log_line(LOG_WARN, "ui", "language %zu is left out: %s", i, why.msg);
    }
    if (r < 0) {
        text_set_free(set);
        return r;
    }
    *ret = set;
    return 0;
}

void text_set_free(struct text_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n_languages; i++)
        json_decref(set->language[i].words);
    json_decref(set->fallback);
    free(set);
}

size_t text_set_count(const struct text_set *set)
{
    return set->n_languages;
}

size_t text_set_n_usable(const struct text_set *set)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n_languages; i++)
        n += set->language[i].name != NULL;
    return n;
}

const char *text_set_name(const struct text_set *set, size_t at)
{
    return at < set->n_languages ? set->language[at].name : NULL;
}

const char *text_set_language(const struct text_set *set)
{
    return set->language[set->selected].id;
}

size_t text_set_selected(const struct text_set *set)
{
    return set->selected;
}

bool text_set_is_rtl(const struct text_set *set)
{
    return set->language[set->selected].is_rtl;
}

bool text_set_select(struct text_set *set, size_t at)
{
    bool is_usable = text_set_name(set, at) != NULL;
    set->selected = is_usable ? at : 0;
    return is_usable;
}

void text_set_visit(const struct text_set *set, size_t at, text_visit_fn fn, void *arg)
{
    const char *key;
    json_t *value;
    if (!text_set_name(set, at))
        return;
    json_object_foreach(set->language[at].words, key, value) fn(arg, json_string_value(value));
}

/* The words stay loaded: somebody may still point to them. */
void text_set_leave_out(struct text_set *set, size_t at, const char *why)
{
    if (at == 0 || !text_set_name(set, at))
        return;
    log_line(LOG_WARN, "ui", "language %s is left out: %s", set->language[at].id, why);
    set->language[at].name = NULL;
    if (set->selected == at)
        set->selected = 0;
}

static void log_unknown(struct text_set *set, const char *id)
{
    for (int i = 0; i < set->n_unknown; i++)
        if (strncmp(set->unknown[i], id, TEXT_ID_BYTES - 1) == 0)
            return;
    if (set->n_unknown == TEXT_MAX_UNKNOWN)
        return;
    snprintf(set->unknown[set->n_unknown++], TEXT_ID_BYTES, "%s", id);
    log_line(LOG_WARN, "ui", "no words for id %.60s", id);
}

const char *text_get(struct text_set *set, const char *id)
{
    const char *words = json_string_value(json_object_get(set->language[set->selected].words, id));
    if (!words)
        words = json_string_value(json_object_get(set->fallback, id));
    if (words)
        return words;
    log_unknown(set, id);
    return id;
}

/* Append, never cutting a character in two. */
static size_t append(char *out, size_t at, size_t cap, const char *s, size_t n)
{
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        size_t used = bytes_utf8_next(s + i, n - i, &cp);
        used = used ? used : 1;
        if (at + used >= cap)
            break;
        memcpy(out + at, s + i, used);
        at += used;
        i += used;
    }
    out[at] = 0;
    return at;
}

size_t text_resolve(struct text_set *set, const struct view_text *text, char *out, size_t cap)
{
    out[0] = 0;
    if (text->lit)
        return append(out, 0, cap, text->lit, strlen(text->lit));
    if (!text->id)
        return 0;
    size_t at = 0;
    for (const char *p = text_get(set, text->id); *p;) {
        bool is_arg = p[0] == '{' && p[1] >= '1' && p[1] <= '3' && p[2] == '}';
        if (is_arg) {
            const char *arg = text->arg[p[1] - '1'];
            if (arg && text->is_arg_id)
                arg = text_get(set, arg);
            at = append(out, at, cap, arg ? arg : "", arg ? strlen(arg) : 0);
            p += 3;
            continue;
        }
        const char *stop = strchr(p + 1, '{');
        size_t n = stop ? (size_t)(stop - p) : strlen(p);
        at = append(out, at, cap, p, n);
        p += n;
    }
    return at;
}
