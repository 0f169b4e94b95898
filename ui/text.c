/* SPDX-License-Identifier: Apache-2.0 */
/* Words by id. Main thread. */
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

enum { TEXT_MAX_BYTES = 1 << 20, TEXT_MAX_UNKNOWN = 32, TEXT_ID_BYTES = 64 };

struct text_set {
    json_t *chosen, *fallback;
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

int text_set_new(const char *assets_dir, const char *language, struct text_set **ret,
                 struct err *err)
{
    struct text_set *set = mem_zalloc(1, sizeof *set);
    int r = load(assets_dir, FALLBACK, &set->fallback, err);
    if (r == 0 && strcmp(language, FALLBACK) != 0)
        r = load(assets_dir, language, &set->chosen, err);
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
    json_decref(set->chosen);
    json_decref(set->fallback);
    free(set);
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
    const char *words = json_string_value(json_object_get(set->chosen, id));
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
