/* SPDX-License-Identifier: Apache-2.0 */
/* Notices of the hall, read from their files (assets/schema/content.schema.json). All mistakes of a
 * file are found in one pass; a notice without a mistake is kept. Any thread. */
#include "core/content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_files.h"

enum { MAX_NAME = 32, MAX_TITLE = 20, MAX_WORDS = 60 }; /* characters: two lines at home */

struct content {
    struct content_notice notice[CONTENT_MAX_NOTICES];
    size_t n;
    struct arena arena;
};

static const char chinese[] = "zh-Hans";

/* {"zh-Hans": "…", "en": "…"} */
static void read_languages(struct reader *r, const struct spot *up, const char *key,
                           size_t max_chars, struct content_text *ret)
{
    struct spot at = {.up = up, .key = key, .json = json_object_get(up->json, key)};
    const char *language;
    json_t *value;
    bool has_chinese = false;
    if (!json_is_object(at.json) || json_object_size(at.json) > CONTENT_MAX_LANGUAGES) {
        reader_complain(r, up, key, "sentences by language are expected here: {\"zh-Hans\": …}");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)at.json, language, value)
    {
        if (!matter_form_met("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language)) {
            reader_complain(r, &at, language, "this is no language");
            continue;
        }
        const char *text = read_text(r, &at, language, NEEDED, max_chars);
        has_chinese |= !strcmp(language, chinese);
        ret->in[ret->n].language = reader_keep(r, language);
        ret->in[ret->n++].text = text;
    }
    if (!has_chinese)
        reader_complain(r, &at, NULL, "the Chinese sentence (zh-Hans) is missing");
}

static bool has_id(const struct content *c, const char *id)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->notice[i].id, id))
            return true;
    return false;
}

static void read_notice(struct reader *r, const struct spot *at, struct content *c)
{
    static const char *const known[] = {"id", "title", "text", "valid_from", "valid_to", "picture"};
    struct content_notice n = {.id = NULL};
    size_t before = r->n_complaints;
    if (!read_object(r, at, known, YJ_COUNT(known)))
        return;
    const char *id = read_formed(r, at, "id", NEEDED, MAX_NAME, FORM_PICTURE,
                                 "name (small letters, digits and -)");
    read_languages(r, at, "title", MAX_TITLE, &n.title);
    read_languages(r, at, "text", MAX_WORDS, &n.text);
    n.valid_from = read_date(r, at, "valid_from", NEEDED, false);
    n.valid_to = read_date(r, at, "valid_to", NEEDED, false);
    n.picture = read_formed(r, at, "picture", OPTIONAL, MAX_NAME, FORM_PICTURE, "picture name");
    if (n.valid_from && n.valid_to && n.valid_to < n.valid_from)
        reader_complain(r, at, "valid_to", "it ends before it begins");
    if (c->n == CONTENT_MAX_NOTICES)
        reader_complain(r, at, NULL, "there are more than %d notices", (int)CONTENT_MAX_NOTICES);
    if (id) {
        char full[MAX_NAME + 16];
        snprintf(full, sizeof full, "content.%s", id);
        n.id = reader_keep(r, full);
        if (has_id(c, n.id))
            reader_complain(r, at, "id", "the notice is there twice");
    }
    if (r->n_complaints == before)
        c->notice[c->n++] = n;
}

static void read_file(struct content *c, const char *file, const char *text, size_t bytes,
                      struct complaint_sink *sink)
{
    static const char *const known[] = {"$schema", "schema", "notices"};
    static const char *const schemas[] = {"content/1"};
    struct reader r = {.file = file, .arena = &c->arena};
    size_t n = 0;
    r.complaint = sink_room(sink, &r.cap);
    json_t *json = reader_json(&r, text, bytes);
    struct spot root = {.json = json};
    if (json && read_object(&r, &root, known, YJ_COUNT(known))) {
        (void)read_word(&r, &root, "schema", schemas, 1);
        struct spot list = read_array(&r, &root, "notices", NEEDED, 0, CONTENT_MAX_NOTICES, &n);
        for (size_t i = 0; i < n; i++) {
            struct spot at = read_element(&list, i);
            read_notice(&r, &at, c);
        }
    }
    json_decref(json);
    sink->n += r.n_complaints;
}

static void load_file(struct content *c, const char *dir, const char *file,
                      struct complaint_sink *sink)
{
    struct catalogue_cfg cfg = {.dir = dir};
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(&cfg, file, true, sink, &bytes);
    if (text)
        read_file(c, file, text, bytes, sink);
}

int content_load(const char *dir, struct matter_complaint *list, size_t cap, size_t *ret_n,
                 struct content **ret, struct err *err)
{
    struct catalogue_cfg cfg = {.dir = dir};
    struct complaint_sink sink = {.list = list, .cap = cap};
    struct folder folder = {.n = 0};
    int rc = folder_list(&cfg, NULL, FOLDER_JSON_FILES, &folder);
    if (rc < 0 && rc != ERR_NOT_FOUND)
        return ERR(err, rc, "%s cannot be read", dir);
    struct content *c = content_new();
    for (size_t i = 0; i < folder.n && i < CONTENT_MAX_FILES; i++)
        load_file(c, dir, folder.name[i], &sink);
    if (folder.n > CONTENT_MAX_FILES)
        sink_put(&sink, folder.name[CONTENT_MAX_FILES], "", "there are more than %d files",
                 (int)CONTENT_MAX_FILES);
    folder_free(&folder);
    *ret_n = sink.n;
    *ret = c;
    return 0;
}

struct content *content_new(void)
{
    return mem_zalloc(1, sizeof(struct content));
}

size_t content_add_file(struct content *c, const char *path, struct matter_complaint *list,
                        size_t cap)
{
    const char *slash = strrchr(path, '/');
    struct complaint_sink sink = {.list = list, .cap = cap};
    YJ_CLEANUP(cleanup_free) char *dir = slash ? mem_strdup(path) : mem_strdup(".");
    if (slash)
        dir[slash == path ? 1 : slash - path] = '\0';
    load_file(c, dir, slash ? slash + 1 : path, &sink);
    return sink.n;
}

void content_free(struct content *c)
{
    if (!c)
        return;
    matter_arena_free(&c->arena);
    free(c);
}

size_t content_count(const struct content *c)
{
    return c->n;
}

const struct content_notice *content_at(const struct content *c, size_t i)
{
    return &c->notice[i];
}

bool content_is_valid_on(const struct content_notice *n, int day)
{
    return day && day >= n->valid_from && day <= n->valid_to;
}

const char *content_say(const struct content_text *text, const char *language)
{
    const char *fallback = "";
    for (size_t i = 0; i < text->n; i++) {
        if (!strcmp(text->in[i].language, language))
            return text->in[i].text;
        if (!strcmp(text->in[i].language, chinese))
            fallback = text->in[i].text;
    }
    return fallback;
}
